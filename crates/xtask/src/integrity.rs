//! The integrity of a release: the sums that the page's start-up checks every file against, the
//! policy in the page and beside it, and the list of hashes that is published with it.
//!
//! `index.html` and `embed.html` have the sum of `boot.js`, which has those of everything that runs at
//! the start; `parts.js` has that of the part that is fetched later. Nothing in the release can verify
//! those two pages: TLS does, and `SHA256SUMS` for a manual check.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256, Sha384};

use crate::{dist, split};

/// What the host of the page should send with it, line by line: what `_headers` says to static
/// hosts, and what the configurations in `deploy/` say.
pub(crate) const HEADERS: [(&str, &str); 8] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("Strict-Transport-Security", "max-age=63072000"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cache-Control", "no-cache"),
];

/// The same policy as far as a page can set it itself. It cannot set `frame-ancestors`, and it does
/// not know where the proxy is.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; connect-src 'self' https: http://localhost:* \
     http://127.0.0.1:*; base-uri 'none'; form-action 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// The published list of hashes, as `sha256sum --check` reads it.
pub(crate) const SUMS_FILE: &str = "SHA256SUMS";

/// Writes the sums into `boot.js` and both pages, the policy into both pages, and `_headers`.
/// To be called when no file changes any more.
pub(crate) fn write_sums(folder: &Path) -> Result<()> {
    let mut sums = BTreeMap::new();
    for path in files(folder)? {
        let name = name_in(folder, &path)?;
        if has_integrity(&name) {
            sums.insert(name, integrity(&path)?);
        }
    }
    ensure!(sums.len() >= 6, "there should be a program, its scripts and a sheet: {sums:?}");
    let part = sums.remove(split::PART_NAME).context("the sum of the part")?;
    let loader = folder.join("parts.js");
    let parts = BTreeMap::from([(split::PART_NAME.to_owned(), part)]);
    fs::write(&loader, with_sums(&read(&loader)?, &parts)?)?;
    sums.insert("parts.js".to_owned(), integrity(&loader)?);
    let boot = folder.join("boot.js");
    fs::write(&boot, with_sums(&read(&boot)?, &sums)?)?;
    sums.insert("boot.js".to_owned(), integrity(&boot)?);
    for name in ["index.html", "embed.html"] {
        let page = folder.join(name);
        fs::write(&page, with_policy(&with_integrity(&read(&page)?, &sums)?)?)?;
    }
    fs::write(folder.join("_headers"), headers_file())?;
    Ok(())
}

/// An error when a script of the release imports anything but a file of the release: a package by its
/// name, or a foreign address.
pub(crate) fn ensure_own_scripts(folder: &Path) -> Result<()> {
    for path in files(folder)? {
        let name = name_in(folder, &path)?;
        ensure!(!name.ends_with("package.json"), "{name}: a crate asks for npm packages");
        if path.extension().is_none_or(|end| end != "js") {
            continue;
        }
        let foreign = foreign_imports(&read(&path)?);
        ensure!(foreign.is_empty(), "{name} imports {}", foreign.join(", "));
    }
    Ok(())
}

/// What a script imports by a name that does not begin with a dot. Imports are separate lines, as
/// wasm-bindgen and we write them.
fn foreign_imports(script: &str) -> Vec<String> {
    let is_import = |line: &&str| line.starts_with("import ") || line.starts_with("export ");
    let named = script.lines().map(str::trim).filter(is_import).filter_map(|line| {
        let after = line.rsplit_once(" from ").or_else(|| line.split_once("import "))?.1;
        let quote = after.chars().next().filter(|one| "'\"".contains(*one))?;
        after[1..].split_once(quote).map(|(name, _)| name)
    });
    named.filter(|name| !name.starts_with('.')).map(str::to_owned).collect()
}

/// Writes the hashes of all files of the release, the compressed ones too, in the order of their
/// names.
pub(crate) fn publish_sums(folder: &Path) -> Result<()> {
    let mut lines = String::new();
    for path in files(folder)? {
        let name = name_in(folder, &path)?;
        if name == SUMS_FILE {
            continue;
        }
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        for byte in Sha256::digest(bytes) {
            write!(lines, "{byte:02x}")?;
        }
        writeln!(lines, "  {name}")?;
    }
    fs::write(folder.join(SUMS_FILE), lines)?;
    Ok(())
}

/// All files below a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.append(&mut files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The name of a file of a release, with `/` on every system.
pub(crate) fn name_in(folder: &Path, path: &Path) -> Result<String> {
    Ok(path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/"))
}

/// Whether the start-up checks the integrity of the file: scripts, wasm and styles.
/// The operator's own `relight.json` is theirs to change; a picture cannot run.
fn has_integrity(name: &str) -> bool {
    let ends = [".js", ".wasm", ".css"];
    name != "boot.js" && !dist::is_functions(name) && ends.iter().any(|end| name.ends_with(end))
}

fn integrity(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    Ok(format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes))))
}

