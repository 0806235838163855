//! What the name of an unknown code tells. Only the name: the texts say so.

use super::{Effect, EntryText, Group, Retry, Who, pattern, words};

/// Codes that begin or end alike.
#[cfg_attr(not(feature = "texts"), expect(dead_code, reason = "only the effect is asked for"))]
pub(crate) struct Family {
    /// Patterns of the code.
    codes: &'static [&'static str],
    /// What such codes are about.
    pub(crate) about: EntryText,
    pub(crate) who: Who,
    pub(crate) retry: Retry,
    pub(crate) effect: Effect,
    pub(crate) group: Group,
}

/// The family of a code, by its name.
pub(crate) fn family(code: &str) -> Option<&'static Family> {
    FAMILIES
        .iter()
        .find(|family| family.codes.iter().any(|known| pattern::captures(known, code).is_some()))
}

/// The first that fits counts, so the ones that may have done something come before the broad ones.
static FAMILIES: &[Family] = &[
    Family {
        codes: &["Throttling{rest}", "RequestLimitExceeded{rest}", "REQUEST_LIMIT_EXCEEDED{rest}"],
        about: words("requests that come too fast", "请求过于频繁"),
        who: Who::You,
        retry: Retry::Later,
        effect: Effect::Throttled,
        group: Group::Wait,
    },
    Family {
        codes: &[
            "MutexOperation{rest}",
            "ResourceInUse{rest}",
            "{head}InProgress{rest}",
            "{head}IN_PROGRESS{rest}",
            "{head}Conflict{rest}",
            "{head}TaskRunning{rest}",
            "{head}NonceUsed{rest}",
        ],
        about: words("an operation that is still going on", "尚未结束的操作"),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        group: Group::LookFirst,
    },
    Family {
        codes: &[
            "Internal{rest}",
            "INTERNAL_{rest}",
            "ServiceUnavailable{rest}",
            "SERVICE_{rest}",
            "FailedOperation{rest}",
            "OPERATION_FAILED{rest}",
            "{head}Timeout{rest}",
            "{head}TIMEOUT{rest}",
            "{head}TIMED_OUT{rest}",
        ],
        about: words("a failure on the cloud's side", "云端故障"),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        group: Group::LookFirst,
    },
    Family {
        codes: &[
            "AuthFailure{rest}",
            "InvalidTimeStamp{rest}",
            "InvalidSignature{rest}",
            "Signature{rest}",
            "{head}AccessKey{rest}",
            "{head}SecurityToken{rest}",
            "{head}SIGNATURE{rest}",
        ],
        about: words("the key, the signature or the clock", "密钥、签名或时间"),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        group: Group::CorrectKey,
    },
    Family {
        codes: &[
            "UnauthorizedOperation{rest}",
            "Forbidden{rest}",
            "NoPermission{rest}",
            "AccessDenied{rest}",
            "UNAUTHORIZED{rest}",
        ],
        about: words("a missing permission", "权限不足"),
        who: Who::Administrator,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        group: Group::GetPermission,
    },
    Family {
        codes: &["{head}Arrears{rest}", "{head}ARREARS{rest}", "{head}Balance{rest}"],
        about: words("unpaid bills", "欠费"),
        who: Who::AccountOwner,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        group: Group::SettleAccount,
    },
    Family {
        codes: &["Quota{rest}", "LimitExceeded{rest}", "{head}QuotaExceed{rest}"],
        about: words("a quota", "配额"),
        who: Who::AccountOwner,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        group: Group::SettleAccount,
    },
    Family {
        codes: &["ResourceInsufficient{rest}", "{head}NoStock{rest}", "{head}SoldOut{rest}"],
        about: words("missing capacity", "资源不足"),
        who: Who::You,
        retry: Retry::Later,
        effect: Effect::NothingDone,
        group: Group::Wait,
    },
    Family {
        codes: &[
            "UnsupportedOperation{rest}",
            "OperationDenied{rest}",
            "OPERATION_DENIED_{rest}",
            "InvalidOperation{rest}",
            "Incorrect{head}Status{rest}",
            "{head}_STATUS",
        ],
        about: words(
            "an operation that was refused, often because of the state",
            "操作被拒绝（多与实例状态有关）",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeEcho,
        group: Group::LookFirst,
    },
    Family {
        codes: &["{head}NotFound{rest}", "{head}NOT_FOUND{rest}"],
        about: words("something that was not found", "资源不存在"),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        group: Group::CorrectRequest,
    },
    Family {
        codes: &[
            "InvalidParameter{rest}",
            "Missing{rest}",
            "Invalid{rest}",
            "INVALID_{rest}",
            "UnknownParameter{rest}",
            "{head}Malformed",
            "{head}MalFormed",
        ],
        about: words("a wrong or missing parameter", "参数错误或缺失"),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        group: Group::CorrectRequest,
    },
];
