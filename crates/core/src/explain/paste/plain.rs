//! Removes what programs and terminals add around an error (dumps, line wrapping, frames), so that
//! the other stages meet one notation.

use super::{block::opens_record, shapes::unescaped_markup};
use std::borrow::Cow;

/// The text without escapes of markup, frames, type notes and the line breaks of a terminal.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let mut text = unescaped_markup(text);
    if text.contains('│') {
        text = Cow::Owned(without_frame(&text));
    }
    if ["]=>", "] =>", "(string) (len="].iter().any(|note| text.contains(note)) {
        text = Cow::Owned(without_types(&text));
    }
    if let Some(plain) = without_prefixes(&text) {
        text = Cow::Owned(plain);
    }
    match unwrapped(&text) {
        Some(joined) => Cow::Owned(joined),
        None => text,
    }
}

/// Without the bar that a tool prints before each line of an error.
fn without_frame(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let inner = line.trim_start().strip_prefix('│');
        inner.map_or(line, |inner| inner.strip_prefix(' ').unwrap_or(inner))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Without the log prefix on each line of a multi-line error: `Mar  2 08:11:05 host ops[7]: `
/// before `RequestId: …` would begin a new record. `None` if there is none.
fn without_prefixes(text: &str) -> Option<String> {
    const FIELDS: [&str; 5] = ["RequestId:", "Message:", "Recommend:", "HostId:", "StatusCode:"];
    if !FIELDS.iter().any(|field| text.contains(field)) {
        return None;
    }
    let mut before = "";
    let mut is_any = false;
    let lines = text.split('\n').map(|line| {
        let previous = std::mem::replace(&mut before, line);
        let field = FIELDS.iter().filter_map(|field| line.find(field)).min().filter(|at| *at > 0);
        let parts = field.and_then(|at| line.split_at_checked(at));
        let Some((prefix, own)) = parts.filter(|_| opens_record(line)) else { return line };
        // The same program wrote the previous line, which this one continues.
        let program = prefix.split_whitespace().next_back().unwrap_or("");
        let is_rest = program.ends_with(']') || program.ends_with("]:") || program == "F";
        if is_rest && previous.contains(program) {
            is_any = true;
            own
        } else {
            line
        }
    });
    let plain = lines.collect::<Vec<_>>().join("\n");
    is_any.then_some(plain)
}

/// Without the type notes of PHP's `var_dump` and `print_r` and Go's `spew` between a name and its
/// value: `["Code"] => string(9) "Throttled"`, `[Code] => Throttled`, `Code: (string) (len=9)
/// "Throttled"`.
fn without_types(text: &str) -> String {
    let counted = |text: &str, open: &str| {
        let (count, after) = text.strip_prefix(open)?.split_once(')')?;
        let is_count = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
        is_count.then(|| text.len() - after.len())
    };
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['(', ']']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        // `print_r` and `var_dump`: an arrow after the name, and an optional type.
        let arrow = from.strip_prefix(']').and_then(|from| from.trim_start().strip_prefix("=>"));
        let taken = if let Some(value) = arrow {
            let value = value.trim_start();
            plain.push_str(": ");
            from.len() - value.len() + counted(value, "string(").map_or(0, |note| note + 1)
        } else if let Some(note) = counted(from, "(string) (len=") {
            note + 1
        } else {
            plain.push_str(from.get(..1).unwrap_or(""));
            1
        };
        rest = from.get(taken..).unwrap_or("");
    }
    plain.push_str(rest);
    plain
}

/// Joins lines that a terminal wrapped at its last column, also within words; `None` if there is no
/// sign of that.
fn unwrapped(text: &str) -> Option<String> {
    /// Default widths of terminals.
    const USUAL: [usize; 5] = [80, 100, 120, 132, 160];
    let mut columns = 0;
    let mut full = 0;
    for line in text.split('\n') {
        let own = width(line);
        if own > columns {
            (columns, full) = (own, 1);
        } else if own == columns {
            full += 1;
        }
    }
    let last = text.rsplit('\n').next().map_or(0, width);
    let follows = full > usize::from(last == columns);
    if !follows || !USUAL.contains(&columns) {
        return None;
    }
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        joined.push_str(line);
        // A new record, or a bracket alone on the next line, is no continuation.
        let continues = lines.peek().is_some_and(|next| {
            !opens_record(next)
                && next.starts_with(|c: char| {
                    !c.is_whitespace() && !matches!(c, '{' | '}' | '[' | '<')
                })
        });
        if lines.peek().is_some() && !(width(line) == columns && continues) {
            joined.push('\n');
        }
    }
    (joined.len() < text.len()).then_some(joined)
}

/// The width of a line in columns: East Asian characters take two.
fn width(line: &str) -> usize {
    let line = line.strip_suffix('\r').unwrap_or(line);
    line.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}') { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn dumps_become_names_and_values() {
        for (text, read) in [
            ("[\"Code\"]=> string(9) \"Throttled\"", "[\"Code\": \"Throttled\""),
            ("[\"Code\"] => string(9) \"Throttled\"", "[\"Code\": \"Throttled\""),
            ("[Code] => Throttled\n", "[Code: Throttled\n"),
            ("Code: (string) (len=9) \"Throttled\"", "Code: \"Throttled\""),
            ("[\"Code\"]=>\n  string(9) \"Throttled\"", "[\"Code\": \"Throttled\""),
            ("a => b, f(x) == string(y)", "a => b, f(x) == string(y)"),
        ] {
            assert_eq!(plain(text), read);
        }
    }

    #[test]
    fn only_wrapped_lines_are_joined() {
        let long = "x".repeat(78);
        assert_eq!(plain(&format!("{long}Re\nquestId: 1")), format!("{long}RequestId: 1"));
        let short = "x".repeat(70);
        assert_eq!(plain(&format!("{short}Re\nquestId: 1")), format!("{short}Re\nquestId: 1"));
        let json = format!("{long}: {{\n}}");
        assert_eq!(plain(&json), json);
    }
}
