//! The facts about CVM.

use crate::{
    i18n::text,
    model::cloud::{
        Cloud, Credential, Hash, HmacSpec, IdGrammar, Mode, Operation, Parameter, ParameterKind,
        Region, Regions, Role, Shape, Site, Verb,
    },
};

/// The first of the four MACs of a signature.
pub(super) const TC3_HMAC: HmacSpec = HmacSpec { hash: Hash::Sha256, prefix: "TC3", suffix: "" };

pub(crate) static CLOUD: Cloud = Cloud {
    id: "tencent",
    name: text("Tencent Cloud", "腾讯云"),
    product: "CVM",
    credential: Credential {
        key_id_label: "SecretId",
        secret_label: "SecretKey",
        token_label: Some("Token"),
        // The ids of temporary keys are longer; `IKID` is the prefix of the international site.
        key_id: Shape { prefixes: &["AKID", "IKID"], usual_length: (24, 120) },
        // The permanent ones have 36 characters.
        is_temporary: |id| (id.starts_with("AKID") || id.starts_with("IKID")) && id.len() > 40,
        secret: Shape { prefixes: &[], usual_length: (32, 44) },
        derives_keys: true,
        hmac_specs: &[TC3_HMAC],
    },
    direct: None,
    sites: &[
        Site { id: "china", name: text("China site", "中国站") },
        Site { id: "international", name: text("International site", "国际站") },
    ],
    // The oldest page calls it optional; every later one requires it.
    regions: Regions { required: true, known: REGIONS },
    ids: IdGrammar {
        strict: is_strict,
        lenient: is_lenient,
        resembles: is_similar,
        foreign: |_| None,
        within: |_| None,
        label: |_| None,
        shape: text("“ins-” and 8 lower-case letters or digits", "“ins-”加 8 位小写字母或数字"),
        example: "ins-r8hr2upy",
    },
    operations: &[
        Operation {
            name: "RebootInstances",
            verb: Verb::Reboot,
            ids_max: 100,
            calls_per_second: 10,
            modes: &[
                Mode {
                    id: "soft",
                    name: text("Soft", "正常重启"),
                    help: text(
                        "The system is asked to shut down and then starts again.",
                        "先通知操作系统正常关机，然后重新启动。",
                    ),
                    force: false,
                    options: &[(STOP_TYPE, "SOFT")],
                },
                Mode {
                    id: "soft-first",
                    name: text("Soft, then hard", "先正常，失败后强制"),
                    help: text(
                        "The system is asked to shut down; if it does not, the plug is pulled and what is not yet written to disk is lost.",
                        "先正常关机，若未成功则断电重启，届时尚未写入磁盘的数据会丢失。",
                    ),
                    force: true,
                    options: &[(STOP_TYPE, "SOFT_FIRST")],
                },
                Mode {
                    id: "hard",
                    name: text("Hard", "强制重启"),
                    help: text(
                        "Like pulling the plug: what is not yet written to disk is lost, and file systems may be damaged.",
                        "相当于断电后再开机，尚未写入磁盘的数据会丢失，文件系统可能损坏。",
                    ),
                    force: true,
                    options: &[(STOP_TYPE, "HARD")],
                },
            ],
            parameters: &[
                Parameter {
                    name: STOP_TYPE,
                    kind: ParameterKind::Choice(&["SOFT", "HARD", "SOFT_FIRST"]),
                    role: Role::Force,
                    label: text("Shutdown", "关机方式"),
                    help: text(
                        "How the instance is shut down before it starts again.",
                        "重启前以何种方式关机。",
                    ),
                    excludes: &[FORCE_REBOOT],
                },
                Parameter {
                    name: FORCE_REBOOT,
                    kind: ParameterKind::Boolean,
                    role: Role::Disused,
                    label: text("Force after a failure (disused)", "失败后强制（已弃用）"),
                    help: text(
                        "Forces the restart if a normal one fails. Given up by the vendor in favour of StopType.",
                        "正常重启失败后强制重启。厂商已弃用，请改用 StopType。",
                    ),
                    excludes: &[STOP_TYPE],
                },
            ],
        },
        Operation {
            name: "StartInstances",
            verb: Verb::Start,
            ids_max: 100,
            calls_per_second: 10,
            modes: &[Mode {
                id: "normal",
                name: text("Normal", "正常启动"),
                help: text("The instance is switched on.", "启动实例。"),
                force: false,
                options: &[],
            }],
            parameters: &[],
        },
    ],
    batching: None,
    describe_ids_max: 100,
    describe_calls_per_second: 40,
    status_ids_max: 100,
    // The vendor documents no duration. A soft shutdown waits for the guest, which may take
    // minutes.
    overdue_after_ms: 600_000,
    refuses_repetitions: false,
    names_operations: true,
    throttle_window_ms: None,
    retry_after_ms_header: None,
    errors_url: "https://www.tencentcloud.com/document/product/213/33243",
    error_url: None,
};

const STOP_TYPE: &str = "StopType";
const FORCE_REBOOT: &str = "ForceReboot";

/// The format of all known real ids, and of the vendor's own error message.
fn is_strict(id: &str) -> bool {
    tail(id).is_some_and(|tail| tail.len() == 8)
}

fn is_lenient(id: &str) -> bool {
    tail(id).is_some_and(|tail| (6..=12).contains(&tail.len()))
}

/// `lns-` and `1ns-` are misreadings in fonts in which these look alike.
fn is_similar(text: &str) -> bool {
    text.get(..4).is_some_and(|head| {
        ["ins-", "lns-", "1ns-"].iter().any(|prefix| head.eq_ignore_ascii_case(prefix))
    })
}

fn tail(id: &str) -> Option<&str> {
    id.strip_prefix("ins-")
        .filter(|tail| tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

const fn region(id: &'static str, en: &'static str, zh: &'static str) -> Region {
    Region { id, name: text(en, zh) }
}

static REGIONS: &[Region] = &[
    region("ap-guangzhou", "Guangzhou", "广州"),
    region("ap-shanghai", "Shanghai", "上海"),
    region("ap-nanjing", "Nanjing", "南京"),
    region("ap-beijing", "Beijing", "北京"),
    region("ap-chengdu", "Chengdu", "成都"),
    region("ap-chongqing", "Chongqing", "重庆"),
    region("ap-hongkong", "Hong Kong", "香港"),
    region("ap-singapore", "Singapore", "新加坡"),
    region("ap-jakarta", "Jakarta", "雅加达"),
    region("ap-bangkok", "Bangkok", "曼谷"),
    region("ap-mumbai", "Mumbai", "孟买"),
    region("ap-seoul", "Seoul", "首尔"),
    region("ap-tokyo", "Tokyo", "东京"),
    region("na-siliconvalley", "Silicon Valley", "硅谷"),
    region("na-ashburn", "Virginia", "弗吉尼亚"),
    region("na-toronto", "Toronto", "多伦多"),
    region("sa-saopaulo", "São Paulo", "圣保罗"),
    region("eu-frankfurt", "Frankfurt", "法兰克福"),
    region("eu-moscow", "Moscow", "莫斯科"),
    region("ap-guangzhou-open", "Guangzhou Open", "广州 Open"),
    region("ap-shanghai-fsi", "Shanghai Finance", "上海金融"),
    region("ap-shenzhen-fsi", "Shenzhen Finance", "深圳金融"),
];
