//! Untrusted text: invisible and bidirectional control characters are escaped.

use relight_core::text::visible::{truncate, visible, visible_lines};
use yew::Html;
use yew::html;

/// The maximum number of characters of a name that are shown; the title has all of it.
const SHOWN_MAX: usize = 64;

/// A name or another short text on one line: isolated from the text around it, and truncated.
pub(crate) fn untrusted_text(text: &str) -> Html {
    let whole = visible(text);
    let shown = truncate(&whole, SHOWN_MAX).into_owned();
    let title = (shown.len() != whole.len()).then(|| whole.into_owned());
    html! { <bdi {title}>{ shown }</bdi> }
}

/// A text that may be untrusted, in full, with its lines. Every text that is built at run time from
/// external data is rendered by this function.
pub(crate) fn escaped(text: &str) -> String {
    visible_lines(text).into_owned()
}
