//! What the functions return, as plain objects.

use crate::error::Failure;
use js_sys::{Array, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// The value as a plain object. What is `None` is written as its type says, which is not at all.
pub fn value(value: &impl Serialize) -> Result<JsValue, Failure> {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|error| Failure::argument(format!("the result cannot be written: {error}")))
}

/// Pairs as an object. By the browser and not as a map, whose members are set: a header that is called
/// `__proto__` would not be one.
pub fn pairs<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Object {
    let pairs: Array = pairs.map(|(name, value)| Array::of2(&name.into(), &value.into())).collect();
    // Pairs of texts are always members.
    Object::from_entries(&pairs).unwrap_or_default()
}
