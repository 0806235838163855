//! The operator's configuration: it is shown and enforced, and its errors are reported.

use crate::{
    runs::{each_once, key_again, one_by_one, outcome, send_not_started},
    support::{TENCENT, events_of, is_chinese, listen, send},
};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, browser::Capability, case, site::Records, suite::Case, until};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("operator::only_what_is_allowed_is_offered", allowed),
        case!("operator::a_locked_value_stays", locked),
        case!("operator::a_locked_value_must_be_allowed", locked_outside),
        case!("operator::a_late_configuration_counts", late),
        case!("operator::reason_and_count_are_required", confirmed),
        case!("operator::an_invalid_file_stops_everything", wrong),
        case!("operator::a_restored_run_is_held_to_the_current_limits", restored),
        case!("operator::the_property_replaces_the_file", property),
        case!("operator::records_are_uploaded_until_accepted", records).noisy(),
        case!("operator::texts_colours_and_language_are_configured", branded),
    ]
}

/// Serves this configuration and opens the page again.
async fn configured(fixture: &Fixture, configuration: &Value) -> Result<()> {
    fixture.site.replace("relight.json", configuration.to_string().into_bytes());
    fixture.page.visit(&fixture.site.url()).await?;
    // What the form cannot judge loads the console.
    fixture.page.wait_for_no("[data-form-only]").await?;
    fixture.page.wait_for("[data-step=compose], [data-step=unusable]").await
}

async fn options(fixture: &Fixture, name: &str) -> Result<Vec<String>> {
    let script = "return [...first(`select[name=${a}]`).options].map(o => o.value);";
    Ok(serde_json::from_value(fixture.page.run(script, &[json!(name)]).await?)?)
}

async fn allowed(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let ids = TENCENT.running(fixture, 3);
    configured(
        fixture,
        &json!({ "allow": { "clouds": ["zenlayer", "tencent"], "operations": ["reboot"],
            "regions": ["ap-guangzhou", "ap-new-1"], "modes": ["soft", "normal"],
            "instancesMax": 2, "instanceIds": [&ids[0], &ids[1], &ids[2]] } }),
    )
    .await?;
    let page = &fixture.page;
    // What the form could not judge is read again by the console.
    until("the clouds that are allowed", || async {
        Ok((options(fixture, "cloud").await? == ["tencent", "zenlayer"]).then_some(()))
    })
    .await?;
    ensure!(options(fixture, "region").await? == ["", "ap-guangzhou", "ap-new-1"]);
    ensure!(options(fixture, "operation").await? == ["RebootInstances"]);
    ensure!(page.count("[name=mode]").await? <= 1, "only soft is left");
    // Too many, and one that is not allowed: each is refused before anything is described.
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.act("review").await?;
    page.wait_for("[role=alert], .error").await?;
    ensure!(page.all_text().await?.contains("allows 2 instances at a time"));
    page.fill("instanceIds", "ins-zzzzzzzz").await?;
    page.act("review").await?;
    page.wait_until(
        "the refusal",
        "return all('*').some(e => e.textContent.includes('does not allow these')) || null;",
        &[],
    )
    .await?;
    ensure!(fixture.calls().is_empty(), "{:#?}", fixture.calls());
    page.fill("instanceIds", &ids[..2].join("\n")).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[..2], &["accepted", "in-progress", "proven"]).await?;
    // A run that may not be forced offers no force.
    ensure!(!page.sees("[data-action=force]").await?);
    Ok(())
}

/// Also when ids were filled in before, for which the console is being fetched already.
async fn late(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let ids = TENCENT.running(fixture, 2).join(" ");
    let configuration = json!({ "allow": { "operations": ["start"] } });
    fixture.site.replace("relight.json", configuration.to_string().into_bytes());
    fixture.site.hold("relight.json");
    fixture.page.session().driver().goto(&fixture.site.url()).await?;
    fixture.page.wait_for("[data-form-only]").await?;
    fixture.page.fill("instanceIds", &ids).await?;
    until("the rest, ahead of time", || async {
        Ok(fixture.site.asked().iter().any(|name| name == "relight_rest.wasm").then_some(()))
    })
    .await?;
    fixture.site.hold("");
    fixture.page.wait_for_no("[data-form-only]").await?;
    fixture.page.wait_for_value("instanceIds", &ids).await?;
    // The user continues to type in the same place.
    fixture.page.press("x").await?;
    fixture.page.wait_for_value("instanceIds", &format!("{ids}x")).await?;
    let offered = options(fixture, "operation").await?;
    ensure!(!offered.is_empty(), "no operation");
    ensure!(offered.iter().all(|name| name.starts_with("Start")), "{offered:?}");
    Ok(())
}

