//! Each target over its seeds, what once found a fault, and some thousand mutations: on stable, the same in every run.
//!
//! `FUZZ_INPUTS=N` sets how many mutations there are, `FUZZ_TARGET=NAME` chooses one target.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use fjord_fuzz::Target;
use fjord_fuzz::mutate::Mutator;
use fjord_fuzz::targets::ALL;

/// Mutations of each target. libFuzzer makes more of them, and better ones.
const INPUTS: usize = 5000;

/// One input takes far less, but the machine may be busy.
const SLOW: Duration = Duration::from_secs(10);

fn check(target: &Target, input: &[u8]) {
    let started = Instant::now();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(input))) {
        eprintln!("the target {} fails with the input \"{}\"", target.name, input.escape_ascii());
        std::panic::resume_unwind(panic);
    }
    let took = started.elapsed();
    assert!(took < SLOW, "{}: \"{}\" takes {took:?}", target.name, input.escape_ascii());
}

fn run(name: &str) {
    if std::env::var("FUZZ_TARGET").is_ok_and(|chosen| chosen != name) {
        return;
    }
    let count = std::env::var("FUZZ_INPUTS").ok().and_then(|count| count.parse().ok()).unwrap_or(INPUTS);
    let target = ALL.iter().find(|target| target.name == name).expect("the test names a target");
    let inputs = target.inputs();
    assert!(!inputs.is_empty(), "{name} has no seeds");
    inputs.iter().for_each(|input| check(target, input));
    let mut mutator = Mutator::new(name, &inputs, target.words);
    (0..count).for_each(|_| check(target, &mutator.next_input()));
}

macro_rules! targets {
    ($($name:ident)*) => {
        const TESTED: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*
    };
}

targets! { cel config gotemplate headers jose json lua pattern query redirect router schema shape template xml yaml }

/// Lists of the same targets: of the module, of these tests, of the manifest and of the folder.
#[test]
fn every_target_is_tested_and_has_a_binary() {
    let all: BTreeSet<&str> = ALL.iter().map(|target| target.name).collect();
    assert_eq!(all, TESTED.iter().copied().collect());
    let manifest = include_str!("../Cargo.toml");
    let binaries = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
    assert_eq!(all, binaries.collect());
    for name in all {
        let path = format!("{}/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(text.contains(&format!("run(\"{name}\", input)")), "{path} runs another target");
    }
}
