//! `RelightError`: what the functions throw.

use relight_core::{i18n::Locale, model::plan::Refusal};
use wasm_bindgen::JsValue;

/// Why a function failed.
#[derive(Debug)]
pub struct Failure {
    kind: &'static str,
    message: String,
}

impl Failure {
    /// An invalid argument. The message names the field.
    pub fn argument(message: impl Into<String>) -> Self {
        Failure { kind: "invalid-argument", message: message.into() }
    }

    /// The function is in a part of the program that is not loaded.
    pub fn not_loaded(why: &str) -> Self {
        Failure { kind: "not-loaded", message: why.to_owned() }
    }

    /// A rule that the job breaks.
    pub fn refused(refusal: &Refusal, locale: Locale) -> Self {
        Failure { kind: refusal.kind(), message: refusal.sentence(locale) }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        let error = js_sys::Error::new(&failure.message);
        error.set_name("RelightError");
        // Setting a property of a fresh object cannot fail.
        js_sys::Reflect::set(&error, &"kind".into(), &failure.kind.into()).ok();
        error.into()
    }
}
