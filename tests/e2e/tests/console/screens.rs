//! Every screen in both languages, light and dark, wide and narrow: captured, measured, and
//! checked by axe.

use crate::support::{ALIBABA, CARD, refusal};
use anyhow::{Result, ensure};
use relight_e2e::{
    Fixture, Setting,
    browser::{Capability, Theme},
    case,
    fixture::height,
    page::{Form, picture},
    suite::Case,
    until,
};
use serde_json::json;
use thirtyfour::Key;

const ENLARGED: u32 = 320;
const PHONE: u32 = 360;
const DESK: u32 = 1_440;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("screens::desk_light", all_screens).configured(|setting| Setting {
            width: DESK,
            theme: Theme::Light,
            ..setting
        }),
        case!("screens::desk_dark", all_screens).configured(|setting| Setting {
            width: DESK,
            theme: Theme::Dark,
            ..setting
        }),
        case!("screens::phone_light", all_screens).configured(|setting| Setting {
            width: PHONE,
            theme: Theme::Light,
            ..setting
        }),
        case!("screens::phone_dark", all_screens).configured(|setting| Setting {
            width: PHONE,
            theme: Theme::Dark,
            ..setting
        }),
        case!("screens::enlarged_four_times", enlarged)
            .configured(|setting| Setting { width: ENLARGED, ..setting }),
        case!("screens::focus_is_never_hidden", focus),
        case!("screens::focus_is_never_hidden_on_a_phone", focus)
            .configured(|setting| Setting { width: PHONE, ..setting }),
    ]
}

/// Wherever Tab leads, what has the focus is not under something else.
async fn focus(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::ScrollPadding)?;
    let ids = ALIBABA.running(fixture, 12).join("\n");
    fixture.page.compose(&ALIBABA.form(&ids)).await?;
    tab_through(fixture, "compose").await?;
    fixture.page.review().await?;
    tab_through(fixture, "review").await?;
    // The first is refused, and nothing comes or goes any more.
    fixture.fault(&json!({ "fault": "error", "cloud": "alibaba", "action": "RebootInstances",
        "code": "Forbidden.RAM", "times": null }))?;
    fixture.page.send().await?;
    fixture.page.wait_for("[data-stage=paused]").await?;
    tab_through(fixture, "run").await
}

async fn tab_through(fixture: &Fixture, screen: &str) -> Result<()> {
    let page = &fixture.page;
    let mut seen = 0;
    page.run("root.querySelector('[data-action=language]').focus();", &[]).await?;
    loop {
        page.press(&String::from(Key::Tab.value())).await?;
        // Where a window has no bars, Tab leads from the last of the page to its first.
        let script = "const e = root.activeElement; \
             if (!e || (b > 0 && e.dataset.action === 'language')) return 'left'; \
             const r = e.getClientRects()[0] ?? e.getBoundingClientRect(); \
             const [x, y] = [r.x + r.width / 2, Math.min(r.bottom - 2, r.top + 12)]; \
             const at = root.elementFromPoint(x, y); \
             const label = e.closest('label') ?? e; \
             if (at && (label.contains(at) || at.contains(e))) return 'seen'; \
             return `${e.outerHTML.slice(0, 160)} is under ${at?.outerHTML.slice(0, 160)} \
               at ${x}, ${y} of ${innerHeight}`;";
        // What scrolls does so in its own time.
        let place = until(format!("{screen}: what has the focus to be seen"), || async {
            let place = page.run(script, &[json!(null), json!(seen)]).await?;
            match place.as_str() {
                Some(place @ ("left" | "seen")) => Ok(Some(place.to_owned())),
                other => Err(anyhow::anyhow!("{}", other.unwrap_or_default().to_owned())),
            }
        })
        .await?;
        if place == "left" {
            break;
        }
        seen += 1;
        ensure!(seen < 120, "Tab does not leave the page");
    }
    ensure!(seen > 5, "{screen}: only {seen} stops");
    Ok(())
}

