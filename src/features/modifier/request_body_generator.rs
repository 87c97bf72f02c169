//! `modifier/request-body-generator`: writes the request body from a template.

use fjord_document::node::Node;

use super::generator;

use crate::options::{Capability, Compiled, Namespace, Scopes, Site, namespace};
use crate::proxy::Layer;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/request-body-generator",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Writes the request body from a template.",
    generator::VALUE,
)
.requires(Capability::Templates)
.enterprise()
.check(generator::check_request);

/// Compiles the generator.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn compile(site: &Site<'_>, node: &Node) -> Compiled<dyn Layer> {
    generator::request(site, node, &NAMESPACE)
}
