//! The facts about ZEC.

use crate::{
    i18n::text,
    model::cloud::{
        Cloud, Credential, Hash, HmacSpec, IdGrammar, Mode, Operation, Parameter, ParameterKind,
        Regions, Role, Shape, Site, Verb,
    },
};

/// The secret itself.
pub(super) const ZC2_HMAC: HmacSpec = HmacSpec { hash: Hash::Sha256, prefix: "", suffix: "" };

pub(crate) static CLOUD: Cloud = Cloud {
    id: "zenlayer",
    name: text("Zenlayer", "Zenlayer"),
    product: "ZEC",
    credential: Credential {
        key_id_label: "Access Key ID",
        secret_label: "Access Key Password",
        token_label: None,
        key_id: Shape { prefixes: &[], usual_length: (12, 40) },
        is_temporary: |_| false,
        secret: Shape { prefixes: &[], usual_length: (16, 44) },
        derives_keys: false,
        hmac_specs: &[ZC2_HMAC],
    },
    direct: None,
    sites: &[Site { id: "default", name: text("Zenlayer console", "Zenlayer 控制台") }],
    regions: Regions { required: false, known: &[] },
    ids: IdGrammar {
        strict: is_strict,
        lenient: is_lenient,
        resembles: is_similar,
        foreign: |_| None,
        within: |_| None,
        label: what,
        shape: text("17 to 20 digits", "17 至 20 位数字"),
        example: "1660545330971680835",
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
                    name: text("Soft", "正常重启"),
                    help: text(
                        "The system is asked to shut down and then starts again.",
                        "先通知操作系统正常关机，然后重新启动。",
                    ),
                    force: false,
                    // Explicit: another operation of this cloud forces by default.
                    options: &[(FORCE_REBOOT, "false")],
                },
                Mode {
                    id: "force",
                    name: text("Forced", "强制重启"),
                    help: text(
                        "Like pulling the plug: what is not yet written to disk is lost. Also taken by instances that are starting or restarting.",
                        "相当于断电后再开机，尚未写入磁盘的数据会丢失。正在启动或重启中的实例也会接受。",
                    ),
                    force: true,
                    options: &[(FORCE_REBOOT, "true")],
                },
            ],
            parameters: &[Parameter {
                name: FORCE_REBOOT,
                kind: ParameterKind::Boolean,
                role: Role::Force,
                label: text("Force", "强制"),
                help: text(
                    "Restarts without waiting for the system to shut down. Unsaved data is lost.",
                    "不等待操作系统关机，直接重启，未保存的数据会丢失。",
                ),
                excludes: &[],
            }],
        },
        Operation {
            name: "StartInstances",
            verb: Verb::Start,
            ids_max: 100,
            calls_per_second: CALLS_PER_SECOND,
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
    describe_calls_per_second: CALLS_PER_SECOND,
    status_ids_max: 100,
    // The vendor documents no duration. A soft reboot waits for the guest, which may take minutes.
    overdue_after_ms: 600_000,
    refuses_repetitions: false,
    names_operations: false,
    throttle_window_ms: None,
    retry_after_ms_header: None,
    errors_url: "https://docs.console.zenlayer.com/api-reference/api-introduction/instruction/response",
    error_url: None,
};

const FORCE_REBOOT: &str = "forceReboot";

/// The vendor documents no rate for these operations: a conservative one.
const CALLS_PER_SECOND: u32 = 5;

/// 17 to 20 digits. Never a number: JavaScript would round it.
fn is_strict(id: &str) -> bool {
    (17..=20).contains(&id.len()) && is_digits(id)
}

/// Shorter and longer numbers, and the prefixed ids of newer resources.
fn is_lenient(id: &str) -> bool {
    if is_digits(id) {
        return (8..=24).contains(&id.len());
    }
    PREFIXES.iter().filter_map(|prefix| id.strip_prefix(prefix)).any(|tail| {
        (4..=40).contains(&tail.len())
            && tail.bytes().all(|byte| byte.is_ascii_alphanumeric())
            // `instance-type` is the name of a member.
            && tail.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// A long number, one in the notation of spreadsheets, or a prefixed id.
fn is_similar(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_scientific = || {
        let mut parts = text.splitn(2, ['e', 'E']);
        let is_part = |part: &str, others: &[char]| {
            part.starts_with(|first: char| first.is_ascii_digit() || first == '+')
                && part.chars().all(|other| other.is_ascii_digit() || others.contains(&other))
        };
        parts.next().is_some_and(|mantissa| is_part(mantissa, &['.', ',']))
            && parts.next().is_some_and(|exponent| is_part(exponent, &['+']))
    };
    // `instance-id` and `vm-name` are common member names.
    let has_prefix = || {
        PREFIXES.iter().any(|prefix| {
            text.split_at_checked(prefix.len()).is_some_and(|(head, tail)| {
                head.eq_ignore_ascii_case(prefix)
                    && tail.len() >= 4
                    && tail.bytes().any(|byte| byte.is_ascii_digit())
            })
        })
    };
    (digits >= 4 && (is_digits(text) || is_scientific())) || has_prefix()
}

/// Every resource of this cloud has a number as its id; the word before it says which resource it
/// is. The last part of a word decides; in a name such as `zec_subnet.main` the part before the
/// dot.
fn what(word: &str) -> Option<bool> {
    let kind = word.rsplit_once('.').map_or(word, |(kind, _)| kind);
    // `web-disk-01` is the name of an instance; `placement_group_assignment` belongs to an
    // instance.
    let is_name = kind.contains('-') && kind.bytes().any(|byte| byte.is_ascii_digit());
    if kind.len() > 80 || is_name || kind.ends_with("assignment") {
        return None;
    }
    let lower = kind.to_ascii_lowercase();
    let last = |words: &str| words.split(' ').filter_map(|word| lower.rfind(word)).max();
    let instance = last(INSTANCES);
    let other = last(OTHERS).filter(|at| instance.is_none_or(|instance| *at > instance));
    // `orderId` never belongs to an instance; `id` or `resourceId` may.
    let stem = lower.trim_end_matches('s').strip_suffix("id").unwrap_or_default();
    let is_member = stem.ends_with(['_', '-']) || kind.trim_end_matches('s').ends_with("Id");
    let is_neutral = matches!(stem.trim_end_matches(['_', '-']), "" | "resource");
    if other.is_some() {
        Some(false)
    } else if instance.is_some() || matches!(lower.as_str(), "vm" | "vms" | "vm_id" | "vmid") {
        Some(true)
    } else {
        (is_member && !is_neutral).then_some(false)
    }
}

/// Each list in one string: the first load has few bytes to spare.
const INSTANCES: &str = "instance server machine 实例 主机 服务器";
const OTHERS: &str = "snapshot disk volume vpc subnet image eip nic interface group gateway network route \
    policy address user account order request bucket balancer cluster 快照 盘 子网 镜像 网卡 安全组 网关 订单 \
    账号 账户 用户 请求";

const PREFIXES: [&str; 3] = ["vm-", "instance-", "zec-"];

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
