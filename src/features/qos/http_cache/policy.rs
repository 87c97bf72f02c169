//! When a kept answer may be given again: the private cache of RFC 9111 as far as KrakenD's has it (spec §22).

use crate::http::{Headers, date};

use super::store::Kept;

/// What a kept answer is worth for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It is the answer.
    Fresh,
    /// The origin must be asked whether it still holds.
    Stale,
    /// The request wants the origin's own answer.
    Bypassed,
}

/// The directives of a `Cache-Control` header.
#[derive(Debug, Default)]
pub struct Directives(Vec<(String, Option<u64>)>);

// === impl Directives ===

impl Directives {
    /// Reads the header of an answer or a request.
    pub fn of(headers: &Headers) -> Self {
        let items = headers.get_all("Cache-Control").flat_map(|line| line.split(','));
        Self(
            items
                .map(|item| match item.split_once('=') {
                    Some((name, value)) => {
                        (name.trim().to_ascii_lowercase(), value.trim_matches([' ', '"']).parse().ok())
                    }
                    None => (item.trim().to_ascii_lowercase(), None),
                })
                .filter(|(name, _)| !name.is_empty())
                .collect(),
        )
    }

    /// Whether a directive is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    fn seconds(&self, name: &str) -> Option<u64> {
        self.0.iter().find(|(known, _)| known == name).and_then(|(_, seconds)| *seconds)
    }
}

/// What `kept` is worth at `now` (seconds since the epoch).
pub fn freshness(kept: &Headers, request: &Headers, now: u64) -> Freshness {
    let (answered, asked) = (Directives::of(kept), Directives::of(request));
    if asked.has("no-cache") {
        return Freshness::Bypassed;
    }
    if answered.has("no-cache") {
        return Freshness::Stale;
    }
    if asked.has("only-if-cached") {
        return Freshness::Fresh;
    }
    let Some(dated) = kept.get("Date").and_then(date::parse_date) else { return Freshness::Stale };
    let mut age = now.saturating_sub(dated);
    let lifetime = asked.seconds("max-age").unwrap_or_else(|| lifetime(&answered, kept, dated));
    age = age.saturating_add(asked.seconds("min-fresh").unwrap_or_default());
    if asked.has("max-stale") {
        match asked.seconds("max-stale") {
            None => return Freshness::Fresh,
            Some(seconds) => age = age.saturating_sub(seconds),
        }
    }
    if lifetime > age { Freshness::Fresh } else { Freshness::Stale }
}

fn lifetime(answered: &Directives, headers: &Headers, dated: u64) -> u64 {
    if answered.has("max-age") {
        return answered.seconds("max-age").unwrap_or_default();
    }
    let expires = headers.get("Expires").and_then(date::parse_date);
    expires.map_or(0, |expires| expires.saturating_sub(dated))
}

/// Whether a stale answer may stand in for a failure of the origin.
pub fn serves_errors(kept: &Headers, request: &Headers, now: u64) -> bool {
    let dated = kept.get("Date").and_then(date::parse_date);
    [Directives::of(kept), Directives::of(request)].iter().any(|directives| {
        directives.has("stale-if-error")
            && match (directives.seconds("stale-if-error"), dated) {
                (None, _) => true,
                (Some(seconds), Some(dated)) => seconds > now.saturating_sub(dated),
                (Some(_), None) => false,
            }
    })
}

/// Whether an answer may be kept, and is of any use later: fresh for a while, or with something to ask the origin by.
pub fn is_storable(answer: &Headers, request: &Headers) -> bool {
    let (answered, asked) = (Directives::of(answer), Directives::of(request));
    let is_useful = answered.has("max-age")
        || answered.has("stale-if-error")
        || ["Expires", "Etag", "Last-Modified"].iter().any(|name| answer.contains(name));
    !answered.has("no-store")
        && !asked.has("no-store")
        && is_useful
        && answer.get("Vary").is_none_or(|vary| vary.trim() != "*")
}

/// The request's values of the headers that an answer varies by.
pub fn varied(answer: &Headers, request: &Headers) -> Vec<(String, String)> {
    let names = answer.get_all("Vary").flat_map(|line| line.split(',')).map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(|name| (name.to_owned(), request.get(name).unwrap_or_default().to_owned()))
        .collect()
}

/// Whether a kept answer was given to a request like this one.
pub fn matches(kept: &Kept, request: &Headers) -> bool {
    kept.varied.iter().all(|(name, value)| request.get(name).unwrap_or_default() == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AT: u64 = 784_111_777;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in lines {
            headers.add((*name).to_owned(), *value);
        }
        headers
    }

    #[test]
    fn freshness_follows_both_sides() {
        let cases: [(&str, &str, u64, Freshness); 12] = [
            ("max-age=60", "", 59, Freshness::Fresh),
            ("max-age=60", "", 60, Freshness::Stale),
            ("max-age=60, no-cache", "", 0, Freshness::Stale),
            ("max-age=60", "no-cache", 0, Freshness::Bypassed),
            ("max-age=60", "max-age=10", 10, Freshness::Stale),
            ("max-age=60", "min-fresh=10", 51, Freshness::Stale),
            ("max-age=60", "min-fresh=18446744073709551615", 10, Freshness::Stale),
            ("max-age=60", "max-stale", 9999, Freshness::Fresh),
            ("max-age=60", "max-stale=10", 69, Freshness::Fresh),
            ("max-age=60", "only-if-cached", 9999, Freshness::Fresh),
            ("s-maxage=60", "", 0, Freshness::Stale),
            ("max-age=x", "", 0, Freshness::Stale),
        ];
        for (answered, asked, age, want) in cases {
            let kept = headers(&[("Date", DATE), ("Cache-Control", answered)]);
            let request = headers(&[("Cache-Control", asked)]);
            assert_eq!(freshness(&kept, &request, AT + age), want, "{answered} / {asked} / {age}");
        }
    }

    #[test]
    fn an_answer_without_a_date_is_never_fresh() {
        let kept = headers(&[("Cache-Control", "max-age=60")]);
        assert_eq!(freshness(&kept, &Headers::default(), AT), Freshness::Stale);
    }

    #[test]
    fn expires_counts_where_there_is_no_max_age() {
        let kept = headers(&[("Date", DATE), ("Expires", "Sun, 06 Nov 1994 08:50:37 GMT")]);
        assert_eq!(freshness(&kept, &Headers::default(), AT + 59), Freshness::Fresh);
        assert_eq!(freshness(&kept, &Headers::default(), AT + 60), Freshness::Stale);
    }

    #[test]
    fn only_useful_answers_are_kept() {
        let plain = Headers::default();
        for (lines, want) in [
            (&[("Cache-Control", "max-age=1")][..], true),
            (&[("Etag", "\"x\"")], true),
            (&[("Cache-Control", "no-store, max-age=1")], false),
            (&[("Etag", "\"x\""), ("Vary", "*")], false),
            (&[], false),
        ] {
            assert_eq!(is_storable(&headers(lines), &plain), want, "{lines:?}");
        }
    }

    #[test]
    fn a_stale_answer_stands_in_for_a_failure_if_it_says_so() {
        let kept = headers(&[("Date", DATE), ("Cache-Control", "max-age=1, stale-if-error=30")]);
        assert!(serves_errors(&kept, &Headers::default(), AT + 29));
        assert!(!serves_errors(&kept, &Headers::default(), AT + 30));
    }
}
