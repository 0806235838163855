//! The front of the page: the form, drawn before the rest is fetched.
//!
//! The rest (the look, the review, the run, the explanations) is several times as large and is not
//! needed until somebody wants to go on. It is fetched as soon as they begin to fill in, takes the
//! front's place with everything that was typed, and is the same module that other pages import.

use crate::{
    config::{self, Config, configuration},
    context::Surroundings,
    element::{self, Drawn, LANGUAGE_CHOSEN},
    frame::UntrustedParent,
    link,
    store::Intent,
    text::Message,
    ui::{self, Compose, Header, NothingToReview, Screen},
    vault::{AutoLock, Vault},
};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use relight_core::{
    clouds,
    form::{Form, FormEdit, link::Link},
    i18n::Locale,
    model::route::Route,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, ShadowRoot};
use yew::{Component, Context, Html, Properties, html, html::Scope};

#[wasm_bindgen(module = "/static/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = fetchRest)]
    fn fetch_rest() -> js_sys::Promise;
    #[wasm_bindgen(js_name = fetchRestIfKept)]
    fn fetch_rest_if_kept(journal: &str) -> js_sys::Promise;
}

/// Defines the element, drawn as its front.
pub fn define() {
    element::define(|host, root| {
        let props = Props { host: host.clone(), root: root.clone() };
        let (scope, end) = element::render::<Front>(root, props);
        let (changed, on) = (scope.clone(), scope.clone());
        let drawn = Drawn::new(
            move || changed.send_message(Msg::AttributesChanged),
            move |intent| on.send_message(Msg::Intent(intent)),
            end,
        );
        scope.send_message(Msg::Drawn(drawn.clone()));
        drawn
    });
}

/// Where addresses begin that lead to the rest of the page.
const ADDRESSES: [&str; 2] = ["#/errors", "#/explain"];

/// Where the front is drawn.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    host: HtmlElement,
    root: ShadowRoot,
}

/// Everything that can happen.
pub(crate) enum Msg {
    /// It is on the page: what keeps the element going is to be handed on.
    Drawn(Drawn),
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
    /// What keeps the element going; nothing once the rest has it.
    drawn: Option<Drawn>,
    /// What the address wants to have filled in; the rest does that.
    link: Link,
    /// Heeds the address for as long as the front lives.
    _address: Option<EventListener>,
    /// Locks the vault, likewise.
    _watch: AutoLock,
}

