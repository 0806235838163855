//! Texts about saved keys, and about a key's permissions.

use crate::services::{database::Unavailable, vault::key_store::KeyStoreError};
use relight_core::i18n::{Text, text};

/// Above the list.
pub const SAVED: Text = text("Saved in this browser", "保存在此浏览器中的密钥");

/// Below it, while a key may be chosen.
pub const SAVED_HINT: Text = text(
    "Anyone who opens this page in this browser can sign with them; no page can read them back. After a lock they are still saved, and have to be selected again.",
    "任何人用此浏览器打开本页面都能用它们签名，但任何页面都无法读出。锁定后它们仍在列表中，需要重新选用。",
);

/// Below it, where the operator forbids saved keys.
pub const SAVED_FORBIDDEN: Text = text(
    "The administrator of this page does not allow saved keys: these can only be deleted.",
    "本页面的管理员不允许保存密钥：以下密钥只能清除。",
);

/// On the button of a key: sign with it.
pub const USE: Text = text("Use", "使用");
/// On the button of the key in use.
pub const IN_USE: Text = text("In use", "使用中");
/// On the button that deletes one.
pub const DELETE: Text = text("Delete now", "立即清除");
/// On the button that deletes all of them.
pub const DELETE_ALL: Text = text("Delete all now", "立即全部清除");
/// Before the times at which it was saved and last chosen.
pub const SAVED_AT: Text = text("saved", "保存于");
pub const CHOSEN_AT: Text = text("last chosen", "上次选用");
/// Of a key that this version cannot use.
pub const UNUSABLE: Text = text(
    "cannot be used by this version of the page; left as it is",
    "此版本的页面无法使用，保持原样",
);

/// In place of the text about a key in the tab.
pub const CHOSEN: Text = text(
    "A saved key of this browser. A lock removes it from this tab again.",
    "选自此浏览器保存的密钥。锁定后本标签页不再持有它。",
);
/// On the button that wipes it from the tab.
pub const STOP_USING: Text = text("Stop using", "停止使用");

/// What opens the field for the name.
pub const SAVE_OPENS: Text = text("Save this key in this browser…", "在此浏览器中保存此密钥…");
/// What saving means.
pub const SAVE_HINT: Text = text(
    "It is saved as a key that signs and that no page can read back, until you delete it. Any page of this origin can sign with it, including requests with a future date. Save none on a computer that others use: anyone who opens this page in this browser can sign with it, and anyone who can copy the browser’s files can take it.",
    "密钥将以不可读回的签名密钥形式保存，直至你清除。同源的任何页面都能用它签名，包括日期在将来的请求。请勿在他人也使用的电脑上保存：任何人用此浏览器打开本页面都能用它签名，能复制浏览器文件的人也能取走它。",
);
/// The field for the name.
pub const NAME: Text = text("Name", "名称");
/// On the button.
pub const SAVE: Text = text("Save", "保存");
/// Of a key that others are derived from.
pub const DERIVES: Text = text(
    "A key of this cloud is not saved in the browser: any page of this origin could derive the signing keys of every coming day from it.",
    "该云的密钥不会保存在浏览器中：同源的任何页面都能由它派生出今后每一天的签名密钥。",
);
/// That such keys of an older release were deleted.
pub const REMOVED: Text = text(
    "Keys that an older version of this page had saved here were deleted: any page of this origin could derive the signing keys of every coming day from them. If other pages share this origin, replace those keys in the cloud’s console.",
    "已删除旧版本页面保存在此的密钥：同源的任何页面都能由它们派生出今后每一天的签名密钥。如有其他页面与本页面同源，请在云控制台更换这些密钥。",
);
/// Of a key with a token.
pub const TEMPORARY: Text = text(
    "A temporary key is not saved in the browser: it expires soon, and its token would have to be stored readable.",
    "临时密钥不会保存在浏览器中：它很快到期，且其 Token 只能以可读形式保存。",
);

/// Of a key without expiry, at a cloud that has no others.
pub const ONLY_PERMANENT: Text = text(
    "This cloud has no temporary keys: this one is valid until somebody deletes it. Allow it no more than this operation on these instances.",
    "该云不提供临时密钥：此密钥在删除之前长期有效。请仅为其授予对这些实例执行该操作的权限。",
);
/// What opens the policy.
pub const POLICY_OPENS: Text = text("The smallest policy for this", "所填操作所需的最小权限策略");

/// What went wrong.
pub const fn error(error: &KeyStoreError) -> Text {
    match error {
        KeyStoreError::ReadFailed(Unavailable::Newer) => text(
            "A newer version of this page has saved keys in this browser. This version does not change them.",
            "此浏览器中有较新版本页面保存的密钥，本版本保持其原样。",
        ),
        KeyStoreError::ReadFailed(Unavailable::Missing | Unavailable::Refused) => text(
            "This browser does not let the page store anything here: storage is blocked, or this is a private window. Keys stay in this tab only.",
            "此浏览器不允许页面在此保存任何内容：存储被阻止，或当前为隐私窗口。密钥仅存于本标签页。",
        ),
        KeyStoreError::ReadFailed(
            Unavailable::Full | Unavailable::Blocked | Unavailable::Taken | Unavailable::Failed(_),
        ) => text(
            "The saved keys cannot be read: the browser’s storage does not answer as it should. Nothing there was changed; enter a key to go on.",
            "无法读取此浏览器保存的密钥：其存储未正常响应。已有内容保持原样；输入密钥即可继续。",
        ),
        KeyStoreError::SaveFailed(Unavailable::Full) => text(
            "Not saved: the browser has no space left for this page. The key is still in this tab.",
            "未保存：浏览器分配给本页面的空间已满。密钥仍在本标签页中。",
        ),
        KeyStoreError::SaveFailed(
            Unavailable::Missing
            | Unavailable::Refused
            | Unavailable::Newer
            | Unavailable::Blocked
            | Unavailable::Taken
            | Unavailable::Failed(_),
        ) => text(
            "Not saved: this browser does not store such keys here. In a private window, or with storage blocked, it never does. The key is still in this tab.",
            "未保存：此浏览器不在此处保存这类密钥（隐私窗口或存储被阻止时均如此）。密钥仍在本标签页中。",
        ),
        KeyStoreError::DeleteFailed(_) => text(
            "Not deleted: the browser’s storage does not answer. The key is still saved; try again, or clear this site’s data in the browser’s settings.",
            "未能清除：浏览器存储没有响应，密钥仍被保存。请重试，或在浏览器设置中清除本站点数据。",
        ),
        KeyStoreError::KeyInName => text(
            "Not saved: the name seems to contain a key, and names can be read by anybody at this browser. Choose another name.",
            "未保存：名称中似乎含有密钥，而名称可被此浏览器的任何使用者读到。请换一个名称。",
        ),
        KeyStoreError::Gone => text(
            "This key is not saved any more, or cannot be used here. Enter it to go on.",
            "该密钥已不再保存，或无法在此使用。请输入密钥以继续。",
        ),
    }
}
