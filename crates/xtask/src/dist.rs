//! The release build: `dist/`, compressed beside each file, measured against the budget.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    integrity::{self, files, name_in},
    paths,
    process::{cargo, command, read, run},
    split,
    tools::Tool,
};

/// What the release build needs.
pub(crate) const TOOLS: &[Tool] = &[Tool::WasmTarget, Tool::Node, Tool::WasmBindgen, Tool::Trunk];

/// The whole first load, compressed with brotli: every file that the page asks for at its start.
const FIRST_LOAD_BUDGET_BYTES: usize = 150_000;

/// The part of the program that is fetched when the user begins to fill in the form: review, run, errors,
/// saved keys, and the functions for programs. A ceiling, so that it does not grow unnoticed; raise it only
/// with a reason. Of it 27 kB are derived types, whose refusals name the field, 13 kB `indexed_db_futures`,
/// 32 kB the list of instances, 35 kB the reading of what people paste, several faults of one text and
/// pages of gateways included, 3 kB the bar of a run and what it says of time, 8 kB what the form has
/// beyond its first fields: finding a region, locked fields in a line, a link to it; 4 kB requests as
/// command lines; 6 kB that parts of pages are components with state of their own.
const REST_CEILING_BYTES: usize = 648_000;

/// Builds `dist/` anew and prints its sizes.
pub(crate) fn build() -> Result<Dist> {
    let start = Instant::now();
    let folder = paths::dist();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    // trunk copies whatever snippets lie there, those of sources that are gone as well.
    let stale = paths::cargo_target().join("wasm-bindgen");
    if stale.exists() {
        fs::remove_dir_all(&stale).with_context(|| stale.display().to_string())?;
    }
    run(split::trunk()?
        .args(["build", "--release", "--offline", "--dist"])
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", rust_flags(&split::RUST_FLAGS)?))?;
    for name in STABLE_NAMES {
        ensure!(folder.join(name).is_file(), "the build made no dist/{name}");
    }
    split::copy_part(&folder)?;
    split::ensure_apart(&folder)?;
    split::await_part(&folder)?;
    for (program, package) in PROGRAMS {
        build_program(&folder, program, package)?;
    }
    preload_scripts(&folder)?;
    make_embed_page(&folder)?;
    for path in files(&folder)? {
        if path.extension().is_some_and(|end| end == "wasm") {
            optimise(&path, &name_in(&folder, &path)?)?;
        }
    }
    integrity::ensure_own_scripts(&folder)?;
    for script in SCRIPTS.iter().map(|name| folder.join(name)).chain(snippets(&folder)?) {
        minify(&script)?;
    }
    integrity::write_sums(&folder)?;
    let dist = Dist::compress(&folder)?;
    integrity::publish_sums(&folder)?;
    dist.print();
    println!("dist: built in {} s", start.elapsed().as_secs());
    Ok(dist)
}

fn optimise(wasm: &Path, name: &str) -> Result<()> {
    // What programs call by the thousand is built for speed.
    let level = if is_functions(name) { "-O3" } else { "-Oz" };
    // By Node and not by its name, which is a script that not every system runs.
    run(command("node")
        .arg(paths::node_package("binaryen").join("bin/wasm-opt"))
        .args([level, "--strip-producers", "--strip-target-features"])
        .arg(wasm)
        .arg("--output")
        .arg(wasm))
}

/// The scripts of the first load, beside our own small ones.
const SCRIPTS: [&str; 3] = ["boot.js", "parts.js", "relight.js"];

fn minify(script: &Path) -> Result<()> {
    // Into the others sums are written afterwards.
    let how = if script.ends_with("relight.js") { "--minify" } else { "--minify-whitespace" };
    run(command("node")
        .arg(paths::node_package("esbuild").join("bin/esbuild"))
        .arg(script)
        .args([how, "--format=esm", "--allow-overwrite", "--log-level=warning", "--charset=utf8"])
        // The program and the split part both import the loader, which is one module.
        .arg("--log-override:duplicate-object-key=silent")
        .arg(format!("--outfile={}", script.display())))
}

/// Builds the functions for programs that draw nothing. The page never asks for them.
fn build_program(folder: &Path, name: &str, package: &str) -> Result<()> {
    // Each by itself: together each would get what the other one wants of core.
    run(cargo()
        .args(["build", "--quiet", "--package", package, "--bin", name, "--profile", "module"])
        .args(["--target", "wasm32-unknown-unknown"])
        .env("CARGO_ENCODED_RUSTFLAGS", rust_flags(&[])?))?;
    run(command(paths::tool("wasm-bindgen"))
        .args(["--target", "web", "--out-name", name, "--out-dir"])
        .arg(folder)
        .arg(paths::cargo_target().join(format!("wasm32-unknown-unknown/module/{name}.wasm"))))?;
    // The wasm's own exports are private.
    fs::remove_file(folder.join(format!("{name}_bg.wasm.d.ts")))?;
    Ok(())
}

/// Whether a file belongs to what programs import that draw nothing.
pub(crate) fn is_functions(name: &str) -> bool {
    PROGRAMS.iter().any(|(program, _)| name.starts_with(program))
}

/// The files of a release build and their sizes.
pub(crate) struct Dist {
    files: Vec<File>,
}

impl Dist {
    /// An error when the first load is over the budget.
    pub(crate) fn check_budget(&self) -> Result<()> {
        let bytes = self.bytes_of(Load::First);
        if bytes > FIRST_LOAD_BUDGET_BYTES {
            bail!(
                "the first load is {bytes} bytes with brotli, \
                 {} over the budget of {FIRST_LOAD_BUDGET_BYTES}",
                bytes - FIRST_LOAD_BUDGET_BYTES
            );
        }
        let bytes = self.bytes_of(Load::Later);
        if bytes > REST_CEILING_BYTES {
            bail!(
                "the rest is {bytes} bytes with brotli, {} over its ceiling",
                bytes - REST_CEILING_BYTES
            );
        }
        Ok(())
    }

    fn compress(folder: &Path) -> Result<Self> {
        let mut compressed = Vec::new();
        for path in files(folder)? {
            let plain = fs::read(&path).with_context(|| path.display().to_string())?;
            let brotli = brotli(&plain)?;
            let gzip = gzip(&plain)?;
            fs::write(with_suffix(&path, ".br"), &brotli)?;
            fs::write(with_suffix(&path, ".gz"), &gzip)?;
            let name = name_in(folder, &path)?;
            compressed.push(File {
                load: load_of(&name),
                name,
                plain_bytes: plain.len(),
                brotli_bytes: brotli.len(),
                gzip_bytes: gzip.len(),
            });
        }
        Ok(Self { files: compressed })
    }

    fn bytes_of(&self, load: Load) -> usize {
        self.files.iter().filter(|file| file.load == load).map(|file| file.brotli_bytes).sum()
    }

    fn print(&self) {
        println!("{:<28} {:>9} {:>9} {:>9}  fetched", "dist/", "plain", "gzip", "brotli");
        for file in &self.files {
            println!(
                "{:<28} {:>9} {:>9} {:>9}  {}",
                file.name,
                file.plain_bytes,
                file.gzip_bytes,
                file.brotli_bytes,
                match file.load {
                    Load::First => "at once",
                    Load::Later => "when it is needed",
                    Load::Never => "",
                }
            );
        }
        println!(
            "first load: {} of {FIRST_LOAD_BUDGET_BYTES} bytes with brotli; the rest, fetched once \
             somebody begins to fill in: {} of {REST_CEILING_BYTES}",
            self.bytes_of(Load::First),
            self.bytes_of(Load::Later),
        );
        let [functions, signing] = PROGRAMS.map(|(name, _)| self.bytes_of_program(name));
        println!(
            "for programs that draw nothing: {functions}, all functions; {signing}, signing alone"
        );
    }

    /// What a program fetches.
    fn bytes_of_program(&self, name: &str) -> usize {
        let own = |file: &&File| file.name.starts_with(name) && !file.name.ends_with(".d.ts");
        self.files.iter().filter(own).map(|file| file.brotli_bytes).sum()
    }
}

struct File {
    name: String,
    load: Load,
    plain_bytes: usize,
    brotli_bytes: usize,
    gzip_bytes: usize,
}

/// When a file is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    /// With the page.
    First,
    /// Once the user begins to fill in the form.
    Later,
    /// Only by programs and by pages that embed the console.
    Never,
}

