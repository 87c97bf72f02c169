//! When a filter lets its modifier run, and whether it does.

use fjord_http::Query;
use fjord_pattern::{LINE_VISITS, Pattern};

use super::cookie;
use super::program::Side;

/// When a filter lets its modifier run.
#[derive(Debug)]
pub(super) enum Condition {
    Header {
        name: String,
        value: String,
    },
    /// A field of the request, on both sides.
    HeaderPattern {
        name: String,
        pattern: Pattern,
    },
    Url {
        scheme: String,
        host: String,
        path: String,
        query: String,
    },
    UrlPattern(Pattern),
    Query {
        name: String,
        value: String,
    },
    Cookie {
        name: String,
        value: String,
    },
    Port(i64),
}

// === impl Condition ===

impl Condition {
    /// Whether it holds on one side; the error fails the backend.
    pub(super) fn holds(&self, side: &mut Side<'_>) -> Result<bool, String> {
        if let Condition::Header { name, value } = self {
            return Ok(side.fields().has(name, value));
        }
        if let (Condition::Cookie { name, value }, Side::Response(response, _)) = (self, &side) {
            return Ok(cookie::is_set(&response.headers, name, value));
        }
        let (request, on_response) = match side {
            Side::Request(request) => (&**request, false),
            Side::Response(_, request) => (*request, true),
        };
        Ok(match self {
            Condition::Header { .. } => false,
            Condition::HeaderPattern { name, pattern } => {
                match request.headers.get(name).filter(|value| !value.is_empty()) {
                    Some(value) => fits(pattern, value)?,
                    None => false,
                }
            }
            Condition::Url { scheme, host, path, query } => {
                (scheme.is_empty() || *scheme == request.scheme)
                    && (host.is_empty() || matches_host(&request.host, host))
                    && (path.is_empty() || *path == request.plain_path())
                    && (query.is_empty() || *query == request.query)
            }
            Condition::UrlPattern(pattern) => fits(pattern, &request.url())?,
            Condition::Query { name, value } => {
                Query::parse(&request.query).get_all(name).any(|found| value.is_empty() || found == value)
            }
            Condition::Cookie { name, value } => cookie::is_sent(&request.headers, name, value),
            Condition::Port(port) => match request.host_and_port() {
                (_, Some(text)) => {
                    let found: Result<i64, _> = text.parse();
                    found.map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))? == *port
                }
                (_, None) if *port == request.default_port() => true,
                // Only the response side insists on a port.
                (host, None) if on_response => {
                    return Err(format!("address {host}: missing port in address"));
                }
                _ => false,
            },
        })
    }
}

/// Whether a pattern matches what a client may have written.
fn fits(pattern: &Pattern, text: &str) -> Result<bool, String> {
    let fits = pattern.is_match_within(text, &mut { LINE_VISITS });
    fits.ok_or_else(|| format!("`{}` takes too long for a string of {} bytes", pattern.as_str(), text.len()))
}

/// Whether a host fits a pattern in which `*` stands for what is left of a label, read from the end as martian does.
fn matches_host(host: &str, pattern: &str) -> bool {
    let (host, pattern) = (host.as_bytes(), pattern.as_bytes());
    if host.is_empty() || host == pattern {
        return !host.is_empty();
    }
    let mut at = host.len() - 1;
    for (index, &byte) in pattern.iter().enumerate().rev() {
        if byte == b'*' {
            while at > 0 && host[at] != b'.' {
                at -= 1;
            }
            if index == 0 && at == 0 {
                return true;
            }
        } else if host[at] != byte {
            return false;
        } else if at == 0 {
            return index == 0;
        } else {
            at -= 1;
        }
    }
    false
}
