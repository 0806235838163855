//! What the front and the address give a console to begin with.

use super::Props;
use crate::{
    element, link,
    routes::PageRoute,
    ui,
    vault::{Key, Typed},
};
use relight_core::{
    credential::Guard,
    form::{Form, FormEdit, link::Link},
    i18n::Locale,
};
use std::cell::RefCell;

/// What was filled in before the console was there.
#[derive(Default)]
pub(crate) struct Start {
    /// The language that the front has used.
    pub(crate) locale: Option<Locale>,
    /// Whether a person has chosen it, who then wins over the configuration.
    pub(crate) is_locale_chosen: bool,
    /// The form, by the names of its fields.
    pub(crate) filled: Vec<(String, String)>,
    /// The key and the token, on their way to the vault, which takes them: nothing stays here.
    pub(crate) held: RefCell<Option<(Key, Typed)>>,
    /// What is remembered of secret and token.
    pub(crate) guard: Guard,
    /// What to do next.
    pub(crate) then: Then,
}

impl Start {
    /// What is filled in otherwise than at first, in the order in which a form must be given it. What
    /// a field sets by itself counts as its doing: where another value stands, that was chosen.
    pub(super) fn changed_from(&self, mut form: Form) -> Vec<FormEdit> {
        let mut changed = Vec::new();
        for (name, value) in &self.filled {
            let stands = |(other, stands): &(&str, String)| other == name && stands == value;
            if form.filled().iter().any(stands) {
                continue;
            }
            let Some(edit) = FormEdit::named(name, value.clone()) else { continue };
            // Ids set no other field, and to read thousands takes time.
            if !matches!(edit, FormEdit::IdsText(_)) {
                form.apply(edit.clone());
            }
            changed.push(edit);
        }
        changed
    }
}

/// What to do first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    #[default]
    Stay,
    /// Show what there is about the key.
    Key,
    /// On to the review.
    Review,
    /// Put an error in words.
    Explain,
    /// Look at the way to the cloud.
    Doctor,
}

impl Then {
    /// By the word that the front uses.
    pub(crate) fn named(word: &str) -> Self {
        match word {
            "key" => Then::Key,
            "review" => Then::Review,
            "explain" => Then::Explain,
            "doctor" => Then::Doctor,
            _ => Then::Stay,
        }
    }
}

/// Where the address leads, if it is the console's own; else where the person wants to go.
pub(super) fn first_page(props: &Props) -> PageRoute {
    let addressed = if element::is_routed(&props.host) {
        PageRoute::of_hash(&ui::dom::hash())
    } else {
        PageRoute::Power
    };
    match (addressed, props.start.then) {
        (PageRoute::Power, Then::Explain) => PageRoute::Explain,
        (PageRoute::Power, Then::Doctor) => PageRoute::Diagnostics,
        (addressed, _) => addressed,
    }
}

/// What the address says, with what the front has taken out of it already.
pub(super) fn linked(props: &Props) -> Link {
    let mut link = link::take(&props.host);
    let refused = props.start.filled.iter().filter(|(name, _)| name == link::REFUSED);
    link.refused.extend(refused.map(|(_, name)| name.clone()));
    link
}
