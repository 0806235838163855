//! Finds instance ids in any text. Parsing never fails: one typo in ninety ids leaves 89 ids and
//! one problem.

mod list;
mod classify;
mod pieces;
mod nesting;
mod table;
mod sentence;

pub use list::parse_list;
pub use sentence::ROUNDED;

use crate::{
    clouds,
    model::{cloud::Cloud, instance_id::InstanceId},
};
use classify::{Classifier, PieceKind};
use nesting::Nesting;
use pieces::Piece;
use std::collections::HashSet;
use table::Table;

/// The ids and problems in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedIds {
    /// The ids, in the order of the text, each once.
    pub ids: Vec<ParsedId>,
    /// Everything that is not sent, in the order of the text.
    pub problems: Vec<IdProblem>,
    /// How many words next to ids were ignored as other columns, headings or members of a JSON
    /// object.
    pub ignored: u32,
    /// The first few of them, shortened if they are very long, so that the page can list what was
    /// ignored.
    pub ignored_examples: Vec<String>,
}

impl ParsedIds {
    /// The problems with a suggestion, as text and suggestion.
    pub fn corrections(&self) -> impl Iterator<Item = (&str, &str)> {
        self.problems.iter().filter_map(|one| Some((one.text.as_str(), one.suggestion.as_deref()?)))
    }

    /// The text with every near miss replaced by its suggestion.
    pub fn corrected(&self, text: &str) -> String {
        let mut corrected = String::with_capacity(text.len());
        let mut rest = text;
        for (piece, meant) in self.corrections() {
            // An id that was joined from two lines is not in the text.
            let Some((before, after)) = split_at_piece(rest, piece) else { continue };
            corrected.push_str(before);
            corrected.push_str(meant);
            rest = after;
        }
        corrected.push_str(rest);
        corrected
    }

    /// The valid ids, one per line: the text that "remove problems" leaves in the field.
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

/// Splits a text at a whole word.
fn split_at_piece<'a>(text: &'a str, piece: &str) -> Option<(&'a str, &'a str)> {
    let is_of_a_piece = |one: char| one.is_alphanumeric() || matches!(one, '-' | '_');
    text.match_indices(piece)
        .filter_map(|(at, _)| Some((text.get(..at)?, text.get(at + piece.len()..)?)))
        .find(|(before, after)| {
            let around = before.chars().next_back().into_iter().chain(after.chars().next());
            !around.into_iter().any(is_of_a_piece)
        })
}

/// An id and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedId {
    /// The id.
    pub id: InstanceId,
    /// Its cloud.
    pub cloud: &'static Cloud,
    /// The line, from 1.
    pub line: u32,
    /// True if it has an unusual shape: accepted, with a warning.
    pub unusual: bool,
    /// True for a number that may have lost its last digits: it ends in zeros, or differs from a
    /// neighbour in the last digits alone. Accepted, with a warning.
    pub rounded: bool,
}

/// A part of the text that is not sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdProblem {
    /// What is wrong.
    pub kind: IdProblemKind,
    /// The text, shortened if it is very long.
    pub text: String,
    /// The line, from 1.
    pub line: u32,
    /// The cloud that it belongs to or was probably meant for.
    pub cloud: Option<&'static Cloud>,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// The vendor of an id that belongs to none of the clouds.
    pub vendor: Option<&'static str>,
}

impl IdProblem {
    /// Whether it contains invisible characters: then it looks the same as its suggestion.
    pub fn has_invisible(&self) -> bool {
        self.text.contains(classify::is_invisible)
    }
}

/// The kind of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdProblemKind {
    /// Not an id, for this reason.
    Malformed(Malformation),
    /// A duplicate.
    Repeated,
    /// An id of another cloud.
    OtherCloud,
    /// A masked sample from documentation, partly starred or crossed out.
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

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformation {
    /// Resembles no id of any cloud.
    NotAnId,
    /// Too few characters after the prefix.
    TooShort,
    /// Too many.
    TooLong,
    /// Characters that no id has, capitals among them.
    Characters,
    /// Look-alikes of the right letters or digits.
    LookAlikes,
    /// A number that has lost digits, such as `1.66e18`.
    RoundedNumber,
    /// It has the format of an id, but the text calls it a name, a disk, a snapshot.
    SomethingElse,
}

