//! The machine that runs a script: all state in arenas and explicit stacks, nothing of a script on the host's stack,
//! so that it can stop at any call, and every instruction and byte is counted.

mod arena;
mod args;
mod call;
mod coroutine;
mod count;
mod frame;
mod gc;
mod jobs;
mod meta;
mod ops;
mod run;
mod unwind;

use std::sync::Arc;

use super::compile::{Chunk, Proto};
use super::krakend::{Heap, HttpCall, Object};
use super::table::Table;
use super::value::{Id, Str, Val};
pub use arena::Arena;
pub use args::Args;
pub use call::Exit;
pub use frame::{Frame, Job, Ret};
pub use meta::{Answer, arith};

use super::Host;

/// What a function of the gateway does when called.
pub type NativeFn = fn(&mut Vm, &mut dyn Host, Args) -> Result<Flow, Error>;

/// How a function of the gateway ends.
pub enum Flow {
    /// Its results are the last values on the stack.
    Return(usize),
    /// The function on the stack at `at` continues, with `n` arguments.
    Call { at: usize, n: usize, ret: Ret },
    /// Frames, or the coroutine, have changed.
    Switched,
}

/// Why a script stops.
#[derive(Debug)]
pub enum Error {
    /// An error that `pcall` catches.
    Value(Val),
    /// A limit, which nothing catches.
    Limit(Limit),
}

/// What a script may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Instructions, and work of the library counted as such.
    Instructions,
    /// Memory.
    Memory,
    /// Header lines, parameters and query of the request and the response.
    Fields,
}

/// How much a script may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Instructions of one execution. Library functions count by the bytes they touch.
    pub instructions: u64,
    /// Bytes that may be alive at once.
    pub memory: usize,
}

/// A function of the script with its variables.
#[derive(Default)]
pub struct Closure {
    /// Its code.
    pub proto: Arc<Proto>,
    /// The captured variables.
    pub upvalues: Box<[Id]>,
    /// The table of its globals.
    pub env: Id,
}

/// A captured variable.
pub enum Upvalue {
    /// Still a register of a coroutine.
    Open { thread: Id, slot: usize },
    /// On its own.
    Closed(Val),
}

/// A coroutine that does not run now.
#[derive(Default)]
pub struct Thread {
    stack: Vec<Val>,
    frames: Vec<Frame>,
    open: Vec<(usize, Id)>,
    /// Where the values of the next resume go; `None` before the first.
    resume: Option<Ret>,
    /// Who resumed it.
    resumer: Option<Id>,
    /// What it is doing.
    pub state: State,
}

/// What a coroutine is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum State {
    #[default]
    Suspended,
    Running,
    Normal,
    Dead,
}

/// The library of a script as tables, made once and copied for each execution.
#[derive(Clone, Default)]
pub struct Template {
    /// The tables.
    pub tables: Vec<Table>,
    /// Which is the table of globals.
    pub globals: Id,
    /// The metatable of strings, where the string library is there.
    pub strings: Option<Id>,
    /// The metatables of the gateway's objects, by [`Object::kind`].
    pub objects: [Option<Id>; Object::KINDS],
}

/// One execution.
pub struct Vm {
    /// The registers of the running coroutine, and above them what library functions push.
    pub stack: Vec<Val>,
    /// The end of the list that the last call or `...` left.
    top: usize,
    frames: Vec<Frame>,
    /// The next instruction of the function that runs; of others the frame knows it.
    pc: usize,
    /// The captured variables that are still registers: slot and upvalue, by slot.
    open: Vec<(usize, Id)>,
    current: Id,
    /// Results for the library function on top of the frames: where and how many.
    pending: Option<(usize, usize)>,
    waiting: Option<Ret>,
    /// A call that the host has to make before the script can continue.
    pub http: Option<HttpCall>,
    tables: Arena<Table>,
    closures: Arena<Closure>,
    upvalues: Arena<Upvalue>,
    /// The gateway's objects.
    pub objects: Arena<Object>,
    threads: Arena<Thread>,
    template: Template,
    names: Names,
    /// The data that luaTable and luaList objects stand for.
    pub heap: Heap,
    fuel: i64,
    allocated: usize,
    /// Bytes that nothing frees before the execution ends: compiled code.
    kept: usize,
    /// Bytes of header lines and parameters that the script has added.
    fields: usize,
    /// Bytes that it has printed.
    printed: usize,
    limits: Limits,
    /// Where the last error was raised.
    pub failed: Option<(Chunk, u32)>,
}

