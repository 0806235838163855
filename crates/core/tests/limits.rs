//! What the operator allows holds where requests are made, and not only in the form.

mod common;

use common::{Page, every_operation, plan_input};
use relight_core::{
    clouds,
    form::{Form, FormEdit, SecretStatus},
    i18n::Locale,
    ids::parse_ids,
    model::{
        cloud::{Cloud, Role},
        limits::Limits,
        plan::{PlanInput, Refusal, plan, with_mode},
    },
    run::{Choice, Event, Pause, RunStatus},
    transport::TransportResult,
};
use std::sync::Arc;

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

#[allow(clippy::unnecessary_wraps, reason = "as the limits have it")]
fn names(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|&name| name.to_owned()).collect())
}

fn within(limits: Limits, input: PlanInput) -> Result<(), Refusal> {
    plan(&PlanInput { limits: Arc::new(limits), ..input }, None).map(drop)
}

fn with(mut input: PlanInput, options: &[(&str, &str)]) -> PlanInput {
    input.options = options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    input
}

fn not_allowed(what: &str) -> Result<(), Refusal> {
    Err(Refusal::NotAllowed { what: what.to_owned() })
}

#[test]
fn without_limits_everything_is_allowed() {
    every_operation(|cloud, operation| {
        assert_eq!(within(Limits::default(), plan_input(cloud, operation.name, 1)), Ok(()));
    });
}

#[test]
fn another_cloud_region_or_operation_is_refused() {
    every_operation(|cloud, operation| {
        let input = || plan_input(cloud, operation.name, 1);
        let clouds = |list: &[&str]| Limits { clouds: names(list), ..Limits::default() };
        assert_eq!(within(clouds(&[cloud.id]), input()), Ok(()));
        assert_eq!(within(clouds(&["another"]), input()), not_allowed(cloud.id));

        let regions = |list: &[&str]| Limits { regions: names(list), ..Limits::default() };
        let region = input().region;
        assert_eq!(within(regions(&[&region]), input()), Ok(()));
        let elsewhere = within(regions(&["xx-nowhere"]), input());
        assert_eq!(elsewhere, if cloud.regions.required { not_allowed(&region) } else { Ok(()) });

        let operations = |list: &[&str]| Limits { operations: names(list), ..Limits::default() };
        assert_eq!(within(operations(&[operation.name]), input()), Ok(()));
        assert_eq!(within(operations(&[operation.verb.word()]), input()), Ok(()));
        assert_eq!(within(operations(&["StopInstances"]), input()), not_allowed(operation.name));
    });
}

#[test]
fn each_mode_is_allowed_by_its_own_name_only() {
    every_operation(|cloud, operation| {
        for allowed in operation.modes {
            let limits = Limits { modes: names(&[allowed.id]), ..Limits::default() };
            for mode in operation.modes {
                let input = with(plan_input(cloud, operation.name, 1), mode.options);
                let outcome = within(limits.clone(), input);
                assert_eq!(outcome.is_ok(), mode == allowed, "{} {}", operation.name, mode.id);
            }
        }
    });
}

#[test]
fn a_disused_parameter_is_no_way_round_the_modes() {
    let forced = with(plan_input(tencent(), "RebootInstances", 1), &[("ForceReboot", "true")]);
    assert_eq!(within(Limits::default(), forced.clone()), Ok(()));
    let soft = Limits { modes: names(&["soft", "normal"]), ..Limits::default() };
    assert_eq!(within(soft, forced), not_allowed("RebootInstances ForceReboot=true"));
}

#[test]
fn disks_are_erased_only_by_name() {
    every_operation(|cloud, operation| {
        let Some(parameter) = operation.parameter_for(Role::Erase) else { return };
        let mut erasing = with(plan_input(cloud, operation.name, 1), operation.modes[0].options);
        erasing.options.push((parameter.name.to_owned(), "true".to_owned()));
        let mode = operation.modes[0].id;
        let limits = |modes: &[&str]| Limits { modes: names(modes), ..Limits::default() };
        assert_eq!(within(limits(&[mode]), erasing.clone()), not_allowed("erase"));
        assert_eq!(within(limits(&[mode, "erase"]), erasing), Ok(()));
    });
}

