//! The list of regions with a field to find one by name or id, the last ones of this browser first.

use crate::{
    components::{
        common::dom::{choose_in, value_of},
        form::target::{OTHER, Region, RegionList, RegionProps},
    },
    context::{use_dispatch, use_locale},
    i18n::page,
    store::Intent,
};
use relight_core::{form::FormEdit, i18n::Locale};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::{
    Callback, Event, FocusEvent, Html, InputEvent, KeyboardEvent, MouseEvent, Properties,
    TargetCast, component, html, use_node_ref, use_state_eq,
};

/// How many options are shown at a time while one is being found.
const SHOWN_MAX: usize = 7;

#[derive(PartialEq, Properties)]
pub(crate) struct FindRegionProps {
    pub(crate) region: RegionProps,
    /// The last regions of the cloud, the newest first.
    pub(crate) recent: Rc<Vec<String>>,
}

/// The region.
#[component]
pub(crate) fn FindRegion(props: &FindRegionProps) -> Html {
    let (locale, dispatch) = (use_locale(), use_dispatch());
    let find = use_state_eq(String::new);
    let node = use_node_ref();
    let FindRegionProps { region, recent } = props;
    let is_allowed =
        |id: &&String| region.allowed.as_ref().is_none_or(|allowed| allowed.contains(id));
    let recent: Vec<&str> = recent.iter().filter(is_allowed).map(String::as_str).collect();
    let rest: Vec<&str> = region.offered().filter(|id| !recent.contains(id)).collect();
    let total = recent.len() + rest.len();
    let all = recent.iter().chain(&rest).copied();
    let found: Vec<&str> = all.filter(|id| is_found(region, id, &find)).collect();
    let onkeydown = {
        let (find, node) = (find.clone(), node.clone());
        // The first that is found, or what was typed as the id of another one.
        let first = found.first().copied().or(region.allowed.is_none().then_some(OTHER));
        let first = first.map(ToOwned::to_owned);
        Callback::from(move |event: KeyboardEvent| {
            if event.key() != "Enter" || event.ctrl_key() || event.meta_key() || find.is_empty() {
                return;
            }
            event.prevent_default();
            if let Some(first) = first.as_deref().filter(|_| is_from(&event, "input")) {
                choose_in(&node, "select", first);
            }
            find.set(String::new());
        })
    };
    let onchange = {
        let find = find.clone();
        Callback::from(move |event: Event| {
            if is_from(&event, "select") && value_of(&event) == OTHER && !find.is_empty() {
                dispatch.emit(Intent::Edit(FormEdit::Region(find.trim().to_owned())));
            }
        })
    };
    let onclick = {
        let find = find.clone();
        // On phones a select is never a list box: there the click opens it.
        Callback::from(move |event: MouseEvent| {
            if is_from(&event, "option") {
                find.set(String::new());
            }
        })
    };
    let onfocusout = {
        let (find, node) = (find.clone(), node.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|to| to.dyn_into::<Element>().ok());
            if !node.cast::<Element>().is_some_and(|field| field.contains(to.as_deref())) {
                find.set(String::new());
            }
        })
    };
    let is_finding = !find.is_empty();
    let input = {
        let (find, typed) = (find.clone(), (*find).clone());
        let oninput = Callback::from(move |event: InputEvent| find.set(value_of(&event)));
        let label = page::FIND_REGION.in_locale(locale);
        html! {
            <div class="row nowrap">
                <input class="find" name="findRegion" type="search" autocomplete="off" autocapitalize="none"
                    spellcheck="false" aria-label={label} placeholder={label} {oninput} value={typed} />
                <span class="small muted" role="status">
                    if is_finding { { format!("{}/{total}", found.len()) } }
                </span>
            </div>
        }
    };
    // What is chosen is always in the list: a select must not show anything else.
    let options = |ids: &[&str]| -> Html {
        let listed = ids.iter().filter(|id| found.contains(id) || **id == region.region);
        listed.map(|id| region.option(id, locale)).collect()
    };
    let options = if recent.is_empty() {
        options(&rest)
    } else {
        html! {
            <>
                <optgroup label={page::RECENT_REGIONS.in_locale(locale)}>{ options(&recent) }</optgroup>
                <optgroup label={page::ALL_REGIONS.in_locale(locale)}>{ options(&rest) }</optgroup>
            </>
        }
    };
    let size = is_finding.then(|| (found.len() + 2).min(SHOWN_MAX).to_string().into());
    let is_listed = recent.iter().chain(&rest).any(|id| **id == region.region);
    let list = Some(RegionList { options, is_listed, size });
    html! {
        <div class="region" ref={node} {onkeydown} {onchange} {onclick} {onfocusout}>
            if total > SHOWN_MAX { { input } }
            <Region ..RegionProps { list, ..region.clone() } />
        </div>
    }
}

/// Whether an event comes from an element of this kind.
fn is_from(event: &Event, selector: &str) -> bool {
    event
        .target_dyn_into::<Element>()
        .is_some_and(|target| target.matches(selector).is_ok_and(|matches| matches))
}

/// Whether each word of a search is in the region's id, or its name in some language.
fn is_found(props: &RegionProps, id: &str, find: &str) -> bool {
    let known = props.cloud.regions.known.iter().find(|region| region.id == id);
    let names = known
        .into_iter()
        .flat_map(|region| Locale::ALL.map(|locale| region.name.in_locale(locale)));
    let text = names.fold(id.to_owned(), |text, name| text + " " + name).to_lowercase();
    find.to_lowercase().split_whitespace().all(|word| text.contains(word))
}
