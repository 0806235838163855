//! Cloud, region, operation and mode. Every option carries `selected`: a select must never show one
//! thing while the state holds another.

use crate::components::{
    common::{
        dom::{checked_of, value_of},
        untrusted_text::shown,
    },
    form::{
        compose::{message_for, problem_at},
        credential::Field,
        select::{Select, choice},
    },
};
use crate::{
    context::{use_dispatch, use_locale},
    i18n::{self, FormMessage, message},
    store::Intent,
};
use relight_core::{
    clouds,
    form::{Form, FormEdit},
    i18n::Locale,
    model::cloud::{Cloud, Operation, Parameter, ParameterKind, Role},
};
use yew::{Callback, Event, Html, Properties, classes, component, html, use_state_eq};

/// The value of the option for a region that is not in the list.
const OTHER: &str = "other";

/// Props of [`Target`].
#[derive(PartialEq, Properties)]
pub(crate) struct TargetProps {
    pub(crate) form: Form,
    pub(crate) problem: Option<Field>,
}

/// Cloud, region, operation and mode.
#[component]
pub(crate) fn Target(props: &TargetProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let form = &props.form;
    let (manifest, operation) = (form.cloud(), form.operation());
    let choose = |action: fn(String) -> FormEdit| {
        dispatch.reform(move |event: Event| Intent::Edit(action(value_of(&event))))
    };
    let error = |field| message_for(props.problem.as_ref(), field);
    // Another list is another element: some browsers show the wrong option when the options of one are
    // replaced.
    let offer: String = form.operations().map(|one| one.name).collect();
    let offer = format!("{} {offer}", manifest.id);
    html! {
        <>
            <div class="two">
                <label class="field">
                    { message::CLOUD.in_locale(locale) }
                    <Select name="cloud" value={manifest.id} onchange={choose(FormEdit::Cloud)}>
                        { for form.clouds().map(|one| {
                            let words = format!("{} · {}", one.name.in_locale(locale), one.product);
                            choice(one.id, words, one.id == manifest.id)
                        }) }
                    </Select>
                </label>
                if manifest.regions.required || !form.region().is_empty() {
                    <Region key={manifest.id} cloud={form.cloud()} region={form.region().to_owned()}
                        allowed={form.limits().regions.clone()} problem={error("region").map(ToOwned::to_owned)} />
                }
            </div>
            if manifest.sites.len() > 1 {
                <label class="field">
                    { message::SITE.in_locale(locale) }
                    <Select name="site" key={manifest.id} value={form.site().to_owned()} onchange={choose(FormEdit::Site)}>
                        { for manifest.sites.iter().map(|site| {
                            choice(site.id, site.name.in_locale(locale).into(), site.id == form.site())
                        }) }
                    </Select>
                </label>
            }
            <label class="field">
                { message::OPERATION.in_locale(locale) }
                <Select name="operation" key={&*offer} value={operation.name} onchange={choose(FormEdit::Operation)}
                    is_invalid={error("operation").is_some()} described_by="e-operation">
                    { for form.operations().map(|one| {
                        choice(one.name, operation_name(one, locale), one == operation)
                    }) }
                </Select>
            </label>
            { problem_at("e-operation", error("operation")) }
            if operation.modes.len() > 1 {
                <fieldset class="field" aria-describedby="mode-help e-mode">
                    <legend>{ message::MODE.in_locale(locale) }</legend>
                    <div class="seg">
                        { for form.modes().map(|mode| radio(
                            "mode", mode.id, mode.name.in_locale(locale), mode == form.mode(), mode.force,
                            choose(FormEdit::Mode),
                        )) }
                    </div>
                    <p class={classes!("small", if form.mode().force { "danger-text" } else { "muted" })}
                        id="mode-help">
                        { form.mode().help.in_locale(locale) }
                    </p>
                    { problem_at("e-mode", error("mode")) }
                </fieldset>
            }
        </>
    }
}

/// The remaining options, as far as the operation has them.
#[derive(PartialEq, Properties)]
pub(crate) struct OptionsProps {
    pub(crate) operation: &'static Operation,
    pub(crate) batching: Option<&'static str>,
    pub(crate) dry_run: bool,
    pub(crate) erase: bool,
    pub(crate) problem: Option<Field>,
}

/// Batch mode, dry run, erasing local disks: the options of an operation.
#[component]
pub(crate) fn Options(props: &OptionsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let operation = props.operation;
    let error = |field| message_for(props.problem.as_ref(), field);
    let onbatching =
        dispatch.reform(|event: Event| Intent::Edit(FormEdit::Batching(value_of(&event))));
    let ontick = |action: fn(bool) -> FormEdit| {
        dispatch.reform(move |event: Event| Intent::Edit(action(checked_of(&event))))
    };
    html! {
        <>
            if let Some(parameter) = operation.parameter_for(Role::Batching) {
                { batching(parameter, props.batching, &onbatching, error("batching"), locale) }
            }
            if let Some(parameter) = operation.parameter_for(Role::DryRun) {
                { tick("dryRun", parameter, props.dry_run, false, ontick(FormEdit::DryRun), locale) }
            }
            if let Some(parameter) = operation.parameter_for(Role::Erase) {
                { tick("erase", parameter, props.erase, true, ontick(FormEdit::Erase), locale) }
                { problem_at("e-erase", error("erase")) }
            }
        </>
    }
}

