//! Keys and sets of keys (RFC 7517).

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use fjord_json::Value;

use super::algorithm::{Curve, Family};
use super::base64url::{decode, encode};
use super::token::Header;

/// A key, checked and reduced to what it needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Jwk {
    /// Its id; empty if it has none.
    pub kid: String,
    /// What it is made for.
    pub family: Family,
    /// The members of the key, nothing else: what WebCrypto imports. It names the key in caches, too.
    pub text: Rc<str>,
    /// The shared secret of an HMAC key.
    pub secret: Option<Rc<[u8]>>,
    /// The size of an RSA key.
    pub modulus_bits: Option<usize>,
    private: bool,
    x5t: Option<String>,
    x5t_s256: Option<String>,
}

/// Keys by their ids.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Rc<Jwk>>,
}

/// Which members of a token's header name its key (`key_identify_strategy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// The id.
    Kid,
    /// The SHA-1 thumbprint of the certificate.
    X5t,
    /// The SHA-256 thumbprint of the certificate.
    X5tS256,
    /// The id followed by the SHA-1 thumbprint.
    KidX5t,
}

/// Why a string isn't a key or set of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// The set isn't a JSON object with a list of keys.
    NoSet,
    /// A key isn't an object.
    NoObject,
    /// The type of the key can't sign.
    Type,
    /// The curve of the key can't sign.
    Curve,
    /// A member is missing or not what it should be.
    Member(&'static str),
}

// === impl Jwk ===

impl Jwk {
    /// Reads a key. `alg` and `use` are not compared with anything (spec §23).
    ///
    /// # Errors
    /// What of it can't be a key.
    pub fn parse(value: &Value) -> Result<Self, KeyError> {
        if value.as_object().is_none() {
            return Err(KeyError::NoObject);
        }
        let mut key = Self {
            kid: optional(value, "kid")?.unwrap_or_default().to_owned(),
            family: Family::Hmac,
            text: "".into(),
            secret: None,
            modulus_bits: None,
            private: value.get("d").is_some(),
            x5t: thumbprint(value, "x5t", 20)?,
            x5t_s256: thumbprint(value, "x5t#S256", 32)?,
        };
        let mut writer = Writer(String::from("{"));
        match optional(value, "kty")? {
            Some("oct") => {
                let secret = bytes(value, "k")?;
                (key.private, key.family) = (true, Family::Hmac);
                key.secret = Some(secret.into());
            }
            Some("RSA") => {
                key.family = Family::Rsa;
                writer.text("kty", "RSA");
                let needed = if key.private { 5 } else { 2 };
                let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
                let given = |(at, name): &(usize, &&'static str)| {
                    *at < needed || key.private && value.get(name).is_some()
                };
                for (_, name) in names.iter().enumerate().filter(given) {
                    let number = bytes(value, name)?;
                    let zeros = number.iter().take_while(|byte| **byte == 0).count();
                    let number = &number[zeros..];
                    if *name == "n" {
                        key.modulus_bits = Some(
                            number
                                .first()
                                .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize),
                        );
                    }
                    writer.text(name, &encode(number));
                }
            }
            Some("EC") => {
                let curve = optional(value, "crv")?.and_then(Curve::parse).ok_or(KeyError::Curve)?;
                key.family = Family::Ec(curve);
                writer.text("kty", "EC");
                writer.text("crv", curve.name());
                writer.sized(value, &["x", "y", "d"][..2 + usize::from(key.private)], curve.size())?;
            }
            Some("OKP") => {
                if optional(value, "crv")? != Some("Ed25519") {
                    return Err(KeyError::Curve);
                }
                key.family = Family::Ed25519;
                writer.text("kty", "OKP");
                writer.text("crv", "Ed25519");
                writer.sized(value, &["x", "d"][..1 + usize::from(key.private)], 32)?;
            }
            _ => return Err(KeyError::Type),
        }
        writer.0.push('}');
        key.text = writer.0.into();
        Ok(key)
    }

    /// Whether anybody may know it.
    pub fn is_public(&self) -> bool {
        !self.private
    }

    /// Whether signatures are checked with it: a secret they share, or the public half of a pair.
    pub fn verifies(&self) -> bool {
        !self.private || self.secret.is_some()
    }
}

/// Never the key itself.
impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jwk({:?}, {:?})", self.kid, self.family)
    }
}

/// Writes an object of texts that need no escapes.
struct Writer(String);

