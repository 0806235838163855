//! The `Proxy-Status` header (RFC 9209), as far as it identifies who responded.

use crate::{
    clouds::body::{self, NOT_UNDERSTOOD},
    model::outcome::Response,
};
use sfv::{BareItem, List, ListEntry, Parser, StringRef, TokenRef};

/// What `Proxy-Status` says about a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The cloud responded.
    Cloud,
    /// The request never reached the cloud: the error type proves it.
    NotSent(String),
    /// The error type proves nothing, or the parameters contradict each other.
    Unknown(String),
    /// The header is missing or does not say who responded.
    Unmarked,
}

/// Error types that only occur before a request was forwarded.
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

/// The name under which our own proxies appear (`docs/proxy.md`).
const OURS: &str = "relight-proxy";

/// The word for a response whose header has members of other proxies.
const ANOTHER_PROXY: &str = "another-proxy";

/// Parses the header of a response. Only a single member, our own proxy's, proves anything: other
/// members were added by other proxies.
pub(crate) fn verdict(response: &Response) -> Verdict {
    let lines: Vec<&str> = response.all("proxy-status").collect();
    // A malformed header proves nothing.
    let Ok(list) = Parser::new(&lines.join(",")).parse::<List>() else {
        return Verdict::Unknown(NOT_UNDERSTOOD.to_owned());
    };
    let member = match list.as_slice() {
        [] => return Verdict::Unmarked,
        [ListEntry::Item(member)] if is(&member.bare_item, OURS) => member,
        _ => return Verdict::Unknown(ANOTHER_PROXY.to_owned()),
    };
    let error = member.params.get("error");
    let received = member.params.get("received-status");
    let contradiction = || Verdict::Unknown(NOT_UNDERSTOOD.to_owned());
    let Some(error) = error else {
        return match received {
            None => Verdict::Unmarked,
            Some(status) if status.as_integer() == Some(response.status.into()) => Verdict::Cloud,
            Some(_) => contradiction(),
        };
    };
    let Some(error) = error.as_token().map(TokenRef::as_str) else { return contradiction() };
    if BEFORE_SENDING.contains(&error) {
        // With a received status the request was forwarded, and a success is no proxy error.
        return if received.is_none() && body::is_error(response) {
            Verdict::NotSent(error.to_owned())
        } else {
            contradiction()
        };
    }
    let details = member.params.get("details");
    // The proxy refused a second copy and did not forward it.
    let is_repeated = response.status == 409
        && received.is_none()
        && error == "proxy_internal_response"
        && details.is_some_and(|details| is(details, REPEATED));
    Verdict::Unknown(if is_repeated { REPEATED } else { error }.to_owned())
}

/// The error type of our proxy for the second copy of a request that it has forwarded once.
pub(crate) const REPEATED: &str = "repeated";

/// Whether this is a given token or string.
fn is(item: &BareItem, text: &str) -> bool {
    let token = item.as_token().map(TokenRef::as_str);
    token.or_else(|| item.as_string().map(StringRef::as_str)) == Some(text)
}

#[cfg(test)]
mod tests {
    use super::{BEFORE_SENDING, Response, Verdict, verdict};
    use crate::catalogue::{self, Effect, Retry};

    fn of(status: u16, header: &str) -> Verdict {
        let headers = vec![("proxy-status".to_owned(), header.to_owned())];
        verdict(&Response { status, headers, body: String::new() })
    }

