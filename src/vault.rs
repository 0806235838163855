//! Where the key is kept: in this tab, as something that signs and cannot be read back.
//!
//! 1. A secret is the browser's string from the field to the key ([`key`]): this program's memory
//!    never has it, and nothing here can print, copy or store it.
//! 2. A key belongs to the cloud for which it was entered. With another cloud it is forgotten, as the
//!    form forgets the key id: a key of one cloud is nothing to another.
//! 3. What was forgotten signs nothing more, not even a call that waits for its turn.
//! 4. A call is signed with what was there at one moment: nothing that is entered, fetched or
//!    forgotten later changes half of it.
//! 5. What the browser keeps beyond the tab ([`keyring`]) is not in the vault until somebody chooses
//!    it, and a lock takes it out like any other.

mod key;
#[cfg(feature = "console")]
pub(crate) mod key_store;
#[cfg(feature = "console")]
pub(crate) mod source;
mod auto_lock;

pub(crate) use auto_lock::Watch;
pub(crate) use key::Key;
pub use key::Typed;

#[cfg(feature = "console")]
use crate::clock;
use crate::store::KeyState;
#[cfg(feature = "console")]
use js_sys::Promise;
#[cfg(feature = "console")]
use key_store::{Entry, Keyring, Trouble};
use relight_core::{
    cloud::Cloud,
    credential::{Guard, Trait, is_swapped},
    form::Held,
};
#[cfg(feature = "console")]
use relight_core::{
    credential::check_key,
    i18n::Locale,
    request::{Request, Signed},
    run::NO_KEY,
    sign::Prepared,
};
#[cfg(feature = "console")]
use source::{LAST_SECONDS, Source};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
#[cfg(feature = "console")]
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use zeroize::Zeroizing;

/// Secret and token of one key. A clone is the same vault.
#[derive(Clone, Default)]
pub(crate) struct Vault(Rc<RefCell<Kept>>);

/// The token of a temporary key.
pub(crate) type Token = Zeroizing<String>;

/// Why a key is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
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
struct Kept {
    /// For which cloud it was entered.
    cloud: Option<&'static dyn Cloud>,
    key: Key,
    /// The secret cannot be one.
    malformed: bool,
    token: Option<Token>,
    /// What is remembered of both, so that no other field takes them.
    guard: Guard,
    /// The public half, where it came with the secret.
    #[cfg(feature = "console")]
    key_id: Option<String>,
    /// When it expires, in seconds since 1970, if that is known.
    #[cfg(feature = "console")]
    expires_at: Option<i64>,
    locked: Option<Lock>,
    /// Where keys come from if nobody enters them.
    #[cfg(feature = "console")]
    source: Option<Source>,
    /// Why none came.
    #[cfg(feature = "console")]
    failure: Option<Rc<str>>,
    /// The source is being asked.
    #[cfg(feature = "console")]
    asking: Option<Promise>,
    /// What the browser keeps beyond the tab.
    #[cfg(feature = "console")]
    keyring: Rc<Keyring>,
    /// The kept key that this one is, by its id.
    #[cfg(feature = "console")]
    chosen: Option<Rc<str>>,
    /// How often the key has changed: what was begun with another one is void.
    #[cfg(feature = "console")]
    changes: u64,
}

/// What one call is signed with.
#[cfg(feature = "console")]
pub(crate) struct Hand {
    key: Key,
    token: Option<Token>,
    key_id: Option<String>,
}

impl Vault {
    /// Keeps a secret for a cloud; an empty one forgets. What must be taken for a key id is not kept.
    pub(crate) fn keep_secret(&self, cloud: &'static dyn Cloud, key_id: &str, secret: &Typed) {
        self.keep_for(cloud);
        let mut kept = self.0.borrow_mut();
        kept.key.wipe();
        let (held, traits) = (secret.held(), secret.traits());
        kept.malformed = held == Held::Malformed || is_swapped(cloud, key_id, traits);
        kept.key = if kept.malformed { Key::default() } else { Key::new(cloud, secret) };
        kept.guard.secret = (held != Held::Nothing).then_some(traits);
        kept.locked = None;
        #[cfg(feature = "console")]
        {
            kept.chosen = None;
            kept.changes += 1;
            Rc::make_mut(&mut kept.keyring).is_wanted = false;
            // Not the one that came from the source.
            if kept.key_id.take().is_some() {
                kept.expires_at = None;
            }
        }
    }

    /// Keeps a token for a cloud; an empty one forgets.
    pub(crate) fn keep_token(&self, cloud: &'static dyn Cloud, token: &Typed) {
        self.keep_for(cloud);
        let held = token.held() != Held::Nothing;
        let mut kept = self.0.borrow_mut();
        kept.token = held.then(|| Zeroizing::new(token.text()));
        kept.guard.token = held.then(|| token.traits());
    }

