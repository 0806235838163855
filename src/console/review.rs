//! The form, the look before the review, and the review: core's session, told what happens.

use crate::console::{Console, Msg, calls::pause_until};
use crate::services::{approval::ApprovalStatus, clock};
use gloo_timers::callback::Timeout;
use relight_core::{
    form::FormEdit, model::instance_id::InstanceId, run::PreflightCommand, session::Action,
    transport::TransportResult,
};
use std::sync::Arc;
use yew::Context;

impl Console {
    /// On to the review, with a look before it or without, perhaps instead of one that is so old; with a
    /// fresh key first, where one comes from somewhere.
    pub(super) fn review(
        &mut self,
        ctx: &Context<Self>,
        preflight: bool,
        replaced_age_ms: Option<u64>,
    ) -> bool {
        if !self.vault.has_source() {
            return self.review_now(ctx, preflight, replaced_age_ms);
        }
        self.vault.unlock();
        let (vault, cloud) = (self.vault.clone(), self.cloud());
        ctx.link().send_future(async move {
            // Whether it went well the vault says itself.
            let _: Result<(), &str> = vault.renew(cloud).await;
            Msg::Renewed { preflight, replaced_age_ms }
        });
        let source = self.view.key.source.as_deref().unwrap_or_default();
        self.view.approval = ApprovalStatus::KeyAsked(source.to_owned());
        true
    }

    /// Goes on to the review for which a key was asked for, if one came and is still wanted.
    pub(super) fn renewed(
        &mut self,
        ctx: &Context<Self>,
        preflight: bool,
        replaced_age_ms: Option<u64>,
    ) -> bool {
        if !matches!(self.view.approval, ApprovalStatus::KeyAsked(_)) {
            return false;
        }
        self.view.approval = ApprovalStatus::Nothing;
        if let Some(key_id) = self.vault.key_id() {
            self.update_session(ctx, Action::Edit(FormEdit::KeyId(key_id)));
        }
        self.sync_vault();
        if self.view.key.failure.is_none() {
            self.review_now(ctx, preflight, replaced_age_ms);
        }
        true
    }

    fn review_now(
        &mut self,
        ctx: &Context<Self>,
        preflight: bool,
        replaced_age_ms: Option<u64>,
    ) -> bool {
        // What was known of the proxy may have grown too old.
        self.choose_route();
        let action = Action::Review {
            secret: self.view.key.secret,
            token: self.view.key.token,
            through_proxy: self.through_proxy(),
            preflight,
            replaced_age_ms,
        };
        self.update_session(ctx, action)
    }

    /// Carries out an action of the form or the review, and the look that may follow from it.
    pub(super) fn update_session(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let before = self.view.session.plan().cloned();
        let session = self.view.session.make_mut();
        let changed = session.update(action);
        if self.wants_region_search && session.review().is_some() {
            self.wants_region_search = false;
            let through_proxy = self.through_proxy();
            self.view.session.make_mut().update(Action::SearchRegions { through_proxy });
        }
        if changed {
            self.choose_route();
            let after = self.view.session.plan();
            if !matches!((&before, after), (Some(before), Some(after)) if Arc::ptr_eq(before, after))
            {
                // What was asked for is no longer what stands there.
                let was_asked = self.view.approval == ApprovalStatus::Asked;
                self.withdraw();
                if was_asked && self.view.session.plan().is_some() {
                    self.changed(None);
                }
            }
            self.advance_preflight(ctx);
        }
        changed
    }

    /// The next step of the look before the review, or of the search in other regions.
    pub(super) fn advance_preflight(&mut self, ctx: &Context<Self>) {
        let next = self.view.session.make_mut().next_preflight(clock::now());
        let Some((target, skew_seconds, command)) = next else {
            self.preflight = None;
            self.preflight_wake = None;
            return;
        };
        match command {
            PreflightCommand::Describe(ids) => {
                let key_id = self.view.session.form().key_id().to_owned();
                let news = |ticket, ids, result| Msg::Described { ticket, ids, result };
                self.preflight =
                    Some(self.send_describe(ctx, &target, ids, key_id, skew_seconds, news));
            }
            PreflightCommand::WakeAt(at) => {
                let link = ctx.link().clone();
                let pause = pause_until(at);
                self.preflight_wake =
                    Some(Timeout::new(pause, move || link.send_message(Msg::PreflightWake)));
            }
            PreflightCommand::Wait | PreflightCommand::Done => {}
        }
    }

    /// What a describe call of the look has brought.
    pub(super) fn described(
        &mut self,
        ctx: &Context<Self>,
        ticket: u64,
        ids: Vec<InstanceId>,
        result: TransportResult,
    ) -> bool {
        // What belongs to a look that was given up is of no use any more.
        if self.preflight != Some(ticket) {
            return false;
        }
        self.update_session(ctx, Action::Described { now: clock::now(), ids, result })
    }
}
