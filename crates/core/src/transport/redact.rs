//! What comes back can hold what went out: a gateway that echoes headers, a cloud that names the token
//! or returns the canonical request. It is taken out by its value, in whatever form it is there,
//! before anybody sees the answer.

use crate::{
    model::outcome::Response,
    signing::request::{Request, Signed},
};
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
};
use zeroize::Zeroizing;

/// What no answer to a request may bring back: its token, its signature, its `Authorization`; and the
/// tokens and signatures of those before it, where they are remembered ([`Sent`]).
#[derive(Default)]
pub struct Redactor {
    needles: Vec<Needle>,
    /// Where eight bytes stand in the needles: most of a text is passed over by these alone.
    grams: HashMap<u64, Vec<(usize, usize)>>,
    /// Of each hash of eight bytes whether they may be among those.
    may_be: Vec<bool>,
}

#[derive(Clone)]
struct Needle {
    text: Zeroizing<Vec<u8>>,
    /// How many of its bytes, whichever, give it away: something in between may have cut it at both ends.
    enough: usize,
    /// What is in its place.
    mark: &'static str,
}

/// The tokens and signatures of the last requests: what echoes one of them may do so in the answer to
/// another. It is for whoever sends, and to be forgotten with the key.
#[derive(Default)]
pub struct Sent(VecDeque<Needle>);

/// So many are remembered.
const REMEMBERED: usize = 64;

impl Sent {
    /// What a request must not get back, and what those before it must not. It is remembered from now on.
    pub fn redactor(&mut self, request: &Request<Signed>) -> Redactor {
        let own = needles_of(request);
        let earlier: Vec<Needle> = self.0.iter().cloned().collect();
        for one in own.iter().filter(|one| one.mark != AUTHORIZATION) {
            if !self.0.iter().any(|known| known.text == one.text) {
                self.0.push_back(one.clone());
            }
        }
        while self.0.len() > REMEMBERED {
            self.0.pop_front();
        }
        Redactor::new(own.into_iter().chain(earlier).collect())
    }

    /// Wipes all of them.
    pub fn forget(&mut self) {
        self.0 = VecDeque::new();
    }
}

const AUTHORIZATION: &str = "[authorization]";

fn needles_of(request: &Request<Signed>) -> Vec<Needle> {
    let piece = |text: &str| text.len().min(ENOUGH_BYTES);
    let authorization = request.authorization();
    // Where blanks are passed over, it has none.
    let squeezed: Option<String> =
        authorization.map(|text| text.split([' ', '\t', '\r', '\n']).collect());
    let authorization = authorization.map(|text| (text, text.len(), AUTHORIZATION));
    let squeezed = squeezed.as_deref().map(|text| (text, text.len(), AUTHORIZATION));
    let token = request.token().map(|text| (text, piece(text), "[token]"));
    let signature = request.signature();
    let signature = Some((signature, piece(signature), "[signature]"));
    let needles = [authorization, squeezed, token, signature].into_iter().flatten();
    let needles = needles.filter(|(text, ..)| !text.is_empty()).map(|(text, enough, mark)| {
        Needle { text: Zeroizing::new(text.as_bytes().to_vec()), enough, mark }
    });
    needles.collect()
}

