//! The texts without arguments, each in English and Chinese.

use relight_core::i18n::{Text, text};

/// The console, for screen readers: what the page is.
pub const PAGE_TITLE: Text =
    text("Relight: restart and start cloud instances", "Relight：重启和启动云实例");
/// Clears what a link has filled in.
pub const LINK_EMPTY: Text = text("Empty these fields", "清空这些内容");
/// While the second part of the program is fetched.
pub const OPENING: Text = text("Opening…", "正在打开…");
/// The second part of the program could not be fetched.
pub const REST_FAILED: Text = text(
    "The rest of the page could not be loaded. Nothing was sent and nothing is lost. Check the connection and try again.",
    "页面的其余部分加载失败。没有发送任何请求，已填写的内容都还在：请检查网络后重试。",
);
pub const REST_CHANGED: Text = text(
    "A file of this page is not the one that it was published with, so it was not started. Nothing was sent. If a new version is being deployed right now, reload in a minute. If it stays so, the file was changed: enter no key here, and tell the administrator of this page.",
    "页面的某个文件与发布时不一致，因此没有启动它，也没有发送任何请求。如果正在部署新版本，请一分钟后重新加载；如果一直如此，说明文件已被改动：不要在此输入任何密钥，并告知页面的运维人员。",
);
pub const REST_REPLACED: Text = text(
    "A newer version of this page was published after you opened it, and the two are not mixed. Nothing was sent. Copy the ids, then reload to go on with the new one.",
    "打开页面之后又发布了新版本，两个版本不会混用。没有发送任何请求。请先复制实例 ID，再重新加载以使用新版本。",
);
pub const PREFLIGHT: Text = text("Checking the instances", "正在查看实例状态");
pub const PREFLIGHT_HINT: Text =
    text("This only reads. Nothing is changed.", "仅读取状态，不做任何更改。");
pub const PREFLIGHT_FAILED: Text = text("The states could not be read", "无法读取实例状态");
pub const TRY_AGAIN: Text = text("Try again", "重试");
pub const SKIP_PREFLIGHT: Text = text("Skip the check", "不查看状态，直接继续");
pub const SKIP_PREFLIGHT_WARNING: Text = text(
    "If you skip the check, instances that cannot take the operation are not skipped: the cloud refuses them, or their whole request.",
    "未查看实例状态，因此不会排除无法操作的实例：云端会拒绝这些实例，甚至拒绝整次调用。",
);
/// It is not proven that the proxy refuses duplicates.
pub const ONCE_UNKNOWN: Text = text(
    "A browser may send this twice: it is not proven that this proxy refuses the second copy of a request.",
    "浏览器可能会将请求发送两次：尚未证实该代理会拒绝重复的请求。",
);
/// It is known that it does not.
pub const ONCE_MISSING: Text = text(
    "A browser may send this twice: the connection check has seen that this proxy does not refuse the second copy of a request.",
    "浏览器可能会将请求发送两次：连接检查发现该代理不会拒绝重复的请求。",
);
/// There is no proxy.
pub const ONCE_DIRECT: Text = text(
    "A browser may send this twice: without a proxy nothing refuses the second copy of a request.",
    "浏览器可能会将请求发送两次：不经代理时，没有任何环节会拒绝重复的请求。",
);
/// What the connection check from the review sends.
pub const ONCE_HINT: Text = text(
    "The check sends a restart of an instance that does not exist, signed with a made-up key, several times. Nothing is changed.",
    "检查会用虚构的密钥，对一台不存在的实例多次发送重启请求，不会改动任何资源。",
);
pub const WILL_BE_SKIPPED: Text = text("will be skipped", "将排除");
pub const SKIPPED_TITLE: Text = text("Skipped instances", "已排除的实例及建议");
pub const REFRESH: Text = text("Refresh", "刷新");
pub const SKIPPED_IN_RUN: Text = text("Skipped, not sent", "已跳过，未发送");
pub const REVIEWED_ANEW: Text = text(
    "This opens a new review and sends nothing. What is restarting here is still watched.",
    "将打开新的确认页，不会发送任何请求；此处正在进行的操作会继续跟踪。",
);
pub const NOTHING_TO_FORCE: Text =
    text("Nothing is still restarting after a minute.", "没有超过一分钟仍未完成的实例。");
