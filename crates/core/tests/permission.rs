//! Permission errors: what is missing is read from whatever was copied, and the smallest policy that
//! would allow it is written, unless allowing cannot help.

use relight_core::{
    catalogue::{Group, SuggestedAction},
    clouds::{self, Grant},
    explain::{Explanation, HintKind, Known, TextOptions, explain_text, explain_with},
    i18n::Locale,
    model::{
        cloud::Verb,
        outcome::{Denial, Denied, ErrorReport, Response},
    },
};
use serde_json::{Value, json};

fn one(text: &str) -> Explanation {
    let mut found = explain_text(text, &TextOptions::default());
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    found.remove(0)
}

fn policy(told: &Explanation) -> Value {
    let permission = told.permission.as_ref().expect("a permission is missing");
    let policy = permission.policy.as_deref().expect("there is a policy");
    serde_json::from_str(policy).expect("a policy is JSON")
}

#[test]
fn the_detail_of_an_answer_is_read() {
    let told = one(
        r#"{"RequestId":"0DCC6ABD-2296-503E-A5FF-89D50809DCA0","HostId":"ecs.cn-hangzhou.aliyuncs.com",
        "Code":"NoPermission","Message":"You are not authorized to perform this operation.",
        "AccessDeniedDetail":{"AuthAction":"ecs:RebootInstances","AuthPrincipalDisplayName":"211234567890123456",
        "AuthPrincipalOwnerId":"1234567890123456","AuthPrincipalType":"SubUser",
        "EncodedDiagnosticMessage":"AQIBIAAAAOPdwKY2QLOvgMEc7SkkoJfj1kvZwsaRqNYMh10Tv0wTe0fCzaCdrvgazfNb0EnJ",
        "NoPermissionType":"ImplicitDeny","PolicyType":"AccountLevelIdentityBasedPolicy"}}"#,
    );
    let permission = told.permission.clone().expect("it is a permission error");
    assert_eq!(permission.denial, Denial::Implicit);
    assert_eq!(permission.action.as_deref(), Some("ecs:RebootInstances"));
    assert_eq!(permission.principal.as_deref(), Some("211234567890123456"));
    assert_eq!(permission.principal_kind.as_deref(), Some("SubUser"));
    assert_eq!(permission.policy_kind.as_deref(), Some("AccountLevelIdentityBasedPolicy"));
    assert!(permission.diagnostic.is_some_and(|text| text.starts_with("AQIBIAAAAOPd")));
    for part in
        ["one that allows it is missing", "an administrator of RAM can change them", "decode it"]
    {
        assert!(permission.advice.contains(part), "{}", permission.advice);
    }
    // Where nothing forbids it, no policy decides.
    assert!(!permission.advice.contains("What decides"), "{}", permission.advice);
    assert_eq!(told.region.as_deref(), Some("cn-hangzhou"));
    assert_eq!(told.group, Group::GetPermission);
    assert_eq!(told.suggested_actions.first(), Some(&SuggestedAction::CopyPolicy));
    assert_eq!(
        policy(&told),
        json!({"Version": "1", "Statement": [{
            "Effect": "Allow",
            "Action": ["ecs:RebootInstances"],
            "Resource": ["acs:ecs:cn-hangzhou:*:instance/*"],
        }]})
    );
}

#[test]
fn an_explicit_deny_gets_no_policy_to_allow_it() {
    for text in [
        r#"aliyun: {"Code":"Forbidden.RAM","Message":"x","RequestId":"0DCC6ABD-2296","AccessDeniedDetail":{"NoPermissionType":"ExplicitDeny","AuthAction":"ecs:StartInstance"}}"#,
        // As a program prints it.
        "alibabacloud ERROR Forbidden.RAM: x {'AccessDeniedDetail': {'NoPermissionType': 'ExplicitDeny', 'AuthAction': 'ecs:StartInstance'}}",
        "com.aliyuncs.exceptions.ClientException: NoPermission : x\n  accessDeniedDetail={AuthAction=ecs:StartInstance, NoPermissionType=ExplicitDeny, PolicyType=ControlPolicy}",
    ] {
        let told = one(text);
        let permission = told.permission.clone().expect("it is a permission error");
        assert_eq!(permission.denial, Denial::Explicit, "{text}");
        assert_eq!(permission.action.as_deref(), Some("ecs:StartInstance"), "{text}");
        assert_eq!(permission.policy, None);
        assert!(!told.suggested_actions.contains(&SuggestedAction::CopyPolicy));
        assert!(permission.advice.contains("does not help"), "{}", permission.advice);
    }
}

