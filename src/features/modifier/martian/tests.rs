use std::collections::BTreeMap;

use serde_json::Value as Json;

use fjord_document::node::{Kind, Member, Node};
use fjord_http::Headers;

use super::{Program, Request, Response};

fn node(json: &Json) -> Node {
    let kind = match json {
        Json::Null => Kind::Null,
        Json::Bool(value) => Kind::Bool(*value),
        Json::Number(number) => Kind::Number(number.to_string().into()),
        Json::String(text) => Kind::String(text.as_str().into()),
        Json::Array(items) => Kind::Array(items.iter().map(node).collect()),
        Json::Object(members) => Kind::Object(
            members
                .iter()
                .map(|(key, value)| Member { key: key.as_str().into(), key_span: 0..0, value: node(value) })
                .collect(),
        ),
    };
    Node { span: 0..0, kind }
}

fn headers(json: &Json) -> Headers {
    let mut headers = Headers::new();
    for field in json.as_array().unwrap() {
        headers.add(field[0].as_str().unwrap().to_owned(), field[1].as_str().unwrap());
    }
    headers
}

fn request(case: &Json) -> Request {
    let (scheme, rest) = case["url"].as_str().unwrap().split_once("://").unwrap();
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = before.split_once('/').unwrap();
    Request {
        method: "POST".into(),
        scheme: scheme.into(),
        host: host.into(),
        path: format!("/{path}"),
        query: query.into(),
        headers: headers(&case["request_headers"]),
        ..Request::default()
    }
}

/// The fields by name, as the cases have them.
fn fields(headers: &Headers) -> Json {
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in headers.iter() {
        fields.entry(name).or_default().push(value);
    }
    serde_json::to_value(fields).unwrap()
}

fn text(body: &Option<Vec<u8>>) -> Json {
    body.as_ref().map_or(Json::Null, |body| Json::String(String::from_utf8(body.clone()).unwrap()))
}

/// What martian made of a request and of a response that is not found, for every modifier and condition.
#[test]
fn modifies_as_martian() {
    let file = include_str!("../../../../tests/data/martian.jsonl");
    for case in file.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        let name = &case["config"];
        let program = match Program::compile(&node(name)) {
            Ok(program) => program,
            Err(fault) => {
                assert!(case["fault"].is_string(), "{name}: {fault}");
                continue;
            }
        };
        assert!(case["fault"].is_null(), "{name}: {case}");
        let unique = &mut || "unique".to_owned();
        let mut request = request(&case);
        let result = program.modify_request(&mut request, unique);
        let expected = &case["request"];
        assert_eq!(result.err().as_deref(), expected["error"].as_str(), "{case}");
        assert_eq!(request.url(), expected["url"].as_str().unwrap(), "{case}");
        // A `Host` among the fields is never sent.
        let mut sent = expected["headers"].clone();
        sent.as_object_mut().unwrap().remove("Host");
        assert_eq!(fields(&request.headers), sent, "{case}");
        assert_eq!(text(&request.body), expected["body"], "{case}");
        assert_eq!(request.framing.length, expected["length"].as_i64().unwrap(), "{case}");
        let host = request.framing.host.clone().unwrap_or_else(|| request.host.clone());
        assert_eq!(host, expected["host"].as_str().unwrap_or_default(), "{case}");

        let expected = &case["response"];
        if expected.is_null() {
            continue;
        }
        let mut response =
            Response { status: 404, headers: headers(&case["response_headers"]), ..Response::default() };
        let result = program.modify_response(&mut response, &request, unique);
        assert_eq!(result.err().as_deref(), expected["error"].as_str(), "{case}");
        assert_eq!(i64::from(response.status), expected["status"].as_i64().unwrap(), "{case}");
        assert_eq!(fields(&response.headers), expected["headers"], "{case}");
        assert_eq!(text(&response.body), expected["body"], "{case}");
        assert_eq!(response.framing.length, expected["length"].as_i64().unwrap(), "{case}");
    }
}

