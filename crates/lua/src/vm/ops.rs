//! The longer instructions: concatenation, closures, list stores.

use super::frame::Ret;
use super::meta::SetCall;
use super::{Answer, Closure, Error, Upvalue, Vm};
use crate::Host;
use crate::compile::{Capture, MULTI, Op, Proto};
use crate::value::{Id, Native, Str, Val};
use std::sync::Arc;

// === impl Vm ===

impl Vm {
    /// Puts a result into place, or calls the function for it.
    pub fn settle(&mut self, host: &mut dyn Host, answer: Answer, ret: Ret) -> Result<bool, Error> {
        match answer {
            Answer::Value(value) => {
                match ret {
                    Ret::Registers { at, .. } => self.stack[at] = value,
                    Ret::Bool { at, negate } => self.stack[at] = Val::Bool(value.truthy() != negate),
                    Ret::Skip { when } => self.pc += usize::from(value.truthy() == when),
                    _ => {}
                }
                Ok(true)
            }
            Answer::Call { function, args, negate } => {
                let ret = match ret {
                    Ret::Bool { at, negate: not } => Ret::Bool { at, negate: not != negate },
                    Ret::Skip { when } => Ret::Skip { when: when != negate },
                    other => other,
                };
                let at = self.stack.len();
                self.stack.push(function);
                self.stack.extend(args);
                self.call_above(host, at, 2, ret)
            }
        }
    }

    /// Calls a function that was pushed above the registers.
    fn call_above(&mut self, host: &mut dyn Host, at: usize, n: usize, ret: Ret) -> Result<bool, Error> {
        let same = self.call(host, at, n, ret)?;
        if same {
            self.stack.truncate(at);
        }
        Ok(same)
    }

    /// Calls the function that sets a member.
    pub fn settle_set(&mut self, host: &mut dyn Host, call: Option<SetCall>) -> Result<bool, Error> {
        let Some(call) = call else { return Ok(true) };
        let at = self.stack.len();
        self.stack.extend([call.function, call.object, call.key, call.value]);
        self.call_above(host, at, 3, Ret::Discard)
    }

    /// Joins `n` values from `first`, right to left, into `at`.
    pub fn concat(
        &mut self,
        host: &mut dyn Host,
        at: usize,
        first: usize,
        mut n: usize,
    ) -> Result<bool, Error> {
        while n > 1 {
            let end = first + n;
            let joinable = |v: &Val| matches!(v, Val::Str(_) | Val::Number(_));
            let run = self.stack[first..end].iter().rev().take_while(|v| joinable(v)).count();
            if run < 2 {
                let (b, c) = (self.stack[end - 2].clone(), self.stack[end - 1].clone());
                let function = self.concat_method(&b, &c)?;
                let top = self.stack.len();
                self.stack.extend([function, b, c]);
                return self.call_above(host, top, 2, Ret::Concat { at, first, n: n - 1 });
            }
            let start = end - run;
            let (mut size, mut numbers) = (0usize, 0);
            for value in &self.stack[start..end] {
                match value {
                    Val::Str(s) => size += s.bytes().len(),
                    _ => numbers += 1,
                }
            }
            size += numbers * 24;
            // Copying is work: a byte-wise loop over a long text is quadratic. So is printing a number.
            self.spend(size / 256 + numbers * 8)?;
            self.allocate(size + 32)?;
            let mut out = Vec::with_capacity(size);
            for value in &self.stack[start..end] {
                match value {
                    Val::Str(s) => out.extend_from_slice(s.bytes()),
                    other => out.extend_from_slice(self.display(other).as_bytes()),
                }
            }
            self.stack[start] = Val::Str(Str::from(out));
            n -= run - 1;
        }
        self.stack[at] = self.stack[first].clone();
        Ok(true)
    }

    /// Makes a closure of an inner function.
    pub fn make_closure(&mut self, proto: &Arc<Proto>, base: usize, parent: Id) -> Result<Val, Error> {
        self.spend(proto.captures.len() / 4)?;
        self.allocate(64 + proto.captures.len() * 16)?;
        let upvalues = proto.captures.iter().map(|capture| match capture {
            Capture::Register(r) => self.find_upvalue(base + usize::from(*r)),
            Capture::Upvalue(u) => self.closures[parent].upvalues[usize::from(*u)],
        });
        let upvalues = upvalues.collect();
        let env = self.closures[parent].env;
        Ok(Val::Closure(self.closures.add(Closure { proto: proto.clone(), upvalues, env })))
    }

    /// A function that calls one of the gateway with a first argument of its own: those hold no values.
    pub fn bind(&mut self, native: &'static Native, value: Val) -> Result<Val, Error> {
        self.allocate(160)?;
        let code = vec![
            Op::GetUp { a: 0, u: 0 },
            Op::GetUp { a: 1, u: 1 },
            Op::VarArg { a: 2, n: MULTI },
            Op::TailCall { a: 0, n: MULTI },
            Op::Return { a: 0, n: MULTI },
        ];
        let lines = vec![0; code.len()];
        let proto = Arc::new(Proto { code, lines, vararg: true, registers: 3, ..Proto::default() });
        let upvalues = [Val::Native(native), value].map(|v| self.upvalues.add(Upvalue::Closed(v)));
        let env = self.globals();
        Ok(Val::Closure(self.closures.add(Closure { proto, upvalues: Box::new(upvalues), env })))
    }

    fn find_upvalue(&mut self, slot: usize) -> Id {
        // In the order of their slots, so that returning functions only look at the end.
        match self.open.binary_search_by_key(&slot, |(open, _)| *open) {
            Ok(at) => self.open[at].1,
            Err(at) => {
                let id = self.upvalues.add(Upvalue::Open { thread: self.current, slot });
                self.open.insert(at, (slot, id));
                id
            }
        }
    }

    /// Detaches the variables in the registers from `slot`.
    pub fn close_upvalues(&mut self, slot: usize) {
        while let Some((open, id)) = self.open.pop_if(|(open, _)| *open >= slot) {
            self.upvalues[id] = Upvalue::Closed(self.stack[open].clone());
        }
    }

    /// The value of an upvalue.
    pub fn upvalue(&self, id: Id) -> Val {
        match &self.upvalues[id] {
            Upvalue::Closed(value) => value.clone(),
            Upvalue::Open { thread, slot } if *thread == self.current => self.stack[*slot].clone(),
            Upvalue::Open { thread, slot } => self.threads[*thread].stack[*slot].clone(),
        }
    }

    /// Sets an upvalue.
    pub fn set_upvalue(&mut self, id: Id, value: Val) {
        match &mut self.upvalues[id] {
            Upvalue::Closed(place) => *place = value,
            Upvalue::Open { thread, slot } if *thread == self.current => self.stack[*slot] = value,
            Upvalue::Open { thread, slot } => self.threads[*thread].stack[*slot] = value,
        }
    }

    /// Stores the registers behind a table as its elements.
    pub fn set_list(&mut self, t: usize, n: usize, start: usize) -> Result<(), Error> {
        let Val::Table(id) = self.stack[t] else { return Ok(()) };
        self.spend(n / 4)?;
        for i in 0..n {
            let value = self.stack[t + 1 + i].clone();
            self.raw_set(id, Val::Number((start + i) as f64), value)?;
        }
        Ok(())
    }
}
