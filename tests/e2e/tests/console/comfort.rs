//! Daily comfort: the form comes back after a reload, without a key; every page shows the run;
//! shortcuts, undo; no text widens the page.

use crate::{
    runs::{key_again, one_by_one, send_not_started},
    support::{ALIBABA, TENCENT, ZENLAYER, send},
};
use anyhow::{Context, Result, bail, ensure};
use relight_e2e::{Fixture, Setting, browser::Capability, case, page::Form, suite::Case, until};
use relight_sandbox::fleet::Fleet;
use serde_json::json;
use thirtyfour::Key;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("comfort::the_form_comes_back_without_a_key", comes_back),
        case!("comfort::what_was_typed_meanwhile_stays", meanwhile),
        case!("comfort::force_does_not_come_back", force),
        case!("comfort::ids_of_recent_runs_are_offered", last_ids),
        case!("comfort::the_last_reason_is_offered_and_not_taken", last_reason),
        case!("comfort::a_reopened_run_names_its_key", key_is_held),
        case!("comfort::a_link_and_the_operator_come_first", precedence),
        case!("comfort::title_and_header_show_the_run", run_is_shown),
        case!("comfort::a_notification_only_if_asked_for", notification)
            .configured(|setting| Setting { speed: 6.0, ..setting }),
        case!("comfort::shortcuts_and_their_list", shortcuts),
        case!("comfort::shortcuts_do_not_reach_the_host_page", shortcuts_embedded),
        case!("comfort::the_dot_shows_the_last_check", connection),
        case!("comfort::corrections_and_undo", corrections),
        case!("comfort::empty_pages_say_what_to_do", empty_places),
        case!("comfort::the_header_is_one_line_on_a_phone", header)
            .configured(|setting| Setting { width: 360, ..setting }),
        case!("comfort::no_text_widens_the_page", long_texts).configured(|setting| Setting {
            fleet: long_names,
            width: 320,
            ..setting
        }),
    ]
}

async fn reload(fixture: &Fixture) -> Result<()> {
    let page = &fixture.page;
    page.run("window.isOld = true; return true;", &[]).await?;
    page.session().driver().refresh().await?;
    page.wait_until("another page", "return window.isOld !== true;", &[]).await?;
    page.wait_for_step("compose").await
}

/// Waits until what is filled in would come back: it is the second part that counts the ids and saves.
async fn saved(fixture: &Fixture) -> Result<()> {
    fixture.page.wait_for("[data-count=valid]").await
}

async fn comes_back(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    for account in [TENCENT, ZENLAYER] {
        let text = format!("{} # web\nnot-an-id", account.running(fixture, 2).join(", "));
        page.compose(&account.form(&text)).await?;
        saved(fixture).await?;
        reload(fixture).await?;
        page.wait_for_value("keyId", account.key_id).await?;
        ensure!(page.value("cloud").await? == account.cloud.name());
        if let Some(region) = account.region {
            ensure!(page.value("region").await? == region);
        }
        page.wait_for("[data-count=valid]").await?;
        ensure!(page.text("[data-count=valid] b").await? == "2");
        ensure!(page.value("secret").await?.is_empty());
        let stored = page.everything().await?;
        ensure!(!stored.contains(account.secret), "the secret is in the page");
    }
    // What is emptied stays empty, once the other has come back.
    let ids = TENCENT.running(fixture, 1).join("");
    page.compose(&TENCENT.form(&ids)).await?;
    saved(fixture).await?;
    page.fill("instanceIds", "").await?;
    reload(fixture).await?;
    page.wait_for_value("keyId", TENCENT.key_id).await?;
    ensure!(page.value("instanceIds").await?.is_empty());
    page.fill("instanceIds", &ids).await?;
    page.fill("keyId", "").await?;
    reload(fixture).await?;
    page.wait_for_value("instanceIds", &ids).await?;
    ensure!(page.value("keyId").await?.is_empty());
    ensure!(fixture.calls().is_empty());
    Ok(())
}

