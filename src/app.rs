//! The root component. It renders the form until the rest of the program is loaded: the form is shown at
//! once, and the rest, which is several times as large, is not needed until the user goes on. From then on
//! the console renders everything, with all that was filled in.

use crate::{
    components::{
        common::{dom, header::Header},
        form::{
            compose::Compose,
            credential::{AboutKey, KeySlots},
            ids::RenderFound,
        },
        review::nothing_to_review::NothingToReview,
    },
    context::{ContextProviders, Dispatch},
    element::{self, HostEvent},
    i18n::message,
    lazy::{self, LoadError, Rest},
    routes::Screen,
    services::{
        config::{self, ConfigurationText, FormConfig, configuration},
        frame::UntrustedParent,
        link,
        vault::{AutoLock, Vault},
    },
    store::Intent,
};
use gloo_events::EventListener;
use relight_core::{
    form::{Form, FormEdit, SecretStatus, link::Link},
    i18n::Locale,
    model::route::Route,
};
use std::{mem::discriminant, rc::Rc, sync::Arc};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, ShadowRoot};
use yew::{Callback, Component, Context, Html, Properties, html, html::Scope};

/// The prefix of the addresses that lead to the rest.
const ADDRESSES: [&str; 3] = ["#/errors", "#/explain", "#/runs"];

/// Props of [`App`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct AppProps {
    pub(crate) host: HtmlElement,
    pub(crate) root: ShadowRoot,
}

/// The messages of [`App`].
pub(crate) enum Msg {
    Host(HostEvent),
    Configured(FormConfig, ConfigurationText),
    Intent(Intent),
    /// The address has something to fill in, or leads to another page.
    Addressed,
    Screen(Screen),
    /// The key was wiped, because the page was idle.
    KeyGone,
    /// The rest is loaded, or could not be.
    Rest {
        /// Whether it was fetched ahead.
        ahead: bool,
        result: Result<&'static Rest, LoadError>,
    },
    /// The console is rendered, and receives host events by this callback from now on.
    Started(Callback<HostEvent>),
}

/// What is being done to have the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loading {
    /// Nothing.
    No,
    /// It is fetched ahead.
    Ahead,
    /// It is fetched, and the console rendered as soon as it is there.
    Awaited,
    /// It could not be had.
    Failed(LoadError),
}

/// What was filled in before the console was loaded. It is passed on once.
pub(crate) struct Start {
    pub(crate) host: HtmlElement,
    pub(crate) locale: Locale,
    /// Whether the user has chosen the language, which then has precedence over the configuration.
    pub(crate) is_locale_chosen: bool,
    pub(crate) form: Form,
    /// The ids before some were removed.
    pub(crate) removed: Option<Arc<str>>,
    pub(crate) vault: Vault,
    /// What the link fills in.
    pub(crate) link: Link,
    /// The configuration, if it was read.
    pub(crate) configuration: Option<ConfigurationText>,
    /// What the user has asked for that only the console can do.
    pub(crate) intents: Vec<Intent>,
    /// The page to show.
    pub(crate) screen: Screen,
    /// Where the console registers its callback for host events.
    pub(crate) on_started: Callback<Callback<HostEvent>>,
}

pub(crate) struct App {
    locale: Locale,
    is_locale_chosen: bool,
    form: Form,
    vault: Vault,
    route: Route,
    untrusted_parent: Option<UntrustedParent>,
    rest: Option<&'static Rest>,
    loading: Loading,
    /// What the user has asked for that only the console can do.
    intents: Vec<Intent>,
    screen: Screen,
    /// What the console begins with; from then on it renders everything.
    start: Option<Rc<Start>>,
    ids_found: Option<RenderFound>,
    /// The ids before some were removed, until the next change.
    removed: Option<Arc<str>>,
    link: Link,
    configuration: Option<ConfigurationText>,
    console: Option<Callback<HostEvent>>,
    dispatch: Dispatch,
    on_screen: Callback<Screen>,
    _address: Option<EventListener>,
    auto_lock: Option<AutoLock>,
}

