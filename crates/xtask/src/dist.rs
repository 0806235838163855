//! The release build: `dist/`, compressed beside each file, measured against the budget.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    glue,
    integrity::{self, files, name_in},
    paths,
    process::{cargo, command, read, run},
    tools::Tool,
};

/// What the release build needs.
pub(crate) const TOOLS: &[Tool] = &[Tool::WasmTarget, Tool::Node, Tool::WasmBindgen, Tool::Trunk];

/// The whole first load, compressed with brotli: every file that the page asks for at its start.
const FIRST_LOAD_BUDGET_BYTES: usize = 150_000;

/// The module, which the page fetches when somebody begins to fill in and which other pages import.
/// A ceiling, so that it does not grow unseen; to raise it is to say why. 400 kB were enough until it
/// learnt to read the operator's configuration, to show an index of all errors and to write policies;
/// 500 until it learnt to keep keys in the browser, which is 11 kB of words, list and store; 512 until it
/// showed what a link had filled in, waited for a host with a limit, and named the attributes that an
/// element does not have; 518 until it listed the runs that are kept, 15 kB of words, list and rules; 535
/// until ids were kept in place, which signs sooner and takes 4 kB, addresses that no proxy has were
/// refused, and characters that nobody sees were named; 539.5 until it took out of each answer what had gone
/// out, read `Proxy-Status` by the grammar of structured fields, found out whether a proxy refuses second
/// copies, and took back what waits for its turn; 575 until Yew's own `html!` wrote its elements and each part
/// became a component of its own, which is 48 kB; 630 until core left JSON, XML, CSV, dates, encodings and
/// patterns to libraries, which together take 27 kB; 660 until values crossed by `serde_wasm_bindgen` and
/// derived types: 14 kB for the functions, whose refusals name the field, 13 kB for the records of the
/// journal; and until IndexedDB was left to `indexed_db_futures`, 13 kB.
const MODULE_CEILING_BYTES: usize = 704_000;

