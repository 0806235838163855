//! Exactly what will be sent, before it is.

use super::{
    compose::no_repeat,
    confirm::Confirm,
    dom::{focus, open_of, value_of},
    header::route_name,
    icon::{Icon, icon},
    pager::{Pager, page_range},
};
use crate::{
    store::{Intent, Shared},
    text::{self, Deed, Say, Tell},
};
use relight_core::{
    plan::{Batch, Plan},
    request::{Payload, Route},
    session::Action,
    words::Locale,
};
use std::sync::Arc;
use yew::{
    AttrValue, Callback, Event, Html, InputEvent, Properties, function_component, html,
    use_effect_with, use_node_ref, use_state_eq,
};

const INSTANCES_A_PAGE: usize = 50;
const CALLS_A_PAGE: usize = 20;

/// What is under review.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
    pub(crate) plan: Arc<Plan>,
    pub(crate) typed_count: AttrValue,
    pub(crate) may_send: bool,
    pub(crate) route: Shared<Route>,
    pub(crate) on: Callback<Intent>,
}

/// What will be sent, and the button that sends it.
#[function_component]
pub(crate) fn Review(props: &Props) -> Html {
    let Props { locale, plan, .. } = props;
    let locale = *locale;
    let t = |say: Say| say.in_locale(locale);
    let cancel = use_node_ref();
    let typed = use_node_ref();
    let asked = use_state_eq(|| false);
    {
        let cancel = cancel.clone();
        use_effect_with((), move |()| focus(&cancel));
    }
    let (order, count) = (&plan.order, plan.instances());
    let deed = Deed::of(order);
    let manifest = order.target().cloud.manifest();
    let onsend = props.on.reform(|()| Intent::Send);
    let oncancel = props.on.reform(|_| Intent::Form(Action::Back));
    let ontyped =
        props.on.reform(|event: InputEvent| Intent::Form(Action::TypedCount(value_of(&event))));
    let onmissing = {
        let (typed, asked) = (typed.clone(), asked.clone());
        Callback::from(move |()| {
            asked.set(true);
            focus(&typed);
        })
    };
    let wrong = (*asked && !props.may_send).then(|| Tell::TypedWrong(count).in_locale(locale));
    let danger = !order.is_dry_run() && (order.is_forced() || order.erases());
    html! {
        <section class="panel review" aria-labelledby="h-review" onkeydown={no_repeat()}>
            <div class="head">
                <h2 id="h-review">{ Tell::ReviewTitle(deed, count).in_locale(locale) }</h2>
                <span class="small muted">{ place(plan, locale) }</span>
                <span class="grow"></span>
                <span class="small muted">{ t(Say::StepTwo) }</span>
            </div>
            <div class="body">
                { for plan.warnings.iter().map(|warning| html! {
                    <div class="note bad">
                        { icon(Icon::Warning) }
                        <p><strong>{ t(Say::BeforeYouConfirm) }</strong>{ warning.sentence(locale) }</p>
                    </div>
                }) }
                <div class="group">
                    <h3>{ t(Say::HowItWillGo) }</h3>
                    <dl class="kv">
                        <dt>{ t(Say::Calls) }</dt>
                        <dd data-count="calls">{ sizes(plan, locale) }</dd>
                        <dt>{ t(Say::Operation) }</dt>
                        <dd>
                            <code>{ order.operation().name }</code>{ " · " }{ manifest.product }
                        </dd>
                        <dt>{ t(Say::Options) }</dt>
                        <dd>{ options(plan, locale) }</dd>
                        <dt>{ t(Say::Host) }</dt>
                        <dd><code>{ order.target().host() }</code></dd>
                        <dt>{ t(Say::Through) }</dt>
                        <dd>{ route_name(&props.route, locale) }</dd>
                        <dt>{ t(Say::PaceLabel) }</dt>
                        <dd>{ Tell::Pace(order.operation().calls_per_second).in_locale(locale) }</dd>
                    </dl>
                </div>
                <Requests {locale} plan={plan.clone()} route={props.route.clone()} />
                <Planned {locale} plan={plan.clone()} />
                if plan.needs_typed_count() {
                    <div class="field">
                        <label class="field">
                            { Tell::TypeToConfirm(count).in_locale(locale) }
                            <input ref={typed} name="typedCount" type="text" inputmode="numeric"
                                autocomplete="off" value={props.typed_count.clone()} oninput={ontyped}
                                aria-invalid={wrong.as_ref().map(|_| "true")} aria-describedby="e-typed" />
                        </label>
                        if let Some(wrong) = wrong { <p class="error" id="e-typed">{ wrong }</p> }
                    </div>
                }
            </div>
            <div class="foot dock">
                <button type="button" ref={cancel} data-action="cancel" onclick={oncancel}>
                    { t(Say::Cancel) }
                </button>
                <span class="grow wide"></span>
                <Confirm action="send" label={Tell::Confirm(deed, count).in_locale(locale)} {danger}
                    ready={props.may_send} on_confirm={onsend} on_missing={onmissing} />
            </div>
        </section>
    }
}

