//! A thousand and ten thousand instances, measured. Not part of the usual suite:
//! `RELIGHT_SCALE=1 cargo test -p relight-e2e -- scale::`.

use crate::{
    runs::{STOPPED, WRONG, counts, fleet_of},
    support::TENCENT,
};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, Setting, browser::Browser, case, suite::Case, until};
use relight_sandbox::{fleet::State, journal::Call};
use serde_json::{Value, json};
use std::{env, fs, path::Path, time::Instant};

pub(crate) fn cases() -> Vec<Case> {
    if env::var_os("RELIGHT_SCALE").is_none() {
        return Vec::new();
    }
    vec![
        case!("scale::thousand", measure)
            .configured(|setting| Setting { fleet: || fleet_of(1_000), ..fast(setting) }),
        case!("scale::ten_thousand", measure)
            .configured(|setting| Setting { fleet: || fleet_of(10_000), ..fast(setting) }),
    ]
}

/// A reboot takes a tenth of a second or two: the sending is what is measured. The browser is not
/// one that other cases have used, so that its memory is the page's own.
fn fast(setting: Setting) -> Setting {
    Setting { speed: 600.0, keep_profile: true, ..setting }
}

/// The vendor's rate for reboots.
const CALLS_PER_SECOND: usize = 10;

async fn measure(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let browser = page.browser();
    let all: Vec<String> = fixture
        .instances(TENCENT.cloud, TENCENT.region.unwrap_or_default())
        .into_iter()
        .map(|one| one.id)
        .collect();
    let good = TENCENT.pick(fixture, State::Running, all.len() - STOPPED);
    let wrong = (0..WRONG).map(|place| format!("ins-wrong{place:03}"));
    let ids: Vec<String> = all.iter().cloned().chain(wrong).collect();
    let script = "window.longest = 0; if (PerformanceObserver.supportedEntryTypes \
         .includes('longtask')) new PerformanceObserver(list => { for (const one of \
         list.getEntries()) window.longest = Math.max(window.longest, one.duration); }) \
         .observe({ type: 'longtask' }); return true;";
    page.run(script, &[]).await?;
    let mut longest = Vec::new();
    profile(fixture, None).await?;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    longest.push(("paste", take_longest(fixture).await?));
    profile(fixture, Some("paste")).await?;
    let since = Instant::now();
    page.review().await?;
    let looked = since.elapsed();
    let looks = fixture.describe_count();
    longest.push(("look and review", take_longest(fixture).await?));
    profile(fixture, Some("look")).await?;
    ensure!(fixture.power_calls().is_empty());
    page.fill("typedCount", &good.len().to_string()).await?;
    take_longest(fixture).await?;
    page.send().await?;
    let calls_wanted = 1 + (good.len() - 1).div_ceil(100);
    // Longer than anything else is waited for: so from tenth to tenth.
    for tenth in 1..=10 {
        let wanted = (calls_wanted * tenth).div_ceil(10);
        until(format!("{wanted} calls"), || async {
            Ok((fixture.power_count() >= wanted).then_some(()))
        })
        .await?;
    }
    longest.push(("sending", take_longest(fixture).await?));
    profile(fixture, Some("sending")).await?;
    let since = Instant::now();
    until("all back", || async {
        let back = counts(fixture).await?.get("proven").copied().unwrap_or_default();
        Ok((back == u64::try_from(good.len())?).then_some(()))
    })
    .await?;
    let watched = since.elapsed();
    longest.push(("watching", take_longest(fixture).await?));
    profile(fixture, Some("watching")).await?;
    let counts = counts(fixture).await?;
    ensure!(counts["all"] == u64::try_from(ids.len())?, "{counts:?}");
    ensure!(counts["skipped"] == u64::try_from(STOPPED + WRONG)?, "{counts:?}");
    let calls = fixture.power_calls();
    let throttled = executed_once(fixture, &calls, &good, calls_wanted)?;
    let (first, last) = (calls.first().context("a call")?, calls.last().context("a call")?);
    let took_ms = last.at_ms - first.at_ms;
    // Of eleven arrivals the last comes a second after the first.
    let least_ms = i64::try_from((calls_wanted - 1) / CALLS_PER_SECOND)? * 1_000;
    let over_percent = (took_ms - least_ms) * 1_000 / least_ms.max(1);
    let answering_ms = answer_ms(fixture).await?;
    let memory = page.run("return performance.memory?.usedJSHeapSize ?? null;", &[]).await?;
    let resident = page.session().page_memory_kib();
    println!(
        "{browser}: {} instances: looked in {looked:.1?} with {looks} calls; {} calls (least \
         {calls_wanted}, {throttled} refused for the pace) in {took_ms} ms (least {least_ms} ms, \
         {}.{} % over; the middle answer took {answering_ms} ms); all proven {watched:.1?} after the \
         last call; longest tasks in ms {}; heap {} KiB, page's process {resident:?} KiB",
        ids.len(),
        calls.len(),
        over_percent / 10,
        over_percent % 10,
        match browser {
            Browser::Chromium => format!("{longest:?}"),
            Browser::Firefox | Browser::Webkit => "unknown".to_owned(),
        },
        memory.as_u64().unwrap_or_default() / 1_024,
    );
    Ok(())
}

