//! The component that holds the state: intents in, views out, commands carried out.

use crate::{
    approval::{self, Leave, Standing},
    clock,
    config::{self, Config},
    doctor, element,
    fetch::Abort,
    journal::{Journal, Unavailable, Unreadable},
    kept::{self, Kept, Tally, Wish as Wanted},
    link,
    locks::{self, NoLocks, RunLock},
    place::Place,
    records,
    store::{Examination, Format, Intent, Shared, View},
    ui,
    vault::{
        Key, Lock, Token, Typed, Vault, Watch,
        keyring::{self, Entry, Trouble},
        source::{self, Source},
    },
};
use gloo_events::EventListener;
use gloo_timers::{
    callback::{Interval, Timeout},
    future::TimeoutFuture,
};
use js_sys::Function;
use relight_core::{
    answer::{Delivery, Outcome},
    cloud::{Cloud, Read, Verb},
    config::Records,
    credential::{check_key_id, is_temporary},
    doctor::judge,
    export,
    form::{Fill, Held},
    ids::InstanceId,
    limits::Limits,
    link::Link,
    plan::{Batch, Plan, Target},
    request::{Request, Route, Signed, Unsigned},
    run::{
        About, CallState, Choice, Command, Event, LookCommand, Millis, NO_KEY, Record, Row, Run,
        Stage, restore,
    },
    session::{Action, Session},
    sign::{Prepared, Secret, Signer},
    words::Locale,
};
use serde::Serialize;
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::{Component, Context, Html, Properties, html};

/// A run of more instances than this is not drawn at every change.
const DRAWN_AT_ONCE: usize = 500;
/// But this often, in milliseconds.
const DRAWN_EVERY_MS: Millis = 250;

/// What the element gives.
#[derive(Clone, Properties)]
pub(crate) struct Props {
    /// The element itself: attributes are read from it and events fired on it.
    pub(crate) host: HtmlElement,
    /// What the front has already taken down.
    pub(crate) start: Rc<Start>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.host == other.host && Rc::ptr_eq(&self.start, &other.start)
    }
}

/// What was filled in before the console was there.
#[derive(Default)]
pub(crate) struct Start {
    /// The language that the front has used.
    pub(crate) locale: Option<Locale>,
    /// Whether a person has chosen it, who then wins over the configuration.
    pub(crate) is_locale_chosen: bool,
    /// The form, by the names of its fields.
    pub(crate) filled: Vec<(String, String)>,
    /// The key and the token, on their way to the vault, which takes them: nothing stays here.
    pub(crate) held: RefCell<Option<(Key, Typed)>>,
    /// What to do next.
    pub(crate) then: Then,
}

