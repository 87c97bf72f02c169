//! Writes request heads: where the request goes, its lines, and how its body is framed.

use std::fmt::Write as _;

/// Lines about one connection. The framing and the connection are this client's own, so a caller's are left out, as `fetch` does.
const OWN: [&str; 9] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Where a request goes: the parts of an `https` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A host name or an address, an IPv6 one without brackets.
    pub host: String,
    /// The port, 443 unless the URL has another.
    pub port: u16,
    /// Path and query, as the request line has them.
    pub path: String,
}

/// How much of a body follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// No body.
    None,
    /// This many bytes.
    Sized(u64),
    /// Chunks, until the last one.
    Chunked,
}

/// What can't be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// The URL isn't an absolute `https` URL.
    #[error("{0:?} isn't an https URL")]
    Url(String),
    /// The URL has a user or a password.
    #[error("a URL with credentials can't be called")]
    Credentials,
    /// The method isn't a token.
    #[error("{0:?} isn't a method")]
    Method(String),
    /// A header line that would break the head.
    #[error("the header {0:?} can't be sent")]
    Line(String),
}

// === impl Target ===

impl Target {
    /// The parts of a URL. The path stays as it is, dot segments included: the caller has decided on it.
    ///
    /// # Errors
    /// The URL isn't `https`, its authority isn't a host and a port, or it has credentials.
    pub fn parse(url: &str) -> Result<Self, RequestFault> {
        let fault = || RequestFault::Url(url.to_owned());
        let rest = url.strip_prefix("https://").ok_or_else(fault)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        if authority.contains('@') {
            return Err(RequestFault::Credentials);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(inner) => inner.split_once(']').ok_or_else(fault)?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| fault())?
            }
            None if port.is_empty() => 443,
            _ => return Err(fault()),
        };
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
        if host.is_empty() || port == 0 || !host.bytes().all(is_host) {
            return Err(fault());
        }
        let path = rest.split_once('#').map_or(rest, |(path, _)| path);
        Ok(Self { host: host.to_ascii_lowercase(), port, path: request_target(path) })
    }

    /// The value of the `Host` line.
    #[must_use]
    pub fn authority(&self) -> String {
        let Self { host, port, .. } = self;
        match (host.contains(':'), *port) {
            (true, 443) => format!("[{host}]"),
            (true, port) => format!("[{host}]:{port}"),
            (false, 443) => host.clone(),
            (false, port) => format!("{host}:{port}"),
        }
    }
}

/// Path and query as a request line takes them: a blank, a control character or a byte outside of ASCII would end the target or
/// the line, so it is escaped.
fn request_target(path: &str) -> String {
    let mut target = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        target.push('/');
    }
    for byte in path.bytes() {
        match byte {
            0x21..=0x7e => target.push(byte as char),
            _ => write!(target, "%{byte:02X}").expect("a string takes what is written"),
        }
    }
    target
}

