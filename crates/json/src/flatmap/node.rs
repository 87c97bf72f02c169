//! An answer as a tree that is taken apart where a path enters it.

use fjord_memory::Budget;

use super::step::{Label, Step};
use crate::object::{Member, Object};
use crate::piece::{ITEM, Piece};
use crate::unique::keep_last;
use crate::value::{Kind, Value};

/// A value on a path.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Not taken apart, or nothing to take apart: a scalar, `{}`, `[]`.
    Whole(Piece),
    /// An object or array taken apart. With no edges left it is `null`.
    Open { list: bool, edges: Vec<Edge> },
}

/// A node below another. Labels may repeat; in an object the last wins.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) label: Label,
    pub(super) node: Node,
}

/// What is done with a node that is found, given the labels on the way; `None` ends the walk.
pub(super) type Each<'f> = dyn FnMut(&mut Node, &[Label], &mut Budget) -> Option<()> + 'f;

// === impl Node ===

impl From<Object> for Node {
    fn from(object: Object) -> Self {
        Self::Whole(Piece::Object(object))
    }
}

/// What a walk takes apart, copies and adds is paid for; without a budget it stops, and what it has made is of no use.
impl Node {
    /// The edges, if this is an object or array that has or had some.
    fn edges(&mut self, budget: &mut Budget) -> Option<&mut Vec<Edge>> {
        if let Self::Whole(piece) = self {
            let list = piece.kind() == Kind::Array;
            let edges = take_apart(piece, budget)?;
            *self = Self::Open { list, edges };
        }
        match self {
            Self::Open { edges, .. } => Some(edges),
            Self::Whole(_) => None,
        }
    }

    /// Adds an edge; what was a scalar becomes an object.
    fn push(&mut self, edge: Edge, budget: &mut Budget) {
        if budget.take(ITEM).is_none() {
            return;
        }
        if let Some(edges) = self.edges(budget) {
            if budget.grow(edges, 0).is_some() {
                edges.push(edge);
            }
            return;
        }
        let list = matches!(self, Self::Whole(piece) if piece.kind() == Kind::Array);
        *self = Self::Open { list, edges: vec![edge] };
    }

    /// The first edge that `step` names literally.
    fn edge(&mut self, step: &Step, budget: &mut Budget) -> Option<&mut Edge> {
        self.edges(budget)?.iter_mut().find(|edge| step.names(&edge.label))
    }

    /// Gives the first edge that `step` names literally another label. In an object what moves wins over what has the
    /// label already; KrakenD keeps either, at random.
    pub(super) fn rename(&mut self, step: &Step, label: Label, budget: &mut Budget) {
        let Some(edges) = self.edges(budget) else { return };
        let Some(at) = edges.iter().position(|edge| step.names(&edge.label)) else { return };
        edges[at].label = label;
        if edges[at + 1..].iter().any(|other| other.label.is(&edges[at].label)) {
            let edge = edges.remove(at);
            edges.push(edge);
        }
    }

    /// Takes the first edge out that `step` names literally.
    pub(super) fn take(&mut self, step: &Step, budget: &mut Budget) -> Option<Edge> {
        let edges = self.edges(budget)?;
        let at = edges.iter().position(|edge| step.names(&edge.label))?;
        Some(edges.remove(at))
    }

    /// Calls `each` with every node that `steps` lead to and the labels on the way.
    pub(super) fn visit(
        &mut self,
        steps: &[Step],
        labels: &mut Vec<Label>,
        budget: &mut Budget,
        each: &mut Each<'_>,
    ) -> Option<()> {
        let Some((step, rest)) = steps.split_first() else { return each(self, labels, budget) };
        for edge in self.edges(budget).into_iter().flatten() {
            if step.is_any() || step.names(&edge.label) {
                labels.push(edge.label.clone());
                edge.node.visit(rest, labels, budget, each)?;
                labels.pop();
                if !step.is_any() {
                    break;
                }
            }
        }
        Some(())
    }

    /// Removes what `steps` lead to.
    pub(super) fn delete(&mut self, steps: &[Step], budget: &mut Budget) {
        match steps {
            [] => {}
            [last] if last.is_any() => self.edges(budget).into_iter().for_each(Vec::clear),
            [last] => drop(self.take(last, budget)),
            [any, rest @ ..] if any.is_any() => {
                for edge in self.edges(budget).into_iter().flatten() {
                    edge.node.delete(rest, budget);
                }
            }
            [step, rest @ ..] => {
                if let Some(edge) = self.edge(step, budget) {
                    edge.node.delete(rest, budget);
                }
            }
        }
    }

