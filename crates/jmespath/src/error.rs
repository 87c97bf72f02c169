//! What is wrong with an expression or its data.

use std::fmt;

use fjord_memory::Excess;

/// Why a text isn't an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// The byte where it was noticed.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// Why an expression gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvalError {
    /// A function doesn't take a value of this type.
    Type {
        /// The function.
        function: &'static str,
        /// What it wants.
        wanted: &'static str,
    },
    /// An expression (`&name`) where a function takes a value.
    Reference,
    /// It takes too many steps.
    Steps,
    /// It takes too much memory.
    Memory(Excess),
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for CompileError {}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { function, wanted } => write!(f, "{function}() wants {wanted}"),
            Self::Reference => f.write_str("this function wants a value, not an expression (&name)"),
            Self::Steps => f.write_str("the expression takes too many steps"),
            Self::Memory(excess) => excess.fmt(f),
        }
    }
}

impl std::error::Error for EvalError {}
