//! Regular expressions, which are Go's.

use std::ops::Range;
use std::rc::Rc;

use fjord_pattern::{Finder, PatternError, ReplaceError, Replacement};

use super::{Context, Function, Type, int, text};
use crate::error::Failure;
use crate::print::{quote, raw};
use crate::value::{Element, List, Text, Value};

type Made<'a> = Result<Value<'a>, Failure>;

const TWO: &[Type] = &[Type::String, Type::String];
const COUNTED: &[Type] = &[Type::String, Type::String, Type::Int];
const THREE: &[Type] = &[Type::String, Type::String, Type::String];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", TWO, |context, args| match context.pattern(text(args, 0)) {
        Ok(pattern) => is_match(context, &pattern, text(args, 1)),
        // Sprig forgets the error.
        Err(_) => Ok(Value::Bool(false)),
    }),
    Function::new("mustRegexMatch", TWO, |context, args| {
        let pattern = strict(context, args)?;
        is_match(context, &pattern, text(args, 1))
    }),
    Function::new("regexFind", TWO, |context, args| {
        let pattern = loud(context, args)?;
        find(context, &pattern, text(args, 1))
    }),
    Function::new("mustRegexFind", TWO, |context, args| {
        let pattern = strict(context, args)?;
        find(context, &pattern, text(args, 1))
    }),
    Function::new("regexFindAll", COUNTED, |context, args| {
        let pattern = loud(context, args)?;
        find_all(context, &pattern, args)
    }),
    Function::new("mustRegexFindAll", COUNTED, |context, args| {
        let pattern = strict(context, args)?;
        find_all(context, &pattern, args)
    }),
    Function::new("regexReplaceAll", THREE, |context, args| {
        let pattern = loud(context, args)?;
        replace_all(context, &pattern, args, false)
    }),
    Function::new("mustRegexReplaceAll", THREE, |context, args| {
        let pattern = strict(context, args)?;
        replace_all(context, &pattern, args, false)
    }),
    Function::new("regexReplaceAllLiteral", THREE, |context, args| {
        let pattern = loud(context, args)?;
        replace_all(context, &pattern, args, true)
    }),
    Function::new("mustRegexReplaceAllLiteral", THREE, |context, args| {
        let pattern = strict(context, args)?;
        replace_all(context, &pattern, args, true)
    }),
    Function::new("regexSplit", COUNTED, |context, args| {
        let pattern = loud(context, args)?;
        split(context, &pattern, args)
    }),
    Function::new("mustRegexSplit", COUNTED, |context, args| {
        let pattern = strict(context, args)?;
        split(context, &pattern, args)
    }),
    Function::new("regexQuoteMeta", &[Type::String], |context, args| {
        let mut out = String::new();
        for c in text(args, 0).chars() {
            if r"\.+*?()|[]{}^$".contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
        context.made(out)
    }),
];

/// Where the groups of a match are, the whole match first.
type Groups = Vec<Option<Range<usize>>>;

// === impl Context: patterns ===

impl Context<'_> {
    /// A pattern, which is compiled once in an execution.
    fn pattern(&mut self, text: &str) -> Result<Rc<Finder>, PatternError> {
        if let Some(found) = self.patterns.get(text) {
            return Ok(Rc::clone(found));
        }
        let compiled = Rc::new(Finder::of_data(text)?);
        self.patterns.insert(text.into(), Rc::clone(&compiled));
        Ok(compiled)
    }

    /// The first match from `start` on.
    fn search(&mut self, pattern: &Finder, text: &str, start: usize) -> Result<Option<Groups>, Failure> {
        let mut visits = self.budget.visits();
        let found = pattern.find_at(text, start, &mut visits);
        self.budget.visited(visits);
        match found {
            Some(found) => Ok(found),
            None => {
                self.budget.spend(usize::MAX)?;
                Ok(None)
            }
        }
    }
}

/// Compiling takes half a millisecond at most.
const COMPILE_STEPS: usize = 10_000;

/// The pattern of the strict functions.
fn strict(context: &mut Context<'_>, args: &[Value<'_>]) -> Result<Rc<Finder>, Failure> {
    context.budget.spend(COMPILE_STEPS.min(16 * text(args, 0).len()))?;
    context.pattern(text(args, 0)).map_err(|error| Failure::new(error.to_string()))
}

