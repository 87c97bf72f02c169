//! Equality and order of values: numbers compare across their types, everything else with its own kind.

use std::cmp::Ordering;

use super::budget::{Budget, MAX_DEPTH};
use super::error::EvalError;
use super::value::{CelValue, Key, List, Map};

/// Whether two values are equal; values of different kinds are not.
pub(super) fn equal(a: &CelValue<'_>, b: &CelValue<'_>, budget: &mut Budget) -> Result<bool, EvalError> {
    equal_at(a, b, 0, budget)
}

fn equal_at(
    a: &CelValue<'_>,
    b: &CelValue<'_>,
    depth: usize,
    budget: &mut Budget,
) -> Result<bool, EvalError> {
    if depth > MAX_DEPTH {
        return Err(EvalError::LimitExceeded);
    }
    budget.spend(1)?;
    Ok(match (a, b) {
        (CelValue::Null, CelValue::Null) => true,
        (CelValue::Type(a), CelValue::Type(b)) => a == b,
        (CelValue::List(a), CelValue::List(b)) => equal_lists(a, b, depth, budget)?,
        (CelValue::Map(a), CelValue::Map(b)) => equal_maps(a, b, depth, budget)?,
        _ => {
            if let (CelValue::String(a), CelValue::String(b)) = (a, b) {
                budget.read(a.len().min(b.len()))?;
            }
            ordering(a, b) == Some(Some(Ordering::Equal))
        }
    })
}

fn equal_lists(a: &List<'_>, b: &List<'_>, depth: usize, budget: &mut Budget) -> Result<bool, EvalError> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b.iter()) {
        if !equal_at(&a, &b, depth + 1, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps(a: &Map<'_>, b: &Map<'_>, depth: usize, budget: &mut Budget) -> Result<bool, EvalError> {
    if a.len() != b.len() {
        return Ok(false);
    }
    budget.keep_items(a.len())?;
    for key in a.keys() {
        match (a.get(&key), b.get(&key)) {
            (Some(a), Some(b)) if equal_at(&a, &b, depth + 1, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether `item` is in a list or a key of a map.
pub(super) fn contains<'a>(
    item: &CelValue<'a>,
    collection: &CelValue<'a>,
    budget: &mut Budget,
) -> Result<bool, EvalError> {
    match collection {
        CelValue::List(list) => {
            for other in list.iter() {
                if equal(item, &other, budget)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        CelValue::Map(map) => Ok(Key::lookup(item).is_some_and(|key| map.get(&key).is_some())),
        _ => Err(EvalError::no_overload("in")),
    }
}

/// The order of two values.
pub(super) fn compare(a: &CelValue<'_>, b: &CelValue<'_>) -> Result<Ordering, EvalError> {
    match ordering(a, b) {
        Some(order) => order.ok_or(EvalError::NotOrdered),
        None => Err(EvalError::no_overload("<")),
    }
}

/// `None`: these have no order. `Some(None)`: one of them is NaN.
fn ordering(a: &CelValue<'_>, b: &CelValue<'_>) -> Option<Option<Ordering>> {
    use CelValue as V;
    Some(match (a, b) {
        (V::Bool(a), V::Bool(b)) => Some(a.cmp(b)),
        (V::String(a), V::String(b)) => Some((**a).cmp(&**b)),
        (V::Bytes(a), V::Bytes(b)) => Some((**a).cmp(&**b)),
        (V::Timestamp(a), V::Timestamp(b)) => Some(a.cmp(b)),
        (V::Duration(a), V::Duration(b)) => Some(a.cmp(b)),
        (V::Double(a), V::Double(b)) => a.partial_cmp(b),
        (V::Double(a), b) => with_integer(*a, integer(b)?),
        (a, V::Double(b)) => with_integer(*b, integer(a)?).map(Ordering::reverse),
        (a, b) => Some(integer(a)?.cmp(&integer(b)?)),
    })
}

/// An integer as one that holds both kinds, and whether it is unsigned.
fn integer(value: &CelValue<'_>) -> Option<i128> {
    match value {
        CelValue::Int(value) => Some(i128::from(*value)),
        CelValue::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}

/// A double against an integer, the integer rounded as Go does.
#[expect(clippy::cast_precision_loss, reason = "the rounding is the semantics")]
fn with_integer(double: f64, integer: i128) -> Option<Ordering> {
    double.partial_cmp(&(integer as f64))
}
