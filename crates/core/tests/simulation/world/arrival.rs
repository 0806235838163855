//! What becomes of a request at the cloud, which keeps the truth.

use super::{World, window::Counted};
use crate::{
    mock_responses::{self, ServiceError},
    model::{Instance, Power, Verdict},
};
use relight_core::{
    model::{cloud::Verb, outcome::Response},
    transport::TransportResult,
};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NetworkFault {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    OnTheWay,
    Done,
    NotDone,
    Mixed,
}

impl World {
    pub(super) fn arrive(
        &mut self,
        send: u64,
        ids: &[String],
        fault: NetworkFault,
    ) -> (Option<TransportResult>, u64) {
        let delay = 5 + self.rng.below(400);
        let cloud = self.cloud.id;
        let cloud_seconds = self.now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
        let request = format!("00000000-0000-0000-0000-{:012}", self.next_request);
        let say = |service_error| {
            Some(TransportResult::Answered(mock_responses::service_error(
                cloud,
                service_error,
                &request,
                cloud_seconds,
            )))
        };
        if fault == NetworkFault::Throttled {
            self.use_up(Counted::Calls);
        }
        let result = match fault {
            // The signature is looked at first.
            NetworkFault::Answered
            | NetworkFault::AnswerLost
            | NetworkFault::SecondCopy
            | NetworkFault::Garbled
                if self.refuses(Counted::Calls) =>
            {
                self.coverage.note("refused for the window");
                self.truth.insert(send, Truth::NotDone);
                let mut refusal = self.refusal();
                match fault {
                    NetworkFault::AnswerLost => {
                        Some(TransportResult::Lost { word: "network".into() })
                    }
                    NetworkFault::Garbled => {
                        let half = refusal.body.len() / 2;
                        refusal.body.truncate(half);
                        Some(TransportResult::Answered(refusal))
                    }
                    _ => Some(TransportResult::Answered(refusal)),
                }
            }
            NetworkFault::Throttled => {
                self.coverage.note("throttled");
                self.truth.insert(send, Truth::NotDone);
                say(ServiceError::Throttled)
            }
            NetworkFault::ClockSkew => {
                self.coverage.note("skewed");
                self.truth.insert(send, Truth::NotDone);
                say(ServiceError::ClockSkew)
            }
            NetworkFault::InternalError { done } => {
                self.coverage.note("internal error");
                if done && !self.refuses(Counted::Calls) {
                    self.carry_out_at_cloud(send, ids);
                } else {
                    self.truth.insert(send, Truth::NotDone);
                }
                say(ServiceError::Internal)
            }
            NetworkFault::Answered => {
                let verdict = self.carry_out_at_cloud(send, ids);
                let said = mock_responses::verdict(cloud, self.verb, &verdict, cloud_seconds);
                Some(TransportResult::Answered(said))
            }
            NetworkFault::AnswerLost => {
                self.coverage.note("lost after");
                self.carry_out_at_cloud(send, ids);
                Some(TransportResult::Lost { word: "network".into() })
            }
            NetworkFault::Garbled => {
                self.coverage.note("garbled");
                let verdict = self.carry_out_at_cloud(send, ids);
                let mut said = mock_responses::verdict(cloud, self.verb, &verdict, cloud_seconds);
                let half = said.body.len() / 2;
                said.body.truncate(half);
                Some(TransportResult::Answered(said))
            }
            NetworkFault::SecondCopy => {
                self.coverage.note("second copy");
                self.carry_out_at_cloud(send, ids);
                if self.cloud.refuses_repetitions {
                    say(ServiceError::SecondCopy)
                } else {
                    let verdict = self.carry_out_at_cloud(send, ids);
                    let said = mock_responses::verdict(cloud, self.verb, &verdict, cloud_seconds);
                    Some(TransportResult::Answered(said))
                }
            }
        };
        (result, delay)
    }

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
                    let takes_ms = 8_000 + self.rng.below(60_000);
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

    /// What a read brings: states, unless the cloud has had too many of them.
    pub(super) fn read(&mut self, ids: &[String]) -> Response {
        if self.rng.below(1_500) < self.faults {
            self.use_up(Counted::Reads);
        }
        if self.refuses(Counted::Reads) {
            self.coverage.note("read refused for the window");
            return self.refusal();
        }
        self.describe(ids)
    }

    fn describe(&mut self, ids: &[String]) -> Response {
        let now = self.now;
        for one in &mut self.instances {
            one.settle(now);
        }
        // Its times are those of the cloud's own clock.
        let ahead_ms = self.skew_seconds * 1_000;
        let found: Vec<Instance> = self
            .instances
            .iter()
            .filter(|one| ids.contains(&one.id))
            .map(|one| {
                let started_at = one.started_at.saturating_add_signed(ahead_ms);
                Instance { started_at, ..one.clone() }
            })
            .collect();
        let found: Vec<&Instance> = found.iter().collect();
        let seconds = now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
        mock_responses::description(self.cloud.id, &found, seconds)
    }
}
