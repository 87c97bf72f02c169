//! An answer as a tree that is taken apart where a path enters it.

use super::step::{Label, Step};
use crate::json::object::{Member, Object};
use crate::json::piece::Piece;
use crate::json::unique::keep_last;
use crate::json::value::{Kind, Value};

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

// === impl Node ===

impl From<Object> for Node {
    fn from(object: Object) -> Self {
        Self::Whole(Piece::Object(object))
    }
}

impl Node {
    /// The edges, if this is an object or array that has or had some.
    fn edges(&mut self) -> Option<&mut Vec<Edge>> {
        if let Self::Whole(piece) = self {
            let list = piece.kind() == Kind::Array;
            let edges = take_apart(piece)?;
            *self = Self::Open { list, edges };
        }
        match self {
            Self::Open { edges, .. } => Some(edges),
            Self::Whole(_) => None,
        }
    }

    /// Adds an edge; what was a scalar becomes an object.
    fn push(&mut self, edge: Edge) {
        if let Some(edges) = self.edges() {
            return edges.push(edge);
        }
        let list = matches!(self, Self::Whole(piece) if piece.kind() == Kind::Array);
        *self = Self::Open { list, edges: vec![edge] };
    }

    /// The first edge that `step` names literally.
    pub(super) fn edge(&mut self, step: &Step) -> Option<&mut Edge> {
        self.edges()?.iter_mut().find(|edge| step.names(&edge.label))
    }

    /// Gives the first edge that `step` names literally another label. In an object what moves wins over what has the
    /// label already; KrakenD keeps either, at random.
    pub(super) fn rename(&mut self, step: &Step, label: Label) {
        let Some(edges) = self.edges() else { return };
        let Some(at) = edges.iter().position(|edge| step.names(&edge.label)) else { return };
        edges[at].label = label;
        if edges[at + 1..].iter().any(|other| other.label.is(&edges[at].label)) {
            let edge = edges.remove(at);
            edges.push(edge);
        }
    }

    /// Takes the first edge out that `step` names literally.
    pub(super) fn take(&mut self, step: &Step) -> Option<Edge> {
        let edges = self.edges()?;
        let at = edges.iter().position(|edge| step.names(&edge.label))?;
        Some(edges.remove(at))
    }

    /// Calls `each` with every node that `steps` lead to and the labels on the way.
    pub(super) fn visit(
        &mut self,
        steps: &[Step],
        labels: &mut Vec<Label>,
        each: &mut dyn FnMut(&mut Node, &[Label]),
    ) {
        let Some((step, rest)) = steps.split_first() else { return each(self, labels) };
        for edge in self.edges().into_iter().flatten() {
            if step.is_any() || step.names(&edge.label) {
                labels.push(edge.label.clone());
                edge.node.visit(rest, labels, each);
                labels.pop();
                if !step.is_any() {
                    break;
                }
            }
        }
    }

    /// Removes what `steps` lead to.
    pub(super) fn delete(&mut self, steps: &[Step]) {
        match steps {
            [] => {}
            [last] if last.is_any() => self.edges().into_iter().for_each(Vec::clear),
            [last] => drop(self.take(last)),
            [any, rest @ ..] if any.is_any() => {
                self.edges().into_iter().flatten().for_each(|edge| edge.node.delete(rest));
            }
            [step, rest @ ..] => self.edge(step).into_iter().for_each(|edge| edge.node.delete(rest)),
        }
    }

    /// What `steps` lead to; for a wildcard the array of its matches, `null` for those where the way ends early.
    pub(super) fn get(&mut self, steps: &[Step]) -> Option<Piece> {
        let Some((step, rest)) = steps.split_first() else { return Some(self.clone().into_piece()) };
        if !step.is_any() {
            return self.edge(step)?.node.get(rest);
        }
        let found = self.edges()?.iter_mut().map(|edge| edge.node.get(rest).unwrap_or_else(null));
        Some(Piece::Array(found.collect()))
    }

    /// Puts an array at the end of `steps`, which are taken literally.
    pub(super) fn set_list(&mut self, steps: &[Step], items: Vec<Piece>) {
        let Some((step, rest)) = steps.split_first() else {
            *self = Self::Whole(Piece::Array(items));
            return;
        };
        if let Some(edge) = self.edge(step) {
            return edge.node.set_list(rest, items);
        }
        let mut node = Node::Open { list: false, edges: Vec::new() };
        node.set_list(rest, items);
        self.push(Edge { label: step.label(), node });
    }

    /// Adds `edge` at the end of `way`, or to the deepest node on the way that exists.
    pub(super) fn attach(&mut self, way: &[Label], edge: Edge) {
        if let Some((label, rest)) = way.split_first()
            && let Some(next) = self.edges().into_iter().flatten().find(|next| next.label.is(label))
        {
            return next.node.attach(rest, edge);
        }
        self.push(edge);
    }

    /// Adds `edge` at the end of `way`, creating what is missing.
    pub(super) fn embed(&mut self, way: &[Step], edge: Edge) {
        let Some((step, rest)) = way.split_first() else { return self.push(edge) };
        if let Some(next) = self.edge(step) {
            return next.node.embed(rest, edge);
        }
        let mut node = Node::Open { list: false, edges: Vec::new() };
        node.embed(rest, edge);
        self.push(Edge { label: step.label(), node });
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
fn take_apart(piece: &mut Piece) -> Option<Vec<Edge>> {
    let edges: Vec<Edge> = match piece.kind() {
        Kind::Object => {
            let edge =
                |member: Member| Edge { label: Label::Key(member.key), node: Node::Whole(member.value) };
            piece.clone().into_object()?.members.into_iter().map(edge).collect()
        }
        Kind::Array => {
            let edge = |(i, item)| Edge { label: Label::Index(i), node: Node::Whole(item) };
            piece.clone().into_items()?.into_iter().enumerate().map(edge).collect()
        }
        _ => return None,
    };
    (!edges.is_empty()).then_some(edges)
}

fn null() -> Piece {
    Value::Null.into()
}
