//! Floats.

use super::Printer;
use crate::error::Failure;
use crate::value::Value;

/// No double has more digits that aren't zero.
const MOST_DIGITS: usize = 1100;

/// Go's `%g` with as many digits as the number needs, or `precision`.
fn go_g(value: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else { return fjord_json::go_float_v(value) };
    let wanted = precision.clamp(1, MOST_DIGITS);
    let text = format!("{:.*e}", wanted - 1, value);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mantissa =
        if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    // More digits were asked for than there are: those that there are decide, if they reach the point.
    let threshold = if wanted > digits && exponent < digits as i32 { digits } else { wanted };
    let threshold = i32::try_from(threshold).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= threshold {
        return format!("{mantissa}e{}", signed(exponent));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}")
}

/// An exponent with a sign and two digits.
fn signed(exponent: i32) -> String {
    format!("{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

fn go_e(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}e{}", signed(exponent.parse().unwrap_or(0))),
        None => text,
    }
}

/// The bits of a float: mantissa and exponent, so that it is their product with a power of two.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    match (bits >> 52) & 0x7ff {
        0 => (mantissa, -1074),
        exponent => (mantissa | 1 << 52, exponent as i32 - 1075),
    }
}

fn sign_of(value: f64) -> &'static str {
    if value.is_sign_negative() { "-" } else { "" }
}

/// `4503599627370496p-52`
fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{}{mantissa}p{exponent:+}", sign_of(value))
}

/// `0x1.5p+05`, with as many digits as the number needs.
fn hexadecimal(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    if mantissa == 0 {
        return format!("{}0x0p+00", sign_of(value));
    }
    // The first bit before the point, the 52 others behind it.
    let shift = mantissa.leading_zeros() - 11;
    let mantissa = mantissa << shift;
    let exponent = exponent + 52 - shift as i32;
    let digits = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    format!("{}0x1{point}{digits}p{}", sign_of(value), signed(exponent))
}

impl Printer<'_> {
    pub(super) fn float(&mut self, number: f64, value: &Value<'_>, verb: char) -> Result<(), Failure> {
        let flags = self.flags;
        let precision = flags.precision.map(|precision| precision.min(MOST_DIGITS));
        self.budget.spend(16 + precision.unwrap_or(0))?;
        let is_general = matches!(verb, 'v' | 'g' | 'G');
        let mut text = match verb {
            'v' | 'g' | 'G' | 'e' | 'E' | 'f' | 'F' | 'b' | 'x' | 'X' if !number.is_finite() => {
                fjord_json::go_float_v(number)
            }
            'v' | 'g' | 'G' => go_g(number, precision),
            'e' | 'E' => go_e(number, precision.unwrap_or(6)),
            'f' | 'F' => format!("{:.*}", precision.unwrap_or(6), number),
            'b' => binary(number),
            'x' | 'X' if precision.is_none() => hexadecimal(number),
            'x' | 'X' => return Err(Failure::new(format!("%{verb} with a precision is not supported"))),
            _ => return self.bad_verb(value, verb),
        };
        if flags.sharp && number.is_finite() && !matches!(verb, 'b' | 'x' | 'X') {
            text = with_point(&text, is_general.then(|| precision.unwrap_or(6)));
        }
        if matches!(verb, 'E' | 'G' | 'X') && number.is_finite() {
            text = text.to_ascii_uppercase();
        }
        let (sign, size) = match (text.strip_prefix(['-', '+']), text.starts_with('-')) {
            (Some(size), true) => ("-", size),
            (size, _) => {
                let size = size.unwrap_or(&text);
                // Infinity shows its sign always, not a number only where it's asked for.
                let sign = match (flags.plus, flags.space, number == f64::INFINITY) {
                    (true, ..) => "+",
                    (_, true, _) => " ",
                    (.., true) => "+",
                    _ => "",
                };
                (sign, size)
            }
        };
        if flags.zero && !flags.minus && number.is_finite() && !sign.is_empty() {
            self.push(sign)?;
            self.flags.width = flags.width.map(|width| width.saturating_sub(1));
            self.pad(size)?;
        } else {
            self.flags.zero = flags.zero && number.is_finite();
            self.pad(&format!("{sign}{size}"))?;
        }
        self.flags = flags;
        Ok(())
    }
}

/// With `#` there is always a point, and for `%g` the zeros behind it that make the number of digits whole.
fn with_point(text: &str, digits: Option<usize>) -> String {
    let at = text.find('e').unwrap_or(text.len());
    let (mantissa, tail) = text.split_at(at);
    let mut out = mantissa.to_owned();
    if !out.contains('.') {
        out.push('.');
    }
    if let Some(wanted) = digits {
        let plain: String = out.chars().filter(char::is_ascii_digit).collect();
        let shown = match plain.trim_start_matches('0') {
            "" => 1,
            significant => significant.len(),
        };
        out.push_str(&"0".repeat(wanted.saturating_sub(shown)));
    }
    out + tail
}
