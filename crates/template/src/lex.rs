//! Cuts a template into text and the tokens of its actions, as Go's `text/template/parse` does.

use fjord_http::escape::is_printable;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// What is wrong, in [`Token::text`]; nothing follows.
    Error,
    Bool,
    /// A printable ASCII character that has no meaning of its own: `,`.
    Char,
    /// `'x'`
    CharConstant,
    /// `=`
    Assign,
    /// `:=`
    Declare,
    End,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    /// `.`
    Dot,
    /// A word of the language: `range`, `nil`.
    Keyword,
}

/// A piece of a template.
#[derive(Debug, Clone)]
pub(crate) struct Token<'t> {
    pub kind: TokenKind,
    /// The byte where it starts.
    pub start: usize,
    pub text: std::borrow::Cow<'t, str>,
    /// The line where it starts, from 1.
    pub line: usize,
}

const OPEN: &str = "{{";
const CLOSE: &str = "}}";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];
const KEYWORDS: [&str; 11] =
    ["block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with"];

/// Reads one token after the other.
pub(crate) struct Lexer<'t> {
    input: &'t str,
    /// Where the token starts that is being read.
    start: usize,
    at: usize,
    line: usize,
    start_line: usize,
    inside_action: bool,
    parens: usize,
    failed: bool,
}

// === impl Lexer ===

impl<'t> Lexer<'t> {
    pub fn new(input: &'t str) -> Self {
        Self {
            input,
            start: 0,
            at: 0,
            line: 1,
            start_line: 1,
            inside_action: false,
            parens: 0,
            failed: false,
        }
    }

