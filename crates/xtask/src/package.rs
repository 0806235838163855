//! The npm package, and the examples that use it.
//!
//! The package is what `dist` has for other pages and programs, with a description. Nothing in it
//! runs when it is installed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    integrity::{files, name_in},
    package_check, paths,
    process::{command, read, run},
};

/// The modules that a program can import.
const MODULES: [&str; 3] = ["relight", "relight-core", "relight-sign"];

/// Makes the package of the current `dist`: the folder, and the archive next to it, whose name it returns.
pub(crate) fn build() -> Result<PathBuf> {
    let (dist, target) = (paths::dist(), paths::cargo_target().join("package"));
    let folder = target.join("relight");
    if target.exists() {
        fs::remove_dir_all(&target).with_context(|| target.display().to_string())?;
    }
    for path in files(&dist)? {
        let name = name_in(&dist, &path)?;
        if is_packed(&name) {
            copy(&path, &folder.join(name))?;
        }
    }
    let source = paths::root().join("package");
    for name in ["README.md", "react.d.ts", "relight-record.schema.json"] {
        copy(&source.join(name), &folder.join(name))?;
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&paths::root().join(licence), &folder.join(licence))?;
    }
    let description = fs::read_to_string(source.join("package.json"))?;
    let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
    write(&folder.join("package.json"), &description.replace("\"version\": \"0.0.0\"", version))?;
    let start = fs::read_to_string(source.join("node.js"))?;
    for name in MODULES {
        write(&folder.join(format!("node/{name}.js")), &start.replace("NAME", name))?;
    }
    run(npm().args(["pack", "--ignore-scripts", "--loglevel=notice"]).arg(&folder))?;
    let archive = files(&target)?.into_iter().find(|path| path.extension() == Some("tgz".as_ref()));
    archive.context("npm packed nothing")
}

/// Builds every example with the package, runs those that are programs, and puts the pages into one
/// folder, which it returns.
pub(crate) fn build_examples() -> Result<PathBuf> {
    let archive = build()?;
    package_check::ensure_contents(&archive)?;
    package_check::ensure_weights(&paths::dist())?;
    let work = paths::examples();
    let packages = work.join("node_modules");
    let installed = packages.join("relight");
    if installed.exists() {
        fs::remove_dir_all(&installed)?;
    }
    fs::create_dir_all(&installed)?;
    // As npm does; through npm itself everything else would be asked for again.
    run(command("tar")
        .arg("-xzf")
        .arg(&archive)
        .args(["--strip-components=1", "-C"])
        .arg(&installed))?;
    package_check::ensure_exports(&installed)?;

    let source = paths::root().join("examples");
    for path in files(&source)? {
        copy(&path, &work.join(name_in(&source, &path)?))?;
    }
    program(
        &work.join("node/sign.mjs"),
        "TC3-HMAC-SHA256 Credential=EXAMPLE-KEY-ID/2023-11-14/cvm/",
    )?;
    program(&work.join("worker/main.mjs"), "InvalidInstanceId.NotFound ")?;

    let pages = work.join("pages");
    if pages.exists() {
        fs::remove_dir_all(&pages)?;
    }
    for name in ["index.html", "main.js"] {
        copy(&work.join("plain").join(name), &pages.join(name))?;
    }
    for path in files(&installed)? {
        copy(&path, &pages.join("relight").join(name_in(&installed, &path)?))?;
    }
    for path in files(&work.join("browser-worker"))? {
        copy(&path, &pages.join(name_in(&work, &path)?))?;
    }
    let esbuild = work.join("esbuild");
    copy(&esbuild.join("index.html"), &pages.join("esbuild/index.html"))?;
    run(command("node")
        .arg(packages.join("esbuild/bin/esbuild"))
        .args(["main.js", "--bundle", "--format=esm", "--loader:.wasm=file", "--log-level=warning"])
        .arg(format!("--outdir={}", pages.join("esbuild/bundle").display()))
        .current_dir(&esbuild))?;
    let tsc = paths::node_package("typescript").join("bin/tsc");
    let compile = |folder: &Path| run(command("node").arg(&tsc).current_dir(folder));
    compile(&work.join("vite-react"))?;
    compile(&work.join("react-locked"))?;
    // The same settings, for what has to be typed and is no example.
    let typed = work.join("typed");
    copy(&paths::root().join("tests/module/react.tsx"), &typed.join("src/main.tsx"))?;
    copy(&work.join("vite-react/tsconfig.json"), &typed.join("tsconfig.json"))?;
    compile(&typed)?;
    // As Node itself finds the package and its types.
    run(command("node")
        .arg(&tsc)
        .args(["--strict", "--noEmit", "--allowJs", "--checkJs", "--target", "es2022"])
        .args(["--module", "nodenext", "--lib", "es2022,dom,esnext.disposable", "node/sign.mjs"])
        .current_dir(&work))?;
    for name in ["vite-react", "react-locked", "vite-vue"] {
        run(command("node")
            .arg(packages.join("vite/bin/vite.js"))
            .args(["build", "--logLevel", "warn", "--outDir"])
            .arg(pages.join(name))
            .current_dir(work.join(name)))?;
    }
    Ok(pages)
}

