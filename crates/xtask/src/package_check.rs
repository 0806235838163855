//! What docs/embedding.md says of the package and the examples, checked against what they are.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    paths,
    process::{command, read},
};

/// The contents of the archive are listed in a file, so that no change goes unnoticed.
pub(crate) fn ensure_contents(archive: &Path) -> Result<()> {
    let listed = read(command("tar").arg("-tzf").arg(archive))?;
    let wanted = fs::read_to_string(paths::root().join("package/contents.txt"))?;
    let (listed, wanted) = (contents(&listed), contents(&wanted));
    ensure!(
        listed == wanted,
        "the package has other files than package/contents.txt says; it has\n{}",
        listed.join("\n")
    );
    Ok(())
}

/// Every way into the package leads to a file, has types if it is a module, and nothing runs when the
/// package is installed.
pub(crate) fn ensure_exports(installed: &Path) -> Result<()> {
    let description = fs::read_to_string(installed.join("package.json"))?;
    ensure!(!description.contains("\"scripts\""), "the package has scripts");
    for path in description.split('"').filter_map(|text| text.strip_prefix("./")) {
        // The names by which others import are not paths.
        let is_path = path.contains('.');
        ensure!(!is_path || installed.join(path).is_file(), "there is no ./{path} in the package");
        if let Some(name) = path.strip_suffix(".js").filter(|name| !name.contains('/')) {
            let types = format!("\"types\": \"./{name}.d.ts\"");
            ensure!(description.contains(&types), "./{path} has no types");
        }
    }
    Ok(())
}

/// The sizes in docs/embedding.md are those of `dist`, with a tolerance of a tenth.
pub(crate) fn ensure_weights(dist: &Path) -> Result<()> {
    let page = page_of_the_docs()?;
    for (what, names) in WEIGHTS {
        let mut bytes = 0;
        for name in names {
            let path = dist.join(format!("{name}.br"));
            bytes += fs::metadata(&path).with_context(|| path.display().to_string())?.len();
        }
        let row = page.lines().find_map(|line| line.strip_prefix(&format!("| {what} | ")));
        let said = row.and_then(|row| row.split(' ').next()?.parse::<u64>().ok());
        let said = said.with_context(|| format!("docs/embedding.md does not weigh: {what}"))?;
        let is_near = (said * 900..=said * 1_100).contains(&bytes);
        ensure!(is_near, "docs/embedding.md says {said} kB of {what}; it is {bytes} bytes");
    }
    Ok(())
}

/// What a program fetches that imports this.
const WEIGHTS: [(&str, &[&str]); 3] = [
    (
        "the element, or the whole module",
        &["relight.js", "relight_bg.wasm", "parts.js", "relight_rest.wasm"],
    ),
    ("`relight/core`: every function and no console", &["relight-core.js", "relight-core_bg.wasm"]),
    ("`relight/sign`: `signRequest` alone", &["relight-sign.js", "relight-sign_bg.wasm"]),
];

/// Names of files in order, without npm's own folder and with `*` for the folder that wasm-bindgen
/// names anew when the sources change.
fn contents(list: &str) -> Vec<String> {
    let mut names: Vec<String> = list
        .lines()
        .map(|line| line.trim_start_matches("package/"))
        .map(|name| match name.strip_prefix("snippets/").and_then(|rest| rest.split_once('/')) {
            Some((_, rest)) => format!("snippets/*/{rest}"),
            None => name.to_owned(),
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn page_of_the_docs() -> Result<String> {
    let path = paths::root().join("docs/embedding.md");
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::{contents, page_of_the_docs};
    use crate::paths;
    use std::{fmt::Write as _, fs};

    /// The files of each example that a host writes for the console.
    const EXAMPLES: [(&str, &[&str]); 9] = [
        ("a plain page", &["plain/index.html", "plain/main.js"]),
        ("esbuild", &["esbuild/index.html", "esbuild/main.js"]),
        ("Vite, React and TypeScript", &["vite-react/src/main.tsx"]),
        ("the same, locked, with a look and keys", &["react-locked/src/App.tsx"]),
        (
            "Vite and Vue",
            &["vite-vue/src/App.vue", "vite-vue/src/main.js", "vite-vue/vite.config.js"],
        ),
        ("Node: a signature", &["node/sign.mjs"]),
        ("Node: explanations in a worker", &["worker/main.mjs", "worker/worker.mjs"]),
        ("a page: signatures in a worker", &["browser-worker/main.js", "browser-worker/worker.js"]),
        (
            "a portal: login, keys, limits, records",
            &["portal/server.mjs", "portal/page.js", "portal/page.html", "portal/login.html"],
        ),
    ];

    /// Lines that are not blank; of pages and settings, which are there anyway, only those that load,
    /// place or announce the console.
    fn lines_of(file: &str) -> usize {
        let text = fs::read_to_string(paths::root().join("examples").join(file)).unwrap();
        let is_anyway = file.contains("html") || file.contains(".config.");
        let ours = |line: &&str| {
            ["relight", "<script", "CustomElement"].iter().any(|of| line.contains(of))
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        if is_anyway { lines.filter(ours).count() } else { lines.count() }
    }

    #[test]
    fn the_lines_of_the_examples_are_counted() {
        let mut table = "| | lines | where |\n|---|---|---|\n".to_owned();
        for (name, files) in EXAMPLES {
            let lines: usize = files.iter().map(|file| lines_of(file)).sum();
            let _ = writeln!(table, "| {name} | {lines} | `{}` |", files.join("`, `"));
        }
        let page = page_of_the_docs().unwrap();
        assert!(page.contains(&table), "docs/embedding.md should have\n\n{table}");
    }

    /// The code on the page is the code that is tested.
    #[test]
    fn the_page_shows_the_examples_themselves() {
        let page = page_of_the_docs().unwrap();
        for (kind, file) in [("tsx", "react-locked/src/App.tsx"), ("js", "node/sign.mjs")] {
            let text = fs::read_to_string(paths::root().join("examples").join(file)).unwrap();
            assert!(page.contains(&format!("```{kind}\n{text}```")), "{file}");
        }
    }

    #[test]
    fn a_signature_takes_six_lines() {
        assert_eq!(lines_of("node/sign.mjs"), 6);
    }

    #[test]
    fn contents_do_not_depend_on_wasm_bindgens_folder() {
        let listed = "package/relight.js\npackage/snippets/relight-0a1b/static/define.js\n";
        assert_eq!(contents(listed), ["relight.js", "snippets/*/static/define.js"]);
    }
}