/// The maximum length of a problem's text, in characters.
pub const PROBLEM_TEXT_MAX_CHARS: usize = 80;

/// The maximum number of ignored examples.
pub const IGNORED_EXAMPLES_MAX: usize = 12;

/// Finds ids in a text: separated by white space, commas, semicolons, full-width punctuation,
/// quotes or brackets; in JSON, a CSV column, or console links.
///
/// With a cloud, ids of the others are problems; without, each id comes with its cloud. Never
/// fails, keeps the order, and takes linear time.
///
/// The context decides per line, since tables are pasted that way:
/// * On a line with an id, or with something meant as one, other words are columns or prose:
///   ignored and counted. But if the line is a list (two ids or more, and more than other cells),
///   each other cell is a problem.
/// * On a line without, each cell (or run of words between commas, tabs and the like) is a problem,
///   unless it is a heading of the ids below (column titles, "instances:"), or belongs to a text
///   pasted as a whole: a key and its value, a row of a table, a sentence, a page with few ids.
///   Those are ignored and counted.
/// * In JSON with objects, all members that are not ids are ignored and counted.
/// * A text of a merely tolerable format (a date has eight digits, as an id may) is no id next to a
///   proper one with another prefix, and a number is none next to words.
/// * Where one column of a table has the ids, by its title or because it has nothing else, ids in
///   other columns do not count; nor does what follows "name", or a number after the name of
///   another resource that the cloud numbers.
/// * An id cut off at the end of a line is not sent; the whole id is suggested.
///
/// Punctuation is ignored. Every letter and digit of the text is in an id, in a problem or among
/// the ignored words.
pub fn parse_ids(text: &str, cloud: Option<&'static Cloud>) -> ParsedIds {
    read::<true>(text, cloud)
}

/// The same without regard to columns, keys and labels: for the form before the rest of the program
/// is loaded. Nothing is sent on its result.
pub fn parse_at_first(text: &str, cloud: Option<&'static Cloud>) -> ParsedIds {
    read::<false>(text, cloud)
}

fn read<const CLOSE: bool>(text: &str, cloud: Option<&'static Cloud>) -> ParsedIds {
    let parsed = Parser::<CLOSE>::new(cloud, is_json_with_objects(text)).read(text);
    if parsed.ids.is_empty() && parsed.problems.is_empty() && parsed.ignored > 0 {
        // No words were next to ids, so the ignored ones are the problem to report.
        return Parser::<CLOSE>::new(cloud, false).read(text);
    }
    parsed
}

/// The id, if the whole text is one in the format of all known ids of the cloud. For arrays passed
/// by programs; [`parse_ids`] is for everything else.
pub(crate) fn parse_id(text: &str, cloud: &'static Cloud) -> Option<InstanceId> {
    (cloud.ids.strict)(text).then(|| InstanceId::new(text))
}

/// A recorded id: it was valid when it was recorded, whatever the format is today.
pub(crate) fn parse_recorded(text: &str, cloud: &'static Cloud) -> Option<InstanceId> {
    let ids = &cloud.ids;
    ((ids.strict)(text) || (ids.lenient)(text)).then(|| InstanceId::new(text))
}

fn is_json_with_objects(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && text.contains('{')
}

/// The parser. With `CLOSE = false` the context rules are not compiled in: the first part of the
/// program has few bytes to spare.
struct Parser<'t, const CLOSE: bool> {
    reading: Classifier,
    objects: bool,
    seen: HashSet<InstanceId>,
    found: ParsedIds,
    /// The problems that are words on a line of their own.
    loose: Vec<usize>,
    /// The problems that belong to a text pasted as a whole: dropped if there is anything else.
    beside: Vec<usize>,
    /// A line without ids that may be the heading of the next lines.
    heading: Option<Heading<'t>>,
    /// The last short line with words: it may be the label of the numbers below.
    above: Above<'t>,
    lines_with_words: u32,
    table: Table,
    nesting: Nesting,
    /// Whether the first word of the next line completes the last one of this line.
    is_rest: bool,
    /// The words of the previous line by position, empty for anything else.
    words: Vec<&'t str>,
}

