//! URLs for logs and reports, without what lets in whoever reads them.

use std::borrow::Cow;

/// What is written for a value that isn't told.
pub const REDACTED: &str = "REDACTED";

/// A URL without what may be secret: no user, and of the query the names alone.
pub fn url(url: &str) -> Cow<'_, str> {
    if !url.contains(['?', '@']) {
        return url.into();
    }
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let mut public = match base.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let host = rest[..end].rsplit_once('@').map_or(&rest[..end], |(_, host)| host);
            format!("{scheme}://{host}{}", &rest[end..])
        }
        None => base.to_owned(),
    };
    for (index, pair) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        public.push(if index == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) => {
                public.push_str(name);
                public.push('=');
                public.push_str(REDACTED);
            }
            None => public.push_str(pair),
        }
    }
    public.into()
}

/// A text in which URLs may stand, each as [`url`] has it.
pub fn text(text: &str) -> Cow<'_, str> {
    if !text.contains(['?', '@']) {
        return text.into();
    }
    // `[GET /b?key=1]: http://a/b?key=1`
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | ']');
    let is_target = |word: &str| word.starts_with('/') && word.ends_with(']');
    let is_url = |word: &str| word.contains("://") || is_target(word);
    let words = text.split_inclusive(ends).map(|word| {
        let end = word.char_indices().next_back().filter(|(_, c)| ends(*c)).map_or(word.len(), |(at, _)| at);
        match is_url(word) {
            true => url(&word[..end]) + &word[end..],
            false => Cow::Borrowed(word),
        }
    });
    words.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::{text as text_of, url as url_of};

    #[test]
    fn urls_lose_what_lets_in() {
        for (url, public) in [
            ("http://a:80/b?token=x&flag&n=1", "http://a:80/b?token=REDACTED&flag&n=REDACTED"),
            ("https://me:pw@a/b@c", "https://a/b@c"),
            ("https://a", "https://a"),
            ("https://a?x=1", "https://a?x=REDACTED"),
            ("/path?x=1?y", "/path?x=REDACTED"),
        ] {
            assert_eq!(url_of(url), public);
        }
    }

    #[test]
    fn urls_in_texts_lose_it_too() {
        let text =
            "Get \"http://u:p@a/b?key=1\": refused\ninvalid status code 404 [GET /b?k=2]: http://a/c?k=2";
        let public = "Get \"http://a/b?key=REDACTED\": refused\ninvalid status code 404 [GET /b?k=REDACTED]: http://a/c?k=REDACTED";
        assert_eq!(text_of(text), public);
    }
}
