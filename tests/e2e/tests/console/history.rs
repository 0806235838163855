//! The run history of this browser: it shows the outcomes, opens, downloads and deletes runs, and
//! sends nothing.

use crate::{
    runs::{each_once, key_again, one_by_one, send_not_started},
    support::{ALIBABA, TENCENT, is_chinese, send},
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, page::picture, suite::Case, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("history::runs_are_listed_opened_saved_and_deleted", list),
        case!("history::the_list_on_a_phone", phone)
            .configured(|setting| Setting { width: 360, ..setting }),
        case!("history::runs_are_filtered_sorted_and_exported", table)
            .configured(|setting| Setting { width: 1024, ..setting }),
        case!("history::the_tab_is_there_from_the_beginning", empty)
            .configured(|setting| Setting { width: 360, ..setting }),
    ]
}

/// A finished run, closed, and one that was interrupted after its first call.
async fn two_runs(fixture: &Fixture, ids: &[String]) -> Result<()> {
    let page = &fixture.page;
    send(fixture, &TENCENT.form(&ids[..2].join("\n"))).await?;
    page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    one_by_one(fixture, &ids[2..], 3_600).await?;
    page.wait_for_outcomes(&ids[2..3], &["proven"]).await?;
    page.session().driver().refresh().await?;
    page.wait_for("[data-stage=paused], [data-stage=finished]").await?;
    page.act("put-away").await?;
    page.wait_for("[data-runs='2']").await
}

/// What each row says: whether it is unfinished, and how many have which outcome.
async fn rows(fixture: &Fixture) -> Result<Vec<(String, BTreeMap<String, u32>)>> {
    let script = "return all('[data-run]').map(row => [row.dataset.unfinished ?? '', \
         Object.fromEntries([...row.querySelectorAll('[data-outcome]')] \
           .map(e => [e.dataset.outcome, parseInt(e.textContent, 10)]))]);";
    Ok(serde_json::from_value(fixture.page.run(script, &[]).await?)?)
}

async fn are(fixture: &Fixture, wanted: &[(&str, &[(&str, u32)])]) -> Result<()> {
    let wanted: Vec<(String, BTreeMap<String, u32>)> = wanted
        .iter()
        .map(|(unfinished, counts)| {
            let counts = counts.iter().map(|(word, count)| ((*word).to_owned(), *count));
            ((*unfinished).to_owned(), counts.collect())
        })
        .collect();
    until(format!("{wanted:?}"), || async { Ok((rows(fixture).await? == wanted).then_some(())) })
        .await
}

