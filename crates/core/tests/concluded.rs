//! What a run concludes from answers that could mean more than one thing.

mod common;

use common::{Page, described, ids, plan_input, said};
use relight_core::{
    clouds,
    model::{
        cloud::Cloud,
        eligibility::SkipReason,
        outcome::{DescribedInstance, LastOperation, LastOperationState, Outcome, Phase, Response},
        plan::{BatchOptions, plan, plan_with},
    },
    run::{Choice, Event, Evidence, Millis, Policy},
    transport::TransportResult,
};

fn zenlayer() -> &'static Cloud {
    clouds::by_id("zenlayer").unwrap()
}

/// A reboot of two, the second of which the cloud lists as failed, in a 200 and without a reason.
fn listed() -> Page {
    let mut page =
        Page::of(&plan(&plan_input(zenlayer(), "RebootInstances", 2), None).unwrap(), &[]);
    page.step(Event::Tick);
    let second = &ids(zenlayer(), 2)[1];
    let body = format!(
        r#"{{"requestId":"T1","response":{{"requestId":"T1","instanceIds":["{second}"]}}}}"#
    );
    assert!(page.answer(0, 200, &body).calls.is_empty(), "sent again");
    page
}

/// A look that shows both in this state, so much later.
fn look(page: &mut Page, later_ms: u64, state: &str) {
    page.now += later_ms;
    let all = ids(zenlayer(), 2);
    let set: Vec<String> = all
        .iter()
        .map(|id| format!(r#"{{"instanceId":"{id}","zoneId":"z","status":"{state}"}}"#))
        .collect();
    let body = format!(
        r#"{{"requestId":"T2","response":{{"requestId":"T2","totalCount":2,"dataSet":[{}]}}}}"#,
        set.join(",")
    );
    let result = TransportResult::Answered(said(200, &body));
    assert!(page.step(Event::Described { ids: all, result }).calls.is_empty());
}

/// Without a nonce a repetition by the browser or a proxy looks like this, too: the first copy is
/// being carried out, and the second is refused for the state that the first has caused.
#[test]
fn who_is_listed_as_failed_is_unknown_until_a_look_tells() {
    let mut page = listed();
    assert_eq!(page.outcomes(), ["accepted", "unknown"]);
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 0, "nobody may send it again yet");
    look(&mut page, 2_000, "REBOOT");
    look(&mut page, 3_000, "RUNNING");
    assert_eq!(page.outcomes()[0], "proven", "accepted, and seen going down and coming back");
    // Our own first copy, or somebody else's restart: nobody knows.
    assert_eq!(page.outcomes()[1], "running-unproven");
    assert_eq!(page.run.rows()[1].evidence, Some(RestartedBySomeone));

    let mut page = listed();
    look(&mut page, 2_000, "STOPPED");
    assert_eq!(page.outcomes()[1], "rejected", "what is off was refused for that");

    // It has been running whenever somebody looked: a restart between two looks is not excluded.
    let mut page = listed();
    for _ in 0..100 {
        look(&mut page, 2_000, "RUNNING");
    }
    let row = &page.run.rows()[1];
    assert_eq!(row.outcome, Outcome::Unknown);
    assert!(row.settled_at.is_some());
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 0);
    assert_eq!(page.run.choice_count(Choice::CheckUnknown), 1);
}

/// Every cloud says in its own way that the clock is off; all of them mean that nothing was done.
#[test]
fn the_clock_is_corrected_once_for_every_cloud() {
    for (id, status, body) in [
        (
            "alibaba",
            400,
            r#"{"RequestId":"r","HostId":"h","Code":"InvalidTimeStamp.Expired","Message":"Specified time stamp or date value is expired."}"#,
        ),
        (
            "tencent",
            200,
            r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"No."},"RequestId":"r"}}"#,
        ),
        (
            "zenlayer",
            401,
            r#"{"requestId":"r","code":"AUTHFAILURE_SIGNATURE_EXPIRED","message":"The signature has expired."}"#,
        ),
    ] {
        let cloud = clouds::by_id(id).unwrap();
        let mut page =
            Page::of(&plan(&plan_input(cloud, "RebootInstances", 2), None).unwrap(), &[]);
        // A quarter of an hour behind the cloud, whose `Date` is always the same here.
        page.now -= 900_000;
        assert_eq!(page.step(Event::Tick).skews, [0], "{id}");
        let commands = page.answer(0, status, body);
        let skews = [commands.skews, page.pass(20).skews].concat();
        assert_eq!(skews.len(), 1, "{id}: once, and by itself");
        assert!((899..=900).contains(&skews[0]), "{id}: {skews:?}");
        page.answer(0, status, body);
        assert!(page.pass(20).calls.is_empty(), "{id}: not twice");
        assert_eq!(page.outcomes(), ["rejected", "rejected"], "{id}");
    }
}

