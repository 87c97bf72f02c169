//! Lua scripts that read and change requests and responses: an interpreter of Lua 5.1, and KrakenD's objects for it.
//!
//! KrakenD runs scripts with gopher-lua. Of what exists for WebAssembly nothing has its dialect and can also stop in the middle of a
//! script (an `http_response` is a `fetch`, which is asynchronous here), count instructions and bound memory:
//!
//! | candidate | size in the module | dialect | stops | counts |
//! |---|---|---|---|---|
//! | this one | 359 kB, 117 kB compressed | 5.1 | at any call | instructions, bytes |
//! | piccolo 0.3.3 (2024-06) | 802 kB, 243 kB compressed | 5.3/5.4, without patterns and `string.format` | yes | instructions |
//! | mlua 0.12 | not for wasm32-unknown-unknown | | | |
//! | fengari 0.1.5 (npm) | in JavaScript: each header read crosses the border | 5.3 | no | no |
//! | wasmoon 1.16 (npm) | a second module and its glue | 5.4 | no | no |
//!
//! What a request pays, in wasm on V8 (optimized for speed, before wasm-opt; one core of a shared machine):
//!
//! | scripts | time |
//! |---|---|
//! | none written | 0.1 µs |
//! | `local r = request.load()` | 1.5 µs |
//! | two headers set | 2.3 µs |
//! | a source with a function, `post` reads and sets data, one pattern match | 3.1 µs |
//! | a loop of a million additions and remainders | 33 ms |
//!
//! A script cannot harm the isolate: its calls nest on a stack of its own, source nesting is limited, every instruction and
//! every byte a library function touches is counted, memory is bounded, and no limit can be caught. An execution's objects
//! live in arenas that are dropped as a whole; a collection runs only when an execution nears its memory limit.
//!
//! Where gopher-lua and Lua 5.1 differ, this follows gopher-lua: `tostring(0.1+0.2)`, the order of `pairs`, error texts,
//! `goto`, `math.huge`, `error(text, 2)`. It differs from both where they would let a script wait or touch files (`io`,
//! `os.execute`, `dofile`), and from gopher-lua alone where that is weaker: coroutines may yield anywhere, `%f` works,
//! `table.sort` is stable, `#t` does not count ahead of holes, `string.format` refuses what it cannot print.

mod compile;
mod krakend;
mod library;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod vm;

pub use krakend::{
    Execution, Fields, Host, HttpCall, HttpResponse, LuaError, Options, Place, PlainHost, Request, Response,
    Scope, Script, Step,
};
pub use value::Str;
pub use vm::Limits;
