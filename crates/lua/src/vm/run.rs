//! The loop over instructions.

use super::frame::{Frame, Ret};
use super::{Answer, Error, Limit, Vm, arith};
use crate::Host;
use crate::compile::{Cmp, Const, MULTI, Op, Proto, Rk};
use crate::table::Table;
use crate::value::{Id, Val};

// === impl Vm ===

impl Vm {
    fn rk(&self, proto: &Proto, base: usize, rk: Rk) -> Val {
        match usize::from(rk.0).checked_sub(256) {
            None => self.stack[base + usize::from(rk.0)].clone(),
            Some(k) => constant(proto, k),
        }
    }

    /// A number operand, if it is one.
    fn number(&self, proto: &Proto, base: usize, rk: Rk) -> Option<f64> {
        match usize::from(rk.0).checked_sub(256) {
            None => match self.stack[base + usize::from(rk.0)] {
                Val::Number(n) => Some(n),
                _ => None,
            },
            Some(k) => match proto.consts[k] {
                Const::Number(n) => Some(n),
                _ => None,
            },
        }
    }

    /// A member, if reading it takes no metamethod.
    fn quick_index(&self, proto: &Proto, object: &Val, base: usize, k: Rk) -> Option<Val> {
        let Val::Table(id) = object else { return None };
        let table = self.table(*id);
        let value = match usize::from(k.0).checked_sub(256).map(|k| &proto.consts[k]) {
            None => table.get(&self.stack[base + usize::from(k.0)]),
            Some(Const::Str(key)) => table.get_str(key),
            Some(Const::Number(n)) => table.get_number(*n),
            Some(_) => return None,
        };
        (!value.is_nil() || table.meta.is_none()).then(|| value.clone())
    }

    /// A global that is there without a metamethod.
    fn quick_global(&self, env: Id, proto: &Proto, k: u16) -> Option<Val> {
        let Const::Str(key) = &proto.consts[usize::from(k)] else { return None };
        let table = self.table(env);
        let value = table.get_str(key);
        (!value.is_nil() || table.meta.is_none()).then(|| value.clone())
    }

