//! `modifier/lua-proxy`: runs Lua around the backends of an endpoint.

use super::lua;
use crate::features::modifier::lua_endpoint;
use crate::options::{Capability, Kind, Namespace, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/lua-proxy",
    Scopes::ENDPOINT.and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Runs Lua around the backends of an endpoint.",
    Kind::Object(lua_endpoint::OPTIONS),
)
.requires(Capability::Lua)
.aliases(&["github.com/devopsfaith/krakend-lua/proxy"])
.check(lua::check);
