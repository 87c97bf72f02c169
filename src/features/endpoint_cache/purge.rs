//! What was purged, and when: one record in the edge's cache, which each isolate reads every two seconds.
//!
//! Entries aren't deleted, since nobody can list them: one that was made before its purge isn't used.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::context::{Cx, Reach};
use crate::features::qos::http_cache::edge;
use crate::platform::Io;

/// The purges of a data centre.
#[derive(Debug, Default)]
pub struct Purges {
    /// When the record was read.
    read: Cell<f64>,
    /// When each tag was purged, in milliseconds since 1970; the empty one is everything.
    times: RefCell<BTreeMap<String, f64>>,
}

/// The record's key.
const RECORD: &str = "8:purges:1";

/// How long an isolate believes what it has read.
const READ_EVERY_MS: f64 = 2000.0;

/// More tags than this are purged as everything.
const MOST: usize = 1000;

// === impl Purges ===

impl Purges {
    /// When anything with one of these tags was purged last; 0 for never.
    pub async fn last(&self, cx: Cx<'_>, tags: &[String]) -> f64 {
        let now = cx.io.now();
        if now >= self.read.get() + READ_EVERY_MS {
            // Whoever looks meanwhile uses what was read before.
            self.read.set(now);
            if let Some(text) = edge::read(cx.reach(), cx.deadline, RECORD).await {
                self.merge(&text);
            }
        }
        let times = self.times.borrow();
        let of = |tag: &str| times.get(tag).copied().unwrap_or(0.0);
        tags.iter().map(|tag| of(tag)).fold(of(""), f64::max)
    }

    /// Purges what has one of these tags; without a tag, everything. Says whether the record could be written.
    pub async fn add(&self, reach: Reach<'_>, tags: &[String]) -> bool {
        let deadline = crate::platform::Deadline::new(reach.io, edge::PATIENCE_MS);
        if let Some(text) = edge::read(reach, &deadline, RECORD).await {
            self.merge(&text);
        }
        self.stamp(reach.io, tags);
        edge::write(reach, &deadline, RECORD, self.text().into_bytes()).await
    }

    fn stamp(&self, io: &Io, tags: &[String]) {
        let mut times = self.times.borrow_mut();
        let everything = [String::new()];
        for tag in if tags.is_empty() { &everything[..] } else { tags } {
            times.insert(tag.clone(), io.now());
        }
        if times.len() > MOST {
            times.clear();
            times.insert(String::new(), io.now());
        }
    }

    /// A line for each tag: when, a tab, the tag.
    fn text(&self) -> String {
        self.times
            .borrow()
            .iter()
            .map(|(tag, time)| format!("{time:.0}\t{}\n", tag.replace(['\n', '\t'], " ")))
            .collect()
    }

    fn merge(&self, text: &[u8]) {
        let mut times = self.times.borrow_mut();
        for line in String::from_utf8_lossy(text).lines() {
            if let Some((time, tag)) = line.split_once('\t')
                && let Ok(time) = time.parse::<f64>()
            {
                let known = times.entry(tag.to_owned()).or_insert(0.0);
                *known = known.max(time);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_says_when_each_tag_was_purged() {
        let (purges, io) = (Purges::default(), Io::new(5000.0, 1));
        purges.stamp(&io, &["users".to_owned()]);
        purges.stamp(&io, &[]);
        assert_eq!(purges.text(), "5000\t\n5000\tusers\n");
        let other = Purges::default();
        other.merge(b"4000\tusers\n9000\torders\nnonsense\n");
        other.merge(purges.text().as_bytes());
        assert_eq!(other.text(), "5000\t\n9000\torders\n5000\tusers\n");
    }
}
