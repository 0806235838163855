//! Every published and recorded signing vector is accepted, and no signed byte may be changed.

use relight_sandbox::{
    Cloud,
    credential::Credential,
    signature::{Inbound, Refusal, acs_v1, acs3, tc3, zc2},
    time,
};
use serde_json::Value;

type Verify =
    fn(&Inbound, &[Credential], i64) -> Result<relight_sandbox::signature::Verified, Refusal>;

struct Case {
    name: String,
    request: Inbound,
    credentials: Vec<Credential>,
    server_s: i64,
    signature: String,
}

fn cases(file: &str, cloud: Cloud) -> Vec<Case> {
    let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the vectors of the workspace");
    let list: Vec<Value> = serde_json::from_str(&text).expect("an array of vectors");
    list.iter().map(|vector| case(vector, cloud)).collect()
}

fn case(vector: &Value, cloud: Cloud) -> Case {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let input = &vector["input"];
    let signature = text(&vector["expect"]["signature"]);
    let mut headers: Vec<(String, String)> = input["headers"]
        .as_object()
        .expect("headers")
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    if let Some(authorization) = vector["expect"]["authorization"].as_str() {
        headers.push(("Authorization".to_owned(), authorization.to_owned()));
    }
    let mut body = text(&input["body"]);
    let mut query = match &input["query"] {
        Value::String(raw) => raw.clone(),
        _ => input["query_as_sent"].as_str().map_or_else(|| encode(&input["query"]), str::to_owned),
    };
    if vector["algorithm"] == "ACS-RPC-HMAC-SHA1" {
        // The vector leaves Signature out where the vendor prints only the parameters.
        let form = headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value.contains("form-urlencoded")
        });
        let signed = query.contains("Signature=") || (form && body.contains("Signature="));
        if !signed {
            query.push_str("&Signature=");
            query.push_str(&percent(&signature));
        }
        if form && body.is_empty() {
            body = encode(&input["form"]);
        }
    }
    let timestamp = &input["timestamp"];
    let server_s = timestamp.as_i64().or_else(|| time::parse_iso(&text(timestamp)));
    Case {
        name: text(&vector["name"]),
        request: Inbound {
            method: text(&input["method"]),
            host: text(&input["host"]),
            path: text(&input["path"]),
            query,
            headers,
            body: body.into_bytes(),
        },
        credentials: vec![Credential {
            cloud,
            id: text(&input["access_key_id"]),
            secret: text(&input["secret"]),
            token: None,
            expires_at_s: None,
        }],
        server_s: server_s.expect("a time"),
        signature,
    }
}

fn encode(pairs: &Value) -> String {
    let pairs = pairs.as_object().into_iter().flatten();
    let joined: Vec<String> = pairs
        .map(|(name, value)| {
            format!("{}={}", percent(name), percent(value.as_str().unwrap_or_default()))
        })
        .collect();
    joined.join("&")
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| format!("{out}%{byte:02X}"))
}

/// The token as the vector's own key has it, wherever the request carries it.
fn with_token(mut case: Case, token: Option<String>) -> Case {
    case.credentials[0].token = token;
    case
}

fn all(cloud: Cloud, file: &str, token_header: &str) -> Vec<Case> {
    cases(file, cloud)
        .into_iter()
        .map(|case| {
            let token = match case.request.header(token_header) {
                Some(token) => Some(token.to_owned()),
                None => in_parameters(&case.request, "SecurityToken"),
            };
            // Tencent's SDKs send an empty token when there is none.
            with_token(case, token.filter(|token| !token.is_empty()))
        })
        .collect()
}

fn in_parameters(request: &Inbound, name: &str) -> Option<String> {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let all = format!("{}&{body}", request.query);
    let raw = all.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?.to_owned();
    let mut bytes = Vec::new();
    let mut rest = raw.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let (code, tail) = rest.split_at(2);
            bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(if byte == b'+' { b' ' } else { byte });
        }
    }
    String::from_utf8(bytes).ok()
}

fn accepted(cases: &[Case], verify: Verify) {
    for case in cases {
        let verified = verify(&case.request, &case.credentials, case.server_s);
        let key_id = verified.map(|verified| verified.key_id);
        assert_eq!(key_id.as_ref(), Ok(&case.credentials[0].id), "{}", case.name);
    }
}

#[test]
fn every_vector_is_accepted() {
    let sets: [(Cloud, &str, &str, Verify, usize); 4] = [
        (Cloud::Alibaba, "acs3.json", "x-acs-security-token", acs3::verify, 24),
        (Cloud::Alibaba, "acs-v1.json", "-", acs_v1::verify, 22),
        (Cloud::Tencent, "tc3.json", "x-tc-token", tc3::verify, 22),
        (Cloud::Zenlayer, "zc2.json", "-", zc2::verify, 15),
    ];
    for (cloud, file, token_header, verify, count) in sets {
        let cases = all(cloud, file, token_header);
        assert_eq!(cases.len(), count, "{file}");
        accepted(&cases, verify);
    }
}

/// The request with one bit of one byte of one part changed, for every byte of the part.
fn flips(text: &str) -> impl Iterator<Item = String> + '_ {
    text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii()).map(|(at, byte)| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = byte ^ 1;
        String::from_utf8(bytes).expect("one ASCII byte for another")
    })
}

fn refused(case: &Case, request: &Inbound, verify: Verify, what: &str) {
    let verdict = verify(request, &case.credentials, case.server_s);
    assert!(verdict.is_err(), "{}: {what} was changed and still accepted", case.name);
}

