//! Where the key is kept: in this tab, as something that signs and cannot be read back.
//!
//! 1. A secret is the browser's string from the field to the key ([`key`]): this program's memory
//!    never has it, and nothing here can print, copy or store it.
//! 2. A key belongs to the cloud for which it was entered. With another cloud it is forgotten, as the
//!    form forgets the key id: a key of one cloud is nothing to another.
//! 3. What was forgotten signs nothing more, not even a call that waits for its turn.
//! 4. A call is signed with what was there at one moment: nothing that is entered, fetched or
//!    forgotten later changes half of it.
//! 5. What the browser keeps beyond the tab ([`saved_keys`]) is not in the vault until somebody chooses
//!    it, and a lock takes it out like any other.

mod key;
pub(crate) mod key_store;
pub(crate) mod source;
mod auto_lock;

pub(crate) use auto_lock::AutoLock;
pub(crate) use key::Key;
pub(crate) use key::Typed;

use crate::services::clock;
use crate::store::KeyState;
use js_sys::Promise;
use key_store::{KeyStoreError, SavedKey, SavedKeys};
use relight_core::{
    credential::{Guard, check_key, is_no_secret, is_no_token, is_swapped},
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

/// Secret and token of one key. A clone is the same vault.
#[derive(Clone, Default)]
pub(crate) struct Vault(Rc<RefCell<VaultState>>);

/// The token of a temporary key.
pub(crate) type Token = Zeroizing<String>;

/// Why a key is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockReason {
    /// Nobody has touched the page for a while.
    Idle,
    /// The page was left, and has come back.
    Left,
    /// Somebody wanted it.
    Asked,
    /// It has expired, or is about to.
    Expired,
}

#[derive(Default)]
struct VaultState {
    /// For which cloud it was entered.
    cloud: Option<&'static Cloud>,
    key: Key,
    /// The secret cannot be one.
    malformed: bool,
    token: Option<Token>,
    /// What stands in the field for the token is the secret, or looks like one.
    is_no_token: bool,
    /// What is remembered of both, so that no other field takes them.
    guard: Guard,
    /// The public half, where it came with the secret.
    key_id: Option<String>,
    /// When it expires, in seconds since 1970, if that is known.
    expires_at: Option<i64>,
    locked: Option<LockReason>,
    /// Where keys come from if nobody enters them.
    source: Option<Source>,
    /// Why none came.
    failure: Option<Rc<str>>,
    /// The source is being asked.
    asking: Option<Promise>,
    /// What the browser keeps beyond the tab.
    saved_keys: Rc<SavedKeys>,
    /// The kept key that this one is, by its id.
    chosen: Option<Rc<str>>,
    /// How often the key has changed: what was begun with another one is void.
    changes: u64,
}

/// What one call is signed with.
pub(crate) struct SigningKey {
    key: Key,
    token: Option<Token>,
    key_id: Option<String>,
}

impl VaultState {
    /// Lets go of a token that is the secret, or has it in it. It stays refused until there is another.
    fn judge_token(&mut self) {
        let has_secret = |token: &Token| self.guard.secret.is_some_and(|one| one.is_in(token));
        self.is_no_token |= is_no_token(self.guard) || self.token.as_ref().is_some_and(has_secret);
        if self.is_no_token {
            self.token = None;
        }
    }
}

impl Vault {
    /// Keeps a secret for a cloud; an empty one forgets. What must be taken for a key id is not kept.
    pub(crate) fn set_secret(&self, cloud: &'static Cloud, key_id: &str, secret: &Typed) {
        self.use_cloud(cloud);
        let mut state = self.0.borrow_mut();
        state.key.wipe();
        let (status, fingerprint) = (secret.status(), secret.fingerprint());
        state.malformed = status == SecretStatus::Malformed
            || is_swapped(cloud, key_id, fingerprint)
            || is_no_secret(cloud, fingerprint);
        state.key = if state.malformed { Key::default() } else { Key::new(cloud, secret) };
        state.guard.secret = (status != SecretStatus::Missing).then_some(fingerprint);
        state.judge_token();
        state.locked = None;
        {
            state.chosen = None;
            state.changes += 1;
            Rc::make_mut(&mut state.saved_keys).is_wanted = false;
            // Not the one that came from the source.
            if state.key_id.take().is_some() {
                state.expires_at = None;
            }
        }
    }

    /// Keeps a token for a cloud; an empty one forgets. What is or looks like a secret is not kept.
    pub(crate) fn set_token(&self, cloud: &'static Cloud, token: &Typed) {
        self.use_cloud(cloud);
        let status = token.status() != SecretStatus::Missing;
        let mut state = self.0.borrow_mut();
        state.guard.token = status.then(|| token.fingerprint());
        state.is_no_token = is_no_token(state.guard);
        state.token = (status && !state.is_no_token).then(|| Zeroizing::new(token.text()));
        state.judge_token();
    }

    /// From now on the key is one of this cloud: of another it is forgotten.
    pub(crate) fn use_cloud(&self, cloud: &'static Cloud) {
        let before = self.0.borrow().cloud;
        if before.is_some_and(|before| before != cloud) {
            self.wipe();
        }
        self.0.borrow_mut().cloud = Some(cloud);
    }

    /// Wipes everything.
    pub(crate) fn wipe(&self) {
        crate::services::cloud_client::forget_sent();
        let mut state = self.0.borrow_mut();
        state.key.wipe();
        {
            Rc::make_mut(&mut state.saved_keys).is_wanted = false;
        }
        *state = VaultState {
            source: state.source.take(),
            saved_keys: Rc::clone(&state.saved_keys),
            changes: state.changes + 1,
            ..VaultState::default()
        };
    }

