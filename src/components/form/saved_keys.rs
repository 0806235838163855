//! Saved keys: the list to choose from, and how to save one.

use crate::{
    components::{
        common::{
            dom::{focus, value_of},
            header::shortened,
            icon::{Icon, icon},
            untrusted_text::{escaped, untrusted_text},
        },
        form::key_details::KeyDetailsProps,
    },
    context::{use_dispatch, use_locale},
    i18n::{self, keys},
    services::{
        database::Unavailable,
        vault::key_store::{KeyStoreError, SavePermission, SavedKey},
    },
    store::Intent,
};
use relight_core::{form::SecretStatus, i18n::Locale, text::visible::visible};
use std::rc::Rc;
use yew::{
    Callback, Html, InputEvent, KeyboardEvent, Properties, component, html, use_effect_with,
    use_node_ref, use_state_eq,
};

/// The saved keys. In a run only those that it was started with.
#[component]
pub(crate) fn SavedKeyList(props: &KeyDetailsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let saved_keys = &props.key_state.saved_keys;
    let belongs = |entry: &&SavedKey| {
        props.form.is_some() || (entry.cloud == Some(props.cloud) && entry.key_id == *props.key_id)
    };
    let entries: Vec<&SavedKey> = saved_keys.entries.iter().filter(belongs).collect();
    let may_choose = !saved_keys.is_forbidden && props.key_state.source.is_none();
    let onall = dispatch.reform(|_| Intent::DeleteSavedKey(None));
    html! {
        <>
            if !entries.is_empty() {
                <div class="stack tight keyring" role="group" aria-label={keys::SAVED.in_locale(locale)}>
                    <h3>{ keys::SAVED.in_locale(locale) }</h3>
                    <ul class="plain">
                    { for entries.iter().map(|entry| html! {
                        <SavedKeyRow key={&*entry.id} entry={(*entry).clone()} {may_choose}
                            is_in_use={props.key_state.chosen.as_deref() == Some(&*entry.id)} />
                    }) }
                </ul>
                    <p class="small muted">
                        { if saved_keys.is_forbidden { keys::SAVED_FORBIDDEN } else { keys::SAVED_HINT }.in_locale(locale) }
                    </p>
                    <div class="row">
                        if entries.len() > 1 {
                            <button type="button" class="tiny" data-action="forget-all-kept" onclick={onall}>
                                { keys::DELETE_ALL.in_locale(locale) }
                            </button>
                        }
                    </div>
                </div>
            }
            if saved_keys.removed > 0 {
                <p class="small hint-warn" role="status" data-removed={saved_keys.removed.to_string()}>
                    { icon(Icon::Warning) }<span>{ keys::REMOVED.in_locale(locale) }</span>
                </p>
            }
            { error(props, locale) }
        </>
    }
}

/// Below the fields: saves the current key, or says why that is not possible.
#[component]
pub(crate) fn SaveKeySection(props: &KeyDetailsProps) -> Html {
    let locale = use_locale();
    let key = &props.key_state;
    match key.may_save(props.cloud, &props.key_id) {
        SavePermission::Yes => {}
        SavePermission::No => return Html::default(),
        SavePermission::Derives => {
            return html! {
                <p class="small muted" data-advice="derives">{ keys::DERIVES.in_locale(locale) }</p>
            };
        }
        SavePermission::Temporary => {
            return html! {
                <p class="small muted" data-advice="temporary">{ keys::TEMPORARY.in_locale(locale) }</p>
            };
        }
    }
    html! { <SaveKeyField key_id={shortened(&props.key_id)} is_wanted={key.saved_keys.is_wanted} /> }
}

#[derive(PartialEq, Properties)]
struct SavedKeyRowProps {
    entry: SavedKey,
    is_in_use: bool,
    may_choose: bool,
}

