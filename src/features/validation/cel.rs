//! `validation/cel`: lets through only what fulfils expressions over request, answer and token.

use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "validation/cel",
    aliases: &["github.com/devopsfaith/krakend-cel"],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Lets through only what fulfils expressions over request, answer and token.",
    value: Kind::With(
        &Kind::List(&Kind::Object(&[
            opt("check_expr", Kind::Str, "The expression that must be true.").required()
        ])),
        &[Rule::AtLeast(1)],
    ),
};
