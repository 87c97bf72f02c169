//! Reads the RE2 syntax, without recursion, into the form that automata are built from.

use regex_syntax::hir::{Capture, Class, Dot, Hir, Look, Repetition};

use super::error::PatternError;
use super::group::{Flags, Opening};
use super::unicode;

/// A longer pattern is refused: nobody writes one, and its parsed form would be a hundred times as large.
const MAX_TEXT: usize = 64 << 10;
/// The largest count of a repetition, and the largest product of counts within each other.
const MAX_REPEAT: u32 = 1000;
/// Groups within groups. Go allows a tree of height 1000; what builds the automaton is recursive.
const MAX_DEPTH: usize = 128;

/// A pattern being read.
pub(super) struct Parser<'a> {
    pub text: &'a str,
    /// The place of what is read next.
    pub at: usize,
    pub flags: Flags,
    /// How many ranges of characters there are so far.
    pub ranges: usize,
    /// The groups that are open, the whole pattern first.
    groups: Vec<Group>,
    /// The names of the groups, that of the whole pattern first, where the tree is to tell groups apart.
    names: Option<Names>,
}

/// The name of each group; those without one aren't asked for by name.
pub(super) type Names = Vec<Option<Box<str>>>;

/// An open group.
#[derive(Default)]
struct Group {
    /// The flags to restore at its end.
    flags: Flags,
    /// The alternatives before the last `|`.
    alternatives: Vec<Hir>,
    /// The sequence behind it.
    sequence: Vec<Item>,
    /// The largest count of repetitions in the alternatives.
    copies: u32,
    /// The number and the name of the group, where groups are told apart.
    capture: Option<(u32, Option<Box<str>>)>,
}

/// What can be repeated.
struct Item {
    tree: Hir,
    /// How often its innermost part is repeated.
    copies: u32,
}

/// The tree of `text`.
pub(super) fn parse(text: &str) -> Result<Hir, PatternError> {
    read(text, None).map(|(tree, _)| tree)
}

/// The tree of `text` in which groups are told apart, and their names.
pub(super) fn parse_groups(text: &str) -> Result<(Hir, Names), PatternError> {
    let (tree, names) = read(text, Some(vec![None]))?;
    let whole = Capture { index: 0, name: None, sub: Box::new(tree) };
    Ok((Hir::capture(whole), names.unwrap_or_default()))
}

fn read(text: &str, names: Option<Names>) -> Result<(Hir, Option<Names>), PatternError> {
    if text.len() > MAX_TEXT {
        return Err(PatternError::new(0, "expression too large", ""));
    }
    let groups = vec![Group::default()];
    let mut parser = Parser { text, at: 0, flags: Flags::default(), ranges: 0, groups, names };
    let mut last_repeat = None;
    while parser.at < text.len() {
        let start = parser.at;
        let repeat = parser.step(last_repeat)?;
        last_repeat = repeat.then_some(start);
    }
    match (parser.groups.pop(), parser.groups.is_empty()) {
        (Some(group), true) => Ok((group.close().tree, parser.names)),
        _ => Err(PatternError::new(0, "missing closing )", text)),
    }
}

// === impl Parser ===

