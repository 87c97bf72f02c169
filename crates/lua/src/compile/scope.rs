//! Which variable a name means: blocks, local variables, upvalues, labels.

use super::{Capture, MAX_LABELS, MAX_REGISTERS, Op, Parser, SyntaxError};
use crate::value::Str;

/// A block and what has to happen at its end.
pub struct Block {
    /// The number of variables at its beginning.
    locals: usize,
    /// Whether `break` ends it.
    is_loop: bool,
    breaks: Vec<usize>,
    /// Whether a closure holds one of its variables.
    captured: bool,
    labels: usize,
    gotos: usize,
}

/// `::name::`
pub struct Label {
    name: Str,
    at: usize,
    locals: usize,
}

/// `goto name` before its label: a Close and a Jump to be patched.
pub struct Goto {
    name: Str,
    line: u32,
    at: usize,
    locals: usize,
}

/// What a name means.
pub enum Variable {
    /// A register.
    Local(u8),
    /// An upvalue.
    Upvalue(u8),
    /// A member of the environment.
    Global(u16),
}

// === impl Goto ===

impl Goto {
    /// What is wrong when its label never comes.
    pub fn unresolved(&self) -> String {
        format!("no visible label '{}' for <goto> at line {}", self.name.text(), self.line)
    }
}

// === impl Parser ===

