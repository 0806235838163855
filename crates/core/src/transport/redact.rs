//! A response can contain parts of its request: a gateway that echoes headers, a cloud that names
//! the token or returns the canonical request. They are removed by value, in any encoding, before
//! anything else sees the response.

use crate::{
    model::outcome::Response,
    signing::request::{Request, Signed},
};
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
};
use zeroize::Zeroizing;

/// Removes from a response what its request must not get back: token, signature and
/// `Authorization`; and those of earlier requests, where they are remembered ([`Sent`]).
#[derive(Default)]
pub struct Redactor {
    needles: Vec<Needle>,
    /// Where each 8-byte gram occurs in the needles: most of a text is skipped by these alone.
    grams: HashMap<u64, Vec<(usize, usize)>>,
    /// For each hash of a gram whether it may be among those (a one-hash Bloom filter).
    may_be: Vec<bool>,
}

#[derive(Clone)]
struct Needle {
    text: Zeroizing<Vec<u8>>,
    /// How many consecutive bytes are enough for a match: an intermediary may have cut both ends.
    enough: usize,
    /// Replaces it.
    mark: &'static str,
}

/// The tokens and signatures of the last requests: an echo may arrive with the response to another
/// request. Kept by the sender, and dropped with the key.
#[derive(Default)]
pub struct Sent(VecDeque<Needle>);

/// How many requests are remembered.
const REMEMBERED: usize = 64;

