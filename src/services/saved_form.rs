//! What comes back after a reload: the form and the ids of the last runs, in the tab's session storage; the
//! last cloud and region, in this browser's. Never a key: see [`Form::saved`].

use crate::services::{config::storage, selections};
use gloo_events::EventListener;
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
use web_sys::{Storage, Window};

/// The form, with the address that it was filled in at.
const FORM: &str = "relight-form";
/// The ids of the last runs.
const IDS: &str = "relight-last-ids";
/// The cloud, the kind of account and the region of the last run.
const TARGET: &str = "relight-last";

/// How many runs' ids are kept.
const RUNS: usize = 3;

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

struct Kept {
    form: Form,
    /// A secret that was wiped is one all the same.
    guard: Guard,
    address: String,
    _listeners: Option<[EventListener; 2]>,
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// Keeps the form, to be saved once the page is left: not at each letter, of thousands of ids.
pub(crate) fn keep(form: &Form, guard: Guard) {
    let address = address().unwrap_or_default();
    KEPT.with_borrow_mut(|kept| match kept {
        Some(kept) => {
            kept.form.clone_from(form);
            kept.address = address;
            kept.guard.secret = guard.secret.or(kept.guard.secret);
            kept.guard.token = guard.token.or(kept.guard.token);
        }
        None => {
            *kept = Some(Kept { form: form.clone(), guard, address, _listeners: listeners() });
        }
    });
}

fn listeners() -> Option<[EventListener; 2]> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let shown = document.clone();
    Some([
        EventListener::new(&window, "pagehide", |_| save()),
        // A page in the background may end without another word.
        EventListener::new(&document, "visibilitychange", move |_| {
            if shown.hidden() {
                save();
            }
        }),
    ])
}

fn save() {
    let Some(storage) = session_storage() else { return };
    KEPT.with_borrow(|kept| {
        let Some(kept) = kept else { return };
        let mut form = kept.form.clone();
        form.apply(FormEdit::Guard(kept.guard));
        let is_typed = |name| matches!(name, "region" | "keyId" | "instanceIds" | "reason");
        let saved = form.saved();
        if saved.iter().any(|(name, _)| is_typed(*name)) {
            write(&storage, FORM, &(&kept.address, saved));
        } else {
            // What cannot be removed is not there.
            let _ = storage.remove_item(FORM);
        }
    });
}

/// Whether there is something to fill in, or a selection to fill it in from.
pub(crate) fn is_there() -> bool {
    let is_in = |storage: Option<Storage>, name| {
        storage.and_then(|storage| storage.get_item(name).ok().flatten()).is_some()
    };
    is_in(session_storage(), FORM) || is_in(storage(), TARGET) || selections::are_there()
}

/// The form of this address as it was before the page was loaded anew. An element that is added later
/// begins empty.
pub(crate) fn take() -> Link {
    let storage = session_storage();
    let saved = storage.as_ref().and_then(|storage| read(storage, FORM));
    if let Some(storage) = storage {
        let _ = storage.remove_item(FORM);
    }
    let here = address();
    let saved = saved
        .filter(|(address, _): &(String, Vec<(String, String)>)| here.as_ref() == Some(address));
    Link::of_saved(saved.map(|(_, values)| values).unwrap_or_default())
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
