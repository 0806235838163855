//! A proxy that keeps the contract, and copies with one rule broken: each must be found, or a
//! check would be empty.

#![cfg(unix)]
#![allow(clippy::format_push_string, reason = "heads are short and made once a request")]

mod proxy;

use std::{
    collections::HashSet,
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use proxy::Proxy;
use relight_proxy_check::{
    check::{self, Options},
    client::Target,
    clouds::Clouds,
    rules::Rule,
    upstream::free_address,
};
use rustls::{ServerConnection, StreamOwned};

const ORIGIN: &str = "https://portal.example.org";

#[test]
fn a_correct_proxy_passes() {
    for is_tls in [false, true] {
        let fixture = Fixture::start(None, is_tls);
        let report = fixture.check(None);
        assert_eq!(report.broken(), [], "TLS: {is_tls}\n{}", report.text(None));
        let (rules, _) = report.counts();
        // Without TLS there is no HTTP/2 to look for.
        assert_eq!(rules, Rule::ALL.len() - usize::from(!is_tls), "{}", report.text(None));
    }
}

#[test]
fn each_broken_rule_is_found() {
    let failures: Vec<String> = thread::scope(|scope| {
        let checks: Vec<_> = Fault::ALL.iter().map(|fault| scope.spawn(|| find(*fault))).collect();
        checks.into_iter().filter_map(|check| check.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_has_a_proxy_that_breaks_it() {
    let broken: HashSet<Rule> = Fault::ALL.iter().map(|fault| fault.breaks()).collect();
    for rule in Rule::ALL {
        assert!(broken.contains(rule), "no proxy breaks {rule}");
    }
}

/// `None` when the fault is found for what it is.
fn find(fault: Fault) -> Option<String> {
    let rule = fault.breaks();
    let fixture = Fixture::start(Some(fault), rule == Rule::Http2);
    let report = fixture.check(Some(rule));
    (report.broken() != [rule]).then(|| format!("{fault:?} is not found\n{}", report.text(None)))
}

macro_rules! faults {
    ($($fault:ident breaks $rule:ident,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Fault { $($fault),* }

        impl Fault {
            const ALL: &[Self] = &[$(Self::$fault),*];

            fn breaks(self) -> Rule {
                match self { $(Self::$fault => Rule::$rule),* }
            }
        }
    };
}

faults! {
    AnyHost breaks Hosts,
    HostBySuffix breaks Hosts,
    OneHostOnly breaks Hosts,
    AnyRegion breaks Hosts,
    AnyPath breaks Paths,
    JudgesDecoded breaks RawLine,
    AnyMethod breaks Methods,
    AnyOrigin breaks Origins,
    OriginByPrefix breaks Origins,
    NoOriginNeeded breaks Origins,
    OriginInAnyCase breaks Origins,
    FirstOriginCounts breaks OneOrigin,
    NoActionNeeded breaks Action,
    AnyDestination breaks Destination,
    PassesUpgrade breaks Upgrade,
    ServesWhatIsInside breaks Lengths,
    AnyBody breaks BodyLimit,
    LittleBody breaks BodyLimit,
    ForgetsTheToken breaks Preflight,
    PreflightForEver breaks Preflight,
    NoCorsOnErrors breaks Cors,
    NothingExposed breaks Cors,
    AllowsStrangers breaks Cors,
    SaysNothingOfOrigins breaks Cors,
    AllowsCookies breaks Cors,
    NoTiming breaks Timing,
    TimingOfAll breaks Timing,
    UntypedErrors breaks Types,
    PassesForeignTypes breaks Types,
    Storable breaks Harmless,
    NoSandbox breaks Harmless,
    Sniffable breaks Harmless,
    KeepsOpen breaks Close,
    ClosesInSilence breaks Close,
    KeepsThePageOpen breaks Close,
    ChoosesHttp2 breaks Http2,
    NoWayOut breaks Reach,
    SortsTheQuery breaks Unchanged,
    TrimsTheBody breaks Unchanged,
    HostOfItsOwn breaks ServerName,
    PassesAllHeaders breaks RequestHeaders,
    AddsTheClient breaks RequestHeaders,
    EmptyForAbsent breaks RequestHeaders,
    ShortHeaders breaks LongToken,
    PassesSetCookie breaks AnswerHeaders,
    DateOfItsOwn breaks AnswerHeaders,
    PassesStrangers breaks AnswerList,
    BodiesOfItsOwn breaks Received,
    FollowsRedirects breaks Redirects,
    PassesRedirects breaks Redirects,
    Passes421 breaks Resend,
    Passes408 breaks Resend,
    TriesAgain breaks OneAttempt,
    CutIsNotSent breaks Cut,
    BelievesTheCloud breaks Forged,
    RelaysWhatIsNoAnswer breaks StatusLine,
    PassesHints breaks Interim,
    MakesWhole breaks BrokenOff,
    RefusedIsUnknown breaks Refused,
    NoNameIsUnknown breaks Dns,
    AnyCertificate breaks Certificate,
    CertificateIsUnknown breaks CertificateType,
    SlowToConnect breaks ConnectTime,
    HangIsUnknown breaks ConnectTime,
    WaitsForTheHandshake breaks ConnectTime,
    NoDeadline breaks Deadline,
    LateIsNotSent breaks Deadline,
    NoLimit breaks Throttle,
    UntypedLimit breaks Throttle,
    LimitForEver breaks Throttle,
    PassesCopies breaks SecondCopy,
    CopyIsNotSent breaks SecondCopy,
    CopyIsNotSaid breaks SecondCopy,
    ForgetsSoon breaks SecondCopy,
    ForgetsAfterAMinute breaks SecondCopy,
    JoinedActionsRead breaks SecondCopy,
    FirstActionCounts breaks SecondCopy,
    UnfoldsHeaders breaks SecondCopy,
    SpacesMakeAnother breaks SecondCopy,
    TakesTwoSignatures breaks SecondCopy,
    RefusesReadsToo breaks SecondCopy,
    LooksAtOneAction breaks SecondCopy,
    LooksBeforeItNotes breaks SecondCopy,
    UnsignedChanges breaks SecondCopy,
    WaitsForEver breaks Silence,
    SaysThatItWaited breaks Silence,
    Twice breaks Once,
    LogsTheQuery breaks Logs,
    LaxPage breaks Page,
    ServesHiddenFiles breaks Page,
    WasmOfNoType breaks Page,
}

/// Clouds and a proxy in front of them.
struct Fixture {
    clouds: Arc<Clouds>,
    proxy: Arc<Proxy>,
    address: SocketAddr,
    is_tls: bool,
}

/// What the checks allow.
const LIMIT: Duration = Duration::from_secs(5);
impl Fixture {
    fn start(fault: Option<Fault>, is_tls: bool) -> Self {
        let clouds = Arc::new(Clouds::start_on(free_address(0).unwrap(), 0, 0).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = Arc::new(Proxy::new(fault, &clouds, address.port()));
        let protocols: &[&str] =
            if fault == Some(Fault::ChoosesHttp2) { &["h2", "http/1.1"] } else { &["http/1.1"] };
        let tls = Arc::new(clouds.authority.server_config(protocols).unwrap());
        let shared = Arc::clone(&proxy);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stop.load(Ordering::Relaxed) {
                    return;
                }
                let (proxy, tls) = (Arc::clone(&shared), Arc::clone(&tls));
                let Ok(stream) = stream else { continue };
                stream.set_read_timeout(proxy.patience()).unwrap();
                thread::spawn(move || {
                    if is_tls {
                        let connection = ServerConnection::new(tls).unwrap();
                        proxy.serve(&mut StreamOwned::new(connection, stream));
                    } else {
                        proxy.serve(&mut &stream);
                    }
                });
            }
        });
        Self { clouds, proxy, address, is_tls }
    }

    fn check(&self, only: Option<Rule>) -> relight_proxy_check::report::Report {
        let scheme = if self.is_tls { "https" } else { "http" };
        let page = format!("{scheme}://localhost:{}", self.address.port());
        let target =
            Target::parse(&format!("{page}/proxy"), Some(&self.clouds.authority.pem())).unwrap();
        let mut options = Options::new(ORIGIN);
        options.only = only.map(|rule| vec![rule]);
        options.logs = vec![self.proxy.log.clone()];
        options.page = Some(page);
        options.connect_limit = LIMIT;
        options.deadline_limit = LIMIT;
        // One memory is as long as in life, and the contract's own wait must outlast it.
        if !self.proxy.counts_by_the_minute() {
            options.copy_memory = Duration::from_secs(2);
        }
        check::run(&target, &options, Some(&self.clouds)).unwrap()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.proxy.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        let _ = fs::remove_file(&self.proxy.log);
    }
}
