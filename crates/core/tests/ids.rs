//! Ids out of pasted text: what is taken, what is reported, what is left aside.

use proptest::prelude::*;
use relight_core::{
    clouds,
    i18n::Locale,
    ids::{
        IGNORED_EXAMPLES_MAX, IdProblemKind, Malformation, PROBLEM_TEXT_MAX_CHARS, ParsedIds,
        parse_ids, parse_list,
    },
    model::cloud::Cloud,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Data {
    seen: Vec<Seen>,
    garbage: Vec<String>,
}

#[derive(Deserialize)]
struct Seen {
    text: String,
    cloud: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Proper,
    Tolerable,
    Refused,
    Sample,
}

fn data() -> Data {
    serde_json::from_str(include_str!("data/ids.json")).unwrap()
}

fn named(id: &str) -> &'static Cloud {
    clouds::by_id(id).unwrap()
}

fn ids(parsed: &ParsedIds) -> Vec<&str> {
    parsed.ids.iter().map(|id| id.id.as_str()).collect()
}

/// `kind text -> suggestion` of each problem.
fn problems(parsed: &ParsedIds) -> Vec<String> {
    parsed
        .problems
        .iter()
        .map(|problem| {
            let suggestion =
                problem.suggestion.as_ref().map_or_else(String::new, |text| format!(" -> {text}"));
            format!("{} {}{suggestion}", problem.kind.word(), problem.text)
        })
        .collect()
}

#[track_caller]
fn check(text: &str, cloud: Option<&str>, want_ids: &[&str], want_problems: &[&str]) -> ParsedIds {
    let parsed = parse_ids(text, cloud.map(named));
    assert_eq!(ids(&parsed), want_ids, "ids of {text:?}");
    assert_eq!(problems(&parsed), want_problems, "problems of {text:?}");
    parsed
}

#[test]
fn every_string_seen_in_public_code_is_sorted_as_it_should_be() {
    let data = data();
    assert!(data.seen.len() > 250, "{}", data.seen.len());
    for Seen { text, cloud, verdict } in data.seen {
        for chosen in [None, Some(named(&cloud))] {
            let parsed = parse_ids(&text, chosen);
            match verdict {
                Verdict::Proper | Verdict::Tolerable => {
                    assert_eq!(ids(&parsed), [text.as_str()], "{text}");
                    assert_eq!(parsed.ids[0].unusual, verdict == Verdict::Tolerable, "{text}");
                    assert_eq!(parsed.ids[0].cloud.id, cloud, "{text}");
                    assert!(parsed.problems.is_empty(), "{text}");
                }
                Verdict::Refused | Verdict::Sample => {
                    assert!(parsed.ids.is_empty(), "{text}");
                    assert_eq!(parsed.problems.len(), 1, "{text}");
                    let masked = parsed.problems[0].kind == IdProblemKind::Masked;
                    let is_sample = text.contains('*') || text.ends_with("xxx");
                    assert_eq!(masked, is_sample, "{text}");
                }
            }
        }
    }
}

#[test]
fn garbage_gives_no_id_for_any_cloud() {
    let clouds = clouds::ALL.iter().copied().map(Some).chain([None]);
    for chosen in clouds {
        for text in data().garbage {
            let parsed = parse_ids(&text, chosen);
            assert!(parsed.ids.is_empty(), "{text:?} gave {:?}", parsed.ids);
            let words = text.chars().any(char::is_alphanumeric);
            assert_eq!(!parsed.problems.is_empty(), words, "{text:?}: {parsed:?}");
        }
    }
}

#[test]
fn separators_of_all_kinds() {
    let a = "ins-r8hr2upy";
    let b = "ins-5d8a23rs";
    for separator in [
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        ",",
        ", ",
        ";",
        "|",
        " | ",
        "，",
        "、",
        "；",
        "\u{3000}",
        "\u{a0}",
        "\u{2028}",
        "\",\"",
        "' '",
        "”“",
        "][",
        ")(",
        "】【",
        "&InstanceIds.1=",
        "/",
        ":",
        "：",
        "。",
        "！",
        "？",
        "和",
        "，以及",
        "\u{0}",
        "`,`",
        "\\\",\\\"",
        "%22%2C%22",
    ] {
        check(&format!("{a}{separator}{b}"), Some("tencent"), &[a, b], &[]);
        check(&format!("{a}{separator}{b}"), None, &[a, b], &[]);
    }
}

