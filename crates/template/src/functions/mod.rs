//! The functions: Go's own and Sprig's, by what they are for.

mod builtin;
mod case;
mod cast;
mod compare;
mod decimal;
mod defaults;
mod encode;
mod escape;
mod lists;
mod maps;
mod numbers;
mod paths;
mod regex;
mod strings;
mod wrap;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_pattern::Finder;

use crate::ast::Callee;
use crate::budget::Budget;
use crate::error::Failure;
use crate::print::{quote, sprint_value};
use crate::value::{Entries, List, Map, SharedMap, Text, Value};

/// What a function does.
type Run = for<'a> fn(&mut Context<'a>, &[Value<'a>]) -> Result<Value<'a>, Failure>;

/// A function and what it takes.
#[derive(Debug)]
pub(crate) struct Function {
    pub name: &'static str,
    pub params: &'static [Type],
    /// The type of any number of further arguments.
    pub rest: Option<Type>,
    pub run: Run,
}

/// The type of a parameter, as Go's function declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// `interface {}`
    Any,
    /// `reflect.Value`: no value, too.
    Reflected,
    String,
    Int,
    Float,
    Bool,
    /// `map[string]interface {}`
    Map,
}

/// What functions share during an execution.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub budget: Budget,
    /// Patterns that were compiled, by their text.
    patterns: BTreeMap<Box<str>, Rc<Finder>>,
    /// Maps that a list or a map was put into: they may contain themselves, so they are emptied at the end.
    changed: Vec<Rc<SharedMap<'a>>>,
}

/// Finds the function of a name while a source is read.
#[derive(Debug)]
pub(crate) struct Lookup<'t> {
    host: &'t [&'t str],
    changes_maps: Cell<bool>,
}

/// By what they are for.
const GROUPS: &[&[Function]] = &[
    builtin::FUNCTIONS,
    compare::FUNCTIONS,
    escape::FUNCTIONS,
    defaults::FUNCTIONS,
    strings::FUNCTIONS,
    case::FUNCTIONS,
    wrap::FUNCTIONS,
    numbers::FUNCTIONS,
    lists::FUNCTIONS,
    maps::FUNCTIONS,
    regex::FUNCTIONS,
    encode::FUNCTIONS,
    paths::FUNCTIONS,
];

const RANDOM: &str = "it would give another text each time";
const CLOCK: &str = "it needs a clock, or a time as Go has them";
const HOST: &str = "it belongs to whoever executes the template";
const CRYPTO: &str = "keys and passwords don't belong in a template";
const VERSION: &str = "versions are compared by a library of their own";

/// Functions of Sprig that don't exist here, and why.
const LEFT_OUT: &[(&str, &[&str])] = &[
    (
        RANDOM,
        &[
            "randAlphaNum",
            "randAlpha",
            "randAscii",
            "randNumeric",
            "randInt",
            "randBytes",
            "shuffle",
            "uuidv4",
        ],
    ),
    (
        CLOCK,
        &[
            "ago",
            "date",
            "date_in_zone",
            "date_modify",
            "dateInZone",
            "dateModify",
            "duration",
            "durationRound",
            "htmlDate",
            "htmlDateInZone",
            "must_date_modify",
            "mustDateModify",
            "mustToDate",
            "now",
            "toDate",
            "unixEpoch",
        ],
    ),
    (HOST, &["env", "expandenv", "getHostByName"]),
    (
        CRYPTO,
        &[
            "bcrypt",
            "htpasswd",
            "genPrivateKey",
            "derivePassword",
            "buildCustomCert",
            "genCA",
            "genCAWithKey",
            "genSelfSignedCert",
            "genSelfSignedCertWithKey",
            "genSignedCert",
            "genSignedCertWithKey",
            "encryptAES",
            "decryptAES",
        ],
    ),
    (VERSION, &["semver", "semverCompare"]),
    ("URLs are taken apart and joined by Go's own rules", &["urlParse", "urlJoin"]),
];

/// The names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|group| group.iter().map(|function| function.name))
}

/// Why a function of Sprig doesn't exist here; `None` for any other name.
pub fn left_out(name: &str) -> Option<&'static str> {
    LEFT_OUT.iter().find(|(_, names)| names.contains(&name)).map(|(reason, _)| *reason)
}

/// A copy that is made of maps and lists which can be changed.
pub(crate) fn owned<'a>(
    context: &mut Context<'a>,
    value: &Value<'a>,
    depth: usize,
) -> Result<Value<'a>, Failure> {
    context.budget.descend(depth)?;
    Ok(match value {
        Value::List(list) if !list.is_nil() => {
            context.budget.keep_items(list.len())?;
            let items = list.iter().map(|item| owned(context, &item, depth + 1));
            let items = items.collect::<Result<_, _>>()?;
            Value::List(List::new(items, list.element()))
        }
        Value::Map(map) => {
            context.budget.keep_items(map.len())?;
            let mut entries = Entries::new();
            for (key, member) in map.entries() {
                entries.insert(key, owned(context, &member, depth + 1)?);
            }
            Value::Map(Map::new(entries, map.element()))
        }
        other => other.clone(),
    })
}

