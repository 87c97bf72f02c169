//! Lists.

use super::cast::to_int;
use super::compare::deep_equal;
use super::{Context, Function, Type, any, int};
use crate::error::Failure;
use crate::value::{Element, List, Value};

type Made<'a> = Result<Value<'a>, Failure>;

const ONE: &[Type] = &[Type::Any];
const TWO: &[Type] = &[Type::Any, Type::Any];

/// A strict form (`mustFirst`) fails as the other does: by then the execution ends with either.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::any("list", &[], list),
    Function::any("tuple", &[], list),
    Function::any("concat", &[], concat),
    Function::new("append", TWO, append),
    Function::new("mustAppend", TWO, append),
    Function::new("push", TWO, append),
    Function::new("mustPush", TWO, append),
    Function::new("prepend", TWO, prepend),
    Function::new("mustPrepend", TWO, prepend),
    Function::new("first", ONE, first),
    Function::new("mustFirst", ONE, first),
    Function::new("last", ONE, last),
    Function::new("mustLast", ONE, last),
    Function::new("rest", ONE, rest),
    Function::new("mustRest", ONE, rest),
    Function::new("initial", ONE, initial),
    Function::new("mustInitial", ONE, initial),
    Function::new("reverse", ONE, reverse),
    Function::new("mustReverse", ONE, reverse),
    Function::new("compact", ONE, compact),
    Function::new("mustCompact", ONE, compact),
    Function::new("uniq", ONE, uniq),
    Function::new("mustUniq", ONE, uniq),
    Function::any("without", ONE, without),
    Function::any("mustWithout", ONE, without),
    Function::new("has", TWO, has),
    Function::new("mustHas", TWO, has),
    Function::any("slice", ONE, slice),
    Function::any("mustSlice", ONE, slice),
    Function::new("chunk", &[Type::Int, Type::Any], chunk),
    Function::new("mustChunk", &[Type::Int, Type::Any], chunk),
];

fn list<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    context.made_list(args.to_vec())
}

/// What nobody can ask the type of.
fn nil_pointer() -> Failure {
    Failure::new("runtime error: invalid memory address or nil pointer dereference")
}

/// An argument as a list; `what` begins what is said of anything else.
fn items<'v, 'a>(args: &'v [Value<'a>], index: usize, what: &str) -> Result<&'v List<'a>, Failure> {
    match any(args, index) {
        Value::List(list) => Ok(list),
        value if value.is_nil() => Err(nil_pointer()),
        value => Err(Failure::new(format!("{what} {}", value.kind_name()))),
    }
}

fn append<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot push on type")?;
    context.budget.keep_items(list.len() + 1)?;
    let mut made: Vec<_> = list.iter().collect();
    made.push(any(args, 1).clone());
    Ok(Value::list(made))
}

fn prepend<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot prepend on type")?;
    context.budget.keep_items(list.len() + 1)?;
    Ok(Value::list(std::iter::once(any(args, 1).clone()).chain(list.iter()).collect()))
}

fn first<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    Ok(items(args, 0, "Cannot find first on type")?.get(0).unwrap_or(Value::Nil))
}

fn last<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    Ok(items(args, 0, "Cannot find last on type")?.iter().next_back().unwrap_or(Value::Nil))
}

fn rest<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot find rest on type")?;
    without_ends(context, list, 1, 0)
}

fn initial<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot find initial on type")?;
    without_ends(context, list, 0, 1)
}

fn reverse<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot find reverse on type")?;
    context.budget.keep_items(list.len())?;
    Ok(Value::list(list.iter().rev().collect()))
}

fn compact<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot compact on type")?;
    context.budget.keep_items(list.len())?;
    Ok(Value::list(list.iter().filter(Value::is_true).collect()))
}

/// Of an empty list Go's `nil` slice is left.
fn without_ends<'a>(context: &mut Context<'a>, list: &List<'a>, first: usize, last: usize) -> Made<'a> {
    if list.is_empty() {
        return Ok(Value::List(List::nil(Element::Any)));
    }
    context.budget.keep_items(list.len())?;
    Ok(Value::list(list.iter().skip(first).take(list.len() - first - last).collect()))
}

fn is_in<'a>(
    context: &mut Context<'a>,
    items: impl Iterator<Item = Value<'a>>,
    wanted: &Value<'a>,
) -> Result<bool, Failure> {
    for item in items {
        if deep_equal(&mut context.budget, wanted, &item, 0)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn uniq<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot find uniq on type")?;
    context.budget.keep_items(list.len())?;
    let mut made: Vec<Value<'a>> = Vec::new();
    for item in list.iter() {
        if !is_in(context, made.iter().cloned(), &item)? {
            made.push(item);
        }
    }
    Ok(Value::list(made))
}

fn without<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "Cannot find without on type")?;
    context.budget.keep_items(list.len())?;
    let unwanted = args.get(1..).unwrap_or_default();
    let mut made = Vec::new();
    for item in list.iter() {
        if !is_in(context, unwanted.iter().cloned(), &item)? {
            made.push(item);
        }
    }
    Ok(Value::list(made))
}

fn has<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    if any(args, 1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let list = items(args, 1, "Cannot find has on type")?;
    Ok(Value::Bool(is_in(context, list.iter(), any(args, 0))?))
}

fn chunk<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 1, "Cannot chunk type")?;
    let size = usize::try_from(int(args, 0)).ok().filter(|&size| size > 0);
    let size = size.ok_or_else(|| Failure::new("runtime error: makeslice: len out of range"))?;
    context.budget.keep_items(list.len().saturating_mul(2))?;
    let items: Vec<_> = list.iter().collect();
    let chunks = items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(Value::List(List::new(chunks, Element::List)))
}

fn slice<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let list = items(args, 0, "list should be type of slice or array but")?;
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, default: usize| {
        args.get(index).map_or(Some(default), |value| usize::try_from(to_int(value)).ok())
    };
    let bounds = bound(1, 0).zip(bound(2, list.len()));
    let Some((start, end)) = bounds.filter(|&(start, end)| start <= end && end <= list.len()) else {
        return Err(Failure::new("reflect.Value.Slice: slice index out of bounds"));
    };
    context.budget.keep_items(end - start)?;
    let made = list.iter().skip(start).take(end - start).collect();
    Ok(Value::List(List::new(made, list.element())))
}

/// Of no items Go's `nil` slice is left.
fn concat<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let mut made = Vec::new();
    for index in 0..args.len() {
        let list = match any(args, index) {
            Value::List(list) => list,
            value if value.is_nil() => return Err(nil_pointer()),
            value => {
                let kind = value.kind_name();
                return Err(Failure::new(format!("Cannot concat type {kind} as list")));
            }
        };
        context.budget.keep_items(list.len())?;
        made.extend(list.iter());
    }
    Ok(if made.is_empty() { Value::List(List::nil(Element::Any)) } else { Value::list(made) })
}
