//! The token bucket behind all rate limits, with KrakenD's way of refilling it (spec §20).

/// How fast and how far a bucket fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Milliseconds for one token.
    interval_ms: f64,
    /// Tokens of a full bucket.
    capacity: u64,
}

/// Tokens left, and when the last were added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    tokens: u64,
    refilled_at: f64,
}

// === impl Rate ===

impl Rate {
    /// `per_second` tokens in a second, `capacity` of them at once (at least one).
    pub fn new(per_second: f64, capacity: u64) -> Self {
        Self { interval_ms: 1000.0 / per_second.max(1e-9), capacity: capacity.max(1) }
    }

    /// Tokens of a full bucket.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }
}

// === impl Bucket ===

impl Bucket {
    /// A full bucket.
    pub fn full(rate: &Rate, now: f64) -> Self {
        Self { tokens: rate.capacity, refilled_at: now }
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
    fn a_clock_that_goes_back_gives_nothing() {
        let rate = Rate::new(1.0, 1);
        let mut bucket = Bucket::full(&rate, 5_000.0);
        assert_eq!(taken(&rate, &mut bucket, &[5_000.0, 1_000.0]), [true, false]);
    }
}
