//! Which backends of a pipe are called for a request (`backend/conditional`).

use crate::context::Cx;

use super::{Backend, Blame, Error, Request};

/// Decides by a request whether something is called.
pub trait Condition {
    /// Whether it holds for a request.
    fn holds(&self, cx: Cx<'_>, request: &Request) -> bool;
}

/// When a backend is called.
pub enum When {
    /// If the condition holds.
    If(Box<dyn Condition>),
    /// If no condition of another backend holds.
    Otherwise,
}

/// Whether a backend is called for a request, among `all` those of its pipe.
pub(super) fn is_called(backend: &Backend, all: &[Backend], cx: Cx<'_>, request: &Request) -> bool {
    match &backend.when {
        None => true,
        Some(When::If(condition)) => condition.holds(cx, request),
        Some(When::Otherwise) => !all
            .iter()
            .any(|other| matches!(&other.when, Some(When::If(condition)) if condition.holds(cx, request))),
    }
}

/// The error of a request for which no backend is called.
pub(super) fn nobody() -> Error {
    Error::of_step(Blame::Client, "no backend is called: none of the conditions holds")
}
