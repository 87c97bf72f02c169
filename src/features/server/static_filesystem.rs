//! `server/static-filesystem`: serves files of a folder.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "server/static-filesystem",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    check: None,
    doc: "Serves files of a folder.",
    value: Kind::Object(&[
        opt("directory_listing", Kind::Bool, "List folders.").default("false"),
        opt("path", Kind::Str, "Folder.").required(),
        opt("prefix", Kind::Str, "URL prefix taken before routing.").required(),
        opt("skip", Kind::STRINGS, "Prefixes passed on to the router."),
    ]),
};
