//! Every case in every browser, in sessions that are used again.

use crate::{
    browser::{Browser, Lacking, Session, Theme},
    stage::{Setting, Stage},
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

/// What a case does with its stage.
pub type Play = for<'a> fn(&'a mut Stage) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A case.
pub struct Case {
    name: String,
    play: Play,
    dress: fn(Setting) -> Setting,
    is_quiet: bool,
}

impl Case {
    /// A case in the usual setting.
    pub fn new(name: impl Into<String>, play: Play) -> Self {
        Self { name: name.into(), play, dress: |setting| setting, is_quiet: true }
    }

    /// In another setting.
    #[must_use]
    pub fn dressed(mut self, dress: fn(Setting) -> Setting) -> Self {
        self.dress = dress;
        self
    }

    /// With violations and errors of its own making: they are not looked at afterwards.
    #[must_use]
    pub fn noisy(mut self) -> Self {
        self.is_quiet = false;
        self
    }
}

/// A function as a case: `case!(name)`, or `case!("another name", name)`.
#[macro_export]
macro_rules! case {
    ($play:ident) => {
        $crate::case!(stringify!($play), $play)
    };
    ($name:expr, $play:expr) => {
        $crate::suite::Case::new($name, |stage| Box::pin($play(stage)))
    };
}

/// Runs the cases as the command line asks, and prints like the built-in test runner.
pub fn run(cases: Vec<Case>) -> Result<ExitCode> {
    // Browsers mostly wait, and so do the cases: more than one for each core of a small machine.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    run_on(cases, cores.max(4))
}

