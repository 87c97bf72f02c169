//! `flatmap_filter`: moves, deletes and appends along paths with wildcards, through arrays too (`spec` §9).
//!
//! Only what a path enters is taken apart; the rest of the answer stays as it was received.

mod node;
mod step;

use fjord_memory::{Budget, Excess};
use node::{Edge, Node};
use step::{Label, Step};

use super::object::Data;
use super::piece::ITEM;
use super::value::Value;

/// Operations on an answer, compiled.
#[derive(Debug, Clone, Default)]
pub struct Flatmap {
    ops: Vec<Compiled>,
}

/// One operation as configured. Paths are dotted; `*` stands for every member or item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// `del`: removes what each path leads to.
    Del(Vec<String>),
    /// `move`: from, to.
    Move(String, String),
    /// `append`: adds the items of the first to the array at the second, removes the first.
    Append(String, String),
    /// Anything else does nothing, but counts: a flatmap that has operations replaces `allow`, `deny` and `mapping`.
    Nothing,
}

#[derive(Debug, Clone)]
enum Compiled {
    Del(Vec<Vec<Step>>),
    Move(Vec<Step>, Vec<Step>),
    Append(Vec<Step>, Vec<Step>),
    Nothing,
}

// === impl Op ===

impl Op {
    /// The operation that an entry of `flatmap_filter` describes; `None` if KrakenD skips the entry.
    pub fn from_config(entry: &Value) -> Option<Op> {
        let kind = entry.get("type")?.as_str()?;
        let args = entry.get("args").and_then(Value::as_array).unwrap_or_default();
        let pair = || match args {
            [from, to, ..] => Some((from.as_str()?.to_owned(), to.as_str()?.to_owned())),
            _ => None,
        };
        Some(match kind {
            "del" => Op::Del(args.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            "move" => pair().map_or(Op::Nothing, |(from, to)| Op::Move(from, to)),
            "append" => pair().map_or(Op::Nothing, |(from, to)| Op::Append(from, to)),
            _ => Op::Nothing,
        })
    }
}

// === impl Flatmap ===

impl Flatmap {
    /// The operations, in order.
    pub fn new(ops: impl IntoIterator<Item = Op>) -> Self {
        let compile = |op| match op {
            Op::Del(paths) => Compiled::Del(paths.iter().map(|path| step::path(path)).collect()),
            Op::Move(from, to) => Compiled::Move(step::path(&from), step::path(&to)),
            Op::Append(from, to) => Compiled::Append(step::path(&from), step::path(&to)),
            Op::Nothing => Compiled::Nothing,
        };
        Self { ops: ops.into_iter().map(compile).collect() }
    }

    /// The value of `flatmap_filter`.
    pub fn from_config(list: &Value) -> Self {
        Self::new(list.as_array().unwrap_or_default().iter().filter_map(Op::from_config))
    }

    /// Whether there are no operations.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Applies the operations. What loses its last member becomes `null`, the root too.
    ///
    /// # Errors
    /// If what the paths enter takes too much memory.
    pub fn apply(&self, data: Data) -> Result<Data, Excess> {
        let budget = &mut Budget::new();
        let data = self.run(data, budget);
        budget.checked().map(|()| data)
    }

    /// Applies the operations as far as `budget` lasts.
    pub(super) fn run(&self, data: Data, budget: &mut Budget) -> Data {
        if self.is_empty() {
            return data;
        }
        let mut root = Node::from(data?);
        for op in &self.ops {
            match op {
                Compiled::Del(paths) => paths.iter().for_each(|path| root.delete(path, budget)),
                Compiled::Move(from, to) => relocate(&mut root, from, to, budget),
                Compiled::Append(from, to) => append(&mut root, from, to, budget),
                Compiled::Nothing => {}
            }
            budget.checked().ok()?;
        }
        root.into_piece().into_object(budget)
    }
}

/// `move`. The lengths of the two paths decide what happens (`spec` §9).
fn relocate(root: &mut Node, from: &[Step], to: &[Step], budget: &mut Budget) {
    let (Some((label, parents)), Some((new_label, way))) = (from.split_last(), to.split_last()) else {
        return;
    };
    let mut promoted: Vec<(Vec<Label>, Edge)> = Vec::new();
    root.visit(parents, &mut Vec::new(), budget, &mut |parent, labels, budget| {
        let renamed = new_label.paid(budget)?;
        if from.len() == to.len() {
            parent.rename(label, renamed, budget);
        } else if let Some(edge) = parent.take(label, budget) {
            let edge = Edge { label: renamed, node: edge.node };
            if from.len() < to.len() {
                // The first steps of `to` are taken to be those of `from`.
                parent.embed(way.get(parents.len()..).unwrap_or_default(), edge, budget);
            } else {
                budget.take(ITEM + labels.iter().map(Label::cost).sum::<usize>())?;
                promoted.push((labels.to_vec(), edge));
            }
        }
        Some(())
    });
    for (labels, edge) in promoted {
        let resolve = |(step, label): (&Step, Label)| if step.is_any() { label } else { step.label() };
        let way: Vec<Label> = way.iter().zip(labels).map(resolve).collect();
        root.attach(&way, edge, budget);
    }
}

/// `append`. Both must be arrays; a wildcard gives the array of its matches.
fn append(root: &mut Node, from: &[Step], to: &[Step], budget: &mut Budget) {
    let Some(more) = root.get(from, budget).and_then(|piece| piece.into_items(budget)) else { return };
    let Some(mut items) = root.get(to, budget).and_then(|piece| piece.into_items(budget)) else { return };
    let Some(mut all) = budget.list(items.len() + more.len(), ITEM) else { return };
    all.append(&mut items);
    all.extend(more);
    root.set_list(to, all, budget);
    root.delete(from, budget);
}
