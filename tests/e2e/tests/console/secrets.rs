//! Where a secret must not be: anywhere but in the request's MAC.

use crate::{
    support::{ALIBABA, Account, CARD, TENCENT, ZENLAYER, listen, refusal, send},
    vault::{self, Needles, SPY, stores},
};
use anyhow::{Context, Result, ensure};
use relight_core::signing::{base64, hex, percent_encode};
use relight_e2e::{Fixture, Setting, case, page::Form, suite::Case, until};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!("secrets::alibaba_is_nowhere", alibaba),
        case!("secrets::tencent_is_nowhere", tencent),
        case!("secrets::zenlayer_is_nowhere", zenlayer),
        case!("secrets::wiping_wipes", wiping),
        case!("secrets::exports_have_every_row_and_no_secret", exports),
        case!("secrets::what_alibaba_echoes_is_nowhere", alibaba_echoes).configured(slowly),
        case!("secrets::what_tencent_echoes_is_nowhere", tencent_echoes).configured(slowly),
        case!("secrets::what_zenlayer_echoes_is_nowhere", zenlayer_echoes).configured(slowly),
    ]
}

async fn alibaba(fixture: &mut Fixture) -> Result<()> {
    nowhere(fixture, ALIBABA).await
}

async fn tencent(fixture: &mut Fixture) -> Result<()> {
    nowhere(fixture, TENCENT).await
}

async fn zenlayer(fixture: &mut Fixture) -> Result<()> {
    nowhere(fixture, ZENLAYER).await
}

async fn nowhere(fixture: &Fixture, account: Account) -> Result<()> {
    let ids = account.running(fixture, 2);
    let page = &fixture.page;
    let absent = async |when: &str| {
        let text = page.everything().await?;
        ensure!(text.len() > 2_000, "that is not the whole page");
        ensure!(!text.contains(account.secret), "the secret is in the page {when}");
        anyhow::Ok(())
    };
    page.compose(&account.form(&ids.join("\n"))).await?;
    page.review().await?;
    absent("in the review").await?;
    page.send().await?;
    page.wait_for_outcomes(&ids, &["accepted", "in-progress", "proven"]).await?;
    absent("in the run").await?;

    let requests = fixture.site.proxied();
    let is_reboot = |one: &&String| one.contains(": RebootInstances\r\n");
    let request = requests.iter().find(is_reboot).context("a request")?;
    ensure!(requests.iter().all(|one| !one.contains(account.secret)), "it is on the wire");
    let (_, signature) = request.split_once("Signature=").context("a signature")?;
    let signature: String = signature.chars().take_while(char::is_ascii_hexdigit).collect();
    ensure!(signature.len() == 64, "{signature}");

    // The inspector shows every step, and the signature only after a click.
    page.act("inspect").await?;
    page.wait_for("[data-inspector]").await?;
    let steps = page.text("[data-inspector]").await?;
    ensure!(steps.contains("HMAC-SHA256"), "{steps}");
    for id in &ids {
        ensure!(steps.contains(id.as_str()), "{id} is not in the request that is shown");
    }
    ensure!(!page.everything().await?.contains(&signature), "the signature is not hidden");
    absent("in the inspector").await?;
    page.act("reveal").await?;
    until("the signature", || async {
        Ok(page.text("[data-inspector]").await?.contains(&signature).then_some(()))
    })
    .await?;
    absent("with the signature").await?;
    page.act("reveal").await?;
    until("no signature", || async {
        Ok((!page.everything().await?.contains(&signature)).then_some(()))
    })
    .await?;
    page.act("new-run").await?;
    page.wait_for_step("compose").await?;
    absent("in the form that comes back").await
}

async fn wiping(fixture: &mut Fixture) -> Result<()> {
    let ids = TENCENT.running(fixture, 1);
    let page = &fixture.page;
    page.compose(&TENCENT.form(&ids[0])).await?;
    page.act("forget").await?;
    page.wait_for_no("[data-action=forget]").await?;
    ensure!(page.value("secret").await?.is_empty());
    page.act("review").await?;
    page.wait_for("[name=secret][aria-invalid=true]").await?;
    ensure!(fixture.calls().is_empty());
    Ok(())
}

