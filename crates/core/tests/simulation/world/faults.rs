//! What befalls the page: people, the network, the key, the operator, and the end of the page.

use super::{Thing, World};
use crate::model::{Instance, Power, SOMEBODY};
use relight_core::{
    model::{limits::Limits, outcome::Outcome},
    run::{Approval, CallState, Choice, Command, Event, Record, Run, restore},
};
use std::sync::Arc;

impl World {
    pub(super) fn ask(&mut self, run: &mut Run) -> Result<(), String> {
        self.coverage.note("asked");
        self.has_key |= self.rng.chance(80);
        let choices: Vec<Choice> =
            Choice::ALL.into_iter().filter(|choice| run.choice_count(*choice) > 0).collect();
        let side = self.rng.below(choices.len() as u64 + 1);
        let Some(choice) = choices.get(usize::try_from(side).unwrap()).copied() else {
            return self.handle(run, Event::Resume);
        };
        let offer = run.offer(choice).ok_or("counted, and not offered")?;
        if self.rng.chance(30) {
            // The page around the console thinks it over, and much may happen meanwhile.
            self.coverage.note("approved late");
            let delay = self.rng.below(150_000);
            let event = Event::Ask(offer);
            self.soon(delay, Thing::Page { life: self.life, event });
            // Nor does the person wait for that.
            let other = choices.into_iter().find(|other| *other != choice && self.rng.chance(50));
            let Some(other) = other.and_then(|other| run.offer(other)) else { return Ok(()) };
            return self.handle(run, Event::Ask(other));
        }
        self.handle(run, Event::Ask(offer))
    }

    /// From now on these may be sent once more. Whoever asks to send again has been told that a first
    /// copy may have arrived.
    pub(super) fn approve(&mut self, before: &Run, approval: &Approval) {
        if approval.choice() == Choice::CheckUnknown {
            return;
        }
        let forced = approval.spec().is_forced();
        for row in before.rows().iter().filter(|row| approval.ids().contains(&row.id)) {
            let id = row.id.as_str().to_owned();
            let may_send = match row.outcome {
                Outcome::Proven | Outcome::Unknown | Outcome::RunningUnproven => false,
                Outcome::Accepted | Outcome::InProgress | Outcome::Overdue => forced,
                _ => true,
            };
            if may_send {
                self.sends.remove(&id);
            }
            self.approved.push((id, forced));
        }
    }

    /// Each new call has only what was approved in it, as it was approved.
    pub(super) fn check_approved(&mut self, run: &Run) -> Result<(), String> {
        for call in run.calls().iter().skip(self.calls_known) {
            let forced = call.batch.spec().is_forced();
            for id in call.batch.ids() {
                let place = self
                    .approved
                    .iter()
                    .position(|(approved, how)| approved == id.as_str() && *how == forced);
                let Some(place) = place else {
                    return Err(format!("{id} was not approved (forced: {forced})"));
                };
                self.approved.swap_remove(place);
            }
        }
        self.calls_known = run.calls().len();
        Ok(())
    }

