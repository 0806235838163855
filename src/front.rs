//! The front of the page: the form, drawn before the rest is fetched.
//!
//! The rest (the look, the review, the run, the explanations) is several times as large and is not
//! needed until somebody wants to go on. It is fetched as soon as they begin to fill in, takes the
//! front's place with everything that was typed, and is the same module that other pages import.

use crate::{
    config::{self, Config, configuration},
    element::{self, Drawn, LANGUAGE_CHOSEN},
    frame::UntrustedParent,
    link,
    store::Intent,
    text::Message,
    ui::{
        self, Screen,
        light::{Canvas, Redraw},
    },
    vault::{AutoLock, Vault},
};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use relight_core::{
    cloud,
    form::{Form, FormEdit},
    i18n::Locale,
    link::Link,
    request::Route,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{HtmlElement, ShadowRoot};
use yew::Callback;

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = fetchRest)]
    fn fetch_rest() -> js_sys::Promise;
    #[wasm_bindgen(js_name = fetchRestIfKept)]
    fn fetch_rest_if_kept(journal: &str) -> js_sys::Promise;
    #[wasm_bindgen(js_name = after)]
    fn call_after(promise: &js_sys::Promise, done: &JsValue);
}

/// Defines the element, drawn as its front.
pub fn define() {
    element::define(|host, root| {
        let page = Rc::new(Page {
            host: host.clone(),
            root: root.clone(),
            canvas: Canvas::new(root.clone().unchecked_into()),
            front: RefCell::new(Front::new()),
            will_draw: Cell::new(false),
            drawn: RefCell::new(None),
            address: RefCell::new(None),
            auto_lock: RefCell::new(None),
            link: link::take(host),
        });
        page.draw();
        let (changed, on, ended) = (Rc::clone(&page), Rc::clone(&page), Rc::clone(&page));
        let drawn = Drawn::new(
            move || changed.take(Msg::AttributesChanged),
            move |intent| on.take(Msg::Intent(intent)),
            move || {
                ended.drawn.take();
                ended.address.take();
                ended.auto_lock.take();
                ended.canvas.clear();
            },
        );
        page.drawn.replace(Some(drawn.clone()));
        page.begin();
        drawn
    });
}

/// Where addresses begin that lead to the rest of the page.
const ADDRESSES: [&str; 2] = ["#/errors", "#/explain"];

/// The front on its page: what happens goes in, and what follows from it is drawn.
struct Page {
    host: HtmlElement,
    root: ShadowRoot,
    canvas: Canvas,
    front: RefCell<Front>,
    /// Whether a drawing is due.
    will_draw: Cell<bool>,
    /// What keeps the element going, to be handed on; nothing once this has ended.
    drawn: RefCell<Option<Drawn>>,
    /// Heeds the address for as long as the front lives.
    address: RefCell<Option<EventListener>>,
    /// Locks the vault, likewise.
    auto_lock: RefCell<Option<AutoLock>>,
    /// What the address wants to have filled in; the rest does that.
    link: Link,
}

/// Everything that can happen.
pub(crate) enum Msg {
    AttributesChanged,
    Configured(Config),
    Intent(Intent),
    /// The address has something to fill in, or something that was refused.
    Linked,
    Screen(Screen),
    /// The key was wiped, because nobody was there.
    KeyGone,
    /// The rest is here, or could not be had.
    Rest(Then, Result<JsValue, JsValue>),
}

/// What to do once the rest is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: it is fetched ahead.
    Wait,
    /// Show the run that was cut off, or what the configuration or the address asks for.
    Restore,
    /// Show what there is about the key.
    Key,
    /// On to the review.
    Review,
    /// Put an error in words.
    Explain,
    /// Look at the way to the cloud.
    Doctor,
}

impl Then {
    const fn word(self) -> &'static str {
        match self {
            Then::Wait | Then::Restore => "stay",
            Then::Key => "key",
            Then::Review => "review",
            Then::Explain => "explain",
            Then::Doctor => "doctor",
        }
    }
}

/// How far the rest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Not asked for.
    Absent,
    /// On its way, ahead of time.
    Coming,
    /// On its way, and somebody waits for it.
    Awaited,
    /// It could not be had.
    Failed(Why),
}

/// Why the rest could not be had; `static/boot.js` finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It did not come.
    Missing,
    /// It is not the file that this page was published with.
    Changed,
    /// A newer version was published in the meantime.
    Replaced,
}

impl Why {
    /// The public name.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Why::Missing => "missing",
            Why::Changed => "changed",
            Why::Replaced => "replaced",
        }
    }

    /// What the person is told.
    pub(crate) fn in_locale(self, locale: Locale) -> &'static str {
        match self {
            Why::Missing => Message::RestFailed.in_locale(locale),
            Why::Changed => Message::RestChanged.in_locale(locale),
            Why::Replaced => Message::RestReplaced.in_locale(locale),
        }
    }

    /// From what `fetchRest` has thrown.
    fn of(error: &JsValue) -> Self {
        let reason = Reflect::get(error, &"reason".into()).ok().and_then(|word| word.as_string());
        match reason.as_deref() {
            Some("changed") => Why::Changed,
            Some("replaced") => Why::Replaced,
            Some(_) | None => Why::Missing,
        }
    }
}

