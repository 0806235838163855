//! Holds the catalogue of errors to what the vendors publish, to both languages and to its own
//! rules. `data/vendor-rows.json` has one row for each (code, message, status) of the vendors'
//! pages, documentation and SDKs; `page` marks the rows of the pages that the project must cover,
//! `meaning` tells rows of one code apart.

mod recognised;

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use relight_core::{
    catalogue::{Effect, Entry, Found, LAYERS, Retry, Source, Who, find, layer},
    clouds::{self, effect},
    explain::{explain, explain_layer},
    i18n::{Locale, Text},
    model::outcome::ErrorReport,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Row {
    cloud: String,
    code: String,
    status: Option<u16>,
    #[serde(default)]
    operations: Vec<String>,
    message: Option<String>,
    #[serde(default)]
    page: bool,
    meaning: Option<String>,
}

impl Row {
    /// What a decoder would find. Holes of the vendor's own (`%s`, `[...]`) get some words.
    fn report(&self) -> ErrorReport {
        let message = self.message.as_deref().unwrap_or("");
        ErrorReport {
            code: self.code.clone(),
            message: message.replace("%s", "Some words of the cloud.").replace("[...]", "[abc]"),
            status: self.status,
            ..ErrorReport::default()
        }
    }

    fn found(&self) -> Option<Found> {
        find(entries(&self.cloud), &self.report(), self.operations.first().map(String::as_str))
    }
}

fn rows() -> Vec<Row> {
    serde_json::from_str(include_str!("../data/vendor-rows.json")).expect("the rows are JSON")
}

fn entries(cloud: &str) -> &'static [Entry] {
    clouds::catalogue(clouds::by_id(cloud).expect("the rows name known clouds")).errors
}

/// Every entry with the cloud's id; `layers` for those below the clouds.
fn all() -> impl Iterator<Item = (&'static str, &'static Entry)> {
    clouds::ALL
        .iter()
        .flat_map(|cloud| {
            clouds::catalogue(cloud).errors.iter().map(move |entry| (cloud.id, entry))
        })
        .chain(LAYERS.iter().map(|entry| ("layers", entry)))
}

fn texts(entry: &Entry) -> [(&'static str, Text); 3] {
    [("title", entry.title), ("meaning", entry.meaning), ("remedy", entry.remedy)]
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}')
}

/// The names and fallbacks of `{name|fallback}` in a text, or of `{name}` in a pattern.
fn holes(text: &str) -> Vec<(&str, &str)> {
    text.split('{')
        .skip(1)
        .map(|after| {
            let (hole, _) = after.split_once('}').expect("every hole is closed");
            hole.split_once('|').unwrap_or((hole, ""))
        })
        .collect()
}

#[test]
fn every_row_of_the_vendors_finds_an_entry_of_its_code() {
    let rows = rows();
    assert_eq!(rows.len(), 250);
    assert_eq!(rows.iter().filter(|row| row.page).count(), 71);
    for row in &rows {
        let found =
            row.found().unwrap_or_else(|| panic!("{} of {} is missing", row.code, row.cloud));
        assert_eq!(found.entry.code, row.code);
        if row.page {
            assert_eq!(found.entry.source, Source::VendorPage, "{}", row.code);
        }
        for operation in &row.operations {
            assert!(
                found.entry.operations.is_empty()
                    || found.entry.operations.contains(&operation.as_str()),
                "{} lacks {operation}",
                row.code
            );
        }
        if let (Some(ours), Some(theirs)) = (found.entry.status, row.status) {
            assert_eq!(ours, theirs, "{}", row.code);
        }
    }
}

#[test]
fn rows_of_the_same_code_find_as_many_entries_as_they_have_meanings() {
    let mut meanings: BTreeMap<(String, String), BTreeMap<Option<String>, BTreeSet<usize>>> =
        BTreeMap::new();
    for row in rows() {
        let found = row.found().expect("covered by the test above");
        let address = std::ptr::from_ref(found.entry) as usize;
        meanings
            .entry((row.cloud, row.code))
            .or_default()
            .entry(row.meaning)
            .or_default()
            .insert(address);
    }
    let mut told_apart = 0;
    for (code, meanings) in meanings {
        let entries: BTreeSet<usize> = meanings.values().flatten().copied().collect();
        assert_eq!(entries.len(), meanings.len(), "{code:?} mixes meanings up");
        told_apart += usize::from(meanings.len() > 1);
    }
    assert_eq!(told_apart, 6);
}

