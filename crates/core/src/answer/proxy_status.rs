//! The `Proxy-Status` header (RFC 9209), as far as it tells who answered.

use super::Response;

/// What the proxies on the way say of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The cloud answered.
    Cloud,
    /// The request never reached the cloud: the error's type proves it.
    NotSent(String),
    /// An error whose type proves nothing, or words that contradict each other.
    Unknown(String),
    /// No proxy says anything.
    Nobody,
}

/// Errors of a kind that arises only before a request has gone out.
const BEFORE_SENDING: [&str; 15] = [
    "connection_limit_reached",
    "connection_refused",
    "connection_timeout",
    "destination_ip_prohibited",
    "destination_ip_unroutable",
    "destination_not_found",
    "destination_unavailable",
    "dns_error",
    "dns_timeout",
    "http_request_denied",
    "http_request_error",
    "proxy_configuration_error",
    "tls_alert_received",
    "tls_certificate_error",
    "tls_protocol_error",
];

/// Reads the header of an answer. Its first member is the proxy nearest to the cloud.
pub(crate) fn verdict(response: &Response) -> Verdict {
    let Some(members) = response.header("proxy-status").map(members) else {
        return Verdict::Nobody;
    };
    // A header that cannot be read vouches for nothing.
    let Some(members) = members else { return Verdict::Nobody };
    let mut errors = members.iter().filter_map(|member| member.error.as_deref());
    let received = members.iter().find_map(|member| member.received_status.as_deref());
    match (errors.next(), errors.next(), received) {
        (None, _, None) => Verdict::Nobody,
        (None, _, Some(status)) if status == response.status.to_string() => Verdict::Cloud,
        (None, _, Some(_)) => Verdict::Unknown("not-understood".to_owned()),
        (Some(error), second, _) => {
            // Whoever received a status nearer to the cloud had sent the request on.
            let sent_on = members
                .iter()
                .take_while(|member| member.error.is_none())
                .chain(members.iter().find(|member| member.error.is_some()))
                .any(|member| member.received_status.is_some());
            if second.is_none() && !sent_on && BEFORE_SENDING.contains(&error) {
                Verdict::NotSent(error.to_owned())
            } else {
                Verdict::Unknown(error.to_owned())
            }
        }
    }
}

#[derive(Default)]
struct Member {
    error: Option<String>,
    received_status: Option<String>,
}

/// The members of the list with the parameters that matter; `None` if it is not such a list.
fn members(header: &str) -> Option<Vec<Member>> {
    split(header, ',')?
        .into_iter()
        .map(|member| {
            let mut parts = split(member, ';')?.into_iter();
            let name = parts.next()?.trim();
            if name.is_empty() {
                return None;
            }
            let mut member = Member::default();
            for part in parts {
                let (key, value) = part.split_once('=').unwrap_or((part, "?1"));
                let value = value.trim().trim_matches('"').to_owned();
                // Of a key that comes twice the last counts, by the rule of structured fields.
                match key.trim() {
                    "error" => member.error = Some(value),
                    "received-status" => member.received_status = Some(value),
                    _ => {}
                }
            }
            Some(member)
        })
        .collect()
}

/// Splits outside quotes; `None` if a quote does not end.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(text.get(start..at)?);
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?);
    (!quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::{BEFORE_SENDING, Response, Verdict, verdict};
    use crate::explain::{self, Effect};

    fn of(status: u16, header: &str) -> Verdict {
        let headers = vec![("proxy-status".to_owned(), header.to_owned())];
        verdict(&Response { status, headers, body: String::new() })
    }

    #[test]
    fn who_answered() {
        let not_sent = |word: &str| Verdict::NotSent(word.to_owned());
        let unknown = |word: &str| Verdict::Unknown(word.to_owned());
        assert_eq!(of(200, "relight-proxy; received-status=200"), Verdict::Cloud);
        assert_eq!(of(400, "other;received-status=400;next-hop=\"a, b; error=x\""), Verdict::Cloud);
        assert_eq!(of(200, "\"a proxy\"; received-status=200, cdn"), Verdict::Cloud);
        assert_eq!(
            of(502, "relight-proxy; error=connection_refused"),
            not_sent("connection_refused")
        );
        assert_eq!(
            of(403, "p; details=\"\\\"\"; error=http_request_denied"),
            not_sent("http_request_denied")
        );
        assert_eq!(
            of(502, "inner; error=dns_error, outer; received-status=502"),
            not_sent("dns_error")
        );
        assert_eq!(of(504, "p; error=http_response_timeout"), unknown("http_response_timeout"));
        assert_eq!(of(502, "p; error=invented"), unknown("invented"));
        assert_eq!(
            of(502, "p; error=connection_refused; received-status=503"),
            unknown("connection_refused")
        );
        assert_eq!(
            of(502, "inner; received-status=200, outer; error=connection_refused"),
            unknown("connection_refused")
        );
        assert_eq!(of(502, "a; error=dns_error, b; error=dns_error"), unknown("dns_error"));
        assert_eq!(of(200, "p; received-status=502"), unknown("not-understood"));
        assert_eq!(of(200, "p"), Verdict::Nobody);
        assert_eq!(of(200, "p; received-status=200; details=\"open"), Verdict::Nobody);
        assert_eq!(of(200, ""), Verdict::Nobody);
        assert_eq!(verdict(&Response { status: 200, ..Response::default() }), Verdict::Nobody);
    }

    #[test]
    fn errors_before_sending_are_the_ones_explained_as_such() {
        for word in BEFORE_SENDING {
            let entry = explain::layer(word).unwrap_or_else(|| panic!("{word} is not explained"));
            assert_eq!(entry.effect, Effect::NothingDone, "{word}");
        }
    }
}