    /// The next token; [`TokenKind::End`] again and again after the last.
    pub fn token(&mut self) -> Token<'t> {
        if self.failed {
            return Token {
                kind: TokenKind::End,
                start: self.start,
                text: "EOF".into(),
                line: self.start_line,
            };
        }
        if self.inside_action { self.inside() } else { self.text() }
    }

    fn rest(&self) -> &'t str {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn emit(&mut self, kind: TokenKind) -> Token<'t> {
        let text = self.input.get(self.start..self.at).unwrap_or_default();
        let token = Token { kind, start: self.start, text: text.into(), line: self.start_line };
        self.ignore();
        token
    }

    fn ignore(&mut self) {
        self.start = self.at;
        self.start_line = self.line;
    }

    /// Skips to `to`, counting lines.
    fn skip(&mut self, to: usize) {
        self.line += self.input.get(self.at..to).unwrap_or_default().matches('\n').count();
        self.at = to;
    }

    fn error(&mut self, message: impl Into<String>) -> Token<'t> {
        self.failed = true;
        Token {
            kind: TokenKind::Error,
            start: self.start,
            text: message.into().into(),
            line: self.start_line,
        }
    }

    /// Text up to the next action.
    fn text(&mut self) -> Token<'t> {
        loop {
            let Some(found) = self.rest().find(OPEN) else {
                self.skip(self.input.len());
                if self.at > self.start {
                    return self.emit(TokenKind::Text);
                }
                return Token {
                    kind: TokenKind::End,
                    start: self.at,
                    text: "EOF".into(),
                    line: self.start_line,
                };
            };
            let open = self.at + found;
            let trims = has_left_trim(self.input.get(open + OPEN.len()..).unwrap_or_default());
            if found > 0 {
                let text = self.input.get(self.start..open).unwrap_or_default();
                let kept = if trims { text.trim_end_matches(SPACES) } else { text };
                self.skip(self.start + kept.len());
                let token = self.emit(TokenKind::Text);
                self.skip(open);
                self.ignore();
                if !token.text.is_empty() {
                    return token;
                }
            }
            // At the delimiter.
            let after = open + OPEN.len();
            let inside = after + if trims { 2 } else { 0 };
            if self.input.get(inside..).is_some_and(|rest| rest.starts_with("/*")) {
                self.skip(inside);
                self.ignore();
                if let Some(error) = self.comment() {
                    return error;
                }
                continue;
            }
            self.at = after;
            let token = self.emit(TokenKind::LeftDelimiter);
            self.skip(inside);
            self.ignore();
            self.inside_action = true;
            self.parens = 0;
            return token;
        }
    }

    /// Skips a comment and the delimiter after it.
    fn comment(&mut self) -> Option<Token<'t>> {
        let Some(end) = self.input.get(self.at + 2..).and_then(|rest| rest.find("*/")) else {
            return Some(self.error("unclosed comment"));
        };
        let end = self.at + 2 + end + 2;
        self.skip(end);
        match self.close_ahead() {
            None => Some(self.error("comment ends before closing delimiter")),
            Some(trims) => {
                self.close(trims);
                None
            }
        }
    }

    /// Whether the action ends here, and then whether it trims what follows.
    fn close_ahead(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_trim(rest) && rest.get(2..).is_some_and(|rest| rest.starts_with(CLOSE)) {
            return Some(true);
        }
        rest.starts_with(CLOSE).then_some(false)
    }

    /// Reads the closing delimiter.
    fn close(&mut self, trims: bool) -> Token<'t> {
        if trims {
            self.skip(self.at + 2);
            self.ignore();
        }
        self.at += CLOSE.len();
        let token = self.emit(TokenKind::RightDelimiter);
        if trims {
            let rest = self.rest();
            self.skip(self.at + rest.len() - rest.trim_start_matches(SPACES).len());
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn inside(&mut self) -> Token<'t> {
        if let Some(trims) = self.close_ahead() {
            if self.parens > 0 {
                return self.error("unclosed left paren");
            }
            return self.close(trims);
        }
        let Some(next) = self.next() else { return self.error("unclosed action") };
        match next {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.emit(TokenKind::Assign),
            ':' if self.next() != Some('=') => self.error("expected :="),
            ':' => self.emit(TokenKind::Declare),
            '|' => self.emit(TokenKind::Pipe),
            '"' => self.quoted('"', TokenKind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', TokenKind::CharConstant, "unterminated character constant"),
            '`' => match self.rest().find('`') {
                Some(end) => {
                    self.skip(self.at + end + 1);
                    self.emit(TokenKind::RawString)
                }
                None => self.error("unterminated raw quoted string"),
            },
            '$' => self.name(TokenKind::Variable, TokenKind::Variable),
            '.' if self.peek().is_some_and(|next| !next.is_ascii_digit()) => {
                self.name(TokenKind::Field, TokenKind::Dot)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.at -= 1;
                self.number()
            }
            '(' => {
                self.parens += 1;
                self.emit(TokenKind::LeftParen)
            }
            ')' if self.parens == 0 => self.error("unexpected right paren"),
            ')' => {
                self.parens -= 1;
                self.emit(TokenKind::RightParen)
            }
            next if is_alphanumeric(next) => self.word(),
            ' '..='~' => self.emit(TokenKind::Char),
            next => self.error(format!("unrecognized character in action: {}", unicode(Some(next)))),
        }
    }

    /// Blanks. The last one may belong to a delimiter that trims.
    fn space(&mut self) -> Token<'t> {
        while self.peek().is_some_and(|next| SPACES.contains(&next)) {
            self.next();
        }
        let last = self.at - 1;
        let tail = self.input.get(last..).unwrap_or_default();
        if has_right_trim(tail) && tail.get(2..).is_some_and(|rest| rest.starts_with(CLOSE)) {
            self.line -= usize::from(tail.starts_with('\n'));
            self.at = last;
            if self.at == self.start {
                return self.close(true);
            }
        }
        self.emit(TokenKind::Space)
    }

    fn quoted(&mut self, quote: char, kind: TokenKind, unterminated: &str) -> Token<'t> {
        loop {
            match self.next() {
                Some('\\') if !matches!(self.next(), None | Some('\n')) => {}
                None | Some('\n' | '\\') => return self.error(unterminated),
                Some(next) if next == quote => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    /// A field or a variable; `alone` is what its first character is when no name follows.
    fn name(&mut self, kind: TokenKind, alone: TokenKind) -> Token<'t> {
        if self.at_terminator() {
            return self.emit(alone);
        }
        self.skip_name();
        if self.at_terminator() { self.emit(kind) } else { self.bad_character() }
    }

    fn word(&mut self) -> Token<'t> {
        self.skip_name();
        if !self.at_terminator() {
            return self.bad_character();
        }
        match self.input.get(self.start..self.at).unwrap_or_default() {
            word if KEYWORDS.contains(&word) => self.emit(TokenKind::Keyword),
            "true" | "false" => self.emit(TokenKind::Bool),
            _ => self.emit(TokenKind::Identifier),
        }
    }

    fn skip_name(&mut self) {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
    }

    fn bad_character(&mut self) -> Token<'t> {
        let found = unicode(self.peek());
        self.error(format!("bad character {found}"))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(CLOSE),
        }
    }

    /// A number; whether it is one is for whoever reads its digits.
    fn number(&mut self) -> Token<'t> {
        let ends_well = self.scan_number();
        if !ends_well || self.peek().is_some_and(|next| matches!(next, '+' | '-')) {
            let text = self.input.get(self.start..self.at).unwrap_or_default();
            return self.error(format!("bad number syntax: {}", crate::print::quote(text)));
        }
        self.emit(TokenKind::Number)
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }

    fn accept(&mut self, any: &str) -> bool {
        let found = self.peek().is_some_and(|next| any.contains(next));
        self.at += usize::from(found);
        found
    }

    fn accept_run(&mut self, any: &str) {
        while self.accept(any) {}
    }
}

fn has_left_trim(rest: &str) -> bool {
    rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACES))
}

fn has_right_trim(rest: &str) -> bool {
    rest.starts_with(SPACES) && rest.as_bytes().get(1) == Some(&b'-')
}

fn is_alphanumeric(c: char) -> bool {
    // Go's letters and decimal digits: Rust's numbers are more.
    c == '_' || c.is_alphabetic() || c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

/// A character as Go's `%#U`; the end of the template is U+FFFFFFFFFFFFFFFF there.
fn unicode(c: Option<char>) -> String {
    match c {
        Some(c) if is_printable(c) => format!("U+{:04X} '{c}'", u32::from(c)),
        Some(c) => format!("U+{:04X}", u32::from(c)),
        None => "U+FFFFFFFFFFFFFFFF".to_owned(),
    }
}
