//! `plugin/http-client`: calls the backend through a Go plugin.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "plugin/http-client",
    aliases: &["github.com/devopsfaith/krakend/transport/http/client/executor"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::Implemented,
    check: None,
    doc: "Calls the backend through a Go plugin.",
    value: Kind::With(
        &Kind::Object(&[opt("name", Kind::Str, "The plugin.").refused(NO_PLUGINS)]),
        &[Rule::Free],
    ),
};

const NO_PLUGINS: &str = "Go plugins can not be loaded; call a worker instead: host service://BINDING";