// === impl Function ===

impl Function {
    /// A function of the host: it looks at its arguments itself.
    pub const HOST: Function = Function::any("", &[], |_, _| Ok(Value::Missing));

    /// A function with these parameters.
    const fn new(name: &'static str, params: &'static [Type], run: Run) -> Self {
        Self { name, params, rest: None, run }
    }

    /// The same with any number of further arguments, of any type.
    const fn any(name: &'static str, params: &'static [Type], run: Run) -> Self {
        Self { name, params, rest: Some(Type::Any), run }
    }

    /// The same with any number of further arguments of a type.
    const fn many(name: &'static str, params: &'static [Type], rest: Type, run: Run) -> Self {
        Self { name, params, rest: Some(rest), run }
    }

    /// The type of an argument.
    pub fn param(&self, index: usize) -> Type {
        self.params.get(index).copied().or(self.rest).unwrap_or(Type::Any)
    }
}

// === impl Type ===

impl Type {
    /// Go's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Reflected => "reflect.Value",
            Self::String => "string",
            Self::Int => "int",
            Self::Float => "float64",
            Self::Bool => "bool",
            Self::Map => "map[string]interface {}",
        }
    }
}

// === impl Context ===

impl<'a> Context<'a> {
    pub fn new(budget: Budget) -> Self {
        Self { budget, patterns: BTreeMap::new(), changed: Vec::new() }
    }

    /// A string that was made.
    fn made(&mut self, text: String) -> Result<Value<'a>, Failure> {
        self.budget.keep(text.len() + 16)?;
        Ok(Value::text(text))
    }

    /// A list of strings that were made.
    fn made_strings(&mut self, items: Vec<Text<'a>>) -> Result<Value<'a>, Failure> {
        self.budget.keep_items(items.len())?;
        Ok(Value::strings(items))
    }

    /// A list that was made.
    fn made_list(&mut self, items: Vec<Value<'a>>) -> Result<Value<'a>, Failure> {
        self.budget.keep_items(items.len())?;
        Ok(Value::list(items))
    }

    /// A value as Sprig makes a string of it.
    fn shown(&mut self, value: &Value<'a>) -> Result<Text<'a>, Failure> {
        match value {
            Value::String(text) | Value::Number(text) => Ok(text.clone()),
            _ => Ok(sprint_value(&mut self.budget, value)?.into()),
        }
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        for map in &self.changed {
            let entries = map.entries.take();
            drop(entries);
        }
    }
}

// === impl Lookup ===

impl<'t> Lookup<'t> {
    /// With the names of the host's functions.
    pub fn new(host: &'t [&'t str]) -> Self {
        Self { host, changes_maps: Cell::new(false) }
    }

    /// The function, or what is wrong with the name.
    pub fn find(&self, name: &str) -> Result<Callee, String> {
        if self.host.contains(&name) {
            return Ok(Callee::Host(name.into()));
        }
        let found = GROUPS.iter().flat_map(|group| group.iter()).find(|function| function.name == name);
        if let Some(function) = found {
            if maps::CHANGE.contains(&name) {
                self.changes_maps.set(true);
            }
            return Ok(Callee::Known(function));
        }
        let missing = format!("function {} not defined", quote(name));
        Err(match left_out(name) {
            Some(reason) => format!("{missing}: Sprig's is left out, because {reason}"),
            None => missing,
        })
    }

    /// Whether a function was found that changes maps in place.
    pub fn changes_maps(&self) -> bool {
        self.changes_maps.get()
    }
}

// === arguments ===

/// A string argument, which the call has checked.
fn text<'v>(args: &'v [Value<'_>], index: usize) -> &'v str {
    match args.get(index) {
        Some(Value::String(text)) => text,
        _ => "",
    }
}

/// An integer argument, which the call has checked.
fn int(args: &[Value<'_>], index: usize) -> i64 {
    match args.get(index) {
        Some(Value::Int(value)) => *value,
        _ => 0,
    }
}

/// A map argument, which the call has checked.
fn map<'v, 'a>(args: &'v [Value<'a>], index: usize) -> Result<&'v Map<'a>, Failure> {
    match args.get(index) {
        Some(Value::Map(map)) => Ok(map),
        _ => Err(Failure::new("not a map")),
    }
}

/// An argument of any type.
fn any<'v, 'a>(args: &'v [Value<'a>], index: usize) -> &'v Value<'a> {
    args.get(index).unwrap_or(&Value::Nil)
}
