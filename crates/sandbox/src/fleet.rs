//! Instances, their states, and the fleet that is there without a file.

use std::collections::{HashMap, VecDeque};

use serde_json::{Value, json};

use crate::{cloud::Cloud, text::scatter, time};

/// The state of an instance. Each cloud has its own words, and not every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Pending,
    LaunchFailed,
    Starting,
    Running,
    Rebooting,
    Stopping,
    Stopped,
    /// In the recycle bin.
    Recycled,
    Terminating,
    EnteringRescue,
    Rescue,
    LeavingRescue,
    EnteringMigration,
    Migrating,
    LeavingMigration,
    Freezing,
    Rebuilding,
    Imaging,
    Resizing,
}

/// The words of each cloud, from the vendors' enumerations.
const WORDS: &[(Cloud, State, &str)] = &[
    (Cloud::Alibaba, State::Pending, "Pending"),
    (Cloud::Alibaba, State::Starting, "Starting"),
    (Cloud::Alibaba, State::Running, "Running"),
    (Cloud::Alibaba, State::Stopping, "Stopping"),
    (Cloud::Alibaba, State::Stopped, "Stopped"),
    (Cloud::Tencent, State::Pending, "PENDING"),
    (Cloud::Tencent, State::LaunchFailed, "LAUNCH_FAILED"),
    (Cloud::Tencent, State::Starting, "STARTING"),
    (Cloud::Tencent, State::Running, "RUNNING"),
    (Cloud::Tencent, State::Rebooting, "REBOOTING"),
    (Cloud::Tencent, State::Stopping, "STOPPING"),
    (Cloud::Tencent, State::Stopped, "STOPPED"),
    (Cloud::Tencent, State::Recycled, "SHUTDOWN"),
    (Cloud::Tencent, State::Terminating, "TERMINATING"),
    (Cloud::Tencent, State::EnteringRescue, "ENTER_RESCUE_MODE"),
    (Cloud::Tencent, State::Rescue, "RESCUE_MODE"),
    (Cloud::Tencent, State::LeavingRescue, "EXIT_RESCUE_MODE"),
    (Cloud::Tencent, State::EnteringMigration, "ENTER_SERVICE_LIVE_MIGRATE"),
    (Cloud::Tencent, State::Migrating, "SERVICE_LIVE_MIGRATE"),
    (Cloud::Tencent, State::LeavingMigration, "EXIT_SERVICE_LIVE_MIGRATE"),
    (Cloud::Tencent, State::Freezing, "FREEZING"),
    (Cloud::Zenlayer, State::Pending, "DEPLOYING"),
    (Cloud::Zenlayer, State::LaunchFailed, "CREATE_FAILED"),
    (Cloud::Zenlayer, State::Starting, "BOOTING"),
    (Cloud::Zenlayer, State::Running, "RUNNING"),
    (Cloud::Zenlayer, State::Rebooting, "REBOOT"),
    (Cloud::Zenlayer, State::Stopping, "STOPPING"),
    (Cloud::Zenlayer, State::Stopped, "STOPPED"),
    (Cloud::Zenlayer, State::Recycled, "RECYCLE"),
    (Cloud::Zenlayer, State::Terminating, "RELEASING"),
    (Cloud::Zenlayer, State::Rebuilding, "REBUILDING"),
    (Cloud::Zenlayer, State::Imaging, "IMAGING"),
    (Cloud::Zenlayer, State::Resizing, "RESIZING"),
];

impl State {
    /// The cloud's word for this state; the word for running where the cloud has no such state.
    pub fn word(self, cloud: Cloud) -> &'static str {
        let word = |state| {
            WORDS
                .iter()
                .find(|(of, have, _)| *of == cloud && *have == state)
                .map(|(_, _, word)| *word)
        };
        word(self).or_else(|| word(Self::Running)).unwrap_or_default()
    }

    /// The state of a cloud's word, in any case.
    pub fn parse(cloud: Cloud, word: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|(of, _, text)| *of == cloud && text.eq_ignore_ascii_case(word))
            .map(|(_, state, _)| *state)
    }
}

/// A state that an instance will take at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    at_ms: i64,
    state: State,
}

/// What was last asked of an instance, and under which request id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestOperation {
    pub operation: String,
    pub request_id: String,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub cloud: Cloud,
    pub region: String,
    pub zone: String,
    pub id: String,
    pub name: String,
    pub private_ip: String,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
    pub state: State,
    /// The error code that every power operation on this instance gets, if there is one.
    pub error_code: Option<String>,
    /// How often it was really rebooted, started and stopped.
    pub reboots: u32,
    pub starts: u32,
    pub stops: u32,
    /// When it last began to run, in Unix milliseconds.
    pub started_ms: i64,
    pub latest: Option<LatestOperation>,
    steps: VecDeque<Step>,
}

