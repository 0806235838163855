//! Which of the three clouds.

/// One of the simulated clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cloud {
    Alibaba,
    Tencent,
    Zenlayer,
}

impl Cloud {
    /// Every cloud, in the order used by lists.
    pub const ALL: [Self; 3] = [Self::Alibaba, Self::Tencent, Self::Zenlayer];

    /// The name used in files, options and JSON: `alibaba`, `tencent`, `zenlayer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alibaba => "alibaba",
            Self::Tencent => "tencent",
            Self::Zenlayer => "zenlayer",
        }
    }

    /// The cloud of a name, or nothing.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == name)
    }

    /// The cloud that answers at this host (without port), by the vendors' published endpoints.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        let label = |prefix: &str, suffix: &str| {
            host.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix)).is_some_and(
                |middle| {
                    let inner = middle.strip_prefix('.').unwrap_or(middle);
                    middle.is_empty() || (middle.len() > inner.len() && is_label(inner))
                },
            )
        };
        if label("ecs", ".aliyuncs.com") || host == "ecs-cn-hangzhou.aliyuncs.com" {
            Some(Self::Alibaba)
        } else if label("cvm", ".tencentcloudapi.com") {
            Some(Self::Tencent)
        } else if host == "console.zenlayer.com" {
            Some(Self::Zenlayer)
        } else {
            None
        }
    }
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
