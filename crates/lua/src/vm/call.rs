//! Calls, returns and errors.

use super::frame::{Frame, Job, LuaFrame, NativeFrame, Ret};
use super::{Args, Error, Flow, Vm};
use crate::Host;
use crate::compile::MULTI;
use crate::value::{Id, Val};

/// How deep calls may nest. gopher-lua's limit is 256.
const MAX_FRAMES: usize = 1000;
/// What a call of a function of the gateway counts for, besides the bytes that it touches.
const NATIVE: usize = 4;
/// How many registers all calls together may use.
const MAX_STACK: usize = 100_000;

/// Why the machine stops without an error.
pub enum Exit {
    /// The script is over.
    Done,
    /// The host has to make a call, see [`Vm::http`].
    Http,
}

// === impl Vm ===

impl Vm {
    /// Runs a function with no arguments.
    pub fn start(&mut self, host: &mut dyn Host, function: Val) -> Result<Exit, Error> {
        // What an earlier script left on an error is not needed any more.
        self.close_upvalues(0);
        self.frames.clear();
        self.stack.clear();
        self.stack.push(function);
        let started = self.call(host, 0, 0, Ret::Discard);
        self.recover(host, started.map(|_| ()))?;
        self.run(host)
    }

    /// Goes on after the call in [`Vm::http`] with its result.
    pub fn resume_http(&mut self, host: &mut dyn Host, result: Result<Val, String>) -> Result<Exit, Error> {
        let Some(ret) = self.waiting.take() else { return Ok(Exit::Done) };
        let outcome = match result {
            Ok(value) => {
                self.stack.push(value);
                let from = self.stack.len() - 1;
                self.finish(host, ret, from, 1, true).map(|_| ())
            }
            Err(text) => Err(self.raise(&text)),
        };
        self.recover(host, outcome)?;
        self.run(host)
    }

    fn run(&mut self, host: &mut dyn Host) -> Result<Exit, Error> {
        loop {
            let outcome = match self.frames.last() {
                None => return Ok(Exit::Done),
                Some(Frame::Lua(_)) => self.run_lua(host),
                Some(Frame::Native(_)) => self.run_job(host),
            };
            self.recover(host, outcome)?;
            if self.http.is_some() {
                return Ok(Exit::Http);
            }
        }
    }

    /// Suspends the machine for a call of the host.
    pub fn suspend(&mut self, ret: Ret) -> Flow {
        self.waiting = Some(ret);
        Flow::Switched
    }

    /// Calls the value at `at` with the `n` arguments behind it. Answers whether the function of the script
    /// that runs is still the same.
    pub fn call(
        &mut self,
        host: &mut dyn Host,
        mut at: usize,
        mut n: usize,
        mut ret: Ret,
    ) -> Result<bool, Error> {
        let mut moved = false;
        loop {
            match self.stack[at].clone() {
                Val::Closure(id) => {
                    self.enter(id, at, n, ret)?;
                    return Ok(false);
                }
                Val::Native(native) => {
                    self.spend(NATIVE)?;
                    match (native.call)(self, host, Args { at: at + 1, n, ret, name: native.name })? {
                        Flow::Return(results) => {
                            let from = self.stack.len() - results;
                            let same = self.finish(host, ret, from, results, true)?;
                            if same && moved {
                                self.trim(ret);
                            }
                            return Ok(same);
                        }
                        Flow::Call { at: next, n: count, ret: to } => {
                            (at, n, ret, moved) = (next, count, to, true);
                        }
                        Flow::Switched => return Ok(false),
                    }
                }
                other => {
                    let handler = self.metamethod(&other, &self.names.call);
                    if !matches!(handler, Val::Closure(_) | Val::Native(_)) {
                        return Err(self.raise("attempt to call a non-function object"));
                    }
                    self.spend(1)?;
                    // The object becomes the first argument.
                    if self.stack.len() < at + n + 2 {
                        self.stack.resize(at + n + 2, Val::Nil);
                    }
                    self.stack[at..at + n + 2].rotate_right(1);
                    self.stack[at] = handler;
                    n += 1;
                }
            }
        }
    }

    fn enter(&mut self, closure: Id, func: usize, n: usize, ret: Ret) -> Result<(), Error> {
        // Long lists of arguments cost what copying them costs.
        self.spend(n / 8)?;
        let proto = self.closures[closure].proto.clone();
        let params = usize::from(proto.params);
        let varargs = if proto.vararg { n.saturating_sub(params) } else { 0 };
        let base = if proto.vararg { func + 1 + n } else { func + 1 };
        let end = base + usize::from(proto.registers);
        if self.frames.len() >= MAX_FRAMES || end > MAX_STACK {
            return Err(self.raise("stack overflow"));
        }
        if self.stack.len() < end {
            self.stack.resize(end, Val::Nil);
        }
        if proto.vararg {
            for i in 0..params {
                self.stack[base + i] =
                    if i < n { std::mem::replace(&mut self.stack[func + 1 + i], Val::Nil) } else { Val::Nil };
            }
        } else {
            for i in n..params {
                self.stack[base + i] = Val::Nil;
            }
        }
        self.save();
        self.pc = 0;
        self.frames.push(Frame::Lua(LuaFrame { closure, proto, pc: 0, func, base, varargs, ret }));
        Ok(())
    }

