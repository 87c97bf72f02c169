//! `backend/http`: tells the client about failures of the backend.

pub mod client;

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/http",
    Scopes::BACKEND,
    "Tells the client about failures of the backend.",
    Kind::With(
        &Kind::Object(&[
            opt("return_error_code", Kind::Bool, "Answers with the status of the backend when it fails."),
            opt("return_error_details", Kind::Str, "Puts the failure into the answer as error_NAME."),
        ]),
        &[Rule::OneOf(&[&["return_error_details"], &["return_error_code"]]), Rule::Open],
    ),
)
.aliases(&["github.com/devopsfaith/krakend/http"]);
