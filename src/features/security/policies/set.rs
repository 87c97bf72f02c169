//! Policies of one kind and their verdict.

use fjord_cel::{CompileError, Program, Type, Variables};

use super::macros;
use crate::features::plugin::place;
use crate::features::validation::cel::{Phase, Rejected, absent, all_hold, declared};
use crate::options::{Capability, Refusal, Site};

/// Policies that must all be fulfilled, in order.
#[derive(Debug, Default)]
pub(in crate::features) struct Policies {
    programs: Vec<Program>,
}

// === impl Policies ===

impl Policies {
    /// Compiles the policies of a phase.
    ///
    /// # Errors
    /// The first one that isn't a policy, with its index.
    pub fn compile<'s>(
        sources: impl IntoIterator<Item = &'s str>,
        phase: Phase,
        has_macros: bool,
    ) -> Result<Self, (usize, CompileError)> {
        if !Capability::Cel.is_included() {
            return Err((0, absent()));
        }
        let compile = |(index, source)| compile(source, phase, has_macros).map_err(|error| (index, error));
        let programs = sources.into_iter().enumerate().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { programs })
    }

    /// Refuses policies that ask where clients are if nobody tells.
    ///
    /// # Errors
    /// If a policy calls `geoIP()` and the plugin `geoip` isn't listed.
    pub fn have_place(&self, site: &Site<'_>) -> Result<(), Refusal> {
        let is_told = site.environment.shared::<place::Told>().is_asked_for();
        match self.programs.iter().any(|program| program.calls(macros::GEOIP)) && !is_told {
            true => Err(Refusal::new(macros::NO_PLACE)),
            false => Ok(()),
        }
    }

    /// The policies, compiled.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        self.programs.iter()
    }

    /// Evaluates the policies up to the first that isn't true.
    ///
    /// # Errors
    /// The first policy that isn't true, or has no value.
    pub fn run(&self, variables: &dyn Variables) -> Result<(), Rejected> {
        all_hold(&self.programs, variables)
    }
}

fn compile(source: &str, phase: Phase, has_macros: bool) -> Result<Program, CompileError> {
    let program = Program::compile(source)?;
    result_type(&program, phase, has_macros)?;
    Ok(program)
}

/// The type of a policy's result; names and types are those of its phase.
pub(super) fn result_type(program: &Program, phase: Phase, has_macros: bool) -> Result<Type, CompileError> {
    let declared = |name: &str| declared(name).filter(|_| phase.has(name));
    program.check_with(&declared, &|name, types| macros::signature(name, types, phase, has_macros))
}

/// Compiles a policy over other variables than those of a phase.
///
/// # Errors
/// If it isn't a policy.
pub(in crate::features) fn compile_over(
    source: &str,
    declared: &dyn Fn(&str) -> Option<Type>,
) -> Result<Program, CompileError> {
    let program = Program::compile(source)?;
    type_over(&program, declared)?;
    Ok(program)
}

/// The type of the result of such a policy.
pub(super) fn type_over(
    program: &Program,
    declared: &dyn Fn(&str) -> Option<Type>,
) -> Result<Type, CompileError> {
    program.check_with(declared, &|name, types| macros::signature(name, types, Phase::Token, true))
}
