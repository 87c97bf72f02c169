//! `backend/static-filesystem`: answers with files.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/static-filesystem",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Refused(
        "an Enterprise feature that Fjord doesn't have; put the files into static assets and use the host `service://ASSETS`",
    ),
    check: None,
    doc: "Answers with files.",
    value: Kind::Object(&[
        opt("directory_listing", Kind::Bool, "List folders.").default("false"),
        opt("path", Kind::Str, "Folder.").required(),
    ]),
};
