//! The key, in this tab only, as something that signs and cannot be read back.
//!
//! 1. A secret is the browser's string from the field to the key ([`key`]): this program's memory
//!    never has it, and nothing here can print, copy or store it.
//! 2. A key belongs to the cloud for which it was entered. With another cloud it is wiped, as the form
//!    clears the key id: a key of one cloud is useless for another.
//! 3. A wiped key signs nothing more, not even a call that waits for its slot.
//! 4. A call is signed with one snapshot of the vault: nothing that is entered, fetched or wiped later
//!    changes half of it.
//! 5. Saved keys ([`key_store`]) are not in the vault until the user chooses one, and a lock removes it
//!    like any other.

mod key;
pub(crate) mod key_store;
pub(crate) mod source;
mod auto_lock;

pub(crate) use auto_lock::AutoLock;
pub(crate) use key::{Key, SecretInput};

use crate::{
    services::{clock, cloud_client::drop_sent_bodies},
    store::KeyState,
};
use js_sys::Promise;
use key_store::{KeyStoreError, SavedKey, SavedKeys};
use relight_core::{
    credential::{Guard, check_key, is_not_a_secret, is_not_a_token, is_swapped},
    form::SecretStatus,
    i18n::Locale,
    model::cloud::Cloud,
    run::NO_KEY,
    signing::{
        Prepared,
        request::{Request, Signed},
    },
};
use source::{LAST_SECONDS, Source};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use zeroize::Zeroizing;

/// Secret and token of one key. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Vault(Rc<RefCell<VaultState>>);

/// The token of a temporary key.
pub(crate) type Token = Zeroizing<String>;

/// Why a key is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockReason {
    /// The page was idle.
    Idle,
    /// The page was left, and has come back.
    Left,
    /// The user has locked it.
    Asked,
    /// It has expired, or is about to.
    Expired,
}

#[derive(Default)]
struct VaultState {
    /// The cloud for which it was entered.
    cloud: Option<&'static Cloud>,
    key: Key,
    /// The secret cannot be one.
    malformed: bool,
    token: Option<Token>,
    /// The field for the token has the secret, or what looks like one.
    is_no_token: bool,
    /// The fingerprints of both, so that no other field accepts them.
    guard: Guard,
    /// The key id, where it came with the secret.
    key_id: Option<String>,
    /// When it expires, in seconds since 1970, if that is known.
    expires_at: Option<i64>,
    locked: Option<LockReason>,
    /// The source of keys, if there is one.
    source: Option<Source>,
    /// Why the source gave none.
    failure: Option<Rc<str>>,
    /// The source is being asked.
    asking: Option<Promise>,
    /// The saved keys.
    saved_keys: Rc<SavedKeys>,
    /// The id of the saved key that it was loaded from or saved as.
    chosen: Option<Rc<str>>,
    /// Incremented when the key changes: what was begun with another one is void.
    changes: u64,
}

/// What one call is signed with.
pub(crate) struct SigningKey {
    key: Key,
    token: Option<Token>,
    key_id: Option<String>,
}

impl VaultState {
    /// Drops a token that is the secret, or contains it. It stays refused until there is another.
    fn check_token(&mut self) {
        let has_secret = |token: &Token| self.guard.secret.is_some_and(|one| one.is_in(token));
        self.is_no_token |=
            is_not_a_token(self.guard) || self.token.as_ref().is_some_and(has_secret);
        if self.is_no_token {
            self.token = None;
        }
    }
}

impl Vault {
    /// Sets the secret for a cloud; an empty one wipes it. What must be taken for a key id is refused.
    pub(crate) fn set_secret(&self, cloud: &'static Cloud, key_id: &str, secret: &SecretInput) {
        self.use_cloud(cloud);
        let mut state = self.0.borrow_mut();
        state.key.wipe();
        let (status, fingerprint) = (secret.status(), secret.fingerprint());
        state.malformed = status == SecretStatus::Malformed
            || is_swapped(cloud, key_id, fingerprint)
            || is_not_a_secret(cloud, fingerprint);
        state.key = if state.malformed { Key::default() } else { Key::new(cloud, secret) };
        state.guard.secret = (status != SecretStatus::Missing).then_some(fingerprint);
        state.check_token();
        state.locked = None;
        state.chosen = None;
        state.changes += 1;
        Rc::make_mut(&mut state.saved_keys).is_wanted = false;
        // Not the one that came from the source.
        if state.key_id.take().is_some() {
            state.expires_at = None;
        }
    }

    /// Sets the token for a cloud; an empty one removes it. What is or looks like a secret is refused.
    pub(crate) fn set_token(&self, cloud: &'static Cloud, token: &SecretInput) {
        self.use_cloud(cloud);
        let is_given = token.status() != SecretStatus::Missing;
        let mut state = self.0.borrow_mut();
        state.guard.token = is_given.then(|| token.fingerprint());
        state.is_no_token = is_not_a_token(state.guard);
        state.token = (is_given && !state.is_no_token).then(|| Zeroizing::new(token.text()));
        state.check_token();
    }

