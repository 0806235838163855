//! Every error that a simulated cloud can answer, asked for by a request of ours, ends in its card:
//! decoded by the cloud's decoder, and again from nothing but the answer's text.

mod common;

use relight_core::{
    catalogue::{Group, SuggestedAction, find},
    clouds,
    explain::{Explanation, TextOptions, explain, explain_text},
    i18n::Locale,
    ids::parse_ids,
    model::{
        cloud::{Cloud, Operation, Role},
        outcome::{Described, ErrorReport, Fault, Outcome, Response},
        plan::{PlanInput, plan},
    },
    signing::{
        Secret, Signer,
        request::{Request, Signed},
    },
};
use relight_sandbox::{
    self as sandbox, Config, Sandbox, credential::Credential, errors::ErrorRow, fleet::State,
};
use std::collections::BTreeMap;

/// 2026-11-20T12:00:00Z.
const NOW_MS: i64 = 1_795_176_000_000;

#[test]
fn every_error_of_the_sandbox_ends_in_its_card_in_both_languages() {
    let mut cards: BTreeMap<&str, usize> = BTreeMap::new();
    let mut listed = 0;
    for row in sandbox::errors::all() {
        let cloud = clouds::by_id(row.cloud.name()).expect("both know the same clouds");
        let asked = ask(cloud, row);
        let report = asked.report.as_ref().unwrap_or_else(|| {
            panic!("{}: {:?} is no error: {}", row.code, asked.operation, asked.response.body)
        });
        assert_eq!(report.code, row.code, "{}", asked.response.body);
        let errors = clouds::catalogue(cloud).errors;
        let entry = find(errors, report, asked.operation).expect("the catalogue has it").entry;
        for locale in Locale::ALL {
            let id = Some(cloud.id);
            let told = explain(id, errors, report, asked.operation, locale);
            assert!(told.recognised, "{}", row.code);
            assert_eq!(told.title, entry.title.in_locale(locale), "{}", row.code);
            is_a_whole_card(&told, locale);

            // Somebody who has nothing but the text gets the same card.
            let options = TextOptions {
                operation: asked.operation.map(str::to_owned),
                locale,
                ..TextOptions::default()
            };
            let found = explain_text(&asked.response.body, &options);
            let [only] = found.as_slice() else {
                panic!("{}: {}\n{found:?}", row.code, asked.response.body)
            };
            assert_eq!(only.cloud, told.cloud, "{}", asked.response.body);
            assert_eq!(only.code, told.code);
            assert_eq!(only.request_id, told.request_id, "{}", asked.response.body);
            if entry.status.is_none() || row.message.len() > 2 {
                assert_eq!(only.title, told.title, "{}", asked.response.body);
            }
        }
        *cards.entry(cloud.id).or_default() += 1;
        listed += usize::from(row.listed);
    }
    assert_eq!(listed, 71);
    println!("cards from answers of the sandbox, in both languages: {cards:?}");
    assert_eq!(cards.values().sum::<usize>(), sandbox::errors::all().len());
}

/// Nothing that a person needs is missing, and a Chinese reader does not meet a bare English code.
fn is_a_whole_card(told: &Explanation, locale: Locale) {
    for text in [&told.title, &told.meaning, &told.remedy] {
        assert!(!text.is_empty() && !text.contains(['{', '}']), "{told:?}");
        if locale == Locale::Zh {
            let chinese = text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).count();
            assert!(chinese >= 2, "{text}");
        }
    }
    assert!(told.address.is_some() && told.vendor_page.is_some());
    match told.group {
        Group::LookFirst => {
            assert!(told.suggested_actions.contains(&SuggestedAction::RefreshState), "{told:?}");
        }
        Group::NothingToDo => assert!(told.success, "{told:?}"),
        Group::GetPermission => assert!(told.permission.is_some(), "{told:?}"),
        Group::Wait
        | Group::CorrectRequest
        | Group::CorrectKey
        | Group::PrepareInstance
        | Group::SettleAccount
        | Group::MendConnection
        | Group::AskAdministrator
        | Group::AskVendor
        | Group::LeaveIt => assert!(!told.success, "{told:?}"),
    }
}

struct Asked {
    operation: Option<&'static str>,
    response: Response,
    report: Option<ErrorReport>,
}

