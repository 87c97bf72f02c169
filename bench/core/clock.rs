//! Times pieces of work against each other: in turns, the time that the quickest tenth reaches. What else runs only makes it slower.

use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 25;
const SLICE: Duration = Duration::from_millis(4);

/// One piece of work.
pub struct Work<'w>(Box<dyn FnMut() + 'w>);

impl<'w> Work<'w> {
    /// Work whose result is kept from being optimised away.
    pub fn new<T>(mut work: impl FnMut() -> T + 'w) -> Self {
        Self(Box::new(move || {
            black_box(work());
        }))
    }

    fn slice(&mut self, count: u32) -> Duration {
        let began = Instant::now();
        for _ in 0..count {
            (self.0)();
        }
        began.elapsed()
    }

    /// How often it fits into a slice.
    fn count(&mut self) -> u32 {
        let mut count = 1;
        loop {
            let took = self.slice(count);
            if took >= SLICE / 2 {
                return (f64::from(count) * SLICE.as_secs_f64() / took.as_secs_f64()).ceil() as u32;
            }
            count *= 2;
        }
    }
}

/// Nanoseconds of each, once.
pub fn together<const N: usize>(mut works: [Work<'_>; N]) -> [f64; N] {
    let counts = works.each_mut().map(Work::count);
    let mut seen = [const { Vec::new() }; N];
    for _ in 0..ROUNDS {
        for (at, work) in works.iter_mut().enumerate() {
            seen[at].push(work.slice(counts[at]).as_nanos() as f64 / f64::from(counts[at]));
        }
    }
    seen.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 10]
    })
}

/// Nanoseconds of one piece of work.
pub fn alone<T>(work: impl FnMut() -> T) -> f64 {
    let [ns] = together([Work::new(work)]);
    ns
}