async fn all_screens(fixture: &mut Fixture) -> Result<()> {
    let dark = fixture.page.run("return matchMedia('(prefers-color-scheme: dark)').matches;", &[]);
    ensure!(dark.await? == (fixture.setting.theme == Theme::Dark), "the browser is not set so");
    let mut problems = Vec::new();
    for language in ["en", "zh"] {
        if language == "zh" {
            // The run of the first language is restored, and closed.
            fixture.page.session().driver().refresh().await?;
            fixture.page.wait_for_step("run").await?;
            fixture.page.act("new-run").await?;
            fixture.page.wait_for_step("compose").await?;
            fixture.page.act("language").await?;
        }
        fixture.page.wait_for(&format!(".relight[lang^={language}]")).await?;
        screens(fixture, language, &mut problems).await?;
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

async fn screens(fixture: &Fixture, language: &str, problems: &mut Vec<String>) -> Result<()> {
    let page = &fixture.page;
    look(fixture, language, "empty", problems).await?;
    // The second language must not find what the first one has restarted.
    let skipped = if language == "en" { 0 } else { 4 };
    let ids = ALIBABA.running(fixture, skipped + 4).split_off(skipped);
    let (running, refused) = ids.split_at(3);
    fixture.fault(&refusal(&ids[3]))?;
    let text = format!("{}\nlns-5d8a23rs, i-bp67acfmxazb4p****, what is this?", ids.join("\n"));
    page.compose(&Form { mode: Some("force"), ..ALIBABA.form(&text) }).await?;
    look(fixture, language, "compose", problems).await?;
    page.act("list-instances").await?;
    page.wait_for("[data-listed-id]").await?;
    page.wait_for_no("[data-action=stop-list]").await?;
    look(fixture, language, "list", problems).await?;

    page.review().await?;
    page.wait_for("[data-action=send][data-armed]").await?;
    let script = "const r = first('[data-action=send]').getBoundingClientRect(); \
         const at = root.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); \
         return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth \
           && at?.closest('[data-action=send]') !== null;";
    let on_screen = page.run(script, &[]).await?;
    if on_screen != true {
        problems.push(format!("{language} review: the confirm button is not on screen"));
    }
    look(fixture, language, "review", problems).await?;
    page.act("show-requests").await?;
    page.wait_for("[data-call]").await?;
    look(fixture, language, "requests", problems).await?;

    page.act("cancel").await?;
    page.choose("mode", "soft").await?;
    page.review().await?;
    page.send().await?;
    page.wait_for_outcomes(running, &["proven"]).await?;
    page.wait_for_outcomes(refused, &["rejected"]).await?;
    page.wait_for(CARD).await?;
    look(fixture, language, "run", problems).await?;
    page.act("inspect").await?;
    page.wait_for("[data-inspector]").await?;
    look(fixture, language, "inspector", problems).await?;

    page.act("explain").await?;
    page.paste("errorText", r#"{"Code":"IncorrectInstanceStatus","Message":"The current status"}"#)
        .await?;
    page.wait_for("[data-code]").await?;
    look(fixture, language, "explain", problems).await?;

    page.act("errors").await?;
    page.wait_for("[data-entry]").await?;
    look(fixture, language, "errors", problems).await?;
    page.click("[data-entry='alibaba/IncorrectInstanceStatus'] [data-action=open]").await?;
    page.wait_for("[data-error]").await?;
    look(fixture, language, "error", problems).await?;

    page.act("connection").await?;
    page.act("examine").await?;
    page.wait_for("[data-doctor=done]").await?;
    look(fixture, language, "doctor", problems).await?;

    page.act("runs").await?;
    page.wait_for("[data-run]").await?;
    look(fixture, language, "history", problems).await?;
    page.act("shortcuts").await?;
    page.wait_for("dialog[open]").await?;
    look(fixture, language, "shortcuts", problems).await?;
    page.press(&String::from(Key::Escape.value())).await?;
    page.wait_for_no("dialog[open]").await?;
    page.act("power").await?;
    page.wait_for_step("run").await
}

/// What is enlarged four times on a desk has 320 pixels, and is read without scrolling sideways.
async fn enlarged(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = ALIBABA.running(fixture, 2).join("\n");
    let mut wide = Vec::new();
    for language in ["en", "zh"] {
        if language == "zh" {
            page.act("new-run").await?;
            page.wait_for_step("compose").await?;
            page.act("language").await?;
        }
        let ids = format!("{ids}\n{}", "x".repeat(300));
        page.compose(&Form { mode: Some("force"), ..ALIBABA.form(&ids) }).await?;
        wide.push((language, "compose", page.overflow().await?));
        page.review().await?;
        page.act("show-requests").await?;
        wide.push((language, "review", page.overflow().await?));
        page.fill("typedCount", "2").await?;
        page.wait_for("[data-action=send]:not([aria-disabled])").await?;
        page.send().await?;
        page.wait_for("[data-stage=finished]").await?;
        page.act("inspect").await?;
        wide.push((language, "run", page.overflow().await?));
    }
    ensure!(wide.iter().all(|(_, _, over)| *over <= 0), "too wide: {wide:?}");
    Ok(())
}

async fn look(
    fixture: &Fixture,
    language: &str,
    screen: &str,
    problems: &mut Vec<String>,
) -> Result<()> {
    let Setting { browser, theme, width, .. } = fixture.setting;
    fixture.page.screenshot(&picture(browser, width, theme, language, screen)).await?;
    let others = if width == PHONE { [ENLARGED, 768] } else { [1_024, 1_920] };
    // Its own width comes last, for what follows.
    for width in others.into_iter().chain([width]) {
        fixture.page.session().resize(width, height(width)).await?;
        let overflow = fixture.page.overflow().await?;
        if overflow > 0 {
            problems.push(format!("{language} {screen}: {overflow} px wider than {width}"));
        }
        for problem in fixture.page.accessibility_problems().await? {
            problems.push(format!("{language} {screen}, {width} px: {problem}"));
        }
    }
    // A misspelt one is rendered, and has neither style nor role.
    let unknown = "return [...root.querySelectorAll('*')] \
         .filter(e => e instanceof HTMLUnknownElement).map(e => e.localName);";
    let unknown = fixture.page.run(unknown, &[]).await?;
    if unknown != json!([]) {
        problems.push(format!("{language} {screen}: not of HTML: {unknown}"));
    }
    Ok(())
}
