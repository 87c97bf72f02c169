//! Buckets of clients, as many as an isolate can keep.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::bucket::{Bucket, Rate};
use crate::options::Environment;

/// Clients of all limits that are told apart at once; twice as many are kept at most, with keys of some 70 bytes 3.5 MB. KrakenD
/// forgets idle ones after minutes.
const MOST: usize = 16_384;

/// The clients of one limit.
#[derive(Default)]
pub struct Clients {
    /// In front of the keys: what tells the limits apart.
    limit: u32,
    table: Rc<RefCell<Table>>,
}

/// One table for the limits of a plan: as many tables as limits would take all memory, and leave none for requests.
#[derive(Default)]
struct Shared {
    limits: RefCell<u32>,
    table: Rc<RefCell<Table>>,
}

/// Buckets by client, in two generations: when the younger is full, the older is forgotten.
#[derive(Default)]
struct Table {
    young: BTreeMap<String, Bucket>,
    old: BTreeMap<String, Bucket>,
}

// === impl Clients ===

impl Clients {
    /// Those of one more limit.
    pub fn of(environment: &Environment) -> Self {
        let shared = environment.shared::<Shared>();
        let mut limits = shared.limits.borrow_mut();
        *limits += 1;
        Self { limit: *limits, table: Rc::clone(&shared.table) }
    }

    /// Takes a token of a client's bucket if there is one.
    pub fn take(&self, key: &str, rate: &Rate, now: f64) -> bool {
        self.table.borrow_mut().take(self.key(key), rate, now)
    }

    /// Whether a client's bucket has a token.
    pub fn has(&self, key: &str, rate: &Rate, now: f64) -> bool {
        self.table.borrow().has(&self.key(key), rate, now)
    }

    fn key(&self, key: &str) -> String {
        format!("{}:{key}", self.limit)
    }
}

// === impl Table ===

impl Table {
    fn take(&mut self, key: String, rate: &Rate, now: f64) -> bool {
        if let Some(bucket) = self.young.get_mut(&key) {
            return bucket.take(rate, now);
        }
        let mut bucket = self.old.remove(&key).unwrap_or_else(|| Bucket::full(rate, now));
        let taken = bucket.take(rate, now);
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, bucket);
        taken
    }

    fn has(&self, key: &str, rate: &Rate, now: f64) -> bool {
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
        let environment = Environment::default();
        let (clients, others) = (Clients::of(&environment), Clients::of(&environment));
        for client in 0..3 * MOST {
            assert!(clients.take(&client.to_string(), &rate, 0.0));
        }
        let last = (3 * MOST - 1).to_string();
        assert!(others.take(&last, &rate, 0.0), "each limit has clients of its own");
        let table = clients.table.borrow();
        assert!(table.young.len() + table.old.len() <= 2 * MOST, "and all have one bound");
        drop(table);
        assert!(!clients.take(&last, &rate, 0.0));
    }

    #[test]
    fn a_look_takes_nothing() {
        let rate = Rate::new(1.0, 1);
        let clients = Clients::default();
        assert!(clients.has("a", &rate, 0.0) && clients.has("a", &rate, 0.0));
        assert!(clients.take("a", &rate, 0.0));
        assert!(
            !clients.has("a", &rate, 0.0) && clients.has("b", &rate, 0.0) && clients.has("a", &rate, 1000.0)
        );
    }
}