/// The console is there at once, and the configuration after something was typed and chosen in it.
async fn meanwhile(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let page = &fixture.page;
    let preset = json!({ "preset": { "region": "ap-beijing", "operation": "start" } });
    fixture.site.replace("relight.json", preset.to_string().into_bytes());
    page.compose(&TENCENT.form(&TENCENT.running(fixture, 2).join(" "))).await?;
    fixture.site.hold("relight.json");
    reload(fixture).await?;
    page.wait_for_no("[data-form-only]").await?;
    page.choose("cloud", "tencent").await?;
    page.choose("region", "ap-shanghai").await?;
    page.fill("keyId", TENCENT.key_id).await?;
    page.fill("secret", TENCENT.secret).await?;
    fixture.site.hold("");
    page.wait_for_value("operation", "StartInstances").await?;
    page.wait_for_value("region", "ap-shanghai").await?;
    page.wait_for_value("keyId", TENCENT.key_id).await?;
    page.wait_for_value("instanceIds", "").await?;
    page.wait_for("[data-action=forget]").await
}

async fn force(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let id = ALIBABA.running(fixture, 1).remove(0);
    // The secret by mistake among the ids.
    let text = format!("{id}\n{}", ALIBABA.secret);
    page.compose(&Form { mode: Some("force"), ..ALIBABA.form(&text) }).await?;
    saved(fixture).await?;
    reload(fixture).await?;
    page.wait_for_value("region", "cn-hangzhou").await?;
    ensure!(page.value("mode").await? == "soft");
    ensure!(page.value("instanceIds").await?.is_empty());
    ensure!(!page.everything().await?.contains(ALIBABA.secret));
    Ok(())
}

async fn last_ids(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 3);
    for ids in [&ids[..2], &ids[2..]] {
        send(fixture, &TENCENT.form(&ids.join("\n"))).await?;
        page.wait_for_outcomes(ids, &["proven"]).await?;
        page.act("new-run").await?;
        page.wait_for_value("instanceIds", "").await?;
    }
    ensure!(page.count("[data-action=bring-back-ids]").await? == 2);
    // Another cloud is chosen meanwhile, and the page is loaded anew.
    page.choose("cloud", "zenlayer").await?;
    reload(fixture).await?;
    page.wait_for("[data-action=bring-back-ids]").await?;
    page.click("[data-action=bring-back-ids]:last-of-type").await?;
    page.wait_for_value("instanceIds", &ids[..2].join("\n")).await?;
    ensure!(page.value("cloud").await? == "tencent");
    ensure!(page.value("region").await? == "ap-guangzhou");
    page.wait_for_no("[data-action=bring-back-ids]").await?;
    ensure!(fixture.power_calls().len() == 2);
    Ok(())
}

async fn last_reason(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 2);
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.review().await?;
    ensure!(!page.sees("[data-action=last-reason]").await?, "there was none");
    page.fill("reason", "INC-7").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    page.act("new-run").await?;
    page.fill("instanceIds", &ids[1]).await?;
    page.review().await?;
    ensure!(page.value("reason").await?.is_empty());
    page.act("last-reason").await?;
    page.wait_for_value("reason", "INC-7").await
}

/// The key is still in the tab, so the rest of a run of the history needs no other.
async fn key_is_held(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 2);
    one_by_one(fixture, &ids, 3_600).await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    page.act("stop").await?;
    page.wait_for("[data-stage=finished]").await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    page.act("runs").await?;
    page.act("open-run").await?;
    page.wait_for_step("run").await?;
    ensure!(!page.sees("[name=secret]").await?, "the key is asked for");
    send_not_started(fixture, 1).await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    ensure!(TENCENT.reboots(fixture, &ids)? == [1, 1]);
    page.wait_for("[data-stage=finished]").await?;
    page.act("new-run").await?;
    // Nor for one that waits.
    let ids = &TENCENT.running(fixture, 3)[2..];
    fixture.fault(&json!({ "fault": "lost-answer", "action": "RebootInstances" }))?;
    fixture.fault(&json!({ "fault": "status", "status": 503, "times": null,
        "action": "DescribeInstances", "after": 1 }))?;
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(ids, &["unknown"]).await?;
    page.session().driver().refresh().await?;
    page.wait_for("[data-stage=paused]").await?;
    key_again(fixture, TENCENT).await?;
    fixture.clear_faults();
    page.act("put-away").await?;
    page.wait_for("[data-action=open-run]").await?;
    page.act("open-run").await?;
    page.wait_for("[data-stage=paused]").await?;
    ensure!(!page.sees("[name=secret]").await?, "the key is asked for again");
    page.act("resume").await?;
    page.wait_for_outcomes(ids, &["running-unproven"]).await
}

