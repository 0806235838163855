//! The rules before anything leaves: each is broken here at least once.

mod common;

use common::{every_cloud, every_operation, ids, plan_input};
use relight_core::{
    clouds,
    credential::{self, Guard},
    i18n::Locale,
    model::{
        cloud::Cloud,
        limits::Limits,
        plan::{Batch, Plan, PlanInput, Refusal, Target, Warning, batch, plan},
    },
};
use std::{collections::BTreeSet, sync::Arc};

fn alibaba() -> &'static Cloud {
    clouds::by_id("alibaba").unwrap()
}

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

fn zenlayer() -> &'static Cloud {
    clouds::by_id("zenlayer").unwrap()
}

fn with(mut input: PlanInput, options: &[(&str, &str)]) -> PlanInput {
    input.options = options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    input
}

fn refusal(input: &PlanInput) -> Refusal {
    plan(input, None).unwrap_err()
}

fn sizes(plan: &Plan) -> Vec<usize> {
    plan.batches.iter().map(|batch| batch.ids().len()).collect()
}

#[test]
fn ids_are_cut_at_the_limit_in_their_order() {
    every_operation(|cloud, operation| {
        assert_eq!(refusal(&plan_input(cloud, operation.name, 0)), Refusal::NoInstances);
        for count in [1, 2, 100, 101, 250] {
            let input = plan_input(cloud, operation.name, count);
            let plan = plan(&input, None).unwrap();
            let full = count / operation.ids_max;
            let rest = count % operation.ids_max;
            let mut expected = vec![operation.ids_max; full];
            expected.extend((rest > 0).then_some(rest));
            assert_eq!(sizes(&plan), expected, "{} {count}", operation.name);
            assert_eq!(plan.instances(), count);
            let spec: Vec<_> = plan.batches.iter().flat_map(Batch::ids).cloned().collect();
            assert_eq!(spec, input.ids);
        }
    });
    let sizes =
        |count| sizes(&plan(&plan_input(tencent(), "RebootInstances", count), None).unwrap());
    assert_eq!(sizes(1), [1]);
    assert_eq!(sizes(100), [100]);
    assert_eq!(sizes(101), [100, 1]);
    assert_eq!(sizes(250), [100, 100, 50]);
}

#[test]
fn a_smaller_batch_can_be_asked_for_but_never_a_larger_one() {
    let input = plan_input(tencent(), "RebootInstances", 101);
    for (size, expected) in
        [(0, vec![1; 101]), (1, vec![1; 101]), (50, vec![50, 50, 1]), (1000, vec![100, 1])]
    {
        assert_eq!(sizes(&plan(&input, Some(size)).unwrap()), expected);
    }
}

#[test]
fn a_batch_is_never_empty_and_never_too_large() {
    let spec = plan(&plan_input(tencent(), "StartInstances", 1), None).unwrap().spec;
    assert!(batch(&spec, ids(tencent(), 0)).is_none());
    assert!(batch(&spec, ids(tencent(), 101)).is_none());
    let full = batch(&spec, ids(tencent(), 100)).unwrap();
    assert_eq!((full.ids().len(), full.spec()), (100, &*spec));
}

#[test]
fn an_operation_must_be_one_that_the_cloud_has() {
    let refusal = refusal(&plan_input(tencent(), "TerminateInstances", 1));
    let Refusal::UnknownOperation { operation, known } = refusal else { panic!("{refusal:?}") };
    assert_eq!(operation, "TerminateInstances");
    assert_eq!(known, ["RebootInstances", "StartInstances"]);
    assert_eq!(
        plan(&plan_input(tencent(), "RebootInstance", 1), None).unwrap_err().kind(),
        "unknown-operation"
    );
}

#[test]
fn exclusive_options_cannot_both_be_set() {
    for options in [
        [("StopType", "SOFT"), ("ForceReboot", "true")],
        [("ForceReboot", "false"), ("StopType", "HARD")],
    ] {
        let refusal = refusal(&with(plan_input(tencent(), "RebootInstances", 1), &options));
        assert_eq!(refusal, Refusal::Exclusive { first: "StopType", second: "ForceReboot" });
    }
    let disused = with(plan_input(tencent(), "RebootInstances", 1), &[("ForceReboot", "true")]);
    assert!(plan(&disused, None).unwrap().needs_typed_count());
}

