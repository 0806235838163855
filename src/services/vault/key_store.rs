//! Keys that the user has saved in this browser: in IndexedDB, as non-extractable keys of the browser.
//!
//! 1. A saved key was made by [`super::key`]; the secret itself never comes here.
//! 2. A key with a token is not saved: it expires soon, and a token is readable text.
//! 3. A saved key signs nothing by itself: the user has to choose it, again after each lock.
//! 4. What this version cannot use is left as it is, listed, and can be deleted.
//! 5. Saved keys sign for every page of this origin, and for any date, future ones included. A key that
//!    others are derived from would disclose all of these, to be used elsewhere: such keys are not saved,
//!    and those of older releases are deleted.

use crate::{
    services::{
        database::{self, Access, Schema, Unavailable, complete, from_js, to_js},
        vault::Key,
    },
    store::KeyState,
};
use indexed_db_futures::{
    Build, BuildPrimitive, database::Database, error::Error, prelude::QuerySource,
    transaction::Transaction,
};
use js_sys::Reflect;
use relight_core::{
    clouds,
    credential::{check_key, is_temporary},
    form::SecretStatus,
    model::cloud::{Cloud, HmacSpec},
    run::Millis,
};
use serde::{Deserialize, Deserializer, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

/// The saved keys, for the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SavedKeys {
    /// The keys, grouped by cloud.
    pub entries: Vec<SavedKey>,
    /// The operator forbids saved keys: existing ones can only be deleted.
    pub is_forbidden: bool,
    /// Whether they were listed, which waits for the operator's configuration: before that the limits are
    /// unknown.
    pub is_known: bool,
    /// Whether the user has opened the part of the key section about saving.
    pub is_wanted: bool,
    /// The last error.
    pub error: Option<KeyStoreError>,
    /// How many keys were deleted that an older release of this page should not have saved.
    pub removed: usize,
}

/// A saved key, as far as it can be shown. The key itself stays in the browser until it is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedKey {
    /// Its id: the cloud's id and the key id.
    pub id: String,
    /// The user's name for it.
    pub name: String,
    /// The cloud; `None` if this version knows no such cloud.
    pub cloud: Option<&'static Cloud>,
    /// The key id.
    pub key_id: String,
    /// When it was saved.
    pub saved_at: Millis,
    /// When it was last chosen to sign with.
    pub chosen_at: Option<Millis>,
    /// Whether this version can sign with it.
    pub is_usable: bool,
}

/// An error of the key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStoreError {
    /// The saved keys could not be read.
    ReadFailed(Unavailable),
    /// The key could not be saved; it is still in the tab.
    SaveFailed(Unavailable),
    /// It could not be deleted, and is still saved.
    DeleteFailed(Unavailable),
    /// The chosen key is gone, or cannot be used.
    Gone,
    /// The name for the saved key contains a key.
    KeyInName,
}

/// Whether the current key may be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SavePermission {
    /// It may.
    Yes,
    /// No, and the reason is shown: the key is temporary.
    Temporary,
    /// No, and the reason is shown: any page of this origin could derive the keys of all days to come.
    Derives,
    /// No: there is no key, it is saved already, or saving is forbidden.
    No,
}

impl KeyState {
    /// Whether the key may be saved, with this key id.
    pub(crate) fn may_save(&self, cloud: &'static Cloud, key_id: &str) -> SavePermission {
        let is_there = self.secret == SecretStatus::Usable && !self.is_readable;
        let is_ours = self.source.is_none() && self.chosen.is_none();
        let is_allowed = self.saved_keys.is_known && !self.saved_keys.is_forbidden;
        if !(is_there && is_ours && is_allowed) {
            SavePermission::No
        } else if self.token != SecretStatus::Missing || is_temporary(cloud, key_id) {
            SavePermission::Temporary
        } else if cloud.credential.derives_keys {
            SavePermission::Derives
        } else if check_key(cloud, key_id, self.guard).is_err() {
            SavePermission::No
        } else {
            SavePermission::Yes
        }
    }
}

