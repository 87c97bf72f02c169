//! luaTable, luaList and luaNil.

use std::collections::BTreeMap;

use fjord_json::{Map, Value};

use super::heap::{Heap, Slot};
use super::message::{Fields, field_bytes};
use super::objects::Object;
use super::{Class, Host};
use crate::value::{Id, Native, Val, number_text};
use crate::vm::{Args, Error, Flow, Vm};

/// How deep tables of a script may nest when they become data. KrakenD recurses without a limit.
const MAX_DEPTH: usize = 200;
/// Integers beyond are not exact as doubles; KrakenD writes them from integers where they are nested.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// luaNil
pub const NULL: Class = Class {
    name: "luaNil",
    functions: &[Native { name: "new", call: |vm, _, _| give(vm, Object::Null) }],
    methods: &[],
    kind: Object::NULL,
};

/// luaTable
pub const TABLE: Class = Class {
    name: "luaTable",
    functions: &[Native {
        name: "new",
        call: |vm, _, _| {
            let table = counted(vm, |heap| heap.new_table(BTreeMap::new()))?;
            give(vm, Object::Table(table))
        },
    }],
    methods: &[
        Native { name: "get", call: table_get },
        Native { name: "set", call: table_set },
        Native { name: "len", call: table_len },
        Native { name: "del", call: table_del },
        Native { name: "keys", call: table_keys },
        Native { name: "keyExists", call: table_key_exists },
    ],
    kind: Object::TABLE,
};

/// luaList
pub const LIST: Class = Class {
    name: "luaList",
    functions: &[Native {
        name: "new",
        call: |vm, _, _| {
            let list = counted(vm, |heap| heap.new_list(Vec::new()))?;
            give(vm, Object::List { list, len: 0 })
        },
    }],
    methods: &[
        Native { name: "get", call: list_get },
        Native { name: "set", call: list_set },
        Native { name: "len", call: list_len },
        Native { name: "del", call: list_del },
    ],
    kind: Object::LIST,
};

/// Makes data and counts what they take: no collection frees them.
pub fn counted<T>(vm: &mut Vm, make: impl FnOnce(&mut Heap) -> T) -> Result<T, Error> {
    let before = vm.heap.bytes();
    let made = make(&mut vm.heap);
    let bytes = vm.heap.bytes() - before;
    vm.copy(bytes)?;
    vm.allocate(bytes)?;
    Ok(made)
}

/// Answers an object.
pub fn give(vm: &mut Vm, object: Object) -> Result<Flow, Error> {
    let value = vm.object(object)?;
    vm.give(value)
}

/// Answers a luaList of strings.
pub fn give_strings(vm: &mut Vm, strings: Vec<String>) -> Result<Flow, Error> {
    let len = strings.len();
    let elements = strings.into_iter().map(|s| Slot::Value(Value::String(s))).collect();
    let list = counted(vm, |heap| heap.new_list(elements))?;
    give(vm, Object::List { list, len })
}

/// Answers a luaTable of lists of strings.
pub fn give_headers(vm: &mut Vm, headers: &Fields) -> Result<Flow, Error> {
    let texts = headers.iter().map(|(name, values)| field_bytes(name, values)).sum();
    vm.scan(texts)?;
    vm.keep(texts)?;
    let list = |values: &Vec<String>| Value::Array(values.iter().cloned().map(Value::String).collect());
    give_members(vm, headers.iter().map(|(name, values)| (name.clone(), list(values))).collect())
}

/// Answers a luaTable of these members.
pub fn give_members(vm: &mut Vm, members: Map) -> Result<Flow, Error> {
    let table = counted(vm, |heap| heap.table_of(members))?;
    give(vm, Object::Table(table))
}

fn table_of(vm: &mut Vm, args: Args) -> Result<Id, Error> {
    let id = vm.check_object(args)?;
    match vm.objects[id] {
        Object::Table(table) => Ok(table),
        _ => Err(vm.raise("response expected")),
    }
}

