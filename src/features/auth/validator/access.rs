//! Roles and scopes: what a token's owner may do.

use fjord_json::Value;

use super::claims::Claims;

/// What a token must have of a claim that lists words.
#[derive(Debug)]
pub struct Access {
    /// The claim.
    pub key: String,
    /// Whether the dots of `key` lead into objects.
    pub nested: bool,
    /// The words.
    pub wanted: Vec<String>,
    /// Whether all are needed.
    pub all: bool,
}

// === impl Access ===

impl Access {
    /// Whether the claims have what is wanted. A list with anything but texts grants nothing: KrakenD panics over it.
    pub fn is_granted(&self, claims: &Claims) -> bool {
        if self.wanted.is_empty() {
            return true;
        }
        let value = if self.nested { claims.nested(&self.key) } else { claims.0.get(&self.key) };
        let words: Vec<&str> = match value {
            Some(Value::String(text)) => text.split(' ').collect(),
            Some(Value::Array(items)) => match items.iter().map(Value::as_str).collect() {
                Some(words) => words,
                None => return false,
            },
            _ => return false,
        };
        let mut wanted = self.wanted.iter().map(|word| words.contains(&word.as_str()));
        if self.all { wanted.all(|has| has) } else { wanted.any(|has| has) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_matched_whole() {
        let claims = r#"{"roles":["a","b"],"scope":"read write","a.b":"dot","a":{"b":["in"],"c":7},
            "mixed":["a",1],"n":1,"o":{},"z":null,"empty":[]}"#;
        let claims = Claims::parse(claims.as_bytes()).unwrap();
        let granted = |key: &str, nested, all, wanted: &str| {
            let wanted = wanted.split_whitespace().map(str::to_owned).collect();
            Access { key: key.to_owned(), nested, wanted, all }.is_granted(&claims)
        };
        for (key, nested, all, wanted) in [
            ("roles", false, false, "x b"),
            ("roles", false, true, "b a"),
            ("scope", false, false, "write"),
            ("scope", false, true, "write read"),
            ("a.b", false, false, "dot"),
            ("a.b", true, false, "in"),
            ("none", false, false, ""),
        ] {
            assert!(granted(key, nested, all, wanted), "{key} {wanted}");
        }
        for (key, nested, all, wanted) in [
            ("roles", false, false, "A ab"),
            ("roles", false, true, "a x"),
            ("scope", false, false, "rea"),
            ("scope", false, true, "read x"),
            ("a.b", true, false, "dot"),
            ("a.c", true, false, "7"),
            ("roles.0", true, false, "a"),
            ("mixed", false, false, "a"),
            ("n", false, false, "1"),
            ("o", false, false, "x"),
            ("z", false, false, "null"),
            ("empty", false, false, "a"),
            ("none", false, false, "a"),
        ] {
            assert!(!granted(key, nested, all, wanted), "{key} {wanted}");
        }
    }
}