/// The keys of metamethods.
struct Names {
    index: Str,
    newindex: Str,
    call: Str,
    concat: Str,
    eq: Str,
    lt: Str,
    le: Str,
    len: Str,
    unm: Str,
}

// === impl Upvalue ===

impl Default for Upvalue {
    fn default() -> Self {
        Self::Closed(Val::Nil)
    }
}

// === impl Val ===

impl std::fmt::Debug for Val {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Str(s) => write!(f, "{s:?}"),
            Self::Number(n) => write!(f, "{n}"),
            Self::Bool(b) => write!(f, "{b}"),
            other => f.write_str(other.type_name()),
        }
    }
}

// === impl Vm ===

impl Vm {
    /// A new execution over a library.
    pub fn new(template: &Template, limits: Limits) -> Self {
        let tables = template.tables.clone();
        let mut threads = Arena::new(Vec::new());
        let current = threads.add(Thread { state: State::Running, ..Thread::default() });
        Self {
            stack: Vec::with_capacity(32),
            top: 0,
            frames: Vec::with_capacity(4),
            pc: 0,
            open: Vec::new(),
            current,
            pending: None,
            waiting: None,
            http: None,
            tables: Arena::new(tables),
            closures: Arena::new(Vec::new()),
            upvalues: Arena::new(Vec::new()),
            objects: Arena::new(Vec::new()),
            threads,
            template: Template { tables: Vec::new(), ..*template },
            names: Names::new(),
            heap: Heap::default(),
            fuel: i64::try_from(limits.instructions).unwrap_or(i64::MAX),
            allocated: 0,
            kept: 0,
            fields: 0,
            printed: 0,
            limits,
            failed: None,
        }
    }

    /// A new table.
    pub fn new_table(&mut self, table: Table) -> Result<Id, Error> {
        self.allocate(table.bytes())?;
        Ok(self.tables.add(table))
    }

    /// A table.
    pub fn table(&self, id: Id) -> &Table {
        &self.tables[id]
    }

    /// A table, to be changed without metamethods; growth is counted by [`Vm::raw_set`].
    pub fn table_mut(&mut self, id: Id) -> &mut Table {
        &mut self.tables[id]
    }

    /// Sets a member without metamethods.
    pub fn raw_set(&mut self, id: Id, key: Val, value: Val) -> Result<(), Error> {
        match key {
            Val::Nil => return Err(self.raise("table index is nil")),
            Val::Number(n) if n.is_nan() => return Err(self.raise("table index is NaN")),
            _ => {}
        }
        self.look_up(&key)?;
        let table = &mut self.tables[id];
        let grown = table.set(key, value);
        if grown > 0 {
            self.allocate(grown)?;
        }
        Ok(())
    }

    /// The table of globals.
    pub fn globals(&self) -> Id {
        self.template.globals
    }

    /// Changes the table of globals (`setfenv(0, t)`).
    pub fn set_globals(&mut self, id: Id) {
        self.template.globals = id;
    }

    /// A new object of the gateway.
    pub fn object(&mut self, object: Object) -> Result<Val, Error> {
        self.allocate(48)?;
        Ok(Val::UserData(self.objects.add(object)))
    }

    /// A function of a script, not yet called, with the globals as its environment.
    pub fn closure(&mut self, proto: Arc<Proto>) -> Val {
        let env = self.globals();
        Val::Closure(self.closures.add(Closure { proto, upvalues: Box::default(), env }))
    }

    /// The environment of a closure.
    pub fn env_mut(&mut self, closure: Id) -> &mut Id {
        &mut self.closures[closure].env
    }

    /// A coroutine.
    pub fn thread(&self, id: Id) -> &Thread {
        &self.threads[id]
    }
}

impl Names {
    fn new() -> Self {
        Self {
            index: Str::from("__index"),
            newindex: Str::from("__newindex"),
            call: Str::from("__call"),
            concat: Str::from("__concat"),
            eq: Str::from("__eq"),
            lt: Str::from("__lt"),
            le: Str::from("__le"),
            len: Str::from("__len"),
            unm: Str::from("__unm"),
        }
    }
}
