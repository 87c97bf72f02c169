//! Changes that change nothing, patterns that can't be read, and answers that have no strings.

use crate::options::check::{Around, Findings, Spot, looks};

/// Checks the modifiers and what they stand at.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    looks::no_op(spot, around, "a no-op answer isn't decoded, so it can't be changed", findings);
    let Some(modifiers) = spot.get("modifiers") else {
        findings.add(spot.lacks("idle-guard", "without modifiers nothing is changed"));
        return;
    };
    if modifiers.items().len() == 0 {
        findings.add(modifiers.error("idle-guard", "without modifiers nothing is changed"));
    }
    for item in modifiers.items() {
        for name in ["literal", "lower", "regexp", "trim", "upper"] {
            if let Some(modifier) = item.get(name) {
                one(&modifier, name == "regexp", findings);
            }
        }
    }
}

/// Checks one modifier.
fn one(modifier: &Spot<'_>, is_regexp: bool, findings: &mut Findings<'_>) {
    for key in ["field", "find"] {
        if let Some(text) = modifier.get(key)
            && text.str() == Some("")
        {
            findings.add(text.error("empty", format!("an empty {key} changes nothing in particular")));
        }
    }
    if let Some(find) = modifier.get("find").filter(|_| is_regexp)
        && let Some(text) = find.str()
    {
        looks::regex(&find, text, "the answer can't be changed", findings);
    }
}
