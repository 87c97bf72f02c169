//! `backend/lambda`: invokes an AWS Lambda function.

use crate::registry::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/lambda",
    aliases: &["github.com/devopsfaith/krakend-lambda"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Invokes an AWS Lambda function.",
    value: Kind::Object(&[
        opt("endpoint", Kind::Str, "The address of the service, if it isn't Amazon's."),
        opt("function_name", Kind::Str, "The function."),
        opt("function_param_name", Kind::Str, "The parameter that names the function."),
        opt("max_retries", Kind::INT, "How often a failed call is repeated.").default("0"),
        opt("region", Kind::Str, "The region."),
    ]),
};
