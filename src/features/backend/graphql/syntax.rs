//! Reads a GraphQL document as far as a gateway can judge it: its grammar, its operations, and their variables.

use std::ops::Range;

/// Deeper selections and values are an error; real documents have some ten levels.
const MAX_DEPTH: usize = 100;

/// A query, mutation or subscription of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation<'a> {
    /// `query`, `mutation` or `subscription`.
    pub(super) kind: &'a str,
    /// None for `{ … }` and other nameless ones.
    pub(super) name: Option<&'a str>,
    pub(super) variables: Vec<Variable<'a>>,
}

/// A variable that an operation declares.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    pub(super) name: &'a str,
    /// Whether it must be given: not null, and without a default.
    pub(super) is_needed: bool,
}

/// What is wrong in a document, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// `...` counts as `.`.
    Mark(u8),
    Name,
    Number,
    Text,
    End,
}

/// The operations of a document.
pub(super) fn read(text: &str) -> Result<Vec<Operation<'_>>, Fault> {
    let mut reader = Reader { text, at: 0, token: Token::End, span: 0..0, depth: 0 };
    reader.next()?;
    reader.document()
}

struct Reader<'a> {
    text: &'a str,
    /// Behind the token.
    at: usize,
    token: Token,
    span: Range<usize>,
    depth: usize,
}

