//! What is said above the form and above a run: by the operator, of the link, of the journal, and of the
//! page around this one.

use super::icon;
use super::untrusted_text::shown;
use crate::{
    approval::ApprovalStatus,
    store::{Intent, View},
    text::{Message, MessageArgs},
};
use relight_core::i18n::Locale;
use yew::{Callback, Html, html};

/// What the operator says above the form, or why there is no operator's word.
pub(super) fn remarks(view: &View, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    let note = view.settings.brand.note.as_ref().map(|note| note.in_locale(locale));
    html! {
        <>
            if let Some(why) = &view.unusable {
                <div class="note bad whole" role="alert" data-problem="configuration">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Message::ConfigurationUnusable.in_locale(locale) }{ " " }<code>{ shown(why) }</code></p>
                </div>
            }
            if let Some(quarantined) = &view.quarantined {
                <div class="note warn whole" role="status" data-problem="journal">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Message::RunAside.in_locale(locale) }{ " " }<code>{ shown(&format!("{}: {}", quarantined.0, quarantined.1)) }</code></p>
                    <button type="button" class="tiny" data-action="save-aside"
                        onclick={on.reform(|_| Intent::SaveQuarantined)}>
                        { Message::SaveRecords.in_locale(locale) }
                    </button>
                </div>
            }
            if let Some(note) = note {
                <div class="note info whole">{ icon::icon(icon::Icon::Dash) }<p>{ shown(note) }</p></div>
            }
        </>
    }
}

/// What the address has filled in, for as long as it stands there; and what of it did not do.
pub(super) fn linked(view: &View, on: &Callback<Intent>) -> Html {
    let Some(link) = &view.link else { return Html::default() };
    let locale = view.session.locale();
    let between = match locale {
        Locale::En => ", ",
        Locale::Zh => "、",
    };
    let status: Vec<&str> = link.still_applied(&view.session).collect();
    let taken: Vec<String> = status.iter().map(|name| field_name(name, locale)).collect();
    let left = link.left.iter().map(|(name, value)| {
        let short: String = value.chars().take(60).collect();
        format!("{} ({short})", field_name(name, locale))
    });
    let left = left.collect::<Vec<_>>().join(between);
    let refused = link.refused_names().collect::<Vec<_>>().join(between);
    html! {
        <>
            if !refused.is_empty() {
                <div class="note bad whole" role="alert" data-link="refused">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ shown(&MessageArgs::LinkRefused(&refused).in_locale(locale)) }</p>
                </div>
            }
            if !taken.is_empty() {
                <div class="note warn whole" role="status" data-link="taken" data-fields={status.join(" ")}>
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ shown(&MessageArgs::LinkTaken(&taken.join(between)).in_locale(locale)) }</p>
                    <button type="button" class="tiny" data-action="empty-link"
                        onclick={on.reform(|_| Intent::DropLink)}>
                        { Message::LinkEmpty.in_locale(locale) }
                    </button>
                </div>
            }
            if !left.is_empty() {
                <div class="note info whole" role="status" data-link="left">
                    { icon::icon(icon::Icon::Dash) }
                    <p>{ shown(&MessageArgs::LinkLeft(&left).in_locale(locale)) }</p>
                </div>
            }
        </>
    }
}

/// What the form calls a field.
fn field_name(name: &str, locale: Locale) -> String {
    let message = match name {
        "cloud" => Message::Cloud,
        "site" => Message::Site,
        "region" => Message::Region,
        "operation" => Message::Operation,
        "mode" => Message::How,
        "instanceIds" => Message::Instances,
        "reason" => Message::Reason,
        // The clouds have their own words for it.
        _ => return name.to_owned(),
    };
    message.in_locale(locale).to_owned()
}

/// Whether the page around this one lets it send, while that is a question.
pub(super) fn approval(view: &View, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    let withdraw = on.reform(|_| Intent::Withdraw);
    match &view.approval {
        ApprovalStatus::Nothing => Html::default(),
        ApprovalStatus::Asked => html! {
            <div class="note info whole" role="status" data-leave="asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ Message::ApprovalPending.in_locale(locale) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { Message::Cancel.in_locale(locale) }
                </button>
            </div>
        },
        ApprovalStatus::KeyAsked(source) => html! {
            <div class="note info whole" role="status" data-leave="key-asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ shown(&MessageArgs::KeyAsked(source).in_locale(locale)) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { Message::Cancel.in_locale(locale) }
                </button>
            </div>
        },
        ApprovalStatus::Late => html! {
            <div class="note bad whole" role="alert" data-leave="late">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Message::ApprovalTimedOut.in_locale(locale) }</p>
            </div>
        },
        ApprovalStatus::Changed { outdated, .. } => html! {
            <div class="note warn whole" role="alert"
                data-leave={if *outdated { "outdated" } else { "changed" }}>
                { icon::icon(icon::Icon::Warning) }
                <p>{ if *outdated { Message::ApprovalOutdated } else { Message::ApprovalChanged }.in_locale(locale) }</p>
            </div>
        },
        ApprovalStatus::Refused(words) => html! {
            <div class="note bad whole" role="alert" data-leave="refused">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Message::ApprovalRefused.in_locale(locale) }{ " " }{ shown(words.as_deref().unwrap_or_default()) }</p>
            </div>
        },
    }
}

/// What is to be said where runs cannot be written down.
pub(super) fn no_journal(view: &View) -> Html {
    html! {
        if view.no_journal.is_some() {
            <div class="note warn" role="status">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Message::NoJournal.in_locale(view.session.locale()) }</p>
            </div>
        }
    }
}