async fn precedence(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 1);
    send(fixture, &TENCENT.form(&ids[0])).await?;
    page.wait_for_outcomes(&ids, &["proven"]).await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    // In another tab: the last cloud and region, and nothing else.
    page.run("sessionStorage.clear(); return true;", &[]).await?;
    let url = fixture.site.url();
    page.open(&format!("{url}?cloud=alibaba&region=cn-beijing")).await?;
    page.wait_for_value("region", "cn-beijing").await?;
    ensure!(page.value("cloud").await? == "alibaba");
    // Nothing of it where a link says one of the two.
    page.open(&format!("{url}?cloud=tencent")).await?;
    page.wait_for_value("cloud", "tencent").await?;
    page.wait_for("[data-link=taken]").await?;
    ensure!(page.value("region").await?.is_empty(), "the last region, of a link's cloud");
    page.open(&url).await?;
    page.wait_for_value("region", "ap-guangzhou").await?;
    ensure!(page.value("instanceIds").await?.is_empty() && page.value("keyId").await?.is_empty());
    // Nor where the operator does.
    page.run("sessionStorage.clear(); return true;", &[]).await?;
    let config = json!({ "preset": { "cloud": "tencent" } });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    page.open(&format!("{url}?lang=en")).await?;
    page.wait_for_value("cloud", "tencent").await?;
    page.act("review").await?;
    page.wait_for("[name=region][aria-invalid=true]").await?;
    ensure!(page.value("region").await?.is_empty(), "the last region, of the operator's cloud");
    // What the operator has locked is not what was filled in before.
    page.open(&url).await?;
    page.choose("region", "ap-guangzhou").await?;
    page.fill("instanceIds", &ids[0]).await?;
    let config = json!({ "preset": { "cloud": "tencent", "region": "ap-beijing" },
        "locked": ["cloud", "region"] });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    reload(fixture).await?;
    page.wait_for_value("instanceIds", &ids[0]).await?;
    page.wait_for_value("region", "ap-beijing").await?;
    Ok(())
}

async fn wait_for_title(fixture: &Fixture, wanted: &str) -> Result<()> {
    until(format!("the title {wanted}"), || async {
        let title = fixture.page.session().driver().title().await?;
        Ok((title == wanted).then_some(()))
    })
    .await
}

async fn run_is_shown(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 3);
    one_by_one(fixture, &ids, 3_600).await?;
    page.wait_for_outcomes(&ids[..1], &["proven"]).await?;
    wait_for_title(fixture, "1/3 · Relight").await?;
    // On another page, and back.
    page.act("explain").await?;
    wait_for_title(fixture, "1/3 · Explain an error · Relight").await?;
    ensure!(page.text("[data-action=run]").await? == "1/3");
    page.act("run").await?;
    page.wait_for_step("run").await?;
    page.act("stop").await?;
    wait_for_title(fixture, "Stopped · 2 not sent · Relight").await?;
    ensure!(page.overflow().await? <= 0);
    page.act("new-run").await?;
    wait_for_title(fixture, "Relight").await?;
    page.wait_for_no("[data-action=run]").await
}

/// What the browser would show.
const FAKE: &str = "window.shown = []; window.leave = 0; \
     window.Notification = class { static permission = 'granted'; \
       static requestPermission() { window.leave += 1; return Promise.resolve('granted'); } \
       constructor(title, options) { window.shown.push(options.body); \
         if (window.fails) throw new TypeError('no'); } }; return true;";

