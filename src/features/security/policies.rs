//! `security/policies`: checks requests, answers and tokens against policies.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "security/policies",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
    "Checks requests, answers and tokens against policies.",
    Kind::With(
        &Kind::Object(&[
            opt("auto_join_policies", Kind::Bool, "AND-join policies of one kind in a single evaluation.")
                .default("false"),
            opt("debug", Kind::Bool, "Print inputs/results.").default("false"),
            opt("disable_macros", Kind::Bool, "Skip advanced macros for speed.").default("false"),
            opt(
                "jwt",
                Kind::Object(&[opt(
                    "policies",
                    Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]),
                    "CEL expressions that must all be true.",
                )
                .required()]),
                "Policies over token claims (needs auth/validator).",
            ),
            opt("req", Kind::Object(REQ), "Policies before next element."),
            opt("resp", Kind::Object(REQ), "Policies on the response."),
        ]),
        &[Rule::AnyOf(&[&["req"], &["resp"], &["jwt"]])],
    ),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; write the policies as validation/cel, which sees requests, answers and tokens",
);

static REQ: &[Opt] = &[
    opt("error", Kind::Object(ERROR), "Custom rejection."),
    opt(
        "policies",
        Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]),
        "CEL expressions that must all be true.",
    )
    .required(),
];

/// Shared by several namespaces.
pub static ERROR: &[Opt] = &[
    opt("body", Kind::Str, "Body text (empty = engine message, only logged unless returned).")
        .default("\"\""),
    opt("content_type", Kind::Str, "Content-Type of body (text/plain).").default("\"text/plain\""),
    opt("status", Kind::INT, "HTTP status (500).").default("500"),
];
