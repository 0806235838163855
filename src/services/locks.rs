//! Web Locks, shared by all pages of this origin and released when a page ends: they tell whether a
//! run's page lives, and limit the rate of all tabs together.
//!
//! They need a secure context. Without them every function returns [`NoLocks`], and the page works as
//! if it were the only one.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The browser has no Web Locks here: an insecure context, or an opaque origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoLocks;

/// Held while this page works on a run. Released when dropped and when the page ends, however it ends.
#[derive(Debug)]
pub struct RunLock(#[allow(dead_code, reason = "it is held, and released when dropped")] WebLock);

impl RunLock {
    /// Locks a run. `None` if another page, or this one, has the lock.
    ///
    /// # Errors
    /// There are no locks to take.
    pub async fn take(run_id: &str) -> Result<Option<Self>, NoLocks> {
        Ok(request(&format!("{RUN}{run_id}"), true).await?.map(RunLock))
    }
}

/// The ids of the runs that a page works on now, this page's own included.
///
/// # Errors
/// There are no locks to ask for.
pub async fn active() -> Result<BTreeSet<String>, NoLocks> {
    let query = manager()?.query().map_err(|_| NoLocks)?;
    let snapshot = JsFuture::from(query).await.map_err(|_| NoLocks)?;
    let held = Reflect::get(&snapshot, &"held".into()).map_err(|_| NoLocks)?;
    Ok(Array::from(&held)
        .iter()
        .filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string())
        .filter_map(|name| name.strip_prefix(RUN).map(str::to_owned))
        .collect())
}

/// Waits until this page may send. `name` names the shared limit: cloud, region and action. All pages
/// together get at most so many slots in any `window_ms`; a page's slots come in the order of its
/// calls. Dropping the future gives the slot up.
///
/// There are as many locks as slots, and a slot holds one of them for the whole window: pages that
/// keep the rate by themselves never wait for each other's timers.
///
/// # Errors
/// There are no locks: only this page's own pace holds.
pub async fn rate_limit(name: &str, slots: u32, window_ms: u32) -> Result<(), NoLocks> {
    let slot = next_slot(name, slots);
    let lock = request(&format!("{RATE}{name} {slot}"), false).await?;
    Timeout::new(window_ms, move || drop(lock)).forget();
    Ok(())
}

thread_local! {
    /// How many slots this page has asked for, by name.
    static ASKED: RefCell<Vec<(String, u32)>> = const { RefCell::new(Vec::new()) };
}

/// Round-robin: the lock that this page has held longest ago is the first to be free.
fn next_slot(name: &str, slots: u32) -> u32 {
    ASKED.with_borrow_mut(|asked| {
        let index = asked.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            asked.push((name.to_owned(), 0));
            asked.len() - 1
        });
        let Some((_, count)) = asked.get_mut(index) else { return 0 };
        let slot = *count % slots.max(1);
        *count = count.wrapping_add(1);
        slot
    })
}

/// Followed by the run's id.
const RUN: &str = "relight-run-";

/// Followed by the name of the limit, and the number of a slot.
const RATE: &str = "relight-pace-";

// In web-sys these need an unstable flag that changes other interfaces, too.
#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &Function,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;
}

fn manager() -> Result<LockManager, NoLocks> {
    Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"locks".into()))
        .ok()
        .filter(JsValue::is_object)
        .map(JsCast::unchecked_into)
        .ok_or(NoLocks)
}

/// A lock, or a pending request for one. Dropping it releases or cancels it.
#[derive(Debug)]
struct WebLock(Rc<RefCell<LockState>>);

#[derive(Debug)]
enum LockState {
    Waiting,
    /// Calling it releases the lock.
    Held(Function),
    /// Another page has it.
    Refused,
    /// Cancelled.
    Dropped,
}

impl Drop for WebLock {
    fn drop(&mut self) {
        match self.0.replace(LockState::Dropped) {
            LockState::Held(release) => {
                let _ = release.call0(&JsValue::UNDEFINED);
            }
            LockState::Waiting | LockState::Refused | LockState::Dropped => {}
        }
    }
}

/// Requests a lock, and waits for it unless `if_available` is set.
async fn request(name: &str, if_available: bool) -> Result<Option<WebLock>, NoLocks> {
    let manager = manager()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &if_available.into()).map_err(|_| NoLocks)?;
    let lock = WebLock(Rc::new(RefCell::new(LockState::Waiting)));
    let answered = Promise::new(&mut |answer, _| {
        let granted = Closure::once_into_js({
            let state = Rc::clone(&lock.0);
            let answer = answer.clone();
            move |grant: JsValue| -> JsValue {
                let until = if grant.is_object() { granted(&state) } else { refused(&state) };
                let _ = answer.call0(&JsValue::UNDEFINED);
                until
            }
        });
        let request = manager.request(name, &options, granted.unchecked_ref());
        // Also when the request is rejected without a call of `granted`.
        spawn_local(async move {
            if let Ok(request) = request {
                let _ = JsFuture::from(request).await;
            }
            let _ = answer.call0(&JsValue::UNDEFINED);
        });
    });
    let _ = JsFuture::from(answered).await;
    let refused = match *lock.0.borrow() {
        LockState::Held(_) => false,
        LockState::Refused => true,
        LockState::Waiting | LockState::Dropped => return Err(NoLocks),
    };
    Ok((!refused).then_some(lock))
}

/// The lock is held until the promise that this returns is resolved.
fn granted(state: &RefCell<LockState>) -> JsValue {
    if matches!(*state.borrow(), LockState::Dropped) {
        return JsValue::UNDEFINED;
    }
    Promise::new(&mut |release, _| {
        state.replace(LockState::Held(release));
    })
    .into()
}

fn refused(state: &RefCell<LockState>) -> JsValue {
    state.replace(LockState::Refused);
    JsValue::UNDEFINED
}