fn with_sums(boot: &str, sums: &BTreeMap<String, String>) -> Result<String> {
    // As it is written, and as it is minified.
    let empty = ["const SUMS = {};", "const SUMS={};"].into_iter().find(|one| boot.contains(one));
    let empty = empty.context("the script has no place for the sums")?;
    let mut table = "const SUMS = {\n".to_owned();
    for (name, sum) in sums {
        writeln!(table, "  \"{name}\": \"{sum}\",")?;
    }
    table.push_str("};");
    Ok(boot.replacen(empty, &table, 1))
}

/// Adds the sum to every tag that names such a file.
/// By hand: the only HTML here is our own page, whose tags are as trunk writes them, and a tag that is missed is an
/// error below.
fn with_integrity(page: &str, sums: &BTreeMap<String, String>) -> Result<String> {
    let mut with_sums = String::new();
    let mut named = 0;
    for piece in page.split_inclusive('>') {
        let found = sums.iter().find(|(name, _)| {
            piece.contains(&format!("=\"./{name}\"")) || piece.contains(&format!("=\"{name}\""))
        });
        match (found, piece.rfind('<')) {
            (Some((_, sum)), Some(start)) => {
                named += 1;
                let (before, tag) = piece.split_at(start);
                let tag = without_integrity(tag);
                let end = tag.len() - if tag.ends_with("/>") { 2 } else { 1 };
                write!(with_sums, "{before}{} integrity=\"{sum}\"{}", &tag[..end], &tag[end..])?;
            }
            _ => with_sums.push_str(piece),
        }
    }
    ensure!(named >= 4, "index.html names {named} of the release's files");
    let boot = sums.get("boot.js").context("the sum of boot.js")?;
    ensure!(with_sums.contains(boot), "index.html does not name boot.js");
    Ok(with_sums)
}

/// What trunk has said of a file may not be true any more.
fn without_integrity(tag: &str) -> String {
    let Some(start) = tag.find(" integrity=\"") else { return tag.to_owned() };
    let value = start + " integrity=\"".len();
    let Some(length) = tag[value..].find('"') else { return tag.to_owned() };
    format!("{}{}", &tag[..start], &tag[value + length + 1..])
}

fn with_policy(page: &str) -> Result<String> {
    let before = "<meta charset=\"utf-8\">";
    ensure!(page.contains(before), "index.html has no place for the policy");
    let policy = format!(
        "{before}\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{PAGE_POLICY}\">\n    \
         <meta name=\"referrer\" content=\"no-referrer\">"
    );
    Ok(page.replacen(before, &policy, 1))
}

