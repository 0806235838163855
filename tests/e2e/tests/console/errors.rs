//! Errors without a key and without a network: the index, with its addresses, and what is pasted.

use crate::support::{
    ALIBABA, CARD, TENCENT, explanation, is_chinese, send, send_without_preflight,
};
use anyhow::{Context, Result, ensure};
use relight_e2e::{
    Fixture, case,
    page::{Form, Page},
    suite::Case,
    until,
};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("errors::index_is_searched_and_has_addresses", index),
        case!("errors::address_opens_the_index", address),
        case!("errors::index_in_a_host_page", guest),
        case!("errors::index_is_printed", printed),
        case!("errors::pasted_and_hidden", pasted),
        case!("errors::language_is_remembered", language),
        case!("errors::start_instead", start_instead),
        case!("errors::search_in_other_regions", other_region),
        case!("errors::signatures_are_compared", signature),
        case!("errors::missing_permission_comes_with_its_policy", policy),
    ]
}

const ROWS: &str = "[data-entry]";
const OPEN: &str = "[data-error]";

/// From the page on errors to one of them and back, with nothing behind the page any more.
async fn index(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.act("explain").await?;
    page.act("errors").await?;
    page.wait_for(ROWS).await?;
    fixture.site.close();
    let page = &fixture.page;
    ensure!(hash(page).await? == "#/errors");
    let all = entries(page).await?;
    ensure!(all > 200, "only {all} entries");
    ensure!(page.count(ROWS).await? <= 30, "all rows are mounted");

    // In either language, whatever the page speaks.
    for wanted in ["incorrectinstancestatus", "当前状态 不支持"] {
        page.fill("findError", wanted).await?;
        until(format!("what fits {wanted}"), || async {
            Ok((entries(page).await? < 12).then_some(()))
        })
        .await?;
        page.wait_for("[data-entry='alibaba/IncorrectInstanceStatus']").await?;
    }
    page.fill("findError", "zzzz").await?;
    page.wait_for("[data-entries='0']").await?;
    page.fill("findError", "IncorrectInstanceStatus").await?;
    page.click("[data-entry='alibaba/IncorrectInstanceStatus'] [data-action=open]").await?;
    page.wait_for(OPEN).await?;
    ensure!(hash(page).await? == "#/errors/alibaba/IncorrectInstanceStatus");
    ensure!(focused(page).await? == "h-error", "the focus is on what was opened");
    let card = page.text(OPEN).await?;
    ensure!(card.contains("Running") && card.contains("https://"), "{card}");

    // Several meanings of one code, distinguished by the cloud's message.
    page.fill("findError", "InvalidInstanceId.NotFound").await?;
    page.click("[data-entry='alibaba/InvalidInstanceId.NotFound'] [data-action=open]").await?;
    page.wait_for("[data-error='InvalidInstanceId.NotFound']").await?;
    ensure!(page.count(&format!("{OPEN} article")).await? > 1);
    ensure!(page.text(OPEN).await?.contains("InstanceId should not be null."));

    // The browser's own way back.
    page.session().driver().back().await?;
    page.wait_for("[data-error=IncorrectInstanceStatus]").await?;
    page.session().driver().back().await?;
    page.wait_for_no(OPEN).await?;
    page.click("nav [href='#/errors/zenlayer']").await?;
    until("one cloud", || async { Ok((entries(page).await? < all / 2).then_some(())) }).await?;
    page.act("power").await?;
    page.wait_for_step("compose").await?;
    ensure!(hash(page).await? == "#/");
    Ok(())
}

/// A link leads to its page from the very first load on.
async fn address(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let driver = page.session().driver();
    let at = |hash: &str| format!("{}{hash}", fixture.site.url());
    driver.goto(&at("#/errors/tencent/MutexOperation.TaskRunning")).await?;
    page.wait_for("[data-error='MutexOperation.TaskRunning'] article").await?;
    driver.refresh().await?;
    page.wait_for("[data-error='MutexOperation.TaskRunning'] article").await?;
    let script = "return document.title.includes('MutexOperation.TaskRunning');";
    page.wait_until("the code in the title", script, &[]).await?;
    // An unknown code is reported as unknown; an unknown address leads to the whole index.
    driver.goto(&at("#/errors/tencent/NoSuchCode.Ever")).await?;
    page.wait_for("[data-error='NoSuchCode.Ever'] article").await?;
    ensure!(page.text(OPEN).await?.contains("not in the catalogue"));
    driver.goto(&at("#/errors/nowhere/NoSuchCode")).await?;
    page.wait_for_no(OPEN).await?;
    page.wait_for(ROWS).await?;
    ensure!(fixture.calls().is_empty() && fixture.site.proxied().is_empty());
    Ok(())
}

