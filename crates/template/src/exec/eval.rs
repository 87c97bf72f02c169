//! Pipelines, commands and the fields of values.

use crate::ast::{Command, Number, Operand, OperandKind, Pipe, Place};
use crate::error::Failure;
use crate::value::{Text, Value};

use super::Executor;

impl<'a> Executor<'a, '_> {
    /// The value of a pipeline, after its variables have taken it.
    pub(super) fn pipe(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Result<Value<'a>, Failure> {
        self.place = Place::Pipe(pipe);
        let mut last = None;
        for command in &pipe.commands {
            // A nil in an interface becomes no value at all here, in Go too.
            let value = match self.command(dot, command, last)? {
                Value::Nil => Value::Missing,
                value => value,
            };
            last = Some(value);
        }
        let value = last.unwrap_or(Value::Missing);
        for name in &pipe.names {
            if pipe.assigns {
                self.set(name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    /// The value of a command; `last` is that of the command before.
    fn command(
        &mut self,
        dot: &Value<'a>,
        command: &'a Command,
        last: Option<Value<'a>>,
    ) -> Result<Value<'a>, Failure> {
        self.context.budget.spend(1)?;
        let Some((first, rest)) = command.args.split_first() else { return Ok(Value::Missing) };
        let has_args = !rest.is_empty() || last.is_some();
        match &first.kind {
            OperandKind::Function(callee) => {
                self.place = Place::Operand(first);
                return self.call(dot, callee, Place::Command(command), rest, last);
            }
            OperandKind::Field(_) | OperandKind::Chain(..) => return self.operand(dot, first, has_args),
            OperandKind::Variable(path) if path.len() > 1 => return self.operand(dot, first, has_args),
            OperandKind::Pipe(_) => {}
            _ => self.place = Place::Operand(first),
        }
        if has_args {
            return Err(Failure::new(format!("can't give argument to non-function {first}")));
        }
        if matches!(first.kind, OperandKind::Nil) {
            return Err(Failure::new("nil is not a command"));
        }
        self.operand(dot, first, false)
    }

    /// The value of an operand that isn't asked for as a type.
    pub(super) fn operand(
        &mut self,
        dot: &Value<'a>,
        operand: &'a Operand,
        has_args: bool,
    ) -> Result<Value<'a>, Failure> {
        self.context.budget.spend(1)?;
        if !matches!(operand.kind, OperandKind::Pipe(_)) {
            self.place = Place::Operand(operand);
        }
        match &operand.kind {
            OperandKind::Bool(value) => Ok(Value::Bool(*value)),
            OperandKind::Dot => Ok(dot.clone()),
            OperandKind::Nil => Ok(Value::Nil),
            OperandKind::Number(number) => ideal(number),
            OperandKind::String { value, .. } => Ok(Self::literal(value)),
            OperandKind::Field(path) => self.fields(dot.clone(), path, has_args),
            OperandKind::Variable(path) => {
                let Some((name, path)) = path.split_first() else { return Ok(Value::Missing) };
                let value = self.variable(name)?;
                self.fields(value, path, has_args)
            }
            OperandKind::Chain(inner, path) => {
                if matches!(inner.kind, OperandKind::Nil) {
                    return Err(Failure::new(format!("indirection through explicit nil in {operand}")));
                }
                let value = self.operand(dot, inner, false)?;
                self.fields(value, path, has_args)
            }
            OperandKind::Function(callee) => self.call(dot, callee, Place::Operand(operand), &[], None),
            OperandKind::Pipe(pipe) => {
                self.descend()?;
                let value = self.pipe(dot, pipe)?;
                self.depth -= 1;
                Ok(value)
            }
        }
    }

    /// The value at the end of a way through maps.
    fn fields(
        &mut self,
        mut value: Value<'a>,
        path: &'a [Box<str>],
        has_args: bool,
    ) -> Result<Value<'a>, Failure> {
        // What a map holds is an interface to Go.
        let mut in_interface = false;
        for (i, name) in path.iter().enumerate() {
            self.context.budget.spend(1)?;
            let has_args = has_args && i + 1 == path.len();
            value = match &value {
                Value::Missing => Value::Missing,
                Value::Nil => {
                    return Err(Failure::new(format!("nil pointer evaluating interface {{}}.{name}")));
                }
                Value::Map(_) if has_args => {
                    return Err(Failure::new(format!("{name} is not a method but has arguments")));
                }
                Value::Map(map) => map.get(name).unwrap_or(Value::Missing),
                Value::Number(text) if matches!(&**name, "String" | "Int64" | "Float64") => {
                    self.method(text, name, has_args)?
                }
                other => {
                    let name_of_type = if in_interface { "interface {}" } else { other.type_name() };
                    return Err(Failure::new(format!("can't evaluate field {name} in type {name_of_type}")));
                }
            };
            in_interface = true;
        }
        Ok(value)
    }

    /// The methods of Go's `json.Number`.
    fn method(&mut self, text: &Text<'a>, name: &str, has_args: bool) -> Result<Value<'a>, Failure> {
        if has_args {
            return Err(Failure::new(format!("wrong number of args for {name}: want 0 got 1")));
        }
        let failed = |what: &str, why: &str| {
            let number = crate::print::quote(text);
            Failure::new(format!("error calling {name}: strconv.{what}: parsing {number}: {why}"))
        };
        match name {
            "Int64" => text.parse().map(Value::Int64).map_err(|error| {
                let is_range = matches!(
                    error.kind(),
                    std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow
                );
                failed("ParseInt", if is_range { "value out of range" } else { "invalid syntax" })
            }),
            "Float64" => match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(Value::Float(value)),
                _ => Err(failed("ParseFloat", "value out of range")),
            },
            _ => Ok(Value::String(text.clone())),
        }
    }
}

/// A number where no type is asked for: its own writing tells the type.
pub(super) fn ideal<'a>(number: &Number) -> Result<Value<'a>, Failure> {
    let text = &*number.text;
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    let is_hex_integer = is_hex && !text.contains(['p', 'P']);
    let is_float = text.contains(['.', 'e', 'E', 'p', 'P']) && !is_hex_integer && !text.starts_with('\'');
    match (number.float, number.int) {
        (Some(value), _) if is_float => Ok(Value::Float(value)),
        (_, Some(value)) => Ok(Value::Int(value)),
        _ => Err(Failure::new(format!("{text} overflows int"))),
    }
}
