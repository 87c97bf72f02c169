//! Reads tokens into a tree, by the binding powers of the specification.

use crate::ast::{Node, Slice};
use crate::error::CompileError;
use crate::functions;
use crate::lex::{Token, tokens};

/// What binds less ends a projection.
const PROJECTION_STOP: u8 = 10;
const STAR: u8 = 20;
const DOT: u8 = 40;

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
}

pub(crate) fn parse(text: &str) -> Result<Node, CompileError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let root = parser.expression(0)?;
    parser.expect(&Token::End)?;
    Ok(root)
}

fn power(token: &Token) -> u8 {
    match token {
        Token::Pipe => 1,
        Token::Or => 2,
        Token::And => 3,
        Token::Compare(_) => 5,
        Token::Flatten => 9,
        Token::Star => STAR,
        Token::Filter => 21,
        Token::Dot => DOT,
        Token::Not => 45,
        Token::LeftBrace => 50,
        Token::LeftBracket => 55,
        Token::LeftParen => 60,
        _ => 0,
    }
}

// === impl Parser ===

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn second(&self) -> &Token {
        self.tokens.get(self.at + 1).map_or(&Token::End, |(token, _)| token)
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn error(&self, at: usize, message: impl Into<String>) -> CompileError {
        let offset = self.tokens.get(at).or(self.tokens.last()).map_or(0, |(_, offset)| *offset);
        CompileError { offset, message: message.into() }
    }

    fn unexpected(&self, at: usize) -> CompileError {
        let found = self.tokens.get(at).map_or(&Token::End, |(token, _)| token);
        let what = if *found == Token::End { "the expression ends too early" } else { "unexpected token" };
        self.error(at, what)
    }

    fn expect(&mut self, token: &Token) -> Result<(), CompileError> {
        if self.peek() != token {
            return Err(self.unexpected(self.at));
        }
        self.at += 1;
        Ok(())
    }

    fn expression(&mut self, least: u8) -> Result<Node, CompileError> {
        let mut left = self.prefix()?;
        while least < power(self.peek()) {
            left = self.infix(left)?;
        }
        Ok(left)
    }

    fn boxed(&mut self, least: u8) -> Result<Box<Node>, CompileError> {
        self.expression(least).map(Box::new)
    }

    fn prefix(&mut self) -> Result<Node, CompileError> {
        let at = self.at;
        let current = Box::new(Node::Current);
        Ok(match self.take() {
            Token::Identifier(name) if *self.peek() == Token::LeftParen => return self.call(&name, at),
            Token::Identifier(name) => Node::Field(name),
            Token::Quoted(_) if *self.peek() == Token::LeftParen => return Err(self.unexpected(self.at)),
            Token::Quoted(name) => Node::Field(name),
            Token::Literal(value) => Node::Literal(value),
            Token::Current => Node::Current,
            Token::Star => {
                let right =
                    if *self.peek() == Token::RightBracket { Node::Current } else { self.projected(STAR)? };
                Node::Members(current, Box::new(right))
            }
            Token::Filter => return self.filter(Node::Current),
            Token::Flatten => {
                let right = self.projected(power(&Token::Flatten))?;
                Node::Items(Box::new(Node::Flatten(current)), Box::new(right))
            }
            Token::LeftBrace => return self.hash(),
            Token::LeftParen => {
                let inner = self.expression(0)?;
                self.expect(&Token::RightParen)?;
                inner
            }
            Token::Not => Node::Not(self.boxed(power(&Token::Not))?),
            Token::Reference => Node::Reference(self.boxed(0)?),
            Token::LeftBracket => match self.peek() {
                Token::Number(_) | Token::Colon => return self.index(Node::Current),
                Token::Star if *self.second() == Token::RightBracket => {
                    self.at += 2;
                    Node::Items(current, Box::new(self.projected(STAR)?))
                }
                _ => return self.list(),
            },
            _ => return Err(self.unexpected(at)),
        })
    }

    fn infix(&mut self, left: Node) -> Result<Node, CompileError> {
        let at = self.at;
        let token = self.take();
        let own = power(&token);
        let left = Box::new(left);
        Ok(match token {
            Token::Dot if *self.peek() == Token::Star => {
                self.at += 1;
                Node::Members(left, Box::new(self.projected(DOT)?))
            }
            Token::Dot => Node::Then(left, Box::new(self.after_dot(DOT)?)),
            Token::Pipe => Node::Then(left, self.boxed(own)?),
            Token::Or => Node::Or(left, self.boxed(own)?),
            Token::And => Node::And(left, self.boxed(own)?),
            Token::Compare(comparison) => Node::Compare(comparison, left, self.boxed(own)?),
            Token::Filter => return self.filter(*left),
            Token::Flatten => {
                let right = self.projected(own)?;
                Node::Items(Box::new(Node::Flatten(left)), Box::new(right))
            }
            Token::LeftBracket => match self.peek() {
                Token::Number(_) | Token::Colon => return self.index(*left),
                Token::Star => {
                    self.at += 1;
                    self.expect(&Token::RightBracket)?;
                    Node::Items(left, Box::new(self.projected(STAR)?))
                }
                _ => return Err(self.unexpected(self.at)),
            },
            _ => return Err(self.unexpected(at)),
        })
    }

    /// What is done with each item of a projection.
    fn projected(&mut self, least: u8) -> Result<Node, CompileError> {
        match self.peek() {
            token if power(token) < PROJECTION_STOP => Ok(Node::Current),
            Token::LeftBracket | Token::Filter => self.expression(least),
            Token::Dot => {
                self.at += 1;
                self.after_dot(least)
            }
            _ => Err(self.unexpected(self.at)),
        }
    }

    fn after_dot(&mut self, least: u8) -> Result<Node, CompileError> {
        match self.peek() {
            Token::Identifier(_) | Token::Quoted(_) | Token::Star => self.expression(least),
            Token::LeftBracket => {
                self.at += 1;
                self.list()
            }
            Token::LeftBrace => {
                self.at += 1;
                self.hash()
            }
            _ => Err(self.unexpected(self.at)),
        }
    }

    fn filter(&mut self, left: Node) -> Result<Node, CompileError> {
        let condition = self.boxed(0)?;
        self.expect(&Token::RightBracket)?;
        let right = match self.peek() {
            Token::Flatten => Node::Current,
            _ => self.projected(power(&Token::Filter))?,
        };
        Ok(Node::Filter(Box::new(left), condition, Box::new(right)))
    }

    /// `[1]` or `[1:2]` of `left`, after the bracket.
    fn index(&mut self, left: Node) -> Result<Node, CompileError> {
        let at = self.at;
        let mut parts = [None; 3];
        let mut part = 0;
        loop {
            match self.take() {
                Token::Number(value) => parts[part] = Some(value),
                Token::Colon if part < 2 => part += 1,
                Token::RightBracket => break,
                _ => return Err(self.unexpected(self.at - 1)),
            }
            // Two numbers have a colon between them.
            if matches!(
                (self.tokens.get(self.at - 1), self.peek()),
                (Some((Token::Number(_), _)), Token::Number(_))
            ) {
                return Err(self.unexpected(self.at));
            }
        }
        let left = Box::new(left);
        if let ([Some(index), ..], 0) = (parts, part) {
            return Ok(Node::Then(left, Box::new(Node::Index(index))));
        }
        let step = parts[2].unwrap_or(1);
        if step == 0 {
            return Err(self.error(at, "the step of a slice can't be 0"));
        }
        let slice = Node::Slice(Slice { start: parts[0], stop: parts[1], step });
        let right = self.projected(STAR)?;
        Ok(Node::Items(Box::new(Node::Then(left, Box::new(slice))), Box::new(right)))
    }

    /// `[a, b]`, after the bracket.
    fn list(&mut self) -> Result<Node, CompileError> {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0)?);
            match self.take() {
                Token::Comma => {}
                Token::RightBracket => return Ok(Node::List(items)),
                _ => return Err(self.unexpected(self.at - 1)),
            }
        }
    }

    /// `{a: b}`, after the brace.
    fn hash(&mut self) -> Result<Node, CompileError> {
        let mut members = Vec::new();
        loop {
            let (Token::Identifier(key) | Token::Quoted(key)) = self.take() else {
                return Err(self.unexpected(self.at - 1));
            };
            self.expect(&Token::Colon)?;
            members.push((key, self.expression(0)?));
            match self.take() {
                Token::Comma => {}
                Token::RightBrace => return Ok(Node::Hash(members)),
                _ => return Err(self.unexpected(self.at - 1)),
            }
        }
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Node, CompileError> {
        self.expect(&Token::LeftParen)?;
        let mut args = Vec::new();
        if *self.peek() == Token::RightParen {
            self.at += 1;
        } else {
            loop {
                args.push(self.expression(0)?);
                match self.take() {
                    Token::Comma => {}
                    Token::RightParen => break,
                    _ => return Err(self.unexpected(self.at - 1)),
                }
            }
        }
        let function =
            functions::find(name).ok_or_else(|| self.error(at, format!("unknown function {name}()")))?;
        if args.len() < function.least || args.len() > function.most {
            return Err(self.error(at, format!("{name}() has a wrong number of arguments")));
        }
        Ok(Node::Call(function, args))
    }
}
