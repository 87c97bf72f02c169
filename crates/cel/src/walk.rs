//! Evaluates the walks over lists and maps: `all`, `exists`, `exists_one`, `filter`, `map` and their forms with two variables.

use std::rc::Rc;

use super::ast::{Comprehension, Walk};
use super::error::EvalError;
use super::eval::Evaluator;
use super::value::{CelValue, Entries, Key, List, Map};

/// What is walked over, item by item.
enum Range<'a> {
    List(List<'a>),
    Map(Map<'a>, Vec<Key<'a>>),
}

/// What has come of the items so far.
struct Harvest<'a> {
    found: usize,
    error: Option<EvalError>,
    items: Vec<CelValue<'a>>,
    entries: Entries<'a>,
}

// === impl Range ===

impl<'a> Range<'a> {
    /// The two variables of the item at `index`: index and item, or key and value.
    fn get(&self, index: usize) -> Option<(CelValue<'a>, CelValue<'a>)> {
        match self {
            Self::List(list) => Some((CelValue::Int(i64::try_from(index).ok()?), list.get(index)?)),
            Self::Map(map, keys) => {
                let key = keys.get(index)?;
                Some((key.to_value(), map.get(key)?))
            }
        }
    }
}

// === impl Evaluator ===

impl<'a> Evaluator<'a> {
    pub(super) fn comprehension(&mut self, walk: &'a Comprehension) -> Result<CelValue<'a>, EvalError> {
        let range = match self.eval(&walk.range)? {
            CelValue::List(list) => Range::List(list),
            CelValue::Map(map) => {
                self.budget.keep_items(map.len())?;
                let keys = map.keys();
                Range::Map(map, keys)
            }
            other => return Err(EvalError::NotIterable(other.type_name())),
        };
        let scope = self.locals.len();
        let mut harvest = Harvest { found: 0, error: None, items: Vec::new(), entries: Entries::new() };
        let mut index = 0;
        while let Some((first, second)) = range.get(index) {
            index += 1;
            self.budget.spend(1)?;
            self.locals.truncate(scope);
            match &walk.second {
                Some(name) => self.locals.extend([(&*walk.first, first), (&**name, second)]),
                // A walk with one variable meets the items of a list and the keys of a map.
                None => match &range {
                    Range::List(_) => self.locals.push((&walk.first, second)),
                    Range::Map(..) => self.locals.push((&walk.first, first)),
                },
            }
            if self.visit(walk, &mut harvest)? {
                break;
            }
        }
        self.locals.truncate(scope);
        let Harvest { found, error, items, entries } = harvest;
        match (walk.kind, error) {
            (Walk::All | Walk::Exists, _) if found > 0 => Ok(CelValue::Bool(walk.kind == Walk::Exists)),
            (_, Some(error)) => Err(error),
            (Walk::All, None) => Ok(CelValue::Bool(true)),
            (Walk::Exists, None) => Ok(CelValue::Bool(false)),
            (Walk::ExistsOne, None) => Ok(CelValue::Bool(found == 1)),
            (Walk::List, None) => Ok(CelValue::list(items)),
            (Walk::Map, None) => Ok(CelValue::Map(Map::Entries(Rc::new(entries)))),
        }
    }

    /// Evaluates one item; true when the walk is decided.
    fn visit(&mut self, walk: &'a Comprehension, harvest: &mut Harvest<'a>) -> Result<bool, EvalError> {
        let condition = match &walk.condition {
            None => Ok(true),
            Some(condition) => match self.eval(condition) {
                Ok(CelValue::Bool(value)) => Ok(value),
                Ok(_) => Err(EvalError::no_overload("condition of a comprehension")),
                Err(error) => Err(error),
            },
        };
        match (walk.kind, condition) {
            // As in `&&` and `||`, an item that decides makes up for errors of the others.
            (Walk::All | Walk::Exists, Err(error)) if error != EvalError::LimitExceeded => {
                harvest.error.get_or_insert(error);
                Ok(false)
            }
            (_, Err(error)) => Err(error),
            (Walk::All | Walk::Exists, Ok(condition)) => {
                let decided = condition == (walk.kind == Walk::Exists);
                harvest.found += usize::from(decided);
                Ok(decided)
            }
            (_, Ok(false)) => Ok(false),
            (Walk::ExistsOne, Ok(true)) => {
                harvest.found += 1;
                Ok(false)
            }
            (Walk::List | Walk::Map, Ok(true)) => {
                self.budget.keep_items(1)?;
                let variable = self.locals.last().map(|(_, value)| value.clone());
                let item = match (&walk.result, variable) {
                    (Some(result), _) => self.eval(result)?,
                    (None, variable) => variable.unwrap_or(CelValue::Null),
                };
                if walk.kind == Walk::List {
                    harvest.items.push(item);
                } else if let Some(key) = self.locals.iter().rev().nth(1).map(|(_, key)| key.clone()) {
                    harvest.entries.insert(Key::new(key)?, item);
                }
                Ok(false)
            }
        }
    }
}
