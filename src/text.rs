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
    ENDED_EARLY, REASON, RUNS_KEPT, UNKNOWN_CHECKING, call_state, evidence, outcome,
    outcome_counter, outcome_meaning, pause, retry, seen_as, settings, skip_reason, stage, sure,
    who,
};

#[cfg(feature = "console")]
use relight_core::plan::Order;
use relight_core::{
    cloud::Verb,
    i18n::{Locale, Text, text},
    ids::Malformation,
};

/// Milliseconds since 1970, or a span of them.
type Millis = u64;

/// A text without variable parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
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
    Looking,
    LookingHint,
    LookFailed,
    TryAgain,
    GoOnUnseen,
    UnseenWarning,
    /// It is not proven that the proxy refuses second copies.
    OnceUnseen,
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
    LookElsewhere,
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
    DoctorTitle,
    DoctorHint,
    Examine,
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
    KeyKept,
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
    LeaveAsked,
    /// What was confirmed is not what would be sent now.
    LeaveChanged,
    /// What it rests on is looked at first.
    LeaveOutdated,
    /// It has said no.
    LeaveRefused,
    /// It has said nothing for ten minutes.
    LeaveLate,
    KeyHeld,
    KeyHeldAsBytes,
    LockNow,
    ExpiresAt,
    LockedIdle,
    LockedLeft,
    LockedAsked,
    LockedExpired,
    PermanentKey,
    /// In the front, on the button that leads to the rest of what there is about the key.
    AboutKey,
    HeldPlaceholder,
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
    RunsKept,
    NoRunsKept,
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
    SeenAs,
    CompareTitle,
    CompareLabel,
    Ours,
    Theirs,
    LineEnd,
    TextEnd,
}

