//! The functions.

use std::cmp::Ordering;

use fjord_json::{Kind, Map, Value};

use crate::ast::Node;
use crate::error::EvalError;
use crate::eval::{Evaluator, order};

type Made = Result<Value, EvalError>;

/// A function, and how many arguments it takes.
#[derive(Debug)]
pub(crate) struct Function {
    name: &'static str,
    pub least: usize,
    pub most: usize,
    pub run: fn(&mut Evaluator, &[Node], &Value) -> Made,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const NUMBER: &str = "a number";
const STRING: &str = "a string";
const ARRAY: &str = "an array";
const OBJECT: &str = "an object";
const NUMBERS: &str = "an array of numbers";
const STRINGS: &str = "an array of strings";
const ALIKE: &str = "an array of numbers or an array of strings";
const REFERENCE: &str = "an expression: &name";
const KEYS: &str = "numbers or strings for all items";

const FUNCTIONS: &[Function] = &[
    Function {
        name: "abs",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(match number(e, "abs", args, data)? {
                // A number keeps its text.
                Value::Number(text) => Value::Number(text.strip_prefix('-').unwrap_or(&text).into()),
                other => Value::Float(other.as_f64().unwrap_or(0.0).abs()),
            })
        },
    },
    Function {
        name: "ceil",
        least: 1,
        most: 1,
        run: |e, args, data| Ok(Value::Float(number(e, "ceil", args, data)?.as_f64().unwrap_or(0.0).ceil())),
    },
    Function {
        name: "floor",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(Value::Float(number(e, "floor", args, data)?.as_f64().unwrap_or(0.0).floor()))
        },
    },
    Function {
        name: "avg",
        least: 1,
        most: 1,
        run: |e, args, data| {
            let numbers = numbers(e, "avg", args, data)?;
            let count = numbers.len();
            Ok(if count == 0 {
                Value::Null
            } else {
                Value::Float(numbers.iter().sum::<f64>() / count as f64)
            })
        },
    },
    Function {
        name: "sum",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(Value::Float(numbers(e, "sum", args, data)?.iter().fold(0.0, |sum, number| sum + number)))
        },
    },
    Function {
        name: "contains",
        least: 2,
        most: 2,
        run: |e, args, data| {
            let (subject, wanted) = (arg(e, args, 0, data)?, arg(e, args, 1, data)?);
            match (&subject, &wanted) {
                (Value::Array(items), wanted) => {
                    for item in items {
                        if e.equal(item, wanted)? {
                            return Ok(Value::Bool(true));
                        }
                    }
                    Ok(Value::Bool(false))
                }
                (Value::String(text), Value::String(part)) => Ok(Value::Bool(text.contains(part.as_str()))),
                (Value::String(_), _) => Ok(Value::Bool(false)),
                _ => Err(EvalError::Type { function: "contains", wanted: "an array or a string" }),
            }
        },
    },
    Function {
        name: "starts_with",
        least: 2,
        most: 2,
        run: |e, args, data| {
            let (text, part) =
                (string(e, "starts_with", args, 0, data)?, string(e, "starts_with", args, 1, data)?);
            Ok(Value::Bool(text.starts_with(&part)))
        },
    },
    Function {
        name: "ends_with",
        least: 2,
        most: 2,
        run: |e, args, data| {
            let (text, part) =
                (string(e, "ends_with", args, 0, data)?, string(e, "ends_with", args, 1, data)?);
            Ok(Value::Bool(text.ends_with(&part)))
        },
    },
    Function {
        name: "join",
        least: 2,
        most: 2,
        run: |e, args, data| {
            let glue = string(e, "join", args, 0, data)?;
            let mut parts = Vec::new();
            for item in array(e, "join", args, 1, data)? {
                let Value::String(text) = item else {
                    return Err(EvalError::Type { function: "join", wanted: STRINGS });
                };
                e.keep(text.len() + glue.len())?;
                parts.push(text);
            }
            Ok(Value::String(parts.join(&glue)))
        },
    },
    Function {
        name: "keys",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(Value::Array(object(e, "keys", args, 0, data)?.into_keys().map(Value::String).collect()))
        },
    },
    Function {
        name: "values",
        least: 1,
        most: 1,
        run: |e, args, data| Ok(Value::Array(object(e, "values", args, 0, data)?.into_values().collect())),
    },
    Function {
        name: "length",
        least: 1,
        most: 1,
        run: |e, args, data| {
            let length = match arg(e, args, 0, data)? {
                Value::String(text) => text.chars().count(),
                Value::Array(items) => items.len(),
                Value::Object(members) => members.len(),
                _ => {
                    return Err(EvalError::Type {
                        function: "length",
                        wanted: "a string, an array or an object",
                    });
                }
            };
            Ok(Value::number(i64::try_from(length).unwrap_or(i64::MAX)))
        },
    },
    Function {
        name: "map",
        least: 2,
        most: 2,
        run: |e, args, data| {
            let by = reference("map", args, 0)?;
            let mut made = Vec::new();
            for item in array(e, "map", args, 1, data)? {
                made.push(e.own_of(by, &item)?);
            }
            Ok(Value::Array(made))
        },
    },
    Function {
        name: "max",
        least: 1,
        most: 1,
        run: |e, args, data| extreme(e, "max", args, data, Ordering::Greater),
    },
    Function {
        name: "min",
        least: 1,
        most: 1,
        run: |e, args, data| extreme(e, "min", args, data, Ordering::Less),
    },
    Function {
        name: "max_by",
        least: 2,
        most: 2,
        run: |e, args, data| extreme_by(e, "max_by", args, data, Ordering::Greater),
    },
    Function {
        name: "min_by",
        least: 2,
        most: 2,
        run: |e, args, data| extreme_by(e, "min_by", args, data, Ordering::Less),
    },
    Function {
        name: "sort",
        least: 1,
        most: 1,
        run: |e, args, data| {
            let mut items = array(e, "sort", args, 0, data)?;
            alike("sort", ALIKE, items.iter())?;
            comparisons(e, items.len())?;
            items.sort_by(rank);
            Ok(Value::Array(items))
        },
    },
    Function {
        name: "sort_by",
        least: 2,
        most: 2,
        run: |e, args, data| {
            let mut keyed = keyed(e, "sort_by", args, data)?;
            comparisons(e, keyed.len())?;
            keyed.sort_by(|(a, _), (b, _)| rank(a, b));
            Ok(Value::Array(keyed.into_iter().map(|(_, item)| item).collect()))
        },
    },
    Function {
        name: "merge",
        least: 1,
        most: usize::MAX,
        run: |e, args, data| {
            let mut made = Map::new();
            for index in 0..args.len() {
                made.extend(object(e, "merge", args, index, data)?);
            }
            Ok(Value::Object(made))
        },
    },
    Function {
        name: "not_null",
        least: 1,
        most: usize::MAX,
        run: |e, args, data| {
            for index in 0..args.len() {
                let value = arg(e, args, index, data)?;
                if value != Value::Null {
                    return Ok(value);
                }
            }
            Ok(Value::Null)
        },
    },
    Function {
        name: "reverse",
        least: 1,
        most: 1,
        run: |e, args, data| match arg(e, args, 0, data)? {
            Value::String(text) => Ok(Value::String(text.chars().rev().collect())),
            Value::Array(mut items) => {
                items.reverse();
                Ok(Value::Array(items))
            }
            _ => Err(EvalError::Type { function: "reverse", wanted: "an array or a string" }),
        },
    },
    Function {
        name: "to_array",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(match arg(e, args, 0, data)? {
                Value::Array(items) => Value::Array(items),
                other => Value::Array(vec![other]),
            })
        },
    },
    Function {
        name: "to_number",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(match arg(e, args, 0, data)? {
                number @ (Value::Number(_) | Value::Float(_)) => number,
                Value::String(text) => match Value::parse(text.as_bytes()) {
                    Ok(number @ Value::Number(_)) => number,
                    _ => Value::Null,
                },
                _ => Value::Null,
            })
        },
    },
    Function {
        name: "to_string",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(match arg(e, args, 0, data)? {
                Value::String(text) => Value::String(text),
                other => {
                    e.keep(other.written_len())?;
                    Value::String(String::from_utf8_lossy(&other.to_json()).into_owned())
                }
            })
        },
    },
    Function {
        name: "type",
        least: 1,
        most: 1,
        run: |e, args, data| {
            Ok(Value::from(match arg(e, args, 0, data)?.kind() {
                Kind::Null => "null",
                Kind::Bool => "boolean",
                Kind::Number => "number",
                Kind::String => "string",
                Kind::Array => "array",
                Kind::Object => "object",
            }))
        },
    },
];

