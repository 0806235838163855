//! Times in response headers.

use crate::{
    clouds,
    model::{cloud::Cloud, outcome::Response},
    text::time::unix_seconds,
};

/// How long a response asks to wait, in milliseconds: `Retry-After` in seconds or as a date, or a
/// cloud's own header.
pub fn retry_after_ms(response: &Response) -> Option<u64> {
    let own = clouds::ALL
        .iter()
        .filter_map(|cloud| cloud.retry_after_ms_header)
        .find_map(|name| response.header(name));
    if let Some(ms) = own.and_then(|value| value.trim().parse().ok()) {
        return Some(ms);
    }
    let value = response.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(seconds.saturating_mul(1000));
    }
    let seconds = unix_seconds(value)?.checked_sub(server_unix_seconds(response)?)?;
    u64::try_from(seconds).ok().map(|seconds| seconds.saturating_mul(1000))
}

/// The longest wait that is accepted, in milliseconds.
pub(crate) const LONGEST_PAUSE_MS: u64 = 120_000;

/// How long to wait after throttling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) ms: u64,
    /// Not requested by the response: the cloud refuses until its next rate limit window.
    pub(crate) is_window: bool,
}

/// How long to wait after throttling: as the response asks, or until the cloud's next window.
pub(crate) fn pause_after(cloud: &Cloud, response: &Response, now_ms: u64) -> Option<Pause> {
    let asked =
        retry_after_ms(response).map(|ms| Pause { ms: ms.min(LONGEST_PAUSE_MS), is_window: false });
    asked.or_else(|| {
        let ms = until_next_window_ms(cloud, response, now_ms)?;
        Some(Pause { ms, is_window: true })
    })
}

/// Milliseconds until the next rate limit window of a cloud that counts by windows, by the clock of
/// its response or else by ours. With a margin: its seconds are truncated, and clocks differ a
/// little.
fn until_next_window_ms(cloud: &Cloud, response: &Response, now_ms: u64) -> Option<u64> {
    const MARGIN_MS: u64 = 2_000;
    let window = cloud.throttle_window_ms?.max(1);
    let theirs = server_unix_seconds(response).and_then(|seconds| u64::try_from(seconds).ok());
    let theirs = theirs.map_or(now_ms, |seconds| seconds.saturating_mul(1_000));
    Some(window - theirs % window + MARGIN_MS)
}

/// The server's clock, from the `Date` header, in seconds since 1970. `None` if the header is
/// missing, malformed or doubled, or if the response comes from a cache (`Age`).
pub fn server_unix_seconds(response: &Response) -> Option<i64> {
    let mut dates = response.all("date");
    let date = dates.next()?;
    if dates.next().is_some() || response.header("age").is_some() {
        return None;
    }
    unix_seconds(date.trim())
}

#[cfg(test)]
mod tests {
    use super::{Response, retry_after_ms, server_unix_seconds};

    fn answer(headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Response { status: 200, headers: headers.collect(), body: String::new() }
    }

    #[test]
    fn dates() {
        for (date, want) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199)),
            ("Fri, 01 Mar 2024 00:00:00 GMT", Some(1_709_251_200)),
            ("Mon, 06 Nov 1994 08:49:37 GMT", None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sun, 06 Nov 1994 08:49:37 +0000", None),
            ("Sun, 6 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49 GMT", None),
            ("", None),
        ] {
            assert_eq!(server_unix_seconds(&answer(&[("date", date)])), want, "{date}");
        }
        let cached = [("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("age", "1")];
        assert_eq!(server_unix_seconds(&answer(&cached)), None);
        let twice =
            [("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Sun, 06 Nov 1994 09:49:37 GMT")];
        assert_eq!(server_unix_seconds(&answer(&twice)), None);
        assert_eq!(server_unix_seconds(&answer(&[])), None);
    }

    #[test]
    fn waits() {
        assert_eq!(retry_after_ms(&answer(&[("retry-after", "3")])), Some(3000));
        assert_eq!(
            retry_after_ms(&answer(&[("retry-after", "18446744073709551615")])),
            Some(u64::MAX)
        );
        assert_eq!(retry_after_ms(&answer(&[("retry-after", "soon")])), None);
        assert_eq!(retry_after_ms(&answer(&[])), None);
        let own = [("retry-after", "3"), ("x-acs-retry-after", "250")];
        assert_eq!(retry_after_ms(&answer(&own)), Some(250));
        let date = [
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 08:49:39 GMT"),
        ];
        assert_eq!(retry_after_ms(&answer(&date)), Some(2000));
    }
}
