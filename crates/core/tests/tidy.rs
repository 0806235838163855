//! What must not be in the sources: clouds' names outside their folders, and the world outside in
//! core.

use relight_core::{
    clouds::{self, Read},
    i18n::Locale,
    model::{cloud::ParameterKind, plan::Target},
    signing::Signer,
};
use std::{
    collections::{BTreeMap, BTreeSet},
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

/// Core's modules in reading order, each with those that it may use: all of them are above it, so
/// there is no circle.
const LAYERS: [(&str, &[&str]); 15] = [
    ("i18n", &[]),
    ("text", &[]),
    ("model", &["i18n", "text"]),
    ("signing", &["i18n", "model"]),
    ("catalogue", &["i18n", "model"]),
    ("clouds", &["i18n", "text", "model", "signing", "catalogue"]),
    ("ids", &["i18n", "model", "clouds"]),
    ("credential", &["model", "signing", "clouds"]),
    ("form", &["model", "clouds", "ids", "credential"]),
    ("transport", &["text", "model", "signing", "catalogue", "clouds"]),
    ("explain", &["i18n", "text", "model", "signing", "catalogue", "clouds", "credential"]),
    ("run", &["text", "model", "catalogue", "clouds", "ids", "transport", "explain"]),
    ("config", &["i18n", "text", "model", "clouds", "form"]),
    ("session", &["i18n", "model", "ids", "credential", "form", "transport", "run", "config"]),
    ("diagnostics", &["i18n", "model", "signing", "clouds", "ids", "transport", "run"]),
];

#[test]
fn core_is_in_layers() {
    let core = root().join("crates/core/src");
    let library = fs::read_to_string(core.join("lib.rs")).unwrap();
    let modules: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(modules, LAYERS.map(|(name, _)| name), "lib.rs has the modules in reading order");
    let mut edges = BTreeMap::new();
    for file in sources(&core) {
        let path = file.strip_prefix(&core).unwrap();
        let module = path.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = module.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let lines: Vec<String> = code(&file).into_iter().map(|(_, line)| line).collect();
        for used in modules_in(&lines.join("\n")).into_iter().filter(|used| used != module) {
            edges.insert((module.to_owned(), used), path.to_owned());
        }
        // There it would be a way past this test.
        let is_root = path.components().count() == 1 || path.ends_with("mod.rs");
        let leads_out = if is_root { "super::" } else { "super::super::" };
        assert!(
            !lines.iter().any(|line| line.contains(leads_out)) || path.components().count() > 2,
            "{} goes by {leads_out}",
            path.display()
        );
    }
    for (at, (module, allowed)) in LAYERS.iter().enumerate() {
        let above: Vec<&str> = LAYERS.iter().take(at).map(|(name, _)| *name).collect();
        for used in *allowed {
            assert!(above.contains(used), "{used} does not stand above {module}");
            let edge = ((*module).to_owned(), (*used).to_owned());
            assert!(edges.remove(&edge).is_some(), "{module} does not use {used} any more");
        }
    }
    assert!(edges.is_empty(), "not allowed: {edges:?}");
}

/// The top-level modules that are in paths from `crate`.
fn modules_in(code: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        // `relight_core::` does not occur in it, and `$crate` is no path of a module.
        let rest = &code[at + path.len()..];
        let name = |text: &str| {
            let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            text[..end.unwrap_or(text.len())].to_owned()
        };
        let Some(list) = rest.strip_prefix('{') else {
            modules.insert(name(rest));
            continue;
        };
        let mut depth = 0;
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
            let before = list[..at].trim_end();
            let begins = before.is_empty() || before.ends_with(',');
            if depth == 0 && c.is_ascii_lowercase() && begins {
                modules.insert(name(&list[at..]));
            }
        }
    }
    modules
}

/// What only fills in a form must do without signatures, decoders and the texts of errors, or all of them are
/// in the page's first load: of the clouds it uses the list of facts.
#[test]
fn the_form_reaches_no_engine() {
    let core = root().join("crates/core/src");
    let mut used = BTreeSet::new();
    for file in sources(&core) {
        let path = file.strip_prefix(&core).unwrap();
        let module = path.components().next().unwrap().as_os_str().to_str().unwrap();
        if !["model", "ids", "credential", "form", "config"]
            .contains(&module.trim_end_matches(".rs"))
        {
            continue;
        }
        for (number, line) in code(&file) {
            for (at, start) in line.match_indices("clouds::") {
                let rest = &line[at + start.len()..];
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                let name = &rest[..end.unwrap_or(rest.len())];
                assert!(
                    ["ALL", "by_id"].contains(&name),
                    "{}:{number} uses {name:?}",
                    file.display()
                );
                used.insert(name.to_owned());
            }
        }
    }
    assert!(used.contains("ALL"), "it looks at the wrong files");
}

