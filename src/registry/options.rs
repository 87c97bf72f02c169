//! Reads the values of an object as its table describes them.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::duration;
use super::table::{Namespace, Opt, Support};
use crate::config::node::{Kind, Node};

/// The options of one object.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    node: &'a Node,
    table: &'static [Opt],
}

/// A value that an option can't take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionError {
    /// The option's way from the object that was read.
    pub path: String,
    /// The value's place in the text.
    pub span: Range<u32>,
    /// What is wrong.
    pub message: String,
}

// === impl Options ===

impl<'a> Options<'a> {
    /// The members of `node` as `table` describes them.
    pub fn new(node: &'a Node, table: &'static [Opt]) -> Options<'a> {
        Options { node, table }
    }

    /// The members of a namespace's value.
    pub fn of(node: &'a Node, namespace: &'static Namespace) -> Options<'a> {
        Options::new(node, namespace.options())
    }

    /// The object itself.
    pub fn whole(&self) -> &'a Node {
        self.node
    }

    /// The value as written; none if it is absent or null.
    pub fn node(&self, name: &str) -> Option<&'a Node> {
        debug_assert!(self.table.iter().any(|opt| opt.name == name), "{name} is not in the table");
        self.node.get(name).filter(|node| !matches!(node.kind, Kind::Null))
    }

    /// Whether the option is set.
    pub fn given(&self, name: &str) -> bool {
        self.node(name).is_some()
    }

    /// A boolean.
    pub fn bool(&self, name: &str) -> Result<bool, OptionError> {
        match self.node(name) {
            None => Ok(self.default(name) == Some("true")),
            Some(node) => node.as_bool().ok_or_else(|| wrong(name, node, "true or false")),
        }
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Result<i64, OptionError> {
        match self.node(name) {
            None => Ok(self.default(name).and_then(|text| text.parse().ok()).unwrap_or(0)),
            Some(node) => whole(node).ok_or_else(|| wrong(name, node, "a whole number")),
        }
    }

    /// A number.
    pub fn f64(&self, name: &str) -> Result<f64, OptionError> {
        match self.node(name) {
            None => Ok(self.default(name).and_then(|text| text.parse().ok()).unwrap_or(0.0)),
            Some(node) => {
                node.as_f64().filter(|n| n.is_finite()).ok_or_else(|| wrong(name, node, "a number"))
            }
        }
    }

    /// A text; empty without a default.
    pub fn str(&self, name: &str) -> Result<&'a str, OptionError> {
        match self.node(name) {
            None => Ok(self.default(name).map_or("", |text| text.trim_matches('"'))),
            Some(node) => node.as_str().ok_or_else(|| wrong(name, node, "a text")),
        }
    }

    /// A duration; a bare number counts nanoseconds (spec §2.1).
    pub fn duration(&self, name: &str) -> Result<Duration, OptionError> {
        let Some(node) = self.node(name) else {
            let text = self.default(name).map_or("0", |text| text.trim_matches('"'));
            return Ok(duration::parse(text).unwrap_or_default());
        };
        match &node.kind {
            Kind::String(text) => {
                duration::parse(text).map_err(|error| error_at(name, node, error.to_string()))
            }
            Kind::Number(_) => match whole(node).and_then(|n| u64::try_from(n).ok()) {
                Some(nanos) => Ok(Duration::from_nanos(nanos)),
                None => Err(wrong(name, node, "a duration")),
            },
            _ => Err(wrong(name, node, "a duration")),
        }
    }

    /// A list of texts.
    pub fn strings(&self, name: &str) -> Result<Vec<&'a str>, OptionError> {
        let Some(node) = self.node(name) else {
            return Ok(self.default(name).map_or_else(Vec::new, default_strings));
        };
        let Kind::Array(items) = &node.kind else { return Err(wrong(name, node, "a list of texts")) };
        items.iter().map(|item| item.as_str().ok_or_else(|| wrong(name, item, "a text"))).collect()
    }

    /// The items of a list; none if it is absent.
    pub fn items(&self, name: &str) -> Result<&'a [Node], OptionError> {
        match self.node(name) {
            None => Ok(&[]),
            Some(node) => match &node.kind {
                Kind::Array(items) => Ok(items),
                _ => Err(wrong(name, node, "a list")),
            },
        }
    }

    /// The options of an object inside; none if it is absent.
    pub fn object(&self, name: &str) -> Result<Option<Options<'a>>, OptionError> {
        let Some(node) = self.node(name) else { return Ok(None) };
        if !matches!(node.kind, Kind::Object(_)) {
            return Err(wrong(name, node, "an object"));
        }
        let table = self.table.iter().find(|opt| opt.name == name).map_or(&[][..], |opt| opt.kind.options());
        Ok(Some(Options::new(node, table)))
    }

    /// The first option that is set, not to its default, and that Fjord refuses: its name and the reason.
    pub fn refused(&self) -> Option<String> {
        self.table.iter().find_map(|opt| {
            let node = self.node(opt.name)?;
            match opt.support {
                Support::Refused(reason) if !is_default(node, opt.default) => {
                    Some(format!("{}: {reason}", opt.name))
                }
                Support::Refused(_) | Support::NoEffect(_) => None,
                Support::Implemented => {
                    let inner = opt.kind.options();
                    let inside = std::iter::once(node).chain(node.items());
                    let refused = |node| Options::new(node, inner).refused();
                    inside
                        .filter(|_| !inner.is_empty())
                        .find_map(refused)
                        .map(|text| format!("{}.{text}", opt.name))
                }
            }
        })
    }

    fn default(&self, name: &str) -> Option<&'static str> {
        self.table.iter().find(|opt| opt.name == name)?.default
    }
}

