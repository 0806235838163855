//! The facts about the clouds.

use js_sys::Object;
use relight_core::{
    clouds,
    i18n::Text,
    model::cloud::{Cloud, Operation, Parameter, ParameterKind, Role, Verb},
};
use relight_sign::write::pairs;
use serde::Serialize;
use tsify::Tsify;

/// A cloud's facts.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CloudInfo {
    #[tsify(type = "CloudId")]
    id: &'static str,
    name: Words,
    /// The product whose instances these are, in the vendor's spelling.
    product: &'static str,
    /// What the vendor calls the parts of a key. No `tokenLabel`: the cloud has no temporary keys.
    #[tsify(type = "{ keyIdLabel: string; secretLabel: string; tokenLabel?: string }")]
    credential: Labels,
    /// The kinds of account, each with hosts of its own; the first is the default.
    #[tsify(type = "{ id: string; name: Words }[]")]
    sites: Vec<Named>,
    /// Whether a request needs a region. If not, it must have none.
    region_required: bool,
    /// The regions that are known: an offer, never a limit.
    #[tsify(type = "{ id: string; name: Words }[]")]
    regions: Vec<Named>,
    operations: Vec<OperationInfo>,
    /// The names of the signing algorithms; the first is the one that is used.
    algorithms: Vec<&'static str>,
    #[tsify(type = "{ shape: Words; example: string }")]
    instance_id: IdShape,
    #[tsify(
        type = "{ describeIdsMax: number; describeCallsPerSecond: number; overdueAfterMs: number }"
    )]
    limits: Limits,
}

impl CloudInfo {
    /// The facts about a cloud.
    pub(crate) fn of(cloud: &'static Cloud) -> Self {
        let manifest = cloud;
        CloudInfo {
            id: manifest.id,
            name: manifest.name.into(),
            product: manifest.product,
            credential: Labels {
                key_id_label: manifest.credential.key_id_label,
                secret_label: manifest.credential.secret_label,
                token_label: manifest.credential.token_label,
            },
            sites: manifest
                .sites
                .iter()
                .map(|site| Named { id: site.id, name: site.name.into() })
                .collect(),
            region_required: manifest.regions.required,
            regions: manifest
                .regions
                .known
                .iter()
                .map(|region| Named { id: region.id, name: region.name.into() })
                .collect(),
            operations: manifest.operations.iter().map(operation).collect(),
            algorithms: clouds::protocol(cloud)
                .algorithms()
                .iter()
                .map(|algorithm| algorithm.name())
                .collect(),
            instance_id: IdShape {
                shape: manifest.ids.shape.into(),
                example: manifest.ids.example,
            },
            limits: Limits {
                describe_ids_max: manifest.describe_ids_max,
                describe_calls_per_second: manifest.describe_calls_per_second,
                overdue_after_ms: manifest.overdue_after_ms,
            },
        }
    }
}

/// A text in every language.
#[derive(Serialize, Tsify)]
pub(crate) struct Words {
    en: &'static str,
    zh: &'static str,
}

impl From<Text> for Words {
    fn from(Text { en, zh }: Text) -> Self {
        Words { en, zh }
    }
}

/// Something that can be asked of a cloud.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
struct OperationInfo {
    /// The cloud's own name.
    name: &'static str,
    #[tsify(type = "\"reboot\" | \"start\"")]
    verb: Verb,
    /// The most ids in one call.
    ids_max: usize,
    calls_per_second: u32,
    /// Ways to do it, soft first; the first is preselected. `options` go into a job.
    #[tsify(
        type = "{ id: string; name: Words; help: Words; force: boolean; options: Record<string, string> }[]"
    )]
    modes: Vec<ModeInfo>,
    parameters: Vec<ParameterInfo>,
}

/// A parameter of an operation, by the cloud's own name.
#[derive(Serialize, Tsify)]
struct ParameterInfo {
    name: &'static str,
    /// The values that it takes.
    #[tsify(type = "\"boolean\" | string[]")]
    values: Values,
    #[tsify(type = "\"force\" | \"dry-run\" | \"batching\" | \"erase\" | \"disused\"")]
    role: &'static str,
    label: Words,
    help: Words,
    /// Parameters that may not be given together with it.
    excludes: &'static [&'static str],
}

// Types without a name in TypeScript are inlined where they are used.

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as TypeScript has them")]
struct Labels {
    key_id_label: &'static str,
    secret_label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_label: Option<&'static str>,
}

#[derive(Serialize)]
struct Named {
    id: &'static str,
    name: Words,
}

#[derive(Serialize)]
struct ModeInfo {
    id: &'static str,
    name: Words,
    help: Words,
    force: bool,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    options: Object,
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

#[derive(Serialize)]
#[serde(untagged)]
enum Values {
    Boolean(&'static str),
    Choice(&'static [&'static str]),
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
                name: mode.name.into(),
                help: mode.help.into(),
                force: mode.force,
                options: pairs(mode.options.iter().copied()),
            })
            .collect(),
        parameters: operation.parameters.iter().map(parameter).collect(),
    }
}

fn parameter(parameter: &'static Parameter) -> ParameterInfo {
    ParameterInfo {
        name: parameter.name,
        values: match parameter.kind {
            ParameterKind::Boolean => Values::Boolean("boolean"),
            ParameterKind::Choice(choices) => Values::Choice(choices),
        },
        role: match parameter.role {
            Role::Force => "force",
            Role::DryRun => "dry-run",
            Role::Batching => "batching",
            Role::Erase => "erase",
            Role::Disused => "disused",
        },
        label: parameter.label.into(),
        help: parameter.help.into(),
        excludes: parameter.excludes,
    }
}
