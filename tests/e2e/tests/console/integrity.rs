//! A page that was changed does not start, and two releases are never mixed.

use crate::support::{TENCENT, is_chinese, one_arrival, send};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Fixture, browser::Capability, case, machine, release, suite::Case, until};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("integrity::a_changed_byte_stops_the_start", changed_program).noisy(),
        case!("integrity::a_changed_byte_stops_the_part", changed_rest).noisy(),
        case!("integrity::a_truncated_file_is_not_reported_as_changed", cut_off).noisy(),
        case!("integrity::a_part_with_another_content_type", other_kind),
        case!("integrity::two_releases_are_not_mixed", two_releases).noisy(),
        case!("integrity::a_whole_new_release", whole_release).noisy(),
        case!("integrity::checked_files_are_fetched_once", once),
        case!("integrity::an_older_browser_compiles_elsewhere", elsewhere),
    ]
}

/// Every file that the page starts with, one after the other. Nothing can verify the page's own file
/// itself.
async fn changed_program(fixture: &mut Fixture) -> Result<()> {
    let script = script_of_ours()?;
    let url = fixture.site.url();
    let names =
        ["relight.js", "relight_bg.wasm", "parts.js", "page.css", script.as_str(), "boot.js"];
    for name in names {
        fixture.site.replace(name, with_a_changed_byte(name)?);
        fixture.page.session().driver().goto(&url).await?;
        // The start-up script reports it; when that is the changed one, the page's markup does.
        let reason = if name == "boot.js" { "waiting" } else { "changed" };
        let words = until(format!("words about {name}"), || said(fixture, reason)).await;
        let words = words.with_context(|| format!("asked for: {:?}", fixture.site.asked()))?;
        ensure!(name == "boot.js" || words.contains(name), "{name}: {words}");
        ensure!(words.contains("changed"), "{name}: {words}");
        ensure!(!is_started(fixture).await?, "it started with a changed {name}");
        fixture.site.restore();
    }
    fixture.page.screenshot(&format!("{}-start-refused", fixture.page.browser())).await?;
    // And that it was the byte: the same page as published starts.
    fixture.open().await
}

/// A network change aborts a download. That is not reported as a changed file.
async fn cut_off(fixture: &mut Fixture) -> Result<()> {
    let script = script_of_ours()?;
    let url = fixture.site.url();
    fixture.site.cut_off_once(&script);
    fixture.page.session().driver().goto(&url).await?;
    until("a page that starts, or words", || async {
        Ok((is_started(fixture).await? || said(fixture, "missing").await?.is_some()).then_some(()))
    })
    .await?;
    fixture.open().await
}

async fn changed_rest(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    fixture.site.replace(REST, with_a_changed_byte(REST)?);
    fixture.open().await?;
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.act("review").await?;
    fixture.page.wait_for("[data-start=changed]").await?;
    ensure!(fixture.page.sees("[data-form-only]").await?, "it was started");
    ensure!(fixture.page.value("instanceIds").await? == ids[0], "the ids are lost");
    ensure!(fixture.calls().is_empty());
    fixture.site.restore();
    fixture.page.act("language").await?;
    let words = fixture.page.text("[data-start=changed]").await?;
    ensure!(is_chinese(&words), "{words}");
    // As published, all is well.
    fixture.open().await?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)
}

/// Not all hosts know what wasm is. What counts is the sum.
async fn other_kind(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    fixture.site.send_as_octets(REST);
    fixture.open().await?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)
}

/// The page is open while a new release takes the old one's place.
async fn two_releases(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let rest = with_a_changed_byte(REST)?;
    let page = std::fs::read_to_string(machine::dist().join("index.html"))?;
    let sum = |page: &str| {
        let from = page.split_once("boot.js\" integrity=\"")?.1;
        from.split_once('"').map(|(sum, _)| sum.to_owned())
    };
    let old = sum(&page).context("the sum of boot.js")?;
    fixture.site.replace(REST, rest);
    fixture.site.replace("index.html", page.replace(&old, "sha384-of-the-next").into_bytes());
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.act("review").await?;
    let words = fixture.page.text("[data-start=replaced]").await?;
    ensure!(words.contains("newer version"), "{words}");
    ensure!(fixture.page.value("instanceIds").await? == ids[0], "the ids are lost");
    ensure!(fixture.page.sees("[data-form-only]").await?, "two releases are mixed");
    ensure!(fixture.calls().is_empty());
    Ok(())
}