impl Start {
    /// What is filled in otherwise than at first.
    fn changed_from(&self, untouched: &[(&'static str, String)]) -> Vec<Fill> {
        let is_untouched =
            |name: &str, value: &str| untouched.iter().any(|one| one.0 == name && one.1 == value);
        let changed = self.filled.iter().filter(|(name, value)| !is_untouched(name, value));
        changed.filter_map(|(name, value)| Fill::named(name, value.clone())).collect()
    }
}

/// What to do first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    #[default]
    Stay,
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
    /// By the word that the front uses.
    pub(crate) fn named(word: &str) -> Self {
        match word {
            "key" => Then::Key,
            "review" => Then::Review,
            "explain" => Then::Explain,
            "doctor" => Then::Doctor,
            _ => Then::Stay,
        }
    }
}

/// Everything that can happen.
pub(crate) enum Msg {
    /// An attribute of the element has changed.
    AttributesChanged,
    /// The configuration is there, with what was wrong with it.
    Configured(Box<Config>, Option<String>),
    /// A person wants something.
    Intent(Intent),
    /// The key was wiped, because nobody was there.
    KeyGone,
    /// The place that gives keys has answered, for a review with a look or without.
    Renewed { look: bool },
    /// What the browser keeps beyond the tab, or why that cannot be read.
    Keyring(Result<Vec<Entry>, Trouble>),
    /// A key that was chosen, when the vault had changed so often; `None` if it cannot be had.
    Chosen { changes: u64, found: Option<(Entry, Key)> },
    /// A key is kept now, when the vault had changed so often: under this id, or not.
    Kept { changes: u64, id: Result<String, Trouble> },
    /// A call of the run is signed and goes out now.
    Signed { ticket: u64, call: usize, signed: Rc<Request<Signed>> },
    /// A request that was sent has come back, or not.
    Came { ticket: u64, event: Event },
    /// A describe call before the review has come back, or not.
    Looked { ticket: u64, ids: Vec<InstanceId>, delivery: Delivery },
    /// It is time for the look to go on.
    Look,
    /// The journal is open, or cannot be.
    Journal(Result<Journal, Unavailable>),
    /// The newest run of the journal, if nobody works on it and the person was not done with it.
    Restored { run: Box<Run>, lock: Option<RunLock> },
    /// A run in the journal cannot be brought back; it is kept aside.
    SetAside { run_id: String, why: String },
    /// The records of a run, to be saved.
    Raw(String),
    /// The runs that the journal keeps.
    Runs(Vec<Kept>),
    /// What came of one of them.
    Tallied(String, Tally),
    /// One of them, to be shown.
    Opened { run: Box<Run>, lock: Option<RunLock> },
    /// This page has the run to itself, or cannot tell.
    Locked { run_id: String, lock: Option<RunLock> },
    /// A record is written, or not.
    Recorded { run_id: String, number: u64, held: Option<Vec<InstanceId>> },
    /// The page around this one has thought it over.
    Answered { number: u64, wish: Wish, said: Result<(), Standing> },
    /// The element is being taken out of the page; to be called once no call is on the way.
    Leave(Function),
    /// The operator's endpoint has not taken this run yet.
    Owed { run: Box<Run>, to: Records },
    /// The browser says that it is on- or offline.
    Online(bool),
    /// The page is hidden, or shown again.
    Hidden(bool),
    /// It is time for the run to go on.
    Wake,
    /// A large run has changed a little while ago.
    Draw,
    /// A second has passed.
    Second,
    /// The doctor is done, or has to say whom it asks.
    Examined(Examination),
}

/// What the page around this one is asked for.
pub(crate) enum Wish {
    /// To send what is under review.
    Send(Arc<Plan>),
    /// To send some of a run again.
    Again { run_id: String, choice: Choice },
}

/// The console.
pub(crate) struct Console {
    view: View,
    /// Where somebody is at first.
    place: Place,
    /// Whether to look in other regions for what the look does not find.
    search_elsewhere: bool,
    vault: Vault,
    watch: Watch,
    config: Config,
    configured: bool,
    /// What has to wait until it is known what the operator allows.
    early: Vec<Msg>,
    /// What the address wants to have filled in.
    link: Link,
    /// How often leave was asked for or the wish withdrawn: an answer to an older one is void.
    asked: u64,
    /// Who waits for the calls to be over that are on the way.
    leaving: Vec<Function>,
    journal: Option<Journal>,
    /// Says to other pages that this one works on the run.
    run_lock: Option<RunLock>,
    /// Kept for as long as the console lives.
    _listeners: Vec<EventListener>,
    /// The describe call of the look that is under way.
    look: Option<u64>,
    look_wake: Option<Timeout>,
    aborts: HashMap<u64, Abort>,
    next_ticket: u64,
    wake: Option<Timeout>,
    /// When a large run was last drawn, and the drawing that is still to come.
    drawn_at: Millis,
    draw: Option<Timeout>,
    second: Option<Interval>,
}

impl Component for Console {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        read_configuration(ctx);
        ctx.link().send_future(async { Msg::Journal(Journal::open().await) });
        let start = &ctx.props().start;
        let mut session = Session::new(start.locale.unwrap_or_else(config::usual_locale));
        for (name, value) in &start.filled {
            if let Some(fill) = Fill::named(name, value.clone()) {
                session.update(Action::Fill(fill));
            }
        }
        let vault = Vault::default();
        if let Some((key, token)) = start.held.take() {
            vault.take_over(session.form().cloud(), key, &token);
        }
        if start.then == Then::Key {
            vault.want_keyring();
        }
        let watch = {
            let root = ctx.props().host.shadow_root();
            Watch::new(&vault, root, ctx.link().callback(|()| Msg::KeyGone))
        };
        Console {
            view: View {
                session: Shared::new(session),
                key: vault.state(),
                route: Shared::new(Config::default().route),
                stranger: Config::default().stranger,
                settings: Shared::new(Config::default().settings),
                unusable: None,
                link: None,
                leave: Standing::Nothing,
                aside: None,
                run: None,
                signed: Shared::new(Vec::new()),
                doubted: Shared::new(HashSet::new()),
                no_journal: None,
                kept: None,
                examination: None,
                now: clock::now(),
            },
            place: first_place(ctx.props()),
            search_elsewhere: false,
            vault,
            watch,
            config: Config::default(),
            configured: false,
            early: Vec::new(),
            link: linked(ctx.props()),
            asked: 0,
            leaving: Vec::new(),
            journal: None,
            run_lock: None,
            _listeners: listeners(ctx),
            look: None,
            look_wake: None,
            aborts: HashMap::new(),
            next_ticket: 0,
            wake: None,
            drawn_at: 0,
            draw: None,
            second: None,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let changed = self.take_note(ctx, msg);
        self.let_go();
        self.ask_vault() || changed
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let routed = element::is_routed(&ctx.props().host);
        let on = ctx.link().callback(Msg::Intent);
        html! { <ui::Console view={self.view.clone()} place={self.place.clone()} {routed} {on} /> }
    }
}

impl Console {
    /// Returns whether there is something else to be drawn.
    #[allow(clippy::too_many_lines, reason = "one arm for each thing that can happen")]
    fn take_note(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if !self.configured && is_early(&msg) {
            self.early.push(msg);
            return false;
        }
        match msg {
            Msg::AttributesChanged => {
                read_configuration(ctx);
                false
            }
            Msg::Configured(config, problem) => self.configure(ctx, *config, problem),
            Msg::Intent(intent) => self.carry_out(ctx, intent),
            Msg::KeyGone => self.step(ctx, Event::KeyGone),
            Msg::Renewed { look } => self.renewed(ctx, look),
            Msg::Keyring(Ok(entries)) => {
                self.vault.set_kept(entries);
                false
            }
            Msg::Keyring(Err(trouble)) => {
                self.vault.set_trouble(Some(trouble));
                false
            }
            Msg::Chosen { changes, found } => self.chosen(ctx, changes, found),
            Msg::Kept { changes, id } => {
                match id {
                    Ok(id) => {
                        // Another one may have been entered meanwhile: that is not this one.
                        if changes == self.vault.changes() {
                            self.vault.is_kept_as(&id);
                        }
                        read_keyring(ctx);
                    }
                    Err(trouble) => self.vault.set_trouble(Some(trouble)),
                }
                false
            }
            Msg::Signed { ticket, call, signed } => {
                self.keep_signed(ticket, call, signed) && self.step(ctx, Event::Left { call })
            }
            Msg::Came { ticket, event } => {
                self.aborts.remove(&ticket);
                self.step(ctx, event)
            }
            Msg::Looked { ticket, ids, delivery } => {
                self.aborts.remove(&ticket);
                // What belongs to a look that was given up is of no use any more.
                if self.look != Some(ticket) {
                    return false;
                }
                self.fill(ctx, Action::Looked { now: clock::now(), ids, delivery })
            }
            Msg::Look => {
                self.look(ctx);
                false
            }
            Msg::Journal(Ok(journal)) => {
                bring_back(ctx, journal.clone());
                // Before the configuration is there nobody knows where to: then that does it.
                if let Some(records) = &self.config.settings.records {
                    hand_in_what_is_left(ctx, records, journal.clone());
                }
                self.journal = Some(journal);
                self.list_kept(ctx);
                false
            }
            Msg::Journal(Err(why)) => {
                self.view.no_journal = Some(why.word());
                true
            }
            Msg::Restored { run, lock } => self.restored(ctx, *run, lock),
            Msg::SetAside { run_id, why } => {
                Self::report(ctx, "journal", &format!("{run_id}: {why}"));
                self.view.aside = Some(Rc::new((run_id, why)));
                true
            }
            Msg::Runs(mut kept) => {
                for one in &mut kept {
                    let known = self.view.kept.iter().flat_map(|kept| kept.iter());
                    one.tally =
                        known.filter(|known| known.id == one.id).find_map(|known| known.tally);
                }
                self.view.kept = Some(Shared::new(kept));
                true
            }
            Msg::Tallied(id, tally) => {
                let Some(kept) = &mut self.view.kept else { return false };
                for one in kept.make_mut().iter_mut().filter(|one| one.id == id) {
                    one.tally = Some(tally);
                }
                true
            }
            Msg::Opened { run, lock } => {
                if self.put_away(ctx) {
                    self.run_lock = lock;
                    self.show(ctx, *run);
                    self.tell_run(ctx);
                }
                true
            }
            Msg::Raw(records) => {
                save("relight-records.txt", "text/plain;charset=utf-8", &records);
                false
            }
            Msg::Locked { run_id, lock } => {
                if self.is_current(&run_id) {
                    self.run_lock = lock;
                    self.step(ctx, Event::Tick)
                } else {
                    false
                }
            }
            Msg::Recorded { run_id, number, held } => {
                let event = match held {
                    Some(held) => Event::Recorded { number, held },
                    None => Event::RecordFailed { number },
                };
                self.is_current(&run_id) && self.step(ctx, event)
            }
            Msg::Answered { number, wish, said } => {
                if number != self.asked {
                    return false;
                }
                match said {
                    Ok(()) => self.grant(ctx, wish),
                    Err(standing) => {
                        self.view.leave = standing;
                        true
                    }
                }
            }
            Msg::Leave(done) => {
                self.leaving.push(done);
                self.view.run.as_ref().is_some_and(|run| run.stage() == Stage::Sending)
                    && self.step(ctx, Event::Stop)
            }
            Msg::Owed { run, to } => {
                hand_in(ctx, &to, &run);
                false
            }
            Msg::Online(online) => self.step(ctx, Event::Online(online)),
            Msg::Hidden(hidden) => {
                // Another tab may have kept or forgotten some.
                if !hidden && self.configured {
                    read_keyring(ctx);
                }
                self.step(ctx, Event::Hidden(hidden))
            }
            Msg::Wake => self.step(ctx, Event::Tick),
            Msg::Draw => {
                self.draw = None;
                self.drawn_at = clock::now();
                true
            }
            Msg::Examined(examination) => {
                self.view.examination = Some(Shared::new(examination));
                true
            }
            Msg::Second => {
                self.view.now = clock::now();
                true
            }
        }
    }

