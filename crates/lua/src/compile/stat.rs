//! Reading statements.

use super::emit::Exp;
use super::lex::{Tok, Word};
use super::scope::Variable;
use super::{MULTI, Op, Parser, Rk, SyntaxError};

/// A place to assign to.
enum Target {
    Local(u8),
    Upvalue(u8),
    Global(u16),
    Index { t: u8, k: Rk },
}

// === impl Parser ===

impl Parser<'_> {
    /// The statements up to the end of a block.
    pub fn block(&mut self) -> Result<(), SyntaxError> {
        while !self.block_ends() {
            let last = matches!(self.current.tok, Tok::Word(Word::Return | Word::Break));
            self.nested(Self::statement)?;
            while self.accept(Tok::Sign(b';'))? {}
            let locals = self.func().locals.len();
            self.func().free = locals;
            if last && !self.block_ends() {
                return Err(self.unexpected());
            }
        }
        Ok(())
    }

    fn block_ends(&self) -> bool {
        use Word::{Else, ElseIf, End, Until};
        matches!(self.current.tok, Tok::Eof | Tok::Word(Else | ElseIf | End | Until))
    }

    /// A block with variables of its own.
    pub fn scope(&mut self) -> Result<(), SyntaxError> {
        self.enter_block(false);
        self.block()?;
        self.leave_block()
    }

    fn statement(&mut self) -> Result<(), SyntaxError> {
        let Tok::Word(word) = self.current.tok else {
            return match self.current.tok {
                Tok::Sign(b';') => Ok(()),
                Tok::Label => self.label_statement(),
                _ => self.expression_statement(),
            };
        };
        match word {
            Word::If => self.if_statement(),
            Word::While => self.while_statement(),
            Word::Do => {
                self.advance()?;
                self.scope()?;
                self.expect(Tok::Word(Word::End))
            }
            Word::For => self.for_statement(),
            Word::Repeat => self.repeat_statement(),
            Word::Function => self.function_statement(),
            Word::Local => {
                self.advance()?;
                if self.accept(Tok::Word(Word::Function))? { self.local_function() } else { self.local() }
            }
            Word::Return => self.return_statement(),
            Word::Break => {
                self.advance()?;
                self.leave_loop()
            }
            Word::Goto => {
                self.advance()?;
                let name = self.name()?;
                self.goto(name)?;
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn label_statement(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        let name = self.name()?;
        self.expect(Tok::Label)?;
        while self.accept(Tok::Sign(b';'))? {}
        let last = self.block_ends();
        self.label(name, last)
    }

    fn if_statement(&mut self) -> Result<(), SyntaxError> {
        let mut ends = Vec::new();
        loop {
            // At `if` or `elseif`.
            self.advance()?;
            let condition = self.expr()?;
            let skip = self.jump_unless(condition)?;
            self.expect(Tok::Word(Word::Then))?;
            self.scope()?;
            let more = self.is_word(Word::ElseIf);
            if more || self.is_word(Word::Else) {
                let end = self.jump();
                ends.push(end);
            }
            if let Some(skip) = skip {
                self.patch_here(skip);
            }
            if !more {
                break;
            }
        }
        if self.accept(Tok::Word(Word::Else))? {
            self.scope()?;
        }
        self.expect(Tok::Word(Word::End))?;
        for end in ends {
            self.patch_here(end);
        }
        Ok(())
    }

    /// Brings `n` expressions to `wanted` values in the registers from `first`.
    pub fn adjust(&mut self, first: usize, wanted: usize, n: usize, last: Exp) -> Result<(), SyntaxError> {
        let missing = (wanted + 1).saturating_sub(n);
        match last {
            Exp::Call { at, .. } if missing != 1 => {
                self.set_results(at, missing as u8);
                self.reserve(missing)?;
            }
            Exp::VarArg if missing != 1 => {
                let a = self.reserve(missing)?;
                self.emit(Op::VarArg { a, n: missing as u8 });
            }
            last => {
                self.place_next(last)?;
                if missing > 1 {
                    let a = self.reserve(missing - 1)?;
                    self.emit(Op::LoadNil { a, n: (missing - 1) as u8 });
                }
            }
        }
        if n > wanted {
            self.func().free = first + wanted;
        }
        Ok(())
    }

    fn local(&mut self) -> Result<(), SyntaxError> {
        let mut names = vec![self.name()?];
        while self.accept(Tok::Sign(b','))? {
            names.push(self.name()?);
        }
        if self.accept(Tok::Sign(b'='))? {
            let first = self.func().free;
            let (n, last) = self.expressions()?;
            self.adjust(first, names.len(), n, last)?;
        } else {
            let a = self.reserve(names.len())?;
            self.emit(Op::LoadNil { a, n: names.len() as u8 });
        }
        names.into_iter().try_for_each(|name| self.declare(name))
    }

    fn local_function(&mut self) -> Result<(), SyntaxError> {
        let name = self.name()?;
        self.declare(name)?;
        // The closure lands in the variable's own register, where the body already sees it.
        self.function_body(false).map(|_| ())
    }

    fn function_statement(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        let name = self.name()?;
        let mut target = match self.resolve(&name)? {
            Variable::Local(r) => Target::Local(r),
            Variable::Upvalue(u) => Target::Upvalue(u),
            Variable::Global(k) => Target::Global(k),
        };
        let mut method = false;
        while !method && (self.is_sign(b'.') || self.is_sign(b':')) {
            method = self.is_sign(b':');
            let object = match target {
                Target::Local(r) => Exp::Reg(r),
                Target::Upvalue(u) => Exp::Upvalue(u),
                Target::Global(k) => Exp::Global(k),
                Target::Index { t, k } => Exp::Index { t, k },
            };
            let t = self.place_any(object)?;
            self.advance()?;
            let key = self.name()?;
            target = Target::Index { t, k: Rk(self.string_const(&key)? + 256) };
        }
        let body = self.function_body(method)?;
        self.store(target, body)
    }

    fn store(&mut self, target: Target, value: Exp) -> Result<(), SyntaxError> {
        match target {
            Target::Local(r) => self.place_in(value, r),
            Target::Upvalue(u) => {
                let a = self.place_any(value)?;
                self.emit(Op::SetUp { a, u });
                self.release(a);
                Ok(())
            }
            Target::Global(k) => {
                let v = self.place_rk(value)?;
                self.emit(Op::SetGlobal { v, k });
                Ok(())
            }
            Target::Index { t, k } => {
                let v = self.place_rk(value)?;
                self.emit(Op::SetIndex { t, k, v });
                Ok(())
            }
        }
    }

    fn expression_statement(&mut self) -> Result<(), SyntaxError> {
        let (e, assignable) = self.suffixed()?;
        if let Exp::Call { at, .. } = e {
            self.set_results(at, 0);
            return if self.is_sign(b'=') { Err(self.unexpected()) } else { Ok(()) };
        }
        if !assignable || !(self.is_sign(b'=') || self.is_sign(b',')) {
            return Err(self.no_statement());
        }
        let mut targets = vec![self.target(e, self.is_sign(b','))?];
        while self.accept(Tok::Sign(b','))? {
            let (e, assignable) = self.suffixed()?;
            if !assignable {
                return Err(self.unexpected());
            }
            let target = self.target(e, true)?;
            targets.push(target);
            if targets.len() > MULTI.into() {
                return Err(SyntaxError::compiler("too many variables in assignment"));
            }
        }
        self.expect(Tok::Sign(b'='))?;
        let first = self.func().free;
        let wanted = targets.len();
        let (n, last) = self.expressions()?;
        if let Some(target) = targets.pop_if(|_| wanted == 1 && n == 1) {
            return self.store(target, last);
        }
        self.adjust(first, wanted, n, last)?;
        for (at, target) in targets.into_iter().enumerate().rev() {
            self.store(target, Exp::Reg((first + at) as u8))?;
        }
        Ok(())
    }

    /// Makes a target of an expression. In an assignment to several, the table and the key are copied: another
    /// target may be the variable that holds them.
    fn target(&mut self, e: Exp, several: bool) -> Result<Target, SyntaxError> {
        Ok(match e {
            Exp::Reg(r) => Target::Local(r),
            Exp::Upvalue(u) => Target::Upvalue(u),
            Exp::Global(k) => Target::Global(k),
            Exp::Index { t, k } if several => {
                let t = self.copy(t)?;
                let k = if k.0 < 256 { Rk(u16::from(self.copy(k.0 as u8)?)) } else { k };
                Target::Index { t, k }
            }
            Exp::Index { t, k } => Target::Index { t, k },
            _ => return Err(self.unexpected()),
        })
    }

    fn copy(&mut self, register: u8) -> Result<u8, SyntaxError> {
        if usize::from(register) >= self.func().locals.len() {
            return Ok(register);
        }
        let a = self.reserve(1)?;
        self.emit(Op::Move { a, b: register });
        Ok(a)
    }

    fn return_statement(&mut self) -> Result<(), SyntaxError> {
        self.advance()?;
        if self.block_ends() || self.is_sign(b';') {
            self.emit(Op::Return { a: 0, n: 0 });
            return Ok(());
        }
        let a = self.func().free as u8;
        let (n, last) = self.expressions()?;
        if let (1, &Exp::Call { at, f }) = (n, &last) {
            if let Op::Call { a, n, .. } = self.func().proto.code[at] {
                self.func().proto.code[at] = Op::TailCall { a, n };
                // A function of the gateway is called in place, and its results are returned here.
                self.emit(Op::Return { a: f, n: MULTI });
            }
            return Ok(());
        }
        if n == 1 && !matches!(last, Exp::VarArg) {
            let a = self.place_any(last)?;
            self.emit(Op::Return { a, n: 1 });
            return Ok(());
        }
        let n = if self.place_list(last)? { MULTI } else { n as u8 };
        self.emit(Op::Return { a, n });
        Ok(())
    }
}
