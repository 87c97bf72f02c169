//! Expressions that are not in a register yet, and the instructions that bring them there.

use super::{Arith, Cmp, Const, Op, Parser, Rk, SyntaxError};
use crate::value::Str;

/// An expression read but not evaluated.
pub enum Exp {
    Nil,
    Bool(bool),
    Number(f64),
    Str(u16),
    /// A register: a variable, or a temporary value at the top.
    Reg(u8),
    Upvalue(u8),
    Global(u16),
    Index {
        t: u8,
        k: Rk,
    },
    /// The call at an instruction, its results begin at the register.
    Call {
        at: usize,
        f: u8,
    },
    VarArg,
    Arith {
        op: Arith,
        b: Rk,
        c: Rk,
    },
    Compare {
        op: Cmp,
        negate: bool,
        b: Rk,
        c: Rk,
    },
    Not(u8),
    Concat {
        first: u8,
        n: u8,
    },
}

// === impl Parser ===

impl Parser<'_> {
    pub fn emit(&mut self, op: Op) -> usize {
        let line = self.line;
        self.emit_at(op, line)
    }

    pub fn emit_at(&mut self, op: Op, line: u32) -> usize {
        let proto = &mut self.func().proto;
        proto.code.push(op);
        proto.lines.push(line);
        proto.code.len() - 1
    }

    /// The place of the next instruction.
    pub fn here(&mut self) -> usize {
        self.func().proto.code.len()
    }

    pub fn jump(&mut self) -> usize {
        self.emit(Op::Jump { to: 0 })
    }

    pub fn patch_here(&mut self, at: usize) {
        let to = self.here();
        self.patch(at, to);
    }

    pub fn patch(&mut self, at: usize, target: usize) {
        match &mut self.func().proto.code[at] {
            Op::Jump { to }
            | Op::JumpIf { to, .. }
            | Op::JumpUnless { to, .. }
            | Op::ForPrep { to, .. }
            | Op::ForLoop { to, .. }
            | Op::ForTest { to, .. } => *to = target as u32,
            _ => {}
        }
    }

    fn constant(&mut self, value: Const) -> Result<u16, SyntaxError> {
        let consts = &mut self.func().proto.consts;
        // Operands name constants behind the 256 registers.
        if consts.len() >= usize::from(u16::MAX) - 256 {
            return Err(SyntaxError::compiler("too many constants"));
        }
        consts.push(value);
        Ok((consts.len() - 1) as u16)
    }

    pub fn string_const(&mut self, text: &Str) -> Result<u16, SyntaxError> {
        if let Some(k) = self.func().strings.get(text.bytes()) {
            return Ok(*k);
        }
        let k = self.constant(Const::Str(text.clone()))?;
        self.func().strings.insert(text.bytes().to_vec(), k);
        Ok(k)
    }

    fn number_const(&mut self, n: f64) -> Result<u16, SyntaxError> {
        if let Some(k) = self.func().numbers.get(&n.to_bits()) {
            return Ok(*k);
        }
        let k = self.constant(Const::Number(n))?;
        self.func().numbers.insert(n.to_bits(), k);
        Ok(k)
    }

    fn release_rk(&mut self, rk: Rk) {
        if rk.0 < 256 {
            self.release(rk.0 as u8);
        }
    }

    /// Frees the registers of an expression.
    fn release_operands(&mut self, e: &Exp) {
        match *e {
            Exp::Reg(r) | Exp::Not(r) => self.release(r),
            Exp::Index { t, k } => {
                self.release_rk(k);
                self.release(t);
            }
            Exp::Arith { b, c, .. } | Exp::Compare { b, c, .. } => {
                self.release_rk(c);
                self.release_rk(b);
            }
            Exp::Concat { first, .. } => self.release(first),
            _ => {}
        }
    }

    /// Evaluates into a register that is already taken.
    pub fn place_in(&mut self, e: Exp, a: u8) -> Result<(), SyntaxError> {
        self.release_operands(&e);
        self.load(e, a)
    }

    fn load(&mut self, e: Exp, a: u8) -> Result<(), SyntaxError> {
        let op = match e {
            Exp::Nil => Op::LoadNil { a, n: 1 },
            Exp::Bool(v) => Op::LoadBool { a, v },
            Exp::Number(n) => Op::LoadK { a, k: self.number_const(n)? },
            Exp::Str(k) => Op::LoadK { a, k },
            Exp::Reg(b) if b == a => return Ok(()),
            Exp::Reg(b) => Op::Move { a, b },
            Exp::Upvalue(u) => Op::GetUp { a, u },
            Exp::Global(k) => Op::GetGlobal { a, k },
            Exp::Index { t, k } => Op::GetIndex { a, t, k },
            Exp::VarArg => Op::VarArg { a, n: 1 },
            Exp::Arith { op, b, c } => Op::Arith { op, a, b, c },
            Exp::Compare { op, negate, b, c } => Op::Compare { op, negate, a, b, c },
            Exp::Not(b) => Op::Not { a, b },
            Exp::Concat { first, n } => Op::Concat { a, first, n },
            Exp::Call { at, f } => {
                self.set_results(at, 1);
                if f == a {
                    return Ok(());
                }
                Op::Move { a, b: f }
            }
        };
        self.emit(op);
        Ok(())
    }

    /// Evaluates into the next free register.
    pub fn place_next(&mut self, e: Exp) -> Result<u8, SyntaxError> {
        self.release_operands(&e);
        let a = self.reserve(1)?;
        self.load(e, a)?;
        Ok(a)
    }

    /// Evaluates into any register: a variable stays where it is.
    pub fn place_any(&mut self, e: Exp) -> Result<u8, SyntaxError> {
        match e {
            Exp::Reg(r) => Ok(r),
            e => self.place_next(e),
        }
    }

    /// As an operand: a constant or any register.
    pub fn place_rk(&mut self, e: Exp) -> Result<Rk, SyntaxError> {
        let k = match e {
            Exp::Number(n) => self.number_const(n)?,
            Exp::Str(k) => k,
            Exp::Nil => self.constant(Const::Nil)?,
            Exp::Bool(v) => self.constant(Const::Bool(v))?,
            e => return self.place_any(e).map(|r| Rk(u16::from(r))),
        };
        Ok(Rk(k + 256))
    }

    /// Evaluates as a condition; answers the jump that is taken when it is false.
    pub fn jump_unless(&mut self, e: Exp) -> Result<Option<usize>, SyntaxError> {
        self.release_operands(&e);
        match e {
            Exp::Bool(true) | Exp::Number(_) | Exp::Str(_) => Ok(None),
            Exp::Compare { op, negate, b, c } => {
                self.emit(Op::Skip { op, when: !negate, b, c });
                Ok(Some(self.jump()))
            }
            Exp::Not(a) => Ok(Some(self.emit(Op::JumpIf { a, to: 0 }))),
            e => {
                let a = self.place_any(e)?;
                self.release(a);
                Ok(Some(self.emit(Op::JumpUnless { a, to: 0 })))
            }
        }
    }

    /// Sets the number of results of a call.
    pub fn set_results(&mut self, at: usize, n: u8) {
        match &mut self.func().proto.code[at] {
            Op::Call { want, .. } => *want = n,
            Op::VarArg { n: count, .. } => *count = n,
            _ => {}
        }
    }

    /// Keeps all values of an expression that can have many, in a list that ends the registers.
    /// Answers false, with the value in the next register, if it is a single one.
    pub fn place_list(&mut self, e: Exp) -> Result<bool, SyntaxError> {
        match e {
            Exp::Call { at, .. } => {
                self.set_results(at, super::MULTI);
                Ok(true)
            }
            Exp::VarArg => {
                let a = self.reserve(1)?;
                self.emit(Op::VarArg { a, n: super::MULTI });
                self.release(a);
                Ok(true)
            }
            e => {
                self.place_next(e)?;
                Ok(false)
            }
        }
    }
}
