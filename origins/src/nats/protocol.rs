//! The lines of NATS: what a client writes, and what it reads.

use bytes::{Buf, Bytes, BytesMut};
use serde::Deserialize;

use crate::broker::{BrokerFault, MAX_BODY};

/// The longest line of a server: `INFO` with a cluster's addresses.
const MAX_LINE: usize = 64 << 10;
/// The longest message. Header lines come beside its body.
const MAX_PAYLOAD: usize = MAX_BODY + MAX_LINE;

/// The first line of a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Info {
    /// The longest payload that it takes.
    #[serde(default = "unlimited")]
    pub max_payload: usize,
    /// Whether it knows header lines.
    #[serde(default)]
    pub headers: bool,
    /// Whether it wants TLS, which starts after this line.
    #[serde(default)]
    pub tls_required: bool,
    /// Whether it speaks TLS.
    #[serde(default)]
    pub tls_available: bool,
}

const fn unlimited() -> usize {
    usize::MAX
}

/// What a server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerOp {
    Info(Info),
    Ping,
    Pong,
    Ok,
    Error(String),
    /// A message: its header block (empty without headers), its payload.
    Message {
        header: Bytes,
        payload: Bytes,
    },
}

/// Reads what a server says.
#[derive(Debug, Default)]
pub struct Reader {
    /// A message whose payload isn't there: the bytes of its header block, and of all.
    pending: Option<(usize, usize)>,
}

// === impl Info ===

