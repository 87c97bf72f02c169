//! Counts and durations since the last report, by what they measure, where, and how it ended.
//!
//! Each report has what came since the one before it (delta temporality): an isolate that ends loses what it hasn't sent, and
//! nothing else is wrong by that.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::attributes::{Attribute, Attributes};
use super::otlp::nanos;
use super::protobuf::Message;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instrument {
    /// Seconds from the request to its answer.
    ServerDuration,
    /// Bytes of the answer's body.
    ServerSize,
    /// Seconds of an endpoint's pipe.
    ProxyDuration,
    /// Seconds of a backend.
    BackendDuration,
    /// Seconds of a call.
    ClientDuration,
    /// Calls.
    ClientStarted,
    /// Calls without an answer.
    ClientFailed,
    /// Calls that were given up.
    ClientCanceled,
    /// Calls without an answer in time.
    ClientTimedOut,
    /// Bytes of a call's body.
    ClientRequestSize,
    /// Bytes of an answer's body.
    ClientResponseSize,
    /// Answers whose length isn't known.
    ClientNoLength,
}

/// How an instrument is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Seconds,
    Bytes,
    Count,
}

/// Where something is measured, by its number in [`Places`].
pub type Place = u32;

/// The attributes of each place where something is measured.
#[derive(Debug, Default)]
pub struct Places {
    known: RefCell<Vec<Rc<[Attribute]>>>,
    routes: RefCell<BTreeMap<String, Place>>,
}

/// What is known of a measurement beside its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// The method of a client's request, where its place doesn't say it.
    pub method: Option<&'static str>,
    /// The status.
    pub status: Option<u16>,
    /// Whether it ended with an error, was given up, is complete.
    pub stage: Option<(bool, bool, bool)>,
}

/// The measurements that one collector gets.
#[derive(Debug)]
pub struct Meter {
    every_ms: f64,
    began: Cell<f64>,
    series: RefCell<BTreeMap<(Instrument, Place, Ending), Sum>>,
    /// Measurements that found no room.
    lost: Cell<u64>,
}

/// What came to one series.
#[derive(Debug, Clone, Default)]
struct Sum {
    count: u64,
    total: f64,
    least: f64,
    most: f64,
    buckets: Vec<u64>,
}

/// The upper bounds of histograms, and how things are named.
#[derive(Debug)]
pub struct Shape {
    /// In seconds.
    pub time_buckets: Vec<f64>,
    /// In bytes.
    pub size_buckets: Vec<f64>,
    /// Names of version 1.27 of the conventions.
    pub newer_names: bool,
    /// Calls are counted beside being measured, under the newer names, too.
    pub detailed: bool,
}

/// More series than this have no room: endpoints times statuses are far fewer.
const MAX_SERIES: usize = 2000;

const DELTA: u64 = 1;

// === impl Instrument ===

impl Instrument {
    fn form(self) -> Form {
        match self {
            Self::ServerDuration | Self::ProxyDuration | Self::BackendDuration | Self::ClientDuration => {
                Form::Seconds
            }
            Self::ServerSize | Self::ClientResponseSize => Form::Bytes,
            _ => Form::Count,
        }
    }

    /// Its name and unit.
    fn name(self, newer: bool) -> (&'static str, &'static str) {
        match (self, newer) {
            (Self::ServerDuration, false) => ("http.server.duration", ""),
            (Self::ServerDuration, true) => ("http.server.request.duration", "s"),
            (Self::ServerSize, false) => ("http.server.response.size", ""),
            (Self::ServerSize, true) => ("http.server.response.body.size", "By"),
            (Self::ProxyDuration, _) => ("krakend.proxy.duration", ""),
            (Self::BackendDuration, _) => ("krakend.backend.duration", ""),
            (Self::ClientDuration, false) => ("http.client.duration", ""),
            (Self::ClientDuration, true) => ("http.client.request.duration", "s"),
            (Self::ClientStarted, _) => ("http.client.request.started.count", ""),
            (Self::ClientFailed, _) => ("http.client.request.failed.count", ""),
            (Self::ClientCanceled, _) => ("http.client.request.canceled.count", ""),
            (Self::ClientTimedOut, _) => ("http.client.request.timedout.count", ""),
            (Self::ClientRequestSize, false) => ("http.client.request.size", ""),
            (Self::ClientRequestSize, true) => ("http.client.request.body.size", "By"),
            (Self::ClientResponseSize, false) => ("http.client.response.size", ""),
            (Self::ClientResponseSize, true) => ("http.client.response.body.size", "By"),
            (Self::ClientNoLength, _) => ("http.client.response.no-content-length", ""),
        }
    }
}

