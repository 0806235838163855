//! A name server on a loopback port that sends the clouds' names to the observed upstream.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use hickory_proto::{
    op::{Message, ResponseCode},
    rr::{self, RData, RecordType},
};

/// What a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// This address.
    Address(Ipv4Addr),
    /// There is no such name.
    NoSuchName,
}

/// A running name server. It ends when this is dropped.
pub struct NameServer {
    address: SocketAddr,
    names: Arc<Mutex<HashMap<String, Record>>>,
    default: Ipv4Addr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NameServer {
    /// Answers every name with `default`, on a free port of 127.0.0.1.
    pub fn start(default: Ipv4Addr) -> io::Result<Self> {
        Self::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), default)
    }

    /// The same on this address.
    pub fn start_on(address: SocketAddr, default: Ipv4Addr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_read_timeout(Some(STOP_POLL_INTERVAL))?;
        let address = socket.local_addr()?;
        let names = Arc::new(Mutex::new(HashMap::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (known, stopped) = (Arc::clone(&names), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let mut query = [0; 1500];
            while !stopped.load(Ordering::Relaxed) {
                let Ok((length, client)) = socket.recv_from(&mut query) else { continue };
                let find = |name: &str| {
                    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
                    known.get(name).copied().unwrap_or(Record::Address(default))
                };
                if let Some(answer) = query.get(..length).and_then(|query| answer(query, find)) {
                    // A client that went away is not our concern.
                    let _ = socket.send_to(&answer, client);
                }
            }
        });
        Ok(Self { address, names, default, stop, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it answers for this name.
    pub fn record(&self, name: &str) -> Record {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(name).copied().unwrap_or(Record::Address(self.default))
    }

    /// Sends this name elsewhere than the others.
    pub fn set(&self, name: &str, record: Record) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), record);
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

const STOP_POLL_INTERVAL: Duration = Duration::from_millis(100);
const TTL_S: u32 = 1;

/// The answer to a query with one question; `None` for anything else. Only addresses of version 4
/// are known: every other type is answered with nothing, which is not an error.
fn answer(query: &[u8], find: impl FnOnce(&str) -> Record) -> Option<Vec<u8>> {
    let query = Message::from_vec(query).ok()?;
    let [question] = query.queries.as_slice() else { return None };
    let mut answer = Message::response(query.metadata.id, query.metadata.op_code);
    answer.metadata.recursion_desired = query.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.add_query(question.clone());
    match find(question.name.to_lowercase().to_ascii().trim_end_matches('.')) {
        Record::NoSuchName => answer.metadata.response_code = ResponseCode::NXDomain,
        Record::Address(address) if question.query_type == RecordType::A => {
            let data = RData::A(address.into());
            answer.add_answer(rr::Record::from_rdata(question.name.clone(), TTL_S, data));
        }
        Record::Address(_) => {}
    }
    answer.to_vec().ok()
}

#[cfg(test)]
mod tests {
    use super::{Record, answer};
    use std::net::Ipv4Addr;

    const QUERY: &[u8] =
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03eCs\x07example\x00\x00\x01\x00\x01";

    #[test]
    fn a_name_has_the_address_that_was_set() {
        let address = Ipv4Addr::new(127, 77, 0, 9);
        let answer = answer(QUERY, |name| {
            assert_eq!(name, "ecs.example");
            Record::Address(address)
        });
        let answer = answer.unwrap();
        assert!(answer.starts_with(b"\x12\x34\x81\x80\x00\x01\x00\x01"));
        assert!(answer.ends_with(&address.octets()));
    }

    #[test]
    fn a_missing_name_is_reported_and_garbage_is_not_answered() {
        let missing = answer(QUERY, |_| Record::NoSuchName).unwrap();
        assert_eq!(missing[3] & 0x0f, 3);
        assert_eq!(answer(&QUERY[..20], |_| Record::NoSuchName), None);
        assert_eq!(answer(b"", |_| Record::NoSuchName), None);
    }
}