/// The pattern of those that panic in Go.
fn loud(context: &mut Context<'_>, args: &[Value<'_>]) -> Result<Rc<Finder>, Failure> {
    strict(context, args).map_err(|failure| match failure {
        Failure::Message(error) => {
            let source = text(args, 0);
            let shown = raw(source).unwrap_or_else(|| quote(source));
            Failure::Message(format!("regexp: Compile({shown}): {error}"))
        }
        limit => limit,
    })
}

fn whole(groups: &Groups) -> Range<usize> {
    groups.first().cloned().flatten().unwrap_or(0..0)
}

fn is_match<'a>(context: &mut Context<'a>, pattern: &Finder, text: &str) -> Made<'a> {
    Ok(Value::Bool(context.search(pattern, text, 0)?.is_some()))
}

fn find<'a>(context: &mut Context<'a>, pattern: &Finder, text: &str) -> Made<'a> {
    let found = context.search(pattern, text, 0)?;
    let found = found.and_then(|groups| text.get(whole(&groups))).unwrap_or_default();
    context.made(found.to_owned())
}

/// The matches that Go finds: an empty one right behind another doesn't count.
fn matches(
    context: &mut Context<'_>,
    pattern: &Finder,
    text: &str,
    count: i64,
) -> Result<Vec<Range<usize>>, Failure> {
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let (mut at, mut last_end) = (0, None);
    while found.len() < most && at <= text.len() {
        let Some(groups) = context.search(pattern, text, at)? else { break };
        let range = whole(&groups);
        let is_empty_at = range.end == at;
        let counts = !(is_empty_at && Some(range.start) == last_end);
        at = if is_empty_at { at + width(text, at).max(1) } else { range.end };
        last_end = Some(range.end);
        if counts {
            context.budget.keep_items(1)?;
            found.push(range);
        }
    }
    Ok(found)
}

/// The bytes of the character at `at`; 0 at the end.
fn width(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

fn find_all<'a>(context: &mut Context<'a>, pattern: &Finder, args: &[Value<'a>]) -> Made<'a> {
    let source = text(args, 1);
    let found = matches(context, pattern, source, int(args, 2))?;
    if found.is_empty() {
        return Ok(Value::List(List::nil(Element::String)));
    }
    context.budget.keep(source.len())?;
    let parts = found.into_iter().map(|range| Text::from(source.get(range).unwrap_or_default().to_owned()));
    context.made_strings(parts.collect())
}

fn split<'a>(context: &mut Context<'a>, pattern: &Finder, args: &[Value<'a>]) -> Made<'a> {
    let (source, count) = (text(args, 1), int(args, 2));
    if count == 0 {
        return Ok(Value::List(List::nil(Element::String)));
    }
    let own = |range: Range<usize>| Text::from(source.get(range).unwrap_or_default().to_owned());
    if !text(args, 0).is_empty() && source.is_empty() {
        return context.made_strings(vec![own(0..0)]);
    }
    context.budget.keep(source.len())?;
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let (mut start, mut end) = (0, 0);
    for found in matches(context, pattern, source, count)? {
        if parts.len() + 1 == most {
            break;
        }
        end = found.start;
        if found.end != 0 {
            parts.push(own(start..end));
        }
        start = found.end;
    }
    if end != source.len() {
        parts.push(own(start..source.len()));
    }
    context.made_strings(parts)
}

fn replace_all<'a>(
    context: &mut Context<'a>,
    pattern: &Finder,
    args: &[Value<'a>],
    literal: bool,
) -> Made<'a> {
    let (source, written) = (text(args, 1), text(args, 2));
    context.budget.read(written.len())?;
    let replacement = if literal { Replacement::literal(written) } else { pattern.replacement(written) };
    let mut visits = context.budget.visits();
    let made = pattern.replace_all(source, &replacement, &mut visits, context.budget.room());
    context.budget.visited(visits);
    match made {
        Ok(made) => context.made(made),
        Err(limit) => {
            match limit {
                ReplaceError::Visits => context.budget.spend(usize::MAX)?,
                ReplaceError::Length => context.budget.keep(usize::MAX)?,
            }
            context.made(String::new())
        }
    }
}
