//! Times as text: ISO 8601, which is signed, parsed and exported, and HTTP dates.

use std::time::UNIX_EPOCH;
use time::{UtcDateTime, format_description::well_known::Rfc3339};

/// Formats as `2024-05-01T08:00:00Z`; empty for a year beyond four digits.
///
/// ```
/// assert_eq!(relight_core::text::time::iso_8601(1_714_550_400), "2024-05-01T08:00:00Z");
/// ```
pub fn iso_8601(unix_seconds: i64) -> String {
    let time = UtcDateTime::from_unix_timestamp(unix_seconds).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The UTC date as `2024-05-01`; empty where [`iso_8601`] is.
///
/// ```
/// assert_eq!(relight_core::text::time::iso_date(1_714_550_399), "2024-05-01");
/// ```
pub fn iso_date(unix_seconds: i64) -> String {
    let mut time = iso_8601(unix_seconds);
    time.truncate("2024-05-01".len());
    time
}

/// Parses `2024-05-01T08:00:00Z`, with or without seconds, to seconds since 1970; `None` for
/// anything else.
pub fn parse_iso_8601(text: &str) -> Option<i64> {
    // The parser also accepts fractions, offsets and other separators.
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let seconds = match time.len() {
        5 => ":00",
        8 => "",
        _ => return None,
    };
    let time = UtcDateTime::parse(&format!("{date}T{time}{seconds}Z"), &Rfc3339).ok()?;
    Some(time.unix_timestamp()).filter(|seconds| *seconds >= 0)
}

/// Parses a start time of a cloud: seconds since 1970 and its precision in seconds, 60 for
/// `2024-05-01T08:00Z` and 1 for `2024-05-01T08:00:30Z`.
pub(crate) fn start_time(text: &str) -> Option<(i64, i64)> {
    let rounded_to = if text.len() == "2024-05-01T08:00Z".len() { 60 } else { 1 };
    Some((parse_iso_8601(text)?, rounded_to))
}

/// Parses an IMF-fixdate (RFC 9110): `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn unix_seconds(date: &str) -> Option<i64> {
    // The parser also accepts the two obsolete forms.
    let time = httpdate::parse_http_date(date).ok()?;
    let is_current_form = httpdate::fmt_http_date(time) == date;
    let since_1970 = time.duration_since(UNIX_EPOCH).ok().filter(|_| is_current_form)?;
    i64::try_from(since_1970.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::{iso_8601, parse_iso_8601, start_time};

    #[test]
    fn dates_go_both_ways() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_714_550_400, "2024-05-01T08:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(iso_8601(seconds), text);
            assert_eq!(parse_iso_8601(text), Some(seconds));
        }
        assert_eq!(parse_iso_8601("2024-05-01"), None);
        assert_eq!(parse_iso_8601("2024-13-01T00:00:00Z"), None);
    }

    #[test]
    fn start_times() {
        for (text, want) in [
            ("2024-05-01T08:00Z", Some((1_714_550_400, 60))),
            ("2024-05-01T08:00:30Z", Some((1_714_550_430, 1))),
            ("2024-13-01T08:00Z", None),
            ("2024-05-01T08:60Z", None),
            ("2024-05-01 08:00", None),
            ("2024-05-01T08:00:30:00Z", None),
            ("", None),
        ] {
            assert_eq!(start_time(text), want, "{text}");
        }
    }
}
