//! The arguments of a function of the gateway, checked with gopher-lua's words.

use super::frame::Ret;
use super::{Error, Flow, Vm};
use crate::value::{Id, Str, Val};

/// One call of a function of the gateway.
#[derive(Clone, Copy)]
pub struct Args {
    /// Where the first argument is on the stack.
    pub at: usize,
    /// How many there are.
    pub n: usize,
    /// Where the results go, for a function that continues later.
    pub ret: Ret,
    /// The function's name.
    pub name: &'static str,
}

// === impl Vm ===

impl Vm {
    /// The argument `i`, from 1; nil if it is missing.
    pub fn arg(&self, args: Args, i: usize) -> Val {
        if i <= args.n { self.stack[args.at + i - 1].clone() } else { Val::Nil }
    }

    /// All arguments.
    pub fn all(&self, args: Args) -> &[Val] {
        &self.stack[args.at..args.at + args.n]
    }

    /// "bad argument"
    pub fn arg_error(&mut self, args: Args, i: usize, message: &str) -> Error {
        self.raise(&format!("bad argument #{i} to {} ({message})", args.name))
    }

    /// The error that an argument is of another type.
    pub fn type_error(&mut self, args: Args, i: usize, expected: &str) -> Error {
        let got = self.arg(args, i).type_name();
        self.arg_error(args, i, &format!("{expected} expected, got {got}"))
    }

    /// An argument of any type that must be there.
    pub fn check_any(&mut self, args: Args, i: usize) -> Result<Val, Error> {
        if i > args.n { Err(self.arg_error(args, i, "value expected")) } else { Ok(self.arg(args, i)) }
    }

    /// A string, or a number as one.
    pub fn check_str(&mut self, args: Args, i: usize) -> Result<Str, Error> {
        self.arg(args, i).to_str().ok_or_else(|| self.type_error(args, i, "string"))
    }

    /// The same as text.
    pub fn check_text(&mut self, args: Args, i: usize) -> Result<String, Error> {
        let text = self.check_str(args, i)?;
        self.scan(text.bytes().len())?;
        Ok(text.text())
    }

    /// A number, or a string that reads as one.
    pub fn check_number(&mut self, args: Args, i: usize) -> Result<f64, Error> {
        let value = self.arg(args, i);
        self.read_number(&value)?.ok_or_else(|| self.type_error(args, i, "number"))
    }

    /// A number without its fraction.
    pub fn check_int(&mut self, args: Args, i: usize) -> Result<i64, Error> {
        self.check_number(args, i).map(|n| n as i64)
    }

    /// A number or, for nil, the default.
    pub fn opt_int(&mut self, args: Args, i: usize, default: i64) -> Result<i64, Error> {
        if self.arg(args, i).is_nil() { Ok(default) } else { self.check_int(args, i) }
    }

    /// A boolean.
    pub fn check_bool(&mut self, args: Args, i: usize) -> Result<bool, Error> {
        match self.arg(args, i) {
            Val::Bool(b) => Ok(b),
            _ => Err(self.type_error(args, i, "boolean")),
        }
    }

    /// A table.
    pub fn check_table(&mut self, args: Args, i: usize) -> Result<Id, Error> {
        match self.arg(args, i) {
            Val::Table(id) => Ok(id),
            _ => Err(self.type_error(args, i, "table")),
        }
    }

    /// A function.
    pub fn check_function(&mut self, args: Args, i: usize) -> Result<Val, Error> {
        match self.arg(args, i) {
            function @ (Val::Closure(_) | Val::Native(_)) => Ok(function),
            _ => Err(self.type_error(args, i, "function")),
        }
    }

    /// Answers one value.
    pub fn give(&mut self, value: Val) -> Result<Flow, Error> {
        self.stack.push(value);
        Ok(Flow::Return(1))
    }

    /// Answers these values.
    pub fn give_all<const N: usize>(&mut self, values: [Val; N]) -> Result<Flow, Error> {
        self.stack.extend(values);
        Ok(Flow::Return(N))
    }

    /// Answers a string.
    pub fn give_str(&mut self, text: impl Into<Str>) -> Result<Flow, Error> {
        let value = self.string(text)?;
        self.give(value)
    }

    /// Answers a number.
    pub fn give_number(&mut self, n: f64) -> Result<Flow, Error> {
        self.give(Val::Number(n))
    }
}
