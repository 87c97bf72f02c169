//! The users that are let in, by name.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use fjord_document::node::Node;

use super::NAMESPACE;
use super::bcrypt::{HashError, Hashed};
use crate::features::qos::bucket::Rate;
use crate::features::qos::clients::Clients;
use crate::options::{Options, Refusal, Site};

/// The users of the service; none where it declares none.
pub type SharedUsers = OnceCell<Rc<Users>>;

/// Passwords that were found to be right, at most.
const REMEMBERED: usize = 1024;

/// Wrong passwords of one address that are looked at: ten at once, then one in six seconds. A look costs up to half a
/// second of CPU, which whoever guesses would take from all others.
const GUESSES: (f64, u64) = (1.0 / 6.0, 10);

/// The bytes of a password that bcrypt reads.
const PASSWORD: usize = 72;

/// What became of a name and a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// They go together.
    Right,
    /// They don't.
    Wrong,
    /// Nobody looked: the address has sent too many wrong ones.
    Spent,
}

/// Users and what their passwords hash to.
pub struct Users {
    hashes: BTreeMap<String, Hashed>,
    /// Hashes of names and passwords that went together: bcrypt is slow on purpose, and one look is enough.
    right: RefCell<BTreeSet<[u8; 32]>>,
    /// Looks at wrong passwords that addresses have left.
    guesses: Clients,
}

// === impl Users ===

impl Users {
    /// Reads the options; nothing if they name no users.
    pub fn read(site: &Site<'_>, node: &Node) -> Result<Option<Self>, Refusal> {
        let options = Options::of(node, &NAMESPACE);
        let mut hashes = BTreeMap::new();
        let path = options.str("htpasswd_path")?;
        if !path.is_empty() {
            let text = site.environment.file(path);
            let text =
                text.ok_or_else(|| Refusal(format!("htpasswd_path: the file {path} isn't bundled")))?;
            for (index, line) in text.lines().map(str::trim).enumerate() {
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let (name, hash) = line.split_once(':').unwrap_or((line, ""));
                let place = format!("{path}:{}", index + 1);
                hashes.insert(name.to_owned(), hashed(hash.trim(), &place)?);
            }
        }
        let users = options.node("users").map(Node::members).unwrap_or_default();
        for user in users.iter().filter(|user| !crate::options::is_comment(&user.key)) {
            let place = format!("users.{}", user.key);
            let hash = user.value.as_str().ok_or_else(|| Refusal(format!("{place}: expected a string")))?;
            hashes.insert(user.key.to_string(), hashed(hash, &place)?);
        }
        match hashes.is_empty() && path.is_empty() && users.is_empty() {
            true => Ok(None),
            false => {
                Ok(Some(Self { hashes, right: RefCell::default(), guesses: Clients::of(site.environment) }))
            }
        }
    }

    /// Whether a password, sent by `address`, is the one of a user. Names that are unknown take as long as those that are known.
    pub fn admit(&self, name: &str, password: &str, address: &str, now: f64) -> Look {
        // bcrypt ends a password with a zero, uses it again from its beginning, and reads 72 bytes: many would be right for one user.
        if password.contains('\0') {
            return Look::Wrong;
        }
        let read = &password.as_bytes()[..password.len().min(PASSWORD)];
        let pair = Sha256::new().chain_update(name).chain_update([0]).chain_update(read).finalize().into();
        if self.right.borrow().contains(&pair) {
            return Look::Right;
        }
        let (rate, address) = (Rate::new(GUESSES.0, GUESSES.1), network(address));
        if !self.guesses.has(&address, &rate, now) {
            return Look::Spent;
        }
        let known = self.hashes.get(name);
        let looked_at = known.or_else(|| self.hashes.values().next());
        if known.is_none() | !looked_at.is_some_and(|hash| hash.is_of(password)) {
            self.guesses.take(&address, &rate, now);
            return Look::Wrong;
        }
        let mut right = self.right.borrow_mut();
        if right.len() >= REMEMBERED {
            right.clear();
        }
        right.insert(pair);
        Look::Right
    }
}

/// Neither names nor hashes go into a log.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} users", self.hashes.len())
    }
}

/// Whose address it is: of IPv6 a customer has the last 64 bits.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        _ => address.to_owned(),
    }
}

