//! IndexedDB as far as the page needs it. An event handler is the `resolve` of a promise: so nothing
//! of ours has to be kept alive for it.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Promise, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest, IdbTransaction};

/// A database of ours.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    /// Makes its stores where there are none. A later version adds to them and deletes nothing.
    pub(crate) make: fn(&IdbDatabase) -> Result<(), JsValue>,
}

/// Why a database cannot be used, or not for this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The browser has no IndexedDB here.
    Missing,
    /// The browser does not allow it: storage is blocked, or a private window has none.
    Refused,
    /// There is no space left for this site.
    Full,
    /// A newer version of the console has been here.
    Newer,
    /// Another page, of another version of the console, must be closed first; or the browser did not
    /// answer at all.
    Blocked,
    /// Another page has gone on with this run.
    Taken,
    /// Anything else, in the browser's own word.
    Failed(String),
}

/// Some browsers never answer when their storage is broken.
const OPEN_DEADLINE_MS: u32 = 10_000;

/// How sure it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// Reported when the browser has taken it.
    Write,
    /// Reported when it is on the disk.
    WriteDurably,
}

/// Opens the database, and makes it if there is none.
pub(crate) async fn open(schema: &'static Schema) -> Result<IdbDatabase, Unavailable> {
    let request = factory()?.open_with_u32(schema.name, schema.version)?;
    let upgrade = {
        let request = request.clone();
        Closure::once(move || -> Result<(), JsValue> {
            (schema.make)(&request.result()?.unchecked_into())
        })
    };
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let mut deadline = None;
    let answered = Promise::new(&mut |answer, _| {
        request.set_onsuccess(Some(&answer));
        request.set_onerror(Some(&answer));
        request.set_onblocked(Some(&answer));
        deadline = Some(Timeout::new(OPEN_DEADLINE_MS, move || {
            let _ = answer.call0(&JsValue::UNDEFINED);
        }));
    });
    let event = JsFuture::from(answered).await?;
    drop(deadline);
    request.set_onupgradeneeded(None);
    match event.dyn_ref::<Event>().map(Event::type_).as_deref() {
        Some("success") => {
            let database: IdbDatabase = request.result()?.unchecked_into();
            Ok(database)
        }
        Some("error") => Err(failure(request.error()?.into())),
        _ => {
            // Should it come after all, it must not stand in the way of others.
            let close = Closure::once_into_js({
                let request = request.clone();
                move || {
                    if let Ok(database) = request.result() {
                        database.unchecked_into::<IdbDatabase>().close();
                    }
                }
            });
            request.set_onsuccess(Some(close.unchecked_ref()));
            Err(Unavailable::Blocked)
        }
    }
}

/// Deletes a database with everything in it. Where another page has it open, it goes when that page
/// lets go of it.
pub(crate) async fn delete(schema: &Schema) -> Result<(), Unavailable> {
    let request = factory()?.delete_database(schema.name)?;
    let answered = Promise::new(&mut |answer, _| {
        request.set_onsuccess(Some(&answer));
        request.set_onerror(Some(&answer));
        request.set_onblocked(Some(&answer));
    });
    JsFuture::from(answered).await.map(drop).map_err(failure)
}

fn factory() -> Result<IdbFactory, Unavailable> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
    factory.dyn_into().map_err(|_| Unavailable::Missing)
}

/// A transaction that was begun. Unless it is completed, all of it is taken back.
pub(crate) struct Transaction {
    inner: IdbTransaction,
    ended: Promise,
}

impl Transaction {
    pub(crate) fn begin(
        database: &IdbDatabase,
        stores: &[&str],
        access: Access,
    ) -> Result<Self, Unavailable> {
        let stores: Array = stores.iter().map(|store| JsValue::from(*store)).collect();
        let (mode, durability) = match access {
            Access::Read => ("readonly", "default"),
            Access::Write => ("readwrite", "relaxed"),
            Access::WriteDurably => ("readwrite", "strict"),
        };
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &durability.into())?;
        let inner = database
            .unchecked_ref::<Durable>()
            .transaction(&stores, mode, &options)
            .map_err(failure)?;
        let ended = Promise::new(&mut |end, _| {
            inner.set_oncomplete(Some(&end));
            inner.set_onabort(Some(&end));
        });
        Ok(Transaction { inner, ended })
    }

    pub(crate) fn store(&self, name: &str) -> Result<IdbObjectStore, Unavailable> {
        Ok(self.inner.object_store(name)?)
    }

    /// Waits until it is complete: a request's own success comes earlier and promises nothing.
    pub(crate) async fn complete(self) -> Result<(), Unavailable> {
        let event = JsFuture::from(self.ended.clone()).await?;
        if event.unchecked_ref::<Event>().type_() == "complete" {
            return Ok(());
        }
        Err(self.inner.error().map_or(Unavailable::Failed(String::new()), |e| failure(e.into())))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // Once it is complete the browser refuses this.
        let _ = self.inner.abort();
    }
}

/// Waits for what a request brings. The transaction stays open meanwhile, until the next wait for
/// anything that is not a request of it.
pub(crate) async fn result(request: &IdbRequest) -> Result<JsValue, Unavailable> {
    let answered = Promise::new(&mut |answer, _| {
        request.set_onsuccess(Some(&answer));
        request.set_onerror(Some(&answer));
    });
    JsFuture::from(answered).await?;
    match request.error()? {
        Some(error) => Err(failure(error.into())),
        None => Ok(request.result()?),
    }
}

/// A value of ours as the browser keeps it: a plain object, which reads as its JSON does.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, Unavailable> {
    let value = value.serialize(&Serializer::json_compatible());
    value.map_err(|error| Unavailable::Failed(error.to_string()))
}

/// A value that the browser has kept; `None` if it is not one of these.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// What the browser's word for it means.
#[allow(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
pub(crate) fn failure(error: JsValue) -> Unavailable {
    let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("SecurityError" | "InvalidStateError" | "NotAllowedError") => Unavailable::Refused,
        Some("QuotaExceededError") => Unavailable::Full,
        Some("VersionError") => Unavailable::Newer,
        Some("ConstraintError") => Unavailable::Taken,
        _ => Unavailable::Failed(name.unwrap_or_default()),
    }
}

impl From<JsValue> for Unavailable {
    fn from(error: JsValue) -> Self {
        failure(error)
    }
}

// In web-sys the options stand behind a switch that changes other interfaces too.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = IDBDatabase)]
    type Durable;

    #[wasm_bindgen(method, catch, js_class = "IDBDatabase")]
    fn transaction(
        this: &Durable,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}
