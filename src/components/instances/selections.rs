//! Selections with a name: use one, save the search as one, delete one.

use crate::{
    components::common::{dom::value_of, untrusted_text::untrusted_text},
    context::{use_dispatch, use_locale},
    i18n::instances as texts,
    services::selections::SavedSelection,
    store::{InstancesAction, Intent, Shared},
};
use relight_core::{i18n::Text, model::query::InstanceQuery};
use yew::{Callback, Html, InputEvent, Properties, component, html, use_state_eq};

/// Props of [`Selections`].
#[derive(PartialEq, Properties)]
pub(crate) struct SelectionsProps {
    pub(crate) selections: Shared<Vec<SavedSelection>>,
    /// What could be saved.
    pub(crate) query: InstanceQuery,
}

/// The selections of this browser.
#[component]
pub(crate) fn Selections(props: &SelectionsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let t = |text: Text| text.in_locale(locale);
    let name = use_state_eq(String::new);
    if props.selections.is_empty() && props.query.is_empty() {
        return Html::default();
    }
    let oninput = {
        let name = name.clone();
        Callback::from(move |event: InputEvent| name.set(value_of(&event)))
    };
    let may_save = !props.query.is_empty() && !name.trim().is_empty();
    let onsave = {
        let (dispatch, name, query) = (dispatch.clone(), name.clone(), props.query.clone());
        Callback::from(move |_| {
            if may_save {
                let saved = InstancesAction::Save(name.trim().to_owned(), query.clone());
                dispatch.emit(Intent::Instances(saved));
                name.set(String::new());
            }
        })
    };
    html! {
        <details class="bare selections" open={!props.selections.is_empty()}>
            <summary>{ t(texts::SELECTIONS) }</summary>
            <div class="stack tight">
                { for props.selections.iter().map(|saved| {
                    let act = |action: fn(String) -> InstancesAction| {
                        let name = saved.name.clone();
                        dispatch.reform(move |_| Intent::Instances(action(name.clone())))
                    };
                    html! {
                        <div class="row small" key={saved.name.clone()} data-selection={saved.name.clone()}>
                            <button type="button" class="tiny" data-action="use-selection"
                                onclick={act(InstancesAction::Resolve)}>
                                { untrusted_text(&saved.name) }
                            </button>
                            <span class="muted grow">
                                { untrusted_text(&format!("{} · {} · {}", saved.cloud, saved.region, saved.query)) }
                            </span>
                            <button type="button" class="tiny" data-action="delete-selection"
                                onclick={act(InstancesAction::Delete)}>
                                { t(texts::DELETE_SELECTION) }
                            </button>
                        </div>
                    }
                }) }
                if !props.query.is_empty() {
                    <div class="row">
                        <input class="find" name="selectionName" type="text" maxlength="80" autocomplete="off"
                            aria-label={t(texts::SELECTION_NAME)} placeholder={t(texts::SELECTION_NAME)}
                            value={(*name).clone()} {oninput} />
                        <button type="button" class="tiny" data-action="save-selection"
                            aria-disabled={(!may_save).then_some("true")} onclick={onsave}>
                            { t(texts::SAVE_SELECTION) }
                        </button>
                    </div>
                }
                <p class="small muted">{ t(texts::SELECTIONS_HINT) }</p>
            </div>
        </details>
    }
}
