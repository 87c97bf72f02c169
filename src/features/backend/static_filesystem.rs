//! `backend/static-filesystem`: answers with files.

use crate::options::check::Hosts;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/static-filesystem",
    Scopes::BACKEND,
    "Answers with files.",
    Kind::Object(&[
        opt("directory_listing", Kind::Bool, "List folders.").default("false"),
        opt("path", Kind::Str, "Folder.").required(),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; put the files into static assets and use the host `service://ASSETS`",
)
.hosts(Hosts::Elsewhere);