/// How many positions of a line are remembered for the next.
const COLUMNS_REMEMBERED: usize = 32;

/// A longer line is a sentence and no heading.
const WORDS_OF_A_SENTENCE: usize = 6;

/// How many words before a number may be its label.
const WORDS_BEFORE: usize = 32;

struct Heading<'t> {
    cells: Vec<&'t str>,
    line: u32,
    separators: u32,
    is_first: bool,
    /// Whether it is part of a text pasted as a whole, rather than of a list.
    is_beside: bool,
}

/// The label of the numbers below a line, evaluated only if there is one.
enum Above<'t> {
    Unread(&'t str),
    Says(Option<bool>),
}

/// A cell of a line: pieces separated by white space or by the punctuation of a URL.
struct Cell<'t> {
    text: &'t str,
    has_id: bool,
    is_key: bool,
}

impl<'t, const CLOSE: bool> Parser<'t, CLOSE> {
    fn new(cloud: Option<&'static Cloud>, objects: bool) -> Self {
        Parser {
            reading: Classifier::new(cloud),
            objects,
            seen: HashSet::new(),
            found: ParsedIds::default(),
            loose: Vec::new(),
            beside: Vec::new(),
            heading: None,
            above: Above::Says(None),
            lines_with_words: 0,
            table: Table::default(),
            nesting: Nesting::default(),
            is_rest: false,
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
            if CLOSE && self.objects {
                self.nesting.read(cut.line, &pieces, &self.reading);
            }
            if CLOSE
                && std::mem::take(&mut self.is_rest)
                && let (Some(piece), Some(kind)) = (pieces.first(), kinds.first_mut())
            {
                *kind = PieceKind::Mark;
                self.ignore(piece.text);
            }
            if CLOSE
                && let (Some(piece), Some(kind), Some(rest)) =
                    (pieces.last(), kinds.last_mut(), rest)
            {
                self.wrapped(cut.line, piece, kind, rest);
            }
            if kinds.iter().any(|kind| !matches!(kind, PieceKind::Mark)) {
                self.line(text, cut.line, number, &pieces, &mut kinds, cut.columns);
            }
        }
        self.drop_heading();
        if CLOSE {
            self.finish();
        }
        self.found
    }

    /// Zones and states repeat in their column: a word that was classified in the previous line is
    /// not classified again.
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

    /// A terminal or a narrow cell may have wrapped the last id of a line. A whole id of another
    /// length counts as wrapped only at the end of a long line.
    fn wrapped(&mut self, line: &str, piece: &Piece<'t>, kind: &mut PieceKind, rest: &str) {
        const LONG: usize = 40;
        let is_half = match kind {
            PieceKind::Id { strict, cloud } | PieceKind::OtherCloud { strict, cloud } => {
                !*strict || line.len() >= LONG && piece.text.len() < cloud.ids.example.len()
            }
            PieceKind::Malformed { reason, .. } => *reason == Malformation::TooShort,
            _ => false,
        };
        if !is_half || piece.start + piece.text.len() < line.len() {
            return;
        }
        let rest = rest.trim_start_matches(' ');
        let end = rest.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (second, after) = rest.split_at_checked(end).unwrap_or_default();
        // What continues after punctuation is a name. A word without digits does not complete an
        // id.
        let is_whole = matches!(kind, PieceKind::Id { strict: true, .. });
        let is_rest = !second.is_empty()
            && !after.starts_with(['-', '_', '.'])
            && (!is_whole || second.bytes().any(|byte| byte.is_ascii_digit()));
        if is_rest && let Some((cloud, suggestion)) = self.reading.joined(piece.text, second) {
            *kind = PieceKind::NearMiss { cloud, suggestion };
            self.is_rest = true;
        }
    }

