//! The clouds themselves: authentication, operations, and the exact shapes of the responses.
//!
//! Each cloud has the same two functions: `facts` reads what a request says without trusting it,
//! and `serve` checks it and carries it out.

pub(crate) mod alibaba;
pub(crate) mod tencent;
pub(crate) mod zenlayer;

use std::collections::HashMap;

use crate::{
    cloud::Cloud,
    credential::Credential,
    errors,
    fleet::{Fleet, Instance, LatestOperation, State},
    message::Answer,
    rates::Rates,
    sandbox::Limits,
    signature::Inbound,
    text::scatter,
};

/// Everything that outlives a request.
pub(crate) struct World<'a> {
    pub(crate) fleet: &'a mut Fleet,
    pub(crate) credentials: &'a [Credential],
    /// When each nonce of each key was seen, in Unix milliseconds.
    pub(crate) nonces: &'a mut HashMap<(String, String), i64>,
    pub(crate) rates: &'a mut Rates,
    pub(crate) limits: &'a Limits,
    pub(crate) speed: f64,
}

/// What a request claims, unchecked; for the journal and for choosing a fault.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) action: String,
    pub(crate) version: String,
    pub(crate) region: String,
    pub(crate) ids: Vec<String>,
    pub(crate) key_id: String,
}

/// One request with all that is needed to answer it.
pub(crate) struct Task<'a> {
    pub(crate) request: &'a Inbound,
    pub(crate) facts: &'a Facts,
    /// The cloud's own idea of the time, which may be wrong.
    pub(crate) server_s: i64,
    pub(crate) now_ms: i64,
    pub(crate) request_id: String,
    /// The error to answer instead of the operation, once the signature and the rate are in order.
    pub(crate) instead: Option<Failure>,
    /// Errors that were asked for, by instance.
    pub(crate) for_instances: Vec<(String, Failure)>,
}

impl Task<'_> {
    /// The error that was asked for, or that the instance always has.
    fn planned_failure(&self, instance: &Instance) -> Option<Failure> {
        let planned = self.for_instances.iter().find(|(id, _)| *id == instance.id);
        planned.map(|(_, failure)| failure.clone()).or_else(|| {
            let code = instance.error_code.as_deref()?;
            Some(Failure::of(instance.cloud, &self.facts.action, code))
        })
    }
}

/// The result of a request.
pub(crate) struct Served {
    pub(crate) answer: Answer,
    pub(crate) code: Option<String>,
    pub(crate) record: CallRecord,
}

/// What the journal notes of how a request ended.
pub(crate) struct CallRecord {
    /// `ok`, or the code with which the signature was refused.
    pub(crate) signature: String,
    pub(crate) executed: bool,
    /// The instances that were left as they are although the request was not refused, each with a code.
    pub(crate) refused: Vec<(String, String)>,
    /// Whether `Task::instead` was answered.
    pub(crate) used_instead: bool,
}

/// An error of a cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }

    /// The documented error of this code that fits the operation best.
    pub(crate) fn of(cloud: Cloud, operation: &str, code: &str) -> Self {
        errors::find(cloud, operation, code, None).map_or_else(
            || Self::new(400, code, format!("{code}.")),
            |row| Self::new(row.status, row.code, row.text()),
        )
    }

    /// The same error with another message.
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }
}

/// How a request ended inside a cloud.
pub(crate) enum Ended {
    /// Refused at the gate: the code is also the verdict on the signature.
    AtGate(Failure),
    /// Signed well, but refused; true if by `Task::instead`.
    Refused(Failure, bool),
    /// Carried out.
    Done(serde_json::Value),
}

impl Ended {
    /// What the journal notes of it. `refused_in` finds in a success of the cloud the instances that it
    /// leaves out; nothing was carried out if that is all of them.
    pub(crate) fn record(
        &self,
        asked: usize,
        refused_in: fn(&serde_json::Value) -> Vec<(String, String)>,
    ) -> CallRecord {
        let refused = match self {
            Ended::Done(body) => refused_in(body),
            Ended::AtGate(_) | Ended::Refused(..) => Vec::new(),
        };
        let (signature, executed, used_instead) = match self {
            Ended::AtGate(failure) => (failure.code.as_str(), false, false),
            Ended::Refused(_, instead) => ("ok", false, *instead),
            Ended::Done(_) => ("ok", refused.is_empty() || refused.len() < asked, false),
        };
        CallRecord { signature: signature.to_owned(), executed, refused, used_instead }
    }
}

