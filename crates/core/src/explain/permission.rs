//! Permission errors: the missing permission, whether allowing it helps, and the smallest policy
//! for it.

use super::Known;
use crate::{
    catalogue::Found,
    clouds::{self, Grant},
    i18n::{Locale, Text, text},
    model::{
        cloud::Cloud,
        outcome::{Denial, Denied, ErrorReport},
    },
    text::mask,
};
use serde::Serialize;

/// The missing permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Explicit or implicit denial.
    pub denial: Denial,
    /// What that means for a fix, in a sentence or two.
    pub advice: String,
    /// The missing action, as the cloud's policies spell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The resources, in the cloud's own notation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The principal: a user's id, or a role with its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The kind of principal, in the cloud's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_kind: Option<String>,
    /// The kind of policy that decided, in the cloud's own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_kind: Option<String>,
    /// An encoded message that an administrator can have decoded by the cloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic: Option<String>,
    /// The smallest policy that allows it, as JSON to copy. `None` if a policy would not help, if
    /// the cloud has none, or if too little is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// The missing permission of a cloud's error.
pub(super) fn permission(
    cloud: &Cloud,
    found: Option<&Found>,
    report: &ErrorReport,
    operation: Option<&str>,
    known: &Known<'_>,
    locale: Locale,
) -> Permission {
    let explanation = report.denied.as_deref().cloned().unwrap_or_default();
    let Denied { denial, action, resource, principal, principal_kind, policy_kind, diagnostic } =
        explanation;
    let caught = |name: &str| {
        let captures = found.map_or(&[][..], |found| found.captures.as_slice());
        let value = captures.iter().find(|(known, _)| *known == name)?.1.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let action = action.or_else(|| caught("action"));
    // A resource of `*` only means that the action is not allowed on anything.
    let resource = resource.or_else(|| caught("resource")).filter(|resource| resource != "*");
    let wanted = action.as_deref().or(operation);
    let policy = wanted.filter(|_| denial != Denial::Explicit).and_then(|action| {
        let named: Vec<&str> = report.instance_ids.iter().map(String::as_str).collect();
        let ids = if named.is_empty() { known.instance_ids } else { &named };
        let resources: Vec<&str> = resource.as_deref().into_iter().collect();
        clouds::decoder(cloud).policy(&Grant {
            action,
            resources: &resources,
            region: known.region.unwrap_or(""),
            instance_ids: ids,
            with_reads: false,
        })
    });
    let advice = match (denial, &policy) {
        (Denial::Explicit, _) => FORBIDDEN,
        (Denial::Implicit, Some(_)) => NOT_ALLOWED,
        (Denial::Unknown, Some(_)) => UNCLEAR,
        (Denial::Implicit | Denial::Unknown, None) => NO_POLICY,
    };
    let mut advice = advice.in_locale(locale).to_owned();
    let mut message = |more: Text| {
        // Chinese sentences are not separated by a space.
        if locale == Locale::En {
            advice.push(' ');
        }
        advice.push_str(more.in_locale(locale));
    };
    let kinds = clouds::catalogue(cloud).policy_kinds;
    if let Some((_, who)) = kinds.iter().find(|(kind, _)| Some(*kind) == policy_kind.as_deref()) {
        message(*who);
    }
    if diagnostic.is_some() {
        message(DIAGNOSTIC);
    }
    Permission {
        denial,
        advice,
        action,
        resources: resource.into_iter().collect(),
        principal: principal.map(|principal| mask::hide_secrets(&principal)),
        principal_kind,
        policy_kind,
        diagnostic,
        policy,
    }
}

const FORBIDDEN: Text = text(
    "A policy denies this explicitly, so adding one that allows it does not help. The administrator of that policy must make an exception for this identity, or another identity has to do it.",
    "有策略显式拒绝了该操作，再授予允许策略也不会生效。需要由制定该拒绝策略的管理员为此身份设置例外，或改由其他身份执行。",
);

const NOT_ALLOWED: Text = text(
    "No policy denies it; one that allows it is missing. An administrator can attach the policy below, which allows this and nothing else.",
    "没有策略禁止该操作，只是缺少允许它的策略。管理员可以为此身份添加下面的策略，它只允许这一项操作。",
);

const UNCLEAR: Text = text(
    "The cloud does not say whether a policy forbids it or merely none allows it. An administrator can try the one below, which allows this and nothing else; if it does not help, another policy forbids it.",
    "云端没有说明是被显式拒绝还是未被授权。管理员可先添加下面的策略（只允许这一项操作）；若仍被拒绝，则说明另有策略禁止。",
);

const NO_POLICY: Text = text(
    "An administrator can allow just this operation for this identity, on just what it is needed for.",
    "请由管理员仅为此身份授予所需资源上的该操作权限。",
);

const DIAGNOSTIC: Text = text(
    "The response contains an encoded diagnosis. An administrator can decode it to see which policy it is.",
    "返回中附有编码的诊断信息，管理员解码后可以看到具体是哪条策略。",
);

/// The missing permission in a text of any cloud, apart from the code.
pub(super) fn denied_in(text: &str) -> Option<Box<Denied>> {
    let readers = clouds::ALL.iter().filter_map(|cloud| clouds::catalogue(cloud).denied_in);
    let denied = readers.map(|read| read(text)).fold(Denied::default(), Denied::or);
    (denied != Denied::default()).then(|| Box::new(denied))
}
