//! Maps, which functions change in place.

use std::rc::Rc;

use super::{Context, Function, Type, any, map, owned, text};
use crate::error::Failure;
use crate::value::{Element, Entries, Map, SharedMap, Text, Value};

type Made<'a> = Result<Value<'a>, Failure>;

/// The functions that change a map: where a template has one, the data are copied before it runs.
pub(super) const CHANGE: [&str; 6] =
    ["set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::any("dict", &[], dict),
    Function::new("get", &[Type::Map, Type::String], |_, args| {
        Ok(map(args, 0)?.get(text(args, 1)).unwrap_or(Value::text("")))
    }),
    Function::new("hasKey", &[Type::Map, Type::String], |_, args| {
        Ok(Value::Bool(map(args, 0)?.get(text(args, 1)).is_some()))
    }),
    Function::new("set", &[Type::Map, Type::String, Type::Any], set),
    Function::new("unset", &[Type::Map, Type::String], |_, args| {
        if let Map::Shared(map) = map(args, 0)? {
            map.entries.borrow_mut().remove(text(args, 1));
        }
        Ok(any(args, 0).clone())
    }),
    Function::many("keys", &[], Type::Map, |context, args| {
        let mut keys = Vec::new();
        for index in 0..args.len() {
            keys.extend(entries(context, args, index)?.into_iter().map(|(key, _)| key));
        }
        context.made_strings(keys)
    }),
    Function::new("values", &[Type::Map], |context, args| {
        let values = entries(context, args, 0)?.into_iter().map(|(_, value)| value).collect();
        Ok(Value::list(values))
    }),
    Function::many("pluck", &[Type::String], Type::Map, |context, args| {
        let mut found = Vec::new();
        for index in 1..args.len() {
            found.extend(map(args, index)?.get(text(args, 0)));
        }
        context.made_list(found)
    }),
    Function::many("pick", &[Type::Map], Type::String, |context, args| {
        chosen(context, args, |key, keys| keys.contains(&key))
    }),
    Function::many("omit", &[Type::Map], Type::String, |context, args| {
        chosen(context, args, |key, keys| !keys.contains(&key))
    }),
    Function::any("dig", &[], dig),
    Function::new("deepCopy", &[Type::Any], deep_copy),
    Function::new("mustDeepCopy", &[Type::Any], deep_copy),
    Function::many("merge", &[Type::Map], Type::Map, |context, args| merge_all(context, args, false)),
    Function::many("mustMerge", &[Type::Map], Type::Map, |context, args| merge_all(context, args, false)),
    Function::many("mergeOverwrite", &[Type::Map], Type::Map, |context, args| merge_all(context, args, true)),
    Function::many("mustMergeOverwrite", &[Type::Map], Type::Map, |context, args| {
        merge_all(context, args, true)
    }),
];

/// The entries of a map, paid for.
fn entries<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    index: usize,
) -> Result<Vec<(Text<'a>, Value<'a>)>, Failure> {
    let map = map(args, index)?;
    context.budget.keep_items(map.len())?;
    Ok(map.entries())
}

/// A map that can be changed. Data can where a template changes maps, and so only Go's `nil` map can't.
fn shared<'v, 'a>(map: &'v Map<'a>) -> Result<&'v Rc<SharedMap<'a>>, Failure> {
    match map {
        Map::Shared(map) => Ok(map),
        Map::Json(_) => Err(Failure::new("assignment to entry in nil map")),
    }
}

fn dict<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    context.budget.keep_items(args.len())?;
    let mut entries = Entries::new();
    for pair in args.chunks(2) {
        let key = context.shown(any(pair, 0))?;
        entries.insert(key, pair.get(1).cloned().unwrap_or_else(|| Value::text("")));
    }
    Ok(Value::map(entries))
}

fn set<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let key = match any(args, 1) {
        Value::String(key) => key.clone(),
        _ => Text::Borrowed(""),
    };
    insert(context, shared(map(args, 0)?)?, key, any(args, 2).clone())?;
    Ok(any(args, 0).clone())
}

