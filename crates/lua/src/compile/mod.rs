//! Source to code in one pass: statements are read and emitted at once, there is no tree that a hostile source could nest.

mod code;
mod constructor;
mod emit;
mod expr;
mod lex;
mod loops;
mod scope;
mod stat;

use std::collections::HashMap;
use std::sync::Arc;

use super::value::Str;
pub use code::{Arith, Capture, Chunk, Cmp, Const, MULTI, Op, Proto, Rk};
use lex::{Lexer, Tok, Token, Word};
use scope::{Block, Goto, Label};

/// How deep statements and expressions may nest, as in Lua 5.1: the parser recurses on the host's stack.
const MAX_DEPTH: usize = 200;
/// How many labels, and `goto`s before their labels, a function may have.
const MAX_LABELS: usize = 200;
/// How many registers a function may use; [`MULTI`] isn't a register.
const MAX_REGISTERS: usize = 250;

/// What is wrong with a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntaxError {
    /// KrakenD's text.
    pub message: String,
    /// The line, 0 where KrakenD loses it: at the end of the text and for errors of its compiler.
    pub line: u32,
}

/// Compiles one text of the configuration.
pub fn compile(text: &[u8], chunk: Chunk) -> Result<Arc<Proto>, SyntaxError> {
    let mut steps = usize::MAX;
    compile_within(text, chunk, &mut steps)
}

/// Compiles one text, looking at no more than `steps` names; says how many are left.
pub fn compile_within(text: &[u8], chunk: Chunk, steps: &mut usize) -> Result<Arc<Proto>, SyntaxError> {
    let mut lexer = Lexer::new(text);
    let current = lexer.next()?;
    let line = current.line;
    let mut parser = Parser { lexer, line, current, ahead: None, funcs: Vec::new(), depth: 0, steps, chunk };
    parser.open_func();
    parser.func().proto.vararg = true;
    parser.block()?;
    if parser.current.tok != Tok::Eof {
        return Err(parser.unexpected());
    }
    parser.close_func()
}

/// The state of the parser.
struct Parser<'a> {
    lexer: Lexer<'a>,
    current: Token,
    ahead: Option<Token>,
    /// The line of the last token taken.
    line: u32,
    funcs: Vec<Func>,
    depth: usize,
    /// How many names may still be looked at.
    steps: &'a mut usize,
    chunk: Chunk,
}

/// A function being compiled. The variable `locals[n]` is register n.
#[derive(Default)]
struct Func {
    proto: Proto,
    locals: Vec<Str>,
    /// The first register that holds nothing.
    free: usize,
    blocks: Vec<Block>,
    upvalues: Vec<Str>,
    strings: HashMap<Vec<u8>, u16>,
    numbers: HashMap<u64, u16>,
    labels: Vec<Label>,
    gotos: Vec<Goto>,
}

// === impl SyntaxError ===

impl SyntaxError {
    fn near(line: u32, near: &str, message: &str) -> Self {
        Self { message: format!("'{near}': {message}"), line }
    }

    fn at_end(message: &str) -> Self {
        Self { message: format!("{message} at EOF"), line: 0 }
    }

    fn compiler(message: &str) -> Self {
        Self { message: message.to_owned(), line: 0 }
    }
}

// === impl Parser ===

impl Parser<'_> {
    /// The function being compiled.
    fn func(&mut self) -> &mut Func {
        self.funcs.last_mut().expect("the main function stays open until the end")
    }

    fn open_func(&mut self) {
        let proto = Proto { registers: 2, chunk: self.chunk, ..Proto::default() };
        self.funcs.push(Func { proto, ..Func::default() });
        self.enter_block(false);
    }

    fn close_func(&mut self) -> Result<Arc<Proto>, SyntaxError> {
        self.leave_block()?;
        self.emit(Op::Return { a: 0, n: 0 });
        let func = self.funcs.pop().expect("closed once for each time it was opened");
        match func.gotos.first() {
            Some(goto) => Err(SyntaxError::compiler(&goto.unresolved())),
            None => Ok(Arc::new(func.proto)),
        }
    }

    fn advance(&mut self) -> Result<Token, SyntaxError> {
        let next = match self.ahead.take() {
            Some(token) => token,
            None => self.lexer.next()?,
        };
        let taken = std::mem::replace(&mut self.current, next);
        self.line = taken.line;
        Ok(taken)
    }

    fn look_ahead(&mut self) -> Result<&Tok, SyntaxError> {
        if self.ahead.is_none() {
            self.ahead = Some(self.lexer.next()?);
        }
        Ok(self.ahead.as_ref().map_or(&Tok::Eof, |t| &t.tok))
    }

    fn is_sign(&self, sign: u8) -> bool {
        self.current.tok == Tok::Sign(sign)
    }

    fn is_word(&self, word: Word) -> bool {
        self.current.tok == Tok::Word(word)
    }

    /// Takes the token if it is this one.
    fn accept(&mut self, tok: Tok) -> Result<bool, SyntaxError> {
        let is = self.current.tok == tok;
        if is {
            self.advance()?;
        }
        Ok(is)
    }

    fn expect(&mut self, tok: Tok) -> Result<(), SyntaxError> {
        if self.accept(tok)? { Ok(()) } else { Err(self.unexpected()) }
    }

    fn name(&mut self) -> Result<Str, SyntaxError> {
        match &self.current.tok {
            Tok::Name(name) => {
                let name = name.clone();
                self.advance()?;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> SyntaxError {
        match self.current.tok {
            Tok::Eof => SyntaxError::at_end("syntax error"),
            _ => SyntaxError::near(self.current.line, &self.lexer.source(&self.current), "syntax error"),
        }
    }

    /// An expression that isn't a statement: gopher-lua has another word for that.
    fn no_statement(&self) -> SyntaxError {
        let mut error = self.unexpected();
        error.message = error.message.replacen("syntax error", "parse error", 1);
        error
    }

    /// Counts a level of nesting around a piece of parsing.
    fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth >= MAX_DEPTH {
            return Err(SyntaxError::compiler("chunk has too many syntax levels"));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }
}
