//! The ids: one field that takes any text, and below it what was found. Valid ids are counted, not
//! listed, so that typing stays fast however many there are.

use crate::{
    components::{
        common::{
            dom::{sync_value, value_of},
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        form::field_error::error_at,
    },
    context::{use_dispatch, use_locale},
    i18n::{self, FormMessage, message, page::PageMessage},
    store::Intent,
};
use relight_core::{
    form::FormEdit,
    i18n::{Locale, Text},
    ids::{IdProblem, IdProblemKind, ParsedId, ParsedIds, ROUNDED},
    model::cloud::Cloud,
    session::Action,
};
use std::sync::Arc;
use yew::{
    Callback, Html, InputEvent, Properties, classes, component, html, use_effect_with,
    use_node_ref, use_state_eq,
};

/// The maximum number of problems listed at a time.
const LISTED: usize = 12;

/// What is typed and what was found in it.
#[derive(PartialEq, Properties)]
pub(crate) struct IdsProps {
    pub(crate) cloud: &'static Cloud,
    pub(crate) ids_text: Arc<str>,
    pub(crate) parsed: Arc<ParsedIds>,
    pub(crate) problem: Option<String>,
    /// Renders what was found, once it is loaded.
    pub(crate) found: Option<RenderFound>,
}

/// What a counter counts, and a click on it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counter {
    All,
    Unusual,
    Malformed,
    NearMiss,
    Sample,
    Repeated,
    OtherCloud,
}

/// The field for the ids and what was found in it.
#[component]
pub(crate) fn Ids(props: &IdsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let node = use_node_ref();
    {
        let node = node.clone();
        // An uncontrolled field; only a change from elsewhere is written into it.
        use_effect_with(props.ids_text.clone(), move |text| sync_value(&node, text));
    }
    let oninput =
        dispatch.reform(|event: InputEvent| Intent::Edit(FormEdit::IdsText(value_of(&event))));
    let ids = &props.cloud.ids;
    let problem = props.problem.as_deref();
    html! {
        <div class="field ids">
            <label class="field" for="ids-field">{ message::INSTANCES.in_locale(locale) }</label>
            <textarea ref={node} id="ids-field" part="ids" name="instanceIds" spellcheck="false" autocapitalize="none"
                autocomplete="off" rows="6" placeholder={ids.example} aria-describedby="ids-help e-ids"
                aria-invalid={problem.map(|_| "true")} {oninput} />
            { error_at("e-ids", problem) }
            if props.parsed.ids.is_empty() && props.parsed.problems.is_empty() {
                <p class="small muted" id="ids-help">
                    { message::INSTANCES_HINT.in_locale(locale) }{ " " }
                    { FormMessage::IdsLookLike { shape: ids.shape.in_locale(locale), example: ids.example }
                        .in_locale(locale) }
                </p>
            } else {
                if let Some(found) = &props.found {
                    { found.emit(props.parsed.clone()) }
                } else {
                    <p class="small muted" id="ids-help">
                        { FormMessage::FoundProblems {
                            valid: props.parsed.ids.len(),
                            problems: props.parsed.problems.len(),
                        }.in_locale(locale) }
                    </p>
                }
            }
        </div>
    }
}

/// Renders what was found in the text, once the second part is loaded.
pub(crate) type RenderFound = Callback<Arc<ParsedIds>, Html>;

/// What was found, with a filter for each kind of problem.
pub(crate) fn render_found(parsed: Arc<ParsedIds>) -> Html {
    html! { <Found {parsed} /> }
}

#[derive(PartialEq, Properties)]
struct FoundProps {
    parsed: Arc<ParsedIds>,
}

