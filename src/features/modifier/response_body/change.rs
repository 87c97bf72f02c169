//! What is done to one string, as Go's `strings` and `regexp` do it.

use fjord_pattern::{Finder, ReplaceError, Replacement, case};

use crate::options::{Options, Refusal};

/// A change of a string.
#[derive(Debug)]
pub(super) enum Change {
    Literal { find: Box<str>, replace: Box<str> },
    Regexp(Box<(Finder, Replacement)>),
    Lower,
    Upper,
    Trim(Box<[char]>),
}

/// What a change would take too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Visits,
    Length,
}

// === impl Change ===

impl Change {
    /// The field and its change, of a modifier.
    pub fn compile<'a>(options: &Options<'a>) -> Result<(&'a str, Change), Refusal> {
        let mut found = None;
        for name in ["literal", "lower", "regexp", "trim", "upper"] {
            let Some(inner) = options.object(name)? else { continue };
            let change = match name {
                "literal" => Change::literal(inner.str("find")?, inner.str("replace")?)?,
                "regexp" => Change::regexp(inner.str("find")?, inner.str("replace")?)?,
                "trim" => Change::Trim(inner.str("find")?.chars().collect()),
                "lower" => Change::Lower,
                _ => Change::Upper,
            };
            let field = inner.str("field")?;
            if field.is_empty() {
                return Err(Refusal::new("there is no field"));
            }
            if found.replace((field, change)).is_some() {
                return Err(Refusal::new("one modifier makes one change"));
            }
        }
        found.ok_or_else(|| Refusal::new("there is no change"))
    }

    /// Replaces a text.
    pub fn literal(find: &str, replace: &str) -> Result<Change, Refusal> {
        if find.is_empty() {
            return Err(Refusal::new("there is nothing to find"));
        }
        Ok(Change::Literal { find: find.into(), replace: replace.into() })
    }

    /// Replaces the matches of a pattern.
    pub fn regexp(find: &str, replace: &str) -> Result<Change, Refusal> {
        let finder = Finder::new(find).map_err(|error| Refusal(error.to_string()))?;
        let replacement = finder.replacement(replace);
        Ok(Change::Regexp(Box::new((finder, replacement))))
    }

    /// The text as it is to be, of `most` bytes; none if nothing changes. Patterns count the visits down.
    pub fn apply(&self, text: &str, visits: &mut u64, most: usize) -> Result<Option<String>, Limit> {
        let changed = match self {
            Self::Literal { find, replace } => {
                let count = text.matches(&**find).count();
                if count == 0 {
                    return Ok(None);
                }
                if text.len().saturating_add(count.saturating_mul(replace.len())) > most {
                    return Err(Limit::Length);
                }
                text.replace(&**find, replace)
            }
            Self::Regexp(pattern) => {
                let (finder, replacement) = &**pattern;
                finder.replace_all(text, replacement, visits, most).map_err(|error| match error {
                    ReplaceError::Visits => Limit::Visits,
                    ReplaceError::Length => Limit::Length,
                })?
            }
            // A letter in another case has at most one byte more.
            Self::Lower | Self::Upper if text.len().saturating_mul(2) > most => return Err(Limit::Length),
            Self::Lower => text.chars().map(case::lower).collect(),
            Self::Upper => text.chars().map(case::upper).collect(),
            Self::Trim(cutset) => text.trim_matches(&**cutset).to_owned(),
        };
        Ok((changed != text).then_some(changed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: &Change, text: &str) -> String {
        let changed = change.apply(text, &mut { 1 << 20 }, 1 << 20).expect("it is within the limits");
        changed.unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn strings_change_as_in_go() {
        let literal = |find, replace| Change::literal(find, replace).expect("it is a change");
        let regexp = |find, replace| Change::regexp(find, replace).expect("it is a change");
        for (change, text, want) in [
            (literal("aa", "b"), "aaa", "ba"),
            (literal("$1", "$0"), "a$1", "a$0"),
            // The documentation's own example.
            (regexp(r"^.*(\d{4})", "XXXX-${1}"), "1234-5678-9012-3456", "XXXX-3456"),
            (regexp("(?i)secret", "*"), "Secret sECRET", "* *"),
            (regexp(r"\d", "#"), "a1b٣", "a#b٣"),
            (regexp(r"\p{Nd}", "#"), "a1b٣", "a#b#"),
            (Change::Upper, "straße", "STRAßE"),
            (Change::Lower, "ΟΔΟΣ", "οδοσ"),
            (Change::Trim("-é ".chars().collect()), "é--a é b-", "a é b"),
            (Change::Trim(Box::new([])), " a ", " a "),
        ] {
            assert_eq!(changed(&change, text), want, "{change:?} of {text}");
        }
    }

    #[test]
    fn too_much_is_no_change() {
        let apply = |change: Result<Change, Refusal>, mut visits, most| {
            change.expect("it is a change").apply("aaaaaaaa", &mut visits, most)
        };
        assert_eq!(apply(Change::literal("a", "bb"), 0, 23), Err(Limit::Length));
        assert_eq!(apply(Change::regexp("a", "bb"), 10_000, 15), Err(Limit::Length));
        assert_eq!(apply(Change::regexp("a*b", ""), 10_000, 100), Ok(None));
        assert_eq!(apply(Change::regexp("(a|b|c)+$", ""), 20, 100), Err(Limit::Visits));
    }
}
