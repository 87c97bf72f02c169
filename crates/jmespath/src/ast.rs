//! The tree of an expression.

use fjord_json::Value;

use crate::functions::Function;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// `@`, also where nothing is written.
    Current,
    Field(String),
    Index(i64),
    Slice(Slice),
    Literal(Value),
    /// `a.b`, `a | b`: the second on the result of the first.
    Then(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    /// `a[]`
    Flatten(Box<Node>),
    /// `a[*].b`: the second for each item of the first.
    Items(Box<Node>, Box<Node>),
    /// `a.*.b`
    Members(Box<Node>, Box<Node>),
    /// `a[?condition].b`
    Filter(Box<Node>, Box<Node>, Box<Node>),
    List(Vec<Node>),
    Hash(Vec<(String, Node)>),
    Call(&'static Function, Vec<Node>),
    /// `&a`: the argument of `sort_by` and its relatives.
    Reference(Box<Node>),
}

/// `[start:stop:step]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    pub start: Option<i64>,
    pub stop: Option<i64>,
    /// Not 0.
    pub step: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
