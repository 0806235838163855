//! The texts with arguments that the form shows. They are apart from the others, which the first part of
//! the program does not have.

use crate::i18n::{instances, number};
use relight_core::i18n::Locale;

/// A text of the form with arguments. Counts are formatted for the language.
#[derive(Clone, Copy, Debug)]
pub enum FormMessage<'a> {
    /// On the button that leads to the review.
    Check(usize),
    /// What was probably meant.
    DidYouMean(&'a str),
    /// The line of a problem.
    Line(u32),
    /// A secret that looks like a key id, with the cloud's names of both.
    KeySwapped(&'a str, &'a str),
    /// The cloud's name of the token, which is or looks like the secret, and of the secret.
    TokenSwapped(&'a str, &'a str),
    /// No key is accepted in a frame of this page, if its origin is known.
    UntrustedParent(Option<&'a str>),
    /// A key that looks like another cloud's.
    KeyOfCloud(&'a str),
    /// The shape of ids.
    IdsLookLike { shape: &'a str, example: &'a str },
    /// Problems found in a text, for the live region.
    FoundProblems { valid: usize, problems: usize },
    /// How many pieces of the text stood beside ids, and the first of them.
    Ignored(u32, &'a str),
    /// The title above the problems.
    WillNotBeSent(usize),
    /// How many more problems there are than are listed.
    AndMore(usize),
    /// On the button that removes what is not an id.
    RemoveProblems(usize),
    /// How many of the pasted ids are of another cloud.
    OfCloud(&'a str),
    /// On the button that goes to another cloud with the ids that are of that one.
    GoToCloud(&'a str),
    /// What an operation does that takes one instance.
    OnePerCall(&'a str),
}

impl FormMessage<'_> {
    /// The text in one language.
    pub fn in_locale(self, locale: Locale) -> String {
        let n = |count: usize| number(locale, count);
        match (self, locale) {
            (FormMessage::Check(0), Locale::En) => "Check instances".into(),
            (FormMessage::Check(count), Locale::En) => format!("Check {}", instances(count)),
            (FormMessage::Check(0), Locale::Zh) => "检查实例".into(),
            (FormMessage::Check(count), Locale::Zh) => format!("检查 {} 台实例", n(count)),
            (FormMessage::DidYouMean(suggestion), Locale::En) => format!("did you mean {suggestion}?"),
            (FormMessage::DidYouMean(suggestion), Locale::Zh) => format!("是否应为 {suggestion}？"),
            (FormMessage::Line(line), Locale::En) => format!("line {line}"),
            (FormMessage::Line(line), Locale::Zh) => format!("第 {line} 行"),
            (FormMessage::KeySwapped(secret, key_id), Locale::En) => format!(
                "This looks like the {key_id}, not the {secret}. Are the two fields swapped? Nothing was sent."
            ),
            (FormMessage::KeySwapped(secret, key_id), Locale::Zh) => format!(
                "这看起来是 {key_id} 而不是 {secret}。两个输入框是否填反了？未发送任何请求。"
            ),
            (FormMessage::TokenSwapped(token, secret), Locale::En) => format!(
                "This is or looks like the {secret} or a key id, not the {token}. Are the two fields swapped? A permanent key has no {token}. Nothing was sent."
            ),
            (FormMessage::TokenSwapped(token, secret), Locale::Zh) => format!(
                "这就是 {secret}，或看起来是密钥，而不是 {token}。两个输入框是否填反了？长期密钥没有 {token}。未发送任何请求。"
            ),
            (FormMessage::UntrustedParent(Some(origin)), Locale::En) => format!(
                "This page is shown inside a page of {origin}, which its operator has not listed under “frames” in relight.json. No key can be entered here."
            ),
            (FormMessage::UntrustedParent(None), Locale::En) => "This page is shown inside another page, and the browser does not say which; the operator has listed none that it could be. No key can be entered here.".to_owned(),
            (FormMessage::UntrustedParent(Some(origin)), Locale::Zh) => format!(
                "此页面被嵌入在 {origin} 的页面中，而运维人员没有在 relight.json 的 “frames” 中列出它。不能在此输入密钥。"
            ),
            (FormMessage::UntrustedParent(None), Locale::Zh) => "此页面被嵌入在其他页面中，浏览器没有说明是哪个页面，也不在运维人员列出的范围内。不能在此输入密钥。".to_owned(),
            (FormMessage::KeyOfCloud(cloud), Locale::En) => format!("This looks like a key of {cloud}."),
            (FormMessage::KeyOfCloud(cloud), Locale::Zh) => format!("这看起来是{cloud}的密钥。"),
            (FormMessage::IdsLookLike { shape, example }, Locale::En) => format!("Ids are {shape}: {example}"),
            (FormMessage::IdsLookLike { shape, example }, Locale::Zh) => format!("实例 ID 为{shape}，例如 {example}"),
            (FormMessage::FoundProblems { valid, problems }, Locale::En) => {
                format!("{} valid, {} not sent", n(valid), n(problems))
            }
            (FormMessage::FoundProblems { valid, problems }, Locale::Zh) => {
                format!("{} 个有效，{} 项不会发送", n(valid), n(problems))
            }
            (FormMessage::Ignored(count, first), Locale::En) => format!("{count} other texts ignored: {first} …"),
            (FormMessage::Ignored(count, first), Locale::Zh) => format!("已忽略其余 {count} 处文字：{first} …"),
            (FormMessage::WillNotBeSent(1), Locale::En) => "1 entry will not be sent".into(),
            (FormMessage::WillNotBeSent(count), Locale::En) => format!("{} entries will not be sent", n(count)),
            (FormMessage::WillNotBeSent(count), Locale::Zh) => format!("{} 项不会发送", n(count)),
            (FormMessage::AndMore(count), Locale::En) => format!("and {} more", n(count)),
            (FormMessage::AndMore(count), Locale::Zh) => format!("另有 {} 项", n(count)),
            (FormMessage::RemoveProblems(count), Locale::En) => format!("Remove the {}", n(count)),
            (FormMessage::RemoveProblems(count), Locale::Zh) => format!("移除这 {} 项", n(count)),
            (FormMessage::GoToCloud(cloud), Locale::En) => format!("Go to {cloud} with them"),
            (FormMessage::GoToCloud(cloud), Locale::Zh) => format!("前往{cloud}处理"),
            (FormMessage::OfCloud(cloud), Locale::En) => format!("of {cloud}"),
            (FormMessage::OfCloud(cloud), Locale::Zh) => format!("属于{cloud}"),
            (FormMessage::OnePerCall(verb), Locale::En) => format!("{verb}, one instance per request"),
            (FormMessage::OnePerCall(verb), Locale::Zh) => format!("{verb}（每次请求一台）"),
        }
    }
}
