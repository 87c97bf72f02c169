//! Reading loops.

use super::emit::Exp;
use super::lex::{Tok, Word};
use super::{Op, Parser, SyntaxError};
use crate::value::Str;

// === impl Parser ===

impl Parser<'_> {
    pub fn while_statement(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        let start = self.here();
        let condition = self.expr()?;
        let exit = self.jump_unless(condition)?;
        self.expect(Tok::Word(Word::Do))?;
        self.enter_block(true);
        self.scope()?;
        self.emit(Op::Jump { to: start as u32 });
        self.expect(Tok::Word(Word::End))?;
        self.leave_block()?;
        if let Some(exit) = exit {
            self.patch_here(exit);
        }
        Ok(())
    }

    pub fn repeat_statement(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        let start = self.here();
        self.enter_block(true);
        self.enter_block(false);
        self.block()?;
        self.expect(Tok::Word(Word::Until))?;
        // The condition sees the variables of the body.
        let condition = self.expr()?;
        let again = self.jump_unless(condition)?;
        if self.block_captured() {
            let a = self.block_start();
            self.emit(Op::Close { a });
            let exit = self.jump();
            if let Some(again) = again {
                self.patch_here(again);
            }
            self.emit(Op::Close { a });
            self.emit(Op::Jump { to: start as u32 });
            self.patch_here(exit);
        } else if let Some(again) = again {
            self.patch(again, start);
        }
        self.leave_block()?;
        self.leave_block()
    }

    pub fn for_statement(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        self.enter_block(true);
        let first = self.name()?;
        if self.accept(Tok::Sign(b'='))? {
            self.for_numbers(first)?;
        } else {
            self.for_each(first)?;
        }
        self.expect(Tok::Word(Word::End))?;
        self.leave_block()
    }

    fn for_numbers(&mut self, name: Str) -> Result<(), SyntaxError> {
        let start = self.expr()?;
        let a = self.place_next(start)?;
        self.expect(Tok::Sign(b','))?;
        let limit = self.expr()?;
        self.place_next(limit)?;
        let step = if self.accept(Tok::Sign(b','))? { self.expr()? } else { Exp::Number(1.0) };
        self.place_next(step)?;
        for hidden in ["(for index)", "(for limit)", "(for step)"] {
            self.declare(Str::from(hidden))?;
        }
        let line = self.line;
        self.expect(Tok::Word(Word::Do))?;
        let prepare = self.emit_at(Op::ForPrep { a, to: 0 }, line);
        self.enter_block(false);
        self.reserve(1)?;
        self.declare(name)?;
        self.block()?;
        self.leave_block()?;
        self.patch_here(prepare);
        self.emit_at(Op::ForLoop { a, to: prepare as u32 + 1 }, line);
        Ok(())
    }

    fn for_each(&mut self, first: Str) -> Result<(), SyntaxError> {
        let mut names = vec![first];
        while self.accept(Tok::Sign(b','))? {
            names.push(self.name()?);
        }
        self.expect(Tok::Word(Word::In))?;
        let a = self.func().free as u8;
        let line = self.current.line;
        let (n, last) = self.expressions()?;
        self.adjust(a.into(), 3, n, last)?;
        for hidden in ["(for generator)", "(for state)", "(for control)"] {
            self.declare(Str::from(hidden))?;
        }
        self.expect(Tok::Word(Word::Do))?;
        let enter = self.jump();
        self.enter_block(false);
        // The call needs three registers of its own behind the hidden ones.
        self.reserve(names.len().max(3))?;
        let n = names.len() as u8;
        for name in names {
            self.declare(name)?;
        }
        let variables = self.func().locals.len();
        self.func().free = variables;
        let body = self.here();
        self.block()?;
        self.leave_block()?;
        self.patch_here(enter);
        self.emit_at(Op::ForCall { a, n }, line);
        self.emit_at(Op::ForTest { a, to: body as u32 }, line);
        Ok(())
    }
}
