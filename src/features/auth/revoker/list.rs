//! The list of revoked claims: the Durable Object keeps it, isolates have copies that they bring up to date.
//!
//! Claims are listed as digests: neither the object nor an isolate knows whose tokens were revoked. The module of the Durable Object
//! (`limits/`) takes in this file too.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The first half of a SHA-256.
pub type Digest = [u8; 16];

/// What is listed, each until a moment of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevocationList {
    /// A random number that names this history of the list. Within it entries are only added.
    epoch: u64,
    /// How often something was added in it.
    version: u64,
    entries: BTreeMap<Digest, Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// Milliseconds since 1970.
    until_ms: u64,
    /// The version of the list that it came with.
    version: u64,
}

/// What the object is asked for. As text it's a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `since/EPOCH/VERSION`: what a copy lacks.
    Since(u64, u64),
    /// `add/SECONDS/DIGEST,DIGEST`: lists something for a while.
    Add(u64, Vec<Digest>),
    /// `remove/DIGEST,DIGEST`: takes something off the list.
    Remove(Vec<Digest>),
}

/// The list has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// The most entries of a list: an isolate's copy takes 5 MB then, of the 128 that a worker has.
pub const MOST: usize = 100_000;

/// The most entries of one command.
pub const MOST_AT_ONCE: usize = 100;

/// Bytes before the entries of an update: epoch, version, and whether it's the whole list.
const HEAD: usize = 17;

/// The bytes of an entry in an update: its digest and its end.
const ENTRY: usize = 24;

// === impl RevocationList ===

impl RevocationList {
    /// An empty list with a history of this name.
    pub fn new(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// Lists these until a moment, or until a later one where they're listed already: all of them or none.
    ///
    /// # Errors
    /// If the list is full of what has not ended.
    pub fn add(&mut self, digests: &[Digest], until_ms: u64, now_ms: f64) -> Result<(), Full> {
        let lacks = |list: &Self| digests.iter().filter(|digest| !list.entries.contains_key(*digest)).count();
        if self.entries.len() + lacks(self) > MOST {
            self.prune(now_ms);
            if self.entries.len() + lacks(self) > MOST {
                return Err(Full);
            }
        }
        self.version += 1;
        for digest in digests {
            let entry = self.entries.entry(*digest).or_insert(Entry { until_ms, version: 0 });
            *entry = Entry { until_ms: entry.until_ms.max(until_ms), version: self.version };
        }
        Ok(())
    }

    /// Takes something off the list. Copies must come whole then: the history gets this name.
    pub fn remove(&mut self, digest: &Digest, epoch: u64) {
        if self.entries.remove(digest).is_some() {
            self.epoch = epoch;
        }
    }

    /// Whether something is listed.
    pub fn has(&self, digest: &Digest, now_ms: f64) -> bool {
        self.entries.get(digest).is_some_and(|entry| now_ms < entry.until_ms as f64)
    }

    /// When something on the list ends.
    pub fn until_ms(&self, digest: &Digest) -> Option<u64> {
        self.entries.get(digest).map(|entry| entry.until_ms)
    }

    /// Drops what has ended, and says what that was. Copies drop it by themselves.
    pub fn prune(&mut self, now_ms: f64) -> Vec<Digest> {
        let ended = |entry: &Entry| entry.until_ms as f64 <= now_ms;
        let digests = self.entries.iter().filter(|(_, entry)| ended(entry)).map(|(digest, _)| *digest);
        let digests: Vec<Digest> = digests.collect();
        self.entries.retain(|_, entry| !ended(entry));
        digests
    }

    /// When the first entry ends; none if there is none.
    pub fn ends_ms(&self) -> Option<u64> {
        self.entries.values().map(|entry| entry.until_ms).min()
    }

    /// What a copy asks for to be like this one.
    pub fn next(&self) -> Command {
        Command::Since(self.epoch, self.version)
    }

    /// The update of a copy: what was added since, or everything if its history is another one.
    pub fn update(&self, epoch: u64, version: u64) -> Vec<u8> {
        let is_whole = epoch != self.epoch || version > self.version;
        let mut bytes = Vec::with_capacity(HEAD);
        bytes.extend(self.epoch.to_le_bytes());
        bytes.extend(self.version.to_le_bytes());
        bytes.push(u8::from(is_whole));
        for (digest, entry) in &self.entries {
            if is_whole || entry.version > version {
                bytes.extend(digest);
                bytes.extend(entry.until_ms.to_le_bytes());
            }
        }
        bytes
    }

    /// This copy with an update; none if nothing has changed.
    ///
    /// # Errors
    /// If the bytes aren't an update of this copy, or of more than a list may have.
    pub fn updated(&self, update: &[u8], now_ms: f64) -> Result<Option<Self>, Unreadable> {
        let (head, entries) = update.split_at_checked(HEAD).ok_or(Unreadable)?;
        let (epoch, version) = (number(head, 0)?, number(head, 8)?);
        let is_whole = match head[16] {
            0 if epoch == self.epoch && version >= self.version => false,
            1 => true,
            _ => return Err(Unreadable),
        };
        if entries.len() % ENTRY != 0 || entries.len() / ENTRY > MOST {
            return Err(Unreadable);
        }
        if !is_whole && entries.is_empty() && version == self.version {
            return Ok(None);
        }
        let mut list = if is_whole { Self::default() } else { self.clone() };
        (list.epoch, list.version) = (epoch, version);
        for entry in entries.chunks_exact(ENTRY) {
            let digest = entry[..16].try_into().map_err(|_| Unreadable)?;
            list.entries.insert(digest, Entry { until_ms: number(entry, 16)?, version });
        }
        list.prune(now_ms);
        // Only an object that doesn't keep to its own bound gets here.
        if list.entries.len() > MOST { Err(Unreadable) } else { Ok(Some(list)) }
    }
}

fn number(bytes: &[u8], at: usize) -> Result<u64, Unreadable> {
    let bytes = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u64::from_le_bytes).ok_or(Unreadable)
}

