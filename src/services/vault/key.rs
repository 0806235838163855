//! A secret on its way from the field to a non-extractable key. It stays on the browser's side all the
//! way: no byte of it is ever in the memory of this program.

use js_sys::{Array, JsString, Object, Promise, Reflect, Uint8Array};
use relight_core::{
    credential::Fingerprint,
    form::SecretStatus,
    model::cloud::{Cloud, Hash, HmacSpec},
    signing,
};
use std::fmt;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

#[wasm_bindgen]
extern "C" {
    // Off secure contexts there is no `subtle`, and each of these is an error.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        bytes: &Uint8Array,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = sign)]
    fn mac(algorithm: &str, key: &JsValue, message: &[u8]) -> Result<Promise, JsValue>;
}

/// The value of a secret field. It is the browser's own string: it can be passed on and inspected by
/// character, and nothing here copies, prints or stores it.
#[derive(Clone)]
pub(crate) struct SecretInput(JsString);

impl SecretInput {
    /// Takes the value of a field; anything but a string counts as empty.
    pub(crate) fn new(value: JsValue) -> Self {
        SecretInput(value.dyn_into().unwrap_or_else(|_| JsValue::from_str("").unchecked_into()))
    }

    /// Its status.
    pub(crate) fn status(&self) -> SecretStatus {
        let is_graphic = |code: f64| (33.0..=126.0).contains(&code);
        if self.0.length() == 0 {
            SecretStatus::Missing
        } else if (0..self.0.length()).all(|index| is_graphic(self.0.char_code_at(index))) {
            SecretStatus::Usable
        } else {
            SecretStatus::Malformed
        }
    }

    /// Its fingerprint.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "UTF-16")]
        Fingerprint::of((0..self.0.length()).map(|index| self.0.char_code_at(index) as u32))
    }

    /// The text itself: for a token, which goes out with every request.
    pub(crate) fn text(&self) -> String {
        String::from(&self.0)
    }

    /// The bytes of a key in one buffer of the final size. Only for a value that is [`SecretStatus::Usable`].
    fn keyed(&self, hmac_spec: &HmacSpec) -> Uint8Array {
        let ends = hmac_spec.prefix.len() + hmac_spec.suffix.len();
        let bytes =
            Uint8Array::new_with_length(self.0.length() + u32::try_from(ends).unwrap_or_default());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "graphic ASCII")]
        let secret = (0..self.0.length()).map(|index| self.0.char_code_at(index) as u8);
        let all = hmac_spec.prefix.bytes().chain(secret).chain(hmac_spec.suffix.bytes());
        for (index, byte) in (0..).zip(all) {
            bytes.set_index(index, byte);
        }
        bytes
    }
}

impl AsRef<JsValue> for SecretInput {
    fn as_ref(&self) -> &JsValue {
        &self.0
    }
}

impl fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretInput(***)")
    }
}

/// The secret half of a key, as one MAC key for each of its cloud's [HMAC specs], in their order.
///
/// In a secure context each is a promise of a non-extractable `CryptoKey`. Elsewhere the browser has no
/// such keys, and each is an array of bytes, wiped with the key. Clones share the key: once it is wiped
/// none of them signs.
///
/// [HMAC specs]: relight_core::model::cloud::Credential::hmac_specs
#[derive(Clone, Default)]
pub(crate) struct Key(Array);

impl Key {
    /// Makes the keys of a cloud from a secret; none from an unusable one.
    pub(crate) fn new(cloud: &Cloud, secret: &SecretInput) -> Self {
        if secret.status() != SecretStatus::Usable {
            return Key::default();
        }
        let hmac_specs = cloud.credential.hmac_specs;
        Key(hmac_specs
            .iter()
            .map(|hmac_spec| unreadable(hmac_spec, &secret.keyed(hmac_spec)))
            .collect())
    }

    /// Saved keys: the browser's own, which were made with [`Key::new`].
    pub(crate) fn of_the_browser(keys: &Array) -> Self {
        Key(keys.iter().map(|key| JsValue::from(Promise::resolve(&key))).collect())
    }

    /// The browser's own keys, to be saved: a promise of an array of them. `None` where there are none,
    /// or only bytes.
    pub(crate) fn unreadable(&self) -> Option<Promise> {
        // A copy of the list, which is emptied if the key is wiped meanwhile.
        (!self.is_empty() && !self.is_readable()).then(|| Promise::all(&self.0.slice(0, u32::MAX)))
    }

    /// Whether there is nothing to sign with.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.length() == 0
    }

    /// Whether it is readable bytes, for lack of non-extractable keys.
    pub(crate) fn is_readable(&self) -> bool {
        self.0.get(0).is_instance_of::<Uint8Array>()
    }

    /// Wipes the bytes, and drops the browser's keys.
    pub(crate) fn wipe(&self) {
        for key in self.0.iter() {
            if let Some(bytes) = key.dyn_ref::<Uint8Array>() {
                bytes.fill(0, 0, bytes.length());
            }
        }
        self.0.set_length(0);
    }

    /// The MAC of a message under this key; `None` if it was wiped, or is not one of this cloud.
    pub(crate) async fn mac(
        &self,
        cloud: &Cloud,
        hmac_spec: HmacSpec,
        message: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let hmac_specs = cloud.credential.hmac_specs;
        let index = u32::try_from(hmac_specs.iter().position(|one| *one == hmac_spec)?).ok()?;
        match self.0.get(index).dyn_into::<Promise>() {
            Ok(key) => {
                let key = JsFuture::from(key).await.ok()?;
                // It may have been wiped meanwhile.
                if self.is_empty() {
                    return None;
                }
                let tag = JsFuture::from(mac("HMAC", &key, message).ok()?).await.ok()?;
                // A derived key: wiped like the secret.
                Some(drained(&Uint8Array::new(&tag)))
            }
            Err(key) => {
                let key = Zeroizing::new(key.dyn_into::<Uint8Array>().ok()?.to_vec());
                Some(Zeroizing::new(match hmac_spec.hash {
                    Hash::Sha1 => signing::hmac_sha1(&key, message).to_vec(),
                    Hash::Sha256 => signing::hmac_sha256(&key, message).to_vec(),
                }))
            }
        }
    }
}

/// Makes a non-extractable key and wipes the bytes; the bytes themselves where there are no such keys.
fn unreadable(hmac_spec: &HmacSpec, bytes: &Uint8Array) -> JsValue {
    let algorithm = Object::new();
    // Setting properties of a fresh object cannot fail.
    let _ = Reflect::set(&algorithm, &"name".into(), &"HMAC".into());
    let _ = Reflect::set(&algorithm, &"hash".into(), &hmac_spec.hash.name().into());
    // The browser copies the bytes before it returns the promise.
    match import_key("raw", bytes, &algorithm, false, &Array::of1(&"sign".into())) {
        Ok(key) => {
            bytes.fill(0, 0, bytes.length());
            key.into()
        }
        Err(_) => bytes.into(),
    }
}

fn drained(bytes: &Uint8Array) -> Zeroizing<Vec<u8>> {
    let copy = Zeroizing::new(bytes.to_vec());
    bytes.fill(0, 0, bytes.length());
    copy
}
