//! Instance ids out of any text. Parsing never fails: one typo in ninety ids leaves 89 ids and one
//! remark.

mod list;
mod classify;
mod pieces;
mod sentence;

pub use list::parse_list;

use crate::{
    clouds,
    model::{cloud::Cloud, instance_id::InstanceId},
};
use classify::{Classifier, PieceKind};
use pieces::Piece;
use std::collections::HashSet;

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedIds {
    /// The ids, in the order of the text, each once.
    pub ids: Vec<ParsedId>,
    /// Everything that is not sent, in the order of the text.
    pub problems: Vec<IdProblem>,
    /// Words that stood beside ids and are taken for other columns, headings or members of a JSON
    /// object: how many pieces of text.
    pub ignored: u32,
    /// The first few of them, as they stood (shortened if they are very long), so that the page can
    /// say what was left aside.
    pub ignored_examples: Vec<String>,
}

impl ParsedIds {
    /// The good ids alone, a line each: what "remove what is not an id" leaves in the text field.
    pub fn without_problems(&self) -> String {
        let mut text =
            String::with_capacity(self.ids.iter().map(|id| id.id.as_str().len() + 1).sum());
        for parsed in &self.ids {
            text.push_str(parsed.id.as_str());
            text.push('\n');
        }
        text
    }
}

/// An id and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedId {
    /// The id.
    pub id: InstanceId,
    /// Whose it is.
    pub cloud: &'static Cloud,
    /// The line, from 1.
    pub line: u32,
    /// True if it has an unusual shape: accepted, with a warning.
    pub unusual: bool,
}

/// A piece of text that is not sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdProblem {
    /// What is wrong.
    pub kind: IdProblemKind,
    /// The piece, as it stood (shortened if it is very long).
    pub text: String,
    /// The line, from 1.
    pub line: u32,
    /// The cloud that it belongs to or was probably meant for.
    pub cloud: Option<&'static Cloud>,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl IdProblem {
    /// Whether it has characters that nobody sees: then it looks like what was probably meant.
    pub fn has_invisible(&self) -> bool {
        self.text.contains(classify::is_invisible)
    }
}

/// What is wrong with a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdProblemKind {
    /// Not an id, for this reason.
    Malformed(Malformation),
    /// The same id stood before.
    Repeated,
    /// An id of another cloud.
    OtherCloud,
    /// A sample from documentation, with part of it starred out.
    Masked,
    /// Almost an id: the suggestion is one.
    NearMiss,
}

impl IdProblemKind {
    /// The public name: `near-miss`.
    pub const fn word(self) -> &'static str {
        match self {
            IdProblemKind::Malformed(_) => "malformed",
            IdProblemKind::Repeated => "repeated",
            IdProblemKind::OtherCloud => "other-cloud",
            IdProblemKind::Masked => "masked",
            IdProblemKind::NearMiss => "near-miss",
        }
    }
}

/// Why a piece of text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformation {
    /// Nothing that any cloud would call an id.
    NotAnId,
    /// Too few characters after the beginning.
    TooShort,
    /// Too many.
    TooLong,
    /// Characters that no id has, capitals among them.
    Characters,
    /// Letters or digits that only look like the right ones.
    LookAlikes,
    /// A number in a form that has lost digits, such as `1.66e18`.
    RoundedNumber,
}

/// The most characters of a piece of text that a problem keeps.
pub const PROBLEM_TEXT_MAX_CHARS: usize = 80;

/// How many of the ignored pieces are kept as examples.
pub const IGNORED_EXAMPLES_MAX: usize = 12;

/// Finds ids in a text: separated by white space, commas, semicolons, full-width punctuation,
/// quotes or brackets; in JSON, a CSV column, or console links.
///
/// With a cloud, ids of the others become problems; without, every id is taken with its cloud.
/// Never fails, keeps the order, and takes time linear in the text.
///
/// What stands around ids is weighed by line, since that is how tables are pasted:
/// * On a line with an id, or with something that was meant as one, plain words are other columns or
///   prose: ignored and counted. Unless the line is a list (two ids or more, and more of them than
///   of other cells): then each other cell is a problem.
/// * On a line without, each cell (or run of words between commas, tabs and the like) is a problem,
///   except where it heads the ids below it: column titles, "instances:". Headings are ignored and
///   counted.
/// * In a JSON text with objects, all members that are not ids are ignored and counted.
/// * A text of a merely tolerable shape (a date is eight digits, as an id may be) does not count as
///   an id beside a proper one that begins otherwise.
///
/// Punctuation alone is neither. Every letter and digit of the text is in an id, in a problem or in
/// what is ignored.
pub fn parse_ids(text: &str, cloud: Option<&'static Cloud>) -> ParsedIds {
    let parsed = Parser::new(cloud, is_json_with_objects(text)).read(text);
    if parsed.ids.is_empty() && parsed.problems.is_empty() && parsed.ignored > 0 {
        // Nothing stood beside anything: then what was ignored is all there is to report.
        return Parser::new(cloud, false).read(text);
    }
    parsed
}