// === impl Reader ===

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Vec<Operation<'a>>, Fault> {
        let mut operations = Vec::new();
        while self.token != Token::End {
            match self.word() {
                "fragment" => self.fragment()?,
                kind @ ("query" | "mutation" | "subscription") => operations.push(self.operation(kind)?),
                _ if self.token == Token::Mark(b'{') => {
                    operations.push(Operation { kind: "query", name: None, variables: Vec::new() });
                    self.selections()?;
                }
                _ => return Err(self.unexpected("query, mutation, fragment or `{`")),
            }
        }
        Ok(operations)
    }

    fn operation(&mut self, kind: &'a str) -> Result<Operation<'a>, Fault> {
        self.next()?;
        let name = if self.token == Token::Name { Some(self.name("a name")?) } else { None };
        let mut variables = Vec::new();
        if self.take(b'(')? {
            while !self.take(b')')? {
                variables.push(self.variable()?);
            }
        }
        self.directives()?;
        self.selections()?;
        Ok(Operation { kind, name, variables })
    }

    /// `$name: Type = value @directive`
    fn variable(&mut self) -> Result<Variable<'a>, Fault> {
        self.expect(b'$')?;
        let name = self.name("the name of a variable")?;
        self.expect(b':')?;
        let mut lists = 0;
        while self.take(b'[')? {
            lists += 1;
        }
        self.name("a type")?;
        let mut is_needed = self.take(b'!')?;
        for _ in 0..lists {
            self.expect(b']')?;
            is_needed = self.take(b'!')?;
        }
        if self.take(b'=')? {
            is_needed = false;
            self.value()?;
        }
        self.directives()?;
        Ok(Variable { name, is_needed })
    }

    fn fragment(&mut self) -> Result<(), Fault> {
        self.next()?;
        self.name("the name of a fragment")?;
        if self.word() != "on" {
            return Err(self.unexpected("`on`"));
        }
        self.next()?;
        self.name("a type")?;
        self.directives()?;
        self.selections()
    }

    /// `{ … }`
    fn selections(&mut self) -> Result<(), Fault> {
        self.expect(b'{')?;
        self.deeper()?;
        loop {
            if self.take(b'.')? {
                if self.word() == "on" {
                    self.next()?;
                    self.name("a type")?;
                    self.directives()?;
                    self.selections()?;
                } else if self.token == Token::Name {
                    self.next()?;
                    self.directives()?;
                } else {
                    self.directives()?;
                    self.selections()?;
                }
            } else {
                self.field()?;
            }
            if self.take(b'}')? {
                self.depth -= 1;
                return Ok(());
            }
        }
    }

    fn field(&mut self) -> Result<(), Fault> {
        self.name("a field")?;
        if self.take(b':')? {
            self.name("a field")?;
        }
        self.arguments()?;
        self.directives()?;
        if self.token == Token::Mark(b'{') {
            self.selections()?;
        }
        Ok(())
    }

    fn arguments(&mut self) -> Result<(), Fault> {
        if self.take(b'(')? {
            self.members(b')', "an argument")?;
        }
        Ok(())
    }

    /// `name: value` up to the closing mark.
    fn members(&mut self, close: u8, what: &str) -> Result<(), Fault> {
        while !self.take(close)? {
            self.name(what)?;
            self.expect(b':')?;
            self.value()?;
        }
        Ok(())
    }

    fn directives(&mut self) -> Result<(), Fault> {
        while self.take(b'@')? {
            self.name("a directive")?;
            self.arguments()?;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), Fault> {
        self.deeper()?;
        match self.token {
            Token::Name | Token::Number | Token::Text => self.next()?,
            Token::Mark(b'$') => {
                self.next()?;
                self.name("the name of a variable")?;
            }
            Token::Mark(b'[') => {
                self.next()?;
                while !self.take(b']')? {
                    self.value()?;
                }
            }
            Token::Mark(b'{') => {
                self.next()?;
                self.members(b'}', "a field")?;
            }
            _ => return Err(self.unexpected("a value")),
        }
        self.depth -= 1;
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        match self.depth > MAX_DEPTH {
            true => Err(Fault { at: self.span.start, message: format!("more than {MAX_DEPTH} levels") }),
            false => Ok(()),
        }
    }

    fn name(&mut self, what: &str) -> Result<&'a str, Fault> {
        if self.token != Token::Name {
            return Err(self.unexpected(what));
        }
        let name = self.word();
        self.next()?;
        Ok(name)
    }

    fn expect(&mut self, mark: u8) -> Result<(), Fault> {
        match self.take(mark)? {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{}`", char::from(mark)))),
        }
    }

    fn take(&mut self, mark: u8) -> Result<bool, Fault> {
        let is_there = self.token == Token::Mark(mark);
        if is_there {
            self.next()?;
        }
        Ok(is_there)
    }

    fn word(&self) -> &'a str {
        &self.text[self.span.clone()]
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.token {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", self.word().chars().take(20).collect::<String>()),
        };
        Fault { at: self.span.start, message: format!("expected {expected}, found {found}") }
    }

    fn next(&mut self) -> Result<(), Fault> {
        self.blank();
        let rest = &self.text[self.at..];
        let len = |is_in: fn(&u8) -> bool| rest.bytes().take_while(is_in).count();
        let (token, len) = match rest.as_bytes().first() {
            None => (Token::End, 0),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => {
                (Token::Name, len(|b| b.is_ascii_alphanumeric() || *b == b'_'))
            }
            Some(b'0'..=b'9' | b'-') => {
                (Token::Number, len(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)))
            }
            Some(b'"') => (Token::Text, self.quoted(rest)?),
            Some(b'.') if rest.starts_with("...") => (Token::Mark(b'.'), 3),
            Some(mark) if b"!$&()@:=[]{|}".contains(mark) => (Token::Mark(*mark), 1),
            Some(_) => {
                let odd: String = rest.chars().take(1).collect();
                return Err(Fault { at: self.at, message: format!("`{odd}` isn't part of GraphQL") });
            }
        };
        self.token = token;
        self.span = self.at..self.at + len;
        self.at += len;
        Ok(())
    }

    /// Skips blanks, commas and comments.
    fn blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let body = rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
            self.at += rest.len() - body.len();
            if !body.starts_with('#') {
                return;
            }
            self.at += body.find(['\n', '\r']).unwrap_or(body.len());
        }
    }

    /// The length of the text that begins here, quotes included.
    fn quoted(&self, rest: &str) -> Result<usize, Fault> {
        let unclosed = || Fault { at: self.at, message: "the string is not closed".to_owned() };
        if let Some(body) = rest.strip_prefix("\"\"\"") {
            let mut from = 0;
            loop {
                let end = from + body[from..].find("\"\"\"").ok_or_else(unclosed)?;
                if !body[..end].ends_with('\\') {
                    return Ok(end + 6);
                }
                from = end + 3;
            }
        }
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                '"' if !escaped => return Ok(at + 1),
                '\n' | '\r' => break,
                _ => escaped = c == '\\' && !escaped,
            }
        }
        Err(unclosed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_specification_shows() {
        for text in [
            "{ a }",
            "query { a, b }",
            "query Q($id: ID!, $n: [Int!]! = [1, 2] @d) @x(a: 1) { me: user(id: $id) { ...F ... on T @i(if: true) { x } ... { y } } }",
            "fragment F on T { a(v: {k: [true, null, ENUM, -1.5e3, \"t\\\"\", \"\"\"b\"\"\" ]}) } # end\n{ ...F }",
            "subscription S { a }\nmutation M { b(c: \"\") { d } }",
            "\u{feff}query query { query }",
            "{ on fragment }",
        ] {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn names_the_place_of_a_fault() {
        let deep = "{a".repeat(200);
        for (text, at, message) in [
            ("", 0, ""),
            ("{ a ", 4, "expected a field, found the end"),
            ("{ }", 2, "expected a field, found `}`"),
            ("query ($a: ) { x }", 11, "expected a type, found `)`"),
            ("nonsense", 0, "expected query, mutation, fragment or `{`, found `nonsense`"),
            ("{ a(b: ) }", 7, "expected a value, found `)`"),
            ("{ a } }", 6, "expected query, mutation, fragment or `{`, found `}`"),
            ("{ a % b }", 4, "`%` isn't part of GraphQL"),
            ("{ a(b: \"x) }", 7, "the string is not closed"),
            ("{ a(b: \"\"\"x\\\"\"\") }", 7, "the string is not closed"),
            ("query Q { a", 11, "expected a field, found the end"),
            (&deep, 201, "more than 100 levels"),
        ] {
            let fault = read(text).err().unwrap_or(Fault { at: 0, message: String::new() });
            assert_eq!((fault.at, &*fault.message), (at, message), "{text}");
        }
    }

    #[test]
    fn knows_the_variables_that_must_be_given() {
        let operations =
            read("query Q($a: ID!, $b: Int, $c: [Int!]!, $d: Int! = 1, $e: [Int!]) { x }").unwrap();
        let needed: Vec<_> = operations[0].variables.iter().filter(|v| v.is_needed).map(|v| v.name).collect();
        assert_eq!(needed, ["a", "c"]);
        assert_eq!((operations[0].kind, operations[0].name), ("query", Some("Q")));
    }
}
