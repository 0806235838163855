//! Errors in prose: messages of programs, log lines, table rows. A code, and the record around it.

use super::{
    AFTER_BYTES, BEFORE_BYTES, ERRORS_MAX, Reader,
    block::{is_row, record},
    shapes::{floor, is_code_like, is_id, is_one_word, stands_as_code, stands_as_error, words},
    values::{is_field_name, message, request_id},
};
use crate::{
    clouds::{self, catalogue},
    explain::DetectedFormat,
    model::outcome::ErrorReport,
};
use std::ops::Range;

/// A code in prose.
struct Hit<'t> {
    at: Range<usize>,
    code: &'t str,
    /// At the position of a code: after `Code=`, in `<Code>`, in a table cell.
    in_place: bool,
}

impl Reader<'_> {
    pub(super) fn prose(&mut self, text: &str) {
        let hits = self.hits(text);
        let mut absorbed = false;
        for (index, hit) in hits.iter().enumerate() {
            let previous = index.checked_sub(1).and_then(|index| hits.get(index));
            let mut next = hits.get(index + 1);
            if std::mem::take(&mut absorbed) {
                continue;
            }
            // A code between another code and its request id is a remark on it.
            if let Some(remark) = next.filter(|next| hit.in_place && !next.in_place) {
                let after = |from: usize| {
                    let to = hits.get(index + 2).map_or(text.len(), |hit| hit.at.start);
                    text.get(from..floor(text, to.min(from + BEFORE_BYTES))).unwrap_or("")
                };
                let own = text.get(hit.at.end..remark.at.start).unwrap_or("");
                if request_id("", own).is_none() && request_id("", after(remark.at.end)).is_some() {
                    absorbed = true;
                    next = hits.get(index + 2);
                }
            }
            let start = previous.map_or(0, |previous| previous.at.end);
            let start = floor(text, start.max(hit.at.start.saturating_sub(BEFORE_BYTES)));
            let end = next.map_or(text.len(), |next| next.at.start);
            let end = floor(text, end.min(hit.at.end + AFTER_BYTES));
            let block = record(text, hit.at.start, &(start..end));
            let (Some(before), Some(after)) = (
                text.get(block.start..hit.at.start),
                text.get(hit.at.end..block.end.max(hit.at.end)),
            ) else {
                continue;
            };
            let piece = text.get(start..end).unwrap_or("");
            let report = ErrorReport {
                code: hit.code.to_owned(),
                message: message(before, after).unwrap_or("").to_owned(),
                status: None,
                request_id: request_id(before, after),
                ..ErrorReport::default()
            };
            if self.is_new(&report) {
                let own = text.get(block.clone()).unwrap_or(piece);
                let line = before.rsplit('\n').next().map_or(0, str::len);
                let line_start = hit.at.start - line;
                let line_end = after.find('\n').map_or(block.end, |newline| hit.at.end + newline);
                let line = text.get(line_start..line_end).unwrap_or(own);
                let around = self.surroundings(piece, own, line, own.trim());
                let is_xml = before.ends_with('>') && after.starts_with("</");
                let detected_format =
                    if is_xml { DetectedFormat::Xml } else { DetectedFormat::Prose };
                self.report(report, &around, hit.in_place, detected_format);
            }
        }
    }

    fn hits<'t>(&self, text: &'t str) -> Vec<Hit<'t>> {
        let mut hits: Vec<Hit<'_>> = Vec::new();
        for at in words(text) {
            let Some(word) = text.get(at.clone()) else { continue };
            let (at, code, known) = match self.known(word) {
                Some(_) => (at, word, true),
                None => match self.glued(word) {
                    Some(code) => {
                        let from = at.start + word.find(code).unwrap_or(0);
                        (from..from + code.len(), code, true)
                    }
                    None => (at, word, false),
                },
            };
            let is_name =
                || known && text.get(at.end..).is_some_and(|after| after.starts_with("Error: "));
            let in_place = known && (is_cell(text, &at) || is_thrown(text, at.start) || is_name())
                || (known
                    || is_code_like(code) && !is_field_name(code)
                    || is_one_word(code) && is_of_answer(text, &at))
                    && stands_as_code(text, at.start)
                    // `Error: TypeError` is the name of an exception; `code: TypeError` is a code.
                    && (known || !is_exception(code) || !stands_as_error(text, at.start));
            // The same code a few words later is the same error (in a link to its page, say).
            let repeated = hits.last().is_some_and(|last| {
                last.code == code
                    && at.start - last.at.end < BEFORE_BYTES
                    && (!in_place || is_field_below(text, last.at.end..at.start))
            });
            if (known || in_place) && !repeated && !self.is_made_up(text, &at) {
                hits.push(Hit { at, code, in_place });
            }
            if hits.len() >= ERRORS_MAX * 2 {
                break;
            }
        }
        hits
    }

    /// A code joined to an exception's name or a label: `InvalidRegionError`, `ErrorInvalidRegion`.
    /// Not for codes that other products use.
    fn glued<'t>(&self, word: &'t str) -> Option<&'t str> {
        const BEHIND: [&str; 5] = ["Error", "Exception", "Message", "Recommend", "RequestId"];
        const BEFORE: [&str; 4] = ["ErrorCode", "Error", "Exception", "Code"];
        let is_own = |code: &&str| self.known(code).is_some() && !clouds::is_common(code);
        let behind = BEHIND.iter().find_map(|label| word.strip_suffix(label).filter(is_own));
        behind.or_else(|| BEFORE.iter().find_map(|label| word.strip_prefix(label).filter(is_own)))
    }

    /// Whether the code was made up by a program or tool around a cloud.
    fn is_made_up(&self, text: &str, at: &Range<usize>) -> bool {
        let before = text.get(floor(text, at.start.saturating_sub(48))..at.start).unwrap_or("");
        // An imported name is a name in the program.
        if ["import name '", "import "].iter().any(|words| before.ends_with(words)) {
            return true;
        }
        let mut tools = self.clouds.iter().flat_map(|cloud| catalogue(cloud).tools).peekable();
        if !before.ends_with('"') || tools.peek().is_none() {
            return false;
        }
        let before = before.to_ascii_lowercase();
        tools.any(|tool| before.ends_with(tool))
    }
}