    /// Puts a function of the gateway under the calls it makes.
    pub fn push_job(&mut self, job: Job, ret: Ret) -> Result<usize, Error> {
        if self.frames.len() >= MAX_FRAMES {
            return Err(self.raise("stack overflow"));
        }
        self.save();
        let floor = self.stack.len();
        self.frames.push(Frame::Native(NativeFrame { floor, ret, job }));
        Ok(floor)
    }

    /// Has the function of the gateway on top of the frames continue, with no results.
    pub fn wake_job(&mut self) -> Flow {
        self.pending = Some((self.stack.len(), 0));
        Flow::Switched
    }

    /// Keeps the place in the function that runs.
    pub fn save(&mut self) {
        if let Some(Frame::Lua(frame)) = self.frames.last_mut() {
            frame.pc = self.pc;
        }
    }

    /// Continues the function on top of the frames.
    pub fn restore(&mut self) {
        if let Some(Frame::Lua(frame)) = self.frames.last() {
            self.pc = frame.pc;
        }
    }

    /// Delivers `n` results from `from`; `tail` tells that they are the end of the stack and go with it.
    pub fn finish(
        &mut self,
        host: &mut dyn Host,
        ret: Ret,
        from: usize,
        n: usize,
        tail: bool,
    ) -> Result<bool, Error> {
        self.spend(n / 8)?;
        let first = if n > 0 { std::mem::replace(&mut self.stack[from], Val::Nil) } else { Val::Nil };
        let mut keep = from;
        match ret {
            Ret::Registers { at, want: 1 } => self.stack[at] = first,
            Ret::Registers { at, want } => {
                let count = if want == MULTI { n } else { want.into() };
                if self.stack.len() < at + count {
                    self.stack.resize(at + count, Val::Nil);
                }
                for i in 1..count {
                    let value = if i < n { self.stack[from + i].clone() } else { Val::Nil };
                    self.stack[at + i] = value;
                }
                if count > 0 {
                    self.stack[at] = first;
                }
                if want == MULTI {
                    self.top = at + n;
                    keep = keep.max(self.top);
                }
            }
            Ret::Discard => {}
            Ret::Bool { at, negate } => self.stack[at] = Val::Bool(first.truthy() != negate),
            Ret::Skip { when } => self.pc += usize::from(first.truthy() == when),
            Ret::Concat { at, first: start, n: left } => {
                self.stack[start + left - 1] = first;
                if tail {
                    self.stack.truncate(keep);
                }
                return self.concat(host, at, start, left);
            }
            Ret::Job => {
                if n > 0 {
                    self.stack[from] = first;
                }
                self.pending = Some((from, n));
                return Ok(false);
            }
            Ret::Thread => {
                if n > 0 {
                    self.stack[from] = first;
                }
                return self.end_thread(host, from, n);
            }
        }
        if tail {
            self.stack.truncate(keep);
        }
        Ok(true)
    }

    /// Leaves the function that runs, with its results.
    pub fn leave(&mut self, host: &mut dyn Host, ret: Ret, from: usize, n: usize) -> Result<(), Error> {
        self.frames.pop();
        self.restore();
        if self.finish(host, ret, from, n, false)? {
            self.trim(ret);
        }
        Ok(())
    }

    /// Brings the stack back to the registers of the function that runs, and the list it just got: what a call left
    /// above would stay alive, and a call may have left less.
    fn trim(&mut self, ret: Ret) {
        if let Some(Frame::Lua(frame)) = self.frames.last() {
            let end = frame.base + usize::from(frame.proto.registers);
            let list = matches!(ret, Ret::Registers { want: MULTI, .. });
            self.stack.resize(if list { end.max(self.top) } else { end }, Val::Nil);
        }
    }

    /// How many calls are going on.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// The closure `level` calls up, for `setfenv`.
    pub fn caller(&self, level: usize) -> Option<Id> {
        let closures = self.frames.iter().rev().filter_map(|f| match f {
            Frame::Lua(frame) => Some(frame.closure),
            Frame::Native(_) => None,
        });
        closures.into_iter().nth(level.checked_sub(1)?)
    }
}
