//! What the operator of a page allows.
//!
//! Enforced where requests are made: [`plan`](crate::model::plan) refuses a job beyond the limits,
//! and an [`OperationSpec`] carries them, so no retry or forced second attempt exceeds them. A run
//! obeys the current limits, not those of its confirmation. The form only hides what is not
//! allowed.

use crate::{
    model::{
        cloud::{Cloud, Mode, Operation, Role},
        instance_id::InstanceId,
        outcome::DescribedInstance,
        plan::{OperationSpec, Refusal, Target},
        query::{InstanceQuery, ListedInstance},
    },
    text::visible,
};
use wildmatch::WildMatch;

/// What is allowed. `None` means everything; the default allows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
// Independent facts.
#[allow(clippy::struct_excessive_bools)]
pub struct Limits {
    /// Clouds, by their ids.
    pub clouds: Option<Vec<String>>,
    /// Regions, by id. Not applied to clouds without regions in their requests.
    pub regions: Option<Vec<String>>,
    /// Operations, by the cloud's own name (`StartInstances`) or by the verb (`start`).
    pub operations: Option<Vec<String>>,
    /// Modes, by id (`soft`), and [`ERASE`] for an operation that erases disks.
    pub modes: Option<Vec<String>>,
    /// The most instances of one run.
    pub instances_max: Option<usize>,
    /// Patterns of ids: `*` matches any characters, including none, and `?` exactly one.
    pub instance_ids: Option<Vec<String>>,
    /// What an instance must match, as its cloud describes it; an instance that was not described
    /// is refused. An empty query also requires a description.
    pub selection: Option<InstanceQuery>,
    /// Dry runs only.
    pub dry_run_only: bool,
    /// Above this many instances the count must be typed; `None` for [`TYPED_ABOVE`](super::plan).
    /// Forced operations always ask.
    pub typed_count_above: Option<usize>,
    /// Whether a reason or a ticket must be given.
    pub reason_required: bool,
    /// Whether changes are sent only after the connection check has proven that the proxy refuses
    /// the second copy of a request.
    pub once_required: bool,
    /// Whether that is proven of the current proxy. Set by the connection check, not by the
    /// operator; here because both are needed to decide.
    pub once_proven: bool,
}

/// The name in [`Limits::modes`] that allows an operation to erase disks.
pub(crate) const ERASE: &str = "erase";

impl Limits {
    /// Allows nothing: used until the operator's limits are known.
    pub fn nothing() -> Self {
        Limits { clouds: Some(Vec::new()), ..Limits::default() }
    }

    /// Whether a cloud may be used.
    pub fn allows_cloud(&self, cloud: &Cloud) -> bool {
        listed(self.clouds.as_ref(), |name| name == cloud.id)
    }

    /// Whether a region may be used.
    pub fn allows_region(&self, region: &str) -> bool {
        listed(self.regions.as_ref(), |name| name == region)
    }

    /// Whether an operation may be asked for.
    pub(crate) fn allows_operation(&self, operation: &Operation) -> bool {
        listed(self.operations.as_ref(), |name| {
            name == operation.name || name == operation.verb.word()
        }) && operation.modes.iter().any(|mode| self.allows_mode(mode))
    }

    /// Whether a mode may be chosen.
    pub fn allows_mode(&self, mode: &Mode) -> bool {
        listed(self.modes.as_ref(), |name| name == mode.id)
    }

    /// Whether disks may be erased.
    pub(crate) fn allows_erase(&self) -> bool {
        listed(self.modes.as_ref(), |name| name == ERASE)
    }

    /// Whether an instance may be touched.
    pub(crate) fn allows_id(&self, id: &str) -> bool {
        listed(self.instance_ids.as_ref(), |pattern| WildMatch::new(pattern).matches(id))
    }

    /// Whether an instance matches the selection, as its cloud describes it.
    pub(crate) fn selects(&self, instance: &DescribedInstance) -> bool {
        self.selection
            .as_ref()
            .is_none_or(|query| query.matches(&ListedInstance::new(instance.clone())))
    }

    /// Whether a text is acceptable as a reason: it must be readable where one is required.
    pub fn allows_reason(&self, reason: &str) -> bool {
        !self.reason_required || visible::has_a_letter(reason)
    }
}

