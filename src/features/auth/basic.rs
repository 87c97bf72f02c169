//! `auth/basic`: asks for a user and a password.
//!
//! A feature of the Enterprise edition, built by its documentation: whoever isn't known gets 401 and no backend is called. An
//! endpoint with users of its own doesn't let in those of the service.

mod bcrypt;
mod handler;
mod users;

pub use handler::{compile, share};
pub use users::SharedUsers;

use super::unused::unused;
use crate::options::check::{Around, Findings, Spot};
use crate::options::{Capability, Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/basic",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Asks for a user and a password. At the service it declares users for the endpoints that have an empty one.",
    Kind::Object(&[
        opt(
            "htpasswd_path",
            Kind::File,
            "The file of the users, with bcrypt hashes (`htpasswd -B`); it is bundled with the configuration.",
        ),
        opt(
            "users",
            Kind::Map(&Kind::Str),
            "Users and the bcrypt hashes of their passwords, before those of the file. A cost of 5 takes some milliseconds of CPU \
             for the first look at a password, one more doubles it; 12 is the most.",
        ),
    ]),
)
.requires(Capability::Basic)
.enterprise()
.check(check)
.identifies();

/// Warns of users that no endpoint asks for.
fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    unused(&NAMESPACE, "a user", spot, around, findings);
}
