//! Kept answers, bounded by number and bytes; the one not used for the longest time goes first.

use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_http::Headers;
use fjord_memory::room;

/// What caches leave to requests of the memory that the instance has: two that hold a body of 8 MB each.
const FOR_REQUESTS: usize = 16 << 20;

/// An answer that may be given again.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The status code.
    pub status: u16,
    /// The header lines.
    pub headers: Headers,
    /// The body.
    pub body: Rc<[u8]>,
    /// The request's values of the headers that `Vary` names.
    pub varied: Vec<(String, String)>,
}

/// Answers by their key.
#[derive(Debug)]
pub struct Store {
    limits: Limits,
    entries: BTreeMap<String, Entry>,
    bytes: usize,
    clock: u64,
}

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `max_items`
    pub items: usize,
    /// `max_size`
    pub bytes: usize,
}

#[derive(Debug)]
struct Entry {
    kept: Rc<Kept>,
    size: usize,
    used: u64,
}

/// What holds where the options set no limit: KrakenD's cache then has none, which an isolate of 128 MB can't afford.
impl Default for Limits {
    fn default() -> Self {
        Self { items: 1_000, bytes: 16 << 20 }
    }
}

// === impl Store ===

impl Store {
    /// An empty store.
    pub fn new(limits: Limits) -> Self {
        Self { limits, entries: BTreeMap::new(), bytes: 0, clock: 0 }
    }

    /// The answer under a key.
    pub fn get(&mut self, key: &str) -> Option<Rc<Kept>> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.clock;
        Some(Rc::clone(&entry.kept))
    }

    /// Whether an answer may be kept at all: one that is larger than everything together may not.
    pub fn admits(&self, key: &str, kept: &Kept) -> bool {
        self.limits.items > 0 && size(key, kept) <= self.limits.bytes
    }

    /// Keeps an answer, if it may be kept, and gives it back.
    pub fn put(&mut self, key: &str, kept: Kept) -> Rc<Kept> {
        self.remove(key);
        let kept = Rc::new(kept);
        if !self.admits(key, &kept) {
            return kept;
        }
        let size = size(key, &kept);
        let full = |store: &Self| {
            store.entries.len() >= store.limits.items || store.bytes + size > store.limits.bytes
        };
        let is_tight = || room() < FOR_REQUESTS.saturating_add(size);
        // Where other caches or requests hold the memory, a new answer takes the place of old ones, no more.
        let least = self.bytes.saturating_sub(size);
        while full(self) || (is_tight() && self.bytes > least) {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.remove(&oldest);
        }
        if is_tight() {
            return kept;
        }
        self.clock += 1;
        self.bytes += size;
        self.entries.insert(key.to_owned(), Entry { kept: Rc::clone(&kept), size, used: self.clock });
        kept
    }

    /// Forgets an answer.
    pub fn remove(&mut self, key: &str) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.size;
        }
    }
}

fn size(key: &str, kept: &Kept) -> usize {
    let headers: usize = kept.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    // The client chose these, and may have chosen long ones.
    let varied: usize = kept.varied.iter().map(|(name, value)| name.len() + value.len()).sum();
    key.len() + headers + varied + kept.body.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_memory::with_room;

    fn kept(bytes: usize) -> Kept {
        Kept { status: 200, headers: Headers::default(), body: vec![0; bytes].into(), varied: Vec::new() }
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut store = Store::new(Limits { items: 2, bytes: 1000 });
        store.put("a", kept(1));
        store.put("b", kept(1));
        store.get("a");
        store.put("c", kept(1));
        assert!(store.get("a").is_some() && store.get("b").is_none() && store.get("c").is_some());
    }

    #[test]
    fn requests_have_their_share_of_the_memory() {
        let mut store = Store::new(Limits { items: 100, bytes: 10_000 });
        store.put("a", kept(600));
        store.put("b", kept(600));
        with_room(FOR_REQUESTS, || store.put("c", kept(600)));
        assert!(store.get("a").is_none() && store.get("b").is_some() && store.get("c").is_none());
        with_room(FOR_REQUESTS + 1000, || store.put("c", kept(600)));
        assert!(store.get("b").is_some() && store.get("c").is_some());
    }

    #[test]
    fn bytes_are_bounded_and_counted_once() {
        let mut store = Store::new(Limits { items: 100, bytes: 1000 });
        for _ in 0..10 {
            store.put("a", kept(600));
        }
        store.put("b", kept(600));
        assert!(store.get("a").is_none() && store.bytes <= 1000);
        store.put("c", kept(2000));
        assert!(store.get("c").is_none() && store.get("b").is_some());
        // What a client sent of a header that the answer varies by counts, too.
        let varied = vec![("X-Long".to_owned(), "x".repeat(2000))];
        store.put("d", Kept { varied, ..kept(1) });
        assert!(store.get("d").is_none() && store.get("b").is_some());
    }
}