/// The checks, called where requests are made.
impl Limits {
    /// Checks an operation for these instances.
    ///
    /// # Errors
    /// The first limit that is exceeded.
    pub fn check(&self, spec: &OperationSpec, ids: &[InstanceId]) -> Result<(), Refusal> {
        self.check_target(spec.target())?;
        self.check_spec(spec)?;
        if let Some(most) = self.instances_max.filter(|most| ids.len() > *most) {
            return Err(Refusal::TooManyInstances { instances: ids.len(), most });
        }
        if self.instance_ids.is_none() {
            return Ok(());
        }
        let outside: Vec<String> = ids
            .iter()
            .filter(|id| !self.allows_id(id.as_str()))
            .map(|id| id.as_str().to_owned())
            .collect();
        if outside.is_empty() { Ok(()) } else { Err(Refusal::InstancesNotAllowed { ids: outside }) }
    }

    /// Checks an operation without its instances.
    ///
    /// # Errors
    /// The first limit that is exceeded.
    pub(crate) fn check_spec(&self, spec: &OperationSpec) -> Result<(), Refusal> {
        let operation = spec.operation();
        let not_allowed = |what: &str| Refusal::NotAllowed { what: what.to_owned() };
        if !self.allows_operation(operation) {
            return Err(not_allowed(operation.name));
        }
        if self.modes.is_some() {
            // Options that belong to no mode, such as a deprecated one, are on no list.
            let mode = mode_of(spec).filter(|mode| self.allows_mode(mode));
            if mode.is_none() || spec.uses(Role::Disused) {
                let options: Vec<String> = spec
                    .options()
                    .iter()
                    .map(|(name, value)| format!("{name}={}", value.as_str()))
                    .collect();
                return Err(not_allowed(&format!("{} {}", operation.name, options.join(" "))));
            }
            if spec.erases() && !self.allows_erase() {
                return Err(not_allowed(ERASE));
            }
        }
        if self.dry_run_only && !spec.is_dry_run() {
            return Err(Refusal::DryRunOnly);
        }
        Ok(())
    }

    /// Checks that a request cannot arrive twice. Separate from [`Limits::check`], since it
    /// prevents sending but not reviewing: the review offers the connection check.
    ///
    /// # Errors
    /// It is required and not proven.
    pub fn check_once(&self, spec: &OperationSpec) -> Result<(), Refusal> {
        // A dry run may arrive any number of times.
        let is_safe = !self.once_required || self.once_proven || spec.is_dry_run();
        if is_safe { Ok(()) } else { Err(Refusal::OnceNotProven) }
    }

    /// Checks the target of a call, including read-only ones.
    ///
    /// # Errors
    /// The first limit that is exceeded.
    pub(crate) fn check_target(&self, target: &Target) -> Result<(), Refusal> {
        let cloud = target.cloud;
        let region = &target.region;
        if !self.allows_cloud(cloud) {
            return Err(Refusal::NotAllowed { what: cloud.id.to_owned() });
        }
        if cloud.regions.required && !self.allows_region(region) {
            return Err(Refusal::NotAllowed { what: region.clone() });
        }
        Ok(())
    }
}

/// The mode whose options an operation has; the most specific one if several match.
fn mode_of(spec: &OperationSpec) -> Option<&'static Mode> {
    let has = |mode: &&Mode| {
        mode.options
            .iter()
            .all(|(name, value)| spec.option(name).is_some_and(|given| given.as_str() == *value))
    };
    spec.operation().modes.iter().filter(has).max_by_key(|mode| mode.options.len())
}

fn listed(list: Option<&Vec<String>>, fits: impl Fn(&str) -> bool) -> bool {
    list.is_none_or(|list| list.iter().any(|one| fits(one)))
}

#[cfg(test)]
mod tests {
    use super::Limits;

    fn only(pattern: &str) -> Limits {
        Limits { instance_ids: Some(vec![pattern.to_owned()]), ..Limits::default() }
    }

    #[test]
    fn id_patterns_match_the_whole_id() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "ins-1", true),
            ("ins-*", "ins-", true),
            ("ins-*", "xins-1", false),
            ("*-1", "ins-1", true),
            ("*-1", "ins-12", false),
            ("a*b*c", "abbcbc", true),
            ("a*b*c", "abbcbd", false),
            ("ins-?", "ins-1", true),
            ("ins-?", "ins-", false),
            ("ins-?", "ins-12", false),
            ("*实?", "a实例", true),
            ("ins-a", "ins-A", false),
        ] {
            assert_eq!(only(pattern).allows_id(text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let (pattern, text) = ("*a".repeat(60), "a".repeat(10_000));
        assert!(only(&pattern).allows_id(&text));
        assert!(!only(&format!("{pattern}b")).allows_id(&text));
    }
}
