//! `math`

use crate::Host;
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, Vm, arith};

macro_rules! unary {
    ($($name:literal => $f:expr),* $(,)?) => {
        &[
            $(Native { name: $name, call: |vm, _, args| {
                let n = vm.check_number(args, 1)?;
                let f: fn(f64) -> f64 = $f;
                vm.give_number(f(n))
            } },)*
            Native { name: "atan2", call: |vm, _, args| binary(vm, args, f64::atan2) },
            Native { name: "fmod", call: |vm, _, args| binary(vm, args, |a, b| a % b) },
            Native { name: "frexp", call: frexp },
            Native { name: "ldexp", call: |vm, _, args| binary(vm, args, |m, e| m * e.exp2()) },
            Native { name: "max", call: |vm, _, args| fold(vm, args, |a, b| if b > a { b } else { a }) },
            Native { name: "min", call: |vm, _, args| fold(vm, args, |a, b| if b < a { b } else { a }) },
            Native { name: "mod", call: |vm, _, args| {
                binary(vm, args, |a, b| arith(crate::compile::Arith::Mod, a, b))
            } },
            Native { name: "modf", call: modf },
            Native { name: "pow", call: |vm, _, args| binary(vm, args, f64::powf) },
            Native { name: "random", call: random },
            Native { name: "randomseed", call: |_, _, _| Ok(Flow::Return(0)) },
        ]
    };
}

/// The functions. `randomseed` does nothing: random numbers are the host's.
pub const FUNCTIONS: &[Native] = unary! {
    "abs" => f64::abs,
    "acos" => f64::acos,
    "asin" => f64::asin,
    "atan" => f64::atan,
    "ceil" => f64::ceil,
    "cos" => f64::cos,
    "cosh" => f64::cosh,
    "deg" => f64::to_degrees,
    "exp" => f64::exp,
    "floor" => f64::floor,
    "log" => f64::ln,
    "log10" => f64::log10,
    "rad" => f64::to_radians,
    "sin" => f64::sin,
    "sinh" => f64::sinh,
    "sqrt" => f64::sqrt,
    "tan" => f64::tan,
    "tanh" => f64::tanh,
};

fn binary(vm: &mut Vm, args: Args, f: fn(f64, f64) -> f64) -> Result<Flow, Error> {
    let (a, b) = (vm.check_number(args, 1)?, vm.check_number(args, 2)?);
    vm.give_number(f(a, b))
}

fn fold(vm: &mut Vm, args: Args, f: fn(f64, f64) -> f64) -> Result<Flow, Error> {
    let mut result = vm.check_number(args, 1)?;
    for i in 2..=args.n {
        result = f(result, vm.check_number(args, i)?);
    }
    vm.give_number(result)
}

fn modf(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let n = vm.check_number(args, 1)?;
    let fraction = if n.is_infinite() { 0.0 } else { n.fract() };
    vm.give_all([Val::Number(n.trunc()), Val::Number(fraction)])
}

fn frexp(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let n = vm.check_number(args, 1)?;
    if n == 0.0 || !n.is_finite() {
        return vm.give_all([Val::Number(n), Val::Number(0.0)]);
    }
    // Subnormal numbers are lifted into the normal range first.
    let (scaled, shift) = if n.abs() < f64::MIN_POSITIVE { (n * 54f64.exp2(), -54) } else { (n, 0) };
    let bits = scaled.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1022 + shift;
    let mantissa = f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52);
    vm.give_all([Val::Number(mantissa), Val::Number(exponent as f64)])
}

fn random(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let unit = host.random();
    if args.n == 0 {
        return vm.give_number(unit);
    }
    let (low, high) = match args.n {
        1 => (1, vm.check_int(args, 1)?),
        _ => (vm.check_int(args, 1)?, vm.check_int(args, 2)?),
    };
    if low > high {
        return Err(vm.arg_error(args, args.n.min(2), "interval is empty"));
    }
    let span = high as f64 - low as f64 + 1.0;
    vm.give_number(low as f64 + (unit * span).floor())
}
