//! Tokens for cases, good and bad: `{"jwt": {"header": …, "claims": …, "secret": …}}` where a header's value stands.
//!
//! `header` adds to `{"alg":"HS256","kid":"k"}`; `payload` is a text instead of claims; `secret` is [`SECRET`] if nothing is
//! said; `before`, `between` and `after` are written around the token and behind each of its dots; `unsigned` leaves the
//! signature out; `pad` pads its parts.

use fjord_jose::base64url::encode;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

/// As long as the longest hash. In key sets it is `YSBzZWNy…`.
const SECRET: &str = "a secret of sixty-four bytes, as long as the longest of hashes..";

pub fn token(case: &Value) -> String {
    let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let mut header = json!({"alg": "HS256", "kid": "k"});
    match &case["header"] {
        Value::Null => {}
        Value::Object(more) => more.iter().for_each(|(name, value)| header[name] = value.clone()),
        other => header = other.clone(),
    }
    let payload = match &case["payload"] {
        Value::String(text) => text.clone(),
        _ if case["claims"].is_null() => "{}".to_owned(),
        _ => case["claims"].to_string(),
    };
    let input = format!("{}.{}", encode(header.to_string().as_bytes()), encode(payload.as_bytes()));
    let secret = case["secret"].as_str().unwrap_or(SECRET).as_bytes();
    let signature = match header["alg"].as_str() {
        _ if !case["unsigned"].is_null() => Vec::new(),
        Some("HS512") => {
            let mut mac = Hmac::<Sha512>::new_from_slice(secret).unwrap();
            mac.update(input.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        _ => {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
            mac.update(input.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
    };
    let pad = |part: &str| match case["pad"].is_null() {
        true => part.to_owned(),
        false => format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4)),
    };
    let parts: Vec<String> = input.split('.').map(pad).chain([pad(&encode(&signature))]).collect();
    let whole = parts.join(&format!(".{}", text("between")));
    format!("{}{whole}{}", case["before"].as_str().unwrap_or("Bearer "), text("after"))
}
