//! The journal: the records of a run, from which it is restored after a reload or a crash.
//!
//! Records contain values, not steps: a later record of a row replaces the earlier one. A call is
//! recorded before it is sent; if nothing follows, its instances are unknown after a restart. A
//! [`Run`] has no key, token or signature, so its journal has none.

use super::{
    About, Call, CallState, Command, Evidence, Millis, Pause, Policy, RefusedEntry, Row, Run,
};
use crate::{
    clouds,
    ids::parse_recorded,
    model::{
        eligibility::SkipReason,
        instance_id::InstanceId,
        limits::Limits,
        outcome::{Fault, Outcome},
        plan::{self, OperationSpec, PlanInput},
    },
    run::row::{Baseline, WatchReason, Watched},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt, sync::Arc};

/// The version of the records written: 2 since the evidence "by someone", which older releases
/// cannot read. Older records are read; newer ones are quarantined and reported.
pub const VERSION: u32 = 2;

/// The oldest version that is read.
const OLDEST_READ: u32 = 1;

/// A record of a run's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u32,
    number: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    header: Option<Box<Header>>,
    rows: Vec<(usize, RowRecord)>,
    calls: Vec<(usize, CallRecord)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    state: Option<StateRecord>,
}

/// The entry of a run in the history, available without reading its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// As written at its confirmation.
    pub about: About,
    /// The cloud's id.
    pub cloud: String,
    /// The region.
    pub region: String,
    /// The operation, by the cloud's own name.
    pub operation: String,
    /// The number of instances, including skipped ones.
    pub instances: usize,
}

/// What does not change during a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    about: About,
    cloud: String,
    site: String,
    region: String,
    operation: String,
    options: Vec<(String, String)>,
    ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    refused_entries: Vec<RefusedEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StateRecord {
    policy: Policy,
    started_at: Option<Millis>,
    stopped: bool,
    closed: bool,
    pause: Option<Pause>,
    clock_skew_seconds: i64,
    clock_corrected: bool,
    /// The key that signs now, if not the one of the confirmation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    key_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RowRecord {
    outcome: Outcome,
    name: String,
    zone: String,
    address: String,
    previous_state: Option<String>,
    state: Option<String>,
    fault: Option<Fault>,
    skipped: Option<SkipReason>,
    evidence: Option<Evidence>,
    call: Option<usize>,
    sent_at: Option<Millis>,
    settled_at: Option<Millis>,
    baseline: Option<Baseline>,
    watched: Option<Watched>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CallRecord {
    /// Positions in the rows of the run.
    rows: Vec<usize>,
    /// Whether it sends the run's forced operation.
    forced: bool,
    state: CallState,
    request_id: Option<String>,
    status: Option<u16>,
    sent_at: Option<Millis>,
    answered_at: Option<Millis>,
    fault: Option<Fault>,
    resends: u32,
    canary: bool,
}

/// Why a journal could not be read. It is quarantined, never deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Written by another version of the console.
    Version(u32),
    /// Something is missing or inconsistent.
    Corrupt(&'static str),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Version(version) => {
                write!(f, "written by another version of the console ({version})")
            }
            Broken::Corrupt(why) => f.write_str(why),
        }
    }
}

impl Record {
    /// Its position in the journal, from 0.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The summary of the run, if this is its first record.
    pub fn summary(&self) -> Option<Summary> {
        let header = self.header.as_deref()?;
        Some(Summary {
            about: header.about.clone(),
            cloud: header.cloud.clone(),
            region: header.region.clone(),
            operation: header.operation.clone(),
            instances: header.ids.len(),
        })
    }
}

