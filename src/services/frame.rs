//! Which page frames this one. Where the host cannot send `frame-ancestors`, no key may be entered while
//! an unlisted page frames this one.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::Window;

/// A parent page that the operator has not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UntrustedParent {
    /// Its origin, if the browser reports it: older Firefox may not.
    pub origin: Option<String>,
}

/// The untrusted parent of this page, if there is one: any ancestor, up to the top window, whose origin
/// is neither this page's nor in `listed`.
///
/// A browser without `ancestorOrigins` reports at most the referrer. That is trusted for one frame
/// directly in the top window; deeper parents are untrusted then.
pub(crate) fn untrusted_parent(listed: &[String]) -> Option<UntrustedParent> {
    let window = web_sys::window()?;
    let top = window.top().ok().flatten()?;
    if Object::is(&top, &window) {
        return None;
    }
    let own = window.location().origin().ok()?;
    let is_known = |origin: &String| *origin == own || listed.contains(origin);
    if let Some(around) = ancestor_origins(&window) {
        let origin = around.into_iter().find(|origin| !is_known(origin))?;
        return Some(UntrustedParent { origin: Some(origin) });
    }
    let mut around = window.clone();
    let mut foreign = 0;
    while !Object::is(&around, &top) {
        around = around.parent().ok().flatten()?;
        // Reading it throws if it is another origin's.
        foreign += u32::from(around.location().origin().as_ref() != Ok(&own));
    }
    if foreign == 0 {
        return None;
    }
    let origin = referrer(&window);
    let is_listed =
        foreign == 1 && is_parent_top(&window, &top) && origin.as_ref().is_some_and(is_known);
    (!is_listed).then_some(UntrustedParent { origin })
}

/// The origins of the ancestors, if the browser reports them.
fn ancestor_origins(window: &Window) -> Option<Vec<String>> {
    let list = Reflect::get(&window.location(), &"ancestorOrigins".into()).ok()?;
    list.is_object().then(|| Array::from(&list).iter().filter_map(|one| one.as_string()).collect())
}

fn is_parent_top(window: &Window, top: &Window) -> bool {
    window.parent().ok().flatten().is_some_and(|parent| Object::is(&parent, top))
}

fn referrer(window: &Window) -> Option<String> {
    let document: JsValue = window.document()?.into();
    let from = Reflect::get(&document, &"referrer".into()).ok()?.as_string()?;
    web_sys::Url::new(&from).ok().map(|url| url.origin())
}
