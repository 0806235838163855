//! Every case in every browser, in sessions that are used again.

use crate::{
    browser::{Browser, Session, Theme, Unsupported},
    fixture::{Fixture, Setting},
};
use anyhow::{Context, Result, anyhow};
use futures_util::FutureExt;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::runtime::Runtime;

/// The test function of a case.
pub type TestFn =
    for<'a> fn(&'a mut Fixture) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A case.
pub struct Case {
    name: String,
    test: TestFn,
    configure: fn(Setting) -> Setting,
    is_quiet: bool,
}

impl Case {
    /// A case in the usual setting.
    pub fn new(name: impl Into<String>, test: TestFn) -> Self {
        Self { name: name.into(), test, configure: |setting| setting, is_quiet: true }
    }

    /// In another setting.
    #[must_use]
    pub fn configured(mut self, configure: fn(Setting) -> Setting) -> Self {
        self.configure = configure;
        self
    }

    /// It causes violations and errors itself: they are not checked afterwards.
    #[must_use]
    pub fn noisy(mut self) -> Self {
        self.is_quiet = false;
        self
    }
}

/// A function as a case: `case!(name)`, or `case!("another name", name)`.
#[macro_export]
macro_rules! case {
    ($test:ident) => {
        $crate::case!(stringify!($test), $test)
    };
    ($name:expr, $test:expr) => {
        $crate::suite::Case::new($name, |fixture| Box::pin($test(fixture)))
    };
}

/// Runs the cases as the command line asks, and prints like the built-in test runner.
pub fn run(cases: Vec<Case>) -> Result<ExitCode> {
    // Browsers mostly wait, and so do the cases: more than one for each core of a small machine.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    run_with_threads(cases, cores.max(4))
}

