//! URLs of calls, written as Go's `url.Parse` and `String` would (spec §4), so that `fetch` sends them unchanged.
//!
//! A path that has a byte which must be escaped is decoded and escaped anew as a whole: `A%2FB c` becomes `A/B%20c`.
//! A query goes out as it is, except that blanks and non-ASCII characters, which KrakenD would break the request line
//! with, are escaped.

use std::borrow::Cow;
use std::fmt;

use super::escape::{self, EscapeError};
use super::template::dot_segments;

/// A text that isn't a URL to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlError {
    /// The text.
    pub url: String,
    /// What is wrong with it.
    pub kind: UrlErrorKind,
}

/// The kinds of [`UrlError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlErrorKind {
    /// An ASCII control character.
    Control,
    /// An invalid percent escape in path or fragment.
    Escape(EscapeError),
    /// A character that no host has: other URL parsers end the host there.
    Host(char),
    /// A character that no user or password has.
    User,
    /// A `.` or `..` segment of a path, which `fetch` resolves.
    DotSegment,
    /// No `scheme://host`.
    NoHost,
    /// A `:` at the beginning.
    NoScheme,
    /// A `:` in the first segment of a relative path.
    Colon,
}

/// A URL cut at its delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'u> {
    /// The scheme, without `:`. Empty: a relative reference.
    pub scheme: &'u str,
    /// What is after `//`: host, port, user. `None`: there is no `//`.
    pub authority: Option<&'u str>,
    /// The path, as written.
    pub path: &'u str,
    /// The query, without `?`.
    pub query: Option<&'u str>,
    /// The fragment, without `#`.
    pub fragment: &'u str,
}

/// The URL of a call: the host, the path with the pattern's own query, and the forwarded query behind that.
///
/// # Errors
/// If the result isn't a URL that can be called.
pub fn join(host: &str, path: &str, forwarded: &str) -> Result<String, UrlError> {
    let mut raw = String::with_capacity(host.len() + path.len() + forwarded.len() + 1);
    raw.push_str(host);
    raw.push_str(path);
    let mut url = match is_plain(path) && !path.contains('?') && is_plain(host) && host.contains("://") {
        // Nothing to escape, check or cut, which is what most calls look like.
        true => raw,
        false => normal(&raw)?,
    };
    if !forwarded.is_empty() {
        match url.find('?') {
            None => url.push('?'),
            Some(at) if at + 1 < url.len() => url.push('&'),
            Some(_) => {}
        }
        url.push_str(forwarded);
    }
    Ok(url)
}

/// The URL as Go would write it again, without its fragment.
///
/// # Errors
/// If the result isn't a URL that can be called.
pub fn normal(url: &str) -> Result<String, UrlError> {
    let parts = Parts::parse(url)?;
    let Some(authority) = parts.authority.filter(|_| !parts.scheme.is_empty()) else {
        return Err(UrlError { url: url.to_owned(), kind: UrlErrorKind::NoHost });
    };
    let path = parts.normal_path(url)?;
    let mut out = String::with_capacity(url.len() + 16);
    write_url(parts.scheme, authority, &path, parts.query, &mut out);
    Ok(out)
}

/// The URL of a call that a script makes: normal, and without dot segments, which `fetch` resolves and KrakenD sends.
///
/// # Errors
/// If it isn't an absolute URL, or has dot segments.
pub fn of_script(url: &str) -> Result<String, UrlError> {
    let normal = normal(url)?;
    if dot_segments(Parts::parse(&normal)?.path).next().is_some() {
        return Err(UrlError { url: url.to_owned(), kind: UrlErrorKind::DotSegment });
    }
    Ok(normal)
}

/// Scheme, host and port of a URL as written.
pub fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    &url[..url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at)]
}

/// Host and port of a URL as written, with the user before them.
pub fn authority(url: &str) -> &str {
    let origin = origin(url);
    origin.split_once("://").map_or(origin, |(_, authority)| authority)
}

pub(super) fn write_url(scheme: &str, authority: &str, path: &str, query: Option<&str>, out: &mut String) {
    out.push_str(scheme);
    out.push_str("://");
    out.push_str(authority);
    out.push_str(path);
    if let Some(query) = query {
        out.push('?');
        write_query(query, out);
    }
}

/// The path as Go's `EscapedPath` has it.
fn normal_path(path: &str) -> Result<Cow<'_, str>, EscapeError> {
    if path.bytes().all(escape::is_kept_in_path) {
        escape::check(path)?;
        return Ok(Cow::Borrowed(path));
    }
    let mut out = String::with_capacity(path.len() + 16);
    escape::escape_path_bytes(&escape::unescape_bytes(path)?, &mut out);
    Ok(Cow::Owned(out))
}

