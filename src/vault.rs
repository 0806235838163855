//! Where the key is kept: in this tab's memory, and nowhere else.

use relight_core::{
    form::Held,
    request::{Request, Signed},
    sign::{Prepared, Secret},
};
use zeroize::Zeroizing;

/// Secret and token of one key. Neither can be read back; dropping the vault wipes them.
#[derive(Default)]
pub(crate) struct Vault {
    secret: Option<(Secret, Held)>,
    token: Option<Zeroizing<String>>,
}

impl Vault {
    /// Keeps a secret; an empty one forgets.
    pub(crate) fn keep_secret(&mut self, secret: String) {
        let held = Held::of(&secret);
        self.secret = (held != Held::Nothing).then(|| (Secret::new(secret), held));
    }

    /// Keeps a token; an empty one forgets.
    pub(crate) fn keep_token(&mut self, token: String) {
        let token = Zeroizing::new(token);
        self.token = (Held::of(&token) != Held::Nothing).then_some(token);
    }

    /// Wipes everything.
    pub(crate) fn forget(&mut self) {
        *self = Vault::default();
    }

    /// What can be said of the secret without showing it.
    pub(crate) fn secret(&self) -> Held {
        self.secret.as_ref().map_or(Held::Nothing, |(_, held)| *held)
    }

    /// What can be said of the token without showing it.
    pub(crate) fn token(&self) -> Held {
        self.token.as_ref().map_or(Held::Nothing, |token| Held::of(token))
    }

    /// The token, for a header of the request that is about to be signed.
    pub(crate) fn token_for_signing(&self) -> Option<String> {
        self.token.as_ref().map(|token| token.to_string())
    }

    /// Puts the signature under a prepared request; `None` without a secret.
    pub(crate) fn finish(&self, prepared: Prepared) -> Option<Request<Signed>> {
        self.secret.as_ref().map(|(secret, _)| prepared.finish_with(secret))
    }
}
