//! One schedule: a run, a cloud, a network that misbehaves, a page that is killed, a person who asks.

mod arrival;
mod faults;
mod coverage;
mod window;

pub(crate) use coverage::Coverage;

use crate::{
    mock_responses::{self, ServiceError},
    model::{Instance, Power, Rng},
    record,
};
use arrival::{NetworkFault, Truth};
use faults::was_touched_by_others;
use relight_core::{
    clouds,
    ids::parse_ids,
    model::{
        cloud::{Cloud, Role, Verb},
        eligibility::SkipReason,
        instance_id::InstanceId,
        limits::Limits,
        outcome::{DescribedInstance, Outcome, Response},
        plan::{Batch, BatchOptions, PlanInput, plan_with},
    },
    run::{
        About, Call, CallState, Command, Event, Evidence, NO_KEY, Policy, Preflight,
        PreflightCommand, Record, Run, RunStatus, partition_eligible,
    },
    transport::TransportResult,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use window::{Counted, Window};

/// 2024-05-01T00:00:00Z.
const MIDNIGHT_MS: u64 = 1_714_521_600_000;

/// A schedule that is not over by then never ends.
const LONGEST_MS: u64 = 6 * 3_600_000;

const MOST_STEPS: u32 = 30_000;

/// Something that will happen.
#[derive(Clone, Debug)]
enum Thing {
    /// An event reaches the page, unless the page has been killed since.
    Page { life: u32, event: Event },
    /// The turn of a call has come, if it was not taken back since.
    Turn { life: u32, call: usize, ticket: u64 },
    /// A record reaches the disk; then the page is told.
    Disk { life: u32, number: u64, record: Box<Record>, conflicts: Vec<InstanceId> },
    /// A request reaches the cloud; then, perhaps, its answer goes back.
    Cloud { life: u32, send: u64, call: usize, ids: Vec<String>, fault: NetworkFault },
}

/// A call that is signed and has not left.
#[derive(Clone, Copy, Debug)]
struct Ready {
    ticket: u64,
    clock_skew_seconds: i64,
}

/// What a look has parted: who can take the order, who cannot, and what was seen.
type Described = (Vec<InstanceId>, Vec<(InstanceId, SkipReason)>, Vec<DescribedInstance>);

#[allow(clippy::struct_excessive_bools, reason = "each is a thing that may be so, on its own")]
struct World {
    rng: Rng,
    now: u64,
    cloud: &'static Cloud,
    verb: Verb,
    atomic: bool,
    instances: Vec<Instance>,
    things: BTreeMap<(u64, u64), Thing>,
    next_thing: u64,
    next_send: u64,
    next_request: u64,
    /// For each id, the sends since a person last asked, and whether each may still be carried out
    /// or has been.
    sends: HashMap<String, Vec<u64>>,
    /// What a person has said yes to and is in no call yet: the instance, and whether it is forced.
    approved: Vec<(String, bool)>,
    calls_known: usize,
    /// Calls that were handed out and wait for their turn: how each was prepared.
    ready: BTreeMap<usize, Ready>,
    next_ticket: u64,
    /// The page's one timer.
    wake: Option<(u64, u64)>,
    /// Why nothing may leave before a person asks again.
    held_back: Option<&'static str>,
    offline: bool,
    /// What came of each send, in truth.
    truth: HashMap<u64, Truth>,
    last_send_of_call: HashMap<usize, u64>,
    journal: Vec<Record>,
    life: u32,
    page_ahead_ms: i64,
    skew_seconds: i64,
    coverage: Coverage,
    loud: bool,
    faults: u64,
    journal_is_broken: bool,
    /// Whether requests can be signed.
    has_key: bool,
    /// What the operator allows now.
    limits: Arc<Limits>,
    /// Calls in a row that have not come back, and when the last ones left by an undisturbed clock.
    lost_in_a_row: usize,
    left_at: Vec<u64>,
    /// Records reach the disk in the order in which they were given to it.
    disk_busy_until: u64,
    /// Where the cloud counts by windows.
    call_window: Window,
    read_window: Window,
}

fn any_policy(rng: &mut Rng) -> Policy {
    Policy {
        journal: true,
        stop_above_refused_percent: rng.chance(15).then_some(30),
        wave_calls: usize::try_from(rng.below(3)).unwrap(),
        wave_pause_ms: 1_000,
        ..Policy::default()
    }
}

/// Plays one schedule.
pub(crate) fn play(seed: u64, loud: bool) -> Result<Coverage, String> {
    let mut rng = Rng::new(seed);
    let all = clouds::ALL;
    let cloud = all[usize::try_from(rng.below(all.len() as u64)).unwrap()];
    let verb = if rng.chance(70) { Verb::Reboot } else { Verb::Start };
    let operation = cloud.operation_for(verb).unwrap();
    let count = 1 + rng.below(12);
    let ids = make_ids(cloud, count);
    let region = cloud.regions.known.first().map_or("", |region| region.id);
    let batching = operation.parameter_for(Role::Batching).zip(cloud.batching.as_ref());
    let atomic = match batching {
        Some(_) => rng.chance(30),
        None => mock_responses::of(cloud.id).is_atomic(),
    };
    let options = batching.map(|(parameter, values)| {
        let value = if atomic { values.together } else { values.each };
        (parameter.name.to_owned(), value.to_owned())
    });
    let input = PlanInput {
        cloud,
        site: None,
        region: region.into(),
        operation: operation.name.into(),
        ids: ids.clone(),
        options: options.into_iter().collect(),
        limits: Arc::default(),
    };
    let batch_options = BatchOptions {
        size: Some(1 + usize::try_from(rng.below(5)).unwrap()),
        canary: rng.chance(40),
    };
    let policy = any_policy(&mut rng);
    let instances = ids
        .iter()
        .map(|id| Instance {
            id: id.as_str().to_owned(),
            power: match (verb, rng.chance(90)) {
                (Verb::Reboot, true) | (Verb::Start, false) => Power::Running,
                (Verb::Reboot, false) | (Verb::Start, true) => Power::Stopped,
            },
            started_at: MIDNIGHT_MS,
            last_request: "other:0".into(),
            carried_out: Vec::new(),
            moved_at: Vec::new(),
            stuck: rng.chance(2),
        })
        .collect();
    let faults = rng.below(50);
    let mut world = World {
        now: MIDNIGHT_MS + 3_600_000,
        cloud,
        verb,
        atomic,
        instances,
        things: BTreeMap::new(),
        next_thing: 0,
        next_send: 0,
        next_request: 1,
        sends: HashMap::new(),
        approved: Vec::new(),
        ready: BTreeMap::new(),
        next_ticket: 0,
        wake: None,
        held_back: None,
        offline: false,
        calls_known: 0,
        truth: HashMap::new(),
        last_send_of_call: HashMap::new(),
        journal: Vec::new(),
        life: 0,
        page_ahead_ms: 0,
        skew_seconds: if rng.chance(10) { 900 } else { 0 },
        coverage: Coverage::default(),
        loud,
        faults,
        journal_is_broken: false,
        has_key: true,
        limits: Arc::default(),
        lost_in_a_row: 0,
        left_at: Vec::new(),
        disk_busy_until: 0,
        call_window: Window::default(),
        read_window: Window::default(),
        rng,
    };
    let looked_first = world.rng.chance(85);
    let (ids, skipped, known) = if looked_first {
        world.look_first(&input)?
    } else {
        (input.ids.clone(), Vec::new(), Vec::new())
    };
    if ids.is_empty() {
        return Ok(world.coverage);
    }
    let plan = plan_with(&PlanInput { ids, ..input }, batch_options)
        .map_err(|refusal| refusal.kind().to_owned())?;
    let about = About { id: format!("run-{seed}"), ..About::default() };
    let run = Run::new(about, &plan, &skipped, &known, policy);
    world.live(run)
}

impl World {
    fn live(mut self, mut run: Run) -> Result<Coverage, String> {
        let total = run.counts().total();
        let mut questions = self.rng.below(6);
        let forced = run.spec().is_forced();
        let planned = run.calls().iter().flat_map(|call| call.batch.ids());
        self.approved = planned.map(|id| (id.as_str().to_owned(), forced)).collect();
        self.handle(&mut run, Event::Tick)?;
        for step in 0..MOST_STEPS {
            if self.now > MIDNIGHT_MS + LONGEST_MS {
                return Err(format!("does not end: {:?}, {:?}", run.status(), outcomes(&run)));
            }
            self.check(&run, total)?;
            if self.rng.below(1_000) < self.faults / 5 {
                run = self.disturb(run)?;
                continue;
            }
            let Some((&(at, key), _)) = self.things.iter().next() else {
                // Nothing is on the way: the run waits for a person, or is over.
                match run.status() {
                    RunStatus::Finished if questions == 0 => {
                        for row in run.rows() {
                            self.coverage
                                .note(row.evidence.map_or("nothing proven", Evidence::word));
                            self.coverage.note(row.outcome.word());
                        }
                        record::fits(&run)?;
                        return Ok(self.coverage);
                    }
                    RunStatus::Paused(_) if questions == 0 => {
                        self.has_key = true;
                        self.allow(&mut run, Limits::default())?;
                        self.handle(&mut run, Event::Stop)?;
                        self.handle(&mut run, Event::Resume)?;
                    }
                    RunStatus::Paused(_) | RunStatus::Finished => {
                        questions -= 1;
                        self.ask(&mut run)?;
                    }
                    RunStatus::Sending | RunStatus::Watching | RunStatus::Stopped => {
                        return Err(format!(
                            "step {step}: {:?}, and nothing will happen",
                            run.status()
                        ));
                    }
                }
                continue;
            };
            let thing = self.things.remove(&(at, key)).unwrap();
            self.now = self.now.max(at);
            self.happen(&mut run, thing)?;
        }
        Err(format!("does not end in {MOST_STEPS} steps: {:?}", run.status()))
    }

    fn look_first(&mut self, input: &PlanInput) -> Result<Described, String> {
        let plan = plan_with(input, BatchOptions::default())
            .map_err(|refusal| refusal.kind().to_owned())?;
        let mut look = Preflight::new(plan.spec.target().clone(), &input.ids, true);
        loop {
            match look.next(self.now) {
                PreflightCommand::Describe(ids) => {
                    let texts: Vec<String> = ids.iter().map(|id| id.as_str().into()).collect();
                    self.check_window(Counted::Reads)?;
                    let result = TransportResult::Answered(self.read(&texts));
                    self.hear_of(Counted::Reads, &result);
                    look.described(self.now, &ids, &result);
                }
                PreflightCommand::WakeAt(at) => self.now = at,
                PreflightCommand::Wait => return Err("the look waits for nothing".into()),
                PreflightCommand::Done => break,
            }
        }
        if let Some(fault) = &look.result().fault {
            return Err(format!("the look failed: {fault:?}"));
        }
        let known = look.result().instances.clone();
        let (eligible, skipped) = partition_eligible(&plan.spec, &input.ids, &known);
        Ok((eligible, skipped, known))
    }

    fn page_now(&self) -> u64 {
        self.now.saturating_add_signed(self.page_ahead_ms)
    }

    fn handle(&mut self, run: &mut Run, event: Event) -> Result<(), String> {
        if self.loud {
            println!("{:>9} {event:?}", self.now - MIDNIGHT_MS);
        }
        match &event {
            Event::Stop => self.held_back = Some("stopped"),
            Event::KeyGone => self.held_back = self.held_back.or(Some("without a key")),
            // What was stopped stays so until somebody asks for it.
            Event::Resume => {
                self.held_back = self.held_back.filter(|why| *why == "stopped");
                self.lost_in_a_row = 0;
            }
            Event::Completed { result: TransportResult::Lost { .. }, .. } => {
                self.lost_in_a_row += 1;
            }
            Event::Completed { .. } | Event::Ask(_) => self.lost_in_a_row = 0,
            _ => {}
        }
        let asked = match &event {
            Event::Ask(approval) => Some((run.clone(), approval.clone())),
            _ => None,
        };
        self.hear(&event);
        let commands = run.handle(self.page_now(), event);
        if commands.iter().any(|command| matches!(command, Command::Changed(_))) {
            self.coverage.note("changed meanwhile");
        } else if commands.iter().any(|command| matches!(command, Command::Outdated(_))) {
            self.coverage.note("looked at first");
        } else if let Some((before, approval)) = asked {
            if self.limits.check(approval.spec(), approval.ids()).is_ok() {
                self.held_back = None;
            }
            self.approve(&before, &approval);
        }
        self.check_approved(run)?;
        for command in commands {
            if self.loud {
                println!("{:>9}   -> {command:?}", self.now - MIDNIGHT_MS);
            }
            self.carry_out(run, command)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, run: &Run, command: Command) -> Result<(), String> {
        let life = self.life;
        match command {
            Command::Record { number, record, claim, durable } => {
                let done_at = (self.now + self.rng.below(30)).max(self.disk_busy_until);
                self.disk_busy_until = done_at;
                let delay = done_at - self.now;
                if self.rng.below(4_000) < self.faults {
                    self.coverage.note("record failed");
                    let event = Event::RecordFailed { number };
                    self.soon(delay, Thing::Page { life, event });
                    // A journal that has failed once fails from then on: a gap would be corrupt.
                    self.break_journal();
                    return Ok(());
                }
                let conflicts: Vec<InstanceId> = claim
                    .into_iter()
                    .filter(|_| durable && self.faults > 25 && self.rng.below(400) == 0)
                    .collect();
                if !conflicts.is_empty() {
                    self.coverage.note("held elsewhere");
                }
                self.soon(delay, Thing::Disk { life, number, record, conflicts });
            }
            Command::Prepare { call, send_at, batch, clock_skew_seconds } => {
                self.prepare(run, (call, send_at), &batch, clock_skew_seconds)?;
            }
            Command::Cancel { call } => {
                if self.ready.remove(&call).is_some() {
                    self.coverage.note("taken back");
                }
            }
            Command::Send { call } => {
                let Some(ready) = self.ready.remove(&call) else {
                    return Err("sent what was not prepared".into());
                };
                if run.calls()[call].state != CallState::Sending {
                    return Err("a call that is not being sent was sent".into());
                }
                let batch = run.calls()[call].batch.clone();
                if self.limits.check(batch.spec(), batch.ids()).is_err() {
                    return Err("sent what is not allowed".into());
                }
                if let Some(why) = self.held_back {
                    return Err(format!("sent although it was {why}"));
                }
                if self.offline {
                    return Err("sent while offline".into());
                }
                self.check_window(Counted::Calls)?;
                self.check_departure(run, call)?;
                self.send(call, batch.ids(), ready.clock_skew_seconds)?;
            }
            Command::Describe { ids, clock_skew_seconds } => {
                let cloud = self.cloud.id;
                if !self.limits.allows_cloud(self.cloud) {
                    return Err("looked where that is not allowed".into());
                }
                let texts: Vec<String> = ids.iter().map(|id| id.as_str().into()).collect();
                if self.has_key {
                    self.check_window(Counted::Reads)?;
                }
                let result = if !self.has_key {
                    TransportResult::NotSent { word: NO_KEY.into() }
                } else if self.rng.below(100) < self.faults / 3 {
                    TransportResult::Lost { word: "network".into() }
                } else if !self.is_clock_right(clock_skew_seconds) {
                    self.coverage.note("look skewed");
                    let seconds = self.now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
                    let request = "00000000-0000-0000-0001-000000000000";
                    let refused = mock_responses::service_error(
                        cloud,
                        ServiceError::ClockSkew,
                        request,
                        seconds,
                    );
                    TransportResult::Answered(refused)
                } else {
                    TransportResult::Answered(self.read(&texts))
                };
                let delay = 5 + self.rng.below(200);
                self.soon(delay, Thing::Page { life, event: Event::Described { ids, result } });
            }
            Command::Changed(_) | Command::Outdated(_) => {}
            Command::WakeAt(at) => {
                let delay = at.saturating_sub(self.page_now());
                if let Some(earlier) = self.wake.take() {
                    self.things.remove(&earlier);
                }
                let key = self.soon(delay, Thing::Page { life, event: Event::Tick });
                self.wake = Some(key);
            }
        }
        Ok(())
    }

    /// Signs a call, and has it wait for its turn.
    fn prepare(
        &mut self,
        run: &Run,
        (call, send_at): (usize, u64),
        batch: &Batch,
        clock_skew_seconds: i64,
    ) -> Result<(), String> {
        let life = self.life;
        if run.calls()[call].state != CallState::Ready {
            return Err("a call that is not ready was handed out".into());
        }
        if self.ready.contains_key(&call) {
            return Err("handed out twice".into());
        }
        if self.limits.check(batch.spec(), batch.ids()).is_err() {
            return Err("handed out what is not allowed".into());
        }
        if !self.has_key {
            self.coverage.note("no key");
            let result = TransportResult::NotSent { word: NO_KEY.into() };
            let event = Event::Completed { call, result };
            self.soon(1, Thing::Page { life, event });
            return Ok(());
        }
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.ready.insert(call, Ready { ticket, clock_skew_seconds });
        // A page may be busy just then; or a key has to be fetched, or another tab sends as well.
        let held_up = if self.rng.below(400) < self.faults {
            self.coverage.note("waits for its turn");
            self.rng.below(120_000)
        } else if self.rng.chance(10) {
            self.rng.below(80)
        } else {
            0
        };
        let turn_in = send_at.saturating_sub(self.page_now()) + held_up;
        self.soon(turn_in, Thing::Turn { life, call, ticket });
        Ok(())
    }

    fn is_clock_right(&self, clock_skew_seconds: i64) -> bool {
        (self.page_ahead_ms / 1_000 + clock_skew_seconds - self.skew_seconds).abs() < 300
    }

    /// What must hold of a call as it leaves, beside the instances in it.
    fn check_departure(&mut self, run: &Run, call: usize) -> Result<(), String> {
        let in_flight = |one: &&Call| one.state == CallState::Sending;
        let together = run.calls().iter().filter(in_flight).count();
        if together > 1 {
            self.coverage.note("several on the way");
        }
        if together + self.lost_in_a_row > 3 && together > 1 {
            let lost = self.lost_in_a_row;
            return Err(format!("{together} on the way, after {lost} that were lost"));
        }
        let canary = run.calls().iter().position(|one| {
            one.canary && !matches!(one.state, CallState::Done | CallState::Stopped)
        });
        if canary.is_some_and(|canary| canary != call) {
            return Err("sent before the canary was back".into());
        }
        if run.policy().stop_above_refused_percent.is_some() && together > 1 {
            return Err("sent before it was known whether too many were refused".into());
        }
        let left_at = self.now;
        let second = left_at.saturating_sub(1_000);
        self.left_at.retain(|at| *at > second);
        self.left_at.push(left_at);
        let most = usize::try_from(run.spec().operation().calls_per_second).unwrap();
        if self.left_at.len() > most {
            return Err(format!("more than {most} calls in a second: {:?}", self.left_at));
        }
        Ok(())
    }

    fn send(
        &mut self,
        call: usize,
        ids: &[InstanceId],
        clock_skew_seconds: i64,
    ) -> Result<(), String> {
        self.coverage.note("sends");
        let send = self.next_send;
        self.next_send += 1;
        for id in ids {
            let before = self.sends.entry(id.as_str().into()).or_default();
            for earlier in before.iter() {
                let truth = self.truth[earlier];
                let done = self
                    .instances
                    .iter()
                    .any(|one| one.id == id.as_str() && one.carried_out.contains(earlier));
                if done || truth == Truth::OnTheWay {
                    return Err(format!("{id} is sent again unasked, and the first was {truth:?}"));
                }
            }
            before.push(send);
        }
        self.last_send_of_call.insert(call, send);
        self.truth.insert(send, Truth::OnTheWay);
        let right_clock = self.is_clock_right(clock_skew_seconds);
        let life = self.life;
        let service_error = self.rng.below(100) < self.faults;
        let fault = match (right_clock, service_error) {
            (false, _) => NetworkFault::ClockSkew,
            (true, false) => NetworkFault::Answered,
            (true, true) => match self.rng.below(8) {
                0 => {
                    self.coverage.note("not sent");
                    self.truth.insert(send, Truth::NotDone);
                    let response = Response {
                        status: 502,
                        headers: vec![(
                            "proxy-status".into(),
                            "relight-proxy; error=connection_refused".into(),
                        )],
                        body: String::new(),
                    };
                    let result = TransportResult::Answered(response);
                    let event = Event::Completed { call, result };
                    self.soon(20, Thing::Page { life, event });
                    return Ok(());
                }
                1 => {
                    self.coverage.note("lost before");
                    self.truth.insert(send, Truth::NotDone);
                    let result = TransportResult::Lost { word: "network".into() };
                    let event = Event::Completed { call, result };
                    self.soon(20, Thing::Page { life, event });
                    return Ok(());
                }
                2 => NetworkFault::AnswerLost,
                3 => NetworkFault::SecondCopy,
                4 => NetworkFault::Garbled,
                5 => NetworkFault::Throttled,
                6 => NetworkFault::InternalError { done: true },
                _ => NetworkFault::InternalError { done: false },
            },
        };
        let texts = ids.iter().map(|id| id.as_str().into()).collect();
        let also_skewed =
            |thing: &Thing| matches!(thing, Thing::Cloud { fault: NetworkFault::ClockSkew, .. });
        if fault == NetworkFault::ClockSkew && self.things.values().any(also_skewed) {
            self.coverage.note("skewed together");
        }
        let delay = 5 + self.rng.below(300);
        self.soon(delay, Thing::Cloud { life, send, call, ids: texts, fault });
        Ok(())
    }

    fn happen(&mut self, run: &mut Run, thing: Thing) -> Result<(), String> {
        match thing {
            Thing::Page { life, event } if life == self.life => {
                if let Event::Online(_) = event {
                    self.offline = false;
                }
                self.handle(run, event)
            }
            Thing::Turn { life, call, ticket } => {
                if life == self.life && self.ready.get(&call).map(|one| one.ticket) == Some(ticket)
                {
                    self.handle(run, Event::ReadyToSend { call })?;
                }
                Ok(())
            }
            Thing::Page { .. } => Ok(()),
            Thing::Disk { life, number, record, conflicts } => {
                if life != self.life {
                    return Ok(());
                }
                if self.journal_is_broken {
                    return self.handle(run, Event::RecordFailed { number });
                }
                self.journal.push(*record);
                self.handle(run, Event::Recorded { number, conflicts })
            }
            Thing::Cloud { life, send, call, ids, fault } => {
                let (result, delay) = self.arrive(send, &ids, fault);
                if let Some(result) = result {
                    let event = Event::Completed { call, result };
                    self.soon(delay, Thing::Page { life, event });
                }
                Ok(())
            }
        }
    }

    fn soon(&mut self, delay: u64, thing: Thing) -> (u64, u64) {
        let key = (self.now + delay, self.next_thing);
        self.next_thing += 1;
        self.things.insert(key, thing);
        key
    }

    fn check(&self, run: &Run, total: usize) -> Result<(), String> {
        self.check_windows_shown(run)?;
        if run.counts().total() != total || run.rows().len() != total {
            return Err(format!("{} outcomes for {total} instances", run.counts().total()));
        }
        for row in run.rows() {
            let one = self.instances.iter().find(|one| one.id == row.id.as_str()).unwrap();
            let last_send = row.call.and_then(|call| self.last_send_of_call.get(&call));
            let done = last_send.is_some_and(|send| one.carried_out.contains(send));
            let wrong = match row.outcome {
                Outcome::Accepted | Outcome::RunningUnproven | Outcome::Overdue => {
                    // A start that was refused because it runs already may be called running.
                    one.carried_out.is_empty()
                        && !(row.outcome == Outcome::RunningUnproven && self.verb == Verb::Start)
                        && !was_touched_by_others(one)
                }
                // This run's operation, and nobody else's.
                Outcome::Proven => !done,
                // Whoever reads one of these may believe that sending is safe.
                Outcome::Rejected | Outcome::NotSent | Outcome::Queued => done,
                Outcome::Skipped => last_send.is_some(),
                Outcome::DryRunPassed => true,
                Outcome::Sending | Outcome::InProgress | Outcome::Unknown => false,
            };
            if row.evidence == Some(Evidence::RestartedBySomeone) && one.moved_at.is_empty() {
                return Err(format!("{} is said to be restarted, and was not", row.id));
            }
            if wrong {
                return Err(format!(
                    "{} is said to be {:?}, but the cloud carried out {:?} (last send {last_send:?})",
                    row.id, row.outcome, one.carried_out
                ));
            }
        }
        Ok(())
    }
}

fn outcomes(run: &Run) -> Vec<&'static str> {
    run.rows().iter().map(|row| row.outcome.word()).collect()
}

fn make_ids(cloud: &'static Cloud, count: u64) -> Vec<InstanceId> {
    let example = cloud.ids.example;
    let keep = example.len() - 2;
    let text: Vec<String> = (0..count).map(|n| format!("{}{n:02}", &example[..keep])).collect();
    let ids: Vec<InstanceId> =
        parse_ids(&text.join("\n"), Some(cloud)).ids.into_iter().map(|parsed| parsed.id).collect();
    assert_eq!(ids.len() as u64, count);
    ids
}