#[component]
fn SavedKeyRow(props: &SavedKeyRowProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let SavedKeyRowProps { entry, is_in_use, may_choose } = props;
    let id: Rc<str> = entry.id.as_str().into();
    let key_id = shortened(&entry.key_id);
    let name = if entry.name.is_empty() { &key_id } else { &entry.name };
    let times = [
        (keys::SAVED_AT, Some(entry.saved_at).filter(|at| *at > 0)),
        (keys::CHOSEN_AT, entry.chosen_at),
    ];
    let times = times.map(|(word, at)| {
        at.map(|at| format!(" · {} {}", word.in_locale(locale), i18n::time_of_day(locale, at)))
    });
    let product = entry.cloud.map(|cloud| cloud.product);
    let label_of = |word: &str| Some(format!("{word}: {}", visible(name)));
    let delete = keys::DELETE.in_locale(locale);
    let choose = if *is_in_use { keys::IN_USE } else { keys::USE }.in_locale(locale);
    let onchoose = {
        let id = Rc::clone(&id);
        dispatch.reform(move |_| Intent::Choose(Rc::clone(&id)))
    };
    let ondelete = dispatch.reform(move |_| Intent::DeleteSavedKey(Some(Rc::clone(&id))));
    html! {
        <li class="row" data-kept={name.to_owned()} data-usable={entry.is_usable.to_string()}>
            <span class="grow">
                <strong>{ untrusted_text(name) }</strong>
                <span class="small muted">
                    if let Some(product) = product { { product }{ " · " } }
                    <span class="id">{ escaped(&key_id) }</span>
                    { for times.into_iter().flatten() }
                    if !entry.is_usable { { " · " }{ keys::UNUSABLE.in_locale(locale) } }
                </span>
            </span>
            if *may_choose && entry.is_usable {
                <button type="button" class="tiny" data-action="choose" aria-pressed={is_in_use.to_string()}
                    aria-label={label_of(choose)} onclick={onchoose}>
                    { choose }
                </button>
            }
            <button type="button" class="tiny" data-action="forget-kept" aria-label={label_of(delete)} onclick={ondelete}>
                { delete }
            </button>
        </li>
    }
}

/// Shown only where it matters: without saved keys, a key store that fails is no problem.
fn error(props: &KeyDetailsProps, locale: Locale) -> Option<Html> {
    let error = props.key_state.saved_keys.error.as_ref()?;
    let is_idle =
        matches!(error, KeyStoreError::ReadFailed(Unavailable::Missing | Unavailable::Refused));
    (!is_idle || props.key_state.secret == SecretStatus::Usable).then(|| {
        html! {
            <p class="small hint-warn" role="status" data-problem="keyring">
                { icon(Icon::Warning) }
                <span>{ keys::error(error).in_locale(locale) }</span>
            </p>
        }
    })
}

#[derive(PartialEq, Properties)]
struct SaveKeyFieldProps {
    /// Beginning and end of the key id: the default name.
    key_id: String,
    /// Whether it opens at once, with the focus.
    is_wanted: bool,
}

#[component]
fn SaveKeyField(props: &SaveKeyFieldProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let name = use_state_eq(String::new);
    let title = use_node_ref();
    {
        let title = title.clone();
        use_effect_with(props.is_wanted, move |is_wanted| {
            if *is_wanted {
                focus(&title);
            }
        });
    }
    let oninput = {
        let name = name.clone();
        Callback::from(move |event: InputEvent| name.set(value_of(&event)))
    };
    let save = {
        let fallback = props.key_id.clone();
        move || {
            let name = name.trim();
            let name = if name.is_empty() { fallback.clone() } else { name.to_owned() };
            dispatch.emit(Intent::SaveKey(name));
        }
    };
    let onclick = {
        let save = save.clone();
        Callback::from(move |_| save())
    };
    // Enter would submit the form around it.
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            save();
        }
    });
    html! {
        <details class="bare" data-keep={"true"} open={props.is_wanted}>
            <summary ref={title}>{ keys::SAVE_OPENS.in_locale(locale) }</summary>
            <div class="stack tight">
                <p class="small muted">{ keys::SAVE_HINT.in_locale(locale) }</p>
                <div class="field beside">
                    <label for="key-name">{ keys::NAME.in_locale(locale) }</label>
                    <div class="row">
                        <input id="key-name" name="keyName" class="grow" type="text" maxlength="40" autocomplete="off"
                            placeholder={props.key_id.clone()} {oninput} {onkeydown} />
                        <button type="button" data-action="keep" {onclick}>
                            { keys::SAVE.in_locale(locale) }
                        </button>
                    </div>
                </div>
            </div>
        </details>
    }
}