fn method_and_body_count(case: &Case, verify: Verify) {
    let mut request = case.request.clone();
    let other = if request.method == "POST" { "GET" } else { "POST" };
    other.clone_into(&mut request.method);
    refused(case, &request, verify, "the method");
    for at in 0..case.request.body.len() {
        let mut request = case.request.clone();
        request.body[at] ^= 1;
        refused(case, &request, verify, &format!("body byte {at}"));
    }
}

fn host_and_headers_count(case: &Case, verify: Verify) {
    for host in flips(&case.request.host) {
        let request = Inbound { host: host.clone(), ..case.request.clone() };
        refused(case, &request, verify, &host);
    }
    let authorization = case.request.header("authorization").expect("one").to_owned();
    let names =
        authorization.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next());
    for name in names.expect("signed names").split(';').filter(|name| *name != "host") {
        let place = case
            .request
            .headers
            .iter()
            .position(|(key, _)| key.eq_ignore_ascii_case(name))
            .expect("a signed header is there");
        let value = case.request.headers[place].1.clone();
        for changed in flips(&value) {
            let mut request = case.request.clone();
            request.headers[place].1.clone_from(&changed);
            refused(case, &request, verify, &format!("{name}: {changed}"));
        }
    }
    for changed in flips(&authorization) {
        let mut request = case.request.clone();
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        request.headers.push(("Authorization".to_owned(), changed.clone()));
        refused(case, &request, verify, &changed);
    }
}

#[test]
fn no_signed_byte_of_acs3_may_change() {
    for case in all(Cloud::Alibaba, "acs3.json", "x-acs-security-token") {
        method_and_body_count(&case, acs3::verify);
        host_and_headers_count(&case, acs3::verify);
        for query in flips(&case.request.query) {
            let request = Inbound { query: query.clone(), ..case.request.clone() };
            refused(&case, &request, acs3::verify, &query);
        }
        let request = Inbound { path: "/x".to_owned(), ..case.request.clone() };
        refused(&case, &request, acs3::verify, "the path");
    }
}

#[test]
fn no_signed_byte_of_v1_may_change() {
    for case in all(Cloud::Alibaba, "acs-v1.json", "-") {
        method_and_body_count(&case, acs_v1::verify);
        for query in flips(&case.request.query) {
            let request = Inbound { query: query.clone(), ..case.request.clone() };
            refused(&case, &request, acs_v1::verify, &query);
        }
    }
}

#[test]
fn no_signed_byte_of_tc3_may_change() {
    for case in all(Cloud::Tencent, "tc3.json", "x-tc-token") {
        method_and_body_count(&case, tc3::verify);
        host_and_headers_count(&case, tc3::verify);
        let request = Inbound { query: "a=1".to_owned(), ..case.request.clone() };
        refused(&case, &request, tc3::verify, "the query");
    }
}

#[test]
fn no_signed_byte_of_zc2_may_change() {
    for case in all(Cloud::Zenlayer, "zc2.json", "-") {
        method_and_body_count(&case, zc2::verify);
        host_and_headers_count(&case, zc2::verify);
    }
}

#[test]
fn the_servers_own_strings_are_those_of_the_vector() {
    for (cloud, file, verify) in [
        (Cloud::Alibaba, "acs3.json", acs3::verify as Verify),
        (Cloud::Zenlayer, "zc2.json", zc2::verify),
    ] {
        let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("the vectors");
        let list: Vec<Value> = serde_json::from_str(&text).expect("an array");
        for vector in &list {
            let mut case = case(vector, cloud);
            case.credentials[0].secret.push('x');
            let verdict = verify(&case.request, &case.credentials, case.server_s);
            let Err(Refusal::Mismatch { string_to_sign, canonical_request }) = verdict else {
                panic!("{}: {verdict:?}", case.name);
            };
            assert_eq!(vector["expect"]["string_to_sign"], string_to_sign, "{}", case.name);
            assert_eq!(
                vector["expect"]["canonical_request"].as_str(),
                canonical_request.as_deref()
            );
        }
    }
}

#[test]
fn the_clock_window_has_two_sides() {
    for (cloud, file, verify, window_s) in [
        (Cloud::Alibaba, "acs3.json", acs3::verify as Verify, 900),
        (Cloud::Alibaba, "acs-v1.json", acs_v1::verify, 900),
        (Cloud::Tencent, "tc3.json", tc3::verify, 300),
        (Cloud::Zenlayer, "zc2.json", zc2::verify, 300),
    ] {
        let case = all(cloud, file, "-").into_iter().find(|case| {
            case.credentials[0].token.is_none()
                && case.request.header("x-acs-security-token").is_none()
                && case.request.header("x-tc-token").is_none_or(str::is_empty)
        });
        let case = case.expect("a vector without a token");
        let at = |server_s| verify(&case.request, &case.credentials, server_s).map(|_| ());
        for side in [-1, 1] {
            assert_eq!(at(case.server_s + side * window_s), Ok(()), "{file}");
            assert_eq!(at(case.server_s + side * (window_s + 1)), Err(Refusal::Expired), "{file}");
        }
    }
}

#[test]
fn tokens_and_keys_are_checked() {
    let mut case = all(Cloud::Tencent, "tc3.json", "x-tc-token").remove(1);
    let verdict =
        |case: &Case| tc3::verify(&case.request, &case.credentials, case.server_s).map(|_| ());
    assert_eq!(verdict(&case), Ok(()));
    case.credentials[0].token = Some("another".to_owned());
    assert_eq!(verdict(&case), Err(Refusal::WrongToken));
    case.request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-tc-token"));
    assert_eq!(verdict(&case), Err(Refusal::MissingToken));
    case.credentials[0].id = "another".to_owned();
    assert_eq!(verdict(&case), Err(Refusal::UnknownKey));
    assert!(!case.signature.is_empty());
}
