//! Key sets at several addresses, each cached and renewed by itself: one that can't be had takes none of the others away.

use std::rc::Rc;

use fjord_jose::{Jwk, Strategy};
use futures::stream::{FuturesUnordered, StreamExt};

use super::remote::{Known, Remote};
use super::{KeyFault, unknown};
use crate::context::Cx;

/// The key of that id. Servers whose sets are stale are asked first, all at once; then those whose sets are fresh and lack it.
pub(super) async fn find(
    remotes: &[Remote],
    cx: Cx<'_>,
    strategy: Strategy,
    id: &str,
) -> Result<Rc<Jwk>, KeyFault> {
    let (mut stale, mut fresh) = (Vec::new(), Vec::new());
    for remote in remotes {
        match remote.known(strategy, id, cx.io.now()) {
            Known::Key(key) => return Ok(key),
            Known::Lacks => fresh.push(remote),
            Known::Nothing => stale.push(remote),
        }
    }
    let mut fault = unknown(id);
    for remotes in [stale, fresh] {
        let mut asked: FuturesUnordered<_> =
            remotes.into_iter().map(|remote| remote.find(cx, strategy, id)).collect();
        while let Some(answer) = asked.next().await {
            match answer {
                Ok(key) => return Ok(key),
                // A server that has no such key says less than one that fails.
                Err(KeyFault::Unknown(_)) => {}
                Err(other) => fault = other,
            }
        }
    }
    Err(fault)
}