/// The cloud and, where there is one, the region.
pub(crate) fn place(plan: &Plan, locale: Locale) -> String {
    let target = plan.order.target();
    let cloud = target.cloud.manifest().name.in_locale(locale);
    if target.region.is_empty() { cloud.into() } else { format!("{cloud} · {}", target.region) }
}

fn sizes(plan: &Plan, locale: Locale) -> String {
    let largest = plan.batches.iter().map(|batch| batch.ids().len()).max().unwrap_or(0);
    Tell::CallSizes { calls: plan.batches.len(), instances: plan.instances(), largest }
        .in_locale(locale)
}

fn options(plan: &Plan, locale: Locale) -> Html {
    let options = plan.order.options();
    if options.is_empty() {
        return Say::NoOptions.in_locale(locale).into();
    }
    options
        .iter()
        .enumerate()
        .map(|(index, (name, value))| {
            html! {
                <>
                    if index > 0 { { " · " } }
                    <code>{ format!("{name}={}", value.as_str()) }</code>
                </>
            }
        })
        .collect()
}

#[derive(Properties, PartialEq)]
struct PlannedProps {
    locale: Locale,
    plan: Arc<Plan>,
}

/// The instances, in pages.
#[function_component]
fn Planned(props: &PlannedProps) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let page = use_state_eq(|| 0_usize);
    let wanted = use_state_eq(String::new);
    let onfind = {
        let (wanted, page) = (wanted.clone(), page.clone());
        Callback::from(move |event: InputEvent| {
            page.set(0);
            wanted.set(value_of(&event).trim().to_lowercase());
        })
    };
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let all = props.plan.batches.iter().enumerate();
    let found: Vec<(usize, &str)> = all
        .flat_map(|(call, batch)| batch.ids().iter().map(move |id| (call, id.as_str())))
        .filter(|(_, id)| wanted.is_empty() || id.contains(wanted.as_str()))
        .collect();
    let shown = page_range(found.len(), INSTANCES_A_PAGE, *page);
    html! {
        <div class="stack">
            <div class="row">
                <h3 class="grow">{ t(Say::Instances) }</h3>
                if props.plan.instances() > 10 {
                    <input class="find" type="search" name="find" autocomplete="off" spellcheck="false"
                        aria-label={t(Say::FindInstance)} placeholder={t(Say::FindInstance)} oninput={onfind} />
                }
            </div>
            <div class="framed scroll" tabindex="0" role="region" aria-label={t(Say::Instances)}>
                <table>
                    <thead><tr>
                        <th scope="col">{ t(Say::Instance) }</th>
                        <th scope="col" class="number">{ t(Say::CallColumn) }</th>
                    </tr></thead>
                    <tbody>
                        { for found.get(shown).unwrap_or_default().iter().map(|(call, id)| html! {
                            <tr key={(*id).to_owned()} data-instance-id={(*id).to_owned()}>
                                <td class="id">{ (*id).to_owned() }</td>
                                <td class="number muted">{ text::number(locale, call + 1) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
                if found.is_empty() { <p class="nothing muted">{ t(Say::NothingMatches) }</p> }
            </div>
            <Pager {locale} label={t(Say::Instances)} total={found.len()} size={INSTANCES_A_PAGE}
                page={*page} {on_page} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RequestsProps {
    locale: Locale,
    plan: Arc<Plan>,
    route: Shared<Route>,
}

/// The unsigned requests, each drawn when it is opened.
#[function_component]
fn Requests(props: &RequestsProps) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let open = use_state_eq(|| false);
    let page = use_state_eq(|| 0_usize);
    let onclick = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let batches = &props.plan.batches;
    let shown = page_range(batches.len(), CALLS_A_PAGE, *page);
    let first = shown.start;
    html! {
        <div class="stack">
            <div>
                <button type="button" class="quiet" data-action="show-requests"
                    aria-expanded={open.to_string()} {onclick}>
                    { t(if *open { Say::HideRequests } else { Say::ShowRequests }) }
                </button>
            </div>
            if *open {
                <p class="small muted">{ t(Say::RequestsHint) }</p>
                <div class="framed requests">
                    { for batches.get(shown).unwrap_or_default().iter().enumerate().map(|(index, batch)| html! {
                        <PlannedCall key={first + index} {locale} number={first + index + 1}
                            plan={props.plan.clone()} instances={batch.ids().len()}
                            route={props.route.clone()} />
                    }) }
                </div>
                <Pager {locale} label={t(Say::Calls)} total={batches.len()} size={CALLS_A_PAGE}
                    page={*page} {on_page} />
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PlannedCallProps {
    locale: Locale,
    plan: Arc<Plan>,
    number: usize,
    instances: usize,
    route: Shared<Route>,
}

#[function_component]
fn PlannedCall(props: &PlannedCallProps) -> Html {
    let PlannedCallProps { locale, number, instances, .. } = *props;
    let open = use_state_eq(|| number == 1);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| open.set(open_of(&event)))
    };
    let batch = props.plan.batches.get(number - 1);
    html! {
        <details data-call={number.to_string()} open={*open} {ontoggle}>
            <summary>{ Tell::CallHeading { number, instances }.in_locale(locale) }</summary>
            if let Some(batch) = batch.filter(|_| *open) { { request(batch, &props.route, locale) } }
        </details>
    }
}

fn request(batch: &Batch, route: &Route, locale: Locale) -> Html {
    let t = |say: Say| say.in_locale(locale);
    let request = batch.request();
    let content = request.content();
    let address = match route {
        Route::Direct => format!("https://{}{}", content.host, content.path),
        Route::Proxy { base } => {
            format!("{}/{}{}", base.trim_end_matches('/'), content.host, content.path)
        }
    };
    html! {
        <div class="stack request">
            <dl class="kv">
                <dt>{ t(Say::Address) }</dt>
                <dd><code>{ format!("{} {address}", content.method) }</code></dd>
                <dt>{ t(Say::Action) }</dt><dd><code>{ content.action }</code></dd>
                <dt>{ t(Say::Version) }</dt><dd><code>{ content.version }</code></dd>
                if let Some(region) = &content.region {
                    <dt>{ t(Say::Region) }</dt><dd><code>{ region.clone() }</code></dd>
                }
            </dl>
            { match &content.payload {
                Payload::Query(parameters) => html! {
                    <>
                        <h4>{ t(Say::Parameters) }</h4>
                        <pre tabindex="0">{ lines(parameters) }</pre>
                    </>
                },
                Payload::Json(body) => html! {
                    <>
                        <h4>{ t(Say::Body) }</h4>
                        <pre tabindex="0" class="wrap">{ body.clone() }</pre>
                    </>
                },
            } }
        </div>
    }
}

fn lines(parameters: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        text.push('\n');
    }
    text
}
