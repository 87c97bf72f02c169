//! Errors: how they unwind, and what they say of their place.

use super::frame::{Frame, Job, Ret};
use super::{Error, Limit, Vm};
use crate::Host;
use crate::value::{Str, Val};

// === impl Vm ===

impl Vm {
    /// Delivers an error to the innermost `pcall`.
    pub(super) fn recover(
        &mut self,
        host: &mut dyn Host,
        mut outcome: Result<(), Error>,
    ) -> Result<(), Error> {
        while let Err(error) = outcome {
            let Error::Value(value) = error else { return Err(error) };
            outcome = self.unwind(host, value)?;
        }
        Ok(())
    }

    /// One step of unwinding: the inner result is an error to unwind on with, the outer one ends the script.
    fn unwind(&mut self, host: &mut dyn Host, value: Val) -> Result<Result<(), Error>, Error> {
        let Some(frame) = self.frames.pop() else {
            return match self.kill_thread() {
                // Nobody resumed the main script.
                None => Err(Error::Value(value)),
                Some((_, _, true)) => Ok(Err(Error::Value(value))),
                Some((ret, floor, false)) => Ok(self.deliver(host, ret, floor, false, &[value])),
            };
        };
        let Frame::Native(frame) = frame else { return Ok(Err(Error::Value(value))) };
        match frame.job {
            Job::Pcall | Job::Handled => Ok(self.deliver(host, frame.ret, frame.floor, false, &[value])),
            Job::Xpcall(handler) => {
                self.close_upvalues(frame.floor);
                self.stack.truncate(frame.floor);
                self.restore();
                let floor = match self.push_job(Job::Handled, frame.ret) {
                    Ok(floor) => floor,
                    Err(error) => return Ok(Err(error)),
                };
                self.stack.extend([handler, value]);
                Ok(self.call(host, floor, 1, Ret::Job).map(|_| ()))
            }
            _ => Ok(Err(Error::Value(value))),
        }
    }

    /// Ends a protected call: its verdict and values become the results.
    pub fn deliver(
        &mut self,
        host: &mut dyn Host,
        ret: Ret,
        floor: usize,
        verdict: bool,
        values: &[Val],
    ) -> Result<(), Error> {
        self.close_upvalues(floor);
        self.stack.truncate(floor);
        self.restore();
        self.stack.push(Val::Bool(verdict));
        self.stack.extend_from_slice(values);
        self.finish(host, ret, floor, values.len() + 1, true).map(|_| ())
    }

    /// An error with the place of the function of the script that runs.
    pub fn raise(&mut self, message: &str) -> Error {
        let text = Str::from(format!("{}{message}", self.place(1)).as_str());
        self.owe(text.bytes().len());
        Error::Value(Val::Str(text))
    }

    /// `<string>:LINE: ` of the function of the script `level` calls up; KrakenD gives all scripts this name.
    pub fn place(&mut self, level: usize) -> String {
        let top = self.frames.len().wrapping_sub(1);
        let frames = self.frames.iter().enumerate().rev();
        let mut lua = frames.filter_map(|(at, f)| match f {
            Frame::Lua(frame) => {
                let pc = if at == top { self.pc } else { frame.pc };
                let line = frame.proto.lines.get(pc.saturating_sub(1)).copied().unwrap_or(0);
                // Functions that `bind` made are in no script.
                (line > 0).then_some((line, frame))
            }
            Frame::Native(_) => None,
        });
        let Some((line, frame)) = lua.nth(level.saturating_sub(1)) else { return String::new() };
        self.failed = Some((frame.proto.chunk, line));
        format!("<string>:{line}: ")
    }
}

// === impl Limit ===

impl Limit {
    /// KrakenD has no limits and no words for them.
    pub fn message(self) -> &'static str {
        match self {
            Self::Instructions => "instruction limit exceeded",
            Self::Memory => "memory limit exceeded",
            Self::Fields => "limit of header lines and parameters exceeded",
        }
    }
}
