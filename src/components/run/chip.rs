//! The outcome of an instance as icon, colour and word.

use crate::{
    components::common::{
        icon::{Icon, icon},
        untrusted_text::escaped,
    },
    i18n,
};
use relight_core::{
    i18n::Locale,
    model::{
        cloud::Verb,
        outcome::{DescribedInstance, Outcome, Phase},
    },
};
use yew::{Html, classes, html};

/// The colour of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Warn,
    Busy,
    Idle,
}

impl Tone {
    /// The class in the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Warn => "warn",
            Tone::Busy => "busy",
            Tone::Idle => "idle",
        }
    }
}

/// Every outcome in the order in which counters and segments show them.
pub(crate) const DISPLAY_ORDER: [Outcome; Outcome::ALL.len()] = [
    Outcome::Proven,
    Outcome::RunningUnproven,
    Outcome::DryRunPassed,
    Outcome::InProgress,
    Outcome::Accepted,
    Outcome::Sending,
    Outcome::Queued,
    Outcome::Rejected,
    Outcome::NotSent,
    Outcome::Unknown,
    Outcome::Overdue,
    Outcome::Skipped,
];

/// The colour of an outcome.
pub(crate) const fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Proven | Outcome::RunningUnproven | Outcome::DryRunPassed => Tone::Good,
        Outcome::Rejected | Outcome::NotSent => Tone::Bad,
        Outcome::Unknown | Outcome::Overdue => Tone::Warn,
        Outcome::Accepted | Outcome::InProgress | Outcome::Sending => Tone::Busy,
        Outcome::Queued | Outcome::Skipped => Tone::Idle,
    }
}

/// The icon of an outcome.
pub(crate) const fn outcome_icon(outcome: Outcome) -> Icon {
    match outcome {
        Outcome::Proven | Outcome::DryRunPassed => Icon::Check,
        Outcome::RunningUnproven => Icon::Half,
        Outcome::Rejected | Outcome::NotSent => Icon::Cross,
        Outcome::Unknown => Icon::Question,
        Outcome::Overdue => Icon::Warning,
        Outcome::Accepted | Outcome::InProgress | Outcome::Sending => Icon::Ring,
        Outcome::Queued => Icon::Pause,
        Outcome::Skipped => Icon::Dash,
    }
}

/// The chip of an outcome. An unknown one that is not settled is still being checked.
pub(crate) fn chip(locale: Locale, outcome: Outcome, verb: Verb, settled: bool) -> Html {
    let words = if outcome == Outcome::Unknown && !settled {
        i18n::UNKNOWN_CHECKING
    } else {
        i18n::outcome(outcome, verb)
    };
    html! {
        <span part="outcome" class={classes!("chip", outcome_tone(outcome).class())}>
            { icon(outcome_icon(outcome)) }
            { words.in_locale(locale) }
        </span>
    }
}

/// The state of an instance, in the vendor's own word.
pub(crate) fn state_chip(state: &DescribedInstance) -> Html {
    let (tone, picture) = tone_and_icon(state.phase);
    html! {
        <span class={classes!("chip", tone.class())}>{ icon(picture) }{ escaped(&state.state) }</span>
    }
}

/// The state of an instance, in the reader's language; the vendor's own word is its title.
pub(crate) fn phase_chip(state: &DescribedInstance, locale: Locale) -> Html {
    let (tone, picture) = tone_and_icon(state.phase);
    html! {
        <span class={classes!("chip", tone.class())} title={state.state.clone()}>
            { icon(picture) }{ i18n::instances::phase(state.phase).in_locale(locale) }
        </span>
    }
}

const fn tone_and_icon(phase: Phase) -> (Tone, Icon) {
    match phase {
        Phase::Running => (Tone::Good, Icon::Check),
        Phase::Stopped => (Tone::Idle, Icon::Dash),
        Phase::Starting | Phase::Stopping => (Tone::Busy, Icon::Ring),
        Phase::Recycled | Phase::Busy => (Tone::Warn, Icon::Warning),
        Phase::Unknown => (Tone::Warn, Icon::Question),
    }
}
