//! One click on a slow link, through the real servers: whatever the link and the browser do, the cloud
//! carries out one reboot. Browsers make spare connections when one takes long, and send a POST again by
//! themselves when such a spare dies under it; none of this happens without the latency of a
//! real link. Arrivals are counted at the sandbox.

#[allow(dead_code, reason = "the console's cases use the rest")]
#[path = "../console/support.rs"]
mod support;

use crate::support::TENCENT;
use anyhow::{Context, Result, ensure};
use relight_e2e::{
    Fixture, Setting, case,
    link::{self, Quality},
    page::Form,
    suite::{self, Case},
    until,
};
use relight_proxy_check::rules::Server;
use serde_json::json;
use std::{env, process::ExitCode, time::Duration};

fn main() -> Result<ExitCode> {
    if let Some(ended) = link::enter_namespace()? {
        return Ok(ended);
    }
    if let Some(reason) = link::is_missing() {
        println!("SLOW LINK: {reason}. Nothing below is shown to hold.");
    }
    let mut cases = quick();
    if env::var("RELIGHT_SLOW_LINK").is_ok_and(|set| set == "full") {
        cases.extend(rest());
    }
    // A connection reset under it is an error in the page's console. Few at once: what a busy machine
    // delays is no fault of the link.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    suite::run_with_threads(cases.into_iter().map(Case::noisy).collect(), cores + 1)
}

/// A case of each server, with a reset soon after the request has arrived, and the worst of the others.
fn quick() -> Vec<Case> {
    vec![
        case!("slow_link::nginx_reset", reset_soon)
            .configured(|setting| far(setting, Server::Nginx, SLOW)),
        case!("slow_link::haproxy_reset", reset_soon)
            .configured(|setting| far(setting, Server::Haproxy, SLOW)),
        case!("slow_link::envoy_reset", reset_soon)
            .configured(|setting| far(setting, Server::Envoy, SLOW)),
        case!("slow_link::worker_reset", reset_soon)
            .configured(|setting| far(setting, Server::Worker, SLOW)),
        case!("slow_link::caddy_reset", reset_soon)
            .configured(|setting| far(setting, Server::Caddy, SLOW)),
        case!("slow_link::nginx_lost_syns_reset", reset_soon)
            .configured(|setting| far(setting, Server::Nginx, LOSSY)),
        case!("slow_link::nginx_killed", killed)
            .configured(|setting| far(setting, Server::Nginx, SLOW)),
    ]
}

/// Every server with every fault.
fn rest() -> Vec<Case> {
    macro_rules! of_each {
        ($($server:ident $name:literal),*) => {
            vec![$(
                case!(concat!("slow_link::", $name, "_near_reset"), reset_soon)
                    .configured(|setting| far(setting, Server::$server, NEAR)),
                case!(concat!("slow_link::", $name, "_reset_after_13_s"), reset_late)
                    .configured(|setting| far(setting, Server::$server, SLOW)),
                case!(concat!("slow_link::", $name, "_lost_syns_reset_after_13_s"), reset_late)
                    .configured(|setting| far(setting, Server::$server, LOSSY)),
                case!(concat!("slow_link::", $name, "_real_time_reset_after_29_s"), reset_last)
                    .configured(|setting| Setting { speed: 1.0, ..far(setting, Server::$server, SLOW) }),
                case!(concat!("slow_link::", $name, "_answer_lost"), answer_lost)
                    .configured(|setting| far(setting, Server::$server, SLOW)),
            )*]
        };
    }
    let more = of_each!(
        Nginx "nginx", Haproxy "haproxy", Envoy "envoy", Worker "worker", Caddy "caddy"
    );
    let lossy = vec![
        case!("slow_link::haproxy_lost_syns_reset", reset_soon)
            .configured(|setting| far(setting, Server::Haproxy, LOSSY)),
        case!("slow_link::envoy_lost_syns_reset", reset_soon)
            .configured(|setting| far(setting, Server::Envoy, LOSSY)),
        case!("slow_link::worker_lost_syns_reset", reset_soon)
            .configured(|setting| far(setting, Server::Worker, LOSSY)),
        case!("slow_link::caddy_lost_syns_reset", reset_soon)
            .configured(|setting| far(setting, Server::Caddy, LOSSY)),
        case!("slow_link::nginx_lost_syns_killed", killed)
            .configured(|setting| far(setting, Server::Nginx, LOSSY)),
    ];
    more.into_iter().chain(lossy).collect()
}

/// Over TLS, as deployed; a reboot takes a second or two.
fn far(setting: Setting, server: Server, quality: Quality) -> Setting {
    Setting { server: Some(server), speed: 45.0, link: Some(quality), ..setting }
}

const NEAR: Quality = Quality { round_trip: Duration::ZERO, loses_syns: false };
/// Across an ocean: a connection takes longer than browsers wait before they try another one.
const SLOW: Quality = Quality { round_trip: Duration::from_millis(300), loses_syns: false };
/// In a train.
const LOSSY: Quality = Quality { round_trip: Duration::from_millis(40), loses_syns: true };

