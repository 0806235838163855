//! What the page's address fills in, and what it does not.

use crate::support::{ALIBABA, TENCENT, is_chinese};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, case, page::Form, suite::Case};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("links::a_link_fills_in_and_sends_nothing", fills_in),
        case!("links::a_key_in_a_link_is_removed", key),
        case!("links::what_the_operator_locks_wins_over_a_link", locked),
        case!("links::a_host_keeps_its_address", host_page),
        case!("links::the_form_is_copied_as_a_link", copied),
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
    ensure!(words.contains("Instances") && words.contains("The author of the link"), "{words}");
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

async fn copied(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let listen = "() => { window.copied = []; const { clipboard } = navigator; \
         if (clipboard) clipboard.writeText = async text => { window.copied.push(text); }; }";
    page.session().before_every_page(listen).await?;
    open(fixture, "?utm_source=chat&cloud=zenlayer&reason=TICKET+7").await?;
    let ids = ALIBABA.running(fixture, 2);
    let text = format!("{}, {} # web\nnot-an-id", ids[0], ids[1]);
    let form = Form {
        operation: Some("RebootInstances"),
        mode: Some("force"),
        dry_run: true,
        ..ALIBABA.form(&text)
    };
    page.compose(&form).await?;
    page.act("copy-link").await?;
    let link = page.wait_until("a link", "return window.copied.at(-1) ?? null;", &[]).await?;
    let link = link.as_str().context("a link")?;
    ensure!(!link.contains(ALIBABA.key_id) && !link.contains(ALIBABA.secret), "{link}");
    ensure!(link.starts_with(&fixture.site.url()) && link.contains("utm_source=chat"), "{link}");
    // In another tab, say.
    page.run("sessionStorage.clear(); return true;", &[]).await?;
    page.visit(link).await?;
    page.wait_for("[data-link=taken]").await?;
    ensure!(!page.sees("[data-link=left], [data-link=refused]").await?);
    for (name, value) in [
        ("cloud", "alibaba"),
        ("region", "cn-hangzhou"),
        ("operation", "RebootInstances"),
        ("mode", "force"),
        ("dryRun", "true"),
        ("keyId", ""),
    ] {
        ensure!(page.value(name).await? == value, "{name}: {}", page.value(name).await?);
    }
    let filled_in = page.value("instanceIds").await?;
    ensure!(ids.iter().all(|id| filled_in.contains(id)), "{filled_in}");
    ensure!(page.text("[data-count=valid] b").await? == "2");
    ensure!(
        page.run("return first('[data-link=taken]').dataset.fields;", &[])
            .await?
            .as_str()
            .is_some_and(|fields| fields.contains("reason"))
    );
    // A secret by mistake is in no link, and the page says where it is.
    for typed in [TENCENT.key_id, "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIz"] {
        page.paste("instanceIds", &format!("{}\n{typed}", ids[0])).await?;
        page.act("copy-link").await?;
        let words = page.text("[data-refused-link]").await?;
        ensure!(words.contains("Instances") && !words.contains(typed), "{words}");
    }
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-refused-link]").await?));
    page.act("language").await?;
    ensure!(page.run("return window.copied.length;", &[]).await? == 0);
    page.paste("instanceIds", &ids[0]).await?;
    page.wait_for_no("[data-refused-link]").await?;
    // So many that no server takes the link.
    let many: Vec<String> = (0..600).map(|at| format!("i-bp1{at:017}")).collect();
    page.paste("instanceIds", &many.join(" ")).await?;
    page.act("copy-link").await?;
    ensure!(page.text("[data-refused-link]").await?.contains("do not fit"));
    // Where links are not read none is offered.
    page.run("host.removeAttribute('routing'); host.setAttribute('lang', 'en'); return true;", &[])
        .await?;
    page.wait_for_no("[data-action=copy-link]").await?;
    ensure!(fixture.calls().is_empty());
    Ok(())
}
