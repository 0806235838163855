//! Passwords in URLs, headers, command lines and sentences. Found by the text before them, since a
//! password can look like any word.

use std::ops::Range;

/// The ranges of a text to hide, sorted; they may overlap.
pub(super) fn places(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    addresses(text, &mut places);
    tokens(text, &mut places);
    private_keys(text, &mut places);
    command_lines(text, &mut places);
    sentences(text, &mut places);
    places.sort_unstable_by_key(|place| (place.start, place.end));
    places
}

/// Longer passwords are not expected, and the search must stay linear.
const BYTES_MAX: usize = 400;

/// At most that many bytes from here, cut at a character boundary.
fn window(text: &str, from: usize) -> &str {
    let text = text.get(from..).unwrap_or_default();
    let mut end = text.len().min(BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// `https://user:password@host`.
fn addresses(text: &str, places: &mut Vec<Range<usize>>) {
    let mut done = 0;
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        if start < done {
            continue;
        }
        let word = window(text, start);
        let word = word.get(..word.find(ends_word).unwrap_or(word.len())).unwrap_or_default();
        if !word.contains('@') {
            done = start + word.len();
            continue;
        }
        let end = word.find(['/', '?', '#']).unwrap_or(word.len());
        let (authority, _) = word.split_at(end);
        let Some(colon) = authority.find(':') else { continue };
        let port = authority.get(colon + 1..).unwrap_or_default();
        // A password may contain a slash: then what looks like a port is none.
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        let within = if authority.contains('@') || is_port { authority } else { word };
        if let Some(host) = within.rfind('@').filter(|host| *host > colon + 1) {
            places.push(start + colon + 1..start + host);
            done = start + host;
        }
    }
}

/// What ends a word of a URL or of a command.
fn ends_word(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '"' | '\'' | '`' | '<' | '>' | '，' | '。' | '）')
}

/// JSON Web Tokens: three base64url parts joined by dots, the first of which begins with `{"`.
fn tokens(text: &str, places: &mut Vec<Range<usize>>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=');
    let mut done = 0;
    for (at, _) in text.match_indices("eyJ") {
        let before = text.get(..at).unwrap_or_default();
        if at < done || before.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        done = at + length;
        let run = rest.get(..length).unwrap_or_default();
        if run.find('.').is_some_and(|point| point >= 10 && point + 2 < length) {
            places.push(at..done);
        }
    }
}

/// PEM: the text between the `BEGIN` and `END` lines, or all that follows if it was cut off.
fn private_keys(text: &str, places: &mut Vec<Range<usize>>) {
    const HEAD: &str = "PRIVATE KEY-----";
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(HEAD)) {
        let start = from + at + HEAD.len();
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find("-----END").unwrap_or(rest.len());
        // The body, without the ends of the lines around it.
        let body = rest.get(..length).unwrap_or_default();
        let lead = body.len() - body.trim_start().len();
        places.push(start + lead..(start + body.trim_end().len()).max(start + lead));
        from = (start + length + "-----END".len() + HEAD.len()).min(text.len());
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
    places.retain(|place| !place.is_empty());
}

/// A word of a command line, without its quotes.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

/// `curl -u user:password`, `sshpass -p password`, `--password password`, `Basic …`.
fn command_lines(text: &str, places: &mut Vec<Range<usize>>) {
    let mut before: Option<Word<'_>> = None;
    // The start of a command that takes a password after `-p`.
    let mut asks = false;
    let mut from = 0;
    let asks_for_value =
        |word: Word<'_>| is_login(word.text) || word.text == "-p" || is_named(word.text);
    while let Some(word) = next_word(text, from, before.is_some_and(asks_for_value)) {
        from = word.start + word.text.len();
        let line_ended = before.is_some_and(|before| {
            let end = before.start + before.text.len();
            text.get(end..word.start).is_some_and(|gap| gap.contains('\n'))
        });
        if line_ended {
            (before, asks) = (None, false);
        }
        let name = word.text.rsplit('/').next().unwrap_or_default();
        asks |= matches!(name, "sshpass" | "mysql" | "mysqldump" | "mysqladmin" | "mariadb");
        let option = before.map_or("", |before| before.text);
        let (own, value) = word.text.split_once('=').unwrap_or((word.text, ""));
        let start = if is_login(option) {
            login(word.text)
        } else if is_login(own) && !value.is_empty() {
            login(value).map(|at| own.len() + 1 + at)
        } else if let Some(value) = word.text.strip_prefix("-u").filter(|value| value.len() > 2) {
            login(value).map(|at| 2 + at)
        } else if asks && (option == "-p" || is_secret_option(word.text)) {
            Some(if option == "-p" { 0 } else { 2 })
        } else if is_named(option) && is_plausible(word.text)
            || is_scheme(option) && is_encoded(word.text)
        {
            Some(0)
        } else {
            None
        };
        if let Some(start) = start {
            places.push(word.start + start..from);
        } else if let Some((colon, host)) = bare_login(word.text) {
            places.push(word.start + colon..word.start + host);
        }
        before = Some(word);
    }
}

