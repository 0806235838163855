//! From the result of a request to outcomes: who responded, and whether anything was sent.

mod headers;
mod proxy_status;
mod redact;

pub(crate) use headers::{LONGEST_PAUSE_MS, Pause, pause_after};
pub use headers::{retry_after_ms, server_unix_seconds};
pub(crate) use proxy_status::{REPEATED, Verdict, verdict};
pub use redact::{Redactor, Sent};

use crate::{
    catalogue::Effect,
    clouds,
    model::{
        cloud::Cloud,
        outcome::{BatchAnswer, Described, Fault, ListPage, Outcome, Response},
        plan::Batch,
    },
};
use std::sync::Arc;

/// The result of a call, as reported by its transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportResult {
    /// A response arrived, from the cloud or from an intermediary.
    Answered(Response),
    /// Nothing was sent: the browser was never asked to. The only result that proves it.
    NotSent {
        /// The reason, as a word that [`crate::catalogue::layer`] explains.
        word: String,
    },
    /// The browser was asked to send, and no response arrived. The request may have arrived.
    Lost {
        /// The reason, as a word that [`crate::catalogue::layer`] explains.
        word: String,
    },
}

/// The outcome of each instance of a batch after its call: exactly one each, in the batch's order.
///
/// Behind a proxy (`through_proxy`), only a response that the proxy marks as the cloud's can make
/// an outcome `accepted` or cause a retry, and only the proxy's error type makes it `not-sent` (RFC
/// 9209). Without a proxy the response came over TLS from the cloud's own host and is trusted.
pub fn classify(batch: &Batch, result: &TransportResult, through_proxy: bool) -> BatchAnswer {
    let uniform = |outcome, fault| BatchAnswer::uniform(batch.ids(), None, outcome, Some(fault));
    let response = match result {
        TransportResult::NotSent { word } => {
            return uniform(Outcome::NotSent, Fault::layer(word.as_str(), ""));
        }
        TransportResult::Lost { word } => {
            return uniform(Outcome::Unknown, Fault::layer(word.as_str(), ""));
        }
        TransportResult::Answered(response) => response,
    };
    let decode = || clouds::decoder(batch.spec().target().cloud).decode(batch, response);
    if !through_proxy {
        return decode();
    }
    match verdict(response) {
        Verdict::Cloud => decode(),
        Verdict::NotSent(word) => uniform(Outcome::NotSent, Fault::layer(word, &response.body)),
        Verdict::Unknown(word) => uniform(Outcome::Unknown, Fault::layer(word, &response.body)),
        Verdict::Unmarked => downgrade_unproven(batch, decode(), response),
    }
}

/// The same for a describe call of a cloud.
pub fn classify_describe(
    cloud: &Cloud,
    result: &TransportResult,
    through_proxy: bool,
) -> Described {
    let found = decode_if_trusted(result, through_proxy, |response| {
        match clouds::decoder(cloud).decode_describe(response) {
            Described::Failed(fault) => Err(fault),
            found @ Described::Found { .. } => Ok(found),
        }
    });
    found.unwrap_or_else(Described::Failed)
}

/// The same for the page of a cloud's list that was requested from `cursor` on.
pub fn classify_list(
    cloud: &Cloud,
    cursor: Option<&str>,
    result: &TransportResult,
    through_proxy: bool,
) -> Result<ListPage, Fault> {
    decode_if_trusted(result, through_proxy, |response| {
        clouds::lister(cloud).decode_list(cursor, response)
    })
}

/// Decodes a response to a read if it is the cloud's: an untrusted state would decide what is sent
/// next.
fn decode_if_trusted<T>(
    result: &TransportResult,
    through_proxy: bool,
    decode: impl FnOnce(&Response) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let response = match result {
        TransportResult::NotSent { word } | TransportResult::Lost { word } => {
            return Err(Fault::layer(word.as_str(), ""));
        }
        TransportResult::Answered(response) => response,
    };
    if !through_proxy {
        return decode(response);
    }
    match verdict(response) {
        Verdict::Cloud => decode(response),
        Verdict::NotSent(word) | Verdict::Unknown(word) => Err(Fault::layer(word, &response.body)),
        Verdict::Unmarked => {
            decode(response).and(Err(Fault::layer(NO_PROXY_STATUS, &response.body)))
        }
    }
}

/// Whether a response is the cloud's; behind a proxy only if the proxy says so.
pub fn is_from_cloud(response: &Response, through_proxy: bool) -> bool {
    !through_proxy || verdict(response) == Verdict::Cloud
}

const NO_PROXY_STATUS: &str = "no-proxy-status";

/// Without the proxy's mark a success may come from any intermediary, and so may a request to
/// retry: a gateway that throttles may have forwarded a copy. Both become unknown. Other refusals
/// in the cloud's own format are believed.
fn downgrade_unproven(batch: &Batch, mut answer: BatchAnswer, response: &Response) -> BatchAnswer {
    let spec = batch.spec();
    let fault = Arc::new(Fault::layer(NO_PROXY_STATUS, &response.body));
    for instance in &mut answer.instances {
        let ends_it = match instance.fault.as_deref() {
            Some(Fault::Cloud(report)) => match clouds::effect_on(spec, report) {
                Effect::Throttled | Effect::ClockSkew => false,
                Effect::NothingDone
                | Effect::MaybeEcho
                | Effect::MaybeDone
                | Effect::DryRunPassed => true,
            },
            Some(Fault::Layer { .. }) | None => true,
        };
        match instance.outcome {
            Outcome::Rejected if ends_it => {}
            Outcome::Unknown => {}
            Outcome::Rejected
            | Outcome::Accepted
            | Outcome::DryRunPassed
            | Outcome::Skipped
            | Outcome::Queued
            | Outcome::Sending
            | Outcome::NotSent
            | Outcome::InProgress
            | Outcome::Proven
            | Outcome::RunningUnproven
            | Outcome::Overdue => {
                instance.outcome = Outcome::Unknown;
                instance.fault = Some(Arc::clone(&fault));
            }
        }
    }
    answer
}
