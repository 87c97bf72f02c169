//! The files of the checker's exam (`tests/data/check_cases.jsonl`).

use std::collections::BTreeMap;

use serde_json::Value;

/// The only other file of each case's folder.
pub fn files() -> BTreeMap<String, String> {
    let keys = r#"{"keys":[{"kty":"oct","alg":"HS256","kid":"test","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"}]}"#;
    ["jwk.json", "./jwk.json"].map(|name| (name.to_owned(), keys.to_owned())).into()
}

/// The cases.
pub fn cases() -> impl Iterator<Item = Value> {
    include_str!("../data/check_cases.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
}

/// The file of a case.
pub fn document(case: &Value) -> Vec<u8> {
    match (&case["text"], case["encoding"].as_str()) {
        (Value::String(text), Some("base64")) => base64(text),
        (Value::String(text), _) => text.clone().into_bytes(),
        (Value::Array(parts), _) => {
            let part = |part: &Value| part[0].as_str().unwrap().repeat(part[1].as_u64().unwrap() as usize);
            parts.iter().map(part).collect::<String>().into_bytes()
        }
        (other, _) => panic!("no text: {other}"),
    }
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|d| *d == b)
    };
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for value in text.bytes().filter_map(digit) {
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}
