//! Finds the bytes that end a run of plain string text, 16 at a time: quotes, backslashes, control characters. And those that
//! bound values.

/// A bit for each of the 16 bytes, the first byte's lowest: set for `"`, `\` and everything below the space.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(super) fn specials(bytes: &[u8; 16]) -> u32 {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};
    let word = u128::from_le_bytes(*bytes);
    // Two 64-bit lanes become one v128.load; the load intrinsic itself wants a raw pointer.
    let text = u64x2(word as u64, (word >> 64) as u64);
    let quotes = u8x16_eq(text, u8x16_splat(b'"'));
    let escapes = u8x16_eq(text, u8x16_splat(b'\\'));
    let controls = u8x16_lt(text, u8x16_splat(b' '));
    u32::from(u8x16_bitmask(v128_or(v128_or(quotes, escapes), controls)))
}

/// A bit for each of the 16 bytes, the first byte's lowest: set for `"`, `\` and everything below the space.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(super) fn specials(bytes: &[u8; 16]) -> u32 {
    portable(bytes)
}

/// [`specials`] in plain arithmetic, 8 bytes to a word.
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
#[inline(always)]
fn portable(bytes: &[u8; 16]) -> u32 {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // The high bit of each byte of the result: set where the byte of `word` is zero. No carry leaves a byte.
    let zero = |word: u64| !(((word & !HIGH) + !HIGH) | word) & HIGH;
    let half = |word: u64| {
        let quotes = zero(word ^ (ONES * u64::from(b'"')));
        let escapes = zero(word ^ (ONES * u64::from(b'\\')));
        let controls = !(((word & !HIGH) + ONES * 0x60) | word) & HIGH;
        // Gathers the 8 high bits in the top byte.
        ((quotes | escapes | controls) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    };
    let word = u128::from_le_bytes(*bytes);
    (half(word as u64) | half((word >> 64) as u64) << 8) as u32
}

/// Bits for the marks among 16 bytes that bound values, the first byte's lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub quotes: u32,
    pub escapes: u32,
    /// `{` and `[`
    pub opens: u32,
    /// `}` and `]`
    pub closes: u32,
}

/// The marks among 16 bytes.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(super) fn marks(bytes: &[u8; 16]) -> Marks {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128_or};
    let word = u128::from_le_bytes(*bytes);
    let text = u64x2(word as u64, (word >> 64) as u64);
    let bits = |text, byte| u32::from(u8x16_bitmask(u8x16_eq(text, u8x16_splat(byte))));
    // Braces and brackets differ in one bit.
    let lower = v128_or(text, u8x16_splat(0x20));
    Marks {
        quotes: bits(text, b'"'),
        escapes: bits(text, b'\\'),
        opens: bits(lower, b'{'),
        closes: bits(lower, b'}'),
    }
}

/// The marks among 16 bytes.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(super) fn marks(bytes: &[u8; 16]) -> Marks {
    let bits = |is: fn(u8) -> bool| bytes.iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(is(*byte)));
    Marks {
        quotes: bits(|byte| byte == b'"'),
        escapes: bits(|byte| byte == b'\\'),
        opens: bits(|byte| byte | 0x20 == b'{'),
        closes: bits(|byte| byte | 0x20 == b'}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn model(bytes: &[u8; 16]) -> u32 {
        bytes.iter().rev().fold(0, |mask, byte| mask << 1 | u32::from(matches!(byte, b'"' | b'\\' | 0..0x20)))
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255 {
            for place in 0..16 {
                for filler in [b'a', 0xff, 0x80, b'"', 0] {
                    let mut bytes = [filler; 16];
                    bytes[place] = byte;
                    assert_eq!(specials(&bytes), model(&bytes), "{bytes:?}");
                    assert_eq!(portable(&bytes), model(&bytes), "{bytes:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: [u8; 16]) {
            prop_assert_eq!(specials(&bytes), model(&bytes));
            prop_assert_eq!(portable(&bytes), model(&bytes));
        }
    }
}
