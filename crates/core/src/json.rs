//! JSON, read so that nothing is decided in silence: a key that stands twice is an error, where
//! most readers would quietly take one of the two.
//!
//! Written here because of its size: `serde_json` costs the page three times the bytes, most of them
//! for fractions, which no answer that is read has, and for the words of errors, which nobody sees.

use std::{mem, vec};

/// A value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// A number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A whole one of at most 64 bits.
    Whole(u64),
    /// A whole one below zero, of at most 64 bits.
    Negative(i64),
    /// A fraction, one with an exponent, or one that is too large: its value is not kept.
    Other,
}

/// The members of an object, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Value)>);

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It ends too early.
    CutOff,
    /// Something else.
    Other,
}

/// Reads a text that must be JSON from end to end.
///
/// ```
/// use relight_core::json::{Broken, read};
///
/// let value = read(r#"{"Response": {"RequestId": "a"}}"#).unwrap_or_default();
/// let id = value.get("Response").and_then(|inner| inner.get("RequestId"));
/// assert_eq!(id.and_then(|id| id.as_str()), Some("a"));
/// assert_eq!(read(r#"{"Response": {"#), Err(Broken::CutOff));
/// assert_eq!(read(r#"{"a": 1, "a": 2}"#), Err(Broken::Other));
/// ```
pub fn read(text: &str) -> Result<Value, Broken> {
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    if reader.rest.trim_start_matches(BLANKS).is_empty() { Ok(value) } else { Err(Broken::Other) }
}

