//! Parses XML, which a cloud returns where a proxy drops `Accept`, into the values of the same
//! response in JSON. Document types are refused; attributes and namespaces are ignored.

use roxmltree::{Document, Error, Node};
use serde_json::{Map, Value};

/// No response of a cloud is nested as deeply.
const DEPTH_MAX: usize = 32;

/// Why a response is not valid XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It ends too early.
    CutOff,
    /// Anything else.
    Other,
}

/// Parses a document into its root's name and value: elements become members, repeated ones an
/// array, those without children a string.
pub(super) fn read(text: &str) -> Result<(String, Value), Broken> {
    let document = Document::parse(text.trim()).map_err(|error| match error {
        Error::UnexpectedEndOfStream | Error::UnclosedRootNode => Broken::CutOff,
        _ => Broken::Other,
    })?;
    let root = document.root_element();
    Ok((root.tag_name().name().to_owned(), value(root, 1).ok_or(Broken::Other)?))
}

/// The value of an element; `None` for mixed content.
fn value(element: Node<'_, '_>, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    let texts = element.children().filter(Node::is_text).filter_map(|node| node.text());
    let text: String = texts.collect();
    let mut members = Map::new();
    for child in element.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let value = value(child, depth + 1)?;
        match members.get_mut(name) {
            None => {
                members.insert(name.to_owned(), value);
            }
            // An element's own value is never an array, so an array means that it was repeated.
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    match (members.is_empty(), text.trim()) {
        (true, text) => Some(text.into()),
        (false, "") => Some(members.into()),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Broken, read};
    use crate::text::json;
    use proptest::prelude::*;

    #[test]
    fn elements_become_members() {
        let text = "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<!-- a --><R xmlns=\"x\">\
                    <A>1 &lt;&#50;&#x33;</A><L><I><C/></I><I><C>b</C></I></L>\
                    <D><![CDATA[<&]]></D></R>\n";
        let want = r#"{ "A": "1 <23", "L": { "I": [{ "C": "" }, { "C": "b" }] }, "D": "<&" }"#;
        assert_eq!(read(text), Ok(("R".to_owned(), json::read(want).unwrap())));
    }

    #[test]
    fn incomplete_documents_are_refused() {
        assert_eq!(read("<R><A>1</A>"), Err(Broken::CutOff));
        assert_eq!(read("<R><A>1</A></R"), Err(Broken::CutOff));
        assert_eq!(read("<R><A>1"), Err(Broken::CutOff));
        assert_eq!(read("<R><A>1</B></R>"), Err(Broken::Other));
        assert_eq!(read("<R/><R/>"), Err(Broken::Other));
        assert_eq!(read("<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>"), Err(Broken::Other));
        assert_eq!(read("<R>&unknown;</R>"), Err(Broken::Other));
        assert_eq!(read("<R>text<A/></R>"), Err(Broken::Other));
    }

    #[test]
    fn the_depth_is_limited() {
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(read(&nested(32)).is_ok());
        assert_eq!(read(&nested(33)), Err(Broken::Other));
        assert_eq!(read(&nested(100_000)), Err(Broken::Other));
        assert!(read(&"<a>".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "(<[a-zA-Z/!?>= -]{0,6}|&#?[a-z0-9]{0,4};?|]]>|\\PC{0,3}){0,40}") {
            let _ = read(&text);
        }
    }
}
