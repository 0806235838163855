//! The pictures of the README. Not part of the usual suite:
//! `RELIGHT_PICTURES=1 cargo test -p relight-e2e --test console -- chromium::pictures`.

use crate::support::{ALIBABA, CARD, refusal};
use anyhow::{Result, ensure};
use relight_e2e::{
    Fixture, Setting,
    browser::{Browser, Theme},
    case,
    suite::Case,
};
use serde_json::{Value, json};
use std::env;

pub(crate) fn cases() -> Vec<Case> {
    if env::var_os("RELIGHT_PICTURES").is_none() {
        return Vec::new();
    }
    vec![
        case!("pictures::review_and_run", desk)
            .configured(|setting| Setting { width: 1_440, ..setting }),
        case!("pictures::list", list).configured(|setting| Setting { width: 1_440, ..setting }),
        case!("pictures::phone", phone).configured(|setting| Setting {
            width: 360,
            theme: Theme::Dark,
            ..setting
        }),
    ]
}

/// A stopped one, a locked one and one of another cloud are skipped; one is refused.
fn ids(fixture: &Fixture) -> Vec<String> {
    let mut ids = ALIBABA.running(fixture, 3);
    ids.extend(ALIBABA.stopped(fixture, 1));
    ids.push("i-bp1wtqpozzsilu7ji010".to_owned());
    ids
}

/// The list of a region, searched, with some of it chosen.
async fn list(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    scale(fixture, 1_440, 900, 1).await?;
    page.compose(&ALIBABA.form("")).await?;
    page.act("list-instances").await?;
    page.wait_for("[data-listed-id]").await?;
    page.fill("findInstances", "tag:env=prod state:running").await?;
    page.click("[data-listed-id] input").await?;
    page.wait_for("[data-action=clear-selection]").await?;
    page.run("scrollTo(0, 0);", &[]).await?;
    page.screenshot("readme/list").await?;
    Ok(())
}

async fn desk(fixture: &mut Fixture) -> Result<()> {
    let ids = ids(fixture);
    let page = &fixture.page;
    scale(fixture, 1_440, 900, 1).await?;
    fixture.fault(&refused(&ids[2]))?;
    let text = format!("{}, {}\nins-5hdvx000", ids[0], ids[1..].join("\n"));
    page.compose(&ALIBABA.form(&text)).await?;
    page.review().await?;
    page.wait_for("[data-action=send][data-armed]").await?;
    page.screenshot("readme/review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[2..3], &["rejected"]).await?;
    page.wait_for("[data-filter=proven]").await?;
    page.wait_for(CARD).await?;
    ensure!(page.overflow().await? <= 0);
    page.screenshot("readme/run").await?;
    Ok(())
}

async fn phone(fixture: &mut Fixture) -> Result<()> {
    let ids = ids(fixture);
    let page = &fixture.page;
    scale(fixture, 360, 740, 2).await?;
    page.act("language").await?;
    fixture.fault(&refused(&ids[2]))?;
    page.compose(&ALIBABA.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[2..3], &["rejected"]).await?;
    page.wait_for("[data-filter=proven]").await?;
    page.run("root.querySelector('h2').closest('section').scrollIntoView();", &[]).await?;
    page.screenshot("readme/phone").await?;
    Ok(())
}

/// The refusal, as in the vendor's documentation.
fn refused(id: &str) -> Value {
    let mut fault = refusal(id);
    fault["message"] = json!("The current status of the resource does not support this operation.");
    fault
}

/// At the given size and pixel ratio, without scroll bars.
async fn scale(fixture: &Fixture, width: u32, height: u32, dots: u32) -> Result<()> {
    ensure!(fixture.page.browser() == Browser::Chromium, "the pictures are Chromium's");
    let cdp = fixture.page.session().driver().cdp();
    let size =
        json!({ "width": width, "height": height, "deviceScaleFactor": dots, "mobile": false });
    cdp.send_raw("Emulation.setDeviceMetricsOverride", size).await?;
    cdp.send_raw("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await?;
    Ok(())
}
