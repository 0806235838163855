//! The texts of the interface, in English and Chinese: an enum with one exhaustive match per language,
//! so that the compiler names what a language lacks.
//!
//! Texts about the clouds themselves (names, modes, errors) are in core, with the clouds.

// One arm per text is the point, even where two texts are equal today.
#![allow(clippy::match_same_arms, clippy::too_many_lines)]

pub mod diagnostics;
mod form;
pub mod history;
pub mod instances;
mod format;
pub mod message;
pub mod keys;
pub mod page;
mod run;

pub use form::FormMessage;
pub use format::{duration, instant, lines, number, time_of_day};
pub use run::{
    ENDED_EARLY, REASON, SAVED_RUNS, UNKNOWN_CHECKING, call_state, carried_out, confidence,
    detected_format, evidence, outcome, outcome_counter, outcome_meaning, pause, retry, settings,
    skip_reason, status, who,
};

use relight_core::{
    i18n::{Locale, Text, text},
    ids::Malformation,
    model::{cloud::Verb, plan::OperationSpec},
    run::Millis,
};

/// The operation, as far as texts depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationLabel {
    /// Restart or start.
    pub verb: Verb,
    /// Whether unsaved data may be lost.
    pub forced: bool,
    /// Whether it is a dry run.
    pub dry_run: bool,
}

