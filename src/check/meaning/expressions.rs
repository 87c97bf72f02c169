//! `validation/cel`: expressions that can't be read, never run, or refuse everybody.

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::super::suggest;
use super::Around;
use crate::cel::{Program, Type};
use crate::config::Diagnostic;
use crate::http::template::title;

/// Variables and their types (spec §25).
const VARIABLES: [&str; 10] = [
    "req_method",
    "req_path",
    "req_params",
    "req_headers",
    "req_querystring",
    "resp_completed",
    "resp_metadata_status",
    "resp_metadata_headers",
    "resp_data",
    "JWT",
];

/// `validation/cel`
pub(super) fn cel(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    for item in spot.items() {
        let Some(spot) = item.get("check_expr") else { continue };
        let Some(text) = spot.str() else { continue };
        if let Some(fault) = expression(&spot, text, around) {
            findings.add(fault);
        }
    }
}

fn expression(spot: &Spot<'_>, text: &str, around: &Around<'_>) -> Option<Diagnostic> {
    if text.trim().is_empty() {
        return Some(spot.error("bad-expression", "an empty expression checks nothing"));
    }
    let inside = |fault: Diagnostic, offset: usize| match spot.inside(offset) {
        Some(span) => fault.related(span, "here"),
        None => fault,
    };
    let program = match Program::compile(text) {
        Ok(program) => program,
        Err(error) => {
            let fault = inside(
                spot.error("bad-expression", format!("no expression: {}", error.message)),
                error.offset,
            );
            return Some(if has_assignment(text) { fault.help("to compare, write ==") } else { fault });
        }
    };
    match program.check(&declared) {
        Err(error) => {
            let fault = inside(spot.error("bad-expression", error.message), error.offset);
            let unknown = program.variables().into_iter().find(|name| declared(name).is_none());
            let known = VARIABLES.iter().copied().chain(["now"]);
            return Some(match unknown.map(|name| (name, suggest::nearest(name, known))) {
                Some((_, Some(meant))) => fault.help(format!("did you mean {meant}?")),
                Some((_, None)) => fault.help("the variables are req_method, req_path, req_params, req_headers, req_querystring, resp_data, resp_completed, resp_metadata_status, resp_metadata_headers, JWT and now"),
                None => fault,
            });
        }
        Ok(Type::Bool | Type::Dyn) => {}
        Ok(_) => {
            let fault = spot
                .error("bad-expression", "the expression is never true or false, so everything is refused");
            return Some(fault.help("compare it with something"));
        }
    }
    if !["req", "resp", "JWT"].iter().any(|name| text.contains(name)) {
        let message =
            "an expression without req_…, resp_… or JWT belongs to no phase, and KrakenD never runs it";
        return Some(spot.error("never-runs", message).help("add && req_method != ''"));
    }
    parameters(spot, &program, around)
}

/// Parameters that no request has.
fn parameters(spot: &Spot<'_>, program: &Program, around: &Around<'_>) -> Option<Diagnostic> {
    let endpoint = around.endpoint?;
    for lookup in program.lookups() {
        let known = || endpoint.params.iter().map(|param| title(param));
        let resp = lookup.key.starts_with("Resp") || lookup.key.starts_with("JWT");
        if lookup.variable != "req_params" || resp || known().any(|param| param == lookup.key) {
            continue;
        }
        let message = format!("no request has req_params.{}, so each is refused", lookup.key);
        let mut fault = spot.error("undefined-variable", message);
        if let Some(span) = spot.inside(lookup.offset) {
            fault = fault.related(span, "here");
        }
        let titled: Vec<String> = known().map(|param| param.into_owned()).collect();
        return Some(match suggest::nearest(lookup.key, titled.iter().map(String::as_str)) {
            Some(meant) => {
                fault.help(format!("names start with a capital: did you mean req_params.{meant}?"))
            }
            None => fault,
        });
    }
    None
}

fn declared(name: &str) -> Option<Type> {
    Some(match name {
        "req_method" | "req_path" | "now" => Type::String,
        "req_params" => Type::map(Type::String, Type::String),
        "req_headers" | "req_querystring" | "resp_metadata_headers" => {
            Type::map(Type::String, Type::list(Type::String))
        }
        "resp_completed" => Type::Bool,
        "resp_metadata_status" => Type::Int,
        "resp_data" | "JWT" => Type::map(Type::String, Type::Dyn),
        _ => return None,
    })
}

/// A single `=` outside of texts.
fn has_assignment(text: &str) -> bool {
    let mut quote = None;
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(i, b)| {
        match quote {
            Some(open) => {
                if *b == open {
                    quote = None;
                }
                return false;
            }
            None if matches!(b, b'\'' | b'"') => quote = Some(*b),
            None => {}
        }
        let before = i.checked_sub(1).map_or(b' ', |i| bytes[i]);
        let after = bytes.get(i + 1).copied().unwrap_or(b' ');
        *b == b'=' && after != b'=' && !b"=!<>".contains(&before)
    })
}
