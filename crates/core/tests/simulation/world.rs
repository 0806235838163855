//! One schedule: a run, a cloud, a network that misbehaves, a page that is killed, a person who asks.

use crate::{
    model::{Dice, Instance, Power, Verdict},
    record,
    voices::{self, Trouble},
};
use relight_core::{
    answer::{Delivery, InstanceState, Outcome, Response},
    cloud::{self, Cloud, Verb},
    eligibility::SkipReason,
    ids::{InstanceId, parse_ids},
    limits::Limits,
    plan::{Cut, Job, plan_cut},
    run::{
        About, Call, CallState, Choice, Command, Event, Look, LookCommand, NO_KEY, Policy, Record,
        Run, Stage, restore, sort_out,
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

/// 2024-05-01T00:00:00Z.
const MIDNIGHT_MS: u64 = 1_714_521_600_000;
/// A schedule that is not over by then never ends.
const LONGEST_MS: u64 = 6 * 3_600_000;
const MOST_STEPS: u32 = 30_000;

/// What has happened in schedules: they must not be tame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(BTreeMap<&'static str, u64>);

impl Seen {
    fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Seen) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    pub(crate) fn is_varied(&self) -> bool {
        [
            "sends",
            "lost after",
            "lost before",
            "not sent",
            "second copy",
            "throttled",
            "skewed",
            "internal error",
            "garbled",
            "killed",
            "killed in flight",
            "stopped",
            "asked",
            "offline",
            "overtaken",
            "record failed",
            "held elsewhere",
            "proven",
            "unknown",
            "running-unproven",
            "overdue",
            "rejected",
            "clock set",
            "no key",
            "look skewed",
            "sending forbidden",
            "looking forbidden",
        ]
        .iter()
        .all(|what| self.0.contains_key(what))
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(|(what, n)| format!("{what} {n}")).collect();
        f.write_str(&all.join(", "))
    }
}

/// Something that will happen.
#[derive(Clone, Debug)]
enum Thing {
    /// An event reaches the page, unless the page has been killed since.
    Page { life: u32, event: Event },
    /// A record reaches the disk; then the page is told.
    Disk { life: u32, number: u64, record: Box<Record>, held: Vec<InstanceId> },
    /// A request reaches the cloud; then, perhaps, its answer goes back.
    Cloud { life: u32, send: u64, call: usize, ids: Vec<String>, fate: Fate },
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered,
    AnswerLost,
    /// The browser sends a second copy behind the page's back, whose answer it shows.
    SecondCopy,
    Garbled,
    Throttled,
    ClockSkew,
    /// Says that something went wrong, and has or has not done it.
    InternalError {
        done: bool,
    },
}

/// What a look has parted: who can take the order, who cannot, and what was seen.
type Looked = (Vec<InstanceId>, Vec<(InstanceId, SkipReason)>, Vec<InstanceState>);

#[allow(clippy::struct_excessive_bools, reason = "each is a thing that may be so, on its own")]
struct World {
    dice: Dice,
    now: u64,
    cloud: &'static dyn Cloud,
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
    /// What came of each send, in truth.
    truth: HashMap<u64, Truth>,
    last_send_of_call: HashMap<usize, u64>,
    journal: Vec<Record>,
    life: u32,
    page_ahead_ms: i64,
    skew_seconds: i64,
    seen: Seen,
    loud: bool,
    troubles: u64,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    OnTheWay,
    Done,
    NotDone,
    Mixed,
}

/// Plays one schedule.
pub(crate) fn play(seed: u64, loud: bool) -> Result<Seen, String> {
    let mut dice = Dice::new(seed);
    let all = cloud::ALL;
    let cloud = all[usize::try_from(dice.roll(all.len() as u64)).unwrap()];
    let verb = if dice.chance(70) { Verb::Reboot } else { Verb::Start };
    let operation = cloud.manifest().operation_for(verb).unwrap();
    let count = 1 + dice.roll(12);
    let ids = make_ids(cloud, count);
    let region = cloud.manifest().regions.known.first().map_or("", |region| region.id);
    let batching = operation.parameters.iter().find(|one| one.name == "BatchOptimization");
    let atomic = match batching {
        Some(_) => dice.chance(30),
        None => cloud.manifest().id == "tencent",
    };
    let options = batching.map(|one| {
        let value = if atomic { "AllTogether" } else { "SuccessFirst" };
        (one.name.to_owned(), value.to_owned())
    });
    let job = Job {
        cloud,
        site: None,
        region: region.into(),
        operation: operation.name.into(),
        ids: ids.clone(),
        options: options.into_iter().collect(),
        limits: Arc::default(),
    };
    let cut =
        Cut { size: Some(1 + usize::try_from(dice.roll(5)).unwrap()), canary: dice.chance(40) };
    let policy = Policy {
        journal: true,
        stop_above_refused_percent: dice.chance(15).then_some(30),
        wave_calls: usize::try_from(dice.roll(3)).unwrap(),
        wave_pause_ms: 1_000,
        ..Policy::default()
    };
    let instances = ids
        .iter()
        .map(|id| Instance {
            id: id.as_str().to_owned(),
            power: match (verb, dice.chance(90)) {
                (Verb::Reboot, true) | (Verb::Start, false) => Power::Running,
                (Verb::Reboot, false) | (Verb::Start, true) => Power::Stopped,
            },
            started_at: MIDNIGHT_MS,
            last_request: "other:0".into(),
            carried_out: Vec::new(),
            stuck: dice.chance(2),
        })
        .collect();
    let troubles = dice.roll(50);
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
        truth: HashMap::new(),
        last_send_of_call: HashMap::new(),
        journal: Vec::new(),
        life: 0,
        page_ahead_ms: 0,
        skew_seconds: if dice.chance(10) { 900 } else { 0 },
        seen: Seen::default(),
        loud,
        troubles,
        journal_is_broken: false,
        has_key: true,
        limits: Arc::default(),
        lost_in_a_row: 0,
        left_at: Vec::new(),
        disk_busy_until: 0,
        dice,
    };
    let looked_first = world.dice.chance(85);
    let (ids, skipped, known) = if looked_first {
        world.look_first(&job)?
    } else {
        (job.ids.clone(), Vec::new(), Vec::new())
    };
    if ids.is_empty() {
        return Ok(world.seen);
    }
    let plan = plan_cut(&Job { ids, ..job }, cut).map_err(|refusal| refusal.kind().to_owned())?;
    let about = About { id: format!("run-{seed}"), ..About::default() };
    let run = Run::new(about, &plan, &skipped, &known, policy);
    world.live(run)
}

