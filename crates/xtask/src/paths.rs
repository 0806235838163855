//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.ancestors().nth(2).map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// Where tools are installed, whatever `CARGO_TARGET_DIR` says: they are shared by all builds.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}

/// The executables among them; put first on `PATH` for every command that xtask starts.
pub(crate) fn tools_bin() -> PathBuf {
    tools().join("bin")
}

/// An executable there.
pub(crate) fn tool(name: &str) -> PathBuf {
    tools_bin().join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// An npm package that set-up installed.
pub(crate) fn node_package(name: &str) -> PathBuf {
    tools().join("node/node_modules").join(name)
}

/// The Python interpreter of the tests' own environment.
pub(crate) fn python() -> PathBuf {
    python_program("python", "python")
}

/// A program of a Python environment.
pub(crate) fn python_program(environment: &str, name: &str) -> PathBuf {
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    tools().join(environment).join(bin).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Envoy's Python environment, and workerd.
pub(crate) fn proxies() -> PathBuf {
    tools().join("proxies")
}

/// MDN's scanner.
pub(crate) fn observatory() -> PathBuf {
    tools().join("observatory")
}

/// The packages of the examples, and what is built of them.
pub(crate) fn examples() -> PathBuf {
    tools().join("examples")
}

/// The release build.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Where cargo puts what it builds.
pub(crate) fn cargo_target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Finds an executable on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
