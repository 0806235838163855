//! `embed.html` in a frame of another page: what the two say to each other.

use crate::support::{TENCENT, one_arrival};
use anyhow::{Result, ensure};
use relight_e2e::{Fixture, browser::Capability, case, suite::Case, until};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("embed::a_listed_page_works_with_it", listed),
        case!("embed::an_unlisted_page_gets_no_messages", foreign).noisy(),
        case!("embed::unknown_messages_are_warned_of_once", unknown_messages),
        case!("embed::it_works_without_a_frame", alone),
    ]
}

/// The same host by its other name: another origin to browsers.
fn portal(fixture: &Fixture) -> String {
    fixture.site.origin().replace("127.0.0.1", "localhost")
}

/// Opens a page of the portal's with the console in a frame, which notes what it hears.
async fn embed(fixture: &Fixture, frames: &[&str]) -> Result<()> {
    let config = json!({ "proxy": "/proxy", "frames": frames });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    let portal_page = format!(
        "<!doctype html><title>portal</title>\
         <iframe id=\"relight\" src=\"{url}embed.html\" width=\"1200\" height=\"300\" \
           referrerpolicy=\"origin\"></iframe>\
         <script>const frame = document.getElementById('relight'); window.heard = []; \
           window.say = (message) => frame.contentWindow.postMessage(message, '{origin}'); \
           addEventListener('message', ({{ source, origin, data }}) => {{ \
             if (source !== frame.contentWindow || origin !== '{origin}') return; \
             heard.push(data); if (data.relight === 'resized') frame.height = data.height; }}); \
         </script>",
        url = fixture.site.url(),
        origin = fixture.site.origin(),
    );
    fixture.site.replace("portal.html", portal_page.into_bytes());
    let url = format!("{}/portal.html", portal(fixture));
    fixture.page.session().driver().goto(&url).await?;
    Ok(())
}

/// Runs a script in the portal's page.
async fn outside(fixture: &Fixture, script: &str) -> Result<Value> {
    fixture.page.session().driver().enter_default_frame().await?;
    Ok(fixture.page.session().driver().execute(script, vec![]).await?.json().clone())
}

async fn inside(fixture: &Fixture) -> Result<()> {
    fixture.page.session().driver().enter_default_frame().await?;
    fixture.page.session().driver().enter_frame(0).await?;
    Ok(())
}

/// The messages of a kind that the portal has heard so far.
async fn events_of(fixture: &Fixture, kind: &str) -> Result<Vec<Value>> {
    let all = outside(fixture, "return window.heard;").await?;
    let all: Vec<Value> = serde_json::from_value(all)?;
    Ok(all.into_iter().filter(|message| message["relight"] == kind).collect())
}

async fn wait_to_hear(fixture: &Fixture, kind: &str, count: usize) -> Result<Vec<Value>> {
    until(format!("{count} of {kind}"), || async {
        let all = events_of(fixture, kind).await?;
        Ok((all.len() >= count).then_some(all))
    })
    .await
}

async fn listed(fixture: &mut Fixture) -> Result<()> {
    fixture.site.allow_frames(&portal(fixture));
    embed(fixture, &[&portal(fixture)]).await?;
    let ready = wait_to_hear(fixture, "ready", 1).await?;
    ensure!(ready == [json!({ "relight": "ready", "version": 1 })], "{ready:?}");
    let ids = TENCENT.running(fixture, 2);
    let prefill = json!({ "relight": "prefill", "values": { "cloud": "tencent",
        "region": "ap-guangzhou", "keyId": TENCENT.key_id, "instanceIds": ids } });
    outside(
        fixture,
        &format!(
            "say({prefill}); say({{ relight: 'theme', value: 'dark' }}); \
             say({{ relight: 'lang', value: 'zh' }}); \
             say({{ relight: 'approval', required: true }});"
        ),
    )
    .await?;
    inside(fixture).await?;
    let page = &fixture.page;
    page.wait_for_no("[data-form-only]").await?;
    let is_dressed = "return host.getAttribute('theme') === 'dark' \
         && first('.relight')?.lang === 'zh-CN' && first('[name=region]')?.value === 'ap-guangzhou';";
    page.wait_until("what the portal has set", is_dressed, &[]).await?;
    page.session().needs(Capability::TypingInFrames)?;
    page.fill("secret", TENCENT.secret).await?;
    page.review().await?;
    page.act("send").await?;
    // The portal says no, with its reason; then yes.
    let asked = wait_to_hear(fixture, "before-send", 1).await?;
    ensure!(asked[0]["detail"]["instanceIds"] == json!(ids), "{asked:?}");
    ensure!(fixture.power_calls().is_empty(), "sent before the answer");
    outside(fixture, "say({ relight: 'answer', id: 1, allow: false, reason: 'no ticket' });")
        .await?;
    inside(fixture).await?;
    ensure!(page.text("[data-leave=refused]").await?.contains("no ticket"));
    page.act("send").await?;
    wait_to_hear(fixture, "before-send", 2).await?;
    outside(fixture, "say({ relight: 'answer', id: 2, allow: true });").await?;
    let finished = wait_to_hear(fixture, "run-finished", 1).await?;
    ensure!(finished[0]["detail"]["totals"]["proven"] == 2, "{finished:?}");
    one_arrival(fixture, true)?;
    ensure!(fixture.power_calls()[0].ids == ids);
    let started = events_of(fixture, "run-started").await?;
    ensure!(started.len() == 1 && started[0]["detail"]["instanceIds"] == json!(ids));
    let outcomes = events_of(fixture, "outcome").await?;
    for id in &ids {
        let last = outcomes.iter().rfind(|one| one["detail"]["instanceId"] == id.as_str());
        ensure!(last.is_some_and(|one| one["detail"]["outcome"] == "proven"), "{outcomes:?}");
    }
    // The frame is as high as what is in it.
    let heights = events_of(fixture, "resized").await?;
    let height = heights.last().and_then(|one| one["height"].as_i64()).unwrap_or_default();
    ensure!(height > 300, "{heights:?}");
    inside(fixture).await?;
    let rest = "return document.documentElement.scrollHeight - innerHeight;";
    let is_fitting = |rest: &Value| rest.as_i64().is_some_and(|rest| rest <= 0);
    until("the frame to fit", || async {
        Ok(is_fitting(&page.run(rest, &[]).await?).then_some(()))
    })
    .await?;
    let all = outside(fixture, "return JSON.stringify(window.heard);").await?.to_string();
    ensure!(!all.contains(TENCENT.secret) && !all.contains("Signature"), "{all}");
    ensure!(events_of(fixture, "error").await?.is_empty());
    page.screenshot(&format!("{}-embed", page.browser())).await.map(drop)
}

