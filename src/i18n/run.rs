//! Texts about the outcome of a run: outcomes, evidence, pauses; and about the run history.

use crate::i18n::duration;
use relight_core::{
    catalogue::{Effect, Reached, Retry, Who},
    explain::{Confidence, DetectedFormat},
    i18n::{Locale, Text, text},
    model::{cloud::Verb, eligibility::SkipReason, outcome::Outcome},
    run::{CallState, Evidence, Pause, Run, RunStatus},
};

/// How long runs are stored, and who can see them.
pub const SAVED_RUNS: Text = text(
    "Saved on this device until you delete them here or clear this site’s data; the browser may clear them when space runs out or after a long time without a visit. Anyone who uses this browser profile can see them. There is no key in them, and looking at them sends nothing.",
    "仅保存在本设备上，直到您在此处删除或清除本站点数据；存储空间不足或长期未访问时，浏览器也可能自行清除。使用此浏览器配置的人都能看到。其中不含密钥，查看时不会发送任何请求。",
);

/// An outcome on its chip.
pub const fn outcome(outcome: Outcome, verb: Verb) -> Text {
    match (outcome, verb) {
        (Outcome::Skipped, _) => text("Skipped", "已跳过"),
        (Outcome::Queued, _) => text("Not sent yet", "尚未发送"),
        (Outcome::Sending, _) => text("Sending", "发送中"),
        (Outcome::NotSent, _) => text("Not sent", "未发出"),
        (Outcome::Accepted, Verb::Reboot) => text("Accepted, restarting", "已受理，重启中"),
        (Outcome::Accepted, Verb::Start) => text("Accepted, starting", "已受理，启动中"),
        (Outcome::DryRunPassed, _) => text("Dry run passed", "预检通过"),
        (Outcome::InProgress, Verb::Reboot) => text("Restarting", "重启中"),
        (Outcome::InProgress, Verb::Start) => text("Starting", "启动中"),
        (Outcome::Proven, Verb::Reboot) => text("Restarted, confirmed", "已重启，已确认"),
        (Outcome::Proven, Verb::Start) => text("Started, confirmed", "已启动，已确认"),
        (Outcome::RunningUnproven, _) => text("Running, restart not confirmed", "运行中，未确认"),
        (Outcome::Rejected, _) => text("Refused", "被拒绝"),
        (Outcome::Unknown, _) => text("Unknown", "结果未知"),
        (Outcome::Overdue, _) => text("Overdue", "超时未恢复"),
    }
}

/// An unknown outcome that is being checked.
pub const UNKNOWN_CHECKING: Text = text("Unknown, checking", "结果未知，核查中");

/// An outcome on the counter that filters by it.
pub const fn outcome_counter(outcome: Outcome, verb: Verb) -> Text {
    match (outcome, verb) {
        (Outcome::Skipped, _) => text("skipped", "已跳过"),
        (Outcome::Queued, _) => text("not sent yet", "尚未发送"),
        (Outcome::Sending, _) => text("sending", "发送中"),
        (Outcome::NotSent, _) => text("not sent", "未发出"),
        (Outcome::Accepted, _) => text("accepted", "已受理"),
        (Outcome::DryRunPassed, _) => text("passed", "通过"),
        (Outcome::InProgress, Verb::Reboot) => text("restarting", "重启中"),
        (Outcome::InProgress, Verb::Start) => text("starting", "启动中"),
        (Outcome::Proven, Verb::Reboot) => text("restarted, confirmed", "已重启"),
        (Outcome::Proven, Verb::Start) => text("started, confirmed", "已启动"),
        (Outcome::RunningUnproven, _) => text("running, not confirmed", "运行中，未确认"),
        (Outcome::Rejected, _) => text("refused", "被拒绝"),
        (Outcome::Unknown, _) => text("unknown", "未知"),
        (Outcome::Overdue, _) => text("overdue", "超时"),
    }
}

