//! The functions that need no library name.

use super::load;
use super::print::Print;
use crate::Host;
use crate::value::{Native, Str, Val, parse_number};
use crate::vm::{Args, Error, Flow, Job, Vm};

/// The functions.
pub const FUNCTIONS: &[Native] = &[
    Native { name: "assert", call: assert },
    Native { name: "collectgarbage", call: collect_garbage },
    Native { name: "error", call: error },
    Native { name: "getfenv", call: get_env },
    Native { name: "getmetatable", call: get_metatable },
    Native { name: "ipairs", call: ipairs },
    Native { name: "load", call: load::load },
    Native { name: "loadstring", call: load::load_string },
    Native { name: "next", call: next },
    Native { name: "pairs", call: pairs },
    Native { name: "pcall", call: pcall },
    Native { name: "print", call: print },
    Native { name: "rawequal", call: raw_equal },
    Native { name: "rawget", call: raw_get },
    Native { name: "rawset", call: raw_set },
    Native { name: "require", call: load::require },
    Native { name: "select", call: select },
    Native { name: "setfenv", call: set_env },
    Native { name: "setmetatable", call: set_metatable },
    Native { name: "tonumber", call: to_number },
    Native { name: "tostring", call: to_string },
    Native { name: "type", call: type_of },
    Native { name: "unpack", call: unpack },
    Native { name: "xpcall", call: xpcall },
];

static NEXT: Native = Native { name: "next", call: next };
static IPAIRS_STEP: Native = Native { name: "ipairs", call: ipairs_step };

fn assert(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    if vm.arg(args, 1).truthy() {
        let values = vm.all(args).to_vec();
        vm.stack.extend(values);
        return Ok(Flow::Return(args.n));
    }
    let message = if args.n >= 2 { vm.check_text(args, 2)? } else { "assertion failed!".to_owned() };
    Err(vm.raise(&message))
}

fn collect_garbage(vm: &mut Vm, _: &mut dyn Host, _: Args) -> Result<Flow, Error> {
    // The machine collects when it must.
    vm.give_number(0.0)
}

fn error(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let value = vm.check_any(args, 1)?;
    let level = vm.opt_int(args, 2, 1)?;
    match value {
        Val::Str(text) if level > 0 => {
            // In gopher-lua level 2 is still the function that calls `error`, 3 its caller.
            let level = (level - 1).max(1) as usize;
            vm.spend(level.min(vm.depth()) / 8)?;
            let mut message = vm.place(level).into_bytes();
            message.extend_from_slice(text.bytes());
            let message = vm.string(message)?;
            Err(Error::Value(message))
        }
        value => Err(Error::Value(value)),
    }
}

fn get_metatable(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let value = vm.check_any(args, 1)?;
    let Some(meta) = vm.metatable(&value) else { return vm.give(Val::Nil) };
    let shown = vm.table(meta).get(&Val::text("__metatable")).clone();
    vm.give(if shown.is_nil() { Val::Table(meta) } else { shown })
}

fn set_metatable(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let meta = match vm.arg(args, 2) {
        Val::Nil if args.n >= 2 => None,
        Val::Table(id) => Some(id),
        other => {
            return Err(vm.arg_error(args, 2, &format!("nil or table expected, got {}", other.type_name())));
        }
    };
    if let Some(old) = vm.table(table).meta
        && !vm.table(old).get(&Val::text("__metatable")).is_nil()
    {
        return Err(vm.raise("cannot change a protected metatable"));
    }
    vm.table_mut(table).meta = meta;
    vm.give(Val::Table(table))
}

fn next(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let key = vm.arg(args, 2);
    vm.look_up(&key)?;
    let Some((found, passed)) = vm.table(table).next(&key) else {
        return Err(vm.raise("invalid key to 'next'"));
    };
    // Members that were removed are passed over again and again.
    vm.spend(passed / 8)?;
    match found {
        Some((key, value)) => vm.give_all([key, value]),
        None => vm.give(Val::Nil),
    }
}

fn pairs(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    vm.give_all([Val::Native(&NEXT), Val::Table(table), Val::Nil])
}

fn ipairs(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    vm.give_all([Val::Native(&IPAIRS_STEP), Val::Table(table), Val::Number(0.0)])
}

fn ipairs_step(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let at = vm.check_number(args, 2)? + 1.0;
    match vm.table(table).get_number(at).clone() {
        Val::Nil => Ok(Flow::Return(0)),
        value => vm.give_all([Val::Number(at), value]),
    }
}

fn pcall(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    vm.check_any(args, 1)?;
    let call = vm.all(args).to_vec();
    vm.call_for(Job::Pcall, args.ret, &call)
}

fn xpcall(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let function = vm.check_any(args, 1)?;
    let handler = vm.check_function(args, 2)?;
    vm.call_for(Job::Xpcall(handler), args.ret, &[function])
}

fn print(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let job = Job::Print(Box::new(Print::new(vm.all(args).to_vec())));
    vm.push_job(job, args.ret)?;
    Ok(vm.wake_job())
}

