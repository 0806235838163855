//! The session: the form, the preflight and the review, as a state machine.
//!
//! The screen shows the form and the review from this state only, and requests are made from it, so
//! they cannot differ. The secret is not here: only the page's vault has it.
mod instance_list;
mod link;
mod region_search;
mod deferred;
pub use deferred::Deferred;
pub use instance_list::{InstanceList, ListCommand};
pub use link::AppliedLink;
pub use region_search::RegionSearch;

use crate::{
    form::{Form, FormEdit, SecretStatus},
    i18n::Locale,
    ids::parse_ids,
    model::{
        cloud::{Cloud, Operation, Verb},
        eligibility::SkipReason,
        instance_id::InstanceId,
        limits::Limits,
        outcome::DescribedInstance,
        plan::{self, BatchOptions, OperationSpec, Plan, PlanInput, Refusal, Target},
        query::InstanceQuery,
    },
    run::{self, About, Millis, Policy, Preflight, PreflightCommand, PreflightResult, Run},
    transport::TransportResult,
};
use std::{collections::HashSet, sync::Arc};

/// The form and the current step.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    locale: Locale,
    form: Form,
    step: Step,
    deferred: Vec<Arc<Deferred>>,
}

/// The current step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The form is being filled in.
    Compose {
        /// Why the last attempt to continue was refused.
        refusal: Option<Refusal>,
    },
    /// The preflight reads the states of the instances.
    Preflight {
        /// Its state.
        preflight: Arc<Preflight>,
    },
    /// The user reviews exactly what will be sent.
    Review(Arc<Review>),
}

/// What will be sent, and what is skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The operation, whether or not any instance is eligible.
    pub spec: Arc<OperationSpec>,
    /// What will be sent; `None` if no instance is eligible.
    pub plan: Option<Arc<Plan>>,
    /// The skipped instances with the reasons.
    pub skipped: Arc<Vec<(InstanceId, SkipReason)>>,
    /// The result of the preflight; `None` if it was skipped.
    pub preflight: Option<Arc<PreflightResult>>,
    /// The text in the field for the count.
    pub typed_count: String,
    /// The search for missing instances in other regions.
    pub region_search: Option<Arc<RegionSearch>>,
}

