//! Daily comfort: the form comes back after a reload, without a key; no text widens the page.

use crate::support::{ALIBABA, TENCENT, ZENLAYER, send};
use anyhow::{Result, bail, ensure};
use relight_e2e::{Fixture, Setting, browser::Capability, case, page::Form, suite::Case};
use relight_sandbox::fleet::Fleet;
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("comfort::the_form_comes_back_without_a_key", comes_back),
        case!("comfort::force_does_not_come_back", force),
        case!("comfort::ids_of_the_last_runs_are_brought_back", last_ids),
        case!("comfort::a_link_and_the_operator_come_first", precedence),
        case!("comfort::no_text_widens_the_page", long_texts).configured(|setting| Setting {
            fleet: long_names,
            width: 320,
            ..setting
        }),
    ]
}

async fn reload(fixture: &Fixture) -> Result<()> {
    let page = &fixture.page;
    page.run("window.isOld = true; return true;", &[]).await?;
    page.session().driver().refresh().await?;
    page.wait_until("another page", "return window.isOld !== true;", &[]).await?;
    page.wait_for("[name=cloud]").await
}

async fn comes_back(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    for account in [TENCENT, ZENLAYER] {
        let text = format!("{} # web\nnot-an-id", account.running(fixture, 2).join(", "));
        page.compose(&account.form(&text)).await?;
        reload(fixture).await?;
        page.wait_for_value("keyId", account.key_id).await?;
        ensure!(page.value("cloud").await? == account.cloud.name());
        if let Some(region) = account.region {
            ensure!(page.value("region").await? == region);
        }
        page.wait_for("[data-count=valid]").await?;
        ensure!(page.text("[data-count=valid] b").await? == "2");
        ensure!(page.value("secret").await?.is_empty());
        let stored = page.everything().await?;
        ensure!(!stored.contains(account.secret), "the secret is in the page");
    }
    // What is emptied stays empty.
    page.fill("instanceIds", "").await?;
    page.fill("keyId", "").await?;
    reload(fixture).await?;
    page.wait_for_value("instanceIds", "").await?;
    page.wait_for_value("keyId", "").await?;
    ensure!(fixture.calls().is_empty());
    Ok(())
}

async fn force(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let id = ALIBABA.running(fixture, 1).remove(0);
    // The secret by mistake among the ids.
    let text = format!("{id}\n{}", ALIBABA.secret);
    page.compose(&Form { mode: Some("force"), ..ALIBABA.form(&text) }).await?;
    reload(fixture).await?;
    page.wait_for_value("region", "cn-hangzhou").await?;
    ensure!(page.value("mode").await? == "soft");
    ensure!(page.value("instanceIds").await?.is_empty());
    ensure!(!page.everything().await?.contains(ALIBABA.secret));
    Ok(())
}

async fn last_ids(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 3);
    for ids in [&ids[..2], &ids[2..]] {
        send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
        page.wait_for_outcomes(ids, &["proven"]).await?;
        page.act("new-run").await?;
        page.wait_for_value("instanceIds", "").await?;
    }
    ensure!(page.count("[data-action=bring-back-ids]").await? == 2);
    // Another cloud is chosen meanwhile, and the page is loaded anew.
    page.choose("cloud", "zenlayer").await?;
    reload(fixture).await?;
    page.wait_for("[data-action=bring-back-ids]").await?;
    page.click("[data-action=bring-back-ids]:last-of-type").await?;
    page.wait_for_value("instanceIds", &ids[..2].join("\n")).await?;
    ensure!(page.value("cloud").await? == "tencent");
    ensure!(page.value("region").await? == "ap-guangzhou");
    page.wait_for_no("[data-action=bring-back-ids]").await?;
    ensure!(fixture.power_calls().len() == 2);
    Ok(())
}

async fn precedence(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 1);
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    // In a tab of its own: the last cloud and region, and nothing else.
    page.run("sessionStorage.clear(); return true;", &[]).await?;
    let url = fixture.site.url();
    page.open(&format!("{url}?cloud=alibaba&region=cn-beijing")).await?;
    page.wait_for_value("region", "cn-beijing").await?;
    ensure!(page.value("cloud").await? == "alibaba");
    page.open(&url).await?;
    page.wait_for_value("region", "ap-guangzhou").await?;
    ensure!(page.value("instanceIds").await?.is_empty() && page.value("keyId").await?.is_empty());
    // What the operator has locked is not what was filled in before.
    page.fill("instanceIds", &ids[0]).await?;
    let config = json!({ "preset": { "cloud": "tencent", "region": "ap-beijing" },
        "locked": ["cloud", "region"] });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    reload(fixture).await?;
    page.wait_for_value("instanceIds", &ids[0]).await?;
    page.wait_for_value("region", "ap-beijing").await?;
    Ok(())
}

fn long_names() -> Fleet {
    let mut all = Fleet::standard().all().to_vec();
    for instance in &mut all {
        instance.name = "n".repeat(256);
    }
    Fleet::new(all)
}

/// No width of a phone is too narrow for what is on the screen.
async fn fits(fixture: &Fixture, screen: &str) -> Result<()> {
    for width in [320, 360, 480] {
        fixture.page.session().resize(width, 800).await?;
        let wider = fixture.page.overflow().await?;
        if wider > 0 {
            let script = "const w = document.documentElement.clientWidth; return all('*') \
                 .filter(e => seen(e) && e.getBoundingClientRect().right > w + 1) \
                 .slice(0, 6).map(e => e.outerHTML.slice(0, 120)).join('\\n');";
            let what = fixture.page.run(script, &[]).await?;
            bail!("{screen} is {wider} px wider than {width}: {what}");
        }
    }
    Ok(())
}

async fn long_texts(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let page = &fixture.page;
    let word = "x".repeat(80);
    let config = json!({ "brand": { "title": { "en": word, "zh": word }, "note": word } });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    page.visit(&fixture.site.url()).await?;
    page.wait_for_no("[data-form-only]").await?;
    let key_id = format!("AKID{}", "0aB1".repeat(12));
    let ids = TENCENT.running(fixture, 2);
    let form = Form { key_id: &key_id, ..TENCENT.form("") };
    page.compose(&form).await?;
    page.paste("instanceIds", &format!("{}\n{word}", ids.join("\n"))).await?;
    fits(fixture, "the form").await?;
    page.choose("region", "other").await?;
    page.fill("regionOther", &format!("ap-{}", "a".repeat(50))).await?;
    fits(fixture, "a long region").await?;
    page.choose("region", "ap-guangzhou").await?;
    // The names of real instances, and then a key that nobody has.
    page.fill("keyId", TENCENT.key_id).await?;
    page.review().await?;
    page.fill("reason", &word).await?;
    fits(fixture, "the review").await?;
    page.fill("keyId", &key_id).await?;
    page.review_without_preflight().await?;
    page.fill("reason", &word).await?;
    fits(fixture, "the review without a check").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    fits(fixture, "the run").await?;
    page.act("show-request").await?;
    page.wait_for("[data-inspector]").await?;
    fits(fixture, "the request").await?;
    page.act("new-run").await?;
    page.act("runs").await?;
    page.wait_for("[data-runs]").await?;
    fits(fixture, "the history").await
}