impl Say {
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
            Say::Looking => "Looking at the instances",
            Say::LookingHint => "This only reads. Nothing is changed.",
            Say::LookFailed => "The states could not be read",
            Say::TryAgain => "Try again",
            Say::GoOnUnseen => "Go on without looking",
            Say::UnseenWarning => {
                "Without a look at the states, instances that cannot take the operation are not left out: the cloud refuses them, or their whole call."
            }
            Say::OnceUnseen => {
                "A browser may send this twice: it is not proven that this proxy refuses the second copy of a request."
            }
            Say::OnceMissing => {
                "A browser may send this twice: the connection check has seen that this proxy does not refuse the second copy of a request."
            }
            Say::OnceDirect => {
                "A browser may send this twice: without a proxy nothing refuses the second copy of a request."
            }
            Say::OnceHint => {
                "The check sends a restart of an instance that does not exist, signed with a made-up key, several times. Nothing is changed."
            }
            Say::WillBeSkipped => "will be left out",
            Say::SkippedTitle => "Left out, with what to do instead",
            Say::Refresh => "Refresh",
            Say::StartInstead => "Start them instead",
            Say::RestartInstead => "Restart them instead",
            Say::LookElsewhere => "Look in other regions",
            Say::NotFoundAnywhere => "Found in no other region that this key can see.",
            Say::GoThere => "Go there",
            Say::NothingEligible => {
                "No instance can take this operation now: all are left out, for the reasons below."
            }
            Say::LinkEmpty => "Empty these fields",
            Say::Reason => "Reason or ticket",
            Say::Canary => "One instance first",
            Say::CanaryHelp => "The others go only once the cloud has accepted the first.",
            Say::Pacing => "Size and pauses",
            Say::BatchSize => "Most instances a call",
            Say::WaveCalls => "Pause after so many calls",
            Say::WavePause => "Length of the pause, seconds",
            Say::StopAbove => "Pause above this share refused, %",
            Say::PageTitle => "Relight: restart and start cloud instances",
            Say::Opening => "Opening…",
            Say::RestFailed => {
                "The rest of the page could not be loaded. Nothing was sent and nothing is lost: check the connection and try again."
            }
            Say::RestChanged => {
                "A file of this page is not the one that it was published with, so it was not started. Nothing was sent. If a new version is being put in place right now, reload in a minute. If it stays so, the file was changed: enter no key here, and tell whoever runs this page."
            }
            Say::RestReplaced => {
                "A newer version of this page was published after you opened it, and the two are not mixed. Nothing was sent. Copy the ids, then reload to go on with the new one."
            }
            Say::SkipToContent => "Skip to the content",
            Say::Pages => "Pages",
            Say::Power => "Power",
            Say::ExplainAnError => "Errors",
            Say::Connection => "Connection",
            Say::DoctorTitle => "Check the connection",
            Say::DoctorHint => {
                "Asks the proxy and, through it, the cloud that is chosen in the form for its regions; without a key the request is signed with a made-up one, which the cloud must refuse. Then sends a restart of an instance that does not exist, always signed with the made-up key, and the same again: the cloud must refuse the first and the proxy each further copy. Nothing is changed."
            }
            Say::Examine => "Check now",
            Say::OtherLanguage => "中文",
            Say::ThisPagesProxy => "this page’s proxy",
            Say::Direct => "direct, unverified",
            Say::DirectHint => {
                "Without a proxy: this goes from the browser to the cloud itself, in the cloud’s older form. Whether the cloud lets a page read its answers has not been tried with a live account. What cannot be read counts as unknown, and nothing keeps a browser from sending again when a connection dies."
            }
            Say::RouteLabel => "Calls travel through",
            Say::KeyLabel => "Key in use",
            Say::WhatToDo => "What to do",
            Say::StepOne => "1 of 3",
            Say::StepTwo => "2 of 3",
            Say::StepOneHint => "Say what to do, to which instances, and with which key.",
            Say::StepTwoHint => "See every call, id and option that will be sent, and confirm.",
            Say::StepThreeHint => {
                "Follow each instance to its end, with the reason where it failed."
            }
            Say::Cloud => "Cloud",
            Say::Site => "Kind of account",
            Say::Region => "Region",
            Say::ChooseRegion => "Choose…",
            Say::OtherRegion => "Another region…",
            Say::OtherRegionLabel => "Region id",
            Say::Operation => "Operation",
            Say::How => "How",
            Say::Instances => "Instances",
            Say::InstancesHint => {
                "Any separator will do: lines, commas, JSON, a CSV column, console links."
            }
            Say::Pasted => "pasted",
            Say::Valid => "valid",
            Say::Unusual => "unusual",
            Say::UnusualReason => "an unusual shape; it will be sent",
            Say::Malformed => "malformed",
            Say::Sample => "sample",
            Say::SampleReason => "a sample from documentation, partly starred out",
            Say::RepeatedLabel => "repeated",
            Say::RepeatedReason => "stands further up already; it is sent once",
            Say::NearMiss => "almost right",
            Say::NearMissReason => "not quite an id",
            Say::InvisibleReason => "has characters that cannot be seen",
            Say::OtherCloudReason => "an id of another cloud",
            Say::Key => "Key",
            Say::KeyWanted => {
                "This run has no key: none is written down with a run. Enter it, or choose it if this browser keeps it, to look at the instances or to go on."
            }
            Say::RunAside => {
                "A run in this browser’s journal cannot be read and is kept aside. What became of its instances is not known here: look at them before you act."
            }
            Say::SaveRecords => "Save its records",
            Say::LeaveAsked => {
                "Waiting for leave: the page around this one decides. Nothing was sent."
            }
            Say::LeaveLate => {
                "Nothing was sent: the page around this one has not answered within 10 minutes."
            }
            Say::LeaveChanged => {
                "It has changed meanwhile, and nothing was sent. Look again before you confirm."
            }
            Say::LeaveOutdated => {
                "The states were read too long ago, so nothing was sent and they are read again. Look once more, then send."
            }
            Say::LeaveRefused => "Nothing was sent: the page around this one did not allow it.",
            Say::ConfigurationUnusable => {
                "The configuration of this page cannot be used, so nothing can be sent. Whoever runs this page can mend it:"
            }
            Say::NoJournal => {
                "This browser does not let the page keep a journal, so a reload would lose this run. Only a single call is sent without one."
            }
            Say::KeyKept => "Kept in this tab’s memory only. Closing the tab forgets it.",
            Say::KeyHeld => {
                "Held in this tab as a key that signs and cannot be read back. Closing the tab forgets it."
            }
            Say::KeyHeldAsBytes => {
                "This page did not come over HTTPS, so the browser offers no key that cannot be read back: the secret is held as bytes in this tab, and wiped when it is forgotten."
            }
            Say::LockNow => "Lock now",
            Say::ExpiresAt => "Expires at",
            Say::LockedIdle => {
                "Locked: nobody has touched the page for a while, so the key was wiped. Enter it again to go on; nothing else is lost."
            }
            Say::LockedLeft => {
                "Locked: the page was left, so the key was wiped. Enter it again to go on."
            }
            Say::LockedAsked => {
                "Locked: the key was wiped. Enter it again to go on; nothing else is lost."
            }
            Say::LockedExpired => {
                "This temporary key has expired, and was wiped. Enter a new one to go on; nothing else is lost."
            }
            Say::PermanentKey => {
                "This key has no token, so it is good until somebody deletes it. A temporary key that may only describe, start and restart is worth less to whoever gets hold of it."
            }
            Say::AboutKey => "Keep this key, or see what it needs…",
            Say::HeldPlaceholder => "held · type to replace",
            Say::SecretUnusable => {
                "This has spaces or characters that no secret has. Paste it again."
            }
            Say::Forget => "Forget now",
            Say::Optional => "optional",
            Say::OpenAlone => "Open this page on its own",
            Say::DoubtLength => "Unusual length for a key of this cloud. Is it complete?",
            Say::NothingToReview => "Nothing to review yet",
            Say::NothingToReviewHint => {
                "Paste instance ids and check them. Nothing is sent before you have seen it here."
            }
            Say::HowItWillGo => "How it will go",
            Say::Calls => "Calls",
            Say::Host => "Host",
            Say::Through => "Through",
            Say::Options => "Options",
            Say::NoOptions => "none",
            Say::PaceLabel => "Pace",
            Say::ShowRequests => "Show the requests",
            Say::HideRequests => "Hide the requests",
            Say::RequestsHint => {
                "As they will be sent, without key, time, nonce and signature: those are added when each call goes out."
            }
            Say::Instance => "Instance",
            Say::CallColumn => "Call",
            Say::FindInstance => "Find an id",
            Say::NothingMatches => "Nothing matches.",
            Say::Previous => "Previous",
            Say::Next => "Next",
            Say::Cancel => "Cancel",
            Say::BeforeYouConfirm => "Before you confirm",
            Say::Address => "Address",
            Say::IpAddress => "Address",
            Say::Action => "Action",
            Say::Version => "Version",
            Say::Parameters => "Parameters",
            Say::Body => "Body",
            Say::EmptyBody => "empty",
            Say::Stop => "Stop after the calls on the way",
            Say::StopNow => "Stop",
            Say::Resume => "Go on",
            Say::All => "all",
            Say::FailuresFirst => "Failures first",
            Say::Name => "Name",
            Say::OutcomeColumn => "Outcome",
            Say::Detail => "Detail",
            Say::NothingSelected => "Choose an instance to see what is known of it.",
            Say::WhatHappened => "What happened",
            Say::WhatToDoAboutIt => "What to do",
            Say::WhoLabel => "Who",
            Say::Code => "Code",
            Say::CloudSaid => "Cloud said",
            Say::ReceivedText => "Received",
            Say::Request => "Request",
            Say::RequestColumn => "Request id",
            Say::StateLabel => "State",
            Say::StateBefore => "State before",
            Say::Zone => "Zone",
            Say::SentAt => "Sent",
            Say::SettledAt => "Settled",
            Say::CopyForSupport => "Copy for support",
            Say::Copy => "Copy",
            Say::Copied => "Copied",
            Say::ShowTheRequest => "Show the request",
            Say::Causes => "What went wrong",
            Say::CopyIds => "Copy ids",
            Say::OperationColumn => "Operation",
            Say::Ids => "Ids",
            Say::Status => "Status",
            Say::Time => "Took",
            Say::CallOutcome => "Result",
            Say::Inspect => "Inspect",
            Say::InspectorHint => {
                "The secret is never here. Signature and token are hidden in what is shown and copied."
            }
            Say::CanonicalRequest => "Canonical request",
            Say::NoCanonicalRequest => "This algorithm has none.",
            Say::StringToSign => "String to sign",
            Say::Headers => "Headers",
            Say::Signature => "Signature",
            Say::Reveal => "Reveal the signature",
            Say::Conceal => "Hide the signature",
            Say::SignatureHidden => "‹signature hidden›",
            Say::TokenHidden => "‹token hidden›",
            Say::NotSignedYet => "This call has not been signed yet.",
            Say::Close => "Close",
            Say::NothingToRetry => "Nothing was refused that sending again could help.",
            Say::RunsKept => "Runs kept in this browser",
            Say::NoRunsKept => "Nothing yet: each run is kept here from its first call on.",
            Say::RunIsShown => "A run is under way here. End or stop it before you open another.",
            Say::RunHere => "Shown on this page.",
            Say::RunElsewhere => "Open in another tab.",
            Say::RunOwed => {
                "The operator of this page has not received its record yet, so it is kept."
            }
            Say::RunUnreadable => "Cannot be read, and is kept as it is:",
            Say::Unfinished => "unfinished",
            Say::OpenRun => "Open",
            Say::ForgetRun => "Forget",
            Say::ForgetAll => "Forget all",
            Say::ForgetUnfinished => {
                "Some may be unfinished: what is not known of them yet cannot be found out here any more."
            }
            Say::PutAway => "Leave it for later",
            Say::RunRefused => "What this run has left is not allowed here now.",
            Say::NothingNotStarted => "Every call has been sent.",
            Say::NothingUnknown => "No outcome is unknown.",
            Say::NewRun => "New run",
            Say::NewRunWait => "Stop the run first.",
            Say::ExportCsv => "Export CSV",
            Say::ExportJson => "Export JSON",
            Say::UnknownCode => "unknown code",
            Say::PassedDryRun => "The dry run passed",
            Say::PassedDryRunMeaning => {
                "The cloud checked request, permission and state, and would carry it out. Nothing was done."
            }
            Say::PassedDryRunRemedy => {
                "Switch the dry run off and send it for real when you are ready."
            }
            Say::ExplainTitle => "Explain an error",
            Say::ExplainHint => {
                "Paste an answer, a log line, an SDK exception or a bare code. It stays on this page: nothing is sent."
            }
            Say::ExplainLabel => "What the cloud said",
            Say::ExplainEmpty => "The explanation appears here as you paste.",
            Say::NothingFound => "No error is recognised in this text.",
            Say::Success => "Not an error",
            Say::CallsHint => "Every call with the cloud’s request id.",
            Say::EnterToFocusTable => "Instances and their outcomes",
            Say::NoInstancesYet => "No instances.",
            Say::AllErrors => "All errors",
            Say::IndexTitle => "Every error, explained",
            Say::IndexHint => "Works without a key and without a network.",
            Say::FindError => "Find a code or words",
            Say::PasteAnError => "Paste an error",
            Say::Print => "Print",
            Say::BelowTheClouds => "Proxy, network, this page",
            Say::CloudSays => "The cloud says",
            Say::AnsweredBy => "Answered by",
            Say::CopyLink => "Copy link",
            Say::Clear => "Clear",
            Say::SecretsHidden => {
                "What looked like a secret was hidden at once. If it was a real one, change it: it was in your clipboard."
            }
            Say::AllAboutCode => "In the index",
            Say::CorrectClock => "Correct the clock and sign again",
            Say::EnterKeyAgain => "Enter the key again",
            Say::CompareSignature => "Compare what was signed",
            Say::MissingPermission => "The permission that is missing",
            Say::Denial => "Denied",
            Say::DeniedExplicitly => "explicitly: a policy forbids it",
            Say::DeniedImplicitly => "implicitly: no policy allows it",
            Say::Resource => "Resource",
            Say::Identity => "Identity",
            Say::Policy => "The smallest policy that allows it",
            Say::CopyPolicy => "Copy the policy",
            Say::SeenAs => "Recognised",
            Say::CompareTitle => "Compare with what the cloud computed",
            Say::CompareLabel => "The canonical request or string to sign from the cloud’s answer",
            Say::Ours => "Ours",
            Say::Theirs => "The cloud’s",
            Say::LineEnd => "end of the line",
            Say::TextEnd => "end of the text",
        }
    }

    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    const fn in_chinese(self) -> &'static str {
        match self {
            Say::Looking => "正在查看实例状态",
            Say::LookingHint => "仅读取状态，不做任何更改。",
            Say::LookFailed => "无法读取实例状态",
            Say::TryAgain => "重试",
            Say::GoOnUnseen => "不查看状态，直接继续",
            Say::UnseenWarning => {
                "未查看实例状态，因此不会排除无法操作的实例：云端会拒绝这些实例，甚至拒绝整次调用。"
            }
            Say::OnceUnseen => "浏览器可能会将请求发送两次：尚未证实该代理会拒绝重复的请求。",
            Say::OnceMissing => {
                "浏览器可能会将请求发送两次：连接检查发现该代理不会拒绝重复的请求。"
            }
            Say::OnceDirect => {
                "浏览器可能会将请求发送两次：不经代理时，没有任何环节会拒绝重复的请求。"
            }
            Say::OnceHint => {
                "检查会用虚构的密钥，对一台不存在的实例多次发送重启请求，不会改动任何资源。"
            }
            Say::WillBeSkipped => "将排除",
            Say::SkippedTitle => "已排除的实例及建议",
            Say::Refresh => "刷新",
            Say::StartInstead => "改为启动",
            Say::RestartInstead => "改为重启",
            Say::LookElsewhere => "在其他地域查找",
            Say::NotFoundAnywhere => "在该密钥可见的其他地域中均未找到。",
            Say::GoThere => "切换到该地域",
            Say::NothingEligible => "当前没有可执行该操作的实例，全部已排除，原因如下。",
            Say::LinkEmpty => "清空这些内容",
            Say::Reason => "原因或工单号",
            Say::Canary => "先试一台",
            Say::CanaryHelp => "首台被云端受理后，再发送其余实例。",
            Say::Pacing => "分批与间隔",
            Say::BatchSize => "每次调用最多实例数",
            Say::WaveCalls => "连续多少次调用后暂停",
            Say::WavePause => "暂停时长（秒）",
            Say::StopAbove => "被拒绝比例超过时暂停（%）",
            Say::PageTitle => "Relight：重启和启动云实例",
            Say::Opening => "正在打开…",
            Say::RestFailed => {
                "页面的其余部分加载失败。没有发送任何请求，已填写的内容都还在：请检查网络后重试。"
            }
            Say::RestChanged => {
                "页面的某个文件与发布时不一致，因此没有启动它，也没有发送任何请求。如果正在部署新版本，请一分钟后重新加载；如果一直如此，说明文件已被改动：不要在此输入任何密钥，并告知页面的运维人员。"
            }
            Say::RestReplaced => {
                "打开页面之后又发布了新版本，两个版本不会混用。没有发送任何请求。请先复制实例 ID，再重新加载以使用新版本。"
            }
            Say::SkipToContent => "跳到主要内容",
            Say::Pages => "页面",
            Say::Power => "电源操作",
            Say::ExplainAnError => "错误解读",
            Say::Connection => "连接",
            Say::DoctorTitle => "连接检查",
            Say::DoctorHint => {
                "向代理发出请求，并通过它向表单中所选的云查询地域列表；没有密钥时用虚构的密钥签名，云端必然会拒绝。随后始终用虚构的密钥，对一台不存在的实例发送重启请求，并原样重发：第一次应由云端拒绝，之后每次都应由代理拒绝。不会改动任何资源。"
            }
            Say::Examine => "立即检查",
            Say::OtherLanguage => "English",
            Say::ThisPagesProxy => "本页代理",
            Say::Direct => "直连（未经验证）",
            Say::DirectHint => {
                "不经过代理：请求以云端的旧版签名方式由浏览器直接发出。云端是否允许页面读取应答，尚未用真实账号验证。读不到的应答视为结果未知；连接中断时，也没有办法阻止浏览器自行重发。"
            }
            Say::RouteLabel => "请求经由",
            Say::KeyLabel => "当前密钥",
            Say::WhatToDo => "操作内容",
            Say::StepOne => "第 1 步，共 3 步",
            Say::StepTwo => "第 2 步，共 3 步",
            Say::StepOneHint => "填写要执行的操作、实例和密钥。",
            Say::StepTwoHint => "逐项查看将要发送的调用、实例和参数，然后确认。",
            Say::StepThreeHint => "跟踪每台实例直至完成；失败时给出原因和处理方法。",
            Say::Cloud => "云厂商",
            Say::Site => "账号类型",
            Say::Region => "地域",
            Say::ChooseRegion => "请选择…",
            Say::OtherRegion => "其他地域…",
            Say::OtherRegionLabel => "地域 ID",
            Say::Operation => "操作",
            Say::How => "方式",
            Say::Instances => "实例",
            Say::InstancesHint => "换行、逗号、JSON、CSV 列或控制台链接均可，会自动识别。",
            Say::Pasted => "已粘贴",
            Say::Valid => "有效",
            Say::Unusual => "格式少见",
            Say::UnusualReason => "格式少见，仍会发送",
            Say::Malformed => "格式错误",
            Say::Sample => "文档示例",
            Say::SampleReason => "文档中的示例 ID，部分字符被星号遮住",
            Say::RepeatedLabel => "重复",
            Say::RepeatedReason => "前面已出现，只发送一次",
            Say::NearMiss => "疑似笔误",
            Say::NearMissReason => "与实例 ID 略有出入",
            Say::InvisibleReason => "含有不可见字符",
            Say::OtherCloudReason => "属于其他云的实例 ID",
            Say::Key => "密钥",
            Say::KeyWanted => {
                "此次运行没有密钥：运行记录中从不包含密钥。请重新输入（如已保存在此浏览器中，也可直接选用），才能查询实例状态或继续。"
            }
            Say::RunAside => {
                "此浏览器日志中有一次运行无法读取，已单独保留。其中实例的结果在此无从得知，操作前请先查询实例状态。"
            }
            Say::SaveRecords => "保存其记录",
            Say::LeaveAsked => "等待许可：由嵌入本控制台的页面决定，尚未发送任何请求。",
            Say::LeaveLate => "没有发送任何请求：嵌入本控制台的页面 10 分钟内没有答复。",
            Say::LeaveChanged => "内容已发生变化，没有发送任何请求。请重新查看后再确认。",
            Say::LeaveOutdated => {
                "实例状态已过时，没有发送任何请求，正在重新读取。请再次查看后再发送。"
            }
            Say::LeaveRefused => "没有发送任何请求：嵌入本控制台的页面未予许可。",
            Say::ConfigurationUnusable => {
                "本页面的配置无法使用，因此不能发送任何请求。请联系本页面的管理员修正："
            }
            Say::NoJournal => {
                "此浏览器不允许页面保存运行记录，刷新后记录会丢失。没有记录时只会发送单次调用。"
            }
            Say::KeyKept => "仅存在于本标签页的内存中，关闭标签页即清除。",
            Say::KeyHeld => "密钥已作为不可读回的签名密钥存于本标签页，关闭标签页即清除。",
            Say::KeyHeldAsBytes => {
                "本页面并非通过 HTTPS 打开，浏览器无法提供不可读回的密钥：密钥以字节形式存于本标签页的内存，清除时擦除。"
            }
            Say::LockNow => "立即锁定",
            Say::ExpiresAt => "到期时间",
            Say::LockedIdle => {
                "已锁定：页面长时间无人操作，密钥已擦除。重新输入即可继续，其他内容均未丢失。"
            }
            Say::LockedLeft => "已锁定：曾离开本页面，密钥已擦除。重新输入即可继续。",
            Say::LockedAsked => "已锁定：密钥已擦除。重新输入即可继续，其他内容均未丢失。",
            Say::LockedExpired => {
                "临时密钥已过期并已擦除。输入新的密钥即可继续，其他内容均未丢失。"
            }
            Say::PermanentKey => {
                "该密钥没有 Token，删除之前长期有效。建议使用仅允许查询、启动和重启实例的临时密钥，一旦泄露损失更小。"
            }
            Say::AboutKey => "保存此密钥，或查看所需权限…",
            Say::HeldPlaceholder => "已载入 · 重新输入即替换",
            Say::SecretUnusable => "含有空格或不允许的字符，请重新粘贴。",
            Say::Forget => "立即清除",
            Say::Optional => "选填",
            Say::OpenAlone => "单独打开此页面",
            Say::DoubtLength => "长度与该云的密钥 ID 不符，请确认是否完整。",
            Say::NothingToReview => "暂无待确认内容",
            Say::NothingToReviewHint => "粘贴实例 ID 并检查。在这里确认之前，不会发送任何请求。",
            Say::HowItWillGo => "执行方式",
            Say::Calls => "调用",
            Say::Host => "服务地址",
            Say::Through => "经由",
            Say::Options => "参数",
            Say::NoOptions => "无",
            Say::PaceLabel => "频率",
            Say::ShowRequests => "查看请求",
            Say::HideRequests => "收起请求",
            Say::RequestsHint => "以下为将要发送的请求；密钥、时间、随机数和签名在发出时才加入。",
            Say::Instance => "实例",
            Say::CallColumn => "调用",
            Say::FindInstance => "查找实例 ID",
            Say::NothingMatches => "没有匹配项。",
            Say::Previous => "上一页",
            Say::Next => "下一页",
            Say::Cancel => "取消",
            Say::BeforeYouConfirm => "确认前请注意",
            Say::Address => "请求地址",
            Say::IpAddress => "IP 地址",
            Say::Action => "接口",
            Say::Version => "版本",
            Say::Parameters => "参数",
            Say::Body => "请求体",
            Say::EmptyBody => "空",
            Say::Stop => "已发出的调用完成后停止",
            Say::StopNow => "停止",
            Say::Resume => "继续",
            Say::All => "全部",
            Say::FailuresFirst => "失败优先",
            Say::Name => "名称",
            Say::OutcomeColumn => "结果",
            Say::Detail => "详情",
            Say::NothingSelected => "选择一台实例，查看详细情况。",
            Say::WhatHappened => "发生了什么",
            Say::WhatToDoAboutIt => "如何处理",
            Say::WhoLabel => "由谁处理",
            Say::Code => "错误码",
            Say::CloudSaid => "云端原文",
            Say::ReceivedText => "收到的内容",
            Say::Request => "请求",
            Say::RequestColumn => "请求 ID",
            Say::StateLabel => "状态",
            Say::StateBefore => "操作前状态",
            Say::Zone => "可用区",
            Say::SentAt => "发送时间",
            Say::SettledAt => "结束时间",
            Say::CopyForSupport => "复制工单信息",
            Say::Copy => "复制",
            Say::Copied => "已复制",
            Say::ShowTheRequest => "查看请求",
            Say::Causes => "失败原因",
            Say::CopyIds => "复制实例 ID",
            Say::OperationColumn => "操作",
            Say::Ids => "实例数",
            Say::Status => "状态码",
            Say::Time => "耗时",
            Say::CallOutcome => "结果",
            Say::Inspect => "查看",
            Say::InspectorHint => "这里不会出现密钥；显示和复制的内容均已隐去签名和 Token。",
            Say::CanonicalRequest => "规范请求",
            Say::NoCanonicalRequest => "该签名算法没有规范请求。",
            Say::StringToSign => "待签名字符串",
            Say::Headers => "请求头",
            Say::Signature => "签名",
            Say::Reveal => "显示签名",
            Say::Conceal => "隐藏签名",
            Say::SignatureHidden => "‹签名已隐藏›",
            Say::TokenHidden => "‹Token 已隐藏›",
            Say::NotSignedYet => "该调用尚未签名。",
            Say::Close => "关闭",
            Say::NothingToRetry => "没有重试可能有效的失败实例。",
            Say::RunsKept => "此浏览器中保存的运行",
            Say::NoRunsKept => "暂无记录：每次运行从第一次调用起保存在这里。",
            Say::RunIsShown => "当前有运行正在进行，请先结束或停止，再打开其他运行。",
            Say::RunHere => "正在本页面显示。",
            Say::RunElsewhere => "已在其他标签页中打开。",
            Say::RunOwed => "本页面的管理员尚未收到其记录，因此予以保留。",
            Say::RunUnreadable => "无法读取，已原样保留：",
            Say::Unfinished => "未完成",
            Say::OpenRun => "打开",
            Say::ForgetRun => "删除",
            Say::ForgetAll => "全部删除",
            Say::ForgetUnfinished => "其中可能有未完成的运行：删除后将无法在此查明其未知结果。",
            Say::PutAway => "稍后处理",
            Say::RunRefused => "本次运行尚未完成的部分目前不允许在此发送。",
            Say::NothingNotStarted => "所有调用均已发出。",
            Say::NothingUnknown => "没有结果未知的实例。",
            Say::NewRun => "新建操作",
            Say::NewRunWait => "请先停止当前运行。",
            Say::ExportCsv => "导出 CSV",
            Say::ExportJson => "导出 JSON",
            Say::UnknownCode => "未收录的错误码",
            Say::PassedDryRun => "预检通过",
            Say::PassedDryRunMeaning => {
                "云端已检查请求、权限和实例状态，可以执行。本次没有实际执行。"
            }
            Say::PassedDryRunRemedy => "确认无误后，取消“仅预检”再正式发送。",
            Say::ExplainTitle => "错误解读",
            Say::ExplainHint => "粘贴应答、日志、SDK 异常或错误码。内容只在本页处理，不会发送。",
            Say::ExplainLabel => "云端返回的内容",
            Say::ExplainEmpty => "粘贴后在此显示解读。",
            Say::NothingFound => "未能从这段文字中识别出错误。",
            Say::Success => "不是错误",
            Say::CallsHint => "每次调用及云端的请求 ID。",
            Say::EnterToFocusTable => "实例及其结果",
            Say::NoInstancesYet => "没有实例。",
            Say::AllErrors => "全部错误",
            Say::IndexTitle => "错误索引",
            Say::IndexHint => "无需密钥，无需联网。",
            Say::FindError => "搜索错误码或关键词",
            Say::PasteAnError => "粘贴错误信息",
            Say::Print => "打印",
            Say::BelowTheClouds => "代理、网络与本页",
            Say::CloudSays => "云端提示",
            Say::AnsweredBy => "相关接口",
            Say::CopyLink => "复制链接",
            Say::Clear => "清空",
            Say::SecretsHidden => {
                "疑似密钥的内容已立即隐藏。若为真实密钥，请尽快更换：它曾出现在剪贴板中。"
            }
            Say::AllAboutCode => "在索引中查看",
            Say::CorrectClock => "校正时间并重新签名",
            Say::EnterKeyAgain => "重新输入密钥",
            Say::CompareSignature => "比对签名内容",
            Say::MissingPermission => "缺少的权限",
            Say::Denial => "拒绝方式",
            Say::DeniedExplicitly => "显式拒绝：有策略禁止该操作",
            Say::DeniedImplicitly => "隐式拒绝：没有策略允许该操作",
            Say::Resource => "资源",
            Say::Identity => "身份",
            Say::Policy => "所需的最小权限策略",
            Say::CopyPolicy => "复制策略",
            Say::SeenAs => "识别为",
            Say::CompareTitle => "与云端计算的内容比对",
            Say::CompareLabel => "云端返回的规范请求或待签名字符串",
            Say::Ours => "本页",
            Say::Theirs => "云端",
            Say::LineEnd => "行尾",
            Say::TextEnd => "文本结束",
        }
    }
}

