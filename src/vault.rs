//! Where the key is kept: in this tab, as something that signs and cannot be read back.
//!
//! 1. A secret is the browser's string from the field to the key ([`key`]): this program's memory
//!    never has it, and nothing here can print, copy or store it.
//! 2. A key belongs to the cloud for which it was entered. With another cloud it is forgotten, as the
//!    form forgets the key id: a key of one cloud is nothing to another.
//! 3. What was forgotten signs nothing more, not even a call that waits for its turn.

mod key;

pub(crate) use key::Key;
pub use key::Typed;

use crate::store::KeyState;
use relight_core::{cloud::Cloud, form::Held};
#[cfg(feature = "console")]
use relight_core::{
    request::{Request, Signed},
    sign::Prepared,
};
use std::{cell::RefCell, rc::Rc};
use zeroize::Zeroizing;

/// Secret and token of one key. A clone is the same vault.
#[derive(Clone, Default)]
pub(crate) struct Vault(Rc<RefCell<Kept>>);

#[derive(Default)]
struct Kept {
    /// For which cloud it was entered.
    cloud: Option<&'static dyn Cloud>,
    key: Key,
    /// The secret cannot be one.
    malformed: bool,
    token: Option<Token>,
}

/// The token of a temporary key.
pub(crate) type Token = Zeroizing<String>;

/// What one call is signed with, taken at once: nothing that is entered, fetched or forgotten later
/// changes half of it.
#[cfg(feature = "console")]
pub(crate) struct Hand {
    key: Key,
    token: Option<Token>,
}

impl Vault {
    /// Keeps a secret for a cloud; an empty one forgets.
    pub(crate) fn keep_secret(&self, cloud: &'static dyn Cloud, secret: &Typed) {
        self.keep_for(cloud);
        let mut kept = self.0.borrow_mut();
        kept.key.wipe();
        kept.key = Key::new(cloud, secret);
        kept.malformed = secret.held() == Held::Malformed;
    }

    /// Keeps a token for a cloud; an empty one forgets.
    pub(crate) fn keep_token(&self, cloud: &'static dyn Cloud, token: &Typed) {
        self.keep_for(cloud);
        let held = token.held() != Held::Nothing;
        self.0.borrow_mut().token = held.then(|| Zeroizing::new(token.text()));
    }

    /// Keeps what the front has handed over.
    #[cfg(feature = "console")]
    pub(crate) fn take_over(&self, cloud: &'static dyn Cloud, key: Key, token: &Typed) {
        self.keep_token(cloud, token);
        self.0.borrow_mut().key = key;
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
        let kept = self.0.take();
        kept.key.wipe();
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
            is_readable: kept.key.is_readable(),
        }
    }

    /// Key and token as the module takes them over: [`Vault::take_over`].
    #[cfg(not(feature = "console"))]
    pub(crate) fn hand_over(&self) -> [wasm_bindgen::JsValue; 2] {
        let kept = self.0.borrow();
        let token = kept.token.as_ref().map_or("", |token| token);
        [kept.key.hand_over(), token.into()]
    }

    /// What a call to a cloud is signed with; `None` without a key of that cloud.
    #[cfg(feature = "console")]
    pub(crate) fn hand(&self, cloud: &'static dyn Cloud) -> Option<Hand> {
        let kept = self.0.borrow();
        (kept.cloud == Some(cloud) && !kept.key.is_empty())
            .then(|| Hand { key: kept.key.clone(), token: kept.token.clone() })
    }
}

#[cfg(feature = "console")]
impl Hand {
    /// The token, for a header of the request that is about to be signed.
    pub(crate) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
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
