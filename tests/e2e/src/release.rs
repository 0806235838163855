//! The release that comes after the built one, without building it.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha384};
use std::{collections::HashMap, fs, path::Path};

/// All files of a release that does the same and has other bytes: each that runs is another, our own
/// scripts lie in another folder, and the sums are right.
pub fn next(dist: &Path) -> Result<HashMap<String, Vec<u8>>> {
    let mut files = HashMap::new();
    read(dist, dist, &mut files)?;
    let folder = files.keys().find_map(|name| name.strip_prefix("snippets/")?.split('/').next());
    let folder = folder.context("no scripts of ours")?.to_owned();
    // As long as the old name, since a program has it, too.
    let other: String =
        folder.chars().map(|one| if one.is_ascii_digit() { 'e' } else { one }).collect();
    ensure!(other != folder, "{folder} has no digit");
    let renamed = |text: &str| text.replace(&folder, &other);
    let mut release = HashMap::new();
    let mut sums = Vec::new();
    for (name, bytes) in files {
        let changed = match Path::new(&name).extension().and_then(|end| end.to_str()) {
            Some("js" | "css") => {
                format!("{}\n/* the next release */\n", renamed(std::str::from_utf8(&bytes)?))
                    .into_bytes()
            }
            // A custom section: its kind, its length, and its name with the length of that.
            Some("wasm") => {
                let mut program = [bytes.as_slice(), b"\x00\x05\x04next"].concat();
                let places: Vec<usize> = memchr::memmem::find_iter(&program, &folder).collect();
                for place in places {
                    program[place..place + other.len()].copy_from_slice(other.as_bytes());
                }
                program
            }
            Some("html") => renamed(std::str::from_utf8(&bytes)?).into_bytes(),
            Some(_) | None => bytes.clone(),
        };
        sums.push((name.clone(), sum(&bytes), sum(&changed)));
        release.insert(renamed(&name), changed);
    }
    // `parts.js` has the sum of the part, `boot.js` those of the others, and the pages have that of `boot.js`
    // as well.
    for holder in ["parts.js", "boot.js", "index.html", "embed.html"] {
        let bytes = release.get(holder).with_context(|| holder.to_owned())?;
        let mut text = String::from_utf8(bytes.clone())?;
        for (_, old, new) in &sums {
            text = text.replace(old, new);
        }
        if let Some(own) = sums.iter_mut().find(|(name, _, _)| name == holder) {
            own.2 = sum(text.as_bytes());
        }
        release.insert(holder.to_owned(), text.into_bytes());
    }
    let page = release.get("index.html").context("index.html")?;
    let boot = sums.iter().find(|(name, _, _)| name == "boot.js").context("boot.js")?;
    ensure!(String::from_utf8_lossy(page).contains(&boot.2), "the page does not name its boot.js");
    Ok(release)
}

fn sum(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

fn read(root: &Path, folder: &Path, files: &mut HashMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, files)?;
        } else if path.extension().is_none_or(|end| end != "br" && end != "gz") {
            let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}
