use proptest::prelude::*;

use super::*;
use crate::url::join;

fn compile(endpoint: &str, pattern: &str) -> Result<UrlPattern, String> {
    UrlPattern::compile(pattern, &Endpoint::new("GET", endpoint, false), 0).map_err(|error| error.to_string())
}

/// Fills `pattern` with values by the variables' names.
fn fill(endpoint: &str, pattern: &str, values: &[(&str, &'static str)]) -> Result<String, ValueError> {
    let pattern = compile(endpoint, pattern).unwrap();
    let lookup = |variable: &Variable| {
        let name = variable.to_string();
        values.iter().find(|value| value.0 == name).map(|value| value.1.into())
    };
    pattern.expand(lookup).map(Cow::into_owned)
}

#[test]
fn patterns_as_krakend_converts_them() {
    for (endpoint, pattern, expected) in [
        ("/{tupu}", "supu/{tupu}", "/supu/{{.Tupu}}"),
        (
            "/{tupu_56}/{supu-5t6}/{foo}",
            "supu/{tupu_56}{supu-5t6}?a={foo}&b={foo}",
            "/supu/{{.Tupu_56}}{{.Supu-5t6}}?a={{.Foo}}&b={{.Foo}}",
        ),
        (
            "/{tupu1}",
            "{resp0_x}/{tupu1}/{JWT.http://example.com/foo_bar}",
            "/{{.Resp0_x}}/{{.Tupu1}}/{{.JWT.http://example.com/foo_bar}}",
        ),
        ("/a/{x}", "//{x", "//{x"),
        ("/a", "/{}", "/{}"),
        ("/a", "", "/"),
        ("/a", "/x/*", "/x/*"),
        ("/{1é}", "/{é}", "/{é}"),
        ("/{x}", "/{{x}}", "/{{{.X}}}"),
    ] {
        assert_eq!(compile(endpoint, pattern).unwrap().text(), expected, "{pattern}");
    }
}

#[test]
fn refused_patterns() {
    for (endpoint, pattern, expected) in [
        (
            "/a/{x}",
            "/{y}",
            "undefined output param 'y'! endpoint: GET /a/:x, backend: 0. input: [x], output: [y]",
        ),
        ("/a", "/{x}", "undefined output param 'x'! endpoint: GET /a, backend: 0. input: [], output: [x]"),
        (
            "/a/{x}",
            "/{X}",
            "undefined output param 'X'! endpoint: GET /a/:x, backend: 0. input: [x], output: [X]",
        ),
        (
            "/a/{x}",
            "/{x}/{y}/{z}",
            "input and output params do not match. endpoint: GET /a/:x, backend: 0. input: [x], output: [x y z]",
        ),
        (
            "/a",
            "/{resp0}",
            "undefined output param 'resp0'! endpoint: GET /a, backend: 0. input: [], output: [resp0]",
        ),
        (
            "/a",
            "/{Resp0_id}",
            "undefined output param 'Resp0_id'! endpoint: GET /a, backend: 0. input: [], output: [Resp0_id]",
        ),
        (
            "/x-{a}",
            "/{a}",
            "undefined output param 'a'! endpoint: GET /x-{a}, backend: 0. input: [], output: [a]",
        ),
        (
            "/{a}{b}",
            "/{a}/{b}",
            "undefined output param 'b'! endpoint: GET /:a{b}, backend: 0. input: [a], output: [a b]",
        ),
        (
            "/some/{tupu}",
            "supu/{tupu_56}/{supu-5t6}?a={foo}&b={foo}",
            "input and output params do not match. endpoint: GET /some/:tupu, backend: 0. input: [tupu], output: [foo supu-5t6 tupu_56]",
        ),
        (
            "/a",
            "/{input_headers.X-A}",
            "undefined output param 'input_headers.X-A'! endpoint: GET /a, backend: 0. input: [], output: [input_headers.X-A]",
        ),
    ] {
        assert_eq!(compile(endpoint, pattern).unwrap_err(), expected);
    }
}

#[test]
fn variables_of_every_kind() {
    let mut endpoint = Endpoint::new("GET", "/v/{id}/*", false);
    endpoint.dynamic_routing = true;
    let pattern = "/{id}/{JWT.sub}/{resp12_a.b}/{resp99999999999999999999_x}?h={input_headers.x-a}&q={input_query_strings.q}";
    let pattern = UrlPattern::compile(pattern, &endpoint, 0).unwrap();
    let kinds: Vec<&Variable> = pattern.variables().collect();
    assert_eq!(
        kinds,
        [
            &Variable::Param("Id".into()),
            &Variable::Jwt("JWT.sub".into()),
            &Variable::Resp { backend: 12, name: "Resp12_a.b".into() },
            &Variable::Resp { backend: usize::MAX, name: format!("Resp{}_x", usize::MAX).into() },
            &Variable::InputHeader("X-A".into()),
            &Variable::InputQuery("q".into()),
        ]
    );
    assert_eq!(fill("/foo/*", "/bar/*", &[("*", "a/b")]).as_deref(), Ok("/bar/a/b"));
    assert_eq!(fill("/foo/*", "/bar/*", &[]).as_deref(), Ok("/bar/"));
    assert_eq!(compile("/a", "/x?y=1").unwrap().as_static(), Some("/x?y=1"));
}

#[test]
fn parameters_land_as_they_are() {
    let id = "/{id}/{n}";
    for (pattern, value, path, url) in [
        ("/a/{id}/foo", "42", "/a/42/foo", "http://h/a/42/foo"),
        ("/a?b={id}", "false", "/a?b=false", "http://h/a?b=false"),
        ("/a/{id}/{n}", "a b", "/a/a b/{{.N}}", "http://h/a/a%20b/%7B%7B.N%7D%7D"),
        ("/a?v={id}&e=", "a|b&c=1", "/a?v=a|b&c=1&e=", "http://h/a?v=a|b&c=1&e="),
        ("/a/{id}/x", "b/c", "/a/b/c/x", "http://h/a/b/c/x"),
        ("/a/{id}/x", "b?c", "/a/b%3Fc/x", "http://h/a/b%3Fc/x"),
        ("/a/{id}/x", "b#c", "/a/b%23c/x", "http://h/a/b%23c/x"),
        ("/a/{id}/x", "b #c", "/a/b %23c/x", "http://h/a/b%20%23c/x"),
        ("/a/{id}/x", "b\\c", "/a/b\\c/x", "http://h/a/b%5Cc/x"),
        ("/a?v={id}&e=", "b#c?d", "/a?v=b%23c?d&e=", "http://h/a?v=b%23c?d&e="),
        ("/a/p-{id}.x", "é", "/a/p-é.x", "http://h/a/p-%C3%A9.x"),
        ("/a/{id}", "{{.N}}", "/a/{{.N}}", "http://h/a/%7B%7B.N%7D%7D"),
        ("/a/../{id}", "x", "/a/../x", "http://h/a/../x"),
        ("/a?x={id}", "../..", "/a?x=../..", "http://h/a?x=../.."),
        ("/a/{id}", "...", "/a/...", "http://h/a/..."),
        ("/a/{id}", ".git", "/a/.git", "http://h/a/.git"),
    ] {
        let values: &[(&str, &'static str)] = &[("Id", value)];
        let filled = fill(id, pattern, values).unwrap();
        assert_eq!(filled, path);
        assert_eq!(join("http://h", &filled, "").as_deref(), Ok(url));
    }
}

#[test]
fn values_stay_in_their_place() {
    let refused = [
        ("/files/{id}/public", ".."),
        ("/files/{id}/public", "."),
        ("/files/{id}/public", "%2e%2e"),
        ("/files/{id}/public", ".%2E"),
        ("/files/{id}/public", "a/../../b"),
        ("/files/{id}/public", "a%2f.."),
        ("/files/{id}/public", "..\\..\\x"),
        ("/files/{id}/public", "x\\%2e%2e%5cy"),
        ("/files/{id}/public", "%252e%252E"),
        ("/files/{id}/public", "x%25252f.%2525252e"),
        ("/files/{id}/public", "..;x"),
        ("/files/{id}/public", "x/.;;/y"),
        ("/files/{id}", ".."),
        ("/files/{id}", "x/."),
        ("/files/.{id}", "."),
        ("/files/.{id}", ""),
        ("/files/.{id}/x", "/y"),
        ("/files/{id}{n}", "."),
        ("/files/{n}{id}", "%2e"),
        ("/a/../files/{id}", ".."),
        ("/files/%2{id}", "e%2e"),
    ];
    for (pattern, value) in refused {
        let result = fill("/{id}/{n}", pattern, &[("Id", value), ("N", "")]);
        assert!(result.is_err(), "{pattern} {value}: {result:?}");
    }
    let error = fill("/{id}", "/f/{id}", &[("Id", "..")]).unwrap_err();
    assert_eq!(error.to_string(), "the value of 'Id' would leave its place in the path");
    assert!(compile("/a", "/a/../b").unwrap().has_dot_segments());
    assert!(!compile("/a", "/a?x=/../b").unwrap().has_dot_segments());
    for sound in ["..a", "a..", "...", "a;..", ".a;", "%252", "%2525", "%252e%252ea", "..%", ";.."] {
        assert!(fill("/{id}/{n}", "/files/{id}", &[("Id", sound)]).is_ok(), "{sound}");
    }
}

#[test]
fn foreign_values_are_one_segment() {
    let mut endpoint = Endpoint::new("GET", "/{id}", false);
    endpoint.dynamic_routing = true;
    let fill = |pattern: &str, value: &'static str| {
        let pattern = UrlPattern::compile(pattern, &endpoint, 0).unwrap();
        let path = pattern.expand(|_| Some(value.into())).map_err(|error| error.to_string())?;
        join("http://h", &path, "f=1").map_err(|error| error.to_string())
    };
    let names = ["JWT.a", "input_headers.A", "input_query_strings.a"];
    for name in names {
        for (value, segment, query) in [
            ("a", "a", "a"),
            ("a/b", "a%2Fb", "a%2Fb"),
            ("a?b=c", "a%3Fb=c", "a%3Fb%3Dc"),
            ("a#b", "a%23b", "a%23b"),
            ("a\\b", "a%5Cb", "a%5Cb"),
            ("a%2Fb", "a%252Fb", "a%252Fb"),
            ("100%", "100%25", "100%25"),
            ("a b&c+d", "a%20b&c+d", "a%20b%26c%2Bd"),
            ("é|;", "%C3%A9%7C%3B", "%C3%A9%7C%3B"),
            ("p,q", "p%2Cq", "p,q"),
            ("me@h.test", "me@h.test", "me%40h.test"),
        ] {
            let path = |pattern: &str| fill(&pattern.replace('_', &format!("{{{name}}}")), value);
            assert_eq!(path("/x/_/y").as_deref(), Ok(&*format!("http://h/x/{segment}/y?f=1")));
            assert_eq!(path("/x/v-_.z").as_deref(), Ok(&*format!("http://h/x/v-{segment}.z?f=1")));
            assert_eq!(path("/x?v=_&z=1").as_deref(), Ok(&*format!("http://h/x?v={query}&z=1&f=1")));
            // A part that has to be escaped doesn't decode the value.
            assert_eq!(
                path("/é %2F/_ /y").as_deref(),
                Ok(&*format!("http://h/%C3%A9%20//{segment}%20/y?f=1"))
            );
        }
        for value in
            ["..", ".", "../x", "a/../b", "a\\..\\b", "%2e%2E", "%252e.", "..%2f..", "..;x/y", "x/.."]
        {
            let error = fill(&format!("/x/{{{name}}}/y"), value).unwrap_err();
            assert!(error.ends_with("would leave its place in the path"), "{value}: {error}");
            assert!(fill(&format!("/x?v={{{name}}}"), value).is_ok(), "{value}");
        }
        for value in ["a\tb", "\n", ".\r.", "a\0", "\x7f"] {
            let error = fill(&format!("/x/{{{name}}}/y"), value).unwrap_err();
            assert!(error.ends_with("has a control character"), "{value}: {error}");
        }
        for (pattern, is_ok) in
            [("/x/_", false), ("/_/x", false), ("/_?q", false), ("/x/_-", true), ("/x?_", true)]
        {
            let pattern = pattern.replace('_', &format!("{{{name}}}"));
            assert_eq!(fill(&pattern, "").is_ok(), is_ok, "{pattern}");
        }
    }
    // Beside values that land unchanged.
    assert_eq!(fill("/{id}/{JWT.a}", "a b/%2F").as_deref(), Ok("http://h/a%20b///a%20b%2F%252F?f=1"));
    assert_eq!(
        fill("/{JWT.a}/{resp0_x}?{resp0_x}", "c%").unwrap_err(),
        "parse \"http://h/c%25/c%?c%\": invalid URL escape \"%\""
    );
}

/// The segments of a path as a browser's URL parser leaves them.
fn resolved(path: &str) -> Vec<String> {
    let path = path.split(['?', '#']).next().unwrap().replace('\\', "/");
    let mut out = Vec::new();
    for segment in path[1..].split('/') {
        match &*segment.to_ascii_lowercase().replace("%2e", ".") {
            "." => {}
            ".." => drop(out.pop()),
            _ => out.push(segment.to_owned()),
        }
    }
    out
}

proptest! {
    #[test]
    fn no_value_climbs(
        pattern in "(/(x|\\{a\\}|\\{b\\}|\\.\\{a\\}|\\{a\\}\\{b\\}|y-\\{b\\})){1,4}",
        a in "(\\.|%2e|%2E|/|\\\\|%2f|%5C|x|\\?|){0,5}",
        b in "[./a]{0,3}",
    ) {
        let compiled = compile("/{a}/{b}", &pattern).unwrap();
        let lookup = |variable: &Variable| match &*variable.to_string() {
            "A" => Some(Cow::Borrowed(&*a)),
            _ => Some(Cow::Borrowed(&*b)),
        };
        if let Ok(path) = compiled.expand(lookup) {
            let url = join("http://h", &path, "").unwrap();
            let sent = url["http://h".len()..].split('?').next().unwrap();
            let segments: Vec<&str> = sent[1..].split('/').collect();
            prop_assert_eq!(resolved(sent), segments);
        }
    }

    /// What a URL parser makes of the call has the pattern's path, query and number of segments.
    #[test]
    fn no_foreign_value_leaves_its_place(
        pattern in "(/(x|\\{a\\}|\\{b\\}|\\.\\{a\\}|\\{a\\}\\{b\\}|é-\\{b\\}|x%20 )){1,4}(\\?q=\\{a\\})?",
        a in "(\\.|%2e|%25|2e|/|\\\\|%2f|%5C|x|\\?|#|&|é|\t){0,6}",
        b in "[./a;?#%]{0,3}",
    ) {
        let mut endpoint = Endpoint::new("GET", "/", false);
        endpoint.dynamic_routing = true;
        let pattern = pattern.replace("{a}", "{JWT.a}").replace("{b}", "{input_headers.B}");
        let compiled = UrlPattern::compile(&pattern, &endpoint, 0).unwrap();
        let value = |variable: &Variable| match variable {
            Variable::Jwt(_) => Some(Cow::Borrowed(&*a)),
            _ => Some(Cow::Borrowed(&*b)),
        };
        if let Ok(path) = compiled.expand(value) {
            let url = join("http://h", &path, "").unwrap();
            let (sent, query) = url["http://h".len()..].split_once('?').map_or((&url["http://h".len()..], None), |(p, q)| (p, Some(q)));
            prop_assert_eq!(query.is_some(), pattern.contains('?'));
            prop_assert!(query.is_none_or(|query| query.starts_with("q=") && !query[2..].contains(['&', '=', '#', '+'])));
            let segments: Vec<&str> = sent[1..].split('/').collect();
            prop_assert_eq!(&resolved(sent), &segments);
            prop_assert_eq!(segments.len(), pattern.split('?').next().unwrap().matches('/').count());
        }
    }

    #[test]
    fn any_pattern(endpoint in "[/{}a-c.:*?é]{0,12}", pattern in "[/{}a-c.:*?%éJWTresp0_]{0,16}", value in "\\PC{0,8}") {
        let endpoint = Endpoint::new("GET", &endpoint, endpoint.len() % 2 == 0);
        if let Ok(pattern) = UrlPattern::compile(&pattern, &endpoint, 0)
            && let Ok(path) = pattern.expand(|_| Some(Cow::Borrowed(&*value)))
        {
            let _ = join("http://h", &path, "");
        }
    }
}