async fn notification(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.run(FAKE, &[]).await?;
    let ids = TENCENT.running(fixture, 3);
    for (id, asked) in [(&ids[0], false), (&ids[1], true), (&ids[2], true)] {
        let is_last = *id == ids[2];
        if is_last {
            // A lost answer is named first; and a notification that throws changes nothing.
            page.run("window.fails = true; return true;", &[]).await?;
            fixture.fault(&json!({ "fault": "lost-answer", "cloud": "tencent",
                "action": "RebootInstances", "times": 1 }))?;
        }
        send(fixture, &TENCENT.form(id)).await?;
        if asked {
            page.tick("notify", true).await?;
        }
        page.wait_for("[data-stage=finished], [data-stage=paused]").await?;
        let wanted = if is_last { 2 } else { u64::from(asked) };
        let what = format!("{wanted} notifications");
        page.wait_until(&what, "return window.shown.length === a;", &[json!(wanted)]).await?;
        page.act("new-run").await?;
        page.wait_for_step("compose").await?;
    }
    ensure!(page.run("return window.leave;", &[]).await? == 1, "leave is asked for once");
    Ok(())
}

async fn focused(fixture: &Fixture, name: &str) -> Result<()> {
    let script = "return root.activeElement?.name === a;";
    fixture.page.wait_until(&format!("the focus on {name}"), script, &[json!(name)]).await.map(drop)
}

async fn shortcuts(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let id = TENCENT.running(fixture, 1).remove(0);
    page.compose(&TENCENT.form(&id)).await?;
    // In the form alone, and in the console.
    for _ in 0..2 {
        page.run("first('[name=instanceIds]').focus(); return true;", &[]).await?;
        let keys = page.session().driver().action_chain();
        keys.key_down(Key::Control).send_keys(Key::Enter).key_up(Key::Control).perform().await?;
        page.wait_for_step("review").await?;
        page.act("cancel").await?;
        page.wait_for_step("compose").await?;
    }
    // What is typed into a field is a text.
    page.fill("instanceIds", "/?gh").await?;
    page.wait_for_value("instanceIds", "/?gh").await?;
    ensure!(!page.sees("dialog").await?);
    page.run("root.activeElement.blur(); return true;", &[]).await?;
    page.press("/").await?;
    focused(fixture, "instanceIds").await?;
    page.run("root.activeElement.blur(); return true;", &[]).await?;
    page.press("?").await?;
    page.wait_for("dialog[open] kbd").await?;
    page.press(&String::from(Key::Escape.value())).await?;
    page.wait_for_no("dialog").await?;
    page.press("gh").await?;
    page.wait_for("[data-runs]").await?;
    page.press("gr").await?;
    page.wait_for_step("compose").await?;
    page.act("shortcuts").await?;
    page.wait_for("dialog[open]").await?;
    page.act("close-shortcuts").await?;
    page.wait_for_no("dialog").await?;
    ensure!(fixture.power_calls().is_empty());
    Ok(())
}

async fn shortcuts_embedded(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    page.compose(&TENCENT.form("not-an-id")).await?;
    page.act("review").await?;
    page.wait_for_no("[data-form-only]").await?;
    // What is refused has the focus by itself.
    focused(fixture, "instanceIds").await?;
    // As in a host page with its own field.
    let script = "host.removeAttribute('routing'); const field = document.createElement('input'); \
         document.body.prepend(field); field.focus(); return true;";
    page.run(script, &[]).await?;
    page.press("?/gh").await?;
    let typed = page.run("return document.querySelector('body > input').value;", &[]).await?;
    ensure!(typed == "?/gh", "{typed}");
    ensure!(!page.sees("dialog").await?);
    page.wait_for_step("compose").await
}