// === impl Shape ===

impl Shape {
    /// The older names have one instrument of another form; the newer leave the counters to `detailed_connection`.
    fn form(&self, instrument: Instrument) -> Option<Form> {
        match instrument {
            Instrument::ClientRequestSize if self.newer_names => Some(Form::Bytes),
            Instrument::ClientRequestSize => Some(Form::Count),
            _ if instrument.form() == Form::Count && self.newer_names && !self.detailed => None,
            _ => Some(instrument.form()),
        }
    }

    fn bounds(&self, form: Form) -> &[f64] {
        match form {
            Form::Seconds => &self.time_buckets,
            Form::Bytes => &self.size_buckets,
            Form::Count => &[],
        }
    }
}

// === impl Places ===

impl Places {
    /// The number of a place with these attributes.
    pub fn add(&self, attributes: Vec<Attribute>) -> Place {
        let mut known = self.known.borrow_mut();
        known.push(attributes.into());
        known.len() as Place - 1
    }

    /// The number of an endpoint's route; `attributes` makes its attributes at its first request.
    pub fn of_route(&self, path: &str, attributes: impl FnOnce() -> Vec<Attribute>) -> Place {
        if let Some(place) = self.routes.borrow().get(path) {
            return *place;
        }
        let place = self.add(attributes());
        self.routes.borrow_mut().insert(path.to_owned(), place);
        place
    }

    fn get(&self, place: Place) -> Rc<[Attribute]> {
        self.known.borrow().get(place as usize).cloned().unwrap_or_default()
    }
}

// === impl Meter ===

impl Meter {
    /// A meter that reports so often, from `now` on.
    pub fn new(every_ms: f64) -> Self {
        Self { every_ms, began: Cell::new(0.0), series: RefCell::default(), lost: Cell::new(0) }
    }

    /// Whether a report is due.
    pub fn is_due(&self, now: f64) -> bool {
        !self.series.borrow().is_empty() && now >= self.began.get() + self.every_ms
    }

    /// Adds a measurement.
    pub fn record(
        &self,
        shape: &Shape,
        instrument: Instrument,
        place: Place,
        ending: Ending,
        value: f64,
        now: f64,
    ) {
        let Some(form) = shape.form(instrument) else { return };
        let mut series = self.series.borrow_mut();
        if series.is_empty() {
            self.began.set(now);
        }
        let key = (instrument, place, ending);
        if series.len() >= MAX_SERIES && !series.contains_key(&key) {
            self.lost.set(self.lost.get() + 1);
            return;
        }
        series.entry(key).or_default().add(value, shape.bounds(form));
    }

    /// How many measurements found no room since [`Meter::forget_lost`].
    pub fn lost(&self) -> u64 {
        self.lost.get()
    }

    /// The lost measurements have been told.
    pub fn forget_lost(&self) {
        self.lost.set(0);
    }

    /// The metrics since the last report, each a field of a message; none if there are none.
    pub fn report(&self, shape: &Shape, places: &Places, now: f64) -> Option<Message> {
        let series = std::mem::take(&mut *self.series.borrow_mut());
        let span = (nanos(self.began.get()), nanos(now));
        let mut out = Message::default();
        let mut entries = series.iter().peekable();
        while let Some(((instrument, ..), _)) = entries.peek().copied() {
            let instrument = *instrument;
            let same = std::iter::from_fn(|| entries.next_if(|((other, ..), _)| *other == instrument));
            metric(&mut out, shape, places, instrument, span, same);
        }
        (out.len() > 0).then_some(out)
    }
}

