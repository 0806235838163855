//! What the examples' cases have in common: a cloud of the sandbox.

use relight_e2e::Stage;
use relight_sandbox::{Cloud, fleet::State, journal::Call};

/// Instances of `ap-guangzhou` that run, without trouble of their own.
pub(crate) fn running(stage: &Stage, count: usize) -> Vec<String> {
    pick(stage, State::Running, count)
}

/// The same, of those that are stopped.
pub(crate) fn stopped(stage: &Stage, count: usize) -> Vec<String> {
    pick(stage, State::Stopped, count)
}

fn pick(stage: &Stage, wanted: State, count: usize) -> Vec<String> {
    let all = stage.instances(Cloud::Tencent, "ap-guangzhou").into_iter();
    let fine = all.filter(|one| one.state == wanted && one.trouble.is_none());
    let ids: Vec<String> = fine.map(|one| one.id).take(count).collect();
    assert_eq!(ids.len(), count, "the fleet is too small");
    ids
}

/// The reboots that arrived.
pub(crate) fn reboots(stage: &Stage) -> Vec<Call> {
    stage.power_calls().into_iter().filter(|call| call.action == "RebootInstances").collect()
}
