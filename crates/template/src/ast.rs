//! The tree of a template, and how Go writes its parts in errors.

use std::fmt;

use crate::functions::Function;
use crate::print::quote;

/// A template: one of a source's `define`s, or the source itself.
#[derive(Debug)]
pub(crate) struct Tree {
    /// Which source it is of.
    pub source: usize,
    pub nodes: Vec<Node>,
}

/// What is in a template.
#[derive(Debug)]
pub(crate) enum Node {
    /// Text from a byte of the source to another.
    Text {
        start: usize,
        end: usize,
    },
    /// `{{ pipeline }}`, whose last byte is before `end`.
    Action {
        start: usize,
        end: usize,
        pipe: Pipe,
    },
    Control(Box<Control>),
    Template(Box<Call>),
    Break,
    Continue,
}

/// `{{ template "name" pipeline }}`
#[derive(Debug)]
pub(crate) struct Call {
    pub start: usize,
    pub name: Box<str>,
    pub pipe: Option<Pipe>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ControlKind {
    If,
    With,
    Range,
}

/// `{{ if }}`, `{{ with }}` or `{{ range }}` with its blocks.
#[derive(Debug)]
pub(crate) struct Control {
    pub kind: ControlKind,
    pub pipe: Pipe,
    pub body: Vec<Node>,
    pub otherwise: Option<Vec<Node>>,
}

/// Commands, each of which gets the value of the one before as its last argument.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub start: usize,
    /// The variables that take the value.
    pub names: Vec<Box<str>>,
    /// Whether the variables exist already.
    pub assigns: bool,
    pub commands: Vec<Command>,
}

#[derive(Debug)]
pub(crate) struct Command {
    pub start: usize,
    /// At least one.
    pub args: Vec<Operand>,
}

#[derive(Debug)]
pub(crate) struct Operand {
    pub start: usize,
    pub kind: OperandKind,
}

#[derive(Debug)]
pub(crate) enum OperandKind {
    Bool(bool),
    Dot,
    Nil,
    Number(Number),
    /// A string, and how it was written.
    String {
        value: Box<str>,
        written: Box<str>,
    },
    Field(Vec<Box<str>>),
    /// A variable and the fields behind it.
    Variable(Vec<Box<str>>),
    Chain(Box<Operand>, Vec<Box<str>>),
    Function(Callee),
    Pipe(Box<Pipe>),
}

/// What a name of a function stands for.
#[derive(Debug, Clone)]
pub(crate) enum Callee {
    Known(&'static Function),
    /// One of the host's.
    Host(Box<str>),
}

/// A number, under every type that it has a value of.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub text: Box<str>,
    pub int: Option<i64>,
    pub float: Option<f64>,
}

/// A part that an error is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    Source,
    Call(&'a Call),
    Pipe(&'a Pipe),
    Command(&'a Command),
    Operand(&'a Operand),
}

// === impl Callee ===

impl Callee {
    pub fn name(&self) -> &str {
        match self {
            Self::Known(function) => function.name,
            Self::Host(name) => name,
        }
    }
}

// === impl Place ===

impl Place<'_> {
    pub fn start(&self) -> usize {
        match self {
            Self::Source => 0,
            Self::Call(call) => call.start,
            Self::Pipe(pipe) => pipe.start,
            Self::Command(command) => command.start,
            Self::Operand(operand) => operand.start,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source => Ok(()),
            Self::Call(call) => {
                write!(f, "{{{{template {}", quote(&call.name))?;
                if let Some(pipe) = &call.pipe {
                    write!(f, " {pipe}")?;
                }
                f.write_str("}}")
            }
            Self::Pipe(pipe) => pipe.fmt(f),
            Self::Command(command) => command.fmt(f),
            Self::Operand(operand) => operand.fmt(f),
        }
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.names.is_empty() {
            write!(f, "{} {} ", self.names.join(", "), if self.assigns { "=" } else { ":=" })?;
        }
        for (i, command) in self.commands.iter().enumerate() {
            if i > 0 {
                f.write_str(" | ")?;
            }
            command.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, arg) in self.args.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            match &arg.kind {
                OperandKind::Pipe(pipe) => write!(f, "({pipe})")?,
                _ => arg.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            OperandKind::Bool(value) => value.fmt(f),
            OperandKind::Dot => f.write_str("."),
            OperandKind::Nil => f.write_str("nil"),
            OperandKind::Number(number) => f.write_str(&number.text),
            OperandKind::String { written, .. } => f.write_str(written),
            OperandKind::Field(path) => path.iter().try_for_each(|name| write!(f, ".{name}")),
            OperandKind::Variable(path) => f.write_str(&path.join(".")),
            OperandKind::Chain(operand, path) => {
                match &operand.kind {
                    OperandKind::Pipe(pipe) => write!(f, "({pipe})")?,
                    _ => operand.fmt(f)?,
                }
                path.iter().try_for_each(|name| write!(f, ".{name}"))
            }
            OperandKind::Function(callee) => f.write_str(callee.name()),
            OperandKind::Pipe(pipe) => pipe.fmt(f),
        }
    }
}