impl Review {
    /// Whether the count must be typed.
    pub fn needs_typed_count(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.needs_typed_count())
    }

    /// Whether it may be sent: there is a plan, and the count is typed where required.
    pub fn may_send(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| {
            !self.needs_typed_count()
                || self.typed_count.trim() == plan.instances().to_string().as_str()
        })
    }

    /// The description of an instance by the preflight.
    pub fn state_of(&self, id: &InstanceId) -> Option<&DescribedInstance> {
        self.preflight.as_ref()?.instances.iter().find(|state| state.id == id.as_str())
    }

    /// The ids that were skipped for a reason.
    fn skipped_for(&self, reason: SkipReason) -> Vec<InstanceId> {
        self.skipped
            .iter()
            .filter(|(_, other)| *other == reason)
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// What the user does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Another language.
    Locale(Locale),
    /// The operator's limits were read.
    Restrict(Arc<Limits>),
    /// A field was changed.
    Edit(FormEdit),
    /// Continue to the review, given the vault's status of secret and token. Runs the preflight
    /// first, unless it is skipped.
    Review {
        /// The status of the secret.
        secret: SecretStatus,
        /// The status of the token.
        token: SecretStatus,
        /// Whether calls go through a proxy that must say who responded.
        through_proxy: bool,
        /// Whether to run the preflight.
        preflight: bool,
        /// The age of the preflight that this one replaces: [`Session::outdated`].
        replaced_age_ms: Option<u64>,
    },
    /// A describe call of the preflight or of the region search has a result.
    Described {
        /// The page's clock.
        now: Millis,
        /// The requested ids.
        ids: Vec<InstanceId>,
        /// The result.
        result: TransportResult,
    },
    /// Continue to the review with the states so far, or without any.
    SkipPreflight,
    /// The count was typed.
    TypedCount(String),
    /// Use the other verb for the instances that were skipped for this reason.
    Instead {
        /// The reason.
        reason: SkipReason,
        /// The other verb.
        verb: Verb,
    },
    /// Search the other regions for the instances that were not found.
    SearchRegions {
        /// Whether calls go through a proxy that must say who responded.
        through_proxy: bool,
    },
    /// Switch to another region, with the instances that were found there.
    GoTo {
        /// The region.
        region: String,
    },
    /// A refusal to show at the field that it is about.
    Refuse(Refusal),
    /// Switch to another cloud, with the ids that belong to it.
    GoToCloud(&'static Cloud),
    /// Restore the last deferred form.
    RestoreDeferred,
    /// Delete the last deferred form.
    DropDeferred,
    /// Back to the form.
    Back,
}

impl Session {
    /// A session with this form.
    pub fn new(locale: Locale, mut form: Form) -> Self {
        form.read_with(parse_ids);
        let step = Step::Compose { refusal: None };
        Session { locale, form, step, deferred: Vec::new() }
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// The form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The current step.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// The deferred forms, oldest first.
    pub fn deferred(&self) -> &[Arc<Deferred>] {
        &self.deferred
    }

    /// Removes instances that were sent from the deferred forms.
    pub fn remove_sent(&mut self, ids: &[InstanceId]) {
        let asked = ids.iter().map(InstanceId::as_str).collect();
        self.deferred.retain_mut(|one| Arc::make_mut(one).without(&asked));
    }

    /// The review, in that step.
    pub fn review(&self) -> Option<&Arc<Review>> {
        match &self.step {
            Step::Compose { .. } | Step::Preflight { .. } => None,
            Step::Review(review) => Some(review),
        }
    }

    /// The reviewed plan.
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.review().and_then(|review| review.plan.as_ref())
    }

    /// Whether the reviewed plan may be sent.
    pub fn may_send(&self) -> bool {
        self.review().is_some_and(|review| {
            review.may_send()
                && self.form.limits().check_once(&review.spec).is_ok()
                && self.check_selected(review).is_ok()
        }) && self.reason_refusal().is_none()
    }

    /// The age of the review's preflight, if it is too old to send anything: it must be repeated,
    /// and its result reviewed. `None` if the user has skipped the preflight.
    pub fn outdated(&self, now: Millis) -> Option<u64> {
        run::outdated(self.review()?.preflight.as_ref()?.at, now)
    }

    /// Checks that every instance to be sent was described and matches the operator's selection.
    fn check_selected(&self, review: &Review) -> Result<(), Refusal> {
        let limits = self.form.limits();
        let Some(selection) = &limits.selection else { return Ok(()) };
        let seen: HashSet<&str> = review
            .preflight
            .iter()
            .flat_map(|preflight| &preflight.instances)
            .filter(|instance| limits.selects(instance))
            .map(|instance| instance.id.as_str())
            .collect();
        let mut asked = review.plan.iter().flat_map(|plan| plan.ids());
        if asked.all(|id| seen.contains(id.as_str())) {
            Ok(())
        } else {
            Err(Refusal::NotSelected { selection: selection.to_string() })
        }
    }

    /// Why the reason is refused.
    pub fn reason_refusal(&self) -> Option<Refusal> {
        let limits = self.form.limits();
        let missing = !limits.allows_reason(self.form.reason());
        self.form.check_reason().err().or(missing.then_some(Refusal::ReasonMissing))
    }

    /// The run of a plan that the user confirmed and the host page approved. `None` if it is not
    /// the reviewed plan, if its preflight is too old, or if the operator requires proof that the
    /// proxy refuses a second copy. `id` is a new unique name; `person` is who confirmed it, if
    /// known.
    pub fn run(
        &self,
        approved: &Plan,
        id: String,
        now: Millis,
        person: Option<String>,
        through_proxy: bool,
    ) -> Option<Run> {
        let review = self.review()?;
        let plan = review.plan.as_ref().filter(|plan| ***plan == *approved)?;
        if self.outdated(now).is_some() {
            return None;
        }
        self.form.limits().check_once(&plan.spec).ok()?;
        self.check_selected(review).ok()?;
        self.form.check_reason().ok()?;
        let about = About {
            id,
            reason: self.form.reason().to_owned(),
            key_id: self.form.key_id().to_owned(),
            confirmed_at: now,
            person,
            selection: self.form.limits().selection.as_ref().map(ToString::to_string),
        };
        let policy = Policy::of(self.form.pacing(), through_proxy, true);
        let known = review.preflight.as_ref().map_or(&[][..], |preflight| &preflight.instances);
        let skew_seconds =
            review.preflight.as_ref().and_then(|preflight| preflight.clock_skew_seconds);
        let run = Run::new(about, plan, &review.skipped, known, policy);
        Some(run.with_clock_skew(skew_seconds).with_problems(&self.form.parsed().problems))
    }

    /// Fills the form for a new run of some instances of an old one, with its cloud, region and
    /// key.
    pub fn fill_from_run(&mut self, run: &Run, ids: &[InstanceId], operation: &Operation) {
        let target = run.spec().target();
        let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        for edit in [
            FormEdit::Cloud(target.cloud.id.to_owned()),
            FormEdit::Site(target.site.id.to_owned()),
            FormEdit::Region(target.region.clone()),
            FormEdit::Operation(operation.name.to_owned()),
            FormEdit::KeyId(run.about().key_id.clone()),
            FormEdit::IdsText(ids.join("\n")),
        ] {
            self.update(Action::Edit(edit));
        }
    }

    /// The list of instances to choose from: those that match a query and the operator's selection.
    ///
    /// # Errors
    /// What is missing, wrong or not allowed in the form.
    pub fn instance_list(
        &self,
        query: &InstanceQuery,
        secret: SecretStatus,
        through_proxy: bool,
    ) -> Result<InstanceList, Refusal> {
        let form = &self.form;
        form.check_texts()?;
        let target = Target::new(form.cloud(), Some(form.site()), form.region())?;
        form.limits().check_target(&target)?;
        form.check_key(secret)?;
        let query = match &form.limits().selection {
            Some(selection) => selection.and(query),
            None => query.clone(),
        };
        Ok(InstanceList::new(target, query, through_proxy))
    }

    /// The next command of the preflight or of the region search, if one is running; with its
    /// target and the seconds to add to the page's clock for the signature.
    pub fn next_preflight(&mut self, now: Millis) -> Option<(Target, i64, PreflightCommand)> {
        match &mut self.step {
            Step::Compose { .. } => None,
            Step::Preflight { preflight } => {
                let preflight = Arc::make_mut(preflight);
                let command = preflight.next(now);
                Some((preflight.target().clone(), preflight.clock_skew_seconds(), command))
            }
            Step::Review(review) => {
                review.region_search.as_ref()?;
                Arc::make_mut(Arc::make_mut(review).region_search.as_mut()?).next(now)
            }
        }
    }

    /// Handles an action. False if nothing has changed.
    pub fn update(&mut self, action: Action) -> bool {
        let before = self.clone();
        self.apply(action);
        *self != before
    }

    fn apply(&mut self, action: Action) {
        match action {
            Action::Locale(locale) => self.locale = locale,
            Action::Review { secret, token, through_proxy, preflight, replaced_age_ms } => {
                self.begin_review(secret, token, through_proxy, preflight, replaced_age_ms);
            }
            Action::Described { now, ids, result } => self.described(now, &ids, &result),
            Action::SkipPreflight => self.skip_preflight(),
            Action::TypedCount(text) => {
                if let Step::Review(review) = &mut self.step {
                    Arc::make_mut(review).typed_count = text;
                }
            }
            // Not part of what is sent, so the review stays.
            Action::Edit(FormEdit::Reason(reason)) => self.form.apply(FormEdit::Reason(reason)),
            Action::Edit(FormEdit::Guard(guard)) => {
                self.form.apply(FormEdit::Guard(guard));
                // Nor is this, unless the secret turns out to be in another field.
                let refusal = self.form.check_texts().err();
                if refusal.is_some() && !matches!(self.step, Step::Compose { .. }) {
                    self.step = Step::Compose { refusal };
                }
            }
            Action::Edit(FormEdit::Pacing(pacing)) => {
                self.form.apply(FormEdit::Pacing(pacing));
                self.replan();
            }
            Action::Instead { reason, verb } => self.ask_instead(reason, verb),
            Action::SearchRegions { through_proxy } => self.search_regions(through_proxy),
            Action::GoTo { region } => self.go_to(&region),
            Action::Refuse(refusal) => self.step = Step::Compose { refusal: Some(refusal) },
            Action::GoToCloud(cloud) => self.go_to_cloud(cloud),
            Action::RestoreDeferred => self.restore_deferred(),
            Action::DropDeferred => {
                self.deferred.pop();
            }
            Action::Back => self.step = Step::Compose { refusal: None },
            Action::Restrict(limits) => self.restrict(limits),
            // The reviewed plan was made from the form: a change leaves the review.
            Action::Edit(edit) => {
                let before = self.form.clone();
                self.form.apply(edit);
                if self.form != before {
                    self.step = Step::Compose { refusal: None };
                }
            }
        }
    }

    fn restrict(&mut self, limits: Arc<Limits>) {
        let before = Arc::clone(self.form.limits());
        if before == limits {
            return;
        }
        let only_once = *before == Limits { once_proven: before.once_proven, ..(*limits).clone() };
        self.form.restrict(limits);
        if only_once {
            // The limits are the same: what is known of the proxy is not part of the review.
            self.replan();
        } else {
            // The reviewed plan may no longer be allowed.
            self.step = Step::Compose { refusal: None };
        }
    }

    fn begin_review(
        &mut self,
        secret: SecretStatus,
        token: SecretStatus,
        through_proxy: bool,
        preflight: bool,
        replaced_age_ms: Option<u64>,
    ) {
        // A retry of a failed preflight replaces the same one.
        let replaced_age_ms = replaced_age_ms.or_else(|| match &self.step {
            Step::Preflight { preflight } => preflight.result().replaced_age_ms,
            Step::Compose { .. } | Step::Review(_) => None,
        });
        let plan = match self.form.plan(secret, token) {
            Ok(plan) => plan,
            Err(refusal) => {
                self.step = Step::Compose { refusal: Some(refusal) };
                return;
            }
        };
        if preflight || self.form.limits().selection.is_some() {
            let ids: Vec<InstanceId> = plan.ids().cloned().collect();
            let preflight = Preflight::new(plan.spec.target().clone(), &ids, through_proxy)
                .replacing(replaced_age_ms);
            self.step = Step::Preflight { preflight: Arc::new(preflight) };
        } else {
            self.step = Step::Review(Arc::new(Review::of(plan, Vec::new(), None)));
        }
    }

    fn described(&mut self, now: Millis, ids: &[InstanceId], result: &TransportResult) {
        match &mut self.step {
            Step::Compose { .. } => {}
            Step::Preflight { preflight } => {
                let preflight = Arc::make_mut(preflight);
                preflight.described(now, ids, result);
                let (left, total) = preflight.progress();
                if left == total && preflight.result().fault.is_none() {
                    let preflight = preflight.result().clone();
                    self.review_preflight(preflight);
                }
            }
            Step::Review(review) => {
                if let Some(region_search) = &mut Arc::make_mut(review).region_search {
                    Arc::make_mut(region_search).described(now, ids, result);
                }
            }
        }
    }

    fn review_preflight(&mut self, preflight: PreflightResult) {
        let Ok(whole) = plan::plan_with(&self.form.plan_input(), BatchOptions::default()) else {
            return;
        };
        let ids: Vec<InstanceId> = whole.ids().cloned().collect();
        let (eligible, skipped) = run::partition_eligible(&whole.spec, &ids, &preflight.instances);
        let input = PlanInput { ids: eligible, ..self.form.plan_input() };
        let plan = plan::plan_with(&input, self.form.pacing().batch_options(input.ids.len())).ok();
        self.step = Step::Review(Arc::new(Review {
            spec: whole.spec,
            plan: plan.map(Arc::new),
            skipped: Arc::new(skipped),
            preflight: Some(Arc::new(preflight)),
            typed_count: String::new(),
            region_search: None,
        }));
    }

    fn skip_preflight(&mut self) {
        if !matches!(self.step, Step::Preflight { .. }) || self.form.limits().selection.is_some() {
            return;
        }
        let input = self.form.plan_input();
        let batch_options = self.form.pacing().batch_options(input.ids.len());
        self.step = match plan::plan_with(&input, batch_options) {
            Ok(plan) => Step::Review(Arc::new(Review::of(plan, Vec::new(), None))),
            Err(refusal) => Step::Compose { refusal: Some(refusal) },
        };
    }

    /// Plans the same instances with other batches, pacing or knowledge of the proxy.
    fn replan(&mut self) {
        let pacing = *self.form.pacing();
        let limits = self.form.limits();
        let Step::Review(review) = &mut self.step else { return };
        if review.spec.limits() != limits {
            let spec = review.spec.under(limits);
            Arc::make_mut(review).spec = Arc::new(spec);
        }
        let Some(plan) = review.plan.clone() else { return };
        let ids: Vec<InstanceId> = plan.ids().cloned().collect();
        let input = PlanInput { ids, ..self.form.plan_input() };
        if let Ok(plan) = plan::plan_with(&input, pacing.batch_options(input.ids.len())) {
            Arc::make_mut(review).plan = Some(Arc::new(plan));
        }
    }

    fn ask_instead(&mut self, reason: SkipReason, verb: Verb) {
        let Step::Review(review) = &self.step else { return };
        let ids = review.skipped_for(reason);
        if let Some(operation) = self.form.cloud().operation_for(verb)
            && !ids.is_empty()
        {
            self.deferred.push(Arc::new(Deferred::of(&self.form)));
            self.form.choose(operation);
            self.form.set_ids(&ids);
            self.step = Step::Compose { refusal: None };
        }
    }

    /// Fills the form with the ids that belong to another cloud, and defers the rest.
    fn go_to_cloud(&mut self, cloud: &'static Cloud) {
        let ids_text = self.form.ids_text_of(cloud);
        if ids_text.is_empty() || !self.form.clouds().any(|allowed| allowed == cloud) {
            return;
        }
        if !self.form.parsed().ids.is_empty() {
            self.deferred.push(Arc::new(Deferred::of(&self.form)));
        }
        self.form.apply(FormEdit::Cloud(cloud.id.to_owned()));
        self.form.apply(FormEdit::IdsText(ids_text));
        self.step = Step::Compose { refusal: None };
    }

    fn restore_deferred(&mut self) {
        if let Some(before) = self.deferred.pop() {
            self.form = Arc::unwrap_or_clone(before).restore(&self.form);
            self.step = Step::Compose { refusal: None };
        }
    }

    fn search_regions(&mut self, through_proxy: bool) {
        let Step::Review(review) = &mut self.step else { return };
        let missing = review.skipped_for(SkipReason::NotFound);
        let region_search = RegionSearch::new(review.spec.target(), missing, through_proxy);
        Arc::make_mut(review).region_search = region_search.map(Arc::new);
    }

    fn go_to(&mut self, region: &str) {
        let Step::Review(review) = &self.step else { return };
        let found =
            review.region_search.as_ref().map(|region_search| region_search.found_in(region));
        if let Some(ids) = found.filter(|ids| !ids.is_empty()) {
            self.deferred.push(Arc::new(Deferred::of(&self.form)));
            self.form.apply(FormEdit::Region(region.to_owned()));
            self.form.set_ids(&ids);
            self.step = Step::Compose { refusal: None };
        }
    }
}

impl Review {
    fn of(
        plan: Plan,
        skipped: Vec<(InstanceId, SkipReason)>,
        preflight: Option<Arc<PreflightResult>>,
    ) -> Self {
        Review {
            spec: Arc::clone(&plan.spec),
            plan: Some(Arc::new(plan)),
            skipped: Arc::new(skipped),
            preflight,
            typed_count: String::new(),
            region_search: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cloud::{Cloud, Role};
    use crate::run::{Choice, Command, Event, export, restore};
    use crate::{
        clouds,
        credential::{Fingerprint, Guard},
        model::{
            outcome::{Phase, Response, Tag},
            plan::Pacing,
        },
    };

    fn filled() -> Session {
        let mut session = Session::new(Locale::En, Form::first());
        let cloud = clouds::by_id("tencent").unwrap();
        for edit in [
            FormEdit::Cloud(cloud.id.into()),
            FormEdit::Region("ap-guangzhou".into()),
            FormEdit::KeyId("AKIDEXAMPLE".into()),
            FormEdit::IdsText("ins-aaaaaaaa ins-bbbbbbbb ins-cccccccc".into()),
            FormEdit::Reason("TICKET-7".into()),
            FormEdit::Pacing(Pacing { wave_calls: 4, ..Pacing::default() }),
        ] {
            session.update(Action::Edit(edit));
        }
        session
    }

    fn review(session: &mut Session, preflight: bool) {
        let (secret, token, through_proxy) = (SecretStatus::Usable, SecretStatus::Missing, true);
        let replaced_age_ms = None;
        session.update(Action::Review { secret, token, through_proxy, preflight, replaced_age_ms });
    }

    /// The exports of a run list what was not sent, with secrets hidden.
    #[test]
    fn a_run_lists_the_refused_entries() {
        let mut session = filled();
        let text =
            "ins-aaaaaaaa\n=ins-zz\nins-aaaaaaaa\nlns-8xk2p0qb\naB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC01d";
        session.update(Action::Edit(FormEdit::IdsText(text.into())));
        review(&mut session, false);
        let mut run = session.run(session.plan().unwrap(), "r".into(), 7, None, true).unwrap();
        let written = written(&mut run);
        let again = restore(serde_json::from_str(&written).unwrap(), 8).unwrap();
        for run in [&run, &again] {
            let entries = run.refused_entries();
            let kinds: Vec<_> = entries.iter().map(|entry| (&*entry.kind, entry.line)).collect();
            let wanted = [("malformed", 2), ("repeated", 3), ("near-miss", 4), ("malformed", 5)];
            assert_eq!(kinds, wanted);
            assert_eq!(run.rows().len(), 1);
            let (csv, json) = (export::csv([run]), export::json(run));
            assert_eq!(csv.matches("refused-entry,near-miss").count(), 1, "{csv}");
            assert!(csv.contains("\r\nlns-8xk2p0qb,") && json.contains("\"lns-8xk2p0qb\""));
            for file in [&csv, &json, &written] {
                assert!(!file.contains("aB3dE6gH"), "{file}");
            }
        }
    }

    fn written(run: &mut Run) -> String {
        let commands = run.handle(7, Event::Tick).into_iter();
        let records: Vec<_> = commands
            .filter_map(|command| match command {
                Command::Record { record, .. } => Some(record),
                _ => None,
            })
            .collect();
        serde_json::to_string(&records).unwrap()
    }

    /// Problems that the first part of the program cannot detect are detected once the rest is
    /// loaded.
    #[test]
    fn ids_are_read_closely_from_the_session_on() {
        let mut form = Form::first();
        form.apply(FormEdit::Cloud("zenlayer".into()));
        let pasted = "instanceId,diskId\n1639300468706648123,1650000000000000005";
        form.apply(FormEdit::IdsText(pasted.into()));
        assert_eq!(form.parsed().ids.len(), 2);
        let mut session = Session::new(Locale::En, form);
        assert_eq!(session.form().parsed().ids.len(), 1);
        session.update(Action::Edit(FormEdit::IdsText("snapshot 1740266497441398001".into())));
        assert!(session.form().parsed().ids.is_empty());
    }

    #[test]
    fn only_the_reviewed_plan_becomes_a_run() {
        let mut session = filled();
        assert!(session.plan().is_none(), "nothing is under review");
        review(&mut session, false);
        let plan = session.plan().unwrap();
        let run = session.run(plan, "r".into(), 7, Some("Li Lei".into()), false).unwrap();
        assert!(Arc::ptr_eq(run.spec(), &plan.spec));
        assert_eq!(
            run.calls().iter().map(|call| &call.batch).collect::<Vec<_>>(),
            [&plan.batches[0]]
        );
        assert_eq!((run.about().reason.as_str(), run.about().confirmed_at), ("TICKET-7", 7));
        assert_eq!(run.about().key_id, "AKIDEXAMPLE");
        assert_eq!(run.about().person.as_deref(), Some("Li Lei"));
        assert!(run.policy().journal && !run.policy().through_proxy);
        assert_eq!(run.policy().wave_calls, 4);
        assert_eq!(run.clock_correction_seconds(), None);
    }

    /// Approved is what was shown then: not other instances or another operation.
    #[test]
    fn a_plan_that_left_review_becomes_no_run() {
        let mut session = filled();
        review(&mut session, false);
        let approved = Arc::clone(session.plan().unwrap());
        let begins =
            |session: &Session| session.run(&approved, "r".into(), 7, None, true).is_some();
        assert!(begins(&session));
        review(&mut session, true);
        assert!(!begins(&session), "it is looked at again");
        let state =
            |id: &str, phase| DescribedInstance { id: id.into(), phase, ..Default::default() };
        let preflight = |phase: fn(usize) -> Phase| PreflightResult {
            instances: ALL.iter().enumerate().map(|(at, id)| state(id, phase(at))).collect(),
            at: 7,
            ..PreflightResult::default()
        };
        session.review_preflight(preflight(|_| Phase::Running));
        assert!(begins(&session), "the same once more");
        session.review_preflight(preflight(
            |at| {
                if at == 0 { Phase::Stopped } else { Phase::Running }
            },
        ));
        assert!(!begins(&session), "one less");
        let forced = FormEdit::Mode("hard".into());
        session.update(Action::Edit(forced));
        review(&mut session, false);
        assert!(session.plan().unwrap().spec.is_forced());
        assert!(!begins(&session), "forced");
    }

    #[test]
    fn an_unproven_proxy_allows_review_and_no_run() {
        let mut session = filled();
        let limits = |once_proven| Limits { once_required: true, once_proven, ..Limits::default() };
        let restrict = |session: &mut Session, limits| {
            session.update(Action::Restrict(Arc::new(limits)));
        };
        restrict(&mut session, limits(false));
        review(&mut session, false);
        let asked = |session: &Session| {
            let plan = session.plan().unwrap();
            let run = session.run(plan, "r".into(), 7, None, true);
            assert_eq!(run.is_some(), session.may_send());
            run
        };
        let before = session.review().unwrap().clone();
        assert!(before.may_send(), "the plan itself is in order");
        assert!(asked(&session).is_none());
        // Proven during the review: the same plan may be sent.
        restrict(&mut session, limits(true));
        let after = session.review().unwrap().clone();
        assert!(after.spec.limits().once_proven && !before.spec.limits().once_proven);
        assert!(after.plan.as_ref().unwrap().ids().eq(before.plan.as_ref().unwrap().ids()));
        assert!(asked(&session).unwrap().spec().limits().once_proven);
        // And no longer proven.
        restrict(&mut session, limits(false));
        assert!(session.review().is_some() && asked(&session).is_none());
        restrict(&mut session, Limits { once_required: false, ..limits(false) });
        assert!(session.review().is_none(), "something else is allowed");
        review(&mut session, false);
        assert!(asked(&session).is_some());

        // A dry run may arrive any number of times.
        let can = |cloud: &&&Cloud| {
            let operation = cloud.operations.first().unwrap();
            operation.parameter_for(Role::DryRun).is_some()
        };
        let cloud = clouds::ALL.iter().find(can).unwrap();
        for edit in [
            FormEdit::Cloud(cloud.id.into()),
            FormEdit::Region(cloud.regions.known.first().unwrap().id.into()),
            FormEdit::KeyId("LTAIEXAMPLE".into()),
            FormEdit::IdsText(cloud.ids.example.into()),
        ] {
            session.update(Action::Edit(edit));
        }
        restrict(&mut session, limits(false));
        for dry_run in [false, true] {
            session.update(Action::Edit(FormEdit::DryRun(dry_run)));
            review(&mut session, false);
            assert!(session.review().is_some());
            assert_eq!(asked(&session).is_some(), dry_run);
        }
    }

    /// The first is stopped, the others run.
    fn one_is_stopped(session: &mut Session) {
        review(session, true);
        let instances = ALL.iter().enumerate().map(|(at, id)| DescribedInstance {
            id: (*id).into(),
            phase: if at == 0 { Phase::Stopped } else { Phase::Running },
            ..Default::default()
        });
        let preflight =
            PreflightResult { instances: instances.collect(), at: 7, ..Default::default() };
        session.review_preflight(preflight);
    }

    fn ids_of(session: &Session) -> Vec<String> {
        session.form().parsed().ids.iter().map(|parsed| parsed.id.to_string()).collect()
    }

    #[test]
    fn instances_that_are_not_reviewed_are_deferred_and_restored() {
        let mut session = filled();
        one_is_stopped(&mut session);
        let reason = session.review().unwrap().skipped[0].1;
        session.update(Action::Instead { reason, verb: Verb::Start });
        assert_eq!(session.form().operation().verb, Verb::Start);
        assert_eq!(ids_of(&session), ALL[..1]);
        let deferred = session.deferred().last().unwrap().clone();
        assert_eq!(deferred.beside(session.form()), 2);
        assert_eq!(deferred.form().operation().verb, Verb::Reboot);

        // Nothing was started: all of them are restored.
        let mut at_once = session.clone();
        at_once.update(Action::RestoreDeferred);
        assert_eq!(ids_of(&at_once), ALL);
        assert_eq!(at_once.form().operation().verb, Verb::Reboot);
        assert!(at_once.deferred().is_empty());

        // A started instance is not restored, and the key in the form stays.
        session.remove_sent(&[InstanceId::new(ALL[0])]);
        session.update(Action::Edit(FormEdit::KeyId("AKIDOTHER".into())));
        session.update(Action::Edit(FormEdit::Reason(String::new())));
        let mut dropped = session.clone();
        session.update(Action::RestoreDeferred);
        assert_eq!(ids_of(&session), ALL[1..]);
        assert_eq!((session.form().key_id(), session.form().reason()), ("AKIDOTHER", ""));
        dropped.update(Action::DropDeferred);
        assert!(dropped.deferred().is_empty());
        assert_eq!(ids_of(&dropped), ALL[..1]);
        // With all of them sent nothing is left to restore.
        let mut session = filled();
        one_is_stopped(&mut session);
        session.update(Action::Instead { reason, verb: Verb::Start });
        session.remove_sent(&ALL.map(InstanceId::new));
        assert!(session.deferred().is_empty());
    }

    #[test]
    fn restored_instances_obey_the_limits_of_now() {
        let mut session = filled();
        one_is_stopped(&mut session);
        let reason = session.review().unwrap().skipped[0].1;
        session.update(Action::Instead { reason, verb: Verb::Start });
        let only_start =
            Limits { operations: Some(vec!["StartInstances".to_owned()]), ..Limits::default() };
        session.update(Action::Restrict(Arc::new(only_start)));
        session.update(Action::RestoreDeferred);
        assert_eq!(session.form().operation().verb, Verb::Start);
        assert_eq!(ids_of(&session), ALL);
    }

    #[test]
    fn switching_to_the_other_cloud_defers_the_remaining_ids() {
        let mut session = filled();
        let other = clouds::by_id("alibaba").unwrap();
        let text = format!("{} {} nonsense", ALL[0], other.ids.example);
        session.update(Action::Edit(FormEdit::IdsText(text)));
        session.update(Action::GoToCloud(other));
        assert_eq!(session.form().cloud(), other);
        assert_eq!(ids_of(&session), [other.ids.example]);
        assert_eq!(session.deferred().last().unwrap().beside(session.form()), 1);
        session.update(Action::RestoreDeferred);
        assert_eq!(session.form().cloud().id, "tencent");
        assert_eq!(ids_of(&session), ALL[..1]);
        // No id belongs to that cloud.
        let mut none = filled();
        assert!(!none.update(Action::GoToCloud(other)));
    }

    /// The operator's selection applies to every way of filling in the form.
    #[test]
    fn an_instance_outside_the_selection_is_never_sent() {
        let selection = |text: &str| {
            Arc::new(Limits { selection: Some(InstanceQuery::parse(text)), ..Limits::default() })
        };
        let described = |tags: [&str; 3]| PreflightResult {
            instances: ALL
                .iter()
                .zip(tags)
                .map(|(id, tag)| DescribedInstance {
                    id: (*id).into(),
                    phase: Phase::Running,
                    tags: vec![Tag { key: "team".into(), value: tag.into() }],
                    ..Default::default()
                })
                .collect(),
            at: 7,
            ..Default::default()
        };
        let mut session = filled();
        session.update(Action::Restrict(selection("tag:team=web")));
        // The preflight cannot be skipped.
        review(&mut session, false);
        assert!(matches!(session.step(), Step::Preflight { .. }));
        session.update(Action::SkipPreflight);
        assert!(matches!(session.step(), Step::Preflight { .. }));
        session.review_preflight(described(["web", "db", "web"]));
        let reviewed = session.review().unwrap();
        assert_eq!(reviewed.skipped.len(), 1);
        assert_eq!(reviewed.skipped[0].1, SkipReason::NotInSelection);
        let plan = Arc::clone(session.plan().unwrap());
        assert_eq!(plan.ids().map(InstanceId::as_str).collect::<Vec<_>>(), [ALL[0], ALL[2]]);
        assert!(session.may_send());
        let run = session.run(&plan, "r".into(), 7, None, true).unwrap();
        assert_eq!(run.about().selection.as_deref(), Some("tag:team=web"));
        // A run obeys it, too: this one was checked, an older one was not.
        let not_started = || run.clone();
        let held_to = |limits: &Arc<Limits>| {
            let mut run = not_started();
            let limits = Arc::clone(limits);
            run.handle(8, Event::Settings { limits, through_proxy: true });
            run.handle(9, Event::Stop);
            run.refusal(Choice::SendNotStarted)
        };
        assert_eq!(held_to(&selection("tag:team=web")), None);
        assert!(matches!(held_to(&selection("tag:team=db")), Some(Refusal::NotSelected { .. })));
        assert!(held_to(&Arc::default()).is_none());
        // A review under an older selection is void.
        session.update(Action::Restrict(selection("tag:team=db")));
        assert!(session.review().is_none());
        assert!(session.run(&plan, "r".into(), 7, None, true).is_none());
    }

    #[test]
    fn an_old_run_fills_the_form_with_its_instances() {
        let mut session = filled();
        review(&mut session, false);
        let plan = session.plan().unwrap();
        let run = session.run(plan, "r".into(), 7, None, true).unwrap();
        let some = run.rows().iter().skip(1).map(|row| row.id.clone()).collect::<Vec<_>>();
        for verb in [Verb::Reboot, Verb::Start] {
            let operation = run.operation_for(verb).unwrap();
            assert_eq!(operation.verb, verb);
            let mut session = Session::new(Locale::En, Form::first());
            session.fill_from_run(&run, &some, operation);
            let form = session.form();
            assert_eq!(form.plan_input().ids, some);
            assert_eq!((form.cloud(), form.operation()), (run.spec().target().cloud, operation));
            assert_eq!((form.region(), form.key_id()), ("ap-guangzhou", "AKIDEXAMPLE"));
            assert_eq!(form.site(), run.spec().target().site.id);
        }
        assert_eq!(run.operation_for(Verb::Reboot), Some(run.spec().operation()));
    }

    #[test]
    fn the_run_begins_with_the_states_of_the_preflight() {
        let mut session = filled();
        review(&mut session, true);
        let state = |id: &str, state: &str, phase| DescribedInstance {
            id: id.into(),
            state: state.into(),
            name: "web".into(),
            phase,
            ..DescribedInstance::default()
        };
        session.review_preflight(PreflightResult {
            instances: vec![
                state("ins-aaaaaaaa", "RUNNING", Phase::Running),
                state("ins-bbbbbbbb", "STOPPED", Phase::Stopped),
            ],
            clock_skew_seconds: Some(600),
            ..PreflightResult::default()
        });
        let plan = session.plan().unwrap();
        let run = session.run(plan, "r".into(), 7, None, true).unwrap();
        let rows: Vec<_> = run.rows().iter().map(|row| (row.outcome.word(), &*row.name)).collect();
        assert_eq!(rows, [("queued", "web"), ("skipped", "web"), ("skipped", "")]);
        assert_eq!(run.clock_correction_seconds(), Some(600));
    }

    const ALL: [&str; 3] = ["ins-aaaaaaaa", "ins-bbbbbbbb", "ins-cccccccc"];

    /// A preflight at a time, to which the cloud answers that everything runs.
    fn preflight(session: &mut Session, now: Millis) {
        let (_, _, command) = session.next_preflight(now).unwrap();
        let PreflightCommand::Describe(ids) = command else { panic!("{command:?}") };
        let running = |id: &&str| format!(r#"{{"InstanceId":"{id}","InstanceState":"RUNNING"}}"#);
        let set = ALL.iter().map(running).collect::<Vec<_>>().join(",");
        let body =
            format!(r#"{{"Response":{{"TotalCount":3,"InstanceSet":[{set}],"RequestId":"d"}}}}"#);
        let headers = vec![("proxy-status".into(), "relight-proxy; received-status=200".into())];
        let result = TransportResult::Answered(Response { status: 200, headers, body });
        // A late response describes the time of its request.
        session.update(Action::Described { now: now + 30_000, ids, result });
        assert_eq!(session.review().unwrap().preflight.as_ref().unwrap().at, now);
    }

    #[test]
    fn nothing_is_sent_on_an_outdated_preflight() {
        const NOW: Millis = 1_714_550_400_000;
        const BOUND: u64 = 300_000;
        let mut session = filled();
        assert_eq!(session.outdated(NOW), None, "nothing is under review");
        review(&mut session, true);
        assert_eq!(session.outdated(NOW), None, "it is being looked at");
        preflight(&mut session, NOW);
        let plan = Arc::clone(session.plan().unwrap());
        assert_eq!(plan.instances(), 3);
        let begins = |session: &Session, now| session.run(&plan, "r".into(), now, None, true);
        for (now, age) in [
            (NOW, None),
            (NOW + BOUND, None),
            (NOW + BOUND + 1, Some(BOUND + 1)),
            (NOW + 86_400_000, Some(86_400_000)),
            // Small clock corrections are normal; a larger one makes the age unknown.
            (NOW - 2_000, None),
            (NOW - 3_600_000, Some(3_600_000)),
        ] {
            assert_eq!(session.outdated(now), age);
            assert_eq!(begins(&session, now).is_some(), age.is_none(), "{now}");
        }
        // Other pacing makes another plan, and no other preflight.
        session.update(Action::Edit(FormEdit::Pacing(Pacing::default())));
        assert!(session.outdated(NOW + BOUND + 1).is_some());
        assert_eq!(session.review().unwrap().preflight.as_ref().unwrap().replaced_age_ms, None);

        // The repeated preflight is valid and carries the age; a retry of it does, too.
        let later = NOW + 420_000;
        let replaced_age_ms = session.outdated(later);
        assert_eq!(replaced_age_ms, Some(420_000));
        for replaced_age_ms in [replaced_age_ms, None] {
            let (secret, token, through_proxy) =
                (SecretStatus::Usable, SecretStatus::Missing, true);
            let again =
                Action::Review { secret, token, through_proxy, preflight: true, replaced_age_ms };
            session.update(again);
            assert!(begins(&session, later).is_none(), "nothing is under review");
        }
        preflight(&mut session, later);
        assert_eq!(
            session.review().unwrap().preflight.as_ref().unwrap().replaced_age_ms,
            Some(420_000)
        );
        assert_eq!(session.outdated(later + BOUND), None);
        assert!(session.outdated(later + BOUND + 1).is_some());
        // The next preflight replaces none.
        review(&mut session, true);
        preflight(&mut session, later);
        assert_eq!(session.review().unwrap().preflight.as_ref().unwrap().replaced_age_ms, None);
    }

    /// Without a preflight there is no age to check.
    #[test]
    fn a_skipped_preflight_is_never_outdated() {
        let now = 1_714_550_400_000;
        let mut skipped = filled();
        review(&mut skipped, true);
        skipped.update(Action::SkipPreflight);
        let mut never = filled();
        review(&mut never, false);
        for session in [skipped, never] {
            assert_eq!(session.outdated(now), None);
            let plan = session.plan().unwrap();
            assert!(session.run(plan, "r".into(), now, None, true).is_some());
        }
    }

    fn guard(secret: &str) -> FormEdit {
        let secret = Some(Fingerprint::of(secret.chars().map(u32::from)));
        FormEdit::Guard(Guard { secret, token: None })
    }

    const SECRET: &str = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC01d";

    /// In either order of the text and the secret.
    #[test]
    fn a_secret_in_any_text_field_is_refused() {
        for (field, edit) in [
            ("keyId", FormEdit::KeyId(format!("AKID{SECRET}"))),
            ("region", FormEdit::Region(format!("ap-{SECRET}"))),
            ("instanceIds", FormEdit::IdsText(format!("ins-aaaaaaaa {SECRET}"))),
        ] {
            for secret_first in [true, false] {
                let mut session = filled();
                let mut both = [guard(SECRET), edit.clone()];
                if !secret_first {
                    both.reverse();
                }
                for edit in both {
                    session.update(Action::Edit(edit));
                }
                review(&mut session, true);
                let refused = Step::Compose { refusal: Some(Refusal::SecretInText { field }) };
                assert_eq!(*session.step(), refused, "{field}");
            }
        }
        // A secret that is entered during the review.
        let mut session = filled();
        session.update(Action::Edit(FormEdit::IdsText(format!("ins-aaaaaaaa {SECRET}"))));
        review(&mut session, false);
        assert!(session.may_send());
        session.update(Action::Edit(guard("another one that is long enough")));
        assert!(session.may_send(), "the review is left");
        session.update(Action::Edit(guard(SECRET)));
        assert!(session.review().is_none() && !session.may_send());
    }

    #[test]
    fn a_key_id_that_may_be_the_secret_is_refused() {
        let mut session = filled();
        for (key_id, secret, kind) in [
            (SECRET, "AKIDexampleexampleexample0000000001", "key-id-prefix"),
            ("AKIDEXAMPLE", "AKIDexampleexampleexample0000000001", "key-swapped"),
            ("akidexample", SECRET, "key-id-prefix"),
        ] {
            session.update(Action::Edit(FormEdit::KeyId(key_id.into())));
            session.update(Action::Edit(guard(secret)));
            review(&mut session, true);
            let Step::Compose { refusal: Some(refusal) } = session.step() else {
                panic!("{key_id} is taken")
            };
            assert_eq!(refusal.kind(), kind, "{key_id}");
            for locale in [Locale::En, Locale::Zh] {
                let words = refusal.sentence(locale);
                assert!(words.contains("SecretId") && words.contains("SecretKey"), "{words}");
                assert!(!words.contains(SECRET), "{words}");
            }
            assert_eq!(session.form().key_id(), key_id, "what was typed is lost");
        }
    }

    #[test]
    fn a_reason_has_letters_and_no_key() {
        let mut session = filled();
        let limits = Limits { reason_required: true, ..Limits::default() };
        session.update(Action::Restrict(Arc::new(limits)));
        session.update(Action::Edit(guard("sandbox-tencent-secret-000000001")));
        review(&mut session, false);
        for (reason, kind) in [
            ("", Some("reason-missing")),
            (" \u{200b}\u{2028}", Some("reason-missing")),
            ("—…!", Some("reason-missing")),
            ("see sandbox-tencent-secret-000000001", Some("secret-in-text")),
            (SECRET, Some("key-in-reason")),
            ("key AKIDexampleexampleexample0000000001", Some("key-in-reason")),
            ("CHG0031234: 机房断电", None),
            ("https://tickets.example.com/browse/OPS-1234?focus=comment-99", None),
        ] {
            session.update(Action::Edit(FormEdit::Reason(reason.into())));
            let refusal = session.reason_refusal();
            assert_eq!(refusal.as_ref().map(Refusal::kind), kind, "{reason}");
            assert_eq!(session.may_send(), kind.is_none(), "{reason}");
            let plan = Arc::clone(session.plan().unwrap());
            let run = session.run(&plan, "r".into(), 7, None, true);
            assert!(kind.is_none() || kind == Some("reason-missing") || run.is_none(), "{reason}");
        }
    }
}
