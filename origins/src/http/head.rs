//! Reads response heads: status, lines, and how the body is framed.

use bytes::{Buf, Bytes, BytesMut};

use super::HttpFault;
use super::body::Framing;

/// The longest head, in bytes. Servers write 8 KB at most by default; the runtime allows 128 KB of lines.
pub const MAX_HEAD: usize = 256 << 10;

/// The most lines of a head.
pub const MAX_LINES: usize = 1000;

/// The most `1xx` responses before the response proper, as in Go.
pub const MAX_INFORMATIONAL: usize = 5;

/// A response head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 200 to 999.
    pub status: u16,
    /// Names and values in their order. A value is any bytes but line breaks.
    pub lines: Vec<(String, Vec<u8>)>,
    /// How the body is framed.
    pub framing: Framing,
}

/// Finds the end of a head and parses it there, once: a head that comes byte by byte costs no more than one that comes whole.
#[derive(Debug)]
pub struct HeadReader {
    /// The response is to a `HEAD` request, so no body follows.
    is_head_request: bool,
    informational: usize,
    /// Line breaks before the head, which are skipped.
    blank: usize,
    /// The first byte that wasn't searched for the end of the head.
    searched: usize,
}

// === impl HeadReader ===

impl HeadReader {
    /// A reader of the response to a request of this method.
    #[must_use]
    pub fn new(method: &str) -> Self {
        Self { is_head_request: method == "HEAD", informational: 0, blank: 0, searched: 0 }
    }

    /// Takes a head from the start of `input`; `None` if it isn't complete.
    ///
    /// # Errors
    /// What comes can't be a response head, or is too long for one.
    pub fn read(&mut self, input: &mut BytesMut) -> Result<Option<Head>, HttpFault> {
        loop {
            if self.searched == 0 {
                let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                self.blank += blank;
                input.advance(blank);
            }
            let Some(end) = self.end(input) else {
                return if input.len() > MAX_HEAD || self.blank > MAX_HEAD {
                    Err(HttpFault::HeadTooLong)
                } else {
                    Ok(None)
                };
            };
            if end > MAX_HEAD {
                return Err(HttpFault::HeadTooLong);
            }
            self.searched = 0;
            let bytes = input.split_to(end).freeze();
            let head = parse(&bytes, self.is_head_request)?;
            match head.status {
                101 => return Err(HttpFault::Switched),
                100..200 if self.informational == MAX_INFORMATIONAL => return Err(HttpFault::Informational),
                100..200 => self.informational += 1,
                _ => return Ok(Some(head)),
            }
        }
    }

    /// The position after the empty line that ends a head.
    fn end(&mut self, input: &[u8]) -> Option<usize> {
        let from = self.searched;
        for (offset, _) in input[from..].iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            let at = from + offset;
            self.searched = at + 1;
            // A line break right after one is an empty line.
            if input[..at].ends_with(b"\n") || input[..at].ends_with(b"\n\r") {
                return Some(at + 1);
            }
        }
        self.searched = input.len();
        None
    }
}

fn parse(bytes: &Bytes, is_head_request: bool) -> Result<Head, HttpFault> {
    // As Go reads them: folded lines, blanks before the colon.
    let mut config = httparse::ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    config.allow_spaces_after_header_name_in_responses(true);
    let mut lines = vec![httparse::EMPTY_HEADER; 64];
    loop {
        let mut response = httparse::Response::new(&mut lines);
        match config.parse_response(&mut response, bytes) {
            Ok(httparse::Status::Complete(_)) => return head(&response, is_head_request),
            Ok(httparse::Status::Partial) => {
                return Err(HttpFault::Malformed("the head is incomplete".to_owned()));
            }
            Err(httparse::Error::TooManyHeaders) if lines.len() < MAX_LINES => {
                lines = vec![httparse::EMPTY_HEADER; MAX_LINES]
            }
            Err(httparse::Error::TooManyHeaders) => return Err(HttpFault::HeadTooLong),
            Err(error) => return Err(HttpFault::Malformed(error.to_string())),
        }
    }
}

fn head(response: &httparse::Response<'_, '_>, is_head_request: bool) -> Result<Head, HttpFault> {
    let status = response.code.unwrap_or_default();
    if status < 100 {
        return Err(HttpFault::Malformed(format!("the status {status} is below 100")));
    }
    let lines: Vec<_> =
        response.headers.iter().map(|line| (line.name.to_owned(), unfolded(line.value))).collect();
    let framing = match status {
        _ if is_head_request => Framing::None,
        100..200 | 204 | 304 => Framing::None,
        _ => framing(&lines)?,
    };
    Ok(Head { status, lines, framing })
}

/// A value that was folded over several lines, on one.
fn unfolded(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\n') {
        return value.to_vec();
    }
    let parts = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(&b' ')
}

