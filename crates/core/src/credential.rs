//! Checks of a key before it is used, by its format alone; and fingerprints by which a secret in
//! the vault is recognised in another field.
use crate::{
    clouds,
    model::{cloud::Cloud, plan::Refusal},
    signing::Secret,
};

/// A doubt about a key that is only a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It looks like a key id of another cloud.
    OtherCloud(&'static Cloud),
    /// It is shorter or longer than keys of this cloud usually are.
    UnusualLength,
}

/// Checks the characters of a key: what cannot be sent in a header is refused.
///
/// # Errors
/// A part that is missing or contains white space, control characters or non-ASCII characters; a
/// token for a cloud without tokens.
pub fn check(
    cloud: &'static Cloud,
    key_id: &str,
    secret: &str,
    token: Option<&str>,
) -> Result<(), Refusal> {
    check_key_id(cloud, key_id)?;
    if !is_printable(secret) {
        return Err(Refusal::SecretMalformed { label: cloud.credential.secret_label });
    }
    match (token.filter(|token| !token.is_empty()), cloud.credential.token_label) {
        (Some(_), None) => Err(Refusal::TokenMalformed { used: false }),
        (Some(token), Some(_)) if !is_printable(token) => {
            Err(Refusal::TokenMalformed { used: true })
        }
        (None, _) | (Some(_), Some(_)) => Ok(()),
    }
}

/// Checks a key id alone.
///
/// # Errors
/// As for [`check`].
pub fn check_key_id(cloud: &'static Cloud, key_id: &str) -> Result<(), Refusal> {
    let plausible = is_printable(key_id) && !key_id.contains(['/', ',', '=', ';', '"']);
    plausible.then_some(()).ok_or(Refusal::KeyIdMalformed { label: cloud.credential.key_id_label })
}

/// Checks a key id together with the fingerprints of secret and token, whether a user, an endpoint
/// or the key store supplied it. Called before signing: a secret in the field for the key id would
/// be sent with every request.
///
/// # Errors
/// As for [`check_key_id`]; a key id without a known prefix of its cloud, a secret with the prefix
/// of a key id, and two that are swapped; the secret or token in place of the key id; a token that
/// equals the secret or resembles a secret or a key id, and a secret that resembles a token: the
/// token is sent with every request.
pub fn check_key(cloud: &'static Cloud, key_id: &str, guard: Guard) -> Result<(), Refusal> {
    let credential = &cloud.credential;
    if guard.is_in(key_id) {
        return Err(Refusal::SecretInText { field: "keyId" });
    }
    check_key_id(cloud, key_id)?;
    if !begins(credential.key_id.prefixes, &key_id.chars().map(u32::from)) {
        return Err(Refusal::KeyIdPrefix {
            label: credential.key_id_label,
            secret_label: credential.secret_label,
            prefixes: credential.key_id.prefixes,
        });
    }
    if guard.secret.is_some_and(|secret| is_swapped(cloud, key_id, secret)) {
        return Err(Refusal::KeySwapped {
            label: credential.key_id_label,
            secret_label: credential.secret_label,
        });
    }
    let Some(label) = credential.token_label else { return Ok(()) };
    let misplaced = if is_not_a_token(guard) {
        Some("token")
    } else {
        guard.secret.is_some_and(|secret| is_not_a_secret(cloud, secret)).then_some("secret")
    };
    let secret_label = credential.secret_label;
    misplaced.map_or(Ok(()), |field| Err(Refusal::TokenSwapped { field, label, secret_label }))
}

/// Whether the token must be taken for the secret or a key id: it equals the secret, or resembles a
/// secret or a key id of any cloud. Tokens are much longer than both.
pub fn is_not_a_token(guard: Guard) -> bool {
    guard.token.is_some_and(|token| {
        guard.secret == Some(token) || matches!(token.likeness, Likeness::KeyId | Likeness::Secret)
    })
}

/// Whether a secret must be taken for the token of a temporary key, where the cloud has tokens.
pub fn is_not_a_secret(cloud: &Cloud, secret: Fingerprint) -> bool {
    cloud.credential.token_label.is_some() && secret.likeness == Likeness::Token
}

/// Whether a secret must be taken for a key id: it has the prefix of a key id of any cloud. Where
/// key ids of this cloud have no prefix, by length: a key id is never longer than its secret. Two
/// swapped parts of equal length are not detected.
pub fn is_swapped(cloud: &Cloud, key_id: &str, secret: Fingerprint) -> bool {
    let has_beginnings = !cloud.credential.key_id.prefixes.is_empty();
    secret.likeness == Likeness::KeyId
        || (!has_beginnings && key_id.chars().count() > secret.length)
}

/// Whether a secret has the prefix of a key id of any cloud.
pub fn is_like_a_key_id(secret: &str) -> bool {
    Fingerprint::of(secret.chars().map(u32::from)).likeness == Likeness::KeyId
}

