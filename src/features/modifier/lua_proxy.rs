//! `modifier/lua-proxy`: runs Lua around the backends of an endpoint.

use super::lua;
use crate::features::modifier::lua_endpoint;
use crate::options::{Edition, Kind, Namespace, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/lua-proxy",
    aliases: &["github.com/devopsfaith/krakend-lua/proxy"],
    scopes: Scopes::ENDPOINT.and(Scopes::WORKFLOW),
    edition: Edition::Ce,
    support: Support::Implemented,
    check: Some(lua::check),
    doc: "Runs Lua around the backends of an endpoint.",
    value: Kind::Object(lua_endpoint::OPTIONS),
};
