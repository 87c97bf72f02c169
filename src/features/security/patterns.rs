//! Lists of regular expressions: user agents of bots, names of hosts.

use fjord_pattern::{LINE_VISITS, Pattern, PatternError};

use crate::options::Capability;

/// Regular expressions of which one must match.
#[derive(Debug, Default)]
pub(super) struct Patterns(Vec<Pattern>);

// === impl Patterns ===

impl Patterns {
    /// Compiles the expressions. Nothing is compiled in a module without them, for which no plan gets here.
    ///
    /// # Errors
    /// The first that isn't one, with its index.
    pub(super) fn compile<T: AsRef<str>>(texts: &[T]) -> Result<Patterns, (usize, PatternError)> {
        let mut patterns = Vec::new();
        if Capability::Patterns.is_included() {
            for (index, text) in texts.iter().enumerate() {
                patterns.push(Pattern::new(text.as_ref()).map_err(|error| (index, error))?);
            }
        }
        Ok(Patterns(patterns))
    }

    /// Whether one matches. None if the text is made to take too long, before one does.
    pub(super) fn any_matches(&self, text: &str) -> Option<bool> {
        if !Capability::Patterns.is_included() {
            return Some(false);
        }
        let mut visits = LINE_VISITS;
        for pattern in &self.0 {
            if pattern.is_match_within(text, &mut visits)? {
                return Some(true);
            }
        }
        Some(false)
    }
}
