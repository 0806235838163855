//! The rules of the proxy contract: what must hold, why, and how to configure it in each server.

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

/// The rules with their texts, in one list.
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
        /// A rule of the contract.
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

            /// How to configure it in a server.
            pub fn fix(self, server: Server) -> &'static str {
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
        why: "anything else makes an open proxy; anybody can rent a name below aliyuncs.com",
        nginx: "`map $relight_asked_host $relight_is_cloud`, with `default 0`, whole names and regions by name",
        caddy: "the anchored `vars_regexp relight {http.request.orig_uri}` of `@target`",
        haproxy: "`acl relight_cloud path,field(3,/)`, with regions by name",
        envoy: "`local hosts` in the Lua filter, a set of whole names",
        worker: "`HOSTS` in worker.js, a set of whole names",
    }
    Paths "paths" {
        holds: "only `/` and `/api/v2/name` are reached",
        why: "other paths of the same host are other products",
        nginx: "the path part of `map $request_uri $relight_asked_host`",
        caddy: "the path part of the pattern in `@target`",
        haproxy: "`acl relight_path path -m reg` with `^` and `$`",
        envoy: "`^/api/v2/[a-z0-9-]+$` in `local function target`",
        worker: "`PATH` in worker.js",
    }
    RawLine "raw-line" {
        holds: "the raw request line is judged, before dots and percent-encoding are resolved",
        why: "what is judged must be what is sent; `x/../` and `%65` bypass lists",
        nginx: "match on `$request_uri`, never on `$uri`; `merge_slashes off`",
        caddy: "match on `{http.request.orig_uri}`, never with `path`",
        haproxy: "match on `path` without `http-request normalize-uri`",
        envoy: "`normalize_path: false`, `merge_slashes: false`, `path_with_escaped_slashes_action: REJECT_REQUEST`",
        worker: "match on `request.url` as text, never `new URL(…).pathname`",
    }
    Methods "methods" {
        holds: "only POST and the preflight's OPTIONS pass",
        why: "a GET can be started by any link or picture",
        nginx: "`if ($request_method != POST) { return 461; }`",
        caddy: "`@method not method POST`",
        haproxy: "`http-request return status 405` for `!METH_POST`",
        envoy: "`if method ~= \"POST\"` in the Lua filter",
        worker: "`if (request.method !== \"POST\")`",
    }
    Origins "origins" {
        holds: "one Origin from the list, compared whole; none, `null` and others are refused",
        why: "the list prevents foreign pages from using the proxy",
        nginx: "`map $relight_asked_origin $relight_origin`, with whole strings, and lower case asked for before",
        caddy: "`(relight_origins)`, which compares `vars {http.request.header.Origin}` whole",
        haproxy: "`acl relight_origin req.hdr(origin) -m str` and `acl relight_plain_origin`",
        envoy: "`local origins` in the Lua filter",
        worker: "`ORIGINS`, split at the commas and compared with `includes`",
    }
    OneOrigin "one-origin" {
        holds: "a second Origin header is refused, whatever the values",
        why: "servers differ in which one counts, and no browser sends two",
        nginx: "up to 1.22 a configuration sees the first only; since 1.23 both, which no line of the map has",
        caddy: "`vars {http.request.header.Origin}`, which is both with a comma",
        haproxy: "`req.hdr_cnt(origin) eq 1`",
        envoy: "`headers:getNumValues(\"origin\") ~= 1`",
        worker: "the edge joins both with a comma, which no entry of `ORIGINS` has",
    }
    Action "action" {
        holds: "a request without x-acs-action, x-tc-action or x-zc-action is refused",
        why: "a page can send such a header only after a preflight, so no form reaches the cloud",
        nginx: "`map \"$http_x_acs_action$http_x_tc_action$http_x_zc_action\" $relight_has_action`",
        caddy: "`@action` with `not header` for the three",
        haproxy: "`acl relight_action req.hdr_cnt(…) gt 0`, three times",
        envoy: "`has_action` in the Lua filter",
        worker: "`ACTIONS.some(…)`",
    }
    Destination "destination" {
        holds: "Sec-Fetch-Dest is absent or `empty`",
        why: "a request for a page, a frame or an image is not the console's",
        nginx: "`map $http_sec_fetch_dest $relight_is_fetch`",
        caddy: "`@destination`",
        haproxy: "`acl relight_fetch`",
        envoy: "`destination ~= \"empty\"` in the Lua filter",
        worker: "`request.headers.get(\"Sec-Fetch-Dest\")`",
    }
    Upgrade "upgrade" {
        holds: "a request to switch protocols does not reach the cloud",
        why: "after a switch nothing checks what passes",
        nginx: "`if ($http_upgrade)`",
        caddy: "`@upgrade header Upgrade *`",
        haproxy: "`http-request return status 400` for `{ req.hdr(upgrade) -m found }`",
        envoy: "`upgrade_configs: []` and `headers:get(\"upgrade\")` in the Lua filter",
        worker: "`request.headers.has(\"Upgrade\")`",
    }
    Lengths "lengths" {
        holds: "a body with two lengths never arrives as a second request",
        why: "request smuggling: two readings of a length hide a request inside another",
        nginx: "nginx refuses it by itself; check what is in front",
        caddy: "Caddy refuses it by itself; check what is in front",
        haproxy: "HAProxy refuses it by itself unless `option accept-invalid-http-request` is set",
        envoy: "leave `allow_chunked_length` unset",
        worker: "the edge does this; check what is in front",
    }
    BodyLimit "body-limit" {
        holds: "64 KiB pass, one byte more is answered 413, typed as not sent",
        why: "no call of the console is longer, and a limit must not look like a lost answer",
        nginx: "`client_max_body_size 64k` and `error_page 413`",
        caddy: "`@large`, and `max_size 64KiB` in `request_body`",
        haproxy: "`req.hdr_val(content-length) gt 65536`, `option http-buffer-request` and `tune.bufsize`",
        envoy: "`max_request_bytes: 65536` of the buffer filter",
        worker: "`MAX_BODY_BYTES`",
    }
    Preflight "preflight" {
        holds: "a preflight is answered 204 by the proxy, for POST, all listed headers, at most 2 h",
        why: "without it no browser sends anything; cached too long, a change of the list has no effect",
        nginx: "`location @relight_preflight`",
        caddy: "`handle @preflight`",
        haproxy: "`http-request return status 204` for `METH_OPTIONS`",
        envoy: "`method == \"OPTIONS\"` in the Lua filter",
        worker: "`preflight(…)`",
    }
    Cors "cors" {
        holds: "every answer, errors too, allows that origin, exposes four headers and varies by Origin",
        why: "the page calls unknown what it may not read",
        nginx: "`add_header … always`, in every location: an inner one forgets the outer's",
        caddy: "`import relight_cors` before every `respond` and in `handle_errors`",
        haproxy: "`http-after-response set-header`, which reaches HAProxy's own answers too",
        envoy: "`local function dress` in the Lua filter",
        worker: "`common(origin)` on every `new Response`",
    }
    Timing "timing" {
        holds: "every answer has Timing-Allow-Origin with that origin",
        why: "without it a page of another origin cannot see over which protocol it sends",
        nginx: "`add_header Timing-Allow-Origin $relight_origin always`",
        caddy: "`Timing-Allow-Origin` in `(relight_cors)`",
        haproxy: "`http-after-response set-header Timing-Allow-Origin`",
        envoy: "`headers[\"timing-allow-origin\"]` in `local function dress`",
        worker: "`headers.set(\"Timing-Allow-Origin\"` in `function common`",
    }
    Types "types" {
        holds: "every answer has one Proxy-Status member, relight-proxy, with its type",
        why: "it separates \"the cloud answered\" and \"never sent\" from everything else, which is unknown",
        nginx: "`add_header Proxy-Status $relight_proxy_status always`",
        caddy: "`header Proxy-Status …` beside every `respond`, and in `handle_errors`",
        haproxy: "`hdr Proxy-Status` on every return, `http-after-response` for the rest",
        envoy: "`proxy_status_config`, and `headers:replace(\"proxy-status\"` for the cloud's own answers",
        worker: "`Proxy-Status` in `function refuse` and in `async function carry`",
    }
    Harmless "harmless" {
        holds: "every answer is no-store, nosniff, and under a policy of `default-src 'none'; sandbox`",
        why: "an answer of a cloud must be nothing but data on the page's origin",
        nginx: "`add_header … always`, in every location",
        caddy: "`import relight_own` before every `respond` and in `handle_errors`",
        haproxy: "`http-after-response set-header`",
        envoy: "`local function dress` in the Lua filter",
        worker: "`common(origin)`",
    }
    Close "close" {
        holds: "every answer over HTTP/1.1 has `Connection: close`, and the connection is closed",
        why: "browsers silently send a POST again when a reused connection dies: a second reboot",
        nginx: "`keepalive_timeout 0`",
        caddy: "`header Connection close`",
        haproxy: "`http-after-response set-header Connection close`",
        envoy: "`max_requests_per_connection: 1` in `common_http_protocol_options`",
        worker: "not possible in a Worker: the edge reuses connections. The console sends one-shot bodies there",
    }
    Http2 "http2" {
        holds: "the proxy's port does not offer HTTP/2",
        why: "HTTP/2 has no `Connection: close`",
        nginx: "no `http2` on the `listen` line",
        caddy: "`protocols h1`",
        haproxy: "`alpn http/1.1` on the `bind` line",
        envoy: "`alpn_protocols: [http/1.1]` and `codec_type: HTTP1`",
        worker: "HTTP/2 off for the zone, where the plan allows it",
    }
    Reach "reach" {
        holds: "a cloud answers through it",
        why: "a name server or port that does not work looks like a cloud that is down",
        nginx: "the name server in `resolver`, since nginx does not read /etc/resolv.conf; port 443 outwards",
        caddy: "the machine's name server; port 443 outwards",
        haproxy: "a name server that answers in /etc/resolv.conf, for `parse-resolv-conf`; port 443 outwards",
        envoy: "the machine's name server; port 443 outwards",
        worker: "for `workerd` the machine's name server; port 443 outwards",
    }
    Unchanged "unchanged" {
        holds: "path, query and body arrive byte for byte",
        why: "the signature covers them",
        nginx: "`proxy_pass https://$relight_host$relight_path$is_args$args`",
        caddy: "`rewrite * {re.relight.2}{re.relight.3}`, nothing decoded",
        haproxy: "`replace-path`, never `set-query`",
        envoy: "`headers:replace(\":path\", line)`, with the query as it came",
        worker: "the address as text, the body as bytes",
    }
    ServerName "server-name" {
        holds: "the name in the handshake and the Host header are the cloud's host",
        why: "the signature covers Host, and a certificate can only be checked against a name",
        nginx: "`proxy_ssl_server_name on`, `proxy_ssl_name $relight_host`, `proxy_set_header Host $relight_host`",
        caddy: "`tls_server_name {re.relight.1}` and `header_up Host {re.relight.1}`",
        haproxy: "`sni var(txn.relight_host)` and `http-request set-header Host`",
        envoy: "`auto_sni: true` and `headers:replace(\":authority\", host)`",
        worker: "`fetch` does both",
    }
    RequestHeaders "request-headers" {
        holds: "the listed headers arrive as they were, and no other: no cookie, origin, client address",
        why: "the cloud needs no more, and what is not forwarded cannot leak",
        nginx: "`proxy_pass_request_headers off`, and one `proxy_set_header` for each",
        caddy: "`request_header -**` after the listed ones were saved as `vars`",
        haproxy: "`http-request del-header ^(?!`",
        envoy: "`keep(headers, request_headers)`",
        worker: "`REQUEST_HEADERS`, put into a `new Headers()`",
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
        why: "the date corrects a wrong clock, the id finds a lost call; a cookie would be set on your host",
        nginx: "`proxy_pass_header Date`, and one `proxy_hide_header` for each that must not",
        caddy: "`copy_response_headers`",
        haproxy: "`http-response del-header ^(?!`",
        envoy: "`keep(headers, answer_headers)`",
        worker: "`ANSWER_HEADERS`",
    }
    AnswerList "answer-list" {
        holds: "no header of the cloud passes that is not on the list",
        why: "unexpected headers do not pass either",
        nginx: "nginx's own modules cannot: it passes what `proxy_hide_header` does not name",
        caddy: "`copy_response_headers`",
        haproxy: "`http-response del-header ^(?!`",
        envoy: "`keep(headers, answer_headers)`",
        worker: "`ANSWER_HEADERS`",
    }
    Received "received" {
        holds: "the cloud's answer passes with its status and body, typed received-status=N, 502 and 504 too",
        why: "an answer without this type is not trusted as the cloud's",
        nginx: "no `error_page 502`: the type comes from `map $upstream_header_time $relight_upstream_type`",
        caddy: "`handle_response` with `copy_response`",
        haproxy: "`http-response set-header Proxy-Status`",
        envoy: "`x-relight-received`, set by `header_mutation` on what a cloud answered",
        worker: "`received-status=${status}`",
    }
    Redirects "redirects" {
        holds: "a redirect is not followed and not passed: 502, typed",
        why: "a signed request must not follow an answer",
        nginx: "`proxy_intercept_errors on` and `error_page 300 … = @relight_withheld`",
        caddy: "`@withheld status 1xx 3xx 408 421`",
        haproxy: "`http-response return status 502` for `{ status 300:399 }`",
        envoy: "`number >= 300` in the Lua filter, and no `internal_redirect_policy`",
        worker: "`redirect: \"manual\"`",
    }
    Resend "resend" {
        holds: "421 becomes a typed 502, and 408 a typed 502 or a closed connection",
        why: "browsers send a POST again on 421, Chromium on 408 too",
        nginx: "`408 421 = @relight_withheld`; on 408 nginx can only close, which is unknown",
        caddy: "`@withheld status 1xx 3xx 408 421`",
        haproxy: "`http-response return status 502` for `{ status 408 }` and `{ status 421 }`",
        envoy: "`number == 408 or number == 421` in the Lua filter",
        worker: "`status === 408 || status === 421`",
    }
    OneAttempt "one-attempt" {
        holds: "whatever happens upstream, a request arrives once",
        why: "a second attempt is a second reboot",
        nginx: "`proxy_next_upstream off`",
        caddy: "no `lb_try_duration`; `keepalive off`, since Go repeats on a dead persistent connection",
        haproxy: "`retries 0`, `retry-on none`, `http-reuse never`",
        envoy: "no `retry_policy`; `max_requests_per_connection: 1` upstream",
        worker: "`fetch` is called once, and no service binding with retries is used",
    }
    Cut "cut" {
        holds: "an answer that never came is unknown: never typed as not sent",
        why: "the cloud may have executed it: the console has to describe first",
        nginx: "`map` over `$upstream_bytes_sent`: not-sent types for 0 only; `proxy_max_temp_file_size 0`",
        caddy: "`map {http.error.message} {relight_error}` in `handle_errors`, with `default connection_terminated`",
        haproxy: "502 and 504 of HAProxy itself are typed connection_terminated and http_response_timeout",
        envoy: "`proxy_status_config` knows",
        worker: "`connection_terminated` for everything but a `TimeoutError`",
    }
    Forged "forged" {
        holds: "no header or status of a cloud can imitate the proxy's own answer",
        why: "the console repeats what was not sent, so a cloud must not be able to report that",
        nginx: "`proxy_ignore_headers X-Accel-Redirect`: else a cloud's answer leads to `@relight_throttled`",
        caddy: "`^` in each line of `map {http.error.message} {relight_error}`: messages quote the cloud; `@withheld status 1xx`",
        haproxy: "HAProxy obeys no header of an answer",
        envoy: "`number < 200` in the Lua filter",
        worker: "`isOdd`, since `new Response` takes no other status",
    }
    StatusLine "status-line" {
        holds: "an answer whose first line has no status is not passed on",
        why: "forwarded unchanged, it could contain the proxy's headers, such as Proxy-Status",
        nginx: "not possible: nginx takes it for HTTP/0.9, and passes every byte",
        caddy: "Caddy does so by itself",
        haproxy: "HAProxy does so by itself",
        envoy: "Envoy does so by itself",
        worker: "workerd does so by itself",
    }
    Interim "interim" {
        holds: "an interim answer (1xx) of a cloud brings no headers, and the answer behind it arrives",
        why: "unexpected headers do not pass; browsers do not show them to pages",
        nginx: "not possible: nginx 1.22 takes it for the answer, and the console calls that unknown",
        caddy: "not possible: Caddy passes it as it came",
        haproxy: "not possible: no rule of HAProxy sees it",
        envoy: "Envoy drops it by itself",
        worker: "workerd drops it by itself",
    }
    BrokenOff "broken-off" {
        holds: "an answer that breaks off breaks off for the page too",
        why: "a truncated answer that looks complete can be misread",
        nginx: "nginx does so by itself, with `proxy_max_temp_file_size 0`",
        caddy: "Caddy 2.6 ends a body in chunks as if it were whole; the console takes whole JSON only",
        haproxy: "HAProxy does so by itself",
        envoy: "Envoy does so by itself",
        worker: "`new Response(answer.body`: the body is passed as a stream",
    }
    Refused "refused" {
        holds: "a closed port upstream is typed as not sent",
        why: "it is proven that nothing happened, and the console may try again",
        nginx: "`$upstream_bytes_sent` is 0 in `map … $relight_error`",
        caddy: "`~^dial .*refused` in `handle_errors`",
        haproxy: "a 503 that is not the cloud's is destination_unavailable",
        envoy: "`proxy_status_config`",
        worker: "not provable: workerd does not report the phase",
    }
    Dns "dns" {
        holds: "a name that does not exist upstream is typed as not sent",
        why: "as above",
        nginx: "`resolver`, and `dns_error` in `map … $relight_error`",
        caddy: "`~^dial [a-z0-9]+: lookup ` in `handle_errors`",
        haproxy: "`do-resolve` and `error=dns_error`",
        envoy: "`proxy_status_config`",
        worker: "not provable: workerd does not report the phase",
    }
    Certificate "certificate" {
        holds: "a certificate of another name, of an unknown authority or of the past stops it",
        why: "an impostor can read tokens and invent successes",
        nginx: "`proxy_ssl_verify on`, `proxy_ssl_trusted_certificate`, `proxy_ssl_name`",
        caddy: "no `tls_insecure_skip_verify`; `tls_server_name`",
        haproxy: "`verify required ca-file …` and `sni`: HAProxy verifies the name that it sends",
        envoy: "`auto_san_validation: true` and `trusted_ca`",
        worker: "always so on Cloudflare; for workerd `tlsOptions`",
    }
    CertificateType "certificate-type" {
        holds: "such a certificate is typed as not sent",
        why: "it is proven that nothing happened, and the console may try again",
        nginx: "`$upstream_bytes_sent` is 0 in `map … $relight_error`",
        caddy: "`~^x509: ` in `handle_errors`",
        haproxy: "a 503 that is not the cloud's is destination_unavailable",
        envoy: "`proxy_status_config`",
        worker: "not provable: workerd does not report the phase",
    }
    ConnectTime "connect-time" {
        holds: "a host that does not answer, or not in the handshake, is given up within 6 s, as not sent",
        why: "as above; and the user waits",
        nginx: "`proxy_connect_timeout 5s`",
        caddy: "`dial_timeout 5s` and `tls_timeout 5s`",
        haproxy: "`timeout connect 5s`",
        envoy: "`connect_timeout: 5s`",
        worker: "no such setting; the deadline ends it as unknown",
    }
    Deadline "deadline" {
        holds: "an answer that does not come is given up before the page's 35 s, as unknown",
        why: "else the page gives up first and cannot tell that from a dead proxy",
        nginx: "`proxy_read_timeout 29s`",
        caddy: "`response_header_timeout 29s`",
        haproxy: "`timeout server 29s`",
        envoy: "`timeout: 29s` of the route",
        worker: "`DEADLINE_MS`",
    }
    Throttle "throttle" {
        holds: "requests above the limit are answered 429, typed as not sent, with Retry-After",
        why: "one page must not block the others; untyped it would be unknown",
        nginx: "`limit_req`, `limit_conn`, `limit_req_status 463`, `location @relight_throttled`",
        caddy: "Debian's Caddy has no rate limit: put one in front, or use a build with one",
        haproxy: "the stick-table `relight_rate`",
        envoy: "the local_ratelimit filter",
        worker: "a rate limiting rule of the zone, or the rate limit binding",
    }
    SecondCopy "second-copy" {
        holds: "a signed change passes once: a second copy is answered 409, typed `repeated`, for 15 min (tested after 70 s); only a single Describe is a read",
        why: "browsers send a POST again by themselves, on a connection never used before too, and while the page sleeps",
        nginx: "`auth_request /relight-once`, and the server of `limit_req_zone $http_authorization`; `map … $relight_reads`, `location @relight_repeated`",
        caddy: "a stock Caddy remembers nothing: not for changes, or a build with a rate limit by Authorization",
        haproxy: "`track-sc1 req.fhdr(authorization)` and the stick-table `relight_once`; `acl relight_one_action`, `acl relight_one_signature`, `acl relight_plain_signature`",
        envoy: "the local_ratelimit filter `relight_once`, the Lua filter behind it, and `local changes` in the one before",
        worker: "`class Passed`, a Durable Object; `DESCRIBE`, `PLAIN` and `JOINED`",
    }
    Silence "silence" {
        holds: "a connection on which nothing is sent is closed within two seconds of the handshake, without a response",
        why: "browsers open spare connections, and send a POST again when one of them dies",
        nginx: "`client_header_timeout 2s`",
        caddy: "`read_header 2s`",
        haproxy: "`timeout http-request 2s`, and `option http-ignore-probes` for silence; `timeout client 10s` before the handshake",
        envoy: "`idle_timeout: 2s` in `common_http_protocol_options`",
        worker: "no such setting: the edge and workerd close it later",
    }
    Once "once" {
        holds: "a signed reboot is verified by the cloud and executed once, also if the answer is lost",
        why: "the purpose of all of this",
        nginx: "see the rules above",
        caddy: "see the rules above",
        haproxy: "see the rules above",
        envoy: "see the rules above",
        worker: "see the rules above",
    }
    Logs "logs" {
        holds: "logs have no query, header or body",
        why: "queries and headers have signatures and tokens, and many people read logs",
        nginx: "`log_format relight` with `$relight_log_path`; `error_log … crit`",
        caddy: "`format filter` with `request>headers delete` and the `regexp` on request>uri, for both logs",
        haproxy: "`log-format` with `%HPO`, and no `capture`",
        envoy: "`%PATH(NQ:PATH)%` in `text_format_source`",
        worker: "`[observability]` with `enabled = false`, and no `console.log` of a request",
    }
    Page "page" {
        holds: "the page is served under the strict policy",
        why: "the page signs with keys that restart production: no foreign script may run in it",
        nginx: "the `add_header` lines of `location /`",
        caddy: "the `header` block beside `file_server`",
        haproxy: "`http-after-response set-header … if !relight_is_proxy`",
        envoy: "the headers of the static host that serves the page",
        worker: "the headers of the release's `_headers`, for Workers' static assets",
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::{Rule, Server};
    use crate::servers;
    use std::fs;

    /// What a fix names is in the configuration, except for what should not be there.
    #[test]
    fn every_remedy_is_in_the_configuration() {
        let mut missing = Vec::new();
        for server in Server::ALL {
            let mut text = String::new();
            for entry in fs::read_dir(servers::configuration(server)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|end| end != "md") {
                    text.push_str(&fs::read_to_string(path).unwrap());
                }
            }
            for rule in Rule::ALL {
                for named in named(rule.fix(server)) {
                    if !named.split('…').all(|part| text.contains(part.trim())) {
                        missing.push(format!("{rule}, {}: `{named}`", server.name()));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }

    /// The texts between backticks, except for what should not be there.
    fn named(remedy: &str) -> Vec<&str> {
        let mut parts = remedy.split('`');
        let mut named = Vec::new();
        while let (Some(before), Some(inside)) = (parts.next(), parts.next()) {
            let word = before.split_whitespace().last().unwrap_or_default();
            if !["no", "never", "without", "unless", "leave", "release's"].contains(&word) {
                named.push(inside);
            }
        }
        named
    }
}
