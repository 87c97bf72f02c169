//! Leaves one member per key: the last, as Go's maps do.

use std::collections::BTreeMap;

use super::object::Member;

/// Up to this many members, comparing all pairs is cheapest; most answers have no more.
const FEW: usize = 12;

/// Removes every member that is followed by one with the same key.
pub(super) fn keep_last(members: &mut Vec<Member>) {
    let repeated = if members.len() <= FEW { pairs(members) } else { hashed(members) };
    if let Some(mut repeated) = repeated {
        members.retain(|_| !repeated.next().unwrap_or(false));
    }
}

/// For each member whether its key comes again; `None` if none does.
type Repeated = Option<std::vec::IntoIter<bool>>;

fn pairs(members: &[Member]) -> Repeated {
    let mut flags: Vec<bool> = Vec::new();
    for (i, later) in members.iter().enumerate().skip(1) {
        let key = later.key.bytes();
        for (j, earlier) in members.iter().take(i).enumerate() {
            if earlier.key.bytes() == key {
                mark(&mut flags, members.len(), j);
            }
        }
    }
    (!flags.is_empty()).then(|| flags.into_iter())
}

fn mark(flags: &mut Vec<bool>, len: usize, at: usize) {
    if flags.is_empty() {
        flags.resize(len, false);
    }
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

/// Open addressing. An answer made to collide costs 16 probes per member at most, then the keys are sorted instead.
fn hashed(members: &[Member]) -> Repeated {
    let slots = (members.len() * 2).next_power_of_two();
    let mut table: Vec<usize> = Vec::new();
    // Sorted, they take many small pieces in place of a large one.
    if table.try_reserve_exact(slots).is_err() {
        return sorted(members);
    }
    table.resize(slots, 0);
    let mut flags = Vec::new();
    let mut probes = members.len() * 16;
    for (i, member) in members.iter().enumerate() {
        let key = member.key.bytes();
        let mut slot = hash(key) as usize & (slots - 1);
        loop {
            probes -= 1;
            if probes == 0 {
                return sorted(members);
            }
            match table.get_mut(slot) {
                // A slot holds the index of a member, counted from 1.
                Some(taken) if *taken > 0 => {
                    if members.get(*taken - 1).is_some_and(|earlier| earlier.key.bytes() == key) {
                        mark(&mut flags, members.len(), *taken - 1);
                        *taken = i + 1;
                        break;
                    }
                }
                Some(free) => {
                    *free = i + 1;
                    break;
                }
                None => break,
            }
            slot = (slot + 1) & (slots - 1);
        }
    }
    (!flags.is_empty()).then(|| flags.into_iter())
}

fn sorted(members: &[Member]) -> Repeated {
    let mut flags = Vec::new();
    let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
    for (i, member) in members.iter().enumerate() {
        if let Some(earlier) = seen.insert(member.key.bytes(), i) {
            mark(&mut flags, members.len(), earlier);
        }
    }
    (!flags.is_empty()).then(|| flags.into_iter())
}

/// 8 bytes at a time: rotate, mix in, multiply; the high bits are folded down because the table uses the low ones.
fn hash(key: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = key.as_chunks::<8>();
    let hash = words.iter().fold(key.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let hash = mix(hash, last);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::super::object::Key;
    use super::*;
    use crate::{Piece, Value};
    use proptest::prelude::*;

    fn members(keys: &[String]) -> Vec<Member> {
        let member = |(i, key): (usize, &String)| Member {
            key: Key::Text(key.as_str().into()),
            value: Piece::from(Value::Float(i as f64)),
        };
        keys.iter().enumerate().map(member).collect()
    }

    proptest! {
        #[test]
        fn the_last_of_equal_keys_stays(keys in prop::collection::vec("[ab]{0,3}|[a-z]{9}", 0..60)) {
            let want: BTreeMap<&str, usize> = keys.iter().enumerate().map(|(i, key)| (key.as_str(), i)).collect();
            let mut got = members(&keys);
            keep_last(&mut got);
            prop_assert_eq!(got.len(), want.len());
            for member in &got {
                let i = want[&*member.key.text()];
                prop_assert_eq!(member.value.to_value().ok(), Some(Value::Float(i as f64)));
            }
            let all = members(&keys);
            let flags = |repeated: Repeated| repeated.map(|flags| flags.collect::<Vec<_>>());
            prop_assert_eq!(flags(pairs(&all)), flags(sorted(&all)));
            prop_assert_eq!(flags(pairs(&all)), flags(hashed(&all)));
        }
    }

    #[test]
    fn a_flood_of_keys_stays_cheap() {
        let keys: Vec<String> = (0..200_000).map(|i| (i % 100_000).to_string()).collect();
        let mut got = members(&keys);
        keep_last(&mut got);
        assert_eq!(got.len(), 100_000);
    }
}
