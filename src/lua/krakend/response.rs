//! The response, in post scripts.

use super::data::{give, give_headers, give_strings};
use super::objects::Object;
use super::request::{header_value, header_values};
use super::views::ResponseView;
use super::{Class, Host};
use crate::http::headers::canonical;
use crate::lua::value::{Native, Val};
use crate::lua::vm::{Args, Error, Flow, Vm};

/// response
pub const RESPONSE: Class = Class {
    name: "response",
    functions: &[Native { name: "load", call: |vm, _, _| give(vm, Object::Response) }],
    methods: &[
        Native { name: "isComplete", call: is_complete },
        Native { name: "statusCode", call: status_code },
        Native { name: "data", call: data },
        Native { name: "headers", call: headers },
        Native { name: "headerList", call: header_list },
        Native { name: "body", call: body },
    ],
    kind: Object::RESPONSE,
};

/// The response, if the first argument is it and there is one already.
fn response<'h>(vm: &mut Vm, host: &'h mut dyn Host, args: Args) -> Result<&'h mut dyn ResponseView, Error> {
    let id = vm.check_object(args)?;
    match (&vm.objects[id], host.response()) {
        (Object::Response, Some(response)) => Ok(response),
        _ => Err(vm.raise("response expected")),
    }
}

fn is_complete(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return vm.give(Val::Bool(response.is_complete()));
    }
    response.set_complete(vm.check_bool(args, 2)?);
    Ok(Flow::Return(0))
}

fn status_code(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return vm.give_number(response.status() as f64);
    }
    response.set_status(vm.check_int(args, 2)?);
    Ok(Flow::Return(0))
}

fn data(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    let root = match vm.heap.data {
        Some(root) => root,
        None => {
            let map = response.take_data();
            let before = vm.heap.bytes();
            let root = vm.heap.table_of(map);
            vm.heap.refer(&super::heap::Slot::Table(root));
            vm.heap.data = Some(root);
            vm.allocate(vm.heap.bytes() - before)?;
            root
        }
    };
    give(vm, Object::Table(root))
}

/// Reading takes the name as it is written, writing brings it to Go's form (spec §27).
fn headers(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return give_headers(vm, response.headers());
    }
    let name = vm.check_str(args, 2)?.text();
    match args.n {
        2 => vm.give_str(response.header(&name).first().map_or("", String::as_str)),
        3 => {
            response.set_header(canonical(&name).into_owned(), header_value(vm, args)?);
            Ok(Flow::Return(0))
        }
        _ => Ok(Flow::Return(0)),
    }
}

fn header_list(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return Err(vm.raise("need arguments"));
    }
    let name = canonical(&vm.check_str(args, 2)?.text()).into_owned();
    match args.n {
        2 => give_strings(vm, response.header(&name)),
        3 => {
            response.set_header(name, Some(header_values(vm, args)?));
            Ok(Flow::Return(0))
        }
        _ => Ok(Flow::Return(0)),
    }
}

fn body(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 2 {
        response.set_body(vm.check_str(args, 2)?.bytes().to_vec());
        return Ok(Flow::Return(0));
    }
    let body = response.body();
    vm.give_str(body)
}
