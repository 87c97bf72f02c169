//! Go's own functions on values: `index`, `len`, `print`, `printf`.

use super::{Context, Function, Type, text};
use crate::error::Failure;
use crate::print::{sprint, sprintf, sprintln};
use crate::value::{Element, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::many("and", &[Type::Reflected], Type::Reflected, executed),
    Function::many("or", &[Type::Reflected], Type::Reflected, executed),
    Function::many("call", &[Type::Reflected], Type::Reflected, executed),
    Function::new("not", &[Type::Reflected], |_, args| Ok(Value::Bool(!super::any(args, 0).is_true()))),
    Function::many("index", &[Type::Reflected], Type::Reflected, index),
    Function::new("len", &[Type::Reflected], length),
    Function::any("print", &[], |context, args| Ok(Value::text(sprint(&mut context.budget, args)?))),
    Function::any("println", &[], |context, args| Ok(Value::text(sprintln(&mut context.budget, args)?))),
    Function::any("printf", &[Type::String], |context, args| {
        let values = args.get(1..).unwrap_or_default();
        Ok(Value::text(sprintf(&mut context.budget, text(args, 0), values)?))
    }),
];

/// The executor has these, because it decides which arguments to evaluate. The last argument is their value.
fn executed<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    Ok(args.last().cloned().unwrap_or(Value::Missing))
}

fn index<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let mut item = super::any(args, 0).clone();
    if item.is_nil() {
        return Err(Failure::new("index of untyped nil"));
    }
    for index in args.get(1..).unwrap_or_default() {
        context.budget.spend(1)?;
        item = match &item {
            Value::Missing | Value::Nil => return Err(Failure::new("index of nil pointer")),
            Value::String(text) | Value::Number(text) => {
                let at = position(index, text.len())?;
                let byte = text.as_bytes().get(at).copied();
                Value::Byte(byte.ok_or_else(|| Failure::new("reflect: string index out of range"))?)
            }
            Value::List(list) => {
                let at = position(index, list.len())?;
                list.get(at).ok_or_else(|| Failure::new("reflect: slice index out of range"))?
            }
            Value::Map(map) => match index {
                Value::String(key) => map.get(key).unwrap_or_else(|| match map.element() {
                    Element::String => Value::text(""),
                    _ => Value::Nil,
                }),
                Value::Missing | Value::Nil => {
                    return Err(Failure::new("value is nil; should be of type string"));
                }
                other => {
                    let kind = other.type_name();
                    return Err(Failure::new(format!("value has type {kind}; should be string")));
                }
            },
            other => return Err(Failure::new(format!("can't index item of type {}", other.type_name()))),
        };
    }
    Ok(item)
}

/// An index into something of a length, which it may be equal to: Go notices that later.
fn position(index: &Value<'_>, len: usize) -> Result<usize, Failure> {
    let number = match index {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Byte(number) => i64::from(*number),
        Value::Missing | Value::Nil => return Err(Failure::new("cannot index slice/array with nil")),
        other => {
            return Err(Failure::new(format!("cannot index slice/array with type {}", other.type_name())));
        }
    };
    usize::try_from(number)
        .ok()
        .filter(|&at| at <= len)
        .ok_or_else(|| Failure::new(format!("index out of range: {number}")))
}

fn length<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let len = match super::any(args, 0) {
        Value::String(text) | Value::Number(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Nil => return Err(Failure::new("len of nil pointer")),
        Value::Missing => return Err(Failure::new("reflect: call of reflect.Value.Type on zero Value")),
        other => return Err(Failure::new(format!("len of type {}", other.type_name()))),
    };
    Ok(Value::Int(len as i64))
}