/// A cloud that counts by the minute refuses until the next one begins, whoever asks: nothing is sent
/// before, and the page can say so. Where it says how long, that counts.
#[test]
fn a_refused_minute_is_waited_for() {
    let throttled = |cloud: &str| match cloud {
        "alibaba" => {
            r#"{"RequestId":"r","HostId":"h","Code":"Throttling.User","Message":"Request was denied due to user flow control."}"#
        }
        _ => {
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"No."},"RequestId":"r"}}"#
        }
    };
    // By the cloud's clock it is 19 s to the next minute; 2 s are added, since its seconds are cut.
    for (id, header, least_ms, most_ms) in [
        ("alibaba", None, 21_000, 21_600),
        ("alibaba", Some(("x-acs-retry-after", "3000")), 3_000, 3_600),
        ("tencent", None, 500, 1_400),
    ] {
        let cloud = clouds::by_id(id).unwrap();
        let options = BatchOptions { size: Some(1), canary: false };
        let plan = plan_with(&plan_input(cloud, "RebootInstances", 2), options).unwrap();
        let mut page = Page::of(&plan, &[]);
        page.holds_calls = true;
        let mut ready = page.step(Event::Tick).ready;
        while ready.len() < 2 {
            ready.extend(page.pass(1).ready);
        }
        assert_eq!(page.step(Event::ReadyToSend { call: 0 }).calls, [0]);
        let status = if id == "alibaba" { 400 } else { 200 };
        let mut response = said(status, throttled(id));
        response.headers.retain(|(name, _)| name != "date");
        response.headers.push(("date".into(), "Wed, 01 May 2024 08:00:41 GMT".into()));
        response.headers.extend(header.map(|(name, value)| (name.into(), value.into())));
        let result = TransportResult::Answered(response);
        let commands = page.step(Event::Completed { call: 0, result });
        let begin = page.now;
        let is_window = id == "alibaba" && header.is_none();
        assert_eq!(page.run.throttled_until(begin).is_some(), is_window, "{id}");
        // What was signed already stays here as well, where a pause is asked for or known.
        let has_pause = is_window || header.is_some();
        assert_eq!(commands.canceled, if has_pause { &[1][..] } else { &[] }, "{id}");
        page.holds_calls = false;
        let mut calls = commands.calls;
        while !calls.contains(&0) {
            calls.extend(page.pass(1).calls);
            let waited = page.now - begin;
            assert!(!has_pause || calls.is_empty() || waited >= least_ms, "{id}: {waited}");
            assert!(waited < 120_000, "{id}");
        }
        let waited = page.now - begin;
        assert!((least_ms..=most_ms).contains(&waited), "{id}: {waited}");
        assert_eq!(page.run.throttled_until(page.now), None);
    }
}

/// What Alibaba answers at 08:00:41, 19 s before its next minute, to what came too often.
fn refused_for_its_minute() -> TransportResult {
    let body = r#"{"RequestId":"r","HostId":"h","Code":"Throttling.User","Message":"Request was denied due to user flow control."}"#;
    let mut response = said(400, body);
    response.headers.retain(|(name, _)| name != "date");
    response.headers.push(("date".into(), "Wed, 01 May 2024 08:00:41 GMT".into()));
    TransportResult::Answered(response)
}

/// A wave that is taken back had a pause behind it, which it does not need any more: the minute is no
/// such pause.
#[test]
fn a_wave_that_is_taken_back_ends_no_refused_minute() {
    let cloud = clouds::by_id("alibaba").unwrap();
    let options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(cloud, "RebootInstances", 3), options).unwrap();
    let policy = Policy { wave_calls: 1, wave_pause_ms: 1_000, ..Policy::default() };
    let mut page = Page::with(&plan, &[], policy);
    page.holds_calls = true;
    let mut ready = page.step(Event::Tick).ready;
    while ready.len() < 2 {
        ready.extend(page.pass(1).ready);
    }
    page.step(Event::ReadyToSend { call: 0 });
    let result = refused_for_its_minute();
    assert_eq!(page.step(Event::Completed { call: 0, result }).canceled, [1]);
    page.holds_calls = false;
    assert!(page.pass(209).calls.is_empty(), "it is refused until then");
    assert!(!page.pass(20).calls.is_empty(), "and not longer");
}

