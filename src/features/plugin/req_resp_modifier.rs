//! `plugin/req-resp-modifier`: changes requests and responses in workers that stand in for Go plugins.

mod layer;
mod message;

use super::workers;
use crate::options::check::{Around, Findings, Purpose, Spot};
use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

pub use layer::compile;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "plugin/req-resp-modifier",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW),
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
            .no_effect(NOT_LISTED)
            .deprecated("modifier/response-body"),
            opt("ip-filter", Kind::Object(IP_FILTER), "Lets clients in by address.")
                .enterprise()
                .no_effect(NOT_LISTED),
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
            .no_effect(NOT_LISTED)
            .deprecated("validation/response-json-schema"),
        ]),
        &[Rule::Free],
    ),
)
.aliases(&["github.com/devopsfaith/krakend/proxy/plugin"])
.calls(Purpose::Plugins, |spot| 2 * workers::count(spot))
.check(check);

const NOT_LISTED: &str = "an Enterprise plugin, which does nothing unless `name` lists it";

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let instead = "use modifier/lua-proxy, modifier/martian or validation/cel (ip-filter: a rule of the platform's firewall)";
    workers::check(spot, around, instead, findings);
}

/// Shared by several namespaces.
pub static IP_FILTER: &[Opt] = &[
    opt("CIDR", Kind::STRINGS, "The networks.").required(),
    opt("allow", Kind::Bool, "Whether the networks are let in or kept out.").default("false").required(),
    opt("client_ip_headers", Kind::STRINGS, "The headers with the address of the client."),
    opt("trusted_proxies", Kind::STRINGS, "The proxies whose headers count."),
];
