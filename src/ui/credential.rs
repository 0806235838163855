//! The key. What is typed into the secret fields goes straight to the vault; once it is there, the
//! field is emptied, so that no copy stays in the page.

use super::{
    compose::{problem_at, words_for},
    dom::{put_value, value_of},
    icon::{Icon, icon},
};
use crate::{
    store::Intent,
    text::{Say, Tell},
};
use relight_core::{
    cloud::Cloud,
    credential::{self, Doubt},
    session::{Action, Held},
    words::Locale,
};
use yew::{
    AttrValue, Callback, Event, Html, InputEvent, NodeRef, Properties, function_component, html,
    use_effect_with, use_node_ref,
};

/// A field by its public name, and what is wrong with it in words.
pub(crate) type Field = (&'static str, String);

/// What is known of the key.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) locale: Locale,
    pub(crate) cloud: &'static dyn Cloud,
    pub(crate) key_id: AttrValue,
    pub(crate) secret: Held,
    pub(crate) token: Held,
    pub(crate) problem: Option<Field>,
    pub(crate) on: Callback<Intent>,
}

/// Key id, secret, token, and where they are kept.
#[function_component]
pub(crate) fn Credential(props: &Props) -> Html {
    let locale = props.locale;
    let t = |say: Say| say.in_locale(locale);
    let labels = &props.cloud.manifest().credential;
    let error = |field| words_for(props.problem.as_ref(), field);
    let onkeyid =
        props.on.reform(|event: InputEvent| Intent::Form(Action::KeyId(value_of(&event))));
    let onforget = props.on.reform(|_| Intent::Forget);
    let doubt = (!props.key_id.is_empty() && error("keyId").is_none())
        .then(|| credential::doubt(props.cloud, &props.key_id))
        .flatten();
    let held = props.secret != Held::Nothing || props.token != Held::Nothing;
    html! {
        <fieldset class="credential">
            <legend>{ t(Say::Key) }</legend>
            <div class="field beside">
                <label for="key-id">{ labels.key_id_label }</label>
                <input id="key-id" name="keyId" type="text" autocomplete="username" autocapitalize="none"
                    spellcheck="false" value={props.key_id.clone()} oninput={onkeyid}
                    aria-invalid={error("keyId").map(|_| "true")} aria-describedby="e-keyId doubt" />
                { problem_at("e-keyId", error("keyId")) }
            </div>
            if let Some(doubt) = doubt {
                <p class="small hint-warn" id="doubt">
                    { icon(Icon::Warning) }
                    <span>{ doubt_in_words(doubt, locale) }</span>
                </p>
            }
            <SecretField {locale} name="secret" label={labels.secret_label} held={props.secret}
                problem={error("secret").map(ToOwned::to_owned)} optional={false}
                on_text={props.on.reform(Intent::Secret)} />
            if labels.token_label.is_some() || props.token != Held::Nothing {
                <SecretField {locale} name="token" label={labels.token_label.unwrap_or("Token")}
                    held={props.token} problem={error("token").map(ToOwned::to_owned)} optional={true}
                    on_text={props.on.reform(Intent::Token)} />
            }
            <div class="row small muted">
                <span class="grow">{ t(if held { Say::KeyHeld } else { Say::KeyKept }) }</span>
                if held {
                    <button type="button" class="tiny" data-action="forget" onclick={onforget}>
                        { t(Say::Forget) }
                    </button>
                }
            </div>
        </fieldset>
    }
}

/// A field whose text is not kept in it.
#[derive(Properties, PartialEq)]
struct SecretProps {
    locale: Locale,
    name: &'static str,
    label: &'static str,
    held: Held,
    problem: Option<AttrValue>,
    optional: bool,
    on_text: Callback<String>,
}

#[function_component]
fn SecretField(props: &SecretProps) -> Html {
    let t = |say: Say| say.in_locale(props.locale);
    let node = use_node_ref();
    use_emptied_when_forgotten(&node, props.held);
    let oninput = props.on_text.reform(|event: InputEvent| value_of(&event));
    let onchange = {
        let (node, on_text) = (node.clone(), props.on_text.clone());
        Callback::from(move |event: Event| {
            let text = value_of(&event);
            if !text.is_empty() {
                on_text.emit(text);
                put_value(&node, "");
            }
        })
    };
    let (id, error, autocomplete) = if props.optional {
        // A password manager knows one secret to a key id.
        ("key-token", "e-token", "off")
    } else {
        ("key-secret", "e-secret", "current-password")
    };
    let placeholder = match (props.held, props.optional) {
        (Held::Usable, _) => Some(t(Say::HeldPlaceholder)),
        (Held::Nothing | Held::Malformed, true) => Some(t(Say::Optional)),
        (Held::Nothing | Held::Malformed, false) => None,
    };
    let problem = props.problem.as_deref().or_else(|| {
        (props.held == Held::Malformed).then(|| Say::SecretUnusable.in_locale(props.locale))
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

#[yew::hook]
fn use_emptied_when_forgotten(node: &NodeRef, held: Held) {
    let node = node.clone();
    use_effect_with(held, move |held| {
        if *held == Held::Nothing {
            put_value(&node, "");
        }
    });
}

fn doubt_in_words(doubt: Doubt, locale: Locale) -> String {
    match doubt {
        Doubt::OtherCloud(other) => {
            Tell::KeyOfCloud(other.manifest().name.in_locale(locale)).in_locale(locale)
        }
        Doubt::UnusualLength => Say::DoubtLength.in_locale(locale).into(),
    }
}
