//! Less glue in the front. wasm-bindgen gives each function between a script and its wasm a name with
//! a sum in it, in both files, and sums are what compresses least. Nobody else uses these names, and
//! the page cannot answer before they are fetched.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

/// Leaves out of a script of ours what is for its readers: they find it in the sources.
pub(crate) fn leave_out_remarks(script: &Path) -> Result<()> {
    let text = fs::read_to_string(script).with_context(|| script.display().to_string())?;
    fs::write(script, terse(&text))?;
    Ok(())
}

/// Shortens the names between `script` and `wasm`, and leaves out what is for readers of the script.
pub(crate) fn shorten(script: &Path, wasm: &Path) -> Result<()> {
    let glue = fs::read_to_string(script).with_context(|| script.display().to_string())?;
    let binary = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let (glue, binary) = shortened(&glue, &binary)?;
    fs::write(script, glue)?;
    fs::write(wasm, binary)?;
    Ok(())
}

fn shortened(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut names = Vec::new();
    rename(wasm, &mut |name| {
        if is_ours_alone(name) {
            names.push(name.to_owned());
        }
        name.to_owned()
    })?;
    names.sort();
    names.dedup();
    ensure!(!glue.contains("$0"), "the script has a name like the short ones");
    let short = |name: &str| match names.iter().position(|one| one == name) {
        Some(number) => format!("${number}"),
        None => name.to_owned(),
    };
    let mut glue = format!("{AT_ONCE}{}", terse(glue));
    for name in &names {
        ensure!(glue.contains(name.as_str()), "the script does not know {name}");
        glue = glue.replace(name.as_str(), &short(name));
    }
    Ok((glue, rename(wasm, &mut |name| short(name))?))
}

/// Has Chromium compile all functions while the wasm is on its way, and none of them when it is there
/// and everything waits: <https://v8.dev/blog/explicit-compile-hints>.
const AT_ONCE: &str = "//# allFunctionsCalledOnLoad\n";

/// Whether a name ends in a sum: then it is wasm-bindgen's own.
fn is_ours_alone(name: &str) -> bool {
    let Some((head, sum)) = name.len().checked_sub(16).and_then(|at| name.split_at_checked(at))
    else {
        return false;
    };
    sum.bytes().all(|byte| byte.is_ascii_hexdigit())
        && (head.starts_with("__wbg_") && head.ends_with('_') || head.ends_with("__h"))
}

/// Without comments on lines of their own, and without indentation. No text of the script goes over
/// the end of a line.
fn terse(glue: &str) -> String {
    let is_comment =
        |line: &&str| line.starts_with("//") || line.starts_with("/*") || line.starts_with('*');
    let lines = glue.lines().map(str::trim_start).filter(|line| !line.is_empty());
    lines.filter(|line| !is_comment(line)).flat_map(|line| [line, "\n"]).collect()
}

const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// The module with other names for what it imports and exports.
fn rename(wasm: &[u8], renamed: &mut dyn FnMut(&str) -> String) -> Result<Vec<u8>> {
    let mut from = Reader { rest: wasm };
    let mut to = from.take(8)?.to_vec();
    while let [kind, rest @ ..] = from.rest {
        from.rest = rest;
        let size = from.number()?;
        let mut section = Reader { rest: from.take(size)? };
        let body = match *kind {
            IMPORTS => section.imports(renamed)?,
            EXPORTS => section.exports(renamed)?,
            _ => section.rest.to_vec(),
        };
        to.push(*kind);
        put_number(&mut to, body.len());
        to.extend(body);
    }
    Ok(to)
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn imports(&mut self, renamed: &mut dyn FnMut(&str) -> String) -> Result<Vec<u8>> {
        let mut to = Vec::new();
        let count = self.number()?;
        put_number(&mut to, count);
        for _ in 0..count {
            put_text(&mut to, self.text()?);
            put_text(&mut to, &renamed(self.text()?));
            let kind = self.take(1)?;
            // wasm-bindgen imports nothing but functions.
            ensure!(kind == [0], "the module imports something that is no function");
            to.extend(kind);
            put_number(&mut to, self.number()?);
        }
        Ok(to)
    }

    fn exports(&mut self, renamed: &mut dyn FnMut(&str) -> String) -> Result<Vec<u8>> {
        let mut to = Vec::new();
        let count = self.number()?;
        put_number(&mut to, count);
        for _ in 0..count {
            put_text(&mut to, &renamed(self.text()?));
            to.extend(self.take(1)?);
            put_number(&mut to, self.number()?);
        }
        Ok(to)
    }

    fn text(&mut self) -> Result<&'b str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length)?)?)
    }

    /// An unsigned LEB128.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let [byte] = *self.take(1)? else { break };
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number of the module has no end")
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).context("the module is cut off")?;
        self.rest = rest;
        Ok(taken)
    }
}

fn put_text(to: &mut Vec<u8>, text: &str) {
    put_number(to, text.len());
    to.extend(text.as_bytes());
}

#[allow(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn put_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, put_number, put_text, shortened};

    const SUM: &str = "f249a2a76caa9a55";

    fn section(to: &mut Vec<u8>, kind: u8, body: &[u8]) {
        to.push(kind);
        put_number(to, body.len());
        to.extend(body);
    }

    /// A module with one import, one export of ours and one that others use.
    fn module(import: &str, export: &str) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let mut imports = vec![1];
        put_text(&mut imports, "./page_bg.js");
        put_text(&mut imports, import);
        imports.extend([0, 0x85, 0x01]);
        section(&mut wasm, 2, &imports);
        let mut exports = vec![2];
        put_text(&mut exports, export);
        exports.extend([0, 7]);
        put_text(&mut exports, "memory");
        exports.extend([2, 0]);
        section(&mut wasm, 7, &exports);
        section(&mut wasm, 11, &[1, 2, 3]);
        wasm
    }

    #[test]
    fn names_with_sums_are_shortened_on_both_sides_and_no_others() {
        let (import, export) = (format!("__wbg_call_{SUM}"), format!("invoke__h{SUM}"));
        let glue = format!(
            "// For people.\n    {import}: function() {{\n        wasm.{export}(wasm.memory);\n"
        );
        let (glue, wasm) = shortened(&glue, &module(&import, &export)).unwrap();
        assert_eq!(glue, format!("{AT_ONCE}$0: function() {{\nwasm.$1(wasm.memory);\n"));
        assert_eq!(wasm, module("$0", "$1"));
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        let import = format!("__wbg_call_{SUM}");
        let wasm = module(&import, "main");
        assert!(shortened("nothing", &wasm).is_err(), "the script lacks the name");
        assert!(shortened(&import, wasm.get(..20).unwrap()).is_err(), "cut off");
        assert!(shortened(&format!("$0 {import}"), &wasm).is_err(), "a name that is taken");
    }
}
