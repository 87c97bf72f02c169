//! `url_pattern`s filled with hostile values: a call goes to the configured host, below the pattern's own beginning.
//!
//! The first line is the endpoint's path, the second the `url_pattern`, the others are values. What `fetch` does with the URL is
//! judged by the crate `url`, which follows the same standard.

use std::borrow::Cow;
use std::cell::Cell;

use fjord_http::template::{Endpoint, Variable};
use fjord_http::url::join;
use fjord_http::{Query, UrlPattern};
use url::Url;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "template",
    run,
    seeds: || {
        seeds::of(&[
            "/users/{id}\n/v1/users/{id}\nme",
            "/a/{x}/{y}\n/b/{y}/c/{x}?q={x}&r=1\n..\n%2e%2e/z",
            "/a/*\n/static/*\nb/c d/\u{e9}",
            "/a\n/b/{JWT.sub}/{resp0_id}?x={resp0_a.b}\na#b\n?x=\\y",
            "/a\n/b/{input_headers.X-Tenant}/{input_query_strings.q}\n@evil.test\n//evil.test/",
        ])
    },
    words: &[
        "{x}",
        "/",
        "..",
        "%2e",
        "%2F",
        "\\",
        "@",
        "#",
        "?",
        "//evil.test",
        "{JWT.sub}",
        "{resp0_a}",
        ":80",
        "\u{ff0f}",
        "\t",
    ],
};

const HOST: &str = "http://host.test:8080";

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let (Some(path), Some(pattern)) = (lines.next(), lines.next()) else { return };
    let values: Vec<&str> = lines.take(8).collect();
    let mut endpoint = Endpoint::new("GET", path, false);
    endpoint.dynamic_routing = true;
    let Ok(compiled) = UrlPattern::compile(pattern, &endpoint, 0) else { return };
    // Each variable takes the next value, the same one when it is asked for again.
    let names: Vec<_> = compiled.variables().cloned().collect();
    let missing = Cell::new(false);
    let lookup = |variable: &_| {
        let at = names.iter().position(|name| name == variable)?;
        let value = values.get(at).map(|value| Cow::Borrowed(*value));
        missing.set(missing.get() || value.is_none());
        value
    };
    let Ok(expanded) = compiled.expand(lookup) else { return };
    let forwarded = Query::parse(values.last().unwrap_or(&"")).encode();
    let Ok(url) = join(HOST, &expanded, &forwarded) else { return };
    assert!(url.starts_with(HOST), "{url}");
    assert!(url.bytes().all(|byte| matches!(byte, b'!'..=b'~')) && !url.contains('#'), "{url}");
    let read = Url::parse(&url).unwrap_or_else(|error| panic!("{error}: {url}"));
    assert_eq!((read.host_str(), read.port()), (Some("host.test"), Some(8080)), "{url}");
    assert!(read.username().is_empty() && read.password().is_none(), "{url}");
    if compiled.has_dot_segments() {
        return;
    }
    // No value ends the path or begins a query.
    if !compiled.text().contains('#') {
        let asks = compiled.text().contains('?') || !forwarded.is_empty();
        assert_eq!(read.query().is_some(), asks, "{url} of {}", compiled.text());
    }
    // Up to its last slash, the text before the first value is the configuration's alone.
    let written = compiled.text();
    let own = written.split(['?', '#', '{', '*']).next().unwrap_or_default();
    let own = &own[..own.rfind('/').map_or(0, |at| at + 1)];
    if own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/') {
        assert!(read.path().starts_with(own), "{url} isn't below {own}");
    }
    // Values that aren't paths make no segments and no parameters.
    let alone = |variable: &Variable| {
        matches!(variable, Variable::Jwt(_) | Variable::InputHeader(_) | Variable::InputQuery(_))
    };
    if names.iter().all(alone) && !written.contains(['#', '%', '\\']) && forwarded.is_empty() {
        let (path, query) = written.split_once('?').unwrap_or((written, ""));
        let count = |text: &str, of: char| text.matches(of).count();
        // The pattern writes a name with slashes as it is.
        if !path.contains("{{") || names.iter().all(|name| !name.to_string().contains('/')) {
            assert_eq!(count(read.path(), '/'), count(path, '/'), "{url} has other segments than {written}");
            let asked = read.query().unwrap_or_default();
            assert_eq!(count(asked, '&'), count(query, '&'), "{url} has other parameters than {written}");
        }
    }
}