/// The front.
pub(crate) struct Front {
    locale: Locale,
    form: Form,
    vault: Vault,
    route: Route,
    rest: Rest,
    untrusted_parent: Option<UntrustedParent>,
    is_locale_chosen: bool,
}

impl Page {
    fn draw(self: &Rc<Self>) {
        self.will_draw.set(false);
        let on_screen = self.callback(Msg::Screen);
        let on = self.callback(Msg::Intent);
        let redraw: Redraw = {
            let page = Rc::clone(self);
            Rc::new(move || page.draw_soon())
        };
        let html = self.front.borrow().view(&on_screen, &on);
        self.canvas.draw(html, &redraw);
    }

    /// Whatever happens together is drawn together.
    fn draw_soon(self: &Rc<Self>) {
        if !self.will_draw.replace(true) {
            let page = Rc::clone(self);
            after(&js_sys::Promise::resolve(&JsValue::NULL), move |_| {
                if page.drawn.borrow().is_some() {
                    page.draw();
                }
            });
        }
    }

    fn callback<T: 'static>(self: &Rc<Self>, msg: fn(T) -> Msg) -> Callback<T> {
        let page = Rc::clone(self);
        Callback::from(move |value| page.take(msg(value)))
    }

    fn begin(self: &Rc<Self>) {
        let page = Rc::clone(self);
        let gone = Callback::from(move |()| page.take(Msg::KeyGone));
        let vault = self.front.borrow().vault.clone();
        self.auto_lock.replace(Some(AutoLock::new(&vault, Some(self.root.clone()), gone)));
        self.read_configuration();
        self.follow_address();
        if !self.link.is_empty() {
            self.take(Msg::Linked);
        }
        // Whoever has been here may have a run that was cut off, or keys: those come first.
        let page = Rc::clone(self);
        after(&fetch_rest_if_kept("relight"), move |rest| {
            if let Ok(rest) = rest
                && !rest.is_null()
            {
                page.take(Msg::Rest(Then::Restore, Ok(rest)));
            }
        });
    }

    /// Asks for the rest if the address of the page leads there, now or later.
    fn follow_address(self: &Rc<Self>) {
        let Some(window) = web_sys::window().filter(|_| element::is_routed(&self.host)) else {
            return;
        };
        let page = Rc::clone(self);
        let follow = move || {
            let hash = ui::dom::hash();
            if ADDRESSES.iter().any(|address| hash.starts_with(address)) {
                page.take(Msg::Screen(Screen::Explain));
            }
        };
        follow();
        self.address.replace(Some(EventListener::new(&window, "hashchange", move |_| follow())));
    }

    fn take(self: &Rc<Self>, msg: Msg) {
        // What is taken away may still fire events, with nobody to heed them.
        if self.drawn.borrow().is_none() {
            return;
        }
        // Nor does what is only typed stay.
        if let Msg::Intent(Intent::WipeKey) = msg {
            ui::dom::empty_secrets(&self.root);
        }
        let then = self.front.borrow_mut().update(msg);
        match then {
            Next::Draw => self.draw_soon(),
            Next::Configure => self.read_configuration(),
            Next::Fetch(then) => {
                self.draw_soon();
                self.fetch(then);
            }
            Next::HandOver(then, rest) => self.hand_over(then, &rest),
            Next::Nothing => {}
        }
    }

    fn read_configuration(self: &Rc<Self>) {
        let page = Rc::clone(self);
        after(&configuration(&self.host), move |text| {
            let (config, _) = Config::of(&page.host, text);
            page.take(Msg::Configured(config));
        });
    }

    fn fetch(self: &Rc<Self>, then: Then) {
        let page = Rc::clone(self);
        after(&fetch_rest(), move |rest| page.take(Msg::Rest(then, rest)));
    }

    /// Gives everything that was filled in to the rest, which draws itself in this one's place.
    fn hand_over(&self, then: Then, rest: &JsValue) {
        let Some(drawn) = self.drawn.take() else { return };
        let Ok(take_over) = Reflect::get(rest, &"takeOver".into()) else { return };
        let Ok(take_over) = take_over.dyn_into::<Function>() else { return };
        let front = self.front.borrow();
        let ([key, token], secret) = front.vault.hand_over();
        let filled: Array = front
            .form
            .filled()
            .into_iter()
            .chain(front.is_locale_chosen.then(|| (LANGUAGE_CHOSEN, "true".to_owned())))
            .chain(self.link.refused.iter().map(|name| (link::REFUSED, name.clone())))
            .chain(secret.map(|secret| (element::SECRET_TRAIT, secret.handed_over())))
            .map(|(name, value)| Array::of2(&name.into(), &value.into()))
            .collect();
        let arguments: [JsValue; 7] = [
            self.host.clone().into(),
            self.root.clone().into(),
            filled.into(),
            front.locale.tag().into(),
            key,
            token,
            then.word().into(),
        ];
        drop(front);
        let arguments: Array = arguments.into_iter().collect();
        // What is being typed has not been handed over, and must not be lost.
        let (root, typed) = (self.root.clone(), ui::dom::take_secrets(&self.root));
        drawn.give_way(|| {
            take_over.apply(&JsValue::NULL, &arguments).unwrap_or_default().unchecked_into()
        });
        // A task of its own comes after all that the other does while it draws itself for the first time;
        // that empties these fields.
        Timeout::new(0, move || ui::dom::put_secrets(&root, &typed)).forget();
    }
}

