//! Regular expressions as Go's `regexp` package reads them: the RE2 syntax and meaning, in time linear in the text.
//!
//! The syntax is read here, because Go's differs from every crate's (`\d` and `\b` are ASCII, `{,3}` is literal, no
//! nested classes, at most 1000 repetitions); automata and search are the crate `regex-automata`, fed with the parsed
//! form, so that neither its parser nor its Unicode tables become part of the edge module.
//!
//! Weighed as a module of its own (opt-level 3, fat LTO, raw / gzip, without the 8 KB that any module has): this
//! 286 KB / 105 KB, of it the lazy automaton 39 KB and the tables of `unicode` 12 KB; `regex` without Unicode
//! 407 KB / 132 KB, with general categories, scripts and case 562 KB / 187 KB, and its dialect would still have to be
//! translated; `regex-lite` 83 KB / 35 KB, but it knows neither `\p{…}` nor case beyond ASCII and has only the slowest
//! engine.

pub mod case;
mod class;
mod error;
mod finder;
mod group;
mod parse;
mod replace;
#[cfg(test)]
mod tests;
mod unicode;

use std::fmt;
use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

pub use error::PatternError;
pub use finder::Finder;
pub use replace::{ReplaceError, Replacement};

/// The largest automaton of one pattern, in bytes. Go allows sixteen times as much, more than a worker has.
const MAX_AUTOMATON: usize = 8 << 20;
/// The same for a pattern that isn't the configuration's: half a millisecond to make. The largest takes half a second.
const MAX_OF_DATA: usize = 64 << 10;
/// What the lazy automaton of one pattern may remember, in bytes.
const LAZY_CACHE: usize = 256 << 10;

/// The visits that the patterns of one step may spend on the header lines and the URL of a request: some hundredths of a second.
pub const LINE_VISITS: u64 = 16 << 20;

type LazyCaches = Pool<dfa::Cache, Box<dyn Fn() -> dfa::Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>;
/// A deterministic automaton that is built while it runs, and what it remembers.
type Lazy = (DFA, LazyCaches);

/// A compiled regular expression.
///
/// ```
/// use fjord_pattern::Pattern;
///
/// let version = Pattern::new(r"^v(\d+)\.\d+$")?;
/// assert!(version.is_match("v2.11") && !version.is_match("v2"));
/// // Go has no look-around, so there's none here.
/// assert!(Pattern::new("(?=a)").is_err());
/// # Ok::<(), fjord_pattern::PatternError>(())
/// ```
pub struct Pattern {
    text: Box<str>,
    /// Go's own way of searching: no limit on the text, slower.
    machine: PikeVM,
    /// A deterministic automaton built while it runs. It gives up when it does not pay.
    lazy: Option<Lazy>,
}

// === impl Pattern ===

impl Pattern {
    /// Compiles `text`.
    ///
    /// # Errors
    /// In Go's words, if Go refuses the text or the automaton is too large for a worker.
    pub fn new(text: &str) -> Result<Pattern, PatternError> {
        Self::within(text, MAX_AUTOMATON)
    }

    /// Compiles a text that a stranger may have written.
    ///
    /// # Errors
    /// As [`Pattern::new`], with a far smaller automaton.
    pub fn of_data(text: &str) -> Result<Pattern, PatternError> {
        Self::within(text, MAX_OF_DATA)
    }

    fn within(text: &str, most: usize) -> Result<Pattern, PatternError> {
        let (machine, lazy) = machines(text, &parse::parse(text)?, most, WhichCaptures::Implicit)?;
        Ok(Pattern { text: text.into(), machine, lazy })
    }

    /// The text it was compiled from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether some part of `text` matches (Go's `MatchString`). Who may have written the text chooses how long this takes: for what
    /// comes with a request there is [`Pattern::is_match_within`].
    pub fn is_match(&self, text: &str) -> bool {
        // More visits than there is time for: there is always an answer.
        let mut visits = u64::MAX;
        self.is_match_within(text, &mut visits).unwrap_or_default()
    }

    /// The same for texts that strangers choose the length of: `None` where it would take more than `visits`, which are
    /// counted down.
    ///
    /// Mostly the deterministic automaton does it, in time linear in the text and for no visits. A text can be made so that
    /// the automaton becomes too large, with a pattern like `(.{0,255}x){3}y`; then each byte may visit every state there is, of which this
    /// has some thousand.
    pub fn is_match_within(&self, text: &str, visits: &mut u64) -> Option<bool> {
        let input = Input::new(text).earliest(true).anchored(Anchored::No);
        if let Some((dfa, caches)) = &self.lazy
            && let Ok(found) = dfa.try_search_fwd(&mut caches.get(), &input)
        {
            return Some(found.is_some());
        }
        let states = self.machine.get_nfa().states().len() as u64;
        *visits = visits.checked_sub(states.saturating_mul(text.len() as u64))?;
        Some(self.machine.is_match(&mut self.machine.create_cache(), input))
    }

    /// The place of the first match (Go's `FindStringIndex`): the leftmost, of these the one a backtracker finds first.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        self.machine.find(&mut self.machine.create_cache(), text).map(|found| found.range())
    }
}

/// The machines of the pattern `text`, whose parsed form is `tree`; the automaton takes `most` bytes at most.
fn machines(
    text: &str,
    tree: &Hir,
    most: usize,
    captures: WhichCaptures,
) -> Result<(PikeVM, Option<Lazy>), PatternError> {
    let config = thompson::Config::new().nfa_size_limit(Some(most)).which_captures(captures);
    let too_large = |_| PatternError::new(0, "expression too large", text);
    let nfa = NFA::compiler().configure(config).build_from_hir(tree).map_err(too_large)?;
    let machine = PikeVM::new_from_nfa(nfa.clone()).map_err(too_large)?;
    Ok((machine, lazy(nfa)))
}

fn lazy(nfa: NFA) -> Option<Lazy> {
    let config = DFA::config()
        .match_kind(MatchKind::LeftmostFirst)
        .cache_capacity(LAZY_CACHE)
        .skip_cache_capacity_check(true)
        // Built and thrown away without being used again: the other machine is faster then.
        .minimum_cache_clear_count(Some(3))
        .minimum_bytes_per_state(Some(10));
    let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
    let model = dfa.clone();
    Some((dfa, Pool::new(Box::new(move || model.create_cache()))))
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}
