//! `string`

use super::format::format;
use super::gsub::Gsub;
use super::pattern;
use crate::Host;
use crate::table::Table;
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, Job, Vm};

/// The functions.
pub const FUNCTIONS: &[Native] = &[
    Native { name: "byte", call: byte },
    Native { name: "char", call: char },
    Native { name: "find", call: find },
    Native { name: "format", call: format },
    Native { name: "gmatch", call: gmatch },
    Native { name: "gfind", call: gmatch },
    Native { name: "gsub", call: gsub },
    Native { name: "len", call: len },
    Native { name: "lower", call: lower },
    Native { name: "match", call: matches },
    Native { name: "rep", call: rep },
    Native { name: "reverse", call: reverse },
    Native { name: "sub", call: sub },
    Native { name: "upper", call: upper },
];

static NEXT_MATCH: Native = Native { name: "gmatch", call: next_match };

/// A range of positions from 1, negative ones from the end, as offsets.
fn range(len: usize, from: i64, to: i64) -> (usize, usize) {
    let len = len as i64;
    let absolute = |n: i64| if n < 0 { n.saturating_add(len).saturating_add(1) } else { n };
    let (from, to) = (absolute(from).max(1), absolute(to).min(len));
    if from > to { (0, 0) } else { (from as usize - 1, to as usize) }
}

fn byte(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let text = vm.check_str(args, 1)?;
    let from = vm.opt_int(args, 2, 1)?;
    let to = vm.opt_int(args, 3, from)?;
    let (from, to) = range(text.bytes().len(), from, to);
    if to - from > 10_000 {
        return Err(vm.raise("string slice too long"));
    }
    vm.spend(to - from)?;
    vm.stack.extend(text.bytes()[from..to].iter().map(|b| Val::Number(f64::from(*b))));
    Ok(Flow::Return(to - from))
}

fn char(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let mut out = Vec::with_capacity(args.n);
    for i in 1..=args.n {
        out.push(vm.check_int(args, i)? as u8);
    }
    vm.give_str(out)
}

fn len(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let len = vm.check_str(args, 1)?.bytes().len();
    vm.give_number(len as f64)
}

fn lower(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    change(vm, args, str::to_lowercase, |b| b.to_ascii_lowercase())
}

fn upper(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    change(vm, args, str::to_uppercase, |b| b.to_ascii_uppercase())
}

/// gopher-lua changes the case of all letters of UTF-8, not only of ASCII.
fn change(
    vm: &mut Vm,
    args: Args,
    text: fn(&str) -> String,
    byte: fn(&[u8]) -> Vec<u8>,
) -> Result<Flow, Error> {
    let subject = vm.check_str(args, 1)?;
    vm.spend(subject.bytes().len() / 16)?;
    match std::str::from_utf8(subject.bytes()) {
        Ok(subject) => {
            // Letters beyond ASCII are looked up one by one.
            vm.spend(if subject.is_ascii() { 0 } else { subject.len() / 2 })?;
            vm.give_str(text(subject).as_str())
        }
        Err(_) => vm.give_str(byte(subject.bytes())),
    }
}

fn rep(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let text = vm.check_str(args, 1)?;
    let n = usize::try_from(vm.check_int(args, 2)?).unwrap_or(0);
    let size = text.bytes().len().saturating_mul(n);
    vm.allocate(size)?;
    vm.spend(size / 64)?;
    vm.give_str(if size == 0 { Vec::new() } else { text.bytes().repeat(n) })
}

fn reverse(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let mut bytes = vm.check_str(args, 1)?.bytes().to_vec();
    vm.spend(bytes.len() / 16)?;
    bytes.reverse();
    vm.give_str(bytes)
}

fn sub(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let text = vm.check_str(args, 1)?;
    let (from, to) = (vm.check_int(args, 2)?, vm.opt_int(args, 3, -1)?);
    let (from, to) = range(text.bytes().len(), from, to);
    vm.spend((to - from) / 64)?;
    vm.give_str(text.bytes()[from..to].to_vec())
}

/// The offset that the argument 3 gives, if it is inside the text or at its end.
fn init(vm: &mut Vm, args: Args, len: usize) -> Result<usize, Error> {
    let init = vm.opt_int(args, 3, 1)?;
    let init = if init < 0 { init.saturating_add(len as i64).max(0) } else { (init - 1).max(0) };
    Ok((init as usize).min(len))
}

