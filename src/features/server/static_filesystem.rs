//! `server/static-filesystem`: serves files of a folder.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "server/static-filesystem",
    Scopes::SERVICE,
    "Serves files of a folder.",
    Kind::Object(&[
        opt("directory_listing", Kind::Bool, "List folders.").default("false"),
        opt("path", Kind::Str, "Folder.").required(),
        opt("prefix", Kind::Str, "URL prefix taken before routing.").required(),
        opt("skip", Kind::STRINGS, "Prefixes passed on to the router."),
    ]),
)
.enterprise()
.no_effect(
    "a worker has no file system; declare the folder as its static assets, which are served before the gateway, or let an endpoint call the host `service://ASSETS`",
);
