//! The messages that a group hasn't settled: which one is next, and what is committed.
//!
//! One reader per group takes records ahead, and gives each to one receiver. A record that nobody settles within its lease is given
//! again. A position is committed when all records before it are settled, so that nothing unsettled is lost with the reader.

use std::collections::VecDeque;

use bytes::Bytes;

use super::batches::Record;
use super::requests::Place;
use crate::broker::{BrokerFault, Host, Settlement};

/// How long a receiver has for a record, in milliseconds.
pub const LEASE: i64 = 30_000;
/// The records of a partition that may be in receivers' hands.
const MAX_LEASES: usize = 1000;

/// What a reader knows.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub coordinator: Option<Host>,
    pub partitions: Vec<Partition>,
    /// The partition that was last given a record of.
    turn: usize,
    last_token: u32,
}

/// A partition, from its committed position on.
#[derive(Debug, Clone)]
pub struct Partition {
    pub place: Place,
    pub leader: Host,
    /// Where the next fetch starts.
    pub next: i64,
    /// Records that were fetched and nobody has.
    waiting: VecDeque<Record>,
    /// Records that receivers have, by offset.
    leases: VecDeque<Lease>,
}

/// A record that a receiver has.
#[derive(Debug, Clone)]
struct Lease {
    token: u32,
    record: Record,
    until: i64,
    is_settled: bool,
}

// === impl Group ===

impl Group {
    /// Begins the tokens somewhere: a reader that is replaced must not take another one's tokens for its own.
    pub fn begin(&mut self, token: [u8; 4]) {
        if self.last_token == 0 {
            self.last_token = u32::from_ne_bytes(token);
        }
    }

    /// The next record for a receiver, with its token.
    pub fn take(&mut self, now: i64) -> Option<(u32, Bytes)> {
        self.last_token = self.last_token.checked_add(1).unwrap_or(1);
        let token = self.last_token;
        let mut late = self.partitions.iter_mut().flat_map(|partition| &mut partition.leases);
        if let Some(lease) = late.find(|lease| !lease.is_settled && lease.until <= now) {
            (lease.token, lease.until) = (token, now + LEASE);
            return Some((token, lease.record.value.clone()));
        }
        for step in 1..=self.partitions.len() {
            let index = (self.turn + step) % self.partitions.len();
            let partition = &mut self.partitions[index];
            if partition.leases.len() >= MAX_LEASES {
                continue;
            }
            if let Some(record) = partition.waiting.pop_front() {
                self.turn = index;
                let value = record.value.clone();
                partition.leases.push_back(Lease { token, record, until: now + LEASE, is_settled: false });
                return Some((token, value));
            }
        }
        None
    }

    /// Settles the record of a token; the position to commit, if it moves.
    ///
    /// # Errors
    /// The record was given to another receiver since.
    pub fn settle(
        &mut self,
        token: u32,
        settlement: Settlement,
    ) -> Result<Option<(Place, i64)>, BrokerFault> {
        let mut all = self.partitions.iter_mut();
        let find = |partition: &&mut Partition| partition.leases.iter().any(|lease| lease.token == token);
        let partition = all.find(find).ok_or(BrokerFault::NotHeld)?;
        // A record that goes back is given again when its lease is over: at once it would only fail again.
        if settlement == Settlement::Requeue {
            return Ok(None);
        }
        let mut leases = partition.leases.iter_mut();
        let lease = leases.find(|lease| lease.token == token && !lease.is_settled);
        lease.ok_or(BrokerFault::NotHeld)?.is_settled = true;
        let mut position = None;
        while partition.leases.front().is_some_and(|lease| lease.is_settled) {
            position = partition.leases.pop_front().map(|lease| lease.record.offset + 1);
        }
        Ok(position.map(|offset| (partition.place.clone(), offset)))
    }

    /// The partitions to fetch, by leader: those of which no record waits.
    pub fn wanted(&self) -> Vec<(Host, Vec<(Place, i64)>)> {
        let mut wanted: Vec<(Host, Vec<_>)> = Vec::new();
        for partition in self.partitions.iter().filter(|partition| partition.waiting.is_empty()) {
            let position = (partition.place.clone(), partition.next);
            match wanted.iter_mut().find(|(host, _)| *host == partition.leader) {
                Some((_, positions)) => positions.push(position),
                None => wanted.push((partition.leader.clone(), vec![position])),
            }
        }
        wanted
    }