/// What follows from what has happened.
enum Next {
    Nothing,
    Draw,
    /// Read the configuration anew.
    Configure,
    /// Fetch the rest.
    Fetch(Then),
    /// Make room for the rest.
    HandOver(Then, JsValue),
}

impl Front {
    fn new() -> Self {
        Front {
            locale: config::usual_locale(),
            form: first_form(),
            vault: Vault::default(),
            route: Config::default().route,
            rest: Rest::Absent,
            untrusted_parent: Config::default().untrusted_parent,
            is_locale_chosen: false,
        }
    }

    fn update(&mut self, msg: Msg) -> Next {
        match msg {
            Msg::AttributesChanged => Next::Configure,
            Msg::Configured(config) => {
                self.route = config.route;
                self.untrusted_parent = config.untrusted_parent;
                self.locale = config.locale.unwrap_or(self.locale);
                // What the front does not understand may forbid something, or be wrong: then the rest takes
                // over by itself, also where it is only being fetched ahead, for ids that came sooner.
                if config.more && matches!(self.rest, Rest::Absent | Rest::Coming) {
                    return self.fetch(Then::Restore);
                }
                Next::Draw
            }
            Msg::Intent(intent) => self.handle_intent(intent),
            Msg::KeyGone => Next::Draw,
            Msg::Linked => self.fetch(Then::Restore),
            Msg::Screen(Screen::Power) | Msg::Rest(Then::Wait, Ok(_)) => Next::Nothing,
            Msg::Screen(Screen::Explain) => self.fetch(Then::Explain),
            Msg::Screen(Screen::Diagnostics) => self.fetch(Then::Doctor),
            Msg::Rest(then, Ok(rest)) => Next::HandOver(then, rest),
            Msg::Rest(then, Err(error)) => {
                let why = Why::of(&error);
                // Fetched ahead in vain, nobody needs to know: it is asked for again.
                let unseen = then == Then::Wait && why == Why::Missing;
                self.rest = if unseen { Rest::Absent } else { Rest::Failed(why) };
                Next::Draw
            }
        }
    }

    fn view(&self, on_screen: &Callback<Screen>, on: &Callback<Intent>) -> ui::Html {
        let front = ui::Front {
            locale: self.locale,
            form: &self.form,
            key: self.vault.state(),
            route: &self.route,
            rest: self.rest,
            untrusted_parent: self.untrusted_parent.as_ref(),
        };
        ui::front(&front, on_screen, on)
    }

    fn handle_intent(&mut self, intent: Intent) -> Next {
        match intent {
            Intent::Locale(locale) => {
                config::remember(locale);
                self.locale = locale;
                self.is_locale_chosen = true;
            }
            Intent::Edit(edit) => {
                let typed = matches!(edit, FormEdit::IdsText(_) | FormEdit::KeyId(_));
                self.form.apply(edit);
                self.vault.use_cloud(self.form.cloud());
                if typed && self.rest == Rest::Absent {
                    return self.fetch(Then::Wait);
                }
            }
            // There is no field to type it in, either.
            Intent::Secret(_) | Intent::Token(_) if self.untrusted_parent.is_some() => {
                return Next::Nothing;
            }
            Intent::Secret(secret) => {
                self.vault.set_secret(self.form.cloud(), self.form.key_id(), &secret);
            }
            Intent::Token(token) => self.vault.set_token(self.form.cloud(), &token),
            Intent::WipeKey => self.vault.wipe(),
            Intent::AboutKey => return self.fetch(Then::Key),
            Intent::Review => return self.fetch(Then::Review),
        }
        Next::Draw
    }

    fn fetch(&mut self, then: Then) -> Next {
        self.rest = if then == Then::Wait { Rest::Coming } else { Rest::Awaited };
        Next::Fetch(then)
    }
}

/// Does something once a promise is settled. Rust's own futures would be two kilobytes of the front.
fn after(promise: &js_sys::Promise, then: impl FnOnce(Result<JsValue, JsValue>) + 'static) {
    let then: Box<dyn FnOnce(Result<JsValue, JsValue>)> = Box::new(then);
    let done =
        move |is_well: bool, value: JsValue| then(if is_well { Ok(value) } else { Err(value) });
    call_after(promise, &Closure::once_into_js(done));
}

/// An empty form of the first cloud.
///
/// # Panics
/// If there were no cloud, or it had nothing to ask: the conformance tests rule that out.
fn first_form() -> Form {
    cloud::ALL.first().copied().and_then(Form::new).expect("a cloud to begin with")
}