    /// Changes the cloud: a key of another one is wiped.
    pub(crate) fn use_cloud(&self, cloud: &'static Cloud) {
        let before = self.0.borrow().cloud;
        if before.is_some_and(|before| before != cloud) {
            self.wipe();
        }
        self.0.borrow_mut().cloud = Some(cloud);
    }

    /// Wipes everything.
    pub(crate) fn wipe(&self) {
        drop_sent_bodies();
        let mut state = self.0.borrow_mut();
        state.key.wipe();
        Rc::make_mut(&mut state.saved_keys).is_wanted = false;
        *state = VaultState {
            source: state.source.take(),
            saved_keys: Rc::clone(&state.saved_keys),
            changes: state.changes + 1,
            ..VaultState::default()
        };
    }

    /// Wipes the key for a reason. Returns whether there was one; `was_typed` says that a field had one that
    /// was not committed yet.
    pub(crate) fn lock(&self, why: LockReason, was_typed: bool) -> bool {
        let state = self.state();
        if state.secret == SecretStatus::Missing
            && state.token == SecretStatus::Missing
            && !was_typed
        {
            // A saved key that is being loaded comes too late.
            self.0.borrow_mut().changes += 1;
            return false;
        }
        let cloud = self.0.borrow().cloud;
        self.wipe();
        let mut state = self.0.borrow_mut();
        state.cloud = cloud;
        state.locked = Some(why);
        true
    }

    /// The state of secret and token, without either.
    pub(crate) fn state(&self) -> KeyState {
        let state = self.0.borrow();
        KeyState {
            secret: match (state.malformed, state.key.is_empty()) {
                (true, _) => SecretStatus::Malformed,
                (false, true) => SecretStatus::Missing,
                (false, false) => SecretStatus::Usable,
            },
            token: match (state.is_no_token, &state.token) {
                (true, _) => SecretStatus::Malformed,
                (false, None) => SecretStatus::Missing,
                (false, Some(token)) => SecretStatus::of(token),
            },
            guard: state.guard,
            is_readable: state.key.is_readable(),
            expires_at: state.expires_at,
            locked: state.locked,
            source: state.source.as_ref().map(|source| source.name().into()),
            failure: state.failure.clone(),
            saved_keys: Rc::clone(&state.saved_keys),
            chosen: state.chosen.clone(),
        }
    }

    /// Uses a saved key from now on.
    pub(crate) fn use_saved(&self, cloud: &'static Cloud, entry: &SavedKey, key: Key) {
        self.wipe();
        let mut state = self.0.borrow_mut();
        state.cloud = Some(cloud);
        state.key = key;
        state.chosen = Some(entry.id.as_str().into());
    }

    /// The current key, to be saved if [`KeyState::may_save`] allows it.
    pub(crate) fn key(&self) -> Key {
        self.0.borrow().key.clone()
    }

    /// The current key was saved under this id.
    pub(crate) fn mark_saved(&self, id: &str) {
        let mut state = self.0.borrow_mut();
        state.chosen = Some(id.into());
        Rc::make_mut(&mut state.saved_keys).is_wanted = false;
    }

    /// The id of the saved key in use.
    pub(crate) fn chosen(&self) -> Option<Rc<str>> {
        self.0.borrow().chosen.clone()
    }

    /// The fingerprints of secret and token.
    pub(crate) fn guard(&self) -> Guard {
        self.0.borrow().guard
    }

    /// The revision of the key.
    pub(crate) fn changes(&self) -> u64 {
        self.0.borrow().changes
    }

    /// The saved keys were listed.
    pub(crate) fn set_saved(&self, entries: Vec<SavedKey>) {
        let mut state = self.0.borrow_mut();
        let saved_keys = Rc::make_mut(&mut state.saved_keys);
        saved_keys.entries = entries;
        saved_keys.is_known = true;
        if let Some(KeyStoreError::ReadFailed(_)) = saved_keys.error {
            saved_keys.error = None;
        }
    }

    /// The key store has failed, or works again.
    pub(crate) fn set_store_error(&self, error: Option<KeyStoreError>) {
        let mut state = self.0.borrow_mut();
        let saved_keys = Rc::make_mut(&mut state.saved_keys);
        saved_keys.is_known = true;
        saved_keys.error = error;
    }

    /// So many saved keys were deleted that must not be saved. It stays on the screen.
    pub(crate) fn note_removed(&self, removed: usize) {
        if removed > 0 {
            Rc::make_mut(&mut self.0.borrow_mut().saved_keys).removed += removed;
        }
    }

    /// The user has opened the part of the key section about saving.
    pub(crate) fn show_saved_keys(&self) {
        Rc::make_mut(&mut self.0.borrow_mut().saved_keys).is_wanted = true;
    }

