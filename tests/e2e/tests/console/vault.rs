//! The key: where it comes from, when it goes, and that nothing of it stays.

use crate::{
    runs::{each_once, set_number},
    support::{ALIBABA, Account, TENCENT, ZENLAYER, send},
};
use anyhow::{Context, Result, ensure};
use relight_core::{signing::hmac_sha256, text::time::iso_date};
use relight_e2e::{Fixture, browser::Browser, case, page::Form, suite::Case, until};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("vault::nothing_is_left_in_memory", nothing_is_left),
        case!("vault::off_secure_contexts_bytes_are_wiped", bytes_are_wiped),
        case!("vault::locked_when_idle", idle_lock),
        case!("vault::locked_when_idle_by_either_clock", idle_by_either_clock),
        // Firefox requests an icon on its own, and logs an error.
        case!("vault::leaving_the_page", leaving).noisy(),
        case!("vault::the_form_alone_locks_too", form_locks),
        case!("vault::swapped_key_fields_send_nothing", swapped),
        case!("vault::swapped_in_the_middle_of_a_run", swapped_mid_run),
        case!("vault::swapped_by_an_endpoint_or_the_host", swapped_elsewhere),
        case!("vault::the_field_for_the_token_takes_no_secret", no_token),
        case!("vault::a_secret_in_the_token_of_an_endpoint_or_the_host", no_token_elsewhere),
        case!("vault::no_field_takes_the_secret", in_no_field),
        case!("vault::the_secret_is_taken_once_it_is_whole", taken_whole),
        case!("vault::locked_in_the_middle_of_a_run", locked_mid_run),
        case!("vault::each_cloud_has_its_own_key", another_cloud),
        case!("vault::an_endpoint_gives_keys_and_renews_them", endpoint),
        case!("vault::an_endpoint_that_fails_is_named", endpoint_fails).noisy(),
        case!("vault::a_function_of_the_host_gives_keys", host_function),
        case!("vault::a_function_of_the_host_that_fails_is_named", host_function_fails),
        case!("vault::a_token_expires_in_the_middle_of_a_run", expires_mid_run),
    ]
}

/// A temporary key of the sandbox.
pub(crate) const TEMPORARY: (&str, &str, &str) = (
    "AKIDsandboxdemo000000000000000000002",
    "sandbox-tencent-secret-000000002",
    "sandbox/tencent+session=token==",
);

/// Records the memories of all wasm modules, and every key that is made, for the case.
pub(crate) const SPY: &str = "() => { window.memories = []; window.made = []; \
     for (const name of ['instantiate', 'instantiateStreaming']) { \
       const own = WebAssembly[name].bind(WebAssembly); \
       WebAssembly[name] = async (...all) => { const made = await own(...all); \
         const { memory } = (made.instance ?? made).exports ?? {}; \
         if (memory) window.memories.push(memory); return made; }; } \
     WebAssembly.Instance = new Proxy(WebAssembly.Instance, { construct: (...all) => { \
       const made = Reflect.construct(...all); \
       window.memories.push(made.exports.memory); return made; } }); \
     if (crypto.subtle) { const own = crypto.subtle.importKey.bind(crypto.subtle); \
       crypto.subtle.importKey = (...all) => { const key = own(...all); \
         window.made.push(key); return key; }; } }";

/// Records what is written to the console and what is copied, for the case.
const LISTEN: &str = "() => { window.said = []; \
     for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace']) \
       console[name] = (...all) => { window.said.push(all.map(String).join()); }; \
     const { clipboard } = navigator; if (clipboard) clipboard.writeText = async text => { \
       window.said.push(`copied ${text}`); }; }";

/// What must not be found, in every form in which it would be of use. The derived keys are those of
/// today, by the vendor's documentation.
pub(crate) struct Needles(Vec<(&'static str, Vec<u8>)>);

impl Needles {
    pub(crate) fn of(secret: &str, token: Option<&str>) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let date = iso_date(i64::try_from(now).unwrap_or_default());
        let first = hmac_sha256(format!("TC3{secret}").as_bytes(), date.as_bytes());
        let second = hmac_sha256(&first, b"cvm");
        let third = hmac_sha256(&second, b"tc3_request");
        let mut all = vec![
            ("secret", secret.into()),
            ("key of the date", first.into()),
            ("key of the service", second.into()),
            ("key of the signature", third.into()),
        ];
        all.extend(token.map(|token| ("token", token.into())));
        Self(all)
    }

    /// Texts as they are.
    pub(crate) fn plain<'t>(texts: impl IntoIterator<Item = (&'static str, &'t str)>) -> Self {
        Self(texts.into_iter().map(|(name, text)| (name, text.into())).collect())
    }

    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter_map(|(name, bytes)| Some((*name, std::str::from_utf8(bytes).ok()?)))
    }

    pub(crate) fn absent_in(&self, text: &str, place: &str) -> Result<()> {
        for (name, needle) in self.texts() {
            ensure!(!text.contains(needle), "the {name} is in {place}");
        }
        Ok(())
    }

    /// What of it is in the memory of the module. The search must not itself put it on the page: it
    /// travels changed, and is compared byte by byte.
    pub(crate) async fn in_wasm(&self, fixture: &Fixture) -> Result<Vec<&'static str>> {
        let changed: Vec<Vec<u8>> = self
            .0
            .iter()
            .map(|(_, bytes)| bytes.iter().map(|byte| byte ^ 0x55).collect())
            .collect();
        let script = "if (!window.memories.length) return null; \
             return a.map(needle => window.memories.some(memory => { \
               const bytes = new Uint8Array(memory.buffer); \
               for (let at = bytes.indexOf(needle[0] ^ 0x55); at >= 0; \
                    at = bytes.indexOf(needle[0] ^ 0x55, at + 1)) { \
                 let same = 1; \
                 while (same < needle.length && bytes[at + same] === (needle[same] ^ 0x55)) same++; \
                 if (same === needle.length) return true; } \
               return false; }));";
        let found = fixture.page.run(script, &[json!(changed)]).await?;
        let found = found.as_array().context("a module to be searched")?;
        ensure!(found.len() == self.0.len());
        let there = |(index, _): &(usize, _)| found[*index] == json!(true);
        Ok(self.0.iter().enumerate().filter(there).map(|(_, (name, _))| *name).collect())
    }
}

