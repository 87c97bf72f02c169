//! Compiles and evaluates CEL, the language of KrakenD's checks, and decides with it which requests and responses pass.
//!
//! An own implementation, because the crate `cel` 0.15 adds 727 KB to the edge module. This one adds 167 KB (71 KB
//! gzipped; opt-level 3, fat LTO, before wasm-opt) to one that has `pattern` and `json`, of which 99 KB are its own code
//! and 15 KB the table of time zones. It follows google/cel-spec, and
//! cel-go 0.20 where KrakenD shows it. Evaluation is bounded in steps, memory and depth: expressions of a configuration
//! meet data of strangers.

mod arithmetic;
mod ast;
mod budget;
mod check;
mod compare;
mod convert;
mod error;
mod eval;
mod functions;
mod lexer;
mod literal;
mod macros;
mod parser;
mod time;
mod types;
mod value;
mod walk;
mod zones;

use std::collections::BTreeSet;

pub use error::{CompileError, EvalError};
pub use time::{Duration, Timestamp};
pub use types::Type;
pub use value::{CelValue, Entries, Key, List, Map, Numbers, Shared};

use ast::{Expr, Kind};

/// A compiled expression.
#[derive(Debug)]
pub struct Program {
    root: Expr,
}

/// The variables an expression is evaluated with, asked for by name and only when they are needed.
pub trait Variables {
    /// The value of a variable, `None` if there is none of that name.
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>>;

    /// The value of a function that CEL doesn't have, `None` if there is none of that name. An argument without a value is the
    /// error of its evaluation; of `a.f(b)` the first argument is `a`.
    fn call<'v>(
        &'v self,
        _name: &str,
        _arguments: &[Result<CelValue<'v>, EvalError>],
    ) -> Option<Result<CelValue<'v>, EvalError>> {
        None
    }
}

/// What a call of a function that CEL doesn't have comes to, by the types of its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// There is no function of that name.
    Unknown,
    /// The function doesn't take these arguments.
    Mismatch,
    /// A value of this type.
    Returns(Type),
}

/// A constant key that an expression looks up in a variable: `variable.key`, `variable['key']` or `'key' in variable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookup<'p> {
    /// The byte of the source where it shows.
    pub offset: usize,
    /// The name of the variable.
    pub variable: &'p str,
    /// The key.
    pub key: &'p str,
}

// === impl Program ===

impl Program {
    /// Compiles an expression: syntax, macros, literal patterns and time zones. Names and types are for [`check`](Self::check).
    ///
    /// # Errors
    /// The first fault of the source, with its place.
    pub fn compile(source: &str) -> Result<Self, CompileError> {
        parser::parse(source).map(|root| Self { root })
    }

    /// Evaluates the expression.
    ///
    /// # Errors
    /// An operation that its operands don't have, a missing value, or too much work.
    pub fn eval<'v>(&'v self, variables: &'v dyn Variables) -> Result<CelValue<'v>, EvalError> {
        eval::Evaluator::new(variables).eval(&self.root)
    }

    /// Finds names that are not declared and operators or functions that never apply to the types of their operands;
    /// the type of the result otherwise. `declared` gives the type of a variable.
    ///
    /// # Errors
    /// The first name or operation that can't be right, with its place.
    pub fn check(&self, declared: &dyn Fn(&str) -> Option<Type>) -> Result<Type, CompileError> {
        check::check(&self.root, declared, &|_, _| Signature::Unknown)
    }

    /// The same with functions that CEL doesn't have ([`Variables::call`]).
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_with(
        &self,
        declared: &dyn Fn(&str) -> Option<Type>,
        functions: &dyn Fn(&str, &[Type]) -> Signature,
    ) -> Result<Type, CompileError> {
        check::check(&self.root, declared, functions)
    }

    /// The names the expression asks for, without those it declares itself.
    pub fn variables(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        collect(&self.root, &mut Vec::new(), &mut |expr| {
            if let Kind::Ident(name) = &expr.kind {
                names.insert(&**name);
            }
        });
        names
    }

    /// Whether the expression calls a function of that name.
    pub fn calls(&self, function: &str) -> bool {
        let mut calls = false;
        collect(&self.root, &mut Vec::new(), &mut |expr| {
            calls |= matches!(&expr.kind, Kind::Call(call) if &*call.name == function);
        });
        calls
    }

    /// The keys of a variable that can make a difference; `None` if all of them may, because the expression does more with
    /// it than to look up constant keys.
    pub fn keys_of(&self, variable: &str) -> Option<BTreeSet<&str>> {
        let mut keys = BTreeSet::new();
        let (mut mentions, mut lookups) = (0_usize, 0_usize);
        collect(&self.root, &mut Vec::new(), &mut |expr| {
            mentions += usize::from(matches!(&expr.kind, Kind::Ident(name) if &**name == variable));
            if let Some(lookup) = expr.lookup().filter(|lookup| lookup.variable == variable) {
                lookups += 1;
                keys.insert(lookup.key);
            }
        });
        (mentions == lookups).then_some(keys)
    }

    /// The constant keys the expression looks up in its variables.
    pub fn lookups(&self) -> Vec<Lookup<'_>> {
        let mut lookups = Vec::new();
        collect(&self.root, &mut Vec::new(), &mut |expr| {
            lookups.extend(expr.lookup());
        });
        lookups
    }
}

/// Hands every node to `visit` that doesn't name a variable bound by a comprehension around it.
fn collect<'e>(expr: &'e Expr, bound: &mut Vec<&'e str>, visit: &mut dyn FnMut(&'e Expr)) {
    let name = match &expr.kind {
        Kind::Ident(name) => Some(&**name),
        _ => expr.lookup().map(|lookup| lookup.variable),
    };
    if name.is_none_or(|name| !bound.contains(&name)) {
        visit(expr);
    }
    let Kind::Comprehension(walk) = &expr.kind else {
        expr.kind.each_child(|child| collect(child, bound, visit));
        return;
    };
    collect(&walk.range, bound, visit);
    let outside = bound.len();
    bound.push(&walk.first);
    bound.extend(walk.second.as_deref());
    for inner in walk.condition.iter().chain(&walk.result) {
        collect(inner, bound, visit);
    }
    bound.truncate(outside);
}

#[cfg(test)]
mod tests;
