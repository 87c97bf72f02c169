//! `router`: sets how requests find their endpoint, and what the router answers itself.

mod check;

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "router",
    Scopes::SERVICE,
    "Sets how requests find their endpoint, and what the router answers itself.",
    Kind::Object(&[
        opt("app_engine", Kind::Bool, "Takes the client's address from Google App Engine's headers.")
            .no_effect("nothing runs on Google App Engine here"),
        opt("auto_options", Kind::Bool, "Answers OPTIONS on each path with the methods it has."),
        opt("decompress_gzip", Kind::INT, "Unpacks request bodies.")
            .default("0")
            .enterprise()
            .no_effect("an Enterprise option; bodies go to the backend as they come"),
        opt(
            "disable_access_log",
            Kind::Bool,
            "Logs no line for each request. Only with telemetry/logging there is one at all.",
        )
        .default("false"),
        opt("disable_gzip", Kind::Bool, "Doesn't pack answers.")
            .default("false")
            .enterprise()
            .no_effect("the platform packs answers"),
        opt(
            "disable_handle_method_not_allowed",
            Kind::Bool,
            "Answers 404 instead of 405 to a method that a path doesn't have.",
        ),
        opt("disable_health", Kind::Bool, "Serves no health page.").default("false"),
        opt(
            "disable_path_decoding",
            Kind::Bool,
            "Doesn't refuse path values that are encoded twice or hold ? or #.",
        ),
        opt(
            "disable_redirect_fixed_path",
            Kind::Bool,
            "Doesn't redirect to the path that differs only in case or in extra slashes.",
        ),
        opt(
            "disable_redirect_trailing_slash",
            Kind::Bool,
            "Doesn't redirect to the path with or without the last slash.",
        ),
        opt(
            "error_body",
            Kind::Object(&[
                opt("404", Kind::FREE, "Any JSON, sent with status 404."),
                opt("405", Kind::FREE, "Any JSON, sent with status 405."),
            ]),
            "The bodies of 404 and 405.",
        ),
        opt(
            "forwarded_by_client_ip",
            Kind::Bool,
            "Takes the client's address from the headers of trusted proxies.",
        )
        .default("true"),
        opt("health_path", Kind::Str, "The path of the health page.").default("\"/__health\""),
        opt("hide_version_header", Kind::Bool, "Sends X-Krakend without the version.").default("false"),
        opt("logger_skip_paths", Kind::STRINGS, "Paths whose requests aren't logged."),
        opt("max_multipart_memory", Kind::INT, "Memory for multipart bodies.")
            .no_effect("bodies are not parsed as multipart"),
        opt("max_payload", Kind::NATURAL, "The largest request body in bytes; more is 413. 0 for no limit.")
            .default("0")
            .enterprise(),
        opt("remote_ip_headers", Kind::STRINGS, "The headers to look for the client's address."),
        opt("remove_extra_slash", Kind::Bool, "Matches paths as if repeated slashes were one.")
            .default("false"),
        opt("return_error_msg", Kind::Bool, "Sends the error's text as the body of an answer that failed.")
            .default("false"),
        opt("trusted_proxies", Kind::STRINGS, "Addresses and networks of proxies whose headers count."),
    ]),
)
.aliases(&["github_com/luraproject/lura/router/gin"])
.check(check::check);

/// The options of the `router` that say whose word about the client's address counts.
pub const TRUST: [&str; 3] = ["forwarded_by_client_ip", "remote_ip_headers", "trusted_proxies"];
