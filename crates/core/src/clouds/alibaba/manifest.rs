//! The facts about ECS.

use crate::{
    i18n::{Text, text},
    model::cloud::{
        Batching, Cloud, Credential, Hash, HmacSpec, IdGrammar, Mode, Operation, Parameter,
        ParameterKind, Region, Regions, Role, Shape, Site, Verb,
    },
};

/// The secret itself.
pub(super) const ACS3_HMAC: HmacSpec = HmacSpec { hash: Hash::Sha256, prefix: "", suffix: "" };

/// The secret and an ampersand, as in OAuth without a token secret.
pub(super) const ACS_V1_HMAC: HmacSpec = HmacSpec { hash: Hash::Sha1, prefix: "", suffix: "&" };

pub(crate) static CLOUD: Cloud = Cloud {
    id: "alibaba",
    name: text("Alibaba Cloud", "阿里云"),
    product: "ECS",
    credential: Credential {
        key_id_label: "AccessKey ID",
        secret_label: "AccessKey Secret",
        token_label: Some("STS Token"),
        // `TMP.` is the prefix of keys of a console session, which have no token.
        key_id: Shape { prefixes: &["LTAI", "STS.", "TMP."], usual_length: (16, 40) },
        is_temporary: |id| id.starts_with("STS."),
        secret: Shape { prefixes: &[], usual_length: (30, 44) },
        derives_keys: false,
        hmac_specs: &[ACS3_HMAC, ACS_V1_HMAC],
    },
    // The older signature is in a form body, so a page sends it without a CORS preflight. Recorded
    // responses of this product's endpoints have `Access-Control-Allow-Origin: *`; not tested with
    // a live account for this project.
    direct: Some("ACS-RPC-HMAC-SHA1"),
    // One family of hosts serves the accounts of both sites; the key decides.
    sites: &[Site { id: "default", name: text("China or international", "中国站或国际站") }],
    regions: Regions { required: true, known: REGIONS },
    ids: IdGrammar {
        strict: is_strict,
        lenient: is_lenient,
        resembles: is_similar,
        foreign: whose,
        within: of_host,
        label: |_| None,
        shape: text(
            "“i-” and 20 lower-case letters or digits (9 for old instances)",
            "“i-”加 20 位小写字母或数字（旧实例为 9 位）",
        ),
        example: "i-bp1g6zv0ce8oghu7k2m4",
    },
    operations: &[
        Operation {
            name: "RebootInstances",
            verb: Verb::Reboot,
            ids_max: 100,
            calls_per_second: CALLS_PER_SECOND,
            modes: &[
                Mode {
                    id: "soft",
                    name: SOFT,
                    help: SOFT_HELP,
                    force: false,
                    options: &[("ForceReboot", "false")],
                },
                Mode {
                    id: "force",
                    name: FORCE,
                    help: FORCE_HELP,
                    force: true,
                    options: &[("ForceReboot", "true")],
                },
            ],
            parameters: &[force("ForceReboot"), BATCH_OPTIMIZATION, DRY_RUN],
        },
        Operation {
            name: "StartInstances",
            verb: Verb::Start,
            ids_max: 100,
            calls_per_second: CALLS_PER_SECOND,
            modes: START_MODES,
            parameters: &[BATCH_OPTIMIZATION, DRY_RUN],
        },
        Operation {
            name: "RebootInstance",
            verb: Verb::Reboot,
            ids_max: 1,
            calls_per_second: CALLS_PER_SECOND,
            modes: &[
                Mode {
                    id: "soft",
                    name: SOFT,
                    help: SOFT_HELP,
                    force: false,
                    options: &[("ForceStop", "false")],
                },
                Mode {
                    id: "force",
                    name: FORCE,
                    help: FORCE_HELP,
                    force: true,
                    options: &[("ForceStop", "true")],
                },
            ],
            parameters: &[force("ForceStop"), DRY_RUN],
        },
        Operation {
            name: "StartInstance",
            verb: Verb::Start,
            ids_max: 1,
            calls_per_second: CALLS_PER_SECOND,
            modes: START_MODES,
            parameters: &[INIT_LOCAL_DISK, DRY_RUN],
        },
    ],
    batching: Some(BATCHING),
    describe_ids_max: 100,
    describe_calls_per_second: CALLS_PER_SECOND,
    // The page size limit of DescribeInstanceStatus.
    status_ids_max: 50,
    overdue_after_ms: OVERDUE_AFTER_MS,
    refuses_repetitions: true,
    names_operations: false,
    // From its page on throttling: counted per minute, including calls of the vendor's console.
    throttle_window_ms: Some(60_000),
    retry_after_ms_header: Some("x-acs-retry-after"),
    errors_url: "https://error-center.aliyun.com/status/product/Ecs",
    error_url: Some("https://api.aliyun.com/troubleshoot?q={code}&product=Ecs"),
};