    /// Whether receivers have as many records as they may.
    pub fn is_full(&self) -> bool {
        !self.partitions.is_empty()
            && self.partitions.iter().all(|partition| partition.leases.len() >= MAX_LEASES)
    }

    pub fn partition(&mut self, place: &Place) -> Option<&mut Partition> {
        self.partitions.iter_mut().find(|partition| partition.place == *place)
    }
}

// === impl Partition ===

impl Partition {
    pub const fn new(place: Place, leader: Host, next: i64) -> Self {
        Self { place, leader, next, waiting: VecDeque::new(), leases: VecDeque::new() }
    }

    /// Takes what was fetched.
    pub fn fill(&mut self, records: Vec<Record>, next: i64) {
        self.waiting.extend(records);
        self.next = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(partition: i32) -> Place {
        Place { topic: "t".to_owned(), partition }
    }

    /// Two partitions, with records of these offsets.
    fn group(offsets: [&[i64]; 2]) -> Group {
        let host = Host("h".to_owned(), 1);
        let partitions = [0, 1].map(|index| {
            let mut partition = Partition::new(place(index as i32), host.clone(), 0);
            let record = |offset: &i64| Record { offset: *offset, value: format!("{index}.{offset}").into() };
            partition.fill(offsets[index].iter().map(record).collect(), 100);
            partition
        });
        Group { partitions: partitions.to_vec(), ..Group::default() }
    }

    fn text(taken: Option<(u32, Bytes)>) -> String {
        taken.map_or("-".to_owned(), |(token, value)| format!("{token}:{}", String::from_utf8_lossy(&value)))
    }

    #[test]
    fn each_record_is_given_once_in_turn() {
        let mut group = group([&[5, 6], &[9]]);
        let taken: Vec<_> = (0..4).map(|_| text(group.take(0))).collect();
        assert_eq!(taken, ["1:1.9", "2:0.5", "3:0.6", "-"]);
        assert_eq!(group.wanted(), [(Host("h".to_owned(), 1), vec![(place(0), 100), (place(1), 100)])]);
    }

    #[test]
    fn tokens_begin_somewhere_once() {
        let mut group = group([&[5, 6], &[]]);
        group.begin(u32::MAX.to_ne_bytes());
        assert_eq!(text(group.take(0)), "1:0.5");
        group.begin(7_u32.to_ne_bytes());
        assert_eq!(text(group.take(0)), "2:0.6");
    }

    #[test]
    fn positions_move_over_settled_records_alone() {
        let mut group = group([&[5, 6, 9], &[]]);
        for _ in 0..3 {
            group.take(0);
        }
        assert_eq!(group.settle(2, Settlement::Ack), Ok(None));
        assert_eq!(group.settle(1, Settlement::Discard), Ok(Some((place(0), 7))));
        assert_eq!(group.settle(1, Settlement::Ack), Err(BrokerFault::NotHeld));
        assert_eq!(group.settle(3, Settlement::Requeue), Ok(None));
        assert_eq!(group.settle(3, Settlement::Ack), Ok(Some((place(0), 10))));
    }

    #[test]
    fn a_record_that_nobody_settles_is_given_again() {
        let mut group = group([&[5, 6], &[]]);
        group.take(0);
        assert_eq!(text(group.take(LEASE - 1)), "2:0.6");
        assert_eq!(text(group.take(LEASE)), "3:0.5");
        assert_eq!(group.settle(1, Settlement::Ack), Err(BrokerFault::NotHeld));
        assert_eq!(group.settle(2, Settlement::Ack), Ok(None));
        assert_eq!(group.settle(3, Settlement::Ack), Ok(Some((place(0), 7))));
    }

    #[test]
    fn receivers_have_so_many_records_at_most() {
        let offsets: Vec<_> = (0..1001).collect();
        let mut group = group([&offsets, &offsets]);
        let taken = std::iter::from_fn(|| group.take(0)).count();
        assert_eq!(taken, 2 * MAX_LEASES);
        assert!(group.is_full());
    }
}