#[component]
fn Found(props: &FoundProps) -> Html {
    let locale = use_locale();
    let selected = use_state_eq(|| Counter::All);
    let parsed = &props.parsed;
    let count = |kind: Counter| parsed.problems.iter().filter(|one| kind.counts(one)).count();
    let (valid, problems) = (parsed.ids.len(), parsed.problems.len());
    let is_doubtful = |id: &&ParsedId| id.unusual || id.rounded;
    let unusual = parsed.ids.iter().filter(is_doubtful).count();
    let counter = |kind: Counter, number: usize, words: &str, tone: &'static str| {
        if number == 0 {
            return Html::default();
        }
        let pressed = *selected == kind;
        let onclick = {
            let selected = selected.clone();
            Callback::from(move |_| selected.set(if pressed { Counter::All } else { kind }))
        };
        html! {
            <button type="button" class={classes!("count", tone)} data-filter={kind.as_str()}
                aria-pressed={pressed.to_string()} {onclick}>
                <b>{ i18n::number(locale, number) }</b>{ words.to_owned() }
            </button>
        }
    };
    html! {
        <>
            <div class="counts" id="ids-help" role="group" aria-label={message::INSTANCES.in_locale(locale)}>
                <span class="count still">
                    <b>{ i18n::number(locale, valid + problems) }</b>{ message::PASTED.in_locale(locale) }
                </span>
                <span class="count still good" data-count="valid">
                    <b>{ i18n::number(locale, valid) }</b>{ message::VALID.in_locale(locale) }
                </span>
                { counter(Counter::Unusual, unusual, message::UNUSUAL.in_locale(locale), "warn") }
                { counter(Counter::Malformed, count(Counter::Malformed), message::MALFORMED.in_locale(locale), "bad") }
                { counter(Counter::NearMiss, count(Counter::NearMiss), message::NEAR_MISS.in_locale(locale), "warn") }
                { counter(Counter::Sample, count(Counter::Sample), message::SAMPLE.in_locale(locale), "warn") }
                { counter(Counter::Repeated, count(Counter::Repeated), message::REPEATED_LABEL.in_locale(locale), "") }
                { counter(Counter::OtherCloud, count(Counter::OtherCloud), &of_others(parsed, locale), "warn") }
            </div>
            if *selected == Counter::Unusual && unusual > 0 {
                <div class="note info">
                    { icon(Icon::Warning) }
                    <ul class="plain">
                        { for parsed.ids.iter().filter(is_doubtful).take(LISTED).map(|id| html! {
                            <li>
                                <code>{ id.id.as_str().to_owned() }</code>{ " · " }
                                { FormMessage::Line(id.line).in_locale(locale) }{ " · " }
                                { doubt(id).in_locale(locale) }
                            </li>
                        }) }
                        { more(unusual, locale) }
                    </ul>
                </div>
            } else if problems > 0 {
                <Problems {parsed} kind={*selected} />
            }
            if parsed.ignored > 0 {
                <p class="small muted" data-count="ignored">
                { escaped(&FormMessage::Ignored(parsed.ignored, parsed.ignored_examples.first().map_or("", String::as_str)).in_locale(locale)) }
            </p>
            }
            <p class="hidden" role="status">
                { FormMessage::FoundProblems { valid, problems }.in_locale(locale) }
            </p>
        </>
    }
}

const fn doubt(id: &ParsedId) -> Text {
    if id.rounded { ROUNDED } else { message::UNUSUAL_REASON }
}

#[derive(PartialEq, Properties)]
struct ProblemsProps {
    parsed: Arc<ParsedIds>,
    /// Those that are listed.
    kind: Counter,
}

/// What is not sent and why, and what can be done with it.
#[component]
fn Problems(props: &ProblemsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let ProblemsProps { parsed, kind } = props;
    let total = parsed.problems.len();
    let of_kind = || parsed.problems.iter().filter(|one| kind.counts(one));
    // Across all kinds a few are enough: the counters list the rest.
    let listed = if *kind == Counter::All { 4 } else { LISTED };
    let onremove = dispatch.reform(|_| Intent::Edit(FormEdit::RemoveProblems));
    let corrections = parsed.corrections().count();
    let onuse = dispatch.reform(|_| Intent::UseCorrections);
    let found = of_kind().count();
    html! {
        <div class="note warn">
            { icon(Icon::Warning) }
            <div>
                <strong>{ FormMessage::WillNotBeSent(total).in_locale(locale) }</strong>
                <ul class="plain problems">
                    { for of_kind().take(listed).map(|one| problem(one, locale)) }
                    if found > listed {
                        <li class="muted">{ FormMessage::AndMore(found - listed).in_locale(locale) }</li>
                    }
                </ul>
                <div class="row">
                    if corrections > 0 {
                        <button type="button" class="tiny" data-action="use-corrections" onclick={onuse}>
                            { PageMessage::UseCorrections(corrections).in_locale(locale) }
                        </button>
                    }
                    <button type="button" class="tiny" data-action="remove-problems" onclick={onremove}>
                        { FormMessage::RemoveProblems(total).in_locale(locale) }
                    </button>
                    { for other_clouds(parsed).into_iter().map(|cloud| html! {
                        <button type="button" class="tiny" data-action="go-to-cloud" data-cloud={cloud.id}
                            onclick={dispatch.reform(move |_| Intent::Form(Action::GoToCloud(cloud)))}>
                            { FormMessage::GoToCloud(cloud.name.in_locale(locale)).in_locale(locale) }
                        </button>
                    }) }
                </div>
            </div>
        </div>
    }
}

