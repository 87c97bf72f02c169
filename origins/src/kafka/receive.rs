//! Reads a group's records for receivers, and commits what they settle.

use std::cell::RefCell;

use bytes::Bytes;

use super::Source;
use super::batches;
use super::cluster::{Cluster, Open};
use super::error::Code;
use super::group::{Group, Partition};
use super::requests::{self, Fetched, Place};
use crate::broker::{BrokerFault, Connector, Host, Settlement};

/// How long a broker waits for a record, in milliseconds: with one leader, and with several, which are asked one after the other.
const WAIT: i32 = 2000;
const SHORT_WAIT: i32 = 100;
/// The repetitions of a commit, and the pause before each, in milliseconds.
const RETRIES: u32 = 3;
const PAUSE: u32 = 250;

/// A cluster to read from.
#[derive(Debug)]
pub struct Reader<'a, C> {
    pub cluster: Cluster<'a, C>,
    pub source: &'a Source,
    pub group: &'a RefCell<Group>,
}

// === impl Reader ===

impl<C: Connector> Reader<'_, C> {
    /// Waits for the group's next record; gives its token and its value. There is one call of this at a time.
    ///
    /// # Errors
    /// The cluster can't be reached or refuses something, or a record can't be read.
    pub async fn receive(&self) -> Result<(u32, Bytes), BrokerFault> {
        let mut token = [0; 4];
        self.cluster.connector.random(&mut token)?;
        self.group.borrow_mut().begin(token);
        let mut connections: Vec<(Host, Open<C>)> = Vec::new();
        loop {
            if let Some(taken) = self.group.borrow_mut().take(self.cluster.connector.now()) {
                return Ok(taken);
            }
            if self.group.borrow().is_full() {
                return Err(BrokerFault::NotTaken("nobody settles its messages".to_owned()));
            }
            if self.group.borrow().partitions.is_empty() {
                self.join().await?;
            }
            let wanted = self.group.borrow().wanted();
            let wait = if wanted.len() > 1 { SHORT_WAIT } else { WAIT };
            for (host, positions) in wanted {
                let at = match connections.iter().position(|(open, _)| *open == host) {
                    Some(at) => at,
                    None => {
                        connections.push((host.clone(), self.cluster.open(&host).await?));
                        connections.len() - 1
                    }
                };
                let connection = &mut connections[at].1;
                for fetched in requests::fetch(connection, &positions, wait).await? {
                    self.fill(connection, fetched).await?;
                }
            }
        }
    }

    /// Settles a record; when this returns, the group's position is committed.
    ///
    /// # Errors
    /// The record isn't the receiver's any more, or the position can't be committed: then the record may be given again.
    pub async fn settle(&self, token: u32, settlement: Settlement) -> Result<(), BrokerFault> {
        let position = self.group.borrow_mut().settle(token, settlement)?;
        match position {
            Some(position) => self.commit(&[position]).await,
            None => Ok(()),
        }
    }

    async fn fill(&self, connection: &mut Open<C>, fetched: Fetched) -> Result<(), BrokerFault> {
        let Fetched { place, code, batches } = fetched;
        if code == Code::OFFSET_OUT_OF_RANGE {
            // What was there is deleted, or the topic is a new one of the same name.
            let ends = requests::ends(connection, &[place], self.source.oldest).await?;
            for (place, offset) in ends {
                if let Some(partition) = self.group.borrow_mut().partition(&place) {
                    partition.next = offset;
                }
            }
            return Ok(());
        }
        if code.is_temporary() {
            self.cluster.connector.pause(PAUSE).await;
            return self.join().await;
        }
        code.check(&place.topic)?;
        let mut group = self.group.borrow_mut();
        if let Some(partition) = group.partition(&place) {
            let (records, next) = batches::decode(batches, partition.next)?;
            partition.fill(records, next);
        }
        Ok(())
    }

    /// Finds the partitions, their leaders, and the positions of those that are new.
    async fn join(&self) -> Result<(), BrokerFault> {
        let (mut connection, _) = self.cluster.open_any().await?;
        let mut places = Vec::new();
        for topic in &self.source.topics {
            let leaders = self.cluster.leaders(&mut connection, topic).await?;
            let place = |(partition, leader)| (Place { topic: topic.clone(), partition }, leader);
            places.extend(leaders.into_iter().map(place));
        }
        let mut new: Vec<(Place, Host)> = Vec::new();
        for (place, leader) in places {
            match self.group.borrow_mut().partition(&place) {
                Some(partition) => partition.leader = leader,
                None => new.push((place, leader)),
            }
        }
        let positions = self.positions(&mut connection, &new).await?;
        let joined = new.into_iter().map(|(place, leader)| {
            let known = positions.iter().find(|(known, _)| *known == place);
            Partition::new(place, leader, known.map_or(0, |(_, offset)| *offset))
        });
        self.group.borrow_mut().partitions.extend(joined);
        Ok(())
    }

    /// The positions that the group has committed, or where it begins. Those are committed at once: what is published from now on
    /// is the group's, whenever it asks for it.
    async fn positions(
        &self,
        connection: &mut Open<C>,
        places: &[(Place, Host)],
    ) -> Result<Vec<(Place, i64)>, BrokerFault> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<_> = places.iter().map(|(place, _)| place.clone()).collect();
        let coordinator = self.find_coordinator(connection).await?;
        let mut coordinating = self.cluster.open(&coordinator).await?;
        let committed = requests::committed(&mut coordinating, &self.source.group, &asked).await?;
        let (mut known, new): (Vec<_>, Vec<_>) = committed.into_iter().partition(|(_, offset)| *offset >= 0);
        let mut begins = Vec::new();
        for (place, _) in new {
            let leader = places.iter().find(|(other, _)| *other == place);
            let Some((_, leader)) = leader else { continue };
            let mut connection = self.cluster.open(leader).await?;
            begins.extend(requests::ends(&mut connection, &[place], self.source.oldest).await?);
        }
        if !begins.is_empty() {
            requests::commit(&mut coordinating, &self.source.group, &begins).await?;
        }
        known.extend(begins);
        Ok(known)
    }

    async fn commit(&self, positions: &[(Place, i64)]) -> Result<(), BrokerFault> {
        let mut attempt = 0;
        loop {
            let committed = async {
                let known = self.group.borrow().coordinator.clone();
                let coordinator = match known {
                    Some(coordinator) => coordinator,
                    None => self.find_coordinator(&mut self.cluster.open_any().await?.0).await?,
                };
                let mut connection = self.cluster.open(&coordinator).await?;
                requests::commit(&mut connection, &self.source.group, positions).await
            };
            match committed.await {
                Err(BrokerFault::Connect(_) | BrokerFault::Lost(_) | BrokerFault::NotTaken(_))
                    if attempt < RETRIES =>
                {
                    self.group.borrow_mut().coordinator = None;
                    attempt += 1;
                    self.cluster.connector.pause(PAUSE).await;
                }
                result => return result,
            }
        }
    }

    async fn find_coordinator(&self, connection: &mut Open<C>) -> Result<Host, BrokerFault> {
        let group = &self.source.group;
        let found = self.cluster.repeat(async || requests::coordinator(connection, group).await, group);
        let host = found.await?;
        self.group.borrow_mut().coordinator = Some(host.clone());
        Ok(host)
    }
}