/// Everything that a browser stores for a site, besides what [`Page::everything`] has.
///
/// [`Page::everything`]: relight_e2e::page::Page::everything
const STORES: &str = "const done = arguments[arguments.length - 1]; (async () => { \
     const all = []; const ask = request => new Promise((yes, no) => { \
       request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); }); \
     for (const { name } of await indexedDB.databases()) { \
       const database = await ask(indexedDB.open(name)); \
       for (const store of database.objectStoreNames) { \
         const content = database.transaction(store).objectStore(store); \
         all.push(name, store, JSON.stringify(await ask(content.getAll())), \
           JSON.stringify(await ask(content.getAllKeys()))); } \
       database.close(); } \
     for (const name of await caches.keys()) { const cache = await caches.open(name); \
       for (const request of await cache.keys()) \
         all.push(request.url, await (await cache.match(request)).text()); } \
     return all.join('\\n'); })().then(done, error => done(`failed: ${error}`));";

pub(crate) async fn stores(fixture: &Fixture) -> Result<String> {
    let answer = fixture.page.session().driver().execute_async(STORES, vec![]).await?;
    let text = answer.json().as_str().unwrap_or_default().to_owned();
    ensure!(!text.starts_with("failed:"), "{text}");
    Ok(text)
}

/// Searches every place that can be reached, from outside the page.
pub(crate) async fn nowhere(fixture: &Fixture, needles: &Needles) -> Result<()> {
    needles.absent_in(&fixture.page.everything().await?, "the page")?;
    let stored = stores(fixture).await?;
    ensure!(stored.contains("relight"), "the journal is not there: {stored}");
    needles.absent_in(&stored, "a store")?;
    let found = needles.in_wasm(fixture).await?;
    ensure!(found.is_empty(), "in the memory of the module: {found:?}");
    if fixture.page.browser() == Browser::Chromium {
        needles.absent_in(&fixture.page.session().heap_snapshot().await?, "the heap")?;
    }
    report(fixture, needles)
}

/// Says what the browser itself still has in the memory of its processes: copies that no page can
/// reach or wipe.
fn report(fixture: &Fixture, needles: &Needles) -> Result<()> {
    for (name, needle) in &needles.0 {
        let wide: Vec<u8> = needle.iter().flat_map(|byte| [*byte, 0]).collect();
        let found = fixture.page.session().in_memory(&[needle.clone(), wide])?;
        let browser = fixture.page.browser();
        println!("{browser}: copies of the {name} in the memory of processes: {found:?}");
    }
    Ok(())
}

/// A temporary key of the cloud that derives keys, through everything that a page does with it.
async fn nothing_is_left(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(relight_e2e::browser::Capability::SearchedMemory)?;
    let (key_id, secret, token) = TEMPORARY;
    let needles = Needles::of(secret, Some(token));
    fixture.page.session().before_every_page(SPY).await?;
    fixture.page.session().before_every_page(LISTEN).await?;
    fixture.open().await?;
    let ids = TENCENT.running(fixture, 2);
    let text = ids.join("\n");
    let form = Form { key_id, secret, token: Some(token), ..TENCENT.form(&text) };
    let page = &fixture.page;
    page.compose(&form).await?;
    // The field is emptied, and does not bring back what was in it.
    until("empty fields", || async {
        Ok((page.value("secret").await?.is_empty() && page.value("token").await?.is_empty())
            .then_some(()))
    })
    .await?;
    page.click("[name=secret]").await?;
    page.undo().await?;
    ensure!(page.value("secret").await?.is_empty(), "undone, the secret is back");
    ensure!(page.value("token").await?.is_empty(), "undone, the token is back");
    // One browser treats undone typing as an emptied field, which wipes the key.
    page.fill("token", token).await?;
    page.fill("secret", secret).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    page.act("inspect").await?;
    page.wait_for("[data-inspector]").await?;
    let shown = page.everything().await?;
    needles.absent_in(&shown, "the inspector")?;
    // Whatever can be copied or saved, and whatever was written to the log.
    let copies = page.count("[data-action=copy]").await?;
    ensure!(copies > 2, "there is little to copy: {copies}");
    page.run("all('[data-action=copy]').filter(seen).forEach(e => e.click());", &[]).await?;
    let script = "return window.said.filter(text => text.startsWith('copied ')).length >= a;";
    page.wait_until("what was copied", script, &[json!(copies)]).await?;
    let said = page.run("return window.said.join('\\n');", &[]).await?;
    let said = said.as_str().unwrap_or_default();
    ensure!(said.contains(&ids[0]), "{said}");
    needles.absent_in(said, "the log, or what was copied")?;
    for (action, file) in [("export-csv", ".csv"), ("export-json", ".json")] {
        page.act(action).await?;
        let text = page.exported(file).await?.1;
        ensure!(text.contains(&ids[0]), "{text}");
        needles.absent_in(&text, file)?;
    }

    // While it is held, the program itself has the token and nothing else.
    let found = needles.in_wasm(fixture).await?;
    ensure!(found == ["token"], "in the memory of a module while it is held: {found:?}");
    // Two keys were made at most for each letter, and none can be read back.
    let script = "return window.made.length;";
    ensure!(page.run(script, &[]).await?.as_u64() > Some(0), "no key was made");
    let script = "const done = arguments[arguments.length - 1]; \
         Promise.all(window.made).then(keys => Promise.all(keys.flatMap(key => ['raw', 'jwk'] \
           .map(form => crypto.subtle.exportKey(form, key).then(() => 'exported', e => e.name))) \
           .concat(keys.map(key => key.extractable ? 'extractable' : 'InvalidAccessError')))) \
           .then(all => done([...new Set(all)].join()));";
    let said = page.session().driver().execute_async(script, vec![]).await?;
    ensure!(said.json() == "InvalidAccessError", "{:?}", said.json());
    page.run("window.made = [];", &[]).await?;

    page.act("lock").await?;
    page.wait_for_no("[data-action=lock]").await?;
    nowhere(fixture, &needles).await?;
    let traffic = fixture.site.proxied().concat();
    for (name, needle) in needles.texts().filter(|(name, _)| *name != "token") {
        ensure!(!traffic.contains(needle), "the {name} went out");
    }
    Ok(())
}

