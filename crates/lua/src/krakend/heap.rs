//! The data that luaTable and luaList objects share. Go's maps and slices are references: what a script changes
//! through one object is seen through the others. So a level of the data that a script looks into becomes a node here;
//! what it never looks into stays a JSON value and is moved, not copied, out and back.

use std::collections::BTreeMap;

use fjord_json::{Map, Value, cost};
use fjord_memory::Budget;

use crate::value::Id;

/// How deep data may nest when a script is done: renders recurse over them, and a script can tie knots.
const MAX_DEPTH: usize = 500;

/// A place in a table or list.
#[derive(Debug, Clone)]
pub enum Slot {
    /// A value nobody looked into.
    Value(Value),
    /// A table.
    Table(Id),
    /// The first `len` elements of a list.
    List { list: Id, len: usize },
}

/// Why data cannot leave a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch;

/// The nodes. They live as long as the execution.
#[derive(Default)]
pub struct Heap {
    tables: Vec<(BTreeMap<String, Slot>, u32)>,
    lists: Vec<(Vec<Slot>, u32)>,
    bytes: usize,
    /// The table that is the response's data.
    pub data: Option<Id>,
}

// === impl Slot ===

impl Slot {
    /// The bytes of its text. What nobody looked into is counted when somebody does.
    fn bytes(&self) -> usize {
        match self {
            Self::Value(Value::String(text)) => text.len(),
            Self::Value(Value::Number(text)) => text.len(),
            _ => 0,
        }
    }
}

// === impl Heap ===

impl Heap {
    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts growth.
    pub fn grow(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// A new table.
    pub fn new_table(&mut self, members: BTreeMap<String, Slot>) -> Id {
        self.bytes += 64 + members.iter().map(|(key, slot)| 80 + key.len() + slot.bytes()).sum::<usize>();
        self.tables.push((members, 0));
        (self.tables.len() - 1) as Id
    }

    /// A new list.
    pub fn new_list(&mut self, elements: Vec<Slot>) -> Id {
        self.bytes += 64 + elements.iter().map(|slot| size_of::<Slot>() + slot.bytes()).sum::<usize>();
        self.lists.push((elements, 0));
        (self.lists.len() - 1) as Id
    }

    /// A table of JSON members.
    pub fn table_of(&mut self, map: Map) -> Id {
        self.new_table(map.into_iter().map(|(key, value)| (key, Slot::Value(value))).collect())
    }

    /// A table.
    pub fn table(&mut self, id: Id) -> &mut BTreeMap<String, Slot> {
        &mut self.tables[id as usize].0
    }

    /// A list.
    pub fn list(&mut self, id: Id) -> &mut Vec<Slot> {
        &mut self.lists[id as usize].0
    }

    /// Counts that a slot now leads to a node, so that it is copied when several do.
    pub fn refer(&mut self, slot: &Slot) {
        match slot {
            Slot::Table(id) => self.tables[*id as usize].1 += 1,
            Slot::List { list, .. } => self.lists[*list as usize].1 += 1,
            Slot::Value(_) => {}
        }
    }

    /// Makes a node of an array or object; other values stay what they are.
    fn open(&mut self, value: Value) -> Slot {
        let slot = match value {
            Value::Object(map) => Slot::Table(self.table_of(map)),
            Value::Array(items) => {
                let len = items.len();
                Slot::List { list: self.new_list(items.into_iter().map(Slot::Value).collect()), len }
            }
            other => return Slot::Value(other),
        };
        self.refer(&slot);
        slot
    }

    /// A member, its level opened.
    pub fn member(&mut self, table: Id, key: &str) -> Option<Slot> {
        let slot = self.table(table).get_mut(key)?;
        let Slot::Value(value @ (Value::Object(_) | Value::Array(_))) = slot else {
            return Some(slot.clone());
        };
        let value = std::mem::replace(value, Value::Null);
        let opened = self.open(value);
        self.table(table).insert(key.to_owned(), opened.clone());
        Some(opened)
    }

    /// An element, its level opened.
    pub fn element(&mut self, list: Id, at: usize) -> Option<Slot> {
        let slot = self.list(list).get_mut(at)?;
        let Slot::Value(value @ (Value::Object(_) | Value::Array(_))) = slot else {
            return Some(slot.clone());
        };
        let value = std::mem::replace(value, Value::Null);
        let opened = self.open(value);
        self.list(list)[at] = opened.clone();
        Some(opened)
    }

    /// The response's data, if a script asked for them, as JSON again. Shared parts multiply, within a budget.
    pub fn take_data(&mut self) -> Option<Result<Map, TooMuch>> {
        let root = self.data.take()?;
        Some(self.close_table(root, true, 0, &mut Budget::new()))
    }

    fn close_table(&mut self, id: Id, only: bool, depth: usize, budget: &mut Budget) -> Result<Map, TooMuch> {
        let (members, refs) = &mut self.tables[id as usize];
        let only = only && *refs <= 1;
        let members = if only {
            std::mem::take(members)
        } else {
            budget.take(copied(members.values())).ok_or(TooMuch)?;
            members.clone()
        };
        budget.take(cost::OBJECT).ok_or(TooMuch)?;
        let mut map = Map::new();
        for (key, slot) in members {
            budget.take(cost::MEMBER).ok_or(TooMuch)?;
            map.insert(key, self.close(slot, only, depth + 1, budget)?);
        }
        Ok(map)
    }

    fn close(&mut self, slot: Slot, only: bool, depth: usize, budget: &mut Budget) -> Result<Value, TooMuch> {
        budget.take(cost::VALUE).ok_or(TooMuch)?;
        if depth > MAX_DEPTH {
            return Err(TooMuch);
        }
        match slot {
            Slot::Value(value) => Ok(value),
            Slot::Table(id) => self.close_table(id, only, depth, budget).map(Value::Object),
            Slot::List { list, len } => {
                let (elements, refs) = &mut self.lists[list as usize];
                let only = only && *refs <= 1;
                let elements = if only {
                    let mut elements = std::mem::take(elements);
                    elements.truncate(len);
                    elements
                } else {
                    // Others may show more of the list.
                    let shown = &elements[..len.min(elements.len())];
                    budget.take(copied(shown.iter())).ok_or(TooMuch)?;
                    shown.to_vec()
                };
                let items = elements.into_iter().map(|slot| self.close(slot, only, depth + 1, budget));
                items.collect::<Result<_, _>>().map(Value::Array)
            }
        }
    }
}

/// What a copy of values costs.
fn copied<'a>(slots: impl Iterator<Item = &'a Slot>) -> usize {
    slots.map(|slot| if let Slot::Value(value) = slot { value.cost() } else { 0 }).sum()
}
