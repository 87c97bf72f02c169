//! Keeps spans and measurements of an isolate, and sends them to the collectors after answers are given.
//!
//! The first request that leaves something waits [`BATCH_MS`] in a task of its own, then sends what all requests have left since; one
//! that fills the queue sends at once. Nobody's answer waits for a collector: tasks begin after the answer. A collector that hangs
//! has [`SENDING`] calls at most, which end after [`SEND_MS`]; meanwhile the queue fills, and what finds no room is counted.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;

use futures::future::join_all;

use fjord_http::Headers;

use crate::context::{Reach, ServiceInfo};
use crate::platform::{Deadline, Fetch, Io, Level, RequestBody};

use super::metrics::{Ending, Instrument, Place, Places, Shape};
use super::otlp::{self, USUAL_SPAN};
use super::outlet::{Choice, Outlet, Outlets};
use super::protobuf::Message;
use super::routes::Routes;
use super::settings::{Settings, Target};

/// What an isolate has of telemetry.
#[derive(Debug)]
pub struct Telemetry {
    /// What is configured.
    pub settings: Settings,
    /// Where things are measured.
    pub places: Places,
    /// What requests are called.
    pub routes: Routes,
    /// Where things go, if an endpoint doesn't say otherwise.
    pub outlet: Rc<Outlet>,
    outlets: Outlets,
    /// Empty messages for the next spans.
    spare: RefCell<Vec<Message>>,
    shape: Shape,
    /// Until when a task waits to send them.
    waits_until: Cell<f64>,
    /// Calls under way.
    sending: Cell<usize>,
    faults: Faults,
}

/// What didn't arrive since the log was told.
#[derive(Debug, Default)]
struct Faults {
    /// Spans that found no room.
    spans: Cell<u64>,
    /// Calls that failed, and why the last did.
    calls: Cell<u64>,
    reason: RefCell<String>,
    told: Cell<f64>,
}

/// How long spans wait for others.
pub const BATCH_MS: u32 = 1000;

/// Bytes of spans that are sent at once: those of some hundred requests.
const FULL: usize = 1 << 17;

/// Empty messages that are kept for spans at most.
const SPARE: usize = 32;

/// Bytes of spans that are kept at most.
const MOST: usize = 1 << 20;

/// Calls under way at most, to all collectors.
const SENDING: usize = 4;

/// How long a collector may take: the platform gives tasks 30 s after the answer.
const SEND_MS: u32 = 10_000;

/// A task that hasn't sent so long after its time doesn't: its request was lost.
const OVERDUE_MS: f64 = 5000.0;

/// How often the log is told of what didn't arrive.
const TELL_EVERY_MS: f64 = 60_000.0;

// === impl Telemetry ===

impl Telemetry {
    /// Nothing recorded yet.
    pub fn new(settings: Settings) -> Self {
        let shape = Shape {
            time_buckets: settings.time_buckets.clone(),
            size_buckets: settings.size_buckets.clone(),
            newer_names: settings.newer_names,
        };
        let outlets = Outlets::default();
        let outlet = outlets.get(&settings.targets, &Choice::default());
        let places = Places::default();
        Self {
            routes: Routes::new(&settings, &places, &outlet),
            settings,
            places,
            outlet,
            outlets,
            spare: RefCell::default(),
            shape,
            waits_until: Cell::new(0.0),
            sending: Cell::new(0),
            faults: Faults::default(),
        }
    }

    /// Where what an endpoint leaves goes.
    pub fn outlet(&self, choice: &Choice) -> Rc<Outlet> {
        self.outlets.get(&self.settings.targets, choice)
    }

    /// An empty message for a span: that of one that has ended. Eight buffers for each request of three backends took 10 µs.
    pub fn buffer(&self) -> Message {
        self.spare.borrow_mut().pop().unwrap_or_else(|| Message::with_capacity(USUAL_SPAN))
    }

    /// Keeps a span that has ended until it's sent.
    pub fn keep(&self, outlet: &Outlet, mut span: Message) {
        if !outlet.queue.keep(&span, MOST) {
            self.faults.spans.set(self.faults.spans.get() + 1);
        }
        let mut spare = self.spare.borrow_mut();
        if spare.len() < SPARE && span.capacity() <= 2 * USUAL_SPAN {
            span.clear();
            spare.push(span);
        }
    }

