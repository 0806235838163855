//! Compares a signature with the cloud's: its canonical request or string to sign next to ours, the
//! first byte that differs, and the usual cause of such a difference.

use crate::{
    i18n::{Text, text},
    signing::percent_decode,
    text::mask,
};
use serde::Serialize;

/// Two texts that should be equal, and their first difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The first difference; `None` if they are equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
    /// The usual cause.
    pub cause: Cause,
    /// Our text as compared, with tokens masked.
    pub ours: String,
    /// The cloud's text without the escapes and quotes around it, with tokens masked.
    pub theirs: String,
}

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The first byte that differs, from 0.
    pub byte: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its character in that line, from 1.
    pub column: usize,
    /// Our line, cut around the difference.
    pub ours: Excerpt,
    /// The cloud's line, cut around the difference.
    pub theirs: Excerpt,
    /// The header or parameter with the difference, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A part of a line: the common text, and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The end of the common text.
    pub same: String,
    /// What follows; empty at the end of the text.
    pub differs: String,
}

/// The usual cause of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// They are equal: the secret does not belong to the key id.
    WrongSecret,
    /// The pasted text contains nothing to compare.
    Nothing,
    /// Another method.
    Method,
    /// Another path.
    Path,
    /// A character is encoded differently.
    Encoding,
    /// The same parameters or headers in another order.
    Order,
    /// A parameter has another value, or one is missing.
    Parameter,
    /// A name or a value differs in case.
    Case,
    /// A header has another value.
    HeaderValue,
    /// A header is missing on one side.
    HeaderMissing,
    /// The host is another.
    Host,
    /// Another time.
    Timestamp,
    /// Another token.
    Token,
    /// The hash of the body differs.
    BodyHash,
    /// The hash of the canonical request differs: compare the canonical requests.
    RequestHash,
    /// White space, or a line break too many or too few.
    WhiteSpace,
    /// Another signing algorithm, date or service in the first lines.
    Scope,
    /// The pasted text is of another kind.
    OtherText,
    /// None of these.
    Unclear,
}

impl Cause {
    /// The title of the cause.
    pub const fn title(self) -> Text {
        match self {
            Cause::WrongSecret => {
                text("Both are the same: the secret is wrong", "两者完全一致：密钥有误")
            }
            Cause::Nothing => text("Nothing to compare", "没有可比对的内容"),
            Cause::Method => text("The HTTP method differs", "HTTP 方法不同"),
            Cause::Path => text("The path differs", "路径不同"),
            Cause::Encoding => text("A character is encoded differently", "字符编码方式不同"),
            Cause::Order => text("The same parts in another order", "内容相同但顺序不同"),
            Cause::Parameter => text("A parameter differs", "参数不同"),
            Cause::Case => text("Capitals and small letters differ", "大小写不同"),
            Cause::HeaderValue => text("A header has another value", "请求头的值不同"),
            Cause::HeaderMissing => text("A header is missing or was added", "请求头缺失或多出"),
            Cause::Host => text("The host differs", "Host 不同"),
            Cause::Timestamp => text("The time differs", "时间不同"),
            Cause::Token => text("The security token differs", "安全令牌不同"),
            Cause::BodyHash => text("The body's hash differs", "请求体摘要不同"),
            Cause::RequestHash => text("The canonical requests differ", "规范请求不同"),
            Cause::WhiteSpace => text("Only white space differs", "仅空白字符不同"),
            Cause::Scope => text("The first lines differ", "开头几行不同"),
            Cause::OtherText => text("Another kind of text", "不是同一种内容"),
            Cause::Unclear => text("They differ", "内容不同"),
        }
    }

