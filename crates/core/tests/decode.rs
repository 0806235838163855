//! Answers: exactly one outcome for each instance, and nothing is believed that is not whole.

mod common;

use common::{every_cloud, every_operation};
use proptest::prelude::*;
use relight_core::{
    catalogue::Effect,
    clouds,
    ids::parse_ids,
    model::{
        cloud::Cloud,
        eligibility::{Eligibility, SkipReason},
        outcome::{
            BatchAnswer, Described, DescribedInstance, Fault, InstanceAnswer, LastOperationState,
            Outcome, Phase, Response, STORED_TEXT_MAX_BYTES,
        },
        plan::{Batch, PlanInput, plan},
    },
    transport::{TransportResult, classify, classify_describe},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    name: String,
    operation: String,
    ids: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, String>,
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A text as it is, anything else as JSON.
    body: Value,
    request_id: Option<String>,
    instances: Vec<Expected>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    outcome: Outcome,
    /// The cloud's code, or the layer's word.
    fault: Option<String>,
    previous: Option<String>,
    state: Option<String>,
}

impl Case {
    fn batch(&self, cloud: &'static Cloud) -> Batch {
        batch_of(cloud, &self.operation, &self.ids, &self.options)
    }

    fn response(&self) -> Response {
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        Response { status: self.status, headers: headers.collect(), body: body(&self.body) }
    }

    fn is_success(&self) -> bool {
        self.instances
            .iter()
            .any(|instance| matches!(instance.outcome, Outcome::Accepted | Outcome::DryRunPassed))
    }
}

