//! Each request as a line for a tool: what is offered, what is copied, and that copying sends nothing.

use crate::{
    runs::one_by_one,
    support::{ALIBABA, Account, TENCENT, ZENLAYER},
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, browser::Theme, case, suite::Case};
use serde_json::json;
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("copy_as::every_request_of_every_cloud", every_cloud),
        case!("copy_as::unsent_requests", not_sent),
        case!("copy_as::on_a_phone", phone).configured(|setting| Setting {
            width: 360,
            theme: Theme::Dark,
            ..setting
        }),
    ]
}

/// Keeps what is copied, for the case.
const KEEP: &str = "() => { window.copied = []; const { clipboard } = navigator; \
     if (clipboard) clipboard.writeText = async text => { window.copied.push(text); }; }";

async fn every_cloud(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().before_every_page(KEEP).await?;
    fixture.open().await?;
    for (account, tool, begins, own) in [
        (
            ALIBABA,
            "aliyun",
            "aliyun ecs RebootInstances \\\n  --region cn-hangzhou \\\n",
            "--ForceReboot false",
        ),
        (
            TENCENT,
            "tccli",
            "tccli cvm RebootInstances \\\n  --region ap-guangzhou \\\n",
            "--StopType SOFT",
        ),
        (ZENLAYER, "zeno", "zeno zec reboot-instances \\\n  --instance-ids ", "--instance-ids"),
    ] {
        let page = &fixture.page;
        let ids = account.running(fixture, 2);
        page.compose(&account.form(&ids.join("\n"))).await?;
        page.review().await?;
        let sent = fixture.power_calls().len();
        page.act("show-requests").await?;
        page.wait_for("[data-copy-as]").await?;
        let offered = page.run("return all('[data-copy-as]').map(e => e.innerText.trim());", &[]);
        ensure!(offered.await? == json!([tool, "curl (unsigned)"]), "for {tool}");
        let note = page.text("[data-call] .request").await?;
        ensure!(note.contains("restart these instances in addition to this run"), "{note}");
        let omitted = note.contains("forceReboot=false and leaves it out");
        ensure!(omitted == (tool == "zeno"), "{note}");

        let line = copy(fixture, &account, tool).await?;
        ensure!(line.starts_with(begins) && line.contains(own), "{line}");
        let curl = copy(fixture, &account, "curl").await?;
        ensure!(curl.starts_with("curl -X POST ") && curl.contains("'authorization: <unsigned>'"));
        for id in &ids {
            ensure!(line.contains(id.as_str()) && curl.contains(id.as_str()), "{line}\n{curl}");
        }
        ensure!(fixture.power_calls().len() == sent, "copying sent something");

        page.send().await?;
        page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
        page.act("inspect").await?;
        page.wait_for("[data-inspector] [data-copy-as]").await?;
        let note = page.text("[data-inspector]").await?;
        ensure!(note.contains("would restart these instances again"), "{note}");
        ensure!(copy(fixture, &account, tool).await? == line, "another line than in the review");
        ensure!(copy(fixture, &account, "curl").await? == curl, "another line than in the review");
        ensure!(fixture.power_calls().len() == sent + 1, "copying sent something");
        page.wait_for_outcomes(&ids, &["proven"]).await?;
        page.act("new-run").await?;
        page.wait_for_step("compose").await?;
    }
    Ok(())
}

/// A call that was stopped before it was sent has all but a signature, and one of an earlier page, too. What is
/// still to be sent cannot be copied.
async fn not_sent(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().before_every_page(KEEP).await?;
    fixture.open().await?;
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 2);
    one_by_one(fixture, &ids, 3_600).await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    let inspect = |call: u32| format!("[data-call='{call}'] [data-action=inspect]");
    ensure!(page.sees(&inspect(1)).await? && !page.sees(&inspect(2)).await?);
    page.act("stop").await?;
    page.click(&inspect(2)).await?;
    let text = page.text("[data-inspector='2']").await?;
    ensure!(text.contains("Call 2, not sent") && text.contains(&ids[1]), "{text}");
    ensure!(text.contains("in addition to this run"), "{text}");
    ensure!(!page.sees("[data-step=signature]").await?);
    let sent = fixture.power_calls().len();
    let line = copy(fixture, &TENCENT, "tccli").await?;
    ensure!(line.contains(&ids[1]) && !line.contains(&ids[0]), "{line}");
    ensure!(fixture.power_calls().len() == sent, "copying sent something");
    page.act("new-run").await?;
    page.act("runs").await?;
    page.act("open-run").await?;
    page.wait_for_step("run").await?;
    page.click(&inspect(1)).await?;
    let text = page.text("[data-inspector='1']").await?;
    ensure!(text.contains("as it was sent") && text.contains(&ids[0]), "{text}");
    ensure!(text.contains("only in the page that sent it"), "{text}");
    ensure!(text.contains("would restart these instances again"), "{text}");
    Ok(())
}

/// Copies a line by keyboard alone. Nothing of a key is in it.
async fn copy(fixture: &Fixture, account: &Account, tool: &str) -> Result<String> {
    let page = &fixture.page;
    let before = page.run("return window.copied.length;", &[]).await?;
    page.tab_to(&format!("[data-copy-as={tool}] button")).await?;
    page.press(&String::from(Key::Enter.value())).await?;
    let script = "return window.copied.length > a && window.copied.at(-1);";
    let copied = page.wait_until("what is copied", script, &[before]).await?;
    let line = copied.as_str().unwrap_or_default().to_owned();
    for never in [account.secret, account.key_id, "Credential=", "Signature="] {
        ensure!(!line.contains(never), "{never} is in {line}");
    }
    Ok(line)
}

async fn phone(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = ZENLAYER.running(fixture, 2);
    let browser = fixture.setting.browser;
    for (language, again) in [("en", "would restart these instances again"), ("zh", "再次重启")]
    {
        if language == "zh" {
            page.act("new-run").await?;
            page.wait_for_step("compose").await?;
            page.act("language").await?;
        }
        page.compose(&ZENLAYER.form(&ids.join("\n"))).await?;
        page.review().await?;
        page.act("show-requests").await?;
        page.element("[data-copy-as=zeno] button").await?.scroll_into_view().await?;
        page.screenshot(&format!("copy-as-{browser:?}-{language}-review")).await?;
        ensure!(page.overflow().await? <= 0, "the review is too wide");
        page.send().await?;
        page.wait_for_outcomes(&ids, &["proven"]).await?;
        page.act("inspect").await?;
        page.element("[data-copy-as=zeno] button").await?.scroll_into_view().await?;
        page.screenshot(&format!("copy-as-{browser:?}-{language}-inspector")).await?;
        ensure!(page.overflow().await? <= 0, "the inspector is too wide");
        ensure!(page.text("[data-inspector]").await?.contains(again), "no note");
        let problems = page.accessibility_problems().await?;
        ensure!(problems.is_empty(), "{problems:?}");
    }
    Ok(())
}