impl Info {
    /// Whether the server and this client agree on TLS.
    ///
    /// # Errors
    /// One wants it, the other doesn't.
    pub fn check_tls(&self, is_wanted: bool) -> Result<(), BrokerFault> {
        match (is_wanted, self.tls_required || self.tls_available) {
            (true, false) => Err(BrokerFault::Refused("it speaks no TLS, which tls:// asks for".to_owned())),
            (false, _) if self.tls_required => {
                Err(BrokerFault::Refused("it requires TLS: use tls:// for its address".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

// === impl Reader ===

impl Reader {
    /// Takes one operation from the start of `input`; `None` if it isn't complete.
    ///
    /// # Errors
    /// What comes isn't NATS, or is too long.
    pub fn read(&mut self, input: &mut BytesMut) -> Result<Option<ServerOp>, BrokerFault> {
        if self.pending.is_none() {
            let Some(end) = input.iter().take(MAX_LINE).position(|byte| *byte == b'\n') else {
                return if input.len() >= MAX_LINE { Err(malformed("a line is too long")) } else { Ok(None) };
            };
            let line = input.split_to(end + 1).freeze();
            let line = std::str::from_utf8(&line).map_err(|_| malformed("a line isn't UTF-8"))?.trim_end();
            match self.line(line)? {
                Some(op) => return Ok(Some(op)),
                None => return self.read(input),
            }
        }
        let Some((header, total)) = self.pending.filter(|(_, total)| input.len() >= total + 2) else {
            return Ok(None);
        };
        self.pending = None;
        let header = input.split_to(header).freeze();
        let payload = input.split_to(total - header.len()).freeze();
        if !input.starts_with(b"\r\n") {
            return Err(malformed("a payload is longer than its size"));
        }
        input.advance(2);
        Ok(Some(ServerOp::Message { header, payload }))
    }

    /// The operation of a line; `None` if a payload follows.
    fn line(&mut self, line: &str) -> Result<Option<ServerOp>, BrokerFault> {
        let (name, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let words: Vec<_> = rest.split_ascii_whitespace().collect();
        let size = |word: &str| {
            word.parse()
                .ok()
                .filter(|size| *size <= MAX_PAYLOAD)
                .ok_or_else(|| malformed("a payload has no size, or is too long"))
        };
        Ok(Some(match (&*name.to_ascii_uppercase(), &*words) {
            ("INFO", _) => {
                ServerOp::Info(serde_json::from_str(rest).map_err(|_| malformed("INFO isn't JSON"))?)
            }
            ("PING", []) => ServerOp::Ping,
            ("PONG", []) => ServerOp::Pong,
            ("+OK", []) => ServerOp::Ok,
            ("-ERR", _) => ServerOp::Error(rest.trim_matches('\'').to_owned()),
            // Subject, subscription, where to reply, sizes.
            ("MSG", [_, _, total] | [_, _, _, total]) => return self.expect(0, size(total)?),
            ("HMSG", [_, _, header, total] | [_, _, _, header, total]) => {
                return self.expect(size(header)?, size(total)?);
            }
            _ => return Err(malformed("an unknown operation")),
        }))
    }

    fn expect(&mut self, header: usize, total: usize) -> Result<Option<ServerOp>, BrokerFault> {
        if header > total {
            return Err(malformed("a header is longer than its message"));
        }
        self.pending = Some((header, total));
        Ok(None)
    }
}

/// The server breaks the protocol.
pub const fn malformed(what: &'static str) -> BrokerFault {
    BrokerFault::Protocol { protocol: "NATS", what }
}

/// The start of a `PUB`, or of an `HPUB` if there are header lines (names and values without line breaks), up to its payload; and
/// the bytes that count as its size.
#[must_use]
pub fn publish(subject: &str, lines: &[(String, String)], payload: usize) -> (String, usize) {
    if lines.is_empty() {
        return (format!("PUB {subject} {payload}\r\n"), payload);
    }
    let mut header = "NATS/1.0\r\n".to_owned();
    for (name, value) in lines {
        header.extend([name, ": ", value, "\r\n"]);
    }
    header.push_str("\r\n");
    let size = header.len() + payload;
    (format!("HPUB {subject} {} {size}\r\n{header}", header.len()), size)
}

/// The lines of a header block; one that is malformed is left out, as are the status and what comes after it.
#[must_use]
pub fn lines(header: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(header);
    let lines = text.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All operations of bytes that come in parts of these sizes.
    fn read(bytes: &[u8], sizes: &[usize]) -> Result<Vec<ServerOp>, BrokerFault> {
        let (mut reader, mut input, mut ops, mut rest) =
            (Reader::default(), BytesMut::new(), Vec::new(), bytes);
        for size in sizes.iter().cycle() {
            while let Some(op) = reader.read(&mut input)? {
                ops.push(op);
            }
            if rest.is_empty() {
                break;
            }
            let (part, after) = rest.split_at((*size).clamp(1, rest.len()));
            input.extend_from_slice(part);
            rest = after;
        }
        Ok(ops)
    }

    fn message(header: &'static str, payload: &'static str) -> ServerOp {
        ServerOp::Message { header: Bytes::from(header), payload: Bytes::from(payload) }
    }

    const SESSION: &[u8] = b"INFO {\"server_id\":\"x\",\"max_payload\":1048576,\"headers\":true} \r\n+OK\r\nPING\r\nping\n\
        MSG a.b 1 5\r\nhe\r\nl\r\nMSG a 1 _INBOX.x 0\r\n\r\nHMSG a 1 23 25\r\nNATS/1.0\r\nA: b\r\nC: \r\n\r\nhi\r\nPONG\r\n-ERR 'Authorization Violation'\r\n";

    #[test]
    fn a_session_is_read_in_any_parts() {
        let info = Info { max_payload: 1 << 20, headers: true, tls_required: false, tls_available: false };
        let expected = [
            ServerOp::Info(info),
            ServerOp::Ok,
            ServerOp::Ping,
            ServerOp::Ping,
            message("", "he\r\nl"),
            message("", ""),
            message("NATS/1.0\r\nA: b\r\nC: \r\n\r\n", "hi"),
            ServerOp::Pong,
            ServerOp::Error("Authorization Violation".to_owned()),
        ];
        for size in [1, 2, 3, 7, 1000] {
            assert_eq!(read(SESSION, &[size]).unwrap(), expected, "{size}");
        }
        let lines = lines(b"NATS/1.0\r\nA: b\r\nC: \r\n\r\n");
        assert_eq!(lines, [("A".to_owned(), "b".to_owned()), ("C".to_owned(), String::new())]);
    }

    #[test]
    fn what_is_not_nats_is_refused() {
        for text in [
            "HTTP/1.1 400 Bad\r\n",
            "INFO x\r\n",
            "MSG a 1 -1\r\n",
            "MSG a 1 99999999999\r\n",
            "MSG a 1 1\r\nabc",
            "HMSG a 1 3 2\r\n",
            "PONG 1\r\n",
            "\u{ff}\r\n",
        ] {
            assert!(matches!(read(text.as_bytes(), &[100]), Err(BrokerFault::Protocol { .. })), "{text}");
        }
        assert!(read(&vec![b'x'; MAX_LINE], &[1000]).is_err());
    }

    #[test]
    fn publishes_announce_their_size() {
        assert_eq!(publish("a.b", &[], 2), ("PUB a.b 2\r\n".to_owned(), 2));
        let line = ("A".to_owned(), "b".to_owned());
        assert_eq!(publish("a", &[line], 2), ("HPUB a 18 20\r\nNATS/1.0\r\nA: b\r\n\r\n".to_owned(), 20));
    }

    #[test]
    fn tls_is_wanted_on_both_sides() {
        let info =
            |tls_required, tls_available| Info { max_payload: 1, headers: true, tls_required, tls_available };
        assert!(info(false, false).check_tls(true).is_err());
        assert!(info(true, false).check_tls(false).is_err());
        assert_eq!(info(true, false).check_tls(true), Ok(()));
        assert_eq!(info(false, true).check_tls(true), Ok(()));
        assert_eq!(info(false, true).check_tls(false), Ok(()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop::sample::select(b"MSGHPINO -+ER0129\r\n{}'".to_vec()), 0..120), sizes in prop::collection::vec(1usize..20, 1..4)) {
            prop_assert_eq!(read(&bytes, &[1]), read(&bytes, &sizes));
        }
    }
}