/// The function of a name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

fn arg(e: &mut Evaluator, args: &[Node], index: usize, data: &Value) -> Made {
    match args.get(index) {
        // An expression isn't a value.
        Some(Node::Reference(_)) => Err(EvalError::Reference),
        Some(node) => e.own_of(node, data),
        None => Ok(Value::Null),
    }
}

fn reference<'n>(function: &'static str, args: &'n [Node], index: usize) -> Result<&'n Node, EvalError> {
    match args.get(index) {
        Some(Node::Reference(node)) => Ok(node),
        _ => Err(EvalError::Type { function, wanted: REFERENCE }),
    }
}

fn number(e: &mut Evaluator, function: &'static str, args: &[Node], data: &Value) -> Made {
    let value = arg(e, args, 0, data)?;
    if value.kind() == Kind::Number { Ok(value) } else { Err(EvalError::Type { function, wanted: NUMBER }) }
}

fn string(
    e: &mut Evaluator,
    function: &'static str,
    args: &[Node],
    index: usize,
    data: &Value,
) -> Result<String, EvalError> {
    match arg(e, args, index, data)? {
        Value::String(text) => Ok(text),
        _ => Err(EvalError::Type { function, wanted: STRING }),
    }
}

fn array(
    e: &mut Evaluator,
    function: &'static str,
    args: &[Node],
    index: usize,
    data: &Value,
) -> Result<Vec<Value>, EvalError> {
    match arg(e, args, index, data)? {
        Value::Array(items) => {
            e.spend(items.len())?;
            Ok(items)
        }
        _ => Err(EvalError::Type { function, wanted: ARRAY }),
    }
}

