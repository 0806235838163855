//! Named values in prose.

/// The value after a name in prose, for `RequestId`: `RequestId=…`, `"requestId": "…"`,
/// `<RequestId>…`.
pub(crate) fn value_of<'t>(
    text: &'t str,
    names: &[&str],
    ends: fn(char) -> bool,
) -> Option<&'t str> {
    let lower = text.to_ascii_lowercase();
    let (start, name) = names.iter().filter_map(|name| Some((lower.find(name)?, name))).min()?;
    let after = text.get(start + name.len()..)?;
    let marks = [' ', '"', '\'', '\\', '`', '=', ':', '：', '>', '\t'];
    let mut value = after.trim_start_matches(marks);
    // Python 2 strings: `u'…'`.
    if let Some(quoted) = value.strip_prefix('u').filter(|rest| rest.starts_with(['\'', '"'])) {
        value = quoted.trim_start_matches(marks);
    }
    let separator = after.get(..after.len() - value.len())?;
    if !separator.contains(['=', ':', '：', '>']) {
        return None;
    }
    let quote = separator.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`'));
    let end = match quote {
        Some(quote) => value.find(quote),
        None => value.find(ends),
    };
    let value = value.get(..end.unwrap_or(value.len()))?.trim().trim_end_matches('\\');
    (!value.is_empty()).then_some(value)
}

/// The longest accepted value: an encoded diagnostic message has a few hundred bytes.
const BYTES_MAX: usize = 2_000;

/// The member of an object with this lower-case name, in any quotes; `None` if its value is an
/// object or a list.
pub(crate) fn member(text: &str, name: &str) -> Option<String> {
    fn ends(c: char) -> bool {
        c.is_whitespace() || matches!(c, ',' | ';' | '}' | ')' | '<' | '&')
    }
    let value = value_of(text, &[name], ends)?;
    (value.len() <= BYTES_MAX && !value.starts_with(['{', '['])).then(|| value.to_owned())
}

/// The text between two phrases, without JSON escapes.
pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let (value, _) = rest.split_once(after)?;
    let value = value.replace("\\/", "/");
    (!value.is_empty() && value.len() <= BYTES_MAX).then_some(value)
}
