//! Texts about the page as a whole: what comes back, progress, shortcuts.

use crate::i18n::{instances, number};
use relight_core::i18n::{Locale, Text, text};

/// Before the buttons that fill in the ids of the last runs.
pub const LAST_IDS: Text = text("Bring back the last", "恢复最近的实例");

pub const PAUSED: Text = text("Paused", "已暂停");
pub const STOPPED: Text = text("Stopped", "已停止");
pub const FINISHED: Text = text("Finished", "已完成");
/// Nothing was asked on this route yet.
pub const CONNECTION_UNKNOWN: Text = text("Connection not checked", "连接未检查");
pub const CONNECTION_FAILED: Text = text("Connection failed", "连接失败");

pub const SHORTCUTS: Text = text("Keyboard shortcuts", "键盘快捷键");
pub const SHORTCUT_FIND: Text =
    text("Find instances, or go to the instance IDs", "查找实例，或跳到实例 ID");
pub const SHORTCUT_CHECK: Text = text(
    "In the form: check the instances. Nothing is sent.",
    "在表单中：检查实例，不发送任何操作。",
);
pub const SHORTCUT_RESTART: Text = text("Restart and start", "重启和启动");
pub const SHORTCUT_HISTORY: Text = text("Run history", "运行历史");
pub const SHORTCUT_LIST: Text = text("This list", "显示此列表");
/// The box that asks for a notification.
pub const NOTIFY: Text = text(
    "Notify me, with a sound, when it ends or waits for me",
    "结束或等待处理时通知我，并发出提示音",
);
pub const RECENT_RUNS: Text = text("Recent runs", "最近的运行");
pub const TRY_DEMO: Text = text(
    "Try with simulated clouds: nothing leaves this tab",
    "用模拟的云试一试：不会有任何请求离开此标签页",
);
/// Fills in an error to see what is made of it.
pub const SAMPLE: Text = text("Use a sample", "使用示例");
/// Before codes that are spelt like one that is not known.
pub const CLOSEST: Text = text("Closest known codes", "最接近的已知错误码");
pub const UNDO: Text = text("Undo", "撤销");
/// The text of the ids was changed by a button.
pub const IDS_CHANGED: Text = text("The instance IDs were changed.", "实例 ID 已更改。");
pub const SELECTION_DELETED: Text = text("The selection was deleted.", "已删除该选择。");
pub const FIND_REGION: Text = text("Find…", "查找…");
/// The regions of the last runs, above all others.
pub const RECENT_REGIONS: Text = text("Recent", "最近使用");
pub const ALL_REGIONS: Text = text("All regions", "全部地域");
pub const COPY_LINK: Text = text("Copy link", "复制链接");
pub const LINK_TOO_LONG: Text =
    text("Not copied: so many instances do not fit into a link.", "未复制：实例过多，链接放不下。");
/// The title in place of the form.
pub const UNUSABLE: Text = text("This console cannot be used now", "此控制台目前无法使用");
pub const STILL_USABLE: Text =
    text("What needs no configuration still works:", "不依赖配置的功能仍可使用：");
pub const CLOSE: Text = text("Close", "关闭");
pub const HELP: Text = text("Help", "帮助");

/// A text about the page with arguments.
#[derive(Clone, Copy, Debug)]
pub enum PageMessage<'a> {
    /// On the button that fills in the ids of a run: how many, and where.
    LastIds { count: usize, cloud: &'a str, region: &'a str },
    /// On the button that puts what was probably meant in place of near misses.
    UseCorrections(usize),
    /// What the operator has locked.
    SetByAdministrator(&'a str),
    /// A field that has something like a key in it.
    SecretInLink(&'a str),
    /// How many instances of a run are done.
    Done { done: usize, total: usize },
    /// How many have had a request whose result is not known.
    Unknown(usize),
    /// How many were not sent.
    NotSent(usize),
    /// How many were refused or are overdue.
    Failed(usize),
    /// The last request was answered, after so many milliseconds.
    ConnectionOk(u64),
}

impl PageMessage<'_> {
    /// The text in one language.
    pub fn in_locale(self, locale: Locale) -> String {
        let n = |count: usize| number(locale, count);
        match (self, locale) {
            (PageMessage::LastIds { count, cloud, region }, locale) => {
                let count = match locale {
                    Locale::En => instances(count),
                    Locale::Zh => format!("{} 台实例", n(count)),
                };
                let places = [count.as_str(), cloud, region];
                let known = places.into_iter().filter(|place| !place.is_empty());
                known.collect::<Vec<_>>().join(" · ")
            }
            (PageMessage::UseCorrections(1), Locale::En) => "Use the correction".into(),
            (PageMessage::UseCorrections(count), Locale::En) => {
                format!("Use the {} corrections", n(count))
            }
            (PageMessage::UseCorrections(count), Locale::Zh) => {
                format!("采用这 {} 项更正", n(count))
            }
            (PageMessage::SetByAdministrator(what), Locale::En) => {
                format!("{what}, set by your administrator")
            }
            (PageMessage::SetByAdministrator(what), Locale::Zh) => {
                format!("{what}（由管理员设定）")
            }
            (PageMessage::SecretInLink(field), Locale::En) => format!(
                "Not copied: something in “{field}” looks like a key or a secret. Remove it first."
            ),
            (PageMessage::SecretInLink(field), Locale::Zh) => {
                format!("未复制：“{field}”中有疑似密钥的内容，请先移除。")
            }
            (PageMessage::Done { done, total }, _) => format!("{}/{}", n(done), n(total)),
            (PageMessage::Unknown(count), Locale::En) => format!("{} unknown", n(count)),
            (PageMessage::Unknown(count), Locale::Zh) => format!("{} 台结果未知", n(count)),
            (PageMessage::NotSent(count), Locale::En) => format!("{} not sent", n(count)),
            (PageMessage::NotSent(count), Locale::Zh) => format!("{} 台未发送", n(count)),
            (PageMessage::Failed(count), Locale::En) => format!("{} failed", n(count)),
            (PageMessage::Failed(count), Locale::Zh) => format!("{} 台失败", n(count)),
            (PageMessage::ConnectionOk(ms), Locale::En) => format!("Connection OK · {ms} ms"),
            (PageMessage::ConnectionOk(ms), Locale::Zh) => format!("连接正常 · {ms} 毫秒"),
        }
    }
}