/// The minute counts for whatever a person asks for meanwhile, too.
#[test]
fn a_refused_minute_is_waited_for_after_a_stop() {
    let cloud = clouds::by_id("alibaba").unwrap();
    let options = BatchOptions { size: Some(1), canary: false };
    let plan = plan_with(&plan_input(cloud, "RebootInstances", 2), options).unwrap();
    let mut page = Page::of(&plan, &[]);
    assert_eq!(page.step(Event::Tick).calls, [0]);
    page.step(Event::Stop);
    page.step(Event::Completed { call: 0, result: refused_for_its_minute() });
    assert_eq!(page.outcomes(), ["rejected", "queued"]);
    let asked = page.ask(Choice::SendNotStarted);
    assert!([asked.calls, page.pass(209).calls].concat().is_empty(), "it is refused until then");
    assert_eq!(page.pass(20).calls.len(), 1, "and not longer");
}

/// Describe calls are counted by themselves: what is refused of them is waited for, and keeps no call.
#[test]
fn a_refused_minute_of_describes_is_waited_for() {
    let cloud = clouds::by_id("alibaba").unwrap();
    let plan = plan(&plan_input(cloud, "RebootInstances", 2), None).unwrap();
    let mut page = Page::of(&plan, &[]);
    assert_eq!(page.step(Event::Tick).calls, [0]);
    page.step(Event::Completed {
        call: 0,
        result: TransportResult::Lost { word: "network".into() },
    });
    let described = page.pass(50).described;
    assert_eq!(described.len(), 2);
    page.step(Event::Described { ids: described, result: refused_for_its_minute() });
    let begin = page.now;
    let until = page.run.describes_throttled_until(begin);
    assert_eq!(until, Some(begin + 21_000));
    assert_eq!(page.run.throttled_until(begin), None, "calls are counted by themselves");
    // Not for a person who asks, either.
    page.step(Event::Resume);
    assert!(page.pass(209).described.is_empty());
    assert_eq!(page.pass(1).described.len(), 2);
    assert_eq!(page.run.describes_throttled_until(page.now), None);
}

/// A date that is cached, absent, doubled or of somebody in between corrects nothing, and nothing is
/// sent again for it.
#[test]
fn a_date_that_is_not_of_this_answer_corrects_no_clock() {
    let body = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"No."},"RequestId":"r"}}"#;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let vouched = || header("proxy-status", "relight-proxy; received-status=200");
    let date = || header("date", "Wed, 01 May 2024 08:00:00 GMT");
    for (headers, outcome) in [
        (vec![vouched()], "rejected"),
        (vec![vouched(), date(), header("age", "0")], "rejected"),
        (vec![vouched(), date(), header("age", "86400")], "rejected"),
        (vec![vouched(), date(), header("date", "Wed, 01 May 2024 09:00:00 GMT")], "rejected"),
        (vec![vouched(), header("date", "yesterday")], "rejected"),
        (vec![date()], "unknown"),
        (vec![header("proxy-status", "cdn; received-status=200"), date()], "unknown"),
    ] {
        let plan = plan(&plan_input(tencent(), "RebootInstances", 1), None).unwrap();
        let mut page = Page::of(&plan, &[]);
        page.now -= 900_000;
        assert_eq!(page.step(Event::Tick).skews, [0]);
        let response = Response { status: 200, headers: headers.clone(), body: body.to_owned() };
        let result = TransportResult::Answered(response);
        let commands = page.step(Event::Completed { call: 0, result });
        assert!(commands.calls.is_empty() && page.pass(20).calls.is_empty(), "{headers:?}");
        assert_eq!(page.run.clock_correction_seconds(), None, "{headers:?}");
        assert_eq!(page.outcomes(), [outcome], "{headers:?}");
    }
}

