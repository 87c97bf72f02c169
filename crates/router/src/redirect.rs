//! The router's redirects, as gin and Go's `http.Redirect` write them (spec §3).

use std::borrow::Cow;
use std::fmt::Write;

use fjord_http::escape;

/// A redirect to the path an endpoint is registered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect<'t> {
    get: bool,
    slash: bool,
    path: Cow<'t, str>,
    query: Cow<'t, str>,
}

/// What to answer. Redirects run none of the service's steps and have no `X-Krakend` headers.
#[derive(Debug, PartialEq, Eq)]
pub struct RedirectAnswer {
    /// 301 for GET, 307 otherwise.
    pub status: u16,
    /// The `Location`.
    pub location: String,
    /// The body, `text/html; charset=utf-8`; only for GET.
    pub body: Option<String>,
}

// === impl Redirect ===

impl<'t> Redirect<'t> {
    pub(super) fn trailing_slash(get: bool, path: Cow<'t, str>, query: &'t str) -> Self {
        Self { get, slash: true, path, query: query.into() }
    }

    pub(super) fn fixed_path(get: bool, path: String, query: &'t str) -> Self {
        Self { get, slash: false, path: Cow::Owned(path), query: query.into() }
    }

    /// The same, without the request's target.
    pub fn into_owned(self) -> Redirect<'static> {
        let Self { get, slash, path, query } = self;
        Redirect { get, slash, path: path.into_owned().into(), query: query.into_owned().into() }
    }

    /// The same without what a step before the router has put before the path.
    pub fn without_prefix(self, prefix: &str) -> Self {
        match self.path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')) {
            Some(rest) => Self { path: Cow::Owned(rest.to_owned()), ..self },
            None => self,
        }
    }

    /// The answer. `prefix` is the request's `X-Forwarded-Prefix`, if it has one.
    pub fn answer(&self, prefix: Option<&str>) -> RedirectAnswer {
        let path = match self.slash {
            true => toggle(prefix.map_or_else(String::new, safe_prefix), &self.path),
            false => self.path.to_string(),
        };
        let target = clean(&escape::escape_path(&path)) + &self.query;
        let body = self.get.then(|| {
            let mut body = String::from("<a href=\"");
            escape_html(&target, &mut body);
            body.push_str("\">Moved Permanently</a>.\n\n");
            body
        });
        let status = if self.get { 301 } else { 307 };
        RedirectAnswer { status, location: escape_non_ascii(target), body }
    }
}

/// The path behind the prefix, with its final slash taken away or added.
fn toggle(prefix: String, path: &str) -> String {
    let mut full = prefix + path;
    match full.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => full.truncate(full.len() - 1),
        _ => full.push('/'),
    }
    full
}

/// The prefix of a client that may be hostile: letters, digits, `-` and single slashes, beginning with a slash.
///
/// gin lets a prefix without a slash through and answers a relative `Location` then; here it gets the slash it lacks.
fn safe_prefix(prefix: &str) -> String {
    let kept: String =
        clean(prefix).chars().filter(|c| c.is_ascii_alphanumeric() || "/-".contains(*c)).collect();
    kept.split('/').filter(|part| !part.is_empty()).fold(String::new(), |out, part| out + "/" + part)
}

/// Empty and dot segments resolved, final slash kept. Never begins with two slashes: that would name another host.
fn clean(path: &str) -> String {
    let trailing = path.ends_with('/');
    let mut out = String::with_capacity(path.len());
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => out.truncate(out.rfind('/').unwrap_or(0)),
            name => {
                out.push('/');
                out.push_str(name);
            }
        }
    }
    if out.is_empty() || trailing {
        out.push('/');
    }
    out
}

/// Writes `text` as Go's `http.Redirect` escapes it for its page.
pub fn escape_html(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// A `Location` in ASCII.
pub fn escape_non_ascii(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Go writes these in lower case here, unlike everywhere else.
            write!(out, "%{byte:02x}").expect("a string takes every text");
        }
    }
    out
}
