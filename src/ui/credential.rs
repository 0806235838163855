//! The key. What is typed into the secret fields goes straight to the vault; once it is there, the
//! field is emptied, so that no copy stays in the page.

use super::untrusted_text::shown;
use super::{
    compose::{problem_at, words_for},
    dom::{is_typing, put_value, typed_at, value_of},
    icon::{Icon, icon},
    part::part,
};
#[cfg(feature = "console")]
use crate::text::keys;
use crate::{
    frame::UntrustedParent,
    store::{Intent, KeyState},
    text::{Message, MessageArgs},
    vault::{LockReason, Typed},
};
use relight_core::{
    cloud::Cloud,
    credential::{Doubt, doubt, is_swapped},
    form::{Form, FormEdit, SecretStatus},
    i18n::Locale,
};
use std::rc::Rc;
use yew::{
    Callback, Event, Html, InputEvent, NodeRef, functional::Hook, functional::HookContext, html,
    use_effect_with, use_node_ref,
};

/// A field by its public name, and what is wrong with it in words.
pub(crate) type Field = (&'static str, String);

/// What is known of the key.
pub(crate) struct Props<'a> {
    pub(crate) locale: Locale,
    pub(crate) cloud: &'static dyn Cloud,
    pub(crate) key_id: &'a str,
    /// The form that the key is for; a run has its own.
    pub(crate) form: Option<&'a Form>,
    pub(crate) key: KeyState,
    pub(crate) untrusted_parent: Option<&'a UntrustedParent>,
    pub(crate) problem: Option<&'a Field>,
    pub(crate) on: &'a Callback<Intent>,
}

/// Key id, secret, token, and where they are kept.
pub(crate) fn credential(props: &Props<'_>) -> Html {
    let locale = props.locale;
    if let Some(untrusted_parent) = props.untrusted_parent {
        return refused(untrusted_parent, locale);
    }
    let labels = &props.cloud.manifest().credential;
    let error = |field| words_for(props.problem, field);
    let onkeyid =
        props.on.reform(|event: InputEvent| Intent::Edit(FormEdit::KeyId(value_of(&event))));
    let onforget = props.on.reform(|_| Intent::WipeKey);
    let doubted = (!props.key_id.is_empty() && error("keyId").is_none())
        .then(|| doubt(props.cloud, props.key_id))
        .flatten();
    let status =
        props.key.secret != SecretStatus::Missing || props.key.token != SecretStatus::Missing;
    let key_id: Rc<str> = props.key_id.into();
    #[cfg(feature = "console")]
    if let Some(source) = &props.key.source {
        return html! {
            <fieldset class="credential">
                <legend>{ Message::Key.in_locale(locale) }</legend>
                { super::key_details::sourced(props, source) }
                { super::saved_keys::list(props) }
                if status {
                    <div class="row small muted">
                        <span class="grow">{ Message::KeyInTab.in_locale(locale) }</span>
                        <button type="button" class="tiny" data-action="forget" onclick={onforget}>
                            { Message::Forget.in_locale(locale) }
                        </button>
                    </div>
                }
            </fieldset>
        };
    }
    #[cfg(feature = "console")]
    let (saved, details) = (super::saved_keys::list(props), super::key_details::key_details(props));
    #[cfg(not(feature = "console"))]
    let (saved, details) = (Html::default(), about(props));
    let (in_tab, forget) = in_tab(props, status);
    html! {
        <fieldset class="credential">
            <legend>{ Message::Key.in_locale(locale) }</legend>
            { saved }
            <div class="field beside">
                <label for="key-id">{ labels.key_id_label }</label>
                <input id="key-id" name="keyId" type="text" autocomplete="username" autocapitalize="none"
                    spellcheck="false" value={props.key_id.to_owned()} oninput={onkeyid}
                    aria-invalid={error("keyId").map(|_| "true")} aria-describedby="e-keyId doubt" />
                { problem_at("e-keyId", error("keyId")) }
            </div>
            if let Some(doubt) = doubted {
                <p class="small hint-warn" id="doubt">
                    { icon(Icon::Warning) }
                    <span>{ doubt_in_words(doubt, locale) }</span>
                </p>
            }
            { part("secret", secret_field, SecretProps {
                locale,
                name: "secret",
                label: labels.secret_label,
                status: props.key.secret,
                problem: error("secret").map(ToOwned::to_owned).or_else(|| swapped(props)),
                cloud: props.cloud,
                key_id: Rc::clone(&key_id),
                optional: false,
                intent: Intent::Secret,
                on: props.on.clone(),
            }) }
            if labels.token_label.is_some() || props.key.token != SecretStatus::Missing {
                { part("token", secret_field, SecretProps {
                    locale,
                    name: "token",
                    label: labels.token_label.unwrap_or("Token"),
                    status: props.key.token,
                    problem: error("token").map(ToOwned::to_owned),
                    cloud: props.cloud,
                    key_id,
                    optional: true,
                    intent: Intent::Token,
                    on: props.on.clone(),
                }) }
            }
            { details }
            { gone(&props.key, locale) }
            <div class="row small muted">
                <span class="grow">{ in_tab }</span>
                if status {
                    <button type="button" class="tiny" data-action="forget" onclick={onforget}>
                        { forget }
                    </button>
                }
            </div>
        </fieldset>
    }
}

