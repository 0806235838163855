//! The front of the page: the form, drawn before the rest is fetched.
//!
//! The rest (the look, the review, the run, the explanations) is several times as large and is not
//! needed until somebody wants to go on. It is fetched as soon as they begin to fill in, takes the
//! front's place with everything that was typed, and is the same module that other pages import.

use crate::{
    config::{self, Config},
    element::{self, Drawn},
    frame::Stranger,
    store::{Intent, KeyState},
    ui::{self, Screen},
    vault::Vault,
};
use gloo_events::EventListener;
use js_sys::{Array, Function, Reflect};
use relight_core::{
    cloud,
    form::{Fill, Form},
    plan::{Plan, Refusal},
    request::Route,
    words::Locale,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, ShadowRoot};
use yew::{Component, Context, Html, Properties, html::Scope};

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = fetchRest)]
    fn fetch_rest() -> js_sys::Promise;
    #[wasm_bindgen(js_name = hasJournal)]
    fn has_journal(name: &str) -> js_sys::Promise;
}

/// Defines the element, drawn as its front.
pub fn define() {
    element::define(|host, root| {
        let drawn = Rc::new(RefCell::new(None));
        let props = Props { host: host.clone(), root: root.clone(), drawn: Rc::clone(&drawn) };
        let app = yew::Renderer::<Front>::with_root_and_props(root.clone().unchecked_into(), props)
            .render();
        let scope: Scope<Front> = (*app).clone();
        let ours =
            Drawn::new(move || scope.send_message(Msg::AttributesChanged), move || app.destroy());
        drawn.replace(Some(ours.clone()));
        ours
    });
}

/// Where addresses begin that lead to the rest of the page.
const ADDRESSES: [&str; 2] = ["#/errors", "#/explain"];

/// What the element gives.
#[derive(Clone, Properties)]
pub(crate) struct Props {
    host: HtmlElement,
    root: ShadowRoot,
    /// What keeps the element going, to be handed on.
    drawn: Rc<RefCell<Option<Drawn>>>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.host == other.host
    }
}

/// Everything that can happen.
pub(crate) enum Msg {
    AttributesChanged,
    Configured(Config),
    Intent(Intent),
    Screen(Screen),
    /// The rest is here, or could not be had.
    Rest(Then, Result<JsValue, JsValue>),
}

/// What to do once the rest is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing: it is fetched ahead.
    Wait,
    /// Show the run that was cut off, or what the configuration asks for.
    Restore,
    /// On to the review.
    Review,
    /// Put an error in words.
    Explain,
}

impl Then {
    const fn word(self) -> &'static str {
        match self {
            Then::Wait | Then::Restore => "stay",
            Then::Review => "review",
            Then::Explain => "explain",
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
    refusal: Option<Refusal>,
    route: Route,
    stranger: Option<Stranger>,
    rest: Rest,
    /// Kept for as long as the front lives.
    _address: Option<EventListener>,
}

impl Component for Front {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        read_configuration(ctx);
        // Whoever has a run in the journal may have one that was cut off: that comes first.
        let link = ctx.link().clone();
        spawn_local(async move {
            let known = JsFuture::from(has_journal("relight")).await;
            if known.is_ok_and(|known| known.is_truthy())
                && let Ok(rest) = JsFuture::from(fetch_rest()).await
                && has_open_run(&rest).await
            {
                link.send_message(Msg::Rest(Then::Restore, Ok(rest)));
            }
        });
        Front {
            locale: config::usual_locale(),
            form: first_form(),
            vault: Vault::default(),
            refusal: None,
            route: Config::default().route,
            stranger: Config::default().stranger,
            rest: Rest::Absent,
            _address: follow_address(ctx),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::AttributesChanged => {
                read_configuration(ctx);
                false
            }
            Msg::Configured(config) => {
                self.route = config.route;
                self.stranger = config.stranger;
                self.locale = config.locale.unwrap_or(self.locale);
                // What the front does not understand may forbid something, or be wrong.
                if config.more && self.rest == Rest::Absent {
                    self.fetch(ctx, Then::Restore);
                }
                true
            }
            Msg::Intent(intent) => self.carry_out(ctx, intent),
            Msg::Screen(Screen::Power) | Msg::Rest(Then::Wait, Ok(_)) => false,
            Msg::Screen(Screen::Explain) => self.fetch(ctx, Then::Explain),
            Msg::Rest(then, Ok(rest)) => {
                self.hand_over(ctx, then, &rest);
                false
            }
            Msg::Rest(then, Err(error)) => {
                let why = Why::of(&error);
                // Fetched ahead in vain, nobody needs to know: it is asked for again.
                let unseen = then == Then::Wait && why == Why::Missing;
                self.rest = if unseen { Rest::Absent } else { Rest::Failed(why) };
                true
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        ui::front(
            &ui::Front {
                locale: self.locale,
                form: &self.form,
                refusal: self.refusal.as_ref(),
                key: self.vault.state(),
                route: &self.route,
                stranger: self.stranger.as_ref(),
                rest: self.rest,
            },
            &ctx.link().callback(Msg::Screen),
            &ctx.link().callback(Msg::Intent),
        )
    }
}

impl Front {
    fn carry_out(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        match intent {
            Intent::Locale(locale) => {
                config::remember(locale);
                self.locale = locale;
            }
            Intent::Fill(fill) => {
                let typed = matches!(fill, Fill::IdsText(_) | Fill::KeyId(_));
                self.form.fill(fill);
                self.vault.keep_for(self.form.cloud());
                self.refusal = None;
                if typed && self.rest == Rest::Absent {
                    self.fetch(ctx, Then::Wait);
                }
            }
            // There is no field to type it in, either.
            Intent::Secret(_) | Intent::Token(_) if self.stranger.is_some() => return false,
            Intent::Secret(secret) => self.vault.keep_secret(self.form.cloud(), &secret),
            Intent::Token(token) => self.vault.keep_token(self.form.cloud(), &token),
            Intent::Forget => self.vault.forget(),
            Intent::Review => match self.plan_once() {
                Ok(_) => return self.fetch(ctx, Then::Review),
                Err(refusal) => self.refusal = Some(refusal),
            },
            #[cfg(feature = "console")]
            _ => return false,
        }
        true
    }

