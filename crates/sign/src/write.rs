//! Converts results to plain objects.

use crate::error::Failure;
use js_sys::{Array, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Serializes a value to a plain object. Whether `None` is omitted is up to its type.
pub fn value(value: &impl Serialize) -> Result<JsValue, Failure> {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|error| Failure::argument(format!("the result cannot be written: {error}")))
}

/// Pairs as an object, made by `Object.fromEntries`: assigning a member named `__proto__` would not
/// create it.
pub fn pairs<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Object {
    let pairs: Array = pairs.map(|(name, value)| Array::of2(&name.into(), &value.into())).collect();
    // Pairs of strings cannot fail.
    Object::from_entries(&pairs).unwrap_or_default()
}