/// The address of another site's page is neither changed nor read.
async fn guest(fixture: &mut Fixture) -> Result<()> {
    let script = "const guest = document.createElement('relight-console'); \
         guest.id = 'guest'; host.replaceWith(guest); location.hash = '#chapter-2'; return true;";
    fixture.page.run(script, &[]).await?;
    let page = &fixture.page;
    page.wait_for_step("compose").await?;
    page.act("explain").await?;
    page.act("errors").await?;
    page.wait_for(ROWS).await?;
    page.click(&format!("{ROWS} button[data-action=open]")).await?;
    page.wait_for(OPEN).await?;
    ensure!(page.count(&format!("{OPEN} a[href^='#'], .entries a")).await? == 0);
    ensure!(hash(page).await? == "#chapter-2");
    page.run("location.hash = '#/errors/tencent'; return true;", &[]).await?;
    page.act("close").await?;
    page.wait_for_no(OPEN).await?;
    ensure!(hash(page).await? == "#/errors/tencent");
    Ok(())
}

/// On paper there are texts and no controls, every card is whole, and all that was found is there.
async fn printed(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let hash = "location.hash = '#/errors/zenlayer'; return true;";
    page.run(hash, &[]).await?;
    page.wait_for(ROWS).await?;
    let total = entries(page).await?;
    // The rules for paper count for the screen while the page is being printed.
    let script = "window.print = () => { \
         const rules = root.adoptedStyleSheets.flatMap(s => [...s.cssRules]) \
           .filter(r => r.media?.mediaText === 'print'); \
         rules.forEach(r => r.media.mediaText = 'all'); \
         const cards = all('article[data-code]').filter(seen); \
         window.paper = { rules: rules.length, cards: cards.length, \
           split: cards.filter(c => getComputedStyle(c).breakInside !== 'avoid').length, \
           controls: all('button, input, textarea, select, nav').filter(seen) \
             .map(e => e.outerHTML.slice(0, 120)) }; \
         rules.forEach(r => r.media.mediaText = 'print'); }; return true;";
    page.run(script, &[]).await?;
    for (opened, cards) in [(false, total), (true, 1)] {
        if opened {
            page.click(&format!("{ROWS} [data-action=open]")).await?;
            page.wait_for(OPEN).await?;
        }
        page.run("delete window.paper; return true;", &[]).await?;
        page.act("print").await?;
        let paper = page.wait_until("the print", "return window.paper ?? null;", &[]).await?;
        ensure!(paper["rules"].as_u64() > Some(1), "{paper}");
        let printed = paper["cards"].as_u64().context("a count")?;
        ensure!(if opened { printed >= cards as u64 } else { printed == cards as u64 }, "{paper}");
        ensure!(paper["split"] == 0, "{paper}");
        ensure!(paper["controls"] == json!([]), "{paper}");
    }
    page.wait_for(ROWS).await?;
    ensure!(page.count("article[data-code]").await? < 10, "what was printed is still mounted");
    Ok(())
}

/// Several errors at once, from any format; a secret is never shown, and nothing is stored.
async fn pasted(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.act("explain").await?;
    page.wait_for("[name=errorText]").await?;
    fixture.site.close();
    let page = &fixture.page;
    let secret = "zQ7nR2vK9mX4bT6wY1cL8dF3gH5jP0";
    let text = format!(
        "AccessKeySecret={secret}\n\
         {{\"RequestId\":\"473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E\",\"HostId\":\"ecs.aliyuncs.com\",\
         \"Code\":\"IncorrectInstanceStatus\",\"Message\":\"The current status of the resource does \
         not support this operation.\"}}\n\
         [TencentCloudSDKException] code:MutexOperation.TaskRunning message:An identical job is \
         running. requestId:fe2bb395-4aab-4f0f-9d0b-3a2fbb2bb3d2"
    );
    page.paste("errorText", &text).await?;
    page.wait_for("article[data-code='MutexOperation.TaskRunning']").await?;
    page.wait_for("article[data-code=IncorrectInstanceStatus]").await?;
    page.wait_for("[data-note=hidden]").await?;
    ensure!(!page.everything().await?.contains(secret), "the secret is still there");
    let card = page.text("article[data-code=IncorrectInstanceStatus]").await?;
    ensure!(card.contains("473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"), "{card}");
    page.act("language").await?;
    page.wait_for(".relight[lang^=zh]").await?;
    let title = page.text("article[data-code=IncorrectInstanceStatus] h2").await?;
    ensure!(is_chinese(&title), "{title}");
    page.act("clear").await?;
    page.wait_for_no("article[data-code]").await?;
    ensure!(page.value("errorText").await?.is_empty());
    ensure!(!page.everything().await?.contains("IncorrectInstanceStatus"), "something is stored");
    Ok(())
}

/// A choice outlives the page; what the operator sets is above it.
async fn language(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.wait_for(".relight[lang^=en]").await?;
    page.act("language").await?;
    page.wait_for(".relight[lang^=zh]").await?;
    page.session().driver().refresh().await?;
    page.wait_for(".relight[lang^=zh]").await?;
    page.compose(&ALIBABA.form("i-")).await?;
    let stored = page.run("return { ...localStorage };", &[]).await?;
    ensure!(stored == json!({ "relight-language": "zh-CN" }), "{stored}");
    page.run("host.setAttribute('lang', 'en'); return true;", &[]).await?;
    page.wait_for(".relight[lang^=en]").await?;
    let stored = page.run("return { ...localStorage };", &[]).await?;
    ensure!(stored == json!({ "relight-language": "zh-CN" }), "{stored}");
    Ok(())
}

