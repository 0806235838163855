//! Tencent.

mod errors;

use crate::{
    answer::{BatchAnswer, Described, InstanceState, Response},
    cloud::{Cloud, Credential, IdGrammar, Manifest, Mode, Operation, Regions, Shape, Site, Verb},
    eligibility::Eligibility,
    ids::InstanceId,
    plan::{Batch, Order, Target},
    request::{Request, Unsigned},
    sign::{Algorithm, Prepared, Signer},
    words::text,
};

pub(super) struct Tencent;

static MANIFEST: Manifest = Manifest {
    id: "tencent",
    name: text("Tencent", "Tencent"),
    product: "CVM",
    credential: Credential { key_id_label: "KeyId", secret_label: "Secret", token_label: None, key_id: Shape { prefixes: &[], usual_length: (1, 99) }, secret: Shape { prefixes: &[], usual_length: (1, 99) } },
    sites: &[Site { id: "default", name: text("Default", "默认") }],
    regions: Regions { required: true, known: &[] },
    ids: IdGrammar { strict: |_| false, lenient: |_| false, resembles: |_| false, shape: text("", ""), example: "" },
    operations: &[Operation { name: "RebootInstances", verb: Verb::Reboot, ids_max: 100, calls_per_second: 10, modes: &[Mode { id: "soft", name: text("Soft", "正常"), help: text("", ""), force: false, options: &[] }], parameters: &[] }],
    describe_ids_max: 100,
    describe_calls_per_second: 10,
    overdue_after_ms: 600_000,
    errors: errors::ERRORS,
    errors_url: "",
};

impl Cloud for Tencent {
    fn manifest(&self) -> &'static Manifest { &MANIFEST }
    fn host(&self, _: &Target) -> String { unimplemented!() }
    fn request(&self, _: &Batch) -> Request<Unsigned> { unimplemented!() }
    fn describe(&self, _: &Target, _: &[InstanceId]) -> Request<Unsigned> { unimplemented!() }
    fn algorithms(&self) -> &'static [&'static dyn Algorithm] { &[] }
    fn prepare(&self, _: &Request<Unsigned>, _: &Signer) -> Prepared { unimplemented!() }
    fn decode(&self, _: &Batch, _: &Response) -> BatchAnswer { unimplemented!() }
    fn decode_describe(&self, _: &Response) -> Described { unimplemented!() }
    fn eligibility(&self, _: &Order, _: &InstanceState) -> Eligibility { unimplemented!() }
}
