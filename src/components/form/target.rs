//! Cloud, region, operation and mode. Every option carries `selected`: a select must never show one
//! thing while the state holds another.

use crate::{
    components::{
        common::{dom::value_of, untrusted_text::escaped},
        form::{
            field_error::{FieldError, error_at, message_for},
            select::{Select, choice},
        },
    },
    context::{use_dispatch, use_locale},
    i18n::{self, FormMessage, message},
    store::Intent,
};
use relight_core::{
    clouds,
    form::{Form, FormEdit},
    i18n::Locale,
    model::cloud::{Cloud, Operation},
};
use yew::{
    AttrValue, Callback, Event, Html, InputEvent, Properties, classes, component, hook, html,
    use_state_eq,
};

/// The value of the option for a region that is not in the list.
pub(crate) const OTHER: &str = "other";

/// Props of [`Target`] and of each of its fields.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TargetProps {
    pub(crate) form: Form,
    pub(crate) problem: Option<FieldError>,
}

/// Cloud, region, operation and mode.
#[component]
pub(crate) fn Target(props: &TargetProps) -> Html {
    let region = RegionProps::of(props);
    html! {
        <>
            <div class="two">
                <CloudField ..props.clone() />
                if let Some(region) = region {
                    <Region key={props.form.cloud().id} ..region />
                }
            </div>
            if has_sites(&props.form) { <SiteField ..props.clone() /> }
            <OperationField ..props.clone() />
            { error_at("e-operation", message_for(props.problem.as_ref(), "operation")) }
            if has_modes(&props.form) { <ModeField ..props.clone() /> }
        </>
    }
}

/// Edits the form with the value of the field that has changed.
#[hook]
fn use_edit(edit: fn(String) -> FormEdit) -> Callback<Event> {
    use_dispatch().reform(move |event: Event| Intent::Edit(edit(value_of(&event))))
}

/// The cloud.
#[component]
pub(crate) fn CloudField(props: &TargetProps) -> Html {
    let (locale, onchange) = (use_locale(), use_edit(FormEdit::Cloud));
    let cloud = props.form.cloud();
    html! {
        <label class="field">
            { message::CLOUD.in_locale(locale) }
            <Select name="cloud" value={cloud.id} {onchange}>
                { for props.form.clouds().map(|one| {
                    let words = format!("{} · {}", one.name.in_locale(locale), one.product);
                    choice(one.id, words, one.id == cloud.id)
                }) }
            </Select>
        </label>
    }
}

/// Whether the cloud has several kinds of account.
pub(crate) fn has_sites(form: &Form) -> bool {
    form.cloud().sites.len() > 1
}

/// Whether the operation has several modes.
pub(crate) fn has_modes(form: &Form) -> bool {
    form.operation().modes.len() > 1
}

/// The kind of account.
#[component]
pub(crate) fn SiteField(props: &TargetProps) -> Html {
    let (locale, onchange) = (use_locale(), use_edit(FormEdit::Site));
    let (cloud, site) = (props.form.cloud(), props.form.site());
    html! {
        <label class="field">
            { message::SITE.in_locale(locale) }
            <Select name="site" key={cloud.id} value={site.to_owned()} {onchange}>
                { for cloud.sites.iter().map(|one| {
                    choice(one.id, one.name.in_locale(locale).into(), one.id == site)
                }) }
            </Select>
        </label>
    }
}

/// The operation. What is wrong with it is shown apart: where the operation is locked, too.
#[component]
pub(crate) fn OperationField(props: &TargetProps) -> Html {
    let (locale, onchange) = (use_locale(), use_edit(FormEdit::Operation));
    let form = &props.form;
    // Another list is another element: some browsers show the wrong option when the options of one are
    // replaced.
    let offer: String = form.operations().map(|one| one.name).collect();
    let offer = format!("{} {offer}", form.cloud().id);
    let is_invalid = message_for(props.problem.as_ref(), "operation").is_some();
    html! {
        <label class="field">
            { message::OPERATION.in_locale(locale) }
            <Select name="operation" key={&*offer} value={form.operation().name} {onchange}
                {is_invalid} described_by="e-operation">
                { for form.operations().map(|one| {
                    choice(one.name, operation_name(one, locale), one == form.operation())
                }) }
            </Select>
        </label>
    }
}

/// The mode.
#[component]
pub(crate) fn ModeField(props: &TargetProps) -> Html {
    let (locale, onchange) = (use_locale(), use_edit(FormEdit::Mode));
    let form = &props.form;
    html! {
        <fieldset class="field" aria-describedby="mode-help e-mode">
            <legend>{ message::MODE.in_locale(locale) }</legend>
            <div class="seg">
                { for form.modes().map(|mode| radio(
                    "mode", mode.id, mode.name.in_locale(locale), mode == form.mode(), mode.force, onchange.clone(),
                )) }
            </div>
            <p class={classes!("small", if form.mode().force { "danger-text" } else { "muted" })}
                id="mode-help">
                { form.mode().help.in_locale(locale) }
            </p>
            { error_at("e-mode", message_for(props.problem.as_ref(), "mode")) }
        </fieldset>
    }
}

