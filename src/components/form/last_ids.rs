//! Below the field for ids: the ids of the last runs, to be filled in again.

use crate::{
    components::common::untrusted_text::escaped,
    context::{use_dispatch, use_locale},
    i18n::page::{self, PageMessage},
    services::saved_form::LastIds as Saved,
    store::{Intent, Shared},
};
use relight_core::form::Form;
use yew::{Callback, Html, MouseEvent, Properties, component, html};

#[derive(PartialEq, Properties)]
pub(crate) struct LastIdsProps {
    pub(crate) form: Form,
    pub(crate) last_ids: Shared<Vec<Saved>>,
}

/// A button for each of the last runs, while there are no ids.
#[component]
pub(crate) fn LastIds(props: &LastIdsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let LastIdsProps { form, last_ids } = props;
    let is_open = form.limits().instance_ids.is_none();
    if !form.ids_text().trim().is_empty() || last_ids.is_empty() || !is_open {
        return Html::default();
    }
    let button = |saved: &Saved| {
        let cloud = saved.cloud().filter(|cloud| form.clouds().any(|one| one == *cloud))?;
        let onclick = {
            let (dispatch, saved) = (dispatch.clone(), saved.clone());
            Callback::from(move |_: MouseEvent| {
                for edit in saved.edits() {
                    dispatch.emit(Intent::Edit(edit));
                }
            })
        };
        let text = PageMessage::LastIds {
            count: saved.ids.len(),
            cloud: cloud.name.in_locale(locale),
            region: &saved.region,
        };
        Some(html! {
            <button type="button" class="tiny" data-action="bring-back-ids" {onclick}>
                { escaped(&text.in_locale(locale)) }
            </button>
        })
    };
    html! {
        <div class="row small last-ids" role="group" aria-label={page::LAST_IDS.in_locale(locale)}>
            <span class="muted">{ page::LAST_IDS.in_locale(locale) }</span>
            { for last_ids.iter().filter_map(button) }
        </div>
    }
}
