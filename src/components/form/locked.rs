//! The target and the advanced options as the console has them: locked fields are one line of text, and the
//! recent regions come first.

use crate::{
    components::{
        common::{
            icon::{Icon, icon},
            untrusted_text::escaped,
        },
        form::{
            advanced::Advanced,
            field_error::{FieldError, error_at, message_for},
            find_region::FindRegion,
            target::{
                CloudField, ModeField, OperationField, RegionProps, SiteField, TargetProps,
                has_modes, has_sites,
            },
        },
    },
    context::use_locale,
    i18n::{self, page::PageMessage},
};
use relight_core::{config::Lockable, form::Form, i18n::Locale, model::cloud::Role};
use std::rc::Rc;
use yew::{Html, Properties, component, html};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LockedProps {
    pub(crate) form: Form,
    pub(crate) locked: Vec<Lockable>,
    pub(crate) problem: Option<FieldError>,
    /// The last regions of the cloud, the newest first.
    pub(crate) recent: Rc<Vec<String>>,
    /// Whether the advanced options were opened in the form alone.
    pub(crate) opened: bool,
}

/// Cloud, region, operation and mode.
#[component]
pub(crate) fn LockedTarget(props: &LockedProps) -> Html {
    let locale = use_locale();
    let LockedProps { form, locked, problem, recent, .. } = props;
    let fields = TargetProps { form: form.clone(), problem: problem.clone() };
    let decided = decided(form, locked, locale);
    let is_open = |lock| decided.iter().all(|(other, _)| *other != lock);
    html! {
        <>
            if !decided.is_empty() { { line(form, &decided, locale) } }
            <div class="two">
                if is_open(Lockable::Cloud) { <CloudField ..fields.clone() /> }
                if let Some(region) = RegionProps::of(&fields).filter(|_| is_open(Lockable::Region)) {
                    <FindRegion key={form.cloud().id} {region} recent={recent.clone()} />
                }
            </div>
            if has_sites(form) { <SiteField ..fields.clone() /> }
            if is_open(Lockable::Operation) { <OperationField ..fields.clone() /> }
            { error_at("e-operation", message_for(problem.as_ref(), "operation")) }
            if is_open(Lockable::Mode) && has_modes(form) { <ModeField ..fields /> }
        </>
    }
}

/// The advanced options.
#[component]
pub(crate) fn LockedAdvanced(props: &LockedProps) -> Html {
    let LockedProps { form, locked, problem, .. } = props;
    let locale = use_locale();
    let decided = decided(form, locked, locale);
    let is_locked = |lock| decided.iter().any(|(other, _)| *other == lock);
    let has_variants = is_locked(Lockable::Operation) && has_variants(form);
    let fields = TargetProps { form: form.clone(), problem: problem.clone() };
    let variants = has_variants.then(|| html! { <OperationField ..fields /> });
    html! {
        <Advanced form={form.clone()} problem={problem.clone()} {variants}
            dry_run_locked={is_locked(Lockable::DryRun)} opened={props.opened} />
    }
}

/// The locked fields with nothing to choose, in reading order, and their values.
fn decided(form: &Form, locked: &[Lockable], locale: Locale) -> Vec<(Lockable, String)> {
    let operation = form.operation();
    let mut decided = Vec::new();
    for lock in
        [Lockable::Cloud, Lockable::Region, Lockable::Operation, Lockable::Mode, Lockable::DryRun]
    {
        let (is_decided, word) = match lock {
            Lockable::Cloud => {
                (form.clouds().nth(1).is_none(), form.cloud().name.in_locale(locale).to_owned())
            }
            Lockable::Region => {
                let id = form.region();
                // The page around may have filled in another one, which is refused.
                (!id.is_empty() && form.limits().allows_region(id), region_name(form, locale))
            }
            // Of one verb there may be several, of which the usual one is chosen.
            Lockable::Operation => {
                let is_same = |verb| form.operations().all(|one| one.verb == verb);
                (is_same(operation.verb), i18n::verb(operation.verb).in_locale(locale).to_owned())
            }
            Lockable::Mode => (
                operation.modes.len() > 1 && form.modes().nth(1).is_none(),
                form.mode().name.in_locale(locale).to_owned(),
            ),
            Lockable::DryRun => {
                let parameter = operation.parameter_for(Role::DryRun);
                let label = parameter.map(|parameter| parameter.label.in_locale(locale).to_owned());
                (form.limits().dry_run_only && label.is_some(), label.unwrap_or_default())
            }
            Lockable::InstanceIds | Lockable::Proxy | Lockable::Language | Lockable::Theme => {
                continue;
            }
        };
        if locked.contains(&lock) && is_decided {
            decided.push((lock, word));
        }
    }
    decided
}

/// Of one verb there may be several operations.
fn has_variants(form: &Form) -> bool {
    form.operations().nth(1).is_some()
}

fn line(form: &Form, decided: &[(Lockable, String)], locale: Locale) -> Html {
    let words: Vec<&str> = decided.iter().map(|(_, word)| word.as_str()).collect();
    let names: Vec<&str> = decided.iter().map(|(lock, _)| lock.word()).collect();
    let filled = form.filled().into_iter().filter(|(name, _)| {
        names.contains(name) && (*name != Lockable::Operation.word() || !has_variants(form))
    });
    html! {
        <p class="row small nowrap" data-set-by-operator={names.join(" ")}>
            { icon(Icon::Lock) }
            <span>{ escaped(&PageMessage::SetByAdministrator(&words.join(" · ")).in_locale(locale)) }</span>
            { for filled.map(|(name, value)| html! { <input type="hidden" {name} {value} /> }) }
        </p>
    }
}

/// `Hangzhou (cn-hangzhou)`, or the id alone.
fn region_name(form: &Form, locale: Locale) -> String {
    let id = form.region();
    match form.cloud().regions.known.iter().find(|region| region.id == id) {
        Some(region) => format!("{} ({id})", region.name.in_locale(locale)),
        None => id.to_owned(),
    }
}
