//! What the tests share.

#![allow(dead_code, reason = "each test file is a crate of its own and uses a part of this")]

use relight_core::{
    cloud::{Cloud, Operation, ParameterKind},
    ids::{InstanceId, parse_ids},
    plan::{Batch, Job, Plan, plan},
    sign::Signer,
    words::Locale,
};

/// Runs a check for every cloud of the list.
pub(crate) fn every_cloud(check: impl Fn(&'static dyn Cloud)) {
    for cloud in relight_core::cloud::ALL {
        check(*cloud);
    }
}

/// Runs a check for every operation of every cloud.
pub(crate) fn every_operation(check: impl Fn(&'static dyn Cloud, &'static Operation)) {
    every_cloud(|cloud| {
        for operation in cloud.manifest().operations {
            check(cloud, operation);
        }
    });
}

/// This many different ids of a cloud, made from its example by counting in the last characters.
pub(crate) fn ids(cloud: &'static dyn Cloud, count: usize) -> Vec<InstanceId> {
    let example = cloud.manifest().ids.example;
    let (head, _) = example.split_at(example.len() - 4);
    let text: Vec<String> = (0..count).map(|number| format!("{head}{number:04}")).collect();
    let parsed = parse_ids(&text.join("\n"), Some(cloud));
    assert_eq!(parsed.problems, [], "{cloud:?}");
    assert_eq!(parsed.ids.len(), count, "{cloud:?}");
    parsed.ids.into_iter().map(|parsed| parsed.id).collect()
}

/// A job that breaks no rule.
pub(crate) fn job(cloud: &'static dyn Cloud, operation: &str, count: usize) -> Job {
    let regions = &cloud.manifest().regions;
    Job {
        cloud,
        site: None,
        region: regions.known.first().map_or("", |region| region.id).to_owned(),
        operation: operation.to_owned(),
        ids: ids(cloud, count),
        options: Vec::new(),
        limits: std::sync::Arc::default(),
    }
}

/// The only batch of a job of up to the limit of ids.
pub(crate) fn batch(cloud: &'static dyn Cloud, operation: &Operation, count: usize) -> Batch {
    let Plan { mut batches, .. } = plan(&job(cloud, operation.name, count), None).unwrap();
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

/// Every value of a parameter, as text.
pub(crate) fn values(kind: &ParameterKind) -> Vec<&'static str> {
    match kind {
        ParameterKind::Boolean => vec!["true", "false"],
        ParameterKind::Choice(choices) => choices.to_vec(),
    }
}

/// Somebody who signs at a fixed time.
pub(crate) fn signer() -> Signer {
    Signer {
        key_id: "EXAMPLE-KEY-ID".into(),
        token: None,
        unix_seconds: 1_714_550_400,
        nonce: "0123456789abcdef0123456789abcdef".into(),
        sign_action: true,
        locale: Locale::En,
    }
}
