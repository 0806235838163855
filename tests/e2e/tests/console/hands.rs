//! How many taps, and how many keys, it takes from the loaded page until three instances are restarted. What
//! is pasted is one key.

use crate::{runs::fleet_of, support::TENCENT};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, Setting, case, suite::Case};
use serde_json::json;
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    let three = |setting| Setting { fleet: || fleet_of(15), ..setting };
    vec![
        case!("hands::taps_until_three_are_sent", taps).configured(three),
        case!("hands::keys_until_three_are_sent", keys).configured(three),
    ]
}

/// Counts what a person does; what a script does is none.
const COUNT: &str = "() => { window.made = { pointerdown: 0, keydown: 0 }; \
     for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, event => { \
       if (event.isTrusted && event.key !== 'Control') window.made[kind] += 1; }, true); }";

async fn made(fixture: &Fixture, kind: &str) -> Result<u64> {
    let made = fixture.page.run("return window.made[a];", &[json!(kind)]).await?;
    Ok(made.as_u64().unwrap_or_default())
}

/// The three in a link, and a saved selection that finds them.
async fn prepare(fixture: &Fixture) -> Result<(Vec<String>, String)> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 3);
    page.session().before_every_page(COUNT).await?;
    // A form is brought back at its own address only.
    page.visit(&format!("{}?lang=en", fixture.site.url())).await?;
    page.compose(&TENCENT.form("")).await?;
    page.act("list-instances").await?;
    page.wait_for("[data-listed-id]").await?;
    page.fill("findInstances", "state:running").await?;
    page.click(".selections summary").await?;
    page.fill("selectionName", "the three").await?;
    page.act("save-selection").await?;
    page.wait_for("[data-selection='the three']").await?;
    let place = format!("cloud=tencent&region=ap-guangzhou&instanceIds={}", ids.join(","));
    Ok((ids, format!("{}?{place}", fixture.site.url())))
}

async fn paste(fixture: &Fixture, name: &str, text: &str) -> Result<()> {
    let page = &fixture.page;
    page.paste(name, text).await?;
    let script =
        "first(`[name=${a}]`).dispatchEvent(new Event('change', { bubbles: true })); return true;";
    page.run(script, &[json!(name)]).await.map(drop)
}

async fn is_sent(fixture: &Fixture, ids: &[String]) -> Result<()> {
    let page = &fixture.page;
    page.wait_for_step("run").await?;
    page.wait_for_outcomes(ids, &["proven"]).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await
}

async fn taps(fixture: &mut Fixture) -> Result<()> {
    let (ids, link) = prepare(fixture).await?;
    let page = &fixture.page;
    let site = fixture.site.url();
    for (how, address, first, most) in
        [("a selection", &site, Some("use-selection"), 5), ("a link", &link, None, 4)]
    {
        page.visit(address).await?;
        page.wait_for("[name=keyId]").await?;
        if let Some(first) = first {
            page.act(first).await?;
            page.wait_for("[name=keyId][aria-invalid=true]").await?;
        }
        for (name, text) in [("keyId", TENCENT.key_id), ("secret", TENCENT.secret)] {
            page.click(&format!("[name={name}]")).await?;
            paste(fixture, name, text).await?;
        }
        page.act("review").await?;
        page.act("send").await?;
        let taps = made(fixture, "pointerdown").await?;
        println!("{how}: {taps} taps");
        ensure!(taps <= most, "{taps} taps with {how}");
        is_sent(fixture, &ids).await?;
    }
    Ok(())
}

async fn keys(fixture: &mut Fixture) -> Result<()> {
    let (ids, link) = prepare(fixture).await?;
    let page = &fixture.page;
    let site = fixture.site.url();
    let enter = String::from(Key::Enter.value());
    let key = [("keyId", TENCENT.key_id), ("secret", TENCENT.secret)];
    // Typed first: later the region of the last run is filled in, and at this address what was typed.
    let typed = format!("{site}?typed");
    for (how, address, most) in
        [("typed", &typed, 140), ("a selection", &site, 36), ("a link", &link, 30)]
    {
        page.visit(address).await?;
        page.wait_for("[name=keyId]").await?;
        let mut pasted = 0;
        match how {
            "typed" => {
                for (name, text) in
                    [("cloud", "T"), ("region", "Gu"), ("instanceIds", &ids.join(" "))]
                {
                    page.tab_to(&format!("[name={name}]")).await?;
                    page.press(text).await?;
                    if name == "cloud" {
                        page.wait_for_value(name, "tencent").await?;
                    }
                }
                page.wait_for_value("region", "ap-guangzhou").await?;
            }
            "a selection" => {
                page.tab_to("[data-action=use-selection]").await?;
                page.press(&enter).await?;
                page.wait_for("[name=keyId][aria-invalid=true]").await?;
            }
            _ => {}
        }
        for (name, text) in key {
            page.tab_to(&format!("[name={name}]")).await?;
            if how == "typed" {
                page.press(text).await?;
            } else {
                paste(fixture, name, text).await?;
                pasted += 1;
            }
        }
        let chain = page.session().driver().action_chain();
        chain.key_down(Key::Control).send_keys(&enter).key_up(Key::Control).perform().await?;
        page.wait_for("[data-action=send][data-armed]").await?;
        page.tab_to("[data-action=send]").await?;
        page.press(&enter).await?;
        let keys = made(fixture, "keydown").await? + pasted;
        println!("{how}: {keys} keys");
        ensure!(keys <= most, "{keys} keys with {how}");
        is_sent(fixture, &ids).await?;
    }
    Ok(())
}