    pub(super) fn disturb(&mut self, mut run: Run) -> Result<Run, String> {
        match self.rng.below(13) {
            11 | 12 => {
                let which = usize::try_from(self.rng.below(self.instances.len() as u64)).unwrap();
                let takes_ms = 8_000 + self.rng.below(60_000);
                let now = self.now;
                let one = &mut self.instances[which];
                one.settle(now);
                if one.power == Power::Running {
                    self.coverage.note("restarted by somebody else");
                    one.restart_by_somebody(now, takes_ms);
                }
            }
            // In the middle of it, and of what happens meanwhile.
            10 => self.ask(&mut run)?,
            8 => {
                // The lid is closed, for a while or for long.
                let waits = run.calls().iter().any(|call| match call.state {
                    CallState::Waiting | CallState::Claiming | CallState::Ready => true,
                    CallState::Sending | CallState::Done | CallState::Stopped => false,
                });
                let asleep_ms = self.rng.below(600_000);
                // The timer of a page that is awake is never further off than this.
                if waits && asleep_ms > 60_000 + 20_000 {
                    self.coverage.note("slept");
                    self.held_back = self.held_back.or(Some("asleep"));
                }
                self.now += asleep_ms;
            }
            9 => {
                self.coverage.note("removed");
                self.handle(&mut run, Event::Stop)?;
            }
            7 => {
                let (what, limits) = match self.rng.below(3) {
                    0 => ("sending forbidden", Limits { dry_run_only: true, ..Limits::default() }),
                    1 => ("looking forbidden", Limits::nothing()),
                    _ => ("all allowed", Limits::default()),
                };
                self.coverage.note(what);
                self.allow(&mut run, limits)?;
            }
            6 => {
                self.has_key = false;
                // The page says so; or the next request finds out.
                if self.rng.chance(50) {
                    self.handle(&mut run, Event::KeyGone)?;
                }
            }
            0 => {
                self.coverage.note("stopped");
                self.handle(&mut run, Event::Stop)?;
            }
            1 => {
                self.coverage.note("offline");
                self.handle(&mut run, Event::Online(false))?;
                if !self.offline {
                    self.offline = true;
                    let delay = self.rng.below(120_000);
                    let event = Event::Online(true);
                    self.soon(delay, Thing::Page { life: self.life, event });
                }
            }
            2 => {
                self.coverage.note("clock set");
                self.left_at.clear();
                self.forget_windows();
                self.page_ahead_ms = i64::try_from(self.rng.below(240_000)).unwrap() - 120_000;
            }
            3 => {
                // Somebody else does something to an instance.
                let which = usize::try_from(self.rng.below(self.instances.len() as u64)).unwrap();
                let now = self.now;
                let one = &mut self.instances[which];
                one.settle(now);
                if one.power == Power::Running {
                    self.coverage.note("overtaken");
                    one.power = Power::Moving { until: now + 20_000 };
                    one.moved_at.push(now);
                    "other:777".clone_into(&mut one.last_request);
                }
            }
            4 => self.handle(&mut run, Event::Hidden(true))?,
            _ => return self.kill(&run),
        }
        Ok(run)
    }

    pub(super) fn allow(&mut self, run: &mut Run, limits: Limits) -> Result<(), String> {
        self.limits = Arc::new(limits);
        let limits = Arc::clone(&self.limits);
        self.handle(run, Event::Settings { limits, through_proxy: true })
    }

    fn kill(&mut self, run: &Run) -> Result<Run, String> {
        if self.journal.is_empty() {
            return Ok(run.clone());
        }
        self.coverage.note("killed");
        let in_flight = run.calls().iter().any(|call| match call.state {
            CallState::Sending | CallState::Ready | CallState::Claiming => true,
            CallState::Waiting | CallState::Done | CallState::Stopped => false,
        });
        if in_flight {
            self.coverage.note("killed in flight");
        }
        let unwritten = self.things.values().any(|thing| matches!(thing, Thing::Disk { .. }))
            || self.journal_is_broken;
        self.life += 1;
        self.offline = false;
        self.ready.clear();
        self.wake = None;
        self.held_back = Some("brought back");
        self.lost_in_a_row = 0;
        self.left_at.clear();
        self.forget_windows();
        self.journal_is_broken = false;
        let written = serde_json::to_string(&self.journal).map_err(|error| error.to_string())?;
        let records: Vec<Record> =
            serde_json::from_str(&written).map_err(|error| error.to_string())?;
        let mut back = restore(records, self.page_now()).map_err(|why| format!("{why:?}"))?;
        self.calls_known = back.calls().len();
        if !in_flight && !unwritten {
            for (old, new) in run.rows().iter().zip(back.rows()) {
                // What was overdue is looked at once more.
                if old != new && old.outcome != Outcome::Overdue {
                    return Err(format!("after a restart {old:?} has become {new:?}"));
                }
            }
        }
        let limits = Arc::clone(&self.limits);
        for event in [Event::Settings { limits, through_proxy: true }, Event::Tick] {
            for command in back.handle(self.page_now(), event) {
                match command {
                    Command::Prepare { .. } | Command::Send { .. } | Command::Cancel { .. } => {
                        return Err("sent after a restart, unasked".into());
                    }
                    Command::Describe { .. } => {
                        return Err("looked after a restart, unasked".into());
                    }
                    Command::Record { .. }
                    | Command::Changed(_)
                    | Command::Outdated(_)
                    | Command::WakeAt(_) => {
                        self.carry_out(&back, command)?;
                    }
                }
            }
        }
        Ok(back)
    }

    pub(super) fn break_journal(&mut self) {
        self.journal_is_broken = true;
    }
}

pub(super) fn was_touched_by_others(one: &Instance) -> bool {
    one.last_request == "other:777" || one.last_request == SOMEBODY
}
