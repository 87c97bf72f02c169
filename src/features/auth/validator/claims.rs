//! The claims of a token: whether they hold now and here, and how they read as texts.

use std::fmt;

use fjord_jose::object;
use fjord_json::{Map, Value, go_print};

/// The claims of a token, numbers as floats.
#[derive(Debug)]
pub struct Claims(pub Map);

/// What claims must say.
#[derive(Debug, Default)]
pub struct Expected {
    /// `iss` must be this, if it isn't empty.
    pub issuer: String,
    /// `aud` must name all of these.
    pub audience: Vec<String>,
    /// Milliseconds by which clocks may differ.
    pub leeway: f64,
}

/// Which claim is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimError {
    /// The payload isn't a JSON object, or one with a member twice.
    Payload,
    /// A claim is of another type.
    Type(&'static str),
    /// `iss` is another.
    Issuer,
    /// `aud` lacks a configured one.
    Audience,
    /// `nbf` is in the future.
    NotYet,
    /// `exp` is in the past.
    Expired,
    /// `iat` is in the future.
    Issued,
}

// === impl Claims ===

impl Claims {
    /// Reads the payload of a token.
    pub fn parse(payload: &[u8]) -> Result<Self, ClaimError> {
        object(payload).map(Self).ok_or(ClaimError::Payload)
    }

    /// Whether they say what they must at `now` (ms since the epoch). Dates are checked where they are (spec §23).
    pub fn check(&self, expected: &Expected, now: f64) -> Result<(), ClaimError> {
        for name in ["sub", "jti"] {
            self.str(name)?;
        }
        let issuer = self.str("iss")?;
        if !expected.issuer.is_empty() && issuer != Some(&expected.issuer) {
            return Err(ClaimError::Issuer);
        }
        let audience = self.audience()?;
        if !expected.audience.iter().all(|wanted| audience.contains(&wanted.as_str())) {
            return Err(ClaimError::Audience);
        }
        let [not_before, expiry, issued] =
            [self.date("nbf")?, self.date("exp")?, self.date("iat")?].map(|seconds| Some(seconds? * 1000.0));
        if not_before.is_some_and(|at| now + expected.leeway < at) {
            return Err(ClaimError::NotYet);
        }
        if expiry.is_some_and(|at| now - expected.leeway > at) {
            return Err(ClaimError::Expired);
        }
        if issued.is_some_and(|at| now + expected.leeway < at) {
            return Err(ClaimError::Issued);
        }
        Ok(())
    }

    fn str(&self, name: &'static str) -> Result<Option<&str>, ClaimError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ClaimError::Type(name)),
        }
    }

    fn audience(&self) -> Result<Vec<&str>, ClaimError> {
        let wrong = ClaimError::Type("aud");
        match self.0.get("aud") {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![text]),
            Some(Value::Array(items)) => items.iter().map(|item| item.as_str().ok_or(wrong)).collect(),
            Some(_) => Err(wrong),
        }
    }

    /// A date in whole seconds. One that no clock ever shows is none: Go would take it for long ago.
    fn date(&self, name: &'static str) -> Result<Option<f64>, ClaimError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Float(seconds)) if seconds.abs() < 9e15 => Ok(Some(seconds.trunc())),
            Some(_) => Err(ClaimError::Type(name)),
        }
    }

    /// The value at the end of a way through objects.
    pub fn nested(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        let first = self.0.get(keys.next()?)?;
        first.path(keys)
    }
}

/// A claim as KrakenD writes it into headers and URLs (spec §23).
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Float(number) => {
            let whole = number.round();
            match (number - whole).abs() <= 1e-6 {
                // What doesn't fit is Go's smallest integer.
                true if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) => {
                    i64::MIN.to_string()
                }
                true => (whole as i64).to_string(),
                false => format!("{number:.6}"),
            }
        }
        Value::Array(items) => items.iter().map(go_print).collect::<Vec<_>>().join(","),
        other => String::from_utf8_lossy(&other.to_json()).into_owned(),
    }
}

// === impl ClaimError ===

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload => f.write_str("the payload isn't a JSON object, or repeats a member"),
            Self::Type(name) => write!(f, "the claim {name} is of another type"),
            Self::Issuer => f.write_str("the token is of another issuer"),
            Self::Audience => f.write_str("the token is for another audience"),
            Self::NotYet => f.write_str("the token is not valid yet"),
            Self::Expired => f.write_str("the token has expired"),
            Self::Issued => f.write_str("the token was issued in the future"),
        }
    }
}