impl World {
    fn live(mut self, mut run: Run) -> Result<Seen, String> {
        let total = run.counts().total();
        let mut questions = self.dice.roll(6);
        self.handle(&mut run, Event::Tick)?;
        for step in 0..MOST_STEPS {
            if self.now > MIDNIGHT_MS + LONGEST_MS {
                return Err(format!("does not end: {:?}, {:?}", run.stage(), outcomes(&run)));
            }
            self.check(&run, total)?;
            if self.dice.roll(1_000) < self.troubles / 5 {
                run = self.disturb(run)?;
                continue;
            }
            let Some((&(at, key), _)) = self.things.iter().next() else {
                // Nothing is on the way: the run waits for a person, or is over.
                match run.stage() {
                    Stage::Finished if questions == 0 => {
                        for row in run.rows() {
                            self.seen.note(row.outcome.word());
                        }
                        record::fits(&run)?;
                        return Ok(self.seen);
                    }
                    Stage::Paused(_) if questions == 0 => {
                        self.has_key = true;
                        self.allow(&mut run, Limits::default())?;
                        self.handle(&mut run, Event::Stop)?;
                        self.handle(&mut run, Event::Resume)?;
                    }
                    Stage::Paused(_) | Stage::Finished => {
                        questions -= 1;
                        self.ask(&mut run)?;
                    }
                    Stage::Sending | Stage::Watching | Stage::Stopped => {
                        return Err(format!(
                            "step {step}: {:?}, and nothing will happen",
                            run.stage()
                        ));
                    }
                }
                continue;
            };
            let thing = self.things.remove(&(at, key)).unwrap();
            self.now = self.now.max(at);
            self.happen(&mut run, thing)?;
        }
        Err(format!("does not end in {MOST_STEPS} steps: {:?}", run.stage()))
    }

