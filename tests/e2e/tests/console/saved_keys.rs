//! Saved keys: what can be done with them, and what cannot be read of them.

use crate::{
    runs::{each_once, set_number},
    support::{ALIBABA, Account, TENCENT, ZENLAYER},
    vault::{Needles, SPY, TEMPORARY, lock_at_the_first_call, nowhere, stores},
};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, Setting, browser::Theme, case, suite::Case, until};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("saved_keys::chosen_after_a_reload_and_deleted", saved_key)
            .configured(|setting| Setting { keep_profile: true, ..setting }),
        case!("saved_keys::a_lock_wipes_it_again", locked),
        case!("saved_keys::only_permanent_keys_and_where_allowed", not_saved),
        case!("saved_keys::without_storage_no_key_is_saved", without_storage),
        case!("saved_keys::what_an_older_release_should_not_have_saved_is_deleted", older),
        case!("saved_keys::no_name_takes_a_key", no_key_in_names),
        case!("saved_keys::advice_policy_and_lock_on_a_phone", on_a_phone)
            .configured(|setting| Setting { width: 360, theme: Theme::Dark, ..setting }),
    ]
}

const NAME: &str = "Night shift";

/// Types the key in, and saves it in the browser.
async fn save_key(fixture: &Fixture, account: Account, name: &str) -> Result<()> {
    let page = &fixture.page;
    page.choose("cloud", account.cloud.name()).await?;
    page.fill("keyId", account.key_id).await?;
    page.fill("secret", account.secret).await?;
    page.wait_for("[data-action=forget]").await?;
    open_save(fixture).await?;
    page.fill("keyName", name).await?;
    page.act("keep").await?;
    page.wait_for(&row(name)).await
}

/// Opens the section for saving: in the form alone it leads to the console.
async fn open_save(fixture: &Fixture) -> Result<()> {
    let page = &fixture.page;
    // It moves the focus out of the field, which is emptied by that.
    page.click("#h-what").await?;
    until("how to save it", || async {
        Ok((page.sees("[data-action=about-key]").await? || page.sees("[data-keep]").await?)
            .then_some(()))
    })
    .await?;
    if page.sees("[data-action=about-key]").await? {
        page.act("about-key").await?;
        return page.wait_for("[data-keep][open]").await;
    }
    page.click("[data-keep] summary").await
}

fn row(name: &str) -> String {
    format!("[data-kept='{name}']")
}

async fn held(fixture: &Fixture) -> Result<bool> {
    fixture.page.sees("[data-action=forget]").await
}

async fn reload(fixture: &Fixture) -> Result<()> {
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for("[name=secret]").await
}

/// Says in which files of its profile the browser itself has the secret, which no page can reach or
/// wipe. Its beginning is searched for: repetitions are compressed.
fn report(fixture: &Fixture, when: &str) -> Result<()> {
    let found = fixture.page.session().in_profile(b"sandbox-alibaba-secret")?;
    println!("{}: the secret in files of the profile {when}: {found:?}", fixture.page.browser());
    Ok(())
}