    /// Tells whoever waits for it that nothing is on the way any more, and that all of it has been
    /// handed to the journal.
    fn let_go(&mut self) {
        let is_under_way = self.view.run.as_ref().is_some_and(|run| {
            run.calls().iter().any(|call| match call.state {
                CallState::Claiming | CallState::Sending => true,
                CallState::Waiting | CallState::Done | CallState::Stopped => false,
            })
        });
        if !is_under_way {
            for done in self.leaving.drain(..) {
                // It is the element's own and does not throw.
                let _ = done.call0(&JsValue::UNDEFINED);
            }
        }
    }

    /// Goes on to the review for which a key was asked for, if one came and is still wanted.
    fn renewed(&mut self, ctx: &Context<Self>, look: bool) -> bool {
        if !matches!(self.view.leave, Standing::KeyAsked(_)) {
            return false;
        }
        self.view.leave = Standing::Nothing;
        if let Some(key_id) = self.vault.key_id() {
            self.fill(ctx, Action::Fill(Fill::KeyId(key_id)));
        }
        self.ask_vault();
        if self.view.key.failure.is_none() {
            self.review_now(ctx, look);
        }
        true
    }

    /// Keeps a request for the inspector, unless its run is gone meanwhile. Returns whether it is not.
    fn keep_signed(&mut self, ticket: u64, call: usize, signed: Rc<Request<Signed>>) -> bool {
        if !self.aborts.contains_key(&ticket) {
            return false;
        }
        let shown = self.view.signed.make_mut();
        if shown.len() <= call {
            shown.resize(call + 1, None);
        }
        if let Some(place) = shown.get_mut(call) {
            *place = Some(signed);
        }
        true
    }

    fn configure(&mut self, ctx: &Context<Self>, config: Config, problem: Option<String>) -> bool {
        let first = !std::mem::replace(&mut self.configured, true);
        if first && let (Some(records), Some(journal)) = (&config.settings.records, &self.journal) {
            hand_in_what_is_left(ctx, records, journal.clone());
        }
        let start = Rc::clone(&ctx.props().start);
        let session = self.view.session.make_mut();
        // What cannot be read may have been meant to forbid anything: nothing is sent until it can.
        let limits = match &problem {
            None => config.settings.limits(),
            Some(_) => Arc::new(Limits::nothing()),
        };
        session.update(Action::Restrict(limits));
        if first {
            let untouched = Session::new(session.locale()).form().filled();
            for fill in config.settings.fills() {
                session.update(Action::Fill(fill));
            }
            if !self.link.is_empty() {
                let filled_in = self.link.fill_in(session, &config.settings.locked);
                self.view.link = Some(Rc::new(filled_in));
            }
            // What a person has filled in already wins over what the operator or a link suggests,
            // and is held to what is allowed.
            for fill in start.changed_from(&untouched) {
                session.update(Action::Fill(fill));
            }
        }
        if let Some(locale) = config.locale.filter(|_| !first || !start.is_locale_chosen) {
            session.update(Action::Locale(locale));
        }
        if let Some(problem) = &problem {
            Self::report(ctx, "configuration", problem);
        }
        let keys = &config.settings.credentials;
        self.watch.set_limit(keys.lock_after_ms());
        self.vault.set_source(Source::of(&ctx.props().host, keys.url.as_deref()));
        self.vault.forbid_keeping(keys.forbids_keeping() || problem.is_some());
        read_keyring(ctx);
        self.view.unusable = problem.map(Rc::from);
        self.view.stranger.clone_from(&config.stranger);
        self.view.settings = Shared::new(config.settings.clone());
        self.config = config;
        self.choose_route();
        self.tell_run(ctx);
        if first && start.then == Then::Review {
            self.review(ctx, true);
        }
        for msg in std::mem::take(&mut self.early) {
            self.take_note(ctx, msg);
        }
        true
    }

    /// Tells the run what the operator has set.
    fn tell_run(&mut self, ctx: &Context<Self>) {
        let limits = Arc::clone(self.view.session.form().limits());
        let through_proxy = self.through_proxy();
        self.step(ctx, Event::Settings { limits, through_proxy });
    }

    /// Clouds may have proxies of their own.
    fn choose_route(&mut self) {
        let cloud = match &self.view.run {
            Some(run) => run.order().target().cloud,
            None => self.view.session.form().cloud(),
        };
        let route = self.config.route_to(cloud);
        if *self.view.route != route {
            self.view.route = Shared::new(route);
        }
    }

    fn carry_out(&mut self, ctx: &Context<Self>, intent: Intent) -> bool {
        match intent {
            Intent::Locale(locale) => {
                config::remember(locale);
                self.fill(ctx, Action::Locale(locale))
            }
            Intent::Fill(fill) => {
                if let Fill::KeyId(key_id) = &fill {
                    self.step(ctx, Event::KeyId(key_id.clone()));
                }
                self.fill(ctx, Action::Fill(fill))
            }
            Intent::Form(action) => self.fill(ctx, action),
            // There is no field to type it in, either.
            Intent::Secret(_) | Intent::Token(_) if self.view.stranger.is_some() => false,
            Intent::Secret(secret) => {
                self.vault.keep_secret(self.cloud(), &secret);
                false
            }
            Intent::Token(token) => {
                self.vault.keep_token(self.cloud(), &token);
                false
            }
            Intent::ExpiresAt(text) => {
                self.vault.set_expiry(source::seconds(&text.into()));
                false
            }
            Intent::Keep(name) => {
                self.keep(ctx, name);
                false
            }
            Intent::Choose(id) => {
                self.choose(ctx, &id);
                false
            }
            Intent::ForgetKept(id) => self.forget_kept(ctx, id),
            Intent::Forget => self.forget(ctx),
            Intent::Lock => {
                self.vault.lock(Lock::Asked);
                self.step(ctx, Event::KeyGone);
                true
            }
            Intent::Review => self.review(ctx, true),
            Intent::ReviewUnseen => self.review(ctx, false),
            Intent::LookElsewhere => {
                let through_proxy = self.through_proxy();
                self.fill(ctx, Action::LookElsewhere { through_proxy })
            }
            Intent::Send => self.send(ctx),
            Intent::Run(Event::Ask(choice)) => {
                self.vault.unlock();
                self.ask_for(ctx, choice)
            }
            Intent::SaveAside => {
                if let Some(aside) = self.view.aside.clone() {
                    self.save_records(ctx, aside.0.clone());
                }
                false
            }
            Intent::DropLink => self.drop_link(ctx),
            Intent::Withdraw => {
                self.withdraw();
                true
            }
            Intent::Run(event) => {
                if let Event::Resume = event {
                    self.vault.unlock();
                }
                self.step(ctx, event)
            }
            Intent::NewRun => self.new_run(ctx),
            Intent::Kept(wish) => self.see_to_runs(ctx, wish),
            Intent::Examine => self.examine(ctx),
            Intent::Anew { ids, verb, elsewhere, keep_key } => {
                self.anew(ctx, &ids, verb, elsewhere, keep_key)
            }
            Intent::Export(format) => {
                self.export(format);
                false
            }
            Intent::Copy(text) => {
                copy(&text);
                false
            }
        }
    }

    /// Puts back what the operator has set where a link has filled something in, or nothing.
    fn drop_link(&mut self, ctx: &Context<Self>) -> bool {
        let Some(link) = self.view.link.take() else { return false };
        let preset = self.config.settings.preset.clone();
        for name in link.standing(&self.view.session.clone()) {
            let fill = match name {
                "instanceIds" => {
                    Fill::IdsText(preset.instance_ids.as_deref().unwrap_or_default().join("\n"))
                }
                "reason" => Fill::Reason(preset.reason.clone().unwrap_or_default()),
                "region" => {
                    Fill::Region(preset.region.as_ref().map(|id| id.0.clone()).unwrap_or_default())
                }
                "dryRun" => Fill::DryRun(preset.dry_run.unwrap_or_default()),
                // Of a choice something is always chosen.
                _ => continue,
            };
            self.fill(ctx, Action::Fill(fill));
        }
        true
    }

