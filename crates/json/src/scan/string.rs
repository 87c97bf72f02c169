//! Reads over a string: a ladder of predicted lengths for short ones, 16 bytes at a time for long ones.

use super::mask::specials;
use super::{byte, window};

/// The position after the string whose text starts at `i`, after its opening quote.
#[inline(always)]
pub(crate) fn string(text: &[u8], i: usize) -> Option<usize> {
    let special = special(text, i)?;
    if byte(text, special)? == b'"' { Some(special + 1) } else { rest(text, special) }
}

/// The first quote, backslash or control character from `i` on. The padding has one.
#[inline(always)]
pub(super) fn special(text: &[u8], i: usize) -> Option<usize> {
    let mask = specials(window(text, i)?);
    // Branches, not a count of trailing zeros: a predicted branch lets the next token start before this one is
    // measured. Counting makes each position wait for the last, about 15 cycles per token (+40 % time on API bodies).
    macro_rules! ladder {
        ($($step:literal)*) => { $( if mask & (1 << $step) != 0 { return Some(i + $step); } )* };
    }
    ladder!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    far(text, i + 16)
}

/// The first special byte from `i` on, with the shortest code.
pub(super) fn far(text: &[u8], mut i: usize) -> Option<usize> {
    loop {
        let mask = specials(window(text, i)?);
        if mask != 0 {
            return Some(i + mask.trailing_zeros() as usize);
        }
        i += 16;
    }
}

/// Reads on from a special byte at `i` to behind the closing quote.
pub(super) fn rest(text: &[u8], mut i: usize) -> Option<usize> {
    loop {
        match byte(text, i)? {
            b'"' => return Some(i + 1),
            b'\\' => i = special(text, escape(text, i + 1)?)?,
            _ => return None,
        }
    }
}

/// The position after the escape whose letter is at `i`. A surrogate without its partner is refused: such bodies
/// are repaired first, as Go repairs them while it decodes.
#[inline(always)]
fn escape(text: &[u8], i: usize) -> Option<usize> {
    match byte(text, i)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(i + 1),
        b'u' => match hex(text, i + 1)? {
            0xdc00..0xe000 => None,
            0xd800..0xdc00 => {
                let paired = window(text, i + 5)? == b"\\u" && matches!(hex(text, i + 7)?, 0xdc00..0xe000);
                paired.then_some(i + 11)
            }
            _ => Some(i + 5),
        },
        _ => None,
    }
}

/// The value of the four hexadecimal digits from `i` on.
#[inline(always)]
pub(crate) fn hex(text: &[u8], i: usize) -> Option<u32> {
    window::<4>(text, i)?
        .iter()
        .try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}
