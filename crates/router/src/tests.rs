use proptest::prelude::*;
use serde_json::Value;

use super::*;
use fjord_http::{Query, UrlPattern, escape, template, url};

pub(super) fn router(routes: &[(&str, &str)], options: Options) -> (Router, Vec<Conflict>) {
    let routes: Vec<Route<'_>> = routes
        .iter()
        .enumerate()
        .map(|(id, &(method, path))| Route { method, path, id, builtin: false })
        .collect();
    Router::new(&routes, options)
}

fn get(paths: &[&str]) -> Router {
    let routes: Vec<(&str, &str)> = paths.iter().map(|path| ("GET", *path)).collect();
    router(&routes, Options::default()).0
}

/// A line that says all about an outcome.
pub(super) fn line(outcome: &Outcome<'_, '_>) -> String {
    match outcome {
        Outcome::Found(found) => {
            let params: Vec<String> =
                found.params().map(|(name, value)| format!(" {name}={value}")).collect();
            format!("{}{}", found.route, params.concat())
        }
        Outcome::Options { allow } => format!("options {allow}"),
        Outcome::Redirect(redirect) => {
            let answer = redirect.answer(None);
            format!("{} {}", answer.status, answer.location)
        }
        Outcome::NotFound => "404".into(),
        Outcome::MethodNotAllowed { allow } => format!("405 {}", allow.join(",")),
        Outcome::BadRequest => "400".into(),
    }
}

#[track_caller]
fn expect(router: &Router, target: &str, expected: &str) {
    assert_eq!(line(&router.find("GET", target)), expected, "{target}");
}

#[test]
fn recorded_answers_of_krakend() {
    let suites: Vec<Value> = serde_json::from_str(include_str!("../tests/data/recorded.json")).unwrap();
    for suite in &suites {
        let option = |name: &str| suite["options"][name].as_bool().unwrap();
        let options = Options {
            disable_redirect_trailing_slash: option("disable_redirect_trailing_slash"),
            disable_redirect_fixed_path: option("disable_redirect_fixed_path"),
            disable_handle_method_not_allowed: option("disable_handle_method_not_allowed"),
            remove_extra_slash: option("remove_extra_slash"),
            auto_options: option("auto_options"),
            disable_rest: option("disable_rest"),
        };
        let mut routes = Vec::new();
        for (list, builtin) in [("builtin", true), ("routes", false)] {
            for route in suite[list].as_array().unwrap() {
                let (method, path) = (route[0].as_str().unwrap(), route[1].as_str().unwrap());
                let methods = if method == "*" { &ANY_METHOD[..] } else { std::slice::from_ref(&method) };
                routes.extend(methods.iter().map(|method| Route { method, path, id: 0, builtin }));
            }
        }
        let (router, conflicts) = Router::new(&routes, options);
        assert_eq!(conflicts, []);
        for case in suite["cases"].as_array().unwrap() {
            let method = case["method"].as_str().unwrap();
            let outcome = router.find(method, case["target"].as_str().unwrap());
            let (mut status, mut body, mut location) = (String::new(), None, None);
            match &outcome {
                Outcome::Found(found) => match found.check_params() {
                    Err(error) if !option("disable_path_decoding") => {
                        status.push_str("400");
                        body = Some(error.to_string());
                    }
                    _ => status.push_str("found"),
                },
                Outcome::Options { allow } => {
                    status.push_str("options");
                    assert_eq!(*allow, case["allow"], "{case}");
                }
                Outcome::Redirect(redirect) => {
                    let answer = redirect.answer(None);
                    status = answer.status.to_string();
                    location = Some(answer.location);
                    body = answer.body;
                }
                Outcome::NotFound => (status, body) = ("404".into(), Some(NOT_FOUND_BODY.into())),
                Outcome::MethodNotAllowed { .. } => {
                    (status, body) = ("405".into(), Some(METHOD_NOT_ALLOWED_BODY.into()));
                }
                Outcome::BadRequest => (status, body) = ("400".into(), Some(BAD_REQUEST_BODY.into())),
            }
            assert_eq!(status, case["expect"], "{case}");
            assert_eq!(location.as_deref(), case["location"].as_str(), "{case}");
            if let Some(expected) = case["body"].as_str() {
                assert_eq!(body.as_deref(), Some(expected), "{case}");
            }
        }
    }
}

#[test]
fn fixed_text_goes_before_a_parameter_and_is_taken_back() {
    let router = get(&["/a/{x}/c", "/a/b/d", "/a/b", "/a/{x}"]);
    expect(&router, "/a/b", "2");
    expect(&router, "/a/z", "3 x=z");
    expect(&router, "/a/b/c", "0 x=b");
    expect(&router, "/a/b/d", "1");
    expect(&router, "/a//c", "0 x=");
    expect(&router, "/a/%2F/c", "404");
    expect(&router, "/a/caf%C3%A9", "3 x=café");
}

