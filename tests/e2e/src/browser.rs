//! Drivers and the browsers that they start.

use crate::{machine, memory, until, webkit};
use anyhow::{Context, Result, bail, ensure};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::{
    fmt, fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tempfile::TempDir;
use thirtyfour::{
    BrowserCapabilitiesHelper, CapabilitiesHelper, ChromeCapabilities, ChromiumLikeCapabilities,
    DesiredCapabilities, FirefoxCapabilities, WebDriver,
    bidi::{BiDi, events::LogEntryAdded, modules::browsing_context::GetTree},
};

/// A browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Browser {
    /// Driven by chromedriver.
    Chromium,
    /// Driven by geckodriver.
    Firefox,
    /// Driven by WebKitWebDriver.
    Webkit,
}

impl Browser {
    /// All.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// Why no case can run in it on this machine, if so. The others are a must.
    pub fn is_missing(self) -> Option<&'static str> {
        match self {
            Self::Chromium | Self::Firefox => None,
            Self::Webkit => {
                let programs = [machine::webkitdriver(), machine::xvfb()];
                let is_there = programs.iter().all(|program| program.is_file());
                (!is_there).then_some("there is no WebKitWebDriver or no Xvfb on this machine")
            }
        }
    }
}

/// What not every browser or driver can do, or does as others do.
#[derive(Clone, Copy, Debug)]
pub enum Capability {
    /// A preload with `integrity` is used for the request with the same `integrity`.
    SharedPreloads,
    /// The driver reports console messages.
    Console,
    /// `scroll-padding` applies when the focus moves by keyboard.
    ScrollPadding,
    /// A search of its memory is known to end.
    SearchedMemory,
    /// Many pictures a second, without anything to draw them with.
    QuickFrames,
    /// The operator's file is in the cache when the console requests it again.
    SharedConfiguration,
    /// The driver types into fields in a cross-origin frame.
    TypingInFrames,
    /// The driver prints.
    Printing,
}

/// What a browser or its driver cannot do. A case that needs it is skipped, and counted as skipped.
#[derive(Clone, Copy, Debug)]
pub struct Unsupported(pub &'static str);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no means here: {}", self.0)
    }
}

impl std::error::Error for Unsupported {}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        })
    }
}

/// The system's colour scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Light => "light",
            Self::Dark => "dark",
        })
    }
}

/// A running browser with a fresh profile.
pub struct Session {
    browser: Browser,
    theme: Theme,
    driver: WebDriver,
    /// Not every driver has it.
    bidi: Option<BiDi>,
    /// Where the page's host finds the scripts that run first, if it has to see to that.
    first: Mutex<Option<FirstScripts>>,
    /// Errors that its pages wrote to the console, and uncaught errors.
    errors: Arc<Mutex<Vec<String>>>,
    downloads: TempDir,
    /// Set if the profile outlives the browser.
    profile: Option<TempDir>,
    changed: AtomicBool,
    // Last: it goes when the session is over.
    process: DriverProcess,
}

impl Session {
    /// Starts a driver and a browser.
    pub async fn start(browser: Browser, theme: Theme) -> Result<Self> {
        Self::start_on(browser, theme, None, false).await
    }

    /// The same, and it takes every certificate. Such a session is not used again.
    pub async fn start_trusting(browser: Browser, theme: Theme) -> Result<Self> {
        Self::start_on(browser, theme, None, true).await
    }

    /// The same on a profile that outlives the browser.
    pub async fn start_with_profile(browser: Browser, theme: Theme) -> Result<Self> {
        let profile = TempDir::new()?;
        if browser == Browser::Firefox {
            // The driver writes no settings into a profile that it has not made itself.
            fs::write(profile.path().join("user.js"), firefox_settings(theme))?;
        }
        Self::start_on(browser, theme, Some(profile), false).await
    }

