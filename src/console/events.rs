//! What the page around the console hears of it: the events of the element.

use super::{Console, owed::hand_in};
use crate::{element, records};
use gloo_timers::future::TimeoutFuture;
use relight_core::{
    export,
    ids::InstanceId,
    plan::Plan,
    run::{Row, Run, Stage},
};
use serde::Serialize;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::Context;

impl Console {
    /// Fires events for what has changed.
    pub(super) fn announce(&mut self, ctx: &Context<Self>, before: &Run, after: &Run) {
        let host = &ctx.props().host;
        for (old, new) in before.rows().iter().zip(after.rows()) {
            if !Arc::ptr_eq(old, new) && old.outcome != new.outcome {
                element::fire(host, "relight-outcome", &to_js(&OutcomeEvent::new(new)), false);
            }
        }
        if before.stage() != Stage::Finished && after.stage() == Stage::Finished {
            // After what has changed is on the screen: of a large run it is megabytes.
            let (host, run) = (host.clone(), after.clone());
            spawn_local(async move {
                TimeoutFuture::new(0).await;
                let detail = js_sys::JSON::parse(&export::json(&run)).unwrap_or(JsValue::NULL);
                element::fire(&host, "relight-run-finished", &detail, false);
            });
            if let Some(records) = &self.config.settings.records {
                records::owe(&after.about().id);
                hand_in(ctx, records, after);
            }
            self.second = None;
            self.release_claims();
        }
    }

    pub(super) fn report(ctx: &Context<Self>, kind: &'static str, message: &str) {
        let detail = to_js(&ErrorEvent { kind, message });
        element::fire(&ctx.props().host, "relight-error", &detail, false);
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BeforeSend<'plan> {
    pub(super) cloud: &'static str,
    pub(super) region: &'plan str,
    pub(super) operation: &'static str,
    pub(super) instance_ids: Vec<&'plan str>,
    pub(super) calls: usize,
    pub(super) dry_run: bool,
    pub(super) forced: bool,
}

impl<'plan> BeforeSend<'plan> {
    pub(super) fn new(plan: &'plan Plan) -> Self {
        let target = plan.order.target();
        BeforeSend {
            cloud: target.cloud.manifest().id,
            region: &target.region,
            operation: plan.order.operation().name,
            instance_ids: plan.ids().map(InstanceId::as_str).collect(),
            calls: plan.batches.len(),
            dry_run: plan.order.is_dry_run(),
            forced: plan.order.is_forced(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeEvent<'row> {
    instance_id: &'row str,
    outcome: &'static str,
    state: Option<&'row str>,
}

impl<'row> OutcomeEvent<'row> {
    fn new(row: &'row Row) -> Self {
        OutcomeEvent {
            instance_id: row.id.as_str(),
            outcome: row.outcome.word(),
            state: row.state.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct ErrorEvent<'a> {
    pub(super) kind: &'static str,
    pub(super) message: &'a str,
}

pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    // As one text: ten thousand ids would be as many crossings.
    let text = serde_json::to_string(value).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}
