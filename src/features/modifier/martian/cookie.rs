//! Cookies as Go writes and reads them.

use fjord_http::Headers;
use fjord_http::date::format_date;
use fjord_http::headers::is_token;

/// A cookie to add.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cookie {
    pub name: String,
    pub value: String,
    pub path: String,
    pub domain: String,
    /// Seconds since 1970.
    pub expires: Option<i64>,
    pub max_age: i64,
    pub secure: bool,
    pub http_only: bool,
}

// === impl Cookie ===

impl Cookie {
    /// Adds the cookie to those that a request sends.
    pub fn send(&self, headers: &mut Headers) {
        let pair = format!("{}={}", self.name.replace(['\n', '\r'], "-"), clean_value(&self.value));
        let all = match headers.get("Cookie").filter(|sent| !sent.is_empty()) {
            Some(sent) => format!("{sent}; {pair}"),
            None => pair,
        };
        headers.set("Cookie", all);
    }

    /// Adds the cookie to those that a response sets; one without a valid name is empty, as in Go.
    pub fn set(&self, headers: &mut Headers) {
        headers.add("Set-Cookie", if is_token(&self.name) { self.text() } else { String::new() });
    }

    fn text(&self) -> String {
        let mut text = format!("{}={}", self.name, clean_value(&self.value));
        let path: String = self.path.chars().filter(|&c| matches!(c, ' '..='~') && c != ';').collect();
        if !path.is_empty() {
            text.push_str("; Path=");
            text.push_str(&path);
        }
        if is_domain(&self.domain) {
            text.push_str("; Domain=");
            text.push_str(self.domain.strip_prefix('.').unwrap_or(&self.domain));
        }
        if let Some(expires) = self.expires.and_then(|seconds| u64::try_from(seconds).ok()) {
            text.push_str("; Expires=");
            text.push_str(&format_date(expires));
        }
        if self.max_age != 0 {
            text.push_str(&format!("; Max-Age={}", self.max_age.max(0)));
        }
        text.push_str(if self.http_only { "; HttpOnly" } else { "" });
        text.push_str(if self.secure { "; Secure" } else { "" });
        text
    }
}

/// Whether a request sends a cookie of that name, and of that value unless it is empty.
pub(super) fn is_sent(headers: &Headers, name: &str, value: &str) -> bool {
    headers.get_all("Cookie").flat_map(|line| line.split(';')).any(|pair| matches(pair, name, value))
}

/// Whether a response sets a cookie of that name, and of that value unless it is empty.
pub(super) fn is_set(headers: &Headers, name: &str, value: &str) -> bool {
    headers
        .get_all("Set-Cookie")
        .filter_map(|line| line.split(';').next())
        .any(|pair| matches(pair, name, value))
}

fn matches(pair: &str, name: &str, value: &str) -> bool {
    let (key, found) = pair.trim().split_once('=').unwrap_or((pair.trim(), ""));
    let found = found.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(found);
    key == name && is_token(key) && found.chars().all(is_value_char) && (value.is_empty() || value == found)
}

fn clean_value(value: &str) -> String {
    let clean: String = value.chars().filter(|&c| is_value_char(c)).collect();
    if clean.contains([' ', ',']) { format!("\"{clean}\"") } else { clean }
}

fn is_value_char(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | ';' | '\\')
}

fn is_domain(domain: &str) -> bool {
    let labels = domain.strip_prefix('.').unwrap_or(domain);
    labels.len() < 256
        && labels.split('.').all(|label| {
            !label.is_empty()
                && label.len() < 64
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}
