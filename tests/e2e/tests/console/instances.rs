//! Choosing instances from a list, named selections, and forms saved for later.

use crate::{
    runs::{TAKEN, each_once},
    support::{ALIBABA, Account, TENCENT, ZENLAYER},
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite::Case, until};
use relight_sandbox::fleet::State;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("instances::alibaba_listed_found_and_restarted", alibaba),
        case!("instances::tencent_listed_found_and_restarted", tencent),
        case!("instances::zenlayer_listed_found_and_restarted", zenlayer),
        case!("instances::the_list_is_sorted_paged_and_searched", searched),
        case!("instances::a_refused_list_leaves_pasting", refused),
        case!("instances::a_list_needs_a_region_and_a_key", incomplete),
        case!("instances::deceptive_names_stay_in_their_cells", payload).configured(|setting| {
            Setting { fleet: crate::payloads::misnamed, width: 360, ..setting }
        }),
        case!("selections::new_and_missing_instances_are_listed", selection),
        case!("selections::the_operators_selection_is_enforced", operators),
        case!("instances::a_form_is_saved_for_later", set_aside),
        case!("instances::ids_of_another_cloud_switch_the_form", other_cloud),
    ]
}

async fn alibaba(fixture: &mut Fixture) -> Result<()> {
    found(fixture, ALIBABA).await
}

async fn tencent(fixture: &mut Fixture) -> Result<()> {
    found(fixture, TENCENT).await
}

async fn zenlayer(fixture: &mut Fixture) -> Result<()> {
    found(fixture, ZENLAYER).await
}

/// The ids that are listed on the screen.
async fn listed(fixture: &Fixture) -> Result<Vec<String>> {
    let script = "return all('[data-listed-id]').map(e => e.dataset.listedId);";
    Ok(serde_json::from_value(fixture.page.run(script, &[]).await?)?)
}

async fn wait_for_matching(fixture: &Fixture, count: usize) -> Result<()> {
    fixture.page.wait_for(&format!("[data-matching='{count}']")).await
}

/// The instances of a team that run and take the operation.
fn of_team(fixture: &Fixture, account: Account, team: &str) -> Vec<String> {
    let all = fixture.all_instances(account.cloud).into_iter();
    all.filter(|one| account.region.is_none_or(|region| one.region == region))
        .filter(|one| one.state == State::Running && one.is_tagged("team", Some(team)))
        .map(|one| one.id)
        .collect()
}

/// From an empty field of ids: list, find by tag and state, choose what is shown, restart it.
async fn found(fixture: &Fixture, account: Account) -> Result<()> {
    let page = &fixture.page;
    let wanted = of_team(fixture, account, "ledger");
    ensure!(!wanted.is_empty() && wanted.len() <= 50, "{}", wanted.len());
    page.compose(&account.form("")).await?;
    page.act("list-instances").await?;
    page.wait_for("[data-listed-id]").await?;
    page.wait_for_no("[data-action=stop-list]").await?;
    page.fill("findInstances", "tag:team=ledger state:running").await?;
    wait_for_matching(fixture, wanted.len()).await?;
    page.act("select-shown").await?;
    page.wait_for_value("instanceIds", &wanted.join("\n")).await?;
    // One is taken out again, by its own row.
    page.click(&format!("[data-listed-id='{}'] input", wanted[0])).await?;
    page.wait_for_value("instanceIds", &wanted[1..].join("\n")).await?;
    ensure!(fixture.power_calls().is_empty());
    page.review().await?;
    let planned = page.text("[data-count=planned] b").await?;
    ensure!(planned.parse::<usize>()? < wanted.len(), "{planned}");
    page.send().await?;
    page.wait_for("[data-stage=watching], [data-stage=finished]").await?;
    let sent: Vec<String> = fixture.power_calls().into_iter().flat_map(|call| call.ids).collect();
    ensure!(sent.iter().all(|id| wanted[1..].contains(id)), "{sent:?}");
    ensure!(!sent.is_empty() && !sent.contains(&wanted[0]));
    Ok(())
}