async fn exports(fixture: &mut Fixture) -> Result<()> {
    let ids = ALIBABA.running(fixture, 3);
    let (running, refused) = ids.split_at(2);
    fixture.fault(&refusal(&ids[2]))?;
    send(fixture, &ALIBABA.form(&format!("{}\n=i-typo", ids.join("\n")))).await?;
    fixture.page.wait_for_outcomes(running, &["proven"]).await?;
    fixture.page.wait_for_outcomes(refused, &["rejected"]).await?;

    fixture.page.act("export-csv").await?;
    let (name, csv) = fixture.page.exported(".csv").await?;
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    ensure!(lines.len() == 2 + ids.len(), "{csv}");
    ensure!(lines[0].starts_with("instanceId,"), "{csv}");
    ensure!(lines.last().is_some_and(|line| line.contains("refused-entry")), "{csv}");
    let about = format!(",{},", ALIBABA.key_id);
    ensure!(lines[1..].iter().all(|line| line.contains(&about)), "{csv}");
    for id in &ids {
        let word = if running.contains(id) { "proven" } else { "rejected" };
        let line = lines.iter().find(|line| line.contains(id.as_str())).context("a line")?;
        ensure!(line.contains(word), "{line}");
    }

    fixture.page.act("export-json").await?;
    let (json_name, text) = fixture.page.exported(".json").await?;
    let json: Value = serde_json::from_str(&text)?;
    // By the day and the run.
    let id: String = json["id"].as_str().unwrap_or_default().replace('-', "");
    let confirmed = json["confirmedAt"].as_str().context("a time")?;
    let stem = format!(
        "relight-{}-{}{}-{}",
        &confirmed[..10],
        &confirmed[11..13],
        &confirmed[14..16],
        id.get(..8).context("an id")?
    );
    ensure!((name, json_name) == (format!("{stem}.csv"), format!("{stem}.json")), "{stem}");
    let rows = json["instances"].as_array().context("rows")?;
    let exported: Vec<&str> = rows.iter().filter_map(|row| row["instanceId"].as_str()).collect();
    ensure!(exported == ids, "{text}");
    ensure!(json["refusedEntries"].as_array().is_some_and(|all| all.len() == 1), "{text}");
    ensure!(json["total"] == 3 && json["totals"]["proven"] == 2, "{text}");
    ensure!(json["totals"]["rejected"] == 1, "{text}");
    let request_id = &fixture.power_calls()[0].request_id;
    ensure!(json["calls"][0]["requestId"] == request_id.as_str(), "{text}");
    for file in [&csv, &text] {
        ensure!(!file.contains(ALIBABA.secret), "the secret is in the file");
        ensure!(!file.to_lowercase().contains("signature="), "a signature is in the file");
    }
    Ok(())
}

async fn alibaba_echoes(fixture: &mut Fixture) -> Result<()> {
    let key = Account {
        key_id: "STS.sandboxdemo000000000002",
        secret: "sandbox-alibaba-secret-0000002",
        ..ALIBABA
    };
    echoes(fixture, key, Some("sandbox/alibaba+session=token==")).await
}

async fn tencent_echoes(fixture: &mut Fixture) -> Result<()> {
    let (key_id, secret, token) = vault::TEMPORARY;
    echoes(fixture, Account { key_id, secret, ..TENCENT }, Some(token)).await
}

async fn zenlayer_echoes(fixture: &mut Fixture) -> Result<()> {
    echoes(fixture, ZENLAYER, None).await
}

/// A restart that is still observed in progress when the first describe after it has failed.
fn slowly(setting: Setting) -> Setting {
    Setting { speed: 6.0, ..setting }
}

/// Each brings back what was sent.
const ECHOES: [&str; 4] = ["canonical-request", "token-named", "echoed-base64", "echoed-headers"];

