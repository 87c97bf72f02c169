//! The keys of the service by their hashes: no time tells how near a wrong key came to a right one.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use fjord_document::node::Node;

use super::{KEY, SERVICE};
use crate::options::{Options, Refusal};

/// The keys that endpoints share; none where the service declares none.
pub type SharedRing = OnceCell<Rc<Ring>>;

/// The keys of the service, and where requests have theirs.
pub struct Ring {
    hash: Hash,
    salt: String,
    numbers: BTreeMap<Vec<u8>, usize>,
    roles: Vec<Vec<String>>,
    /// Where requests have their key, unless the endpoint says otherwise.
    pub place: Place,
    /// The header that tells backends the role; empty for none.
    pub role_header: String,
}

/// Where a request has its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a header, behind `Bearer` perhaps.
    Header(String),
    /// In a query parameter.
    Query(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Plain,
    Sha1,
    Sha256,
}

// === impl Ring ===

impl Ring {
    /// Reads the options of the service.
    pub fn new(node: &Node) -> Result<Self, Refusal> {
        let options = Options::of(node, &SERVICE);
        let hash = match options.str("hash")? {
            "plain" => Hash::Plain,
            "sha1" => Hash::Sha1,
            "sha256" => Hash::Sha256,
            other => return Err(Refusal(format!("hash: {other} doesn't protect keys; use sha256"))),
        };
        let mut ring = Self {
            hash,
            salt: options.str("salt")?.to_owned(),
            numbers: BTreeMap::new(),
            roles: Vec::new(),
            place: Place::read(&options, None)?,
            role_header: fjord_http::canonical(options.str("propagate_role")?).into_owned(),
        };
        for (index, item) in options.items("keys")?.iter().enumerate() {
            let item = Options::new(item, KEY);
            let (key, roles) = (item.str("key")?, item.strings("roles")?);
            ring.add(key, roles).map_err(|reason| Refusal(format!("keys[{index}].key: {reason}")))?;
        }
        Ok(ring)
    }

    fn add(&mut self, written: &str, roles: Vec<&str>) -> Result<(), &'static str> {
        let hashed = match self.hash {
            _ if written.is_empty() => return Err("an empty key would let everybody in"),
            Hash::Plain => self.digest(written),
            Hash::Sha1 => hex(written, 20).ok_or("not 40 hexadecimal digits, as sha1 gives them")?,
            Hash::Sha256 => hex(written, 32).ok_or("not 64 hexadecimal digits, as sha256 gives them")?,
        };
        if self.numbers.insert(hashed, self.roles.len()).is_some() {
            return Err("the key is there twice");
        }
        self.roles.push(roles.into_iter().map(str::to_owned).collect());
        Ok(())
    }

    /// The number of a key, if it is known.
    pub fn number(&self, key: &str) -> Option<usize> {
        // Nothing hashes to the empty text's place: empty keys are refused.
        if key.is_empty() { None } else { self.numbers.get(&self.digest(key)).copied() }
    }

    /// The roles of the key with a number.
    pub fn roles(&self, number: usize) -> &[String] {
        self.roles.get(number).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.roles.len()
    }

    fn digest(&self, key: &str) -> Vec<u8> {
        match self.hash {
            Hash::Plain => Sha256::digest(key.as_bytes()).to_vec(),
            Hash::Sha1 => Sha1::new().chain_update(&self.salt).chain_update(key).finalize().to_vec(),
            Hash::Sha256 => Sha256::new().chain_update(&self.salt).chain_update(key).finalize().to_vec(),
        }
    }
}

/// No key goes into a log.
impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys in {:?}", self.len(), self.place)
    }
}

// === impl Place ===

impl Place {
    /// Reads `strategy` and `identifier`; what isn't said is as `above`.
    pub fn read(options: &Options<'_>, above: Option<&Place>) -> Result<Self, Refusal> {
        let strategy = if options.given("strategy") { options.str("strategy")? } else { "" };
        let identifier = if options.given("identifier") { options.str("identifier")? } else { "" };
        let is_query = match (strategy, above) {
            ("query_string", _) | ("", Some(Self::Query(_))) => true,
            ("header" | "", _) => false,
            (other, _) => return Err(Refusal(format!("strategy: no such strategy: {other}"))),
        };
        Ok(match (is_query, identifier, above) {
            (true, "", Some(place @ Self::Query(_))) | (false, "", Some(place @ Self::Header(_))) => {
                place.clone()
            }
            (true, "", _) => Self::Query("key".to_owned()),
            (false, "", _) => Self::Header("Authorization".to_owned()),
            (true, name, _) => Self::Query(name.to_owned()),
            (false, name, _) => Self::Header(fjord_http::canonical(name).into_owned()),
        })
    }
}

