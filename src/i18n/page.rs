//! Texts about the page as a whole: what comes back, progress, shortcuts.

use crate::i18n::{instances, number};
use relight_core::i18n::{Locale, Text, text};

/// Before the buttons that fill in the ids of the last runs.
pub const LAST_IDS: Text = text("Bring back the last", "恢复最近的实例");

/// A text about the page with arguments.
#[derive(Clone, Copy, Debug)]
pub enum PageMessage<'a> {
    /// On the button that fills in the ids of a run: how many, and where.
    LastIds { count: usize, cloud: &'a str, region: &'a str },
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
        }
    }
}
