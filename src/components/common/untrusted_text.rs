//! Texts from outside: whatever in them cannot be seen, or turns what stands around it, is written out.

use relight_core::text::visible::{truncate, visible, visible_lines};
use yew::Html;
use yew::html;

/// The most characters of a name that are shown; the rest stands in its title.
const SHOWN_MAX: usize = 64;

/// A name or another short text, in one line: isolated from what stands around it, and cut.
pub(crate) fn untrusted_text(text: &str) -> Html {
    let whole = visible(text);
    let shown = truncate(&whole, SHOWN_MAX).into_owned();
    let title = (shown.len() != whole.len()).then(|| whole.into_owned());
    html! { <bdi {title}>{ shown }</bdi> }
}

/// A text that may have come from outside, in full, with its lines. Every text that is made at run time
/// and has something from elsewhere in it goes through here.
pub(crate) fn shown(text: &str) -> String {
    visible_lines(text).into_owned()
}
