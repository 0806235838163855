//! The list of a region's instances to search and choose from. The form's ids are the selection.

use super::{selections::Selections, table::Table};
use crate::{
    components::{
        common::{
            dom::value_of,
            icon::{Icon, icon},
            throttled::Throttled,
            undo::Undo,
            untrusted_text::escaped,
        },
        errors::explanation::{explain_fault_of, fault_card},
    },
    context::{use_dispatch, use_locale},
    i18n::{
        FormMessage, MessageArgs,
        instances::{self as texts, ListMessage},
        message, page, time_of_day,
    },
    services::selections::SavedSelection,
    store::{InstancesAction, Intent, Removed, ResolvedSelection, Shared},
};
use relight_core::{
    clouds,
    explain::Known,
    form::FormEdit,
    i18n::{Locale, Text},
    ids::ParsedIds,
    model::query::InstanceQuery,
    session::InstanceList,
};
use std::{collections::HashSet, rc::Rc, sync::Arc};
use yew::{
    Callback, Html, InputEvent, KeyboardEvent, MouseEvent, Properties, component, html, use_memo,
    use_state_eq,
};

/// Props of [`Picker`].
#[derive(PartialEq, Properties)]
pub(crate) struct PickerProps {
    /// The list, once it was asked for.
    pub(crate) list: Option<Shared<InstanceList>>,
    /// What is chosen: the ids in the form.
    pub(crate) parsed: Arc<ParsedIds>,
    pub(crate) selections: Shared<Vec<SavedSelection>>,
    /// The selection that the ids come from.
    pub(crate) resolved: Option<Rc<ResolvedSelection>>,
    /// What was removed last.
    pub(crate) undo: Option<Rc<Removed>>,
    /// The query that the operator allows, if not all is allowed.
    pub(crate) only: Option<String>,
    /// The query that the operator has preset.
    pub(crate) preset: Option<String>,
    /// For explanations.
    pub(crate) key_id: String,
}

/// The list to choose from.
#[component]
pub(crate) fn Picker(props: &PickerProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let t = |text: Text| text.in_locale(locale);
    let typed = use_state_eq(|| props.preset.clone().unwrap_or_default());
    let query = use_memo((*typed).clone(), |typed| InstanceQuery::parse(typed));
    let chosen: Rc<HashSet<String>> = use_memo(props.parsed.clone(), |parsed| {
        parsed.ids.iter().map(|one| one.id.as_str().to_owned()).collect()
    });
    let onfind = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| typed.set(value_of(&event)))
    };
    let read = {
        let (dispatch, query) = (dispatch.clone(), query.clone());
        // What the cloud can compare need not be read; what is typed later is searched for in what was.
        Callback::from(move |()| {
            dispatch.emit(Intent::Instances(InstancesAction::Read((*query).clone())));
        })
    };
    let onkeydown = {
        let (read, is_listed) = (read.clone(), props.list.is_some());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.repeat() {
                event.prevent_default();
                if !is_listed {
                    read.emit(());
                }
            }
        })
    };
    let stop = dispatch.reform(|_: MouseEvent| Intent::Instances(InstancesAction::Stop));
    let clear = dispatch.reform(|_: MouseEvent| Intent::Edit(FormEdit::IdsText(String::new())));
    html! {
        <section class="panel picker" part="panel" aria-labelledby="h-picker">
            <div class="head">
                <h2 id="h-picker">{ t(texts::TITLE) }</h2>
                if let Some(list) = &props.list {
                    <span class="small muted" role="status">
                        { ListMessage::Read(list.instances().len(), list.total()).in_locale(locale) }
                    </span>
                }
                <span class="grow"></span>
                { list_button(props.list.as_deref(), &read, &stop, locale) }
            </div>
            <div class="body">
                if let Some(only) = &props.only {
                    <p class="small">{ t(texts::ONLY) }{ " " }<code>{ escaped(only) }</code></p>
                }
                <input class="find-instances" type="search" name="findInstances" autocomplete="off" spellcheck="false"
                    autocapitalize="none" aria-label={t(texts::FIND)} placeholder={t(texts::FIND_EXAMPLE)}
                    value={(*typed).clone()} oninput={onfind} {onkeydown} />
                { resolved(props.resolved.as_deref(), locale) }
                { problems(props, locale) }
                if props.list.is_none() {
                    <p class="muted">{ t(texts::HINT) }</p>
                    <ol class="steps">
                        <li>{ t(message::STEP_ONE_HINT) }</li>
                        <li>{ t(message::STEP_TWO_HINT) }</li>
                        <li>{ t(message::STEP_THREE_HINT) }</li>
                    </ol>
                }
                if let Some(Removed::Selection(_)) = props.undo.as_deref() {
                    <Undo text={t(page::SELECTION_DELETED)} />
                }
                <Selections selections={props.selections.clone()} query={(*query).clone()} />
            </div>
            if let Some(list) = &props.list {
                <Table list={list.clone()} {query} chosen={chosen.clone()} />
            }
            if !chosen.is_empty() {
                <div class="foot dock dock-compose">
                    <b>{ ListMessage::Chosen(chosen.len()).in_locale(locale) }</b>
                    { not_listed(props.list.as_deref(), &chosen, locale) }
                    <span class="grow"></span>
                    <button type="button" data-action="clear-selection" onclick={clear}>{ t(texts::CLEAR) }</button>
                    <button type="button" class="primary narrow" data-action="review-chosen"
                        onclick={dispatch.reform(|_| Intent::Review)}>
                        { FormMessage::Check(chosen.len()).in_locale(locale) }
                    </button>
                </div>
            }
        </section>
    }
}