/// What mail, chats and files put around a copied id is no part of it. Within one it is named, since
/// the eye sees no difference to what is suggested.
#[test]
fn characters_that_nobody_sees() {
    let id = "ins-r8hr2upy";
    for unseen in
        ["\u{feff}", "\u{200b}", "\u{200e}", "\u{202a}", "\u{2060}", "\u{2066}", "\u{2069}"]
    {
        for text in [
            format!("{unseen}{id}"),
            format!("{id}{unseen}"),
            format!("{unseen}{id}{unseen}\n{unseen}\n"),
            format!("{unseen}https://console.cloud.tencent.com/cvm?id={id}{unseen}"),
        ] {
            check(&text, Some("tencent"), &[id], &[]);
            check(&text, None, &[id], &[]);
        }
        let within = format!("ins-r8{unseen}hr2upy");
        let want = format!("near-miss {within} -> {id}");
        let parsed = check(&within, Some("tencent"), &[], &[&want]);
        let sentence = parsed.problems[0].sentence(Locale::En);
        assert!(sentence.contains("cannot be seen"), "{sentence}");
        assert!(parsed.problems[0].sentence(Locale::Zh).contains("不可见"));
    }
    let seen = parse_ids("lns-r8hr2upy", Some(named("tencent")));
    assert!(!seen.problems[0].sentence(Locale::En).contains("cannot be seen"));
}

/// The names under which configurations, command lines and answers of programs carry ids.
#[test]
fn names_of_members_are_no_mistyped_ids() {
    for text in [
        "instance_id = \"ins-r8hr2upy\"",
        "instance_ids = [\"ins-r8hr2upy\"]",
        "instance-id: ins-r8hr2upy",
        "INSTANCE_ID=ins-r8hr2upy",
        "export INSTANCE_ID='ins-r8hr2upy'",
        "--instance-ids ins-r8hr2upy",
        "vm-id ins-r8hr2upy",
        "instance_id\nins-r8hr2upy",
        "instance_id,instance_name\nins-r8hr2upy,instance-1",
        "InstanceIds.0=ins-r8hr2upy",
    ] {
        check(text, Some("tencent"), &["ins-r8hr2upy"], &[]);
        check(text, None, &["ins-r8hr2upy"], &[]);
    }
    // What has the length and the digits of one was meant as one.
    check("vm-7K9A_cYWv", Some("zenlayer"), &[], &["malformed vm-7K9A_cYWv"]);
}

#[test]
fn order_lines_and_repeats() {
    let parsed = check(
        "ins-r8hr2upy\r\n\r\nins-5d8a23rs, ins-r8hr2upy\nins-7eb7eea7",
        Some("tencent"),
        &["ins-r8hr2upy", "ins-5d8a23rs", "ins-7eb7eea7"],
        &["repeated ins-r8hr2upy"],
    );
    assert_eq!(parsed.ids.iter().map(|id| id.line).collect::<Vec<_>>(), [1, 3, 4]);
    assert_eq!(parsed.problems[0].line, 3);
    assert_eq!(parsed.without_problems(), "ins-r8hr2upy\nins-5d8a23rs\nins-7eb7eea7\n");
}

/// Each text of a list is read by itself: what is wrong with one changes nothing of the others.
#[test]
fn a_list_is_read_text_by_text() {
    for cloud in clouds::ALL {
        let example = cloud.ids.example;
        let stem = &example[..example.len() - 4];
        let numbered: Vec<String> = (0..1200).map(|number| format!("{stem}{number:04}")).collect();
        let all: Vec<&str> = numbered.iter().map(String::as_str).collect();
        let check = |lines: &[&str], good: usize, bad: usize| {
            let read = parse_list(lines.iter().copied(), cloud);
            assert_eq!((read.0.len(), read.1.len()), (good, bad), "{lines:?}");
        };
        for count in [1, 2, 100, 999, 1000, 1001, 1200] {
            check(&all[..count], count, 0);
            // Each of the first once more, and at the end.
            for again in all[..count].iter().step_by(count.div_ceil(20)) {
                check(&[&all[..count], &[*again]].concat(), count, 1);
            }
        }
        for other in ["ins-", "no id", " ", "é"] {
            check(&[&all[..50], &[other], &all[50..100]].concat(), 100, usize::from(other != " "));
            check(&[other, all[0]], 1, usize::from(other != " "));
            check(&[all[0], other], 1, usize::from(other != " "));
        }
    }
}

