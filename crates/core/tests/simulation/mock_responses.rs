//! How each cloud words what the model did: bodies in the clouds' own shapes, so that the real
//! decoders are part of every schedule.

use crate::model::{Instance, Power, Verdict};
use relight_core::model::{cloud::Verb, outcome::Response};
use serde_json::{Value, json};

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
    let request = &verdict.request;
    let refused: Vec<&(String, Option<&str>)> =
        verdict.instances.iter().filter(|(_, problem)| problem.is_some()).collect();
    match cloud {
        "alibaba" if verdict.refused_as_a_whole => answer(
            403,
            cloud_seconds,
            &json!({
                "RequestId": request, "HostId": "ecs.aliyuncs.com", "Code": "IncorrectInstanceStatus",
                "Message": "The current status of the resource does not support this operation.",
            }),
        ),
        "alibaba" => {
            let entries: Vec<Value> = verdict
                .instances
                .iter()
                .map(|(id, problem)| match problem {
                    None => json!({
                        "InstanceId": id, "Code": "200", "Message": "success",
                        "PreviousStatus": if verb == Verb::Reboot { "Running" } else { "Stopped" },
                        "CurrentStatus": "Starting",
                    }),
                    Some(state) => json!({
                        "InstanceId": id, "Code": "IncorrectInstanceStatus",
                        "Message": "The current status of the resource does not support this operation.",
                        "PreviousStatus": state, "CurrentStatus": state,
                    }),
                })
                .collect();
            answer(
                200,
                cloud_seconds,
                &json!({
                    "RequestId": request, "InstanceResponses": { "InstanceResponse": entries },
                }),
            )
        }
        "tencent" => match refused.first() {
            Some((id, Some(state))) => {
                let word = match *state {
                    "Running" => "UnsupportedOperation.InstanceStateRunning",
                    "Stopped" => "UnsupportedOperation.InstanceStateStopped",
                    _ => "UnsupportedOperation.InstanceStateRebooting",
                };
                answer(
                    200,
                    cloud_seconds,
                    &json!({ "Response": {
                        "Error": { "Code": word, "Message": format!("The instance {id} cannot do this.") },
                        "RequestId": request,
                    }}),
                )
            }
            _ => answer(200, cloud_seconds, &json!({ "Response": { "RequestId": request } })),
        },
        "zenlayer" if verdict.refused_as_a_whole => answer(
            403,
            cloud_seconds,
            &json!({
                "requestId": request, "code": "OPERATION_DENIED_INSTANCE_STATUS",
                "message": "Operations on the instances in current state are not supported.",
            }),
        ),
        "zenlayer" => {
            let failed: Vec<&str> = refused.iter().map(|(id, _)| id.as_str()).collect();
            answer(
                200,
                cloud_seconds,
                &json!({
                    "requestId": request,
                    "response": { "requestId": request, "instanceIds": failed },
                }),
            )
        }
        other => panic!("the model does not speak for {other}"),
    }
}

/// The answer to a describe call.
pub(crate) fn description(cloud: &str, instances: &[&Instance], cloud_seconds: u64) -> Response {
    let request = "00000000-0000-0000-0000-00000000beef";
    match cloud {
        "alibaba" => {
            let list: Vec<Value> = instances
                .iter()
                .map(|one| json!({
                    "InstanceId": one.id, "InstanceName": "n", "ZoneId": "z",
                    "StartTime": format!("2024-05-01T{:02}:{:02}Z", one.started_at / 3_600_000 % 24, one.started_at / 60_000 % 60),
                    "Status": match one.power {
                        Power::Running => "Running", Power::Stopped => "Stopped", Power::Moving { .. } => "Starting",
                    },
                }))
                .collect();
            answer(
                200,
                cloud_seconds,
                &json!({
                    "RequestId": request, "TotalCount": list.len(), "Instances": { "Instance": list },
                }),
            )
        }
        "tencent" => {
            let list: Vec<Value> = instances
                .iter()
                .map(|one| json!({
                    "InstanceId": one.id, "InstanceName": "n", "Placement": { "Zone": "z" },
                    "InstanceState": match one.power {
                        Power::Running => "RUNNING", Power::Stopped => "STOPPED", Power::Moving { .. } => "REBOOTING",
                    },
                    "LatestOperation": if one.last_request.starts_with("other") { "StopInstances" } else { one.last_request.split(':').next().unwrap_or_default() },
                    "LatestOperationRequestId": one.last_request.split(':').next_back().unwrap_or_default(),
                    "LatestOperationState": match one.power {
                        Power::Moving { .. } => "OPERATING",
                        Power::Running | Power::Stopped => "SUCCESS",
                    },
                }))
                .collect();
            answer(
                200,
                cloud_seconds,
                &json!({ "Response": {
                    "TotalCount": list.len(), "InstanceSet": list, "RequestId": request,
                }}),
            )
        }
        "zenlayer" => {
            let list: Vec<Value> = instances
                .iter()
                .map(|one| json!({
                    "instanceId": one.id, "instanceName": "n", "zoneId": "z",
                    "status": match one.power {
                        Power::Running => "RUNNING", Power::Stopped => "STOPPED", Power::Moving { .. } => "REBOOT",
                    },
                }))
                .collect();
            answer(
                200,
                cloud_seconds,
                &json!({
                    "requestId": request,
                    "response": { "requestId": request, "totalCount": list.len(), "dataSet": list },
                }),
            )
        }
        other => panic!("the model does not speak for {other}"),
    }
}

/// An error that is not about an instance.
pub(crate) fn service_error(
    cloud: &str,
    service_error: ServiceError,
    request: &str,
    cloud_seconds: u64,
) -> Response {
    let (status, code, message) = match (cloud, service_error) {
        ("alibaba", ServiceError::Throttled) => {
            (400, "Throttling.User", "Request was denied due to user flow control.")
        }
        ("alibaba", ServiceError::ClockSkew) => {
            (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        }
        ("alibaba", ServiceError::Internal) => {
            (500, "InternalError", "The request processing has failed due to some unknown error.")
        }
        ("alibaba", ServiceError::SecondCopy) => {
            (400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        }
        ("tencent", ServiceError::Throttled) => (
            200,
            "RequestLimitExceeded",
            "Your current request times equals to `11` in a second, which exceeds the frequency limit `10` for a second. Please reduce the frequency of calls.",
        ),
        ("tencent", ServiceError::ClockSkew) => (
            200,
            "AuthFailure.SignatureExpire",
            "The provided credentials could not be validated because of too far request time.",
        ),
        ("tencent", _) => (200, "InternalServerError", "Internal error."),
        ("zenlayer", ServiceError::Throttled) => {
            (429, "REQUEST_LIMIT_EXCEEDED", "Too many requests.")
        }
        ("zenlayer", ServiceError::ClockSkew) => {
            (401, "AUTHFAILURE_SIGNATURE_EXPIRED", "The signature has expired.")
        }
        ("zenlayer", _) => (500, "INTERNAL_SERVER_ERROR", "Internal error."),
        (other, _) => panic!("the model does not speak for {other}"),
    };
    let body = match cloud {
        "alibaba" => {
            json!({ "RequestId": request, "HostId": "h", "Code": code, "Message": message })
        }
        "tencent" => {
            json!({ "Response": { "Error": { "Code": code, "Message": message }, "RequestId": request } })
        }
        _ => json!({ "requestId": request, "code": code, "message": message }),
    };
    answer(status, cloud_seconds, &body)
}
