//! What the tests share.

#![allow(dead_code, reason = "each test file is a crate of its own and uses a part of this")]

use relight_core::{
    i18n::Locale,
    ids::parse_ids,
    model::{
        cloud::{Cloud, Operation, ParameterKind},
        instance_id::InstanceId,
        limits::Limits,
        outcome::{DescribedInstance, Response},
        plan::{Batch, Plan, PlanInput, plan},
    },
    run::{About, Choice, Command, Event, Millis, Policy, Record, Run, restore},
    signing::Signer,
    transport::TransportResult,
};
use std::{collections::VecDeque, sync::Arc};

/// Runs a check for every cloud of the list.
pub(crate) fn every_cloud(check: impl Fn(&'static Cloud)) {
    for cloud in relight_core::clouds::ALL {
        check(cloud);
    }
}

/// Runs a check for every operation of every cloud.
pub(crate) fn every_operation(check: impl Fn(&'static Cloud, &'static Operation)) {
    every_cloud(|cloud| {
        for operation in cloud.operations {
            check(cloud, operation);
        }
    });
}

/// This many different ids of a cloud, made from its example by counting in the last characters.
pub(crate) fn ids(cloud: &'static Cloud, count: usize) -> Vec<InstanceId> {
    let example = cloud.ids.example;
    let (head, _) = example.split_at(example.len() - 4);
    let text: Vec<String> = (0..count).map(|number| format!("{head}{number:04}")).collect();
    let parsed = parse_ids(&text.join("\n"), Some(cloud));
    assert_eq!(parsed.problems, [], "{cloud:?}");
    assert_eq!(parsed.ids.len(), count, "{cloud:?}");
    parsed.ids.into_iter().map(|parsed| parsed.id).collect()
}

/// A job that breaks no rule.
pub(crate) fn plan_input(cloud: &'static Cloud, operation: &str, count: usize) -> PlanInput {
    let regions = &cloud.regions;
    PlanInput {
        cloud,
        site: None,
        region: regions.known.first().map_or("", |region| region.id).to_owned(),
        operation: operation.to_owned(),
        ids: ids(cloud, count),
        options: Vec::new(),
        limits: Arc::default(),
    }
}

/// The only batch of a job of up to the limit of ids.
pub(crate) fn batch(cloud: &'static Cloud, operation: &Operation, count: usize) -> Batch {
    let Plan { mut batches, .. } = plan(&plan_input(cloud, operation.name, count), None).unwrap();
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

/// Every value of a parameter, as text.
pub(crate) fn values(kind: &ParameterKind) -> Vec<&'static str> {
    match kind {
        ParameterKind::Boolean => vec!["true", "false"],
        ParameterKind::Choice(choices) => choices.to_vec(),
    }
}

/// Somebody who signs at a fixed time.
pub(crate) fn signer() -> Signer {
    Signer {
        key_id: "EXAMPLE-KEY-ID".into(),
        token: None,
        unix_seconds: 1_714_550_400,
        nonce: "0123456789abcdef0123456789abcdef".into(),
        sign_action: true,
        locale: Locale::En,
    }
}

/// A run with a journal that always works, in a page that does nothing by itself.
pub(crate) struct Page {
    pub(crate) run: Run,
    pub(crate) now: Millis,
    /// Another tab has the pace: calls wait for their turn.
    pub(crate) holds_calls: bool,
    records: Vec<Record>,
}

/// What a page was told to send and to look at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    /// The calls, by their index.
    pub(crate) calls: Vec<usize>,
    /// The instances that were looked at.
    pub(crate) described: Vec<InstanceId>,
    /// The corrections of the clock that calls were sent with, in seconds.
    pub(crate) skews: Vec<i64>,
    /// The calls that wait for their turn.
    pub(crate) ready: Vec<usize>,
    /// The calls that were taken back before they left.
    pub(crate) canceled: Vec<usize>,
    /// What was asked for and had changed by then.
    pub(crate) changed: Vec<Choice>,
    /// What was asked for and rests on looks that are too old.
    pub(crate) outdated: Vec<Choice>,
}

impl Page {
    /// 2024-05-01T08:00:00Z.
    pub(crate) const START: Millis = 1_714_550_400_000;

    /// A run that has not begun.
    pub(crate) fn of(plan: &Plan, known: &[DescribedInstance]) -> Self {
        Self::with(plan, known, Policy::default())
    }

    /// The same, that goes about its work like this.
    pub(crate) fn with(plan: &Plan, known: &[DescribedInstance], policy: Policy) -> Self {
        let about = About { id: "r".into(), key_id: "AKIDEXAMPLE".into(), ..About::default() };
        let policy = Policy { journal: true, ..policy };
        let run = Run::new(about, plan, &[], known, policy);
        Page { run, now: Self::START, holds_calls: false, records: Vec::new() }
    }

