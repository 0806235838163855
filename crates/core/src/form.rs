//! The form: its fields always fit each other.
//!
//! The screen shows the form from this state only, and requests are made from it, so they cannot
//! differ. The secret is not here: only the page's vault has it.

pub mod link;
mod saved;

use crate::{
    clouds,
    credential::{self, Guard},
    ids::{IdProblem, IdProblemKind, ParsedIds, parse_at_first},
    model::{
        cloud::{Cloud, Mode, Operation, ParameterKind, Role},
        instance_id::InstanceId,
        limits::Limits,
        plan::{self, Pacing, Plan, PlanInput, Refusal},
    },
};
use std::{collections::HashSet, fmt, sync::Arc};

/// The values of the form. Only [`Form::apply`] changes them, so that they always fit each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    cloud: &'static Cloud,
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
    reader: Reader,
    reason: String,
    pacing: Pacing,
    limits: Arc<Limits>,
    guard: Guard,
}

/// The id parser: a small one at first, the full one once the rest of the program is loaded.
#[derive(Clone, Copy)]
struct Reader(fn(&str, Option<&'static Cloud>) -> ParsedIds);

impl PartialEq for Reader {
    /// Two forms are equal if their results are, whichever parser made them.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// A change of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormEdit {
    /// The cloud, by id.
    Cloud(String),
    /// The kind of account, by id.
    Site(String),
    /// The region.
    Region(String),
    /// The operation, by the cloud's own name or its verb.
    Operation(String),
    /// The mode, by id.
    Mode(String),
    /// The value of the parameter with [`Role::Batching`].
    Batching(String),
    /// Dry run or not.
    DryRun(bool),
    /// Erase local disks, or not.
    Erase(bool),
    /// The key id.
    KeyId(String),
    /// The text of the ids field.
    IdsText(String),
    /// Adds ids to the text.
    AddIds(Vec<String>),
    /// Removes ids from the text. Problems stay.
    RemoveIds(Vec<String>),
    /// Removes everything but the ids that can be sent.
    RemoveProblems,
    /// The reason or ticket.
    Reason(String),
    /// Batch size and pacing.
    Pacing(Pacing),
    /// Fingerprints of secret and token, so that no field accepts them.
    Guard(Guard),
}

/// The vault's status of the secret or the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretStatus {
    /// Nothing was entered.
    Missing,
    /// Entered, and malformed.
    Malformed,
    /// Entered, and well-formed.
    Usable,
}

impl SecretStatus {
    /// The status of a text as a secret or a token.
    pub fn of(text: &str) -> Self {
        if text.is_empty() {
            SecretStatus::Missing
        } else if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            SecretStatus::Usable
        } else {
            SecretStatus::Malformed
        }
    }
}

impl FormEdit {
    /// The edit for a name and value of [`Form::filled`]; `None` for other names.
    pub fn named(name: &str, value: String) -> Option<Self> {
        Some(match name {
            "cloud" => FormEdit::Cloud(value),
            "site" => FormEdit::Site(value),
            "region" => FormEdit::Region(value),
            "operation" => FormEdit::Operation(value),
            "mode" => FormEdit::Mode(value),
            "dryRun" => FormEdit::DryRun(value == "true"),
            "batching" => FormEdit::Batching(value),
            "erase" => FormEdit::Erase(value == "true"),
            "keyId" => FormEdit::KeyId(value),
            "instanceIds" => FormEdit::IdsText(value),
            "reason" => FormEdit::Reason(value),
            _ => return None,
        })
    }
}

impl Form {
    /// All values by the fields' public names, in the order in which they can be applied to another
    /// form.
    pub fn filled(&self) -> Vec<(&'static str, String)> {
        let mut filled = vec![
            ("cloud", self.cloud.id.to_owned()),
            ("site", self.site.clone()),
            ("region", self.region.clone()),
            ("operation", self.operation.name.to_owned()),
            ("mode", self.mode.id.to_owned()),
            ("dryRun", self.dry_run.to_string()),
        ];
        if let Some(batching) = self.batching {
            filled.push(("batching", batching.to_owned()));
        }
        filled.push(("erase", self.erase.to_string()));
        filled.push(("keyId", self.key_id.clone()));
        filled.push(("instanceIds", self.ids_text.to_string()));
        filled.push(("reason", self.reason.clone()));
        filled
    }

