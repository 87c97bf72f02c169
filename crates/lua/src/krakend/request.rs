//! The request: `request` in lua-proxy and lua-backend, `ctx` in lua-endpoint. Methods read without an argument
//! and write with one.

use std::borrow::Cow;

use fjord_http::headers::canonical;
use fjord_http::query::Query;
use fjord_json::Value;

use super::data::{give, give_headers, give_members, give_strings};
use super::heap::Slot;
use super::message::{Fields, Request, field_bytes, line_bytes};
use super::objects::Object;
use super::{Class, Host};
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, Vm};

/// request
pub const REQUEST: Class = Class {
    name: "request",
    functions: &[LOAD],
    methods: &[
        METHOD,
        Native {
            name: "path",
            call: |vm, host, args| property(vm, host, args, |r| (&r.path).into(), |r, text| r.path = text),
        },
        Native {
            name: "query",
            call: |vm, host, args| {
                vm.spend(host.request().query.iter().len())?;
                property(vm, host, args, |r| r.query.encode().into(), |r, text| r.query = Query::parse(&text))
            },
        },
        URL,
        PARAMS,
        HEADERS,
        HEADER_LIST,
        BODY,
    ],
    kind: Object::REQUEST,
};

/// ctx
pub const CONTEXT: Class = Class {
    name: "ctx",
    functions: &[LOAD],
    methods: &[
        METHOD,
        URL,
        Native {
            name: "host",
            call: |vm, host, args| property(vm, host, args, |r| (&r.host).into(), |r, text| r.host = text),
        },
        Native { name: "query", call: query },
        PARAMS,
        HEADERS,
        HEADER_LIST,
        BODY,
    ],
    kind: Object::REQUEST,
};

const LOAD: Native = Native { name: "load", call: |vm, _, _| give(vm, Object::Request) };
const METHOD: Native = Native {
    name: "method",
    call: |vm, host, args| property(vm, host, args, |r| (&r.method).into(), |r, text| r.method = text),
};
const URL: Native = Native {
    name: "url",
    call: |vm, host, args| property(vm, host, args, |r| (&r.url).into(), |r, text| r.url = text),
};
const PARAMS: Native = Native { name: "params", call: params };
const HEADERS: Native = Native { name: "headers", call: headers };
const HEADER_LIST: Native = Native { name: "headerList", call: header_list };
const BODY: Native = Native { name: "body", call: body };

fn check(vm: &mut Vm, args: Args) -> Result<(), Error> {
    let id = vm.check_object(args)?;
    match vm.objects[id] {
        Object::Request => Ok(()),
        _ => Err(vm.raise("request expected")),
    }
}

fn property(
    vm: &mut Vm,
    host: &mut dyn Host,
    args: Args,
    get: fn(&Request) -> Cow<'_, str>,
    set: fn(&mut Request, String),
) -> Result<Flow, Error> {
    check(vm, args)?;
    if args.n == 1 {
        let text = get(host.request());
        vm.scan(text.len())?;
        return vm.give_str(&*text);
    }
    let text = vm.check_text(args, 2)?;
    // A path, a URL, a query: as much as the header they go into.
    vm.field(get(host.request()).len(), text.len())?;
    set(host.request(), text);
    Ok(Flow::Return(0))
}

fn query(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    check(vm, args)?;
    if args.n == 1 {
        return Err(vm.raise("need arguments"));
    }
    let name = vm.check_text(args, 2)?;
    // They are looked at one after the other.
    vm.spend(host.request().query.iter().len() / 4)?;
    match args.n {
        2 => vm.give_str(host.request().query.get(&name).unwrap_or_default()),
        3 => {
            let value = vm.check_text(args, 3)?;
            let old = host.request().query.get(&name).map_or(0, |old| line_bytes(&name, old));
            vm.field(old, line_bytes(&name, &value))?;
            host.request().query.set(name, value);
            Ok(Flow::Return(0))
        }
        _ => Ok(Flow::Return(0)),
    }
}