    /// The cloud whose key is wanted: the run's, or else the form's.
    fn cloud(&self) -> &'static dyn Cloud {
        match &self.view.run {
            Some(run) => run.order().target().cloud,
            None => self.view.session.form().cloud(),
        }
    }

    /// Wipes the key. A run that is under way waits for another.
    fn forget(&mut self, ctx: &Context<Self>) -> bool {
        self.vault.forget();
        self.step(ctx, Event::KeyGone);
        true
    }

    /// The key id with which is signed: the run's, or else the form's.
    fn key_id(&self) -> &str {
        match &self.view.run {
            Some(run) => &run.about().key_id,
            None => self.view.session.form().key_id(),
        }
    }

    /// Has the browser keep the key that is held, if that may be.
    fn keep(&mut self, ctx: &Context<Self>, name: String) {
        let cloud = self.cloud();
        let key_id = self.key_id().to_owned();
        let is_lasting = check_key_id(cloud, &key_id).is_ok() && !is_temporary(cloud, &key_id);
        let Some(key) = self.vault.keepable().filter(|_| is_lasting && self.may_keep()) else {
            return;
        };
        let (changes, now) = (self.vault.changes(), clock::now());
        self.vault.set_trouble(None);
        ctx.link().send_future(async move {
            let id = keyring::keep(cloud, &key_id, &name, &key, now).await;
            Msg::Kept { changes, id: id.map_err(Trouble::Unkept) }
        });
    }

    /// Takes a kept key out of the browser to sign with.
    fn choose(&mut self, ctx: &Context<Self>, id: &Rc<str>) {
        if !self.may_keep() || self.vault.has_source() {
            return;
        }
        let (changes, id, now) = (self.vault.changes(), Rc::clone(id), clock::now());
        self.vault.set_trouble(None);
        ctx.link().send_future(async move {
            Msg::Chosen { changes, found: keyring::choose(&id, now).await.ok().flatten() }
        });
    }

    /// A kept key is there, with its cloud and key id. In a run only the one that began it will do.
    fn chosen(&mut self, ctx: &Context<Self>, changes: u64, found: Option<(Entry, Key)>) -> bool {
        read_keyring(ctx);
        let Some((entry, key)) = found else {
            self.vault.set_trouble(Some(Trouble::Gone));
            return false;
        };
        let Some(cloud) = entry.cloud.filter(|_| changes == self.vault.changes()) else {
            return false;
        };
        if self.view.run.is_none() {
            if self.cloud() != cloud {
                self.fill(ctx, Action::Fill(Fill::Cloud(cloud.manifest().id.to_owned())));
            }
            if self.cloud() == cloud {
                self.fill(ctx, Action::Fill(Fill::KeyId(entry.key_id.clone())));
            }
        }
        if self.cloud() == cloud && self.key_id() == entry.key_id {
            self.vault.take_out(cloud, &entry, key);
        }
        true
    }

    /// Deletes what is kept, and wipes it if it is held.
    fn forget_kept(&mut self, ctx: &Context<Self>, id: Option<Rc<str>>) -> bool {
        let held = self.vault.chosen();
        let is_held = held.is_some() && (id.is_none() || id == held);
        self.vault.set_trouble(None);
        let link = ctx.link().clone();
        spawn_local(async move {
            let forgotten = keyring::forget(id.as_deref()).await;
            let entries = match forgotten {
                Ok(()) => keyring::list().await.map_err(Trouble::Unread),
                Err(error) => Err(Trouble::Unforgotten(error)),
            };
            link.send_message(Msg::Keyring(entries));
        });
        is_held && self.forget(ctx)
    }

    /// Whether this page may have to do with keys that the browser keeps.
    fn may_keep(&self) -> bool {
        let keyring = &self.view.key.keyring;
        self.view.stranger.is_none() && keyring.is_known && !keyring.is_forbidden
    }

    /// Draws what the vault says. Returns whether that is something else than before.
    fn ask_vault(&mut self) -> bool {
        self.vault.keep_for(self.cloud());
        // A kept key belongs to its key id, and what is on the screen is what is sent.
        let belongs = |id: &Rc<str>| **id == keyring::id_of(self.cloud(), self.key_id());
        if !self.vault.chosen().as_ref().is_none_or(belongs) {
            self.vault.forget();
        }
        let state = self.vault.state();
        let changed = self.view.key != state;
        self.view.key = state;
        changed
    }

    fn through_proxy(&self) -> bool {
        match *self.view.route {
            Route::Proxy { .. } => true,
            Route::Direct => false,
        }
    }

    fn review(&mut self, ctx: &Context<Self>, look: bool) -> bool {
        if !self.vault.has_source() {
            return self.review_now(ctx, look);
        }
        self.vault.unlock();
        let (vault, cloud) = (self.vault.clone(), self.cloud());
        ctx.link().send_future(async move {
            // Whether it went well the vault says itself.
            let _: Result<(), &str> = vault.renew(cloud).await;
            Msg::Renewed { look }
        });
        let source = self.view.key.source.as_deref().unwrap_or_default();
        self.view.leave = Standing::KeyAsked(source.to_owned());
        true
    }

    fn review_now(&mut self, ctx: &Context<Self>, look: bool) -> bool {
        let action = Action::Review {
            secret: self.view.key.secret,
            token: self.view.key.token,
            through_proxy: self.through_proxy(),
            look,
        };
        self.fill(ctx, action)
    }

    /// Carries out an action of the form or the review, and the look that may follow from it.
    fn fill(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let before = self.view.session.plan().cloned();
        let session = self.view.session.make_mut();
        let changed = session.update(action);
        if self.search_elsewhere && session.review().is_some() {
            self.search_elsewhere = false;
            let through_proxy = self.through_proxy();
            self.view.session.make_mut().update(Action::LookElsewhere { through_proxy });
        }
        if changed {
            let after = self.view.session.plan();
            if !matches!((&before, after), (Some(before), Some(after)) if Arc::ptr_eq(before, after))
            {
                // What was asked for is no longer what stands there.
                self.withdraw();
            }
            self.choose_route();
            self.look(ctx);
        }
        changed
    }

    /// The next step of the look before the review, or of the search in other regions.
    fn look(&mut self, ctx: &Context<Self>) {
        let next = self.view.session.make_mut().next_look(clock::now());
        let Some((target, skew_seconds, command)) = next else {
            self.look = None;
            self.look_wake = None;
            return;
        };
        match command {
            LookCommand::Describe(ids) => {
                let paper = Paper {
                    cloud: target.cloud,
                    key_id: self.view.session.form().key_id().to_owned(),
                    request: target.cloud.describe(&target, &ids),
                    skew_seconds,
                    call: None,
                };
                let turn = turn_to_look(&target);
                let ticket = self.dispatch(ctx, paper, turn, move |ticket, delivery| Msg::Looked {
                    ticket,
                    ids,
                    delivery,
                });
                self.look = Some(ticket);
            }
            LookCommand::WakeAt(at) => {
                let link = ctx.link().clone();
                let pause = pause_until(at);
                self.look_wake = Some(Timeout::new(pause, move || link.send_message(Msg::Look)));
            }
            LookCommand::Wait | LookCommand::Done => {}
        }
    }

