//! Why a job is refused, and warnings about a plan: types with a sentence for the user.

use crate::i18n::{Locale, Text};

/// A warning to read before confirming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Unsaved data may be lost.
    Forced,
    /// Data on local disks is erased.
    Erases {
        /// The option that erases.
        option: &'static str,
    },
}

impl Warning {
    /// The warning as a sentence.
    pub fn sentence(self, locale: Locale) -> String {
        match (self, locale) {
            (Warning::Forced, Locale::En) => {
                "Forced: like pulling the plug. What the instances have not yet written to disk is lost.".into()
            }
            (Warning::Forced, Locale::Zh) => {
                "强制操作相当于直接断电，实例中尚未写入磁盘的数据会丢失。".into()
            }
            (Warning::Erases { option }, Locale::En) => {
                format!("{option} erases everything on the instance's local disks. It cannot be undone.")
            }
            (Warning::Erases { option }, Locale::Zh) => {
                format!("{option} 会清除该实例本地盘上的全部数据，且无法恢复。")
            }
        }
    }
}

/// Why a job is refused. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The cloud has no such operation.
    UnknownOperation {
        /// What was given.
        operation: String,
        /// The operations of the cloud.
        known: Vec<&'static str>,
    },
    /// No ids.
    NoInstances,
    /// The cloud needs a region.
    RegionMissing,
    /// The text cannot be a region.
    RegionMalformed {
        /// The text.
        region: String,
    },
    /// The cloud takes no region in its requests.
    RegionNotUsed {
        /// What was given.
        region: String,
    },
    /// The cloud has no such kind of account.
    UnknownSite {
        /// What was given.
        site: String,
    },
    /// The operation has no such parameter.
    UnknownOption {
        /// What was given.
        option: String,
        /// The operation.
        operation: &'static str,
        /// The parameters of the operation.
        known: Vec<&'static str>,
    },
    /// A parameter given twice.
    OptionTwice {
        /// The parameter.
        option: &'static str,
    },
    /// A value that the parameter does not accept.
    OptionValue {
        /// The parameter.
        option: &'static str,
        /// What was given.
        value: String,
        /// The accepted values.
        allowed: Vec<&'static str>,
    },
    /// Two parameters that exclude each other.
    Exclusive {
        /// The first.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// A dry run that passes whatever is wrong.
    DryRunProvesNothing {
        /// The batching with which it proves nothing.
        batching: Text,
        /// The batching to use instead.
        instead: Text,
    },
    /// Erasing is limited to one instance.
    ErasesSeveral {
        /// The option that erases.
        option: &'static str,
        /// How many were given.
        instances: usize,
    },
    /// The option erases, and belongs to another operation.
    ErasesElsewhere {
        /// The parameter.
        option: &'static str,
        /// The operation that was given.
        operation: &'static str,
        /// The operation that has the option.
        only: &'static str,
    },
    /// The operator does not allow it.
    NotAllowed {
        /// The cloud, region, operation or option that is not allowed.
        what: String,
    },
    /// The operator allows dry runs only.
    DryRunOnly,
    /// More instances than the operator allows in one run.
    TooManyInstances {
        /// How many were given.
        instances: usize,
        /// The limit.
        most: usize,
    },
    /// Instances that the operator does not allow.
    InstancesNotAllowed {
        /// Their ids.
        ids: Vec<String>,
    },
    /// The operator allows a selection only, and these instances were not described to check it.
    NotSelected {
        /// The selection, as a query.
        selection: String,
    },
    /// The operator requires a reason, and none is given.
    ReasonMissing,
    /// The operator requires proof that the proxy refuses a second copy.
    OnceNotProven,
    /// The key id is missing or malformed.
    KeyIdMalformed {
        /// The cloud's name for it.
        label: &'static str,
    },
    /// The key id has no known prefix of its cloud: it may be the secret.
    KeyIdPrefix {
        /// The cloud's name for it.
        label: &'static str,
        /// The cloud's name for the secret.
        secret_label: &'static str,
        /// The prefixes of the cloud's key ids.
        prefixes: &'static [&'static str],
    },
    /// The secret looks like a key id: the fields may be swapped.
    KeySwapped {
        /// The cloud's name for the key id.
        label: &'static str,
        /// The cloud's name for the secret.
        secret_label: &'static str,
    },
    /// The token equals or resembles the secret, or the secret resembles a token.
    TokenSwapped {
        /// The public name of the wrong field.
        field: &'static str,
        /// The cloud's name for the token.
        label: &'static str,
        /// The cloud's name for the secret.
        secret_label: &'static str,
    },
    /// The secret or the token occurs in a text that is sent or recorded.
    SecretInText {
        /// The public name of the field with the text.
        field: &'static str,
    },
    /// The reason contains something that looks like a key.
    KeyInReason,
    /// The secret is missing or malformed.
    SecretMalformed {
        /// The cloud's name for it.
        label: &'static str,
    },
    /// The cloud has no tokens, or the token is malformed.
    TokenMalformed {
        /// Whether the cloud has tokens.
        used: bool,
    },
}