/// As on a page without HTTPS.
async fn bytes_are_wiped(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().before_every_page(SPY).await?;
    let insecure = "() => Object.defineProperty(crypto, 'subtle', { value: undefined })";
    fixture.page.session().before_every_page(insecure).await?;
    fixture.open().await?;
    for account in [ALIBABA, TENCENT, ZENLAYER] {
        let ids = account.running(fixture, 1);
        send(fixture, &account.form(&ids[0])).await?;
        fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
        let call = fixture.power_calls().pop().context("a call")?;
        ensure!(call.signature == "ok" && call.executed, "{call:?}");
        fixture.page.wait_for_outcomes(&ids, &["proven", "running-unproven"]).await?;
        fixture.page.act("new-run").await?;
        fixture.page.wait_for_step("compose").await?;
        let words = fixture.page.text(".credential").await?;
        ensure!(words.contains("HTTPS"), "it does not say so: {words}");
        fixture.page.act("forget").await?;
        nowhere(fixture, &Needles::of(account.secret, None)).await?;
    }
    Ok(())
}

/// The key is wiped when the page is idle; everything else stays.
async fn idle_lock(fixture: &mut Fixture) -> Result<()> {
    fixture.site.replace(
        "relight.json",
        br#"{ "proxy": "/proxy", "credentials": { "lockAfterSeconds": 2 } }"#.to_vec(),
    );
    fixture.open().await?;
    let ids = ZENLAYER.running(fixture, 1);
    fixture.page.compose(&ZENLAYER.form(&ids[0])).await?;
    fixture.page.wait_for("[data-locked=idle]").await?;
    ensure!(!fixture.page.sees("[data-action=forget]").await?, "a key is still there");
    ensure!(fixture.page.value("instanceIds").await? == ids[0]);
    ensure!(fixture.page.value("keyId").await? == ZENLAYER.key_id);
    fixture.page.act("review").await?;
    fixture.page.wait_for("[name=secret][aria-invalid=true]").await?;
    ensure!(fixture.calls().is_empty());
    fixture.page.screenshot(&format!("{}-locked", fixture.page.browser())).await.map(drop)
}

/// A clock that stops or is set back does not prevent the lock, and the time that a machine sleeps counts.
async fn idle_by_either_clock(fixture: &mut Fixture) -> Result<()> {
    let ids = ZENLAYER.running(fixture, 1);
    // The window's: a driver's script may have another `Date`.
    let set_back = "const then = Date.now() - 3600000; window.Date.now = () => then;";
    let asleep = "const { now } = Date; window.Date.now = () => now() + 3600000; \
         window.dispatchEvent(new PointerEvent('pointermove'));";
    for (seconds, clock) in [(2, set_back), (1_800, asleep)] {
        let configuration =
            json!({ "proxy": "/proxy", "credentials": { "lockAfterSeconds": seconds } });
        fixture.site.replace("relight.json", configuration.to_string().into_bytes());
        fixture.open().await?;
        let page = &fixture.page;
        // What the form cannot judge loads the console, which takes the form's place.
        page.wait_for_no("[data-form-only]").await?;
        if seconds == 2 {
            page.run(clock, &[]).await?;
        }
        page.compose(&ZENLAYER.form(&ids[0])).await?;
        if seconds != 2 {
            page.wait_for("[data-action=forget]").await?;
            page.run(clock, &[]).await?;
        }
        page.wait_for("[data-locked=idle]").await?;
        ensure!(!page.sees("[data-action=forget]").await?, "a key is still there");
    }
    Ok(())
}

