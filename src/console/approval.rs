//! Approval: the host page is asked once per choice, and an approved choice is carried out once it can
//! be.

use crate::{
    console::{
        Console, Msg,
        events::{BeforeSend, to_js},
        message::ApprovalRequest,
    },
    services::{
        approval::{self, ApprovalResponse, ApprovalStatus},
        clock,
    },
};
use relight_core::{
    model::{instance_id::InstanceId, plan::Plan},
    run::{Approval, Choice, Event, outdated},
};
use std::sync::Arc;
use wasm_bindgen::JsValue;
use yew::Context;

impl Console {
    /// Asks the host page, and starts the run under review once it approves. Only once: a second click
    /// finds a run in progress, or the question pending.
    pub(super) fn send(&mut self, ctx: &Context<Self>, plan: Arc<Plan>) -> bool {
        // What is known of the proxy may have expired since the review was rendered, or another tab has
        // found out something else.
        self.choose_route();
        if self.view.run.is_some() {
            return true;
        }
        if self.view.session.plan() != Some(&plan) {
            return self.approval_changed(None);
        }
        if !self.view.session.may_send() {
            return true;
        }
        let now = clock::now();
        if let Some(age_ms) = self.view.session.outdated(now) {
            return self.review(ctx, true, Some(age_ms));
        }
        // Approved a while ago, and described again since: the host page is not asked twice.
        if let Some((approved, at)) = self.approved.take()
            && approved == plan
            && outdated(at, now).is_none()
        {
            return self.grant(ctx, ApprovalRequest::Send(plan));
        }
        let detail = to_js(&BeforeSend::of(&plan));
        self.request_approval(ctx, ApprovalRequest::Send(plan), &detail)
    }

    /// Asks the host page to approve sending some of a run again. What sends nothing needs no approval.
    pub(super) fn ask_for(&mut self, ctx: &Context<Self>, approval: Approval) -> bool {
        self.update_run_settings(ctx);
        let Some(run) = &self.view.run else { return false };
        let choice = approval.choice();
        if run.refusal(choice).is_some() {
            return true;
        }
        // A describe request needs no approval.
        if choice == Choice::CheckUnknown || run.is_outdated(choice) {
            return self.step(ctx, Event::Ask(approval));
        }
        // A choice that is out of date is not asked about.
        if !run.covers(&approval) {
            return self.approval_changed(Some(choice));
        }
        let ids = approval.ids().iter().map(InstanceId::as_str).collect();
        let detail = to_js(&BeforeSend::new(approval.spec(), ids, approval.calls()));
        let run_id = run.about().id.clone();
        self.request_approval(ctx, ApprovalRequest::SendAgain { run_id, approval }, &detail)
    }

    /// Reports that what was confirmed or approved is not what would be sent now.
    pub(super) fn approval_changed(&mut self, choice: Option<Choice>) -> bool {
        self.asked += 1;
        self.view.approval =
            ApprovalStatus::Changed { choice, number: self.asked, outdated: false };
        true
    }

    /// Reports that the states behind a choice are read first.
    pub(super) fn approval_outdated(&mut self, choice: Choice) -> bool {
        self.asked += 1;
        let number = self.asked;
        self.view.approval =
            ApprovalStatus::Changed { choice: Some(choice), number, outdated: true };
        true
    }

    fn request_approval(
        &mut self,
        ctx: &Context<Self>,
        request: ApprovalRequest,
        detail: &JsValue,
    ) -> bool {
        if self.view.approval == ApprovalStatus::Asked {
            return false;
        }
        match approval::ask(ctx.props().host(), detail) {
            ApprovalResponse::Given => self.grant(ctx, request),
            ApprovalResponse::Refused(words) => {
                self.view.approval = ApprovalStatus::Refused(words);
                true
            }
            ApprovalResponse::Later(promise) => {
                self.view.approval = ApprovalStatus::Asked;
                self.asked += 1;
                let number = self.asked;
                ctx.link().send_future(async move {
                    let answer = approval::answer(promise).await;
                    Msg::Answered { number, request, answer }
                });
                true
            }
        }
    }

    /// The host page has answered.
    pub(super) fn answered(
        &mut self,
        ctx: &Context<Self>,
        number: u64,
        request: ApprovalRequest,
        answer: Result<(), ApprovalStatus>,
    ) -> bool {
        if number != self.asked {
            return false;
        }
        match answer {
            Ok(()) => self.grant(ctx, request),
            Err(status) => {
                self.view.approval = status;
                true
            }
        }
    }

    /// Carries out what was approved, if it is still current.
    fn grant(&mut self, ctx: &Context<Self>, request: ApprovalRequest) -> bool {
        self.view.approval = ApprovalStatus::Nothing;
        match request {
            ApprovalRequest::Send(plan) => {
                if self.view.run.is_some() {
                    return true;
                }
                if self.view.session.plan() != Some(&plan) {
                    return self.approval_changed(None);
                }
                let now = clock::now();
                if let Some(age_ms) = self.view.session.outdated(now) {
                    // Approved after so long that the states are read again first.
                    self.approved = Some((plan, now));
                    return self.review(ctx, true, Some(age_ms));
                }
                if self.view.session.may_send() {
                    self.start_run(ctx, &plan);
                }
            }
            ApprovalRequest::SendAgain { run_id, approval } => {
                if self.is_current(&run_id) {
                    self.step(ctx, Event::Ask(approval));
                }
            }
        }
        true
    }

    /// Ignores the answer to the pending request.
    pub(super) fn withdraw(&mut self) {
        self.asked += 1;
        self.view.approval = ApprovalStatus::Nothing;
    }
}