fn insert<'a>(
    context: &mut Context<'a>,
    map: &Rc<SharedMap<'a>>,
    key: Text<'a>,
    value: Value<'a>,
) -> Result<(), Failure> {
    context.budget.keep_items(1)?;
    if matches!(value, Value::List(_) | Value::Map(_)) {
        context.changed.push(Rc::clone(map));
    }
    map.entries.borrow_mut().insert(key, value);
    Ok(())
}

fn chosen<'a>(context: &mut Context<'a>, args: &[Value<'a>], belongs: fn(&str, &[&str]) -> bool) -> Made<'a> {
    let keys: Vec<&str> = (1..args.len()).map(|index| text(args, index)).collect();
    let mut made = Entries::new();
    for (key, value) in entries(context, args, 0)? {
        context.budget.spend(keys.len())?;
        if belongs(&key, &keys) {
            made.insert(key, value);
        }
    }
    Ok(Value::map(made))
}

fn deep_copy<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    match any(args, 0) {
        value if value.is_nil() => Err(Failure::new("reflect: call of reflect.Value.Type on zero Value")),
        value => owned(context, value, 0),
    }
}

/// `dig "a" "b" default map`
fn dig<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Made<'a> {
    let [keys @ .., default, from] = args else { return Err(too_few()) };
    if keys.is_empty() {
        return Err(too_few());
    }
    let wrong = |value: &Value<'_>, wanted: &str| {
        let found = if value.is_nil() { "nil" } else { value.type_name() };
        Failure::new(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
    };
    let mut here = from.clone();
    if let Some(bad) = keys.iter().find(|key| !matches!(key, Value::String(_))) {
        return Err(wrong(bad, "string"));
    }
    for index in 0..keys.len() {
        context.budget.spend(1)?;
        let found = match &here {
            Value::Map(map) if map.element() == Element::Any => map.get(text(keys, index)),
            other => return Err(wrong(other, "map[string]interface {}")),
        };
        match found {
            Some(value) => here = value,
            None => return Ok(default.clone()),
        }
    }
    Ok(here)
}

fn too_few() -> Failure {
    Failure::new("dig needs at least three arguments")
}

fn merge_all<'a>(context: &mut Context<'a>, args: &[Value<'a>], overwrites: bool) -> Made<'a> {
    // Into the nil map nothing can be put: it becomes another one.
    let into = match map(args, 0)? {
        Map::Json(_) => Map::new(Entries::new(), Element::Any),
        into => into.clone(),
    };
    for index in 1..args.len() {
        merge(context, &into, map(args, index)?, overwrites, 0)?;
    }
    Ok(Value::Map(into))
}

/// Sprig's `mergo`: maps are merged, and anything else that is empty, or is overwritten, is taken from the source.
fn merge<'a>(
    context: &mut Context<'a>,
    into: &Map<'a>,
    from: &Map<'a>,
    overwrites: bool,
    depth: usize,
) -> Result<(), Failure> {
    context.budget.descend(depth)?;
    if into.address() == from.address() {
        return Ok(());
    }
    let target = shared(into)?;
    context.budget.keep_items(from.len())?;
    for (key, value) in from.entries() {
        let old = into.get(&key);
        if value.is_nil() {
            if overwrites {
                insert(context, target, key, value)?;
            }
            continue;
        }
        if let (Value::Map(from), Some(Value::Map(into))) = (&value, &old) {
            merge(context, into, from, overwrites, depth + 1)?;
        }
        // A map that was empty before is the source's own now.
        let is_kept = match (&value, &old) {
            (Value::Map(_), Some(Value::Map(old))) => !old.is_empty(),
            (_, Some(old)) => !overwrites && old.is_true(),
            (_, None) => false,
        };
        if !is_kept {
            insert(context, target, key, value)?;
        }
    }
    Ok(())
}
