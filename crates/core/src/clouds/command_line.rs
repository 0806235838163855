//! A batch as a shell command, for when the page is down.

use super::protocol;
use crate::{i18n::Locale, model::plan::Batch, signing::Signer};
use std::borrow::Cow;

/// A command for a POSIX shell that sends the same request as a batch. Contains no key or
/// signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The program.
    pub tool: &'static str,
    /// One option on each line, continued by backslashes.
    pub line: String,
    /// The part of the request that the program cannot send.
    pub omitted: Option<String>,
}

/// The command for `curl`. It is not signed: [`UNSIGNED`] marks the values that the signer must
/// fill in.
pub fn curl(batch: &Batch) -> CommandLine {
    let protocol = protocol(batch.spec().target().cloud);
    let request = protocol.request(batch);
    let by = |unix_seconds: i64| {
        let placeholder = unix_seconds.to_string();
        let signer = Signer {
            key_id: placeholder.clone(),
            token: None,
            unix_seconds,
            nonce: placeholder.clone(),
            sign_action: true,
            locale: Locale::En,
        };
        protocol.prepare(&request, &signer).finish(placeholder.as_bytes())
    };
    // Values that differ between two signers are placeholders: time, nonce, key and signature.
    let (one, other) = (by(0), by(1));
    let address = ["https://", one.host(), &one.path_and_query()].concat();
    let mut line = Line::new(&["curl", "-X", one.method(), &address]);
    for ((name, value), (_, of_other)) in one.headers().iter().zip(other.headers()) {
        let value = if value == of_other { value } else { UNSIGNED };
        line = line.option("-H", &[name, ": ", value].concat());
    }
    line = if one.body().is_empty() {
        // Browsers send it by themselves; curl does not.
        line.option("-H", "content-length: 0")
    } else {
        line.option("--data-raw", one.body())
    };
    line.of("curl")
}

/// Placeholder for a value that needs a key.
pub const UNSIGNED: &str = "<unsigned>";

/// A command that is built word by word, quoted where the shell requires it.
pub(super) struct Line(String);

impl Line {
    pub(super) fn new(words: &[&str]) -> Self {
        let mut line = Line(String::new());
        for word in words {
            if !line.0.is_empty() {
                line.0.push(' ');
            }
            line.word(word);
        }
        line
    }

    /// An option without a value.
    pub(super) fn flag(mut self, name: &str) -> Self {
        self.0.push_str(" \\\n  ");
        self.word(name);
        self
    }

    /// An option and its value.
    pub(super) fn option(self, name: &str, value: &str) -> Self {
        let mut line = self.flag(name);
        line.0.push(' ');
        line.word(value);
        line
    }

    pub(super) fn of(self, tool: &'static str) -> CommandLine {
        CommandLine { tool, line: self.0, omitted: None }
    }

    fn word(&mut self, word: &str) {
        self.0.push_str(&quoted(word));
    }
}

/// Quotes a word for the shell: in single quotes only a single quote is special.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(["'", &word.replace('\'', r"'\''"), "'"].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn quoted_words_survive_a_shell() {
        for word in [
            "ins-5d8a23rs",
            "",
            "two words",
            "it's",
            "\"both' kinds\"",
            "$(reboot)",
            "`reboot`",
            "$HOME ${HOME} ~ * ?",
            "a; b & c | d > e < f # g ! h ^ i",
            "back\\slash",
            "--option=value",
            "环境=生产，重启原因：补丁",
            "two\nlines\tand a tab",
            r#"["ins-5d8a23rs","ins-r8hr2upy"]"#,
        ] {
            let line = Line::new(&["tool", word]).option("--name", word).flag("--last").0;
            // `shlex` reads a line continuation as an empty word.
            let read = shlex::split(&line.replace(" \\\n  ", " ")).unwrap();
            assert_eq!(read, ["tool", word, "--name", word, "--last"], "{line}");
        }
    }

    #[test]
    fn only_special_words_are_quoted() {
        let line = Line::new(&["tool", "verb"]).option("--id", "i-1").option("--id", "a b").0;
        assert_eq!(line, "tool verb \\\n  --id i-1 \\\n  --id 'a b'");
    }
}
