//! The key: user input goes to the vault, which alone holds it.

use crate::{
    components::common::dom,
    console::{Console, Msg},
    services::{
        clock,
        vault::{
            Key,
            key_store::{self, KeyStoreError, SavePermission, SavedKey},
        },
    },
};
use relight_core::{
    credential::{check_key, is_like_a_key},
    form::{FormEdit, SecretStatus},
    model::cloud::Cloud,
    run::Event,
    session::Action,
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::Context;

impl Console {
    /// The cloud of the key: the run's, or else the form's.
    pub(super) fn cloud(&self) -> &'static Cloud {
        match &self.view.run {
            Some(run) => run.spec().target().cloud,
            None => self.view.session.form().cloud(),
        }
    }

    /// The key id to sign with: the run's, or else the form's.
    pub(super) fn key_id(&self) -> &str {
        match (&self.view.wrong_key_id, &self.view.run) {
            (Some(key_id), Some(_)) => key_id,
            (None, Some(run)) => &run.about().key_id,
            (_, None) => self.view.session.form().key_id(),
        }
    }

    /// Passes another key id to a run, if it can be one: it is recorded with what is signed, so what may
    /// be the secret never reaches the run. Returns whether the view has changed.
    pub(super) fn change_key_id(&mut self, ctx: &Context<Self>, key_id: &str) -> bool {
        if self.view.run.is_none() {
            return false;
        }
        let key_id = key_id.trim();
        if check_key(self.cloud(), key_id, self.vault.guard()).is_err() {
            self.view.wrong_key_id = Some(key_id.into());
            return true;
        }
        self.view.wrong_key_id = None;
        self.step(ctx, Event::KeyId(key_id.to_owned()))
    }

    /// The key id was refused because of the secret at that time; there is another one now.
    pub(super) fn recheck_key_id(&mut self, ctx: &Context<Self>) -> bool {
        match self.view.wrong_key_id.clone() {
            Some(key_id) => self.change_key_id(ctx, &key_id),
            None => false,
        }
    }

    /// Whether the run may go on with what is typed: after a refused key id it would go on with the
    /// previous one.
    pub(super) fn key_fits(&mut self, ctx: &Context<Self>) -> bool {
        self.retake_secret(ctx);
        self.recheck_key_id(ctx);
        self.view.wrong_key_id.is_none()
    }

    /// Wipes the key. A run in progress pauses for another.
    pub(super) fn wipe_key(&mut self, ctx: &Context<Self>) -> bool {
        empty_fields(ctx);
        self.vault.wipe();
        self.step_all(ctx, Event::KeyGone);
        true
    }

    /// Takes the secret field again, which was not emptied because it did not fit the key id: that may have
    /// changed.
    fn retake_secret(&mut self, ctx: &Context<Self>) {
        let Some(root) = ctx.props().host().shadow_root() else { return };
        if self.vault.state().secret != SecretStatus::Malformed
            || self.view.untrusted_parent.is_some()
        {
            return;
        }
        let typed = dom::take_secrets(&root);
        self.vault.set_secret(self.cloud(), self.key_id(), &typed[0]);
        if self.vault.state().secret == SecretStatus::Malformed {
            dom::restore_secrets(&root, &typed);
        } else if typed[1].status() != SecretStatus::Missing {
            self.vault.set_token(self.cloud(), &typed[1]);
        }
    }

    /// Saves the current key in the browser, if that is allowed.
    pub(super) fn save_key(&mut self, ctx: &Context<Self>, name: String) {
        let cloud = self.cloud();
        let key_id = self.key_id().to_owned();
        let may_be_saved = self.vault.state().may_save(cloud, &key_id) == SavePermission::Yes;
        if !may_be_saved || self.view.untrusted_parent.is_some() {
            return;
        }
        // Names are stored in plain text.
        if self.vault.guard().is_in(&name) || is_like_a_key(&name) {
            self.vault.set_store_error(Some(KeyStoreError::KeyInName));
            return;
        }
        let key = self.vault.key();
        let (changes, now) = (self.vault.changes(), clock::now());
        self.vault.set_store_error(None);
        ctx.link().send_future(async move {
            let id = key_store::save(cloud, &key_id, &name, &key, now).await;
            Msg::KeySaved { changes, id: id.map_err(KeyStoreError::SaveFailed) }
        });
    }

    /// Loads a saved key to sign with.
    pub(super) fn choose_key(&mut self, ctx: &Context<Self>, id: &Rc<str>) {
        let saved_keys = &self.view.key.saved_keys;
        let is_allowed = saved_keys.is_known && !saved_keys.is_forbidden;
        if !is_allowed || self.view.untrusted_parent.is_some() || self.vault.has_source() {
            return;
        }
        let (changes, id, now) = (self.vault.changes(), Rc::clone(id), clock::now());
        self.vault.set_store_error(None);
        ctx.link().send_future(async move {
            Msg::Chosen { changes, found: key_store::choose(&id, now).await.ok().flatten() }
        });
    }

    /// A saved key is loaded, with its cloud and key id. In a run only the run's own key is accepted.
    pub(super) fn chosen(
        &mut self,
        ctx: &Context<Self>,
        changes: u64,
        found: Option<(SavedKey, Key)>,
    ) -> bool {
        read_saved_keys(ctx);
        let Some((entry, key)) = found else {
            self.vault.set_store_error(Some(KeyStoreError::Gone));
            return false;
        };
        let Some(cloud) = entry.cloud.filter(|_| changes == self.vault.changes()) else {
            return false;
        };
        if self.view.run.is_none() {
            if self.cloud() != cloud {
                self.update_session(ctx, Action::Edit(FormEdit::Cloud(cloud.id.to_owned())));
            }
            if self.cloud() == cloud {
                self.update_session(ctx, Action::Edit(FormEdit::KeyId(entry.key_id.clone())));
            }
        }
        if self.cloud() == cloud && self.key_id() == entry.key_id {
            self.vault.use_saved(cloud, &entry, key);
        }
        true
    }

    /// The key was saved under this id, or was not.
    pub(super) fn key_saved(
        &mut self,
        ctx: &Context<Self>,
        changes: u64,
        id: Result<String, KeyStoreError>,
    ) -> bool {
        match id {
            Ok(id) => {
                // Another key may have been entered meanwhile.
                if changes == self.vault.changes() {
                    self.vault.mark_saved(&id);
                }
                read_saved_keys(ctx);
            }
            Err(error) => self.vault.set_store_error(Some(error)),
        }
        false
    }

    /// The saved keys are listed, or cannot be read.
    pub(super) fn saved_keys_read(
        &mut self,
        entries: Result<Vec<SavedKey>, KeyStoreError>,
        removed: usize,
    ) -> bool {
        self.vault.note_removed(removed);
        match entries {
            Ok(entries) => self.vault.set_saved(entries),
            Err(error) => self.vault.set_store_error(Some(error)),
        }
        false
    }

    /// Deletes saved keys, and wipes the current one if it is among them.
    pub(super) fn delete_saved_key(&mut self, ctx: &Context<Self>, id: Option<Rc<str>>) -> bool {
        let chosen = self.vault.chosen();
        let is_in_use = chosen.is_some() && (id.is_none() || id == chosen);
        self.vault.set_store_error(None);
        let link = ctx.link().clone();
        spawn_local(async move {
            let entries = match key_store::delete(id.as_deref()).await {
                Ok(()) => key_store::list().await.map_err(KeyStoreError::ReadFailed),
                Err(error) => Err(KeyStoreError::DeleteFailed(error)),
            };
            link.send_message(Msg::SavedKeys { entries, removed: 0 });
        });
        is_in_use && self.wipe_key(ctx)
    }

    /// Updates the view of the vault. Returns whether it has changed.
    pub(super) fn sync_vault(&mut self) -> bool {
        self.vault.use_cloud(self.cloud());
        if self.view.run.is_none() {
            self.view.wrong_key_id = None;
        }
        // A saved key belongs to its key id, and what is on the screen is what is sent.
        let belongs = |id: &Rc<str>| **id == key_store::id_of(self.cloud(), self.key_id());
        if !self.vault.chosen().as_ref().is_none_or(belongs) {
            self.vault.wipe();
        }
        let state = self.vault.state();
        let changed = self.view.key != state;
        if self.view.key.guard != state.guard {
            let guard = Action::Edit(FormEdit::Guard(state.guard));
            self.view.session.make_mut().update(guard);
        }
        self.view.key = state;
        changed
    }
}

/// Lists the saved keys, and reports them as a message.
pub(super) fn read_saved_keys(ctx: &Context<Console>) {
    ctx.link().send_future(async {
        // What cannot be deleted is listed as unusable.
        let removed = key_store::remove_derived().await.unwrap_or_default();
        Msg::SavedKeys {
            entries: key_store::list().await.map_err(KeyStoreError::ReadFailed),
            removed,
        }
    });
}

/// Empties the fields of secret and token. Returns whether one had a value.
pub(super) fn empty_fields(ctx: &Context<Console>) -> bool {
    ctx.props().host().shadow_root().is_some_and(|root| dom::empty_secrets(&root))
}
