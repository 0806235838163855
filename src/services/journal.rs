//! The journal of runs, in IndexedDB: what a page sends is recorded before it is sent, and the results
//! survive the page.
//!
//! 1. Records of a run are on the disk in the order in which they were appended, without a gap: a record
//!    that could not be written is written with the next one.
//! 2. A write is reported when its transaction is complete, not earlier.
//! 3. An instance is claimed by one living page at most: a claim is written, taken over or left alone
//!    in the same transaction as the record of the call.
//! 4. What cannot be read is quarantined unchanged, and reported.
//!
//! Records carry no secret: there is none in [`relight_core::run`].

pub use crate::services::database::Unavailable;
use crate::services::{
    database::{self, Access, Schema, complete, from_js, to_js},
    locks,
};
use indexed_db_futures::{
    Build, BuildPrimitive, KeyPath, KeyRange, database::Database, error::Error,
    prelude::QuerySource, transaction::Transaction,
};
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use relight_core::{
    model::instance_id::InstanceId,
    run::{Broken, Record, Summary, reads_version},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{cell::RefCell, collections::BTreeSet, fmt, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The journal of all runs of this origin. Clones share it.
#[derive(Clone)]
pub struct Journal(Rc<Inner>);

impl Unavailable {
    /// The code under which it is explained, see [`relight_core::explain`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Taken => "other-tab",
            Self::Missing
            | Self::Refused
            | Self::Full
            | Self::Newer
            | Self::Blocked
            | Self::Failed(_) => "no-journal",
        }
    }
}

/// Why a run's records could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The journal cannot be used.
    Unavailable(Unavailable),
    /// The records are invalid. [`Journal::quarantine`] is for them.
    Broken(Broken),
}

impl fmt::Display for Unreadable {
    /// The reason for the record of a quarantined run, in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(error) => write!(f, "the journal cannot be used: {error:?}"),
            Self::Broken(broken) => broken.fmt(f),
        }
    }
}

impl From<Unavailable> for Unreadable {
    fn from(error: Unavailable) -> Self {
        Unreadable::Unavailable(error)
    }
}

/// The content of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Readable runs, newest first.
    pub runs: Vec<JournalRun>,
    /// Quarantined and unreadable runs.
    pub quarantined: Vec<QuarantinedRun>,
}

/// A run in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRun {
    /// Its summary.
    pub summary: Summary,
    /// Whether a page works on it now, this one included. `None` where the browser has no locks.
    pub is_active: Option<bool>,
}

/// A run that could not be read, and is stored unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedRun {
    /// The run's id.
    pub id: String,
    /// Why it could not be read.
    pub why: String,
    /// Its summary, as far as that can be read.
    pub summary: Option<Summary>,
}

impl Journal {
    /// Opens the journal, and creates it if it is missing.
    pub async fn open() -> Result<Self, Unavailable> {
        Ok(Journal(Rc::new(Inner {
            database: database::open(&SCHEMA).await?,
            unwritten: RefCell::default(),
            last_turn: RefCell::default(),
        })))
    }

