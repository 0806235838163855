//! IndexedDB as the page uses it: how sure a write must be, and why a database cannot be used.

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

/// A database of ours.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    /// Makes its stores where there are none. A later version adds to them and deletes nothing.
    pub(crate) make: fn(&Database) -> indexed_db_futures::Result<()>,
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

/// So long it is waited for the end of a database.
const DELETE_DEADLINE_MS: u32 = 1_000;

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
pub(crate) async fn open(schema: &'static Schema) -> Result<Database, Unavailable> {
    let mut block = None;
    let blocked = Promise::new(&mut |resolve, _| block = Some(resolve));
    let opening = Database::open(schema.name)
        .with_version(schema.version)
        .with_on_blocked(move |_| {
            // Whoever waits for it is told; if nobody does, nothing is lost.
            let _ = block.map(|block| block.call0(&JsValue::UNDEFINED));
            Ok(())
        })
        .with_on_upgrade_needed(|_, database| (schema.make)(&database))
        .build()?;
    let late = select(TimeoutFuture::new(OPEN_DEADLINE_MS), JsFuture::from(blocked));
    match select(opening, late).await {
        Either::Left((database, _)) => Ok(database?),
        Either::Right((_, opening)) => {
            // Should it come after all, it must not stand in the way of others.
            spawn_local(async { drop(opening.await.map(Database::close)) });
            Err(Unavailable::Blocked)
        }
    }
}

/// Deletes a database with everything in it. Where another page has it open, it goes when that page
/// lets go of it, which nobody waits for.
pub(crate) async fn delete(schema: &Schema) -> Result<(), Unavailable> {
    let gone = Database::delete_by_name(schema.name)?;
    Ok(clock::within(DELETE_DEADLINE_MS, gone).await.transpose().map(drop)?)
}

/// What requests bring that were made in this order. They are answered in it, so the last one's answer
/// comes last; the transaction stays open meanwhile, until the next wait for anything else.
pub(crate) async fn answers<T>(
    requests: Vec<impl Future<Output = indexed_db_futures::Result<T>>>,
) -> Result<Vec<T>, Unavailable> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests.into_iter().rev() {
        answers.push(request.await?);
    }
    answers.reverse();
    Ok(answers)
}

/// Begins a transaction. Unless it is completed, all of it is taken back.
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

/// Waits until a transaction is complete: a request's own success comes earlier and promises nothing.
pub(crate) async fn complete(transaction: Transaction<'_>) -> Result<(), Unavailable> {
    let inner = transaction.as_sys().clone();
    // When the browser takes it back, the library says so, and the browser why.
    transaction.commit().await.map_err(|error| match inner.error() {
        Some(error) => failure(&error),
        None => error.into(),
    })
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
            // What the library makes of whatever `open` throws; for a version that is none it throws
            // where storage is blocked, and nowhere else.
            OpenDbError::VersionZero => Unavailable::Refused,
            OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory => Unavailable::Missing,
            OpenDbError::Base(error) => error.into(),
        }
    }
}