/// Which of the three framings the lines announce; `chunked` wins over a length, as RFC 9112 and Go have it.
fn framing(lines: &[(String, Vec<u8>)]) -> Result<Framing, HttpFault> {
    let values = |wanted: &'static str| {
        lines
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim_ascii())
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let mut codings = values("transfer-encoding");
    if let Some(coding) = codings.next() {
        let is_single = codings.next().is_none();
        return match is_single && coding.eq_ignore_ascii_case(b"chunked") {
            true => Ok(Framing::chunked()),
            false => Err(HttpFault::TransferEncoding(text(coding))),
        };
    }
    let mut length = None;
    for value in
        values("content-length").flat_map(|value| value.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
    {
        let digits =
            std::str::from_utf8(value).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse::<u64>().ok());
        match (number, length) {
            (Some(number), None) => length = Some(number),
            (Some(number), Some(other)) if number == other => {}
            _ => return Err(HttpFault::ContentLength(text(value))),
        }
    }
    Ok(length.map_or(Framing::UntilClose, Framing::Sized))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &str, text: &str) -> Result<Option<Head>, HttpFault> {
        HeadReader::new(method).read(&mut BytesMut::from(text))
    }

    fn framing_of(method: &str, head: &str) -> Result<Framing, HttpFault> {
        Ok(read(method, &format!("HTTP/1.1 {head}\r\n\r\n"))?.unwrap().framing)
    }

    #[test]
    fn heads_are_read_as_go_reads_them() {
        let head = read(
            "GET",
            "\r\nHTTP/1.0 299 Odd\nA: 1\r\nB : 2\r\na:  3 \r\nC: x\r\n  y\r\n\tz\r\nD: \u{e9}\r\n\r\nrest",
        );
        let head = head.unwrap().unwrap();
        let lines: Vec<_> =
            head.lines.iter().map(|(name, value)| (&**name, std::str::from_utf8(value).unwrap())).collect();
        assert_eq!(head.status, 299);
        assert_eq!(lines, [("A", "1"), ("B", "2"), ("a", "3"), ("C", "x y z"), ("D", "\u{e9}")]);
    }

    #[test]
    fn the_framing_is_what_the_lines_announce() {
        let length = |text: &str| Err(HttpFault::ContentLength(text.to_owned()));
        let coding = |text: &str| Err(HttpFault::TransferEncoding(text.to_owned()));
        let cases = [
            ("GET", "200 OK", Ok(Framing::UntilClose)),
            ("GET", "200 OK\r\nContent-Length: 7", Ok(Framing::Sized(7))),
            ("HEAD", "200 OK\r\nContent-Length: 7", Ok(Framing::None)),
            ("GET", "204 No\r\nTransfer-Encoding: chunked", Ok(Framing::None)),
            ("GET", "304 No\r\nContent-Length: 7", Ok(Framing::None)),
            ("GET", "200 OK\r\nTransfer-Encoding: Chunked", Ok(Framing::chunked())),
            ("GET", "200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked", Ok(Framing::chunked())),
            ("GET", "200 OK\r\nTransfer-Encoding: gzip, chunked", coding("gzip, chunked")),
            ("GET", "200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", coding("chunked")),
            ("GET", "200 OK\r\nContent-Length: 7\r\nContent-Length: 7, 7", Ok(Framing::Sized(7))),
            ("GET", "200 OK\r\nContent-Length: 7\r\nContent-Length: 8", length("8")),
            ("GET", "200 OK\r\nContent-Length: +7", length("+7")),
            ("GET", "200 OK\r\nContent-Length: ", length("")),
            ("GET", "200 OK\r\nContent-Length: 18446744073709551616", length("18446744073709551616")),
        ];
        for (method, head, expected) in cases {
            assert_eq!(framing_of(method, head), expected, "{method} {head}");
        }
    }

    #[test]
    fn informational_responses_are_skipped() {
        let hint = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
        let answer = "HTTP/1.1 200 OK\r\n\r\n";
        assert_eq!(read("GET", &(hint.repeat(5) + answer)).unwrap().unwrap().status, 200);
        assert_eq!(read("GET", &(hint.repeat(6) + answer)), Err(HttpFault::Informational));
        assert_eq!(read("GET", hint), Ok(None));
        assert_eq!(read("GET", "HTTP/1.1 101 Switching\r\n\r\n"), Err(HttpFault::Switched));
    }

    #[test]
    fn heads_are_bounded() {
        let lines = |count| format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert_eq!(read("GET", &lines(MAX_LINES)).unwrap().unwrap().lines.len(), MAX_LINES);
        assert_eq!(read("GET", &lines(MAX_LINES + 1)), Err(HttpFault::HeadTooLong));
        let long = |size| format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "b".repeat(size));
        assert!(read("GET", &long(MAX_HEAD - 100)).unwrap().is_some());
        assert_eq!(read("GET", &long(MAX_HEAD)), Err(HttpFault::HeadTooLong));
        assert_eq!(read("GET", &"\r\n".repeat(MAX_HEAD)), Err(HttpFault::HeadTooLong));
    }

    #[test]
    fn what_is_no_response_is_refused() {
        for text in [
            "SSH-2.0-x\r\n\r\n",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
            "HTTP/1.1 099 x\r\n\r\n",
        ] {
            assert!(matches!(read("GET", text), Err(HttpFault::Malformed(_))), "{text:?}");
        }
    }
}
