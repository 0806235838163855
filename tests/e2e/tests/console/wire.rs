//! Faults between the page and the cloud with a real server in between: each ends
//! as it must, and the sandbox has counted what arrived.

use crate::{
    diagnostics::check_connection,
    proxies::{next, through},
    support::{
        ALIBABA, Account, TENCENT, ZENLAYER, listen, outcome_history, send, wait_for_describes,
    },
};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, Setting, case, page::Form, suite::Case, until};
use relight_proxy_check::{
    clouds::{FLAWED, HANGING, MISSING, REFUSED},
    dns::Record,
    rules::Server,
};
use serde_json::{Value, json};
use std::net::Ipv4Addr;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("wire::nginx_no_answer_is_unknown", no_answers)
            .configured(|setting| through(setting, Server::Nginx)),
        case!("wire::nginx_later_than_the_deadline_is_unknown", late)
            .configured(|setting| through(setting, Server::Nginx)),
        case!("wire::nginx_what_never_left_is_not_sent", never_left)
            .configured(|setting| through(setting, Server::Nginx)),
        case!("wire::haproxy_what_never_left_is_not_sent", never_left)
            .configured(|setting| through(setting, Server::Haproxy)),
        case!("wire::envoy_no_answer_is_unknown", no_answers)
            .configured(|setting| through(setting, Server::Envoy)),
        case!("wire::envoy_what_never_left_is_not_sent", never_left)
            .configured(|setting| through(setting, Server::Envoy)),
        case!("wire::worker_no_answer_is_unknown", no_answers)
            .configured(|setting| through(setting, Server::Worker)),
        case!("wire::nginx_killed_in_the_middle_sends_once", killed)
            .configured(|setting| through(setting, Server::Nginx)),
        case!("wire::nginx_refuses_a_second_copy", sent_twice)
            .configured(|setting| through(setting, Server::Nginx)),
        case!("wire::haproxy_refuses_a_second_copy", sent_twice)
            .configured(|setting| through(setting, Server::Haproxy)),
        case!("wire::envoy_refuses_a_second_copy", sent_twice)
            .configured(|setting| through(setting, Server::Envoy)),
        case!("wire::worker_refuses_a_second_copy", sent_twice)
            .configured(|setting| through(setting, Server::Worker)),
        case!("wire::http2_cut_in_the_middle", cut_over_http2).configured(|setting| Setting {
            http2: true,
            speed: 45.0,
            ..setting
        }),
        case!("wire::http2_of_another_origin_cut_in_the_middle", cut_elsewhere)
            .configured(|setting| Setting { http2: true, speed: 45.0, ..setting })
            .noisy(),
        case!("wire::a_wrong_proxy_is_unknown", wrong_proxy)
            .configured(|setting| through(setting, Server::Nginx))
            .noisy(),
    ]
}

/// What happens to the calls of one run, one after the other, and whether the cloud carries it out.
fn faults() -> Vec<(Value, bool)> {
    let status = |status: u16| (json!({ "fault": "status", "status": status }), false);
    let plain = |name: &str, executed: bool| (json!({ "fault": name }), executed);
    let error = |code: &str| (json!({ "fault": "error", "cloud": "alibaba", "code": code }), false);
    vec![
        plain("lost-answer", true),
        plain("cut-off-body", true),
        plain("cut-head", true),
        plain("garbage", true),
        plain("html", true),
        plain("empty-200", true),
        plain("nonce-used", true),
        plain("cut-before", false),
        error("InternalError"),
        status(302),
        status(307),
        status(404),
        status(408),
        status(421),
        status(500),
        status(501),
        status(502),
        status(503),
    ]
}

