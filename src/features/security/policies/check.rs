//! Policies that can't be read, are never true, or are never asked for.

use fjord_cel::{CompileError, Program, Type};
use fjord_document::Diagnostic;

use super::macros::{EVERYWHERE, GEOIP, NO_PLACE, OF_REQUESTS};
use super::set::{result_type, type_over};
use super::{NO_TOKEN, Rejection};
use crate::features::auth::validator;
use crate::features::plugin::http_server;
use crate::features::validation::cel::{self, Phase};
use crate::options::check::{Around, Findings, Spot};

/// Checks the policies of each kind.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let has_macros = !spot.get("disable_macros").is_some_and(|spot| spot.is_true());
    for (name, phase) in [("req", Phase::Request), ("resp", Phase::Response), ("jwt", Phase::Token)] {
        let Some(part) = spot.get(name) else { continue };
        if phase == Phase::Token && !checks_tokens(around) {
            findings.add(part.error("never-runs", NO_TOKEN));
        }
        if let Some(error) = part.get("error") {
            Rejection::check(&error, findings);
        }
        let Some(policies) = part.get("policies") else { continue };
        for policy in policies.items() {
            if let Some(fault) = expression(&policy, phase, has_macros, around) {
                findings.add(fault);
            }
        }
    }
}

/// Whether the part is an endpoint with a validator.
fn checks_tokens(around: &Around<'_>) -> bool {
    let endpoint = around.endpoint.filter(|_| around.backend.is_none());
    endpoint.is_some_and(|endpoint| endpoint.spot.namespace(&validator::NAMESPACE).is_some())
}

/// What is wrong with one policy.
pub(in crate::features) fn expression(
    spot: &Spot<'_>,
    phase: Phase,
    has_macros: bool,
    around: &Around<'_>,
) -> Option<Diagnostic> {
    let text = spot.str()?;
    if text.trim().is_empty() {
        return Some(spot.error("bad-expression", "an empty policy checks nothing"));
    }
    let program = match Program::compile(text) {
        Ok(program) => program,
        Err(error) => return Some(cel::not_an_expression(spot, text, &error)),
    };
    let is_told = || around.service.is_none_or(|service| http_server::lists(service, "geoip"));
    if has_macros && program.calls(GEOIP) && !is_told() {
        let fault = spot.error("bad-expression", NO_PLACE);
        return Some(
            fault
                .help("\"plugin/http-server\": {\"name\": [\"geoip\"], \"geoip\": {\"citydb_path\": \"…\"}}"),
        );
    }
    let checked = result_type(&program, phase, has_macros);
    if let Some(fault) = of_result(spot, checked, || names(phase, has_macros)) {
        return Some(fault);
    }
    cel::parameters(spot, &program, around).or_else(|| cel::headers(spot, &program))
}

/// What is wrong with a policy over other variables than those of a phase.
pub(in crate::features) fn over_value(
    spot: &Spot<'_>,
    declared: &dyn Fn(&str) -> Option<Type>,
    names: &str,
) -> Option<Diagnostic> {
    let text = spot.str()?;
    match Program::compile(text) {
        Ok(program) => of_result(spot, type_over(&program, declared), || names.to_owned()),
        Err(error) => Some(cel::not_an_expression(spot, text, &error)),
    }
}

/// What is wrong with the type of a policy's result; `names` says what it can name.
fn of_result(
    spot: &Spot<'_>,
    checked: Result<Type, CompileError>,
    names: impl FnOnce() -> String,
) -> Option<Diagnostic> {
    match checked {
        Ok(Type::Bool | Type::Dyn) => None,
        Ok(_) => {
            let fault = spot.error("never-true", "the policy is never true or false, so it never holds");
            Some(fault.help("compare it with something"))
        }
        Err(error) => {
            let is_name = error.message.starts_with("undeclared reference");
            let fault = cel::at(spot, "bad-expression", &error.message, error.offset);
            Some(if is_name { fault.help(names()) } else { fault })
        }
    }
}

/// What a policy of a phase can name.
fn names(phase: Phase, has_macros: bool) -> String {
    let variables = cel::VARIABLES.iter().chain(&["now"]).copied().filter(|name| phase.has(name));
    let mut text = format!("the variables are {}", variables.collect::<Vec<_>>().join(", "));
    if has_macros {
        let of_requests = OF_REQUESTS.iter().filter(|_| phase == Phase::Request);
        let functions: Vec<&str> = EVERYWHERE.iter().chain(of_requests).copied().collect();
        text += &format!("; beside CEL's own, the functions are {}", functions.join(", "));
    }
    text
}