/// The host sends no headers, so the frame renders at all: then it accepts no key, and sends no message.
async fn foreign(fixture: &mut Fixture) -> Result<()> {
    note_warnings(fixture).await?;
    fixture.site.without_headers();
    embed(fixture, &["https://portal.example.com"]).await?;
    inside(fixture).await?;
    fixture.page.wait_for("[data-stranger]").await?;
    let warned = wait_for_warning(fixture, "is not listed under").await?;
    ensure!(warned.len() == 1, "{warned:?}");
    let say = "say({ relight: 'prefill', values: { instanceIds: 'ins-zzzzzzzz' } }); return 1;";
    outside(fixture, say).await?;
    inside(fixture).await?;
    fixture.page.act("language").await?;
    fixture.page.act("language").await?;
    ensure!(
        fixture.page.value("instanceIds").await?.is_empty(),
        "it accepted an untrusted message"
    );
    ensure!(outside(fixture, "return window.heard.length;").await? == 0);
    Ok(())
}

async fn unknown_messages(fixture: &mut Fixture) -> Result<()> {
    note_warnings(fixture).await?;
    fixture.site.allow_frames(&portal(fixture));
    embed(fixture, &[&portal(fixture)]).await?;
    wait_to_hear(fixture, "ready", 1).await?;
    let twice = "for (let i = 0; i < 2; i++) { say('text'); say({ relight: 'sned' }); \
           say({ relight: 'prefill' }); say({ relight: 'stop', now: true }); \
           say({ relight: 'theme', value: 'blue' }); \
           say({ relight: 'prefill', values: { instanceIds: 'ins-zzzzzzzz', secret: 'hidden' } }); \
           say({ relight: 'answer', id: 7, allow: true }); } \
         const other = document.createElement('iframe'); other.sandbox = 'allow-scripts'; \
         other.srcdoc = `<script>parent.frames[0].postMessage({ relight: 'prefill', \
           values: { instanceIds: 'ins-yyyyyyyy' } }, '*')</` + `script>`; document.body.append(other);";
    outside(fixture, twice).await?;
    let errors = wait_to_hear(fixture, "error", 7).await?;
    let words: Vec<&str> =
        errors.iter().filter_map(|one| one["detail"]["message"].as_str()).collect();
    for (word, what) in [
        ("`relight`", "no object"),
        ("“sned”", "no such message"),
        ("a fitting “values”", "a member that is missing"),
        ("has no “now”", "a member too many"),
        ("a fitting “value”", "a value that does not fit"),
        ("`secret`", "a secret"),
        ("nothing that was asked", "an answer to nothing"),
    ] {
        ensure!(words.iter().filter(|one| one.contains(word)).count() == 1, "{what}: {words:?}");
    }
    ensure!(!words.join("").contains("hidden"), "a value is repeated");
    inside(fixture).await?;
    // That of a page that is not around this one has come last.
    let ignored = wait_for_warning(fixture, "is ignored").await?;
    ensure!(ignored.len() == 1 && ignored[0].contains("null"), "{ignored:?}");
    let warned = fixture.page.run("return window.warned;", &[]).await?;
    ensure!(warned.as_array().is_some_and(|all| all.len() == 8), "{warned}");
    ensure!(fixture.page.value("instanceIds").await?.is_empty(), "half of a message was read");
    ensure!(events_of(fixture, "error").await?.len() == 7);
    Ok(())
}

async fn alone(fixture: &mut Fixture) -> Result<()> {
    let url = format!("{}embed.html", fixture.site.url());
    fixture.page.open(&url).await?;
    ensure!(!fixture.page.sees("[data-stranger]").await?);
    let ids = TENCENT.running(fixture, 1);
    crate::support::send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)
}

/// From here on every page records its console warnings.
async fn note_warnings(fixture: &Fixture) -> Result<()> {
    let note = "() => { window.warned = []; const { warn } = console; \
         console.warn = (...words) => { window.warned.push(words.join(' ')); warn(...words); }; }";
    fixture.page.session().before_every_page(note).await
}

async fn wait_for_warning(fixture: &Fixture, words: &str) -> Result<Vec<String>> {
    until(format!("a warning: {words}"), || async {
        let warned = fixture.page.run("return window.warned;", &[]).await?;
        let warned: Vec<String> = serde_json::from_value(warned)?;
        let found: Vec<String> = warned.into_iter().filter(|one| one.contains(words)).collect();
        Ok((!found.is_empty()).then_some(found))
    })
    .await
}
