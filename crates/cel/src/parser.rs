//! Reads an expression into a tree whose depth is bounded.

use fjord_pattern::Pattern;

use super::ast::{Call, Expr, Function, Kind, Literal, Operator};
use super::error::CompileError;
use super::lexer::{Lexer, Token, TokenKind};
use super::macros;
use super::zones::Zone;

/// How deep brackets and conditionals may be nested.
const MAX_NESTING: usize = 64;
/// How many nodes may be on one way through the tree (`a + a + a …` makes one way of all of them).
const MAX_HEIGHT: usize = 250;
/// The longest source, as in KrakenD's evaluator.
const MAX_SOURCE: usize = 100_000;

const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

pub(super) struct Parser<'s> {
    lexer: Lexer<'s>,
    token: Token<'s>,
    nesting: usize,
}

/// Reads a whole expression.
pub(super) fn parse(source: &str) -> Result<Expr, CompileError> {
    if source.len() > MAX_SOURCE {
        return Err(CompileError::new(0, format!("the expression is longer than {MAX_SOURCE} bytes")));
    }
    let mut lexer = Lexer::new(source);
    let token = lexer.next()?;
    let mut parser = Parser { lexer, token, nesting: 0 };
    let expr = parser.expr()?;
    match parser.token.kind {
        TokenKind::End => Ok(expr),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

/// A node above `children`.
pub(super) fn node(offset: usize, kind: Kind) -> Result<Expr, CompileError> {
    let mut below = 0;
    kind.each_child(|child| below = below.max(child.height));
    if below >= MAX_HEIGHT {
        return Err(CompileError::new(offset, "the expression is nested too deep"));
    }
    Ok(Expr { offset, height: below + 1, kind })
}

// === impl Parser ===

impl<'s> Parser<'s> {
    fn advance(&mut self) -> Result<Token<'s>, CompileError> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn at(&self, symbol: &str) -> bool {
        matches!(self.token.kind, TokenKind::Symbol(found) if found == symbol)
    }

    fn accept(&mut self, symbol: &str) -> Result<bool, CompileError> {
        let found = self.at(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, symbol: &str) -> Result<(), CompileError> {
        if self.accept(symbol)? { Ok(()) } else { Err(self.unexpected(&format!("'{symbol}'"))) }
    }

    fn unexpected(&self, wanted: &str) -> CompileError {
        let found = self.token.kind.describe();
        CompileError::new(self.token.offset, format!("expected {wanted}, found {found}"))
    }

    /// `or ('?' or ':' expr)?`
    fn expr(&mut self) -> Result<Expr, CompileError> {
        if self.nesting == MAX_NESTING {
            return Err(CompileError::new(self.token.offset, "the expression is nested too deep"));
        }
        self.nesting += 1;
        let condition = self.binary(1)?;
        let offset = self.token.offset;
        let expr = if self.accept("?")? {
            let then = self.binary(1)?;
            self.expect(":")?;
            let otherwise = self.expr()?;
            node(offset, Kind::Conditional(Box::new([condition, then, otherwise])))?
        } else {
            condition
        };
        self.nesting -= 1;
        Ok(expr)
    }

    /// Operators that bind at least as strongly as `weakest`: `||` 1, `&&` 2, relations 3, `+ -` 4, `* / %` 5.
    fn binary(&mut self, weakest: u8) -> Result<Expr, CompileError> {
        let mut left = self.unary()?;
        loop {
            let TokenKind::Symbol(symbol) = self.token.kind else { return Ok(left) };
            let strength = match symbol {
                "||" => 1,
                "&&" => 2,
                _ => Operator::of(symbol).map_or(0, |(_, strength)| strength),
            };
            if strength < weakest {
                return Ok(left);
            }
            let offset = self.advance()?.offset;
            let right = self.binary(strength + 1)?;
            let kind = match (symbol, left.kind) {
                // Long chains become one node: they are as common as they are deep.
                ("||", Kind::Or(mut operands)) => {
                    operands.push(right);
                    Kind::Or(operands)
                }
                ("&&", Kind::And(mut operands)) => {
                    operands.push(right);
                    Kind::And(operands)
                }
                (_, kind) => {
                    let left = Expr { kind, ..left };
                    match Operator::of(symbol) {
                        Some((operator, _)) => Kind::Binary(operator, Box::new([left, right])),
                        None if symbol == "||" => Kind::Or(vec![left, right]),
                        None => Kind::And(vec![left, right]),
                    }
                }
            };
            left = node(offset, kind)?;
        }
    }

    /// `'!'+ member`, `'-'+ member`: an even number of signs cancels out.
    fn unary(&mut self) -> Result<Expr, CompileError> {
        let offset = self.token.offset;
        for symbol in ["!", "-"] {
            let mut count = 0_usize;
            while self.accept(symbol)? {
                count += 1;
            }
            let odd = count % 2 == 1;
            match (symbol, count) {
                (_, 0) => {}
                ("-", _) if matches!(self.token.kind, TokenKind::Int(_) | TokenKind::Double(_)) => {
                    return self.member(odd);
                }
                _ => {
                    let operand = self.member(false)?;
                    return match (odd, symbol) {
                        (false, _) => Ok(operand),
                        (true, "!") => node(offset, Kind::Not(Box::new(operand))),
                        (true, _) => node(offset, Kind::Negate(Box::new(operand))),
                    };
                }
            }
        }
        self.member(false)
    }

    /// A primary with its `.field`, `.method(…)` and `[index]`.
    fn member(&mut self, negative: bool) -> Result<Expr, CompileError> {
        let mut target = self.primary(negative)?;
        loop {
            let offset = self.token.offset;
            if self.accept(".")? {
                let name = match self.advance()?.kind {
                    TokenKind::Ident(name) if self.at("(") => {
                        target = self.call(name, Some(target))?;
                        continue;
                    }
                    TokenKind::Ident(name) | TokenKind::Quoted(name) => name,
                    _ => return Err(CompileError::new(offset, "a field name must follow '.'")),
                };
                target = match well_known_type(&target, name) {
                    Some(name) => node(target.offset, Kind::Literal(Literal::Type(name)))?,
                    None => node(offset, Kind::Select(Box::new(target), name.into()))?,
                };
            } else if self.accept("[")? {
                let index = self.expr()?;
                self.expect("]")?;
                target = node(offset, Kind::Index(Box::new([target, index])))?;
            } else {
                return Ok(target);
            }
        }
    }

    fn primary(&mut self, negative: bool) -> Result<Expr, CompileError> {
        let Token { offset, kind } = self.token.clone();
        let kind = match kind {
            TokenKind::Symbol("(") => {
                self.advance()?;
                let inner = self.expr()?;
                self.expect(")")?;
                return Ok(inner);
            }
            TokenKind::Symbol("[") => Kind::List(self.list()?),
            TokenKind::Symbol("{") => Kind::Map(self.map()?),
            TokenKind::Symbol(".") => {
                self.advance()?;
                return self.name();
            }
            TokenKind::Ident(_) => return self.name(),
            _ => {
                let literal = self.literal(negative)?;
                self.advance()?;
                Kind::Literal(literal)
            }
        };
        node(offset, kind)
    }

    /// A variable, or the call of a global function.
    fn name(&mut self) -> Result<Expr, CompileError> {
        let TokenKind::Ident(name) = self.token.kind else { return Err(self.unexpected("a name")) };
        let offset = self.advance()?.offset;
        if RESERVED.contains(&name) {
            return Err(CompileError::new(offset, format!("reserved identifier: {name}")));
        }
        if self.at("(") {
            return self.call(name, None);
        }
        if self.at("{") {
            return Err(CompileError::new(offset, format!("messages are not supported: {name}")));
        }
        node(offset, Kind::Ident(name.into()))
    }

    fn call(&mut self, name: &str, target: Option<Expr>) -> Result<Expr, CompileError> {
        let offset = self.token.offset;
        self.expect("(")?;
        let mut arguments = Vec::new();
        if !self.at(")") {
            arguments.push(self.expr()?);
            while self.accept(",")? {
                arguments.push(self.expr()?);
            }
        }
        self.expect(")")?;
        let (target, mut arguments) = match macros::expand(name, target, arguments)? {
            macros::Expansion::Macro(kind) => return node(offset, kind),
            macros::Expansion::Call(target, arguments) => (target, arguments),
        };
        let member = target.is_some();
        if let Some(target) = target {
            arguments.insert(0, target);
        }
        let function = Function::named(name);
        if function == Some(Function::Matches)
            && let [_, Expr { kind: Kind::Literal(Literal::String(pattern)), offset: at, .. }] = &*arguments
        {
            let pattern =
                Pattern::new(pattern).map_err(|error| CompileError::new(*at, format!("{error}")))?;
            return node(offset, Kind::Matches(Box::new(arguments.swap_remove(0)), Box::new(pattern)));
        }
        if let Some(Function::Time(part)) = function
            && let [_, Expr { kind: Kind::Literal(Literal::String(zone)), offset: at, .. }] = &*arguments
        {
            let zone = Zone::find(zone).map_err(|error| CompileError::new(*at, error.to_string()))?;
            return node(offset, Kind::TimeIn(part, Box::new(arguments.swap_remove(0)), Box::new(zone)));
        }
        node(offset, Kind::Call(Call { name: name.into(), function, member, arguments }))
    }

    /// `'[' (expr (',' expr)*)? ','? ']'`
    fn list(&mut self) -> Result<Vec<Expr>, CompileError> {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.at("]") && !self.at(",") {
            items.push(self.expr()?);
            if !self.accept(",")? {
                break;
            }
        }
        if items.is_empty() {
            self.accept(",")?;
        }
        self.expect("]")?;
        Ok(items)
    }

    /// `'{' (expr ':' expr (',' expr ':' expr)*)? ','? '}'`
    fn map(&mut self) -> Result<Vec<[Expr; 2]>, CompileError> {
        self.expect("{")?;
        let mut entries = Vec::new();
        while !self.at("}") && !self.at(",") {
            let key = self.expr()?;
            self.expect(":")?;
            entries.push([key, self.expr()?]);
            if !self.accept(",")? {
                break;
            }
        }
        if entries.is_empty() {
            self.accept(",")?;
        }
        self.expect("}")?;
        Ok(entries)
    }

    fn literal(&mut self, negative: bool) -> Result<Literal, CompileError> {
        let sign = if negative { "-" } else { "" };
        let invalid = |kind: &str| CompileError::new(self.token.offset, format!("invalid {kind} literal"));
        Ok(match &mut self.token.kind {
            TokenKind::Symbol("null") => Literal::Null,
            TokenKind::Symbol("true") => Literal::Bool(true),
            TokenKind::Symbol("false") => Literal::Bool(false),
            TokenKind::Int(text) => {
                let (digits, radix) = text.strip_prefix("0x").map_or((*text, 10), |digits| (digits, 16));
                let value = i64::from_str_radix(&format!("{sign}{digits}"), radix);
                Literal::Int(value.map_err(|_| invalid("int"))?)
            }
            TokenKind::Uint(text) => {
                let (digits, radix) = text.strip_prefix("0x").map_or((*text, 10), |digits| (digits, 16));
                Literal::Uint(u64::from_str_radix(digits, radix).map_err(|_| invalid("uint"))?)
            }
            TokenKind::Double(text) => {
                let value: f64 = format!("{sign}{text}").parse().map_err(|_| invalid("double"))?;
                if value.is_infinite() {
                    return Err(invalid("double"));
                }
                Literal::Double(value)
            }
            TokenKind::String(text) => Literal::String(std::mem::take(text).into()),
            TokenKind::Bytes(bytes) => Literal::Bytes(std::mem::take(bytes).into()),
            _ => return Err(self.unexpected("a value")),
        })
    }
}

/// The two types whose names have dots.
fn well_known_type(target: &Expr, name: &str) -> Option<&'static str> {
    let Kind::Select(package, middle) = &target.kind else { return None };
    match (&package.kind, &**middle, name) {
        (Kind::Ident(google), "protobuf", "Timestamp") if &**google == "google" => {
            Some("google.protobuf.Timestamp")
        }
        (Kind::Ident(google), "protobuf", "Duration") if &**google == "google" => {
            Some("google.protobuf.Duration")
        }
        _ => None,
    }
}