pub const NOT_OFFERED: Text = text("Not available now", "当前不可用的操作");
pub const START_INSTEAD: Text = text("Start them instead", "改为启动");
pub const LIST_INSTANCES: Text = text("List instances", "列出实例");
pub const BACKGROUND_RUNS: Text = text("Runs in the background", "后台运行");
pub const BRING_BACK: Text = text("Bring back", "恢复");
pub const DISMISS: Text = text("Dismiss", "忽略");
pub const RESTART_INSTEAD: Text = text("Restart them instead", "改为重启");
pub const SEARCH_REGIONS: Text = text("Search other regions", "在其他地域查找");
pub const NOT_FOUND_ANYWHERE: Text =
    text("Found in no other region that this key can see.", "在该密钥可见的其他地域中均未找到。");
pub const GO_THERE: Text = text("Go there", "切换到该地域");
pub const NOTHING_ELIGIBLE: Text = text(
    "No instance can take this operation now: all are skipped, for the reasons below.",
    "当前没有可执行该操作的实例，全部已排除，原因如下。",
);
pub const REASON: Text = text("Reason or ticket", "原因或工单号");
pub const CANARY: Text = text("One instance first", "先试一台");
pub const CANARY_HELP: Text = text(
    "The others go only once the cloud has accepted the first.",
    "首台被云端受理后，再发送其余实例。",
);
pub const PACING: Text = text("Size and pauses", "分批与间隔");
pub const BATCH_SIZE: Text = text("Instances per request, at most", "每次调用最多实例数");
pub const WAVE_CALLS: Text = text("Pause after this many requests", "连续多少次调用后暂停");
pub const WAVE_PAUSE: Text = text("Pause length, seconds", "暂停时长（秒）");
pub const STOP_ABOVE: Text =
    text("Pause if more than this share is refused, %", "被拒绝比例超过时暂停（%）");
pub const SKIP_TO_CONTENT: Text = text("Skip to content", "跳到主要内容");
pub const PAGES: Text = text("Pages", "页面");
pub const POWER: Text = text("Power", "电源操作");
pub const EXPLAIN_AN_ERROR: Text = text("Errors", "错误解读");
pub const CONNECTION: Text = text("Connection", "连接");
pub const HISTORY: Text = text("History", "历史");
pub const DIAGNOSTICS_TITLE: Text = text("Check the connection", "连接检查");
pub const DIAGNOSTICS_HINT: Text = text(
    "Asks the proxy and, through it, the cloud that is chosen in the form for its regions; without a key the request is signed with a made-up one, which the cloud must refuse. Then sends a restart of an instance that does not exist, always signed with the made-up key, and the same again: the cloud must refuse the first and the proxy each further copy. Nothing is changed.",
    "向代理发出请求，并通过它向表单中所选的云查询地域列表；没有密钥时用虚构的密钥签名，云端必然会拒绝。随后始终用虚构的密钥，对一台不存在的实例发送重启请求，并原样重发：第一次应由云端拒绝，之后每次都应由代理拒绝。不会改动任何资源。",
);
pub const RUN_DIAGNOSTICS: Text = text("Check now", "立即检查");
pub const OTHER_LANGUAGE: Text = text("中文", "English");
pub const OWN_PROXY: Text = text("this page’s proxy", "本页代理");
pub const DIRECT: Text = text("direct, unverified", "直连（未经验证）");
pub const DIRECT_HINT: Text = text(
    "Without a proxy: this goes from the browser to the cloud itself, in the cloud’s older form. Whether the cloud lets a page read its answers has not been tried with a live account. What cannot be read counts as unknown, and nothing keeps a browser from sending again when a connection dies.",
    "不经过代理：请求以云端的旧版签名方式由浏览器直接发出。云端是否允许页面读取应答，尚未用真实账号验证。读不到的应答视为结果未知；连接中断时，也没有办法阻止浏览器自行重发。",
);
pub const ROUTE_LABEL: Text = text("Calls travel through", "请求经由");
pub const KEY_LABEL: Text = text("Key in use", "当前密钥");
pub const WHAT_TO_DO: Text = text("What to do", "操作内容");
pub const STEP_ONE: Text = text("1 of 3", "第 1 步，共 3 步");
pub const STEP_TWO: Text = text("2 of 3", "第 2 步，共 3 步");
pub const STEP_ONE_HINT: Text = text(
    "Say what to do, to which instances, and with which key.",
    "填写要执行的操作、实例和密钥。",
);
pub const STEP_TWO_HINT: Text = text(
    "See every call, id and option that will be sent, and confirm.",
    "逐项查看将要发送的调用、实例和参数，然后确认。",
);
pub const STEP_THREE_HINT: Text = text(
    "Follow each instance to its end, with the reason where it failed.",
    "跟踪每台实例直至完成；失败时给出原因和处理方法。",
);
pub const CLOUD: Text = text("Cloud", "云厂商");
pub const SITE: Text = text("Kind of account", "账号类型");
pub const REGION: Text = text("Region", "地域");
pub const CHOOSE_REGION: Text = text("Choose…", "请选择…");
pub const OTHER_REGION: Text = text("Another region…", "其他地域…");
pub const OTHER_REGION_LABEL: Text = text("Region id", "地域 ID");
pub const OPERATION: Text = text("Operation", "操作");
pub const ADVANCED: Text = text("Advanced", "高级选项");
pub const MODE: Text = text("How", "方式");
pub const INSTANCES: Text = text("Instances", "实例");
pub const INSTANCES_HINT: Text = text(
    "Any separator works: lines, commas, JSON, a CSV column, console links.",
    "换行、逗号、JSON、CSV 列或控制台链接均可，会自动识别。",
);
pub const PASTED: Text = text("pasted", "已粘贴");
pub const VALID: Text = text("valid", "有效");
pub const UNUSUAL: Text = text("unusual", "格式少见");
pub const UNUSUAL_REASON: Text = text("unusual format; it will be sent", "格式少见，仍会发送");
pub const MALFORMED: Text = text("malformed", "格式错误");
pub const SAMPLE: Text = text("sample", "文档示例");
pub const SAMPLE_REASON: Text =
    text("masked sample ID from documentation", "文档中的示例 ID，部分字符已隐去");
