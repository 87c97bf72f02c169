//! Sends calls to private hosts through bindings of the worker, their URLs kept (`@fjord.hosts`).

use std::collections::HashMap;
use std::net::Ipv6Addr;
use std::rc::Rc;

use fjord_http::url;

use super::{Fetch, Via};

/// Hosts, and the bindings that reach them.
#[derive(Debug, Default)]
pub struct PrivateHosts {
    /// Whole names, lower-cased.
    exact: HashMap<String, Rc<str>>,
    /// Suffixes with their first dot, lower-cased, the longest first.
    suffixes: Vec<(String, Rc<str>)>,
}

/// What a name of `@fjord.hosts` must be.
pub const EXPECTED: &str =
    "expected a host name without scheme or port: \"users.internal\", or \"*.internal\" for all below it";

// === impl PrivateHosts ===

impl PrivateHosts {
    /// Sends calls to `pattern` through `binding`: a host name, or `*.` or `.` and a suffix.
    ///
    /// # Errors
    /// If the pattern is neither.
    pub fn add(&mut self, pattern: &str, binding: &str) -> Result<(), &'static str> {
        let lower = pattern.to_ascii_lowercase();
        let suffix = lower.strip_prefix('*').unwrap_or(&lower);
        let is_suffix = suffix.starts_with('.');
        let name = suffix.strip_prefix('.').unwrap_or(suffix);
        if is_suffix && is_name(name) {
            self.suffixes.retain(|(known, _)| known != suffix);
            // The longest come first: the most specific decides.
            let at = self.suffixes.partition_point(|(known, _)| known.len() >= suffix.len());
            self.suffixes.insert(at, (suffix.to_owned(), binding.into()));
        } else if is_name(&lower) {
            self.insert(lower, binding)?;
        } else if let Some(literal) = ipv6(&lower) {
            self.insert(literal.to_string(), binding)?;
        } else {
            return Err(EXPECTED);
        }
        Ok(())
    }

    fn insert(&mut self, name: String, binding: &str) -> Result<(), &'static str> {
        match self.exact.insert(name, binding.into()) {
            Some(other) if &*other != binding => Err("the same host has another binding"),
            _ => Ok(()),
        }
    }

    /// Whether no host is named.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.suffixes.is_empty()
    }

    /// The binding of a host, which has no port. A whole name comes before suffixes, a longer suffix before a shorter one.
    pub fn binding(&self, host: &str) -> Option<&Rc<str>> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let host = host.parse::<Ipv6Addr>().map_or(host, |address| address.to_string());
        let of_suffix =
            || self.suffixes.iter().find(|(suffix, _)| host.ends_with(&**suffix)).map(|(_, to)| to);
        self.exact.get(&host).or_else(of_suffix)
    }

    /// Sends a call through the binding of its host. What has a binding already keeps it.
    pub(super) fn send(&self, fetch: &mut Fetch) {
        if fetch.via == Via::Network
            && let Some(binding) = self.binding(host_of(&fetch.url))
        {
            fetch.via = Via::Binding(Rc::clone(binding));
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(is_known) && name.split('.').all(|label| !label.is_empty())
}

/// An address of IPv6, which is in brackets.
fn ipv6(name: &str) -> Option<Ipv6Addr> {
    name.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// The host of an absolute URL, without user, port and brackets.
pub fn host_of(url: &str) -> &str {
    // As the runtime's URL parser: a backslash ends the authority, too.
    let authority = url::authority(url).split('\\').next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, _)) => literal,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(patterns: &[(&str, &str)]) -> PrivateHosts {
        let mut hosts = PrivateHosts::default();
        patterns.iter().for_each(|(pattern, to)| hosts.add(pattern, to).unwrap());
        hosts
    }

    #[test]
    fn a_name_comes_before_suffixes_and_a_longer_suffix_before_a_shorter() {
        let hosts = hosts(&[
            ("*.internal", "NET"),
            (".users.internal", "BELOW"),
            ("Users.Internal", "USERS"),
            ("10.0.0.7", "SEVEN"),
            ("[FD00:0::1]", "SIX"),
        ]);
        for (url, want) in [
            ("http://users.internal:8080/a", Some("USERS")),
            ("https://USERS.internal.?q", Some("USERS")),
            ("http://a.users.internal", Some("BELOW")),
            ("http://a.b.internal/", Some("NET")),
            ("http://me:secret@orders.internal:1/", Some("NET")),
            ("http://10.0.0.7:80/", Some("SEVEN")),
            ("http://[fd00::1]:80/", Some("SIX")),
            ("http://internal/", None),
            ("http://usersinternal/", None),
            ("http://users.internal.example.com/", None),
            ("http://example.com/@users.internal", None),
            ("http://example.com\\@users.internal/", None),
            ("http://users.internal@example.com/", None),
        ] {
            assert_eq!(hosts.binding(host_of(url)).map(|to| &**to), want, "{url}");
        }
    }

    #[test]
    fn patterns_are_names() {
        for pattern in [
            "",
            "*",
            "*.",
            ".",
            "*internal",
            "a.*",
            "http://a",
            "a:80",
            "a/b",
            "*.[fd00::1]",
            "[x]",
            "a..b",
            "é",
        ] {
            assert_eq!(PrivateHosts::default().add(pattern, "A"), Err(EXPECTED), "{pattern}");
        }
    }
}
