//! What befalls the page: people, the network, the key, the operator, and the end of the page.

use super::{Thing, World};
use crate::model::{Instance, Power};
use relight_core::{
    answer::Outcome,
    limits::Limits,
    run::{CallState, Choice, Command, Event, Record, Run, restore},
};
use std::sync::Arc;

impl World {
    pub(super) fn ask(&mut self, run: &mut Run) -> Result<(), String> {
        self.seen.note("asked");
        self.has_key |= self.dice.chance(80);
        let choices: Vec<Choice> =
            Choice::ALL.into_iter().filter(|choice| run.choice_count(*choice) > 0).collect();
        let side = self.dice.roll(choices.len() as u64 + 1);
        let Some(choice) = choices.get(usize::try_from(side).unwrap()).copied() else {
            return self.handle(run, Event::Resume);
        };
        // Whoever asks to send again has been told that a first copy may have arrived.
        let may_send = choice != Choice::CheckUnknown;
        if may_send {
            let asked: Vec<String> = run
                .rows()
                .iter()
                .filter(|row| match row.outcome {
                    Outcome::Proven | Outcome::Unknown | Outcome::RunningUnproven => false,
                    Outcome::Accepted | Outcome::InProgress | Outcome::Overdue => {
                        choice == Choice::Force
                    }
                    _ => true,
                })
                .map(|row| row.id.as_str().to_owned())
                .collect();
            for id in asked {
                self.sends.remove(&id);
            }
        }
        self.handle(run, Event::Ask(choice))
    }

    pub(super) fn disturb(&mut self, mut run: Run) -> Result<Run, String> {
        match self.dice.roll(8) {
            7 => {
                let (what, limits) = match self.dice.roll(3) {
                    0 => ("sending forbidden", Limits { dry_run_only: true, ..Limits::default() }),
                    1 => ("looking forbidden", Limits::nothing()),
                    _ => ("all allowed", Limits::default()),
                };
                self.seen.note(what);
                self.allow(&mut run, limits)?;
            }
            6 => {
                self.has_key = false;
                // The page says so; or the next request finds out.
                if self.dice.chance(50) {
                    self.handle(&mut run, Event::KeyGone)?;
                }
            }
            0 => {
                self.seen.note("stopped");
                self.handle(&mut run, Event::Stop)?;
            }
            1 => {
                self.seen.note("offline");
                self.handle(&mut run, Event::Online(false))?;
                self.now += self.dice.roll(120_000);
                self.handle(&mut run, Event::Online(true))?;
            }
            2 => {
                self.seen.note("clock set");
                self.left_at.clear();
                self.page_ahead_ms = i64::try_from(self.dice.roll(240_000)).unwrap() - 120_000;
            }
            3 => {
                // Somebody else does something to an instance.
                let which = usize::try_from(self.dice.roll(self.instances.len() as u64)).unwrap();
                let now = self.now;
                let one = &mut self.instances[which];
                one.settle(now);
                if one.power == Power::Running {
                    self.seen.note("overtaken");
                    one.power = Power::Moving { until: now + 20_000 };
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
        self.seen.note("killed");
        let in_flight = run.calls().iter().any(|call| match call.state {
            CallState::Sending | CallState::Claiming => true,
            CallState::Waiting | CallState::Done | CallState::Stopped => false,
        });
        if in_flight {
            self.seen.note("killed in flight");
        }
        let unwritten = self.things.values().any(|thing| matches!(thing, Thing::Disk { .. }))
            || self.journal_is_broken;
        self.life += 1;
        self.lost_in_a_row = 0;
        self.left_at.clear();
        self.journal_is_broken = false;
        let written = serde_json::to_string(&self.journal).map_err(|error| error.to_string())?;
        let records: Vec<Record> =
            serde_json::from_str(&written).map_err(|error| error.to_string())?;
        let mut back = restore(records, self.page_now()).map_err(|why| format!("{why:?}"))?;
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
                    Command::Send { .. } => return Err("sent after a restart, unasked".into()),
                    Command::Look { .. } => return Err("looked after a restart, unasked".into()),
                    Command::Record { .. } | Command::WakeAt(_) => {
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
    one.last_request == "other:777"
}