#[test]
fn number_and_ids_are_held() {
    let most = |most| Limits { instances_max: Some(most), ..Limits::default() };
    let three = || plan_input(tencent(), "RebootInstances", 3);
    assert_eq!(within(most(3), three()), Ok(()));
    let refusal = Refusal::TooManyInstances { instances: 3, most: 2 };
    assert_eq!(within(most(2), three()), Err(refusal));

    let mixed = parse_ids("ins-web00001 ins-db000001 ins-web00002", Some(tencent()));
    let ids = mixed.ids.into_iter().map(|parsed| parsed.id).collect();
    let limits = Limits { instance_ids: names(&["ins-web*"]), ..Limits::default() };
    let refusal = Refusal::InstancesNotAllowed { ids: vec!["ins-db000001".to_owned()] };
    assert_eq!(within(limits, PlanInput { ids, ..three() }), Err(refusal));
}

#[test]
fn only_rehearsals() {
    let limits = || Limits { dry_run_only: true, ..Limits::default() };
    every_operation(|cloud, operation| {
        let input = || plan_input(cloud, operation.name, 1);
        assert_eq!(within(limits(), input()), Err(Refusal::DryRunOnly));
        if operation.parameter_for(Role::DryRun).is_some() {
            assert_eq!(within(limits(), with(input(), &[("DryRun", "true")])), Ok(()));
        }
    });
}

/// What a run offers later is made of the order, which remembers.
#[test]
fn an_order_is_not_forced_later_either() {
    let forced = std::cell::Cell::new(0);
    every_operation(|cloud, operation| {
        let soft = &operation.modes[0];
        for limits in [Limits::default(), Limits { modes: names(&[soft.id]), ..Limits::default() }]
        {
            let free = limits.modes.is_none();
            let input = with(plan_input(cloud, operation.name, 1), soft.options);
            let plan = plan(&PlanInput { limits: Arc::new(limits), ..input }, None).unwrap();
            for mode in operation.modes.iter().filter(|mode| mode.force) {
                assert_eq!(with_mode(&plan.spec, mode).is_some(), free, "{}", mode.id);
                forced.set(forced.get() + 1);
            }
        }
    });
    assert!(forced.get() >= 4);
}

/// A soft reboot of three in a call each: the first is not answered, the others are to come.
fn under_way() -> Page {
    let soft = with(plan_input(tencent(), "RebootInstances", 3), &[("StopType", "SOFT")]);
    let mut page = Page::of(&plan(&soft, Some(1)).unwrap(), &[]);
    page.step(Event::Tick);
    page
}

/// What does not allow that run, and whether it allows to look.
fn lock_outs() -> Vec<(&'static str, bool, Limits)> {
    let all = Limits::default;
    vec![
        ("not-allowed", false, Limits::nothing()),
        ("not-allowed", false, Limits { clouds: names(&["alibaba"]), ..all() }),
        ("not-allowed", false, Limits { regions: names(&["eu-frankfurt"]), ..all() }),
        ("not-allowed", true, Limits { operations: names(&["start"]), ..all() }),
        ("not-allowed", true, Limits { modes: names(&["hard", "normal"]), ..all() }),
        ("dry-run-only", true, Limits { dry_run_only: true, ..all() }),
        // Of a run, not of what is left of it.
        ("too-many-instances", true, Limits { instances_max: Some(2), ..all() }),
        ("instances-not-allowed", true, Limits { instance_ids: names(&["ins-db*"]), ..all() }),
        ("reason-missing", true, Limits { reason_required: true, ..all() }),
        ("once-not-proven", true, Limits { once_required: true, ..all() }),
    ]
}

/// Whatever was allowed when it was confirmed, and whenever it is brought back.
#[test]
fn a_run_of_the_journal_is_held_to_what_is_allowed_now() {
    for later in [1_000, 86_400_000] {
        for (kind, may_describe, limits) in lock_outs() {
            let mut page = under_way().another_page(later);
            page.allow(limits.clone());
            assert_eq!(page.outcomes(), ["unknown", "queued", "queued"], "{limits:?}");
            let refusal = page.run.refusal(Choice::SendNotStarted).unwrap();
            assert_eq!(refusal.kind(), kind, "{limits:?}");
            for locale in [Locale::En, Locale::Zh] {
                assert!(refusal.sentence(locale).len() > 20);
            }
            assert_eq!(page.run.refused().map(|refusal| refusal.kind()), Some(kind));
            // Nobody gets round it by asking, going on, or asking again.
            assert!(page.ask(Choice::SendNotStarted).calls.is_empty(), "{limits:?}");
            assert!(page.step(Event::Resume).calls.is_empty(), "{limits:?}");
            page.ask(Choice::SendNotStarted);
            let commands = page.pass(100);
            assert!(commands.calls.is_empty(), "{limits:?}");
            assert_eq!(page.run.calls().len(), 3, "{limits:?}");
            assert_eq!(page.outcomes()[1..], ["queued", "queued"]);
            // To look is another matter.
            assert_eq!(
                page.run.refusal(Choice::CheckUnknown).is_none(),
                may_describe,
                "{limits:?}"
            );
            let described = page.ask(Choice::CheckUnknown).described;
            assert_eq!(
                !described.is_empty() || page.run.status() == RunStatus::Watching,
                may_describe
            );
            if !may_describe {
                assert_eq!(page.run.status(), RunStatus::Paused(Pause::NotAllowed), "{limits:?}");
            }
            // Once it is allowed again it can be asked for, and was not forgotten.
            page.allow(Limits::default());
            page.ask(Choice::SendNotStarted);
            page.pass(3);
            assert_eq!(page.outcomes()[1..], ["sending", "sending"], "{limits:?}");
        }
    }
}

