//! The connection on which a request failed, with the names of its two ends and who can fix it.

use super::{Effect, Entry, Who, layer};
use crate::i18n::{Text, text};
use serde::Serialize;

/// A section of the path of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hop {
    /// Inside the browser: it, or an extension, blocked the request.
    Page,
    /// From the browser to the proxy of this page.
    BrowserProxy,
    /// From a program to its configured proxy, usually a company's.
    OwnProxy,
    /// From a program or a browser directly to the cloud.
    Direct,
    /// From the proxy to the cloud.
    ProxyCloud,
    /// At the cloud, which responded.
    Cloud,
}

/// Whether a request reached the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// It did not.
    No,
    /// Not known.
    Unknown,
    /// The cloud responded.
    Yes,
}

impl Hop {
    /// A title: where it failed.
    pub const fn title(self) -> Text {
        match self {
            Hop::Page => text("In the browser", "浏览器内部"),
            Hop::BrowserProxy => text("Between the browser and the proxy", "浏览器与代理之间"),
            Hop::OwnProxy => text(
                "Between the program and the proxy that it is set to use",
                "程序与其自身所用的网络代理之间",
            ),
            Hop::Direct => text("Between this computer and the cloud", "本机与云端之间"),
            Hop::ProxyCloud => text("Between the proxy and the cloud", "代理与云端之间"),
            Hop::Cloud => text("At the cloud, which answered", "云端（已应答）"),
        }
    }

    /// The far end, within a sentence.
    pub(crate) const fn far(self) -> Text {
        match self {
            Hop::Page | Hop::BrowserProxy => text("the proxy", "代理"),
            Hop::OwnProxy => text("the program's own proxy", "程序自身所用的网络代理"),
            Hop::Direct | Hop::ProxyCloud | Hop::Cloud => text("the cloud", "云端"),
        }
    }

    /// The near end, within a sentence.
    pub(crate) const fn near(self) -> Text {
        match self {
            Hop::Page | Hop::BrowserProxy | Hop::OwnProxy | Hop::Direct => {
                text("this computer", "本机")
            }
            Hop::ProxyCloud | Hop::Cloud => text("the proxy", "代理"),
        }
    }
}

/// Who fixes a fault of a layer at a hop, and how, where that differs from its entry. `None` for
/// what may have been carried out: checking the instance comes first.
pub(crate) fn remedy_at(entry: &'static Entry, hop: Hop) -> Option<(Who, Text)> {
    if entry.effect != Effect::NothingDone {
        return None;
    }
    let is_first = layer(entry.code).is_some_and(|first| std::ptr::eq(first, entry));
    let is_certificate = matches!(entry.code, "certificate" | "tls-handshake");
    let remedy = match (entry.code, hop) {
        ("cors", Hop::Direct) => text(
            "A page cannot call this host itself. Set up a proxy that allows this page.",
            "网页不能直接调用该域名，请配置允许本页面的代理。",
        ),
        // A second meaning already says what to do; the proxy's administrator does it.
        (_, Hop::OwnProxy | Hop::BrowserProxy | Hop::ProxyCloud) if !is_first => entry.remedy,
        ("host-not-found", Hop::OwnProxy) => text(
            "Correct the proxy's address in the program's settings (HTTPS_PROXY and the like), or ask that proxy's administrator.",
            "请更正程序设置中的代理地址（如 HTTPS_PROXY），或联系该网络代理的维护者。",
        ),
        ("host-not-found", Hop::BrowserProxy) => text(
            "Check the proxy's address, and that its name can be looked up from here.",
            "请核对代理地址，并确认此处能解析它的域名。",
        ),
        ("host-not-found", Hop::ProxyCloud) => text(
            "Check the region in the host name. If it is right, ask the proxy's administrator to check its DNS.",
            "请核对域名中的地域；若无误，请由代理的维护者检查代理的 DNS。",
        ),
        (_, Hop::ProxyCloud) if is_certificate => text(
            "Do not switch the check off. Ask the proxy's administrator to check its clock, its certificates and its DNS.",
            "请勿关闭证书校验；请由代理的维护者检查代理的时钟、根证书和 DNS。",
        ),
        (_, Hop::BrowserProxy) if is_certificate => text(
            "Do not click it away. Ask the proxy's administrator to give it a certificate that browsers trust.",
            "请勿忽略证书警告；请由代理的维护者为其配置浏览器信任的证书。",
        ),
        ("connect-refused" | "connect-timeout", Hop::OwnProxy) => text(
            "Check the proxy's address in the program's settings (HTTPS_PROXY and the like) and that the proxy runs.",
            "请核对程序设置中的代理地址（如 HTTPS_PROXY），并确认该代理正在运行。",
        ),
        ("connect-refused" | "connect-timeout", Hop::BrowserProxy) => text(
            "Ask the proxy's administrator to check that it is up, and its address and port.",
            "请由代理的维护者确认代理正在运行，且地址和端口无误。",
        ),
        ("connect-refused" | "connect-timeout", Hop::ProxyCloud) => text(
            "Try again. If it stays, ask the proxy's administrator to check its network and firewall.",
            "请重试；若持续出现，请由代理的维护者检查代理的网络和防火墙。",
        ),
        (_, _) => return None,
    };
    Some((Who::Administrator, remedy))
}
