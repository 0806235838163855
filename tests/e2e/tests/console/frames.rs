//! The page inside another one: where keys may be entered.

use crate::support::{TENCENT, is_chinese, one_arrival, send};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, browser::Capability, case, suite::Case, until};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("frames::a_strict_host_is_not_framed", strict).noisy(),
        case!("frames::a_foreign_page_gets_no_key", foreign).noisy(),
        case!("frames::a_listed_page_may_frame_it", listed).noisy(),
        case!("frames::without_headers_the_page_has_its_own_policy", own_policy).noisy(),
    ]
}

/// `frame-ancestors 'none'`: the browser does not even draw it.
async fn strict(fixture: &mut Fixture) -> Result<()> {
    let before = fixture.site.asked().len();
    embed(fixture).await?;
    until("the frame's page", || async {
        let asked = fixture.site.asked();
        Ok(asked[before..].iter().any(|name| name == "index.html").then_some(()))
    })
    .await?;
    fixture.page.session().driver().enter_frame(0).await?;
    let is_there =
        script(fixture, "return document.querySelector('relight-console') !== null;").await;
    // A frame that is only just being loaded answers nothing.
    ensure!(!matches!(is_there, Ok(Value::Bool(true))), "it was drawn");
    fixture.page.session().driver().enter_default_frame().await?;
    Ok(())
}

async fn foreign(fixture: &mut Fixture) -> Result<()> {
    fixture.site.without_headers();
    // Another page is listed, and this one is not.
    list(fixture, "https://portal.example.com");
    embed(fixture).await?;
    enter(fixture).await?;
    let page = &fixture.page;
    page.wait_for("[data-stranger]").await?;
    ensure!(page.count("[name=secret], [name=token], [name=keyId]").await? == 0);
    let words = page.text("[data-stranger]").await?;
    ensure!(words.contains("No key can be entered here"), "{words}");
    let origin = page.run("return first('[data-stranger]').dataset.stranger;", &[]).await?;
    ensure!(origin == json!(portal(fixture)), "{origin}");
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-stranger]").await?));
    page.act("language").await?;
    // The console, once loaded, has no field either.
    page.act("explain").await?;
    page.wait_for_no("[data-form-only]").await?;
    page.act("power").await?;
    page.wait_for("[data-stranger]").await?;
    ensure!(page.count("[name=secret], [name=token], [name=keyId]").await? == 0);
    page.act("review").await?;
    ensure!(fixture.calls().is_empty());
    fixture.page.session().driver().enter_default_frame().await?;
    fixture.page.screenshot(&format!("{}-frame-refused", fixture.page.browser())).await.map(drop)
}

async fn listed(fixture: &mut Fixture) -> Result<()> {
    fixture.site.without_headers();
    list(fixture, &portal(fixture));
    embed(fixture).await?;
    enter(fixture).await?;
    let ids = TENCENT.running(fixture, 1);
    fixture.page.wait_for("[name=secret]").await?;
    ensure!(!fixture.page.sees("[data-stranger]").await?);
    fixture.page.session().needs(Capability::TypingInFrames)?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)?;
    fixture.page.session().driver().enter_default_frame().await?;
    Ok(())
}

/// A host that can set no headers: the page still takes no script but its own files, nor markup made
/// of text.
async fn own_policy(fixture: &mut Fixture) -> Result<()> {
    fixture.site.without_headers();
    fixture.open().await?;
    let tries = "window.ran = []; \
         try { document.body.innerHTML += '<p>text</p>'; window.ran.push('markup') } catch {} \
         const inline = document.createElement('script'); \
         try { inline.text = 'window.ran.push(\"inline\")' } catch {} \
         try { inline.append('window.ran.push(\"appended\")'); document.head.append(inline) } catch {} \
         return window.ran.join();";
    let ran = script(fixture, tries).await?;
    ensure!(ran == "", "{ran} was let through");
    Ok(())
}

/// The same host by its other name: another origin to browsers.
fn portal(fixture: &Fixture) -> String {
    fixture.site.url().trim_end_matches('/').replace("127.0.0.1", "localhost")
}

fn list(fixture: &Fixture, origin: &str) {
    let config = json!({ "proxy": "/proxy", "frames": [origin] });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
}

/// Opens a page of the portal's with ours in a frame.
async fn embed(fixture: &Fixture) -> Result<()> {
    let portal_page = format!(
        "<!doctype html><title>portal</title><iframe src=\"{}\" width=\"1200\" height=\"860\"></iframe>",
        fixture.site.url()
    );
    fixture.site.replace("portal.html", portal_page.into_bytes());
    let url = format!("{}/portal.html", portal(fixture));
    fixture.page.session().driver().goto(&url).await?;
    Ok(())
}

/// From here on scripts and elements are those of the frame.
async fn enter(fixture: &Fixture) -> Result<()> {
    fixture.page.session().driver().enter_frame(0).await?;
    fixture.page.wait_for_step("compose").await
}

async fn script(fixture: &Fixture, script: &str) -> Result<Value> {
    Ok(fixture.page.session().driver().execute(script, vec![]).await?.json().clone())
}
