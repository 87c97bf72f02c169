//! `backend/http`: tells the client about failures of the backend.

pub mod client;

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/http",
    aliases: &["github.com/devopsfaith/krakend/http"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::Implemented,
    check: None,
    doc: "Tells the client about failures of the backend.",
    value: Kind::With(
        &Kind::Object(&[
            opt("return_error_code", Kind::Bool, "Answers with the status of the backend when it fails."),
            opt("return_error_details", Kind::Str, "Puts the failure into the answer as error_NAME."),
        ]),
        &[Rule::OneOf(&[&["return_error_details"], &["return_error_code"]]), Rule::Open],
    ),
};