#[test]
fn a_vendor_message_stands_in_its_entry() {
    for row in rows() {
        let Some(message) = &row.message else { continue };
        let said = row.report().message;
        let found = row.found().expect("covered by the test above");
        let known = found.entry.messages.iter().any(|known| {
            // Every piece between the holes is said; a piece holds its hole's name up to the brace.
            let mut pieces = known.split('{').map(|p| p.split_once('}').map_or(p, |(_, t)| t));
            pieces.all(|piece| said.contains(piece))
        });
        assert!(known, "{}: {message}", row.code);
    }
}

#[test]
fn every_entry_speaks_both_languages() {
    for (cloud, entry) in all() {
        for (which, text) in texts(entry) {
            let at = format!("{which} of {} ({cloud})", entry.code);
            assert!(text.en.len() >= 5, "{at} is empty in English");
            assert!(!text.en.chars().any(is_chinese), "{at} has Chinese in its English");
            let chinese = text.zh.chars().filter(|c| is_chinese(*c)).count();
            assert!(chinese >= 2, "{at} is not Chinese");
            // Names and codes stay as they are; ordinary English words do not belong there.
            for word in [" the ", " is ", " and ", " of ", "instance "] {
                let outside: String = text
                    .zh
                    .split('{')
                    .map(|piece| piece.rsplit('}').next().unwrap_or(""))
                    .collect();
                assert!(!outside.contains(word), "{at} has {word:?} in its Chinese");
            }
        }
    }
}

#[test]
fn titles_are_one_short_line_without_codes() {
    for (cloud, entry) in all() {
        for title in [entry.title.en, entry.title.zh] {
            assert!(title.chars().count() <= 60, "{title}");
            assert!(!title.contains('\n') && !title.ends_with(['.', '。']), "{title}");
            assert!(!title.contains('{'), "{title}");
        }
        for other in clouds::ALL.iter().flat_map(|cloud| clouds::catalogue(cloud).errors) {
            if other.code.contains(['.', '_']) || other.code.len() >= 14 {
                assert!(!entry.title.en.contains(other.code), "{cloud}: {}", entry.title.en);
            }
        }
    }
}

#[test]
fn texts_end_their_sentences() {
    for (_, entry) in all() {
        for text in [entry.meaning, entry.remedy] {
            assert!(text.en.ends_with('.'), "{}", text.en);
            assert!(text.zh.ends_with('。'), "{}", text.zh);
            assert!(!text.en.contains("  ") && text.en.trim() == text.en, "{}", text.en);
        }
    }
}

#[test]
fn nobody_is_sent_to_the_root_key() {
    for (_, entry) in all() {
        for (_, text) in texts(entry) {
            let english = text.en.to_lowercase();
            for advice in ["root", "administratoraccess", "fullaccess", "full access", "master key"]
            {
                assert!(!english.contains(advice), "{}", text.en);
            }
            for advice in [
                "主账号密钥",
                "主账号的密钥",
                "根账号",
                "根密钥",
                "root",
                "管理员权限",
                "FullAccess",
            ] {
                assert!(!text.zh.contains(advice), "{}", text.zh);
            }
        }
    }
}

#[test]
fn every_hole_in_a_text_can_be_filled_and_has_other_words() {
    for (cloud, entry) in all() {
        let caught: BTreeSet<&str> =
            entry.messages.iter().flat_map(|known| holes(known)).map(|(name, _)| name).collect();
        for (_, text) in texts(entry) {
            let english: BTreeSet<&str> = holes(text.en).iter().map(|(name, _)| *name).collect();
            let chinese: BTreeSet<&str> = holes(text.zh).iter().map(|(name, _)| *name).collect();
            assert_eq!(english, chinese, "{}", entry.code);
            for (name, fallback) in holes(text.en).into_iter().chain(holes(text.zh)) {
                // The report names the instance, the caller the operation.
                let known = caught.contains(name)
                    || matches!(name, "instance" | "operation" | "action")
                    // Of a layer the place is known, where it failed.
                    || cloud == "layers" && matches!(name, "far" | "near" | "host" | "header");
                assert!(known, "{} has no {{{name}}}", entry.code);
                assert!(!fallback.is_empty(), "{}: {{{name}}} has no fallback", entry.code);
            }
        }
        for known in entry.messages {
            assert!(!known.contains("}{"), "{known}: two holes touch");
        }
    }
}