impl Sent {
    /// A redactor for this request and those remembered; remembers this one.
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
    // For texts searched with white space skipped.
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

/// A match and its replacement.
type Place = (Range<usize>, &'static str);

/// That many bytes of a token or a signature count as a match, at any offset.
const ENOUGH_BYTES: usize = 2 * GRAM;

/// Length of a gram. Any `2 * GRAM - 1` bytes contain one at a multiple of `GRAM`.
const GRAM: usize = 8;

/// How many layers of escapes are decoded: percent-encoding twice, within JSON.
const LAYERS: usize = 3;

/// How deep base64 or hexadecimal may be nested.
const NESTED: usize = 2;

/// Shorter runs of base64 or hexadecimal digits cannot contain a match.
const RUN_MIN: usize = 22;

impl Redactor {
    /// A redactor for one request.
    pub fn of(request: &Request<Signed>) -> Self {
        Redactor::new(needles_of(request))
    }

    fn new(needles: Vec<Needle>) -> Self {
        let mut grams: HashMap<u64, Vec<(usize, usize)>> = HashMap::new();
        let mut may_be = vec![false; 1 << HASH_BITS];
        for (index, one) in needles.iter().enumerate() {
            // A needle that must match as a whole is found by its first gram.
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

    /// Replaces the needles in a text: plain, percent-encoded, JSON-escaped, as entities or form
    /// values, in several such layers; and within base64 or hexadecimal, at any offset.
    pub fn redact(&self, text: Vec<u8>) -> Vec<u8> {
        if self.needles.is_empty() {
            return text;
        }
        let mut places = self.find(&text, NESTED);
        if places.is_empty() {
            return text;
        }
        let text = Zeroizing::new(text);
        // Of the matches at one offset the longest.
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

    /// Searches a layer as it is, and again with line breaks skipped.
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

    /// Searches for the needles that are shorter than a gram.
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

    /// The longest match around a gram that ends here.
    fn longest(&self, text: &Text<'_>, at: usize, word: u64) -> Option<Place> {
        let mut longest: Option<(usize, Place)> = None;
        for (index, offset) in self.grams.get(&word)? {
            let Some(needle) = self.needles.get(*index) else { continue };
            let (own_before, own_after) = needle.text.split_at_checked(offset + GRAM)?;
            let (before, start) = text.before(at, own_before);
            let (after, end) = text.after(at, own_after);
            let length = before + after;
            // Of equal lengths the first counts, which is the larger needle.
            if length >= needle.enough && longest.as_ref().is_none_or(|(best, _)| length > *best) {
                longest = Some((length, (start..end, needle.mark)));
            }
        }
        longest.map(|(_, place)| place)
    }

    /// Searches within runs of an encoding. A run that contains a match is replaced as a whole.
    fn find_encoded(
        &self,
        layer: &Layer,
        nested: usize,
        encoding: &Encoding,
        places: &mut Vec<Place>,
    ) {
        let mut run = Zeroizing::new(Vec::new());
        let (mut start, mut broken) = (0, false);
        // One byte more, to end the last run.
        for (at, byte) in layer.bytes.iter().copied().chain([0]).enumerate() {
            if let Some(digit) = (encoding.digit)(byte) {
                broken = false;
                if run.is_empty() {
                    start = at;
                }
                run.push(digit);
                continue;
            }
            // Long runs are wrapped, and hexadecimal digits are separated.
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

/// A text that is searched.
struct Text<'t> {
    bytes: &'t [u8],
    /// The end of the previous match.
    done: usize,
    /// Whether line breaks are skipped.
    folded: bool,
}

impl Text<'_> {
    /// How many of the last of these bytes precede a position, and where they begin.
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

    /// How many of the first of these bytes follow a position, and where they end.
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

/// A form encodes a space as `+`; decoding one as a form turns a plus into a space. Case is
/// ignored.
const fn plain(byte: u8) -> u8 {
    if byte == b' ' { b'+' } else { byte.to_ascii_lowercase() }
}

const HASH_BITS: u32 = 16;

fn hash(word: u64) -> usize {
    // The highest bits, which fit.
    usize::try_from(word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - HASH_BITS))
        .unwrap_or_default()
}

/// Line breaks in HTML.
const BREAKS: [&[u8]; 3] = [b"<br>", b"<br/>", b"<br />"];

/// The length of the line break that begins here; 0 for none.
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

/// The same for a line break that ends here.
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

/// A text with some layers of escapes decoded.
struct Layer {
    bytes: Zeroizing<Vec<u8>>,
    /// The offset of each byte in the original text, and its end; empty for the original.
    origins: Vec<usize>,
}

impl Layer {
    fn origin(&self, start: usize, end: usize) -> Range<usize> {
        let origin = |at: usize| self.origins.get(at).copied().unwrap_or(at);
        origin(start)..origin(end)
    }

    /// Decodes one more layer; `None` if there is none.
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

/// Decodes an escape, given its first byte and the bytes after it; returns the byte and the rest.
fn escaped(sign: u8, after: &[u8]) -> Option<(u8, &[u8])> {
    match (sign, after) {
        (b'%', _) => number(after, 16, 2, 2),
        (b'\\', [b'u', after @ ..]) => number(after, 16, 4, 4),
        (b'\\', [b'x', after @ ..]) => number(after, 16, 2, 2),
        (b'\\', [b'n', after @ ..]) => Some((b'\n', after)),
        (b'\\', [b'r', after @ ..]) => Some((b'\r', after)),
        // With a zero byte before: UTF-16.
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

/// A number of `least` to `most` digits that encodes a byte, and the rest.
fn number(text: &[u8], radix: u32, least: usize, most: usize) -> Option<(u8, &[u8])> {
    let digits = text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(radix));
    let (count, number) =
        digits.fold((0, 0), |(count, number), digit| (count + 1, number * radix + digit));
    let byte = u8::try_from(number).ok().filter(|_| count >= least)?;
    Some((byte, text.get(count..)?))
}

/// The rest after the end of an entity.
fn ended((byte, after): (u8, &[u8])) -> Option<(u8, &[u8])> {
    after.strip_prefix(b";").map(|after| (byte, after))
}

/// An encoding of bytes as digits. Decoded by hand: a run may begin and end within an encoded text
/// and mix both alphabets, while `base64` and `hex` decode complete texts of one alphabet.
struct Encoding {
    /// The value of a digit.
    digit: fn(u8) -> Option<u8>,
    bits: u32,
    /// How many digits until one begins at a byte again.
    digits: usize,
    /// Whether a byte may separate two digits, given whether a line has ended already.
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

/// Of both alphabets (RFC 4648: base64 and base64url).
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
    /// Redacts a response as it arrives: every response passes through here.
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
