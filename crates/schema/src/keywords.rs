//! Keywords that hold numbers.

use fjord_document::node::{Kind, Node};

use super::compile::Fault;
use super::draft::Draft;
use super::number::{Decimal, Divisor};
use super::subschema::NumberRules;

// === impl NumberRules ===

impl NumberRules {
    /// Reads the keywords for numbers.
    pub(super) fn read<'a>(&mut self, node: &'a Node, draft: Draft) -> Result<(), Fault<'a>> {
        if let Some((place, value)) = number(node, "multipleOf")? {
            if value.is_zero() || value.is_negative() {
                return Err((place, "multipleOf must be strictly greater than 0".to_owned()));
            }
            let fault = || (place, "multipleOf has more than 18 significant digits".to_owned());
            self.multiple_of = Some(Divisor::new(value).ok_or_else(fault)?);
        }
        self.minimum = number(node, "minimum")?.map(|found| found.1);
        self.maximum = number(node, "maximum")?.map(|found| found.1);
        limit(node, draft, ["exclusiveMinimum", "minimum"], &mut self.exclusive_minimum, &mut self.minimum)?;
        limit(node, draft, ["exclusiveMaximum", "maximum"], &mut self.exclusive_maximum, &mut self.maximum)?;
        if self.minimum.is_some() && self.maximum.is_some() && self.minimum > self.maximum {
            return Err((node, "minimum cannot be greater than maximum".to_owned()));
        }
        Ok(())
    }
}

/// A limit that is not allowed itself: a flag beside the limit in draft 4, a number of its own later.
fn limit<'a>(
    node: &'a Node,
    draft: Draft,
    [keyword, beside]: [&str; 2],
    exclusive: &mut Option<Decimal>,
    inclusive: &mut Option<Decimal>,
) -> Result<(), Fault<'a>> {
    let Some(place) = node.get(keyword) else { return Ok(()) };
    match (&place.kind, draft) {
        (Kind::Bool(flag), Draft::Four | Draft::Hybrid) => {
            if inclusive.is_none() {
                return Err((place, format!("{keyword} cannot be used without {beside}")));
            }
            if *flag {
                *exclusive = inclusive.take();
            }
        }
        (Kind::Number(_), Draft::Six | Draft::Seven | Draft::Hybrid) => {
            *exclusive = number(node, keyword)?.map(|found| found.1);
        }
        _ => {
            let expected = match draft {
                Draft::Four => "boolean",
                Draft::Hybrid => "boolean/number",
                _ => "number",
            };
            return Err((place, format!("Invalid type. Expected: {expected}, given: {keyword}")));
        }
    }
    Ok(())
}

/// A count: a whole number from zero on. As in later drafts, `2.0` is one.
pub(super) fn count<'a>(node: &'a Node, keyword: &str) -> Result<Option<u64>, Fault<'a>> {
    let Some(place) = node.get(keyword) else { return Ok(None) };
    let value = match &place.kind {
        Kind::Number(text) => Decimal::parse(text),
        _ => None,
    };
    match value {
        Some(value) if value.is_negative() => {
            Err((place, format!("{keyword} must be greater than or equal to 0")))
        }
        Some(value) if value.is_integer() => Ok(value.to_count()),
        _ => Err((place, format!("{keyword} must be of an integer"))),
    }
}

/// Refuses a least that is above the most.
pub(super) fn ordered<'a>(
    node: &'a Node,
    least: &str,
    most: &str,
    a: Option<u64>,
    b: Option<u64>,
) -> Result<(), Fault<'a>> {
    match (a, b) {
        (Some(a), Some(b)) if a > b => Err((node, format!("{least} cannot be greater than {most}"))),
        _ => Ok(()),
    }
}

fn number<'a>(node: &'a Node, keyword: &str) -> Result<Option<(&'a Node, Decimal)>, Fault<'a>> {
    let Some(place) = node.get(keyword) else { return Ok(None) };
    let value = match &place.kind {
        Kind::Number(text) => Decimal::parse(text),
        _ => None,
    };
    value.map(|value| Some((place, value))).ok_or_else(|| (place, format!("{keyword} must be of a number")))
}