/// The object, its list and its length.
fn list_of(vm: &mut Vm, args: Args) -> Result<(Id, Id, usize), Error> {
    let id = vm.check_object(args)?;
    match vm.objects[id] {
        Object::List { list, len } => Ok((id, list, len)),
        _ => Err(vm.raise("response expected")),
    }
}

fn exactly(vm: &mut Vm, args: Args, n: usize) -> Result<(), Error> {
    if args.n == n { Ok(()) } else { Err(vm.raise("need arguments")) }
}

fn give_slot(vm: &mut Vm, slot: Option<Slot>) -> Result<Flow, Error> {
    match slot {
        // What is missing is nothing at all.
        None => Ok(Flow::Return(0)),
        Some(Slot::Table(table)) => give(vm, Object::Table(table)),
        Some(Slot::List { list, len }) => give(vm, Object::List { list, len }),
        Some(Slot::Value(value)) => match value {
            Value::Bool(b) => vm.give(Val::Bool(b)),
            Value::Number(text) => {
                vm.scan(text.len())?;
                vm.give_number(text.parse().unwrap_or(0.0))
            }
            Value::Float(n) => vm.give_number(n),
            Value::String(text) => vm.give_str(text.as_str()),
            // Arrays and objects have been opened.
            Value::Null | Value::Array(_) | Value::Object(_) => give(vm, Object::Null),
        },
    }
}

fn table_get(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 2)?;
    let table = table_of(vm, args)?;
    let key = vm.check_text(args, 2)?;
    let slot = counted(vm, |heap| heap.member(table, &key))?;
    give_slot(vm, slot)
}

fn table_set(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 3)?;
    let table = table_of(vm, args)?;
    let key = vm.check_text(args, 2)?;
    if let Some(slot) = to_slot(vm, &vm.arg(args, 3))? {
        let bytes = key.len() + 96;
        vm.allocate(bytes)?;
        if vm.heap.table(table).insert(key, slot).is_none() {
            vm.heap.grow(bytes);
        }
    }
    Ok(Flow::Return(0))
}

fn table_len(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = table_of(vm, args)?;
    let len = vm.heap.table(table).len();
    vm.give_number(len as f64)
}

fn table_del(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 2)?;
    let table = table_of(vm, args)?;
    let key = vm.check_text(args, 2)?;
    vm.heap.table(table).remove(&key);
    Ok(Flow::Return(0))
}

fn table_keys(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = table_of(vm, args)?;
    let len = vm.heap.table(table).len();
    vm.spend(len)?;
    let keys: Vec<String> = vm.heap.table(table).keys().cloned().collect();
    give_strings(vm, keys)
}

fn table_key_exists(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 2)?;
    let table = table_of(vm, args)?;
    let key = vm.check_text(args, 2)?;
    let exists = vm.heap.table(table).contains_key(&key);
    vm.give(Val::Bool(exists))
}

fn list_get(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 2)?;
    let (_, list, len) = list_of(vm, args)?;
    let at = vm.check_int(args, 2)?;
    let at = usize::try_from(at).ok().filter(|at| *at < len);
    let slot = counted(vm, |heap| heap.element(list, at?))?;
    give_slot(vm, slot)
}

fn list_set(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 3)?;
    let (id, mut list, len) = list_of(vm, args)?;
    let Ok(at) = usize::try_from(vm.check_int(args, 2)?) else { return Ok(Flow::Return(0)) };
    if at >= len {
        // A list that grows becomes another one: whoever holds the old one does not see it, as with Go's slices.
        vm.allocate(at.saturating_add(1).saturating_mul(size_of::<Slot>()))?;
        vm.spend(at / 8)?;
        list = counted(vm, |heap| {
            let mut elements = heap.list(list)[..len].to_vec();
            elements.resize(at + 1, Slot::Value(Value::Null));
            elements.iter().for_each(|slot| heap.refer(slot));
            heap.new_list(elements)
        })?;
        vm.objects[id] = Object::List { list, len: at + 1 };
    }
    if let Some(slot) = to_slot(vm, &vm.arg(args, 3))? {
        vm.heap.list(list)[at] = slot;
    }
    Ok(Flow::Return(0))
}