    /// Asks the cloud of the form for its regions, and the proxy what the doctor wants to know.
    fn examine(&mut self, ctx: &Context<Self>) -> bool {
        let form = self.view.session.form();
        let cloud = form.cloud();
        let site = cloud.manifest().sites.iter().find(|site| site.id == form.site());
        let Some(site) = site.or(cloud.manifest().sites.first()) else { return false };
        // Where none is chosen, any will do: all of them know the list.
        let known = cloud.manifest().regions.known.first().map_or("", |region| region.id);
        let region = Some(form.region()).filter(|region| !region.is_empty()).unwrap_or(known);
        let target = Target { cloud, site, region: region.to_owned() };
        let (vault, route) = (self.vault.clone(), (*self.view.route).clone());
        let has_key = self.view.key.secret == Held::Usable;
        let paper = Paper {
            cloud,
            key_id: form.key_id().to_owned(),
            request: cloud.read(&target, Read::Places, &[]),
            skew_seconds: 0,
            call: None,
        };
        let mut examination = Examination { host: cloud.host(&target), has_key, findings: None };
        self.view.examination = Some(Shared::new(examination.clone()));
        let locale = self.view.session.locale();
        let link = ctx.link().clone();
        spawn_local(async move {
            let signed = if has_key {
                sign(&vault, paper, locale, &route).await.ok().map(|(signed, _)| signed)
            } else {
                sign_for_nobody(&paper, locale, &route)
            };
            let evidence = match (signed, Abort::new()) {
                (Some(signed), Some(abort)) => {
                    Some(doctor::examine(signed, has_key, route, abort.sender()).await)
                }
                (None, _) | (_, None) => None,
            };
            examination.findings = evidence.map(|evidence| judge(cloud, &evidence));
            link.send_message(Msg::Examined(examination));
        });
        true
    }

    /// Asks the page around this one, and starts the run under review once it may. Once: a second
    /// click finds a run under way, or the question asked.
    fn send(&mut self, ctx: &Context<Self>) -> bool {
        if self.view.run.is_some() || !self.view.session.may_send() {
            return false;
        }
        let Some(plan) = self.view.session.plan().cloned() else { return false };
        let detail = to_js(&BeforeSend::new(&plan));
        self.ask_leave(ctx, Wish::Send(plan), &detail)
    }

    /// Asks the page around this one for leave to send some of a run again. What sends nothing needs
    /// none.
    fn ask_for(&mut self, ctx: &Context<Self>, choice: Choice) -> bool {
        let Some(run) = &self.view.run else { return false };
        if run.refusal(choice).is_some() {
            return false;
        }
        let forced = match choice {
            Choice::CheckUnknown => return self.step(ctx, Event::Ask(choice)),
            Choice::RetryFailed | Choice::SendNotStarted | Choice::Narrow => {
                run.order().is_forced()
            }
            Choice::Force => true,
        };
        let ids = run.choice_ids(choice);
        let order = run.order();
        let detail = to_js(&BeforeSend {
            cloud: order.target().cloud.manifest().id,
            region: &order.target().region,
            operation: order.operation().name,
            calls: run.choice_calls(choice),
            instance_ids: ids.iter().map(InstanceId::as_str).collect(),
            dry_run: order.is_dry_run(),
            forced,
        });
        let run_id = run.about().id.clone();
        self.ask_leave(ctx, Wish::Again { run_id, choice }, &detail)
    }

    fn ask_leave(&mut self, ctx: &Context<Self>, wish: Wish, detail: &JsValue) -> bool {
        if self.view.leave == Standing::Asked {
            return false;
        }
        match approval::ask(&ctx.props().host, detail) {
            Leave::Given => self.grant(ctx, wish),
            Leave::Refused(words) => {
                self.view.leave = Standing::Refused(words);
                true
            }
            Leave::Later(promise) => {
                self.view.leave = Standing::Asked;
                self.asked += 1;
                let number = self.asked;
                ctx.link().send_future(async move {
                    let said = approval::answer(promise).await;
                    Msg::Answered { number, wish, said }
                });
                true
            }
        }
    }

    /// Carries out what was asked for, if it is still wanted.
    fn grant(&mut self, ctx: &Context<Self>, wish: Wish) -> bool {
        self.view.leave = Standing::Nothing;
        match wish {
            Wish::Send(plan) => {
                let is_same = self.view.session.plan().is_some_and(|now| Arc::ptr_eq(now, &plan));
                if is_same && self.view.run.is_none() && self.view.session.may_send() {
                    self.start_run(ctx, &plan);
                }
            }
            Wish::Again { run_id, choice } => {
                if self.is_current(&run_id) {
                    self.step(ctx, Event::Ask(choice));
                }
            }
        }
        true
    }

    /// Nobody waits for the answer any more.
    fn withdraw(&mut self) {
        self.asked += 1;
        self.view.leave = Standing::Nothing;
    }

    fn start_run(&mut self, ctx: &Context<Self>, plan: &Plan) {
        let Some(review) = self.view.session.review().cloned() else { return };
        let form = self.view.session.form();
        let policy = form.pacing().policy(self.through_proxy(), true);
        let about = About {
            id: clock::nonce().unwrap_or_default(),
            reason: form.reason().to_owned(),
            key_id: form.key_id().to_owned(),
            confirmed_at: clock::now(),
            person: self.config.settings.person.clone(),
        };
        let known = review.seen.as_ref().map_or(&[][..], |seen| &seen.instances);
        let skew_seconds = review.seen.as_ref().and_then(|seen| seen.clock_skew_seconds);
        let run =
            Run::new(about, plan, &review.skipped, known, policy).with_clock_skew(skew_seconds);
        let run_id = run.about().id.clone();
        // What has the focus goes with the review. A browser that has to find that out by itself lays
        // the page out once more in between.
        ui::dom::leave(&ctx.props().host);
        self.view.link = None;
        self.show(ctx, run);
        let detail = to_js(&BeforeSend::new(plan));
        element::fire(&ctx.props().host, "relight-run-started", &detail, false);
        // Claims count only while the lock is held, so the first call waits for it.
        ctx.link().send_future(async move {
            let lock = RunLock::take(&run_id).await.unwrap_or_else(|NoLocks| None);
            Msg::Locked { run_id, lock }
        });
    }

    fn show(&mut self, ctx: &Context<Self>, run: Run) {
        self.view.run = Some(Shared::new(run));
        self.choose_route();
        self.view.signed = Shared::new(Vec::new());
        let link = ctx.link().clone();
        self.second = Some(Interval::new(1_000, move || link.send_message(Msg::Second)));
    }

    /// Shows a run of the journal. It sends nothing, and looks at nothing, until somebody asks.
    fn restored(&mut self, ctx: &Context<Self>, run: Run, lock: Option<RunLock>) -> bool {
        if self.view.run.is_some() || self.view.session.review().is_some() {
            // Somebody was faster and is at work on something else.
            return false;
        }
        self.run_lock = lock;
        self.show(ctx, run);
        self.tell_run(ctx);
        true
    }

    fn is_current(&self, run_id: &str) -> bool {
        self.view.run.as_ref().is_some_and(|run| run.about().id == run_id)
    }

