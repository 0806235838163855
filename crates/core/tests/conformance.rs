//! What every cloud of the list must keep to. Each case is a closure over the clouds; none names
//! one.

mod common;

use common::{batch, every_cloud, every_operation, ids, plan_input, signer, values};
use relight_core::{
    clouds::{self, Read, UNSIGNED, headers::request_headers},
    i18n::{Locale, Text},
    model::{
        cloud::{Cloud, Hash, HmacSpec, Verb},
        plan::{OptionValue, Target, plan},
        route::Route,
    },
    signing::{
        self, Prepared, Secret, Signer,
        request::{Payload, Request, Signed, Unsigned},
    },
};
use std::{cell::RefCell, collections::HashSet};

const SECRET: &str = "a-secret-that-nothing-may-show";

#[test]
fn names_are_unique_and_written_in_both_languages() {
    let written = |text: Text| {
        for locale in Locale::ALL {
            let text = text.in_locale(locale);
            assert!(!text.is_empty() && text == text.trim(), "{text:?}");
        }
    };
    unique(clouds::ALL.iter().map(|cloud| cloud.id));
    every_cloud(|cloud| {
        assert_eq!(clouds::by_id(cloud.id), Some(cloud));
        assert!(cloud.id.bytes().all(|byte| byte.is_ascii_lowercase()));
        written(cloud.name);
        written(cloud.ids.shape);
        unique(cloud.sites.iter().map(|site| site.id));
        unique(cloud.regions.known.iter().map(|region| region.id));
        unique(cloud.operations.iter().map(|operation| operation.name));
        cloud.sites.iter().for_each(|site| written(site.name));
        cloud.regions.known.iter().for_each(|region| written(region.name));
        assert!(!cloud.sites.is_empty() && !cloud.operations.is_empty());
        assert_eq!(cloud.regions.required, !cloud.regions.known.is_empty());
        assert!(cloud.errors_url.starts_with("https://"));
        assert!(cloud.overdue_after_ms >= 60_000);
        assert!((1..=100).contains(&cloud.describe_ids_max));
        assert!((1..=100).contains(&cloud.status_ids_max));
        assert!(cloud.describe_calls_per_second > 0);
    });
    every_operation(|_, operation| {
        unique(operation.modes.iter().map(|mode| mode.id));
        unique(operation.parameters.iter().map(|parameter| parameter.name));
        for mode in operation.modes {
            written(mode.name);
            written(mode.help);
        }
        for parameter in operation.parameters {
            written(parameter.label);
            written(parameter.help);
        }
    });
}

#[test]
fn every_verb_can_be_done_to_many_at_once() {
    every_cloud(|cloud| {
        for verb in [Verb::Reboot, Verb::Start] {
            let operation = cloud.operation_for(verb).unwrap();
            assert_eq!((operation.verb, operation.ids_max), (verb, 100), "{cloud:?}");
        }
    });
}

#[test]
fn modes_set_options_that_the_operation_has_and_the_soft_one_comes_first() {
    every_operation(|cloud, operation| {
        assert!((1..=100).contains(&operation.ids_max) && operation.calls_per_second > 0);
        assert!(!operation.modes.first().unwrap().force, "{}", operation.name);
        for mode in operation.modes {
            let mut input = plan_input(cloud, operation.name, 1);
            input.options = mode
                .options
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect();
            let plan = plan(&input, None).unwrap();
            assert_eq!(plan.spec.is_forced(), mode.force, "{} {}", operation.name, mode.id);
            assert_eq!(plan.needs_typed_count(), mode.force);
            for (name, value) in mode.options {
                assert_eq!(plan.spec.option(name).map(OptionValue::as_str), Some(*value));
            }
        }
        for parameter in operation.parameters {
            for other in parameter.excludes {
                let other = operation.parameter(other).unwrap();
                assert!(other.excludes.contains(&parameter.name), "exclusion goes both ways");
            }
        }
    });
}

#[test]
fn the_grammar_of_ids_is_consistent() {
    every_cloud(|cloud| {
        let grammar = &cloud.ids;
        assert!((grammar.strict)(grammar.example));
        for other in clouds::ALL.iter().filter(|other| **other != cloud) {
            let other = &other.ids;
            assert!(!(other.strict)(grammar.example) && !(other.lenient)(grammar.example));
        }
        for text in ["", "-", "i-", "ins-", "vm-", " ", "i-bp1***", "ins-é", "１２３４５６７８"]
        {
            assert!(!(grammar.strict)(text) && !(grammar.lenient)(text), "{text:?}");
        }
        for text in [grammar.example, &grammar.example[..grammar.example.len() - 1]] {
            assert!(!(grammar.strict)(text) || (grammar.lenient)(text));
            assert!(!(grammar.lenient)(text) || (grammar.resembles)(text));
        }
    });
}

