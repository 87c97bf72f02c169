//! The router: whatever is found, the endpoint's path with the values in it is the path of the request.
//!
//! The first line has one digit for each option (`1` is on), the others but the last are endpoints (`GET /a/{x}`), the last is
//! the request (`GET /a/b?c`).

use fjord_http::escape::unescape;
use fjord_router::pattern::Pattern;
use fjord_router::pattern::Segment;
use fjord_router::{Options, Outcome, Route, Router, clean_path};

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "router",
    run,
    seeds: || {
        seeds::of(&[
            "000000\nGET /a/{x}/c\nGET /a/b/d\nGET /a/b\nPOST /a/{x}\nGET /a/b/c",
            "000000\nGET /users/{id}\nGET /users/me/\nGET /Users/{id}/*\nGET /users/caf%C3%A9?q=1",
            "110000\nGET /f/*\nGET /f/{a}/{b}\nGET /f/%2e%2e/x//y",
            "000110\nGET /a//b/\nPOST /a/{b}.json\nOPTIONS /a//b/",
            "000001\nGET /a/{b}.json\nGET /a/x{b}\nGET /a/x1.json",
            "001000\nGET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}\nGET /1/2/3/4/5/6/7/8",
            "000000\nGET /__health\nGET /a\nGET /A/",
        ])
    },
    words: &[
        "/", "{x}", "/*", "GET /", "\n", "%2F", "%2e", "//", ":x", "?", "..", "\u{e9}", "%C3%A9", "\u{130}",
        "\u{212a}",
    ],
};

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines: Vec<&str> = text.split('\n').take(24).collect();
    let (Some(request), false) = (lines.pop(), lines.is_empty()) else { return };
    let mut flags = lines.remove(0).bytes().map(|byte| byte == b'1');
    let mut flag = || flags.next().unwrap_or_default();
    let options = Options {
        disable_redirect_trailing_slash: flag(),
        disable_redirect_fixed_path: flag(),
        disable_handle_method_not_allowed: flag(),
        remove_extra_slash: flag(),
        auto_options: flag(),
        disable_rest: flag(),
    };
    let pairs: Vec<(&str, &str)> = lines.iter().filter_map(|line| line.split_once(' ')).collect();
    let routes: Vec<Route<'_>> = pairs
        .iter()
        .enumerate()
        .map(|(id, &(method, path))| Route { method, path, id, builtin: false })
        .collect();
    let (router, conflicts) = Router::new(&routes, options);
    let Some((method, target)) = request.split_once(' ') else { return };
    match router.find(method, target) {
        Outcome::Found(found) => {
            let (endpoint_method, endpoint) = pairs[found.route];
            assert_eq!(endpoint_method, method);
            let values: Vec<&str> = found.params().map(|(_, value)| value).collect();
            let raw = target.split('?').next().unwrap_or_default();
            let decoded = unescape(raw).expect("a path that is found can be decoded");
            let path = if options.remove_extra_slash {
                clean_path(&decoded).into_owned()
            } else {
                decoded.into_owned()
            };
            assert_eq!(found.path(), path);
            assert_eq!(filled(endpoint, &values, options.disable_rest), path, "{endpoint} {values:?}");
            let _ = found.check_params();
        }
        Outcome::Redirect(redirect) => {
            let answer = redirect.answer(None);
            let location = &answer.location;
            assert!(
                location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"),
                "{location}"
            );
            assert!(location.is_ascii() && !location.contains(['\r', '\n']), "{location}");
        }
        Outcome::NotFound if conflicts.is_empty() => {
            let raw = target.split('?').next().unwrap_or_default();
            assert!(
                !routes
                    .iter()
                    .any(|route| is_plain(route.path) && route.path == raw && route.method == method)
            );
        }
        _ => {}
    }
}

/// A path without anything that means something to the router.
fn is_plain(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/')
}

/// The path of an endpoint with values in place of its parameters.
fn filled(endpoint: &str, values: &[&str], disable_rest: bool) -> String {
    let mut form = String::new();
    let pattern = Pattern::read(endpoint, disable_rest, &mut form).expect("the router took it");
    let mut values = values.iter();
    let mut path = String::new();
    for segment in &pattern.segments {
        path.push('/');
        match segment {
            Segment::Static(text) => path.push_str(text),
            Segment::Param { prefix, .. } => {
                path.push_str(prefix);
                path.push_str(values.next().expect("each parameter has a value"));
            }
            Segment::CatchAll(_) => path.push_str(values.next().expect("each parameter has a value")),
        }
    }
    path
}