    fn plan_once(&self) -> Result<Plan, Refusal> {
        let KeyState { secret, token, .. } = self.vault.state();
        self.form.plan(secret, token)
    }

    fn fetch(&mut self, ctx: &Context<Self>, then: Then) -> bool {
        self.rest = if then == Then::Wait { Rest::Coming } else { Rest::Awaited };
        let link = ctx.link().clone();
        spawn_local(async move {
            let rest = JsFuture::from(fetch_rest()).await;
            link.send_message(Msg::Rest(then, rest));
        });
        true
    }

    /// Gives everything that was filled in to the rest, which draws itself in this one's place.
    fn hand_over(&self, ctx: &Context<Self>, then: Then, rest: &JsValue) {
        let Props { host, root, drawn } = ctx.props().clone();
        let Some(drawn) = drawn.take() else { return };
        let Ok(take_over) = Reflect::get(rest, &"takeOver".into()) else { return };
        let Ok(take_over) = take_over.dyn_into::<Function>() else { return };
        let filled: Array = self
            .form
            .filled()
            .into_iter()
            .map(|(name, value)| Array::of2(&name.into(), &value.into()))
            .collect();
        let [key, token] = self.vault.hand_over();
        let arguments: [JsValue; 7] = [
            host.into(),
            root.into(),
            filled.into(),
            self.locale.tag().into(),
            key,
            token,
            then.word().into(),
        ];
        let arguments: Array = arguments.into_iter().collect();
        // After this message: a component cannot end itself while it is being updated.
        spawn_local(async move {
            drawn.give_way(|| {
                take_over.apply(&JsValue::NULL, &arguments).unwrap_or_default().unchecked_into()
            });
        });
    }
}

/// Asks for the rest if the address of the page leads there, now or later.
fn follow_address(ctx: &Context<Front>) -> Option<EventListener> {
    let window = web_sys::window().filter(|_| element::is_routed(&ctx.props().host))?;
    let link = ctx.link().clone();
    let follow = move || {
        let hash = ui::dom::hash();
        if ADDRESSES.iter().any(|address| hash.starts_with(address)) {
            link.send_message(Msg::Screen(Screen::Explain));
        }
    };
    follow();
    Some(EventListener::new(&window, "hashchange", move |_| follow()))
}

async fn has_open_run(rest: &JsValue) -> bool {
    let asked = Reflect::get(rest, &"hasOpenRun".into())
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|ask| ask.call0(&JsValue::NULL))
        .and_then(JsCast::dyn_into::<js_sys::Promise>);
    match asked {
        Ok(answer) => JsFuture::from(answer).await.is_ok_and(|open| open.is_truthy()),
        Err(_) => false,
    }
}

fn read_configuration(ctx: &Context<Front>) {
    let host = ctx.props().host.clone();
    ctx.link().send_future(async move { Msg::Configured(Config::load(&host).await.0) });
}

/// An empty form of the first cloud.
///
/// # Panics
/// If there were no cloud, or it had nothing to ask: the conformance tests rule that out.
fn first_form() -> Form {
    cloud::ALL.first().copied().and_then(Form::new).expect("a cloud to begin with")
}
