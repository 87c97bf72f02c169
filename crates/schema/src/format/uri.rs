//! URIs as Go's `url.Parse` takes them, which is less strict than the standard.

/// A URI with a scheme.
pub(super) fn is_uri(text: &str) -> bool {
    parse(text).is_some_and(|url| url.has_scheme)
}

/// A URI with or without a scheme.
pub(super) fn is_reference(text: &str) -> bool {
    parse(text).is_some()
}

/// A reference with every brace in its path closed.
pub(super) fn is_template(text: &str) -> bool {
    let Some(url) = parse(text) else { return false };
    let path = super::super::uri::decode(url.path);
    let mut rest = &*path;
    while let Some(open) = rest.find('{') {
        match rest[open..].find('}') {
            Some(close) => rest = &rest[open + close + 1..],
            None => return false,
        }
    }
    true
}

/// What is asked about a parsed URL.
struct Url<'a> {
    has_scheme: bool,
    path: &'a str,
}

fn parse(text: &str) -> Option<Url<'_>> {
    // The backslash is gojsonschema's own rule.
    if text.bytes().any(|c| c < 0x20 || c == 0x7f || c == b'\\') {
        return None;
    }
    let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
    if !escapes_are_sound(fragment) {
        return None;
    }
    let (scheme, rest) = scheme(url)?;
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let has_scheme = !scheme.is_empty();
    if has_scheme && !rest.starts_with('/') {
        // An opaque part, nothing of which is looked at.
        return Some(Url { has_scheme, path: "" });
    }
    let first = rest.split('/').next().unwrap_or_default();
    if first.contains(':') {
        return None;
    }
    let path = match rest.strip_prefix("//").filter(|_| has_scheme || !rest.starts_with("///")) {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !is_authority(authority) {
                return None;
            }
            path
        }
        None => rest,
    };
    escapes_are_sound(path).then_some(Url { has_scheme, path })
}

/// The scheme, which may be missing but not empty, and what follows.
fn scheme(url: &str) -> Option<(&str, &str)> {
    for (i, c) in url.bytes().enumerate() {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
            b':' if i > 0 => return Some((&url[..i], &url[i + 1..])),
            b':' => return None,
            _ => break,
        }
    }
    Some(("", url))
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_user = |c: u8| c.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&c);
    user.bytes().all(is_user) && escapes_are_sound(user) && is_host(host)
}

fn is_host(host: &str) -> bool {
    let port = match host.starts_with('[') {
        true => match host.rfind(']') {
            Some(end) => &host[end + 1..],
            None => return false,
        },
        false => host.rfind(':').map_or("", |colon| &host[colon..]),
    };
    let port_ok = match port.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|c| c.is_ascii_digit()),
        None => port.is_empty(),
    };
    let allowed = |c: u8| c >= 0x80 || c.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"%".contains(&c);
    // Only what is not ASCII may be escaped in a host, and the sign that begins a zone.
    let escape_ok = |rest: &str| {
        matches!(rest.as_bytes().first(), Some(b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'))
            || rest.starts_with("25")
    };
    port_ok && host.bytes().all(allowed) && escapes_are_sound(host) && host.split('%').skip(1).all(escape_ok)
}

/// Whether every `%` is followed by two hexadecimal digits.
fn escapes_are_sound(text: &str) -> bool {
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
    text.split('%').skip(1).all(is_escape)
}