#[test]
fn the_sentence_of_a_message_is_read() {
    for text in [
        "[TencentCloudSDKException] code:UnauthorizedOperation message:[request id:7bdd8c92-ab41-4e10-80e5-6b928a207420]you are not authorized to perform operation (cvm:StartInstances)\nresource (qcs:id/0:cvm:ap-guangzhou:uin/100000000001:instance/ins-5d8a23rs) has no permission\n requestId:7bdd8c92-ab41-4e10-80e5-6b928a207420",
        r#"{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"[request id:7bdd8c92-ab41]you are not authorized to perform operation (cvm:StartInstances)\nresource (qcs:id/0:cvm:ap-guangzhou:uin\/100000000001:instance\/ins-5d8a23rs) has no permission\n"},"RequestId":"7bdd8c92-ab41-4e10-80e5-6b928a207420"}}"#,
    ] {
        let told = one(text);
        let permission = told.permission.clone().expect("it is a permission error");
        assert_eq!(permission.denial, Denial::Unknown);
        assert_eq!(permission.action.as_deref(), Some("cvm:StartInstances"));
        let resource = "qcs:id/0:cvm:ap-guangzhou:uin/100000000001:instance/ins-5d8a23rs";
        assert_eq!(permission.resources, [resource], "{text}");
        assert_eq!(
            policy(&told),
            json!({"version": "2.0", "statement": [{
                "effect": "allow", "action": ["cvm:StartInstances"], "resource": [resource],
            }]})
        );
        assert!(permission.advice.contains("does not say"), "{}", permission.advice);
    }
}

#[test]
fn nobody_is_sent_to_the_root_key_nor_given_more_than_is_missing() {
    for cloud in clouds::ALL {
        for code in clouds::catalogue(cloud).permission_codes {
            for denial in [Denial::Explicit, Denial::Implicit, Denial::Unknown] {
                for locale in Locale::ALL {
                    let report = ErrorReport {
                        code: (*code).to_owned(),
                        denied: Some(Box::new(Denied { denial, ..Denied::default() })),
                        ..ErrorReport::default()
                    };
                    let id = Some(cloud.id);
                    let known = Known::default();
                    let operation = cloud.operations.first().map(|operation| operation.name);
                    let told = explain_with(
                        id,
                        clouds::catalogue(cloud).errors,
                        &report,
                        operation,
                        &known,
                        locale,
                    );
                    let permission = told.permission.expect("it is about a permission");
                    let said = format!("{}{}{}", told.meaning, told.remedy, permission.advice);
                    for advice in ["root", "FullAccess", "主账号密钥", "主账号的密钥", "管理员权限"]
                    {
                        assert!(!said.contains(advice), "{said}");
                    }
                    let policy = permission.policy.unwrap_or_default();
                    assert!(denial != Denial::Explicit || policy.is_empty(), "{policy}");
                    // One action, spelt out.
                    assert!(!policy.contains(":*\"]") && !policy.contains("[\"*\"]"), "{policy}");
                }
            }
        }
    }
}

#[test]
fn what_the_page_knows_makes_the_policy_smaller() {
    let tencent = clouds::by_id("tencent").expect("it is there");
    let report = ErrorReport {
        code: "UnauthorizedOperation".to_owned(),
        message: "Unauthorized operation.".to_owned(),
        ..ErrorReport::default()
    };
    let known = Known {
        region: Some("ap-shanghai"),
        instance_ids: &["ins-5d8a23rs", "ins-hc0ktysk"],
        ..Known::default()
    };
    let told = explain_with(
        Some(tencent.id),
        clouds::catalogue(tencent).errors,
        &report,
        Some("RebootInstances"),
        &known,
        Locale::Zh,
    );
    assert_eq!(
        policy(&told),
        json!({"version": "2.0", "statement": [{
            "effect": "allow",
            "action": ["cvm:RebootInstances"],
            "resource": ["qcs::cvm:ap-shanghai::instance/ins-5d8a23rs", "qcs::cvm:ap-shanghai::instance/ins-hc0ktysk"],
        }]})
    );
}

