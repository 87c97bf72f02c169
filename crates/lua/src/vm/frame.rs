//! The frames of calls, and where their results go.

use std::sync::Arc;

use crate::compile::Proto;
use crate::library::{Gsub, Print, Sort};
use crate::value::{Id, Str, Val};

/// A call that has not returned.
pub enum Frame {
    /// A function of the script.
    Lua(LuaFrame),
    /// A function of the gateway that called one of the script and continues when that returns.
    Native(NativeFrame),
}

/// A call of a function of the script.
pub struct LuaFrame {
    pub closure: Id,
    pub proto: Arc<Proto>,
    /// The next instruction, while another function runs.
    pub pc: usize,
    /// The slot of the function; arguments beyond the named parameters follow it.
    pub func: usize,
    /// The first register.
    pub base: usize,
    pub varargs: usize,
    pub ret: Ret,
}

/// A call of a function of the gateway.
pub struct NativeFrame {
    /// The height of the stack when it was called.
    pub floor: usize,
    pub ret: Ret,
    pub job: Job,
}

/// What a function of the gateway does with the results of its call.
pub enum Job {
    /// Puts `true` before them.
    Pcall,
    /// The same; an error goes to the handler.
    Xpcall(Val),
    /// The handler ran: puts `false` before them.
    Handled,
    /// Waits for the coroutine it resumed.
    Resume { wrap: bool },
    /// Orders elements.
    Sort(Box<Sort>),
    /// Replaces matches.
    Gsub(Box<Gsub>),
    /// Prints values.
    Print(Box<Print>),
    /// Gathers a source.
    Load { text: Vec<u8>, function: Val },
    /// Keeps a module.
    Require(Str),
}

/// Where the results of a call go.
#[derive(Clone, Copy, Debug)]
pub enum Ret {
    /// To registers; `want` may be [`MULTI`](crate::compile::MULTI).
    Registers { at: usize, want: u8 },
    /// Nowhere.
    Discard,
    /// Truth, to a register.
    Bool { at: usize, negate: bool },
    /// Truth, to skip an instruction.
    Skip { when: bool },
    /// Between the values of a concatenation: it ends in `at`, `n` values from `first` are left with this one.
    Concat { at: usize, first: usize, n: usize },
    /// To the function of the gateway below.
    Job,
    /// To whoever resumed this coroutine.
    Thread,
}