pub const REPEATED_LABEL: Text = text("repeated", "重复");
pub const REPEATED_REASON: Text = text("duplicate; sent once", "前面已出现，只发送一次");
pub const NEAR_MISS: Text = text("almost right", "疑似笔误");
pub const NEAR_MISS_REASON: Text = text("close to an instance ID", "与实例 ID 略有出入");
pub const INVISIBLE_REASON: Text = text("has characters that cannot be seen", "含有不可见字符");
pub const OTHER_CLOUD_REASON: Text = text("an ID of another cloud", "属于其他云的实例 ID");
pub const KEY: Text = text("Key", "密钥");
pub const KEY_SAVED: Text = text(
    "Kept in this tab’s memory only. Closing the tab forgets it.",
    "仅存在于本标签页的内存中，关闭标签页即清除。",
);
/// Above the key in a run that has none.
pub const KEY_REQUIRED: Text = text(
    "This run has no key: a run is saved without one. Enter it, or select it if this browser has saved it, to read the states or to continue.",
    "此次运行没有密钥：运行记录中从不包含密钥。请重新输入（如已保存在此浏览器中，也可直接选用），才能查询实例状态或继续。",
);
/// Runs cannot be saved here.
pub const NO_JOURNAL: Text = text(
    "This browser does not let the page keep a journal, so a reload would lose this run. Only a single call is sent without one.",
    "此浏览器不允许页面保存运行记录，刷新后记录会丢失。没有记录时只会发送单次调用。",
);
/// The operator's configuration cannot be used.
/// Before what only the operator of the page can use.
pub const FOR_THE_ADMINISTRATOR: Text = text("Details for the administrator", "供管理员查看的详情");
pub const CONFIGURATION_UNUSABLE: Text = text(
    "The configuration of this page cannot be used, so nothing can be sent. Ask the administrator of this page to fix it.",
    "本页面的配置无法使用，因此不能发送任何请求。请联系本页面的管理员修正。",
);
/// A run of the journal cannot be read.
pub const RUN_QUARANTINED: Text = text(
    "A run in this browser’s journal cannot be read and was quarantined. What happened to its instances is unknown here: check them before you act.",
    "此浏览器日志中有一次运行无法读取，已单独保留。其中实例的结果在此无从得知，操作前请先查询实例状态。",
);
/// The button that saves its records.
pub const SAVE_RECORDS: Text = text("Save its records", "保存其记录");
/// The host page is asked for approval.
pub const APPROVAL_PENDING: Text = text(
    "Waiting for approval from the host page. Nothing was sent.",
    "等待许可：由嵌入本控制台的页面决定，尚未发送任何请求。",
);
/// What was approved is not what would be sent now.
pub const APPROVAL_CHANGED: Text = text(
    "It has changed meanwhile, and nothing was sent. Review it again before you confirm.",
    "内容已发生变化，没有发送任何请求。请重新查看后再确认。",
);
/// The states are read again first.
pub const APPROVAL_OUTDATED: Text = text(
    "The states were read too long ago, so nothing was sent and they are read again. Review them, then send.",
    "实例状态已过时，没有发送任何请求，正在重新读取。请再次查看后再发送。",
);
/// The host page has refused.
pub const APPROVAL_REFUSED: Text = text(
    "Nothing was sent: the host page did not approve it.",
    "没有发送任何请求：嵌入本控制台的页面未予许可。",
);
/// The host page has not answered for ten minutes.
pub const APPROVAL_TIMED_OUT: Text = text(
    "Nothing was sent: the host page did not answer within 10 minutes.",
    "没有发送任何请求：嵌入本控制台的页面 10 分钟内没有答复。",
);
pub const KEY_IN_TAB: Text = text(
    "Held in this tab as a key that signs and cannot be read back. Closing the tab forgets it.",
    "密钥已作为不可读回的签名密钥存于本标签页，关闭标签页即清除。",
);
pub const KEY_READABLE: Text = text(
    "This page did not come over HTTPS, so the browser offers no key that cannot be read back: the secret is held as bytes in this tab, and wiped when it is forgotten.",
    "本页面并非通过 HTTPS 打开，浏览器无法提供不可读回的密钥：密钥以字节形式存于本标签页的内存，清除时擦除。",
);
pub const LOCK_NOW: Text = text("Lock now", "立即锁定");
pub const EXPIRES_AT: Text = text("Expires at", "到期时间");
pub const LOCKED_IDLE: Text = text(
    "Locked: nobody has touched the page for a while, so the key was wiped. Enter it again to continue; nothing else is lost.",
    "已锁定：页面长时间无人操作，密钥已擦除。重新输入即可继续，其他内容均未丢失。",
);
pub const LOCKED_LEFT: Text = text(
    "Locked: the page was left, so the key was wiped. Enter it again to continue.",
    "已锁定：曾离开本页面，密钥已擦除。重新输入即可继续。",
);
pub const LOCKED_ASKED: Text = text(
    "Locked: the key was wiped. Enter it again to continue; nothing else is lost.",
    "已锁定：密钥已擦除。重新输入即可继续，其他内容均未丢失。",
);
pub const LOCKED_EXPIRED: Text = text(
    "This temporary key has expired, and was wiped. Enter a new one to continue; nothing else is lost.",
    "临时密钥已过期并已擦除。输入新的密钥即可继续，其他内容均未丢失。",
);
pub const PERMANENT_KEY: Text = text(
    "This key has no token, so it is valid until somebody deletes it. A temporary key that may only describe, start and restart is safer if it leaks.",
    "该密钥没有 Token，删除之前长期有效。建议使用仅允许查询、启动和重启实例的临时密钥，一旦泄露损失更小。",
);
/// In the form, on the button that leads to saving the key and its policy.
pub const ABOUT_KEY: Text =
    text("Save this key, or see what it needs…", "保存此密钥，或查看所需权限…");
