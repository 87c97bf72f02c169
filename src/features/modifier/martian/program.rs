//! What a configuration of modifiers compiles to, and how it runs.

use fjord_http::Query;

use super::answers::Answers;
use super::condition::Condition;
use super::cookie::Cookie;
use super::message::{Request, Response};

/// A modifier with the sides it works on.
#[derive(Debug)]
pub struct Program {
    pub(super) action: Action,
    pub(super) on_request: bool,
    pub(super) on_response: bool,
}

/// What a modifier does.
#[derive(Debug)]
pub(super) enum Action {
    /// In order; with `aggregate` the ones behind a failure run all the same.
    Group {
        programs: Vec<Program>,
        aggregate: bool,
    },
    Filter {
        condition: Box<Condition>,
        then: Box<Program>,
        otherwise: Option<Box<Program>>,
    },
    SetHeader {
        name: String,
        value: String,
    },
    AddHeader {
        name: String,
        value: String,
    },
    CopyHeader {
        from: String,
        to: String,
    },
    RemoveHeaders(Vec<String>),
    HeaderId(String),
    Body {
        content_type: String,
        body: Vec<u8>,
    },
    Url {
        scheme: String,
        host: String,
        path: String,
        query: String,
    },
    Query {
        name: String,
        value: String,
    },
    Port(Port),
    Cookie(Box<Cookie>),
    Stash(String),
    Status(u16),
    /// A verifier: it only records.
    Nothing,
}

/// What happens to the port of the URL.
#[derive(Debug, Clone, Copy)]
pub(super) enum Port {
    Use(i64),
    DefaultForScheme,
    Remove,
}

/// One side of an exchange.
pub(super) enum Side<'m> {
    Request(&'m mut Request),
    Response(&'m mut Response, &'m Request),
}

/// Where modifiers get something unique from: a UUID as text.
pub type Unique<'u> = dyn FnMut() -> String + 'u;

// === impl Program ===

impl Program {
    /// Changes a request; the error fails the backend.
    ///
    /// # Errors
    /// If a modifier fails, or its condition can't be read.
    pub fn modify_request(&self, request: &mut Request, unique: &mut Unique<'_>) -> Result<(), String> {
        self.run(&mut Side::Request(request), unique)
    }

    /// Changes the response to `request`; the error fails the backend.
    ///
    /// # Errors
    /// If a modifier fails, or its condition can't be read.
    pub fn modify_response(
        &self,
        response: &mut Response,
        request: &Request,
        unique: &mut Unique<'_>,
    ) -> Result<(), String> {
        self.run(&mut Side::Response(response, request), unique)
    }

    fn run(&self, side: &mut Side<'_>, unique: &mut Unique<'_>) -> Result<(), String> {
        let runs = match side {
            Side::Request(_) => self.on_request,
            Side::Response(..) => self.on_response,
        };
        if runs { self.action.run(side, unique) } else { Ok(()) }
    }
}

// === impl Action ===

