//! `modifier/lua-backend`: runs Lua around the call of a backend.

use super::lua;
use crate::features::modifier::lua_endpoint;
use crate::options::{Capability, Kind, Namespace, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/lua-backend",
    Scopes::BACKEND,
    "Runs Lua around the call of a backend.",
    Kind::Object(lua_endpoint::OPTIONS),
)
.requires(Capability::Lua)
.aliases(&["github.com/devopsfaith/krakend-lua/proxy/backend"])
.check(lua::check);