/// Saved, listed after a reload, signed with, and deleted.
async fn saved_key(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().before_every_page(SPY).await?;
    fixture.open().await?;
    let (page, needles) = (&fixture.page, Needles::of(ALIBABA.secret, None));
    save_key(fixture, ALIBABA, NAME).await?;
    page.wait_for(&format!("{} [data-action=choose][aria-pressed=true]", row(NAME))).await?;
    page.screenshot(&format!("{}-kept", page.browser())).await?;
    let stored = stores(fixture).await?;
    ensure!(stored.contains("relight-keys") && stored.contains(NAME), "{stored}");
    needles.absent_in(&stored, "a store")?;
    report(fixture, "while it is saved")?;

    reload(fixture).await?;
    page.wait_for(&row(NAME)).await?;
    ensure!(!held(fixture).await?, "it is in use before anybody has chosen it");
    // The public half comes back with the form, the secret does not.
    ensure!(page.value("keyId").await? == ALIBABA.key_id);
    let words = page.text(&row(NAME)).await?;
    ensure!(!words.contains(ALIBABA.key_id) && words.contains("LTAI…"), "{words}");
    page.act("choose").await?;
    page.wait_for("[data-action=forget]").await?;
    ensure!(page.value("cloud").await? == "alibaba");
    ensure!(page.value("keyId").await? == ALIBABA.key_id);
    ensure!(page.value("secret").await?.is_empty());
    let ids = ALIBABA.running(fixture, 2);
    page.choose("region", "cn-hangzhou").await?;
    page.paste("instanceIds", &ids.join(" ")).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].executed && calls[0].signature == "ok", "{calls:#?}");
    ensure!(calls[0].key_id == ALIBABA.key_id, "{calls:#?}");
    each_once(fixture, ALIBABA, &ids)?;
    for (action, file) in [("export-csv", ".csv"), ("export-json", ".json")] {
        page.act(action).await?;
        needles.absent_in(&page.exported(file).await?.1, file)?;
    }
    needles.absent_in(&fixture.site.proxied().concat(), "what went out")?;
    page.act("lock").await?;
    page.wait_for_no("[data-action=lock]").await?;
    nowhere(fixture, &needles).await?;

    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    page.act("forget-kept").await?;
    page.wait_for_no("[data-kept]").await?;
    let stored = stores(fixture).await?;
    ensure!(!stored.contains(NAME), "it is still there: {stored}");
    report(fixture, "once it is forgotten")?;
    reload(fixture).await?;
    // Saved keys are listed by the console, which an error leads to.
    page.act("explain").await?;
    page.wait_for("[name=errorText]").await?;
    page.act("power").await?;
    page.wait_for("[name=secret]").await?;
    ensure!(!page.sees("[data-kept]").await?);
    ensure!(page.session().take_errors().is_empty(), "the browser's log has something");
    Ok(())
}

/// Every lock removes a saved key from the tab, also one that is being loaded; the list stays.
async fn locked(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    save_key(fixture, ALIBABA, NAME).await?;
    save_key(fixture, ZENLAYER, "Other cloud").await?;
    let choose = format!("{} [data-action=choose]", row(NAME));
    // A change of the cloud wipes the other cloud's key.
    page.click(&choose).await?;
    page.wait_for(&format!("{choose}[aria-pressed=true]")).await?;
    ensure!(page.value("cloud").await? == "alibaba");
    // Of another key id it is not the secret.
    page.fill("keyId", "LTAIsomebodyelses0000001").await?;
    page.wait_for_no("[data-action=forget]").await?;
    // The page is left before the browser has answered.
    let script = "const own = IDBObjectStore.prototype.get; \
         IDBObjectStore.prototype.get = function (...all) { IDBObjectStore.prototype.get = own; \
           window.dispatchEvent(new PageTransitionEvent('pagehide')); \
           return own.apply(this, all); }; first(a).click(); return true;";
    page.run(script, &[json!(choose)]).await?;
    until("that it was looked up", || async {
        Ok(page.text(&row(NAME)).await?.contains("last chosen").then_some(()))
    })
    .await?;
    ensure!(!held(fixture).await?, "it came after the lock");
    // In the middle of a run.
    let ids = ALIBABA.running(fixture, 6);
    page.click(&choose).await?;
    page.wait_for("[data-action=forget]").await?;
    page.choose("region", "cn-hangzhou").await?;
    page.paste("instanceIds", &ids.join(" ")).await?;
    page.review().await?;
    page.click("details.pacing summary").await?;
    set_number(fixture, "batchSize", 1).await?;
    lock_at_the_first_call(fixture).await?;
    page.send().await?;
    page.wait_for("[data-stage=paused]").await?;
    let sent = fixture.power_calls().len();
    ensure!(sent < ids.len(), "it was locked too late");
    ensure!(page.count("[data-kept]").await? == 1, "a key of another cloud is offered to the run");
    page.click(&choose).await?;
    page.wait_for("[data-action=forget]").await?;
    ensure!(fixture.power_calls().len() == sent, "it went on by itself");
    page.act("resume").await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, ALIBABA, &ids)?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    page.act("forget-all-kept").await?;
    page.wait_for_no("[data-kept]").await?;
    page.wait_for_no("[data-action=forget]").await
}

