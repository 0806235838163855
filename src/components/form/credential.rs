//! The key. What is typed into the secret fields goes straight to the vault, and the field is emptied,
//! so that no copy stays in the page.

use crate::{
    components::{
        common::{
            dom::{is_typing, secret_value, set_value, value_of},
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        form::field_error::{FieldError, error_at, message_for},
    },
    context::{use_dispatch, use_locale},
    i18n::{FormMessage, keys, message},
    services::{
        frame::UntrustedParent,
        vault::{LockReason, SecretInput},
    },
    store::{Intent, KeyState},
};
use relight_core::{
    credential::{Doubt, Guard, doubt, is_not_a_secret, is_not_a_token, is_swapped},
    form::{FormEdit, SecretStatus},
    i18n::Locale,
    model::cloud::Cloud,
};
use yew::{
    AttrValue, Callback, Event, Html, InputEvent, NodeRef, Properties, component, html,
    use_effect_with, use_mut_ref, use_node_ref,
};

/// What is rendered around the fields of a key.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct KeySlots {
    pub(crate) above: Html,
    pub(crate) below: Html,
    /// In place of the fields, where temporary keys come from a source.
    pub(crate) instead: Option<Html>,
}

/// Props of [`Credential`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CredentialProps {
    pub(crate) cloud: &'static Cloud,
    pub(crate) key_id: AttrValue,
    #[prop_or_default]
    pub(crate) slots: KeySlots,
    /// The state of the key.
    pub(crate) key_state: KeyState,
    pub(crate) untrusted_parent: Option<UntrustedParent>,
    pub(crate) problem: Option<FieldError>,
}

/// Key id, secret, token, and where they are stored.
#[component]
pub(crate) fn Credential(props: &CredentialProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    if let Some(untrusted_parent) = &props.untrusted_parent {
        return untrusted_notice(untrusted_parent, locale);
    }
    let labels = &props.cloud.credential;
    let error = |field| message_for(props.problem.as_ref(), field);
    let onkeyid =
        dispatch.reform(|event: InputEvent| Intent::Edit(FormEdit::KeyId(value_of(&event))));
    let onwipe = dispatch.reform(|_| Intent::WipeKey);
    let doubt = (!props.key_id.is_empty() && error("keyId").is_none())
        .then(|| doubt(props.cloud, &props.key_id))
        .flatten();
    let has_key = props.key_state.secret != SecretStatus::Missing
        || props.key_state.token != SecretStatus::Missing;
    if let Some(instead) = &props.slots.instead {
        return html! {
            <fieldset class="credential">
                <legend>{ message::KEY.in_locale(locale) }</legend>
                { instead.clone() }
                if has_key {
                    <div class="row small muted">
                        <span class="grow">{ message::KEY_IN_TAB.in_locale(locale) }</span>
                        <button type="button" class="tiny" data-action="forget" onclick={onwipe}>
                            { message::WIPE_KEY.in_locale(locale) }
                        </button>
                    </div>
                }
            </fieldset>
        };
    }
    let (key_status, wipe) = key_status(props, has_key, locale);
    html! {
        <fieldset class="credential">
            <legend>{ message::KEY.in_locale(locale) }</legend>
            { props.slots.above.clone() }
            <div class="field beside">
                <label for="key-id">{ labels.key_id_label }</label>
                <input id="key-id" name="keyId" type="text" autocomplete="username" autocapitalize="none"
                    spellcheck="false" value={&props.key_id} oninput={onkeyid}
                    aria-invalid={error("keyId").map(|_| "true")} aria-describedby="e-keyId doubt" />
                { error_at("e-keyId", error("keyId")) }
            </div>
            if let Some(doubt) = doubt {
                <p class="small hint-warn" id="doubt">
                    { icon(Icon::Warning) }
                    <span>{ doubt_text(doubt, locale) }</span>
                </p>
            }
            <SecretField name="secret" label={labels.secret_label} status={props.key_state.secret}
                problem={error("secret").map(ToOwned::to_owned).or_else(|| secret_warning(props, locale))}
                guard={props.key_state.guard} cloud={props.cloud} key_id={&props.key_id} optional={false}
                on_typed={dispatch.reform(Intent::Secret)} />
            if labels.token_label.is_some() || props.key_state.token != SecretStatus::Missing {
                <SecretField name="token" label={labels.token_label.unwrap_or("Token")} status={props.key_state.token}
                    problem={error("token").map(ToOwned::to_owned).or_else(|| token_warning(props, locale))}
                    guard={props.key_state.guard} cloud={props.cloud} key_id={&props.key_id} optional={true}
                    on_typed={dispatch.reform(Intent::Token)} />
            }
            { props.slots.below.clone() }
            { lock_notice(&props.key_state, locale) }
            <div class="row small muted">
                <span class="grow">{ key_status }</span>
                if has_key {
                    <button type="button" class="tiny" data-action="forget" onclick={onwipe}>
                        { wipe }
                    </button>
                }
            </div>
        </fieldset>
    }
}

