//! A file server that knows nothing of the page: Python's, with no rule and no header of ours.

use crate::browser::Folder;
use anyhow::{Context, Result};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A copy of the release in a folder below its root. It ends when this is dropped.
pub struct PlainServer {
    origin: String,
    path: String,
    child: Child,
    folder: Folder,
}

impl PlainServer {
    /// Serves the release below this path, which begins without a slash and ends with one.
    pub fn start(dist: &Path, path: &str) -> Result<Self> {
        let folder = Folder::new()?;
        copy(dist, &folder.0.join(path))?;
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
            .arg(&folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("python3 does not start")?;
        let output = child.stdout.take().context("its output")?;
        let mut line = String::new();
        // "Serving HTTP on 127.0.0.1 port 43211 (http://127.0.0.1:43211/) ..."
        BufReader::new(output).read_line(&mut line)?;
        let address = line.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let (root, _) = address.with_context(|| format!("python3 says {line:?}"))?;
        let origin = root.trim_end_matches('/').to_owned();
        Ok(Self { origin, path: path.to_owned(), child, folder })
    }

    /// Where it is, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("{}/{}", self.origin, self.path)
    }

    /// Writes one of the operator's own files.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.folder.0.join(&self.path).join(name), text).context(name.to_owned())
    }
}

impl Drop for PlainServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("a name")?);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
