//! The rules that are checked before anything is sent, and the plan that the user confirms.

mod refusal;

pub use refusal::{Refusal, Warning};

use crate::model::{
    cloud::{Cloud, Mode, Operation, ParameterKind, Role, Site},
    instance_id::InstanceId,
    limits::Limits,
};
use std::sync::Arc;

/// The input of [`plan`]. Only the ids are checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanInput {
    /// The cloud.
    pub cloud: &'static Cloud,
    /// The kind of account; `None` for the cloud's default.
    pub site: Option<String>,
    /// The region; empty where the cloud needs none.
    pub region: String,
    /// The operation, by the cloud's own name.
    pub operation: String,
    /// The instances.
    pub ids: Vec<InstanceId>,
    /// The cloud's own parameters with their values as text: `("ForceReboot", "true")`.
    pub options: Vec<(String, String)>,
    /// What the operator of the page allows.
    pub limits: Arc<Limits>,
}

/// Above this many instances the count must be typed, unless the operator sets another number.
const TYPED_ABOVE: usize = 50;

/// Where a call is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The cloud.
    pub cloud: &'static Cloud,
    /// The kind of account.
    pub site: &'static Site,
    /// The region; empty where the cloud needs none.
    pub region: String,
}

impl Target {
    /// Checks the kind of account and the region.
    ///
    /// # Errors
    /// An unknown kind of account; a region that is missing, malformed, or not used by the cloud.
    pub fn new(cloud: &'static Cloud, site: Option<&str>, region: &str) -> Result<Self, Refusal> {
        let Some(site) = cloud.site(site.filter(|site| !site.is_empty())) else {
            return Err(Refusal::UnknownSite { site: site.unwrap_or_default().to_owned() });
        };
        let region = region.trim();
        match (cloud.regions.required, region.is_empty()) {
            (true, true) => return Err(Refusal::RegionMissing),
            // A region that the cloud does not use does no harm, but ignoring it silently would
            // suggest that it was used.
            (false, false) => return Err(Refusal::RegionNotUsed { region: region.to_owned() }),
            (true, false) if !is_region(region) => {
                return Err(Refusal::RegionMalformed { region: region.to_owned() });
            }
            (true | false, _) => {}
        }
        Ok(Target { cloud, site, region: region.to_owned() })
    }
}

/// The operation, its target and options: the same for every batch of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationSpec {
    target: Target,
    operation: &'static Operation,
    options: Vec<(&'static str, OptionValue)>,
    limits: Arc<Limits>,
}

impl OperationSpec {
    /// Where it is sent.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The options that are sent, in the order of the operation's parameters.
    pub fn options(&self) -> &[(&'static str, OptionValue)] {
        &self.options
    }

    /// The value of an option, if it is sent.
    pub fn option(&self, name: &str) -> Option<OptionValue> {
        self.options.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// Whether it is a dry run.
    pub fn is_dry_run(&self) -> bool {
        self.has(Role::DryRun)
    }

    /// Whether unsaved data may be lost.
    pub fn is_forced(&self) -> bool {
        self.operation.modes.iter().any(|mode| {
            mode.force
                && mode.options.iter().all(|(name, value)| {
                    self.option(name).is_some_and(|given| given.as_str() == *value)
                })
        }) || self.has(Role::Disused)
    }

    /// Whether data on disks is erased.
    pub fn erases(&self) -> bool {
        self.erasing().is_some()
    }

    /// The option that erases data, if it is sent.
    fn erasing(&self) -> Option<&'static str> {
        let parameter = self.operation.parameter_for(Role::Erase)?;
        self.has(Role::Erase).then_some(parameter.name)
    }

    /// Whether the count must be typed before this is sent to that many instances: forced, erasing,
    /// or many.
    pub fn needs_typed_count(&self, instances: usize) -> bool {
        let above = self.limits.typed_count_above.unwrap_or(TYPED_ABOVE);
        !self.is_dry_run() && (self.is_forced() || self.erases() || instances > above)
    }

    /// The operator's limits, which also apply to retries of this operation.
    pub fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    /// The same operation under other limits.
    pub(crate) fn under(&self, limits: &Arc<Limits>) -> OperationSpec {
        OperationSpec { limits: Arc::clone(limits), ..self.clone() }
    }

    /// Whether a parameter with this role is sent, whatever its value.
    pub(crate) fn uses(&self, role: Role) -> bool {
        self.operation
            .parameter_for(role)
            .is_some_and(|parameter| self.option(parameter.name).is_some())
    }

    fn has(&self, role: Role) -> bool {
        self.operation
            .parameter_for(role)
            .and_then(|parameter| self.option(parameter.name))
            .is_some_and(|value| value == OptionValue::Boolean(true))
    }
}

/// The value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// `true` or `false`.
    Boolean(bool),
    /// One of the parameter's values.
    Choice(&'static str),
}

impl OptionValue {
    /// The value as the clouds spell it in a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            OptionValue::Boolean(true) => "true",
            OptionValue::Boolean(false) => "false",
            OptionValue::Choice(choice) => choice,
        }
    }
}

