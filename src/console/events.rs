//! The events of the element.

use crate::element;
use gloo_timers::future::TimeoutFuture;
use relight_core::{
    model::{
        instance_id::InstanceId,
        plan::{OperationSpec, Plan},
    },
    run::{Row, Run, export},
    text::visible::visible,
};
use serde::Serialize;
use std::{borrow::Cow, sync::Arc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// Reports each instance whose outcome has changed.
pub(super) fn announce(host: &HtmlElement, before: &Run, after: &Run) {
    for (old, new) in before.rows().iter().zip(after.rows()) {
        if !Arc::ptr_eq(old, new) && old.outcome != new.outcome {
            element::fire(host, "relight-outcome", &to_js(&OutcomeEvent::new(new)), false);
        }
    }
}

/// Reports that a run is finished, with its export.
pub(super) fn announce_end(host: &HtmlElement, run: &Run) {
    // After rendering, and in two tasks: for a large run it is megabytes.
    let (host, run) = (host.clone(), run.clone());
    spawn_local(async move {
        TimeoutFuture::new(0).await;
        let text = export::json(&run);
        TimeoutFuture::new(0).await;
        let detail = js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL);
        element::fire(&host, "relight-run-finished", &detail, false);
    });
}

/// What is about to be sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BeforeSend<'spec> {
    cloud: &'static str,
    region: &'spec str,
    operation: &'static str,
    instance_ids: Vec<&'spec str>,
    calls: usize,
    dry_run: bool,
    forced: bool,
    /// Whether the proxy is proven to refuse the second copy of a request.
    once_proven: bool,
}

impl<'spec> BeforeSend<'spec> {
    /// Of a plan.
    pub(super) fn of(plan: &'spec Plan) -> Self {
        let ids = plan.ids().map(InstanceId::as_str).collect();
        BeforeSend::new(&plan.spec, ids, plan.batches.len())
    }

    /// Of an approval, limited to these instances.
    pub(super) fn new(
        spec: &'spec OperationSpec,
        instance_ids: Vec<&'spec str>,
        calls: usize,
    ) -> Self {
        BeforeSend {
            cloud: spec.target().cloud.id,
            region: &spec.target().region,
            operation: spec.operation().name,
            instance_ids,
            calls,
            dry_run: spec.is_dry_run(),
            forced: spec.is_forced(),
            once_proven: spec.limits().once_proven,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeEvent<'row> {
    instance_id: &'row str,
    outcome: &'static str,
    state: Option<Cow<'row, str>>,
}

impl<'row> OutcomeEvent<'row> {
    fn new(row: &'row Row) -> Self {
        OutcomeEvent {
            instance_id: row.id.as_str(),
            outcome: row.outcome.word(),
            state: row.state.as_deref().map(visible),
        }
    }
}

#[derive(Serialize)]
struct ErrorEvent<'a> {
    kind: &'static str,
    message: &'a str,
}

/// Reports an error to the host page.
pub(super) fn report(host: &HtmlElement, kind: &'static str, message: &str) {
    element::fire(host, "relight-error", &to_js(&ErrorEvent { kind, message }), false);
}

/// A value as the detail of an event.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    // As one JSON text: ten thousand ids would be as many calls across the module boundary.
    let text = serde_json::to_string(value).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}
