//! Splits the page's program in two (`src/lazy.rs`), between rustc and wasm-bindgen.
//!
//! trunk knows no splitting. It calls the first `wasm-bindgen` on its `PATH`: while a release is
//! built that is this program under that name, which splits it, and then calls the real one.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

use crate::{
    paths,
    process::{command, run},
};

/// The name under which trunk calls it.
const NAME: &str = "wasm-bindgen";
/// The program that is cut.
const PROGRAM: &str = "relight.wasm";
/// The part that is fetched later, as the tool and as a release names it.
const PART: &str = "split_rest.wasm";
pub(crate) const PART_NAME: &str = "relight_rest.wasm";
/// What the program imports the loader from.
const LOADER: &str = "./parts.js";

/// `src/lazy.rs` is split only on request.
pub(crate) const RUST_FLAGS: [&str; 2] = ["--cfg", "split"];

/// Whether this program was called as [`NAME`].
pub(crate) fn is_wanted() -> bool {
    let called = env::args_os().next().map(PathBuf::from);
    called.is_some_and(|called| called.file_stem().is_some_and(|stem| stem == NAME))
}

/// Does what `wasm-bindgen` does with these arguments, after the cut.
pub(crate) fn run_wasm_bindgen() -> Result<()> {
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let program = arguments
        .iter_mut()
        .find(|one| Path::new(one).file_name().is_some_and(|name| name == PROGRAM));
    let mut bindgen = Command::new(paths::tool(NAME));
    if let Some(program) = program {
        *program = cut(Path::new(program))?.into();
        // The parts import what is exported here by its own names.
        bindgen.args(["--keep-lld-exports", "--no-demangle"]);
    }
    run(bindgen.args(arguments))
}

/// Splits a program, and returns where its main part is.
fn cut(program: &Path) -> Result<PathBuf> {
    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let main = folder.join(PROGRAM);
    let whole = fs::read(program).with_context(|| program.display().to_string())?;
    let mut options = Options::new(&whole);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    let parts = transform(options).map_err(|error| anyhow!("{error:?}"))?.split_modules;
    // One name in the sources gives one part. More would need more in the loader.
    ensure!(parts == [folder.join(PART)], "the cut gave {parts:?}");
    Ok(main)
}

/// trunk, with this program in front of `wasm-bindgen`.
pub(crate) fn trunk() -> Result<Command> {
    let names = paths::cargo_target().join("xtask-as");
    fs::create_dir_all(&names).with_context(|| names.display().to_string())?;
    let name = names.join(format!("{NAME}{}", env::consts::EXE_SUFFIX));
    fs::copy(env::current_exe()?, &name).with_context(|| name.display().to_string())?;
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [names, paths::tools_bin()].into_iter().chain(env::split_paths(&path));
    let mut trunk = command(paths::tool("trunk"));
    trunk.env("PATH", env::join_paths(folders)?);
    Ok(trunk)
}

/// Puts the part beside the program, which trunk has put into `dist`.
pub(crate) fn copy_part(dist: &Path) -> Result<()> {
    let part = folder().join(PART);
    fs::copy(&part, dist.join(PART_NAME)).with_context(|| part.display().to_string())?;
    Ok(())
}

/// Texts of the catalogue, the review, the run and the signing. What reaches one of them from the form brings
/// along everything in that folder, and the tool does not list it.
const LATER: [&str; 4] = [
    "Not possible in the instance",
    "A browser may send this twice",
    "Stop after requests in flight",
    "HMAC-SHA256",
];

/// An error when something is in the program's first part that belongs into the one that is fetched later.
pub(crate) fn ensure_apart(dist: &Path) -> Result<()> {
    let read = |name: &str| fs::read(dist.join(name)).with_context(|| name.to_owned());
    let (main, part) = (read("relight_bg.wasm")?, read(PART_NAME)?);
    for text in LATER {
        ensure!(holds(&part, text), "“{text}” is not in {PART_NAME}");
        ensure!(!holds(&main, text), "“{text}” is in the first part: see docs/decisions");
    }
    Ok(())
}

fn holds(wasm: &[u8], text: &str) -> bool {
    wasm.windows(text.len()).any(|at| at == text.as_bytes())
}

fn folder() -> PathBuf {
    paths::cargo_target().join("split")
}

/// Has the module's `init` wait for the part: programs call functions that are in it, and hosts draw at
/// once. Our own page starts without.
pub(crate) fn await_part(dist: &Path) -> Result<()> {
    for (name, change) in [("relight.js", awaiting as fn(&str) -> _), ("relight.d.ts", described)] {
        let path = dist.join(name);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        fs::write(&path, change(&text)?)?;
    }
    Ok(())
}

fn awaiting(script: &str) -> Result<String> {
    let exports = "export { initSync, __wbg_init as default };";
    ensure!(script.contains(exports), "the script of the module does not end as it did");
    Ok(script.replacen(
        exports,
        "export { initSync, __wbg_init as initMain };\n\
         export default async function init(input) {\n    \
             if (input?.rest !== undefined) {\n        \
                 const { rest, ...main } = input;\n        \
                 restAt(rest);\n        \
                 input = \"module_or_path\" in main ? main : undefined;\n    \
             }\n    \
             const exports = await __wbg_init(input);\n    \
             await loadRest();\n    \
             return exports;\n\
         }\n\
         import { restAt } from \"./parts.js\";",
        1,
    ))
}

/// The type of `init`, with what it takes beside the program's own.
fn described(types: &str) -> Result<String> {
    let taken = "{ module_or_path: InitInput | Promise<InitInput> } | InitInput";
    ensure!(types.contains(taken), "the types of the module are not as they were");
    let ours = "{ module_or_path?: InitInput | Promise<InitInput>; rest?: RestInput | Promise<RestInput> } \
                | InitInput";
    let rest = "/** Where `relight_rest.wasm` is, or what it holds; beside the script unless given. */\n\
                export type RestInput = string | URL | BufferSource | WebAssembly.Module;\n\n";
    Ok(types.replace(taken, ours).replacen(
        "export type InitInput",
        &format!("{rest}export type InitInput"),
        1,
    ))
}

#[cfg(test)]
mod tests {
    use super::{LATER, PART_NAME, awaiting, described, ensure_apart};
    use std::fs;

    #[test]
    fn init_waits_for_the_part() {
        let script = "let wasm;\nexport { initSync, __wbg_init as default };\n";
        let script = awaiting(script).unwrap();
        assert!(script.contains("await loadRest();") && script.contains("__wbg_init as initMain"));
        assert!(awaiting("export default init;").is_err());
    }

    #[test]
    fn the_types_say_that_the_part_may_be_elsewhere() {
        let types = "export type InitInput = URL;\nexport default function __wbg_init (module_or_path?: \
             { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): X;";
        let types = described(types).unwrap();
        assert!(types.contains("rest?: RestInput") && types.contains("export type RestInput"));
        assert!(described("nothing").is_err());
    }

    #[test]
    fn what_comes_later_is_not_in_the_first_part() {
        let dist = tempfile::tempdir().unwrap();
        let dist = dist.path();
        let put = |name: &str, text: &str| fs::write(dist.join(name), text).unwrap();
        put(PART_NAME, &LATER.join("\0"));
        put("relight_bg.wasm", "What to do");
        assert!(ensure_apart(dist).is_ok());
        put("relight_bg.wasm", LATER[0]);
        assert!(ensure_apart(dist).is_err(), "one of them is in the first part");
        put("relight_bg.wasm", "What to do");
        put(PART_NAME, LATER[0]);
        assert!(ensure_apart(dist).is_err(), "one of them is nowhere");
    }
}