/// What an outcome without an error means, and what to do.
pub const fn outcome_meaning(outcome: Outcome) -> (Text, Text) {
    match outcome {
        Outcome::Skipped => (
            text("It was skipped.", "该实例未参与本次操作。"),
            text(
                "See the reason, and choose another operation if one fits.",
                "请查看原因，必要时换用其他操作。",
            ),
        ),
        Outcome::Queued => (
            text("Its request has not been sent yet.", "该实例的调用尚未发出。"),
            text("Nothing. It is sent in its turn.", "无需处理，将按顺序发出。"),
        ),
        Outcome::Sending => (
            text("Its request is in flight.", "该实例的调用正在发送。"),
            text("Nothing. The answer comes within half a minute.", "无需处理，半分钟内会有应答。"),
        ),
        Outcome::NotSent => (
            text(
                "Its request did not reach the cloud. Nothing was done.",
                "已确认请求没有到达云端，未执行任何操作。",
            ),
            text("Send it again once the connection works.", "排除故障后可再次发送。"),
        ),
        Outcome::Accepted => (
            text("The cloud accepted the operation. It is not done yet.", "云端已受理，尚未完成。"),
            text(
                "Nothing. Its state is read until it is done.",
                "无需处理，系统会持续查看状态直至恢复。",
            ),
        ),
        Outcome::DryRunPassed => (
            text(
                "The cloud checked it and would carry it out. Nothing was done.",
                "云端检查通过，可以执行。本次没有实际执行。",
            ),
            text(
                "Switch the dry run off and send it for real when you are ready.",
                "确认无误后，取消“仅预检”再正式发送。",
            ),
        ),
        Outcome::InProgress => (
            text("The operation is in progress.", "已观察到实例正在变化。"),
            text(
                "Nothing. Its state is read until it is done.",
                "无需处理，系统会持续查看状态直至恢复。",
            ),
        ),
        Outcome::Proven => (
            text("This run’s operation is seen to have finished.", "已观察到本次操作完成。"),
            text("Nothing more.", "无需处理。"),
        ),
        Outcome::RunningUnproven => (
            text(
                "It runs, but nothing confirms that this run restarted it.",
                "实例正在运行，但无法确认是本次操作使其重启。",
            ),
            text(
                "If it matters, look at the uptime inside the instance.",
                "如需确认，请登录实例查看运行时长。",
            ),
        ),
        Outcome::Rejected => (
            text("The cloud refused it. Nothing was done.", "云端拒绝了请求，未执行任何操作。"),
            text("See the code and the cloud’s own words.", "请查看错误码和云端原文。"),
        ),
        Outcome::Unknown => (
            text(
                "It was sent and no usable answer came. It may or may not have happened.",
                "请求已发出，但没有收到可用的应答，操作可能已执行，也可能没有。",
            ),
            text(
                "Look at the instance before anything else. Do not send it again blindly.",
                "请先查看实例状态，切勿直接重发。",
            ),
        ),
        Outcome::Overdue => (
            text(
                "It is not back after the time that the cloud states.",
                "已超过云厂商说明的时间，实例仍未恢复。",
            ),
            text(
                "Look at the instance’s console or screenshot. A force may be needed.",
                "请查看实例控制台或截图，必要时强制重启。",
            ),
        ),
    }
}

/// The evidence of an outcome.
pub const fn evidence(evidence: Evidence, verb: Verb) -> Text {
    match evidence {
        Evidence::RequestId => {
            text("the cloud reports our request as finished", "云端确认本次请求已完成")
        }
        Evidence::RestartedBySomeone => match verb {
            Verb::Reboot => text("restarted, unknown by whom", "已重启，但无法确认由谁执行"),
            Verb::Start => text("started, unknown by whom", "已启动，但无法确认由谁执行"),
        },
        Evidence::Transition => text("seen going down and coming back", "已观察到停止并恢复运行"),
        Evidence::OperationSince => text(
            "our answer was lost, and the cloud shows a new operation since",
            "应答丢失，但云端显示之后有新的操作",
        ),
        Evidence::StartTime => {
            text("its start time is later than the call", "启动时间晚于本次调用")
        }
        Evidence::StartAccepted => {
            text("was off, start accepted, now running", "原为关机，启动已受理，现已运行")
        }
        Evidence::Overtaken => text("another operation came after ours", "之后又有其他操作"),
        Evidence::NothingSeen => text("no transition seen", "未观察到状态变化"),
        Evidence::CloudSaysFailed => text("the cloud says that it failed", "云端报告操作失败"),
    }
}

/// Why an instance was skipped.
pub const fn skip_reason(reason: SkipReason) -> Text {
    match reason {
        SkipReason::NotFound => text("not found in this region", "该地域下不存在"),
        SkipReason::Stopped => text("stopped: start it instead", "已停止，可改为启动"),
        SkipReason::AlreadyRunning => text("already running", "已在运行"),
        SkipReason::AlreadyStarting => text("already starting", "正在启动"),
        SkipReason::Stopping => text("being stopped", "正在停止"),
        SkipReason::Locked => text("locked for security", "因安全原因锁定"),
        SkipReason::Expired => text("expired or in debt", "已到期或欠费"),
        SkipReason::Recycled => text("in the recycle bin", "在回收站中"),
        SkipReason::NotInSelection => {
            text("not in the selection that this page allows", "不在本页面允许的选择范围内")
        }
        SkipReason::Busy => text("in a state that takes no operations", "当前状态不可操作"),
    }
}

