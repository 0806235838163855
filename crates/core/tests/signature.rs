//! What the cloud signed beside what we signed: the first byte that differs, and its cause.

use proptest::prelude::{ProptestConfig, proptest};
use relight_core::explain::{Cause, TextOptions, compare, explain_text};

const OURS: &str = "POST\n/\nInstanceId.1=i-bp67acfmxazb4ph00001&Name=a%20b&RegionId=cn-hangzhou\nhost:ecs.cn-hangzhou.aliyuncs.com\nx-acs-action:RebootInstances\nx-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nx-acs-date:2026-11-21T04:00:00Z\nx-acs-signature-nonce:9f1c\nx-acs-version:2014-05-26\n\nhost;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const OURS_OLD: &str = "POST&%2F&AccessKeyId%3DLTAIsandboxdemo000000001%26Action%3DRebootInstance%26InstanceId%3Di-bp67acfmxazb4ph00001%26Timestamp%3D2026-11-21T04%253A00%253A00Z%26Version%3D2014-05-26";

const OURS_TC: &str = "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031";

#[test]
fn each_cause_is_told() {
    for (from, to, cause, name) in [
        ("POST\n", "GET\n", Cause::Method, None),
        ("POST\n/\n", "POST\n/proxy/\n", Cause::Path, None),
        ("Name=a%20b", "Name=a+b", Cause::Encoding, Some("Name")),
        ("Name=a%20b", "Name=a%2520b", Cause::Encoding, Some("Name")),
        ("Name=a%20b", "Name=a%20c", Cause::Parameter, Some("Name")),
        ("&Name=a%20b", "", Cause::Parameter, Some("Name")),
        (
            "InstanceId.1=i-bp67acfmxazb4ph00001&Name=a%20b",
            "Name=a%20b&InstanceId.1=i-bp67acfmxazb4ph00001",
            Cause::Order,
            None,
        ),
        ("host:ecs.cn-hangzhou.aliyuncs.com", "host:proxy.example.com", Cause::Host, Some("host")),
        (
            "host:ecs.cn-hangzhou.aliyuncs.com",
            "host:ecs.cn-hangzhou.aliyuncs.com:443",
            Cause::Host,
            Some("host"),
        ),
        ("x-acs-action:Reboot", "X-Acs-Action:Reboot", Cause::Case, Some("x-acs-action")),
        (
            "x-acs-action:RebootInstances",
            "x-acs-action:rebootinstances",
            Cause::Case,
            Some("x-acs-action"),
        ),
        (
            "x-acs-version:2014-05-26",
            "x-acs-version:2015-05-26",
            Cause::HeaderValue,
            Some("x-acs-version"),
        ),
        ("x-acs-signature-nonce:9f1c\n", "", Cause::HeaderMissing, Some("x-acs-signature-nonce")),
        (
            "x-acs-date:2026-11-21T04:00:00Z",
            "x-acs-date:2026-11-21T04:00:01Z",
            Cause::Timestamp,
            Some("x-acs-date"),
        ),
        (
            "x-acs-action:RebootInstances\nx-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
            "x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nx-acs-action:RebootInstances\n",
            Cause::Order,
            None,
        ),
        ("host;x-acs-action;", "x-acs-action;host;", Cause::Order, None),
        (
            "\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            Cause::BodyHash,
            None,
        ),
        ("a%20b", "a%20b ", Cause::WhiteSpace, None),
    ] {
        let theirs = if from.starts_with("\ne3") {
            OURS.strip_suffix(from).map(|head| format!("{head}{to}")).expect("it ends so")
        } else {
            assert!(OURS.contains(from), "{from}");
            OURS.replacen(from, to, 1)
        };
        let told = compare(OURS, &theirs);
        assert_eq!(
            (told.cause, told.difference.as_ref().and_then(|it| it.name.as_deref())),
            (cause, name),
            "{from:?} -> {to:?}"
        );
        let difference = told.difference.expect("they differ");
        let common = OURS.bytes().zip(theirs.bytes()).take_while(|(one, two)| one == two).count();
        assert_eq!(difference.byte, common);
        assert_eq!(difference.line, OURS[..common].split('\n').count());
        assert_ne!(difference.ours.differs, difference.theirs.differs, "{from:?} -> {to:?}");
        assert_eq!(difference.ours.same, difference.theirs.same);
    }
}

#[test]
fn the_older_form_and_the_short_one_are_told_too() {
    for (from, to, cause, name) in [
        ("POST&", "GET&", Cause::Method, None),
        ("%26Version%3D2014-05-26", "%26Version%3D2014-05-27", Cause::Parameter, Some("Version")),
        ("T04%253A00%253A00Z", "T04%253A00%253A09Z", Cause::Timestamp, Some("Timestamp")),
        ("T04%253A00%253A00Z", "T04%3A00%3A00Z", Cause::Encoding, Some("Timestamp")),
        ("%26Action%3DRebootInstance", "", Cause::Parameter, Some("Action")),
    ] {
        let told = compare(OURS_OLD, &OURS_OLD.replacen(from, to, 1));
        let found = told.difference.as_ref().and_then(|it| it.name.as_deref());
        assert_eq!((told.cause, found), (cause, name), "{from} -> {to}");
    }
    for (from, to, cause) in [
        ("TC3-HMAC-SHA256", "TC3-HMAC-SHA1", Cause::Scope),
        ("1551113065", "1551113066", Cause::Timestamp),
        ("2019-02-25", "2019-02-26", Cause::Scope),
        ("5ffe6a04", "6ffe6a04", Cause::RequestHash),
    ] {
        assert_eq!(compare(OURS_TC, &OURS_TC.replacen(from, to, 1)).cause, cause, "{to}");
    }
    assert_eq!(compare(OURS, OURS_TC).cause, Cause::OtherText);
}

