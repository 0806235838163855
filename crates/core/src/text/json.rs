//! Strict JSON: a duplicate key is an error, where `serde_json` alone would silently use the last
//! one.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Error, Map, Value};
use std::fmt;

/// Parses a complete JSON text, at most 127 levels deep.
///
/// # Errors
/// The text is not JSON, ends too early ([`Error::is_eof`]), or an object has a duplicate key.
///
/// ```
/// use relight_core::text::json::read;
///
/// let value = read(r#"{"Response": {"RequestId": "a"}}"#).unwrap_or_default();
/// let id = value.get("Response").and_then(|inner| inner.get("RequestId"));
/// assert_eq!(id.and_then(|id| id.as_str()), Some("a"));
/// assert!(read(r#"{"Response": {"#).is_err_and(|error| error.is_eof()));
/// assert!(read(r#"{"a": 1, "a": 2}"#).is_err());
/// ```
pub fn read(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map(|Unambiguous(value)| value)
}

/// A value without duplicate keys.
struct Unambiguous(Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Unambiguous)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate keys")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unambiguous(element)) = elements.next_element()? {
            list.push(element);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("duplicate key"));
            }
            let Unambiguous(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(object.into())
    }
}

/// Whether a value is an object with no members but these.
pub(crate) fn has_only(value: &Value, names: &[&str]) -> bool {
    value.as_object().is_some_and(|object| object.keys().all(|name| names.contains(&name.as_str())))
}

#[cfg(test)]
mod tests {
    use super::read;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn duplicate_keys_are_an_error() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"b":{"a":1,"\u0061":1}}"#, r#"[{"":null,"":null}]"#] {
            assert!(read(text).is_err_and(|error| !error.is_eof()), "{text}");
        }
        assert!(read(r#"[{"a":1},{"a":1}]"#).is_ok());
    }

    #[test]
    fn truncated_json_is_distinguished_from_invalid_json() {
        for text in ["", " ", "[1,", "{\"a\":", "\"a", "\"\\ud83d", "tru", "-", "1e", "1."] {
            assert!(read(text).is_err_and(|error| error.is_eof()), "{text}");
        }
        for text in [
            "01",
            "1 2",
            "+1",
            "[1,]",
            "{1:2}",
            "[1]]",
            "trux",
            "é",
            "\u{feff}1",
            "1\u{a0}",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud83dx\"",
            "\"\\ude00\"",
        ] {
            assert!(read(text).is_err_and(|error| !error.is_eof()), "{text}");
        }
    }

    #[test]
    fn the_depth_is_limited() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(127)).is_ok());
        assert!(read(&nested(128)).is_err_and(|error| !error.is_eof()));
        assert!(read(&"[".repeat(1_000_000)).is_err_and(|error| !error.is_eof()));
    }

    #[test]
    fn only_whole_numbers_of_64_bits_are_counts() {
        for (text, want) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-0", None),
            ("-1", None),
            ("1.0", None),
            ("1e5", None),
        ] {
            assert_eq!(read(text).unwrap().as_u64(), want, "{text}");
        }
        // Overflows a double: no response has it, and one that had it would not be trusted.
        assert!(read("1e999").is_err());
    }

    proptest! {
        #[test]
        fn all_else_is_as_serde_json_reads_it(
            text in r#"[\[\]{}:,"ab\\u0-9eE.+\- tn]{0,24}"#,
            at in 0_usize..60,
        ) {
            let whole = json!({ "a": [&text, -1, { "b": null, "c": [true, 2.5] }] }).to_string();
            let cut = &whole[..whole.floor_char_boundary(at.min(whole.len()))];
            for text in [text.as_str(), cut] {
                match (read(text), serde_json::from_str::<Value>(text)) {
                    (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{text}"),
                    (Err(ours), Err(theirs)) => {
                        assert!(ours.is_eof() == theirs.is_eof() || text.contains("\":"), "{text}");
                    }
                    (Err(_), Ok(_)) => assert!(text.contains("\":"), "{text}"),
                    (Ok(_), Err(error)) => panic!("{text}: {error}"),
                }
            }
        }
    }
}