    fn line(
        &mut self,
        text: &'t str,
        line: &'t str,
        number: u32,
        pieces: &[Piece<'t>],
        kinds: &mut [PieceKind],
        separators: u32,
    ) {
        let is_first = self.lines_with_words == 0;
        self.lines_with_words = self.lines_with_words.saturating_add(1);
        // Fast path: one id per line, as in most lists.
        if let ([piece], [kind]) = (pieces, &mut *kinds)
            && !matches!(kind, PieceKind::Word)
        {
            if CLOSE {
                self.classify_number(piece, kind);
            }
            self.resolve_heading(separators);
            self.piece(piece, kind, number, self.found.ids.len(), false);
            return;
        }
        demote_tolerable(pieces, kinds);
        let has_words = kinds.iter().any(|kind| matches!(kind, PieceKind::Word));
        if CLOSE {
            if !self.objects {
                self.table.enter(text, line, &mut self.reading);
            }
            self.classify_by_context(line, pieces, kinds, has_words);
        }
        let cells = cells(line, pieces, kinds);
        if !cells.iter().any(|cell| cell.has_id) {
            self.drop_heading();
            let words = pieces.len();
            let is_beside = CLOSE
                && (words >= WORDS_OF_A_SENTENCE
                    || is_member(line)
                    || cells.len() > 1 && (self.table.has_ids || line.contains(['|', '\t'])));
            if CLOSE {
                self.above = match words {
                    0..WORDS_OF_A_SENTENCE => Above::Unread(line),
                    _ => Above::Says(None),
                };
            }
            let cells = cells.into_iter().map(|cell| cell.text).collect();
            self.heading = Some(Heading { cells, line: number, separators, is_first, is_beside });
            return;
        }
        self.resolve_heading(separators);
        if CLOSE && has_words {
            self.above = Above::Says(None);
        }
        let with_ids = cells.iter().filter(|cell| cell.has_id).count();
        let without = cells.iter().filter(|cell| !cell.has_id && !cell.is_key).count();
        let is_row = self.objects || CLOSE && self.table.has_titles;
        let is_list = !is_row && with_ids > without && has_two_ids(pieces, kinds);
        let is_prose = CLOSE && has_words && !is_list && separators == 0;
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
                        // `ins-r8hr2upy、ins-5d8a23rs，谢谢！`: every id has letters and digits.
                        let is_remark =
                            CLOSE && !cell.text.bytes().any(|byte| byte.is_ascii_alphanumeric());
                        if is_list && !cell.is_key && !is_remark {
                            self.not_an_id(cell.text, number);
                        } else {
                            self.ignore(cell.text);
                        }
                    }
                }
            }
            if cell.as_ref().is_some_and(|cell| cell.has_id) {
                self.piece(piece, kind, number, first_id_of_line, is_prose);
            }
        }
    }

    /// A number alone on its line has the label of the line above. In an object it is an id only in
    /// the proper format.
    fn classify_number(&mut self, piece: &Piece<'t>, kind: &mut PieceKind) {
        if !classify::is_digits(piece.text) {
            return;
        }
        if self.objects && !is_proper(kind) {
            *kind = PieceKind::Word;
        } else if let PieceKind::Id { .. } = kind
            && self.label_above() == Some(false)
        {
            *kind = self.something_else();
        }
    }

    fn label_above(&mut self) -> Option<bool> {
        if self.objects { self.nesting.label(0) } else { self.above() }
    }

    fn above(&mut self) -> Option<bool> {
        if let Above::Unread(line) = self.above {
            let mut words =
                line.rsplit(|one: char| !one.is_alphanumeric() && !matches!(one, '_' | '-' | '.'));
            self.above = Above::Says(words.find_map(|word| self.reading.label(word)));
        }
        match self.above {
            Above::Says(says) => says,
            Above::Unread(_) => None,
        }
    }

    /// What the text calls something else, by its column or by the word before it, is no id.
    fn classify_by_context(
        &mut self,
        line: &str,
        pieces: &[Piece<'t>],
        kinds: &mut [PieceKind],
        has_words: bool,
    ) {
        let is_table = !self.objects && self.table.is_table();
        let is_id =
            |kind: &PieceKind| matches!(kind, PieceKind::Id { .. } | PieceKind::OtherCloud { .. });
        let mut ids = pieces.iter().zip(kinds.iter()).filter(|(_, kind)| is_id(kind));
        let (first, second) = (ids.next(), ids.next());
        let has_id = first.is_some();
        // On a line with one id the label applies to it, whatever is between.
        let only = first.filter(|_| second.is_none()).map(|(piece, _)| piece.cell);
        let excepted: Vec<u32> = pieces
            .iter()
            .filter(|piece| has_id && is_exception(piece.text))
            .flat_map(|piece| [Some(piece.cell), only.filter(|_| piece.text.contains("别动"))])
            .flatten()
            .collect();
        // Where the words begin that may label the next number.
        let (mut label, mut words_from) = (None, 0);
        for at in 0..pieces.len() {
            let (Some(piece), Some(kind)) = (pieces.get(at), kinds.get(at)) else { break };
            if matches!(kind, PieceKind::Mark | PieceKind::Word) {
                continue;
            }
            if is_beside_words(piece, kind, line, has_words) {
                set(kinds, at, PieceKind::Word);
                continue;
            }
            if !is_id(kind) {
                continue;
            }
            let column = if is_table { self.table.column(piece) } else { 0 };
            let is_here = |one: &Piece<'_>| !is_table || self.table.column(one) == column;
            let before = kinds.iter().take(at).rposition(|kind| !matches!(kind, PieceKind::Mark));
            let before = before.and_then(|before| pieces.get(before));
            let end = before.map_or(0, |before| before.start + before.text.len());
            let gap = line.get(end..piece.start).unwrap_or_default();
            // The label may be in a column of its own.
            let before = before.filter(|one| is_here(one) || gap.contains(['=', ':', '：']));
            let is_number = classify::is_digits(piece.text);
            let is_other = if let Some(has_title) =
                self.table.is_excluded(column, is_number).filter(|_| is_table)
            {
                if is_number && has_title {
                    set(kinds, at, PieceKind::Word);
                    continue;
                }
                true
            } else if is_number {
                // `instance:group`: the first one is the instance.
                let is_second =
                    before.is_some_and(|one| gap == ":" && classify::is_digits(one.text));
                let words = pieces.get(words_from..at).unwrap_or_default().iter().rev();
                let words = words.take(WORDS_BEFORE).take_while(|one| is_here(one));
                let said = words.map(|word| self.reading.label(word.text)).find(Option::is_some);
                label = said.flatten().or(label.filter(|_| !is_table));
                words_from = at + 1;
                let says = if self.objects {
                    self.nesting.label(at)
                } else if has_words {
                    label
                } else if is_table && self.table.has_titles {
                    // The title of the column was checked above.
                    None
                } else {
                    self.above()
                };
                is_second || says == Some(false)
            } else {
                before.is_some_and(|before| is_name(before.text))
            };
            if is_other || excepted.binary_search(&piece.cell).is_ok() {
                let other = self.something_else();
                set(kinds, at, other);
            }
        }
    }

    /// In a JSON dump it was not meant as an id.
    fn something_else(&self) -> PieceKind {
        if self.objects {
            return PieceKind::Word;
        }
        PieceKind::Malformed { cloud: None, reason: Malformation::SomethingElse }
    }

    fn piece(
        &mut self,
        piece: &Piece<'t>,
        kind: &PieceKind,
        line: u32,
        first_id_of_line: usize,
        is_prose: bool,
    ) {
        let mut vendor = None;
        let (kind, cloud, suggestion) = match kind {
            PieceKind::Mark => return,
            PieceKind::Word => return self.ignore(piece.text),
            PieceKind::Id { cloud, strict } => {
                let id = InstanceId::new(piece.text);
                if self.seen.insert(id.clone()) {
                    let rounded = CLOSE && self.is_rounded(piece.text);
                    self.found.ids.push(ParsedId { id, cloud, line, unusual: !strict, rounded });
                    return;
                }
                let beside = self.found.ids.get(first_id_of_line..).unwrap_or_default();
                if is_prose || piece.compound && beside.iter().any(|beside| beside.id == id) {
                    // A table with a column of links names each id twice, and so do sentences: no
                    // mistake.
                    return self.ignore(piece.text);
                }
                (IdProblemKind::Repeated, Some(*cloud), None)
            }
            PieceKind::OtherCloud { cloud, .. } => (IdProblemKind::OtherCloud, Some(*cloud), None),
            PieceKind::Foreign(name) => {
                vendor = Some(*name);
                (IdProblemKind::OtherCloud, None, None)
            }
            PieceKind::Masked { cloud } => (IdProblemKind::Masked, *cloud, None),
            PieceKind::NearMiss { cloud, suggestion } => {
                (IdProblemKind::NearMiss, Some(*cloud), Some(suggestion.clone()))
            }
            PieceKind::Malformed { cloud, reason } => {
                (IdProblemKind::Malformed(*reason), *cloud, None)
            }
        };
        let text = shorten(piece.text);
        self.found.problems.push(IdProblem { kind, text, line, cloud, suggestion, vendor });
    }

    /// A spreadsheet keeps 15 digits, and increments numbers that are dragged down.
    fn is_rounded(&mut self, text: &str) -> bool {
        const LOST: usize = 3;
        const DIGITS_KEPT: usize = 15;
        if text.len() <= DIGITS_KEPT || !classify::is_digits(text) {
            return false;
        }
        let last = self.found.ids.last_mut();
        let stem = text.get(..text.len() - LOST).unwrap_or_default();
        let is_twin = |last: &&mut ParsedId| {
            let other = last.id.as_str();
            other.len() == text.len() && other.starts_with(stem)
        };
        if let Some(twin) = last.filter(is_twin) {
            twin.rounded = true;
            return true;
        }
        text.ends_with("000")
    }

    /// What only the whole text shows.
    fn finish(&mut self) {
        // Many words and few ids are a page, not a list with mistakes.
        let all = self.found.problems.len();
        let is_found = !self.found.ids.is_empty() || all > self.loose.len() + self.beside.len();
        let is_page = self.loose.len() >= 4 && self.loose.len() >= self.found.ids.len();
        let mut loose = self.loose.iter().filter(|_| is_found && is_page).peekable();
        let mut beside = self.beside.iter().filter(|_| is_found).peekable();
        let mut left = Vec::new();
        for (index, problem) in std::mem::take(&mut self.found.problems).into_iter().enumerate() {
            let is_left =
                loose.next_if_eq(&&index).or_else(|| beside.next_if_eq(&&index)).is_some();
            let host = problem.cloud.and_then(|cloud| (cloud.ids.within)(&problem.text));
            let is_listed = host.is_some_and(|id| self.seen.contains(&InstanceId::new(&id)));
            if is_left || is_listed {
                left.push(problem.text);
            } else {
                self.found.problems.push(problem);
            }
        }
        for text in left {
            self.ignore(&text);
        }
    }

    fn not_an_id(&mut self, text: &str, line: u32) {
        self.found.problems.push(IdProblem {
            kind: IdProblemKind::Malformed(Malformation::NotAnId),
            text: shorten(text),
            line,
            cloud: None,
            suggestion: None,
            vendor: None,
        });
    }

    fn ignore(&mut self, text: &str) {
        self.found.ignored = self.found.ignored.saturating_add(1);
        if self.found.ignored_examples.len() < IGNORED_EXAMPLES_MAX {
            self.found.ignored_examples.push(shorten(text));
        }
    }

    /// The next line has ids: this one is a heading if it looks like one.
    fn resolve_heading(&mut self, separators: u32) {
        let is_heading = self.heading.as_ref().is_some_and(|heading| {
            let same_columns = heading.is_first && separators > 0;
            self.objects
                || (same_columns && heading.separators == separators)
                // The heading of kubectl; the names next to it may be the same ids.
                || heading.cells.iter().any(|cell| is_title(cell) || cell.contains("PROVIDERID"))
                || heading.cells.last().is_some_and(|cell| cell.ends_with([':', '\u{ff1a}']))
        });
        if is_heading {
            for cell in self.heading.take().map(|heading| heading.cells).unwrap_or_default() {
                self.ignore(cell);
            }
        }
        self.drop_heading();
    }

    /// The line was no heading: each of its cells is a problem, unless the surrounding text was
    /// pasted with the ids.
    fn drop_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        for cell in heading.cells {
            if self.objects {
                self.ignore(cell);
                continue;
            }
            let index = self.found.problems.len();
            if !CLOSE {
                // All of them are problems.
            } else if heading.is_beside {
                self.beside.push(index);
            } else if !is_like_an_id(cell) {
                self.loose.push(index);
            }
            self.not_an_id(cell, heading.line);
        }
    }
}

