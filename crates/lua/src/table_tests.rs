use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// Numbers whose hashes are equal in their upper halves: what [`mix`] multiplies by is odd, so it has an inverse.
fn colliding(n: u64) -> Val {
    let mut inverse = 1_u64;
    for _ in 0..6 {
        let product = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(inverse);
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(product));
    }
    let number = f64::from_bits((0x1234_5678 << 32 | n).wrapping_mul(inverse));
    Val::Number(if number.is_nan() { n as f64 + 0.5 } else { number })
}

#[test]
fn keys_made_to_collide_are_sorted() {
    assert_eq!(hash(&colliding(1)), hash(&colliding(2)));
    let mut table = Table::default();
    for n in 0..5000 {
        table.set(colliding(n), Val::Number(n as f64));
    }
    assert!(matches!(table.index, Index::Sorted(..)));
    for n in 0..5000 {
        assert!(table.get(&colliding(n)).raw_eq(&Val::Number(n as f64)), "{n}");
    }
    assert!(table.get(&colliding(5000)).is_nil());
    // Those made by chance aren't.
    let mut table = Table::default();
    for n in 0..50_000 {
        table.set(Val::text(&format!("key {n}")), Val::Bool(true));
    }
    assert!(matches!(table.index, Index::Hashed(_)));
}

#[test]
fn removed_members_are_passed_over_and_told() {
    let mut table = Table::default();
    for (count, value) in [(100, Val::Bool(true)), (99, Val::Nil)] {
        for n in 0..count {
            table.set(Val::text(&format!("k{n}")), value.clone());
        }
    }
    let Some((Some((key, _)), passed)) = table.next(&Val::Nil) else { panic!("no member") };
    assert!(key.raw_eq(&Val::text("k99")));
    assert_eq!(passed, 99);
    assert!(matches!(table.next(&key), Some((None, 0))));
}

proptest! {
    #[test]
    fn tables_are_maps(steps in prop::collection::vec((0_u64..60, any::<bool>(), any::<bool>()), 0..400)) {
        let (mut table, mut model) = (Table::default(), HashMap::new());
        for (at, (n, collides, removes)) in steps.into_iter().enumerate() {
            let key = if collides { colliding(n) } else { Val::text(&format!("{n}")) };
            let value = if removes { Val::Nil } else { Val::Number(at as f64) };
            table.set(key.clone(), value);
            model.insert((n, collides), (!removes).then_some(at));
            for ((n, collides), value) in &model {
                let key = if *collides { colliding(*n) } else { Val::text(&format!("{n}")) };
                let want = value.map_or(Val::Nil, |at| Val::Number(at as f64));
                prop_assert!(table.get(&key).raw_eq(&want));
            }
        }
        prop_assert_eq!(table.pairs().count(), model.values().flatten().count());
    }
}