const FIXED: [(&str, &str); 4] = [
    ("cloud", "tencent"),
    ("region", "ap-guangzhou"),
    ("operation", "RebootInstances"),
    ("mode", "soft"),
];

async fn locked(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    // Of a verb that a cloud has twice the usual one, and the other where one rarely looks.
    let verb = json!({ "preset": { "cloud": "alibaba", "region": "cn-hangzhou", "operation": "reboot" },
        "locked": ["operation", "region", "cloud"] });
    configured(fixture, &verb).await?;
    let line = page.text("[data-set-by-operator]").await?;
    let wanted = "Alibaba Cloud · Hangzhou (cn-hangzhou) · Restart, set by your administrator";
    ensure!(line.trim() == wanted, "{line}");
    ensure!(!page.sees("[name=operation]").await?);
    ensure!(page.value("operation").await? == "RebootInstances");
    page.choose("operation", "RebootInstance").await?;
    page.wait_for("[data-advanced][open] [name=operation]").await?;
    let ids = TENCENT.running(fixture, 2);
    configured(
        fixture,
        &json!({ "preset": { "cloud": "tencent", "region": "ap-guangzhou", "operation": "reboot",
                "mode": "soft", "keyId": TENCENT.key_id, "instanceIds": [&ids[0]] },
            "locked": ["cloud", "region", "operation", "mode", "instanceIds"] }),
    )
    .await?;
    page.wait_for_value("instanceIds", &ids[0]).await?;
    ensure!(page.value("keyId").await? == TENCENT.key_id);
    // One line to read in place of fields; their names have their values.
    let line = page.text("[data-set-by-operator]").await?;
    let wanted =
        "Tencent Cloud · Guangzhou (ap-guangzhou) · Restart · Soft, set by your administrator";
    ensure!(line.trim() == wanted, "{line}");
    for (name, value) in FIXED {
        ensure!(page.value(name).await? == value, "{name}");
        ensure!(!page.sees(&format!("[name={name}]")).await?, "{name}");
    }
    page.act("language").await?;
    let line = page.text("[data-set-by-operator]").await?;
    ensure!(is_chinese(&line) && line.contains("广州 (ap-guangzhou)"), "{line}");
    page.act("language").await?;
    page.screenshot(&format!("{}-operator-locked", page.browser())).await?;
    // A value changed in the page's markup changes nothing that is sent.
    let script = "for (const [name, value] of [['operation', 'StartInstances'], ['region', 'ap-shanghai']]) { \
         const field = all(`[name=${name}]`)[0]; field.value = value; \
         for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true })); } \
         return true;";
    page.run(script, &[]).await?;
    page.fill("secret", TENCENT.secret).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[..1], &["accepted", "in-progress", "proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].action == "RebootInstances", "{calls:#?}");
    ensure!(calls[0].region == "ap-guangzhou", "{calls:#?}");
    Ok(())
}

/// In the file, by the property, and at run time: what is locked is one of those that are allowed, or
/// nothing goes out and the page says what is wrong.
async fn locked_outside(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let outside = |allow: Value, preset: Value, locked: &str| json!({ "allow": allow, "preset": preset, "locked": [locked] });
    let cases = [
        outside(json!({ "clouds": ["alibaba"] }), json!({ "cloud": "tencent" }), "cloud"),
        outside(
            json!({ "regions": ["ap-shanghai"] }),
            json!({ "region": "ap-guangzhou" }),
            "region",
        ),
        outside(json!({ "operations": ["start"] }), json!({ "operation": "reboot" }), "operation"),
        outside(json!({ "modes": ["soft", "normal"] }), json!({ "mode": "hard" }), "mode"),
        outside(
            json!({ "instanceIds": [&ids[0]] }),
            json!({ "instanceIds": [&ids[1]] }),
            "instanceIds",
        ),
    ];
    let page = &fixture.page;
    for (at, configuration) in cases.iter().enumerate() {
        if at == 0 {
            configured(fixture, configuration).await?;
        } else {
            page.run("host.config = a; return true;", std::slice::from_ref(configuration)).await?;
        }
        let name = configuration["locked"][0].as_str().unwrap_or_default();
        let said = "return first('[data-problem=configuration]')?.textContent.includes(a) || null;";
        page.wait_until(name, said, &[json!(format!("`preset.{name}`"))]).await?;
        ensure!(!page.sees("[data-action=review]").await?, "{name}");
    }
    ensure!(fixture.calls().is_empty(), "{:#?}", fixture.calls());
    // One that is allowed is the only one, also once the page is there.
    let inside = json!({ "allow": { "clouds": ["alibaba", "zenlayer"] },
        "preset": { "cloud": "zenlayer" }, "locked": ["cloud"] });
    page.run("host.config = a; return true;", &[inside]).await?;
    page.wait_for_no("[data-problem=configuration]").await?;
    let set = "[data-set-by-operator=cloud]";
    ensure!(page.text(set).await?.contains("Zenlayer"));
    // An attribute does not open it again.
    page.run("host.setAttribute('proxy', '/other'); return true;", &[]).await?;
    ensure!(page.text(set).await?.contains("Zenlayer"));
    ensure!(page.value("cloud").await? == "zenlayer");
    Ok(())
}

async fn confirmed(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 2);
    let confirm = json!({ "typedCountAbove": 1, "reasonRequired": true });
    configured(fixture, &json!({ "confirm": confirm })).await?;
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.fill("typedCount", "2").await?;
    page.act("send").await?;
    page.wait_for("[name=reason][aria-invalid=true]").await?;
    // A reason of white space and invisible characters is none.
    page.fill("reason", " \u{200b}…").await?;
    page.wait_for("[name=reason][aria-invalid=true]").await?;
    page.fill("reason", "TICKET-7").await?;
    page.fill("typedCount", "3").await?;
    page.act("send").await?;
    page.wait_for("[name=typedCount][aria-invalid=true]").await?;
    ensure!(fixture.power_calls().is_empty());
    page.fill("typedCount", "2").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    ensure!(page.text("[data-settings]").await?.contains("reason: TICKET-7"));
    Ok(())
}

/// It may have been meant to forbid something: until it is mended nothing is sent.
async fn wrong(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    configured(fixture, &json!({ "alow": { "clouds": ["tencent"] } })).await?;
    let page = &fixture.page;
    // No form, whose fields would be filled in for nothing: who can fix it, and what for.
    page.wait_for("[data-step=unusable] [data-problem=configuration]").await?;
    ensure!(!page.sees("form, [name=cloud], [data-action=review]").await?);
    let words = page.text("[data-problem=configuration]").await?;
    ensure!(words.contains("administrator") && !words.contains("`alow`"), "{words}");
    page.click("[data-problem=configuration] summary").await?;
    let words = page.text("[data-problem=configuration]").await?;
    ensure!(words.contains("`alow`") && words.contains("`allow`") && words.contains("line 1"));
    page.screenshot(&format!("{}-configuration-unusable", page.browser())).await?;
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-problem=configuration]").await?));
    page.act("language").await?;
    // What needs no configuration is there.
    page.click("[data-step=unusable] [data-action=explain]").await?;
    page.act("sample").await?;
    page.wait_for("article[data-code]").await?;
    page.act("power").await?;
    // Mended, and broken again while somebody types: nothing is lost.
    page.run("host.config = {}; return true;", &[]).await?;
    page.wait_for_step("compose").await?;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.run("host.config = { alow: 1 }; return true;", &[]).await?;
    page.wait_for_step("unusable").await?;
    page.run("host.config = {}; return true;", &[]).await?;
    page.wait_for_value("instanceIds", &ids[0]).await?;
    ensure!(page.value("region").await? == "ap-guangzhou");
    ensure!(fixture.calls().is_empty());
    // The form does not ignore what it cannot judge.
    for text in [r#"{ "proxy": "/a", "proxy": "/proxy" }"#, "null", "[]", "{"] {
        fixture.site.replace("relight.json", text.as_bytes().to_vec());
        page.visit(&fixture.url()).await?;
        page.wait_for_no("[data-form-only]").await?;
        page.wait_for("[data-problem=configuration]").await?;
    }
    // The attribute is held to the same.
    fixture.site.replace("relight.json", b"{}".to_vec());
    page.open(&fixture.url()).await?;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.run("host.setAttribute('proxy', 'ftp://proxy.example.com'); return true;", &[]).await?;
    page.wait_for_step("unusable").await?;
    page.wait_for("[data-problem=configuration]").await?;
    page.click("[data-problem=configuration] summary").await?;
    let words = page.text("[data-problem=configuration]").await?;
    ensure!(words.contains("`ftp://proxy.example.com`"), "{words}");
    // Another host is never called this page's proxy.
    let route = "host.setAttribute('proxy', '//proxy.example.com/there'); return true;";
    page.run(route, &[]).await?;
    page.wait_for_no("[data-problem=configuration]").await?;
    ensure!(page.value("instanceIds").await? == ids[0], "nothing is lost");
    let shown = page.run("return first('header [data-connection]')?.title;", &[]).await?;
    let shown = shown.as_str().unwrap_or_default();
    ensure!(shown.contains("proxy.example.com/there") && !shown.contains("//"), "{shown:?}");
    ensure!(fixture.calls().is_empty());
    Ok(())
}