impl Instance {
    /// Whether it has a tag of this key, and of this value if one is given.
    pub fn is_tagged(&self, key: &str, value: Option<&str>) -> bool {
        self.tags.iter().any(|(own, of)| own == key && value.is_none_or(|value| of == value))
    }

    /// Whether a transition is under way.
    pub fn is_moving(&self) -> bool {
        !self.steps.is_empty()
    }

    /// What `/sandbox/instances` says of it.
    pub fn to_json(&self) -> Value {
        json!({
            "cloud": self.cloud.name(),
            "region": self.region,
            "zone": self.zone,
            "instanceId": self.id,
            "name": self.name,
            "privateIp": self.private_ip,
            "state": self.state.word(self.cloud),
            "errorCode": self.error_code,
            "reboots": self.reboots,
            "starts": self.starts,
            "stops": self.stops,
            "startTime": time::iso(self.started_ms.div_euclid(1_000)),
        })
    }

    /// Takes the state `now` and the following states after so many milliseconds each.
    pub(crate) fn go(&mut self, now: State, then: &[(i64, State)], now_ms: i64) {
        self.state = now;
        let mut at_ms = now_ms;
        self.steps = then
            .iter()
            .map(|&(after_ms, state)| {
                at_ms = at_ms.saturating_add(after_ms);
                Step { at_ms, state }
            })
            .collect();
    }

    fn advance(&mut self, now_ms: i64) {
        while let Some(step) = self.steps.front().copied().filter(|step| step.at_ms <= now_ms) {
            self.steps.pop_front();
            self.state = step.state;
            if step.state == State::Running {
                self.started_ms = step.at_ms;
            }
        }
    }
}

/// All instances of all clouds, in a fixed order.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    instances: Vec<Instance>,
    places: HashMap<(Cloud, String), usize>,
}

impl Fleet {
    /// A fleet of these instances; of two with one id, the later counts.
    pub fn new(instances: Vec<Instance>) -> Self {
        let places = instances
            .iter()
            .enumerate()
            .map(|(place, instance)| ((instance.cloud, instance.id.clone()), place))
            .collect();
        Self { instances, places }
    }

    /// The fleet that is there without a file: 300 instances of each cloud.
    pub fn standard() -> Self {
        Self::new(Cloud::ALL.into_iter().flat_map(standard_of).collect())
    }

    /// Reads a JSON array of `{cloud, region, instanceId, name, state}`, with `zone`, `privateIp`
    /// and, optionally, `errorCode` (an error code). The error says which entry is wrong and why.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| format!("the fleet is not JSON: {error}"))?;
        let list = value.as_array().ok_or("the fleet is not a JSON array")?;
        let read = |(place, entry): (usize, &Value)| {
            read_entry(place, entry).map_err(|error| format!("fleet entry {}: {error}", place + 1))
        };
        Ok(Self::new(list.iter().enumerate().map(read).collect::<Result<_, String>>()?))
    }

    /// Every instance.
    pub fn all(&self) -> &[Instance] {
        &self.instances
    }

    /// One instance of a cloud.
    pub fn find(&self, cloud: Cloud, id: &str) -> Option<&Instance> {
        self.instances.get(*self.places.get(&(cloud, id.to_owned()))?)
    }

    pub(crate) fn find_mut(&mut self, cloud: Cloud, id: &str) -> Option<&mut Instance> {
        self.instances.get_mut(*self.places.get(&(cloud, id.to_owned()))?)
    }

    /// Lets every transition happen that is due.
    pub(crate) fn advance(&mut self, now_ms: i64) {
        for instance in self.instances.iter_mut().filter(|instance| instance.is_moving()) {
            instance.advance(now_ms);
        }
    }

    /// The regions of a cloud, in order of appearance.
    pub(crate) fn regions(&self, cloud: Cloud) -> Vec<String> {
        self.distinct(cloud, |instance| &instance.region)
    }

    /// Zones and their regions, in order of appearance.
    pub(crate) fn zones(&self, cloud: Cloud) -> Vec<(String, String)> {
        let mut zones: Vec<(String, String)> = Vec::new();
        for instance in self.instances.iter().filter(|instance| instance.cloud == cloud) {
            if !zones.iter().any(|(zone, _)| *zone == instance.zone) {
                zones.push((instance.zone.clone(), instance.region.clone()));
            }
        }
        zones
    }

    fn distinct(&self, cloud: Cloud, field: impl Fn(&Instance) -> &String) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for instance in self.instances.iter().filter(|instance| instance.cloud == cloud) {
            if !values.contains(field(instance)) {
                values.push(field(instance).clone());
            }
        }
        values
    }
}

