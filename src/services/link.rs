//! The parameters of the page's address, where that is the console's own (`routing="hash"`).

use crate::element;
use js_sys::Array;
use relight_core::form::link::Link;
use web_sys::{HtmlElement, UrlSearchParams, Window};

/// The parameters of the page's address, if the element is routed. What looks like a key is removed from
/// the address at once, so that it gets into no further history, bookmark or copy.
pub(crate) fn take(host: &HtmlElement) -> Link {
    web_sys::window()
        .filter(|_| element::is_routed(host))
        .and_then(|window| read(&window))
        .unwrap_or_default()
}

fn read(window: &Window) -> Option<Link> {
    let location = window.location();
    let parameters = UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
    let link = Link::read(Array::from(&parameters).iter().filter_map(|pair| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    }));
    if !link.refused.is_empty() {
        for name in &link.refused {
            parameters.delete(name);
        }
        let rest = String::from(parameters.to_string());
        let mark = if rest.is_empty() { "" } else { "?" };
        let (path, hash) = (location.pathname().ok()?, location.hash().ok()?);
        let history = window.history().ok()?;
        let state = history.state().unwrap_or_default();
        // Where a browser refuses that, the address stays; the notice says that the key has leaked in any case.
        let _ =
            history.replace_state_with_url(&state, "", Some(&format!("{path}{mark}{rest}{hash}")));
    }
    Some(link)
}
