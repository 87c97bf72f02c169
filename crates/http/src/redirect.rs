//! When and how a call follows a redirect: the rules of Go's HTTP client (spec §5).

use super::escape;
use super::reference::resolve;
use super::url::{Parts, write_url};

/// The headers that don't go to another host.
pub const SENSITIVE: [&str; 6] =
    ["Authorization", "Www-Authenticate", "Cookie", "Cookie2", "Proxy-Authorization", "Proxy-Authenticate"];
/// The headers that go with the body.
pub const OF_BODY: [&str; 4] = ["Content-Encoding", "Content-Language", "Content-Location", "Content-Type"];

/// How many redirects one call follows.
pub const LIMIT: usize = 10;

/// What a call has been through so far.
#[derive(Debug, Clone)]
pub struct Redirects {
    first_method: String,
    first_host: String,
    first_name: String,
    body: Body,
    calls: usize,
    with_body: bool,
    strip_sensitive: bool,
}

/// The body of the first request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// None, or an empty one.
    Empty,
    /// It can be sent again (`send_body_on_redirect`).
    Kept,
    /// A stream that is gone.
    Stream,
}

/// What to do with a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is the answer.
    Answer,
    /// Call again, with the headers of the first request.
    Follow(Follow),
    /// The call fails with this text.
    Stop(String),
}

/// The next call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Its method.
    pub method: String,
    /// Its URL.
    pub url: String,
    /// Whether the body is sent again.
    pub with_body: bool,
    /// Whether to leave out the headers [`OF_BODY`]: the method became one without a body.
    pub strip_of_body: bool,
    /// Whether to leave out the headers [`SENSITIVE`].
    pub strip_sensitive: bool,
    /// The `Referer`, unless the first request has one itself.
    pub referer: Option<String>,
}

// === impl Redirects ===

impl Redirects {
    /// Begins with the first request of a call.
    pub fn new(method: &str, url: &str, body: Body) -> Self {
        let parts = Parts::parse(url).ok();
        Self {
            first_method: method.to_owned(),
            first_host: parts.and_then(|parts| parts.authority).unwrap_or("").to_owned(),
            first_name: parts.map_or("", |parts| parts.host()).to_ascii_lowercase(),
            body,
            calls: 1,
            with_body: true,
            strip_sensitive: false,
        }
    }

    /// What to do with a response to `method url`.
    pub fn next(&mut self, method: &str, url: &str, status: u16, location: Option<&str>) -> Step {
        let (next_method, body_on_hop) = match status {
            301..=303 if matches!(method, "GET" | "HEAD") => (method, false),
            301..=303 => ("GET", false),
            307 | 308 if self.body != Body::Stream => (method, true),
            _ => return Step::Answer,
        };
        self.with_body &= body_on_hop;
        let Some(location) = location.filter(|location| !location.is_empty()) else { return Step::Answer };
        let next = match resolve(url, location) {
            Ok(next) => next,
            Err(error) => {
                let location = escape::quote(location.as_bytes());
                return self.stop(url, &format!("failed to parse Location header {location}: {error}"));
            }
        };
        let parts = Parts::parse(&next).unwrap_or(Parts {
            scheme: "",
            authority: None,
            path: "",
            query: None,
            fragment: "",
        });
        if parts.authority != Some(&*self.first_host)
            && !is_domain_or_subdomain(parts.host(), &self.first_name)
        {
            // Once away, always away: a later way back doesn't bring the headers back.
            self.strip_sensitive = true;
        }
        if self.calls >= LIMIT {
            return self.stop(location, "stopped after 10 redirects");
        }
        if !matches!(parts.scheme, "http" | "https") {
            let scheme = escape::quote(parts.scheme.as_bytes());
            return self.stop(&next, &format!("unsupported protocol scheme {scheme}"));
        }
        self.calls += 1;
        Step::Follow(Follow {
            method: next_method.to_owned(),
            with_body: self.with_body && self.body == Body::Kept,
            strip_of_body: !self.with_body,
            strip_sensitive: self.strip_sensitive,
            referer: referer(url, parts.scheme),
            url: next,
        })
    }