impl Component for App {
    type Message = Msg;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let AppProps { host, root } = ctx.props();
        let vault = Vault::default();
        let gone = ctx.link().callback(|()| Msg::KeyGone);
        let auto_lock = AutoLock::new(&vault, Some(root.clone()), gone);
        let link = link::take_parameters(host);
        read_configuration(ctx);
        let address = follow_address(ctx);
        if !link.is_empty() {
            ctx.link().send_message(Msg::Addressed);
        }
        restore_saved(ctx.link().clone());
        App {
            locale: config::default_locale(),
            is_locale_chosen: false,
            form: Form::first(),
            vault,
            route: FormConfig::default().route,
            untrusted_parent: FormConfig::default().untrusted_parent,
            rest: None,
            loading: Loading::No,
            intents: Vec::new(),
            screen: Screen::RestartStart,
            start: None,
            ids_found: None,
            removed: None,
            link,
            configuration: None,
            console: None,
            dispatch: ctx.link().callback(Msg::Intent),
            on_screen: ctx.link().callback(Msg::Screen),
            _address: address,
            auto_lock: Some(auto_lock),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Started(console) => {
                for intent in self.intents.drain(..) {
                    console.emit(HostEvent::Intent(intent));
                }
                self.console = Some(console);
                return false;
            }
            Msg::Host(event) => return self.handle_host(ctx, event),
            Msg::Intent(intent) => return self.handle_intent(ctx, intent),
            // Requested before the console was there, which may have got an older one.
            Msg::Configured(..) if self.start.is_some() => {
                if let Some(console) = &self.console {
                    console.emit(HostEvent::AttributesChanged);
                }
                return false;
            }
            // The console has its own.
            _ if self.start.is_some() => return false,
            Msg::Configured(config, text) => {
                self.configuration = Some(text);
                self.route = config.route;
                self.untrusted_parent = config.untrusted_parent;
                self.locale = config.locale.unwrap_or(self.locale);
                // What is not understood here may forbid something, or be wrong: then the rest takes over by
                // itself, even where it was only being fetched ahead.
                if config.more && matches!(self.loading, Loading::No | Loading::Ahead) {
                    self.load(ctx);
                }
            }
            Msg::KeyGone => {}
            Msg::Addressed => self.load(ctx),
            Msg::Screen(Screen::RestartStart) => return false,
            Msg::Screen(screen) => {
                self.screen = screen;
                self.load(ctx);
            }
            Msg::Rest { ahead, result: Ok(rest) } => {
                self.rest = Some(rest);
                if ahead && self.loading == Loading::Ahead {
                    self.loading = Loading::No;
                    self.form.read_with(rest.parse_ids);
                    self.ids_found = Some(Callback::from(rest.ids_found));
                    self.keep_form(ctx);
                } else {
                    self.start(ctx);
                }
            }
            Msg::Rest { ahead, result: Err(error) } => {
                self.loading = match self.loading {
                    // Nobody waits for it, and it is requested again.
                    Loading::Ahead if error == LoadError::Missing => Loading::No,
                    // The request that is waited for has not ended.
                    Loading::Awaited if ahead => Loading::Awaited,
                    _ => {
                        self.intents.clear();
                        Loading::Failed(error)
                    }
                };
            }
        }
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        if let (Some(rest), Some(start)) = (self.rest, &self.start) {
            return (rest.console)(Rc::clone(start));
        }
        let locale = self.locale;
        let key_state = self.vault.state();
        let failed = match self.loading {
            Loading::Failed(error) => Some((error.as_str(), error.text().in_locale(locale))),
            Loading::No | Loading::Ahead | Loading::Awaited => None,
        };
        let below = (key_state.secret == SecretStatus::Usable).then(|| html! { <AboutKey /> });
        let key_slots = KeySlots { below: below.unwrap_or_default(), ..KeySlots::default() };
        let undo = self.removed.as_ref().and(self.rest);
        let below_ids = undo.map_or_else(Html::default, |rest| (rest.undo)(locale));
        html! {
            <ContextProviders {locale} dispatch={self.dispatch.clone()}>
                <div class="relight" lang={locale.tag()} data-form-only="true">
                    <Header screen={Screen::RestartStart} route={self.route.clone()} key_id={self.form.key_id().to_owned()}
                        status={key_state.secret} on_screen={self.on_screen.clone()} />
                    <main class="two-panes" data-step="compose" tabindex="-1">
                        <h1 class="hidden">{ message::PAGE_TITLE.in_locale(locale) }</h1>
                        <Compose form={self.form.clone()} opening={self.loading == Loading::Awaited} {failed} ids_found={self.ids_found.clone()} {below_ids} {key_slots} {key_state}
                            untrusted_parent={self.untrusted_parent.clone()} />
                        <NothingToReview />
                    </main>
                </div>
            </ContextProviders>
        }
    }
}