/// Away and back again, be it from the back-forward cache.
async fn leaving(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.review().await?;
    // What the browser does first when it puts a page into the back-forward cache, or unloads it.
    fixture.page.run("window.dispatchEvent(new PageTransitionEvent('pagehide'));", &[]).await?;
    fixture.page.wait_for("[data-locked=left]").await?;
    fixture.page.fill("secret", TENCENT.secret).await?;
    fixture.page.wait_for("[data-action=forget]").await?;
    let driver = fixture.page.session().driver();
    driver.goto(format!("{}relight.json", fixture.site.url())).await?;
    driver.back().await?;
    fixture.page.wait_for("[name=secret]").await?;
    ensure!(!fixture.page.sees("[data-action=forget]").await?, "the key came back with the page");
    ensure!(fixture.page.value("secret").await?.is_empty());
    Ok(())
}

/// Before the console is loaded, by the default limit.
async fn form_locks(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let enter = async || {
        page.fill("keyId", TENCENT.key_id).await?;
        page.fill("secret", TENCENT.secret).await?;
        page.wait_for("[data-action=forget]").await?;
        ensure!(page.sees("[data-form-only]").await?, "the rest has taken over");
        anyhow::Ok(())
    };
    enter().await?;
    page.run("window.dispatchEvent(new PageTransitionEvent('pagehide'));", &[]).await?;
    page.wait_for("[data-locked=left]").await?;
    ensure!(!page.sees("[data-action=forget]").await? && page.value("secret").await?.is_empty());
    enter().await?;
    ensure!(!page.sees("[data-locked]").await?);
    let later = "const { Date } = window; window.clock ??= Date.now.bind(Date); \
         Date.now = () => window.clock() + a * 1000;";
    page.run(later, &[json!(890)]).await?;
    page.run("window.dispatchEvent(new PointerEvent('pointermove'));", &[]).await?;
    ensure!(page.sees("[data-action=forget]").await?, "it was touched in time");
    page.run(later, &[json!(890 + 910)]).await?;
    page.wait_for("[data-locked=idle]").await?;
    // The clock is set back: the page's own goes on.
    page.run("window.dispatchEvent(new PointerEvent('pointermove'));", &[]).await?;
    enter().await?;
    page.run(later, &[json!(-36_000)]).await?;
    let own = "const own = performance.now.bind(performance); \
         performance.now = () => own() + 910 * 1000;";
    page.run(own, &[]).await?;
    page.wait_for("[data-locked=idle]").await?;
    // What is only typed goes as well.
    page.run("window.dispatchEvent(new PointerEvent('pointermove'));", &[]).await?;
    page.click("[name=secret]").await?;
    page.press("half-a-secr").await?;
    page.run(later, &[json!(0)]).await?;
    until("what was typed to go", || async {
        Ok(page.value("secret").await?.is_empty().then_some(()))
    })
    .await?;
    ensure!(!page.sees("[data-action=forget]").await? && page.value("secret").await?.is_empty());
    ensure!(page.value("keyId").await? == TENCENT.key_id, "more than the secret is lost");
    ensure!(page.sees("[data-form-only]").await?);
    Ok(())
}

async fn key_again(fixture: &Fixture, account: Account) -> Result<()> {
    fixture.page.wait_for("[data-stage=paused]").await?;
    fixture.page.fill("secret", account.secret).await?;
    fixture.page.wait_for("[data-action=forget]").await
}

/// The page is locked as soon as the first call that changes something has left it: the others wait for
/// their turn. From outside that would be a race with them.
pub(crate) async fn lock_at_the_first_call(fixture: &Fixture) -> Result<()> {
    let script = "const own = window.fetch; window.fetch = (...all) => { const answer = own(...all); \
         if (/^Reboot/.test(all[0].headers?.get('x-acs-action'))) { window.fetch = own; \
           setTimeout(() => first('[data-action=lock]').click()); } \
         return answer; }; return true;";
    fixture.page.run(script, &[]).await.map(drop)
}

/// Sends what is filled in, a call for each instance, and is there when the first one is.
async fn send_one_by_one(fixture: &Fixture) -> Result<()> {
    fixture.page.review().await?;
    fixture.page.click("details.pacing summary").await?;
    set_number(fixture, "batchSize", 1).await?;
    fixture.page.send().await?;
    until("the first call", || async { Ok((!fixture.power_calls().is_empty()).then_some(())) })
        .await
}

/// Nothing more goes out without a key, and with it all that is left.
async fn locked_mid_run(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 8);
    let text = ids.join("\n");
    fixture.page.compose(&ALIBABA.form(&text)).await?;
    lock_at_the_first_call(fixture).await?;
    send_one_by_one(fixture).await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    let (calls, looks) = (fixture.power_calls().len(), fixture.describe_count());
    ensure!(calls < ids.len(), "it was locked too late");
    ensure!(fixture.page.text("[data-locked=asked]").await?.contains("wiped"));
    let outcomes = fixture.page.outcomes().await?;
    let queued = outcomes.values().filter(|word| *word == "queued").count();
    ensure!(queued == ids.len() - calls, "{outcomes:?}");
    key_again(fixture, ALIBABA).await?;
    ensure!(
        (fixture.power_calls().len(), fixture.describe_count()) == (calls, looks),
        "it went on by itself"
    );
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, ALIBABA, &ids)
}

