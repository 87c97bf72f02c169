//! Redirects: wherever a `Location` leads `fetch`, credentials go there only if it is the first host or below it.
//!
//! Each line is the `Location` of the next answer; the first call goes to `http://host.test/a/b?c=d`. Where a URL leads is judged by
//! the crate `url`, which reads URLs as `fetch` does.

use fjord_http::redirect::{Body, Redirects, Step};
use url::Url;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "redirect",
    run,
    seeds: || {
        seeds::of(&[
            "/x\n../y?z#f\n?q",
            "https://host.test/\nhttp://sub.host.test/\nhttp://other.test/\nhttp://host.test/",
            "//evil.test/x\n/\\evil.test\nhttp://user:pw@host.test/",
            "http://evil.test\\@host.test/\nhttp:/evil.test\nhttp:///evil.test/",
            "HTTP://HOST.TEST:80/\nhttp://host.test.evil.test\nhttp://[::1]/\nmailto:a@b",
            "a:b\n:a\n%zz\n/%2e%2e/x\nhttp://host.test%2f.evil.test/",
        ])
    },
    words: &[
        "http://",
        "https:",
        "//",
        "/\\",
        "\\",
        "@",
        "host.test",
        ".host.test",
        "evil.test",
        "#",
        "?",
        ":80",
        "%2f",
        "..",
        "\u{3002}",
        "\u{ff0f}",
    ],
};

const FIRST: &str = "http://host.test/a/b?c=d";

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut redirects = Redirects::new("GET", FIRST, Body::Empty);
    let mut url = FIRST.to_owned();
    let mut stripped = false;
    for (hop, location) in text.split('\n').take(20).enumerate() {
        match redirects.next("GET", &url, 302, Some(location)) {
            Step::Follow(follow) => {
                assert!(hop < 10, "redirects end");
                assert!(!stripped || follow.strip_sensitive, "once away, always away");
                stripped = follow.strip_sensitive;
                assert!(!follow.url.contains(['\r', '\n', ' ', '#']), "{}", follow.url);
                // What can't be read isn't called.
                let Ok(read) = Url::parse(&follow.url) else { return };
                let host = read.host_str().unwrap_or_default();
                let is_own = host == "host.test" || host.ends_with(".host.test");
                assert!(is_own || stripped, "{location:?} takes the credentials to {host}");
                url = follow.url;
            }
            Step::Answer | Step::Stop(_) => return,
        }
    }
}