    /// Writes a record, and claims instances for its run in the same transaction. Returns the instances
    /// that a living page has claimed for another run; the record is written in any case.
    ///
    /// Claims count between runs of the same `account`: the cloud and the key id. A run that claims
    /// must hold its [`locks::RunLock`], or its claims count for nothing. `durable` waits for the disk.
    ///
    /// The record is queued as soon as this returns, and is written whether or not the future is awaited.
    /// What could not be written is written with the run's next record.
    pub fn append(
        &self,
        run_id: &str,
        account: &str,
        record: &Record,
        claim: &[InstanceId],
        durable: bool,
    ) -> impl Future<Output = Result<Vec<InstanceId>, Unavailable>> + 'static {
        let finished = Rc::new(RefCell::new(None));
        let turn = self.turn();
        let ended = turn.ended.clone();
        let writing = {
            let (journal, finished) = (self.clone(), Rc::clone(&finished));
            let (run, account) = (run_id.to_owned(), account.to_owned());
            let (claim, number) = (claim.to_vec(), record.number());
            let access = if durable { Access::WriteDurably } else { Access::Write };
            let queued = self.queue(run_id, record);
            async move {
                turn.comes().await;
                let written = match queued {
                    Ok(()) => journal.write(&run, &account, number, &claim, access).await,
                    Err(error) => Err(error),
                };
                finished.replace(Some(written));
            }
        };
        spawn_local(writing);
        async move {
            JsFuture::from(ended).await.map_err(Error::from)?;
            finished.take().unwrap_or(Err(Unavailable::Failed(String::new())))
        }
    }

    /// Drops a run's claims, those on `only` or all of them.
    pub fn release(
        &self,
        run_id: &str,
        only: Option<&[InstanceId]>,
    ) -> impl Future<Output = Result<(), Unavailable>> + 'static {
        let (journal, turn, run) = (self.clone(), self.turn(), run_id.to_owned());
        let only: Option<BTreeSet<String>> =
            only.map(|ids| ids.iter().map(|id| id.as_str().to_owned()).collect());
        async move {
            turn.comes().await;
            let transaction = journal.begin([CLAIMS], Access::Write)?;
            unclaim(&transaction, &run, only.as_ref()).await?;
            complete(transaction).await
        }
    }

    /// All runs, without their records.
    pub async fn contents(&self) -> Result<Contents, Unavailable> {
        let turn = self.turn();
        turn.comes().await;
        let active = locks::active().await;
        let transaction = self.begin([RUNS], Access::Read)?;
        let store = transaction.object_store(RUNS)?;
        let ids = store.get_all_keys::<JsValue>().primitive()?;
        let runs = store.get_all::<JsValue>().primitive()?.await?;
        let mut contents = Contents::default();
        for (id, run) in ids.await?.zip(runs) {
            let Some(id) = id?.as_string() else { continue };
            let KnownRun { summary, aside } = from_js(run?).unwrap_or_default();
            let summary = summary.and_then(|text| serde_json::from_str(&text).ok());
            match (aside, summary) {
                (None, Some(summary)) => {
                    let is_active = active.as_ref().ok().map(|active| active.contains(&id));
                    contents.runs.push(JournalRun { summary, is_active });
                }
                (why, summary) => {
                    let why = why.unwrap_or_else(|| "the summary cannot be read".to_owned());
                    contents.quarantined.push(QuarantinedRun { id, why, summary });
                }
            }
        }
        contents.runs.sort_by_key(|saved| std::cmp::Reverse(saved.summary.about.confirmed_at));
        Ok(contents)
    }

    /// A run's records, in order, for [`relight_core::run::restore`].
    ///
    /// # Errors
    /// The journal is unavailable, or the records are not of this version.
    pub async fn load(&self, run_id: &str) -> Result<Vec<Record>, Unreadable> {
        let records = self.records(run_id).await?;
        records.iter().map(|record| read(record).map_err(Unreadable::Broken)).collect()
    }

    /// A run's records as they are in the journal, as JSON lines for a download.
    pub async fn raw(&self, run_id: &str) -> Result<String, Unavailable> {
        // A string is the JSON of an older release, or foreign; it is exported as it is.
        let shown = |record: &JsValue| {
            record.as_string().or_else(|| JSON::stringify(record).ok()?.as_string())
        };
        let records = self.records(run_id).await?;
        Ok(records
            .iter()
            .map(|record| shown(record).unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// Quarantines a run that cannot be read. It is no longer among the runs, and its records are not
    /// touched, even if they are invalid. Its claims are dropped.
    pub async fn quarantine(&self, run_id: &str, why: &str) -> Result<(), Unavailable> {
        let turn = self.turn();
        turn.comes().await;
        self.drop_unwritten(run_id);
        let transaction = self.begin([RUNS, CLAIMS], Access::WriteDurably)?;
        let store = transaction.object_store(RUNS)?;
        let entry = store.get::<JsValue, _, _>(run_id).primitive()?.await?;
        let entry = entry.filter(JsValue::is_object).unwrap_or_else(|| Object::new().into());
        // Unknown members are preserved.
        Reflect::set(&entry, &"aside".into(), &why.into()).map_err(Error::from)?;
        store.put(entry).with_key(run_id).primitive()?;
        unclaim(&transaction, run_id, None).await?;
        complete(transaction).await
    }

    /// Deletes a run, its records and its claims. Only on a user's request, while no page works on the run.
    pub async fn delete(&self, run_id: &str) -> Result<(), Unavailable> {
        let turn = self.turn();
        turn.comes().await;
        self.drop_unwritten(run_id);
        let transaction = self.begin([RUNS, RECORDS, CLAIMS], Access::Write)?;
        transaction.object_store(RUNS)?.delete(run_id).primitive()?;
        transaction.object_store(RECORDS)?.delete::<JsValue, _>(records_of(run_id)?).primitive()?;
        unclaim(&transaction, run_id, None).await?;
        complete(transaction).await
    }
}

/// The summary of each run.
const RUNS: &str = "runs";
/// The records by run and number; of older releases as JSON text.
const RECORDS: &str = "records";
/// The page that works on an instance, by account and instance.
const CLAIMS: &str = "claims";
/// The claims by run.
const BY_RUN: &str = "run";

const SCHEMA: Schema = Schema { name: "relight", version: 1, make };

fn make(database: &Database) -> indexed_db_futures::Result<()> {
    database.create_object_store(RUNS).build()?;
    database.create_object_store(RECORDS).build()?;
    let claims = database.create_object_store(CLAIMS).build()?;
    claims.create_index(BY_RUN, KeyPath::from("run")).build()?;
    Ok(())
}

/// The summary of a run.
#[derive(Default, Deserialize, Serialize)]
struct KnownRun {
    /// As JSON text, so that the previous release lists the run, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    /// Why it was quarantined, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    aside: Option<String>,
}

/// Whose claim it is, and the number of the record that claimed. A restored run claims again.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    run: String,
    number: u64,
}

/// How often claims may change while we ask which pages live.
const ROUNDS_MAX: usize = 5;

/// How many requests are made before yielding to the browser.
const AT_ONCE: usize = 200;

struct Inner {
    database: Database,
    /// Records that are not known to be in the database.
    unwritten: RefCell<Vec<Entry>>,
    /// Resolved when the last one in the queue is done.
    last_turn: RefCell<Option<Promise>>,
}

struct Entry {
    run: String,
    number: u64,
    record: JsValue,
    summary: Option<String>,
}

impl Journal {
    fn begin<const N: usize>(
        &self,
        stores: [&str; N],
        access: Access,
    ) -> Result<Transaction<'_>, Unavailable> {
        database::begin(&self.0.database, stores, access)
    }

    fn drop_unwritten(&self, run_id: &str) {
        self.0.unwritten.borrow_mut().retain(|entry| entry.run != run_id);
    }

    /// The turn in the queue, taken now.
    fn turn(&self) -> Turn {
        let mut end = None;
        let ended = Promise::new(&mut |resolve, _| end = Some(resolve));
        Turn { before: self.0.last_turn.replace(Some(ended.clone())), end, ended }
    }

    /// Keeps the records to write until they are known to be written.
    fn queue(&self, run_id: &str, record: &Record) -> Result<(), Unavailable> {
        let failed = |error: serde_json::Error| Unavailable::Failed(error.to_string());
        let summary = record.summary().map(|summary| serde_json::to_string(&summary));
        // As one text: the first record of ten thousand instances has a hundred thousand values, each a call
        // across the module boundary.
        let text = serde_json::to_string(record).map_err(failed)?;
        let entry = Entry {
            run: run_id.to_owned(),
            number: record.number(),
            record: JSON::parse(&text).map_err(|_| Unavailable::Failed(String::new()))?,
            summary: summary.transpose().map_err(failed)?,
        };
        self.0.unwritten.borrow_mut().push(entry);
        Ok(())
    }

    /// Writes a run's records up to `number` and claims.
    ///
    /// Whether a claim's page lives cannot be asked inside a transaction, which would end meanwhile. So a
    /// claim is taken over only if it was read before its page was found dead, and has not changed
    /// since; until then the transaction is rolled back and repeated.
    async fn write(
        &self,
        run: &str,
        account: &str,
        number: u64,
        claim: &[InstanceId],
        access: Access,
    ) -> Result<Vec<InstanceId>, Unavailable> {
        let mut seen: BTreeSet<Claim> = BTreeSet::new();
        let mut rounds = 0;
        loop {
            rounds += 1;
            let active = if claim.is_empty() { Err(locks::NoLocks) } else { locks::active().await };
            let transaction = self.begin([RUNS, RECORDS, CLAIMS], access)?;
            let store = transaction.object_store(CLAIMS)?;
            let key = |id: &InstanceId| [account.to_owned(), id.as_str().to_owned()];
            let requests: Vec<_> = claim
                .iter()
                .map(|id| store.get::<JsValue, _, _>(key(id)).primitive())
                .collect::<Result<_, _>>()?;
            let claims = database::results(requests).await?;
            let mut held = Vec::new();
            let mut unsure = Vec::new();
            let mine = to_js(&Claim { run: run.to_owned(), number })?;
            for (id, theirs) in claim.iter().zip(claims) {
                match (theirs.and_then(from_js::<Claim>), &active) {
                    (Some(theirs), Ok(active)) if theirs.run != run => {
                        if active.contains(&theirs.run) {
                            held.push(id.clone());
                            continue;
                        } else if !seen.contains(&theirs) {
                            unsure.push(theirs);
                            held.push(id.clone());
                            continue;
                        }
                    }
                    // Free, ours, or there are no locks.
                    _ => {}
                }
                store.put(&mine).with_key(key(id)).without_key_type().primitive()?;
            }
            // A claim that changes so often has a living page.
            if !unsure.is_empty() && rounds < ROUNDS_MAX {
                seen.extend(unsure);
                continue;
            }
            self.add_records(&transaction, run, number)?;
            complete(transaction).await?;
            let mut unwritten = self.0.unwritten.borrow_mut();
            unwritten.retain(|entry| entry.run != run || entry.number > number);
            return Ok(held);
        }
    }

    fn add_records(
        &self,
        transaction: &Transaction<'_>,
        run: &str,
        number: u64,
    ) -> Result<(), Unavailable> {
        let records = transaction.object_store(RECORDS)?;
        let unwritten = self.0.unwritten.borrow();
        for entry in unwritten.iter().filter(|entry| entry.run == run && entry.number <= number) {
            // `add` and not `put`: two pages that continue the same run must not both succeed.
            records.add(&entry.record).with_key(to_js(&(run, entry.number))?).primitive()?;
            if entry.summary.is_some() {
                let known = to_js(&KnownRun { summary: entry.summary.clone(), aside: None })?;
                transaction.object_store(RUNS)?.put(known).with_key(run).primitive()?;
            }
        }
        Ok(())
    }

    async fn records(&self, run_id: &str) -> Result<Vec<JsValue>, Unavailable> {
        let turn = self.turn();
        turn.comes().await;
        let transaction = self.begin([RECORDS], Access::Read)?;
        let store = transaction.object_store(RECORDS)?;
        let records =
            store.get_all().with_query::<JsValue, _>(records_of(run_id)?).primitive()?.await?;
        Ok(records.collect::<Result<_, _>>()?)
    }
}

