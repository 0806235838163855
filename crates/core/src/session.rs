//! The page as a state machine: what is filled in, and what follows from it.
//!
//! Everything that the screen shows of the form and of the review comes from here, and so does
//! everything that is sent: a select cannot show one thing and the request say another. The secret
//! is not here: it lives in the page's vault and nowhere else.

mod elsewhere;

pub use elsewhere::Elsewhere;

use crate::{
    answer::{Delivery, InstanceState},
    cloud::{self, Cloud, Mode, Operation, Role, Verb},
    credential,
    eligibility::SkipReason,
    ids::{InstanceId, ParsedIds, parse_ids},
    plan::{self, Cut, Job, Order, Plan, Refusal, Target},
    run::{self, Look, LookCommand, Millis, Policy, Seen},
    words::Locale,
};
use std::sync::Arc;

/// Above this many instances a canary goes first, unless the person says otherwise.
const CANARY_ABOVE: usize = 10;
/// Above this many instances the count is typed, whatever is asked.
const TYPED_ABOVE: usize = 50;

/// What is filled in, and how far the person has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    locale: Locale,
    form: Form,
    step: Step,
}

/// What is filled in. Private fields: only [`Session::update`] changes them, so that they always fit
/// each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    cloud: &'static dyn Cloud,
    site: String,
    region: String,
    operation: &'static Operation,
    mode: &'static Mode,
    batching: Option<&'static str>,
    dry_run: bool,
    erase: bool,
    key_id: String,
    ids_text: Arc<str>,
    parsed: Arc<ParsedIds>,
    reason: String,
    pacing: Pacing,
}

/// How far the person has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Filling in.
    Compose {
        /// Why the last attempt to go on was refused.
        refusal: Option<Refusal>,
    },
    /// The states of the instances are being read, before anything is decided.
    Looking {
        /// How far it is.
        look: Arc<Look>,
    },
    /// Looking at exactly what will be sent.
    Review(Arc<Review>),
}

/// What is about to be sent, and what is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What is asked, whether or not any instance can take it.
    pub order: Arc<Order>,
    /// What will be sent; `None` if no instance can take it.
    pub plan: Option<Arc<Plan>>,
    /// What is left out, with the reasons.
    pub skipped: Arc<Vec<(InstanceId, SkipReason)>>,
    /// What the look has shown; `None` if the person goes on without one.
    pub seen: Option<Arc<Seen>>,
    /// What was typed into the field that asks for the count.
    pub typed_count: String,
    /// The search for instances that were not found, in other regions.
    pub elsewhere: Option<Arc<Elsewhere>>,
}

impl Review {
    /// Whether the count must be typed.
    pub fn needs_typed_count(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| {
            plan.needs_typed_count() || (!plan.order.is_dry_run() && plan.instances() > TYPED_ABOVE)
        })
    }

    /// Whether it may be sent: there is something to send, and the count is typed where it must be.
    pub fn may_send(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| {
            !self.needs_typed_count()
                || self.typed_count.trim() == plan.instances().to_string().as_str()
        })
    }

    /// What the look has shown of an instance.
    pub fn state_of(&self, id: &InstanceId) -> Option<&InstanceState> {
        self.seen.as_ref()?.instances.iter().find(|state| state.id == id.as_str())
    }

    /// The ids that are left out for a reason.
    pub fn skipped_for(&self, reason: SkipReason) -> Vec<InstanceId> {
        self.skipped
            .iter()
            .filter(|(_, other)| *other == reason)
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// How the calls are to be cut and paced. What is not set follows the number of instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pacing {
    /// One call of one instance before the others.
    pub canary: Option<bool>,
    /// The most ids in a call.
    pub size: Option<usize>,
    /// Pause after this many calls; 0 for never.
    pub wave_calls: usize,
    /// How long such a pause is, in seconds.
    pub wave_pause_seconds: u32,
    /// Pause when more than this share of the instances was refused, in percent.
    pub stop_above_refused_percent: Option<u8>,
}

impl Pacing {
    /// How a job of this many instances is cut.
    pub fn cut(&self, instances: usize) -> Cut {
        Cut { size: self.size, canary: self.canary.unwrap_or(instances > CANARY_ABOVE) }
    }

