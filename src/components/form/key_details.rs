//! Details of a key next to its fields: when it expires, why it was locked, its policy, and its source
//! where it is not typed.

use crate::{
    components::{
        common::{
            copy::CopyButton,
            dom::value_of,
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        form::{
            credential::{KeySlots, lock_notice},
            saved_keys::{SaveKeySection, SavedKeyList},
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, keys, message},
    services::clock,
    store::{Intent, KeyState},
};
use js_sys::Date;
use relight_core::{
    clouds::{self, Grant},
    form::{Form, SecretStatus},
    i18n::Locale,
    model::cloud::Cloud,
};
use wasm_bindgen::JsValue;
use yew::{AttrValue, Html, InputEvent, Properties, component, html};

/// Props of what is shown around the fields of a key.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct KeyDetailsProps {
    pub(crate) cloud: &'static Cloud,
    pub(crate) key_id: AttrValue,
    /// The form that the key is for; `None` in a run.
    pub(crate) form: Option<Form>,
    /// The state of the key.
    pub(crate) key_state: KeyState,
}

/// The parts of the key section that only the console has.
pub(crate) fn slots(props: &KeyDetailsProps) -> KeySlots {
    let saved = html! { <SavedKeyList ..props.clone() /> };
    if props.key_state.source.is_none() {
        let below = html! { <KeyLifetime ..props.clone() /> };
        return KeySlots { above: saved, below, instead: None };
    }
    let instead = html! { <><KeySourceNotice ..props.clone() />{ saved }</> };
    KeySlots { instead: Some(instead), ..KeySlots::default() }
}

/// Below the fields: the time left, a recommendation, and how to save the key.
#[component]
pub(crate) fn KeyLifetime(props: &KeyDetailsProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let key = &props.key_state;
    let is_permanent = key.secret == SecretStatus::Usable && key.token == SecretStatus::Missing;
    let advised = is_permanent && key.expires_at.is_none() && key.source.is_none();
    let has_temporary = props.cloud.credential.token_label.is_some();
    let advice = if has_temporary {
        message::PERMANENT_KEY.in_locale(locale)
    } else {
        keys::ONLY_PERMANENT.in_locale(locale)
    };
    let onexpiry = dispatch.reform(|event: InputEvent| Intent::ExpiresAt(value_of(&event)));
    html! {
        <>
            if key.token != SecretStatus::Missing && key.source.is_none() {
                <div class="field beside">
                    <label for="expires-at">{ message::EXPIRES_AT.in_locale(locale) }</label>
                    <input id="expires-at" name="expiresAt" type="text" autocomplete="off"
                        spellcheck="false" placeholder="2030-01-31T12:00:00Z" oninput={onexpiry} />
                </div>
            }
            { expiry_advice(key, locale) }
            if advised {
                <p class="small muted" data-advice="permanent">{ advice }</p>
                { policy(props, locale) }
            }
            <SaveKeySection ..props.clone() />
        </>
    }
}

/// The maximum number of instances that the policy names; above, it covers the region.
const NAMED_MAX: usize = 20;

/// The policy that the form's operation needs, collapsed; nothing where the cloud has no policies.
fn policy(props: &KeyDetailsProps, locale: Locale) -> Option<Html> {
    let form = props.form.as_ref()?;
    let ids = &form.parsed().ids;
    let named = if ids.len() > NAMED_MAX { &[][..] } else { ids };
    let named: Vec<&str> = named.iter().map(|parsed| parsed.id.as_str()).collect();
    let policy = clouds::decoder(form.cloud()).policy(&Grant {
        action: form.operation().name,
        resources: &[],
        region: form.region(),
        instance_ids: &named,
        with_reads: true,
    })?;
    let words = keys::POLICY_OPENS.in_locale(locale);
    Some(html! {
        <details class="bare" data-policy={"true"}>
            <summary>{ words }</summary>
            <div class="stack tight">
                <pre tabindex="0" aria-label={words}>{ escaped(&policy) }</pre>
                <div class="row"><CopyButton text={policy} label={message::COPY_POLICY} /></div>
            </div>
        </details>
    })
}

/// In place of the fields, where temporary keys come from a source.
#[component]
pub(crate) fn KeySourceNotice(props: &KeyDetailsProps) -> Html {
    let locale = use_locale();
    let key = &props.key_state;
    let source = key.source.as_deref().unwrap_or_default();
    html! {
        <>
            <p class="small" data-source={source.to_owned()}>{ escaped(&MessageArgs::KeysFrom(source).in_locale(locale)) }</p>
            if key.secret == SecretStatus::Usable && !props.key_id.is_empty() {
                <p class="small"><span class="id">{ escaped(&props.key_id) }</span></p>
            }
            <KeyLifetime ..props.clone() />
            { lock_notice(key, locale) }
            if let Some(failure) = &key.failure {
                <p class="small hint-warn" role="alert" data-problem="credentials">
                    { icon(Icon::Warning) }
                    <span>{ escaped(&MessageArgs::NoKeyFrom(failure).in_locale(locale)) }</span>
                </p>
            }
        </>
    }
}

fn expiry_advice(key: &KeyState, locale: Locale) -> Html {
    let Some(at) = key.expires_at.filter(|_| key.secret == SecretStatus::Usable) else {
        return Html::default();
    };
    let left = u64::try_from(at - clock::unix_seconds(0)).unwrap_or_default();
    #[allow(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
    let date = Date::new(&JsValue::from_f64(at as f64 * 1_000.0));
    let time = date.to_locale_time_string(locale.tag()).as_string().unwrap_or_default();
    let left = i18n::duration(locale, left * 1_000);
    html! {
        <p class="small muted" data-expires={at.to_string()}>
            { MessageArgs::ValidUntil { time: &time, left: &left }.in_locale(locale) }
        </p>
    }
}
