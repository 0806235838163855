//! The proxy contract, line by line: what must hold, why, and how each server is brought to it.

use std::fmt;

/// A server that `deploy/` has a configuration for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    Nginx,
    Caddy,
    Haproxy,
    Envoy,
    Worker,
}

impl Server {
    /// All of them, in the order of `deploy/README.md`.
    pub const ALL: [Self; 5] = [Self::Nginx, Self::Caddy, Self::Haproxy, Self::Envoy, Self::Worker];

    /// The name on the command line, and of the folder in `deploy/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Envoy => "envoy",
            Self::Worker => "worker",
        }
    }

    /// The server of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|server| server.name() == name)
    }
}

/// What can be said about each rule, and the rules themselves: written once, in this list.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $id:literal {
        holds: $holds:literal,
        why: $why:literal,
        nginx: $nginx:literal,
        caddy: $caddy:literal,
        haproxy: $haproxy:literal,
        envoy: $envoy:literal,
        worker: $worker:literal,
    })*) => {
        /// A line of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule { $($(#[$doc])* $rule),* }

        impl Rule {
            /// Every rule, in the order of the report.
            pub const ALL: &[Self] = &[$(Self::$rule),*];

            /// Its name in reports and in tests.
            pub fn id(self) -> &'static str {
                match self { $(Self::$rule => $id),* }
            }

            /// What must hold.
            pub fn holds(self) -> &'static str {
                match self { $(Self::$rule => $holds),* }
            }

            /// Why it matters.
            pub fn why(self) -> &'static str {
                match self { $(Self::$rule => $why),* }
            }

            /// How a server is brought to it.
            pub fn mend(self, server: Server) -> &'static str {
                match (self, server) {
                    $(
                        (Self::$rule, Server::Nginx) => $nginx,
                        (Self::$rule, Server::Caddy) => $caddy,
                        (Self::$rule, Server::Haproxy) => $haproxy,
                        (Self::$rule, Server::Envoy) => $envoy,
                        (Self::$rule, Server::Worker) => $worker,
                    )*
                }
            }
        }
    };
}

