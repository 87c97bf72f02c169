//! `server/virtualhost`: serves several host names.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "server/virtualhost",
    Scopes::SERVICE,
    "Serves several host names.",
    Kind::With(
        &Kind::Object(&[
            opt(
                "aliased_hosts",
                Kind::Object(&[opt("[a-z0-9_]+", Kind::Str, "Host string.")]),
                "Alias→host map.",
            ),
            opt("hosts", Kind::STRINGS, "Host list (alias = host)."),
        ]),
        &[Rule::OneOf(&[&["hosts"], &["aliased_hosts"]])],
    ),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have, and every host would reach every endpoint; give each host a worker with its own configuration, by routes of the zone",
);
