//! `modifier/response-body`: changes texts in the answer.

use crate::options::{Edition, Kind, Namespace, Opt, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/response-body",
    aliases: &[],
    scopes: Scopes::ENDPOINT.and(Scopes::BACKEND),
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have, and what it masks would be sent; remove fields with `deny`, change texts in modifier/lua-proxy",
    ),
    check: None,
    doc: "Changes strings in the answer.",
    value: Kind::Object(&[opt(
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
};

static LITERAL: &[Opt] = &[
    opt("field", Kind::Str, "Dotted path to a string (no arrays).").required(),
    opt("find", Kind::Str, "Literal or RE2 to look for.").required(),
    opt("replace", Kind::Str, "Replacement.").required(),
];
