//! The element in a real browser, without a network: what it shows is what it holds.
//! `cargo xtask test wasm` runs this in two browsers.
#![cfg(target_arch = "wasm32")]

use js_sys::{Function, Promise};
use relight::{element, i18n};
use relight_core::{
    clouds::{self, Read},
    explain::index,
    i18n::Locale,
    model::{
        cloud::{Cloud, Operation, Verb},
        plan::Target,
    },
    signing::{Secret, Signer},
};
use relight_sandbox::{Config, Request, Sandbox, errors, faults::Fault};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, Event, EventInit, HtmlElement, HtmlSelectElement, ShadowRoot};

wasm_bindgen_test_configure!(run_in_browser);

/// A Yew select shows its last option unless one of them says that it is the chosen one.
#[wasm_bindgen_test]
async fn selects_show_what_the_state_says() {
    let console = Console::new().await;
    assert_eq!(console.select("cloud").value(), clouds::ALL[0].id);
    // Forwards and back again: so that each of them follows another one.
    for cloud in clouds::ALL.iter().chain(clouds::ALL.iter().rev()) {
        let manifest = cloud;
        console.choose("cloud", manifest.id).await;
        assert_shown(&console.select("cloud"), manifest.id, manifest.product);
        let first = &manifest.operations[0];
        // Two clouds may begin with operations of one name.
        let is_replaced = |console: &Console| {
            let operation = console.select("operation");
            operation.length() as usize == manifest.operations.len()
                && operation.value() == first.name
        };
        console.until(is_replaced).await;
        for operation in manifest.operations.iter().rev() {
            console.choose("operation", operation.name).await;
            assert_shown(&console.select("operation"), operation.name, words(operation));
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

/// Once a user has chosen an option, browsers ignore its `selected` attribute.
#[wasm_bindgen_test]
async fn selects_follow_the_state_after_a_user_has_changed_them() {
    let console = Console::new().await;
    for cloud in clouds::ALL {
        console.choose("cloud", cloud.id).await;
    }
    for cloud in clouds::ALL {
        let id = cloud.id;
        let body = "host.prefill({ cloud })";
        Function::new_with_args("host, cloud", body)
            .call2(&JsValue::UNDEFINED, &console.host, &id.into())
            .unwrap();
        console.until(|console| console.all("[name=operation]") == 1).await;
        console.until(|console| console.select("cloud").value() == id).await;
        assert_shown(&console.select("cloud"), id, cloud.product);
    }
}

/// A host fills in several things at once: then a list is exchanged and something in it is chosen in the
/// same drawing.
#[wasm_bindgen_test]
async fn lists_that_are_exchanged_show_what_the_state_says() {
    let console = Console::new().await;
    for cloud in clouds::ALL.iter().rev().chain(clouds::ALL) {
        let manifest = cloud;
        for operation in manifest.operations {
            let values = js_sys::Object::new();
            for (name, value) in [("cloud", manifest.id), ("operation", operation.name)] {
                js_sys::Reflect::set(&values, &name.into(), &value.into()).unwrap();
            }
            let prefill = js_sys::Reflect::get(&console.host, &"prefill".into()).unwrap();
            prefill.unchecked_into::<Function>().call1(&console.host, &values).unwrap();
            console.until(|console| console.select("cloud").value() == manifest.id).await;
            next_turn().await;
            assert_shown(&console.select("operation"), operation.name, words(operation));
            // The next one comes from another cloud.
            let other = clouds::ALL.iter().find(|other| *other != cloud).unwrap();
            console.choose("cloud", other.id).await;
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
async fn a_removed_element_leaves_nothing_behind() {
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

/// Whatever a vendor documents, the sandbox can answer; the card of each answer is in the person's
/// language, knows the code, and contains the cloud's own message and its request id.
#[wasm_bindgen_test]
async fn every_answer_of_the_sandbox_is_explained_in_both_languages() {
    let answers: Vec<Answer> = documented_answers();
    assert!(answers.len() > 150, "only {} answers", answers.len());
    let console = Console::new().await;
    console.press("explain").await;
    for (tag, is_chinese_wanted) in [("en", false), ("zh", true)] {
        console.speak(tag).await;
        for answer in &answers {
            console.paste(&answer.body);
            let id = &answer.request_id;
            let shown = || console.texts("article[data-code] .kv code").contains(id);
            until(shown).await;
            let what = format!("{tag} {}: {}", answer.code, answer.body);
            let codes = console.attributes("article[data-code]", "data-code");
            assert_eq!(codes.join(" "), answer.code, "{what}");
            let words = console.card("article[data-code]");
            assert!(
                words.iter().all(|words| is_chinese(words) == is_chinese_wanted),
                "{what}: {words:?}"
            );
            let own = console.texts("article[data-code] .original");
            assert!(own.iter().any(|own| own.contains(answer.message.trim())), "{what}: {own:?}");
        }
    }
}

/// Every entry of the catalogue: in Chinese no code is shown without a Chinese text.
#[wasm_bindgen_test]
async fn no_explanation_shows_a_bare_code_in_chinese() {
    let console = Console::new().await;
    console.press("explain").await;
    console.press("errors").await;
    console.speak("zh").await;
    let items = index(Locale::Zh);
    assert!(items.len() > 200, "only {} errors", items.len());
    let mut seen = Vec::new();
    for item in items {
        if seen.contains(&item.address) {
            continue;
        }
        // What it is called leads to it even where its code is a part of many others.
        console.fill("findError", &format!("{} {}", item.code, item.title));
        let row = format!("[data-entry=\"{}\"] [data-action=open]", item.address);
        assert!(came(|| console.all(&row) > 0).await, "{} is not found", item.address);
        console.elements(&row).remove(0).unchecked_into::<HtmlElement>().click();
        let shown = || console.attributes("[data-error]", "data-error").join(" ");
        assert!(came(|| shown() == item.code).await, "{}: {} is shown", item.address, shown());
        let cards = console.cards("[data-error] article");
        assert!(!cards.is_empty(), "{} has no card", item.address);
        for words in cards {
            assert!(words.len() >= 3, "{}: {words:?}", item.address);
            assert!(words.iter().all(|words| is_chinese(words)), "{}: {words:?}", item.address);
        }
        seen.push(item.address);
    }
}

/// Numbers and durations are written as the browser's `Intl` does, and durations by our own texts
/// where it has none for them.
#[wasm_bindgen_test]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "since 1970")]
#[allow(clippy::disallowed_methods, reason = "what is today's is a matter of the real clock")]
fn numbers_and_durations_are_those_of_the_language() {
    assert_eq!(i18n::number(Locale::En, 12_345), "12,345");
    for (ms, parts) in [(0, "0"), (12_000, "12"), (72_999, "1 12"), (3_672_000, "1 1 12")] {
        for locale in Locale::ALL {
            let written = i18n::duration(locale, ms);
            let digits = |c: char| c.is_ascii_digit();
            let found: Vec<&str> =
                written.split(|c| !digits(c)).filter(|part| !part.is_empty()).collect();
            assert_eq!(found.join(" "), parts, "{written}");
            assert_eq!(is_chinese(&written), locale == Locale::Zh, "{written}");
        }
    }
    let day = 86_400_000;
    let now = js_sys::Date::now() as u64;
    for locale in Locale::ALL {
        // What is older than a day has its date.
        let (today, before) =
            (i18n::time_of_day(locale, now), i18n::time_of_day(locale, now - day));
        assert!(before.len() > today.len() + 5, "{before}, {today}");
    }
}

/// An error as the sandbox answers it.
struct Answer {
    code: String,
    message: String,
    request_id: String,
    body: String,
}

/// Every row of the sandbox's table as an answer to a signed request.
fn documented_answers() -> Vec<Answer> {
    let mut sandbox = Sandbox::new(Config::default());
    let mut unix_seconds = 1_795_176_000;
    let mut answers = Vec::new();
    for row in errors::all() {
        // Not a code on the wire: a list of ids in a good answer.
        if row.code == errors::LISTED_AS_FAILED {
            continue;
        }
        // The sandbox enforces the clouds' rate limits.
        unix_seconds += 10;
        let fault = json!({ "fault": "error", "cloud": row.cloud.name(), "code": row.code,
            "message": row.text(), "status": row.status });
        sandbox.add_fault(Fault::from_json(&fault).expect("a fault"));
        let request = signed_read(row.cloud.name(), unix_seconds);
        let reply = sandbox.answer(&request, unix_seconds * 1_000);
        assert!(sandbox.faults().is_empty(), "{} was not answered", row.code);
        let body = String::from_utf8(reply.answer.body).expect("a text");
        let read: Value = serde_json::from_str(&body).expect("JSON");
        let ids = [&read["RequestId"], &read["Response"]["RequestId"], &read["requestId"]];
        let request_id = ids.into_iter().find_map(Value::as_str).expect("a request id").to_owned();
        answers.push(Answer { code: row.code.to_owned(), message: row.text(), request_id, body });
    }
    answers
}

/// A request that reads, with the sandbox's demo key.
fn signed_read(cloud_id: &str, unix_seconds: i64) -> Request {
    let cloud: &Cloud = clouds::by_id(cloud_id).expect("a cloud");
    let region = if cloud.regions.required { cloud.regions.known[0].id } else { "" };
    let target = Target::new(cloud, None, region).expect("a target");
    let key = Config::default().credentials.into_iter().find(|key| key.cloud.name() == cloud_id);
    let key = key.expect("a key");
    let with = Signer {
        key_id: key.id,
        token: key.token,
        unix_seconds,
        nonce: format!("{unix_seconds:032}"),
        sign_action: true,
        locale: Locale::En,
    };
    let prepared = clouds::protocol(cloud)
        .prepare(&clouds::protocol(cloud).read(&target, Read::Instances, &[]), &with);
    let signed = prepared.finish_with(&Secret::new(key.secret));
    let sent = signed.headers().iter();
    let mut headers: Vec<_> =
        sent.map(|(name, value)| (name.to_string(), value.to_string())).collect();
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    headers.push(("host".to_owned(), signed.host().to_owned()));
    Request {
        method: signed.method().to_owned(),
        target: signed.path_and_query(),
        headers,
        body: signed.body().as_bytes().to_vec(),
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one))
}

/// An element on the page; it is taken out when this is dropped.
struct Console {
    host: Element,
    root: ShadowRoot,
}

impl Console {
    async fn new() -> Self {
        element::define();
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
        // Rendered once more, whatever changed: what it shows now comes from the state.
        next_turn().await;
        self.until(|console| console.select(name).value() == value).await;
    }

    async fn until(&self, holds: impl Fn(&Self) -> bool) {
        until(|| holds(self)).await;
    }

    /// Clicks the button of an action.
    async fn press(&self, action: &str) {
        let button = self.root.query_selector(&format!("[data-action={action}]")).unwrap();
        button.expect("a button").unchecked_into::<HtmlElement>().click();
        next_turn().await;
    }

    async fn speak(&self, tag: &str) {
        self.host.set_attribute("lang", tag).unwrap();
        let marked = format!(".relight[lang^={tag}]");
        self.until(|console| console.all(&marked) == 1).await;
    }

    /// Puts a text into the field for errors, as a paste does.
    fn paste(&self, text: &str) {
        self.fill("errorText", text);
    }

    fn fill(&self, name: &str, text: &str) {
        let field = self.elements(&format!("[name={name}]")).remove(0);
        // Setting a property of an element cannot fail.
        js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
        let bubbling = EventInit::new();
        bubbling.set_bubbles(true);
        bubbling.set_composed(true);
        let event = Event::new_with_event_init_dict("input", &bubbling).unwrap();
        field.dispatch_event(&event).unwrap();
    }

    fn elements(&self, selector: &str) -> Vec<Element> {
        let found = self.root.query_selector_all(selector).unwrap();
        (0..found.length()).map(|at| found.item(at).unwrap().unchecked_into()).collect()
    }

    fn texts(&self, selector: &str) -> Vec<String> {
        let elements = self.elements(selector).into_iter();
        elements.map(|element| element.text_content().unwrap_or_default()).collect()
    }

    fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let elements = self.elements(selector).into_iter();
        elements.filter_map(|element| element.get_attribute(name)).collect()
    }

    /// Our texts on the first card: title, what happened, what to do, and the badge.
    fn card(&self, selector: &str) -> Vec<String> {
        self.cards(selector).into_iter().next().unwrap_or_default()
    }

    fn cards(&self, selector: &str) -> Vec<Vec<String>> {
        let words = |card: &Element| {
            let found = card.query_selector_all("h2, h3, :scope > p, .stack > p, .chip");
            let found = found.unwrap();
            (0..found.length()).filter_map(|at| found.item(at)?.text_content()).collect()
        };
        self.elements(selector).iter().map(words).collect()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// What an operation is called on the screen.
fn words(operation: &Operation) -> &'static str {
    match (operation.verb, operation.ids_max) {
        (Verb::Reboot, 1) => "Restart, one",
        (Verb::Reboot, _) => "Restart",
        (Verb::Start, 1) => "Start, one",
        (Verb::Start, _) => "Start",
    }
}

/// The value, and the visible label of the selected option.
fn assert_shown(select: &HtmlSelectElement, value: &str, words: &str) {
    assert_eq!(select.value(), value);
    let index = u32::try_from(select.selected_index()).expect("an option is chosen");
    let shown = select.item(index).and_then(|option| option.text_content()).unwrap_or_default();
    assert!(shown.contains(words), "{shown:?} is shown for {value:?}");
}

async fn until(holds: impl Fn() -> bool) {
    assert!(came(holds).await, "waited in vain");
}

async fn came(holds: impl Fn() -> bool) -> bool {
    for _ in 0..500 {
        if holds() {
            return true;
        }
        next_turn().await;
    }
    false
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
