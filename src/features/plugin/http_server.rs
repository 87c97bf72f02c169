//! `plugin/http-server`: lets requests pass through workers that stand in for Go plugins, before the router.

mod step;

use super::{req_resp_modifier, shipped, workers};
use crate::features::auth::aggregated;
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
                Kind::Object(&[opt("citydb_path", Kind::Str, "The file of the database.")
                    .required()
                    .no_effect("the platform itself knows where clients are")]),
                "Tells backends by the header `X-Geoip` where the client is.",
            )
            .enterprise(),
            opt("ip-filter", Kind::Object(req_resp_modifier::IP_FILTER), "Lets clients in by address.")
                .enterprise(),
            opt(
                "jwk-aggregator",
                Kind::Object(&[
                    opt(
                        "cache",
                        Kind::Bool,
                        "Whether a key set is fresh for as long as its server says in `Cache-Control`.",
                    )
                    .default("false"),
                    opt(
                        "origins",
                        Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]),
                        "The addresses of the key sets.",
                    )
                    .required(),
                    opt(
                        "port",
                        Kind::PORT,
                        "The port of the `jwk_url` that means all of them: `http://localhost:PORT`.",
                    )
                    .required(),
                ]),
                "Takes the keys of tokens from several servers.",
            )
            .enterprise(),
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

/// What does the work of a plugin that isn't here.
fn instead(name: &str) -> &'static str {
    match name {
        "wildcard" | "krakend-wildcard" => "write endpoints that end in /*: \"endpoint\": \"/foo/*\"",
        "redis-ratelimit" => "use qos/ratelimit/service, with a `binding` that counts for all isolates",
        "basic-auth" => "use auth/basic",
        "krakend-afero" => "use server/static-filesystem",
        "http-logger" => "use telemetry/opentelemetry, or the platform's own logs",
        _ => "put the logic into a worker before or after this one",
    }
}

/// Whether a service lists a plugin.
pub(in crate::features) fn lists(service: &Spot<'_>, plugin: &str) -> bool {
    let Some(space) = service.namespace(&NAMESPACE) else { return false };
    space.get("name").is_some_and(|names| names.items().any(|name| name.str() == Some(plugin)))
}

const NOT_LISTED: &str = "an Enterprise plugin that Fjord doesn't have: `name` with it is refused";

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    shipped::check(spot, &shipped::SERVER, findings);
    if let Some(filter) = spot.get("ip-filter") {
        IpFilter::check(&filter, findings);
    }
    if let Some(files) = spot.get("static-filesystem") {
        StaticFiles::check(&files, findings);
    }
    if let Some(aggregator) = spot.get("jwk-aggregator") {
        aggregated::check(&aggregator, findings);
    }
    if let Some(rewrite) = spot.get("url-rewrite") {
        UrlRewrite::check(&rewrite, findings);
    }
    workers::check(spot, around, &shipped::SERVER, instead, findings);
}
