//! What survives a reload: the form and the ids of the last runs in session storage, the last cloud and
//! region in local storage. Never a key: see [`Form::saved`].

use crate::services::{config::storage, selections};
use gloo_events::EventListener;
use js_sys::Array;
use relight_core::{
    clouds,
    config::Preset,
    credential::Guard,
    form::{Form, FormEdit, link::Link},
    model::cloud::Cloud,
    run::Run,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, ShadowRoot, Storage, Window};

/// The form, with the address that it was filled in at.
const FORM: &str = "relight-form";
/// The ids of the last runs.
const IDS: &str = "relight-last-ids";
/// The cloud, the kind of account and the region of the last run.
const TARGET: &str = "relight-last";

/// The clouds and regions of the last runs, the newest first.
const REGIONS: &str = "relight-regions";

/// How many runs' ids are saved.
const RUNS: usize = 3;
/// How many regions of a cloud are.
const REGIONS_MAX: usize = 5;

/// The ids of a run, to be filled in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastIds {
    cloud: String,
    site: String,
    pub(crate) region: String,
    pub(crate) ids: Vec<String>,
}

impl LastIds {
    /// Their cloud, if it is known here.
    pub(crate) fn cloud(&self) -> Option<&'static Cloud> {
        clouds::by_id(&self.cloud)
    }

    /// What fills them in where they belong.
    pub(crate) fn edits(&self) -> [FormEdit; 4] {
        [
            FormEdit::Cloud(self.cloud.clone()),
            FormEdit::Site(self.site.clone()),
            FormEdit::Region(self.region.clone()),
            FormEdit::IdsText(self.ids.join("\n")),
        ]
    }
}

struct OpenForm {
    host: HtmlElement,
    /// The name of the element on its page.
    name: String,
    form: Form,
    /// A wiped secret counts, too: it must not be saved.
    guard: Guard,
    address: String,
}

thread_local! {
    static OPEN_FORMS: RefCell<Vec<OpenForm>> = const { RefCell::new(Vec::new()) };
    static LISTENERS: Option<[EventListener; 2]> = listeners();
}

/// The saved forms of a page: the names of its elements, the addresses at which they were filled in, and the
/// values.
type Saved = Vec<(String, String, Vec<(String, String)>)>;

/// Notes the form of an element, to be saved when the page is left: not on each key press.
pub(crate) fn keep(host: &HtmlElement, form: &Form, guard: Guard) {
    let address = address().unwrap_or_default();
    OPEN_FORMS.with_borrow_mut(|all| {
        if let Some(open) = all.iter_mut().find(|open| open.host == *host) {
            open.form.clone_from(form);
            open.address = address;
            open.guard.secret = guard.secret.or(open.guard.secret);
            open.guard.token = guard.token.or(open.guard.token);
        } else {
            let (host, name, form) = (host.clone(), name_of(host), form.clone());
            all.retain(|open| open.name != name);
            all.push(OpenForm { host, name, form, guard, address });
            LISTENERS.with(|_| ());
        }
    });
}

/// What identifies an element across reloads: its id, or else its index among the elements of its kind.
fn name_of(host: &Element) -> String {
    let id = host.id();
    if !id.is_empty() {
        return format!("#{id}");
    }
    let root = host.get_root_node();
    // A document and a shadow root have the same method.
    let all = root.unchecked_ref::<Document>().query_selector_all(&host.local_name());
    let place = all.map_or(-1, |all| Array::from(&all).index_of(host, 0)).to_string();
    match root.dyn_ref::<ShadowRoot>() {
        Some(root) => format!("{}/{place}", name_of(&root.host())),
        None => place,
    }
}

fn listeners() -> Option<[EventListener; 2]> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let shown = document.clone();
    Some([
        EventListener::new(&window, "pagehide", |_| save()),
        // A page in the background may end without another event.
        EventListener::new(&document, "visibilitychange", move |_| {
            if shown.hidden() {
                save();
            }
        }),
    ])
}

fn save() {
    let Some(storage) = session_storage() else { return };
    let mut all: Saved = read(&storage, FORM).unwrap_or_default();
    OPEN_FORMS.with_borrow(|elements| {
        for open in elements {
            let mut form = open.form.clone();
            form.apply(FormEdit::Guard(open.guard));
            let is_typed = |name| matches!(name, "region" | "keyId" | "instanceIds" | "reason");
            let saved = form.saved().into_iter().map(|(name, value)| (name.to_owned(), value));
            let saved: Vec<_> = saved.collect();
            all.retain(|(name, ..)| *name != open.name);
            if saved.iter().any(|(name, _)| is_typed(name)) {
                all.push((open.name.clone(), open.address.clone(), saved));
            }
        }
    });
    write_all(&storage, &all);
}