/// A key of one cloud is nothing to another.
async fn another_cloud(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 1);
    fixture.page.compose(&ALIBABA.form(&ids[0])).await?;
    fixture.page.wait_for("[data-action=forget]").await?;
    fixture.page.choose("cloud", "tencent").await?;
    fixture.page.wait_for_no("[data-action=forget]").await?;
    fixture.page.choose("cloud", "alibaba").await?;
    fixture.page.wait_for("[name=keyId]").await?;
    ensure!(!fixture.page.sees("[data-action=forget]").await?, "it came back with the cloud");
    ensure!(fixture.page.value("keyId").await?.is_empty());
    Ok(())
}

/// What an endpoint answers, good for so many seconds.
fn answer(seconds: u64) -> Vec<u8> {
    let (key_id, secret, token) = TEMPORARY;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    json!({ "keyId": key_id, "secret": secret, "token": token, "expiresAt": now + seconds })
        .to_string()
        .into_bytes()
}

const WITH_ENDPOINT: &[u8] =
    br#"{ "proxy": "/proxy", "credentials": { "url": "keys.json?team=7" } }"#;

fn asked(fixture: &Fixture) -> usize {
    fixture.site.asked().iter().filter(|name| *name == "keys.json").count()
}

/// The form without a key: there is nowhere to enter one.
async fn compose_without_key(fixture: &Fixture, ids: &[String]) -> Result<()> {
    let page = &fixture.page;
    page.wait_for("[data-source]").await?;
    page.choose("cloud", "tencent").await?;
    page.choose("region", "ap-guangzhou").await?;
    ensure!(!page.sees("[name=secret]").await?);
    page.paste("instanceIds", &ids.join("\n")).await
}

async fn endpoint(fixture: &mut Fixture) -> Result<()> {
    fixture.site.replace("relight.json", WITH_ENDPOINT.to_vec());
    // Good for so short that it is renewed before every call, and never used in its last minute.
    fixture.site.replace("keys.json", answer(90));
    fixture.open().await?;
    let ids = TENCENT.running(fixture, 2);
    compose_without_key(fixture, &ids).await?;
    ensure!(asked(fixture) == 0, "nobody has needed a key yet");
    fixture.page.review().await?;
    let before = asked(fixture);
    ensure!(before > 0);
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(asked(fixture) > before, "it was not renewed");
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].executed && calls[0].key_id == TEMPORARY.0, "{calls:#?}");
    let needles = Needles::of(TEMPORARY.1, Some(TEMPORARY.2));
    needles.absent_in(&fixture.page.everything().await?, "the page")?;
    needles.absent_in(&stores(fixture).await?, "a store")
}

async fn endpoint_fails(fixture: &mut Fixture) -> Result<()> {
    fixture.site.replace("relight.json", WITH_ENDPOINT.to_vec());
    fixture.open().await?;
    let ids = TENCENT.running(fixture, 6);
    compose_without_key(fixture, &ids).await?;
    fixture.page.act("review").await?;
    let words = fixture.page.text("[data-problem=credentials]").await?;
    ensure!(words.contains("keys.json") && words.contains("404"), "{words}");
    ensure!(fixture.calls().is_empty());
    // In the middle of a run.
    fixture.site.replace("keys.json", answer(90));
    send_one_by_one(fixture).await?;
    fixture.site.replace("keys.json", b"<!doctype html><title>Log in</title>".to_vec());
    fixture.page.wait_for("[data-stage=paused]").await?;
    let words = fixture.page.text("[data-problem=credentials]").await?;
    ensure!(words.contains("keys.json") && words.contains("not JSON"), "{words}");
    fixture.page.screenshot(&format!("{}-no-credentials", fixture.page.browser())).await?;
    ensure!(fixture.power_calls().len() < ids.len());
    fixture.site.replace("keys.json", answer(3_600));
    fixture.page.act("resume").await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, TENCENT, &ids)
}

async fn host_function(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let (key_id, secret, token) = TEMPORARY;
    let script = "const given = { keyId: a, secret: b, token: c, \
           expiresAt: new Date(Date.now() + 3.6e6).toISOString() }; \
         host.credentials = async ({ cloud }) => { window.wanted = cloud; return { ...given }; }; \
         host.setAttribute('lang', 'en'); return true;";
    fixture.page.run(script, &[json!(key_id), json!(secret), json!(token)]).await?;
    compose_without_key(fixture, &ids).await?;
    fixture.page.review().await?;
    ensure!(fixture.page.run("return window.wanted;", &[]).await? == "tencent");
    ensure!(fixture.page.sees("[data-expires]").await?, "it does not say how long it lasts");
    fixture.page.send().await?;
    fixture.page.wait_for_outcomes(&ids, &["proven"]).await
}

