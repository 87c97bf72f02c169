use super::*;

fn key(json: &str) -> Result<Jwk, KeyError> {
    Jwk::parse(&Value::parse(json.as_bytes()).unwrap())
}

/// `size` bytes in base64url.
fn b(size: usize) -> String {
    encode(&vec![7; size])
}

#[test]
fn keys_are_reduced_to_what_they_need() {
    let rsa =
        key(r#"{"kty":"RSA","n":"AAECAw==","e":"AQAB","alg":"RS256","use":"sig","kid":"r","key_ops":["x"]}"#);
    let rsa = rsa.unwrap();
    assert_eq!(&*rsa.text, r#"{"kty":"RSA","n":"AQID","e":"AQAB"}"#);
    assert!(rsa.family == Family::Rsa && rsa.is_public() && rsa.verifies() && rsa.kid == "r");
    assert_eq!(rsa.modulus_bits, Some(17));
    let sizes = [("AA", 0), ("_w", 8), ("AP8", 8), ("f_8", 15)].map(|(n, bits)| {
        (key(&format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#)).unwrap().modulus_bits, Some(bits))
    });
    assert!(sizes.iter().all(|(have, want)| have == want), "{sizes:?}");
    let ec = key(&format!(r#"{{"kty":"EC","crv":"P-521","x":"{}","y":"{}"}}"#, b(66), b(66))).unwrap();
    assert_eq!(ec.family, Family::Ec(Curve::P521));
    let private =
        key(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}","d":"{}"}}"#, b(32), b(32))).unwrap();
    assert!(private.text.contains("\"d\"") && !private.is_public() && !private.verifies());
    let secret = key(r#"{"kty":"oct","k":"aGk"}"#).unwrap();
    assert!(secret.secret.as_deref() == Some(b"hi") && secret.verifies() && !secret.is_public());
    assert_eq!(format!("{secret:?}"), "Jwk(\"\", Hmac)");
}

#[test]
fn what_is_no_key_is_refused() {
    use KeyError::*;
    for (json, error) in [
        ("[]", NoObject),
        ("{}", Type),
        (r#"{"kty":"oct"}"#, Member("k")),
        (r#"{"kty":"oct","k":""}"#, Member("k")),
        (r#"{"kty":"oct","k":"*"}"#, Member("k")),
        (r#"{"kty":"oct","k":1}"#, Member("k")),
        (r#"{"kty":"oct","k":"aGk","kid":1}"#, Member("kid")),
        (r#"{"kty":"oct","k":"aGk","x5t":"aGk"}"#, Member("x5t")),
        (r#"{"kty":"RSA","n":"AQ"}"#, Member("e")),
        (r#"{"kty":"RSA","n":"AQ","e":"AQ","d":"AQ"}"#, Member("p")),
        (r#"{"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"}"#, Curve),
        (r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#, Member("x")),
        (r#"{"kty":"OKP","crv":"X25519","x":"AQ"}"#, Curve),
        (r#"{"kty":"PQC"}"#, Type),
    ] {
        assert_eq!(key(json).unwrap_err(), error, "{json}");
    }
}

#[test]
fn one_bad_key_spoils_the_set() {
    let set = |json: &str| KeySet::parse(json.as_bytes());
    assert!(
        set(r#"{"keys":[{"kty":"oct","k":"aGk","kid":"a"}]}"#).unwrap().find(Strategy::Kid, "a").is_some()
    );
    assert!(set(r#"{"keys":[{"kty":"oct","k":"aGk","kid":"a"},{"kty":"x"}]}"#).is_err());
    for none in ["", "[]", "null", r#"{"keys":{}}"#, r#"{"keys":[1]}"#] {
        assert!(set(none).is_err(), "{none}");
    }
    assert!(set("{}").unwrap().find(Strategy::Kid, "").is_none());
}

#[test]
fn a_key_is_found_by_what_the_strategy_names() {
    let set = format!(
        r#"{{"keys":[{{"kty":"oct","k":"AQ","kid":"a","x5t":"{}"}},{{"kty":"oct","k":"Ag","kid":"b","x5t#S256":"{}"}},{{"kty":"oct","k":"Aw"}},{{"kty":"oct","k":"BA","kid":"b"}}]}}"#,
        b(20),
        encode("07".repeat(32).as_bytes()),
    );
    let set = KeySet::parse(set.as_bytes()).unwrap();
    let header = |kid: &str, x5t: Option<String>, x5t_s256: Option<String>| Header {
        alg: String::new(),
        kid: kid.to_owned(),
        x5t,
        x5t_s256,
    };
    let find = |strategy: Strategy, header: &Header| {
        let id = strategy.of_token(header)?;
        set.find(strategy, &id)?.secret.as_deref().map(|secret| secret[0])
    };
    let both = header("a", Some(b(20)), Some(b(32)));
    assert_eq!(find(Strategy::Kid, &both), Some(1));
    assert_eq!(find(Strategy::X5t, &both), Some(1));
    assert_eq!(find(Strategy::X5tS256, &both), Some(2));
    assert_eq!(find(Strategy::KidX5t, &both), Some(1));
    let bare = header("a", None, None);
    assert_eq!([Strategy::X5t, Strategy::X5tS256, Strategy::KidX5t].map(|s| find(s, &bare)), [None; 3]);
    assert_eq!(find(Strategy::KidX5t, &header("b", Some(b(20)), None)), None);
    // No id finds the key without one; of two keys the last counts.
    assert_eq!(find(Strategy::Kid, &header("", None, None)), Some(3));
    assert_eq!(find(Strategy::Kid, &header("b", None, None)), Some(4));
}