fn object(
    e: &mut Evaluator,
    function: &'static str,
    args: &[Node],
    index: usize,
    data: &Value,
) -> Result<Map, EvalError> {
    match arg(e, args, index, data)? {
        Value::Object(members) => {
            e.spend(members.len())?;
            Ok(members)
        }
        _ => Err(EvalError::Type { function, wanted: OBJECT }),
    }
}

fn numbers(
    e: &mut Evaluator,
    function: &'static str,
    args: &[Node],
    data: &Value,
) -> Result<Vec<f64>, EvalError> {
    let items = array(e, function, args, 0, data)?;
    let numbers: Option<Vec<f64>> = items.iter().map(Value::as_f64).collect();
    numbers.ok_or(EvalError::Type { function, wanted: NUMBERS })
}

/// Whether all values are numbers, or all are strings.
fn alike<'v>(
    function: &'static str,
    wanted: &'static str,
    mut values: impl Iterator<Item = &'v Value>,
) -> Result<(), EvalError> {
    let Some(first) = values.next().map(Value::kind) else { return Ok(()) };
    let fits = matches!(first, Kind::Number | Kind::String) && values.all(|value| value.kind() == first);
    if fits { Ok(()) } else { Err(EvalError::Type { function, wanted }) }
}

/// The order of two numbers or two strings.
fn rank(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => order(a, b).unwrap_or(Ordering::Equal),
    }
}

/// Pays for sorting.
fn comparisons(e: &mut Evaluator, count: usize) -> Result<(), EvalError> {
    e.spend(count.saturating_mul(count.max(1).ilog2() as usize + 1))
}

fn extreme(e: &mut Evaluator, function: &'static str, args: &[Node], data: &Value, wanted: Ordering) -> Made {
    let items = array(e, function, args, 0, data)?;
    alike(function, ALIKE, items.iter())?;
    let best = items.into_iter().reduce(|best, next| if rank(&next, &best) == wanted { next } else { best });
    Ok(best.unwrap_or(Value::Null))
}

/// The items with what the expression makes of each.
fn keyed(
    e: &mut Evaluator,
    function: &'static str,
    args: &[Node],
    data: &Value,
) -> Result<Vec<(Value, Value)>, EvalError> {
    let by = reference(function, args, 1)?;
    let mut keyed = Vec::new();
    for item in array(e, function, args, 0, data)? {
        keyed.push((e.own_of(by, &item)?, item));
    }
    alike(function, KEYS, keyed.iter().map(|(key, _)| key))?;
    Ok(keyed)
}

fn extreme_by(
    e: &mut Evaluator,
    function: &'static str,
    args: &[Node],
    data: &Value,
    wanted: Ordering,
) -> Made {
    let keyed = keyed(e, function, args, data)?.into_iter();
    let best = keyed.reduce(|best, next| if rank(&next.0, &best.0) == wanted { next } else { best });
    Ok(best.map_or(Value::Null, |(_, item)| item))
}