/// A request head, in the order that Go's transport writes it: line, `Host`, the caller's lines, the framing.
///
/// # Errors
/// The method or a line isn't what HTTP allows.
pub fn head<'a>(
    method: &str,
    target: &Target,
    lines: impl IntoIterator<Item = (&'a str, &'a str)>,
    length: Length,
) -> Result<Vec<u8>, RequestFault> {
    if method.is_empty() || !method.bytes().all(is_token) {
        return Err(RequestFault::Method(method.to_owned()));
    }
    let mut text = format!("{method} {} HTTP/1.1\r\nHost: {}\r\n", target.path, target.authority());
    for (name, value) in lines {
        let is_value = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
        if name.is_empty() || !name.bytes().all(is_token) || !value.bytes().all(is_value) {
            return Err(RequestFault::Line(name.to_owned()));
        }
        if !OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            text.extend([name, ": ", value, "\r\n"]);
        }
    }
    match length {
        Length::Sized(size) => {
            write!(text, "Content-Length: {size}\r\n").expect("a string takes what is written")
        }
        Length::Chunked => text.push_str("Transfer-Encoding: chunked\r\n"),
        Length::None if matches!(method, "POST" | "PUT" | "PATCH") => text.push_str("Content-Length: 0\r\n"),
        Length::None => {}
    }
    text.push_str("\r\n");
    Ok(text.into_bytes())
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_targets() {
        let cases = [
            ("https://api.test", ("api.test", 443, "/"), "api.test"),
            ("https://API.test/a/../b?c=d#e", ("api.test", 443, "/a/../b?c=d"), "api.test"),
            ("https://api.test:8443?q", ("api.test", 8443, "/?q"), "api.test:8443"),
            ("https://127.0.0.1:443/%2e%zz", ("127.0.0.1", 443, "/%2e%zz"), "127.0.0.1"),
            ("https://[::1]/", ("::1", 443, "/"), "[::1]"),
            ("https://[::1]:9/", ("::1", 9, "/"), "[::1]:9"),
            ("https://a_b.test/é x\r\n", ("a_b.test", 443, "/%C3%A9%20x%0D%0A"), "a_b.test"),
        ];
        for (url, (host, port, path), authority) in cases {
            let target = Target::parse(url).unwrap();
            assert_eq!((&*target.host, target.port, &*target.path), (host, port, path), "{url}");
            assert_eq!(target.authority(), authority, "{url}");
        }
    }

    #[test]
    fn other_urls_are_refused() {
        let urls = [
            "",
            "http://a/",
            "https:///x",
            "https://a:/",
            "https://a:0/",
            "https://a:65536/",
            "https://a:8x/",
            "https://[::1/",
            "https://[::1]8/",
            "https://a b/",
            "https://é.test/",
            "https://a\r\nx/",
            "https://a:+8/",
        ];
        for url in urls {
            assert_eq!(Target::parse(url), Err(RequestFault::Url(url.to_owned())), "{url}");
        }
        assert_eq!(Target::parse("https://u:p@a/"), Err(RequestFault::Credentials));
    }

    fn written(method: &str, lines: &[(&str, &str)], length: Length) -> Result<String, RequestFault> {
        let target = Target::parse("https://a.test:8443/p?q=1").unwrap();
        head(method, &target, lines.iter().copied(), length).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn heads_have_one_host_and_one_framing() {
        let lines =
            [("X-B", "2"), ("Host", "evil"), ("content-length", "9"), ("X-A", "é"), ("Connection", "close")];
        assert_eq!(
            written("PUT", &lines, Length::Sized(3)).unwrap(),
            "PUT /p?q=1 HTTP/1.1\r\nHost: a.test:8443\r\nX-B: 2\r\nX-A: é\r\nContent-Length: 3\r\n\r\n"
        );
        let end = |method, length| {
            written(method, &[], length).unwrap().split_once("8443\r\n").unwrap().1.to_owned()
        };
        assert_eq!(end("GET", Length::None), "\r\n");
        assert_eq!(end("POST", Length::None), "Content-Length: 0\r\n\r\n");
        assert_eq!(end("POST", Length::Sized(0)), "Content-Length: 0\r\n\r\n");
        assert_eq!(end("DELETE", Length::Chunked), "Transfer-Encoding: chunked\r\n\r\n");
    }

    #[test]
    fn lines_cannot_break_the_head() {
        for (name, value) in [
            ("", "a"),
            ("a b", "a"),
            ("a:", "a"),
            ("a", "b\r\nc: d"),
            ("a", "b\0"),
            ("a\n", "b"),
            ("a", "\x7f"),
        ] {
            assert_eq!(
                written("GET", &[(name, value)], Length::None),
                Err(RequestFault::Line(name.to_owned()))
            );
        }
        for method in ["", "GET ", "G\r\nT", "GÉT"] {
            assert_eq!(written(method, &[], Length::None), Err(RequestFault::Method(method.to_owned())));
        }
    }
}
