//! The console as the module offers it: the element, and a function that puts one on a page.

use crate::{
    console::{Console, Msg, Props, Start, Then},
    element::{self, ATTRIBUTES, Drawn, LANGUAGE_CHOSEN, NAME, SECRET_TRAIT, TOKEN_TRAIT},
    journal::Journal,
    vault::{Key, Typed, key_store},
};
use js_sys::Array;
use relight_core::{
    credential::{Fingerprint, Guard},
    i18n::Locale,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, HtmlElement, ShadowRoot};

/// Defines the element.
pub fn define() {
    element::define(|host, root| draw(host, root, Start::default()));
}

/// Draws the console in the place of the front, with everything that was filled in there. For the
/// page's own use.
#[wasm_bindgen(js_name = takeOver, skip_typescript)]
#[allow(clippy::needless_pass_by_value, reason = "values are what JavaScript hands over")]
pub fn take_over(
    host: HtmlElement,
    root: ShadowRoot,
    filled: Array,
    lang: &str,
    key: Array,
    token: JsValue,
    then: &str,
) -> Drawn {
    let filled = filled.iter().filter_map(|pair| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    });
    let filled: Vec<(String, String)> = filled.collect();
    let trait_of = |wanted: &str| {
        let found = filled.iter().find(|(name, _)| name == wanted);
        found.and_then(|(_, text)| Fingerprint::taken_over(text))
    };
    let start = Start {
        locale: Some(Locale::from_tag(lang)),
        is_locale_chosen: filled.iter().any(|(name, _)| name == LANGUAGE_CHOSEN),
        guard: Guard { secret: trait_of(SECRET_TRAIT), token: trait_of(TOKEN_TRAIT) },
        filled,
        held: RefCell::new(Some((Key::handed_over(key), Typed::new(token)))),
        then: Then::named(then),
    };
    draw(&host, &root, start)
}

/// Whether this browser keeps what is to be shown at once: runs, or keys.
/// For the page's own use.
#[wasm_bindgen(js_name = hasKept, skip_typescript)]
pub async fn has_kept() -> bool {
    if key_store::list().await.is_ok_and(|keys| !keys.is_empty()) {
        return true;
    }
    match Journal::open().await {
        Ok(journal) => !crate::run_history::list(&journal, false).await.is_empty(),
        Err(_) => false,
    }
}

/// The look of what the front does not have.
const STYLES: &str = include_str!("../static/errors.css");

fn draw(host: &HtmlElement, root: &ShadowRoot, start: Start) -> Drawn {
    element::add_styles(root, 1, STYLES);
    let props = Props { host: host.clone(), start: Rc::new(start) };
    let (scope, end) = element::render::<Console>(root, props);
    let (on, leave) = (scope.clone(), scope.clone());
    let drawn = Drawn::new(
        move || scope.send_message(Msg::AttributesChanged),
        move |intent| on.send_message(Msg::Intent(intent)),
        move || {
            end();
            crate::fetch::forget_sent();
        },
    );
    drawn.leaving(move |done| leave.send_message(Msg::Unmount(done)))
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("mount.ts");

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

    /// Listens to an event of the console; the function returned ends that. Its type is written by hand:
    /// it depends on the event.
    #[wasm_bindgen(skip_typescript)]
    pub fn on(&self, name: &str, listener: js_sys::Function) -> Result<JsValue, JsValue> {
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
            let entry = Array::from(&entry);
            let (name, value) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
            if !ATTRIBUTES.contains(&name.as_str()) {
                let known = ATTRIBUTES.join(", ");
                let words = format!("“{name}” is not known; these are: {known}");
                return Err(fault("invalid-argument", &words));
            }
            match value.as_string() {
                Some(value) => self.element.set_attribute(&name, &value)?,
                None if value.is_undefined() || value.is_null() => {
                    self.element.remove_attribute(&name)?;
                }
                None => {
                    return Err(fault("invalid-argument", &format!("“{name}” must be a text")));
                }
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