#[test]
fn near_misses_have_a_suggestion_that_is_an_id() {
    for (text, suggestion) in [
        ("lns-r8hr2upy", "ins-r8hr2upy"),
        ("1ns-r8hr2upy", "ins-r8hr2upy"),
        ("Ins-r8hr2upy", "ins-r8hr2upy"),
        ("INS-R8HR2UPY", "ins-r8hr2upy"),
        ("isn-r8hr2upy", "ins-r8hr2upy"),
        ("in-r8hr2upy", "ins-r8hr2upy"),
        ("inss-r8hr2upy", "ins-r8hr2upy"),
        ("ins_r8hr2upy", "ins-r8hr2upy"),
        ("ins.r8hr2upy", "ins-r8hr2upy"),
        ("ins--r8hr2upy", "ins-r8hr2upy"),
        ("ins–r8hr2upy", "ins-r8hr2upy"),
        ("insr8hr2upy", "ins-r8hr2upy"),
        ("ins-r8hr2upy.", "ins-r8hr2upy"),
        ("-ins-r8hr2upy", "ins-r8hr2upy"),
        ("**ins-r8hr2upy**", "ins-r8hr2upy"),
        ("../ins-r8hr2upy", "ins-r8hr2upy"),
        ("ｉｎｓ－ｒ８ｈｒ２ｕｐｙ", "ins-r8hr2upy"),
        ("іns-r8hr2upу", "ins-r8hr2upy"),
        ("ins-r8hr\u{200b}2upy", "ins-r8hr2upy"),
        ("l-bp67acfmxazb4p0001xy", "i-bp67acfmxazb4p0001xy"),
        ("i_bp67acfmxazb4p0001xy", "i-bp67acfmxazb4p0001xy"),
        ("ibp67acfmxazb4p0001xy", "i-bp67acfmxazb4p0001xy"),
        ("i_abc123456", "i-abc123456"),
        ("１６６０５４５３３０９７１６８０８３５", "1660545330971680835"),
        ("1660545330971680835.", "1660545330971680835"),
    ] {
        check(text, None, &[], &[&format!("near-miss {text} -> {suggestion}")]);
        let parsed = check(suggestion, None, &[suggestion], &[]);
        assert!(!parsed.ids[0].unusual, "{suggestion}");
        let own = parsed.ids[0].cloud;
        for other in clouds::ALL.iter().copied().filter(|other| *other != own) {
            let parsed = parse_ids(text, Some(other));
            assert_eq!(problems(&parsed), [format!("other-cloud {text}")], "{text} for {other:?}");
            assert_eq!(parsed.problems[0].cloud, Some(own));
        }
    }
}

#[test]
fn what_only_begins_like_an_id_gets_no_suggestion() {
    for text in
        ["instance01", "interface1", "inspiration", "d-bp67acfmxazb4p0001xy", "img-r8hr2upy"]
    {
        let parsed = parse_ids(text, None);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        assert_eq!(parsed.problems[0].suggestion, None, "{text}");
    }
}

#[test]
fn reasons() {
    for (text, cloud, reason) in [
        ("ins-1122", Some("tencent"), Malformation::TooShort),
        ("ins-", None, Malformation::TooShort),
        ("i-bp1", None, Malformation::TooShort),
        ("ins-r8hr2upyr8hr2upy", None, Malformation::TooLong),
        ("i-lastLineIdx", None, Malformation::Characters),
        ("ins-r8hr-2upy", None, Malformation::Characters),
        ("ins-r8hr２", None, Malformation::LookAlikes),
        ("1.66e18", Some("zenlayer"), Malformation::RoundedNumber),
        ("1.66054533097168E+18", None, Malformation::RoundedNumber),
        ("hello", None, Malformation::NotAnId),
        ("1.5", None, Malformation::NotAnId),
    ] {
        let parsed = parse_ids(text, cloud.map(named));
        assert!(parsed.ids.is_empty());
        assert_eq!(parsed.problems.len(), 1, "{text}");
        assert_eq!(parsed.problems[0].kind, IdProblemKind::Malformed(reason), "{text}");
    }
}