fn read_entry(place: usize, entry: &Value) -> Result<Instance, String> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let need = |name: &str| text(name).ok_or_else(|| format!("{name} is missing or no text"));
    let cloud = need("cloud")?;
    let cloud = Cloud::parse(cloud).ok_or_else(|| format!("no cloud is called {cloud:?}"))?;
    let state = need("state")?;
    let state = State::parse(cloud, state)
        .ok_or_else(|| format!("{} has no state {state:?}", cloud.name()))?;
    let region = need("region")?.to_owned();
    let zone = text("zone").map_or_else(|| default_zone(cloud, &region), str::to_owned);
    let private_ip = text("privateIp").map_or_else(|| address(cloud, place), str::to_owned);
    let tags = entry.get("tags").and_then(Value::as_object).into_iter().flatten();
    let tags = tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    Ok(Instance {
        cloud,
        zone,
        private_ip,
        tags: tags.collect(),
        state,
        id: need("instanceId")?.to_owned(),
        name: need("name")?.to_owned(),
        error_code: text("errorCode").map(str::to_owned),
        region,
        reboots: 0,
        starts: 0,
        stops: 0,
        started_ms: FIRST_START_MS,
        latest: None,
        steps: VecDeque::new(),
    })
}

/// The standard fleet began to run on 2026-01-05 at 06:30 UTC.
const FIRST_START_MS: i64 = 1_767_594_600_000;

const FLEET_SIZE: usize = 300;

/// Regions and, for Alibaba, the characters with which ids of the region begin.
fn standard_regions(cloud: Cloud) -> &'static [(&'static str, &'static str)] {
    match cloud {
        Cloud::Alibaba => &[
            ("cn-hangzhou", "bp1"),
            ("cn-beijing", "2ze"),
            ("cn-shanghai", "uf6"),
            ("cn-shenzhen", "wz9"),
            ("ap-southeast-1", "t4n"),
            ("eu-central-1", "gw8"),
        ],
        Cloud::Tencent => &[
            ("ap-guangzhou", ""),
            ("ap-shanghai", ""),
            ("ap-beijing", ""),
            ("ap-singapore", ""),
            ("ap-tokyo", ""),
            ("eu-frankfurt", ""),
        ],
        Cloud::Zenlayer => &[
            ("asia-east-1", ""),
            ("asia-southeast-1", ""),
            ("europe-central-1", ""),
            ("na-west-1", ""),
            ("na-east-1", ""),
        ],
    }
}

const ROLES: [&str; 12] = [
    "web-front",
    "ledger",
    "checkout-api",
    "search",
    "queue",
    "cache",
    "report",
    "billing",
    "auth",
    "media",
    "batch",
    "metrics",
];

/// Errors of the standard fleet, one instance of each region: index in the region, state, code.
fn standard_errors(cloud: Cloud) -> &'static [(usize, State, Option<&'static str>)] {
    match cloud {
        Cloud::Alibaba => &[
            (10, State::Running, Some("InstanceLockedForSecurity")),
            (11, State::Running, Some("InstanceExpiredOrInArrears")),
            (12, State::Stopped, Some("InstanceExpired")),
            (13, State::Stopping, None),
            (14, State::Pending, None),
            (15, State::Stopped, Some("OperationDenied.NoStock")),
        ],
        Cloud::Tencent => &[
            (10, State::Recycled, None),
            (11, State::Rescue, None),
            (12, State::Stopping, None),
            (13, State::Running, Some("UnsupportedOperation.InstanceStateCorrupted")),
            (14, State::Pending, None),
            (15, State::Migrating, None),
            (16, State::Freezing, None),
        ],
        Cloud::Zenlayer => &[
            (10, State::Recycled, None),
            (11, State::Running, Some(crate::errors::LISTED_AS_FAILED)),
            (12, State::Stopping, None),
            (13, State::Pending, None),
            (14, State::Imaging, None),
        ],
    }
}

fn standard_of(cloud: Cloud) -> impl Iterator<Item = Instance> {
    let regions = standard_regions(cloud);
    let size = FLEET_SIZE / regions.len();
    (0..FLEET_SIZE).map(move |place| {
        let (region, mark) = regions[(place / size).min(regions.len() - 1)];
        let inside = place % size;
        let error_code = standard_errors(cloud).iter().find(|(at, _, _)| *at == inside);
        // Places 5 to 8 of each region are switched off.
        let (state, error_code) = match error_code {
            Some(&(_, state, code)) => (state, code),
            None if (5..9).contains(&inside) => (State::Stopped, None),
            None => (State::Running, None),
        };
        let role = ROLES[inside % ROLES.len()];
        let zone_letter = u8::from(inside % 3 == 2);
        Instance {
            cloud,
            region: region.to_owned(),
            zone: zone(cloud, region, zone_letter),
            id: id(cloud, mark, place),
            name: format!("{role}-{:02}", inside / ROLES.len() + 1),
            private_ip: address(cloud, place),
            tags: vec![
                ("team".to_owned(), role.split('-').next().unwrap_or(role).to_owned()),
                ("env".to_owned(), if inside % 5 == 4 { "test" } else { "prod" }.to_owned()),
            ],
            state,
            error_code: error_code.map(str::to_owned),
            reboots: 0,
            starts: 0,
            stops: 0,
            started_ms: FIRST_START_MS + i64::try_from(inside).unwrap_or_default() * 3_600_000,
            latest: None,
            steps: VecDeque::new(),
        }
    })
}

