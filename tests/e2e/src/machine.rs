//! Where things are on this machine. The environment decides, then what is usual.

use std::{env, path::PathBuf};

/// The executable of a browser.
pub fn chromium() -> PathBuf {
    named("CHROMIUM", "/usr/bin/chromium")
}

/// The executable of a browser.
pub fn firefox() -> PathBuf {
    named("FIREFOX", "/usr/bin/firefox-esr")
}

/// What drives Chromium.
pub fn chromedriver() -> PathBuf {
    named("CHROMEDRIVER", "/usr/bin/chromedriver")
}

/// What drives Firefox.
pub fn geckodriver() -> PathBuf {
    env::var_os("GECKODRIVER")
        .map_or_else(|| workspace().join("target/tools/bin/geckodriver"), PathBuf::from)
}

/// What drives WebKit.
pub fn webkitdriver() -> PathBuf {
    named("WEBKITDRIVER", "/usr/bin/WebKitWebDriver")
}

/// A virtual screen.
pub fn xvfb() -> PathBuf {
    named("XVFB", "/usr/bin/Xvfb")
}

/// The built page.
pub fn dist() -> PathBuf {
    env::var_os("RELIGHT_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from)
}

/// The accessibility checker.
pub fn axe() -> PathBuf {
    env::var_os("RELIGHT_AXE").map_or_else(
        || workspace().join("target/tools/node/node_modules/axe-core/axe.min.js"),
        PathBuf::from,
    )
}

/// Where screenshots go.
pub fn screenshots() -> PathBuf {
    env::var_os("RELIGHT_SCREENSHOTS")
        .map_or_else(|| workspace().join("target/screenshots"), PathBuf::from)
}

fn named(variable: &str, usual: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from)
}

fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