/// Confirmed under other limits, interrupted, and restored under new ones: it describes, and sends
/// nothing, until it may.
async fn restored(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 3);
    one_by_one(fixture, &ids, 3_600).await?;
    let page = &fixture.page;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    let only = json!({ "allow": { "clouds": ["tencent"], "operations": ["start"] } });
    fixture.site.replace("relight.json", only.to_string().into_bytes());
    page.session().driver().goto(&fixture.site.url()).await?;
    page.wait_for("[data-refusal=not-allowed]").await?;
    let words = page.text("[data-refusal]").await?;
    ensure!(words.contains("RebootInstances"), "{words}");
    page.act("language").await?;
    ensure!(is_chinese(&page.text("[data-refusal]").await?));
    page.act("language").await?;
    let now = page.outcomes().await?;
    ensure!(ids[1..].iter().all(|id| outcome(&now, id) == "queued"), "{now:?}");
    // Saying why is all that the button does.
    let button = "[data-action=send-not-started]";
    page.wait_for(&format!("{button}[aria-disabled=true]")).await?;
    ensure!(page.text(button).await?.contains("(2)"));
    let title = page.run("return first(a).title;", &[json!(button)]).await?;
    ensure!(title.as_str().is_some_and(|title| title.contains("RebootInstances")), "{title}");
    page.act("send-not-started").await?;
    ensure!(!page.sees("[data-action=confirm]").await?);
    page.screenshot(&format!("{}-run-not-allowed", page.browser())).await?;
    ensure!(fixture.power_calls().len() == 1);
    // Another element's settings would do as well: what holds is what is set now.
    page.run("host.config = { allow: { clouds: ['tencent'] } }; return true;", &[]).await?;
    page.wait_for_no("[data-refusal]").await?;
    ensure!(fixture.power_calls().len() == 1, "to be allowed is not to be sent");
    send_not_started(fixture, 2).await?;
    key_again(fixture, TENCENT).await?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids[..2], &["proven"]).await?;
    // One an hour: the last one waits, and is not sent after another lock-out.
    page.run("host.config = { allow: { clouds: ['zenlayer'] } }; return true;", &[]).await?;
    page.wait_for("[data-refusal=not-allowed]").await?;
    ensure!(outcome(&page.outcomes().await?, &ids[2]) == "queued");
    each_once(fixture, TENCENT, &ids[..2])
}