/// What is done to instances, as far as the words depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Restart or start.
    pub verb: Verb,
    /// Whether unsaved data may be lost.
    pub forced: bool,
    /// Whether it is only rehearsed.
    pub dry_run: bool,
}

impl Deed {
    /// The deed of an order.
    #[cfg(feature = "console")]
    pub fn of(order: &Order) -> Self {
        Deed {
            verb: order.operation().verb,
            forced: order.is_forced(),
            dry_run: order.is_dry_run(),
        }
    }
}

/// A text with variable parts. Counts are formatted for the language.
#[derive(Clone, Copy, Debug)]
pub enum Tell<'a> {
    /// On the button that leads to the review.
    Check(usize),
    /// On the button that sends.
    Confirm(Deed, usize),
    /// The title of the review.
    ReviewTitle(Deed, usize),
    /// The title of a run.
    RunTitle {
        deed: Deed,
        count: usize,
        active: bool,
    },
    /// The way to the list of runs, and its title.
    RunsKept(usize),
    /// Before runs are deleted, and on the button that does it.
    ForgetWarning(usize),
    ForgetRuns(usize),
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
    /// Which host the doctor has asked, and whether with a real key.
    Examined(&'a str, bool),
    /// No key is taken in a frame of this page, if its origin is known.
    Stranger(Option<&'a str>),
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
    WillBe(Deed),
    /// How far the look before the review is.
    LookingAt {
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
    NextLook(u64),
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
    Narrow(usize),
    Force(usize),
    /// What sending again means.
    RetryWarning {
        deed: Deed,
        count: usize,
    },
    SendNotStartedWarning {
        deed: Deed,
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
    LookNow(usize),
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

impl Tell<'_> {
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
            Tell::Check(0) => "Check instances".into(),
            Tell::Check(count) => format!("Check {}", instances(count)),
            Tell::Confirm(deed, count) => format!("{} {}", deed.imperative(), n(count)),
            Tell::ReviewTitle(Deed { dry_run: true, .. }, count)
            | Tell::RunTitle { deed: Deed { dry_run: true, .. }, count, .. } => {
                format!("Dry run of {}", instances(count))
            }
            Tell::ReviewTitle(deed, count) => {
                format!("{} {}", deed.imperative(), instances(count))
            }
            Tell::RunTitle { deed, count, active: true } => {
                format!("{} {}", deed.gerund(), instances(count))
            }
            Tell::RunTitle { deed, count, active: false } => {
                format!("{}: {}", deed.noun(), instances(count))
            }
            Tell::RunsKept(count) => format!("Runs kept in this browser ({})", n(count)),
            Tell::ForgetWarning(1) => "The records of one run are deleted from this browser. What it sent stays sent. This cannot be undone.".into(),
            Tell::ForgetWarning(count) => format!(
                "The records of {} runs are deleted from this browser. What they sent stays sent. This cannot be undone.",
                n(count)
            ),
            Tell::ForgetRuns(1) => "Forget 1 run".into(),
            Tell::ForgetRuns(count) => format!("Forget {} runs", n(count)),
            Tell::Line(line) => format!("line {line}"),
            Tell::DidYouMean(suggestion) => format!("did you mean {suggestion}?"),
            Tell::AndMore(count) => format!("and {} more", n(count)),
            Tell::RemoveProblems(count) => format!("Remove the {}", n(count)),
            Tell::WillNotBeSent(1) => "1 entry will not be sent".into(),
            Tell::WillNotBeSent(count) => format!("{} entries will not be sent", n(count)),
            Tell::OfCloud(cloud) => format!("of {cloud}"),
            Tell::Stranger(Some(origin)) => format!(
                "This page is shown inside a page of {origin}, which its operator has not listed under “frames” in relight.json. No key can be entered here."
            ),
            Tell::KeyAsked(source) => format!("Waiting for a key from {source}. Nothing has been sent."),
            Tell::LinkTaken(what) => format!(
                "The link that opened this page has filled in: {what}. Whoever made the link chose this: check it before you go on. Nothing has been looked at or sent."
            ),
            Tell::LinkLeft(what) => format!("Not filled in from the link, since this page has no such thing or does not allow it: {what}."),
            Tell::LinkRefused(names) => format!(
                "The link carried something that looks like a key: {names}. It is not used, and it is gone from the address. Addresses are kept in histories and logs: if it was real, revoke it."
            ),
            Tell::Stranger(None) => "This page is shown inside another page, and the browser does not say which; the operator has listed none that it could be. No key can be entered here.".to_owned(),
            Tell::Examined(host, true) => format!("Asked {host}, signed with your key."),
            Tell::Examined(host, false) => format!("Asked {host}, signed with a made-up key."),
            Tell::KeysFrom(source) => format!(
                "Temporary keys come from {source}. They are asked for when they are needed, kept in this tab, and renewed before they expire."
            ),
            Tell::NoKeyFrom(failure) => {
                format!("No key came from {failure}. Nothing was sent, and nothing is lost.")
            }
            Tell::ValidUntil { time, left } => format!("Valid until {time}: {left} left."),
            Tell::KeyOfCloud(cloud) => format!("This looks like a key of {cloud}."),
            Tell::KeySwapped(secret, key_id) => format!(
                "This looks like an {key_id}, not an {secret}. Are the two fields swapped? Nothing was sent."
            ),
            Tell::IdsLookLike { shape, example } => format!("Ids are {shape}: {example}"),
            Tell::OnePerCall(name) => format!("{name}, one a call"),
            Tell::Range { from, to, total } => format!("{}–{} of {}", n(from), n(to), n(total)),
            Tell::CallSizes { calls: 1, instances: count, .. } => {
                format!("1 call with {}", instances(count))
            }
            Tell::CallSizes { calls, largest, .. } => {
                format!("{} calls of up to {}", n(calls), instances(largest))
            }
            Tell::CanarySizes { calls: 1, largest } => {
                format!("1 instance first, then 1 call of {}", n(largest))
            }
            Tell::CanarySizes { calls, largest } => {
                format!("1 instance first, then {} calls of up to {}", n(calls), n(largest))
            }
            Tell::WillBe(Deed { dry_run: true, .. }) => "will be rehearsed".into(),
            Tell::WillBe(Deed { verb: Verb::Start, .. }) => "will start".into(),
            Tell::WillBe(Deed { forced: true, .. }) => "will be forced to restart".into(),
            Tell::WillBe(Deed { forced: false, .. }) => "will restart".into(),
            Tell::LookingAt { done, total } => format!("{} of {} read", n(done), n(total)),
            Tell::StatesAsOf(time) => format!("states as of {time}"),
            // Never one: it holds for longer.
            Tell::CheckedAgain { minutes } => format!(
                "The check was {minutes} minutes old, so it was done again. Look once more, then send."
            ),
            Tell::Searched { done, total } => {
                format!("{} of {} regions searched", n(done), n(total))
            }
            Tell::FoundIn { region, count } => format!("{} found in {region}", n(count)),
            Tell::Pace(1) => "at most 1 call a second, one after the other".into(),
            Tell::Pace(calls) => {
                format!("at most {calls} calls a second, one after the other")
            }
            Tell::TypeToConfirm(count) => format!("Type {count} to confirm"),
            Tell::TypedWrong(count) => {
                format!("Type {count}, the number of instances, to confirm.")
            }
            Tell::CallHeading { number: call, instances: count } => {
                format!("Call {} · {}", n(call), instances(count))
            }
            Tell::CallOf { done, total } => format!("{} of {} calls answered", n(done), n(total)),
            Tell::NextLook(seconds) => format!("next look at the states in {seconds} s"),
            Tell::Finished { good, bad, unknown, total } => format!(
                "Finished: of {}, {} done, {} not done, {} unknown.",
                instances(total),
                n(good),
                n(bad),
                n(unknown)
            ),
            Tell::Sent { calls, total } => format!("{} of {} calls answered.", n(calls), n(total)),
            Tell::CannotRecall(0) => {
                "Stopped. Nothing that was accepted is still on its way.".into()
            }
            Tell::CannotRecall(count) => format!(
                "Stopped. {} already accepted cannot be recalled and will carry on.",
                n(count)
            ),
            Tell::ClockCorrected(seconds) => {
                format!("this device’s clock is off by {seconds} s; corrected for the signatures")
            }
            Tell::RetryFailed(count) => format!("Retry failed ({})", n(count)),
            Tell::SendNotStarted(count) => format!("Send not started ({})", n(count)),
            Tell::CheckUnknown(count) => format!("Check unknown ({})", n(count)),
            Tell::RetryWarning { deed, count } => format!(
                "{} {} that the cloud refused? They are sent again, in new calls with new signatures. Everything else is left alone.",
                deed.imperative(),
                instances(count)
            ),
            Tell::SendNotStartedWarning { deed, count } => format!(
                "{} {} whose calls never reached the cloud? They are sent now, in new calls. Everything else is left alone.",
                deed.imperative(),
                instances(count)
            ),
            Tell::Narrow(count) => format!("Leave out the bad one ({})", n(count)),
            Tell::NarrowWarning(count) => format!(
                "One instance had whole calls refused. Each of the {} is looked at first; then those that can take it are sent again, in new calls.",
                n(count)
            ),
            Tell::MayBeTwice(count) => format!(
                "{}: a request was sent before, and its answer was lost. It may have been carried out, so this may do it a second time. If you are not sure, look at the states first.",
                instances(count)
            ),
            Tell::Force(count) => format!("Force those still restarting ({})", n(count)),
            Tell::ForceWarning(count) => format!(
                "Force restart {} still on the way? It is like pulling the plug: what is not yet written to disk is lost.",
                instances(count)
            ),
            Tell::BackAfter(ms) => format!("after {}", duration(Locale::En, ms)),
            Tell::Since(ms) => format!("for {}", duration(Locale::En, ms)),
            Tell::Ms(ms) => format!("{} ms", number(Locale::En, saturate(ms))),
            Tell::FromTo(from, to) => format!("{from} → {to}"),
            Tell::CopyWhat(what) => format!("Copy {what}"),
            Tell::InspectCall(call) => format!("Inspect call {call}"),
            Tell::Resent(1) => "sent again once, the first was proven not carried out".into(),
            Tell::Resent(times) => format!("sent again {times} times, each proven not carried out"),
            Tell::InspectorTitle(call) => format!("Call {call} as it was sent"),
            Tell::ShowOnly(count) => format!("Show {}", n(count)),
            Tell::LookNow(1) => "Look at its state now".into(),
            Tell::LookNow(count) => format!("Look at the states of the {} now", n(count)),
            Tell::FirstDifference { byte, line, column } => format!(
                "The first byte that differs is number {}: line {}, column {}.",
                n(byte),
                n(line),
                n(column)
            ),
            Tell::DiffersIn(name) => format!("It is in {name}."),
            Tell::Meanings(count) => {
                format!("{} meanings. What the cloud says tells them apart.", n(count))
            }
            Tell::VendorPage(cloud) => format!("{cloud} on its errors:"),
            Tell::FoundProblems { valid, problems } => {
                format!("{} valid, {} not sent", n(valid), n(problems))
            }
        }
    }

    #[cfg_attr(not(feature = "console"), inline(always))]
    #[allow(clippy::inline_always, reason = "the front then has the words that it uses, not all")]
    fn in_chinese(self) -> String {
        let n = |count: usize| number(Locale::Zh, count);
        match self {
            Tell::Check(0) => "检查实例".into(),
            Tell::Check(count) => format!("检查 {} 台实例", n(count)),
            Tell::Confirm(deed, count) => format!("{} {} 台", deed.in_chinese(), n(count)),
            Tell::ReviewTitle(deed, count) => format!("{} {} 台实例", deed.in_chinese(), n(count)),
            Tell::RunTitle { deed, count, active: true } => {
                format!("正在{} {} 台实例", deed.in_chinese(), n(count))
            }
            Tell::RunTitle { deed, count, active: false } => {
                format!("{}：{} 台实例", deed.in_chinese(), n(count))
            }
            Tell::RunsKept(count) => format!("此浏览器中保存的运行（{}）", n(count)),
            Tell::ForgetWarning(count) => format!(
                "将从此浏览器中删除 {} 次运行的记录。已发送的请求不会撤回。此操作无法恢复。",
                n(count)
            ),
            Tell::ForgetRuns(count) => format!("删除 {} 次运行", n(count)),
            Tell::Line(line) => format!("第 {line} 行"),
            Tell::DidYouMean(suggestion) => format!("是否应为 {suggestion}？"),
            Tell::AndMore(count) => format!("另有 {} 项", n(count)),
            Tell::RemoveProblems(count) => format!("移除这 {} 项", n(count)),
            Tell::WillNotBeSent(count) => format!("{} 项不会发送", n(count)),
            Tell::OfCloud(cloud) => format!("属于{cloud}"),
            Tell::Stranger(Some(origin)) => format!(
                "此页面被嵌入在 {origin} 的页面中，而运维人员没有在 relight.json 的 “frames” 中列出它。不能在此输入密钥。"
            ),
            Tell::KeyAsked(source) => format!("正在等待 {source} 提供密钥，尚未发送任何请求。"),
            Tell::LinkTaken(what) => format!(
                "打开此页面的链接填入了：{what}。这些内容由制作链接的人选定，继续之前请核对。尚未查询或发送任何内容。"
            ),
            Tell::LinkLeft(what) => format!("链接中的以下内容未填入，因为此页面没有或不允许：{what}。"),
            Tell::LinkRefused(names) => format!(
                "链接中带有疑似密钥的内容：{names}。它没有被使用，并已从地址中移除。地址会留在历史记录和日志里：如果密钥是真的，请立即吊销。"
            ),
            Tell::Stranger(None) => "此页面被嵌入在其他页面中，浏览器没有说明是哪个页面，也不在运维人员列出的范围内。不能在此输入密钥。".to_owned(),
            Tell::Examined(host, true) => format!("已查询 {host}，使用你的密钥签名。"),
            Tell::Examined(host, false) => format!("已查询 {host}，使用虚构的密钥签名。"),
            Tell::KeysFrom(source) => format!(
                "临时密钥由 {source} 提供：需要时获取，仅存于本标签页，到期前自动更新。"
            ),
            Tell::NoKeyFrom(failure) => {
                format!("未能获得密钥：{failure}。没有发送任何请求，内容均未丢失。")
            }
            Tell::ValidUntil { time, left } => format!("有效期至 {time}，剩余 {left}。"),
            Tell::KeyOfCloud(cloud) => format!("这看起来是{cloud}的密钥。"),
            Tell::KeySwapped(secret, key_id) => format!(
                "这看起来是 {key_id} 而不是 {secret}。两个输入框是否填反了？未发送任何请求。"
            ),
            Tell::IdsLookLike { shape, example } => format!("实例 ID 为{shape}，例如 {example}"),
            Tell::OnePerCall(name) => format!("{name}（每次调用一台）"),
            Tell::Range { from, to, total } => {
                format!("第 {}–{} 项，共 {} 项", n(from), n(to), n(total))
            }
            Tell::CallSizes { calls: 1, instances: count, .. } => {
                format!("1 次调用，{} 台实例", n(count))
            }
            Tell::CallSizes { calls, largest, .. } => {
                format!("{} 次调用，每次最多 {} 台", n(calls), n(largest))
            }
            Tell::CanarySizes { calls, largest } => {
                format!("先试 1 台，再分 {} 次调用，每次最多 {} 台", n(calls), n(largest))
            }
            Tell::WillBe(deed) => format!("将{}", deed.in_chinese()),
            Tell::LookingAt { done, total } => format!("已读取 {}/{}", n(done), n(total)),
            Tell::StatesAsOf(time) => format!("状态更新于 {time}"),
            Tell::CheckedAgain { minutes } => format!(
                "上次检查已是 {minutes} 分钟前，因此已重新检查。请再次查看后再发送。"
            ),
            Tell::Searched { done, total } => format!("已查找 {}/{} 个地域", n(done), n(total)),
            Tell::FoundIn { region, count } => format!("在 {region} 找到 {} 台", n(count)),
            Tell::Pace(calls) => format!("依次发送，每秒最多 {calls} 次"),
            Tell::TypeToConfirm(count) => format!("请输入 {count} 以确认"),
            Tell::TypedWrong(count) => format!("请输入实例数量 {count} 以确认。"),
            Tell::CallHeading { number: call, instances: count } => {
                format!("调用 {} · {} 台实例", n(call), n(count))
            }
            Tell::CallOf { done, total } => format!("{} 次调用中已应答 {} 次", n(total), n(done)),
            Tell::NextLook(seconds) => format!("{seconds} 秒后再次查看状态"),
            Tell::Finished { good, bad, unknown, total } => format!(
                "已结束：共 {} 台实例，完成 {} 台，未完成 {} 台，结果未知 {} 台。",
                n(total),
                n(good),
                n(bad),
                n(unknown)
            ),
            Tell::Sent { calls, total } => format!("{} 次调用中已应答 {} 次。", n(total), n(calls)),
            Tell::CannotRecall(0) => "已停止。没有已受理而尚未完成的实例。".into(),
            Tell::CannotRecall(count) => {
                format!("已停止。已受理的 {} 台无法撤回，仍会继续执行。", n(count))
            }
            Tell::ClockCorrected(seconds) => {
                format!("本机时钟偏差 {seconds} 秒，签名时已校正")
            }
            Tell::RetryFailed(count) => format!("重试失败项（{}）", n(count)),
            Tell::SendNotStarted(count) => format!("发送未开始项（{}）", n(count)),
            Tell::CheckUnknown(count) => format!("核查未知项（{}）", n(count)),
            Tell::RetryWarning { deed, count } => format!(
                "再次{} {} 台被拒绝的实例？将以新的调用和签名重新发送，其余实例不受影响。",
                deed.in_chinese(),
                n(count)
            ),
            Tell::SendNotStartedWarning { deed, count } => format!(
                "{} {} 台请求未到达云端的实例？将以新的调用发送，其余实例不受影响。",
                deed.in_chinese(),
                n(count)
            ),
            Tell::Narrow(count) => format!("排除问题实例后重发（{}）", n(count)),
            Tell::NarrowWarning(count) => format!(
                "有实例导致整次调用被拒绝。将先逐一查看这 {} 台实例的状态，再以新的调用重新发送可以操作的实例。",
                n(count)
            ),
            Tell::MayBeTwice(count) => format!(
                "其中 {} 台此前已发送过请求但没有收到应答，该请求可能已经执行，再次发送可能会重复操作。如不确定，请先查看实例状态。",
                n(count)
            ),
            Tell::Force(count) => format!("强制重启未完成项（{}）", n(count)),
            Tell::ForceWarning(count) => format!(
                "强制重启 {} 台仍未完成的实例？相当于直接断电，尚未写入磁盘的数据会丢失。",
                n(count)
            ),
            Tell::BackAfter(ms) => format!("用时 {}", duration(Locale::Zh, ms)),
            Tell::Since(ms) => format!("已 {}", duration(Locale::Zh, ms)),
            Tell::Ms(ms) => format!("{} 毫秒", number(Locale::Zh, saturate(ms))),
            Tell::FromTo(from, to) => format!("{from} → {to}"),
            Tell::CopyWhat(what) => format!("复制{what}"),
            Tell::InspectCall(call) => format!("查看调用 {call}"),
            Tell::Resent(times) => format!("确认未执行后重发 {times} 次"),
            Tell::InspectorTitle(call) => format!("调用 {call} 的实际请求"),
            Tell::ShowOnly(count) => format!("查看 {} 台", n(count)),
            Tell::LookNow(1) => "查看最新状态".into(),
            Tell::LookNow(count) => format!("查看这 {} 台的最新状态", n(count)),
            Tell::FirstDifference { byte, line, column } => format!(
                "首个不同的字节是第 {} 个：第 {} 行第 {} 列。",
                n(byte),
                n(line),
                n(column)
            ),
            Tell::DiffersIn(name) => format!("位于 {name}。"),
            Tell::Meanings(count) => format!("有 {} 种含义，以云端提示区分。", n(count)),
            Tell::VendorPage(cloud) => format!("{cloud}官方错误码文档："),
            Tell::FoundProblems { valid, problems } => {
                format!("{} 个有效，{} 项不会发送", n(valid), n(problems))
            }
        }
    }
}

impl Deed {
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