/// Answers a request whose signature is right: the rate limit, an error that was asked for, the operation.
/// `throttled` gets the count of this second and the limit.
pub(crate) fn admit_and_operate(
    world: &mut World<'_>,
    task: &Task<'_>,
    cloud: Cloud,
    throttled: impl FnOnce(usize, usize) -> Failure,
    operate: impl FnOnce(&mut World<'_>) -> Result<serde_json::Value, Failure>,
) -> Ended {
    let facts = task.facts;
    let limit = world.limits.per_second(cloud, &facts.action);
    if let Err(count) = world.rates.admit(cloud, &facts.key_id, &facts.action, limit, task.now_ms) {
        return Ended::Refused(throttled(count, limit), false);
    }
    if let Some(failure) = &task.instead {
        return Ended::Refused(failure.clone(), true);
    }
    operate(world).map_or_else(|failure| Ended::Refused(failure, false), Ended::Done)
}

/// Reboot, start or stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    Reboot,
    Start,
    Stop,
}

impl Power {
    /// The power operation behind an action name of any cloud.
    pub(crate) fn of_action(action: &str) -> Option<Self> {
        match action {
            "RebootInstance" | "RebootInstances" => Some(Self::Reboot),
            "StartInstance" | "StartInstances" => Some(Self::Start),
            "StopInstance" | "StopInstances" => Some(Self::Stop),
            _ => None,
        }
    }

    /// The only state from which it is possible.
    pub(crate) fn needs(self) -> State {
        match self {
            Self::Reboot | Self::Stop => State::Running,
            Self::Start => State::Stopped,
        }
    }
}

/// Whose operation it is, and when it came.
pub(crate) struct Cause<'a> {
    pub(crate) action: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) now_ms: i64,
}

impl<'a> Task<'a> {
    /// What it causes.
    pub(crate) fn cause(&'a self) -> Cause<'a> {
        let now_ms = self.now_ms;
        Cause { action: &self.facts.action, request_id: &self.request_id, now_ms }
    }
}

/// Sets an instance moving. A reboot takes 60 to 90 seconds, a start 40 to 60, a stop 30 to 45, a
/// hard one a third of that; `speed` divides them.
pub(crate) fn begin(
    instance: &mut Instance,
    power: Power,
    hard: bool,
    cause: &Cause<'_>,
    speed: f64,
) {
    let (least_ms, spread_ms) = match power {
        Power::Reboot => (60_000, 30_000),
        Power::Start => (40_000, 20_000),
        Power::Stop => (30_000, 15_000),
    };
    let mark =
        instance.id.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let full_ms = least_ms + scatter(mark) % spread_ms;
    let virtual_ms = if hard { full_ms / 3 } else { full_ms };
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // at most 90,000
    let real_ms = (virtual_ms as f64 / speed).round() as i64;
    let (now_ms, third_ms) = (cause.now_ms, real_ms / 3);
    match power {
        Power::Reboot => {
            instance.reboots += 1;
            match instance.cloud {
                // The vendor's two pages disagree: the batch goes through Stopping, the single
                // operation through Starting.
                Cloud::Alibaba if cause.action == "RebootInstances" => instance.go(
                    State::Stopping,
                    &[(third_ms, State::Starting), (real_ms - third_ms, State::Running)],
                    now_ms,
                ),
                Cloud::Alibaba => {
                    instance.go(State::Starting, &[(real_ms, State::Running)], now_ms);
                }
                Cloud::Tencent | Cloud::Zenlayer => {
                    instance.go(State::Rebooting, &[(real_ms, State::Running)], now_ms);
                }
            }
        }
        Power::Start => {
            instance.starts += 1;
            instance.go(State::Starting, &[(real_ms, State::Running)], now_ms);
        }
        Power::Stop => {
            instance.stops += 1;
            instance.go(State::Stopping, &[(real_ms, State::Stopped)], now_ms);
        }
    }
    instance.latest = Some(LatestOperation {
        operation: cause.action.to_owned(),
        request_id: cause.request_id.to_owned(),
    });
}

/// Whether an id is in the list twice.
pub(crate) fn has_duplicates(ids: &[String]) -> bool {
    let mut sorted: Vec<&String> = ids.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}