/// The ids of one call: never empty, never more than the operation's limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    spec: Arc<OperationSpec>,
    ids: Arc<[InstanceId]>,
}

impl Batch {
    /// The operation.
    pub fn spec(&self) -> &OperationSpec {
        &self.spec
    }

    /// The operation, to share with another batch.
    pub(crate) fn shared_spec(&self) -> Arc<OperationSpec> {
        Arc::clone(&self.spec)
    }

    /// The instances.
    pub fn ids(&self) -> &[InstanceId] {
        &self.ids
    }
}

/// A job cut into batches, as shown before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The operation.
    pub spec: Arc<OperationSpec>,
    /// The calls in sending order.
    pub batches: Vec<Batch>,
    /// Whether the first call is a canary: a single instance.
    pub canary: bool,
    /// Warnings to read before confirming.
    pub warnings: Vec<Warning>,
}

impl Plan {
    /// The instances in sending order.
    pub fn ids(&self) -> impl Iterator<Item = &InstanceId> {
        self.batches.iter().flat_map(Batch::ids)
    }

    /// The number of instances.
    pub fn instances(&self) -> usize {
        self.batches.iter().map(|batch| batch.ids.len()).sum()
    }

    /// Whether the count must be typed before it is sent.
    pub fn needs_typed_count(&self) -> bool {
        self.spec.needs_typed_count(self.instances())
    }
}

/// How a job is cut into batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchOptions {
    /// The most ids in a call; `None` for the operation's limit.
    pub size: Option<usize>,
    /// Whether the first of several calls has one instance only.
    pub canary: bool,
}

/// Above this many instances a canary is the default.
const CANARY_ABOVE: usize = 10;

/// Batch size and pacing. What is not set depends on the number of instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pacing {
    /// Whether the first call is a canary.
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
    /// The batch options for this many instances.
    pub fn batch_options(&self, instances: usize) -> BatchOptions {
        BatchOptions { size: self.size, canary: self.canary.unwrap_or(instances > CANARY_ABOVE) }
    }
}

