//! Query strings as Go's `url.Values`: what can't be parsed is dropped, what is written is sorted by key (spec §4).

use super::escape::{escape_query, unescape_query};

/// The parameters of a query, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<Pair>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    key: String,
    value: String,
    /// How the pair is written, where key or value aren't UTF-8: they are forwarded byte by byte all the same.
    written: Option<Box<str>>,
}

// === impl Query ===

impl Query {
    /// Reads a raw query (without its `?`). Pairs with `;` or an invalid escape are dropped.
    pub fn parse(raw: &str) -> Self {
        Self::parse_some(raw, |_| true)
    }

    /// Reads only the parameters that `keep` says yes to, by their decoded keys.
    pub fn parse_some(raw: &str, keep: impl Fn(&str) -> bool) -> Self {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';'));
        Self { pairs: pairs.filter_map(Pair::parse).filter(|pair| keep(&pair.key)).collect() }
    }

    /// The first value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.get_all(key).next()
    }

    /// All values of `key`.
    pub fn get_all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |pair| pair.key == key).map(|pair| &*pair.value)
    }

    /// Adds a value.
    pub fn add(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.pairs.push(Pair { key: key.into(), value: value.into(), written: None });
    }

    /// Replaces all values of `key` by one.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let key = key.into();
        self.remove(&key);
        self.add(key, value);
    }

    /// Removes all values of `key`.
    pub fn remove(&mut self, key: &str) {
        self.pairs.retain(|pair| pair.key != key);
    }

    /// Keeps the parameters whose key `keep` says yes to.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.pairs.retain(|pair| keep(&pair.key));
    }

    /// The parameters, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.pairs.iter().map(|pair| (&*pair.key, &*pair.value))
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The query as Go writes it: keys sorted, the values of a key in their order, a space as `+`.
    pub fn encode(&self) -> String {
        let mut sorted: Vec<&Pair> = self.pairs.iter().collect();
        sorted.sort_by(|a, b| a.key.cmp(&b.key));
        let mut out =
            String::with_capacity(sorted.iter().map(|pair| pair.key.len() + pair.value.len() + 2).sum());
        for pair in sorted {
            if !out.is_empty() {
                out.push('&');
            }
            match &pair.written {
                Some(written) => out.push_str(written),
                None => {
                    escape_query(pair.key.as_bytes(), &mut out);
                    out.push('=');
                    escape_query(pair.value.as_bytes(), &mut out);
                }
            }
        }
        out
    }
}

// === impl Pair ===

impl Pair {
    fn parse(raw: &str) -> Option<Self> {
        let (key, value) = raw.split_once('=').unwrap_or((raw, ""));
        let (key, value) = (unescape_query(key).ok()?, unescape_query(value).ok()?);
        let (key_text, value_text) = (String::from_utf8_lossy(&key), String::from_utf8_lossy(&value));
        let written = (key_text.as_bytes() != &*key || value_text.as_bytes() != &*value).then(|| {
            let mut written = String::with_capacity(raw.len());
            escape_query(&key, &mut written);
            written.push('=');
            escape_query(&value, &mut written);
            written.into()
        });
        Some(Self { key: key_text.into_owned(), value: value_text.into_owned(), written })
    }
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
            ("q=%FF%e9&b%AB", "b%AB=&q=%FF%E9"),
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
            let mut sorted: Vec<(&str, &str)> = query.iter().collect();
            sorted.sort_by_key(|pair| pair.0);
            prop_assert_eq!(again.iter().collect::<Vec<_>>(), sorted);
        }

        #[test]
        fn any_text_is_a_query(raw in "[a%2&=;+\\PC]{0,20}") {
            let encoded = Query::parse(&raw).encode();
            prop_assert_eq!(Query::parse(&encoded).encode(), encoded);
        }
    }
}