impl Parser<'_> {
    /// Reads one thing; whether it was a repetition. `last_repeat` is where the one right before is.
    fn step(&mut self, last_repeat: Option<usize>) -> Result<bool, PatternError> {
        let rest = self.rest();
        match rest.as_bytes().first() {
            Some(b'(') if rest.starts_with("(?") => {
                let before = self.flags;
                let (opening, flags) = self.question()?;
                match opening {
                    Opening::Flags => {}
                    Opening::Plain => self.open(before, None)?,
                    Opening::Named(name) => self.open(before, Some(Some(name)))?,
                }
                self.flags = flags;
            }
            Some(b'(') => {
                self.at += 1;
                self.open(self.flags, Some(None))?;
            }
            Some(b'|') => {
                self.at += 1;
                self.group().end_alternative();
            }
            Some(b')') => self.close()?,
            Some(b'^') => self.look(1, if self.flags.lines { Look::StartLF } else { Look::Start }),
            Some(b'$') => self.look(1, if self.flags.lines { Look::EndLF } else { Look::End }),
            Some(b'.') => {
                self.at += 1;
                self.push(Hir::dot(if self.flags.dot_all { Dot::AnyChar } else { Dot::AnyCharExceptLF }));
            }
            Some(b'[') => {
                let class = self.bracketed()?;
                self.push(Hir::class(Class::Unicode(class)));
            }
            Some(b'*') => return self.repeat(0, None, 1, last_repeat),
            Some(b'+') => return self.repeat(1, None, 1, last_repeat),
            Some(b'?') => return self.repeat(0, Some(1), 1, last_repeat),
            Some(b'{') => match counts(rest) {
                Some((min, max, length)) => return self.repeat(min, max, length, last_repeat),
                // Not a count, so a brace.
                None => {
                    self.at += 1;
                    self.literal(u32::from('{'))?;
                }
            },
            Some(b'\\') => self.backslash()?,
            _ => {
                let c = self.next().map_or(0, u32::from);
                self.literal(c)?;
            }
        }
        Ok(false)
    }

    fn backslash(&mut self) -> Result<(), PatternError> {
        match self.rest().as_bytes().get(1) {
            Some(b'A') => self.look(2, Look::Start),
            Some(b'z') => self.look(2, Look::End),
            Some(b'b') => self.look(2, Look::WordAscii),
            Some(b'B') => self.look(2, Look::WordAsciiNegate),
            Some(b'Q') => {
                let quoted = &self.text[self.at + 2..];
                let length = quoted.find(r"\E");
                for c in quoted[..length.unwrap_or(quoted.len())].chars() {
                    self.literal(c.into())?;
                }
                self.at = length.map_or(self.text.len(), |length| self.at + length + 4);
            }
            _ => match self.class_escape()? {
                Some(ranges) => {
                    let class = self.class(ranges, false)?;
                    self.push(Hir::class(Class::Unicode(class)));
                }
                None => {
                    let c = self.escape()?;
                    self.literal(c)?;
                }
            },
        }
        Ok(())
    }

    /// The character an escape stands for; the reader is at the backslash.
    pub(super) fn escape(&mut self) -> Result<u32, PatternError> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.next() else {
            return Err(PatternError::new(start, "trailing backslash at end of expression", ""));
        };
        let octal = self.rest().bytes().take(2).take_while(|c| matches!(c, b'0'..=b'7')).count();
        let value = match c {
            'a' => Some(0x07),
            'f' => Some(0x0c),
            'n' => Some(0x0a),
            'r' => Some(0x0d),
            't' => Some(0x09),
            'v' => Some(0x0b),
            'x' => self.hexadecimal(),
            // A single digit would be a backreference.
            '0' | '1'..='7' if c == '0' || octal > 0 => {
                self.at += octal;
                u32::from_str_radix(&self.text[start + 1..self.at], 8).ok()
            }
            _ => (c.is_ascii() && !c.is_ascii_alphanumeric()).then_some(u32::from(c)),
        };
        value.ok_or_else(|| self.error_from(start, "invalid escape sequence"))
    }

    /// The digits behind `\x`: two, or any number in braces.
    fn hexadecimal(&mut self) -> Option<u32> {
        if !self.take("{") {
            let high = self.next()?.to_digit(16);
            let low = self.next()?.to_digit(16);
            return Some(high? * 16 + low?);
        }
        let mut value = None;
        loop {
            match self.next()? {
                '}' => return value,
                c => value = Some(value.unwrap_or(0) * 16 + c.to_digit(16)?).filter(|&v| v <= 0x10ffff),
            }
            value?;
        }
    }

    fn repeat(
        &mut self,
        min: u32,
        max: Option<u32>,
        length: usize,
        last_repeat: Option<usize>,
    ) -> Result<bool, PatternError> {
        let start = self.at;
        let counted = self.rest().starts_with('{');
        self.at += length;
        if counted && (min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || min > max)) {
            return Err(self.error_from(start, "invalid repeat count"));
        }
        let lazy = self.take("?");
        if let Some(last) = last_repeat {
            return Err(self.error_from(last, "invalid nested repetition operator"));
        }
        let greedy = lazy == self.flags.lazy;
        let Some(Item { tree, copies }) = self.group().sequence.pop() else {
            return Err(self.error_from(start, "missing argument to repetition operator"));
        };
        let times = if counted { max.unwrap_or(min).max(1) } else { 1 };
        let copies = copies * times;
        if copies > MAX_REPEAT && times > 1 {
            return Err(self.error_from(start, "invalid repeat count"));
        }
        let tree = Hir::repetition(Repetition { min, max, greedy, sub: Box::new(tree) });
        self.group().sequence.push(Item { tree, copies });
        Ok(true)
    }

    fn literal(&mut self, c: u32) -> Result<(), PatternError> {
        let mut ranges = vec![(c, c)];
        if self.flags.fold {
            unicode::fold(&mut ranges);
        }
        let class = self.class(ranges, false)?;
        self.push(Hir::class(Class::Unicode(class)));
        Ok(())
    }

    fn look(&mut self, length: usize, look: Look) {
        self.at += length;
        self.push(Hir::look(look));
    }

    fn push(&mut self, tree: Hir) {
        self.group().sequence.push(Item { tree, copies: 1 });
    }

    /// Opens a group; `name` is that of one that is told apart.
    fn open(&mut self, flags: Flags, name: Option<Option<Box<str>>>) -> Result<(), PatternError> {
        if self.groups.len() > MAX_DEPTH {
            return Err(PatternError::new(self.at, "expression nests too deeply", self.text));
        }
        let capture = self.names.as_mut().zip(name).map(|(names, name)| {
            names.push(name.clone());
            // As many as the pattern has parentheses.
            (names.len() as u32 - 1, name)
        });
        self.groups.push(Group { flags, capture, ..Group::default() });
        Ok(())
    }

    fn close(&mut self) -> Result<(), PatternError> {
        if self.groups.len() < 2 {
            return Err(PatternError::new(self.at, "unexpected )", self.text));
        }
        self.at += 1;
        if let Some(group) = self.groups.pop() {
            self.flags = group.flags;
            let item = group.close();
            self.group().sequence.push(item);
        }
        Ok(())
    }

    fn group(&mut self) -> &mut Group {
        self.groups.last_mut().expect("the whole pattern is a group that is closed at its end only")
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Reads a character.
    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Reads `what` if it comes next.
    pub(super) fn take(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        self.at += if found { what.len() } else { 0 };
        found
    }

    /// An error about what was read since `start`.
    pub(super) fn error_from(&self, start: usize, what: &str) -> PatternError {
        PatternError::new(start, what, &self.text[start..self.at])
    }
}

// === impl Group ===

impl Group {
    fn end_alternative(&mut self) {
        let items = std::mem::take(&mut self.sequence);
        self.copies = items.iter().map(|item| item.copies).fold(self.copies, u32::max);
        self.alternatives.push(Hir::concat(items.into_iter().map(|item| item.tree).collect()));
    }

    fn close(mut self) -> Item {
        self.end_alternative();
        let tree = Hir::alternation(self.alternatives);
        let tree = match self.capture {
            Some((index, name)) => Hir::capture(Capture { index, name, sub: Box::new(tree) }),
            None => tree,
        };
        Item { tree, copies: self.copies.max(1) }
    }
}

/// `{3}`, `{3,}`, `{3,5}`: least, most, length. `None` for anything else, also `{,5}` and numbers with a leading zero.
fn counts(text: &str) -> Option<(u32, Option<u32>, usize)> {
    let inside = &text[1..text.find('}')?];
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        (plain && (digits == "0" || !digits.starts_with('0'))).then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (min, max) = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    Some((min, max, inside.len() + 2))
}