/// martian drops the brackets of an address together with its port, and calls `http://::1/`.
#[test]
fn addresses_keep_their_brackets() {
    let program = Program::compile(&node(&serde_json::json!({"port.Modifier": {"remove": true}}))).unwrap();
    let mut request =
        Request { scheme: "http".into(), host: "[::1]:80".into(), path: "/".into(), ..Request::default() };
    program.modify_request(&mut request, &mut String::new).unwrap();
    assert_eq!(request.url(), "http://[::1]/");
}

#[test]
fn ids_are_given_once() {
    let config = serde_json::json!({"fifo.Group": {"modifiers": [{"header.Id": {}}, {"header.Id": {"header": "X-Other"}}]}});
    let program = Program::compile(&node(&config)).unwrap();
    let mut request = Request::default();
    request.headers.add("X-Other", "kept");
    program.modify_request(&mut request, &mut || "6ba7b810".to_owned()).unwrap();
    assert_eq!(request.headers.get("X-Krakend-Id"), Some("6ba7b810"));
    assert_eq!(request.headers.get("X-Other"), Some("kept"));
}

#[test]
fn several_ranges_are_parts() {
    let config = serde_json::json!({"body.Modifier": {"contentType": "text/x", "body": "aGVsbG8="}});
    let program = Program::compile(&node(&config)).unwrap();
    let ask = |range: &str| {
        let mut request = Request::default();
        request.headers.add("Range", range);
        let mut response = Response::default();
        program.modify_response(&mut response, &request, &mut || "b-1".to_owned()).unwrap();
        (response.status, String::from_utf8(response.body.unwrap_or_default()).unwrap())
    };
    let parts = "--b1\r\nContent-Range: bytes 0-0/5\r\nContent-Type: text/x\r\n\r\nh\r\n--b1\r\n\
                 Content-Range: bytes 4-4/5\r\nContent-Type: text/x\r\n\r\no\r\n--b1--\r\n";
    assert_eq!(ask("bytes=0-0,4-4"), (206, parts.to_owned()));
    assert_eq!(ask("bytes=0-4,0-4,0-4").0, 416);
    assert_eq!(ask("bytes=0-5").0, 416);
    assert_eq!(ask("bytes=99999999999-").0, 416);
}

#[test]
fn faults_say_what_is_wrong() {
    for (config, message) in [
        (serde_json::json!({}), "parse: expected one modifier, received 0"),
        (serde_json::json!({"nope": {}}), "parse: unknown modifier \"nope\""),
        (
            serde_json::json!({"status.Modifier": {"statusCode": 200, "scope": ["request"]}}),
            "parse: invalid scope \"request\" for modifier",
        ),
        (
            serde_json::json!({"static.Modifier": {}}),
            "static.Modifier serves files, and there are none at the edge",
        ),
    ] {
        assert_eq!(Program::compile(&node(&config)).unwrap_err().to_string(), message);
    }
    let deep = (0..100).fold(
        serde_json::json!({"header.Id": {}}),
        |inner, _| serde_json::json!({"fifo.Group": {"modifiers": [inner]}}),
    );
    assert_eq!(Program::compile(&node(&deep)).unwrap_err().message, "modifiers nested deeper than 32");
}

#[test]
fn a_header_that_is_made_to_take_too_long_fails_the_backend() {
    let config = serde_json::json!({"header.RegexFilter": {"scope": ["request"], "header": "X-A", "regex": "(.{0,255}x){3}y",
        "modifier": {"header.Modifier": {"scope": ["request"], "name": "X-B", "value": "1"}}}});
    let program = Program::compile(&node(&config)).unwrap();
    let long = "abcx".repeat(25_000);
    for (value, error) in [
        (&long[..400], None),
        (&long[..], Some("`(.{0,255}x){3}y` takes too long for a string of 100000 bytes")),
    ] {
        let mut request = Request::default();
        request.headers.add("X-A", value);
        let result = program.modify_request(&mut request, &mut || String::new());
        assert_eq!(result.err().as_deref(), error);
    }
}
