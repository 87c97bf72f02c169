//! Replaces matches as Go's `ReplaceAllString` and `ReplaceAllLiteralString` do.

use std::ops::Range;

use super::Finder;

/// What matches are replaced with: text, and groups of the match.
#[derive(Debug, Clone)]
pub struct Replacement {
    parts: Box<[Part]>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(Box<str>),
    Group(usize),
}

/// Why a text isn't replaced to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplaceError {
    /// The search takes more visits than there are.
    Visits,
    /// The result is longer than it may be.
    Length,
}

// === impl Replacement ===

impl Replacement {
    /// A text in which `$` stands for itself.
    pub fn literal(text: &str) -> Self {
        Self { parts: Box::new([Part::Text(text.into())]) }
    }
}

// === impl Finder: replacing ===

impl Finder {
    /// A replacement in which `$1`, `${1}` and `${name}` stand for groups; a name is as long as it can be. A group that the
    /// pattern doesn't have is empty.
    pub fn replacement(&self, text: &str) -> Replacement {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some((before, tail)) = rest.split_once('$') {
            plain.push_str(before);
            rest = tail;
            if let Some(tail) = tail.strip_prefix('$') {
                plain.push('$');
                rest = tail;
            } else if let Some((name, tail)) = reference(tail) {
                parts.push(Part::Text(std::mem::take(&mut plain).into()));
                parts.extend(self.number(name).map(Part::Group));
                rest = tail;
            } else {
                plain.push('$');
            }
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain.into()));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Replacement { parts: parts.into() }
    }

    /// `text` with each match replaced. An empty match right after another match isn't replaced. The visits are counted
    /// down; the result has `most` bytes at most.
    ///
    /// # Errors
    /// If the visits or the bytes don't suffice.
    pub fn replace_all(
        &self,
        text: &str,
        replacement: &Replacement,
        visits: &mut u64,
        most: usize,
    ) -> Result<String, ReplaceError> {
        let mut out = Output { text: String::new(), most };
        let (mut at, mut copied) = (0, 0);
        while at <= text.len() {
            let groups = self.find_at(text, at, visits).ok_or(ReplaceError::Visits)?;
            let Some(groups) = groups else { break };
            let found = groups.first().cloned().flatten().unwrap_or(at..at);
            out.push(text.get(copied..found.start).unwrap_or_default())?;
            if found.end > copied || found.start == 0 {
                out.expand(text, &groups, replacement)?;
            }
            copied = found.end;
            let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            at = found.end.max(at + width);
        }
        out.push(text.get(copied..).unwrap_or_default())?;
        Ok(out.text)
    }

    /// The number of the group that a reference names.
    fn number(&self, name: &str) -> Option<usize> {
        if name.bytes().all(|c| c.is_ascii_digit()) && (name == "0" || !name.starts_with('0')) {
            return name.parse().ok();
        }
        self.group(name)
    }
}

/// The name after a `$`, and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (inner, braced) = match text.strip_prefix('{') {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let end = inner.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(inner.len());
    let (name, tail) = inner.split_at(end);
    let tail = if braced { tail.strip_prefix('}')? } else { tail };
    (!name.is_empty()).then_some((name, tail))
}

/// A result in the making.
struct Output {
    text: String,
    most: usize,
}

// === impl Output ===

impl Output {
    fn push(&mut self, text: &str) -> Result<(), ReplaceError> {
        if text.len() > self.most.saturating_sub(self.text.len()) {
            return Err(ReplaceError::Length);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn expand(
        &mut self,
        source: &str,
        groups: &[Option<Range<usize>>],
        replacement: &Replacement,
    ) -> Result<(), ReplaceError> {
        for part in &replacement.parts {
            match part {
                Part::Text(text) => self.push(text)?,
                Part::Group(number) => {
                    let range = groups.get(*number).cloned().flatten();
                    self.push(range.and_then(|range| source.get(range)).unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, text: &str, with: &str) -> String {
        let finder = Finder::new(pattern).expect("it is a pattern");
        let mut visits = u64::MAX;
        let made = finder.replace_all(text, &finder.replacement(with), &mut visits, usize::MAX);
        made.expect("there are visits and bytes enough")
    }

    /// The results are Go's.
    #[test]
    fn references_are_expanded_as_in_go() {
        for (pattern, text, with, want) in [
            ("a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"),
            ("a(x*)b", "-ab-axxb-", "$1W", "---"),
            ("a(x*)b", "-ab-axxb-", "$1", "--xx-"),
            ("(?P<y>[0-9]+)-(?P<m>[0-9]+)", "2024-05 x", "$m/${y}", "05/2024 x"),
            ("", "abc", "-", "-a-b-c-"),
            ("b*", "abc", "-", "-a-c-"),
            ("b", "abc", "$$1", "a$1c"),
            ("b", "abc", "${", "a${c"),
            ("b", "abc", "$9", "ac"),
            ("(b)", "abc", "$01", "ac"),
            ("b", "abc", "$ x", "a$ xc"),
            ("(a)(b)?", "ab-a", "[$2]", "[b]-[]"),
            ("é*", "aéb", "-", "-a-b-"),
            ("^", "abc", ">", ">abc"),
            ("$", "abc", "<", "abc<"),
        ] {
            assert_eq!(replaced(pattern, text, with), want, "{pattern} in {text} by {with}");
        }
    }

    #[test]
    fn a_result_has_bounds() {
        let finder = Finder::new("a").expect("it is a pattern");
        let twice = finder.replacement("$0$0");
        let within = |most| finder.replace_all("aaaa", &twice, &mut { 1 << 20 }, most);
        assert_eq!(within(8).as_deref(), Ok("aaaaaaaa"));
        assert_eq!(within(7), Err(ReplaceError::Length));
        let visited = finder.replace_all("aaaa", &twice, &mut 3, usize::MAX);
        assert_eq!(visited, Err(ReplaceError::Visits));
        assert_eq!(finder.replace_all("a", &Replacement::literal("$0"), &mut 100, 9).as_deref(), Ok("$0"));
    }
}