rules! {
    Hosts "hosts" {
        holds: "only the clouds' own hosts are reached, each exactly",
        why: "anything else makes an open proxy; below aliyuncs.com anybody can rent a name",
        nginx: "`map $relight_asked_host $relight_host`, with `default \"\"` and anchored patterns",
        caddy: "the anchored `vars_regexp relight {http.request.orig_uri}` of `@target`",
        haproxy: "`acl relight_target path -m reg` with `^` and `$`",
        envoy: "the `safe_regex` of the route, which matches the whole path",
        worker: "`HOSTS` in worker.js, tested with `^` and `$`",
    }
    Paths "paths" {
        holds: "only `/` and `/api/v2/name` are reached",
        why: "other paths of the same host are other products",
        nginx: "the path part of `map $request_uri $relight_asked_host`",
        caddy: "the path part of the pattern in `@target`",
        haproxy: "the path part of `acl relight_target`",
        envoy: "the path part of the route's `safe_regex`",
        worker: "`PATH` in worker.js",
    }
    RawLine "raw-line" {
        holds: "the request line is judged as it came, not after dots and percent codes are resolved",
        why: "what is judged must be what is sent; `x/../` and `%65` are how lists are stepped around",
        nginx: "match on `$request_uri`, never on `$uri`; `merge_slashes off`",
        caddy: "match on `{http.request.orig_uri}`, never with `path`",
        haproxy: "match on `path` without `http-request normalize-uri`",
        envoy: "`normalize_path: false`, `merge_slashes: false`, `path_with_escaped_slashes_action: REJECT_REQUEST`",
        worker: "match on `request.url` as text, not on `new URL(…).pathname`",
    }
    Methods "methods" {
        holds: "only POST and the preflight's OPTIONS pass",
        why: "a GET can be started by any link or picture",
        nginx: "`if ($request_method != POST) { return 461; }`",
        caddy: "`@method not method POST`",
        haproxy: "`http-request return status 405 … if !METH_POST`",
        envoy: "the `:method` of the rbac filter",
        worker: "`if (request.method !== \"POST\")`",
    }
    Origins "origins" {
        holds: "one Origin from the list, compared whole; none, `null` and others are refused",
        why: "the list is what keeps foreign pages from using the proxy",
        nginx: "`map $http_origin $relight_origin`, with whole strings",
        caddy: "`(relight_origins)` with `header Origin` and no `*`",
        haproxy: "`acl relight_origin req.hdr(origin) -m str` and `req.hdr_cnt(origin) eq 1`",
        envoy: "`exact` in the rbac filter and in the cors filter",
        worker: "`ORIGINS`, split at the commas and compared with `includes`",
    }
    Action "action" {
        holds: "a request without x-acs-action, x-tc-action or x-zc-action is refused",
        why: "a page can send such a header only after a preflight, so no form reaches the cloud",
        nginx: "`map \"$http_x_acs_action$http_x_tc_action$http_x_zc_action\" $relight_has_action`",
        caddy: "`@action` with `not header` for the three",
        haproxy: "`acl relight_action req.hdr_cnt(…) gt 0`, three times",
        envoy: "the three `present_match` of the rbac filter",
        worker: "`ACTIONS.some(…)`",
    }
    Destination "destination" {
        holds: "Sec-Fetch-Dest is absent or `empty`",
        why: "a request that a browser makes for a page, a frame or a picture is not the console's",
        nginx: "`map $http_sec_fetch_dest $relight_is_fetch`",
        caddy: "`@destination`",
        haproxy: "`acl relight_fetch`",
        envoy: "the sec-fetch-dest rule of the rbac filter",
        worker: "`request.headers.get(\"Sec-Fetch-Dest\")`",
    }
    Upgrade "upgrade" {
        holds: "a wish to switch protocols does not reach the cloud",
        why: "after a switch nobody looks at what passes",
        nginx: "`if ($http_upgrade)`",
        caddy: "`@upgrade header Upgrade *`",
        haproxy: "`http-request return status 400 … if { req.hdr(upgrade) -m found }`",
        envoy: "`upgrade_configs: []` and the upgrade rule of the rbac filter",
        worker: "`request.headers.has(\"Upgrade\")`",
    }
    Lengths "lengths" {
        holds: "a body whose length is said in two ways reaches nobody as a second request",
        why: "two readings of one length hide a request inside another",
        nginx: "nginx refuses it by itself; check what stands in front",
        caddy: "Caddy refuses it by itself; check what stands in front",
        haproxy: "HAProxy refuses it by itself unless `option accept-invalid-http-request` is set",
        envoy: "leave `allow_chunked_length` unset",
        worker: "the edge does this; check what stands in front",
    }
    BodyLimit "body-limit" {
        holds: "64 KiB pass, one byte more is answered 413, typed as not sent",
        why: "no call of the console is longer, and a limit must not look like a lost answer",
        nginx: "`client_max_body_size 64k` and `error_page 413`",
        caddy: "`request_body { max_size 64KiB }` and `handle_errors`",
        haproxy: "`option http-buffer-request`, `req.body_size gt 65536`, and `tune.bufsize`",
        envoy: "`max_request_bytes: 65536` of the buffer filter",
        worker: "`MAX_BODY_BYTES`",
    }
    Preflight "preflight" {
        holds: "a preflight is answered 204 by the proxy, for POST, all listed headers, at most 2 h",
        why: "without it no browser sends anything; kept too long, a change of the list does not arrive",
        nginx: "`location @relight_preflight`",
        caddy: "`handle @preflight`",
        haproxy: "`http-request return status 204 … if METH_OPTIONS …`",
        envoy: "`CorsPolicy`, with `forward_not_matching_preflights: false`",
        worker: "`preflight(…)`",
    }
    Cors "cors" {
        holds: "every answer, errors too, allows that origin, exposes four headers and varies by Origin",
        why: "what the page may not read it must call unknown",
        nginx: "`add_header … always`, in every location: an inner one forgets the outer's",
        caddy: "`import relight_headers` before every `respond` and in `handle_errors`",
        haproxy: "`http-after-response set-header`, which reaches HAProxy's own answers too",
        envoy: "the cors filter first, and `response_headers_to_add` of the route_config",
        worker: "`headers(origin)` on every `new Response`",
    }
    Types "types" {
        holds: "every answer says in Proxy-Status that relight-proxy gave it, and how it came about",
        why: "it tells \"the cloud said so\" and \"never sent\" from everything else, which is unknown",
        nginx: "`add_header Proxy-Status $relight_proxy_status always`",
        caddy: "`header Proxy-Status …` beside every `respond`, and in `handle_errors`",
        haproxy: "`hdr Proxy-Status …` on every return, `http-after-response` for the rest",
        envoy: "`proxy_status_config`, and header_mutation for the cloud's own answers",
        worker: "`Proxy-Status` in `refuse` and at the end",
    }
    Harmless "harmless" {
        holds: "every answer is no-store, nosniff, and under a policy of `default-src 'none'; sandbox`",
        why: "an answer of a cloud must be nothing on the page's origin but data",
        nginx: "`add_header … always`, in every location",
        caddy: "`import relight_headers`",
        haproxy: "`http-after-response set-header`",
        envoy: "`response_headers_to_add` of the route_config, `local_reply_config`",
        worker: "`headers(origin)`",
    }
    Close "close" {
        holds: "every answer over HTTP/1.1 says `Connection: close` and means it",
        why: "browsers silently send a POST again when a reused connection dies: a second reboot",
        nginx: "`keepalive_timeout 0`",
        caddy: "`header Connection close`",
        haproxy: "`option httpclose` in the frontend",
        envoy: "`max_requests_per_connection: 1` in `common_http_protocol_options`",
        worker: "not possible in a Worker: the edge keeps connections. The console guards itself there",
    }
    Http2 "http2" {
        holds: "the proxy's port does not speak HTTP/2",
        why: "HTTP/2 has no `Connection: close`, so the guard above does not exist there",
        nginx: "no `http2` on the `listen` line",
        caddy: "`servers { protocols h1 }`",
        haproxy: "`alpn http/1.1` on the `bind` line",
        envoy: "`alpn_protocols: [http/1.1]` and `codec_type: HTTP1`",
        worker: "HTTP/2 off for the zone, where the plan allows it",
    }
    Unchanged "unchanged" {
        holds: "path, query and body arrive byte for byte",
        why: "the signature covers them",
        nginx: "`proxy_pass https://$relight_host$relight_path$is_args$args`",
        caddy: "`rewrite * {re.relight.2}{re.relight.3}`, nothing decoded",
        haproxy: "`replace-path`, never `set-query`",
        envoy: "`regex_rewrite`, which leaves the query alone",
        worker: "the address as text, the body as bytes",
    }
    ServerName "server-name" {
        holds: "the name in the handshake and the Host header are the cloud's host",
        why: "the signature covers Host, and a certificate can only be checked against a name",
        nginx: "`proxy_ssl_server_name on`, `proxy_ssl_name $relight_host`, `proxy_set_header Host $relight_host`",
        caddy: "`tls_server_name {re.relight.1}` and `header_up Host {re.relight.1}`",
        haproxy: "`sni var(txn.relight_host)` and `http-request set-header Host`",
        envoy: "`auto_sni: true` and `host_rewrite_path_regex`",
        worker: "`fetch` does both",
    }
    RequestHeaders "request-headers" {
        holds: "the listed headers arrive as they were, and no other: no cookie, origin, client address",
        why: "the cloud needs no more, and what is not passed on cannot leak",
        nginx: "`proxy_pass_request_headers off`, and one `proxy_set_header` for each",
        caddy: "`request_header -*` after the listed ones were kept as `vars`",
        haproxy: "`http-request del-header ^(?!(…)$) -m reg`",
        envoy: "the list in the Lua filter",
        worker: "a new `Headers` with the listed ones only",
    }
    LongToken "long-token" {
        holds: "a token of 4 KiB beside a long signature passes",
        why: "temporary credentials have such tokens",
        nginx: "`large_client_header_buffers 4 16k`",
        caddy: "`max_header_size 32KB`",
        haproxy: "`tune.bufsize 131072`",
        envoy: "`max_request_headers_kb: 32`",
        worker: "the edge's limit is higher",
    }
    AnswerHeaders "answer-headers" {
        holds: "type, date, retry-after and request id pass; cookies, CORS and policies of others do not",
        why: "the date mends a wrong clock, the id finds a lost call; a cookie would be set on your host",
        nginx: "`proxy_pass_header Date`, and one `proxy_hide_header` for each that must not",
        caddy: "`copy_response_headers { include … }`",
        haproxy: "`http-response del-header ^(?!(…)$) -m reg`",
        envoy: "the list in the Lua filter",
        worker: "`ANSWER_HEADERS`",
    }
    AnswerList "answer-list" {
        holds: "no header of the cloud passes that is not on the list",
        why: "what nobody thought of does not pass either",
        nginx: "nginx's own modules cannot: it passes what `proxy_hide_header` does not name",
        caddy: "`copy_response_headers { include … }`",
        haproxy: "`http-response del-header ^(?!(…)$) -m reg`",
        envoy: "the list in the Lua filter",
        worker: "`ANSWER_HEADERS`",
    }
    Received "received" {
        holds: "the cloud's answer passes with its status and body, typed received-status=N, 502 and 504 too",
        why: "only so typed is an answer the cloud's",
        nginx: "no `error_page 502 504`: the type comes from `map`s over `$upstream_*`",
        caddy: "`handle_response` with `copy_response`",
        haproxy: "`http-response set-header Proxy-Status`",
        envoy: "header_mutation with `%RESPONSE_CODE%`",
        worker: "`received-status=${answer.status}`",
    }
    Redirects "redirects" {
        holds: "a redirect is not followed and not passed: 502, typed",
        why: "a signed request must not go where an answer says",
        nginx: "`proxy_intercept_errors on`, `error_page 301 302 303 307 308 421 = @relight_withheld`",
        caddy: "`@withheld status 3xx 408 421`",
        haproxy: "`http-response return status 502 … if { status 300:399 }`",
        envoy: "the Lua filter's `withheld`, and no `internal_redirect_policy`",
        worker: "`redirect: \"manual\"`",
    }
    Resend "resend" {
        holds: "421 becomes a typed 502, and 408 a typed 502 or a closed connection",
        why: "browsers send a POST again on 421, Chromium on 408 too",
        nginx: "`error_page … 421`; on 408 nginx can only close, which is unknown and so true",
        caddy: "`@withheld status 3xx 408 421`",
        haproxy: "`http-response return status 502 … if { status 408 } or { status 421 }`",
        envoy: "the Lua filter's `withheld`",
        worker: "`isWithheld(answer.status)`",
    }
    OneAttempt "one-attempt" {
        holds: "whatever happens upstream, a request arrives once",
        why: "a second attempt is a second reboot",
        nginx: "`proxy_next_upstream off`",
        caddy: "no `lb_try_duration`; `keepalive off`, since Go repeats on a dead kept connection",
        haproxy: "`retries 0`, `retry-on none`, `http-reuse never`",
        envoy: "no `retry_policy`; `max_requests_per_connection: 1` upstream",
        worker: "`fetch` is called once, and no service binding with retries is used",
    }
    Cut "cut" {
        holds: "an answer that never came is unknown: never typed as not sent",
        why: "the cloud may have acted: the console has to look first",
        nginx: "`map` over `$upstream_bytes_sent`: not-sent types for 0 only; no `proxy_buffering` to disk",
        caddy: "the `map {err.message}` in `handle_errors`, whose default is connection_terminated",
        haproxy: "502 and 504 of HAProxy itself are typed connection_terminated and http_response_timeout",
        envoy: "`proxy_status_config` knows",
        worker: "`typeOf(error)` says connection_terminated for everything it does not know",
    }
    BrokenOff "broken-off" {
        holds: "an answer that breaks off breaks off for the page too",
        why: "half an answer that looks whole could be read for what it does not say",
        nginx: "nginx does so by itself; no `proxy_buffering` to disk",
        caddy: "Caddy 2.6 ends a body in chunks as if it were whole; the console takes whole JSON only",
        haproxy: "HAProxy does so by itself",
        envoy: "Envoy does so by itself",
        worker: "the body is passed as a stream: no `await answer.text()`",
    }
    Refused "refused" {
        holds: "a port that is closed upstream is typed as not sent",
        why: "it is proved that nothing happened, and the console may try again",
        nginx: "`$upstream_bytes_sent` is 0 in `map … $relight_error`",
        caddy: "`~^dial .*refused` in `handle_errors`",
        haproxy: "a 503 that is not the cloud's is destination_unavailable",
        envoy: "`proxy_status_config`",
        worker: "not provable there: workerd tells no phase",
    }
    Dns "dns" {
        holds: "a name that does not exist upstream is typed as not sent",
        why: "as above",
        nginx: "`resolver`, and `dns_error` in `map … $relight_error`",
        caddy: "`~lookup ` in `handle_errors`",
        haproxy: "`do-resolve` and `error=dns_error`",
        envoy: "`proxy_status_config`",
        worker: "not provable there: workerd tells no phase",
    }
    Certificate "certificate" {
        holds: "a certificate of another name, of an unknown authority or of the past stops it",
        why: "who answers in the cloud's name can read tokens and invent successes",
        nginx: "`proxy_ssl_verify on`, `proxy_ssl_trusted_certificate`, `proxy_ssl_name`",
        caddy: "no `tls_insecure_skip_verify`; `tls_server_name`",
        haproxy: "`verify required ca-file …` and `sni`: HAProxy verifies the name that it sends",
        envoy: "`auto_san_validation: true` and `trusted_ca`",
        worker: "always so on Cloudflare; for workerd `tlsOptions`",
    }
    CertificateType "certificate-type" {
        holds: "such a certificate is typed as not sent",
        why: "it is proved that nothing happened, and the console may try again",
        nginx: "`$upstream_bytes_sent` is 0 in `map … $relight_error`",
        caddy: "`~x509:` in `handle_errors`",
        haproxy: "a 503 that is not the cloud's is destination_unavailable",
        envoy: "`proxy_status_config`",
        worker: "not provable there: workerd tells no phase",
    }
    ConnectTime "connect-time" {
        holds: "a host that does not answer is given up within 6 s, as not sent",
        why: "as above; and a person waits",
        nginx: "`proxy_connect_timeout 5s`",
        caddy: "`dial_timeout 5s`",
        haproxy: "`timeout connect 5s`",
        envoy: "`connect_timeout: 5s`",
        worker: "no such setting; the deadline ends it as unknown",
    }
    Deadline "deadline" {
        holds: "an answer that does not come is given up before the page's 35 s, as unknown",
        why: "else the page gives up first and cannot tell that from a dead proxy",
        nginx: "`proxy_read_timeout 30s`",
        caddy: "`response_header_timeout 30s`",
        haproxy: "`timeout server 30s`",
        envoy: "`timeout: 30s` of the route",
        worker: "`DEADLINE_MS`",
    }
    Throttle "throttle" {
        holds: "more than the proxy wants is answered 429, typed as not sent, with Retry-After",
        why: "one page must not take the proxy from all; untyped it would be unknown",
        nginx: "`limit_req`, `limit_conn`, `limit_req_status 463`, `location @relight_throttled`",
        caddy: "Debian's Caddy has no rate limit: put one in front, or use a build with one",
        haproxy: "the stick-table `relight_rate`",
        envoy: "the local_ratelimit filter",
        worker: "a rate limiting rule of the zone, or the rate limit binding",
    }
    Once "once" {
        holds: "a signed reboot is verified by the cloud and done once, a lost answer included",
        why: "it is what all of this is for",
        nginx: "see the lines above",
        caddy: "see the lines above",
        haproxy: "see the lines above",
        envoy: "see the lines above",
        worker: "see the lines above",
    }
    Logs "logs" {
        holds: "logs have no query, header or body",
        why: "queries and headers carry signatures and tokens; a log is read by many",
        nginx: "`log_format relight` with `$relight_log_path`; `error_log … crit`",
        caddy: "`format filter` with `request>headers delete` and the `regexp` on request>uri, for both logs",
        haproxy: "`log-format` with `%HPO`, and no `capture`",
        envoy: "`%PATH(NQ:ORIG)%`",
        worker: "`[observability] enabled = false`, and no `console.log` of a request",
    }
    Page "page" {
        holds: "the page is served under the strict policy",
        why: "the page signs with keys that restart production: no foreign script may run in it",
        nginx: "the `add_header` lines of `location /`",
        caddy: "the `header` block beside `file_server`",
        haproxy: "`http-after-response set-header … if !relight_is_proxy`",
        envoy: "the page's route, or the static host's `_headers`",
        worker: "`_headers` beside the page, for Workers' static assets",
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}
