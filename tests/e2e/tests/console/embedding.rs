//! The element as other pages see it: events, addresses, and the policy of its host.

use crate::{
    runs::in_waves,
    support::{ALIBABA, TENCENT, ZENLAYER, events_of, listen, one_arrival, refusal, send},
};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, Setting, browser::Capability, case, suite::Case, until};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("embedding::events_are_fired_on_the_element", events),
        case!("embedding::before_send_stops_the_send", before_send),
        case!("embedding::works_below_a_path", below)
            .configured(|setting| Setting { base: "/tools/power/relight/", ..setting }),
        case!("embedding::properties_set_again_at_each_render", set_again),
        case!("embedding::removed_and_inserted_again", moved),
        case!("embedding::removed_in_the_middle_of_a_run", removed),
        case!("embedding::unknown_attributes_are_reported", attributes),
        case!("embedding::a_second_version_leaves_the_first", versions),
        case!("embedding::password_managers_find_their_fields", fields),
        case!("embedding::a_removed_element_leaves_nothing", cycles),
        case!("embedding::two_elements_get_their_own_forms_back", two_forms),
        case!("embedding::the_harness_sees_violations_and_errors", harness).noisy(),
    ]
}

async fn events(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 2);
    let running = &ids[..1];
    fixture.fault(&refusal(&ids[1]))?;
    listen(fixture).await?;
    fixture.page.run(PAINT, &[]).await?;
    painted(fixture, &["header", "panel", "form", "ids", "check"]).await?;
    send(fixture, &ALIBABA.form(&ids.join("\n"))).await?;
    fixture.page.wait_for_outcomes(running, &["proven"]).await?;
    painted(fixture, &["header", "panel", "run", "outcome", "explanation"]).await?;
    until("the end", || async {
        Ok((events_of(fixture, "relight-run-finished").await?.len() == 1).then_some(()))
    })
    .await?;
    for name in ["relight-before-send", "relight-run-started"] {
        let all = events_of(fixture, name).await?;
        ensure!(all.len() == 1, "{name}: {all:?}");
        ensure!(all[0]["cloud"] == "alibaba" && all[0]["operation"] == "RebootInstances");
        ensure!(all[0]["instanceIds"] == json!(ids), "{all:?}");
    }
    let finished = events_of(fixture, "relight-run-finished").await?;
    ensure!(finished[0]["totals"]["proven"] == 1, "{finished:?}");
    ensure!(finished[0]["totals"]["rejected"] == 1, "{finished:?}");
    let outcomes = events_of(fixture, "relight-outcome").await?;
    for id in &ids {
        let last = outcomes.iter().rfind(|one| one["instanceId"] == id.as_str());
        let word = if *id == running[0] { "proven" } else { "rejected" };
        ensure!(last.is_some_and(|one| one["outcome"] == word), "{outcomes:?}");
    }
    let all = fixture.page.run("return JSON.stringify(window.heard);", &[]).await?;
    let all = all.as_str().context("what was heard")?;
    ensure!(!all.contains(ALIBABA.secret) && !all.contains("Signature"), "{all}");
    ensure!(events_of(fixture, "relight-error").await?.is_empty());
    Ok(())
}

