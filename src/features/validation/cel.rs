//! `validation/cel`: lets through only what fulfils expressions over request, answer and token.
//!
//! Where KrakenD opens the door, this keeps it shut: an expression that cannot be evaluated there is dropped by KrakenD
//! (with a syntax error all of its list are); here its endpoint is refused (spec §25).

mod check;
mod checks;
mod layer;
mod variables;

pub(in crate::features) use check::{VARIABLES, at, headers, not_an_expression, parameters};
pub use checks::{Cause, Checks, Phase, Rejected, declared};
pub(in crate::features) use checks::{absent, all_hold};
pub(in crate::features) use layer::Members;
pub use variables::{RequestVariables, ResponseVariables, TokenVariables};

use fjord_document::node;
use fjord_document::node::Node;

use crate::options::{Capability, Kind, Namespace, Refusal, Rule, Scopes, Site, namespace, opt};
use crate::proxy::Layer;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "validation/cel",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Lets through only what fulfils expressions over request, answer and token.",
    Kind::With(
        &Kind::List(&Kind::Object(&[
            opt("check_expr", Kind::Str, "The expression that must be true.").required()
        ])),
        &[Rule::AtLeast(1)],
    ),
)
.requires(Capability::Cel)
.aliases(&["github.com/devopsfaith/krakend-cel"])
.check(check::check);

/// Compiles the checks of requests and responses; nothing if there are none.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let checks = read(node)?;
    let idle = checks.is_empty(Phase::Request) && checks.is_empty(Phase::Response);
    Ok((!idle).then(|| Box::new(layer::CheckLayer::new(checks)) as Box<dyn Layer>))
}

/// The checks of a namespace's value. `auth/validator` takes those of [`Phase::Token`] from the endpoint's.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn read(node: &Node) -> Result<Checks, Refusal> {
    let node::Kind::Array(items) = &node.kind else {
        return Err(Refusal::new("expected a list of checks"));
    };
    let expression = |(index, item): (usize, &'_ Node)| match item.get("check_expr").and_then(Node::as_str) {
        Some(expression) => Ok(expression.to_owned()),
        None => Err(Refusal(format!("check {index} has no check_expr"))),
    };
    let expressions: Vec<String> = items.iter().enumerate().map(expression).collect::<Result<_, _>>()?;
    Checks::compile(expressions.iter().map(String::as_str))
        .map_err(|(index, error)| Refusal(format!("check {index}: {error}")))
}