/// What happens to the connection while the request is being answered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Reset so long after the request has arrived at the cloud.
    Reset { after: Duration },
    /// The server's workers are killed, and others start.
    Killed,
    /// The cloud does not answer, and the server reports it.
    AnswerLost,
}

async fn reset_soon(fixture: &mut Fixture) -> Result<()> {
    play(fixture, Fault::Reset { after: Duration::from_secs(3) }).await
}

async fn reset_late(fixture: &mut Fixture) -> Result<()> {
    play(fixture, Fault::Reset { after: Duration::from_secs(13) }).await
}

/// Just before the server would time out.
async fn reset_last(fixture: &mut Fixture) -> Result<()> {
    play(fixture, Fault::Reset { after: Duration::from_secs(29) }).await
}

async fn killed(fixture: &mut Fixture) -> Result<()> {
    play(fixture, Fault::Killed).await
}

async fn answer_lost(fixture: &mut Fixture) -> Result<()> {
    play(fixture, Fault::AnswerLost).await
}

/// The clock runs on the link's side: longer than any fault waits.
const NO_ANSWER_MS: u64 = 60_000;

async fn play(fixture: &mut Fixture, fault: Fault) -> Result<()> {
    let mut misfortune = match fault {
        Fault::Reset { .. } | Fault::Killed => json!({ "fault": "slow", "ms": NO_ANSWER_MS }),
        Fault::AnswerLost => json!({ "fault": "lost-answer" }),
    };
    misfortune["action"] = json!("RebootInstances");
    misfortune["times"] = json!(1);
    fixture.fault(&misfortune)?;
    let page = &fixture.page;
    let mut id = None;
    for candidate in TENCENT.running(fixture, TRIES) {
        if send(fixture, &candidate).await? {
            id = Some(candidate);
            break;
        }
        println!("slow link: {} lost it on a connection that was being closed", page.browser());
        page.session().driver().refresh().await?;
        page.wait_for_step("run").await?;
        page.act("put-away").await?;
        fixture.open().await?;
    }
    let ids = [id.context("no call has arrived")?];
    let (open, used) = match fault {
        Fault::Reset { after } => {
            tokio::time::sleep(after).await;
            fixture.link()?.reset().await?
        }
        Fault::Killed => {
            fixture.real()?.kill_workers()?;
            (0, 0)
        }
        Fault::AnswerLost => (0, 0),
    };
    // Whatever a browser resends, it sends before it reports that there is no response.
    page.wait_for_outcomes(&ids, SETTLED).await?;
    until("a link at rest", || async { Ok((fixture.link()?.busy() == 0).then_some(())) }).await?;
    let calls = fixture.power_calls();
    let executed = calls.iter().filter(|call| call.executed).count();
    let (made, spare) = fixture.link()?.made();
    println!(
        "slow link: {:?} {} {fault:?} {:?}: {} arrived, {executed} executed; {made} connections, \
         {spare} never used; {open} reset, {used} of them used",
        fixture.setting.server,
        page.browser(),
        fixture.setting.link,
        calls.len(),
    );
    if fixture.setting.server == Some(Server::Caddy) {
        // A stock build cannot refuse a second copy, and its page warns of that: it is counted, and no
        // more is sent than a browser's one try again.
        ensure!((1..=2).contains(&executed), "{} arrived, {executed} executed", calls.len());
        return Ok(());
    }
    ensure!(calls.len() == 1 && executed == 1, "{} arrived, {executed} executed", calls.len());
    ensure!(TENCENT.reboots(fixture, &ids)? == [1]);
    Ok(())
}

/// Whether the call has arrived. On a long way it may meet a connection that the server, which closes
/// those on which nothing is sent, has just closed: then it is unknown to the page, and nothing has
/// happened. That shows nothing of the fault, so another is sent.
async fn send(fixture: &Fixture, id: &str) -> Result<bool> {
    let page = &fixture.page;
    page.compose(&Form { mode: Some("hard"), ..TENCENT.form(id) }).await?;
    page.review().await?;
    if page.sees("[name=typedCount]").await? {
        page.fill("typedCount", "1").await?;
    }
    page.send().await?;
    until("the call", || async {
        if !fixture.power_calls().is_empty() {
            return Ok(Some(true));
        }
        let outcome = page.outcomes().await?.remove(id);
        // It is in flight for as long as the page waits for its response.
        Ok((outcome.as_deref() == Some("unknown") && fixture.link()?.busy() == 0).then_some(false))
    })
    .await
}

/// How often a call may be lost before it has arrived.
const TRIES: usize = 3;

/// Anything but in flight.
const SETTLED: &[&str] =
    &["accepted", "in-progress", "proven", "unknown", "rejected", "not-sent", "overdue"];