/// A state that does not fit leads to the operation that does, through preflight and review.
async fn start_instead(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.stopped(fixture, 2);
    send_without_preflight(fixture, &ALIBABA.form(&ids.join("\n"))).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    page.wait_for(CARD).await?;
    page.click(&format!("{CARD} [data-action=start-instead]")).await?;
    page.wait_for_step("review").await?;
    ensure!(page.value("operation").await? == "StartInstances");
    let button = page.text("[data-action=send]").await?;
    ensure!(button.contains("Start") && button.contains('2'), "{button}");
    ensure!(fixture.power_calls().len() == 1, "nothing goes out before it is confirmed");
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(ALIBABA.starts(fixture, &ids)? == [1, 1]);
    Ok(())
}

/// What is not found is searched in the other regions, with the current key.
async fn other_region(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let text = ids.join("\n");
    let form = Form { region: Some("ap-shanghai"), ..TENCENT.form(&text) };
    send_without_preflight(fixture, &form).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    let card = explanation(fixture).await?;
    ensure!(card.contains("ap-shanghai"), "the region that was asked: {card}");
    page.click(&format!("{CARD} [data-action=other-region]")).await?;
    page.wait_for("[data-action=go-to]").await?;
    page.act("go-to").await?;
    ensure!(page.value("region").await? == "ap-guangzhou");
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}

/// The cloud shows what it has signed: the same as ours, so the secret is wrong. Another text is
/// compared byte by byte, and the key is entered again.
async fn signature(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 1);
    let secret = "not-the-secret-of-this-key-00001";
    send_without_preflight(fixture, &Form { secret, ..ALIBABA.form(&ids[0]) }).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    page.wait_for(CARD).await?;
    page.click(&format!("{CARD} [data-action=compare-signature]")).await?;
    page.wait_for("[data-step=comparison] [data-cause=same]").await?;

    let canonical = "[data-step=canonical-request] pre";
    let ours = page.text(canonical).await?;
    let theirs = ours.replace("x-acs-version:2014-05-26", "x-acs-version:2014-05-27");
    ensure!(theirs != ours, "{ours}");
    page.paste("cloudText", &theirs).await?;
    page.wait_for("[data-step=comparison] [data-cause=differs]").await?;
    accessible(page).await?;
    let text = page.text("[data-step=comparison]").await?;
    ensure!(text.contains("x-acs-version"), "{text}");
    let marked = page.run("return all('mark').map(e => e.textContent);", &[]).await?;
    ensure!(marked == json!(["6", "7"]), "{marked}");
    let byte = ours.find("2014-05-26").context("the version")? + "2014-05-26".len();
    ensure!(text.contains(&format!("number {byte}")), "byte {byte}: {text}");
    ensure!(!page.everything().await?.contains(secret));

    page.click(&format!("{CARD} [data-action=enter-key]")).await?;
    page.wait_for("[name=secret][aria-invalid=true]").await?;
    ensure!(page.value("instanceIds").await? == ids[0] && page.value("secret").await?.is_empty());
    page.fill("secret", ALIBABA.secret).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await
}

/// A permission that is missing comes with the smallest policy that grants it.
async fn policy(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    fixture.fault(&json!({ "fault": "error", "cloud": "tencent", "action": "RebootInstances",
        "code": "UnauthorizedOperation" }))?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    page.wait_for(CARD).await?;
    let policy = page.text(&format!("{CARD} .permission pre")).await?;
    let read: serde_json::Value = serde_json::from_str(&policy).context("a policy")?;
    ensure!(read["statement"].is_array() || read["Statement"].is_array(), "{policy}");
    ensure!(policy.contains("RebootInstances") && policy.contains(&ids[0]), "{policy}");
    ensure!(!policy.contains("\"*\""), "{policy}");
    ensure!(page.text(CARD).await?.contains("https://"), "the vendor's page and its address");
    accessible(page).await
}

async fn accessible(page: &Page) -> Result<()> {
    let problems = page.accessibility_problems().await?;
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

async fn hash(page: &Page) -> Result<String> {
    let hash = page.run("return location.hash;", &[]).await?;
    hash.as_str().map(str::to_owned).context("an address")
}

/// How many entries are found.
async fn entries(page: &Page) -> Result<usize> {
    let count = page.run("return Number(first('[data-entries]')?.dataset.entries);", &[]).await?;
    Ok(usize::try_from(count.as_u64().context("a count")?)?)
}

async fn focused(page: &Page) -> Result<String> {
    let script = "return root.activeElement?.id || false;";
    let id = page.wait_until("the focus", script, &[]).await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}
