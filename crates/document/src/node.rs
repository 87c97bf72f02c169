//! A configuration's text as values that know where they are.

use std::ops::Range;

/// A value of the configuration and its place in the text (byte offsets).
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value's place in the text, from its first byte to behind its last.
    pub span: Range<u32>,
    /// The value.
    pub kind: Kind,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string, decoded.
    String(Box<str>),
    /// A list.
    Array(Vec<Node>),
    /// An object, members in the order of the text, duplicates included.
    Object(Vec<Member>),
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key, decoded.
    pub key: Box<str>,
    /// The key's place in the text, with its quotes.
    pub key_span: Range<u32>,
    /// The value.
    pub value: Node,
}

// === impl Node ===

impl Node {
    /// The member `key` of an object; of several with that key the last, as KrakenD reads it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|m| &*m.key == key).map(|m| &m.value)
    }

    /// The members of an object; none for any other value.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none for any other value.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a number.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(text) => text.parse().ok(),
            _ => None,
        }
    }
}

// === impl Kind ===

impl Kind {
    /// What the value is, for messages: "a string", "an object" …
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

// === impl Value ===

/// Numbers of the configuration are floating-point; of members with one key the last counts.
impl From<&Node> for fjord_json::Value {
    fn from(node: &Node) -> Self {
        match &node.kind {
            Kind::Null => Self::Null,
            Kind::Bool(value) => Self::Bool(*value),
            // A node's number is always a number; one too large for a float is infinite.
            Kind::Number(text) => Self::Float(text.parse().unwrap_or(f64::NAN)),
            Kind::String(text) => Self::String(text.as_ref().to_owned()),
            Kind::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Kind::Object(members) => Self::Object(fjord_json::map_of(
                members.iter().map(|member| (member.key.as_ref().to_owned(), Self::from(&member.value))),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_value_has_floats_and_the_last_of_equal_keys() {
        let node = |kind| Node { span: 0..0, kind };
        let member = |key: &str, kind| Member { key: key.into(), key_span: 0..0, value: node(kind) };
        let config = node(Kind::Object(vec![
            member("a", Kind::Null),
            member("a", Kind::Array(vec![node(Kind::Number("1.50".into()))])),
            member("b", Kind::Bool(true)),
        ]));
        let value = fjord_json::Value::from(&config);
        assert_eq!(value.get("a"), Some(&fjord_json::Value::Array(vec![fjord_json::Value::Float(1.5)])));
        assert!(value.get("b").is_some_and(fjord_json::Value::is_true));
    }
}
