//! What KrakenD adds to Lua (spec §27): the request and the response as objects, luaTable and luaList over the
//! response's data, http_response, custom_error.

mod data;
mod error;
mod heap;
mod host;
mod http;
mod message;
mod objects;
mod request;
mod response;
mod script;

pub use error::{LuaError, Place};
pub use heap::Heap;
pub use host::{Host, PlainHost};
pub use http::{HttpCall, HttpResponse};
pub use message::{Fields, Request, Response};
pub use objects::Object;
pub use script::{Execution, Options, Scope, Script, Step};

use super::library::{add_table, set_global};
use super::value::{Native, Val};
use super::vm::{Args, Error, Flow, Template, Vm};

/// A kind of objects: a global with functions, and methods.
struct Class {
    name: &'static str,
    functions: &'static [Native],
    methods: &'static [Native],
    kind: usize,
}

static CUSTOM_ERROR: Native = Native { name: "custom_error", call: custom_error };

/// Adds the globals of a scope to a library.
fn install(template: &mut Template, scope: Scope) {
    set_global(template, "custom_error", Val::Native(&CUSTOM_ERROR));
    let shared = [data::NULL, data::TABLE, data::LIST, http::CLASS];
    let own: &[Class] = match scope {
        Scope::Proxy => &[request::REQUEST, response::RESPONSE],
        Scope::Endpoint => &[request::CONTEXT],
    };
    for class in shared.iter().chain(own) {
        // The global is the metatable of the objects, as in KrakenD.
        let methods = add_table(template, "", class.methods);
        let meta = add_table(template, class.name, class.functions);
        template.tables[meta as usize].set(Val::text("__index"), Val::Table(methods));
        template.objects[class.kind] = Some(meta);
    }
}

/// Errors travel as text, so that a script can catch them and raise them again, as KrakenD's do.
fn custom_error(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    if args.n == 0 {
        return Err(vm.raise("need arguments"));
    }
    let message = vm.check_text(args, 1)?;
    let status = if args.n > 1 { vm.check_int(args, 2)? } else { -1 };
    let mut text = format!("{message}{}{status}", error::SEPARATOR);
    if args.n > 2 {
        text.push_str(error::SEPARATOR);
        text.push_str(&vm.check_text(args, 3)?);
    }
    Err(vm.raise(&text))
}
