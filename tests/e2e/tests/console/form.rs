//! What the form shows is what is sent.

use crate::support::{ALIBABA, Account, TENCENT, ZENLAYER, is_chinese, send};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, case, suite::Case, until};
use serde_json::json;
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("form::alibaba_selects_are_what_is_sent", alibaba),
        case!("form::tencent_selects_are_what_is_sent", tencent),
        case!("form::zenlayer_selects_are_what_is_sent", zenlayer),
        case!("form::another_cloud_changes_every_select", other_cloud),
        case!("form::ids_that_are_not_sent_are_shown", problems),
        case!("form::more_than_a_hundred_are_split", split),
        case!("form::typing_while_the_console_loads_is_preserved", letters),
        case!("form::regions_are_found_by_name_and_id", regions),
        case!("form::the_last_regions_of_a_cloud_come_first", recent_regions),
        case!("form::rare_fields_are_folded_until_they_matter", advanced),
    ]
}

/// An operation, a mode, and the parameter that must be in the request. No mode: there is only one.
type Asked = (&'static str, Option<&'static str>, &'static str);

async fn alibaba(fixture: &mut Fixture) -> Result<()> {
    let asked: &[Asked] = &[
        ("StartInstances", None, "BatchOptimization=SuccessFirst"),
        ("RebootInstances", Some("force"), "ForceReboot=true"),
        ("RebootInstance", Some("soft"), "ForceStop=false"),
        ("RebootInstance", Some("force"), "ForceStop=true"),
        ("StartInstance", None, "InstanceId="),
        ("RebootInstances", Some("soft"), "ForceReboot=false"),
    ];
    selects(fixture, ALIBABA, asked).await
}

async fn tencent(fixture: &mut Fixture) -> Result<()> {
    let asked: &[Asked] = &[
        ("RebootInstances", Some("hard"), r#""StopType":"HARD""#),
        ("StartInstances", None, r#""InstanceIds":["#),
        ("RebootInstances", Some("soft-first"), r#""StopType":"SOFT_FIRST""#),
        ("RebootInstances", Some("soft"), r#""StopType":"SOFT""#),
    ];
    selects(fixture, TENCENT, asked).await
}

async fn zenlayer(fixture: &mut Fixture) -> Result<()> {
    let asked: &[Asked] = &[
        ("RebootInstances", Some("force"), r#""forceReboot":true"#),
        ("StartInstances", None, r#""instanceIds":["#),
        ("RebootInstances", Some("soft"), r#""forceReboot":false"#),
    ];
    selects(fixture, ZENLAYER, asked).await
}

async fn selects(fixture: &Fixture, account: Account, asked: &[Asked]) -> Result<()> {
    let page = &fixture.page;
    page.compose(&account.form("")).await?;
    let mut running = account.running(fixture, asked.len()).into_iter();
    let mut stopped = account.stopped(fixture, 2).into_iter();
    for (operation, mode, parameter) in asked {
        let starts = operation.starts_with("Start");
        let id = if starts { stopped.next() } else { running.next() }.context("an instance")?;
        page.choose("operation", operation).await?;
        if let Some(mode) = mode {
            page.choose("mode", mode).await?;
        }
        page.paste("instanceIds", &id).await?;
        // The visible labels, not only the values behind them.
        let shown = page.shown("operation").await?;
        let verb = if starts { "Start" } else { "Restart" };
        let one = if operation.ends_with('s') { "" } else { ", one instance per request" };
        ensure!(shown == format!("{verb}{one}"), "{shown:?} is shown for {operation}");
        let shown = page.shown("cloud").await?.to_lowercase();
        ensure!(shown.contains(account.cloud.name()), "{shown:?} is shown");
        if let Some(region) = account.region {
            ensure!(page.shown("region").await?.contains(region));
        }
        let chosen = page.count("[name=mode]:checked").await?;
        ensure!(chosen == usize::from(mode.is_some()), "{chosen} modes are chosen");

        page.review().await?;
        let review = page.text(".review").await?;
        ensure!(review.contains(operation), "{operation} is not in {review}");
        if page.sees("[name=typedCount]").await? {
            page.fill("typedCount", "1").await?;
            page.wait_for("[data-action=send]:not([aria-disabled])").await?;
        }
        page.send().await?;
        let outcome = ["accepted", "in-progress", "proven"];
        page.wait_for_outcomes(std::slice::from_ref(&id), &outcome).await?;

        let calls = fixture.power_calls();
        let call = calls.last().context("a call")?;
        ensure!(call.action == *operation && call.ids == [id] && call.executed, "{call:#?}");
        ensure!(call.region == account.region.unwrap_or_default(), "{call:#?}");
        let requests = fixture.site.proxied();
        let is_ours = |request: &&String| request.contains(&format!(": {operation}\r\n"));
        let request = requests.iter().rev().find(is_ours).context("the request")?;
        ensure!(request.contains(parameter), "{parameter} is not in {request}");
        page.act("new-run").await?;
        page.wait_for_step("compose").await?;
    }
    ensure!(fixture.power_calls().len() == asked.len());
    Ok(())
}

/// The trap: a select that shows its last option while the state holds another.
async fn other_cloud(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let first = page.value("cloud").await?;
    ensure!(first == "alibaba", "{first} is shown at the start");
    ensure!(page.shown("cloud").await?.contains("Alibaba"));
    page.choose("region", "eu-central-1").await?;
    page.choose("operation", "StartInstance").await?;
    let clouds = ["tencent", "zenlayer", "alibaba", "zenlayer", "tencent", "alibaba"];
    for cloud in clouds {
        page.choose("cloud", cloud).await?;
        ensure!(page.shown("cloud").await?.to_lowercase().contains(cloud));
        until("the first operation", || async {
            let operation = page.value("operation").await?;
            Ok((operation == "RebootInstances").then_some(()))
        })
        .await?;
        ensure!(page.shown("operation").await? == "Restart");
        ensure!(page.value("mode").await? == "soft", "soft is preselected");
        ensure!(page.sees("[name=region]").await? == (cloud != "zenlayer"));
        if cloud != "zenlayer" {
            ensure!(page.value("region").await?.is_empty(), "a region of another cloud stays");
        }
    }
    // A force is chosen anew for every operation.
    page.choose("mode", "force").await?;
    page.choose("operation", "RebootInstance").await?;
    ensure!(page.value("mode").await? == "soft");
    ensure!(fixture.calls().is_empty());
    Ok(())
}

async fn problems(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let alibaba = &ALIBABA.running(fixture, 1)[0];
    let page = &fixture.page;
    let text = format!(
        "{}\n{}，{}\n{alibaba}\nins-UPPER!!\nlns-5d8a23rs\nins-****abcd\n",
        ids[0], ids[1], ids[0]
    );
    page.compose(&TENCENT.form(&text)).await?;
    ensure!(page.text("[data-count=valid]").await?.starts_with('2'));
    for kind in ["repeated", "other-cloud", "malformed", "near-miss", "masked"] {
        let filter = format!(".counts [data-filter={kind}]");
        ensure!(page.text(&filter).await?.starts_with('1'), "one {kind}");
        page.click(&filter).await?;
        page.wait_for("[data-problem]").await?;
        page.wait_for_no(&format!("[data-problem]:not([data-problem={kind}])")).await?;
        ensure!(page.count("[data-problem]").await? == 1, "one {kind}");
        page.click(&filter).await?;
    }
    ensure!(page.text("[data-action=review]").await?.contains('2'));
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(page.outcomes().await?.len() == 2);
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].ids == ids, "{calls:#?}");
    Ok(())
}

async fn split(fixture: &mut Fixture) -> Result<()> {
    // Of every region, since no region has so many; Zenlayer asks for none.
    let regions = ["asia-east-1", "asia-southeast-1", "europe-central-1", "na-west-1", "na-east-1"];
    let mut ids = Vec::new();
    for region in regions {
        ids.extend(Account { region: Some(region), ..ZENLAYER }.running(fixture, 41));
    }
    ensure!(ids.len() == 205);
    let text = ids.join("\n");
    fixture.page.compose(&ZENLAYER.form(&text)).await?;
    fixture.page.review().await?;
    // So many are never sent by a hurried click.
    fixture.page.fill("typedCount", "205").await?;
    fixture.page.wait_for("[data-action=send]:not([aria-disabled])").await?;
    fixture.page.send().await?;
    until("all calls", || async {
        let sent: usize = fixture.power_calls().iter().map(|call| call.ids.len()).sum();
        Ok((sent >= ids.len()).then_some(()))
    })
    .await?;
    let calls = fixture.power_calls();
    let sizes: Vec<usize> = calls.iter().map(|call| call.ids.len()).collect();
    // One goes first, to see whether it works at all.
    ensure!(sizes == [1, 100, 100, 4], "{sizes:?}");
    let sent: Vec<String> = calls.iter().flat_map(|call| call.ids.clone()).collect();
    ensure!(sent == ids, "each id once, in the order given");
    ensure!(ZENLAYER.reboots(fixture, &ids)?.iter().all(|count| *count == 1));
    // Not all rows are in the page at a time.
    let rows = fixture.page.outcomes().await?.len();
    ensure!((1..=100).contains(&rows), "{rows} rows");
    Ok(())
}

/// Yew lets events in between two parts of its work once that takes long. Here it takes long each time, and
/// each time a letter is typed, while the console replaces the form.
async fn letters(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.fill("keyId", "LTAI").await?;
    // A script of Firefox's driver has another `Date`; the page's is its window's.
    let script = "window.letters = 'LTAI'; \
         const [now, later] = [window.Date.now.bind(Date), window.setTimeout.bind(window)]; \
         let ahead = 0; window.Date.now = () => now() + (ahead += 20); \
         window.setTimeout = (run, ms, ...more) => later(() => { \
           const field = host.shadowRoot.querySelector('[name=keyId]'); \
           if (ms === 0 && field && window.letters.length < 60) { \
             const letter = String.fromCharCode(97 + window.letters.length % 26); \
             window.letters += letter; field.value += letter; \
             field.dispatchEvent(new InputEvent('input', \
               { bubbles: true, composed: true, inputType: 'insertText' })); } \
           run(); }, ms, ...more); return true;";
    page.run(script, &[]).await?;
    page.act("doctor").await?;
    page.wait_for_no("[data-form-only]").await?;
    page.act("power").await?;
    page.wait_for("[name=keyId]").await?;
    let letters = page
        .run("const typed = window.letters; window.letters = 'x'.repeat(60); return typed;", &[])
        .await?;
    let letters = letters.as_str().context("letters")?;
    ensure!(letters.len() > 4, "only {letters} was typed");
    page.wait_for_value("keyId", letters).await
}

/// The regions that are in the list now.
async fn listed(fixture: &Fixture) -> Result<Vec<String>> {
    let script = "return all('[name=region] option').map(o => o.value) \
         .filter(value => value && value !== 'other');";
    Ok(serde_json::from_value(fixture.page.run(script, &[]).await?)?)
}

async fn regions(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let enter = String::from(Key::Enter.value());
    // The form alone has names to type the beginning of.
    ensure!(page.shown("region").await? == "Choose…");
    page.choose("region", "eu-central-1").await?;
    ensure!(page.shown("region").await? == "Frankfurt · eu-central-1");
    page.act("review").await?;
    page.wait_for_no("[data-form-only]").await?;
    for (language, names) in [("en", ["Frankfurt", "Hangzhou"]), ("zh", ["法兰克福", "杭州"])]
    {
        for (typed, found) in [
            (names[0], vec!["eu-central-1"]),
            ("frank", vec!["eu-central-1"]),
            ("杭州 finance", vec!["cn-hangzhou-finance"]),
            ("US-", vec!["us-west-1", "us-east-1", "us-southeast-1"]),
        ] {
            let chosen = page.value("region").await?;
            page.fill("findRegion", typed).await?;
            until(format!("{found:?}"), || async {
                let mut listed = listed(fixture).await?;
                // What is chosen stays in the list, once.
                if !found.contains(&chosen.as_str()) {
                    let at = listed.iter().position(|id| *id == chosen);
                    listed.remove(at.context("what is chosen")?);
                }
                Ok((listed == found).then_some(()))
            })
            .await?;
            page.press(&enter).await?;
            page.wait_for_value("region", found[0]).await?;
            page.wait_for_value("findRegion", "").await?;
            ensure!(listed(fixture).await?.len() > 30, "the others are gone");
        }
        page.choose("region", "cn-hangzhou").await?;
        ensure!(page.shown("region").await? == format!("{} · cn-hangzhou", names[1]), "{language}");
        page.act("language").await?;
    }
    // In the list that opens, by the pointer.
    page.fill("findRegion", "lon").await?;
    page.choose("region", "eu-west-1").await?;
    // One that is not known.
    page.fill("findRegion", "cn-new-9").await?;
    page.press(&enter).await?;
    page.wait_for_value("regionOther", "cn-new-9").await?;
    ensure!(page.value("region").await? == "other");
    // What was being found is over when the focus is elsewhere.
    page.choose("region", "eu-west-1").await?;
    page.fill("findRegion", "tok").await?;
    page.fill("keyId", "LTAI").await?;
    page.wait_for_value("findRegion", "").await?;
    ensure!(page.value("region").await? == "eu-west-1");
    ensure!(fixture.calls().is_empty());
    Ok(())
}

async fn recent_regions(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 1);
    ensure!(!page.sees("optgroup").await?);
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    let recent = "return [...root.querySelector('[name=region] optgroup')?.children ?? []] \
         .map(option => option.value);";
    for _ in 0..2 {
        page.choose("cloud", "tencent").await?;
        until("the last region, first", || async {
            Ok((page.run(recent, &[]).await? == json!(["ap-guangzhou"])).then_some(()))
        })
        .await?;
        let all = listed(fixture).await?;
        ensure!(all.iter().filter(|id| *id == "ap-guangzhou").count() == 1, "{all:?}");
        page.choose("region", "ap-guangzhou").await?;
        ensure!(page.shown("region").await? == "Guangzhou · ap-guangzhou");
        // Of this cloud alone.
        page.choose("cloud", "alibaba").await?;
        page.choose("region", "cn-hangzhou").await?;
        ensure!(page.run(recent, &[]).await? == json!([]));
        page.run("sessionStorage.clear(); return true;", &[]).await?;
        page.open(&fixture.url()).await?;
    }
    let stored = page.run("return JSON.stringify(localStorage);", &[]).await?;
    let stored = stored.as_str().unwrap_or_default();
    ensure!(!stored.contains(TENCENT.key_id) && !stored.contains(TENCENT.secret), "{stored}");
    Ok(())
}

async fn advanced(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = ALIBABA.running(fixture, 2).join("\n");
    page.compose(&ALIBABA.form(&ids)).await?;
    for language in ["en", "zh"] {
        ensure!(!page.sees("[name=dryRun], [name=batching]").await?, "not folded in {language}");
        let text = page.all_text().await?;
        for raw in ["AllTogether", "SuccessFirst", "BatchOptimization", "RebootInstances"] {
            ensure!(!text.contains(raw), "{raw} in {text}");
        }
        page.act("language").await?;
    }
    // The form alone has only the place, and leads to it.
    ensure!(page.sees("[data-form-only]").await?);
    page.click("[data-advanced] > summary").await?;
    page.wait_for("[data-advanced][open] [name=batching]").await?;
    let focused = "return root.activeElement?.matches('[data-advanced] > summary') ?? false;";
    page.wait_until("the focus where it was", focused, &[]).await?;
    page.wait_for_value("instanceIds", &ids).await?;
    ensure!(page.shown("batching").await? == "Go on with the others");
    ensure!(page.text("#batching-help").await?.contains("BatchOptimization=SuccessFirst"));
    page.act("language").await?;
    ensure!(is_chinese(&page.shown("batching").await?));
    page.act("language").await?;
    page.choose("batching", "AllTogether").await?;
    ensure!(page.shown("batching").await? == "Refuse the whole request");
    // What is refused in it is not hidden, nor is its reason; the field has the focus.
    page.tick("dryRun", true).await?;
    page.choose("batching", "SuccessFirst").await?;
    page.click("[data-advanced] > summary").await?;
    page.wait_for_no("[name=batching]").await?;
    page.act("review").await?;
    page.wait_for("#e-batching").await?;
    let focused = "return root.activeElement?.name === 'batching';";
    page.wait_until("the focus", focused, &[]).await?;
    // Nor what is not as usual.
    page.visit(&format!("{}?cloud=alibaba&dryRun=true", fixture.site.url())).await?;
    page.wait_for("[name=dryRun]").await?;
    ensure!(page.value("dryRun").await? == "true");
    page.tick("dryRun", false).await?;
    ensure!(page.sees("[name=dryRun]").await?, "it closes under the hand");
    // A cloud without any of it has no such place.
    page.choose("cloud", "tencent").await?;
    page.wait_for_no("[data-advanced]").await?;
    ensure!(fixture.calls().is_empty());
    Ok(())
}