/// Where the key is, and what lets go of it.
fn in_tab(props: &Props<'_>, status: bool) -> (&'static str, &'static str) {
    let locale = props.locale;
    #[cfg(feature = "console")]
    if props.key.chosen.is_some() {
        return (keys::CHOSEN.in_locale(locale), keys::PUT_BACK.in_locale(locale));
    }
    let in_tab = match (status, props.key.is_readable) {
        (false, _) => Message::KeySaved,
        (true, false) => Message::KeyInTab,
        (true, true) => Message::KeyReadable,
    };
    (in_tab.in_locale(locale), Message::Forget.in_locale(locale))
}

/// Said as soon as a secret is entered that looks like a key id; what else is wrong with the two is said
/// once one goes on.
fn swapped(props: &Props<'_>) -> Option<String> {
    let labels = &props.cloud.manifest().credential;
    let secret = props.key.guard.secret.filter(|_| props.key.secret == SecretStatus::Malformed)?;
    is_swapped(props.cloud, props.key_id, secret).then(|| {
        MessageArgs::KeySwapped(labels.secret_label, labels.key_id_label).in_locale(props.locale)
    })
}

/// The way to what only the rest of the page has: to keep the key, and what it must be allowed.
#[cfg(not(feature = "console"))]
fn about(props: &Props<'_>) -> Html {
    if props.key.secret != SecretStatus::Usable {
        return Html::default();
    }
    html! {
        <div class="row">
            <button type="button" class="tiny" data-action="about-key"
                onclick={props.on.reform(|_| Intent::AboutKey)}>
                { Message::AboutKey.in_locale(props.locale) }
            </button>
        </div>
    }
}

/// What stands in the place of the fields while a page that nobody has listed is around this one.
fn refused(untrusted_parent: &UntrustedParent, locale: Locale) -> Html {
    let address = web_sys::window().and_then(|window| window.location().href().ok());
    html! {
        <fieldset class="credential">
            <legend>{ Message::Key.in_locale(locale) }</legend>
            <p class="small hint-warn" role="alert" data-stranger={untrusted_parent.origin.clone().unwrap_or_default()}>
                { icon(Icon::Warning) }
                <span>{ shown(&MessageArgs::UntrustedParent(untrusted_parent.origin.as_deref()).in_locale(locale)) }</span>
            </p>
            <p class="small">
                <a href={address} target="_blank" rel="noopener" data-action="open-alone">
                    { Message::OpenAlone.in_locale(locale) }
                </a>
            </p>
        </fieldset>
    }
}

