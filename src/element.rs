//! `<relight-console>`: attributes in, events out. Secrets are in neither.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{CustomEvent, CustomEventInit, HtmlElement, ShadowRoot};

/// The element's name.
pub const NAME: &str = "relight-console";

/// The attributes that it heeds. Never a secret.
pub(crate) const ATTRIBUTES: [&str; 5] = ["proxy", "lang", "config", "theme", "routing"];

/// Whether the page's address is the element's own to go by. On the pages of others it is not.
pub(crate) fn is_routed(host: &HtmlElement) -> bool {
    host.get_attribute("routing").is_some_and(|routing| routing == "hash")
}

/// The look of everything inside the shadow root.
const STYLES: &str = include_str!("../static/relight.css");

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = define)]
    fn define_element(
        name: &str,
        attributes: Vec<String>,
        connect: &Closure<dyn FnMut(HtmlElement, ShadowRoot) -> Drawn>,
    );
}

#[wasm_bindgen]
extern "C" {
    /// What keeps a drawn element going: `changed` for when an attribute has, and `end`.
    #[derive(Clone)]
    pub type Drawn;
}

impl Drawn {
    /// Two functions for the element's class.
    pub(crate) fn new(changed: impl FnMut() + 'static, end: impl FnOnce() + 'static) -> Self {
        let drawn: Object = Object::new();
        let changed = Closure::<dyn FnMut()>::new(changed).into_js_value();
        // Setting properties of a fresh object cannot fail.
        let _ = Reflect::set(&drawn, &"changed".into(), &changed);
        let _ = Reflect::set(&drawn, &"end".into(), &Closure::once_into_js(end));
        drawn.unchecked_into()
    }

    /// Ends what is drawn, and lets something else take its place.
    pub(crate) fn give_way(&self, draw: impl FnOnce() -> Drawn) {
        if let Ok(end) = Reflect::get(self, &"end".into())
            && let Ok(end) = end.dyn_into::<Function>()
        {
            let _ = end.call0(&JsValue::NULL);
        }
        let (ours, theirs) = (self.unchecked_ref::<Object>(), draw());
        Object::assign(ours, theirs.unchecked_ref::<Object>());
    }
}

/// Defines the element; `connect` draws it. Does nothing where there are no elements (in Node or a
/// worker), or where the name is taken.
pub(crate) fn define(connect: fn(&HtmlElement, &ShadowRoot) -> Drawn) {
    if Reflect::get(&js_sys::global(), &"customElements".into())
        .is_ok_and(|registry| registry.is_object())
    {
        let connect = Closure::new(move |host: HtmlElement, root: ShadowRoot| {
            dress(&root, 0, STYLES);
            connect(&host, &root)
        });
        define_element(NAME, ATTRIBUTES.map(str::to_owned).to_vec(), &connect);
        // The element stays defined for as long as the page lives.
        connect.forget();
    }
}

/// Puts a style sheet on a shadow root as its so-many-th, once.
pub(crate) fn dress(root: &ShadowRoot, place: u32, styles: &str) {
    let sheets = Reflect::get(root, &"adoptedStyleSheets".into());
    let Some(sheets) = sheets.ok().and_then(|sheets| sheets.dyn_into::<js_sys::Array>().ok())
    else {
        return;
    };
    if sheets.length() == place
        && let Ok(sheet) = web_sys::CssStyleSheet::new()
        && sheet.replace_sync(styles).is_ok()
    {
        sheets.push(&sheet);
    }
}

/// Fires an event on the host. Returns false if a listener has cancelled it.
pub(crate) fn fire(host: &HtmlElement, name: &str, detail: &JsValue, cancellable: bool) -> bool {
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(cancellable);
    init.set_detail(detail);
    CustomEvent::new_with_event_init_dict(name, &init)
        .and_then(|event| host.dispatch_event(&event))
        .unwrap_or(true)
}