async fn searched(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.compose(&ZENLAYER.form("")).await?;
    page.act("list-instances").await?;
    wait_for_matching(fixture, 300).await?;
    ensure!(fixture.describe_count() == 1, "{} calls", fixture.describe_count());
    ensure!(listed(fixture).await?.len() == 50, "a page is on the screen");
    page.click("[data-sort=id]").await?;
    let up = listed(fixture).await?;
    ensure!(up.is_sorted(), "{up:?}");
    page.click("[data-sort=id]").await?;
    until("the other way round", || async {
        let down = listed(fixture).await?;
        Ok((down.iter().rev().is_sorted() && down != up).then_some(()))
    })
    .await?;
    page.act("select-all").await?;
    page.wait_for("[data-action=select-all]:disabled").await?;
    ensure!(page.value("instanceIds").await?.lines().count() == 300);
    page.act("clear-selection").await?;
    page.wait_for_value("instanceIds", "").await?;
    // By a part of the name, the id and an address.
    let one = &fixture.instances(ZENLAYER.cloud, "asia-east-1")[7];
    for (text, is_one) in [(&one.id, true), (&one.private_ip, false), (&one.name, false)] {
        page.fill("findInstances", text).await?;
        until(format!("{text} to be found"), || async {
            let found = listed(fixture).await?;
            Ok((found.contains(&one.id) && (!is_one || found.len() == 1)).then_some(()))
        })
        .await?;
    }
    page.fill("findInstances", "no such thing").await?;
    wait_for_matching(fixture, 0).await?;
    ensure!(fixture.describe_count() == 1, "typing asks for nothing");
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{problems:#?}");
    Ok(())
}

async fn refused(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 1);
    fixture
        .fault(&json!({ "fault": "error", "cloud": "tencent", "code": "UnauthorizedOperation",
        "times": 9, "action": "DescribeInstances" }))?;
    page.compose(&TENCENT.form("")).await?;
    page.act("list-instances").await?;
    page.wait_for(".picker .card").await?;
    ensure!(page.text(".picker .card").await?.contains("UnauthorizedOperation"));
    fixture.clear_faults();
    page.fill("instanceIds", &ids[0]).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, TAKEN).await?;
    each_once(fixture, TENCENT, &ids)
}

async fn incomplete(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.choose("cloud", "tencent").await?;
    page.fill("keyId", TENCENT.key_id).await?;
    page.act("list-instances").await?;
    page.wait_for("[name=region]:focus").await?;
    page.choose("region", "ap-guangzhou").await?;
    page.act("list-instances").await?;
    page.wait_for("[name=secret]:focus").await?;
    ensure!(fixture.calls().is_empty(), "{:?}", fixture.calls());
    Ok(())
}

/// Names with marks of direction, without an end, and such that nothing of them is seen stay in their cells.
async fn payload(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.compose(&TENCENT.form("")).await?;
    page.act("list-instances").await?;
    page.wait_for("[data-listed-id]").await?;
    page.wait_for_no("[data-action=stop-list]").await?;
    page.screenshot(&format!("{}-360-list-of-names-that-lie", page.browser())).await?;
    ensure!(page.overflow().await? <= 0, "a name widens the page");
    // Tags may take a line more.
    crate::payloads::truthful(fixture, "the list", 24.0).await?;
    // The buttons to choose them are where they were.
    page.act("select-shown").await?;
    page.wait_for("[data-action=review-chosen]").await?;
    ensure!(page.overflow().await? <= 0);
    Ok(())
}

async fn selection(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.compose(&TENCENT.form("")).await?;
    page.act("list-instances").await?;
    page.wait_for("[data-listed-id]").await?;
    page.fill("findInstances", "state:stopped").await?;
    page.click(".selections summary").await?;
    page.fill("selectionName", "switched off").await?;
    page.act("save-selection").await?;
    page.act("use-selection").await?;
    page.wait_for("[data-resolved]").await?;
    let before = page.value("instanceIds").await?;
    let stopped: Vec<String> = before.lines().map(str::to_owned).collect();
    ensure!(stopped.len() > 1);
    ensure!(!page.text("[data-resolved]").await?.contains("new"), "it is the first time");
    // One of them is started: it is gone from the selection.
    page.choose("operation", "StartInstances").await?;
    page.fill("instanceIds", &stopped[0]).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&stopped[..1], &["proven", "running-unproven"]).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    page.act("use-selection").await?;
    page.wait_for_value("instanceIds", &stopped[1..].join("\n")).await?;
    let words = page.text("[data-resolved]").await?;
    ensure!(words.contains("0 new, 1 gone"), "{words}");
    // It outlasts the page, and has neither ids of a key nor a secret in it.
    let stored = page.run("return localStorage.getItem('relight-selections');", &[]).await?;
    let stored = stored.as_str().unwrap_or_default().to_owned();
    ensure!(stored.contains("switched off") && !stored.contains(TENCENT.secret), "{stored}");
    ensure!(!stored.contains(TENCENT.key_id), "{stored}");
    page.visit(&fixture.site.url()).await?;
    page.wait_for("[data-selection='switched off']").await?;
    page.act("delete-selection").await?;
    page.wait_for_no("[data-selection]").await
}

