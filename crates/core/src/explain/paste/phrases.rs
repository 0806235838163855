//! Phrases that say something without a code.

/// What programs say, in lower case, when there is no connection; the first that fits counts.
pub(super) const TRANSPORT: &[(&str, &[&str])] = &[
    ("cors", &["blocked by cors policy", "cross-origin request blocked"]),
    (
        "host-not-found",
        &[
            "no such host",
            "enotfound",
            "eai_again",
            "name or service not known",
            "nodename nor servname",
            "temporary failure in name resolution",
            "could not resolve host",
            "unknownhostexception",
            "nameresolutionerror",
            "getaddrinfo failed",
            "err_name_not_resolved",
        ],
    ),
    (
        "certificate",
        &[
            "x509:",
            "certificate verify failed",
            "unable to get local issuer certificate",
            "self signed certificate",
            "self-signed certificate",
            "pkix path building failed",
            "sslhandshakeexception",
            "err_cert_",
            "certificate has expired",
        ],
    ),
    (
        "connect-refused",
        &["econnrefused", "connection refused", "err_connection_refused", "actively refused"],
    ),
    (
        "connect-timeout",
        &[
            "connect timed out",
            "connect etimedout",
            "connecttimeout",
            "connection timed out",
            "dial tcp",
            "err_connection_timed_out",
            "failed to connect",
        ],
    ),
    (
        "answer-timeout",
        &[
            "read timed out",
            "readtimeout",
            "socketexception: read",
            "etimedout",
            "esockettimedout",
            "deadline exceeded",
            "awaiting headers",
            "operation timed out",
        ],
    ),
    (
        "cut-off",
        &[
            "econnreset",
            "connection reset",
            "connection aborted",
            "remotedisconnected",
            "remote end closed connection",
            "socket hang up",
            "unexpected eof",
            "empty reply from server",
            "broken pipe",
            "err_connection_reset",
        ],
    ),
];