/// One metric with all its points.
fn metric<'a>(
    out: &mut Message,
    shape: &Shape,
    places: &Places,
    instrument: Instrument,
    (from, to): (u64, u64),
    points: impl Iterator<Item = (&'a (Instrument, Place, Ending), &'a Sum)>,
) {
    let Some(form) = shape.form(instrument) else { return };
    let (name, unit) = instrument.name(shape.newer_names);
    out.message(2, |metric| {
        metric.bytes(1, name);
        if !unit.is_empty() {
            metric.bytes(3, unit);
        }
        if form == Form::Count {
            metric.message(7, |sum| {
                for ((_, place, ending), value) in points {
                    sum.message(1, |point| {
                        point.fixed64(2, from);
                        point.fixed64(3, to);
                        point.fixed64(6, value.total as u64);
                        attributes(&mut Attributes::of(point, 7), &places.get(*place), *ending);
                    });
                }
                sum.varint(2, DELTA);
                sum.varint(3, 1);
            });
            return;
        }
        let bounds = shape.bounds(form);
        metric.message(9, |histogram| {
            for ((_, place, ending), value) in points {
                histogram.message(1, |point| {
                    point.fixed64(2, from);
                    point.fixed64(3, to);
                    point.fixed64(4, value.count);
                    point.double(5, value.total);
                    point.packed(6, value.buckets.iter().copied());
                    point.packed(7, bounds.iter().map(|bound| bound.to_bits()));
                    attributes(&mut Attributes::of(point, 9), &places.get(*place), *ending);
                    point.double(11, value.least);
                    point.double(12, value.most);
                });
            }
            histogram.varint(2, DELTA);
        });
    });
}

fn attributes(out: &mut Attributes<'_>, place: &[Attribute], ending: Ending) {
    out.all(place);
    if let Some(method) = ending.method {
        out.text("http.request.method", method);
    }
    if let Some(status) = ending.status {
        out.int("http.response.status_code", i64::from(status));
    }
    if let Some((error, canceled, complete)) = ending.stage {
        out.bool("error", error);
        out.bool("canceled", canceled);
        out.bool("complete", complete);
    }
}

// === impl Sum ===

impl Sum {
    fn add(&mut self, value: f64, bounds: &[f64]) {
        if self.count == 0 {
            (self.least, self.most) = (value, value);
            self.buckets = if bounds.is_empty() { Vec::new() } else { vec![0; bounds.len() + 1] };
        }
        self.count += 1;
        self.total += value;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        // A value at a bound belongs below it.
        let bucket = bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape { time_buckets: vec![0.1, 1.0], size_buckets: vec![100.0], newer_names: false, detailed: true }
    }

    #[test]
    fn values_fall_into_buckets_whose_upper_bounds_they_reach() {
        let mut sum = Sum::default();
        [0.0, 0.1, 0.2, 1.0, 7.0].into_iter().for_each(|value| sum.add(value, &[0.1, 1.0]));
        assert_eq!((sum.buckets, sum.count, sum.least, sum.most), (vec![2, 2, 1], 5, 0.0, 7.0));
    }

    #[test]
    fn a_report_has_what_came_since_the_last() {
        let (meter, shape, places) = (Meter::new(1000.0), shape(), Places::default());
        let place = places.add(vec![]);
        let record = |now| {
            meter.record(&shape, Instrument::ServerDuration, place, Ending::default(), 0.5, now);
        };
        assert!(!meter.is_due(1.0e12));
        record(5000.0);
        assert!(!meter.is_due(5999.0) && meter.is_due(6000.0));
        assert!(meter.report(&shape, &places, 6000.0).is_some());
        assert!(meter.report(&shape, &places, 6000.0).is_none());
        record(9000.0);
        assert!(!meter.is_due(9999.0));
    }

    #[test]
    fn the_newer_names_leave_counters_to_the_details() {
        let shape = Shape { newer_names: true, detailed: false, ..shape() };
        assert_eq!(shape.form(Instrument::ClientStarted), None);
        assert_eq!(shape.form(Instrument::ClientRequestSize), Some(Form::Bytes));
        let shape = Shape { detailed: true, ..shape };
        assert_eq!(shape.form(Instrument::ClientStarted), Some(Form::Count));
    }

    #[test]
    fn series_are_bounded() {
        let (meter, shape) = (Meter::new(1.0), shape());
        for place in 0..MAX_SERIES as u32 + 5 {
            meter.record(&shape, Instrument::ClientStarted, place, Ending::default(), 1.0, 0.0);
        }
        assert_eq!((meter.series.borrow().len(), meter.lost.get()), (MAX_SERIES, 5));
    }
}
