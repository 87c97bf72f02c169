//! What a step can reach while it handles a request: the border to the host, what is configured around it, the deadline.

use std::rc::Rc;

use fjord_encoding::Output;
use fjord_http::redact;

use crate::log::Log;
use crate::platform::{Deadline, Io, Level};

/// What a step outside of an endpoint can reach.
#[derive(Clone, Copy)]
pub struct Reach<'a> {
    /// The border to the host.
    pub io: &'a Rc<Io>,
    /// The service.
    pub service: &'a Rc<ServiceInfo>,
}

/// What a step of an endpoint can reach.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// The border to the host.
    pub io: &'a Rc<Io>,
    /// The service.
    pub service: &'a Rc<ServiceInfo>,
    /// The endpoint that answers.
    pub endpoint: &'a Rc<EndpointInfo>,
    /// The nearest deadline: every wait for the outside is bounded by it.
    pub deadline: &'a Deadline<'a>,
}

/// What steps know of the service.
#[derive(Debug, Default)]
pub struct ServiceInfo {
    /// The value of the `X-Krakend` header.
    pub version_header: String,
    /// Show the text of errors (`router.return_error_msg`).
    pub return_error_msg: bool,
    /// What is logged, and how.
    pub log: Log,
}

/// What steps know of the endpoint that answers.
#[derive(Debug)]
pub struct EndpointInfo {
    /// The path, as configured.
    pub path: String,
    /// The method, upper-cased.
    pub method: String,
    /// Milliseconds for everything.
    pub timeout_ms: u32,
    /// The `Cache-Control` of a complete answer.
    pub cache_control: Option<String>,
    /// How the answer is rendered.
    pub output: Output,
    /// Whether its answers are cached at the edge (`@fjord.cache`).
    pub is_cached: bool,
}

/// Named values for `url_pattern` and the features: url parameters, claims (`JWT.x`), values of earlier responses
/// (`Resp0_x`). Names start with a capital as in KrakenD (spec §4).
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

// === impl Reach ===

impl Reach<'_> {
    /// Whether the service's level lets lines of this one through.
    pub fn logs(self, level: Level) -> bool {
        level >= self.service.log.level
    }

    /// Writes to the log if the service's level lets it through. Of the queries of URLs it has the names alone.
    pub fn log(self, level: Level, message: impl FnOnce() -> String) {
        if self.logs(level) {
            let trace = self.io.trace().map(|trace| trace.id);
            let message = message();
            self.io.log(level, self.service.log.line(self.io.now(), level, &redact::text(&message), trace));
        }
    }
}

// === impl Cx ===

impl<'a> Cx<'a> {
    /// The same, under a nearer deadline.
    pub fn within(self, deadline: &'a Deadline<'a>) -> Cx<'a> {
        Cx { deadline, ..self }
    }

    /// What of this steps outside of an endpoint have, too.
    pub fn reach(self) -> Reach<'a> {
        Reach { io: self.io, service: self.service }
    }

    /// Writes to the log if the service's level lets it through.
    pub fn log(self, level: Level, message: impl FnOnce() -> String) {
        self.reach().log(level, message);
    }
}

// === impl Params ===

impl Params {
    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sets `name`, replacing an earlier value.
    pub fn set(&mut self, name: &str, value: String) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