#[test]
fn every_id_that_was_ever_seen_is_sorted_as_the_evidence_says() {
    let evidence: serde_json::Value = serde_json::from_str(include_str!("data/ids.json")).unwrap();
    let seen = evidence["seen"].as_array().unwrap();
    assert!(seen.len() > 200, "{}", seen.len());
    for row in seen {
        let (text, verdict) = (row["text"].as_str().unwrap(), row["verdict"].as_str().unwrap());
        let grammar = &clouds::by_id(row["cloud"].as_str().unwrap()).unwrap().ids;
        let expected = match verdict {
            "proper" => (true, true),
            "tolerable" => (false, true),
            "refused" => (false, false),
            // Of the shape of one, and crossed out: the parser knows it.
            "sample" if text.ends_with("xxx") => ((grammar.strict)(text), true),
            other => panic!("{other}"),
        };
        assert_eq!(((grammar.strict)(text), (grammar.lenient)(text)), expected, "{text}");
    }
}

#[test]
fn every_operation_with_every_option_makes_a_request() {
    every_operation(|cloud, operation| {
        for count in [1, operation.ids_max] {
            let plain = clouds::request(&batch(cloud, operation, count));
            check_request(cloud, plain.content(), operation.name);
            for id in ids(cloud, count) {
                assert_eq!(times(plain.content(), id.as_str()), 1, "{id}");
            }
        }
        for parameter in operation.parameters {
            for value in values(&parameter.kind) {
                let mut input = plan_input(cloud, operation.name, 1);
                input.options = vec![(parameter.name.into(), value.into())];
                let plan = plan(&input, None).unwrap();
                let request = clouds::request(plan.batches.first().unwrap());
                check_request(cloud, request.content(), operation.name);
                assert_eq!(option(request.content(), parameter.name).as_deref(), Some(value));
            }
        }
    });
}

#[test]
fn every_read_makes_a_request_that_changes_nothing() {
    every_cloud(|cloud| {
        let target = target(cloud);
        let many = ids(cloud, 130);
        for read in Read::ALL {
            let most = match read {
                Read::Instances => cloud.describe_ids_max,
                Read::Status => cloud.status_ids_max,
                Read::Places => 0,
            };
            let request = clouds::protocol(cloud).read(&target, read, &many);
            let content = request.content();
            check_request(cloud, content, content.action);
            assert!(content.action.starts_with("Describe"), "{}", content.action);
            assert!(cloud.operation(content.action).is_none());
            let asked = many.iter().filter(|id| times(content, id.as_str()) == 1).count();
            assert_eq!(asked, most, "{cloud:?} {read:?}");
        }
        assert_eq!(
            clouds::protocol(cloud).describe(&target, &many),
            clouds::protocol(cloud).read(&target, Read::Instances, &many)
        );
    });
}

#[test]
fn hosts_are_those_that_a_proxy_lets_through() {
    every_cloud(|cloud| {
        let known = cloud.regions.known.iter().map(|region| region.id);
        let regions: Vec<&str> = if cloud.regions.required { known.collect() } else { vec![""] };
        for site in cloud.sites {
            for region in &regions {
                let target = Target::new(cloud, Some(site.id), region).unwrap();
                let host = clouds::host(&target);
                assert!(is_listed(&host), "{host} is in no list");
            }
        }
    });
}

