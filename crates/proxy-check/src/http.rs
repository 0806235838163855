//! HTTP/1.1 messages as bytes: nothing is normalised, so that what arrived can be compared. Written by hand,
//! since httparse and hyper refuse the malformed heads and framings that proxies are tested with.

use std::io::{self, Read};

/// A request or an answer as it was read.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The request line or the status line.
    pub first_line: String,
    /// Names as sent; a name may repeat.
    pub headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// Head and body as they came, framing included.
    pub raw: Vec<u8>,
    /// Whether the body ended as its head announced.
    pub is_whole: bool,
}

impl Message {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| value.as_str())
    }

    /// Every header of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let same = move |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|(_, value)| value.as_str())
    }

    /// The status of an answer; 0 if there is none in the line.
    pub fn status(&self) -> u16 {
        let word = self.first_line.split(' ').nth(1);
        word.and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// Method and target of a request.
    pub fn method_and_target(&self) -> (&str, &str) {
        let mut words = self.first_line.split(' ');
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// Whether the sender says that this is the connection's last message.
    pub fn says_close(&self) -> bool {
        self.all("connection").any(|value| value.to_ascii_lowercase().contains("close"))
    }
}

/// Whose message is read, which decides where a body without a length ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A request: without a length it has no body.
    Request,
    /// An answer: without a length its body ends with the connection.
    Answer,
    /// An answer to `HEAD`: it has no body, whatever its headers.
    HeadAnswer,
}

/// Reads one message, whole or as far as it goes. `None` when the connection ended, or was silent
/// for too long, before a head was complete.
pub fn read(stream: &mut impl Read, side: Side) -> Option<Message> {
    let mut source = Source { stream, raw: Vec::new(), place: 0 };
    let mut message = loop {
        let message = read_head(&mut source)?;
        // A line of something else is no answer to a browser either.
        if side != Side::Request && !message.first_line.starts_with("HTTP/1.") {
            return None;
        }
        // `100 Continue` and its kind come before the answer.
        if side == Side::Request || !(100..200).contains(&message.status()) {
            break message;
        }
    };
    message.is_whole = read_body(&mut source, side, &mut message).is_some();
    message.raw = source.raw;
    Some(message)
}

struct Source<'a, S> {
    stream: &'a mut S,
    raw: Vec<u8>,
    place: usize,
}

impl<S: Read> Source<'_, S> {
    /// More bytes; `None` at the end, in silence and on errors.
    fn fill(&mut self) -> Option<()> {
        let mut chunk = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return None,
                Ok(length) => {
                    self.raw.extend(chunk.get(..length)?);
                    return Some(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    fn line(&mut self) -> Option<String> {
        loop {
            let rest = self.raw.get(self.place..)?;
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(rest.get(..end)?).into_owned();
                self.place += end + 1;
                return Some(line.trim_end_matches('\r').to_owned());
            }
            if rest.len() > MAX_LINE_BYTES {
                return None;
            }
            self.fill()?;
        }
    }

    fn take(&mut self, length: usize, into: &mut Vec<u8>) -> Option<()> {
        while self.raw.len() - self.place < length {
            if self.fill().is_none() {
                into.extend(self.raw.get(self.place..)?);
                self.place = self.raw.len();
                return None;
            }
        }
        into.extend(self.raw.get(self.place..self.place + length)?);
        self.place += length;
        Some(())
    }
}

const MAX_LINE_BYTES: usize = 256 * 1024;

fn read_head<S: Read>(source: &mut Source<'_, S>) -> Option<Message> {
    let mut message = Message { first_line: source.line()?, ..Message::default() };
    loop {
        let line = source.line()?;
        if line.is_empty() {
            return Some(message);
        }
        let (name, value) = line.split_once(':')?;
        message.headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn read_body<S: Read>(source: &mut Source<'_, S>, side: Side, message: &mut Message) -> Option<()> {
    let status = message.status();
    if side == Side::HeadAnswer || (side == Side::Answer && (status == 204 || status == 304)) {
        return Some(());
    }
    let is_chunked = message.all("transfer-encoding").any(|value| value.contains("chunked"));
    let length = message.header("content-length").map(str::parse);
    let mut body = Vec::new();
    let outcome = if is_chunked {
        read_chunks(source, &mut body)
    } else if let Some(length) = length {
        length.ok().and_then(|length| source.take(length, &mut body))
    } else if side == Side::Answer {
        while source.fill().is_some() {}
        source.take(source.raw.len() - source.place, &mut body)
    } else {
        Some(())
    };
    message.body = body;
    outcome
}

fn read_chunks<S: Read>(source: &mut Source<'_, S>, body: &mut Vec<u8>) -> Option<()> {
    loop {
        let line = source.line()?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            while !source.line()?.is_empty() {}
            return Some(());
        }
        source.take(size, body)?;
        source.line()?;
    }
}

#[cfg(test)]
mod tests {
    use super::{Side, read};

    #[test]
    fn lengths_chunks_and_truncation_are_distinguished() {
        let mut whole: &[u8] =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let message = read(&mut whole, Side::Answer).unwrap();
        assert_eq!(
            (message.status(), message.body.as_slice(), message.is_whole),
            (200, &b"ok"[..], true)
        );
        let mut cut: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok";
        let message = read(&mut cut, Side::Answer).unwrap();
        assert_eq!((message.body.as_slice(), message.is_whole), (&b"ok"[..], false));
        let mut chunks: &[u8] =
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        let message = read(&mut chunks, Side::Request).unwrap();
        assert_eq!((message.body.as_slice(), message.is_whole), (&b"ok"[..], true));
        let mut half: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Le";
        assert!(read(&mut half, Side::Answer).is_none());
    }
}
