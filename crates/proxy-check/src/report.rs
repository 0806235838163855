//! What was found, for people.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::rules::{Rule, Server};

/// What was found about one rule.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// How many expectations were met.
    pub met: usize,
    /// Those that were not, each with what was seen.
    pub failures: Vec<String>,
    /// Why it was not checked, if it was not.
    pub skipped: Option<String>,
}

/// The result of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every expectation was met.
    Holds,
    /// At least one was not, or there was none: nothing checked proves nothing.
    Broken,
    /// It cannot be checked from here.
    Skipped,
}

impl Finding {
    /// The result of the rule.
    pub fn outcome(&self) -> Outcome {
        if self.skipped.is_some() {
            Outcome::Skipped
        } else if self.failures.is_empty() && self.met > 0 {
            Outcome::Holds
        } else {
            Outcome::Broken
        }
    }
}

/// What was found about all rules that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the contract.
    pub findings: BTreeMap<Rule, Finding>,
}

impl Report {
    /// The rules that do not hold.
    pub fn broken(&self) -> Vec<Rule> {
        self.with(Outcome::Broken)
    }

    /// How many rules and how many single expectations hold.
    pub fn counts(&self) -> (usize, usize) {
        (self.with(Outcome::Holds).len(), self.findings.values().map(|finding| finding.met).sum())
    }

    /// The report as text. With a server named, each broken rule has its fix there; without
    /// one, the fix in each of the five.
    pub fn text(&self, server: Option<Server>) -> String {
        let mut text = String::new();
        for (rule, finding) in &self.findings {
            let mark = match finding.outcome() {
                Outcome::Holds => "ok  ",
                Outcome::Broken => "FAIL",
                Outcome::Skipped => "-   ",
            };
            let _ = writeln!(text, "{mark} {:<16} {} ({})", rule.id(), rule.holds(), finding.met);
            if let Some(why) = &finding.skipped {
                let _ = writeln!(text, "       not looked at: {why}");
            }
            if finding.outcome() != Outcome::Broken {
                continue;
            }
            let _ = writeln!(text, "       why:  {}", rule.why());
            if finding.failures.is_empty() {
                text.push_str("       seen: nothing, so nothing is shown\n");
            }
            for failure in finding.failures.iter().take(SHOWN_FAILURES) {
                let _ = writeln!(text, "       seen: {failure}");
            }
            if finding.failures.len() > SHOWN_FAILURES {
                let more = finding.failures.len() - SHOWN_FAILURES;
                let _ = writeln!(text, "             and {more} more of the kind");
            }
            for known in Server::ALL {
                if server.is_none_or(|server| server == known) {
                    let _ = writeln!(text, "       mend: {:<8} {}", known.name(), rule.fix(known));
                }
            }
        }
        text
    }

    fn with(&self, outcome: Outcome) -> Vec<Rule> {
        let has =
            |(rule, finding): (&Rule, &Finding)| (finding.outcome() == outcome).then_some(*rule);
        self.findings.iter().filter_map(has).collect()
    }
}

const SHOWN_FAILURES: usize = 4;
