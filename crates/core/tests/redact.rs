//! What goes out does not come back: token, signature and `Authorization` of a request are taken out
//! of its answer, in whatever form they are there.

mod common;

use common::every_cloud;
use proptest::prelude::*;
use relight_core::{
    clouds,
    explain::{TextOptions, explain_text},
    model::{cloud::Cloud, outcome::Response, plan::Batch},
    signing::{
        Secret, Signer, base64, hex, percent_encode,
        request::{Request, Signed},
    },
    text::mask::hide_secrets,
    transport::{Redactor, Sent},
};

/// As long as the clouds' own, with every character that has another form somewhere.
const TOKEN: &str = "CAIS8gF1q6Ft5B2y/fSjIr7bHtPMhLpK1/+WWX6Eg3cwX9tmhKzNjjz2IHBMdnJpBeEYs/Uym29R6P8blqB6T55OSAmc\
NZIoG3bC4aDkMeT7oMWQweEurv/MQBqyaXPS2MvVfJ+OLrf0ceusbFbpjzJ6xaCAGxypQ12iN+/m6/Ngdc9FHHP7D1x8CcxROxFppeIDKHLV==";

fn batch(cloud: &'static Cloud) -> Batch {
    common::batch(cloud, &cloud.operations[0], 1)
}

/// A request of each way in which a cloud signs, with a token where it takes one.
fn requests() -> Vec<(&'static Cloud, Request<Signed>)> {
    let mut requests = Vec::new();
    for cloud in clouds::ALL {
        let token = cloud.credential.token_label.map(|_| TOKEN.to_owned());
        let signer = Signer { token, ..common::signer() };
        let request = clouds::request(&batch(cloud));
        let secret = Secret::new("EXAMPLE-SECRET-0123456789".to_owned());
        requests.push((
            *cloud,
            clouds::protocol(cloud).prepare(&request, &signer).finish_with(&secret),
        ));
        let direct = cloud.direct.and_then(|algorithm| {
            clouds::protocol(cloud).prepare_with(algorithm, &request, &signer)
        });
        requests.extend(direct.map(|prepared| (*cloud, prepared.finish_with(&secret))));
    }
    assert!(requests.len() > clouds::ALL.len(), "some can be sent without a proxy");
    requests
}

fn secrets(cloud: &Cloud, request: &Request<Signed>) -> Vec<String> {
    let token = cloud.credential.token_label.map(|_| TOKEN.to_owned());
    let authorization = request.authorization().map(str::to_owned);
    [token, Some(request.signature().to_owned()), authorization].into_iter().flatten().collect()
}

fn received(request: &Request<Signed>, body: &str) -> Response {
    let headers = vec![("x-echo".to_owned(), body.replace(['\r', '\n'], ""))];
    Response::received(&Redactor::of(request), 200, headers, body.as_bytes().to_vec())
}

type Form = fn(&str) -> String;

/// The ways in which something in between may write a text.
const FORMS: [(&str, Form); 16] = [
    ("plain", str::to_owned),
    ("percent", percent_encode),
    ("percent, small digits", |text| small_digits(&percent_encode(text))),
    ("percent, all of it", |text| {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
    }),
    ("a form's value", |text| percent_encode(text).replace("%20", "+")),
    ("a form's value, read wrongly", |text| text.replace('+', " ")),
    ("JSON", |text| serde_json::to_string(text).unwrap()),
    ("JSON, slashes escaped", |text| serde_json::to_string(text).unwrap().replace('/', "\\/")),
    ("JSON, signs as numbers", |text| {
        let number = |sign: char| match sign {
            'a'..='z' | 'A'..='Z' | '0'..='9' => sign.to_string(),
            sign => format!("\\u{:04X}", u32::from(sign)),
        };
        text.chars().map(number).collect()
    }),
    ("JSON, all as numbers", |text| {
        let number = |sign: char| format!("\\u{:04x}", u32::from(sign));
        text.chars().map(number).collect::<Vec<_>>().concat()
    }),
    ("HTML", |text| text.replace('&', "&amp;").replace('+', "&#43;").replace('/', "&#x2F;")),
    ("base64", |text| base64(text.as_bytes())),
    ("base64 for addresses", |text| {
        base64(text.as_bytes()).replace('+', "-").replace('/', "_").replace('=', "")
    }),
    ("base64 in lines", |text| {
        let lines = base64(text.as_bytes()).into_bytes();
        let lines: Vec<_> = lines.chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
        lines.join("\r\n")
    }),
    ("hexadecimal", |text| hex(text.as_bytes())),
    ("two bytes a letter", |text| text.chars().flat_map(|sign| [sign, '\0']).collect()),
];