/// Neither a temporary key nor, where the operator forbids it, any.
async fn not_saved(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    save_key(fixture, ALIBABA, NAME).await?;
    // With a token it does not last.
    let (key_id, secret, token) = TEMPORARY;
    page.choose("cloud", "tencent").await?;
    page.fill("keyId", key_id).await?;
    page.fill("secret", secret).await?;
    page.fill("token", token).await?;
    page.wait_for("[data-advice=temporary]").await?;
    ensure!(!page.sees("[data-keep]").await?);
    let stored = stores(fixture).await?;
    Needles::of(secret, Some(token)).absent_in(&stored, "a store")?;
    ensure!(!stored.contains(key_id), "{stored}");

    let forbidding = br#"{ "proxy": "/proxy", "credentials": { "keepInBrowser": false } }"#;
    fixture.site.replace("relight.json", forbidding.to_vec());
    fixture.open().await?;
    page.wait_for(&row(NAME)).await?;
    until("what is said of it", || async {
        Ok(page.text(".keyring").await?.contains("does not allow").then_some(()))
    })
    .await?;
    ensure!(!page.sees("[data-action=choose]").await?);
    page.fill("keyId", ZENLAYER.key_id).await?;
    page.fill("secret", ZENLAYER.secret).await?;
    page.wait_for("[data-advice=permanent]").await?;
    ensure!(!page.sees("[data-keep]").await?, "it may be saved");
    page.act("forget-kept").await?;
    page.wait_for_no("[data-kept]").await
}

/// Blocked storage: the key stays in the tab, everything else works, and the page reports it.
async fn without_storage(fixture: &mut Fixture) -> Result<()> {
    let blocked = "() => { const own = IDBFactory.prototype.open; \
         IDBFactory.prototype.open = function (name, ...more) { \
           if (name === 'relight-keys') throw new DOMException('blocked', 'SecurityError'); \
           return own.call(this, name, ...more); }; }";
    fixture.page.session().before_every_page(blocked).await?;
    fixture.open().await?;
    let page = &fixture.page;
    let ids = ALIBABA.running(fixture, 1);
    page.compose(&ALIBABA.form(&ids[0])).await?;
    open_save(fixture).await?;
    ensure!(page.text("[data-problem=keyring]").await?.contains("private window"));
    page.act("keep").await?;
    until("that it was not saved", || async {
        Ok(page.text("[data-problem=keyring]").await?.contains("Not saved").then_some(()))
    })
    .await?;
    ensure!(held(fixture).await?, "the key is lost");
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    each_once(fixture, ALIBABA, &ids)
}

