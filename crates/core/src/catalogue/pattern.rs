//! Patterns of messages and templates of texts: plain text with `{…}`. No regular expressions:
//! matching is linear.

/// Captured names and texts, in the pattern's order.
pub(crate) type Captures<'m> = Vec<(&'static str, &'m str)>;

/// Matches a whole message against a pattern such as `limit {limit} for {who}`: `{name}` matches
/// any text, the rest literally.
pub(crate) fn captures<'m>(pattern: &'static str, message: &'m str) -> Option<Captures<'m>> {
    let mut caught = Captures::new();
    let (head, mut pattern) = split_hole(pattern);
    let mut message = message.strip_prefix(head)?;
    while let Some((name, after)) = pattern {
        let (literal, next) = split_hole(after);
        let (value, rest) = if next.is_none() {
            // The last literal must end the message.
            (message.strip_suffix(literal)?, "")
        } else {
            message.split_once(literal).filter(|_| !literal.is_empty())?
        };
        caught.push((name, value));
        message = rest;
        pattern = next;
    }
    message.is_empty().then_some(caught)
}

/// The part of a text, across line breaks, that matches a pattern with literal text at its start;
/// up to the end of the line if the pattern ends in a name.
pub(crate) fn within<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let (head, mut rest) = split_hole(pattern);
    let start = text.find(head).filter(|_| !head.is_empty())?;
    let mut at = start + head.len();
    while let Some((_, after)) = rest {
        let (literal, next) = split_hole(after);
        let from = text.get(at..)?;
        at += if literal.is_empty() {
            from.find(['\n', '\r']).unwrap_or(from.len())
        } else {
            from.find(literal)? + literal.len()
        };
        rest = next;
    }
    text.get(start..at)
}

/// The length of a pattern's literal text in bytes: longer is more specific.
pub(crate) fn literal_length(pattern: &str) -> usize {
    let (head, mut rest) = split_hole(pattern);
    let mut length = head.len();
    while let Some((_, after)) = rest {
        let (literal, next) = split_hole(after);
        length += literal.len();
        rest = next;
    }
    length
}

/// Fills `{name|default}` in a template. Inserts a space between Chinese characters and the value
/// where the template has none.
pub(crate) fn fill(template: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let (head, mut rest) = split_hole(template);
    filled.push_str(head);
    while let Some((hole, after)) = rest {
        let (name, fallback) = hole.split_once('|').unwrap_or((hole, ""));
        match value(name) {
            Some(value) => push_spaced(&mut filled, &value),
            None => push_spaced(&mut filled, fallback),
        }
        let (literal, next) = split_hole(after);
        push_spaced(&mut filled, literal);
        rest = next;
    }
    filled
}

/// Splits at the first `{…}`: the text before, its content and the rest.
fn split_hole(text: &str) -> (&str, Option<(&str, &str)>) {
    match text.split_once('{') {
        Some((before, after)) => match after.split_once('}') {
            Some(hole) => (before, Some(hole)),
            None => (text, None),
        },
        None => (text, None),
    }
}
fn push_spaced(text: &mut String, next: &str) {
    if let (Some(left), Some(right)) = (text.chars().next_back(), next.chars().next())
        && (is_ideograph(left) && right.is_ascii_alphanumeric()
            || left.is_ascii_alphanumeric() && is_ideograph(right))
    {
        text.push(' ');
    }
    text.push_str(next);
}
fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::{captures, fill, literal_length};

    #[test]
    fn a_pattern_captures_its_names() {
        let caught = captures("at `{rate}`, over `{limit}`{rest}", "at `21`, over `20` a second");
        assert_eq!(caught, Some(vec![("rate", "21"), ("limit", "20"), ("rest", " a second")]));
        assert_eq!(captures("{detail}", ""), Some(vec![("detail", "")]));
        assert_eq!(captures("a {x} b {y} a", "a 1 b 2 b 3 a"), {
            Some(vec![("x", "1"), ("y", "2 b 3")])
        });
    }

    #[test]
    fn a_pattern_matches_the_whole_message() {
        assert_eq!(captures("exactly", "exactly"), Some(vec![]));
        assert_eq!(captures("exactly", "exactly so"), None);
        assert_eq!(captures("a {x} b", "a 1 b."), None);
        assert_eq!(captures("ab{x}b", "ab"), None);
        assert_eq!(captures("{x}{y}", "xy"), None);
    }

    #[test]
    fn the_literal_length_excludes_names() {
        assert_eq!(literal_length("ab{x}cd"), 4);
        assert_eq!(literal_length("{detail}"), 0);
    }

    #[test]
    fn a_template_is_filled_or_uses_its_defaults() {
        let known = |name: &str| (name == "limit").then(|| "100".to_owned());
        assert_eq!(fill("at most {limit|some} IDs", known), "at most 100 IDs");
        assert_eq!(fill("{instance|The instance} is off", known), "The instance is off");
        assert_eq!(fill("每次不超过{limit|若干}个", known), "每次不超过 100 个");
        assert_eq!(fill("每次不超过{other|若干}个", known), "每次不超过若干个");
        assert_eq!(fill("open {brace", known), "open {brace");
    }
}