    /// The edits that turn another form into this one, in an applicable order. A value that follows
    /// from another edit is omitted.
    pub fn edits_from(&self, mut form: Form) -> Vec<FormEdit> {
        let mut edits = Vec::new();
        for (name, value) in self.filled() {
            if form.filled().iter().any(|(other, current)| *other == name && *current == value) {
                continue;
            }
            let Some(edit) = FormEdit::named(name, value) else { continue };
            // Ids determine no other field, and parsing thousands takes time.
            if !matches!(edit, FormEdit::IdsText(_)) {
                form.apply(edit.clone());
            }
            edits.push(edit);
        }
        edits
    }

    /// An empty form of the first cloud.
    ///
    /// # Panics
    /// If there were no cloud, or a cloud without operations: the conformance tests rule that out.
    #[allow(clippy::expect_used)]
    pub fn first() -> Self {
        clouds::ALL.first().copied().and_then(Form::new).expect("a cloud to begin with")
    }

    /// An empty form of a cloud; `None` without operations.
    pub fn new(cloud: &'static Cloud) -> Option<Self> {
        let operation = cloud.operations.first()?;
        Some(Form {
            cloud,
            site: cloud.site(None)?.id.to_owned(),
            region: String::new(),
            operation,
            mode: operation.modes.first()?,
            batching: default_batching(cloud, operation, false),
            dry_run: false,
            erase: false,
            key_id: String::new(),
            ids_text: Arc::from(""),
            parsed: Arc::default(),
            reader: Reader(parse_at_first),
            reason: String::new(),
            pacing: Pacing::default(),
            limits: Arc::default(),
            guard: Guard::default(),
        })
    }

