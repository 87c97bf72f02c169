//! Numbers as they are written, compared and divided exactly, at a cost that their length bounds, not their size.

use std::cmp::Ordering;

/// A decimal number: `0.DIGITS × 10^exponent`, the digits without zeros at either end. Zero has no digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: Box<[u8]>,
    exponent: i64,
}

/// What a number has to be a multiple of.
#[derive(Debug, Clone, PartialEq)]
pub struct Divisor {
    value: Decimal,
    /// Its digits as a number, at least 1.
    coefficient: u64,
}

/// An exponent with more digits than this is beyond everything.
const EXPONENT_LIMIT: i64 = 1 << 60;

// === impl Decimal ===

impl Decimal {
    /// Reads a JSON number; `None` for anything else.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, power) = match rest.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, exponent(power)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole.as_bytes(), fraction.as_bytes()].concat();
        if whole.is_empty() || !all.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let leading = all.iter().take_while(|&&digit| digit == b'0').count();
        let trailing = all.iter().rev().take_while(|&&digit| digit == b'0').count();
        let digits = all.get(leading..all.len() - trailing).unwrap_or_default();
        if digits.is_empty() {
            return Some(Decimal { negative: false, digits: Box::default(), exponent: 0 });
        }
        let exponent = power.saturating_add(whole.len() as i64 - leading as i64);
        Some(Decimal { negative, digits: digits.into(), exponent })
    }

    /// The number of a floating-point value; `None` for one that JSON can't say.
    pub fn from_f64(value: f64) -> Option<Decimal> {
        value.is_finite().then(|| Decimal::parse(&format!("{value:e}"))).flatten()
    }

    /// Whether it has no fraction (`1.0` and `1e400` have none).
    pub fn is_integer(&self) -> bool {
        self.exponent >= self.digits.len() as i64
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// A count: an integer, not negative; what no memory can hold is the largest count.
    pub fn to_count(&self) -> Option<u64> {
        if self.negative || !self.is_integer() {
            return None;
        }
        if self.exponent > 19 {
            return Some(u64::MAX);
        }
        let zeros = std::iter::repeat_n(&b'0', self.exponent as usize - self.digits.len());
        let digits = self.digits.iter().chain(zeros);
        Some(
            digits
                .fold(0u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit - b'0'))),
        )
    }

    /// In ten significant digits, as Go's `big.Float` prints in a message.
    pub fn short(&self) -> String {
        const PRECISION: usize = 10;
        let mut digits = self.digits.to_vec();
        let mut exponent = self.exponent;
        if digits.len() > PRECISION {
            let up = digits[PRECISION] >= b'5';
            digits.truncate(PRECISION);
            if up {
                round_up(&mut digits, &mut exponent);
            }
            let kept = digits.iter().rposition(|&digit| digit != b'0').map_or(0, |last| last + 1);
            digits.truncate(kept);
        }
        let sign = if self.negative { "-" } else { "" };
        let text = |digits: &[u8]| digits.iter().map(|&digit| char::from(digit)).collect::<String>();
        let point = exponent - 1;
        if digits.is_empty() {
            return "0".to_owned();
        }
        // Digits up to the point are written out where there are as many as the precision allows.
        let limit = if digits.len() as i64 >= exponent { digits.len() } else { PRECISION };
        if point < -4 || point >= limit as i64 {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let power = format!("e{}{:02}", if point < 0 { '-' } else { '+' }, point.unsigned_abs());
            return format!("{sign}{}{dot}{}{power}", text(first), text(rest));
        }
        if exponent <= 0 {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize);
            return format!("{sign}0.{zeros}{}", text(&digits));
        }
        let whole = exponent as usize;
        if whole >= digits.len() {
            return format!("{sign}{}{}", text(&digits), "0".repeat(whole - digits.len()));
        }
        format!("{sign}{}.{}", text(&digits[..whole]), text(&digits[whole..]))
    }

    /// The same text for equal numbers.
    pub fn write_canonical(&self, out: &mut String) {
        if self.negative {
            out.push('-');
        }
        out.push('.');
        out.extend(self.digits.iter().map(|&digit| char::from(digit)));
        out.push('e');
        out.push_str(&self.exponent.to_string());
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let sign = |number: &Decimal| {
            if number.is_zero() {
                0
            } else if number.negative {
                -1
            } else {
                1
            }
        };
        let size = || self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| if self.negative { size().reverse() } else { size() })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(EXPONENT_LIMIT).min(EXPONENT_LIMIT);
    Some(if negative { -size } else { size })
}

