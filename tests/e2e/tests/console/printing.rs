//! What is on paper, and where a screen begins.

use crate::{
    runs::{fleet_of, set_number},
    support::{TENCENT, ZENLAYER},
};
use anyhow::{Result, ensure};
use flate2::read::ZlibDecoder;
use memchr::memmem;
use relight_e2e::{
    Fixture, Setting,
    browser::{Browser, Capability, Unsupported},
    case,
    suite::Case,
    until,
};
use serde_json::json;
use std::io::Read;
use thirtyfour::{Key, common::print::PrintParameters};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("printing::every_row_is_on_paper", every_row)
            .configured(|setting| Setting { fleet: || fleet_of(120), ..setting }),
        case!("printing::the_browsers_own_print_has_every_row", own_print)
            .configured(|setting| Setting { fleet: || fleet_of(400), ..setting }),
        case!("printing::every_row_where_only_the_medium_changes", by_medium),
        case!("printing::no_id_is_wrapped_at_1024", unwrapped)
            .configured(|setting| Setting { width: 1024, ..setting }),
        case!("printing::a_new_screen_begins_at_its_top", top)
            .configured(|setting| Setting { width: 360, ..setting }),
    ]
}

/// Waits until so many match each of the selectors.
async fn wait_for_counts(fixture: &Fixture, wanted: &[(&str, usize)]) -> Result<()> {
    for (selector, count) in wanted {
        until(format!("{count} × {selector}"), || async {
            Ok((fixture.page.count(selector).await? == *count).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// As the browser says it before and after it prints.
async fn say(fixture: &Fixture, event: &str) -> Result<()> {
    let script = "window.dispatchEvent(new Event(a)); return true;";
    fixture.page.run(script, &[json!(event)]).await?;
    Ok(())
}

async fn every_row(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let (running, stopped) = (TENCENT.running(fixture, 60), TENCENT.stopped(fixture, 2));
    page.compose(&TENCENT.form(&[running, stopped].concat().join("\n"))).await?;
    page.review().await?;
    page.click("details.pacing summary").await?;
    set_number(fixture, "batchSize", 2).await?;
    page.act("show-requests").await?;
    // The first goes alone.
    let review = [
        (".review tr[data-instance-id]", 50, 60),
        (".requests [data-call]", 20, 31),
        (".skipped details[open]", 0, 1),
    ];
    let run = [("tr[data-outcome]", 50, 62), ("tr[data-call]", 25, 31)];
    for (lists, step) in [(&review[..], "review"), (&run[..], "run")] {
        let on_screen: Vec<_> = lists.iter().map(|(list, few, _)| (*list, *few)).collect();
        let on_paper: Vec<_> = lists.iter().map(|(list, _, all)| (*list, *all)).collect();
        page.wait_for_step(step).await?;
        wait_for_counts(fixture, &on_screen).await?;
        say(fixture, "beforeprint").await?;
        wait_for_counts(fixture, &on_paper).await?;
        say(fixture, "afterprint").await?;
        wait_for_counts(fixture, &on_screen).await?;
        if step == "review" {
            page.fill("typedCount", "60").await?;
            page.send().await?;
        }
    }
    Ok(())
}

/// A browser that tells of printing too late, or not at all, but for the medium.
async fn by_medium(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let script = "() => { const real = window.matchMedia; \
         window.paper = Object.assign(new EventTarget(), { matches: false }); \
         window.matchMedia = query => query === 'print' ? window.paper : real.call(window, query); }";
    page.session().before_every_page(script).await?;
    page.session().driver().refresh().await?;
    page.wait_for("[name=cloud]").await?;
    page.compose(&ZENLAYER.form("")).await?;
    page.act("list-instances").await?;
    for (is_print, rows) in [(false, 50), (true, 300), (false, 50)] {
        let script = "window.paper.matches = a; window.paper.dispatchEvent(new Event('change')); \
             return true;";
        page.run(script, &[json!(is_print)]).await?;
        wait_for_counts(fixture, &[("[data-listed-id]", rows)]).await?;
    }
    // The index of errors, too.
    page.run("location.hash = '#/errors/zenlayer'; return true;", &[]).await?;
    page.wait_for("[data-entry]").await?;
    let of_page = page.count("[data-entry]").await?;
    page.run("window.dispatchEvent(new Event('beforeprint')); return true;", &[]).await?;
    let all = "return Number(first('[data-entries]').dataset.entries) === all('[data-entry]').length || null;";
    page.wait_until("all entries", all, &[]).await?;
    ensure!(page.count("[data-entry]").await? > of_page);
    Ok(())
}

/// How many sheets there are in a PDF, whose objects may be compressed.
fn sheets(pdf: &[u8]) -> usize {
    let mut all = pdf.to_vec();
    for place in memmem::find_iter(pdf, "stream") {
        let after = pdf.get(place + "stream".len()..).unwrap_or_default();
        let compressed = after.trim_ascii_start();
        // What is no such stream, or another kind of it, has no sheets.
        let _ = ZlibDecoder::new(compressed).read_to_end(&mut all);
    }
    let marked = |mark: &str| memmem::find_iter(&all, mark).count();
    marked("/Type /Page") - marked("/Type /Pages") + marked("/Type/Page") - marked("/Type/Pages")
}

/// As a person prints it, not as a script says it: on paper there are many times as many rows.
async fn own_print(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::Printing)?;
    let page = &fixture.page;
    let running = TENCENT.running(fixture, 380);
    page.compose(&TENCENT.form(&running.join("\n"))).await?;
    page.review().await?;
    page.fill("typedCount", "380").await?;
    page.send().await?;
    page.wait_for("[data-stage=finished]").await?;
    let printed = async || -> Result<usize> {
        let pdf = page.session().driver().print_page(PrintParameters::default()).await?;
        match sheets(&pdf) {
            0 => Err(Unsupported("its paper cannot be read").into()),
            count => Ok(count),
        }
    };
    let press = async || {
        let keys = page.session().driver().action_chain();
        keys.key_down(Key::Control).send_keys("p").key_up(Key::Control).perform().await
    };
    // Where the page around takes the key, nothing is printed and nothing is mounted for it.
    let script = "window.take = event => event.key === 'p' && event.preventDefault(); \
         addEventListener('keydown', window.take, true); return true;";
    page.run(script, &[]).await?;
    press().await?;
    page.act("failures-first").await?;
    page.wait_for("[data-action=failures-first][aria-pressed=false]").await?;
    ensure!(page.count("tr[data-outcome]").await? == 50);
    page.run("removeEventListener('keydown', window.take, true); return true;", &[]).await?;
    // Firefox copies the page before Yew can render for `beforeprint`, but after it has had the keys.
    press().await?;
    if page.browser() == Browser::Firefox {
        wait_for_counts(fixture, &[("tr[data-outcome]", 380)]).await?;
    }
    let all = printed().await?;
    wait_for_counts(fixture, &[("tr[data-outcome]", 50)]).await?;
    // The same without what is beyond the fifty rows of the screen: browsers scale as they like.
    let script = "const sheet = new CSSStyleSheet(); \
         sheet.replaceSync('tr[data-outcome]:nth-child(n + 51) { display: none }'); \
         root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; return true;";
    page.run(script, &[]).await?;
    let few = printed().await?;
    ensure!(all > few, "{all} sheets, and {few} of fifty rows");
    wait_for_counts(fixture, &[("tr[data-outcome]", 50)]).await
}

async fn unwrapped(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 2);
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    page.click(&format!("[data-instance-id='{}'] button", ids[0])).await?;
    page.wait_for(".card .request-id").await?;
    let script = "return all('.outcomes .id, .request-id').filter(seen).map(e => { \
           const range = document.createRange(); range.selectNodeContents(e); \
           const tops = [...range.getClientRects()].map(r => Math.round(r.top)); \
           return [e.textContent, new Set(tops).size, e.scrollWidth - e.clientWidth]; });";
    for is_inspected in [false, true] {
        if is_inspected {
            page.act("inspect").await?;
            page.wait_for("[data-inspector]").await?;
        }
        let lines: Vec<(String, u32, i64)> = serde_json::from_value(page.run(script, &[]).await?)?;
        ensure!(lines.len() >= 4, "{lines:?}");
        ensure!(lines.iter().all(|(_, lines, hidden)| *lines == 1 && *hidden <= 0), "{lines:?}");
        ensure!(page.overflow().await? <= 0, "wider than the window");
    }
    Ok(())
}

async fn top(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 12);
    page.compose(&TENCENT.form(&ids.join("\n"))).await?;
    to_the_end(fixture).await?;
    page.review().await?;
    is_at_its_top(fixture, "the review").await?;
    to_the_end(fixture).await?;
    page.send().await?;
    is_at_its_top(fixture, "the run").await?;
    to_the_end(fixture).await?;
    page.run("first('[data-action=explain]').click(); return true;", &[]).await?;
    page.wait_for("[name=errorText]").await?;
    is_at_its_top(fixture, "the next page").await?;
    // From one long page to another, and back.
    page.run("first('[data-action=errors]').click(); return true;", &[]).await?;
    page.wait_for("[data-entry]").await?;
    is_at_its_top(fixture, "the index").await?;
    to_the_end(fixture).await?;
    page.run("first('[data-action=power]').click(); return true;", &[]).await?;
    page.wait_for_step("run").await?;
    is_at_its_top(fixture, "the run again").await
}

async fn to_the_end(fixture: &Fixture) -> Result<()> {
    let script = "window.scrollTo(0, document.documentElement.scrollHeight); \
                  return window.scrollY > 0 || null;";
    fixture.page.wait_until("something to scroll", script, &[]).await?;
    Ok(())
}

async fn is_at_its_top(fixture: &Fixture, what: &str) -> Result<()> {
    until(format!("{what} at its top"), || async {
        let top = fixture.page.run("return window.scrollY;", &[]).await?;
        Ok((top == 0).then_some(()))
    })
    .await
}
