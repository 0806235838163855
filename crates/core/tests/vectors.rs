//! Every signing vector, step by step: the first step that differs names the mistake.

mod common;

use relight_core::{
    clouds::{self, algorithm},
    signing::{
        Secret, SigningInput,
        request::{Pair, Request, Signed},
    },
    text::time::parse_iso_8601,
};
use serde_json::Value;
use std::{fs, path::Path};

const FILES: [(&str, usize); 4] =
    [("acs3.json", 24), ("acs-v1.json", 22), ("tc3.json", 22), ("zc2.json", 15)];

#[test]
fn every_vector_is_reproduced() {
    let mut checked = 0;
    for (file, count) in FILES {
        let vectors = vectors(file);
        assert_eq!(vectors.len(), count, "{file}");
        for vector in &vectors {
            check(vector);
            checked += 1;
        }
    }
    assert_eq!(checked, 83);
}

#[test]
fn no_file_of_vectors_is_forgotten() {
    let folder = fs::read_dir(folder()).unwrap();
    let files = folder.filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.extension().is_some_and(|extension| extension == "json")
    });
    assert_eq!(files.count(), FILES.len());
}

/// From ids to signature, as the console goes: the vendor's own client, recorded, is met exactly.
#[test]
fn a_job_is_signed_as_the_vendors_clients_sign_it() {
    struct Case {
        file: &'static str,
        vector: &'static str,
        cloud: &'static str,
        ids: &'static str,
        region: &'static str,
        options: &'static [(&'static str, &'static str)],
        sign_action: bool,
    }
    let cases = [
        Case {
            file: "tc3.json",
            vector: "tc3:node-reboot-2-ids-compact-json",
            cloud: "tencent",
            ids: "ins-1a2b3c00 ins-1a2b3c01",
            region: "ap-guangzhou",
            options: &[("StopType", "SOFT")],
            sign_action: false,
        },
        Case {
            file: "tc3.json",
            vector: "tc3:indep-tc3-reboot-action-signed",
            cloud: "tencent",
            ids: "ins-1a2b3c00",
            region: "ap-guangzhou",
            options: &[("StopType", "SOFT")],
            sign_action: true,
        },
        Case {
            file: "zc2.json",
            vector: "zc2:reboot-compact-json",
            cloud: "zenlayer",
            ids: "1660545330971680835 1660545330971680836",
            region: "",
            options: &[],
            sign_action: true,
        },
    ];
    for case in cases {
        let vectors = vectors(case.file);
        let vector = vectors.iter().find(|vector| vector["name"] == case.vector).unwrap();
        let cloud = clouds::by_id(case.cloud).unwrap();
        let parsed = relight_core::ids::parse_ids(case.ids, Some(cloud));
        let input = relight_core::model::plan::PlanInput {
            cloud,
            site: None,
            region: case.region.into(),
            operation: text(&vector["input"]["action"]).into(),
            ids: parsed.ids.into_iter().map(|parsed| parsed.id).collect(),
            options: case.options.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect(),
            limits: std::sync::Arc::default(),
        };
        let plan = relight_core::model::plan::plan(&input, None).unwrap();
        let mut signer = common::signer();
        signer.key_id = text(&vector["input"]["access_key_id"]).into();
        signer.token = vector["input"]["token"].as_str().map(str::to_owned);
        signer.unix_seconds = vector["input"]["timestamp"].as_i64().unwrap();
        signer.sign_action = case.sign_action;
        let request = clouds::request(plan.batches.first().unwrap());
        let secret = Secret::new(text(&vector["input"]["secret"]).into());
        let sent = clouds::protocol(cloud).prepare(&request, &signer).finish_with(&secret);
        assert_eq!(sent.body(), vector["input"]["body"], "{}", case.vector);
        compare(vector, &sent);
    }
}

fn check(vector: &Value) {
    let name = text(&vector["name"]);
    let algorithm = algorithm(text(&vector["algorithm"])).expect(name);
    let input = input(&vector["input"]);
    let secret = text(&vector["input"]["secret"]);
    if let Some(key) = vector["expect"]["hmac_key"].as_str() {
        let hmac_spec = algorithm.hmac_spec();
        assert_eq!(format!("{}{secret}{}", hmac_spec.prefix, hmac_spec.suffix), key, "{name}: key");
    }
    let signed = algorithm.prepare(input).finish_with(&Secret::new(secret.into()));
    compare(vector, &signed);
    assert!(
        !signed.headers().iter().any(|(header, _)| header.eq_ignore_ascii_case("host")),
        "{name}: no page may set Host"
    );
}

fn compare(vector: &Value, signed: &Request<Signed>) {
    let name = text(&vector["name"]);
    let expect = &vector["expect"];
    let trace = signed.trace();
    let canonical = trace.canonical_request.as_deref();
    if let Some(query) = expect["canonical_query"].as_str() {
        let lines: Vec<&str> = canonical.unwrap().split('\n').collect();
        assert_eq!(lines[2], query, "{name}: canonical query");
        let sent = signed.path_and_query();
        let (_, sent) = sent.split_once('?').unwrap_or_default();
        assert_eq!(sent, query, "{name}: what is signed is what is sent");
    }
    if let Some(hash) = expect["hashed_payload"].as_str() {
        let last = canonical.unwrap().rsplit('\n').next().unwrap();
        assert_eq!(last, hash, "{name}: hash of the body");
    }
    assert_eq!(canonical, expect["canonical_request"].as_str(), "{name}: canonical request");
    if let Some(scope) = expect["credential_scope"].as_str() {
        assert_eq!(trace.string_to_sign.split('\n').nth(2), Some(scope), "{name}: scope");
    }
    assert_eq!(trace.string_to_sign, expect["string_to_sign"], "{name}: string to sign");
    assert_eq!(signed.signature(), expect["signature"], "{name}: signature");
    assert_eq!(signed.authorization(), expect["authorization"].as_str(), "{name}: Authorization");
    let header = signed.headers().iter().find(|(header, _)| header == "authorization");
    assert_eq!(
        header.map(|(_, value)| value.as_str()),
        expect["authorization"].as_str(),
        "{name}: the header Authorization"
    );
}

fn input(input: &Value) -> SigningInput {
    let list = |value: &Value| {
        value.as_array().into_iter().flatten().map(|name| text(name).into()).collect()
    };
    SigningInput {
        key_id: text(&input["access_key_id"]).into(),
        token: input["token"].as_str().map(str::to_owned),
        method: text(&input["method"]).into(),
        host: text(&input["host"]).into(),
        path: text(&input["path"]).into(),
        query: pairs(&input["query"]),
        raw_query: input["query"].as_str().unwrap_or_default().to_owned(),
        form: pairs(&input["form"]),
        headers: pairs(&input["headers"]),
        signed_headers: list(&input["signed_headers"]),
        lowercased_values: list(&input["lowercased_values"]),
        body: text(&input["body"]).into(),
        unsigned_payload: input["unsigned_payload"].as_bool().unwrap_or(false),
        unix_seconds: match &input["timestamp"] {
            Value::String(text) => parse_iso_8601(text).unwrap(),
            number => number.as_i64().unwrap(),
        },
        service: input["service"].as_str().unwrap_or_default().into(),
    }
}

fn pairs(object: &Value) -> Vec<Pair> {
    let members = object.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.into(), text(value).into())).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn vectors(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder().join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}