    /// From now on the key is one of this cloud: of another it is forgotten.
    pub(crate) fn keep_for(&self, cloud: &'static dyn Cloud) {
        let before = self.0.borrow().cloud;
        if before.is_some_and(|before| before != cloud) {
            self.forget();
        }
        self.0.borrow_mut().cloud = Some(cloud);
    }

    /// Wipes everything.
    pub(crate) fn forget(&self) {
        let mut kept = self.0.borrow_mut();
        kept.key.wipe();
        #[cfg(feature = "console")]
        {
            Rc::make_mut(&mut kept.keyring).is_wanted = false;
        }
        *kept = Kept {
            #[cfg(feature = "console")]
            source: kept.source.take(),
            #[cfg(feature = "console")]
            keyring: Rc::clone(&kept.keyring),
            #[cfg(feature = "console")]
            changes: kept.changes + 1,
            ..Kept::default()
        };
    }

    /// Forgets the key, and remembers why. Returns whether there was one, or `was_typed` in a field that
    /// nobody had left yet.
    pub(crate) fn lock(&self, why: Lock, was_typed: bool) -> bool {
        let state = self.state();
        if state.secret == Held::Nothing && state.token == Held::Nothing && !was_typed {
            // A kept one that is just being fetched comes too late.
            #[cfg(feature = "console")]
            {
                self.0.borrow_mut().changes += 1;
            }
            return false;
        }
        let cloud = self.0.borrow().cloud;
        self.forget();
        let mut kept = self.0.borrow_mut();
        kept.cloud = cloud;
        kept.locked = Some(why);
        true
    }

    /// What can be said of secret and token without showing them.
    pub(crate) fn state(&self) -> KeyState {
        let kept = self.0.borrow();
        KeyState {
            secret: match (kept.malformed, kept.key.is_empty()) {
                (true, _) => Held::Malformed,
                (false, true) => Held::Nothing,
                (false, false) => Held::Usable,
            },
            token: kept.token.as_ref().map_or(Held::Nothing, |token| Held::of(token)),
            guard: kept.guard,
            is_readable: kept.key.is_readable(),
            #[cfg(feature = "console")]
            expires_at: kept.expires_at,
            locked: kept.locked,
            #[cfg(feature = "console")]
            source: kept.source.as_ref().map(|source| source.name().into()),
            #[cfg(feature = "console")]
            failure: kept.failure.clone(),
            #[cfg(feature = "console")]
            keyring: Rc::clone(&kept.keyring),
            #[cfg(feature = "console")]
            chosen: kept.chosen.clone(),
        }
    }

    /// Key and token as the module takes them over, and what is remembered of the key: nothing of them
    /// stays.
    #[cfg(not(feature = "console"))]
    pub(crate) fn hand_over(&self) -> ([JsValue; 2], Option<Trait>) {
        // The token is wiped here; of the key there is only the browser's.
        let kept = self.0.take();
        let token = kept.token.as_ref().map_or("", |token| token);
        ([kept.key.hand_over(), token.into()], kept.guard.secret)
    }
}

#[cfg(feature = "console")]
impl Vault {
    /// Keeps what the front has handed over.
    pub(crate) fn take_over(
        &self,
        cloud: &'static dyn Cloud,
        key: Key,
        token: &Typed,
        secret: Option<Trait>,
    ) {
        self.keep_token(cloud, token);
        let mut kept = self.0.borrow_mut();
        // What the front has refused to make a key of still stands in its field.
        kept.malformed = secret.is_some() && key.is_empty();
        kept.key = key;
        kept.guard.secret = secret;
    }

    /// Signs from now on with a key that the browser has kept.
    pub(crate) fn take_out(&self, cloud: &'static dyn Cloud, entry: &Entry, key: Key) {
        self.forget();
        let mut kept = self.0.borrow_mut();
        kept.cloud = Some(cloud);
        kept.key = key;
        kept.chosen = Some(entry.id.as_str().into());
    }

    /// The key that is held, for the browser to keep if [`KeyState::keepable`] says so.
    pub(crate) fn key(&self) -> Key {
        self.0.borrow().key.clone()
    }

