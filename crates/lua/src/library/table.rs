//! `table`

use super::sort::Sort;
use crate::Host;
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, Job, Vm};

/// The functions.
pub const FUNCTIONS: &[Native] = &[
    Native { name: "concat", call: concat },
    Native { name: "getn", call: get_n },
    Native { name: "insert", call: insert },
    Native { name: "maxn", call: max_n },
    Native { name: "remove", call: remove },
    Native { name: "sort", call: sort },
];

fn concat(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let separator = if vm.arg(args, 2).is_nil() { "".into() } else { vm.check_str(args, 2)? };
    let len = vm.table(table).len() as i64;
    let from = vm.opt_int(args, 3, 1)?.max(1);
    let to = vm.opt_int(args, 4, len)?.min(len);
    let mut out = Vec::new();
    for at in from..=to {
        let value = vm.table(table).get_number(at as f64).clone();
        let Some(text) = value.to_str() else {
            let kind = value.type_name();
            return Err(vm.raise(&format!("invalid value ({kind}) at index {at} in table for concat")));
        };
        let size = text.bytes().len() + separator.bytes().len();
        vm.spend(1)?;
        vm.copy(size)?;
        vm.allocate(size)?;
        out.extend_from_slice(text.bytes());
        if at < to {
            out.extend_from_slice(separator.bytes());
        }
    }
    vm.give_str(out)
}

fn get_n(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let n = vm.table(table).len();
    vm.give_number(n as f64)
}

fn max_n(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    vm.spend(vm.table(table).size() / 4)?;
    let keys =
        vm.table(table).pairs().filter_map(|(k, _)| if let Val::Number(n) = k { Some(n) } else { None });
    let max = keys.fold(0.0, f64::max);
    vm.give_number(max)
}

fn insert(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let len = vm.table(table).len();
    match args.n {
        1 => Err(vm.raise("wrong number of arguments")),
        2 => {
            let value = vm.arg(args, 2);
            vm.raw_set(table, Val::Number((len + 1) as f64), value)?;
            Ok(Flow::Return(0))
        }
        _ => {
            let at = vm.check_int(args, 2)?;
            let value = vm.arg(args, 3);
            match usize::try_from(at) {
                Ok(at @ 1..) if at <= len => {
                    vm.spend((len - at) / 16)?;
                    vm.allocate(size_of::<Val>() * 2)?;
                    vm.table_mut(table).array_mut().insert(at - 1, value);
                }
                _ => vm.raw_set(table, Val::Number(at as f64), value)?,
            }
            Ok(Flow::Return(0))
        }
    }
}

fn remove(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let len = vm.table(table).len();
    let at = vm.opt_int(args, 2, len as i64)?;
    match usize::try_from(at) {
        Ok(at @ 1..) if at <= len => {
            vm.spend((len - at) / 16)?;
            let array = vm.table_mut(table).array_mut();
            let value = array.remove(at - 1);
            // The last element must not be a hole.
            while array.last().is_some_and(Val::is_nil) {
                array.pop();
            }
            vm.give(value)
        }
        _ => vm.give(Val::Nil),
    }
}

fn sort(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let table = vm.check_table(args, 1)?;
    let less = if vm.arg(args, 2).is_nil() { Val::Nil } else { vm.check_function(args, 2)? };
    let len = vm.table(table).len();
    vm.allocate(len * size_of::<Val>() * 2)?;
    let job = Job::Sort(Box::new(Sort::new(vm, table, less)));
    vm.push_job(job, args.ret)?;
    Ok(vm.wake_job())
}
