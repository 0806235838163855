//! What errors prove, and what the names of unknown codes suggest.

use super::{DECODERS, catalogue};
use crate::{
    catalogue::{Effect, Entry, Family, find, pattern},
    model::{outcome::ErrorReport, plan::OperationSpec},
};

/// What an error proves about its request.
///
/// An unknown code proves nothing (`MaybeDone`) with a status of 500 or more, without a status, or
/// if empty; else its name decides, and at best nothing was done.
pub fn effect(entries: &'static [Entry], report: &ErrorReport, operation: Option<&str>) -> Effect {
    match find(entries, report, operation) {
        Some(found) => found.entry.effect,
        None => unknown_effect(report),
    }
}

/// The same for a response to this operation.
pub(crate) fn effect_on(spec: &OperationSpec, report: &ErrorReport) -> Effect {
    effect(catalogue(spec.target().cloud).errors, report, Some(spec.operation().name))
}

/// What an error that is not in the catalogue proves about its request.
pub(crate) fn unknown_effect(report: &ErrorReport) -> Effect {
    let code = report.code.trim();
    match report.status {
        Some(status) if status < 500 && !code.is_empty() => {
            family(code).map_or(Effect::NothingDone, |family| family.facts().effect)
        }
        _ => Effect::MaybeDone,
    }
}

/// What the name of a code is about, if it is known.
pub(crate) fn family(code: &str) -> Option<Family> {
    let is_called = |family: Family| {
        let all = DECODERS.iter().flat_map(|decoder| decoder.catalogue().families);
        let mut names = all.filter(|(one, _)| *one == family).flat_map(|(_, patterns)| *patterns);
        names.any(|known| pattern::captures(known, code).is_some())
    };
    Family::ALL.into_iter().find(|family| is_called(*family))
}

/// Whether other products use a code, too.
pub(crate) fn is_common(code: &str) -> bool {
    DECODERS.iter().any(|decoder| decoder.catalogue().common_codes.contains(&code))
}
