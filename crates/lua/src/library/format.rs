//! `string.format`

use crate::Host;
use crate::value::{Val, go_g};
use crate::vm::{Args, Error, Flow, Vm};

/// What an item counts for, in instructions …
const ITEM: usize = 8;
/// … and a number with all its digits: up to 300 before the point, 99 behind it.
const FLOAT: usize = 256;

/// `%-5.2f`
#[derive(Default)]
struct Spec {
    minus: bool,
    plus: bool,
    space: bool,
    sharp: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// `string.format(format, ...)`
pub fn format(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let text = vm.check_str(args, 1)?;
    vm.spend(text.bytes().len() / 8)?;
    let mut out = Vec::with_capacity(text.bytes().len() + 16);
    let mut rest = text.bytes();
    let mut next = 1;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        if let Some(after) = rest.strip_prefix(b"%") {
            rest = after;
            out.push(b'%');
            continue;
        }
        let (spec, after) = match Spec::read(rest) {
            Ok(read) => read,
            Err(message) => return Err(vm.raise(message)),
        };
        let Some((verb, after)) = after.split_first() else {
            return Err(vm.raise("invalid option '%' to 'format'"));
        };
        rest = after;
        next += 1;
        if next > args.n {
            return Err(vm.arg_error(args, next, "no value"));
        }
        vm.spend(ITEM)?;
        let part = one(vm, args, next, &spec, *verb)?;
        vm.scan(part.len())?;
        vm.allocate(part.len())?;
        out.extend(part);
    }
    vm.give_str(out)
}

fn one(vm: &mut Vm, args: Args, i: usize, spec: &Spec, verb: u8) -> Result<Vec<u8>, Error> {
    match verb {
        b'd' | b'i' | b'u' => {
            let n = vm.check_int(args, i)?;
            Ok(spec.integer(n < 0, &n.unsigned_abs().to_string(), ""))
        }
        b'x' | b'X' | b'o' => {
            let n = vm.check_int(args, i)?;
            // A negative number keeps its sign, as in Go.
            let (digits, prefix) = match verb {
                b'x' => (format!("{:x}", n.unsigned_abs()), "0x"),
                b'X' => (format!("{:X}", n.unsigned_abs()), "0X"),
                _ => (format!("{:o}", n.unsigned_abs()), "0"),
            };
            Ok(spec.integer(n < 0, &digits, if spec.sharp { prefix } else { "" }))
        }
        b'c' => {
            let byte = vm.check_int(args, i)? as u8;
            Ok(spec.pad(vec![byte]))
        }
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let n = vm.check_number(args, i)?;
            vm.spend(FLOAT)?;
            Ok(spec.float(n, verb))
        }
        b's' | b'v' => {
            let text = match vm.arg(args, i) {
                Val::Str(text) => text,
                other => vm.display(&other).as_str().into(),
            };
            let end = spec.precision.unwrap_or(usize::MAX).min(text.bytes().len());
            Ok(spec.pad(text.bytes()[..end].to_vec()))
        }
        b'q' => {
            let text = vm.check_str(args, i)?;
            let mut out = vec![b'"'];
            for byte in text.bytes() {
                match byte {
                    b'"' | b'\\' | b'\n' => out.extend([b'\\', *byte]),
                    b'\r' => out.extend(b"\\r"),
                    0 => out.extend(b"\\000"),
                    _ => out.push(*byte),
                }
            }
            out.push(b'"');
            Ok(out)
        }
        other => Err(vm.raise(&format!("invalid option '%{}' to 'format'", char::from(other)))),
    }
}

// === impl Spec ===

impl Spec {
    fn read(mut text: &[u8]) -> Result<(Self, &[u8]), &'static str> {
        let mut spec = Self::default();
        while let Some((flag, rest)) = text.split_first() {
            match flag {
                b'-' => spec.minus = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.sharp = true,
                b'0' => spec.zero = true,
                _ => break,
            }
            text = rest;
        }
        let (width, rest) = number(text)?;
        spec.width = width;
        text = rest;
        if let Some(rest) = text.strip_prefix(b".") {
            let (precision, rest) = number(rest)?;
            spec.precision = Some(precision);
            text = rest;
        }
        Ok((spec, text))
    }

    fn pad(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        let missing = self.width.saturating_sub(bytes.len());
        if self.minus {
            bytes.resize(bytes.len() + missing, b' ');
            return bytes;
        }
        let mut out = vec![b' '; missing];
        out.append(&mut bytes);
        out
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        }
    }

    /// Puts sign, zeros and digits together.
    fn signed(&self, sign: &str, digits: &str, zero: bool) -> Vec<u8> {
        let missing = self.width.saturating_sub(sign.len() + digits.len());
        let zeros = if zero && !self.minus { "0".repeat(missing) } else { String::new() };
        self.pad(format!("{sign}{zeros}{digits}").into_bytes())
    }

    fn integer(&self, negative: bool, digits: &str, prefix: &str) -> Vec<u8> {
        let digits = match self.precision {
            Some(precision) => format!("{digits:0>precision$}"),
            None => digits.to_owned(),
        };
        let sign = format!("{}{prefix}", self.sign(negative));
        self.signed(&sign, &digits, self.zero && self.precision.is_none())
    }

    fn float(&self, n: f64, verb: u8) -> Vec<u8> {
        let negative = n.is_sign_negative() && !n.is_nan();
        if !n.is_finite() {
            let text = go_g(n);
            return self.pad(text.into_bytes());
        }
        let n = n.abs();
        let text = match (verb.to_ascii_lowercase(), self.precision) {
            (b'f', precision) => format!("{n:.*}", precision.unwrap_or(6)),
            (b'e', precision) => exponent(n, precision.unwrap_or(6)),
            // Without a precision Go prints the fewest digits, C six.
            (_, None) => go_g(n),
            (_, Some(precision)) => general(n, precision.max(1), self.sharp),
        };
        let text = if verb.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text };
        self.signed(self.sign(negative), &text, self.zero)
    }
}

/// Up to two digits, as Lua limits it.
fn number(text: &[u8]) -> Result<(usize, &[u8]), &'static str> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits > 2 {
        return Err("invalid format (width or precision too long)");
    }
    let value = text[..digits].iter().fold(0, |n, b| n * 10 + usize::from(b - b'0'));
    Ok((value, &text[digits..]))
}

/// C's `%e`: at least two digits of exponent.
fn exponent(n: f64, precision: usize) -> String {
    let text = format!("{n:.precision$e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

/// C's `%g`.
fn general(n: f64, precision: usize, keep_zeros: bool) -> String {
    let scientific = exponent(n, precision - 1);
    let power: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if power < -4 || power >= precision as i32 {
        let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "+00"));
        return format!("{}e{power}", if keep_zeros { digits } else { trim(digits) });
    }
    let decimals = (precision as i32 - 1 - power).max(0) as usize;
    let text = format!("{n:.decimals$}");
    if keep_zeros { text } else { trim(&text).to_owned() }
}

fn trim(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}
