//! `examples/portal`, a separate server: users who are logged in get limits and keys, and their runs are
//! stored under their name.

use crate::support::{reboots, running, stopped};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, case, machine, suite::Case, until};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use thirtyfour::By;

pub(crate) fn cases() -> Vec<Case> {
    // What the portal refuses is in the browsers' consoles too.
    vec![
        case!("examples::portal_from_login_to_record", from_login_to_record).noisy(),
        case!("examples::portal_holds_what_is_locked", holds).noisy(),
        case!("examples::portal_session_ends", session_ends).noisy(),
    ]
}

const LI_LEI: [&str; 2] = ["lilei", "sample-password-1"];
const HAN_MEIMEI: [&str; 2] = ["meimei", "sample-password-2"];

async fn from_login_to_record(fixture: &mut Fixture) -> Result<()> {
    let portal = Portal::start(fixture, 900)?;
    let ids = running(fixture, 2);
    fixture.page.session().driver().goto(&portal.url).await?;
    fill_in_login(fixture, ["lilei", "another-password"]).await?;
    until("to be refused", || async { Ok(at(fixture).await?.ends_with("?again").then_some(())) })
        .await?;
    fill_in_login(fixture, LI_LEI).await?;
    let page = &fixture.page;
    page.wait_for("[data-source]").await?;
    ensure!(!page.sees("[name=secret]").await?, "there is a key to type");
    ensure!(fixture.calls().is_empty());
    page.run(LISTEN, &[]).await?;

    page.choose("region", "ap-guangzhou").await?;
    page.paste("instanceIds", &ids.join("\n")).await?;
    page.review().await?;
    page.fill("reason", "OPS-42").await?;
    page.screenshot(&format!("{}-example-portal", page.browser())).await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    // The folder for the records is not there, so none can be taken.
    let reported = "return window.errors.some(text => text.includes('HTTP 503')) || null;";
    page.wait_until("a report of the records", reported, &[]).await?;
    ensure!(portal.records()?.is_empty());
    portal.make_room()?;
    let record = until("the record", || async { Ok(portal.records()?.pop()) }).await?;

    let calls = reboots(fixture);
    ensure!(calls.len() == 1 && calls[0].executed && calls[0].ids == ids, "{calls:#?}");
    ensure!(record["handedInBy"] == "李雷" && record["person"] == "李雷", "{record}");
    let run = &record["run"];
    ensure!(run["person"] == "李雷" && run["reason"] == "OPS-42", "{run:#}");
    ensure!(run["total"] == 2 && run["totals"]["proven"] == 2, "{run:#}");
    ensure!(run["calls"].as_array().map(Vec::len) == Some(calls.len()), "{run:#}");
    ensure!(run["calls"][0]["instanceIds"] == json!(calls[0].ids), "{run:#}");
    ensure!(run["calls"][0]["requestId"] == calls[0].request_id.as_str(), "{run:#}");
    // A temporary key that was not typed.
    ensure!(run["keyId"] == calls[0].key_id.as_str(), "{run:#}");
    ensure!(calls[0].key_id.len() > 40 && calls[0].signature == "ok", "{:?}", calls[0]);
    let left = "return localStorage.getItem('relight-records-left') === '[]' || null;";
    page.wait_until("no pending upload", left, &[]).await?;
    ensure!(portal.records()?.len() == 1);
    obeys_its_policy(fixture)
}

/// She may start, and nothing else; without a session nothing is allowed.
async fn holds(fixture: &mut Fixture) -> Result<()> {
    let portal = Portal::start(fixture, 900)?;
    let ids = stopped(fixture, 1);
    log_in(fixture, &portal, HAN_MEIMEI).await?;
    let page = &fixture.page;
    page.choose("cloud", "tencent").await?;
    let offered = "return all('[name=operation] option').map(one => one.value).join();";
    ensure!(page.run(offered, &[]).await? == "StartInstances");
    page.choose("region", "ap-guangzhou").await?;
    page.paste("instanceIds", &ids[0]).await?;
    // By hand, and by a script of the page.
    let script = "const s = first('select[name=operation]'); if (s) { \
           const o = document.createElement('option'); o.value = 'RebootInstances'; s.append(o); \
           s.value = o.value; s.dispatchEvent(new Event('change', { bubbles: true })); } \
         host.prefill({ operation: 'RebootInstances', cloud: 'tencent' }); return true;";
    page.run(script, &[]).await?;
    page.review().await?;
    page.fill("reason", "OPS-44").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1 && calls[0].action == "StartInstances", "{calls:#?}");

    // A cloud that she may not use gives no key, and without a session there is nothing at all.
    let ask = "const done = arguments[arguments.length - 1]; const of = (...all) => \
           fetch(...all).then(answer => answer.status, error => String(error)); \
         (async () => { const post = { method: 'POST', body: '{}' }; \
           const all = [await of('credentials?cloud=zenlayer'), await of('records', post)]; \
           await of('logout', { method: 'POST', redirect: 'manual' }); \
           for (const url of ['credentials?cloud=tencent', 'relight.json']) all.push(await of(url)); \
           all.push(await of('records', post), \
             await of('proxy/cvm.tencentcloudapi.com/', { method: 'POST' })); \
           return all; })().then(done);";
    let statuses = page.session().driver().execute_async(ask, vec![]).await?;
    ensure!(statuses.json() == &json!([403, 400, 401, 401, 401, 401]), "{:?}", statuses.json());
    ensure!(fixture.undelivered() == 0);
    obeys_its_policy(fixture)
}

