//! Evaluates an expression. Recursion follows the tree, whose height the parser bounds; work and memory are paid from a budget.

use std::rc::Rc;

use super::Variables;
use super::arithmetic;
use super::ast::{Call, Expr, Function, Kind, Literal, Operator};
use super::budget::Budget;
use super::compare;
use super::error::EvalError;
use super::functions;
use super::value::{CelValue, Entries, Key, List, Map, Shared};

pub(super) struct Evaluator<'a> {
    variables: &'a dyn Variables,
    /// The variables of the walks around, the innermost last.
    pub(super) locals: Vec<(&'a str, CelValue<'a>)>,
    pub(super) budget: Budget,
}

type Outcome<'a> = Result<CelValue<'a>, EvalError>;

// === impl Evaluator ===

impl<'a> Evaluator<'a> {
    pub(super) fn new(variables: &'a dyn Variables) -> Self {
        Self { variables, locals: Vec::new(), budget: Budget::new() }
    }

    pub(super) fn eval(&mut self, expr: &'a Expr) -> Outcome<'a> {
        self.budget.spend(1)?;
        match &expr.kind {
            Kind::Literal(literal) => Ok(value_of(literal)),
            Kind::Ident(name) => self.variable(name),
            Kind::Select(operand, field) => {
                let found = match self.eval(operand)? {
                    CelValue::Map(map) => map.field(field),
                    _ => None,
                };
                found.ok_or_else(|| EvalError::no_key(field))
            }
            Kind::Has(operand, field) => match self.eval(operand)? {
                CelValue::Map(map) => Ok(CelValue::Bool(map.field(field).is_some())),
                CelValue::List(_) => Err(EvalError::no_overload("has")),
                // A text or a number has no fields (as in KrakenD's evaluator; google/cel-spec leaves it open).
                _ => Ok(CelValue::Bool(false)),
            },
            Kind::Index(operands) => {
                let [operand, index] = &**operands;
                let operand = self.eval(operand)?;
                index_of(&operand, &self.eval(index)?)
            }
            Kind::Not(operand) => match self.eval(operand)? {
                CelValue::Bool(value) => Ok(CelValue::Bool(!value)),
                _ => Err(EvalError::no_overload("!")),
            },
            Kind::Negate(operand) => arithmetic::negate(self.eval(operand)?),
            Kind::And(operands) => self.decide(operands, false),
            Kind::Or(operands) => self.decide(operands, true),
            Kind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                match self.eval(condition)? {
                    CelValue::Bool(true) => self.eval(then),
                    CelValue::Bool(false) => self.eval(otherwise),
                    _ => Err(EvalError::no_overload("?:")),
                }
            }
            Kind::Binary(operator, operands) => self.binary(*operator, operands),
            Kind::Call(call) => self.call(call),
            Kind::Matches(text, pattern) => match self.eval(text)? {
                CelValue::String(text) => functions::matches(&text, pattern, &mut self.budget),
                _ => Err(EvalError::no_overload("matches")),
            },
            Kind::TimeIn(part, time, zone) => functions::time_part(*part, &self.eval(time)?, Some(zone)),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::Comprehension(walk) => self.comprehension(walk),
        }
    }

