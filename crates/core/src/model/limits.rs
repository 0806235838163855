//! What the operator of a page allows.
//!
//! Held where requests are made: [`plan`](crate::model::plan) refuses a job beyond the limits, and an
//! operation carries them, so that nothing that is made of it later (a retry, a forced second try) goes beyond
//! them either. A run holds to those of now, whatever was allowed when it was confirmed. The form only
//! offers less; it is not what holds.

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

/// What is allowed. `None` anywhere means everything; the default allows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
// Facts that have nothing to do with each other.
#[allow(clippy::struct_excessive_bools)]
pub struct Limits {
    /// Clouds, by their ids.
    pub clouds: Option<Vec<String>>,
    /// Regions, by their ids. Clouds that take no region in their requests are not touched by this.
    pub regions: Option<Vec<String>>,
    /// Operations, by the cloud's own name (`StartInstances`) or by the verb (`start`).
    pub operations: Option<Vec<String>>,
    /// Modes, by their ids (`soft`), and [`ERASE`] for an operation that erases disks.
    pub modes: Option<Vec<String>>,
    /// The most instances of one run.
    pub instances_max: Option<usize>,
    /// Ids, as patterns: `*` stands for any characters, none included, and `?` for one.
    pub instance_ids: Option<Vec<String>>,
    /// What an instance must match, as its cloud describes it: nothing is asked for one that was not
    /// described. An empty query is one, too: it wants every instance described.
    pub selection: Option<InstanceQuery>,
    /// Only rehearsals, which change nothing.
    pub dry_run_only: bool,
    /// Above this many instances the count is typed before anything is sent; `None` for the
    /// console's own number. Whatever is forced asks for it anyway.
    pub typed_count_above: Option<usize>,
    /// Whether a reason or a ticket must be given.
    pub reason_required: bool,
    /// Whether nothing that changes anything is sent until it is proven of the proxy that it refuses
    /// the second copy of a request.
    pub once_required: bool,
    /// Whether that is proven of the proxy that requests travel through: not the operator's word but
    /// the connection check's, here since it decides with the other whether something may be sent.
    pub once_proven: bool,
}

/// The word of [`Limits::modes`] that allows an operation to erase disks.
pub(crate) const ERASE: &str = "erase";

impl Limits {
    /// Nothing at all: for as long as it is not known what the operator allows.
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

    /// Whether an instance may be touched, as its cloud describes it.
    pub(crate) fn selects(&self, instance: &DescribedInstance) -> bool {
        self.selection
            .as_ref()
            .is_none_or(|query| query.matches(&ListedInstance::new(instance.clone())))
    }

    /// Whether a text will do for a reason: where one is asked for, somebody must be able to read it.
    pub fn allows_reason(&self, reason: &str) -> bool {
        !self.reason_required || visible::has_a_letter(reason)
    }
}

/// What holds where requests are made.
impl Limits {
    /// Checks an operation for these instances.
    ///
    /// # Errors
    /// The first limit that it breaks.
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

    /// Checks what is asked, whoever it is asked for.
    ///
    /// # Errors
    /// The first limit that it breaks.
    pub(crate) fn check_spec(&self, spec: &OperationSpec) -> Result<(), Refusal> {
        let operation = spec.operation();
        let not_allowed = |what: &str| Refusal::NotAllowed { what: what.to_owned() };
        if !self.allows_operation(operation) {
            return Err(not_allowed(operation.name));
        }
        if self.modes.is_some() {
            // Options that are no mode's, such as a disused one, are not on any list.
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

    /// Checks whether it is certain enough that what is sent arrives once. Apart from
    /// [`Limits::check`], since it keeps a plan from being sent and not from being reviewed: what is
    /// missing is found out there.
    ///
    /// # Errors
    /// It is not, and the operator wants it to be.
    pub fn check_once(&self, spec: &OperationSpec) -> Result<(), Refusal> {
        // A rehearsal may arrive as often as it likes.
        let will_do = !self.once_required || self.once_proven || spec.is_dry_run();
        if will_do { Ok(()) } else { Err(Refusal::OnceNotProven) }
    }

    /// Checks where a call goes, be it one that only looks.
    ///
    /// # Errors
    /// The first limit that it breaks.
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

/// The mode whose options an operation has: the most particular one, if several fit.
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
    fn patterns_fit_from_end_to_end() {
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