#[test]
fn no_code_and_message_stand_twice_in_a_cloud() {
    let mut seen = BTreeSet::new();
    for (cloud, entry) in all() {
        if entry.messages.is_empty() {
            assert!(seen.insert((cloud, entry.code, "")), "{} stands twice", entry.code);
        }
        for message in entry.messages {
            assert!(seen.insert((cloud, entry.code, message)), "{} stands twice", entry.code);
        }
    }
}

#[test]
fn what_may_have_been_done_is_looked_at_first() {
    for (_, entry) in all() {
        match entry.effect {
            Effect::MaybeDone => assert_eq!(entry.retry, Retry::CheckFirst, "{}", entry.code),
            // "Wait until it is stable" is looking, too.
            Effect::MaybeEcho => {
                assert!(matches!(entry.retry, Retry::CheckFirst | Retry::Later), "{}", entry.code);
            }
            Effect::Throttled => assert_eq!(entry.retry, Retry::Later, "{}", entry.code),
            Effect::ClockSkew => assert_eq!(entry.retry, Retry::AfterFix, "{}", entry.code),
            Effect::DryRunPassed => assert_eq!(entry.retry, Retry::Never, "{}", entry.code),
            Effect::NothingDone => assert_ne!(entry.retry, Retry::CheckFirst, "{}", entry.code),
        }
    }
}

#[test]
fn a_passed_dry_run_is_a_success() {
    for (cloud, code) in [
        ("alibaba", "DRYRUN.SUCCESS"),
        ("alibaba", "DryRunOperation"),
        ("tencent", "DryRunOperation"),
    ] {
        let report = ErrorReport { code: code.to_owned(), ..ErrorReport::default() };
        let explanation = explain(None, entries(cloud), &report, None, Locale::En);
        assert!(explanation.success && explanation.recognised);
        assert_eq!(effect(entries(cloud), &report, None), Effect::DryRunPassed);
    }
    let successes = all().filter(|(_, entry)| entry.effect == Effect::DryRunPassed).count();
    assert_eq!(successes, 3);
}

#[test]
fn names_limits_and_rates_come_out_of_the_message() {
    let report = ErrorReport {
        code: "RequestLimitExceeded".to_owned(),
        message: "Your current request times equals to `21` in a second, which exceeds the \
                  frequency limit `10` for a second. Please reduce the frequency of calls."
            .to_owned(),
        ..ErrorReport::default()
    };
    let explanation = explain(Some("tencent"), entries("tencent"), &report, None, Locale::En);
    assert!(explanation.meaning.starts_with("21 calls in one second, where 10 are allowed"));
    let explanation = explain(Some("tencent"), entries("tencent"), &report, None, Locale::Zh);
    assert!(explanation.meaning.contains("（21）") && explanation.meaning.contains("（10）"));

    let report = ErrorReport {
        code: "AuthFailure.UnauthorizedOperation".to_owned(),
        message: "You are not authorized to perform this operation. Check your CAM policies. \
                  [request id:1]you are not authorized to perform operation (cvm:RebootInstances)\n\
                  resource (qcs::cvm:ap-guangzhou::instance/ins-5d8a23rs) has no permission\n"
            .to_owned(),
        ..ErrorReport::default()
    };
    let explanation = explain(Some("tencent"), entries("tencent"), &report, None, Locale::En);
    assert!(explanation.meaning.contains("cvm:RebootInstances"), "{}", explanation.meaning);
    assert!(explanation.meaning.contains("instance/ins-5d8a23rs"), "{}", explanation.meaning);

    let report = ErrorReport {
        code: "InstanceLockedForSecurity".to_owned(),
        instance_ids: vec!["i-bp67acfmxazb4ph00001".to_owned()],
        ..ErrorReport::default()
    };
    let explanation = explain(Some("alibaba"), entries("alibaba"), &report, None, Locale::Zh);
    assert!(explanation.meaning.starts_with("i-bp67acfmxazb4ph00001 已被安全锁定"));
}

