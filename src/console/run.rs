//! The run that is shown: starts it, passes events to it, carries out its commands, closes it.

use crate::{
    components::common::dom,
    console::{
        Console, Msg,
        calls::pause_until,
        events::{BeforeSend, announce, announce_end, to_js},
        uploads::upload_record,
    },
    element,
    services::{
        clock,
        locks::{NoLocks, RunLock},
        saved_form, uploads,
    },
    store::Shared,
};
use gloo_timers::callback::{Interval, Timeout};
use js_sys::Function;
use relight_core::{
    form::FormEdit,
    model::{cloud::Verb, instance_id::InstanceId, outcome::Outcome, plan::Plan},
    run::{Command, Event, Millis, Run, RunStatus},
    session::Action,
};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use yew::Context;

/// A run of more instances than this is not rendered at every change.
const RENDERED_AT_ONCE: usize = 500;

/// But this often, in milliseconds.
const RENDER_INTERVAL_MS: Millis = 250;

impl Console {
    /// Starts a run of the plan under review.
    pub(super) fn start_run(&mut self, ctx: &Context<Self>, plan: &Plan) {
        let run_id = clock::nonce().unwrap_or_default();
        let person = self.config.settings.person.clone();
        let session = &self.view.session;
        let run = session.run(plan, run_id.clone(), clock::now(), person, self.through_proxy());
        let Some(run) = run else { return };
        // The focused button is unmounted with the review. A browser that finds that out by itself makes
        // one more layout.
        dom::blur(ctx.props().host());
        self.view.link = None;
        // The next run has its own reason, and its own instances.
        self.view.last_reason =
            Some(run.about().reason.as_str()).filter(|one| !one.is_empty()).map(Into::into);
        saved_form::remember(&run, self.view.last_ids.make_mut());
        let preset = self.config.settings.preset.instance_ids.as_deref().unwrap_or_default();
        let session = self.view.session.make_mut();
        session.remove_sent(&plan.ids().cloned().collect::<Vec<_>>());
        session.update(Action::Edit(FormEdit::Reason(String::new())));
        session.update(Action::Edit(FormEdit::IdsText(preset.join("\n"))));
        self.view.resolved = None;
        self.view.undo = None;
        self.show(ctx, run);
        let detail = to_js(&BeforeSend::of(plan));
        element::fire(ctx.props().host(), "relight-run-started", &detail, false);
        // Claims count only while the lock is held, so the first call waits for it.
        ctx.link().send_future(async move {
            let lock = RunLock::take(&run_id).await.unwrap_or_else(|NoLocks| None);
            Msg::Locked { run_id, lock }
        });
    }

    /// Reviews some instances of a run again, with its cloud, region and key: the preflight decides what can
    /// be done with them.
    pub(super) fn start_over(
        &mut self,
        ctx: &Context<Self>,
        ids: &[InstanceId],
        verb: Verb,
        region_search: bool,
        keep_key: bool,
    ) -> bool {
        let Some(run) = self.view.run.clone() else { return false };
        let Some(operation) = run.operation_for(verb) else { return false };
        if !self.new_run(ctx) {
            return false;
        }
        if !keep_key {
            self.vault.wipe();
            self.sync_vault();
        }
        self.view.session.make_mut().fill_from_run(&run, ids, operation);
        self.wants_region_search = region_search;
        self.review(ctx, true, None);
        true
    }

    /// Shows a restored run. It neither describes nor sends until the user asks.
    pub(super) fn restored(
        &mut self,
        ctx: &Context<Self>,
        run: Run,
        lock: Option<RunLock>,
    ) -> bool {
        if self.view.run.is_some() || self.view.session.review().is_some() {
            // The user was faster, and something else is shown.
            return false;
        }
        self.run_lock = lock;
        self.show(ctx, run);
        self.update_run_settings(ctx);
        true
    }

    /// Shows a run from the history, likewise.
    pub(super) fn opened(&mut self, ctx: &Context<Self>, run: Run, lock: Option<RunLock>) -> bool {
        if self.close_run(ctx) {
            self.run_lock = lock;
            self.show(ctx, run);
            self.update_run_settings(ctx);
        }
        true
    }

