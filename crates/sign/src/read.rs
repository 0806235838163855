//! Reads the caller's arguments. An error names the field and the expected type, never the value:
//! it may be a secret in the wrong field.

use crate::error::Failure;
use js_sys::{Array, Object, Reflect};
use relight_core::{clouds, i18n::Locale, model::cloud::Cloud, text::time::parse_iso_8601};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, Error, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use std::{fmt, marker::PhantomData};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

/// A snapshot of an object passed by the caller.
///
/// Members, and members of members, are read exactly once, so the value that is checked is the
/// value that is used, even for a JavaScript `Proxy`, and a getter that throws has thrown already.
pub struct Argument {
    members: Object,
    name: &'static str,
}

impl Argument {
    /// Takes the argument with this name.
    pub fn take(value: &JsValue, name: &'static str) -> Result<Self, Failure> {
        let is_object = value.is_object() && !Array::is_array(value);
        let members = if is_object { copy(value).ok() } else { None };
        let members = members.ok_or_else(|| must_be(name, "an object"))?;
        Ok(Argument { members, name })
    }

    /// Deserializes the members into `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let members = serde_wasm_bindgen::Deserializer::from(JsValue::from(&self.members));
        serde_path_to_error::deserialize(members).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { self.name } else { &path };
            refusal(path, &JsValue::from(error.into_inner()))
        })
    }

    /// A member as it is; undefined if missing.
    pub(crate) fn member(&self, name: &str) -> JsValue {
        Reflect::get(&self.members, &name.into()).unwrap_or_default()
    }
}

/// A string argument.
pub fn text_argument(value: &JsValue, name: &str) -> Result<String, Failure> {
    value.as_string().ok_or_else(|| must_be(name, "text"))
}

/// The cloud with this id.
pub fn cloud(id: &str) -> Result<&'static Cloud, Failure> {
    clouds::by_id(id).ok_or_else(|| {
        let known: Vec<_> = clouds::ALL.iter().map(|cloud| cloud.id).collect();
        must_be("cloud", &format!("one of: {}", known.join(", ")))
    })
}

/// The language with this tag; English by default.
pub fn locale(tag: Option<&str>) -> Locale {
    tag.map_or_else(Locale::default, Locale::from_tag)
}

/// The error for a missing field.
pub(crate) fn missing(name: &str) -> Failure {
    Failure::argument(format!("`{name}` is missing."))
}

/// The error for a field of another type.
pub fn must_be(name: &str, what: &str) -> Failure {
    Failure::argument(format!("`{name}` must be {what}."))
}

/// A serde error about a field, without the value, which serde includes.
fn refusal(path: &str, error: &JsValue) -> Failure {
    let message = String::from(error.unchecked_ref::<js_sys::Error>().message());
    if let Some(field) = message.strip_prefix("missing field ") {
        return Failure::argument(format!("{field} is missing."));
    }
    // About the whole field, not one of its members.
    if message.starts_with("invalid type: unit value") && !path.contains(['.', '[']) {
        return missing(path);
    }
    match message.rsplit_once(", expected ") {
        Some((_, "a string")) => must_be(path, "text"),
        Some((_, "a boolean")) => must_be(path, "true or false"),
        Some((_, "u32")) => must_be(path, "a whole number"),
        Some((_, what)) => must_be(path, what),
        // A value that cannot be deserialized, such as a BigInt beyond 64 bits.
        None => Failure::argument(format!("`{path}` {message}.")),
    }
}

/// Copies an object's members, and those of its members that are objects or arrays.
fn copy(object: &JsValue) -> Result<Object, JsValue> {
    members(object, |value| {
        if Array::is_array(&value) {
            Ok(elements(&value)?.into())
        } else if value.is_object() {
            Ok(members(&value, Ok)?.into())
        } else {
            Ok(value)
        }
    })
}

/// An object with each defined member transformed.
fn members(
    object: &JsValue,
    change: impl Fn(JsValue) -> Result<JsValue, JsValue>,
) -> Result<Object, JsValue> {
    let members = Array::new();
    for member in entries(object)?.iter() {
        let member: Array = member.unchecked_into();
        let value = member.get(1);
        if !value.is_undefined() {
            member.set(1, change(value)?);
            members.push(&member);
        }
    }
    Object::from_entries(&members)
}

#[wasm_bindgen]
extern "C" {
    // Unlike those of js-sys, these return what a getter throws as an error.
    #[wasm_bindgen(catch, js_namespace = Object)]
    fn entries(value: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn elements(value: &JsValue) -> Result<Array, JsValue>;
}

/// The members of an object in their order, in which parameters are sent. Empty if missing.
pub struct Members<V>(pub Vec<(String, V)>);

impl<V> Default for Members<V> {
    fn default() -> Self {
        Members(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MembersReader(PhantomData))
    }
}

struct MembersReader<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for MembersReader<V> {
    type Value = Members<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Members<V>, E> {
        Ok(Members::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members<V>, A::Error> {
        let mut members = Vec::with_capacity(object.size_hint().unwrap_or_default());
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

// Types with several representations are deserialized by hand, not as `untagged`, which does not
// name the wrong member and creates an error with a stack trace for each type that it tries.

/// The value of an option, as text.
pub(crate) struct OptionValue(pub(crate) String);

impl<'de> Deserialize<'de> for OptionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = OptionValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or text")
            }

            fn visit_bool<E: Error>(self, flag: bool) -> Result<OptionValue, E> {
                Ok(OptionValue(flag.to_string()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OptionValue, E> {
                Ok(OptionValue(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// A time in seconds since 1970.
pub(crate) struct UnixSeconds(pub(crate) i64);

impl<'de> Deserialize<'de> for UnixSeconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// About 3,000 years before and after.
        const SECONDS_MAX: u64 = 100_000_000_000;

        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = UnixSeconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since 1970, or UTC text like 2024-05-01T08:00:00Z")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<UnixSeconds, E> {
                if seconds.unsigned_abs() >= SECONDS_MAX {
                    return Err(E::invalid_value(Unexpected::Signed(seconds), &self));
                }
                Ok(UnixSeconds(seconds))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<UnixSeconds, E> {
                let seconds = parse_iso_8601(text).map(UnixSeconds);
                seconds.ok_or_else(|| E::invalid_value(Unexpected::Other("text"), &self))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// The parameters of a query, or the raw query.
pub(crate) enum Query {
    Parameters(Members<String>),
    Raw(String),
}

impl Default for Query {
    fn default() -> Self {
        Query::Parameters(Members::default())
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Query;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or text")
            }

            fn visit_unit<E: Error>(self) -> Result<Query, E> {
                Ok(Query::default())
            }

            fn visit_str<E: Error>(self, raw: &str) -> Result<Query, E> {
                Ok(Query::Raw(raw.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Query, A::Error> {
                Members::deserialize(MapAccessDeserializer::new(object)).map(Query::Parameters)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// Strings in an array; empty if missing.
#[derive(Default)]
pub(crate) struct Texts(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_unit<E: Error>(self) -> Result<Texts, E> {
                Ok(Texts::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::with_capacity(array.size_hint().unwrap_or_default());
                while let Some(text) = array.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// Instance ids: a text that contains them, or an array of ids that are parsed separately, so that
/// none is a heading of another. Numbers are refused, since they may have been rounded.
pub(crate) enum InstanceIds {
    Text(String),
    List(Texts),
}

impl<'de> Deserialize<'de> for InstanceIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = InstanceIds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<InstanceIds, E> {
                Ok(InstanceIds::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<InstanceIds, A::Error> {
                Texts::deserialize(SeqAccessDeserializer::new(array)).map(InstanceIds::List)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
