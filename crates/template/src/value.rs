//! The values of a template: Go's, as far as JSON and the functions make them. Data are borrowed, and converted only where
//! a template looks.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use fjord_json::Value as Json;

use crate::budget::{Budget, Limits};
use crate::error::Failure;
use crate::json;

/// A value.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// No value: a missing key, Go's zero `reflect.Value`.
    Missing,
    /// `nil`, in a list or a map.
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// Go's `int`.
    Int(i64),
    /// Go's `int64`: the arithmetic of Sprig has it. A function that wants an `int` refuses it.
    Int64(i64),
    /// Go's `uint8`: an indexed string.
    Byte(u8),
    /// Go's `float64`.
    Float(f64),
    /// Go's `json.Number`: a number of a body, by its text.
    Number(Text<'a>),
    /// A string.
    String(Text<'a>),
    /// A slice.
    List(List<'a>),
    /// A map from string.
    Map(Map<'a>),
}

/// Text that is borrowed from data or the template, or made by the execution and then shared.
#[derive(Debug, Clone)]
pub enum Text<'a> {
    /// Borrowed.
    Borrowed(&'a str),
    /// Shared.
    Shared(Rc<str>),
}

/// A list, with the type that Go would have given it.
#[derive(Debug, Clone)]
pub struct List<'a> {
    items: Items<'a>,
    element: Element,
}

#[derive(Debug, Clone)]
enum Items<'a> {
    /// Go's `nil` slice: without items, and `null` as JSON.
    Nil,
    Json(&'a [Json]),
    Shared(Rc<SharedItems<'a>>),
}

/// What a list or a map holds, as Go's type says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`
    Any,
    /// `string`
    String,
    /// `int`
    Int,
    /// `[]interface {}`
    List,
}

/// A map. Functions change it in place, for everyone who has it.
#[derive(Debug, Clone)]
pub enum Map<'a> {
    /// An object of the data, which never changes.
    Json(&'a fjord_json::Map),
    /// A map that was made.
    Shared(Rc<SharedMap<'a>>),
}

/// The entries of a map by key.
pub type Entries<'a> = BTreeMap<Text<'a>, Value<'a>>;

/// Items of a list that was made.
#[derive(Debug)]
pub struct SharedItems<'a>(Vec<Value<'a>>);

/// A map that was made.
#[derive(Debug)]
pub struct SharedMap<'a> {
    pub(crate) entries: RefCell<Entries<'a>>,
    element: Element,
}

// === impl Value ===

impl<'a> Value<'a> {
    /// A value of the data. [`Json::Number`] becomes a `json.Number`, [`Json::Float`] a `float64`.
    pub fn from_json(value: &'a Json) -> Self {
        match value {
            Json::Null => Self::Nil,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(text) => Self::Number(Text::Borrowed(text)),
            Json::Float(value) => Self::Float(*value),
            Json::String(text) => Self::String(Text::Borrowed(text)),
            Json::Array(items) => Self::List(List { items: Items::Json(items), element: Element::Any }),
            Json::Object(members) => Self::Map(Map::Json(members)),
        }
    }

    /// A string that was made.
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Self::String(Text::Shared(text.into()))
    }

    /// A list of any values.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(items, Element::Any))
    }

    /// A list of strings.
    pub fn strings(items: impl IntoIterator<Item = Text<'a>>) -> Self {
        Self::List(List::new(items.into_iter().map(Self::String).collect(), Element::String))
    }

    /// A map of any values.
    pub fn map(entries: Entries<'a>) -> Self {
        Self::Map(Map::new(entries, Element::Any))
    }

    /// Whether there is no value, or `nil`.
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Missing | Self::Nil)
    }

    /// What counts as true in `if`: all but zero values and what holds nothing.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Missing | Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Byte(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Number(text) | Self::String(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.is_empty(),
        }
    }

    /// Go's name of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Missing | Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Float(_) => "float64",
            Self::Number(_) => "json.Number",
            Self::String(_) => "string",
            Self::List(list) => match list.element {
                Element::Any => "[]interface {}",
                Element::String => "[]string",
                Element::Int => "[]int",
                Element::List => "[][]interface {}",
            },
            Self::Map(map) => match map.element() {
                Element::String => "map[string]string",
                _ => "map[string]interface {}",
            },
        }
    }

    /// Go's name of the kind of type.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Missing | Self::Nil => "invalid",
            Self::Number(_) => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            other => other.type_name(),
        }
    }

    /// As JSON, as Go's `json.Marshal` writes it.
    ///
    /// # Errors
    /// If JSON has no such value, or it takes more than a tool may.
    pub fn to_json(&self) -> Result<String, String> {
        json::write(&mut Budget::new(Limits::TOOL), self, json::Style::default()).map_err(|why| match why {
            Failure::Message(message) => message,
            Failure::Limit(limit) => limit.to_owned(),
        })
    }

    fn is_container(&self) -> bool {
        matches!(self, Self::List(List { items: Items::Shared(_), .. }) | Self::Map(Map::Shared(_)))
    }
}

