//! Texts of the connection check: what each check means, and how it is fixed in each server.

use relight_core::{
    diagnostics::{Check, CheckResult},
    i18n::{Text, text},
};

/// What a check asks.
pub const fn line(line: Check) -> Text {
    match line {
        Check::Reachable => text("The proxy answers", "代理有应答"),
        Check::Allows => text("It lets this page read its answers", "允许本页面读取应答"),
        Check::Types => text("It says what it refuses itself", "自己拒绝的请求会注明"),
        Check::Cloud => text("The cloud answers through it", "能通过代理到达云端"),
        Check::Headers => text("What is signed arrives unchanged", "签名覆盖的内容未被改动"),
        Check::Clock => text("The cloud’s clock can be read", "可读取云端时间"),
        Check::Timing => text("This page may see the protocol", "允许本页面查看连接协议"),
        Check::Closes => text("It closes each connection", "每次应答后关闭连接"),
        Check::Once => text("It refuses a second copy of a request", "拒绝重复的请求"),
    }
}

/// Its result.
pub const fn holds(holds: CheckResult) -> Text {
    match holds {
        CheckResult::Yes => text("Holds", "正常"),
        CheckResult::No => text("Does not hold", "有问题"),
        CheckResult::Unknown => text("Not seen", "无法判断"),
    }
}

/// What to do when it fails.
pub const fn remedy(line: Check) -> Text {
    match line {
        Check::Reachable => text(
            "Nothing answers at this address, its certificate is not trusted, or the page’s own policy (connect-src) forbids it: a browser does not say which. Check the address in relight.json, the server and its certificate.",
            "该地址无应答、证书不受信任，或本页面的策略（connect-src）不允许访问，浏览器不会说明是哪一种。请检查 relight.json 中的地址、服务器及其证书。",
        ),
        Check::Allows => text(
            "Put this page’s origin on the proxy’s list; a login in front of it must answer 401 or 403, not a redirect.",
            "请把本页面的源（origin）加入代理的允许列表；代理前的登录系统应返回 401 或 403，而不是重定向。",
        ),
        Check::Types => text(
            "Something answers that is not a proxy of this contract, or its Proxy-Status is not exposed. Then every lost call is unknown.",
            "应答者不是符合约定的代理，或没有暴露 Proxy-Status。这样每次失败的调用都只能视为结果未知。",
        ),
        Check::Cloud => text(
            "The proxy does not get to the cloud, or does not say that an answer is the cloud’s.",
            "代理无法到达云端，或没有注明应答来自云端。",
        ),
        Check::Headers => text(
            "A signed header was removed or changed in transit; with a key, the secret may also be wrong.",
            "签名覆盖的请求头缺失或被改动；使用真实密钥时，也可能是密钥本身有误。",
        ),
        Check::Clock => text(
            "Without the cloud’s Date header a wrong clock of this computer cannot be corrected.",
            "读取不到云端的 Date，就无法校正本机时钟的偏差。",
        ),
        Check::Timing => text(
            "The answers lack Timing-Allow-Origin, so the page cannot see whether the connection is HTTP/2, over which it could send what a browser cannot send twice.",
            "应答缺少 Timing-Allow-Origin，页面无法得知连接是否为 HTTP/2，也就无法使用浏览器不能重发的方式发送。",
        ),
        Check::Closes => text(
            "When a reused connection dies, browsers send a request again by themselves: a second restart.",
            "保持的连接断开时，浏览器会自行重发请求，可能造成第二次重启。",
        ),
        Check::Once => text(
            "A browser may send a request twice by itself, and this proxy passes the second copy on, or does not say in Proxy-Status that it has refused it: a second restart.",
            "浏览器可能自行将请求发送两次，而该代理会转发重复的请求，或没有在 Proxy-Status 中注明已拒绝，可能造成第二次重启。",
        ),
    }
}

/// Where it is set in each of the servers of `deploy/`.
pub const fn settings(line: Check) -> [(&'static str, &'static str); 5] {
    let [nginx, caddy, haproxy, envoy, worker] = match line {
        Check::Reachable => [
            "nginx -t; systemctl status nginx",
            "caddy validate; systemctl status caddy",
            "haproxy -c -f /etc/haproxy/haproxy.cfg",
            "envoy --mode validate -c envoy.yaml",
            "wrangler deployments list",
        ],
        Check::Allows => [
            "map $http_origin $relight_origin",
            "(relight_origins)",
            "acl relight_origin",
            "local origins",
            "ORIGINS",
        ],
        Check::Types => [
            "add_header Proxy-Status $relight_proxy_status always",
            "header Proxy-Status …",
            "hdr Proxy-Status … · http-after-response",
            "proxy_status_config",
            "refuse(…)",
        ],
        Check::Cloud => [
            "resolver · proxy_ssl_trusted_certificate",
            "(relight_target)",
            "resolvers relight_names · ca-file",
            "dns_cache_config · trusted_ca",
            "fetch(…)",
        ],
        Check::Headers => [
            "proxy_set_header … · proxy_pass_request_headers off",
            "import relight_keep …",
            "http-request del-header ^(?!(…)$)",
            "request_headers",
            "REQUEST_HEADERS",
        ],
        Check::Clock => [
            "proxy_pass_header Date · Access-Control-Expose-Headers",
            "copy_response_headers { include Date … }",
            "http-response del-header ^(?!(…|date|…)$)",
            "answer_headers",
            "ANSWER_HEADERS",
        ],
        Check::Timing => [
            "add_header Timing-Allow-Origin …",
            "header Timing-Allow-Origin …",
            "http-after-response set-header Timing-Allow-Origin …",
            "timing-allow-origin",
            "timing-allow-origin",
        ],
        Check::Closes => [
            "keepalive_timeout 0 · listen 443 ssl (no http2)",
            "header Connection close · protocols h1",
            "option httpclose · alpn http/1.1",
            "max_requests_per_connection: 1 · codec_type: HTTP1",
            "—",
        ],
        Check::Once => [
            "auth_request /relight-once · limit_req_zone … zone=relight_once",
            "—",
            "track-sc1 … table relight_once",
            "relight_once",
            "Passed (Durable Object)",
        ],
    };
    [("nginx", nginx), ("Caddy", caddy), ("HAProxy", haproxy), ("Envoy", envoy), ("Worker", worker)]
}