/// A rule for everything, and one for each page, since only pages differ in who may frame them. Where
/// two rules give the same header some hosts send both and others the latter: either way all of the
/// policy holds.
fn headers_file() -> String {
    let mut text = "# What static hosts such as Cloudflare Pages and Netlify send with the page. If it lies below\n\
         # a path, write that before each path here.\n\
         # Is the proxy on another origin? Then add that behind connect-src 'self', everywhere.\n/*\n"
        .to_owned();
    let policy = |ancestors: &str| {
        let (name, policy) = HEADERS[0];
        format!("  {name}: {}\n", policy.replace("frame-ancestors 'none'; ", ancestors))
    };
    text.push_str(&policy(""));
    for (name, value) in &HEADERS[1..] {
        text.extend(["  ", name, ": ", value, "\n"]);
    }
    for path in ["/", "/index.html"] {
        text.extend([path, "\n", &policy("frame-ancestors 'none'; ")]);
    }
    text.push_str(
        "# May a portal show embed.html in a frame? Then name its origin beside 'self', and under\n\
         # \"frames\" of relight.json.\n/embed*\n",
    );
    text.push_str(&policy("frame-ancestors 'self'; "));
    text
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::{
        BTreeMap, HEADERS, SUMS_FILE, foreign_imports, headers_file, integrity, publish_sums,
        with_integrity, with_sums, write_sums,
    };
    use crate::paths;
    use std::fs;

    fn sums() -> BTreeMap<String, String> {
        ["boot.js", "page.css", "relight.js", "snippets/a/define.js"]
            .into_iter()
            .map(|name| (name.to_owned(), format!("sha384-of-{name}")))
            .collect()
    }

    #[test]
    fn every_tag_that_names_a_file_gets_its_sum() {
        let page = "<link rel=\"stylesheet\" href=\"./page.css\" integrity=\"sha384-old\"/>\
             <script type=\"module\" src=\"./boot.js\"></script><link href=\"icon.svg\">\
             <link rel=\"modulepreload\" href=\"./relight.js\">\
             <link rel=\"modulepreload\" href=\"./snippets/a/define.js\">";
        assert_eq!(
            with_integrity(page, &sums()).unwrap(),
            "<link rel=\"stylesheet\" href=\"./page.css\" integrity=\"sha384-of-page.css\"/>\
             <script type=\"module\" src=\"./boot.js\" integrity=\"sha384-of-boot.js\"></script>\
             <link href=\"icon.svg\">\
             <link rel=\"modulepreload\" href=\"./relight.js\" integrity=\"sha384-of-relight.js\">\
             <link rel=\"modulepreload\" href=\"./snippets/a/define.js\" \
             integrity=\"sha384-of-snippets/a/define.js\">"
        );
        assert!(with_integrity("<p>nothing</p>", &sums()).is_err());
    }

    #[test]
    fn a_package_or_a_foreign_address_in_a_script_is_seen() {
        let own =
            "import { a } from './a.js';\nimport \"../b.js\";\nconst c = 'copied from \"x\"';";
        assert_eq!(foreign_imports(own), Vec::<String>::new());
        let foreign = "import React from 'react';\nimport \"https://cdn.example/x.js\";";
        assert_eq!(foreign_imports(foreign), ["react", "https://cdn.example/x.js"]);
    }

    #[test]
    fn the_start_up_has_a_place_for_the_sums() {
        let boot = fs::read_to_string(paths::root().join("static/boot.js")).unwrap();
        let filled = with_sums(&boot, &sums()).unwrap();
        assert!(filled.contains("  \"relight.js\": \"sha384-of-relight.js\",\n"), "{filled}");
        assert!(with_sums(&filled, &sums()).is_err(), "filled in twice");
    }

    #[test]
    fn a_published_release_lists_every_file_and_changes_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::create_dir_all(folder.join("snippets/a")).unwrap();
        let page = "<meta charset=\"utf-8\"><link rel=\"stylesheet\" href=\"./page.css\">\
             <script src=\"./boot.js\"></script><link href=\"./relight.js\">\
             <link href=\"./relight_bg.wasm\">";
        let boot = fs::read_to_string(paths::root().join("static/boot.js")).unwrap();
        let names =
            ["page.css", "relight.js", "relight_bg.wasm", "relight_rest.wasm", "relight.json"];
        for name in names.into_iter().chain(["snippets/a/define.js"]) {
            fs::write(folder.join(name), name).unwrap();
        }
        for name in ["index.html", "embed.html"] {
            fs::write(folder.join(name), page).unwrap();
        }
        fs::write(folder.join("boot.js"), boot).unwrap();
        let loader = paths::root().join("static/parts.js");
        fs::copy(loader, folder.join("parts.js")).unwrap();
        write_sums(folder).unwrap();
        publish_sums(folder).unwrap();
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let sums = read(SUMS_FILE);
        let listed: Vec<&str> =
            sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name).collect();
        assert_eq!(
            listed,
            [
                "_headers",
                "boot.js",
                "embed.html",
                "index.html",
                "page.css",
                "parts.js",
                "relight.js",
                "relight.json",
                "relight_bg.wasm",
                "relight_rest.wasm",
                "snippets/a/define.js",
            ]
        );
        assert!(read("index.html").contains(&integrity(&folder.join("boot.js")).unwrap()));
        assert!(read("embed.html").contains(&integrity(&folder.join("boot.js")).unwrap()));
        assert!(read("index.html").contains("require-trusted-types-for 'script'"));
        for (holder, held) in [
            ("boot.js", "relight_bg.wasm"),
            ("boot.js", "parts.js"),
            ("parts.js", "relight_rest.wasm"),
        ] {
            let sum = integrity(&folder.join(held)).unwrap();
            assert!(read(holder).contains(&sum), "{holder} has no sum of {held}");
        }
        assert!(!read("boot.js").contains("relight.json\":"), "the operator may not edit it");
    }

    /// Only the page for frames may be framed, and nothing of the policy is lost there.
    #[test]
    fn one_page_may_be_framed() {
        let headers = headers_file();
        let rules: Vec<&str> = headers.split("\n/").collect();
        let framed: Vec<&&str> = rules.iter().filter(|rule| rule.contains("'self';")).collect();
        assert_eq!(framed.len(), 4, "{headers}");
        for rule in &rules[1..] {
            assert!(rule.contains("script-src 'self' 'wasm-unsafe-eval';"), "{rule}");
            let is_embed = rule.starts_with("embed*");
            assert_eq!(rule.contains("frame-ancestors 'self';"), is_embed, "{rule}");
            let is_index = rule.starts_with('\n') || rule.starts_with("index.html");
            assert_eq!(rule.contains("frame-ancestors 'none';"), is_index, "{rule}");
        }
    }

    /// Written down in four forms, so none may fall behind.
    #[test]
    fn all_hosts_send_the_same_headers() {
        let headers = headers_file();
        let folder = paths::root().join("deploy");
        for (name, value) in HEADERS {
            assert!(headers.contains(&format!("  {name}: {value}\n")), "{headers}");
            for file in ["nginx/relight.conf", "caddy/Caddyfile", "haproxy/haproxy.cfg"] {
                let text = fs::read_to_string(folder.join(file)).unwrap();
                assert!(
                    text.contains(&format!("{name} \"{value}\""))
                        || text.contains(&format!("{name} {value}")),
                    "{file}: {name}: {value}"
                );
            }
        }
    }
}