#[test]
fn a_signed_request_can_be_sent_by_a_page_through_a_proxy() {
    let passed = request_headers();
    let seen = RefCell::new(HashSet::new());
    every_cloud(|cloud| {
        for token in tokens(cloud) {
            let signer = Signer { token, ..signer() };
            let request = request(cloud);
            let sent = signed(cloud, &request, &signer);
            let mut names: Vec<&str> = sent.headers().iter().map(|(name, _)| &**name).collect();
            for name in &names {
                assert!(passed.contains(name), "{name}");
                seen.borrow_mut().insert((*name).to_owned());
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), sent.headers().len(), "a header twice");
            assert!(names.iter().any(|name| name.ends_with("-action")));
            assert_eq!(sent.host(), request.content().host);
            let rest = sent.path_and_query();
            let direct = format!("https://{}{rest}", sent.host());
            assert_eq!(sent.url(&Route::Direct), direct);
            let proxied = format!("/proxy/{}{rest}", sent.host());
            assert_eq!(sent.url(&Route::Proxy { base: "/proxy/".into() }), proxied);
            assert_eq!(sent.url(&Route::Proxy { base: "/proxy".into() }), proxied);
        }
    });
    let seen = seen.into_inner();
    let unused: Vec<_> = passed.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(unused.is_empty(), "{unused:?}: a proxy should let nothing pass that is not needed");
}

#[test]
fn a_line_for_curl_is_the_request_that_the_page_sends_but_for_the_signature() {
    every_operation(|cloud, operation| {
        let batch = batch(cloud, operation, operation.ids_max);
        let line = clouds::curl(&batch).line;
        let sent = signed(cloud, &clouds::request(&batch), &signer());
        // What the page's own signature fills in.
        let [mut address, mut body] = [String::new(), String::new()];
        let mut filled = Vec::new();
        let mut words = shlex::split(&line.replace(" \\\n  ", " ")).unwrap().into_iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "curl" => {}
                "-X" => assert_eq!(words.next().as_deref(), Some(sent.method())),
                "-H" => {
                    let header = words.next().unwrap();
                    let (name, value) = header.split_once(": ").unwrap();
                    if name != "content-length" {
                        let own = sent.headers().iter().find(|(other, _)| other == name);
                        let own = own.map(|(_, value)| value.as_str()).unwrap_or_default();
                        assert!([own, UNSIGNED].contains(&value), "{header}");
                        filled.push((name.to_owned(), value == UNSIGNED));
                    }
                }
                "--data-raw" => body = words.next().unwrap(),
                _ => address = word,
            }
        }
        assert_eq!((address, body.as_str()), (sent.url(&Route::Direct), sent.body()));
        assert_eq!(filled.len(), sent.headers().len(), "{line}");
        assert!(filled.contains(&("authorization".into(), true)), "{line}");
        assert!(line.matches(UNSIGNED).count() >= 2, "the time and the signature: {line}");
    });
}

#[test]
fn the_own_tool_is_given_every_id_and_every_option_once() {
    every_operation(|cloud, operation| {
        for mode in operation.modes {
            let mut input = plan_input(cloud, operation.name, operation.ids_max);
            let options = mode.options.iter();
            input.options =
                options.map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let batch = plan(&input, None).unwrap().batches.remove(0);
            let line = clouds::command_line(&batch);
            assert!(line.line.starts_with(line.tool));
            for id in batch.ids() {
                assert_eq!(line.line.matches(id.as_str()).count(), 1, "{}", line.line);
            }
            // As one tool or another spells it.
            let plain = |text: &str| text.replace('-', "").to_lowercase();
            for (name, value) in mode.options {
                let omitted = line.omitted.as_deref() == Some(&format!("{name}={value}"));
                let option = plain(&format!("--{name}"));
                let said = plain(&line.line).contains(&option);
                assert!(said != omitted, "{name}: {}", line.line);
            }
        }
    });
}

#[test]
fn the_signature_covers_what_matters() {
    every_cloud(|cloud| {
        let signer = signer();
        let original = request(cloud);
        let signature = |request: &Request<Unsigned>, signer: &Signer| {
            signed(cloud, request, signer).signature().to_owned()
        };
        let expected = signature(&original, &signer);
        assert_eq!(signature(&original, &signer), expected, "the same again");

        let mut other_host = original.content().clone();
        other_host.host.insert(0, 'x');
        assert_ne!(signature(&Request::new(other_host), &signer), expected, "host");

        let later = Signer { unix_seconds: signer.unix_seconds + 1, ..signer.clone() };
        assert_ne!(signature(&original, &later), expected, "time");

        let mut other_payload = original.content().clone();
        match &mut other_payload.payload {
            Payload::Json(body) => {
                for position in 0..body.len() {
                    let mut bytes = body.clone().into_bytes();
                    bytes[position] ^= 1;
                    let changed = Unsigned {
                        payload: Payload::Json(String::from_utf8(bytes).unwrap()),
                        ..original.content().clone()
                    };
                    assert_ne!(signature(&Request::new(changed), &signer), expected, "body");
                }
            }
            Payload::Query(query) => {
                for position in 0..query.len() {
                    let mut query = query.clone();
                    query[position].1 = format!("{}x", query[position].1).into();
                    let changed =
                        Unsigned { payload: Payload::Query(query), ..original.content().clone() };
                    assert_ne!(signature(&Request::new(changed), &signer), expected, "query");
                }
            }
        }

        let key = Secret::new("another".into());
        assert_ne!(
            clouds::protocol(cloud).prepare(&original, &signer).finish_with(&key).signature(),
            expected
        );
    });
}

