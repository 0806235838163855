//! The component that holds the state: intents in, view out, commands carried out.
//!
//! Everything that happens is a [`Msg`] and goes through [`Console::handle`], which passes it to the file
//! that handles it. Data flows one way: a message changes the state, the run and the session return commands,
//! these are carried out, and each result is a message again.

mod message;
mod configuration;
mod instances;
mod intents;
mod key;
mod review;
mod approval;
mod background;
mod run;
mod calls;
mod journal;
mod uploads;
mod events;
mod diagnostics;
mod export;

use message::Msg;

use crate::{
    app::Start,
    components::common::dom,
    context::{ContextProviders, Dispatch},
    element::{self, HostEvent},
    pages,
    routes::PageRoute,
    services::{
        approval::ApprovalStatus,
        clock,
        cloud_client::{self, Abort},
        config::Config,
        connection,
        journal::Journal,
        locks::RunLock,
        saved_form, selections, timing,
        vault::{AutoLock, Vault},
    },
    store::{Intent, Removed, Shared, View},
};
use background::BackgroundRun;
use calls::PreparedCall;
use configuration::{configured, read_configuration};
use export::save;
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use instances::ListReader;
use js_sys::Function;
use key::read_saved_keys;
use message::waits_for_configuration;
use relight_core::{
    diagnostics::CheckResult,
    form::{FormEdit, link::Link},
    model::{limits::Limits, plan::Plan},
    run::{Event, Millis},
    session::{Action, Session},
};
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};
use uploads::upload_record;
use web_sys::HtmlElement;
use yew::{Component, Context, Html, Properties, html};

/// What was filled in before the console was loaded.
#[derive(Clone, Properties)]
pub(crate) struct ConsoleProps {
    start: Rc<Start>,
}

impl PartialEq for ConsoleProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.start, &other.start)
    }
}

impl ConsoleProps {
    /// The element itself: attributes are read from it and events fired on it.
    fn host(&self) -> &HtmlElement {
        &self.start.host
    }
}

/// The styles that the form alone does not need.
const STYLES: &str = include_str!("../static/rest.css");

/// Renders the whole console in place of the form.
pub(crate) fn render(start: Rc<Start>) -> Html {
    if let Some(root) = start.host.shadow_root() {
        element::add_styles(&root, 1, STYLES);
    }
    html! { <Console {start} /> }
}

/// The console.
pub(crate) struct Console {
    view: View,
    dispatch: Dispatch,
    /// The initial route.
    page_route: PageRoute,
    /// Whether to search other regions for what the preflight does not find.
    wants_region_search: bool,
    vault: Vault,
    auto_lock: AutoLock,
    config: Config,
    configured: bool,
    /// The operator's limits, apart from what is known of a proxy.
    allowed: Arc<Limits>,
    /// Messages that wait for the configuration.
    deferred: Vec<Msg>,
    /// What the address wants to have filled in.
    link: Link,
    /// Incremented whenever approval is asked for or withdrawn: an answer to an older question is ignored.
    asked: u64,
    /// The plan that the host page has approved, and when: it is not asked again for the same plan.
    approved: Option<(Arc<Plan>, Millis)>,
    /// To be called once no call is in flight.
    unmount_callbacks: Vec<Function>,
    journal: Option<Journal>,
    /// The lock that tells other pages that this one works on the run.
    run_lock: Option<RunLock>,
    /// The runs that are watched while another is prepared or shown.
    background: Vec<BackgroundRun>,
    /// Listeners, for as long as the console lives.
    _listeners: Vec<EventListener>,
    /// The describe request of the preflight that is in flight.
    preflight: Option<u64>,
    preflight_wake: Option<Timeout>,
    list_reader: ListReader,
    aborts: HashMap<u64, Abort>,
    /// The calls that wait for their slot.
    prepared_calls: HashMap<usize, PreparedCall>,
    next_ticket: u64,
    wake: Option<Timeout>,
    /// When a large run was last rendered, and the timer of the next time.
    rendered_at: Millis,
    render_timer: Option<Timeout>,
    second: Option<Interval>,
}

impl Component for Console {
    type Message = Msg;
    type Properties = ConsoleProps;

