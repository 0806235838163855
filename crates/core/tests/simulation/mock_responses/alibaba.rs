//! Each instance has an answer of its own, unless all are refused together.

use super::{MockCloud, ServiceError};
use crate::model::{Instance, Power, Verdict};
use relight_core::model::cloud::Verb;
use serde_json::{Value, json};

pub(super) struct Alibaba;

const STATUS: &str = "IncorrectInstanceStatus";
const NOT_SUPPORTED: &str = "The current status of the resource does not support this operation.";

impl MockCloud for Alibaba {
    fn id(&self) -> &'static str {
        "alibaba"
    }

    fn verdict(&self, verb: Verb, verdict: &Verdict) -> (u16, Value) {
        let request = &verdict.request;
        if verdict.refused_as_a_whole {
            let body = json!({
                "RequestId": request, "HostId": "ecs.aliyuncs.com", "Code": STATUS,
                "Message": NOT_SUPPORTED,
            });
            return (403, body);
        }
        let before = match verb {
            Verb::Reboot => "Running",
            Verb::Start => "Stopped",
        };
        let entries: Vec<Value> = verdict
            .instances
            .iter()
            .map(|(id, problem)| match problem {
                None => json!({
                    "InstanceId": id, "Code": "200", "Message": "success",
                    "PreviousStatus": before, "CurrentStatus": "Starting",
                }),
                Some(state) => json!({
                    "InstanceId": id, "Code": STATUS, "Message": NOT_SUPPORTED,
                    "PreviousStatus": state, "CurrentStatus": state,
                }),
            })
            .collect();
        let body = json!({
            "RequestId": request, "InstanceResponses": { "InstanceResponse": entries },
        });
        (200, body)
    }

    fn description(&self, request: &str, instances: &[&Instance]) -> Value {
        let list: Vec<Value> = instances
            .iter()
            .map(|one| {
                let (hour, minute) =
                    (one.started_at / 3_600_000 % 24, one.started_at / 60_000 % 60);
                let status = match one.power {
                    Power::Running => "Running",
                    Power::Stopped => "Stopped",
                    Power::Moving { .. } => "Starting",
                };
                json!({
                    "InstanceId": one.id, "InstanceName": "n", "ZoneId": "z", "Status": status,
                    "StartTime": format!("2024-05-01T{hour:02}:{minute:02}Z"),
                })
            })
            .collect();
        json!({ "RequestId": request, "TotalCount": list.len(), "Instances": { "Instance": list } })
    }

    fn service_error(&self, error: ServiceError) -> (u16, &'static str, &'static str) {
        match error {
            ServiceError::Throttled => {
                (400, "Throttling.User", "Request was denied due to user flow control.")
            }
            ServiceError::ClockSkew => {
                (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
            }
            ServiceError::Internal => (
                500,
                "InternalError",
                "The request processing has failed due to some unknown error.",
            ),
            ServiceError::SecondCopy => {
                (400, "SignatureNonceUsed", "Specified signature nonce was used already.")
            }
        }
    }

    fn error(&self, request: &str, code: &str, message: &str) -> Value {
        json!({ "RequestId": request, "HostId": "h", "Code": code, "Message": message })
    }
}
