//! `http_response`: a call to another service in the middle of a script. The machine stops, the host makes the call,
//! and the machine goes on.

use super::data::give_strings;
use super::objects::Object;
use super::{Class, Host};
use crate::http::headers::canonical;
use crate::lua::value::{Native, Val};
use crate::lua::vm::{Args, Error, Flow, Vm};

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
    answer(vm, args)?;
    if args.n != 2 {
        return Err(vm.raise("need arguments"));
    }
    let name = vm.check_str(args, 2)?.text();
    let headers = answer(vm, args)?.headers.iter();
    Ok(headers.filter(|(n, _)| n.eq_ignore_ascii_case(&name)).map(|(_, v)| v.clone()).collect())
}

fn new(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    if args.n == 0 || args.n == 2 {
        return Err(vm.raise("need 1, 3 or 4 arguments"));
    }
    let url = vm.check_str(args, 1)?.text();
    let mut call = HttpCall { method: "GET".to_owned(), url, headers: Vec::new(), body: Vec::new() };
    if args.n > 1 {
        call.method = vm.check_str(args, 2)?.text();
        call.body = vm.check_str(args, 3)?.bytes().to_vec();
    }
    if let Val::Table(id) = vm.arg(args, 4) {
        for (key, value) in vm.table(id).pairs() {
            let name = canonical(&vm.display(&key)).into_owned();
            match value {
                Val::Str(text) => call.headers.push((name, text.text())),
                Val::Table(list) => {
                    let values = vm.table(*list).pairs();
                    call.headers.extend(values.map(|(_, v)| (name.clone(), vm.display(v))));
                }
                _ => {}
            }
        }
    }
    vm.http = Some(call);
    Ok(vm.suspend(args.ret))
}
