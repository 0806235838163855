//! Tokenizer: splits a line into the pieces that may be ids.

use crate::ids::classify::is_invisible;

/// A run of characters without separators.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    /// Its text.
    pub(super) text: &'t str,
    /// Its offset in the line, in bytes.
    pub(super) start: usize,
    /// The cell that it belongs to: pieces separated only by white space share one.
    pub(super) cell: u32,
    /// Whether it was part of a link or a `key=value`.
    pub(super) compound: bool,
}

/// The first line of a text, split.
pub(super) struct SplitLine<'t> {
    /// The line, without its line break.
    pub(super) line: &'t str,
    /// The number of its column separators.
    pub(super) columns: u32,
    /// What follows the line; `None` after the last.
    pub(super) rest: Option<&'t str>,
}

/// Appends the pieces of the first line of a text. A line ends with LF, CRLF or CR.
pub(super) fn split_line<'t>(text: &'t str, pieces: &mut Vec<Piece<'t>>) -> SplitLine<'t> {
    let bytes = text.as_bytes();
    let mut cell = 0_u32;
    let mut columns = 0_u32;
    let mut start = None;
    let mut has_joint = false;
    let mut is_glued = false;
    let mut at = 0;
    let mut end_width = 0;
    while let Some(byte) = bytes.get(at) {
        // ASCII by table: this loop is most of the time of pasting ten thousand ids.
        let (kind, width) = match CLASSES.get(usize::from(*byte)) {
            Some(class) => (*class, 1),
            None => match text.get(at..).and_then(|text| text.chars().next()) {
                Some(character) => (class(character), character.len_utf8()),
                None => (Class::Word, 1),
            },
        };
        match kind {
            Class::Word | Class::Joint | Class::Glued => {
                start.get_or_insert(at);
                has_joint |= kind == Class::Joint;
                is_glued |= kind == Class::Glued;
                at += width;
                continue;
            }
            Class::LineEnd => {
                end_width = if text.get(at..at + 2) == Some("\r\n") { 2 } else { 1 };
                break;
            }
            Class::Blank | Class::Fence | Class::Column => {}
        }
        if let Some(start) = start.take() {
            unglue(text, start..at, cell, (is_glued, has_joint), pieces);
            (is_glued, has_joint) = (false, false);
        }
        cell = cell.saturating_add(u32::from(kind != Class::Blank));
        columns = columns.saturating_add(u32::from(kind == Class::Column));
        at += width;
    }
    if let Some(start) = start {
        unglue(text, start..at, cell, (is_glued, has_joint), pieces);
    }
    SplitLine {
        line: text.get(..at).unwrap_or(text),
        columns,
        rest: if end_width > 0 { text.get(at + end_width..) } else { None },
    }
}

/// The lexical class of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Part of a piece.
    Word,
    /// Part of a piece; separates the parts of a link or a `key=value`.
    Joint,
    /// A letter of a script written without spaces: an id begins and ends next to it.
    Glued,
    /// Between words.
    Blank,
    /// Between the columns of a table or the elements of a list.
    Column,
    /// Around a cell.
    Fence,
    /// Ends the line.
    LineEnd,
}

static CLASSES: [Class; 128] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks the bound")]
const fn classes() -> [Class; 128] {
    let mut classes = [Class::Word; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        // `as` is the only conversion available in a constant; from u8 it is lossless.
        classes[byte as usize] = match byte {
            b'\n' | b'\r' => Class::LineEnd,
            b'\t' | b',' | b';' | b'|' => Class::Column,
            b' ' | 0x0b | 0x0c => Class::Blank,
            b'"'
            | b'\''
            | b'`'
            | b'\\'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'<'
            | b'>'
            | 0..=8
            | 0x0e..=0x1f
            | 0x7f => Class::Fence,
            _ if is_joint(byte) => Class::Joint,
            _ => Class::Word,
        };
        byte += 1;
    }
    classes
}

/// The class of a non-ASCII character.
fn class(character: char) -> Class {
    match character {
        '，' | '；' | '、' | '｜' | '､' | '﹐' | '﹔' | '│' | '┃' => Class::Column,
        '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』'
        | '（' | '）' | '【' | '】' | '〔' | '〕' | '［' | '］' | '｛' | '｝' | '〈' | '〉'
        | '《' | '》' | '＜' | '＞' | '＂' | '＇' | '｀' | '：' | '＝' | '。' | '！' | '？'
        | '…' => Class::Fence,
        one if is_glued(one) => Class::Glued,
        // Includes the no-break and the ideographic space.
        _ if character.is_whitespace() => Class::Blank,
        _ if character.is_control() => Class::Fence,
        _ => Class::Word,
    }
}

/// Whether a character is a letter or a digit. Beyond ASCII that is everything not known to be
/// punctuation: a table of all letters would add two kilobytes to the first part of the program.
pub(super) fn is_letter_or_digit(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || !matches!(character,
            '\0'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '×' | '÷' | '№' | '™'
            // Combining accents.
            | '\u{300}'..='\u{344}' | '\u{346}'..='\u{362}'
            // Punctuation, currency, arrows, mathematical and technical symbols, boxes, shapes.
            | '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20ff}' | '\u{2190}'..='\u{245f}'
            | '\u{2500}'..='\u{2775}' | '\u{2794}'..='\u{2bff}'
            // East Asian punctuation in all widths.
            | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}'..='\u{3040}'
            | '\u{30fb}' | '\u{fe00}'..='\u{fe6f}' | '\u{feff}'
            | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}'
            | '\u{ff5b}'..='\u{ff65}' | '\u{ffe0}'..='\u{ffff}'
            // Emoji and pictographs.
            | '\u{1f000}'..='\u{1f0ff}' | '\u{1f18a}'..='\u{1fbef}')
}