// === impl Text ===

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl std::borrow::Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::Borrowed(text)
    }
}

// === impl List ===

impl<'a> List<'a> {
    /// A list that was made.
    pub fn new(items: Vec<Value<'a>>, element: Element) -> Self {
        Self { items: Items::Shared(Rc::new(SharedItems(items))), element }
    }

    /// Go's `nil` slice.
    pub fn nil(element: Element) -> Self {
        Self { items: Items::Nil, element }
    }

    /// What it holds, as Go's type says it.
    pub fn element(&self) -> Element {
        self.element
    }

    /// Whether it's Go's `nil` slice.
    pub fn is_nil(&self) -> bool {
        matches!(self.items, Items::Nil)
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        match &self.items {
            Items::Nil => 0,
            Items::Json(items) => items.len(),
            Items::Shared(items) => items.0.len(),
        }
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `index`.
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match &self.items {
            Items::Nil => None,
            Items::Json(items) => items.get(index).map(Value::from_json),
            Items::Shared(items) => items.0.get(index).cloned(),
        }
    }

    /// The items, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Value<'a>> + '_ {
        (0..self.len()).map(|index| self.get(index).unwrap_or(Value::Missing))
    }

    /// Where the items are in memory: equal for equal lists.
    pub(crate) fn address(&self) -> usize {
        match &self.items {
            Items::Nil => 0,
            Items::Json(items) => items.as_ptr().addr(),
            Items::Shared(items) => Rc::as_ptr(items).addr(),
        }
    }
}

// === impl Map ===

static EMPTY: fjord_json::Map = fjord_json::Map::new();

impl<'a> Map<'a> {
    /// Go's `nil` map, which nothing can be put into.
    pub const NIL: Self = Self::Json(&EMPTY);

    /// A map that was made.
    pub fn new(entries: Entries<'a>, element: Element) -> Self {
        Self::Shared(Rc::new(SharedMap { entries: RefCell::new(entries), element }))
    }

    /// What it holds, as Go's type says it.
    pub fn element(&self) -> Element {
        match self {
            Self::Json(_) => Element::Any,
            Self::Shared(map) => map.element,
        }
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        match self {
            Self::Json(members) => members.len(),
            Self::Shared(map) => map.entries.borrow().len(),
        }
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Json(members) => members.get(key).map(Value::from_json),
            Self::Shared(map) => map.entries.borrow().get(key).cloned(),
        }
    }

    /// The entries as they are now, sorted by key.
    pub fn entries(&self) -> Vec<(Text<'a>, Value<'a>)> {
        match self {
            Self::Json(members) => members
                .iter()
                .map(|(key, value)| (Text::Borrowed(key.as_str()), Value::from_json(value)))
                .collect(),
            Self::Shared(map) => {
                map.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
            }
        }
    }

    /// Where the entries are in memory: equal for the same map.
    pub(crate) fn address(&self) -> usize {
        match self {
            Self::Json(members) => std::ptr::from_ref(*members).addr(),
            Self::Shared(map) => Rc::as_ptr(map).addr(),
        }
    }
}

// === dropping ===

impl Drop for SharedItems<'_> {
    fn drop(&mut self) {
        dismantle(std::mem::take(&mut self.0));
    }
}

impl Drop for SharedMap<'_> {
    fn drop(&mut self) {
        dismantle(std::mem::take(self.entries.get_mut()).into_values().collect());
    }
}

/// Drops values without recursion: a template can nest them as deep as it has steps.
fn dismantle(mut pending: Vec<Value<'_>>) {
    pending.retain(Value::is_container);
    while let Some(value) = pending.pop() {
        match value {
            Value::List(List { items: Items::Shared(items), .. }) => {
                if let Some(mut items) = Rc::into_inner(items) {
                    pending.extend(std::mem::take(&mut items.0).into_iter().filter(Value::is_container));
                }
            }
            Value::Map(Map::Shared(map)) => {
                if let Some(mut map) = Rc::into_inner(map) {
                    let entries = std::mem::take(map.entries.get_mut());
                    pending.extend(entries.into_values().filter(Value::is_container));
                }
            }
            _ => {}
        }
    }
}