/// Other pages import these names, so they are public.
const STABLE_NAMES: &[&str] = &[
    "index.html",
    "embed.js",
    "boot.js",
    "parts.js",
    "relight.js",
    "relight_bg.wasm",
    "relight.d.ts",
];

/// What programs import that draw nothing, and the packages that have it.
const PROGRAMS: [(&str, &str); 2] =
    [("relight-core", "relight-functions"), ("relight-sign", "relight-sign")];

/// A new file counts as part of the first load until it is listed here.
fn load_of(name: &str) -> Load {
    match name {
        split::PART_NAME => Load::Later,
        "demo.js"
        | "demo_bg.wasm"
        | "relight.schema.json"
        | "embed.html"
        | "embed.js"
        | "_headers" => Load::Never,
        other if other.ends_with(".d.ts") || is_functions(other) => Load::Never,
        _ => Load::First,
    }
}

/// Our own small scripts are in a folder whose name only wasm-bindgen knows. Asked for in the head like
/// the module itself, what it imports costs no round trip more.
fn preload_scripts(folder: &Path) -> Result<()> {
    let scripts = std::iter::once(folder.join("parts.js")).chain(snippets(folder)?);
    let names = scripts.map(|path| name_in(folder, &path)).collect::<Result<Vec<_>>>()?;
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index).with_context(|| index.display().to_string())?;
    fs::write(&index, with_preloads(&page, &names)?)?;
    Ok(())
}

