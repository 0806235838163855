//! Hides secrets in untrusted texts.

/// Replaces a secret.
pub(crate) const MASK: &str = "•••";

/// Names whose value is a secret, in lower case without `-` and `_`. A name that ends in one counts
/// as well: `TmpSecretKey`, `x-acs-security-token`.
const SECRET_NAMES: &[&str] = &[
    "secret",
    "secretkey",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "token",
    "signature",
    "privatekey",
    "apikey",
];

/// A run of letters and digits of at least this length that mixes upper case, lower case and digits
/// is taken for a key or a token: the shortest secret of the clouds has 30 characters, and request
/// ids do not mix.
const SECRET_LENGTH_MIN: usize = 28;

/// Masks secrets in any text: values of secret names, passwords of URLs and commands, private keys,
/// tokens and long random runs. Linear in the length of the text; borrows it where nothing is
/// hidden.
pub fn hide_secrets(text: &str) -> String {
    let places = super::login::places(text);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for place in places {
        if place.start < done {
            done = done.max(place.end);
            continue;
        }
        hide_runs(text.get(done..place.start).unwrap_or_default(), &mut masked);
        masked.push_str(MASK);
        done = place.end;
    }
    hide_runs(text.get(done..).unwrap_or_default(), &mut masked);
    masked
}

fn hide_runs(text: &str, masked: &mut String) {
    let mut rest = text;
    while let Some(start) = rest.find(is_run) {
        let (before, from_run) = rest.split_at(start);
        masked.push_str(before);
        let end = from_run.find(|c| !is_run(c)).unwrap_or(from_run.len());
        let (run, after) = from_run.split_at(end);
        if is_random(run) {
            masked.push_str(MASK);
            rest = after;
            continue;
        }
        masked.push_str(run);
        rest = after;
        if names_a_secret(run)
            && let Some((separator, value)) = value_after(after)
            && !(is_path(value) && run.to_ascii_lowercase().ends_with("pwd"))
            // `pass=12 fail=0` is a test result.
            && (value.len() >= 6 || !last_word(run).eq_ignore_ascii_case("pass"))
        {
            masked.push_str(separator);
            masked.push_str(MASK);
            rest = after.get(separator.len() + value.len()..).unwrap_or("");
        }
    }
    masked.push_str(rest);
}

/// `PWD=/home/ops` is the working directory.
fn is_path(value: &str) -> bool {
    value.starts_with(['/', '~']) || value.get(1..3) == Some(":\\")
}

/// Letters, digits and the other characters of base64 and of names.
fn is_run(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '+' | '/')
}

fn is_random(run: &str) -> bool {
    // Request ids and UUIDs contain dashes, paths contain slashes; the longest part of a key
    // contains neither.
    run.split(['-', '/', '_']).any(|piece| {
        piece.len() >= SECRET_LENGTH_MIN
            && piece.bytes().any(|b| b.is_ascii_uppercase())
            && piece.bytes().any(|b| b.is_ascii_lowercase())
            && piece.bytes().any(|b| b.is_ascii_digit())
    })
}

fn last_word(run: &str) -> &str {
    run.rsplit(['-', '_', '/']).next().unwrap_or_default()
}

fn names_a_secret(run: &str) -> bool {
    // The last letters are enough, and bound the time for long runs.
    let name: String = run
        .chars()
        .rev()
        .filter(|c| !matches!(c, '-' | '_'))
        .take(16)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_NAMES.iter().any(|secret| secret.chars().rev().eq(name.chars().take(secret.len())))
        || name.starts_with("reraeb") && run.len() == "bearer".len()
        // Common short names of the two parts of a key: `ak: …, sk: …`, `ALI_SK=…`.
        || last_word(run).eq_ignore_ascii_case("sk")
        || last_word(run).eq_ignore_ascii_case("pass")
}