    fn variable(&self, name: &'a str) -> Outcome<'a> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| *local == name) {
            return Ok(value.clone());
        }
        if let Some(value) = self.variables.get(name) {
            return Ok(value);
        }
        type_named(name).map(CelValue::Type).ok_or_else(|| EvalError::UndeclaredReference(name.into()))
    }

    /// `&&` (decided by false) and `||` (decided by true): an operand that decides makes up for errors of the others.
    fn decide(&mut self, operands: &'a [Expr], decider: bool) -> Outcome<'a> {
        let mut error = None;
        for operand in operands {
            match self.eval(operand) {
                Ok(CelValue::Bool(value)) if value == decider => return Ok(CelValue::Bool(decider)),
                Ok(CelValue::Bool(_)) => {}
                Ok(_) => error = error.or_else(|| Some(EvalError::no_overload("&& ||"))),
                Err(EvalError::LimitExceeded) => return Err(EvalError::LimitExceeded),
                Err(other) => error = error.or(Some(other)),
            }
        }
        error.map_or(Ok(CelValue::Bool(!decider)), Err)
    }

    fn binary(&mut self, operator: Operator, operands: &'a [Expr; 2]) -> Outcome<'a> {
        let [left, right] = operands;
        let a = self.eval(left)?;
        // `x in ['a', 'b']` is the usual test and needs no list for it.
        if operator == Operator::In
            && let Kind::List(items) = &right.kind
            && items.iter().all(|item| matches!(item.kind, Kind::Literal(_)))
        {
            for item in items {
                if let Kind::Literal(literal) = &item.kind
                    && compare::equal(&a, &value_of(literal), &mut self.budget)?
                {
                    return Ok(CelValue::Bool(true));
                }
            }
            return Ok(CelValue::Bool(false));
        }
        let b = self.eval(right)?;
        let result = match operator {
            Operator::Equal => compare::equal(&a, &b, &mut self.budget)?,
            Operator::NotEqual => !compare::equal(&a, &b, &mut self.budget)?,
            Operator::Less => compare::compare(&a, &b)?.is_lt(),
            Operator::LessEqual => compare::compare(&a, &b)?.is_le(),
            Operator::Greater => compare::compare(&a, &b)?.is_gt(),
            Operator::GreaterEqual => compare::compare(&a, &b)?.is_ge(),
            Operator::In => compare::contains(&a, &b, &mut self.budget)?,
            _ => return arithmetic::apply(operator, a, b, &mut self.budget),
        };
        Ok(CelValue::Bool(result))
    }

    fn call(&mut self, call: &'a Call) -> Outcome<'a> {
        let function: Option<Function> = call.function.filter(|f| f.takes(call.member, call.arguments.len()));
        match (function, &*call.arguments) {
            (Some(function), [argument]) => {
                let value = self.eval(argument)?;
                functions::unary(function, value, &mut self.budget)
            }
            (Some(function), [first, second]) => {
                let first = self.eval(first)?;
                let second = self.eval(second)?;
                functions::binary(function, &first, &second, &mut self.budget)
            }
            (None, arguments) if call.function.is_none() => self.extension(&call.name, arguments),
            _ => Err(EvalError::no_overload(&call.name)),
        }
    }

    /// A function of those who evaluate. It may make do without an argument, not without a budget.
    fn extension(&mut self, name: &'a str, arguments: &'a [Expr]) -> Outcome<'a> {
        self.budget.keep_items(arguments.len())?;
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match self.eval(argument) {
                Err(EvalError::LimitExceeded) => return Err(EvalError::LimitExceeded),
                value => values.push(value),
            }
        }
        self.variables.call(name, &values).unwrap_or_else(|| Err(EvalError::no_overload(name)))
    }

    fn list(&mut self, items: &'a [Expr]) -> Outcome<'a> {
        self.budget.keep_items(items.len())?;
        let items: Result<Vec<_>, _> = items.iter().map(|item| self.eval(item)).collect();
        items.map(CelValue::list)
    }

    fn map(&mut self, entries: &'a [[Expr; 2]]) -> Outcome<'a> {
        self.budget.keep_items(2 * entries.len())?;
        let mut map = Entries::new();
        for [key, value] in entries {
            let key = Key::new(self.eval(key)?)?;
            if map.insert(key, self.eval(value)?).is_some() {
                return Err(EvalError::InvalidMapKey);
            }
        }
        Ok(CelValue::Map(Map::Entries(Rc::new(map))))
    }
}

fn value_of(literal: &Literal) -> CelValue<'_> {
    match literal {
        Literal::Null => CelValue::Null,
        Literal::Bool(value) => CelValue::Bool(*value),
        Literal::Int(value) => CelValue::Int(*value),
        Literal::Uint(value) => CelValue::Uint(*value),
        Literal::Double(value) => CelValue::Double(*value),
        Literal::String(text) => CelValue::text(text),
        Literal::Bytes(bytes) => CelValue::Bytes(Shared::Borrowed(bytes)),
        Literal::Type(name) => CelValue::Type(name),
    }
}

/// The type that an identifier names.
pub(super) fn type_named(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 10] =
        ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];
    NAMES.into_iter().find(|known| *known == name)
}

fn index_of<'a>(operand: &CelValue<'a>, index: &CelValue<'a>) -> Outcome<'a> {
    let key = Key::lookup(index);
    match operand {
        CelValue::Map(map) => {
            let found = key.and_then(|key| map.get(&key));
            found.ok_or_else(|| EvalError::no_key(&describe(index)))
        }
        CelValue::List(list) => item_of(list, key, index),
        _ => Err(EvalError::no_key(&describe(index))),
    }
}

fn item_of<'a>(list: &List<'a>, key: Option<Key<'a>>, index: &CelValue<'a>) -> Outcome<'a> {
    let at = match key {
        Some(Key::Int(at)) => usize::try_from(at).ok(),
        Some(Key::Uint(at)) => usize::try_from(at).ok(),
        _ => return Err(EvalError::no_overload("[]")),
    };
    let found = at.and_then(|at| list.get(at));
    found.ok_or_else(|| EvalError::IndexOutOfBounds(describe(index)))
}

/// A key or an index for an error message.
fn describe(value: &CelValue<'_>) -> Box<str> {
    match value {
        CelValue::String(text) => text.chars().take(64).collect::<String>().into(),
        CelValue::Int(number) => number.to_string().into(),
        CelValue::Uint(number) => number.to_string().into(),
        other => other.type_name().into(),
    }
}