/// The region: a list, and a field for regions that are not in it.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RegionProps {
    pub(crate) cloud: &'static Cloud,
    pub(crate) region: String,
    /// The only regions that are allowed, if not all are.
    pub(crate) allowed: Option<Vec<String>>,
    pub(crate) problem: Option<String>,
    /// What only the console has of the list.
    #[prop_or_default]
    pub(crate) list: Option<RegionList>,
}

/// What only the console has of the list of regions.
#[derive(Clone, PartialEq)]
pub(crate) struct RegionList {
    pub(crate) options: Html,
    /// Whether the region is one of them.
    pub(crate) is_listed: bool,
    /// How many are shown, while one is being found.
    pub(crate) size: Option<AttrValue>,
}

impl RegionProps {
    /// What the field for the region needs, if there is one.
    pub(crate) fn of(TargetProps { form, problem }: &TargetProps) -> Option<Self> {
        (form.cloud().regions.required || !form.region().is_empty()).then(|| RegionProps {
            cloud: form.cloud(),
            region: form.region().to_owned(),
            allowed: form.limits().regions.clone(),
            problem: message_for(problem.as_ref(), "region").map(ToOwned::to_owned),
            list: None,
        })
    }

    /// The regions that can be chosen.
    pub(crate) fn offered(&self) -> impl Iterator<Item = &str> {
        let is_allowed =
            |id: &str| self.allowed.as_ref().is_none_or(|all| all.iter().any(|one| one == id));
        // Allowed regions that are not known have no name but their id.
        let is_known_anywhere = |id: &str| {
            let mut all = clouds::ALL.iter().flat_map(|cloud| cloud.regions.known);
            all.any(|region| region.id == id)
        };
        let unnamed = self.allowed.iter().flatten().map(String::as_str);
        let known = self.cloud.regions.known.iter().map(|region| region.id);
        known
            .filter(move |id| is_allowed(id))
            .chain(unnamed.filter(move |id| !is_known_anywhere(id)))
    }

    /// The option for a region.
    pub(crate) fn option(&self, id: &str, locale: Locale) -> Html {
        let known = self.cloud.regions.known.iter().find(|region| region.id == id);
        let words = match known {
            Some(region) => format!("{} · {id}", region.name.in_locale(locale)),
            None => escaped(id),
        };
        choice(id.to_owned(), words, id == self.region)
    }
}

#[component]
pub(crate) fn Region(props: &RegionProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let is_known = match &props.list {
        Some(list) => list.is_listed,
        None => props.cloud.regions.known.iter().any(|region| region.id == props.region),
    };
    let asked = use_state_eq(|| false);
    // Once opened, the field stays: while a longer id is typed it may equal a known one.
    let other = props.allowed.is_none() && (*asked || (!is_known && !props.region.is_empty()));
    let onselect = {
        let (dispatch, asked) = (dispatch.clone(), asked.clone());
        Callback::from(move |event: Event| {
            let value = value_of(&event);
            asked.set(value == OTHER);
            let region = if value == OTHER { String::new() } else { value };
            dispatch.emit(Intent::Edit(FormEdit::Region(region)));
        })
    };
    let oninput =
        dispatch.reform(|event: InputEvent| Intent::Edit(FormEdit::Region(value_of(&event))));
    let problem = props.problem.as_deref();
    let chosen = if other { OTHER.to_owned() } else { props.region.clone() };
    html! {
        <div class="field">
            <label class="field">
                { message::REGION.in_locale(locale) }
                <Select name="region" value={chosen} onchange={onselect} size={props.list.as_ref().and_then(|list| list.size.clone())}
                    is_invalid={problem.is_some()} described_by="e-region">
                    { choice("", message::CHOOSE_REGION.in_locale(locale).into(), props.region.is_empty() && !other) }
                    if let Some(list) = &props.list {
                        { list.options.clone() }
                    } else {
                        { for props.offered().map(|id| props.option(id, locale)) }
                    }
                    if props.allowed.is_none() {
                        { choice(OTHER, message::OTHER_REGION.in_locale(locale).into(), other) }
                    }
                </Select>
            </label>
            if other {
                <input name="regionOther" type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" aria-label={message::OTHER_REGION_LABEL.in_locale(locale)}
                    placeholder={message::OTHER_REGION_LABEL.in_locale(locale)} aria-describedby="e-region"
                    value={props.region.clone()} {oninput} />
            }
            { error_at("e-region", problem) }
        </div>
    }
}

/// A choice of several that are all in sight.
pub(crate) fn radio(
    name: &'static str,
    value: &'static str,
    words: &str,
    checked: bool,
    danger: bool,
    onchange: Callback<Event>,
) -> Html {
    html! {
        <label class={classes!(if danger { "danger" } else { "" })}>
            <input type="radio" {name} {value} {checked} {onchange} />
            <span>{ words.to_owned() }</span>
        </label>
    }
}

/// What an operation does.
pub(crate) fn operation_name(operation: &Operation, locale: Locale) -> String {
    let verb = i18n::verb(operation.verb).in_locale(locale);
    if operation.ids_max == 1 {
        FormMessage::OnePerCall(verb).in_locale(locale)
    } else {
        verb.to_owned()
    }
}