/// Whether a code is a member of the dump below an exception that reported it with its request id.
fn is_field_below(text: &str, between: Range<usize>) -> bool {
    let between = text.get(between).unwrap_or("");
    between.rsplit_once('\n').is_some_and(|(above, line)| {
        line.starts_with([' ', '\t'])
            && line.trim_start().trim_start_matches(['"', '\'']).starts_with("code")
            && request_id("", above).is_some_and(|id| is_id(&id))
    })
}

/// Whether `Code: Word` continues, on its line or the next ones, with a message and a request id.
fn is_of_answer(text: &str, at: &Range<usize>) -> bool {
    let after = text.get(at.end..floor(text, at.end + BEFORE_BYTES)).unwrap_or("");
    !stands_as_error(text, at.start)
        && stands_as_code(text, at.start)
        && message("", after).is_some()
        && request_id("", after).is_some_and(|id| is_id(&id))
}

fn is_exception(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception")
}

/// Whether a word follows the name of an exception: `ClientException: Code`.
fn is_thrown(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("").trim_end_matches([' ', '[']);
    let before = before.strip_suffix(':').unwrap_or("");
    before.ends_with("Exception") || before.ends_with("Error")
}

/// Whether a word is a whole table cell.
fn is_cell(text: &str, at: &Range<usize>) -> bool {
    let before = text.get(..at.start).unwrap_or("").trim_end_matches(' ');
    let after = text.get(at.end..).unwrap_or("").trim_start_matches(' ');
    if !(before.ends_with(['|', '\t', '\n']) || before.is_empty())
        || !after.starts_with(['|', '\t'])
    {
        return false;
    }
    let start = floor(before, before.len().saturating_sub(BEFORE_BYTES));
    let end = floor(after, BEFORE_BYTES);
    let left = before.get(start..).unwrap_or("").rsplit('\n').next().unwrap_or("");
    let right = after.get(..end).unwrap_or("").split('\n').next().unwrap_or("");
    is_row(&format!("{left} {right}").replace('|', " | "))
}
