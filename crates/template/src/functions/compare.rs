//! Comparisons: Go's of two basic types, and the deep one.

use std::cmp::Ordering;

use super::{Context, Function, Type};
use crate::budget::Budget;
use crate::error::Failure;
use crate::print::sprintf;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::many("eq", &[Type::Reflected], Type::Reflected, |context, args| {
        let (first, rest) = args.split_first().ok_or_else(no_argument)?;
        Ok(Value::Bool(equal_to_any(context, first, rest)?))
    }),
    Function::new("ne", &[Type::Reflected, Type::Reflected], |context, args| {
        let (first, rest) = args.split_first().ok_or_else(no_argument)?;
        Ok(Value::Bool(!equal_to_any(context, first, rest)?))
    }),
    Function::new("lt", &[Type::Reflected, Type::Reflected], |context, args| {
        Ok(Value::Bool(less(context, args)?))
    }),
    Function::new("le", &[Type::Reflected, Type::Reflected], |context, args| {
        Ok(Value::Bool(less_or_equal(context, args)?))
    }),
    Function::new("gt", &[Type::Reflected, Type::Reflected], |context, args| {
        Ok(Value::Bool(!less_or_equal(context, args)?))
    }),
    Function::new("ge", &[Type::Reflected, Type::Reflected], |context, args| {
        Ok(Value::Bool(!less(context, args)?))
    }),
    Function::new("deepEqual", &[Type::Any, Type::Any], |context, args| {
        let [a, b] = args else { return Err(no_argument()) };
        Ok(Value::Bool(deep_equal(&mut context.budget, a, b, 0)?))
    }),
];

/// Types that are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u8),
    Float(f64),
    String(&'v str),
}

fn no_argument() -> Failure {
    Failure::new("missing argument for comparison")
}

fn basic<'v>(value: &'v Value<'_>) -> Option<Basic<'v>> {
    Some(match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Basic::Int(*value),
        Value::Byte(value) => Basic::Uint(*value),
        Value::Float(value) => Basic::Float(*value),
        Value::String(text) | Value::Number(text) => Basic::String(text),
        Value::Missing | Value::Nil | Value::List(_) | Value::Map(_) => return None,
    })
}

fn incompatible(a: &Value<'_>, b: &Value<'_>) -> Failure {
    let (a, b) = (a.type_name(), b.type_name());
    Failure::new(format!("incompatible types for comparison: {a} and {b}"))
}

fn equal_to_any<'a>(
    context: &mut Context<'a>,
    first: &Value<'a>,
    rest: &[Value<'a>],
) -> Result<bool, Failure> {
    if rest.is_empty() {
        return Err(no_argument());
    }
    for other in rest {
        if equal(context, first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal<'a>(context: &mut Context<'a>, a: &Value<'a>, b: &Value<'a>) -> Result<bool, Failure> {
    context.budget.spend(1)?;
    match (basic(a), basic(b)) {
        (Some(Basic::Int(a)), Some(Basic::Uint(b))) | (Some(Basic::Uint(b)), Some(Basic::Int(a))) => {
            Ok(a == i64::from(b))
        }
        (Some(left), Some(right)) => {
            if std::mem::discriminant(&left) != std::mem::discriminant(&right) {
                return Err(incompatible(a, b));
            }
            if let Basic::String(text) = left {
                context.budget.read(text.len())?;
            }
            Ok(left == right)
        }
        (None, None) => no_basic_types(context, a, b),
        _ if a.is_nil() || b.is_nil() => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// Lists, maps and nil: only nil is equal to anything.
fn no_basic_types<'a>(context: &mut Context<'a>, a: &Value<'a>, b: &Value<'a>) -> Result<bool, Failure> {
    let is_nil = |value: &Value<'_>| match value {
        Value::List(list) => list.is_nil(),
        other => other.is_nil(),
    };
    if !a.is_nil() && !b.is_nil() && a.kind_name() != b.kind_name() {
        let shown = sprintf(
            &mut context.budget,
            "%s: %v, %v: %s",
            &[a.clone(), Value::text(a.type_name()), Value::text(b.type_name()), b.clone()],
        )?;
        return Err(Failure::new(format!("non-comparable types {shown}")));
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    let shown = sprintf(&mut context.budget, "%s: %v", &[b.clone(), Value::text(b.type_name())])?;
    Err(Failure::new(format!("non-comparable type {shown}")))
}

fn less<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<bool, Failure> {
    let [a, b] = args else { return Err(no_argument()) };
    let bad = || Failure::new("invalid type for comparison");
    let (left, right) = (basic(a).ok_or_else(bad)?, basic(b).ok_or_else(bad)?);
    match (left, right) {
        (Basic::Int(a), Basic::Uint(b)) => Ok(a < i64::from(b)),
        (Basic::Uint(a), Basic::Int(b)) => Ok(i64::from(a) < b),
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a < b),
        (Basic::Float(a), Basic::Float(b)) => Ok(a < b),
        (Basic::String(a), Basic::String(b)) => {
            context.budget.read(a.len())?;
            Ok(a.cmp(b) == Ordering::Less)
        }
        (Basic::Bool(_), Basic::Bool(_)) => Err(bad()),
        _ => Err(incompatible(a, b)),
    }
}

fn less_or_equal<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<bool, Failure> {
    let [a, b] = args else { return Err(no_argument()) };
    Ok(less(context, args)? || equal(context, a, b)?)
}

/// Go's `reflect.DeepEqual`: equal types all the way down.
pub(super) fn deep_equal(
    budget: &mut Budget,
    a: &Value<'_>,
    b: &Value<'_>,
    depth: usize,
) -> Result<bool, Failure> {
    budget.descend(depth)?;
    if a.type_name() != b.type_name() {
        return Ok(false);
    }
    match (a, b) {
        (Value::List(a), Value::List(b)) => {
            if a.is_nil() != b.is_nil() || a.len() != b.len() {
                return Ok(false);
            }
            if a.address() == b.address() {
                return Ok(true);
            }
            for (a, b) in a.iter().zip(b.iter()) {
                if !deep_equal(budget, &a, &b, depth + 1)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            if a.address() == b.address() {
                return Ok(true);
            }
            budget.keep_items(a.len())?;
            for (key, member) in a.entries() {
                let Some(other) = b.get(&key) else { return Ok(false) };
                if !deep_equal(budget, &member, &other, depth + 1)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        _ => match (basic(a), basic(b)) {
            (Some(Basic::String(a)), Some(Basic::String(b))) => {
                budget.read(a.len().min(b.len()))?;
                Ok(a == b)
            }
            (a, b) => Ok(a == b),
        },
    }
}