/// Each by its id, or else by its place.
async fn two_forms(fixture: &mut Fixture) -> Result<()> {
    let portal = "<!doctype html><title>portal</title><relight-console></relight-console>\
         <relight-console id=\"other\"></relight-console><relight-console></relight-console>\
         <script type=\"module\">import init from './relight.js'; await init();</script>";
    fixture.site.replace("portal.html", portal.into());
    let driver = fixture.page.session().driver();
    let roots = "const roots = [...document.querySelectorAll('relight-console')] \
         .map(host => host.shadowRoot); const ids = roots.map(root => root?.querySelector('[name=instanceIds]'));";
    driver.goto(format!("{}portal.html", fixture.site.url())).await?;
    let texts = ["ins-aaaaaaaa", "1660545330971680835", "i-bp1g6zv0ce8oghu7k2m4"];
    until("the forms", || async {
        let script = format!("{roots} return ids.length === 3 && ids.every(Boolean);");
        Ok((driver.execute(script, vec![]).await?.json() == &json!(true)).then_some(()))
    })
    .await?;
    let script = format!(
        "{roots} ids.forEach((field, at) => {{ field.value = arguments[0][at]; field.dispatchEvent( \
           new InputEvent('input', {{ bubbles: true, composed: true, inputType: 'insertFromPaste' }})); }});"
    );
    driver.execute(script, vec![json!(texts)]).await?;
    // By the part that keeps the form.
    until("all read", || async {
        let script = format!(
            "{roots} return roots.every(root => root.querySelector('[data-count=valid]'));"
        );
        Ok((driver.execute(script, vec![]).await?.json() == &json!(true)).then_some(()))
    })
    .await?;
    driver.refresh().await?;
    until("each its own", || async {
        let script = format!("{roots} return ids.map(field => field?.value);");
        Ok((driver.execute(script, vec![]).await?.json() == &json!(texts)).then_some(()))
    })
    .await
}

async fn before_send(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    listen(fixture).await?;
    let script = "host.addEventListener('relight-before-send', e => e.preventDefault()); return 1;";
    fixture.page.run(script, &[]).await?;
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.review().await?;
    fixture.page.act("send").await?;
    until("the event", || async {
        Ok((!events_of(fixture, "relight-before-send").await?.is_empty()).then_some(()))
    })
    .await?;
    ensure!(events_of(fixture, "relight-run-started").await?.is_empty());
    ensure!(fixture.power_calls().is_empty());
    ensure!(!fixture.page.sees("[data-step=run]").await?);
    Ok(())
}

async fn below(fixture: &mut Fixture) -> Result<()> {
    let ids = ZENLAYER.running(fixture, 1);
    send(fixture, &ZENLAYER.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)
}

/// As frameworks do, with a fresh object and a fresh function each time.
async fn set_again(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let page = &fixture.page;
    let draw = "const key = { keyId: a, secret: b }; window.asked = []; \
         window.draw = number => { host.credentials = async () => (window.asked.push(number), key); }; \
         window.draw(0); return true;";
    page.run(draw, &[json!(TENCENT.key_id), json!(TENCENT.secret)]).await?;
    page.wait_for("[data-source]").await?;
    page.choose("cloud", "tencent").await?;
    page.choose("region", "ap-guangzhou").await?;
    page.paste("instanceIds", &ids[0]).await?;
    let read = || fixture.site.asked().iter().filter(|name| *name == "relight.json").count();
    let before = read();
    page.run("for (let i = 1; i <= 20; i++) window.draw(i); return true;", &[]).await?;
    page.review().await?;
    ensure!(page.run("return window.asked;", &[]).await? == json!([20]), "an old one was asked");
    ensure!(read() == before, "the configuration was read again");
    // The same configuration again is none; another is.
    let set = "for (let i = 0; i < 20; i++) \
           host.config = { allow: { clouds: ['tencent'] } }; return true;";
    page.run(set, &[]).await?;
    let one = "return first('select[name=cloud]')?.options.length === 1 || null;";
    page.wait_until("one cloud", one, &[]).await?;
    page.run("host.config = { allow: { clouds: ['zenlayer'] } }; return true;", &[]).await?;
    let other = "return first('select[name=cloud]')?.value === 'zenlayer' || null;";
    page.wait_until("another cloud", other, &[]).await?;
    Ok(())
}

/// A page that moves the element about ends one console and begins another, and leaks none.
async fn moved(fixture: &mut Fixture) -> Result<()> {
    let script = "const parent = host.parentNode; for (let i = 0; i < 20; i++) { \
         parent.removeChild(host); parent.appendChild(host); } return true;";
    fixture.page.run(script, &[]).await?;
    let one = "return root.querySelectorAll('.relight').length === 1;";
    fixture.page.wait_until("one console", one, &[]).await?;
    let script = "const { parentNode } = host; host.remove(); window.kept = [host, parentNode];";
    fixture
        .page
        .session()
        .driver()
        .execute(
            format!("const host = document.querySelector('relight-console'); {script}"),
            vec![],
        )
        .await?;
    until("the end of the console", || async {
        let script = "return window.kept[0].shadowRoot.querySelectorAll('.relight').length;";
        let left = fixture.page.session().driver().execute(script, vec![]).await?;
        Ok((left.json() == &json!(0)).then_some(()))
    })
    .await?;
    let script = "window.kept[1].appendChild(window.kept[0]);";
    fixture.page.session().driver().execute(script, vec![]).await?;
    fixture.page.wait_for_step("compose").await?;
    let ids = ZENLAYER.running(fixture, 1);
    send(fixture, &ZENLAYER.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)
}

