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
    "a worker has no file system; declare the folder as its static assets, and call the host `service://ASSETS`",
)
.hosts(Hosts::Elsewhere);