/// Who can act.
pub const fn who(who: Who) -> Text {
    match who {
        Who::You => text("you", "您"),
        Who::Administrator => text("an administrator", "管理员"),
        Who::AccountOwner => text("the account owner", "账号所有者"),
        Who::Vendor => text("the cloud’s support", "云厂商技术支持"),
    }
}

/// Whether trying again is safe.
pub const fn retry(retry: Retry) -> Text {
    match retry {
        Retry::Never => text("trying again cannot help", "重试无效"),
        Retry::AfterFix => text("safe to try again after a fix", "修正后可重试"),
        Retry::Later => text("safe to try again later", "稍后可重试"),
        Retry::CheckFirst => text("check before trying again", "先核查，再重试"),
    }
}

/// The format in which an error was detected.
pub const fn detected_format(detected_format: DetectedFormat) -> Text {
    match detected_format {
        DetectedFormat::Code => text("a bare code", "单独的错误码"),
        DetectedFormat::Json => text("JSON", "JSON"),
        DetectedFormat::Xml => text("XML", "XML"),
        DetectedFormat::Prose => text("an exception or a log line", "异常信息或日志"),
        DetectedFormat::Page => text("a web page", "网页"),
        DetectedFormat::Header => text("a header of an answer", "响应头"),
    }
}

/// The confidence of an explanation.
pub const fn confidence(confidence: Confidence) -> Text {
    match confidence {
        Confidence::Certain => text("certain", "确定"),
        Confidence::Likely => text("likely: the code alone says so", "很可能（仅凭错误码判断）"),
        Confidence::Possible => {
            text("possible: others say this, too", "不确定（其他系统也可能如此返回）")
        }
    }
}

/// Whether what was asked for was carried out; `None` where that is no question.
pub const fn carried_out(effect: Effect, reached: Reached) -> Option<Text> {
    Some(match (effect, reached) {
        (Effect::DryRunPassed, _) => return None,
        (Effect::MaybeDone, _) => {
            text("perhaps: look before sending again", "不确定，重新提交前请先查看")
        }
        (Effect::MaybeEcho, _) => {
            text("no, unless this is the effect of an earlier copy", "否，除非这正是之前请求的结果")
        }
        (_, Reached::No) => text("no: it did not reach the cloud", "否，请求没有到达云端"),
        (_, Reached::Yes | Reached::Unknown) => text("no: it was refused", "否，请求被拒绝"),
    })
}

/// The status of a call.
pub const fn call_state(state: CallState) -> Text {
    match state {
        CallState::Waiting => text("not sent yet", "尚未发送"),
        CallState::Claiming => text("about to be sent", "即将发送"),
        CallState::Ready => text("waiting for its turn", "等待轮到"),
        CallState::Sending => text("sending", "发送中"),
        CallState::Done => text("done", "已完成"),
        CallState::Stopped => text("stopped", "已停止"),
    }
}

/// The phase of a run.
pub const fn status(status: RunStatus) -> Text {
    match status {
        RunStatus::Sending => text("Sending", "发送中"),
        RunStatus::Watching => text("Waiting until they are done", "正在等待实例恢复"),
        RunStatus::Paused(_) => text("Paused", "已暂停"),
        RunStatus::Stopped => text("Stopped", "已停止"),
        RunStatus::Finished => text("Finished", "已结束"),
    }
}

/// A run that is finished although some of it was never sent.
pub const ENDED_EARLY: Text = text("Ended; not everything was sent", "已结束，尚有实例未发送");