/// Calls in flight are awaited and recorded; nothing more is sent; and when the element is attached
/// again, the run is restored.
async fn removed(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 3);
    fixture
        .fault(&json!({ "fault": "slow", "ms": 1_500, "after": 1, "action": "RebootInstances" }))?;
    in_waves(fixture, TENCENT, &ids, Some((2, 20))).await?;
    until("the second call", || async { Ok((fixture.power_calls().len() == 2).then_some(())) })
        .await?;
    let driver = fixture.page.session().driver();
    let script = "const host = document.querySelector('relight-console'); \
         window.kept = [host, host.parentNode]; host.remove();";
    driver.execute(script, vec![]).await?;
    until("the end of the console", || async {
        let script = "return window.kept[0].shadowRoot.querySelectorAll('.relight').length;";
        Ok((driver.execute(script, vec![]).await?.json() == &json!(0)).then_some(()))
    })
    .await?;
    ensure!(fixture.power_calls().len() == 2, "it went on without anybody seeing it");
    driver.execute("window.kept[1].appendChild(window.kept[0]);", vec![]).await?;
    fixture.page.wait_for_step("run").await?;
    let now = fixture.page.outcomes().await?;
    let of = |id: &String| now.get(id).map(String::as_str);
    ensure!(
        ids[..2].iter().all(|id| matches!(of(id), Some("accepted" | "in-progress"))),
        "{now:?}"
    );
    ensure!(of(&ids[2]) == Some("queued"), "{now:?}");
    ensure!(fixture.power_calls().len() == 2);
    Ok(())
}

/// Another site's page, which records console warnings.
async fn portal(fixture: &Fixture, rest: &str) -> Result<()> {
    let page = format!(
        "<!doctype html><title>portal</title><script>window.warned = []; \
         console.warn = (...words) => warned.push(words.join(' '));</script>{rest}"
    );
    fixture.site.replace("portal.html", page.into_bytes());
    let url = format!("{}portal.html", fixture.site.url());
    fixture.page.session().driver().goto(&url).await?;
    Ok(())
}

async fn warned(fixture: &Fixture) -> Result<Vec<String>> {
    let warned = fixture.page.session().driver().execute("return window.warned;", vec![]).await?;
    Ok(serde_json::from_value(warned.json().clone())?)
}

async fn attributes(fixture: &mut Fixture) -> Result<()> {
    let page = "<relight-console proxi=\"/p\" theme=\"blue\" secret=\"hidden\" lang=\"zh-CN\" \
         class=\"c\" id=\"i\" part=\"p\" slot=\"s\" aria-label=\"l\" data-proxy=\"d\" v-x=\"1\" hidden=\"\" \
         tabindex=\"0\"></relight-console><script type=\"module\">import init from './relight.js'; \
         await init(); document.querySelector('relight-console').hidden = false;</script>";
    portal(fixture, page).await?;
    fixture.page.wait_for_step("compose").await?;
    let warned = warned(fixture).await?;
    for name in ["“proxi”", "“theme” cannot be “blue”", "“secret”"] {
        ensure!(warned.iter().filter(|one| one.contains(name)).count() == 1, "{warned:?}");
    }
    ensure!(warned.len() == 3, "{warned:?}");
    ensure!(warned.iter().any(|one| one.contains("proxy, lang, config, theme, routing")));
    ensure!(!warned.join("").contains("hidden"), "a value that may be a secret is repeated");
    Ok(())
}

