//! The list of revoked tokens, in the object's storage: an entry for each, until its end.

use std::cell::RefCell;

use js_sys::Math::random;
use js_sys::{Array, Map};
use wasm_bindgen::JsCast;
use worker::{ListOptions, Result, Storage};

use super::list::{Command, Digest, Full, RevocationList, hex, unhex};
use super::now;

/// In front of the digests, as keys of the storage. The values are the ends, in milliseconds since 1970.
const PREFIX: &str = "revoked:";

/// The least time between two looks for what has ended, in milliseconds.
const PRUNE_MS: f64 = 60_000.0;

/// A hundred years: no token lives longer, and the numbers of JavaScript reach further.
const LONGEST_MS: u64 = 100 * 366 * 86_400_000;

/// The list as the storage has it. Its history is another one each time: copies take it whole.
///
/// # Errors
/// If the storage fails.
pub async fn load(storage: &Storage) -> Result<RevocationList> {
    let mut list = RevocationList::new(epoch());
    let stored: Map = storage.list_with_options(ListOptions::new().prefix(PREFIX)).await?;
    for entry in stored.entries() {
        let entry: Array = entry?.unchecked_into();
        let digest = entry.get(0).as_string().and_then(|key| unhex(key.strip_prefix(PREFIX)?));
        if let (Some(digest), Some(until_ms)) = (digest, entry.get(1).as_f64()) {
            // What has ended makes room, so that nothing that is in force is left out.
            let _ = list.add(&[digest], until_ms as u64, now());
        }
    }
    Ok(list)
}

/// Does what a command says to the list, all of it or nothing; what the storage must be told of.
///
/// # Errors
/// If the list has no room.
pub fn apply(list: &mut RevocationList, command: &Command) -> std::result::Result<Vec<Digest>, Full> {
    match command {
        Command::Since(..) => Ok(Vec::new()),
        Command::Add(seconds, digests) => {
            let until_ms = now() as u64 + seconds.saturating_mul(1000).min(LONGEST_MS);
            list.add(digests, until_ms, now())?;
            Ok(digests.clone())
        }
        Command::Remove(digests) => {
            digests.iter().for_each(|digest| list.remove(digest, epoch()));
            Ok(digests.clone())
        }
    }
}

/// Writes what the list has of these. It's looked up when it's written: another command may have come in between.
///
/// # Errors
/// If the storage fails.
pub async fn store(
    storage: &Storage,
    list: &RefCell<Option<RevocationList>>,
    digests: &[Digest],
) -> Result<()> {
    for digest in digests {
        let key = format!("{PREFIX}{}", hex(digest));
        let until_ms = list.borrow().as_ref().and_then(|list| list.until_ms(digest));
        match until_ms {
            Some(until_ms) => storage.put(&key, until_ms as f64).await?,
            None => drop(storage.delete(&key).await?),
        }
    }
    Ok(())
}

/// When to look for what has ended, in milliseconds from now; none if nothing is listed.
pub fn next_look_ms(list: &RevocationList) -> Option<f64> {
    list.ends_ms().map(|ends_ms| (ends_ms as f64 - now()).max(PRUNE_MS))
}

/// A whole number from 1 that JavaScript can hold.
fn epoch() -> u64 {
    1 + (random() * 9_007_199_254_740_990.0) as u64
}