    fn new_run(&mut self, ctx: &Context<Self>) -> bool {
        let busy = self.view.run.as_ref().is_some_and(|run| match run.stage() {
            Stage::Sending => true,
            Stage::Watching | Stage::Paused(_) | Stage::Stopped | Stage::Finished => false,
        });
        if busy {
            return false;
        }
        self.step(ctx, Event::Close);
        self.release_claims();
        for row in self.view.run.iter().flat_map(|run| run.rows()) {
            if row.outcome == Outcome::Unknown {
                self.view.doubted.make_mut().insert(row.id.clone());
            } else if self.view.doubted.contains(&row.id) && row.outcome == Outcome::Proven {
                self.view.doubted.make_mut().remove(&row.id);
            }
        }
        self.show_none(ctx);
        self.view.session.make_mut().update(Action::Back);
        true
    }

    /// Lets go of the run that is shown. What it was doing ends.
    fn show_none(&mut self, ctx: &Context<Self>) {
        self.run_lock = None;
        self.aborts.clear();
        self.wake = None;
        self.second = None;
        self.view.run = None;
        self.view.signed = Shared::new(Vec::new());
        self.list_kept(ctx);
    }

    /// Makes room for another run, if nothing goes on in the one that is shown: one that is over is
    /// done with, one that was brought back stays as it was. Returns whether there is room.
    fn put_away(&mut self, ctx: &Context<Self>) -> bool {
        let Some(run) = &self.view.run else { return true };
        if !kept::may_be_put_away(run) {
            return false;
        }
        if !kept::is_unfinished(run) {
            return self.new_run(ctx);
        }
        self.show_none(ctx);
        true
    }

    fn list_kept(&self, ctx: &Context<Self>) {
        let Some(journal) = self.journal.clone() else { return };
        let hands_in = self.config.settings.records.is_some();
        ctx.link().send_future(async move { Msg::Runs(kept::list(&journal, hands_in).await) });
    }

    /// What a person wants of the runs that are kept. None of it sends anything to a cloud.
    fn see_to_runs(&mut self, ctx: &Context<Self>, wish: Wanted) -> bool {
        let Some(journal) = self.journal.clone() else { return false };
        let link = ctx.link().clone();
        match wish {
            Wanted::List => self.list_kept(ctx),
            Wanted::Tally(ids) => spawn_local(async move {
                for id in ids {
                    if let Ok(run) = kept::read(&journal, &id).await {
                        link.send_message(Msg::Tallied(id, kept::tally(&run)));
                    }
                }
            }),
            Wanted::Open(id) => spawn_local(async move {
                match kept::read(&journal, &id).await {
                    Ok(run) => {
                        let lock = RunLock::take(&id).await;
                        if !matches!(lock, Ok(None)) {
                            let lock = lock.unwrap_or_else(|NoLocks| None);
                            link.send_message(Msg::Opened { run: Box::new(run), lock });
                        }
                    }
                    Err(Unreadable::Unavailable(_)) => {}
                    Err(broken) => {
                        let why = broken.to_string();
                        // Where even that cannot be written it is said all the same.
                        let _ = journal.set_aside(&id, &why).await;
                        link.send_message(Msg::SetAside { run_id: id, why });
                    }
                }
                link.send_message(Msg::Intent(Intent::Kept(Wanted::List)));
            }),
            Wanted::PutAway => return self.put_away(ctx),
            Wanted::Save(id) => self.save_records(ctx, id),
            Wanted::Forget(ids) => spawn_local(async move {
                kept::forget(&journal, &ids).await;
                link.send_message(Msg::Intent(Intent::Kept(Wanted::List)));
            }),
        }
        false
    }

    /// Some instances of a run in a new one, with the cloud, region and key of the old: from the look
    /// on, which decides what can be done with them.
    fn anew(
        &mut self,
        ctx: &Context<Self>,
        ids: &[InstanceId],
        verb: Verb,
        elsewhere: bool,
        keep_key: bool,
    ) -> bool {
        let Some(run) = self.view.run.clone() else { return false };
        let (order, target) = (run.order(), run.order().target());
        let manifest = target.cloud.manifest();
        let same = Some(order.operation()).filter(|operation| operation.verb == verb);
        let Some(operation) = same.or_else(|| manifest.operation_for(verb)) else { return false };
        if !self.new_run(ctx) {
            return false;
        }
        if !keep_key {
            self.vault.forget();
            self.ask_vault();
        }
        let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        let session = self.view.session.make_mut();
        for fill in [
            Fill::Cloud(manifest.id.to_owned()),
            Fill::Site(target.site.id.to_owned()),
            Fill::Region(target.region.clone()),
            Fill::Operation(operation.name.to_owned()),
            Fill::KeyId(run.about().key_id.clone()),
            Fill::IdsText(ids.join("\n")),
        ] {
            session.update(Action::Fill(fill));
        }
        self.search_elsewhere = elsewhere;
        self.review(ctx, true);
        true
    }

    /// Lets other pages at the run's instances.
    fn release_claims(&self) {
        if let (Some(journal), Some(run)) = (&self.journal, &self.view.run) {
            let released = journal.release(&run.about().id, None);
            // A claim that stays is taken over once this page's lock is gone.
            spawn_local(async move {
                let _ = released.await;
            });
        }
    }

    fn record(
        &self,
        ctx: &Context<Self>,
        run: &Run,
        number: u64,
        record: &Record,
        claim: &[InstanceId],
        durable: bool,
    ) {
        let about = run.about();
        let run_id = about.id.clone();
        let Some(journal) = &self.journal else {
            ctx.link().send_message(Msg::Recorded { run_id, number, held: None });
            return;
        };
        let account = format!("{} {}", run.order().target().cloud.manifest().id, about.key_id);
        let written = journal.append(&about.id, &account, record, claim, durable);
        ctx.link()
            .send_future(async move { Msg::Recorded { run_id, number, held: written.await.ok() } });
    }

    /// Tells the run what happened and carries out what it answers.
    fn step(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        let Some(run) = &mut self.view.run else { return false };
        self.view.now = clock::now();
        let before = run.clone();
        let commands = run.make_mut().handle(self.view.now, event);
        let run = run.clone();
        self.announce(ctx, &before, &run);
        for command in commands {
            match command {
                Command::Send { call, leave_at, batch, clock_skew_seconds } => {
                    self.send_call(ctx, (call, leave_at), &batch, clock_skew_seconds);
                }
                Command::Look { ids, clock_skew_seconds } => {
                    let target = run.order().target();
                    let paper = Paper {
                        cloud: target.cloud,
                        key_id: run.about().key_id.clone(),
                        request: target.cloud.describe(target, &ids),
                        skew_seconds: clock_skew_seconds,
                        call: None,
                    };
                    let turn = turn_to_look(target);
                    self.dispatch(ctx, paper, turn, move |ticket, delivery| Msg::Came {
                        ticket,
                        event: Event::Looked { ids, delivery },
                    });
                }
                Command::Record { number, record, claim, durable } => {
                    self.record(ctx, &run, number, &record, &claim, durable);
                }
                Command::WakeAt(at) => {
                    let link = ctx.link().clone();
                    let pause = pause_until(at);
                    self.wake = Some(Timeout::new(pause, move || link.send_message(Msg::Wake)));
                }
            }
        }
        self.is_time_to_draw(ctx)
    }

    /// A large run changes faster than anybody can read, and drawing it costs more than sending it:
    /// it is drawn a few times a second, and always once after the last change.
    fn is_time_to_draw(&mut self, ctx: &Context<Self>) -> bool {
        let Some(run) = &self.view.run else { return true };
        let now = self.view.now;
        if run.rows().len() <= DRAWN_AT_ONCE || now >= self.drawn_at + DRAWN_EVERY_MS {
            self.drawn_at = now;
            self.draw = None;
            return true;
        }
        if self.draw.is_none() {
            let link = ctx.link().clone();
            let pause = u32::try_from(DRAWN_EVERY_MS).unwrap_or(u32::MAX);
            self.draw = Some(Timeout::new(pause, move || link.send_message(Msg::Draw)));
        }
        false
    }