#[test]
fn the_signature_is_in_the_request_once_and_the_secret_nowhere() {
    every_cloud(|cloud| {
        for algorithm in clouds::protocol(cloud).algorithms() {
            for token in tokens(cloud) {
                let signer = Signer { token: token.clone(), ..signer() };
                let prepared = clouds::protocol(cloud).prepare_with(
                    algorithm.name(),
                    &request(cloud),
                    &signer,
                );
                let sent = prepared.unwrap().finish_with(&Secret::new(SECRET.into()));
                let trace = sent.trace();
                let steps = [trace.canonical_request.as_deref(), Some(&*trace.string_to_sign)];
                let mut texts: Vec<&str> = steps.into_iter().flatten().collect();
                let url = sent.url(&Route::Direct);
                texts.extend([url.as_str(), sent.body(), sent.signature()]);
                texts.extend(sent.headers().iter().map(|(_, value)| value.as_str()));
                let debug = format!("{sent:?} {signer:?} {trace:?}");
                for text in texts.iter().copied().chain([debug.as_str()]) {
                    assert!(!text.contains(SECRET), "{text}");
                }
                let encoded = signing::percent_encode(sent.signature());
                let holders = sent.headers().iter().map(|(_, value)| value.as_str());
                let holders = holders.chain([url.as_str(), sent.body()]);
                assert_eq!(holders.filter(|text| text.contains(&encoded)).count(), 1);
                assert!(!url.contains(&encoded), "signatures stay out of addresses");
                assert!(!url.contains(&signer.key_id), "so do key ids");
                assert!(!debug.contains(sent.signature()));
                if let Some(token) = &token {
                    let redacted = trace.redacted(Some(token));
                    let text =
                        redacted.canonical_request.unwrap_or_default() + &redacted.string_to_sign;
                    let encoded = signing::percent_encode(token);
                    for form in [token, &encoded, &signing::percent_encode(&encoded)] {
                        assert!(
                            !text.contains(form) && !url.contains(form) && !debug.contains(form)
                        );
                    }
                    let values = sent.headers().iter().map(|(_, value)| value.as_str());
                    assert!(
                        values
                            .chain([sent.body()])
                            .any(|text| text.contains(&**token) || text.contains(&encoded)),
                        "a token is sent"
                    );
                }
            }
        }
    });
}

#[test]
fn a_key_elsewhere_signs_as_one_in_memory() {
    every_cloud(|cloud| {
        for algorithm in clouds::protocol(cloud).algorithms() {
            let prepare = || -> Prepared {
                clouds::protocol(cloud)
                    .prepare_with(algorithm.name(), &request(cloud), &signer())
                    .unwrap()
            };
            let elsewhere = prepare();
            let key =
                format!("{}{SECRET}{}", elsewhere.hmac_spec.prefix, elsewhere.hmac_spec.suffix);
            let tag = match elsewhere.hmac_spec.hash {
                Hash::Sha1 => signing::hmac_sha1(key.as_bytes(), &elsewhere.message).to_vec(),
                Hash::Sha256 => signing::hmac_sha256(key.as_bytes(), &elsewhere.message).to_vec(),
            };
            let here = prepare().finish_with(&Secret::new(SECRET.into()));
            assert!(elsewhere.finish(&tag) == here);
        }
    });
}

/// Whoever keeps a secret as keys that cannot be read back has made one for every algorithm.
#[test]
fn every_hmac_of_an_algorithm_is_a_fact_of_its_cloud() {
    every_cloud(|cloud| {
        let hmac_specs = cloud.credential.hmac_specs;
        for algorithm in clouds::protocol(cloud).algorithms() {
            assert!(hmac_specs.contains(&algorithm.hmac_spec()), "{}", algorithm.name());
        }
        let used = |hmac_spec: &HmacSpec| {
            clouds::protocol(cloud)
                .algorithms()
                .iter()
                .any(|algorithm| algorithm.hmac_spec() == *hmac_spec)
        };
        assert!(hmac_specs.iter().all(used), "a key for nothing");
    });
}

