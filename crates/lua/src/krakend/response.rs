//! The response, in post scripts.

use fjord_http::headers::canonical;

use super::data::{counted, give, give_headers, give_strings};
use super::message::Response;
use super::objects::Object;
use super::request::{header_value, header_values, read_header, set_header};
use super::{Class, Host};
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, Vm};

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
fn response<'h>(vm: &mut Vm, host: &'h mut dyn Host, args: Args) -> Result<&'h mut Response, Error> {
    let id = vm.check_object(args)?;
    match (&vm.objects[id], host.response()) {
        (Object::Response, Some(response)) => Ok(response),
        _ => Err(vm.raise("response expected")),
    }
}

fn is_complete(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return vm.give(Val::Bool(response.is_complete));
    }
    response.is_complete = vm.check_bool(args, 2)?;
    Ok(Flow::Return(0))
}

fn status_code(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return vm.give_number(response.status as f64);
    }
    response.status = vm.check_int(args, 2)?;
    Ok(Flow::Return(0))
}

fn data(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    let root = match vm.heap.data {
        Some(root) => root,
        None => {
            let map = std::mem::take(&mut response.data);
            counted(vm, |heap| {
                let root = heap.table_of(map);
                heap.refer(&super::heap::Slot::Table(root));
                heap.data = Some(root);
                root
            })?
        }
    };
    give(vm, Object::Table(root))
}

/// Reading takes the name as it is written, writing brings it to Go's form (spec §27).
fn headers(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return give_headers(vm, &response.headers);
    }
    let name = vm.check_text(args, 2)?;
    match args.n {
        2 => {
            let values = read_header(vm, &response.headers, &name)?;
            vm.give_str(values.first().map_or("", String::as_str))
        }
        3 => {
            let values = header_value(vm, args)?;
            set_header(vm, &mut response.headers, canonical(&name).into_owned(), values)
        }
        _ => Ok(Flow::Return(0)),
    }
}

fn header_list(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 1 {
        return Err(vm.raise("need arguments"));
    }
    let name = canonical(&vm.check_text(args, 2)?).into_owned();
    match args.n {
        2 => {
            let values = read_header(vm, &response.headers, &name)?;
            give_strings(vm, values.to_vec())
        }
        3 => {
            let values = header_values(vm, args)?;
            set_header(vm, &mut response.headers, name, Some(values))
        }
        _ => Ok(Flow::Return(0)),
    }
}

fn body(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let response = response(vm, host, args)?;
    if args.n == 2 {
        let body = vm.check_str(args, 2)?;
        vm.copy(body.bytes().len())?;
        response.body = body;
        return Ok(Flow::Return(0));
    }
    vm.give_str(response.body.clone())
}