impl Run {
    /// A record of all changes since the last one.
    pub(super) fn next_record(&mut self) -> (u64, Box<Record>) {
        let transient = &mut self.transient;
        let number = transient.next_record;
        transient.next_record += 1;
        let first = !std::mem::replace(&mut transient.opened, true);
        let changed_rows = std::mem::take(&mut transient.changed_rows);
        let changed_calls = std::mem::take(&mut transient.changed_calls);
        let with_state = first || std::mem::take(&mut transient.changed_state);
        transient.changed_state = false;
        let rows: Vec<usize> =
            if first { (0..self.rows.len()).collect() } else { changed_rows.into_iter().collect() };
        let calls: Vec<usize> = if first {
            (0..self.calls.len()).collect()
        } else {
            changed_calls.into_iter().collect()
        };
        // Megabytes in a large run: allocated once.
        let mut written = Vec::with_capacity(rows.len());
        written.extend(
            rows.into_iter().filter_map(|at| Some((at, RowRecord::of(self.rows.get(at)?)))),
        );
        let record = Record {
            version: VERSION,
            number,
            header: first.then(|| Box::new(self.header())),
            rows: written,
            calls: calls
                .into_iter()
                .filter_map(|at| Some((at, self.call_record(self.calls.get(at)?))))
                .collect(),
            state: with_state.then(|| self.state_record()),
        };
        (number, Box::new(record))
    }

    /// Writes the changes, if there are any that a restart would miss.
    pub(super) fn record_changes(&mut self) -> Option<Command> {
        if !self.policy.journal {
            return None;
        }
        // Ready and sending calls need no record: they were recorded when claimed.
        let (rows, calls) = (&self.rows, &self.calls);
        self.transient
            .changed_rows
            .retain(|at| rows.get(*at).is_some_and(|row| row.outcome != Outcome::Sending));
        self.transient.changed_calls.retain(|at| {
            calls.get(*at).is_some_and(|call| match call.state {
                CallState::Ready | CallState::Sending => false,
                CallState::Waiting | CallState::Claiming | CallState::Done | CallState::Stopped => {
                    true
                }
            })
        });
        let changed = !self.transient.changed_rows.is_empty()
            || !self.transient.changed_calls.is_empty()
            || self.transient.changed_state;
        if !self.transient.opened || !changed {
            return None;
        }
        let (number, record) = self.next_record();
        Some(Command::Record { number, record, claim: Vec::new(), durable: false })
    }

    fn header(&self) -> Header {
        let target = self.spec.target();
        Header {
            about: self.about.clone(),
            cloud: target.cloud.id.to_owned(),
            site: target.site.id.to_owned(),
            region: target.region.clone(),
            operation: self.spec.operation().name.to_owned(),
            options: self
                .spec
                .options()
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_str().to_owned()))
                .collect(),
            ids: self.rows.iter().map(|row| row.id.as_str().to_owned()).collect(),
            refused_entries: self.refused_entries.to_vec(),
        }
    }

    fn state_record(&self) -> StateRecord {
        StateRecord {
            policy: self.policy,
            started_at: self.started_at,
            stopped: self.stopped,
            closed: self.closed,
            pause: self.pause,
            clock_skew_seconds: self.clock_skew_seconds,
            clock_corrected: self.clock_corrected,
            key_id: Some(self.about.key_id.clone()),
        }
    }

    fn call_record(&self, call: &Call) -> CallRecord {
        CallRecord {
            rows: call.batch.ids().iter().filter_map(|id| self.index.get(id).copied()).collect(),
            forced: call.batch.spec().options() != self.spec.options(),
            // Whether it still waits for its slot makes no difference after a restart.
            state: match call.state {
                CallState::Ready => CallState::Claiming,
                CallState::Waiting
                | CallState::Claiming
                | CallState::Sending
                | CallState::Done
                | CallState::Stopped => call.state,
            },
            request_id: call.request_id.clone(),
            status: call.status,
            sent_at: call.sent_at,
            answered_at: call.answered_at,
            fault: call.fault.as_deref().cloned(),
            resends: call.resends,
            canary: call.canary,
        }
    }
}

impl RowRecord {
    fn of(row: &Row) -> Self {
        RowRecord {
            outcome: row.outcome,
            name: row.name.clone(),
            zone: row.zone.clone(),
            address: row.address.clone(),
            previous_state: row.previous_state.clone(),
            state: row.state.clone(),
            fault: row.fault.as_deref().cloned(),
            skipped: row.skipped,
            evidence: row.evidence,
            call: row.call,
            sent_at: row.sent_at,
            settled_at: row.settled_at,
            baseline: row.baseline.clone(),
            watched: row.watched.clone(),
        }
    }

