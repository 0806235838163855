//! Through the real servers with the configurations of `deploy/`: the page from that server where it
//! serves it, the clouds over TLS behind it, arrivals counted at the sandbox.

use crate::support::{ALIBABA, Account, TENCENT, ZENLAYER, listen, send, story_of};
use anyhow::{Result, ensure};
use relight_e2e::{Setting, Stage, case, suite::Case};
use relight_proxy_check::rules::Server;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("proxies::nginx", reboots).dressed(|setting| through(setting, Server::Nginx)),
        case!("proxies::caddy", reboots).dressed(|setting| through(setting, Server::Caddy)),
        case!("proxies::haproxy", reboots).dressed(|setting| through(setting, Server::Haproxy)),
        case!("proxies::envoy", reboots).dressed(|setting| through(setting, Server::Envoy)),
        case!("proxies::worker", reboots).dressed(|setting| through(setting, Server::Worker)),
    ]
}

/// A reboot takes a second or two.
pub(crate) fn through(setting: Setting, server: Server) -> Setting {
    Setting { server: Some(server), speed: 45.0, ..setting }
}

/// One reboot for each cloud; the answer of the second is lost between the cloud and the server,
/// after it was carried out.
async fn reboots(stage: &mut Stage) -> Result<()> {
    listen(stage).await?;
    let own = url_of_page(stage).await?;
    ensure!(own.starts_with(&stage.url()), "the page is at {own}");
    accepted(stage, ALIBABA, &["proven"]).await?;
    next(stage).await?;
    cut(stage, TENCENT).await?;
    next(stage).await?;
    // What nobody sees on its way is not proven here: there is no time of its start.
    accepted(stage, ZENLAYER, &["accepted", "in-progress", "proven"]).await?;
    ensure!(stage.power_calls().len() == 3, "{:#?}", stage.power_calls());
    // What the clouds' side saw coming in over TLS is what the sandbox counted.
    ensure!(stage.real()?.arrivals("RebootInstances") == 3);
    Ok(())
}

async fn accepted(stage: &Stage, account: Account, end: &[&str]) -> Result<()> {
    let ids = account.running(stage, 2);
    send(stage, &account.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(&ids, end).await?;
    once(stage, account, &ids)?;
    for id in &ids {
        let story = story_of(stage, id).await?;
        ensure!(story[..2] == ["sending", "accepted"], "{story:?}");
    }
    Ok(())
}

async fn cut(stage: &Stage, account: Account) -> Result<()> {
    let ids = account.running(stage, 2);
    stage.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    send(stage, &account.form(&ids.join("\n"))).await?;
    // Restarted, and by whom is not known: the answer was lost.
    stage.page.wait_for_outcomes(&ids, &["running-unproven"]).await?;
    once(stage, account, &ids)?;
    for id in &ids {
        let story = story_of(stage, id).await?;
        ensure!(story[..2] == ["sending", "unknown"], "{story:?}");
        ensure!(!story.iter().any(|one| one == "accepted"), "{story:?}");
    }
    Ok(())
}

/// One arrival for these, signed as it should be, and done once.
fn once(stage: &Stage, account: Account, ids: &[String]) -> Result<()> {
    let calls = stage.power_calls();
    let own: Vec<_> = calls.iter().filter(|call| call.ids == ids).collect();
    ensure!(own.len() == 1 && own[0].signature == "ok" && own[0].executed, "{calls:#?}");
    ensure!(account.reboots(stage, ids)?.iter().all(|count| *count == 1));
    Ok(())
}

pub(crate) async fn next(stage: &Stage) -> Result<()> {
    stage.page.act("new-run").await?;
    stage.page.wait_for_step("compose").await
}

async fn url_of_page(stage: &Stage) -> Result<String> {
    let url = stage.page.run("return location.href;", &[]).await?;
    Ok(url.as_str().unwrap_or_default().to_owned())
}
