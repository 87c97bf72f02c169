//! The global layer: begins the trace of a request, or goes on with the client's, and reports the request as a whole.

use std::rc::Rc;

use fjord_http::trace::{Parent, passed};
use fjord_http::{Headers, redact};

use crate::context::Reach;
use crate::gateway::{Global, Incoming, NextGlobal};
use crate::platform::{Answer, AnswerBody, Io, LocalFuture, Trace};

use super::attributes::route;
use super::exporter::Telemetry;
use super::metrics::{Ending, Instrument, Method};
use super::otlp::{Span, SpanKind, SpanStatus};
use super::own::Own;
use super::routes::Route;
use super::settings::Settings;

/// The step around everything.
pub struct Request {
    telemetry: Rc<Telemetry>,
    /// The header lines that it reads; none: all, as it reports them.
    reads: Option<Vec<&'static str>>,
}

/// A request under way. Dropped before its end, its client has left.
struct Open<'a> {
    telemetry: &'a Rc<Telemetry>,
    reach: Reach<'a>,
    span: Option<Span>,
    method: Method,
    route: Rc<Route>,
    began: f64,
    is_open: bool,
}

/// The status of a request whose client left, as servers log it.
const LEFT: u16 = 499;

// === impl Request ===

impl Request {
    /// The step that reports by `telemetry`.
    pub fn new(telemetry: Rc<Telemetry>) -> Self {
        let settings = &telemetry.settings;
        let reads = (!settings.reports_headers()).then(|| {
            let fields =
                settings.propagators.iter().flat_map(|propagator| propagator.fields().iter().copied());
            fields.chain(["User-Agent"]).collect()
        });
        Self { telemetry, reads }
    }

    /// Whether nothing is reported of a request.
    fn skips(&self, incoming: &Incoming) -> bool {
        let path = incoming.raw_path();
        let endpoint = incoming.endpoint.as_ref().map(|info| info.path.as_str());
        self.telemetry.settings.skip_paths.iter().any(|skipped| {
            // `/__debug/` is all that is below it.
            let below = skipped.len() > 1 && skipped.ends_with('/') && path.starts_with(skipped.as_str());
            below
                || path == skipped
                || endpoint.is_some_and(|endpoint| endpoint == skipped || route(endpoint) == *skipped)
        })
    }

    fn begin<'a>(&'a self, reach: Reach<'a>, incoming: &Incoming) -> Open<'a> {
        let settings = &self.telemetry.settings;
        let io = reach.io;
        let route = self.route(incoming);
        let mut trace = trace(settings, &route, io, &incoming.headers);
        // Where spans aren't recorded calls name one all the same: whoever answers them goes on with the trace.
        let id = span_id(io);
        let parent = trace.current();
        let is_recorded = trace.is_sampled && route.outlet.sends_spans();
        let span = (is_recorded && settings.global.spans).then(|| {
            let name = incoming.raw_path();
            let (buffer, state) = (self.telemetry.buffer(), trace.state());
            let mut span =
                Span::begin(buffer, trace.id, state, id, parent, name, SpanKind::Server, io.began());
            span.append(&route.attributes);
            self.described(span, incoming)
        });
        if settings.global.spans {
            trace.enter(id);
        }
        if is_recorded && settings.backend.call.spans {
            let own = Own { telemetry: Rc::clone(&self.telemetry), outlet: Rc::clone(&route.outlet) };
            trace = trace.reported_by(Rc::new(own));
        }
        io.begin_trace(trace);
        let method = Method::of(&incoming.method);
        Open { telemetry: &self.telemetry, reach, span, method, route, began: io.began(), is_open: true }
    }

    fn route(&self, incoming: &Incoming) -> Rc<Route> {
        let Telemetry { settings, places, routes, outlet, .. } = &*self.telemetry;
        let Some(info) = &incoming.endpoint else { return routes.nowhere() };
        // An endpoint that can't be served has said nothing of itself.
        let default = || Route::of_path(&info.path, &settings.global, settings.sample_rate, outlet, places);
        routes.get(info).unwrap_or_else(|| routes.add(&info.path, &info.method, default()))
    }