/// Whatever is pasted: what the cloud does not describe as selected is left out, and no check can be skipped.
async fn operators(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let configuration = json!({ "allow": { "selection": "tag:team=ledger" } });
    fixture.site.replace("relight.json", configuration.to_string().into_bytes());
    page.visit(&fixture.site.url()).await?;
    page.wait_for_no("[data-form-only]").await?;
    let allowed = of_team(fixture, TENCENT, "ledger");
    let other = of_team(fixture, TENCENT, "web");
    let ids = format!("{}\n{}", allowed[0], other[0]);
    page.compose(&TENCENT.form(&ids)).await?;
    ensure!(page.text(".picker").await?.contains("tag:team=ledger"));
    page.review().await?;
    page.wait_for("[data-skipped=not-in-selection]").await?;
    page.send().await?;
    page.wait_for_outcomes(&allowed[..1], TAKEN).await?;
    each_once(fixture, TENCENT, &allowed[..1])?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    // Without the check there is no way on.
    let calls = fixture.power_calls().len();
    fixture.fault(
        &json!({ "fault": "status", "status": 503, "times": 9, "action": "DescribeInstances" }),
    )?;
    page.fill("instanceIds", &allowed[1]).await?;
    page.act("review").await?;
    page.act("review-unseen").await?;
    page.wait_for("[data-action=look-again]").await?;
    ensure!(!page.sees("[data-action=send]").await?);
    ensure!(fixture.power_calls().len() == calls);
    Ok(())
}

async fn set_aside(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let (running, stopped) = (TENCENT.running(fixture, 2), TENCENT.stopped(fixture, 1));
    let all = [running.clone(), stopped.clone()].concat();
    page.compose(&TENCENT.form(&all.join("\n"))).await?;
    page.review().await?;
    page.click("[data-skipped=stopped] [data-action=instead]").await?;
    // It is checked by itself.
    page.wait_for("[data-set-aside='2']").await?;
    page.wait_for_step("review").await?;
    ensure!(page.text("[data-count=planned]").await?.starts_with('1'));
    page.screenshot(&format!("{}-set-aside", page.browser())).await?;
    page.send().await?;
    page.wait_for_outcomes(&stopped, &["proven", "running-unproven"]).await?;
    page.act("new-run").await?;
    page.act("bring-back").await?;
    page.wait_for_value("instanceIds", &running.join("\n")).await?;
    ensure!(page.value("operation").await? == "RebootInstances");
    ensure!(!page.sees("[data-set-aside]").await?);
    ensure!(fixture.power_count() == 1);
    Ok(())
}

async fn other_cloud(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let (ours, theirs) = (TENCENT.running(fixture, 1), ALIBABA.running(fixture, 2));
    let all = [ours.clone(), theirs.clone()].concat().join("\n");
    page.compose(&TENCENT.form(&all)).await?;
    // The form alone leaves it to the console, which replaces it.
    page.wait_for("[data-form-only] [data-action=go-to-cloud]").await?;
    page.act("go-to-cloud").await?;
    page.wait_for_no("[data-form-only]").await?;
    page.wait_for_value("cloud", "alibaba").await?;
    page.wait_for_value("instanceIds", &theirs.join("\n")).await?;
    page.wait_for("[data-set-aside='1']").await?;
    page.act("bring-back").await?;
    page.wait_for_value("cloud", "tencent").await?;
    page.wait_for_value("instanceIds", &ours.join("\n")).await
}