/// Builds `dist/` anew and prints its sizes.
pub(crate) fn build() -> Result<Dist> {
    let start = Instant::now();
    let folder = paths::dist();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    run(command(paths::tool("trunk"))
        .args(["build", "--release", "--offline", "--dist"])
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", rust_flags()?))?;
    for name in STABLE_NAMES {
        ensure!(folder.join(name).is_file(), "the build made no dist/{name}");
    }
    for (program, package) in PROGRAMS {
        build_program(&folder, program, package)?;
    }
    preload_snippets(&folder)?;
    make_embed_page(&folder)?;
    for name in [
        "page_bg.wasm",
        "relight_bg.wasm",
        "relight-core_bg.wasm",
        "relight-sign_bg.wasm",
        "demo_bg.wasm",
    ] {
        let wasm = folder.join(name);
        // The larger module comes out 1 kB smaller in brotli by this, and the first load by that.
        let level = if name.starts_with("relight") { "-O3" } else { "-Oz" };
        // By Node and not by its name, which is a script that not every system runs.
        run(command("node")
            .arg(paths::node_package("binaryen").join("bin/wasm-opt"))
            .args([level, "--strip-producers", "--strip-target-features"])
            .arg(&wasm)
            .arg("--output")
            .arg(&wasm))?;
    }
    glue::shorten(&folder.join("page.js"), &folder.join("page_bg.wasm"))?;
    for script in files(&folder)? {
        let name = name_in(&folder, &script)?;
        if name == "boot.js" || name.starts_with("snippets/") {
            glue::leave_out_remarks(&script)?;
        }
    }
    integrity::ensure_own_scripts(&folder)?;
    integrity::write_sums(&folder)?;
    let dist = Dist::compress(&folder)?;
    integrity::publish_sums(&folder)?;
    dist.print();
    println!("dist: built in {} s", start.elapsed().as_secs());
    Ok(dist)
}

/// Builds the functions for programs that draw nothing. The page never asks for them.
fn build_program(folder: &Path, name: &str, package: &str) -> Result<()> {
    // Each by itself: together each would get what the other one wants of core.
    run(cargo()
        .args(["build", "--quiet", "--package", package, "--bin", name, "--profile", "module"])
        .args(["--target", "wasm32-unknown-unknown"])
        .env("CARGO_ENCODED_RUSTFLAGS", rust_flags()?))?;
    run(command(paths::tool("wasm-bindgen"))
        .args(["--target", "web", "--out-name", name, "--out-dir"])
        .arg(folder)
        .arg(paths::cargo_target().join(format!("wasm32-unknown-unknown/module/{name}.wasm"))))?;
    // What the wasm itself exports is nobody's business.
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
        if bytes > MODULE_CEILING_BYTES {
            bail!(
                "the module is {bytes} bytes with brotli, {} over its ceiling",
                bytes - MODULE_CEILING_BYTES
            );
        }
        Ok(())
    }

    fn compress(folder: &Path) -> Result<Self> {
        let mut compressed = Vec::new();
        let front = imports_of_front(folder)?;
        for path in files(folder)? {
            let plain = fs::read(&path).with_context(|| path.display().to_string())?;
            let brotli = brotli(&plain)?;
            let gzip = gzip(&plain)?;
            fs::write(with_suffix(&path, ".br"), &brotli)?;
            fs::write(with_suffix(&path, ".gz"), &gzip)?;
            let name = name_in(folder, &path)?;
            compressed.push(File {
                load: load_of(&name, &front),
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
            "first load: {} of {FIRST_LOAD_BUDGET_BYTES} bytes with brotli; the module, fetched \
             once somebody begins to fill in: {} of {MODULE_CEILING_BYTES}",
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
    /// By the page, once somebody begins to fill in; and by other pages.
    Later,
    /// Only by people who write programs or embed the page.
    Never,
}

/// Other pages name these, so they are part of what we promise.
const STABLE_NAMES: &[&str] = &[
    "index.html",
    "embed.js",
    "boot.js",
    "page.js",
    "page_bg.wasm",
    "relight.js",
    "relight_bg.wasm",
    "relight.d.ts",
];

/// What programs import that draw nothing, and the packages that have it.
const PROGRAMS: [(&str, &str); 2] =
    [("relight-core", "relight-functions"), ("relight-sign", "relight-sign")];

/// A new file counts as fetched with the page until somebody says here that it is not. Of our own
/// small scripts those come with the page that its front imports.
fn load_of(name: &str, front: &str) -> Load {
    match name {
        "relight.js" | "relight_bg.wasm" => Load::Later,
        "demo.js"
        | "demo_bg.wasm"
        | "relight.schema.json"
        | "embed.html"
        | "embed.js"
        | "_headers" => Load::Never,
        script if script.starts_with("snippets/") && !front.contains(script) => Load::Later,
        other if other.ends_with(".d.ts") || is_functions(other) => Load::Never,
        _ => Load::First,
    }
}

/// The front imports our own small scripts from a folder whose name only wasm-bindgen knows. Asked
/// for in the head like the module itself, they cost no round trip more.
fn preload_snippets(folder: &Path) -> Result<()> {
    let snippets = folder.join("snippets");
    let scripts = if snippets.exists() { files(&snippets)? } else { Vec::new() };
    let mut names = scripts.iter().map(|path| name_in(folder, path)).collect::<Result<Vec<_>>>()?;
    let front = imports_of_front(folder)?;
    names.retain(|name| front.contains(name));
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index).with_context(|| index.display().to_string())?;
    fs::write(&index, with_preloads(&page, &names)?)?;
    Ok(())
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

/// The text in which the front names what it imports.
fn imports_of_front(folder: &Path) -> Result<String> {
    let front = folder.join("page.js");
    fs::read_to_string(&front).with_context(|| front.display().to_string())
}

fn with_preloads(page: &str, names: &[String]) -> Result<String> {
    let module = r#"<link rel="modulepreload" href="./page.js">"#;
    ensure!(page.contains(module), "index.html preloads no module; see Trunk.toml");
    let link = |name: &String| format!(r#"<link rel="modulepreload" href="./{name}">"#);
    // Before the module: else a browser could fetch what that imports before it has read their sums.
    let links = names.iter().map(link).chain(std::iter::once(module.to_owned()));
    Ok(page.replacen(module, &links.collect::<Vec<_>>().concat(), 1))
}

/// Panic messages carry the names of files. With these it does not matter who builds where, nor
/// by which address of the registry; and the module is smaller.
///
/// With the wide instructions of wasm, SHA-256 takes three quarters of the time. Chromium has them
/// since 91, Firefox since 89, Safari since 16.4, Node since 16.4.
fn rust_flags() -> Result<String> {
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
            load: load_of(name, ""),
            name: name.to_owned(),
            plain_bytes: brotli_bytes,
            brotli_bytes,
            gzip_bytes: brotli_bytes,
        };
        Dist {
            files: vec![
                file("page_bg.wasm", bytes),
                file("relight_bg.wasm", 300_000),
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
        let page = r#"<head><link rel="modulepreload" href="./page.js"></head>"#;
        let names = ["snippets/a/define.js".to_owned()];
        assert_eq!(
            with_preloads(page, &names).unwrap(),
            "<head><link rel=\"modulepreload\" href=\"./snippets/a/define.js\">\
             <link rel=\"modulepreload\" href=\"./page.js\"></head>"
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
    fn what_is_compressed_comes_back_and_comes_out_the_same_twice() {
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