/// It throws, rejects its promise, returns rubbish, or never answers: each is reported, nothing is lost,
/// and nobody has to wait.
async fn host_function_fails(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let page = &fixture.page;
    let script = "const { setTimeout } = window; window.setTimeout = (what, ms, ...more) => \
           setTimeout(what, ms === 30000 && window.hurry ? 50 : ms, ...more); \
         window.answer = () => { throw new Error('no session') }; \
         host.credentials = (wanted) => window.answer(wanted); return true;";
    page.run(script, &[]).await?;
    compose_without_key(fixture, &ids).await?;
    for (answer, words) in [
        ("() => { throw new Error('no session') }", "no session"),
        ("async () => { throw 'a text' }", "it failed"),
        ("() => undefined", "`keyId`"),
        ("() => 7", "`keyId`"),
        ("() => ({ keyId: 'k', secret: 42 })", "`secret`"),
        ("() => ({ keyId: 'k', secret: '' })", "`secret` cannot be one"),
        ("() => ({ keyId: 'k', secret: 's', expiresAt: 'soon' })", "`expiresAt`"),
        ("() => ({ keyId: 'k', secret: 's', expiresAt: 1 })", "expires within a minute"),
        ("() => { window.hurry = true; return new Promise(() => {}) }", "within 30 seconds"),
    ] {
        page.run(&format!("window.answer = {answer}; return true;"), &[]).await?;
        page.act("review").await?;
        let said = "return first('[data-problem=credentials]')?.innerText.includes(a) || null;";
        page.wait_until(words, said, &[json!(words)]).await?;
        ensure!(page.sees("[data-step=compose]").await?);
        ensure!(page.value("instanceIds").await? == ids[0], "the ids are lost");
    }
    // Waiting can be cancelled; an answer after that has no effect.
    let hangs = "window.hurry = false; \
         window.answer = () => new Promise((give) => { window.give = give; }); return true;";
    page.run(hangs, &[]).await?;
    page.act("review").await?;
    page.wait_for("[data-leave=key-asked]").await?;
    page.act("withdraw").await?;
    page.wait_for_no("[data-leave]").await?;
    let (key_id, secret, token) = TEMPORARY;
    let gives = "window.give({ keyId: a, secret: b, token: c }); return true;";
    page.run(gives, &[json!(key_id), json!(secret), json!(token)]).await?;
    ensure!(page.sees("[data-step=compose]").await? && fixture.calls().is_empty());
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await
}

/// Entered by hand, with its expiry.
async fn expires_mid_run(fixture: &mut Fixture) -> Result<()> {
    let (key_id, secret, token) = TEMPORARY;
    let ids = TENCENT.running(fixture, 6);
    let text = ids.join("\n");
    let form = Form { key_id, secret, token: Some(token), ..TENCENT.form(&text) };
    fixture.page.compose(&form).await?;
    fixture.page.review().await?;
    fixture.page.click("details.pacing summary").await?;
    set_number(fixture, "batchSize", 1).await?;
    // Sooner than the idle lock.
    let soon = "return new Date(Date.now() + 600_000).toISOString();";
    let soon = fixture.page.run(soon, &[]).await?;
    fixture.page.fill("expiresAt", soon.as_str().context("a time")?).await?;
    fixture.page.wait_for("[data-expires]").await?;
    fixture.page.send().await?;
    until("the first call", || async { Ok((!fixture.power_calls().is_empty()).then_some(())) })
        .await?;
    // Time goes by.
    let later = "const { Date } = window; const own = Date.now.bind(Date); \
         Date.now = () => own() + 610_000;";
    fixture.page.run(later, &[]).await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    // Such a jump of the clock is a sleep too, and may pause the run first: then it is found out as
    // soon as the user goes on.
    if !fixture.page.sees("[data-locked=expired]").await? {
        fixture.page.act("resume").await?;
    }
    fixture.page.wait_for("[data-locked=expired]").await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    let sent = fixture.power_calls().len();
    ensure!(sent < ids.len(), "it expired too late");
    let outcomes: Value = json!(fixture.page.outcomes().await?);
    ensure!(outcomes.as_object().is_some_and(|all| all.len() == ids.len()), "{outcomes}");
    ensure!(!outcomes.to_string().contains("unknown"), "{outcomes}");
    Ok(())
}

/// Nothing is sent, both texts stay where they are, and the page names the two fields to check.
async fn swapped(fixture: &mut Fixture) -> Result<()> {
    for account in [ALIBABA, TENCENT, ZENLAYER] {
        let cloud = account.cloud.name();
        fixture.open().await?;
        let ids = account.running(fixture, 1);
        let (key_id, secret) = (account.secret, account.key_id);
        let page = &fixture.page;
        page.compose(&Form { key_id, secret, ..account.form(&ids[0]) }).await?;
        page.act("review").await?;
        page.wait_for_no("[data-form-only]").await?;
        page.wait_for("[name=keyId][aria-invalid=true], [name=secret][aria-invalid=true]").await?;
        let words = page.text(".credential").await?;
        ensure!(words.contains("swapped"), "{cloud}: {words}");
        ensure!(page.value("keyId").await? == key_id, "{cloud}: the key id is lost");
        ensure!(page.value("secret").await? == secret, "{cloud}: what was typed is lost");
        let focused = "const e = host.shadowRoot.activeElement; \
             return e?.name === 'keyId' || e?.name === 'secret';";
        ensure!(page.run(focused, &[]).await? == json!(true), "{cloud}: the focus is elsewhere");
        page.screenshot(&format!("{}-swapped-{cloud}", page.browser())).await?;
        // Nor does the doctor send it.
        page.act("doctor").await?;
        page.act("examine").await?;
        page.wait_for("[data-doctor=done]").await?;
        let sent = fixture.site.proxied().concat();
        ensure!(!sent.is_empty() && !sent.contains(account.secret), "{cloud}: the secret went out");
        let asked = fixture.calls();
        ensure!(asked.iter().all(|call| call.key_id != key_id), "{cloud}: {asked:#?}");
        Needles::of(account.secret, None).absent_in(&stores(fixture).await?, "a store")?;
        page.act("power").await?;
        // Put right, it goes on.
        page.fill("keyId", account.key_id).await?;
        page.fill("secret", account.secret).await?;
        page.review().await?;
    }
    Ok(())
}