impl Component for Front {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let Props { host, root } = ctx.props();
        let vault = Vault::default();
        let gone = ctx.link().callback(|()| Msg::KeyGone);
        let auto_lock = AutoLock::new(&vault, Some(root.clone()), gone);
        let link = link::take(host);
        read_configuration(ctx);
        let address = follow_address(ctx);
        if !link.is_empty() {
            ctx.link().send_message(Msg::Linked);
        }
        restore_if_kept(ctx.link().clone());
        Front {
            locale: config::usual_locale(),
            form: first_form(),
            vault,
            route: Config::default().route,
            rest: Rest::Absent,
            untrusted_parent: Config::default().untrusted_parent,
            is_locale_chosen: false,
            drawn: None,
            link,
            _address: address,
            _watch: auto_lock,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Drawn(drawn) => {
                self.drawn = Some(drawn);
                return false;
            }
            // What is taken away may still fire events, with nobody to heed them.
            _ if self.drawn.is_none() => return false,
            Msg::AttributesChanged => {
                read_configuration(ctx);
                return false;
            }
            Msg::Configured(config) => {
                self.route = config.route;
                self.untrusted_parent = config.untrusted_parent;
                self.locale = config.locale.unwrap_or(self.locale);
                // What the front does not understand may forbid something, or be wrong: then the rest takes
                // over by itself, also where it is only being fetched ahead, for ids that came sooner.
                if config.more && matches!(self.rest, Rest::Absent | Rest::Coming) {
                    self.fetch(ctx, Then::Restore);
                }
            }
            Msg::Intent(intent) => return self.handle_intent(ctx, intent),
            Msg::KeyGone => {}
            Msg::Linked => self.fetch(ctx, Then::Restore),
            Msg::Screen(Screen::Power) | Msg::Rest(Then::Wait, Ok(_)) => return false,
            Msg::Screen(Screen::Explain) => self.fetch(ctx, Then::Explain),
            Msg::Screen(Screen::Diagnostics) => self.fetch(ctx, Then::Doctor),
            Msg::Rest(then, Ok(rest)) => {
                self.hand_over(ctx.props(), then, &rest);
                return false;
            }
            Msg::Rest(then, Err(error)) => {
                let why = Why::of(&error);
                // Fetched ahead in vain, nobody needs to know: it is asked for again.
                let unseen = then == Then::Wait && why == Why::Missing;
                self.rest = if unseen { Rest::Absent } else { Rest::Failed(why) };
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let locale = self.locale;
        let key_state = self.vault.state();
        let failed = match self.rest {
            Rest::Failed(why) => Some((why.word(), why.in_locale(locale))),
            Rest::Absent | Rest::Coming | Rest::Awaited => None,
        };
        html! {
            <Surroundings {locale} dispatch={ctx.link().callback(Msg::Intent)}>
                <div class="relight" lang={locale.tag()} data-front="true">
                    <Header screen={Screen::Power} route={self.route.clone()} key_id={self.form.key_id().to_owned()}
                        status={key_state.secret} on_screen={ctx.link().callback(Msg::Screen)} />
                    <main class="two-panes" data-step="compose" tabindex="-1">
                        <h1 class="hidden">{ Message::PageTitle.in_locale(locale) }</h1>
                        <Compose form={self.form.clone()} opening={self.rest == Rest::Awaited} {failed} {key_state}
                            untrusted_parent={self.untrusted_parent.clone()} />
                        <NothingToReview />
                    </main>
                </div>
            </Surroundings>
        }
    }
}

impl Front {
    fn handle_intent(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
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
                    self.fetch(ctx, Then::Wait);
                }
            }
            // There is no field to type it in, either.
            Intent::Secret(_) | Intent::Token(_) if self.untrusted_parent.is_some() => {
                return false;
            }
            Intent::Secret(secret) => {
                self.vault.set_secret(self.form.cloud(), self.form.key_id(), &secret);
            }
            Intent::Token(token) => self.vault.set_token(self.form.cloud(), &token),
            Intent::WipeKey => {
                // Nor does what is only typed stay.
                ui::dom::empty_secrets(&ctx.props().root);
                self.vault.wipe();
            }
            Intent::AboutKey => self.fetch(ctx, Then::Key),
            Intent::Review => self.fetch(ctx, Then::Review),
        }
        true
    }

    fn fetch(&mut self, ctx: &Context<Self>, then: Then) {
        self.rest = if then == Then::Wait { Rest::Coming } else { Rest::Awaited };
        ctx.link().send_future(async move { Msg::Rest(then, JsFuture::from(fetch_rest()).await) });
    }

    /// Gives everything that was filled in to the rest, which draws itself in this one's place.
    fn hand_over(&mut self, props: &Props, then: Then, rest: &JsValue) {
        let Some(drawn) = self.drawn.take() else { return };
        let Ok(take_over) = Reflect::get(rest, &"takeOver".into()) else { return };
        let Ok(take_over) = take_over.dyn_into::<Function>() else { return };
        let ([key, token], guard) = self.vault.hand_over();
        let filled: Array = self
            .form
            .filled()
            .into_iter()
            .chain(self.is_locale_chosen.then(|| (LANGUAGE_CHOSEN, "true".to_owned())))
            .chain(self.link.refused.iter().map(|name| (link::REFUSED, name.clone())))
            .chain(guard.secret.map(|one| (element::SECRET_TRAIT, one.handed_over())))
            .chain(guard.token.map(|one| (element::TOKEN_TRAIT, one.handed_over())))
            .map(|(name, value)| Array::of2(&name.into(), &value.into()))
            .collect();
        let arguments: [JsValue; 7] = [
            props.host.clone().into(),
            props.root.clone().into(),
            filled.into(),
            self.locale.tag().into(),
            key,
            token,
            then.word().into(),
        ];
        let arguments: Array = arguments.into_iter().collect();
        // What is being typed has not been handed over, and must not be lost.
        let (root, typed) = (props.root.clone(), ui::dom::take_secrets(&props.root));
        drawn.give_way(|| {
            take_over.apply(&JsValue::NULL, &arguments).unwrap_or_default().unchecked_into()
        });
        // A task of its own comes after the other has drawn itself for the first time.
        Timeout::new(0, move || ui::dom::put_secrets(&root, &typed)).forget();
    }
}

/// Reads it, and brings it as a message.
fn read_configuration(ctx: &Context<Front>) {
    let host = ctx.props().host.clone();
    ctx.link().send_future(async move {
        let text = JsFuture::from(configuration(&host)).await;
        let (config, _) = Config::of(&host, text);
        Msg::Configured(config)
    });
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

/// Whoever has been here may have a run that was cut off, or keys: those come first.
fn restore_if_kept(link: Scope<Front>) {
    wasm_bindgen_futures::spawn_local(async move {
        if let Ok(rest) = JsFuture::from(fetch_rest_if_kept("relight")).await
            && !rest.is_null()
        {
            link.send_message(Msg::Rest(Then::Restore, Ok(rest)));
        }
    });
}

/// An empty form of the first cloud.
///
/// # Panics
/// If there were no cloud, or it had nothing to ask: the conformance tests rule that out.
fn first_form() -> Form {
    clouds::ALL.first().copied().and_then(Form::new).expect("a cloud to begin with")
}