/// Kana, ideographs and Hangul.
const fn is_glued(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30fb}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Separates an id from a script written without spaces: `重启ins-r8hr2upy吧`.
fn unglue<'t>(
    line: &'t str,
    range: std::ops::Range<usize>,
    cell: u32,
    (glued, has_joint): (bool, bool),
    pieces: &mut Vec<Piece<'t>>,
) {
    let mut from = range.start;
    if glued {
        let text = line.get(range.clone()).unwrap_or_default();
        let mut before = None;
        for (at, character) in text.char_indices() {
            let is_glued = is_glued(character);
            if before.is_some_and(|before| before != is_glued) {
                word(line, from, range.start + at, cell, has_joint, pieces);
                from = range.start + at;
            }
            before = Some(is_glued);
        }
    }
    word(line, from, range.end, cell, has_joint, pieces);
}

/// Splits links, `key=value`, `key:value` and `id/name`. A file path stays whole: what it contains
/// was not meant as an id.
fn word<'t>(
    line: &'t str,
    start: usize,
    end: usize,
    cell: u32,
    has_joint: bool,
    pieces: &mut Vec<Piece<'t>>,
) {
    let Some(text) = line.get(start..end) else { return };
    let (text, start) = without_invisible_ends(text, start);
    if text.is_empty() {
        return;
    }
    if text.starts_with(['.', '/']) {
        pieces.push(Piece { text, start, cell, compound: false });
        return;
    }
    if !has_joint {
        part(Piece { text, start, cell, compound: false }, pieces);
        return;
    }
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut at = 0;
    let before = pieces.len();
    let mut push = |from: usize, to: usize| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            part(Piece { text, start: start + from, cell, compound: true }, pieces);
        }
    };
    while let Some(byte) = bytes.get(at) {
        let width = match byte {
            b'%' if is_escape(bytes, at) => 3,
            b'%' => 0,
            byte if is_joint(*byte) => 1,
            _ => 0,
        };
        if width > 0 {
            push(from, at);
            from = at + width;
            at = from;
        } else {
            at += 1;
        }
    }
    push(from, bytes.len());
    if pieces.len() == before {
        // Only separators: a mark, needed to recognise `"key": value`.
        pieces.push(Piece { text, start, cell, compound: true });
    }
}

/// Some tools write `region.id`. A region begins with a two-letter area, such as `cn`.
fn part<'t>(piece: Piece<'t>, pieces: &mut Vec<Piece<'t>>) {
    // After other words a dot ends a sentence; several are an ellipsis.
    let whole = piece.text.strip_suffix('.').filter(|text| piece.start > 0 && !text.ends_with('.'));
    let piece = Piece { text: whole.unwrap_or(piece.text), ..piece };
    let is_region = |text: &str| {
        matches!(text.as_bytes(), [b'a'..=b'z', b'a'..=b'z', b'-', ..]) && !text.contains('.')
    };
    match piece.text.rsplit_once('.') {
        Some((region, text)) if !text.is_empty() && is_region(region) => {
            let start = piece.start + region.len() + 1;
            pieces.push(Piece { text: region, compound: true, ..piece });
            pieces.push(Piece { text, start, compound: true, ..piece });
        }
        Some(_) | None => pieces.push(piece),
    }
}

/// Removes invisible characters at both ends, as added by mail, chats and spreadsheets: byte-order
/// marks, direction marks. Within a word they stay, and are reported.
fn without_invisible_ends(text: &str, start: usize) -> (&str, usize) {
    // Fast path: ids are ASCII.
    if [text.bytes().next(), text.bytes().next_back()].iter().flatten().all(u8::is_ascii) {
        return (text, start);
    }
    let rest = text.trim_start_matches(is_invisible);
    (rest.trim_end_matches(is_invisible), start + text.len() - rest.len())
}

const fn is_joint(byte: u8) -> bool {
    matches!(byte, b':' | b'/' | b'?' | b'&' | b'=' | b'#' | b'%')
}

/// `%22` and others: quotes and brackets in links.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::is_letter_or_digit;

    #[test]
    fn letters_and_digits_are_never_punctuation() {
        let all = '\0'..=char::MAX;
        let lost: Vec<char> =
            all.filter(|one| one.is_alphanumeric() && !is_letter_or_digit(*one)).take(20).collect();
        assert_eq!(lost, []);
    }

    #[test]
    fn punctuation_around_ids_is_ignored() {
        let letters: Vec<char> =
            "-_.*#@ \t•·—–…→⇒✓✗■●○◆★☆─│└├▶\u{fe0f}👉✅⚠️❌§©°±×÷«»“”‘’¥€№。，、；：！？「」『』【】《》（）～〜・※\u{200b}\u{feff}\u{a0}\u{3000}\u{301}"
                .chars()
                .filter(|one| is_letter_or_digit(*one))
                .collect();
        assert_eq!(letters, []);
    }
}