/// The host has the next release, and nothing of the old one: what the open page has not
/// fetched yet is missing under its name, or is another file. The page loads none of it, reports it, and keeps
/// what was typed; opened anew, it is the next release as a whole.
async fn whole_release(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let old = own_sum(fixture).await?;
    let asked = fixture.site.asked().len();
    fixture.site.publish(release::next(&machine::dist())?);
    fixture.page.compose(&TENCENT.form(&ids[0])).await?;
    fixture.page.act("review").await?;
    let words = fixture.page.text("[data-start=replaced]").await?;
    ensure!(words.contains("newer version"), "{words}");
    ensure!(fixture.page.value("instanceIds").await? == ids[0], "the ids are lost");
    ensure!(fixture.page.value("keyId").await? == TENCENT.key_id, "the key id is lost");
    ensure!(fixture.page.sees("[data-form-only]").await?, "two releases are mixed");
    ensure!(fixture.calls().is_empty());
    ensure!(fixture.site.asked().len() > asked, "nothing was asked for");
    fixture.page.screenshot(&format!("{}-new-release", fixture.page.browser())).await?;
    fixture.page.session().driver().refresh().await?;
    fixture.page.wait_for_step("compose").await?;
    ensure!(own_sum(fixture).await? != old, "it is the old release");
    send(fixture, &TENCENT.form(&ids[0])).await?;
    fixture.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(fixture, true)
}

/// The sum that the open page holds its start-up script against.
pub(crate) async fn own_sum(fixture: &Fixture) -> Result<String> {
    let script = "return document.querySelector('script[src$=\"boot.js\"]').integrity;";
    let sum = fixture.page.session().driver().execute(script, vec![]).await?;
    sum.json().as_str().map(str::to_owned).context("the sum of boot.js")
}

/// The integrity checks cost no request: the start-up uses what the page's head preloads.
async fn once(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedPreloads)?;
    fixture.page.wait_for("[name=cloud]").await?;
    let asked = fixture.site.asked();
    let script = script_of_ours()?;
    for name in ["boot.js", "relight.js", "relight_bg.wasm", "parts.js", script.as_str()] {
        let times = asked.iter().filter(|one| *one == name).count();
        ensure!(times == 1, "{name} was asked for {times} times: {asked:?}");
    }
    // And the wasm before the script that says what to do with it could have been read.
    let place = |name: &str| asked.iter().position(|one| one == name);
    ensure!(place("relight_bg.wasm") < place("relight.json"), "{asked:?}");
    Ok(())
}

/// What the page says in place of the console, once that can be seen.
async fn said(fixture: &Fixture, reason: &str) -> Result<Option<String>> {
    let script = "const place = document.querySelector(`[data-start=${arguments[0]}]`); \
         if (!place || getComputedStyle(place).visibility !== 'visible') return null; \
         return place.innerText;";
    let said = fixture.page.session().driver().execute(script, vec![json!(reason)]).await?;
    Ok(said.json().as_str().map(str::to_owned))
}

async fn is_started(fixture: &Fixture) -> Result<bool> {
    let script = "return customElements.get('relight-console') !== undefined;";
    let started = fixture.page.session().driver().execute(script, vec![]).await?;
    Ok(started.json() != &Value::Bool(false))
}

/// One bit of a byte in the middle.
fn with_a_changed_byte(name: &str) -> Result<Vec<u8>> {
    let mut bytes = std::fs::read(machine::dist().join(name))?;
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).context("an empty file")? ^= 1;
    Ok(bytes)
}

/// The part of the program that is fetched later.
const REST: &str = "relight_rest.wasm";

/// A script of ours, below a folder named by wasm-bindgen.
fn script_of_ours() -> Result<String> {
    let dist = machine::dist();
    let mut names = Vec::new();
    list(&dist, &dist.join("snippets"), &mut names)?;
    names
        .into_iter()
        .find(|name| Path::new(name).extension().is_some_and(|end| end == "js"))
        .context("no script of ours")
}

fn list(dist: &Path, folder: &Path, names: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(dist, &path, names)?;
        } else {
            names.push(path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// Chromium before 114 compiles no more than 4 kB in place.
async fn elsewhere(fixture: &mut Fixture) -> Result<()> {
    const OLDER: &str = "() => { window.refused = 0; \
         WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: () => { \
           window.refused += 1; throw new RangeError('too large for this thread'); } }); }";
    fixture.page.session().before_every_page(OLDER).await?;
    fixture.open().await?;
    ensure!(fixture.page.run("return window.refused;", &[]).await? == json!(1), "it was not asked");
    let ids = TENCENT.running(fixture, 1);
    send(fixture, &TENCENT.form(&ids[0])).await?;
    until("the call", || async { Ok((!fixture.power_calls().is_empty()).then_some(())) }).await?;
    one_arrival(fixture, true)
}
