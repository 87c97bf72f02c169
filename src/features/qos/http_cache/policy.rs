//! What may be kept, and when it may be given again: RFC 9111 as far as KrakenD's cache has it (spec §22), whose cache is
//! a private one. A shared one keeps what is meant for everybody.

use fjord_http::{Headers, date};

use super::store::Kept;

/// Whose answers a cache keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// KrakenD's: whatever `Cache-Control` lets a browser keep, and `Authorization` plays no part.
    Private,
    /// What RFC 9111 §3 lets a shared cache keep.
    Shared,
}

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
pub fn freshness(audience: Audience, kept: &Headers, request: &Headers, now: u64) -> Freshness {
    let (answered, asked) = (Directives::of(kept), Directives::of(request));
    if asked.has("no-cache") {
        return Freshness::Bypassed;
    }
    if answered.has("no-cache") {
        return Freshness::Stale;
    }
    if asked.has("only-if-cached") && may_be_stale(audience, &answered) {
        return Freshness::Fresh;
    }
    let Some(dated) = date_of(kept, "Date", now) else { return Freshness::Stale };
    let mut age = now.saturating_sub(dated);
    let own = lifetime(audience, &answered, kept, dated);
    // A client may want a younger answer; only a private cache takes its word for an older one.
    let lifetime = match (audience, asked.seconds("max-age")) {
        (Audience::Private, Some(seconds)) => seconds,
        (Audience::Shared, Some(seconds)) => seconds.min(own),
        (_, None) => own,
    };
    age = age.saturating_add(asked.seconds("min-fresh").unwrap_or_default());
    if asked.has("max-stale") && may_be_stale(audience, &answered) {
        match asked.seconds("max-stale") {
            None => return Freshness::Fresh,
            Some(seconds) => age = age.saturating_sub(seconds),
        }
    }
    if lifetime > age { Freshness::Fresh } else { Freshness::Stale }
}

fn lifetime(audience: Audience, answered: &Directives, headers: &Headers, dated: u64) -> u64 {
    if audience == Audience::Shared && answered.has("s-maxage") {
        return answered.seconds("s-maxage").unwrap_or_default();
    }
    if answered.has("max-age") {
        return answered.seconds("max-age").unwrap_or_default();
    }
    date_of(headers, "Expires", dated).map_or(0, |expires| expires.saturating_sub(dated))
}

/// The date in a header, in seconds since the epoch.
fn date_of(headers: &Headers, name: &str, now: u64) -> Option<u64> {
    headers.get(name).and_then(|text| date::parse_date(text, now))
}

/// Whether an answer may be given although it is stale (RFC 9111 §4.2.4). KrakenD always lets it be.
fn may_be_stale(audience: Audience, answered: &Directives) -> bool {
    audience == Audience::Private
        || !["must-revalidate", "proxy-revalidate", "s-maxage"].iter().any(|name| answered.has(name))
}

/// Whether a stale answer may replace a failure of the origin.
pub fn serves_errors(audience: Audience, kept: &Headers, request: &Headers, now: u64) -> bool {
    let dated = date_of(kept, "Date", now);
    let answered = Directives::of(kept);
    if !may_be_stale(audience, &answered) {
        return false;
    }
    [answered, Directives::of(request)].iter().any(|directives| {
        directives.has("stale-if-error")
            && match (directives.seconds("stale-if-error"), dated) {
                (None, _) => true,
                (Some(seconds), Some(dated)) => seconds > now.saturating_sub(dated),
                (Some(_), None) => false,
            }
    })
}

/// Whether an answer may be kept, and is of any use later: fresh for a while, or with something to ask the origin by.
pub fn is_storable(audience: Audience, status: u16, answer: &Headers, request: &Headers) -> bool {
    let (answered, asked) = (Directives::of(answer), Directives::of(request));
    let is_useful = answered.has("max-age")
        || answered.has("stale-if-error")
        || (audience == Audience::Shared && answered.has("s-maxage"))
        || ["Expires", "Etag", "Last-Modified"].iter().any(|name| answer.contains(name));
    // The condition or the range of one client is that client's own.
    !matches!(status, 206 | 304 | 412 | 416)
        && !answered.has("no-store")
        && !asked.has("no-store")
        && is_useful
        && !vary(answer).any(|name| name == "*")
        && (audience == Audience::Private || is_for_everybody(status, &answered, answer, request))
}

/// What only a shared cache looks at (RFC 9111 §3).
fn is_for_everybody(status: u16, answered: &Directives, answer: &Headers, request: &Headers) -> bool {
    let is_understood =
        matches!(status, 200 | 203 | 204 | 300..=303 | 307 | 308 | 404 | 405 | 410 | 414 | 501);
    let is_personal = ["Authorization", "Cookie"].iter().any(|name| request.contains(name));
    let is_allowed = || ["public", "s-maxage", "must-revalidate"].iter().any(|name| answered.has(name));
    is_understood
        && !answered.has("private")
        && !answer.contains("Set-Cookie")
        && (!is_personal || is_allowed())
}

/// Whether a 304 is about what is kept: the client's own condition may be about another version.
pub fn confirms(kept: &Headers, request: &Headers) -> bool {
    let [etag, modified] = ["Etag", "Last-Modified"].map(|name| kept.get(name));
    match (request.get("If-None-Match"), request.get("If-Modified-Since")) {
        (Some(theirs), _) => etag.is_some_and(|ours| weak(theirs) == weak(ours)),
        // Where there is an entity tag the origin is asked by that.
        (None, Some(theirs)) => etag.is_some() || modified == Some(theirs),
        (None, None) => true,
    }
}

fn weak(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

fn vary(answer: &Headers) -> impl Iterator<Item = &str> {
    let names = answer.get_all("Vary").flat_map(|line| line.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty())
}

/// The request's values of the headers that an answer varies by.
pub fn varied(answer: &Headers, request: &Headers) -> Vec<(String, String)> {
    vary(answer).map(|name| (name.to_owned(), all(request, name))).collect()
}

/// Whether a kept answer was given to a request like this one.
pub fn matches(kept: &Kept, request: &Headers) -> bool {
    kept.varied.iter().all(|(name, value)| all(request, name) == *value)
}

fn all(request: &Headers, name: &str) -> String {
    request.get_all(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