async fn connection(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let id = TENCENT.running(fixture, 1).remove(0);
    page.compose(&TENCENT.form("")).await?;
    page.act("review").await?;
    // Nothing was asked, so nothing is known.
    page.wait_for("[data-connection=unknown]").await?;
    page.fill("instanceIds", &id).await?;
    page.review().await?;
    page.wait_for("[data-connection=ok]").await?;
    let words = page.text("[data-connection]").await?;
    ensure!(words.contains("Connection OK") && words.contains(" ms"), "{words}");
    page.act("cancel").await?;
    fixture.fault(&json!({ "fault": "unreachable", "action": "DescribeInstances", "times": 9 }))?;
    page.act("review").await?;
    page.wait_for("[data-connection=failed]").await?;
    page.act("connection").await?;
    page.wait_for("[data-doctor]").await
}

async fn corrections(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let ids = TENCENT.running(fixture, 2);
    let near = ids[1].replacen("ins-", "lns-", 1);
    let typed = format!("{}, {near}\nnot-an-id", ids[0]);
    page.compose(&TENCENT.form(&typed)).await?;
    page.act("use-corrections").await?;
    let corrected = format!("{}, {}\nnot-an-id", ids[0], ids[1]);
    page.wait_for_value("instanceIds", &corrected).await?;
    // In the form alone as in the console, what is removed comes back.
    page.act("undo").await?;
    page.wait_for_value("instanceIds", &typed).await?;
    page.act("use-corrections").await?;
    page.wait_for_value("instanceIds", &corrected).await?;
    page.act("remove-problems").await?;
    page.wait_for_value("instanceIds", &ids.join("\n")).await?;
    page.act("undo").await?;
    page.wait_for_value("instanceIds", &corrected).await?;
    page.wait_for_no("[data-action=undo]").await?;
    ensure!(page.sees("[data-form-only]").await?);
    page.fill("secret", "").await?;
    page.act("review").await?;
    page.wait_for_no("[data-form-only]").await?;
    page.act("remove-problems").await?;
    page.wait_for_value("instanceIds", &ids.join("\n")).await?;
    page.act("undo").await?;
    page.wait_for_value("instanceIds", &corrected).await?;
    page.wait_for_no("[data-action=undo]").await?;
    page.act("clear-selection").await?;
    page.wait_for_value("instanceIds", "").await?;
    page.wait_for("[data-action=undo]").await?;
    // Until the next change.
    page.fill("instanceIds", &ids[0]).await?;
    page.wait_for_no("[data-action=undo]").await
}

async fn empty_places(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let id = TENCENT.running(fixture, 1).remove(0);
    // A sample where there is nothing to explain.
    page.act("explain").await?;
    page.act("sample").await?;
    page.wait_for("article[data-code]").await?;
    page.fill("errorText", "ResourceNotFound.Instnce").await?;
    page.wait_for("[data-closest] [data-action=open]").await?;
    page.act("power").await?;
    ensure!(
        page.run("return first('[data-version]')?.dataset.version;", &[]).await? != json!(null)
    );
    // Simulated clouds, until there are runs of one's own.
    let to = page.run("return first('[data-action=demo]')?.getAttribute('href');", &[]).await?;
    ensure!(to == "?demo", "{to}");
    send(fixture, &TENCENT.form(&id)).await?;
    page.wait_for_outcomes(std::slice::from_ref(&id), &["proven"]).await?;
    page.act("new-run").await?;
    page.wait_for("[data-action=open-recent]").await?;
    ensure!(!page.sees("[data-action=demo]").await?);
    page.act("open-recent").await?;
    page.wait_for_step("run").await?;
    page.wait_for_outcomes(&[id], &["proven"]).await
}

