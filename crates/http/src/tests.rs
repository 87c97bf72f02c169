//! What Go's standard library and KrakenD made of the same texts and requests.

use serde_json::Value;

use super::*;

#[track_caller]
fn compare(kind: &str, answer: impl Fn(&[&str]) -> String, expected: impl Fn(&[&str]) -> String) {
    let data: Value = serde_json::from_str(include_str!("../tests/data/go.json")).unwrap();
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
    let answer = |row: &[&str]| reference::resolve(row[0], row[1]).unwrap_or_else(|error| error.to_string());
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

#[test]
fn many_names_in_connection_cost_their_number() {
    let names: Vec<String> = (0..40_000).map(|number| format!("x-{number}")).collect();
    let mut headers: Headers = names.iter().step_by(8).map(|name| (name.clone(), "1")).collect();
    headers.add("Connection", names.join(","));
    headers.add("X-End", "1");
    let started = std::time::Instant::now();
    headers.remove_hop_by_hop();
    assert_eq!(headers.iter().collect::<Vec<_>>(), [("X-End", "1")]);
    // Each with each took 8 s.
    assert!(started.elapsed().as_secs() < 3);
}