#[test]
fn ids_of_another_cloud_are_named() {
    let parsed = check(
        "i-bp67acfmxazb4p0001xy ins-r8hr2upy 1660545330971680835",
        Some("tencent"),
        &["ins-r8hr2upy"],
        &["other-cloud i-bp67acfmxazb4p0001xy", "other-cloud 1660545330971680835"],
    );
    let clouds: Vec<_> = parsed.problems.iter().map(|problem| problem.cloud.unwrap()).collect();
    assert_eq!(clouds, [named("alibaba"), named("zenlayer")]);
    assert!(parsed.problems[0].sentence(Locale::En).contains("Alibaba"));
}

#[test]
fn without_a_cloud_each_id_brings_its_own() {
    let parsed = check(
        "i-bp67acfmxazb4p0001xy ins-r8hr2upy 1660545330971680835",
        None,
        &["i-bp67acfmxazb4p0001xy", "ins-r8hr2upy", "1660545330971680835"],
        &[],
    );
    let clouds: Vec<_> = parsed.ids.iter().map(|id| id.cloud).collect();
    assert_eq!(clouds, clouds::ALL);
}

/// What is not sent is named as what it is.
#[test]
fn what_only_looks_like_an_id_is_named() {
    for (text, kind, words) in [
        ("i-0f3234bf7e9e6fb23", "other-cloud", "AWS"),
        ("i-0f3234bf7e9e6fb23.eu-west-1.compute.internal", "other-cloud", "AWS"),
        ("i-ybo349sxoncm9t000001", "other-cloud", "Volcengine"),
        ("ins-xxxxxxxx", "masked", "sample"),
        ("i-bp1xxxxxx", "masked", "sample"),
        ("i-xxx", "masked", "sample"),
        ("INS-XXXXXXXX", "masked", "sample"),
        ("snapshot 1740266497441398001", "malformed", "a snapshot"),
        ("instance_name: ins-backup1", "malformed", "a name"),
        ("1639300468706648123:1650000000000000009", "malformed", "says otherwise"),
        ("iZbp1h7w0qxbo2qgvfq000Z", "near-miss", "i-bp1h7w0qxbo2qgvfq000"),
        ("see: ins-8v2k0q\n1z", "near-miss", "ins-8v2k0q1z"),
    ] {
        let parsed = parse_ids(text, None);
        let [problem] = &parsed.problems[..] else { panic!("{text:?}: {parsed:?}") };
        assert_eq!(problem.kind.word(), kind, "{text}");
        let sentence = problem.sentence(Locale::En);
        assert!(sentence.contains(words), "{sentence}");
        let chinese = problem.sentence(Locale::Zh);
        assert!(chinese.chars().any(|one| ('一'..='龥').contains(&one)), "{chinese}");
    }
    // Nearly the same, and ids.
    for text in [
        "i-1f3234bf7e9e6fb23",
        "i-ya0349sxoncm9t000001",
        "ins-8v2k0xxx",
        "instance 1740266497441398001",
        "the snapshot of web, instance 1740266497441398001",
        "name: cn-beijing.i-2ze0k3x1v8m5q7w9e001",
    ] {
        let parsed = parse_ids(text, None);
        assert_eq!((parsed.ids.len(), parsed.problems.len()), (1, 0), "{text}: {parsed:?}");
    }
}

#[test]
fn long_numbers_stay_text() {
    let parsed = check("[1660545330971680835]", None, &["1660545330971680835"], &[]);
    assert_eq!(parsed.ids[0].id.as_str(), "1660545330971680835");
}

#[test]
fn console_links() {
    for (text, id) in [
        (
            "https://ecs.console.aliyun.com/server/i-bp67acfmxazb4p0001xy/detail?regionId=cn-hangzhou#/",
            "i-bp67acfmxazb4p0001xy",
        ),
        (
            "https://ecs.console.aliyun.com/server/region/cn-hangzhou?accounttraceid=0123456789abcdef&id=i-bp67acfmxazb4p0001xy",
            "i-bp67acfmxazb4p0001xy",
        ),
        (
            "https://console.cloud.tencent.com/cvm/instance/detail?rid=1&id=ins-r8hr2upy",
            "ins-r8hr2upy",
        ),
        (
            "console.cloud.tencent.com/cvm/instance/detail?searchParams=%7B%22id%22%3A%22ins-r8hr2upy%22%7D&_t=1714550400123",
            "ins-r8hr2upy",
        ),
        ("https://console.zenlayer.com/zec/instance/1660545330971680835", "1660545330971680835"),
        ("qcs::cvm:ap-guangzhou:uin/1000000001:instance/ins-r8hr2upy", "ins-r8hr2upy"),
        (
            "acs:ecs:cn-hangzhou:1234567890123456:instance/i-bp67acfmxazb4p0001xy",
            "i-bp67acfmxazb4p0001xy",
        ),
        ("InstanceId.1=i-bp67acfmxazb4p0001xy&RegionId=cn-hangzhou", "i-bp67acfmxazb4p0001xy"),
    ] {
        let parsed = check(text, None, &[id], &[]);
        assert!(parsed.ignored > 0, "{text}");
    }
    check(
        "https://console.cloud.tencent.com/cvm/overview?rid=1",
        None,
        &[],
        &["malformed https://console.cloud.tencent.com/cvm/overview?rid=1"],
    );
}