    /// What to do about it.
    pub const fn advice(self) -> Text {
        match self {
            Cause::WrongSecret => text(
                "The request arrived as it was signed, so the secret does not belong to this key ID. Paste it again, without blanks, or create a new pair.",
                "请求在途中没有被改动，说明密钥与该密钥 ID 不匹配。请重新完整粘贴密钥（注意首尾空格），或更换一对密钥。",
            ),
            Cause::Nothing => text(
                "Paste the canonical request or the string to sign from the cloud's message.",
                "请粘贴云端返回信息中的规范请求或待签名字符串。",
            ),
            Cause::Method => text(
                "The method was changed in transit. Let the proxy keep it.",
                "请求方法在途中被改动，请让代理保持原方法。",
            ),
            Cause::Path => text(
                "As a rule the proxy did not take its own prefix off, or added a slash.",
                "通常是代理没有去掉自己的路径前缀，或多加了斜杠。",
            ),
            Cause::Encoding => text(
                "Only letters, digits and - _ . ~ stay as they are; a blank is %20 and not +, * is %2A, and hex digits are capitals. A proxy that decodes and encodes again does this.",
                "只有字母、数字和 - _ . ~ 保持原样；空格应为 %20 而不是 +，* 应为 %2A，十六进制字母应大写。代理解码后重新编码也会造成此差异。",
            ),
            Cause::Order => text(
                "Parameters and headers are sorted by the bytes of their names: capitals before small letters, 1, 10, 2.",
                "参数和请求头应按名称的字节顺序排序：大写在小写之前，1、10、2 依此排列。",
            ),
            Cause::Parameter => text(
                "A parameter has another value, is missing, or was added in transit. The cloud shows what arrived.",
                "某个参数的值不同、缺失或在途中被添加。云端显示的是实际到达的内容。",
            ),
            Cause::Case => text(
                "Names of headers are signed in small letters, values as they are sent.",
                "请求头名称以小写参与签名，值按发送时的原样参与签名。",
            ),
            Cause::HeaderValue => text(
                "This header was changed in transit, most often by a proxy. Let the proxy forward it unchanged.",
                "该请求头在途中被改动，多半是代理所为，请让代理原样转发。",
            ),
            Cause::HeaderMissing => text(
                "A signed header did not arrive, or one was added. Let the proxy pass all signed headers on and add none.",
                "参与签名的请求头没有到达，或途中多出了请求头。请让代理转发全部签名请求头且不添加。",
            ),
            Cause::Host => text(
                "The proxy sent its own host name, or added a port. It must send the cloud's, which is the one that was signed.",
                "代理发送了自己的域名或附加了端口；应发送参与签名的云端域名。",
            ),
            Cause::Timestamp => text(
                "These are two different requests, or the time was written anew after signing. Compare the texts of one and the same request.",
                "这是两次不同的请求，或签名后时间被重新生成。请比对同一次请求的内容。",
            ),
            Cause::Token => text(
                "The token was cut off, encoded, or belongs to another key. Paste ID, secret and token of one issue.",
                "令牌不完整、被重新编码，或属于另一个密钥。请使用同一次签发的 ID、密钥和令牌。",
            ),
            Cause::BodyHash => text(
                "The body that arrived is not the one that was signed: something wrote it anew, packed it or added a line break.",
                "到达的请求体与签名时不同：途中被重新序列化、压缩或添加了换行。",
            ),
            Cause::RequestHash => text(
                "This line is only the hash of the canonical request. Compare the canonical requests: there the difference shows.",
                "该行只是规范请求的摘要，请改为比对规范请求，才能看到具体差异。",
            ),
            Cause::WhiteSpace => text(
                "A blank or a line break is too many or too few; often one at the very end.",
                "多出或缺少空格、换行，常见于末尾多一个换行。",
            ),
            Cause::Scope => text(
                "Algorithm, date or service are not the same. The date is that of UTC, and the service is the first part of the host.",
                "算法、日期或服务名不一致。日期应为 UTC 日期，服务名是域名的第一段。",
            ),
            Cause::OtherText => text(
                "What was pasted is not the counterpart of this step. Compare canonical request with canonical request, string to sign with string to sign.",
                "粘贴的内容与此步骤不对应。请将规范请求与规范请求、待签名字符串与待签名字符串比对。",
            ),
            Cause::Unclear => text(
                "The cause is not known. The cloud shows the request as it arrived.",
                "无法判断差异的原因。云端显示的是实际到达的内容。",
            ),
        }
    }
}

