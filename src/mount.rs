//! The console in the ES module: the element, and a function that mounts one on a page.

use crate::element::{self, ATTRIBUTES, NAME, relight_error};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, HtmlElement};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("mount.ts");

#[wasm_bindgen]
extern "C" {
    /// The configuration of a page, as an object.
    #[wasm_bindgen(typescript_type = "Config")]
    pub type JsConfig;
}

/// A console that [`mount`] has added to a page.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Handle {
    element: HtmlElement,
}

/// Appends a console to `host`.
///
/// # Errors
/// There is no document, or the configuration has an unknown name.
#[wasm_bindgen]
pub fn mount(host: &Element, config: Option<JsConfig>) -> Result<Handle, JsValue> {
    element::define();
    let document =
        host.owner_document().ok_or_else(|| relight_error("no-document", "there is no page"))?;
    let element = document.create_element(NAME)?.dyn_into::<HtmlElement>()?;
    let handle = Handle { element };
    handle.set(config)?;
    host.append_child(&handle.element)?;
    Ok(handle)
}

#[wasm_bindgen]
impl Handle {
    /// Sets what is given; everything else stays, and so does what was typed.
    ///
    /// # Errors
    /// An unknown name.
    pub fn update(&self, config: JsConfig) -> Result<(), JsValue> {
        self.set(Some(config))
    }

    /// Listens to an event of the console; the function returned stops that. Its type is written by hand:
    /// it depends on the event.
    #[wasm_bindgen(skip_typescript)]
    pub fn on(&self, name: &str, listener: js_sys::Function) -> Result<JsValue, JsValue> {
        self.element.add_event_listener_with_callback(name, &listener)?;
        let (element, name) = (self.element.clone(), name.to_owned());
        Ok(Closure::once_into_js(move || {
            let _ = element.remove_event_listener_with_callback(&name, &listener);
        }))
    }

    /// Removes the console from the page.
    pub fn unmount(self) {
        self.element.remove();
    }

    fn set(&self, config: Option<JsConfig>) -> Result<(), JsValue> {
        let Some(config) = config else { return Ok(()) };
        for entry in js_sys::Object::entries(config.unchecked_ref()) {
            let entry = Array::from(&entry);
            let (name, value) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
            if !ATTRIBUTES.contains(&name.as_str()) {
                let known = ATTRIBUTES.join(", ");
                let message = format!("“{name}” is not known; these are: {known}");
                return Err(relight_error("invalid-argument", &message));
            }
            match value.as_string() {
                Some(value) => self.element.set_attribute(&name, &value)?,
                None if value.is_undefined() || value.is_null() => {
                    self.element.remove_attribute(&name)?;
                }
                None => {
                    return Err(relight_error(
                        "invalid-argument",
                        &format!("“{name}” must be a text"),
                    ));
                }
            }
        }
        Ok(())
    }
}
