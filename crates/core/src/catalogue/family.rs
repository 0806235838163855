//! What the name of a code suggests if no catalogue has it. The text says that it is only the name.

use super::{Effect, Group, Retry, Who};
use crate::i18n::{Text, text};

/// Groups of codes with similar names, in matching order: those that may have been carried out come
/// before the general ones. The names per cloud are in `Catalogue::families`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Throttling.
    TooFast,
    /// An operation in progress.
    Unfinished,
    /// A failure of the cloud.
    CloudFailure,
    /// The key, the signature or the clock.
    Key,
    /// A missing permission.
    Permission,
    /// Overdue payment.
    Bills,
    /// A quota.
    Quota,
    /// Insufficient capacity.
    Capacity,
    /// A refused operation.
    Refused,
    /// Not found.
    NotFound,
    /// A wrong or missing parameter.
    Parameter,
}

/// What all codes of a family have in common.
#[derive(Clone, Copy)]
pub(crate) struct Facts {
    /// What such codes are about.
    pub(crate) about: Text,
    pub(crate) who: Who,
    pub(crate) retry: Retry,
    pub(crate) effect: Effect,
    pub(crate) group: Group,
}

impl Family {
    /// Every family, in matching order.
    pub(crate) const ALL: [Family; 11] = [
        Family::TooFast,
        Family::Unfinished,
        Family::CloudFailure,
        Family::Key,
        Family::Permission,
        Family::Bills,
        Family::Quota,
        Family::Capacity,
        Family::Refused,
        Family::NotFound,
        Family::Parameter,
    ];

    /// The family of a message, by words that any service uses. The first match counts: messages
    /// about stock also mention "quota".
    pub(crate) fn of_message(message: &str) -> Option<Family> {
        static WORDS: [(Family, &[&str]); 8] = [
            (
                Family::Capacity,
                &[
                    "out of usage",
                    "sold out",
                    "out of stock",
                    "no stock",
                    "insufficient capacity",
                    "no longer available for sale",
                    "not available for purchase",
                    "库存不足",
                    "售罄",
                ],
            ),
            (
                Family::Permission,
                &[
                    "not authorized",
                    "unauthorized",
                    "no permission",
                    "access denied",
                    "未授权",
                    "没有权限",
                    "权限不足",
                ],
            ),
            (
                Family::Bills,
                &["enough balance", "insufficient balance", "arrears", "欠费", "余额不足"],
            ),
            (
                Family::Quota,
                &["quota", "exceeds the limit", "exceeded the limit", "配额", "超过限额"],
            ),
            (
                Family::TooFast,
                &[
                    "flow control",
                    "throttl",
                    "too many requests",
                    "frequency limit",
                    "限流",
                    "流控",
                    "频率",
                ],
            ),
            (Family::Key, &["access key", "accesskey", "signature", "签名", "密钥"]),
            (
                Family::NotFound,
                &[
                    "does not exist",
                    "not exists",
                    "not exist",
                    "not found",
                    "cannot be found",
                    "不存在",
                    "找不到",
                ],
            ),
            (
                Family::Parameter,
                &[
                    "is not valid",
                    "is invalid",
                    "not supported",
                    "malformed",
                    "mandatory",
                    "参数",
                    "无效",
                ],
            ),
        ];
        let message = message.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
        WORDS.iter().find(|(_, words)| says(words)).map(|(family, _)| *family)
    }

    /// What its codes have in common.
    pub(crate) const fn facts(self) -> Facts {
        match self {
            Family::TooFast => Facts {
                about: text("requests that come too fast", "请求过于频繁"),
                who: Who::You,
                retry: Retry::Later,
                effect: Effect::Throttled,
                group: Group::Wait,
            },
            Family::Unfinished => Facts {
                about: text("an operation that is still going on", "尚未结束的操作"),
                who: Who::You,
                retry: Retry::CheckFirst,
                effect: Effect::MaybeDone,
                group: Group::LookFirst,
            },
            Family::CloudFailure => Facts {
                about: text("a failure on the cloud's side", "云端故障"),
                who: Who::You,
                retry: Retry::CheckFirst,
                effect: Effect::MaybeDone,
                group: Group::LookFirst,
            },
            Family::Key => Facts {
                about: text("the key, the signature or the clock", "密钥、签名或时间"),
                who: Who::You,
                retry: Retry::AfterFix,
                effect: Effect::NothingDone,
                group: Group::CorrectKey,
            },
            Family::Permission => Facts {
                about: text("a missing permission", "权限不足"),
                who: Who::Administrator,
                retry: Retry::AfterFix,
                effect: Effect::NothingDone,
                group: Group::GetPermission,
            },
            Family::Bills => Facts {
                about: text("unpaid bills", "欠费"),
                who: Who::AccountOwner,
                retry: Retry::AfterFix,
                effect: Effect::NothingDone,
                group: Group::SettleAccount,
            },
            Family::Quota => Facts {
                about: text("a quota", "配额"),
                who: Who::AccountOwner,
                retry: Retry::AfterFix,
                effect: Effect::NothingDone,
                group: Group::SettleAccount,
            },
            Family::Capacity => Facts {
                about: text("missing capacity", "资源不足"),
                who: Who::You,
                retry: Retry::Later,
                effect: Effect::NothingDone,
                group: Group::Wait,
            },
            Family::Refused => Facts {
                about: text(
                    "an operation that was refused, often because of the state",
                    "操作被拒绝（多与实例状态有关）",
                ),
                who: Who::You,
                retry: Retry::CheckFirst,
                effect: Effect::MaybeEcho,
                group: Group::LookFirst,
            },
            Family::NotFound => Facts {
                about: text("something that was not found", "资源不存在"),
                who: Who::You,
                retry: Retry::AfterFix,
                effect: Effect::NothingDone,
                group: Group::CorrectRequest,
            },
            Family::Parameter => Facts {
                about: text("a wrong or missing parameter", "参数错误或缺失"),
                who: Who::You,
                retry: Retry::AfterFix,
                effect: Effect::NothingDone,
                group: Group::CorrectRequest,
            },
        }
    }
}
