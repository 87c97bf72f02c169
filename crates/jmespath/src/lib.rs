//! Selects and reshapes JSON with JMESPath. Numbers keep their text where an expression passes them through.
//!
//! An expression is compiled once ([`Expression::compile`]), which finds unknown functions and wrong numbers of arguments, and
//! evaluated for each body ([`Expression::search`]) within bounds of steps and memory.

mod ast;
mod error;
mod eval;
mod functions;
mod lex;
mod parse;

use fjord_json::Value;

pub use error::{CompileError, EvalError};

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    root: ast::Node,
}

// === impl Expression ===

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    /// If it isn't JMESPath, names a function that doesn't exist, or gives one a wrong number of arguments.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        parse::parse(text).map(|root| Self { root })
    }

    /// What the expression selects of a value.
    ///
    /// ```
    /// use fjord_jmespath::Expression;
    /// use fjord_json::Value;
    ///
    /// let data = Value::parse(br#"{"items":[{"n":1.50},{"n":20}]}"#)?;
    /// let found = Expression::compile("items[?n < `10`].n | [0]")?.search(&data)?;
    /// assert_eq!(found.to_json(), b"1.50");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If a function doesn't take the values it's given, or a limit is reached.
    pub fn search(&self, data: &Value) -> Result<Value, EvalError> {
        eval::search(&self.root, data)
    }
}
