//! What the examples' cases have in common: a cloud of the sandbox.

use anyhow::{Context, Result, ensure};
use relight_e2e::Stage;
use relight_sandbox::{
    Cloud,
    credential::Credential,
    fleet::State,
    journal::Call,
    signature::{Inbound, tc3},
};
use serde_json::Value;

/// Instances of `ap-guangzhou` that run, without trouble of their own.
pub(crate) fn running(stage: &Stage, count: usize) -> Vec<String> {
    pick(stage, State::Running, count)
}

/// The same, of those that are stopped.
pub(crate) fn stopped(stage: &Stage, count: usize) -> Vec<String> {
    pick(stage, State::Stopped, count)
}

fn pick(stage: &Stage, wanted: State, count: usize) -> Vec<String> {
    let all = stage.instances(Cloud::Tencent, "ap-guangzhou").into_iter();
    let fine = all.filter(|one| one.state == wanted && one.trouble.is_none());
    let ids: Vec<String> = fine.map(|one| one.id).take(count).collect();
    assert_eq!(ids.len(), count, "the fleet is too small");
    ids
}

/// The reboots that arrived.
pub(crate) fn reboots(stage: &Stage) -> Vec<Call> {
    stage.power_calls().into_iter().filter(|call| call.action == "RebootInstances").collect()
}

/// Verifies what `signRequest` has given for the key of the examples, by the sandbox's own code.
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