/// The id that a text is, if it is nothing else and has the shape that all known ids of the cloud
/// have. What programs pass in arrays; [`parse_ids`] is for everything else.
pub(crate) fn parse_id(text: &str, cloud: &'static Cloud) -> Option<InstanceId> {
    (cloud.ids.strict)(text).then(|| InstanceId::new(text))
}

fn is_json_with_objects(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && text.contains('{')
}

struct Parser<'t> {
    reading: Classifier,
    objects: bool,
    seen: HashSet<InstanceId>,
    found: ParsedIds,
    /// A line without ids that may head those below it.
    heading: Option<Heading<'t>>,
    lines_with_words: u32,
    /// The words of the line before by their place, empty where there was something else.
    words: Vec<&'t str>,
}

/// How many places of a line are remembered for the next.
const COLUMNS_REMEMBERED: usize = 32;

struct Heading<'t> {
    cells: Vec<&'t str>,
    line: u32,
    separators: u32,
    is_first: bool,
}

/// One cell of a line: pieces with nothing but blanks or an address's own punctuation between them.
struct Cell<'t> {
    text: &'t str,
    has_id: bool,
    is_key: bool,
}

impl<'t> Parser<'t> {
    fn new(cloud: Option<&'static Cloud>, objects: bool) -> Self {
        Parser {
            reading: Classifier::new(cloud),
            objects,
            seen: HashSet::new(),
            found: ParsedIds::default(),
            heading: None,
            lines_with_words: 0,
            words: Vec::new(),
        }
    }

    fn read(mut self, text: &'t str) -> ParsedIds {
        let mut pieces = Vec::new();
        let mut kinds = Vec::new();
        let mut rest = Some(text);
        let mut number = 0_u32;
        while let Some(text) = rest {
            pieces.clear();
            kinds.clear();
            number = number.saturating_add(1);
            let cut = pieces::split_line(text, &mut pieces);
            rest = cut.rest;
            for (column, piece) in pieces.iter().enumerate() {
                kinds.push(self.classify(column, piece));
            }
            if kinds.iter().any(|kind| !matches!(kind, PieceKind::Mark)) {
                self.line(cut.line, number, &pieces, &mut kinds, cut.columns);
            }
        }
        self.drop_heading();
        self.found
    }

    /// Zones and states stand in their column line after line: a word that was looked at in the line
    /// before is not looked at again.
    fn classify(&mut self, column: usize, piece: &Piece<'t>) -> PieceKind {
        if self.words.get(column) == Some(&piece.text) && !piece.compound {
            return PieceKind::Word;
        }
        let kind = self.reading.classify(piece);
        let word = if matches!(kind, PieceKind::Word) && !piece.compound { piece.text } else { "" };
        match self.words.get_mut(column) {
            Some(known) => *known = word,
            None if column < COLUMNS_REMEMBERED => self.words.push(word),
            None => {}
        }
        kind
    }

