//! `modifier/response-headers`: adds, removes, renames and replaces headers of the answer.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/response-headers",
    Scopes::SERVICE,
    "Adds, removes, renames and replaces headers of the answer.",
    Kind::With(
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
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and headers that it removes would be sent; change them with modifier/martian at the backends, or by a transform rule of the zone",
);
