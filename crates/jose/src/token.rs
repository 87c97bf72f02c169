//! A signed token in its compact form: `header.payload.signature`.

use std::fmt;

use fjord_json::{Map, Value};

use super::base64url;
use super::jwk::Jwk;
use super::strict::object;

/// The longest token that is looked at. The platform takes 128 KB of header lines in all.
pub const MAX_TOKEN: usize = 64 * 1024;

/// A token, cut and decoded; nobody has looked at its signature yet.
#[derive(Debug)]
pub struct Token {
    /// The header.
    pub header: Header,
    /// What is signed.
    pub signing_input: String,
    /// The payload, decoded.
    pub payload: Vec<u8>,
    /// The signature, decoded.
    pub signature: Vec<u8>,
}

/// What of a token's header counts: never an address or a key that the token brings itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm that the token claims to be signed with.
    pub alg: String,
    /// The id of the key; empty if there is none.
    pub kid: String,
    /// The SHA-1 thumbprint of the key's certificate.
    pub x5t: Option<String>,
    /// The SHA-256 thumbprint of the key's certificate.
    pub x5t_s256: Option<String>,
}

/// Why a string isn't a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Longer than [`MAX_TOKEN`].
    TooLong,
    /// Not three parts.
    Parts,
    /// A part is not base64url.
    Base64,
    /// The header isn't a JSON object of the right members.
    Header,
    /// The header names extensions that must be understood.
    Critical,
    /// The header contains an invalid key, or a private one.
    EmbeddedKey,
}

// === impl Token ===

impl Token {
    /// Cuts and decodes a token. Blanks anywhere and padding are let through, as in KrakenD (spec §23).
    ///
    /// # Errors
    /// If it isn't three parts of base64 and JSON, or too long.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN {
            return Err(TokenError::TooLong);
        }
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Parts);
        };
        let decode = |part| base64url::decode(part).ok_or(TokenError::Base64);
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        Ok(Self {
            // The canonical form is what was signed, however the parts are written here.
            signing_input: format!("{}.{}", base64url::encode(&header), base64url::encode(&payload)),
            header: Header::parse(&header)?,
            payload,
            signature,
        })
    }
}

// === impl Header ===

impl Header {
    fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let map = object(json).ok_or(TokenError::Header)?;
        // `b64: false` changes what is signed and is only allowed among the critical extensions.
        if map.contains_key("crit") || map.contains_key("b64") {
            return Err(TokenError::Critical);
        }
        if let Some(jwk) = map.get("jwk") {
            Jwk::parse(jwk).ok().filter(Jwk::is_public).ok_or(TokenError::EmbeddedKey)?;
        }
        Ok(Self {
            alg: text(&map, "alg")?.ok_or(TokenError::Header)?,
            kid: text(&map, "kid")?.unwrap_or_default(),
            x5t: text(&map, "x5t")?,
            x5t_s256: text(&map, "x5t#S256")?,
        })
    }
}

fn text(map: &Map, key: &str) -> Result<Option<String>, TokenError> {
    match map.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(TokenError::Header),
    }
}

// === impl TokenError ===

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the token is too long",
            Self::Parts => "the token doesn't have three parts",
            Self::Base64 => "a part of the token is not base64url",
            Self::Header => "the token's header can't be read",
            Self::Critical => "the token's header has critical extensions",
            Self::EmbeddedKey => "the token's header contains a key that isn't a public key",
        })
    }
}

impl std::error::Error for TokenError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        format!("{}.{}.c2ln", base64url::encode(header.as_bytes()), base64url::encode(b"{}"))
    }

    #[test]
    fn a_token_is_what_was_signed_however_it_is_written() {
        let text = token(r#"{"alg":"HS256","kid":"a"}"#);
        let plain = Token::parse(&text).unwrap();
        assert_eq!(plain.signing_input, text.rsplit_once('.').unwrap().0);
        assert_eq!((&*plain.payload, &*plain.signature), (&b"{}"[..], &b"sig"[..]));
        assert_eq!((&*plain.header.alg, &*plain.header.kid), ("HS256", "a"));
        let odd = format!(" {}\t", text.replace('.', "==. "));
        assert_eq!(Token::parse(&odd).unwrap().signing_input, plain.signing_input);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        use TokenError::*;
        let jwk = r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#;
        for (text, error) in [
            (String::new(), Parts),
            ("a.b".into(), Parts),
            ("a.b.c.d".into(), Parts),
            ("a.b.c.d.e".into(), Parts),
            ("{\"payload\":\"x\"}".into(), Parts),
            ("a, b.e30.c2ln".into(), Base64),
            ("e30.$.c2ln".into(), Base64),
            ("..".into(), Header),
            (token("[]"), Header),
            (token("{}"), Header),
            (token(r#"{"alg":1}"#), Header),
            (token(r#"{"alg":null}"#), Header),
            (token(r#"{"alg":"HS256","kid":7}"#), Header),
            (token(r#"{"alg":"none","alg":"HS256"}"#), Header),
            (token(r#"{"alg":"HS256","crit":[]}"#), Critical),
            (token(r#"{"alg":"HS256","b64":false}"#), Critical),
            (token(jwk), EmbeddedKey),
            (token(r#"{"alg":"HS256","jwk":"x"}"#), EmbeddedKey),
            ("a".repeat(100_000), TooLong),
        ] {
            assert_eq!(Token::parse(&text).unwrap_err(), error, "{text:.60}");
        }
    }
}
