//! User intents: each is passed to the part that handles it.

use crate::{
    console::{Console, export::copy, key::empty_fields},
    services::{
        config,
        vault::{LockReason, source},
    },
    store::{Intent, Removed},
};
use relight_core::{form::FormEdit, run::Event, session::Action};
use std::{rc::Rc, sync::Arc};
use yew::Context;

impl Console {
    /// Returns whether the view has changed.
    pub(super) fn handle_intent(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        match intent {
            Intent::Locale(locale) => {
                config::save_locale(locale);
                self.update_session(ctx, Action::Locale(locale))
            }
            Intent::Edit(edit) => self.edit(ctx, edit),
            Intent::UseCorrections => self.use_corrections(ctx),
            Intent::Undo => self.undo(ctx),
            Intent::Form(action) => self.handle_form(ctx, action),
            // The field is not rendered, either.
            Intent::Secret(_) | Intent::Token(_) if self.view.untrusted_parent.is_some() => false,
            Intent::Secret(secret) => {
                self.vault.set_secret(self.cloud(), self.key_id(), &secret);
                self.recheck_key_id(ctx)
            }
            Intent::Token(token) => {
                self.vault.set_token(self.cloud(), &token);
                self.recheck_key_id(ctx)
            }
            Intent::ExpiresAt(text) => {
                self.vault.set_expiry(source::seconds(&text.into()));
                false
            }
            Intent::SaveKey(name) => {
                self.save_key(ctx, name);
                false
            }
            Intent::Choose(id) => {
                self.choose_key(ctx, &id);
                false
            }
            Intent::DeleteSavedKey(id) => self.delete_saved_key(ctx, id),
            Intent::Advanced => false,
            Intent::AboutKey => {
                self.vault.show_saved_keys();
                true
            }
            Intent::WipeKey => self.wipe_key(ctx),
            Intent::LockKey => {
                let was_typed = empty_fields(ctx);
                self.vault.lock(LockReason::Asked, was_typed);
                self.step_all(ctx, Event::KeyGone);
                true
            }
            Intent::Review => self.resolve_first(ctx) || self.review(ctx, true, None),
            Intent::SkipPreflight => self.review(ctx, false, None),
            Intent::SearchRegions => {
                let through_proxy = self.through_proxy();
                self.update_session(ctx, Action::SearchRegions { through_proxy })
            }
            Intent::Instances(action) => self.handle_instances(ctx, action),
            Intent::Send(plan) => self.send(ctx, plan),
            Intent::Run(Event::Ask(approval)) => {
                if !self.key_fits(ctx) {
                    return true;
                }
                self.vault.unlock();
                self.ask_for(ctx, approval)
            }
            Intent::SaveQuarantined => {
                if let Some(quarantined) = self.view.quarantined.clone() {
                    self.save_records(ctx, quarantined.0.clone());
                }
                false
            }
            Intent::DropLink => self.drop_link(ctx),
            Intent::Withdraw => {
                self.withdraw();
                true
            }
            Intent::Run(event) => {
                if let Event::Resume = event {
                    if !self.key_fits(ctx) {
                        return true;
                    }
                    self.vault.unlock();
                }
                self.step(ctx, event)
            }
            Intent::NewRun => self.new_run(ctx),
            Intent::OpenBackground(id) => self.open_background(ctx, &id),
            Intent::DismissBackground(id) => self.dismiss_background(ctx, &id),
            Intent::History(action) => self.handle_history(ctx, action),
            Intent::RunDiagnostics => self.run_diagnostics(ctx),
            Intent::StartOver { ids, verb, region_search, keep_key } => {
                self.start_over(ctx, &ids, verb, region_search, keep_key)
            }
            Intent::Export(format) => {
                self.export(format);
                false
            }
            Intent::Copy(text) => {
                copy(&text);
                false
            }
        }
    }

    fn edit(&mut self, ctx: &Context<Self>, edit: FormEdit) -> bool {
        let before = Removed::by(&edit, self.view.session.form().ids_text());
        let removed = before.map(|text| Rc::new(Removed::Ids(text, self.view.resolved.clone())));
        if let FormEdit::IdsText(_) | FormEdit::AddIds(_) | FormEdit::RemoveIds(_) = &edit {
            self.view.resolved = None;
        }
        let of_run = matches!(&edit, FormEdit::KeyId(key_id) if self.change_key_id(ctx, key_id));
        let changed = self.update_session(ctx, Action::Edit(edit));
        let had_undo = self.view.undo.is_some();
        self.view.undo = removed;
        changed || of_run || had_undo
    }

    fn use_corrections(&mut self, ctx: &Context<Self>) -> bool {
        let form = self.view.session.form();
        let before = Removed::Ids(Arc::clone(form.ids_text()), self.view.resolved.clone());
        let text = form.parsed().corrected(form.ids_text());
        let changed = self.edit(ctx, FormEdit::IdsText(text));
        self.view.undo = Some(Rc::new(before));
        changed
    }

    /// Brings back what was removed last.
    fn undo(&mut self, ctx: &Context<Self>) -> bool {
        match self.view.undo.take().as_deref() {
            None => false,
            Some(Removed::Ids(text, resolved)) => {
                self.update_session(ctx, Action::Edit(FormEdit::IdsText(text.to_string())));
                self.view.resolved.clone_from(resolved);
                true
            }
            Some(Removed::Selection(saved)) => self.save_selection(saved.clone()),
        }
    }

    fn handle_form(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        // Another target is checked without another click.
        let changes_target = matches!(action, Action::Instead { .. } | Action::GoTo { .. });
        let changed = self.update_session(ctx, action);
        if changed && changes_target {
            self.review(ctx, true, None);
        }
        changed
    }
}