/// Only the parser makes ids: there is a function for it, since the type is further up.
#[test]
fn only_the_parser_makes_ids() {
    let core = root().join("crates/core/src");
    for file in sources(&core) {
        let is_parser = file == core.join("ids.rs") || file.starts_with(core.join("ids"));
        for (number, line) in code(&file) {
            assert!(
                is_parser || !line.contains("InstanceId::new("),
                "{}:{number} makes an id",
                file.display()
            );
        }
    }
}

#[test]
fn no_vendors_word_stands_outside_its_folder() {
    let words = vendors_words();
    for known in ["RebootInstances", "StopType", "SuccessFirst", "x-tc-action", "aliyuncs.com"] {
        assert!(words.contains_key(known), "{known} is not among the {} words", words.len());
    }
    let core = root().join("crates/core/src");
    let mut found = Vec::new();
    for file in sources(&root().join("src")).into_iter().chain(sources(&core)) {
        let in_clouds = file.strip_prefix(core.join("clouds")).ok();
        if in_clouds.is_some_and(|path| path.components().count() > 1) {
            continue;
        }
        let is_list = in_clouds.is_some_and(|path| path == Path::new("mod.rs"));
        for (number, line) in code(&file) {
            for (word, cloud) in &words {
                if stands_in(&line, word) && !(is_list && word == cloud) {
                    found.push(format!("{}:{number}: {word} ({cloud})", file.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether a word is in a line, with no letter or digit beside it.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_part = |c: char| c.is_ascii_alphanumeric();
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// What vendors call things, and whose word it is: operations, parameters and their values, the parts
/// of a key and how it begins, algorithms, hosts, headers, codes and what marks their errors. Left out
/// is what is a plain word anywhere: it says nothing of who said it.
fn vendors_words() -> BTreeMap<String, &'static str> {
    /// Words that other trades use, too.
    const PLAIN: [&str; 4] = ["DryRun", "accept", "authorization", "content-type"];
    let mut words = BTreeMap::new();
    for cloud in clouds::ALL {
        let mut all: Vec<String> = Vec::new();
        let mut add = |word: &str| all.push(word.to_owned());
        for operation in cloud.operations {
            add(operation.name);
            for parameter in operation.parameters {
                add(parameter.name);
                if let ParameterKind::Choice(choices) = &parameter.kind {
                    choices.iter().for_each(|choice| add(choice));
                }
            }
        }
        let credential = &cloud.credential;
        add(credential.key_id_label);
        add(credential.secret_label);
        credential.key_id.prefixes.iter().for_each(|prefix| add(prefix));
        cloud.retry_after_ms_header.into_iter().for_each(&mut add);
        let catalogue = clouds::catalogue(cloud);
        catalogue.errors.iter().for_each(|entry| add(entry.code));
        catalogue.families.iter().flat_map(|(_, names)| *names).for_each(|name| add(name));
        catalogue.marks.iter().for_each(|mark| add(mark));
        catalogue.policy_kinds.iter().for_each(|(kind, _)| add(kind));
        let protocol = clouds::protocol(cloud);
        protocol.algorithms().iter().for_each(|algorithm| add(algorithm.name()));
        let region = cloud.regions.known.first().map_or("", |region| region.id);
        let target = Target::new(cloud, None, region).unwrap();
        let request = protocol.read(&target, Read::Instances, &[]);
        add(request.content().action);
        add(request.content().version);
        let host = clouds::host(&target);
        add(&host);
        let domain: Vec<&str> = host.rsplit('.').take(2).collect();
        add(&format!("{}.{}", domain[1], domain[0]));
        let signer = Signer {
            key_id: "KEY".into(),
            token: Some("TOKEN".into()),
            unix_seconds: 1_714_550_400,
            nonce: "0".repeat(32),
            sign_action: true,
            locale: Locale::En,
        };
        let sent = protocol.prepare(&request, &signer).finish(b"tag");
        for (name, _) in sent.headers() {
            add(name);
        }
        for word in all.into_iter().filter(|word| !PLAIN.contains(&word.as_str())) {
            words.insert(word, cloud.id);
        }
    }
    words
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
    assert!(named.len() > 60, "only {} names were found", named.len());
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
