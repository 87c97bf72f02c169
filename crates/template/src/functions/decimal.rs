//! Floats added, multiplied and divided as decimals, so that 0.1 and 0.2 are 0.3.
//!
//! Sprig has decimals of any length. Here they have 38 digits; what needs more is calculated with floats.

use crate::error::Failure;

/// `coefficient` × 10^`exponent`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    coefficient: i128,
    exponent: i32,
}

/// Digits behind the point that a division gives.
const DIVISION_DIGITS: i32 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// `first` and the others, one after the other.
pub(super) fn calculate(operation: Operation, first: f64, others: &[f64]) -> Result<f64, Failure> {
    let all = std::iter::once(&first).chain(others);
    if let Some(bad) = all.into_iter().find(|value| !value.is_finite()) {
        let shown = fjord_json::go_float_v(*bad);
        return Err(Failure::new(format!("Cannot create a Decimal from {shown}")));
    }
    if operation == Operation::Divide && others.contains(&0.0) {
        return Err(Failure::new("decimal division by 0"));
    }
    let exact = others.iter().try_fold(Decimal::new(first)?, |result, other| {
        Decimal::new(*other).ok().and_then(|other| result.apply(operation, other))
    });
    Ok(match exact {
        Some(result) => result.to_float(),
        None => others.iter().fold(first, |result, other| match operation {
            Operation::Add => result + other,
            Operation::Subtract => result - other,
            Operation::Multiply => result * other,
            Operation::Divide => result / other,
        }),
    })
}

// === impl Decimal ===

impl Decimal {
    /// The shortest decimal that is this float.
    fn new(value: f64) -> Result<Self, Failure> {
        let text = format!("{value:e}");
        let read = || {
            let (mantissa, exponent) = text.split_once('e')?;
            let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction).ok()?)?;
            let coefficient: i128 = mantissa.replace('.', "").parse().ok()?;
            Some(Self { coefficient, exponent: if coefficient == 0 { 0 } else { exponent } })
        };
        read().ok_or_else(|| Failure::new(format!("Cannot create a Decimal from {text}")))
    }

    fn apply(self, operation: Operation, other: Self) -> Option<Self> {
        match operation {
            Operation::Add => self.add(other),
            Operation::Subtract => self.add(Self { coefficient: -other.coefficient, ..other }),
            Operation::Multiply => Some(Self {
                coefficient: self.coefficient.checked_mul(other.coefficient)?,
                exponent: self.exponent.checked_add(other.exponent)?,
            }),
            Operation::Divide => self.divide(other),
        }
    }

    fn add(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.scaled(exponent)?, other.scaled(exponent)?);
        Some(Self { coefficient: a.checked_add(b)?, exponent })
    }

    /// The coefficient for a smaller exponent.
    fn scaled(self, exponent: i32) -> Option<i128> {
        let by = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        self.coefficient.checked_mul(10_i128.checked_pow(by)?)
    }

    /// Rounded to the nearest with 16 digits behind the point, a half away from zero.
    fn divide(self, other: Self) -> Option<Self> {
        let shift = self.exponent.checked_sub(other.exponent)?.checked_add(DIVISION_DIGITS)?;
        let power = 10_i128.checked_pow(shift.unsigned_abs())?;
        let (above, below) = if shift < 0 {
            (self.coefficient, other.coefficient.checked_mul(power)?)
        } else {
            (self.coefficient.checked_mul(power)?, other.coefficient)
        };
        let (quotient, rest) = (above.checked_div(below)?, above.checked_rem(below)?);
        let rounds = rest.unsigned_abs().checked_mul(2)? >= below.unsigned_abs();
        let away = if (above < 0) == (below < 0) { 1 } else { -1 };
        let coefficient = quotient.checked_add(if rounds { away } else { 0 })?;
        Some(Self { coefficient, exponent: -DIVISION_DIGITS })
    }

    fn to_float(self) -> f64 {
        // Rust rounds decimals of any length correctly.
        format!("{}e{}", self.coefficient, self.exponent).parse().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (operation, first, others, want) in [
            (Operation::Add, 0.1, vec![0.2], 0.3),
            (Operation::Subtract, 0.3, vec![0.1], 0.2),
            (Operation::Multiply, 1.1, vec![1.1], 1.21),
            (Operation::Divide, 1.0, vec![3.0], 0.3333333333333333),
            (Operation::Divide, 2.0, vec![-3.0], -0.6666666666666667),
            (Operation::Divide, 1e-30, vec![3.0], 0.0),
            // Too far apart for 38 digits.
            (Operation::Add, 1e300, vec![1e-300], 1e300),
            (Operation::Divide, 1e300, vec![1e-300], f64::INFINITY),
        ] {
            assert_eq!(calculate(operation, first, &others), Ok(want), "{first} {operation:?} {others:?}");
        }
        assert!(calculate(Operation::Divide, 1.0, &[0.0]).is_err());
        assert!(calculate(Operation::Add, f64::NAN, &[]).is_err());
    }
}
