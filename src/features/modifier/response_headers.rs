//! `modifier/response-headers`: adds, removes, renames and replaces headers of the answer.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/response-headers",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have, and headers that it removes would be sent; change them with modifier/martian at the backends, or by a transform rule of the zone",
    ),
    check: None,
    doc: "Adds, removes, renames and replaces headers of the answer.",
    value: Kind::With(
        &Kind::Object(&[
            opt(
                "add",
                Kind::With(&Kind::Map(&Kind::STRINGS), &[Rule::AtLeast(1)]),
                "Header→[values] appended.",
            ),
            opt("delete", Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]), "Header names removed."),
            opt(
                "rename",
                Kind::With(&Kind::Map(&Kind::Str), &[Rule::AtLeast(1)]),
                "Old→new (overwrites existing new).",
            ),
            opt(
                "replace",
                Kind::With(&Kind::Map(&Kind::STRINGS), &[Rule::AtLeast(1)]),
                "Header→[values] set.",
            ),
        ]),
        &[Rule::AtLeast(1)],
    ),
};