/// All saved keys.
///
/// # Errors
/// The store is unavailable.
pub(crate) async fn list() -> Result<Vec<SavedKey>, Unavailable> {
    let store = Store::open().await?;
    let transaction = store.begin(Access::Read)?;
    let keys = transaction.object_store(KEYS)?;
    let ids = keys.get_all_keys::<JsValue>().primitive()?;
    let values = keys.get_all::<JsValue>().primitive()?.await?;
    let mut entries = Vec::new();
    for (id, value) in ids.await?.zip(values) {
        entries.extend(id?.as_string().map(|id| Entry::read(value.ok()).shown(id)));
    }
    Ok(entries)
}

/// Saves a key under its cloud and key id, replacing an older one. Returns its [`SavedKey::id`].
///
/// # Errors
/// The store is unavailable, or the key is readable bytes, or is one that other keys are derived from:
/// such keys are not saved.
pub(crate) async fn save(
    cloud: &Cloud,
    key_id: &str,
    name: &str,
    key: &Key,
    now: Millis,
) -> Result<String, Unavailable> {
    let keys = key.unreadable().ok_or(Unavailable::Refused)?;
    let keys: Vec<_> =
        from_js(JsFuture::from(keys).await.map_err(Error::from)?).ok_or(Unavailable::Refused)?;
    if !fits(cloud, &keys) || cloud.credential.derives_keys {
        return Err(Unavailable::Refused);
    }
    let id = id_of(cloud, key_id);
    let entry = Entry {
        version: VERSION,
        name: name.to_owned(),
        cloud: cloud.id.to_owned(),
        key_id: key_id.to_owned(),
        saved_at: now,
        chosen_at: None,
        keys,
    };
    let store = Store::open().await?;
    let transaction = store.begin(Access::WriteDurably)?;
    transaction.object_store(KEYS)?.put(to_js(&entry)?).with_key(id.as_str()).primitive()?;
    complete(transaction).await?;
    Ok(id)
}

/// Deletes the keys that an older release has saved although other keys are derived from them. Returns
/// their number.
///
/// # Errors
/// The store is unavailable.
pub(crate) async fn remove_derived() -> Result<usize, Unavailable> {
    let derives = |entry: &SavedKey| entry.cloud.is_some_and(|cloud| cloud.credential.derives_keys);
    let entries: Vec<SavedKey> = list().await?.into_iter().filter(derives).collect();
    for entry in &entries {
        delete(Some(&entry.id)).await?;
    }
    Ok(entries.len())
}

/// Loads a key to sign with, and records when. `None` if there is none that this version can use.
///
/// # Errors
/// The store is unavailable.
pub(crate) async fn choose(id: &str, now: Millis) -> Result<Option<(SavedKey, Key)>, Unavailable> {
    let store = Store::open().await?;
    let transaction = store.begin(Access::Write)?;
    let keys = transaction.object_store(KEYS)?;
    let entry = Entry::read(keys.get(id).primitive()?.await?);
    let shown = entry.shown(id.to_owned());
    if !shown.is_usable {
        return Ok(None);
    }
    let entry = Entry { chosen_at: Some(now), ..entry };
    keys.put(to_js(&entry)?).with_key(id).primitive()?;
    complete(transaction).await?;
    let key = Key::of_the_browser(&entry.keys.into_iter().map(|BrowserKey(key)| key).collect());
    Ok(Some((shown, key)))
}

/// Deletes one key, or all of them, also those that this version cannot use. With the last one the
/// database is deleted: one browser then removes its file, which has deleted bytes for a while.
///
/// # Errors
/// The store is unavailable; its content is still there.
pub(crate) async fn delete(id: Option<&str>) -> Result<(), Unavailable> {
    let store = Store::open().await?;
    let transaction = store.begin(Access::WriteDurably)?;
    let keys = transaction.object_store(KEYS)?;
    match id {
        Some(id) => drop(keys.delete(id).primitive()?),
        None => drop(keys.clear()?),
    }
    let left = keys.count().primitive()?.await?;
    complete(transaction).await?;
    drop(store);
    if left == 0 {
        // The keys are deleted already; an empty database may stay.
        let _: Result<(), Unavailable> = database::delete(&SCHEMA).await;
    }
    Ok(())
}

/// The id of a key.
pub(crate) fn id_of(cloud: &Cloud, key_id: &str) -> String {
    format!("{} {key_id}", cloud.id)
}

/// Apart from the journal's database: neither blocks the next version of the other.
const SCHEMA: Schema = Schema { name: "relight-keys", version: 1, make };

