//! What a number of schedules has had in it: without enough of everything they would prove nothing.

use std::{collections::BTreeMap, fmt};

/// What has happened in schedules: they must not be tame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage(BTreeMap<&'static str, u64>);

impl Coverage {
    pub(super) fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Coverage) {
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
            "refused for the window",
            "read refused for the window",
            "skewed",
            "internal error",
            "garbled",
            "killed",
            "killed in flight",
            "stopped",
            "asked",
            "approved late",
            "changed meanwhile",
            "waits for its turn",
            "taken back",
            "slept",
            "removed",
            "restarted by somebody else",
            "restarted-by-someone",
            "request-id",
            "transition",
            "start-accepted",
            "nothing-seen",
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

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(|(what, n)| format!("{what} {n}")).collect();
        f.write_str(&all.join(", "))
    }
}
