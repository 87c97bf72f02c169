use super::*;
use fjord_document::Document;

fn secure(options: &str) -> SecureHttp {
    SecureHttp::compile(&Document::parse(options).unwrap().root).unwrap()
}

fn pass(secure: &SecureHttp, https: bool, host: &str) -> Option<Headers> {
    let facts = Facts { https, method: "GET", host, target: "/", headers: &Headers::new() };
    match secure.decide(&facts) {
        Decision::Pass(headers) => Some(headers),
        Decision::Answer { .. } => None,
    }
}

#[test]
fn answers_are_those_recorded() {
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tests/data/security/http.json")).unwrap();
    let mut cases = 0;
    for service in recorded.as_array().unwrap() {
        let secure = secure(&service["options"].to_string());
        for case in service["cases"].as_array().unwrap() {
            let text = |name: &str| case[name].as_str().unwrap();
            let answer = case["answer"].as_object().unwrap();
            let location = answer.get("Location").map(|values| values[0].as_str().unwrap());
            // The router's own redirects and the health answer don't come through here.
            if location.is_some_and(|location| location.starts_with('/'))
                || (text("method"), text("target")) == ("GET", "/__health")
            {
                continue;
            }
            let mut headers = Headers::new();
            for (name, value) in case["headers"].as_object().unwrap() {
                headers.add(name.clone(), value.as_str().unwrap());
            }
            let host = headers.get("Host").unwrap_or("localhost:8080").to_owned();
            let facts = Facts {
                https: false,
                method: text("method"),
                host: &host,
                target: text("target"),
                headers: &headers,
            };
            let own = match secure.decide(&facts) {
                Decision::Answer { status, headers, body } => {
                    assert_eq!(case["status"], status, "{case}");
                    assert_eq!(case["body"].as_str().unwrap_or_default(), body, "{case}");
                    headers
                }
                Decision::Pass(headers) => headers,
            };
            // The origin of these cases adds two fields of its own.
            for (name, values) in answer {
                let values = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap());
                let values = values.filter(|value| !["SAMEORIGIN", "max-age=1"].contains(value));
                assert!(own.get_all(name).eq(values), "{name} of {case}");
            }
            let known = |name: &str| name == "Content-Type" || answer.contains_key(name);
            assert!(own.names().all(known), "{own:?} {case}");
            cases += 1;
        }
    }
    assert_eq!(cases, 56);
}

#[test]
fn hosts_may_be_patterns() {
    let hosts = secure(r#"{"allowed_hosts":["(?i).*\\.a\\.test","b|c"],"allowed_hosts_are_regex":true}"#);
    for (host, served) in
        [("x.A.test", true), ("x.a.test.evil", false), ("bx", true), ("xb", false), ("xc", true)]
    {
        assert_eq!(pass(&hosts, true, host).is_some(), served, "{host}");
    }
    let text = r#"{"allowed_hosts":["(a"],"allowed_hosts_are_regex":true}"#;
    let error = SecureHttp::compile(&Document::parse(text).unwrap().root).unwrap_err();
    assert_eq!(error.to_string(), "allowed_hosts: error parsing regexp: missing closing ): `^(a$`");
}

#[test]
fn a_host_that_is_made_to_take_too_long_is_none_of_them() {
    let hosts = secure(r#"{"allowed_hosts":["q|(.{0,255}x){3}y|q",".*"],"allowed_hosts_are_regex":true}"#);
    let name = "abcx".repeat(25_000);
    assert!(pass(&hosts, true, &name).is_none() && pass(&hosts, true, "h").is_some());
}

#[test]
fn https_is_told_and_asked_for() {
    let secure = secure(r#"{"sts_seconds":10,"ssl_redirect":true}"#);
    assert_eq!(pass(&secure, false, "h"), None);
    assert_eq!(pass(&secure, true, "h").unwrap().get("Strict-Transport-Security"), Some("max-age=10"));
    let none = Headers::new();
    let facts = Facts { https: false, method: "GET", host: "h", target: "/a?b=<&\"é", headers: &none };
    let Decision::Answer { status: 301, headers, body } = secure.decide(&facts) else { panic!() };
    assert_eq!(headers.get("Location"), Some("https://h/a?b=<&\"%c3%a9"));
    assert_eq!(body, "<a href=\"https://h/a?b=&lt;&amp;&#34;é\">Moved Permanently</a>.\n\n");
}

#[test]
fn nonces_are_refused() {
    let text = r#"{"content_security_policy":"script-src $NONCE"}"#;
    let error = SecureHttp::compile(&Document::parse(text).unwrap().root).unwrap_err();
    assert_eq!(error.to_string(), "content_security_policy: no page can know the $NONCE");
}
