//! A JSON value built in memory, for the features that look inside one: expressions, scripts, flatmap, the xml and yaml renders.
//!
//! Numbers of a body keep their text (KrakenD decodes them as `json.Number`), numbers of a configuration or of a
//! script are floating-point, as in KrakenD: the two print and compare differently (`spec` §7, §11, §25).

use std::collections::BTreeMap;

/// The members of an object, sorted bytewise as Go writes them.
pub type Map = BTreeMap<String, Value>;

/// Members in whatever order; of equal names the last counts. One by one: `collect` brings a sort of 5 KB for each type of iterator.
pub fn map_of(members: impl IntoIterator<Item = (String, Value)>) -> Map {
    insert_all(&mut members.into_iter())
}

fn insert_all(members: &mut dyn Iterator<Item = (String, Value)>) -> Map {
    let mut map = Map::new();
    for (name, value) in members {
        map.insert(name, value);
    }
    map
}

/// One JSON value.
///
/// ```
/// use fjord_json::Value;
///
/// let value = Value::parse(br#"{"price": 12.50, "tags": ["new"]}"#).expect("it is JSON");
/// assert_eq!(value.get("price").and_then(Value::as_f64), Some(12.5));
/// assert_eq!(value.path(["tags"]).and_then(Value::as_array).map(<[Value]>::len), Some(1));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it was written in a body, textually (`4.20`, `1E5`, any size).
    Number(Box<str>),
    /// A number of the configuration or of a script.
    Float(f64),
    /// A string, decoded.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Map),
}

/// What kind of JSON a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// What values cost a [`Budget`](fjord_memory::Budget), beside their texts: a little above what the module takes for
/// them, 16 bytes for a value, a third of a kilobyte for the smallest node of a map.
pub mod cost {
    /// Any value, in a list that is growing.
    pub const VALUE: usize = 32;
    /// The first member of an object.
    pub const OBJECT: usize = 344;
    /// Another member.
    pub const MEMBER: usize = 64;
}

// === impl Kind ===

impl Kind {
    /// Its name in messages: "an array".
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

// === impl Value ===

impl Value {
    /// What kind of JSON the value is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) | Self::Float(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The value at the end of a way through objects; arrays can't be entered.
    pub fn path<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<&Value> {
        keys.into_iter().try_fold(self, |value, key| value.get(key))
    }

    /// Whether this is `true`. KrakenD's options are on for `true` only, never for `1` or `"true"`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a number of either kind.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// What a copy of the value costs a budget.
    pub fn cost(&self) -> usize {
        let text = |text: &str| text.len() + 16;
        cost::VALUE
            + match self {
                Self::Null | Self::Bool(_) | Self::Float(_) => 0,
                Self::Number(number) => text(number),
                Self::String(string) => text(string),
                Self::Array(items) => items.iter().map(Self::cost).sum(),
                Self::Object(members) if members.is_empty() => 0,
                Self::Object(members) => members
                    .iter()
                    .map(|(key, value)| cost::MEMBER + text(key) + value.cost())
                    .fold(cost::OBJECT - cost::MEMBER, usize::saturating_add),
            }
    }

    /// A number as a body would have written it.
    pub fn number(value: impl Into<i64>) -> Value {
        Self::Number(value.into().to_string().into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<Map> for Value {
    fn from(members: Map) -> Self {
        Self::Object(members)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_through_objects_only() {
        let value = Value::parse(br#"{"a":{"b":[1,{"c":2}]}}"#).expect("it is JSON");
        assert_eq!(value.path(["a", "b"]).and_then(Value::as_array).map(<[_]>::len), Some(2));
        assert_eq!(value.path(["a", "b", "0"]), None);
        assert_eq!(value.path([]), Some(&value));
    }
}
