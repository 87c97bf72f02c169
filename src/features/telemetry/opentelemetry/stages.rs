//! The layers inside of a request: an endpoint's pipe, a backend, each call to an origin.

use std::rc::Rc;

use fjord_http::redact;

use crate::context::Cx;
use crate::platform::{Body, LocalFuture, RequestBody, Trace, host_of, inside};
use crate::proxy::{
    Blame, Error, Exchange, HttpRequest, HttpResponse, Kind, Layer, Next, NextExchange, Reply, Request,
};

use super::attributes::{Attribute, Attributes};
use super::exporter::Telemetry;
use super::metrics::{Ending, Instrument, Place};
use super::otlp::{SPAN_ATTRIBUTES, Span, SpanKind, SpanStatus};
use super::outlet::Outlet;
use super::protobuf::Message;
use super::request::span_id;
use super::settings;

/// What is reported of one place.
pub struct Reports {
    /// Where it goes.
    pub telemetry: Rc<Telemetry>,
    /// Which collectors get it.
    outlet: Rc<Outlet>,
    /// The name of its spans.
    pub name: String,
    /// The attributes that all its spans have, as they are sent; none: it has no spans.
    spans: Option<Message>,
    /// Where its measurements belong; none: it has none.
    pub place: Option<Place>,
    /// Header lines are reported, but for these.
    pub headers: Option<Vec<String>>,
}

/// The layer around an endpoint's pipe, or around a backend.
pub struct Stage {
    reports: Reports,
    duration: Instrument,
}

/// The step around each call to an origin: the call names the span of this one.
pub struct Call {
    reports: Reports,
    /// Calls are counted beside being measured.
    counts: bool,
}

/// A stage or a call under way. Dropped before its end, it was given up: its deadline passed, another call was faster, or the
/// client left.
struct Open<'a, E: End> {
    of: &'a E,
    cx: Cx<'a>,
    span: Option<Span>,
    began: f64,
    is_open: bool,
}

/// What is to be said when something ends.
trait End {
    /// It was given up.
    fn given_up(&self, cx: Cx<'_>, span: Option<Span>, began: f64);
}

/// How a stage ended.
#[derive(Debug, Default, Clone, Copy)]
struct Ended<'r> {
    error: Option<&'r Error>,
    canceled: bool,
    complete: bool,
    status: Option<u16>,
}

// === impl Reports ===

impl Reports {
    /// What is reported of a place by what its layer says; `attributes` are those of its measurements, and its spans have the
    /// stage, too.
    pub fn new(
        telemetry: &Rc<Telemetry>,
        outlet: &Rc<Outlet>,
        layer: &settings::Layer,
        name: String,
        stage: &'static str,
        attributes: Vec<Attribute>,
    ) -> Self {
        let stage: Attribute = ("krakend.stage".into(), stage.to_owned());
        let spans = (layer.spans && outlet.sends_spans()).then(|| {
            let mut spans = Message::default();
            let mut own = Attributes::of(&mut spans, SPAN_ATTRIBUTES);
            own.all(&attributes);
            own.all(&layer.span_attributes);
            own.all(&[stage]);
            spans
        });
        let place = layer.metrics.then(|| {
            let own = attributes.into_iter().chain(layer.metric_attributes.iter().cloned());
            telemetry.places.add(own.collect())
        });
        let (telemetry, outlet) = (Rc::clone(telemetry), Rc::clone(outlet));
        Self { telemetry, outlet, name, spans, place, headers: layer.headers.clone() }
    }

    /// Begins a span, where the trace is recorded.
    fn begin(&self, cx: Cx<'_>, trace: &Trace, kind: SpanKind) -> Option<Span> {
        let attributes = self.spans.as_ref().filter(|_| trace.is_sampled)?;
        let (id, parent) = (span_id(cx.io), trace.current());
        let buffer = self.telemetry.buffer();
        let mut span =
            Span::begin(buffer, trace.id, trace.state(), id, parent, &self.name, kind, cx.io.now());
        span.append(attributes);
        Some(span)
    }

