//! How each cloud words what the model did: bodies in the clouds' own shapes, so that the real
//! decoders are part of every schedule.

mod alibaba;
mod tencent;
mod zenlayer;

use crate::model::{Instance, Verdict};
use relight_core::model::{cloud::Verb, outcome::Response};
use serde_json::Value;

/// The shapes of one cloud.
pub(crate) trait MockCloud: Sync {
    /// Its id.
    fn id(&self) -> &'static str;

    /// Whether one instance that cannot take an operation has the whole call refused, where the call
    /// itself does not say.
    fn is_atomic(&self) -> bool {
        false
    }

    /// The answer to a power operation: status and body.
    fn verdict(&self, verb: Verb, verdict: &Verdict) -> (u16, Value);

    /// The body of the answer to a describe call.
    fn description(&self, request: &str, instances: &[&Instance]) -> Value;

    /// An error that is not about an instance: status, code and message.
    fn service_error(&self, error: ServiceError) -> (u16, &'static str, &'static str);

    /// The body of an answer that is an error.
    fn error(&self, request: &str, code: &str, message: &str) -> Value;
}

/// The shapes of the cloud with this id.
pub(crate) fn of(cloud: &str) -> &'static dyn MockCloud {
    let all: [&dyn MockCloud; 3] = [&alibaba::Alibaba, &tencent::Tencent, &zenlayer::Zenlayer];
    all.into_iter().find(|one| one.id() == cloud).expect("the model speaks for every cloud")
}

/// An error that is not about an instance.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ServiceError {
    Throttled,
    ClockSkew,
    Internal,
    SecondCopy,
}

pub(crate) fn date(unix_seconds: u64) -> String {
    // Only the time of day varies: schedules last hours.
    let (second, day) = (unix_seconds % 86_400, unix_seconds / 86_400);
    assert_eq!(day, 19_844, "the virtual clock stays within 2024-05-01");
    format!("Wed, 01 May 2024 {:02}:{:02}:{:02} GMT", second / 3600, second / 60 % 60, second % 60)
}

fn answer(status: u16, cloud_seconds: u64, body: &Value) -> Response {
    Response {
        status,
        headers: vec![
            ("proxy-status".into(), format!("relight-proxy; received-status={status}")),
            ("date".into(), date(cloud_seconds)),
            ("content-type".into(), "application/json".into()),
        ],
        body: body.to_string(),
    }
}

/// The answer to a power operation.
pub(crate) fn verdict(cloud: &str, verb: Verb, verdict: &Verdict, cloud_seconds: u64) -> Response {
    let (status, body) = of(cloud).verdict(verb, verdict);
    answer(status, cloud_seconds, &body)
}

/// The answer to a describe call.
pub(crate) fn description(cloud: &str, instances: &[&Instance], cloud_seconds: u64) -> Response {
    let request = "00000000-0000-0000-0000-00000000beef";
    answer(200, cloud_seconds, &of(cloud).description(request, instances))
}

/// An error that is not about an instance.
pub(crate) fn service_error(
    cloud: &str,
    error: ServiceError,
    request: &str,
    cloud_seconds: u64,
) -> Response {
    let cloud = of(cloud);
    let (status, code, message) = cloud.service_error(error);
    answer(status, cloud_seconds, &cloud.error(request, code, message))
}
