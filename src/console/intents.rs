//! What a person wants: each wish is passed on to the part that carries it out.

use super::{Console, export::copy, key::empty_fields};
use crate::{
    config,
    store::Intent,
    vault::{Lock, source},
};
use relight_core::{form::Fill, run::Event, session::Action};
use yew::Context;

impl Console {
    /// Returns whether there is something else to be drawn.
    pub(super) fn carry_out(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        match intent {
            Intent::Locale(locale) => {
                config::remember(locale);
                self.fill(ctx, Action::Locale(locale))
            }
            Intent::Fill(fill) => {
                let of_run =
                    matches!(&fill, Fill::KeyId(key_id) if self.change_key_id(ctx, key_id));
                self.fill(ctx, Action::Fill(fill)) || of_run
            }
            Intent::Form(action) => self.fill(ctx, action),
            // There is no field to type it in, either.
            Intent::Secret(_) | Intent::Token(_) if self.view.stranger.is_some() => false,
            Intent::Secret(secret) => {
                self.vault.keep_secret(self.cloud(), self.key_id(), &secret);
                self.judge_key_id_again(ctx)
            }
            Intent::Token(token) => {
                self.vault.keep_token(self.cloud(), &token);
                false
            }
            Intent::ExpiresAt(text) => {
                self.vault.set_expiry(source::seconds(&text.into()));
                false
            }
            Intent::Keep(name) => {
                self.keep(ctx, name);
                false
            }
            Intent::Choose(id) => {
                self.choose(ctx, &id);
                false
            }
            Intent::ForgetKept(id) => self.forget_kept(ctx, id),
            Intent::Forget => self.forget(ctx),
            Intent::Lock => {
                let was_typed = empty_fields(ctx);
                self.vault.lock(Lock::Asked, was_typed);
                self.step(ctx, Event::KeyGone);
                true
            }
            Intent::Review => self.review(ctx, true, None),
            Intent::ReviewUnseen => self.review(ctx, false, None),
            Intent::LookElsewhere => {
                let through_proxy = self.through_proxy();
                self.fill(ctx, Action::LookElsewhere { through_proxy })
            }
            Intent::Send(plan) => self.send(ctx, plan),
            Intent::Run(Event::Ask(approval)) => {
                if !self.key_fits(ctx) {
                    return true;
                }
                self.vault.unlock();
                self.ask_for(ctx, approval)
            }
            Intent::SaveAside => {
                if let Some(aside) = self.view.aside.clone() {
                    self.save_records(ctx, aside.0.clone());
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
            Intent::Kept(wish) => self.see_to_runs(ctx, wish),
            Intent::Examine => self.examine(ctx),
            Intent::Anew { ids, verb, elsewhere, keep_key } => {
                self.anew(ctx, &ids, verb, elsewhere, keep_key)
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
}
