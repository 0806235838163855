//! A page that was changed does not start, and two releases are never mixed.

use crate::support::{TENCENT, is_chinese, one_arrival, send};
use anyhow::{Context, Result, ensure};
use relight_e2e::{Stage, browser::Means, case, machine, release, suite::Case, until};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("integrity::a_changed_byte_stops_the_start", changed_front).noisy(),
        case!("integrity::a_changed_byte_stops_the_rest", changed_rest).noisy(),
        case!("integrity::a_file_that_is_cut_off_was_not_changed", cut_off).noisy(),
        case!("integrity::a_rest_that_comes_as_something_else", other_kind),
        case!("integrity::two_releases_are_not_mixed", two_releases).noisy(),
        case!("integrity::a_whole_new_release", whole_release).noisy(),
        case!("integrity::what_is_held_against_a_sum_is_fetched_once", once),
        case!("integrity::an_older_browser_compiles_elsewhere", elsewhere),
    ]
}

/// Every file that the page starts with, one after the other. The page's own file has nobody to vouch
/// for it.
async fn changed_front(stage: &mut Stage) -> Result<()> {
    let script = script_of_ours()?;
    let url = stage.site.url();
    let names =
        ["relight.js", "relight_bg.wasm", "parts.js", "page.css", script.as_str(), "boot.js"];
    for name in names {
        stage.site.replace(name, with_a_changed_byte(name)?);
        stage.page.session().driver().goto(&url).await?;
        // The start-up script says so itself; when it is the changed one, the page's markup does.
        let reason = if name == "boot.js" { "waiting" } else { "changed" };
        let words = until(format!("words about {name}"), || said(stage, reason)).await;
        let words = words.with_context(|| format!("asked for: {:?}", stage.site.asked()))?;
        ensure!(name == "boot.js" || words.contains(name), "{name}: {words}");
        ensure!(words.contains("changed"), "{name}: {words}");
        ensure!(!is_started(stage).await?, "it started with a changed {name}");
        stage.site.restore();
    }
    stage.page.photograph(&format!("{}-start-refused", stage.page.browser())).await?;
    // And that it was the byte: the same page as published starts.
    stage.open().await
}

/// A network that changes breaks off what is on its way. Nobody is told that a file was changed.
async fn cut_off(stage: &mut Stage) -> Result<()> {
    let script = script_of_ours()?;
    let url = stage.site.url();
    stage.site.cut_off_once(&script);
    stage.page.session().driver().goto(&url).await?;
    until("a page that starts, or words", || async {
        Ok((is_started(stage).await? || said(stage, "missing").await?.is_some()).then_some(()))
    })
    .await?;
    stage.open().await
}

async fn changed_rest(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    stage.site.replace(REST, with_a_changed_byte(REST)?);
    stage.open().await?;
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.act("review").await?;
    stage.page.wait_for("[data-start=changed]").await?;
    ensure!(stage.page.sees("[data-front]").await?, "it was started");
    ensure!(stage.page.value("instanceIds").await? == ids[0], "the ids are lost");
    ensure!(stage.calls().is_empty());
    stage.site.restore();
    stage.page.act("language").await?;
    let words = stage.page.text("[data-start=changed]").await?;
    ensure!(is_chinese(&words), "{words}");
    // As published, all is well.
    stage.open().await?;
    send(stage, &TENCENT.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)
}

/// Not all hosts know what wasm is. What counts is the sum.
async fn other_kind(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    stage.site.send_as_octets(REST);
    stage.open().await?;
    send(stage, &TENCENT.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)
}