#[test]
fn every_operation_of_every_cloud_has_its_smallest_policy_or_says_that_there_is_none() {
    for cloud in clouds::ALL {
        for operation in cloud.operations {
            let grant = Grant {
                action: operation.name,
                resources: &[],
                region: cloud.regions.known.first().map_or("", |region| region.id),
                instance_ids: &[cloud.ids.example],
                with_reads: true,
            };
            let Some(policy) = clouds::decoder(cloud).policy(&grant) else {
                // Then nothing is offered to copy, and an administrator is named.
                for code in clouds::catalogue(cloud).permission_codes {
                    let report = ErrorReport { code: (*code).to_owned(), ..ErrorReport::default() };
                    let known = Known::default();
                    let name = Some(operation.name);
                    let told = explain_with(
                        Some(cloud.id),
                        clouds::catalogue(cloud).errors,
                        &report,
                        name,
                        &known,
                        Locale::En,
                    );
                    let permission = told.permission.expect("it is about a permission");
                    assert_eq!(permission.policy, None);
                    assert!(permission.advice.contains("administrator"));
                    assert!(!told.suggested_actions.contains(&SuggestedAction::CopyPolicy));
                }
                continue;
            };
            serde_json::from_str::<Value>(&policy).expect("it is JSON");
            for part in [&format!(":{}\"", operation.name), cloud.ids.example, "DescribeInstances"]
            {
                assert!(policy.contains(part), "{policy} lacks {part}");
            }
            // Nothing but this operation and the read is allowed, and nothing on everything.
            assert!(!policy.contains(":*\"]"), "{policy}");
            let allowed = policy.matches("llow\"").count();
            assert_eq!(allowed, 2, "{policy}");
        }
    }
}

#[test]
fn a_decoded_answer_carries_the_detail() {
    let body = r#"{"RequestId":"0DCC6ABD","HostId":"ecs.aliyuncs.com","Code":"NoPermission","Message":"x","AccessDeniedDetail":{"AuthAction":"ecs:DescribeInstances","NoPermissionType":"ExplicitDeny"}}"#;
    let response = Response { status: 403, headers: Vec::new(), body: body.to_owned() };
    let alibaba = clouds::by_id("alibaba").expect("it is there");
    let relight_core::model::outcome::Described::Failed(
        relight_core::model::outcome::Fault::Cloud(report),
    ) = clouds::decoder(alibaba).decode_describe(&response)
    else {
        panic!("it is an error of the cloud");
    };
    assert_eq!(
        report.denied.map(|denied| *denied),
        Some(Denied {
            denial: Denial::Explicit,
            action: Some("ecs:DescribeInstances".to_owned()),
            ..Denied::default()
        })
    );
}

#[test]
fn a_key_of_another_cloud_is_named() {
    let hinted = |cloud: &'static str, code: &str, known: &Known<'_>| {
        let entries = clouds::catalogue(clouds::by_id(cloud).expect("it is there")).errors;
        let report = ErrorReport { code: code.to_owned(), ..ErrorReport::default() };
        explain_with(Some(cloud), entries, &report, None, known, Locale::En).hints
    };
    let with = |key_id| Known { key_id: Some(key_id), ..Known::default() };
    let kinds = |hints: &[relight_core::explain::Hint]| {
        hints.iter().map(|hint| hint.kind).collect::<Vec<_>>()
    };

    let hints = hinted(
        "alibaba",
        "InvalidAccessKeyId.NotFound",
        &with("AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"),
    );
    assert_eq!(kinds(&hints), [HintKind::KeyOfAnotherCloud]);
    assert!(hints[0].text.contains("one of Tencent Cloud"), "{}", hints[0].text);
    let hints =
        hinted("tencent", "AuthFailure.SecretIdNotFound", &with("LTAI5tQZabcdefghijklmnop"));
    assert_eq!(kinds(&hints), [HintKind::KeyOfAnotherCloud]);
    let hints = hinted("alibaba", "MissingSecurityToken", &with("STS.NUAbcdefghijklmnopqrstuvw"));
    assert_eq!(kinds(&hints), [HintKind::TokenMissing]);
    let hints = hinted("alibaba", "InvalidAccessKeyId.NotFound", &with("LTAI5tQZ"));
    assert_eq!(kinds(&hints), [HintKind::KeyMalformed]);
    let fast = Known { clock_ahead_seconds: Some(1_260), ..Known::default() };
    let hints = hinted("tencent", "AuthFailure.SignatureExpire", &fast);
    assert_eq!(hints[0].text, "Measured: this computer's clock is 21 min ahead of the cloud's.");
    let there = Known { region: Some("cn-beijing"), ..Known::default() };
    let hints = hinted("alibaba", "InvalidInstanceId.NotFound", &there);
    assert_eq!(kinds(&hints), [HintKind::Region]);
    assert!(hints[0].text.contains("cn-beijing"));
    // An error that is not about the key says nothing of it.
    assert_eq!(hinted("alibaba", "IncorrectInstanceStatus", &with("AKID")), []);
}

