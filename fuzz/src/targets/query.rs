//! Query strings: what is written is read again, and decodes as in `application/x-www-form-urlencoded`.

use fjord_http::Query;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "query",
    run,
    seeds: || {
        seeds::of(&[
            "a=1&b=2&a=3",
            "z=a%20b&q=x+y",
            "c[]=1&c[]=2",
            "semi=1;2&q=3",
            "bad=%zz&q=1",
            "=v&&e=",
            "q=%FF%e9&b%AB",
            "q=\u{e9}",
        ])
    },
    words: &["&", "=", ";", "%", "+", "%00", "%26", "%3D", "%ff", "\u{e9}"],
};

fn run(input: &[u8]) {
    let raw = String::from_utf8_lossy(input);
    let query = Query::parse(&raw);
    let written = query.encode();
    assert!(written.is_ascii() && !written.contains([' ', '#', '\r', '\n', '\0']), "{written}");
    let again = Query::parse(&written);
    let mut sorted: Vec<(&str, &str)> = query.iter().collect();
    sorted.sort_by_key(|pair| pair.0);
    assert_eq!(again.iter().collect::<Vec<_>>(), sorted, "{written}");
    assert_eq!(again.encode(), written);
    for (key, _) in query.iter() {
        let first = query.iter().find(|pair| pair.0 == key).map(|pair| pair.1);
        assert_eq!(query.get(key), first);
    }
    let is_strict = !raw.contains(';') && escapes_are_valid(&raw);
    if is_strict {
        let theirs: Vec<(String, String)> = url::form_urlencoded::parse(raw.as_bytes())
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        let ours: Vec<(String, String)> =
            query.iter().map(|(key, value)| (key.into(), value.into())).collect();
        assert_eq!(ours, theirs);
    }
}

fn escapes_are_valid(raw: &str) -> bool {
    raw.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}
