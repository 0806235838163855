//! The view, which components are given as a value, and the intents, which they emit as values. Data
//! flows one way: view → components → intent → next view.

use crate::services::{
    approval::ApprovalStatus,
    connection::Connection,
    frame::UntrustedParent,
    run_history::{HistoryAction, SavedRun},
    saved_form::LastIds,
    selections::SavedSelection,
    vault::{LockReason, SecretInput, key_store::SavedKeys},
};
use relight_core::{
    config::Config as Settings,
    credential::Guard,
    diagnostics::{CheckResult, Finding},
    form::{FormEdit, SecretStatus},
    i18n::Locale,
    model::{cloud::Verb, instance_id::InstanceId, plan::Plan, query::InstanceQuery, route::Route},
    run::{Event, Millis, Run},
    session::{Action, AppliedLink, InstanceList, Session},
    signing::request::{Request, Signed},
};
use std::{collections::HashSet, ops::Deref, rc::Rc, sync::Arc};

/// A value that is shared and compared by identity: what has not been replaced is not rendered again.
#[derive(Debug)]
pub(crate) struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Shared(Rc::new(value))
    }

    /// The value, to be changed; other holders keep the old one.
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

/// What the vault reports of the key, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyState {
    /// Of the secret.
    pub secret: SecretStatus,
    /// Of the token.
    pub token: SecretStatus,
    /// The fingerprints of both, so that no other field accepts them.
    pub guard: Guard,
    /// The browser has no non-extractable keys here: the secret is held as bytes.
    pub is_readable: bool,
    /// When it expires, in seconds since 1970, if that is known.
    pub expires_at: Option<i64>,
    /// Why it was locked.
    pub locked: Option<LockReason>,
    /// The name of the source of keys, if there is one.
    pub source: Option<Rc<str>>,
    /// Why the source gave none: its name, and the answer instead.
    pub failure: Option<Rc<str>>,
    /// The saved keys.
    pub saved_keys: Rc<SavedKeys>,
    /// The id of the saved key that it was loaded from or saved as.
    pub chosen: Option<Rc<str>>,
}

/// Everything that is rendered.
#[derive(Clone, PartialEq)]
pub(crate) struct View {
    /// The form and the review.
    pub session: Shared<Session>,
    /// The state of the key.
    pub key: KeyState,
    /// Whether the advanced options were opened in the form alone.
    pub advanced: bool,
    /// The route of calls.
    pub route: Shared<Route>,
    /// Whether the proxy on that route is known to refuse duplicates.
    pub refuses_duplicates: CheckResult,
    /// The untrusted parent, if there is one: no key may be entered then.
    pub untrusted_parent: Option<UntrustedParent>,
    /// The operator's settings.
    pub settings: Shared<Settings>,
    /// Why the configuration cannot be used: nothing can be sent then.
    pub unusable: Option<Rc<str>>,
    /// What the link has filled in.
    pub link: Option<Rc<AppliedLink>>,
    /// A quarantined run of the journal that cannot be read: its id, and why.
    pub quarantined: Option<Rc<(String, String)>>,
    /// The reason of the last run.
    pub last_reason: Option<Rc<str>>,
    /// The ids of the last runs of this tab, to be filled in again.
    pub last_ids: Shared<Vec<LastIds>>,
    /// The approval of the host page.
    pub approval: ApprovalStatus,
    /// The saved runs; `None` until the journal is read.
    pub saved_runs: Option<Shared<Vec<SavedRun>>>,
    /// The run in progress or finished.
    pub run: Option<Shared<Run>>,
    /// The runs that are watched in the background.
    pub background: Vec<Shared<Run>>,
    /// The text in the field for the run's key id while it cannot be one.
    pub wrong_key_id: Option<Rc<str>>,
    /// Instances with a request whose result is unknown, of runs that were closed.
    pub unresolved: Shared<HashSet<InstanceId>>,
    /// The requests as they were sent, by the index of their call.
    pub signed: Shared<Vec<Option<Rc<Request<Signed>>>>>,
    /// Why runs are not saved here, as a code that [`relight_core::explain`] explains; `None` while they are
    /// saved.
    pub no_journal: Option<&'static str>,
    /// What was removed last, until the next change.
    pub undo: Option<Rc<Removed>>,
    /// What the last request has shown of the route.
    pub connection: Option<Connection>,
    /// The list of instances to choose from, once it was asked for.
    pub instances: Option<Shared<InstanceList>>,
    /// The selections of this browser.
    pub selections: Shared<Vec<SavedSelection>>,
    /// The selection that the ids in the form come from.
    pub resolved: Option<Rc<ResolvedSelection>>,
    /// The findings of the connection check, once it was asked for.
    pub diagnostics: Option<Shared<Diagnostics>>,
    /// The page's clock, updated once a second during a run.
    pub now: Millis,
}

