//! The advanced options that an operation has: batching, dry run, erasing local disks. Not in the form
//! alone, which has a placeholder.

use crate::{
    components::{
        common::dom::{checked_of, focus_in, value_of},
        form::{
            field_error::{FieldError, error_at, message_for},
            target::radio,
        },
    },
    context::{use_dispatch, use_locale},
    i18n::message,
    store::Intent,
};
use relight_core::{
    form::{Form, FormEdit},
    i18n::Locale,
    model::cloud::{Batching, Parameter, ParameterKind, Role},
};
use yew::{
    Callback, Event, Html, Properties, classes, component, html, use_effect_with, use_node_ref,
    use_state_eq,
};

#[derive(PartialEq, Properties)]
pub(crate) struct AdvancedProps {
    pub(crate) form: Form,
    pub(crate) problem: Option<FieldError>,
    /// Where the locked operation has several variants, the field for them.
    pub(crate) variants: Option<Html>,
    /// Whether the operator has locked the dry run.
    pub(crate) dry_run_locked: bool,
    /// Whether it was opened in the form alone.
    pub(crate) opened: bool,
}

/// Collapsed until something in it differs from the default; then only the user closes it.
#[component]
pub(crate) fn Advanced(props: &AdvancedProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let AdvancedProps { form, problem, variants, .. } = props;
    let opened = use_state_eq(|| props.opened);
    let node = use_node_ref();
    use_effect_with((), {
        let (node, opened) = (node.clone(), props.opened);
        move |()| {
            // Where the focus was in the form alone.
            if opened {
                focus_in(&node, "summary");
            }
        }
    });
    let operation = form.operation();
    let error = |field| message_for(problem.as_ref(), field);
    let batching = form.cloud().batching.as_ref().zip(operation.parameter_for(Role::Batching));
    let dry_run = operation.parameter_for(Role::DryRun).filter(|_| !props.dry_run_locked);
    let erase = operation.parameter_for(Role::Erase);
    let is_empty = variants.is_none() && batching.is_none() && dry_run.is_none() && erase.is_none();
    let is_variant = variants.is_some() && operation.ids_max == 1;
    let is_open = *opened || form.has_rare_options() || is_variant;
    use_effect_with(is_open && !is_empty, move |is_open| {
        if *is_open {
            opened.set(true);
        }
    });
    if is_empty {
        return Html::default();
    }
    let onbatching =
        dispatch.reform(|event: Event| Intent::Edit(FormEdit::Batching(value_of(&event))));
    let ontick = |action: fn(bool) -> FormEdit| {
        dispatch.reform(move |event: Event| Intent::Edit(action(checked_of(&event))))
    };
    html! {
        <details class="bare options" data-advanced="" open={is_open} ref={node}>
            <summary>{ message::ADVANCED.in_locale(locale) }</summary>
            <div class="stack">
                { variants.clone().unwrap_or_default() }
                if let Some((names, parameter)) = batching {
                    { batching_field(names, parameter, form.batching(), &onbatching, error("batching"), locale) }
                }
                if let Some(parameter) = dry_run {
                    { tick("dryRun", parameter, form.dry_run(), false, ontick(FormEdit::DryRun), locale) }
                    { error_at("e-dryRun", error("dryRun")) }
                }
                if let Some(parameter) = erase {
                    { tick("erase", parameter, form.erase(), true, ontick(FormEdit::Erase), locale) }
                    { error_at("e-erase", error("erase")) }
                }
            </div>
        </details>
    }
}

fn batching_field(
    names: &Batching,
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
                    "batching", choice, names.name(choice).in_locale(locale), chosen == Some(*choice), false, onchange.clone(),
                )) }
            </div>
            <p class="small muted" id="batching-help">
                { parameter.help.in_locale(locale) }{ " " }
                <code>{ parameter.name }{ "=" }{ chosen.unwrap_or_default() }</code>
            </p>
            { error_at("e-batching", error) }
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
    let (id, error) = if danger { ("erase-help", "e-erase") } else { ("dry-run-help", "e-dryRun") };
    html! {
        <label class="tick">
            <input type="checkbox" {name} {checked} {onchange}
                aria-describedby={format!("{id} {error}")} />
            <span>
                { parameter.label.in_locale(locale) }
                <span class={classes!("small", help)} {id}>
                    { parameter.help.in_locale(locale) }
                </span>
            </span>
        </label>
    }
}
