//! The list of a region's instances to choose from: reads only, page after page.

use crate::{
    model::{
        outcome::Fault,
        plan::Target,
        query::{InstanceQuery, ListedInstance},
    },
    run::{Millis, Reads, Turn},
    transport::{self, TransportResult},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// A list as a state machine without I/O: [`InstanceList::next`] says what to do,
/// [`InstanceList::listed`] takes a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceList {
    reads: Reads,
    query: InstanceQuery,
    cursor: Option<String>,
    state: ListState,
    instances: Arc<Vec<Arc<ListedInstance>>>,
    total: Option<u64>,
    shifted: bool,
    at: Millis,
}

/// The progress of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListState {
    Reading,
    Stopped,
    Whole,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListCommand {
    /// Request the page at this cursor and report [`InstanceList::listed`].
    Read(Option<String>),
    /// Call [`InstanceList::next`] again at this time.
    WakeAt(Millis),
    /// A page is in flight.
    Wait,
    /// Finished.
    Done,
}

impl InstanceList {
    /// The list of a target's instances that match a query.
    pub fn new(target: Target, query: InstanceQuery, through_proxy: bool) -> Self {
        InstanceList {
            reads: Reads::new(target, through_proxy),
            query,
            cursor: None,
            state: ListState::Reading,
            instances: Arc::default(),
            total: None,
            shifted: false,
            at: 0,
        }
    }

    /// The target.
    pub fn target(&self) -> &Target {
        self.reads.target()
    }

    /// The query.
    pub fn query(&self) -> &InstanceQuery {
        &self.query
    }

    /// The instances so far, each once, in the cloud's order.
    pub fn instances(&self) -> &Arc<Vec<Arc<ListedInstance>>> {
        &self.instances
    }

    /// The total according to the cloud.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// When the first page was requested, in milliseconds since 1970: nothing is older.
    pub fn at(&self) -> Millis {
        self.at
    }

    /// Whether it is complete.
    pub fn is_whole(&self) -> bool {
        self.state == ListState::Whole
    }

    /// Whether a page is in flight or to be read.
    pub fn is_reading(&self) -> bool {
        self.state == ListState::Reading && self.fault().is_none()
    }

    /// Whether it changed while it was read: an instance came twice, or the pages do not add up.
    /// One may be missing.
    pub fn has_shifted(&self) -> bool {
        self.shifted
    }

    /// Why it could not be completed.
    pub fn fault(&self) -> Option<&Fault> {
        self.reads.fault()
    }

    /// Seconds to add to the page's clock for the signature, as learned from the cloud's clock.
    pub fn clock_skew_seconds(&self) -> i64 {
        self.reads.clock_skew_seconds().unwrap_or_default()
    }

    /// Until when it waits because the cloud throttles its reads.
    pub fn throttled_until(&self) -> Option<Millis> {
        self.reads.throttled_until().filter(|_| self.state == ListState::Reading)
    }

    /// Stops reading; what was read stays.
    pub fn stop(&mut self) {
        if self.state == ListState::Reading {
            self.state = ListState::Stopped;
        }
    }

    /// What to do at a time.
    pub fn next(&mut self, now: Millis) -> ListCommand {
        if self.state != ListState::Reading {
            return ListCommand::Done;
        }
        match self.reads.next(now) {
            Turn::Now => {
                if self.at == 0 {
                    self.at = now;
                }
                ListCommand::Read(self.cursor.clone())
            }
            Turn::At(at) => ListCommand::WakeAt(at),
            Turn::Wait => ListCommand::Wait,
            Turn::Never => ListCommand::Done,
        }
    }