/// Compares our text with the cloud's. The latter may be pasted with quotes, with `\n` for line
/// breaks, or within a sentence.
///
/// ```
/// use relight_core::explain::{Cause, compare};
///
/// let comparison = compare("GET\n/\na=b%20c", r#""server CanonicalRequest is [GET\n/\na=b+c]""#);
/// assert_eq!(comparison.cause, Cause::Encoding);
/// assert_eq!(comparison.difference.map(|it| (it.byte, it.line)), Some((9, 3)));
/// ```
pub fn compare(ours: &str, theirs: &str) -> Comparison {
    let ours = start_of(ours);
    let kind = Kind::of(ours);
    let theirs = unwrapped(start_of(theirs), kind);
    if theirs.trim().is_empty() {
        return Comparison {
            difference: None,
            cause: Cause::Nothing,
            ours: mask::hide_secrets(ours),
            theirs: String::new(),
        };
    }
    // A masked text can only be compared with a masked one.
    let is_masked = theirs.contains(mask::MASK);
    let ours = if is_masked { mask::hide_secrets(ours) } else { ours.to_owned() };
    // Where line breaks were replaced by spaces in transit, ours are replaced, too: one byte each.
    let is_flat = ours.contains('\n') && !theirs.contains('\n');
    let ours = if is_flat { ours.replace('\n', " ") } else { ours };
    let same = ours.bytes().zip(theirs.bytes()).take_while(|(one, two)| one == two).count();
    let at = ours.floor_char_boundary(same);
    if at == ours.len() && at == theirs.len() {
        let (ours, theirs) = (mask::hide_secrets(&ours), mask::hide_secrets(&theirs));
        return Comparison { difference: None, cause: Cause::WrongSecret, ours, theirs };
    }
    let (cause, name) = if is_flat {
        (
            if blankless(&ours) == blankless(&theirs) { Cause::WhiteSpace } else { Cause::Unclear },
            None,
        )
    } else {
        cause_at(kind, &ours, &theirs, at)
    };
    let before = ours.get(..at).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let difference = Difference {
        byte: at,
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        ours: excerpt(&ours, line_start, at),
        theirs: excerpt(&theirs, line_start, at),
        name,
    };
    Comparison {
        difference: Some(difference),
        cause,
        ours: mask::hide_secrets(&ours),
        theirs: mask::hide_secrets(&theirs),
    }
}

/// The three kinds of texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Method, path, query, headers, names and hash, each on its line.
    CanonicalRequest,
    /// Algorithm, optional time and scope, and hash, each on its line.
    StringToSign,
    /// `METHOD&%2F&parameters`.
    OneLine,
}

impl Kind {
    fn of(text: &str) -> Kind {
        let first = text.split('\n').next().unwrap_or("");
        if first.contains("&%2F&") {
            Kind::OneLine
        } else if first.contains("-HMAC-") {
            Kind::StringToSign
        } else {
            Kind::CanonicalRequest
        }
    }
}

/// Texts have a few kilobytes; more is a mistake.
fn start_of(text: &str) -> &str {
    const BYTES_MAX: usize = 100_000;
    text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or(text)
}

/// Removes the sentence, quotes and escapes around a pasted text.
fn unwrapped(pasted: &str, kind: Kind) -> String {
    const REQUEST: &[&str] = &["canonicalrequest is", "canonical request is"];
    const STRING: &[&str] = &["stringtosign is", "string to sign is"];
    let mut text = pasted.replace("\r\n", "\n");
    // JSON within JSON is escaped twice.
    let is_escaped =
        |text: &str| text.contains("\\n") || text.contains("\\u0026") || text.contains("\\\"");
    let mut was_escaped = false;
    for _ in 0..3 {
        if !is_escaped(&text) {
            break;
        }
        text = unescaped(&text);
        was_escaped = true;
    }
    if text.contains("&amp;") {
        text = text.replace("&amp;", "&");
    }
    let lower = text.to_ascii_lowercase();
    let after = |marks: &[&str]| marks.iter().find_map(|mark| Some(lower.find(mark)? + mark.len()));
    let named = match kind {
        Kind::CanonicalRequest => after(REQUEST),
        Kind::StringToSign | Kind::OneLine => after(STRING),
    };
    let inner = match named.and_then(|start| text.get(start..)) {
        Some(rest) => {
            let rest = rest.trim_start_matches([':', '=']).trim_start_matches(' ');
            match rest.strip_prefix('[') {
                Some(rest) => rest.split_once(']').map_or(rest, |(inner, _)| inner),
                // The one kind without brackets contains no spaces.
                None if kind == Kind::OneLine => {
                    rest.split([' ', '"', '\'', ',', '<', '\n']).next().unwrap_or("")
                }
                None => rest,
            }
        }
        None => text.as_str(),
    };
    // A line break at the end of an escaped text is part of it; one that was pasted is not.
    let inner = if was_escaped { inner } else { inner.trim_matches([' ', '\n', '\t']) };
    let pairs = [('"', '"'), ('\'', '\''), ('`', '`'), ('[', ']'), ('“', '”')];
    let inner = inner.trim_end_matches([',', ';']);
    let bare = pairs
        .iter()
        .find_map(|(open, close)| inner.trim().strip_prefix(*open)?.strip_suffix(*close));
    bare.unwrap_or(inner).to_owned()
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (character, length) = match after.chars().next() {
            Some('n') => ('\n', 1),
            Some('t') => ('\t', 1),
            Some('r') => {
                rest = after.get(1..).unwrap_or("");
                continue;
            }
            Some('u') => {
                let code = after.get(1..5).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(character) => (character, 5),
                    None => ('\\', 0),
                }
            }
            Some(other @ ('"' | '\\' | '/' | '\'')) => (other, 1),
            Some(_) | None => ('\\', 0),
        };
        plain.push(character);
        rest = after.get(length..).unwrap_or("");
    }
    plain.push_str(rest);
    plain
}

