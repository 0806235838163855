//! The form, the look before the review, and the review: core's session, told what happens.

use super::{Console, Msg, calls::pause_until};
use crate::{approval::Standing, clock};
use gloo_timers::callback::Timeout;
use relight_core::{
    answer::Delivery, form::Fill, ids::InstanceId, run::LookCommand, session::Action,
};
use std::sync::Arc;
use yew::Context;

impl Console {
    /// On to the review, with a look before it or without, perhaps instead of one that is so old; with a
    /// fresh key first, where one comes from somewhere.
    pub(super) fn review(
        &mut self,
        ctx: &Context<Self>,
        look: bool,
        instead_of_ms: Option<u64>,
    ) -> bool {
        if !self.vault.has_source() {
            return self.review_now(ctx, look, instead_of_ms);
        }
        self.vault.unlock();
        let (vault, cloud) = (self.vault.clone(), self.cloud());
        ctx.link().send_future(async move {
            // Whether it went well the vault says itself.
            let _: Result<(), &str> = vault.renew(cloud).await;
            Msg::Renewed { look, instead_of_ms }
        });
        let source = self.view.key.source.as_deref().unwrap_or_default();
        self.view.leave = Standing::KeyAsked(source.to_owned());
        true
    }

    /// Goes on to the review for which a key was asked for, if one came and is still wanted.
    pub(super) fn renewed(
        &mut self,
        ctx: &Context<Self>,
        look: bool,
        instead_of_ms: Option<u64>,
    ) -> bool {
        if !matches!(self.view.leave, Standing::KeyAsked(_)) {
            return false;
        }
        self.view.leave = Standing::Nothing;
        if let Some(key_id) = self.vault.key_id() {
            self.fill(ctx, Action::Fill(Fill::KeyId(key_id)));
        }
        self.ask_vault();
        if self.view.key.failure.is_none() {
            self.review_now(ctx, look, instead_of_ms);
        }
        true
    }

    fn review_now(&mut self, ctx: &Context<Self>, look: bool, instead_of_ms: Option<u64>) -> bool {
        // What was known of the proxy may have grown too old.
        self.choose_route();
        let action = Action::Review {
            secret: self.view.key.secret,
            token: self.view.key.token,
            through_proxy: self.through_proxy(),
            look,
            instead_of_ms,
        };
        self.fill(ctx, action)
    }

    /// Carries out an action of the form or the review, and the look that may follow from it.
    pub(super) fn fill(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let before = self.view.session.plan().cloned();
        let session = self.view.session.make_mut();
        let changed = session.update(action);
        if self.search_elsewhere && session.review().is_some() {
            self.search_elsewhere = false;
            let through_proxy = self.through_proxy();
            self.view.session.make_mut().update(Action::LookElsewhere { through_proxy });
        }
        if changed {
            self.choose_route();
            let after = self.view.session.plan();
            if !matches!((&before, after), (Some(before), Some(after)) if Arc::ptr_eq(before, after))
            {
                // What was asked for is no longer what stands there.
                let was_asked = self.view.leave == Standing::Asked;
                self.withdraw();
                if was_asked && self.view.session.plan().is_some() {
                    self.changed(None);
                }
            }
            self.look(ctx);
        }
        changed
    }

    /// The next step of the look before the review, or of the search in other regions.
    pub(super) fn look(&mut self, ctx: &Context<Self>) {
        let next = self.view.session.make_mut().next_look(clock::now());
        let Some((target, skew_seconds, command)) = next else {
            self.look = None;
            self.look_wake = None;
            return;
        };
        match command {
            LookCommand::Describe(ids) => {
                let key_id = self.view.session.form().key_id().to_owned();
                let news = |ticket, ids, delivery| Msg::Looked { ticket, ids, delivery };
                self.look = Some(self.send_look(ctx, &target, ids, key_id, skew_seconds, news));
            }
            LookCommand::WakeAt(at) => {
                let link = ctx.link().clone();
                let pause = pause_until(at);
                self.look_wake = Some(Timeout::new(pause, move || link.send_message(Msg::Look)));
            }
            LookCommand::Wait | LookCommand::Done => {}
        }
    }

    /// What a describe call of the look has brought.
    pub(super) fn looked(
        &mut self,
        ctx: &Context<Self>,
        ticket: u64,
        ids: Vec<InstanceId>,
        delivery: Delivery,
    ) -> bool {
        // What belongs to a look that was given up is of no use any more.
        if self.look != Some(ticket) {
            return false;
        }
        self.fill(ctx, Action::Looked { now: clock::now(), ids, delivery })
    }
}