impl Value {
    /// The member with this name; `None` for what is no object too.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(object) => object.get(key),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    /// Whether it is an object with no members but these.
    pub fn has_only(&self, names: &[&str]) -> bool {
        match self {
            Value::Object(object) => object.has_only(names),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => false,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    /// The number, if it is a whole one.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Number(Number::Whole(number)) => Some(*number),
            Value::Null
            | Value::Bool(_)
            | Value::Number(Number::Negative(_) | Number::Other)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    /// Takes a member out of an object, and leaves null.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        match self {
            Value::Object(object) => object.get_mut(key).map(mem::take),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }
}

impl Object {
    /// The member with this name.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The member with this name, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Adds a member.
    ///
    /// # Errors
    /// The name is there already, or there are too many.
    pub fn push(&mut self, name: String, value: Value) -> Result<(), Broken> {
        if self.0.len() == MEMBERS_MAX || self.get(&name).is_some() {
            return Err(Broken::Other);
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Whether all members are among these names.
    pub fn has_only(&self, names: &[&str]) -> bool {
        self.0.iter().all(|(name, _)| names.contains(&name.as_str()))
    }

    /// True without members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Object {
    type Item = (String, Value);
    type IntoIter = vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Deeper texts are refused before they exhaust the stack.
const DEPTH_MAX: usize = 128;

/// Objects with more members are refused: each name is compared with all before it.
const MEMBERS_MAX: usize = 1_000;

/// The blanks of JSON, which are fewer than Unicode's.
const BLANKS: [char; 4] = [' ', '\n', '\t', '\r'];

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, Broken> {
        match self.next()? {
            b'{' if depth < DEPTH_MAX - 1 => self.object(depth + 1).map(Value::Object),
            b'[' if depth < DEPTH_MAX - 1 => self.array(depth + 1).map(Value::Array),
            b'"' => self.text().map(Value::String),
            b'n' => self.word("ull", Value::Null),
            b't' => self.word("rue", Value::Bool(true)),
            b'f' => self.word("alse", Value::Bool(false)),
            b'-' => {
                let first = self.take().ok_or(Broken::CutOff)?;
                self.number(first, true)
            }
            first => self.number(first, false),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Object, Broken> {
        let mut object = Object::default();
        let mut byte = self.next()?;
        if byte == b'}' {
            return Ok(object);
        }
        loop {
            if byte != b'"' {
                return Err(Broken::Other);
            }
            let name = self.text()?;
            if self.next()? != b':' {
                return Err(Broken::Other);
            }
            let value = self.value(depth)?;
            object.push(name, value)?;
            match self.next()? {
                b',' => byte = self.next()?,
                b'}' => return Ok(object),
                _ => return Err(Broken::Other),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value>, Broken> {
        let mut list = Vec::new();
        self.skip_blanks();
        if self.rest.starts_with(']') {
            self.take();
            return Ok(list);
        }
        loop {
            list.push(self.value(depth)?);
            match self.next()? {
                b',' => {}
                b']' => return Ok(list),
                _ => return Err(Broken::Other),
            }
        }
    }

    /// What follows the opening mark.
    fn text(&mut self) -> Result<String, Broken> {
        let mut text = String::new();
        loop {
            let stop = |byte: u8| matches!(byte, b'"' | b'\\') || byte < b' ';
            let length = self.rest.bytes().position(stop).ok_or(Broken::CutOff)?;
            let (plain, rest) = self.rest.split_at_checked(length).ok_or(Broken::Other)?;
            text.push_str(plain);
            self.rest = rest;
            match self.take().ok_or(Broken::CutOff)? {
                b'"' => return Ok(text),
                b'\\' => text.push(self.escaped()?),
                _ => return Err(Broken::Other),
            }
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Result<char, Broken> {
        Ok(match self.take().ok_or(Broken::CutOff)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    for expected in *b"\\u" {
                        if self.take().ok_or(Broken::CutOff)? != expected {
                            return Err(Broken::Other);
                        }
                    }
                    let second = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    0x1_0000 + ((first - 0xd800) << 10) + second.ok_or(Broken::Other)?
                } else {
                    first
                };
                char::from_u32(code).ok_or(Broken::Other)?
            }
            _ => return Err(Broken::Other),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Broken> {
        if self.rest.len() < 4 {
            return Err(Broken::CutOff);
        }
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.take().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit * 16 + digit.ok_or(Broken::Other)?;
        }
        Ok(unit)
    }

    fn number(&mut self, first: u8, negative: bool) -> Result<Value, Broken> {
        let mut whole = match first {
            b'0'..=b'9' => Some(u64::from(first - b'0')),
            _ => return Err(Broken::Other),
        };
        while let Some(digit) = self.digit() {
            if first == b'0' {
                return Err(Broken::Other);
            }
            whole = whole.and_then(|whole| whole.checked_mul(10)?.checked_add(digit));
        }
        if self.rest.starts_with('.') {
            self.take();
            self.digits()?;
            whole = None;
        }
        if self.rest.starts_with(['e', 'E']) {
            self.take();
            if self.rest.starts_with(['+', '-']) {
                self.take();
            }
            self.digits()?;
            whole = None;
        }
        let number = match (whole, negative) {
            (None, _) => None,
            (Some(whole), false) => Some(Number::Whole(whole)),
            // Minus zero is a fraction's affair.
            (Some(whole), true) => {
                0_i64.checked_sub_unsigned(whole).filter(|number| *number < 0).map(Number::Negative)
            }
        };
        Ok(Value::Number(number.unwrap_or(Number::Other)))
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), Broken> {
        if self.digit().is_none() {
            return Err(if self.rest.is_empty() { Broken::CutOff } else { Broken::Other });
        }
        while self.digit().is_some() {}
        Ok(())
    }

    fn digit(&mut self) -> Option<u64> {
        let digit = self.rest.bytes().next().filter(u8::is_ascii_digit)?;
        self.take();
        Some(u64::from(digit - b'0'))
    }

    fn word(&mut self, tail: &str, value: Value) -> Result<Value, Broken> {
        for expected in tail.bytes() {
            if self.take().ok_or(Broken::CutOff)? != expected {
                return Err(Broken::Other);
            }
        }
        Ok(value)
    }

    /// The next byte after blanks, taken.
    fn next(&mut self) -> Result<u8, Broken> {
        self.skip_blanks();
        self.take().ok_or(Broken::CutOff)
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(BLANKS);
    }

    /// The next character, taken; one that is not ASCII counts as a byte that JSON has no use for.
    fn take(&mut self) -> Option<u8> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        Some(u8::try_from(character).unwrap_or(u8::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::{Broken, Number, Object, Value, read};
    use proptest::prelude::*;

    fn ours(value: &serde_json::Value) -> Value {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => Value::Number(
                number
                    .as_u64()
                    .map(Number::Whole)
                    .or_else(|| number.as_i64().map(Number::Negative))
                    .unwrap_or(Number::Other),
            ),
            serde_json::Value::String(text) => Value::String(text.clone()),
            serde_json::Value::Array(list) => Value::Array(list.iter().map(ours).collect()),
            serde_json::Value::Object(map) => {
                Value::Object(Object(map.iter().map(|(k, v)| (k.clone(), ours(v))).collect()))
            }
        }
    }

    fn sorted(value: Value) -> Value {
        match value {
            Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
            Value::Object(Object(mut members)) => {
                members.sort_by(|a, b| a.0.cmp(&b.0));
                Value::Object(Object(members.into_iter().map(|(k, v)| (k, sorted(v))).collect()))
            }
            other => other,
        }
    }

    /// Compares with serde_json, which takes the last of two equal keys and refuses some numbers.
    fn same_as_serde(text: &str) {
        let ours_read = read(text);
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) => match ours_read {
                Ok(read) => assert_eq!(sorted(read), sorted(ours(&value)), "{text}"),
                Err(broken) => {
                    assert_eq!(broken, Broken::Other, "{text}");
                    assert!(has_twice(text), "{text}");
                }
            },
            Err(error) if error.to_string().contains("number out of range") => {}
            Err(error) if has_twice(text) => assert!(ours_read.is_err(), "{text}: {error}"),
            Err(error) => {
                let broken = if error.is_eof() { Broken::CutOff } else { Broken::Other };
                assert_eq!(ours_read, Err(broken), "{text}: {error}");
            }
        }
    }

    fn has_twice(text: &str) -> bool {
        ["a", "b", ""].iter().any(|key| text.matches(&format!("\"{key}\"")).count() > 1)
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error() {
        assert_eq!(read(r#"{"a":1,"a":1}"#), Err(Broken::Other));
        assert_eq!(read(r#"{"b":{"a":1,"\u0061":1}}"#), Err(Broken::Other));
        assert!(read(r#"[{"a":1},{"a":1}]"#).is_ok());
    }

    #[test]
    fn the_corners_are_as_elsewhere() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let corners = [
            "",
            " ",
            "0",
            "-0",
            "-",
            "01",
            "1.",
            "1.5",
            "1e",
            "1e5",
            "1E+",
            "-1",
            "+1",
            ".5",
            "1 2",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "tru",
            "trux",
            "true",
            "nul",
            "nxll",
            "falsy",
            "\"",
            "\"a",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ud83d\\",
            "\"\\ud83dx\"",
            "\"\\ude00\"",
            "\"\\ud83d\\ud83d\"",
            "\"\n\"",
            "\"\u{7f}é\"",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,",
            "[]",
            "[ ]",
            "[1 2]",
            "{",
            "{}",
            "{ }",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{1:2}",
            "{\"a\" 1}",
            "é",
            "[é]",
            "\u{feff}1",
            "\u{a0}1",
            "1\u{a0}",
            "1x",
            "[1]]",
            "]",
            "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
        ];
        corners.into_iter().for_each(same_as_serde);
        for depth in [1, 126, 127, 128, 129] {
            same_as_serde(&nested(depth));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_elsewhere(text in r#"[\[\]{}:,"ab\\u0-9eE.+\- tn]{0,24}"#) {
            same_as_serde(&text);
        }

        #[test]
        fn what_is_cut_off_is_said_to_be(text in "\\PC{0,12}", at in 0_usize..40) {
            let whole = serde_json::json!({ "a": [text, -1, { "b": null, "c": [true, 2.5] }] }).to_string();
            let at = whole.floor_char_boundary(at.min(whole.len()));
            same_as_serde(&whole[..at]);
        }
    }
}