async fn list(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    two_runs(fixture, &ids).await?;
    let page = &fixture.page;
    let (driver, arrived) = (page.session().driver(), fixture.calls().len());
    // Newest first.
    let cut_off: (&str, &[_]) = ("true", &[("proven", 1), ("queued", 1)]);
    let over: (&str, &[_]) = ("false", &[("proven", 2)]);
    are(fixture, &[cut_off, over]).await?;
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:#?}");
    page.screenshot(&format!("{}-runs", page.browser())).await?;
    // Opened by keyboard: everything is there, and the cloud is not asked.
    page.tab_to("[data-run]:nth-of-type(2) [data-action=open-run]").await?;
    page.press(&String::from(Key::Enter.value())).await?;
    page.wait_for("[data-stage=finished]").await?;
    page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    page.act("export-csv").await?;
    let saved = page.exported(".csv").await?.1;
    ensure!(ids[..2].iter().all(|id| saved.contains(id)) && !saved.contains(&ids[2]), "{saved}");
    ensure!(page.count("[data-call]").await? == 1, "its calls are there");
    page.act("put-away").await?;
    are(fixture, &[cut_off, over]).await?;
    page.click("[data-run]:nth-of-type(2) [data-action=save-run]").await?;
    let saved = page.downloaded("relight-records.txt").await?;
    ensure!(saved.contains(&ids[0]) && !saved.contains(TENCENT.secret));
    // Deleted only after confirmation.
    page.click("[data-run]:nth-of-type(2) [data-action=forget-run]").await?;
    page.act("cancel").await?;
    page.wait_for_no("[data-action=confirm]").await?;
    are(fixture, &[cut_off, over]).await?;
    page.click("[data-run]:nth-of-type(2) [data-action=forget-run]").await?;
    page.act("confirm").await?;
    are(fixture, &[cut_off]).await?;
    let script = "window.left = null; indexedDB.open('relight').onsuccess = event => { \
         const db = event.target.result; \
         db.transaction('records').objectStore('records').getAll().onsuccess = event => { \
           db.close(); window.left = JSON.stringify(event.target.result); }; }; return true;";
    page.run(script, &[]).await?;
    let left = page.wait_until("what is left", "return window.left;", &[]).await?.to_string();
    ensure!(left.contains(&ids[2]) && !left.contains(&ids[0]), "{left}");
    // Another tab has it: it can be neither opened nor deleted here.
    let first = driver.window().await?;
    let second = driver.new_window().await?;
    driver.switch_to_window(second.clone()).await?;
    driver.goto(&fixture.site.url()).await?;
    page.wait_for("[data-stage=paused], [data-stage=finished]").await?;
    driver.switch_to_window(first.clone()).await?;
    driver.goto(&format!("{}#/runs", fixture.site.url())).await?;
    driver.refresh().await?;
    page.wait_for("[data-run] [data-action=open-run]:disabled").await?;
    ensure!(page.count("[data-action=forget-run]:disabled").await? == 1);
    ensure!(!page.sees("[data-action=forget-all]").await?);
    driver.switch_to_window(second).await?;
    driver.close_window().await?;
    driver.switch_to_window(first).await?;
    // Gone on with from the list.
    driver.refresh().await?;
    page.wait_for("[data-run]").await?;
    page.click("[data-action=open-run]:not(:disabled)").await?;
    page.wait_for_step("run").await?;
    ensure!(fixture.calls().len() == arrived, "something was sent");
    send_not_started(fixture, 1).await?;
    key_again(fixture, TENCENT).await?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids[2..], &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)?;
    page.act("put-away").await?;
    are(fixture, &[("false", &[("proven", 2)])]).await?;
    page.act("forget-all").await?;
    page.act("confirm").await?;
    page.wait_for("[data-runs='0']").await?;
    // Without the part after `#` this is another page: to load it once more would cut its loading off.
    driver.goto(&fixture.site.url()).await?;
    page.wait_for_step("compose").await?;
    let words = page.text("[data-action=runs]").await?;
    ensure!(!words.contains(|one: char| one.is_ascii_digit()), "{words}");
    Ok(())
}

/// Filtered by text, cloud and outcome, the other way round, and exported: one, and what is listed.
async fn table(fixture: &mut Fixture) -> Result<()> {
    let (ids, other) = (TENCENT.running(fixture, 3), ALIBABA.running(fixture, 1));
    let page = &fixture.page;
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "InvalidInstanceId.NotFound", "message": "none", "times": 1 }))?;
    for (account, ids, reason, outcome) in [
        (TENCENT, &ids[..1], "INC-1 \u{202e}=x", "rejected"),
        (TENCENT, &ids[1..], "INC-2", "proven"),
        (ALIBABA, &other[..], "INC-3", "proven"),
    ] {
        page.compose(&account.form(&ids.join("\n"))).await?;
        page.review().await?;
        page.fill("reason", reason).await?;
        page.send().await?;
        page.wait_for_outcomes(ids, &[outcome]).await?;
        page.act("new-run").await?;
        page.wait_for_step("compose").await?;
    }
    let arrived = fixture.calls().len();
    page.wait_until(
        "the count",
        "return first('[data-action=runs]').textContent.includes('3') || null;",
        &[],
    )
    .await?;
    page.act("runs").await?;
    listed(fixture, &["INC-3", "INC-2", "INC-1"]).await?;
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:#?}");
    ensure!(page.overflow().await? <= 0, "wider than the window");
    page.screenshot(&format!("{}-{}-history", page.browser(), fixture.setting.width)).await?;
    page.click("[data-sort=time]").await?;
    listed(fixture, &["INC-1", "INC-2", "INC-3"]).await?;
    page.wait_for("th[aria-sort=ascending]").await?;
    page.choose("runsWith", "failures").await?;
    listed(fixture, &["INC-1"]).await?;
    page.choose("runsWith", "unfinished").await?;
    listed(fixture, &[]).await?;
    page.choose("runsWith", "all").await?;
    page.choose("runsOfCloud", "alibaba").await?;
    listed(fixture, &["INC-3"]).await?;
    page.choose("runsOfCloud", "").await?;
    page.fill("findRuns", &TENCENT.key_id.to_lowercase()).await?;
    listed(fixture, &["INC-1", "INC-2"]).await?;
    // What is exported is what is listed.
    page.act("export-runs-csv").await?;
    let (name, csv) = page.exported(".csv").await?;
    ensure!(name.ends_with("-2-runs.csv"), "{name}");
    ensure!(ids.iter().all(|id| csv.contains(id)) && !csv.contains(&other[0]), "{csv}");
    ensure!(csv.trim_end().split("\r\n").count() == 1 + ids.len(), "{csv}");
    page.act("export-runs-json").await?;
    let (_, text) = page.exported(".json").await?;
    let runs: Value = serde_json::from_str(&text)?;
    ensure!(runs[0]["totals"]["rejected"] == 1 && runs[1]["reason"] == "INC-2", "{text}");
    page.fill("findRuns", "inc-3").await?;
    listed(fixture, &["INC-3"]).await?;
    page.click("[data-run] [data-action=export-run-json]").await?;
    let (_, text) = page.exported(".json").await?;
    let run: Value = serde_json::from_str(&text)?;
    ensure!(run["instances"][0]["instanceId"] == other[0].as_str(), "{text}");
    for secret in [TENCENT.secret, ALIBABA.secret] {
        ensure!(!csv.contains(secret) && !text.contains(secret));
    }
    // Deleted is what is listed, and nothing else.
    page.act("forget-all").await?;
    page.act("confirm").await?;
    page.wait_for("[data-runs='2']").await?;
    page.fill("findRuns", "inc-").await?;
    listed(fixture, &["INC-1", "INC-2"]).await?;
    ensure!(fixture.calls().len() == arrived, "something was sent");
    Ok(())
}