#[test]
fn a_final_parameter_is_never_empty() {
    let router = get(&["/a/{x}", "/s/"]);
    expect(&router, "/a/", "404");
    expect(&router, "/a", "404");
    expect(&router, "/a/v/", "301 /a/v");
    expect(&router, "/s", "301 /s/");
    expect(&router, "/A/v", "301 /a/v");
    expect(&router, "/x/../A//v?q=1", "301 /a/v?q=1");
}

#[test]
fn wildcards_take_what_is_left() {
    let router = get(&["/foo/*", "/foo/bar", "/foo/{x}/y", "/*"]);
    expect(&router, "/foo/a/b/c", "0 *=a/b/c");
    expect(&router, "/foo/", "0 *=");
    expect(&router, "/foo/bar", "1");
    expect(&router, "/foo/bar/y", "2 x=bar");
    expect(&router, "/foo/bar/z", "0 *=bar/z");
    expect(&router, "/foo", "3 *=foo");
    expect(&get(&["/foo/*"]), "/foo", "301 /foo/");
}

#[test]
fn a_parameter_behind_a_text_needs_disable_rest() {
    let options = Options { disable_rest: true, ..Options::default() };
    let (router, conflicts) = router(&[("GET", "/nr/a{x}b/c-{y}"), ("GET", "/nr/ab{z}/q")], options);
    assert_eq!(conflicts, []);
    // gin's parameter continues to the next slash, and so does its name.
    expect(&router, "/nr/aXb/c-Y", "0 xb=Xb y=Y");
    expect(&router, "/nr/abX/c-Y", "0 xb=bX y=Y");
    expect(&router, "/nr/abX/q", "1 z=X");
    expect(&router, "/nr/aX/c-", "404");
    expect(&get(&["/x-{a}"]), "/x-{a}", "0");
}

#[test]
fn conflicts_are_reported_and_the_rest_works() {
    let (router, conflicts) = router(
        &[
            ("GET", "/a/{x}"),
            ("GET", "/a/{y}/b"),
            ("GET", "/a/{z}"),
            ("GET", "/a/*"),
            ("GET", "/:"),
            ("POST", "/a/{q}"),
            ("GET", "/b/*x/c"),
        ],
        Options::default(),
    );
    let texts: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "'y' in new path '/a/{y}/b' conflicts with existing wildcard 'x' ('GET /a/{x}')",
            "handlers are already registered for path '/a/{z}' ('GET /a/{x}')",
            "wildcards must be named with a non-empty name in path '/:'",
            "catch-all routes are only allowed at the end of the path in path '/b/*x/c'",
            "catch-all wildcard conflicts with paths beside 'GET /a/*'",
        ]
    );
    expect(&router, "/a/1", "0 x=1");
    expect(&router, "/a/1/b", "1 y=1");
    expect(&router, "/a/1/c", "3 *=1/c");
}

#[test]
fn targets_that_are_none() {
    let router = get(&["/a/{x}"]);
    for target in ["", "a", "*", "/%", "/%zz", "/a\n", "/a/\u{7f}", "/%E0%A4%A"] {
        expect(&router, target, "400");
    }
    expect(&router, "/a/%00", "0 x=\0");
    expect(&router, "/a/%ff", "0 x=\u{fffd}");
}

#[test]
fn param_checker() {
    for (value, expected) in [
        ("a b", None),
        ("", None),
        ("100%", Some("error: invalid URL escape \"%\"")),
        ("%zzz", Some("error: invalid URL escape \"%zz\"")),
        ("%25", Some("error: encoded url params")),
        ("123?", Some("error: encoded url params")),
        ("a#b", Some("error: encoded url params")),
    ] {
        assert_eq!(check_value(value).err().map(|error| error.to_string()).as_deref(), expected, "{value}");
    }
}

#[test]
fn forwarded_prefix() {
    let router = get(&["/a", "/{x}/{y}"]);
    for (target, prefix, expected) in [
        ("/a/", None, "/a"),
        ("/a/?q=<b>", Some("/api"), "/api/a?q=<b>"),
        ("/a/", Some("//evil.test"), "/eviltest/a"),
        ("/a/", Some("evil"), "/evil/a"),
        ("/a/", Some("/x/../../y/"), "/y/a"),
        ("/a/", Some(""), "/a"),
        // gin's own Location would name the host `evil.test` here.
        ("//evil.test/", None, "/evil.test"),
    ] {
        let Outcome::Redirect(redirect) = router.find("GET", target) else { panic!("{target}") };
        assert_eq!(redirect.answer(prefix).location, expected, "{target} {prefix:?}");
    }
}