/// One run, a call for each instance, every second one bad, so that the run does not pause. Unknown,
/// described, never sent again: what was executed is found out, the rest stays unknown.
async fn no_answers(fixture: &mut Fixture) -> Result<()> {
    let faults = faults();
    // The first one goes ahead alone, and must be well.
    let calls = 2 * faults.len() + 1;
    let ids = ALIBABA.running(fixture, calls);
    for (place, (fault, _)) in faults.iter().enumerate() {
        let mut fault = fault.clone();
        fault["action"] = json!("RebootInstances");
        fault["after"] = json!(2 * place + 1);
        fixture.fault(&fault)?;
    }
    listen(fixture).await?;
    one_each(fixture, ALIBABA, &ids).await?;
    until("all calls", || async { Ok((fixture.power_calls().len() >= calls).then_some(())) })
        .await?;
    // Several are in flight at once: the order of arrival tells which fault each met.
    let (mut bad, mut without, mut done) = (Vec::new(), Vec::new(), Vec::new());
    for (place, call) in fixture.power_calls().into_iter().enumerate() {
        let fault_met = if place % 2 == 1 { faults.get(place / 2) } else { None };
        let executed = fault_met.is_none_or(|(_, executed)| *executed);
        ensure!(call.ids.len() == 1 && call.executed == executed, "{fault_met:?}: {call:#?}");
        let id = call.ids[0].clone();
        if fault_met.is_some() {
            bad.push(id.clone());
        }
        let list = if executed { &mut done } else { &mut without };
        list.push(id);
    }
    let (lost, answered): (Vec<_>, Vec<_>) = done.iter().cloned().partition(|id| bad.contains(id));
    fixture.page.wait_for_outcomes(&answered, &["proven"]).await?;
    // A restart that was over before the first describe stays unknown.
    fixture.page.wait_for_outcomes(&lost, &["running-unproven", "unknown"]).await?;
    wait_for_describes(fixture, fixture.describe_count() + 1).await?;
    fixture.page.wait_for_outcomes(&without, &["unknown"]).await?;
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        let first = if bad.contains(id) { "unknown" } else { "accepted" };
        ensure!(history[..2] == ["sending", first], "{id}: {history:?}");
        ensure!(!history[2..].iter().any(|one| one == "accepted"), "{id}: {history:?}");
    }
    ensure!(fixture.power_calls().len() == calls, "something was sent again");
    ensure!(ALIBABA.reboots(fixture, &without)?.iter().all(|count| *count == 0));
    ensure!(ALIBABA.reboots(fixture, &done)?.iter().all(|count| *count == 1));
    Ok(())
}

/// The server times out before the page does, and reports it.
async fn late(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    fixture.fault(&json!({ "fault": "slow", "ms": 34_000, "action": "RebootInstances" }))?;
    listen(fixture).await?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    // The sending itself takes the server's whole patience, which is nearly ours.
    until("the call", || async { Ok((fixture.power_calls().len() == 1).then_some(())) }).await?;
    fixture.page.wait_for_outcomes(&ids, &["unknown", "in-progress", "running-unproven"]).await?;
    fixture.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    let history = outcome_history(fixture, &ids[0]).await?;
    ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
    ensure!(fixture.power_calls().len() == 1 && TENCENT.reboots(fixture, &ids)? == [1]);
    Ok(())
}

/// A closed port, a name that is not there, a certificate that is wrong, an address that is nobody's
/// business, a port that takes no connection: the server says that nothing left it.
async fn never_left(fixture: &mut Fixture) -> Result<()> {
    listen(fixture).await?;
    let server = fixture.setting.server.context("a server")?;
    let mut hosts = vec![REFUSED, MISSING, FLAWED[1].0];
    if server == Server::Haproxy {
        // Rebound: the name leads into the private net.
        fixture.real()?.lead(PRIVATE, Record::Address(Ipv4Addr::new(10, 77, 0, 1)));
        hosts = vec![REFUSED, PRIVATE, HANGING];
    }
    let ids = ALIBABA.running(fixture, hosts.len());
    for (place, (host, id)) in hosts.iter().zip(&ids).enumerate() {
        if place > 0 {
            next(fixture).await?;
        }
        let region = host.split('.').nth(1).context("a region")?;
        elsewhere(fixture, region, id).await?;
        fixture.page.review_without_preflight().await?;
        fixture.page.send().await?;
        let id = std::slice::from_ref(id);
        fixture.page.wait_for_outcomes(id, &["not-sent"]).await?;
        let history = outcome_history(fixture, &id[0]).await?;
        let odd = |one: &String| ["accepted", "unknown", "in-progress"].contains(&one.as_str());
        ensure!(!history.iter().any(odd), "{host}: {history:?}");
        if *host == PRIVATE {
            // Nothing listens there, so "not sent" alone would prove nothing about the refusal.
            let text = fixture.page.all_text().await?;
            ensure!(text.contains("destination_ip_prohibited"), "{text}");
        }
    }
    ensure!(fixture.calls().is_empty(), "{:#?}", fixture.calls());
    Ok(())
}