    /// What `steps` lead to; for a wildcard the array of its matches, `null` for those where the way ends early.
    pub(super) fn get(&mut self, steps: &[Step], budget: &mut Budget) -> Option<Piece> {
        let Some((step, rest)) = steps.split_first() else {
            budget.take(self.cost())?;
            return Some(self.clone().into_piece());
        };
        if !step.is_any() {
            return self.edge(step, budget)?.node.get(rest, budget);
        }
        let edges = self.edges(budget)?;
        let mut found = budget.list(edges.len(), ITEM)?;
        found.extend(edges.iter_mut().map(|edge| edge.node.get(rest, budget).unwrap_or_else(null)));
        Some(Piece::Array(found))
    }

    /// Puts an array at the end of `steps`, which are taken literally.
    pub(super) fn set_list(&mut self, steps: &[Step], items: Vec<Piece>, budget: &mut Budget) {
        let Some((step, rest)) = steps.split_first() else {
            *self = Self::Whole(Piece::Array(items));
            return;
        };
        if let Some(edge) = self.edge(step, budget) {
            return edge.node.set_list(rest, items, budget);
        }
        let mut node = Node::Open { list: false, edges: Vec::new() };
        node.set_list(rest, items, budget);
        self.add(step, node, budget);
    }

    /// Adds `edge` at the end of `way`, or to the deepest node on the way that exists.
    pub(super) fn attach(&mut self, way: &[Label], edge: Edge, budget: &mut Budget) {
        if let Some((label, rest)) = way.split_first()
            && let Some(next) = self.edges(budget).into_iter().flatten().find(|next| next.label.is(label))
        {
            return next.node.attach(rest, edge, budget);
        }
        self.push(edge, budget);
    }

    /// Adds `edge` at the end of `way`, creating what is missing.
    pub(super) fn embed(&mut self, way: &[Step], edge: Edge, budget: &mut Budget) {
        let Some((step, rest)) = way.split_first() else { return self.push(edge, budget) };
        if let Some(next) = self.edge(step, budget) {
            return next.node.embed(rest, edge, budget);
        }
        let mut node = Node::Open { list: false, edges: Vec::new() };
        node.embed(rest, edge, budget);
        self.add(step, node, budget);
    }

    /// Adds a node as `step` names it.
    fn add(&mut self, step: &Step, node: Node, budget: &mut Budget) {
        if let Some(label) = step.paid(budget) {
            self.push(Edge { label, node }, budget);
        }
    }

    /// What a copy of the tree costs.
    fn cost(&self) -> usize {
        match self {
            Self::Whole(piece) => piece.cost(),
            Self::Open { edges, .. } => {
                ITEM + edges.iter().map(|edge| edge.label.cost() + edge.node.cost()).sum::<usize>()
            }
        }
    }

    /// Puts the tree together again.
    pub(super) fn into_piece(self) -> Piece {
        match self {
            Self::Whole(piece) => piece,
            Self::Open { edges, .. } if edges.is_empty() => null(),
            Self::Open { list: true, edges } => {
                Piece::Array(edges.into_iter().map(|edge| edge.node.into_piece()).collect())
            }
            Self::Open { list: false, edges } => {
                let member =
                    |edge: Edge| Member { key: edge.label.into_key(), value: edge.node.into_piece() };
                let mut members = edges.into_iter().map(member).collect();
                keep_last(&mut members);
                Piece::Object(Object { members })
            }
        }
    }
}

/// The edges of an object or array; `None` if there are none.
fn take_apart(piece: &mut Piece, budget: &mut Budget) -> Option<Vec<Edge>> {
    let kind = piece.kind();
    if !matches!(kind, Kind::Object | Kind::Array) {
        return None;
    }
    let whole = std::mem::replace(piece, Piece::Array(Vec::new()));
    let mut edges;
    if kind == Kind::Array {
        // Paid for as items.
        let items = whole.into_items(budget)?;
        edges = budget.list(items.len(), 0)?;
        let edge = |(i, item)| Edge { label: Label::Index(i), node: Node::Whole(item) };
        edges.extend(items.into_iter().enumerate().map(edge));
    } else {
        let Object { members } = whole.into_object(budget)?;
        edges = budget.list(members.len(), ITEM)?;
        let edge = |member: Member| Edge { label: Label::Key(member.key), node: Node::Whole(member.value) };
        edges.extend(members.into_iter().map(edge));
    }
    if edges.is_empty() && kind == Kind::Object {
        *piece = Piece::Object(Object::new());
    }
    (!edges.is_empty()).then_some(edges)
}

fn null() -> Piece {
    Value::Null.into()
}