    fn send_call(
        &mut self,
        ctx: &Context<Self>,
        (call, leave_at): (usize, Millis),
        batch: &Batch,
        skew: i64,
    ) {
        let Some(run) = self.view.run.clone() else { return };
        let cloud = run.order().target().cloud;
        // All tabs together keep the cloud's pace.
        let operation = run.order().operation();
        // The second begins when the call leaves.
        let window_ms = 1_000 + pause_until(leave_at);
        let per_second = operation.calls_per_second;
        let turn = turn(run.order().target(), operation.name, per_second, window_ms);
        let paper = Paper {
            cloud,
            key_id: run.about().key_id.clone(),
            request: batch.request(),
            skew_seconds: skew,
            call: Some((call, leave_at)),
        };
        self.dispatch(ctx, paper, turn, move |ticket, delivery| Msg::Came {
            ticket,
            event: Event::Delivered { call, delivery },
        });
    }

    /// Signs a request once its turn has come, sends it once, and brings the news back as a message.
    /// Returns its ticket.
    fn dispatch(
        &mut self,
        ctx: &Context<Self>,
        paper: Paper,
        turn: impl Future<Output = ()> + 'static,
        news: impl FnOnce(u64, Delivery) -> Msg + 'static,
    ) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let Some(abort) = Abort::new() else {
            let word = "aborted".to_owned();
            ctx.link().send_message(news(ticket, Delivery::NotSent { word }));
            return ticket;
        };
        let (vault, route) = (self.vault.clone(), self.view.route.clone());
        let (link, locale) = (ctx.link().clone(), self.view.session.locale());
        let sender = abort.sender();
        self.aborts.insert(ticket, abort);
        ctx.link().send_future(async move {
            turn.await;
            let call = paper.call;
            let delivery = match sign(&vault, paper, locale, &route).await {
                Ok((signed, token)) => {
                    if let Some((call, leave_at)) = call {
                        // What is kept for the screen has no token any more.
                        let signed =
                            Rc::new(signed.redacted(token.as_ref().map(|token| &***token)));
                        if leave_at > clock::now() {
                            TimeoutFuture::new(pause_until(leave_at)).await;
                        }
                        link.send_message(Msg::Signed { ticket, call, signed });
                    }
                    sender.send(&signed, &route).await
                }
                Err(word) => Delivery::NotSent { word: word.into() },
            };
            news(ticket, delivery)
        });
        ticket
    }

    /// Fires events for what has changed.
    fn announce(&mut self, ctx: &Context<Self>, before: &Run, after: &Run) {
        let host = &ctx.props().host;
        for (old, new) in before.rows().iter().zip(after.rows()) {
            if !Arc::ptr_eq(old, new) && old.outcome != new.outcome {
                element::fire(host, "relight-outcome", &to_js(&OutcomeEvent::new(new)), false);
            }
        }
        if before.stage() != Stage::Finished && after.stage() == Stage::Finished {
            // After what has changed is on the screen: of a large run it is megabytes.
            let (host, run) = (host.clone(), after.clone());
            spawn_local(async move {
                TimeoutFuture::new(0).await;
                let detail = js_sys::JSON::parse(&export::json(&run)).unwrap_or(JsValue::NULL);
                element::fire(&host, "relight-run-finished", &detail, false);
            });
            if let Some(records) = &self.config.settings.records {
                records::owe(&after.about().id);
                hand_in(ctx, records, after);
            }
            self.second = None;
            self.release_claims();
        }
    }

    fn save_records(&self, ctx: &Context<Self>, id: String) {
        let Some(journal) = self.journal.clone() else { return };
        let link = ctx.link().clone();
        spawn_local(async move {
            if let Ok(records) = journal.raw(&id).await {
                link.send_message(Msg::Raw(records));
            }
        });
    }

    fn report(ctx: &Context<Self>, kind: &'static str, message: &str) {
        let detail = to_js(&ErrorEvent { kind, message });
        element::fire(&ctx.props().host, "relight-error", &detail, false);
    }

    fn export(&self, format: Format) {
        let Some(run) = &self.view.run else { return };
        let (name, kind, text) = match format {
            Format::Csv => ("relight-run.csv", "text/csv;charset=utf-8", export::csv(run)),
            Format::Json => ("relight-run.json", "application/json", export::json(run)),
        };
        save(name, kind, &text);
    }
}

/// Posts the record of a run to the operator's endpoint, until it is taken.
fn hand_in(ctx: &Context<Console>, to: &Records, run: &Run) {
    let person = run.about().person.as_deref();
    let person = person.map_or("null".to_owned(), |person| serde_json::json!(person).to_string());
    let record = format!("{{\"person\":{person},\"run\":{}}}", export::json(run));
    let (url, run_id, host) = (to.url.clone(), run.about().id.clone(), ctx.props().host.clone());
    spawn_local(async move {
        let fault = |message: &str| {
            let detail = to_js(&ErrorEvent { kind: "records", message });
            element::fire(&host, "relight-error", &detail, false);
        };
        records::hand_in(&url, &record, fault).await;
        records::settle(&run_id);
    });
}

/// The same for the runs of pages that were closed before the endpoint had them.
fn hand_in_what_is_left(ctx: &Context<Console>, to: &Records, journal: Journal) {
    let (ctx_link, to) = (ctx.link().clone(), to.clone());
    spawn_local(async move {
        for run_id in records::owed() {
            match journal.load(&run_id).await.map(|written| restore(written, clock::now())) {
                Ok(Ok(run)) => {
                    ctx_link.send_message(Msg::Owed { run: Box::new(run), to: to.clone() });
                }
                // What cannot be read again cannot be handed in; the journal keeps it aside.
                Ok(Err(_)) | Err(Unreadable::Broken(_)) => records::settle(&run_id),
                Err(Unreadable::Unavailable(_)) => return,
            }
        }
    });
}

/// Whether something may lead to a call, and so waits for the configuration.
fn is_early(msg: &Msg) -> bool {
    matches!(
        msg,
        Msg::Restored { .. }
            | Msg::Intent(
                Intent::Review | Intent::ReviewUnseen | Intent::LookElsewhere | Intent::Send
            )
    )
}

/// What the address says, with what the front has taken out of it already.
fn linked(props: &Props) -> Link {
    let mut link = link::take(&props.host);
    let refused = props.start.filled.iter().filter(|(name, _)| name == link::REFUSED);
    link.refused.extend(refused.map(|(_, name)| name.clone()));
    link
}

/// Where the address leads, if it is the console's own; else where the person wants to go.
fn first_place(props: &Props) -> Place {
    let addressed = if element::is_routed(&props.host) {
        Place::of_hash(&ui::dom::hash())
    } else {
        Place::Power
    };
    match (addressed, props.start.then) {
        (Place::Power, Then::Explain) => Place::Explain,
        (Place::Power, Then::Doctor) => Place::Doctor,
        (addressed, _) => addressed,
    }
}

/// Waits until all tabs together may send one more of these calls in this second. Without locks there
/// is this page's own pace, which the run and the look keep.
fn turn(
    target: &Target,
    action: &str,
    per_second: u32,
    window_ms: u32,
) -> impl Future<Output = ()> + 'static {
    let name = format!("{} {} {action}", target.cloud.manifest().id, target.region);
    async move {
        let _: Result<(), NoLocks> = locks::pace(&name, per_second.max(1), window_ms).await;
    }
}

