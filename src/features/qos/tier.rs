//! Which tier a request is of: the value of a header, compared in the order of the tiers.

use fjord_cel::{CelValue, Program, Type, Variables};

use crate::features::security::policies::{Plain, check_over, compile_over};
use crate::options::check::{Findings, Spot};
use crate::options::{Options, Refusal};

/// What a tier's value must be.
#[derive(Debug)]
pub enum Fits {
    /// This text.
    Literal(Box<str>),
    /// One that fulfils a policy, in which it is called `value`.
    Policy(Program),
    /// Anything, or nothing.
    Any,
}

/// The value, as a policy sees it.
struct Value<'a>(&'a str);

impl Variables for Value<'_> {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        (name == "value").then(|| CelValue::text(self.0))
    }
}

fn declared(name: &str) -> Option<Type> {
    (name == "value").then_some(Type::String)
}

// === impl Fits ===

impl Fits {
    /// Reads `tier_value` and `tier_value_as` of a tier.
    ///
    /// # Errors
    /// If there is no value, or it isn't a policy.
    pub fn compile(options: &Options<'_>) -> Result<Self, Refusal> {
        let value = options.str("tier_value")?;
        match options.str("tier_value_as")? {
            "*" => Ok(Self::Any),
            _ if value.is_empty() => Err(Refusal::new("there is no tier_value")),
            "literal" => Ok(Self::Literal(value.into())),
            "policy" => compile_over(value, &declared)
                .map(Self::Policy)
                .map_err(|error| Refusal(format!("tier_value: {error}"))),
            other => Err(Refusal(format!("tier_value_as: no such kind: {other}"))),
        }
    }

    /// Whether a request whose header has this value is of the tier. A policy that can't be evaluated doesn't fit.
    pub fn holds(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Any, _) => true,
            (Self::Literal(text), Some(value)) => **text == *value,
            (Self::Policy(policy), Some(value)) => {
                matches!(policy.eval(&Plain(Value(value))), Ok(CelValue::Bool(true)))
            }
            (_, None) => false,
        }
    }

    /// Says what is wrong with the value of each tier, and of which tier no request is.
    pub fn check(tiers: &Spot<'_>, findings: &mut Findings<'_>) {
        let mut catches_all = false;
        for tier in tiers.items() {
            if catches_all {
                let message = "the tier before it takes every request, so this one is never used";
                findings.add(tier.warning("never-fires", message));
            }
            let kind = tier.get("tier_value_as");
            let value = tier.get("tier_value").filter(|value| value.str() != Some(""));
            match (kind.and_then(|kind| kind.str()).unwrap_or("literal"), value) {
                ("*", _) => catches_all = true,
                ("literal" | "policy", None) => {
                    findings.add(tier.lacks("missing", "`tier_value` is missing"))
                }
                ("policy", Some(value)) => {
                    if let Some(fault) = check_over(&value, &declared, "the variable is value") {
                        findings.add(fault);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether one of the tiers takes every request.
    pub fn any(tiers: &Spot<'_>) -> bool {
        tiers.items().any(|tier| tier.get("tier_value_as").is_some_and(|kind| kind.str() == Some("*")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_sees_the_value() {
        let policy = |text| Fits::Policy(compile_over(text, &declared).expect("it is a policy"));
        for (fits, value, want) in [
            (Fits::Literal("gold".into()), Some("gold"), true),
            (Fits::Literal("gold".into()), Some("Gold"), false),
            (Fits::Literal("gold".into()), None, false),
            (policy("value.matches('^User-[a-f]{1,10}$')"), Some("User-abc"), true),
            (policy("value.matches('^User-[a-f]{1,10}$')"), Some("User-xyz"), false),
            (policy("int(value) > 3"), Some("x"), false),
            (policy("int(value).between(1, 3)"), Some("2"), true),
            (policy("isEmpty(value)"), None, false),
            (Fits::Any, None, true),
        ] {
            assert_eq!(fits.holds(value), want, "{fits:?} {value:?}");
        }
        assert!(compile_over("req_method == 'GET'", &declared).is_err());
    }
}