#[test]
fn algorithms_are_found_by_name() {
    let all = || clouds::ALL.iter().flat_map(|cloud| clouds::protocol(cloud).algorithms());
    unique(all().map(|algorithm| algorithm.name()));
    for algorithm in all() {
        let found = clouds::algorithm(algorithm.name()).unwrap();
        assert_eq!(found.name(), algorithm.name());
        assert_eq!(found.hmac_spec(), algorithm.hmac_spec());
    }
    every_cloud(|cloud| {
        let first = clouds::protocol(cloud).algorithms().first().unwrap().name();
        let request = request(cloud);
        let named = clouds::protocol(cloud).prepare_with(first, &request, &signer()).unwrap();
        assert_eq!(named.message, clouds::protocol(cloud).prepare(&request, &signer()).message);
        assert!(clouds::protocol(cloud).prepare_with("HMAC-MD5", &request, &signer()).is_none());
    });
}

fn check_request(cloud: &Cloud, content: &Unsigned, action: &str) {
    assert_eq!((content.method, content.action), ("POST", action));
    assert!(is_listed(&content.host), "{}", content.host);
    assert!(content.path == "/" || content.path.starts_with("/api/v2/"), "{}", content.path);
    assert_eq!(content.version.len(), "2014-05-26".len());
    match &content.payload {
        Payload::Query(query) => unique(query.iter().map(|(name, _)| name.as_str())),
        Payload::Json(body) => {
            let value: serde_json::Value = serde_json::from_str(body).unwrap();
            assert!(value.is_object(), "{body}");
            assert_eq!(value.to_string().len(), body.len(), "no blanks: {body}");
        }
    }
    let signed = clouds::protocol(cloud).prepare(&Request::new(content.clone()), &signer());
    let signed = signed.finish_with(&Secret::new(SECRET.into()));
    assert!(signed.body().len() <= 64 * 1024, "a proxy takes 64 KiB");
    assert!(signed.path_and_query().len() <= 8 * 1024, "servers take 8 KiB of address");
}

/// The hosts that a proxy lets through; `crates/proxy-check` holds the configurations to it.
fn is_listed(host: &str) -> bool {
    include_str!("../../../deploy/hosts.txt").lines().any(|listed| listed == host)
}

/// How often an id is in a payload, as a whole value.
fn times(content: &Unsigned, id: &str) -> usize {
    match &content.payload {
        Payload::Query(query) => query
            .iter()
            .filter(|(_, value)| value == id || value.contains(&format!("\"{id}\"")))
            .count(),
        Payload::Json(body) => body.matches(&format!("\"{id}\"")).count(),
    }
}

fn option(content: &Unsigned, name: &str) -> Option<String> {
    match &content.payload {
        Payload::Query(query) => {
            query.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_string())
        }
        Payload::Json(body) => {
            let value: serde_json::Value = serde_json::from_str(body).unwrap();
            match &value[name] {
                serde_json::Value::String(text) => Some(text.clone()),
                serde_json::Value::Bool(value) => Some(value.to_string()),
                _ => None,
            }
        }
    }
}

fn request(cloud: &'static Cloud) -> Request<Unsigned> {
    let operation = cloud.operation_for(Verb::Reboot).unwrap();
    clouds::request(&batch(cloud, operation, 3))
}

fn signed(cloud: &Cloud, request: &Request<Unsigned>, signer: &Signer) -> Request<Signed> {
    clouds::protocol(cloud).prepare(request, signer).finish_with(&Secret::new(SECRET.into()))
}

fn target(cloud: &'static Cloud) -> Target {
    let region = cloud.regions.known.first().map_or("", |region| region.id);
    Target::new(cloud, None, region).unwrap()
}

fn tokens(cloud: &Cloud) -> Vec<Option<String>> {
    let token = cloud.credential.token_label.map(|_| Some("A/token+of=this".to_owned()));
    [None].into_iter().chain(token).collect()
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) {
    let mut seen = HashSet::new();
    for name in names {
        assert!(!name.is_empty() && seen.insert(name), "{name:?} twice");
    }
}
