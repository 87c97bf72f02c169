//! Names and passwords of requests.

use std::fmt;
use std::rc::Rc;

use fjord_document::node::Node;
use fjord_encoding::base64;

use super::users::{Look, SharedUsers, Users};
use crate::context::Cx;
use crate::features::auth::refuse::refuse;
use crate::gateway::{Global, Handler, Incoming, NextHandler};
use crate::options::{Refusal, Site};
use crate::platform::{Answer, Level, LocalFuture};

/// The users of one endpoint.
struct Guard(Rc<Users>);

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denied {
    NoCredentials,
    Wrong,
    Spent,
}

/// Reads the users of the service for its endpoints; requests aren't changed.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn share(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    if let Some(users) = Users::read(site, node)? {
        site.environment.shared::<SharedUsers>().get_or_init(|| Rc::new(users));
    }
    Ok(None)
}

/// Compiles the check of an endpoint.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let users = match Users::read(site, node)? {
        Some(own) => Rc::new(own),
        None => site.environment.shared::<SharedUsers>().get().map(Rc::clone).ok_or_else(|| {
            Refusal::new("there are no users, neither here nor in auth/basic of the service")
        })?,
    };
    Ok(Some(Box::new(Guard(users))))
}

impl Handler for Guard {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        let Err(denied) = self.admit(&incoming, cx.io.now()) else { return next.run(cx, incoming) };
        let mut answer = refuse(cx, "BasicAuth", Level::Warning, denied.status(), &denied);
        if denied.status() == 401 {
            // It has to say what it wants (RFC 9110, 11.6.1).
            answer.headers.set("Www-Authenticate", "Basic realm=\"Restricted\"");
        }
        Box::pin(std::future::ready(answer))
    }
}

// === impl Guard ===

impl Guard {
    fn admit(&self, incoming: &Incoming, now: f64) -> Result<(), Denied> {
        let line = incoming.headers.get("Authorization").ok_or(Denied::NoCredentials)?;
        let coded = line.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Basic"));
        let coded = coded.map(|(_, coded)| coded.trim()).ok_or(Denied::NoCredentials)?;
        let bytes = base64::decode(coded).ok_or(Denied::Wrong)?;
        let text = String::from_utf8(bytes).map_err(|_| Denied::Wrong)?;
        let (name, password) = text.split_once(':').ok_or(Denied::Wrong)?;
        match self.0.admit(name, password, &incoming.client_ip, now) {
            Look::Right => Ok(()),
            Look::Wrong => Err(Denied::Wrong),
            Look::Spent => Err(Denied::Spent),
        }
    }
}

// === impl Denied ===

impl Denied {
    fn status(self) -> u16 {
        match self {
            Self::NoCredentials | Self::Wrong => 401,
            Self::Spent => 429,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCredentials => "there are no credentials",
            Self::Wrong => "the user or the password is wrong",
            Self::Spent => "the client's address has sent too many wrong passwords",
        })
    }
}