    fn keep(&self, span: Message) {
        self.telemetry.keep(&self.outlet, span);
    }

    fn record(&self, instrument: Instrument, ending: Ending, value: f64, now: f64) {
        if let Some(place) = self.place {
            self.telemetry.record(&self.outlet, instrument, place, ending, value, now);
        }
    }
}

// === impl Stage ===

impl Stage {
    /// The layer of a pipe or backend, whose durations `duration` measures.
    pub fn new(reports: Reports, duration: Instrument) -> Self {
        Self { reports, duration }
    }

    fn end(&self, cx: Cx<'_>, span: Option<Span>, began: f64, ended: Ended<'_>, reply: Option<&Reply>) {
        let now = cx.io.now();
        let Ended { error, canceled, complete, status } = ended;
        if let Some(mut span) = span {
            let mut own = span.attributes();
            if canceled {
                own.bool("canceled", true);
            } else if let Some(error) = error {
                own.text("error", &redact::text(&error.to_string()));
            }
            if let Some(status) = status {
                own.int("http.response.status_code", i64::from(status));
            }
            own.bool("complete", complete);
            let response = reply.and_then(|reply| reply.response.as_ref());
            if let (Some(skipped), Some(response)) = (&self.reports.headers, response) {
                own.headers("http.response.header.", &response.metadata.headers, skipped);
            }
            let status = match error {
                Some(error) if error.blame() != Blame::Client => {
                    SpanStatus::Error(redact::text(&error.to_string()).into_owned())
                }
                _ => SpanStatus::Unset,
            };
            self.reports.keep(span.end(now, &status));
        }
        let stage = Some((error.is_some(), canceled, complete));
        let ending = Ending { stage, ..Ending::default() };
        self.reports.record(self.duration, ending, (now - began) / 1000.0, now);
    }
}

impl Layer for Stage {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        let Some(trace) = cx.io.trace() else { return next.run(cx, request) };
        let mut span = self.reports.begin(cx, trace, SpanKind::Internal);
        if let (Some(skipped), Some(span)) = (&self.reports.headers, &mut span) {
            span.attributes().headers("http.request.header.", &request.headers, skipped);
        }
        let work = next.run(cx, request);
        let inner = span.as_ref().map(|span| span.id);
        let open = Open::new(self, cx, span);
        Box::pin(async move {
            let reply = match inner {
                Some(span) => inside(cx.io, span, work).await,
                None => work.await,
            };
            let (span, began) = open.close();
            let response = reply.response.as_ref();
            let status = match (&reply.error, response) {
                (Some(error), _) => Some(error.status.unwrap_or(500)),
                (None, Some(response)) => Some(response.metadata.status),
                (None, None) => None,
            };
            let complete = response.is_some_and(|response| response.complete);
            let ended = Ended { error: reply.error.as_ref(), complete, status, ..Ended::default() };
            self.end(cx, span, began, ended, Some(&reply));
            reply
        })
    }
}

impl End for Stage {
    fn given_up(&self, cx: Cx<'_>, span: Option<Span>, began: f64) {
        let expired = Error::expired();
        let ended = match cx.deadline.is_past() {
            true => Ended { error: Some(&expired), status: Some(500), ..Ended::default() },
            false => Ended { canceled: true, ..Ended::default() },
        };
        self.end(cx, span, began, ended, None);
    }
}

// === impl Call ===

impl Call {
    /// The step that reports a backend's calls.
    pub fn new(reports: Reports, counts: bool) -> Self {
        Self { reports, counts }
    }