    /// Kills the browser as a crash or a power cut does: every process of it at once, with no time
    /// to write anything down. Then this is a new browser on the same profile.
    pub async fn kill_and_start_again(&mut self) -> Result<()> {
        if self.browser == Browser::Webkit {
            return Err(Unsupported("no profile outlives MiniBrowser when it is driven").into());
        }
        let killed = self.process.kill_descendants()?;
        until("the killed browser to be gone", || async {
            Ok((!killed.iter().any(|id| is_alive(*id))).then_some(()))
        })
        .await?;
        self.process.end();
        let profile =
            Some(self.profile.take().context("the profile does not outlive the browser")?);
        let next = Self::start_on(self.browser, self.theme, profile, false).await?;
        // No driver is left to answer: this only drops the session.
        std::mem::replace(self, next).quit().await;
        Ok(())
    }

    async fn start_on(
        browser: Browser,
        theme: Theme,
        profile: Option<TempDir>,
        trusting: bool,
    ) -> Result<Self> {
        let downloads = TempDir::new()?;
        let process = DriverProcess::start(browser, downloads.path())?;
        let profile_folder = profile.as_ref().map(TempDir::path);
        let driver = match browser {
            Browser::Chromium => {
                let wanted = chromium_capabilities(downloads.path(), profile_folder, trusting)?;
                WebDriver::new(process.url(), wanted).await
            }
            Browser::Firefox => {
                let wanted =
                    firefox_capabilities(theme, downloads.path(), profile_folder, trusting)?;
                WebDriver::new(process.url(), wanted).await
            }
            Browser::Webkit => {
                WebDriver::new(process.url(), webkit::wanted(theme, trusting)?).await
            }
        };
        let driver = driver.with_context(|| format!("a session of {browser}"))?;
        driver.set_script_timeout(Duration::from_mins(1)).await?;
        let errors = Arc::new(Mutex::new(Vec::new()));
        let bidi = match browser {
            Browser::Chromium | Browser::Firefox => {
                let bidi = driver.bidi().await?;
                note_errors(&bidi, Arc::clone(&errors)).await?;
                Some(bidi)
            }
            Browser::Webkit => None,
        };
        let changed = AtomicBool::new(profile.is_some() || trusting);
        let first = Mutex::new(None);
        let session = Self {
            browser,
            theme,
            driver,
            bidi,
            first,
            errors,
            downloads,
            profile,
            changed,
            process,
        };
        match browser {
            Browser::Chromium => session.prefer(theme).await?,
            Browser::Webkit => webkit::bare_window(&session.driver).await?,
            Browser::Firefox => {}
        }
        Ok(session)
    }