fn hashed(text: &str, place: &str) -> Result<Hashed, Refusal> {
    Hashed::parse(text).map_err(|error| {
        Refusal(match error {
            HashError::NoBcrypt => format!("{place}: not a bcrypt hash, as `htpasswd -B` writes them"),
            HashError::Cost(cost) => format!("{place}: a cost of {cost} takes too much CPU; 12 is the most"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2a$04$c4WoMPo3SXsafkva.HHa6u4XIOZgIdToBtSbZnzziJiFrE1V89T/a";

    fn users() -> Users {
        let hashes = BTreeMap::from([("a".to_owned(), Hashed::parse(HASH).unwrap())]);
        Users { hashes, right: RefCell::default(), guesses: Clients::default() }
    }

    #[test]
    fn right_pairs_are_remembered_within_bounds() {
        let users = users();
        let cases = [("a", "", true), ("a", "x", false), ("b", "", false), ("", "a", false), ("a", "", true)];
        for (name, password, is_right) in cases {
            let look = users.admit(name, password, "1.1.1.1", 0.0);
            assert_eq!(look == Look::Right, is_right, "{name}:{password}");
        }
        assert_eq!(users.right.borrow().len(), 1);
        let filler =
            (0..REMEMBERED as u32 - 1).map(|i| -> [u8; 32] { Sha256::digest(i.to_be_bytes()).into() });
        users.right.borrow_mut().extend(filler);
        assert_eq!(users.right.borrow().len(), REMEMBERED);
        users.right.borrow_mut().pop_first();
        let look = users.admit("a", "", "1.1.1.1", 0.0);
        assert!(look == Look::Right && users.right.borrow().len() <= REMEMBERED);
    }

    #[test]
    fn what_bcrypt_does_not_read_makes_no_new_password() {
        let users = users();
        // bcrypt takes the second one for the first, with a zero behind it.
        for password in ["\0", "\0\0", "x\0"] {
            assert_eq!(users.admit("a", password, "1.1.1.1", 0.0), Look::Wrong, "{password:?}");
        }
        let long = |end: &str| "x".repeat(PASSWORD) + end;
        let known: [u8; 32] =
            Sha256::new().chain_update("a").chain_update([0]).chain_update(long("")).finalize().into();
        users.right.borrow_mut().insert(known);
        assert_eq!(users.admit("a", &long("y"), "1.1.1.1", 0.0), Look::Right, "without a look");
    }

    #[test]
    fn an_address_guesses_ten_times_and_then_slowly() {
        let users = users();
        let guess = |address: &str, now: f64| users.admit("a", "x", address, now);
        for _ in 0..10 {
            assert_eq!(guess("1.1.1.1", 0.0), Look::Wrong);
        }
        // Not even the right one is looked at, unless somebody has sent it before.
        assert_eq!(guess("1.1.1.1", 5_999.0), Look::Spent);
        assert_eq!(users.admit("a", "", "1.1.1.1", 5_999.0), Look::Spent);
        assert_eq!(users.admit("a", "", "2.2.2.2", 5_999.0), Look::Right);
        assert_eq!(users.admit("a", "", "1.1.1.1", 5_999.0), Look::Right);
        assert_eq!((guess("1.1.1.1", 6_000.0), guess("1.1.1.1", 6_001.0)), (Look::Wrong, Look::Spent));
        // A customer of IPv6 has the last 64 bits, and no more guesses for that.
        for host in 0..10 {
            assert_eq!(guess(&format!("2001:db8:0:7::{host}"), 0.0), Look::Wrong);
        }
        let of = |address| guess(address, 0.0);
        assert_eq!((of("2001:db8:0:7:ffff::1"), of("2001:db8:0:8::1")), (Look::Spent, Look::Wrong));
        assert_eq!((of("::ffff:5.5.5.5"), of("::ffff:5.5.5.6")), (Look::Wrong, Look::Wrong));
        // Right ones cost no guesses.
        for _ in 0..20 {
            assert_eq!(users.admit("a", "", "3.3.3.3", 0.0), Look::Right);
        }
        assert_eq!(guess("3.3.3.3", 0.0), Look::Wrong);
    }
}
