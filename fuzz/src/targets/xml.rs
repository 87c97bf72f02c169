//! Any bytes as XML, and as a feed: decoded data is JSON, and what is rendered of it decodes to the same.

use fjord_encoding::{feed, xml};
use fjord_json::Value;
use serde::de::IgnoredAny;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "xml",
    run,
    seeds: || {
        let mut inputs = seeds::texts(&seeds::lines("crates/encoding/tests/data/xml_decode.jsonl"), "xml");
        inputs.extend(seeds::texts(&seeds::lines("crates/encoding/tests/data/xml_render.jsonl"), "xml"));
        inputs.extend(
            seeds::texts(&seeds::lines("crates/encoding/tests/data/feed_decode.jsonl"), "feed")
                .into_iter()
                .take(40),
        );
        inputs
    },
    words: &[
        "<a>",
        "</a>",
        "<a b='c'/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml",
        "?>",
        "<!DOCTYPE a [",
        "]>",
        "&amp;",
        "&#x10ffff;",
        "&#0;",
        "xmlns:b=\"c\"",
        "<rss version=\"2.0\"><channel>",
        "<item>",
        "<feed>",
        " encoding=\"iso-8859-1\"",
    ],
};

fn run(body: &[u8]) {
    if let Ok(feed) = feed::decode(body) {
        is_json(Value::Object(feed));
    }
    for is_collection in [false, true] {
        let Ok(data) = xml::decode(body, is_collection) else { continue };
        // A document without an element name, or with what XML can't have, need not come back.
        if let Some(rendered) = xml::render(&data).expect("it is small")
            && let Ok(again) = xml::decode(&rendered, false)
            && !is_collection
        {
            assert_eq!(again, data, "{}", String::from_utf8_lossy(&rendered));
        }
        is_json(Value::Object(data));
    }
}

fn is_json(value: Value) {
    let json = value.to_json();
    // serde_json reads 128 levels; decoded data may have 256.
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(&json) {
        assert!(error.to_string().contains("recursion limit"), "{error}: {}", String::from_utf8_lossy(&json));
    }
}
