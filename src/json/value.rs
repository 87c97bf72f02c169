//! A JSON value built in memory, for the features that look inside one: expressions, scripts, flatmap, the xml and yaml renders.
//!
//! Numbers of a body keep their text (KrakenD decodes them as `json.Number`), numbers of a configuration or of a
//! script are floating-point, as in KrakenD: the two print and compare differently (`spec` §7, §11, §25).

use std::collections::BTreeMap;

/// The members of an object, sorted bytewise as Go writes them.
pub type Map = BTreeMap<String, Value>;

/// One JSON value.
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
