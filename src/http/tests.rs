//! What Go's standard library and KrakenD made of the same texts and requests.

use serde_json::Value;

use super::*;
use crate::router::{Options, Outcome, Route, Router};

#[track_caller]
fn compare(kind: &str, answer: impl Fn(&[&str]) -> String, expected: impl Fn(&[&str]) -> String) {
    let data: Value = serde_json::from_str(include_str!("../../tests/data/http/go.json")).unwrap();
    let rows = data[kind].as_array().unwrap();
    assert!(rows.len() >= 80);
    for row in rows {
        let row: Vec<&str> = row.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        assert_eq!(answer(&row), expected(&row), "{row:?}");
    }
}

fn bytes(base64: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut out, mut word, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in base64.bytes().filter(|digit| *digit != b'=') {
        word = (word << 6) | DIGITS.iter().position(|other| *other == digit).unwrap() as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    out
}

#[test]
fn urls() {
    let answer = |row: &[&str]| url::normal(row[0]).unwrap_or_else(|error| error.to_string());
    compare("urls", answer, |row| [row[1], row[2]].concat());
}

#[test]
fn references() {
    let answer = |row: &[&str]| redirect::resolve(row[0], row[1]).unwrap_or_else(|error| error.to_string());
    compare("references", answer, |row| [row[2], row[3]].concat());
}

#[test]
fn queries() {
    compare("queries", |row| Query::parse(row[0]).encode(), |row| row[1].to_owned());
}

#[test]
fn names() {
    compare("names", |row| headers::canonical(row[0]).into_owned(), |row| row[1].to_owned());
}

#[test]
fn sniffed_types() {
    compare("sniffed", |row| content_sniff(&bytes(row[0])).to_owned(), |row| row[1].to_owned());
}

#[test]
fn quoted_texts() {
    compare("quoted", |row| escape::quote(row[0].as_bytes()), |row| row[1].to_owned());
}

/// From the client's request to the URL the upstream saw: the route, its parameters, the pattern, the query.
#[test]
fn recorded_requests_of_krakend() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../../tests/data/http/requests.json")).unwrap();
    assert!(rows.len() > 60);
    for row in &rows {
        let text = |key: &str| row[key].as_str().unwrap();
        let route = Route { method: text("method"), path: text("endpoint"), id: 0, builtin: false };
        let (router, _) = Router::new(&[route], Options::default());
        let Outcome::Found(found) = router.find(text("method"), text("target")) else { panic!("{row}") };
        if let Err(error) = found.check_params() {
            assert_eq!(error.to_string(), row["error"], "{row}");
            continue;
        }
        let endpoint = template::Endpoint::new(text("method"), text("endpoint"), false);
        let pattern = UrlPattern::compile(text("pattern"), &endpoint, 0).unwrap();
        let lookup = |variable: &template::Variable| {
            let name = variable.to_string();
            found
                .params()
                .find(|(param, _)| template::title(param) == name)
                .map(|(_, value)| value.to_owned().into())
        };
        let strings: Vec<&str> =
            row["strings"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        let raw_query = text("target").split_once('?').map_or("", |target| target.1);
        let query = Query::parse_some(raw_query, |key| strings.contains(&"*") || strings.contains(&key));
        match url::join("http://127.0.0.1:8084", &pattern.expand(lookup).unwrap(), &query.encode()) {
            Err(error) => assert_eq!(error.to_string(), row["error"], "{row}"),
            Ok(url) => {
                let parts = url::Parts::parse(&url).unwrap();
                let path = escape::unescape(parts.path).unwrap();
                assert_eq!(row.get("path").map_or(Some(&*path), Value::as_str), Some(&*path), "{row}");
                let query = parts.query.unwrap_or("");
                assert_eq!(row.get("query").map_or(Some(query), Value::as_str), Some(query), "{row}");
                assert_eq!(row.get("error"), None, "{row}");
            }
        }
    }
}

#[test]
fn what_is_about_one_connection_goes() {
    let mut headers = Headers::from_iter([
        ("Connection", "X-Listed, keep-alive"),
        ("Connection", " x-also "),
        ("X-Listed", "1"),
        ("X-Also", "1"),
        ("Te", "trailers"),
        ("X-End", "1"),
    ]);
    headers.remove_hop_by_hop();
    assert_eq!(headers.iter().collect::<Vec<_>>(), [("X-End", "1")]);
}