    /// The run is locked for this page, or there are no locks: its first call may be sent.
    pub(super) fn locked(
        &mut self,
        ctx: &Context<Self>,
        run_id: &str,
        lock: Option<RunLock>,
    ) -> bool {
        self.for_run(run_id, |console| {
            console.run_lock = lock;
            console.step(ctx, Event::Tick)
        })
    }

    /// A record was written, with the instances that another page has claimed, or it was not.
    pub(super) fn recorded(
        &mut self,
        ctx: &Context<Self>,
        run_id: &str,
        number: u64,
        conflicts: Option<Vec<InstanceId>>,
    ) -> bool {
        let event = match conflicts {
            Some(conflicts) => Event::Recorded { number, conflicts },
            None => Event::RecordFailed { number },
        };
        self.for_run(run_id, |console| console.step(ctx, event))
    }

    /// Closes the run that is shown, and goes back to the form, unless calls are in flight. One that is
    /// watched goes on in the background.
    pub(super) fn new_run(&mut self, ctx: &Context<Self>) -> bool {
        let Some(status) = self.view.run.as_ref().map(|run| run.status()) else { return false };
        let is_watched = match status {
            RunStatus::Sending => return false,
            RunStatus::Watching | RunStatus::Stopped => true,
            RunStatus::Paused(_) | RunStatus::Finished => false,
        };
        if !is_watched {
            self.step(ctx, Event::Close);
        } else if self.view.run.as_ref().is_some_and(|run| run.is_isolating()) {
            // In the background nothing is sent.
            self.step(ctx, Event::Stop);
        }
        self.release_claims();
        for row in self.view.run.iter().flat_map(|run| run.rows()) {
            if row.outcome == Outcome::Unknown {
                self.view.unresolved.make_mut().insert(row.id.clone());
            } else if self.view.unresolved.contains(&row.id) && row.outcome == Outcome::Proven {
                self.view.unresolved.make_mut().remove(&row.id);
            }
        }
        if is_watched {
            self.move_to_background();
        }
        self.drop_run(ctx);
        self.view.session.make_mut().update(Action::Back);
        true
    }

    /// Makes room for another run, if this one is idle: a finished one is marked as seen, a restored one
    /// stays as it was. Returns whether there is room.
    pub(super) fn close_run(&mut self, ctx: &Context<Self>) -> bool {
        let Some(run) = &self.view.run else { return true };
        if !run.can_close() {
            return false;
        }
        if !run.is_unfinished() {
            return self.new_run(ctx);
        }
        self.drop_run(ctx);
        true
    }

    /// Shows a run.
    pub(super) fn show(&mut self, ctx: &Context<Self>, run: Run) {
        self.view.run = Some(Shared::new(run));
        self.view.wrong_key_id = None;
        self.choose_route();
        self.view.signed = Shared::new(Vec::new());
        let link = ctx.link().clone();
        self.second = Some(Interval::new(1_000, move || link.send_message(Msg::Second)));
    }

    /// Drops the run that is shown. What it was doing ends.
    fn drop_run(&mut self, ctx: &Context<Self>) {
        self.run_lock = None;
        if self.background.is_empty() {
            self.aborts.clear();
        }
        self.prepared_calls.clear();
        self.wake = None;
        self.second = None;
        self.view.run = None;
        self.view.signed = Shared::new(Vec::new());
        self.list_runs(ctx);
    }

    /// Whether this run is the one that is shown.
    pub(super) fn is_current(&self, run_id: &str) -> bool {
        self.view.run.as_ref().is_some_and(|run| run.about().id == run_id)
    }

    /// Passes an event to the run that is shown and to those in the background.
    pub(super) fn step_all(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        self.step_background(ctx, &event);
        self.step(ctx, event)
    }