    /// From now on the pages come from this host, or from one that lets no script run first.
    pub(crate) fn served_by(&self, host: Option<FirstScripts>) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = host;
    }

    /// A case that needs this is skipped where it is missing.
    pub fn needs(&self, means: Capability) -> Result<()> {
        let reason = match (self.browser, means) {
            (Browser::Chromium | Browser::Firefox, _) => return Ok(()),
            (Browser::Webkit, Capability::SharedPreloads) => {
                "WebKit fetches again what it has preloaded"
            }
            (Browser::Webkit, Capability::Console) => {
                "WebKit's driver does not hand on the console"
            }
            (Browser::Webkit, Capability::SearchedMemory) => "WebKit's memory is not searched yet",
            (Browser::Webkit, Capability::QuickFrames) => "WebKit draws too slowly without a GPU",
            (Browser::Webkit, Capability::SharedConfiguration) => {
                "WebKit's page reads the operator's file anew when its rest has come"
            }
            (Browser::Webkit, Capability::Printing) => "WebKit's driver does not print",
            (Browser::Webkit, Capability::TypingInFrames) => {
                "WebKit's driver types into no frame of another origin"
            }
            (Browser::Webkit, Capability::ScrollPadding) => {
                "WebKit scrolls the focused element under the bar at the bottom"
            }
        };
        Err(Unsupported(reason).into())
    }

    /// Which browser it is.
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// The WebDriver session.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Takes what was written to the console as an error since the last time.
    pub fn take_errors(&self) -> Vec<String> {
        std::mem::take(&mut *self.errors.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The folder into which the browser saves files.
    pub fn downloads(&self) -> &Path {
        self.downloads.path()
    }

    /// Sets the size of the page, in CSS pixels. May be narrower than a window can be.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let Some(bidi) = &self.bidi else {
            return webkit::resize(&self.driver, width, height).await;
        };
        let tree = bidi.send(GetTree::default()).await?;
        let context = tree.contexts.first().context("a page")?.context.clone();
        let viewport = thirtyfour::bidi::modules::browsing_context::Viewport { width, height };
        bidi.browsing_context().set_viewport(context, Some(viewport)).await?;
        Ok(())
    }

    /// Runs a script in every page before the page's own. The session is not used again. Where the
    /// driver cannot, the case's host does it, for the pages that come from it.
    pub async fn before_every_page(&self, function: &str) -> Result<()> {
        if let Some(bidi) = &self.bidi {
            self.changed.store(true, Ordering::Relaxed);
            bidi.script().add_preload_script(function).await?;
            return Ok(());
        }
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let first =
            first.as_ref().ok_or(Unsupported("no script runs before a real server's page"))?;
        first.lock().unwrap_or_else(PoisonError::into_inner).push(function.to_owned());
        Ok(())
    }

    /// Everything that the page's scripts can still reach, once the garbage is gone. In Chromium only.
    pub async fn heap_snapshot(&self) -> Result<String> {
        let cdp = self.driver.cdp().connect().await?;
        cdp.send_raw("HeapProfiler.enable", json!({})).await?;
        cdp.send_raw("HeapProfiler.collectGarbage", json!({})).await?;
        let mut events = cdp.subscribe_all();
        let collect = async {
            let mut text = String::new();
            // One JSON text, in pieces: it ends where its only object does.
            while !text.ends_with("]}") && !text.ends_with("]}\n") {
                let event = events.next().await.context("the snapshot breaks off")?;
                if event.method == "HeapProfiler.addHeapSnapshotChunk" {
                    text.push_str(event.params["chunk"].as_str().unwrap_or_default());
                }
            }
            anyhow::Ok(text)
        };
        let take =
            cdp.send_raw("HeapProfiler.takeHeapSnapshot", json!({ "reportProgress": false }));
        let (text, taken) = tokio::join!(collect, take);
        taken?;
        let text = text?;
        ensure!(text.contains("relight-console"), "that is not the page's heap");
        Ok(text)
    }

    /// Where some bytes are in the memory of the browser's processes, as seen from outside: how often,
    /// by the kind of process. `None` where this machine does not allow reading it.
    pub fn in_memory(&self, needles: &[Vec<u8>]) -> Result<Option<Vec<(String, usize)>>> {
        let mut found = Vec::new();
        for id in self.process.descendants()? {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            let kind = memory::kind_of(&line);
            match memory::count(id, needles) {
                Ok(Some(count)) => found.push((kind, count)),
                Ok(None) => return Ok(None),
                // It has ended meanwhile.
                Err(_) => {}
            }
        }
        Ok(Some(found))
    }

    /// In which files of the browser's profile some bytes are, and how often. `None` if the profile is
    /// temporary.
    pub fn in_profile(&self, needle: &[u8]) -> Result<Option<Vec<(PathBuf, usize)>>> {
        let Some(profile) = &self.profile else { return Ok(None) };
        let mut found = Vec::new();
        let mut folders = vec![profile.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                // The browser is at work on them: one may be gone meanwhile.
                let bytes = fs::read(entry.path()).unwrap_or_default();
                let count = memchr::memmem::find_iter(&bytes, needle).count();
                if count > 0 {
                    found.push((entry.path().strip_prefix(profile.path())?.to_owned(), count));
                }
            }
        }
        Ok(Some(found))
    }

    /// What the largest process that draws pages holds in memory, in KiB.
    pub fn page_memory_kib(&self) -> Option<u64> {
        let draws_pages = |id: &u32| {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            // Chromium's word for it, Firefox's, WebKit's.
            line.contains("--type=renderer")
                || line.trim_end().ends_with(" tab")
                || line.contains("WebKitWebProcess")
        };
        let ids = self.process.descendants().ok()?;
        ids.iter().filter(|id| draws_pages(id)).filter_map(|id| resident_kib(*id)).max()
    }

    /// Whether it is no longer as it was when it started.
    pub fn is_changed(&self) -> bool {
        self.changed.load(Ordering::Relaxed)
    }

    /// Ends the browser.
    pub async fn quit(self) {
        // Whether it answers or not: the driver is ended next.
        let _ = tokio::time::timeout(Duration::from_secs(10), self.driver.quit()).await;
    }

    async fn prefer(&self, theme: Theme) -> Result<()> {
        let feature = json!({ "name": "prefers-color-scheme", "value": theme.to_string() });
        let asked: Value = json!({ "media": "", "features": [feature] });
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", asked).await?;
        Ok(())
    }
}

