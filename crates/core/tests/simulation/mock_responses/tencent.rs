//! All instances are taken or none; errors come with status 200.

use super::{MockCloud, ServiceError};
use crate::model::{Instance, Power, Verdict};
use relight_core::model::cloud::Verb;
use serde_json::{Value, json};

pub(super) struct Tencent;

impl MockCloud for Tencent {
    fn id(&self) -> &'static str {
        "tencent"
    }

    fn is_atomic(&self) -> bool {
        true
    }

    fn verdict(&self, _: Verb, verdict: &Verdict) -> (u16, Value) {
        let request = &verdict.request;
        let refused = verdict.instances.iter().find_map(|(id, problem)| Some((id, (*problem)?)));
        let body = match refused {
            Some((id, state)) => {
                let code = match state {
                    "Running" => "UnsupportedOperation.InstanceStateRunning",
                    "Stopped" => "UnsupportedOperation.InstanceStateStopped",
                    _ => "UnsupportedOperation.InstanceStateRebooting",
                };
                self.error(request, code, &format!("The instance {id} cannot do this."))
            }
            None => json!({ "Response": { "RequestId": request } }),
        };
        (200, body)
    }

    fn description(&self, request: &str, instances: &[&Instance]) -> Value {
        let list: Vec<Value> = instances
            .iter()
            .map(|one| {
                let (state, operation_state) = match one.power {
                    Power::Running => ("RUNNING", "SUCCESS"),
                    Power::Stopped => ("STOPPED", "SUCCESS"),
                    Power::Moving { .. } => ("REBOOTING", "OPERATING"),
                };
                let last = one.last_request.as_str();
                let operation = if last.starts_with("other") {
                    "StopInstances"
                } else {
                    last.split(':').next().unwrap_or_default()
                };
                json!({
                    "InstanceId": one.id, "InstanceName": "n", "Placement": { "Zone": "z" },
                    "InstanceState": state, "LatestOperation": operation,
                    "LatestOperationRequestId": last.split(':').next_back().unwrap_or_default(),
                    "LatestOperationState": operation_state,
                })
            })
            .collect();
        json!({ "Response": {
            "TotalCount": list.len(), "InstanceSet": list, "RequestId": request,
        }})
    }

    fn service_error(&self, error: ServiceError) -> (u16, &'static str, &'static str) {
        match error {
            ServiceError::Throttled => (
                200,
                "RequestLimitExceeded",
                "Your current request times equals to `11` in a second, which exceeds the frequency limit `10` for a second. Please reduce the frequency of calls.",
            ),
            ServiceError::ClockSkew => (
                200,
                "AuthFailure.SignatureExpire",
                "The provided credentials could not be validated because of too far request time.",
            ),
            ServiceError::Internal | ServiceError::SecondCopy => {
                (200, "InternalServerError", "Internal error.")
            }
        }
    }

    fn error(&self, request: &str, code: &str, message: &str) -> Value {
        json!({ "Response": {
            "Error": { "Code": code, "Message": message }, "RequestId": request,
        }})
    }
}
