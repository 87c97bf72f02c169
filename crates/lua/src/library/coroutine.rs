//! `coroutine`

use crate::Host;
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, State, Vm};

/// The functions.
pub const FUNCTIONS: &[Native] = &[
    Native { name: "create", call: create },
    Native { name: "resume", call: resume },
    Native { name: "running", call: running },
    Native { name: "status", call: status },
    Native { name: "wrap", call: wrap },
    Native { name: "yield", call: yield_values },
];

static CALL_WRAPPED: Native = Native { name: "wrap", call: call_wrapped };

fn create(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let function = vm.check_function(args, 1)?;
    let thread = vm.new_thread(function)?;
    vm.give(thread)
}

fn resume(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let Val::Thread(id) = vm.arg(args, 1) else { return Err(vm.type_error(args, 1, "thread")) };
    let values = vm.all(args)[1..].to_vec();
    vm.resume(host, id, values, false, args.ret)
}

fn running(vm: &mut Vm, _: &mut dyn Host, _: Args) -> Result<Flow, Error> {
    let thread = vm.running().map_or(Val::Nil, Val::Thread);
    vm.give(thread)
}

fn status(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let Val::Thread(id) = vm.arg(args, 1) else { return Err(vm.type_error(args, 1, "thread")) };
    let name = match vm.thread(id).state {
        State::Suspended => "suspended",
        State::Running => "running",
        State::Normal => "normal",
        State::Dead => "dead",
    };
    vm.give_str(name)
}

fn wrap(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let function = vm.check_function(args, 1)?;
    let thread = vm.new_thread(function)?;
    let bound = vm.bind(&CALL_WRAPPED, thread)?;
    vm.give(bound)
}

fn call_wrapped(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let Val::Thread(id) = vm.arg(args, 1) else { return Err(vm.type_error(args, 1, "thread")) };
    let values = vm.all(args)[1..].to_vec();
    vm.resume(host, id, values, true, args.ret)
}

fn yield_values(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let values = vm.all(args).to_vec();
    vm.yield_values(host, &values, args.ret)
}
