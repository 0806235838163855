//! Texts of the run history.

use crate::i18n::number;
use relight_core::i18n::{Locale, Text, text};

pub const FIND: Text = text("Find runs", "查找运行");
pub const FIND_EXAMPLE: Text =
    text("operation, region, reason, person, key", "操作、地域、原因、操作人、密钥");
pub const ALL_CLOUDS: Text = text("All clouds", "所有云厂商");
pub const ALL_OUTCOMES: Text = text("All outcomes", "所有结果");
pub const WITH_FAILURES: Text = text("With failures", "有失败");
pub const UNFINISHED: Text = text("Unfinished", "未完成");
pub const WHEN: Text = text("When", "时间");
pub const CLOUD_AND_REGION: Text = text("Cloud and region", "云厂商和地域");
pub const OUTCOMES: Text = text("Outcomes", "结果");
pub const PERSON: Text = text("Person", "操作人");
pub const KEY_ID: Text = text("Key ID", "密钥 ID");
pub const ACTIONS: Text = text("Actions", "可用操作");
pub const RECORDS: Text = text("Records", "原始记录");
/// While the outcomes are not read that are filtered by.
pub const READING: Text = text("Reading the runs…", "正在读取运行记录…");

/// The button that exports all runs that are listed.
pub fn export_all(locale: Locale, count: usize, format: &str) -> String {
    match (locale, count) {
        (Locale::En, 1) => format!("Export 1 run as {format}"),
        (Locale::En, _) => format!("Export {} runs as {format}", number(locale, count)),
        (Locale::Zh, _) => format!("将 {} 次运行导出为 {format}", number(locale, count)),
    }
}
