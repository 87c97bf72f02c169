//! Reading expressions.

use super::emit::Exp;
use super::lex::{Tok, Word};
use super::scope::Variable;
use super::{Arith, Cmp, MULTI, Op, Parser, Rk, SyntaxError};

const UNARY: u8 = 8;

#[derive(Clone, Copy, PartialEq)]
enum Binary {
    Or,
    And,
    Compare(Cmp, bool, bool),
    Concat,
    Arith(Arith),
}

/// What an operator is, and how strongly it binds to its left and its right.
fn binary(tok: &Tok) -> Option<(Binary, u8, u8)> {
    Some(match tok {
        Tok::Word(Word::Or) => (Binary::Or, 1, 1),
        Tok::Word(Word::And) => (Binary::And, 2, 2),
        Tok::Sign(b'<') => (Binary::Compare(Cmp::Lt, false, false), 3, 3),
        Tok::Sign(b'>') => (Binary::Compare(Cmp::Lt, false, true), 3, 3),
        Tok::Le => (Binary::Compare(Cmp::Le, false, false), 3, 3),
        Tok::Ge => (Binary::Compare(Cmp::Le, false, true), 3, 3),
        Tok::Eq => (Binary::Compare(Cmp::Eq, false, false), 3, 3),
        Tok::Ne => (Binary::Compare(Cmp::Eq, true, false), 3, 3),
        Tok::Concat => (Binary::Concat, 5, 4),
        Tok::Sign(b'+') => (Binary::Arith(Arith::Add), 6, 6),
        Tok::Sign(b'-') => (Binary::Arith(Arith::Sub), 6, 6),
        Tok::Sign(b'*') => (Binary::Arith(Arith::Mul), 7, 7),
        Tok::Sign(b'/') => (Binary::Arith(Arith::Div), 7, 7),
        Tok::Sign(b'%') => (Binary::Arith(Arith::Mod), 7, 7),
        Tok::Sign(b'^') => (Binary::Arith(Arith::Pow), 10, 9),
        _ => return None,
    })
}

// === impl Parser ===

