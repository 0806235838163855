//! WebKit as WebKitGTK has it: MiniBrowser on a virtual screen, with a home directory that is removed with
//! the session.

use crate::{
    browser::{Theme, Unsupported},
    machine, until,
};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

/// A screen and a home. Both end when this is dropped.
pub(crate) struct Environment {
    screen: Child,
    display: String,
    home: TempDir,
}

impl Environment {
    /// Files that the browser saves go to `downloads`.
    pub(crate) fn new(downloads: &Path) -> Result<Self> {
        let home = TempDir::new()?;
        fs::write(
            home.path().join("user-dirs.dirs"),
            format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display()),
        )?;
        let program = machine::xvfb();
        let mut screen = Command::new(&program)
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0"])
            .arg(format!("{}x{}x24", SCREEN.0, SCREEN.1))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let output = screen.stdout.take().context("the screen's output")?;
        let mut environment = Self { screen, display: String::new(), home };
        BufReader::new(output).read_line(&mut environment.display)?;
        ensure!(!environment.display.trim().is_empty(), "{} names no display", program.display());
        Ok(environment)
    }

    /// The driver, and so the browser, lives in it: nothing of the person's own is read or written.
    pub(crate) fn set_environment(&self, driver: &mut Command) {
        let home = self.home.path();
        driver.env("DISPLAY", format!(":{}", self.display.trim())).env("GDK_BACKEND", "x11");
        for name in
            ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"]
        {
            driver.env(name, home);
        }
        // English, and files with any name.
        driver.env_remove("LC_ALL").env_remove("LANGUAGE");
        driver.env("LANG", "C").env("LC_CTYPE", "C.UTF-8");
        // No service on the bus would answer, and looking for one takes seconds.
        driver.env_remove("DBUS_SESSION_BUS_ADDRESS");
        driver
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_USE_PORTAL", "0")
            .env("GSETTINGS_BACKEND", "memory");
        driver.env("LIBGL_ALWAYS_SOFTWARE", "1");
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        let _ = self.screen.kill();
        let _ = self.screen.wait();
    }
}

/// What the driver shall start.
pub(crate) fn wanted(theme: Theme, trusting: bool) -> Result<Capabilities> {
    let mut arguments = vec!["--automation", "--javascript-can-open-windows-automatically=1"];
    if theme == Theme::Dark {
        arguments.push("--dark-mode");
    }
    let mut wanted = Capabilities::new();
    // The driver knows the executable: it is next to its library.
    wanted.set("webkitgtk:browserOptions", json!({ "args": arguments }))?;
    wanted.set("acceptInsecureCerts", trusting)?;
    Ok(wanted)
}

/// Switches to a window without bars: the one that the browser starts with cannot be as narrow as a
/// phone.
pub(crate) async fn bare_window(driver: &WebDriver) -> Result<()> {
    let first = driver.window().await?;
    let (width, height) = (SCREEN.0 / 2, SCREEN.1 / 2);
    let script = format!("open('about:blank', '_blank', 'popup,width={width},height={height}');");
    driver.execute(script, vec![]).await?;
    let all = driver.windows().await?;
    let bare = all.into_iter().find(|window| *window != first).context("a window without bars")?;
    driver.close_window().await?;
    driver.switch_to_window(bare).await?;
    Ok(())
}

/// Makes the page this wide and high, in CSS pixels, and puts it under the pointer, which rests in the
/// middle of the screen: without a window manager, that is what has the keyboard.
pub(crate) async fn resize(driver: &WebDriver, width: u32, height: u32) -> Result<()> {
    let place = |screen: u32, own: u32| i64::from(screen.saturating_sub(own) / 2);
    if width < NARROWEST {
        return Err(Unsupported("WebKit's window is no narrower than 334 px").into());
    }
    let (x, y) = (place(SCREEN.0, width), place(SCREEN.1, height));
    until(format!("a page of {width} x {height}"), || async {
        driver.set_window_rect(x, y, width, height).await?;
        let size = driver.execute("return [innerWidth, innerHeight];", vec![]).await?;
        Ok((size.json() == &json!([width, height])).then_some(()))
    })
    .await
}

/// What the window's own frame needs.
const NARROWEST: u32 = 334;
/// Larger than any page of the cases.
const SCREEN: (u32, u32) = (1_600, 1_200);
