//! The key: what people do with it goes to the vault, which alone holds it.

use super::{Console, Msg};
use crate::{
    clock,
    vault::{
        Key,
        keyring::{self, Entry, Keepable, Trouble},
    },
};
use relight_core::{cloud::Cloud, form::Fill, run::Event, session::Action};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::Context;

impl Console {
    /// The cloud whose key is wanted: the run's, or else the form's.
    pub(super) fn cloud(&self) -> &'static dyn Cloud {
        match &self.view.run {
            Some(run) => run.order().target().cloud,
            None => self.view.session.form().cloud(),
        }
    }

    /// The key id with which is signed: the run's, or else the form's.
    pub(super) fn key_id(&self) -> &str {
        match &self.view.run {
            Some(run) => &run.about().key_id,
            None => self.view.session.form().key_id(),
        }
    }

    /// Wipes the key. A run that is under way waits for another.
    pub(super) fn forget(&mut self, ctx: &Context<Self>) -> bool {
        self.vault.forget();
        self.step(ctx, Event::KeyGone);
        true
    }

    /// Has the browser keep the key that is held, if that may be.
    pub(super) fn keep(&mut self, ctx: &Context<Self>, name: String) {
        let cloud = self.cloud();
        let key_id = self.key_id().to_owned();
        let is_keepable = self.vault.state().keepable(cloud, &key_id) == Keepable::Yes;
        if !is_keepable || self.view.stranger.is_some() {
            return;
        }
        let key = self.vault.key();
        let (changes, now) = (self.vault.changes(), clock::now());
        self.vault.set_trouble(None);
        ctx.link().send_future(async move {
            let id = keyring::keep(cloud, &key_id, &name, &key, now).await;
            Msg::Kept { changes, id: id.map_err(Trouble::Unkept) }
        });
    }

    /// Takes a kept key out of the browser to sign with.
    pub(super) fn choose(&mut self, ctx: &Context<Self>, id: &Rc<str>) {
        let keyring = &self.view.key.keyring;
        let is_allowed = keyring.is_known && !keyring.is_forbidden;
        if !is_allowed || self.view.stranger.is_some() || self.vault.has_source() {
            return;
        }
        let (changes, id, now) = (self.vault.changes(), Rc::clone(id), clock::now());
        self.vault.set_trouble(None);
        ctx.link().send_future(async move {
            Msg::Chosen { changes, found: keyring::choose(&id, now).await.ok().flatten() }
        });
    }

    /// A kept key is there, with its cloud and key id. In a run only the one that began it will do.
    pub(super) fn chosen(
        &mut self,
        ctx: &Context<Self>,
        changes: u64,
        found: Option<(Entry, Key)>,
    ) -> bool {
        read_keyring(ctx);
        let Some((entry, key)) = found else {
            self.vault.set_trouble(Some(Trouble::Gone));
            return false;
        };
        let Some(cloud) = entry.cloud.filter(|_| changes == self.vault.changes()) else {
            return false;
        };
        if self.view.run.is_none() {
            if self.cloud() != cloud {
                self.fill(ctx, Action::Fill(Fill::Cloud(cloud.manifest().id.to_owned())));
            }
            if self.cloud() == cloud {
                self.fill(ctx, Action::Fill(Fill::KeyId(entry.key_id.clone())));
            }
        }
        if self.cloud() == cloud && self.key_id() == entry.key_id {
            self.vault.take_out(cloud, &entry, key);
        }
        true
    }

    /// The key is kept under this id, or is not.
    pub(super) fn kept(
        &mut self,
        ctx: &Context<Self>,
        changes: u64,
        id: Result<String, Trouble>,
    ) -> bool {
        match id {
            Ok(id) => {
                // Another one may have been entered meanwhile: that is not this one.
                if changes == self.vault.changes() {
                    self.vault.is_kept_as(&id);
                }
                read_keyring(ctx);
            }
            Err(trouble) => self.vault.set_trouble(Some(trouble)),
        }
        false
    }

    /// What the browser keeps is known now, or why it is not.
    pub(super) fn keyring_read(&mut self, entries: Result<Vec<Entry>, Trouble>) -> bool {
        match entries {
            Ok(entries) => self.vault.set_kept(entries),
            Err(trouble) => self.vault.set_trouble(Some(trouble)),
        }
        false
    }

    /// Deletes what is kept, and wipes it if it is held.
    pub(super) fn forget_kept(&mut self, ctx: &Context<Self>, id: Option<Rc<str>>) -> bool {
        let held = self.vault.chosen();
        let is_held = held.is_some() && (id.is_none() || id == held);
        self.vault.set_trouble(None);
        let link = ctx.link().clone();
        spawn_local(async move {
            let forgotten = keyring::forget(id.as_deref()).await;
            let entries = match forgotten {
                Ok(()) => keyring::list().await.map_err(Trouble::Unread),
                Err(error) => Err(Trouble::Unforgotten(error)),
            };
            link.send_message(Msg::Keyring(entries));
        });
        is_held && self.forget(ctx)
    }

    /// Draws what the vault says. Returns whether that is something else than before.
    pub(super) fn ask_vault(&mut self) -> bool {
        self.vault.keep_for(self.cloud());
        // A kept key belongs to its key id, and what is on the screen is what is sent.
        let belongs = |id: &Rc<str>| **id == keyring::id_of(self.cloud(), self.key_id());
        if !self.vault.chosen().as_ref().is_none_or(belongs) {
            self.vault.forget();
        }
        let state = self.vault.state();
        let changed = self.view.key != state;
        self.view.key = state;
        changed
    }
}

/// Reads which keys the browser keeps, and brings them as a message.
pub(super) fn read_keyring(ctx: &Context<Console>) {
    ctx.link().send_future(async { Msg::Keyring(keyring::list().await.map_err(Trouble::Unread)) });
}
