//! A batch for `aliyun`, in the spelling of the API (vendor documentation): its other, lower-case spelling
//! needs a plugin.

use crate::{
    clouds::{
        alibaba::request,
        command_line::{CommandLine, Line},
    },
    model::plan::Batch,
    signing::request::Payload,
};

/// The line for a batch.
pub(in crate::clouds) fn command_line(batch: &Batch) -> CommandLine {
    let request = request::operation(batch);
    let content = request.content();
    // It decides the endpoint; the parameter of nearly that name, where there is one, is sent.
    let mut line = Line::new(&["aliyun", "ecs", content.action])
        .option("--region", &batch.spec().target().region);
    if let Payload::Query(parameters) = &content.payload {
        for (name, value) in parameters {
            line = line.option(&["--", name].concat(), value);
        }
    }
    line.of("aliyun")
}
