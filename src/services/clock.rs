//! The only place that reads the clock and makes random values; and a deadline for any future.

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
pub(crate) use relight_core::run::Millis;
use relight_core::signing;
use std::pin::pin;
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use web_sys::Crypto;

/// Milliseconds since 1970, by the page's clock.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#[expect(clippy::disallowed_methods, reason = "this is where the time is asked for")]
pub(crate) fn now() -> Millis {
    js_sys::Date::now().max(0.0) as Millis
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn page_time() -> f64;
}

/// A moment by two clocks: the wall clock, which can be set, and the page's monotonic one, which may stop
/// while the machine sleeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    now: Millis,
    page_time: Millis,
}

impl Moment {
    /// Now.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "of a page's life")]
    pub(crate) fn now() -> Self {
        Moment { now: now(), page_time: page_time() as Millis }
    }

    /// The time since then: the longer one by the two clocks, so that neither sleep nor a clock that was
    /// set back makes it shorter.
    pub(crate) fn elapsed(self) -> Millis {
        let later = Moment::now();
        let by_date = later.now.saturating_sub(self.now);
        by_date.max(later.page_time.saturating_sub(self.page_time))
    }
}

/// Seconds since 1970 for a signature, corrected by the known offset of the cloud's clock.
pub(crate) fn unix_seconds(skew_seconds: i64) -> i64 {
    i64::try_from(now() / 1_000).unwrap_or(i64::MAX).saturating_add(skew_seconds)
}

/// The result of a future, or `None` if that takes longer than so many milliseconds. The future is
/// dropped then.
pub(crate) async fn within<T>(limit_ms: u32, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), TimeoutFuture::new(limit_ms)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// A nonce of 32 hexadecimal digits. `None` where there is no source of random values: then nothing may be
/// signed.
pub(crate) fn nonce() -> Option<String> {
    let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    let crypto = crypto.dyn_into::<Crypto>().ok()?;
    let mut bytes = [0_u8; 16];
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(signing::hex(&bytes))
}