async fn versions(fixture: &mut Fixture) -> Result<()> {
    let page = "<script type=\"module\">class First extends HTMLElement { static version = '0.0.1'; } \
         customElements.define('relight-console', First); \
         const { default: init, clouds } = await import('./relight.js'); await init(); \
         window.first = customElements.get('relight-console') === First && clouds().length;</script>";
    portal(fixture, page).await?;
    let first = "return window.first;";
    until("the module", || async {
        let first = fixture.page.session().driver().execute(first, vec![]).await?;
        Ok((first.json() == &json!(3)).then_some(()))
    })
    .await?;
    let warned_of = warned(fixture).await?;
    ensure!(warned_of.len() == 1 && warned_of[0].contains("version 0.0.1"), "{warned_of:?}");
    // Defining the same version twice is no error.
    let page = "<relight-console></relight-console><script type=\"module\">\
         for (const copy of ['./relight.js?1', './relight.js?2']) { \
           const { default: init } = await import(copy); await init(); } \
         window.both = true;</script>";
    portal(fixture, page).await?;
    fixture.page.wait_until("both copies", "return window.both ?? null;", &[]).await?;
    fixture.page.wait_for_step("compose").await?;
    ensure!(warned(fixture).await?.is_empty());
    ensure!(fixture.page.run("return root.querySelectorAll('.relight').length;", &[]).await? == 1);
    Ok(())
}

/// Password managers look for a submitted form with a field for a name and after it one for a
/// password; no other field must look like these.
async fn fields(fixture: &mut Fixture) -> Result<()> {
    let look = "const secret = first('[name=secret]'); if (!secret) return null; \
         const form = secret.form; const fields = [...form.elements]; \
         const kind = e => `${e.name} ${e.type} ${e.autocomplete}`; \
         return { fields: fields.filter(e => ['keyId', 'secret', 'token'].includes(e.name)).map(kind), \
           submit: form.querySelectorAll('button[type=submit]').length, \
           labels: secret.labels.length + form.elements.keyId.labels.length, \
           others: all('input, textarea').filter(e => !['keyId', 'secret'].includes(e.name) \
             && ['text', 'search', 'password', 'number', 'textarea'].includes(e.type) \
             && e.autocomplete !== 'off').map(kind), \
           action: form.getAttribute('action') };";
    let wanted = json!({ "fields": ["keyId text username", "secret password current-password",
        "token password off"], "submit": 1, "labels": 2, "others": [], "action": null });
    // In the form alone, and in the console.
    let front = fixture.page.wait_until("the fields", look, &[]).await?;
    ensure!(front == wanted, "{front}");
    fixture.page.act("explain").await?;
    fixture.page.wait_for_no("[data-form-only]").await?;
    fixture.page.act("power").await?;
    let console = fixture.page.wait_until("the fields", look, &[]).await?;
    ensure!(console == wanted, "{console}");
    // What a manager fills in counts as typed.
    let fill = "for (const [name, value] of [['keyId', a], ['secret', b]]) { \
         const e = first(`[name=${name}]`); e.value = value; \
         for (const kind of ['input', 'change']) \
           e.dispatchEvent(new Event(kind, { bubbles: true, composed: true })); } return true;";
    fixture.page.run(fill, &[json!(ALIBABA.key_id), json!(ALIBABA.secret)]).await?;
    fixture.page.wait_for("[data-action=forget]").await?;
    ensure!(fixture.page.value("keyId").await? == ALIBABA.key_id);
    ensure!(fixture.page.value("secret").await?.is_empty(), "the secret stays in the page");
    Ok(())
}

/// A style of the host for each part.
const PAINT: &str = "const parts = ['header', 'panel', 'form', 'run', 'ids', 'check', 'outcome', \
       'explanation']; \
     const sheet = new CSSStyleSheet(); \
     sheet.replaceSync(parts.map((part) => `relight-console::part(${part}) { scroll-margin: 7px }`).join('')); \
     document.adoptedStyleSheets.push(sheet);";

