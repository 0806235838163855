//! Formats numbers, times and durations for the language.

use js_sys::{Array, Function, Object, Reflect};
use relight_core::{i18n::Locale, run::Millis};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, JsValue};

/// A title with labelled lines below it, to copy; empty ones are omitted.
pub fn lines(title: &str, named: &[(&str, &str)]) -> String {
    let mut text = title.to_owned();
    for (name, value) in named.iter().filter(|(_, value)| !value.is_empty()) {
        for part in ["\n", name, ": ", value] {
            text.push_str(part);
        }
    }
    text
}

/// A count in the language's format.
#[allow(clippy::cast_precision_loss)]
pub fn number(locale: Locale, count: usize) -> String {
    // Below a thousand there is nothing to group, and most counts are.
    if count < 1_000 {
        return count.to_string();
    }
    js_sys::Number::from(count as f64).to_locale_string(locale.tag()).into()
}

/// The time of day in the language's format; with the date unless it is today's.
#[allow(clippy::cast_precision_loss)]
pub fn time_of_day(locale: Locale, at: Millis) -> String {
    let then = js_sys::Date::new(&(at as f64).into());
    let now = js_sys::Date::new(&(crate::services::clock::now() as f64).into());
    if then.to_date_string() == now.to_date_string() {
        then.to_locale_time_string(locale.tag()).into()
    } else {
        then.to_locale_string(locale.tag(), &Object::new()).into()
    }
}

/// A time for a support request: ISO 8601, in UTC.
#[allow(clippy::cast_precision_loss)]
pub fn instant(at: Millis) -> String {
    js_sys::Date::new(&(at as f64).into()).to_iso_string().into()
}

/// A duration in the language's format: `1 hr, 1 min, 12 sec`.
pub fn duration(locale: Locale, ms: Millis) -> String {
    let all = ms / 1_000;
    // The rows of a call share a duration.
    let known = LAST_DURATION.take().filter(|last| (last.0, last.1) == (locale, all));
    let words = known.map_or_else(|| new_duration(locale, all), |last| last.2);
    LAST_DURATION.replace(Some((locale, all, words.clone())));
    words
}

fn new_duration(locale: Locale, seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    duration_by_intl(locale, hours, minutes, seconds).unwrap_or_else(|| {
        // Browsers before 2025 have no `Intl.DurationFormat`.
        let (hour, minute, second) = match locale {
            Locale::En => (" h ", " min ", " s"),
            Locale::Zh => (" 小时 ", " 分 ", " 秒"),
        };
        match (hours, minutes) {
            (0, 0) => format!("{seconds}{second}"),
            (0, minutes) => format!("{minutes}{minute}{seconds}{second}"),
            (hours, minutes) => format!("{hours}{hour}{minutes}{minute}{seconds}{second}"),
        }
    })
}

thread_local! {
    /// The browser's formatters: creating one takes longer than using it a hundred times.
    static DURATIONS: RefCell<HashMap<Locale, Option<(JsValue, Function)>>> = RefCell::default();
    /// The last duration, and its text.
    static LAST_DURATION: RefCell<Option<(Locale, u64, String)>> = const { RefCell::new(None) };
}

/// `None` where the browser has no `Intl.DurationFormat`.
#[allow(clippy::cast_precision_loss)]
fn duration_by_intl(locale: Locale, hours: u64, minutes: u64, seconds: u64) -> Option<String> {
    let spans = object(&[
        ("hours", (hours as f64).into()),
        ("minutes", (minutes as f64).into()),
        ("seconds", (seconds as f64).into()),
    ])?;
    DURATIONS.with_borrow_mut(|formats| {
        let made = formats.entry(locale).or_insert_with(|| duration_format(locale));
        let (format, write) = made.as_ref()?;
        write.call1(format, &spans).ok()?.as_string()
    })
}

/// A formatter, and its bound `format` function.
fn duration_format(locale: Locale) -> Option<(JsValue, Function)> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let format = Reflect::get(&intl, &"DurationFormat".into()).ok()?.dyn_into::<Function>().ok()?;
    let options = object(&[("style", "short".into()), ("secondsDisplay", "always".into())])?;
    let format = Reflect::construct(&format, &Array::of2(&locale.tag().into(), &options)).ok()?;
    let write = Reflect::get(&format, &"format".into()).ok()?.dyn_into::<Function>().ok()?;
    Some((format, write))
}

fn object(members: &[(&str, JsValue)]) -> Option<Object> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).ok()?;
    }
    Some(object)
}