    fn described(&self, mut span: Span, incoming: &Incoming) -> Span {
        let layer = &self.telemetry.settings.global;
        let mut own = span.attributes();
        let url = [&incoming.scheme, "://", &incoming.host, &incoming.target].concat();
        own.text("url.full", &redact::url(&url));
        own.text("server.address", &incoming.host);
        own.text("http.request.method", &incoming.method);
        if let Some(agent) = incoming.headers.get("User-Agent") {
            own.text("user_agent.original", agent);
        }
        own.text("client.address", &incoming.client_ip);
        if let Some(skipped) = &layer.headers {
            own.headers("http.request.header.", &incoming.headers, skipped);
        }
        span
    }
}

impl Global for Request {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        if self.skips(&incoming) {
            return next.run(reach, incoming);
        }
        let mut open = self.begin(reach, &incoming);
        Box::pin(async move {
            let answer = next.run(reach, incoming).await;
            open.end(answer.status, Some(&answer));
            answer
        })
    }

    fn request_headers(&self) -> Option<&[&'static str]> {
        self.reads.as_deref()
    }
}

// === impl Open ===

impl Open<'_> {
    fn end(&mut self, status: u16, answer: Option<&Answer>) {
        self.is_open = false;
        let (telemetry, now) = (self.telemetry, self.reach.io.now());
        let layer = &telemetry.settings.global;
        let size = answer.and_then(|answer| match &answer.body {
            AnswerBody::Empty => Some(0),
            AnswerBody::Bytes(bytes) => Some(bytes.len()),
            AnswerBody::Stream(_) => None,
        });
        let route = &*self.route;
        if let Some(mut span) = self.span.take() {
            let mut own = span.attributes();
            own.int("http.response.status_code", i64::from(status));
            if let Some(size) = size {
                own.int("http.response.body.size", size as i64);
            }
            if let (Some(skipped), Some(answer)) = (&layer.headers, answer) {
                own.headers("http.response.header.", &answer.headers, skipped);
            }
            let status = match status {
                500.. => SpanStatus::Error(format!("the answer is {status}")),
                LEFT => SpanStatus::Unset,
                _ => SpanStatus::Ok,
            };
            telemetry.keep(&route.outlet, span.end(now, &status));
        }
        if layer.metrics {
            let ending = Ending { method: Some(self.method), status: Some(status), stage: None };
            let record = |instrument, value| {
                telemetry.record(&route.outlet, instrument, route.place, ending, value, now);
            };
            record(Instrument::ServerDuration, (now - self.began) / 1000.0);
            if let Some(size) = size {
                record(Instrument::ServerSize, size as f64);
            }
        }
        telemetry.send_later(self.reach.io, self.reach.service);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.end(LEFT, None);
        }
    }
}

/// The trace of a request: its client's, or a new one.
fn trace(settings: &Settings, route: &Route, io: &Io, headers: &Headers) -> Trace {
    let mut parent = Parent { trace: 0, span: 0, sampled: None };
    let mut fields = Vec::new();
    if !settings.ignores_clients {
        for propagator in settings.propagators.iter() {
            parent = propagator.read(headers).unwrap_or(parent);
            let field = propagator.passed();
            fields.extend(field.and_then(|name| Some((name, passed(headers, name)?.to_owned()))));
        }
    }
    if parent.trace == 0 {
        // A state without a trace belongs to none.
        fields.retain(|(name, _)| *name != "Tracestate");
    }
    let id = match parent.trace {
        0 => (u128::from(io.random()) << 64 | u128::from(io.random())).max(1),
        id => id,
    };
    let is_sampled = match parent.sampled {
        Some(sampled) => sampled,
        None => route.outlet.sends_spans() && is_chosen(id, route.sample_rate),
    };
    Trace::new(id, parent.span, is_sampled, fields, Rc::clone(&settings.propagators))
}

/// Whether a trace is of the share that is recorded: by its number, so that all who ask choose the same traces.
fn is_chosen(trace: u128, rate: f64) -> bool {
    rate >= 1.0 || (((trace as u64) >> 1) as f64) < rate * (1_u64 << 63) as f64
}

/// A number for a span.
pub fn span_id(io: &Io) -> u64 {
    io.random().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_traces_is_chosen_by_their_numbers() {
        let io = Io::new(0.0, 7);
        let traces: Vec<u128> = (0..10_000).map(|_| u128::from(io.random())).collect();
        let chosen = |rate| traces.iter().filter(|trace| is_chosen(**trace, rate)).count();
        assert_eq!((chosen(0.0), chosen(1.0)), (0, 10_000));
        let tenth = chosen(0.1);
        assert!((900..1100).contains(&tenth), "{tenth}");
    }
}
