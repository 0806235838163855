//! Notices above the form and above a run: of the operator, the link, the journal and the host page.

use crate::{
    components::common::{icon, untrusted_text::escaped},
    context::{use_dispatch, use_locale},
    i18n::{self, MessageArgs, instances::ListMessage, message},
    services::approval::ApprovalStatus,
    store::{Intent, Shared},
};
use relight_core::{
    config::Config as Settings,
    i18n::Locale,
    session::{Action, AppliedLink, Session},
};
use std::rc::Rc;
use yew::{Html, Properties, component, html};

#[derive(PartialEq, Properties)]
pub(crate) struct NoticesProps {
    pub(crate) settings: Shared<Settings>,
    /// Why the configuration cannot be used.
    pub(crate) unusable: Option<Rc<str>>,
    /// A run of the journal that cannot be read: its id, and why.
    pub(crate) quarantined: Option<Rc<(String, String)>>,
}

/// The operator's notice above the form, or why the configuration cannot be used.
#[component]
pub(crate) fn Notices(props: &NoticesProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let note = props.settings.brand.note.as_ref().map(|note| note.in_locale(locale));
    html! {
        <>
            if let Some(why) = &props.unusable {
                <div class="note bad whole" role="alert" data-problem="configuration">
                    { icon::icon(icon::Icon::Warning) }
                    <div>
                        <p>{ message::CONFIGURATION_UNUSABLE.in_locale(locale) }</p>
                        <details class="bare">
                            <summary>{ message::FOR_THE_ADMINISTRATOR.in_locale(locale) }</summary>
                            <code>{ escaped(why) }</code>
                        </details>
                    </div>
                </div>
            }
            if let Some(quarantined) = &props.quarantined {
                <div class="note warn whole" role="status" data-problem="journal">
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ message::RUN_QUARANTINED.in_locale(locale) }{ " " }<code>{ escaped(&format!("{}: {}", quarantined.0, quarantined.1)) }</code></p>
                    <button type="button" class="tiny" data-action="save-aside"
                        onclick={dispatch.reform(|_| Intent::SaveQuarantined)}>
                        { message::SAVE_RECORDS.in_locale(locale) }
                    </button>
                </div>
            }
            if let Some(note) = note {
                <div class="note info whole">{ icon::icon(icon::Icon::Dash) }<p>{ escaped(note) }</p></div>
            }
        </>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct LinkNoticeProps {
    pub(crate) link: Rc<AppliedLink>,
    pub(crate) session: Shared<Session>,
}

/// What the link has prefilled while it is in the address, and what it could not prefill.
#[component]
pub(crate) fn LinkNotice(props: &LinkNoticeProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let link = &props.link;
    let between = match locale {
        Locale::En => ", ",
        Locale::Zh => "、",
    };
    let names: Vec<&str> = link.still_applied(&props.session).collect();
    let taken: Vec<String> = names.iter().map(|name| field_name(name, locale)).collect();
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
                    <p>{ escaped(&MessageArgs::LinkRefused(&refused).in_locale(locale)) }</p>
                </div>
            }
            if !taken.is_empty() {
                <div class="note warn whole" role="status" data-link="taken" data-fields={names.join(" ")}>
                    { icon::icon(icon::Icon::Warning) }
                    <p>{ escaped(&MessageArgs::LinkTaken(&taken.join(between)).in_locale(locale)) }</p>
                    <button type="button" class="tiny" data-action="empty-link"
                        onclick={dispatch.reform(|_| Intent::DropLink)}>
                        { message::LINK_EMPTY.in_locale(locale) }
                    </button>
                </div>
            }
            if !left.is_empty() {
                <div class="note info whole" role="status" data-link="left">
                    { icon::icon(icon::Icon::Dash) }
                    <p>{ escaped(&MessageArgs::LinkLeft(&left).in_locale(locale)) }</p>
                </div>
            }
        </>
    }
}

/// The label of a field.
pub(crate) fn field_name(name: &str, locale: Locale) -> String {
    let message = match name {
        "cloud" => message::CLOUD,
        "site" => message::SITE,
        "region" => message::REGION,
        "operation" => message::OPERATION,
        "mode" => message::MODE,
        "instanceIds" => message::INSTANCES,
        "reason" => message::REASON,
        // The clouds have their own names for it.
        _ => return name.to_owned(),
    };
    message.in_locale(locale).to_owned()
}

