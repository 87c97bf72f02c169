//! Code from strings, and modules. `loadfile`, `dofile` and modules from files do not exist: there are no files.

use crate::Host;
use crate::compile::{Chunk, compile_within};
use crate::value::{Str, Val};
use crate::vm::{Args, Error, Flow, Job, Vm};

/// Names that the compiler looks at for one instruction.
const STEPS: usize = 8;

/// Compiles a text: the function, or nil and the message.
pub fn load_text(vm: &mut Vm, text: &[u8]) -> Result<Vec<Val>, Error> {
    // Compiled code takes several times the room of its text, and stays.
    vm.spend(text.len())?;
    vm.keep(text.len() * 8)?;
    let mut steps = usize::try_from(vm.fuel()).unwrap_or(0).saturating_mul(STEPS);
    let before = steps;
    let compiled = compile_within(text, Chunk::Loaded, &mut steps);
    vm.spend((before - steps) / STEPS)?;
    match compiled {
        Ok(proto) => Ok(vec![vm.closure(proto)]),
        Err(error) => {
            let text = format!("<string> line:{} near {}", error.line, error.message);
            Ok(vec![Val::Nil, vm.string(text.as_str())?])
        }
    }
}

/// `loadstring(text)`
pub fn load_string(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let text = vm.check_str(args, 1)?;
    let values = load_text(vm, text.bytes())?;
    let n = values.len();
    vm.stack.extend(values);
    Ok(Flow::Return(n))
}

/// `load(function)`: the function gives the text piece by piece.
pub fn load(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let function = vm.check_function(args, 1)?;
    let job = Job::Load { text: Vec::new(), function: function.clone() };
    vm.call_for(job, args.ret, &[function])
}

fn loaded(vm: &Vm, list: &str) -> Option<u32> {
    let Val::Table(package) = vm.table(vm.globals()).get(&Val::text("package")) else { return None };
    match vm.table(*package).get(&Val::text(list)) {
        Val::Table(id) => Some(*id),
        _ => None,
    }
}

/// `require(name)`: what is loaded, or what `package.preload` makes.
pub fn require(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let name = vm.check_str(args, 1)?;
    let key = Val::Str(name.clone());
    vm.look_up(&key)?;
    let known = loaded(vm, "loaded").map_or(Val::Nil, |id| vm.table(id).get(&key).clone());
    if known.truthy() {
        return vm.give(known);
    }
    let loader = loaded(vm, "preload").map_or(Val::Nil, |id| vm.table(id).get(&key).clone());
    if loader.is_nil() {
        let name = name.text();
        return Err(vm.raise(&format!("module {name} not found:\n\tno field package.preload['{name}'], ")));
    }
    vm.call_for(Job::Require(name), args.ret, &[loader, key])
}

/// Keeps what a loader made of a module.
pub fn keep_module(vm: &mut Vm, name: &Str, made: Val) -> Result<Val, Error> {
    let Some(id) = loaded(vm, "loaded") else { return Ok(made) };
    let key = Val::Str(name.clone());
    if !made.is_nil() {
        vm.raw_set(id, key.clone(), made)?;
    } else if vm.table(id).get(&key).is_nil() {
        vm.raw_set(id, key.clone(), Val::Bool(true))?;
    }
    Ok(vm.table(id).get(&key).clone())
}
