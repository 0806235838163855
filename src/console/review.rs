//! The form, the preflight and the review: passes events to core's session.

use crate::{
    console::{Console, Msg, calls::pause_until},
    services::{approval::ApprovalStatus, clock},
};
use gloo_timers::callback::Timeout;
use relight_core::{
    form::FormEdit, model::instance_id::InstanceId, run::PreflightCommand, session::Action,
    transport::TransportResult,
};
use std::sync::Arc;
use yew::Context;

impl Console {
    /// On to the review, with or without preflight, perhaps in place of an expired one; with a new temporary
    /// key first, where there is a source.
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
            // The vault has the error if it failed.
            let _: Result<(), &str> = vault.renew(cloud).await;
            Msg::Renewed { preflight, replaced_age_ms }
        });
        let source = self.view.key.source.as_deref().unwrap_or_default();
        self.view.approval = ApprovalStatus::KeyAsked(source.to_owned());
        true
    }

    /// Goes on to the review for which a key was fetched, if there is one and the review is still current.
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
        // What is known of the proxy may have expired.
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

    /// Applies an action to the form or the review, and starts the preflight that may follow.
    pub(super) fn update_session(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let before = self.view.session.plan().cloned();
        let ids_before = Arc::clone(self.view.session.form().ids_text());
        let session = self.view.session.make_mut();
        let changed = session.update(action);
        if self.wants_region_search && session.review().is_some() {
            self.wants_region_search = false;
            let through_proxy = self.through_proxy();
            self.view.session.make_mut().update(Action::SearchRegions { through_proxy });
        }
        if !Arc::ptr_eq(&ids_before, self.view.session.form().ids_text()) {
            self.view.undo = None;
        }
        if changed {
            self.choose_route();
            let after = self.view.session.plan();
            if !matches!((&before, after), (Some(before), Some(after)) if Arc::ptr_eq(before, after))
            {
                // What the host page was asked about is not current any more.
                let was_asked = self.view.approval == ApprovalStatus::Asked;
                self.withdraw();
                if was_asked && self.view.session.plan().is_some() {
                    self.approval_changed(None);
                }
            }
            self.drop_foreign_list();
            self.advance_preflight(ctx);
        }
        changed
    }

    /// The next step of the preflight, or of the region search.
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
                let to_msg = |ticket, ids, result| Msg::Described { ticket, ids, result };
                self.preflight =
                    Some(self.send_describe(ctx, &target, ids, key_id, skew_seconds, to_msg));
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

    /// The result of a describe request of the preflight.
    pub(super) fn described(
        &mut self,
        ctx: &Context<Self>,
        ticket: u64,
        ids: Vec<InstanceId>,
        result: TransportResult,
    ) -> bool {
        // The result of a cancelled preflight is ignored.
        if self.preflight != Some(ticket) {
            return false;
        }
        self.update_session(ctx, Action::Described { now: clock::now(), ids, result })
    }
}