/// As root Chromium runs without its sandbox only; the other arguments stop it from calling home.
const CHROMIUM_ARGUMENTS: &str = include_str!("../../chromium-arguments.txt");

fn chromium_capabilities(
    downloads: &Path,
    profile: Option<&Path>,
    trusting: bool,
) -> Result<ChromeCapabilities> {
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(&machine::chromium().to_string_lossy())?;
    for argument in CHROMIUM_ARGUMENTS.lines().chain(["--lang=en-US", "--accept-lang=en-US"]) {
        wanted.add_arg(argument)?;
    }
    if let Some(profile) = profile {
        wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    }
    wanted.set_browser_option(
        "prefs",
        json!({
            "download.default_directory": downloads,
            "download.prompt_for_download": false,
        }),
    )?;
    wanted.accept_insecure_certs(trusting)?;
    wanted.enable_bidi()?;
    Ok(wanted)
}

fn firefox_capabilities(
    theme: Theme,
    downloads: &Path,
    profile: Option<&Path>,
    trusting: bool,
) -> Result<FirefoxCapabilities> {
    let mut arguments = vec![json!("-headless")];
    if let Some(profile) = profile {
        arguments.extend([json!("-profile"), json!(profile)]);
    }
    let prefs = json!({
        // 0 is dark, 1 is light.
        "layout.css.prefers-color-scheme.content-override": i32::from(theme != Theme::Dark),
        "intl.accept_languages": "en-US",
        "browser.download.folderList": 2,
        "browser.download.dir": downloads,
        "browser.download.useDownloadDir": true,
        "browser.download.alwaysOpenPanel": false,
        "browser.shell.checkDefaultBrowser": false,
        "browser.startup.page": 0,
        "datareporting.policy.dataSubmissionEnabled": false,
        // It calls home otherwise, into a network that may not answer.
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
    });
    let mut wanted = DesiredCapabilities::firefox();
    wanted.set_browser_option("binary", machine::firefox())?;
    wanted.set_browser_option("args", arguments)?;
    wanted.set_browser_option("prefs", prefs)?;
    wanted.accept_insecure_certs(trusting)?;
    wanted.enable_bidi()?;
    Ok(wanted)
}

/// Scripts that a host has run before those of its pages.
pub(crate) type FirstScripts = Arc<Mutex<Vec<String>>>;

async fn note_errors(bidi: &BiDi, errors: Arc<Mutex<Vec<String>>>) -> Result<()> {
    let mut entries = bidi.subscribe::<LogEntryAdded>().await?;
    tokio::spawn(async move {
        while let Some(entry) = entries.next().await {
            if format!("{:?}", entry.level).eq_ignore_ascii_case("error") {
                let mut list = errors.lock().unwrap_or_else(PoisonError::into_inner);
                list.push(entry.text.unwrap_or_else(|| format!("{:?}", entry.extra)));
            }
        }
    });
    Ok(())
}

/// A driver on a free port; ended when this is dropped.
struct DriverProcess {
    child: Child,
    port: u16,
    // Last: the browser is in it.
    environment: Option<webkit::Environment>,
}

impl DriverProcess {
    /// Some drivers look for a free port and then bind it, and one needs the port as an argument: on a busy machine
    /// another program may be faster, and the driver ends. So it is started a few times.
    fn start(browser: Browser, downloads: &Path) -> Result<Self> {
        const TRIES: usize = 5;
        let mut tried = Self::start_once(browser, downloads);
        for _ in 1..TRIES {
            if tried.is_ok() {
                break;
            }
            tried = Self::start_once(browser, downloads);
        }
        tried
    }

