//! Hosts of backends: KrakenD's sanitising rules (spec §2.3), service bindings, and hosts made from request headers.

use std::borrow::Cow;
use std::fmt;

/// Where a backend's calls go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Scheme, host and port, ready to put before a path.
    Fixed(Box<str>),
    /// `service://NAME`: a service binding of the worker.
    Service {
        /// The binding's name.
        binding: Box<str>,
        /// What its URLs begin with.
        base: Box<str>,
    },
    /// A host with values of the request in it.
    Template(HostTemplate),
}

/// A host with `{input_headers.X}` or `{input_query_strings.x}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostTemplate {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Value(HostVariable),
}

/// A value of the request in a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostVariable {
    /// The header of this name.
    Header(Box<str>),
    /// The query parameter of this name.
    Query(Box<str>),
}

/// Why a string isn't a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostError {
    /// It breaks KrakenD's rules.
    Invalid(Box<str>),
    /// `service://` without a name, or with more than a name.
    Binding(Box<str>),
    /// A value of the request that can't be a part of a host, or is missing.
    Value(HostVariable),
}

/// The host as KrakenD sanitises it: `http://` in front if there is no scheme, no slash at the end.
///
/// # Errors
/// If the text isn't a host: another scheme, or a part that no host has.
pub fn clean_host(host: &str) -> Result<String, HostError> {
    let invalid = || HostError::Invalid(host.into());
    let mut found = None;
    let mut at = 0;
    while at < host.len() {
        let Some((clean, len)) = match_host(&host[at..]) else {
            at += host[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        // A host must be there exactly once; anything around it that isn't a host is removed.
        if found.replace(clean).is_some() {
            return Err(invalid());
        }
        at += len;
    }
    found.ok_or_else(invalid)
}

/// `(https?://)?[a-zA-Z0-9._-]+(:[0-9]{2,6})?/?` at the beginning of `text`: the sanitised host, the length it took.
fn match_host(text: &str) -> Option<(String, usize)> {
    let name_len =
        |text: &str| text.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"._-".contains(b)).count();
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| text.strip_prefix(scheme).is_some_and(|rest| name_len(rest) > 0));
    let start = scheme.map_or(0, str::len);
    let mut end = start + name_len(&text[start..]);
    if end == start {
        return None;
    }
    let digits = text[end..]
        .strip_prefix(':')
        .map_or(0, |port| port.bytes().take(6).take_while(u8::is_ascii_digit).count());
    if digits >= 2 {
        end += 1 + digits;
    }
    let clean = format!("{}{}", scheme.unwrap_or("http://"), &text[start..end]);
    Some((clean, end + usize::from(text[end..].starts_with('/'))))
}

/// Hosts that KrakenD's pattern refuses though they are sound: IPv6 literals, ports of one digit.
fn wider_host(text: &str) -> Option<String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
        Some(_) => return None,
        None => ("http", text),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let literal = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let sound = match literal {
        Some((address, after)) => {
            let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
            address.parse::<std::net::Ipv6Addr>().is_ok()
                && (after.is_empty() || after.strip_prefix(':').is_some_and(is_port))
        }
        None => rest.split_once(':').is_some_and(|(name, port)| {
            let is_name = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            !name.is_empty() && name.bytes().all(is_name) && matches!(port.as_bytes(), [b'1'..=b'9'])
        }),
    };
    sound.then(|| format!("{scheme}://{rest}"))
}

// === impl Host ===

impl Host {
    /// Reads a configured host. Without `sanitize` (`disable_host_sanitize`) it stays as written.
    ///
    /// # Errors
    /// If the text isn't a host, or names a variable that no request has.
    pub fn parse(text: &str, sanitize: bool) -> Result<Self, HostError> {
        if let Some(name) = text.strip_prefix("service://") {
            let name = name.strip_suffix('/').unwrap_or(name);
            let valid = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            if name.is_empty() || !name.bytes().all(valid) {
                return Err(HostError::Binding(text.into()));
            }
            let base = format!("http://{}", name.to_ascii_lowercase()).into();
            return Ok(Self::Service { binding: name.into(), base });
        }
        if let Some(template) = HostTemplate::parse(text, sanitize)? {
            return Ok(Self::Template(template));
        }
        if !sanitize {
            return Ok(Self::Fixed(text.into()));
        }
        Ok(Self::Fixed(match wider_host(text) {
            Some(host) => host.into(),
            None => clean_host(text)?.into(),
        }))
    }

    /// What the URLs of calls begin with, unless it depends on the request.
    pub fn base(&self) -> Option<&str> {
        match self {
            Self::Fixed(base) | Self::Service { base, .. } => Some(base),
            Self::Template(_) => None,
        }
    }
}

// === impl HostTemplate ===

