//! The errors of this cloud: one entry an error, nowhere else.

use crate::{
    catalogue::{Effect, Entry, Family, Retry, Source, SuggestedAction, Who},
    clouds::{Catalogue, body},
    i18n::text,
    model::outcome::ErrorReport,
    text::json,
};
use serde_json::Value;

/// Stands for "listed among the failed" in a 200: the cloud gives neither code nor reason.
pub(crate) const LISTED_AS_FAILED: &str = "(listed in response.instanceIds)";

/// Reads a whole answer that is a success and lists instances: those are the ones that failed.
/// Other operations list instances as well, so nothing else may stand in it.
fn listed_failures(answer: &str) -> Option<ErrorReport> {
    // Most texts are none, and need not be read.
    if !answer.contains("\"instanceIds\"") || answer.contains("\"code\"") {
        return None;
    }
    let answer = json::read(answer).ok()?;
    let request_id = body::text(&answer, "requestId")?.to_owned();
    let mut instance_ids = Vec::new();
    for (name, value) in answer.get("response")?.as_object()? {
        match (name.as_str(), value) {
            ("requestId", _) => {}
            ("instanceIds", Value::Array(ids)) => {
                for id in ids {
                    instance_ids.push(id.as_str()?.to_owned());
                }
            }
            (_, _) => return None,
        }
    }
    (!instance_ids.is_empty()).then(|| ErrorReport {
        code: LISTED_AS_FAILED.to_owned(),
        status: Some(200),
        request_id: Some(request_id),
        instance_ids,
        ..ErrorReport::default()
    })
}

pub(super) static CATALOGUE: Catalogue = Catalogue {
    errors: ERRORS,
    marks: MARKS,
    common_codes: COMMON,
    families: FAMILIES,
    permission_codes: PERMISSIONS,
    denied_in: None,
    policy_kinds: &[],
    helps: HELPS,
    is_host: |host| host == "console.zenlayer.com",
    other_products: &[],
    clients: &["zenlayercloudsdk", "zenlayercloud-sdk"],
    wrappers: &["NETWORK_ERROR"],
    is_code,
    client_codes: &["SDK_", "NETWORK_ERROR"],
    action_prefix: "",
    gateways: &[],
    shapes: &[],
    tools: &[],
    sentences: &[
        (
            "Operations on the instances in current state are not supported",
            "OPERATION_DENIED_INSTANCE_STATUS",
        ),
        (
            "Operations on instances in recycle bin are not supported",
            "OPERATION_DENIED_INSTANCE_RECYCLED",
        ),
    ],
    // A letter before a UUID in capitals.
    is_request_id: |id| {
        id.len() == 37 && id.starts_with('T') && !id.bytes().any(|b| b.is_ascii_lowercase())
    },
    listed_failures: Some(listed_failures),
};

/// Words in capitals; those of Node begin with names of its own.
fn is_code(code: &str) -> bool {
    const OF_NODE: [&str; 7] =
        ["ERR_", "UND_ERR_", "MODULE_", "CERT_", "DEPTH_ZERO_", "SELF_SIGNED_", "UNABLE_TO_"];
    !code.bytes().any(|b| b.is_ascii_lowercase())
        && !OF_NODE.iter().any(|begin| code.starts_with(begin))
}

/// What an error of this cloud has about it besides its code (see [`Catalogue::marks`]).
static MARKS: &[&str] = &["zenlayer", "\"requestid\":\"t"];

/// The codes that say that a permission is missing.
static PERMISSIONS: &[&str] = &["AUTHFAILURE_UNAUTHORIZED_OPERATION"];

/// Codes of this cloud that other products use, too.
static COMMON: &[&str] = &[
    "INTERNAL_SERVER_ERROR",
    "INVALID_PARAMETER_TYPE",
    "INVALID_PARAMETER_VALUE",
    "MISSING_PARAMETER",
    "REQUEST_BLOCKED",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUEST_TIMED_OUT",
    "SDK_INVALID_REQUEST",
    "SECURITY_CHALLENGE",
    "SERVICE_TEMPORARY_UNAVAILABLE",
];

