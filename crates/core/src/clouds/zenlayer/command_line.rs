//! A batch for `zeno`, which hyphenates the API's names (vendor's source, 1.0).

use crate::{
    clouds::command_line::{CommandLine, Line},
    model::plan::{Batch, OptionValue},
};

/// The command for a batch.
///
/// The tool omits a boolean that is false. A release without an option refuses the command and
/// sends nothing, such as the first ones with `--force-reboot`.
pub(in crate::clouds) fn command_line(batch: &Batch) -> CommandLine {
    let spec = batch.spec();
    let mut line = Line::new(&["zeno", "zec", &hyphenated(spec.operation().name)]);
    for id in batch.ids() {
        line = line.option("--instance-ids", id.as_str());
    }
    let mut omitted = None;
    for (name, value) in spec.options() {
        let option = ["--", &hyphenated(name)].concat();
        line = match value {
            OptionValue::Boolean(true) => line.flag(&option),
            OptionValue::Boolean(false) => {
                omitted = Some([name, "=false"].concat());
                line
            }
            OptionValue::Choice(choice) => line.option(&option, choice),
        };
    }
    CommandLine { omitted, ..line.of("zeno") }
}

/// `forceReboot` and `RebootInstances` as `force-reboot` and `reboot-instances`.
fn hyphenated(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
