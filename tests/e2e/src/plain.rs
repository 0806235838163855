//! A file server that knows nothing of the page: no rule and no header of ours.

use crate::site::serve;
use anyhow::{Context, Result};
use axum::Router;
use relight_sandbox::loopback::Server;
use std::{fs, path::Path};
use tempfile::TempDir;
use tower_http::services::ServeDir;

/// The release in a folder below its root. It ends when this is dropped.
pub struct PlainServer {
    server: Server,
    path: String,
    /// The operator's own files, which override those of the release.
    own: TempDir,
}

impl PlainServer {
    /// Serves the release below this path, which begins without a slash and ends with one.
    pub fn start(dist: &Path, path: &str) -> Result<Self> {
        let own = TempDir::new()?;
        let files = ServeDir::new(own.path()).fallback(ServeDir::new(dist));
        let below = format!("/{}", path.trim_end_matches('/'));
        let server = serve(Router::new().nest_service(&below, files))?;
        Ok(Self { server, path: path.to_owned(), own })
    }

    /// Where it is, without a path.
    pub fn origin(&self) -> String {
        format!("http://{}", self.server.addr)
    }

    /// The page's address.
    pub fn url(&self) -> String {
        format!("{}/{}", self.origin(), self.path)
    }

    /// Writes one of the operator's own files.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.own.path().join(name), text).context(name.to_owned())
    }
}