    /// Runs the function on top of the frames until frames change.
    pub fn run_lua(&mut self, host: &mut dyn Host) -> Result<(), Error> {
        let Some(Frame::Lua(frame)) = self.frames.last() else { return Ok(()) };
        let (proto, base, func, closure) = (frame.proto.clone(), frame.base, frame.func, frame.closure);
        let (varargs, ret) = (frame.varargs, frame.ret);
        let at = |r: u8| base + usize::from(r);
        loop {
            self.fuel -= 1;
            if self.fuel < 0 {
                return Err(Error::Limit(Limit::Instructions));
            }
            let op = proto.code[self.pc];
            self.pc += 1;
            let same = match op {
                Op::Move { a, b } => {
                    self.stack[at(a)] = self.stack[at(b)].clone();
                    true
                }
                Op::LoadK { a, k } => {
                    self.stack[at(a)] = constant(&proto, k.into());
                    true
                }
                Op::LoadBool { a, v } => {
                    self.stack[at(a)] = Val::Bool(v);
                    true
                }
                Op::LoadNil { a, n } => {
                    self.stack[at(a)..at(a) + usize::from(n)].fill(Val::Nil);
                    true
                }
                Op::GetUp { a, u } => {
                    self.stack[at(a)] = self.upvalue(self.closures[closure].upvalues[usize::from(u)]);
                    true
                }
                Op::SetUp { a, u } => {
                    let value = self.stack[at(a)].clone();
                    self.set_upvalue(self.closures[closure].upvalues[usize::from(u)], value);
                    true
                }
                Op::GetGlobal { a, k } => {
                    // Read each time: `setfenv(1, t)` changes it while the function runs.
                    let env = self.closures[closure].env;
                    if let Some(value) = self.quick_global(env, &proto, k) {
                        self.stack[at(a)] = value;
                        true
                    } else {
                        let answer = self.index(&Val::Table(env), &constant(&proto, k.into()))?;
                        self.settle(host, answer, Ret::Registers { at: at(a), want: 1 })?
                    }
                }
                Op::SetGlobal { v, k } => {
                    let value = self.rk(&proto, base, v);
                    let env = self.closures[closure].env;
                    let call = self.set_index(&Val::Table(env), constant(&proto, k.into()), value)?;
                    self.settle_set(host, call)?
                }
                Op::GetIndex { a, t, k } => {
                    // Keys of the source are short enough.
                    if k.0 < 256 && matches!(self.stack[base + usize::from(k.0)], Val::Str(_)) {
                        self.look_up(&self.rk(&proto, base, k))?;
                    }
                    if let Some(value) = self.quick_index(&proto, &self.stack[at(t)], base, k) {
                        self.stack[at(a)] = value;
                        true
                    } else {
                        let (object, key) = (self.stack[at(t)].clone(), self.rk(&proto, base, k));
                        let answer = self.index(&object, &key)?;
                        self.settle(host, answer, Ret::Registers { at: at(a), want: 1 })?
                    }
                }
                Op::SetIndex { t, k, v } => {
                    let (key, value) = (self.rk(&proto, base, k), self.rk(&proto, base, v));
                    match self.stack[at(t)] {
                        Val::Table(id) if self.table(id).meta.is_none() => {
                            self.raw_set(id, key, value)?;
                            true
                        }
                        _ => {
                            let object = self.stack[at(t)].clone();
                            let call = self.set_index(&object, key, value)?;
                            self.settle_set(host, call)?
                        }
                    }
                }
                Op::Method { a, t, k } => {
                    let (object, key) = (self.stack[at(t)].clone(), self.rk(&proto, base, k));
                    let answer = self.index(&object, &key)?;
                    self.stack[at(a) + 1] = object;
                    self.settle(host, answer, Ret::Registers { at: at(a), want: 1 })?
                }
                Op::NewTable { a, array, hash } => {
                    self.collect_if_needed()?;
                    let table = self.new_table(Table::with_capacity(array.into(), hash.into()))?;
                    self.stack[at(a)] = Val::Table(table);
                    true
                }
                Op::SetList { t, n, start } => {
                    let n = if n == MULTI { self.top - at(t) - 1 } else { n.into() };
                    self.set_list(at(t), n, start as usize)?;
                    true
                }
                Op::Arith { op, a, b, c } => {
                    match (self.number(&proto, base, b), self.number(&proto, base, c)) {
                        (Some(b), Some(c)) => {
                            self.stack[at(a)] = Val::Number(arith(op, b, c));
                            true
                        }
                        _ => {
                            let (b, c) = (self.rk(&proto, base, b), self.rk(&proto, base, c));
                            let answer = self.arith_slow(op, &b, &c)?;
                            self.settle(host, answer, Ret::Registers { at: at(a), want: 1 })?
                        }
                    }
                }
                Op::Neg { a, b } => {
                    if let Val::Number(n) = self.stack[at(b)] {
                        self.stack[at(a)] = Val::Number(-n);
                        true
                    } else {
                        let value = self.stack[at(b)].clone();
                        let answer = self.negate_slow(&value)?;
                        self.settle(host, answer, Ret::Registers { at: at(a), want: 1 })?
                    }
                }
                Op::Not { a, b } => {
                    self.stack[at(a)] = Val::Bool(!self.stack[at(b)].truthy());
                    true
                }
                Op::Len { a, b } => {
                    let value = self.stack[at(b)].clone();
                    let answer = self.length(&value)?;
                    self.settle(host, answer, Ret::Registers { at: at(a), want: 1 })?
                }
                Op::Concat { a, first, n } => {
                    self.collect_if_needed()?;
                    self.concat(host, at(a), at(first), n.into())?
                }
                Op::Compare { op, negate, a, b, c } => {
                    let answer = self.compare_operands(&proto, base, op, b, c)?;
                    self.settle(host, answer, Ret::Bool { at: at(a), negate })?
                }
                Op::Skip { op, when, b, c } => {
                    let answer = self.compare_operands(&proto, base, op, b, c)?;
                    self.settle(host, answer, Ret::Skip { when })?
                }
                Op::Jump { to } => {
                    self.pc = to as usize;
                    true
                }
                Op::JumpIf { a, to } => {
                    if self.stack[at(a)].truthy() {
                        self.pc = to as usize;
                    }
                    true
                }
                Op::JumpUnless { a, to } => {
                    if !self.stack[at(a)].truthy() {
                        self.pc = to as usize;
                    }
                    true
                }
                Op::Call { a, n, want } => {
                    self.collect_if_needed()?;
                    let n = if n == MULTI { self.top - at(a) - 1 } else { n.into() };
                    self.call(host, at(a), n, Ret::Registers { at: at(a), want })?
                }
                Op::TailCall { a, n } => {
                    self.collect_if_needed()?;
                    let n = if n == MULTI { self.top - at(a) - 1 } else { n.into() };
                    if matches!(self.stack[at(a)], Val::Closure(_)) {
                        self.close_upvalues(base);
                        for i in 0..=n {
                            self.stack[func + i] = std::mem::replace(&mut self.stack[at(a) + i], Val::Nil);
                        }
                        self.frames.pop();
                        self.restore();
                        self.call(host, func, n, ret)?;
                        return Ok(());
                    }
                    // The Return behind hands on what a function of the gateway answers.
                    self.call(host, at(a), n, Ret::Registers { at: at(a), want: MULTI })?
                }
                Op::Return { a, n } => {
                    if !self.open.is_empty() {
                        self.close_upvalues(base);
                    }
                    let n = if n == MULTI { self.top - at(a) } else { n.into() };
                    return self.leave(host, ret, at(a), n);
                }
                Op::ForPrep { a, to } => {
                    self.for_prepare(at(a))?;
                    self.pc = to as usize;
                    true
                }
                Op::ForLoop { a, to } => {
                    let number = |i: usize| match self.stack[at(a) + i] {
                        Val::Number(n) => n,
                        _ => f64::NAN,
                    };
                    let (limit, step) = (number(1), number(2));
                    let next = number(0) + step;
                    if if step > 0.0 { next <= limit } else { next >= limit } {
                        self.stack[at(a)] = Val::Number(next);
                        self.stack[at(a) + 3] = Val::Number(next);
                        self.pc = to as usize;
                    }
                    true
                }
                Op::ForCall { a, n } => {
                    for i in 0..3 {
                        self.stack[at(a) + 3 + i] = self.stack[at(a) + i].clone();
                    }
                    self.call(host, at(a) + 3, 2, Ret::Registers { at: at(a) + 3, want: n })?
                }
                Op::ForTest { a, to } => {
                    let value = self.stack[at(a) + 3].clone();
                    if !value.is_nil() {
                        self.stack[at(a) + 2] = value;
                        self.pc = to as usize;
                    }
                    true
                }
                Op::Close { a } => {
                    self.close_upvalues(at(a));
                    true
                }
                Op::Closure { a, p } => {
                    self.collect_if_needed()?;
                    self.stack[at(a)] = self.make_closure(&proto.protos[usize::from(p)], base, closure)?;
                    true
                }
                Op::VarArg { a, n } => {
                    self.spend(varargs / 8)?;
                    self.copy_varargs(at(a), n, func + 1 + usize::from(proto.params), varargs);
                    true
                }
            };
            if !same {
                return Ok(());
            }
        }
    }

