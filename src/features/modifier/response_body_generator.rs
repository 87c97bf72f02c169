//! `modifier/response-body-generator`: writes the answer from a template.

use fjord_document::node::Node;

use super::generator;

use crate::options::{Capability, Compiled, Namespace, Scopes, Site, namespace};
use crate::proxy::Layer;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/response-body-generator",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Writes the answer from a template.",
    generator::VALUE,
)
.requires(Capability::Templates)
.enterprise()
.check(generator::check);

/// Compiles the generator.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn compile(site: &Site<'_>, node: &Node) -> Compiled<dyn Layer> {
    generator::response(site, node, &NAMESPACE)
}