/// A name of the clouds' that leads into a private net.
const PRIVATE: &str = "ecs.eu-west-1.aliyuncs.com";

/// The form for one instance in another region than the sandbox has it.
async fn elsewhere(fixture: &Fixture, region: &str, id: &str) -> Result<()> {
    fixture.page.compose(&Form { region: Some(region), ..ALIBABA.form(id) }).await
}

/// The connection on which the request went had carried others before, and dies without an answer:
/// there browsers send a request again by themselves. The request has arrived; it must stay at one.
async fn killed(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    listen(fixture).await?;
    fixture.fault(&json!({ "fault": "slow", "ms": 3_000, "action": "RebootInstances" }))?;
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    // An idle connection, if the server leaves any open.
    let script = "window.fetched = null; fetch('relight.json', { cache: 'no-store' }) \
         .then(r => r.text()).then(t => { window.fetched = t.length; }); return true;";
    page.run(script, &[]).await?;
    page.wait_until("a file", "return window.fetched;", &[]).await?;
    page.send().await?;
    until("the call", || async { Ok((fixture.power_calls().len() == 1).then_some(())) }).await?;
    fixture.real()?.kill_workers()?;
    page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
    }
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].executed, "{calls:#?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    Ok(())
}

/// Something behind the page sends what changes something twice, as a browser does when a connection
/// dies, and only the second response is seen. The server has let the first pass, reports the second
/// in a way that is not "not sent", and a describe finds out the rest.
async fn sent_twice(fixture: &mut Fixture) -> Result<()> {
    let script = "() => { const send = window.fetch; window.copies = 0; \
         window.fetch = async (request, ...more) => { \
           const action = request.headers?.get('x-tc-action'); \
           if (action && !action.startsWith('Describe')) { \
             window.copies += 1; await (await send(request.clone())).arrayBuffer(); } \
           return send.call(window, request, ...more); }; }";
    fixture.page.session().before_every_page(script).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await?;
    let ids = TENCENT.running(fixture, 2);
    listen(fixture).await?;
    send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    ensure!(fixture.page.run("return window.copies;", &[]).await? == 1, "nothing was sent twice");
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
    }
    ensure!(fixture.real()?.arrivals("RebootInstances") == 1, "the copy arrived");
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].executed, "{calls:#?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    Ok(())
}

/// Over HTTP/2 there is no `Connection: close`. Where a body can be sent that is read once, the
/// browser cannot send it again.
async fn cut_over_http2(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    listen(fixture).await?;
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    let script = "return performance.getEntriesByType('navigation')[0].nextHopProtocol;";
    ensure!(page.run(script, &[]).await? == "h2", "the page did not come over HTTP/2");
    fixture.secure()?.cut_next();
    page.send().await?;
    page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    let history = outcome_history(fixture, &ids[0]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1, "{history:?} {calls:#?}");
    ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    Ok(())
}

