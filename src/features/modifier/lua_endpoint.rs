//! `modifier/lua-endpoint`: runs Lua on the request before everything else.

use super::lua;
use crate::options::{Capability, Kind, Namespace, Opt, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/lua-endpoint",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Runs Lua on the request before everything else.",
    Kind::Object(OPTIONS),
)
.requires(Capability::Lua)
.aliases(&["github.com/devopsfaith/krakend-lua/router"])
.check(lua::check_request);

/// Shared by several namespaces.
pub static OPTIONS: &[Opt] = &[
    opt("allow_open_libs", Kind::Bool, "Gives scripts the standard libraries.").default("false"),
    opt("live", Kind::Bool, "Reads the sources again for each request.")
        .default("false")
        .no_effect("sources are bundled with the configuration: a change of them is a new version"),
    opt("md5", Kind::Map(&Kind::Str), "The MD5 sums of the sources; another sum is a fault.")
        .refused("sources are bundled with the configuration and can't change after the build; leave it out"),
    opt("post", Kind::Str, "The code that runs on the answer."),
    opt("pre", Kind::Str, "The code that runs on the request."),
    opt("skip_next", Kind::Bool, "Doesn't call the backend: post starts from an empty answer.")
        .default("false"),
    opt("sources", Kind::List(&Kind::File), "Files with functions for pre and post."),
];