#[test]
fn json() {
    check(r#"["ins-r8hr2upy","ins-5d8a23rs"]"#, None, &["ins-r8hr2upy", "ins-5d8a23rs"], &[]);
    check(
        r#"["ins-r8hr2upy","db-master","ins-5d8a23rs"]"#,
        None,
        &["ins-r8hr2upy", "ins-5d8a23rs"],
        &["malformed db-master"],
    );
    check(
        "[\n  \"ins-r8hr2upy\",\n  \"db-master\"\n]\n",
        None,
        &["ins-r8hr2upy"],
        &["malformed db-master"],
    );
    let request = r#"{"InstanceIds":["ins-r8hr2upy","ins-5d8a23rs"],"StopType":"SOFT"}"#;
    let parsed = check(request, Some("tencent"), &["ins-r8hr2upy", "ins-5d8a23rs"], &[]);
    assert_eq!(parsed.ignored_examples, ["InstanceIds", "StopType", "SOFT"]);
    let answer = r#"{
  "TotalCount": 2,
  "InstanceSet": [
    {
      "InstanceId": "ins-r8hr2upy",
      "InstanceName": "web 01",
      "CreatedTime": "2024-05-01T08:00:00Z",
      "Memory": 16
    },
    {
      "InstanceId": "lns-5d8a23rs",
      "InstanceName": "web 02"
    }
  ]
}"#;
    check(answer, None, &["ins-r8hr2upy"], &["near-miss lns-5d8a23rs -> ins-5d8a23rs"]);
}

#[test]
fn a_json_text_without_ids_is_reported() {
    check(r#"{"name":"web"}"#, None, &[], &["malformed name", "malformed web"]);
}

#[test]
fn tables() {
    let csv = "Instance ID,Name,Zone,Created\n\
               i-bp67acfmxazb4p0001xy,web-01,cn-hangzhou-h,20240501\n\
               i-bp67acfmxazb4p0002xy,\"web, two\",cn-hangzhou-h,20240502\n";
    let want = ["i-bp67acfmxazb4p0001xy", "i-bp67acfmxazb4p0002xy"];
    for cloud in [None, Some("alibaba")] {
        let parsed = check(csv, cloud, &want, &[]);
        assert_eq!(parsed.ignored, 4 + 3 + 4);
        assert_eq!(parsed.ignored_examples.first().map(String::as_str), Some("Instance ID"));
    }
    let zenlayer = "id\tname\n1660545330971680835\tvm-web01\tweb\n1478001766933994003\t20240501\n";
    check(
        zenlayer,
        Some("zenlayer"),
        &["1660545330971680835", "1478001766933994003"],
        &["malformed 20240501"],
    );
    let drawn = "+------------------------+--------+\n\
                 | InstanceId             | Status |\n\
                 +------------------------+--------+\n\
                 | i-bp67acfmxazb4p0001xy | Running |\n";
    check(drawn, None, &want[..1], &[]);
    let first_line = "uid,host\nins-r8hr2upy,web-01\n";
    check(first_line, None, &["ins-r8hr2upy"], &[]);
    let console =
        "ins-r8hr2upy/web-01\t运行中\thttps://console.cloud.tencent.com/cvm?id=ins-r8hr2upy\n";
    check(console, None, &["ins-r8hr2upy"], &[]);
}

#[test]
fn words_on_lines_of_their_own_are_reported_and_headings_are_not() {
    check(
        "Please restart these instances:\nins-r8hr2upy\nthe blue one\nins-5d8a23rs\n",
        None,
        &["ins-r8hr2upy", "ins-5d8a23rs"],
        &["malformed the blue one"],
    );
    check("foo, bar", None, &[], &["malformed foo", "malformed bar"]);
    check("- ins-r8hr2upy\n* ins-5d8a23rs\n---\n", None, &["ins-r8hr2upy", "ins-5d8a23rs"], &[]);
    check(
        "ins-r8hr2upy, foo, ins-5d8a23rs",
        None,
        &["ins-r8hr2upy", "ins-5d8a23rs"],
        &["malformed foo"],
    );
    let prose = check(
        "restart ins-r8hr2upy and ins-5d8a23rs today",
        None,
        &["ins-r8hr2upy", "ins-5d8a23rs"],
        &[],
    );
    assert_eq!(prose.ignored_examples, ["restart", "and", "today"]);
    check(
        "some words\nmore words\nins-r8hr2upy",
        None,
        &["ins-r8hr2upy"],
        &["malformed some words", "malformed more words"],
    );
}

#[test]
fn long_texts_are_shortened() {
    let long = format!("ins-{}", "é".repeat(10_000));
    let parsed = parse_ids(&long, None);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.problems[0].text.chars().count(), PROBLEM_TEXT_MAX_CHARS + 1);
    // What came before has no part in what a long word looks like.
    let word = format!("ins-1122\n{}", "x".repeat(1000));
    let parsed = parse_ids(&word, None);
    assert_eq!(parsed.problems[1].kind, IdProblemKind::Malformed(Malformation::NotAnId));
    let columns = format!("ins-r8hr2upy,{}", "x,".repeat(1000));
    let parsed = parse_ids(&columns, None);
    assert_eq!(parsed.ignored, 1000);
    assert_eq!(parsed.ignored_examples.len(), IGNORED_EXAMPLES_MAX);
}