/// The same for looks, which have a limit of their own.
fn turn_to_look(target: &Target) -> impl Future<Output = ()> + 'static {
    turn(target, "look", target.cloud.manifest().describe_calls_per_second, 1_000)
}

/// What is to be signed.
struct Paper {
    cloud: &'static dyn Cloud,
    key_id: String,
    request: Request<Unsigned>,
    /// How far the cloud's clock is ahead of the page's.
    skew_seconds: i64,
    /// Which call of the run it is, and when it may leave; `None` for a look.
    call: Option<(usize, Millis)>,
}

/// Everything of the signed request but its signature. Without a proxy it has to be one that a page
/// may send without leave.
fn prepare(paper: &Paper, signer: &Signer, route: &Route) -> Option<Prepared> {
    match (route, paper.cloud.manifest().direct) {
        (Route::Direct, Some(algorithm)) => {
            paper.cloud.prepare_with(algorithm, &paper.request, signer)
        }
        (Route::Direct, None) => None,
        (Route::Proxy { .. }, _) => Some(paper.cloud.prepare(&paper.request, signer)),
    }
}

/// Signs with what the vault holds now, and gives the token that is in the request; or says, in a
/// word, why that is not possible.
async fn sign(
    vault: &Vault,
    paper: Paper,
    locale: Locale,
    route: &Route,
) -> Result<(Request<Signed>, Option<Token>), &'static str> {
    let (cloud, skew_seconds) = (paper.cloud, paper.skew_seconds);
    let hand = vault.hand(cloud).await?;
    let signer = Signer {
        key_id: hand.key_id().map_or_else(|| paper.key_id.clone(), ToOwned::to_owned),
        token: hand.token().map(|token| token.to_string()),
        unix_seconds: clock::unix_seconds(skew_seconds),
        nonce: clock::nonce().ok_or("no-random")?,
        sign_action: true,
        locale,
    };
    let token = hand.token().cloned();
    let prepared = prepare(&paper, &signer, route).ok_or("no-direct-way")?;
    hand.sign(cloud, prepared).await.map(|signed| (signed, token)).ok_or(NO_KEY)
}

/// Signs with a key that no cloud knows.
fn sign_for_nobody(paper: &Paper, locale: Locale, route: &Route) -> Option<Request<Signed>> {
    let signer = Signer {
        key_id: "RelightDoctor0000000000000000000".to_owned(),
        token: None,
        unix_seconds: clock::unix_seconds(0),
        nonce: clock::nonce()?,
        sign_action: true,
        locale,
    };
    let secret = Secret::new("no cloud knows it".to_owned());
    prepare(paper, &signer, route).map(|prepared| prepared.finish_with(&secret))
}

/// How long to wait until a time, for a timer; never so long that a clock that was set matters.
fn pause_until(at: Millis) -> u32 {
    u32::try_from(at.saturating_sub(clock::now())).unwrap_or(u32::MAX).min(60_000)
}

/// Looks in the journal for a run that a reload, a crash or another day has cut off.
fn bring_back(ctx: &Context<Console>, journal: Journal) {
    let link = ctx.link().clone();
    spawn_local(async move {
        loop {
            match newest_open_run(&journal).await {
                None => return,
                Some(Ok(run)) => {
                    let lock = RunLock::take(&run.about().id).await;
                    if !matches!(lock, Ok(None)) {
                        let lock = lock.unwrap_or_else(|NoLocks| None);
                        link.send_message(Msg::Restored { run, lock });
                    }
                    return;
                }
                // An older one may wait behind it.
                Some(Err((run_id, why))) => {
                    let kept = journal.set_aside(&run_id, &why).await;
                    link.send_message(Msg::SetAside { run_id, why });
                    if kept.is_err() {
                        return;
                    }
                }
            }
        }
    });
}

/// The newest run of the journal that no page works on and nobody is done with; or its id, and why
/// it cannot be read.
pub(crate) async fn newest_open_run(
    journal: &Journal,
) -> Option<Result<Box<Run>, (String, String)>> {
    let contents = journal.contents().await.ok()?;
    let newest = contents.runs.into_iter().find(|run| run.is_living != Some(true))?;
    let id = newest.summary.about.id;
    let broken = match journal.load(&id).await {
        Ok(records) => match restore(records, clock::now()) {
            Ok(run) => return (!run.is_closed()).then(|| Ok(Box::new(run))),
            Err(broken) => broken,
        },
        Err(Unreadable::Unavailable(_)) => return None,
        Err(Unreadable::Broken(broken)) => broken,
    };
    Some(Err((id, broken.to_string())))
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

fn read_keyring(ctx: &Context<Console>) {
    ctx.link().send_future(async { Msg::Keyring(keyring::list().await.map_err(Trouble::Unread)) });
}

fn read_configuration(ctx: &Context<Console>) {
    let host = ctx.props().host.clone();
    ctx.link().send_future(async move {
        let (config, problem) = Config::load(&host).await;
        Msg::Configured(Box::new(config), problem)
    });
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BeforeSend<'plan> {
    cloud: &'static str,
    region: &'plan str,
    operation: &'static str,
    instance_ids: Vec<&'plan str>,
    calls: usize,
    dry_run: bool,
    forced: bool,
}

impl<'plan> BeforeSend<'plan> {
    fn new(plan: &'plan Plan) -> Self {
        let target = plan.order.target();
        BeforeSend {
            cloud: target.cloud.manifest().id,
            region: &target.region,
            operation: plan.order.operation().name,
            instance_ids: plan.ids().map(InstanceId::as_str).collect(),
            calls: plan.batches.len(),
            dry_run: plan.order.is_dry_run(),
            forced: plan.order.is_forced(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeEvent<'row> {
    instance_id: &'row str,
    outcome: &'static str,
    state: Option<&'row str>,
}

impl<'row> OutcomeEvent<'row> {
    fn new(row: &'row Row) -> Self {
        OutcomeEvent {
            instance_id: row.id.as_str(),
            outcome: row.outcome.word(),
            state: row.state.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct ErrorEvent<'a> {
    kind: &'static str,
    message: &'a str,
}

fn to_js(value: &impl Serialize) -> JsValue {
    // As one text: ten thousand ids would be as many crossings.
    let text = serde_json::to_string(value).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}

fn copy(text: &str) {
    if let Some(window) = web_sys::window()
        // Off secure contexts there is no clipboard, and the typed getter would hide that.
        && js_sys::Reflect::get(&window.navigator(), &"clipboard".into())
            .is_ok_and(|clipboard| clipboard.is_object())
    {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

/// Offers a text as a file to save.
fn save(name: &str, kind: &str, text: &str) {
    use wasm_bindgen::JsCast;
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&text.into());
    let saved = (|| -> Result<(), JsValue> {
        let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
        let url = web_sys::Url::create_object_url_with_blob(&blob)?;
        let document = web_sys::window().and_then(|window| window.document()).ok_or("no page")?;
        let link = document.create_element("a")?.dyn_into::<web_sys::HtmlAnchorElement>()?;
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // The download has its own hold on the content; the address may go once it has begun.
        Timeout::new(10_000, move || {
            let _ = web_sys::Url::revoke_object_url(&url);
        })
        .forget();
        Ok(())
    })();
    // A refused download leaves the results where they are: on the screen.
    drop(saved);
}