fn raw_equal(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let (a, b) = (vm.check_any(args, 1)?, vm.check_any(args, 2)?);
    if let (Val::Str(a), Val::Str(b)) = (&a, &b) {
        vm.copy(a.bytes().len().min(b.bytes().len()))?;
    }
    vm.give(Val::Bool(a.raw_eq(&b)))
}

fn raw_get(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let key = vm.check_any(args, 2)?;
    vm.look_up(&key)?;
    let value = vm.table(table).get(&key).clone();
    vm.give(value)
}

fn raw_set(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let (key, value) = (vm.check_any(args, 2)?, vm.check_any(args, 3)?);
    vm.raw_set(table, key, value)?;
    vm.give(Val::Table(table))
}

fn select(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    if matches!(vm.arg(args, 1), Val::Str(s) if s.bytes() == b"#") {
        return vm.give_number((args.n - 1) as f64);
    }
    let n = vm.check_int(args, 1)?;
    let skip = match usize::try_from(n) {
        Ok(0) => return Err(vm.arg_error(args, 1, "index out of range")),
        Ok(n) => n.min(args.n),
        Err(_) => match args.n.checked_sub(n.unsigned_abs() as usize) {
            Some(skip) if skip >= 1 => skip,
            _ => return Err(vm.arg_error(args, 1, "index out of range")),
        },
    };
    vm.spend((args.n - skip) / 4)?;
    let values = vm.all(args)[skip..].to_vec();
    let n = values.len();
    vm.stack.extend(values);
    Ok(Flow::Return(n))
}

fn to_number(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let value = vm.check_any(args, 1)?;
    let base = vm.opt_int(args, 2, 10)?;
    if base == 10 {
        // Without a point gopher-lua reads integers only: no `1e2`.
        let integer = |s: &Str| !s.bytes().contains(&b'.') && !s.bytes().iter().any(|b| b"xX".contains(b));
        let exponent =
            matches!(&value, Val::Str(s) if integer(s) && s.bytes().iter().any(|b| b"eE".contains(b)));
        let number = if exponent { None } else { vm.read_number(&value)? };
        return vm.give(number.map_or(Val::Nil, Val::Number));
    }
    let Ok(radix @ 2..=36) = u32::try_from(base) else {
        return Err(vm.arg_error(args, 2, "base out of range"));
    };
    let text = vm.check_str(args, 1)?;
    vm.scan(text.bytes().len())?;
    if radix == 16 && text.bytes().iter().any(|b| matches!(b, b'x' | b'X')) {
        return vm.give(parse_number(text.bytes()).map_or(Val::Nil, Val::Number));
    }
    let parsed =
        std::str::from_utf8(text.bytes()).ok().and_then(|t| i64::from_str_radix(t.trim(), radix).ok());
    vm.give(parsed.map_or(Val::Nil, |n| Val::Number(n as f64)))
}

fn to_string(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let value = vm.check_any(args, 1)?;
    let method = vm.metamethod(&value, &"__tostring".into());
    if !method.is_nil() {
        let at = vm.stack.len();
        vm.stack.extend([method, value]);
        return Ok(Flow::Call { at, n: 1, ret: args.ret });
    }
    if let Val::Str(_) = value {
        return vm.give(value);
    }
    let text = vm.display(&value);
    vm.give_str(text.as_str())
}

fn type_of(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let name = vm.check_any(args, 1)?.type_name();
    vm.give_str(name)
}

fn unpack(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let start = vm.opt_int(args, 2, 1)?;
    let len = vm.table(table).len() as i64;
    let end = vm.opt_int(args, 3, len)?;
    if start > end {
        return Ok(Flow::Return(0));
    }
    let n = end.saturating_sub(start).saturating_add(1);
    let Some(n) = usize::try_from(n).ok().filter(|n| *n <= 10_000) else {
        return Err(vm.raise("too many results to unpack"));
    };
    vm.spend(n)?;
    for i in 0..n {
        let value = vm.table(table).get_number((start + i as i64) as f64).clone();
        vm.stack.push(value);
    }
    Ok(Flow::Return(n))
}

fn get_env(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let closure = match vm.arg(args, 1) {
        Val::Closure(id) => Some(id),
        Val::Native(_) => None,
        _ => {
            let level = vm.opt_int(args, 1, 1)?;
            vm.spend(vm.depth() / 8)?;
            usize::try_from(level).ok().and_then(|level| vm.caller(level))
        }
    };
    let env = closure.map_or(vm.globals(), |id| *vm.env_mut(id));
    vm.give(Val::Table(env))
}

fn set_env(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let env = vm.check_table(args, 2)?;
    let closure = match vm.arg(args, 1) {
        Val::Closure(id) => Some(id),
        Val::Native(_) => None,
        _ => {
            let level = vm.check_int(args, 1)?;
            if level == 0 {
                vm.set_globals(env);
                return Ok(Flow::Return(0));
            }
            vm.spend(vm.depth() / 8)?;
            usize::try_from(level).ok().and_then(|level| vm.caller(level))
        }
    };
    let Some(closure) = closure else {
        return Err(vm.raise("cannot change the environment of given object"));
    };
    *vm.env_mut(closure) = env;
    vm.give(Val::Closure(closure))
}
