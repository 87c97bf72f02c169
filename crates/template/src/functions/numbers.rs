//! Arithmetic. Integers wrap around at 64 bits, as in Go.

use super::cast::{to_float, to_int};
use super::decimal::{Operation, calculate};
use super::{Context, Function, Type, any, int, text};
use crate::error::Failure;
use crate::print::sprint;
use crate::value::{Element, List, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::any("add", &[], |_, args| Ok(Value::Int64(args.iter().map(to_int).fold(0, i64::wrapping_add)))),
    Function::new("add1", &[Type::Any], |_, args| Ok(Value::Int64(to_int(any(args, 0)).wrapping_add(1)))),
    Function::new("sub", &[Type::Any, Type::Any], |_, args| {
        Ok(Value::Int64(to_int(any(args, 0)).wrapping_sub(to_int(any(args, 1)))))
    }),
    Function::any("mul", &[Type::Any], |_, args| {
        Ok(Value::Int64(args.iter().map(to_int).fold(1, i64::wrapping_mul)))
    }),
    Function::new("div", &[Type::Any, Type::Any], |_, args| divide(args, i64::wrapping_div)),
    Function::new("mod", &[Type::Any, Type::Any], |_, args| divide(args, i64::wrapping_rem)),
    Function::any("max", &[Type::Any], |_, args| {
        Ok(Value::Int64(args.iter().map(to_int).max().unwrap_or(0)))
    }),
    Function::any("biggest", &[Type::Any], |_, args| {
        Ok(Value::Int64(args.iter().map(to_int).max().unwrap_or(0)))
    }),
    Function::any("min", &[Type::Any], |_, args| {
        Ok(Value::Int64(args.iter().map(to_int).min().unwrap_or(0)))
    }),
    Function::any("maxf", &[Type::Any], |_, args| Ok(extreme(args, |a, b| a > b))),
    Function::any("minf", &[Type::Any], |_, args| Ok(extreme(args, |a, b| a < b))),
    Function::new("add1f", &[Type::Any], |_, args| {
        Ok(Value::Float(calculate(Operation::Add, to_float(any(args, 0)), &[1.0])?))
    }),
    Function::any("addf", &[], |_, args| {
        let numbers: Vec<f64> = args.iter().map(to_float).collect();
        Ok(Value::Float(calculate(Operation::Add, 0.0, &numbers)?))
    }),
    Function::any("subf", &[Type::Any], |_, args| decimals(Operation::Subtract, args)),
    Function::any("mulf", &[Type::Any], |_, args| decimals(Operation::Multiply, args)),
    Function::any("divf", &[Type::Any], |_, args| decimals(Operation::Divide, args)),
    Function::new("ceil", &[Type::Any], |_, args| Ok(Value::Float(to_float(any(args, 0)).ceil()))),
    Function::new("floor", &[Type::Any], |_, args| Ok(Value::Float(to_float(any(args, 0)).floor()))),
    Function::many("round", &[Type::Any, Type::Int], Type::Float, round),
    Function::new("int", &[Type::Any], |_, args| Ok(Value::Int(to_int(any(args, 0))))),
    Function::new("int64", &[Type::Any], |_, args| Ok(Value::Int64(to_int(any(args, 0))))),
    Function::new("float64", &[Type::Any], |_, args| Ok(Value::Float(to_float(any(args, 0))))),
    Function::new("atoi", &[Type::String], |_, args| Ok(Value::Int(atoi(text(args, 0))))),
    Function::new("toDecimal", &[Type::Any], |context, args| {
        let shown = sprint(&mut context.budget, args)?;
        Ok(Value::Int64(i64::from_str_radix(&shown, 8).unwrap_or(0)))
    }),
    Function::new("until", &[Type::Int], |context, args| {
        let stop = int(args, 0);
        integers(context, 0, stop, if stop < 0 { -1 } else { 1 })
    }),
    Function::new("untilStep", &[Type::Int, Type::Int, Type::Int], |context, args| {
        integers(context, int(args, 0), int(args, 1), int(args, 2))
    }),
    Function::many("seq", &[], Type::Int, sequence),
];

fn divide<'a>(args: &[Value<'a>], operate: fn(i64, i64) -> i64) -> Result<Value<'a>, Failure> {
    match to_int(any(args, 1)) {
        0 => Err(Failure::new("runtime error: integer divide by zero")),
        by => Ok(Value::Int64(operate(to_int(any(args, 0)), by))),
    }
}

fn decimals<'a>(operation: Operation, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let numbers: Vec<f64> = args.iter().skip(1).map(to_float).collect();
    Ok(Value::Float(calculate(operation, to_float(any(args, 0)), &numbers)?))
}

/// The largest or the smallest float. What isn't a number wins, as in Go.
fn extreme<'a>(args: &[Value<'a>], better: fn(f64, f64) -> bool) -> Value<'a> {
    let numbers = args.iter().map(to_float);
    let best = numbers.reduce(|best, next| if best.is_nan() || better(best, next) { best } else { next });
    Value::Float(best.unwrap_or(0.0))
}

fn round<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let from = match args.get(2) {
        Some(Value::Float(from)) => *from,
        _ => 0.5,
    };
    let power = 10_f64.powf(int(args, 1) as f64);
    let digits = power * to_float(any(args, 0));
    let rounded = if digits.fract() >= from { digits.ceil() } else { digits.floor() };
    Ok(Value::Float(rounded / power))
}

/// Go's `Atoi` without its error: what is too large is the largest.
fn atoi(text: &str) -> i64 {
    text.parse().unwrap_or_else(|error: std::num::ParseIntError| match error.kind() {
        std::num::IntErrorKind::PosOverflow => i64::MAX,
        std::num::IntErrorKind::NegOverflow => i64::MIN,
        _ => 0,
    })
}

/// How many integers there are from `start` by `step` before `stop`.
fn count(start: i64, stop: i64, step: i64) -> usize {
    if step == 0 || (stop < start) != (step < 0) || stop == start {
        return 0;
    }
    let distance = stop.abs_diff(start);
    usize::try_from(distance.div_ceil(step.unsigned_abs())).unwrap_or(usize::MAX)
}

fn integers<'a>(context: &mut Context<'a>, start: i64, stop: i64, step: i64) -> Result<Value<'a>, Failure> {
    let count = count(start, stop, step);
    context.budget.keep_items(count)?;
    let items = (0..count).map(|i| Value::Int(start.wrapping_add(step.wrapping_mul(i as i64))));
    Ok(Value::List(List::new(items.collect(), Element::Int)))
}

/// `seq STOP`, `seq START STOP` or `seq START STEP STOP`, with `STOP`.
fn sequence<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let (start, step, stop) = match args {
        [_] => (1, None, int(args, 0)),
        [_, _] => (int(args, 0), None, int(args, 1)),
        [_, _, _] => (int(args, 0), Some(int(args, 1)), int(args, 2)),
        _ => return Ok(Value::text("")),
    };
    let towards = if stop < start { -1 } else { 1 };
    let step = step.unwrap_or(towards);
    let stop = stop.saturating_add(towards);
    let count = count(start, stop, step);
    // Each takes as many bytes as the largest.
    let longest = start.to_string().len().max(stop.to_string().len()) + 1;
    context.budget.keep(count.saturating_mul(longest))?;
    let mut out = String::new();
    for i in 0..count {
        if i > 0 {
            out.push(' ');
        }
        out.push_str(&start.wrapping_add(step.wrapping_mul(i as i64)).to_string());
    }
    context.made(out)
}