fn blankless(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A line around a difference, with tokens masked: at most that many characters on either side.
fn excerpt(text: &str, line_start: usize, at: usize) -> Excerpt {
    const CHARACTERS_MAX: usize = 40;
    let at = text.floor_char_boundary(at);
    let before = text.get(line_start..at).unwrap_or("");
    let shown = mask::hide_secrets(before);
    let skipped = shown.chars().count().saturating_sub(CHARACTERS_MAX);
    let same: String = shown.chars().skip(skipped).collect();
    // In a value that is masked, the differing part is masked, too.
    if mask::hide_secrets(&format!("{before}0")).ends_with(mask::MASK) {
        return Excerpt { same, differs: mask::MASK.to_owned() };
    }
    let line = text.get(at..).unwrap_or("");
    // The end of a line is shown as a difference.
    let differs = if line.starts_with('\n') { "\n" } else { line.split('\n').next().unwrap_or("") };
    let differs: String = mask::hide_secrets(differs).chars().take(CHARACTERS_MAX).collect();
    Excerpt { same, differs }
}

fn cause_at(kind: Kind, ours: &str, theirs: &str, at: usize) -> (Cause, Option<String>) {
    if Kind::of(theirs) != kind {
        return (Cause::OtherText, None);
    }
    if blankless(ours) == blankless(theirs) {
        return (Cause::WhiteSpace, None);
    }
    match kind {
        Kind::OneLine => one_line(ours, theirs),
        Kind::StringToSign => (string_to_sign(ours, at), None),
        Kind::CanonicalRequest => canonical_request(ours, theirs, at),
    }
}

fn one_line(ours: &str, theirs: &str) -> (Cause, Option<String>) {
    let (mut our, mut their) = (ours.splitn(3, '&'), theirs.splitn(3, '&'));
    if our.next() != their.next() {
        return (Cause::Method, None);
    }
    if our.next() != their.next() {
        return (Cause::Path, None);
    }
    let decode = |part: Option<&str>| percent_decode(part.unwrap_or(""));
    parameters(&decode(our.next()), &decode(their.next()))
}

fn string_to_sign(ours: &str, at: usize) -> Cause {
    let line = ours.get(..at).unwrap_or("").matches('\n').count();
    let content = ours.split('\n').nth(line).unwrap_or("");
    let is_last = line + 1 == ours.split('\n').count();
    if line > 0 && !is_last && content.bytes().all(|byte| byte.is_ascii_digit()) {
        Cause::Timestamp
    } else if is_last {
        Cause::RequestHash
    } else {
        Cause::Scope
    }
}

fn canonical_request(ours: &str, theirs: &str, at: usize) -> (Cause, Option<String>) {
    let line = ours.get(..at).unwrap_or("").matches('\n').count();
    let our_lines: Vec<&str> = ours.split('\n').collect();
    let their_lines: Vec<&str> = theirs.split('\n').collect();
    let one = our_lines.get(line).copied().unwrap_or("");
    let two = their_lines.get(line).copied().unwrap_or("");
    match line {
        0 => return (Cause::Method, None),
        1 => return (Cause::Path, None),
        2 => return parameters(one, two),
        _ => {}
    }
    if line + 1 == our_lines.len() {
        return (Cause::BodyHash, None);
    }
    let headers = |lines: &[&str]| -> Vec<String> {
        let lines = lines.iter().skip(3).take_while(|line| line.contains(':'));
        lines.filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase())).collect()
    };
    let (our_names, their_names) = (headers(&our_lines), headers(&their_lines));
    let (Some((our_name, our_value)), Some((their_name, their_value))) =
        (one.split_once(':'), two.split_once(':'))
    else {
        return list_difference(&our_names, &their_names, one, two);
    };
    if !our_name.eq_ignore_ascii_case(their_name) {
        return list_difference(&our_names, &their_names, our_name, their_name);
    }
    let name = our_name.to_ascii_lowercase();
    let is = |part: &str| name.contains(part);
    let cause = if our_name != their_name || our_value.eq_ignore_ascii_case(their_value) {
        Cause::Case
    } else if blankless(our_value) == blankless(their_value) {
        Cause::WhiteSpace
    } else if name == "host" {
        Cause::Host
    } else if is("date") || is("timestamp") {
        Cause::Timestamp
    } else if is("token") {
        Cause::Token
    } else if is("sha256") {
        Cause::BodyHash
    } else {
        Cause::HeaderValue
    };
    (cause, Some(name))
}

