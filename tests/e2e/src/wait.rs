//! Waiting for things, never for time.

use anyhow::{Result, anyhow};
use std::{fmt::Display, future::Future, time::Duration};
use tokio::time::{Instant, sleep};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(40);

/// Polls until the function returns something, and returns that.
///
/// # Errors
/// After half a minute: what was waited for, and the last error of the function, if it had one.
pub async fn until<T, F>(what: impl Display, mut look: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let give_up_at = Instant::now() + PATIENCE;
    loop {
        let error = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= give_up_at {
            let waited = format!("waited {} s for {what}", PATIENCE.as_secs());
            return Err(match error {
                Some(error) => error.context(waited),
                None => anyhow!(waited),
            });
        }
        sleep(POLL_INTERVAL).await;
    }
}