    /// How a run goes about its work.
    pub fn policy(&self, through_proxy: bool, journal: bool) -> Policy {
        Policy {
            through_proxy,
            journal,
            wave_calls: self.wave_calls,
            wave_pause_ms: u64::from(self.wave_pause_seconds) * 1_000,
            stop_above_refused_percent: self.stop_above_refused_percent,
            ..Policy::default()
        }
    }
}

/// What a person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Another language.
    Locale(Locale),
    /// Another cloud, by its id.
    Cloud(String),
    /// Another kind of account, by its id.
    Site(String),
    /// Another region.
    Region(String),
    /// Another operation, by the cloud's own name.
    Operation(String),
    /// Another mode, by its id.
    Mode(String),
    /// Another value of the parameter with [`Role::Batching`].
    Batching(String),
    /// Only check, or not.
    DryRun(bool),
    /// Erase local disks, or not.
    Erase(bool),
    /// The key id was typed.
    KeyId(String),
    /// The ids were typed or pasted.
    IdsText(String),
    /// Leave only the ids that can be sent.
    RemoveProblems,
    /// The reason or ticket was typed.
    Reason(String),
    /// Another way to cut and pace the calls.
    Pacing(Pacing),
    /// On to the review, given what the vault knows of secret and token: looks at the instances
    /// first, unless it is told not to.
    Review {
        /// Whether a secret is held, and is one.
        secret: Held,
        /// Whether a token is held.
        token: Held,
        /// Whether calls travel through a proxy that must say who answered.
        through_proxy: bool,
        /// Whether to look at the instances before.
        look: bool,
    },
    /// A describe call of the look, or of the search elsewhere, has come back, or not.
    Looked {
        /// The page's clock.
        now: Millis,
        /// The ids that were asked for.
        ids: Vec<InstanceId>,
        /// What came.
        delivery: Delivery,
    },
    /// On to the review with what the look has shown so far, or without a look.
    WithoutLook,
    /// The count was typed.
    TypedCount(String),
    /// Ask for the other verb instead, for those that were left out for this reason.
    Instead {
        /// The reason.
        reason: SkipReason,
        /// What to ask instead.
        verb: Verb,
    },
    /// Look for the instances that were not found in the other regions.
    LookElsewhere {
        /// Whether calls travel through a proxy that must say who answered.
        through_proxy: bool,
    },
    /// Go to another region, with the instances that were found there.
    GoTo {
        /// The region.
        region: String,
    },
    /// Back to the form.
    Back,
}

/// What the vault says of something that it holds, without showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// Something that cannot be what it should be.
    Malformed,
    /// Something usable.
    Usable,
}

impl Session {
    /// An empty form, at the first cloud.
    ///
    /// # Panics
    /// If the list of clouds were empty, or a cloud had nothing to ask: the conformance tests rule
    /// that out.
    #[allow(clippy::expect_used)]
    pub fn new(locale: Locale) -> Self {
        let form = cloud::ALL.first().copied().and_then(Form::new).expect("a cloud to begin with");
        Session { locale, form, step: Step::Compose { refusal: None } }
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// What is filled in.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// How far the person has come.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// What is under review.
    pub fn review(&self) -> Option<&Arc<Review>> {
        match &self.step {
            Step::Compose { .. } | Step::Looking { .. } => None,
            Step::Review(review) => Some(review),
        }
    }

    /// The plan under review.
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.review().and_then(|review| review.plan.as_ref())
    }

    /// Whether what is reviewed may be sent.
    pub fn may_send(&self) -> bool {
        self.review().is_some_and(|review| review.may_send())
    }

    /// What to do for the look that is under way, if one is; with the target that it looks at.
    pub fn next_look(&mut self, now: Millis) -> Option<(Target, LookCommand)> {
        match &mut self.step {
            Step::Compose { .. } => None,
            Step::Looking { look } => {
                let look = Arc::make_mut(look);
                let command = look.next(now);
                Some((look.target().clone(), command))
            }
            Step::Review(review) => {
                review.elsewhere.as_ref()?;
                Arc::make_mut(Arc::make_mut(review).elsewhere.as_mut()?).next(now)
            }
        }
    }

    /// Carries out an action. False if it does not apply here: nothing has changed then.
    pub fn update(&mut self, action: Action) -> bool {
        let before = self.clone();
        self.apply(action);
        *self != before
    }

