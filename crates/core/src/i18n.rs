//! The two languages of the console, and a sentence in both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Locale {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Locale; 2] = [Locale::En, Locale::Zh];

    /// The BCP 47 tag for `lang` attributes and `Intl`.
    pub const fn tag(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::Zh => "zh-CN",
        }
    }

    /// The language that a BCP 47 tag such as `zh-Hans-CN` asks for; English for all others.
    pub fn from_tag(tag: &str) -> Locale {
        if tag.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("zh")) {
            Locale::Zh
        } else {
            Locale::En
        }
    }
}

/// A piece of text in each language. Adding a language is adding a field: the compiler then names
/// every text that lacks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Chinese, simplified.
    pub zh: &'static str,
}

impl Text {
    /// The text in one language.
    pub const fn in_locale(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.en,
            Locale::Zh => self.zh,
        }
    }
}

/// Shorthand for a [`Text`] in a static table.
pub const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}