    fn look_first(&mut self, job: &Job) -> Result<Looked, String> {
        let plan = plan_cut(job, Cut::default()).map_err(|refusal| refusal.kind().to_owned())?;
        let mut look = Look::new(plan.order.target().clone(), &job.ids, true);
        loop {
            match look.next(self.now) {
                LookCommand::Describe(ids) => {
                    let texts: Vec<String> = ids.iter().map(|id| id.as_str().into()).collect();
                    let response = self.describe(&texts);
                    look.looked(self.now, &ids, &Delivery::Answered(response));
                }
                LookCommand::WakeAt(at) => self.now = at,
                LookCommand::Wait => return Err("the look waits for nothing".into()),
                LookCommand::Done => break,
            }
        }
        if let Some(fault) = &look.seen().fault {
            return Err(format!("the look failed: {fault:?}"));
        }
        let known = look.seen().instances.clone();
        let (eligible, skipped) = sort_out(&plan.order, &job.ids, &known);
        Ok((eligible, skipped, known))
    }

    // ---- the page ------------------------------------------------------------------------------

    fn page_now(&self) -> u64 {
        self.now.saturating_add_signed(self.page_ahead_ms)
    }

    fn handle(&mut self, run: &mut Run, event: Event) -> Result<(), String> {
        if self.loud {
            println!("{:>9} {event:?}", self.now - MIDNIGHT_MS);
        }
        match &event {
            Event::Delivered { delivery: Delivery::Lost { .. }, .. } => self.lost_in_a_row += 1,
            Event::Delivered { .. } | Event::Resume | Event::Ask(_) => self.lost_in_a_row = 0,
            _ => {}
        }
        let commands = run.handle(self.page_now(), event);
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
                let done_at = (self.now + self.dice.roll(30)).max(self.disk_busy_until);
                self.disk_busy_until = done_at;
                let delay = done_at - self.now;
                if self.dice.roll(4_000) < self.troubles {
                    self.seen.note("record failed");
                    let event = Event::RecordFailed { number };
                    self.soon(delay, Thing::Page { life, event });
                    // A journal that has failed once fails from then on: a gap would be corrupt.
                    self.break_journal();
                    return Ok(());
                }
                let held: Vec<InstanceId> = claim
                    .into_iter()
                    .filter(|_| durable && self.troubles > 25 && self.dice.roll(400) == 0)
                    .collect();
                if !held.is_empty() {
                    self.seen.note("held elsewhere");
                }
                self.soon(delay, Thing::Disk { life, number, record, held });
            }
            Command::Send { call, leave_at, batch, clock_skew_seconds } => {
                if run.calls()[call].state != CallState::Sending {
                    return Err("a call that is not being sent was sent".into());
                }
                if self.limits.check(batch.order(), batch.ids()).is_err() {
                    return Err("sent what is not allowed".into());
                }
                if !self.has_key {
                    self.seen.note("no key");
                    let delivery = Delivery::NotSent { word: NO_KEY.into() };
                    let event = Event::Delivered { call, delivery };
                    self.soon(1, Thing::Page { life, event });
                    return Ok(());
                }
                // A page may be busy just then.
                let held_up = if self.dice.chance(10) { self.dice.roll(80) } else { 0 };
                let leaves_in = leave_at.saturating_sub(self.page_now()) + held_up;
                self.check_departure(run, call, leaves_in)?;
                self.soon(leaves_in, Thing::Page { life, event: Event::Left { call } });
                self.send(call, batch.ids(), clock_skew_seconds, leaves_in)?;
            }
            Command::Look { ids, clock_skew_seconds } => {
                let cloud = self.cloud.manifest().id;
                if !self.limits.allows_cloud(self.cloud.manifest()) {
                    return Err("looked where that is not allowed".into());
                }
                let texts: Vec<String> = ids.iter().map(|id| id.as_str().into()).collect();
                let delivery = if !self.has_key {
                    Delivery::NotSent { word: NO_KEY.into() }
                } else if self.dice.roll(100) < self.troubles / 3 {
                    Delivery::Lost { word: "network".into() }
                } else if !self.is_clock_right(clock_skew_seconds) {
                    self.seen.note("look skewed");
                    let seconds = self.now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
                    let request = "00000000-0000-0000-0001-000000000000";
                    let refused = voices::trouble(cloud, Trouble::ClockSkew, request, seconds);
                    Delivery::Answered(refused)
                } else {
                    Delivery::Answered(self.describe(&texts))
                };
                let delay = 5 + self.dice.roll(200);
                self.soon(delay, Thing::Page { life, event: Event::Looked { ids, delivery } });
            }
            Command::WakeAt(at) => {
                let delay = at.saturating_sub(self.page_now());
                self.soon(delay, Thing::Page { life, event: Event::Tick });
            }
        }
        Ok(())
    }

    fn is_clock_right(&self, clock_skew_seconds: i64) -> bool {
        (self.page_ahead_ms / 1_000 + clock_skew_seconds - self.skew_seconds).abs() < 300
    }

    /// What must hold of a call as it leaves, beside the instances in it.
    fn check_departure(&mut self, run: &Run, call: usize, leaves_in: u64) -> Result<(), String> {
        let on_the_way = |one: &&Call| one.state == CallState::Sending;
        let together = run.calls().iter().filter(on_the_way).count();
        if together > 1 {
            self.seen.note("several on the way");
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
        let left_at = self.now + leaves_in;
        let second = left_at.saturating_sub(1_000);
        self.left_at.retain(|at| *at > second);
        self.left_at.push(left_at);
        let most = usize::try_from(run.order().operation().calls_per_second).unwrap();
        if self.left_at.len() > most {
            return Err(format!("more than {most} calls in a second: {:?}", self.left_at));
        }
        Ok(())
    }

    fn break_journal(&mut self) {
        self.journal_is_broken = true;
    }

    fn send(
        &mut self,
        call: usize,
        ids: &[InstanceId],
        clock_skew_seconds: i64,
        leaves_in: u64,
    ) -> Result<(), String> {
        self.seen.note("sends");
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
        let trouble = self.dice.roll(100) < self.troubles;
        let fate = match (right_clock, trouble) {
            (false, _) => Fate::ClockSkew,
            (true, false) => Fate::Answered,
            (true, true) => match self.dice.roll(8) {
                0 => {
                    self.seen.note("not sent");
                    self.truth.insert(send, Truth::NotDone);
                    let response = Response {
                        status: 502,
                        headers: vec![(
                            "proxy-status".into(),
                            "relight-proxy; error=connection_refused".into(),
                        )],
                        body: String::new(),
                    };
                    let delivery = Delivery::Answered(response);
                    let event = Event::Delivered { call, delivery };
                    self.soon(leaves_in + 20, Thing::Page { life, event });
                    return Ok(());
                }
                1 => {
                    self.seen.note("lost before");
                    self.truth.insert(send, Truth::NotDone);
                    let delivery = Delivery::Lost { word: "network".into() };
                    let event = Event::Delivered { call, delivery };
                    self.soon(leaves_in + 20, Thing::Page { life, event });
                    return Ok(());
                }
                2 => Fate::AnswerLost,
                3 => Fate::SecondCopy,
                4 => Fate::Garbled,
                5 => Fate::Throttled,
                6 => Fate::InternalError { done: true },
                _ => Fate::InternalError { done: false },
            },
        };
        let texts = ids.iter().map(|id| id.as_str().into()).collect();
        let also_skewed =
            |thing: &Thing| matches!(thing, Thing::Cloud { fate: Fate::ClockSkew, .. });
        if fate == Fate::ClockSkew && self.things.values().any(also_skewed) {
            self.seen.note("skewed together");
        }
        let delay = leaves_in + 5 + self.dice.roll(300);
        self.soon(delay, Thing::Cloud { life, send, call, ids: texts, fate });
        Ok(())
    }

    fn ask(&mut self, run: &mut Run) -> Result<(), String> {
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

    // ---- what happens --------------------------------------------------------------------------

    fn happen(&mut self, run: &mut Run, thing: Thing) -> Result<(), String> {
        match thing {
            Thing::Page { life, event } if life == self.life => self.handle(run, event),
            Thing::Page { .. } => Ok(()),
            Thing::Disk { life, number, record, held } => {
                if life != self.life {
                    return Ok(());
                }
                if self.journal_is_broken {
                    return self.handle(run, Event::RecordFailed { number });
                }
                self.journal.push(*record);
                self.handle(run, Event::Recorded { number, held })
            }
            Thing::Cloud { life, send, call, ids, fate } => {
                let (delivery, delay) = self.arrive(send, &ids, fate);
                if let Some(delivery) = delivery {
                    let event = Event::Delivered { call, delivery };
                    self.soon(delay, Thing::Page { life, event });
                }
                Ok(())
            }
        }
    }

    fn arrive(&mut self, send: u64, ids: &[String], fate: Fate) -> (Option<Delivery>, u64) {
        let delay = 5 + self.dice.roll(400);
        let cloud = self.cloud.manifest().id;
        let cloud_seconds = self.now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
        let request = format!("00000000-0000-0000-0000-{:012}", self.next_request);
        let say = |trouble| {
            Some(Delivery::Answered(voices::trouble(cloud, trouble, &request, cloud_seconds)))
        };
        let delivery = match fate {
            Fate::Throttled => {
                self.seen.note("throttled");
                self.truth.insert(send, Truth::NotDone);
                say(Trouble::Throttled)
            }
            Fate::ClockSkew => {
                self.seen.note("skewed");
                self.truth.insert(send, Truth::NotDone);
                say(Trouble::ClockSkew)
            }
            Fate::InternalError { done } => {
                self.seen.note("internal error");
                if done {
                    self.carry_out_at_cloud(send, ids);
                } else {
                    self.truth.insert(send, Truth::NotDone);
                }
                say(Trouble::Internal)
            }
            Fate::Answered => {
                let verdict = self.carry_out_at_cloud(send, ids);
                let said = voices::verdict(cloud, self.verb, &verdict, cloud_seconds);
                Some(Delivery::Answered(said))
            }
            Fate::AnswerLost => {
                self.seen.note("lost after");
                self.carry_out_at_cloud(send, ids);
                Some(Delivery::Lost { word: "network".into() })
            }
            Fate::Garbled => {
                self.seen.note("garbled");
                let verdict = self.carry_out_at_cloud(send, ids);
                let mut said = voices::verdict(cloud, self.verb, &verdict, cloud_seconds);
                let half = said.body.len() / 2;
                said.body.truncate(half);
                Some(Delivery::Answered(said))
            }
            Fate::SecondCopy => {
                self.seen.note("second copy");
                self.carry_out_at_cloud(send, ids);
                if self.cloud.manifest().refuses_repetitions {
                    say(Trouble::SecondCopy)
                } else {
                    let verdict = self.carry_out_at_cloud(send, ids);
                    let said = voices::verdict(cloud, self.verb, &verdict, cloud_seconds);
                    Some(Delivery::Answered(said))
                }
            }
        };
        (delivery, delay)
    }

    // ---- the cloud -----------------------------------------------------------------------------

    fn judge(&mut self, ids: &[String]) -> Verdict {
        let now = self.now;
        let request = format!("00000000-0000-0000-0000-{:012}", self.next_request);
        self.next_request += 1;
        let mut instances = Vec::new();
        for id in ids {
            let one = self.instances.iter_mut().find(|one| one.id == *id).unwrap();
            one.settle(now);
            let word = match one.power {
                Power::Running => "Running",
                Power::Stopped => "Stopped",
                Power::Moving { .. } => "Starting",
            };
            instances.push((id.clone(), (!one.can_take(self.verb)).then_some(word)));
        }
        let refused_as_a_whole =
            self.atomic && instances.iter().any(|(_, problem)| problem.is_some());
        Verdict { request, instances, refused_as_a_whole }
    }

    fn carry_out_at_cloud(&mut self, send: u64, ids: &[String]) -> Verdict {
        let verdict = self.judge(ids);
        let mut done = 0;
        if !verdict.refused_as_a_whole {
            for (id, problem) in &verdict.instances {
                if problem.is_none() {
                    done += 1;
                    let takes_ms = 8_000 + self.dice.roll(60_000);
                    let name = match self.verb {
                        Verb::Reboot => "RebootInstances",
                        Verb::Start => "StartInstances",
                    };
                    let request = format!("{name}:{}", verdict.request);
                    let now = self.now;
                    let one = self.instances.iter_mut().find(|one| one.id == *id).unwrap();
                    one.carry_out(now, send, &request, takes_ms);
                }
            }
        }
        let before = self.truth[&send];
        let truth = match (done, done == ids.len()) {
            (0, _) => Truth::NotDone,
            (_, true) => Truth::Done,
            (_, false) => Truth::Mixed,
        };
        let truth = if before == Truth::OnTheWay || before == truth { truth } else { Truth::Mixed };
        self.truth.insert(send, truth);
        verdict
    }

    fn describe(&mut self, ids: &[String]) -> Response {
        let now = self.now;
        for one in &mut self.instances {
            one.settle(now);
        }
        let found: Vec<&Instance> =
            self.instances.iter().filter(|one| ids.contains(&one.id)).collect();
        let seconds = now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
        voices::description(self.cloud.manifest().id, &found, seconds)
    }

    // ---- trouble -------------------------------------------------------------------------------

    fn disturb(&mut self, mut run: Run) -> Result<Run, String> {
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

    fn allow(&mut self, run: &mut Run, limits: Limits) -> Result<(), String> {
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

    fn soon(&mut self, delay: u64, thing: Thing) {
        let key = (self.now + delay, self.next_thing);
        self.next_thing += 1;
        self.things.insert(key, thing);
    }

    // ---- the invariants ------------------------------------------------------------------------

    fn check(&self, run: &Run, total: usize) -> Result<(), String> {
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
                Outcome::Proven => one.carried_out.is_empty() && !was_touched_by_others(one),
                // Whoever reads one of these may believe that sending is safe.
                Outcome::Rejected | Outcome::NotSent | Outcome::Queued => done,
                Outcome::Skipped => last_send.is_some(),
                Outcome::DryRunPassed => true,
                Outcome::Sending | Outcome::InProgress | Outcome::Unknown => false,
            };
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

fn was_touched_by_others(one: &Instance) -> bool {
    one.last_request == "other:777"
}

fn outcomes(run: &Run) -> Vec<&'static str> {
    run.rows().iter().map(|row| row.outcome.word()).collect()
}

fn make_ids(cloud: &'static dyn Cloud, count: u64) -> Vec<InstanceId> {
    let example = cloud.manifest().ids.example;
    let keep = example.len() - 2;
    let text: Vec<String> = (0..count).map(|n| format!("{}{n:02}", &example[..keep])).collect();
    let ids: Vec<InstanceId> =
        parse_ids(&text.join("\n"), Some(cloud)).ids.into_iter().map(|parsed| parsed.id).collect();
    assert_eq!(ids.len() as u64, count);
    ids
}
