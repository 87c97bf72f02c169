//! Collecting what a script no longer reaches. Most executions end long before the first collection; the arenas then go
//! as a whole. A collection happens only when the memory limit is about to be reached.

use std::collections::HashSet;

use super::frame::{Frame, Job};
use super::{Closure, Error, Limit, Upvalue, Vm};
use crate::value::{Id, Str, Val};

/// What was reached, and what remains to be looked into.
struct Marks {
    tables: Vec<bool>,
    closures: Vec<bool>,
    upvalues: Vec<bool>,
    objects: Vec<bool>,
    threads: Vec<bool>,
    work: Vec<Val>,
    strings: HashSet<usize>,
    bytes: usize,
}

// === impl Vm ===

impl Vm {
    /// Collects if the limit is reached; an error if that does not help. Only where nothing but the stack, the frames
    /// and the tables holds values.
    pub fn collect_if_needed(&mut self) -> Result<(), Error> {
        if self.allocated <= self.limits.memory {
            return Ok(());
        }
        self.collect()?;
        // Without this margin a script at the limit would do nothing but collect.
        if self.allocated > self.limits.memory / 8 * 7 {
            return Err(Error::Limit(Limit::Memory));
        }
        Ok(())
    }

    fn collect(&mut self) -> Result<(), Error> {
        let mut marks = Marks {
            tables: vec![false; self.tables.items.len()],
            closures: vec![false; self.closures.items.len()],
            upvalues: vec![false; self.upvalues.items.len()],
            objects: vec![false; self.objects.items.len()],
            threads: vec![false; self.threads.items.len()],
            work: Vec::new(),
            strings: HashSet::new(),
            bytes: self.heap.bytes() + self.kept,
        };
        let library = [Some(self.template.globals), self.template.strings];
        for id in library.into_iter().chain(self.template.objects).flatten() {
            marks.push(&Val::Table(id));
        }
        marks.roots(&self.stack, &self.frames, &self.open);
        marks.push(&Val::Thread(self.current));
        self.mark(&mut marks);
        let arenas = [
            self.tables.items.len(),
            self.closures.items.len(),
            self.upvalues.items.len(),
            self.objects.items.len(),
            self.threads.items.len(),
        ];
        let looked_at = arenas.iter().sum::<usize>() + self.stack.len() + marks.bytes / 64;
        self.tables.sweep(&marks.tables);
        self.closures.sweep(&marks.closures);
        self.upvalues.sweep(&marks.upvalues);
        self.objects.sweep(&marks.objects);
        self.threads.sweep(&marks.threads);
        self.allocated = marks.bytes;
        self.spend(looked_at)
    }

    fn mark(&self, marks: &mut Marks) {
        while let Some(value) = marks.work.pop() {
            match value {
                Val::Table(id) => {
                    let table = &self.tables[id];
                    marks.bytes += table.bytes();
                    table.contents().for_each(|v| marks.push(v));
                    if let Some(meta) = table.meta {
                        marks.push(&Val::Table(meta));
                    }
                }
                Val::Closure(id) => {
                    let closure = &self.closures[id];
                    marks.bytes += size_of::<Closure>() + closure.upvalues.len() * 4;
                    marks.push(&Val::Table(closure.env));
                    closure.upvalues.iter().for_each(|id| self.mark_upvalue(marks, *id));
                }
                Val::Thread(id) => {
                    let thread = &self.threads[id];
                    marks.bytes += 128 + thread.stack.len() * size_of::<Val>();
                    marks.roots(&thread.stack, &thread.frames, &thread.open);
                    if let Some(resumer) = thread.resumer {
                        marks.push(&Val::Thread(resumer));
                    }
                }
                Val::UserData(id) => marks.bytes += 48 + self.objects[id].bytes(),
                _ => {}
            }
        }
    }

    fn mark_upvalue(&self, marks: &mut Marks, id: Id) {
        if std::mem::replace(&mut marks.upvalues[id as usize], true) {
            return;
        }
        marks.bytes += size_of::<Upvalue>();
        match &self.upvalues[id] {
            Upvalue::Closed(value) => marks.push(value),
            // The variable lives on the stack of its coroutine.
            Upvalue::Open { thread, .. } => marks.push(&Val::Thread(*thread)),
        }
    }
}

// === impl Marks ===

impl Marks {
    fn push(&mut self, value: &Val) {
        let (marks, id) = match value {
            Val::Str(text) => return self.string(text),
            Val::Table(id) => (&mut self.tables, *id),
            Val::Closure(id) => (&mut self.closures, *id),
            Val::Thread(id) => (&mut self.threads, *id),
            Val::UserData(id) => (&mut self.objects, *id),
            _ => return,
        };
        if !std::mem::replace(&mut marks[id as usize], true) {
            self.work.push(value.clone());
        }
    }

    fn string(&mut self, text: &Str) {
        let len = text.bytes().len();
        // Short strings count wherever they are, long ones once.
        if len <= 32 || self.strings.insert(text.address()) {
            self.bytes += len + 32;
        }
    }

    fn roots(&mut self, stack: &[Val], frames: &[Frame], open: &[(usize, Id)]) {
        stack.iter().for_each(|v| self.push(v));
        for (_, id) in open {
            // Open upvalues hold nothing of their own; they only must not be swept.
            self.upvalues[*id as usize] = true;
        }
        for frame in frames {
            match frame {
                Frame::Lua(frame) => self.push(&Val::Closure(frame.closure)),
                Frame::Native(frame) => match &frame.job {
                    Job::Xpcall(value) => self.push(value),
                    Job::Load { function, text } => {
                        self.bytes += text.len();
                        self.push(function);
                    }
                    Job::Sort(sort) => {
                        self.bytes += sort.bytes();
                        sort.values().for_each(|v| self.push(v));
                    }
                    Job::Gsub(gsub) => {
                        self.bytes += gsub.bytes();
                        gsub.values().for_each(|v| self.push(v));
                    }
                    Job::Print(print) => {
                        self.bytes += print.bytes();
                        print.values().for_each(|v| self.push(v));
                    }
                    Job::Pcall | Job::Handled | Job::Resume { .. } | Job::Require(_) => {}
                },
            }
        }
    }
}
