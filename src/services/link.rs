//! The parameters of the page's address, where that is the console's own (`routing="hash"`).

use crate::element;
use js_sys::Array;
use relight_core::form::{
    Form,
    link::{Link, NAMES},
};
use web_sys::{HtmlElement, UrlSearchParams, Window};

/// The parameters of the page's address, if the element is routed. What looks like a key is removed from
/// the address at once, so that it gets into no history, bookmark or copy.
pub(crate) fn take_parameters(host: &HtmlElement) -> Link {
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

/// The longest link that servers take at their default settings.
const LENGTH_MAX: usize = 8_000;

/// Why there is no link to a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoLink {
    /// Something in this field is or looks like a key.
    Secret(&'static str),
    TooLong,
}

/// A link to this page that fills a form in. Other parameters of the page's address stay.
pub(crate) fn to_form(form: &Form) -> Result<String, NoLink> {
    let values = form.link().map_err(NoLink::Secret)?;
    let link = of_page(&values).unwrap_or_default();
    if link.len() > LENGTH_MAX { Err(NoLink::TooLong) } else { Ok(link) }
}

fn of_page(values: &[(&'static str, String)]) -> Option<String> {
    let location = web_sys::window()?.location();
    let parameters = UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
    for name in NAMES {
        parameters.delete(name);
    }
    for (name, value) in values {
        parameters.append(name, value);
    }
    let (origin, path) = (location.origin().ok()?, location.pathname().ok()?);
    Some(format!("{origin}{path}?{}", String::from(parameters.to_string())))
}
