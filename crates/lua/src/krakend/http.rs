//! `http_response`: a call to another service in the middle of a script. The machine stops, the host makes the call,
//! and the machine continues.

use fjord_http::headers::canonical;

use super::data::give_strings;
use super::message::line_bytes;
use super::objects::Object;
use super::{Class, Host};
use crate::value::{Id, Native, Val};
use crate::vm::{Args, Error, Flow, Vm};

/// A call that the host has to make. It adds KrakenD's User-Agent.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpCall {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The headers, in the order of the script's table, by canonical name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// http_response
pub const CLASS: Class = Class {
    name: "http_response",
    functions: &[Native { name: "new", call: new }],
    methods: &[
        Native {
            name: "statusCode",
            call: |vm, _, args| {
                let status = answer(vm, args)?.status;
                vm.give_number(status.into())
            },
        },
        Native {
            name: "headers",
            call: |vm, _, args| {
                let values = values(vm, args)?;
                vm.give_str(values.first().map_or("", String::as_str))
            },
        },
        Native {
            name: "headerList",
            call: |vm, _, args| {
                let values = values(vm, args)?;
                give_strings(vm, values)
            },
        },
        Native {
            name: "body",
            call: |vm, _, args| {
                let body = answer(vm, args)?.body.clone();
                vm.give_str(body)
            },
        },
        Native { name: "close", call: |vm, _, args| answer(vm, args).map(|_| Flow::Return(0)) },
    ],
    kind: Object::HTTP,
};

fn answer(vm: &mut Vm, args: Args) -> Result<&HttpResponse, Error> {
    let id = vm.check_object(args)?;
    if !matches!(vm.objects[id], Object::Http(_)) {
        return Err(vm.raise("response expected"));
    }
    match &vm.objects[id] {
        Object::Http(response) => Ok(response),
        _ => Err(Error::Value(Val::Nil)),
    }
}

fn values(vm: &mut Vm, args: Args) -> Result<Vec<String>, Error> {
    let lines = answer(vm, args)?.headers.len();
    if args.n != 2 {
        return Err(vm.raise("need arguments"));
    }
    vm.spend(lines / 4)?;
    let name = vm.check_text(args, 2)?;
    let headers = answer(vm, args)?.headers.iter();
    Ok(headers.filter(|(n, _)| n.eq_ignore_ascii_case(&name)).map(|(_, v)| v.clone()).collect())
}

fn new(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    if args.n == 0 || args.n == 2 {
        return Err(vm.raise("need 1, 3 or 4 arguments"));
    }
    let url = vm.check_text(args, 1)?;
    let mut call = HttpCall { method: "GET".to_owned(), url, headers: Vec::new(), body: Vec::new() };
    if args.n > 1 {
        call.method = vm.check_text(args, 2)?;
        let body = vm.check_str(args, 3)?;
        vm.copy(body.bytes().len())?;
        call.body = body.bytes().to_vec();
    }
    if let Val::Table(id) = vm.arg(args, 4) {
        call.headers = headers(vm, id)?;
    }
    vm.http = Some(call);
    Ok(vm.suspend(args.ret))
}

/// The lines of a table: a text for each name, or a list of them.
fn headers(vm: &mut Vm, table: Id) -> Result<Vec<(String, String)>, Error> {
    let mut lines = Vec::new();
    let mut add = |vm: &mut Vm, name: &Val, value: &Val| {
        let (name, value) = (canonical(&vm.display(name)).into_owned(), vm.display(value));
        let bytes = line_bytes(&name, &value);
        vm.scan(bytes)?;
        vm.field(0, bytes)?;
        lines.push((name, value));
        Ok(())
    };
    vm.spend(vm.table(table).size())?;
    let pairs: Vec<(Val, Val)> = vm.table(table).pairs().map(|(name, value)| (name, value.clone())).collect();
    for (name, value) in pairs {
        match value {
            Val::Str(_) => add(vm, &name, &value)?,
            Val::Table(list) => {
                vm.spend(vm.table(list).size())?;
                let values: Vec<Val> = vm.table(list).pairs().map(|(_, value)| value.clone()).collect();
                values.iter().try_for_each(|value| add(vm, &name, value))?;
            }
            _ => {}
        }
    }
    Ok(lines)
}
