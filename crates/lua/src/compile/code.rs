//! The code of a function: eight-byte instructions on registers, in the manner of Lua 5.1's own machine.

use std::sync::Arc;

use crate::value::Str;

/// As a count: up to the end of the list that the last call or `...` left.
pub const MULTI: u8 = 255;

/// A register (below 256) or a constant (from 256).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rk(pub u16);

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Cmp {
    Eq,
    Lt,
    Le,
}

/// An arithmetic operation.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
}

/// One instruction. `a` is the register written unless said otherwise.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// a = b
    Move { a: u8, b: u8 },
    /// a = constant
    LoadK { a: u8, k: u16 },
    /// a = true or false
    LoadBool { a: u8, v: bool },
    /// n registers from a = nil
    LoadNil { a: u8, n: u8 },
    /// a = upvalue
    GetUp { a: u8, u: u8 },
    /// upvalue = a
    SetUp { a: u8, u: u8 },
    /// a = environment[constant]
    GetGlobal { a: u8, k: u16 },
    /// environment[constant] = v
    SetGlobal { v: Rk, k: u16 },
    /// a = t[k]
    GetIndex { a: u8, t: u8, k: Rk },
    /// t[k] = v
    SetIndex { t: u8, k: Rk, v: Rk },
    /// a, a+1 = t[k], t
    Method { a: u8, t: u8, k: Rk },
    /// a = {}
    NewTable { a: u8, array: u16, hash: u16 },
    /// t[start..] = the n registers after t
    SetList { t: u8, n: u8, start: u32 },
    /// a = b op c
    Arith { op: Arith, a: u8, b: Rk, c: Rk },
    /// a = -b
    Neg { a: u8, b: u8 },
    /// a = not b
    Not { a: u8, b: u8 },
    /// a = #b
    Len { a: u8, b: u8 },
    /// a = n registers from first, joined
    Concat { a: u8, first: u8, n: u8 },
    /// a = (b op c) ~= negate
    Compare { op: Cmp, negate: bool, a: u8, b: Rk, c: Rk },
    /// skip the next instruction if (b op c) == when
    Skip { op: Cmp, when: bool, b: Rk, c: Rk },
    /// continue at `to`
    Jump { to: u32 },
    /// continue at `to` if a is true
    JumpIf { a: u8, to: u32 },
    /// continue at `to` if a is false
    JumpUnless { a: u8, to: u32 },
    /// call a with n arguments for `want` results
    Call { a: u8, n: u8, want: u8 },
    /// return a(n arguments)
    TailCall { a: u8, n: u8 },
    /// return n registers from a
    Return { a: u8, n: u8 },
    /// prepare a loop over a (start), a+1 (limit), a+2 (step); enter at `to`
    ForPrep { a: u8, to: u32 },
    /// advance the loop; a+3 is the variable
    ForLoop { a: u8, to: u32 },
    /// a+3.. = a(a+1, a+2), n results
    ForCall { a: u8, n: u8 },
    /// if a+3 is not nil: a+2 = a+3, continue at `to`
    ForTest { a: u8, to: u32 },
    /// detach the upvalues of the registers from a
    Close { a: u8 },
    /// a = a closure of the function p
    Closure { a: u8, p: u16 },
    /// n registers from a = ...
    VarArg { a: u8, n: u8 },
}

/// A constant.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Const {
    Nil,
    Bool(bool),
    Number(f64),
    Str(Str),
}

/// Which variable an upvalue of a new closure is.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Capture {
    Register(u8),
    Upvalue(u8),
}

/// A compiled function.
#[derive(Debug, Default)]
pub struct Proto {
    /// The instructions.
    pub code: Vec<Op>,
    /// The line of each instruction.
    pub lines: Vec<u32>,
    /// The constants.
    pub consts: Vec<Const>,
    /// The functions inside.
    pub protos: Vec<Arc<Proto>>,
    /// What a closure of it captures.
    pub captures: Vec<Capture>,
    /// The number of named parameters.
    pub params: u8,
    /// Whether it takes more.
    pub vararg: bool,
    /// The number of registers.
    pub registers: u8,
    /// Which script it is part of.
    pub chunk: Chunk,
}

/// The texts a function can come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chunk {
    /// The joined `sources`.
    Sources,
    /// `pre`
    Pre,
    /// `post`
    Post,
    /// A text given to `loadstring`.
    #[default]
    Loaded,
}

const _: () = assert!(size_of::<Op>() <= 8, "instructions must stay small");