/// Where the key is, and the button that wipes it.
fn key_status(
    props: &CredentialProps,
    has_key: bool,
    locale: Locale,
) -> (&'static str, &'static str) {
    if props.key_state.chosen.is_some() {
        return (keys::CHOSEN.in_locale(locale), keys::STOP_USING.in_locale(locale));
    }
    let text = match (has_key, props.key_state.is_readable) {
        (false, _) => message::KEY_SAVED,
        (true, false) => message::KEY_IN_TAB,
        (true, true) => message::KEY_READABLE,
    };
    (text.in_locale(locale), message::WIPE_KEY.in_locale(locale))
}

/// Shown as soon as a secret looks like a key id; other problems of the two are shown on submitting.
fn secret_warning(props: &CredentialProps, locale: Locale) -> Option<String> {
    let labels = &props.cloud.credential;
    let secret = props
        .key_state
        .guard
        .secret
        .filter(|_| props.key_state.secret == SecretStatus::Malformed)?;
    let other = if is_swapped(props.cloud, &props.key_id, secret) {
        labels.key_id_label
    } else {
        labels.token_label.filter(|_| is_not_a_secret(props.cloud, secret))?
    };
    Some(FormMessage::KeySwapped(labels.secret_label, other).in_locale(locale))
}

/// Shown as soon as a token is the secret, or looks like one.
fn token_warning(props: &CredentialProps, locale: Locale) -> Option<String> {
    let labels = &props.cloud.credential;
    let token = labels.token_label.filter(|_| props.key_state.token == SecretStatus::Malformed)?;
    is_not_a_token(props.key_state.guard)
        .then(|| FormMessage::TokenSwapped(token, labels.secret_label).in_locale(locale))
}

/// Leads to what only the console has: saving the key, and its policy.
#[component]
pub(crate) fn AboutKey() -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    html! {
        <div class="row">
            <button type="button" class="tiny" data-action="about-key"
                onclick={dispatch.reform(|_| Intent::AboutKey)}>
                { message::ABOUT_KEY.in_locale(locale) }
            </button>
        </div>
    }
}

/// Replaces the fields while the page is framed by an untrusted parent.
fn untrusted_notice(untrusted_parent: &UntrustedParent, locale: Locale) -> Html {
    let address = web_sys::window().and_then(|window| window.location().href().ok());
    html! {
        <fieldset class="credential">
            <legend>{ message::KEY.in_locale(locale) }</legend>
            <p class="small hint-warn" role="alert" data-stranger={untrusted_parent.origin.clone().unwrap_or_default()}>
                { icon(Icon::Warning) }
                <span>{ escaped(&FormMessage::UntrustedParent(untrusted_parent.origin.as_deref()).in_locale(locale)) }</span>
            </p>
            <p class="small">
                <a href={address} target="_blank" rel="noopener" data-action="open-alone">
                    { message::OPEN_ALONE.in_locale(locale) }
                </a>
            </p>
        </fieldset>
    }
}

/// A field that does not keep its value.
#[derive(PartialEq, Properties)]
struct SecretProps {
    name: &'static str,
    label: &'static str,
    status: SecretStatus,
    problem: Option<String>,
    /// The fingerprints of both fields.
    guard: Guard,
    cloud: &'static Cloud,
    /// The placeholder of an empty field for the key id.
    key_id: AttrValue,
    optional: bool,
    /// Takes the value.
    on_typed: Callback<SecretInput>,
}