/// The settings that a run was started with, as far as they were chosen; and the reason given.
pub fn settings(locale: Locale, run: &Run) -> String {
    let (policy, calls) = (run.policy(), run.calls());
    let largest = calls.iter().map(|call| call.batch.ids().len()).max().unwrap_or_default();
    let chinese = match locale {
        Locale::En => false,
        Locale::Zh => true,
    };
    let mut parts: Vec<String> = Vec::new();
    if calls.iter().any(|call| call.canary) {
        parts.push(if chinese { "先试一台".into() } else { "one instance first".into() });
    }
    if calls.len() > 1 && largest < run.spec().operation().ids_max {
        parts.push(if chinese {
            format!("每次调用最多 {largest} 台")
        } else {
            format!("at most {largest} a call")
        });
    }
    if policy.wave_calls > 0 {
        let (wave, pause) = (policy.wave_calls, duration(locale, policy.wave_pause_ms));
        parts.push(if chinese {
            format!("每 {wave} 次调用后暂停 {pause}")
        } else {
            format!("a pause of {pause} after every {wave} calls")
        });
    }
    if let Some(percent) = policy.stop_above_refused_percent {
        parts.push(if chinese {
            format!("被拒绝超过 {percent}% 时暂停")
        } else {
            format!("pauses above {percent} % refused")
        });
    }
    parts.join(" · ")
}

/// What precedes the reason given for a run.
pub const REASON: Text = text("reason: ", "原因：");

/// Why a run is paused, and what to do.
pub const fn pause(pause: Pause) -> (Text, Text) {
    match pause {
        Pause::Unknowns => (
            text(
                "Paused: several calls in a row had no usable answer",
                "已暂停：连续多次调用没有可用的应答",
            ),
            text(
                "They may have arrived. Check the network and the proxy, then check the unknown ones before you continue. Continuing sends only the requests that have not been sent.",
                "这些请求可能已经到达云端。请检查网络和代理，核查结果未知的实例后再继续。继续只会发送尚未发出的调用。",
            ),
        ),
        Pause::Refusals => (
            text("Paused: several calls in a row were refused", "已暂停：连续多次调用被拒绝"),
            text(
                "See the cause below and fix it first: the rest would most likely be refused too. Continuing sends only the requests that have not been sent.",
                "请先查看并处理下方的原因，否则其余调用很可能同样被拒绝。继续只会发送尚未发出的调用。",
            ),
        ),
        Pause::Canary => (
            text("Paused: the first instance was not accepted", "已暂停：首台试发实例未被受理"),
            text(
                "It went alone so that a mistake would touch one instance only. See the cause, then continue with the others or stop.",
                "首台实例单独发送，以免错误影响全部实例。请查看原因，再决定继续或停止。",
            ),
        ),
        Pause::TooManyRefused => (
            text("Paused: more were refused than was allowed", "已暂停：被拒绝的数量超过上限"),
            text(
                "See the causes below. Continuing sends only the requests that have not been sent.",
                "请查看下方的原因。继续只会发送尚未发出的调用。",
            ),
        ),
        Pause::NoJournal => (
            text("Paused: the journal cannot be written", "已暂停：无法写入运行记录"),
            text(
                "After a crash nothing would show what was sent. Free some storage or leave the private window, then continue.",
                "一旦页面崩溃，将无法得知已发送的内容。请释放存储空间或退出无痕窗口后再继续。",
            ),
        ),
        Pause::Restored => (
            text(
                "This run was restored; nothing is being sent",
                "已恢复此前的运行，当前没有发送任何请求",
            ),
            text(
                "What was in flight when the page closed counts as unknown. Enter the key and continue to read the states and send the rest.",
                "页面关闭时正在发送的调用按结果未知处理。请输入密钥后继续，以查看状态并发送其余调用。",
            ),
        ),
        Pause::WasOffline => (
            text("Paused: this device was offline for a while", "已暂停：本机离线时间较长"),
            text(
                "Nothing is sent by itself after that. Continue if the rest should still be sent.",
                "恢复网络后不会自动发送。如仍需发送其余调用，请点击继续。",
            ),
        ),
        Pause::Slept => (
            text("Paused: this device was asleep for a while", "已暂停：本机休眠时间较长"),
            text(
                "Nothing is sent by itself after that. Continue if the rest should still be sent.",
                "唤醒后不会自动发送。如仍需发送其余调用，请点击继续。",
            ),
        ),
        Pause::NoKey => (
            text("Paused: there is no key that can sign", "已暂停：没有可用于签名的密钥"),
            text(
                "Nothing is sent and nothing is lost. Once there is a key again, continue.",
                "没有发送任何请求，内容均未丢失。有可用密钥后即可继续。",
            ),
        ),
        Pause::NotAllowed => (
            text("Paused: this is not allowed here now", "已暂停：本页面目前不允许此操作"),
            text(
                "The administrator of this page does not allow this cloud or region at present, so not even states are read. Everything that is known stays here and can be exported.",
                "本页面的管理员目前不允许使用该云或该地域，因此也不会查询状态。已知的结果都会保留，可以导出。",
            ),
        ),
    }
}
