//! Where a secret must not be: anywhere but in the request's MAC.

use crate::support::{ALIBABA, Account, TENCENT, ZENLAYER, refusal, send};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Stage, case, suite::Case, until};
use serde_json::Value;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("secrets::alibaba_is_nowhere", alibaba),
        case!("secrets::tencent_is_nowhere", tencent),
        case!("secrets::zenlayer_is_nowhere", zenlayer),
        case!("secrets::forget_forgets", forget),
        case!("secrets::exports_have_every_row_and_no_secret", exports),
    ]
}

async fn alibaba(stage: &mut Stage) -> Result<()> {
    nowhere(stage, ALIBABA).await
}

async fn tencent(stage: &mut Stage) -> Result<()> {
    nowhere(stage, TENCENT).await
}

async fn zenlayer(stage: &mut Stage) -> Result<()> {
    nowhere(stage, ZENLAYER).await
}

async fn nowhere(stage: &Stage, account: Account) -> Result<()> {
    let ids = account.running(stage, 2);
    let page = &stage.page;
    let absent = async |when: &str| {
        let text = page.everything().await?;
        ensure!(text.len() > 2_000, "that is not the whole page");
        ensure!(!text.contains(account.secret), "the secret is in the page {when}");
        anyhow::Ok(())
    };
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    absent("in the review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    absent("in the run").await?;

    let requests = stage.site.proxied();
    let is_reboot = |one: &&String| one.contains(": RebootInstances\r\n");
    let request = requests.iter().find(is_reboot).context("a request")?;
    ensure!(requests.iter().all(|one| !one.contains(account.secret)), "it is on the wire");
    let (_, signature) = request.split_once("Signature=").context("a signature")?;
    let signature: String = signature.chars().take_while(char::is_ascii_hexdigit).collect();
    ensure!(signature.len() == 64, "{signature}");

    // The inspector shows every step, and the signature only when it is asked for.
    page.act("inspect").await?;
    page.wait_for("[data-inspector]").await?;
    let steps = page.text("[data-inspector]").await?;
    ensure!(steps.contains("HMAC-SHA256"), "{steps}");
    for id in &ids {
        ensure!(steps.contains(id.as_str()), "{id} is not in the request that is shown");
    }
    ensure!(!page.everything().await?.contains(&signature), "the signature is not hidden");
    absent("in the inspector").await?;
    page.act("reveal").await?;
    until("the signature", || async {
        Ok(page.text("[data-inspector]").await?.contains(&signature).then_some(()))
    })
    .await?;
    absent("with the signature").await?;
    page.act("reveal").await?;
    until("no signature", || async {
        Ok((!page.everything().await?.contains(&signature)).then_some(()))
    })
    .await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    absent("in the form that comes back").await
}

async fn forget(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    let page = &stage.page;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.act("forget").await?;
    page.wait_for_no("[data-action=forget]").await?;
    ensure!(page.value("secret").await?.is_empty());
    page.act("review").await?;
    page.wait_for("[name=secret][aria-invalid=true]").await?;
    ensure!(stage.calls().is_empty());
    Ok(())
}

async fn exports(stage: &mut Stage) -> Result<()> {
    let ids = ALIBABA.running(stage, 3);
    let (running, refused) = ids.split_at(2);
    stage.fault(&refusal(&ids[2]))?;
    send(stage, &ALIBABA.form(&ids.join("\n"))).await?;
    stage.page.wait_for_outcomes(running, &["proven"]).await?;
    stage.page.wait_for_outcomes(refused, &["rejected"]).await?;

    stage.page.act("export-csv").await?;
    let csv = stage.page.downloaded("relight-run.csv").await?;
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    ensure!(lines.len() == 1 + ids.len(), "{csv}");
    ensure!(lines[0].starts_with("instanceId,"), "{csv}");
    for id in &ids {
        let word = if running.contains(id) { "proven" } else { "rejected" };
        let line = lines.iter().find(|line| line.contains(id.as_str())).context("a line")?;
        ensure!(line.contains(word), "{line}");
    }

    stage.page.act("export-json").await?;
    let text = stage.page.downloaded("relight-run.json").await?;
    let json: Value = serde_json::from_str(&text)?;
    let rows = json["instances"].as_array().context("rows")?;
    let exported: Vec<&str> = rows.iter().filter_map(|row| row["instanceId"].as_str()).collect();
    ensure!(exported == ids, "{text}");
    ensure!(json["total"] == 3 && json["totals"]["proven"] == 2, "{text}");
    ensure!(json["totals"]["rejected"] == 1, "{text}");
    let request_id = &stage.power_calls()[0].request_id;
    ensure!(json["calls"][0]["requestId"] == request_id.as_str(), "{text}");
    for file in [&csv, &text] {
        ensure!(!file.contains(ALIBABA.secret), "the secret is in the file");
        ensure!(!file.to_lowercase().contains("signature="), "a signature is in the file");
    }
    Ok(())
}