impl App {
    fn handle_host(&mut self, ctx: &Context<Self>, event: HostEvent) -> bool {
        if let Some(console) = &self.console {
            console.emit(event);
            return false;
        }
        match event {
            HostEvent::AttributesChanged => {
                read_configuration(ctx);
                false
            }
            HostEvent::Intent(intent) => self.handle_intent(ctx, intent),
            HostEvent::Unmount(done) => {
                // Nothing was sent. What `stop` does is the element's own matter.
                let _ = done.call0(&wasm_bindgen::JsValue::NULL);
                false
            }
        }
    }

    fn handle_intent(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        if let Some(start) = &mut self.start {
            // From a field that has not been replaced yet: Yew may let events in between.
            match (&self.console, Rc::get_mut(start), intent) {
                (Some(console), _, intent) => console.emit(HostEvent::Intent(intent)),
                // The console is not created yet, and begins with it.
                (None, Some(start), Intent::Edit(edit)) => start.form.apply(edit),
                (None, Some(start), Intent::Secret(secret)) => {
                    self.vault.set_secret(start.form.cloud(), start.form.key_id(), &secret);
                }
                (None, Some(start), Intent::Token(token)) => {
                    self.vault.set_token(start.form.cloud(), &token);
                }
                (None, _, intent) => self.intents.push(intent),
            }
            return false;
        }
        match intent {
            Intent::Locale(locale) => {
                config::save_locale(locale);
                self.locale = locale;
                self.is_locale_chosen = true;
            }
            Intent::Edit(edit) => {
                self.removed =
                    self.rest.and_then(|rest| (rest.removed_by)(&edit, self.form.ids_text()));
                let typed = matches!(edit, FormEdit::IdsText(_) | FormEdit::KeyId(_));
                self.form.apply(edit);
                self.vault.use_cloud(self.form.cloud());
                if self.form.has_rare_options() {
                    // Filled in by the page around; here nobody would see it.
                    self.leave_to_console(ctx, Intent::Advanced);
                } else if typed {
                    self.load_ahead(ctx);
                }
            }
            // The field is not rendered, either.
            Intent::Secret(_) | Intent::Token(_) if self.untrusted_parent.is_some() => {
                return false;
            }
            Intent::Secret(secret) => {
                self.vault.set_secret(self.form.cloud(), self.form.key_id(), &secret);
            }
            Intent::Token(token) => self.vault.set_token(self.form.cloud(), &token),
            Intent::WipeKey => {
                // What is typed but not committed is cleared, too.
                dom::empty_secrets(&ctx.props().root);
                self.vault.wipe();
            }
            Intent::UseCorrections => {
                let Some(rest) = self.rest else { return false };
                let text = (rest.corrected)(self.form.parsed(), self.form.ids_text());
                self.removed = Some(Arc::clone(self.form.ids_text()));
                self.form.apply(FormEdit::IdsText(text));
            }
            Intent::Undo => {
                let Some(text) = self.removed.take() else { return false };
                self.form.apply(FormEdit::IdsText(text.to_string()));
            }
            Intent::AboutKey
            | Intent::Advanced
            | Intent::Review
            | Intent::Instances(_)
            | Intent::Form(_) => self.leave_to_console(ctx, intent),
            // The form alone does not show any of this.
            Intent::LockKey
            | Intent::ExpiresAt(_)
            | Intent::SaveKey(_)
            | Intent::Choose(_)
            | Intent::DeleteSavedKey(_)
            | Intent::SkipPreflight
            | Intent::SearchRegions
            | Intent::Send(_)
            | Intent::SaveQuarantined
            | Intent::DropLink
            | Intent::Withdraw
            | Intent::Run(_)
            | Intent::History(_)
            | Intent::RunDiagnostics
            | Intent::OpenBackground(_)
            | Intent::DismissBackground(_)
            | Intent::NewRun
            | Intent::StartOver { .. }
            | Intent::Export(_)
            | Intent::Copy(_) => return false,
        }
        self.keep_form(ctx);
        true
    }

