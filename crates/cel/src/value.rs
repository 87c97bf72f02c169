//! The values of expressions. What comes from a request or a body is borrowed, and converted only where an expression looks.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use super::error::EvalError;
use super::time::{Duration, Timestamp};

/// One value of an expression.
#[derive(Debug, Clone)]
pub enum CelValue<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer (`1u`).
    Uint(u64),
    /// A floating-point number.
    Double(f64),
    /// Text.
    String(Shared<'a, str>),
    /// Bytes (`b'\xff'`).
    Bytes(Shared<'a, [u8]>),
    /// A list of any values.
    List(List<'a>),
    /// A map of any values by bool, int, uint or string.
    Map(Map<'a>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A span of time.
    Duration(Duration),
    /// A type (`type(1)`, `int`), by name.
    Type(&'static str),
}

/// Something borrowed from the input of an evaluation, or made by it and then shared.
#[derive(Debug)]
pub enum Shared<'a, T: ?Sized> {
    /// Borrowed from the input or from the expression.
    Borrowed(&'a T),
    /// Made by the evaluation.
    Counted(Rc<T>),
}

/// A list.
#[derive(Debug, Clone)]
pub enum List<'a> {
    /// An array of a JSON document.
    Json(&'a [fjord_json::Value], Numbers),
    /// Items that were evaluated.
    Items(Rc<[CelValue<'a>]>),
}

/// A map.
#[derive(Debug, Clone)]
pub enum Map<'a> {
    /// An object of a JSON document.
    Json(&'a fjord_json::Map, Numbers),
    /// Entries that were evaluated.
    Entries(Rc<Entries<'a>>),
}

/// The entries of a map that isn't a JSON object.
pub type Entries<'a> = BTreeMap<Key<'a>, CelValue<'a>>;

/// What a number of a JSON document is to an expression (spec §25).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// A string, as the numbers of a response (Go's `json.Number`).
    Strings,
    /// A double, as the numbers of a token.
    Doubles,
}

/// A key of a map. Equal numbers are one key, whether signed or not.
#[derive(Debug, Clone)]
pub enum Key<'a> {
    /// `true`, `false`
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// Text.
    String(Shared<'a, str>),
}

// === impl CelValue ===

impl<'a> CelValue<'a> {
    /// A JSON value, unconverted until it is looked into.
    pub fn from_json(value: &'a fjord_json::Value, numbers: Numbers) -> Self {
        match value {
            fjord_json::Value::Null => Self::Null,
            fjord_json::Value::Bool(value) => Self::Bool(*value),
            fjord_json::Value::Number(text) => match numbers {
                Numbers::Strings => Self::text(text),
                // Go refuses a token with a number that is out of range; infinity compares the same way.
                Numbers::Doubles => Self::Double(text.parse().unwrap_or(f64::NAN)),
            },
            fjord_json::Value::Float(value) => Self::Double(*value),
            fjord_json::Value::String(text) => Self::text(text),
            fjord_json::Value::Array(items) => Self::List(List::Json(items, numbers)),
            fjord_json::Value::Object(map) => Self::Map(Map::Json(map, numbers)),
        }
    }

    /// Borrowed text.
    pub fn text(text: &'a str) -> Self {
        Self::String(Shared::Borrowed(text))
    }

    /// A map from text to text.
    pub fn map_of_texts(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        // One by one, here and below: collecting sorts first, which is 10 KB of code.
        let mut entries = Entries::new();
        for (key, value) in pairs {
            entries.insert(Key::text(key), Self::text(value));
        }
        Self::Map(Map::Entries(Rc::new(entries)))
    }

    /// A map from text to a list of texts: pairs with the same name become one list, in their order.
    pub fn map_of_lists(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut lists: BTreeMap<&'a str, Vec<Self>> = BTreeMap::new();
        for (name, value) in pairs {
            lists.entry(name).or_default().push(Self::text(value));
        }
        let mut entries = Entries::new();
        for (name, values) in lists {
            entries.insert(Key::text(name), Self::list(values));
        }
        Self::Map(Map::Entries(Rc::new(entries)))
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(List::Items(items.into()))
    }

    pub(super) fn owned_text(text: String) -> Self {
        text.into()
    }

    /// The name of the value's type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Type(_) => "type",
        }
    }
}

impl From<String> for CelValue<'_> {
    fn from(text: String) -> Self {
        Self::String(Shared::Counted(text.into()))
    }
}

// === impl Shared ===

// By hand: the derived one would ask for `T: Clone`.
impl<T: ?Sized> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(value) => Self::Borrowed(value),
            Self::Counted(value) => Self::Counted(Rc::clone(value)),
        }
    }
}