/// The page is open while a new release takes the old one's place.
async fn two_releases(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    let rest = with_a_changed_byte(REST)?;
    let page = std::fs::read_to_string(machine::dist().join("index.html"))?;
    let sum = |page: &str| {
        let from = page.split_once("boot.js\" integrity=\"")?.1;
        from.split_once('"').map(|(sum, _)| sum.to_owned())
    };
    let old = sum(&page).context("the sum of boot.js")?;
    stage.site.replace(REST, rest);
    stage.site.replace("index.html", page.replace(&old, "sha384-of-the-next").into_bytes());
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.act("review").await?;
    let words = stage.page.text("[data-start=replaced]").await?;
    ensure!(words.contains("newer version"), "{words}");
    ensure!(stage.page.value("instanceIds").await? == ids[0], "the ids are lost");
    ensure!(stage.page.sees("[data-front]").await?, "two releases are mixed");
    ensure!(stage.calls().is_empty());
    Ok(())
}

/// The next release lies on the host, and of the old one nothing is left: what the open page has not
/// fetched yet is missing under its name, or is another file. It takes none of it, says so, and keeps
/// what was typed; opened anew, it is the next release as a whole.
async fn whole_release(stage: &mut Stage) -> Result<()> {
    let ids = TENCENT.running(stage, 1);
    let old = own_sum(stage).await?;
    let asked = stage.site.asked().len();
    stage.site.publish(release::next(&machine::dist())?);
    stage.page.compose(&TENCENT.form(&ids[0])).await?;
    stage.page.act("review").await?;
    let words = stage.page.text("[data-start=replaced]").await?;
    ensure!(words.contains("newer version"), "{words}");
    ensure!(stage.page.value("instanceIds").await? == ids[0], "the ids are lost");
    ensure!(stage.page.value("keyId").await? == TENCENT.key_id, "the key id is lost");
    ensure!(stage.page.sees("[data-front]").await?, "two releases are mixed");
    ensure!(stage.calls().is_empty());
    ensure!(stage.site.asked().len() > asked, "nothing was asked for");
    stage.page.photograph(&format!("{}-new-release", stage.page.browser())).await?;
    stage.page.session().driver().refresh().await?;
    stage.page.wait_for_step("compose").await?;
    ensure!(own_sum(stage).await? != old, "it is the old release");
    send(stage, &TENCENT.form(&ids[0])).await?;
    stage.page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    one_arrival(stage, true)
}

/// The sum that the open page holds its start-up script against.
pub(crate) async fn own_sum(stage: &Stage) -> Result<String> {
    let script = "return document.querySelector('script[src$=\"boot.js\"]').integrity;";
    let sum = stage.page.session().driver().execute(script, vec![]).await?;
    sum.json().as_str().map(str::to_owned).context("the sum of boot.js")
}

/// The sums cost nothing: what the page's head asks for ahead is what the start-up gets.
async fn once(stage: &mut Stage) -> Result<()> {
    stage.page.session().needs(Means::SharedPreloads)?;
    stage.page.wait_for("[name=cloud]").await?;
    let asked = stage.site.asked();
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
async fn said(stage: &Stage, reason: &str) -> Result<Option<String>> {
    let script = "const place = document.querySelector(`[data-start=${arguments[0]}]`); \
         if (!place || getComputedStyle(place).visibility !== 'visible') return null; \
         return place.innerText;";
    let said = stage.page.session().driver().execute(script, vec![json!(reason)]).await?;
    Ok(said.json().as_str().map(str::to_owned))
}

async fn is_started(stage: &Stage) -> Result<bool> {
    let script = "return customElements.get('relight-console') !== undefined;";
    let started = stage.page.session().driver().execute(script, vec![]).await?;
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
async fn elsewhere(stage: &mut Stage) -> Result<()> {
    const OLDER: &str = "() => { window.refused = 0; \
         WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: () => { \
           window.refused += 1; throw new RangeError('too large for this thread'); } }); }";
    stage.page.session().before_every_page(OLDER).await?;
    stage.open().await?;
    ensure!(stage.page.run("return window.refused;", &[]).await? == json!(1), "it was not asked");
    let ids = TENCENT.running(stage, 1);
    send(stage, &TENCENT.form(&ids[0])).await?;
    until("the call", || async { Ok((!stage.power_calls().is_empty()).then_some(())) }).await?;
    one_arrival(stage, true)
}
