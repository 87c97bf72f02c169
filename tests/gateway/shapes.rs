//! For which other URLs a recipe holds.

use fjord::edge::desk::Desk;
use fjord::edge::shape::Shape;
use fjord::gateway::Gateway;
use fjord::options::Environment;
use fjord::plan;
use fjord_http::Headers;
use serde_json::{Value, json};

/// The shape that a request's recipe tells, with `<0>` for its first value.
fn shape(endpoints: &Value, target: &str) -> Option<(String, Vec<String>)> {
    let config = json!({"version": 3, "host": ["http://a"], "endpoints": endpoints});
    let plan = plan::build(config.to_string().into_bytes(), Environment::default()).unwrap();
    let desk = Desk::default();
    desk.serve(Gateway::new(plan), 1);
    let place = desk.open("GET".to_owned(), format!("http://gateway{target}"), 0.0).unwrap();
    let turn = desk.start(place, Headers::default(), false, 0.0).unwrap();
    assert!(turn.recipe, "{target}");
    let shown = |url: &str| {
        let mut parts = url.split('\u{1}');
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |out, part| format!("{out}<{}>{}", &part[..1], &part[1..]))
    };
    turn.shape.map(|Shape { url, calls }| {
        (shown(&url).replace("http://gateway", ""), calls.iter().map(|call| shown(call)).collect())
    })
}

#[test]
fn values_that_calls_only_repeat_may_be_others() {
    let one = |endpoint: &str, more: Value| {
        let mut one = json!({"endpoint": endpoint, "backend": [{"url_pattern": "/b"}]});
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([one])
    };
    let to = |endpoint: &str, pattern: &str| one(endpoint, json!({"backend": [{"url_pattern": pattern}]}));
    let listed = |names: Value, pattern: &str| {
        one("/x", json!({"input_query_strings": names, "backend": [{"url_pattern": pattern}]}))
    };
    let beside = |path: &str| {
        json!([
            {"endpoint": "/u/{id}", "backend": [{"url_pattern": "/b/{id}"}]},
            {"endpoint": path, "backend": [{"url_pattern": "/c"}]},
        ])
    };
    let from_query = json!({"input_query_strings": ["h"], "backend": [{"host": ["http://{input_query_strings.h}.test"], "url_pattern": "/b"}]});
    let sequence = json!({
        "extra_config": {"proxy": {"sequential": true}},
        "backend": [{"url_pattern": "/1/{id}", "group": "a"}, {"url_pattern": "/2/{resp0_a.n}"}],
    });
    for (endpoints, target, want) in [
        (to("/u/{id}", "/b/{id}"), "/u/7", Some(("/u/<0>", vec!["http://a/b/<0>"]))),
        (
            to("/u/{id}/o/{no}", "/{no}?of={id}"),
            "/u/a-b/o/2.0",
            Some(("/u/<0>/o/<1>", vec!["http://a/<1>?of=<0>"])),
        ),
        (to("/u/{id}", "/b"), "/u/7", Some(("/u/<0>", vec!["http://a/b"]))),
        // A query that no call gets.
        (to("/x", "/b"), "/x?_=1&v=", Some(("/x?_=<0>&v=", vec!["http://a/b"]))),
        (
            listed(json!(["*"]), "/b"),
            "/x?z=1&a=2&e=%20",
            Some(("/x?z=<0>&a=<1>&e=%20", vec!["http://a/b?a=<1>&e=+&z=<0>"])),
        ),
        (
            listed(json!(["a"]), "/b/{input_query_strings.a}"),
            "/x?a=7",
            Some(("/x?a=<0>", vec!["http://a/b/<0>?a=<0>"])),
        ),
        (one("/s/{id}", sequence), "/s/7", Some(("/s/<0>", vec!["http://a/1/<0>"]))),
        (to("/x", "/b"), "/x", None),
        // Such values may mean something.
        (to("/u/{id}", "/b/{id}"), "/u/a%20b", None),
        (to("/u/{id}", "/b/{id}"), "/u/a,b", None),
        (to("/u/{id}", "/b/{id}"), "/u/.b", None),
        // Others would lead elsewhere, or may.
        (beside("/u/me"), "/u/7", None),
        (beside("/u/me/x"), "/u/7", None),
        (beside("/u/v{n}"), "/u/7", None),
        (beside("/u/{id}/me"), "/u/7", Some(("/u/<0>", vec!["http://a/b/<0>"]))),
        (to("/f/*", "/b/*"), "/f/7", None),
        (one("/h", from_query), "/h?h=one", None),
    ] {
        let want = want.map(|(url, calls)| (url.to_owned(), calls.into_iter().map(str::to_owned).collect()));
        assert_eq!(shape(&endpoints, target), want, "{endpoints} {target}");
    }
}
