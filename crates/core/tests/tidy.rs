//! What must not stand in the sources: clouds' names outside their folders, and the world outside in
//! core.

use relight_core::cloud;
use std::{
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
        if file.starts_with(core.join("cloud")) && file != core.join("cloud/manifest.rs") {
            continue;
        }
        looked_at += 1;
        for (number, line) in code(&file) {
            let line = line.to_lowercase();
            for cloud in cloud::ALL {
                let name = cloud.manifest().id;
                assert!(!line.contains(name), "{}:{number} names {name}", file.display());
            }
        }
    }
    assert!(looked_at > 60, "only {looked_at} files were found");
}

#[test]
fn no_cloud_is_named_in_the_folder_of_another() {
    for cloud in cloud::ALL {
        let name = cloud.manifest().id;
        for other in cloud::ALL.iter().filter(|other| *other != cloud) {
            let folder = root().join("crates/core/src/cloud").join(other.manifest().id);
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