fn snippets(folder: &Path) -> Result<Vec<PathBuf>> {
    let snippets = folder.join("snippets");
    if snippets.exists() { files(&snippets) } else { Ok(Vec::new()) }
}

/// The page for a frame is the same page with one script more, and as high as what is in it.
fn make_embed_page(folder: &Path) -> Result<()> {
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index).with_context(|| index.display().to_string())?;
    fs::write(folder.join("embed.html"), embed_page(&page)?)?;
    Ok(())
}

fn embed_page(page: &str) -> Result<String> {
    let mut page = page.to_owned();
    let boot = r#"<script type="module" src="./boot.js"></script>"#;
    let embed = r#"<script type="module" src="./embed.js"></script>"#;
    for (from, to) in [
        ("<html lang=\"en\">", "<html lang=\"en\" class=\"embed\">"),
        (boot, &format!("{boot}{embed}")),
    ] {
        ensure!(page.contains(from), "index.html has no {from}");
        page = page.replacen(from, to, 1);
    }
    Ok(page)
}

fn with_preloads(page: &str, names: &[String]) -> Result<String> {
    let module = r#"<link rel="modulepreload" href="./relight.js">"#;
    ensure!(page.contains(module), "index.html preloads no module; see Trunk.toml");
    let link = |name: &String| format!(r#"<link rel="modulepreload" href="./{name}">"#);
    // Before the module: else a browser could fetch what that imports before it has read their sums.
    let links = names.iter().map(link).chain(std::iter::once(module.to_owned()));
    Ok(page.replacen(module, &links.collect::<Vec<_>>().concat(), 1))
}

/// Panic messages contain the names of files. With these flags the bytes do not depend on who builds where,
/// nor on the address of the registry; and the module is smaller.
///
/// With the wide instructions of wasm, SHA-256 takes three quarters of the time. Chromium has them
/// since 91, Firefox since 89, Safari since 16.4, Node since 16.4.
fn rust_flags(more: &[&str]) -> Result<String> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .context("there is neither CARGO_HOME nor a home folder")?;
    let remapped_root = format!("--remap-path-prefix={}=/relight", paths::root().display());
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned(), remapped_root];
    // Where the toolchain's own sources are installed the compiler names them there; elsewhere by the
    // compiler's commit.
    let version = read(command("rustc").arg("-vV"))?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    let sources = format!(
        "{}/lib/rustlib/src/rust",
        read(command("rustc").args(["--print", "sysroot"]))?.trim()
    );
    flags.push(format!(
        "--remap-path-prefix={sources}=/rustc/{}",
        commit.context("rustc's commit")?
    ));
    let registries = home.join("registry/src");
    for entry in fs::read_dir(&registries).with_context(|| registries.display().to_string())? {
        flags.push(format!("--remap-path-prefix={}=", entry?.path().display()));
    }
    flags.extend(more.iter().map(|flag| (*flag).to_owned()));
    Ok(flags.join("\x1f"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// The header's time is left at zero, so that equal files give equal archives.
fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::{Dist, File, brotli, embed_page, gzip, load_of, with_preloads};
    use std::io::Read;

    fn dist_of(bytes: usize) -> Dist {
        let file = |name: &str, brotli_bytes| File {
            load: load_of(name),
            name: name.to_owned(),
            plain_bytes: brotli_bytes,
            brotli_bytes,
            gzip_bytes: brotli_bytes,
        };
        Dist {
            files: vec![
                file("relight_bg.wasm", bytes),
                file("relight_rest.wasm", 300_000),
                file("relight.d.ts", 1_000_000),
            ],
        }
    }

    #[test]
    fn the_budget_counts_the_first_load_and_nothing_else() {
        assert!(dist_of(150_000).check_budget().is_ok());
        let error = dist_of(150_007).check_budget().unwrap_err().to_string();
        assert!(error.contains("7 over the budget"), "{error}");
    }

    #[test]
    fn every_script_is_asked_for_in_the_head() {
        let page = r#"<head><link rel="modulepreload" href="./relight.js"></head>"#;
        let names = ["snippets/a/define.js".to_owned()];
        assert_eq!(
            with_preloads(page, &names).unwrap(),
            "<head><link rel=\"modulepreload\" href=\"./snippets/a/define.js\">\
             <link rel=\"modulepreload\" href=\"./relight.js\"></head>"
        );
        assert!(with_preloads("<head></head>", &names).is_err());
    }

    #[test]
    fn the_page_for_a_frame_has_one_script_more() {
        let page = "<html lang=\"en\"><script type=\"module\" src=\"./boot.js\"></script></html>";
        let framed = embed_page(page).unwrap();
        assert!(framed.contains("class=\"embed\"") && framed.contains("./boot.js"), "{framed}");
        assert!(framed.contains("src=\"./embed.js\""), "{framed}");
        assert!(embed_page("<html>").is_err());
    }

    #[test]
    fn compression_round_trips_and_is_deterministic() {
        let plain = b"relight ".repeat(1_000);
        let mut back = Vec::new();
        let compressed = brotli(&plain).unwrap();
        brotli::BrotliDecompress(&mut &*compressed, &mut back).unwrap();
        assert_eq!(back, plain);
        let compressed = gzip(&plain).unwrap();
        back.clear();
        flate2::read::GzDecoder::new(&*compressed).read_to_end(&mut back).unwrap();
        assert_eq!(back, plain);
        assert_eq!(gzip(&plain).unwrap(), compressed);
        assert_eq!(brotli(&plain).unwrap(), brotli(&plain).unwrap());
    }
}
