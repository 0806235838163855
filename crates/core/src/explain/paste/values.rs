//! Named values in a text or an object, and other facts next to a code: the request id, the
//! message, instance ids, the key id, the clock skew.

use crate::{
    clouds,
    explain::paste::shapes::{is_id, words},
    model::cloud::Cloud,
    text::{named::value_of, time},
};
use serde_json::{Map, Value};

/// The request id of an error, near its code. One that was split by a line break is joined.
pub(super) fn request_id(before: &str, after: &str) -> Option<String> {
    const NAMES: &[&str] = &[
        "requestid",
        "request_id",
        "request id",
        "request-id",
        "请求id",
        "请求 id",
        "請求id",
        "請求 id",
        "リクエストid",
    ];
    let read = |text: &str| {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        let id = value_of(text, NAMES, ends).or_else(|| bracketed(text, NAMES))?;
        let whole = joined_id(text, id).unwrap_or_else(|| id.to_owned());
        let is_id = (6..=80).contains(&whole.len()) && whole.bytes().any(|b| b.is_ascii_digit());
        is_id.then_some(whole)
    };
    let line_before = before.rsplit('\n').next().unwrap_or("");
    let line_after = after.split('\n').next().unwrap_or("");
    read(line_after)
        .filter(|id| is_id(id))
        .or_else(|| read(line_before))
        .or_else(|| read(after))
        .or_else(|| read(before))
        .or_else(|| closing_id(line_after))
}

/// `[RequestId] 6F2A…`, `【请求ID】6F2A…`, `请求 ID【6F2A…】`; after a space, anything in the format of
/// one.
fn bracketed<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    let lower = text.to_ascii_lowercase();
    let closed = names.iter().filter_map(|name| Some(lower.find(name)? + name.len())).min()?;
    let rest = text.get(closed..)?.trim_start_matches(' ');
    let bracket = rest.strip_prefix([']', '】', '【', '[', '(', '（']);
    let value = bracket.unwrap_or(rest).trim_start();
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let value = value.get(..end.unwrap_or(value.len()))?;
    (bracket.is_some() || is_id(value)).then_some(value)
}

/// The id that continues after a line break, if the parts make a whole one.
fn joined_id(text: &str, piece: &str) -> Option<String> {
    if piece.len() < 8 || is_id(piece) {
        return None;
    }
    // `value_of` returns a slice of `text`; after the name it occurs for the first time.
    let (_, after) = text.split_once(piece)?;
    let continuation = after.trim_start_matches([' ', '\r', '\t', '│', '|', '\\']);
    let continuation = continuation
        .strip_prefix('\n')
        .or_else(|| continuation.strip_prefix("n"))?
        .trim_start_matches([' ', '\t', '│', '|']);
    let end = continuation
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .unwrap_or(continuation.len());
    let whole = format!("{piece}{}", continuation.get(..end)?);
    is_id(&whole).then_some(whole)
}

/// `Code-Message-RequestId`, as in an SDK's exception: the id at the end of its line.
fn closing_id(line_after: &str) -> Option<String> {
    id_at_end(line_after).filter(|_| line_after.starts_with('-'))
}

/// `Message-RequestId`: the id at the end of a line.
pub(super) fn id_at_end(line: &str) -> Option<String> {
    let line = line.trim_end();
    let id = line.get(line.len().checked_sub(36)?..)?;
    (is_id(id) && line.get(..line.len() - 36)?.ends_with('-')).then(|| id.to_owned())
}

/// The HTTP status that a text names as such.
pub(super) fn status_in(text: &str) -> Option<u16> {
    const NAMES: &[&str] =
        &["httpstatus", "http status", "status code", "statuscode", "status_code", "状态码"];
    let status = value_of(text, NAMES, |c| !c.is_ascii_digit())?.parse().ok();
    status.filter(|status| (100..600).contains(status))
}

