//! The users that are let in, by name.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use fjord_document::node::Node;

use super::NAMESPACE;
use super::bcrypt::{HashError, Hashed};
use crate::plan::build::{Refusal, Site};
use crate::registry::Options;

/// The users of the service; none where it declares none.
pub type SharedUsers = OnceCell<Rc<Users>>;

/// Passwords that were found to be right, at most.
const REMEMBERED: usize = 1024;

/// Users and what their passwords hash to.
pub struct Users {
    hashes: BTreeMap<String, Hashed>,
    /// Hashes of names and passwords that went together: bcrypt is slow on purpose, and one look is enough.
    right: RefCell<BTreeSet<[u8; 32]>>,
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
        for user in users.iter().filter(|user| !crate::plan::build::is_comment(&user.key)) {
            let place = format!("users.{}", user.key);
            let hash = user.value.as_str().ok_or_else(|| Refusal(format!("{place}: expected a string")))?;
            hashes.insert(user.key.to_string(), hashed(hash, &place)?);
        }
        match hashes.is_empty() && path.is_empty() && users.is_empty() {
            true => Ok(None),
            false => Ok(Some(Self { hashes, right: RefCell::default() })),
        }
    }

    /// Whether a password is the one of a user. Names that are unknown take as long as those that are known.
    pub fn admit(&self, name: &str, password: &str) -> bool {
        let pair =
            Sha256::new().chain_update(name).chain_update([0]).chain_update(password).finalize().into();
        if self.right.borrow().contains(&pair) {
            return true;
        }
        let known = self.hashes.get(name);
        let Some(hash) = known.or_else(|| self.hashes.values().next()) else { return false };
        let is_right = hash.is_of(password) && known.is_some();
        if is_right {
            let mut right = self.right.borrow_mut();
            if right.len() >= REMEMBERED {
                right.clear();
            }
            right.insert(pair);
        }
        is_right
    }
}

/// Neither names nor hashes go into a log.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} users", self.hashes.len())
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

    #[test]
    fn right_pairs_are_remembered_within_bounds() {
        let hash = Hashed::parse("$2a$04$c4WoMPo3SXsafkva.HHa6u4XIOZgIdToBtSbZnzziJiFrE1V89T/a").unwrap();
        let users = Users { hashes: BTreeMap::from([("a".to_owned(), hash)]), right: RefCell::default() };
        for (name, password, want) in
            [("a", "", true), ("a", "x", false), ("b", "", false), ("", "a", false), ("a", "", true)]
        {
            assert_eq!(users.admit(name, password), want, "{name}:{password}");
        }
        assert_eq!(users.right.borrow().len(), 1);
        let filler =
            (0..REMEMBERED as u32 - 1).map(|i| -> [u8; 32] { Sha256::digest(i.to_be_bytes()).into() });
        users.right.borrow_mut().extend(filler);
        assert_eq!(users.right.borrow().len(), REMEMBERED);
        let other = Users { hashes: users.hashes.clone(), right: users.right };
        other.right.borrow_mut().pop_first();
        assert!(other.admit("a", "") && other.right.borrow().len() <= REMEMBERED);
    }
}
