//! Percent-encoding, and `name=value` pairs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};

/// All but letters, digits and `-_.~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Percent-encodes all bytes except letters, digits and `-_.~`, with upper-case digits.
pub(crate) fn percent_encode(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, RESERVED).to_string()
}

/// Decodes `%XX` and takes `+` for a space. A `%` without two digits stays as it is.
pub(crate) fn form_decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

/// Splits `a=1&b=2` and decodes both sides. Empty pieces are omitted.
pub(crate) fn parse_pairs(raw: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    raw.split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (form_decode(name), form_decode(value))
        })
        .collect()
}

/// Joins pairs again, encoded and sorted by the bytes of the name.
pub(crate) fn canonical_pairs(mut pairs: Vec<(Vec<u8>, Vec<u8>)>) -> String {
    pairs.sort();
    let joined: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    joined.join("&")
}

/// A pseudo-random number for `seed`, always the same one.
pub(crate) fn scatter(seed: u64) -> u64 {
    let mut word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// An upper-case UUID-shaped text for `seed`.
pub(crate) fn uuid(seed: u64) -> String {
    let (high, low) = (scatter(seed), scatter(seed ^ 0xA5A5_A5A5_5A5A_5A5A));
    format!(
        "{:08X}-{:04X}-4{:03X}-{:04X}-{:012X}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | ((low >> 48) & 0x3FFF),
        low & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
mod tests {
    use super::{canonical_pairs, form_decode, parse_pairs, percent_encode};

    #[test]
    fn percent_codes_are_upper_case_and_plus_is_a_space() {
        assert_eq!(
            percent_encode("a b*~+/=%\n\u{1F642}".as_bytes()),
            "a%20b%2A~%2B%2F%3D%25%0A%F0%9F%99%82"
        );
        assert_eq!(form_decode("a+b%2a%2A%zz%4"), b"a b**%zz%4");
    }

    #[test]
    fn pairs_sort_by_bytes() {
        let pairs = parse_pairs("InstanceId.2=b&InstanceId.10=a&A=&&B");
        assert_eq!(canonical_pairs(pairs), "A=&B=&InstanceId.10=a&InstanceId.2=b");
    }
}
