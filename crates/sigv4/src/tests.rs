//! The signing test suite of AWS.

use serde_json::Value;

use super::*;

struct Case {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// An HTTP/1.1 request as the suite writes it.
fn parse(text: &str) -> Case {
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap();
    let (method, rest) = first.split_once(' ').unwrap();
    let target = rest.rsplit_once(' ').unwrap().0;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        match line.split_once(':').filter(|_| !line.starts_with(' ')) {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            // A folded line continues with the value.
            None => headers.last_mut().unwrap().1.push_str(line),
        }
    }
    Case {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: body.to_owned(),
    }
}

#[test]
fn signs_as_the_suite_of_aws() {
    let suite: Value = serde_json::from_str(include_str!("../tests/data/aws-sigv4.json")).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 38);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let context = &case["context"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let token = context["credentials"]["token"].as_str().map(str::to_owned);
        let credentials = Credentials {
            access_key_id: text(&context["credentials"]["access_key_id"]),
            secret_access_key: text(&context["credentials"]["secret_access_key"]),
            session_token: token.clone(),
        };
        let mut request = parse(case["request"].as_str().unwrap());
        let now = 1_440_938_160;
        request.headers.push(("x-amz-date".to_owned(), timestamp(now)));
        let body_hash = hash(request.body.as_bytes());
        if context["sign_body"] == true {
            request.headers.push(("x-amz-content-sha256".to_owned(), body_hash.clone()));
        }
        if let Some(token) = token.filter(|_| context["omit_session_token"] != true) {
            request.headers.push(("x-amz-security-token".to_owned(), token));
        }
        let signable = Signable {
            method: &request.method,
            path: &request.path,
            query: &request.query,
            headers: &request.headers,
            body_hash: &body_hash,
            normalize: context["normalize"] == true,
        };
        let (canonical, _) = canonical_request(&signable);
        assert_eq!(canonical, text(&case["header-canonical-request"]), "{name}");
        let region = text(&context["region"]);
        let service = text(&context["service"]);
        let header = sign(&signable, &credentials, &region, &service, now);
        assert!(
            header.ends_with(&format!("Signature={}", text(&case["header-signature"]))),
            "{name}: {header}"
        );
    }
}