async fn property(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    listen(fixture).await?;
    page.run(
        "host.config = { allow: { clouds: ['zenlayer'] }, language: 'zh' }; return true;",
        &[],
    )
    .await?;
    page.wait_for_no("[data-form-only]").await?;
    page.wait_until(
        "one cloud",
        "return first('select[name=cloud]')?.options.length === 1 || null;",
        &[],
    )
    .await?;
    ensure!(options(fixture, "cloud").await? == ["zenlayer"]);
    ensure!(is_chinese(&page.all_text().await?));
    page.run("host.config = { allow: { clouds: ['amazon'] } }; return true;", &[]).await?;
    page.wait_for("[data-problem=configuration]").await?;
    let errors = events_of(fixture, "relight-error").await?;
    let named = errors.iter().any(|error| {
        error["kind"] == "configuration"
            && error["message"].as_str().is_some_and(|words| words.contains("`amazon`"))
    });
    ensure!(named, "{errors:?}");
    Ok(())
}

async fn branded(fixture: &mut Fixture) -> Result<()> {
    let configuration = json!({ "theme": "dark", "language": "zh", "locked": ["language"],
        "brand": { "title": { "en": "Harbour", "zh": "港口运维" },
                   "note": "Tickets: OPS", "logo": "icon.svg" } });
    configured(fixture, &configuration).await?;
    let page = &fixture.page;
    let dark = "return getComputedStyle(first('.relight')).colorScheme === 'dark';";
    page.wait_until("the operator's colours", dark, &[]).await?;
    let text = page.all_text().await?;
    ensure!(text.contains("港口运维") && text.contains("Tickets: OPS"), "{text}");
    ensure!(page.count("header img").await? == 1);
    ensure!(!page.sees("[data-action=language]").await?, "the language is locked");
    page.run("host.setAttribute('lang', 'en'); return true;", &[]).await?;
    ensure!(is_chinese(&page.text("h2").await?));
    page.screenshot(&format!("{}-operator", page.browser())).await?;
    Ok(())
}