    /// Passes an event to the run and carries out its commands.
    pub(super) fn step(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        if matches!(event, Event::KeyGone) {
            self.remove_signatures();
        }
        let Some(run) = &mut self.view.run else { return false };
        self.view.now = clock::now();
        let before = run.clone();
        let commands = run.make_mut().handle(self.view.now, event);
        let run = run.clone();
        for command in &commands {
            if let Command::Send { call } = command {
                self.send_call(ctx, *call);
            }
        }
        announce(ctx.props().host(), &before, &run);
        if before.status() != RunStatus::Finished && run.status() == RunStatus::Finished {
            self.finished(ctx, &run);
        }
        for command in commands {
            match command {
                Command::Prepare { call, send_at, batch, clock_skew_seconds } => {
                    self.prepare_call(ctx, (call, send_at), &batch, clock_skew_seconds);
                }
                // Before anything else: see above.
                Command::Send { .. } => {}
                Command::Cancel { call } => {
                    self.prepared_calls.remove(&call);
                }
                Command::Describe { ids, clock_skew_seconds } => {
                    let (target, key_id) = (run.spec().target(), run.about().key_id.clone());
                    let run_id: Rc<str> = run.about().id.as_str().into();
                    let to_msg = move |ticket, ids, result| Msg::Completed {
                        ticket,
                        run_id: run_id.clone(),
                        event: Event::Described { ids, result },
                    };
                    self.send_describe(ctx, target, ids, key_id, clock_skew_seconds, to_msg);
                }
                Command::Record { number, record, claim, durable } => {
                    self.record(ctx, &run, number, &record, &claim, durable);
                }
                Command::Changed(choice) => {
                    self.approval_changed(Some(choice));
                }
                Command::Outdated(choice) => {
                    self.approval_outdated(choice);
                }
                Command::WakeAt(at) => {
                    let link = ctx.link().clone();
                    let pause = pause_until(at);
                    let run_id: Rc<str> = run.about().id.as_str().into();
                    let wake = move || link.send_message(Msg::Wake(run_id));
                    self.wake = Some(Timeout::new(pause, wake));
                }
            }
        }
        self.may_render(ctx)
    }

    /// Nothing more will change in the run without the user.
    fn finished(&mut self, ctx: &Context<Self>, run: &Run) {
        announce_end(ctx.props().host(), run);
        if let Some(records) = &self.config.settings.records {
            uploads::add_pending(&run.about().id);
            upload_record(ctx, records, run);
        }
        self.second = None;
        self.release_claims();
    }

    /// A large run changes faster than anybody can read, and rendering it costs more than sending:
    /// it is rendered a few times a second, and always once after the last change.
    fn may_render(&mut self, ctx: &Context<Self>) -> bool {
        let Some(run) = &self.view.run else { return true };
        let now = self.view.now;
        if run.rows().len() <= RENDERED_AT_ONCE || now >= self.rendered_at + RENDER_INTERVAL_MS {
            self.rendered_at = now;
            self.render_timer = None;
            return true;
        }
        if self.render_timer.is_none() {
            let link = ctx.link().clone();
            let pause = u32::try_from(RENDER_INTERVAL_MS).unwrap_or(u32::MAX);
            self.render_timer = Some(Timeout::new(pause, move || link.send_message(Msg::Render)));
        }
        false
    }

    /// Renders what was deferred.
    pub(super) fn render_now(&mut self) -> bool {
        self.render_timer = None;
        self.rendered_at = clock::now();
        true
    }

    /// The element is being unmounted: nothing more is sent, not even what waits for its slot or for
    /// approval, and `done` is called once nothing is in flight.
    pub(super) fn unmount(&mut self, ctx: &Context<Self>, done: Function) -> bool {
        self.unmount_callbacks.push(done);
        self.withdraw();
        self.view.run.as_ref().is_some_and(|run| run.status() == RunStatus::Sending)
            && self.step(ctx, Event::Stop)
    }

    /// Calls `done` once nothing is in flight any more, and all of it has been handed to the journal.
    pub(super) fn notify_unmounted(&mut self) {
        if !self.view.run.as_ref().is_some_and(|run| run.has_in_flight()) {
            for done in self.unmount_callbacks.drain(..) {
                // It is the element's own and does not throw.
                let _ = done.call0(&JsValue::UNDEFINED);
            }
        }
    }
}
