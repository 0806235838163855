//! The configuration: what is read, what is refused, and the published schema, which says the same.

use relight_core::{
    clouds,
    config::{Config, Proxies, schema},
    form::Form,
    model::plan::{Refusal, plan},
};
use serde_json::Value;
use std::{fs, path::Path};

const ACCEPTED: &[&str] = &[
    "{}",
    r#"{ "$schema": "relight.schema.json", "proxy": "/proxy" }"#,
    r#"{ "proxy": { "tencent": "https://a.example/proxy", "alibaba": "/b" } }"#,
    r#"{ "proxy": "http://[::1]:8080/a:b/" }"#,
    r#"{ "proxy": "../proxy" }"#,
    r#"{ "proxy": "//proxy.example.com/x:y" }"#,
    r#"{ "proxy": "/proxy", "requireOnce": true }"#,
    r#"{ "language": "zh", "theme": "dark" }"#,
    r#"{ "allow": { "clouds": ["tencent"], "regions": ["ap-guangzhou", "xx-new-9"],
         "operations": ["reboot", "StartInstance"], "modes": ["soft", "erase", "normal"],
         "instancesMax": 20, "instanceIds": ["ins-*"], "dryRunOnly": false } }"#,
    r#"{ "confirm": { "typedCountAbove": 0, "reasonRequired": true } }"#,
    r#"{ "preset": { "cloud": "tencent", "region": "ap-guangzhou", "operation": "reboot",
         "mode": "soft", "dryRun": false, "keyId": "AKID", "instanceIds": ["ins-00000001"],
         "reason": "T-1", "site": "china" },
         "locked": ["cloud", "region", "operation", "mode", "dryRun", "instanceIds"] }"#,
    r#"{ "records": { "url": "/records" } }"#,
    r#"{ "direct": ["alibaba"] }"#,
    r#"{ "frames": ["https://portal.example.com", "http://localhost:8080"] }"#,
    r#"{ "brand": { "title": "Ops", "logo": "logo.svg", "note": { "en": "a", "zh": "b" } } }"#,
];

