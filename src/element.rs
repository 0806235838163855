//! `<relight-console>`: attributes in, events out. Secrets are in neither.

use crate::console::{Console, Msg, Props};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{CustomEvent, CustomEventInit, Element, HtmlElement, ShadowRoot};
use yew::html::Scope;

/// The element's name.
pub const NAME: &str = "relight-console";

/// The attributes that it heeds. Never a secret.
const ATTRIBUTES: [&str; 3] = ["proxy", "lang", "config"];

/// The look of everything inside the shadow root.
const STYLES: &str = include_str!("../static/relight.css");

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = define)]
    fn define_element(
        name: &str,
        attributes: Vec<String>,
        connect: &Closure<dyn FnMut(HtmlElement, ShadowRoot) -> JsValue>,
    );
}

/// Defines the element. Does nothing where there are no elements: in Node or a worker.
pub fn define() {
    if js_sys::Reflect::get(&js_sys::global(), &"customElements".into())
        .is_ok_and(|registry| registry.is_object())
    {
        let connect = Closure::new(|host: HtmlElement, root: ShadowRoot| connect(&host, &root));
        define_element(NAME, ATTRIBUTES.map(str::to_owned).to_vec(), &connect);
        // The element stays defined for as long as the page lives.
        connect.forget();
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What a page can set; the same names as the element's attributes. */
export interface Config {
  /** The proxy's address, absolute or relative to the page. */
  proxy?: string;
  /** The language: `en` or `zh`. */
  lang?: string;
  /** The address of a `relight.json`. Attributes win over what it says. */
  config?: string;
}

declare global {
  interface HTMLElementTagNameMap {
    "relight-console": HTMLElement;
  }
}
"#;

#[wasm_bindgen]
extern "C" {
    /// What a page can set, as an object.
    #[wasm_bindgen(typescript_type = "Config")]
    pub type JsConfig;
}

/// A console that [`mount`] has put on a page.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Handle {
    element: HtmlElement,
}

/// Puts a console into `host`, after what is there.
///
/// # Errors
/// Where there is no document, or the configuration has a name that is not known.
#[wasm_bindgen]
pub fn mount(host: &Element, config: Option<JsConfig>) -> Result<Handle, JsValue> {
    define();
    let document = host.owner_document().ok_or_else(|| fault("no-document", "there is no page"))?;
    let element = document.create_element(NAME)?.dyn_into::<HtmlElement>()?;
    let handle = Handle { element };
    handle.set(config)?;
    host.append_child(&handle.element)?;
    Ok(handle)
}

#[wasm_bindgen]
impl Handle {
    /// Sets what is given; the rest stays, and so does what was typed.
    ///
    /// # Errors
    /// A name that is not known.
    pub fn update(&self, config: JsConfig) -> Result<(), JsValue> {
        self.set(Some(config))
    }

    /// Listens to an event of the console; the function returned ends that.
    #[wasm_bindgen(unchecked_return_type = "() => void")]
    pub fn on(
        &self,
        name: &str,
        #[wasm_bindgen(unchecked_param_type = "(event: CustomEvent) => void")]
        listener: js_sys::Function,
    ) -> Result<JsValue, JsValue> {
        self.element.add_event_listener_with_callback(name, &listener)?;
        let (element, name) = (self.element.clone(), name.to_owned());
        Ok(Closure::once_into_js(move || {
            let _ = element.remove_event_listener_with_callback(&name, &listener);
        }))
    }

    /// Takes the console off the page.
    pub fn unmount(self) {
        self.element.remove();
    }

    fn set(&self, config: Option<JsConfig>) -> Result<(), JsValue> {
        let Some(config) = config else { return Ok(()) };
        for entry in js_sys::Object::entries(config.unchecked_ref()) {
            let entry = js_sys::Array::from(&entry);
            let (name, value) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
            if !ATTRIBUTES.contains(&name.as_str()) {
                let known = ATTRIBUTES.join(", ");
                return Err(fault("config", &format!("“{name}” is not known; these are: {known}")));
            }
            match value.as_string() {
                Some(value) => self.element.set_attribute(&name, &value)?,
                None if value.is_undefined() || value.is_null() => {
                    self.element.remove_attribute(&name)?;
                }
                None => return Err(fault("config", &format!("“{name}” must be a text"))),
            }
        }
        Ok(())
    }
}

/// An error as the module throws it.
fn fault(kind: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("RelightError");
    // Setting a property of a fresh error cannot fail.
    let _ = js_sys::Reflect::set(&error, &"kind".into(), &kind.into());
    error.into()
}

/// Draws the console into a host's shadow root. Returns two functions: `changed`, for when an
/// attribute has, and `end`.
fn connect(host: &HtmlElement, root: &ShadowRoot) -> JsValue {
    dress(root);
    let props = Props { host: host.clone() };
    let app = yew::Renderer::<Console>::with_root_and_props(root.clone().unchecked_into(), props)
        .render();
    let scope: Scope<Console> = (*app).clone();
    let changed = Closure::<dyn FnMut()>::new(move || scope.send_message(Msg::AttributesChanged));
    let functions = js_sys::Object::new();
    // Setting properties of a fresh object cannot fail.
    let _ = js_sys::Reflect::set(&functions, &"changed".into(), &changed.into_js_value());
    let end = Closure::once_into_js(move || app.destroy());
    let _ = js_sys::Reflect::set(&functions, &"end".into(), &end);
    functions.into()
}

/// Puts the styles on a shadow root, once.
fn dress(root: &ShadowRoot) {
    let sheets = js_sys::Reflect::get(root, &"adoptedStyleSheets".into());
    let Some(sheets) = sheets.ok().and_then(|sheets| sheets.dyn_into::<js_sys::Array>().ok())
    else {
        return;
    };
    if sheets.length() == 0
        && let Ok(sheet) = web_sys::CssStyleSheet::new()
        && sheet.replace_sync(STYLES).is_ok()
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