/// A place that holds something, and the mark for it.
type Place = (Range<usize>, &'static str);

/// So many bytes of a token or a signature are taken for the whole, from whichever place in it.
const ENOUGH_BYTES: usize = 2 * GRAM;

/// In so many bytes of a text, wherever they begin, are eight that begin at a multiple of eight.
const GRAM: usize = 8;

/// How many layers of escapes are undone: percent-encoding twice, within JSON.
const LAYERS: usize = 3;

/// How often what is found in base64 or in hexadecimal digits may be such again.
const NESTED: usize = 2;

/// Shorter runs of base64 or of digits hold nothing of a needle.
const RUN_MIN: usize = 22;

impl Redactor {
    /// What a request must not get back.
    pub fn of(request: &Request<Signed>) -> Self {
        Redactor::new(needles_of(request))
    }

    fn new(needles: Vec<Needle>) -> Self {
        let mut grams: HashMap<u64, Vec<(usize, usize)>> = HashMap::new();
        let mut may_be = vec![false; 1 << HASH_BITS];
        for (index, one) in needles.iter().enumerate() {
            // What has to be there as a whole is known by its beginning.
            let is_whole = one.enough == one.text.len();
            for (number, gram) in one.text.chunks_exact(GRAM).enumerate() {
                let word = gram.iter().fold(0, |word, byte| word << 8 | u64::from(plain(*byte)));
                grams.entry(word).or_default().push((index, number * GRAM));
                if let Some(one) = may_be.get_mut(hash(word)) {
                    *one = true;
                }
                if is_whole {
                    break;
                }
            }
        }
        Redactor { needles, grams, may_be }
    }

    /// A text without it: plain, percent-encoded, JSON-escaped, as entities or as a form's values, in
    /// several such layers; and within base64 or hexadecimal digits, at whatever place.
    pub fn redact(&self, text: Vec<u8>) -> Vec<u8> {
        if self.needles.is_empty() {
            return text;
        }
        let mut places = self.find(&text, NESTED);
        if places.is_empty() {
            return text;
        }
        let text = Zeroizing::new(text);
        // The longest of those that begin at one place.
        places.sort_by_key(|(place, _)| (place.start, usize::MAX - place.end));
        let mut redacted = Vec::with_capacity(text.len());
        let mut done = 0;
        for (place, mark) in places {
            if place.start >= done {
                redacted.extend_from_slice(text.get(done..place.start).unwrap_or_default());
                redacted.extend_from_slice(mark.as_bytes());
            }
            done = done.max(place.end);
        }
        redacted.extend_from_slice(text.get(done..).unwrap_or_default());
        redacted
    }

    fn find(&self, text: &[u8], nested: usize) -> Vec<Place> {
        let mut places = Vec::new();
        let mut layer = Layer { bytes: Zeroizing::new(text.to_vec()), origins: Vec::new() };
        self.find_in(&layer, &mut places);
        for _ in 0..LAYERS {
            let Some(next) = layer.undone() else { break };
            layer = next;
            self.find_in(&layer, &mut places);
        }
        if let Some(nested) = nested.checked_sub(1) {
            self.find_encoded(&layer, nested, &BASE64, &mut places);
            self.find_encoded(&layer, nested, &HEX, &mut places);
        }
        places
    }

    /// As it is there, and with what breaks lines passed over.
    fn find_in(&self, layer: &Layer, places: &mut Vec<Place>) {
        self.find_short(layer, places);
        for folded in [false, true] {
            let bytes = layer.bytes.as_slice();
            let (mut word, mut count, mut at, mut done) = (0_u64, 0, 0, 0);
            while let Some(byte) = bytes.get(at) {
                let skipped = if folded { fold_at(bytes, at) } else { 0 };
                if skipped > 0 {
                    at += skipped;
                    continue;
                }
                word = word << 8 | u64::from(plain(*byte));
                at += 1;
                count += 1;
                if count < GRAM || !self.may_be.get(hash(word)).is_some_and(|one| *one) {
                    continue;
                }
                let text = Text { bytes, done, folded };
                if let Some((place, mark)) = self.longest(&text, at, word) {
                    at = at.max(place.end);
                    (word, count, done) = (0, 0, at);
                    places.push((layer.origin(place.start, place.end), mark));
                }
            }
        }
    }

    /// What is shorter than what the rest is known by.
    fn find_short(&self, layer: &Layer, places: &mut Vec<Place>) {
        for needle in self.needles.iter().filter(|needle| needle.text.len() < GRAM) {
            let length = needle.text.len();
            for (at, there) in layer.bytes.windows(length).enumerate() {
                if there
                    .iter()
                    .zip(needle.text.iter())
                    .all(|(byte, own)| plain(*byte) == plain(*own))
                {
                    places.push((layer.origin(at, at + length), needle.mark));
                }
            }
        }
    }

    /// The longest of what is around eight bytes that end here.
    fn longest(&self, text: &Text<'_>, at: usize, word: u64) -> Option<Place> {
        let mut longest: Option<(usize, Place)> = None;
        for (index, offset) in self.grams.get(&word)? {
            let Some(needle) = self.needles.get(*index) else { continue };
            let (own_before, own_after) = needle.text.split_at_checked(offset + GRAM)?;
            let (before, start) = text.before(at, own_before);
            let (after, end) = text.after(at, own_after);
            let length = before + after;
            // Of two of one length the first, which is the larger thing.
            if length >= needle.enough && longest.as_ref().is_none_or(|(best, _)| length > *best) {
                longest = Some((length, (start..end, needle.mark)));
            }
        }
        longest.map(|(_, place)| place)
    }

    /// Looks into the runs that an encoding can have written. Where one holds something, the whole run
    /// goes: its other letters say nothing that reveals it.
    fn find_encoded(
        &self,
        layer: &Layer,
        nested: usize,
        encoding: &Encoding,
        places: &mut Vec<Place>,
    ) {
        let mut run = Zeroizing::new(Vec::new());
        let (mut start, mut broken) = (0, false);
        // One more, to end the last run.
        for (at, byte) in layer.bytes.iter().copied().chain([0]).enumerate() {
            if let Some(digit) = (encoding.digit)(byte) {
                broken = false;
                if run.is_empty() {
                    start = at;
                }
                run.push(digit);
                continue;
            }
            // Long runs are broken into lines, and digits are set apart.
            if !run.is_empty() && (encoding.is_between)(byte, broken) {
                broken |= matches!(byte, b'\r' | b'\n');
                continue;
            }
            if run.len() >= RUN_MIN {
                let found = (0..encoding.digits).find_map(|offset| {
                    let digits = run.get(offset..).unwrap_or_default();
                    let plain = Zeroizing::new(encoding.decode(digits));
                    self.find(&plain, nested).first().map(|(_, mark)| *mark)
                });
                places.extend(found.map(|mark| (layer.origin(start, at), mark)));
            }
            run.clear();
        }
    }
}

/// A text in which the needles are searched.
struct Text<'t> {
    bytes: &'t [u8],
    /// Where what was found before ends.
    done: usize,
    /// Whether what breaks lines is passed over.
    folded: bool,
}

