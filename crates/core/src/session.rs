//! The page as a state machine: what is filled in, and what follows from it.
//!
//! Everything that the screen shows of the form and of the review comes from here, and so does
//! everything that is sent: a select cannot show one thing and the request say another. The secret
//! is not here: it lives in the page's vault and nowhere else.

use crate::{
    cloud::{self, Cloud, Mode, Operation, Role},
    credential,
    ids::{ParsedIds, parse_ids},
    plan::{self, Job, Plan, Refusal},
    words::Locale,
};
use std::sync::Arc;

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
}

/// How far the person has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Filling in.
    Compose {
        /// Why the last attempt to go on was refused.
        refusal: Option<Refusal>,
    },
    /// Looking at exactly what will be sent.
    Review {
        /// What will be sent.
        plan: Arc<Plan>,
        /// What was typed into the field that asks for the count.
        typed_count: String,
    },
}

/// What a person does.
#[derive(Clone, Debug, PartialEq)]
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
    /// On to the review, given what the vault knows of secret and token.
    Review {
        /// Whether a secret is held, and is one.
        secret: Held,
        /// Whether a token is held.
        token: Held,
    },
    /// The count was typed.
    TypedCount(String),
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

    /// The plan under review.
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        match &self.step {
            Step::Compose { .. } => None,
            Step::Review { plan, .. } => Some(plan),
        }
    }

    /// Whether what is reviewed may be sent: the count is typed where it must be.
    pub fn may_send(&self) -> bool {
        match &self.step {
            Step::Compose { .. } => false,
            Step::Review { plan, typed_count } => {
                !plan.needs_typed_count()
                    || typed_count.trim() == plan.instances().to_string().as_str()
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
            Action::Review { secret, token } => self.review(secret, token),
            Action::TypedCount(text) => {
                if let Step::Review { typed_count, .. } = &mut self.step {
                    *typed_count = text;
                }
            }
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

    fn review(&mut self, secret: Held, token: Held) {
        let step = match self.form.plan(secret, token) {
            Ok(plan) => Step::Review { plan: Arc::new(plan), typed_count: String::new() },
            Err(refusal) => Step::Compose { refusal: Some(refusal) },
        };
        self.step = step;
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
        let plan = plan::plan(&self.job(), None)?;
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
                    *self = Form { ids_text, ..fresh };
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
                let ids: Vec<&str> = self.parsed.ids.iter().map(|one| one.id.as_str()).collect();
                self.ids_text = Arc::from(ids.join("\n"));
                self.parse();
            }
            Action::Locale(_) | Action::Review { .. } | Action::TypedCount(_) | Action::Back => {}
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
