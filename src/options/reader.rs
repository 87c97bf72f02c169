//! Reads the values of an object as its table describes them.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use fjord_document::node::{Kind, Node};

use super::Namespace;
use super::role::Role;
use super::table::{Opt, Scope, Support};
use super::{core, duration};

/// The options of one object.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    node: &'a Node,
    table: &'static [Opt],
    manner: Manner,
}

/// What becomes of a value of another type than its option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It is an error.
    Strict,
    /// It counts as absent, as in KrakenD's components that nobody's safety hangs on.
    Lax,
    /// It is taken for the type if it reads as one, as KrakenD takes the parts of the format (spec §2.1).
    Weak,
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
        Options { node, table, manner: Manner::Strict }
    }

    /// The members of a part of the format.
    pub fn part(node: &'a Node, scope: Scope) -> Options<'a> {
        Options { node, table: core::options(scope), manner: Manner::Weak }
    }

    /// The members of a namespace's value.
    pub fn of(node: &'a Node, namespace: &'static Namespace) -> Options<'a> {
        let manner = if namespace.role() == Role::Plain { Manner::Lax } else { Manner::Strict };
        Options { node, table: namespace.options(), manner }
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
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn bool(&self, name: &str) -> Result<bool, OptionError> {
        let default = || self.default(name) == Some("true");
        self.read(name, default, "true or false", |node| match (&node.kind, self.manner) {
            (Kind::String(text), Manner::Weak) => weak_bool(text),
            (Kind::Number(_), Manner::Weak) => Some(node.as_f64() != Some(0.0)),
            _ => node.as_bool(),
        })
    }

    /// A whole number.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn int(&self, name: &str) -> Result<i64, OptionError> {
        let default = || self.default(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        self.read(name, default, "a whole number", |node| match (&node.kind, self.manner) {
            (Kind::String(text), Manner::Weak) => text.parse().ok(),
            (Kind::Bool(value), Manner::Weak) => Some(i64::from(*value)),
            // Go cuts off what comes after the point.
            (Kind::Number(_), Manner::Weak) => {
                whole(node).or_else(|| node.as_f64().filter(|n| n.abs() < 9.0e15).map(|n| n as i64))
            }
            _ => whole(node),
        })
    }

    /// A number.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn f64(&self, name: &str) -> Result<f64, OptionError> {
        let default = || self.default(name).and_then(|text| text.parse().ok()).unwrap_or(0.0);
        self.read(name, default, "a number", |node| node.as_f64().filter(|n| n.is_finite()))
    }

    /// A text; empty without a default.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn str(&self, name: &str) -> Result<&'a str, OptionError> {
        let default = || self.default(name).map_or("", |text| text.trim_matches('"'));
        self.read(name, default, "a string", |node| self.text(node))
    }

    /// A duration; a bare number counts nanoseconds (spec §2.1).
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn duration(&self, name: &str) -> Result<Duration, OptionError> {
        let default = || {
            let text = self.default(name).map_or("0", |text| text.trim_matches('"'));
            duration::parse(text).unwrap_or_default()
        };
        if let Some(node) = self.node(name)
            && let Kind::String(text) = &node.kind
            && !self.is_lax(name)
        {
            return duration::parse(text).map_err(|error| error_at(name, node, error.to_string()));
        }
        self.read(name, default, "a duration", |node| match &node.kind {
            Kind::String(text) => duration::parse(text).ok(),
            _ => whole(node).and_then(|n| u64::try_from(n).ok()).map(Duration::from_nanos),
        })
    }

    /// A list of texts.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn strings(&self, name: &str) -> Result<Vec<&'a str>, OptionError> {
        let default = || self.default(name).map_or_else(Vec::new, default_strings);
        let Some(node) = self.node(name) else { return Ok(default()) };
        let Kind::Array(items) = &node.kind else {
            return match (self.text(node).filter(|_| self.manner == Manner::Weak), self.is_lax(name)) {
                (Some(""), _) => Ok(Vec::new()),
                (Some(text), _) => Ok(text.split(',').collect()),
                (None, true) => Ok(default()),
                (None, false) => Err(wrong(name, node, "a list of strings")),
            };
        };
        let read = |item| self.text(item).ok_or_else(|| wrong(name, item, "a string"));
        match items.iter().map(read).collect() {
            Err(_) if self.is_lax(name) => Ok(default()),
            read => read,
        }
    }

    /// The items of a list; none if it is absent.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn items(&self, name: &str) -> Result<&'a [Node], OptionError> {
        match self.node(name) {
            None => Ok(&[]),
            Some(node) => match &node.kind {
                Kind::Array(items) => Ok(items),
                // One object stands for a list of one.
                Kind::Object(members) if self.manner == Manner::Weak && !members.is_empty() => {
                    Ok(std::slice::from_ref(node))
                }
                _ if self.is_lax(name) => Ok(&[]),
                _ => Err(wrong(name, node, "a list")),
            },
        }
    }

    /// The options of an object inside; none if it is absent.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn object(&self, name: &str) -> Result<Option<Options<'a>>, OptionError> {
        let Some(node) = self.node(name) else { return Ok(None) };
        if !matches!(node.kind, Kind::Object(_)) {
            return if self.is_lax(name) { Ok(None) } else { Err(wrong(name, node, "an object")) };
        }
        let table = self.table.iter().find(|opt| opt.name == name).map_or(&[][..], |opt| opt.kind.options());
        Ok(Some(Options { node, table, ..*self }))
    }

    /// The first option that is set, not to its default, and that Fjord refuses: its name and the reason.
    pub fn refused(&self) -> Option<String> {
        self.all_refused().into_iter().next()
    }

    /// All of them.
    pub fn all_refused(&self) -> Vec<String> {
        let mut all = Vec::new();
        for opt in self.table {
            let Some(node) = self.node(opt.name) else { continue };
            match opt.support {
                Support::Refused(reason) if !is_default(node, opt.default) => {
                    all.push(format!("{}: {reason}", opt.name));
                }
                Support::Refused(_) | Support::NoEffect(_) => {}
                Support::Implemented => {
                    let inner = opt.kind.options();
                    for node in std::iter::once(node).chain(node.items()).filter(|_| !inner.is_empty()) {
                        let refused = Options::new(node, inner).all_refused();
                        all.extend(refused.into_iter().map(|text| format!("{}.{text}", opt.name)));
                    }
                }
            }
        }
        all
    }

    /// The options of an object in a list.
    pub fn inside(&self, name: &str, item: &'a Node) -> Options<'a> {
        let table = self.table.iter().find(|opt| opt.name == name).map_or(&[][..], |opt| opt.kind.options());
        Options { node: item, table, ..*self }
    }

    fn default(&self, name: &str) -> Option<&'static str> {
        self.table.iter().find(|opt| opt.name == name)?.default
    }

    /// Whether a value that the option can't take counts as absent.
    fn is_lax(&self, name: &str) -> bool {
        self.manner == Manner::Lax || self.table.iter().any(|opt| opt.name == name && opt.lax)
    }

    /// A value; the default if it is absent.
    fn read<T>(
        &self,
        name: &str,
        default: impl FnOnce() -> T,
        expected: &str,
        read: impl FnOnce(&'a Node) -> Option<T>,
    ) -> Result<T, OptionError> {
        let Some(node) = self.node(name) else { return Ok(default()) };
        match read(node) {
            Some(value) => Ok(value),
            None if self.is_lax(name) => Ok(default()),
            None => Err(wrong(name, node, expected)),
        }
    }

    fn text(&self, node: &'a Node) -> Option<&'a str> {
        match (&node.kind, self.manner) {
            (Kind::Number(text), Manner::Weak) => Some(text),
            (Kind::Bool(value), Manner::Weak) => Some(if *value { "1" } else { "0" }),
            _ => node.as_str(),
        }
    }
}

/// A boolean as Go's `strconv.ParseBool` reads it; an empty text is false.
fn weak_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
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
    use crate::options::table::{Kind as Takes, opt};
    use fjord_document::Document;

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
    fn reads_the_parts_of_the_format_as_krakend_does() {
        let text = r#"{"concurrent_calls": "3", "input_headers": "A,B", "input_query_strings": [1, "b"],
            "endpoint": 5, "backend": {"url_pattern": "/"}, "timeout": "soon", "method": []}"#;
        let root = Document::parse(text).unwrap().root;
        let options = Options::part(&root, Scope::Endpoint);
        assert_eq!(options.int("concurrent_calls"), Ok(3));
        assert_eq!(options.strings("input_headers"), Ok(vec!["A", "B"]));
        assert_eq!(options.strings("input_query_strings"), Ok(vec!["1", "b"]));
        assert_eq!(options.str("endpoint"), Ok("5"));
        assert_eq!(options.items("backend").unwrap().len(), 1);
        assert!(options.duration("timeout").is_err() && options.str("method").is_err());
        for (text, wanted) in
            [("\"1\"", Some(true)), ("\"no\"", None), ("0", Some(false)), ("2.5", Some(true))]
        {
            let root = Document::parse(&format!("{{\"disable_rest\": {text}}}")).unwrap().root;
            assert_eq!(Options::part(&root, Scope::Service).bool("disable_rest").ok(), wanted, "{text}");
        }
    }

    #[test]
    fn drops_what_a_component_that_guards_nothing_cant_use() {
        let text =
            r#"{"return_error_msg": "yes", "health_path": 7, "logger_skip_paths": "/a", "max_age": "x"}"#;
        let root = Document::parse(text).unwrap().root;
        let of = |name| Options::of(&root, crate::features::find(Scope::Service, name).unwrap());
        assert_eq!(of("router").bool("return_error_msg"), Ok(false));
        assert_eq!(of("router").str("health_path"), Ok("/__health"));
        assert_eq!(of("router").strings("logger_skip_paths"), Ok(vec![]));
        assert_eq!(of("security/cors").duration("max_age"), Ok(Duration::ZERO));
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