impl Parser<'_> {
    /// Reads an expression.
    pub fn expr(&mut self) -> Result<Exp, SyntaxError> {
        self.operators(0)
    }

    fn operators(&mut self, limit: u8) -> Result<Exp, SyntaxError> {
        self.nested(|p| {
            let mut left = p.unary()?;
            while let Some((op, _, to_right)) = binary(&p.current.tok).filter(|(_, l, _)| *l > limit) {
                p.advance()?;
                left = p.binary(op, left, to_right)?;
            }
            Ok(left)
        })
    }

    fn unary(&mut self) -> Result<Exp, SyntaxError> {
        let tok = self.current.tok.clone();
        if !matches!(tok, Tok::Word(Word::Not) | Tok::Sign(b'-' | b'#')) {
            return self.simple();
        }
        self.advance()?;
        let operand = self.operators(UNARY)?;
        Ok(match (tok, operand) {
            (Tok::Word(Word::Not), Exp::Nil | Exp::Bool(false)) => Exp::Bool(true),
            (Tok::Word(Word::Not), Exp::Bool(true) | Exp::Number(_) | Exp::Str(_)) => Exp::Bool(false),
            (Tok::Word(Word::Not), Exp::Compare { op, negate, b, c }) => {
                Exp::Compare { op, negate: !negate, b, c }
            }
            (Tok::Word(Word::Not), e) => Exp::Not(self.place_any(e)?),
            (Tok::Sign(b'-'), Exp::Number(n)) => Exp::Number(-n),
            (sign, e) => {
                let b = self.place_any(e)?;
                self.release(b);
                let a = self.reserve(1)?;
                self.emit(if sign == Tok::Sign(b'-') { Op::Neg { a, b } } else { Op::Len { a, b } });
                Exp::Reg(a)
            }
        })
    }

    fn binary(&mut self, op: Binary, left: Exp, to_right: u8) -> Result<Exp, SyntaxError> {
        match op {
            Binary::And | Binary::Or => {
                let a = self.place_next(left)?;
                let jump =
                    if op == Binary::And { Op::JumpUnless { a, to: 0 } } else { Op::JumpIf { a, to: 0 } };
                let jump = self.emit(jump);
                self.release(a);
                let right = self.operators(to_right)?;
                self.place_next(right)?;
                self.patch_here(jump);
                Ok(Exp::Reg(a))
            }
            Binary::Concat => {
                let first = self.place_next(left)?;
                match self.operators(to_right)? {
                    Exp::Concat { first: next, n } if next == first + 1 => {
                        Ok(Exp::Concat { first, n: n + 1 })
                    }
                    right => {
                        self.place_next(right)?;
                        Ok(Exp::Concat { first, n: 2 })
                    }
                }
            }
            Binary::Arith(op) => {
                let b = self.operand(left)?;
                match (b, self.operators(to_right)?) {
                    (Exp::Number(b), Exp::Number(c)) => self.fold(op, b, c),
                    (b, right) => {
                        // A number that waited takes its place among the constants, never a register.
                        let b = self.place_rk(b)?;
                        let c = self.place_rk(right)?;
                        Ok(Exp::Arith { op, b, c })
                    }
                }
            }
            Binary::Compare(op, negate, swap) => {
                let b = self.place_rk(left)?;
                let right = self.operators(to_right)?;
                let c = self.place_rk(right)?;
                let (b, c) = if swap { (c, b) } else { (b, c) };
                Ok(Exp::Compare { op, negate, b, c })
            }
        }
    }

    /// The left side of an operation: evaluated now, unless it is a number that may be folded.
    fn operand(&mut self, e: Exp) -> Result<Exp, SyntaxError> {
        match e {
            Exp::Number(_) => Ok(e),
            e => {
                let rk = self.place_rk(e)?;
                Ok(if rk.0 < 256 { Exp::Reg(rk.0 as u8) } else { Exp::Str(rk.0 - 256) })
            }
        }
    }

    fn fold(&mut self, op: Arith, b: f64, c: f64) -> Result<Exp, SyntaxError> {
        let n = crate::vm::arith(op, b, c);
        if n.is_finite() {
            return Ok(Exp::Number(n));
        }
        Ok(Exp::Arith { op, b: self.place_rk(Exp::Number(b))?, c: self.place_rk(Exp::Number(c))? })
    }

    fn simple(&mut self) -> Result<Exp, SyntaxError> {
        let e = match &self.current.tok {
            Tok::Number(n) => Exp::Number(*n),
            Tok::Text(text) => {
                let text = text.clone();
                Exp::Str(self.string_const(&text)?)
            }
            Tok::Word(Word::Nil) => Exp::Nil,
            Tok::Word(Word::True) => Exp::Bool(true),
            Tok::Word(Word::False) => Exp::Bool(false),
            Tok::Dots => {
                if !self.func().proto.vararg {
                    return Err(SyntaxError::compiler("cannot use '...' outside a vararg function"));
                }
                Exp::VarArg
            }
            Tok::Sign(b'{') => return self.table(),
            Tok::Word(Word::Function) => {
                self.advance()?;
                return self.function_body(false);
            }
            _ => return self.suffixed().map(|(e, _)| e),
        };
        self.advance()?;
        Ok(e)
    }

    /// A name or parenthesis and what follows it; answers whether it may be assigned to.
    pub fn suffixed(&mut self) -> Result<(Exp, bool), SyntaxError> {
        let line = self.current.line;
        let (mut e, mut assignable) = match &self.current.tok {
            Tok::Name(_) => {
                let name = self.name()?;
                let e = match self.resolve(&name)? {
                    Variable::Local(r) => Exp::Reg(r),
                    Variable::Upvalue(u) => Exp::Upvalue(u),
                    Variable::Global(k) => Exp::Global(k),
                };
                (e, true)
            }
            Tok::Sign(b'(') => {
                self.advance()?;
                let e = self.expr()?;
                self.expect(Tok::Sign(b')'))?;
                // Parentheses cut a list to one value.
                let e = match e {
                    Exp::Call { .. } | Exp::VarArg => Exp::Reg(self.place_next(e)?),
                    e => e,
                };
                (e, false)
            }
            _ => return Err(self.unexpected()),
        };
        loop {
            assignable = match self.current.tok {
                Tok::Sign(b'.') => {
                    let t = self.place_any(e)?;
                    self.advance()?;
                    let name = self.name()?;
                    e = Exp::Index { t, k: Rk(self.string_const(&name)? + 256) };
                    true
                }
                Tok::Sign(b'[') => {
                    let t = self.place_any(e)?;
                    self.advance()?;
                    let key = self.expr()?;
                    e = Exp::Index { t, k: self.place_rk(key)? };
                    self.expect(Tok::Sign(b']'))?;
                    true
                }
                Tok::Sign(b':') => {
                    self.advance()?;
                    let name = self.name()?;
                    let k = Rk(self.string_const(&name)? + 256);
                    let t = self.place_any(e)?;
                    self.release(t);
                    let a = self.reserve(2)?;
                    self.emit_at(Op::Method { a, t, k }, line);
                    e = self.call(a, 1, line)?;
                    false
                }
                Tok::Sign(b'(') | Tok::Text(_) | Tok::Sign(b'{') => {
                    let a = self.place_next(e)?;
                    e = self.call(a, 0, line)?;
                    false
                }
                _ => return Ok((e, assignable)),
            };
        }
    }

    /// The arguments of a call of register `a`, `given` of which are there already.
    fn call(&mut self, a: u8, given: u8, line: u32) -> Result<Exp, SyntaxError> {
        let mut n = None;
        match &self.current.tok {
            Tok::Text(text) => {
                let text = text.clone();
                self.advance()?;
                let k = self.string_const(&text)?;
                self.place_next(Exp::Str(k))?;
            }
            Tok::Sign(b'{') => {
                let table = self.table()?;
                self.place_next(table)?;
            }
            Tok::Sign(b'(') => {
                self.advance()?;
                if !self.is_sign(b')') {
                    let (_, last) = self.expressions()?;
                    if self.place_list(last)? {
                        n = Some(MULTI);
                    }
                }
                self.expect(Tok::Sign(b')'))?;
            }
            _ => return Err(self.unexpected()),
        }
        let free = self.func().free as u8;
        let n = n.unwrap_or(free - a - 1);
        debug_assert!(n == MULTI || n >= given, "a method's object is an argument");
        let at = self.emit_at(Op::Call { a, n, want: 1 }, line);
        self.func().free = usize::from(a);
        Ok(Exp::Call { at, f: a })
    }

    /// A list of expressions, all but the last evaluated into the next registers; answers their number.
    pub fn expressions(&mut self) -> Result<(usize, Exp), SyntaxError> {
        let mut n = 1;
        let mut last = self.expr()?;
        while self.accept(Tok::Sign(b','))? {
            self.place_next(last)?;
            last = self.expr()?;
            n += 1;
        }
        Ok((n, last))
    }
}
