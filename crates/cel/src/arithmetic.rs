//! `+ - * / %` of numbers, text, bytes, lists and times. An integer that does not fit is an error, never a wrong number.

use super::ast::Operator;
use super::budget::Budget;
use super::error::EvalError;
use super::time::Duration;
use super::value::{CelValue, Shared};

/// The result of an operator on two integers of one type, `None` if it doesn't fit.
macro_rules! checked {
    ($operator:expr, $a:expr, $b:expr) => {
        match $operator {
            Operator::Add => $a.checked_add($b),
            Operator::Subtract => $a.checked_sub($b),
            Operator::Multiply => $a.checked_mul($b),
            Operator::Divide if $b == 0 => return Err(EvalError::DivisionByZero),
            Operator::Divide => $a.checked_div($b),
            _ if $b == 0 => return Err(EvalError::ModulusByZero),
            _ => $a.checked_rem($b),
        }
    };
}

/// The value of `a operator b`.
pub(super) fn apply<'a>(
    operator: Operator,
    a: CelValue<'a>,
    b: CelValue<'a>,
    budget: &mut Budget,
) -> Result<CelValue<'a>, EvalError> {
    use CelValue as V;
    match (a, b) {
        (V::Int(a), V::Int(b)) => checked!(operator, a, b).map(V::Int).ok_or(EvalError::Overflow("integer")),
        (V::Uint(a), V::Uint(b)) => {
            checked!(operator, a, b).map(V::Uint).ok_or(EvalError::Overflow("unsigned integer"))
        }
        (V::Double(a), V::Double(b)) => match operator {
            Operator::Add => Ok(V::Double(a + b)),
            Operator::Subtract => Ok(V::Double(a - b)),
            Operator::Multiply => Ok(V::Double(a * b)),
            Operator::Divide => Ok(V::Double(a / b)),
            _ => Err(EvalError::no_overload(operator.symbol())),
        },
        (a, b) => match operator {
            Operator::Add => add(a, b, budget),
            Operator::Subtract => subtract(a, b),
            _ => Err(EvalError::no_overload(operator.symbol())),
        },
    }
}

/// The value of `-a`.
pub(super) fn negate(a: CelValue<'_>) -> Result<CelValue<'_>, EvalError> {
    match a {
        CelValue::Int(a) => a.checked_neg().map(CelValue::Int).ok_or(EvalError::Overflow("integer")),
        CelValue::Double(a) => Ok(CelValue::Double(-a)),
        _ => Err(EvalError::no_overload("-")),
    }
}

fn add<'a>(a: CelValue<'a>, b: CelValue<'a>, budget: &mut Budget) -> Result<CelValue<'a>, EvalError> {
    use CelValue as V;
    match (a, b) {
        (V::String(a), V::String(b)) => {
            budget.keep(a.len() + b.len())?;
            budget.read(a.len() + b.len())?;
            Ok(V::owned_text([&*a, &*b].concat()))
        }
        (V::Bytes(a), V::Bytes(b)) => {
            budget.keep(a.len() + b.len())?;
            budget.read(a.len() + b.len())?;
            Ok(V::Bytes(Shared::Counted([&*a, &*b].concat().into())))
        }
        (V::List(a), V::List(b)) => {
            budget.keep_items(a.len() + b.len())?;
            Ok(V::list(a.iter().chain(b.iter()).collect()))
        }
        (V::Duration(a), V::Duration(b)) => {
            a.0.checked_add(b.0).map(|sum| V::Duration(Duration(sum))).ok_or(EvalError::Overflow("duration"))
        }
        (V::Timestamp(time), V::Duration(span)) | (V::Duration(span), V::Timestamp(time)) => {
            time.add(span).map(V::Timestamp).ok_or(EvalError::Overflow("timestamp"))
        }
        _ => Err(EvalError::no_overload("+")),
    }
}

fn subtract<'a>(a: CelValue<'a>, b: CelValue<'a>) -> Result<CelValue<'a>, EvalError> {
    use CelValue as V;
    match (a, b) {
        (V::Duration(a), V::Duration(b)) => {
            a.0.checked_sub(b.0)
                .map(|rest| V::Duration(Duration(rest)))
                .ok_or(EvalError::Overflow("duration"))
        }
        (V::Timestamp(a), V::Timestamp(b)) => {
            a.since(b).map(V::Duration).ok_or(EvalError::Overflow("duration"))
        }
        (V::Timestamp(time), V::Duration(span)) => {
            let back = span.0.checked_neg().and_then(|back| time.add(Duration(back)));
            back.map(V::Timestamp).ok_or(EvalError::Overflow("timestamp"))
        }
        _ => Err(EvalError::no_overload("-")),
    }
}
