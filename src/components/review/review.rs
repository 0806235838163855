//! The review: exactly what will be sent, before it is.

use crate::{
    components::{
        common::{
            copy_as::CopyAs,
            dom::{focus, open_of, value_of},
            header::route_name,
            icon::{Icon, icon},
            pager::{Pager, page_range, use_page_size},
            unsigned::unsigned_request,
            untrusted_text::{escaped, untrusted_text},
        },
        form::{compose::ignore_key_repeat, field_error::error_at},
        review::{
            confirm::{Confirm, Subject},
            pacing::PacingSettings,
            skipped::Skipped,
        },
        run::chip::state_chip,
    },
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, OperationLabel, message},
    store::{Intent, Shared},
};
use relight_core::{
    clouds,
    diagnostics::CheckResult,
    form::FormEdit,
    i18n::{Locale, Text},
    model::{
        outcome::DescribedInstance,
        plan::{OperationSpec, Pacing, Plan, Refusal},
        route::Route,
    },
    run::PreflightResult,
    session::{Action, Review as Reviewed},
};
use std::{collections::HashMap, rc::Rc, sync::Arc};
use yew::{
    Callback, Event, Html, InputEvent, MouseEvent, NodeRef, Properties, classes, component, html,
    use_effect_with, use_memo, use_node_ref, use_state_eq,
};

const INSTANCES_A_PAGE: usize = 50;
const CALLS_A_PAGE: usize = 20;

/// Props of [`Review`].
#[derive(PartialEq, Properties)]
pub(crate) struct ReviewProps {
    pub(crate) review: Arc<Reviewed>,
    pub(crate) reason: String,
    /// The reason of the last run.
    pub(crate) last_reason: Option<Rc<str>>,
    /// What is wrong with the plan.
    pub(crate) refusal: Option<Refusal>,
    pub(crate) pacing: Pacing,
    pub(crate) route: Shared<Route>,
    /// How many of the instances may have had a request already.
    pub(crate) unresolved: usize,
    /// Whether the proxy is known to refuse the second copy of a request.
    pub(crate) refuses_duplicates: CheckResult,
    /// Whether the connection check is running.
    pub(crate) checking: bool,
}