    fn start_once(browser: Browser, downloads: &Path) -> Result<Self> {
        let (program, arguments): (_, &[&str]) = match browser {
            Browser::Chromium => (machine::chromedriver(), &["--port=0"]),
            Browser::Firefox => (machine::geckodriver(), &["--port=0", "--websocket-port=0"]),
            Browser::Webkit => return Self::start_webkit(downloads),
        };
        let mut child = Command::new(&program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let output = child.stdout.take().context("the driver's output")?;
        let mut process = Self { child, port: 0, environment: None };
        let mut lines = BufReader::new(output).lines();
        // Both say it in the end of a line: "… on port 34567." and "Listening on 127.0.0.1:34567".
        for line in lines.by_ref() {
            let line = line?;
            let is_it = line.contains("started successfully") || line.contains("Listening on");
            let digits: String =
                line.trim_end_matches('.').chars().rev().take_while(char::is_ascii_digit).collect();
            if is_it && let Ok(port) = digits.chars().rev().collect::<String>().parse() {
                process.port = port;
                break;
            }
        }
        if process.port == 0 {
            bail!("{} did not say where it listens", program.display());
        }
        // A full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(process)
    }

    /// It does not report its port, so it is given one.
    fn start_webkit(downloads: &Path) -> Result<Self> {
        let environment = webkit::Environment::new(downloads)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let program = machine::webkitdriver();
        let mut command = Command::new(&program);
        command.arg(format!("--port={port}"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        environment.set_environment(&mut command);
        let child =
            command.spawn().with_context(|| format!("{} does not start", program.display()))?;
        let mut process = Self { child, port, environment: Some(environment) };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = process.child.try_wait()? {
                bail!("{} ended before it listened: {status}", program.display());
            }
            ensure!(start.elapsed() < Duration::from_secs(20), "the driver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(process)
    }

    /// Everything that the driver has started: the browser.
    fn descendants(&self) -> Result<Vec<u32>> {
        let mut found = vec![self.child.id()];
        // Parents are listed before their children are looked up: ids that come later are found in
        // the next round.
        loop {
            let more: Vec<u32> = processes()?
                .into_iter()
                .filter(|(id, parent)| found.contains(parent) && !found.contains(id))
                .map(|(id, _)| id)
                .collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        Ok(found.split_off(1))
    }

    /// Kills everything that the driver has started, and returns the ids.
    fn kill_descendants(&self) -> Result<Vec<u32>> {
        let browser = self.descendants()?;
        ensure!(!browser.is_empty(), "there is no browser to kill");
        let ids = browser.iter().map(u32::to_string);
        let killed =
            Command::new("/bin/kill").arg("-KILL").args(ids).stderr(Stdio::null()).status()?;
        ensure!(killed.success(), "kill: {killed}");
        Ok(browser)
    }

    fn end(&mut self) {
        if self.environment.is_some() {
            // It does not end with its driver.
            let _ = self.kill_descendants();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        self.end();
    }
}

/// Every process and its parent.
fn processes() -> Result<Vec<(u32, u32)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // It has ended meanwhile.
        if let Some((_, parent)) = state_and_parent(id) {
            found.push((id, parent));
        }
    }
    Ok(found)
}

/// A process that was killed stays for a moment, or as a zombie until its parent has heard.
fn is_alive(id: u32) -> bool {
    state_and_parent(id).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

fn resident_kib(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn state_and_parent(id: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // `1234 (name, which may have spaces) S 1230 …`
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

/// What matters of Firefox's settings, as a file in its profile.
fn firefox_settings(theme: Theme) -> String {
    let dark = i32::from(theme != Theme::Dark);
    format!(
        "user_pref(\"layout.css.prefers-color-scheme.content-override\", {dark});\n\
         user_pref(\"intl.accept_languages\", \"en-US\");\n\
         user_pref(\"browser.shell.checkDefaultBrowser\", false);\n\
         user_pref(\"browser.startup.page\", 0);\n\
         user_pref(\"browser.sessionstore.resume_from_crash\", false);\n\
         user_pref(\"toolkit.startup.max_resumed_crashes\", -1);\n\
         user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n\
         user_pref(\"app.update.disabledForTesting\", true);\n\
         user_pref(\"network.captive-portal-service.enabled\", false);\n\
         user_pref(\"network.connectivity-service.enabled\", false);\n"
    )
}