impl OperationLabel {
    /// The label of a plan's operation.
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
    /// On the button that takes the reason of the last run again.
    LastReason(&'a str),
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
    /// The link to the run history, and its title.
    SavedRuns(usize),
    /// Before runs are deleted, and on the button that deletes them.
    DeleteWarning(usize),
    DeleteRuns(usize),
    /// Which source the keys come from.
    KeysFrom(&'a str),
    /// Why the source gave no key: its name, and the answer instead.
    NoKeyFrom(&'a str),
    /// How long a key lasts.
    ValidUntil {
        time: &'a str,
        left: &'a str,
    },
    /// Which host the connection check asked, and whether with a real key.
    DiagnosticsUpdated(&'a str, bool),
    /// The source that is asked for a key.
    KeyAsked(&'a str),
    /// The fields that a link has filled in.
    LinkTaken(&'a str),
    /// The fields that it could not fill in.
    LinkLeft(&'a str),
    /// The names of its parameters that looked like keys.
    LinkRefused(&'a str),
    /// The range of a list that is shown.
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
    /// The same, with a canary.
    CanarySizes {
        calls: usize,
        largest: usize,
    },
    /// On the counter of those to be sent.
    WillBe(OperationLabel),
    /// The progress of the preflight.
    PreflightProgress {
        done: usize,
        total: usize,
    },
    /// When the states were read.
    StatesAsOf(&'a str),
    /// That they were read again, because the preflight was too old.
    CheckedAgain {
        minutes: u64,
    },
    /// The progress of the region search.
    Searched {
        done: usize,
        total: usize,
    },
    /// What the region search has found.
    FoundIn {
        region: &'a str,
        count: usize,
    },
    /// The pacing of the calls.
    Pace(u32),
    /// The label of the field that asks for the count.
    TypeToConfirm(usize),
    /// What is wrong with the count that was typed.
    TypedWrong(usize),
    /// One call of a list.
    CallHeading {
        number: usize,
        instances: usize,
    },
    /// The progress of sending.
    CallOf {
        done: usize,
        total: usize,
    },
    /// That a run is stopped, and how many were not sent.
    StoppedAt {
        not_sent: usize,
    },
    /// When a run was over, and how long it took.
    Took {
        at: &'a str,
        span: &'a str,
    },
    /// How long a run has taken so far.
    Elapsed(&'a str),
    /// How much longer it will take, roughly, in milliseconds.
    TimeLeft(u64),
    /// When the states are read next.
    NextDescribe(u64),
    /// The cloud takes no call of this kind for so many seconds.
    NextWindow(u64),
    /// Start, or restart, so many that a run has skipped.
    Instead(Verb, usize),
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
    /// What stopping cannot undo.
    CannotRecall(usize),
    /// The clock was corrected.
    ClockCorrected(i64),
    /// On the buttons that retry or recheck.
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
    /// How many of those under review had a request whose result is unknown.
    MayBeTwice(usize),
    ForceWarning(usize),
    /// How long something took.
    BackAfter(Millis),
    /// How long something has been in progress.
    Since(Millis),
    /// Milliseconds.
    Ms(Millis),
    /// From one state to another.
    FromTo(&'a str, &'a str),
    /// The accessible name of a copy button.
    CopyWhat(&'a str),
    /// What running a copied line does. `tool` is the one that signs by itself.
    CopiedLine {
        tool: &'a str,
        label: OperationLabel,
        sent: bool,
    },
    /// What of a request such a line lacks.
    OmittedInLine {
        tool: &'a str,
        omitted: &'a str,
    },
    /// The accessible name of a button in a call's row.
    InspectCall(usize),
    /// A call that was sent more than once, each time proven not to have been executed before.
    Resent(u32),
    /// The title of the inspector.
    InspectorTitle {
        /// Its number.
        call: usize,
        /// Whether it was.
        sent: bool,
    },
    /// Show only the instances with a cause.
    ShowOnly(usize),
    /// On the button that reads the states of some instances.
    CheckNow(usize),
    /// Where two texts differ.
    FirstDifference {
        byte: usize,
        line: usize,
        column: usize,
    },
    /// In which header or parameter they differ.
    DiffersIn(&'a str),
    /// How many meanings a code has.
    Meanings(usize),
    /// The link to the vendor's page, with its address.
    VendorPage(&'a str),
}

impl MessageArgs<'_> {
    /// The text in one language.
    pub fn in_locale(self, locale: Locale) -> String {
        let n = |count: usize| number(locale, count);
        match (self, locale) {
            (MessageArgs::LastReason(reason), Locale::En) => format!("Use “{reason}” again"),
            (MessageArgs::LastReason(reason), Locale::Zh) => format!("再次使用“{reason}”"),
            (MessageArgs::Confirm(label, count), Locale::En) => format!("{} {}", label.imperative(), n(count)),
            (MessageArgs::Confirm(label, count), Locale::Zh) => format!("{} {} 台", label.in_chinese(), n(count)),
            (
                MessageArgs::ReviewTitle(OperationLabel { dry_run: true, .. }, count)
                | MessageArgs::RunTitle { label: OperationLabel { dry_run: true, .. }, count, .. },
                Locale::En,
            ) => {
                format!("Dry run of {}", instances(count))
            }
            (MessageArgs::ReviewTitle(label, count), Locale::En) => {
                format!("{} {}", label.imperative(), instances(count))
            }
            (MessageArgs::ReviewTitle(label, count), Locale::Zh) => {
                format!("{} {} 台实例", label.in_chinese(), n(count))
            }
            (MessageArgs::RunTitle { label, count, active: true }, Locale::En) => {
                format!("{} {}", label.gerund(), instances(count))
            }
            (MessageArgs::RunTitle { label, count, active: false }, Locale::En) => {
                format!("{}: {}", label.noun(), instances(count))
            }
            (MessageArgs::RunTitle { label, count, active: true }, Locale::Zh) => {
                format!("正在{} {} 台实例", label.in_chinese(), n(count))
            }
            (MessageArgs::RunTitle { label, count, active: false }, Locale::Zh) => {
                format!("{}：{} 台实例", label.in_chinese(), n(count))
            }
            (MessageArgs::SavedRuns(count), Locale::En) => format!("Runs saved in this browser ({})", n(count)),
            (MessageArgs::SavedRuns(count), Locale::Zh) => format!("此浏览器中保存的运行（{}）", n(count)),
            (MessageArgs::DeleteWarning(1), Locale::En) => "The records of one run are deleted from this browser. What it sent stays sent. This cannot be undone.".into(),
            (MessageArgs::DeleteWarning(count), Locale::En) => format!(
                "The records of {} runs are deleted from this browser. What they sent stays sent. This cannot be undone.",
                n(count)
            ),
            (MessageArgs::DeleteWarning(count), Locale::Zh) => format!(
                "将从此浏览器中删除 {} 次运行的记录。已发送的请求不会撤回。此操作无法恢复。",
                n(count)
            ),
            (MessageArgs::DeleteRuns(1), Locale::En) => "Delete 1 run".into(),
            (MessageArgs::DeleteRuns(count), Locale::En) => format!("Delete {} runs", n(count)),
            (MessageArgs::DeleteRuns(count), Locale::Zh) => format!("删除 {} 次运行", n(count)),
            (MessageArgs::KeyAsked(source), Locale::En) => format!("Waiting for a key from {source}. Nothing has been sent."),
            (MessageArgs::KeyAsked(source), Locale::Zh) => {
                format!("正在等待 {source} 提供密钥，尚未发送任何请求。")
            }
            (MessageArgs::LinkTaken(what), Locale::En) => format!(
                "The link that opened this page has filled in: {what}. The author of the link chose this: check it before you go on. Nothing has been checked or sent."
            ),
            (MessageArgs::LinkTaken(what), Locale::Zh) => format!(
                "打开此页面的链接填入了：{what}。这些内容由制作链接的人选定，继续之前请核对。尚未查询或发送任何内容。"
            ),
            (MessageArgs::LinkLeft(what), Locale::En) => format!("Not filled in from the link, since this page has no such thing or does not allow it: {what}."),
            (MessageArgs::LinkLeft(what), Locale::Zh) => {
                format!("链接中的以下内容未填入，因为此页面没有或不允许：{what}。")
            }
            (MessageArgs::LinkRefused(names), Locale::En) => format!(
                "The link contained something that looks like a key: {names}. It is not used, and was removed from the address. Addresses are stored in histories and logs: if it was real, revoke it."
            ),
            (MessageArgs::LinkRefused(names), Locale::Zh) => format!(
                "链接中带有疑似密钥的内容：{names}。它没有被使用，并已从地址中移除。地址会留在历史记录和日志里：如果密钥是真的，请立即吊销。"
            ),
            (MessageArgs::DiagnosticsUpdated(host, true), Locale::En) => format!("Asked {host}, signed with your key."),
            (MessageArgs::DiagnosticsUpdated(host, false), Locale::En) => format!("Asked {host}, signed with a made-up key."),
            (MessageArgs::DiagnosticsUpdated(host, true), Locale::Zh) => {
                format!("已查询 {host}，使用你的密钥签名。")
            }
            (MessageArgs::DiagnosticsUpdated(host, false), Locale::Zh) => {
                format!("已查询 {host}，使用虚构的密钥签名。")
            }
            (MessageArgs::KeysFrom(source), Locale::En) => format!(
                "Temporary keys come from {source}. They are requested when needed, stay in this tab, and are renewed before they expire."
            ),
            (MessageArgs::KeysFrom(source), Locale::Zh) => {
                format!("临时密钥由 {source} 提供：需要时获取，仅存于本标签页，到期前自动更新。")
            }
            (MessageArgs::NoKeyFrom(failure), Locale::En) => {
                format!("No key came from {failure}. Nothing was sent, and nothing is lost.")
            }
            (MessageArgs::NoKeyFrom(failure), Locale::Zh) => {
                format!("未能获得密钥：{failure}。没有发送任何请求，内容均未丢失。")
            }
            (MessageArgs::ValidUntil { time, left }, Locale::En) => format!("Valid until {time}: {left} left."),
            (MessageArgs::ValidUntil { time, left }, Locale::Zh) => format!("有效期至 {time}，剩余 {left}。"),
            (MessageArgs::Range { from, to, total }, Locale::En) => format!("{}–{} of {}", n(from), n(to), n(total)),
            (MessageArgs::Range { from, to, total }, Locale::Zh) => {
                format!("第 {}–{} 项，共 {} 项", n(from), n(to), n(total))
            }
            (MessageArgs::CallSizes { calls: 1, instances: count, .. }, Locale::En) => {
                format!("1 call with {}", instances(count))
            }
            (MessageArgs::CallSizes { calls, largest, .. }, Locale::En) => {
                format!("{} calls of up to {}", n(calls), instances(largest))
            }
            (MessageArgs::CallSizes { calls: 1, instances: count, .. }, Locale::Zh) => {
                format!("1 次调用，{} 台实例", n(count))
            }
            (MessageArgs::CallSizes { calls, largest, .. }, Locale::Zh) => {
                format!("{} 次调用，每次最多 {} 台", n(calls), n(largest))
            }
            (MessageArgs::CanarySizes { calls: 1, largest }, Locale::En) => {
                format!("1 instance first, then 1 call of {}", n(largest))
            }
            (MessageArgs::CanarySizes { calls, largest }, Locale::En) => {
                format!("1 instance first, then {} calls of up to {}", n(calls), n(largest))
            }
            (MessageArgs::CanarySizes { calls, largest }, Locale::Zh) => {
                format!("先试 1 台，再分 {} 次调用，每次最多 {} 台", n(calls), n(largest))
            }
            (MessageArgs::WillBe(OperationLabel { dry_run: true, .. }), Locale::En) => "will be dry-run".into(),
            (MessageArgs::WillBe(OperationLabel { verb: Verb::Start, .. }), Locale::En) => "will start".into(),
            (MessageArgs::WillBe(OperationLabel { forced: true, .. }), Locale::En) => "will be forced to restart".into(),
            (MessageArgs::WillBe(OperationLabel { forced: false, .. }), Locale::En) => "will restart".into(),
            (MessageArgs::WillBe(label), Locale::Zh) => format!("将{}", label.in_chinese()),
            (MessageArgs::PreflightProgress { done, total }, Locale::En) => format!("{} of {} read", n(done), n(total)),
            (MessageArgs::PreflightProgress { done, total }, Locale::Zh) => {
                format!("已读取 {}/{}", n(done), n(total))
            }
            (MessageArgs::StatesAsOf(time), Locale::En) => format!("states as of {time}"),
            // Never one: at least two.
            (MessageArgs::StatesAsOf(time), Locale::Zh) => format!("状态更新于 {time}"),
            (MessageArgs::CheckedAgain { minutes }, Locale::En) => format!(
                "The check was {minutes} minutes old, so it was done again. Look once more, then send."
            ),
            (MessageArgs::CheckedAgain { minutes }, Locale::Zh) => {
                format!("上次检查已是 {minutes} 分钟前，因此已重新检查。请再次查看后再发送。")
            }
            (MessageArgs::Searched { done, total }, Locale::En) => {
                format!("{} of {} regions searched", n(done), n(total))
            }
            (MessageArgs::Searched { done, total }, Locale::Zh) => {
                format!("已查找 {}/{} 个地域", n(done), n(total))
            }
            (MessageArgs::FoundIn { region, count }, Locale::En) => format!("{} found in {region}", n(count)),
            (MessageArgs::FoundIn { region, count }, Locale::Zh) => format!("在 {region} 找到 {} 台", n(count)),
            (MessageArgs::Pace(1), Locale::En) => "at most 1 request per second, one after the other".into(),
            (MessageArgs::Pace(calls), Locale::En) => {
                format!("at most {calls} requests per second, one after the other")
            }
            (MessageArgs::Pace(calls), Locale::Zh) => format!("依次发送，每秒最多 {calls} 次"),
            (MessageArgs::TypeToConfirm(count), Locale::En) => format!("Type {count} to confirm"),
            (MessageArgs::TypeToConfirm(count), Locale::Zh) => format!("请输入 {count} 以确认"),
            (MessageArgs::TypedWrong(count), Locale::En) => {
                format!("Type {count}, the number of instances, to confirm.")
            }
            (MessageArgs::TypedWrong(count), Locale::Zh) => format!("请输入实例数量 {count} 以确认。"),
            (MessageArgs::CallHeading { number: call, instances: count }, Locale::En) => {
                format!("Call {} · {}", n(call), instances(count))
            }
            (MessageArgs::CallHeading { number: call, instances: count }, Locale::Zh) => {
                format!("调用 {} · {} 台实例", n(call), n(count))
            }
            (MessageArgs::CallOf { done, total }, Locale::En) => format!("{} of {} calls answered", n(done), n(total)),
            (MessageArgs::CallOf { done, total }, Locale::Zh) => {
                format!("{} 次调用中已应答 {} 次", n(total), n(done))
            }
            (MessageArgs::StoppedAt { not_sent: 0 }, Locale::En) => "Stopped".into(),
            (MessageArgs::StoppedAt { not_sent: 0 }, Locale::Zh) => "已停止".into(),
            (MessageArgs::StoppedAt { not_sent }, Locale::En) => format!("Stopped · {} not sent", n(not_sent)),
            (MessageArgs::StoppedAt { not_sent }, Locale::Zh) => format!("已停止 · {} 台未发送", n(not_sent)),
            (MessageArgs::Took { at, span }, Locale::En) => format!("finished at {at}, took {span}"),
            (MessageArgs::Took { at, span }, Locale::Zh) => format!("{at} 结束，用时 {span}"),
            (MessageArgs::Instead(Verb::Start, 1), Locale::En) => "Start it".into(),
            (MessageArgs::Instead(Verb::Start, count), Locale::En) => format!("Start these {}", n(count)),
            (MessageArgs::Instead(Verb::Start, count), Locale::Zh) => format!("启动这 {} 台", n(count)),
            (MessageArgs::Instead(Verb::Reboot, 1), Locale::En) => "Restart it".into(),
            (MessageArgs::Instead(Verb::Reboot, count), Locale::En) => format!("Restart these {}", n(count)),
            (MessageArgs::Instead(Verb::Reboot, count), Locale::Zh) => format!("重启这 {} 台", n(count)),
            (MessageArgs::Elapsed(span), Locale::En) => format!("{span} elapsed"),
            (MessageArgs::Elapsed(span), Locale::Zh) => format!("已用时 {span}"),
            (MessageArgs::TimeLeft(ms), _) => time_left(locale, ms.div_ceil(1_000)),
            (MessageArgs::NextDescribe(seconds), Locale::En) => format!("states are read again in {seconds} s"),
            (MessageArgs::NextDescribe(seconds), Locale::Zh) => format!("{seconds} 秒后再次查看状态"),
            (MessageArgs::NextWindow(seconds), Locale::En) => format!(
                "Too many requests of this kind in this account and region, the console's included: the cloud refuses them until its next minute. Sent again in {seconds} s"
            ),
            (MessageArgs::NextWindow(seconds), Locale::Zh) => format!(
                "该账号在此地域的同类请求过多（含控制台发出的），云端在下一分钟之前会一直拒绝。{seconds} 秒后重新发送"
            ),
            (MessageArgs::Finished { good, bad, unknown, total }, Locale::En) => format!(
                "Finished: of {}, {} done, {} not done, {} unknown.",
                instances(total),
                n(good),
                n(bad),
                n(unknown)
            ),
            (MessageArgs::Finished { good, bad, unknown, total }, Locale::Zh) => format!(
                "已结束：共 {} 台实例，完成 {} 台，未完成 {} 台，结果未知 {} 台。",
                n(total),
                n(good),
                n(bad),
                n(unknown)
            ),
            (MessageArgs::Sent { calls, total }, Locale::En) => format!("{} of {} calls answered.", n(calls), n(total)),
            (MessageArgs::Sent { calls, total }, Locale::Zh) => {
                format!("{} 次调用中已应答 {} 次。", n(total), n(calls))
            }
            (MessageArgs::CannotRecall(0), Locale::En) => {
                "Stopped. Nothing that was accepted is still in progress.".into()
            }
            (MessageArgs::CannotRecall(count), Locale::En) => format!(
                "Stopped. {} already accepted cannot be recalled and will carry on.",
                n(count)
            ),
            (MessageArgs::CannotRecall(0), Locale::Zh) => "已停止。没有已受理而尚未完成的实例。".into(),
            (MessageArgs::CannotRecall(count), Locale::Zh) => {
                format!("已停止。已受理的 {} 台无法撤回，仍会继续执行。", n(count))
            }
            (MessageArgs::ClockCorrected(seconds), Locale::En) => {
                format!("this device’s clock is off by {seconds} s; corrected for the signatures")
            }
            (MessageArgs::ClockCorrected(seconds), Locale::Zh) => {
                format!("本机时钟偏差 {seconds} 秒，签名时已校正")
            }
            (MessageArgs::RetryFailed(count), Locale::En) => format!("Retry failed ({})", n(count)),
            (MessageArgs::RetryFailed(count), Locale::Zh) => format!("重试失败项（{}）", n(count)),
            (MessageArgs::SendNotStarted(count), Locale::En) => format!("Send not started ({})", n(count)),
            (MessageArgs::SendNotStarted(count), Locale::Zh) => format!("发送未开始项（{}）", n(count)),
            (MessageArgs::CheckUnknown(count), Locale::En) => format!("Check unknown ({})", n(count)),
            (MessageArgs::CheckUnknown(count), Locale::Zh) => format!("核查未知项（{}）", n(count)),
            (MessageArgs::RetryWarning { label, count }, Locale::En) => format!(
                "{} {} that the cloud refused? They are sent again, in new calls with new signatures. Everything else is left alone.",
                label.imperative(),
                instances(count)
            ),
            (MessageArgs::RetryWarning { label, count }, Locale::Zh) => format!(
                "再次{} {} 台被拒绝的实例？将以新的调用和签名重新发送，其余实例不受影响。",
                label.in_chinese(),
                n(count)
            ),
            (MessageArgs::SendNotStartedWarning { label, count }, Locale::En) => format!(
                "{} {} whose calls never reached the cloud? They are sent now, in new calls. Everything else is left alone.",
                label.imperative(),
                instances(count)
            ),
            (MessageArgs::SendNotStartedWarning { label, count }, Locale::Zh) => format!(
                "{} {} 台请求未到达云端的实例？将以新的调用发送，其余实例不受影响。",
                label.in_chinese(),
                n(count)
            ),
            (MessageArgs::Isolate(count), Locale::En) => format!("Isolate the bad ID ({})", n(count)),
            (MessageArgs::Isolate(count), Locale::Zh) => format!("排除问题实例后重发（{}）", n(count)),
            (MessageArgs::NarrowWarning(count), Locale::En) => format!(
                "One instance caused whole calls to be refused. Each of the {} is checked first; then the eligible ones are sent again, in new calls.",
                n(count)
            ),
            (MessageArgs::NarrowWarning(count), Locale::Zh) => format!(
                "有实例导致整次调用被拒绝。将先逐一查看这 {} 台实例的状态，再以新的调用重新发送可以操作的实例。",
                n(count)
            ),
            (MessageArgs::MayBeTwice(count), Locale::En) => format!(
                "{}: a request was sent before, and its response was lost. It may have been executed, so this may do it a second time. If you are not sure, check the states first.",
                instances(count)
            ),
            (MessageArgs::MayBeTwice(count), Locale::Zh) => format!(
                "其中 {} 台此前已发送过请求但没有收到应答，该请求可能已经执行，再次发送可能会重复操作。如不确定，请先查看实例状态。",
                n(count)
            ),
            (MessageArgs::Force(count), Locale::En) => format!("Force those still restarting ({})", n(count)),
            (MessageArgs::Force(count), Locale::Zh) => format!("强制重启未完成项（{}）", n(count)),
            (MessageArgs::ForceWarning(count), Locale::En) => format!(
                "Force restart {} still in progress? It is like pulling the plug: what is not yet written to disk is lost.",
                instances(count)
            ),
            (MessageArgs::ForceWarning(count), Locale::Zh) => format!(
                "强制重启 {} 台仍未完成的实例？相当于直接断电，尚未写入磁盘的数据会丢失。",
                n(count)
            ),
            (MessageArgs::BackAfter(ms), Locale::En) => format!("after {}", duration(Locale::En, ms)),
            (MessageArgs::BackAfter(ms), Locale::Zh) => format!("用时 {}", duration(Locale::Zh, ms)),
            (MessageArgs::Since(ms), Locale::En) => format!("for {}", duration(Locale::En, ms)),
            (MessageArgs::Since(ms), Locale::Zh) => format!("已 {}", duration(Locale::Zh, ms)),
            (MessageArgs::Ms(ms), Locale::En) => format!("{} ms", number(Locale::En, saturate(ms))),
            (MessageArgs::Ms(ms), Locale::Zh) => format!("{} 毫秒", number(Locale::Zh, saturate(ms))),
            (MessageArgs::FromTo(from, to), Locale::En) => format!("{from} → {to}"),
            (MessageArgs::FromTo(from, to), Locale::Zh) => format!("{from} → {to}"),
            (MessageArgs::CopyWhat(what), Locale::En) => format!("Copy {what}"),
            (MessageArgs::CopyWhat(what), Locale::Zh) => format!("复制{what}"),
            (MessageArgs::CopiedLine { tool, label, sent }, Locale::En) => {
                let verb = label.imperative().to_lowercase();
                let does = if sent {
                    format!("This request was sent already: running the line would {verb} these instances again.")
                } else {
                    format!("Copying sends nothing; running the line would {verb} these instances in addition to this run.")
                };
                format!("{does} {tool} signs with the key of its own configuration. The line for curl is not signed: replace each <unsigned>.")
            }
            (MessageArgs::CopiedLine { tool, label, sent }, Locale::Zh) => {
                let verb = label.in_chinese();
                let does = if sent {
                    format!("该请求已发送，执行命令会再次{verb}这些实例。")
                } else {
                    format!("复制不会发送请求；执行命令会在本次操作之外{verb}这些实例。")
                };
                format!("{does}{tool} 使用其自身配置的密钥签名；curl 命令未签名，需自行替换各处 <unsigned>。")
            }
            (MessageArgs::OmittedInLine { tool, omitted }, Locale::En) => {
                format!(" {tool} has no way to send {omitted} and leaves it out: the cloud then does what it does by default.")
            }
            (MessageArgs::OmittedInLine { tool, omitted }, Locale::Zh) => {
                format!("{tool} 无法发送 {omitted}，会省略该参数，由云端按默认方式处理。")
            }
            (MessageArgs::InspectCall(call), Locale::En) => format!("Inspect call {call}"),
            (MessageArgs::InspectCall(call), Locale::Zh) => format!("查看调用 {call}"),
            (MessageArgs::Resent(1), Locale::En) => "sent again once, the first was proven not carried out".into(),
            (MessageArgs::Resent(times), Locale::En) => format!("sent again {times} times, each proven not carried out"),
            (MessageArgs::Resent(times), Locale::Zh) => format!("确认未执行后重发 {times} 次"),
            (MessageArgs::InspectorTitle { call, sent: true }, Locale::En) => format!("Call {call} as it was sent"),
            (MessageArgs::InspectorTitle { call, sent: true }, Locale::Zh) => format!("调用 {call} 的实际请求"),
            (MessageArgs::InspectorTitle { call, sent: false }, Locale::En) => format!("Call {call}, not sent"),
            (MessageArgs::InspectorTitle { call, sent: false }, Locale::Zh) => format!("调用 {call}，未发送"),
            (MessageArgs::ShowOnly(count), Locale::En) => format!("Show {}", n(count)),
            (MessageArgs::ShowOnly(count), Locale::Zh) => format!("查看 {} 台", n(count)),
            (MessageArgs::CheckNow(1), Locale::En) => "Read its state now".into(),
            (MessageArgs::CheckNow(count), Locale::En) => format!("Read the states of the {} now", n(count)),
            (MessageArgs::CheckNow(1), Locale::Zh) => "查看最新状态".into(),
            (MessageArgs::CheckNow(count), Locale::Zh) => format!("查看这 {} 台的最新状态", n(count)),
            (MessageArgs::FirstDifference { byte, line, column }, Locale::En) => format!(
                "The first byte that differs is number {}: line {}, column {}.",
                n(byte),
                n(line),
                n(column)
            ),
            (MessageArgs::FirstDifference { byte, line, column }, Locale::Zh) => {
                format!("首个不同的字节是第 {} 个：第 {} 行第 {} 列。", n(byte), n(line), n(column))
            }
            (MessageArgs::DiffersIn(name), Locale::En) => format!("It is in {name}."),
            (MessageArgs::DiffersIn(name), Locale::Zh) => format!("位于 {name}。"),
            (MessageArgs::Meanings(count), Locale::En) => {
                format!("{} meanings. What the cloud says tells them apart.", n(count))
            }
            (MessageArgs::Meanings(count), Locale::Zh) => format!("有 {} 种含义，以云端提示区分。", n(count)),
            (MessageArgs::VendorPage(cloud), Locale::En) => format!("{cloud} on its errors:"),
            (MessageArgs::VendorPage(cloud), Locale::Zh) => format!("{cloud}官方错误码文档："),
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

/// The name of an operation in the form.
pub const fn verb(verb: Verb) -> Text {
    match verb {
        Verb::Reboot => text("Restart", "重启"),
        Verb::Start => text("Start", "启动"),
    }
}

/// Why a text is not an instance id.
pub const fn malformation(kind: Malformation) -> Text {
    match kind {
        Malformation::NotAnId => text("not an instance id", "不是实例 ID"),
        Malformation::TooShort => text("too short", "太短"),
        Malformation::TooLong => text("too long", "太长"),
        Malformation::Characters => {
            text("has characters that no id has", "含有实例 ID 不允许的字符")
        }
        Malformation::LookAlikes => text("has letters that only look right", "含有形近字符"),
        Malformation::SomethingElse => text("something else, as the text says", "原文表明并非实例"),
        Malformation::RoundedNumber => {
            text("a number that has lost digits", "数字已被舍入，丢失了位数")
        }
    }
}

/// Roughly how much longer something takes: no more digits than are known.
fn time_left(locale: Locale, seconds: u64) -> String {
    let (count, [one_en, one_zh]) = match seconds {
        0..90 => (seconds.div_ceil(10).max(1) * 10, ["s", "秒"]),
        90..5_400 => ((seconds + 30) / 60, ["min", "分钟"]),
        _ => ((seconds + 1_800) / 3_600, ["h", "小时"]),
    };
    match locale {
        Locale::En => format!("about {count} {one_en} left"),
        Locale::Zh => format!("约剩 {count} {one_zh}"),
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
