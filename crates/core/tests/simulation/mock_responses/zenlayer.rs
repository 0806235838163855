//! A success lists those that failed.

use super::{MockCloud, ServiceError};
use crate::model::{Instance, Power, Verdict};
use relight_core::model::cloud::Verb;
use serde_json::{Value, json};

pub(super) struct Zenlayer;

impl MockCloud for Zenlayer {
    fn id(&self) -> &'static str {
        "zenlayer"
    }

    fn verdict(&self, _: Verb, verdict: &Verdict) -> (u16, Value) {
        let request = &verdict.request;
        if verdict.refused_as_a_whole {
            let message = "Operations on the instances in current state are not supported.";
            return (403, self.error(request, "OPERATION_DENIED_INSTANCE_STATUS", message));
        }
        let refused = verdict.instances.iter().filter(|(_, problem)| problem.is_some());
        let failed: Vec<&str> = refused.map(|(id, _)| id.as_str()).collect();
        let body = json!({
            "requestId": request,
            "response": { "requestId": request, "instanceIds": failed },
        });
        (200, body)
    }

    fn description(&self, request: &str, instances: &[&Instance]) -> Value {
        let list: Vec<Value> = instances
            .iter()
            .map(|one| {
                let status = match one.power {
                    Power::Running => "RUNNING",
                    Power::Stopped => "STOPPED",
                    Power::Moving { .. } => "REBOOT",
                };
                json!({
                    "instanceId": one.id, "instanceName": "n", "zoneId": "z", "status": status,
                })
            })
            .collect();
        json!({
            "requestId": request,
            "response": { "requestId": request, "totalCount": list.len(), "dataSet": list },
        })
    }

    fn service_error(&self, error: ServiceError) -> (u16, &'static str, &'static str) {
        match error {
            ServiceError::Throttled => (429, "REQUEST_LIMIT_EXCEEDED", "Too many requests."),
            ServiceError::ClockSkew => {
                (401, "AUTHFAILURE_SIGNATURE_EXPIRED", "The signature has expired.")
            }
            ServiceError::Internal | ServiceError::SecondCopy => {
                (500, "INTERNAL_SERVER_ERROR", "Internal error.")
            }
        }
    }

    fn error(&self, request: &str, code: &str, message: &str) -> Value {
        json!({ "requestId": request, "code": code, "message": message })
    }
}
