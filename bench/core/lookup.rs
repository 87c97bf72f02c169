//! Finding an endpoint, and filling a `url_pattern`.

use std::borrow::Cow;

use fjord_http::template::{Endpoint, UrlPattern, Variable};
use fjord_router::{Options, Outcome, Route, Router};

use crate::clock::alone;
use crate::row;

pub fn run() {
    for count in [10, 100, 1_000, 10_000] {
        let paths: Vec<String> = (0..count)
            .map(|at| match at % 2 {
                0 => format!("/v{}/service{}/resource{at}", at % 3, at % 40),
                _ => format!("/v{}/service{}/resource{at}/{{id}}/parts/{{part}}", at % 3, at % 40),
            })
            .collect();
        let routes: Vec<Route<'_>> = paths
            .iter()
            .enumerate()
            .map(|(id, path)| Route { method: "GET", path, id, builtin: false })
            .collect();
        let (router, conflicts) = Router::new(&routes, Options::default());
        assert!(conflicts.is_empty());
        // All endpoints in turn: one alone would stay in the nearest cache.
        let targets: Vec<String> =
            paths.iter().map(|path| path.replace("{id}", "4711").replace("{part}", "a-b")).collect();
        for (name, odd) in [("fixed path", 0), ("two parameters", 1)] {
            let mut turn = odd;
            let ns = alone(|| {
                turn = (turn + 2) % count;
                matches!(router.find("GET", &targets[turn]), Outcome::Found(found) if found.route == turn)
            });
            row(&format!("router, {name}, {count} endpoints"), ns, None);
        }
        let ns = alone(|| matches!(router.find("GET", "/v1/nothing/here"), Outcome::NotFound));
        row(&format!("router, no such path, {count} endpoints"), ns, None);
        row(
            &format!("router, built of {count} endpoints"),
            alone(|| Router::new(&routes, Options::default())),
            None,
        );
    }
    let endpoint = Endpoint::new("GET", "/users/{id}/{kind}", false);
    for (pattern, krakend) in
        [("/fixed/path", None), ("/u/{id}", Some(0.46)), ("/u/{id}/of/{kind}", Some(0.66))]
    {
        let compiled = UrlPattern::compile(pattern, &endpoint, 0).unwrap();
        let value = |variable: &Variable| match variable {
            Variable::Param(name) => Some(Cow::Borrowed(if &**name == "Id" { "4711" } else { "parts" })),
            _ => None,
        };
        row(&format!("url_pattern {pattern}"), alone(|| compiled.expand(value).unwrap().len()), krakend);
    }
}