/// What will be sent and what is skipped, and the button that sends it.
#[component]
pub(crate) fn Review(props: &ReviewProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let review = &props.review;
    let cancel = use_node_ref();
    let (typed, reason) = (use_node_ref(), use_node_ref());
    let check = use_node_ref();
    let asked = use_state_eq(|| false);
    {
        let cancel = cancel.clone();
        use_effect_with((), move |()| focus(&cancel));
    }
    let spec = &review.spec;
    let count = review.plan.as_ref().map_or(0, |plan| plan.instances());
    let unproven = spec.limits().check_once(spec).err();
    let has_reason = props.refusal.is_none();
    let onmissing = {
        let missing = match (has_reason, review.may_send()) {
            (false, _) => reason.clone(),
            (true, false) => typed.clone(),
            (true, true) => check.clone(),
        };
        let asked = asked.clone();
        Callback::from(move |()| {
            asked.set(true);
            focus(&missing);
        })
    };
    let danger = !spec.is_dry_run() && (spec.is_forced() || spec.erases());
    html! {
        <section class="panel review" part="panel review" aria-labelledby="h-review" onkeydown={ignore_key_repeat()}>
            { head(review, count, dispatch.reform(|_| Intent::Review), locale) }
            <div class="body">
                { counts(review, count, locale) }
                { notices(props, locale) }
                if review.plan.is_some() && props.refuses_duplicates != CheckResult::Yes && !spec.is_dry_run() {
                    <DuplicateWarning route={props.route.clone()} refuses_duplicates={props.refuses_duplicates}
                        refusal={unproven.clone()} checking={props.checking} button={check} />
                }
                { warnings(review, locale) }
                if let Some(plan) = &review.plan {
                    <Planned plan={plan.clone()} preflight={review.preflight.clone()} />
                }
                <div class={if review.skipped.is_empty() { "stack" } else { "pair" }}>
                    if !review.skipped.is_empty() {
                        <Skipped review={review.clone()} />
                    }
                    if let Some(plan) = &review.plan { { what_will_be_sent(props, plan, locale) } }
                </div>
                if let Some(plan) = &review.plan {
                    <Requests plan={plan.clone()} route={props.route.clone()} />
                }
            </div>
            <div class="foot dock">
                if review.plan.is_some() {
                    <ConfirmFields review={review.clone()} reason={props.reason.clone()} last_reason={props.last_reason.clone()}
                        refusal={props.refusal.clone()} asked={*asked} reason_field={reason} count_field={typed} />
                }
                <button type="button" ref={cancel} data-action="cancel"
                    onclick={dispatch.reform(|_| Intent::Form(Action::Back))}>
                    { message::CANCEL.in_locale(locale) }
                </button>
                <span class="grow wide"></span>
                if let Some(plan) = review.plan.clone() {
                    <Confirm action="send" subject={Subject::Plan(plan.clone())}
                        label={MessageArgs::Confirm(OperationLabel::of(spec), count).in_locale(locale)} {danger}
                        ready={review.may_send() && has_reason && unproven.is_none()}
                        on_confirm={dispatch.reform(move |()| Intent::Send(plan.clone()))}
                        on_missing={onmissing} />
                }
            </div>
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct ConfirmFieldsProps {
    review: Arc<Reviewed>,
    reason: String,
    /// The reason of the last run.
    last_reason: Option<Rc<str>>,
    /// What is wrong with the plan.
    refusal: Option<Refusal>,
    /// Whether the user has tried to send: what is missing is reported from then on.
    asked: bool,
    reason_field: NodeRef,
    count_field: NodeRef,
}

/// What is typed before sending: the reason, and the count where it must be confirmed.
#[component]
fn ConfirmFields(props: &ConfirmFieldsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ConfirmFieldsProps { review, reason, last_reason, asked, .. } = props;
    let t = |text: Text| text.in_locale(locale);
    let count = review.plan.as_ref().map_or(0, |plan| plan.instances());
    let refusal = props.refusal.as_ref().filter(|one| *asked || **one != Refusal::ReasonMissing);
    let reason_error = refusal.map(|refusal| refusal.sentence(locale));
    let count_error =
        (*asked && !review.may_send()).then(|| MessageArgs::TypedWrong(count).in_locale(locale));
    let onreason =
        dispatch.reform(|event: InputEvent| Intent::Edit(FormEdit::Reason(value_of(&event))));
    let oncount =
        dispatch.reform(|event: InputEvent| Intent::Form(Action::TypedCount(value_of(&event))));
    html! {
        <div class="confirm-fields whole-row">
            <div class="field">
                <label class="field">
                    { t(message::REASON) }
                    <input name="reason" type="text" autocomplete="off" maxlength="200"
                        placeholder={if review.spec.limits().reason_required { "" } else { t(message::OPTIONAL) }}
                        value={reason.clone()} ref={&props.reason_field} oninput={onreason}
                        aria-invalid={reason_error.as_ref().map(|_| "true")} aria-describedby="e-reason" />
                </label>
                if let Some(last) = last_reason.clone().filter(|_| reason.is_empty()) {
                    <button type="button" class="tiny" data-action="last-reason"
                        onclick={dispatch.reform(move |_: MouseEvent| Intent::Edit(FormEdit::Reason(last.to_string())))}>
                        { last_reason.as_deref().map(|last| untrusted_text(&MessageArgs::LastReason(last).in_locale(locale))) }
                    </button>
                }
                { error_at("e-reason", reason_error.as_deref()) }
            </div>
            if review.needs_typed_count() {
                <div class="field">
                    <label class="field">
                        { MessageArgs::TypeToConfirm(count).in_locale(locale) }
                        <input ref={&props.count_field} name="typedCount" type="text" inputmode="numeric"
                            autocomplete="off" value={review.typed_count.clone()} oninput={oncount}
                            aria-invalid={count_error.as_ref().map(|_| "true")} aria-describedby="e-typed" />
                    </label>
                    { error_at("e-typed", count_error.as_deref()) }
                </div>
            }
        </div>
    }
}

/// What is under review, and how old its states are.
fn head(review: &Reviewed, count: usize, onrefresh: Callback<MouseEvent>, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let label = OperationLabel::of(&review.spec);
    html! {
        <div class="head">
            <h2 id="h-review">{ MessageArgs::ReviewTitle(label, count).in_locale(locale) }</h2>
            <span class="small muted">{ escaped(&target_name(&review.spec, locale)) }</span>
            if let Some(preflight) = &review.preflight {
                <span class="small muted">
                    { MessageArgs::StatesAsOf(&i18n::time_of_day(locale, preflight.at)).in_locale(locale) }
                </span>
                <button type="button" class="tiny" data-action="refresh" onclick={onrefresh}>
                    { t(message::REFRESH) }
                </button>
            }
            <span class="grow"></span>
            <span class="small muted">{ t(message::STEP_TWO) }</span>
        </div>
    }
}

fn counts(review: &Reviewed, count: usize, locale: Locale) -> Html {
    let label = OperationLabel::of(&review.spec);
    html! {
        <div class="counts">
            <span class="count still good" data-count="planned">
                <b>{ i18n::number(locale, count) }</b>{ MessageArgs::WillBe(label).in_locale(locale) }
            </span>
            if !review.skipped.is_empty() {
                <span class="count still" data-count="skipped">
                    <b>{ i18n::number(locale, review.skipped.len()) }</b>{ message::WILL_BE_SKIPPED.in_locale(locale) }
                </span>
            }
        </div>
    }
}

/// How reliable the states are.
fn notices(props: &ReviewProps, locale: Locale) -> Html {
    let review = &props.review;
    html! {
        <>
            if let Some(age_ms) = review.preflight.as_ref().and_then(|preflight| preflight.replaced_age_ms) {
                <div class="note warn" role="alert" data-checked-again={age_ms.to_string()}>
                    { icon(Icon::Warning) }
                    <p>{ MessageArgs::CheckedAgain { minutes: age_ms / 60_000 }.in_locale(locale) }</p>
                </div>
            }
            if review.preflight.is_none() {
                <div class="note warn">{ icon(Icon::Warning) }<p>{ message::SKIP_PREFLIGHT_WARNING.in_locale(locale) }</p></div>
            }
            if props.unresolved > 0 {
                <div class="note bad" role="status" data-doubted={props.unresolved.to_string()}>
                    { icon(Icon::Warning) }<p>{ MessageArgs::MayBeTwice(props.unresolved).in_locale(locale) }</p>
                </div>
            }
        </>
    }
}

/// The warnings of the plan, or that there is none.
fn warnings(review: &Reviewed, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let Some(plan) = &review.plan else {
        return html! {
            <div class="note info">{ icon(Icon::Dash) }<p>{ t(message::NOTHING_ELIGIBLE) }</p></div>
        };
    };
    plan.warnings
        .iter()
        .map(|warning| html! {
            <div class="note bad">
                { icon(Icon::Warning) }
                <p><strong>{ t(message::BEFORE_YOU_CONFIRM) }</strong>{ warning.sentence(locale) }</p>
            </div>
        })
        .collect()
}

#[derive(PartialEq, Properties)]
struct DuplicateWarningProps {
    route: Shared<Route>,
    refuses_duplicates: CheckResult,
    /// Why nothing can be sent, if the operator requires a proxy that refuses duplicates.
    refusal: Option<Refusal>,
    checking: bool,
    /// The button that checks the connection.
    button: NodeRef,
}

/// That a browser may send a request twice, and how to check.
#[component]
fn DuplicateWarning(props: &DuplicateWarningProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let t = |text: Text| text.in_locale(locale);
    let refusal = props.refusal.as_ref();
    let is_direct = *props.route == Route::Direct;
    let message = match props.refuses_duplicates {
        _ if is_direct => message::ONCE_DIRECT,
        CheckResult::No => message::ONCE_MISSING,
        CheckResult::Unknown | CheckResult::Yes => message::ONCE_UNKNOWN,
    };
    html! {
        <div class={classes!("note", if refusal.is_some() { "bad" } else { "warn" })}
            data-once={props.refuses_duplicates.word()}>
            { icon(Icon::Warning) }
            <div class="stack">
                <p>{ t(message) }</p>
                if let Some(refusal) = refusal {
                    <p data-refusal={refusal.kind()}><strong>{ escaped(&refusal.sentence(locale)) }</strong></p>
                }
                if !is_direct {
                    <div class="row">
                        <button type="button" ref={&props.button} data-action="check-connection"
                            aria-busy={props.checking.then_some("true")} disabled={props.checking}
                            onclick={dispatch.reform(|_| Intent::RunDiagnostics)}>
                            { t(message::DIAGNOSTICS_TITLE) }
                        </button>
                        <span class="small muted">{ t(message::ONCE_HINT) }</span>
                    </div>
                }
            </div>
        </div>
    }
}

fn what_will_be_sent(props: &ReviewProps, plan: &Arc<Plan>, locale: Locale) -> Html {
    let t = |text: Text| text.in_locale(locale);
    let spec = &plan.spec;
    html! {
        <div class="group">
            <h3>{ t(message::WHAT_WILL_BE_SENT) }</h3>
            <dl class="kv">
                <dt>{ t(message::CALLS) }</dt>
                <dd data-count="calls">{ sizes(plan, locale) }</dd>
                <dt>{ t(message::OPERATION) }</dt>
                <dd>
                    <code>{ spec.operation().name }</code>
                    { " · " }{ spec.target().cloud.product }
                </dd>
                <dt>{ t(message::OPTIONS) }</dt>
                <dd>{ options(plan, locale) }</dd>
                <dt>{ t(message::HOST) }</dt>
                <dd><code>{ escaped(&clouds::host(spec.target())) }</code></dd>
                <dt>{ t(message::THROUGH) }</dt>
                <dd data-route={match *props.route {
                    Route::Direct => "direct",
                    Route::Proxy { .. } => "proxy",
                }}>
                    { escaped(&route_name(&props.route, locale)) }
                    if *props.route == Route::Direct {
                        <p class="small hint-warn">
                            { icon(Icon::Warning) }<span>{ t(message::DIRECT_HINT) }</span>
                        </p>
                    }
                </dd>
                <dt>{ t(message::PACING_LABEL) }</dt>
                <dd>{ MessageArgs::Pace(spec.operation().calls_per_second).in_locale(locale) }</dd>
            </dl>
            <PacingSettings pacing={props.pacing} canary={plan.canary} instances={plan.instances()}
                ids_max={spec.operation().ids_max} />
        </div>
    }
}

/// The cloud and, where there is one, the region.
fn target_name(spec: &OperationSpec, locale: Locale) -> String {
    let target = spec.target();
    let cloud = target.cloud.name.in_locale(locale);
    if target.region.is_empty() { cloud.into() } else { format!("{cloud} · {}", target.region) }
}

fn sizes(plan: &Plan, locale: Locale) -> String {
    let calls = plan.batches.len();
    let largest = plan.batches.iter().map(|batch| batch.ids().len()).max().unwrap_or(0);
    if plan.canary && calls > 1 {
        return MessageArgs::CanarySizes { calls: calls - 1, largest }.in_locale(locale);
    }
    MessageArgs::CallSizes { calls, instances: plan.instances(), largest }.in_locale(locale)
}

fn options(plan: &Plan, locale: Locale) -> Html {
    let options = plan.spec.options();
    if options.is_empty() {
        return message::NO_OPTIONS.in_locale(locale).into();
    }
    options
        .iter()
        .enumerate()
        .map(|(index, (name, value))| {
            html! {
                <>
                    if index > 0 { { " · " } }
                    <code>{ escaped(&format!("{name}={}", value.as_str())) }</code>
                </>
            }
        })
        .collect()
}

#[derive(PartialEq, Properties)]
struct PlannedProps {
    plan: Arc<Plan>,
    preflight: Option<Arc<PreflightResult>>,
}

/// The instances, paginated.
#[component]
fn Planned(props: &PlannedProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let (page, size) = (use_state_eq(|| 0_usize), use_page_size(INSTANCES_A_PAGE));
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
    let indices = use_memo(props.preflight.clone(), |preflight| {
        let instances = preflight.as_ref().map_or(&[][..], |preflight| &preflight.instances);
        let indices = instances.iter().enumerate();
        indices.map(|(index, state)| (state.id.clone(), index)).collect::<HashMap<_, _>>()
    });
    let state_of = |id: &str| {
        props
            .preflight
            .as_ref()
            .zip(indices.get(id))
            .and_then(|(preflight, index)| preflight.instances.get(*index))
    };
    let all = props.plan.batches.iter().enumerate();
    let found: Vec<(usize, &str, Option<&DescribedInstance>)> = all
        .flat_map(|(call, batch)| batch.ids().iter().map(move |id| (call, id.as_str())))
        .map(|(call, id)| (call, id, state_of(id)))
        .filter(|(_, id, state)| {
            wanted.is_empty()
                || id.contains(wanted.as_str())
                || state.is_some_and(|state| state.name.to_lowercase().contains(wanted.as_str()))
        })
        .collect();
    let known = props.preflight.is_some();
    let shown = page_range(found.len(), size, *page);
    html! {
        <div class="stack">
            <div class="row">
                <h3 class="grow">{ t(message::INSTANCES) }</h3>
                if props.plan.instances() > 10 {
                    <input class="find" type="search" name="find" autocomplete="off" spellcheck="false"
                        aria-label={t(message::FIND_INSTANCE)} placeholder={t(message::FIND_INSTANCE)} oninput={onfind} />
                }
            </div>
            <div class="framed scroll" tabindex="0" role="group" aria-label={t(message::INSTANCES)}>
                <table>
                    <thead><tr>
                        <th scope="col">{ t(message::INSTANCE) }</th>
                        if known {
                            <th scope="col" class="aux">{ t(message::NAME) }</th>
                            <th scope="col" class="aux">{ t(message::ZONE) }</th>
                            <th scope="col">{ t(message::STATE_LABEL) }</th>
                            <th scope="col" class="aux">{ t(message::IP_ADDRESS) }</th>
                        }
                        <th scope="col" class="number aux">{ t(message::CALL_COLUMN) }</th>
                    </tr></thead>
                    <tbody>
                        { for found.get(shown).unwrap_or_default().iter().map(|(call, id, state)| html! {
                            <tr key={*id} data-instance-id={(*id).to_owned()}>
                                <td class="id">
                                    { (*id).to_owned() }
                                    <span class="narrow small muted">{ state.map(|state| untrusted_text(&state.name)) }</span>
                                </td>
                                if known {
                                    <td class="name aux">{ state.map(|state| untrusted_text(&state.name)) }</td>
                                    <td class="muted aux">{ state.map(|state| untrusted_text(&state.zone)) }</td>
                                    <td>{ state.map(state_chip) }</td>
                                    <td class="muted aux">{ state.map(|state| untrusted_text(&state.address)) }</td>
                                }
                                <td class="number muted aux">{ i18n::number(locale, call + 1) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
                if found.is_empty() { <p class="nothing muted">{ t(message::NOTHING_MATCHES) }</p> }
            </div>
            <Pager label={t(message::INSTANCES)} total={found.len()} {size} page={*page} {on_page} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct RequestsProps {
    plan: Arc<Plan>,
    route: Shared<Route>,
}

/// The unsigned requests, each rendered when it is opened.
#[component]
fn Requests(props: &RequestsProps) -> Html {
    let locale = use_locale();
    let t = |text: Text| text.in_locale(locale);
    let open = use_state_eq(|| false);
    let (page, size) = (use_state_eq(|| 0_usize), use_page_size(CALLS_A_PAGE));
    let onclick = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let on_page = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    let batches = &props.plan.batches;
    let shown = page_range(batches.len(), size, *page);
    let first = shown.start;
    html! {
        <div class="stack">
            <div>
                <button type="button" class="quiet" data-action="show-requests"
                    aria-expanded={open.to_string()} {onclick}>
                    { t(if *open { message::HIDE_REQUESTS } else { message::SHOW_REQUESTS }) }
                </button>
            </div>
            if *open {
                <p class="small muted">{ t(message::REQUESTS_HINT) }</p>
                <div class="framed requests">
                    { for batches.get(shown).unwrap_or_default().iter().enumerate().map(|(index, batch)| {
                        html! {
                            <PlannedCall key={first + index} plan={props.plan.clone()} number={first + index + 1}
                                instances={batch.ids().len()} route={props.route.clone()} />
                        }
                    }) }
                </div>
                <Pager label={t(message::CALLS)} total={batches.len()} {size} page={*page} {on_page} />
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct PlannedCallProps {
    plan: Arc<Plan>,
    number: usize,
    instances: usize,
    route: Shared<Route>,
}

#[component]
fn PlannedCall(props: &PlannedCallProps) -> Html {
    let locale = use_locale();
    let PlannedCallProps { number, instances, .. } = *props;
    let open = use_state_eq(|| number == 1);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |event: Event| open.set(open_of(&event)))
    };
    let batch = props.plan.batches.get(number - 1);
    html! {
        <details data-call={number.to_string()} open={*open} {ontoggle}>
            <summary>{ MessageArgs::CallHeading { number, instances }.in_locale(locale) }</summary>
            if let Some(batch) = batch.filter(|_| *open) {
                <div class="stack request">
                    { unsigned_request(batch, &props.route, locale) }
                    <CopyAs batch={batch.clone()} sent={false} />
                </div>
            }
        </details>
    }
}