impl Text<'_> {
    /// How many of the last of these bytes precede a place, and where they begin.
    fn before(&self, mut at: usize, own: &[u8]) -> (usize, usize) {
        let (mut count, mut start) = (0, at);
        for own in own.iter().rev() {
            if self.folded {
                while let fold @ 1.. = fold_before(self.bytes, at) {
                    at -= fold;
                }
            }
            let Some(next) = at.checked_sub(1).filter(|next| *next >= self.done) else { break };
            if self.bytes.get(next).is_none_or(|byte| plain(*byte) != plain(*own)) {
                break;
            }
            at = next;
            (count, start) = (count + 1, at);
        }
        (count, start)
    }

    /// How many of the first of these bytes follow a place, and where they end.
    fn after(&self, mut at: usize, own: &[u8]) -> (usize, usize) {
        let (mut count, mut end) = (0, at);
        for own in own {
            if self.folded {
                while let fold @ 1.. = fold_at(self.bytes, at) {
                    at += fold;
                }
            }
            if self.bytes.get(at).is_none_or(|byte| plain(*byte) != plain(*own)) {
                break;
            }
            at += 1;
            (count, end) = (count + 1, at);
        }
        (count, end)
    }
}

/// A form writes a space as `+`, and who reads one so makes a plus a space. Case is somebody's choice.
const fn plain(byte: u8) -> u8 {
    if byte == b' ' { b'+' } else { byte.to_ascii_lowercase() }
}

const HASH_BITS: u32 = 16;

fn hash(word: u64) -> usize {
    // The highest bits, which fit.
    usize::try_from(word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - HASH_BITS))
        .unwrap_or_default()
}

/// How a page breaks lines.
const BREAKS: [&[u8]; 3] = [b"<br>", b"<br/>", b"<br />"];

/// How long what breaks a line is that begins here; 0 for none.
fn fold_at(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b' ' | b'\t' | b'\r' | b'\n') => 1,
        Some(b'<') => {
            let rest = bytes.get(at..).unwrap_or_default();
            let begins = |tag: &&&[u8]| {
                rest.get(..tag.len()).is_some_and(|there| there.eq_ignore_ascii_case(tag))
            };
            BREAKS.iter().find(begins).map_or(0, |tag| tag.len())
        }
        Some(_) | None => 0,
    }
}

/// The same for what ends before this place.
fn fold_before(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    match before.last() {
        Some(b' ' | b'\t' | b'\r' | b'\n') => 1,
        Some(b'>') => BREAKS
            .iter()
            .find(|tag| {
                let start = at.saturating_sub(tag.len());
                before.get(start..).is_some_and(|there| there.eq_ignore_ascii_case(tag))
            })
            .map_or(0, |tag| tag.len()),
        Some(_) | None => 0,
    }
}

/// A text with some layers of escapes undone.
struct Layer {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each byte begins in the text itself, and where that ends; empty for the text itself.
    origins: Vec<usize>,
}

impl Layer {
    fn origin(&self, start: usize, end: usize) -> Range<usize> {
        let origin = |at: usize| self.origins.get(at).copied().unwrap_or(at);
        origin(start)..origin(end)
    }

