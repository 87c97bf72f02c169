//! Evaluates a tree. What is only passed on is borrowed from the data.

use std::borrow::Cow;
use std::cmp::Ordering;

use fjord_json::{Map, Value};
use fjord_memory::Budget;

use crate::ast::{Comparison, Node, Slice};
use crate::error::EvalError;

/// Nodes evaluated, items visited, and pieces of 32 bytes read: a few dozen milliseconds.
const MAX_STEPS: usize = 1_000_000;

pub(crate) type Found<'a> = Cow<'a, Value>;

pub(crate) struct Evaluator {
    steps: usize,
    budget: Budget,
}

pub(crate) fn search(root: &Node, data: &Value) -> Result<Value, EvalError> {
    let mut evaluator = Evaluator { steps: MAX_STEPS, budget: Budget::new() };
    let found = evaluator.eval(root, Cow::Borrowed(data))?;
    evaluator.own(found)
}

/// Everything but false, null and what holds nothing.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

/// The order of two numbers, by what they count.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    a.as_f64()?.partial_cmp(&b.as_f64()?)
}

// === impl Evaluator ===

impl Evaluator {
    pub fn spend(&mut self, steps: usize) -> Result<(), EvalError> {
        self.steps = self.steps.checked_sub(steps).ok_or(EvalError::Steps)?;
        Ok(())
    }

    pub fn keep(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.spend(bytes / 32)?;
        let paid = self.budget.take(bytes);
        self.budget.checked().map_err(EvalError::Memory)?;
        paid.ok_or(EvalError::Steps)
    }

    /// A value of its own; a borrowed one is copied and paid for.
    pub fn own(&mut self, value: Found<'_>) -> Result<Value, EvalError> {
        if let Cow::Borrowed(value) = &value {
            self.keep(value.cost())?;
        }
        Ok(value.into_owned())
    }

    pub fn eval<'a>(&mut self, node: &'a Node, data: Found<'a>) -> Result<Found<'a>, EvalError> {
        self.spend(1)?;
        Ok(match node {
            Node::Current => data,
            Node::Field(name) => member(data, name),
            Node::Index(index) => item(data, *index),
            Node::Slice(slice) => self.slice(*slice, &data)?,
            Node::Literal(value) => Cow::Borrowed(value),
            Node::Then(first, second) => {
                let found = self.eval(first, data)?;
                self.eval(second, found)?
            }
            Node::Or(first, second) => {
                let found = self.eval_on(first, &data)?;
                if is_true(&found) { Cow::Owned(self.own(found)?) } else { self.eval(second, data)? }
            }
            Node::And(first, second) => {
                let found = self.eval_on(first, &data)?;
                if is_true(&found) { self.eval(second, data)? } else { Cow::Owned(self.own(found)?) }
            }
            Node::Not(inner) => Cow::Owned(Value::Bool(!is_true(&*self.eval(inner, data)?))),
            Node::Compare(comparison, a, b) => {
                let a = self.eval_on(a, &data)?;
                let b = self.eval_on(b, &data)?;
                Cow::Owned(self.compare(*comparison, &a, &b)?)
            }
            Node::Flatten(inner) => {
                let found = self.eval(inner, data)?;
                self.flatten(&found)?
            }
            Node::Items(list, each) => {
                let found = self.eval(list, data)?;
                let Value::Array(items) = &*found else { return Ok(Cow::Owned(Value::Null)) };
                self.project(items.iter(), None, each)?
            }
            Node::Members(object, each) => {
                let found = self.eval(object, data)?;
                let Value::Object(members) = &*found else { return Ok(Cow::Owned(Value::Null)) };
                self.project(members.values(), None, each)?
            }
            Node::Filter(list, condition, each) => {
                let found = self.eval(list, data)?;
                let Value::Array(items) = &*found else { return Ok(Cow::Owned(Value::Null)) };
                self.project(items.iter(), Some(condition), each)?
            }
            Node::List(_) | Node::Hash(_) if *data == Value::Null => data,
            Node::List(nodes) => {
                let mut made = Vec::with_capacity(nodes.len());
                for node in nodes {
                    made.push(self.own_of(node, &data)?);
                }
                Cow::Owned(Value::Array(made))
            }
            Node::Hash(nodes) => {
                let mut made = Map::new();
                for (key, node) in nodes {
                    self.keep(key.len() + fjord_json::cost::MEMBER)?;
                    made.insert(key.clone(), self.own_of(node, &data)?);
                }
                Cow::Owned(Value::Object(made))
            }
            Node::Call(function, args) => Cow::Owned((function.run)(self, args, &data)?),
            // A reference is looked into by the function that it's an argument of.
            Node::Reference(_) => Cow::Owned(Value::Null),
        })
    }