/// So many bytes in hexadecimal digits.
fn hex(text: &str, bytes: usize) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8);
    (digits.len() == 2 * bytes).then(|| pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    fn ring(text: &str) -> Result<Ring, Refusal> {
        Ring::new(&Document::parse(text).unwrap().root)
    }

    #[test]
    fn keys_are_known_by_what_they_hash_to() {
        // printf 'pepperk1' | sha256sum; sha1sum
        let sha256 = "b7d34672787a1e4f1dd828edfe97ba41dc9c4894c5fc881aada533a80cf5fd63";
        let sha1 = "b241b6ea07c2fc6e6c9a7ea176e3aa8299762e5f";
        for text in [
            r#"{"keys":[{"key":"k0"},{"key":"k1","roles":["a","b"]}],"salt":"ignored"}"#.to_owned(),
            format!(
                r#"{{"hash":"sha256","salt":"pepper","keys":[{{"key":"{}"}},{{"key":"{sha256}","roles":["a","b"]}}]}}"#,
                "0".repeat(64)
            ),
            format!(
                r#"{{"hash":"sha1","salt":"pepper","keys":[{{"key":"{}"}},{{"key":"{sha1}","roles":["a","b"]}}]}}"#,
                "F".repeat(40)
            ),
        ] {
            let ring = ring(&text).unwrap();
            assert_eq!(ring.number("k1"), Some(1), "{text}");
            assert_eq!(ring.roles(1), ["a", "b"]);
            for unknown in ["", "k", "k1 ", "K1", "pepperk1", sha256, sha1] {
                assert_eq!(ring.number(unknown), None, "{unknown}");
            }
        }
    }

    #[test]
    fn keys_that_protect_nothing_are_refused() {
        for (text, reason) in [
            (r#"{"keys":[{"key":"a"},{"key":""}]}"#, "keys[1].key: an empty key would let everybody in"),
            (r#"{"keys":[{"roles":["a"]}]}"#, "keys[0].key: an empty key would let everybody in"),
            (r#"{"keys":[{"key":"a"},{"key":"a"}]}"#, "keys[1].key: the key is there twice"),
            (
                r#"{"hash":"sha256","keys":[{"key":"abc"}]}"#,
                "keys[0].key: not 64 hexadecimal digits, as sha256 gives them",
            ),
            (
                r#"{"hash":"sha1","keys":[{"key":"é"}]}"#,
                "keys[0].key: not 40 hexadecimal digits, as sha1 gives them",
            ),
            (r#"{"hash":"fnv128","keys":[]}"#, "hash: fnv128 doesn't protect keys; use sha256"),
            (r#"{"strategy":"cookie","keys":[]}"#, "strategy: no such strategy: cookie"),
        ] {
            assert_eq!(ring(text).unwrap_err().0, reason, "{text}");
        }
    }

    #[test]
    fn endpoints_say_only_what_is_different() {
        let place = |text: &str, above: Option<&Place>| {
            let document = Document::parse(text).unwrap();
            Place::read(&Options::of(&document.root, &SERVICE), above).unwrap()
        };
        let (header, query) =
            (|name: &str| Place::Header(name.to_owned()), |name: &str| Place::Query(name.to_owned()));
        let (own_header, own_query) = (header("X-Key"), query("token"));
        for (text, above, want) in [
            ("{}", None, header("Authorization")),
            (r#"{"identifier":"x-key"}"#, None, header("X-Key")),
            (r#"{"strategy":"query_string"}"#, None, query("key")),
            (r#"{"strategy":"query_string","identifier":"token"}"#, None, query("token")),
            ("{}", Some(&own_header), header("X-Key")),
            ("{}", Some(&own_query), query("token")),
            (r#"{"strategy":"query_string"}"#, Some(&own_header), query("key")),
            (r#"{"strategy":"header"}"#, Some(&own_query), header("Authorization")),
            (r#"{"identifier":"other"}"#, Some(&own_query), query("other")),
        ] {
            assert_eq!(place(text, above), want, "{text} {above:?}");
        }
    }
}
