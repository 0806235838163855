//! Dates of the wire formats, from and to Unix seconds.

use std::time::{Duration, UNIX_EPOCH};
use time::{UtcDateTime, format_description::well_known::Rfc3339};

/// `2024-05-01T08:00:00Z`.
pub fn iso(unix_s: i64) -> String {
    let time = UtcDateTime::from_unix_timestamp(unix_s).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

/// `2024-05-01T08:00Z`, as Alibaba writes start times.
pub(crate) fn iso_minutes(unix_s: i64) -> String {
    let mut text = iso(unix_s);
    text.truncate(16);
    text.push('Z');
    text
}

/// `2024-05-01`, the UTC date.
pub fn date(unix_s: i64) -> String {
    let mut text = iso(unix_s);
    text.truncate(10);
    text
}

/// `Wed, 01 May 2024 08:00:00 GMT`, the `Date` header.
pub fn http(unix_s: i64) -> String {
    /// 9999-12-31T23:59:59Z; the form has no room for later years.
    const LAST: i64 = 253_402_300_799;
    let since_1970 = u64::try_from(unix_s.min(LAST)).unwrap_or_default();
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(since_1970))
}

/// Unix seconds of `2024-05-01T08:00:00Z`; nothing else is accepted.
pub fn parse_iso(text: &str) -> Option<i64> {
    let time = UtcDateTime::parse(text, &Rfc3339).ok()?;
    // What is parsed may have fractions, offsets and leap seconds, too.
    Some(time.unix_timestamp()).filter(|unix_s| iso(*unix_s) == text)
}

#[cfg(test)]
mod tests {
    use super::{date, http, iso, iso_minutes, parse_iso};

    #[test]
    fn dates_round_trip() {
        assert_eq!(iso(1_714_550_400), "2024-05-01T08:00:00Z");
        assert_eq!(iso_minutes(1_714_550_459), "2024-05-01T08:00Z");
        assert_eq!(date(1_700_000_000), "2023-11-14");
        assert_eq!(http(1_714_550_400), "Wed, 01 May 2024 08:00:00 GMT");
        for second in (-3_000_000_000..5_000_000_000_i64).step_by(86_399 * 37) {
            assert_eq!(parse_iso(&iso(second)), Some(second));
        }
        assert_eq!(parse_iso("2024-05-01T08:00:00"), None);
        assert_eq!(parse_iso("2024-13-01T08:00:00Z"), None);
    }
}
