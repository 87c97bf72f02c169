use super::*;
use serde_json::Value;

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
    for (answered, asked, age, want) in [
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
    ] {
        let kept = headers(&[("Date", DATE), ("Cache-Control", answered)]);
        let request = headers(&[("Cache-Control", asked)]);
        assert_eq!(
            freshness(Audience::Private, &kept, &request, AT + age),
            want,
            "{answered} / {asked} / {age}"
        );
    }
}

#[test]
fn an_answer_without_a_date_is_never_fresh() {
    let kept = headers(&[("Cache-Control", "max-age=60")]);
    assert_eq!(freshness(Audience::Private, &kept, &Headers::default(), AT), Freshness::Stale);
}

#[test]
fn expires_counts_where_there_is_no_max_age() {
    let kept = headers(&[("Date", DATE), ("Expires", "Sun, 06 Nov 1994 08:50:37 GMT")]);
    assert_eq!(freshness(Audience::Private, &kept, &Headers::default(), AT + 59), Freshness::Fresh);
    assert_eq!(freshness(Audience::Private, &kept, &Headers::default(), AT + 60), Freshness::Stale);
}

#[test]
fn dates_in_obsolete_forms_count() {
    for (date, expires) in [
        ("Sunday, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT"),
        ("Sun Nov  6 08:49:37 1994", "Sun Nov  6 08:50:37 1994"),
    ] {
        let kept = headers(&[("Date", date), ("Expires", expires)]);
        let at = |now| freshness(Audience::Shared, &kept, &Headers::default(), now);
        assert_eq!((at(AT + 59), at(AT + 60)), (Freshness::Fresh, Freshness::Stale), "{date}");
    }
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
        assert_eq!(is_storable(Audience::Private, 200, &headers(lines), &plain), want, "{lines:?}");
    }
}

#[test]
fn a_stale_answer_stands_in_for_a_failure_if_it_says_so() {
    let kept = headers(&[("Date", DATE), ("Cache-Control", "max-age=1, stale-if-error=30")]);
    assert!(serves_errors(Audience::Private, &kept, &Headers::default(), AT + 29));
    assert!(!serves_errors(Audience::Private, &kept, &Headers::default(), AT + 30));
}

#[test]
fn a_shared_cache_goes_by_what_is_said_to_it() {
    for (answered, asked, age, want) in [
        ("s-maxage=60", "", 59, Freshness::Fresh),
        ("s-maxage=30, max-age=60", "", 30, Freshness::Stale),
        ("max-age=60", "max-age=9999", 60, Freshness::Stale),
        ("max-age=60", "max-age=10", 10, Freshness::Stale),
        ("max-age=60", "max-stale", 9999, Freshness::Fresh),
        ("max-age=60, must-revalidate", "max-stale", 60, Freshness::Stale),
        ("max-age=60, proxy-revalidate", "max-stale=100", 60, Freshness::Stale),
        ("s-maxage=60", "only-if-cached", 60, Freshness::Stale),
    ] {
        let kept = headers(&[("Date", DATE), ("Cache-Control", answered)]);
        let request = headers(&[("Cache-Control", asked)]);
        assert_eq!(
            freshness(Audience::Shared, &kept, &request, AT + age),
            want,
            "{answered} / {asked} / {age}"
        );
    }
    let kept = headers(&[("Date", DATE), ("Cache-Control", "max-age=1, must-revalidate, stale-if-error=30")]);
    assert!(!serves_errors(Audience::Shared, &kept, &Headers::default(), AT + 2));
    assert!(serves_errors(Audience::Private, &kept, &Headers::default(), AT + 2));
}