pub const KEY_PLACEHOLDER: Text = text("held · type to replace", "已载入 · 重新输入即替换");
pub const SECRET_UNUSABLE: Text = text(
    "This has spaces or characters that no secret has. Paste it again.",
    "含有空格或不允许的字符，请重新粘贴。",
);
pub const WIPE_KEY: Text = text("Wipe now", "立即清除");
pub const OPTIONAL: Text = text("optional", "选填");
pub const DOUBT_LENGTH: Text = text(
    "Unusual length for a key of this cloud. Is it complete?",
    "长度与该云的密钥 ID 不符，请确认是否完整。",
);
pub const OPEN_ALONE: Text = text("Open this page on its own", "单独打开此页面");
pub const NOTHING_TO_REVIEW: Text = text("Nothing to review yet", "暂无待确认内容");
pub const NOTHING_TO_REVIEW_HINT: Text = text(
    "Paste instance ids and check them. Nothing is sent before you have seen it here.",
    "粘贴实例 ID 并检查。在这里确认之前，不会发送任何请求。",
);
pub const WHAT_WILL_BE_SENT: Text = text("What will be sent", "执行方式");
pub const CALLS: Text = text("Calls", "调用");
pub const HOST: Text = text("Host", "服务地址");
pub const THROUGH: Text = text("Through", "经由");
pub const OPTIONS: Text = text("Options", "参数");
pub const NO_OPTIONS: Text = text("none", "无");
pub const PACING_LABEL: Text = text("Pace", "频率");
pub const SHOW_REQUESTS: Text = text("Show the requests", "查看请求");
pub const HIDE_REQUESTS: Text = text("Hide the requests", "收起请求");
pub const REQUESTS_HINT: Text = text(
    "As they will be sent, without key, time, nonce and signature: those are added when each call goes out.",
    "以下为将要发送的请求；密钥、时间、随机数和签名在发出时才加入。",
);
pub const INSTANCE: Text = text("Instance", "实例");
pub const CALL_COLUMN: Text = text("Call", "调用");
pub const FIND_INSTANCE: Text = text("Find an id", "查找实例 ID");
pub const NOTHING_MATCHES: Text = text("Nothing matches.", "没有匹配项。");
pub const PREVIOUS: Text = text("Previous", "上一页");
pub const NEXT: Text = text("Next", "下一页");
pub const CANCEL: Text = text("Cancel", "取消");
pub const BEFORE_YOU_CONFIRM: Text = text("Before you confirm", "确认前请注意");
pub const ADDRESS: Text = text("Address", "请求地址");
pub const IP_ADDRESS: Text = text("Address", "IP 地址");
pub const ACTION: Text = text("Action", "接口");
pub const VERSION: Text = text("Version", "版本");
pub const PARAMETERS: Text = text("Parameters", "参数");
pub const BODY: Text = text("Body", "请求体");
pub const EMPTY_BODY: Text = text("empty", "空");
pub const STOP: Text = text("Stop after requests in flight", "已发出的调用完成后停止");
pub const STOP_NOW: Text = text("Stop", "停止");
pub const RESUME: Text = text("Continue", "继续");
pub const ALL: Text = text("all", "全部");
pub const FAILURES_FIRST: Text = text("Failures first", "失败优先");
pub const NAME: Text = text("Name", "名称");
pub const OUTCOME_COLUMN: Text = text("Outcome", "结果");
pub const DETAIL: Text = text("Detail", "详情");
pub const NOTHING_SELECTED: Text =
    text("Choose an instance to see what is known of it.", "选择一台实例，查看详细情况。");
