//! Character classes: `[…]`, `\d`, `\pL`, `[:alpha:]`.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::error::PatternError;
use super::parse::Parser;
use super::unicode::{self, Ranges};

/// All classes of a pattern together may have this many ranges.
const MAX_RANGES: usize = 500_000;

// === impl Parser: classes ===

impl Parser<'_> {
    /// A class in brackets; the reader is at `[`.
    pub(super) fn bracketed(&mut self) -> Result<ClassUnicode, PatternError> {
        let start = self.at;
        self.at += 1;
        let negated = self.take("^");
        let mut ranges = Ranges::new();
        let mut first = true;
        // A `]` that comes first is a member.
        while first || !self.rest().starts_with(']') {
            first = false;
            if let Some(mut more) = self.class_escape()? {
                ranges.append(&mut more);
            } else if let Some(mut more) = self.posix()? {
                ranges.append(&mut more);
            } else {
                let from = self.at;
                let low = self.class_char(start)?;
                let rest = self.rest().as_bytes();
                // A `-` that comes last is a member.
                let high = if rest.first() == Some(&b'-') && rest.get(1).is_some_and(|&c| c != b']') {
                    self.at += 1;
                    self.class_char(start)?
                } else {
                    low
                };
                if high < low {
                    return Err(self.error_from(from, "invalid character class range"));
                }
                let mut range = vec![(low, high)];
                if self.flags.fold {
                    unicode::fold(&mut range);
                }
                ranges.append(&mut range);
            }
            self.count(ranges.len())?;
        }
        self.at += 1;
        self.class(ranges, negated)
    }

    /// `\d`, `\pL` and their like, with the negation and the folding done; `None` if something else is here.
    pub(super) fn class_escape(&mut self) -> Result<Option<Ranges>, PatternError> {
        let Some(letter) = self.rest().strip_prefix('\\').and_then(|rest| rest.chars().next()) else {
            return Ok(None);
        };
        let ranges: &[(u8, u8)] = match letter.to_ascii_lowercase() {
            'd' => &[(b'0', b'9')],
            's' => &[(b'\t', b'\n'), (b'\x0c', b'\r'), (b' ', b' ')],
            'w' => &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')],
            'p' => return self.property().map(Some),
            _ => return Ok(None),
        };
        self.at += 2;
        Ok(Some(self.named(ascii(ranges), letter.is_ascii_uppercase())))
    }

    /// `[:alpha:]` inside of brackets.
    fn posix(&mut self) -> Result<Option<Ranges>, PatternError> {
        let Some(length) = self.rest().strip_prefix("[:").and_then(|rest| rest.find(":]")) else {
            return Ok(None);
        };
        let start = self.at;
        let name = &self.text[start + 2..start + 2 + length];
        self.at += length + 4;
        let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        let ranges: &[(u8, u8)] = match name {
            "alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
            "alpha" => &[(b'A', b'Z'), (b'a', b'z')],
            "ascii" => &[(0, 0x7f)],
            "blank" => &[(b'\t', b'\t'), (b' ', b' ')],
            "cntrl" => &[(0, 0x1f), (0x7f, 0x7f)],
            "digit" => &[(b'0', b'9')],
            "graph" => &[(b'!', b'~')],
            "lower" => &[(b'a', b'z')],
            "print" => &[(b' ', b'~')],
            "punct" => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
            "space" => &[(b'\t', b'\r'), (b' ', b' ')],
            "upper" => &[(b'A', b'Z')],
            "word" => &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')],
            "xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
            _ => return Err(self.error_from(start, "invalid character class range")),
        };
        Ok(Some(self.named(ascii(ranges), negated)))
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}`, `\P{Greek}`; the reader is at the backslash.
    fn property(&mut self) -> Result<Ranges, PatternError> {
        let start = self.at;
        let mut negated = self.rest().starts_with(r"\P");
        self.at += 2;
        let name = if self.rest().starts_with('{') {
            let end = self.rest().find('}').map(|end| self.at + end);
            let name = self.at + 1..end.unwrap_or(self.at + 1);
            self.at = end.map_or(self.text.len(), |end| end + 1);
            &self.text[name]
        } else {
            let from = self.at;
            self.next();
            &self.text[from..self.at]
        };
        let name = name.strip_prefix('^').inspect(|_| negated = !negated).unwrap_or(name);
        let ranges = unicode::property(name);
        let (ranges, except) =
            ranges.ok_or_else(|| self.error_from(start, "invalid character class range"))?;
        self.count(ranges.len())?;
        let ranges = if except { complement(&ranges) } else { ranges };
        Ok(self.named(ranges, negated))
    }

    /// A named class: folded first, then negated.
    fn named(&self, mut ranges: Ranges, negated: bool) -> Ranges {
        if self.flags.fold {
            unicode::fold(&mut ranges);
        }
        if negated { complement(&ranges) } else { ranges }
    }

    /// The class of all `ranges`, which count as parts of this pattern.
    pub(super) fn class(&mut self, ranges: Ranges, negated: bool) -> Result<ClassUnicode, PatternError> {
        self.count(ranges.len())?;
        let mut class = to_class(&ranges);
        if negated {
            class.negate();
        }
        self.ranges += class.ranges().len();
        Ok(class)
    }

    fn count(&self, more: usize) -> Result<(), PatternError> {
        let fits = self.ranges + more <= MAX_RANGES;
        fits.then_some(()).ok_or_else(|| PatternError::new(0, "expression too large", self.text))
    }

    fn class_char(&mut self, class: usize) -> Result<u32, PatternError> {
        match self.rest().chars().next() {
            None => Err(PatternError::new(class, "missing closing ]", &self.text[class..])),
            Some('\\') => self.escape(),
            Some(_) => Ok(self.next().map_or(0, u32::from)),
        }
    }
}

fn complement(ranges: &Ranges) -> Ranges {
    let mut class = to_class(ranges);
    class.negate();
    class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
}

fn ascii(ranges: &[(u8, u8)]) -> Ranges {
    ranges.iter().map(|&(low, high)| (low.into(), high.into())).collect()
}

/// As the engine holds it. It has no surrogates: no string can hold one either.
fn to_class(ranges: &Ranges) -> ClassUnicode {
    let parts = ranges.iter().flat_map(|&(low, high)| [(low, high.min(0xd7ff)), (low.max(0xe000), high)]);
    let chars = parts.filter_map(|(low, high)| Some((char::from_u32(low)?, char::from_u32(high)?)));
    ClassUnicode::new(
        chars.filter(|(low, high)| low <= high).map(|(low, high)| ClassUnicodeRange::new(low, high)),
    )
}
