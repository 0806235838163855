//! Texts looked at eight bytes at once.
//!
//! What a signature goes through is some kilobytes of text in which something must not stand. Byte by
//! byte that takes as long as the hashing; and compilers that build for size, as the module is built,
//! do not do several at once by themselves.
//!
//! Eight bytes are a word. A function that tells one kind of bytes from the others gives a word too,
//! its _marks_: of each byte that is of the kind the top bit is set, and no other bit.

/// The top bit of each byte.
const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);

/// A word of one byte, eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Marks the bytes from `first` to `last`, both ASCII.
pub(crate) const fn in_range(word: u64, first: u8, last: u8) -> u64 {
    // Without its top bit no byte is more than 0x7f, so that no sum reaches into the next.
    let low = word & !TOPS;
    let from_first = low + eight(0x80 - first);
    let beyond_last = low + eight(0x7f - last);
    from_first & !beyond_last & !word & TOPS
}

/// Marks lower-case letters and digits, which ids are made of.
pub(crate) const fn lower_case_or_digit(word: u64) -> u64 {
    in_range(word, b'a', b'z') | in_range(word, b'0', b'9')
}

/// How many bytes are marked.
#[inline]
pub(crate) fn count(bytes: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let (words, rest) = bytes.as_chunks();
    let counted = |word| marks(word).count_ones();
    let of_words: u32 = words.iter().map(|word| counted(u64::from_le_bytes(*word))).sum();
    // Fewer bits than there are bytes, which a `usize` counts.
    usize::try_from(of_words + (marks(last_word(bytes)) & marks_of(rest)).count_ones())
        .unwrap_or(usize::MAX)
}

/// Whether all bytes are marked.
#[inline]
pub(crate) fn all(bytes: &[u8], marks: impl Fn(u64) -> u64) -> bool {
    let (words, rest) = bytes.as_chunks();
    words.iter().all(|word| marks(u64::from_le_bytes(*word)) == TOPS)
        && marks(last_word(bytes)) & marks_of(rest) == marks_of(rest)
}

/// The place of the first byte that is marked.
#[inline]
pub(crate) fn find(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, rest) = bytes.as_chunks();
    let words = words.iter().map(|word| marks(u64::from_le_bytes(*word)));
    let mut marked = words.chain([marks(last_word(bytes)) & marks_of(rest)]).enumerate();
    let (index, marks) = marked.find(|(_, marks)| *marks != 0)?;
    usize::try_from(marks.trailing_zeros() / 8).ok().map(|at| index * 8 + at)
}

/// Whether a short text has another in it. The standard library's own search is made for long texts,
/// and with all that it can say of a wrong place in one it would be two kilobytes of the front.
pub(crate) fn has(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len().max(1)).any(|window| window == part.as_bytes())
}

/// What comes behind the whole words, and zeros.
#[inline]
pub(crate) fn last_word(bytes: &[u8]) -> u64 {
    let (_, rest) = bytes.as_chunks::<8>();
    match bytes.last_chunk() {
        // Sooner done than byte by byte: the last eight, without those of the word before.
        Some(last) if !rest.is_empty() => u64::from_le_bytes(*last) >> (64 - rest.len() * 8),
        Some(_) => 0,
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// The marks of all bytes of a rest, and of none of the zeros behind it.
fn marks_of(rest: &[u8]) -> u64 {
    TOPS & !(u64::MAX << (rest.len() % 8 * 8))
}

#[cfg(test)]
mod tests {
    use super::{all, count, find, in_range};

    /// Every byte beside every other, and at every place of texts of every length.
    #[test]
    fn eight_bytes_at_once_are_what_one_after_the_other_is() {
        for (first, last) in [(0, 0x1f), (b'\n', b'\n'), (b'0', b'9'), (b'~', 0x7f), (0, 0x7f)] {
            let of_word = |word| in_range(word, first, last);
            let of_byte = |byte: &u8| (first..=last).contains(byte);
            for length in 0..20 {
                for byte in 0..=u8::MAX {
                    for other in [0, b'\n', b'5', 0x7f, 0x80, 0xff] {
                        for at in 0..length {
                            let mut text = vec![other; length];
                            text[at] = byte;
                            let marked = text.iter().filter(|byte| of_byte(byte)).count();
                            assert_eq!(count(&text, of_word), marked, "{text:?}");
                            assert_eq!(all(&text, of_word), marked == length, "{text:?}");
                            assert_eq!(find(&text, of_word), text.iter().position(of_byte));
                        }
                    }
                }
            }
        }
        assert!(all(b"", |_| 0));
    }
}