/// A digest as text.
pub fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest of its text.
pub fn unhex(text: &str) -> Option<Digest> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok();
    let mut digest = Digest::default();
    for (at, place) in digest.iter_mut().enumerate() {
        *place = is_hex.then(|| byte(at)).flatten()?;
    }
    Some(digest)
}

// === impl Command ===

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |digests: &[Digest]| digests.iter().map(hex).collect::<Vec<_>>().join(",");
        match self {
            Self::Since(epoch, version) => write!(f, "since/{epoch}/{version}"),
            Self::Add(seconds, digests) => write!(f, "add/{seconds}/{}", list(digests)),
            Self::Remove(digests) => write!(f, "remove/{}", list(digests)),
        }
    }
}

impl FromStr for Command {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let digests = |text: &str| {
            let digests = text.split(',').map(unhex).collect::<Option<Vec<_>>>()?;
            (digests.len() <= MOST_AT_ONCE).then_some(digests)
        };
        let parts: Vec<&str> = text.split('/').collect();
        let command = match parts[..] {
            ["since", epoch, version] => {
                epoch.parse().ok().zip(version.parse().ok()).map(|(e, v)| Self::Since(e, v))
            }
            ["add", seconds, list] => seconds.parse().ok().zip(digests(list)).map(|(s, l)| Self::Add(s, l)),
            ["remove", list] => digests(list).map(Self::Remove),
            _ => None,
        };
        command.ok_or(Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Digest = [0xa; 16];
    const B: Digest = [0xb; 16];

    /// A copy after it has asked.
    fn follow(copy: &RevocationList, list: &RevocationList, now_ms: f64) -> RevocationList {
        let Command::Since(epoch, version) = copy.next() else { panic!("a copy asks for an update") };
        let updated = copy.updated(&list.update(epoch, version), now_ms).unwrap();
        updated.unwrap_or_else(|| copy.clone())
    }

    #[test]
    fn copies_follow_the_list_by_what_they_lack() {
        let (mut list, mut copy) = (RevocationList::new(7), RevocationList::default());
        list.add(&[A], 1000, 0.0).unwrap();
        copy = follow(&copy, &list, 0.0);
        assert!(copy.has(&A, 999.0) && !copy.has(&A, 1000.0) && !copy.has(&B, 0.0));
        list.add(&[B], 2000, 0.0).unwrap();
        assert_eq!(list.update(7, 1).len(), HEAD + ENTRY);
        copy = follow(&copy, &list, 0.0);
        assert!(copy.has(&A, 0.0) && copy.has(&B, 0.0));
        assert_eq!(copy.updated(&list.update(7, 2), 0.0), Ok(None));
        // What ends later is known later; a shorter life doesn't cut a longer one.
        list.add(&[A], 3000, 0.0).unwrap();
        list.add(&[B], 1, 0.0).unwrap();
        copy = follow(&copy, &list, 0.0);
        assert!(copy.has(&A, 2999.0) && copy.has(&B, 1999.0));
        // What is taken off the list goes from copies, and other histories leave nothing behind.
        list.remove(&A, 8);
        list.remove(&A, 9);
        assert_eq!(list.next(), Command::Since(8, 4));
        copy = follow(&copy, &list, 0.0);
        assert!(!copy.has(&A, 0.0) && copy.has(&B, 0.0));
        assert_eq!(follow(&copy, &RevocationList::new(9), 0.0), RevocationList::new(9));
    }

    #[test]
    fn an_object_that_starts_again_gives_everything() {
        // Its versions begin anew, below those that the copy knows.
        let mut copy = RevocationList::new(1);
        for at in 0..5 {
            copy.add(&[[at; 16]], 10, 0.0).unwrap();
        }
        let mut list = RevocationList::new(2);
        list.add(&[A], 1000, 0.0).unwrap();
        copy = follow(&copy, &list, 0.0);
        assert!(copy.has(&A, 0.0) && !copy.has(&[0; 16], 0.0));
    }

    #[test]
    fn a_list_is_bounded_and_forgets_what_has_ended() {
        let mut list = RevocationList::new(1);
        let digest = |number: usize| {
            let mut digest = Digest::default();
            digest[..8].copy_from_slice(&number.to_le_bytes());
            digest
        };
        for number in 0..MOST {
            list.add(&[digest(number)], 1000 + (number % 2) as u64, 0.0).unwrap();
        }
        assert_eq!(list.add(&[A], 5000, 0.0), Err(Full));
        assert_eq!(list.add(&[digest(0), A], 5000, 0.0), Err(Full));
        assert_eq!(list.add(&[digest(0)], 5000, 0.0), Ok(()));
        assert_eq!((list.add(&[A], 5000, 1000.0), list.ends_ms()), (Ok(()), Some(1001)));
        assert_eq!(list.prune(4999.0).len(), MOST / 2);
        assert_eq!(list.prune(5000.0).len(), 2);
        assert_eq!(list.ends_ms(), None);
    }

    #[test]
    fn what_is_no_update_or_command_is_refused() {
        let copy = RevocationList::new(1);
        let mut list = copy.clone();
        list.add(&[A], 1, 0.0).unwrap();
        let update = list.update(1, 0);
        for cut in 0..update.len() {
            // A head alone would say that there's nothing new.
            let is_head = cut == HEAD;
            assert_eq!(copy.updated(&update[..cut], 0.0).is_err(), !is_head, "{cut}");
        }
        let mut other = update.clone();
        other[0] = 2;
        assert_eq!(copy.updated(&other, 0.0), Err(Unreadable));
        for command in [Command::Since(1, 2), Command::Add(5, vec![A, B]), Command::Remove(vec![A])] {
            assert_eq!(command.to_string().parse(), Ok(command));
        }
        let long = format!("remove/{}", vec![hex(&A); MOST_AT_ONCE + 1].join(","));
        for text in
            ["", "since", "since/1", "since/-1/2", "add/1/", "add//aa", "add/1/zz", "remove/é", &long, "x/1"]
        {
            assert_eq!(text.parse::<Command>(), Err(Unreadable), "{text}");
        }
    }
}
