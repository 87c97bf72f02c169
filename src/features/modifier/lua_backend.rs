//! `modifier/lua-backend`: runs Lua around the call of a backend.

use super::lua;
use crate::features::modifier::lua_endpoint;
use crate::options::{Edition, Kind, Namespace, Scopes, Support};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "modifier/lua-backend",
    aliases: &["github.com/devopsfaith/krakend-lua/proxy/backend"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::Implemented,
    check: Some(lua::check),
    doc: "Runs Lua around the call of a backend.",
    value: Kind::Object(lua_endpoint::OPTIONS),
};
