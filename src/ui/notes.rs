//! What is said above the form and above a run: by the operator, of the link, of the journal, and of the
//! page around this one.

use super::{base::Html, icon, markup::html};
use crate::{
    approval::Standing,
    store::{Intent, View},
    text::{Say, Tell},
};
use relight_core::i18n::Locale;
use yew::Callback;

/// What the operator says above the form, or why there is no operator's word.
pub(super) fn remarks(view: &View, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    let note = view.settings.brand.note.as_ref().map(|note| note.in_locale(locale));
    html! {
        <>
            if let Some(why) = &view.unusable {
                <div class="note bad whole" role="alert" data-problem="configuration">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Say::ConfigurationUnusable.in_locale(locale) }{ " " }<code>{ why.to_string() }</code></p>
                </div>
            }
            if let Some(aside) = &view.aside {
                <div class="note warn whole" role="status" data-problem="journal">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Say::RunAside.in_locale(locale) }{ " " }<code>{ format!("{}: {}", aside.0, aside.1) }</code></p>
                    <button type="button" class="tiny" data-action="save-aside"
                        onclick={on.reform(|_| Intent::SaveAside)}>
                        { Say::SaveRecords.in_locale(locale) }
                    </button>
                </div>
            }
            if let Some(note) = note {
                <div class="note info whole">{ icon::icon(icon::Icon::Dash) }<p>{ note.to_owned() }</p></div>
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
    let standing: Vec<&str> = link.standing(&view.session).collect();
    let taken: Vec<String> = standing.iter().map(|name| field_name(name, locale)).collect();
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
                    <p>{ Tell::LinkRefused(&refused).in_locale(locale) }</p>
                </div>
            }
            if !taken.is_empty() {
                <div class="note warn whole" role="status" data-link="taken" data-fields={standing.join(" ")}>
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ Tell::LinkTaken(&taken.join(between)).in_locale(locale) }</p>
                    <button type="button" class="tiny" data-action="empty-link"
                        onclick={on.reform(|_| Intent::DropLink)}>
                        { Say::LinkEmpty.in_locale(locale) }
                    </button>
                </div>
            }
            if !left.is_empty() {
                <div class="note info whole" role="status" data-link="left">
                    { icon::icon(icon::Icon::Dash) }
                    <p>{ Tell::LinkLeft(&left).in_locale(locale) }</p>
                </div>
            }
        </>
    }
}

/// What the form calls a field.
fn field_name(name: &str, locale: Locale) -> String {
    let say = match name {
        "cloud" => Say::Cloud,
        "site" => Say::Site,
        "region" => Say::Region,
        "operation" => Say::Operation,
        "mode" => Say::How,
        "instanceIds" => Say::Instances,
        "reason" => Say::Reason,
        // The clouds have their own words for it.
        _ => return name.to_owned(),
    };
    say.in_locale(locale).to_owned()
}

/// Whether the page around this one lets it send, while that is a question.
pub(super) fn leave(view: &View, on: &Callback<Intent>) -> Html {
    let locale = view.session.locale();
    let withdraw = on.reform(|_| Intent::Withdraw);
    match &view.leave {
        Standing::Nothing => Html::default(),
        Standing::Asked => html! {
            <div class="note info whole" role="status" data-leave="asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ Say::LeaveAsked.in_locale(locale) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { Say::Cancel.in_locale(locale) }
                </button>
            </div>
        },
        Standing::KeyAsked(source) => html! {
            <div class="note info whole" role="status" data-leave="key-asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ Tell::KeyAsked(source).in_locale(locale) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { Say::Cancel.in_locale(locale) }
                </button>
            </div>
        },
        Standing::Late => html! {
            <div class="note bad whole" role="alert" data-leave="late">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Say::LeaveLate.in_locale(locale) }</p>
            </div>
        },
        Standing::Changed { outdated, .. } => html! {
            <div class="note warn whole" role="alert"
                data-leave={if *outdated { "outdated" } else { "changed" }}>
                { icon::icon(icon::Icon::Warning) }
                <p>{ if *outdated { Say::LeaveOutdated } else { Say::LeaveChanged }.in_locale(locale) }</p>
            </div>
        },
        Standing::Refused(words) => html! {
            <div class="note bad whole" role="alert" data-leave="refused">
                { icon::icon(icon::Icon::Warning) }
                <p>{ Say::LeaveRefused.in_locale(locale) }{ " " }{ words.clone().unwrap_or_default() }</p>
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
                <p>{ Say::NoJournal.in_locale(view.session.locale()) }</p>
            </div>
        }
    }
}