/// Until the configuration is read nobody knows what is allowed.
#[test]
fn a_run_of_the_journal_sends_nothing_before_it_is_known_what_is_allowed() {
    let mut page = under_way().another_page(1_000);
    let offer = page.run.offer(Choice::SendNotStarted).unwrap();
    for event in [Event::Resume, Event::Ask(offer), Event::Tick] {
        let commands = page.step(event);
        assert!(commands.calls.is_empty() && commands.described.is_empty());
    }
    assert!(page.pass(50).calls.is_empty());
}

/// A page may be told of other limits while it sends: what has not gone out does not.
#[test]
fn a_run_stops_when_it_is_allowed_no_more() {
    for (kind, _, limits) in lock_outs() {
        let mut page = under_way();
        page.allow(limits.clone());
        let never = TransportResult::NotSent { word: "dns_timeout".into() };
        page.step(Event::Completed { call: 0, result: never });
        assert!(page.pass(100).calls.is_empty(), "{limits:?}");
        assert_eq!(page.outcomes(), ["not-sent", "queued", "queued"], "{limits:?}");
        assert_eq!(page.run.status(), RunStatus::Finished, "{limits:?}");
        assert_eq!(page.run.refused().unwrap().kind(), kind);
    }
    // What is still allowed goes on.
    let mut page = under_way();
    page.allow(Limits { instances_max: Some(3), ..Limits::default() });
    assert_eq!(page.pass(5).calls, [1, 2]);
    assert_eq!(page.run.refused(), None);
}

/// The form offers what is allowed, and a plan of what it shows is never refused for the limits.
#[test]
fn the_form_shows_only_what_is_allowed() {
    let limits = Arc::new(Limits {
        clouds: names(&["tencent", "zenlayer"]),
        operations: names(&["start", "reboot"]),
        modes: names(&["soft", "normal"]),
        ..Limits::default()
    });
    let mut form = Form::new(clouds::by_id("alibaba").unwrap()).unwrap();
    form.apply(FormEdit::IdsText("ins-web00001".to_owned()));
    form.restrict(Arc::clone(&limits));
    assert_eq!(form.cloud().id, "tencent");
    assert_eq!(&**form.ids_text(), "ins-web00001");
    for (edit, refused) in [
        (FormEdit::Cloud("alibaba".to_owned()), "alibaba"),
        (FormEdit::Mode("hard".to_owned()), "hard"),
        (FormEdit::Erase(true), "erase"),
    ] {
        let before = form.clone();
        form.apply(edit);
        assert_eq!(form, before, "{refused}");
    }
    for cloud in form.clouds().map(|cloud| cloud.id).collect::<Vec<_>>() {
        form.apply(FormEdit::Cloud(cloud.to_owned()));
        form.apply(FormEdit::IdsText(form.cloud().ids.example.to_owned()));
        form.apply(FormEdit::KeyId("AKIDexampleexampleexample".to_owned()));
        let region = form.cloud().regions.known.first();
        form.apply(FormEdit::Region(region.map_or("", |region| region.id).to_owned()));
        for operation in form.operations().map(|one| one.name).collect::<Vec<_>>() {
            form.apply(FormEdit::Operation(operation.to_owned()));
            assert!(form.limits().allows_mode(form.mode()), "{operation}");
            assert!(
                form.plan(SecretStatus::Usable, SecretStatus::Missing).is_ok(),
                "{cloud} {operation}"
            );
        }
    }
}
