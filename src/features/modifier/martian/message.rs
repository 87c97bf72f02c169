//! The request and the response that modifiers work on.

use std::borrow::Cow;

use fjord_http::Headers;
use fjord_http::escape::{escape_path, unescape};

use super::answers::Answers;

/// A request on its way to the backend.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// Host and port that are called.
    pub host: String,
    /// The path as it goes out, escaped.
    pub path: String,
    /// The query as it goes out, without the `?`.
    pub query: String,
    /// What isn't in the header fields.
    pub framing: Framing,
    /// The header fields, without `Host`, `Content-Length` and `Transfer-Encoding`.
    pub headers: Headers,
    /// The new body, if a modifier set one.
    pub body: Option<Vec<u8>>,
    /// Values of earlier answers that modifiers write.
    pub answers: Answers,
}

/// A backend's response, before its status is checked and its body decoded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// What isn't in the header fields.
    pub framing: Framing,
    /// The header fields.
    pub headers: Headers,
    /// The new body, if a modifier set one.
    pub body: Option<Vec<u8>>,
}

/// Header fields that Go keeps apart from the others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Framing {
    /// The `Host` that is sent, if it is not that of the URL. Requests only.
    pub host: Option<String>,
    /// The `Content-Length`: zero is unknown, below zero is removed.
    pub length: i64,
    /// The `Transfer-Encoding`.
    pub transfer: Vec<String>,
}

/// All header fields of one message, whether kept apart or not.
pub(super) struct Fields<'m> {
    pub headers: &'m mut Headers,
    pub framing: &'m mut Framing,
    /// The host of the URL; none for a response.
    pub url_host: Option<&'m str>,
}

// === impl Request ===

impl Request {
    /// The URL as text.
    pub fn url(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}://{}{}{mark}{}", self.scheme, self.host, self.path, self.query)
    }

    /// The path, unescaped.
    pub(super) fn plain_path(&self) -> Cow<'_, str> {
        unescape(&self.path).unwrap_or(Cow::Borrowed(&self.path))
    }

    /// Replaces the path by one that is not escaped.
    pub(super) fn set_path(&mut self, path: &str) {
        self.path = escape_path(path).into_owned();
    }

    /// Host and port that are called; the port as text if there is one.
    pub(super) fn host_and_port(&self) -> (&str, Option<&str>) {
        match self.host.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
            _ => (&self.host, None),
        }
    }

    /// The port of the scheme.
    pub(super) fn default_port(&self) -> i64 {
        match self.scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => 0,
        }
    }

    pub(super) fn fields(&mut self) -> Fields<'_> {
        Fields { headers: &mut self.headers, framing: &mut self.framing, url_host: Some(&self.host) }
    }
}

// === impl Response ===

impl Response {
    pub(super) fn fields(&mut self) -> Fields<'_> {
        Fields { headers: &mut self.headers, framing: &mut self.framing, url_host: None }
    }
}

// === impl Fields ===

impl Fields<'_> {
    fn host(&self) -> Option<&str> {
        let url_host = self.url_host?;
        Some(self.framing.host.as_deref().unwrap_or(url_host)).filter(|host| !host.is_empty())
    }

    /// Replaces a field.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match Kept::of(name) {
            Some(Kept::Host) => {
                if self.url_host.is_some() {
                    self.framing.host = Some(value.to_owned());
                }
            }
            Some(Kept::Length) => {
                let parsed = value.parse();
                self.framing.length =
                    parsed.map_err(|_| format!("strconv.ParseInt: parsing {value:?}: invalid syntax"))?;
            }
            Some(Kept::Transfer) => self.framing.transfer = vec![value.to_owned()],
            None => self.headers.set(name.to_owned(), value),
        }
        Ok(())
    }

    /// Adds a value to a field.
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        match Kept::of(name) {
            Some(Kept::Host) if self.host().is_some() => {
                return Err("proxyutil: illegal header multiple: Host".to_owned());
            }
            Some(Kept::Length) if self.framing.length > 0 => {
                return Err("proxyutil: illegal header multiple: Content-Length".to_owned());
            }
            Some(Kept::Transfer) => self.framing.transfer.push(value.to_owned()),
            Some(_) => return self.set(name, value),
            None => self.headers.add(name.to_owned(), value),
        }
        Ok(())
    }

    /// The first value of a field; empty without one.
    pub fn get(&self, name: &str) -> String {
        match Kept::of(name) {
            Some(Kept::Host) => self.host().unwrap_or_default().to_owned(),
            Some(Kept::Length) if self.framing.length < 0 => String::new(),
            Some(Kept::Length) => self.framing.length.to_string(),
            Some(Kept::Transfer) => self.framing.transfer.first().cloned().unwrap_or_default(),
            None => self.headers.get(name).unwrap_or_default().to_owned(),
        }
    }

    /// Whether a field has that value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        match Kept::of(name) {
            Some(Kept::Host) => self.host() == Some(value),
            Some(Kept::Length) => self.framing.length > 0 && self.framing.length.to_string() == value,
            Some(Kept::Transfer) => self.framing.transfer.iter().any(|transfer| transfer == value),
            None => self.headers.get_all(name).any(|one| one == value),
        }
    }

    /// Removes a field.
    pub fn remove(&mut self, name: &str) {
        match Kept::of(name) {
            Some(Kept::Host) => self.framing.host = self.url_host.map(|_| String::new()),
            Some(Kept::Length) => self.framing.length = -1,
            Some(Kept::Transfer) => self.framing.transfer.clear(),
            None => drop(self.headers.remove(name)),
        }
    }
}

/// A field that is kept apart.
enum Kept {
    Host,
    Length,
    Transfer,
}

// === impl Kept ===

impl Kept {
    fn of(name: &str) -> Option<Kept> {
        match name {
            _ if name.eq_ignore_ascii_case("host") => Some(Kept::Host),
            _ if name.eq_ignore_ascii_case("content-length") => Some(Kept::Length),
            _ if name.eq_ignore_ascii_case("transfer-encoding") => Some(Kept::Transfer),
            _ => None,
        }
    }
}