/// The vendor documents no rate for these operations: a conservative one.
const CALLS_PER_SECOND: u32 = 5;

/// The vendor documents no duration. A soft reboot waits for the guest, which may take minutes.
const OVERDUE_AFTER_MS: u64 = 600_000;

const SOFT: Text = text("Soft", "正常重启");
const SOFT_HELP: Text = text(
    "The system is asked to shut down and then starts again.",
    "先通知操作系统正常关机，然后重新启动。",
);
const FORCE: Text = text("Forced", "强制重启");
const FORCE_HELP: Text = text(
    "Like pulling the plug: what is not yet written to disk is lost.",
    "相当于断电后再开机，尚未写入磁盘的数据会丢失。",
);

const START_MODES: &[Mode] = &[Mode {
    id: "normal",
    name: text("Normal", "正常启动"),
    help: text("The instance is switched on.", "启动实例。"),
    force: false,
    options: &[],
}];

const fn force(name: &'static str) -> Parameter {
    Parameter {
        name,
        kind: ParameterKind::Boolean,
        role: Role::Force,
        label: text("Force", "强制"),
        help: text(
            "Restarts without waiting for the system to shut down. Unsaved data is lost.",
            "不等待操作系统关机，直接重启，未保存的数据会丢失。",
        ),
        excludes: &[],
    }
}

const BATCHING: Batching = Batching {
    each: "SuccessFirst",
    each_name: text("Go on with the others", "其余实例照常执行"),
    together: "AllTogether",
    together_name: text("Refuse the whole request", "整个请求都不执行"),
};

const BATCH_OPTIMIZATION: Parameter = Parameter {
    name: "BatchOptimization",
    kind: ParameterKind::Choice(&[BATCHING.together, BATCHING.each]),
    role: Role::Batching,
    label: text("If some instances fail the checks", "部分实例未通过检查时"),
    help: text(
        "The checks of the cloud itself, when the request arrives: state, lock, permission.",
        "指云端收到请求时所做的检查：状态、锁定、权限。",
    ),
    excludes: &[],
};

const DRY_RUN: Parameter = Parameter {
    name: "DryRun",
    kind: ParameterKind::Boolean,
    role: Role::DryRun,
    label: text("Dry run", "仅预检"),
    help: text(
        "Checks the request, the permissions and the instances, and does nothing.",
        "只检查请求、权限和实例状态，不实际执行。",
    ),
    excludes: &[],
};

const INIT_LOCAL_DISK: Parameter = Parameter {
    name: "InitLocalDisk",
    kind: ParameterKind::Boolean,
    role: Role::Erase,
    label: text("Erase local disks", "初始化本地盘"),
    help: text(
        "For instances with broken local disks (families such as d1, i1, i2): starts with fresh ones. Everything on the local disks is erased.",
        "用于本地盘损坏的实例（如 d1、i1、i2 规格族）：启动时恢复到初始状态，本地盘上的数据会全部丢失。",
    ),
    excludes: &[],
};

/// The format of all known real ids: `i-` and 20 characters, 9 in old ones.
fn is_strict(id: &str) -> bool {
    tail(id).is_some_and(|tail| matches!(tail.len(), 9 | 20))
}

