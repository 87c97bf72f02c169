//! Lua's patterns. Backtracking is bounded: every step is counted, and nesting has a limit.

use crate::value::{Str, Val};
use crate::vm::{Error, Vm};

const MAX_CAPTURES: usize = 32;
const MAX_DEPTH: usize = 200;

/// A match: its bytes and captures.
pub struct Match {
    pub start: usize,
    pub end: usize,
    pub captures: Vec<Capture>,
}

/// A capture.
#[derive(Clone, Copy)]
pub enum Capture {
    /// Bytes of the subject.
    Range(usize, usize),
    /// A position, from 1.
    Position(usize),
    /// Not closed yet.
    Open(usize),
}

enum Trouble {
    Malformed(&'static str),
    Steps,
}

struct Matcher<'a> {
    text: &'a [u8],
    pattern: &'a [u8],
    captures: Vec<Capture>,
    steps: i64,
    depth: usize,
}

/// Finds the first match from `init`.
pub fn find(vm: &mut Vm, text: &Str, pattern: &Str, init: usize) -> Result<Option<Match>, Error> {
    let (anchored, pattern) = match pattern.bytes().strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, pattern.bytes()),
    };
    let steps = vm.fuel();
    let mut matcher = Matcher { text: text.bytes(), pattern, captures: Vec::new(), steps, depth: 0 };
    let mut start = init;
    let found = loop {
        matcher.captures.clear();
        match matcher.matches(start, 0) {
            Ok(Some(end)) => break Ok(Some(Match { start, end, captures: matcher.captures })),
            Ok(None) if anchored || start >= text.bytes().len() => break Ok(None),
            Ok(None) => start += 1,
            Err(trouble) => break Err(trouble),
        }
    };
    let left = matcher.steps;
    vm.spend(usize::try_from(steps - left).unwrap_or(usize::MAX) / 4)?;
    match found {
        Ok(found) => {
            if let Some(found) = &found
                && found.captures.iter().any(|c| matches!(c, Capture::Open(_)))
            {
                return Err(vm.raise("unfinished capture"));
            }
            Ok(found)
        }
        Err(Trouble::Malformed(message)) => Err(vm.raise(message)),
        Err(Trouble::Steps) => {
            Err(vm.spend(usize::MAX).err().unwrap_or_else(|| vm.raise("pattern too complex")))
        }
    }
}

// === impl Match ===

impl Match {
    /// A capture as a value; the whole match if the pattern has none.
    pub fn value(&self, vm: &mut Vm, text: &Str, i: usize) -> Result<Val, Error> {
        match self.captures.get(i) {
            None if i == 0 => vm.string(&text.bytes()[self.start..self.end]),
            None => Err(vm.raise("invalid capture index")),
            Some(Capture::Range(from, to)) => vm.string(&text.bytes()[*from..*to]),
            Some(Capture::Position(at) | Capture::Open(at)) => Ok(Val::Number(*at as f64)),
        }
    }

    /// All captures as values; the whole match if there are none.
    pub fn values(&self, vm: &mut Vm, text: &Str) -> Result<Vec<Val>, Error> {
        (0..self.captures.len().max(1)).map(|i| self.value(vm, text, i)).collect()
    }
}

// === impl Matcher ===