    fn apply(&mut self, action: Action) {
        match action {
            Action::Locale(locale) => self.locale = locale,
            Action::Review { secret, token, through_proxy, look } => {
                self.begin_review(secret, token, through_proxy, look);
            }
            Action::Looked { now, ids, delivery } => self.looked(now, &ids, &delivery),
            Action::WithoutLook => self.skip_look(),
            Action::TypedCount(text) => {
                if let Step::Review(review) = &mut self.step {
                    Arc::make_mut(review).typed_count = text;
                }
            }
            Action::Reason(reason) => self.form.reason = reason,
            Action::Pacing(pacing) => {
                self.form.pacing = pacing;
                self.plan_anew();
            }
            Action::Instead { reason, verb } => self.ask_instead(reason, verb),
            Action::LookElsewhere { through_proxy } => self.look_elsewhere(through_proxy),
            Action::GoTo { region } => self.go_to(&region),
            Action::Back => self.step = Step::Compose { refusal: None },
            // A plan under review is what was filled in: to change that is to leave the review.
            Action::Cloud(_)
            | Action::Site(_)
            | Action::Region(_)
            | Action::Operation(_)
            | Action::Mode(_)
            | Action::Batching(_)
            | Action::DryRun(_)
            | Action::Erase(_)
            | Action::KeyId(_)
            | Action::IdsText(_)
            | Action::RemoveProblems => {
                let before = self.form.clone();
                self.form.fill(action);
                if self.form != before {
                    self.step = Step::Compose { refusal: None };
                }
            }
        }
    }

    fn begin_review(&mut self, secret: Held, token: Held, through_proxy: bool, look: bool) {
        let plan = match self.form.plan(secret, token) {
            Ok(plan) => plan,
            Err(refusal) => {
                self.step = Step::Compose { refusal: Some(refusal) };
                return;
            }
        };
        if look {
            let ids: Vec<InstanceId> = plan.ids().cloned().collect();
            let look = Look::new(plan.order.target().clone(), &ids, through_proxy);
            self.step = Step::Looking { look: Arc::new(look) };
        } else {
            self.step = Step::Review(Arc::new(Review::of(plan, Vec::new(), None)));
        }
    }

    fn looked(&mut self, now: Millis, ids: &[InstanceId], delivery: &Delivery) {
        match &mut self.step {
            Step::Compose { .. } => {}
            Step::Looking { look } => {
                let look = Arc::make_mut(look);
                look.looked(now, ids, delivery);
                let (left, total) = look.progress();
                if left == total && look.seen().fault.is_none() {
                    let seen = look.seen().clone();
                    self.review_what_was_seen(seen);
                }
            }
            Step::Review(review) => {
                if let Some(elsewhere) = &mut Arc::make_mut(review).elsewhere {
                    Arc::make_mut(elsewhere).looked(now, ids, delivery);
                }
            }
        }
    }

    fn review_what_was_seen(&mut self, seen: Seen) {
        let Ok(whole) = plan::plan_cut(&self.form.job(), Cut::default()) else { return };
        let ids: Vec<InstanceId> = whole.ids().cloned().collect();
        let (eligible, skipped) = run::sort_out(&whole.order, &ids, &seen.instances);
        let job = Job { ids: eligible, ..self.form.job() };
        let plan = plan::plan_cut(&job, self.form.pacing.cut(job.ids.len())).ok();
        self.step = Step::Review(Arc::new(Review {
            order: whole.order,
            plan: plan.map(Arc::new),
            skipped: Arc::new(skipped),
            seen: Some(Arc::new(seen)),
            typed_count: String::new(),
            elsewhere: None,
        }));
    }

    fn skip_look(&mut self) {
        if !matches!(self.step, Step::Looking { .. }) {
            return;
        }
        let job = self.form.job();
        let cut = self.form.pacing.cut(job.ids.len());
        self.step = match plan::plan_cut(&job, cut) {
            Ok(plan) => Step::Review(Arc::new(Review::of(plan, Vec::new(), None))),
            Err(refusal) => Step::Compose { refusal: Some(refusal) },
        };
    }

    /// The same instances, cut and paced in another way.
    fn plan_anew(&mut self) {
        let pacing = self.form.pacing;
        let Step::Review(review) = &mut self.step else { return };
        let Some(plan) = review.plan.clone() else { return };
        let ids: Vec<InstanceId> = plan.ids().cloned().collect();
        let job = Job { ids, ..self.form.job() };
        if let Ok(plan) = plan::plan_cut(&job, pacing.cut(job.ids.len())) {
            Arc::make_mut(review).plan = Some(Arc::new(plan));
        }
    }