    /// Takes the page that was requested at `cursor`. Ignores one that is not expected.
    pub fn listed(&mut self, now: Millis, cursor: Option<&str>, result: &TransportResult) {
        if self.state != ListState::Reading || cursor != self.cursor.as_deref() {
            return;
        }
        let cloud = self.target().cloud;
        let through_proxy = self.reads.through_proxy();
        let page = match transport::classify_list(cloud, cursor, result, through_proxy) {
            // A page whose next cursor is its own would repeat for ever.
            Ok(page) if page.next.is_some() && page.next.as_deref() == cursor => {
                self.shifted = true;
                self.state = ListState::Stopped;
                return;
            }
            Ok(page) => page,
            Err(fault) => return self.reads.failed(now, fault, result),
        };
        self.reads.succeeded();
        self.shifted |= self.total.is_some() && page.total.is_some() && self.total != page.total;
        self.total = page.total.or(self.total);
        let before = Arc::clone(&self.instances);
        let places = before.iter().zip(0..).map(|(one, at)| (one.instance.id.as_str(), at));
        let places: HashMap<&str, usize> = places.collect();
        let instances = Arc::make_mut(&mut self.instances);
        let mut on_page = HashSet::new();
        for instance in page.instances {
            if !on_page.insert(instance.id.clone()) {
                self.shifted = true;
                continue;
            }
            let listed = Arc::new(ListedInstance::new(instance));
            if !self.query.matches(&listed) {
                continue;
            }
            let known = places.get(listed.instance.id.as_str()).copied();
            // The later page has the newer state.
            if let Some(known) = known.and_then(|at| instances.get_mut(at)) {
                self.shifted = true;
                *known = listed;
            } else {
                instances.push(listed);
            }
        }
        self.cursor = page.next;
        if self.cursor.is_none() {
            self.state = ListState::Whole;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clouds, model::outcome::Response};
    use serde_json::{Value, json};

    fn list(cloud: &str, region: &str, query: &str) -> InstanceList {
        let cloud = clouds::by_id(cloud).unwrap();
        let target = Target::new(cloud, None, region).unwrap();
        InstanceList::new(target, InstanceQuery::parse(query), true)
    }

    fn answer(body: &Value) -> TransportResult {
        TransportResult::Answered(Response {
            status: 200,
            headers: vec![("proxy-status".into(), "relight-proxy; received-status=200".into())],
            body: body.to_string(),
        })
    }

    /// A page of a Tencent fleet at an offset.
    fn tencent_page(fleet: &[&str], offset: usize) -> TransportResult {
        let set: Vec<Value> = fleet
            .iter()
            .skip(offset)
            .take(100)
            .map(|id| {
                json!({ "InstanceId": id, "InstanceName": "web", "InstanceState": "RUNNING",
                "PrivateIpAddresses": ["10.0.0.1"], "PublicIpAddresses": ["192.0.2.1"],
                "Tags": [{ "Key": "team", "Value": "web" }] })
            })
            .collect();
        answer(&json!({ "Response": { "RequestId": "8f1e5c1a-0000-0000-0000-000000000001",
            "TotalCount": fleet.len(), "InstanceSet": set } }))
    }

    /// Reads to the end and returns the requested cursors.
    fn read(
        list: &mut InstanceList,
        page: impl Fn(Option<&str>) -> TransportResult,
    ) -> Vec<Option<String>> {
        let mut now = 1_000;
        let mut cursors = Vec::new();
        loop {
            match list.next(now) {
                ListCommand::Read(cursor) => {
                    list.listed(now, cursor.as_deref(), &page(cursor.as_deref()));
                    cursors.push(cursor);
                }
                ListCommand::WakeAt(at) => now = at,
                ListCommand::Wait => unreachable!("every page is answered at once"),
                ListCommand::Done => return cursors,
            }
        }
    }

    fn offset(cursor: Option<&str>) -> usize {
        cursor.map_or(0, |cursor| cursor.parse().unwrap())
    }

    #[test]
    fn a_list_needs_the_fewest_calls_and_has_no_duplicates() {
        let ids: Vec<String> = (0..250).map(|number| format!("ins-{number:08}")).collect();
        let fleet: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut list = list("tencent", "ap-guangzhou", "");
        let cursors = read(&mut list, |cursor| tencent_page(&fleet, offset(cursor)));
        assert_eq!(cursors, [None, Some("100".into()), Some("200".into())]);
        assert!(list.is_whole() && !list.has_shifted());
        let read: Vec<&str> =
            list.instances().iter().map(|listed| listed.instance.id.as_str()).collect();
        assert_eq!(read, fleet);
        let first = &list.instances()[0].instance;
        assert_eq!(first.addresses, ["10.0.0.1", "192.0.2.1"]);
        assert_eq!(first.tags[0].value, "web");
    }

    #[test]
    fn a_list_that_changes_during_reading_is_reported() {
        let ids: Vec<String> = (0..201).map(|number| format!("ins-{number:08}")).collect();
        let fleet: Vec<&str> = ids.iter().map(String::as_str).collect();
        // One instance is released before the second page: the rest moves up, and one is missed.
        let mut gone = list("tencent", "ap-guangzhou", "");
        read(&mut gone, |cursor| match offset(cursor) {
            0 => tencent_page(&fleet, 0),
            offset => tencent_page(&fleet[1..], offset),
        });
        assert!(gone.has_shifted() && gone.is_whole());
        // One instance is created: the rest moves down, and one comes twice.
        let mut new = list("tencent", "ap-guangzhou", "");
        read(&mut new, |cursor| match offset(cursor) {
            0 => tencent_page(&fleet[1..], 0),
            offset => tencent_page(&fleet, offset),
        });
        assert!(new.has_shifted());
        assert_eq!(new.instances().len(), 200);
    }

    #[test]
    fn a_refused_page_ends_the_list_and_keeps_its_instances() {
        let ids: Vec<String> = (0..150).map(|number| format!("ins-{number:08}")).collect();
        let fleet: Vec<&str> = ids.iter().map(String::as_str).collect();
        let refused = answer(&json!({ "Response": {
            "Error": { "Code": "UnauthorizedOperation", "Message": "no" },
            "RequestId": "8f1e5c1a-0000-0000-0000-000000000001" } }));
        let mut list = list("tencent", "ap-guangzhou", "");
        let cursors = read(&mut list, |cursor| match offset(cursor) {
            0 => tencent_page(&fleet, 0),
            _ => refused.clone(),
        });
        assert_eq!(cursors.len(), 4, "the second page is tried three times");
        assert!(list.fault().is_some() && !list.is_whole() && !list.is_reading());
        assert_eq!(list.instances().len(), 100);
    }

    #[test]
    fn the_list_continues_after_a_throttled_window() {
        let page = |next: &str| {
            answer(&json!({ "RequestId": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E", "NextToken": next,
                "TotalCount": 1, "Instances": { "Instance": [{
                    "InstanceId": "i-bp1g6zv0ce8oghu7k2m4", "InstanceName": "web", "Status": "Running" }] } }))
        };
        let TransportResult::Answered(mut refused) = answer(&json!({
            "RequestId": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E", "HostId": "h",
            "Code": "Throttling.User", "Message": "Request was denied due to user flow control." }))
        else {
            unreachable!()
        };
        refused.status = 400;
        refused.headers = vec![
            ("proxy-status".into(), "relight-proxy; received-status=400".into()),
            ("date".into(), "Wed, 01 May 2024 08:00:41 GMT".into()),
        ];
        let refused = TransportResult::Answered(refused);
        let mut list = list("alibaba", "cn-hangzhou", "");
        let mut now = 1_714_550_441_000;
        assert_eq!(list.next(now), ListCommand::Read(None));
        list.listed(now, None, &refused);
        assert_eq!(list.next(now), ListCommand::WakeAt(now + 21_000));
        assert_eq!(list.throttled_until(), Some(now + 21_000));
        now += 21_000;
        assert_eq!(list.next(now), ListCommand::Read(None));
        list.listed(now, None, &page(""));
        assert!(list.is_whole() && list.throttled_until().is_none());
        let mut stopped = self::list("alibaba", "cn-hangzhou", "");
        assert_eq!(stopped.next(now), ListCommand::Read(None));
        stopped.listed(now, None, &refused);
        stopped.stop();
        assert_eq!(stopped.throttled_until(), None, "it waits for nothing");
    }

    #[test]
    fn a_page_with_its_own_cursor_ends_the_list() {
        let page = answer(&json!({ "RequestId": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E",
            "TotalCount": 300, "NextToken": "same",
            "Instances": { "Instance": [{ "InstanceId": "i-bp1g6zv0ce8oghu7k2m4",
                "InstanceName": "web", "Status": "Running" }] } }));
        let mut list = list("alibaba", "cn-hangzhou", "");
        let cursors = read(&mut list, |_| page.clone());
        assert_eq!(cursors, [None, Some("same".into())]);
        assert!(!list.is_whole() && list.has_shifted());
    }

    #[test]
    fn the_page_filters_what_the_cloud_does_not() {
        let fleet = ["ins-00000001", "ins-00000002"];
        let mut list = list("tencent", "ap-guangzhou", "ins-00000002 tag:team=web");
        read(&mut list, |cursor| tencent_page(&fleet, offset(cursor)));
        assert_eq!(list.instances().len(), 1);
        assert_eq!(list.total(), Some(2));
    }

    #[test]
    fn a_stopped_list_reads_and_accepts_nothing() {
        let ids: Vec<String> = (0..150).map(|number| format!("ins-{number:08}")).collect();
        let fleet: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut list = list("tencent", "ap-guangzhou", "");
        assert_eq!(list.next(1_000), ListCommand::Read(None));
        list.stop();
        list.listed(1_100, None, &tencent_page(&fleet, 0));
        assert_eq!(list.next(9_000), ListCommand::Done);
        assert!(list.instances().is_empty() && !list.is_whole());
    }
}