    /// Adds a measurement.
    pub fn record(
        &self,
        outlet: &Outlet,
        instrument: Instrument,
        place: Place,
        ending: Ending,
        value: f64,
        now: f64,
    ) {
        for meter in outlet.meters.iter() {
            meter.record(&self.shape, instrument, place, ending, value, now);
        }
    }

    /// A request has ended: has what is due sent, after its answer.
    pub fn send_later(self: &Rc<Self>, io: &Rc<Io>, service: &Rc<ServiceInfo>) {
        let now = io.now();
        let waiting = self.outlets.waiting();
        let is_full = waiting >= FULL;
        if !is_full && (now < self.waits_until.get() || waiting == 0 && !self.outlets.is_report_due(now)) {
            return;
        }
        if self.sending.get() >= SENDING {
            return;
        }
        self.waits_until.set(now + f64::from(BATCH_MS) + OVERDUE_MS);
        let (telemetry, io_of_task, service) = (Rc::clone(self), Rc::clone(io), Rc::clone(service));
        io.spawn(Box::pin(async move {
            let io = io_of_task;
            if !is_full {
                let Err(_) = Deadline::new(&io, BATCH_MS).bound(pending::<()>()).await else { return };
            }
            telemetry.waits_until.set(0.0);
            telemetry.send(&io).await;
            telemetry.tell(Reach { io: &io, service: &service });
        }));
    }

    /// Sends all that waits.
    async fn send(&self, io: &Io) {
        let now = io.now();
        let Settings { resource, targets, .. } = &self.settings;
        let mut calls = Vec::new();
        for queue in self.outlets.queues() {
            let Some(spans) = queue.take() else { continue };
            let body = RequestBody::sized(otlp::request(resource, &spans));
            for target in queue.targets.iter().filter_map(|target| targets.get(*target)) {
                calls.push(self.post(io, target, "/v1/traces", body.clone()));
            }
        }
        for meter in self.outlets.meters() {
            let report = meter.is_due(now).then(|| meter.report(&self.shape, &self.places, now)).flatten();
            let (Some(report), Some(target)) = (report, targets.get(meter.target)) else { continue };
            let body = RequestBody::sized(otlp::request(resource, &report));
            calls.push(self.post(io, target, "/v1/metrics", body));
        }
        join_all(calls).await;
    }

    async fn post(&self, io: &Io, target: &Target, path: &str, body: RequestBody) {
        let mut headers = Headers::from_iter([
            ("Content-Type", "application/x-protobuf"),
            ("User-Agent", crate::KRAKEND_AGENT),
        ]);
        target.headers.iter().for_each(|(name, value)| headers.set(name.clone(), value));
        let url = format!("{}{path}", target.url);
        // The call belongs to no request's trace.
        let call = Fetch { body, trace: Some(Headers::new()), ..Fetch::new("POST", url, headers) };
        let _counted = Counted::new(&self.sending);
        let reason = match Deadline::new(io, SEND_MS).bound(io.fetch(call)).await {
            Ok(Ok(answer)) if (200..300).contains(&answer.status) => return,
            Ok(Ok(answer)) => format!("it answered {}", answer.status),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it didn't answer within {} seconds", SEND_MS / 1000),
        };
        self.faults.calls.set(self.faults.calls.get() + 1);
        *self.faults.reason.borrow_mut() = format!("{} ({}): {reason}", target.name, target.url);
    }

    /// Tells the log what didn't arrive, once a minute.
    fn tell(&self, reach: Reach<'_>) {
        let now = reach.io.now();
        let meters = self.outlets.meters();
        let lost: u64 = meters.iter().map(|meter| meter.lost()).sum();
        let (calls, spans) = (self.faults.calls.get(), self.faults.spans.get());
        if calls + spans + lost == 0 || now < self.faults.told.get() + TELL_EVERY_MS {
            return;
        }
        self.faults.told.set(now);
        meters.iter().for_each(|meter| meter.forget_lost());
        self.faults.calls.set(0);
        self.faults.spans.set(0);
        let reason = self.faults.reason.take();
        reach.log(Level::Error, || {
            let mut line = "[SERVICE: OpenTelemetry]".to_owned();
            if calls > 0 {
                line += &format!(" {calls} reports didn't arrive; the last at {reason}");
            }
            if spans + lost > 0 {
                let comma = if calls > 0 { ";" } else { "" };
                line += &format!("{comma} no room for {spans} spans and {lost} measurements");
            }
            line
        });
    }
}

/// A call that is under way until this is dropped.
struct Counted<'a>(&'a Cell<usize>);

// === impl Counted ===

impl<'a> Counted<'a> {
    fn new(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
