//! Header fields in the order they came, with names in the canonical form (`x-foo-BAR` is `X-Foo-Bar`).
//!
//! No field holds a CR, LF or NUL, wherever its text comes from (a claim, a script, a configuration): whoever writes
//! fields as lines would write lines of somebody else's choice. In a value each becomes a space (RFC 9110 §5.5), as Go's
//! server writes it; a field whose name has one is left out, as there, too.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// Header fields; a name may occur several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<(Cow<'static, str>, String)>,
}

/// Fields about one connection, which are never passed on, by their canonical names.
pub const HOP_BY_HOP: [&str; 7] =
    ["Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"];

/// Whether a field, by its canonical name, is about one connection and never passed on.
pub fn is_hop_by_hop(name: &str) -> bool {
    HOP_BY_HOP.contains(&name)
}

/// The canonical form of a field's name, as Go's `textproto.CanonicalMIMEHeaderKey`: a name that isn't one stays.
pub fn canonical(name: &str) -> Cow<'_, str> {
    match is_canonical(name) || !name.bytes().all(is_name_byte) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(canonicalize(name.to_owned())),
    }
}

fn canonicalize(mut name: String) -> String {
    let mut rest = name.as_mut_str();
    loop {
        let (word, behind) = rest.split_at_mut(rest.find('-').map_or(rest.len(), |at| at + 1));
        word.make_ascii_lowercase();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if behind.is_empty() {
            return name;
        }
        rest = behind;
    }
}

fn is_canonical(name: &str) -> bool {
    let mut upper = true;
    for byte in name.bytes() {
        if (upper && byte.is_ascii_lowercase())
            || (!upper && byte.is_ascii_uppercase())
            || !is_name_byte(byte)
        {
            return false;
        }
        upper = byte == b'-';
    }
    true
}

/// Whether a text is a token (RFC 9110 §5.6.2), as names of headers and cookies are.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_name_byte)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

// === impl Headers ===

impl Headers {
    /// No fields.
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// No fields, with room for `count`.
    pub fn with_capacity(count: usize) -> Self {
        Self { fields: Vec::with_capacity(count) }
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// All values of `name`.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |field| same(&field.0, name)).map(|field| &*field.1)
    }

    /// Whether there is a field `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Adds a field after the others.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        if let Some(name) = owned_canonical(name.into()) {
            self.fields.push((name, line(value.into())));
        }
    }

    /// Replaces all fields `name` by one, in the place of the first.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let name = name.into();
        match self.fields.iter().position(|field| same(&field.0, &name)) {
            None => self.add(name, value),
            Some(first) => {
                self.fields[first].1 = line(value.into());
                let mut at = 0;
                self.fields.retain(|field| {
                    at += 1;
                    at <= first + 1 || !same(&field.0, &name)
                });
            }
        }
    }

    /// Removes all fields `name`; says whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.fields.len();
        self.fields.retain(|field| !same(&field.0, name));
        self.fields.len() < before
    }

    /// Keeps the fields for which `keep(name, value)` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        self.fields.retain(|(name, value)| keep(name, value));
    }

    /// Removes what is about one connection alone: the known fields, and those that `Connection` lists
    /// (RFC 9110 §7.6.1).
    pub fn remove_hop_by_hop(&mut self) {
        // A set: a client may send thousands of names, and thousands of fields.
        let listed: BTreeSet<String> = self
            .get_all("Connection")
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        self.retain(|name, _| {
            !is_hop_by_hop(name) && (listed.is_empty() || !listed.contains(&name.to_ascii_lowercase()))
        });
    }

    /// The fields, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The names, each once, in the order of their first fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let first = |at: usize, name: &str| !self.fields[..at].iter().any(|field| field.0 == name);
        self.fields
            .iter()
            .enumerate()
            .filter(move |(at, field)| first(*at, &field.0))
            .map(|(_, field)| &*field.0)
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl<N: Into<Cow<'static, str>>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut headers = Self::new();
        headers.extend(fields);
        headers
    }
}

impl<N: Into<Cow<'static, str>>, V: Into<String>> Extend<(N, V)> for Headers {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, fields: I) {
        fields.into_iter().for_each(|(name, value)| self.add(name, value));
    }
}

/// Whether a text can be a part of a header line: it has no CR, LF or NUL.
pub fn is_line(text: &str) -> bool {
    // Without an early end, so that many bytes are looked at in one step.
    !text.bytes().fold(false, |found, byte| found | matches!(byte, b'\r' | b'\n' | 0))
}

fn line(value: String) -> String {
    if is_line(&value) { value } else { value.replace(['\r', '\n', '\0'], " ") }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The canonical form; none where the name would break a line.
fn owned_canonical(name: Cow<'static, str>) -> Option<Cow<'static, str>> {
    match name {
        name if is_canonical(&name) => Some(name),
        name if name.bytes().all(is_name_byte) => Some(Cow::Owned(canonicalize(name.into_owned()))),
        name => is_line(&name).then_some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_names() {
        for (name, expected) in [
            ("x-request-ID", "X-Request-Id"),
            ("Content-Type", "Content-Type"),
            ("WWW-AUTHENTICATE", "Www-Authenticate"),
            ("a--b-", "A--B-"),
            ("x_y.z", "X_y.z"),
            ("", ""),
            ("not a name", "not a name"),
            ("Ünot", "Ünot"),
        ] {
            assert_eq!(canonical(name), expected);
        }
    }

    #[test]
    fn no_field_holds_a_line_break() {
        let mut headers = Headers::from_iter([("X-User", "ann\r\nX-Role: admin\n\nbody"), ("X\nY", "1")]);
        headers.add("X-Tag\0", "1");
        headers.add("X-Tag", "a\0b");
        headers.set("X-Set", "a");
        headers.set("X-Set", "\nb");
        headers.set("X\rSet", "c");
        headers.extend([("X-More", "\r")]);
        assert_eq!(
            headers.iter().collect::<Vec<_>>(),
            [("X-User", "ann  X-Role: admin  body"), ("X-Tag", "a b"), ("X-Set", " b"), ("X-More", " ")]
        );
    }

    #[test]
    fn fields_keep_their_order() {
        let mut headers: Headers = [("a", "1"), ("X-b", "2"), ("A", "3"), ("c", "4")].into_iter().collect();
        assert_eq!(headers.get("A"), Some("1"));
        assert_eq!(headers.get_all("a").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(headers.names().collect::<Vec<_>>(), ["A", "X-B", "C"]);
        headers.set("a", "5");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("A", "5"), ("X-B", "2"), ("C", "4")]);
        headers.set("d".to_owned(), "6");
        assert!(headers.remove("x-b") && !headers.remove("x-b"));
        headers.retain(|_, value| value != "4");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("A", "5"), ("D", "6")]);
        assert!(headers.contains("D") && headers.len() == 2 && !headers.is_empty());
    }
}
