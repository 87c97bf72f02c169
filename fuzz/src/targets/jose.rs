//! Tokens and key sets: what is signed is what was read, and a token's header means to others what it means here.
//!
//! An input is a token, a key set (it begins with `{`), or the JSON of a header, a payload and a signature, one in a line, behind
//! a line `jws`.

use fjord_jose::{KeySet, Strategy, Token, base64url, object};
use fjord_json::Value;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "jose",
    run,
    seeds: || {
        seeds::of(&[
            "jws\n{\"alg\":\"RS256\",\"kid\":\"k\\u00e9\"}\n{\"sub\":\"a\",\"exp\":1.5e9,\"aud\":[\"x\"]}\nsig",
            "jws\n{\"alg\":\"none\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"},\"crit\":[\"b64\"],\"b64\":false}\n{}\n",
            "jws\n{\"alg\":\"ES256\",\"x5t\":\"AA\",\"x5t#S256\":\"AA\",\"typ\":\"JWT\"}\n{\"a\":{\"b\":1,\"b\":2}}\nx",
            "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
            " eyJhbGciOiJIUzI1NiJ9 .\te30=.AAAA==",
            "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"a\"},{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"use\":\"sig\"}]}",
            "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}]}",
        ])
    },
    words: &[
        "\"alg\":",
        "\"kid\":",
        "\"jwk\":",
        "\"crit\":[]",
        "\"kty\":\"RSA\"",
        "\"d\":\"AQ\"",
        "\"x5t\":\"",
        ".",
        "=",
        "-_",
        "\\u0061",
    ],
};

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if text.starts_with('{') {
        key_set(input);
        return;
    }
    let token = match text.strip_prefix("jws\n") {
        None => text.into_owned(),
        Some(parts) => {
            let parts: Vec<String> =
                parts.splitn(3, '\n').map(|part| base64url::encode(part.as_bytes())).collect();
            parts.join(".")
        }
    };
    let Ok(read) = Token::parse(&token) else { return };
    let (header, payload) = read.signing_input.split_once('.').expect("what is signed has two parts");
    assert_eq!(base64url::decode(payload).as_deref(), Some(&*read.payload));
    // Blanks, padding and the unused bits of a last character may differ; what the parts say may not.
    let came: Vec<_> = token.split('.').map(decoded).collect();
    let signed = [base64url::decode(header), Some(read.payload.clone()), Some(read.signature.clone())];
    assert_eq!(came, signed, "what is signed is what came");
    let header = base64url::decode(header).expect("it was just encoded");
    assert!(object(&header).is_some());
    // Others must not see another algorithm or key. What isn't text is repaired here, refused there.
    if std::str::from_utf8(&header).is_err() || header.windows(3).any(|at| at.eq_ignore_ascii_case(b"\\ud")) {
        return;
    }
    let theirs: serde_json::Value = match serde_json::from_slice(&header) {
        Ok(theirs) => theirs,
        Err(error) => panic!("only here accepted: {error}"),
    };
    assert_eq!(theirs["alg"], read.header.alg);
    assert_eq!(theirs.get("kid").and_then(|kid| kid.as_str()).unwrap_or_default(), read.header.kid);
    assert!(theirs.get("crit").is_none() && theirs.get("b64").is_none());
    for strategy in [Strategy::Kid, Strategy::X5t, Strategy::X5tS256, Strategy::KidX5t] {
        let _ = strategy.of_token(&read.header);
    }
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    let text: String = part.chars().filter(|c| !c.is_whitespace()).collect();
    base64url::decode(&text)
}

fn key_set(text: &[u8]) {
    let Ok(set) = KeySet::parse(text) else { return };
    let value = Value::parse(text).expect("a key set is JSON");
    let keys = value.get("keys").and_then(Value::as_array).unwrap_or_default();
    for key in keys {
        let Some(kid) = key.get("kid").and_then(Value::as_str) else { continue };
        let Some(found) = set.find(Strategy::Kid, kid) else { continue };
        assert_eq!(found.kid, kid);
        if found.secret.is_none() {
            serde_json::from_str::<serde_json::Value>(&found.text).expect("what WebCrypto imports is JSON");
        }
    }
}