    /// The cloud.
    pub fn cloud(&self) -> &'static Cloud {
        self.cloud
    }

    /// The id of the kind of account.
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

    /// The batching value; `None` where the operation has no such choice.
    pub fn batching(&self) -> Option<&'static str> {
        self.batching
    }

    /// Whether it is a dry run.
    pub fn dry_run(&self) -> bool {
        self.dry_run
    }

    /// Whether local disks are erased.
    pub fn erase(&self) -> bool {
        self.erase
    }

    /// Whether a rarely used option is set: a dry run, erased disks, other batching.
    pub fn has_rare_options(&self) -> bool {
        let usual = default_batching(self.cloud, self.operation, false);
        self.dry_run || self.erase || self.batching != usual
    }

    /// The public half of the key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The text of the ids field.
    pub fn ids_text(&self) -> &Arc<str> {
        &self.ids_text
    }

    /// The ids and problems in it.
    pub fn parsed(&self) -> &Arc<ParsedIds> {
        &self.parsed
    }

    /// The reason or ticket.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Batch size and pacing.
    pub fn pacing(&self) -> &Pacing {
        &self.pacing
    }

    /// The ids in the text that belong to another cloud, one per line.
    pub(crate) fn ids_text_of(&self, cloud: &'static Cloud) -> String {
        let theirs = self.parsed.problems.iter().filter(|problem| {
            problem.kind == IdProblemKind::OtherCloud && problem.cloud == Some(cloud)
        });
        theirs.map(|problem| problem.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The operator's limits.
    pub fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    /// The allowed clouds.
    pub fn clouds(&self) -> impl Iterator<Item = &'static Cloud> {
        clouds::ALL.iter().copied().filter(|cloud| self.limits.allows_cloud(cloud))
    }

    /// The allowed operations.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        let all = self.cloud.operations.iter();
        all.filter(|operation| self.limits.allows_operation(operation))
    }

    /// The allowed modes.
    pub fn modes(&self) -> impl Iterator<Item = &'static Mode> {
        self.operation.modes.iter().filter(|mode| self.limits.allows_mode(mode))
    }

    /// Sets the operator's limits. A choice that is no longer allowed becomes the first allowed
    /// one; typed texts stay.
    pub fn restrict(&mut self, limits: Arc<Limits>) {
        self.limits = limits;
        let is_allowed = self.clouds().any(|cloud| cloud == self.cloud);
        let other = self.clouds().next().filter(|_| !is_allowed);
        if let Some(cloud) = other {
            self.apply(FormEdit::Cloud(cloud.id.to_owned()));
        }
        self.fit();
    }

    /// The input of [`plan`].
    pub fn plan_input(&self) -> PlanInput {
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
        PlanInput {
            cloud: self.cloud,
            site: Some(self.site.clone()),
            region: self.region.clone(),
            operation: self.operation.name.to_owned(),
            ids: self.parsed.ids.iter().map(|parsed| parsed.id.clone()).collect(),
            options,
            limits: Arc::clone(&self.limits),
        }
    }

    /// Checks the whole form and plans it.
    ///
    /// # Errors
    /// The first field that is missing or wrong.
    pub fn plan(&self, secret: SecretStatus, token: SecretStatus) -> Result<Plan, Refusal> {
        let cloud = self.cloud;
        // First, so that no other refusal repeats the text.
        self.check_texts()?;
        let input = self.plan_input();
        let plan = plan::plan_with(&input, self.pacing.batch_options(input.ids.len()))?;
        self.check_key(secret)?;
        match (token, cloud.credential.token_label) {
            (SecretStatus::Missing, _) | (SecretStatus::Usable, Some(_)) => Ok(plan),
            (SecretStatus::Usable | SecretStatus::Malformed, None) => {
                Err(Refusal::TokenMalformed { used: false })
            }
            (SecretStatus::Malformed, Some(_)) => Err(Refusal::TokenMalformed { used: true }),
        }
    }

    /// Checks the key, given the vault's status of the secret.
    ///
    /// # Errors
    /// A part that is missing or malformed.
    pub(crate) fn check_key(&self, secret: SecretStatus) -> Result<(), Refusal> {
        credential::check_key(self.cloud, &self.key_id, self.guard)?;
        match secret {
            SecretStatus::Usable => Ok(()),
            SecretStatus::Missing | SecretStatus::Malformed => {
                Err(Refusal::SecretMalformed { label: self.cloud.credential.secret_label })
            }
        }
    }

    /// Checks that neither the secret nor the token is in a field whose text is sent or recorded,
    /// whichever was typed first.
    ///
    /// # Errors
    /// The first field with one of them.
    pub fn check_texts(&self) -> Result<(), Refusal> {
        let texts =
            [("keyId", &*self.key_id), ("region", &*self.region), ("instanceIds", &*self.ids_text)];
        match texts.into_iter().find(|(_, text)| self.guard.is_in(text)) {
            Some((field, _)) => Err(Refusal::SecretInText { field }),
            None => Ok(()),
        }
    }

    /// Checks that the reason contains neither of them, nor anything else that looks like a key: it
    /// is recorded and exported.
    ///
    /// # Errors
    /// It does.
    pub fn check_reason(&self) -> Result<(), Refusal> {
        if self.guard.is_in(&self.reason) {
            Err(Refusal::SecretInText { field: "reason" })
        } else if credential::is_like_a_key(&self.reason) {
            Err(Refusal::KeyInReason)
        } else {
            Ok(())
        }
    }

    /// Applies an edit. A value that does not fit the others is ignored.
    pub fn apply(&mut self, edit: FormEdit) {
        match edit {
            FormEdit::Cloud(id) => self.change_cloud(&id),
            FormEdit::Site(id) => {
                if let Some(site) = self.cloud.site(Some(&id)) {
                    site.id.clone_into(&mut self.site);
                }
            }
            FormEdit::Region(region) => region.trim().clone_into(&mut self.region),
            FormEdit::Operation(name) => {
                let by_name = self.operations().find(|operation| operation.name == name);
                let chosen = by_name.or_else(|| {
                    let fits = self.operations().filter(|one| one.verb.word() == name);
                    fits.max_by_key(|operation| operation.ids_max)
                });
                if let Some(operation) = chosen {
                    self.choose(operation);
                }
            }
            FormEdit::Mode(id) => {
                let chosen = self.modes().find(|mode| mode.id == id);
                self.mode = chosen.unwrap_or(self.mode);
            }
            FormEdit::Batching(value) => {
                self.batching = choices(self.operation).iter().copied().find(|one| *one == value);
            }
            FormEdit::DryRun(dry_run) => {
                let can = self.operation.parameter_for(Role::DryRun).is_some();
                self.dry_run = can && (dry_run || self.limits.dry_run_only);
                self.batching = default_batching(self.cloud, self.operation, self.dry_run);
            }
            FormEdit::Erase(erase) => {
                self.erase = erase
                    && self.limits.allows_erase()
                    && self.operation.parameter_for(Role::Erase).is_some();
            }
            FormEdit::KeyId(key_id) => key_id.trim().clone_into(&mut self.key_id),
            FormEdit::IdsText(text) => {
                self.ids_text = Arc::from(text);
                self.parse();
                if let Some(cloud) = self.cloud_of_ids() {
                    self.apply(FormEdit::Cloud(cloud.id.to_owned()));
                }
            }
            FormEdit::AddIds(ids) => {
                let before = self.ids_text.trim_end();
                let gap = if before.is_empty() { "" } else { "\n" };
                let text = format!("{before}{gap}{}", ids.join("\n"));
                self.apply(FormEdit::IdsText(text));
            }
            FormEdit::RemoveIds(ids) => self.remove_ids(&ids),
            FormEdit::RemoveProblems => {
                let ids: Vec<InstanceId> =
                    self.parsed.ids.iter().map(|one| one.id.clone()).collect();
                self.set_ids(&ids);
            }
            FormEdit::Reason(reason) => self.reason = reason,
            FormEdit::Pacing(pacing) => self.pacing = pacing,
            FormEdit::Guard(guard) => self.guard = guard,
        }
    }

    fn change_cloud(&mut self, id: &str) {
        let chosen = self.clouds().find(|cloud| cloud.id == id);
        if let Some(cloud) = chosen.filter(|cloud| *cloud != self.cloud)
            && let Some(fresh) = Form::new(cloud)
        {
            // Typed texts stay: the ids are parsed again for the other cloud. The key id
            // belongs to its cloud and is removed.
            let ids_text = Arc::clone(&self.ids_text);
            let reason = std::mem::take(&mut self.reason);
            let limits = Arc::clone(&self.limits);
            let guard = self.guard;
            *self = Form { ids_text, reason, pacing: self.pacing, limits, guard, ..fresh };
            self.fit();
            self.parse();
        }
    }

    fn remove_ids(&mut self, ids: &[String]) {
        let removed: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let remaining = self.parsed.ids.iter().map(|parsed| parsed.id.as_str());
        let problems = self.parsed.problems.iter();
        let unread = problems.filter(|one| one.kind != IdProblemKind::Repeated);
        let lines: Vec<&str> = remaining
            .filter(|id| !removed.contains(id))
            .chain(unread.map(|problem| problem.text.as_str()))
            .collect();
        self.apply(FormEdit::IdsText(lines.join("\n")));
    }

    pub(crate) fn choose(&mut self, operation: &'static Operation) {
        let mut modes = operation.modes.iter().filter(|mode| self.limits.allows_mode(mode));
        let Some(first) = modes.clone().next().or(operation.modes.first()) else { return };
        // A forced mode must be chosen again for every operation; a soft mode of the same name may
        // stay.
        let same = modes.find(|mode| mode.id == self.mode.id && !mode.force);
        self.operation = operation;
        self.mode = same.unwrap_or(first);
        self.dry_run = (self.dry_run || self.limits.dry_run_only)
            && operation.parameter_for(Role::DryRun).is_some();
        self.erase = false;
        self.batching = default_batching(self.cloud, operation, self.dry_run);
    }

    /// Replaces an operation or a mode that is not allowed.
    fn fit(&mut self) {
        let is_allowed = self.operations().any(|operation| operation == self.operation);
        let other = self.operations().next().filter(|_| !is_allowed);
        if let Some(operation) = other {
            self.choose(operation);
        } else if !self.limits.allows_mode(self.mode) {
            self.choose(self.operation);
        }
        if let Some(regions) = self.limits.regions.as_deref()
            && self.cloud.regions.required
            && !self.limits.allows_region(&self.region)
        {
            // A single allowed region needs no choice.
            self.region = match regions {
                [only] => only.clone(),
                _ => String::new(),
            };
        }
        self.apply(FormEdit::DryRun(self.dry_run));
        self.apply(FormEdit::Erase(self.erase));
    }

    /// This form with these instances, under the current limits, with the current key if it is of
    /// the same cloud. The reason must be given again.
    pub(crate) fn restored(mut self, ids: &[InstanceId], now: &Form) -> Form {
        if now.cloud == self.cloud {
            now.key_id.clone_into(&mut self.key_id);
        }
        now.reason.clone_into(&mut self.reason);
        self.guard = now.guard;
        self.pacing = now.pacing;
        self.set_ids(ids);
        self.restrict(Arc::clone(&now.limits));
        self
    }

    pub(crate) fn set_ids(&mut self, ids: &[InstanceId]) {
        let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        self.ids_text = Arc::from(ids.join("\n"));
        self.parse();
    }

    /// The cloud that all pasted ids belong to, if nothing in the form depends on a cloud yet.
    fn cloud_of_ids(&self) -> Option<&'static Cloud> {
        let says_nothing = self.region.is_empty() && self.key_id.is_empty();
        if !says_nothing || !self.parsed.ids.is_empty() {
            return None;
        }
        let cloud = self.parsed.problems.first()?.cloud?;
        let is_of_it = |problem: &IdProblem| {
            problem.kind == IdProblemKind::OtherCloud && problem.cloud == Some(cloud)
        };
        self.parsed.problems.iter().all(is_of_it).then_some(cloud)
    }

    fn parse(&mut self) {
        self.parsed = Arc::new((self.reader.0)(&self.ids_text, Some(self.cloud)));
    }

    /// Parses the ids with this parser from now on.
    pub fn read_with(&mut self, reader: fn(&str, Option<&'static Cloud>) -> ParsedIds) {
        self.reader = Reader(reader);
        self.parse();
    }
}