    fn line(
        &mut self,
        line: &'t str,
        number: u32,
        pieces: &[Piece<'t>],
        kinds: &mut [PieceKind],
        separators: u32,
    ) {
        let is_first = self.lines_with_words == 0;
        self.lines_with_words = self.lines_with_words.saturating_add(1);
        // An id to a line, as most lists are, needs no weighing.
        if let ([piece], [kind]) = (pieces, &*kinds)
            && !matches!(kind, PieceKind::Word)
        {
            self.resolve_heading(separators);
            self.piece(piece, kind, number, self.found.ids.len());
            return;
        }
        demote_tolerable(pieces, kinds);
        let cells = cells(line, pieces, kinds);
        if !cells.iter().any(|cell| cell.has_id) {
            self.drop_heading();
            let cells = cells.into_iter().map(|cell| cell.text).collect();
            self.heading = Some(Heading { cells, line: number, separators, is_first });
            return;
        }
        self.resolve_heading(separators);
        let with_ids = cells.iter().filter(|cell| cell.has_id).count();
        let without = cells.iter().filter(|cell| !cell.has_id && !cell.is_key).count();
        let is_list = !self.objects && with_ids > without && has_two_ids(pieces, kinds);
        let mut cells = cells.into_iter();
        let mut cell = None;
        let mut cell_index = u32::MAX;
        let first_id_of_line = self.found.ids.len();
        for (piece, kind) in pieces.iter().zip(kinds) {
            match kind {
                PieceKind::Mark => continue,
                _ if cell_index == piece.cell => {}
                _ => {
                    cell_index = piece.cell;
                    cell = cells.next();
                    if let Some(cell) = cell.as_ref().filter(|cell| !cell.has_id) {
                        if is_list && !cell.is_key {
                            self.not_an_id(cell.text, number);
                        } else {
                            self.ignore(cell.text);
                        }
                    }
                }
            }
            if cell.as_ref().is_some_and(|cell| cell.has_id) {
                self.piece(piece, kind, number, first_id_of_line);
            }
        }
    }

    fn piece(&mut self, piece: &Piece<'t>, kind: &PieceKind, line: u32, first_id_of_line: usize) {
        let (kind, cloud, suggestion) = match kind {
            PieceKind::Mark => return,
            PieceKind::Word => return self.ignore(piece.text),
            PieceKind::Id { cloud, strict } => {
                let id = InstanceId::new(piece.text);
                if self.seen.insert(id.clone()) {
                    self.found.ids.push(ParsedId { id, cloud, line, unusual: !strict });
                    return;
                }
                let beside = self.found.ids.get(first_id_of_line..).unwrap_or_default();
                if piece.compound && beside.iter().any(|beside| beside.id == id) {
                    // A table with a column of links names each id twice; that is no mistake.
                    return self.ignore(piece.text);
                }
                (IdProblemKind::Repeated, Some(*cloud), None)
            }
            PieceKind::OtherCloud { cloud, .. } => (IdProblemKind::OtherCloud, Some(*cloud), None),
            PieceKind::Masked { cloud } => (IdProblemKind::Masked, *cloud, None),
            PieceKind::NearMiss { cloud, suggestion } => {
                (IdProblemKind::NearMiss, Some(*cloud), Some(suggestion.clone()))
            }
            PieceKind::Malformed { cloud, reason } => {
                (IdProblemKind::Malformed(*reason), *cloud, None)
            }
        };
        let text = shorten(piece.text);
        self.found.problems.push(IdProblem { kind, text, line, cloud, suggestion });
    }

    fn not_an_id(&mut self, text: &str, line: u32) {
        self.found.problems.push(IdProblem {
            kind: IdProblemKind::Malformed(Malformation::NotAnId),
            text: shorten(text),
            line,
            cloud: None,
            suggestion: None,
        });
    }

    fn ignore(&mut self, text: &str) {
        self.found.ignored = self.found.ignored.saturating_add(1);
        if self.found.ignored_examples.len() < IGNORED_EXAMPLES_MAX {
            self.found.ignored_examples.push(shorten(text));
        }
    }

    /// The line after it has ids: a heading if it looks like one.
    fn resolve_heading(&mut self, separators: u32) {
        let is_heading = self.heading.as_ref().is_some_and(|heading| {
            let same_columns = heading.is_first && separators > 0;
            self.objects
                || (same_columns && heading.separators == separators)
                || heading.cells.iter().any(|cell| is_title(cell))
                || heading.cells.last().is_some_and(|cell| cell.ends_with([':', '\u{ff1a}']))
        });
        if is_heading {
            for cell in self.heading.take().map(|heading| heading.cells).unwrap_or_default() {
                self.ignore(cell);
            }
        }
        self.drop_heading();
    }

    /// What stood there was no heading, so each of its cells is a problem.
    fn drop_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        for cell in heading.cells {
            if self.objects {
                self.ignore(cell);
            } else {
                self.not_an_id(cell, heading.line);
            }
        }
    }
}