/// The separator and the value that follow a name: `="…"`, `: …`, `%3D…`, `>…`.
fn value_after(text: &str) -> Option<(&str, &str)> {
    const ENCODED: [&str; 2] = ["%3D", "%253D"];
    let mut length = 0;
    let mut separated = false;
    let mut quoted = false;
    let mut spaced = false;
    // A separator is short; a longer one is prose.
    for _ in 0..8 {
        let here = text.get(length..)?;
        if let Some(encoded) = ENCODED.iter().find(|encoded| here.starts_with(**encoded)) {
            length += encoded.len();
            separated = true;
            continue;
        }
        match here.chars().next()? {
            '=' | ':' | '>' => separated = true,
            wide @ ('：' | '＝') => {
                separated = true;
                length += wide.len_utf8();
                continue;
            }
            '"' | '\'' | '`' => quoted = true,
            '\\' => {}
            ' ' | '\t' => spaced = true,
            _ => break,
        }
        length += 1;
    }
    let (separator, rest) = text.split_at_checked(length)?;
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '`' | ',' | ';' | '&' | '<' | '}' | ')' | ']' | '\\')
    };
    let mut value = rest.get(..rest.find(ends).unwrap_or(rest.len()))?;
    if let Some(end) = value.find("%26") {
        value = value.get(..end)?;
    }
    // "Token: the one you sent" is prose; "Token: 3f2a…" is not.
    let plausible =
        value.len() >= 16 || value.len() >= 6 && value.bytes().any(|b| b.is_ascii_digit());
    let is_secret = match (separated, spaced) {
        (true, false) => !value.is_empty(),
        (true, true) => quoted || plausible,
        // `Bearer abc…`
        (false, true) => value.len() >= 16 && value.bytes().any(|b| b.is_ascii_digit()),
        (false, false) => false,
    };
    (is_secret && !value.is_empty()).then_some((separator, value))
}

#[cfg(test)]
mod tests {
    use super::hide_secrets;

    #[test]
    fn values_of_secret_names_are_hidden() {
        for (text, hidden) in [
            ("AccessKeySecret=abc123", "AccessKeySecret=•••"),
            (r#"{"SecretKey":"abc","x":1}"#, r#"{"SecretKey":"•••","x":1}"#),
            (r#"{\"SecretKey\": \"abc\"}"#, r#"{\"SecretKey\": \"•••\"}"#),
            ("x-acs-security-token:CAIS123\nhost", "x-acs-security-token:•••\nhost"),
            ("Authorization: Bearer abcdefghij0123456789", "Authorization: Bearer •••"),
            ("SecurityToken%3DCAIS1%26Version%3D1", "SecurityToken%3D•••%26Version%3D1"),
            ("<SecurityToken>abc</SecurityToken>", "<SecurityToken>•••</SecurityToken>"),
            ("Credential=x, Signature=0a1b", "Credential=x, Signature=•••"),
            ("ak: LTAI5tFake sk: Zk29dkKs93dk", "ak: LTAI5tFake sk: •••"),
            ("user:admin pass:Qq11ww22", "user:admin pass:•••"),
            ("root 密码 Yt5$qqLmN1", "root 密码 •••"),
        ] {
            assert_eq!(hide_secrets(text), hidden);
        }
    }

    #[test]
    fn long_random_runs_are_hidden() {
        assert_eq!(hide_secrets("key aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0 end"), "key ••• end");
    }

    #[test]
    fn ordinary_texts_are_unchanged() {
        for text in [
            "Token error.",
            "pass=12 fail=0 task: 12345678 disk: vda12345",
            "密码 8-30 个字符，不能与账号相同",
            "InvalidSecurityToken.Expired: Specified SecurityToken is expired.",
            "RequestId: 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E",
            "UnsupportedOperation.InstanceStateEnterServiceLiveMigrate",
            "签名错误：Signature expired. Timestamp and server time cannot differ",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "",
        ] {
            assert_eq!(hide_secrets(text), text);
        }
    }
}