/// Sends a request for which the vendor documents the error, and has the cloud answer it.
fn ask(cloud: &'static Cloud, row: &ErrorRow) -> Asked {
    let mut sandbox = Sandbox::new(Config::default());
    let is_failed_list = row.code == sandbox::errors::LISTED_AS_FAILED;
    let operations = cloud.operations;
    let is_served = |operation: &&Operation| row.serves(operation.name);
    // What we do not offer, such as a stop, is answered to what we do.
    let reads = row.operations.iter().all(|name| name.starts_with("Describe"));
    let operation = operations.iter().find(is_served).or(operations.first()).filter(|_| !reads);
    let region = cloud.regions.known.first().map_or("", |region| region.id);
    let state = if operation.is_some_and(|operation| operation.name.starts_with("Start")) {
        State::Stopped
    } else {
        State::Running
    };
    let instance = sandbox
        .fleet()
        .all()
        .iter()
        .find(|one| {
            one.cloud == row.cloud
                && one.state == state
                && (region.is_empty() || one.region == region)
        })
        .expect("the fleet has one");
    let ids = parse_ids(&instance.id, Some(cloud));
    let input = PlanInput {
        cloud,
        site: None,
        region: region.to_owned(),
        operation: operation.or(operations.first()).map_or("", |one| one.name).to_owned(),
        ids: ids.ids.into_iter().map(|parsed| parsed.id).collect(),
        options: dry_run(operation, row),
        limits: std::sync::Arc::default(),
    };
    let batch = plan(&input, None).expect("the job is good").batches.remove(0);
    let request = if operation.is_some() {
        clouds::protocol(cloud).request(&batch)
    } else {
        clouds::protocol(cloud).describe(batch.spec().target(), batch.ids())
    };
    let key = Credential::demo().into_iter().find(|key| key.cloud == row.cloud);
    let key = key.expect("there is a demo key");
    let signer = Signer { key_id: key.id.clone(), unix_seconds: NOW_MS / 1000, ..common::signer() };
    let sent = clouds::protocol(cloud)
        .prepare(&request, &signer)
        .finish_with(&Secret::new(key.secret.clone()));

    let fault = if is_failed_list {
        serde_json::json!({ "cloud": row.cloud.name(), "fault": "failed" })
    } else {
        let mut fault =
            serde_json::json!({ "cloud": row.cloud.name(), "fault": "error", "code": row.code });
        fault["status"] = serde_json::json!(row.status);
        if row.message.len() > 2 {
            fault["message"] = serde_json::json!(row.message);
        }
        fault
    };
    let request = sandbox::Request {
        method: "POST".to_owned(),
        target: "/sandbox/faults".to_owned(),
        headers: vec![("Host".to_owned(), "127.0.0.1".to_owned())],
        body: fault.to_string().into_bytes(),
    };
    assert_eq!(sandbox.answer(&request, NOW_MS).answer.status / 100, 2, "{fault}");
    let answer = sandbox.answer(&raw(&sent), NOW_MS).answer;
    let response = Response {
        status: answer.status,
        headers: answer.headers.clone(),
        body: String::from_utf8(answer.body).expect("answers are text"),
    };
    let fault = if operation.is_some() {
        let decoded = clouds::decoder(cloud).decode(&batch, &response);
        let one = decoded.instances.into_iter().next().expect("one for each id");
        // A passed rehearsal is no fault: its code is read from the answer again.
        if one.outcome == Outcome::DryRunPassed {
            Some(Fault::Cloud(ErrorReport {
                code: row.code.to_owned(),
                message: row.message.to_owned(),
                status: Some(row.status),
                request_id: decoded.request_id,
                ..ErrorReport::default()
            }))
        } else {
            one.fault.map(|fault| (*fault).clone())
        }
    } else {
        match clouds::decoder(cloud).decode_describe(&response) {
            Described::Failed(fault) => Some(fault),
            Described::Found { .. } => None,
        }
    };
    let report = fault.and_then(|fault| match fault {
        Fault::Cloud(report) => Some(report),
        Fault::Layer { .. } => None,
    });
    Asked { operation: operation.map(|operation| operation.name), response, report }
}

/// A passed dry run is believed only where one was asked for.
fn dry_run(operation: Option<&Operation>, row: &ErrorRow) -> Vec<(String, String)> {
    let is_one = row.code.to_ascii_uppercase().contains("DRYRUN");
    operation
        .filter(|_| is_one)
        .and_then(|operation| operation.parameter_for(Role::DryRun))
        .map(|parameter| (parameter.name.to_owned(), "true".to_owned()))
        .into_iter()
        .collect()
}

fn raw(signed: &Request<Signed>) -> sandbox::Request {
    let sent = signed.headers().iter();
    let mut headers: Vec<_> =
        sent.map(|(name, value)| (name.to_string(), value.to_string())).collect();
    headers.push(("Host".to_owned(), signed.host().to_owned()));
    sandbox::Request {
        method: signed.method().to_owned(),
        target: signed.path_and_query(),
        headers,
        body: signed.body().as_bytes().to_vec(),
    }
}
