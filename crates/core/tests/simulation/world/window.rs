//! A cloud that counts by windows: what it refuses for its pace stays refused until the next one
//! begins, for whoever asks.

use super::World;
use crate::mock_responses::{self, ServiceError};
use relight_core::{
    model::outcome::Response,
    run::{Event, Run},
    transport::{self, TransportResult},
};
use serde_json::Value;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Calls,
    Reads,
}

/// One of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// Before this the cloud refuses.
    refused_until: u64,
    /// Before this the page knows that it does: it was told, and its clock was not set since.
    known_until: u64,
}

impl World {
    fn window(&mut self, counted: Counted) -> &mut Window {
        match counted {
            Counted::Calls => &mut self.call_window,
            Counted::Reads => &mut self.read_window,
        }
    }

    /// When the window ends in which the cloud's clock shows this.
    fn end_of_window(&self, cloud_ms: u64) -> Option<u64> {
        let window_ms = self.cloud.throttle_window_ms?;
        let end = cloud_ms - cloud_ms % window_ms + window_ms;
        Some(end.saturating_add_signed(-self.skew_seconds * 1_000))
    }

    /// Somebody, perhaps another tool of the same account, has used up the window.
    pub(super) fn use_up(&mut self, counted: Counted) {
        let cloud_ms = self.now.saturating_add_signed(self.skew_seconds * 1_000);
        if let Some(end) = self.end_of_window(cloud_ms) {
            self.window(counted).refused_until = end;
        }
    }

    /// Whether the cloud refuses what arrives now.
    pub(super) fn refuses(&mut self, counted: Counted) -> bool {
        self.now < self.window(counted).refused_until
    }

    pub(super) fn refusal(&self) -> Response {
        let seconds = self.now.saturating_add_signed(self.skew_seconds * 1_000) / 1_000;
        let request = "00000000-0000-0000-0002-000000000000";
        mock_responses::service_error(self.cloud.id, ServiceError::Throttled, request, seconds)
    }

    /// The page hears what the cloud refuses, and until when by the clock of the refusal.
    pub(super) fn hear(&mut self, event: &Event) {
        let (counted, result) = match event {
            Event::Completed { result, .. } => (Counted::Calls, result),
            Event::Described { result, .. } => (Counted::Reads, result),
            _ => return,
        };
        self.hear_of(counted, result);
    }

    pub(super) fn hear_of(&mut self, counted: Counted, result: &TransportResult) {
        let TransportResult::Answered(response) = result else { return };
        let (_, code, _) = mock_responses::of(self.cloud.id).service_error(ServiceError::Throttled);
        let is_whole = serde_json::from_str::<Value>(&response.body).is_ok();
        if !is_whole || !response.body.contains(code) {
            return;
        }
        let seconds =
            transport::server_unix_seconds(response).and_then(|at| u64::try_from(at).ok());
        if let Some(end) = seconds.and_then(|seconds| self.end_of_window(seconds * 1_000)) {
            let window = self.window(counted);
            window.known_until = window.known_until.max(end);
        }
    }

    /// A page that was closed has forgotten it, and one whose clock was set cannot tell any more.
    pub(super) fn forget_windows(&mut self) {
        self.call_window.known_until = 0;
        self.read_window.known_until = 0;
    }

    /// Nothing leaves that is known to be refused: only what finds out is.
    pub(super) fn check_window(&mut self, counted: Counted) -> Result<(), String> {
        let known_until = self.window(counted).known_until;
        if self.now < known_until {
            let left_ms = known_until - self.now;
            return Err(format!(
                "{counted:?}: sent {left_ms} ms before the refused window is over"
            ));
        }
        Ok(())
    }

    /// While the page knows it, it says so, and no time that is too early.
    pub(super) fn check_windows_shown(&self, run: &Run) -> Result<(), String> {
        let now = self.page_now();
        let shown = [
            (self.call_window.known_until, run.throttled_until(now)),
            (self.read_window.known_until, run.describes_throttled_until(now)),
        ];
        for (known_until, shown_until) in shown {
            let left_ms = known_until.saturating_sub(self.now);
            if left_ms > 0 && shown_until.is_none_or(|until| until < now + left_ms) {
                return Err(format!("{left_ms} ms are still refused, and it says {shown_until:?}"));
            }
        }
        Ok(())
    }
}