pub const WHAT_HAPPENED: Text = text("What happened", "发生了什么");
pub const WHAT_TO_DO_ABOUT_IT: Text = text("What to do", "如何处理");
pub const WHO_LABEL: Text = text("Who", "由谁处理");
pub const CODE: Text = text("Code", "错误码");
pub const VENDOR_MESSAGE: Text = text("Cloud said", "云端原文");
pub const RECEIVED_TEXT: Text = text("Received", "收到的内容");
pub const REQUEST: Text = text("Request", "请求");
pub const REQUEST_COLUMN: Text = text("Request id", "请求 ID");
pub const STATE_LABEL: Text = text("State", "状态");
pub const STATE_BEFORE: Text = text("State before", "操作前状态");
pub const ZONE: Text = text("Zone", "可用区");
pub const SENT_AT: Text = text("Sent", "发送时间");
pub const SETTLED_AT: Text = text("Settled", "结束时间");
pub const COPY_FOR_SUPPORT: Text = text("Copy for support", "复制工单信息");
pub const COPY: Text = text("Copy", "复制");
pub const COPIED: Text = text("Copied", "已复制");
/// Before the names of tools.
pub const COPY_AS: Text = text("Copy as", "复制为");
pub const CURL_UNSIGNED: Text = text("curl (unsigned)", "curl（未签名）");
pub const SHOW_THE_REQUEST: Text = text("Show the request", "查看请求");
pub const CAUSES: Text = text("What went wrong", "失败原因");
pub const COPY_IDS: Text = text("Copy ids", "复制实例 ID");
pub const OPERATION_COLUMN: Text = text("Operation", "操作");
pub const IDS: Text = text("Ids", "实例数");
pub const STATUS: Text = text("Status", "状态码");
pub const TIME: Text = text("Took", "耗时");
pub const CALL_OUTCOME: Text = text("Result", "结果");
pub const INSPECT: Text = text("Inspect", "查看");
pub const INSPECTOR_HINT: Text = text(
    "The secret is never here. Signature and token are hidden in what is shown and copied.",
    "这里不会出现密钥；显示和复制的内容均已隐去签名和 Token。",
);
pub const CANONICAL_REQUEST: Text = text("Canonical request", "规范请求");
pub const NO_CANONICAL_REQUEST: Text = text("This algorithm has none.", "该签名算法没有规范请求。");
pub const STRING_TO_SIGN: Text = text("String to sign", "待签名字符串");
pub const HEADERS: Text = text("Headers", "请求头");
pub const SIGNATURE: Text = text("Signature", "签名");
pub const REVEAL: Text = text("Reveal the signature", "显示签名");
pub const CONCEAL: Text = text("Hide the signature", "隐藏签名");
pub const SIGNATURE_HIDDEN: Text = text("‹signature hidden›", "‹签名已隐藏›");
pub const TOKEN_HIDDEN: Text = text("‹token hidden›", "‹Token 已隐藏›");
pub const SIGNED_ELSEWHERE: Text = text(
    "The signed request is only in the page that sent it. It asked for this:",
    "签名后的请求只保留在发送它的页面中，其内容如下：",
);
pub const CLOSE: Text = text("Close", "关闭");
pub const NOTHING_TO_RETRY: Text =
    text("Nothing was refused that sending again could help.", "没有重试可能有效的失败实例。");
