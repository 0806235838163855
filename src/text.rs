//! Every word of the interface, in English and Chinese: an enum with one exhaustive match for each
//! language, so that the compiler names what a language lacks.
//!
//! Words about the clouds themselves (names, modes, errors) stand with the clouds in core.

// One arm a text is the point, even where two texts are alike today.
#![allow(clippy::match_same_arms, clippy::too_many_lines)]

#[cfg(feature = "console")]
pub mod diagnostics;
mod format;
#[cfg(feature = "console")]
pub mod keys;
#[cfg(feature = "console")]
mod run;

pub use format::{duration, number};
#[cfg(feature = "console")]
pub use format::{instant, lines, time_of_day};
#[cfg(feature = "console")]
pub use run::{
    ENDED_EARLY, REASON, SAVED_RUNS, UNKNOWN_CHECKING, call_state, confidence, detected_format,
    evidence, outcome, outcome_counter, outcome_meaning, pause, retry, settings, skip_reason,
    status, who,
};

#[cfg(feature = "console")]
use relight_core::model::plan::OperationSpec;
use relight_core::{
    i18n::{Locale, Text, text},
    ids::Malformation,
    model::cloud::Verb,
};

/// Milliseconds since 1970, or a span of them.
type Millis = u64;

/// A text without variable parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The console, for screen readers: what the page is.
    PageTitle,
    /// Empties what a link has filled in.
    LinkEmpty,
    /// While the rest of the page is fetched.
    Opening,
    /// The rest of the page could not be fetched.
    RestFailed,
    RestChanged,
    RestReplaced,
    Preflight,
    PreflightHint,
    PreflightFailed,
    TryAgain,
    SkipPreflight,
    SkipPreflightWarning,
    /// It is not proven that the proxy refuses second copies.
    OnceUnknown,
    /// It is seen that it does not.
    OnceMissing,
    /// There is no proxy.
    OnceDirect,
    /// What the check from within the review sends.
    OnceHint,
    WillBeSkipped,
    SkippedTitle,
    Refresh,
    StartInstead,
    RestartInstead,
    SearchRegions,
    NotFoundAnywhere,
    GoThere,
    NothingEligible,
    Reason,
    Canary,
    CanaryHelp,
    Pacing,
    BatchSize,
    WaveCalls,
    WavePause,
    StopAbove,
    SkipToContent,
    Pages,
    Power,
    ExplainAnError,
    Connection,
    DiagnosticsTitle,
    DiagnosticsHint,
    RunDiagnostics,
    OtherLanguage,
    ThisPagesProxy,
    Direct,
    DirectHint,
    RouteLabel,
    KeyLabel,
    WhatToDo,
    StepOne,
    StepTwo,
    StepOneHint,
    StepTwoHint,
    StepThreeHint,
    Cloud,
    Site,
    Region,
    ChooseRegion,
    OtherRegion,
    OtherRegionLabel,
    Operation,
    How,
    Instances,
    InstancesHint,
    Pasted,
    Valid,
    Unusual,
    UnusualReason,
    Malformed,
    Sample,
    SampleReason,
    RepeatedLabel,
    RepeatedReason,
    NearMiss,
    NearMissReason,
    InvisibleReason,
    OtherCloudReason,
    Key,
    KeySaved,
    /// Above the key on the screen of a run that lacks one.
    KeyWanted,
    /// Runs cannot be written down here.
    NoJournal,
    /// The operator's configuration cannot be used.
    ConfigurationUnusable,
    /// A run in the journal cannot be read.
    RunAside,
    /// The button that saves what there is of it.
    SaveRecords,
    /// The page around the console thinks it over.
    ApprovalPending,
    /// What was confirmed is not what would be sent now.
    ApprovalChanged,
    /// What it rests on is looked at first.
    ApprovalOutdated,
    /// It has said no.
    ApprovalRefused,
    /// It has said nothing for ten minutes.
    ApprovalTimedOut,
    KeyInTab,
    KeyReadable,
    LockNow,
    ExpiresAt,
    LockedIdle,
    LockedLeft,
    LockedAsked,
    LockedExpired,
    PermanentKey,
    /// In the front, on the button that leads to the rest of what there is about the key.
    AboutKey,
    KeyPlaceholder,
    SecretUnusable,
    Forget,
    Optional,
    DoubtLength,
    OpenAlone,
    NothingToReview,
    NothingToReviewHint,
    HowItWillGo,
    Calls,
    Host,
    Through,
    Options,
    NoOptions,
    PaceLabel,
    ShowRequests,
    HideRequests,
    RequestsHint,
    Instance,
    CallColumn,
    FindInstance,
    NothingMatches,
    Previous,
    Next,
    Cancel,
    BeforeYouConfirm,
    Address,
    IpAddress,
    Action,
    Version,
    Parameters,
    Body,
    EmptyBody,
    Stop,
    StopNow,
    Resume,
    All,
    FailuresFirst,
    Name,
    OutcomeColumn,
    Detail,
    NothingSelected,
    WhatHappened,
    WhatToDoAboutIt,
    WhoLabel,
    Code,
    CloudSaid,
    ReceivedText,
    Request,
    RequestColumn,
    StateLabel,
    StateBefore,
    Zone,
    SentAt,
    SettledAt,
    CopyForSupport,
    Copy,
    Copied,
    ShowTheRequest,
    Causes,
    CopyIds,
    OperationColumn,
    Ids,
    Status,
    Time,
    CallOutcome,
    Inspect,
    InspectorHint,
    CanonicalRequest,
    NoCanonicalRequest,
    StringToSign,
    Headers,
    Signature,
    Reveal,
    Conceal,
    SignatureHidden,
    TokenHidden,
    NotSignedYet,
    Close,
    NothingToRetry,
    /// Before the limit that what is left of a run breaks.
    RunRefused,
    /// The list of runs, and what is said there.
    SavedRuns,
    NoSavedRuns,
    RunIsShown,
    RunHere,
    RunElsewhere,
    RunOwed,
    RunUnreadable,
    Unfinished,
    OpenRun,
    ForgetRun,
    ForgetAll,
    ForgetUnfinished,
    PutAway,
    NothingNotStarted,
    NothingUnknown,
    NewRun,
    NewRunWait,
    ExportCsv,
    ExportJson,
    UnknownCode,
    PassedDryRun,
    PassedDryRunMeaning,
    PassedDryRunRemedy,
    ExplainTitle,
    ExplainHint,
    ExplainLabel,
    ExplainEmpty,
    NothingFound,
    Success,
    CallsHint,
    EnterToFocusTable,
    NoInstancesYet,
    AllErrors,
    IndexTitle,
    IndexHint,
    FindError,
    PasteAnError,
    Print,
    BelowTheClouds,
    CloudSays,
    AnsweredBy,
    CopyLink,
    Clear,
    SecretsHidden,
    AllAboutCode,
    CorrectClock,
    EnterKeyAgain,
    CompareSignature,
    MissingPermission,
    Denial,
    DeniedExplicitly,
    DeniedImplicitly,
    Resource,
    Identity,
    Policy,
    CopyPolicy,
    DetectedFormat,
    CompareTitle,
    CompareLabel,
    Ours,
    Theirs,
    LineEnd,
    TextEnd,
}