/// The one thing that can be done with the list: read it, stop, read on, or read it again.
fn list_button(
    list: Option<&InstanceList>,
    read: &Callback<()>,
    stop: &Callback<MouseEvent>,
    locale: Locale,
) -> Html {
    let button = |action: &'static str, text: Text, onclick: Callback<MouseEvent>| {
        html! {
            <button type="button" class="tiny" data-action={action} {onclick}>
                { text.in_locale(locale) }
            </button>
        }
    };
    let read = read.reform(|_| ());
    match list {
        None => button("list-instances", message::LIST_INSTANCES, read),
        Some(list) if list.is_reading() => button("stop-list", texts::STOP, stop.clone()),
        Some(list) => {
            html! {
                <>
                    <span class="small muted">
                        { MessageArgs::StatesAsOf(&time_of_day(locale, list.at())).in_locale(locale) }
                    </span>
                    { button("list-instances", if list.is_whole() { texts::LIST_AGAIN } else { texts::GO_ON }, read) }
                </>
            }
        }
    }
}

/// What a selection has found, and what has changed since.
fn resolved(resolved: Option<&ResolvedSelection>, locale: Locale) -> Html {
    let Some(resolved) = resolved else { return Html::default() };
    let found = ListMessage::Resolved { name: &resolved.name, total: resolved.total };
    html! {
        <p class="small" role="status" data-resolved={resolved.total.to_string()}>
            { escaped(&found.in_locale(locale)) }
            if let Some(changed) = resolved.changed {
                { " · " }
                <b>{ ListMessage::Changed { new: changed.new, gone: changed.gone }.in_locale(locale) }</b>
            }
        </p>
    }
}

/// Why the list is not whole, or may not be.
fn problems(props: &PickerProps, locale: Locale) -> Html {
    let Some(list) = &props.list else { return Html::default() };
    if let Some(fault) = list.fault() {
        let target = list.target();
        let request = clouds::lister(target.cloud).list(target, list.query(), None);
        let known =
            Known { key_id: Some(&props.key_id), region: Some(&target.region), ..Known::default() };
        let action = Some(request.content().action);
        let explanation = explain_fault_of(target.cloud, action, fault, &known, locale);
        return html! {
            <>
                <p><strong>{ texts::FAILED.in_locale(locale) }</strong>{ " " }{ texts::FAILED_HINT.in_locale(locale) }</p>
                { fault_card(&explanation, fault, locale) }
            </>
        };
    }
    if let Some(until) = list.throttled_until() {
        return html! { <p class="small muted"><Throttled {until} /></p> };
    }
    if !list.has_shifted() {
        return Html::default();
    }
    html! {
        <div class="note warn" data-list="shifted">
            { icon(Icon::Warning) }
            <p>{ texts::SHIFTED.in_locale(locale) }</p>
        </div>
    }
}

/// How many are chosen that a complete list does not have: of another region, or deleted.
fn not_listed(list: Option<&InstanceList>, chosen: &HashSet<String>, locale: Locale) -> Html {
    let Some(list) = list.filter(|list| list.is_whole()) else { return Html::default() };
    let listed = list.instances().iter().filter(|one| chosen.contains(&one.instance.id)).count();
    let missing = chosen.len() - listed;
    if missing == 0 {
        return Html::default();
    }
    html! {
        <span class="small muted" data-not-listed={missing.to_string()}>
            { ListMessage::NotListed(missing).in_locale(locale) }
        </span>
    }
}
