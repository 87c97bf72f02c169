//! What clients get in place of a request or an answer that isn't let through.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::options::check::{Findings, Spot};
use crate::options::{Kind, Opt, Options, Refusal, opt};
use crate::proxy::Error;

/// The options of a custom rejection.
pub static ERROR: &[Opt] = &[
    opt("body", Kind::Str, "Body text (empty = engine message, only logged unless returned).")
        .default("\"\""),
    opt("content_type", Kind::Str, "Content-Type of body (text/plain).").default("\"text/plain\""),
    opt("status", Kind::INT, "HTTP status (500).").default("500"),
];

/// The statuses of a rejection.
const STATUSES: RangeInclusive<u16> = 400..=599;

/// Why another status is refused.
const NO_FAILURE: &str =
    "the status of an error is 400 to 599: clients take any other for an answer that fits";

/// What clients get.
#[derive(Debug)]
pub struct Rejection {
    status: u16,
    /// The body and its type; none for the engine's own message, which only `return_error_msg` shows.
    body: Option<(String, String)>,
}

// === impl Rejection ===

impl Rejection {
    /// Reads the options of a rejection; without any it's a 500.
    ///
    /// # Errors
    /// If one has a value of the wrong type, or the status isn't that of a failure.
    pub fn read(options: Option<Options<'_>>) -> Result<Self, Refusal> {
        let Some(options) = options else { return Ok(Self { status: 500, body: None }) };
        let mut rejection = Self::new(options.int("status")?, options.str("body")?)?;
        if let Some((_, content_type)) = &mut rejection.body {
            options.str("content_type")?.clone_into(content_type);
        }
        Ok(rejection)
    }

    /// A rejection with a text; an empty one stands for the engine's own.
    ///
    /// # Errors
    /// If the status isn't that of a failure.
    pub fn new(status: i64, body: &str) -> Result<Self, Refusal> {
        let status = u16::try_from(status).ok().filter(|status| STATUSES.contains(status));
        let status = status.ok_or_else(|| Refusal::new(NO_FAILURE))?;
        let body = (!body.is_empty()).then(|| (body.to_owned(), "text/plain".to_owned()));
        Ok(Self { status, body })
    }

    /// Says what of the options can't be served.
    pub fn check(error: &Spot<'_>, findings: &mut Findings<'_>) {
        if let Some(status) = error.get("status")
            && let Some(number) = status.f64()
            && !(f64::from(*STATUSES.start())..=f64::from(*STATUSES.end())).contains(&number)
        {
            findings.add(status.error("out-of-range", NO_FAILURE));
        }
    }

    /// The error for clients; `otherwise` makes the one of the engine.
    pub fn error(&self, otherwise: impl FnOnce() -> Error) -> Error {
        match &self.body {
            Some((body, content_type)) => Error {
                status: Some(self.status),
                content_type: Some(content_type.clone()).filter(|text| !text.is_empty()),
                ..Error::answer(Cow::Owned(body.clone()))
            },
            None => otherwise().with_status(self.status),
        }
    }
}