/// Bytes that are not what their header calls them cannot be read, whatever the status: nobody knows
/// what was done, and nothing goes out again.
#[test]
fn an_answer_whose_encoding_lies_is_unknown() {
    // As `gzip` and `deflate` begin, and what a browser hands over when it was told nothing of them.
    let packed: [&[u8]; 3] = [
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV*JMN\xcc\xcbKQ\xb2R\x02\x00",
        b"x\x9c\xabV\nJ-,M-.\xf1LQ\xb2R2H1J",
        b"\x28\xb5\x2f\xfd\x04\x00\x71\x01\x00{\"Response\":\xff\xfe",
    ];
    for cloud in clouds::ALL {
        for bytes in packed {
            for status in [200, 400, 403, 429, 500, 503] {
                let plan = plan(&plan_input(cloud, "RebootInstances", 2), None).unwrap();
                let mut page = Page::of(&plan, &[]);
                page.step(Event::Tick);
                let lossy = String::from_utf8_lossy(bytes);
                let commands = page.answer(0, status, &lossy);
                let later = page.pass(20);
                assert!(commands.calls.is_empty() && later.calls.is_empty(), "{cloud:?} {status}");
                assert_eq!(page.outcomes(), ["unknown"; 2], "{cloud:?} {status}");
            }
        }
        // A browser that unpacks by the header fails at it.
        for word in ["cut-off-answer", "network"] {
            let plan = plan(&plan_input(cloud, "RebootInstances", 2), None).unwrap();
            let mut page = Page::of(&plan, &[]);
            page.step(Event::Tick);
            let result = TransportResult::Lost { word: word.into() };
            page.step(Event::Completed { call: 0, result });
            assert!(page.pass(20).calls.is_empty());
            assert_eq!(page.outcomes(), ["unknown"; 2], "{cloud:?} {word}");
        }
    }
}

// ---- one instance that had a whole call refused ---------------------------------------------------

fn tencent() -> &'static Cloud {
    clouds::by_id("tencent").unwrap()
}

/// A call of four that the cloud has refused because of one. Which, it does not say.
fn refused_for_one() -> Page {
    let mut page =
        Page::of(&plan(&plan_input(tencent(), "RebootInstances", 4), None).unwrap(), &[]);
    page.step(Event::Tick);
    let body = r#"{"Response":{"Error":{"Code":"UnsupportedOperation.InstanceStateStopped","Message":"No."},"RequestId":"r"}}"#;
    page.answer(0, 200, body);
    assert!(page.pass(50).calls.is_empty(), "sent again by itself");
    assert_eq!(page.outcomes(), ["rejected"; 4]);
    assert_eq!(page.run.choice_count(Choice::Isolate), 4);
    // Looked at first; nothing goes out before.
    let commands = page.ask(Choice::Isolate);
    assert_eq!((commands.calls, commands.described), (vec![], ids(tencent(), 4)));
    page
}

/// A look that shows all four, each in its state.
fn show(page: &mut Page, states: [&str; 4]) -> Vec<usize> {
    page.now += 1_000;
    let event =
        described(ids(tencent(), 4), |at| [states[at], "other", "SUCCESS"].map(String::from));
    let commands = page.step(event).calls;
    [commands, page.pass(5).calls].concat()
}

fn sizes(page: &Page) -> Vec<usize> {
    page.run.calls()[1..].iter().map(|call| call.batch.ids().len()).collect()
}

/// The look shows which one it was: the others go, and it keeps its reason.
#[test]
fn a_call_refused_for_one_is_narrowed_by_looking() {
    let mut page = refused_for_one();
    assert_eq!(show(&mut page, ["RUNNING", "STOPPED", "RUNNING", "RUNNING"]), [1]);
    assert_eq!(sizes(&page), [3]);
    assert_eq!(page.outcomes(), ["sending", "rejected", "sending", "sending"]);
    assert_eq!(page.run.rows()[1].skipped, Some(SkipReason::Stopped));
    assert_eq!(page.run.choice_count(Choice::RetryFailed), 0, "that one cannot be helped");
}