#[test]
fn sentences_say_what_is_wrong_in_both_languages() {
    let text = "ins-1122\nhello\nins-r8hr2upy\nins-r8hr2upy\ni-bp67acfmxazb4p****\nlns-5d8a23rs\n1.66e18\nins-r8hr２\n\
                ins-ABCDEFG\nins-r8hr2upyr8hr2upy\ni-bp67acfmxazb4p0001xy\n{example} ins-{name}";
    let parsed = parse_ids(text, Some(named("tencent")));
    assert!(parsed.problems.len() >= 11, "{:?}", problems(&parsed));
    for locale in Locale::ALL {
        for problem in &parsed.problems {
            let sentence = problem.sentence(locale);
            assert!(sentence.contains(&problem.text), "{sentence}");
            assert!(!sentence.replace(&problem.text, "").contains(['{', '}']), "{sentence}");
            if let Some(suggestion) = &problem.suggestion {
                assert!(sentence.contains(suggestion.as_str()), "{sentence}");
            }
            let chinese = sentence.chars().any(|character| ('一'..='龥').contains(&character));
            assert_eq!(chinese, locale == Locale::Zh, "{sentence}");
        }
    }
}

#[test]
fn hostile_texts_take_time_in_proportion() {
    // Each is some megabytes; anything quadratic would not end in this life.
    for text in [
        "a".repeat(2_000_000),
        "*".repeat(2_000_000),
        "i-*".repeat(700_000),
        "i-a/".repeat(500_000),
        "%22".repeat(700_000),
        "[".repeat(2_000_000),
        "{\n".repeat(1_000_000),
        "=:=".repeat(700_000),
        "\u{200b}i".repeat(500_000),
        "ins-r8hr2upy/".repeat(160_000),
        "12345678 1660545330971680835 a ".repeat(60_000),
        "\r".repeat(2_000_000),
    ] {
        let parsed = parse_ids(&text, None);
        assert!(parsed.ids.len() <= 2);
    }
}

fn proper_id() -> impl Strategy<Value = String> {
    // None of those that have other beginnings and ends: of another vendor, of a sample.
    prop_oneof!["i-[0-9a-x][0-9a-z]{18}[0-9a-w]", "ins-[0-9a-z]{7}[0-9a-w]", "[1-9][0-9]{18}"]
}

fn separator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\n", "\r\n", " ", "  ", "\t", ",", ", ", "，", "、", ";", "；", " | ", "\", \"", "' '",
        "\u{3000}", "\u{a0}", "\n\n", "],[",
    ])
}