/// The region: a list, and a field for regions that are not in it.
#[derive(PartialEq, Properties)]
struct RegionProps {
    cloud: &'static Cloud,
    region: String,
    /// The only regions that are allowed, if not all are.
    allowed: Option<Vec<String>>,
    problem: Option<String>,
}

#[component]
fn Region(props: &RegionProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let known = props.cloud.regions.known;
    let is_allowed =
        |id: &str| props.allowed.as_ref().is_none_or(|all| all.iter().any(|one| one == id));
    // Allowed regions that are not known have no name but their id.
    let is_known_anywhere = |id: &str| {
        let mut all = clouds::ALL.iter().flat_map(|cloud| cloud.regions.known);
        all.any(|region| region.id == id)
    };
    let unnamed = props.allowed.iter().flatten().filter(|id| !is_known_anywhere(id));
    let is_known = known.iter().any(|region| region.id == props.region);
    let asked = use_state_eq(|| false);
    // Once opened, the field stays: while a longer id is typed it may equal a known one.
    let other = props.allowed.is_none() && (*asked || (!is_known && !props.region.is_empty()));
    let onselect = {
        let (dispatch, asked) = (dispatch.clone(), asked.clone());
        Callback::from(move |event: Event| {
            let value = value_of(&event);
            asked.set(value == OTHER);
            let region = if value == OTHER { String::new() } else { value };
            dispatch.emit(Intent::Edit(FormEdit::Region(region)));
        })
    };
    let oninput =
        dispatch.reform(|event: yew::InputEvent| Intent::Edit(FormEdit::Region(value_of(&event))));
    let problem = props.problem.as_deref();
    let chosen = if other { OTHER.to_owned() } else { props.region.clone() };
    html! {
        <div class="field">
            <label class="field">
                { message::REGION.in_locale(locale) }
                <Select name="region" value={chosen} onchange={onselect}
                    is_invalid={problem.is_some()} described_by="e-region">
                    { choice("", message::CHOOSE_REGION.in_locale(locale).into(), props.region.is_empty() && !other) }
                    { for known.iter().filter(|region| is_allowed(region.id)).map(|region| {
                        let words = format!("{} · {}", region.id, region.name.in_locale(locale));
                        choice(region.id, words, region.id == props.region && !other)
                    }) }
                    { for unnamed.map(|id| choice(id.clone(), shown(id), *id == props.region)) }
                    if props.allowed.is_none() {
                        { choice(OTHER, message::OTHER_REGION.in_locale(locale).into(), other) }
                    }
                </Select>
            </label>
            if other {
                <input name="regionOther" type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" aria-label={message::OTHER_REGION_LABEL.in_locale(locale)}
                    placeholder={message::OTHER_REGION_LABEL.in_locale(locale)} aria-describedby="e-region"
                    value={props.region.clone()} {oninput} />
            }
            { problem_at("e-region", problem) }
        </div>
    }
}

fn radio(
    name: &'static str,
    value: &'static str,
    words: &str,
    checked: bool,
    danger: bool,
    onchange: Callback<Event>,
) -> Html {
    html! {
        <label class={classes!(if danger { "danger" } else { "" })}>
            <input type="radio" {name} {value} {checked} {onchange} />
            <span>{ words.to_owned() }</span>
        </label>
    }
}

fn batching(
    parameter: &'static Parameter,
    chosen: Option<&str>,
    onchange: &Callback<Event>,
    error: Option<&str>,
    locale: Locale,
) -> Html {
    let choices = match &parameter.kind {
        ParameterKind::Choice(choices) => *choices,
        ParameterKind::Boolean => &[],
    };
    html! {
        <fieldset class="field" aria-describedby="batching-help e-batching">
            <legend>{ parameter.label.in_locale(locale) }</legend>
            <div class="seg">
                { for choices.iter().map(|choice| radio(
                    "batching", choice, choice, chosen == Some(*choice), false, onchange.clone(),
                )) }
            </div>
            <p class="small muted" id="batching-help">{ parameter.help.in_locale(locale) }</p>
            { problem_at("e-batching", error) }
        </fieldset>
    }
}

fn tick(
    name: &'static str,
    parameter: &'static Parameter,
    checked: bool,
    danger: bool,
    onchange: Callback<Event>,
    locale: Locale,
) -> Html {
    let help = if danger { "danger-text" } else { "muted" };
    let (id, error) = if danger { ("erase-help", "e-erase") } else { ("dry-run-help", "") };
    html! {
        <label class="tick">
            <input type="checkbox" {name} {checked} {onchange}
                aria-describedby={format!("{id} {error}").trim_end().to_owned()} />
            <span>
                { parameter.label.in_locale(locale) }
                <span class={classes!("small", help)} {id}>
                    { parameter.help.in_locale(locale) }
                </span>
            </span>
        </label>
    }
}

/// The verb, and the vendor's name of the operation.
pub(crate) fn operation_name(operation: &Operation, locale: Locale) -> String {
    let name = if operation.ids_max == 1 {
        FormMessage::OnePerCall(operation.name).in_locale(locale)
    } else {
        operation.name.to_owned()
    };
    format!("{} · {name}", i18n::verb(operation.verb).in_locale(locale))
}