/// The same where the proxy is on another origin: the page can see the protocol only where the proxy
/// lets it. Where it does not, Chromium may send again by itself, and what keeps the cloud from hearing it
/// twice is the proxy.
async fn cut_elsewhere(fixture: &mut Fixture) -> Result<()> {
    let all = TENCENT.running(fixture, 4);
    for (tells, ids) in [(false, &all[..2]), (true, &all[2..])] {
        let proxy = fixture.secure_elsewhere()?;
        if !tells {
            proxy.keep_silent();
        }
        let base = json!({ "proxy": format!("{}proxy", proxy.url()) });
        fixture.secure()?.configure(&base);
        let page = &fixture.page;
        fixture.open().await?;
        listen(fixture).await?;
        page.compose(&TENCENT.form(&ids.join("\n"))).await?;
        page.review().await?;
        // The page's own list is full long before in a page that loads much.
        let script = "performance.clearResourceTimings(); \
             performance.setResourceTimingBufferSize(0); return 1;";
        page.run(script, &[]).await?;
        proxy.cut_next();
        page.send().await?;
        page.wait_for_outcomes(ids, &["running-unproven"]).await?;
        let history = outcome_history(fixture, &ids[0]).await?;
        ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
        // Without it, Chromium may send a second copy, which the proxy then refuses: not each time.
        let most = if tells { 1 } else { 2 };
        let arrived = proxy.reboots();
        ensure!((1..=most).contains(&arrived), "{arrived} arrived, protocol: {tells}");
        ensure!(TENCENT.reboots(fixture, ids)? == [1, 1]);
        let found = check_connection(fixture).await?;
        ensure!(found["timing"] == if tells { "yes" } else { "no" }, "{found:?}");
        ensure!(found["once"] == "yes", "{found:?}");
        // A run that was not closed would be restored.
        page.act("power").await?;
        page.act("new-run").await?;
        page.wait_for_step("compose").await?;
    }
    Ok(())
}

/// The page is served well, and its proxy is missing, has an untrusted certificate, or does not allow
/// the page's origin: a browser cannot distinguish these from a lost response.
async fn wrong_proxy(fixture: &mut Fixture) -> Result<()> {
    let real = fixture.real()?;
    let (missing, untrusted) = ("https://proxy.invalid/proxy".to_owned(), real.untrusted_url());
    let unlisted = real.proxy_url();
    for proxy in [&missing, &untrusted, &unlisted] {
        fixture.site.send_through(proxy);
    }
    let each =
        json!({ "proxy": { "alibaba": missing, "tencent": untrusted, "zenlayer": unlisted } });
    fixture.site.replace("relight.json", each.to_string().into_bytes());
    // Under a name that is not on the server's list of origins.
    let url = fixture.site.url().replace("127.0.0.1", "localhost");
    fixture.page.session().driver().goto(&url).await?;
    // What the form cannot judge loads the console.
    fixture.page.wait_for_no("[data-form-only]").await?;
    fixture.page.wait_for_step("compose").await?;
    listen(fixture).await?;
    for (place, account) in [ALIBABA, TENCENT, ZENLAYER].into_iter().enumerate() {
        if place > 0 {
            next(fixture).await?;
        }
        let ids = account.running(fixture, 1);
        fixture.page.compose(&account.form(&ids[0])).await?;
        fixture.page.review_without_preflight().await?;
        fixture.page.send().await?;
        fixture.page.wait_for_outcomes(&ids, &["unknown"]).await?;
        let history = outcome_history(fixture, &ids[0]).await?;
        ensure!(history == ["sending", "unknown"], "{}: {history:?}", account.cloud.name());
    }
    ensure!(fixture.calls().is_empty(), "{:#?}", fixture.calls());
    ensure!(fixture.site.violations().is_empty(), "the policy stood in the way");
    Ok(())
}

/// A call for each instance.
async fn one_each(fixture: &Fixture, account: Account, ids: &[String]) -> Result<()> {
    let page = &fixture.page;
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.click("details.pacing summary").await?;
    crate::runs::set_number(fixture, "batchSize", 1).await?;
    if page.sees("[name=typedCount]").await? {
        page.fill("typedCount", &ids.len().to_string()).await?;
    }
    page.send().await
}