/// Has TypeDoc read the types of every module, into `target/docs`. What they export and do not explain, and
/// or any other message, is an error; its pages are not shipped.
pub(crate) fn document() -> Result<()> {
    let (dist, types) = (paths::dist(), paths::cargo_target().join("types"));
    let settings = paths::root().join("package");
    copy(&settings.join("tsconfig.json"), &types.join("tsconfig.json"))?;
    let names =
        MODULES.map(|name| (dist.join(format!("{name}.d.ts")), types.join(format!("{name}.d.ts"))));
    for (from, to) in &names {
        write(to, &without_own_exports(&fs::read_to_string(from)?)?)?;
    }
    run(command("node")
        .arg(paths::node_package("typedoc").join("bin/typedoc"))
        .arg("--options")
        .arg(settings.join("typedoc.json"))
        .arg("--tsconfig")
        .arg(types.join("tsconfig.json"))
        .arg("--out")
        .arg(paths::cargo_target().join("docs"))
        .args(names.map(|(_, to)| to)))
}

/// The types without those of the functions between a script and its wasm, which are private.
fn without_own_exports(types: &str) -> Result<String> {
    let start = "export interface InitOutput {";
    let (before, rest) = types.split_once(start).context("InitOutput")?;
    let (_, after) = rest.split_once("\n}\n").context("the end of InitOutput")?;
    let memory =
        "\n    /** All that the module holds. */\n    readonly memory: WebAssembly.Memory;\n}\n";
    Ok(format!("{before}/** The module itself. */\n{start}{memory}{after}"))
}

/// What embed.html is made of beside the module.
const FRAMED: [&str; 5] = ["embed.html", "embed.js", "boot.js", "page.css", "icon.svg"];

/// What other pages and programs take: both modules, their types and scripts, the schema, and the page
/// for those who must use a frame.
fn is_packed(name: &str) -> bool {
    let ends = [".js", ".wasm", ".d.ts", ".schema.json"];
    FRAMED.contains(&name)
        || name == "parts.js"
        || ends.iter().any(|end| name.ends_with(end))
            && (name.starts_with("relight") || name.starts_with("snippets/"))
}

fn program(path: &Path, expected: &str) -> Result<()> {
    let said = read(command("node").arg(path))?;
    ensure!(said.starts_with(expected), "{} said: {said}", path.display());
    println!("{}: {}", path.display(), said.trim_end());
    Ok(())
}

fn npm() -> std::process::Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(paths::cargo_target().join("package"));
    npm
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    // A new file and not new bytes in the old one, which may have a name elsewhere too.
    if to.exists() {
        fs::remove_file(to).with_context(|| to.display().to_string())?;
    }
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::{is_packed, without_own_exports};

    #[test]
    fn the_glue_is_left_out_of_what_is_explained() {
        let types = "/** A. */\nexport function a(): void;\nexport interface InitOutput {\n    \
             readonly memory: WebAssembly.Memory;\n    readonly __x: () => void;\n}\n\n/** B. */";
        let left = without_own_exports(types).unwrap();
        assert!(!left.contains("__x") && left.contains("memory") && left.ends_with("/** B. */"));
        assert!(without_own_exports("nothing").is_err());
    }

    #[test]
    fn the_whole_page_and_what_is_compressed_stay_out_of_the_package() {
        for name in [
            "embed.html",
            "boot.js",
            "parts.js",
            "relight_rest.wasm",
            "relight.js",
            "relight-core_bg.wasm",
            "relight.d.ts",
            "snippets/a/define.js",
        ] {
            assert!(is_packed(name), "{name}");
        }
        for name in ["index.html", "relight.json", "demo.js", "embed.html.br", "relight.js.br"] {
            assert!(!is_packed(name), "{name}");
        }
    }
}
