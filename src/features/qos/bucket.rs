//! The token bucket behind all rate limits, with KrakenD's way of refilling it (spec §20).
//!
//! The module of the Durable Object (`limits/`) takes in this file too: both count alike.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How fast and how far a bucket fills. As text, `INTERVAL/CAPACITY`, it travels to the object that counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Milliseconds for one token.
    interval_ms: f64,
    /// Tokens of a full bucket.
    capacity: u64,
}

/// Tokens left, and when the last were added.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    tokens: u64,
    refilled_at: f64,
}

/// A string that isn't a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRate;

/// Whole numbers up to this one are exact in a script, and more tokens are no limit.
const MOST: u64 = 1 << 53;

// === impl Rate ===

impl Rate {
    /// `per_second` tokens in a second, `capacity` of them at once (at least one).
    pub fn new(per_second: f64, capacity: u64) -> Self {
        Self { interval_ms: 1000.0 / per_second.max(1e-9), capacity: capacity.clamp(1, MOST) }
    }

    /// Tokens of a full bucket.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Milliseconds in which an empty bucket fills.
    pub fn fill_ms(&self) -> f64 {
        self.interval_ms * self.capacity as f64
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.interval_ms, self.capacity)
    }
}

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, NoRate> {
        let (interval, capacity) = text.split_once('/').ok_or(NoRate)?;
        let interval_ms = interval.parse().ok().filter(|ms: &f64| ms.is_finite() && *ms > 0.0);
        let capacity = capacity.parse().ok().filter(|tokens| (1..=MOST).contains(tokens));
        Ok(Self { interval_ms: interval_ms.ok_or(NoRate)?, capacity: capacity.ok_or(NoRate)? })
    }
}

// === impl Bucket ===

impl Bucket {
    /// A full bucket.
    pub fn full(rate: &Rate, now: f64) -> Self {
        Self { tokens: rate.capacity, refilled_at: now }
    }

    /// Milliseconds from `now` until a new bucket is no more generous than this one.
    pub fn forgettable_ms(&self, rate: &Rate, now: f64) -> f64 {
        (self.refilled_at + rate.fill_ms() - now).max(0.0)
    }

    /// The same under a rate that may have become another.
    pub fn within(self, rate: &Rate) -> Self {
        Self { tokens: self.tokens.min(rate.capacity), ..self }
    }

    /// Takes a token if there is one.
    ///
    /// A bucket is refilled only when it is empty, with what has come together since it last was; if that is more than
    /// it holds, it is full and this request is free.
    pub fn take(&mut self, rate: &Rate, now: f64) -> bool {
        if self.tokens > 0 {
            self.tokens -= 1;
            return true;
        }
        let due = ((now - self.refilled_at) / rate.interval_ms).floor();
        if due < 1.0 {
            return false;
        }
        self.refilled_at += due * rate.interval_ms;
        self.tokens = if due > rate.capacity as f64 { rate.capacity } else { due as u64 - 1 };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(rate: &Rate, bucket: &mut Bucket, times: &[f64]) -> Vec<bool> {
        times.iter().map(|now| bucket.take(rate, *now)).collect()
    }

    #[test]
    fn a_full_bucket_then_one_per_interval() {
        let rate = Rate::new(2.0, 2);
        let mut bucket = Bucket::full(&rate, 0.0);
        assert_eq!(
            taken(&rate, &mut bucket, &[0.0, 0.0, 0.0, 499.0, 500.0, 501.0, 1000.0]),
            [true, true, false, false, true, false, true]
        );
    }

    #[test]
    fn a_late_refill_passes_one_request_more_than_the_capacity() {
        let rate = Rate::new(1.0, 2);
        let mut bucket = Bucket::full(&rate, 0.0);
        assert_eq!(taken(&rate, &mut bucket, &[0.0, 0.0, 0.0]), [true, true, false]);
        assert_eq!(taken(&rate, &mut bucket, &[10_000.0; 4]), [true, true, true, false]);
    }

    #[test]
    fn a_rate_travels_as_text() {
        for rate in [Rate::new(2.0, 2), Rate::new(1.0 / 3.0, u64::MAX), Rate::new(1e-300, 0)] {
            assert_eq!(rate.to_string().parse(), Ok(rate));
        }
        for text in ["", "1", "/", "1/", "0/1", "-1/1", "NaN/1", "inf/1", "1/0", "1/-1", "1/1.5", "1/1/1"] {
            assert_eq!(text.parse::<Rate>(), Err(NoRate), "{text}");
        }
    }

    #[test]
    fn a_bucket_may_be_forgotten_when_it_would_be_full() {
        let rate = Rate::new(1.0, 3);
        let mut bucket = Bucket::full(&rate, 0.0);
        assert_eq!(taken(&rate, &mut bucket, &[0.0, 0.0, 0.0]), [true; 3]);
        assert_eq!(bucket.forgettable_ms(&rate, 1_000.0), 2_000.0);
        assert_eq!(bucket.forgettable_ms(&rate, 9_000.0), 0.0);
        assert_eq!(
            Bucket::full(&rate, 0.0).within(&Rate::new(1.0, 1)),
            Bucket::full(&Rate::new(1.0, 1), 0.0)
        );
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let rate = Rate::new(1.0, 1);
        let mut bucket = Bucket::full(&rate, 5_000.0);
        assert_eq!(taken(&rate, &mut bucket, &[5_000.0, 1_000.0]), [true, false]);
    }
}