    fn into_row(self, id: InstanceId) -> Row {
        Row {
            id,
            outcome: self.outcome,
            name: self.name,
            zone: self.zone,
            address: self.address,
            previous_state: self.previous_state,
            state: self.state,
            fault: self.fault.map(|fault| Arc::new(fault.hidden())),
            skipped: self.skipped,
            evidence: self.evidence,
            call: self.call,
            sent_at: self.sent_at,
            settled_at: self.settled_at,
            baseline: self.baseline,
            watched: self.watched,
        }
    }
}

/// Restores a run. Nothing is sent until the user asks: waiting calls are stopped, calls without a
/// recorded response are unknown, and even describe calls wait for [`super::Event::Resume`].
///
/// Nothing is allowed before [`super::Event::Settings`]: the operator may have changed the settings
/// since.
///
/// # Errors
/// Records of an unsupported version, or inconsistent records.
pub fn restore(records: Vec<Record>, now: Millis) -> Result<Run, Broken> {
    let mut records = records.into_iter();
    let first = records.next().ok_or(Broken::Corrupt("there is no record"))?;
    check_version(&first)?;
    let header = first.header.clone().ok_or(Broken::Corrupt("the first record has no header"))?;
    let spec = header.spec()?;
    let ids = header.ids(&spec)?;
    let mut rows: Vec<Option<Row>> = vec![None; ids.len()];
    let mut calls: Vec<CallRecord> = Vec::new();
    let mut state: Option<StateRecord> = None;
    let mut next_record = 0;
    for (expected, record) in (0_u64..).zip(std::iter::once(first).chain(records)) {
        check_version(&record)?;
        if record.number != expected {
            return Err(Broken::Corrupt("a record is missing"));
        }
        for (at, row) in record.rows {
            let (Some(place), Some(id)) = (rows.get_mut(at), ids.get(at)) else {
                return Err(Broken::Corrupt("a row is out of range"));
            };
            *place = Some(row.into_row(id.clone()));
        }
        for (at, call) in record.calls {
            match at.cmp(&calls.len()) {
                std::cmp::Ordering::Less => {
                    if let Some(place) = calls.get_mut(at) {
                        *place = call;
                    }
                }
                std::cmp::Ordering::Equal => calls.push(call),
                std::cmp::Ordering::Greater => return Err(Broken::Corrupt("a call is missing")),
            }
        }
        state = record.state.or(state);
        next_record = expected + 1;
    }
    let state = state.ok_or(Broken::Corrupt("the state is missing"))?;
    let rows: Option<Vec<Arc<Row>>> = rows.into_iter().map(|row| row.map(Arc::new)).collect();
    let rows = rows.ok_or(Broken::Corrupt("a row is missing"))?;
    let index = rows.iter().enumerate().map(|(at, row)| (row.id.clone(), at)).collect();
    let mut run =
        Run::assemble(header.about, Arc::new(spec), state.policy, rows, index, Vec::new());
    run.refused_entries = header.refused_entries.into();
    let forced = run.forced_spec();
    for record in calls {
        let spec = match (record.forced, &forced) {
            (false, _) => Arc::clone(&run.spec),
            (true, Some(forced)) => Arc::clone(forced),
            (true, None) => return Err(Broken::Corrupt("a call was forced that cannot be")),
        };
        let call = record.into_call(&spec, &ids)?;
        run.calls.push(call);
    }
    run.started_at = state.started_at;
    run.stopped = state.stopped;
    run.closed = state.closed;
    run.pause = state.pause;
    run.clock_skew_seconds = state.clock_skew_seconds;
    run.clock_corrected = state.clock_corrected;
    run.about.key_id = state.key_id.unwrap_or(run.about.key_id);
    run.transient.opened = true;
    run.transient.next_record = next_record;
    run.resolve_interrupted(now);
    run.restrict(&Arc::new(Limits::nothing()));
    Ok(run)
}

fn check_version(record: &Record) -> Result<(), Broken> {
    // A run of an older release continues with records of this one.
    if reads_version(record.version) { Ok(()) } else { Err(Broken::Version(record.version)) }
}

