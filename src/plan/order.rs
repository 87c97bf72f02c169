//! What can stand where: every configurable step, in the order of execution, outermost first (spec §1).
//!
//! A step that isn't configured isn't compiled, isn't in the plan, and costs nothing. To add one: a file in
//! [`features`](crate::features) and a line here.

use crate::config::node::Node;
use crate::gateway::{Global, Handler};
use crate::proxy::{Exchange, Layer};

use super::build::{Refusal, Site};

/// A step that can be configured.
pub struct Step<T: ?Sized> {
    /// The namespace that configures it.
    pub namespace: &'static str,
    /// Compiles the namespace's value; nothing if it switches the step off.
    pub compile: fn(&Site<'_>, &Node) -> Result<Option<Box<T>>, Refusal>,
}

/// Around everything, the router's redirects included.
pub static OUTER: &[Step<dyn Global>] = &[];

/// Around everything that is routed; not around redirects and the health answer.
pub static GLOBAL: &[Step<dyn Global>] = &[];

/// Around an endpoint's pipe, on the client's request.
pub static HANDLERS: &[Step<dyn Handler>] = &[];

/// Around an endpoint's pipe. The shadow split stands between these and [`DATA`].
pub static LAYERS: &[Step<dyn Layer>] = &[];

/// Around the merge; they apply to the shadow pipe, too.
pub static DATA: &[Step<dyn Layer>] =
    &[Step { namespace: "proxy", compile: crate::features::proxy::fixed::compile }];

/// Around one backend's call.
pub static BACKEND: &[Step<dyn Layer>] = &[];

/// Around the exchange with the origin, redirects included.
pub static AROUND: &[Step<dyn Exchange>] = &[];

/// Around each hop of the exchange.
pub static HOP: &[Step<dyn Exchange>] = &[];
