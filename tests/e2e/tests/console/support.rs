//! What the cases have in common: keys, instances, and a run from the form to its end.

use anyhow::{Result, ensure};
use relight_e2e::{Fixture, page::Form, until};
use relight_sandbox::{Cloud, fleet::State};
use serde_json::{Value, json};

/// A key of the sandbox, and the region that the cases use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) cloud: Cloud,
    pub(crate) region: Option<&'static str>,
    pub(crate) key_id: &'static str,
    pub(crate) secret: &'static str,
}

/// The lasting demo keys of the sandbox.
pub(crate) const ALIBABA: Account = Account {
    cloud: Cloud::Alibaba,
    region: Some("cn-hangzhou"),
    key_id: "LTAIsandboxdemo000000001",
    secret: "sandbox-alibaba-secret-0000001",
};
pub(crate) const TENCENT: Account = Account {
    cloud: Cloud::Tencent,
    region: Some("ap-guangzhou"),
    key_id: "AKIDsandboxdemo000000000000000000001",
    secret: "sandbox-tencent-secret-000000001",
};
pub(crate) const ZENLAYER: Account = Account {
    cloud: Cloud::Zenlayer,
    region: None,
    key_id: "zenSandboxDemo01",
    secret: "sandboxZenlayerPassword01",
};

impl Account {
    /// The form for a reboot of these ids, all else as it is.
    pub(crate) fn form<'a>(&self, ids: &'a str) -> Form<'a> {
        Form {
            cloud: self.cloud.name(),
            region: self.region,
            key_id: self.key_id,
            secret: self.secret,
            ids,
            ..Form::default()
        }
    }

    /// Instances in a state, without an assigned error.
    pub(crate) fn pick(&self, fixture: &Fixture, wanted: State, count: usize) -> Vec<String> {
        // Zenlayer has no region to choose; the ids come from one all the same.
        let region = self.region.unwrap_or("asia-east-1");
        let all = fixture.instances(self.cloud, region).into_iter();
        let ids: Vec<String> = all
            .filter(|one| one.state == wanted && one.error_code.is_none())
            .map(|one| one.id)
            .take(count)
            .collect();
        assert_eq!(ids.len(), count, "the fleet of {} is too small", self.cloud.name());
        ids
    }

    pub(crate) fn running(&self, fixture: &Fixture, count: usize) -> Vec<String> {
        self.pick(fixture, State::Running, count)
    }

    pub(crate) fn stopped(&self, fixture: &Fixture, count: usize) -> Vec<String> {
        self.pick(fixture, State::Stopped, count)
    }

    /// How often each was really rebooted.
    pub(crate) fn reboots(&self, fixture: &Fixture, ids: &[String]) -> Result<Vec<u32>> {
        ids.iter().map(|id| Ok(fixture.instance(self.cloud, id)?.reboots)).collect()
    }

    /// How often each was really started.
    pub(crate) fn starts(&self, fixture: &Fixture, ids: &[String]) -> Result<Vec<u32>> {
        ids.iter().map(|id| Ok(fixture.instance(self.cloud, id)?.starts)).collect()
    }
}

/// Fills in the form, reviews and sends.
pub(crate) async fn send(fixture: &Fixture, form: &Form<'_>) -> Result<()> {
    fixture.page.compose(form).await?;
    fixture.page.review().await?;
    fixture.page.send().await
}

/// The same, although the preflight fails: so the cloud itself judges.
pub(crate) async fn send_without_preflight(fixture: &Fixture, form: &Form<'_>) -> Result<()> {
    fixture.fault(&fail_describes(3))?;
    fixture.page.compose(form).await?;
    fixture.page.review_without_preflight().await?;
    fixture.page.send().await
}

/// The next describes fail.
pub(crate) fn fail_describes(times: usize) -> Value {
    json!({ "fault": "status", "status": 503, "action": "DescribeInstances", "times": times })
}

/// Writes down every event that the element fires. To be called before anything is sent.
pub(crate) async fn listen(fixture: &Fixture) -> Result<()> {
    let script = "window.heard = []; for (const name of ['relight-run-started', 'relight-outcome', \
         'relight-run-finished', 'relight-error', 'relight-before-send']) \
         host.addEventListener(name, e => window.heard.push( \
           { name, detail: e.detail, cancelable: e.cancelable })); return true;";
    fixture.page.wait_until("the element", script, &[]).await.map(drop)
}

/// What was heard so far, by the name of the event.
pub(crate) async fn events_of(fixture: &Fixture, name: &str) -> Result<Vec<Value>> {
    let script = "return window.heard.filter(e => e.name === a).map(e => e.detail);";
    Ok(serde_json::from_value(fixture.page.run(script, &[json!(name)]).await?)?)
}

/// The outcomes that an instance has gone through, in order.
pub(crate) async fn outcome_history(fixture: &Fixture, id: &str) -> Result<Vec<String>> {
    let all = events_of(fixture, "relight-outcome").await?;
    let own = all.iter().filter(|event| event["instanceId"] == id);
    Ok(own.filter_map(|event| event["outcome"].as_str().map(str::to_owned)).collect())
}

/// Waits until so many describes have arrived.
pub(crate) async fn wait_for_describes(fixture: &Fixture, count: usize) -> Result<()> {
    until(format!("{count} looks"), || async {
        Ok((fixture.describe_count() >= count).then_some(()))
    })
    .await
}

/// The cloud refuses this one instance of Alibaba's: its state has changed since the preflight.
pub(crate) fn refusal(id: &str) -> Value {
    json!({ "fault": "error", "cloud": "alibaba", "action": "RebootInstances",
        "code": "IncorrectInstanceStatus", "instanceIds": [id] })
}

/// Opens the explanation of the first failure that is shown, and returns its text.
pub(crate) async fn explanation(fixture: &Fixture) -> Result<String> {
    fixture.page.wait_for(CARD).await?;
    fixture.page.text(CARD).await
}

/// The card that explains an error.
pub(crate) const CARD: &str = "[data-explanation]";

/// Exactly one call arrived, it was signed correctly, and it was or was not carried out.
pub(crate) fn one_arrival(fixture: &Fixture, executed: bool) -> Result<()> {
    let calls = fixture.power_calls();
    ensure!(calls.len() == 1, "{} arrivals", calls.len());
    ensure!(calls[0].signature == "ok", "signature {}", calls[0].signature);
    ensure!(calls[0].executed == executed, "executed: {}", calls[0].executed);
    Ok(())
}

/// Whether there is a Chinese character in it.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one))
}