/// Anything, weighted towards what looks like ids and their surroundings.
fn any_text(parts: usize) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => proper_id(),
        3 => "(i-|ins-|lns-|vm-|I-|INS_)?[0-9a-zA-Z*._]{0,26}",
        2 => "[ \\n\\r\\t,;|:/=&?#%\"'{}\\[\\]*<>-]{1,4}",
        2 => "\\PC{0,12}",
        1 => any::<String>(),
        1 => separator().prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..parts).prop_map(|parts| parts.concat())
}

fn any_choice() -> impl Strategy<Value = Option<&'static Cloud>> {
    (0..=clouds::ALL.len()).prop_map(|index| clouds::ALL.get(index).copied())
}

fn words(text: &str) -> usize {
    text.chars().filter(|character| character.is_alphanumeric()).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn never_panics_and_takes_only_ids(text in any_text(40), chosen in any_choice()) {
        let parsed = parse_ids(&text, chosen);
        let mut seen = std::collections::BTreeSet::new();
        let lines = u32::try_from(text.len()).unwrap() + 1;
        for id in &parsed.ids {
            let grammar = &id.cloud.ids;
            let plain = id.id.as_str();
            prop_assert!((grammar.strict)(plain) || (grammar.lenient)(plain), "{plain}");
            prop_assert_eq!(id.unusual, !(grammar.strict)(plain));
            prop_assert!(chosen.is_none_or(|chosen| chosen == id.cloud));
            prop_assert!(text.contains(plain));
            prop_assert!(seen.insert(plain), "twice: {plain}");
            prop_assert!((1..=lines).contains(&id.line));
        }
        for problem in &parsed.problems {
            prop_assert!(problem.text.chars().count() <= PROBLEM_TEXT_MAX_CHARS + 1);
            prop_assert!(text.contains(problem.text.trim_end_matches('…')));
            prop_assert!((1..=lines).contains(&problem.line));
            prop_assert_eq!(problem.suggestion.is_some(), problem.kind == IdProblemKind::NearMiss);
            if let (Some(suggestion), Some(cloud)) = (&problem.suggestion, problem.cloud) {
                prop_assert!((cloud.ids.strict)(suggestion), "{suggestion}");
            }
            for locale in Locale::ALL {
                prop_assert!(!problem.sentence(locale).is_empty());
            }
        }
    }

    /// Requests put ids into JSON as they are.
    #[test]
    fn no_id_needs_an_escape(text in "(i-|ins-|vm-|[0-9]{8})?[0-9a-z]{0,8}[\\x00-\\x7fé]?[0-9a-z]{0,12}|.{0,24}") {
        for cloud in clouds::ALL {
            let grammar = &cloud.ids;
            if (grammar.strict)(&text) || (grammar.lenient)(&text) {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                prop_assert!(text.bytes().all(plain), "{}: {text:?}", cloud.id);
            }
        }
    }

    #[test]
    fn nothing_is_dropped_silently(text in any_text(10), chosen in any_choice()) {
        let parsed = parse_ids(&text, chosen);
        let all_kept = parsed.ignored as usize == parsed.ignored_examples.len()
            && parsed.problems.iter().all(|problem| !problem.text.ends_with('…'))
            && parsed.ignored_examples.iter().all(|example| !example.ends_with('…'));
        if !all_kept {
            return Ok(());
        }
        let found = parsed.ids.iter().map(|id| words(id.id.as_str())).sum::<usize>()
            + parsed.problems.iter().map(|problem| words(&problem.text)).sum::<usize>()
            + parsed.ignored_examples.iter().map(|example| words(example)).sum::<usize>();
        // `%22` and its like are separators, so that their letters count for nothing.
        let escapes = text.matches('%').count() * 2;
        let total = words(&text);
        prop_assert!(found <= total && found + escapes >= total, "{found} of {total}: {parsed:?}");
    }

    #[test]
    fn ids_joined_in_any_way_come_back(
        list in prop::collection::btree_set(proper_id(), 1..60),
        separators in prop::collection::vec(separator(), 60),
    ) {
        let list: Vec<String> = list.into_iter().collect();
        let text: String = list.iter().zip(separators).flat_map(|(id, separator)| [id.as_str(), separator]).collect();
        let parsed = parse_ids(&text, None);
        prop_assert_eq!(ids(&parsed), list.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let again = parse_ids(&parsed.without_problems(), None);
        prop_assert_eq!(ids(&again), ids(&parsed));
    }
}