/// A piece of a path, escaped on its own: [`join`] leaves a path of such pieces as it is, so that no escape of a value is
/// decoded. An invalid escape stays, and is an error of [`join`].
pub(super) fn settled(piece: &str) -> Cow<'_, str> {
    normal_path(piece).unwrap_or_else(|_| {
        let mut out = String::with_capacity(piece.len() + 16);
        escape::escape_into(piece.as_bytes(), escape::is_kept_in_path, &mut out);
        Cow::Owned(out)
    })
}

fn write_query(query: &str, out: &mut String) {
    for c in query.chars() {
        match c {
            '!'..='~' => out.push(c),
            c => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| escape::push_escape(byte, out)),
        }
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| escape::is_kept_in_path(byte) && byte != b'%')
}

// === impl Parts ===

impl<'u> Parts<'u> {
    /// Cuts a URL or a relative reference. Only control characters are an error here.
    ///
    /// # Errors
    /// A control character.
    pub fn parse(url: &'u str) -> Result<Self, UrlError> {
        let (text, fragment) = url.split_once('#').unwrap_or((url, ""));
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err(UrlError { url: text.to_owned(), kind: UrlErrorKind::Control });
        }
        let (scheme, rest) = split_scheme(text);
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        // Three slashes: no authority, unless there is a scheme.
        let authority =
            rest.strip_prefix("//").filter(|behind| !scheme.is_empty() || !behind.starts_with('/'));
        let (authority, path) = match authority {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        if let Some(kind) = authority.and_then(authority_error) {
            return Err(UrlError { url: text.to_owned(), kind });
        }
        Ok(Self { scheme, authority, path, query, fragment })
    }

    /// The path as Go's `EscapedPath` has it, for the whole text `url`.
    pub(super) fn normal_path(&self, url: &str) -> Result<Cow<'u, str>, UrlError> {
        let error = |text: &str, error| UrlError { url: text.to_owned(), kind: UrlErrorKind::Escape(error) };
        let path = normal_path(self.path).map_err(|e| error(without_fragment(url), e))?;
        escape::check(self.fragment).map_err(|e| error(url, e))?;
        Ok(path)
    }

    /// The host without user and port, an IPv6 address without brackets.
    pub fn host(&self) -> &'u str {
        let host = self.authority.unwrap_or("");
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _)) => address,
            None => host.split(':').next().unwrap_or(host),
        }
    }
}

/// What Go's parser has against an authority. A `\` above all: `fetch` takes it for a slash, so that the host would be
/// another one.
fn authority_error(authority: &str) -> Option<UrlErrorKind> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", authority),
    };
    let known = |c: char, marks: &str| {
        c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:%".contains(c) || marks.contains(c)
    };
    if !user.chars().all(|c| known(c, "@")) {
        return Some(UrlErrorKind::User);
    }
    host.chars().find(|c| c.is_ascii() && !known(*c, "[]<>\"")).map(UrlErrorKind::Host)
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

fn split_scheme(text: &str) -> (&str, &str) {
    let valid = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    match text.split_once(':') {
        Some((scheme, rest)) if valid(scheme) => (scheme, rest),
        _ => ("", text),
    }
}

// === impl UrlError ===

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "parse {}: ", escape::quote(self.url.as_bytes()))?;
        match &self.kind {
            UrlErrorKind::Control => f.write_str("net/url: invalid control character in URL"),
            UrlErrorKind::Escape(error) => error.fmt(f),
            UrlErrorKind::Host(c) => {
                write!(f, "invalid character {} in host name", escape::quote(&[*c as u8]))
            }
            UrlErrorKind::User => f.write_str("net/url: invalid userinfo"),
            UrlErrorKind::DotSegment => f.write_str("the path has a dot segment"),
            UrlErrorKind::NoHost => f.write_str("no scheme and host"),
            UrlErrorKind::NoScheme => f.write_str("missing protocol scheme"),
            UrlErrorKind::Colon => f.write_str("first path segment in URL cannot contain colon"),
        }
    }
}

