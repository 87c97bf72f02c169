//! The walk over the document: an explicit stack of open objects and lists instead of recursion.

use super::super::diagnostic::Diagnostic;
use super::super::node::{Kind, Member, Node};
use super::super::path;
use super::MAX_DEPTH;

/// So many faults are reported, then reading ends: the file is hardly JSON.
const MAX_FAULTS: usize = 20;

/// Reading can't continue; the faults say why.
pub(super) struct Stop;

/// A reader in the middle of a text.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) faults: Vec<Diagnostic>,
    stack: Vec<Frame>,
}

/// An object or list that isn't closed yet.
struct Frame {
    start: usize,
    inside: Inside,
}

enum Inside {
    Object { members: Vec<Member>, key: Key },
    Array { items: Vec<Node> },
}

/// The key whose value comes next.
#[derive(Default)]
struct Key {
    text: Box<str>,
    start: u32,
    end: u32,
}

/// The value of a text that starts at byte `start`, if it could be read to its end, and the faults.
pub(super) fn parse(text: &str, start: usize) -> (Option<Node>, Vec<Diagnostic>) {
    let mut parser =
        Parser { text, bytes: text.as_bytes(), at: start, faults: Vec::new(), stack: Vec::new() };
    let root = parser.document().ok();
    (root, parser.faults)
}

// === impl Parser ===

