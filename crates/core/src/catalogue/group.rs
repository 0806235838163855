//! What to do about an error, as the chapters of the index.

use crate::i18n::{Text, text};
use serde::Serialize;

/// What there is to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// It may have happened: look at the instance before anything else.
    LookFirst,
    /// It passes by itself.
    Wait,
    /// An id, the region or an option is wrong.
    CorrectRequest,
    /// The key, the signature or the clock is wrong.
    CorrectKey,
    /// A permission is missing.
    GetPermission,
    /// The instance, or something it needs, is not in a state for it.
    PrepareInstance,
    /// Money, quotas, contracts.
    SettleAccount,
    /// The page, the proxy or the network between it and the cloud.
    MendConnection,
    /// Something that only an administrator can change.
    AskAdministrator,
    /// Something that only the cloud can change.
    AskVendor,
    /// It cannot be done.
    LeaveIt,
    /// Nothing is wrong.
    NothingToDo,
}

impl Group {
    /// Every group, in the order in which an index shows them.
    pub const ALL: [Group; 12] = [
        Group::LookFirst,
        Group::Wait,
        Group::CorrectRequest,
        Group::CorrectKey,
        Group::GetPermission,
        Group::PrepareInstance,
        Group::SettleAccount,
        Group::MendConnection,
        Group::AskAdministrator,
        Group::AskVendor,
        Group::LeaveIt,
        Group::NothingToDo,
    ];

    /// The heading.
    pub const fn title(self) -> Text {
        match self {
            Group::LookFirst => text("Look at the instance first", "先查看实例状态"),
            Group::Wait => text("Wait, then try again", "稍候重试"),
            Group::CorrectRequest => text("Correct the request", "更正请求内容"),
            Group::CorrectKey => text("Correct the key or the clock", "更正密钥或时间"),
            Group::GetPermission => text("Get the permission", "申请权限"),
            Group::PrepareInstance => text("Prepare the instance", "先处理实例状态"),
            Group::SettleAccount => text("Settle bills or quotas", "处理费用或配额"),
            Group::MendConnection => text("Mend the way to the cloud", "修复到云端的连接"),
            Group::AskAdministrator => text("Ask an administrator", "联系管理员"),
            Group::AskVendor => text("Ask the cloud's support", "联系云厂商技术支持"),
            Group::LeaveIt => text("It cannot be done", "无法执行"),
            Group::NothingToDo => text("Nothing to do", "无需处理"),
        }
    }
}
