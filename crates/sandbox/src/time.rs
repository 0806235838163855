//! Dates of the wire formats, from and to Unix seconds.

/// `2024-05-01T08:00:00Z`.
pub fn iso(unix_s: i64) -> String {
    let (year, month, day) = civil(unix_s.div_euclid(86_400));
    let (hour, minute, second) = clock(unix_s);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
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
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = unix_s.div_euclid(86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = clock(unix_s);
    let week_day = DAYS[usize::try_from(days.rem_euclid(7)).unwrap_or_default()];
    let month = MONTHS[usize::try_from(month - 1).unwrap_or_default()];
    format!("{week_day}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Unix seconds of `2024-05-01T08:00:00Z`; nothing else is accepted.
pub fn parse_iso(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = |(byte, want): (&u8, &u8)| match want {
        b'd' => byte.is_ascii_digit(),
        mark => byte == mark,
    };
    if bytes.len() != shape.len() || !bytes.iter().zip(shape).all(fits) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

fn clock(unix_s: i64) -> (i64, i64, i64) {
    let second = unix_s.rem_euclid(86_400);
    (second / 3_600, second / 60 % 60, second % 60)
}

/// Year, month and day of a day number since 1970, in the proleptic Gregorian calendar.
/// Years are counted from March so that the leap day is the last of its year.
fn civil(days_since_1970: i64) -> (i64, i64, i64) {
    let shifted = days_since_1970 + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::{date, http, iso, iso_minutes, parse_iso};

    #[test]
    fn dates_go_there_and_back() {
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