#[test]
fn what_cannot_be_seen_is_not_shown() {
    for code in ["InternalError", "Zork.Zork"] {
        let report = ErrorReport {
            code: code.to_owned(),
            message: "a\u{202e}b\u{200b}c\nd".to_owned(),
            request_id: Some("T\u{202e}1".to_owned()),
            ..ErrorReport::default()
        };
        let told = explain(Some("tencent"), entries("tencent"), &report, None, Locale::En);
        assert_eq!((told.original.as_str(), told.request_id.as_deref()), ("abc\nd", Some("T1")));
    }
}

#[test]
fn an_unknown_code_is_said_to_be_unknown() {
    let report = |code: &str, status| ErrorReport {
        code: code.to_owned(),
        message: "Something new.".to_owned(),
        status: Some(status),
        request_id: Some("T1".to_owned()),
        ..ErrorReport::default()
    };
    for (code, status, family, retry, proves) in [
        ("UnauthorizedOperation.New", 200, "permission", Retry::AfterFix, Effect::NothingDone),
        ("InvalidParameterValue.New", 200, "parameter", Retry::AfterFix, Effect::NothingDone),
        ("Throttling.New", 400, "too fast", Retry::Later, Effect::Throttled),
        ("OPERATION_DENIED_NEW", 403, "refused", Retry::CheckFirst, Effect::MaybeEcho),
        ("FailedOperation.New", 200, "cloud's side", Retry::CheckFirst, Effect::MaybeDone),
        ("InternalError.New", 200, "cloud's side", Retry::CheckFirst, Effect::MaybeDone),
        ("Throttling.New", 500, "too fast", Retry::CheckFirst, Effect::MaybeDone),
        ("Zork", 400, "not known", Retry::AfterFix, Effect::NothingDone),
        ("Zork", 502, "not known", Retry::CheckFirst, Effect::MaybeDone),
        ("", 400, "not known", Retry::CheckFirst, Effect::MaybeDone),
    ] {
        let report = report(code, status);
        let explanation = explain(Some("tencent"), entries("tencent"), &report, None, Locale::En);
        assert!(!explanation.recognised && !explanation.success, "{code}");
        assert!(explanation.meaning.contains(family), "{code}: {}", explanation.meaning);
        assert_eq!(explanation.retry, retry, "{code} {status}");
        assert_eq!(explanation.original, "Something new.");
        assert_eq!(explanation.request_id.as_deref(), Some("T1"));
        assert_eq!(effect(entries("tencent"), &report, None), proves, "{code} {status}");
    }
}

#[test]
fn every_proxy_error_type_is_explained_and_its_proof_is_right() {
    // The error types of RFC 9209, section 2.3.
    let types = "dns_timeout dns_error destination_not_found destination_unavailable \
                 destination_ip_prohibited destination_ip_unroutable connection_refused \
                 connection_terminated connection_timeout connection_read_timeout \
                 connection_write_timeout connection_limit_reached tls_protocol_error \
                 tls_certificate_error tls_alert_received http_request_error http_request_denied \
                 http_response_incomplete http_response_header_section_size \
                 http_response_header_size http_response_body_size \
                 http_response_trailer_section_size http_response_trailer_size \
                 http_response_transfer_coding http_response_content_coding http_response_timeout \
                 http_upgrade_failed http_protocol_error proxy_internal_response \
                 proxy_internal_error proxy_configuration_error proxy_loop_detected";
    for word in types.split_whitespace() {
        let entry = layer(word).unwrap_or_else(|| panic!("{word} is missing"));
        let surely_not_sent = ["dns_", "destination_", "tls_"].iter().any(|p| word.starts_with(p))
            || matches!(
                word,
                "connection_refused"
                    | "connection_timeout"
                    | "connection_limit_reached"
                    | "http_request_denied"
                    | "http_request_error"
                    | "proxy_configuration_error"
            );
        let proves = if surely_not_sent { Effect::NothingDone } else { Effect::MaybeDone };
        assert_eq!(entry.effect, proves, "{word}");
        let said = entry.meaning.en.contains("not sent") || entry.meaning.en.contains("not finish");
        assert!(said == surely_not_sent || word == "connection_write_timeout", "{word}");
    }
    for word in [
        "network",
        "deadline",
        "aborted",
        "offline",
        "html-answer",
        "login-page",
        "empty-answer",
        "cut-off-answer",
        "answer-too-long",
        "not-understood",
        "no-proxy-status",
        "repeated",
        "another-proxy",
        "clock-skew",
    ] {
        assert!(layer(word).is_some(), "{word} is missing");
    }
    let skew = explain_layer("clock-skew", "7 minutes", Locale::Zh);
    assert!(skew.meaning.contains("相差 7 分钟"), "{}", skew.meaning);
    let new = explain_layer("brand_new", "<html>", Locale::En);
    assert!(!new.recognised && new.retry == Retry::CheckFirst);
    assert_eq!(new.original, "<html>");
}

