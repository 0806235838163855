//! Sentences about problems.

use super::{IdProblem, IdProblemKind, Malformation};
use crate::i18n::{Locale, Text, text};

/// The warning for an id that may have lost digits.
pub const ROUNDED: Text = text(
    "its last digits may be lost: compare it with the console",
    "末尾几位可能已被取整，请与控制台核对",
);

impl IdProblem {
    /// The problem as a sentence: the text, the reason and the suggestion.
    pub fn sentence(&self, locale: Locale) -> String {
        let mut sentence = self.template().in_locale(locale).replace("{name}", &self.name(locale));
        if let Some(cloud) = self.cloud {
            let ids = &cloud.ids;
            sentence = sentence
                .replace("{shape}", ids.shape.in_locale(locale))
                .replace("{example}", ids.example);
        }
        if let Some(suggestion) = &self.suggestion {
            sentence = sentence.replace("{suggestion}", suggestion);
        }
        // Last, so that a placeholder in the pasted text is not replaced.
        sentence.replace("{text}", &self.text)
    }

    /// `Tencent Cloud CVM`.
    fn name(&self, locale: Locale) -> String {
        let vendor = self.vendor.unwrap_or_default();
        self.cloud.map_or_else(
            || vendor.to_owned(),
            |cloud| format!("{} {}", cloud.name.in_locale(locale), cloud.product),
        )
    }

    fn template(&self) -> Text {
        let known = self.cloud.is_some();
        match (self.kind, known) {
            (IdProblemKind::Malformed(reason), true) => malformed_of_a_cloud(reason),
            (IdProblemKind::Malformed(reason), false) => malformed(reason),
            (IdProblemKind::Repeated, _) => text(
                "“{text}” is a duplicate; it is sent once.",
                "“{text}”重复出现，只会发送一次。",
            ),
            (IdProblemKind::OtherCloud, false) if self.vendor.is_some() => text(
                "“{text}” is an instance ID of {name}, a cloud that is not supported here.",
                "“{text}”是 {name} 的实例 ID，此处不支持该云。",
            ),
            (IdProblemKind::OtherCloud, true) => text(
                "“{text}” is an instance ID of {name}, not of the cloud that is chosen.",
                "“{text}”是 {name} 的实例 ID，不属于当前所选的云。",
            ),
            (IdProblemKind::OtherCloud, false) => {
                text("“{text}” is an instance ID of another cloud.", "“{text}”是其他云的实例 ID。")
            }
            (IdProblemKind::Masked, _) => text(
                "“{text}” is a sample from documentation: part of it is replaced by stars or x’s. The real ID is in the cloud's console.",
                "“{text}”是文档中的示例，部分字符已用星号或 x 代替。请到云控制台复制真实的 ID。",
            ),
            (IdProblemKind::NearMiss, _) if self.has_invisible() => text(
                "“{text}” has characters that cannot be seen. Is “{suggestion}” meant?",
                "“{text}”含有不可见字符。是否应为“{suggestion}”？",
            ),
            (IdProblemKind::NearMiss, _) => text(
                "“{text}” is almost an instance ID. Is “{suggestion}” meant?",
                "“{text}”与实例 ID 非常接近。是否应为“{suggestion}”？",
            ),
        }
    }
}

const SOMETHING_ELSE: Text = text(
    "“{text}” has the shape of an instance ID, but the text says otherwise: it is a name, a disk, a snapshot or an exception.",
    "“{text}”形似实例 ID，但原文表明并非如此：它是名称、磁盘、快照，或需排除的实例。",
);

fn malformed(reason: Malformation) -> Text {
    match reason {
        Malformation::NotAnId => text(
            "“{text}” is not an instance ID of any cloud known here.",
            "“{text}”不是任何受支持的云的实例 ID。",
        ),
        Malformation::TooShort => {
            text("“{text}” is too short for an instance ID.", "“{text}”过短，不是完整的实例 ID。")
        }
        Malformation::TooLong => {
            text("“{text}” is too long for an instance ID.", "“{text}”过长，不是实例 ID。")
        }
        Malformation::Characters => text(
            "“{text}” has characters that no instance ID has.",
            "“{text}”含有实例 ID 中不会出现的字符。",
        ),
        Malformation::LookAlikes => text(
            "“{text}” has characters that only look like the right ones. Copy the ID from the cloud's console.",
            "“{text}”含有外形相似但不正确的字符。请从云控制台复制 ID。",
        ),
        Malformation::SomethingElse => SOMETHING_ELSE,
        Malformation::RoundedNumber => text(
            "“{text}” is a rounded number: a spreadsheet or script has dropped its last digits. Copy the ID as text.",
            "“{text}”是被取整的数字，表格或脚本已丢失其末尾几位。请按文本格式复制 ID。",
        ),
    }
}

fn malformed_of_a_cloud(reason: Malformation) -> Text {
    match reason {
        Malformation::NotAnId => text(
            "“{text}” is not an instance ID. {name} has {shape}, such as {example}.",
            "“{text}”不是实例 ID。{name} 的格式为{shape}，例如 {example}。",
        ),
        Malformation::TooShort => text(
            "“{text}” is too short. An instance ID of {name} is {shape}, such as {example}.",
            "“{text}”过短。{name} 的实例 ID 为{shape}，例如 {example}。",
        ),
        Malformation::TooLong => text(
            "“{text}” is too long. An instance ID of {name} is {shape}, such as {example}.",
            "“{text}”过长。{name} 的实例 ID 为{shape}，例如 {example}。",
        ),
        Malformation::Characters => text(
            "“{text}” has characters or a length that no instance ID of {name} has. It is {shape}, such as {example}.",
            "“{text}”的字符或长度不符合 {name} 的实例 ID，应为{shape}，例如 {example}。",
        ),
        Malformation::LookAlikes => text(
            "“{text}” has characters that only look like the right ones. An instance ID of {name} is {shape}, such as {example}.",
            "“{text}”含有外形相似但不正确的字符。{name} 的实例 ID 为{shape}，例如 {example}。",
        ),
        Malformation::SomethingElse => SOMETHING_ELSE,
        Malformation::RoundedNumber => text(
            "“{text}” is a rounded number: a spreadsheet or script has dropped its last digits. An instance ID of {name} is {shape} and must be copied as text.",
            "“{text}”是被取整的数字，表格或脚本已丢失其末尾几位。{name} 的实例 ID 为{shape}，必须按文本格式复制。",
        ),
    }
}