/// The host's styles have reached these parts, and nothing beside parts.
async fn painted(fixture: &Fixture, parts: &[&str]) -> Result<()> {
    let script = "const inside = document.querySelector('relight-console').shadowRoot; \
         const painted = [...inside.querySelectorAll('*')].filter( \
             (element) => getComputedStyle(element).scrollMarginTop === '7px'); \
         return [painted.flatMap((element) => [...element.part]), \
             painted.filter((element) => element.part.length === 0).length];";
    let seen = fixture.page.run(script, &[]).await?;
    let names = seen[0].as_array().context("names of parts")?;
    for part in parts {
        ensure!(names.iter().any(|name| name == part), "{part} is not among {names:?}");
    }
    ensure!(seen[1] == 0, "{seen}");
    Ok(())
}

/// How often an element is put in and taken out; a thousand times with `RELIGHT_SCALE`.
fn cycle_count() -> u32 {
    if std::env::var_os("RELIGHT_SCALE").is_some() { 1_000 } else { 300 }
}

/// Neither memory of the module nor listeners on what outlives the element.
async fn cycles(fixture: &mut Fixture) -> Result<()> {
    let page = "<script>window.listening = 0; for (const target of [window, document]) { \
           const { addEventListener, removeEventListener } = target; \
           target.addEventListener = (...words) => { listening += 1; \
             return addEventListener.apply(target, words); }; \
           target.removeEventListener = (...words) => { listening -= 1; \
             return removeEventListener.apply(target, words); }; }</script>\
         <script type=\"module\">import init from './relight.js'; const wasm = await init(); \
         const turn = () => new Promise((done) => setTimeout(done)); \
         window.go = async (count) => { for (let cycle = 0; cycle < count; cycle += 1) { \
             const host = document.createElement('relight-console'); document.body.append(host); \
             while (!host.shadowRoot.querySelector('[name=instanceIds]')) await turn(); \
             host.remove(); \
             while (host.shadowRoot.querySelector('[name=instanceIds]')) await turn(); } \
           return [wasm.memory.buffer.byteLength, listening]; };</script>";
    portal(fixture, page).await?;
    let go = async |count: u32| -> Result<(u64, i64)> {
        let script = "const done = arguments[arguments.length - 1]; const [count] = arguments; \
             const wait = () => window.go ? window.go(count).then(done) : setTimeout(wait, 20); wait();";
        let left =
            fixture.page.session().driver().execute_async(script, vec![json!(count)]).await?;
        Ok(serde_json::from_value(left.json().clone())?)
    };
    // The first ones leave what stays: tables, the journal, caches.
    let few = cycle_count() / 5;
    let (wasm_few, listening_few) = go(few).await?;
    let (mut wasm, mut listening) = (wasm_few, listening_few);
    for _ in 1..5 {
        (wasm, listening) = go(few).await?;
    }
    println!(
        "{}: wasm {wasm_few} bytes after {few}, {wasm} after {}; listeners {listening_few}, {listening}",
        fixture.page.browser(),
        5 * few
    );
    ensure!(listening == listening_few, "{listening_few} listeners became {listening}");
    ensure!(wasm == wasm_few, "{wasm_few} bytes became {wasm}");
    Ok(())
}

/// That nothing was seen in the other cases means something.
async fn harness(fixture: &mut Fixture) -> Result<()> {
    ensure!(fixture.site.violations().is_empty());
    // The policy takes no markup that is made of text, and no style in an attribute.
    let script = "try { document.body.innerHTML = '<p>text</p>'; return 'taken' } \
         catch (error) { return 'refused' }";
    ensure!(fixture.page.run(script, &[]).await? == "refused", "trusted types are not required");
    fixture.page.run("document.body.setAttribute('style', 'color: red');", &[]).await?;
    until("a report of the violation", || async {
        Ok((!fixture.site.violations().is_empty()).then_some(()))
    })
    .await?;
    fixture.page.session().needs(Capability::Console)?;
    fixture.page.run("setTimeout(() => { throw new Error('of the case itself') });", &[]).await?;
    until("the error", || async {
        let errors = fixture.page.session().take_errors();
        Ok(errors.iter().any(|error| error.contains("of the case itself")).then_some(()))
    })
    .await
}
