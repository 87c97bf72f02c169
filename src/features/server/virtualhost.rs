//! `server/virtualhost`: serves several host names.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "server/virtualhost",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have, and every host would reach every endpoint; give each host a worker with its own configuration, by routes of the zone",
    ),
    check: None,
    doc: "Serves several host names.",
    value: Kind::With(
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
};