fn list_len(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let (_, _, len) = list_of(vm, args)?;
    vm.give_number(len as f64)
}

fn list_del(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    exactly(vm, args, 2)?;
    let (id, list, len) = list_of(vm, args)?;
    if let Ok(at) = usize::try_from(vm.check_int(args, 2)?)
        && at < len
    {
        // The elements move in the shared list, the length is this object's own, as with Go's slices.
        let elements = vm.heap.list(list);
        elements[at..len].rotate_left(1);
        elements[len - 1] = Slot::Value(Value::Null);
        vm.spend((len - at) / 8)?;
        vm.objects[id] = Object::List { list, len: len - 1 };
    }
    Ok(Flow::Return(0))
}

/// A value of the script as data; `None` for what KrakenD does not store. A table becomes an object, even a list.
fn to_slot(vm: &mut Vm, value: &Val) -> Result<Option<Slot>, Error> {
    let slot = match value {
        Val::Str(text) => {
            vm.scan(text.bytes().len())?;
            vm.allocate(text.bytes().len())?;
            vm.heap.grow(text.bytes().len());
            Slot::Value(Value::String(text.text()))
        }
        Val::Number(n) => Slot::Value(Value::Float(*n)),
        Val::Bool(b) => Slot::Value(Value::Bool(*b)),
        Val::Table(id) => {
            let members = members(vm, *id, 0)?;
            Slot::Table(counted(vm, |heap| heap.new_table(members))?)
        }
        other => return Ok(object_slot(vm, other)),
    };
    vm.heap.refer(&slot);
    Ok(Some(slot))
}

fn object_slot(vm: &mut Vm, value: &Val) -> Option<Slot> {
    let Val::UserData(id) = value else { return None };
    let slot = match vm.objects[*id] {
        Object::Null => Slot::Value(Value::Null),
        Object::Table(table) => Slot::Table(table),
        Object::List { list, len } => Slot::List { list, len },
        _ => return None,
    };
    vm.heap.refer(&slot);
    Some(slot)
}

/// The members of a table of the script, keys as text.
fn members(vm: &mut Vm, table: Id, depth: usize) -> Result<BTreeMap<String, Slot>, Error> {
    if depth > MAX_DEPTH {
        return Err(vm.raise("table nested too deeply"));
    }
    let pairs: Vec<(Val, Val)> = vm.table(table).pairs().map(|(k, v)| (k, v.clone())).collect();
    vm.spend(pairs.len())?;
    vm.allocate(pairs.len() * 96)?;
    let mut members = BTreeMap::new();
    for (key, value) in pairs {
        let slot = match &value {
            Val::Number(n) if n.fract() == 0.0 && n.abs() >= EXACT && n.abs() < 9.2e18 => {
                Slot::Value(Value::Number(number_text(*n).into()))
            }
            Val::Table(id) => nested(vm, *id, depth + 1)?,
            other => match to_slot(vm, other)? {
                Some(slot) => slot,
                None => continue,
            },
        };
        if let Val::Str(key) = &key {
            vm.scan(key.bytes().len())?;
        }
        members.insert(vm.display(&key), slot);
    }
    Ok(members)
}

/// A table inside another: a list if all its keys are integers; without members it prints as null.
fn nested(vm: &mut Vm, table: Id, depth: usize) -> Result<Slot, Error> {
    let members = members(vm, table, depth)?;
    if members.is_empty() {
        return Ok(Slot::Value(Value::Null));
    }
    let indices: Option<Vec<i64>> = members.keys().map(|key| key.parse().ok()).collect();
    let slot = match indices {
        Some(indices) => {
            let mut elements: Vec<(i64, Slot)> = indices.into_iter().zip(members.into_values()).collect();
            elements.sort_by_key(|(index, _)| *index);
            let elements: Vec<Slot> = elements.into_iter().map(|(_, slot)| slot).collect();
            let len = elements.len();
            Slot::List { list: counted(vm, |heap| heap.new_list(elements))?, len }
        }
        None => Slot::Table(counted(vm, |heap| heap.new_table(members))?),
    };
    vm.heap.refer(&slot);
    Ok(slot)
}
