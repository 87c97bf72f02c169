//! Calls of functions: arguments by the types that the function declares.

use crate::ast::{Callee, Operand, OperandKind, Place};
use crate::error::Failure;
use crate::functions::{Function, Type};
use crate::value::{Element, Map, Value};

use super::Executor;
use super::eval::ideal;

impl<'a> Executor<'a, '_> {
    /// Calls a function with the values of `args` and of the command before.
    pub(super) fn call(
        &mut self,
        dot: &Value<'a>,
        callee: &'a Callee,
        place: Place<'a>,
        args: &'a [Operand],
        last: Option<Value<'a>>,
    ) -> Result<Value<'a>, Failure> {
        let name = callee.name();
        let function = match callee {
            Callee::Known(function) => *function,
            Callee::Host(_) => &Function::HOST,
        };
        count(function, name, args.len(), args.len() + usize::from(last.is_some()))?;
        if matches!(callee, Callee::Known(_)) && matches!(name, "and" | "or") {
            return self.logic(dot, name == "or", args, last);
        }
        let mut values = Vec::with_capacity(args.len() + 1);
        for (i, arg) in args.iter().enumerate() {
            values.push(self.argument(dot, function.param(i), arg)?);
        }
        if let Some(last) = last {
            values.push(valid(last, function.param(values.len()))?);
        }
        let called = match callee {
            Callee::Host(name) => self.host.call(name, &values).map_err(Failure::Message),
            Callee::Known(_) if name == "call" => Err(not_callable(args, &values)),
            Callee::Known(function) => (function.run)(&mut self.context, &values),
        };
        called.map_err(|failure| {
            self.place = place;
            match failure {
                Failure::Message(message) => Failure::Message(format!("error calling {name}: {message}")),
                limit => limit,
            }
        })
    }

    /// `and` and `or`, which evaluate no more than they must.
    fn logic(
        &mut self,
        dot: &Value<'a>,
        until: bool,
        args: &'a [Operand],
        last: Option<Value<'a>>,
    ) -> Result<Value<'a>, Failure> {
        let mut value = Value::Missing;
        for arg in args {
            value = self.argument(dot, Type::Reflected, arg)?;
            if value.is_true() == until {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// The value of an argument, which must be of the type.
    fn argument(&mut self, dot: &Value<'a>, kind: Type, arg: &'a Operand) -> Result<Value<'a>, Failure> {
        self.place = Place::Operand(arg);
        let found = match &arg.kind {
            OperandKind::Nil => {
                return match kind {
                    Type::Any => Ok(Value::Nil),
                    Type::Reflected => Ok(Value::Missing),
                    Type::Map => Ok(Value::Map(Map::NIL)),
                    _ => Err(Failure::new(format!("cannot assign nil to {}", kind.name()))),
                };
            }
            OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String { .. } => {
                self.context.budget.spend(1)?;
                return self.constant(kind, arg);
            }
            _ => self.operand(dot, arg, false)?,
        };
        valid(found, kind)
    }

    fn constant(&mut self, kind: Type, arg: &'a Operand) -> Result<Value<'a>, Failure> {
        let found = match (kind, &arg.kind) {
            (Type::Any | Type::Reflected | Type::Bool, OperandKind::Bool(value)) => Some(Value::Bool(*value)),
            (Type::Any | Type::Reflected, OperandKind::Number(number)) => Some(ideal(number)?),
            (Type::Int, OperandKind::Number(number)) => number.int.map(Value::Int),
            (Type::Float, OperandKind::Number(number)) => number.float.map(Value::Float),
            (Type::Any | Type::Reflected | Type::String, OperandKind::String { value, .. }) => {
                Some(Self::literal(value))
            }
            _ => None,
        };
        found.ok_or_else(|| {
            let wanted = match kind {
                Type::Int => "integer",
                Type::Float => "float",
                Type::String => "string",
                Type::Bool => "bool",
                _ => return Failure::new(format!("can't handle {arg} for arg of type {}", kind.name())),
            };
            Failure::new(format!("expected {wanted}; found {arg}"))
        })
    }
}

fn count(function: &Function, name: &str, args: usize, given: usize) -> Result<(), Failure> {
    let wanted = function.params.len();
    if function.rest.is_some() {
        if given < wanted {
            return Err(Failure::new(format!(
                "wrong number of args for {name}: want at least {wanted} got {args}"
            )));
        }
    } else if given != wanted {
        return Err(Failure::new(format!("wrong number of args for {name}: want {wanted} got {given}")));
    }
    Ok(())
}

/// The value as a function takes it, if it is of the type.
fn valid<'a>(value: Value<'a>, kind: Type) -> Result<Value<'a>, Failure> {
    let fits = match (&value, kind) {
        (_, Type::Reflected) => true,
        (Value::Missing, Type::Any) => return Ok(Value::Nil),
        (_, Type::Any) => true,
        (Value::Missing, Type::Map) => return Ok(Value::Map(Map::NIL)),
        (Value::Missing, _) => {
            return Err(Failure::new(format!("invalid value; expected {}", kind.name())));
        }
        (Value::String(_), Type::String)
        | (Value::Int(_), Type::Int)
        | (Value::Float(_), Type::Float)
        | (Value::Bool(_), Type::Bool) => true,
        (Value::Map(map), Type::Map) => map.element() == Element::Any,
        _ => false,
    };
    if fits {
        return Ok(value);
    }
    let got = if matches!(value, Value::Nil) { "interface {}" } else { value.type_name() };
    Err(Failure::new(format!("wrong type for value; expected {}; got {got}", kind.name())))
}

/// What `call` says: no value is a function.
fn not_callable(args: &[Operand], values: &[Value<'_>]) -> Failure {
    match values.first() {
        Some(value) if !value.is_nil() => {
            let piped = || match value {
                Value::String(text) | Value::Number(text) => text.to_string(),
                other => format!("<{} Value>", other.type_name()),
            };
            let name = args.first().map_or_else(piped, ToString::to_string);
            Failure::new(format!("non-function {name} of type {}", value.type_name()))
        }
        _ => Failure::new("call of nil"),
    }
}
