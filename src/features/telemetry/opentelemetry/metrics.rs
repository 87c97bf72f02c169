//! Counts and durations since the last report, by what they measure, where, and how it ended.
//!
//! Each report has what came since the one before it (delta temporality): an isolate that ends loses what it hasn't sent, and
//! nothing else is wrong by that.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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
pub struct Places(RefCell<Vec<Rc<[Attribute]>>>);

/// What is known of a measurement beside its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ending {
    /// The method of a client's request, where its place doesn't say it.
    pub method: Option<Method>,
    /// The status.
    pub status: Option<u16>,
    /// Whether it ended with an error, was given up, is complete.
    pub stage: Option<(bool, bool, bool)>,
}

/// A method that is reported, by its place in [`METHODS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method(u8);

/// The methods that are reported; `_OTHER` stands for all others.
const METHODS: [&str; 10] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "_OTHER"];

/// What is measured, where, and how it ended, as one number: a request looks up some twenty. The instrument is in its highest bits,
/// so that the series of an instrument follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

/// The measurements that one collector gets.
#[derive(Debug)]
pub struct Meter {
    /// The collector, by its place among the configured ones.
    pub target: usize,
    /// Milliseconds between two reports.
    pub every_ms: f64,
    began: Cell<f64>,
    series: RefCell<BTreeMap<Key, Series>>,
    /// Measurements that found no room.
    lost: Cell<u64>,
}

/// A series, and what came to it.
#[derive(Debug)]
struct Series {
    instrument: Instrument,
    place: Place,
    ending: Ending,
    sum: Sum,
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
    /// The older names have one instrument of another form.
    fn form(&self, instrument: Instrument) -> Form {
        match instrument {
            Instrument::ClientRequestSize if self.newer_names => Form::Bytes,
            _ => instrument.form(),
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
        let mut known = self.0.borrow_mut();
        known.push(attributes.into());
        known.len() as Place - 1
    }

    fn get(&self, place: Place) -> Rc<[Attribute]> {
        self.0.borrow().get(place as usize).cloned().unwrap_or_default()
    }
}

// === impl Method ===

impl Method {
    /// The method of a request.
    pub fn of(method: &str) -> Self {
        let known = METHODS.iter().position(|known| *known == method);
        Self(known.unwrap_or(METHODS.len() - 1) as u8)
    }

    fn name(self) -> &'static str {
        METHODS[usize::from(self.0)]
    }
}

// === impl Key ===

impl Key {
    fn of(instrument: Instrument, place: Place, Ending { method, status, stage }: Ending) -> Self {
        let method = method.map_or(0, |method| u64::from(method.0) + 1);
        let status = status.map_or(0, |status| u64::from(status) + 1);
        let stage = stage.map_or(0, |(error, canceled, complete)| {
            1 | u64::from(error) << 1 | u64::from(canceled) << 2 | u64::from(complete) << 3
        });
        Self((instrument as u64) << 59 | u64::from(place) << 27 | method << 22 | status << 4 | stage)
    }
}

// === impl Meter ===

impl Meter {
    /// A meter that reports to a collector so often.
    pub fn new(target: usize, every_ms: f64) -> Self {
        Self { target, every_ms, began: Cell::new(0.0), series: RefCell::default(), lost: Cell::new(0) }
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
        let mut series = self.series.borrow_mut();
        if series.is_empty() {
            self.began.set(now);
        }
        let is_full = series.len() >= MAX_SERIES;
        let one = match series.entry(Key::of(instrument, place, ending)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if is_full => {
                self.lost.set(self.lost.get() + 1);
                return;
            }
            Entry::Vacant(new) => new.insert(Series { instrument, place, ending, sum: Sum::default() }),
        };
        one.sum.add(value, shape.bounds(shape.form(instrument)));
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
        let series: Vec<&Series> = series.values().collect();
        for same in series.chunk_by(|one, next| one.instrument == next.instrument) {
            metric(&mut out, shape, places, span, same);
        }
        (out.len() > 0).then_some(out)
    }
}

/// One metric with all its points.
fn metric(out: &mut Message, shape: &Shape, places: &Places, (from, to): (u64, u64), points: &[&Series]) {
    let Some(instrument) = points.first().map(|one| one.instrument) else { return };
    let form = shape.form(instrument);
    let (name, unit) = instrument.name(shape.newer_names);
    out.message(2, |metric| {
        metric.bytes(1, name);
        if !unit.is_empty() {
            metric.bytes(3, unit);
        }
        if form == Form::Count {
            metric.message(7, |sum| {
                for Series { place, ending, sum: value, .. } in points {
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
            for Series { place, ending, sum: value, .. } in points {
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
        out.text("http.request.method", method.name());
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
        Shape { time_buckets: vec![0.1, 1.0], size_buckets: vec![100.0], newer_names: false }
    }

    #[test]
    fn values_fall_into_buckets_whose_upper_bounds_they_reach() {
        let mut sum = Sum::default();
        [0.0, 0.1, 0.2, 1.0, 7.0].into_iter().for_each(|value| sum.add(value, &[0.1, 1.0]));
        assert_eq!((sum.buckets, sum.count, sum.least, sum.most), (vec![2, 2, 1], 5, 0.0, 7.0));
    }

    #[test]
    fn a_report_has_what_came_since_the_last() {
        let (meter, shape, places) = (Meter::new(0, 1000.0), shape(), Places::default());
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
    fn the_newer_names_measure_bodies_that_the_older_count() {
        assert_eq!(shape().form(Instrument::ClientRequestSize), Form::Count);
        let shape = Shape { newer_names: true, ..shape() };
        assert_eq!(shape.form(Instrument::ClientRequestSize), Form::Bytes);
    }

    #[test]
    fn whatever_differs_has_a_key_of_its_own() {
        let flags = [false, true];
        let stages = flags.iter().flat_map(|a| flags.iter().flat_map(|b| flags.map(|c| Some((*a, *b, c)))));
        let stages: Vec<_> = stages.chain([None]).collect();
        let mut keys = std::collections::BTreeSet::new();
        let mut count = 0;
        for instrument in [Instrument::ServerDuration, Instrument::ServerSize, Instrument::ClientNoLength] {
            for place in [0, 1, u32::MAX] {
                for method in [None, Some(Method::of("GET")), Some(Method::of("BREW"))] {
                    for status in [None, Some(0), Some(200), Some(u16::MAX)] {
                        for stage in &stages {
                            let ending = Ending { method, status, stage: *stage };
                            keys.insert(Key::of(instrument, place, ending));
                            count += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn series_are_bounded() {
        let (meter, shape) = (Meter::new(0, 1.0), shape());
        for place in 0..MAX_SERIES as u32 + 5 {
            meter.record(&shape, Instrument::ClientStarted, place, Ending::default(), 1.0, 0.0);
        }
        assert_eq!((meter.series.borrow().len(), meter.lost.get()), (MAX_SERIES, 5));
    }
}