#[test]
fn a_dry_run_that_proves_nothing_cannot_be_produced() {
    for operation in ["RebootInstances", "StartInstances"] {
        let batching = |batching, dry_run| {
            let options = [("BatchOptimization", batching), ("DryRun", dry_run)];
            plan(&with(plan_input(alibaba(), operation, 2), &options), None)
        };
        let refusal = batching("SuccessFirst", "true").unwrap_err();
        assert_eq!(refusal.kind(), "dry-run-proves-nothing");
        // In the words of the form.
        let names = alibaba().batching.as_ref().unwrap();
        for locale in [Locale::En, Locale::Zh] {
            let sentence = refusal.sentence(locale);
            for name in [names.each_name, names.together_name] {
                assert!(sentence.contains(name.in_locale(locale)), "{sentence}");
            }
            assert!(!sentence.contains(names.each) && !sentence.contains(names.together));
        }
        assert!(!batching("SuccessFirst", "false").unwrap().spec.is_dry_run());
        assert!(batching("AllTogether", "true").unwrap().spec.is_dry_run());
        let alone = with(plan_input(alibaba(), operation, 2), &[("DryRun", "true")]);
        assert!(plan(&alone, None).unwrap().spec.is_dry_run());
    }
}

#[test]
fn disks_are_erased_for_one_start_only() {
    let erase = |operation, count| {
        plan(&with(plan_input(alibaba(), operation, count), &[("InitLocalDisk", "true")]), None)
    };
    assert_eq!(
        erase("StartInstance", 2).unwrap_err(),
        Refusal::ErasesSeveral { option: "InitLocalDisk", instances: 2 }
    );
    for operation in ["StartInstances", "RebootInstance", "RebootInstances"] {
        let refusal = erase(operation, 1).unwrap_err();
        assert_eq!(refusal.kind(), "erases-elsewhere");
        for (locale, erases) in [(Locale::En, "erases everything"), (Locale::Zh, "清除本地盘")]
        {
            let sentence = refusal.sentence(locale);
            for part in [erases, operation, " StartInstance "] {
                assert!(sentence.contains(part), "{sentence}");
            }
        }
    }
    let plan_of_one = erase("StartInstance", 1).unwrap();
    assert_eq!(plan_of_one.warnings, [Warning::Erases { option: "InitLocalDisk" }]);
    assert!(plan_of_one.spec.erases() && plan_of_one.needs_typed_count());
    let kept = with(plan_input(alibaba(), "StartInstance", 2), &[("InitLocalDisk", "false")]);
    let kept = plan(&kept, None).unwrap();
    assert!(!kept.spec.erases() && !kept.needs_typed_count());
}

#[test]
fn a_dry_run_needs_no_typed_count() {
    let options = [("ForceReboot", "true"), ("DryRun", "true")];
    let plan = plan(&with(plan_input(alibaba(), "RebootInstances", 2), &options), None).unwrap();
    assert!(plan.spec.is_forced() && !plan.needs_typed_count());
    assert_eq!(plan.warnings, [Warning::Forced]);
}

#[test]
fn options_are_known_given_once_and_take_their_values() {
    let reboot = || plan_input(alibaba(), "RebootInstances", 1);
    let refused = |options: &[(&str, &str)]| refusal(&with(reboot(), options));
    assert_eq!(
        refused(&[("StoppedMode", "KeepCharging")]),
        Refusal::UnknownOption {
            option: "StoppedMode".into(),
            operation: "RebootInstances",
            known: vec!["ForceReboot", "BatchOptimization", "DryRun"],
        }
    );
    assert_eq!(
        refused(&[("DryRun", "true"), ("DryRun", "false")]),
        Refusal::OptionTwice { option: "DryRun" }
    );
    for (option, value, allowed) in [
        ("ForceReboot", "yes", vec!["true", "false"]),
        ("BatchOptimization", "successfirst", vec!["AllTogether", "SuccessFirst"]),
    ] {
        let expected = Refusal::OptionValue { option, value: value.into(), allowed };
        assert_eq!(refused(&[(option, value)]), expected);
    }
}

