//! The clouds' facts in the shape of the module's `CloudInfo`.

use super::{output::Words, signed::Pairs};
use relight_core::{
    clouds,
    model::cloud::{Cloud, Operation, Parameter, ParameterKind, Role, Verb},
};
use serde::{Serialize, Serializer};

/// The facts of a cloud.
pub(super) fn info(cloud: &'static Cloud) -> CloudInfo {
    let manifest = cloud;
    CloudInfo {
        id: manifest.id,
        name: Words(manifest.name),
        product: manifest.product,
        credential: Labels {
            key_id: manifest.credential.key_id_label,
            secret: manifest.credential.secret_label,
            token: manifest.credential.token_label,
        },
        sites: manifest
            .sites
            .iter()
            .map(|site| Named { id: site.id, name: Words(site.name) })
            .collect(),
        region_required: manifest.regions.required,
        regions: manifest
            .regions
            .known
            .iter()
            .map(|region| Named { id: region.id, name: Words(region.name) })
            .collect(),
        operations: manifest.operations.iter().map(operation).collect(),
        algorithms: clouds::protocol(cloud)
            .algorithms()
            .iter()
            .map(|algorithm| algorithm.name())
            .collect(),
        instance_id: IdShape { shape: Words(manifest.ids.shape), example: manifest.ids.example },
        limits: Limits {
            describe_ids_max: manifest.describe_ids_max,
            describe_calls_per_second: manifest.describe_calls_per_second,
            overdue_after_ms: manifest.overdue_after_ms,
        },
    }
}

/// The module's `CloudInfo`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CloudInfo {
    id: &'static str,
    name: Words,
    product: &'static str,
    credential: Labels,
    sites: Vec<Named>,
    region_required: bool,
    regions: Vec<Named>,
    operations: Vec<OperationInfo>,
    algorithms: Vec<&'static str>,
    instance_id: IdShape,
    limits: Limits,
}

#[derive(Serialize)]
struct Labels {
    #[serde(rename = "keyIdLabel")]
    key_id: &'static str,
    #[serde(rename = "secretLabel")]
    secret: &'static str,
    #[serde(rename = "tokenLabel", skip_serializing_if = "Option::is_none")]
    token: Option<&'static str>,
}

#[derive(Serialize)]
struct Named {
    id: &'static str,
    name: Words,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationInfo {
    name: &'static str,
    verb: Verb,
    ids_max: usize,
    calls_per_second: u32,
    modes: Vec<ModeInfo>,
    parameters: Vec<ParameterInfo>,
}

#[derive(Serialize)]
struct ModeInfo {
    id: &'static str,
    name: Words,
    help: Words,
    force: bool,
    options: Pairs<'static>,
}

#[derive(Serialize)]
struct ParameterInfo {
    name: &'static str,
    values: Values,
    role: &'static str,
    label: Words,
    help: Words,
    excludes: &'static [&'static str],
}

#[derive(Serialize)]
struct IdShape {
    shape: Words,
    example: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    describe_ids_max: usize,
    describe_calls_per_second: u32,
    overdue_after_ms: u64,
}

struct Values(&'static ParameterKind);

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ParameterKind::Boolean => serializer.serialize_str("boolean"),
            ParameterKind::Choice(choices) => choices.serialize(serializer),
        }
    }
}

fn operation(operation: &'static Operation) -> OperationInfo {
    OperationInfo {
        name: operation.name,
        verb: operation.verb,
        ids_max: operation.ids_max,
        calls_per_second: operation.calls_per_second,
        modes: operation
            .modes
            .iter()
            .map(|mode| ModeInfo {
                id: mode.id,
                name: Words(mode.name),
                help: Words(mode.help),
                force: mode.force,
                options: Pairs(mode.options.to_vec()),
            })
            .collect(),
        parameters: operation.parameters.iter().map(parameter).collect(),
    }
}

fn parameter(parameter: &'static Parameter) -> ParameterInfo {
    ParameterInfo {
        name: parameter.name,
        values: Values(&parameter.kind),
        role: match parameter.role {
            Role::Force => "force",
            Role::DryRun => "dry-run",
            Role::Batching => "batching",
            Role::Erase => "erase",
            Role::Disused => "disused",
        },
        label: Words(parameter.label),
        help: Words(parameter.help),
        excludes: parameter.excludes,
    }
}