impl Message {
    /// The text in one language.
    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    pub const fn in_locale(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.in_english(),
            Locale::Zh => self.in_chinese(),
        }
    }

    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    const fn in_english(self) -> &'static str {
        match self {
            Message::Preflight => "Looking at the instances",
            Message::PreflightHint => "This only reads. Nothing is changed.",
            Message::PreflightFailed => "The states could not be read",
            Message::TryAgain => "Try again",
            Message::SkipPreflight => "Go on without looking",
            Message::SkipPreflightWarning => {
                "Without a look at the states, instances that cannot take the operation are not left out: the cloud refuses them, or their whole call."
            }
            Message::OnceUnknown => {
                "A browser may send this twice: it is not proven that this proxy refuses the second copy of a request."
            }
            Message::OnceMissing => {
                "A browser may send this twice: the connection check has seen that this proxy does not refuse the second copy of a request."
            }
            Message::OnceDirect => {
                "A browser may send this twice: without a proxy nothing refuses the second copy of a request."
            }
            Message::OnceHint => {
                "The check sends a restart of an instance that does not exist, signed with a made-up key, several times. Nothing is changed."
            }
            Message::WillBeSkipped => "will be left out",
            Message::SkippedTitle => "Left out, with what to do instead",
            Message::Refresh => "Refresh",
            Message::StartInstead => "Start them instead",
            Message::RestartInstead => "Restart them instead",
            Message::SearchRegions => "Look in other regions",
            Message::NotFoundAnywhere => "Found in no other region that this key can see.",
            Message::GoThere => "Go there",
            Message::NothingEligible => {
                "No instance can take this operation now: all are left out, for the reasons below."
            }
            Message::LinkEmpty => "Empty these fields",
            Message::Reason => "Reason or ticket",
            Message::Canary => "One instance first",
            Message::CanaryHelp => "The others go only once the cloud has accepted the first.",
            Message::Pacing => "Size and pauses",
            Message::BatchSize => "Most instances a call",
            Message::WaveCalls => "Pause after so many calls",
            Message::WavePause => "Length of the pause, seconds",
            Message::StopAbove => "Pause above this share refused, %",
            Message::PageTitle => "Relight: restart and start cloud instances",
            Message::Opening => "Opening…",
            Message::RestFailed => {
                "The rest of the page could not be loaded. Nothing was sent and nothing is lost: check the connection and try again."
            }
            Message::RestChanged => {
                "A file of this page is not the one that it was published with, so it was not started. Nothing was sent. If a new version is being put in place right now, reload in a minute. If it stays so, the file was changed: enter no key here, and tell whoever runs this page."
            }
            Message::RestReplaced => {
                "A newer version of this page was published after you opened it, and the two are not mixed. Nothing was sent. Copy the ids, then reload to go on with the new one."
            }
            Message::SkipToContent => "Skip to the content",
            Message::Pages => "Pages",
            Message::Power => "Power",
            Message::ExplainAnError => "Errors",
            Message::Connection => "Connection",
            Message::DiagnosticsTitle => "Check the connection",
            Message::DiagnosticsHint => {
                "Asks the proxy and, through it, the cloud that is chosen in the form for its regions; without a key the request is signed with a made-up one, which the cloud must refuse. Then sends a restart of an instance that does not exist, always signed with the made-up key, and the same again: the cloud must refuse the first and the proxy each further copy. Nothing is changed."
            }
            Message::RunDiagnostics => "Check now",
            Message::OtherLanguage => "中文",
            Message::ThisPagesProxy => "this page’s proxy",
            Message::Direct => "direct, unverified",
            Message::DirectHint => {
                "Without a proxy: this goes from the browser to the cloud itself, in the cloud’s older form. Whether the cloud lets a page read its answers has not been tried with a live account. What cannot be read counts as unknown, and nothing keeps a browser from sending again when a connection dies."
            }
            Message::RouteLabel => "Calls travel through",
            Message::KeyLabel => "Key in use",
            Message::WhatToDo => "What to do",
            Message::StepOne => "1 of 3",
            Message::StepTwo => "2 of 3",
            Message::StepOneHint => "Say what to do, to which instances, and with which key.",
            Message::StepTwoHint => "See every call, id and option that will be sent, and confirm.",
            Message::StepThreeHint => {
                "Follow each instance to its end, with the reason where it failed."
            }
            Message::Cloud => "Cloud",
            Message::Site => "Kind of account",
            Message::Region => "Region",
            Message::ChooseRegion => "Choose…",
            Message::OtherRegion => "Another region…",
            Message::OtherRegionLabel => "Region id",
            Message::Operation => "Operation",
            Message::How => "How",
            Message::Instances => "Instances",
            Message::InstancesHint => {
                "Any separator will do: lines, commas, JSON, a CSV column, console links."
            }
            Message::Pasted => "pasted",
            Message::Valid => "valid",
            Message::Unusual => "unusual",
            Message::UnusualReason => "an unusual shape; it will be sent",
            Message::Malformed => "malformed",
            Message::Sample => "sample",
            Message::SampleReason => "a sample from documentation, partly starred out",
            Message::RepeatedLabel => "repeated",
            Message::RepeatedReason => "stands further up already; it is sent once",
            Message::NearMiss => "almost right",
            Message::NearMissReason => "not quite an id",
            Message::InvisibleReason => "has characters that cannot be seen",
            Message::OtherCloudReason => "an id of another cloud",
            Message::Key => "Key",
            Message::KeyWanted => {
                "This run has no key: none is written down with a run. Enter it, or choose it if this browser keeps it, to look at the instances or to go on."
            }
            Message::RunAside => {
                "A run in this browser’s journal cannot be read and is kept aside. What became of its instances is not known here: look at them before you act."
            }
            Message::SaveRecords => "Save its records",
            Message::ApprovalPending => {
                "Waiting for leave: the page around this one decides. Nothing was sent."
            }
            Message::ApprovalTimedOut => {
                "Nothing was sent: the page around this one has not answered within 10 minutes."
            }
            Message::ApprovalChanged => {
                "It has changed meanwhile, and nothing was sent. Look again before you confirm."
            }
            Message::ApprovalOutdated => {
                "The states were read too long ago, so nothing was sent and they are read again. Look once more, then send."
            }
            Message::ApprovalRefused => {
                "Nothing was sent: the page around this one did not allow it."
            }
            Message::ConfigurationUnusable => {
                "The configuration of this page cannot be used, so nothing can be sent. Whoever runs this page can mend it:"
            }
            Message::NoJournal => {
                "This browser does not let the page keep a journal, so a reload would lose this run. Only a single call is sent without one."
            }
            Message::KeySaved => "Kept in this tab’s memory only. Closing the tab forgets it.",
            Message::KeyInTab => {
                "Held in this tab as a key that signs and cannot be read back. Closing the tab forgets it."
            }
            Message::KeyReadable => {
                "This page did not come over HTTPS, so the browser offers no key that cannot be read back: the secret is held as bytes in this tab, and wiped when it is forgotten."
            }
            Message::LockNow => "Lock now",
            Message::ExpiresAt => "Expires at",
            Message::LockedIdle => {
                "Locked: nobody has touched the page for a while, so the key was wiped. Enter it again to go on; nothing else is lost."
            }
            Message::LockedLeft => {
                "Locked: the page was left, so the key was wiped. Enter it again to go on."
            }
            Message::LockedAsked => {
                "Locked: the key was wiped. Enter it again to go on; nothing else is lost."
            }
            Message::LockedExpired => {
                "This temporary key has expired, and was wiped. Enter a new one to go on; nothing else is lost."
            }
            Message::PermanentKey => {
                "This key has no token, so it is good until somebody deletes it. A temporary key that may only describe, start and restart is worth less to whoever gets hold of it."
            }
            Message::AboutKey => "Keep this key, or see what it needs…",
            Message::KeyPlaceholder => "held · type to replace",
            Message::SecretUnusable => {
                "This has spaces or characters that no secret has. Paste it again."
            }
            Message::Forget => "Forget now",
            Message::Optional => "optional",
            Message::OpenAlone => "Open this page on its own",
            Message::DoubtLength => "Unusual length for a key of this cloud. Is it complete?",
            Message::NothingToReview => "Nothing to review yet",
            Message::NothingToReviewHint => {
                "Paste instance ids and check them. Nothing is sent before you have seen it here."
            }
            Message::HowItWillGo => "How it will go",
            Message::Calls => "Calls",
            Message::Host => "Host",
            Message::Through => "Through",
            Message::Options => "Options",
            Message::NoOptions => "none",
            Message::PaceLabel => "Pace",
            Message::ShowRequests => "Show the requests",
            Message::HideRequests => "Hide the requests",
            Message::RequestsHint => {
                "As they will be sent, without key, time, nonce and signature: those are added when each call goes out."
            }
            Message::Instance => "Instance",
            Message::CallColumn => "Call",
            Message::FindInstance => "Find an id",
            Message::NothingMatches => "Nothing matches.",
            Message::Previous => "Previous",
            Message::Next => "Next",
            Message::Cancel => "Cancel",
            Message::BeforeYouConfirm => "Before you confirm",
            Message::Address => "Address",
            Message::IpAddress => "Address",
            Message::Action => "Action",
            Message::Version => "Version",
            Message::Parameters => "Parameters",
            Message::Body => "Body",
            Message::EmptyBody => "empty",
            Message::Stop => "Stop after the calls on the way",
            Message::StopNow => "Stop",
            Message::Resume => "Go on",
            Message::All => "all",
            Message::FailuresFirst => "Failures first",
            Message::Name => "Name",
            Message::OutcomeColumn => "Outcome",
            Message::Detail => "Detail",
            Message::NothingSelected => "Choose an instance to see what is known of it.",
            Message::WhatHappened => "What happened",
            Message::WhatToDoAboutIt => "What to do",
            Message::WhoLabel => "Who",
            Message::Code => "Code",
            Message::CloudSaid => "Cloud said",
            Message::ReceivedText => "Received",
            Message::Request => "Request",
            Message::RequestColumn => "Request id",
            Message::StateLabel => "State",
            Message::StateBefore => "State before",
            Message::Zone => "Zone",
            Message::SentAt => "Sent",
            Message::SettledAt => "Settled",
            Message::CopyForSupport => "Copy for support",
            Message::Copy => "Copy",
            Message::Copied => "Copied",
            Message::ShowTheRequest => "Show the request",
            Message::Causes => "What went wrong",
            Message::CopyIds => "Copy ids",
            Message::OperationColumn => "Operation",
            Message::Ids => "Ids",
            Message::Status => "Status",
            Message::Time => "Took",
            Message::CallOutcome => "Result",
            Message::Inspect => "Inspect",
            Message::InspectorHint => {
                "The secret is never here. Signature and token are hidden in what is shown and copied."
            }
            Message::CanonicalRequest => "Canonical request",
            Message::NoCanonicalRequest => "This algorithm has none.",
            Message::StringToSign => "String to sign",
            Message::Headers => "Headers",
            Message::Signature => "Signature",
            Message::Reveal => "Reveal the signature",
            Message::Conceal => "Hide the signature",
            Message::SignatureHidden => "‹signature hidden›",
            Message::TokenHidden => "‹token hidden›",
            Message::NotSignedYet => "This call has not been signed yet.",
            Message::Close => "Close",
            Message::NothingToRetry => "Nothing was refused that sending again could help.",
            Message::SavedRuns => "Runs kept in this browser",
            Message::NoSavedRuns => "Nothing yet: each run is kept here from its first call on.",
            Message::RunIsShown => {
                "A run is under way here. End or stop it before you open another."
            }
            Message::RunHere => "Shown on this page.",
            Message::RunElsewhere => "Open in another tab.",
            Message::RunOwed => {
                "The operator of this page has not received its record yet, so it is kept."
            }
            Message::RunUnreadable => "Cannot be read, and is kept as it is:",
            Message::Unfinished => "unfinished",
            Message::OpenRun => "Open",
            Message::ForgetRun => "Forget",
            Message::ForgetAll => "Forget all",
            Message::ForgetUnfinished => {
                "Some may be unfinished: what is not known of them yet cannot be found out here any more."
            }
            Message::PutAway => "Leave it for later",
            Message::RunRefused => "What this run has left is not allowed here now.",
            Message::NothingNotStarted => "Every call has been sent.",
            Message::NothingUnknown => "No outcome is unknown.",
            Message::NewRun => "New run",
            Message::NewRunWait => "Stop the run first.",
            Message::ExportCsv => "Export CSV",
            Message::ExportJson => "Export JSON",
            Message::UnknownCode => "unknown code",
            Message::PassedDryRun => "The dry run passed",
            Message::PassedDryRunMeaning => {
                "The cloud checked request, permission and state, and would carry it out. Nothing was done."
            }
            Message::PassedDryRunRemedy => {
                "Switch the dry run off and send it for real when you are ready."
            }
            Message::ExplainTitle => "Explain an error",
            Message::ExplainHint => {
                "Paste an answer, a log line, an SDK exception or a bare code. It stays on this page: nothing is sent."
            }
            Message::ExplainLabel => "What the cloud said",
            Message::ExplainEmpty => "The explanation appears here as you paste.",
            Message::NothingFound => "No error is recognised in this text.",
            Message::Success => "Not an error",
            Message::CallsHint => "Every call with the cloud’s request id.",
            Message::EnterToFocusTable => "Instances and their outcomes",
            Message::NoInstancesYet => "No instances.",
            Message::AllErrors => "All errors",
            Message::IndexTitle => "Every error, explained",
            Message::IndexHint => "Works without a key and without a network.",
            Message::FindError => "Find a code or words",
            Message::PasteAnError => "Paste an error",
            Message::Print => "Print",
            Message::BelowTheClouds => "Proxy, network, this page",
            Message::CloudSays => "The cloud says",
            Message::AnsweredBy => "Answered by",
            Message::CopyLink => "Copy link",
            Message::Clear => "Clear",
            Message::SecretsHidden => {
                "What looked like a secret was hidden at once. If it was a real one, change it: it was in your clipboard."
            }
            Message::AllAboutCode => "In the index",
            Message::CorrectClock => "Correct the clock and sign again",
            Message::EnterKeyAgain => "Enter the key again",
            Message::CompareSignature => "Compare what was signed",
            Message::MissingPermission => "The permission that is missing",
            Message::Denial => "Denied",
            Message::DeniedExplicitly => "explicitly: a policy forbids it",
            Message::DeniedImplicitly => "implicitly: no policy allows it",
            Message::Resource => "Resource",
            Message::Identity => "Identity",
            Message::Policy => "The smallest policy that allows it",
            Message::CopyPolicy => "Copy the policy",
            Message::DetectedFormat => "Recognised",
            Message::CompareTitle => "Compare with what the cloud computed",
            Message::CompareLabel => {
                "The canonical request or string to sign from the cloud’s answer"
            }
            Message::Ours => "Ours",
            Message::Theirs => "The cloud’s",
            Message::LineEnd => "end of the line",
            Message::TextEnd => "end of the text",
        }
    }

    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    const fn in_chinese(self) -> &'static str {
        match self {
            Message::Preflight => "正在查看实例状态",
            Message::PreflightHint => "仅读取状态，不做任何更改。",
            Message::PreflightFailed => "无法读取实例状态",
            Message::TryAgain => "重试",
            Message::SkipPreflight => "不查看状态，直接继续",
            Message::SkipPreflightWarning => {
                "未查看实例状态，因此不会排除无法操作的实例：云端会拒绝这些实例，甚至拒绝整次调用。"
            }
            Message::OnceUnknown => "浏览器可能会将请求发送两次：尚未证实该代理会拒绝重复的请求。",
            Message::OnceMissing => {
                "浏览器可能会将请求发送两次：连接检查发现该代理不会拒绝重复的请求。"
            }
            Message::OnceDirect => {
                "浏览器可能会将请求发送两次：不经代理时，没有任何环节会拒绝重复的请求。"
            }
            Message::OnceHint => {
                "检查会用虚构的密钥，对一台不存在的实例多次发送重启请求，不会改动任何资源。"
            }
            Message::WillBeSkipped => "将排除",
            Message::SkippedTitle => "已排除的实例及建议",
            Message::Refresh => "刷新",
            Message::StartInstead => "改为启动",
            Message::RestartInstead => "改为重启",
            Message::SearchRegions => "在其他地域查找",
            Message::NotFoundAnywhere => "在该密钥可见的其他地域中均未找到。",
            Message::GoThere => "切换到该地域",
            Message::NothingEligible => "当前没有可执行该操作的实例，全部已排除，原因如下。",
            Message::LinkEmpty => "清空这些内容",
            Message::Reason => "原因或工单号",
            Message::Canary => "先试一台",
            Message::CanaryHelp => "首台被云端受理后，再发送其余实例。",
            Message::Pacing => "分批与间隔",
            Message::BatchSize => "每次调用最多实例数",
            Message::WaveCalls => "连续多少次调用后暂停",
            Message::WavePause => "暂停时长（秒）",
            Message::StopAbove => "被拒绝比例超过时暂停（%）",
            Message::PageTitle => "Relight：重启和启动云实例",
            Message::Opening => "正在打开…",
            Message::RestFailed => {
                "页面的其余部分加载失败。没有发送任何请求，已填写的内容都还在：请检查网络后重试。"
            }
            Message::RestChanged => {
                "页面的某个文件与发布时不一致，因此没有启动它，也没有发送任何请求。如果正在部署新版本，请一分钟后重新加载；如果一直如此，说明文件已被改动：不要在此输入任何密钥，并告知页面的运维人员。"
            }
            Message::RestReplaced => {
                "打开页面之后又发布了新版本，两个版本不会混用。没有发送任何请求。请先复制实例 ID，再重新加载以使用新版本。"
            }
            Message::SkipToContent => "跳到主要内容",
            Message::Pages => "页面",
            Message::Power => "电源操作",
            Message::ExplainAnError => "错误解读",
            Message::Connection => "连接",
            Message::DiagnosticsTitle => "连接检查",
            Message::DiagnosticsHint => {
                "向代理发出请求，并通过它向表单中所选的云查询地域列表；没有密钥时用虚构的密钥签名，云端必然会拒绝。随后始终用虚构的密钥，对一台不存在的实例发送重启请求，并原样重发：第一次应由云端拒绝，之后每次都应由代理拒绝。不会改动任何资源。"
            }
            Message::RunDiagnostics => "立即检查",
            Message::OtherLanguage => "English",
            Message::ThisPagesProxy => "本页代理",
            Message::Direct => "直连（未经验证）",
            Message::DirectHint => {
                "不经过代理：请求以云端的旧版签名方式由浏览器直接发出。云端是否允许页面读取应答，尚未用真实账号验证。读不到的应答视为结果未知；连接中断时，也没有办法阻止浏览器自行重发。"
            }
            Message::RouteLabel => "请求经由",
            Message::KeyLabel => "当前密钥",
            Message::WhatToDo => "操作内容",
            Message::StepOne => "第 1 步，共 3 步",
            Message::StepTwo => "第 2 步，共 3 步",
            Message::StepOneHint => "填写要执行的操作、实例和密钥。",
            Message::StepTwoHint => "逐项查看将要发送的调用、实例和参数，然后确认。",
            Message::StepThreeHint => "跟踪每台实例直至完成；失败时给出原因和处理方法。",
            Message::Cloud => "云厂商",
            Message::Site => "账号类型",
            Message::Region => "地域",
            Message::ChooseRegion => "请选择…",
            Message::OtherRegion => "其他地域…",
            Message::OtherRegionLabel => "地域 ID",
            Message::Operation => "操作",
            Message::How => "方式",
            Message::Instances => "实例",
            Message::InstancesHint => "换行、逗号、JSON、CSV 列或控制台链接均可，会自动识别。",
            Message::Pasted => "已粘贴",
            Message::Valid => "有效",
            Message::Unusual => "格式少见",
            Message::UnusualReason => "格式少见，仍会发送",
            Message::Malformed => "格式错误",
            Message::Sample => "文档示例",
            Message::SampleReason => "文档中的示例 ID，部分字符被星号遮住",
            Message::RepeatedLabel => "重复",
            Message::RepeatedReason => "前面已出现，只发送一次",
            Message::NearMiss => "疑似笔误",
            Message::NearMissReason => "与实例 ID 略有出入",
            Message::InvisibleReason => "含有不可见字符",
            Message::OtherCloudReason => "属于其他云的实例 ID",
            Message::Key => "密钥",
            Message::KeyWanted => {
                "此次运行没有密钥：运行记录中从不包含密钥。请重新输入（如已保存在此浏览器中，也可直接选用），才能查询实例状态或继续。"
            }
            Message::RunAside => {
                "此浏览器日志中有一次运行无法读取，已单独保留。其中实例的结果在此无从得知，操作前请先查询实例状态。"
            }
            Message::SaveRecords => "保存其记录",
            Message::ApprovalPending => "等待许可：由嵌入本控制台的页面决定，尚未发送任何请求。",
            Message::ApprovalTimedOut => "没有发送任何请求：嵌入本控制台的页面 10 分钟内没有答复。",
            Message::ApprovalChanged => "内容已发生变化，没有发送任何请求。请重新查看后再确认。",
            Message::ApprovalOutdated => {
                "实例状态已过时，没有发送任何请求，正在重新读取。请再次查看后再发送。"
            }
            Message::ApprovalRefused => "没有发送任何请求：嵌入本控制台的页面未予许可。",
            Message::ConfigurationUnusable => {
                "本页面的配置无法使用，因此不能发送任何请求。请联系本页面的管理员修正："
            }
            Message::NoJournal => {
                "此浏览器不允许页面保存运行记录，刷新后记录会丢失。没有记录时只会发送单次调用。"
            }
            Message::KeySaved => "仅存在于本标签页的内存中，关闭标签页即清除。",
            Message::KeyInTab => "密钥已作为不可读回的签名密钥存于本标签页，关闭标签页即清除。",
            Message::KeyReadable => {
                "本页面并非通过 HTTPS 打开，浏览器无法提供不可读回的密钥：密钥以字节形式存于本标签页的内存，清除时擦除。"
            }
            Message::LockNow => "立即锁定",
            Message::ExpiresAt => "到期时间",
            Message::LockedIdle => {
                "已锁定：页面长时间无人操作，密钥已擦除。重新输入即可继续，其他内容均未丢失。"
            }
            Message::LockedLeft => "已锁定：曾离开本页面，密钥已擦除。重新输入即可继续。",
            Message::LockedAsked => "已锁定：密钥已擦除。重新输入即可继续，其他内容均未丢失。",
            Message::LockedExpired => {
                "临时密钥已过期并已擦除。输入新的密钥即可继续，其他内容均未丢失。"
            }
            Message::PermanentKey => {
                "该密钥没有 Token，删除之前长期有效。建议使用仅允许查询、启动和重启实例的临时密钥，一旦泄露损失更小。"
            }
            Message::AboutKey => "保存此密钥，或查看所需权限…",
            Message::KeyPlaceholder => "已载入 · 重新输入即替换",
            Message::SecretUnusable => "含有空格或不允许的字符，请重新粘贴。",
            Message::Forget => "立即清除",
            Message::Optional => "选填",
            Message::OpenAlone => "单独打开此页面",
            Message::DoubtLength => "长度与该云的密钥 ID 不符，请确认是否完整。",
            Message::NothingToReview => "暂无待确认内容",
            Message::NothingToReviewHint => {
                "粘贴实例 ID 并检查。在这里确认之前，不会发送任何请求。"
            }
            Message::HowItWillGo => "执行方式",
            Message::Calls => "调用",
            Message::Host => "服务地址",
            Message::Through => "经由",
            Message::Options => "参数",
            Message::NoOptions => "无",
            Message::PaceLabel => "频率",
            Message::ShowRequests => "查看请求",
            Message::HideRequests => "收起请求",
            Message::RequestsHint => {
                "以下为将要发送的请求；密钥、时间、随机数和签名在发出时才加入。"
            }
            Message::Instance => "实例",
            Message::CallColumn => "调用",
            Message::FindInstance => "查找实例 ID",
            Message::NothingMatches => "没有匹配项。",
            Message::Previous => "上一页",
            Message::Next => "下一页",
            Message::Cancel => "取消",
            Message::BeforeYouConfirm => "确认前请注意",
            Message::Address => "请求地址",
            Message::IpAddress => "IP 地址",
            Message::Action => "接口",
            Message::Version => "版本",
            Message::Parameters => "参数",
            Message::Body => "请求体",
            Message::EmptyBody => "空",
            Message::Stop => "已发出的调用完成后停止",
            Message::StopNow => "停止",
            Message::Resume => "继续",
            Message::All => "全部",
            Message::FailuresFirst => "失败优先",
            Message::Name => "名称",
            Message::OutcomeColumn => "结果",
            Message::Detail => "详情",
            Message::NothingSelected => "选择一台实例，查看详细情况。",
            Message::WhatHappened => "发生了什么",
            Message::WhatToDoAboutIt => "如何处理",
            Message::WhoLabel => "由谁处理",
            Message::Code => "错误码",
            Message::CloudSaid => "云端原文",
            Message::ReceivedText => "收到的内容",
            Message::Request => "请求",
            Message::RequestColumn => "请求 ID",
            Message::StateLabel => "状态",
            Message::StateBefore => "操作前状态",
            Message::Zone => "可用区",
            Message::SentAt => "发送时间",
            Message::SettledAt => "结束时间",
            Message::CopyForSupport => "复制工单信息",
            Message::Copy => "复制",
            Message::Copied => "已复制",
            Message::ShowTheRequest => "查看请求",
            Message::Causes => "失败原因",
            Message::CopyIds => "复制实例 ID",
            Message::OperationColumn => "操作",
            Message::Ids => "实例数",
            Message::Status => "状态码",
            Message::Time => "耗时",
            Message::CallOutcome => "结果",
            Message::Inspect => "查看",
            Message::InspectorHint => "这里不会出现密钥；显示和复制的内容均已隐去签名和 Token。",
            Message::CanonicalRequest => "规范请求",
            Message::NoCanonicalRequest => "该签名算法没有规范请求。",
            Message::StringToSign => "待签名字符串",
            Message::Headers => "请求头",
            Message::Signature => "签名",
            Message::Reveal => "显示签名",
            Message::Conceal => "隐藏签名",
            Message::SignatureHidden => "‹签名已隐藏›",
            Message::TokenHidden => "‹Token 已隐藏›",
            Message::NotSignedYet => "该调用尚未签名。",
            Message::Close => "关闭",
            Message::NothingToRetry => "没有重试可能有效的失败实例。",
            Message::SavedRuns => "此浏览器中保存的运行",
            Message::NoSavedRuns => "暂无记录：每次运行从第一次调用起保存在这里。",
            Message::RunIsShown => "当前有运行正在进行，请先结束或停止，再打开其他运行。",
            Message::RunHere => "正在本页面显示。",
            Message::RunElsewhere => "已在其他标签页中打开。",
            Message::RunOwed => "本页面的管理员尚未收到其记录，因此予以保留。",
            Message::RunUnreadable => "无法读取，已原样保留：",
            Message::Unfinished => "未完成",
            Message::OpenRun => "打开",
            Message::ForgetRun => "删除",
            Message::ForgetAll => "全部删除",
            Message::ForgetUnfinished => "其中可能有未完成的运行：删除后将无法在此查明其未知结果。",
            Message::PutAway => "稍后处理",
            Message::RunRefused => "本次运行尚未完成的部分目前不允许在此发送。",
            Message::NothingNotStarted => "所有调用均已发出。",
            Message::NothingUnknown => "没有结果未知的实例。",
            Message::NewRun => "新建操作",
            Message::NewRunWait => "请先停止当前运行。",
            Message::ExportCsv => "导出 CSV",
            Message::ExportJson => "导出 JSON",
            Message::UnknownCode => "未收录的错误码",
            Message::PassedDryRun => "预检通过",
            Message::PassedDryRunMeaning => {
                "云端已检查请求、权限和实例状态，可以执行。本次没有实际执行。"
            }
            Message::PassedDryRunRemedy => "确认无误后，取消“仅预检”再正式发送。",
            Message::ExplainTitle => "错误解读",
            Message::ExplainHint => {
                "粘贴应答、日志、SDK 异常或错误码。内容只在本页处理，不会发送。"
            }
            Message::ExplainLabel => "云端返回的内容",
            Message::ExplainEmpty => "粘贴后在此显示解读。",
            Message::NothingFound => "未能从这段文字中识别出错误。",
            Message::Success => "不是错误",
            Message::CallsHint => "每次调用及云端的请求 ID。",
            Message::EnterToFocusTable => "实例及其结果",
            Message::NoInstancesYet => "没有实例。",
            Message::AllErrors => "全部错误",
            Message::IndexTitle => "错误索引",
            Message::IndexHint => "无需密钥，无需联网。",
            Message::FindError => "搜索错误码或关键词",
            Message::PasteAnError => "粘贴错误信息",
            Message::Print => "打印",
            Message::BelowTheClouds => "代理、网络与本页",
            Message::CloudSays => "云端提示",
            Message::AnsweredBy => "相关接口",
            Message::CopyLink => "复制链接",
            Message::Clear => "清空",
            Message::SecretsHidden => {
                "疑似密钥的内容已立即隐藏。若为真实密钥，请尽快更换：它曾出现在剪贴板中。"
            }
            Message::AllAboutCode => "在索引中查看",
            Message::CorrectClock => "校正时间并重新签名",
            Message::EnterKeyAgain => "重新输入密钥",
            Message::CompareSignature => "比对签名内容",
            Message::MissingPermission => "缺少的权限",
            Message::Denial => "拒绝方式",
            Message::DeniedExplicitly => "显式拒绝：有策略禁止该操作",
            Message::DeniedImplicitly => "隐式拒绝：没有策略允许该操作",
            Message::Resource => "资源",
            Message::Identity => "身份",
            Message::Policy => "所需的最小权限策略",
            Message::CopyPolicy => "复制策略",
            Message::DetectedFormat => "识别为",
            Message::CompareTitle => "与云端计算的内容比对",
            Message::CompareLabel => "云端返回的规范请求或待签名字符串",
            Message::Ours => "本页",
            Message::Theirs => "云端",
            Message::LineEnd => "行尾",
            Message::TextEnd => "文本结束",
        }
    }
}