fn problem(problem: &IdProblem, locale: Locale) -> Html {
    html! {
        <li data-problem={problem.kind.word()}>
            <code>{ escaped(&problem.text) }</code>
            <span class="muted">{ " · " }{ FormMessage::Line(problem.line).in_locale(locale) }</span>
            { " · " }{ reason(problem, locale) }
            if let Some(suggestion) = &problem.suggestion {
                { " · " }<b>{ escaped(&FormMessage::DidYouMean(suggestion).in_locale(locale)) }</b>
            }
        </li>
    }
}

fn reason(problem: &IdProblem, locale: Locale) -> String {
    match (problem.kind, problem.cloud) {
        (IdProblemKind::Malformed(kind), _) => i18n::malformation(kind).in_locale(locale).into(),
        (IdProblemKind::Repeated, _) => message::REPEATED_REASON.in_locale(locale).into(),
        (IdProblemKind::OtherCloud, Some(cloud)) => {
            FormMessage::OfCloud(cloud.name.in_locale(locale)).in_locale(locale)
        }
        (IdProblemKind::OtherCloud, None) => match problem.vendor {
            Some(vendor) => FormMessage::OfCloud(vendor).in_locale(locale),
            None => message::OTHER_CLOUD_REASON.in_locale(locale).into(),
        },
        (IdProblemKind::Masked, _) => message::SAMPLE_REASON.in_locale(locale).into(),
        (IdProblemKind::NearMiss, _) if problem.has_invisible() => {
            message::INVISIBLE_REASON.in_locale(locale).into()
        }
        (IdProblemKind::NearMiss, _) => message::NEAR_MISS_REASON.in_locale(locale).into(),
    }
}

fn more(total: usize, locale: Locale) -> Html {
    if total > LISTED {
        html! { <li class="muted">{ FormMessage::AndMore(total - LISTED).in_locale(locale) }</li> }
    } else {
        Html::default()
    }
}

/// The clouds of the ids that are of others, each once.
fn other_clouds(parsed: &ParsedIds) -> Vec<&'static Cloud> {
    let mut clouds = Vec::new();
    for problem in parsed.problems.iter().filter(|one| one.kind == IdProblemKind::OtherCloud) {
        clouds.extend(problem.cloud.filter(|cloud| !clouds.contains(cloud)));
    }
    clouds
}

/// `of Tencent Cloud`, or without a name if they are of several.
fn of_others(parsed: &ParsedIds, locale: Locale) -> String {
    let mut clouds = parsed
        .problems
        .iter()
        .filter(|problem| problem.kind == IdProblemKind::OtherCloud)
        .filter_map(|problem| problem.cloud);
    match clouds.next() {
        Some(first) if clouds.all(|cloud| cloud == first) => {
            FormMessage::OfCloud(first.name.in_locale(locale)).in_locale(locale)
        }
        Some(_) | None => message::OTHER_CLOUD_REASON.in_locale(locale).into(),
    }
}

impl Counter {
    fn counts(self, problem: &IdProblem) -> bool {
        match self {
            Counter::All => true,
            Counter::Unusual => false,
            Counter::Malformed => matches!(problem.kind, IdProblemKind::Malformed(_)),
            Counter::NearMiss => problem.kind == IdProblemKind::NearMiss,
            Counter::Sample => problem.kind == IdProblemKind::Masked,
            Counter::Repeated => problem.kind == IdProblemKind::Repeated,
            Counter::OtherCloud => problem.kind == IdProblemKind::OtherCloud,
        }
    }

    /// The public name.
    const fn as_str(self) -> &'static str {
        match self {
            Counter::All => "all",
            Counter::Unusual => "unusual",
            Counter::Malformed => "malformed",
            Counter::NearMiss => "near-miss",
            Counter::Sample => "masked",
            Counter::Repeated => "repeated",
            Counter::OtherCloud => "other-cloud",
        }
    }
}
