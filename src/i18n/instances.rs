//! Texts about the list of instances and about selections.

use crate::i18n::number;
use relight_core::{
    i18n::{Locale, Text, text},
    model::outcome::Phase,
};

pub const TITLE: Text = text("Choose instances", "选择实例");
/// Before anything is listed.
pub const HINT: Text = text(
    "List the instances of this cloud and region to choose from, or paste their IDs into the form. The list only reads.",
    "列出该云和地域的实例以供选择，或在表单中粘贴实例 ID。列出实例仅读取信息。",
);
pub const LIST_AGAIN: Text = text("Refresh", "刷新");
pub const STOP: Text = text("Stop", "停止");
pub const GO_ON: Text = text("Read the rest", "读取其余部分");
pub const FIND: Text = text("Find instances", "查找实例");
pub const FIND_EXAMPLE: Text =
    text("web, 10.0.4., tag:team=web, state:running", "web、10.0.4.、tag:team=web、state:running");
pub const TAGS: Text = text("Tags", "标签");
pub const COLUMNS: Text = text("Columns", "列");
pub const SELECT: Text = text("Select", "选择");
pub const CLEAR: Text = text("Clear selection", "清除选择");
pub const NOTHING: Text = text("There are no instances here.", "此处没有实例。");
pub const NO_MATCH: Text = text("Nothing matches.", "没有符合的实例。");
/// The list changed while it was read.
pub const SHIFTED: Text = text(
    "Instances were created or released while the list was read, so one may be missing. Refresh to be sure.",
    "读取列表期间有实例被创建或释放，可能有遗漏。请刷新以确认。",
);
/// The list could not be read.
pub const FAILED: Text = text("The list could not be read", "无法读取列表");
pub const FAILED_HINT: Text = text(
    "What was read is below. Pasting IDs works without the list.",
    "已读取的部分如下。不使用列表也可以粘贴实例 ID。",
);
pub const SELECTIONS: Text = text("Saved selections", "已保存的选择");
pub const SELECTIONS_HINT: Text = text(
    "A selection is a search, not a list of IDs: it is resolved again before each run. Saved in this browser, without a key.",
    "选择保存的是查找条件，而非 ID 列表：每次执行前都会重新解析。仅保存在此浏览器中，不含密钥。",
);
pub const SELECTION_NAME: Text = text("Name", "名称");
pub const SAVE_SELECTION: Text = text("Save this search", "保存此查找条件");
pub const DELETE_SELECTION: Text = text("Delete", "删除");
/// The operator's selection.
pub const ONLY: Text = text("Only instances that match", "仅限符合以下条件的实例");

/// A text about the list with counts.
#[derive(Clone, Copy, Debug)]
pub enum ListMessage<'a> {
    /// How many were read, of how many.
    Read(usize, Option<u64>),
    /// How many match what was typed.
    Matching(usize, usize),
    /// The button that selects the rows on the screen.
    SelectShown(usize),
    /// The button that selects all that match.
    SelectAll(usize),
    /// How many are chosen.
    Chosen(usize),
    /// Chosen ones that are not in the list.
    NotListed(usize),
    /// What a selection has found.
    Resolved { name: &'a str, total: usize },
    /// What has changed since the last time.
    Changed { new: usize, gone: usize },
    /// For screen readers, on the checkbox of a row.
    Row(&'a str),
    /// What was set aside.
    SetAside(usize),
}

impl ListMessage<'_> {
    /// The text.
    pub fn in_locale(self, locale: Locale) -> String {
        let n = |count| number(locale, count);
        let total_of = |total: u64| n(usize::try_from(total).unwrap_or(usize::MAX));
        match (self, locale) {
            (Self::Read(done, Some(total)), Locale::En) => {
                format!("{} of {} read", n(done), total_of(total))
            }
            (Self::Read(done, Some(total)), Locale::Zh) => {
                format!("已读取 {} / {}", n(done), total_of(total))
            }
            (Self::Read(done, None), Locale::En) => format!("{} read", n(done)),
            (Self::Read(done, None), Locale::Zh) => format!("已读取 {}", n(done)),
            (Self::Matching(found, all), Locale::En) => {
                format!("{} of {} match", n(found), n(all))
            }
            (Self::Matching(found, all), Locale::Zh) => {
                format!("{} 台中有 {} 台符合", n(all), n(found))
            }
            (Self::SelectShown(count), Locale::En) => format!("Select {} shown", n(count)),
            (Self::SelectShown(count), Locale::Zh) => format!("选择显示的 {} 台", n(count)),
            (Self::SelectAll(count), Locale::En) => format!("Select all {} matching", n(count)),
            (Self::SelectAll(count), Locale::Zh) => format!("选择全部符合的 {} 台", n(count)),
            (Self::Chosen(1), Locale::En) => "1 chosen".to_owned(),
            (Self::Chosen(count), Locale::En) => format!("{} chosen", n(count)),
            (Self::Chosen(count), Locale::Zh) => format!("已选 {} 台", n(count)),
            (Self::NotListed(1), Locale::En) => "1 chosen ID is not in this list".to_owned(),
            (Self::NotListed(count), Locale::En) => {
                format!("{} chosen IDs are not in this list", n(count))
            }
            (Self::NotListed(count), Locale::Zh) => {
                format!("所选的 {} 个 ID 不在此列表中", n(count))
            }
            (Self::Resolved { name, total }, Locale::En) => {
                format!("“{name}” found {} instances", n(total))
            }
            (Self::Resolved { name, total }, Locale::Zh) => {
                format!("“{name}”解析出 {} 台实例", n(total))
            }
            (Self::Changed { new: 0, gone: 0 }, Locale::En) => "the same as last time".to_owned(),
            (Self::Changed { new: 0, gone: 0 }, Locale::Zh) => "与上次相同".to_owned(),
            (Self::Changed { new, gone }, Locale::En) => {
                format!("{} new, {} gone since last time", n(new), n(gone))
            }
            (Self::Changed { new, gone }, Locale::Zh) => {
                format!("较上次新增 {} 台，减少 {} 台", n(new), n(gone))
            }
            (Self::Row(name), Locale::En) => format!("Choose {name}"),
            (Self::Row(name), Locale::Zh) => format!("选择 {name}"),
            (Self::SetAside(1), Locale::En) => "1 instance set aside".to_owned(),
            (Self::SetAside(count), Locale::En) => format!("{} instances set aside", n(count)),
            (Self::SetAside(count), Locale::Zh) => format!("已搁置 {} 台实例", n(count)),
        }
    }
}

/// A state, in the reader's language.
pub const fn phase(phase: Phase) -> Text {
    match phase {
        Phase::Running => text("Running", "运行中"),
        Phase::Stopped => text("Stopped", "已停止"),
        Phase::Starting => text("Starting", "启动中"),
        Phase::Stopping => text("Stopping", "停止中"),
        Phase::Recycled => text("In the recycle bin", "回收站中"),
        Phase::Busy => text("Busy", "处理中"),
        Phase::Unknown => text("Unknown state", "状态未知"),
    }
}
