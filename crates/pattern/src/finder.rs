//! Finds matches with their groups, for what replaces or splits text.

use std::fmt;
use std::ops::Range;

use regex_automata::Input;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::nfa::thompson::pikevm::PikeVM;

use super::error::PatternError;
use super::parse::{self, Names};
use super::{Lazy, MAX_AUTOMATON, MAX_OF_DATA, machines};

/// A compiled regular expression that tells where a match is and where its groups are.
///
/// The deterministic automaton finds the end of a match, in time linear in the text; only up to there the slower machine looks
/// for the groups. So finding all matches visits each state once for each byte, beside that linear search from each match on.
pub struct Finder {
    text: Box<str>,
    machine: PikeVM,
    lazy: Option<Lazy>,
    names: Names,
}

// === impl Finder ===

impl Finder {
    /// Compiles `text`.
    ///
    /// # Errors
    /// As [`Pattern::new`](super::Pattern::new).
    pub fn new(text: &str) -> Result<Finder, PatternError> {
        Self::within(text, MAX_AUTOMATON)
    }

    /// Compiles a text that a stranger may have written.
    ///
    /// # Errors
    /// As [`Pattern::of_data`](super::Pattern::of_data).
    pub fn of_data(text: &str) -> Result<Finder, PatternError> {
        Self::within(text, MAX_OF_DATA)
    }

    fn within(text: &str, most: usize) -> Result<Finder, PatternError> {
        let (tree, names) = parse::parse_groups(text)?;
        let (machine, lazy) = machines(text, &tree, most, WhichCaptures::All)?;
        Ok(Finder { text: text.into(), machine, lazy, names })
    }

    /// The number of the group with this name.
    pub fn group(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.as_deref() == Some(name))
    }

    /// The first match that doesn't start before `start`: its place, then those of its groups. What is before `start` is
    /// seen by `^` and `\b`. `None` where it would take more than `visits`, which are counted down; `Some(None)` if there
    /// isn't a match.
    pub fn find_at(
        &self,
        text: &str,
        start: usize,
        visits: &mut u64,
    ) -> Option<Option<Vec<Option<Range<usize>>>>> {
        let mut end = text.len();
        if start > end {
            return Some(None);
        }
        if let Some((dfa, caches)) = &self.lazy {
            *visits = visits.checked_sub((end - start) as u64 + 1)?;
            match dfa.try_search_fwd(&mut caches.get(), &Input::new(text).range(start..)) {
                Ok(None) => return Some(None),
                Ok(Some(found)) => end = found.offset(),
                // It doesn't pay: the other machine looks at all of it.
                Err(_) => {}
            }
        }
        let states = self.machine.get_nfa().states().len() as u64;
        *visits = visits.checked_sub(states.saturating_mul((end - start) as u64 + 1))?;
        let mut captures = self.machine.create_captures();
        self.machine.captures(
            &mut self.machine.create_cache(),
            Input::new(text).range(start..end),
            &mut captures,
        );
        if !captures.is_match() {
            return Some(None);
        }
        Some(Some(captures.iter().map(|group| group.map(|span| span.range())).collect()))
    }
}

impl fmt::Debug for Finder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Finder").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first match from `start`, with its groups.
    fn found(pattern: &str, text: &str, start: usize) -> Option<Vec<Option<Range<usize>>>> {
        let mut visits = u64::MAX;
        let finder = Finder::new(pattern).expect("it is a pattern");
        finder.find_at(text, start, &mut visits).expect("there are visits enough")
    }

    #[test]
    fn matches_have_the_groups_that_go_gives_them() {
        for (pattern, text, start, want) in [
            ("b+", "abbb", 0, Some(vec![Some(1..4)])),
            ("(a)|(b)", "xb", 0, Some(vec![Some(1..2), None, Some(1..2)])),
            ("(a*)(a*?)b", "aab", 0, Some(vec![Some(0..3), Some(0..2), Some(2..2)])),
            ("(?P<y>[0-9]+)-(?:x|(z))", "2024-x", 0, Some(vec![Some(0..6), Some(0..4), None])),
            // The leftmost, of these the one that a backtracker finds first.
            ("a|ab", "cab", 0, Some(vec![Some(1..2)])),
            ("(a|ab)(c|bcd)", "abcd", 0, Some(vec![Some(0..4), Some(0..1), Some(1..4)])),
            ("^b", "ab", 1, None),
            (r"\bb", "ab b", 1, Some(vec![Some(3..4)])),
            ("", "ab", 2, Some(vec![Some(2..2)])),
            ("a", "ab", 3, None),
            ("é$", "éé", 0, Some(vec![Some(2..4)])),
        ] {
            assert_eq!(found(pattern, text, start), want, "{pattern} in {text} from {start}");
        }
        let named = Finder::new("(a)(?P<b>b)(?<c>c)").expect("it is a pattern");
        assert_eq!((named.group("b"), named.group("c"), named.group("a")), (Some(2), Some(3), None));
    }

    #[test]
    fn too_few_visits_are_no_answer() {
        let finder = Finder::of_data("(x+)+y").expect("it is a pattern");
        let text = "x".repeat(10_000);
        let mut visits = 100;
        assert_eq!(finder.find_at(&text, 0, &mut visits), None);
        let mut visits = 1_000_000;
        assert_eq!(finder.find_at(&text, 0, &mut visits), Some(None));
        assert!(visits < 1_000_000);
    }
}
