//! The errors of this cloud: one entry an error, nowhere else.

use crate::explain::{Effect, Entry, Retry, Source, Who};
use crate::words::text;

/// Stands for "listed among the failed" in a 200: the cloud gives neither code nor reason.
pub(crate) const LISTED_AS_FAILED: &str = "(listed in response.instanceIds)";

pub(crate) static ERRORS: &[Entry] = &[
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
];

/// The operations that change an instance.
const POWER: &[&str] = &["RebootInstances", "StartInstances", "StopInstances"];