/// The connection check.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostics {
    /// The cloud's host.
    pub host: String,
    /// Whether it was asked with a real key.
    pub has_key: bool,
    /// The route.
    pub route: Route,
    /// One finding per check; `None` while it is running.
    pub findings: Option<Vec<Finding>>,
}

/// A user intent.
#[derive(Clone, Debug)]
pub(crate) enum Intent {
    /// Change the language.
    Locale(Locale),
    /// Edit the form.
    Edit(FormEdit),
    /// An action of the preflight or the review.
    Form(Action),
    /// The secret was typed or pasted. It goes to the vault and nowhere else.
    Secret(SecretInput),
    /// The token was typed or pasted. It goes to the vault and nowhere else.
    Token(SecretInput),
    /// Wipe secret and token.
    WipeKey,
    /// Show the parts of the key section that only the console has.
    AboutKey,
    /// Show the advanced options, from the form alone.
    Advanced,
    /// The same as [`Intent::WipeKey`], but as a lock.
    LockKey,
    /// The expiry of the key was entered, in the format of a `datetime-local` field.
    ExpiresAt(String),
    /// Save the key in this browser under a name.
    SaveKey(String),
    /// Sign with a saved key, by its id.
    Choose(Rc<str>),
    /// Delete a saved key, by its id, or all of them.
    DeleteSavedKey(Option<Rc<str>>),
    /// Put what was probably meant in place of each near miss among the ids.
    UseCorrections,
    /// Bring back what was removed last.
    Undo,
    /// On to the review, after the preflight. The console adds the state of the key.
    Review,
    /// On to the review without preflight.
    SkipPreflight,
    /// An action on the list of instances and on the selections with a name.
    Instances(InstancesAction),
    /// Search the other regions for the instances that were not found.
    SearchRegions,
    /// Send what was under review at the time of the click.
    Send(Arc<Plan>),
    /// Download the records of the quarantined run.
    SaveQuarantined,
    /// Clear what a link has filled in.
    DropLink,
    /// Do not wait any longer for approval.
    Withdraw,
    /// An event of the run: stop, resume, retry.
    Run(Event),
    /// A choice in the run history.
    History(HistoryAction),
    /// Show a run of the background, by its id.
    OpenBackground(Rc<str>),
    /// Remove a run that is over from the background, by its id.
    DismissBackground(Rc<str>),
    /// Run the connection check.
    RunDiagnostics,
    /// Back to the form, which keeps its values. A run that is watched goes on in the background.
    NewRun,
    /// Review some of an idle run's instances, beginning with a preflight.
    StartOver {
        /// The instances.
        ids: Vec<InstanceId>,
        /// The operation.
        verb: Verb,
        /// Whether to search the other regions for those that are not found.
        region_search: bool,
        /// Whether the key is valid.
        keep_key: bool,
    },
    /// Download the run as a file.
    Export(Format),
    /// Copy a text to the clipboard.
    Copy(String),
}

/// An action on the list of instances and on the selections with a name.
#[derive(Clone, Debug)]
pub(crate) enum InstancesAction {
    /// Read the list of the instances that match a query.
    Read(InstanceQuery),
    /// Stop reading.
    Stop,
    /// Read the selection of this name, and fill in what it finds.
    Resolve(String),
    /// Save a query under a name.
    Save(String, InstanceQuery),
    /// Delete the selection of this name.
    Delete(String),
}

/// What was removed, and can be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    /// Ids: the text before, and the selection that they came from.
    Ids(Arc<str>, Option<Rc<ResolvedSelection>>),
    /// A selection with a name.
    Selection(SavedSelection),
}

impl Removed {
    /// The ids before an edit that removes some, or all.
    pub(crate) fn by(edit: &FormEdit, before: &Arc<str>) -> Option<Arc<str>> {
        let removes = match edit {
            FormEdit::RemoveProblems => true,
            FormEdit::IdsText(text) => text.is_empty() && !before.is_empty(),
            _ => false,
        };
        removes.then(|| Arc::clone(before))
    }
}

/// What a selection has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResolvedSelection {
    /// Its name.
    pub name: String,
    /// How many.
    pub total: usize,
    /// How many that it had not found the time before; `None` the first time.
    pub changed: Option<Changed>,
}

/// What has changed since a selection was resolved the time before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// How many are new.
    pub new: usize,
    /// How many are no longer found.
    pub gone: usize,
}

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One line per instance.
    Csv,
    /// Everything.
    Json,
}