    fn ask_instead(&mut self, reason: SkipReason, verb: Verb) {
        let Step::Review(review) = &self.step else { return };
        let ids = review.skipped_for(reason);
        if let Some(operation) = self.form.cloud.manifest().operation_for(verb)
            && !ids.is_empty()
        {
            self.form.choose(operation);
            self.form.set_ids(&ids);
            self.step = Step::Compose { refusal: None };
        }
    }

    fn look_elsewhere(&mut self, through_proxy: bool) {
        let Step::Review(review) = &mut self.step else { return };
        let missing = review.skipped_for(SkipReason::NotFound);
        let elsewhere = Elsewhere::new(review.order.target(), missing, through_proxy);
        Arc::make_mut(review).elsewhere = elsewhere.map(Arc::new);
    }

    fn go_to(&mut self, region: &str) {
        let Step::Review(review) = &self.step else { return };
        let found = review.elsewhere.as_ref().map(|elsewhere| elsewhere.found_in(region));
        if let Some(ids) = found.filter(|ids| !ids.is_empty()) {
            region.clone_into(&mut self.form.region);
            self.form.set_ids(&ids);
            self.step = Step::Compose { refusal: None };
        }
    }
}

impl Review {
    fn of(plan: Plan, skipped: Vec<(InstanceId, SkipReason)>, seen: Option<Arc<Seen>>) -> Self {
        Review {
            order: Arc::clone(&plan.order),
            plan: Some(Arc::new(plan)),
            skipped: Arc::new(skipped),
            seen,
            typed_count: String::new(),
            elsewhere: None,
        }
    }
}

impl Form {
    fn new(cloud: &'static dyn Cloud) -> Option<Self> {
        let operation = cloud.manifest().operations.first()?;
        Some(Form {
            cloud,
            site: cloud.manifest().site(None)?.id.to_owned(),
            region: String::new(),
            operation,
            mode: operation.modes.first()?,
            batching: default_batching(operation, false),
            dry_run: false,
            erase: false,
            key_id: String::new(),
            ids_text: Arc::from(""),
            parsed: Arc::default(),
            reason: String::new(),
            pacing: Pacing::default(),
        })
    }