/// The look shows nothing: in halves, of which at most one is refused again, and so on.
#[test]
fn a_call_refused_for_nobody_can_see_whom_is_narrowed_by_halves() {
    let mut page = refused_for_one();
    assert_eq!(show(&mut page, ["RUNNING"; 4]), [1, 2]);
    assert_eq!(sizes(&page), [2, 2]);
    page.answer(1, 200, r#"{"Response":{"RequestId":"ok"}}"#);
    let body = r#"{"Response":{"Error":{"Code":"UnsupportedOperation.InstanceStateStopped","Message":"No."},"RequestId":"r"}}"#;
    page.answer(2, 200, body);
    assert_eq!(page.outcomes(), ["accepted", "accepted", "rejected", "rejected"]);
    assert_eq!(page.run.choice_count(Choice::Isolate), 2, "the half, on request");
    assert!(page.pass(50).calls.is_empty(), "and not unasked");
}

/// Without a look nothing is known, and nothing is sent.
#[test]
fn a_look_that_fails_narrows_nothing() {
    let mut page = refused_for_one();
    let result = TransportResult::Lost { word: "network".into() };
    page.step(Event::Described { ids: ids(tencent(), 4), result });
    assert!(page.pass(100).calls.is_empty());
    assert_eq!(page.outcomes(), ["rejected"; 4]);
    assert_eq!(page.run.choice_count(Choice::Isolate), 4, "it can be asked for again");
}

// ---- whose restart it was -------------------------------------------------------------------------

/// What one instance of a cloud looks like, a time after the answer to its call, or after it was lost.
struct Scene {
    cloud: &'static Cloud,
    page: Page,
}

const OURS: &str = "aaaaaaaa-0000-0000-0000-000000000001";
const OTHERS: &str = "bbbbbbbb-0000-0000-0000-000000000002";

/// Alibaba's clock, when the call is sent: half a minute past eight.
const SENT: Millis = Page::START + 30_000;

impl Scene {
    /// A call of one, after a look that has shown it running since the day before.
    fn of(id: &str, operation: &str) -> Scene {
        let cloud = clouds::by_id(id).unwrap();
        let known = DescribedInstance {
            id: ids(cloud, 1)[0].as_str().to_owned(),
            phase: Running,
            started_at: (id == "alibaba").then(|| "2024-04-30T08:00Z".to_owned()),
            last_operation: (id == "tencent").then(|| LastOperation {
                name: "StartInstances".into(),
                request_id: "before".into(),
                state: LastOperationState::Success,
            }),
            ..DescribedInstance::default()
        };
        let mut page = Page::of(&plan(&plan_input(cloud, operation, 1), None).unwrap(), &[known]);
        page.now = SENT;
        page.step(Event::Tick);
        Scene { cloud, page }
    }

    fn accepted(mut self) -> Scene {
        let body = match self.cloud.id {
            "alibaba" => format!(
                r#"{{"RequestId":"{OURS}","InstanceResponses":{{"InstanceResponse":[{{"InstanceId":"{}","Code":"200","Message":"success"}}]}}}}"#,
                ids(self.cloud, 1)[0]
            ),
            "tencent" => format!(r#"{{"Response":{{"RequestId":"{OURS}"}}}}"#),
            _ => format!(
                r#"{{"requestId":"{OURS}","response":{{"requestId":"{OURS}","instanceIds":[]}}}}"#
            ),
        };
        let said = said_at(self.page.now, &body);
        self.page.step(Event::Completed { call: 0, result: TransportResult::Answered(said) });
        assert_eq!(self.page.outcomes(), ["accepted"]);
        self
    }

    fn lost(mut self) -> Scene {
        let result = TransportResult::Lost { word: "network".into() };
        self.page.step(Event::Completed { call: 0, result });
        self
    }

    /// A look so many seconds later, that shows it moving or running; and by Alibaba when it started, by
    /// Tencent who was the last to ask for something.
    fn look(mut self, seconds: u64, state: Phase, started: &str, last: &str) -> Scene {
        self.page.now += seconds * 1_000;
        let id = ids(self.cloud, 1).remove(0);
        let moving = state == Starting;
        let body = match self.cloud.id {
            "alibaba" => format!(
                r#"{{"RequestId":"d","TotalCount":1,"Instances":{{"Instance":[{{"InstanceId":"{id}","InstanceName":"n","ZoneId":"z","StartTime":"{started}","Status":"{}"}}]}}}}"#,
                if moving { "Starting" } else { "Running" }
            ),
            "tencent" => format!(
                r#"{{"Response":{{"TotalCount":1,"InstanceSet":[{{"InstanceId":"{id}","InstanceState":"{}","Placement":{{"Zone":"z"}},"LatestOperation":"RebootInstances","LatestOperationRequestId":"{last}","LatestOperationState":"{}"}}],"RequestId":"d"}}}}"#,
                if moving { "REBOOTING" } else { "RUNNING" },
                if moving { "OPERATING" } else { "SUCCESS" },
            ),
            _ => format!(
                r#"{{"requestId":"d","response":{{"requestId":"d","totalCount":1,"dataSet":[{{"instanceId":"{id}","zoneId":"z","status":"{}"}}]}}}}"#,
                if moving { "REBOOT" } else { "RUNNING" }
            ),
        };
        let result = TransportResult::Answered(said_at(self.page.now, &body));
        self.page.step(Event::Described { ids: vec![id], result });
        self
    }

    fn ends(self, outcome: &str, evidence: Option<Evidence>) {
        let row = &self.page.run.rows()[0];
        let cloud = self.cloud.id;
        assert_eq!((row.outcome.word(), row.evidence), (outcome, evidence), "{cloud}");
    }
}

/// An answer of a cloud whose clock is right.
fn said_at(now: Millis, body: &str) -> Response {
    let second = now / 1_000 % 86_400;
    let date = format!(
        "Wed, 01 May 2024 {:02}:{:02}:{:02} GMT",
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    let mut said = said(200, body);
    for (name, value) in &mut said.headers {
        if name == "date" {
            value.clone_from(&date);
        }
    }
    said
}

const OLD: &str = "2024-04-30T08:00Z";
use Evidence::{NothingSeen, Overtaken, RequestId, RestartedBySomeone, StartTime, Transition};
use Phase::{Running, Starting};

#[test]
fn an_accepted_restart_is_proven_by_what_only_it_can_have_caused() {
    for id in ["alibaba", "zenlayer"] {
        let scene = || Scene::of(id, &reboot(id)).accepted();
        scene()
            .look(3, Starting, OLD, "")
            .look(30, Running, OLD, "")
            .ends("proven", Some(Transition));
        // Seen running half a minute after the answer: ours is over or has failed, and this is another's.
        scene()
            .look(2, Running, OLD, "")
            .look(40, Running, OLD, "")
            .look(60, Starting, OLD, "")
            .look(60, Running, OLD, "")
            .ends("running-unproven", Some(RestartedBySomeone));
        // Nobody has looked for an hour, and now it restarts.
        scene().look(3_600, Starting, OLD, "").look(10, Running, OLD, "").ends("overdue", None);
        scene().look(200, Running, OLD, "").ends("running-unproven", Some(NothingSeen));
    }
}

#[test]
fn where_the_cloud_names_the_last_request_only_ours_is_a_proof() {
    let scene = || Scene::of("tencent", "RebootInstances").accepted();
    scene().look(3, Starting, "", OURS).look(30, Running, "", OURS).ends("proven", Some(RequestId));
    scene().look(30, Running, "", OTHERS).ends("running-unproven", Some(Overtaken));
    // It does not name ours yet, although it was seen moving: that is waited for.
    scene()
        .look(3, Starting, "", "before")
        .look(30, Running, "", "before")
        .ends("in-progress", None);
    scene()
        .look(3, Starting, "", "before")
        .look(30, Running, "", "before")
        .look(1, Running, "", OURS)
        .ends("proven", Some(RequestId));
    scene()
        .look(3, Starting, "", "before")
        .look(200, Running, "", "before")
        .ends("running-unproven", Some(RestartedBySomeone));
    let scene = Scene::of("tencent", "StartInstances").accepted();
    scene.look(200, Running, "", "before").ends("running-unproven", Some(NothingSeen));
}

/// Nobody has looked for long, as with a key that is locked: ours may have come and gone.
#[test]
fn what_is_first_seen_late_may_be_somebody_elses() {
    let someone = ("running-unproven", Some(RestartedBySomeone));
    for id in ["alibaba", "zenlayer"] {
        for (seconds, (outcome, evidence)) in
            [(29, ("proven", Some(Transition))), (31, someone), (290, someone), (590, someone)]
        {
            Scene::of(id, &reboot(id))
                .accepted()
                .look(seconds, Starting, OLD, "")
                .look(8, Running, OLD, "")
                .ends(outcome, evidence);
        }
    }
    let scene = || Scene::of("alibaba", "RebootInstances").accepted();
    // Sent at 08:00:30.
    for (look, started, (outcome, evidence)) in [
        (200, "2024-05-01T08:02Z", ("proven", Some(StartTime))),
        (7_200, "2024-05-01T08:02Z", ("proven", Some(StartTime))),
        (7_200, "2024-05-01T08:02:30Z", ("proven", Some(StartTime))),
        (600, "2024-05-01T08:09Z", someone),
        (7_200, "2024-05-01T08:09Z", someone),
        (7_200, "2024-05-01T08:59Z", someone),
        (43_200, "2024-05-01T19:00Z", someone),
        // Not yet, by the clock of the look.
        (20, "2024-05-01T08:03Z", someone),
        (20, "2031-01-01T00:00Z", someone),
    ] {
        scene().look(look, Running, started, "").ends(outcome, evidence);
        // After a look that has shown it on its way in time, it is ours whenever it is back.
        scene()
            .look(5, Starting, OLD, "")
            .look(look, Running, started, "")
            .ends("proven", Some(Transition));
    }
}

/// Nothing that is seen after a lost answer is ours alone.
#[test]
fn after_a_lost_answer_nothing_is_proven() {
    for id in ["alibaba", "tencent", "zenlayer"] {
        let scene = || Scene::of(id, &reboot(id)).lost();
        scene()
            .look(3, Starting, OLD, OTHERS)
            .look(30, Running, OLD, OTHERS)
            .ends("running-unproven", Some(RestartedBySomeone));
        scene()
            .look(3, Running, OLD, "before")
            .look(300, Running, OLD, "before")
            .ends("unknown", None);
    }
    // Not even that a new one failed says that ours was refused.
    let mut scene = Scene::of("tencent", "RebootInstances").lost();
    scene.page.now += 5_000;
    let id = ids(scene.cloud, 1).remove(0);
    let body = format!(
        r#"{{"Response":{{"TotalCount":1,"InstanceSet":[{{"InstanceId":"{id}","InstanceState":"RUNNING","Placement":{{"Zone":"z"}},"LatestOperation":"RebootInstances","LatestOperationRequestId":"{OTHERS}","LatestOperationState":"FAILED"}}],"RequestId":"d"}}}}"#
    );
    let result = TransportResult::Answered(said_at(scene.page.now, &body));
    scene.page.step(Event::Described { ids: vec![id], result });
    scene.ends("unknown", None);
}

/// The sending was at 08:00:30 by the cloud's clock, and start times are cut to minutes.
#[test]
fn a_start_time_counts_from_the_sending_by_the_clouds_clock() {
    let cases = [
        // After the look before the review, and before the sending.
        ("2024-05-01T07:58Z", false),
        // The same minute, or the next one by rounding.
        ("2024-05-01T08:00Z", false),
        ("2024-05-01T08:01Z", false),
        ("2024-05-01T08:02Z", true),
    ];
    for (started, counts) in cases {
        let scene =
            Scene::of("alibaba", "RebootInstances").accepted().look(120, Running, started, "");
        let (outcome, evidence) =
            if counts { ("proven", Some(StartTime)) } else { ("accepted", None) };
        scene.ends(outcome, evidence);
        let scene = Scene::of("alibaba", "RebootInstances").lost().look(120, Running, started, "");
        let (outcome, evidence) =
            if counts { ("running-unproven", Some(RestartedBySomeone)) } else { ("unknown", None) };
        scene.ends(outcome, evidence);
    }
    // The page's clock is ten minutes behind: the cloud's own tells.
    for lost in [false, true] {
        let mut scene = Scene::of("alibaba", "RebootInstances");
        scene.page.now -= 600_000;
        scene = if lost {
            let mut scene = scene.lost();
            scene.page.now += 600_000;
            scene
        } else {
            scene.page.now += 600_000;
            scene.accepted()
        };
        let scene = scene.look(1, Running, "2024-05-01T07:58Z", "");
        assert_ne!(scene.page.outcomes(), ["proven"]);
    }
}

fn reboot(id: &str) -> String {
    let operations = clouds::by_id(id).unwrap().operations;
    let reboots = |name: &&str| name.starts_with("Reboot") && name.ends_with('s');
    operations.iter().map(|operation| operation.name).find(reboots).unwrap().to_owned()
}

#[test]
fn a_clock_that_is_set_back_ends_no_watch() {
    let mut page = listed();
    assert!(!page.pass(20).described.is_empty());
    look(&mut page, 0, "RUNNING");
    assert!(page.step(Event::Tick).described.is_empty(), "it is not time yet");
    page.now -= 3_600_000;
    assert!(!page.step(Event::Tick).described.is_empty());
}
