//! The reproducible build: the same bytes from another folder, and a list of what
//! they are made of.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    integrity, paths,
    process::{cargo, command, read, run},
};

/// Builds `dist/` a second time, from a copy of what git knows in another folder and without anything
/// that the first build has left, and compares the hashes. An error names the files that differ.
pub(crate) fn rebuild_and_compare() -> Result<()> {
    let sums = |root: &Path| {
        let path = root.join("dist").join(integrity::SUMS_FILE);
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    let first = sums(&paths::root())?;
    let folder = tempfile::tempdir()?;
    let other = folder.path().join("copy");
    for name in read(command("git").args(["ls-files"]))?.lines() {
        let target = other.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        fs::copy(paths::root().join(name), &target).with_context(|| name.to_owned())?;
    }
    fs::create_dir_all(other.join("target"))?;
    // The tools are not what is being compared, and take longer than the build.
    #[cfg(unix)]
    std::os::unix::fs::symlink(paths::tools(), other.join("target/tools"))
        .context("the tools for the second build")?;
    println!("dist: once more in {}", other.display());
    run(cargo()
        .args(["run", "--quiet", "--package", "xtask", "--", "dist"])
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(&other))?;
    let second = sums(&other)?;
    let differing = differing(&first, &second);
    ensure!(differing.is_empty(), "these differ from folder to folder: {}", differing.join(", "));
    println!("dist: {} files, the same bytes in both folders", first.lines().count());
    Ok(())
}

/// Writes what the page's program is made of into `dist/`, as CycloneDX. No npm package is in it:
/// what is shipped is this program, and scripts of ours.
pub(crate) fn list_parts() -> Result<()> {
    let folder = paths::dist();
    ensure!(folder.is_dir(), "there is no dist/: `cargo xtask dist` builds it");
    run(command(paths::tool("cargo-cyclonedx"))
        .args(["cyclonedx", "--format", "json", "--target", "wasm32-unknown-unknown"])
        .args(["--spec-version", "1.5", "--override-filename", "relight-parts"])
        .env("SOURCE_DATE_EPOCH", "0"))?;
    let made = paths::root().join("relight-parts.json");
    let target = folder.join("relight.cdx.json");
    // Without names of the builder's machine.
    let root = paths::root().display().to_string();
    let parts = fs::read_to_string(&made).with_context(|| made.display().to_string())?;
    fs::write(&target, parts.replace(&root, "/relight"))?;
    fs::remove_file(&made)?;
    // It writes one beside every crate of the workspace; the page's is the root's.
    for path in leftovers()? {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    integrity::publish_sums(&folder)?;
    println!("{}: {} bytes", target.display(), fs::metadata(&target)?.len());
    Ok(())
}

fn leftovers() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["crates", "tests"] {
        for entry in fs::read_dir(paths::root().join(folder))? {
            let path = entry?.path().join("relight-parts.json");
            if path.is_file() {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn differing(first: &str, second: &str) -> Vec<String> {
    let mut names: Vec<String> = first
        .lines()
        .filter(|line| !second.lines().any(|other| other == *line))
        .chain(second.lines().filter(|line| !first.lines().any(|other| other == *line)))
        .filter_map(|line| line.split_once("  "))
        .map(|(_, name)| name.to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn a_file_that_differs_or_is_missing_is_named() {
        assert!(differing("aa  x\nbb  y\n", "aa  x\nbb  y\n").is_empty());
        assert_eq!(differing("aa  x\nbb  y\n", "aa  x\ncc  y\n"), ["y"]);
        assert_eq!(differing("aa  x\n", "aa  x\nbb  y\n"), ["y"]);
    }
}
