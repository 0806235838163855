//! What must not stand in the sources: clouds' names outside their folders, and the world outside in
//! core.

use relight_core::clouds;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What core would need to reach out of itself.
const OUTSIDE: [&str; 8] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime",
    "js_sys",
];

#[test]
fn no_cloud_is_named_outside_its_folder() {
    let core = root().join("crates/core/src");
    let mut looked_at = 0;
    for file in sources(&root().join("src")).into_iter().chain(sources(&core)) {
        // The list, and the folders.
        if file.starts_with(core.join("clouds")) {
            continue;
        }
        looked_at += 1;
        for (number, line) in code(&file) {
            let line = line.to_lowercase();
            for cloud in clouds::ALL {
                let name = cloud.id;
                assert!(!line.contains(name), "{}:{number} names {name}", file.display());
            }
        }
    }
    assert!(looked_at > 60, "only {looked_at} files were found");
}

#[test]
fn no_cloud_is_named_in_the_folder_of_another() {
    for cloud in clouds::ALL {
        let name = cloud.id;
        for other in clouds::ALL.iter().filter(|other| *other != cloud) {
            let folder = root().join("crates/core/src/clouds").join(other.id);
            for (file, number, line) in sources(&folder)
                .into_iter()
                .flat_map(|file| code(&file).into_iter().map(move |(n, l)| (file.clone(), n, l)))
            {
                assert!(
                    !line.to_lowercase().contains(name),
                    "{}:{number} names {name}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn core_reaches_for_nothing_outside() {
    for file in sources(&root().join("crates/core/src")) {
        for (number, line) in code(&file) {
            for word in OUTSIDE {
                assert!(!line.contains(word), "{}:{number} uses {word}", file.display());
            }
        }
    }
}

/// Whoever is new begins with the map in ARCHITECTURE.md: it names what is there, and all of it.
#[test]
fn the_map_names_every_file_and_no_other() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let map = text.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let mut folder = root();
    let mut named = BTreeSet::new();
    for line in map.lines() {
        let indent = line.len() - line.trim_start().len();
        // What is further in goes on with the words of the line before.
        if indent > 2 {
            continue;
        }
        if indent == 0 {
            folder = root();
        }
        let entry = line.trim_start().split("  ").next().unwrap();
        for path in entry.split(' ').flat_map(expanded).map(|name| folder.join(name)) {
            assert!(path.exists(), "the map names {}, which is not there", path.display());
            named.insert(path);
        }
        if indent == 0 && entry.ends_with("src/") {
            folder = root().join(entry);
        }
    }
    for folder in ["src", "crates/core/src"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let is_source = path.is_dir() || path.extension().is_some_and(|kind| kind == "rs");
            // Folders of files that are on the map part by part.
            let is_named =
                named.contains(&path) || named.iter().any(|file| file.starts_with(&path));
            assert!(
                !is_source || is_named || path.ends_with("core/src/lib.rs"),
                "{} is not on the map",
                path.display()
            );
        }
    }
    assert!(named.len() > 70, "only {} names were found", named.len());
}

/// `a/{b,c}/` is `a/b/` and `a/c/`.
fn expanded(name: &str) -> Vec<String> {
    match name.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?))) {
        Some((head, (inner, tail))) => {
            inner.split(',').map(|part| format!("{head}{part}{tail}")).collect()
        }
        None => vec![name.to_owned()],
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every source below a folder that is not a file of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path
            .extension()
            .is_some_and(|extension| ["rs", "ts", "js"].iter().any(|known| extension == *known))
            && path.file_name().is_some_and(|name| name != "tests.rs" && name != "testing.rs")
        {
            files.push(path);
        }
    }
    files
}

/// The lines of a file with their numbers, up to its tests, without comments.
fn code(file: &Path) -> Vec<(usize, String)> {
    fs::read_to_string(file)
        .unwrap()
        .lines()
        .zip(1..)
        .take_while(|(line, _)| *line != "mod tests {")
        .filter(|(line, _)| {
            let line = line.trim_start();
            !["//", "*", "/*"].iter().any(|comment| line.starts_with(comment))
        })
        .map(|(line, number)| (number, line.to_owned()))
        .collect()
}