impl Action {
    fn run(&self, side: &mut Side<'_>, unique: &mut Unique<'_>) -> Result<(), String> {
        match (self, side) {
            (Action::Group { programs, aggregate }, side) => run_group(programs, *aggregate, side, unique),
            (Action::Filter { condition, then, otherwise }, side) => match condition.holds(side)? {
                true => then.run(side, unique),
                false => otherwise.as_ref().map_or(Ok(()), |program| program.run(side, unique)),
            },
            (Action::SetHeader { name, value }, side) => {
                let value = side.answers().fill(value).into_owned();
                side.fields().set(name, &value)
            }
            (Action::AddHeader { name, value }, side) => {
                let value = side.answers().fill(value).into_owned();
                side.fields().add(name, &value)
            }
            (Action::CopyHeader { from, to }, side) => {
                let mut fields = side.fields();
                let value = fields.get(from);
                fields.set(to, &value)
            }
            (Action::RemoveHeaders(names), side) => {
                let mut fields = side.fields();
                names.iter().for_each(|name| fields.remove(name));
                Ok(())
            }
            (Action::HeaderId(name), Side::Request(request)) => {
                if request.headers.get(name).unwrap_or_default().is_empty() {
                    request.headers.set(name.clone(), unique());
                }
                Ok(())
            }
            (Action::Body { content_type, body }, Side::Request(request)) => {
                request.headers.set("Content-Type", content_type.as_str());
                request.headers.remove("Content-Encoding");
                request.framing.length = i64::try_from(body.len()).unwrap_or(i64::MAX);
                request.body = Some(body.clone());
                Ok(())
            }
            (Action::Body { content_type, body }, Side::Response(response, request)) => {
                super::range::set_body(response, request, content_type, body, unique)
            }
            (Action::Url { scheme, host, path, query }, Side::Request(request)) => {
                // The `Host` that is sent stays that of the URL before.
                let old_host = request.host.clone();
                for (new, old) in
                    [(scheme, &mut request.scheme), (host, &mut request.host), (query, &mut request.query)]
                {
                    if !new.is_empty() {
                        old.clone_from(new);
                    }
                }
                if !host.is_empty() {
                    request.framing.host.get_or_insert(old_host);
                }
                if !path.is_empty() {
                    request.set_path(path);
                }
                Ok(())
            }
            (Action::Query { name, value }, Side::Request(request)) => {
                let mut query = Query::parse(&request.query);
                query.set(name.as_str(), request.answers.fill(value));
                request.query = query.encode();
                Ok(())
            }
            (Action::Port(port), Side::Request(request)) => {
                port.apply(request);
                Ok(())
            }
            (Action::Cookie(cookie), Side::Request(request)) => {
                cookie.send(&mut request.headers);
                Ok(())
            }
            (Action::Cookie(cookie), Side::Response(response, _)) => {
                cookie.set(&mut response.headers);
                Ok(())
            }
            (Action::Stash(name), Side::Request(request)) => {
                let url = request.url();
                request.headers.set(name.clone(), url);
                Ok(())
            }
            (Action::Stash(name), Side::Response(response, request)) => {
                response.headers.set(name.clone(), request.headers.get(name).unwrap_or_default());
                Ok(())
            }
            (Action::Status(status), Side::Response(response, _)) => {
                response.status = *status;
                Ok(())
            }
            // Sides that these do not have; the scope has been checked.
            (
                Action::HeaderId(_) | Action::Url { .. } | Action::Query { .. } | Action::Port(_),
                Side::Response(..),
            )
            | (Action::Status(_), Side::Request(_))
            | (Action::Nothing, _) => Ok(()),
        }
    }
}

fn run_group(
    programs: &[Program],
    aggregate: bool,
    side: &mut Side<'_>,
    unique: &mut Unique<'_>,
) -> Result<(), String> {
    let mut errors: Vec<String> = Vec::new();
    for program in programs {
        match program.run(side, unique) {
            Err(error) if aggregate => errors.push(error),
            result => result?,
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

// === impl Port ===

impl Port {
    fn apply(self, request: &mut Request) {
        let (host, _) = request.host_and_port();
        let port = match self {
            Port::Use(port) => port,
            Port::DefaultForScheme if request.default_port() == 0 => return,
            Port::DefaultForScheme => request.default_port(),
            Port::Remove => 0,
        };
        let new = if port == 0 { host.to_owned() } else { format!("{host}:{port}") };
        let old = std::mem::replace(&mut request.host, new);
        request.framing.host.get_or_insert(old);
    }
}

// === impl Side ===

impl Side<'_> {
    fn answers(&self) -> &Answers {
        match self {
            Side::Request(request) => &request.answers,
            Side::Response(_, request) => &request.answers,
        }
    }

    pub(super) fn fields(&mut self) -> super::message::Fields<'_> {
        match self {
            Side::Request(request) => request.fields(),
            Side::Response(response, _) => response.fields(),
        }
    }
}