/// Checks a job against every rule and cuts it into batches of at most `batch_size` ids.
///
/// ```
/// use relight_core::{
///     clouds,
///     ids::parse_ids,
///     model::plan::{PlanInput, plan},
///     signing::{Secret, Signer},
/// };
///
/// let tencent = clouds::by_id("tencent").unwrap();
/// let parsed = parse_ids("ins-r8hr2upy, ins-5d8a23rs", Some(tencent));
/// let input = PlanInput {
///     cloud: tencent,
///     site: None,
///     region: "ap-guangzhou".into(),
///     operation: "RebootInstances".into(),
///     ids: parsed.ids.into_iter().map(|parsed| parsed.id).collect(),
///     options: vec![("StopType".into(), "SOFT".into())],
///     limits: Default::default(),
/// };
/// let plan = plan(&input, None).unwrap();
/// assert_eq!((plan.batches.len(), plan.instances()), (1, 2));
///
/// // What is shown before anything is sent …
/// let request = clouds::request(&plan.batches[0]);
/// assert_eq!(request.content().host, "cvm.tencentcloudapi.com");
///
/// // … and what is sent.
/// let signer = Signer {
///     key_id: "AKIDEXAMPLE".into(),
///     token: None,
///     unix_seconds: 1_714_550_400,
///     nonce: "0123456789abcdef0123456789abcdef".into(),
///     sign_action: true,
///     locale: Default::default(),
/// };
/// let protocol = clouds::protocol(tencent);
/// let signed = protocol.prepare(&request, &signer).finish_with(&Secret::new("secret".into()));
/// assert!(signed.authorization().unwrap().starts_with("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
/// ```
///
/// # Errors
/// The first rule that is broken, as a typed refusal with a sentence for the user.
pub fn plan(input: &PlanInput, batch_size: Option<usize>) -> Result<Plan, Refusal> {
    plan_with(input, BatchOptions { size: batch_size, canary: false })
}

/// The same with a choice of batch options.
///
/// # Errors
/// As for [`plan`].
pub fn plan_with(input: &PlanInput, batch_options: BatchOptions) -> Result<Plan, Refusal> {
    let (spec, warnings) = spec(input)?;
    let spec = Arc::new(spec);
    let size = batch_options.size.unwrap_or(usize::MAX).clamp(1, spec.operation.ids_max.max(1));
    let canary = batch_options.canary && input.ids.len() > 1;
    let (first, rest) = input.ids.split_at(usize::from(canary));
    let batches = first
        .chunks(1)
        .chain(rest.chunks(size))
        .map(|ids| Batch { spec: Arc::clone(&spec), ids: ids.into() })
        .collect();
    Ok(Plan { spec, batches, canary, warnings })
}

/// The same operation in another mode; `None` if its rules or the limits forbid that.
pub fn with_mode(spec: &OperationSpec, mode: &Mode) -> Option<OperationSpec> {
    let modes = spec.operation.modes;
    let of_a_mode =
        |name: &str| modes.iter().any(|mode| mode.options.iter().any(|(set, _)| *set == name));
    let without_mode = spec.options.iter().filter(|(name, _)| !of_a_mode(name));
    let given: Vec<(String, String)> = without_mode
        .map(|(name, value)| ((*name).to_owned(), value.as_str().to_owned()))
        .chain(mode.options.iter().map(|(name, value)| ((*name).into(), (*value).into())))
        .collect();
    let all = spec.target.cloud.operations;
    let options = options(all, spec.operation, &given).ok()?;
    let limits = Arc::clone(&spec.limits);
    let other =
        OperationSpec { target: spec.target.clone(), operation: spec.operation, options, limits };
    other.limits.check_spec(&other).is_ok().then_some(other)
}

/// The operation of a job, checked against every rule except the batch size: see [`batch`].
///
/// # Errors
/// As for [`plan`].
pub fn checked_spec(input: &PlanInput) -> Result<OperationSpec, Refusal> {
    spec(input).map(|(spec, _)| spec)
}

/// A batch with fewer instances of the same operation, for a retry or a canary.
///
/// `None` without ids, or with more than the operation's limit.
pub fn batch(spec: &Arc<OperationSpec>, ids: Vec<InstanceId>) -> Option<Batch> {
    (!ids.is_empty() && ids.len() <= spec.operation.ids_max)
        .then(|| Batch { spec: Arc::clone(spec), ids: ids.into() })
}