/// The same for a [`Secret`].
pub fn is_secret_like_a_key_id(secret: &Secret) -> bool {
    is_like_a_key_id(secret.as_text())
}

/// What a text resembles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    /// It has the prefix of a key id of any cloud.
    KeyId,
    /// It has the length and the characters of a secret of any cloud.
    Secret,
    /// It is much longer than any secret, or has an `=` before its end, unlike base64.
    Token,
    /// None of these.
    Nothing,
}

impl Likeness {
    fn of(letters: &(impl Iterator<Item = u32> + Clone)) -> Self {
        let credentials = || clouds::ALL.iter().map(|cloud| &cloud.credential);
        let begins_as_a_key_id = credentials().any(|credential| {
            let prefixes = credential.key_id.prefixes;
            !prefixes.is_empty() && begins(prefixes, letters)
        });
        if begins_as_a_key_id {
            return Likeness::KeyId;
        }
        let (mut length, mut padding, mut is_padded_inside, mut is_of_a_secret) =
            (0, 0, false, true);
        for letter in letters.clone() {
            length += 1;
            let letter = char::from_u32(letter).unwrap_or(char::REPLACEMENT_CHARACTER);
            if letter == '=' {
                padding += 1;
            } else {
                is_padded_inside |= padding > 0;
                is_of_a_secret &=
                    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_');
            }
        }
        let usual = credentials().map(|credential| credential.secret.usual_length);
        if is_padded_inside || length > TOKEN_LENGTH_MIN {
            Likeness::Token
        } else if is_of_a_secret
            && usual.clone().any(|(least, most)| (least..=most).contains(&length))
        {
            Likeness::Secret
        } else {
            Likeness::Nothing
        }
    }
}

/// No secret of the clouds is longer than two thirds of this; tokens have hundreds of characters.
const TOKEN_LENGTH_MIN: usize = 66;

/// A fingerprint of a secret: enough to recognise it, too little to find it. Of a secret's more
/// than one hundred bits at most 31, besides its length and what it resembles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    length: usize,
    sum: u32,
    likeness: Likeness,
}

/// Shorter texts occur in others by chance.
const KNOWN_LENGTH_MIN: usize = 12;

/// Modulus and base of a rolling hash (Rabin and Karp, "Efficient randomized pattern-matching
/// algorithms", 1987).
const MODULUS: u64 = (1 << 31) - 1;
const BASE: u64 = 0x5bd1_e995;

impl Fingerprint {
    /// Of a text, character by character, so that it need not exist in one piece.
    pub fn of(letters: impl Iterator<Item = u32> + Clone) -> Self {
        let likeness = Likeness::of(&letters);
        let (mut length, mut sum) = (0, 0);
        for letter in letters {
            length += 1;
            sum = next(sum, letter);
        }
        // Less than the modulus, which has 31 bits.
        Fingerprint { length, sum: u32::try_from(sum).unwrap_or_default(), likeness }
    }

    /// Whether the text occurs in another.
    pub fn is_in(self, text: &str) -> bool {
        if self.length < KNOWN_LENGTH_MIN {
            return false;
        }
        let power = (0..self.length).fold(1, |power, _| power * BASE % MODULUS);
        let mut leaving = text.chars().map(u32::from);
        let mut sum = 0;
        text.chars().map(u32::from).enumerate().any(|(at, letter)| {
            sum = next(sum, letter);
            if at >= self.length {
                let left = u64::from(leaving.next().unwrap_or_default());
                sum = (sum + MODULUS - left * power % MODULUS) % MODULUS;
            }
            at + 1 >= self.length && sum == u64::from(self.sum)
        })
    }
}

fn next(sum: u64, letter: u32) -> u64 {
    (sum * BASE + u64::from(letter)) % MODULUS
}

/// The fingerprints of the current secret and token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Of the secret.
    pub secret: Option<Fingerprint>,
    /// Of the token.
    pub token: Option<Fingerprint>,
}

impl Guard {
    /// Whether a text contains the secret or the token.
    pub fn is_in(self, text: &str) -> bool {
        [self.secret, self.token].into_iter().flatten().any(|one| one.is_in(text))
    }
}

fn begins(prefixes: &[&str], letters: &(impl Iterator<Item = u32> + Clone)) -> bool {
    prefixes.is_empty()
        || prefixes
            .iter()
            .any(|prefix| prefix.bytes().map(u32::from).eq(letters.clone().take(prefix.len())))
}

/// Whether this can only be the id of a temporary key of the cloud, which needs its token.
pub fn is_temporary(cloud: &Cloud, key_id: &str) -> bool {
    (cloud.credential.is_temporary)(key_id)
}