/// A key and its value, a Markdown heading, a section: mistyped ids do not look like that.
fn is_member(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['#', '>', '[', '('])
        || line.ends_with([':', '：'])
        || [": ", ":\t", "：", "="].iter().any(|sign| line.contains(sign))
}

/// The id of another resource: `vpc-3xq9v2bd`.
fn is_like_an_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.split_once('-').is_some_and(|(head, tail)| {
        head.len() <= 10
            && tail.len() >= 6
            && head.bytes().chain(tail.bytes()).all(plain)
            && tail.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// Whether the following word is a display name.
fn is_name(word: &str) -> bool {
    matches!(word, "name" | "NAME" | "hostname" | "名称" | "实例名称" | "主机名")
        || ["Name", "_name", "-name", "_NAME"].iter().any(|name| word.ends_with(name))
}

fn set(kinds: &mut [PieceKind], at: usize, kind: PieceKind) {
    if let Some(there) = kinds.get_mut(at) {
        *there = kind;
    }
}

/// Whether a word introduces an exception ("except", "skip").
fn is_exception(word: &str) -> bool {
    if word.is_ascii() {
        return matches!(word, "except" | "excluding");
    }
    ["别动", "先别", "别重启", "不要", "勿", "除外", "除了"].iter().any(|one| word.contains(one))
}

/// Next to words, a number without the proper format is no id, nor is the value of a setting.
fn is_beside_words(piece: &Piece<'_>, kind: &PieceKind, line: &str, has_words: bool) -> bool {
    let has_letters = piece.text.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic());
    let is_key = || line.as_bytes().get(piece.start + piece.text.len()) == Some(&b'=');
    match kind {
        PieceKind::Malformed { .. } => has_words && !has_letters || is_key(),
        PieceKind::Id { strict, .. } | PieceKind::OtherCloud { strict, .. } => {
            has_words && !strict && !has_letters
        }
        _ => false,
    }
}

fn is_proper(kind: &PieceKind) -> bool {
    matches!(kind, PieceKind::Id { strict: true, .. } | PieceKind::OtherCloud { strict: true, .. })
}

/// Next to a proper id, a merely tolerable one counts only with the same prefix: eight digits may
/// be a date, `vm-web01` a name. With words around it is one of them; without, it is a problem.
fn demote_tolerable(pieces: &[Piece<'_>], kinds: &mut [PieceKind]) {
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
        // There are as many prefixes as clouds; the rest of a long line repeats them.
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

/// True if a line has more than one subject: a table row may name its instance twice, as text and
/// as a link.
fn has_two_ids(pieces: &[Piece<'_>], kinds: &[PieceKind]) -> bool {
    let mut ids = pieces
        .iter()
        .zip(kinds)
        .filter(|(_, kind)| !matches!(kind, PieceKind::Mark | PieceKind::Word))
        .map(|(piece, _)| piece.text);
    let first = ids.next();
    ids.any(|id| Some(id) != first)
}

/// The prefix `ins` of `ins-r8hr2upy`.
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
            // A cell begins with its first word, so bullets and rules are no cells.
            (_, last) if matches!(kind, PieceKind::Mark) => {
                // `"RegionId": …`: the word before the colon is a key.
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

/// True for a column title or heading of instance ids.
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
    let plain = cell.trim_matches(|character| !pieces::is_letter_or_digit(character));
    matches!(plain, "id" | "ids") || WORDS.iter().any(|word| cell.contains(word))
}

/// Truncates to [`PROBLEM_TEXT_MAX_CHARS`], with an ellipsis.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(PROBLEM_TEXT_MAX_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
    }
}
