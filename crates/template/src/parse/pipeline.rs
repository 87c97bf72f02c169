//! Pipelines, their commands, and the operands of these.

use crate::ast::{Command, Operand, OperandKind, Pipe};
use crate::error::ParseError;
use crate::lex::TokenKind;
use crate::literal;
use crate::print::quote;

use super::Parser;

// === impl Parser: pipelines ===

impl<'t> Parser<'t> {
    /// A pipeline up to `end`, and the byte behind that.
    pub(super) fn pipeline(&mut self, context: &str, end: TokenKind) -> Result<(Pipe, usize), ParseError> {
        let start = self.peek_solid().start;
        let mut pipe = Pipe { start, names: Vec::new(), assigns: false, commands: Vec::new() };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.solid();
            match token.kind {
                kind if kind == end => {
                    self.check_pipeline(&pipe, context)?;
                    return Ok((pipe, token.start + token.text.len()));
                }
                TokenKind::Bool
                | TokenKind::CharConstant
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::RawString
                | TokenKind::String
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    self.back(token);
                    pipe.commands.push(self.command()?);
                }
                TokenKind::Keyword if token.text == "nil" => {
                    self.back(token);
                    pipe.commands.push(self.command()?);
                }
                _ => return Err(self.unexpected(&token, context)),
            }
        }
    }

    /// The variables that take the value: `$x :=`, `$x =`, `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Result<(), ParseError> {
        while self.peek_solid().kind == TokenKind::Variable {
            let variable = self.solid();
            let after = self.next();
            let next = if after.kind == TokenKind::Space { self.solid() } else { after.clone() };
            match next.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    pipe.assigns = next.kind == TokenKind::Assign;
                    pipe.names.push((&*variable.text).into());
                    self.variables.push((&*variable.text).into());
                    return Ok(());
                }
                TokenKind::Char if next.text == "," => {
                    pipe.names.push((&*variable.text).into());
                    self.variables.push((&*variable.text).into());
                    if context != "range" || pipe.names.len() > 1 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                    let ahead = self.peek_solid().kind;
                    if !matches!(
                        ahead,
                        TokenKind::Variable | TokenKind::RightDelimiter | TokenKind::RightParen
                    ) {
                        return Err(self.error("range can only initialize variables"));
                    }
                }
                _ => {
                    // Where `next` follows a blank, the blank says that the variable is an argument.
                    if after.kind == TokenKind::Space {
                        self.back(next);
                    }
                    self.back(after);
                    self.back(variable);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Only the first command of a pipeline may be a value.
    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Result<(), ParseError> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (i, command) in pipe.commands.iter().enumerate().skip(1) {
            if command.args.first().is_some_and(|first| {
                matches!(
                    first.kind,
                    OperandKind::Bool(_)
                        | OperandKind::Dot
                        | OperandKind::Nil
                        | OperandKind::Number(_)
                        | OperandKind::String { .. }
                )
            }) {
                return Err(self.error(format!("non executable command in pipeline stage {}", i + 1)));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<Command, ParseError> {
        let mut command = Command { start: self.peek_solid().start, args: Vec::new() };
        loop {
            while self.peek() == TokenKind::Space {
                self.next();
            }
            if let Some(operand) = self.operand()? {
                command.args.push(operand);
            }
            let token = self.next();
            match token.kind {
                TokenKind::Space => {}
                TokenKind::RightDelimiter | TokenKind::RightParen => {
                    self.back(token);
                    break;
                }
                TokenKind::Pipe => break,
                _ => return Err(self.unexpected(&token, "operand")),
            }
        }
        if command.args.is_empty() { Err(self.error("empty command")) } else { Ok(command) }
    }

    fn operand(&mut self) -> Result<Option<Operand>, ParseError> {
        let Some(mut operand) = self.term()? else { return Ok(None) };
        let mut path: Vec<Box<str>> = Vec::new();
        let mut start = operand.start;
        while self.peek() == TokenKind::Field {
            let field = self.next();
            if path.is_empty() {
                start = field.start;
            }
            path.push(field.text.get(1..).unwrap_or_default().into());
        }
        if path.is_empty() {
            return Ok(Some(operand));
        }
        match &mut operand.kind {
            OperandKind::Field(own) | OperandKind::Variable(own) => {
                own.append(&mut path);
                operand.start = start;
                Ok(Some(operand))
            }
            OperandKind::Bool(_)
            | OperandKind::String { .. }
            | OperandKind::Number(_)
            | OperandKind::Nil
            | OperandKind::Dot => {
                Err(self.error(format!("unexpected . after term {}", quote(&operand.to_string()))))
            }
            _ => Ok(Some(Operand { start, kind: OperandKind::Chain(Box::new(operand), path) })),
        }
    }

    fn term(&mut self) -> Result<Option<Operand>, ParseError> {
        let token = self.solid();
        let start = token.start;
        let kind = match token.kind {
            TokenKind::Identifier => match self.lookup.find(&token.text) {
                Ok(callee) => OperandKind::Function(callee),
                Err(message) => return Err(self.error(message)),
            },
            TokenKind::Dot => OperandKind::Dot,
            TokenKind::Keyword if token.text == "nil" => OperandKind::Nil,
            TokenKind::Variable => {
                if !self.variables.iter().any(|name| **name == *token.text) {
                    return Err(self.error(format!("undefined variable {}", quote(&token.text))));
                }
                OperandKind::Variable(vec![(&*token.text).into()])
            }
            TokenKind::Field => OperandKind::Field(vec![token.text.get(1..).unwrap_or_default().into()]),
            TokenKind::Bool => OperandKind::Bool(token.text == "true"),
            TokenKind::CharConstant => {
                OperandKind::Number(literal::character(&token.text).map_err(|why| self.error(why))?)
            }
            TokenKind::Number => {
                OperandKind::Number(literal::number(&token.text).map_err(|why| self.error(why))?)
            }
            TokenKind::LeftParen => {
                self.enter()?;
                let (pipe, _) = self.pipeline("parenthesized pipeline", TokenKind::RightParen)?;
                self.depth -= 1;
                // A pipeline starts behind its parenthesis.
                return Ok(Some(Operand { start: pipe.start, kind: OperandKind::Pipe(Box::new(pipe)) }));
            }
            TokenKind::String | TokenKind::RawString => {
                let value = literal::unquote(&token.text).map_err(|why| self.error(why))?;
                OperandKind::String { value: value.into(), written: (&*token.text).into() }
            }
            _ => {
                self.back(token);
                return Ok(None);
            }
        };
        Ok(Some(Operand { start, kind }))
    }
}