#[derive(PartialEq, Properties)]
pub(crate) struct ApprovalNoticeProps {
    pub(crate) status: ApprovalStatus,
}

/// Whether the host page approves, while it is being asked.
#[component]
pub(crate) fn ApprovalNotice(props: &ApprovalNoticeProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let withdraw = dispatch.reform(|_| Intent::Withdraw);
    match &props.status {
        ApprovalStatus::Nothing => Html::default(),
        ApprovalStatus::Asked => html! {
            <div class="note info whole" role="status" data-leave="asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ message::APPROVAL_PENDING.in_locale(locale) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { message::CANCEL.in_locale(locale) }
                </button>
            </div>
        },
        ApprovalStatus::KeyAsked(source) => html! {
            <div class="note info whole" role="status" data-leave="key-asked">
                { icon::icon(icon::Icon::Dash) }
                <p>{ escaped(&MessageArgs::KeyAsked(source).in_locale(locale)) }</p>
                <button type="button" class="tiny" data-action="withdraw" onclick={withdraw}>
                    { message::CANCEL.in_locale(locale) }
                </button>
            </div>
        },
        ApprovalStatus::Late => html! {
            <div class="note bad whole" role="alert" data-leave="late">
                { icon::icon(icon::Icon::Warning) }
                <p>{ message::APPROVAL_TIMED_OUT.in_locale(locale) }</p>
            </div>
        },
        ApprovalStatus::Changed { outdated, .. } => html! {
            <div class="note warn whole" role="alert"
                data-leave={if *outdated { "outdated" } else { "changed" }}>
                { icon::icon(icon::Icon::Warning) }
                <p>{ if *outdated { message::APPROVAL_OUTDATED } else { message::APPROVAL_CHANGED }.in_locale(locale) }</p>
            </div>
        },
        ApprovalStatus::Refused(words) => html! {
            <div class="note bad whole" role="alert" data-leave="refused">
                { icon::icon(icon::Icon::Warning) }
                <p>{ message::APPROVAL_REFUSED.in_locale(locale) }{ " " }{ escaped(words.as_deref().unwrap_or_default()) }</p>
            </div>
        },
    }
}

/// The notice where runs cannot be saved.
#[component]
pub(crate) fn NoJournal() -> Html {
    let locale = use_locale();
    html! {
        <div class="note warn" role="status">
            { icon::icon(icon::Icon::Warning) }
            <p>{ message::NO_JOURNAL.in_locale(locale) }</p>
        </div>
    }
}

/// Props of [`SetAsideNotice`].
#[derive(PartialEq, Properties)]
pub(crate) struct SetAsideNoticeProps {
    pub(crate) session: Shared<Session>,
}

/// What was set aside while something else is done with a part of it.
#[component]
pub(crate) fn SetAsideNotice(props: &SetAsideNoticeProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let session = &props.session;
    let Some(deferred) = session.deferred().last() else { return Html::default() };
    let count = deferred.beside(session.form());
    let before = deferred.form();
    let place = [before.cloud().name.in_locale(locale), before.region()];
    let place: Vec<&str> = place.into_iter().filter(|word| !word.is_empty()).collect();
    html! {
        <div class="note info whole" role="status" data-set-aside={count.to_string()}>
            { icon::icon(icon::Icon::Pause) }
            <div class="row">
                <span class="grow">
                    <b>{ ListMessage::SetAside(count).in_locale(locale) }</b>{ " · " }
                    { i18n::verb(before.operation().verb).in_locale(locale) }{ " · " }{ escaped(&place.join(" · ")) }
                </span>
                <button type="button" class="tiny" data-action="bring-back"
                    onclick={dispatch.reform(|_| Intent::Form(Action::RestoreDeferred))}>
                    { message::BRING_BACK.in_locale(locale) }
                </button>
                <button type="button" class="tiny" data-action="drop-set-aside"
                    onclick={dispatch.reform(|_| Intent::Form(Action::DropDeferred))}>
                    { message::DISMISS.in_locale(locale) }
                </button>
            </div>
        </div>
    }
}
