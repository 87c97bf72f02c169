use super::*;
use crate::encoding::testing::{base64, lines, value};

/// What gofeed, with KrakenD's selection of members, said of feeds of every kind.
#[test]
fn decodes_as_gofeed() {
    for case in lines(include_str!("../../../tests/data/feed_decode.jsonl")) {
        let body = match &case["bytes"] {
            serde_json::Value::String(bytes) => base64(bytes),
            _ => case["feed"].as_str().unwrap().as_bytes().to_vec(),
        };
        let shown = String::from_utf8_lossy(&body);
        match decode(&body) {
            Ok(data) => assert_eq!(Value::Object(data), value(&case["data"]), "{shown}"),
            Err(error) => assert_eq!(Some(error.to_string().as_str()), case["error"].as_str(), "{shown}"),
        }
    }
}

/// Where KrakenD fails over an element it does not know, or prints its JSON library's inner state.
#[test]
fn what_differs_on_purpose() {
    let data =
        decode(b"<rss><channel><item><encoded>x</encoded><title>t</title></item></channel></rss>").unwrap();
    let Value::Array(items) = &data["items"] else { panic!("{data:?}") };
    assert_eq!(items.len(), 1);
    assert_eq!(
        decode(br#"{"items":[{"author":"Ann"}]}"#).unwrap_err().to_string(),
        "the member author of the feed is of another type than JSON Feed says"
    );
    assert_eq!(decode(br#"{"a":1}x"#).unwrap_err(), DecodeError::NotAFeed);
}

#[test]
fn hostile_feeds_are_refused() {
    let deep = format!("<rss>{}", "<a>".repeat(100_000));
    assert_eq!(decode(deep.as_bytes()).unwrap_err().to_string(), "xml: nested deeper than 256 elements");
    let deep = format!("{{\"items\":{}", "[".repeat(100_000));
    assert_eq!(decode(deep.as_bytes()).unwrap_err(), DecodeError::NotAFeed);
    for body in [&b""[..], b"\xef\xbb\xbf", b"<", b"{", b"[]", b"<html></html>", b"<rss", b"\0\x01\x02"] {
        assert!(decode(body).is_err(), "{body:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_decoded_or_refused(body in "(<rss|<feed|\\{\"items\")[<>/!?a-d\\[\\]&;#x\"'= -]{0,40}") {
        let _ = decode(body.as_bytes());
    }

    #[test]
    fn any_date_is_read_or_not(text in "[A-Za-z]{0,3},? ?[0-9]{0,4}[-/ ]?[A-Za-z0-9]{0,3}[-/ ]?[0-9]{0,4}[T ]?[0-9:.,+Z -]{0,20}") {
        let _ = date::Date::parse(&text).map(|date| date.to_string());
    }
}
