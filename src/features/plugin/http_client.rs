//! `plugin/http-client`: calls the backend through a Go plugin.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "plugin/http-client",
    Scopes::BACKEND,
    "Calls the backend through a Go plugin.",
    Kind::With(&Kind::Object(&[opt("name", Kind::Str, "The plugin.").refused(NO_PLUGINS)]), &[Rule::Free]),
)
.aliases(&["github.com/devopsfaith/krakend/transport/http/client/executor"])
.hosts(Hosts::Elsewhere);

const NO_PLUGINS: &str = "Go plugins can not be loaded; call a worker instead: host service://BINDING";
