//! The order of keys: as yaml.v3 sorts them, numbers within by value (`a9` before `a10`).

use std::cmp::Ordering;

/// `members` in order. The order is not transitive for every set of keys, which the standard sort may answer with a panic:
/// merging by hand can't.
pub(super) fn natural_order<T: Copy>(mut members: Vec<(&str, T)>) -> Vec<(&str, T)> {
    let mut width = 1;
    while width < members.len() {
        let mut merged = Vec::with_capacity(members.len());
        for pair in members.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some(&a), Some(&b)) = (left.first(), right.first()) {
                if less(b.0, a.0) {
                    merged.push(b);
                    right = &right[1..];
                } else {
                    merged.push(a);
                    left = &left[1..];
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        members = merged;
        width *= 2;
    }
    members
}

fn less(a: &str, b: &str) -> bool {
    let mut after_digit = false;
    let (mut left, mut right) = (a.char_indices(), b.char_indices());
    loop {
        let ((at, x), (_, y)) = match (left.next(), right.next()) {
            (Some(x), Some(y)) => (x, y),
            (None, Some(_)) => return true,
            (_, None) => return false,
        };
        if x == y {
            after_digit = is_digit(x);
            continue;
        }
        return match (x.is_alphabetic(), y.is_alphabetic()) {
            (true, true) => x < y,
            // After a digit letters come first, elsewhere last.
            (x_letter, _) if x_letter || y.is_alphabetic() => x_letter == after_digit,
            _ => by_number(&a[..at], &a[at..], &b[at..]).unwrap_or(x < y),
        };
    }
}

/// Compares the numbers that start here in two keys that were equal so far.
fn by_number(before: &str, a: &str, b: &str) -> Option<bool> {
    // Zeros behind other digits belong to the number, zeros at its start do not.
    let inside = before.chars().rev().take_while(|&c| is_digit(c)).any(|digit| digit != '0');
    let lead = i64::from(inside && (a.starts_with('0') || b.starts_with('0')));
    let number = |text: &str| {
        let digits = text.chars().take_while(|&c| is_digit(c));
        digits.fold((lead, 0), |(value, length): (i64, usize), digit| {
            let digit = i64::from(u32::from(digit)) - i64::from(u32::from('0'));
            (value.wrapping_mul(10).wrapping_add(digit), length + 1)
        })
    };
    match number(a).cmp(&number(b)) {
        Ordering::Equal => None,
        ordering => Some(ordering == Ordering::Less),
    }
}

/// Digits of any script count, with the value Go gives them: the distance from `0`.
fn is_digit(c: char) -> bool {
    c.is_numeric()
}
