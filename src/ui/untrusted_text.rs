//! Names and other short texts from outside: isolated from what stands around them, and cut.

use super::{base::Html, markup::html};
use relight_core::visible::{truncate, visible};

/// The most characters of a name that are shown; the rest stands in its title.
const SHOWN_MAX: usize = 64;

/// A short text from outside, in one line.
pub(crate) fn untrusted_text(text: &str) -> Html {
    let whole = visible(text);
    let shown = truncate(&whole, SHOWN_MAX).into_owned();
    let title = (shown.len() != whole.len()).then(|| whole.into_owned());
    html! { <bdi {title}>{ shown }</bdi> }
}