#[test]
fn a_redirect_to_another_case_stops_where_gin_would_fail() {
    let router = get(&["/m/fixed", "/m/{x}", "/k/Case/{x}"]);
    expect(&router, "/M/FIXED", "404");
    expect(&router, "/K/cASE/Va%20lue/?q=é", "301 /k/Case/Va%20lue?q=%c3%a9");
}

#[test]
fn hostile_paths() {
    let router = get(&["/{a}/{b}/x", "/*", "/s/{c}"]);
    let long = "/a".repeat(500_000);
    assert!(line(&router.find("GET", &long)).starts_with("1 *=a/a"));
    let router = get(&["/{a}/{b}/x", "/s/{c}"]);
    expect(&router, &long, "404");
    expect(&router, &"/".repeat(100_000), "404");
    expect(&router, &"/..".repeat(100_000), "404");
    expect(&router, &format!("/{}", "%41".repeat(300_000)), "404");
    let deep = "/{p}".repeat(20_000);
    let router = get(&[&deep]);
    assert!(line(&router.find("GET", &"/v".repeat(20_000))).ends_with("p=v"));
}

#[test]
fn ten_thousand_endpoints() {
    let paths: Vec<String> =
        (0..10_000).map(|n| format!("/svc{n}/v{}/{{id}}/items/{{item}}", n % 7)).collect();
    let routes: Vec<&str> = paths.iter().map(String::as_str).collect();
    let router = get(&routes);
    for n in [0, 1, 4711, 9999] {
        expect(&router, &format!("/svc{n}/v{}/a/items/b", n % 7), &format!("{n} id=a item=b"));
        expect(
            &router,
            &format!("/SVC{n}/v{}/A/items/b/", n % 7),
            &format!("301 /svc{n}/v{}/A/items/b", n % 7),
        );
    }
}

/// The rules by themselves: all endpoints that match, the one that is the most fixed at the first difference.
pub(super) fn naive<'a>(paths: &[&'a str], path: &str) -> Option<(&'a str, Vec<String>)> {
    let wanted: Vec<&str> = path[1..].split('/').collect();
    let mut best: Option<(Vec<u8>, &str, Vec<String>)> = None;
    for &pattern in paths {
        let parts: Vec<&str> = pattern[1..].split('/').collect();
        let (mut ranks, mut values, mut ok) = (Vec::new(), Vec::new(), true);
        for (at, part) in parts.iter().enumerate() {
            if *part == "*" && at < wanted.len() {
                ranks.push(2);
                values.push(wanted[at..].join("/"));
                ok &= at + 1 == parts.len();
                break;
            }
            let Some(segment) = wanted.get(at) else {
                ok = false;
                break;
            };
            if part.starts_with('{') {
                ok &= !segment.is_empty() || at + 1 < wanted.len();
                ranks.push(1);
                values.push((*segment).to_owned());
            } else {
                ok &= part == segment;
                ranks.push(0);
            }
        }
        ok &= parts.last() == Some(&"*") || parts.len() == wanted.len();
        if ok && best.as_ref().is_none_or(|(other, ..)| ranks < *other) {
            best = Some((ranks, pattern, values));
        }
    }
    best.map(|(_, pattern, values)| (pattern, values))
}

