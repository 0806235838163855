//! What is wrong with a field, shown below it.

use crate::components::common::untrusted_text::escaped;
use yew::{Html, html};

/// What is wrong with a field.
#[derive(Clone, PartialEq)]
pub(crate) struct FieldError {
    /// The public name of the field.
    pub(crate) field: &'static str,
    pub(crate) message: String,
}

/// The message of an error, if it is about this field.
pub(crate) fn message_for<'a>(error: Option<&'a FieldError>, field: &str) -> Option<&'a str> {
    error.filter(|error| error.field == field).map(|error| error.message.as_str())
}

/// The paragraph below a field that describes it by its id.
pub(crate) fn error_at(id: &'static str, message: Option<&str>) -> Html {
    message.map_or_else(Html::default, |message| {
        html! { <p class="error" {id}>{ escaped(message) }</p> }
    })
}