/// Before the setting that the rest of a run exceeds.
pub const RUN_REFUSED: Text = text(
    "What this run has left is not allowed here now.",
    "本次运行尚未完成的部分目前不允许在此发送。",
);
/// The run history.
pub const SAVED_RUNS: Text = text("Runs saved in this browser", "此浏览器中保存的运行");
pub const NO_SAVED_RUNS: Text = text(
    "Nothing yet: each run is saved here from its first request on.",
    "暂无记录：每次运行从第一次调用起保存在这里。",
);
pub const RUN_IS_SHOWN: Text = text(
    "A run is under way here. End or stop it before you open another.",
    "当前有运行正在进行，请先结束或停止，再打开其他运行。",
);
pub const RUN_HERE: Text = text("Shown on this page.", "正在本页面显示。");
pub const RUN_ELSEWHERE: Text = text("Open in another tab.", "已在其他标签页中打开。");
pub const UPLOAD_PENDING: Text = text(
    "The administrator of this page has not received its record yet, so it stays here.",
    "本页面的管理员尚未收到其记录，因此予以保留。",
);
pub const RUN_UNREADABLE: Text = text("Cannot be read; left as it is:", "无法读取，已原样保留：");
pub const UNFINISHED: Text = text("unfinished", "未完成");
pub const OPEN_RUN: Text = text("Open", "打开");
pub const DELETE_RUN: Text = text("Delete", "删除");
pub const DELETE_ALL_RUNS: Text = text("Delete all", "全部删除");
pub const DELETE_UNFINISHED: Text = text(
    "Some may be unfinished: what is not known of them yet cannot be found out here any more.",
    "其中可能有未完成的运行：删除后将无法在此查明其未知结果。",
);
pub const CONTINUE_LATER: Text = text("Continue later", "稍后处理");
pub const NOTHING_NOT_STARTED: Text = text("Every call has been sent.", "所有调用均已发出。");
pub const NOTHING_UNKNOWN: Text = text("No outcome is unknown.", "没有结果未知的实例。");
pub const NEW_RUN: Text = text("New run", "新建操作");
pub const STOP_RUN_FIRST: Text = text("Stop the run first.", "请先停止当前运行。");
pub const EXPORT_CSV: Text = text("Export CSV", "导出 CSV");
pub const EXPORT_JSON: Text = text("Export JSON", "导出 JSON");
pub const UNKNOWN_CODE: Text = text("unknown code", "未收录的错误码");
pub const PASSED_DRY_RUN: Text = text("The dry run passed", "预检通过");
pub const PASSED_DRY_RUN_MEANING: Text = text(
    "The cloud checked request, permission and state, and would carry it out. Nothing was done.",
    "云端已检查请求、权限和实例状态，可以执行。本次没有实际执行。",
);
pub const PASSED_DRY_RUN_REMEDY: Text = text(
    "Switch the dry run off and send it for real when you are ready.",
    "确认无误后，取消“仅预检”再正式发送。",
);
pub const EXPLAIN_TITLE: Text = text("Explain an error", "错误解读");
pub const EXPLAIN_HINT: Text = text(
    "Paste an answer, a log line, an SDK exception or a bare code. It stays on this page: nothing is sent.",
    "粘贴应答、日志、SDK 异常或错误码。内容只在本页处理，不会发送。",
);
pub const EXPLAIN_LABEL: Text = text("What the cloud said", "云端返回的内容");
pub const EXPLAIN_EMPTY: Text =
    text("The explanation appears here as you paste.", "粘贴后在此显示解读。");