proptest! {
    #[test]
    fn agrees_with_the_naive_matcher(
        patterns in prop::collection::btree_set("(/(a|b|ab|\\{x\\}|\\{x\\})){1,4}(/|/\\*)?", 1..12),
        path in "(/(a|b|ab|c|)){1,5}",
    ) {
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let router = get(&patterns);
        let found = match router.find("GET", &path) {
            Outcome::Found(found) => {
                Some((patterns[found.route], found.params().map(|(_, value)| value.to_owned()).collect()))
            }
            _ => None,
        };
        prop_assert_eq!(found, naive(&patterns, &path));
    }

    #[test]
    fn never_panics_and_never_leaves_the_host(
        patterns in prop::collection::vec("[/a-c{}:*?#%.é]{0,12}", 0..8),
        method in "(GET|POST|OPTIONS)",
        target in "/[/a-cA-C.%0-9é?#\\\\]{0,16}",
        prefix in "[/a-z.:\\\\%]{0,8}",
        flags in 0_u8..64,
    ) {
        let options = Options {
            disable_rest: flags & 1 != 0,
            remove_extra_slash: flags & 2 != 0,
            auto_options: flags & 4 != 0,
            ..Options::default()
        };
        let routes: Vec<(&str, &str)> = patterns.iter().map(|path| ("GET", path.as_str())).collect();
        let (router, _) = router(&routes, options);
        if let Outcome::Redirect(redirect) = router.find(&method, &target) {
            let location = redirect.answer(Some(&prefix)).location;
            prop_assert!(location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"));
        }
    }

    #[test]
    fn clean_paths_stay(path in "[/a.]{0,12}") {
        let clean = clean_path(&path).into_owned();
        prop_assert_eq!(&*clean_path(&clean), &clean);
        prop_assert!(clean.starts_with('/') && !clean.contains("//"));
    }
}

/// From the client's request to the URL the upstream saw: the route, its parameters, the pattern, the query.
#[test]
fn recorded_requests_of_krakend() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../tests/data/requests.json")).unwrap();
    assert!(rows.len() > 60);
    for row in &rows {
        let text = |key: &str| row[key].as_str().unwrap();
        let route = Route { method: text("method"), path: text("endpoint"), id: 0, builtin: false };
        let (router, _) = Router::new(&[route], Options::default());
        let Outcome::Found(found) = router.find(text("method"), text("target")) else { panic!("{row}") };
        if let Err(error) = found.check_params() {
            assert_eq!(error.to_string(), row["error"], "{row}");
            continue;
        }
        let endpoint = template::Endpoint::new(text("method"), text("endpoint"), false);
        let pattern = UrlPattern::compile(text("pattern"), &endpoint, 0).unwrap();
        let lookup = |variable: &template::Variable| {
            let name = variable.to_string();
            found
                .params()
                .find(|(param, _)| template::title(param) == name)
                .map(|(_, value)| value.to_owned().into())
        };
        let strings: Vec<&str> =
            row["strings"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        let raw_query = text("target").split_once('?').map_or("", |target| target.1);
        let query = Query::parse_some(raw_query, |key| strings.contains(&"*") || strings.contains(&key));
        match url::join("http://127.0.0.1:8084", &pattern.expand(lookup).unwrap(), &query.encode()) {
            Err(error) => assert_eq!(error.to_string(), row["error"], "{row}"),
            Ok(url) => {
                let parts = url::Parts::parse(&url).unwrap();
                let path = escape::unescape(parts.path).unwrap();
                assert_eq!(row.get("path").map_or(Some(&*path), Value::as_str), Some(&*path), "{row}");
                let query = parts.query.unwrap_or("");
                assert_eq!(row.get("query").map_or(Some(query), Value::as_str), Some(query), "{row}");
                assert_eq!(row.get("error"), None, "{row}");
            }
        }
    }
}

/// Where there is only one way, any other values lead to the same endpoint: each set of three paths of up to three segments.
#[test]
fn other_values_take_the_only_way() {
    let segments = ["a", "b", "{x}", "b{x}"];
    let mut paths = vec![String::new()];
    for from in [0, 1, 5] {
        let longer =
            paths[from..].iter().flat_map(|path| segments.map(|segment| format!("{path}/{segment}")));
        paths.extend(longer.collect::<Vec<_>>());
    }
    paths.remove(0);
    paths.extend(["/*", "/a/*", "/{x}/*"].map(str::to_owned));
    paths.dedup();
    let values = ["a", "b", "c", "bc"];
    let mut random = 7_u64;
    let mut ways = 0;
    for _ in 0..4000 {
        let mut pick = || {
            random = random.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            &*paths[(random >> 33) as usize % paths.len()]
        };
        let chosen = [pick(), pick(), pick()];
        let routes: Vec<Route<'_>> =
            (0..).zip(chosen).map(|(id, path)| Route { method: "GET", path, id, builtin: false }).collect();
        let (router, _) = Router::new(&routes, Options::default());
        let found = |target: &str| match router.find("GET", target) {
            Outcome::Found(found) => Some(found.route),
            _ => None,
        };
        for target in chosen.map(|path| path.replace("{x}", "c").replace('*', "c")) {
            let Some(places) = router.only_way("GET", &target) else { continue };
            ways += 1;
            let route = found(&target);
            assert!(route.is_some(), "{target} of {chosen:?}");
            for number in 0..values.len().pow(places.len() as u32) {
                let mut other = target.clone();
                for (at, place) in places.iter().enumerate().rev() {
                    other.replace_range(
                        place.clone(),
                        values[number / values.len().pow(at as u32) % values.len()],
                    );
                }
                assert_eq!(found(&other), route, "{other} of {chosen:?}");
            }
        }
    }
    assert!(ways > 1000, "{ways}");
}