    fn stop(&self, url: &str, text: &str) -> Step {
        let method = self.first_method.as_str();
        let (first, rest) = method.split_at(method.chars().next().map_or(0, char::len_utf8));
        let operation =
            if method.is_empty() { "Get".to_owned() } else { first.to_owned() + &rest.to_ascii_lowercase() };
        Step::Stop(format!("{operation} {}: {text}", escape::quote(url.as_bytes())))
    }
}

/// Whether a redirect stays with scheme, host and port, or only turns to TLS: credentials that the gateway adds may go along.
/// Go lets them go to subdomains, other ports, and from TLS to none.
pub fn keeps_origin(from: &str, to: &str) -> bool {
    let origin = |url| {
        let parts = Parts::parse(url).ok()?;
        let authority = parts.authority?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
        let default_port = if parts.scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(default_port).map(str::to_owned).unwrap_or(host);
        Some((parts.scheme.to_ascii_lowercase(), host))
    };
    match (origin(from), origin(to)) {
        (Some((from, host)), Some((to, next))) => {
            host == next && (from == to || to == "https" && !has_port(&host))
        }
        _ => false,
    }
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(']').map_or(host, |(_, port)| port).contains(':')
}

fn referer(url: &str, next_scheme: &str) -> Option<String> {
    let parts = Parts::parse(url).ok()?;
    if parts.scheme == "https" && next_scheme == "http" {
        return None;
    }
    let authority = parts.authority?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut out = String::with_capacity(url.len());
    write_url(parts.scheme, host, parts.path, parts.query, &mut out);
    Some(out)
}

