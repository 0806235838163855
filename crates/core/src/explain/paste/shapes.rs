//! Shapes in a text and their positions: words, JSON, codes and ids.

use std::{borrow::Cow, ops::Range};

/// Unescapes a text that is escaped markup.
pub(super) fn unescaped_markup(text: &str) -> Cow<'_, str> {
    if !["&lt;Code&gt;", "&quot;", "&#34;"].iter().any(|mark| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    let plain = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    Cow::Owned(pairs.iter().fold(text.to_owned(), plain))
}

/// Whether a text contains one of these phrases. Not inlined: a search adds many bytes to the page.
#[inline(never)]
pub(super) fn says(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// At most that many bytes from the start.
pub(super) fn start_of(text: &str, bytes: usize) -> &str {
    text.get(..floor(text, bytes)).unwrap_or(text)
}

/// The nearest character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

/// The start of a text that is too long to show.
pub(super) fn shortened(text: &str) -> String {
    const BYTES_MAX: usize = 2_000;
    let start = start_of(text, BYTES_MAX);
    if start.len() == text.len() { text.to_owned() } else { format!("{start}…") }
}

/// The outermost complete `{…}` and `[…]` of a text. Braces in strings do not count.
pub(super) fn json_spans(text: &str) -> Vec<Range<usize>> {
    // An unclosed brace hides what follows; the search then restarts after it.
    const RESTARTS_MAX: usize = 16;
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut from = 0;
    for _ in 0..RESTARTS_MAX {
        let mut depth = 0_usize;
        let mut start = None;
        let mut in_string = false;
        let mut escaped = false;
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' if depth > 0 => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => {
                    if depth == 0 {
                        start = Some(at);
                    }
                    depth += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    if let (0, Some(begin)) = (depth, start) {
                        spans.push(begin..at + 1);
                    }
                }
                _ => {}
            }
        }
        match start.filter(|_| depth > 0) {
            Some(unclosed) => from = unclosed + 1,
            None => break,
        }
    }
    spans
}

/// Runs of the characters of codes, operations and ids, without dots at the ends.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + bytes.get(from..)?.iter().position(|b| is_word_byte(*b))?;
            let rest = bytes.get(start..)?;
            let length = rest.iter().position(|b| !is_word_byte(*b)).unwrap_or(rest.len());
            from = start + length;
            let word = rest.get(..length)?;
            let dots = |b: &&u8| **b == b'.' || **b == b'-';
            let head = word.iter().take_while(dots).count();
            let tail = word.iter().rev().take_while(dots).count();
            if head + tail < length {
                return Some(start + head..from - tail);
            }
        }
    })
    .flat_map(move |run| pieces(text, run))
}

/// A run and its parts: `-` joins ids but separates codes (`Code-message`).
fn pieces(text: &str, run: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let first_dash = text.get(run.clone()).and_then(|word| word.find('-'));
    let head = first_dash.map(|dash| run.start..run.start + dash);
    std::iter::once(run).chain(head)
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Whether a word has the shape of a code: `Two.Parts`, `TwoHumps`, `TWO_PARTS`.
pub(super) fn is_code_like(word: &str) -> bool {
    const BYTES_MAX: usize = 100;
    if word.len() > BYTES_MAX || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return false;
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    let small = word.bytes().any(|b| b.is_ascii_lowercase());
    let parts_begin_high =
        word.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
    let joined = if small { capitals >= 2 } else { word.contains(['_', '.']) && word.len() >= 6 };
    word.chars().all(letters) && parts_begin_high && joined
}

/// Whether a word may be a code of one word (`Forbidden`), within a response.
pub(super) fn is_one_word(word: &str) -> bool {
    word.len() >= 8
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().skip(1).all(|b| b.is_ascii_lowercase())
}

/// Whether this has the format of the clouds' request ids: a UUID, perhaps with a letter before it.
pub(super) fn is_id(id: &str) -> bool {
    let uuid = if id.len() == 37 { id.get(1..).unwrap_or("") } else { id };
    uuid.len() == 36 && uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// Whether the text before a position introduces a code: `Code=`, `"code": "`, `<Code>`, `Error:`,
/// `ErrorCode: `.
pub(super) fn stands_as_code(text: &str, at: usize) -> bool {
    label(text, at).is_some()
}

/// Whether the text before a position is `Error:`, which introduces exceptions as well.
pub(super) fn stands_as_error(text: &str, at: usize) -> bool {
    label(text, at).is_some_and(|label| label == "error")
}

/// The name that introduces the text at a position.
fn label(text: &str, at: usize) -> Option<String> {
    let before = text.get(floor(text, at.saturating_sub(32))..at).unwrap_or("");
    let name = before.trim_end_matches([
        ' ', '"', '\'', '\\', '`', '=', ':', '：', '>', '\t', ']', '】', ')', '）',
    ]);
    let separator = before.get(name.len()..).unwrap_or("");
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
    let introduces =
        matches!(last, "code" | "errorcode" | "error_code" | "errcode" | "error" | "codedesc")
            || ["错误码", "错误代码", "错误编码", "錯誤碼", "錯誤代碼", "エラーコード"]
                .iter()
                .any(|word| name.ends_with(word));
    let is_label = separator.contains(['=', ':', '：', '>', ']', '】']) && introduces;
    is_label.then(|| last.to_owned())
}
