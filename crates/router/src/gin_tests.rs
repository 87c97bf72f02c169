//! Generated endpoints and requests, and what gin 1.9.1 answered.

use serde_json::Value;

use super::tests::{line, naive, router};
use super::*;

/// Why gin's answer isn't ours, where it isn't. Anything else fails the test.
fn excuse(
    router: &Router,
    paths: &[&str],
    method: &str,
    target: &str,
    gin: &str,
    location: Option<&str>,
) -> bool {
    let path = escape::unescape(target.split('?').next().unwrap()).unwrap();
    let found = |path: &str| matches!(router.find(method, path), Outcome::Found(_));
    match (gin, location) {
        // It panics where a parameter has fixed texts beside it.
        ("panic", _) => true,
        // It names another host.
        (_, Some(location)) if location.starts_with("//") => {
            !line(&router.find(method, target)).contains("//")
        }
        // It sends the client away from an endpoint that is there, or to a place where there is none.
        (_, Some(location)) => found(&path) || !found(location),
        // It doesn't go back to a parameter after a fixed text that leads nowhere.
        _ => [&*path, &*toggle_slash(&path)].iter().any(|path| naive(paths, path).is_some()),
    }
}

#[test]
fn answers_of_gin() {
    let sets: Vec<Value> = serde_json::from_str(include_str!("../tests/data/gin.json")).unwrap();
    let (mut equal, mut excused) = (0, 0);
    for set in &sets {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let routes: Vec<(String, String)> = set["routes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|route| (text(&route[0]), text(&route[1])))
            .collect();
        let routes: Vec<(&str, &str)> = routes.iter().map(|(method, path)| (&**method, &**path)).collect();
        let paths: Vec<&str> = routes.iter().map(|route| route.1).collect();
        let (router, conflicts) = router(&routes, Options::default());
        assert_eq!(conflicts, []);
        for case in set["cases"].as_array().unwrap() {
            let (method, target, gin) = (text(&case[0]), text(&case[1]), text(&case[2]));
            let location = case[3].as_str();
            let expected = location.map_or_else(|| gin.clone(), |location| format!("{gin} {location}"));
            let mut answer = line(&router.find(&method, &target));
            if answer.starts_with("405") {
                answer.truncate(3);
            }
            if answer == expected {
                equal += 1;
            } else if excuse(&router, &paths, &method, &target, &gin, location) {
                excused += 1;
            } else {
                panic!("{case}: {answer} for {routes:?}");
            }
        }
    }
    assert!(equal > 800 && excused < equal / 2, "{equal} equal, {excused} excused");
}