    /// Forgets the key, and remembers why. Returns whether there was one, or `was_typed` in a field that
    /// nobody had left yet.
    pub(crate) fn lock(&self, why: LockReason, was_typed: bool) -> bool {
        let state = self.state();
        if state.secret == SecretStatus::Missing
            && state.token == SecretStatus::Missing
            && !was_typed
        {
            // A kept one that is just being fetched comes too late.
            {
                self.0.borrow_mut().changes += 1;
            }
            return false;
        }
        let cloud = self.0.borrow().cloud;
        self.wipe();
        let mut state = self.0.borrow_mut();
        state.cloud = cloud;
        state.locked = Some(why);
        true
    }

    /// What can be said of secret and token without showing them.
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

    /// Signs from now on with a key that the browser has kept.
    pub(crate) fn use_saved(&self, cloud: &'static Cloud, entry: &SavedKey, key: Key) {
        self.wipe();
        let mut state = self.0.borrow_mut();
        state.cloud = Some(cloud);
        state.key = key;
        state.chosen = Some(entry.id.as_str().into());
    }

    /// The key that is held, for the browser to keep if [`KeyState::may_save`] says so.
    pub(crate) fn key(&self) -> Key {
        self.0.borrow().key.clone()
    }

    /// The key that is held is now also kept under this id.
    pub(crate) fn mark_saved(&self, id: &str) {
        let mut state = self.0.borrow_mut();
        state.chosen = Some(id.into());
        Rc::make_mut(&mut state.saved_keys).is_wanted = false;
    }

    /// The kept key that is held, by its id.
    pub(crate) fn chosen(&self) -> Option<Rc<str>> {
        self.0.borrow().chosen.clone()
    }

    /// What is remembered of secret and token.
    pub(crate) fn guard(&self) -> Guard {
        self.0.borrow().guard
    }

    /// How often the key has changed.
    pub(crate) fn changes(&self) -> u64 {
        self.0.borrow().changes
    }

    /// What is kept has changed, or was looked at.
    pub(crate) fn set_saved(&self, entries: Vec<SavedKey>) {
        let mut state = self.0.borrow_mut();
        let saved_keys = Rc::make_mut(&mut state.saved_keys);
        saved_keys.entries = entries;
        saved_keys.is_known = true;
        if let Some(KeyStoreError::ReadFailed(_)) = saved_keys.error {
            saved_keys.error = None;
        }
    }

    /// Something went wrong with what is kept, or does not any more.
    pub(crate) fn set_store_error(&self, error: Option<KeyStoreError>) {
        let mut state = self.0.borrow_mut();
        let saved_keys = Rc::make_mut(&mut state.saved_keys);
        saved_keys.is_known = true;
        saved_keys.error = error;
    }

    /// So many kept keys were deleted that must not be kept. It stays on the screen.
    pub(crate) fn note_removed(&self, removed: usize) {
        if removed > 0 {
            Rc::make_mut(&mut self.0.borrow_mut().saved_keys).removed += removed;
        }
    }

    /// Somebody has asked for what there is about the key.
    pub(crate) fn want_saved_keys(&self) {
        Rc::make_mut(&mut self.0.borrow_mut().saved_keys).is_wanted = true;
    }

    /// Whether the operator lets nobody keep keys.
    pub(crate) fn forbid_saving(&self, is_forbidden: bool) {
        Rc::make_mut(&mut self.0.borrow_mut().saved_keys).is_forbidden = is_forbidden;
    }

    /// Where keys come from if nobody enters them.
    pub(crate) fn set_source(&self, source: Option<Source>) {
        self.0.borrow_mut().source = source;
    }

    /// Whether keys come from somewhere by themselves.
    pub(crate) fn has_source(&self) -> bool {
        self.0.borrow().source.is_some()
    }

    /// When the key expires, in seconds since 1970.
    pub(crate) fn set_expiry(&self, expires_at: Option<i64>) {
        self.0.borrow_mut().expires_at = expires_at;
    }

    /// Somebody is there again, and wants to go on: a source may be asked.
    pub(crate) fn unlock(&self) {
        let mut state = self.0.borrow_mut();
        if state.source.is_some() {
            state.locked = None;
            state.failure = None;
        }
    }

    /// What a call to a cloud is signed with. A key that is about to expire is replaced first, where
    /// there is a source; the calls that are on the way keep theirs.
    ///
    /// # Errors
    /// [`NO_KEY`], without a key of that cloud that can sign; [`Vault::state`] then says why.
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

    /// Asks the source, if there is one, and if there is no key that will do for a while.
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
            // Whoever comes while it is being asked waits for the same answer.
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
                let token = given.token.as_ref().map(Typed::fingerprint);
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

    /// The public half of the key, where it came with the secret.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.0.borrow().key_id.clone()
    }
}

impl SigningKey {
    /// The token, for a header of the request that is about to be signed.
    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// The public half of the key, where it came with the secret.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Puts the signature under a prepared request; `None` if the key was forgotten meanwhile.
    pub(crate) async fn sign(self, cloud: &Cloud, prepared: Prepared) -> Option<Request<Signed>> {
        let tag = self.key.mac(cloud, prepared.hmac_spec, &prepared.message).await?;
        Some(prepared.finish(&tag))
    }
}
