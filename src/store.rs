//! What the page knows, as a value that components are given, and what people want, as a value that
//! they hand back. Data flows one way: view → components → intent → next view.

use crate::services::vault::{LockReason, Typed};
use crate::services::{
    approval::ApprovalStatus,
    frame::UntrustedParent,
    run_history::{HistoryAction, SavedRun},
    vault::key_store::SavedKeys,
};
use relight_core::{
    config::Config as Settings,
    credential::Guard,
    diagnostics::{CheckResult, Finding},
    form::{FormEdit, SecretStatus},
    i18n::Locale,
    model::{cloud::Verb, instance_id::InstanceId, plan::Plan, route::Route},
    run::{Event, Millis, Run},
    session::{Action, FilledIn, Session},
    signing::request::{Request, Signed},
};
use std::{collections::HashSet, sync::Arc};
use std::{ops::Deref, rc::Rc};

/// A value that is shared and compared by identity: what has not been replaced is not drawn again.
#[derive(Debug)]
pub(crate) struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Shared(Rc::new(value))
    }

    /// The value, to change; other holders keep the old one.
    pub(crate) fn make_mut(&mut self) -> &mut T
    where
        T: Clone,
    {
        Rc::make_mut(&mut self.0)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What the vault says of the key, without showing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyState {
    /// Of the secret.
    pub secret: SecretStatus,
    /// Of the token.
    pub token: SecretStatus,
    /// What is remembered of both, so that no other field takes them.
    pub guard: Guard,
    /// The browser has no keys that cannot be read back here: the secret is held as bytes.
    pub is_readable: bool,
    /// When it expires, in seconds since 1970, if that is known.
    pub expires_at: Option<i64>,
    /// Why it is not there any more.
    pub locked: Option<LockReason>,
    /// The name of the place that gives keys, if there is one.
    pub source: Option<Rc<str>>,
    /// Why that place gave none: its name, and what came instead.
    pub failure: Option<Rc<str>>,
    /// What the browser keeps beyond the tab.
    pub saved_keys: Rc<SavedKeys>,
    /// The kept key that this one is, by its id.
    pub chosen: Option<Rc<str>>,
}

/// All that is drawn.
#[derive(Clone, PartialEq)]
pub(crate) struct View {
    /// The form and the review.
    pub session: Shared<Session>,
    /// What the vault says of the key.
    pub key: KeyState,
    /// How calls travel.
    pub route: Shared<Route>,
    /// Whether it is known of the proxy on that way that it refuses the second copy of a request.
    pub once: CheckResult,
    /// The page around this one, if it may not have keys entered here.
    pub untrusted_parent: Option<UntrustedParent>,
    /// What the operator has set.
    pub settings: Shared<Settings>,
    /// Why the configuration cannot be used: nothing can be sent then.
    pub unusable: Option<Rc<str>>,
    /// What the address that the page was opened with has filled in.
    pub link: Option<Rc<FilledIn>>,
    /// A run of the journal that cannot be read and is kept aside: its id, and why.
    pub quarantined: Option<Rc<(String, String)>>,
    /// Whether the page around this one lets it send.
    pub approval: ApprovalStatus,
    /// The runs that the journal keeps; `None` until it is read.
    pub saved_runs: Option<Shared<Vec<SavedRun>>>,
    /// The run that is under way or over.
    pub run: Option<Shared<Run>>,
    /// What stands in the field for the run's key id while it cannot be one.
    pub wrong_key_id: Option<Rc<str>>,
    /// Instances to which a request was sent whose answer nobody has had, by runs that were left.
    pub doubted: Shared<HashSet<InstanceId>>,
    /// The requests as they went out, by the index of their call.
    pub signed: Shared<Vec<Option<Rc<Request<Signed>>>>>,
    /// Why runs are not written down here, as a word that [`relight_core::explain`] puts in words;
    /// `None` while they are.
    pub no_journal: Option<&'static str>,
    /// What the doctor has found, once it was asked.
    pub diagnostics: Option<Shared<Diagnostics>>,
    /// The page's clock, renewed once a second while a run is under way.
    pub now: Millis,
}

/// What the doctor was asked, and has found.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostics {
    /// The cloud's host.
    pub host: String,
    /// Whether it was asked with a real key.
    pub has_key: bool,
    /// How it was asked.
    pub route: Route,
    /// One finding a line; `None` while it is under way.
    pub findings: Option<Vec<Finding>>,
}

/// What a person wants.
#[derive(Clone, Debug)]
pub(crate) enum Intent {
    /// Another language.
    Locale(Locale),
    /// Something is filled in.
    Edit(FormEdit),
    /// Something about the look or the review.
    Form(Action),
    /// The secret was typed or pasted. Goes to the vault and nowhere else.
    Secret(Typed),
    /// The token was typed or pasted. Likewise.
    Token(Typed),
    /// Wipe secret and token.
    WipeKey,
    /// What else there is about the key, which only the rest of the page has.
    AboutKey,
    /// The same as [`Intent::WipeKey`], by somebody who goes away for a while.
    LockReason,
    /// When the key expires was typed, as a time that the browser understands.
    ExpiresAt(String),
    /// Keep the key in this browser under a name.
    SaveKey(String),
    /// Sign with a kept key, by its id.
    Choose(Rc<str>),
    /// Delete a kept key, by its id, or all of them.
    DeleteSavedKey(Option<Rc<str>>),
    /// On to the review, after a look at the instances. The store adds what the vault says.
    Review,
    /// On to the review without a look.
    SkipPreflight,
    /// Look for the instances that were not found in the other regions.
    SearchRegions,
    /// Send what was under review when somebody said so.
    Send(Arc<Plan>),
    /// Save what the journal has of the run that is kept aside.
    SaveQuarantined,
    /// Empty what a link has filled in.
    DropLink,
    /// Do not wait any longer for the leave to send.
    Withdraw,
    /// Something about the run: stop, resume, ask for more.
    Run(Event),
    /// Something about the runs that are kept.
    History(HistoryAction),
    /// Look at the way to the cloud.
    RunDiagnostics,
    /// Back to the form, with everything in it; the run must be over or stopped.
    NewRun,
    /// From a run that is not sending any more: some of its instances in a new one, which begins
    /// with a look.
    StartOver {
        /// The instances.
        ids: Vec<InstanceId>,
        /// What to do to them.
        verb: Verb,
        /// Whether to look in the other regions for those that are not found.
        region_search: bool,
        /// Whether the key is good.
        keep_key: bool,
    },
    /// Save the run as a file.
    Export(Format),
    /// Put a text on the clipboard.
    Copy(String),
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One line an instance.
    Csv,
    /// Everything.
    Json,
}