/// The same, so many at once, unless the command line says otherwise.
pub fn run_on(cases: Vec<Case>, at_once: usize) -> Result<ExitCode> {
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
    let in_webkit = cases.iter().filter(|case| is_played(case, Browser::Webkit)).count();
    println!("webkit plays {in_webkit} of {} cases; {WEBKIT_PLAYS}=all: every one", cases.len());
    for case in cases {
        let case = Arc::new(case);
        for browser in Browser::ALL.into_iter().filter(|browser| is_played(&case, *browser)) {
            let (case, runtime, pool) =
                (Arc::clone(&case), Arc::clone(&runtime), Arc::clone(&pool));
            let (failures, skipped) = (Arc::clone(&failures), Arc::clone(&skipped));
            let name = format!("{browser}::{}", case.name);
            trials.push(Trial::ignorable_test(name.clone(), move || {
                let played = match browser.is_missing() {
                    Some(reason) => Err(Ended::Skipped(reason)),
                    None => runtime.block_on(play(&name, &case, browser, &pool)),
                };
                match played {
                    Ok(()) => Ok(Completion::Completed),
                    Err(Ended::Skipped(reason)) => {
                        lock(&skipped).entry(reason).or_default().push(name);
                        Ok(Completion::ignored_with(reason))
                    }
                    Err(Ended::Failed(failure)) => {
                        lock(&failures).push(failure.in_short);
                        Err(Failed::from(failure.at_length))
                    }
                }
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // What did not run is said aloud: it has shown nothing.
    for (reason, names) in lock(&skipped).iter() {
        println!("SKIPPED {}, {reason}: {}", names.len(), names.join(" "));
    }
    // Once more, at the very end: of a long output often only that is kept.
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
/// the other browsers: unless all is asked for, it plays the way through form, review, run and outcome,
/// and what guards against a second copy or a changed file.
const WEBKIT_AREAS: [&str; 7] =
    ["answers", "diagnostics", "form", "guards", "integrity", "slow_link", "story"];

const WEBKIT_PLAYS: &str = "RELIGHT_WEBKIT";

fn is_played(case: &Case, browser: Browser) -> bool {
    let area = case.name.split("::").next().unwrap_or_default();
    browser != Browser::Webkit
        || WEBKIT_AREAS.contains(&area)
        || std::env::var(WEBKIT_PLAYS).is_ok_and(|plays| plays == "all")
}

/// How a case ended that did not come to its end.
enum Ended {
    /// The browser, or this machine, has not what it wants.
    Skipped(&'static str),
    Failed(Failure),
}

impl Ended {
    /// Before there was anything to look at.
    fn at_the_start(name: &str, error: &anyhow::Error) -> Self {
        Self::skipped(error).unwrap_or_else(|| Self::Failed(Failure::of_the_start(name, error)))
    }

    fn skipped(error: &anyhow::Error) -> Option<Self> {
        error.downcast_ref::<Lacking>().map(|lacking| Self::Skipped(lacking.0))
    }
}

/// What is said of a case that failed.
struct Failure {
    /// With everything that was on the page and every arrival.
    at_length: String,
    /// In a few lines.
    in_short: String,
}

impl Failure {
    /// Before there was anything to look at.
    fn of_the_start(name: &str, error: &anyhow::Error) -> Self {
        Self { at_length: format!("{error:#}"), in_short: format!("FAILED {name}: {error:#}") }
    }

    /// What the stage looks like now.
    async fn on(stage: &Stage, name: &str, error: &anyhow::Error) -> Self {
        let picture = format!("failed/{}", name.replace("::", "-"));
        let picture = match stage.page.photograph(&picture).await {
            Ok(path) => path.display().to_string(),
            Err(error) => format!("none: {error:#}"),
        };
        let text = stage.page.all_text().await.unwrap_or_default();
        let outcomes = stage.page.outcomes().await.unwrap_or_default();
        let stages = stage.page.run(STEPS, &[]).await.unwrap_or_default();
        let errors = stage.page.session().take_errors();
        let calls = stage.calls();
        let mut in_short = format!("FAILED {name}: {error:#}\n  shown: {stages}; ");
        for (id, outcome) in outcomes.iter().take(SHOWN) {
            let _ = write!(in_short, "{id} {outcome}, ");
        }
        let _ =
            write!(in_short, "{} outcomes\n  {} arrivals, the last:", outcomes.len(), calls.len());
        let start_ms = calls.first().map_or(0, |call| call.at_ms);
        for call in calls.iter().skip(calls.len().saturating_sub(SHOWN)) {
            let ids = call.ids.first().map_or("", String::as_str);
            let _ = write!(
                in_short,
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
            in_short,
            "\n  undelivered: {}; console: {errors:?}\n  picture: {picture}",
            stage.undelivered()
        );
        let at_length = format!(
            "{name}\nconsole: {errors:?}\ncalls: {calls:#?}\n--- on the page ---\n{text}\n--- what \
             failed ---\n{error:#}"
        );
        Self { at_length, in_short }
    }
}

/// So many of a kind are enough to begin with.
const SHOWN: usize = 12;

/// Where the page stands, by its public names.
const STEPS: &str = "return all('[data-step], [data-stage], [data-cause]').filter(seen) \
     .map(e => e.dataset.step ?? e.dataset.stage ?? e.dataset.cause).join(' ');";

async fn play(name: &str, case: &Case, browser: Browser, pool: &Pool) -> Result<(), Ended> {
    let setting = (case.dress)(Setting::new(browser));
    let session = if setting.kept {
        Session::start_kept(browser, setting.theme).await
    } else if setting.http2 || setting.link.is_some() {
        Session::start_trusting(browser, setting.theme).await
    } else {
        pool.take(browser, setting.theme).await
    };
    let session = session.map_err(|error| Ended::at_the_start(name, &error))?;
    let mut stage = match Stage::set(setting, session).await {
        Ok(stage) => stage,
        Err((session, error)) => {
            session.quit().await;
            return Err(Ended::at_the_start(name, &error));
        }
    };
    let played = async {
        stage.open().await.context("the page does not open")?;
        (case.play)(&mut stage).await
    };
    // A panic is an assertion that failed: the picture is worth more than the trace.
    let played = AssertUnwindSafe(played)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(anyhow!("{}", words(&*panic))));
    let played = match (played, case.is_quiet) {
        (Ok(()), true) => quiet(&stage),
        (played, _) => played,
    };
    let Err(error) = played else {
        let session = stage.page.into_session();
        if session.is_changed() {
            session.quit().await;
        } else {
            pool.give_back(setting.theme, session);
        }
        return Ok(());
    };
    let ended = match Ended::skipped(&error) {
        Some(skipped) => skipped,
        None => Ended::Failed(Failure::on(&stage, name, &error).await),
    };
    // Who knows in what state it is.
    stage.page.into_session().quit().await;
    Err(ended)
}

/// What must hold after every case: the strict policy was not violated, nothing was missing, no
/// error in the console.
fn quiet(stage: &Stage) -> Result<()> {
    let nothing = |what: &str, list: Vec<String>| {
        if list.is_empty() { Ok(()) } else { Err(anyhow!("{what}: {list:#?}")) }
    };
    nothing("violations of the policy", stage.site.violations())?;
    nothing("missing files", stage.site.missing())?;
    nothing("errors in the console", stage.page.session().take_errors())
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Sessions that nobody uses at the moment.
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

    fn give_back(&self, theme: Theme, session: Session) {
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