    /// Keeps what is filled in, by the part that can.
    fn keep_form(&self, ctx: &Context<Self>) {
        if let Some(rest) = self.rest {
            (rest.keep_form)(&ctx.props().host, &self.form, self.vault.state().guard);
        }
    }

    /// Fetches the rest ahead, unless that was done.
    fn load_ahead(&mut self, ctx: &Context<Self>) {
        if self.rest.is_none() && self.loading == Loading::No {
            self.loading = Loading::Ahead;
            request(ctx, true);
        }
    }

    /// Leaves an intent to the console. Clicked twice while the rest is fetched, it is meant once.
    fn leave_to_console(&mut self, ctx: &Context<Self>, intent: Intent) {
        self.intents.retain(|one| discriminant(one) != discriminant(&intent));
        self.intents.push(intent);
        self.load(ctx);
    }

    /// Renders the console as soon as the rest is there.
    fn load(&mut self, ctx: &Context<Self>) {
        self.loading = Loading::Awaited;
        request(ctx, false);
    }

    /// Renders the console from now on.
    fn start(&mut self, ctx: &Context<Self>) {
        let start = Start {
            host: ctx.props().host.clone(),
            locale: self.locale,
            is_locale_chosen: self.is_locale_chosen,
            form: self.form.clone(),
            removed: self.removed.take(),
            vault: self.vault.clone(),
            link: std::mem::take(&mut self.link),
            configuration: self.configuration.take(),
            intents: std::mem::take(&mut self.intents),
            screen: self.screen,
            on_started: ctx.link().callback(Msg::Started),
        };
        self.auto_lock = None;
        // What is being typed is in no state yet, and must not be lost.
        let root = ctx.props().root.clone();
        let (typed, focus) = (dom::take_secrets(&root), dom::focused(&root));
        // `rendered` may come only after other events. This comes right after the fields were replaced.
        spawn_local(async move {
            dom::restore_secrets(&root, &typed);
            if let Some(focus) = focus {
                dom::restore_focus(&root, &focus);
            }
        });
        self.start = Some(Rc::new(start));
    }
}

/// Requests the rest, and reports it as a message.
fn request(ctx: &Context<App>, ahead: bool) {
    ctx.link().send_future(async move { Msg::Rest { ahead, result: lazy::load().await } });
}

/// Reads the configuration, and reports it as a message.
fn read_configuration(ctx: &Context<App>) {
    let host = ctx.props().host.clone();
    ctx.link().send_future(async move {
        let text = JsFuture::from(configuration(&host)).await;
        Msg::Configured(FormConfig::of(&host, text.clone()), text)
    });
}

/// Loads the rest if the address of the page leads there, now or later.
fn follow_address(ctx: &Context<App>) -> Option<EventListener> {
    let window = web_sys::window().filter(|_| element::is_routed(&ctx.props().host))?;
    let link = ctx.link().clone();
    let follow = move || {
        let hash = dom::hash();
        if ADDRESSES.iter().any(|address| hash.starts_with(address)) {
            link.send_message(Msg::Addressed);
        }
    };
    follow();
    Some(EventListener::new(&window, "hashchange", move |_| follow()))
}

/// A returning user may have an interrupted run, or saved keys: those come first.
fn restore_saved(link: Scope<App>) {
    spawn_local(async move {
        if let Some(rest) = lazy::load_if_saved().await {
            link.send_message(Msg::Rest { ahead: false, result: Ok(rest) });
        }
    });
}