    /// Takes note of an event, and of what follows from it at once.
    pub(crate) fn step(&mut self, event: Event) -> Commands {
        let mut commands = Commands::default();
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for command in self.run.handle(self.now, event) {
                match command {
                    Command::Record { number, record, .. } => {
                        self.records.push(*record);
                        events.push_back(Event::Recorded { number, conflicts: Vec::new() });
                    }
                    // Nobody else wants a turn, unless the test holds it.
                    Command::Prepare { call, clock_skew_seconds, .. } => {
                        commands.skews.push(clock_skew_seconds);
                        if self.holds_calls {
                            commands.ready.push(call);
                        } else {
                            events.push_back(Event::ReadyToSend { call });
                        }
                    }
                    Command::Send { call } => commands.calls.push(call),
                    Command::Cancel { call } => commands.canceled.push(call),
                    Command::Describe { ids, .. } => commands.described.extend(ids),
                    Command::Changed(choice) => commands.changed.push(choice),
                    Command::Outdated(choice) => commands.outdated.push(choice),
                    Command::WakeAt(_) => {}
                }
            }
        }
        commands
    }

    /// A person is shown what a choice comes to, and asks for that.
    pub(crate) fn ask(&mut self, choice: Choice) -> Commands {
        let offer = self.run.offer(choice);
        self.step(offer.map_or(Event::Tick, Event::Ask))
    }

    /// Lets so much time pass, a tenth of a second at a time.
    pub(crate) fn pass(&mut self, tenths: u64) -> Commands {
        let mut commands = Commands::default();
        for _ in 0..tenths {
            self.now += 100;
            let more = self.step(Event::Tick);
            commands.calls.extend(more.calls);
            commands.described.extend(more.described);
            commands.skews.extend(more.skews);
            commands.ready.extend(more.ready);
            commands.canceled.extend(more.canceled);
            commands.changed.extend(more.changed);
            commands.outdated.extend(more.outdated);
        }
        commands
    }

    /// The answer to a call: what came of it.
    pub(crate) fn answer(&mut self, call: usize, status: u16, body: &str) -> Commands {
        self.step(Event::Completed { call, result: TransportResult::Answered(said(status, body)) })
    }

    /// The journal, as it is on the disk.
    pub(crate) fn written(&self) -> String {
        serde_json::to_string(&self.records).unwrap()
    }

    /// The same run in another page, so much later.
    pub(crate) fn another_page(&self, later_ms: Millis) -> Page {
        let written = self.written();
        let records: Vec<Record> = serde_json::from_str(&written).unwrap();
        let now = self.now + later_ms;
        let run = restore(serde_json::from_str(&written).unwrap(), now).unwrap();
        Page { run, now, holds_calls: false, records }
    }

    /// What the operator has set.
    pub(crate) fn allow(&mut self, limits: Limits) -> Commands {
        self.step(Event::Settings { limits: Arc::new(limits), through_proxy: true })
    }

    /// The outcomes, by their public names.
    pub(crate) fn outcomes(&self) -> Vec<&'static str> {
        self.run.rows().iter().map(|row| row.outcome.word()).collect()
    }
}

/// A describe call in which Tencent shows these: of each its state, and the request and result of its last
/// operation.
pub(crate) fn described(ids: Vec<InstanceId>, each: impl Fn(usize) -> [String; 3]) -> Event {
    let one = |(at, id): (usize, &InstanceId)| {
        let [state, request, result] = each(at);
        format!(
            r#"{{"InstanceId":"{id}","InstanceState":"{state}","Placement":{{"Zone":"z"}},
                "LatestOperation":"RebootInstances","LatestOperationRequestId":"{request}",
                "LatestOperationState":"{result}"}}"#
        )
    };
    let set: Vec<String> = ids.iter().enumerate().map(one).collect();
    let body = format!(
        r#"{{"Response":{{"TotalCount":{},"InstanceSet":[{}],"RequestId":"d"}}}}"#,
        set.len(),
        set.join(",")
    );
    Event::Described { ids, result: TransportResult::Answered(said(200, &body)) }
}

/// An answer of a cloud, by way of the proxy.
pub(crate) fn said(status: u16, body: &str) -> Response {
    Response {
        status,
        headers: vec![
            ("proxy-status".into(), format!("relight-proxy; received-status={status}")),
            ("content-type".into(), "application/json".into()),
            ("date".into(), "Wed, 01 May 2024 08:00:00 GMT".into()),
        ],
        body: body.to_owned(),
    }
}
