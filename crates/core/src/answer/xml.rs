//! The little XML that a cloud answers: elements, text and entities, into the values that the same
//! answer has as JSON.
//!
//! A crate for XML would cost more bytes than everything else that reads answers (namespaces,
//! encodings, DTDs), and what is needed is this: nothing but elements. Attributes are passed over;
//! document types and processing instructions inside are refused.

use crate::json::{Broken, Object, Value};
use std::mem;

/// Deeper answers are none of a cloud's.
const DEPTH_MAX: usize = 32;

/// Reads a document into its root's name and value: elements become members, repeated ones an array,
/// those without children a text.
pub(super) fn read(text: &str) -> Result<(&str, Value), Broken> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    if let Some(declaration) = rest.strip_prefix("<?xml") {
        rest = declaration.split_once("?>").ok_or(Broken::CutOff)?.1;
    }
    let mut open: Vec<Open<'_>> = Vec::new();
    loop {
        let (before, tag) = rest.split_once('<').ok_or(Broken::CutOff)?;
        match open.last_mut() {
            Some(element) => element.text.push_str(&unescape(before)?),
            None if before.trim().is_empty() => {}
            None => return Err(Broken::Other),
        }
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or(Broken::CutOff)?.1;
            continue;
        }
        if let Some(data) = tag.strip_prefix("![CDATA[") {
            let (data, after) = data.split_once("]]>").ok_or(Broken::CutOff)?;
            open.last_mut().ok_or(Broken::Other)?.text.push_str(data);
            rest = after;
            continue;
        }
        let (tag, after) = tag.split_once('>').ok_or(Broken::CutOff)?;
        rest = after;
        let mut closed = None;
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().filter(|element| element.name == name.trim_end());
            closed = Some(element.ok_or(Broken::Other)?);
        } else {
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let name = tag.split_whitespace().next().filter(|name| tag.starts_with(name));
            let name = name.filter(|name| is_name(name)).ok_or(Broken::Other)?;
            let element = Open { name, text: String::new(), children: Object::default() };
            if is_empty {
                closed = Some(element);
            } else {
                open.push(element);
            }
        }
        if open.len() > DEPTH_MAX {
            return Err(Broken::Other);
        }
        let Some(element) = closed else { continue };
        match open.last_mut() {
            Some(parent) => parent.add(element)?,
            None if rest.trim().is_empty() => {
                return Ok((element.name, element.into_value()?));
            }
            None => return Err(Broken::Other),
        }
    }
}

struct Open<'t> {
    name: &'t str,
    text: String,
    children: Object,
}

impl Open<'_> {
    fn add(&mut self, child: Open<'_>) -> Result<(), Broken> {
        let name = child.name;
        let value = child.into_value()?;
        match self.children.get_mut(name) {
            None => self.children.push(name.to_owned(), value)?,
            // An element's own value is never an array, so an array means that it was repeated.
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![mem::take(first), value]),
        }
        Ok(())
    }

    fn into_value(self) -> Result<Value, Broken> {
        match (self.children.is_empty(), self.text.trim()) {
            (true, text) => Ok(Value::String(text.to_owned())),
            (false, "") => Ok(Value::Object(self.children)),
            (false, _) => Err(Broken::Other),
        }
    }
}

fn is_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

fn unescape(text: &str) -> Result<String, Broken> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (entity, after) = after.split_once(';').ok_or(Broken::Other)?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok();
        let code = match entity {
            "amp" => Some(u32::from('&')),
            "lt" => Some(u32::from('<')),
            "gt" => Some(u32::from('>')),
            "quot" => Some(u32::from('"')),
            "apos" => Some(u32::from('\'')),
            _ => match entity.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => entity.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        plain.push(code.and_then(char::from_u32).ok_or(Broken::Other)?);
        rest = after;
    }
    plain.push_str(rest);
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::{Broken, read};
    use crate::json;
    use proptest::prelude::*;

    #[test]
    fn elements_become_members() {
        let text = "<?xml version='1.0' encoding='UTF-8'?>\n<!-- a --><R xmlns=\"x\"><A>1 &lt;&#50;&#x33;</A>\
                    <L><I><C/></I><I><C>b</C></I></L><D><![CDATA[<&]]></D></R>\n";
        let want = r#"{ "A": "1 <23", "L": { "I": [{ "C": "" }, { "C": "b" }] }, "D": "<&" }"#;
        assert_eq!(read(text), json::read(want).map(|value| ("R", value)));
    }

    #[test]
    fn what_is_no_whole_document_is_refused() {
        assert_eq!(read("<R><A>1</A>"), Err(Broken::CutOff));
        assert_eq!(read("<R><A>1</A></R"), Err(Broken::CutOff));
        assert_eq!(read("<R><A>1</B></R>"), Err(Broken::Other));
        assert_eq!(read("<R/><R/>"), Err(Broken::Other));
        assert_eq!(read("<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>"), Err(Broken::Other));
        assert_eq!(read("<R>&unknown;</R>"), Err(Broken::Other));
        assert_eq!(read("<R>text<A/></R>"), Err(Broken::Other));
        assert_eq!(read(&"<a>".repeat(100_000)), Err(Broken::Other));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(<[a-zA-Z/!?>= -]{0,6}|&#?[a-z0-9]{0,4};?|]]>|\\PC{0,3}){0,40}") {
            let _ = read(&text);
        }
    }
}