#[test]
fn who_can_act_fits_what_is_said() {
    for (_, entry) in all() {
        if entry.remedy.en.contains("Top up") || entry.remedy.en.contains("Quota Center") {
            assert_eq!(entry.who, Who::AccountOwner, "{}", entry.code);
        }
        if entry.remedy.en.contains("administrator to allow") {
            assert_eq!(entry.who, Who::Administrator, "{}", entry.code);
        }
    }
}

#[test]
fn nobody_is_sent_to_the_instance_where_nothing_was_done() {
    // Of another tab it is that one's run that may have done something.
    let is_asked = |entry: &Entry| entry.effect == Effect::NothingDone && entry.code != "other-tab";
    for (_, entry) in all().filter(|(_, entry)| is_asked(entry)) {
        let english = entry.remedy.in_locale(Locale::En);
        for words in ["Look at the instance first", "Look at the instance before"] {
            assert!(!english.contains(words), "{}: {english}", entry.code);
        }
        let chinese = entry.remedy.in_locale(Locale::Zh);
        assert!(!chinese.contains("先查看实例状态"), "{}: {chinese}", entry.code);
    }
}

#[test]
fn the_status_tells_entries_apart_where_the_message_does_not() {
    let title = |status, message: &str, operation| {
        let report = ErrorReport {
            code: "InvalidInstanceId.NotFound".to_owned(),
            message: message.to_owned(),
            status,
            ..ErrorReport::default()
        };
        find(entries("alibaba"), &report, operation).expect("it is known").entry.title.en
    };
    assert_eq!(title(Some(403), "New words.", None), "No instance ID arrived");
    assert_eq!(title(Some(404), "New words.", None), "No such instance in this region");
    assert_eq!(title(None, "", None), "No such instance in this region");
    // The message weighs more than the status.
    assert_eq!(title(Some(404), "InstanceId should not be null.", None), "No instance ID arrived");
    let not_ready = |status, operation| {
        let report = ErrorReport {
            code: "INSTANCENOTREADY".to_owned(),
            status: Some(status),
            ..ErrorReport::default()
        };
        effect(entries("alibaba"), &report, operation)
    };
    assert_eq!(not_ready(403, Some("StartInstance")), Effect::MaybeEcho);
    assert_eq!(not_ready(500, Some("StartInstance")), Effect::MaybeDone);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_report_is_explained(code in ".*", message in ".*", status in any::<Option<u16>>()) {
        let report = ErrorReport { code, message, status, ..ErrorReport::default() };
        for cloud in clouds::ALL {
            for locale in Locale::ALL {
                explain(Some(cloud.id), clouds::catalogue(cloud).errors, &report, None, locale);
            }
            effect(clouds::catalogue(cloud).errors, &report, Some("RebootInstances"));
        }
        explain_layer(&report.code, &report.message, Locale::En);
    }

    #[test]
    fn any_message_keeps_the_code_of_a_known_error(index in any::<prop::sample::Index>(), message in ".*") {
        let (id, entry) = {
            let all: Vec<_> = all().filter(|(id, _)| *id != "layers").collect();
            *index.get(&all)
        };
        let report = ErrorReport { code: entry.code.to_owned(), message, ..ErrorReport::default() };
        let explanation = explain(Some(id), entries(id), &report, None, Locale::Zh);
        assert!(explanation.recognised);
        assert!(!explanation.meaning.contains('{') && !explanation.remedy.contains('{'));
    }
}