/// Also with a run, a key and saved runs, in both languages; every page is in sight, every target can be hit.
async fn header(fixture: &mut Fixture) -> Result<()> {
    let page = &fixture.page;
    let one_line = "const targets = [...first('header').querySelectorAll('button, a')] \
         .filter(e => seen(e) && e.dataset.action !== 'run').map(e => e.getBoundingClientRect()); \
         if (targets.length < 5 || targets.some(r => r.width < 24 || r.height < 24)) return false; \
         const middles = targets.map(r => r.y + r.height / 2); \
         const pages = first('header nav'); \
         if (pages.scrollWidth > pages.clientWidth) return false; \
         return Math.max(...middles) - Math.min(...middles) < 4;";
    let ids = TENCENT.running(fixture, 1);
    for step in ["compose", "run", "new"] {
        match step {
            "run" => {
                send(fixture, &TENCENT.form(&ids[0])).await?;
                page.wait_for_outcomes(&ids, &["proven"]).await?;
            }
            "new" => {
                page.act("new-run").await?;
                page.wait_for_step("compose").await?;
            }
            _ => {}
        }
        for _ in 0..2 {
            page.wait_until(&format!("one line: {step}"), one_line, &[]).await?;
            fits_now(fixture, step).await?;
            for action in ["explain", "runs", "connection", "power"] {
                page.act(action).await?;
                page.wait_for(&format!("header [data-action={action}][aria-current=page]")).await?;
                page.wait_until(&format!("one line: {action}"), one_line, &[]).await?;
            }
            page.act("language").await?;
        }
    }
    Ok(())
}

fn long_names() -> Fleet {
    let mut all = Fleet::standard().all().to_vec();
    for instance in &mut all {
        instance.name = "n".repeat(256);
    }
    Fleet::new(all)
}

/// No width of a phone is too narrow for what is on the screen.
async fn fits(fixture: &Fixture, screen: &str) -> Result<()> {
    for width in [320, 360, 480] {
        fixture.page.session().resize(width, 800).await?;
        fits_now(fixture, screen).await.with_context(|| format!("at {width}"))?;
    }
    Ok(())
}

async fn fits_now(fixture: &Fixture, screen: &str) -> Result<()> {
    let wider = fixture.page.overflow().await?;
    if wider > 0 {
        let script = "const w = document.documentElement.clientWidth; return all('*') \
             .filter(e => seen(e) && e.getBoundingClientRect().right > w + 1) \
             .slice(0, 6).map(e => e.outerHTML.slice(0, 120)).join('\\n');";
        let what = fixture.page.run(script, &[]).await?;
        bail!("{screen} is {wider} px wider than the window: {what}");
    }
    Ok(())
}

async fn long_texts(fixture: &mut Fixture) -> Result<()> {
    fixture.page.session().needs(Capability::SharedConfiguration)?;
    let page = &fixture.page;
    let word = "x".repeat(80);
    let config = json!({ "brand": { "title": { "en": word, "zh": word }, "note": word } });
    fixture.site.replace("relight.json", config.to_string().into_bytes());
    page.visit(&fixture.site.url()).await?;
    page.wait_for_no("[data-form-only]").await?;
    let key_id = format!("AKID{}", "0aB1".repeat(12));
    let ids = TENCENT.running(fixture, 2);
    let form = Form { key_id: &key_id, ..TENCENT.form("") };
    page.compose(&form).await?;
    page.paste("instanceIds", &format!("{}\n{word}", ids.join("\n"))).await?;
    fits(fixture, "the form").await?;
    page.choose("region", "other").await?;
    page.fill("regionOther", &format!("ap-{}", "a".repeat(50))).await?;
    fits(fixture, "a long region").await?;
    page.choose("region", "ap-guangzhou").await?;
    // The names of real instances, and then a key that nobody has.
    page.fill("keyId", TENCENT.key_id).await?;
    page.review().await?;
    page.fill("reason", &word).await?;
    fits(fixture, "the review").await?;
    page.act("cancel").await?;
    page.wait_for_step("compose").await?;
    page.fill("keyId", &key_id).await?;
    page.review_without_preflight().await?;
    page.fill("reason", &word).await?;
    fits(fixture, "the review without a check").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["rejected"]).await?;
    fits(fixture, "the run").await?;
    page.act("show-request").await?;
    page.wait_for("[data-inspector]").await?;
    fits(fixture, "the request").await?;
    page.act("language").await?;
    fits(fixture, "the run in Chinese").await?;
    page.act("new-run").await?;
    page.act("runs").await?;
    page.wait_for("[data-runs]").await?;
    fits(fixture, "the history").await
}
