//! A batch for `aliyun`, with the API's names (vendor documentation): the lower-case names need a
//! plugin.

use crate::{
    clouds::{
        alibaba::request,
        command_line::{CommandLine, Line},
    },
    model::plan::Batch,
    signing::request::Payload,
};

/// The command for a batch.
pub(in crate::clouds) fn command_line(batch: &Batch) -> CommandLine {
    let request = request::operation(batch);
    let content = request.content();
    // It selects the endpoint; the parameter of nearly the same name, where there is one, is sent.
    let mut line = Line::new(&["aliyun", "ecs", content.action])
        .option("--region", &batch.spec().target().region);
    if let Payload::Query(parameters) = &content.payload {
        for (name, value) in parameters {
            line = line.option(&["--", name].concat(), value);
        }
    }
    line.of("aliyun")
}
