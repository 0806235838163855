//! What is to be done about an error, in few words: the groups of the index.

use relight_core::{
    explain::{Effect, Entry, Retry, Who},
    words::{Text, text},
};

/// What is to be done about an error, by what comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Todo {
    /// Nothing is wrong.
    Nothing,
    /// Look at the instance before anything else.
    Look,
    /// Wait.
    Wait,
    /// Put it right at this screen.
    Mend,
    /// Something else than sending it again.
    Other,
    /// Permissions, the proxy, the network.
    Administrator,
    /// Bills, balance, quotas.
    Owner,
    /// Only the vendor can tell.
    Vendor,
}

impl Todo {
    /// What is to be done about an error.
    pub fn of(entry: &Entry) -> Self {
        match (entry.effect, entry.retry, entry.who) {
            (Effect::DryRunPassed, _, _) => Todo::Nothing,
            (_, Retry::CheckFirst, _) => Todo::Look,
            (_, Retry::Later, _) => Todo::Wait,
            (_, _, Who::Administrator) => Todo::Administrator,
            (_, _, Who::AccountOwner) => Todo::Owner,
            (_, _, Who::Vendor) => Todo::Vendor,
            (_, Retry::AfterFix, Who::You) => Todo::Mend,
            (_, Retry::Never, Who::You) => Todo::Other,
        }
    }

    /// The public name.
    pub const fn word(self) -> &'static str {
        match self {
            Todo::Nothing => "nothing",
            Todo::Look => "look",
            Todo::Wait => "wait",
            Todo::Mend => "mend",
            Todo::Other => "other",
            Todo::Administrator => "administrator",
            Todo::Owner => "owner",
            Todo::Vendor => "vendor",
        }
    }

    /// In words.
    pub const fn words(self) -> Text {
        match self {
            Todo::Nothing => text("Nothing is wrong", "无需处理（不是错误）"),
            Todo::Look => text("Look at the instance first", "先查看实例状态"),
            Todo::Wait => text("Wait, then send again", "稍等片刻后重试"),
            Todo::Mend => text("Put it right, then send again", "自行修正后重试"),
            Todo::Other => {
                text("Sending it again cannot help: do something else", "重试无效，请改用其他方法")
            }
            Todo::Administrator => text("Ask an administrator", "联系管理员"),
            Todo::Owner => {
                text("Bills, balance, quota: the account owner", "欠费、余额或配额：联系账号所有者")
            }
            Todo::Vendor => text("Ask the cloud’s support", "联系云厂商技术支持"),
        }
    }
}