/// The one store.
const KEYS: &str = "keys";

/// The format of entries. An entry of another version is left alone.
const VERSION: u32 = 1;

fn make(database: &Database) -> indexed_db_futures::Result<()> {
    database.create_object_store(KEYS).build().map(drop)
}

/// Open for as long as it is used, so that no tab blocks a newer version.
struct Store(Database);

impl Store {
    async fn open() -> Result<Self, Unavailable> {
        database::open(&SCHEMA).await.map(Store)
    }

    fn begin(&self, access: Access) -> Result<Transaction<'_>, Unavailable> {
        database::begin(&self.0, [KEYS], access)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.0.clone().close();
    }
}

/// An entry as it is stored, with the browser's keys as they are. Anything may be read: a member that is
/// not of its type counts as missing.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    #[serde(deserialize_with = "or_nothing")]
    version: u32,
    #[serde(deserialize_with = "or_nothing")]
    name: String,
    #[serde(deserialize_with = "or_nothing")]
    cloud: String,
    #[serde(deserialize_with = "or_nothing")]
    key_id: String,
    #[serde(rename = "keptAt", deserialize_with = "or_nothing")]
    saved_at: Millis,
    #[serde(deserialize_with = "or_nothing", skip_serializing_if = "Option::is_none")]
    chosen_at: Option<Millis>,
    #[serde(deserialize_with = "or_nothing")]
    keys: Vec<BrowserKey>,
}

/// A key that passes through serde as the browser's own object.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct BrowserKey(#[serde(with = "serde_wasm_bindgen::preserve")] CryptoKey);

#[expect(clippy::unnecessary_wraps, reason = "as serde calls it")]
fn or_nothing<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(T::deserialize(deserializer).unwrap_or_default())
}

impl Entry {
    fn read(value: Option<JsValue>) -> Self {
        value.and_then(from_js).unwrap_or_default()
    }

    /// What can be shown of it.
    fn shown(&self, id: String) -> SavedKey {
        let cloud = clouds::by_id(&self.cloud);
        let is_usable = self.version == VERSION
            && cloud.is_some_and(|cloud| {
                !cloud.credential.derives_keys
                    && id == id_of(cloud, &self.key_id)
                    && fits(cloud, &self.keys)
            });
        SavedKey {
            id,
            name: self.name.clone(),
            cloud,
            key_id: self.key_id.clone(),
            saved_at: self.saved_at,
            chosen_at: self.chosen_at,
            is_usable,
        }
    }
}

/// Whether these are one key for each of the cloud's HMAC specs, all non-extractable.
fn fits(cloud: &Cloud, keys: &[BrowserKey]) -> bool {
    let hmac_specs = cloud.credential.hmac_specs;
    keys.len() == hmac_specs.len()
        && keys.iter().zip(hmac_specs).all(|(BrowserKey(key), spec)| is_for(key, spec))
}

fn is_for(key: &CryptoKey, hmac_spec: &HmacSpec) -> bool {
    let Ok(algorithm) = key.algorithm() else { return false };
    let hash = member(&member(&algorithm, "hash"), "name");
    !key.extractable()
        && member(&algorithm, "name") == "HMAC"
        && hash == hmac_spec.hash.name()
        && key.usages().iter().any(|usage| usage == "sign")
}