fn round_up(digits: &mut [u8], exponent: &mut i64) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    if let Some(first) = digits.first_mut() {
        *first = b'1';
        *exponent += 1;
    }
}

// === impl Divisor ===

impl Divisor {
    /// The divisor `value`, which must be above zero; `None` if it has more than 18 significant digits.
    pub fn new(value: Decimal) -> Option<Divisor> {
        let text = std::str::from_utf8(&value.digits).ok()?;
        let coefficient = if value.digits.len() <= 18 { text.parse().ok()? } else { return None };
        Some(Divisor { value, coefficient })
    }

    /// The divisor as a number.
    pub fn value(&self) -> &Decimal {
        &self.value
    }

    /// Whether `number` divided by it has no fraction.
    pub fn divides(&self, number: &Decimal) -> bool {
        if number.is_zero() {
            return true;
        }
        // Both as whole numbers times a power of ten.
        let power = |decimal: &Decimal| decimal.exponent - decimal.digits.len() as i64;
        let Ok(zeros) = u64::try_from(power(number) - power(&self.value)) else {
            // The last digit of the number is not zero: nothing with more zeros divides it.
            return false;
        };
        let modulus = u128::from(self.coefficient);
        let digits =
            number.digits.iter().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % modulus);
        (digits * power_of_ten(zeros, modulus)).is_multiple_of(modulus)
    }
}

fn power_of_ten(mut power: u64, modulus: u128) -> u128 {
    let (mut result, mut base) = (1 % modulus, 10 % modulus);
    while power > 0 {
        if power & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        power >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn compares_exactly() {
        let ascending = [
            "-1e1000000000000000000000",
            "-1e400",
            "-10",
            "-9.99",
            "-9",
            "-0.1",
            "-1e-400",
            "0",
            "1e-1000000000",
            "1e-400",
            "0.1",
            "0.10000000000000000001",
            "1",
            "1.0000000000000000000000001",
            "2",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1.1e400",
            "1e1000000000",
            "1e9999999999999999999",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(number(a).cmp(&number(b)), i.cmp(&j), "{a} {b}");
            }
        }
        for (a, b) in [("1", "1.0"), ("1", "10e-1"), ("0", "-0.0e7"), ("100", "1E+2"), ("0.001", "1e-3")] {
            assert_eq!(number(a), number(b));
        }
        for text in ["", "-", "1e", "e1", ".", "+1", "1e+", "NaN", "1 ", "1.5.5"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn knows_integers_and_counts() {
        for (text, integer, count) in [
            ("1.0", true, Some(1)),
            ("0", true, Some(0)),
            ("1.5", false, None),
            ("-3", true, None),
            ("1e3", true, Some(1000)),
            ("1e-1", false, None),
            ("12.5e1", true, Some(125)),
            ("1e400", true, Some(u64::MAX)),
            ("1e1000000000", true, Some(u64::MAX)),
            ("18446744073709551615", true, Some(u64::MAX)),
        ] {
            assert_eq!((number(text).is_integer(), number(text).to_count()), (integer, count), "{text}");
        }
    }

    #[test]
    fn divides_exactly() {
        for (value, divisor, expected) in [
            ("0.0075", "0.0001", true),
            ("0.00751", "0.0001", false),
            ("19.99", "0.01", true),
            ("1e400", "0.01", true),
            ("1e1000000000", "7", false),
            ("7e1000000000", "7", true),
            ("1e308", "0.123456789", false),
            ("12391239123", "1e-8", true),
            ("4.5", "1.5", true),
            ("35", "1.5", false),
            ("-10", "5", true),
            ("0", "3", true),
            ("5", "10", false),
            ("1e-1000000000", "1", false),
        ] {
            assert_eq!(
                Divisor::new(number(divisor)).unwrap().divides(&number(value)),
                expected,
                "{value} {divisor}"
            );
        }
        assert_eq!(Divisor::new(number("1234567890123456789")), None);
    }

    #[test]
    fn prints_ten_digits() {
        for (text, short) in [
            ("10", "10"),
            ("0", "0"),
            ("-2.50", "-2.5"),
            ("0.01", "0.01"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1e9", "1000000000"),
            ("1e10", "1e+10"),
            ("12345678901", "1.23456789e+10"),
            ("1e400", "1e+400"),
            ("99999999999.9", "1e+11"),
            ("0.333333333333", "0.3333333333"),
            ("1234567890.6", "1234567891"),
        ] {
            assert_eq!(number(text).short(), short);
        }
        assert_eq!(Decimal::from_f64(1e21).unwrap(), number("1e21"));
        assert_eq!(Decimal::from_f64(f64::NAN), None);
    }
}