    fn compare_operands(
        &mut self,
        proto: &Proto,
        base: usize,
        op: Cmp,
        b: Rk,
        c: Rk,
    ) -> Result<Answer, Error> {
        if let (Some(b), Some(c)) = (self.number(proto, base, b), self.number(proto, base, c)) {
            let result = match op {
                Cmp::Eq => b == c,
                Cmp::Lt => b < c,
                Cmp::Le => b <= c,
            };
            return Ok(Answer::Value(Val::Bool(result)));
        }
        let (b, c) = (self.rk(proto, base, b), self.rk(proto, base, c));
        self.compare(op, &b, &c)
    }

    fn for_prepare(&mut self, a: usize) -> Result<(), Error> {
        for (i, what) in ["init", "limit", "step"].into_iter().enumerate() {
            if !matches!(self.stack[a + i], Val::Number(_)) {
                return Err(self.raise(&format!("for statement {what} must be a number")));
            }
        }
        if let (Val::Number(start), Val::Number(step)) = (&self.stack[a], &self.stack[a + 2]) {
            self.stack[a] = Val::Number(start - step);
        }
        Ok(())
    }

    fn copy_varargs(&mut self, a: usize, n: u8, from: usize, varargs: usize) {
        let count = if n == MULTI { varargs } else { n.into() };
        if self.stack.len() < a + count {
            self.stack.resize(a + count, Val::Nil);
        }
        for i in 0..count {
            self.stack[a + i] = if i < varargs { self.stack[from + i].clone() } else { Val::Nil };
        }
        if n == MULTI {
            self.top = a + varargs;
        }
    }
}

fn constant(proto: &Proto, k: usize) -> Val {
    match &proto.consts[k] {
        Const::Nil => Val::Nil,
        Const::Bool(b) => Val::Bool(*b),
        Const::Number(n) => Val::Number(*n),
        Const::Str(s) => Val::Str(s.clone()),
    }
}