fn is_lenient(id: &str) -> bool {
    tail(id).is_some_and(|tail| (6..=24).contains(&tail.len()))
}

fn is_similar(text: &str) -> bool {
    text.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("i-"))
}

/// Two other vendors use the same prefix: Amazon's ids have 17 hexadecimal digits, the first of
/// which is 0; Volcengine's have 20 characters that begin with a region code.
fn whose(text: &str) -> Option<&'static str> {
    let tail = text.strip_prefix("i-")?;
    let tail = tail.split_once('.').map_or(tail, |(tail, _)| tail);
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match (tail.len(), tail.as_bytes()) {
        (17, [b'0', ..]) if tail.bytes().all(is_hex) => Some("AWS"),
        (20, [b'y', b'b'..=b'e', ..]) => Some("Volcengine"),
        _ => None,
    }
}

/// `iZbp1…Z`: the default host name of an instance, lower-cased by some systems.
fn of_host(text: &str) -> Option<String> {
    let tail = text.strip_prefix("iZ").or_else(|| text.strip_prefix("iz"))?;
    let tail = tail.strip_suffix(['Z', 'z']).filter(|tail| tail.len() == 20)?;
    Some(format!("i-{tail}")).filter(|id| is_strict(id))
}

fn tail(id: &str) -> Option<&str> {
    id.strip_prefix("i-")
        .filter(|tail| tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

const fn region(id: &'static str, en: &'static str, zh: &'static str) -> Region {
    Region { id, name: text(en, zh) }
}

static REGIONS: &[Region] = &[
    region("cn-hangzhou", "Hangzhou", "杭州"),
    region("cn-shanghai", "Shanghai", "上海"),
    region("cn-beijing", "Beijing", "北京"),
    region("cn-shenzhen", "Shenzhen", "深圳"),
    region("cn-qingdao", "Qingdao", "青岛"),
    region("cn-zhangjiakou", "Zhangjiakou", "张家口"),
    region("cn-huhehaote", "Hohhot", "呼和浩特"),
    region("cn-wulanchabu", "Ulanqab", "乌兰察布"),
    region("cn-heyuan", "Heyuan", "河源"),
    region("cn-guangzhou", "Guangzhou", "广州"),
    region("cn-chengdu", "Chengdu", "成都"),
    region("cn-nanjing", "Nanjing", "南京"),
    region("cn-fuzhou", "Fuzhou", "福州"),
    region("cn-wuhan-lr", "Wuhan", "武汉"),
    region("cn-zhengzhou-jva", "Zhengzhou", "郑州"),
    region("cn-zhongwei", "Zhongwei", "中卫"),
    region("cn-hongkong", "Hong Kong", "香港"),
    region("ap-southeast-1", "Singapore", "新加坡"),
    region("ap-southeast-3", "Kuala Lumpur", "吉隆坡"),
    region("ap-southeast-5", "Jakarta", "雅加达"),
    region("ap-southeast-6", "Manila", "马尼拉"),
    region("ap-southeast-7", "Bangkok", "曼谷"),
    region("ap-southeast-8", "Johor", "柔佛"),
    region("ap-northeast-1", "Tokyo", "东京"),
    region("ap-northeast-2", "Seoul", "首尔"),
    region("us-west-1", "Silicon Valley", "硅谷"),
    region("us-east-1", "Virginia", "弗吉尼亚"),
    region("us-southeast-1", "Atlanta", "亚特兰大"),
    region("na-south-1", "Mexico", "墨西哥"),
    region("eu-central-1", "Frankfurt", "法兰克福"),
    region("eu-west-1", "London", "伦敦"),
    region("me-east-1", "Dubai", "迪拜"),
    region("me-central-1", "Riyadh", "利雅得"),
    region("cn-hangzhou-finance", "Hangzhou Finance", "杭州金融云"),
    region("cn-shanghai-finance-1", "Shanghai Finance", "上海金融云"),
    region("cn-shenzhen-finance-1", "Shenzhen Finance", "深圳金融云"),
    region("cn-north-2-gov-1", "Beijing Government", "北京政务云"),
];
