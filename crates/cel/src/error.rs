//! What can go wrong with an expression: when it is read, and when it is evaluated.

use std::fmt;

/// An expression that cannot be used, and where it goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// The byte of the expression at which the mistake shows.
    pub offset: usize,
    /// What is wrong, in lower case, without a period.
    pub message: String,
}

/// Why an expression has no value. None of this reaches a client, it is written to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvalError {
    /// A variable that this evaluation does not have.
    UndeclaredReference(Box<str>),
    /// A map without that key, or a field of something that isn't a map.
    NoSuchKey(Box<str>),
    /// An operator or a function that does not take values of these types.
    NoSuchOverload(Box<str>),
    /// A list index outside of the list.
    IndexOutOfBounds(Box<str>),
    /// A value that has no counterpart in the type asked for.
    Conversion {
        /// The type of the value.
        from: &'static str,
        /// The type asked for.
        to: &'static str,
    },
    /// A result that does not fit its type.
    Overflow(&'static str),
    /// An integer divided by zero.
    DivisionByZero,
    /// The remainder of a division by zero.
    ModulusByZero,
    /// A comparison of the order of NaN.
    NotOrdered,
    /// A comprehension over something that is neither list nor map.
    NotIterable(&'static str),
    /// A map with the same key twice, or with a key that cannot be one.
    InvalidMapKey,
    /// A regular expression, made at run time, that is invalid.
    InvalidPattern(Box<str>),
    /// A time zone that is not known, or not for that time.
    TimeZone(Box<str>),
    /// More work, memory or depth than one evaluation may use.
    LimitExceeded,
}

// === impl CompileError ===

impl CompileError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for CompileError {}

// === impl EvalError ===

impl EvalError {
    /// A function doesn't take its arguments.
    pub fn no_overload(function: &str) -> Self {
        Self::NoSuchOverload(function.into())
    }

    pub(super) fn no_key(key: &str) -> Self {
        Self::NoSuchKey(key.into())
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UndeclaredReference(name) => write!(f, "no such attribute: {name}"),
            Self::NoSuchKey(key) => write!(f, "no such key: {key}"),
            Self::NoSuchOverload(function) => write!(f, "no such overload: {function}"),
            Self::IndexOutOfBounds(index) => write!(f, "index out of bounds: {index}"),
            Self::Conversion { from, to } => write!(f, "type conversion error from '{from}' to '{to}'"),
            Self::Overflow(kind) => write!(f, "{kind} overflow"),
            Self::DivisionByZero => f.write_str("division by zero"),
            Self::ModulusByZero => f.write_str("modulus by zero"),
            Self::NotOrdered => f.write_str("nan values cannot be ordered"),
            Self::NotIterable(kind) => write!(f, "got '{kind}', expected iterable type"),
            Self::InvalidMapKey => f.write_str("invalid or repeated map key"),
            Self::InvalidPattern(reason) => f.write_str(reason),
            Self::TimeZone(reason) => f.write_str(reason),
            Self::LimitExceeded => f.write_str("the evaluation exceeds its limits"),
        }
    }
}

impl std::error::Error for EvalError {}
