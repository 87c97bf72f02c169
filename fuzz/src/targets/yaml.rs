//! Any bytes as YAML: decoded data is JSON, and what is rendered of it decodes to the same.

use fjord_encoding::yaml;
use fjord_json::{Map, Value};
use serde::de::IgnoredAny;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "yaml",
    run,
    seeds: || {
        let mut inputs = seeds::texts(&seeds::lines("crates/encoding/tests/data/yaml_render.jsonl"), "yaml");
        inputs.extend(seeds::of(&[
            "a: &x {b: 1, c: [1.5, 0x1f, 1_000, .inf, ~]}\nd: *x\n<<: *x\n",
            "- a\n- |\n  text\n  more\n- >-\n  folded\n\n  text\n- \"q\\u00e9\\n\"\n- 'it''s'\n",
            "? long key\n: - 1\n  - 2\n---\nsecond: 1\n",
            "a: !!str 1\nb: !!binary aGk=\nc: 2024-01-01\nd: 0o17\ne: 017\nf: +1e3\n",
        ]));
        inputs
    },
    words: &[
        "a: ", "- ", "&x ", "*x", "<<: ", "|\n", ">-\n", "? ", "!!str ", "---\n", "...\n", "{", "}", "[",
        "]", "\"", "'", "#", "~", "0x", "1_0e9", ".inf", "\t", "\u{85}", "\u{2028}", "\u{feff}",
    ],
};

fn run(body: &[u8]) {
    for is_collection in [false, true] {
        let Ok(data) = yaml::decode(body, is_collection) else { continue };
        let data = Value::Object(data);
        let json = data.to_json();
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(&json) {
            assert!(
                error.to_string().contains("recursion limit"),
                "{error}: {}",
                String::from_utf8_lossy(&json)
            );
        }
        // Indentation makes much of what is deep.
        let Ok(rendered) = yaml::render(&data) else { continue };
        let again = match yaml::decode(rendered.as_bytes(), false) {
            Ok(again) => Value::Object(again),
            Err(error) => panic!("{error}: {rendered}"),
        };
        assert_eq!(plain(again), plain(data), "{rendered}");
    }
}

/// Numbers of bodies are rendered as strings, others in another form: here all that can be a number is the same string.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(text) => number(&text),
        Value::String(text) => number(&text),
        Value::Float(float) => number(&float.to_string()),
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, value)| (key, plain(value))).collect::<Map>())
        }
        other => other,
    }
}

fn number(text: &str) -> Value {
    Value::String(text.parse::<f64>().map_or_else(|_| text.to_owned(), |float| float.to_string()))
}