#[test]
fn what_is_for_one_client_is_not_shared() {
    let fresh = "max-age=60";
    let none = &[][..];
    let (token, cookie) = (&[("Authorization", "Bearer t")][..], &[("Cookie", "id=1")][..]);
    for (request, control, more, want) in [
        (none, fresh, none, true),
        (token, fresh, none, false),
        (cookie, fresh, none, false),
        (token, "public, max-age=60", none, true),
        (cookie, "max-age=60, must-revalidate", none, true),
        (token, "max-age=9, s-maxage=60", none, true),
        (token, "private, max-age=9, s-maxage=60", none, false),
        (none, "private=\"x-a\", max-age=60", none, false),
        (none, "public, max-age=60", &[("Set-Cookie", "id=1")], false),
    ] {
        let answer = [more, &[("Cache-Control", control)]].concat();
        let stored = |audience| is_storable(audience, 200, &headers(&answer), &headers(request));
        assert_eq!(stored(Audience::Shared), want, "{request:?} {answer:?}");
        assert!(stored(Audience::Private), "{request:?} {answer:?}");
    }
}

#[test]
fn what_one_clients_condition_caused_is_kept_by_nobody() {
    let answer = headers(&[("Cache-Control", "public, max-age=60"), ("Etag", "\"e\"")]);
    for audience in [Audience::Private, Audience::Shared] {
        for status in [206, 304, 412, 416] {
            assert!(!is_storable(audience, status, &answer, &Headers::default()), "{status}");
        }
    }
}

#[test]
fn a_304_is_about_what_was_asked() {
    let kept = headers(&[("Etag", "\"e\""), ("Last-Modified", DATE)]);
    let dated = headers(&[("Last-Modified", DATE)]);
    for (kept, name, value, want) in [
        (&kept, "Accept", "*/*", true),
        (&kept, "If-None-Match", "\"e\"", true),
        (&kept, "If-None-Match", "W/\"e\"", true),
        (&kept, "If-None-Match", "\"old\"", false),
        (&kept, "If-None-Match", "\"old\", \"e\"", false),
        (&kept, "If-Modified-Since", "Mon, 07 Nov 1994 08:49:37 GMT", true),
        (&dated, "If-None-Match", "\"e\"", false),
        (&dated, "If-Modified-Since", DATE, true),
        (&dated, "If-Modified-Since", "Mon, 07 Nov 1994 08:49:37 GMT", false),
    ] {
        assert_eq!(confirms(kept, &headers(&[(name, value)])), want, "{kept:?} {name}: {value}");
    }
}

/// What another implementation of RFC 9111 keeps, and for how long; see `tests/data/README.md`.
#[test]
fn a_shared_cache_keeps_what_others_keep() {
    let of = |fields: &Value| -> Headers {
        let fields = fields.as_object().unwrap().iter();
        fields.map(|(name, value)| (name.clone(), value.as_str().unwrap())).collect()
    };
    let now = AT;
    let (mut kept, mut rows) = (0, 0);
    for line in include_str!("../../../../../tests/data/http-cache.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let (request, answer) = (of(&row["request"]), of(&row["response"]));
        let status = row["status"].as_u64().unwrap() as u16;
        let stored = is_storable(Audience::Shared, status, &answer, &request);
        rows += 1;
        // Never what the other one doesn't keep.
        assert!(!stored || row["shared"].is_u64(), "{line}");
        let Some(seconds) = row["shared"].as_u64() else { continue };
        if !stored {
            // It keeps what is of no use later, and a cookie that is said to be public.
            let is_useless = seconds == 0;
            assert!(is_useless || answer.contains("Set-Cookie"), "{line}");
            continue;
        }
        kept += 1;
        let is_fresh = |after| {
            freshness(Audience::Shared, &answer, &Headers::default(), now + after) == Freshness::Fresh
        };
        // Where it says 0 by a rule of its own the answer must be asked for again here, too.
        let want = if Directives::of(&answer).has("proxy-revalidate") { 60 } else { seconds };
        assert!(!is_fresh(want) && (want == 0 || is_fresh(want - 1)), "{line}");
    }
    assert!(rows > 500 && kept > 150, "{kept} of {rows}");
}
