//! Cuts a line into the pieces that may be ids.

/// A run of characters without separators.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    /// Its text.
    pub(super) text: &'t str,
    /// Where it begins in its line, in bytes.
    pub(super) start: usize,
    /// The cell that it belongs to: pieces with only blanks between them share one.
    pub(super) cell: u32,
    /// Whether it was cut out of a link or a `key=value`.
    pub(super) compound: bool,
}

/// Appends the pieces of a line; gives the number of its separators between columns.
pub(super) fn cut<'t>(line: &'t str, pieces: &mut Vec<Piece<'t>>) -> u32 {
    let mut cell = 0_u32;
    let mut columns = 0_u32;
    let mut start = None;
    for (at, character) in line.char_indices() {
        let separator = separator(character);
        if separator == Separator::None {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            word(line, start, at, cell, pieces);
        }
        match separator {
            Separator::None | Separator::Blank => {}
            Separator::Fence => cell = cell.saturating_add(1),
            Separator::Column => {
                cell = cell.saturating_add(1);
                columns = columns.saturating_add(1);
            }
        }
    }
    if let Some(start) = start {
        word(line, start, line.len(), cell, pieces);
    }
    columns
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// Part of a piece.
    None,
    /// Between words.
    Blank,
    /// Between the columns of a table or the elements of a list.
    Column,
    /// Around a cell.
    Fence,
}

fn separator(character: char) -> Separator {
    match character {
        '0'..='9' | 'a'..='z' | 'A'..='Z' | '-' | '_' | '.' => Separator::None,
        '\t' | ',' | ';' | '|' | '，' | '；' | '、' | '｜' | '､' | '﹐' | '﹔' | '│' | '┃' => {
            Separator::Column
        }
        '"' | '\'' | '`' | '\\' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '“' | '”'
        | '„' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' | '（'
        | '）' | '【' | '】' | '〔' | '〕' | '［' | '］' | '｛' | '｝' | '〈' | '〉' | '《'
        | '》' | '＜' | '＞' | '＂' | '＇' | '｀' | '：' | '＝' => Separator::Fence,
        // Includes the no-break and the ideographic space.
        _ if character.is_whitespace() => Separator::Blank,
        _ if character.is_control() => Separator::Fence,
        _ => Separator::None,
    }
}

/// Takes links, `key=value`, `key:value` and `id/name` apart. A path to a file stays whole: what
/// stands in it was not meant as an id.
fn word<'t>(line: &'t str, start: usize, end: usize, cell: u32, pieces: &mut Vec<Piece<'t>>) {
    let Some(text) = line.get(start..end) else { return };
    let bytes = text.as_bytes();
    if text.starts_with(['.', '/']) || !bytes.iter().any(|byte| is_joint(*byte)) {
        pieces.push(Piece { text, start, cell, compound: false });
        return;
    }
    let mut from = 0;
    let mut at = 0;
    let before = pieces.len();
    let mut push = |from: usize, to: usize| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(Piece { text, start: start + from, cell, compound: true });
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
        // Nothing but joints: a mark, kept because `"key": value` is recognised by it.
        pieces.push(Piece { text, start, cell, compound: true });
    }
}

fn is_joint(byte: u8) -> bool {
    matches!(byte, b':' | b'/' | b'?' | b'&' | b'=' | b'#' | b'%')
}

/// `%22` and its like, by which links carry quotes and brackets.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}
