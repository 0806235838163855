//! The fields for the key of a run that needs one.

use crate::{
    components::form::{
        credential::Credential,
        field_error::FieldError,
        key_details::{self, KeyDetailsProps},
    },
    context::use_locale,
    i18n::message,
    services::frame::UntrustedParent,
    store::{KeyState, Shared},
};
use relight_core::{
    credential::check_key,
    form::SecretStatus,
    i18n::Locale,
    model::plan::Refusal,
    run::{Pause, Run, RunStatus},
};
use std::rc::Rc;
use yew::{
    Callback, Html, Properties, SubmitEvent, component, hook, html, use_effect_with, use_state_eq,
};

/// Props of [`RunKey`].
#[derive(PartialEq, Properties)]
pub(crate) struct RunKeyProps {
    pub(crate) run: Shared<Run>,
    pub(crate) key_state: KeyState,
    /// The text in the field for the key id while it cannot be one.
    pub(crate) wrong_key_id: Option<Rc<str>>,
    pub(crate) untrusted_parent: Option<UntrustedParent>,
}

/// The fields for the key of a run without one: restored, or its key was locked. A run without a key
/// neither describes nor sends.
#[component]
pub(crate) fn RunKey(props: &RunKeyProps) -> Html {
    let locale = use_locale();
    let RunKeyProps { run, key_state, wrong_key_id, untrusted_parent } = props;
    let cloud = run.spec().target().cloud;
    let key_id = wrong_key_id.as_deref().unwrap_or(&run.about().key_id).to_owned();
    let slots = key_details::slots(&KeyDetailsProps {
        cloud,
        key_id: key_id.clone().into(),
        form: None,
        key_state: key_state.clone(),
    });
    html! {
        <form class="panel" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <div class="body">
                if key_state.source.is_none() {
                    <p>{ message::KEY_REQUIRED.in_locale(locale) }</p>
                }
                <Credential {cloud} {key_id} {slots} key_state={key_state.clone()}
                    untrusted_parent={untrusted_parent.clone()} problem={key_error(props, locale)} />
            </div>
        </form>
    }
}

/// What is wrong with the key id.
fn key_error(props: &RunKeyProps, locale: Locale) -> Option<FieldError> {
    let key_id = props.wrong_key_id.as_ref()?;
    let cloud = props.run.spec().target().cloud;
    let refusal = check_key(cloud, key_id, props.key_state.guard).err()?;
    let field = if let Refusal::TokenSwapped { field, .. } = refusal { field } else { "keyId" };
    Some(FieldError { field, message: refusal.sentence(locale) })
}

/// Whether the run that is shown was opened with its key in the vault, where it has been since: a key that is
/// typed for the run does not remove the field at its first letter.
#[hook]
pub(crate) fn use_had_key(run_id: Option<String>, is_its_key: bool) -> bool {
    let last = use_state_eq(|| (run_id.clone(), is_its_key));
    let had_key = is_its_key && (last.0 != run_id || last.1);
    use_effect_with((run_id, had_key), move |now| last.set(now.clone()));
    had_key
}

/// Whether a run needs a key, or has just been given one: the field stays while the run waits, since
/// the first letter of a secret is a key already.
pub(crate) fn is_key_wanted(secret: SecretStatus, had_key: bool, run: &Run) -> bool {
    match run.status() {
        RunStatus::Paused(Pause::Restored) => !had_key,
        RunStatus::Paused(Pause::NoKey) => true,
        RunStatus::Paused(_) if run.wants_key() => true,
        RunStatus::Paused(_) | RunStatus::Sending | RunStatus::Watching | RunStatus::Stopped => {
            secret != SecretStatus::Usable
        }
        RunStatus::Finished => false,
    }
}
