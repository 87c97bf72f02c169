//! Where the spans and measurements of an endpoint go: to all collectors, or to those that it names (`exporters_override`).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::metrics::Meter;
use super::protobuf::Message;
use super::settings::Target;

/// Where what an endpoint leaves goes.
#[derive(Debug)]
pub struct Outlet {
    /// Its spans.
    pub queue: Rc<Queue>,
    /// Its measurements.
    pub meters: Rc<[Rc<Meter>]>,
}

/// Spans that wait for the same collectors.
#[derive(Debug)]
pub struct Queue {
    /// The collectors, by their places among the configured ones.
    pub targets: Vec<usize>,
    /// Each a field of the message that they are sent in.
    spans: RefCell<Message>,
    /// The bytes of all queues.
    waiting: Rc<Cell<usize>>,
}

/// All that there are: a queue for each choice of collectors, a meter for each collector and period.
#[derive(Debug, Default)]
pub struct Outlets {
    queues: RefCell<Vec<Rc<Queue>>>,
    meters: RefCell<Vec<Rc<Meter>>>,
    waiting: Rc<Cell<usize>>,
}

/// What an endpoint chooses; by default all collectors, at their own periods.
#[derive(Debug, Default)]
pub struct Choice {
    /// The names of the collectors of its spans.
    pub traces: Option<Vec<String>>,
    /// The names of the collectors of its measurements.
    pub metrics: Option<Vec<String>>,
    /// Milliseconds between two reports.
    pub every_ms: Option<f64>,
}

// === impl Outlets ===

impl Outlets {
    /// The outlet of a choice.
    pub fn get(&self, targets: &[Target], choice: &Choice) -> Rc<Outlet> {
        let named = |names: &Option<Vec<String>>, target: &Target| {
            names.as_ref().is_none_or(|names| names.contains(&target.name))
        };
        let all = || targets.iter().enumerate();
        let traced = all().filter(|(_, target)| target.traces && named(&choice.traces, target));
        let metered =
            all().filter(|(_, target)| named(&choice.metrics, target)).filter_map(|(at, target)| {
                let every_ms = target.metrics_every_ms?;
                Some(self.meter(at, choice.every_ms.unwrap_or(every_ms)))
            });
        let queue = self.queue(traced.map(|(at, _)| at).collect());
        Rc::new(Outlet { queue, meters: metered.collect() })
    }

    fn queue(&self, targets: Vec<usize>) -> Rc<Queue> {
        let mut queues = self.queues.borrow_mut();
        if let Some(queue) = queues.iter().find(|queue| queue.targets == targets) {
            return Rc::clone(queue);
        }
        let queue = Queue { targets, spans: RefCell::default(), waiting: Rc::clone(&self.waiting) };
        queues.push(Rc::new(queue));
        queues.last().map(Rc::clone).expect("it was added")
    }

    fn meter(&self, target: usize, every_ms: f64) -> Rc<Meter> {
        let mut meters = self.meters.borrow_mut();
        let known = meters.iter().find(|meter| meter.target == target && meter.every_ms == every_ms);
        if let Some(meter) = known {
            return Rc::clone(meter);
        }
        let meter = Rc::new(Meter::new(target, every_ms));
        meters.push(Rc::clone(&meter));
        meter
    }

    /// The bytes of spans that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.get()
    }

    /// Whether a collector's report is due.
    pub fn is_report_due(&self, now: f64) -> bool {
        self.meters.borrow().iter().any(|meter| meter.is_due(now))
    }

    /// All queues.
    pub fn queues(&self) -> Vec<Rc<Queue>> {
        self.queues.borrow().clone()
    }

    /// All meters.
    pub fn meters(&self) -> Vec<Rc<Meter>> {
        self.meters.borrow().clone()
    }
}

// === impl Outlet ===

impl Outlet {
    /// Whether spans are sent anywhere.
    pub fn sends_spans(&self) -> bool {
        !self.queue.targets.is_empty()
    }
}

// === impl Queue ===

impl Queue {
    /// Keeps a span; false if all queues together would have more than `most` bytes.
    pub fn keep(&self, span: &Message, most: usize) -> bool {
        let (mut spans, waiting) = (self.spans.borrow_mut(), self.waiting.get());
        if waiting + span.len() > most {
            return false;
        }
        let before = spans.len();
        spans.bytes(2, span.as_slice());
        self.waiting.set(waiting + spans.len() - before);
        true
    }

    /// The spans that wait; none if there are none.
    pub fn take(&self) -> Option<Message> {
        let spans = std::mem::take(&mut *self.spans.borrow_mut());
        self.waiting.set(self.waiting.get() - spans.len());
        (spans.len() > 0).then_some(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str, traces: bool, metrics_every_ms: Option<f64>) -> Target {
        Target { name: name.to_owned(), url: String::new(), traces, metrics_every_ms, headers: Vec::new() }
    }

    #[test]
    fn endpoints_of_one_choice_share_a_queue_and_meters() {
        let targets =
            [target("a", true, Some(30.0)), target("b", true, None), target("c", false, Some(30.0))];
        let outlets = Outlets::default();
        let all = outlets.get(&targets, &Choice::default());
        assert_eq!((&*all.queue.targets, all.meters.len()), (&[0, 1][..], 2));
        let named = || Some(vec!["b".to_owned(), "c".to_owned(), "nobody".to_owned()]);
        let choice = Choice { traces: named(), metrics: named(), every_ms: None };
        let chosen = outlets.get(&targets, &choice);
        assert_eq!((&*chosen.queue.targets, chosen.meters.len()), (&[1][..], 1));
        assert!(Rc::ptr_eq(&chosen.meters[0], &all.meters[1]));
        let often = outlets.get(&targets, &Choice { every_ms: Some(1.0), ..choice });
        assert!(Rc::ptr_eq(&often.queue, &chosen.queue) && !Rc::ptr_eq(&often.meters[0], &chosen.meters[0]));
        assert_eq!((outlets.queues().len(), outlets.meters().len()), (2, 3));
    }

    #[test]
    fn all_queues_together_are_bounded() {
        let targets = [target("a", true, None), target("b", true, None)];
        let outlets = Outlets::default();
        let of = |name: &str| {
            outlets.get(&targets, &Choice { traces: Some(vec![name.to_owned()]), ..Choice::default() })
        };
        let (a, b, mut span) = (of("a"), of("b"), Message::default());
        span.bytes(1, [0; 98]);
        assert!(a.queue.keep(&span, 250) && b.queue.keep(&span, 250) && !a.queue.keep(&span, 250));
        assert_eq!(outlets.waiting(), 204);
        assert!(a.queue.take().is_some() && a.queue.take().is_none());
        assert!(b.queue.take().is_some());
        assert_eq!(outlets.waiting(), 0);
    }
}