/// A run that waits for a key takes none that is swapped: nothing goes out and nothing is written down.
async fn swapped_mid_run(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 6);
    fixture.page.compose(&ALIBABA.form(&ids.join("\n"))).await?;
    send_one_by_one(fixture).await?;
    let page = &fixture.page;
    page.act("lock").await?;
    page.wait_for("[data-stage=paused]").await?;
    let calls = fixture.power_calls().len();
    page.paste("keyId", ALIBABA.secret).await?;
    page.fill("secret", ALIBABA.key_id).await?;
    page.wait_for("[name=keyId][aria-invalid=true]").await?;
    ensure!(page.value("keyId").await? == ALIBABA.secret, "what was typed is lost");
    ensure!(page.text(".credential").await?.contains("swapped"));
    if page.sees("[data-action=resume]").await? {
        page.act("resume").await?;
    }
    page.paste("keyId", ALIBABA.key_id).await?;
    page.fill("secret", ALIBABA.secret).await?;
    page.wait_for("[data-action=forget]").await?;
    ensure!(fixture.power_calls().len() == calls, "it went on by itself");
    let stored = stores(fixture).await?;
    Needles::of(ALIBABA.secret, None).absent_in(&stored, "a store")?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(!fixture.site.proxied().concat().contains(ALIBABA.secret), "the secret went out");
    each_once(fixture, ALIBABA, &ids)
}

async fn swapped_elsewhere(fixture: &mut Fixture) -> Result<()> {
    let (key_id, secret, token) = TEMPORARY;
    let swapped = json!({ "keyId": secret, "secret": key_id, "token": token });
    refused_from_every_source(fixture, &swapped).await
}

/// A key that an endpoint gives, and then the host page: it is refused as swapped, and
/// nothing has left.
async fn refused_from_every_source(fixture: &Fixture, given: &Value) -> Result<()> {
    let (ids, secret) = (TENCENT.running(fixture, 1), TEMPORARY.1);
    fixture.site.replace("relight.json", WITH_ENDPOINT.to_vec());
    fixture.site.replace("keys.json", given.to_string().into_bytes());
    fixture.open().await?;
    let page = &fixture.page;
    for source in ["keys.json", "credentials()"] {
        if source != "keys.json" {
            let script = "host.credentials = async () => a; host.setAttribute('lang', 'en'); \
                 return true;";
            page.run(script, std::slice::from_ref(given)).await?;
            page.wait_for("[data-source='credentials()']").await?;
        }
        compose_without_key(fixture, &ids).await?;
        page.act("review").await?;
        page.wait_for("[data-problem=credentials]").await?;
        let words = page.text("[data-problem=credentials]").await?;
        ensure!(words.contains("swapped") && !words.contains(secret), "{words}");
        ensure!(fixture.calls().is_empty(), "{:#?}", fixture.calls());
        ensure!(!fixture.site.proxied().concat().contains(secret), "the secret went out");
    }
    Ok(())
}

/// The token goes out with every request: the secret of no cloud in its place does, whichever of the two
/// fields was filled in first, nor one text in both, as a password manager fills them in.
async fn no_token(fixture: &mut Fixture) -> Result<()> {
    let alibaba = (
        ALIBABA,
        "STS.sandboxdemo000000000002",
        "sandbox-alibaba-secret-0000002",
        "sandbox/alibaba+session=token==",
    );
    let tencent = (TENCENT, TEMPORARY.0, TEMPORARY.1, TEMPORARY.2);
    for (account, key_id, secret, token) in [alibaba, tencent] {
        let cloud = account.cloud.name();
        let ids = account.running(fixture, 1);
        for order in [["secret", "token"], ["token", "secret"]] {
            for (in_secret, in_token) in [(token, secret), (secret, secret)] {
                fixture.open().await?;
                let page = &fixture.page;
                let form = Form { key_id, secret: "", token: None, ..account.form(&ids[0]) };
                page.compose(&form).await?;
                for field in order {
                    page.fill(field, if field == "secret" { in_secret } else { in_token }).await?;
                }
                page.act("review").await?;
                page.wait_for_no("[data-form-only]").await?;
                page.wait_for("[name=token][aria-invalid=true]").await?;
                let words = page.text(".credential").await?;
                let labels = words.contains("swapped") && !words.contains(secret);
                ensure!(labels, "{cloud} {order:?}: {words}");
                ensure!(page.value("token").await? == in_token, "{cloud} {order:?}: lost");
                if in_secret == token {
                    ensure!(page.value("secret").await? == token, "{cloud} {order:?}: lost");
                }
                page.act("review").await?;
                page.act("doctor").await?;
                page.act("examine").await?;
                page.wait_for("[data-doctor=done]").await?;
                let sent = fixture.site.proxied().concat();
                ensure!(!sent.contains(secret), "{cloud} {order:?}: the secret went out");
                let asked = fixture.calls();
                ensure!(asked.iter().all(|call| call.key_id != key_id), "{cloud}: {asked:#?}");
                let stored = stores(fixture).await?;
                Needles::of(secret, None).absent_in(&stored, "a store")?;
                page.act("power").await?;
            }
        }
        // Put right, it goes on.
        let page = &fixture.page;
        page.fill("secret", secret).await?;
        page.fill("token", token).await?;
        page.review().await?;
        // A permanent key with its secret in both fields: emptied, the second one is cleared.
        fixture.open().await?;
        let page = &fixture.page;
        page.compose(&account.form(&ids[0])).await?;
        page.fill("token", account.secret).await?;
        page.act("review").await?;
        page.wait_for("[name=token][aria-invalid=true]").await?;
        page.fill("token", "").await?;
        page.review().await?;
        let sent = fixture.site.proxied().concat();
        ensure!(!sent.contains(secret) && !sent.contains(account.secret), "{cloud}: it went out");
    }
    Ok(())
}