fn spec(input: &PlanInput) -> Result<(OperationSpec, Vec<Warning>), Refusal> {
    let cloud = input.cloud;
    let Some(operation) = cloud.operation(&input.operation) else {
        return Err(Refusal::UnknownOperation {
            operation: input.operation.clone(),
            known: cloud.operations.iter().map(|operation| operation.name).collect(),
        });
    };
    let target = Target::new(input.cloud, input.site.as_deref(), &input.region)?;
    if input.ids.is_empty() {
        return Err(Refusal::NoInstances);
    }
    let options = options(cloud.operations, operation, &input.options)?;
    let spec = OperationSpec { target, operation, options, limits: Arc::clone(&input.limits) };
    spec.limits.check(&spec, &input.ids)?;
    if spec.is_dry_run()
        && let Some(batching) = &input.cloud.batching
        && let Some(parameter) = operation.parameter_for(Role::Batching)
        && spec.option(parameter.name) == Some(OptionValue::Choice(batching.each))
    {
        let (batching, instead) = (batching.each_name, batching.together_name);
        return Err(Refusal::DryRunProvesNothing { batching, instead });
    }
    let mut warnings = Vec::new();
    if let Some(option) = spec.erasing() {
        if input.ids.len() > 1 {
            return Err(Refusal::ErasesSeveral { option, instances: input.ids.len() });
        }
        warnings.push(Warning::Erases { option });
    }
    if spec.is_forced() {
        warnings.push(Warning::Forced);
    }
    Ok((spec, warnings))
}

fn options(
    all: &'static [Operation],
    operation: &'static Operation,
    given: &[(String, String)],
) -> Result<Vec<(&'static str, OptionValue)>, Refusal> {
    for (name, _) in given {
        if operation.parameter(name).is_none() {
            // An option that erases is reported as such, even in an operation that does not have
            // it.
            let elsewhere = all.iter().find_map(|other| {
                let erasing = other.parameter_for(Role::Erase).filter(|one| one.name == name)?;
                Some((erasing.name, other.name))
            });
            if let Some((option, only)) = elsewhere {
                return Err(Refusal::ErasesElsewhere { option, operation: operation.name, only });
            }
            return Err(Refusal::UnknownOption {
                option: name.clone(),
                operation: operation.name,
                known: operation.parameters.iter().map(|parameter| parameter.name).collect(),
            });
        }
    }
    let mut options: Vec<(&'static str, OptionValue)> = Vec::new();
    for parameter in operation.parameters {
        let mut values = given.iter().filter(|(name, _)| name == parameter.name);
        let Some((_, value)) = values.next() else { continue };
        if values.next().is_some() {
            return Err(Refusal::OptionTwice { option: parameter.name });
        }
        let parsed = match &parameter.kind {
            ParameterKind::Boolean => match value.as_str() {
                "true" | "True" => Some(OptionValue::Boolean(true)),
                "false" | "False" => Some(OptionValue::Boolean(false)),
                _ => None,
            },
            ParameterKind::Choice(choices) => choices
                .iter()
                .find(|choice| **choice == value)
                .map(|choice| OptionValue::Choice(choice)),
        };
        let Some(parsed) = parsed else {
            return Err(Refusal::OptionValue {
                option: parameter.name,
                value: value.clone(),
                allowed: match &parameter.kind {
                    ParameterKind::Boolean => vec!["true", "false"],
                    ParameterKind::Choice(choices) => choices.to_vec(),
                },
            });
        };
        options.push((parameter.name, parsed));
    }
    for (name, _) in &options {
        let excludes = operation.parameter(name).map_or(&[][..], |parameter| parameter.excludes);
        if let Some((other, _)) = options.iter().find(|(other, _)| excludes.contains(other)) {
            return Err(Refusal::Exclusive { first: name, second: other });
        }
    }
    Ok(options)
}

/// A region becomes a DNS label. Product hosts that anybody can rent lie in the same domains; all
/// known regions begin with a two-letter area, and no such product does.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let starts = parts.next().is_some_and(|first| {
        first.len() == 2 && first.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let mut rest = 0;
    let all = parts.all(|part| {
        rest += 1;
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    starts && all && rest >= 1 && text.len() <= 40
}