/// A turn in the queue. It ends when this is dropped.
struct Turn {
    before: Option<Promise>,
    end: Option<Function>,
    ended: Promise,
}

impl Turn {
    async fn comes(&self) {
        if let Some(before) = &self.before {
            let _ = JsFuture::from(before.clone()).await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Leaving the queue early does not let the next one overtake those before.
        let before = self.before.take().map_or(JsValue::UNDEFINED, JsValue::from);
        if let Some(end) = &self.end {
            let _ = end.call1(&JsValue::UNDEFINED, &before);
        }
    }
}

fn read(record: &JsValue) -> Result<Record, Broken> {
    /// The member that every version has.
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    read_as(record).ok_or_else(|| match read_as(record) {
        Some(Versioned { version }) if !reads_version(version) => Broken::Version(version),
        Some(_) | None => Broken::Corrupt("a record cannot be read"),
    })
}

/// A record, stored as an object, or as JSON text by older releases.
fn read_as<T: DeserializeOwned>(record: &JsValue) -> Option<T> {
    match record.as_string() {
        Some(text) => serde_json::from_str(&text).ok(),
        None => from_js(record.clone()),
    }
}

/// Deletes a run's claims.
async fn unclaim(
    transaction: &Transaction<'_>,
    run: &str,
    only: Option<&BTreeSet<String>>,
) -> Result<(), Unavailable> {
    let store = transaction.object_store(CLAIMS)?;
    let index = store.index(BY_RUN)?;
    let keys = index.get_all_keys::<JsValue>().with_query(run).primitive()?.await?;
    let keys: Vec<JsValue> = keys
        .filter(|key| {
            let instance = key.as_ref().ok().and_then(|key| Array::from(key).get(1).as_string());
            only.is_none_or(|only| instance.is_some_and(|instance| only.contains(&instance)))
        })
        .collect::<Result<_, _>>()?;
    for some in keys.chunks(AT_ONCE) {
        let requests = some.iter().map(|key| store.delete(key.clone()).primitive());
        database::results(requests.collect::<Result<_, _>>()?).await?;
    }
    Ok(())
}

/// All keys that begin with the run: an array is greater than any number.
fn records_of(run: &str) -> Result<KeyRange<JsValue>, Unavailable> {
    Ok(KeyRange::from(to_js(&[run])?..=to_js(&(run, [(); 0]))?))
}