    /// The cloud.
    pub fn cloud(&self) -> &'static dyn Cloud {
        self.cloud
    }

    /// The kind of account, by its id.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// The region; empty where none is chosen.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The mode.
    pub fn mode(&self) -> &'static Mode {
        self.mode
    }

    /// All or nothing, or each for itself; `None` where the operation leaves no choice.
    pub fn batching(&self) -> Option<&'static str> {
        self.batching
    }

    /// Only check.
    pub fn dry_run(&self) -> bool {
        self.dry_run
    }

    /// Erase local disks.
    pub fn erase(&self) -> bool {
        self.erase
    }

    /// The public half of the key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The ids as they were typed.
    pub fn ids_text(&self) -> &Arc<str> {
        &self.ids_text
    }

    /// What was found in them.
    pub fn parsed(&self) -> &Arc<ParsedIds> {
        &self.parsed
    }

    /// The reason or ticket.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// How the calls are to be cut and paced.
    pub fn pacing(&self) -> &Pacing {
        &self.pacing
    }

    /// The job as it is filled in.
    pub fn job(&self) -> Job {
        let mut options: Vec<(String, String)> = self
            .mode
            .options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut set = |role, value: &str| {
            if let Some(parameter) = self.operation.parameter_for(role) {
                options.push((parameter.name.to_owned(), value.to_owned()));
            }
        };
        if let Some(batching) = self.batching {
            set(Role::Batching, batching);
        }
        if self.dry_run {
            set(Role::DryRun, "true");
        }
        if self.erase {
            set(Role::Erase, "true");
        }
        Job {
            cloud: self.cloud,
            site: Some(self.site.clone()),
            region: self.region.clone(),
            operation: self.operation.name.to_owned(),
            ids: self.parsed.ids.iter().map(|parsed| parsed.id.clone()).collect(),
            options,
        }
    }

    fn plan(&self, secret: Held, token: Held) -> Result<Plan, Refusal> {
        let manifest = self.cloud.manifest();
        let job = self.job();
        let plan = plan::plan_cut(&job, self.pacing.cut(job.ids.len()))?;
        credential::check_key_id(self.cloud, &self.key_id)?;
        match secret {
            Held::Usable => {}
            Held::Nothing | Held::Malformed => {
                return Err(Refusal::SecretMalformed { label: manifest.credential.secret_label });
            }
        }
        match (token, manifest.credential.token_label) {
            (Held::Nothing, _) | (Held::Usable, Some(_)) => Ok(plan),
            (Held::Usable | Held::Malformed, None) => Err(Refusal::TokenMalformed { used: false }),
            (Held::Malformed, Some(_)) => Err(Refusal::TokenMalformed { used: true }),
        }
    }

    fn fill(&mut self, action: Action) {
        match action {
            Action::Cloud(id) => {
                if let Some(cloud) = cloud::by_id(&id).filter(|cloud| *cloud != self.cloud)
                    && let Some(fresh) = Form::new(cloud)
                {
                    // What was typed stays: the ids are read again with the other cloud's eyes. A key
                    // of one cloud is nothing to another.
                    let ids_text = Arc::clone(&self.ids_text);
                    let reason = std::mem::take(&mut self.reason);
                    *self = Form { ids_text, reason, pacing: self.pacing, ..fresh };
                    self.parse();
                }
            }
            Action::Site(id) => {
                if let Some(site) = self.cloud.manifest().site(Some(&id)) {
                    site.id.clone_into(&mut self.site);
                }
            }
            Action::Region(region) => region.trim().clone_into(&mut self.region),
            Action::Operation(name) => {
                if let Some(operation) = self.cloud.manifest().operation(&name) {
                    self.choose(operation);
                }
            }
            Action::Mode(id) => {
                if let Some(mode) = self.operation.mode(&id) {
                    self.mode = mode;
                }
            }
            Action::Batching(value) => {
                self.batching = choices(self.operation).iter().copied().find(|one| *one == value);
            }
            Action::DryRun(dry_run) => {
                self.dry_run = dry_run && self.operation.parameter_for(Role::DryRun).is_some();
                self.batching = default_batching(self.operation, self.dry_run);
            }
            Action::Erase(erase) => {
                self.erase = erase && self.operation.parameter_for(Role::Erase).is_some();
            }
            Action::KeyId(key_id) => key_id.trim().clone_into(&mut self.key_id),
            Action::IdsText(text) => {
                self.ids_text = Arc::from(text);
                self.parse();
            }
            Action::RemoveProblems => {
                let ids: Vec<InstanceId> =
                    self.parsed.ids.iter().map(|one| one.id.clone()).collect();
                self.set_ids(&ids);
            }
            Action::Locale(_)
            | Action::Review { .. }
            | Action::Looked { .. }
            | Action::WithoutLook
            | Action::TypedCount(_)
            | Action::Reason(_)
            | Action::Pacing(_)
            | Action::Instead { .. }
            | Action::LookElsewhere { .. }
            | Action::GoTo { .. }
            | Action::Back => {}
        }
    }

    fn choose(&mut self, operation: &'static Operation) {
        let Some(first) = operation.modes.first() else { return };
        // A force must be chosen anew for every operation; a soft mode of the same name may stay.
        let same = operation.mode(self.mode.id).filter(|mode| !mode.force);
        self.operation = operation;
        self.mode = same.unwrap_or(first);
        self.dry_run = self.dry_run && operation.parameter_for(Role::DryRun).is_some();
        self.erase = false;
        self.batching = default_batching(operation, self.dry_run);
    }

    fn set_ids(&mut self, ids: &[InstanceId]) {
        let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        self.ids_text = Arc::from(ids.join("\n"));
        self.parse();
    }

    fn parse(&mut self) {
        self.parsed = Arc::new(parse_ids(&self.ids_text, Some(self.cloud)));
    }
}

fn choices(operation: &'static Operation) -> &'static [&'static str] {
    match operation.parameter_for(Role::Batching).map(|parameter| &parameter.kind) {
        Some(cloud::ParameterKind::Choice(choices)) => choices,
        Some(cloud::ParameterKind::Boolean) | None => &[],
    }
}

/// Each for itself, so that one bad instance does not stop the others; but a dry run all together,
/// because each for itself it would always pass.
fn default_batching(operation: &'static Operation, dry_run: bool) -> Option<&'static str> {
    let wanted = if dry_run { "AllTogether" } else { "SuccessFirst" };
    choices(operation).iter().copied().find(|choice| *choice == wanted)
}
