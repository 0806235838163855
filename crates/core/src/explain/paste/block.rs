//! Finds the record of an error in a text: a log record, a table row, an exception. The facts of an
//! error are taken from its record only.

use std::ops::Range;

/// The record around a position, at most so far before and after it. It begins at a line that opens
/// a record; a table row is a record of its own.
pub(super) fn record(text: &str, at: usize, within: &Range<usize>) -> Range<usize> {
    // Nothing outside of `within` is read: a text may be a single line of two megabytes.
    let line_start = |at: usize| {
        let before = text.get(within.start..at).unwrap_or("");
        before.rfind('\n').map_or(within.start, |newline| within.start + newline + 1)
    };
    let line_end = |at: usize| {
        let after = text.get(at..within.end).unwrap_or("");
        after.find('\n').map_or(within.end, |newline| at + newline)
    };
    let line = |start: usize| text.get(start..line_end(start)).unwrap_or("");
    let mut start = line_start(at);
    let own = line(start);
    if is_row(own) {
        return start..line_end(at);
    }
    while start > within.start && !opens_record(line(start)) {
        let before = line_start(start - 1);
        if is_row(line(before)) {
            break;
        }
        start = before;
    }
    let mut end = line_end(at);
    while end < within.end && !opens_record(line(end + 1)) && !is_row(line(end + 1)) {
        end = line_end(end + 1);
    }
    start..end
}

/// Whether a line is a table row: cells between bars or tabs.
pub(super) fn is_row(line: &str) -> bool {
    let cells = |mark| line.matches(mark).take(3).count();
    cells(" | ") >= 2 || cells("\t") >= 2 && !line.starts_with('\t') || is_row_of_an_instance(line)
}

/// Whether a line begins like a log record: with a time, a level or a prompt; or with the id of a
/// row.
pub(super) fn opens_record(line: &str) -> bool {
    const MARKS: [&str; 6] = ["$ ", "==> ", "time=", "ts=", "level=", "{\""];
    let line = line.trim_start_matches(['[', '(', '"']);
    let bytes = line.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let after = bytes.get(digits).copied().unwrap_or(0);
    let is_date = digits == 4 && matches!(after, b'-' | b'/') || digits == 2 && after == b':';
    let is_klog = matches!(bytes.first(), Some(b'I' | b'W' | b'E' | b'F'))
        && bytes.get(1..5).is_some_and(|day| day.iter().all(u8::is_ascii_digit))
        && bytes.get(5) == Some(&b' ');
    let is_month = || {
        const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
        let begins = line.get(..4).and_then(|month| month.strip_suffix(' '));
        begins.is_some_and(|month| MONTHS.contains(month))
            && line
                .get(4..)
                .is_some_and(|day| day.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    };
    is_date
        || is_klog
        || MARKS.iter().any(|mark| line.starts_with(mark))
        || is_month()
        || names_instance(line)
}

/// Whether a line is a complete row about one instance, without an error that continues below.
fn is_row_of_an_instance(line: &str) -> bool {
    const FAILURES: [&str; 4] = ["Error", "Exception", "ailed", "失败"];
    let line = line.trim_end();
    names_instance(line) && !line.ends_with(':') && !FAILURES.iter().any(|word| line.contains(word))
}

/// Whether the first word is an instance id of any cloud.
fn names_instance(line: &str) -> bool {
    let word = line.split([' ', ',', ':', '\t']).next().unwrap_or("");
    crate::clouds::ALL.iter().any(|cloud| (cloud.ids.strict)(word))
}