/// A field whose text is not kept in it.
struct SecretProps {
    locale: Locale,
    name: &'static str,
    label: &'static str,
    status: SecretStatus,
    problem: Option<String>,
    cloud: &'static dyn Cloud,
    /// What stands in the field for the key id.
    key_id: Rc<str>,
    optional: bool,
    /// What its text becomes.
    intent: fn(Typed) -> Intent,
    on: Callback<Intent>,
}

impl PartialEq for SecretProps {
    fn eq(&self, other: &Self) -> bool {
        // The name settles the intent.
        self.locale == other.locale
            && self.name == other.name
            && self.label == other.label
            && self.status == other.status
            && self.problem == other.problem
            && self.cloud == other.cloud
            && self.key_id == other.key_id
            && self.on == other.on
    }
}

fn secret_field(props: &SecretProps, hooks: &mut HookContext) -> Html {
    let node = use_node_ref().run(hooks);
    {
        let node = node.clone();
        use_effect_with(props.status, move |status| {
            if *status == SecretStatus::Missing {
                put_value(&node, "");
            }
        })
        .run(hooks);
    }
    let take = taking(props, node.clone());
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
        // A password manager knows one secret to a key id.
        ("key-token", "e-token", "off")
    } else {
        ("key-secret", "e-secret", "current-password")
    };
    let placeholder = match (props.status, props.optional) {
        (SecretStatus::Usable, _) => Some(Message::KeyPlaceholder.in_locale(props.locale)),
        (SecretStatus::Missing | SecretStatus::Malformed, true) => {
            Some(Message::Optional.in_locale(props.locale))
        }
        (SecretStatus::Missing | SecretStatus::Malformed, false) => None,
    };
    let problem = props.problem.as_deref().or_else(|| {
        (props.status == SecretStatus::Malformed)
            .then(|| Message::SecretUnusable.in_locale(props.locale))
    });
    html! {
        <div class="field beside">
            <label for={id}>{ props.label }</label>
            <input ref={node} {id} name={props.name} type="password" {autocomplete}
                spellcheck="false" autocapitalize="none" aria-describedby={error}
                aria-invalid={problem.map(|_| "true")} {placeholder} {oninput} {onchange} />
            { problem_at(error, problem) }
        </div>
    }
}

/// Takes what is typed in the field over: the key is made of it once, not of each of its beginnings. The
/// field is emptied then; what cannot be a secret stays in it, to be mended.
fn taking(props: &SecretProps, node: NodeRef) -> impl Fn() + Clone + 'static + use<> {
    let SecretProps { intent, cloud, optional, .. } = *props;
    let (key_id, on) = (Rc::clone(&props.key_id), props.on.clone());
    move || {
        let text = typed_at(&node);
        match text.status() {
            SecretStatus::Missing => return,
            SecretStatus::Malformed => {}
            SecretStatus::Usable => {
                if optional || !is_swapped(cloud, &key_id, text.fingerprint()) {
                    put_value(&node, "");
                }
            }
        }
        on.emit(intent(text));
    }
}

/// Why there is no key any more.
pub(crate) fn gone(key: &KeyState, locale: Locale) -> Html {
    let Some(why) = key.locked else { return Html::default() };
    let (word, message) = match why {
        LockReason::Idle => ("idle", Message::LockedIdle),
        LockReason::Left => ("left", Message::LockedLeft),
        LockReason::Asked => ("asked", Message::LockedAsked),
        LockReason::Expired => ("expired", Message::LockedExpired),
    };
    html! {
        <p class="small hint-warn" role="status" data-locked={word}>
            { icon(Icon::Warning) }
            <span>{ message.in_locale(locale) }</span>
        </p>
    }
}

fn doubt_in_words(doubt: Doubt, locale: Locale) -> String {
    match doubt {
        Doubt::OtherCloud(other) => {
            MessageArgs::KeyOfCloud(other.manifest().name.in_locale(locale)).in_locale(locale)
        }
        Doubt::UnusualLength => Message::DoubtLength.in_locale(locale).into(),
    }
}