fn body(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn batch_of(
    cloud: &'static Cloud,
    operation: &str,
    ids: &[String],
    options: &BTreeMap<String, String>,
) -> Batch {
    let regions = &cloud.regions;
    let input = PlanInput {
        cloud,
        site: None,
        region: regions.known.first().map_or("", |region| region.id).to_owned(),
        operation: operation.to_owned(),
        ids: parse_ids(&ids.join("\n"), Some(cloud)).ids.into_iter().map(|id| id.id).collect(),
        options: options.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        limits: std::sync::Arc::default(),
    };
    let batch = plan(&input, None).unwrap().batches.remove(0);
    assert_eq!(batch.ids().len(), ids.len());
    batch
}

/// The cases of every cloud, each with its own file.
fn cases() -> Vec<(&'static Cloud, Vec<Case>)> {
    clouds::ALL
        .iter()
        .map(|cloud| {
            let id = cloud.id;
            let path = format!("{}/tests/data/answers/{id}.json", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).unwrap();
            let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
            assert!(cases.len() > 30, "{id}");
            (*cloud, cases)
        })
        .collect()
}

fn word(fault: &Fault) -> String {
    match fault {
        Fault::Cloud(report) => report.code.clone(),
        Fault::Layer { word, .. } => word.clone(),
    }
}

fn found(answer: &InstanceAnswer) -> Expected {
    Expected {
        outcome: answer.outcome,
        fault: answer.fault.as_deref().map(word),
        previous: answer.previous_state.clone(),
        state: answer.state.clone(),
    }
}

/// One answer for each instance, in the batch's order, with an outcome that an answer can give.
fn check_shape(batch: &Batch, answer: &BatchAnswer) {
    let ids: Vec<_> = answer.instances.iter().map(|instance| &instance.id).collect();
    assert_eq!(ids, batch.ids().iter().collect::<Vec<_>>());
    for instance in &answer.instances {
        match instance.outcome {
            Outcome::Accepted | Outcome::DryRunPassed => {
                assert!(instance.fault.is_none() && answer.request_id.is_some());
            }
            Outcome::Rejected | Outcome::Unknown | Outcome::NotSent => {
                assert!(instance.fault.is_some());
            }
            Outcome::Skipped
            | Outcome::Queued
            | Outcome::Sending
            | Outcome::InProgress
            | Outcome::Proven
            | Outcome::RunningUnproven
            | Outcome::Overdue => panic!("{:?} out of an answer", instance.outcome),
        }
        if let Some(Fault::Layer { text, .. }) = instance.fault.as_deref() {
            assert!(text.len() <= STORED_TEXT_MAX_BYTES);
        }
    }
}

fn has_success(answer: &BatchAnswer) -> bool {
    answer.instances.iter().any(|instance| {
        matches!(instance.outcome, Outcome::Accepted | Outcome::DryRunPassed | Outcome::Proven)
    })
}

#[test]
fn every_case() {
    for (cloud, cases) in cases() {
        for case in cases {
            let name = format!("{cloud:?}: {}", case.name);
            let batch = case.batch(cloud);
            let answer = clouds::decoder(cloud).decode(&batch, &case.response());
            check_shape(&batch, &answer);
            let got: Vec<Expected> = answer.instances.iter().map(found).collect();
            assert_eq!(got, case.instances, "{name}");
            assert_eq!(answer.request_id, case.request_id, "{name}");
        }
    }
}

/// What answers a look, or an operation of another cloud, answers no operation; and the other way
/// round.
#[test]
fn an_answer_is_of_its_own_call_only() {
    let all = cases();
    let looked_at = Cell::new(0);
    for (cloud, cases) in &all {
        for case in described() {
            let headers = vec![("x-acs-request-id".to_owned(), "R".to_owned())];
            let response = Response { status: case.status, headers, body: body(&case.body) };
            every_operation(|other, operation| {
                let batch = common::batch(other, operation, operation.ids_max.min(2));
                // With nothing but an id of the request there is nothing to tell by.
                let bare = has_success_shape(other, &batch, &response) && case.found.is_none();
                let answer = clouds::decoder(other).decode(&batch, &response);
                assert!(bare || !has_success(&answer), "{}", case.name);
                looked_at.set(looked_at.get() + 1);
            });
        }
        for case in cases.iter().filter(|case| case.is_success()) {
            for (other, others) in &all {
                let found = clouds::decoder(other).decode_describe(&case.response());
                assert!(matches!(found, Described::Failed(_)), "{other:?}: {}", case.name);
                if other.id == cloud.id {
                    continue;
                }
                for of_other in others {
                    let answer =
                        clouds::decoder(other).decode(&of_other.batch(other), &case.response());
                    assert!(!has_success(&answer), "{other:?}: {}", case.name);
                }
            }
        }
    }
    assert!(looked_at.get() > 100);
}

/// A name more, anywhere in a success: of what is beside it nothing is known.
#[test]
fn a_success_with_something_beside_it_is_none() {
    for (cloud, cases) in cases() {
        for case in cases.iter().filter(|case| case.is_success() && case.body.is_object()) {
            let text = body(&case.body);
            let places: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
            for at in places {
                for extra in ["\"Error\":{\"Code\":\"x\",\"Message\":\"y\"},", "\"x\":null,"] {
                    let body = format!("{}{extra}{}", &text[..at], &text[at..]);
                    assert!(serde_json::from_str::<Value>(&body).is_ok(), "{body}");
                    let response = Response { body, ..case.response() };
                    let answer = clouds::decoder(cloud).decode(&case.batch(cloud), &response);
                    assert!(!has_success(&answer), "{}: {at} {extra}", case.name);
                }
            }
        }
    }
}

#[test]
fn what_is_not_understood_keeps_its_text() {
    every_operation(|cloud, operation| {
        let batch = common::batch(cloud, operation, operation.ids_max.min(3));
        for text in ["<html>down", "what", "{\"a\":", "[1]"] {
            let response = Response { status: 502, headers: Vec::new(), body: text.to_owned() };
            let answer = clouds::decoder(cloud).decode(&batch, &response);
            check_shape(&batch, &answer);
            let Some(Fault::Layer { text: kept, .. }) = answer.instances[0].fault.as_deref() else {
                panic!("{answer:?}");
            };
            assert_eq!(kept, text);
        }
        let long = Response { status: 502, headers: Vec::new(), body: "é".repeat(100_000) };
        check_shape(&batch, &clouds::decoder(cloud).decode(&batch, &long));
    });
}

#[test]
fn errors_of_the_cloud_keep_their_words() {
    for (cloud, cases) in cases() {
        let mut seen = 0;
        for case in cases {
            let answer = clouds::decoder(cloud).decode(&case.batch(cloud), &case.response());
            for instance in answer.instances {
                let Some(Fault::Cloud(report)) = instance.fault.as_deref() else { continue };
                seen += 1;
                assert_eq!(report.status, Some(case.status));
                assert_eq!(report.request_id, case.request_id);
                let body = body(&case.body).replace("&lt;", "<").replace("&gt;", ">");
                assert!(body.contains(&report.message), "{}", case.name);
            }
        }
        assert!(seen >= 10, "{cloud:?}");
    }
}

#[test]
fn a_success_cut_anywhere_is_no_success() {
    for (cloud, cases) in cases() {
        let mut cuts = 0;
        for case in cases.iter().filter(|case| case.is_success()) {
            let batch = case.batch(cloud);
            let whole = case.response();
            for end in 0..whole.body.trim_end().len() {
                let Some(body) = whole.body.get(..end) else { continue };
                let response = Response { body: body.to_owned(), ..whole.clone() };
                let answer = clouds::decoder(cloud).decode(&batch, &response);
                check_shape(&batch, &answer);
                assert!(!has_success(&answer), "{cloud:?}: {}: {body}", case.name);
                cuts += 1;
            }
        }
        assert!(cuts > 100, "{cloud:?}");
    }
}

#[test]
fn a_success_is_believed_with_a_fitting_status_only() {
    for (cloud, cases) in cases() {
        for case in cases.iter().filter(|case| case.is_success()) {
            let batch = case.batch(cloud);
            let dry = case.instances.iter().any(|one| one.outcome == Outcome::DryRunPassed);
            for status in 0..=700 {
                let response = Response { status, ..case.response() };
                let answer = clouds::decoder(cloud).decode(&batch, &response);
                check_shape(&batch, &answer);
                let fits = if dry { 400..600 } else { 200..300 };
                assert_eq!(has_success(&answer), fits.contains(&status), "{} {status}", case.name);
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DescribeCase {
    cloud: String,
    name: String,
    status: u16,
    body: Value,
    found: Option<Vec<Seen>>,
    failed: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Seen {
    id: String,
    state: String,
    phase: Phase,
    #[serde(default)]
    name: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    address: String,
    lock: Option<String>,
    started_at: Option<String>,
    /// Name, id of the request, state.
    last_operation: Option<(String, String, LastOperationState)>,
}

fn described() -> Vec<DescribeCase> {
    serde_json::from_str(include_str!("data/answers/describe.json")).unwrap()
}

#[test]
fn every_describe_case() {
    for case in described() {
        let name = format!("{}: {}", case.cloud, case.name);
        let cloud = clouds::by_id(&case.cloud).unwrap();
        let response =
            Response { status: case.status, headers: Vec::new(), body: body(&case.body) };
        match (clouds::decoder(cloud).decode_describe(&response), case.found) {
            (Described::Found { request_id, instances }, Some(want)) => {
                assert!(request_id.is_some());
                let got: Vec<Seen> = instances
                    .into_iter()
                    .map(|one| Seen {
                        id: one.id,
                        state: one.state,
                        phase: one.phase,
                        name: one.name,
                        zone: one.zone,
                        address: one.address,
                        lock: one.lock,
                        started_at: one.started_at,
                        last_operation: one
                            .last_operation
                            .map(|last| (last.name, last.request_id, last.state)),
                    })
                    .collect();
                assert_eq!(got, want, "{name}");
            }
            (Described::Failed(fault), None) => {
                assert_eq!(Some(word(&fault)), case.failed, "{name}");
            }
            (got, _) => panic!("{name}: {got:?}"),
        }
    }
}

#[test]
fn a_describe_answer_cut_anywhere_finds_nothing() {
    for case in described().iter().filter(|case| case.found.is_some()) {
        let cloud = clouds::by_id(&case.cloud).unwrap();
        let whole = body(&case.body);
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let body = whole[..end].to_owned();
            let response = Response { status: case.status, headers: Vec::new(), body };
            let described = clouds::decoder(cloud).decode_describe(&response);
            assert!(matches!(described, Described::Failed(_)), "{}: {end}", case.name);
        }
    }
}

/// Who may be restarted or started, by the cloud's own word: `.` eligible, else the reason's word.
#[test]
fn eligibility_by_state() {
    #[rustfmt::skip]
    let table: &[(&str, &str, &str, &str, &str, &str)] = &[
        // cloud, state, lock, soft reboot, forced reboot, start
        ("alibaba", "Running", "", ".", ".", "already-running"),
        ("alibaba", "Stopped", "", "stopped", "stopped", "."),
        ("alibaba", "Starting", "", "already-starting", "already-starting", "already-starting"),
        ("alibaba", "Stopping", "", "stopping", "stopping", "stopping"),
        ("alibaba", "Pending", "", "busy", "busy", "busy"),
        ("alibaba", "Dreaming", "", "busy", "busy", "busy"),
        ("alibaba", "Running", "security", "locked", "locked", "locked"),
        ("alibaba", "Stopped", "financial", "expired", "expired", "expired"),
        ("alibaba", "Running", "Recycling", "recycled", "recycled", "recycled"),
        ("alibaba", "Running", "something", "locked", "locked", "locked"),
        ("tencent", "RUNNING", "", ".", ".", "already-running"),
        ("tencent", "STOPPED", "", "stopped", "stopped", "."),
        ("tencent", "REBOOTING", "", "already-starting", "already-starting", "already-starting"),
        ("tencent", "STARTING", "", "already-starting", "already-starting", "already-starting"),
        ("tencent", "STOPPING", "", "stopping", "stopping", "stopping"),
        ("tencent", "SHUTDOWN", "EXPIRED", "recycled", "recycled", "recycled"),
        ("tencent", "STOPPED", "EXPIRED", "expired", "expired", "expired"),
        ("tencent", "RUNNING", "PROTECTIVELY_ISOLATED", "expired", "expired", "expired"),
        ("tencent", "RUNNING", "NEW", "locked", "locked", "locked"),
        ("tencent", "BANNING", "", "locked", "locked", "locked"),
        ("tencent", "RESCUE_MODE", "", "busy", "busy", "busy"),
        ("tencent", "PENDING", "", "busy", "busy", "busy"),
        ("zenlayer", "RUNNING", "", ".", ".", "already-running"),
        ("zenlayer", "STOPPED", "", "stopped", "stopped", "."),
        ("zenlayer", "STARTING", "", "already-starting", ".", "already-starting"),
        ("zenlayer", "BOOTING", "", "already-starting", ".", "already-starting"),
        ("zenlayer", "REBOOT", "", "already-starting", ".", "already-starting"),
        ("zenlayer", "STOPPING", "", "stopping", "stopping", "stopping"),
        ("zenlayer", "RECYCLE", "", "recycled", "recycled", "recycled"),
        ("zenlayer", "RESIZING", "", "busy", "busy", "busy"),
        ("zenlayer", "NEW", "", "busy", "busy", "busy"),
    ];
    for (id, state, lock, soft, forced, start) in table {
        let cloud = clouds::by_id(id).unwrap();
        let instance = instance_in(cloud, state, lock);
        for (operation, is_forced, want) in [
            ("RebootInstances", false, soft),
            ("RebootInstances", true, forced),
            ("StartInstances", false, start),
        ] {
            let found = cloud.operation(operation).unwrap();
            let mode = found.modes.iter().find(|mode| mode.force == is_forced).unwrap();
            let options =
                mode.options.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            let ids = [cloud.ids.example.to_owned()];
            let batch = batch_of(cloud, operation, &ids, &options.collect());
            assert_eq!(batch.spec().is_forced(), is_forced);
            let got = match clouds::decoder(cloud).eligibility(batch.spec(), &instance) {
                Eligibility::Eligible => ".",
                Eligibility::Skipped(reason) => reason.word(),
            };
            assert_eq!(got, *want, "{id} {state} {lock} {operation} forced: {is_forced}");
        }
    }
}

/// An instance as the cloud's own decoder makes it: the state goes through a describe answer.
fn instance_in(cloud: &'static Cloud, state: &str, lock: &str) -> DescribedInstance {
    let body = match cloud.id {
        "alibaba" => json!({ "RequestId": "R", "Instances": { "Instance": [
            { "InstanceId": "i", "Status": state, "OperationLocks": { "LockReason": lock } }
        ] } }),
        "tencent" => json!({ "Response": { "RequestId": "R", "InstanceSet": [
            { "InstanceId": "i", "InstanceState": state, "RestrictState": if lock.is_empty() { "NORMAL" } else { lock } }
        ] } }),
        "zenlayer" => {
            json!({ "requestId": "R", "response": {
                "requestId": "R", "dataSet": [{ "instanceId": "i", "status": state }],
            } })
        }
        other => panic!("{other} has no describe answer here"),
    };
    let response = Response { status: 200, headers: Vec::new(), body: body.to_string() };
    match clouds::decoder(cloud).decode_describe(&response) {
        Described::Found { mut instances, .. } => instances.remove(0),
        Described::Failed(fault) => panic!("{fault:?}"),
    }
}

#[test]
fn a_state_that_is_not_known_is_never_eligible() {
    every_operation(|cloud, operation| {
        let batch = common::batch(cloud, operation, 1);
        let instance = DescribedInstance::default();
        let skipped = Eligibility::Skipped(SkipReason::Busy);
        assert_eq!(clouds::decoder(cloud).eligibility(batch.spec(), &instance), skipped);
    });
}

/// A success of each cloud with the header that the proxy puts on it, or another.
fn delivered(proxy_status: Option<&str>) -> Vec<(Batch, TransportResult)> {
    cases()
        .into_iter()
        .map(|(cloud, cases)| {
            let case = cases.into_iter().find(Case::is_success).unwrap();
            let mut response = case.response();
            if let Some(value) = proxy_status {
                response.headers.push(("proxy-status".to_owned(), value.to_owned()));
            }
            (case.batch(cloud), TransportResult::Answered(response))
        })
        .collect()
}

#[track_caller]
fn check_classified(
    proxy_status: Option<&str>,
    through_proxy: bool,
    want: Outcome,
    fault: Option<&str>,
) {
    check_classified_with(200, proxy_status, through_proxy, want, fault);
}

#[track_caller]
fn check_classified_with(
    status: u16,
    proxy_status: Option<&str>,
    through_proxy: bool,
    want: Outcome,
    fault: Option<&str>,
) {
    for (batch, mut result) in delivered(proxy_status) {
        if let TransportResult::Answered(response) = &mut result {
            response.status = status;
        }
        let answer = classify(&batch, &result, through_proxy);
        check_shape(&batch, &answer);
        for instance in &answer.instances {
            assert_eq!(instance.outcome, want, "{proxy_status:?}");
            assert_eq!(instance.fault.as_deref().map(word).as_deref(), fault);
        }
        let described = classify_describe(batch.spec().target().cloud, &result, through_proxy);
        assert!(matches!(described, Described::Failed(_)), "no describe answer");
    }
}

#[test]
fn a_proxy_must_vouch_for_a_success() {
    check_classified(Some("relight-proxy; received-status=200"), true, Outcome::Accepted, None);
    for header in [
        "another; received-status=200",
        "relight-proxy; received-status=200, cdn",
        "relight-proxy; received-status=200, another; error=connection_refused",
        "relight-proxy; error=connection_refused, another; received-status=200",
    ] {
        check_classified(Some(header), true, Outcome::Unknown, Some("another-proxy"));
    }
    check_classified(None, true, Outcome::Unknown, Some("no-proxy-status"));
    check_classified(Some("relight-proxy"), true, Outcome::Unknown, Some("no-proxy-status"));
    check_classified(
        Some("relight-proxy; received-status=502"),
        true,
        Outcome::Unknown,
        Some("not-understood"),
    );
    check_classified(None, false, Outcome::Accepted, None);
}

/// A refusal in the cloud's own shape is believed without a word of our proxy, and not against one that
/// cannot be read: it may have said that a first copy went through.
#[test]
fn a_refusal_beside_an_unreadable_word_is_unknown() {
    let cloud = clouds::by_id("tencent").unwrap();
    let ids = [cloud.ids.example.to_owned()];
    let batch = batch_of(cloud, "RebootInstances", &ids, &BTreeMap::new());
    let body = r#"{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"No."},"RequestId":"r"}}"#;
    for (header, want) in [
        (None, Outcome::Rejected),
        (Some("relight-proxy; received-status=403"), Outcome::Rejected),
        (Some("relight-proxy; received-status=403, "), Outcome::Unknown),
        (Some("relight-proxy; error=\"open"), Outcome::Unknown),
        (Some("\u{ff52}elight-proxy; received-status=403"), Outcome::Unknown),
    ] {
        let headers =
            header.map(|value| ("proxy-status".to_owned(), value.to_owned())).into_iter().collect();
        let response = Response { status: 403, headers, body: body.to_owned() };
        let answer = classify(&batch, &TransportResult::Answered(response), true);
        assert_eq!(answer.instances[0].outcome, want, "{header:?}");
    }
}

/// JSON has four blanks of its own (RFC 8259), and an answer that begins or ends with any other
/// character is none.
#[test]
fn an_answer_has_no_other_blanks_than_those_of_json() {
    let proxy_status = Some("relight-proxy; received-status=200");
    for (blank, want) in [
        (" \t\r\n", Outcome::Accepted),
        ("\u{a0}", Outcome::Unknown),
        ("\u{b}", Outcome::Unknown),
        ("\u{c}", Outcome::Unknown),
        ("\u{85}", Outcome::Unknown),
        ("\u{2028}", Outcome::Unknown),
        ("\u{3000}", Outcome::Unknown),
        ("\u{feff}", Outcome::Unknown),
    ] {
        for (batch, result) in delivered(proxy_status) {
            let TransportResult::Answered(response) = result else { continue };
            for body in [format!("{blank}{}", response.body), format!("{}{blank}", response.body)] {
                let result = TransportResult::Answered(Response { body, ..response.clone() });
                let answer = classify(&batch, &result, true);
                assert!(answer.instances.iter().all(|one| one.outcome == want), "{blank:?}");
            }
        }
    }
}

#[test]
fn only_typed_errors_prove_that_nothing_was_sent() {
    for word in [
        "dns_timeout",
        "dns_error",
        "destination_not_found",
        "destination_unavailable",
        "destination_ip_prohibited",
        "destination_ip_unroutable",
        "connection_refused",
        "connection_timeout",
        "connection_limit_reached",
        "tls_protocol_error",
        "tls_certificate_error",
        "tls_alert_received",
        "http_request_denied",
        "http_request_error",
        "proxy_configuration_error",
    ] {
        let header = format!("relight-proxy; error={word}");
        check_classified_with(502, Some(&header), true, Outcome::NotSent, Some(word));
        // With the head of a success it contradicts itself.
        check_classified(Some(&header), true, Outcome::Unknown, Some("not-understood"));
    }
    for word in [
        "connection_terminated",
        "connection_read_timeout",
        "connection_write_timeout",
        "http_response_incomplete",
        "http_response_timeout",
        "http_protocol_error",
        "proxy_internal_error",
        "proxy_internal_response",
        "proxy_loop_detected",
        "invented",
    ] {
        let header = format!("relight-proxy; error={word}");
        check_classified(Some(&header), true, Outcome::Unknown, Some(word));
    }
}

#[test]
fn what_the_transport_reports_is_what_is_known() {
    for (batch, _) in delivered(None) {
        for through_proxy in [true, false] {
            for (result, want) in [
                (TransportResult::NotSent { word: "offline".to_owned() }, Outcome::NotSent),
                (TransportResult::Lost { word: "deadline".to_owned() }, Outcome::Unknown),
            ] {
                let answer = classify(&batch, &result, through_proxy);
                check_shape(&batch, &answer);
                assert!(answer.instances.iter().all(|instance| instance.outcome == want));
                let described =
                    classify_describe(batch.spec().target().cloud, &result, through_proxy);
                assert!(matches!(described, Described::Failed(_)));
            }
        }
    }
}

#[test]
fn a_refusal_in_the_clouds_shape_stays_one_without_the_proxys_mark() {
    for (cloud, cases) in cases() {
        let refused = |case: &&Case| {
            case.instances.iter().all(|instance| instance.outcome == Outcome::Rejected)
        };
        let case = cases.iter().find(refused).unwrap();
        let batch = case.batch(cloud);
        let answer = classify(&batch, &TransportResult::Answered(case.response()), true);
        assert!(answer.instances.iter().all(|one| one.outcome == Outcome::Rejected), "{cloud:?}");
    }
}

/// What is sent again by itself must be the cloud's own word: a gateway that throttles may have let a
/// copy pass.
#[test]
fn only_the_proxys_mark_makes_a_request_go_out_again() {
    let mut seen = BTreeMap::new();
    for (cloud, cases) in cases() {
        for case in &cases {
            let batch = case.batch(cloud);
            let found = clouds::decoder(cloud).decode(&batch, &case.response());
            let rejected = |answer: &BatchAnswer| answer.instances[0].outcome == Outcome::Rejected;
            let Some(Fault::Cloud(report)) = found.instances[0].fault.as_deref() else { continue };
            let name = batch.spec().operation().name;
            let effect = clouds::effect(clouds::catalogue(cloud).errors, report, Some(name));
            let resent = matches!(effect, Effect::Throttled | Effect::ClockSkew);
            if !rejected(&found) || !resent {
                continue;
            }
            *seen.entry((cloud.id, format!("{effect:?}"))).or_insert(0) += 1;
            let settled = |header: Option<&str>, through_proxy| {
                let mut response = case.response();
                let value = header.map(|header| header.replace("{}", &case.status.to_string()));
                response.headers.extend(value.map(|value| ("proxy-status".to_owned(), value)));
                classify(&batch, &TransportResult::Answered(response), through_proxy)
            };
            assert!(rejected(&settled(Some("relight-proxy; received-status={}"), true)));
            assert!(rejected(&settled(None, false)), "TLS to the cloud itself");
            for header in [
                None,
                Some("relight-proxy"),
                Some("another; received-status={}"),
                Some("relight-proxy; received-status={}, another; received-status={}"),
                Some("relight-proxy; received-status=599"),
                Some("not a list"),
            ] {
                let answer = settled(header, true);
                check_shape(&batch, &answer);
                let is_unknown = answer.instances.iter().all(|one| one.outcome == Outcome::Unknown);
                assert!(is_unknown, "{}: {header:?}", case.name);
            }
        }
    }
    assert!(seen.len() >= 4, "{seen:?}");
}

#[test]
fn a_describe_answer_needs_the_proxys_mark_too() {
    for case in described().iter().filter(|case| case.found.is_some()) {
        let cloud = clouds::by_id(&case.cloud).unwrap();
        let mut response =
            Response { status: case.status, headers: Vec::new(), body: body(&case.body) };
        let bare = TransportResult::Answered(response.clone());
        assert!(matches!(classify_describe(cloud, &bare, false), Described::Found { .. }));
        assert!(matches!(classify_describe(cloud, &bare, true), Described::Failed(_)));
        let header = format!("relight-proxy; received-status={}", case.status);
        response.headers.push(("proxy-status".to_owned(), header));
        let marked = TransportResult::Answered(response);
        assert!(matches!(classify_describe(cloud, &marked, true), Described::Found { .. }));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "RequestId",
        "requestId",
        "Response",
        "response",
        "Error",
        "Code",
        "code",
        "Message",
        "message",
        "InstanceResponses",
        "InstanceResponse",
        "InstanceId",
        "instanceIds",
        "InstanceSet",
        "Instances",
        "Instance",
        "Status",
        "dataSet",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        prop::sample::select(vec!["200", "success", "R", ""]).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_response(body: impl Strategy<Value = String>) -> impl Strategy<Value = Response> {
    let status = prop_oneof![4 => Just(200), 1 => 100_u16..600, 1 => any::<u16>()];
    let header = ("(x-acs-request-id|proxy-status|date|age|retry-after)", "\\PC{0,40}");
    (status, prop::collection::vec(header, 0..3), body)
        .prop_map(|(status, headers, body)| Response { status, headers, body })
}

/// No text without the cloud's success shape gets through; what that shape has, by cloud, and that it
/// has nothing else, is looked for by hand here.
fn has_success_shape(cloud: &Cloud, batch: &Batch, response: &Response) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(&response.body) else { return false };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let has = |value: &Value, names: &[&str]| {
        value.as_object().is_some_and(|object| object.keys().all(|key| names.contains(&&**key)))
    };
    match cloud.id {
        "alibaba" if batch.spec().operation().ids_max == 1 => {
            is_text(&value["RequestId"]) && has(&value, &["RequestId"])
        }
        "alibaba" => {
            let responses = &value["InstanceResponses"];
            is_text(&value["RequestId"])
                && has(&value, &["RequestId", "InstanceResponses"])
                && has(responses, &["InstanceResponse"])
        }
        "tencent" => {
            let inner = &value["Response"];
            is_text(&inner["RequestId"]) && has(&value, &["Response"]) && has(inner, &["RequestId"])
        }
        "zenlayer" => {
            let inner = &value["response"];
            is_text(&value["requestId"])
                && inner["requestId"] == value["requestId"]
                && has(&value, &["requestId", "response"])
                && has(inner, &["requestId", "instanceIds"])
        }
        other => panic!("{other} has no success shape here"),
    }
}

fn check_arbitrary(response: &Response) {
    every_operation(|cloud, operation| {
        let batch = common::batch(cloud, operation, operation.ids_max.min(2));
        let answer = clouds::decoder(cloud).decode(&batch, response);
        check_shape(&batch, &answer);
        if has_success(&answer) {
            assert!(has_success_shape(cloud, &batch, response), "{cloud:?}: {response:?}");
            assert!((200..300).contains(&response.status));
        }
        for through_proxy in [true, false] {
            let answer =
                classify(&batch, &TransportResult::Answered(response.clone()), through_proxy);
            check_shape(&batch, &answer);
        }
    });
    every_cloud(|cloud| {
        if let Described::Found { request_id, .. } =
            clouds::decoder(cloud).decode_describe(response)
        {
            assert!(request_id.is_some_and(|id| !id.is_empty()));
        }
    });
    let _ = relight_core::transport::retry_after_ms(response);
    let _ = relight_core::transport::server_unix_seconds(response);
}

/// Replaces, removes, inserts or doubles a piece of a real success.
fn mutate(body: &str, at: usize, length: usize, insert: &str, double: bool) -> String {
    let at = body.floor_char_boundary(at % (body.len() + 1));
    let end = body.floor_char_boundary((at + length).min(body.len())).max(at);
    let middle = if double { body[at..end].repeat(2) } else { insert.to_owned() };
    format!("{}{middle}{}", &body[..at], &body[end..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_bytes_end_as_one_outcome_each(bytes in prop::collection::vec(any::<u8>(), 0..200), status in any::<u16>()) {
        let body = String::from_utf8_lossy(&bytes).into_owned();
        check_arbitrary(&Response { status, headers: Vec::new(), body });
    }

    #[test]
    fn any_text_ends_as_one_outcome_each(
        response in any_response("(\\PC|[\\x00-\\x1f]|[<>{}\"/&;:,\\[\\]]|RequestId|Code|200){0,60}"),
    ) {
        check_arbitrary(&response);
    }

    #[test]
    fn any_json_ends_as_one_outcome_each(response in any_response(any_json().prop_map(|value| value.to_string()))) {
        check_arbitrary(&response);
    }

    #[test]
    fn a_changed_success_is_never_more_than_it_was(
        pick in any::<prop::sample::Index>(),
        at in any::<usize>(),
        length in 0_usize..40,
        insert in "[0-9a-zA-Z\",:{}\\[\\]<>/ ]{0,4}",
        double in any::<bool>(),
    ) {
        for (cloud, cases) in cases() {
            let successes: Vec<&Case> = cases.iter().filter(|case| case.is_success()).collect();
            let case = pick.get(&successes);
            let batch = case.batch(cloud);
            let whole = case.response();
            let body = mutate(&whole.body, at, length, &insert, double);
            let is_json = serde_json::from_str::<Value>(&body).is_ok();
            let is_xml = body.trim_start().starts_with('<');
            let response = Response { body: body.clone(), ..whole };
            let answer = clouds::decoder(cloud).decode(&batch, &response);
            check_shape(&batch, &answer);
            prop_assert!(!has_success(&answer) || is_json || is_xml, "{body}");
            if is_json && has_success(&answer) && (200..300).contains(&response.status) {
                prop_assert!(has_success_shape(cloud, &batch, &response), "{body}");
            }
        }
    }
}
