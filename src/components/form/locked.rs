//! What the operator has locked: a line to read in place of fields that leave nothing to choose.

use crate::{
    components::{
        common::{
            dom::value_of,
            icon::{Icon, icon},
            untrusted_text::shown,
        },
        form::target::{TargetSlots, operation_field},
    },
    i18n::{self, page::PageMessage},
    store::Intent,
};
use relight_core::{
    config::Lockable,
    form::{Form, FormEdit},
    i18n::Locale,
    model::cloud::Role,
};
use yew::{Callback, Event, html};

/// The public names of the fields that are locked, and the line in their place.
pub(crate) fn locked(
    form: &Form,
    locked: &[Lockable],
    dispatch: &Callback<Intent>,
    locale: Locale,
) -> TargetSlots {
    let operation = form.operation();
    let mut names = Vec::new();
    let mut words = Vec::new();
    // In the order in which they are read, whatever the order in the file.
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
            names.push(lock.word());
            words.push(word);
        }
    }
    if names.is_empty() {
        return TargetSlots::default();
    }
    let filled = form.filled();
    let has_variants = names.contains(&"operation") && form.operations().nth(1).is_some();
    let variants = has_variants.then(|| {
        let onchange =
            dispatch.reform(|event: Event| Intent::Edit(FormEdit::Operation(value_of(&event))));
        operation_field(form, onchange, false, locale)
    });
    let fields = names.iter().filter(|name| **name != "operation" || !has_variants);
    let locked_line = html! {
        <p class="row small nowrap" data-set-by-operator={names.join(" ")}>
            { icon(Icon::Lock) }
            <span>{ shown(&PageMessage::SetByAdministrator(&words.join(" · ")).in_locale(locale)) }</span>
            { for fields.map(|name| {
                let value = filled.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
                html! { <input type="hidden" name={*name} {value} /> }
            }) }
        </p>
    };
    TargetSlots { locked: names, locked_line, variants, region: None }
}

/// `Hangzhou (cn-hangzhou)`, or the id alone.
fn region_name(form: &Form, locale: Locale) -> String {
    let id = form.region();
    match form.cloud().regions.known.iter().find(|region| region.id == id) {
        Some(region) => format!("{} ({id})", region.name.in_locale(locale)),
        None => id.to_owned(),
    }
}
