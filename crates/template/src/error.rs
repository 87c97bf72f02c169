//! What is wrong with a template or its data, in Go's words.

use std::fmt;

use crate::print::quote;

/// Why a source isn't a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The name of the source.
    pub source: Box<str>,
    /// The line, from 1.
    pub line: usize,
    /// The byte of the source where it was noticed.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// Why a template wrote no output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecError {
    /// The name of the source.
    pub source: Box<str>,
    /// Which source, in the order they were added, from 0.
    pub index: usize,
    /// The name of the template in it.
    pub template: Box<str>,
    /// The line, from 1.
    pub line: usize,
    /// The byte of the line, from 0.
    pub column: usize,
    /// The byte of the source.
    pub offset: usize,
    /// The part of the template that failed, as Go writes it.
    pub context: String,
    /// What went wrong.
    pub message: String,
    /// Whether it's a limit that was reached, not a mistake.
    pub is_limit: bool,
}

/// Why a function gives no value. Where it is is known further out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// What the function has to say.
    Message(String),
    /// A limit of the execution.
    Limit(&'static str),
}

// === impl ParseError ===

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template: {}:{}: {}", self.source, self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

// === impl ExecError ===

impl fmt::Display for ExecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, column, context, message, .. } = self;
        let template = quote(&self.template);
        write!(f, "template: {source}:{line}:{column}: executing {template} at <{context}>: {message}")
    }
}

impl std::error::Error for ExecError {}

// === impl Failure ===

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}