#[test]
fn a_text_may_be_pasted_as_it_was_found() {
    let escaped = OURS.replace('\n', "\\n");
    for theirs in [
        OURS.to_owned(),
        format!("  {OURS}\n"),
        OURS.replace('\n', "\r\n"),
        escaped.clone(),
        format!("\"{escaped}\""),
        format!("'{escaped}',"),
        escaped.replace('\\', "\\\\"),
        format!(
            "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\\n12ab] server CanonicalRequest is [{escaped}]"
        ),
        format!(
            "{{\"Message\":\"Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\\\\n12ab] server CanonicalRequest is [{escaped}]\"}}"
        ),
        OURS.replace('\n', " "),
        OURS.replace('&', "&amp;"),
        OURS.replace('&', "\\u0026"),
    ] {
        let told = compare(OURS, &theirs);
        assert_eq!((told.cause, told.difference), (Cause::WrongSecret, None), "{theirs}");
    }
    for theirs in [
        OURS_OLD.to_owned(),
        format!(
            "Specified signature is not matched with our calculation. server string to sign is:{OURS_OLD}"
        ),
        format!(
            r#"{{"Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched with our calculation. server string to sign is:{OURS_OLD}","HostId":"x"}}"#
        ),
        OURS_OLD.replace('&', "&amp;"),
    ] {
        assert_eq!(compare(OURS_OLD, &theirs).cause, Cause::WrongSecret, "{theirs}");
    }
    // An escaped line break at the end was really there.
    assert_eq!(compare(OURS, &format!("\"{escaped}\\n\"")).cause, Cause::WhiteSpace);
    for nothing in ["", " ", "\n", "\"\""] {
        assert_eq!(compare(OURS, nothing).cause, Cause::Nothing, "{nothing:?}");
    }
}

#[test]
fn every_cause_speaks_both_languages() {
    let causes = [
        Cause::WrongSecret,
        Cause::Nothing,
        Cause::Method,
        Cause::Path,
        Cause::Encoding,
        Cause::Order,
        Cause::Parameter,
        Cause::Case,
        Cause::HeaderValue,
        Cause::HeaderMissing,
        Cause::Host,
        Cause::Timestamp,
        Cause::Token,
        Cause::BodyHash,
        Cause::RequestHash,
        Cause::WhiteSpace,
        Cause::Scope,
        Cause::OtherText,
        Cause::Unclear,
    ];
    for cause in causes {
        for text in [cause.title(), cause.advice()] {
            let chinese = text.zh.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).count();
            assert!(text.en.len() > 8 && chinese >= 2, "{cause:?}");
        }
        let advice = cause.advice();
        assert!(advice.en.ends_with('.') && advice.zh.ends_with('。'), "{cause:?}");
    }
}

#[test]
fn a_token_is_compared_and_never_shown() {
    let with = |token: &str| {
        OURS.replacen("x-acs-version", &format!("x-acs-security-token:{token}\nx-acs-version"), 1)
    };
    let told = compare(&with("CAIS+secret/1234567890=="), &with("CAIS+secret/1234567899=="));
    assert_eq!(told.cause, Cause::Token);
    let told = format!("{told:?}");
    assert!(!told.contains("secret/12345"), "{told}");
}

#[test]
fn an_explanation_brings_what_the_cloud_signed() {
    let text = format!(
        r#"{{"RequestId":"FBDB2AC6-DCD0","HostId":"ecs.aliyuncs.com","Code":"SignatureDoesNotMatch","Message":"Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n12ab] server CanonicalRequest is [{}]"}}"#,
        OURS.replace('\n', "\\n")
    );
    let found = explain_text(&text, &TextOptions::default());
    let theirs = found[0].signature.as_ref().and_then(|it| it.canonical_request.as_deref());
    assert_eq!(compare(OURS, theirs.expect("it is there")).cause, Cause::WrongSecret);
    // Printed by a program, with its line breaks.
    let text = format!(
        "Tea.exceptions.TeaException: Error: SignatureDoesNotMatch code: 400, Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n12ab] server CanonicalRequest is [{OURS}] request id: FBDB2AC6-DCD0"
    );
    let found = explain_text(&text, &TextOptions::default());
    let theirs = found[0].signature.as_ref().and_then(|it| it.canonical_request.as_deref());
    assert_eq!(compare(OURS, theirs.expect("it is there")).cause, Cause::WrongSecret);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_two_texts_can_be_compared(ours in ".*", theirs in ".*") {
        let told = compare(&ours, &theirs);
        if let Some(difference) = told.difference {
            assert!(difference.byte <= ours.len());
            assert!(difference.line >= 1 && difference.column >= 1);
        }
    }

    #[test]
    fn any_line_can_stand_in_either(line in "[ -~]{0,40}", at in 0_usize..12) {
        let mut lines: Vec<&str> = OURS.split('\n').collect();
        if let Some(place) = lines.get_mut(at) {
            *place = &line;
        }
        let theirs = lines.join("\n");
        compare(OURS, &theirs);
        compare(&theirs, OURS);
    }
}