/// The message of an error, near its code.
pub(super) fn message<'t>(before: &'t str, after: &'t str) -> Option<&'t str> {
    const NAMES: &[&str] = &["message", "errmsg", "msg"];
    fn ends(c: char) -> bool {
        matches!(c, '\n' | '\r' | '<' | '|')
    }
    let named =
        |text| value_of(text, NAMES, ends).map(without_request_id).filter(|text| !text.is_empty());
    let line_after = after.split(['\n', '\r']).next().unwrap_or("");
    let follows = || {
        // `Error:Code The message.`, `Code: The message.`, `Code-The message.`
        let text = line_after.trim_start_matches([' ', ':', '-', ',', ']', ')', '|', '\t']);
        let text = text.split(['|', '\t']).next().unwrap_or(text).trim_end();
        let text = match text.strip_prefix("code:").and_then(|text| text.split_once(',')) {
            Some((_, text)) => text.trim_start(),
            None => text,
        };
        let is_prose = !line_after.starts_with(['"', '\'', '\\', '<', '&', '}'])
            && text.starts_with(|c: char| c.is_alphabetic());
        is_prose.then(|| without_request_id(text)).filter(|text| text.contains(' '))
    };
    named(line_after).or_else(follows).or_else(|| named(after)).or_else(|| named(before))
}

/// Removes a request id and what closes a message from its end.
fn without_request_id(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let end = ["requestid", "request_id", "+ [ requestid", " request id"]
        .iter()
        .filter_map(|name| lower.find(name))
        .min()
        .unwrap_or(text.len());
    text.get(..end).unwrap_or(text).trim_end_matches([' ', ',', '+', '[', ']', '"', '\''])
}

/// Whether a word is a field name of responses.
pub(super) fn is_field_name(word: &str) -> bool {
    ["requestid", "hostid", "statuscode", "errorcode", "errormessage", "instanceid"]
        .iter()
        .any(|name| is_named(word, name))
}

/// A string member under one of these names, ignoring case, `-` and `_`.
pub(super) fn field<'v>(fields: &'v Map<String, Value>, names: &[&str]) -> Option<&'v str> {
    names.iter().find_map(|name| {
        fields
            .iter()
            .find(|(key, value)| value.is_string() && is_named(key, name))
            .and_then(|(_, value)| value.as_str())
            .filter(|text| !text.is_empty())
    })
}

fn is_named(key: &str, name: &str) -> bool {
    key.bytes()
        .filter(|b| !matches!(b, b'-' | b'_' | b' '))
        .map(|b| b.to_ascii_lowercase())
        .eq(name.bytes())
}

/// The HTTP status in an object.
pub(super) fn status(fields: &Map<String, Value>) -> Option<u16> {
    fields
        .iter()
        .filter(|(key, _)| {
            ["status", "statuscode", "httpstatus"].iter().any(|name| is_named(key, name))
        })
        .find_map(|(_, value)| u16::try_from(value.as_u64()?).ok())
        .filter(|status| (100..600).contains(status))
}

/// The distinct instance ids of a cloud's format in a text, at most a hundred.
pub(super) fn ids_in(text: &str, cloud: &Cloud) -> Vec<String> {
    const IDS_MAX: usize = 100;
    let mut ids: Vec<String> = Vec::new();
    for at in words(text) {
        let Some(word) = text.get(at) else { continue };
        if (cloud.ids.strict)(word) && !ids.iter().any(|id| id == word) && ids.len() < IDS_MAX {
            ids.push(word.to_owned());
        }
    }
    ids
}

/// The key id in a word, if it has the prefix and length of any cloud's. In a string to sign an
/// encoded `=` precedes it.
pub(super) fn key_id_in(word: &str) -> Option<&str> {
    const BYTES_MIN: usize = 16;
    let word = word.trim_start_matches("25").trim_start_matches("3D");
    let is_one = word.len() >= BYTES_MIN
        && clouds::ALL.iter().any(|cloud| {
            let prefixes = cloud.credential.key_id.prefixes;
            prefixes.iter().any(|prefix| word.starts_with(prefix))
        });
    is_one.then_some(word)
}

/// Seconds by which the client's clock was ahead of the server's, if a text has both times: a
/// `Date` header, and the signed time.
pub(super) fn clock_ahead(text: &str) -> Option<i64> {
    const DATE_BYTES: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();
    let theirs = text.match_indices(" GMT").find_map(|(at, gmt)| {
        let end = at + gmt.len();
        time::unix_seconds(text.get(end.checked_sub(DATE_BYTES)?..end)?)
    })?;
    let plain = text.replace("%253A", ":").replace("%3A", ":");
    let iso = plain.match_indices('Z').find_map(|(at, _)| {
        time::parse_iso_8601(plain.get((at + 1).checked_sub("1994-11-06T08:49:37Z".len())?..=at)?)
    });
    let unix = || {
        value_of(&plain, &["timestamp"], |c| !c.is_ascii_digit())
            .filter(|digits| digits.len() == 10)
            .and_then(|digits| digits.parse().ok())
    };
    Some(iso.or_else(unix)? - theirs)
}
