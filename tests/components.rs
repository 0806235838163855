//! The element in a real browser, without a network: what it shows is what it holds.
//! `cargo xtask test wasm` runs this in two browsers.
#![cfg(target_arch = "wasm32")]

use js_sys::{Function, Promise};
use relight::{element, mount};
use relight_core::cloud;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, Event, EventInit, HtmlSelectElement, ShadowRoot};

wasm_bindgen_test_configure!(run_in_browser);

/// A Yew select shows its last option unless one of them says that it is the chosen one.
#[wasm_bindgen_test]
async fn selects_show_what_the_state_says() {
    let console = Console::new().await;
    assert_eq!(console.select("cloud").value(), cloud::ALL[0].manifest().id);
    // Forwards and back again: so that each of them follows another one.
    for cloud in cloud::ALL.iter().chain(cloud::ALL.iter().rev()) {
        let manifest = cloud.manifest();
        console.choose("cloud", manifest.id).await;
        assert_shown(&console.select("cloud"), manifest.id, manifest.product);
        let first = &manifest.operations[0];
        console.until(|console| console.select("operation").value() == first.name).await;
        for operation in manifest.operations.iter().rev() {
            console.choose("operation", operation.name).await;
            assert_shown(&console.select("operation"), operation.name, operation.name);
            let offered = console.select("operation").length() as usize;
            assert_eq!(offered, manifest.operations.len(), "{}", manifest.id);
            let modes = console.all("[name=mode]");
            let expected = if operation.modes.len() > 1 { operation.modes.len() } else { 0 };
            assert_eq!(modes, expected, "{} {}", manifest.id, operation.name);
            if expected > 0 {
                let soft = format!("[name=mode][value={}]:checked", operation.modes[0].id);
                assert_eq!(console.all(&soft), 1, "the soft mode of {}", operation.name);
            }
        }
        if manifest.regions.required {
            assert_shown(&console.select("region"), "", "");
            for region in manifest.regions.known.iter().step_by(5) {
                console.choose("region", region.id).await;
                assert_shown(&console.select("region"), region.id, region.id);
            }
        } else {
            assert_eq!(console.all("[name=region]"), 0, "{}", manifest.id);
        }
    }
}

#[wasm_bindgen_test]
async fn two_consoles_share_nothing() {
    let (one, other) = (Console::new().await, Console::new().await);
    one.choose("cloud", "zenlayer").await;
    assert_eq!(other.select("cloud").value(), "alibaba");
    other.choose("cloud", "tencent").await;
    assert_eq!(one.select("cloud").value(), "zenlayer");
}

#[wasm_bindgen_test]
async fn the_language_is_an_attribute() {
    let console = Console::new().await;
    for (tag, word) in [("zh", "云"), ("en", "Cloud")] {
        console.host.set_attribute("lang", tag).unwrap();
        let marked = format!(".relight[lang^={tag}]");
        console.until(|console| console.all(&marked) == 1).await;
        let text = console.root.text_content().unwrap();
        assert!(text.contains(word), "{text}");
    }
}

#[wasm_bindgen_test]
async fn who_leaves_the_page_leaves_nothing_behind() {
    let body = document().body().unwrap();
    let before = body.child_element_count();
    for _ in 0..30 {
        let console = Console::new().await;
        let root = console.root.clone();
        drop(console);
        until(|| root.child_element_count() == 0).await;
    }
    assert_eq!(body.child_element_count(), before);
}

/// An element on the page; it is taken out when this is dropped.
struct Console {
    host: Element,
    root: ShadowRoot,
}

impl Console {
    async fn new() -> Self {
        mount::define();
        let host = document().create_element(element::NAME).unwrap();
        document().body().unwrap().append_child(&host).unwrap();
        let root = host.shadow_root().expect("a shadow root");
        let console = Console { host, root };
        console.until(|console| console.all("[name=cloud]") == 1).await;
        console
    }

    fn all(&self, selector: &str) -> usize {
        self.root.query_selector_all(selector).unwrap().length() as usize
    }

    fn select(&self, name: &str) -> HtmlSelectElement {
        let found = self.root.query_selector(&format!("[name={name}]")).unwrap();
        found.unwrap_or_else(|| panic!("no field {name}")).unchecked_into()
    }

    /// Chooses an option as a person does, and waits until the page has taken it up.
    async fn choose(&self, name: &str, value: &str) {
        let select = self.select(name);
        select.set_value(value);
        assert_eq!(select.value(), value, "{name} has no option {value}");
        let bubbling = EventInit::new();
        bubbling.set_bubbles(true);
        bubbling.set_composed(true);
        let event = Event::new_with_event_init_dict("change", &bubbling).unwrap();
        select.dispatch_event(&event).unwrap();
        // Drawn once more, whatever changed: what it shows now comes from the state.
        next_turn().await;
        self.until(|console| console.select(name).value() == value).await;
    }

    async fn until(&self, holds: impl Fn(&Self) -> bool) {
        until(|| holds(self)).await;
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// The value, and the words of the option that can be seen.
fn assert_shown(select: &HtmlSelectElement, value: &str, words: &str) {
    assert_eq!(select.value(), value);
    let index = u32::try_from(select.selected_index()).expect("an option is chosen");
    let shown = select.item(index).and_then(|option| option.text_content()).unwrap_or_default();
    assert!(shown.contains(words), "{shown:?} is shown for {value:?}");
}

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        next_turn().await;
    }
    panic!("waited in vain");
}

async fn next_turn() {
    let mut begin = |resolve: Function, _: Function| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10).unwrap();
    };
    let turn: Promise = Promise::new(&mut begin);
    let _: JsValue = JsFuture::from(turn).await.unwrap();
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}
