//! Where the keys of tokens come from: bundled with the configuration, or fetched, kept and renewed.

mod remote;
mod several;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use fjord_jose::{Algorithm, Jwk, KeyError, KeySet, Strategy};

use super::signature::{self, Size};
use crate::context::Cx;
use crate::options::Capability;
use crate::platform::Level;

pub use remote::{Remote, SharedKeys, Slot};

/// The key set of one feature.
#[derive(Debug)]
pub struct Keys {
    source: Source,
    strategy: Strategy,
    /// Whether the log has been told of a short key.
    warned: Cell<bool>,
}

#[derive(Debug)]
enum Source {
    Fixed(KeySet),
    Remote(Remote),
    /// Each is asked by itself; the first that has a key gives it.
    Several(Vec<Remote>),
}

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFault {
    /// The set has none of that id.
    Unknown(String),
    /// The key server can't be reached.
    Fetch(String),
    /// It leads away from TLS.
    Insecure,
    /// Its answer is of another type.
    ContentType(String),
    /// Its answer is too long.
    TooLong,
    /// Its answer isn't a key set.
    Set(KeyError),
}

// === impl Keys ===

impl Keys {
    /// Keys that are there from the start.
    pub fn fixed(set: KeySet, strategy: Strategy) -> Self {
        Self { source: Source::Fixed(set), strategy, warned: Cell::default() }
    }

    /// Keys at an address, or at several.
    pub fn remote(mut remotes: Vec<Remote>, strategy: Strategy) -> Self {
        let source = match (remotes.len(), remotes.pop()) {
            (1, Some(remote)) => Source::Remote(remote),
            (_, last) => {
                remotes.extend(last);
                Source::Several(remotes)
            }
        };
        Self { source, strategy, warned: Cell::default() }
    }

    /// Which members of a token's header name its key.
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// The key of that id, for an algorithm.
    ///
    /// # Errors
    /// If no key has that id, or the keys can't be had.
    pub async fn find(&self, cx: Cx<'_>, algorithm: Algorithm, id: &str) -> Result<Rc<Jwk>, KeyFault> {
        let key = match &self.source {
            Source::Fixed(set) => set.find(self.strategy, id).cloned().ok_or_else(|| unknown(id))?,
            Source::Remote(remote) => remote.find(cx, self.strategy, id).await?,
            // Only the plugin makes several of one address.
            Source::Several(_) if !Capability::Plugins.is_included() => return Err(unknown(id)),
            Source::Several(remotes) => several::find(remotes, cx, self.strategy, id).await?,
        };
        if !self.warned.get()
            && key.family == algorithm.family()
            && let Size::Small(reason) = signature::size(algorithm, &key)
        {
            self.warned.set(true);
            cx.log(Level::Warning, || format!("[ENDPOINT: {}][JOSE] {reason}", cx.endpoint.path));
        }
        Ok(key)
    }
}

fn unknown(id: &str) -> KeyFault {
    KeyFault::Unknown(id.chars().take(64).collect())
}

// === impl KeyFault ===

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(id) => write!(f, "no key has the id {id:?}"),
            Self::Fetch(error) => write!(f, "the keys can't be fetched: {error}"),
            Self::Insecure => f.write_str("the key server leads to an address without TLS"),
            Self::ContentType(kind) => write!(f, "the key server answers with the content type {kind:?}"),
            Self::TooLong => f.write_str("the key set is too long"),
            Self::Set(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for KeyFault {}