impl Parser<'_> {
    pub fn enter_block(&mut self, is_loop: bool) {
        let func = self.func();
        let block = Block {
            locals: func.locals.len(),
            is_loop,
            breaks: Vec::new(),
            captured: false,
            labels: func.labels.len(),
            gotos: func.gotos.len(),
        };
        func.blocks.push(block);
    }

    /// Ends a block; a loop's `break`s arrive here.
    pub fn leave_block(&mut self) -> Result<(), SyntaxError> {
        let func = self.func();
        let Some(block) = func.blocks.pop() else { return Ok(()) };
        func.locals.truncate(block.locals);
        func.free = block.locals;
        func.labels.truncate(block.labels);
        for goto in &mut func.gotos[block.gotos..] {
            goto.locals = goto.locals.min(block.locals);
        }
        for at in &block.breaks {
            self.patch_here(*at);
        }
        if block.captured {
            self.emit(Op::Close { a: block.locals as u8 });
        }
        Ok(())
    }

    /// Whether a closure holds a variable of the innermost block.
    pub fn block_captured(&mut self) -> bool {
        self.func().blocks.last().is_some_and(|b| b.captured)
    }

    /// The first register of the innermost block.
    pub fn block_start(&mut self) -> u8 {
        self.func().blocks.last().map_or(0, |b| b.locals as u8)
    }

    /// Makes a variable of the next register, which must hold its value already or get it next.
    pub fn declare(&mut self, name: Str) -> Result<(), SyntaxError> {
        let func = self.func();
        if func.locals.len() >= 200 {
            return Err(SyntaxError::compiler("too many local variables"));
        }
        func.locals.push(name);
        Ok(())
    }

    /// Takes `n` registers.
    pub fn reserve(&mut self, n: usize) -> Result<u8, SyntaxError> {
        let func = self.func();
        let first = func.free;
        func.free += n;
        if func.free > MAX_REGISTERS {
            return Err(SyntaxError::compiler("function or expression too complex"));
        }
        func.proto.registers = func.proto.registers.max(func.free as u8);
        Ok(first as u8)
    }

    /// Gives back a register unless it is a variable.
    pub fn release(&mut self, register: u8) {
        let func = self.func();
        if usize::from(register) >= func.locals.len() {
            func.free = func.free.min(usize::from(register));
        }
    }

    /// What a name means here.
    pub fn resolve(&mut self, name: &Str) -> Result<Variable, SyntaxError> {
        let innermost = self.funcs.len() - 1;
        for level in (0..=innermost).rev() {
            let func = &mut self.funcs[level];
            let names = 1 + func.locals.len() + func.upvalues.len();
            if *self.steps < names {
                *self.steps = 0;
                return Err(SyntaxError::compiler("chunk has too many names"));
            }
            *self.steps -= names;
            let capture = if let Some(register) = func.locals.iter().rposition(|n| n == name) {
                if level == innermost {
                    return Ok(Variable::Local(register as u8));
                }
                if let Some(block) = func.blocks.iter_mut().rev().find(|b| b.locals <= register) {
                    block.captured = true;
                }
                Capture::Register(register as u8)
            } else if let Some(upvalue) = func.upvalues.iter().position(|n| n == name) {
                if level == innermost {
                    return Ok(Variable::Upvalue(upvalue as u8));
                }
                Capture::Upvalue(upvalue as u8)
            } else {
                continue;
            };
            return self.capture(level + 1, name, capture).map(Variable::Upvalue);
        }
        self.string_const(name).map(Variable::Global)
    }

    /// Hands a variable down from the function above `level` to the innermost one.
    fn capture(&mut self, level: usize, name: &Str, mut capture: Capture) -> Result<u8, SyntaxError> {
        let mut upvalue = 0;
        for func in &mut self.funcs[level..] {
            if func.upvalues.len() >= 60 {
                return Err(SyntaxError::compiler("too many upvalues"));
            }
            upvalue = func.upvalues.len() as u8;
            func.upvalues.push(name.clone());
            func.proto.captures.push(capture);
            capture = Capture::Upvalue(upvalue);
        }
        Ok(upvalue)
    }

    /// `break`
    pub fn leave_loop(&mut self) -> Result<(), SyntaxError> {
        let jump = self.jump();
        // Variables of blocks between are detached behind the loop, where the block's own Close is.
        let func = self.func();
        let Some(at) = func.blocks.iter().rposition(|b| b.is_loop) else {
            return Err(SyntaxError::compiler("no loop to break"));
        };
        let captured = func.blocks[at..].iter().any(|b| b.captured);
        let block = &mut func.blocks[at];
        block.captured |= captured;
        block.breaks.push(jump);
        Ok(())
    }

    /// `goto name`
    pub fn goto(&mut self, name: Str) -> Result<(), SyntaxError> {
        let locals = self.func().locals.len();
        if let Some(label) = self.func().labels.iter().find(|l| l.name == name) {
            let (at, locals) = (label.at, label.locals);
            self.emit(Op::Close { a: locals as u8 });
            self.emit(Op::Jump { to: at as u32 });
            return Ok(());
        }
        let at = self.emit(Op::Close { a: locals as u8 });
        self.emit(Op::Jump { to: 0 });
        let line = self.line;
        self.func().gotos.push(Goto { name, line, at, locals });
        self.count_labels()
    }

    /// Labels and gotos are looked for one after the other.
    fn count_labels(&mut self) -> Result<(), SyntaxError> {
        let func = self.func();
        match func.labels.len().max(func.gotos.len()) {
            0..=MAX_LABELS => Ok(()),
            _ => Err(SyntaxError::compiler("too many labels")),
        }
    }

    /// `::name::`; `last` tells that nothing follows in the block, so that jumps over variables are allowed.
    pub fn label(&mut self, name: Str, last: bool) -> Result<(), SyntaxError> {
        let at = self.here();
        let func = self.func();
        if func.labels.iter().any(|l| l.name == name) {
            return Err(SyntaxError::compiler(&format!("label '{}' already defined", name.text())));
        }
        let (start, first) = func.blocks.last().map_or((0, 0), |b| (b.locals, b.gotos));
        let locals = if last { start } else { func.locals.len() };
        let mut waiting = first;
        while waiting < func.gotos.len() {
            if func.gotos[waiting].name != name {
                waiting += 1;
                continue;
            }
            let goto = func.gotos.remove(waiting);
            if goto.locals < locals {
                let local = func.locals.get(goto.locals).map_or_else(String::new, Str::text);
                let (name, line) = (name.text(), goto.line);
                let text = format!("<goto {name}> at line {line} jumps into the scope of local '{local}'");
                return Err(SyntaxError::compiler(&text));
            }
            func.proto.code[goto.at] = Op::Close { a: locals as u8 };
            func.proto.code[goto.at + 1] = Op::Jump { to: at as u32 };
        }
        func.labels.push(Label { name, at, locals });
        self.count_labels()
    }
}