/// What is done to instances, as far as the words depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationLabel {
    /// Restart or start.
    pub verb: Verb,
    /// Whether unsaved data may be lost.
    pub forced: bool,
    /// Whether it is only rehearsed.
    pub dry_run: bool,
}

impl OperationLabel {
    /// The deed of an order.
    #[cfg(feature = "console")]
    pub fn of(spec: &OperationSpec) -> Self {
        OperationLabel {
            verb: spec.operation().verb,
            forced: spec.is_forced(),
            dry_run: spec.is_dry_run(),
        }
    }
}

/// A text with variable parts. Counts are formatted for the language.
#[derive(Clone, Copy, Debug)]
pub enum MessageArgs<'a> {
    /// On the button that leads to the review.
    Check(usize),
    /// On the button that sends.
    Confirm(OperationLabel, usize),
    /// The title of the review.
    ReviewTitle(OperationLabel, usize),
    /// The title of a run.
    RunTitle {
        label: OperationLabel,
        count: usize,
        active: bool,
    },
    /// The way to the list of runs, and its title.
    SavedRuns(usize),
    /// Before runs are deleted, and on the button that does it.
    DeleteWarning(usize),
    DeleteRuns(usize),
    /// On the page's switch between languages, for screen readers.
    Line(u32),
    /// What was probably meant.
    DidYouMean(&'a str),
    /// How many problems are not listed.
    AndMore(usize),
    /// On the button that removes what cannot be sent.
    RemoveProblems(usize),
    /// The title above the problems.
    WillNotBeSent(usize),
    /// How many ids another cloud has among those pasted.
    OfCloud(&'a str),
    /// Where keys come from.
    KeysFrom(&'a str),
    /// Why none came: where from, and what came instead.
    NoKeyFrom(&'a str),
    /// How long a key lasts.
    ValidUntil {
        time: &'a str,
        left: &'a str,
    },
    /// A key that looks like another cloud's.
    KeyOfCloud(&'a str),
    /// A secret that looks like a key id, by what the cloud calls them.
    KeySwapped(&'a str, &'a str),
    /// What the cloud calls the token, which is or looks like what it calls the secret.
    TokenSwapped(&'a str, &'a str),
    /// Which host the doctor has asked, and whether with a real key.
    DiagnosticsUpdated(&'a str, bool),
    /// No key is taken in a frame of this page, if its origin is known.
    UntrustedParent(Option<&'a str>),
    /// This place is asked for a key.
    KeyAsked(&'a str),
    /// What a link has filled in, in words.
    LinkTaken(&'a str),
    /// What it could not fill in.
    LinkLeft(&'a str),
    /// The names of its parameters that looked like keys.
    LinkRefused(&'a str),
    /// What ids look like.
    IdsLookLike {
        shape: &'a str,
        example: &'a str,
    },
    /// An operation on one instance at a time.
    OnePerCall(&'a str),
    /// Which part of a list is shown.
    Range {
        from: usize,
        to: usize,
        total: usize,
    },
    /// How the instances are spread over calls.
    CallSizes {
        calls: usize,
        instances: usize,
        largest: usize,
    },
    /// The same, if one instance goes first.
    CanarySizes {
        calls: usize,
        largest: usize,
    },
    /// On the counter of those that will be sent.
    WillBe(OperationLabel),
    /// How far the look before the review is.
    PreflightProgress {
        done: usize,
        total: usize,
    },
    /// When the states were read.
    StatesAsOf(&'a str),
    /// That they were read anew, because the check was so old.
    CheckedAgain {
        minutes: u64,
    },
    /// How far the search in other regions is.
    Searched {
        done: usize,
        total: usize,
    },
    /// What the search has found.
    FoundIn {
        region: &'a str,
        count: usize,
    },
    /// The pace of the calls.
    Pace(u32),
    /// The label of the field that asks for the count.
    TypeToConfirm(usize),
    /// What is wrong with what was typed there.
    TypedWrong(usize),
    /// One call of a list.
    CallHeading {
        number: usize,
        instances: usize,
    },
    /// How far the sending is.
    CallOf {
        done: usize,
        total: usize,
    },
    /// When the states are looked at next.
    NextDescribe(u64),
    /// The end of a run, for the live region.
    Finished {
        good: usize,
        bad: usize,
        unknown: usize,
        total: usize,
    },
    /// A milestone of a run, for the live region.
    Sent {
        calls: usize,
        total: usize,
    },
    /// What stopping cannot recall.
    CannotRecall(usize),
    /// The clock was corrected.
    ClockCorrected(i64),
    /// On the buttons that ask for more.
    RetryFailed(usize),
    SendNotStarted(usize),
    CheckUnknown(usize),
    Isolate(usize),
    Force(usize),
    /// What sending again means.
    RetryWarning {
        label: OperationLabel,
        count: usize,
    },
    SendNotStartedWarning {
        label: OperationLabel,
        count: usize,
    },
    NarrowWarning(usize),
    /// To how many of those under review a request was sent whose answer is not known.
    MayBeTwice(usize),
    ForceWarning(usize),
    /// How long something took.
    BackAfter(Millis),
    /// How long something has been going on.
    Since(Millis),
    /// Milliseconds.
    Ms(Millis),
    /// From one state to another.
    FromTo(&'a str, &'a str),
    /// The accessible name of a button beside a text to copy.
    CopyWhat(&'a str),
    /// The accessible name of a button in a call's row.
    InspectCall(usize),
    /// A call that went out more than once, each time proven not to have been carried out before.
    Resent(u32),
    /// The title of the inspector.
    InspectorTitle(usize),
    /// Show only the instances with a cause.
    ShowOnly(usize),
    /// On the button that looks at the states of some instances.
    CheckNow(usize),
    /// Where two texts part.
    FirstDifference {
        byte: usize,
        line: usize,
        column: usize,
    },
    /// In which header or parameter they part.
    DiffersIn(&'a str),
    /// How many meanings a code has.
    Meanings(usize),
    /// Before the address of a vendor's page.
    VendorPage(&'a str),
    /// Problems found in a text, for the live region.
    FoundProblems {
        valid: usize,
        problems: usize,
    },
}

impl MessageArgs<'_> {
    /// The text in one language.
    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    pub fn in_locale(self, locale: Locale) -> String {
        match locale {
            Locale::En => self.in_english(),
            Locale::Zh => self.in_chinese(),
        }
    }

    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    fn in_english(self) -> String {
        let n = |count: usize| number(Locale::En, count);
        match self {
            MessageArgs::Check(0) => "Check instances".into(),
            MessageArgs::Check(count) => format!("Check {}", instances(count)),
            MessageArgs::Confirm(label, count) => format!("{} {}", label.imperative(), n(count)),
            MessageArgs::ReviewTitle(OperationLabel { dry_run: true, .. }, count)
            | MessageArgs::RunTitle { label: OperationLabel { dry_run: true, .. }, count, .. } => {
                format!("Dry run of {}", instances(count))
            }
            MessageArgs::ReviewTitle(label, count) => {
                format!("{} {}", label.imperative(), instances(count))
            }
            MessageArgs::RunTitle { label, count, active: true } => {
                format!("{} {}", label.gerund(), instances(count))
            }
            MessageArgs::RunTitle { label, count, active: false } => {
                format!("{}: {}", label.noun(), instances(count))
            }
            MessageArgs::SavedRuns(count) => format!("Runs kept in this browser ({})", n(count)),
            MessageArgs::DeleteWarning(1) => "The records of one run are deleted from this browser. What it sent stays sent. This cannot be undone.".into(),
            MessageArgs::DeleteWarning(count) => format!(
                "The records of {} runs are deleted from this browser. What they sent stays sent. This cannot be undone.",
                n(count)
            ),
            MessageArgs::DeleteRuns(1) => "Forget 1 run".into(),
            MessageArgs::DeleteRuns(count) => format!("Forget {} runs", n(count)),
            MessageArgs::Line(line) => format!("line {line}"),
            MessageArgs::DidYouMean(suggestion) => format!("did you mean {suggestion}?"),
            MessageArgs::AndMore(count) => format!("and {} more", n(count)),
            MessageArgs::RemoveProblems(count) => format!("Remove the {}", n(count)),
            MessageArgs::WillNotBeSent(1) => "1 entry will not be sent".into(),
            MessageArgs::WillNotBeSent(count) => format!("{} entries will not be sent", n(count)),
            MessageArgs::OfCloud(cloud) => format!("of {cloud}"),
            MessageArgs::UntrustedParent(Some(origin)) => format!(
                "This page is shown inside a page of {origin}, which its operator has not listed under “frames” in relight.json. No key can be entered here."
            ),
            MessageArgs::KeyAsked(source) => format!("Waiting for a key from {source}. Nothing has been sent."),
            MessageArgs::LinkTaken(what) => format!(
                "The link that opened this page has filled in: {what}. Whoever made the link chose this: check it before you go on. Nothing has been looked at or sent."
            ),
            MessageArgs::LinkLeft(what) => format!("Not filled in from the link, since this page has no such thing or does not allow it: {what}."),
            MessageArgs::LinkRefused(names) => format!(
                "The link carried something that looks like a key: {names}. It is not used, and it is gone from the address. Addresses are kept in histories and logs: if it was real, revoke it."
            ),
            MessageArgs::UntrustedParent(None) => "This page is shown inside another page, and the browser does not say which; the operator has listed none that it could be. No key can be entered here.".to_owned(),
            MessageArgs::DiagnosticsUpdated(host, true) => format!("Asked {host}, signed with your key."),
            MessageArgs::DiagnosticsUpdated(host, false) => format!("Asked {host}, signed with a made-up key."),
            MessageArgs::KeysFrom(source) => format!(
                "Temporary keys come from {source}. They are asked for when they are needed, kept in this tab, and renewed before they expire."
            ),
            MessageArgs::NoKeyFrom(failure) => {
                format!("No key came from {failure}. Nothing was sent, and nothing is lost.")
            }
            MessageArgs::ValidUntil { time, left } => format!("Valid until {time}: {left} left."),
            MessageArgs::KeyOfCloud(cloud) => format!("This looks like a key of {cloud}."),
            MessageArgs::KeySwapped(secret, key_id) => format!(
                "This looks like the {key_id}, not the {secret}. Are the two fields swapped? Nothing was sent."
            ),
            MessageArgs::TokenSwapped(token, secret) => format!(
                "This is or looks like the {secret} or a key id, not the {token}. Are the two fields swapped? A permanent key has no {token}. Nothing was sent."
            ),
            MessageArgs::IdsLookLike { shape, example } => format!("Ids are {shape}: {example}"),
            MessageArgs::OnePerCall(name) => format!("{name}, one a call"),
            MessageArgs::Range { from, to, total } => format!("{}–{} of {}", n(from), n(to), n(total)),
            MessageArgs::CallSizes { calls: 1, instances: count, .. } => {
                format!("1 call with {}", instances(count))
            }
            MessageArgs::CallSizes { calls, largest, .. } => {
                format!("{} calls of up to {}", n(calls), instances(largest))
            }
            MessageArgs::CanarySizes { calls: 1, largest } => {
                format!("1 instance first, then 1 call of {}", n(largest))
            }
            MessageArgs::CanarySizes { calls, largest } => {
                format!("1 instance first, then {} calls of up to {}", n(calls), n(largest))
            }
            MessageArgs::WillBe(OperationLabel { dry_run: true, .. }) => "will be rehearsed".into(),
            MessageArgs::WillBe(OperationLabel { verb: Verb::Start, .. }) => "will start".into(),
            MessageArgs::WillBe(OperationLabel { forced: true, .. }) => "will be forced to restart".into(),
            MessageArgs::WillBe(OperationLabel { forced: false, .. }) => "will restart".into(),
            MessageArgs::PreflightProgress { done, total } => format!("{} of {} read", n(done), n(total)),
            MessageArgs::StatesAsOf(time) => format!("states as of {time}"),
            // Never one: it holds for longer.
            MessageArgs::CheckedAgain { minutes } => format!(
                "The check was {minutes} minutes old, so it was done again. Look once more, then send."
            ),
            MessageArgs::Searched { done, total } => {
                format!("{} of {} regions searched", n(done), n(total))
            }
            MessageArgs::FoundIn { region, count } => format!("{} found in {region}", n(count)),
            MessageArgs::Pace(1) => "at most 1 call a second, one after the other".into(),
            MessageArgs::Pace(calls) => {
                format!("at most {calls} calls a second, one after the other")
            }
            MessageArgs::TypeToConfirm(count) => format!("Type {count} to confirm"),
            MessageArgs::TypedWrong(count) => {
                format!("Type {count}, the number of instances, to confirm.")
            }
            MessageArgs::CallHeading { number: call, instances: count } => {
                format!("Call {} · {}", n(call), instances(count))
            }
            MessageArgs::CallOf { done, total } => format!("{} of {} calls answered", n(done), n(total)),
            MessageArgs::NextDescribe(seconds) => format!("next look at the states in {seconds} s"),
            MessageArgs::Finished { good, bad, unknown, total } => format!(
                "Finished: of {}, {} done, {} not done, {} unknown.",
                instances(total),
                n(good),
                n(bad),
                n(unknown)
            ),
            MessageArgs::Sent { calls, total } => format!("{} of {} calls answered.", n(calls), n(total)),
            MessageArgs::CannotRecall(0) => {
                "Stopped. Nothing that was accepted is still on its way.".into()
            }
            MessageArgs::CannotRecall(count) => format!(
                "Stopped. {} already accepted cannot be recalled and will carry on.",
                n(count)
            ),
            MessageArgs::ClockCorrected(seconds) => {
                format!("this device’s clock is off by {seconds} s; corrected for the signatures")
            }
            MessageArgs::RetryFailed(count) => format!("Retry failed ({})", n(count)),
            MessageArgs::SendNotStarted(count) => format!("Send not started ({})", n(count)),
            MessageArgs::CheckUnknown(count) => format!("Check unknown ({})", n(count)),
            MessageArgs::RetryWarning { label, count } => format!(
                "{} {} that the cloud refused? They are sent again, in new calls with new signatures. Everything else is left alone.",
                label.imperative(),
                instances(count)
            ),
            MessageArgs::SendNotStartedWarning { label, count } => format!(
                "{} {} whose calls never reached the cloud? They are sent now, in new calls. Everything else is left alone.",
                label.imperative(),
                instances(count)
            ),
            MessageArgs::Isolate(count) => format!("Leave out the bad one ({})", n(count)),
            MessageArgs::NarrowWarning(count) => format!(
                "One instance had whole calls refused. Each of the {} is looked at first; then those that can take it are sent again, in new calls.",
                n(count)
            ),
            MessageArgs::MayBeTwice(count) => format!(
                "{}: a request was sent before, and its answer was lost. It may have been carried out, so this may do it a second time. If you are not sure, look at the states first.",
                instances(count)
            ),
            MessageArgs::Force(count) => format!("Force those still restarting ({})", n(count)),
            MessageArgs::ForceWarning(count) => format!(
                "Force restart {} still on the way? It is like pulling the plug: what is not yet written to disk is lost.",
                instances(count)
            ),
            MessageArgs::BackAfter(ms) => format!("after {}", duration(Locale::En, ms)),
            MessageArgs::Since(ms) => format!("for {}", duration(Locale::En, ms)),
            MessageArgs::Ms(ms) => format!("{} ms", number(Locale::En, saturate(ms))),
            MessageArgs::FromTo(from, to) => format!("{from} → {to}"),
            MessageArgs::CopyWhat(what) => format!("Copy {what}"),
            MessageArgs::InspectCall(call) => format!("Inspect call {call}"),
            MessageArgs::Resent(1) => "sent again once, the first was proven not carried out".into(),
            MessageArgs::Resent(times) => format!("sent again {times} times, each proven not carried out"),
            MessageArgs::InspectorTitle(call) => format!("Call {call} as it was sent"),
            MessageArgs::ShowOnly(count) => format!("Show {}", n(count)),
            MessageArgs::CheckNow(1) => "Look at its state now".into(),
            MessageArgs::CheckNow(count) => format!("Look at the states of the {} now", n(count)),
            MessageArgs::FirstDifference { byte, line, column } => format!(
                "The first byte that differs is number {}: line {}, column {}.",
                n(byte),
                n(line),
                n(column)
            ),
            MessageArgs::DiffersIn(name) => format!("It is in {name}."),
            MessageArgs::Meanings(count) => {
                format!("{} meanings. What the cloud says tells them apart.", n(count))
            }
            MessageArgs::VendorPage(cloud) => format!("{cloud} on its errors:"),
            MessageArgs::FoundProblems { valid, problems } => {
                format!("{} valid, {} not sent", n(valid), n(problems))
            }
        }
    }

    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    fn in_chinese(self) -> String {
        let n = |count: usize| number(Locale::Zh, count);
        match self {
            MessageArgs::Check(0) => "检查实例".into(),
            MessageArgs::Check(count) => format!("检查 {} 台实例", n(count)),
            MessageArgs::Confirm(label, count) => format!("{} {} 台", label.in_chinese(), n(count)),
            MessageArgs::ReviewTitle(label, count) => format!("{} {} 台实例", label.in_chinese(), n(count)),
            MessageArgs::RunTitle { label, count, active: true } => {
                format!("正在{} {} 台实例", label.in_chinese(), n(count))
            }
            MessageArgs::RunTitle { label, count, active: false } => {
                format!("{}：{} 台实例", label.in_chinese(), n(count))
            }
            MessageArgs::SavedRuns(count) => format!("此浏览器中保存的运行（{}）", n(count)),
            MessageArgs::DeleteWarning(count) => format!(
                "将从此浏览器中删除 {} 次运行的记录。已发送的请求不会撤回。此操作无法恢复。",
                n(count)
            ),
            MessageArgs::DeleteRuns(count) => format!("删除 {} 次运行", n(count)),
            MessageArgs::Line(line) => format!("第 {line} 行"),
            MessageArgs::DidYouMean(suggestion) => format!("是否应为 {suggestion}？"),
            MessageArgs::AndMore(count) => format!("另有 {} 项", n(count)),
            MessageArgs::RemoveProblems(count) => format!("移除这 {} 项", n(count)),
            MessageArgs::WillNotBeSent(count) => format!("{} 项不会发送", n(count)),
            MessageArgs::OfCloud(cloud) => format!("属于{cloud}"),
            MessageArgs::UntrustedParent(Some(origin)) => format!(
                "此页面被嵌入在 {origin} 的页面中，而运维人员没有在 relight.json 的 “frames” 中列出它。不能在此输入密钥。"
            ),
            MessageArgs::KeyAsked(source) => format!("正在等待 {source} 提供密钥，尚未发送任何请求。"),
            MessageArgs::LinkTaken(what) => format!(
                "打开此页面的链接填入了：{what}。这些内容由制作链接的人选定，继续之前请核对。尚未查询或发送任何内容。"
            ),
            MessageArgs::LinkLeft(what) => format!("链接中的以下内容未填入，因为此页面没有或不允许：{what}。"),
            MessageArgs::LinkRefused(names) => format!(
                "链接中带有疑似密钥的内容：{names}。它没有被使用，并已从地址中移除。地址会留在历史记录和日志里：如果密钥是真的，请立即吊销。"
            ),
            MessageArgs::UntrustedParent(None) => "此页面被嵌入在其他页面中，浏览器没有说明是哪个页面，也不在运维人员列出的范围内。不能在此输入密钥。".to_owned(),
            MessageArgs::DiagnosticsUpdated(host, true) => format!("已查询 {host}，使用你的密钥签名。"),
            MessageArgs::DiagnosticsUpdated(host, false) => format!("已查询 {host}，使用虚构的密钥签名。"),
            MessageArgs::KeysFrom(source) => format!(
                "临时密钥由 {source} 提供：需要时获取，仅存于本标签页，到期前自动更新。"
            ),
            MessageArgs::NoKeyFrom(failure) => {
                format!("未能获得密钥：{failure}。没有发送任何请求，内容均未丢失。")
            }
            MessageArgs::ValidUntil { time, left } => format!("有效期至 {time}，剩余 {left}。"),
            MessageArgs::KeyOfCloud(cloud) => format!("这看起来是{cloud}的密钥。"),
            MessageArgs::KeySwapped(secret, key_id) => format!(
                "这看起来是 {key_id} 而不是 {secret}。两个输入框是否填反了？未发送任何请求。"
            ),
            MessageArgs::TokenSwapped(token, secret) => format!(
                "这就是 {secret}，或看起来是密钥，而不是 {token}。两个输入框是否填反了？长期密钥没有 {token}。未发送任何请求。"
            ),
            MessageArgs::IdsLookLike { shape, example } => format!("实例 ID 为{shape}，例如 {example}"),
            MessageArgs::OnePerCall(name) => format!("{name}（每次调用一台）"),
            MessageArgs::Range { from, to, total } => {
                format!("第 {}–{} 项，共 {} 项", n(from), n(to), n(total))
            }
            MessageArgs::CallSizes { calls: 1, instances: count, .. } => {
                format!("1 次调用，{} 台实例", n(count))
            }
            MessageArgs::CallSizes { calls, largest, .. } => {
                format!("{} 次调用，每次最多 {} 台", n(calls), n(largest))
            }
            MessageArgs::CanarySizes { calls, largest } => {
                format!("先试 1 台，再分 {} 次调用，每次最多 {} 台", n(calls), n(largest))
            }
            MessageArgs::WillBe(label) => format!("将{}", label.in_chinese()),
            MessageArgs::PreflightProgress { done, total } => format!("已读取 {}/{}", n(done), n(total)),
            MessageArgs::StatesAsOf(time) => format!("状态更新于 {time}"),
            MessageArgs::CheckedAgain { minutes } => format!(
                "上次检查已是 {minutes} 分钟前，因此已重新检查。请再次查看后再发送。"
            ),
            MessageArgs::Searched { done, total } => format!("已查找 {}/{} 个地域", n(done), n(total)),
            MessageArgs::FoundIn { region, count } => format!("在 {region} 找到 {} 台", n(count)),
            MessageArgs::Pace(calls) => format!("依次发送，每秒最多 {calls} 次"),
            MessageArgs::TypeToConfirm(count) => format!("请输入 {count} 以确认"),
            MessageArgs::TypedWrong(count) => format!("请输入实例数量 {count} 以确认。"),
            MessageArgs::CallHeading { number: call, instances: count } => {
                format!("调用 {} · {} 台实例", n(call), n(count))
            }
            MessageArgs::CallOf { done, total } => format!("{} 次调用中已应答 {} 次", n(total), n(done)),
            MessageArgs::NextDescribe(seconds) => format!("{seconds} 秒后再次查看状态"),
            MessageArgs::Finished { good, bad, unknown, total } => format!(
                "已结束：共 {} 台实例，完成 {} 台，未完成 {} 台，结果未知 {} 台。",
                n(total),
                n(good),
                n(bad),
                n(unknown)
            ),
            MessageArgs::Sent { calls, total } => format!("{} 次调用中已应答 {} 次。", n(total), n(calls)),
            MessageArgs::CannotRecall(0) => "已停止。没有已受理而尚未完成的实例。".into(),
            MessageArgs::CannotRecall(count) => {
                format!("已停止。已受理的 {} 台无法撤回，仍会继续执行。", n(count))
            }
            MessageArgs::ClockCorrected(seconds) => {
                format!("本机时钟偏差 {seconds} 秒，签名时已校正")
            }
            MessageArgs::RetryFailed(count) => format!("重试失败项（{}）", n(count)),
            MessageArgs::SendNotStarted(count) => format!("发送未开始项（{}）", n(count)),
            MessageArgs::CheckUnknown(count) => format!("核查未知项（{}）", n(count)),
            MessageArgs::RetryWarning { label, count } => format!(
                "再次{} {} 台被拒绝的实例？将以新的调用和签名重新发送，其余实例不受影响。",
                label.in_chinese(),
                n(count)
            ),
            MessageArgs::SendNotStartedWarning { label, count } => format!(
                "{} {} 台请求未到达云端的实例？将以新的调用发送，其余实例不受影响。",
                label.in_chinese(),
                n(count)
            ),
            MessageArgs::Isolate(count) => format!("排除问题实例后重发（{}）", n(count)),
            MessageArgs::NarrowWarning(count) => format!(
                "有实例导致整次调用被拒绝。将先逐一查看这 {} 台实例的状态，再以新的调用重新发送可以操作的实例。",
                n(count)
            ),
            MessageArgs::MayBeTwice(count) => format!(
                "其中 {} 台此前已发送过请求但没有收到应答，该请求可能已经执行，再次发送可能会重复操作。如不确定，请先查看实例状态。",
                n(count)
            ),
            MessageArgs::Force(count) => format!("强制重启未完成项（{}）", n(count)),
            MessageArgs::ForceWarning(count) => format!(
                "强制重启 {} 台仍未完成的实例？相当于直接断电，尚未写入磁盘的数据会丢失。",
                n(count)
            ),
            MessageArgs::BackAfter(ms) => format!("用时 {}", duration(Locale::Zh, ms)),
            MessageArgs::Since(ms) => format!("已 {}", duration(Locale::Zh, ms)),
            MessageArgs::Ms(ms) => format!("{} 毫秒", number(Locale::Zh, saturate(ms))),
            MessageArgs::FromTo(from, to) => format!("{from} → {to}"),
            MessageArgs::CopyWhat(what) => format!("复制{what}"),
            MessageArgs::InspectCall(call) => format!("查看调用 {call}"),
            MessageArgs::Resent(times) => format!("确认未执行后重发 {times} 次"),
            MessageArgs::InspectorTitle(call) => format!("调用 {call} 的实际请求"),
            MessageArgs::ShowOnly(count) => format!("查看 {} 台", n(count)),
            MessageArgs::CheckNow(1) => "查看最新状态".into(),
            MessageArgs::CheckNow(count) => format!("查看这 {} 台的最新状态", n(count)),
            MessageArgs::FirstDifference { byte, line, column } => format!(
                "首个不同的字节是第 {} 个：第 {} 行第 {} 列。",
                n(byte),
                n(line),
                n(column)
            ),
            MessageArgs::DiffersIn(name) => format!("位于 {name}。"),
            MessageArgs::Meanings(count) => format!("有 {} 种含义，以云端提示区分。", n(count)),
            MessageArgs::VendorPage(cloud) => format!("{cloud}官方错误码文档："),
            MessageArgs::FoundProblems { valid, problems } => {
                format!("{} 个有效，{} 项不会发送", n(valid), n(problems))
            }
        }
    }
}

impl OperationLabel {
    const fn imperative(self) -> &'static str {
        match (self.dry_run, self.verb, self.forced) {
            (true, _, _) => "Dry run",
            (false, Verb::Reboot, false) => "Restart",
            (false, Verb::Reboot, true) => "Force restart",
            (false, Verb::Start, _) => "Start",
        }
    }

    const fn gerund(self) -> &'static str {
        match (self.dry_run, self.verb, self.forced) {
            (true, _, _) => "Rehearsing",
            (false, Verb::Reboot, false) => "Restarting",
            (false, Verb::Reboot, true) => "Force restarting",
            (false, Verb::Start, _) => "Starting",
        }
    }

    const fn noun(self) -> &'static str {
        match (self.dry_run, self.verb, self.forced) {
            (true, _, _) => "Dry run",
            (false, Verb::Reboot, false) => "Restart",
            (false, Verb::Reboot, true) => "Forced restart",
            (false, Verb::Start, _) => "Start",
        }
    }

    const fn in_chinese(self) -> &'static str {
        match (self.dry_run, self.verb, self.forced) {
            (true, _, _) => "预检",
            (false, Verb::Reboot, false) => "重启",
            (false, Verb::Reboot, true) => "强制重启",
            (false, Verb::Start, _) => "启动",
        }
    }
}

/// The name of a verb, as it is offered.
pub const fn verb(verb: Verb) -> Text {
    match verb {
        Verb::Reboot => text("Restart", "重启"),
        Verb::Start => text("Start", "启动"),
    }
}

/// Why a piece of text is not an id.
pub const fn malformation(kind: Malformation) -> Text {
    match kind {
        Malformation::NotAnId => text("not an instance id", "不是实例 ID"),
        Malformation::TooShort => text("too short", "太短"),
        Malformation::TooLong => text("too long", "太长"),
        Malformation::Characters => {
            text("has characters that no id has", "含有实例 ID 不允许的字符")
        }
        Malformation::LookAlikes => text("has letters that only look right", "含有形近字符"),
        Malformation::RoundedNumber => {
            text("a number that has lost digits", "数字已被舍入，丢失了位数")
        }
    }
}

fn instances(count: usize) -> String {
    if count == 1 {
        "1 instance".into()
    } else {
        format!("{} instances", number(Locale::En, count))
    }
}

fn saturate(ms: Millis) -> usize {
    usize::try_from(ms).unwrap_or(usize::MAX)
}