/// What replaces a redacted text.
const MARKS: [&str; 3] = ["[token]", "[signature]", "[authorization]"];

/// Places where an echo must have come through, without what it brought.
const ECHOED_TO: [&str; 4] = ["screen of a look", "screen of a run", "journal", "JSON export"];

/// Nothing of what was sent gets any further than to where an echo of it arrives: on a
/// describe, on the change itself, and on a describe after it.
async fn echoes(fixture: &Fixture, account: Account, token: Option<&str>) -> Result<()> {
    let page = &fixture.page;
    page.session().before_every_page(SPY).await?;
    fixture.open().await?;
    listen(fixture).await?;
    let ids = account.running(fixture, ECHOES.len());
    let mut places = Places::default();
    for (echo, id) in ECHOES.into_iter().zip(&ids) {
        if page.sees("[data-action=new-run]").await? {
            page.act("new-run").await?;
            page.wait_for_step("compose").await?;
        }
        let echo_fault =
            |action: &str, times| json!({ "fault": echo, "action": action, "times": times });
        page.compose(&Form { token, ..account.form(id) }).await?;
        fixture.fault(&echo_fault("DescribeInstances", Value::Null))?;
        page.act("review").await?;
        page.wait_for("[data-action=review-unseen]").await?;
        page.wait_for(".looking .original").await?;
        places.add("screen of a look", screen(fixture).await?, echo);
        page.act("review-unseen").await?;
        page.wait_for_step("review").await?;
        fixture.clear_faults();
        fixture.fault(&echo_fault("RebootInstances", json!(1)))?;
        fixture.fault(&echo_fault("DescribeInstances", json!(1)))?;
        page.send().await?;
        page.wait_for(&format!("{CARD} .original")).await?;
        page.act("show-request").await?;
        page.wait_for("[data-inspector]").await?;
        places.add("screen of a run", screen(fixture).await?, echo);
        let script = "return window.heard.some(e => e.name === 'relight-run-finished' \
             && JSON.stringify(e.detail).includes(a));";
        page.wait_until("the end of the run", script, &[json!(id)]).await?;
        places.add("screen at the end", screen(fixture).await?, echo);
        places.add("journal", stores(fixture).await?, echo);
        for (action, place) in [("export-csv", "CSV export"), ("export-json", "JSON export")] {
            page.act(action).await?;
            let file = action.replace("export-", ".");
            places.add(place, page.exported(&file).await?.1, echo);
        }
        fixture.clear_faults();
    }
    let script = "return JSON.stringify(window.heard);";
    let events_of = page.run(script, &[]).await?;
    places.add("events", events_of.as_str().unwrap_or_default().to_owned(), "all");
    let script = "return JSON.stringify([localStorage, sessionStorage, history.state, \
         document.cookie, location.href]);";
    let storages = page.run(script, &[]).await?;
    places.add("storages", storages.as_str().unwrap_or_default().to_owned(), "all");

    let sent = sent(fixture)?;
    let kinds: BTreeSet<_> = sent.iter().map(|(kind, _)| *kind).collect();
    ensure!(kinds.len() == 2 + usize::from(token.is_some()), "not all was sent: {kinds:?}");
    ensure!(account.reboots(fixture, &ids)? == [0, 0, 1, 1], "not every echo was of a change");
    let found = places.search(&sent, &format!("{} {}", page.browser(), account.cloud.name()))?;

    // With the last run still open, and the request that it shows.
    page.act("lock").await?;
    page.wait_for_no("[data-action=lock]").await?;
    let needles = Needles::plain(sent.iter().map(|(kind, text)| (*kind, text.as_str())));
    let in_wasm = needles.in_wasm(fixture).await?;
    println!(
        "{} {}: in the modules' memory: {}",
        page.browser(),
        account.cloud.name(),
        in_wasm.len()
    );
    ensure!(found.is_empty(), "what was sent is in {found:#?}");
    ensure!(in_wasm.is_empty(), "in the memory of a module after a lock: {in_wasm:?}");
    Ok(())
}