#[test]
fn regions_are_required_checked_or_refused() {
    let target = |cloud, region: &str| Target::new(cloud, None, region).map(|target| target.region);
    for cloud in [alibaba(), tencent()] {
        assert_eq!(target(cloud, ""), Err(Refusal::RegionMissing));
        assert_eq!(target(cloud, "  "), Err(Refusal::RegionMissing));
        for region in cloud.regions.known {
            assert_eq!(target(cloud, region.id).as_deref(), Ok(region.id));
        }
        assert_eq!(target(cloud, " ap-somewhere-9 ").as_deref(), Ok("ap-somewhere-9"));
        for malformed in [
            "hangzhou",
            "cn_hangzhou",
            "CN-hangzhou",
            "cn-hangzhou/",
            "cn-",
            "-cn",
            "cn--x",
            "cn-hangzhou.evil.example",
            "cn-hangzhou#",
            "cn-杭州",
            "a-b",
            "china-hangzhou",
            "oss-cn-hangzhou",
            "log-cn-hangzhou",
            "vpc-cn-hangzhou",
            "s3-cn-hangzhou",
            "oss",
            "cn-hangzhou hangzhou",
            "cn-0123456789012345678901234567890123456789",
        ] {
            let expected = Refusal::RegionMalformed { region: malformed.into() };
            assert_eq!(target(cloud, malformed), Err(expected));
        }
    }
    assert_eq!(target(zenlayer(), "").as_deref(), Ok(""));
    let unused = Refusal::RegionNotUsed { region: "SIN-A".into() };
    assert_eq!(target(zenlayer(), "SIN-A"), Err(unused));
}

#[test]
fn kinds_of_account_choose_the_host() {
    let host =
        |cloud, site, region| Target::new(cloud, site, region).map(|target| clouds::host(&target));
    let tencent = tencent();
    assert_eq!(host(tencent, None, "ap-tokyo").unwrap(), "cvm.tencentcloudapi.com");
    assert_eq!(host(tencent, Some(""), "ap-tokyo").unwrap(), "cvm.tencentcloudapi.com");
    assert_eq!(host(tencent, Some("china"), "ap-tokyo").unwrap(), "cvm.tencentcloudapi.com");
    let international = host(tencent, Some("international"), "ap-tokyo").unwrap();
    assert_eq!(international, "cvm.intl.tencentcloudapi.com");
    let unknown = Refusal::UnknownSite { site: "moon".into() };
    assert_eq!(host(tencent, Some("moon"), "ap-tokyo"), Err(unknown));
}

#[test]
fn keys_are_checked_by_their_characters() {
    every_cloud(|cloud| {
        let labels = &cloud.credential;
        let key_id = Refusal::KeyIdMalformed { label: labels.key_id_label };
        for malformed in ["", "a b", "a/b", "a,b", "a=b", "a\nb", "é", "\"", "a;b", "\u{200b}ab"] {
            assert_eq!(credential::check(cloud, malformed, "s", None), Err(key_id.clone()));
        }
        let secret = Refusal::SecretMalformed { label: labels.secret_label };
        for malformed in ["", "a b", "a\t", "密"] {
            assert_eq!(credential::check(cloud, "id", malformed, None), Err(secret.clone()));
        }
        for none in [None, Some("")] {
            assert_eq!(credential::check(cloud, "id", "s/=+", none), Ok(()));
        }
        let used = labels.token_label.is_some();
        let expected = if used { Ok(()) } else { Err(Refusal::TokenMalformed { used }) };
        assert_eq!(credential::check(cloud, "id", "s", Some("t/+=")), expected);
        let malformed = credential::check(cloud, "id", "s", Some("a b"));
        assert_eq!(malformed, Err(Refusal::TokenMalformed { used }));
    });
    let doubt = credential::doubt(tencent(), "LTAI5tExampleExampleExample");
    assert_eq!(doubt, Some(credential::Doubt::OtherCloud(alibaba())));
    assert_eq!(credential::doubt(tencent(), "AKID"), Some(credential::Doubt::UnusualLength));
    assert_eq!(credential::doubt(alibaba(), "LTAI5tExampleExampleExam"), None);
}