    /// With one layer more undone; `None` if there is none.
    fn undone(&self) -> Option<Layer> {
        self.bytes.iter().find(|byte| is_escape(**byte))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        let mut origins = Vec::with_capacity(self.bytes.len() + 1);
        let mut rest = self.bytes.as_slice();
        while let Some((byte, after)) = rest.split_first() {
            let at = self.bytes.len() - rest.len();
            let escaped = if is_escape(*byte) { escaped(*byte, after) } else { None };
            let (byte, after) = escaped.unwrap_or((*byte, after));
            bytes.push(byte);
            origins.push(self.origin(at, at).start);
            rest = after;
        }
        let end = self.bytes.len();
        origins.push(self.origin(end, end).start);
        (bytes.len() < end).then_some(Layer { bytes, origins })
    }
}

fn is_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&' | 0)
}

/// The byte that an escape stands for, by its sign and what follows, and what comes then.
fn escaped(sign: u8, after: &[u8]) -> Option<(u8, &[u8])> {
    match (sign, after) {
        (b'%', _) => number(after, 16, 2, 2),
        (b'\\', [b'u', after @ ..]) => number(after, 16, 4, 4),
        (b'\\', [b'x', after @ ..]) => number(after, 16, 2, 2),
        (b'\\', [b'n', after @ ..]) => Some((b'\n', after)),
        (b'\\', [b'r', after @ ..]) => Some((b'\r', after)),
        // With a zero before: of texts of two bytes a letter.
        (b'\\', [byte @ (b'/' | b'"' | b'\\'), after @ ..]) | (0, [byte, after @ ..]) => {
            Some((*byte, after))
        }
        (b'&', [b'#', b'x' | b'X', after @ ..]) => ended(number(after, 16, 1, 6)?),
        (b'&', [b'#', after @ ..]) => ended(number(after, 10, 1, 7)?),
        (b'&', _) => ENTITIES
            .iter()
            .find_map(|(name, byte)| Some((*byte, after.strip_prefix(name.as_bytes())?))),
        _ => None,
    }
}

const ENTITIES: [(&str, u8); 5] =
    [("amp;", b'&'), ("lt;", b'<'), ("gt;", b'>'), ("quot;", b'"'), ("apos;", b'\'')];

/// A number of so many digits that stands for a byte, and what follows.
fn number(text: &[u8], radix: u32, least: usize, most: usize) -> Option<(u8, &[u8])> {
    let digits = text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(radix));
    let (count, number) =
        digits.fold((0, 0), |(count, number), digit| (count + 1, number * radix + digit));
    let byte = u8::try_from(number).ok().filter(|_| count >= least)?;
    Some((byte, text.get(count..)?))
}

/// What follows the end of an entity.
fn ended((byte, after): (u8, &[u8])) -> Option<(u8, &[u8])> {
    after.strip_prefix(b";").map(|after| (byte, after))
}

/// How bytes are written as digits. Read by hand: a run may begin and end in the middle of what was
/// encoded and mix both alphabets, and `base64` and `hex` take whole texts of one alphabet alone.
struct Encoding {
    /// The value of a digit.
    digit: fn(u8) -> Option<u8>,
    bits: u32,
    /// How many digits it takes until one begins where a byte does.
    digits: usize,
    /// What may be between two, and whether a line has ended there already.
    is_between: fn(u8, bool) -> bool,
}

const BASE64: Encoding = Encoding {
    digit: base64_digit,
    bits: 6,
    digits: 4,
    // A line may be indented.
    is_between: |byte, broken| {
        matches!(byte, b'\r' | b'\n') || broken && matches!(byte, b' ' | b'\t')
    },
};
const HEX: Encoding = Encoding {
    digit: hex_digit,
    bits: 4,
    digits: 2,
    is_between: |byte, _| matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | b':' | b'-'),
};

impl Encoding {
    fn decode(&self, digits: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(digits.len());
        let (mut word, mut bits) = (0_u32, 0);
        for digit in digits {
            word = word << self.bits | u32::from(*digit);
            bits += self.bits;
            if bits >= 8 {
                bits -= 8;
                bytes.extend(u8::try_from(word >> bits));
                word &= (1 << bits) - 1;
            }
        }
        bytes
    }
}

/// Of both alphabets (RFC 4648).
fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl Response {
    /// An answer as it arrives, without what its request has sent: the way in for every answer.
    pub fn received(
        redactor: &Redactor,
        status: u16,
        headers: impl IntoIterator<Item = (String, String)>,
        body: Vec<u8>,
    ) -> Self {
        let text = |bytes: Vec<u8>| match String::from_utf8(redactor.redact(bytes)) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(&Zeroizing::new(error.into_bytes())).into_owned(),
        };
        let headers = headers.into_iter();
        let headers = headers.map(|(name, value)| (name, text(value.into_bytes()))).collect();
        Response { status, headers, body: text(body) }
    }
}