    fn create(ctx: &Context<Self>) -> Self {
        timing::begin();
        match &ctx.props().start.configuration {
            Some(text) => ctx.link().send_message(configured(ctx, text.clone())),
            None => read_configuration(ctx),
        }
        ctx.link().send_future(async { Msg::Journal(Journal::open().await) });
        let start = &ctx.props().start;
        start.on_started.emit(ctx.link().callback(Msg::from));
        let vault = start.vault.clone();
        let mut session = Session::new(start.locale, start.form.clone());
        session.update(Action::Edit(FormEdit::Guard(vault.state().guard)));
        for intent in start.intents.clone() {
            ctx.link().send_message(Msg::Intent(intent));
        }
        let auto_lock = {
            let root = start.host.shadow_root();
            AutoLock::new(&vault, root, ctx.link().callback(|()| Msg::KeyGone))
        };
        Console {
            view: View {
                session: Shared::new(session),
                key: vault.state(),
                advanced: start.intents.iter().any(|one| matches!(one, Intent::Advanced)),
                route: Shared::new(Config::default().route),
                refuses_duplicates: CheckResult::Unknown,
                untrusted_parent: Config::default().untrusted_parent,
                settings: Shared::new(Config::default().settings),
                unusable: None,
                link: None,
                approval: ApprovalStatus::Nothing,
                quarantined: None,
                run: None,
                background: Vec::new(),
                wrong_key_id: None,
                signed: Shared::new(Vec::new()),
                unresolved: Shared::new(HashSet::new()),
                no_journal: None,
                saved_runs: None,
                diagnostics: None,
                undo: start.removed.clone().map(|ids| Rc::new(Removed::Ids(ids, None))),
                connection: None,
                instances: None,
                selections: Shared::new(selections::read()),
                resolved: None,
                last_reason: None,
                last_ids: Shared::new(saved_form::last_ids()),
                now: clock::now(),
            },
            dispatch: ctx.link().callback(Msg::Intent),
            page_route: first_page(ctx.props()),
            wants_region_search: false,
            vault,
            auto_lock,
            config: Config::default(),
            configured: false,
            allowed: Arc::default(),
            deferred: Vec::new(),
            link: start.link.clone(),
            asked: 0,
            approved: None,
            unmount_callbacks: Vec::new(),
            journal: None,
            run_lock: None,
            background: Vec::new(),
            _listeners: listeners(ctx),
            preflight: None,
            preflight_wake: None,
            list_reader: ListReader::default(),
            aborts: HashMap::new(),
            prepared_calls: HashMap::new(),
            next_ticket: 0,
            wake: None,
            rendered_at: 0,
            render_timer: None,
            second: None,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let changed = self.handle(ctx, msg);
        self.notify_unmounted();
        let changed = self.sync_vault() || changed;
        let connection = connection::last(&self.view.route);
        let changed = changed || self.view.connection != connection;
        self.view.connection = connection;
        if self.configured && self.view.unusable.is_none() {
            saved_form::keep(ctx.props().host(), self.view.session.form(), self.view.key.guard);
        }
        changed
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        cloud_client::drop_sent_bodies();
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let host = ctx.props().host();
        let routed = element::is_routed(host);
        let has_demo = routed && host.has_attribute("data-demo") && !dom::is_demo();
        html! {
            <ContextProviders locale={self.view.session.locale()} dispatch={self.dispatch.clone()}>
                <pages::layout::Layout view={self.view.clone()} page_route={self.page_route.clone()} {routed} {has_demo} />
            </ContextProviders>
        }
    }
}

impl From<HostEvent> for Msg {
    fn from(event: HostEvent) -> Self {
        match event {
            HostEvent::AttributesChanged => Msg::AttributesChanged,
            HostEvent::Intent(intent) => Msg::Intent(intent),
            HostEvent::Unmount(done) => Msg::Unmount(done),
        }
    }
}

/// Where the address leads, if the page is routed; else where the user navigates.
fn first_page(props: &ConsoleProps) -> PageRoute {
    let addressed = if element::is_routed(props.host()) {
        PageRoute::of_hash(&dom::hash())
    } else {
        PageRoute::RestartStart
    };
    match addressed {
        PageRoute::RestartStart => props.start.screen.into(),
        other => other,
    }
}

impl Console {
    /// The one update: passes a message to the file that handles it. Returns whether the view has changed.
    fn handle(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if !self.configured && waits_for_configuration(&msg) {
            self.deferred.push(msg);
            return false;
        }
        match msg {
            Msg::AttributesChanged => {
                read_configuration(ctx);
                false
            }
            Msg::Configured(config, problem) => self.configure(ctx, *config, problem),
            Msg::Intent(intent) => self.handle_intent(ctx, intent),
            Msg::KeyGone => self.step_all(ctx, Event::KeyGone),
            Msg::Renewed { preflight, replaced_age_ms } => {
                self.renewed(ctx, preflight, replaced_age_ms)
            }
            Msg::SavedKeys { entries, removed } => self.saved_keys_read(entries, removed),
            Msg::Chosen { changes, found } => self.chosen(ctx, changes, found),
            Msg::KeySaved { changes, id } => self.key_saved(ctx, changes, id),
            Msg::Prepared { ticket, call, signed } => self.call_prepared(ctx, ticket, call, signed),
            Msg::Completed { ticket, run_id, event } => {
                self.aborts.remove(&ticket);
                self.for_run(&run_id, |console| console.step(ctx, event))
            }
            Msg::Described { ticket, ids, result } => {
                self.aborts.remove(&ticket);
                self.described(ctx, ticket, ids, result)
            }
            Msg::PreflightWake => {
                self.advance_preflight(ctx);
                false
            }
            Msg::Listed { ticket, cursor, result } => {
                self.aborts.remove(&ticket);
                self.listed(ctx, ticket, cursor.as_deref(), &result)
            }
            Msg::ListWake => {
                self.advance_list(ctx);
                false
            }
            Msg::Journal(opened) => self.journal_opened(ctx, opened),
            Msg::Restored { run, lock } => self.restored(ctx, *run, lock),
            Msg::Quarantined { run_id, why } => self.quarantine(ctx, run_id, why),
            Msg::Runs(saved_runs) => self.runs_listed(saved_runs),
            Msg::Tallied(id, tally) => self.tallied(&id, tally),
            Msg::Opened { run, lock } => self.opened(ctx, *run, lock),
            Msg::Records(records) => {
                save("relight-records.txt", "text/plain;charset=utf-8", &records);
                false
            }
            Msg::Locked { run_id, lock } => self.locked(ctx, &run_id, lock),
            Msg::Recorded { run_id, number, conflicts } => {
                self.recorded(ctx, &run_id, number, conflicts)
            }
            Msg::Answered { number, request, answer } => {
                self.answered(ctx, number, request, answer)
            }
            Msg::Unmount(done) => self.unmount(ctx, done),
            Msg::UploadPending { run, to } => {
                upload_record(ctx, &to, &run);
                false
            }
            Msg::Online(online) => self.step_all(ctx, Event::Online(online)),
            Msg::Hidden(hidden) => {
                // Another tab may have saved or deleted some.
                if !hidden && self.configured {
                    read_saved_keys(ctx);
                }
                self.step_all(ctx, Event::Hidden(hidden))
            }
            Msg::Wake(run_id) => self.wake_run(ctx, &run_id),
            Msg::Render => self.render_now(),
            Msg::DiagnosticsUpdated(diagnostics) => self.diagnostics_updated(ctx, diagnostics),
            Msg::Second => {
                self.view.now = clock::now();
                true
            }
        }
    }
}

fn listeners(ctx: &Context<Console>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let online = |online| {
        let link = ctx.link().clone();
        let name = if online { "online" } else { "offline" };
        EventListener::new(&window, name, move |_| link.send_message(Msg::Online(online)))
    };
    let mut listeners = vec![online(true), online(false)];
    if let Some(document) = window.document() {
        let link = ctx.link().clone();
        let of = document.clone();
        listeners.push(EventListener::new(&document, "visibilitychange", move |_| {
            link.send_message(Msg::Hidden(of.hidden()));
        }));
    }
    listeners
}
