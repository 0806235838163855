//! Through the real servers with the configurations of `deploy/`: the page from that server where it
//! serves it, the clouds over TLS behind it, arrivals counted at the sandbox.

use crate::support::{ALIBABA, Account, TENCENT, ZENLAYER, listen, outcome_history, send};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite::Case};
use relight_proxy_check::rules::Server;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("proxies::nginx", reboots).configured(|setting| through(setting, Server::Nginx)),
        case!("proxies::caddy", reboots).configured(|setting| through(setting, Server::Caddy)),
        case!("proxies::haproxy", reboots).configured(|setting| through(setting, Server::Haproxy)),
        case!("proxies::envoy", reboots).configured(|setting| through(setting, Server::Envoy)),
        case!("proxies::worker", reboots).configured(|setting| through(setting, Server::Worker)),
    ]
}

/// A reboot takes a second or two.
pub(crate) fn through(setting: Setting, server: Server) -> Setting {
    Setting { server: Some(server), speed: 45.0, ..setting }
}

/// One reboot for each cloud; the answer of the second is lost between the cloud and the server,
/// after it was carried out.
async fn reboots(fixture: &mut Fixture) -> Result<()> {
    listen(fixture).await?;
    let own = url_of_page(fixture).await?;
    ensure!(own.starts_with(&fixture.url()), "the page is at {own}");
    accepted(fixture, ALIBABA, &["proven"]).await?;
    next(fixture).await?;
    cut(fixture, TENCENT).await?;
    next(fixture).await?;
    // What was not observed is not proven here: there is no time of its start.
    accepted(fixture, ZENLAYER, &["accepted", "in-progress", "proven"]).await?;
    ensure!(fixture.power_calls().len() == 3, "{:#?}", fixture.power_calls());
    // What the clouds' side saw coming in over TLS is what the sandbox counted.
    ensure!(fixture.real()?.arrivals("RebootInstances") == 3);
    Ok(())
}

async fn accepted(fixture: &Fixture, account: Account, end: &[&str]) -> Result<()> {
    let ids = account.running(fixture, 2);
    send(fixture, &account.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(&ids, end).await?;
    once(fixture, account, &ids)?;
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(history[..2] == ["sending", "accepted"], "{history:?}");
    }
    Ok(())
}

async fn cut(fixture: &Fixture, account: Account) -> Result<()> {
    let ids = account.running(fixture, 2);
    fixture.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    send(fixture, &account.form(&ids.join("\n"))).await?;
    // Restarted, and by whom is not known: the answer was lost.
    fixture.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    once(fixture, account, &ids)?;
    for id in &ids {
        let history = outcome_history(fixture, id).await?;
        ensure!(history[..2] == ["sending", "unknown"], "{history:?}");
        ensure!(!history.iter().any(|one| one == "accepted"), "{history:?}");
    }
    Ok(())
}

/// One arrival for these, signed as it should be, and done once.
fn once(fixture: &Fixture, account: Account, ids: &[String]) -> Result<()> {
    let calls = fixture.power_calls();
    let own: Vec<_> = calls.iter().filter(|call| call.ids == ids).collect();
    ensure!(own.len() == 1 && own[0].signature == "ok" && own[0].executed, "{calls:#?}");
    ensure!(account.reboots(fixture, ids)?.iter().all(|count| *count == 1));
    Ok(())
}

pub(crate) async fn next(fixture: &Fixture) -> Result<()> {
    fixture.page.act("new-run").await?;
    fixture.page.wait_for_step("compose").await
}

async fn url_of_page(fixture: &Fixture) -> Result<String> {
    let url = fixture.page.run("return location.href;", &[]).await?;
    Ok(url.as_str().unwrap_or_default().to_owned())
}
