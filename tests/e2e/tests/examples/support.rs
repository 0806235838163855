//! What the examples' cases have in common: a cloud of the sandbox.

use anyhow::{Context, Result, ensure};
use relight_e2e::Fixture;
use relight_sandbox::{
    Cloud,
    credential::Credential,
    fleet::State,
    journal::Call,
    signature::{Inbound, tc3},
};
use serde_json::Value;

/// Running instances of `ap-guangzhou`, without an assigned error.
pub(crate) fn running(fixture: &Fixture, count: usize) -> Vec<String> {
    pick(fixture, State::Running, count)
}

/// The same, of those that are stopped.
pub(crate) fn stopped(fixture: &Fixture, count: usize) -> Vec<String> {
    pick(fixture, State::Stopped, count)
}

fn pick(fixture: &Fixture, wanted: State, count: usize) -> Vec<String> {
    let all = fixture.instances(Cloud::Tencent, "ap-guangzhou").into_iter();
    let fine = all.filter(|one| one.state == wanted && one.error_code.is_none());
    let ids: Vec<String> = fine.map(|one| one.id).take(count).collect();
    assert_eq!(ids.len(), count, "the fleet is too small");
    ids
}

/// The reboots that arrived.
pub(crate) fn reboots(fixture: &Fixture) -> Vec<Call> {
    fixture.power_calls().into_iter().filter(|call| call.action == "RebootInstances").collect()
}

/// Verifies a result of `signRequest` for the key of the examples, by the sandbox's own code.
pub(crate) fn verify(signed: &Value) -> Result<()> {
    let text = |name: &str| signed[name].as_str().unwrap_or_default().to_owned();
    let url = text("url");
    let (host, path) =
        url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).context("an address")?;
    let headers = signed["headers"].as_object().context("headers")?;
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let sent_s = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-tc-timestamp"));
    let sent_s: i64 = sent_s.context("a time")?.1.parse()?;
    let inbound = Inbound {
        method: text("method"),
        host: host.to_owned(),
        path: format!("/{path}"),
        query: String::new(),
        headers,
        body: text("body").into_bytes(),
    };
    let key = Credential::parse("tencent=EXAMPLE-KEY-ID:example-secret-not-real")
        .map_err(anyhow::Error::msg)?;
    let verified = tc3::verify(&inbound, std::slice::from_ref(&key), sent_s);
    ensure!(verified.is_ok(), "{verified:?}");
    let wrong = Credential { secret: "another".to_owned(), ..key };
    ensure!(tc3::verify(&inbound, &[wrong], sent_s).is_err(), "anything is verified");
    Ok(())
}
