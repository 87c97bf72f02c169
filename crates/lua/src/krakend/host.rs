//! The surroundings of a script: the gateway's, and plain ones for tests and fuzzers.

use super::message::{Request, Response};

/// The surroundings of a script.
pub trait Host {
    /// The request.
    fn request(&mut self) -> &mut Request;
    /// The response, in a post script.
    fn response(&mut self) -> Option<&mut Response>;
    /// Takes a line that the script printed.
    fn print(&mut self, line: &str);
    /// Seconds since 1970.
    fn now(&self) -> f64;
    /// A random number from 0 up to, but not including, 1.
    fn random(&mut self) -> f64;
}

/// Surroundings that a test makes up and looks at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlainHost {
    /// The request.
    pub request: Request,
    /// The response.
    pub response: Option<Response>,
    /// What scripts printed.
    pub printed: Vec<String>,
    /// The time.
    pub now: f64,
    /// The next random number.
    pub random: f64,
}

// === impl PlainHost ===

impl Host for PlainHost {
    fn request(&mut self) -> &mut Request {
        &mut self.request
    }
    fn response(&mut self) -> Option<&mut Response> {
        self.response.as_mut()
    }
    fn print(&mut self, line: &str) {
        self.printed.push(line.to_owned());
    }
    fn now(&self) -> f64 {
        self.now
    }
    fn random(&mut self) -> f64 {
        self.random
    }
}
