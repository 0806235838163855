//! What comes back can hold what went out: a gateway that echoes headers, a cloud that names the token
//! or returns the canonical request. It is taken out by its value, in whatever form it stands there,
//! before anybody sees the answer.

use super::Response;
use crate::request::{Request, Signed};
use std::ops::Range;
use zeroize::Zeroizing;

/// What no answer to a request may bring back: its token, its signature, its `Authorization`.
#[derive(Default)]
pub struct Redactor {
    sought: Vec<Sought>,
    /// Of each byte whether anything that is sought may begin with it: most of a text is passed over
    /// by this alone.
    begins: Vec<bool>,
}

struct Sought {
    text: Zeroizing<Vec<u8>>,
    /// How many of its first bytes give it away: something in between may have cut it short.
    enough: usize,
    /// What stands in its place.
    mark: &'static str,
}

/// A place that holds something, and the mark for it.
type Place = (Range<usize>, &'static str);

/// The beginning of a token or a signature that is taken for the whole.
const ENOUGH_BYTES: usize = 16;

/// How many layers of escapes are undone: percent-encoding twice, within JSON.
const LAYERS: usize = 3;

/// How often what is found in base64 or in hexadecimal digits may be such again.
const NESTED: usize = 2;

/// Shorter runs of base64 or of digits hold nothing that is sought.
const RUN_MIN: usize = 22;

impl Redactor {
    /// What a request must not get back.
    pub fn of(request: &Request<Signed>) -> Self {
        let cut = |text: &str| text.len().min(ENOUGH_BYTES);
        let authorization =
            request.authorization().map(|text| (text, text.len(), "[authorization]"));
        let token = request.token().map(|text| (text, cut(text), "[token]"));
        let signature = request.signature();
        let sought = [authorization, token, Some((signature, cut(signature), "[signature]"))];
        let sought = sought.into_iter().flatten().filter(|(text, ..)| !text.is_empty());
        let sought = sought.map(|(text, enough, mark)| Sought {
            text: Zeroizing::new(text.as_bytes().to_vec()),
            enough,
            mark,
        });
        let sought: Vec<Sought> = sought.collect();
        let may_begin = |byte: u8| {
            sought.iter().any(|one| one.text.first().is_some_and(|own| same(*own, byte)))
        };
        Redactor { begins: (0..=u8::MAX).map(may_begin).collect(), sought }
    }

    /// A text without it: plain, percent-encoded, JSON-escaped, as entities or as a form's values, in
    /// several such layers; and within base64 or hexadecimal digits, at whatever place.
    pub fn redact(&self, text: Vec<u8>) -> Vec<u8> {
        if self.sought.is_empty() {
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

    fn find_in(&self, layer: &Layer, places: &mut Vec<Place>) {
        let may_begin =
            |byte: &u8| self.begins.get(usize::from(*byte)).is_some_and(|begins| *begins);
        let mut rest = layer.bytes.as_slice();
        while let Some(ahead) = rest.iter().position(may_begin) {
            rest = rest.get(ahead..).unwrap_or_default();
            let at = layer.bytes.len() - rest.len();
            let found = self
                .sought
                .iter()
                .filter_map(|sought| Some((sought.length_in(rest)?, sought.mark)));
            // Of two of one length the first, which is the larger thing.
            let longest = found.reduce(|best, other| if other.0 > best.0 { other } else { best });
            let length = longest.map_or(1, |(length, _)| length);
            places.extend(longest.map(|(length, mark)| (layer.origin(at, at + length), mark)));
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    /// Looks into the runs that an encoding can have written. Where one holds something, the whole run
    /// goes: its other letters say nothing that could be told from it.
    fn find_encoded(
        &self,
        layer: &Layer,
        nested: usize,
        encoding: &Encoding,
        places: &mut Vec<Place>,
    ) {
        let mut run = Zeroizing::new(Vec::new());
        let mut start = 0;
        // One more, to end the last run.
        for (at, byte) in layer.bytes.iter().copied().chain([0]).enumerate() {
            if let Some(digit) = (encoding.digit)(byte) {
                if run.is_empty() {
                    start = at;
                }
                run.push(digit);
                continue;
            }
            // Long runs are broken into lines.
            if matches!(byte, b'\r' | b'\n') && !run.is_empty() {
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

impl Sought {
    /// How long it is in a text that begins with it, or with enough of it.
    fn length_in(&self, text: &[u8]) -> Option<usize> {
        let fitting = self.text.iter().zip(text).take_while(|(own, byte)| same(**own, **byte));
        Some(fitting.count()).filter(|length| *length >= self.enough)
    }
}

/// A form writes a space as `+`, and who reads one so makes a plus a space. Case is somebody's choice.
fn same(own: u8, byte: u8) -> bool {
    own.eq_ignore_ascii_case(&byte) || matches!((own, byte), (b' ', b'+') | (b'+', b' '))
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
}

const BASE64: Encoding = Encoding { digit: base64_digit, bits: 6, digits: 4 };
const HEX: Encoding = Encoding { digit: hex_digit, bits: 4, digits: 2 };

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