/// One of each refusal: in both languages a sentence that says something, and a name of its own.
#[test]
fn every_refusal_has_a_name_and_a_sentence() {
    let tencent_input = || plan_input(tencent(), "RebootInstances", 1);
    let alibaba_input = |options| with(plan_input(alibaba(), "RebootInstances", 1), options);
    let region = |region: &str| PlanInput { region: region.into(), ..tencent_input() };
    let limited = |limits| refusal(&PlanInput { limits: Arc::new(limits), ..tencent_input() });
    let guard = |text: &str| {
        let secret = Some(credential::Fingerprint::of(text.chars().map(u32::from)));
        Guard { secret, token: None }
    };
    let key = |id, secret, token| credential::check(tencent(), id, secret, token).unwrap_err();
    let refusals = [
        refusal(&plan_input(tencent(), "Reboot", 1)),
        refusal(&plan_input(tencent(), "RebootInstances", 0)),
        refusal(&region("")),
        refusal(&region("x")),
        refusal(&PlanInput { region: "x".into(), ..plan_input(zenlayer(), "RebootInstances", 1) }),
        refusal(&PlanInput { site: Some("x".into()), ..tencent_input() }),
        refusal(&alibaba_input(&[("X", "true")])),
        refusal(&alibaba_input(&[("DryRun", "true"), ("DryRun", "true")])),
        refusal(&alibaba_input(&[("DryRun", "1")])),
        refusal(&with(tencent_input(), &[("StopType", "SOFT"), ("ForceReboot", "true")])),
        refusal(&alibaba_input(&[("DryRun", "true"), ("BatchOptimization", "SuccessFirst")])),
        refusal(&with(plan_input(alibaba(), "StartInstance", 2), &[("InitLocalDisk", "true")])),
        key("", "s", None),
        key("id", "", None),
        key("id", "s", Some(" ")),
        credential::check(zenlayer(), "id", "s", Some("t")).unwrap_err(),
        limited(Limits { clouds: Some(vec![]), ..Limits::default() }),
        limited(Limits { dry_run_only: true, ..Limits::default() }),
        limited(Limits { instances_max: Some(0), ..Limits::default() }),
        limited(Limits { instance_ids: Some(vec![]), ..Limits::default() }),
        Refusal::NotSelected { selection: "tag:team=web".into() },
        Refusal::ReasonMissing,
        Refusal::OnceNotProven,
        credential::check_key(tencent(), "id", Guard::default()).unwrap_err(),
        credential::check_key(tencent(), "AKIDexample", guard("LTAIexample")).unwrap_err(),
        credential::check_key(tencent(), "a text of the secret", guard("of the secret"))
            .unwrap_err(),
        Refusal::KeyInReason,
        Refusal::TokenSwapped { field: "token", label: "Token", secret_label: "SecretKey" },
        Refusal::TokenSwapped { field: "secret", label: "Token", secret_label: "SecretKey" },
        refusal(&with(plan_input(alibaba(), "StartInstances", 1), &[("InitLocalDisk", "true")])),
    ];
    let kinds: BTreeSet<&str> = refusals.iter().map(Refusal::kind).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
    for refusal in &refusals {
        let english = refusal.sentence(Locale::En);
        let chinese = refusal.sentence(Locale::Zh);
        assert!(english.ends_with('.') && !english.contains('{'), "{english}");
        assert!(chinese.ends_with('。') && !chinese.contains('{'), "{chinese}");
        assert_ne!(english, chinese);
    }
}

/// How many refusals there are. A new one makes [`count`] fail to compile, which names this line.
const KINDS: usize = 28;

#[allow(dead_code, reason = "it is there to be compiled")]
fn count(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::UnknownOperation { .. } => 1,
        Refusal::NoInstances => 2,
        Refusal::RegionMissing => 3,
        Refusal::RegionMalformed { .. } => 4,
        Refusal::RegionNotUsed { .. } => 5,
        Refusal::UnknownSite { .. } => 6,
        Refusal::UnknownOption { .. } => 7,
        Refusal::OptionTwice { .. } => 8,
        Refusal::OptionValue { .. } => 9,
        Refusal::Exclusive { .. } => 10,
        Refusal::DryRunProvesNothing { .. } => 11,
        Refusal::ErasesSeveral { .. } => 12,
        Refusal::KeyIdMalformed { .. } => 13,
        Refusal::SecretMalformed { .. } => 14,
        Refusal::TokenMalformed { .. } => 15,
        Refusal::NotAllowed { .. } => 16,
        Refusal::DryRunOnly => 17,
        Refusal::TooManyInstances { .. } => 18,
        Refusal::InstancesNotAllowed { .. } => 19,
        Refusal::ReasonMissing => 20,
        Refusal::OnceNotProven => 21,
        Refusal::KeyIdPrefix { .. } => 22,
        Refusal::KeySwapped { .. } => 23,
        Refusal::SecretInText { .. } => 24,
        Refusal::KeyInReason => 25,
        Refusal::TokenSwapped { .. } => 26,
        Refusal::ErasesElsewhere { .. } => 27,
        Refusal::NotSelected { .. } => KINDS,
    }
}