/// Beside a proper id, a text that is merely tolerable is taken only if it begins in the same way:
/// eight digits may be a date, `vm-web01` a name. Where there are words, it is one of them; where
/// there are none, it is reported.
fn demote_tolerable(pieces: &[Piece<'_>], kinds: &mut [PieceKind]) {
    let is_proper = |kind: &PieceKind| {
        matches!(
            kind,
            PieceKind::Id { strict: true, .. } | PieceKind::OtherCloud { strict: true, .. }
        )
    };
    let is_tolerable = |kind: &PieceKind| {
        matches!(
            kind,
            PieceKind::Id { strict: false, .. } | PieceKind::OtherCloud { strict: false, .. }
        )
    };
    if !kinds.iter().any(is_tolerable) || !kinds.iter().any(is_proper) {
        return;
    }
    let has_words = kinds.iter().any(|kind| matches!(kind, PieceKind::Word));
    let heads: Vec<&str> = pieces
        .iter()
        .zip(&*kinds)
        .filter(|(_, kind)| is_proper(kind))
        .filter_map(|(piece, _)| head(piece.text))
        // There are as many beginnings as clouds; the rest of a long line repeats them.
        .take(clouds::ALL.len() * 4)
        .collect();
    for (piece, kind) in pieces.iter().zip(kinds) {
        let (PieceKind::Id { cloud, strict: false }
        | PieceKind::OtherCloud { cloud, strict: false }) = kind
        else {
            continue;
        };
        if head(piece.text).is_some_and(|head| heads.contains(&head)) {
            continue;
        }
        *kind = if has_words {
            PieceKind::Word
        } else {
            let reason = classify::reason(piece.text, piece.text, &cloud.ids);
            PieceKind::Malformed { cloud: Some(*cloud), reason }
        };
    }
}

/// True if a line has more than the one thing that a row of a table is about, which may be named
/// twice: by itself and by a link.
fn has_two_ids(pieces: &[Piece<'_>], kinds: &[PieceKind]) -> bool {
    let mut ids = pieces
        .iter()
        .zip(kinds)
        .filter(|(_, kind)| !matches!(kind, PieceKind::Mark | PieceKind::Word))
        .map(|(piece, _)| piece.text);
    let first = ids.next();
    ids.any(|id| Some(id) != first)
}

/// `ins` of `ins-r8hr2upy`.
fn head(text: &str) -> Option<&str> {
    text.split_once('-').map(|(head, _)| head)
}

fn cells<'t>(line: &'t str, pieces: &[Piece<'t>], kinds: &[PieceKind]) -> Vec<Cell<'t>> {
    let mut cells: Vec<Cell<'t>> = Vec::new();
    let mut open: Option<(u32, usize)> = None;
    for (piece, kind) in pieces.iter().zip(kinds) {
        let has_id = !matches!(kind, PieceKind::Mark | PieceKind::Word);
        let end = piece.start + piece.text.len();
        match (open, cells.last_mut()) {
            (Some((index, start)), Some(cell)) if index == piece.cell => {
                cell.text = line.get(start..end).unwrap_or(cell.text);
                cell.has_id |= has_id;
            }
            // A cell begins with its first word, so that bullets and rules make none.
            (_, last) if matches!(kind, PieceKind::Mark) => {
                // `"RegionId": …`: what stood before the colon is a key.
                if let Some(last) = last.filter(|_| piece.text.starts_with([':', '='])) {
                    last.is_key = true;
                }
                continue;
            }
            (_, _) => {
                open = Some((piece.cell, piece.start));
                cells.push(Cell { text: piece.text, has_id, is_key: false });
            }
        }
        if let Some(cell) = cells.last_mut() {
            cell.is_key = cell.text.ends_with([':', '=']);
        }
    }
    cells
}

/// True for the title of a column, or a heading, of instance ids.
fn is_title(cell: &str) -> bool {
    const WORDS: [&str; 8] = [
        "instance",
        "vm id",
        "server id",
        "\u{5b9e}\u{4f8b}",
        "\u{4e3b}\u{673a}",
        "\u{670d}\u{52a1}\u{5668}",
        "\u{865a}\u{62df}\u{673a}",
        "machine",
    ];
    if cell.len() > 200 {
        return false;
    }
    let cell = cell.to_ascii_lowercase();
    let plain = cell.trim_matches(|character| !pieces::speaks(character));
    matches!(plain, "id" | "ids") || WORDS.iter().any(|word| cell.contains(word))
}

/// At most [`PROBLEM_TEXT_MAX_CHARS`], with an ellipsis where something was left out.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(PROBLEM_TEXT_MAX_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
    }
}
