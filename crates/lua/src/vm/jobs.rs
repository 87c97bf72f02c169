//! How functions of the gateway continue when the function they called has returned.

use super::frame::{Frame, Job, NativeFrame, Ret};
use super::{Error, Flow, Vm};
use crate::Host;
use crate::library;
use crate::value::Val;

/// What going on after a call and making the next one counts for.
const AGAIN: usize = 8;

// === impl Vm ===

impl Vm {
    /// Continues the function of the gateway on top of the frames with the results that came.
    pub fn run_job(&mut self, host: &mut dyn Host) -> Result<(), Error> {
        let (from, n) = self.pending.take().unwrap_or((self.stack.len(), 0));
        let Some(Frame::Native(frame)) = self.frames.pop() else { return Ok(()) };
        let NativeFrame { floor, ret, job } = frame;
        let results = self.stack[from..from + n].to_vec();
        self.stack.truncate(floor);
        let first = results.first().cloned().unwrap_or(Val::Nil);
        match job {
            Job::Pcall | Job::Xpcall(_) => self.deliver(host, ret, floor, true, &results),
            Job::Handled => self.deliver(host, ret, floor, false, &results),
            // A coroutine gives its values to this frame itself.
            Job::Resume { .. } => Ok(()),
            Job::Sort(mut sort) => match sort.step(self, first)? {
                Some((function, a, b)) => self.again(host, Job::Sort(sort), ret, [function, a, b]),
                None => self.end(host, ret, &[]),
            },
            Job::Gsub(mut gsub) => match gsub.step(self, first)? {
                Some(call) => {
                    self.spend(AGAIN)?;
                    self.frames.push(Frame::Native(NativeFrame { floor, ret, job: Job::Gsub(gsub) }));
                    let n = call.len() - 1;
                    self.stack.extend(call);
                    self.call(host, floor, n, Ret::Job).map(|_| ())
                }
                None => {
                    let values = gsub.results(self)?;
                    self.end(host, ret, &values)
                }
            },
            Job::Print(mut print) => match print.step(self, host, first)? {
                Some((function, value)) => self.again(host, Job::Print(print), ret, [function, value]),
                None => self.end(host, ret, &[]),
            },
            Job::Load { mut text, function } => match &first {
                Val::Str(part) if !part.bytes().is_empty() => {
                    self.spend(part.bytes().len())?;
                    self.allocate(part.bytes().len())?;
                    text.extend_from_slice(part.bytes());
                    self.again(host, Job::Load { text, function: function.clone() }, ret, [function])
                }
                Val::Nil | Val::Str(_) => {
                    let values = library::load_text(self, &text)?;
                    self.end(host, ret, &values)
                }
                _ => {
                    self.restore();
                    Err(self.raise("loader function must return a string or nil object."))
                }
            },
            Job::Require(name) => {
                let module = library::keep_module(self, &name, first)?;
                self.end(host, ret, &[module])
            }
        }
    }

    /// Calls a function with arguments and comes back to the job.
    fn again<const N: usize>(
        &mut self,
        host: &mut dyn Host,
        job: Job,
        ret: Ret,
        call: [Val; N],
    ) -> Result<(), Error> {
        self.spend(AGAIN)?;
        let floor = self.stack.len();
        self.frames.push(Frame::Native(NativeFrame { floor, ret, job }));
        self.stack.extend(call);
        self.call(host, floor, N - 1, Ret::Job).map(|_| ())
    }

    fn end(&mut self, host: &mut dyn Host, ret: Ret, values: &[Val]) -> Result<(), Error> {
        self.restore();
        let from = self.stack.len();
        self.stack.extend_from_slice(values);
        self.finish(host, ret, from, values.len(), true).map(|_| ())
    }

    /// Calls a function under the protection or for the purpose of a job.
    pub fn call_for(&mut self, job: Job, ret: Ret, call: &[Val]) -> Result<Flow, Error> {
        let at = self.push_job(job, ret)?;
        self.stack.extend_from_slice(call);
        Ok(Flow::Call { at, n: call.len() - 1, ret: Ret::Job })
    }
}