impl Parser<'_> {
    fn document(&mut self) -> Result<Node, Stop> {
        let root = self.tree()?;
        self.blank()?;
        match self.peek() {
            None => Ok(root),
            Some(b'{' | b'[') => Err(self.fatal(
                Diagnostic::error("two-documents", self.here(), "a second document starts here")
                    .help("a configuration is one object; remove the rest or merge it into the first"),
            )),
            Some(b @ (b'}' | b']')) => {
                let message = format!("one closing `{}` too many", b as char);
                Err(self.fatal(Diagnostic::error("extra-bracket", self.here(), message)))
            }
            Some(_) => {
                let message = format!("nothing may follow the configuration, found {}", self.found());
                Err(self.fatal(Diagnostic::error("trailing-text", self.here(), message)))
            }
        }
    }

    fn tree(&mut self) -> Result<Node, Stop> {
        let mut done = self.value()?;
        loop {
            let Some(node) = done else {
                done = self.value()?;
                continue;
            };
            match self.stack.last_mut().map(|frame| &mut frame.inside) {
                None => return Ok(node),
                Some(Inside::Array { items }) => items.push(node),
                Some(Inside::Object { members, key }) => {
                    let Key { text, start, end } = std::mem::take(key);
                    members.push(Member { key: text, key_span: start..end, value: node });
                }
            }
            done = self.after_value()?;
        }
    }

    /// Reads a value; none if it opened an object or a list whose first value comes next.
    fn value(&mut self) -> Result<Option<Node>, Stop> {
        self.blank()?;
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => Kind::String(self.string(b'"')?),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => Kind::Number(self.number()?),
            Some(b'{') if self.bytes.get(start + 1) == Some(&b'{') => return Err(self.template()),
            Some(b'{') => {
                self.open(Inside::Object { members: Vec::new(), key: Key::default() })?;
                self.blank()?;
                if self.peek() == Some(b'}') {
                    return Ok(Some(self.close()));
                }
                self.key()?;
                return Ok(None);
            }
            Some(b'[') => {
                self.open(Inside::Array { items: Vec::new() })?;
                self.blank()?;
                if self.peek() == Some(b']') {
                    return Ok(Some(self.close()));
                }
                return Ok(None);
            }
            _ => self.odd_value()?,
        };
        Ok(Some(Node { span: start as u32..self.at as u32, kind }))
    }

    /// What follows a value: a comma and the next, or the end of the object or list, which then is the value.
    fn after_value(&mut self) -> Result<Option<Node>, Stop> {
        let before = self.at;
        self.blank()?;
        let (object, closer) = self.inside();
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.blank()?;
                while self.peek() == Some(b',') {
                    self.fault(
                        Diagnostic::error("double-comma", self.here(), "two commas with nothing between")
                            .help("remove one"),
                    )?;
                    self.at += 1;
                    self.blank()?;
                }
                if self.peek() == Some(closer) {
                    let span = comma as u32..comma as u32 + 1;
                    let end = if object { "object" } else { "list" };
                    let fault = Diagnostic::error(
                        "trailing-comma",
                        span,
                        format!("a comma before the end of the {end}"),
                    );
                    self.fault(fault.help("JSON has no trailing commas: remove it"))?;
                    return Ok(Some(self.close()));
                }
            }
            Some(b) if b == closer => return Ok(Some(self.close())),
            Some(b'}' | b']') => return Err(self.mismatch(closer)),
            Some(b'"' | b'\'' | b'{' | b'[' | b'0'..=b'9' | b'-' | b'a'..=b'z' | b'A'..=b'Z') => {
                let what = if object { "members" } else { "items" };
                let message = format!("a comma is missing between two {what}, before {}", self.found());
                let fault = Diagnostic::error("missing-comma", self.here(), message)
                    .help("add a comma after the previous value")
                    .related(before as u32 - 1..before as u32, "the previous value ends here");
                self.fault(fault)?;
            }
            None => return Err(self.truncated()),
            Some(b'<' | b'=' | b'>') if self.conflict().is_some() => return Err(self.unexpected("")),
            Some(_) => {
                let expected = if object { "a comma or `}`" } else { "a comma or `]`" };
                return Err(self.unexpected(expected));
            }
        }
        if object {
            self.key()?;
        }
        Ok(None)
    }

    /// Reads a key and its colon into the open object.
    fn key(&mut self) -> Result<(), Stop> {
        self.blank()?;
        let start = self.at as u32;
        let text = match self.peek() {
            Some(b'"') => self.string(b'"')?,
            Some(b'{') if self.bytes.get(self.at + 1) == Some(&b'{') => return Err(self.template()),
            _ => self.odd_key()?,
        };
        let end = self.at as u32;
        if let Some(Frame { inside: Inside::Object { key, .. }, .. }) = self.stack.last_mut() {
            *key = Key { text, start, end };
        }
        self.blank()?;
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(b'"' | b'{' | b'[' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n') => {
                let message = format!("a colon is missing between the key and {}", self.found());
                self.fault(Diagnostic::error("missing-colon", self.here(), message))?;
            }
            Some(b'=') => {
                let fault =
                    Diagnostic::error("missing-colon", self.here(), "a key is followed by `:`, not `=`");
                self.fault(fault)?;
                self.at += 1;
            }
            None => return Err(self.truncated()),
            Some(_) => return Err(self.unexpected("a colon after the key")),
        }
        Ok(())
    }

    fn open(&mut self, inside: Inside) -> Result<(), Stop> {
        if self.stack.len() == MAX_DEPTH {
            let place = self.stack.first().map(|frame| frame.inside.step()).unwrap_or_default();
            let message = format!("values are nested more than {MAX_DEPTH} levels deep");
            let mut fault = Diagnostic::error("too-deep", self.here(), message);
            fault.path = place;
            self.faults.push(fault);
            return Err(Stop);
        }
        self.stack.push(Frame { start: self.at, inside });
        self.at += 1;
        Ok(())
    }

    /// Ends the innermost object or list at its bracket.
    fn close(&mut self) -> Node {
        self.at += 1;
        // Only called with something open: the bracket was compared with its opener.
        let frame =
            self.stack.pop().unwrap_or(Frame { start: 0, inside: Inside::Array { items: Vec::new() } });
        let kind = match frame.inside {
            Inside::Object { members, .. } => Kind::Object(members),
            Inside::Array { items } => Kind::Array(items),
        };
        Node { span: frame.start as u32..self.at as u32, kind }
    }

    fn inside(&self) -> (bool, u8) {
        match self.stack.last().map(|frame| &frame.inside) {
            Some(Inside::Object { .. }) => (true, b'}'),
            _ => (false, b']'),
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Reports a fault that leaves no doubt about what was meant.
    pub(super) fn fault(&mut self, fault: Diagnostic) -> Result<(), Stop> {
        let fault = fault.at(self.pointer());
        self.faults.push(fault);
        if self.faults.len() < MAX_FAULTS { Ok(()) } else { Err(Stop) }
    }

    /// Reports a fault that ends the reading.
    pub(super) fn fatal(&mut self, fault: Diagnostic) -> Stop {
        let fault = fault.at(self.pointer());
        self.faults.push(fault);
        Stop
    }

    /// The text ends inside something.
    pub(super) fn truncated(&mut self) -> Stop {
        let end = self.text.len() as u32;
        let mut fault =
            Diagnostic::error("truncated", end..end, "the file ends before the configuration does");
        if let Some(frame) = self.stack.last() {
            let (what, closer) = match frame.inside {
                Inside::Object { .. } => ("object", '}'),
                Inside::Array { .. } => ("list", ']'),
            };
            let start = frame.start as u32;
            fault = fault
                .related(start..start + 1, format!("this {what} is not closed"))
                .help(format!("add what is missing, down to the closing `{closer}`"));
        }
        self.fatal(fault)
    }

    fn mismatch(&mut self, closer: u8) -> Stop {
        let found = if closer == b'}' { ']' } else { '}' };
        let message = format!("`{found}` where `{}` must come first", closer as char);
        let mut fault = Diagnostic::error("mismatched-bracket", self.here(), message);
        if let Some(frame) = self.stack.last() {
            let what = if closer == b'}' { "object" } else { "list" };
            let start = frame.start as u32;
            fault = fault.related(start..start + 1, format!("this {what} is still open"));
        }
        self.fatal(fault)
    }

    /// The JSON pointer of the value that is being read.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for frame in &self.stack {
            frame.inside.push_step(&mut pointer);
        }
        pointer
    }
}

// === impl Inside ===

impl Inside {
    fn step(&self) -> String {
        let mut step = String::new();
        self.push_step(&mut step);
        step
    }

    fn push_step(&self, pointer: &mut String) {
        match self {
            Inside::Array { items } => path::push_index(pointer, items.len()),
            Inside::Object { key, .. } if key.end > 0 => path::push_key(pointer, &key.text),
            Inside::Object { .. } => {}
        }
    }
}
