//! What the page's address fills in, and what it does not.

use crate::support::{TENCENT, is_chinese};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, case, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("links::a_link_fills_in_and_sends_nothing", fills_in),
        case!("links::a_key_in_a_link_is_taken_out", key),
        case!("links::what_the_operator_locks_wins", locked),
        case!("links::a_host_keeps_its_address", host_page),
    ]
}

async fn open(fixture: &Fixture, rest: &str) -> Result<()> {
    fixture.page.session().driver().goto(&format!("{}{rest}", fixture.site.url())).await?;
    fixture.page.wait_for_no("[data-form-only]").await?;
    fixture.page.wait_for_step("compose").await
}

async fn address(fixture: &Fixture) -> Result<String> {
    let href = fixture.page.run("return location.href;", &[]).await?;
    href.as_str().map(str::to_owned).context("an address")
}

async fn fills_in(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let before = fixture.site.proxied().len();
    let link = format!(
        "?instanceIds={}&operation=start&region=ap-guangzhou&cloud=tencent&reason=TICKET+7&utm_source=chat",
        ids.join(",")
    );
    open(fixture, &link).await?;
    let page = &fixture.page;
    page.wait_for("[data-link=taken]").await?;
    let fields = page.run("return first('[data-link=taken]').dataset.fields;", &[]).await?;
    ensure!(fields == "cloud region operation instanceIds reason", "{fields}");
    for (name, value) in
        [("cloud", "tencent"), ("region", "ap-guangzhou"), ("operation", "StartInstances")]
    {
        ensure!(page.value(name).await? == value, "{name}");
    }
    ensure!(page.value("instanceIds").await? == ids.join(","));
    ensure!(page.value("keyId").await?.is_empty() && page.value("secret").await?.is_empty());
    let words = page.text("[data-link=taken]").await?;
    ensure!(words.contains("Instances") && words.contains("Whoever made the link"), "{words}");
    ensure!(address(fixture).await?.contains("utm_source=chat"), "what is no key stays");
    page.screenshot(&format!("{}-link", page.browser())).await?;
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-link=taken]").await?));
    page.act("language").await?;
    // What a person has changed is no longer the link's.
    page.choose("operation", "RebootInstances").await?;
    let fields = page.run("return first('[data-link=taken]').dataset.fields;", &[]).await?;
    ensure!(fields == "cloud region instanceIds reason", "{fields}");
    page.act("empty-link").await?;
    page.wait_for_no("[data-link]").await?;
    ensure!(page.value("instanceIds").await?.is_empty() && page.value("region").await?.is_empty());
    ensure!(
        fixture.site.proxied().len() == before && fixture.calls().is_empty(),
        "something was sent"
    );
    Ok(())
}

async fn key(fixture: &mut Fixture) -> Result<()> {
    let link = format!(
        "?cloud=tencent&Secret_Key={}&keyId={}&reason={}#/",
        TENCENT.secret, TENCENT.key_id, "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIz"
    );
    open(fixture, &link).await?;
    let page = &fixture.page;
    page.wait_for("[data-link=refused]").await?;
    let words = page.text("[data-link=refused]").await?;
    ensure!(["Secret_Key", "keyId", "reason"].iter().all(|name| words.contains(name)), "{words}");
    ensure!(page.value("cloud").await? == "tencent");
    let all = page.everything().await?;
    for gone in [TENCENT.secret, TENCENT.key_id, "Zm9vYmFy"] {
        ensure!(!all.contains(gone), "{gone} is still there");
    }
    let address = address(fixture).await?;
    ensure!(address.ends_with("?cloud=tencent#/"), "{address}");
    page.screenshot(&format!("{}-link-refused", page.browser())).await?;
    ensure!(fixture.site.proxied().is_empty());
    Ok(())
}

async fn locked(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let configuration = json!({
        "preset": { "cloud": "tencent", "operation": "reboot", "region": "ap-guangzhou" },
        "locked": ["cloud", "operation", "region"] });
    fixture.site.replace("relight.json", configuration.to_string().into_bytes());
    let link = "?cloud=zenlayer&operation=start&region=ap-shanghai&instanceIds=ins-zzzzzzzz";
    open(fixture, link).await?;
    let page = &fixture.page;
    let words = page.text("[data-link=left]").await?;
    ensure!(words.contains("zenlayer") && words.contains("ap-shanghai"), "{words}");
    ensure!(!page.sees("[data-link=taken]").await?, "a link to another cloud is none of ours");
    ensure!(
        page.value("cloud").await? == "tencent" && page.value("region").await? == "ap-guangzhou"
    );
    open(fixture, &format!("?operation=start&instanceIds={}", ids[0])).await?;
    ensure!(page.text("[data-link=left]").await?.contains("start"));
    ensure!(page.value("operation").await? == "RebootInstances");
    ensure!(page.value("instanceIds").await? == ids[0]);
    // A cloud that is not there.
    open(fixture, "?cloud=amazon&instanceIds=i-0123456789abcdef0").await?;
    ensure!(page.text("[data-link=left]").await?.contains("amazon"));
    ensure!(page.value("instanceIds").await?.is_empty());
    ensure!(fixture.calls().is_empty());
    Ok(())
}

/// The address of a page that embeds the element is that page's: it is neither read nor changed.
async fn host_page(fixture: &mut Fixture) -> Result<()> {
    let portal = "<!doctype html><title>portal</title><relight-console></relight-console>\
         <script type=\"module\">import init from './relight.js'; await init();</script>";
    fixture.site.replace("portal.html", portal.into());
    let query = "?cloud=tencent&instanceIds=ins-aaaaaaaa&token=of-the-portal#section";
    let url = format!("{}portal.html{query}", fixture.site.url());
    fixture.page.session().driver().goto(&url).await?;
    fixture.page.wait_for_step("compose").await?;
    ensure!(fixture.page.value("cloud").await? == "alibaba");
    ensure!(fixture.page.value("instanceIds").await?.is_empty());
    ensure!(!fixture.page.sees("[data-link]").await?);
    ensure!(address(fixture).await? == url);
    Ok(())
}
