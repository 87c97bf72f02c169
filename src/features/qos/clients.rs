//! Buckets of clients, as many as an isolate can keep.

use std::collections::BTreeMap;

use super::bucket::{Bucket, Rate};

/// Clients that are told apart at once; twice as many are kept at most. KrakenD forgets idle ones after minutes.
const MOST: usize = 16_384;

/// Buckets by client, in two generations: when the younger is full, the older is forgotten.
#[derive(Default)]
pub struct Clients {
    young: BTreeMap<String, Bucket>,
    old: BTreeMap<String, Bucket>,
}

// === impl Clients ===

impl Clients {
    /// Takes a token of a client's bucket if there is one.
    pub fn take(&mut self, key: &str, rate: &Rate, now: f64) -> bool {
        if let Some(bucket) = self.young.get_mut(key) {
            return bucket.take(rate, now);
        }
        let mut bucket = self.old.remove(key).unwrap_or_else(|| Bucket::full(rate, now));
        let taken = bucket.take(rate, now);
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.to_owned(), bucket);
        taken
    }

    /// Whether a client's bucket has a token.
    pub fn has(&self, key: &str, rate: &Rate, now: f64) -> bool {
        let known = self.young.get(key).or_else(|| self.old.get(key));
        known.copied().is_none_or(|mut bucket| bucket.take(rate, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_clients_is_bounded_and_keeps_the_recent_ones() {
        let rate = Rate::new(1.0, 1);
        let mut clients = Clients::default();
        for client in 0..3 * MOST {
            assert!(clients.take(&client.to_string(), &rate, 0.0));
        }
        assert!(clients.young.len() + clients.old.len() <= 2 * MOST);
        assert!(!clients.take(&(3 * MOST - 1).to_string(), &rate, 0.0));
    }

    #[test]
    fn a_look_takes_nothing() {
        let rate = Rate::new(1.0, 1);
        let mut clients = Clients::default();
        assert!(clients.has("a", &rate, 0.0) && clients.has("a", &rate, 0.0));
        assert!(clients.take("a", &rate, 0.0));
        assert!(
            !clients.has("a", &rate, 0.0) && clients.has("b", &rate, 0.0) && clients.has("a", &rate, 1000.0)
        );
    }
}
