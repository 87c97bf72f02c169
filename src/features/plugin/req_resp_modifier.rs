//! `plugin/req-resp-modifier`: changes requests and responses in workers that stand in for Go plugins.

mod layer;
mod message;

use super::shipped::{IpFilter, MODIFIERS};
use super::{shipped, workers};
use crate::options::check::{Around, Findings, Purpose, Spot, looks};
use crate::options::{Capability, Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

pub use layer::compile;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "plugin/req-resp-modifier",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Changes requests and responses in plugins: workers that `@fjord.plugins` names.",
    Kind::With(
        &Kind::Object(&[
            opt(
                "content-replacer",
                Kind::With(
                    &Kind::Map(&Kind::Object(&[
                        opt("find", Kind::Str, "What to look for.").required(),
                        opt("regexp", Kind::Bool, "Reads find as a regular expression.").default("false"),
                        opt("replace", Kind::Str, "What to put in its place.").required(),
                    ])),
                    &[Rule::AtLeast(1)],
                ),
                "Replaces strings in fields of the answer.",
            )
            .enterprise()
            .deprecated("modifier/response-body"),
            opt("ip-filter", Kind::Object(IP_FILTER), "Lets clients in by address.").enterprise(),
            opt("name", Kind::STRINGS, "The plugins, in order.").default("[]"),
            opt(
                "response-schema-validator",
                Kind::Object(&[
                    opt(
                        "error",
                        Kind::Object(&[
                            opt("body", Kind::Str, "Error text.").default("\"\""),
                            opt("status", Kind::INT, "Error status.").default("500"),
                        ]),
                        "Custom rejection.",
                    ),
                    opt("schema", Kind::FREE, "JSON schema.").required(),
                ]),
                "Lets out only answers that fit a JSON schema.",
            )
            .enterprise()
            .deprecated("validation/response-json-schema"),
        ]),
        &[Rule::Free],
    ),
)
.requires(Capability::Plugins)
.aliases(&["github.com/devopsfaith/krakend/proxy/plugin"])
.calls(Purpose::Plugins, |spot| 2 * workers::count(spot, &MODIFIERS))
.check(check);

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    shipped::check(spot, &MODIFIERS, findings);
    if let Some(filter) = spot.get("ip-filter") {
        IpFilter::check(&filter, findings);
    }
    let names = spot.get("name");
    let reads = |name: Spot<'_>| matches!(name.str(), Some("content-replacer" | "response-schema-validator"));
    if names.is_some_and(|names| names.items().any(reads)) {
        looks::no_op(
            spot,
            around,
            "a no-op answer isn't decoded, so it can't be changed or checked",
            findings,
        );
    }
    workers::check(
        spot,
        around,
        &MODIFIERS,
        |_| "use modifier/lua-proxy, modifier/martian or validation/cel",
        findings,
    );
}

const ONE_ADDRESS: &str = "a client has one address here: the platform's, or that of the service's `router.remote_ip_headers` and `router.trusted_proxies`";

/// Shared by several namespaces.
pub static IP_FILTER: &[Opt] = &[
    opt("CIDR", Kind::STRINGS, "The networks.").required(),
    opt("allow", Kind::Bool, "Whether the networks are let in or kept out.").default("false").required(),
    opt("client_ip_headers", Kind::STRINGS, "The headers with the address of the client.")
        .no_effect(ONE_ADDRESS),
    opt("trusted_proxies", Kind::STRINGS, "The proxies whose headers count.").no_effect(ONE_ADDRESS),
];