impl std::error::Error for ClaimError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_hold_or_not() {
        use ClaimError::*;
        let expected =
            Expected { issuer: "me".into(), audience: vec!["a".into(), "b".into()], leeway: 1000.0 };
        let check = |more: &str| {
            let claims = format!(r#"{{"iss":"me","aud":["a","b","c"]{more}}}"#);
            Claims::parse(claims.as_bytes()).and_then(|claims| claims.check(&expected, 1_000_000.0))
        };
        for good in [
            "",
            r#","exp":1001"#,
            r#","exp":999"#,
            r#","exp":999.9"#,
            r#","exp":null,"sub":null"#,
            r#","nbf":1001,"iat":1001"#,
            r#","nbf":-5,"iat":0,"exp":1e10"#,
            r#","sub":"x","jti":"""#,
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, error) in [
            (r#","exp":998"#, Expired),
            (r#","exp":998.9"#, Expired),
            (r#","exp":0"#, Expired),
            (r#","exp":-1e15"#, Expired),
            (r#","exp":"9999999999""#, Type("exp")),
            (r#","exp":1e300"#, Type("exp")),
            (r#","exp":{}"#, Type("exp")),
            (r#","nbf":1002"#, NotYet),
            (r#","nbf":1e300"#, Type("nbf")),
            (r#","iat":1002"#, Issued),
            (r#","iat":true"#, Type("iat")),
            (r#","sub":7"#, Type("sub")),
            (r#","jti":[]"#, Type("jti")),
            (r#","iss":"me""#, Payload),
        ] {
            assert_eq!(check(bad), Err(error), "{bad}");
        }
    }

    #[test]
    fn issuer_and_audience_are_compared_exactly() {
        let check = |claims: &str, issuer: &str, audience: &[&str]| {
            let audience = audience.iter().map(|text| (*text).to_owned()).collect();
            let expected = Expected { issuer: issuer.to_owned(), audience, leeway: 0.0 };
            Claims::parse(claims.as_bytes()).and_then(|claims| claims.check(&expected, 0.0)).is_ok()
        };
        assert!(check("{}", "", &[]));
        assert!(check(r#"{"aud":"a","iss":"x"}"#, "", &["a"]));
        assert!(check(r#"{"aud":["b","a"]}"#, "", &["a", "b"]));
        for (claims, issuer, audience) in [
            ("{}", "me", &[][..]),
            (r#"{"iss":"ME"}"#, "me", &[]),
            (r#"{"iss":"me/"}"#, "me", &[]),
            (r#"{"iss":["me"]}"#, "me", &[]),
            (r#"{"iss":1}"#, "", &[]),
            ("{}", "", &["a"]),
            (r#"{"aud":"b"}"#, "", &["a"]),
            (r#"{"aud":["a"]}"#, "", &["a", "b"]),
            (r#"{"aud":["a",1]}"#, "", &["a"]),
            (r#"{"aud":null}"#, "", &[]),
            (r#"{"aud":7}"#, "", &[]),
            ("[]", "", &[]),
            ("null", "", &[]),
            ("\"x\"", "", &[]),
        ] {
            assert!(!check(claims, issuer, audience), "{claims} {issuer} {audience:?}");
        }
    }

    #[test]
    fn claims_read_as_texts() {
        for (json, want) in [
            ("\"x y\"", "x y"),
            ("1", "1"),
            ("1.0000001", "1"),
            ("-0.0", "0"),
            ("1.25", "1.250000"),
            ("1e30", "-9223372036854775808"),
            ("9007199254740993", "9007199254740992"),
            ("true", "true"),
            ("null", "null"),
            ("[]", ""),
            ("[\"a\",1,1000000,null,[\"b\"]]", "a,1,1e+06,<nil>,[b]"),
            ("{\"b\":1.0,\"a\":\"<\"}", r#"{"a":"\u003c","b":1}"#),
        ] {
            let claims = Claims::parse(format!("{{\"x\":{json}}}").as_bytes()).unwrap();
            assert_eq!(text(&claims.0["x"]), want, "{json}");
        }
    }
}