fn choices(operation: &'static Operation) -> &'static [&'static str] {
    match operation.parameter_for(Role::Batching).map(|parameter| &parameter.kind) {
        Some(ParameterKind::Choice(choices)) => choices,
        Some(ParameterKind::Boolean) | None => &[],
    }
}

/// Each instance separately, so that one bad instance does not stop the others; but a dry run as a
/// whole, because separately it would always pass.
fn default_batching(
    cloud: &Cloud,
    operation: &'static Operation,
    dry_run: bool,
) -> Option<&'static str> {
    let batching = cloud.batching.as_ref()?;
    let wanted = if dry_run { batching.together } else { batching.each };
    choices(operation).iter().copied().find(|choice| *choice == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_corrected_in_place() {
        let mut form = Form::new(clouds::by_id("tencent").unwrap()).unwrap();
        form.apply(FormEdit::Region("ap-guangzhou".into()));
        for (text, corrected) in [
            (
                "ins-aaaaaaaa, lns-5d8a23rs web\nnot-an-id",
                "ins-aaaaaaaa, ins-5d8a23rs web\nnot-an-id",
            ),
            // A duplicate, and an id that another one ends with.
            ("lns-5d8a23rs lns-5d8a23rs", "ins-5d8a23rs ins-5d8a23rs"),
            ("xlns-5d8a23rs lns-5d8a23rs", "xlns-5d8a23rs ins-5d8a23rs"),
        ] {
            form.apply(FormEdit::IdsText(text.into()));
            assert!(form.parsed().corrections().count() > 0, "{text}: {:?}", form.parsed());
            let text = form.parsed().corrected(form.ids_text());
            assert_eq!(text, corrected);
            form.apply(FormEdit::IdsText(text.clone()));
            assert_eq!(form.parsed().corrections().count(), 0, "{text}");
        }
    }

    #[test]
    fn edits_from_reproduce_a_form() {
        for cloud in clouds::ALL.iter().copied() {
            for operation in cloud.operations {
                for mode in operation.modes {
                    let mut form = Form::new(cloud).unwrap();
                    for edit in [
                        FormEdit::Region("ap-test-1".into()),
                        FormEdit::Operation(operation.name.into()),
                        FormEdit::Mode(mode.id.into()),
                        FormEdit::DryRun(true),
                        FormEdit::Erase(true),
                        FormEdit::KeyId("KEY".into()),
                        FormEdit::IdsText(format!("{} nonsense", cloud.ids.example)),
                        FormEdit::Reason("TICKET-1".into()),
                    ] {
                        form.apply(edit);
                    }
                    let mut other = Form::new(clouds::ALL[0]).unwrap();
                    for (name, value) in form.filled() {
                        other.apply(FormEdit::named(name, value).unwrap());
                    }
                    assert_eq!(other, form);
                }
            }
        }
    }

    #[test]
    fn an_empty_form_takes_the_cloud_from_the_ids() {
        for cloud in clouds::ALL.iter().copied() {
            let mut form = Form::first();
            form.apply(FormEdit::IdsText(cloud.ids.example.into()));
            assert_eq!(form.cloud(), cloud);
            assert_eq!(form.parsed().ids.len(), 1);
            // Not if something in the form depends on another cloud.
            let other = clouds::ALL.iter().copied().find(|other| *other != cloud).unwrap();
            let mut form = Form::new(other).unwrap();
            form.apply(FormEdit::KeyId("KEY".into()));
            form.apply(FormEdit::IdsText(cloud.ids.example.into()));
            assert_eq!(form.cloud(), other);
            let mut form = Form::new(other).unwrap();
            form.apply(FormEdit::IdsText(format!("{} {}", cloud.ids.example, other.ids.example)));
            assert_eq!(form.cloud(), other);
            // Nor if that cloud is not allowed.
            let limits = Limits { clouds: Some(vec![other.id.into()]), ..Limits::default() };
            let mut form = Form::new(other).unwrap();
            form.restrict(Arc::new(limits));
            form.apply(FormEdit::IdsText(cloud.ids.example.into()));
            assert_eq!(form.cloud(), other);
        }
    }

    #[test]
    fn adding_and_removing_ids_keeps_the_rest() {
        let cloud = clouds::by_id("tencent").unwrap();
        let mut form = Form::new(cloud).unwrap();
        let ids = |form: &Form| {
            form.parsed().ids.iter().map(|one| one.id.to_string()).collect::<Vec<_>>()
        };
        form.apply(FormEdit::AddIds(vec!["ins-aaaaaaaa".into(), "ins-bbbbbbbb".into()]));
        form.apply(FormEdit::IdsText(format!("{}\nins-1\nins-aaaaaaaa\n", form.ids_text())));
        form.apply(FormEdit::AddIds(vec!["ins-cccccccc".into()]));
        assert_eq!(ids(&form), ["ins-aaaaaaaa", "ins-bbbbbbbb", "ins-cccccccc"]);
        form.apply(FormEdit::RemoveIds(vec!["ins-bbbbbbbb".into(), "ins-dddddddd".into()]));
        assert_eq!(ids(&form), ["ins-aaaaaaaa", "ins-cccccccc"]);
        assert_eq!(form.parsed().problems.len(), 1, "what is no id is still there");
        assert_eq!(form.parsed().problems[0].text, "ins-1");
    }

    #[test]
    fn nothing_outside_the_limits_is_allowed() {
        let cloud = clouds::ALL[0];
        assert!(!Limits::nothing().allows_cloud(cloud));
        let only = |name: &str| Some(vec![name.to_owned()]);
        let limits = Limits { modes: only("no-such"), regions: only("xx-1"), ..Limits::default() };
        assert!(!limits.allows_region("xx-2") && limits.allows_region("xx-1"));
        assert!(!limits.allows_erase());
        assert!(cloud.operations.iter().all(|operation| !limits.allows_operation(operation)));
        let last = clouds::ALL.last().unwrap().id;
        let mut form = Form::new(clouds::ALL[0]).unwrap();
        form.restrict(Arc::new(Limits { clouds: only(last), ..Limits::default() }));
        assert_eq!(form.cloud().id, last);
        form.apply(FormEdit::Cloud(cloud.id.to_owned()));
        assert_eq!(form.cloud().id, last);
    }
}
