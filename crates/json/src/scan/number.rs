//! Reads over a number.

use super::{byte, window};

/// The position after the number that starts at `i`.
#[inline(always)]
pub(crate) fn number(text: &[u8], mut i: usize) -> Option<usize> {
    if byte(text, i)? == b'-' {
        i += 1;
    }
    match byte(text, i)? {
        b'0' => i += 1,
        b'1'..=b'9' => {
            i += 1;
            while byte(text, i)?.is_ascii_digit() {
                i += 1;
            }
        }
        _ => return None,
    }
    match byte(text, i)? {
        b'.' => {
            i = digits(text, i + 1)?;
            if matches!(byte(text, i)?, b'e' | b'E') { exponent(text, i + 1) } else { Some(i) }
        }
        b'e' | b'E' => exponent(text, i + 1),
        _ => Some(i),
    }
}

#[cold]
fn exponent(text: &[u8], mut i: usize) -> Option<usize> {
    if matches!(byte(text, i)?, b'+' | b'-') {
        i += 1;
    }
    digits(text, i)
}

/// The position after the digits from `i` on, of which there must be one. Fractions are often 15 to 17 digits long.
#[inline(always)]
fn digits(text: &[u8], mut i: usize) -> Option<usize> {
    if !byte(text, i)?.is_ascii_digit() {
        return None;
    }
    i += 1;
    while eight_digits(u64::from_le_bytes(*window(text, i)?)) {
        i += 8;
    }
    while byte(text, i)?.is_ascii_digit() {
        i += 1;
    }
    Some(i)
}

/// Whether all eight bytes are digits: high half 3, and still so with 6 added (which carries 0x3a..=0x3f to 0x40).
#[inline(always)]
fn eight_digits(word: u64) -> bool {
    const HIGH_HALVES: u64 = u64::from_le_bytes([0xf0; 8]);
    const THREES: u64 = u64::from_le_bytes([0x30; 8]);
    const SIXES: u64 = u64::from_le_bytes([0x06; 8]);
    word & HIGH_HALVES == THREES && word.wrapping_add(SIXES) & HIGH_HALVES == THREES
}

#[cfg(test)]
mod tests {
    use super::eight_digits;

    #[test]
    fn eight_digits_knows_every_byte_at_every_place() {
        for place in 0..8 {
            for byte in 0..=255u8 {
                let mut bytes = *b"19283746";
                bytes[place] = byte;
                assert_eq!(eight_digits(u64::from_le_bytes(bytes)), byte.is_ascii_digit(), "{bytes:?}");
            }
        }
    }
}