/// The endpoint is down, and the page is closed before it is up again.
async fn records(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    fixture.site.take_records(Records::Refused);
    let configuration = json!({ "records": { "url": "/records" }, "person": "李雷 \"ops\"" });
    configured(fixture, &configuration).await?;
    listen(fixture).await?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    until("a word on the endpoint", || async {
        let errors = events_of(fixture, "relight-error").await?;
        let reported = errors.iter().any(|error| {
            error["kind"] == "records"
                && error["message"].as_str().is_some_and(|words| words.contains("HTTP 503"))
        });
        Ok(reported.then_some(()))
    })
    .await?;
    ensure!(fixture.site.records().is_empty());
    // Opened again, it is posted again, and meets with a login.
    fixture.site.take_records(Records::Redirected);
    let script = "() => { window.errors = []; document.addEventListener('relight-error', \
         event => window.errors.push(event.detail.message)); }";
    fixture.page.session().before_every_page(script).await?;
    fixture.page.session().driver().goto(&fixture.site.url()).await?;
    let reported = "return window.errors.some(message => message.includes('redirect'));";
    fixture.page.wait_until("a report of the redirect", reported, &[]).await?;
    ensure!(fixture.site.records().is_empty());
    fixture.site.take_records(Records::Taken);
    fixture.page.session().driver().goto(&fixture.site.url()).await?;
    let records = until("the record", || async {
        let records = fixture.site.records();
        Ok((!records.is_empty()).then_some(records))
    })
    .await?;
    let record: Value = serde_json::from_str(&records[0])?;
    ensure!(record["person"] == "李雷 \"ops\"", "{record}");
    let text = record["run"].to_string();
    ensure!(text.contains(&ids[0]) && text.contains("proven"), "{text}");
    ensure!(!text.contains(TENCENT.secret));
    // Uploaded once: nothing is pending at the next visit.
    let left = "return localStorage.getItem('relight-records-left') === '[]' || null;";
    fixture.page.wait_until("no pending upload", left, &[]).await?;
    ensure!(fixture.power_calls().len() == 1);
    Ok(())
}