    #[test]
    fn who_answered() {
        let not_sent = |word: &str| Verdict::NotSent(word.to_owned());
        let unknown = |word: &str| Verdict::Unknown(word.to_owned());
        for header in [
            "relight-proxy; received-status=200",
            "\"relight-proxy\";received-status=200;next-hop=\"a, b; error=x\"",
            "relight-proxy; received-status=502; received-status=200",
        ] {
            assert_eq!(of(200, header), Verdict::Cloud, "{header}");
        }
        for header in [
            "relight-proxy; error=connection_refused",
            "relight-proxy; details=\"\\\"\"; error=connection_refused",
            "relight-proxy;error=connection_refused;details=x",
        ] {
            assert_eq!(of(502, header), not_sent("connection_refused"), "{header}");
        }
        // In structured fields the last of duplicate parameters counts.
        let twice = "relight-proxy; error=dns_error; error=http_response_timeout";
        assert_eq!(of(504, twice), unknown("http_response_timeout"));
        assert_eq!(of(502, "relight-proxy; error=invented"), unknown("invented"));
        for header in [
            "relight-proxy; error=connection_refused; received-status=502",
            "relight-proxy; error=\"connection_refused\"",
            "relight-proxy; received-status=503",
            "relight-proxy; received-status=\"502\"",
            "relight-proxy; received-status",
        ] {
            assert_eq!(of(502, header), unknown("not-understood"), "{header}");
        }
        assert_eq!(of(200, "relight-proxy; error=dns_error"), unknown("not-understood"));
        for header in ["relight-proxy", ""] {
            assert_eq!(of(200, header), Verdict::Unmarked, "{header}");
        }
        for header in [
            "relight-proxy; received-status=200; details=\"open",
            "relight-proxy; received-status=200,",
            "relight-proxy received-status=200",
            "relight-proxy; error=",
            "relight-proxy; received-status=200\u{a0}",
            ";",
        ] {
            for status in [200, 403, 502] {
                assert_eq!(of(status, header), unknown("not-understood"), "{header}");
            }
        }
        // No proxy error has such a status.
        for status in [0, 200, 304, 399, 600, 999, u16::MAX] {
            let refused = of(status, "relight-proxy; error=connection_refused");
            assert_eq!(refused, unknown("not-understood"), "{status}");
        }
        for status in [400, 599] {
            let refused = of(status, "relight-proxy; error=connection_refused");
            assert_eq!(refused, not_sent("connection_refused"), "{status}");
        }
        assert_eq!(verdict(&Response { status: 200, ..Response::default() }), Verdict::Unmarked);
    }

    #[test]
    fn only_a_single_member_of_our_proxy_is_trusted() {
        let another = Verdict::Unknown("another-proxy".to_owned());
        for ours in
            ["relight-proxy; received-status=502", "relight-proxy; error=connection_refused"]
        {
            assert_ne!(of(502, ours), another);
            for header in [
                format!("{ours}, another; error=connection_refused"),
                format!("another; received-status=502, {ours}"),
                format!("{ours}, {ours}"),
                format!("{ours}, cdn"),
                format!("({ours})"),
                ours.replace("relight-proxy", "another"),
                ours.replace("relight-proxy", "Relight-Proxy"),
            ] {
                assert_eq!(of(502, &header), another, "{header}");
            }
            let lines = [ours, "another; error=dns_error"];
            let headers = lines.map(|line| ("proxy-status".to_owned(), line.to_owned())).to_vec();
            let response = Response { status: 502, headers, body: String::new() };
            assert_eq!(verdict(&response), another);
        }
    }

    #[test]
    fn a_refused_second_copy_is_recognised() {
        let repeated = Verdict::Unknown("repeated".to_owned());
        let internal = "relight-proxy; error=proxy_internal_response";
        for details in ["details=\"repeated\"", "details=repeated"] {
            assert_eq!(of(409, &format!("{internal}; {details}")), repeated);
            let other = Verdict::Unknown("proxy_internal_response".to_owned());
            assert_eq!(of(429, &format!("{internal}; {details}")), other);
            assert_ne!(of(409, &format!("{internal}; {details}, cdn")), repeated);
            assert_ne!(of(409, &format!("another; {details}")), repeated);
        }
        let entry = catalogue::layer("repeated").unwrap();
        assert_eq!((entry.effect, entry.retry), (Effect::MaybeDone, Retry::CheckFirst));
    }

    #[test]
    fn errors_before_sending_are_the_ones_explained_as_such() {
        for word in BEFORE_SENDING {
            let entry = catalogue::layer(word).unwrap_or_else(|| panic!("{word} is not explained"));
            assert_eq!(entry.effect, Effect::NothingDone, "{word}");
        }
    }
}
