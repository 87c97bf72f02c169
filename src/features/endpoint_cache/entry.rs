//! A cached answer: what is kept of it, and whether it may be used.

use std::rc::Rc;

use fjord_http::Headers;

use crate::features::qos::http_cache::store::Kept;
use crate::platform::{Answer, AnswerBody};

use super::Lifetime;

/// Among the values beside an answer: when it was made, in milliseconds since 1970.
const MADE: &str = "made";

/// What may be done with a cached answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Answer with it.
    Fresh,
    /// Answer with it, and fetch another.
    WhileRevalidating,
    /// Answer with it if backends fail.
    IfError,
    /// Nothing.
    Nothing,
}

/// An answer as it's kept; none for a body that stays with the host.
pub fn entry(answer: &Answer, now: f64) -> Option<Kept> {
    let body: Rc<[u8]> = match &answer.body {
        AnswerBody::Empty => Rc::from([]),
        AnswerBody::Bytes(bytes) => bytes.as_slice().into(),
        AnswerBody::Stream(_) => return None,
    };
    if answer.passed.is_some() {
        return None;
    }
    let varied = vec![(MADE.to_owned(), format!("{now:.0}"))];
    Some(Kept { status: answer.status, headers: answer.headers.clone(), body, varied })
}

/// The answer to a client.
pub fn answer(kept: &Kept) -> Answer {
    let body = match kept.body.is_empty() {
        true => AnswerBody::Empty,
        false => AnswerBody::Bytes(kept.body.to_vec()),
    };
    Answer { status: kept.status, headers: kept.headers.clone(), passed: None, body }
}

/// When an answer was made; 0 if that isn't known.
pub fn made(kept: &Kept) -> f64 {
    let made = kept.varied.iter().find(|(name, _)| name == MADE);
    made.and_then(|(_, value)| value.parse().ok()).unwrap_or(0.0)
}

/// Whether everybody may get an answer: it's whole, it's called public, and it says nothing of one client.
pub fn is_cacheable(answer: &Answer, key_headers: &[String]) -> bool {
    let headers = &answer.headers;
    let is_known = |name: &str| key_headers.iter().any(|known| known.eq_ignore_ascii_case(name));
    let varies =
        headers.get_all("Vary").flat_map(|value| value.split(',')).map(str::trim).any(|name| !is_known(name));
    answer.status == 200
        && headers.get("X-Krakend-Completed") == Some("true")
        && is_public(headers)
        && !headers.contains("Set-Cookie")
        && !varies
        && answer.passed.is_none()
        && !matches!(answer.body, AnswerBody::Stream(_))
}

/// Whether an answer calls itself public.
pub fn is_public(headers: &Headers) -> bool {
    let mut directives = headers.get_all("Cache-Control").flat_map(|value| value.split(',')).map(str::trim);
    directives.any(|directive| directive.eq_ignore_ascii_case("public"))
}

/// What may be done with an answer of this age, in milliseconds.
pub fn usable(age_ms: f64, lifetime: Lifetime) -> Use {
    let age = (age_ms.max(0.0) / 1000.0) as u64;
    let past = |seconds: u64| age >= lifetime.fresh.saturating_add(seconds);
    match () {
        () if !past(0) => Use::Fresh,
        () if !past(lifetime.while_revalidating) => Use::WhileRevalidating,
        () if !past(lifetime.if_error) => Use::IfError,
        () => Use::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_of(status: u16, fields: &[(&'static str, &str)]) -> Answer {
        let mut headers =
            Headers::from_iter([("X-Krakend-Completed", "true"), ("Cache-Control", "public, max-age=5")]);
        fields.iter().for_each(|(name, value)| headers.set(*name, *value));
        Answer { status, headers, passed: None, body: AnswerBody::Bytes(b"{}".to_vec()) }
    }

    #[test]
    fn only_what_is_for_everybody_is_kept() {
        let key = ["Accept-Language".to_owned()];
        assert!(is_cacheable(&answer_of(200, &[]), &key));
        assert!(is_cacheable(&answer_of(200, &[("Vary", "accept-language")]), &key));
        for (status, fields) in [
            (500, &[][..]),
            (206, &[]),
            (200, &[("Set-Cookie", "a=1")]),
            (200, &[("X-Krakend-Completed", "false")]),
            (200, &[("Cache-Control", "private")]),
            (200, &[("Vary", "Accept-Language, Cookie")]),
            (200, &[("Vary", "*")]),
        ] {
            assert!(!is_cacheable(&answer_of(status, fields), &key), "{status} {fields:?}");
        }
    }

    #[test]
    fn an_answer_ages() {
        let lifetime = Lifetime { fresh: 10, while_revalidating: 5, if_error: 60 };
        for (age, want) in [
            (0.0, Use::Fresh),
            (9_999.0, Use::Fresh),
            (10_000.0, Use::WhileRevalidating),
            (15_000.0, Use::IfError),
            (70_000.0, Use::Nothing),
            (-5.0, Use::Fresh),
        ] {
            assert_eq!(usable(age, lifetime), want, "{age}");
        }
        assert_eq!(usable(10_000.0, Lifetime { fresh: 10, ..Lifetime::default() }), Use::Nothing);
    }

    #[test]
    fn what_is_kept_comes_back() {
        let kept = entry(&answer_of(200, &[]), 1234.0).unwrap();
        assert_eq!(made(&kept), 1234.0);
        assert!(matches!(answer(&kept).body, AnswerBody::Bytes(bytes) if bytes == b"{}"));
    }
}
