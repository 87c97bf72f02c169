//! `backend/soap`: calls a SOAP service with an envelope from a template.

use fjord_document::node::Node;

use crate::features::modifier::generator;
use crate::options::{Capability, Compiled, Kind, Namespace, Scopes, Site, namespace, opt};
use crate::proxy::Layer;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/soap",
    Scopes::BACKEND,
    "Calls a SOAP service with an envelope from a template.",
    Kind::With(
        &Kind::Object(&[
            opt("content_type", Kind::Str, "The Content-Type of the envelope.").default("\"text/xml\""),
            opt("debug", Kind::Bool, "Logs what the template gets and makes, at the level DEBUG.")
                .default("false"),
            opt("path", Kind::File, "The file of the template."),
            opt("template", Kind::Str, "The template itself, in base64."),
            opt(
                "variables",
                Kind::FREE,
                "Fjord extension here: values for the template, which finds them in `.variables`.",
            ),
        ]),
        generator::ONE_TEMPLATE,
    ),
)
.requires(Capability::Templates)
.enterprise()
.check(generator::check_input);

/// Compiles the envelope.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn compile(site: &Site<'_>, node: &Node) -> Compiled<dyn Layer> {
    generator::post(site, node, &NAMESPACE)
}