/// The same, so many at once, unless the command line says otherwise.
pub fn run_with_threads(cases: Vec<Case>, at_once: usize) -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(at_once));
    // An error says that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Arc::new(
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?,
    );
    let pool = Arc::new(Pool::default());
    let failures = Arc::new(Mutex::new(Vec::<String>::new()));
    let skipped = Arc::new(Mutex::new(BTreeMap::<&str, Vec<String>>::new()));
    let mut trials = Vec::new();
    let in_webkit = cases.iter().filter(|case| runs_in(case, Browser::Webkit)).count();
    println!("webkit runs {in_webkit} of {} cases; {WEBKIT_CASES}=all: every one", cases.len());
    for case in cases {
        let case = Arc::new(case);
        for browser in Browser::ALL.into_iter().filter(|browser| runs_in(&case, *browser)) {
            let (case, runtime, pool) =
                (Arc::clone(&case), Arc::clone(&runtime), Arc::clone(&pool));
            let (failures, skipped) = (Arc::clone(&failures), Arc::clone(&skipped));
            let name = format!("{browser}::{}", case.name);
            trials.push(Trial::ignorable_test(name.clone(), move || {
                let result = match browser.is_missing() {
                    Some(reason) => Err(Ended::Skipped(reason)),
                    None => runtime.block_on(run_case(&name, &case, browser, &pool)),
                };
                match result {
                    Ok(()) => Ok(Completion::Completed),
                    Err(Ended::Skipped(reason)) => {
                        lock(&skipped).entry(reason).or_default().push(name);
                        Ok(Completion::ignored_with(reason))
                    }
                    Err(Ended::Failed(failure)) => {
                        lock(&failures).push(failure.summary);
                        Err(Failed::from(failure.details))
                    }
                }
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Skipped cases are reported: they have shown nothing.
    for (reason, names) in lock(&skipped).iter() {
        println!("SKIPPED {}, {reason}: {}", names.len(), names.join(" "));
    }
    // Once more, at the very end: of a long output often only that is visible.
    for failure in lock(&failures).iter() {
        println!("{failure}");
    }
    runtime.block_on(pool.close());
    // Its tasks wait on sockets that are gone.
    if let Ok(runtime) = Arc::try_unwrap(runtime) {
        Runtime::shutdown_background(runtime);
    }
    Ok(conclusion.exit_code())
}

/// Without a graphics processor WebKit paints with the processor and takes three quarters of two cores from
/// the other browsers: unless all are requested, it runs the cases of form, review, run and outcome,
/// and what guards against a second copy or a changed file.
const WEBKIT_AREAS: [&str; 7] =
    ["answers", "diagnostics", "form", "guards", "integrity", "slow_link", "story"];

const WEBKIT_CASES: &str = "RELIGHT_WEBKIT";

fn runs_in(case: &Case, browser: Browser) -> bool {
    let area = case.name.split("::").next().unwrap_or_default();
    browser != Browser::Webkit
        || WEBKIT_AREAS.contains(&area)
        || std::env::var(WEBKIT_CASES).is_ok_and(|cases| cases == "all")
}

/// How a case ended that did not pass.
enum Ended {
    /// The browser or this machine lacks what it needs.
    Skipped(&'static str),
    Failed(Failure),
}

impl Ended {
    /// Before the page was open.
    fn before_start(name: &str, error: &anyhow::Error) -> Self {
        Self::skipped(error).unwrap_or_else(|| Self::Failed(Failure::before_start(name, error)))
    }

    fn skipped(error: &anyhow::Error) -> Option<Self> {
        error.downcast_ref::<Unsupported>().map(|unsupported| Self::Skipped(unsupported.0))
    }
}

/// The report of a failed case.
struct Failure {
    /// With everything that was on the page and every arrival.
    details: String,
    /// In a few lines.
    summary: String,
}

impl Failure {
    /// Before the page was open.
    fn before_start(name: &str, error: &anyhow::Error) -> Self {
        Self { details: format!("{error:#}"), summary: format!("FAILED {name}: {error:#}") }
    }

    /// The state of the fixture now.
    async fn on(fixture: &Fixture, name: &str, error: &anyhow::Error) -> Self {
        let picture = format!("failed/{}", name.replace("::", "-"));
        let picture = match fixture.page.screenshot(&picture).await {
            Ok(path) => path.display().to_string(),
            Err(error) => format!("none: {error:#}"),
        };
        let text = fixture.page.all_text().await.unwrap_or_default();
        let outcomes = fixture.page.outcomes().await.unwrap_or_default();
        let phases = fixture.page.run(STEPS, &[]).await.unwrap_or_default();
        let errors = fixture.page.session().take_errors();
        let calls = fixture.calls();
        let mut summary = format!("FAILED {name}: {error:#}\n  shown: {phases}; ");
        for (id, outcome) in outcomes.iter().take(SHOWN) {
            let _ = write!(summary, "{id} {outcome}, ");
        }
        let _ =
            write!(summary, "{} outcomes\n  {} arrivals, the last:", outcomes.len(), calls.len());
        let start_ms = calls.first().map_or(0, |call| call.at_ms);
        for call in calls.iter().skip(calls.len().saturating_sub(SHOWN)) {
            let ids = call.ids.first().map_or("", String::as_str);
            let _ = write!(
                summary,
                "\n    {:>6} ms {} {ids} ({}) {} {} {}",
                call.at_ms - start_ms,
                call.action,
                call.ids.len(),
                call.status,
                call.code.as_deref().unwrap_or("-"),
                call.fault.unwrap_or("-"),
            );
        }
        let _ = write!(
            summary,
            "\n  undelivered: {}; console: {errors:?}\n  picture: {picture}",
            fixture.undelivered()
        );
        let details = format!(
            "{name}\nconsole: {errors:?}\ncalls: {calls:#?}\n--- on the page ---\n{text}\n--- what \
             failed ---\n{error:#}"
        );
        Self { details, summary }
    }
}

/// How many of a kind are printed.
const SHOWN: usize = 12;

/// The state of the page, by its public names.
const STEPS: &str = "return all('[data-step], [data-stage], [data-cause]').filter(seen) \
     .map(e => e.dataset.step ?? e.dataset.stage ?? e.dataset.cause).join(' ');";

async fn run_case(name: &str, case: &Case, browser: Browser, pool: &Pool) -> Result<(), Ended> {
    let setting = (case.configure)(Setting::new(browser));
    let session = if setting.keep_profile {
        Session::start_with_profile(browser, setting.theme).await
    } else if setting.http2 || setting.link.is_some() {
        Session::start_trusting(browser, setting.theme).await
    } else {
        pool.take(browser, setting.theme).await
    };
    let session = session.map_err(|error| Ended::before_start(name, &error))?;
    let mut fixture = match Fixture::set(setting, session).await {
        Ok(fixture) => fixture,
        Err((session, error)) => {
            session.quit().await;
            return Err(Ended::before_start(name, &error));
        }
    };
    let result = async {
        fixture.open().await.context("the page does not open")?;
        (case.test)(&mut fixture).await
    };
    // A panic is an assertion that failed: the picture is worth more than the trace.
    let result = AssertUnwindSafe(result)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(anyhow!("{}", panic_message(&*panic))));
    let result = match (result, case.is_quiet) {
        (Ok(()), true) => ensure_no_errors(&fixture),
        (result, _) => result,
    };
    let Err(error) = result else {
        let session = fixture.page.into_session();
        if session.is_changed() {
            session.quit().await;
        } else {
            pool.return_session(setting.theme, session);
        }
        return Ok(());
    };
    let ended = match Ended::skipped(&error) {
        Some(skipped) => skipped,
        None => Ended::Failed(Failure::on(&fixture, name, &error).await),
    };
    // Its state is unknown.
    fixture.page.into_session().quit().await;
    Err(ended)
}

/// What must hold after every case: the strict policy was not violated, nothing was missing, no
/// error in the console.
fn ensure_no_errors(fixture: &Fixture) -> Result<()> {
    let nothing = |what: &str, list: Vec<String>| {
        if list.is_empty() { Ok(()) } else { Err(anyhow!("{what}: {list:#?}")) }
    };
    nothing("violations of the policy", fixture.site.violations())?;
    nothing("missing files", fixture.site.missing())?;
    nothing("errors in the console", fixture.page.session().take_errors())
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Idle sessions.
#[derive(Default)]
struct Pool {
    idle: Mutex<HashMap<(Browser, Theme), Vec<Session>>>,
}

impl Pool {
    async fn take(&self, browser: Browser, theme: Theme) -> Result<Session> {
        let idle = self.idle().get_mut(&(browser, theme)).and_then(Vec::pop);
        match idle {
            Some(session) => Ok(session),
            None => Session::start(browser, theme).await,
        }
    }

    fn return_session(&self, theme: Theme, session: Session) {
        self.idle().entry((session.browser(), theme)).or_default().push(session);
    }

    async fn close(&self) {
        let idle: Vec<Session> = self.idle().drain().flat_map(|(_, sessions)| sessions).collect();
        for session in idle {
            session.quit().await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<(Browser, Theme), Vec<Session>>> {
        lock(&self.idle)
    }
}
