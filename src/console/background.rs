//! Runs that are watched in the background while another is prepared or shown. Nothing is sent by them but
//! describe requests: what would be sent is asked for on the run's own page.

use crate::{
    console::Console,
    services::locks::RunLock,
    store::{Shared, View},
};
use gloo_timers::callback::{Interval, Timeout};
use relight_core::{
    run::{Event, Run, RunStatus},
    signing::request::{Request, Signed},
};
use std::{mem::swap, rc::Rc};
use yew::Context;

/// The requests of a run as they were sent, by the index of their call.
type SignedRequests = Shared<Vec<Option<Rc<Request<Signed>>>>>;

/// What belongs to one run. That of the run that is shown is in the console's own fields.
#[derive(Default)]
pub(super) struct BackgroundRun {
    run: Option<Shared<Run>>,
    signed: Option<SignedRequests>,
    lock: Option<RunLock>,
    wake: Option<Timeout>,
    second: Option<Interval>,
}

impl BackgroundRun {
    fn has_id(&self, run_id: &str) -> bool {
        self.run.as_ref().is_some_and(|run| run.about().id == run_id)
    }
}

impl Console {
    /// Handles something of a run, whether it is shown or in the background; false if it is neither.
    pub(super) fn for_run(&mut self, run_id: &str, handle: impl FnOnce(&mut Self) -> bool) -> bool {
        if self.is_current(run_id) {
            return handle(self);
        }
        let Some(index) = self.background.iter().position(|one| one.has_id(run_id)) else {
            return false;
        };
        self.swap_with(index);
        handle(self);
        self.swap_with(index);
        self.show_background();
        true
    }

    /// Passes an event to every run in the background.
    pub(super) fn step_background(&mut self, ctx: &Context<Self>, event: &Event) {
        for index in 0..self.background.len() {
            self.swap_with(index);
            self.step(ctx, event.clone());
            self.swap_with(index);
        }
        self.show_background();
    }

    /// What a run in the background does when its time comes. Without the key that it was started with
    /// it waits.
    pub(super) fn wake_run(&mut self, ctx: &Context<Self>, run_id: &str) -> bool {
        let is_shown = self.is_current(run_id);
        let key_id = self.view.session.form().key_id().to_owned();
        self.for_run(run_id, |console| {
            let is_own = console.view.run.as_ref().is_some_and(|run| run.about().key_id == key_id);
            let event = if is_shown || is_own { Event::Tick } else { Event::KeyGone };
            console.step(ctx, event)
        })
    }

    /// Moves the run that is shown to the background, where it is watched to its end. What it holds for
    /// itself alone, other runs may have: it sends nothing any more.
    pub(super) fn move_to_background(&mut self) {
        self.release_claims();
        self.background.push(BackgroundRun::default());
        self.swap_with(self.background.len() - 1);
        // Seconds are shown of the run in the foreground alone.
        if let Some(moved) = self.background.last_mut() {
            moved.second = None;
        }
        self.show_background();
    }

    /// Shows a run of the background, in place of one that can be put there or is over.
    pub(super) fn open_background(&mut self, ctx: &Context<Self>, run_id: &str) -> bool {
        if !self.new_run(ctx) && self.view.run.is_some() {
            return false;
        }
        let Some(index) = self.background.iter().position(|one| one.has_id(run_id)) else {
            return true;
        };
        let opened = self.background.remove(index);
        self.show_background();
        if let Some(run) = opened.run {
            self.show(ctx, (*run).clone());
            self.view.signed = opened.signed.unwrap_or_else(|| Shared::new(Vec::new()));
            self.run_lock = opened.lock;
            self.step(ctx, Event::Tick);
        }
        true
    }

    /// Removes a run that is over from the background.
    pub(super) fn dismiss_background(&mut self, ctx: &Context<Self>, run_id: &str) -> bool {
        let is_over = |one: &BackgroundRun| {
            one.run.as_ref().is_some_and(|run| run.status() == RunStatus::Finished)
        };
        let index = self.background.iter().position(|one| one.has_id(run_id) && is_over(one));
        let Some(index) = index else { return false };
        self.for_run(run_id, |console| console.step(ctx, Event::Close));
        self.background.remove(index);
        self.show_background();
        self.list_runs(ctx);
        true
    }

    /// Exchanges what the console has of the run that is shown with one in the background.
    fn swap_with(&mut self, index: usize) {
        let Some(other) = self.background.get_mut(index) else { return };
        let View { run, signed, .. } = &mut self.view;
        swap(run, &mut other.run);
        let mut theirs = other.signed.take().unwrap_or_else(|| Shared::new(Vec::new()));
        swap(signed, &mut theirs);
        other.signed = Some(theirs);
        swap(&mut self.run_lock, &mut other.lock);
        swap(&mut self.wake, &mut other.wake);
        swap(&mut self.second, &mut other.second);
    }

    fn show_background(&mut self) {
        let runs = self.background.iter().filter_map(|one| one.run.clone());
        self.view.background = runs.collect();
    }
}