    /// The operator forbids saved keys.
    pub(crate) fn forbid_saving(&self, is_forbidden: bool) {
        Rc::make_mut(&mut self.0.borrow_mut().saved_keys).is_forbidden = is_forbidden;
    }

    /// Sets the source of keys.
    pub(crate) fn set_source(&self, source: Option<Source>) {
        self.0.borrow_mut().source = source;
    }

    /// Whether there is a source of keys.
    pub(crate) fn has_source(&self) -> bool {
        self.0.borrow().source.is_some()
    }

    /// When the key expires, in seconds since 1970.
    pub(crate) fn set_expiry(&self, expires_at: Option<i64>) {
        self.0.borrow_mut().expires_at = expires_at;
    }

    /// The user is back and goes on: a source may be asked.
    pub(crate) fn unlock(&self) {
        let mut state = self.0.borrow_mut();
        if state.source.is_some() {
            state.locked = None;
            state.failure = None;
        }
    }

    /// What a call to a cloud is signed with. A key that is about to expire is renewed first, where
    /// there is a source; calls in flight keep theirs.
    ///
    /// # Errors
    /// [`NO_KEY`], without a key of that cloud that can sign; [`Vault::state`] then has the reason.
    pub(crate) async fn signing_key(
        &self,
        cloud: &'static Cloud,
    ) -> Result<SigningKey, &'static str> {
        self.renew(cloud).await?;
        let expired = {
            let state = self.0.borrow();
            if state.cloud != Some(cloud) || state.key.is_empty() || state.is_no_token {
                return Err(NO_KEY);
            }
            state.expires_at.is_some_and(|at| at <= clock::unix_seconds(0))
        };
        if expired {
            self.lock(LockReason::Expired, false);
            return Err(NO_KEY);
        }
        let state = self.0.borrow();
        Ok(SigningKey {
            key: state.key.clone(),
            token: state.token.clone(),
            key_id: state.key_id.clone(),
        })
    }

    /// Asks the source, if there is one, unless the key is valid for a while.
    pub(crate) async fn renew(&self, cloud: &'static Cloud) -> Result<(), &'static str> {
        let asking = {
            let mut state = self.0.borrow_mut();
            let Some(source) = state.source.clone() else { return Ok(()) };
            if state.locked.is_some() {
                return Err(NO_KEY);
            }
            let lasts =
                state.expires_at.is_none_or(|at| at - clock::unix_seconds(0) >= 2 * LAST_SECONDS);
            if state.cloud == Some(cloud) && !state.key.is_empty() && lasts {
                return Ok(());
            }
            let vault = self.clone();
            let ask = || future_to_promise(async move { vault.ask(&source, cloud).await });
            // Callers while it is being asked share the answer.
            state.asking.get_or_insert_with(ask).clone()
        };
        let answered = JsFuture::from(asking).await;
        self.0.borrow_mut().asking = None;
        answered.map(drop).map_err(|_| NO_KEY)
    }

    async fn ask(&self, source: &Source, cloud: &'static Cloud) -> Result<JsValue, JsValue> {
        let given = source.ask(cloud).await;
        let mut state = self.0.borrow_mut();
        if state.locked.is_some() {
            return Err(JsValue::UNDEFINED);
        }
        let given = given.and_then(|given| match given.secret.status() {
            SecretStatus::Usable => {
                let token = given.token.as_ref().map(SecretInput::fingerprint);
                let guard = Guard { secret: Some(given.secret.fingerprint()), token };
                match check_key(cloud, &given.key_id, guard) {
                    Ok(()) => Ok((given, guard)),
                    Err(refusal) => Err(refusal.sentence(Locale::En)),
                }
            }
            SecretStatus::Missing | SecretStatus::Malformed => {
                Err("`secret` cannot be one".to_owned())
            }
        });
        match given {
            Ok((given, guard)) => {
                state.guard = guard;
                state.key.wipe();
                state.cloud = Some(cloud);
                state.key = Key::new(cloud, &given.secret);
                state.token = given.token.map(|token| Zeroizing::new(token.text()));
                state.is_no_token = false;
                state.chosen = None;
                state.key_id = Some(given.key_id);
                state.expires_at = given.expires_at;
                state.failure = None;
                Ok(JsValue::UNDEFINED)
            }
            Err(what) => {
                state.failure = Some(format!("{}: {what}", source.name()).into());
                Err(JsValue::UNDEFINED)
            }
        }
    }

    /// The key id, where it came with the secret.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.0.borrow().key_id.clone()
    }
}

impl SigningKey {
    /// The token, for a header of the request to be signed.
    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// The key id, where it came with the secret.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Signs a prepared request; `None` if the key was wiped meanwhile.
    pub(crate) async fn sign(self, cloud: &Cloud, prepared: Prepared) -> Option<Request<Signed>> {
        let tag = self.key.mac(cloud, prepared.hmac_spec, &prepared.message).await?;
        Some(prepared.finish(&tag))
    }
}