/// Waits until these runs are listed in this order, by how their reasons begin.
async fn listed(fixture: &Fixture, wanted: &[&str]) -> Result<()> {
    let script =
        "return all('[data-run]').map(row => row.textContent.match(/INC-\\d/)?.[0] ?? '');";
    until(format!("{wanted:?}"), || async {
        let rows: Vec<String> = serde_json::from_value(fixture.page.run(script, &[]).await?)?;
        Ok((rows == wanted).then_some(()))
    })
    .await
}

/// The tab is there before the rest of the program is, and leads to an empty page that says what comes.
async fn empty(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.wait_for("[data-form-only]").await?;
    page.act("runs").await?;
    page.wait_for("[data-runs='0']").await?;
    ensure!(page.run("return location.hash;", &[]).await? == json!("#/runs"));
    page.wait_for("[data-action=runs][aria-current=page]").await?;
    ensure!(page.count("[data-run]").await? == 0);
    page.session().driver().refresh().await?;
    page.wait_for("[data-runs='0']").await?;
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:#?}");
    Ok(())
}

async fn phone(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 4);
    fixture.page.act("language").await?;
    two_runs(fixture, &ids).await?;
    let page = &fixture.page;
    are(fixture, &[("true", &[("proven", 1), ("queued", 1)]), ("false", &[("proven", 2)])]).await?;
    ensure!(page.overflow().await? <= 0, "wider than a phone");
    ensure!(is_chinese(&page.text("[data-runs]").await?));
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:#?}");
    let name = picture(page.browser(), 360, fixture.setting.theme, "zh", "runs");
    page.screenshot(&name).await?;
    page.act("forget-all").await?;
    page.wait_for("[data-action=confirm]").await?;
    ensure!(page.overflow().await? <= 0, "wider than a phone");
    page.screenshot(&format!("{name}-forget")).await?;
    // The link to it from the form, for a user without a run in progress.
    page.act("confirm").await?;
    page.wait_for("[data-runs='0']").await?;
    page.act("power").await?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    page.act("new-run").await?;
    page.session().driver().refresh().await?;
    page.wait_until(
        "the count",
        "return first('[data-action=runs]').textContent.includes('1') || null;",
        &[],
    )
    .await?;
    page.act("runs").await?;
    are(fixture, &[("false", &[("proven", 1)])]).await?;
    let hash = page.run("return location.hash;", &[]).await?;
    ensure!(hash == json!("#/runs"), "{hash}");
    Ok(())
}
