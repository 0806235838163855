//! Classifies a word: an id, almost one, or anything else.

use super::Malformation;
use crate::{
    clouds,
    ids::pieces::{Piece, is_letter_or_digit},
    model::cloud::{Cloud, IdGrammar},
};

/// The class of a piece.
#[derive(Clone, Debug)]
pub(super) enum PieceKind {
    /// Punctuation alone.
    Mark,
    /// Not meant as an id.
    Word,
    /// An id.
    Id { cloud: &'static Cloud, strict: bool },
    /// An id of a cloud that was not chosen, or almost one.
    OtherCloud { cloud: &'static Cloud, strict: bool },
    /// An id of a vendor that is not supported.
    Foreign(&'static str),
    /// Partly masked.
    Masked { cloud: Option<&'static Cloud> },
    /// Almost an id.
    NearMiss { cloud: &'static Cloud, suggestion: String },
    /// Meant as an id, and malformed.
    Malformed { cloud: Option<&'static Cloud>, reason: Malformation },
}

/// Longer pieces are no mistyped ids, and comparing them would take time.
const NEAR_MISS_MAX_BYTES: usize = 160;

/// Classifies pieces for a chosen cloud, with a reusable buffer.
pub(super) struct Classifier {
    chosen: Option<&'static Cloud>,
    /// Every cloud, the chosen one first, with its id grammar.
    grammars: Vec<Grammar>,
    folded: String,
}

#[derive(Clone, Copy)]
struct Grammar {
    cloud: &'static Cloud,
    ids: &'static IdGrammar,
    prefix: Option<&'static str>,
}

impl Classifier {
    pub(super) fn new(chosen: Option<&'static Cloud>) -> Self {
        let others = clouds::ALL.iter().copied().filter(|cloud| Some(*cloud) != chosen);
        let grammars = chosen.into_iter().chain(others).map(|cloud| {
            let ids = &cloud.ids;
            Grammar { cloud, ids, prefix: prefix(ids) }
        });
        Classifier { chosen, grammars: grammars.collect(), folded: String::new() }
    }

    pub(super) fn classify(&mut self, piece: &Piece<'_>) -> PieceKind {
        let text = piece.text;
        let is_ascii = text.is_ascii();
        let has_words = text.bytes().any(|byte| byte.is_ascii_alphanumeric())
            || (!is_ascii && text.chars().any(is_letter_or_digit));
        if !has_words {
            return PieceKind::Mark;
        }
        if is_ascii && let Some(kind) = self.id(piece) {
            return kind;
        }
        if text.contains('*')
            && let Some(kind) = self.masked(text)
        {
            return kind;
        }
        if let Some(vendor) = self.grammars.iter().find_map(|one| (one.ids.foreign)(text)) {
            return PieceKind::Foreign(vendor);
        }
        if is_rounded(text) {
            let cloud = self.first(|ids| ids.example.bytes().all(|byte| byte.is_ascii_digit()));
            return PieceKind::Malformed { cloud, reason: Malformation::RoundedNumber };
        }
        self.folded.clear();
        if text.len() <= NEAR_MISS_MAX_BYTES
            && let Some(kind) = self.near_miss(text)
        {
            return kind;
        }
        let folded = self.folded.as_str();
        let resembles =
            |ids: &IdGrammar| (ids.resembles)(text) || (folded != text && (ids.resembles)(folded));
        match self.first(resembles) {
            cloud @ Some(_) if folded.ends_with("xxx") => PieceKind::Masked { cloud },
            // Links contain numbers of all kinds; only those of the right length count.
            Some(_) if piece.compound && is_digits(text) => PieceKind::Word,
            Some(cloud) => {
                let reason = reason(text, &self.folded, &cloud.ids);
                PieceKind::Malformed { cloud: Some(cloud), reason }
            }
            None => PieceKind::Word,
        }
    }

    fn id(&self, piece: &Piece<'_>) -> Option<PieceKind> {
        let text = piece.text;
        if let Some(cloud) = self.first(|ids| (ids.strict)(text)) {
            // One in a million ids ends in four of them by chance.
            return Some(self.found(text, "xxxx", cloud, true));
        }
        if piece.compound && is_digits(text) {
            return None;
        }
        let cloud = self.first(|ids| (ids.lenient)(text))?;
        Some(self.found(text, "xxx", cloud, false))
    }

    /// The label that a word gives to the number after it, by the first cloud that knows it.
    pub(super) fn label(&self, word: &str) -> Option<bool> {
        self.grammars.iter().find_map(|grammar| (grammar.ids.label)(word))
    }

    /// The id whose first part ends a line, completed by the first piece of the next one.
    pub(super) fn joined(&self, half: &str, rest: &str) -> Option<(&'static Cloud, String)> {
        let id = [half, rest].concat();
        let cloud = self.first(|ids| (ids.strict)(&id))?;
        Some((cloud, id))
    }

    fn found(&self, text: &str, crossed: &str, cloud: &'static Cloud, strict: bool) -> PieceKind {
        if text.ends_with(crossed) {
            return PieceKind::Masked { cloud: Some(cloud) };
        }
        if let Some(vendor) = (cloud.ids.foreign)(text) {
            return PieceKind::Foreign(vendor);
        }
        match self.chosen {
            Some(chosen) if chosen != cloud => PieceKind::OtherCloud { cloud, strict },
            Some(_) | None => PieceKind::Id { cloud, strict },
        }
    }

    fn masked(&self, text: &str) -> Option<PieceKind> {
        let (before, _) = text.split_once('*')?;
        let stars_at_end = text.ends_with('*');
        if before.is_empty() {
            return None;
        }
        let cloud = self.first(|ids| {
            (ids.lenient)(before)
                || (ids.resembles)(before)
                || prefix(ids).is_some_and(|prefix| before.starts_with(prefix))
        });
        (cloud.is_some() || (stars_at_end && before.contains('-')))
            .then_some(PieceKind::Masked { cloud })
    }

    /// Leaves the folded text in the buffer.
    fn near_miss(&mut self, text: &str) -> Option<PieceKind> {
        fold(text, &mut self.folded);
        let folded = self.folded.as_str();
        let is_changed = folded != text;
        let (cloud, suggestion) = self.grammars.iter().find_map(|grammar| {
            let suggestion =
                (grammar.ids.within)(text).or_else(|| suggest(folded, is_changed, grammar))?;
            Some((grammar.cloud, suggestion))
        })?;
        Some(match self.chosen {
            _ if suggestion.ends_with("xxxx") => PieceKind::Masked { cloud: Some(cloud) },
            Some(chosen) if chosen != cloud => PieceKind::OtherCloud { cloud, strict: true },
            Some(_) | None => PieceKind::NearMiss { cloud, suggestion },
        })
    }

    fn first(&self, test: impl Fn(&IdGrammar) -> bool) -> Option<&'static Cloud> {
        self.grammars.iter().find(|grammar| test(grammar.ids)).map(|grammar| grammar.cloud)
    }
}

/// The proper id that was probably meant by a folded text.
fn suggest(folded: &str, is_changed: bool, grammar: &Grammar) -> Option<String> {
    let Grammar { ids, prefix, .. } = grammar;
    if is_changed && (ids.strict)(folded) {
        return Some(folded.to_owned());
    }
    let prefix = (*prefix)?;
    let head = prefix.strip_suffix('-')?;
    let strict = |tail: &str| {
        let id = [prefix, tail].concat();
        (ids.strict)(&id).then_some(id)
    };
    if let Some(at) = folded.find(|character: char| !character.is_ascii_alphanumeric()) {
        let (given, tail) = folded.split_at_checked(at)?;
        let tail = tail.trim_start_matches(|character: char| !character.is_ascii_alphanumeric());
        return if is_mistyped(given, head) { strict(tail) } else { None };
    }
    // Without a dash. A short prefix is not enough: `instance01` is a name.
    let (given, tail) = folded.split_at_checked(head.len())?;
    let is_specific = head.len() >= 3 || tail.len() >= 16;
    let alike = given == head || is_look_alike(given, head);
    if is_specific && alike && tail.bytes().any(|byte| byte.is_ascii_digit()) {
        strict(tail)
    } else {
        None
    }
}

/// `ins-`, if all ids of the cloud have that prefix.
fn prefix(ids: &IdGrammar) -> Option<&'static str> {
    ids.example.find('-').and_then(|at| ids.example.get(..=at))
}

/// True if `given` is `head` with one typo.
fn is_mistyped(given: &str, head: &str) -> bool {
    if given == head || is_look_alike(given, head) {
        return true;
    }
    // Prefixes of one or two letters are not compared: disks and images have such prefixes, too.
    if head.len() < 3 || given.len().abs_diff(head.len()) > 1 {
        return false;
    }
    is_swapped(given, head) || lacks_one_of(given, head) || lacks_one_of(head, given)
}

/// True if two adjacent letters are swapped.
fn is_swapped(given: &str, head: &str) -> bool {
    let (given, head) = (given.as_bytes(), head.as_bytes());
    let same = given.iter().zip(head).take_while(|(left, right)| left == right).count();
    match (given.get(same..), head.get(same..)) {
        (Some([left, right, given @ ..]), Some([first, second, head @ ..])) => {
            left == second && right == first && given == head
        }
        _ => false,
    }
}

fn is_look_alike(given: &str, head: &str) -> bool {
    let class = |byte: u8| match byte {
        b'1' | b'l' | b'j' | b'|' | b'!' => b'i',
        b'5' => b's',
        b'0' => b'o',
        b'm' => b'n',
        other => other,
    };
    given.len() == head.len() && given.bytes().map(class).eq(head.bytes().map(class))
}

/// True if `short` is `long` without one of its letters.
fn lacks_one_of(short: &str, long: &str) -> bool {
    let (short, long) = (short.as_bytes(), long.as_bytes());
    if short.len() + 1 != long.len() {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(left, right)| left == right).count();
    short.get(same..) == long.get(same + 1..)
}

/// Lower-cases, replaces full-width and look-alike characters, removes invisible ones and
/// punctuation at both ends.
fn fold(text: &str, folded: &mut String) {
    folded.clear();
    let is_plain = |character: &char| character.is_ascii_alphanumeric();
    if text.is_ascii() {
        folded.push_str(text.trim_start_matches(|character| !is_plain(&character)));
        folded.make_ascii_lowercase();
        if folded.contains(['_', '~']) {
            *folded = folded.replace(['_', '~'], "-");
        }
    } else {
        folded.extend(text.chars().filter_map(plain).skip_while(|character| !is_plain(character)));
    }
    let end = folded.trim_end_matches(|character| !is_plain(&character)).len();
    folded.truncate(end);
}

/// Joiners, direction marks, the byte-order mark, soft hyphens: invisible when pasted.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

fn plain(character: char) -> Option<char> {
    Some(match character {
        '_' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' | '＿' | '~' | 'ー' => {
            '-'
        }
        unseen if is_invisible(unseen) => return None,
        '！'..='～' => {
            // Full-width forms are in the order of ASCII, from `!` on.
            let ascii = u32::from(character) - 0xfee0;
            char::from_u32(ascii).unwrap_or(character).to_ascii_lowercase()
        }
        'а' | 'А' | 'α' | 'Α' => 'a',
        'в' | 'В' | 'Β' | 'ь' => 'b',
        'с' | 'С' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'ё' | 'Ε' => 'e',
        'ɡ' => 'g',
        'һ' | 'Н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'İ' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'ӏ' | 'Ӏ' => 'l',
        'м' | 'М' | 'Μ' => 'm',
        'п' | 'η' | 'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'Υ' => 'y',
        'Ζ' => 'z',
        _ => character.to_ascii_lowercase(),
    })
}

/// Why a text is not an id of a cloud.
pub(super) fn reason(text: &str, folded: &str, ids: &IdGrammar) -> Malformation {
    if !text.is_ascii() && folded.is_ascii() {
        return Malformation::LookAlikes;
    }
    let tail = prefix(ids).and_then(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if !tail.bytes().all(plain) {
        return Malformation::Characters;
    }
    match text.len().cmp(&ids.example.len()) {
        std::cmp::Ordering::Less => Malformation::TooShort,
        std::cmp::Ordering::Equal => Malformation::Characters,
        std::cmp::Ordering::Greater => Malformation::TooLong,
    }
}

pub(super) fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1.66e18`: a long number as written by a spreadsheet or a script.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let digits = |text: &str| !text.is_empty() && is_digits(text);
    digits(whole)
        && digits(fraction)
        && digits(exponent)
        && exponent.len() <= 3
        && exponent.parse::<u32>().is_ok_and(|exponent| exponent >= 8)
}
