//! An id, kept in place.

use crate::bytes;
use std::{cmp::Ordering, fmt, sync::Arc};

/// A checked id. Only [`parse_ids`](super::parse_ids), [`parse_list`](super::parse_list) and
/// [`parse_lines`](super::parse_lines) make one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InstanceId(Repr);

/// All ids that are known are short. A library's short text is filled byte by byte, and moved whole
/// before the processor has it together: done for a hundred ids, that took longer than anything else
/// in a signature but the hashing. Of each text there is one form, so that ids are equal as these are.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Short {
        /// The text, and zeros behind it.
        words: [[u8; 8]; SHORT_WORDS],
        bytes: u8,
    },
    Long(Arc<str>),
}

const SHORT_WORDS: usize = 3;

impl InstanceId {
    /// Of a text that has been checked.
    #[inline]
    pub(super) fn new(text: &str) -> Self {
        let (words, rest) = text.as_bytes().as_chunks();
        let last = bytes::last_word(text.as_bytes()).to_le_bytes();
        let none = [0; 8];
        let words = match words {
            [] => [last, none, none],
            [first] => [*first, last, none],
            [first, second] => [*first, *second, last],
            [first, second, third] if rest.is_empty() => [*first, *second, *third],
            [_, ..] => return InstanceId(Repr::Long(text.into())),
        };
        #[expect(clippy::cast_possible_truncation, reason = "at most three words")]
        let bytes = text.len() as u8;
        InstanceId(Repr::Short { words, bytes })
    }

    /// The id as the cloud spells it. Always text: some clouds' ids look like numbers, but are too
    /// large for a JavaScript number.
    #[inline(never)]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short { words, bytes } => {
                let text = words.as_flattened().get(..usize::from(*bytes)).unwrap_or_default();
                std::str::from_utf8(text).unwrap_or_default()
            }
            Repr::Long(text) => text,
        }
    }

    /// Appends the id.
    #[inline]
    pub(crate) fn push_to(&self, target: &mut Vec<u8>) {
        match &self.0 {
            Repr::Short { words, bytes } => {
                // To copy a few bytes of a length that is not known is a call in wasm; three words are
                // six instructions.
                let end = target.len() + usize::from(*bytes);
                target.extend_from_slice(words.as_flattened());
                target.truncate(end);
            }
            Repr::Long(text) => target.extend_from_slice(text.as_bytes()),
        }
    }
}

impl PartialOrd for InstanceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for InstanceId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{InstanceId, Repr, SHORT_WORDS};

    #[test]
    fn an_id_is_its_text_whatever_its_length() {
        let text: String = ('a'..='z').cycle().take(60).collect();
        for length in 0..text.len() {
            let part = &text[..length];
            let id = InstanceId::new(part);
            assert_eq!(matches!(id.0, Repr::Short { .. }), length <= SHORT_WORDS * 8, "{length}");
            assert_eq!(id.as_str(), part);
            assert_eq!((id.to_string(), format!("{id:?}")), (part.to_owned(), part.to_owned()));
            let mut target = b"before ".to_vec();
            id.push_to(&mut target);
            assert_eq!(target, ["before ", part].concat().as_bytes());
        }
    }

    #[test]
    fn ids_are_compared_as_texts() {
        let texts = ["", "a", "aa", "ab", "b", &"a".repeat(8), &"a".repeat(24), &"a".repeat(25)];
        for one in texts {
            for other in texts {
                let (id, other_id) = (InstanceId::new(one), InstanceId::new(other));
                assert_eq!(id.cmp(&other_id), one.cmp(other), "{one} {other}");
                assert_eq!(id == other_id, one == other, "{one} {other}");
            }
        }
    }
}
