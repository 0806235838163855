//! IndexedDB as the page uses it: durability, and why a database is unavailable.

use crate::services::clock;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use indexed_db_futures::{
    Build,
    database::Database,
    error::{Error, OpenDbError},
    internals::SystemRepr,
    transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::{Promise, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// One of our databases.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    /// Creates the missing object stores. A later version adds to them and deletes nothing.
    pub(crate) make: fn(&Database) -> indexed_db_futures::Result<()>,
}

/// Why a database is unavailable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The browser has no IndexedDB here.
    Missing,
    /// The browser does not allow it: storage is blocked, or this is a private window.
    Refused,
    /// There is no space left for this site.
    Full,
    /// A newer version of the console has upgraded it.
    Newer,
    /// Another page with another version of the console must be closed first; or the browser did not
    /// answer at all.
    Blocked,
    /// Another page has continued this run.
    Taken,
    /// Any other error, by the browser's name of it.
    Failed(String),
}

/// Some browsers never answer when their storage is corrupt.
const OPEN_DEADLINE_MS: u32 = 10_000;

/// How long to wait for the deletion of a database.
const DELETE_DEADLINE_MS: u32 = 1_000;

/// The durability of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// Complete once the operating system has the data.
    Write,
    /// Complete once the data is on the disk.
    WriteDurably,
}

/// Opens the database, and creates it if it is missing.
pub(crate) async fn open(schema: &'static Schema) -> Result<Database, Unavailable> {
    let mut block = None;
    let blocked = Promise::new(&mut |resolve, _| block = Some(resolve));
    let opening = Database::open(schema.name)
        .with_version(schema.version)
        .with_on_blocked(move |_| {
            // If the receiver is gone, nothing is lost.
            let _ = block.map(|block| block.call0(&JsValue::UNDEFINED));
            Ok(())
        })
        .with_on_upgrade_needed(|_, database| (schema.make)(&database))
        .build()?;
    let late = select(TimeoutFuture::new(OPEN_DEADLINE_MS), JsFuture::from(blocked));
    match select(opening, late).await {
        Either::Left((database, _)) => Ok(database?),
        Either::Right((_, opening)) => {
            // If it opens later, it must not block others.
            spawn_local(async { drop(opening.await.map(Database::close)) });
            Err(Unavailable::Blocked)
        }
    }
}

/// Deletes a database with everything in it. If another page has it open, it is deleted when that page
/// closes it, which nobody waits for.
pub(crate) async fn delete(schema: &Schema) -> Result<(), Unavailable> {
    let gone = Database::delete_by_name(schema.name)?;
    Ok(clock::within(DELETE_DEADLINE_MS, gone).await.transpose().map(drop)?)
}

/// The results of requests that were made in this order. They are answered in order, so the last result
/// comes last; the transaction stays open meanwhile, until anything else is awaited.
pub(crate) async fn results<T>(
    requests: Vec<impl Future<Output = indexed_db_futures::Result<T>>>,
) -> Result<Vec<T>, Unavailable> {
    let mut results = Vec::with_capacity(requests.len());
    for request in requests.into_iter().rev() {
        results.push(request.await?);
    }
    results.reverse();
    Ok(results)
}

/// Begins a transaction. Unless it is completed, it is rolled back.
pub(crate) fn begin<'d, const N: usize>(
    database: &'d Database,
    stores: [&str; N],
    access: Access,
) -> Result<Transaction<'d>, Unavailable> {
    let (mode, durability) = match access {
        Access::Read => (TransactionMode::Readonly, TransactionDurability::Default),
        Access::Write => (TransactionMode::Readwrite, TransactionDurability::Relaxed),
        Access::WriteDurably => (TransactionMode::Readwrite, TransactionDurability::Strict),
    };
    let options = TransactionOptions::new().with_durability(durability);
    Ok(database.transaction(stores).with_mode(mode).with_options(options).build()?)
}

/// Waits until a transaction is complete: the success of a request comes earlier and guarantees nothing.
pub(crate) async fn complete(transaction: Transaction<'_>) -> Result<(), Unavailable> {
    let inner = transaction.as_sys().clone();
    // When the browser aborts it, the library reports that, and the browser why.
    transaction.commit().await.map_err(|error| match inner.error() {
        Some(error) => failure(&error),
        None => error.into(),
    })
}

/// One of our values as IndexedDB stores it: a plain object, the same as its JSON.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, Unavailable> {
    let value = value.serialize(&Serializer::json_compatible());
    value.map_err(|error| Unavailable::Failed(error.to_string()))
}

/// A stored value; `None` if it is not of this type.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// The meaning of the browser's error name.
fn failure(error: &JsValue) -> Unavailable {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("SecurityError" | "InvalidStateError" | "NotAllowedError") => Unavailable::Refused,
        Some("QuotaExceededError") => Unavailable::Full,
        Some("VersionError") => Unavailable::Newer,
        Some("ConstraintError") => Unavailable::Taken,
        _ => Unavailable::Failed(name.unwrap_or_default()),
    }
}

impl From<Error> for Unavailable {
    fn from(error: Error) -> Self {
        match error {
            Error::DomException(error) => failure(error.as_ref()),
            Error::Unknown(error) => failure(error.as_ref()),
            Error::Serialisation(_) | Error::MissingData(_) => {
                Unavailable::Failed(error.to_string())
            }
        }
    }
}

impl From<OpenDbError> for Unavailable {
    fn from(error: OpenDbError) -> Self {
        match error {
            // The library's error for whatever `open` throws: a `TypeError` for an invalid version, and
            // anything else where storage is blocked.
            OpenDbError::VersionZero => Unavailable::Refused,
            OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory => Unavailable::Missing,
            OpenDbError::Base(error) => error.into(),
        }
    }
}