fn find(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let (text, what) = (vm.check_str(args, 1)?, vm.check_str(args, 2)?);
    if what.bytes().is_empty() {
        // Wherever the search begins, in gopher-lua.
        return vm.give_all([Val::Number(1.0), Val::Number(0.0)]);
    }
    let from = init(vm, args, text.bytes().len())?;
    vm.scan(what.bytes().len())?;
    let magic = what.bytes().iter().any(|b| b"^$*+?.([%-".contains(b));
    if !magic || vm.arg(args, 4).truthy() {
        let (rest, what) = (&text.bytes()[from..], what.bytes());
        vm.spend(rest.len() / 16)?;
        let at = match (what.len(), rest.len()) {
            (1, _) => rest.iter().position(|b| *b == what[0]),
            _ => search(vm, rest, what)?,
        };
        return match at {
            Some(at) => {
                let start = from + at;
                vm.give_all([Val::Number((start + 1) as f64), Val::Number((start + what.len()) as f64)])
            }
            None => vm.give(Val::Nil),
        };
    }
    let Some(found) = pattern::find(vm, &text, &what, from)? else { return vm.give(Val::Nil) };
    let captures = if found.captures.is_empty() { Vec::new() } else { found.values(vm, &text)? };
    let n = captures.len() + 2;
    vm.stack.extend([Val::Number((found.start + 1) as f64), Val::Number(found.end as f64)]);
    vm.stack.extend(captures);
    Ok(Flow::Return(n))
}

/// A plain search whose worst case is charged: both texts may come from a client.
fn search(vm: &mut Vm, text: &[u8], what: &[u8]) -> Result<Option<usize>, Error> {
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|b| *b == what[0]).map(|at| from + at) {
        let Some(window) = text.get(at..at + what.len()) else { return Ok(None) };
        vm.spend(1 + what.len() / 64)?;
        if window == what {
            return Ok(Some(at));
        }
        from = at + 1;
    }
    Ok(None)
}

fn matches(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let (text, what) = (vm.check_str(args, 1)?, vm.check_str(args, 2)?);
    let from = init(vm, args, text.bytes().len())?;
    let Some(found) = pattern::find(vm, &text, &what, from)? else { return vm.give(Val::Nil) };
    let values = found.values(vm, &text)?;
    let n = values.len();
    vm.stack.extend(values);
    Ok(Flow::Return(n))
}

/// The state of the iteration is a table: text, pattern, offset.
fn gmatch(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let (text, what) = (vm.check_str(args, 1)?, vm.check_str(args, 2)?);
    let mut state = Table::default();
    for (at, value) in [Val::Str(text), Val::Str(what), Val::Number(0.0)].into_iter().enumerate() {
        state.set(Val::Number((at + 1) as f64), value);
    }
    let state = vm.new_table(state)?;
    let next = vm.bind(&NEXT_MATCH, Val::Table(state))?;
    vm.give(next)
}

fn next_match(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let state = vm.check_table(args, 1)?;
    let [Val::Str(text), Val::Str(what), Val::Number(from)] = vm.table(state).array() else {
        return Err(vm.type_error(args, 1, "userdata"));
    };
    let (text, what, from) = (text.clone(), what.clone(), *from as usize);
    if from > text.bytes().len() {
        return vm.give(Val::Nil);
    }
    let Some(found) = pattern::find(vm, &text, &what, from)? else { return vm.give(Val::Nil) };
    let next = if found.end == found.start { found.end + 1 } else { found.end };
    vm.raw_set(state, Val::Number(3.0), Val::Number(next as f64))?;
    let values = found.values(vm, &text)?;
    let n = values.len();
    vm.stack.extend(values);
    Ok(Flow::Return(n))
}

fn gsub(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let (text, what) = (vm.check_str(args, 1)?, vm.check_str(args, 2)?);
    let replacement = match vm.arg(args, 3) {
        Val::Number(_) => Val::Str(vm.check_str(args, 3)?),
        value @ (Val::Str(_) | Val::Table(_) | Val::Closure(_) | Val::Native(_)) => value,
        other => {
            let message = format!("string or table or function expected, got {}", other.type_name());
            return Err(vm.arg_error(args, 3, &message));
        }
    };
    let limit = usize::try_from(vm.opt_int(args, 4, -1)?).unwrap_or(usize::MAX);
    let job = Job::Gsub(Box::new(Gsub::new(text, what, replacement, limit)));
    vm.push_job(job, args.ret)?;
    Ok(vm.wake_job())
}
