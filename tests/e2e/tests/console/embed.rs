//! `embed.html` in a frame of another page: what the two say to each other.

use crate::support::{TENCENT, one_arrival};
use anyhow::{Result, ensure};
use relight_e2e::{Stage, browser::Means, case, suite::Case, until};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("embed::a_listed_page_works_with_it", listed),
        case!("embed::a_page_that_is_not_listed_hears_nothing", foreign).noisy(),
        case!("embed::messages_that_do_not_fit_are_said_once", misfits),
        case!("embed::by_itself_it_is_a_page", alone),
    ]
}

/// The same host by its other name: another origin to browsers.
fn portal(stage: &Stage) -> String {
    stage.site.origin().replace("127.0.0.1", "localhost")
}

/// Opens a page of the portal's with the console in a frame, which notes what it hears.
async fn embed(stage: &Stage, frames: &[&str]) -> Result<()> {
    let config = json!({ "proxy": "/proxy", "frames": frames });
    stage.site.replace("relight.json", config.to_string().into_bytes());
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
        url = stage.site.url(),
        origin = stage.site.origin(),
    );
    stage.site.replace("portal.html", portal_page.into_bytes());
    let url = format!("{}/portal.html", portal(stage));
    stage.page.session().driver().goto(&url).await?;
    Ok(())
}

/// Runs a script in the portal's page.
async fn outside(stage: &Stage, script: &str) -> Result<Value> {
    stage.page.session().driver().enter_default_frame().await?;
    Ok(stage.page.session().driver().execute(script, vec![]).await?.json().clone())
}

async fn inside(stage: &Stage) -> Result<()> {
    stage.page.session().driver().enter_default_frame().await?;
    stage.page.session().driver().enter_frame(0).await?;
    Ok(())
}

/// The messages of a kind that the portal has heard so far.
async fn heard(stage: &Stage, kind: &str) -> Result<Vec<Value>> {
    let all = outside(stage, "return window.heard;").await?;
    let all: Vec<Value> = serde_json::from_value(all)?;
    Ok(all.into_iter().filter(|message| message["relight"] == kind).collect())
}

async fn wait_to_hear(stage: &Stage, kind: &str, count: usize) -> Result<Vec<Value>> {
    until(format!("{count} of {kind}"), || async {
        let all = heard(stage, kind).await?;
        Ok((all.len() >= count).then_some(all))
    })
    .await
}

async fn listed(stage: &mut Stage) -> Result<()> {
    stage.site.allow_frames(&portal(stage));
    embed(stage, &[&portal(stage)]).await?;
    let ready = wait_to_hear(stage, "ready", 1).await?;
    ensure!(ready == [json!({ "relight": "ready", "version": 1 })], "{ready:?}");
    let ids = TENCENT.running(stage, 2);
    let prefill = json!({ "relight": "prefill", "values": { "cloud": "tencent",
        "region": "ap-guangzhou", "keyId": TENCENT.key_id, "instanceIds": ids } });
    outside(
        stage,
        &format!(
            "say({prefill}); say({{ relight: 'theme', value: 'dark' }}); \
             say({{ relight: 'lang', value: 'zh' }}); \
             say({{ relight: 'approval', required: true }});"
        ),
    )
    .await?;
    inside(stage).await?;
    let page = &stage.page;
    page.wait_for_no("[data-front]").await?;
    let is_dressed = "return host.getAttribute('theme') === 'dark' \
         && first('.relight')?.lang === 'zh-CN' && first('[name=region]')?.value === 'ap-guangzhou';";
    page.wait_until("what the portal has set", is_dressed, &[]).await?;
    page.session().needs(Means::TypingInFrames)?;
    page.fill("secret", TENCENT.secret).await?;
    page.review().await?;
    page.act("send").await?;
    // The portal says no, with its reason; then yes.
    let asked = wait_to_hear(stage, "before-send", 1).await?;
    ensure!(asked[0]["detail"]["instanceIds"] == json!(ids), "{asked:?}");
    ensure!(stage.power_calls().is_empty(), "sent before the answer");
    outside(stage, "say({ relight: 'answer', id: 1, allow: false, reason: 'no ticket' });").await?;
    inside(stage).await?;
    ensure!(page.text("[data-leave=refused]").await?.contains("no ticket"));
    page.act("send").await?;
    wait_to_hear(stage, "before-send", 2).await?;
    outside(stage, "say({ relight: 'answer', id: 2, allow: true });").await?;
    let finished = wait_to_hear(stage, "run-finished", 1).await?;
    ensure!(finished[0]["detail"]["totals"]["proven"] == 2, "{finished:?}");
    one_arrival(stage, true)?;
    ensure!(stage.power_calls()[0].ids == ids);
    let started = heard(stage, "run-started").await?;
    ensure!(started.len() == 1 && started[0]["detail"]["instanceIds"] == json!(ids));
    let outcomes = heard(stage, "outcome").await?;
    for id in &ids {
        let last = outcomes.iter().rfind(|one| one["detail"]["instanceId"] == id.as_str());
        ensure!(last.is_some_and(|one| one["detail"]["outcome"] == "proven"), "{outcomes:?}");
    }
    // The frame is as high as what is in it.
    let heights = heard(stage, "resized").await?;
    let height = heights.last().and_then(|one| one["height"].as_i64()).unwrap_or_default();
    ensure!(height > 300, "{heights:?}");
    inside(stage).await?;
    let rest = "return document.documentElement.scrollHeight - innerHeight;";
    let is_fitting = |rest: &Value| rest.as_i64().is_some_and(|rest| rest <= 0);
    until("the frame to fit", || async {
        Ok(is_fitting(&page.run(rest, &[]).await?).then_some(()))
    })
    .await?;
    let all = outside(stage, "return JSON.stringify(window.heard);").await?.to_string();
    ensure!(!all.contains(TENCENT.secret) && !all.contains("Signature"), "{all}");
    ensure!(heard(stage, "error").await?.is_empty());
    page.photograph(&format!("{}-embed", page.browser())).await.map(drop)
}