fn default_zone(cloud: Cloud, region: &str) -> String {
    zone(cloud, region, 0)
}

fn zone(cloud: Cloud, region: &str, number: u8) -> String {
    let letter = char::from(b'a' + number);
    match cloud {
        Cloud::Alibaba if region.starts_with("cn-") => {
            format!("{region}-{}", char::from(b'h' + number))
        }
        Cloud::Alibaba | Cloud::Zenlayer => format!("{region}{letter}"),
        Cloud::Tencent => format!("{region}-{}", number + 3),
    }
}

fn address(cloud: Cloud, place: usize) -> String {
    let net = match cloud {
        Cloud::Alibaba => "172.16",
        Cloud::Tencent => "10.0",
        Cloud::Zenlayer => "10.64",
    };
    format!("{net}.{}.{}", place / 200, place % 200 + 10)
}

/// An id in the strict grammar of the cloud; the last three characters are the place in the fleet,
/// so that no two are alike.
fn id(cloud: Cloud, mark: &str, place: usize) -> String {
    let letters = |seed: u64, count: usize| -> String {
        let alphabet = b"0123456789abcdefghijklmnopqrstuvwxyz";
        (0..count)
            .map(|at| {
                let word = scatter(seed.wrapping_mul(64).wrapping_add(at as u64));
                char::from(alphabet[usize::try_from(word % 36).unwrap_or_default()])
            })
            .collect()
    };
    let seed = place as u64;
    match cloud {
        Cloud::Alibaba => format!("i-{mark}{}{place:03}", letters(seed + 1_000, 14)),
        Cloud::Tencent => format!("ins-{}{place:03}", letters(seed + 2_000, 5)),
        Cloud::Zenlayer => {
            format!("16{:014}{place:03}", scatter(seed + 3_000) % 100_000_000_000_000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fleet, State};
    use crate::cloud::Cloud;

    #[test]
    fn the_standard_fleet_is_what_the_readme_says() {
        let fleet = Fleet::standard();
        for cloud in Cloud::ALL {
            let of: Vec<_> = fleet.all().iter().filter(|one| one.cloud == cloud).collect();
            assert_eq!(of.len(), 300);
            let stopped =
                of.iter().filter(|one| one.state == State::Stopped && one.error_code.is_none());
            assert!((20..=24).contains(&stopped.count()));
            let running =
                of.iter().filter(|one| one.state == State::Running && one.error_code.is_none());
            assert!(running.count() > 230);
            for one in of {
                let tail = match cloud {
                    Cloud::Alibaba => one.id.strip_prefix("i-").filter(|tail| tail.len() == 20),
                    Cloud::Tencent => one.id.strip_prefix("ins-").filter(|tail| tail.len() == 8),
                    Cloud::Zenlayer => Some(one.id.as_str()).filter(|id| id.len() == 19),
                };
                let tail = tail.expect("the strict grammar");
                assert!(
                    tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                );
                assert!(std::ptr::eq(fleet.find(cloud, &one.id).expect("its own id"), one));
            }
        }
    }

    #[test]
    fn a_fleet_file_says_what_is_wrong() {
        let one =
            r#"[{"cloud":"zenlayer","region":"r","instanceId":"1","name":"n","state":"running"}]"#;
        assert_eq!(Fleet::from_json(one).map(|fleet| fleet.all().len()), Ok(1));
        let wrong = one.replace("running", "Rebooting");
        assert_eq!(
            Fleet::from_json(&wrong).err().as_deref(),
            Some("fleet entry 1: zenlayer has no state \"Rebooting\"")
        );
        assert!(Fleet::from_json("{}").is_err());
    }

    #[test]
    fn states_move_when_their_time_has_come() {
        let mut fleet = Fleet::standard();
        let id = fleet.all()[0].id.clone();
        let one = fleet.find_mut(Cloud::Alibaba, &id).expect("there");
        one.go(State::Stopping, &[(10, State::Starting), (20, State::Running)], 100);
        let mut at = |now_ms| {
            fleet.advance(now_ms);
            fleet.find(Cloud::Alibaba, &id).map(|one| one.state)
        };
        assert_eq!(at(109), Some(State::Stopping));
        assert_eq!(at(110), Some(State::Starting));
        assert_eq!(at(130), Some(State::Running));
    }
}
