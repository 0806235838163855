//! `<relight-console>`: attributes in, events out. Secrets are in neither.

use crate::{
    app::{App, AppProps, Msg},
    store::Intent,
};
use js_sys::{Array, Function, Object, Reflect};
use relight_core::form::FormEdit;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{CustomEvent, CustomEventInit, HtmlElement, ShadowRoot};
use yew::{Callback, Renderer};

/// The name of the element.
pub const NAME: &str = "relight-console";

/// The observed attributes. Never a secret.
pub(crate) const ATTRIBUTES: [&str; 5] = ["proxy", "lang", "config", "theme", "routing"];

/// Whether the element follows the page's address. On other people's pages it does not.
pub(crate) fn is_routed(host: &HtmlElement) -> bool {
    host.get_attribute("routing").is_some_and(|routing| routing == "hash")
}

/// The styles inside the shadow root.
const STYLES: &str = include_str!("../static/relight.css");

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = define)]
    fn define_element(
        name: &str,
        version: &str,
        attributes: Vec<String>,
        connect: &Closure<dyn FnMut(HtmlElement, ShadowRoot) -> Mounted>,
    );
}

#[wasm_bindgen]
extern "C" {
    /// What the element's class calls: `changed` when an attribute has changed, `call` for a method, `unmount`
    /// when it was removed from the page, with a callback for when nothing is in flight any more, and
    /// `destroy`.
    #[derive(Clone)]
    pub type Mounted;
}

impl Mounted {
    /// The functions for the element's class.
    fn new(on: &Callback<HostEvent>, destroy: impl FnOnce() + 'static) -> Self {
        let mounted: Object = Object::new();
        let (changed, call, unmount) = (on.clone(), on.clone(), on.clone());
        let changed =
            Closure::<dyn FnMut()>::new(move || changed.emit(HostEvent::AttributesChanged));
        let call = Closure::<dyn FnMut(String, JsValue) -> Result<(), JsValue>>::new(
            move |name: String, value: JsValue| {
                for intent in intents(&name, &value)? {
                    call.emit(HostEvent::Intent(intent));
                }
                Ok(())
            },
        );
        let unmount =
            Closure::<dyn FnMut(Function)>::new(move |done| unmount.emit(HostEvent::Unmount(done)));
        for (name, function) in [
            ("changed", changed.into_js_value()),
            ("call", call.into_js_value()),
            ("unmount", unmount.into_js_value()),
            ("destroy", Closure::once_into_js(destroy)),
        ] {
            // Setting properties of a fresh object cannot fail.
            let _ = Reflect::set(&mounted, &name.into(), &function);
        }
        mounted.unchecked_into()
    }
}

/// What happens to the element.
pub(crate) enum HostEvent {
    AttributesChanged,
    /// A method was called.
    Intent(Intent),
    /// It was removed from the page; the callback is to be called once nothing is in flight.
    Unmount(Function),
}

/// The intents of a method of the element. All or nothing: an unknown name is an error, and then nothing
/// is filled in.
fn intents(method: &str, value: &JsValue) -> Result<Vec<Intent>, JsValue> {
    match method {
        "lock" => return Ok(vec![Intent::WipeKey]),
        "stop" => return Ok(vec![Intent::Run(relight_core::run::Event::Stop)]),
        "prefill" => {}
        // A method of another version.
        _ => return Ok(Vec::new()),
    }
    let text = |value: JsValue| match value.dyn_ref::<Array>() {
        Some(list) => {
            Some(list.iter().filter_map(|one| one.as_string()).collect::<Vec<_>>().join("\n"))
        }
        None => value.as_string().or_else(|| value.as_bool().map(|yes| yes.to_string())),
    };
    let mut intents = Vec::new();
    // Not by its class: an object may come from another frame.
    if !value.is_object() {
        return Err(relight_error("invalid-argument", "prefill takes an object"));
    }
    for entry in Object::entries(value.unchecked_ref()) {
        let entry = Array::from(&entry);
        let name = entry.get(0).as_string().unwrap_or_default();
        let edit = text(entry.get(1)).and_then(|text| FormEdit::named(&name, text));
        intents.push(Intent::Edit(edit.ok_or_else(|| {
            let message =
                format!("`{name}` cannot be prefilled with that: see docs/public-names.md");
            relight_error("invalid-argument", &message)
        })?));
    }
    Ok(intents)
}

/// An error as the module throws it.
pub(crate) fn relight_error(kind: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("RelightError");
    // Setting a property of a fresh error cannot fail.
    let _ = Reflect::set(&error, &"kind".into(), &kind.into());
    error.into()
}

/// Defines the element. Does nothing where there are no elements (in Node or a worker), or where the name
/// is taken.
pub fn define() {
    if Reflect::get(&js_sys::global(), &"customElements".into())
        .is_ok_and(|registry| registry.is_object())
    {
        let connect = Closure::new(move |host: HtmlElement, root: ShadowRoot| {
            add_styles(&root, 0, STYLES);
            render(&host, &root)
        });
        define_element(
            NAME,
            env!("CARGO_PKG_VERSION"),
            ATTRIBUTES.map(str::to_owned).to_vec(),
            &connect,
        );
        // The element stays defined for as long as the page lives.
        connect.forget();
    }
}

#[wasm_bindgen(module = "/static/listeners.js")]
extern "C" {
    #[wasm_bindgen(js_name = noteListeners)]
    fn note_listeners(root: &ShadowRoot, wasm: &JsValue) -> Function;
}

/// Renders the app in a shadow root.
fn render(host: &HtmlElement, root: &ShadowRoot) -> Mounted {
    let release = note_listeners(root, &wasm_bindgen::exports());
    let props = AppProps { host: host.clone(), root: root.clone() };
    let app = Renderer::<App>::with_root_and_props(root.clone().unchecked_into(), props).render();
    let on = app.callback(Msg::Host);
    Mounted::new(&on, move || {
        app.destroy();
        // It removes listeners from an element, which cannot fail.
        let _ = release.call0(&JsValue::UNDEFINED);
    })
}

/// Sets the style sheet of a shadow root at this index, once.
pub(crate) fn add_styles(root: &ShadowRoot, index: u32, styles: &str) {
    let sheets = Reflect::get(root, &"adoptedStyleSheets".into());
    let Some(sheets) = sheets.ok().and_then(|sheets| sheets.dyn_into::<Array>().ok()) else {
        return;
    };
    if sheets.length() == index
        && let Ok(sheet) = web_sys::CssStyleSheet::new()
        && sheet.replace_sync(styles).is_ok()
    {
        sheets.push(&sheet);
    }
}

/// Dispatches an event on the host. Returns false if a listener has cancelled it.
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