impl std::error::Error for UrlError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn urls_as_go_writes_them() {
        for (path, query, expected) in [
            ("/tupu?extra=true", "some=none", "http://h:80/tupu?extra=true&some=none"),
            ("/a", "", "http://h:80/a"),
            ("/a", "q=1", "http://h:80/a?q=1"),
            ("/a?", "", "http://h:80/a?"),
            ("/a?", "q=1", "http://h:80/a?q=1"),
            ("/a b", "", "http://h:80/a%20b"),
            ("/A%2FB", "", "http://h:80/A%2FB"),
            ("/A%2FB c", "", "http://h:80/A/B%20c"),
            ("/a!'()*[]b", "", "http://h:80/a!'()*[]b"),
            ("/a!'()*[]b<", "", "http://h:80/a%21%27%28%29%2A%5B%5Db%3C"),
            ("/x/{{.Resp0_a}}", "", "http://h:80/x/%7B%7B.Resp0_a%7D%7D"),
            ("/x?v={{.A}}&e=", "", "http://h:80/x?v={{.A}}&e="),
            ("/é?q=é ü|b", "", "http://h:80/%C3%A9?q=%C3%A9%20%C3%BC|b"),
            ("/a\\b", "", "http://h:80/a%5Cb"),
            ("//d", "", "http://h:80//d"),
            ("/a#b?c", "q=1", "http://h:80/a?q=1"),
            ("/a%FFb ", "", "http://h:80/a%FFb%20"),
            ("/q?x=%zz;'\"<>", "", "http://h:80/q?x=%zz;'\"<>"),
        ] {
            assert_eq!(join("http://h:80", path, query).as_deref(), Ok(expected), "{path}");
        }
        assert_eq!(join("http://h.test/x", "/a b", "").as_deref(), Ok("http://h.test/x/a%20b"));
    }

    #[test]
    fn texts_that_are_no_urls() {
        for (host, path, expected) in [
            ("http://h", "/a\nb", "parse \"http://h/a\\nb\": net/url: invalid control character in URL"),
            ("http://h", "/\0", "parse \"http://h/\\x00\": net/url: invalid control character in URL"),
            ("http://h", "/%zz", "parse \"http://h/%zz\": invalid URL escape \"%zz\""),
            ("http://h", "/a%", "parse \"http://h/a%\": invalid URL escape \"%\""),
            ("http://h", "/%é", "parse \"http://h/%é\": invalid URL escape \"%é\""),
            ("http://h", "/%zz#x", "parse \"http://h/%zz\": invalid URL escape \"%zz\""),
            ("http://h", "/a#%zz", "parse \"http://h/a#%zz\": invalid URL escape \"%zz\""),
            ("h", "/a", "parse \"h/a\": no scheme and host"),
            (
                "http://h\\.test",
                "/é",
                "parse \"http://h\\\\.test/é\": invalid character \"\\\\\" in host name",
            ),
            ("http://h i", "/", "parse \"http://h i/\": invalid character \" \" in host name"),
            ("http://a\\@h", "/", "parse \"http://a\\\\@h/\": net/url: invalid userinfo"),
        ] {
            assert_eq!(join(host, path, "").map_err(|error| error.to_string()), Err(expected.into()));
        }
    }

    #[test]
    fn urls_of_scripts() {
        for (url, want) in [
            ("https://h.test/a b?c", Ok("https://h.test/a%20b?c")),
            ("http://h/x?y=/../z", Ok("http://h/x?y=/../z")),
            ("http://h/a/../b", Err(UrlErrorKind::DotSegment)),
            ("http://h/users/..", Err(UrlErrorKind::DotSegment)),
            ("http://h/users/.%2E", Err(UrlErrorKind::DotSegment)),
            ("http://h/users/..\\x", Err(UrlErrorKind::DotSegment)),
            ("http://h/users/.\t./x", Err(UrlErrorKind::Control)),
            ("http://h\\@evil/", Err(UrlErrorKind::User)),
            ("/x", Err(UrlErrorKind::NoHost)),
        ] {
            assert_eq!(of_script(url).map_err(|error| error.kind), want.map(str::to_owned), "{url}");
        }
    }

    #[test]
    fn hosts_of_urls() {
        for (url, host) in [
            ("http://u:p@h.test:8080/x", "h.test"),
            ("http://[::1]:80/", "::1"),
            ("https://h", "h"),
            ("/a", ""),
        ] {
            assert_eq!(Parts::parse(url).unwrap().host(), host);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_plain(path in "/[a%2e.\\PC]{0,16}", query in "[a=&%20]{0,8}") {
            if let Ok(url) = join("http://h", &path, &query) {
                let plain = url.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'#');
                prop_assert!(plain && url.starts_with("http://h/"));
            }
        }
    }
}
