//! An isolate's copy of the list of revoked claims, and whether a token is on it.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use fjord_http::{Headers, canonical};
use fjord_json::Value;
use sha2::{Digest as _, Sha256};

use super::list::{Command, Digest, RevocationList};
use crate::context::{Cx, Reach};
use crate::features::auth::validator::claims::{Claims, text};
use crate::platform::{Deadline, Io, Level, LocalFuture, Shared};

/// Which tokens are revoked, as far as the isolate knows.
pub struct Revoker {
    /// The binding of the object that keeps the list.
    pub binding: String,
    /// The claims by which tokens are revoked.
    pub claims: Vec<String>,
    /// The request headers that revoke too, canonical.
    pub headers: Vec<String>,
    copy: Shared<Copied, Rc<str>>,
    /// When the object may be asked again after it failed.
    retry_ms: Cell<f64>,
}

/// The list as it was.
#[derive(Clone)]
struct Copied {
    list: Rc<RevocationList>,
    read_ms: f64,
}

/// Why a token isn't let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Barred {
    /// A claim or a header was revoked: its name.
    Revoked(String),
    /// Nobody knows what was revoked.
    Unknown(Rc<str>),
}

/// The object of the list.
const KEY: &str = "revoker";

/// How long a copy is used before the object is asked what is new.
const FRESH_MS: f64 = 1000.0;

/// How long an old copy is used while the object fails.
const HOLD_MS: f64 = 60_000.0;

/// The most that a request waits for the object, in milliseconds.
const PATIENCE_MS: u32 = 1000;

// === impl Revoker ===

impl Revoker {
    /// A revoker that has no copy yet.
    pub fn new(binding: String, claims: Vec<String>, headers: Vec<String>) -> Self {
        Self { binding, claims, headers, copy: Shared::default(), retry_ms: Cell::default() }
    }

    /// Whether a token with these claims may come in, with a request that has these header lines.
    ///
    /// # Errors
    /// If something of it was revoked, or nobody knows.
    pub async fn admit(&self, cx: Cx<'_>, claims: &Claims, headers: &Headers) -> Result<(), Barred> {
        let list = self.list(cx).await.map_err(Barred::Unknown)?;
        let now = cx.io.now();
        let is_listed = |name: &str, value: &str| list.has(&digest(name, value), now);
        for name in &self.claims {
            let value = claims.0.get(name).or_else(|| claims.nested(name));
            let is_revoked = match value {
                None | Some(Value::Null) => false,
                Some(Value::Array(items)) => items.iter().any(|item| is_listed(name, &text(item))),
                Some(value) => is_listed(name, &text(value)),
            };
            if is_revoked {
                return Err(Barred::Revoked(name.clone()));
            }
        }
        for name in &self.headers {
            // Lines of one name may come joined.
            let values = headers.get_all(name).flat_map(|line| line.split(',').chain([line]));
            if values.map(str::trim).any(|value| is_listed(name, value)) {
                return Err(Barred::Revoked(name.clone()));
            }
        }
        Ok(())
    }

    /// The name as the list has it, if it's that of a claim or a header by which tokens are revoked.
    pub fn name<'n>(&'n self, name: &str) -> Option<&'n str> {
        let of_claim = self.claims.iter().find(|known| *known == name);
        of_claim.or_else(|| self.headers.iter().find(|known| **known == *canonical(name))).map(String::as_str)
    }

    /// Gives the object a command.
    ///
    /// # Errors
    /// If the object can't be reached, or refuses: with the reason.
    pub async fn tell(&self, reach: Reach<'_>, command: &Command) -> Result<Vec<u8>, String> {
        ask(reach.io, &self.binding, command).await
    }

    /// The list, a second old at most. While the object fails it may be a minute old.
    async fn list(&self, cx: Cx<'_>) -> Result<Rc<RevocationList>, Rc<str>> {
        let now = cx.io.now();
        let held = || self.copy.last().filter(|copied| cx.io.now() < copied.read_ms + HOLD_MS);
        if now < self.retry_ms.get()
            && let Some(copied) = held()
        {
            return Ok(copied.list);
        }
        let is_fresh = |copied: &Copied| cx.io.now() < copied.read_ms + FRESH_MS;
        let patience = cx.deadline.within(PATIENCE_MS);
        let asked = patience.bound(self.copy.get(cx.io, is_fresh, || self.update(cx.io))).await;
        let reason = match asked {
            Ok(Ok(copied)) => return Ok(copied.list),
            Ok(Err(reason)) => reason,
            Err(expired) => expired.to_string().into(),
        };
        self.retry_ms.set(cx.io.now() + FRESH_MS);
        let copied = held();
        cx.log(Level::Error, || {
            let then = if copied.is_some() { "The last list holds" } else { "No token is let in" };
            format!("[SERVICE: Revoker] {}: {reason}. {then}", self.binding)
        });
        copied.map(|copied| copied.list).ok_or(reason)
    }

    /// The call that brings the copy up to date; it needs nothing of the request that begins it.
    fn update(&self, io: &Rc<Io>) -> LocalFuture<'static, Result<Copied, Rc<str>>> {
        let (io, binding) = (Rc::clone(io), self.binding.clone());
        let list = self.copy.last().map(|copied| copied.list).unwrap_or_default();
        Box::pin(async move {
            // What is revoked while the answer is under way isn't in it.
            let read_ms = io.now();
            let update = ask(&io, &binding, &list.next()).await?;
            match list.updated(&update, io.now()) {
                Ok(Some(list)) => Ok(Copied { list: Rc::new(list), read_ms }),
                Ok(None) => Ok(Copied { list, read_ms }),
                Err(_) => Err("the object's answer can't be read".into()),
            }
        })
    }
}

async fn ask(io: &Io, binding: &str, command: &Command) -> Result<Vec<u8>, String> {
    let args = vec![binding.into(), KEY.into(), format!("revoker/{command}").into()];
    match Deadline::new(io, PATIENCE_MS).bound(io.call("object", args)).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(expired) => Err(expired.to_string()),
    }
}

/// What the list has of a value. No two pairs of name and value have the same text.
pub fn digest(name: &str, value: &str) -> Digest {
    let whole = Sha256::digest(format!("{}:{name}-{value}", name.len()).as_bytes());
    let mut half = Digest::default();
    half.copy_from_slice(&whole[..16]);
    half
}

// === impl Barred ===

impl fmt::Display for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revoked(name) => write!(f, "the token was revoked by its {name}"),
            Self::Unknown(reason) => write!(f, "nobody knows whether the token was revoked: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pair_is_taken_for_another() {
        let pairs = [("a", "b-c"), ("a-b", "c"), ("a", "b"), ("1:a", "b"), ("a", ""), ("", "a")];
        let digests: std::collections::BTreeSet<_> = pairs.iter().map(|(n, v)| digest(n, v)).collect();
        assert_eq!(digests.len(), pairs.len());
    }
}