impl HostTemplate {
    fn parse(text: &str, sanitize: bool) -> Result<Option<Self>, HostError> {
        let (mut pieces, mut example, mut rest) = (Vec::new(), String::new(), text);
        while let Some((before, variable, behind)) = next_variable(rest) {
            example.push_str(before);
            example.push('x');
            pieces.push(Piece::Text(before.into()));
            pieces.push(Piece::Value(variable));
            rest = behind;
        }
        if pieces.is_empty() {
            return Ok(None);
        }
        example.push_str(rest);
        pieces.push(Piece::Text(rest.strip_suffix('/').unwrap_or(rest).into()));
        if sanitize {
            clean_host(&example).map_err(|_| HostError::Invalid(text.into()))?;
            if let Some(Piece::Text(first)) = pieces.first_mut()
                && !first.contains("://")
            {
                *first = format!("http://{first}").into();
            }
        }
        Ok(Some(Self { pieces }))
    }

    /// The host of one request. A value may only have what a name of a host or a port is made of.
    ///
    /// # Errors
    /// If a value is missing, or has what no host may have.
    pub fn expand<'v>(
        &self,
        lookup: impl Fn(&HostVariable) -> Option<Cow<'v, str>>,
    ) -> Result<String, HostError> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(variable) => {
                    let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_:".contains(&b);
                    match lookup(variable).filter(|value| !value.is_empty() && value.bytes().all(allowed)) {
                        Some(value) => out.push_str(&value),
                        None => return Err(HostError::Value(variable.clone())),
                    }
                }
            }
        }
        Ok(out)
    }
}

fn next_variable(text: &str) -> Option<(&str, HostVariable, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, behind) = rest.split_once('}')?;
    let variable = match (name.strip_prefix("input_headers."), name.strip_prefix("input_query_strings.")) {
        (Some(name), _) => HostVariable::Header(super::headers::canonical(name).into()),
        (_, Some(name)) => HostVariable::Query(name.into()),
        _ => return None,
    };
    Some((before, variable, behind))
}

// === impl HostVariable ===

impl fmt::Display for HostVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "input_headers.{name}"),
            Self::Query(name) => write!(f, "input_query_strings.{name}"),
        }
    }
}

// === impl HostError ===

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(host) => write!(f, "host {host} not valid: invalid host"),
            Self::Binding(host) => write!(f, "host {host} not valid: a service binding is service://NAME"),
            Self::Value(variable) => write!(f, "the value of '{variable}' can't be part of a host"),
        }
    }
}

impl std::error::Error for HostError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sanitised_hosts() {
        for (host, expected) in [
            ("supu", Some("http://supu")),
            ("https://supu.local/", Some("https://supu.local")),
            ("supu_42.local:8080/", Some("http://supu_42.local:8080")),
            ("http://127.0.0.1:8080http://127.0.0.1:8080", None),
            ("http://foo.com/path", None),
            ("ftp://foo", None),
            ("http://[::1]:8084", None),
            ("http://h.test:8", None),
            ("user:pw@h", None),
            ("", None),
            ("///", None),
            ("(h.test)", Some("http://h.test")),
            ("https://", Some("http://https")),
            ("h:1234567", None),
        ] {
            assert_eq!(clean_host(host).ok().as_deref(), expected, "{host}");
        }
        assert_eq!(
            clean_host("ftp://foo").unwrap_err().to_string(),
            "host ftp://foo not valid: invalid host"
        );
    }

    #[test]
    fn hosts_that_krakend_does_not_know() {
        let host = Host::parse("service://USERS", true).unwrap();
        assert_eq!(host.base(), Some("http://users"));
        assert!(matches!(Host::parse("service://a/b", true), Err(HostError::Binding(_))));
        for (text, base) in [("http://[::1]:8084/", "http://[::1]:8084"), ("h.test:9", "http://h.test:9")] {
            assert_eq!(Host::parse(text, true).unwrap().base(), Some(base));
        }
        for text in ["http://[::g]", "http://[::1]:0", "ftp://[::1]", "h.test:0", "http://[::1]/x"] {
            assert!(Host::parse(text, true).is_err(), "{text}");
        }
        assert_eq!(Host::parse("http://h/x", false).unwrap().base(), Some("http://h/x"));

        let Ok(Host::Template(template)) = Host::parse("{input_headers.x-tenant}.h.test:8080/", true) else {
            panic!("not a template")
        };
        let with = |value: &'static str| template.expand(|_| Some(value.into()));
        assert_eq!(with("a-1").as_deref(), Ok("http://a-1.h.test:8080"));
        let error = with("evil.test/").unwrap_err();
        assert_eq!(error.to_string(), "the value of 'input_headers.X-Tenant' can't be part of a host");
        for value in ["", "a@b", "a#", "a?", "a\\b", "é", "a b"] {
            assert!(with(value).is_err(), "{value}");
        }
        assert!(template.expand(|_| None).is_err());
        assert!(Host::parse("http://{input_headers.X}/path", true).is_err());
    }

    proptest! {
        #[test]
        fn any_text(text in "[a.:/htps0-9{}é]{0,16}") {
            if let Ok(clean) = clean_host(&text) {
                prop_assert_eq!(clean_host(&clean), Ok(clean.clone()));
            }
            let _ = Host::parse(&text, text.len() % 2 == 0);
        }
    }
}