fn member(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::{
        KEYS, SCHEMA, SavePermission, SavedKey, SavedKeys, choose, delete, id_of, list,
        remove_derived, save,
    };
    use crate::{
        services::{
            database::Unavailable,
            vault::{Key, SecretInput},
        },
        store::KeyState,
    };
    use js_sys::{Function, Promise};
    use relight_core::{
        clouds::{self, algorithm},
        credential::Guard,
        form::SecretStatus,
        model::cloud::Cloud,
        signing::{SigningInput, request::Pair},
        text::time::parse_iso_8601,
    };
    use serde_json::Value;
    use std::rc::Rc;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::JsFuture;
    use wasm_bindgen_test::wasm_bindgen_test;

    const NOW: u64 = 1_790_000_000_000;
    const SECRET: &str = "a-secret-that-nobody-may-read-0001";

    fn key(cloud: &Cloud, secret: &str) -> Key {
        Key::new(cloud, &SecretInput::new(secret.into()))
    }

    async fn saved(cloud: &'static Cloud, secret: &str) -> String {
        let key = key(cloud, secret);
        save(cloud, "KEYIDEXAMPLE", "Night shift", &key, NOW).await.expect("it is kept")
    }

    /// Runs a script with the store and one argument, and waits for its result.
    async fn past_us(body: &str, argument: &JsValue) -> JsValue {
        let body = format!(
            "const open = indexedDB.open('{}'); const wait = request => new Promise((yes, no) => {{ \
               request.onsuccess = () => yes(request.result); \
               request.onerror = () => no(request.error); }}); \
             return wait(open).then(async database => {{ \
               const store = () => database.transaction('{KEYS}', 'readwrite').objectStore('{KEYS}'); \
               try {{ {body} }} finally {{ database.close(); }} }});",
            SCHEMA.name
        );
        let function = Function::new_with_args("argument", &body);
        let promise = function.call1(&JsValue::UNDEFINED, argument).expect("a script");
        JsFuture::from(Promise::resolve(&promise)).await.expect("its end")
    }

    async fn text_of(body: &str) -> String {
        past_us(body, &JsValue::UNDEFINED).await.as_string().unwrap_or_default()
    }

    async fn no_key_is_saved() {
        delete(None).await.expect("an empty store");
    }

    fn usable(entries: &[SavedKey]) -> Vec<(&str, bool)> {
        entries.iter().map(|entry| (entry.id.as_str(), entry.is_usable)).collect()
    }

    #[wasm_bindgen_test]
    fn only_a_permanent_key_of_this_tab_can_be_saved_and_only_where_allowed() {
        let state = KeyState {
            secret: SecretStatus::Usable,
            token: SecretStatus::Missing,
            guard: Guard::default(),
            is_readable: false,
            expires_at: None,
            locked: None,
            source: None,
            failure: None,
            saved_keys: Rc::new(SavedKeys { is_known: true, ..SavedKeys::default() }),
            chosen: None,
        };
        let saved_keys = |is_known, is_forbidden| {
            Rc::new(SavedKeys { is_forbidden, is_known, ..SavedKeys::default() })
        };
        let cloud = clouds::by_id("alibaba").unwrap();
        let of = |state: &KeyState| state.may_save(cloud, "LTAIEXAMPLE");
        assert_eq!(of(&state), SavePermission::Yes);
        for not in [
            KeyState { secret: SecretStatus::Malformed, ..state.clone() },
            KeyState { is_readable: true, ..state.clone() },
            KeyState { source: Some("vault".into()), ..state.clone() },
            KeyState { chosen: Some("alibaba LTAIEXAMPLE".into()), ..state.clone() },
            KeyState { saved_keys: saved_keys(false, false), ..state.clone() },
            KeyState { saved_keys: saved_keys(true, true), ..state.clone() },
        ] {
            assert_eq!(of(&not), SavePermission::No, "{not:?}");
        }
        for not in ["not a key id", "LTAI EXAMPLE", "NOTITSBEGINNING"] {
            assert_eq!(state.may_save(cloud, not), SavePermission::No, "{not}");
        }
        assert_eq!(
            of(&KeyState { token: SecretStatus::Usable, ..state.clone() }),
            SavePermission::Temporary
        );
        assert_eq!(state.may_save(cloud, "STS.EXAMPLE"), SavePermission::Temporary);
        let derives = clouds::by_id("tencent").unwrap();
        assert_eq!(state.may_save(derives, "AKIDEXAMPLE"), SavePermission::Derives);
        let temporary = format!("AKID{}", "x".repeat(40));
        assert_eq!(state.may_save(derives, &temporary), SavePermission::Temporary);
    }

    /// A key from which those of all days are derived is not saved, and one of an older release is deleted.
    #[wasm_bindgen_test]
    async fn a_key_that_others_are_derived_from_is_not_saved() {
        no_key_is_saved().await;
        let saved_one = saved(savable_clouds()[0], SECRET).await;
        let others = clouds::ALL.iter().copied().filter(|cloud| !savable_clouds().contains(cloud));
        let others: Vec<_> = others.collect();
        assert!(!others.is_empty());
        for cloud in others {
            let key = key(cloud, SECRET);
            let refused = save(cloud, "KEYIDEXAMPLE", "", &key, NOW).await;
            assert_eq!(refused, Err(Unavailable::Refused));
            // As an older release has stored it.
            let older = format!(
                "const key = await crypto.subtle.importKey('raw', new Uint8Array(32), \
                   {{ name: 'HMAC', hash: 'SHA-256' }}, false, ['sign']); \
                 await wait(store().put({{ version: 1, name: 'Old', cloud: '{0}', \
                   keyId: 'KEYIDEXAMPLE', keptAt: 1, keys: [key] }}, '{0} KEYIDEXAMPLE')); \
                 return '';",
                cloud.id
            );
            text_of(&older).await;
            let id = id_of(cloud, "KEYIDEXAMPLE");
            assert!(choose(&id, NOW).await.expect("a store").is_none(), "it can be signed with");
            assert_eq!(list().await.expect("a store").len(), 2);
            assert_eq!(remove_derived().await, Ok(1));
            assert_eq!(remove_derived().await, Ok(0));
            assert_eq!(usable(&list().await.expect("a store")), [(saved_one.as_str(), true)]);
        }
    }

    /// The clouds whose keys may be saved.
    fn savable_clouds() -> Vec<&'static Cloud> {
        let saves = |cloud: &&Cloud| !cloud.credential.derives_keys;
        clouds::ALL.iter().copied().filter(saves).collect()
    }

    #[wasm_bindgen_test]
    async fn a_saved_key_has_no_readable_byte() {
        for cloud in savable_clouds() {
            no_key_is_saved().await;
            saved(cloud, SECRET).await;
            let errors = text_of(
                "const said = new Set(); for (const one of await wait(store().getAll())) \
                   for (const key of one.keys) for (const form of ['raw', 'jwk']) \
                     said.add(key.extractable ? 'extractable' : await crypto.subtle \
                       .exportKey(form, key).then(() => 'exported', error => error.name)); \
                 return [...said].join();",
            )
            .await;
            assert_eq!(errors, "InvalidAccessError", "{}", cloud.id);
            // Every member, however deep; a browser's key has none of its own.
            let all = text_of(
                "const seen = []; const walk = value => { \
                   if (Object(value) !== value) { seen.push(String(value)); return; } \
                   if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) seen.push('bytes'); \
                   for (const name of Reflect.ownKeys(value)) { \
                     seen.push(String(name)); walk(value[name]); } }; \
                 walk(await wait(store().getAll())); walk(await wait(store().getAllKeys())); \
                 return seen.join('\\n');",
            )
            .await;
            assert!(all.contains("KEYIDEXAMPLE") && all.contains("Night shift"), "{all}");
            assert!(!all.contains("secret") && !all.contains("bytes"), "{all}");
        }
    }

    /// The vendors' own signatures, by keys that were saved and loaded again.
    #[wasm_bindgen_test]
    async fn a_saved_key_signs_as_the_vendors_clients_do() {
        let files = [
            include_str!("../../../tests/vectors/acs-v1.json"),
            include_str!("../../../tests/vectors/acs3.json"),
            include_str!("../../../tests/vectors/zc2.json"),
        ];
        for file in files {
            no_key_is_saved().await;
            let vectors: Vec<Value> = serde_json::from_str(file).expect("vectors");
            let vector = &vectors[0];
            let input = &vector["input"];
            let algorithm = algorithm(text(&vector["algorithm"])).expect("an algorithm");
            let has = |cloud: &&&Cloud| {
                clouds::protocol(cloud)
                    .algorithms()
                    .iter()
                    .any(|one| one.name() == algorithm.name())
            };
            let cloud = *clouds::ALL.iter().find(has).expect("its cloud");
            let id = saved(cloud, text(&input["secret"])).await;
            let (entry, key) = choose(&id, NOW + 1).await.expect("a store").expect("a key");
            assert_eq!(entry.cloud, Some(cloud));
            let prepared = algorithm.prepare(signing_input(input));
            let tag = key.mac(cloud, prepared.hmac_spec, &prepared.message).await.expect("a tag");
            let signed = prepared.finish(&tag);
            assert_eq!(
                signed.signature(),
                text(&vector["expect"]["signature"]),
                "{}",
                vector["name"]
            );
        }
    }

    #[wasm_bindgen_test]
    async fn a_deleted_key_is_gone() {
        no_key_is_saved().await;
        let mut ids = Vec::new();
        for cloud in savable_clouds() {
            ids.push(saved(cloud, SECRET).await);
            assert_eq!(ids.last(), Some(&id_of(cloud, "KEYIDEXAMPLE")));
        }
        let all = list().await.expect("a store");
        assert_eq!(all.len(), ids.len());
        assert!(
            all.iter().all(|one| one.is_usable && one.saved_at == NOW && one.chosen_at.is_none())
        );
        // The same key id is the same key: a new secret replaces the old one.
        saved(savable_clouds()[0], "another-secret").await;
        assert_eq!(list().await.map(|all| all.len()), Ok(ids.len()));
        delete(Some(&ids[0])).await.expect("a store");
        assert!(choose(&ids[0], NOW).await.expect("a store").is_none());
        let (chosen, _) = choose(&ids[1], NOW + 7).await.expect("a store").expect("a key");
        let left = list().await.expect("a store");
        assert_eq!(left.len(), ids.len() - 1);
        let noted = left.iter().find(|entry| entry.id == chosen.id).and_then(|one| one.chosen_at);
        assert_eq!(noted, Some(NOW + 7));
        delete(None).await.expect("a store");
        let databases = "return (await indexedDB.databases()).map(one => one.name).join();";
        let databases =
            Function::new_no_args(&format!("return (async () => {{ {databases} }})();"))
                .call0(&JsValue::UNDEFINED)
                .expect("a promise");
        let databases = JsFuture::from(Promise::resolve(&databases)).await.expect("names");
        assert!(!databases.as_string().expect("names").contains(SCHEMA.name), "its file stays");
        assert_eq!(list().await, Ok(Vec::new()));
        assert_eq!(text_of("return String(await wait(store().count()));").await, "0");
    }

    #[wasm_bindgen_test]
    async fn unusable_entries_are_listed_and_left_unchanged() {
        no_key_is_saved().await;
        let cloud = clouds::ALL[0];
        let id = saved(cloud, SECRET).await;
        let broken = "const good = await wait(store().get(argument)); \
             const bytes = new Uint8Array(32); \
             const made = (extractable, hash) => crypto.subtle.importKey('raw', bytes, \
               { name: 'HMAC', hash }, extractable, ['sign']); \
             const aes = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, \
               ['encrypt']); \
             const open = await Promise.all(good.keys.map(k => made(true, k.algorithm.hash.name))); \
             const other = await Promise.all(good.keys.map(() => made(false, 'SHA-512'))); \
             const all = { number: 7, later: { ...good, version: 2 }, none: { ...good, keys: [] }, \
               bytes: { ...good, keys: good.keys.map(() => bytes) }, \
               aes: { ...good, keys: good.keys.map(() => aes) }, open: { ...good, keys: open }, \
               other: { ...good, keys: other }, moved: good, cloud: { ...good, cloud: 'no-such' } }; \
             const named = Object.entries(all).map(([name, value]) => name === 'moved' \
               ? [name, value] : [`${good.cloud} ${name}`, Object(value) === value \
               ? { ...value, keyId: name } : value]); \
             for (const [name, value] of named) await wait(store().put(value, name)); \
             return named.map(([name]) => name).join();";
        let names = past_us(broken, &id.as_str().into()).await.as_string().unwrap_or_default();
        let names: Vec<&str> = names.split(',').collect();
        assert_eq!(names.len(), 9);
        let entries = list().await.expect("a store");
        for (found, is_usable) in usable(&entries) {
            assert_eq!(is_usable, found == id, "{found}");
        }
        assert_eq!(entries.len(), names.len() + 1);
        let before = text_of("return JSON.stringify(await wait(store().getAll()));").await;
        for name in &names {
            assert!(choose(name, NOW).await.expect("a store").is_none(), "{name}");
        }
        assert_eq!(text_of("return JSON.stringify(await wait(store().getAll()));").await, before);
        for name in &names {
            delete(Some(name)).await.expect("a store");
        }
        assert_eq!(usable(&list().await.expect("a store")), [(id.as_str(), true)]);
    }

    #[wasm_bindgen_test]
    async fn readable_bytes_are_not_saved() {
        no_key_is_saved().await;
        let cloud = clouds::ALL[0];
        let swap = |body: &str| {
            Function::new_no_args(body).call0(&JsValue::UNDEFINED).expect("a property");
        };
        swap("Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true })");
        let key = key(cloud, SECRET);
        swap("delete crypto.subtle");
        assert!(key.is_readable());
        let refused = save(cloud, "KEYIDEXAMPLE", "", &key, NOW).await;
        assert_eq!(refused, Err(Unavailable::Refused));
        // A wiped key is not saved either.
        key.wipe();
        assert_eq!(save(cloud, "KEYIDEXAMPLE", "", &key, NOW).await, Err(Unavailable::Refused));
        assert_eq!(list().await, Ok(Vec::new()));
    }

    #[wasm_bindgen_test]
    async fn a_store_that_does_not_answer_is_reported_and_left() {
        no_key_is_saved().await;
        let cloud = clouds::ALL[0];
        let key = key(cloud, SECRET);
        // As where storage is blocked, and as in a private window.
        for (owner, method, word, expected) in [
            ("IDBFactory", "open", "SecurityError", Unavailable::Refused),
            (
                "IDBObjectStore",
                "put",
                "DataCloneError",
                Unavailable::Failed("DataCloneError".into()),
            ),
            ("IDBObjectStore", "put", "QuotaExceededError", Unavailable::Full),
        ] {
            let body = format!(
                "const real = {owner}.prototype.{method}; {owner}.prototype.{method} = () => {{ \
                   throw new DOMException('', '{word}'); }}; \
                 return () => {{ {owner}.prototype.{method} = real; }};"
            );
            let restore = Function::new_no_args(&body).call0(&JsValue::UNDEFINED).expect("a spy");
            assert_eq!(save(cloud, "KEYIDEXAMPLE", "", &key, NOW).await, Err(expected), "{word}");
            Function::from(restore).call0(&JsValue::UNDEFINED).expect("the real one");
            assert_eq!(list().await, Ok(Vec::new()), "{word}");
        }
        // One that a newer version has created.
        let id = saved(cloud, SECRET).await;
        let newer = "database.close(); const newer = await wait(indexedDB.open(database.name, 9)); \
             const count = await wait(newer.transaction('keys').objectStore('keys').count()); \
             newer.close(); return String(count);";
        assert_eq!(text_of(newer).await, "1");
        assert_eq!(list().await, Err(Unavailable::Newer));
        assert_eq!(delete(Some(&id)).await, Err(Unavailable::Newer));
        assert_eq!(text_of("return String(await wait(store().count()));").await, "1");
        let gone =
            "database.close(); await wait(indexedDB.deleteDatabase(database.name)); return '';";
        text_of(gone).await;
        assert_eq!(list().await, Ok(Vec::new()));
    }

    fn signing_input(input: &Value) -> SigningInput {
        let list = |value: &Value| {
            value.as_array().into_iter().flatten().map(|name| text(name).into()).collect()
        };
        SigningInput {
            key_id: text(&input["access_key_id"]).into(),
            token: input["token"].as_str().map(str::to_owned),
            method: text(&input["method"]).into(),
            host: text(&input["host"]).into(),
            path: text(&input["path"]).into(),
            query: pairs(&input["query"]),
            raw_query: text(&input["query"]).into(),
            form: pairs(&input["form"]),
            headers: pairs(&input["headers"]),
            signed_headers: list(&input["signed_headers"]),
            lowercased_values: list(&input["lowercased_values"]),
            body: text(&input["body"]).into(),
            unsigned_payload: input["unsigned_payload"].as_bool().unwrap_or(false),
            unix_seconds: match &input["timestamp"] {
                Value::String(time) => parse_iso_8601(time).expect("a time"),
                number => number.as_i64().expect("a time"),
            },
            service: text(&input["service"]).into(),
        }
    }

    fn pairs(object: &Value) -> Vec<Pair> {
        let members = object.as_object().into_iter().flatten();
        members.map(|(name, value)| (name.as_str().into(), text(value).into())).collect()
    }

    fn text(value: &Value) -> &str {
        value.as_str().unwrap_or_default()
    }
}