/// Whether a value says no more than its option's default.
fn is_default(node: &Node, default: Option<&str>) -> bool {
    match &node.kind {
        Kind::Bool(value) => default == Some(if *value { "true" } else { "false" }),
        Kind::String(text) => default.is_some_and(|json| json.trim_matches('"') == &**text),
        Kind::Number(text) => default == Some(text),
        Kind::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The items of a default that is a list of texts.
fn default_strings(json: &'static str) -> Vec<&'static str> {
    let items = json.trim_matches(['[', ']']).split(',').map(|item| item.trim_matches([' ', '"']));
    items.filter(|item| !item.is_empty()).collect()
}

/// The value of a whole number, also if written `3.0` or `1e3`.
pub(crate) fn whole(node: &Node) -> Option<i64> {
    let Kind::Number(text) = &node.kind else { return None };
    text.parse().ok().or_else(|| {
        let value: f64 = text.parse().ok()?;
        (value.fract() == 0.0 && value.abs() < 9.0e15).then_some(value as i64)
    })
}

fn wrong(name: &str, node: &Node, expected: &str) -> OptionError {
    error_at(name, node, format!("expected {expected}, found {}", node.kind.name()))
}

fn error_at(name: &str, node: &Node, message: String) -> OptionError {
    OptionError { path: name.into(), span: node.span.clone(), message }
}

// === impl OptionError ===

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for OptionError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;
    use crate::registry::table::{Kind as Takes, opt};

    static TABLE: &[Opt] = &[
        opt("flag", Takes::Bool, "").default("true"),
        opt("count", Takes::INT, "").default("7"),
        opt("share", Takes::NUMBER, "").default("0.5"),
        opt("name", Takes::Str, "").default("\"x\""),
        opt("wait", Takes::Duration, "").default("\"1m\""),
        opt("tags", Takes::STRINGS, "").default("[\"a\", \"b\"]"),
        opt("inner", Takes::Object(&[opt("deep", Takes::INT, "").default("3")]), ""),
    ];

    #[test]
    fn falls_back_to_the_table() {
        let root = Document::parse("{\"inner\": {}, \"name\": null}").unwrap().root;
        let options = Options::new(&root, TABLE);
        assert_eq!(options.bool("flag"), Ok(true));
        assert_eq!(options.int("count"), Ok(7));
        assert_eq!(options.f64("share"), Ok(0.5));
        assert_eq!(options.str("name"), Ok("x"));
        assert_eq!(options.duration("wait"), Ok(Duration::from_secs(60)));
        assert_eq!(options.strings("tags"), Ok(vec!["a", "b"]));
        assert_eq!(options.object("inner").unwrap().unwrap().int("deep"), Ok(3));
        assert!(!options.given("name"));
    }

    #[test]
    fn reads_values_and_names_wrong_ones() {
        let text =
            "{\"flag\": false, \"count\": 3.0, \"wait\": 1000, \"tags\": [\"z\", 1], \"share\": \"x\"}";
        let root = Document::parse(text).unwrap().root;
        let options = Options::new(&root, TABLE);
        assert_eq!(options.bool("flag"), Ok(false));
        assert_eq!(options.int("count"), Ok(3));
        assert_eq!(options.duration("wait"), Ok(Duration::from_micros(1)));
        let error = options.strings("tags").unwrap_err();
        assert_eq!(&text[error.span.start as usize..error.span.end as usize], "1");
        assert_eq!(options.f64("share").unwrap_err().to_string(), "share: expected a number, found a string");
    }
}