/// What a key needs, and the lock, where there is little room.
async fn on_a_phone(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 2);
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    // Of this cloud's a page of the same origin could derive the keys of all days to come.
    page.click("#h-what").await?;
    page.act("about-key").await?;
    page.wait_for("[data-advice=derives]").await?;
    ensure!(!page.sees("[data-keep]").await?, "it may be saved");
    page.wait_for("[data-advice=permanent]").await?;
    page.click("[data-policy] summary").await?;
    let policy: Value = serde_json::from_str(&page.text("[data-policy] pre").await?)?;
    let statements = policy["statement"].as_array().context("statements")?;
    ensure!(statements[0]["action"] == json!(["cvm:RebootInstances"]), "{policy}");
    let named: Vec<String> =
        ids.iter().map(|id| format!("qcs::cvm:ap-guangzhou::instance/{id}")).collect();
    ensure!(statements[0]["resource"] == json!(named), "{policy}");
    ensure!(statements[1]["action"] == json!(["cvm:DescribeInstances"]), "{policy}");
    for language in ["en", "zh"] {
        let script = "host.setAttribute('lang', a); return true;";
        page.run(script, &[json!(language)]).await?;
        page.wait_for(&format!(".relight[lang^={language}]")).await?;
        page.screenshot(&format!("{}-360-key-{language}", page.browser())).await?;
        ensure!(page.overflow().await? <= 0, "it is wider than the phone");
    }
    let ids = ALIBABA.running(fixture, 1);
    page.compose(&ALIBABA.form(&ids[0])).await?;
    open_save(fixture).await?;
    page.act("keep").await?;
    // Without a name it has its key id's beginning and end.
    page.wait_for(&row("LTAI…0001")).await?;
    for language in ["en", "zh"] {
        let script = "host.setAttribute('lang', a); return true;";
        page.run(script, &[json!(language)]).await?;
        page.wait_for(&format!(".relight[lang^={language}]")).await?;
        for (name, place) in [("kept", ".keyring"), ("lock", ".bar")] {
            let script = "first(a).scrollIntoView({ block: 'center' }); return true;";
            page.run(script, &[json!(place)]).await?;
            let picture = format!("{}-360-{name}-{language}", page.browser());
            page.screenshot(&picture).await?;
        }
        ensure!(page.overflow().await? <= 0, "it is wider than the phone");
    }
    let lock = "[data-action=lock]";
    let script = "const e = first(a); return e ? e.innerText + e.title : null;";
    let name = page.run(script, &[json!(lock)]).await?;
    ensure!(name.as_str().is_some_and(|name| name.contains("锁定")), "{name}");
    ensure!(page.accessibility_problems().await?.is_empty());
    page.act("lock").await?;
    page.wait_for("[data-locked=asked]").await?;
    ensure!(!held(fixture).await?);
    // A cloud without temporary keys and without policies has its own recommendation.
    page.run("host.setAttribute('lang', 'en'); return true;", &[]).await?;
    page.compose(&ZENLAYER.form(&ZENLAYER.running(fixture, 1)[0])).await?;
    ensure!(page.text("[data-advice=permanent]").await?.contains("no temporary keys"));
    ensure!(!page.sees("[data-policy]").await?);
    Ok(())
}

/// A key from which those of all days are derived, saved by an older release: it is deleted, and reported.
async fn older(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    save_key(fixture, ALIBABA, NAME).await?;
    let script = "const done = arguments[arguments.length - 1]; (async () => { \
         const ask = request => new Promise((yes, no) => { \
           request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); }); \
         const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('TC3secret'), \
           { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']); \
         const database = await ask(indexedDB.open('relight-keys')); \
         const keyId = 'AKIDolder0000000000000000000000001'; \
         await ask(database.transaction('keys', 'readwrite').objectStore('keys').put({ version: 1, \
           name: 'Of last year', cloud: 'tencent', keyId, keptAt: 1, keys: [key] }, `tencent ${keyId}`)); \
         database.close(); })().then(() => done('ok'), error => done(String(error)));";
    let put = page.session().driver().execute_async(script, vec![]).await?;
    ensure!(put.json() == "ok", "{:?}", put.json());
    ensure!(stores(fixture).await?.contains("Of last year"));
    reload(fixture).await?;
    page.wait_for("[data-removed='1']").await?;
    ensure!(page.text("[data-removed]").await?.contains("origin"));
    ensure!(page.count("[data-kept]").await? == 1, "another key went with it");
    let stored = stores(fixture).await?;
    ensure!(!stored.contains("Of last year") && stored.contains(NAME), "{stored}");
    page.screenshot(&format!("{}-kept-removed", page.browser())).await.map(drop)
}

/// A name can be read by everybody at this browser.
async fn no_key_in_names(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.choose("cloud", "alibaba").await?;
    page.fill("keyId", ALIBABA.key_id).await?;
    page.fill("secret", ALIBABA.secret).await?;
    open_save(fixture).await?;
    page.fill("keyName", &format!("night {}", ALIBABA.secret)).await?;
    page.act("keep").await?;
    page.wait_for("[data-problem=keyring]").await?;
    Needles::of(ALIBABA.secret, None).absent_in(&stores(fixture).await?, "a store")?;
    ensure!(page.count("[data-kept]").await? == 0);
    page.fill("keyName", NAME).await?;
    page.act("keep").await?;
    page.wait_for(&row(NAME)).await?;
    page.wait_for_no("[data-problem=keyring]").await
}
