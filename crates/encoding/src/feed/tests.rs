use super::*;
use crate::testing::{base64, lines, value};

/// What gofeed, with KrakenD's selection of members, said of feeds of every kind.
#[test]
fn decodes_as_gofeed() {
    for case in lines(include_str!("../../tests/data/feed_decode.jsonl")) {
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

#[test]
fn declarations_end_with_their_elements() {
    let feed = r#"<rss xmlns:a="u:one"><channel><a:x>1</a:x><item xmlns:a="u:two" xmlns:b="u:one"><a:x>2</a:x><b:x>3</b:x></item>
        <item><a:x>4</a:x></item></channel></rss>"#;
    let document = tree::Document::read(feed.as_bytes()).unwrap().unwrap();
    let channel = &document.root.children[0];
    let extensions = |element: &tree::Element| {
        element.children.iter().map(|child| child.extension.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(extensions(channel), ["a", "", ""]);
    assert_eq!(extensions(&channel.children[1]), ["a", "b"]);
    assert_eq!(extensions(&channel.children[2]), ["a"]);
}

/// With a copy of the declarations for each element this took minutes and gigabytes.
#[test]
fn many_declarations_and_many_elements_cost_their_sum() {
    let declarations: String = (0..10_000).map(|i| format!(" xmlns:n{i}='u:{i}'")).collect();
    let items = "<item><n1:x/></item>".repeat(5_000);
    let feed = format!("<rss{declarations}><channel>{items}</channel></rss>");
    let Value::Array(items) = &decode(feed.as_bytes()).unwrap()["items"] else { panic!() };
    assert_eq!(items.len(), 5_000);
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

#[test]
fn memory_is_limited() {
    let error = |body: &str| decode(body.as_bytes()).map_err(|error| error.to_string()).err();
    let feed = |head: &str, item: &str, count: usize| {
        format!("<rss{head}><channel>{}</channel></rss>", item.repeat(count))
    };
    let prefix = format!(" xmlns:{0}='{0}'", "p".repeat(100_000));
    let long = feed(&prefix, &format!("<{0}:a/>", "p".repeat(100_000)), 60);
    let json = |items: usize| format!("{{\"items\":[{}{{}}]}}", "{},".repeat(items));
    assert_eq!(error(&feed("", "<item><title>t</title></item>", 5_000)), None);
    assert_eq!(error(&json(5_000)), None);
    for large in [feed("", "<item/>", 100_000), feed("", "<a b='c'/>", 100_000), long, json(100_000)] {
        assert_eq!(
            error(&large).as_deref(),
            Some("the body takes more than 16 MB as values"),
            "{}",
            large.len()
        );
    }
}