/// What codes of this cloud are called, whether or not they are known.
static FAMILIES: &[(Family, &[&str])] = &[
    (Family::TooFast, &["REQUEST_LIMIT_EXCEEDED{rest}"]),
    (Family::Unfinished, &["{head}IN_PROGRESS{rest}"]),
    (
        Family::CloudFailure,
        &[
            "INTERNAL_{rest}",
            "SERVICE_{rest}",
            "OPERATION_FAILED{rest}",
            "{head}TIMEOUT{rest}",
            "{head}TIMED_OUT{rest}",
        ],
    ),
    (Family::Key, &["{head}SIGNATURE{rest}"]),
    (Family::Permission, &["UNAUTHORIZED{rest}"]),
    (Family::Bills, &["{head}ARREARS{rest}"]),
    (Family::Refused, &["OPERATION_DENIED_{rest}", "{head}_STATUS"]),
    (Family::NotFound, &["{head}NOT_FOUND{rest}"]),
    (Family::Parameter, &["INVALID_{rest}"]),
];

/// What the page can do about errors besides looking again.
static HELPS: &[(&str, SuggestedAction)] =
    &[("OPERATION_DENIED_INSTANCE_STATUS", SuggestedAction::StartInstead)];

static ERRORS: &[Entry] = &[
    Entry {
        code: "INVALID_INSTANCE_NOT_FOUND",
        status: Some(404),
        operations: POWER,
        messages: &["Instance does not exist."],
        title: text("No such instance", "实例不存在"),
        meaning: text(
            "At least one instance ID does not exist for this team.",
            "至少有一个实例 ID 在当前团队下不存在。",
        ),
        remedy: text(
            "List the instances and correct the ID. A long ID must stay text: spreadsheets and scripts round it when they read it as a number.",
            "请查询实例列表并更正 ID。注意：较长的 ID 必须按文本处理，表格或脚本当作数字读取时会丢失末尾几位。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::VendorPage,
    },
    Entry {
        code: "OPERATION_DENIED_INSTANCE_RECYCLED",
        status: Some(403),
        operations: POWER,
        messages: &["Operations on instances in recycle bin are not supported."],
        title: text("The instance is in the recycle bin", "实例在回收站中"),
        meaning: text(
            "Instances in the recycle bin take no operations.",
            "回收站中的实例不能执行任何操作。",
        ),
        remedy: text("Restore or renew it, then send again.", "请先恢复或续费，然后重新提交。"),
        who: Who::AccountOwner,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::VendorPage,
    },
    Entry {
        code: "OPERATION_DENIED_INSTANCE_STATUS",
        status: Some(403),
        operations: &["RebootInstances"],
        messages: &["Operations on the instances in current state are not supported."],
        title: text("Not possible in the instance's present state", "实例当前状态不支持该操作"),
        meaning: text(
            "A reboot needs RUNNING, and an instance of the call was in another state. If a request was sent just before, this may be its effect.",
            "重启要求实例处于 RUNNING 状态，而请求中有实例处于其他状态。如果刚刚提交过请求，这也可能正是它产生的结果。",
        ),
        remedy: text(
            "Look at the state first. Wait for REBOOT, BOOTING or STOPPING to end; if it is STOPPED, start it instead.",
            "请先查看实例状态：REBOOT、BOOTING、STOPPING 请等待结束；STOPPED 请改用“启动”。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeEcho,
        source: Source::VendorPage,
    },
    Entry {
        code: LISTED_AS_FAILED,
        status: Some(200),
        operations: POWER,
        messages: &[],
        title: text("The cloud lists this instance as failed", "云端将该实例列为失败"),
        meaning: text(
            "The call as a whole was accepted, but this instance is in the list of those that failed. The cloud gives no reason for each.",
            "请求整体被接受，但该实例在失败列表中。云端不提供单个实例的失败原因。",
        ),
        remedy: text(
            "Look at its state, then treat it by itself: wait, start it, or send again.",
            "请查看该实例的状态，再单独处理：等待、启动或重新提交。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeEcho,
        source: Source::VendorPage,
    },
    Entry {
        code: "OPERATION_DENIED_INSTANCE_NOT_STOPPED",
        status: Some(403),
        operations: &["StartInstances"],
        messages: &[],
        title: text("Only a stopped instance can be started", "只有已停止的实例才能启动"),
        meaning: text(
            "An instance of the call is not stopped. It may be starting because of an earlier request of yours.",
            "请求中有实例不处于 STOPPED 状态，也可能是您之前的请求正在启动它。",
        ),
        remedy: text(
            "Look at the state: if it is RUNNING or BOOTING, nothing is to be done; otherwise wait until it is STOPPED.",
            "请先查看实例状态：RUNNING 或 BOOTING 时无需操作，否则请等待其变为 STOPPED。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeEcho,
        source: Source::Documentation,
    },
    Entry {
        code: "OPERATION_DENIED_INSTANCE_NOT_RUNNING",
        status: Some(403),
        operations: &["StopInstances"],
        messages: &[],
        title: text("Only a running instance can be stopped", "只有运行中的实例才能停止"),
        meaning: text(
            "An instance of the call is not running.",
            "请求中有实例不处于 RUNNING 状态。",
        ),
        remedy: text(
            "Look at the state: if it is STOPPED or STOPPING, nothing is to be done.",
            "请先查看实例状态：STOPPED 或 STOPPING 时无需操作。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeEcho,
        source: Source::Documentation,
    },
    Entry {
        code: "REQUEST_LIMIT_EXCEEDED",
        status: Some(429),
        operations: &[],
        messages: &[],
        title: text("Too many requests", "请求过于频繁"),
        meaning: text("This one was not carried out.", "本次请求未执行。"),
        remedy: text("Wait 1, 2, then 4 seconds, and send again.", "请依次等待 1、2、4 秒后重试。"),
        who: Who::You,
        retry: Retry::Later,
        effect: Effect::Throttled,
        source: Source::Sdk,
    },
    Entry {
        code: "INTERNAL_SERVER_ERROR",
        status: Some(500),
        operations: &[],
        messages: &[],
        title: text("The cloud failed internally", "云端内部错误"),
        meaning: text(
            "Something broke on the cloud's side. Whether the operation was begun is not known.",
            "云端内部发生错误，操作是否已经开始执行无法确定。",
        ),
        remedy: text(
            "Look at the instance before anything else. Send again only if nothing has changed.",
            "请先查看实例状态，确认没有变化后再重新提交。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        source: Source::Observed,
    },
    Entry {
        code: "SERVICE_TEMPORARY_UNAVAILABLE",
        status: Some(503),
        operations: &[],
        messages: &[],
        title: text("The service is down for the moment", "服务暂时不可用"),
        meaning: text(
            "The cloud could not finish the request. Whether the operation was begun is not known.",
            "云端未能完成请求，操作是否已经开始执行无法确定。",
        ),
        remedy: text(
            "Look at the instance, and send again later only if nothing has changed.",
            "请先查看实例状态，确认没有变化后稍候再提交。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        source: Source::Observed,
    },
    Entry {
        code: "REQUEST_TIMED_OUT",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The cloud gave up waiting", "云端处理超时"),
        meaning: text(
            "A part of the cloud did not answer in time. Whether the operation was begun is not known.",
            "云端内部调用未及时返回，操作是否已经开始执行无法确定。",
        ),
        remedy: text(
            "Look at the instance before sending again.",
            "请先查看实例状态，再决定是否重新提交。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        source: Source::Observed,
    },
    Entry {
        code: "INVALID_OPERATION_TIMEOUT",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The operation took too long", "操作超时"),
        meaning: text(
            "The cloud stopped waiting for it. Whether it took effect is not known.",
            "云端停止了等待，操作是否生效无法确定。",
        ),
        remedy: text(
            "Look at the instance before sending again.",
            "请先查看实例状态，再决定是否重新提交。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        source: Source::Observed,
    },
    Entry {
        code: "OPERATION_FAILED_RESOURCE_NOT_FOUND",
        status: None,
        operations: &[],
        messages: &[],
        title: text("Something it needs is missing", "缺少所需资源"),
        meaning: text(
            "A resource that the operation needs does not exist.",
            "操作所需的某个资源不存在。",
        ),
        remedy: text(
            "Look the instance up again and correct the request.",
            "请重新查询实例并更正请求。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Observed,
    },
    Entry {
        code: "INVALID_ZONE_NOT_FOUND",
        status: Some(404),
        operations: &[],
        messages: &[],
        title: text("No such zone", "可用区不存在"),
        meaning: text("The zone's ID does not exist.", "该可用区 ID 不存在。"),
        remedy: text("Choose one from the list of zones.", "请从可用区列表中选择。"),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Documentation,
    },
    Entry {
        code: "SECURITY_CHALLENGE",
        status: Some(403),
        operations: &[],
        messages: &[],
        title: text("Stopped by a bot check", "被安全验证拦截"),
        meaning: text(
            "The network in front of the cloud took this for a bot and asked for a check. The cloud itself saw nothing.",
            "云端前置的网络防护要求人机验证，请求没有到达接口。",
        ),
        remedy: text(
            "Try from another address: a proxy in a data centre is often suspected. If it stays, ask support.",
            "请更换出口 IP（数据中心的代理容易被怀疑）；若仍被拦截，请联系技术支持。",
        ),
        who: Who::Administrator,
        retry: Retry::Later,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "REQUEST_BLOCKED",
        status: Some(451),
        operations: &[],
        messages: &[],
        title: text("Blocked by a security rule", "被安全策略拦截"),
        meaning: text(
            "A security rule in front of the cloud blocked the request; it did not arrive.",
            "云端前置的安全策略拦截了请求，请求没有到达接口。",
        ),
        remedy: text("Sending again cannot help. Ask support.", "重试无效，请联系技术支持。"),
        who: Who::Vendor,
        retry: Retry::Never,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "(unknown authentication code)",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The key was not accepted", "密钥未通过验证"),
        meaning: text(
            "The cloud refused the key or the signature with a code that is not documented.",
            "云端以未公开的错误码拒绝了密钥或签名。",
        ),
        remedy: text(
            "Check key ID and password, this computer's clock, and that the proxy changes neither Host nor Content-Type.",
            "请核对密钥 ID 和密码、本机时间，并确认代理没有改动 Host 和 Content-Type。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Observed,
    },
    Entry {
        code: "AUTHFAILURE_SIGNATURE_FAILURE",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The signature does not match", "签名验证失败"),
        meaning: text(
            "The cloud computed another signature from this request. Most often the access key's password is wrong; otherwise something on the way changed the request.",
            "云端算出的签名与请求中的不一致。最常见的原因是访问密钥的密码有误，其次是请求在途中被改动。",
        ),
        remedy: text(
            "Paste the password again without blanks. If that does not help, see that the proxy changes neither Host, Content-Type nor body.",
            "请重新粘贴访问密钥密码（注意首尾空格）；若仍失败，请确认代理没有改动 Host、Content-Type 和请求体。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "AUTHFAILURE_SIGNATURE_EXPIRED",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The clock is off", "本机时间偏差过大"),
        meaning: text(
            "The request's time is more than five minutes from the cloud's clock, so it was refused.",
            "请求时间与云端时钟相差超过 5 分钟，因此被拒绝。",
        ),
        remedy: text(
            "Set this computer's clock right, or sign again with the corrected time.",
            "请校准本机时间，或使用校正后的时间重新签名。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::ClockSkew,
        source: Source::Sdk,
    },
    Entry {
        code: "AUTHFAILURE_INVALID_AUTHORIZATION",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The Authorization header is wrong", "Authorization 请求头有误"),
        meaning: text(
            "It is missing or does not have the form of a ZC2 signature; a proxy may have changed it.",
            "该请求头缺失或不符合 ZC2 签名格式，也可能被代理改动。",
        ),
        remedy: text(
            "Let the proxy pass it on unchanged. It is: algorithm, Credential=id, SignedHeaders, Signature.",
            "请让代理原样转发。格式为：算法、Credential=id、SignedHeaders、Signature。",
        ),
        who: Who::Administrator,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "AUTHFAILURE_UNAUTHORIZED_OPERATION",
        status: None,
        operations: &[],
        messages: &[],
        title: text("Not permitted, or no such operation", "没有操作权限，或接口不存在"),
        meaning: text(
            "The member behind this key may not do this, or the operation does not exist; the cloud does not say which.",
            "该密钥所属的成员没有执行此操作的权限，或者接口不存在；云端没有说明是哪一种。",
        ),
        remedy: text(
            "Have an administrator of the team grant a policy for just the resource group of these instances, and see that the member has programmatic access.",
            "请由团队管理员仅针对实例所在的资源组授予所需策略，并确认该成员已开启编程访问。",
        ),
        who: Who::Administrator,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "MISSING_PARAMETER",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A required parameter is missing", "缺少必要参数"),
        meaning: text("Something required was not sent.", "请求缺少必要参数。"),
        remedy: text("Add what the cloud's message names.", "请根据云端返回的信息补充参数。"),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_TYPE",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A parameter has the wrong type", "参数类型错误"),
        meaning: text(
            "One of the parameters has another type than the operation wants; an ID has to be text, not a number.",
            "某个参数的类型不符合要求；例如 ID 必须是字符串，不能是数字。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_VALUE",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A parameter has a wrong value", "参数取值错误"),
        meaning: text(
            "One of the parameters has a value that is not among the allowed ones.",
            "某个参数的取值不在允许范围内。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_EXCEED_MAXIMUM",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A value is too large", "参数值过大"),
        meaning: text(
            "One of the values is above the allowed maximum.",
            "某个参数值超过允许的最大值。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_LESS_MINIMUM",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A value is too small", "参数值过小"),
        meaning: text(
            "One of the values is below the allowed minimum.",
            "某个参数值低于允许的最小值。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_EXCEED_LENGTH",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A list or a text is too long", "参数长度超出上限"),
        meaning: text(
            "A list has too many elements, or a text too many characters; one call takes at most 100 instance IDs.",
            "列表元素或字符数过多；单次调用最多支持 100 个实例 ID。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_LESS_LENGTH",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A list or a text is too short", "参数长度不足"),
        meaning: text(
            "A list has too few elements, or a text too few characters; a call needs at least one instance ID.",
            "列表元素或字符数不足；调用至少需要 1 个实例 ID。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_PATTERN_ERROR",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A value is written wrongly", "参数格式错误"),
        meaning: text(
            "One of the values does not have the required form.",
            "某个参数值的格式不符合要求。",
        ),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "INVALID_PARAMETER_DATE_FORMAT_ERROR",
        status: None,
        operations: &[],
        messages: &[],
        title: text("A date is written wrongly", "日期格式错误"),
        meaning: text("A date does not have the required form.", "某个日期的格式不符合要求。"),
        remedy: text(
            "Correct the one that the cloud's message names.",
            "请根据云端返回的信息更正该参数。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "OPERATION_FAILED_FOR_RECYCLE_RESOURCE",
        status: None,
        operations: &[],
        messages: &[],
        title: text("It is in the recycle bin", "资源在回收站中"),
        meaning: text(
            "Something the request names is being recycled and takes no operations.",
            "请求中的资源正在回收，不能执行操作。",
        ),
        remedy: text("Restore or renew it, then send again.", "请先恢复或续费，然后重新提交。"),
        who: Who::AccountOwner,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "OPERATION_FAILED_RESOURCE_GROUP_NOT_FOUND",
        status: None,
        operations: &[],
        messages: &[],
        title: text("No such resource group", "资源组不存在"),
        meaning: text(
            "The resource group that the request names does not exist, or this member cannot see it.",
            "请求中的资源组不存在，或该成员无权查看。",
        ),
        remedy: text("Correct its ID, or leave it out.", "请更正资源组 ID 或不填写。"),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
    Entry {
        code: "SDK_INVALID_REQUEST",
        status: None,
        operations: &[],
        messages: &[],
        title: text("The SDK could not make sense of the call", "SDK 无法处理该请求"),
        meaning: text(
            "The vendor's SDK stopped by itself, or what came back was no answer of the cloud. Whether anything was sent is not known.",
            "这是官方 SDK 自身的提示：请求有误，或收到的内容不是云端应答，是否已经发出无法确定。",
        ),
        remedy: text(
            "Look at the instance first, then at the message, the proxy and its HTTP status.",
            "请先查看实例状态，再检查错误信息、代理及其返回的 HTTP 状态码。",
        ),
        who: Who::You,
        retry: Retry::CheckFirst,
        effect: Effect::MaybeDone,
        source: Source::Sdk,
    },
    Entry {
        code: "CREDENTIAL_VALUE_MISSING",
        status: None,
        operations: &[],
        messages: &[],
        title: text("There is no key", "没有可用的密钥"),
        meaning: text(
            "The vendor's SDK or command line found no key ID or no password. Nothing was sent.",
            "官方 SDK 或命令行没有找到密钥 ID 或密码，请求没有发出。",
        ),
        remedy: text(
            "Set both, in the profile or in the environment.",
            "请在配置文件或环境变量中同时设置两者。",
        ),
        who: Who::You,
        retry: Retry::AfterFix,
        effect: Effect::NothingDone,
        source: Source::Sdk,
    },
];

/// The operations that change an instance.
const POWER: &[&str] = &["RebootInstances", "StartInstances", "StopInstances"];
