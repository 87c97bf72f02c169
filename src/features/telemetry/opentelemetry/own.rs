//! The calls that the gateway makes for itself: a token, a key set, a function of Lambda, the addresses of a name. Each is a span inside
//! of the one that needs it. KrakenD reports none of them.

use std::rc::Rc;

use fjord_http::redact;

use crate::platform::{Body, Fetch, Fetched, HostError, Io, OwnCall, OwnCalls, Trace, host_of};

use super::exporter::Telemetry;
use super::otlp::{Span, SpanKind, SpanStatus};
use super::outlet::Outlet;
use super::request::span_id;

/// Reports the own calls of one request.
pub struct Own {
    /// Where they go.
    pub telemetry: Rc<Telemetry>,
    /// To which collectors.
    pub outlet: Rc<Outlet>,
}

/// A call under way. Dropped before its end, it was given up.
struct Report<'a> {
    io: &'a Io,
    telemetry: Rc<Telemetry>,
    outlet: Rc<Outlet>,
    id: u64,
    span: Option<Span>,
}

/// What tells these calls from those of backends.
const STAGE: &str = "own-request";

// === impl Own ===

impl OwnCalls for Own {
    fn begin<'a>(&self, io: &'a Io, trace: &'a Trace, call: &Fetch) -> Box<dyn OwnCall + 'a> {
        let (id, url) = (span_id(io), redact::url(&call.url));
        let path =
            url.split_once("://").map_or(&*url, |(_, rest)| &rest[rest.find(['/', '?']).unwrap_or(0)..]);
        let name = path.split('?').next().unwrap_or_default();
        let (buffer, state, parent) = (self.telemetry.buffer(), trace.state(), trace.current());
        let mut span = Span::begin(buffer, trace.id, state, id, parent, name, SpanKind::Client, io.now());
        let mut own = span.attributes();
        own.text("krakend.stage", STAGE);
        own.text("http.request.method", &call.method);
        own.text("url.full", &url);
        own.text("server.address", host_of(&call.url));
        let (telemetry, outlet) = (Rc::clone(&self.telemetry), Rc::clone(&self.outlet));
        Box::new(Report { io, telemetry, outlet, id, span: Some(span) })
    }
}

// === impl Report ===

impl OwnCall for Report<'_> {
    fn span(&self) -> u64 {
        self.id
    }

    fn end(mut self: Box<Self>, result: &Result<Fetched, HostError>) {
        let Some(mut span) = self.span.take() else { return };
        let status = match result {
            Ok(answer) => {
                let mut own = span.attributes();
                own.int("http.response.status_code", i64::from(answer.status));
                if let Body::Bytes(body) = &answer.body {
                    own.int("http.response.body.size", body.len() as i64);
                }
                SpanStatus::Ok
            }
            Err(error) => SpanStatus::Error(redact::text(&error.to_string()).into_owned()),
        };
        self.telemetry.keep(&self.outlet, span.end(self.io.now(), &status));
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if let Some(mut span) = self.span.take() {
            span.attributes().bool("canceled", true);
            self.telemetry.keep(&self.outlet, span.end(self.io.now(), &SpanStatus::Unset));
        }
    }
}
