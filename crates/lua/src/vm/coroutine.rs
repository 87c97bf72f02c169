//! Switching between coroutines.

use super::frame::{Frame, Job, Ret};
use super::{Error, Flow, State, Thread, Vm};
use crate::Host;
use crate::value::{Id, Val};

// === impl Vm ===

impl Vm {
    /// The coroutine that runs, unless it is the main script.
    pub fn running(&self) -> Option<Id> {
        self.threads[self.current].resumer.map(|_| self.current)
    }

    /// A new coroutine.
    pub fn new_thread(&mut self, function: Val) -> Result<Val, Error> {
        self.allocate(size_of::<Thread>() + 64)?;
        Ok(Val::Thread(self.threads.add(Thread { stack: vec![function], ..Thread::default() })))
    }

    fn switch(&mut self, to: Id) {
        self.save();
        let from = &mut self.threads[self.current];
        from.stack = std::mem::take(&mut self.stack);
        from.frames = std::mem::take(&mut self.frames);
        from.open = std::mem::take(&mut self.open);
        let thread = &mut self.threads[to];
        thread.state = State::Running;
        self.stack = std::mem::take(&mut thread.stack);
        self.frames = std::mem::take(&mut thread.frames);
        self.open = std::mem::take(&mut thread.open);
        self.current = to;
        self.restore();
    }

    /// Resumes a coroutine; its values go to `ret`, after a verdict unless `wrap`.
    pub fn resume(
        &mut self,
        host: &mut dyn Host,
        id: Id,
        values: Vec<Val>,
        wrap: bool,
        ret: Ret,
    ) -> Result<Flow, Error> {
        let refused = match self.threads[id].state {
            State::Suspended => None,
            State::Dead => Some("can not resume a dead thread"),
            State::Running | State::Normal => Some("can not resume a non-suspended thread"),
        };
        if let Some(text) = refused {
            if wrap {
                return Err(self.raise(text));
            }
            let text = Val::text(text);
            self.stack.extend([Val::Bool(false), text]);
            return Ok(Flow::Return(2));
        }
        self.push_job(Job::Resume { wrap }, ret)?;
        let (resumer, n) = (self.current, values.len());
        self.threads[resumer].state = State::Normal;
        self.threads[id].resumer = Some(resumer);
        self.switch(id);
        let from = self.stack.len();
        self.stack.extend(values);
        match self.threads[id].resume.take() {
            None => self.call(host, 0, n, Ret::Thread)?,
            Some(ret) => self.finish(host, ret, from, n, true)?,
        };
        Ok(Flow::Switched)
    }

    /// Suspends the coroutine that runs; the values of the next resume go to `ret`.
    pub fn yield_values(&mut self, host: &mut dyn Host, values: &[Val], ret: Ret) -> Result<Flow, Error> {
        let thread = &mut self.threads[self.current];
        let Some(resumer) = thread.resumer else {
            return Err(self.raise("can not yield from outside of a coroutine"));
        };
        thread.resume = Some(ret);
        thread.state = State::Suspended;
        self.switch(resumer);
        self.resumed(host, values)?;
        Ok(Flow::Switched)
    }

    /// The coroutine that runs returned.
    pub fn end_thread(&mut self, host: &mut dyn Host, from: usize, n: usize) -> Result<bool, Error> {
        let values = self.stack[from..from + n].to_vec();
        let Some(resumer) = self.threads[self.current].resumer else { return Ok(false) };
        self.threads[self.current].state = State::Dead;
        self.stack.clear();
        self.switch(resumer);
        self.resumed(host, &values)?;
        Ok(false)
    }

    /// The coroutine that runs failed: switches to its resumer, and answers where that waits and whether it wants
    /// the error itself. `None` for the main script.
    pub fn kill_thread(&mut self) -> Option<(Ret, usize, bool)> {
        let resumer = self.threads[self.current].resumer?;
        self.close_upvalues(0);
        self.threads[self.current].state = State::Dead;
        self.stack.clear();
        self.switch(resumer);
        self.take_resume()
    }

    fn take_resume(&mut self) -> Option<(Ret, usize, bool)> {
        match self.frames.pop() {
            Some(Frame::Native(frame)) => {
                self.restore();
                Some((frame.ret, frame.floor, matches!(frame.job, Job::Resume { wrap: true })))
            }
            _ => None,
        }
    }

    fn resumed(&mut self, host: &mut dyn Host, values: &[Val]) -> Result<(), Error> {
        let Some((ret, floor, wrap)) = self.take_resume() else { return Ok(()) };
        self.stack.truncate(floor);
        if !wrap {
            self.stack.push(Val::Bool(true));
        }
        self.stack.extend_from_slice(values);
        let n = self.stack.len() - floor;
        self.finish(host, ret, floor, n, true).map(|_| ())
    }
}