impl Matcher<'_> {
    /// Matches the pattern from `p` at `s`; answers the end.
    fn matches(&mut self, s: usize, p: usize) -> Result<Option<usize>, Trouble> {
        if self.depth >= MAX_DEPTH {
            return Err(Trouble::Malformed("pattern too complex"));
        }
        self.depth += 1;
        let result = self.run(s, p);
        self.depth -= 1;
        result
    }

    fn run(&mut self, mut s: usize, mut p: usize) -> Result<Option<usize>, Trouble> {
        loop {
            self.steps -= 1;
            if self.steps < 0 {
                return Err(Trouble::Steps);
            }
            let Some(byte) = self.pattern.get(p) else { return Ok(Some(s)) };
            match (byte, self.pattern.get(p + 1)) {
                (b'(', Some(b')')) => return self.capture(Capture::Position(s + 1), s, p + 2),
                (b'(', _) => return self.capture(Capture::Open(s), s, p + 1),
                (b')', _) => return self.close(s, p + 1),
                (b'$', None) => return Ok((s == self.text.len()).then_some(s)),
                (b'%', Some(b'b')) => match self.balance(s, p + 2)? {
                    Some(end) => (s, p) = (end, p + 4),
                    None => return Ok(None),
                },
                (b'%', Some(b'f')) => {
                    p += 2;
                    if self.pattern.get(p) != Some(&b'[') {
                        return Err(Trouble::Malformed("missing '[' after '%f' in pattern"));
                    }
                    let end = self.item_end(p)?;
                    let before = if s == 0 { 0 } else { self.text[s - 1] };
                    let here = self.text.get(s).copied().unwrap_or(0);
                    if self.in_set(before, p, end) || !self.in_set(here, p, end) {
                        return Ok(None);
                    }
                    p = end;
                }
                (b'%', Some(digit @ b'0'..=b'9')) => {
                    let Some(Capture::Range(from, to)) =
                        self.captures.get(usize::from(digit - b'0').wrapping_sub(1))
                    else {
                        return Err(Trouble::Malformed("invalid capture index"));
                    };
                    let (from, to) = (*from, *to);
                    self.steps -= (to - from) as i64 / 16;
                    if !self.text[s..].starts_with(&self.text[from..to]) {
                        return Ok(None);
                    }
                    (s, p) = (s + to - from, p + 2);
                }
                _ => {
                    let end = self.item_end(p)?;
                    match self.pattern.get(end) {
                        Some(b'?') => {
                            if self.single(s, p, end)?
                                && let Some(found) = self.matches(s + 1, end + 1)?
                            {
                                return Ok(Some(found));
                            }
                            p = end + 1;
                        }
                        Some(b'*') => return self.longest(s, p, end, 0),
                        Some(b'+') => return self.longest(s, p, end, 1),
                        Some(b'-') => return self.shortest(s, p, end),
                        _ if self.single(s, p, end)? => (s, p) = (s + 1, end),
                        _ => return Ok(None),
                    }
                }
            }
        }
    }

    fn longest(&mut self, s: usize, p: usize, end: usize, least: usize) -> Result<Option<usize>, Trouble> {
        let mut n = 0;
        while self.single(s + n, p, end)? {
            n += 1;
        }
        while n >= least {
            let captures = self.captures.len();
            if let Some(found) = self.matches(s + n, end + 1)? {
                return Ok(Some(found));
            }
            self.captures.truncate(captures);
            if n == 0 {
                break;
            }
            n -= 1;
        }
        Ok(None)
    }

    fn shortest(&mut self, mut s: usize, p: usize, end: usize) -> Result<Option<usize>, Trouble> {
        loop {
            if let Some(found) = self.matches(s, end + 1)? {
                return Ok(Some(found));
            }
            if !self.single(s, p, end)? {
                return Ok(None);
            }
            s += 1;
        }
    }

    fn capture(&mut self, capture: Capture, s: usize, p: usize) -> Result<Option<usize>, Trouble> {
        if self.captures.len() >= MAX_CAPTURES {
            return Err(Trouble::Malformed("too many captures"));
        }
        let level = self.captures.len();
        self.captures.push(capture);
        let found = self.matches(s, p)?;
        if found.is_none() {
            self.captures.truncate(level);
        }
        Ok(found)
    }

    fn close(&mut self, s: usize, p: usize) -> Result<Option<usize>, Trouble> {
        let Some(at) = self.captures.iter().rposition(|c| matches!(c, Capture::Open(_))) else {
            return Err(Trouble::Malformed("invalid pattern capture"));
        };
        let open = self.captures[at];
        if let Capture::Open(start) = open {
            self.captures[at] = Capture::Range(start, s);
        }
        let found = self.matches(s, p)?;
        if found.is_none() {
            self.captures[at] = open;
        }
        Ok(found)
    }

    fn balance(&mut self, s: usize, p: usize) -> Result<Option<usize>, Trouble> {
        let (Some(open), Some(close)) = (self.pattern.get(p), self.pattern.get(p + 1)) else {
            return Err(Trouble::Malformed("unbalanced pattern"));
        };
        if self.text.get(s) != Some(open) {
            return Ok(None);
        }
        let mut depth = 1;
        for (at, byte) in self.text.iter().enumerate().skip(s + 1) {
            self.steps -= 1;
            if byte == close {
                depth -= 1;
                if depth == 0 {
                    return Ok(Some(at + 1));
                }
            } else if byte == open {
                depth += 1;
            }
        }
        Ok(None)
    }

    /// The end of the item at `p`: a byte, a class or a set.
    fn item_end(&mut self, p: usize) -> Result<usize, Trouble> {
        match self.pattern.get(p) {
            Some(b'%') if self.pattern.len() == p + 1 => {
                Err(Trouble::Malformed("malformed pattern (ends with '%')"))
            }
            Some(b'%') => Ok(p + 2),
            Some(b'[') => {
                let mut at = p + 1;
                if self.pattern.get(at) == Some(&b'^') {
                    at += 1;
                }
                // A `]` in the first place is a member.
                loop {
                    match self.pattern.get(at) {
                        None => return Err(Trouble::Malformed("malformed pattern (missing ']')")),
                        Some(b'%') => at += 2,
                        Some(_) => at += 1,
                    }
                    if self.pattern.get(at) == Some(&b']') {
                        // Looking for the end is a step for each byte, whenever the match comes here.
                        self.steps -= (at - p) as i64;
                        return Ok(at + 1);
                    }
                }
            }
            _ => Ok(p + 1),
        }
    }

    /// Whether the byte at `s` is the item at `p`: a step, or one for each member of a set.
    fn single(&mut self, s: usize, p: usize, end: usize) -> Result<bool, Trouble> {
        let Some(byte) = self.text.get(s) else { return Ok(false) };
        self.steps -= 1;
        if self.steps < 0 {
            return Err(Trouble::Steps);
        }
        Ok(match self.pattern[p] {
            b'.' => true,
            b'%' => class(*byte, self.pattern[p + 1]),
            b'[' => self.in_set(*byte, p, end),
            literal => literal == *byte,
        })
    }

    fn in_set(&mut self, byte: u8, p: usize, end: usize) -> bool {
        let mut set = &self.pattern[p + 1..end - 1];
        let negated = set.first() == Some(&b'^');
        if negated {
            set = &set[1..];
        }
        while let Some(first) = set.first() {
            self.steps -= 1;
            let (is, taken) = match (first, set.get(1), set.get(2)) {
                (b'%', Some(escaped), _) => (class(byte, *escaped), 2),
                (low, Some(b'-'), Some(high)) => ((*low..=*high).contains(&byte), 3),
                (literal, _, _) => (*literal == byte, 1),
            };
            if is {
                return !negated;
            }
            set = &set[taken..];
        }
        negated
    }
}

fn class(byte: u8, class: u8) -> bool {
    let is = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte.is_ascii_whitespace() || byte == 0x0b,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    is != class.is_ascii_uppercase()
}