#[test]
fn a_key_of_another_cloud_is_named_from_a_text() {
    for (text, says) in [
        (
            "[TencentCloudSDKException] code:AuthFailure.SecretIdNotFound message:The SecretId is not found. requestId:46e3b1f4-7c52-4ab4-8f35-9bfe61c2a3f0\nsecret_id = LTAI5tQZabcdefghijklmnop",
            "one of Alibaba Cloud",
        ),
        (
            "{\"Code\":\"InvalidAccessKeyId.NotFound\",\"Message\":\"Specified access key is not found. server string to sign is:POST&%2F&AccessKeyId%3DAKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA%26Action%3DX\",\"RequestId\":\"7B7813C6-57BF\",\"HostId\":\"ecs.aliyuncs.com\"}",
            "one of Tencent Cloud",
        ),
    ] {
        let told = one(text);
        assert_eq!(told.hints.first().map(|hint| hint.kind), Some(HintKind::KeyOfAnotherCloud));
        assert!(told.hints[0].text.contains(says), "{}", told.hints[0].text);
    }
}

#[test]
fn a_web_page_is_told_by_its_title() {
    let told = one("<html><head><title>502 Bad Gateway</title></head><body></body></html>");
    assert!(told.meaning.contains("a web page: 502 Bad Gateway."), "{}", told.meaning);
    let told = one("<html><head><title>\u{202e}evil\u{202c}</title></head><body></body></html>");
    assert!(!told.meaning.contains('\u{202e}'), "{}", told.meaning);
}

#[test]
fn a_text_with_both_times_tells_the_minutes() {
    let told = one(
        "HTTP/1.1 400 Bad Request\nDate: Sat, 21 Nov 2026 04:00:00 GMT\n\n{\"RequestId\":\"ABCD-1234\",\"HostId\":\"ecs.aliyuncs.com\",\"Code\":\"InvalidTimeStamp.Expired\",\"Message\":\"Specified time stamp or date value is expired.\",\"sent\":\"x-acs-date: 2026-11-21T03:41:10Z\"}",
    );
    assert_eq!(told.hints[0].text, "Measured: this computer's clock is 19 min behind the cloud's.");
}

#[test]
fn the_page_for_administrators_shows_these_policies() {
    let page = include_str!("../../../docs/permissions.md");
    let mut shown = 0;
    for cloud in clouds::ALL {
        assert!(page.contains(&format!("## {}", cloud.name.en)), "{}", cloud.id);
        for verb in [Verb::Reboot, Verb::Start] {
            let operation = cloud.operation_for(verb).expect("every cloud has both");
            let policy = clouds::decoder(cloud).policy(&Grant {
                action: operation.name,
                resources: &[],
                region: cloud.regions.known.first().map_or("", |region| region.id),
                instance_ids: &[cloud.ids.example],
                with_reads: true,
            });
            let Some(policy) = policy else { continue };
            assert!(page.contains(&policy), "docs/permissions.md lacks\n{policy}");
            shown += 1;
        }
    }
    assert_eq!(shown, 4);
}