// === impl Writer ===

impl Writer {
    fn text(&mut self, name: &str, text: &str) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        self.0 += &format!("{comma}\"{name}\":\"{text}\"");
    }

    /// Members of exactly `size` bytes.
    fn sized(&mut self, value: &Value, names: &[&'static str], size: usize) -> Result<(), KeyError> {
        for name in names {
            let bytes = bytes(value, name)?;
            if bytes.len() != size {
                return Err(KeyError::Member(name));
            }
            self.text(name, &encode(&bytes));
        }
        Ok(())
    }
}

fn optional<'v>(value: &'v Value, name: &'static str) -> Result<Option<&'v str>, KeyError> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(KeyError::Member(name)),
    }
}

fn bytes(value: &Value, name: &'static str) -> Result<Vec<u8>, KeyError> {
    let text = optional(value, name)?.ok_or(KeyError::Member(name))?;
    decode(text).filter(|bytes| !bytes.is_empty()).ok_or(KeyError::Member(name))
}

/// A thumbprint in base64url; some write the hexadecimal digits in base64url.
fn thumbprint(value: &Value, name: &'static str, size: usize) -> Result<Option<String>, KeyError> {
    let Some(text) = optional(value, name)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = KeyError::Member(name);
    let mut bytes = decode(text).ok_or_else(|| wrong.clone())?;
    if bytes.len() == 2 * size {
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        bytes = bytes.chunks(2).map(pair).collect::<Option<_>>().ok_or_else(|| wrong.clone())?;
    }
    if bytes.len() == size { Ok(Some(encode(&bytes))) } else { Err(wrong) }
}

// === impl KeySet ===

impl KeySet {
    /// Reads a set. One key that can't be read spoils it all, as in KrakenD (spec §23).
    ///
    /// # Errors
    /// What of it can't be a key.
    pub fn parse(text: &[u8]) -> Result<Self, KeyError> {
        let value = Value::parse(text).map_err(|_| KeyError::NoSet)?;
        value.as_object().ok_or(KeyError::NoSet)?;
        let keys = match value.get("keys") {
            None | Some(Value::Null) => &[],
            Some(keys) => keys.as_array().ok_or(KeyError::NoSet)?,
        };
        Ok(Self { keys: keys.iter().map(|key| Jwk::parse(key).map(Rc::new)).collect::<Result<_, _>>()? })
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &Jwk> {
        self.keys.iter().map(Rc::as_ref)
    }

    /// The key of that id; of several the last.
    pub fn find(&self, strategy: Strategy, id: &str) -> Option<&Rc<Jwk>> {
        self.keys.iter().rfind(|key| strategy.of_key(key).as_deref() == Some(id))
    }
}

// === impl Strategy ===

impl Strategy {
    /// The strategy of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "kid" | "" => Self::Kid,
            "x5t" => Self::X5t,
            "x5t#S256" => Self::X5tS256,
            "kid_x5t" => Self::KidX5t,
            _ => return None,
        })
    }

    /// The id of the key that a token names; none if what the strategy needs is missing.
    pub fn of_token(self, header: &Header) -> Option<Cow<'_, str>> {
        self.id(&header.kid, &header.x5t, &header.x5t_s256)
    }

    fn of_key(self, key: &Jwk) -> Option<Cow<'_, str>> {
        self.id(&key.kid, &key.x5t, &key.x5t_s256)
    }

    fn id<'t>(
        self,
        kid: &'t str,
        x5t: &'t Option<String>,
        x5t_s256: &'t Option<String>,
    ) -> Option<Cow<'t, str>> {
        match self {
            Self::Kid => Some(Cow::Borrowed(kid)),
            Self::X5t => x5t.as_deref().map(Cow::Borrowed),
            Self::X5tS256 => x5t_s256.as_deref().map(Cow::Borrowed),
            Self::KidX5t => x5t.as_deref().map(|x5t| Cow::Owned(format!("{kid}{x5t}"))),
        }
    }
}

// === impl KeyError ===

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSet => f.write_str("the key set isn't a JSON object with an array of keys"),
            Self::NoObject => f.write_str("a key of the set isn't an object"),
            Self::Type => f.write_str("a key of the set has an unknown type"),
            Self::Curve => f.write_str("a key of the set has an unknown curve"),
            Self::Member(name) => write!(f, "a key of the set has no valid {name}"),
        }
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
#[path = "jwk_tests.rs"]
mod tests;