/// The host sends no headers, so that it is drawn at all: then it takes no key, and says nothing.
async fn foreign(stage: &mut Stage) -> Result<()> {
    note_warnings(stage).await?;
    stage.site.without_headers();
    embed(stage, &["https://portal.example.com"]).await?;
    inside(stage).await?;
    stage.page.wait_for("[data-stranger]").await?;
    let warned = wait_for_warning(stage, "is not listed under").await?;
    ensure!(warned.len() == 1, "{warned:?}");
    let say = "say({ relight: 'prefill', values: { instanceIds: 'ins-zzzzzzzz' } }); return 1;";
    outside(stage, say).await?;
    inside(stage).await?;
    stage.page.act("language").await?;
    stage.page.act("language").await?;
    ensure!(stage.page.value("instanceIds").await?.is_empty(), "it heeded a stranger");
    ensure!(outside(stage, "return window.heard.length;").await? == 0);
    Ok(())
}

async fn misfits(stage: &mut Stage) -> Result<()> {
    note_warnings(stage).await?;
    stage.site.allow_frames(&portal(stage));
    embed(stage, &[&portal(stage)]).await?;
    wait_to_hear(stage, "ready", 1).await?;
    let twice = "for (let i = 0; i < 2; i++) { say('text'); say({ relight: 'sned' }); \
           say({ relight: 'prefill' }); say({ relight: 'stop', now: true }); \
           say({ relight: 'theme', value: 'blue' }); \
           say({ relight: 'prefill', values: { instanceIds: 'ins-zzzzzzzz', secret: 'hidden' } }); \
           say({ relight: 'answer', id: 7, allow: true }); } \
         const other = document.createElement('iframe'); other.sandbox = 'allow-scripts'; \
         other.srcdoc = `<script>parent.frames[0].postMessage({ relight: 'prefill', \
           values: { instanceIds: 'ins-yyyyyyyy' } }, '*')</` + `script>`; document.body.append(other);";
    outside(stage, twice).await?;
    let errors = wait_to_hear(stage, "error", 7).await?;
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
    inside(stage).await?;
    // That of a page that is not around this one has come last.
    let ignored = wait_for_warning(stage, "is ignored").await?;
    ensure!(ignored.len() == 1 && ignored[0].contains("null"), "{ignored:?}");
    let warned = stage.page.run("return window.warned;", &[]).await?;
    ensure!(warned.as_array().is_some_and(|all| all.len() == 8), "{warned}");
    ensure!(stage.page.value("instanceIds").await?.is_empty(), "half of a message was heeded");
    ensure!(heard(stage, "error").await?.len() == 7);
    Ok(())
}

async fn alone(stage: &mut Stage) -> Result<()> {
    let url = format!("{}embed.html", stage.site.url());
    stage.page.open(&url).await?;
    ensure!(!stage.page.sees("[data-stranger]").await?);
    let ids = TENCENT.running(stage, 1);
    crate::support::send(stage, &TENCENT.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)
}

/// From here on every page keeps what it writes to the console as a warning.
async fn note_warnings(stage: &Stage) -> Result<()> {
    let note = "() => { window.warned = []; const { warn } = console; \
         console.warn = (...words) => { window.warned.push(words.join(' ')); warn(...words); }; }";
    stage.page.session().before_every_page(note).await
}

async fn wait_for_warning(stage: &Stage, words: &str) -> Result<Vec<String>> {
    until(format!("a warning: {words}"), || async {
        let warned = stage.page.run("return window.warned;", &[]).await?;
        let warned: Vec<String> = serde_json::from_value(warned)?;
        let found: Vec<String> = warned.into_iter().filter(|one| one.contains(words)).collect();
        Ok((!found.is_empty()).then_some(found))
    })
    .await
}