/// With what the error must say.
const REFUSED: &[(&str, &[&str])] = &[
    ("[]", &["line 1"]),
    ("", &["line 1"]),
    ("{ \"proxy\": \"/a\", }", &["line 1"]),
    ("{\n \"proxi\": 1 }", &["`proxi`", "`proxy`", "`language`", "line 2"]),
    ("{\n\n \"language\": \"fr\" }", &["`fr`", "`en`", "`zh`", "line 3"]),
    (r#"{ "theme": "blue" }"#, &["`blue`", "`light`", "`dark`"]),
    (r#"{ "frames": ["https://portal.example.com/"] }"#, &["`frames`", "`https://portal."]),
    (r#"{ "frames": ["https://*.example.com"] }"#, &["`frames`"]),
    (r#"{ "requireOnce": "yes" }"#, &["boolean", "line 1"]),
    (r#"{ "proxy": 7 }"#, &["an address", "line 1"]),
    (r#"{ "proxy": { "azure": "/a" } }"#, &["an address"]),
    (r#"{ "allow": [] }"#, &["`allow`", "an object"]),
    (r#"{ "brand": { "title": ["a", "b"] } }"#, &["`en`"]),
    (r#"{ "allow": { "clouds": ["aws"] } }"#, &["`aws`", "`alibaba`", "`tencent`", "`zenlayer`"]),
    (r#"{ "allow": { "operations": ["stop"] } }"#, &["`stop`", "`reboot`", "`StartInstances`"]),
    (r#"{ "allow": { "modes": ["harder"] } }"#, &["`harder`", "`soft`", "`erase`"]),
    (r#"{ "allow": { "instancesMax": -1 } }"#, &["-1"]),
    (r#"{ "allow": { "instancesMax": "ten" } }"#, &["ten"]),
    (r#"{ "preset": { "secret": "s" } }"#, &["`secret`", "`keyId`"]),
    (r#"{ "locked": ["secret"] }"#, &["`secret`", "`cloud`"]),
    (r#"{ "records": {} }"#, &["`url`"]),
    (r#"{ "brand": { "title": { "en": "only" } } }"#, &["`zh`"]),
];

/// What no schema of ours says: these are well-formed.
const MEANINGLESS: &[(&str, &str)] = &[
    (r#"{ "locked": ["region"] }"#, "`locked` has `region`"),
    (r#"{ "locked": ["theme"] }"#, "`locked` has `theme`"),
    (r#"{ "proxy": { "tencent": "/a" }, "allow": { "clouds": ["alibaba"] } }"#, "no operation"),
    (r#"{ "allow": { "clouds": [] } }"#, "no operation"),
    (
        r#"{ "allow": { "clouds": ["alibaba"] }, "preset": { "cloud": "tencent" } }"#,
        "`preset.cloud` is `tencent`, which `allow.clouds` does not have at line 1",
    ),
    (
        "{ \"allow\": { \"regions\": [\"a\"] },\n \"locked\": [\"region\"],\n \"preset\":\n \
         { \"cloud\": \"tencent\", \"region\" : \"b\" } }",
        "`preset.region` is `b`, which `allow.regions` does not have at line 4",
    ),
    (
        r#"{ "allow": { "operations": ["StartInstances"] }, "preset": { "operation": "reboot" } }"#,
        "`preset.operation` is `reboot`",
    ),
    (
        r#"{ "allow": { "modes": ["soft"] }, "preset": { "mode": "force" } }"#,
        "`preset.mode` is `force`",
    ),
    (
        r#"{ "allow": { "instanceIds": ["ins-web*"] }, "preset": { "instanceIds": ["ins-db1"] } }"#,
        "`preset.instanceIds` is `ins-db1`",
    ),
    (
        r#"{ "allow": { "dryRunOnly": true }, "preset": { "dryRun": false } }"#,
        "`preset.dryRun` is `false`",
    ),
    (
        r#"{ "preset": { "instanceIds": ["ins-*"] }, "locked": ["instanceIds"] }"#,
        "`preset.instanceIds` has `ins-*`",
    ),
    (r#"{ "allow": { "clouds": ["tencent"], "operations": ["StartInstance"] } }"#, "no operation"),
    (r#"{ "brand": { "logo": "javascript:alert(1)" } }"#, "`brand.logo`"),
    (r#"{ "records": { "url": "ftp://a" } }"#, "`records.url`"),
    (r#"{ "records": { "url": "data:text/plain,a" } }"#, "`records.url`"),
    (r#"{ "records": { "url": "" } }"#, "`records.url`"),
    (r#"{ "proxy": "" }"#, "`proxy` is ``"),
    (
        r#"{ "proxy": "javascript:alert(1)" }"#,
        "`proxy` is `javascript:alert(1)`, expected an address",
    ),
    (r#"{ "proxy": "ftp://proxy.example.com" }"#, "`https://proxy.example.com`"),
    (r#"{ "proxy": "https:proxy.example.com" }"#, "`https:proxy.example.com`"),
    (r#"{ "proxy": "https://" }"#, "`https://`"),
    (r#"{ "proxy": "https://me:word@proxy.example.com" }"#, "without a name or password"),
    (r#"{ "proxy": "https://proxy.example.com/?to=" }"#, "without a query"),
    (r#"{ "proxy": { "tencent": "/t", "alibaba": "/a b" } }"#, "`/a b`"),
];

#[test]
fn what_is_meant_is_read() {
    for text in ACCEPTED {
        let read = Config::read(text);
        assert!(read.is_ok(), "{text}: {read:?}");
    }
}

#[test]
fn what_is_wrong_is_named_with_what_would_be_right() {
    for (text, said) in REFUSED {
        let error = Config::read(text).unwrap_err().to_string();
        for part in *said {
            assert!(error.contains(part), "{text}: {error}");
        }
    }
    for (text, said) in MEANINGLESS {
        let error = Config::read(text).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

/// As it is in `static/`, for editors and for whoever checks a file before it goes out.
#[test]
fn the_published_schema_says_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/relight.schema.json");
    let published = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        published,
        schema(),
        "run: cargo run -p relight-core --example schema \
         > static/relight.schema.json"
    );
    let schema: Value = serde_json::from_str(&published).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in ACCEPTED.iter().chain(MEANINGLESS.iter().map(|(text, _)| text)) {
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(validator.is_valid(&value), "{text}");
    }
    let mut judged = 0;
    for (text, _) in REFUSED {
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            assert!(!validator.is_valid(&value), "{text}");
            judged += 1;
        }
    }
    assert!(judged > 10);
}

/// Our own file is one.
#[test]
fn the_file_that_comes_with_the_page_can_be_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/relight.json");
    assert!(Config::read(&fs::read_to_string(path).unwrap()).is_ok());
}

#[test]
fn a_proxy_for_each_cloud() {
    let config = Config::read(r#"{ "proxy": { "tencent": "/t" } }"#).unwrap();
    let (limits, proxies) = (config.limits(), config.proxy.unwrap());
    assert_eq!(limits.clouds, Some(vec!["tencent".to_owned()]));
    assert_eq!(proxies.of(clouds::by_id("tencent").unwrap()), Some("/t"));
    assert_eq!(proxies.of(clouds::by_id("alibaba").unwrap()), None);
    assert_eq!(Proxies::One("/p".into()).of(clouds::by_id("alibaba").unwrap()), Some("/p"));
}

/// Locked is the same as allowed alone: the form keeps to it, and so does the plan.
#[test]
fn what_is_locked_holds_in_form_and_plan() {
    let text = r#"{
        "preset": { "cloud": "tencent", "region": "ap-guangzhou", "operation": "reboot",
                    "mode": "soft", "instanceIds": ["ins-00000001"] },
        "locked": ["cloud", "region", "operation", "mode", "instanceIds"] }"#;
    let config = Config::read(text).unwrap();
    let mut form = Form::new(clouds::ALL[0]).unwrap();
    form.restrict(config.limits());
    for edit in config.fills() {
        form.apply(edit);
    }
    assert_eq!(form.cloud().id, "tencent");
    assert_eq!((form.operation().name, form.mode().id), ("RebootInstances", "soft"));
    assert!(plan(&form.plan_input(), None).is_ok());

    let mut other = form.plan_input();
    other.operation = "StartInstances".to_owned();
    other.options.clear();
    let refused = |input| matches!(plan(&input, None), Err(Refusal::NotAllowed { .. }));
    assert!(refused(other));
    let mut other = form.plan_input();
    other.region = "ap-shanghai".to_owned();
    assert!(refused(other));
    let mut other = form.plan_input();
    other.options = vec![("StopType".to_owned(), "HARD".to_owned())];
    assert!(refused(other));
    form.apply(relight_core::form::FormEdit::IdsText("ins-00000002".to_owned()));
    let refusal = plan(&form.plan_input(), None).unwrap_err();
    assert_eq!(refusal.kind(), "instances-not-allowed");
}

/// Whatever is locked, nothing is allowed that was not: for every name that can be locked, and for all of
/// them together.
#[test]
fn what_is_locked_never_widens_what_is_allowed() {
    let allow = r#""allow": { "clouds": ["tencent", "alibaba"], "regions": ["ap-1", "ap-2"],
        "operations": ["RebootInstances", "start"], "modes": ["soft", "normal"],
        "instanceIds": ["ins-web*", "i-web*"] }"#;
    let inside = r#""cloud": "tencent", "region": "ap-1", "operation": "reboot", "mode": "soft",
        "instanceIds": ["ins-web00001"], "dryRun": true"#;
    let read = |locked: &str| {
        let text = format!("{{ {allow}, \"preset\": {{ {inside} }}, \"locked\": [{locked}] }}");
        Config::read(&text).unwrap().limits()
    };
    let free = read("");
    let all = ["cloud", "region", "operation", "mode", "instanceIds", "dryRun"];
    let each = all.map(|name| format!("\"{name}\""));
    for locked in each.iter().cloned().chain([each.join(", ")]) {
        let limits = read(&locked);
        let (mut before, mut now) = (0, 0);
        let lists = [
            (&limits.clouds, &free.clouds),
            (&limits.regions, &free.regions),
            (&limits.modes, &free.modes),
        ];
        for (isolate, wide) in lists {
            let (isolate, wide) = (isolate.as_ref().unwrap(), wide.as_ref().unwrap());
            assert!(isolate.iter().all(|one| wide.contains(one)), "{locked}: {limits:?}");
        }
        for cloud in clouds::ALL {
            for operation in cloud.operations {
                let mut input = Form::new(cloud).unwrap().plan_input();
                operation.name.clone_into(&mut input.operation);
                for region in ["", "ap-1", "ap-2", "ap-3"] {
                    region.clone_into(&mut input.region);
                    for mode in operation.modes {
                        input.options = mode
                            .options
                            .iter()
                            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                            .collect();
                        for id in [
                            "ins-web00001",
                            "ins-web00002",
                            "i-web0000000000000000x",
                            "ins-data0001",
                        ] {
                            input.ids = relight_core::ids::parse_ids(id, None)
                                .ids
                                .into_iter()
                                .map(|parsed| parsed.id)
                                .collect();
                            input.limits = limits.clone();
                            let isolate = plan(&input, None).is_ok();
                            input.limits = free.clone();
                            let wide = plan(&input, None).is_ok();
                            assert!(wide || !isolate, "{locked}: {input:?}");
                            now += usize::from(isolate);
                            before += usize::from(wide);
                        }
                    }
                }
            }
        }
        // To be allowed rehearsals only leaves nothing of these; else something is left, but less.
        let only_rehearsals = locked.contains("dryRun");
        assert!(now < before && (now > 0 || only_rehearsals), "{locked}: {now} of {before}");
    }
    // By its verb is meant what the list has of it: not the one that takes one instance.
    let limits = read("\"operation\"");
    assert_eq!(limits.operations, Some(vec!["RebootInstances".to_owned()]));
}