/// Two lists of names that differ: in order, or by a name that only one has.
fn list_difference(
    ours: &[String],
    theirs: &[String],
    one: &str,
    two: &str,
) -> (Cause, Option<String>) {
    let ours_alone = ours.iter().find(|name| !theirs.contains(name));
    let theirs_alone = theirs.iter().find(|name| !ours.contains(name));
    if let Some(name) = ours_alone.or(theirs_alone) {
        return (Cause::HeaderMissing, Some(name.clone()));
    }
    let sorted = |names: &str| {
        let mut names: Vec<String> = names.split(';').map(str::to_ascii_lowercase).collect();
        names.sort();
        names
    };
    match (one == two, sorted(one) == sorted(two), ours == theirs) {
        (_, true, true) if one.eq_ignore_ascii_case(two) => (Cause::Case, None),
        (_, true, true) | (_, _, false) => (Cause::Order, None),
        (_, false, true) => (Cause::HeaderMissing, None),
    }
}

fn parameters(ours: &str, theirs: &str) -> (Cause, Option<String>) {
    let (one, two): (Vec<&str>, Vec<&str>) =
        (ours.split('&').collect(), theirs.split('&').collect());
    let sorted = |list: &[&str]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list.join("&")
    };
    if sorted(&one) == sorted(&two) {
        return (Cause::Order, None);
    }
    let name = |pair: &str| pair.split('=').next().unwrap_or("").to_owned();
    let first = one.iter().zip(&two).find(|(one, two)| one != two);
    let (our, their) = match first {
        Some((our, their)) => (*our, *their),
        // One list is a prefix of the other.
        None => {
            (one.get(two.len()).copied().unwrap_or(""), two.get(one.len()).copied().unwrap_or(""))
        }
    };
    if !our.is_empty() && twice_decoded(our) == twice_decoded(their) {
        return (Cause::Encoding, Some(name(our)));
    }
    let ours_alone = one.iter().find(|pair| !two.iter().any(|other| name(other) == name(pair)));
    let theirs_alone = two.iter().find(|pair| !one.iter().any(|other| name(other) == name(pair)));
    let at =
        ours_alone.or(theirs_alone).copied().unwrap_or(if our.is_empty() { their } else { our });
    let cause = match name(at).to_ascii_lowercase().as_str() {
        _ if ours_alone.is_some() || theirs_alone.is_some() => Cause::Parameter,
        "timestamp" => Cause::Timestamp,
        name if name.contains("token") => Cause::Token,
        _ => Cause::Parameter,
    };
    (cause, Some(name(at)))
}

/// Decoded twice, as often as it may have been encoded: shows whether two texts mean the same.
fn twice_decoded(text: &str) -> String {
    percent_decode(&percent_decode(text).replace('+', " "))
}