    fn end(&self, cx: Cx<'_>, span: Option<Span>, began: f64, result: Result<&HttpResponse, Option<&Error>>) {
        let now = cx.io.now();
        let seconds = (now - began) / 1000.0;
        let size = result.ok().and_then(|answer| match &answer.body {
            Body::Bytes(bytes) => Some(bytes.len()),
            Body::Stream(_) => None,
        });
        if let Some(mut span) = span {
            let mut own = span.attributes();
            let status = match result {
                Ok(answer) => {
                    self.describe(&mut own, answer, size, seconds);
                    SpanStatus::Ok
                }
                Err(Some(error)) => SpanStatus::Error(redact::text(&error.to_string()).into_owned()),
                Err(None) => {
                    own.bool("canceled", true);
                    SpanStatus::Unset
                }
            };
            self.reports.keep(span.end(now, &status));
        }
        let ending = Ending { status: Some(result.map_or(0, |answer| answer.status)), ..Ending::default() };
        let count = |instrument| {
            if self.counts {
                self.reports.record(instrument, ending, 1.0, now);
            }
        };
        count(Instrument::ClientStarted);
        match result {
            Ok(_) => {}
            Err(None) => count(Instrument::ClientCanceled),
            Err(Some(error)) => {
                if error.kind == Kind::Expired {
                    count(Instrument::ClientTimedOut);
                }
                count(Instrument::ClientFailed);
            }
        }
        self.reports.record(Instrument::ClientDuration, ending, seconds, now);
        match (result, size) {
            (Ok(_), Some(size)) => {
                self.reports.record(Instrument::ClientResponseSize, ending, size as f64, now)
            }
            (Ok(_), None) => count(Instrument::ClientNoLength),
            (Err(_), _) => {}
        }
    }

    fn describe(&self, own: &mut Attributes<'_>, answer: &HttpResponse, size: Option<usize>, seconds: f64) {
        own.int("http.response.status_code", i64::from(answer.status));
        if let Some(size) = size {
            own.int("http.response.body.size", size as i64);
        }
        own.double("response-duration", seconds);
        if let Some(skipped) = &self.reports.headers {
            own.headers("http.response.header.", &answer.headers, skipped);
        }
    }
}

impl Exchange for Call {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        let Some(trace) = cx.io.trace() else { return next.run(cx, request) };
        let mut span = self.reports.begin(cx, trace, SpanKind::Client);
        // Without a span of its own the call names the one around it, or one that nobody reports.
        let named = span.as_ref().map_or_else(|| trace.current(), |span| span.id);
        request.trace = Some(trace.fields(if named == 0 { span_id(cx.io) } else { named }));
        let length = match &request.body {
            RequestBody::None => Some(0),
            RequestBody::Sized(bytes) => Some(bytes.len()),
            RequestBody::Incoming | RequestBody::Chunked(_) => None,
        };
        if let Some(span) = &mut span {
            let mut own = span.attributes();
            own.text("url.full", &redact::url(&request.url));
            own.text("server.address", host_of(&request.url));
            if let Some(length) = length {
                own.int("http.request.body.size", length as i64);
            }
            if let Some(agent) = request.headers.get("User-Agent") {
                own.text("user_agent.original", agent);
            }
            if let Some(skipped) = &self.reports.headers {
                own.headers("http.request.header.", &request.headers, skipped);
            }
        }
        if let Some(length) = length {
            self.reports.record(Instrument::ClientRequestSize, Ending::default(), length as f64, cx.io.now());
        }
        let open = Open::new(self, cx, span);
        Box::pin(async move {
            let result = next.run(cx, request).await;
            let (span, began) = open.close();
            self.end(cx, span, began, result.as_ref().map_err(Some));
            result
        })
    }

    fn reads_headers(&self) -> bool {
        self.reports.headers.is_some()
    }
}

impl End for Call {
    fn given_up(&self, cx: Cx<'_>, span: Option<Span>, began: f64) {
        let expired = cx.deadline.is_past().then(Error::expired);
        self.end(cx, span, began, Err(expired.as_ref()));
    }
}

// === impl Open ===

impl<'a, E: End> Open<'a, E> {
    fn new(of: &'a E, cx: Cx<'a>, span: Option<Span>) -> Self {
        Self { of, cx, span, began: cx.io.now(), is_open: true }
    }

    /// It has ended by itself.
    fn close(mut self) -> (Option<Span>, f64) {
        self.is_open = false;
        (self.span.take(), self.began)
    }
}

impl<E: End> Drop for Open<'_, E> {
    fn drop(&mut self) {
        if self.is_open {
            self.of.given_up(self.cx, self.span.take(), self.began);
        }
    }
}
