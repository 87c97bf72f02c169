//! Resolves a reference against a base URI (RFC 3986, section 5.2): `$ref` and `$id`.

/// The parts of a URI reference, delimiters left out. No part is decoded.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

/// `reference` as a whole URI, where `base` is that of its document.
pub fn resolve(base: &str, reference: &str) -> String {
    let (base, r) = (split(base), split(reference));
    let path;
    let target = if r.scheme.is_some() {
        path = remove_dots(r.path);
        Parts { path: &path, ..r }
    } else if r.authority.is_some() {
        path = remove_dots(r.path);
        Parts { scheme: base.scheme, path: &path, ..r }
    } else if r.path.is_empty() {
        Parts { path: base.path, query: r.query.or(base.query), fragment: r.fragment, ..base }
    } else {
        path = if r.path.starts_with('/') { remove_dots(r.path) } else { remove_dots(&merge(&base, r.path)) };
        Parts { path: &path, query: r.query, fragment: r.fragment, ..base }
    };
    target.join()
}

/// The URI without its fragment, and the fragment.
pub fn split_fragment(uri: &str) -> (&str, &str) {
    uri.split_once('#').unwrap_or((uri, ""))
}

/// Replaces `%41`; what is not UTF-8 then is repaired.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn split(uri: &str) -> Parts<'_> {
    let (uri, fragment) = cut(uri, '#');
    let (uri, query) = cut(uri, '?');
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c))
    };
    let (scheme, rest) = match uri.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, uri),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (Some(authority), path)
        }
        None => (None, rest),
    };
    Parts { scheme, authority, path, query, fragment }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn merge(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    let directory = base.path.rfind('/').map_or("", |end| &base.path[..=end]);
    format!("{directory}{path}")
}

fn remove_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            // The empty segment before the first slash stays.
            ".." => {
                if kept.len() > usize::from(path.starts_with('/')) {
                    kept.pop();
                }
            }
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if last {
            kept.push("");
        }
    }
    kept.join("/")
}

// === impl Parts ===

impl Parts<'_> {
    fn join(&self) -> String {
        let mut uri = String::new();
        if let Some(scheme) = self.scheme {
            uri.push_str(scheme);
            uri.push(':');
        }
        for (mark, part) in
            [("//", self.authority), ("", Some(self.path)), ("?", self.query), ("#", self.fragment)]
        {
            if let Some(part) = part {
                uri.push_str(mark);
                uri.push_str(part);
            }
        }
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_as_the_standard_shows() {
        // RFC 3986, section 5.4, and what schemas do.
        for (reference, uri) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("./g/.", "http://a/b/c/g/"),
        ] {
            assert_eq!(resolve("http://a/b/c/d;p?q", reference), uri, "{reference}");
        }
        assert_eq!(resolve("", "#/definitions/a"), "#/definitions/a");
        assert_eq!(resolve("", "item.json#x"), "item.json#x");
        assert_eq!(resolve("urn:uuid:1-2", "#/a"), "urn:uuid:1-2#/a");
        assert_eq!(resolve("http://a", "b"), "http://a/b");
    }

    #[test]
    fn decodes_what_is_escaped() {
        for (text, decoded) in
            [("a%25b%22", "a%b\""), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%C3%A9", "é")]
        {
            assert_eq!(decode(text), decoded);
        }
        assert_eq!(split_fragment("a#b#c"), ("a", "b#c"));
    }
}