/// All that is on the page, with whatever can be opened open.
async fn screen(fixture: &Fixture) -> Result<String> {
    let script = "all('details').forEach(e => { e.open = true; }); \
         return [document.documentElement.outerHTML, root.innerHTML, root.textContent, \
           root.querySelector('.relight').innerText, document.title, \
           ...all('*').flatMap(e => [...e.attributes].map(one => one.value)), \
           ...all('input, textarea, select').map(e => e.value)].join('\\n');";
    let text = fixture.page.run(script, &[]).await?;
    text.as_str().map(str::to_owned).context("the page's content")
}

/// Tokens, signatures and `Authorization` of all requests that arrived.
fn sent(fixture: &Fixture) -> Result<BTreeSet<(&'static str, String)>> {
    let mut sent = BTreeSet::new();
    let requests = fixture.site.proxied();
    for (name, value) in requests.iter().flat_map(|one| one.lines()).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim()))
    }) {
        match name.as_str() {
            "authorization" => {
                let (_, signature) = value.split_once("Signature=").context("a signature")?;
                ensure!(signature.len() == 64, "{signature}");
                sent.insert(("signature", signature.to_owned()));
                sent.insert(("authorization", value.to_owned()));
            }
            "x-acs-security-token" | "x-tc-token" => {
                sent.insert(("token", value.to_owned()));
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// The encodings in which a text may be contained in another one.
fn forms(text: &str) -> BTreeSet<String> {
    let small = |text: &str| text.to_ascii_lowercase();
    let escaped = serde_json::to_string(text).unwrap_or_default();
    let escaped = escaped.trim_matches('"').to_owned();
    let percent = percent_encode(text);
    let mut forms = BTreeSet::from([
        text.to_owned(),
        percent_encode(&percent),
        small(&percent),
        percent,
        escaped.replace('/', "\\/"),
        // As JSON within JSON.
        escaped.replace('/', "\\\\/"),
        escaped,
        hex(text.as_bytes()),
    ]);
    // Wherever a group of three bytes begins, in both alphabets.
    for before in 0..3 {
        let inner = text.as_bytes().get(before..).unwrap_or_default();
        let whole = inner.get(..inner.len() / 3 * 3).unwrap_or_default();
        let encoded = base64(whole);
        forms.insert(encoded.replace('+', "-").replace('/', "_"));
        forms.insert(encoded);
    }
    forms
}

/// What was found at each place: texts, by the echo that they followed.
#[derive(Default)]
struct Places(BTreeMap<&'static str, Vec<(&'static str, String)>>);

impl Places {
    fn add(&mut self, place: &'static str, text: String, echo: &'static str) {
        self.0.entry(place).or_default().push((echo, text));
    }

    /// Where any of it is, in any form, and how often. That an echo came through at all is seen by the
    /// marks.
    fn search(&self, sent: &BTreeSet<(&'static str, String)>, who: &str) -> Result<Vec<String>> {
        let needles: Vec<_> = sent
            .iter()
            .flat_map(|(kind, text)| forms(text).into_iter().map(move |form| (*kind, form)))
            .collect();
        let mut found = Vec::new();
        for (place, texts) in &self.0 {
            let mut here = 0;
            for (echo, text) in texts {
                ensure!(!text.is_empty(), "{place} after {echo} was not read");
                let is_marked = MARKS.iter().any(|mark| text.contains(mark));
                for (kind, form) in &needles {
                    let count = text.matches(form.as_str()).count();
                    if count > 0 {
                        found
                            .push(format!("{place} after {echo}: {count} of the {kind} as {form}"));
                    }
                    here += count;
                }
                if ECHOED_TO.contains(place) && !is_marked {
                    found.push(format!("{place} after {echo}: the echo did not come through"));
                }
            }
            let marks: usize = texts
                .iter()
                .flat_map(|(_, text)| MARKS.map(|mark| text.matches(mark).count()))
                .sum();
            println!("{who}: {place}: {here} found of {} sought, {marks} marks", needles.len());
        }
        Ok(found)
    }
}
