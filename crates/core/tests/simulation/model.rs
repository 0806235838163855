//! A cloud that keeps count: what it really did, whatever the page was told.

use relight_core::model::cloud::Verb;

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Rng(fastrand::Rng);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        // Forked, since seeds are taken in a row and neighbours should have nothing in common.
        Rng(fastrand::Rng::with_seed(seed).fork())
    }

    /// A number from 0 to below `sides`.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.0.u64(..sides.max(1))
    }

    /// True in this many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What an instance is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Power {
    Running,
    Stopped,
    /// On its way to running.
    Moving {
        until: u64,
    },
}

/// The operation of somebody else, of the very kind that the run may ask for.
pub(crate) const SOMEBODY: &str = "RebootInstances:99999999-0000-0000-0000-000000000000";

/// An instance of the model.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) power: Power,
    pub(crate) started_at: u64,
    /// Request id of the last operation.
    pub(crate) last_request: String,
    /// The sends that the cloud carried out on it, in order.
    pub(crate) carried_out: Vec<u64>,
    /// When an operation began, by whomever.
    pub(crate) moved_at: Vec<u64>,
    /// Never comes back from its next operation.
    pub(crate) stuck: bool,
}

impl Instance {
    pub(crate) fn settle(&mut self, now: u64) {
        if let Power::Moving { until } = self.power
            && now >= until
        {
            self.power = Power::Running;
            self.started_at = until;
        }
    }

    /// Somebody else restarts it.
    pub(crate) fn restart_by_somebody(&mut self, now: u64, takes_ms: u64) {
        SOMEBODY.clone_into(&mut self.last_request);
        self.moved_at.push(now);
        self.power = Power::Moving { until: now + takes_ms };
    }

    pub(crate) fn can_take(&self, verb: Verb) -> bool {
        match verb {
            Verb::Reboot => self.power == Power::Running,
            Verb::Start => self.power == Power::Stopped,
        }
    }

    pub(crate) fn carry_out(&mut self, now: u64, send: u64, request: &str, takes_ms: u64) {
        self.carried_out.push(send);
        self.moved_at.push(now);
        request.clone_into(&mut self.last_request);
        let until = if self.stuck { u64::MAX } else { now + takes_ms };
        self.power = Power::Moving { until };
    }
}

/// What the cloud says of each instance of a call.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) request: String,
    /// Ids with `None` for success, or the word of the state that was in the way.
    pub(crate) instances: Vec<(String, Option<&'static str>)>,
    /// Whether one bad instance has stopped all.
    pub(crate) refused_as_a_whole: bool,
}