/// Each instance was rebooted by one call and by no other, in as few calls as there can be. Whatever
/// else arrived was throttled, and rightly: a page cannot help it on a machine that delays its calls.
/// Returns how many that were.
fn executed_once(
    fixture: &Fixture,
    calls: &[Call],
    good: &[String],
    calls_wanted: usize,
) -> Result<usize> {
    let reboots = TENCENT.reboots(fixture, good)?;
    ensure!(reboots.iter().all(|count| *count == 1), "{reboots:?}");
    let (executed, refused): (Vec<&Call>, Vec<&Call>) = calls.iter().partition(|one| one.executed);
    ensure!(executed.len() == calls_wanted, "{} calls for {calls_wanted}", executed.len());
    let mut ids: Vec<&String> = executed.iter().flat_map(|call| &call.ids).collect();
    let arrived = ids.len();
    ids.sort();
    ids.dedup();
    ensure!(ids.len() == arrived && arrived == good.len(), "{arrived} arrived, {}", ids.len());
    for call in &refused {
        ensure!(call.code.as_deref() == Some("RequestLimitExceeded"), "{:?}", call.code);
        let second = call.at_ms - 1_000..=call.at_ms;
        let before = executed.iter().filter(|one| second.contains(&one.at_ms)).count();
        ensure!(before >= CALLS_PER_SECOND, "refused, though only {before} came in its second");
    }
    ensure!(refused.len() <= calls_wanted / 20, "{} were refused for the pace", refused.len());
    Ok(refused.len())
}

/// How long an answer took, as the list of calls says: the middle value.
async fn answer_ms(fixture: &Fixture) -> Result<u64> {
    let script = "return all('td').map(e => e.innerText.trim()) \
         .filter(text => /^[0-9]+ ms$/.test(text)).map(text => parseInt(text));";
    let mut took: Vec<u64> = serde_json::from_value(fixture.page.run(script, &[]).await?)?;
    took.sort_unstable();
    took.get(took.len() / 2).copied().context("calls that say how long they took")
}

/// With `RELIGHT_PROFILE` set to a folder: what Chromium's main thread does, a file a phase.
async fn profile(fixture: &Fixture, ended: Option<&str>) -> Result<()> {
    let Some(folder) = env::var_os("RELIGHT_PROFILE") else { return Ok(()) };
    let session = fixture.page.session();
    if session.browser() != Browser::Chromium {
        return Ok(());
    }
    let cdp = session.driver().cdp();
    match ended {
        None => {
            cdp.send_raw("Profiler.enable", json!({})).await?;
            cdp.send_raw("Profiler.setSamplingInterval", json!({ "interval": 200 })).await?;
        }
        Some(name) => {
            let profile = cdp.send_raw("Profiler.stop", json!({})).await?;
            let file = Path::new(&folder).join(format!("{name}.cpuprofile"));
            fs::write(file, profile["profile"].to_string())?;
        }
    }
    cdp.send_raw("Profiler.start", json!({})).await?;
    Ok(())
}

async fn take_longest(fixture: &Fixture) -> Result<u64> {
    let script = "const was = window.longest; window.longest = 0; return Math.round(was);";
    let longest: Value = fixture.page.run(script, &[json!(null)]).await?;
    longest.as_u64().context("a number")
}