pub const NOTHING_FOUND: Text =
    text("No error is recognised in this text.", "未能从这段文字中识别出错误。");
pub const SUCCESS: Text = text("Not an error", "不是错误");
pub const CALLS_HINT: Text =
    text("Every call with the cloud’s request id.", "每次调用及云端的请求 ID。");
pub const ENTER_TO_FOCUS_TABLE: Text = text("Instances and their outcomes", "实例及其结果");
pub const NO_INSTANCES_YET: Text = text("No instances.", "没有实例。");
pub const ALL_ERRORS: Text = text("All errors", "全部错误");
pub const INDEX_TITLE: Text = text("Every error, explained", "错误索引");
pub const INDEX_HINT: Text =
    text("Works without a key and without a network.", "无需密钥，无需联网。");
pub const FIND_ERROR: Text = text("Find a code or words", "搜索错误码或关键词");
pub const PASTE_AN_ERROR: Text = text("Paste an error", "粘贴错误信息");
pub const PRINT: Text = text("Print", "打印");
pub const LAYERS_TITLE: Text = text("Proxy, network, this page", "代理、网络与本页");
pub const VENDOR_NOTE: Text = text("The cloud says", "云端提示");
pub const ANSWERED_BY: Text = text("Answered by", "相关接口");
pub const COPY_LINK: Text = text("Copy link", "复制链接");
pub const CLEAR: Text = text("Clear", "清空");
pub const SECRETS_HIDDEN: Text = text(
    "What looked like a secret was hidden at once. If it was a real one, change it: it was in your clipboard.",
    "疑似密钥的内容已立即隐藏。若为真实密钥，请尽快更换：它曾出现在剪贴板中。",
);
pub const ALL_ABOUT_CODE: Text = text("In the index", "在索引中查看");
pub const CORRECT_CLOCK: Text = text("Correct the clock and sign again", "校正时间并重新签名");
pub const ENTER_KEY_AGAIN: Text = text("Enter the key again", "重新输入密钥");
pub const COMPARE_SIGNATURE: Text = text("Compare what was signed", "比对签名内容");
pub const MISSING_PERMISSION: Text = text("The permission that is missing", "缺少的权限");
pub const DENIAL: Text = text("Denied", "拒绝方式");
pub const DENIED_EXPLICITLY: Text =
    text("explicitly: a policy forbids it", "显式拒绝：有策略禁止该操作");
pub const DENIED_IMPLICITLY: Text =
    text("implicitly: no policy allows it", "隐式拒绝：没有策略允许该操作");
pub const RESOURCE: Text = text("Resource", "资源");
pub const IDENTITY: Text = text("Identity", "身份");
pub const POLICY: Text = text("The smallest policy that allows it", "所需的最小权限策略");
pub const COPY_POLICY: Text = text("Copy the policy", "复制策略");
pub const FAILED_AT: Text = text("Where", "失败位置");
pub const CARRIED_OUT: Text = text("Carried out", "是否已执行");
pub const DETECTED_FORMAT: Text = text("Recognised", "识别为");
pub const COMPARE_TITLE: Text =
    text("Compare with what the cloud computed", "与云端计算的内容比对");
pub const COMPARE_LABEL: Text = text(
    "The canonical request or string to sign from the cloud’s answer",
    "云端返回的规范请求或待签名字符串",
);
pub const OURS: Text = text("Ours", "本页");
pub const THEIRS: Text = text("The cloud’s", "云端");
pub const LINE_END: Text = text("end of the line", "行尾");
pub const TEXT_END: Text = text("end of the text", "文本结束");