    /// The same on data that are still needed.
    pub fn eval_on<'a>(&mut self, node: &'a Node, data: &'a Value) -> Result<Found<'a>, EvalError> {
        self.eval(node, Cow::Borrowed(data))
    }

    pub fn own_of(&mut self, node: &Node, data: &Value) -> Result<Value, EvalError> {
        let found = self.eval_on(node, data)?;
        self.own(found)
    }

    /// What `each` makes of the items that pass the condition; null isn't kept.
    fn project<'a, 'i>(
        &mut self,
        items: impl Iterator<Item = &'i Value>,
        condition: Option<&Node>,
        each: &Node,
    ) -> Result<Found<'a>, EvalError> {
        let mut made = Vec::new();
        for item in items {
            self.spend(1)?;
            if let Some(condition) = condition
                && !is_true(&*self.eval_on(condition, item)?)
            {
                continue;
            }
            match self.own_of(each, item)? {
                Value::Null => {}
                value => made.push(value),
            }
        }
        Ok(Cow::Owned(Value::Array(made)))
    }

    fn flatten<'a>(&mut self, value: &Value) -> Result<Found<'a>, EvalError> {
        let Value::Array(items) = value else { return Ok(Cow::Owned(Value::Null)) };
        let mut made = Vec::new();
        for item in items {
            match item {
                Value::Array(inner) => {
                    for item in inner {
                        made.push(self.own(Cow::Borrowed(item))?);
                    }
                }
                item => made.push(self.own(Cow::Borrowed(item))?),
            }
        }
        Ok(Cow::Owned(Value::Array(made)))
    }

    fn slice<'a>(&mut self, slice: Slice, value: &Value) -> Result<Found<'a>, EvalError> {
        let Value::Array(items) = value else { return Ok(Cow::Owned(Value::Null)) };
        let len = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let Slice { start, stop, step } = slice;
        // The ends of a slice that goes down are one lower.
        let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
        let bound = |bound: i64| if bound < 0 { bound.saturating_add(len).max(low) } else { bound.min(high) };
        let start = start.map_or(if step < 0 { high } else { low }, bound);
        let stop = stop.map_or(if step < 0 { low } else { high }, bound);
        let mut made = Vec::new();
        let mut at = start;
        while if step < 0 { at > stop } else { at < stop } {
            if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
                made.push(self.own(Cow::Borrowed(item))?);
            }
            at = at.saturating_add(step);
        }
        Ok(Cow::Owned(Value::Array(made)))
    }

    fn compare(&mut self, comparison: Comparison, a: &Value, b: &Value) -> Result<Value, EvalError> {
        Ok(match comparison {
            Comparison::Equal => Value::Bool(self.equal(a, b)?),
            Comparison::NotEqual => Value::Bool(!self.equal(a, b)?),
            // Only numbers have an order.
            other => match order(a, b) {
                None => Value::Null,
                Some(order) => Value::Bool(match other {
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    _ => order.is_ge(),
                }),
            },
        })
    }

    /// Equal through and through; numbers by what they count.
    pub fn equal(&mut self, a: &Value, b: &Value) -> Result<bool, EvalError> {
        self.spend(1)?;
        Ok(match (a, b) {
            (Value::Array(a), Value::Array(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.iter().zip(b) {
                    if !self.equal(a, b)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Object(a), Value::Object(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for ((a_key, a), (b_key, b)) in a.iter().zip(b) {
                    if a_key != b_key || !self.equal(a, b)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Number(a), Value::Number(b)) if a == b => true,
            (Value::Number(_) | Value::Float(_), Value::Number(_) | Value::Float(_)) => {
                order(a, b) == Some(Ordering::Equal)
            }
            (Value::String(a), Value::String(b)) => {
                self.spend(a.len().min(b.len()) / 32)?;
                a == b
            }
            (a, b) => a == b,
        })
    }
}

fn member<'a>(data: Found<'a>, name: &str) -> Found<'a> {
    match data {
        Cow::Borrowed(value) => value.get(name).map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        Cow::Owned(Value::Object(mut members)) => Cow::Owned(members.remove(name).unwrap_or(Value::Null)),
        Cow::Owned(_) => Cow::Owned(Value::Null),
    }
}

fn item(data: Found<'_>, index: i64) -> Found<'_> {
    let position = |len: usize| {
        let from_end = usize::try_from(index.unsigned_abs()).ok();
        if index < 0 { from_end.and_then(|back| len.checked_sub(back)) } else { from_end }
    };
    match data {
        Cow::Borrowed(value) => value
            .as_array()
            .and_then(|items| items.get(position(items.len())?))
            .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        Cow::Owned(Value::Array(mut items)) => match position(items.len()).filter(|&at| at < items.len()) {
            Some(at) => Cow::Owned(items.swap_remove(at)),
            None => Cow::Owned(Value::Null),
        },
        Cow::Owned(_) => Cow::Owned(Value::Null),
    }
}