impl<T: ?Sized> Deref for Shared<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Borrowed(value) => value,
            Self::Counted(value) => value,
        }
    }
}

// === impl List ===

impl<'a> List<'a> {
    /// The number of items.
    pub fn len(&self) -> usize {
        match self {
            Self::Json(items, _) => items.len(),
            Self::Items(items) => items.len(),
        }
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `index`.
    pub fn get(&self, index: usize) -> Option<CelValue<'a>> {
        match self {
            Self::Json(items, numbers) => items.get(index).map(|item| CelValue::from_json(item, *numbers)),
            Self::Items(items) => items.get(index).cloned(),
        }
    }

    /// The items, in order.
    pub fn iter(&self) -> impl Iterator<Item = CelValue<'a>> + '_ {
        (0..self.len()).map_while(|index| self.get(index))
    }
}

// === impl Map ===

impl<'a> Map<'a> {
    /// The number of entries.
    pub fn len(&self) -> usize {
        match self {
            Self::Json(map, _) => map.len(),
            Self::Entries(entries) => entries.len(),
        }
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a text key.
    pub fn field(&self, name: &str) -> Option<CelValue<'a>> {
        match self {
            Self::Json(map, numbers) => map.get(name).map(|value| CelValue::from_json(value, *numbers)),
            Self::Entries(entries) => entries.get(&Key::String(Shared::Borrowed(name))).cloned(),
        }
    }

    /// The value of `key`.
    pub fn get(&self, key: &Key<'_>) -> Option<CelValue<'a>> {
        match (self, key) {
            (_, Key::String(name)) => self.field(name),
            (Self::Json(..), _) => None,
            (Self::Entries(entries), _) => entries.get(key).cloned(),
        }
    }

    /// The keys in ascending order.
    pub fn keys(&self) -> Vec<Key<'a>> {
        match self {
            Self::Json(map, _) => map.keys().map(|key| Key::text(key)).collect(),
            Self::Entries(entries) => entries.keys().cloned().collect(),
        }
    }
}

// === impl Key ===

impl<'a> Key<'a> {
    fn text(text: &'a str) -> Self {
        Self::String(Shared::Borrowed(text))
    }

    /// A value as the key of a new map: bool, int, uint and string can be one.
    pub(super) fn new(value: CelValue<'a>) -> Result<Self, EvalError> {
        match value {
            CelValue::Bool(value) => Ok(Self::Bool(value)),
            CelValue::Int(value) => Ok(Self::Int(value)),
            CelValue::Uint(value) => Ok(Self::Uint(value)),
            CelValue::String(value) => Ok(Self::String(value)),
            _ => Err(EvalError::InvalidMapKey),
        }
    }

    /// A value as the key to look for: a double too, if it is a whole number. `None` for what no map contains.
    pub(super) fn lookup(value: &CelValue<'a>) -> Option<Self> {
        match value {
            CelValue::Double(value) => whole_number(*value),
            other => Self::new(other.clone()).ok(),
        }
    }

    pub(super) fn to_value(&self) -> CelValue<'a> {
        match self {
            Self::Bool(value) => CelValue::Bool(*value),
            Self::Int(value) => CelValue::Int(*value),
            Self::Uint(value) => CelValue::Uint(*value),
            Self::String(value) => CelValue::String(value.clone()),
        }
    }

    /// Bools before numbers before text; numbers by what they count, whatever their type.
    fn rank(&self) -> (u8, i128, &str) {
        match self {
            Self::Bool(value) => (0, i128::from(*value), ""),
            Self::Int(value) => (1, i128::from(*value), ""),
            Self::Uint(value) => (1, i128::from(*value), ""),
            Self::String(value) => (2, 0, value),
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Key<'_> {}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// A double that counts something as the integer it is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range by the conditions")]
pub(super) fn whole_number<'a>(value: f64) -> Option<Key<'a>> {
    const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
    if value.fract() != 0.0 {
        return None;
    }
    if (-TWO_POW_63..TWO_POW_63).contains(&value) {
        Some(Key::Int(value as i64))
    } else if (TWO_POW_63..2.0 * TWO_POW_63).contains(&value) {
        Some(Key::Uint(value as u64))
    } else {
        None
    }
}