impl Refusal {
    /// The public name: `region-missing`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Refusal::UnknownOperation { .. } => "unknown-operation",
            Refusal::NoInstances => "no-instances",
            Refusal::RegionMissing => "region-missing",
            Refusal::RegionMalformed { .. } => "region-malformed",
            Refusal::RegionNotUsed { .. } => "region-not-used",
            Refusal::UnknownSite { .. } => "unknown-site",
            Refusal::UnknownOption { .. } => "unknown-option",
            Refusal::OptionTwice { .. } => "option-twice",
            Refusal::OptionValue { .. } => "option-value",
            Refusal::Exclusive { .. } => "exclusive-options",
            Refusal::DryRunProvesNothing { .. } => "dry-run-proves-nothing",
            Refusal::ErasesSeveral { .. } => "erases-several",
            Refusal::ErasesElsewhere { .. } => "erases-elsewhere",
            Refusal::NotAllowed { .. } => "not-allowed",
            Refusal::DryRunOnly => "dry-run-only",
            Refusal::TooManyInstances { .. } => "too-many-instances",
            Refusal::InstancesNotAllowed { .. } => "instances-not-allowed",
            Refusal::NotSelected { .. } => "not-selected",
            Refusal::ReasonMissing => "reason-missing",
            Refusal::OnceNotProven => "once-not-proven",
            Refusal::KeyIdMalformed { .. } => "key-id-malformed",
            Refusal::KeyIdPrefix { .. } => "key-id-prefix",
            Refusal::KeySwapped { .. } => "key-swapped",
            Refusal::TokenSwapped { .. } => "token-swapped",
            Refusal::SecretInText { .. } => "secret-in-text",
            Refusal::KeyInReason => "key-in-reason",
            Refusal::SecretMalformed { .. } => "secret-malformed",
            Refusal::TokenMalformed { .. } => "token-malformed",
        }
    }

    /// The refusal as a sentence that says what to do.
    pub fn sentence(&self, locale: Locale) -> String {
        match locale {
            Locale::En => self.in_english(),
            Locale::Zh => self.in_chinese(),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Refusal::UnknownOperation { operation, known } => {
                format!("There is no operation “{operation}” here. Choose one of: {}.", known.join(", "))
            }
            Refusal::NoInstances => "No instance ids are given. Paste at least one.".into(),
            Refusal::RegionMissing => "Choose a region: this cloud needs one in every request.".into(),
            Refusal::RegionMalformed { region } => {
                format!("“{region}” cannot be a region. Regions look like ap-southeast-1.")
            }
            Refusal::RegionNotUsed { region } => {
                format!("This cloud takes no region in its requests: leave out “{region}”.")
            }
            Refusal::UnknownSite { site } => {
                format!("This cloud has no kind of account called “{site}”.")
            }
            Refusal::UnknownOption { option, operation, known } => format!(
                "{operation} has no parameter “{option}”. It has: {}.",
                if known.is_empty() { "none".into() } else { known.join(", ") }
            ),
            Refusal::OptionTwice { option } => format!("{option} is given twice. Give it once."),
            Refusal::OptionValue { option, value, allowed } => {
                format!("{option} cannot be “{value}”. It can be: {}.", allowed.join(", "))
            }
            Refusal::Exclusive { first, second } => {
                format!("{first} and {second} cannot be given together. Leave one of them out.")
            }
            Refusal::DryRunProvesNothing { batching, instead } => format!(
                "A dry run with “{}” always says that it passed, so it proves nothing. Choose “{}”.",
                batching.en, instead.en
            ),
            Refusal::ErasesSeveral { option, instances } => format!(
                "{option} erases the local disks and is done for one instance at a time; {instances} are given."
            ),
            Refusal::ErasesElsewhere { option, operation, only } => format!(
                "{option} erases everything on the local disks and cannot be undone, so {operation} does not take it: only {only} does, for one instance at a time."
            ),
            Refusal::NotAllowed { what } => {
                format!("The administrator of this page does not allow “{what}” here.")
            }
            Refusal::DryRunOnly => {
                "The administrator of this page allows rehearsals only: choose a dry run.".into()
            }
            Refusal::TooManyInstances { instances, most } => format!(
                "The administrator of this page allows {most} instances at a time; {instances} are given."
            ),
            Refusal::InstancesNotAllowed { ids } => format!(
                "The administrator of this page does not allow these instances here: {}.",
                some(ids, ", ")
            ),
            Refusal::NotSelected { selection } => format!(
                "The administrator of this page allows only instances that match “{selection}”, and their states must be read first."
            ),
            Refusal::ReasonMissing => {
                "Give a reason or a ticket, with at least one letter or digit: the administrator of this page requires one.".into()
            }
            Refusal::OnceNotProven => "The administrator of this page requires proof that the proxy refuses a second copy of a request. Check the connection first.".into(),
            Refusal::KeyIdMalformed { label } | Refusal::SecretMalformed { label } => {
                format!("The {label} is missing or has characters that no {label} has.")
            }
            Refusal::KeyIdPrefix { label, secret_label, prefixes } => format!(
                "An {label} begins with {}, and this does not. Are {label} and {secret_label} swapped? Check both fields; nothing was sent.",
                prefixes.join(", ")
            ),
            Refusal::KeySwapped { label, secret_label } => format!(
                "The {secret_label} looks like an {label}: the two fields may be swapped. Check both; nothing was sent."
            ),
            Refusal::TokenSwapped { field: "secret", label, secret_label } => format!(
                "The {secret_label} looks like the {label} of a temporary key: the two fields may be swapped. Check both; nothing was sent."
            ),
            Refusal::TokenSwapped { label, secret_label, .. } => format!(
                "The {label} is the {secret_label}, or looks like one or like a key id: the fields {label} and {secret_label} may be swapped, or filled with one text. A permanent key has no {label}. Check both; nothing was sent."
            ),
            Refusal::SecretInText { .. } => {
                "This text contains the secret or the token. Remove it: this field is sent or recorded. Nothing was sent.".into()
            }
            Refusal::KeyInReason => {
                "Something in the reason looks like a key. Remove it: reasons are recorded and exported.".into()
            }
            Refusal::TokenMalformed { used: true } => {
                "The token has characters that no token has.".into()
            }
            Refusal::TokenMalformed { used: false } => {
                "This cloud has no tokens for temporary keys: leave the field empty.".into()
            }
        }
    }

    fn in_chinese(&self) -> String {
        match self {
            Refusal::UnknownOperation { operation, known } => {
                format!("没有“{operation}”这个操作。可选：{}。", known.join("、"))
            }
            Refusal::NoInstances => "没有实例 ID，请至少粘贴一个。".into(),
            Refusal::RegionMissing => "请选择地域：该云的每个请求都需要地域。".into(),
            Refusal::RegionMalformed { region } => {
                format!("“{region}”不是地域 ID。地域 ID 形如 ap-southeast-1。")
            }
            Refusal::RegionNotUsed { region } => {
                format!("该云的请求不带地域，请去掉“{region}”。")
            }
            Refusal::UnknownSite { site } => format!("该云没有名为“{site}”的账号类型。"),
            Refusal::UnknownOption { option, operation, known } => format!(
                "{operation} 没有参数“{option}”。可用参数：{}。",
                if known.is_empty() { "无".into() } else { known.join("、") }
            ),
            Refusal::OptionTwice { option } => format!("{option} 重复出现，只能填写一次。"),
            Refusal::OptionValue { option, value, allowed } => {
                format!("{option} 不能取“{value}”，可取：{}。", allowed.join("、"))
            }
            Refusal::Exclusive { first, second } => {
                format!("{first} 与 {second} 不能同时填写，请去掉其中一个。")
            }
            Refusal::DryRunProvesNothing { batching, instead } => {
                format!(
                    "“{}”时预检总是返回通过，不能说明问题。请选择“{}”。",
                    batching.zh, instead.zh
                )
            }
            Refusal::ErasesSeveral { option, instances } => {
                format!(
                    "{option} 会清除本地盘数据，一次只能对一台实例执行，当前有 {instances} 台。"
                )
            }
            Refusal::ErasesElsewhere { option, operation, only } => format!(
                "{option} 会清除本地盘上的全部数据且无法恢复，{operation} 不支持该参数：只能用 {only} 一次对一台实例执行。"
            ),
            Refusal::NotAllowed { what } => format!("本页面的管理员不允许在此使用“{what}”。"),
            Refusal::DryRunOnly => "本页面的管理员只允许预检，请选择预检。".into(),
            Refusal::TooManyInstances { instances, most } => {
                format!("本页面的管理员限定一次最多 {most} 台实例，当前有 {instances} 台。")
            }
            Refusal::InstancesNotAllowed { ids } => {
                format!("本页面的管理员不允许在此操作这些实例：{}。", some(ids, "、"))
            }
            Refusal::NotSelected { selection } => {
                format!("本页面的管理员只允许操作符合“{selection}”的实例，须先读取实例状态。")
            }
            Refusal::ReasonMissing => {
                "本页面的管理员要求填写原因或工单号，至少含一个文字或数字。".into()
            }
            Refusal::OnceNotProven => {
                "本页面的管理员要求先证实代理会拒绝重复的请求，请先检查连接。".into()
            }
            Refusal::KeyIdMalformed { label } | Refusal::SecretMalformed { label } => {
                format!("{label} 为空，或含有不允许的字符。")
            }
            Refusal::KeyIdPrefix { label, secret_label, prefixes } => format!(
                "{label} 应以 {} 开头，所填内容不符。{label} 与 {secret_label} 是否填反了？请检查这两个输入框；未发送任何请求。",
                prefixes.join("、")
            ),
            Refusal::KeySwapped { label, secret_label } => format!(
                "所填的 {secret_label} 看起来是 {label}：两个输入框可能填反了，请检查；未发送任何请求。"
            ),
            Refusal::TokenSwapped { field: "secret", label, secret_label } => format!(
                "所填的 {secret_label} 看起来是临时凭证的 {label}：两个输入框可能填反了，请检查；未发送任何请求。"
            ),
            Refusal::TokenSwapped { label, secret_label, .. } => format!(
                "所填的 {label} 就是 {secret_label}，或看起来是密钥：{label} 与 {secret_label} 可能填反了，或填了同一段内容。长期密钥没有 {label}。请检查这两个输入框；未发送任何请求。"
            ),
            Refusal::SecretInText { .. } => {
                "这段文字含有密钥或 Token，请删除：此处内容会被发送或记录。未发送任何请求。".into()
            }
            Refusal::KeyInReason => "原因中有一段看起来是密钥，请删除：原因会被记录并导出。".into(),
            Refusal::TokenMalformed { used: true } => "临时凭证的 Token 含有不允许的字符。".into(),
            Refusal::TokenMalformed { used: false } => "该云没有临时凭证 Token，请留空。".into(),
        }
    }
}

/// The first few ids and the number of the others.
fn some(ids: &[String], separator: &str) -> String {
    const SHOWN: usize = 5;
    let shown = ids.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(separator);
    match ids.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} … +{more}"),
    }
}