async fn no_token_elsewhere(fixture: &mut Fixture) -> Result<()> {
    let (key_id, secret, token) = TEMPORARY;
    for (in_secret, in_token) in [(token, secret), (secret, secret), (secret, ALIBABA.key_id)] {
        let given = json!({ "keyId": key_id, "secret": in_secret, "token": in_token });
        refused_from_every_source(fixture, &given).await?;
    }
    Ok(())
}

/// Whichever was there first, the text or the secret.
async fn in_no_field(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let needles = Needles::of(TENCENT.secret, None);
    let page = &fixture.page;
    page.compose(&TENCENT.form(&format!("{} {}", ids[0], TENCENT.secret))).await?;
    page.act("review").await?;
    page.wait_for("[name=instanceIds][aria-invalid=true]").await?;
    ensure!(fixture.calls().is_empty());
    page.paste("instanceIds", &ids[0]).await?;
    page.fill("keyId", &format!("AKID{}", TENCENT.secret)).await?;
    page.act("review").await?;
    page.wait_for("[name=keyId][aria-invalid=true]").await?;
    ensure!(fixture.calls().is_empty());
    page.fill("keyId", TENCENT.key_id).await?;
    page.review().await?;
    for reason in [format!("see {}", TENCENT.secret), format!("key {}", TENCENT.key_id)] {
        page.fill("reason", &reason).await?;
        page.wait_for("[name=reason][aria-invalid=true]").await?;
        page.act("send").await?;
        ensure!(page.sees("[data-step=review]").await?, "it is sent");
    }
    ensure!(fixture.power_calls().is_empty(), "{:#?}", fixture.power_calls());
    page.fill("reason", "TICKET-7").await?;
    page.wait_for_no("[name=reason][aria-invalid=true]").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    needles.absent_in(&stores(fixture).await?, "a store")?;
    needles.absent_in(&fixture.site.proxied().concat(), "what went out")
}

/// Typed, it is taken when the field is left or the form is sent; pasted, dropped or filled in by the
/// browser, at once. A lock takes what is only typed.
async fn taken_whole(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().before_every_page(SPY).await?;
    fixture.open().await?;
    let page = &fixture.page;
    page.compose(&Form { secret: "", ..ZENLAYER.form(&ZENLAYER.running(fixture, 1)[0]) }).await?;
    let made = async || {
        let made = page.run("return window.made.length;", &[]).await?;
        anyhow::Ok(made.as_u64().unwrap_or_default())
    };
    let is_empty = async || anyhow::Ok(page.value("secret").await?.is_empty());
    page.click("[name=secret]").await?;
    page.press(ZENLAYER.secret).await?;
    ensure!(made().await? == 0, "a key was made of a beginning");
    ensure!(!page.sees("[data-action=forget]").await?);
    page.click("[name=keyId]").await?;
    page.wait_for("[data-action=forget]").await?;
    ensure!(made().await? == 1 && is_empty().await?, "left");
    // The lock of the page around it, while something is only typed.
    page.click("[name=secret]").await?;
    page.press("half-a-secr").await?;
    page.run("host.lock(); return true;", &[]).await?;
    page.wait_for_no("[data-action=forget]").await?;
    ensure!(is_empty().await? && made().await? == 1, "the lock leaves what is typed");
    page.paste("secret", ZENLAYER.secret).await?;
    page.wait_for("[data-action=forget]").await?;
    ensure!(made().await? == 2 && is_empty().await?, "pasted");
    // As password managers do: without keys, and without a word how.
    for kind in ["'insertFromDrop'", "undefined", "'insertReplacementText'"] {
        page.act("forget").await?;
        page.wait_for_no("[data-action=forget]").await?;
        let before = made().await?;
        let script = format!(
            "const e = first('[name=secret]'); e.value = a; \
             e.dispatchEvent(new InputEvent('input', {{ bubbles: true, composed: true, \
               inputType: {kind} }})); return true;"
        );
        page.run(&script, &[json!(ZENLAYER.secret)]).await?;
        page.wait_for("[data-action=forget]").await?;
        ensure!(made().await? == before + 1 && is_empty().await?, "{kind}");
    }
    // By Enter, which keeps the focus in the field.
    page.act("forget").await?;
    page.wait_for_no("[data-action=forget]").await?;
    page.click("[name=secret]").await?;
    page.press(ZENLAYER.secret).await?;
    page.press("\u{e007}").await?;
    page.wait_for_step("review").await?;
    ensure!(is_empty().await?, "sent");
    // Whatever manager put it there without any word at all.
    page.act("cancel").await?;
    page.act("forget").await?;
    page.wait_for_no("[data-action=forget]").await?;
    page.run("first('[name=secret]').value = a; return true;", &[json!(ZENLAYER.secret)]).await?;
    page.review().await
}