fn small_digits(text: &str) -> String {
    let mut after = 3;
    let small = |sign: char| {
        after = if sign == '%' { 0 } else { after + 1 };
        if after <= 2 { sign.to_ascii_lowercase() } else { sign }
    };
    text.chars().map(small).collect()
}

/// Nobody who reads this finds out any of it, with whatever care.
#[track_caller]
fn assert_gone(text: &str, written: &str, what: &str) {
    // Pieces of what was written, so that not even a part is left.
    let pieces: Vec<char> = written.chars().collect();
    for piece in pieces.chunks_exact(24) {
        let piece: String = piece.iter().collect();
        assert!(!text.contains(&piece), "{what}: {piece:?} in {text:?}");
    }
    assert!(
        ["[token]", "[signature]", "[authorization]"].iter().any(|mark| text.contains(mark)),
        "{what}"
    );
}

#[test]
fn nothing_that_went_out_comes_back_in_any_form() {
    let mut looked_at = 0;
    for (cloud, request) in requests() {
        for secret in secrets(cloud, &request) {
            for (name, form) in FORMS {
                let written = form(&secret);
                for around in ["{}", "<p>x-acs-security-token: {}</p> end", "{\"Message\":\"{}\"}"]
                {
                    let response = received(&request, &around.replace("{}", &written));
                    assert_gone(&response.body, &written, name);
                    let written_there = written.replace(['\r', '\n'], "");
                    assert_gone(response.header("x-echo").unwrap(), &written_there, name);
                    let (before, after) = around.split_once("{}").unwrap();
                    if !name.contains("base64") && name != "hexadecimal" {
                        assert!(response.body.starts_with(before), "{name}: {}", response.body);
                    }
                    assert!(response.body.ends_with(after), "{name}: {}", response.body);
                    looked_at += 1;
                }
                for (outer, wrap) in FORMS {
                    let written = wrap(&form(&secret));
                    // Of what is spread over two bytes a letter only the plain is sought.
                    let is_spread = |name: &str| name == "two bytes a letter";
                    if is_spread(name) && outer != "plain" || is_spread(outer) && name != "plain" {
                        continue;
                    }
                    // Lines are broken last.
                    if name == "base64 in lines" && !["plain", "JSON"].contains(&outer) {
                        continue;
                    }
                    if name == "a form's value, read wrongly" && outer.starts_with("a form") {
                        continue;
                    }
                    let body = format!("a {written} b");
                    assert_gone(
                        &received(&request, &body).body,
                        &written,
                        &format!("{name} in {outer}"),
                    );
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 2_000, "{looked_at}");
}

/// What is inside of a larger thing that was encoded as a whole begins at any of three places.
#[test]
fn an_encoding_of_something_larger_is_looked_into_at_every_place() {
    for (cloud, request) in requests() {
        for secret in secrets(cloud, &request) {
            for before in 0..7 {
                let plain = format!("{}{secret}\n", &"Header: "[..before]);
                for (encoded, glue) in [
                    (base64(plain.as_bytes()), ""),
                    (base64(plain.as_bytes()), "dump/"),
                    (hex(plain.as_bytes()), "a"),
                    (hex(plain.as_bytes()).to_uppercase(), ""),
                    (base64(percent_encode(&plain).as_bytes()), ""),
                ] {
                    let response =
                        received(&request, &format!("{{\"debug\":\"{glue}{encoded}\"}}"));
                    assert_gone(&response.body, &encoded, "larger");
                    assert!(response.body.ends_with('}'));
                }
            }
        }
    }
}

/// A gateway may show only the beginning of a header.
#[test]
fn a_token_that_was_cut_short_is_taken_out_too() {
    for (cloud, request) in requests() {
        for secret in secrets(cloud, &request) {
            let is_whole_only = request.authorization() == Some(secret.as_str());
            for length in (16..secret.len()).filter(|_| !is_whole_only) {
                let body = format!("value {}...", &secret[..length]);
                assert_gone(&received(&request, &body).body, &secret[..length], "cut short");
            }
        }
    }
}

/// What folds a text, however often, and between which bytes digits are set apart.
#[test]
fn what_is_folded_or_set_apart_is_taken_out_whole() {
    for (cloud, request) in requests() {
        for secret in secrets(cloud, &request) {
            let folded = |length: usize, fold: &str| {
                let pieces: Vec<_> = secret
                    .as_bytes()
                    .chunks(length)
                    .map(|piece| str::from_utf8(piece).unwrap())
                    .collect();
                pieces.join(fold)
            };
            for length in [1, 5, 16, 24, 32, 64] {
                for fold in [
                    "\n",
                    "\r\n ",
                    "\r\n\t",
                    " ",
                    "<br>",
                    "<BR/>\n  ",
                    "<br />",
                    "\\n",
                    "\\r\\n ",
                    "&lt;br&gt;",
                ] {
                    let written = folded(length, fold);
                    let body = format!("<p>begin: {written}</p> end");
                    let body = received(&request, &body).body;
                    assert!(body.starts_with("<p>begin: ["), "{length} {fold:?} {body}");
                    assert!(body.ends_with("]</p> end"), "{length} {fold:?} {body}");
                    assert!(body.len() < 60, "{length} {fold:?} {body}");
                }
            }
            for between in [" ", ":", "-", "\n", ": "] {
                for digits in [hex(secret.as_bytes()), hex(secret.as_bytes()).to_uppercase()] {
                    let bytes: Vec<_> = digits
                        .as_bytes()
                        .chunks(2)
                        .map(|byte| str::from_utf8(byte).unwrap())
                        .collect();
                    let written = bytes.join(between);
                    let body = received(&request, &format!("dump <{written}> end")).body;
                    assert!(body.len() < 40 && body.ends_with("> end"), "{between:?} {body}");
                }
            }
        }
    }
}

/// Whichever part of a token or a signature is left, at both ends and in the middle.
#[test]
fn any_piece_is_taken_out() {
    for (cloud, request) in requests() {
        for secret in secrets(cloud, &request) {
            if request.authorization() == Some(secret.as_str()) {
                continue;
            }
            for length in [16, 17, 23, 32, 48].into_iter().filter(|length| *length <= secret.len())
            {
                for start in 0..=secret.len() - length {
                    let piece = &secret[start..start + length];
                    let body = received(&request, &format!("...{piece}...")).body;
                    assert!(!body.contains(piece) && body.starts_with("...["), "{start} {body}");
                }
            }
        }
    }
}

/// An answer can echo what an earlier request has sent, as long as that is remembered.
#[test]
fn what_earlier_requests_have_sent_is_taken_out_too() {
    for (cloud, request) in requests() {
        let mut sent = Sent::default();
        let _ = sent.redactor(&request);
        let sign_again = |second: i64| {
            let signer = Signer { token: None, unix_seconds: second, ..common::signer() };
            let secret = Secret::new("EXAMPLE-SECRET-0123456789".to_owned());
            clouds::protocol(cloud)
                .prepare(&clouds::request(&batch(cloud)), &signer)
                .finish_with(&secret)
        };
        let echo = |redactor: &Redactor| {
            let body = secrets(cloud, &request).join(" ");
            Response::received(redactor, 200, Vec::new(), body.into_bytes()).body
        };
        let is_gone = |text: &str| {
            let token = cloud.credential.token_label.map(|_| TOKEN);
            !text.contains(request.signature()) && token.is_none_or(|token| !text.contains(token))
        };
        assert!(is_gone(&echo(&sent.redactor(&sign_again(1_714_550_400)))), "{cloud:?}");
        // No more than so many are held.
        for second in 0..70 {
            let _ = sent.redactor(&sign_again(1_714_560_000 + second));
        }
        assert!(!is_gone(&echo(&sent.redactor(&sign_again(1_714_570_000)))), "{cloud:?}");
        let _ = sent.redactor(&request);
        sent.forget();
        assert!(!is_gone(&echo(&sent.redactor(&sign_again(1_714_580_000)))), "{cloud:?}");
    }
}

/// The canonical request in an error, as one of the clouds returns it.
#[test]
fn a_canonical_request_is_left_without_its_token() {
    for (cloud, request) in requests() {
        let Some(canonical) = request.trace().canonical_request.clone() else { continue };
        let canonical = format!("{canonical}\n{}", request.trace().string_to_sign);
        let body = serde_json::json!({ "Code": "SignatureDoesNotMatch", "Message": canonical });
        let response = received(&request, &body.to_string());
        let value: serde_json::Value = serde_json::from_str(&response.body).unwrap();
        assert_eq!(value["Code"], "SignatureDoesNotMatch", "{cloud:?}");
        for form in
            [TOKEN.to_owned(), percent_encode(TOKEN), percent_encode(&percent_encode(TOKEN))]
        {
            assert!(!response.body.contains(&form));
        }
    }
}

/// What has nothing to do with it stays to the byte: the answers that everything else is read from.
#[test]
fn other_answers_stay_as_they_are() {
    for (_, request) in requests() {
        for text in [
            include_str!("data/answers/alibaba.json"),
            include_str!("data/answers/tencent.json"),
            include_str!("data/answers/zenlayer.json"),
            include_str!("data/answers/describe.json"),
            "%%%\\u\\u00\\&#;&#x;&amp;\0\0\0%25%2",
            "",
        ] {
            assert_eq!(received(&request, text).body, text);
        }
    }
}

/// What costs most, in a time that nobody notices: linear in the length. In a release build it is the
/// most that is read of an answer.
#[test]
#[expect(clippy::disallowed_methods, reason = "real time is what this is about")]
fn long_and_hostile_answers_are_read_in_time() {
    let (_, request) = requests().remove(0);
    // With as many remembered as there can be.
    let mut sent = Sent::default();
    for second in 0..70 {
        let token = Some(format!("{second}{TOKEN}"));
        let signer = Signer { token, unix_seconds: second, ..common::signer() };
        let cloud = clouds::ALL[0];
        let secret = Secret::new("EXAMPLE-SECRET-0123456789".to_owned());
        let _ = sent.redactor(
            &clouds::protocol(cloud)
                .prepare(&clouds::request(&batch(cloud)), &signer)
                .finish_with(&secret),
        );
    }
    let redactor = sent.redactor(&request);
    for piece in [
        "\0",
        "<br>",
        " ",
        "CA IS8gF1q6Ft5B",
        "43:41 ",
        "%25",
        "\\u005c",
        "&#38;",
        "QUFBQUFB",
        "6161",
        "CAIS8gF1q6Ft5B",
        "\\\\",
        "a\n",
    ] {
        let length = if cfg!(debug_assertions) { 128 << 10 } else { 4 << 20 };
        let body = piece.repeat(length / piece.len()).into_bytes();
        let begin = std::time::Instant::now();
        let response = Response::received(&redactor, 200, Vec::new(), body.clone());
        assert_eq!(response.body.as_bytes(), body, "{piece:?}");
        assert!(begin.elapsed().as_secs() < 10, "{piece:?}: {:?}", begin.elapsed());
        println!("{piece:?}: {:?}", begin.elapsed());
    }
}

/// What a page shows of a request when its key is gone.
#[test]
fn a_request_without_its_signature_has_it_nowhere() {
    for (cloud, request) in requests() {
        let signature = request.signature();
        let shown = request.without_signature();
        let headers = shown.headers().iter().map(|(_, value)| value.to_string());
        let trace = shown.trace();
        let all = headers
            .chain([shown.path_and_query(), shown.body().to_owned(), shown.signature().to_owned()])
            .chain(shown.authorization().map(str::to_owned))
            .chain(trace.canonical_request.clone())
            .chain([trace.string_to_sign.clone()])
            .collect::<Vec<_>>()
            .join("\n");
        for form in [signature.to_owned(), percent_encode(signature)] {
            assert!(!all.contains(&form), "{cloud:?}: {all}");
        }
        assert!(all.contains("[signature]"), "{cloud:?}");
        assert_eq!(trace.string_to_sign, request.trace().string_to_sign, "{cloud:?}");
    }
}

#[test]
fn no_cloud_is_left_out() {
    every_cloud(|cloud| {
        assert!(requests().iter().any(|(other, _)| other.id == cloud.id));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_taken_and_a_token_among_them_is_not_given(
        before in prop::collection::vec(any::<u8>(), 0..60),
        after in prop::collection::vec(any::<u8>(), 0..60),
        form in 0..FORMS.len(),
        pick in any::<prop::sample::Index>(),
    ) {
        let requests = requests();
        let (cloud, request) = pick.get(&requests);
        for secret in secrets(cloud, request) {
            let written = FORMS[form].1(&secret);
            // Apart from the rest, which might else be read as a part of it.
            let body = [&before[..], b" \"", written.as_bytes(), b"\" ", &after].concat();
            let redactor = Redactor::of(request);
            let response = Response::received(&redactor, 200, Vec::new(), body);
            prop_assert!(!response.body.contains(&written), "{}", FORMS[form].0);
        }
    }
}

/// What somebody pastes, and what nobody may see of it.
const PASTED: [(&str, &[&str]); 34] = [
    ("HTTPS_PROXY=http://ops:S3cretPass1@proxy.corp.example:3128 ./reboot", &["S3cretPass1"]),
    ("Get \"https://ops:pa/ss-W0rd@relay.example.com/v1\": EOF", &["pa/ss-W0rd", "ss-W0rd"]),
    ("cloning https://ops:a@b@host.example/x.git", &["a@b"]),
    ("postgres://app:hunter@db:5432/app and redis://:hunter2@cache:6379", &["hunter"]),
    ("$ curl -u ops:Hunter2Secret https://relay.example.com/", &["Hunter2Secret"]),
    ("curl -u 'ops:Hunter 2' https://a.example", &["Hunter"]),
    (
        "curl --user \"ops:Hunter2\" -x ops:S3cretPass1@proxy:3128 https://a.example",
        &["Hunter2", "S3cret"],
    ),
    ("curl --user=ops:Hunter2 https://a.example", &["Hunter2"]),
    ("curl -uops:Hunter2 https://a.example", &["Hunter2"]),
    ("curl --proxy-user ops:Hunter2 -x http://proxy:3128 https://a.example", &["Hunter2"]),
    ("curl -U ops:Hunter2 -x proxy:3128 https://a.example", &["Hunter2"]),
    ("['curl', '-u', 'ops:Hunter2', 'https://a.example']", &["Hunter2"]),
    ("[\"curl\",\"-u\",\"ops:Hunter2\",\"https://a.example\"]", &["Hunter2"]),
    (
        "> Proxy-Authorization: Basic b3BzOlMzY3JldFBhc3Mx\n< HTTP/1.1 407",
        &["b3BzOlMzY3JldFBhc3Mx"],
    ),
    ("authorization: 'Basic b3BzOmE=',", &["b3BzOmE="]),
    ("-H \"Authorization: Bearer abcDEFghi\" https://a.example", &["abcDEFghi"]),
    ("{\"Authorization\":\"Bearer 0a1b2c3d\"}", &["0a1b2c3d"]),
    ("{\"Authorization\": [\"Basic b3BzOlMzY3JldA==\"]}", &["b3BzOlMzY3JldA"]),
    ("账号 ops 密码：Ab3xY9kQ 执行重启报错", &["Ab3xY9kQ"]),
    ("密码是Hunter2，请重置", &["Hunter2"]),
    ("密码: hunter 口令=12345678", &["hunter", "12345678"]),
    ("Server=db;Uid=ops;Pwd=Hunter2;", &["Hunter2"]),
    ("pwd=abc&user=ops", &["abc"]),
    ("PGPASSWORD=hunter psql -h db", &["hunter"]),
    (
        "?jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcHMifQ.c2lnLXRlc3QtMDE 400",
        &["eyJzdWIiOiJvcHMifQ", "c2lnLXRlc3QtMDE"],
    ),
    ("token eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0. end", &["eyJzdWIiOiJhIn0"]),
    ("sshpass -p Hunter2 ssh root@10.0.0.1", &["Hunter2"]),
    ("sshpass -pHunter2 ssh root@10.0.0.1", &["Hunter2"]),
    ("sshpass -p 'my secret 1' ssh root@10.0.0.1", &["my secret 1", "secret 1"]),
    ("mysql -uroot -pHunter2 -h db", &["Hunter2"]),
    ("tool --password Hunter2 --region cn-hangzhou", &["Hunter2"]),
    ("password：Ab3xY9kQ", &["Ab3xY9kQ"]),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7b/abc\nq+/x0/y1\n-----END RSA PRIVATE KEY-----\nend",
        &["MIIEpAIBAAKCAQEA7b", "q+/x0"],
    ),
    (
        "\"key\":\"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNza/C1rZXk\\n",
        &["b3BlbnNza", "C1rZXk"],
    ),
];

/// Nothing of these is a secret.
const HARMLESS: [&str; 34] = [
    "git push -u origin main:main2",
    "docker run -u 1000:1000 -p 8080:80 image",
    "ssh -p 22 ops@10.0.0.1",
    "mkdir -p /srv/app && cd /srv/app",
    "sshpass: command not found",
    "https://ecs.cn-hangzhou.aliyuncs.com:443/?Action=RebootInstance@x",
    "http://proxy.corp.example:3128/path/@user",
    "dial tcp 10.0.0.1:443: connect: connection refused",
    "git@github.com:relight/relight.git",
    "mailto:ops@example.com",
    "Proxy auth using Basic with user 'ops'",
    "Basic authentication is required",
    "WWW-Authenticate: Basic realm=\"proxy\"",
    "Use Bearer authentication instead.",
    "密码错误，请重新输入",
    "密码：不正确",
    "密码长度为 8-30 个字符",
    "密码为 8-30 个字符",
    "请检查密钥是否正确",
    "The password is incorrect.",
    "--password is required",
    "missing option --secret-key for this command",
    "PWD=/home/ops",
    "OLDPWD=~/work",
    "eyJ is how a token begins",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----",
    "RequestId: 6F2A9C1B-3D40-5E7A-8B61-0C5D2E9F7A13",
    "user:ops@example.com is not authorized",
    "arn:acs:ecs:cn-hangzhou:1234567890123456:instance/i-bp15hr53jws84akg0001",
    "at com.example.Main.run(Main.java:42)",
    "2024-05-01T08:00:00Z pod/web@sha256:abc restarted",
    "curl -u ops https://a.example",
    "time=2024 level=info msg=\"restart of 3 instances\"",
    "•••",
];

/// In whatever an explanation shows, and wherever else a text from outside is.
#[test]
fn what_logs_in_is_not_shown() {
    for (text, secrets) in PASTED {
        let hidden = hide_secrets(text);
        let error = format!("{text}\nErrorCode: InvalidAccessKeyId.NotFound\nMessage: No.");
        let shown = format!("{:?}", explain_text(&error, &TextOptions::default()));
        for secret in secrets {
            assert!(!hidden.contains(secret), "{secret:?} in {hidden:?}");
            assert!(!shown.contains(secret), "{secret:?} in {shown:?}");
        }
        assert!(hidden.contains("•••"), "{hidden:?}");
        // Once more changes nothing.
        assert_eq!(hide_secrets(&hidden), hidden, "of {text:?}");
    }
}

#[test]
fn harmless_texts_stay_as_they_are() {
    for text in HARMLESS {
        assert_eq!(hide_secrets(text), text);
    }
}

/// 2 MB of what each rule looks for.
#[test]
fn hiding_takes_time_in_proportion() {
    for piece in [
        "://a:",
        "eyJ.",
        "eyJabcdefghij.",
        "PRIVATE KEY-----",
        "-u a:b ",
        "密码：",
        "-u 'a",
        "a:@",
        "\"",
        "sshpass -p ",
        "x",
        "'a b ",
        "--password A1b2 ",
        "://a:b@",
        "\n-",
    ] {
        let text = piece.repeat(2_000_000 / piece.len());
        let _ = hide_secrets(&text);
    }
}

proptest! {
    #[test]
    fn any_text_can_be_hidden_twice(text in "(://|a:b@|-u |密码：|eyJ|\\.|PRIVATE KEY-----|\\PC|Basic |['\" ]){0,24}") {
        let _ = hide_secrets(&hide_secrets(&text));
    }
}
