//! The element as other pages see it: events, addresses, and the policy of its host.

use crate::support::{ALIBABA, TENCENT, ZENLAYER, heard, listen, one_arrival, refusal, send};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Setting, Stage, case, suite::Case, until};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("embedding::events_are_fired_on_the_element", events),
        case!("embedding::before_send_stops_the_send", before_send),
        case!("embedding::works_below_a_path", below)
            .dressed(|setting| Setting { base: "/tools/power/relight/", ..setting }),
        case!("embedding::taken_out_and_put_in_again", moved),
        case!("embedding::the_harness_sees_violations_and_errors", harness).noisy(),
    ]
}

async fn events(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 2);
    let running = &ids[..1];
    stage.fault(&refusal(&ids[1]))?;
    listen(stage).await?;
    send(stage, &ALIBABA.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(running, &["proven"]).await?;
    until("the end", || async {
        Ok((heard(stage, "relight-run-finished").await?.len() == 1).then_some(()))
    })
    .await?;
    for name in ["relight-before-send", "relight-run-started"] {
        let all = heard(stage, name).await?;
        ensure!(all.len() == 1, "{name}: {all:?}");
        ensure!(all[0]["cloud"] == "alibaba" && all[0]["operation"] == "RebootInstances");
        ensure!(all[0]["instanceIds"] == json!(ids), "{all:?}");
    }
    let finished = heard(stage, "relight-run-finished").await?;
    ensure!(finished[0]["totals"]["proven"] == 1, "{finished:?}");
    ensure!(finished[0]["totals"]["rejected"] == 1, "{finished:?}");
    let outcomes = heard(stage, "relight-outcome").await?;
    for id in &ids {
        let last = outcomes.iter().rfind(|one| one["instanceId"] == id.as_str());
        let word = if *id == running[0] { "proven" } else { "rejected" };
        ensure!(last.is_some_and(|one| one["outcome"] == word), "{outcomes:?}");
    }
    let all = stage.page.run("return JSON.stringify(window.heard);", &[]).await?;
    let all = all.as_str().context("what was heard")?;
    ensure!(!all.contains(ALIBABA.secret) && !all.contains("Signature"), "{all}");
    ensure!(heard(stage, "relight-error").await?.is_empty());
    Ok(())
}

async fn before_send(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    listen(stage).await?;
    let script = "host.addEventListener('relight-before-send', e => e.preventDefault()); return 1;";
    stage.page.run(script, &[]).await?;
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.review().await?;
    stage.page.act("send").await?;
    until("the event", || async {
        Ok((!heard(stage, "relight-before-send").await?.is_empty()).then_some(()))
    })
    .await?;
    ensure!(heard(stage, "relight-run-started").await?.is_empty());
    ensure!(stage.power_calls().is_empty());
    ensure!(!stage.page.sees("[data-step=run]").await?);
    Ok(())
}

async fn below(stage: &mut Stage) -> Result<()> {
    let ids = ZENLAYER.running(stage, 1);
    send(stage, &ZENLAYER.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)
}

/// A page that moves the element about ends one console and begins another, and leaks none.
async fn moved(stage: &mut Stage) -> Result<()> {
    let script = "const parent = host.parentNode; for (let i = 0; i < 20; i++) { \
         parent.removeChild(host); parent.appendChild(host); } return root.querySelectorAll('.relight').length;";
    let consoles = stage.page.run(script, &[]).await?;
    ensure!(consoles == 1, "{consoles} consoles");
    let script = "const { parentNode } = host; host.remove(); window.kept = [host, parentNode];";
    stage
        .page
        .session()
        .driver()
        .execute(
            format!("const host = document.querySelector('relight-console'); {script}"),
            vec![],
        )
        .await?;
    until("the end of the console", || async {
        let script = "return window.kept[0].shadowRoot.querySelectorAll('.relight').length;";
        let left = stage.page.session().driver().execute(script, vec![]).await?;
        Ok((left.json() == &json!(0)).then_some(()))
    })
    .await?;
    let script = "window.kept[1].appendChild(window.kept[0]);";
    stage.page.session().driver().execute(script, vec![]).await?;
    stage.page.wait_for_step("compose").await?;
    let ids = ZENLAYER.running(stage, 1);
    send(stage, &ZENLAYER.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)
}

/// That nothing was seen in the other cases means something.
async fn harness(stage: &mut Stage) -> Result<()> {
    ensure!(stage.site.violations().is_empty());
    // The policy takes no markup that is made of text, and no style in an attribute.
    let script = "try { document.body.innerHTML = '<p>text</p>'; return 'taken' } \
         catch (error) { return 'refused' }";
    ensure!(stage.page.run(script, &[]).await? == "refused", "trusted types are not required");
    stage.page.run("document.body.setAttribute('style', 'color: red');", &[]).await?;
    until("a report of the violation", || async {
        Ok((!stage.site.violations().is_empty()).then_some(()))
    })
    .await?;
    stage.page.run("setTimeout(() => { throw new Error('of the case itself') });", &[]).await?;
    until("the error", || async {
        let errors = stage.page.session().take_errors();
        Ok(errors.iter().any(|error| error.contains("of the case itself")).then_some(()))
    })
    .await
}