/// Its keys are valid for so short that one is requested before each call; then the session is over.
async fn session_ends(fixture: &mut Fixture) -> Result<()> {
    let portal = Portal::start(fixture, 90)?;
    portal.make_room()?;
    let ids = running(fixture, 2);
    log_in(fixture, &portal, LI_LEI).await?;
    let page = &fixture.page;
    page.choose("region", "ap-guangzhou").await?;
    page.paste("instanceIds", &ids.join("\n")).await?;
    page.review().await?;
    page.fill("reason", "OPS-43").await?;
    post(fixture, "logout", "").await?;
    page.send().await?;
    page.wait_for("[data-stage=paused]").await?;
    let words = page.text("[data-problem=credentials]").await?;
    ensure!(words.contains("credentials") && words.contains("401"), "{words}");
    page.screenshot(&format!("{}-example-portal-session-over", page.browser())).await?;
    ensure!(fixture.power_calls().is_empty(), "{:#?}", fixture.power_calls());
    let outcomes = page.outcomes().await?;
    ensure!(ids.iter().all(|id| outcomes[id] == "queued"), "{outcomes:?}");
    ensure!(portal.records()?.is_empty());
    // In another tab, say.
    post(fixture, "login", &format!("name={}&password={}", LI_LEI[0], LI_LEI[1])).await?;
    page.act("resume").await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    let calls = reboots(fixture);
    ensure!(calls.len() == 1 && calls[0].ids == ids && calls[0].executed, "{calls:#?}");
    let record = until("the record", || async { Ok(portal.records()?.pop()) }).await?;
    ensure!(record["run"]["reason"] == "OPS-43" && record["run"]["totals"]["proven"] == 2);
    Ok(())
}

/// Writes down what the element says is wrong.
const LISTEN: &str = "window.errors = []; host.addEventListener('relight-error', \
     event => window.errors.push(`${event.detail.kind}: ${event.detail.message}`)); return true;";

/// The portal as a program, with a sandbox in the clouds' place. It ends with this.
struct Portal {
    url: String,
    folder: PathBuf,
    _temporary: tempfile::TempDir,
    process: Child,
}

impl Portal {
    fn start(fixture: &Fixture, key_seconds: u32) -> Result<Self> {
        let examples = machine::dist().join("..").canonicalize()?;
        let temporary = tempfile::tempdir()?;
        // Not there yet, so that no record can be stored.
        let folder = temporary.path().join("records");
        let mut process = Command::new("node")
            .arg(examples.join("portal/server.mjs"))
            .args(["--port", "0", "--key-seconds", &key_seconds.to_string()])
            .args(["--sandbox", &fixture.sandbox_url()])
            .arg("--package")
            .arg(examples.join("node_modules/relight"))
            .arg("--records")
            .arg(folder.join("records.jsonl"))
            .stdout(Stdio::piped())
            .spawn()
            .context("node")?;
        let mut url = String::new();
        let said = process.stdout.take().context("what it says")?;
        BufReader::new(said).read_line(&mut url)?;
        ensure!(url.starts_with("http://127.0.0.1:"), "it does not start: {url}");
        Ok(Portal { url: url.trim().to_owned(), folder, _temporary: temporary, process })
    }

    /// From now on it can store records.
    fn make_room(&self) -> Result<()> {
        fs::create_dir_all(&self.folder).context("a folder for records")
    }

    fn records(&self) -> Result<Vec<Value>> {
        let lines = read(&self.folder.join("records.jsonl"));
        lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // It is gone already, or this ends it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

async fn at(fixture: &Fixture) -> Result<String> {
    Ok(fixture.page.session().driver().current_url().await?.to_string())
}

async fn log_in(fixture: &Fixture, portal: &Portal, who: [&str; 2]) -> Result<()> {
    fixture.page.session().driver().goto(&portal.url).await?;
    fill_in_login(fixture, who).await?;
    fixture.page.wait_for("[data-source]").await
}

async fn fill_in_login(fixture: &Fixture, [name, password]: [&str; 2]) -> Result<()> {
    let driver = fixture.page.session().driver();
    for (field, text) in [("name", name), ("password", password)] {
        let field = driver.find(By::Name(field)).await.context("the login")?;
        field.clear().await?;
        field.send_keys(text).await?;
    }
    driver.find(By::Tag("button")).await?.click().await.context("the login's button")
}

/// As another tab of the same browser does.
async fn post(fixture: &Fixture, path: &str, form: &str) -> Result<()> {
    let script = "const [path, form, done] = arguments; \
         fetch(path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' }) \
           .then(answer => done(answer.type), error => done(String(error)));";
    let driver = fixture.page.session().driver();
    let said = driver.execute_async(script, vec![json!(path), json!(form)]).await?;
    ensure!(said.json() == "opaqueredirect", "{path}: {:?}", said.json());
    Ok(())
}

/// Nothing that the page did was against the portal's own policy.
fn obeys_its_policy(fixture: &Fixture) -> Result<()> {
    let errors = fixture.page.session().take_errors();
    let against = |text: &&String| text.contains("Content") && text.contains("Policy");
    let broken: Vec<_> = errors.iter().filter(against).collect();
    ensure!(broken.is_empty(), "{broken:#?}");
    Ok(())
}
