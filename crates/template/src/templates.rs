//! Templates by name, and what their execution needs of its host.

use std::collections::BTreeMap;

use crate::ast::Tree;
use crate::budget::Limits;
use crate::error::{ExecError, ParseError};
use crate::exec;
use crate::functions::Lookup;
use crate::parse::{self, is_empty};
use crate::value::Value;

/// Templates that can call each other.
///
/// ```
/// use fjord_template::{Limits, NoHost, Templates};
///
/// let mut templates = Templates::default();
/// templates.add("body", r#"{"user": {{ toJson .name }}}"#, &[])?;
/// let data = fjord_json::Value::parse(br#"{"name": "Ada"}"#)?;
/// assert_eq!(templates.render("body", &data, Limits::REQUEST, &mut NoHost)?, r#"{"user": "Ada"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Templates {
    pub(crate) trees: BTreeMap<Box<str>, Tree>,
    pub(crate) sources: Vec<Source>,
    /// Whether a function may change a map in place: data are copied then.
    pub(crate) changes_maps: bool,
}

/// A text that templates were read from.
#[derive(Debug)]
pub(crate) struct Source {
    pub name: Box<str>,
    pub text: Box<str>,
}

/// The bytes of a source that wrote something: a text, or an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Which source, in the order they were added, from 0.
    pub source: usize,
    /// The first byte.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
}

/// Takes what a template writes.
pub trait Output {
    /// Takes a piece, which `span` has written.
    fn write(&mut self, text: &str, span: Span);
}

/// The functions of whoever executes a template, beside Go's and Sprig's: `env`, `include`.
pub trait Host {
    /// Calls a function that [`Templates::add`] was told of.
    ///
    /// # Errors
    /// What is wrong, in words for the template's author.
    fn call<'a>(&mut self, name: &str, args: &[Value<'a>]) -> Result<Value<'a>, String>;
}

/// A host without functions.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHost;

// === impl Templates ===

impl Templates {
    /// Reads a source: the template `name`, and those that it defines. Of two with a name the later one counts, unless it's empty.
    ///
    /// `host` names the functions of the [`Host`].
    ///
    /// # Errors
    /// If it isn't a template, or names what doesn't exist.
    pub fn add(&mut self, name: &str, text: &str, host: &[&str]) -> Result<(), ParseError> {
        let lookup = Lookup::new(host);
        let trees = parse::parse(name, text, self.sources.len(), &lookup)?;
        self.changes_maps |= lookup.changes_maps();
        for (name, tree) in trees {
            if is_empty(&tree.nodes, text) && self.trees.contains_key(&name) {
                continue;
            }
            self.trees.insert(name, tree);
        }
        self.sources.push(Source { name: name.into(), text: text.into() });
        Ok(())
    }

    /// Executes the template `name` on `data`.
    ///
    /// # Errors
    /// If the template doesn't exist or can't do with these data what it wants to, or reaches a limit. What was written until
    /// then has reached `out`.
    pub fn execute(
        &self,
        name: &str,
        data: &fjord_json::Value,
        limits: Limits,
        host: &mut dyn Host,
        out: &mut dyn Output,
    ) -> Result<(), ExecError> {
        exec::execute(self, name, Value::from_json(data), limits, host, out)
    }

    /// Executes the template `name` on a value that the host has put together; what it has written.
    ///
    /// # Errors
    /// As [`Templates::execute`].
    pub fn render_value<'a>(
        &'a self,
        name: &str,
        data: Value<'a>,
        limits: Limits,
        host: &mut dyn Host,
    ) -> Result<String, ExecError> {
        let mut out = String::new();
        exec::execute(self, name, data, limits, host, &mut out)?;
        Ok(out)
    }

    /// Executes the template `name` on `data`; what it has written.
    ///
    /// # Errors
    /// As [`Templates::execute`].
    pub fn render(
        &self,
        name: &str,
        data: &fjord_json::Value,
        limits: Limits,
        host: &mut dyn Host,
    ) -> Result<String, ExecError> {
        let mut out = String::new();
        self.execute(name, data, limits, host, &mut out)?;
        Ok(out)
    }
}

// === impl Output ===

impl Output for String {
    fn write(&mut self, text: &str, _: Span) {
        self.push_str(text);
    }
}

// === impl Host ===

impl Host for NoHost {
    fn call<'a>(&mut self, name: &str, _: &[Value<'a>]) -> Result<Value<'a>, String> {
        Err(format!("function {} not defined", crate::print::quote(name)))
    }
}
