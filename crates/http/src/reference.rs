//! The URL that a `Location` means on the page that sent it.

use std::borrow::Cow;

use super::url::{Parts, UrlError, UrlErrorKind, write_url};

/// The URL that `reference` means on a page at `base` (RFC 3986, as Go's `ResolveReference`), without its fragment.
///
/// # Errors
/// If one of the two isn't a URL.
pub fn resolve(base: &str, reference: &str) -> Result<String, UrlError> {
    let from = Parts::parse(base)?;
    let to = Parts::parse(reference)?;
    if to.scheme.is_empty() && !to.path.starts_with('/') {
        let first = to.path.split('/').next().unwrap_or("");
        let kind = if first.starts_with(':') { UrlErrorKind::NoScheme } else { UrlErrorKind::Colon };
        if first.contains(':') {
            let url = reference.split('#').next().unwrap_or(reference).to_owned();
            return Err(UrlError { url, kind });
        }
    }
    let path = to.normal_path(reference)?;
    let scheme = if to.scheme.is_empty() { from.scheme } else { to.scheme }.to_ascii_lowercase();
    let mut out = String::with_capacity(base.len() + reference.len());
    match to.authority.filter(|authority| !authority.is_empty()) {
        Some(authority) => write_url(&scheme, authority, &resolve_path("", &path), to.query, &mut out),
        None if to.scheme.is_empty() => {
            let query = if to.path.is_empty() && to.query.is_none() { from.query } else { to.query };
            let path = resolve_path(from.path, &path);
            write_url(&scheme, from.authority.unwrap_or(""), &path, query, &mut out);
        }
        // `mailto:x`, `http:/x`: nothing a call could go to.
        None => write_url(&scheme, "", &path, to.query, &mut out),
    }
    Ok(out)
}

fn resolve_path(base: &str, reference: &str) -> String {
    let full: Cow<'_, str> = match reference {
        "" => base.into(),
        absolute if absolute.starts_with('/') => absolute.into(),
        relative => format!("{}{relative}", &base[..base.rfind('/').map_or(0, |at| at + 1)]).into(),
    };
    if full.is_empty() {
        return String::new();
    }
    // Go works on the text, so that empty segments are removed with what precedes them: not RFC 3986's result.
    let mut out = String::with_capacity(full.len() + 1);
    out.push('/');
    let (mut first, mut last) = (true, "");
    for segment in full.split('/') {
        match segment {
            "." => first = false,
            ".." => {
                out.truncate(out[1..].rfind('/').map_or(1, |at| at + 1));
                first = out.len() == 1;
            }
            name => {
                if !first {
                    out.push('/');
                }
                out.push_str(name);
                first = false;
            }
        }
        last = segment;
    }
    if matches!(last, "." | "..") {
        out.push('/');
    }
    if out[1..].starts_with('/') {
        out.remove(0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (reference, expected) in [
            ("/x?y=1", "http://h:80/x?y=1"),
            ("x", "http://h:80/a/x"),
            ("../x/./y/..", "http://h:80/x/"),
            ("../../../x", "http://h:80/x"),
            ("?z", "http://h:80/a/b?z"),
            ("#f", "http://h:80/a/b?q=1"),
            ("", "http://h:80/a/b?q=1"),
            ("//other/p", "http://other/p"),
            ("HTTPS://Other/p/../q é", "https://Other/q%20%C3%A9"),
            ("https://other", "https://other"),
            ("//other?x y", "http://other?x%20y"),
            (".", "http://h:80/a/"),
            ("/a//b", "http://h:80/a//b"),
            ("mailto:x", "mailto://x"),
        ] {
            assert_eq!(resolve("http://h:80/a/b?q=1", reference).as_deref(), Ok(expected), "{reference}");
        }
        assert!(resolve("http://h/", "/%zz").is_err());
    }
}