#[component]
fn SecretField(props: &SecretProps) -> Html {
    let locale = use_locale();
    let node = use_node_ref();
    {
        let node = node.clone();
        let before = use_mut_ref(|| props.status);
        use_effect_with(props.status, move |status| {
            // A field that was just mounted is empty, or has what was typed before the console was loaded.
            if before.replace(*status) != *status && *status == SecretStatus::Missing {
                set_value(&node, "");
            }
        });
    }
    let take = secret_handler(props, node.clone());
    let oninput = {
        let take = take.clone();
        Callback::from(move |event: InputEvent| {
            if !is_typing(&event) {
                take();
            }
        })
    };
    let onchange = Callback::from(move |_: Event| take());
    let (id, error, autocomplete) = if props.optional {
        // A password manager stores one secret per key id.
        ("key-token", "e-token", "off")
    } else {
        ("key-secret", "e-secret", "current-password")
    };
    let placeholder = match (props.status, props.optional) {
        (SecretStatus::Usable, _) => Some(message::KEY_PLACEHOLDER.in_locale(locale)),
        (SecretStatus::Missing | SecretStatus::Malformed, true) => {
            Some(message::OPTIONAL.in_locale(locale))
        }
        (SecretStatus::Missing | SecretStatus::Malformed, false) => None,
    };
    let problem = props.problem.as_deref().or_else(|| {
        (props.status == SecretStatus::Malformed)
            .then(|| message::SECRET_UNUSABLE.in_locale(locale))
    });
    html! {
        <div class="field beside">
            <label for={id}>{ props.label }</label>
            <input ref={node} {id} name={props.name} type="password" {autocomplete}
                spellcheck="false" autocapitalize="none" aria-describedby={error}
                aria-invalid={problem.map(|_| "true")} {placeholder} {oninput} {onchange} />
            { error_at(error, problem) }
        </div>
    }
}

/// Takes over what was typed: the key is made of the whole value, not of each prefix. The field is
/// emptied then; what cannot be a secret stays in it, to be corrected.
fn secret_handler(props: &SecretProps, node: NodeRef) -> impl Fn() + Clone + 'static + use<> {
    let SecretProps { cloud, optional, guard, status, .. } = *props;
    let (key_id, on_typed) = (props.key_id.clone(), props.on_typed.clone());
    move || {
        let text = secret_value(&node);
        match text.status() {
            // The value that could not be used is withdrawn.
            SecretStatus::Missing if status != SecretStatus::Malformed => return,
            SecretStatus::Missing | SecretStatus::Malformed => {}
            SecretStatus::Usable => {
                let fingerprint = text.fingerprint();
                let stays = if optional {
                    is_not_a_token(Guard { token: Some(fingerprint), ..guard })
                } else {
                    is_swapped(cloud, &key_id, fingerprint) || is_not_a_secret(cloud, fingerprint)
                };
                if !stays {
                    set_value(&node, "");
                }
            }
        }
        on_typed.emit(text);
    }
}

/// Why there is no key any more.
pub(crate) fn lock_notice(key: &KeyState, locale: Locale) -> Html {
    let Some(why) = key.locked else { return Html::default() };
    let (word, message) = match why {
        LockReason::Idle => ("idle", message::LOCKED_IDLE),
        LockReason::Left => ("left", message::LOCKED_LEFT),
        LockReason::Asked => ("asked", message::LOCKED_ASKED),
        LockReason::Expired => ("expired", message::LOCKED_EXPIRED),
    };
    html! {
        <p class="small hint-warn" role="status" data-locked={word}>
            { icon(Icon::Warning) }
            <span>{ message.in_locale(locale) }</span>
        </p>
    }
}

fn doubt_text(doubt: Doubt, locale: Locale) -> String {
    match doubt {
        Doubt::OtherCloud(other) => {
            FormMessage::KeyOfCloud(other.name.in_locale(locale)).in_locale(locale)
        }
        Doubt::UnusualLength => message::DOUBT_LENGTH.in_locale(locale).into(),
    }
}