/// The next word: up to white space, or a quoted value of an option.
fn next_word(text: &str, from: usize, is_value: bool) -> Option<Word<'_>> {
    let rest = text.get(from..)?;
    let is_around = |c: char| ends_word(c) || matches!(c, '[' | ']' | '(' | ')' | ',' | '\\');
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`');
    let start = rest.find(|c| !is_around(c) && !is_quote(c))?;
    let quote = rest.get(..start)?.chars().next_back().filter(|c| is_quote(*c));
    let word = rest.get(start..)?;
    let quoted = quote.filter(|_| is_value).and_then(|quote| {
        let window = window(word, 0);
        window.get(..window.find([quote, '\n'])?)
    });
    let end = word.find(ends_word).unwrap_or(word.len());
    let text = quoted.or_else(|| word.get(..end))?;
    Some(Word { text, start: from + start })
}

fn is_login(option: &str) -> bool {
    matches!(option, "-u" | "-U" | "--user" | "--proxy-user")
}

/// Where the password begins in `user:password`; not in numeric `uid:gid`.
fn login(text: &str) -> Option<usize> {
    let (user, password) = text.split_once(':')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_none =
        password.is_empty() || password.starts_with("//") || is_number(user) && is_number(password);
    (!is_none).then_some(user.len() + 1)
}

/// `-pSecret`, as those commands accept it.
fn is_secret_option(text: &str) -> bool {
    text.strip_prefix("-p").is_some_and(|value| !value.is_empty() && !value.starts_with('-'))
}

/// `--password`, `--access-key-secret`.
fn is_named(option: &str) -> bool {
    option.strip_prefix('-').is_some_and(|name| {
        let name = name.trim_start_matches('-').to_ascii_lowercase();
        ["password", "passwd", "passphrase", "secret", "secret-key", "token", "private-key"]
            .iter()
            .any(|secret| name.ends_with(secret))
    })
}

/// Whether a value is not a word of a sentence about the option.
fn is_plausible(value: &str) -> bool {
    !value.starts_with('-')
        && value.len() >= 4
        && !value.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_scheme(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let scheme = word.rsplit([':', '=']).next().unwrap_or_default();
    ["basic", "bearer"].iter().any(|one| scheme.eq_ignore_ascii_case(one))
}

/// Letters and digits that form no word: not `Basic authentication`, but `Basic b3BzOlM=`.
fn is_encoded(value: &str) -> bool {
    let value = value.trim_end_matches(['.', ';', '}']);
    let is_digit =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=' | '.' | '~');
    let body = value.trim_end_matches('=');
    let inner = body.get(1..).unwrap_or_default();
    value.len() >= 6
        && value.chars().all(is_digit)
        && (body.len() < value.len() && value.len().is_multiple_of(4)
            || body.bytes().any(|byte| byte.is_ascii_digit())
            || inner.bytes().any(|byte| byte.is_ascii_uppercase()))
}

/// `user:password@host:3128`: a proxy without a scheme.
fn bare_login(word: &str) -> Option<(usize, usize)> {
    if word.len() > BYTES_MAX || word.contains("://") {
        return None;
    }
    let word_start = word.rfind('=').map_or(0, |at| at + 1);
    let value = word.get(word_start..)?;
    let host = value.rfind('@')?;
    let port = value.get(host + 1..)?.trim_end_matches('/').rsplit_once(':')?.1;
    let colon = value.find(':').filter(|colon| colon + 1 < host && *colon > 0)?;
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_port.then_some((word_start + colon + 1, word_start + host))
}

/// `密码：…`, `密码是…`.
fn sentences(text: &str, places: &mut Vec<Range<usize>>) {
    for name in ["密码", "口令", "密钥"] {
        for (at, _) in text.match_indices(name) {
            let start = at + name.len();
            let rest = window(text, start);
            let value = rest.trim_start_matches([
                ' ', '\t', '是', '为', '：', ':', '=', '＝', '"', '\'', '“', '「', '`',
            ]);
            let between = rest.get(..rest.len() - value.len()).unwrap_or_default();
            let end = value.find(|c: char| !c.is_ascii_graphic() || matches!(c, '"' | '\'' | '`'));
            let length = end.unwrap_or(value.len());
            // After white space alone only a mix of letters and digits counts.
            let is_mixed = |value: &str| {
                length >= 6
                    && value.bytes().any(|byte| byte.is_ascii_digit())
                    && value.bytes().any(|byte| byte.is_ascii_alphabetic())
            };
            let is_labelled = between.contains(['是', '为', '：', ':', '=', '＝'])
                || name != "密钥"
                    && !between.is_empty()
                    && value.get(..length).is_some_and(is_mixed);
            if !is_labelled {
                continue;
            }
            let begin = start + between.len();
            // Two numbers are a rule about passwords.
            let is_rule = value.get(..length).is_some_and(|value| {
                value.len() < 6 && value.bytes().all(|byte| !byte.is_ascii_alphabetic())
            });
            if length >= 4 && !is_rule {
                places.push(begin..begin + length);
            }
        }
    }
}
