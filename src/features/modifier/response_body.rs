//! `modifier/response-body`: changes texts in the answer.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/response-body",
    Scopes::ENDPOINT.and(Scopes::BACKEND),
    "Changes strings in the answer.",
    Kind::Object(&[opt(
        "modifiers",
        Kind::List(&Kind::With(
            &Kind::Object(&[
                opt("literal", Kind::Object(LITERAL), "Replace all occurrences of a literal."),
                opt(
                    "lower",
                    Kind::Object(&[
                        opt("field", Kind::Str, "Dotted path to a string (no arrays).").required()
                    ]),
                    "Lower-case the field.",
                ),
                opt("regexp", Kind::Object(LITERAL), "RE2 replace with $groups."),
                opt(
                    "trim",
                    Kind::Object(&[
                        opt("field", Kind::Str, "Dotted path to a string (no arrays).").required(),
                        opt("find", Kind::Str, "Literal or RE2 to look for.").required(),
                    ]),
                    "Strip a cutset at both ends.",
                ),
                opt(
                    "upper",
                    Kind::Object(&[
                        opt("field", Kind::Str, "Dotted path to a string (no arrays).").required()
                    ]),
                    "Upper-case the field.",
                ),
            ]),
            &[Rule::AtMost(1)],
        )),
        "Ordered list, each one object with one modifier.",
    )
    .default("[]")]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and what it masks would be sent; remove fields with `deny`, change texts in modifier/lua-proxy",
);

static LITERAL: &[Opt] = &[
    opt("field", Kind::Str, "Dotted path to a string (no arrays).").required(),
    opt("find", Kind::Str, "Literal or RE2 to look for.").required(),
    opt("replace", Kind::Str, "Replacement.").required(),
];