/// A doubt about a key id, if any.
pub fn doubt(cloud: &'static Cloud, key_id: &str) -> Option<Doubt> {
    let own = &cloud.credential.key_id;
    let is_one_of = |cloud: &Cloud| {
        let prefixes = cloud.credential.key_id.prefixes;
        prefixes.iter().any(|prefix| key_id.starts_with(prefix))
    };
    if !is_one_of(cloud)
        && let Some(other) =
            clouds::ALL.iter().copied().find(|other| *other != cloud && is_one_of(other))
    {
        return Some(Doubt::OtherCloud(other));
    }
    let (least, most) = own.usual_length;
    (!(least..=most).contains(&key_id.len())).then_some(Doubt::UnusualLength)
}
fn is_printable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Slightly less than the shortest secret of the clouds, with upper case, lower case and digits:
/// ids and codes do not mix them.
const KEY_LENGTH_MIN: usize = 28;

/// Whether a text contains something that looks like a secret or a key id of any cloud. Not a short
/// password of a cloud with such secrets: the current one is recognised by its [`Fingerprint`].
pub fn is_like_a_key(text: &str) -> bool {
    let of_a_key = |one| matches!(one, '+' | '/' | '=' | '_' | '.');
    text.split(|one: char| !(one.is_ascii_alphanumeric() || of_a_key(one))).any(|piece| {
        let has = |kind: fn(&u8) -> bool| piece.bytes().any(|byte| kind(&byte));
        let is_random = piece.len() >= KEY_LENGTH_MIN
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit);
        is_random || begins_as_a_key_id(piece)
    })
}

/// Whether a word has the length and the characters of a secret, a key id or a token of any cloud;
/// some long names do, too.
pub(crate) fn may_be_secret(piece: &str) -> bool {
    Fingerprint::of(piece.chars().map(u32::from)).likeness != Likeness::Nothing
}

