//! Reading what makes tables and functions.

use super::emit::Exp;
use super::lex::{Tok, Word};
use super::{MULTI, Op, Parser, Rk, SyntaxError};
use crate::value::Str;

/// How many elements a constructor gathers before it stores them.
const FLUSH: u8 = 50;

// === impl Parser ===

impl Parser<'_> {
    /// `{ ... }`
    pub fn table(&mut self) -> Result<Exp, SyntaxError> {
        self.nested(|p| {
            let a = p.reserve(1)?;
            let at = p.emit(Op::NewTable { a, array: 0, hash: 0 });
            p.expect(Tok::Sign(b'{'))?;
            let (mut stored, mut waiting, mut fields) = (0u32, 0u8, 0u16);
            while !p.is_sign(b'}') {
                let named = matches!(p.current.tok, Tok::Name(_)) && *p.look_ahead()? == Tok::Sign(b'=');
                if named || p.is_sign(b'[') {
                    p.field(a, named)?;
                    fields = fields.saturating_add(1);
                } else {
                    let e = p.expr()?;
                    let ends = p.is_sign(b'}');
                    if ends && matches!(e, Exp::Call { .. } | Exp::VarArg) {
                        p.place_list(e)?;
                        p.emit(Op::SetList { t: a, n: MULTI, start: stored + 1 });
                        stored += u32::from(waiting);
                        waiting = 0;
                    } else {
                        p.place_next(e)?;
                        waiting += 1;
                    }
                    if waiting == FLUSH {
                        stored = p.flush(a, waiting, stored);
                        waiting = 0;
                    }
                }
                if !p.accept(Tok::Sign(b','))? && !p.accept(Tok::Sign(b';'))? {
                    break;
                }
            }
            p.expect(Tok::Sign(b'}'))?;
            if waiting > 0 {
                stored = p.flush(a, waiting, stored);
            }
            p.func().free = usize::from(a) + 1;
            let array = stored.min(u32::from(u16::MAX)) as u16;
            p.func().proto.code[at] = Op::NewTable { a, array, hash: fields };
            Ok(Exp::Reg(a))
        })
    }

    fn flush(&mut self, t: u8, n: u8, stored: u32) -> u32 {
        self.emit(Op::SetList { t, n, start: stored + 1 });
        self.func().free = usize::from(t) + 1;
        stored + u32::from(n)
    }

    fn field(&mut self, t: u8, named: bool) -> Result<(), SyntaxError> {
        let mark = self.func().free;
        let k = if named {
            let name = self.name()?;
            Rk(self.string_const(&name)? + 256)
        } else {
            self.advance()?;
            let key = self.expr()?;
            let k = self.place_rk(key)?;
            self.expect(Tok::Sign(b']'))?;
            k
        };
        self.expect(Tok::Sign(b'='))?;
        let value = self.expr()?;
        let v = self.place_rk(value)?;
        self.emit(Op::SetIndex { t, k, v });
        self.func().free = mark;
        Ok(())
    }

    /// The parameters and the body of a function, as a closure in the next register.
    pub fn function_body(&mut self, method: bool) -> Result<Exp, SyntaxError> {
        self.nested(|p| {
            p.open_func();
            if method {
                p.declare(Str::from("self"))?;
            }
            p.expect(Tok::Sign(b'('))?;
            while !p.is_sign(b')') {
                if p.accept(Tok::Dots)? {
                    p.func().proto.vararg = true;
                    break;
                }
                let name = p.name()?;
                p.declare(name)?;
                if !p.accept(Tok::Sign(b','))? {
                    break;
                }
                if p.is_sign(b')') {
                    return Err(p.unexpected());
                }
            }
            p.expect(Tok::Sign(b')'))?;
            let params = p.func().locals.len();
            p.func().proto.params = params as u8;
            p.reserve(params)?;
            p.block()?;
            p.expect(Tok::Word(Word::End))?;
            let proto = p.close_func()?;
            p.func().proto.protos.push(proto);
            let index = p.func().proto.protos.len() - 1;
            let Ok(index) = u16::try_from(index) else {
                return Err(SyntaxError::compiler("too many functions"));
            };
            let a = p.reserve(1)?;
            p.emit(Op::Closure { a, p: index });
            Ok(Exp::Reg(a))
        })
    }
}