fn is_domain_or_subdomain(name: &str, parent: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name == parent {
        return true;
    }
    let sub = name.strip_suffix(parent).is_some_and(|before| before.ends_with('.'));
    sub && !parent.is_empty() && !name.contains([':', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn follow(method: &str, body: Body, status: u16, location: &str) -> Option<(String, String, bool)> {
        let url = "http://h.test/a";
        match Redirects::new(method, url, body).next(method, url, status, Some(location)) {
            Step::Follow(next) => Some((next.method, next.url, next.with_body)),
            _ => None,
        }
    }

    #[test]
    fn methods_and_bodies() {
        let to = |method: &str, body| Some((method.to_owned(), "http://h.test/b".to_owned(), body));
        assert_eq!(follow("GET", Body::Empty, 301, "/b"), to("GET", false));
        assert_eq!(follow("HEAD", Body::Empty, 303, "/b"), to("HEAD", false));
        assert_eq!(follow("POST", Body::Stream, 302, "/b"), to("GET", false));
        assert_eq!(follow("DELETE", Body::Empty, 303, "/b"), to("GET", false));
        assert_eq!(follow("POST", Body::Kept, 307, "/b"), to("POST", true));
        assert_eq!(follow("POST", Body::Empty, 308, "/b"), to("POST", false));
        assert_eq!(follow("POST", Body::Stream, 307, "/b"), None);
        for status in [200, 300, 304, 305, 306, 400] {
            assert_eq!(follow("GET", Body::Empty, status, "/b"), None);
        }
        assert_eq!(follow("GET", Body::Empty, 301, ""), None);
    }

    #[test]
    fn headers_of_the_body_stay_with_the_method() {
        let strips = |statuses: [u16; 2]| {
            let mut redirects = Redirects::new("PUT", "http://h/a", Body::Empty);
            statuses.map(|status| match redirects.next("PUT", "http://h/a", status, Some("/b")) {
                Step::Follow(next) => next.strip_of_body,
                step => panic!("{step:?}"),
            })
        };
        assert_eq!(strips([307, 308]), [false, false]);
        // Once left, they don't come back.
        assert_eq!(strips([303, 307]), [true, true]);
    }

    #[test]
    fn stops() {
        let mut redirects = Redirects::new("GET", "http://h/loop/0", Body::Empty);
        let mut url = "http://h/loop/0".to_owned();
        for hop in 1..10 {
            let Step::Follow(next) = redirects.next("GET", &url, 302, Some(&format!("/loop/{hop}"))) else {
                panic!()
            };
            assert_eq!(next.referer.as_deref(), Some(&*url));
            url = next.url;
        }
        let stop = redirects.next("GET", &url, 302, Some("/loop/3"));
        assert_eq!(stop, Step::Stop("Get \"/loop/3\": stopped after 10 redirects".into()));

        let stop = |location| match Redirects::new("POST", "http://h/a", Body::Empty).next(
            "POST",
            "http://h/a",
            301,
            Some(location),
        ) {
            Step::Stop(text) => text,
            step => panic!("{step:?}"),
        };
        // `fetch` ends the host at a backslash: the credentials would go to `evil.test`.
        assert_eq!(
            stop("http://evil.test\\.h/x"),
            "Post \"http://h/a\": failed to parse Location header \"http://evil.test\\\\.h/x\": parse \"http://evil.test\\\\.h/x\": invalid character \"\\\\\" in host name"
        );
        assert_eq!(stop("ftp://h/x"), "Post \"ftp://h/x\": unsupported protocol scheme \"ftp\"");
        assert_eq!(
            stop("/%zz"),
            "Post \"http://h/a\": failed to parse Location header \"/%zz\": parse \"/%zz\": invalid URL escape \"%zz\""
        );
    }

    #[test]
    fn what_stays_behind() {
        for (location, strip, referer) in [
            ("https://h.test/b", false, Some("https://h.test/a")),
            ("https://h.test:8443/b", false, Some("https://h.test/a")),
            ("https://sub.h.test/b", false, Some("https://h.test/a")),
            ("https://evilh.test/b", true, Some("https://h.test/a")),
            ("https://h.test.evil/b", true, Some("https://h.test/a")),
            ("http://h.test/b", false, None),
        ] {
            let url = "https://u:p@h.test/a";
            let step = Redirects::new("GET", url, Body::Empty).next("GET", url, 302, Some(location));
            let Step::Follow(next) = step else { panic!("{location}") };
            assert_eq!((next.strip_sensitive, next.referer.as_deref()), (strip, referer), "{location}");
        }
        let mut redirects = Redirects::new("GET", "http://a/", Body::Empty);
        assert!(
            matches!(redirects.next("GET", "http://a/", 302, Some("http://b/")), Step::Follow(f) if f.strip_sensitive)
        );
        assert!(
            matches!(redirects.next("GET", "http://b/", 302, Some("http://a/")), Step::Follow(f) if f.strip_sensitive)
        );
    }

    #[test]
    fn origins() {
        for (from, to, keeps) in [
            ("http://h/a", "http://h/b?c", true),
            ("http://h:80/a", "http://H/b", true),
            ("https://h/a", "https://h:443/b", true),
            ("http://h/a", "https://h/b", true),
            ("http://[::1]/a", "https://[::1]:443/b", true),
            ("https://h/a", "http://h/b", false),
            ("http://h/a", "http://h:8080/b", false),
            ("http://h:8080/a", "https://h:8080/b", false),
            ("http://h/a", "https://h:80/b", false),
            ("http://h/a", "http://sub.h/b", false),
            ("http://h/a", "http://evil/h", false),
            ("http://h/a", "http://h@evil/", false),
            ("http://u@h/a", "http://v@h/b", true),
            ("http://h/a", "mailto:h", false),
        ] {
            assert_eq!(keeps_origin(from, to), keeps, "{from} {to}");
        }
    }

    proptest! {
        #[test]
        fn any_location(location in "[a-c:/?#.%2\\\\é \\t]{0,16}", status in 300_u16..309) {
            let url = "http://h/a/b";
            let step = Redirects::new("PUT", url, Body::Kept).next("PUT", url, status, Some(&location));
            if let Step::Follow(next) = step {
                prop_assert!(next.url.starts_with("http://") || next.url.starts_with("https://"));
            }
        }
    }
}
