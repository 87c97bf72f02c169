//! Query strings as Go's `url.Values`: what can't be parsed is dropped, what is written is sorted by key (spec §4).

use std::borrow::Cow;

use super::escape::{escape_query, unescape_query};

/// The parameters of a query, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

// === impl Query ===

impl Query {
    /// Reads a raw query (without its `?`). Pairs with `;` or an invalid escape are dropped.
    pub fn parse(raw: &str) -> Self {
        Self { pairs: pairs(raw).map(|(key, value)| (key.into_owned(), value.into_owned())).collect() }
    }

    /// Reads only the parameters that `keep` says yes to, by their decoded keys.
    pub fn parse_some(raw: &str, keep: impl Fn(&str) -> bool) -> Self {
        let kept = pairs(raw).filter(|(key, _)| keep(key));
        Self { pairs: kept.map(|(key, value)| (key.into_owned(), value.into_owned())).collect() }
    }

    /// The first value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.get_all(key).next()
    }

    /// All values of `key`.
    pub fn get_all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |pair| pair.0 == key).map(|pair| &*pair.1)
    }

    /// Adds a value.
    pub fn add(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.pairs.push((key.into(), value.into()));
    }

    /// Replaces all values of `key` by one.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let key = key.into();
        self.remove(&key);
        self.add(key, value);
    }

    /// Removes all values of `key`.
    pub fn remove(&mut self, key: &str) {
        self.pairs.retain(|pair| pair.0 != key);
    }

    /// Keeps the parameters whose key `keep` says yes to.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.pairs.retain(|pair| keep(&pair.0));
    }

    /// The parameters, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (&**key, &**value))
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The query as Go writes it: keys sorted, the values of a key in their order, a space as `+`.
    pub fn encode(&self) -> String {
        let mut sorted: Vec<&(String, String)> = self.pairs.iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let mut out = String::with_capacity(self.pairs.iter().map(|(k, v)| k.len() + v.len() + 2).sum());
        for (key, value) in sorted {
            if !out.is_empty() {
                out.push('&');
            }
            escape_query(key, &mut out);
            out.push('=');
            escape_query(value, &mut out);
        }
        out
    }
}

fn pairs(raw: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    raw.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';')).filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((unescape_query(key).ok()?, unescape_query(value).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_as_go() {
        for (raw, expected) in [
            ("z=a%20b&q=x+y", "q=x+y&z=a+b"),
            ("c[]=1&c[]=2", "c%5B%5D=1&c%5B%5D=2"),
            ("semi=1;2&q=3", "q=3"),
            ("bad=%zz&q=1", "q=1"),
            ("q=%", ""),
            ("e=&q", "e=&q="),
            ("&&q=1&", "q=1"),
            ("=novalue&q==1", "=novalue&q=%3D1"),
            ("?q=1", "%3Fq=1"),
            ("a=2&A=1&a=1", "A=1&a=2&a=1"),
            ("q=é<b>'x'", "q=%C3%A9%3Cb%3E%27x%27"),
            ("q=a%2Bb&r=%26%3D&s=~-._", "q=a%2Bb&r=%26%3D&s=~-._"),
            ("", ""),
        ] {
            assert_eq!(Query::parse(raw).encode(), expected, "{raw}");
        }
    }

    #[test]
    fn parameters_can_be_changed() {
        let mut query = Query::parse_some("a=1&b=2&a=3&c=4", |key| key != "c");
        assert_eq!(query.get("a"), Some("1"));
        assert_eq!(query.get_all("a").collect::<Vec<_>>(), ["1", "3"]);
        query.set("a", "5");
        query.retain(|key| key != "b");
        query.add("d", " ");
        assert_eq!(query.encode(), "a=5&d=+");
        query.remove("a");
        query.remove("d");
        assert!(query.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(pairs in prop::collection::vec(("\\PC{0,6}", "\\PC{0,6}"), 0..6)) {
            let mut query = Query::default();
            pairs.iter().for_each(|(key, value)| query.add(key.as_str(), value.as_str()));
            let again = Query::parse(&query.encode());
            let mut sorted = pairs.clone();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(again.pairs, sorted);
        }

        #[test]
        fn any_text_is_a_query(raw in "[a%2&=;+\\PC]{0,20}") {
            let encoded = Query::parse(&raw).encode();
            prop_assert_eq!(Query::parse(&encoded).encode(), encoded);
        }
    }
}
