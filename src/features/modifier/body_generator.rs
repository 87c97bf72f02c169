//! `modifier/body-generator`: writes the request body from a template; the old name of request-body-generator.

use fjord_document::node::Node;

use super::generator;

use crate::options::{Capability, Compiled, Namespace, Scopes, Site, namespace};
use crate::proxy::Layer;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/body-generator",
    Scopes::BACKEND,
    "Writes the request body from a template; the old name of request-body-generator.",
    generator::VALUE,
)
.requires(Capability::Templates)
.enterprise()
.check(generator::check_request)
.superseded("modifier/request-body-generator");

/// Compiles the generator.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn compile(site: &Site<'_>, node: &Node) -> Compiled<dyn Layer> {
    generator::request(site, node, &NAMESPACE)
}