fn params(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    check(vm, args)?;
    if args.n == 1 {
        let params = host.request().params.iter();
        let members = params.map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
        return give_members(vm, members);
    }
    let name = vm.check_text(args, 2)?;
    match args.n {
        2 => vm.give_str(host.request().params.get(&name).map_or("", String::as_str)),
        3 => {
            let value = vm.check_text(args, 3)?;
            let old = host.request().params.get(&name).map_or(0, |old| line_bytes(&name, old));
            vm.field(old, line_bytes(&name, &value))?;
            host.request().params.insert(name, value);
            Ok(Flow::Return(0))
        }
        _ => Ok(Flow::Return(0)),
    }
}

fn headers(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    check(vm, args)?;
    if args.n == 1 {
        return give_headers(vm, &host.request().headers);
    }
    let name = canonical(&vm.check_text(args, 2)?).into_owned();
    let headers = &mut host.request().headers;
    match args.n {
        2 => {
            let values = read_header(vm, headers, &name)?;
            vm.give_str(values.first().map_or("", String::as_str))
        }
        3 => {
            let values = header_value(vm, args)?;
            set_header(vm, headers, name, values)
        }
        _ => Ok(Flow::Return(0)),
    }
}

/// The values of a header. Reading them is counted.
pub fn read_header<'f>(vm: &mut Vm, headers: &'f Fields, name: &str) -> Result<&'f [String], Error> {
    let values = headers.get(name).map_or(&[][..], Vec::as_slice);
    vm.scan(field_bytes(name, values))?;
    Ok(values)
}

/// Replaces the values of a header, or removes it.
pub fn set_header(
    vm: &mut Vm,
    headers: &mut Fields,
    name: String,
    values: Option<Vec<String>>,
) -> Result<Flow, Error> {
    let old = field_bytes(&name, read_header(vm, headers, &name)?);
    vm.field(old, field_bytes(&name, values.as_deref().unwrap_or_default()))?;
    match values {
        Some(values) => headers.insert(name, values),
        None => headers.remove(&name),
    };
    Ok(Flow::Return(0))
}

/// The third argument as the values of a header: nil removes it.
pub fn header_value(vm: &mut Vm, args: Args) -> Result<Option<Vec<String>>, Error> {
    match vm.arg(args, 3) {
        Val::Nil => Ok(None),
        _ => Ok(Some(vec![vm.check_text(args, 3)?])),
    }
}

fn header_list(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    check(vm, args)?;
    if args.n == 1 {
        return Err(vm.raise("need arguments"));
    }
    let name = canonical(&vm.check_text(args, 2)?).into_owned();
    let headers = &mut host.request().headers;
    match args.n {
        2 => {
            let values = read_header(vm, headers, &name)?;
            give_strings(vm, values.to_vec())
        }
        3 => {
            let values = header_values(vm, args)?;
            set_header(vm, headers, name, Some(values))
        }
        _ => Ok(Flow::Return(0)),
    }
}

/// The luaList that is the third argument as the values of a header.
pub fn header_values(vm: &mut Vm, args: Args) -> Result<Vec<String>, Error> {
    let object = match vm.arg(args, 3) {
        Val::UserData(id) => &vm.objects[id],
        _ => &Object::Null,
    };
    let Object::List { list, len } = *object else {
        return Err(vm.raise("invalid header value, must be a luaList"));
    };
    vm.spend(len)?;
    let values: Vec<String> = vm.heap.list(list)[..len].iter().map(header_text).collect();
    vm.scan(values.iter().map(String::len).sum())?;
    Ok(values)
}

/// Go's `%s` of an element.
fn header_text(slot: &Slot) -> String {
    match slot {
        Slot::Value(Value::String(text)) => text.clone(),
        Slot::Value(Value::Number(text)) => text.to_string(),
        Slot::Value(Value::Float(n)) => format!("%!s(float64={})", crate::value::go_g(*n)),
        Slot::Value(Value::Bool(b)) => format!("%!s(bool={b})"),
        Slot::Value(Value::Null) => "%!s(<nil>)".to_owned(),
        // Go would print the whole structure; nobody sends that in a header.
        Slot::Value(Value::Object(_)) | Slot::Table(_) => "map[]".to_owned(),
        Slot::Value(Value::Array(_)) | Slot::List { .. } => "[]".to_owned(),
    }
}

fn body(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    check(vm, args)?;
    if args.n == 2 {
        let body = vm.check_str(args, 2)?;
        vm.copy(body.bytes().len())?;
        host.request().body = body;
        return Ok(Flow::Return(0));
    }
    vm.give_str(host.request().body.clone())
}
