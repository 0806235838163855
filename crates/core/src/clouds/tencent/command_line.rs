//! A batch for `tccli`.

use crate::{
    clouds::{
        command_line::{CommandLine, Line},
        tencent::request,
    },
    model::plan::Batch,
    signing::request::push_json_ids,
};

/// The command for a batch, with the host: it depends on the account's site, and the tool's
/// configuration may name another.
pub(in crate::clouds) fn command_line(batch: &Batch) -> CommandLine {
    let spec = batch.spec();
    let mut ids = String::new();
    push_json_ids(&mut ids, batch.ids());
    let mut line = Line::new(&["tccli", "cvm", spec.operation().name])
        .option("--region", &spec.target().region)
        .option("--endpoint", &request::host(spec.target()))
        .option("--InstanceIds", &ids);
    for (name, value) in spec.options() {
        line = line.option(&["--", name].concat(), value.as_str());
    }
    line.of("tccli")
}
