//! base64, base32 and check sums. What isn't text when decoded is refused: strings are text here.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Context, Function, Type, text};
use crate::error::Failure;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &[Type::String], |context, args| encode(context, text(args, 0), &BASE64)),
    Function::new("b32enc", &[Type::String], |context, args| encode(context, text(args, 0), &BASE32)),
    Function::new("b64dec", &[Type::String], |context, args| {
        context.budget.keep(text(args, 0).len())?;
        decoded(context, base64(text(args, 0).as_bytes()), "base64")
    }),
    Function::new("b32dec", &[Type::String], |context, args| {
        context.budget.keep(text(args, 0).len().saturating_mul(2))?;
        let plain: Vec<u8> = text(args, 0).bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        decoded(context, base32(&plain), "base32")
    }),
    Function::new("sha1sum", &[Type::String], |context, args| sum::<Sha1>(context, text(args, 0))),
    Function::new("sha256sum", &[Type::String], |context, args| sum::<Sha256>(context, text(args, 0))),
    Function::new("sha512sum", &[Type::String], |context, args| sum::<Sha512>(context, text(args, 0))),
    Function::new("adler32sum", &[Type::String], |context, args| {
        context.budget.read(text(args, 0).len())?;
        let (a, b) = text(args, 0).bytes().fold((1_u32, 0_u32), |(a, b), byte| {
            let a = (a + u32::from(byte)) % 65_521;
            (a, (b + a) % 65_521)
        });
        context.made((b << 16 | a).to_string())
    }),
];

/// The digits of an encoding, and how its groups are cut.
struct Encoding {
    digits: &'static [u8],
    /// Bits of a digit.
    bits: usize,
    /// Digits of a whole group.
    group: usize,
}

const BASE64: Encoding = Encoding {
    digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    group: 4,
};
const BASE32: Encoding = Encoding { digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, group: 8 };

fn encode<'a>(context: &mut Context<'a>, text: &str, encoding: &Encoding) -> Result<Value<'a>, Failure> {
    context.budget.keep(text.len().saturating_mul(2))?;
    let mut out = String::with_capacity(text.len() * 2);
    let (mut held, mut bits) = (0_u32, 0);
    let digit = |value: u32| char::from(encoding.digits[value as usize % encoding.digits.len()]);
    for byte in text.bytes() {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= encoding.bits {
            bits -= encoding.bits;
            out.push(digit(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(digit(held << (encoding.bits - bits)));
    }
    while !out.len().is_multiple_of(encoding.group) {
        out.push('=');
    }
    context.made(out)
}

/// The text of decoded bytes; of a fault Sprig makes its message the result.
fn decoded<'a>(
    context: &mut Context<'a>,
    bytes: Result<Vec<u8>, usize>,
    name: &str,
) -> Result<Value<'a>, Failure> {
    match bytes {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => context.made(text),
            Err(_) => Err(Failure::new("the decoded bytes aren't text")),
        },
        Err(at) => context.made(format!("illegal {name} data at input byte {at}")),
    }
}

fn value(encoding: &Encoding, digit: u8) -> Option<u32> {
    encoding.digits.iter().position(|&known| known == digit).map(|at| at as u32)
}

/// Decodes base64 with line breaks anywhere; the byte where it goes wrong otherwise.
fn base64(input: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(input.len() / 4 * 3);
    let mut at = 0;
    let skip = |mut at: usize| {
        while matches!(input.get(at), Some(b'\r' | b'\n')) {
            at += 1;
        }
        at
    };
    loop {
        let mut group = 0_u32;
        let mut digits = 0;
        while digits < 4 {
            at = skip(at);
            let Some(&byte) = input.get(at) else {
                return if digits == 0 { Ok(out) } else { Err(at - digits) };
            };
            at += 1;
            match value(&BASE64, byte) {
                Some(value) => {
                    group = group << 6 | value;
                    digits += 1;
                }
                None if byte != b'=' || digits < 2 => return Err(at - 1),
                None => {
                    if digits == 2 {
                        at = skip(at);
                        match input.get(at) {
                            None => return Err(input.len()),
                            Some(b'=') => at += 1,
                            Some(_) => return Err(at - 1),
                        }
                    }
                    at = skip(at);
                    if at < input.len() {
                        return Err(at);
                    }
                    let bytes = (group << (6 * (4 - digits))).to_be_bytes();
                    out.extend_from_slice(bytes.get(1..digits).unwrap_or_default());
                    return Ok(out);
                }
            }
        }
        out.extend_from_slice(group.to_be_bytes().get(1..).unwrap_or_default());
    }
}

/// Decodes base32 without line breaks; the byte where it goes wrong otherwise.
fn base32(input: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(input.len() / 8 * 5);
    let mut at = 0;
    while at < input.len() {
        let mut group = 0_u64;
        let mut digits = 0;
        let mut is_last = false;
        while digits < 8 {
            let Some(&byte) = input.get(at) else { return Err(at - digits) };
            at += 1;
            let left = input.len() - at;
            if byte == b'=' && digits >= 2 && left < 8 {
                if left + digits < 7 {
                    return Err(input.len());
                }
                for k in 0..7 - digits {
                    if input.get(at + k).is_some_and(|&byte| byte != b'=') {
                        return Err(at + k - 1);
                    }
                }
                if matches!(digits, 1 | 3 | 6) {
                    return Err(at - 1);
                }
                is_last = true;
                break;
            }
            match value(&BASE32, byte) {
                Some(value) => group = group << 5 | u64::from(value),
                None => return Err(at - 1),
            }
            digits += 1;
        }
        let bytes = (group << (5 * (8 - digits))).to_be_bytes();
        out.extend_from_slice(bytes.get(3..3 + digits * 5 / 8).unwrap_or_default());
        if is_last {
            break;
        }
    }
    Ok(out)
}

fn sum<'a, D: Digest>(context: &mut Context<'a>, text: &str) -> Result<Value<'a>, Failure> {
    // A hash takes as long as reading a text several times.
    context.budget.read(text.len().saturating_mul(8))?;
    let mut out = String::new();
    for byte in D::digest(text.as_bytes()) {
        out.push_str(&format!("{byte:02x}"));
    }
    context.made(out)
}
