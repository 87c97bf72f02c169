//! The functions of expressions.

use fjord_pattern::Pattern;

use super::ast::{Accessor, Function};
use super::budget::Budget;
use super::convert;
use super::error::EvalError;
use super::value::CelValue;
use super::zones::Zone;

/// The value of a function of one argument.
pub(super) fn unary<'a>(
    function: Function,
    value: CelValue<'a>,
    budget: &mut Budget,
) -> Result<CelValue<'a>, EvalError> {
    match function {
        Function::Size => {
            let size = match &value {
                CelValue::String(text) => {
                    budget.read(text.len())?;
                    text.chars().count()
                }
                CelValue::Bytes(bytes) => bytes.len(),
                CelValue::List(list) => list.len(),
                CelValue::Map(map) => map.len(),
                _ => return Err(EvalError::no_overload("size")),
            };
            i64::try_from(size).map(CelValue::Int).map_err(|_| EvalError::Overflow("integer"))
        }
        Function::Convert(target) => convert::convert(value, target, budget),
        Function::Type => Ok(CelValue::Type(value.type_name())),
        Function::Dyn => Ok(value),
        Function::Time(part) => time_part(part, &value, None),
        Function::Contains | Function::StartsWith | Function::EndsWith | Function::Matches => {
            Err(EvalError::no_overload("string function"))
        }
    }
}

/// The value of a function of two arguments.
pub(super) fn binary<'a>(
    function: Function,
    a: &CelValue<'a>,
    b: &CelValue<'a>,
    budget: &mut Budget,
) -> Result<CelValue<'a>, EvalError> {
    let (CelValue::String(text), CelValue::String(argument)) = (a, b) else {
        return match (function, b) {
            (Function::Time(part), CelValue::String(zone)) => time_part(part, a, Some(&Zone::find(zone)?)),
            _ => Err(EvalError::no_overload("string function")),
        };
    };
    budget.read(text.len())?;
    let found = match function {
        Function::Contains => {
            budget.read(argument.len())?;
            text.contains(&**argument)
        }
        Function::StartsWith => text.starts_with(&**argument),
        Function::EndsWith => text.ends_with(&**argument),
        Function::Matches => {
            // A pattern made of data is read anew each time, which costs far more than its length.
            budget.spend(10_000 + argument.len())?;
            let pattern = Pattern::of_data(argument)
                .map_err(|error| EvalError::InvalidPattern(error.to_string().into()))?;
            return matches(text, &pattern, budget);
        }
        _ => return Err(EvalError::no_overload("string function")),
    };
    Ok(CelValue::Bool(found))
}

/// Whether `pattern` matches anywhere in `text`.
pub(super) fn matches<'a>(
    text: &str,
    pattern: &Pattern,
    budget: &mut Budget,
) -> Result<CelValue<'a>, EvalError> {
    budget.read(text.len())?;
    let mut visits = budget.visits();
    let found = pattern.is_match_within(text, &mut visits);
    budget.visited(found.map(|_| visits))?;
    Ok(CelValue::Bool(found.unwrap_or_default()))
}

/// One part of a timestamp or a duration.
pub(super) fn time_part<'a>(
    part: Accessor,
    value: &CelValue<'a>,
    zone: Option<&Zone>,
) -> Result<CelValue<'a>, EvalError> {
    let part = match (value, zone) {
        (CelValue::Timestamp(time), Some(zone)) => Some(time.part(part, Some(zone.offset(time.unix())?))),
        (CelValue::Timestamp(time), None) => Some(time.part(part, None)),
        (CelValue::Duration(span), None) => span.part(part),
        _ => None,
    };
    part.map(CelValue::Int).ok_or_else(|| EvalError::no_overload("time function"))
}
