//! `security/bot-detector`: refuses user agents that look like bots.

use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "security/bot-detector",
    aliases: &["github_com/devopsfaith/krakend-botdetector"],
    scopes: Scopes::SERVICE.and(Scopes::ENDPOINT),
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Refuses user agents that look like bots.",
    value: Kind::With(
        &Kind::Object(&[
            opt("allow", Kind::STRINGS, "User agents that are let in before all other rules.").default("[]"),
            opt("cache_size", Kind::NATURAL, "How many verdicts are kept; 0 for none."),
            opt("deny", Kind::STRINGS, "User agents that get 403.").default("[]"),
            opt("empty_user_agent_is_bot", Kind::Bool, "Refuses requests that name no user agent.")
                .default("false"),
            opt("patterns", Kind::STRINGS, "Regular expressions; a user agent with a match gets 403.")
                .default("[]"),
        ]),
        &[Rule::AtLeast(1)],
    ),
};