/// Whether this release reads records of a version.
pub fn reads_version(version: u32) -> bool {
    (OLDEST_READ..=VERSION).contains(&version)
}

impl Run {
    /// After a restart: calls about to be sent may have been sent; waiting calls were not.
    fn resolve_interrupted(&mut self, now: Millis) {
        for index in 0..self.calls.len() {
            let Some(call) = self.calls.get(index) else { continue };
            let ids = call.batch.ids().to_vec();
            match call.state {
                CallState::Done | CallState::Stopped => {}
                CallState::Waiting => {
                    self.change_call(index, |call| call.state = CallState::Stopped);
                }
                CallState::Claiming | CallState::Ready | CallState::Sending => {
                    let fault = Arc::new(Fault::layer("interrupted", ""));
                    self.change_call(index, |call| {
                        call.state = CallState::Done;
                        call.fault = Some(Arc::clone(&fault));
                    });
                    for id in ids {
                        self.change(&id, |row| {
                            // Another call or a later record has decided its outcome.
                            if row.call != Some(index) || row.settled_at.is_some() {
                                return;
                            }
                            row.outcome = Outcome::Unknown;
                            row.fault = Some(Arc::clone(&fault));
                            row.watched = Some(Watched::new(now, WatchReason::Lost));
                        });
                    }
                }
            }
        }
        for position in 0..self.rows.len() {
            let Some(row) = self.rows.get(position) else { continue };
            match row.outcome {
                Outcome::Accepted | Outcome::InProgress => {}
                Outcome::Overdue => self.watch_overdue(now, position),
                Outcome::Skipped
                | Outcome::Queued
                | Outcome::Sending
                | Outcome::NotSent
                | Outcome::DryRunPassed
                | Outcome::Proven
                | Outcome::RunningUnproven
                | Outcome::Rejected
                | Outcome::Unknown => continue,
            }
            self.transient.undescribed.insert(position);
        }
        self.pause = Some(Pause::Restored);
        self.transient.changed_state = true;
    }
}

impl Header {
    fn spec(&self) -> Result<OperationSpec, Broken> {
        let cloud = clouds::by_id(&self.cloud).ok_or(Broken::Corrupt("the cloud is not known"))?;
        let first = self.ids.first().ok_or(Broken::Corrupt("there are no instances"))?;
        let input = PlanInput {
            cloud,
            site: Some(self.site.clone()),
            region: self.region.clone(),
            operation: self.operation.clone(),
            ids: parse_recorded(first, cloud).into_iter().collect(),
            options: self.options.clone(),
            // A run that is not allowed any more can still be read.
            limits: Arc::default(),
        };
        plan::plan(&input, None)
            .map(|plan| (*plan.spec).clone())
            .map_err(|_| Broken::Corrupt("the order is not valid"))
    }

    fn ids(&self, spec: &OperationSpec) -> Result<Vec<InstanceId>, Broken> {
        let cloud = spec.target().cloud;
        let mut seen = HashSet::new();
        let ids =
            self.ids.iter().map(|text| parse_recorded(text, cloud).filter(|_| seen.insert(text)));
        ids.collect::<Option<_>>().ok_or(Broken::Corrupt("an instance id is not valid"))
    }
}

impl CallRecord {
    fn into_call(self, spec: &Arc<OperationSpec>, ids: &[InstanceId]) -> Result<Call, Broken> {
        let ids: Option<Vec<InstanceId>> =
            self.rows.iter().map(|at| ids.get(*at).cloned()).collect();
        let ids = ids.ok_or(Broken::Corrupt("a call names a row that is not there"))?;
        let batch = plan::batch(spec, ids).ok_or(Broken::Corrupt("a call has no valid batch"))?;
        Ok(Call {
            state: self.state,
            request_id: self.request_id,
            status: self.status,
            sent_at: self.sent_at,
            answered_at: self.answered_at,
            fault: self.fault.map(|fault| Arc::new(fault.hidden())),
            resends: self.resends,
            canary: self.canary,
            ..Call::waiting(batch)
        })
    }
}
