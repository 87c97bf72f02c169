//! `backend/graphql`: turns the call into a GraphQL query or mutation.

use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/graphql",
    aliases: &["github.com/devopsfaith/krakend/transport/http/client/graphql"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Turns the call into a GraphQL query or mutation.",
    value: Kind::With(
        &Kind::Object(&[
            opt("operationName", Kind::Str, "The operation of the document to run."),
            opt("query", Kind::Str, "The document."),
            opt("query_path", Kind::Str, "The file of the document."),
            opt(
                "type",
                Kind::Enum(&["query", "mutation"]),
                "query takes variables from the URL, mutation from the body.",
            ),
            opt("variables", Kind::FREE, "The variables; {placeholders} take values of the endpoint."),
            opt("method", Kind::Enum(&["GET", "POST"]), "The method of the call.").default("\"POST\""),
        ]),
        &[Rule::OneOf(&[&["type", "query"], &["type", "query_path"]])],
    ),
};
