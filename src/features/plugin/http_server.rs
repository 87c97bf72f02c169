//! `plugin/http-server`: lets requests pass through workers that stand in for Go plugins, before the router.

mod step;

use super::{req_resp_modifier, shipped, workers};
use crate::features::server::static_filesystem::StaticFiles;
use crate::options::check::{Around, Findings, Purpose, Spot};
use crate::options::{Capability, Kind, Namespace, Rule, Scopes, namespace, opt};

use shipped::{IpFilter, UrlRewrite};
pub use step::{compile, rewrites};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "plugin/http-server",
    Scopes::SERVICE,
    "Lets requests pass through plugins before the router: workers that `@fjord.plugins` names.",
    Kind::With(
        &Kind::Object(&[
            opt(
                "geoip",
                Kind::Object(&[opt("citydb_path", Kind::Str, "The file of the database.").required()]),
                "Adds headers with the place of the client.",
            )
            .enterprise()
            .no_effect(NOT_LISTED),
            opt("ip-filter", Kind::Object(req_resp_modifier::IP_FILTER), "Lets clients in by address.")
                .enterprise(),
            opt(
                "jwk-aggregator",
                Kind::Object(&[
                    opt("cache", Kind::Bool, "Honour origin cache headers."),
                    opt("origins", Kind::STRINGS, "JWKS URLs.").required(),
                    opt("port", Kind::INT, "Local port.").required(),
                ]),
                "Serves the key sets of several servers as one.",
            )
            .enterprise()
            .no_effect(NOT_LISTED),
            opt("name", Kind::STRINGS, "The plugins; the last one is the first that sees a request.")
                .default("[]")
                .required(),
            opt(
                "redis-ratelimit",
                Kind::Object(&[
                    opt("burst", Kind::INT, "Extra requests over the rate.").required(),
                    opt("host", Kind::Str, "Redis host:port.").required(),
                    opt("period", Kind::Duration, "Window.").required(),
                    opt("rate", Kind::INT, "Requests per window.").required(),
                    opt(
                        "tokenizer",
                        Kind::Enum(&["jwt", "ip", "url", "path", "header", "param", "cookie"]),
                        "Key source jwt/ip/url/path/header/param/cookie.",
                    )
                    .required(),
                    opt("tokenizer_field", Kind::Str, "Key field."),
                ]),
                "Limits requests with counters in Redis.",
            )
            .enterprise()
            .no_effect(NOT_LISTED)
            .deprecated("qos/ratelimit/service/redis"),
            opt(
                "static-filesystem",
                Kind::Object(&[
                    opt("path", Kind::Folder, "The folder, in that of the worker's static assets.")
                        .required(),
                    opt("prefix", Kind::Str, "What the paths of requests for files begin with.").required(),
                    opt(
                        "skip",
                        Kind::STRINGS,
                        "What the paths begin with that go to the router nevertheless.",
                    ),
                ]),
                "Answers requests below a prefix with files.",
            )
            .enterprise()
            .deprecated("server/static-filesystem"),
            opt(
                "url-rewrite",
                Kind::With(
                    &Kind::Object(&[
                        opt("literal", Kind::FREE, "Exact map."),
                        opt("regexp", Kind::List(&Kind::STRINGS), "[[re, target]…]."),
                    ]),
                    &[Rule::AnyOf(&[&["literal"], &["regexp"]])],
                ),
                "Serves endpoints under other paths.",
            )
            .enterprise(),
            opt(
                "virtualhost",
                Kind::Object(&[opt("hosts", Kind::STRINGS, "Hosts.").required()]),
                "Serves several host names.",
            )
            .enterprise()
            .deprecated("server/virtualhost"),
            opt(
                "wildcard",
                Kind::Object(&[opt("endpoints", Kind::FREE, "Endpoint→prefix list.").required()]),
                "Serves all paths under a prefix.",
            )
            .enterprise()
            .no_effect(NOT_LISTED)
            .deprecated("an endpoint that ends in /*"),
        ]),
        &[Rule::Free],
    ),
)
.requires(Capability::Plugins)
.aliases(&["github_com/devopsfaith/krakend/transport/http/server/handler"])
.calls(Purpose::Plugins, |spot| workers::count(spot, &shipped::SERVER))
.check(check);

const NOT_LISTED: &str = "an Enterprise plugin that Fjord doesn't have: `name` with it is refused";

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let instead = "put the logic into a worker before or after this one (geoip: rules of the platform; wildcard: endpoints that end in /*; \
                   static-filesystem: server/static-filesystem)";
    shipped::check(spot, &shipped::SERVER, findings);
    if let Some(filter) = spot.get("ip-filter") {
        IpFilter::check(&filter, findings);
    }
    if let Some(files) = spot.get("static-filesystem") {
        StaticFiles::check(&files, findings);
    }
    if let Some(rewrite) = spot.get("url-rewrite") {
        UrlRewrite::check(&rewrite, findings);
    }
    workers::check(spot, around, &shipped::SERVER, instead, findings);
}