    /// The key that is held is now also kept under this id.
    pub(crate) fn is_kept_as(&self, id: &str) {
        let mut kept = self.0.borrow_mut();
        kept.chosen = Some(id.into());
        Rc::make_mut(&mut kept.keyring).is_wanted = false;
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
    pub(crate) fn set_kept(&self, entries: Vec<Entry>) {
        let mut kept = self.0.borrow_mut();
        let keyring = Rc::make_mut(&mut kept.keyring);
        keyring.entries = entries;
        keyring.is_known = true;
        if let Some(Trouble::Unread(_)) = keyring.trouble {
            keyring.trouble = None;
        }
    }

    /// Something went wrong with what is kept, or does not any more.
    pub(crate) fn set_trouble(&self, trouble: Option<Trouble>) {
        let mut kept = self.0.borrow_mut();
        let keyring = Rc::make_mut(&mut kept.keyring);
        keyring.is_known = true;
        keyring.trouble = trouble;
    }

    /// So many kept keys were deleted that must not be kept. It stays on the screen.
    pub(crate) fn note_removed(&self, removed: usize) {
        if removed > 0 {
            Rc::make_mut(&mut self.0.borrow_mut().keyring).removed += removed;
        }
    }

    /// Somebody has asked for what there is about the key.
    pub(crate) fn want_keyring(&self) {
        Rc::make_mut(&mut self.0.borrow_mut().keyring).is_wanted = true;
    }

    /// Whether the operator lets nobody keep keys.
    pub(crate) fn forbid_keeping(&self, is_forbidden: bool) {
        Rc::make_mut(&mut self.0.borrow_mut().keyring).is_forbidden = is_forbidden;
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
        let mut kept = self.0.borrow_mut();
        if kept.source.is_some() {
            kept.locked = None;
            kept.failure = None;
        }
    }

    /// What a call to a cloud is signed with. A key that is about to expire is replaced first, where
    /// there is a source; the calls that are on the way keep theirs.
    ///
    /// # Errors
    /// [`NO_KEY`], without a key of that cloud that can sign; [`Vault::state`] then says why.
    pub(crate) async fn hand(&self, cloud: &'static dyn Cloud) -> Result<Hand, &'static str> {
        self.renew(cloud).await?;
        let expired = {
            let kept = self.0.borrow();
            if kept.cloud != Some(cloud) || kept.key.is_empty() {
                return Err(NO_KEY);
            }
            kept.expires_at.is_some_and(|at| at <= clock::unix_seconds(0))
        };
        if expired {
            self.lock(Lock::Expired, false);
            return Err(NO_KEY);
        }
        let kept = self.0.borrow();
        Ok(Hand { key: kept.key.clone(), token: kept.token.clone(), key_id: kept.key_id.clone() })
    }

    /// Asks the source, if there is one, and if there is no key that will do for a while.
    pub(crate) async fn renew(&self, cloud: &'static dyn Cloud) -> Result<(), &'static str> {
        let asking = {
            let mut kept = self.0.borrow_mut();
            let Some(source) = kept.source.clone() else { return Ok(()) };
            if kept.locked.is_some() {
                return Err(NO_KEY);
            }
            let lasts =
                kept.expires_at.is_none_or(|at| at - clock::unix_seconds(0) >= 2 * LAST_SECONDS);
            if kept.cloud == Some(cloud) && !kept.key.is_empty() && lasts {
                return Ok(());
            }
            let vault = self.clone();
            let ask = || future_to_promise(async move { vault.ask(&source, cloud).await });
            // Whoever comes while it is being asked waits for the same answer.
            kept.asking.get_or_insert_with(ask).clone()
        };
        let answered = JsFuture::from(asking).await;
        self.0.borrow_mut().asking = None;
        answered.map(drop).map_err(|_| NO_KEY)
    }

    async fn ask(&self, source: &Source, cloud: &'static dyn Cloud) -> Result<JsValue, JsValue> {
        let given = source.ask(cloud).await;
        let mut kept = self.0.borrow_mut();
        if kept.locked.is_some() {
            return Err(JsValue::UNDEFINED);
        }
        let given = given.and_then(|given| match given.secret.held() {
            Held::Usable => {
                let token = given.token.as_ref().map(Typed::traits);
                let guard = Guard { secret: Some(given.secret.traits()), token };
                match check_key(cloud, &given.key_id, guard) {
                    Ok(()) => Ok((given, guard)),
                    Err(refusal) => Err(refusal.sentence(Locale::En)),
                }
            }
            Held::Nothing | Held::Malformed => Err("`secret` cannot be one".to_owned()),
        });
        match given {
            Ok((given, guard)) => {
                kept.guard = guard;
                kept.key.wipe();
                kept.cloud = Some(cloud);
                kept.key = Key::new(cloud, &given.secret);
                kept.token = given.token.map(|token| Zeroizing::new(token.text()));
                kept.chosen = None;
                kept.key_id = Some(given.key_id);
                kept.expires_at = given.expires_at;
                kept.failure = None;
                Ok(JsValue::UNDEFINED)
            }
            Err(what) => {
                kept.failure = Some(format!("{}: {what}", source.name()).into());
                Err(JsValue::UNDEFINED)
            }
        }
    }

    /// The public half of the key, where it came with the secret.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.0.borrow().key_id.clone()
    }
}

#[cfg(feature = "console")]
impl Hand {
    /// The token, for a header of the request that is about to be signed.
    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// The public half of the key, where it came with the secret.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Puts the signature under a prepared request; `None` if the key was forgotten meanwhile.
    pub(crate) async fn sign(
        self,
        cloud: &dyn Cloud,
        prepared: Prepared,
    ) -> Option<Request<Signed>> {
        let tag = self.key.mac(cloud, prepared.keying, &prepared.message).await?;
        Some(prepared.finish(&tag))
    }
}
