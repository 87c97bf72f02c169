//! Floating-point numbers as Go prints them in three places: JSON, `%v`, and the parameters of a sequence.

/// A float in Go's JSON: shortest digits, an exponent from 1e21 on and below 1e-6. What JSON can't say is `null`.
pub fn go_float_json(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "null".to_owned()
    } else if size != 0.0 && !(1e-6..1e21).contains(&size) {
        exponential(&format!("{value:e}"), 1)
    } else {
        value.to_string()
    }
}

/// A float as Go's `%v` prints it: an exponent of two digits from 1e6 on and below 1e-4.
pub fn go_float_v(value: f64) -> String {
    let size = value.abs();
    if let Some(word) = no_number(value) {
        word.to_owned()
    } else if size != 0.0 && !(1e-4..1e6).contains(&size) {
        exponential(&format!("{value:e}"), 2)
    } else {
        value.to_string()
    }
}

/// A float in the form `3.14E+00` with the digits of 32-bit precision, as a parameter of a sequence (`spec` §11).
pub fn go_float_short_e(value: f64) -> String {
    let short = value as f32;
    match no_number(f64::from(short)) {
        Some(word) => word.to_owned(),
        None => exponential(&format!("{short:E}"), 2),
    }
}

fn no_number(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("+Inf")
    } else if value == f64::NEG_INFINITY {
        Some("-Inf")
    } else {
        None
    }
}

/// Rust's `1.5e7` with a sign and at least `digits` digits in the exponent.
fn exponential(text: &str, digits: usize) -> String {
    let Some(at) = text.find(['e', 'E']) else { return text.to_owned() };
    let (mantissa, tail) = text.split_at(at);
    let (letter, exponent) = tail.split_at(1);
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{mantissa}{letter}{sign}{exponent:0>digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_go() {
        // value, JSON, %v, %E with 32 bits
        for (value, json, plain, short) in [
            (0.0, "0", "0", "0E+00"),
            (-0.0, "-0", "-0", "-0E+00"),
            (1.0, "1", "1", "1E+00"),
            (1.5, "1.5", "1.5", "1.5E+00"),
            (2.71, "2.71", "2.71", "2.71E+00"),
            (-42.0, "-42", "-42", "-4.2E+01"),
            (999_999.5, "999999.5", "999999.5", "9.999995E+05"),
            (1e6, "1000000", "1e+06", "1E+06"),
            (1.234567e6, "1234567", "1.234567e+06", "1.234567E+06"),
            (16_777_217.0, "16777217", "1.6777217e+07", "1.6777216E+07"),
            (1e20, "100000000000000000000", "1e+20", "1E+20"),
            (1e21, "1e+21", "1e+21", "1E+21"),
            (1e-5, "0.00001", "1e-05", "1E-05"),
            (1e-6, "0.000001", "1e-06", "1E-06"),
            (1e-7, "1e-7", "1e-07", "1E-07"),
            (1.7e308, "1.7e+308", "1.7e+308", "+Inf"),
            (f64::NAN, "null", "NaN", "NaN"),
            (f64::NEG_INFINITY, "null", "-Inf", "-Inf"),
        ] {
            assert_eq!(go_float_json(value), json);
            assert_eq!(go_float_v(value), plain);
            assert_eq!(go_float_short_e(value), short);
        }
        for (value, plain) in [
            (-1.5, "-1.5"),
            (100_000.0, "100000"),
            (999_999.0, "999999"),
            (9_007_199_254_740_992.0, "9.007199254740992e+15"),
            (123_456_789_012_345_680_000.0, "1.2345678901234568e+20"),
            (0.0001, "0.0001"),
            (-2.5e-7, "-2.5e-07"),
            (1e300, "1e+300"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(go_float_v(value), plain);
        }
    }
}