fn begins_as_a_key_id(piece: &str) -> bool {
    clouds::ALL.iter().any(|cloud| {
        let shape = &cloud.credential.key_id;
        piece.len() >= shape.usual_length.0
            && shape.prefixes.iter().any(|prefix| piece.starts_with(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Guard, check_key, is_like_a_key_id, is_swapped};
    use crate::{clouds, model::plan::Refusal};

    const SECRET: &str = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0";

    fn of(secret: &str) -> Fingerprint {
        Fingerprint::of(secret.chars().map(u32::from))
    }

    fn guard(secret: &str) -> Guard {
        Guard { secret: Some(of(secret)), token: None }
    }

    #[test]
    fn two_that_are_swapped_are_refused_for_every_cloud() {
        for (cloud, key_id, secret) in [
            ("alibaba", "LTAI5tExampleExample0001", SECRET),
            ("alibaba", "STS.NUexampleexample01", SECRET),
            ("alibaba", "TMP.3KexampleExample01", SECRET),
            ("tencent", "AKIDexampleexampleexample0000000001", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC01d"),
            ("tencent", "IKIDexampleexampleexample0000000001", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC01d"),
            ("zenlayer", "0D9UtpyKYcHxms5v", "Gu5t9xGARNpq86cd98joQYCN3"),
        ] {
            let cloud = clouds::by_id(cloud).unwrap();
            assert_eq!(check_key(cloud, key_id, guard(secret)), Ok(()), "{key_id}");
            let refused = check_key(cloud, secret, guard(key_id)).unwrap_err();
            assert!(
                matches!(refused, Refusal::KeyIdPrefix { .. } | Refusal::KeySwapped { .. }),
                "{key_id}: {refused:?}"
            );
            // In either order.
            let has_beginnings = !cloud.credential.key_id.prefixes.is_empty();
            assert_eq!(check_key(cloud, secret, Guard::default()).is_err(), has_beginnings);
            assert_eq!(is_swapped(cloud, "", of(key_id)), has_beginnings);
            assert!(!is_swapped(cloud, "", of(secret)));
            // One secret in both fields.
            let refused = check_key(cloud, secret, guard(secret));
            assert_eq!(refused, Err(Refusal::SecretInText { field: "keyId" }));
        }
        // A key id of one cloud is not a secret of another.
        let zenlayer = clouds::by_id("zenlayer").unwrap();
        let swapped = check_key(zenlayer, "0D9UtpyKYcHxms5v", guard("LTAI5tExampleExample0001"));
        assert!(matches!(swapped, Err(Refusal::KeySwapped { .. })));
        for cloud in clouds::ALL {
            for prefix in cloud.credential.key_id.prefixes {
                assert!(is_like_a_key_id(&format!("{prefix}{SECRET}")), "{prefix}");
                assert!(!is_like_a_key_id(&prefix.to_lowercase()), "{prefix}");
            }
        }
    }

    #[test]
    fn tokens_and_secrets_are_distinguished() {
        let secrets = [
            ("alibaba", "LTAI5tExampleExample0001", SECRET),
            ("alibaba", "STS.NUexampleexample01", "wyLTSmsyPGP1ohvvw8xYgB29dlGI8KMiH2pKuQ1dRt7"),
            ("tencent", "AKIDexampleexampleexample0000000001", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC01d"),
            (
                "tencent",
                "AKIDexampleexampleexample0000000001",
                "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC01dxO+/gR8tU2w=",
            ),
            ("alibaba", "LTAIsandboxdemo000000001", "sandbox-alibaba-secret-0000001"),
            ("tencent", "AKIDsandboxdemo000000000000000000002", "sandbox-tencent-secret-000000002"),
        ];
        let long = "CAIS8gF1q6Ft5B2yfSjIr5bSPYjSn+4Tz4yT".repeat(12);
        let issued = format!("sandbox/tencent+{}==", "0123456789abcdef".repeat(4));
        let tokens = [
            "sandbox/alibaba+session=token==",
            "sandbox/tencent+session=token==",
            "example/sts+token=with==reserved&chars%20#1",
            "EXAMPLE.STS.TOKEN.2",
            "da1e9d2ee9dda83506832d5ecb903b790132dfe340001",
            &issued,
            &long,
        ];
        for (cloud, key_id, secret) in secrets {
            let cloud = clouds::by_id(cloud).unwrap();
            let field_of = |secret: Option<&str>, token: &str| {
                let guard = Guard { secret: secret.map(of), token: Some(of(token)) };
                match check_key(cloud, key_id, guard) {
                    Ok(()) => None,
                    Err(Refusal::TokenSwapped { field, .. }) => Some(field),
                    Err(other) => panic!("{other:?}"),
                }
            };
            for token in tokens {
                assert_eq!(field_of(Some(secret), token), None, "{secret} {token}");
                assert_eq!(field_of(None, token), None, "{token}");
                // Swapped, in either order.
                assert!(field_of(Some(token), secret).is_some(), "{secret} {token}");
                assert!(field_of(None, secret).is_some(), "{secret}");
            }
            // The same text in both fields.
            for text in [secret, "a.b.c.d", &"x".repeat(50)] {
                assert_eq!(field_of(Some(text), text), Some("token"), "{text}");
            }
            // A key id, and a secret of another cloud.
            for (_, other_id, other) in secrets {
                if other_id != key_id {
                    assert_eq!(field_of(Some(secret), other_id), Some("token"));
                }
                assert_eq!(field_of(Some("a.b.c.d"), other), Some("token"));
            }
            assert_eq!(field_of(Some(secret), "Gu5t9xGARNpq86cd98joQYCN3"), Some("token"));
        }
        // A token in the field for the secret, before its own field is filled.
        for token in [tokens[0], &issued, &long] {
            let alibaba = clouds::by_id("alibaba").unwrap();
            let refused = check_key(alibaba, "LTAI5tExampleExample0001", guard(token));
            assert!(
                matches!(refused, Err(Refusal::TokenSwapped { field: "secret", .. })),
                "{token}"
            );
            // Without tokens a password may have any form.
            let zenlayer = clouds::by_id("zenlayer").unwrap();
            assert_eq!(check_key(zenlayer, "0D9UtpyKYcHxms5v", guard(token)), Ok(()));
        }
    }

    #[test]
    fn a_fingerprint_matches_its_secret_only() {
        let guard = guard(SECRET);
        for text in [
            SECRET.to_owned(),
            format!("x{SECRET}"),
            format!("{SECRET}x"),
            format!("ticket 实例 {SECRET}, please"),
            format!("{SECRET}{SECRET}"),
            format!("{}{SECRET}", "aB3d".repeat(10_000)),
        ] {
            assert!(guard.is_in(&text), "{}", text.len());
        }
        let shortened = SECRET.get(1..).unwrap();
        let others = [String::new(), shortened.to_owned(), SECRET.to_lowercase(), SECRET.repeat(9)];
        for text in &others[..3] {
            assert!(!guard.is_in(text), "{text}");
        }
        // No false match in a long text of pseudo-random characters.
        let mut random = fastrand::Rng::with_seed(1);
        let long: String = (0..200_000).map(|_| random.char('!'..='~')).collect();
        assert!(!guard.is_in(&long));
        let token = Guard { secret: None, token: guard.secret };
        assert!(token.is_in(SECRET));
        assert!(!Guard { secret: Some(of("short")), token: None }.is_in("short"));
        assert!(!Guard::default().is_in(SECRET));
    }

    #[test]
    fn a_fingerprint_does_not_show_the_secret() {
        let said = format!("{:?}", of(SECRET));
        assert!(!said.contains(SECRET.get(..4).unwrap()), "{said}");
    }
}