fn write_all(storage: &Storage, all: &Saved) {
    if all.is_empty() {
        // What cannot be removed is not there.
        let _ = storage.remove_item(FORM);
    } else {
        write(storage, FORM, all);
    }
}

/// Whether there is a saved form, target or selection.
pub(crate) fn is_saved() -> bool {
    let is_in = |storage: Option<Storage>, name| {
        storage.and_then(|storage| storage.get_item(name).ok().flatten()).is_some()
    };
    is_in(session_storage(), FORM) || is_in(storage(), TARGET) || selections::is_saved()
}

/// Takes the saved form of an element, if the page was reloaded at the same address. An element that is
/// added later begins empty.
pub(crate) fn take(host: &HtmlElement) -> Link {
    let Some(storage) = session_storage() else { return Link::default() };
    let mut all: Saved = read(&storage, FORM).unwrap_or_default();
    let name = name_of(host);
    let Some(at) = all.iter().position(|(other, ..)| *other == name) else {
        return Link::default();
    };
    let (_, there, saved) = all.swap_remove(at);
    write_all(&storage, &all);
    let is_here = address() == Some(there);
    Link::of_saved(if is_here { saved } else { Vec::new() })
}

/// Where the last run was, unless the operator or a link says where to go.
pub(crate) fn last_target(preset: &Preset, link: &Link) -> Link {
    let is_preset = preset.cloud.is_some() || preset.site.is_some() || preset.region.is_some();
    let is_where = |name| matches!(name, "cloud" | "site" | "region" | "instanceIds");
    if is_preset || link.values.iter().any(|(name, _)| is_where(*name)) {
        return Link::default();
    }
    let target: Option<[String; 3]> = storage().and_then(|storage| read(&storage, TARGET));
    let names = ["cloud", "site", "region"].map(String::from);
    Link::of_saved(names.into_iter().zip(target.into_iter().flatten()))
}

/// The ids of the last runs of this tab, the newest first.
pub(crate) fn last_ids() -> Vec<LastIds> {
    session_storage().and_then(|storage| read(&storage, IDS)).unwrap_or_default()
}

fn regions() -> Vec<(String, String)> {
    storage().and_then(|storage| read(&storage, REGIONS)).unwrap_or_default()
}

/// The regions of a cloud that were used last in this browser, the newest first.
pub(crate) fn recent_regions(cloud: &Cloud) -> Vec<String> {
    let of_cloud = regions().into_iter().filter(|(id, _)| id == cloud.id);
    of_cloud.map(|(_, region)| region).collect()
}

/// A run was started: remembers where, and of which instances.
pub(crate) fn remember(run: &Run, last_ids: &mut Vec<LastIds>) {
    let target = run.spec().target();
    let one = LastIds {
        cloud: target.cloud.id.to_owned(),
        site: target.site.id.to_owned(),
        region: target.region.clone(),
        ids: run.rows().iter().map(|row| row.id.as_str().to_owned()).collect(),
    };
    if let Some(storage) = storage() {
        write(&storage, TARGET, &[&one.cloud, &one.site, &one.region]);
        if !one.region.is_empty() {
            let newest = (one.cloud.clone(), one.region.clone());
            let mut regions = regions();
            regions.retain(|other| *other != newest);
            regions.insert(0, newest);
            let mut of_cloud = 0;
            regions.retain(|(cloud, _)| {
                of_cloud += usize::from(*cloud == one.cloud);
                *cloud != one.cloud || of_cloud <= REGIONS_MAX
            });
            write(&storage, REGIONS, &regions);
        }
    }
    last_ids.retain(|other| *other != one);
    last_ids.insert(0, one);
    last_ids.truncate(RUNS);
    if let Some(storage) = session_storage() {
        write(&storage, IDS, last_ids);
    }
}

fn read<T: DeserializeOwned>(storage: &Storage, name: &str) -> Option<T> {
    serde_json::from_str(&storage.get_item(name).ok().flatten()?).ok()
}

/// What cannot be stored does not come back.
fn write(storage: &Storage, name: &str, value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value)
        && storage.set_item(name, &text).is_err()
    {
        // The stored value is older, and no longer true.
        let _ = storage.remove_item(name);
    }
}

/// Access is denied in a frame without storage.
fn session_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// A link with other parameters is another form.
fn address() -> Option<String> {
    let location = web_sys::window().as_ref().map(Window::location)?;
    Some(format!("{}{}", location.pathname().ok()?, location.search().ok()?))
}
