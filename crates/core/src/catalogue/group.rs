//! What to do about an error: the sections of the index.

use crate::i18n::{Text, text};
use serde::Serialize;

/// A section of the index of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// It may have happened: check the instance before anything else.
    LookFirst,
    /// It resolves by itself.
    Wait,
    /// An id, the region or an option is wrong.
    CorrectRequest,
    /// The key, the signature or the clock is wrong.
    CorrectKey,
    /// A permission is missing.
    GetPermission,
    /// The instance, or something it needs, is in the wrong state.
    PrepareInstance,
    /// Payment, quotas, contracts.
    SettleAccount,
    /// The page, the proxy or the network between it and the cloud.
    MendConnection,
    /// Only an administrator can change it.
    AskAdministrator,
    /// Only the cloud can change it.
    AskVendor,
    /// Not possible.
    LeaveIt,
    /// Nothing is wrong.
    NothingToDo,
}

impl Group {
    /// Every group, in the order of the index.
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
