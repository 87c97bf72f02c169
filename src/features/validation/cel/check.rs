//! `validation/cel`: expressions that can't be read, never run, or refuse everybody.

use fjord_cel::{CompileError, Program, Type};
use fjord_document::Diagnostic;
use fjord_document::suggest;
use fjord_http::canonical;
use fjord_http::template::title;

use super::{Phase, declared};
use crate::features;
use crate::options::check::{Around, Findings, Spot};

/// Variables and their types (spec §25).
pub(in crate::features) const VARIABLES: [&str; 10] = [
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

/// Checks the expressions.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
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
    let program = match Program::compile(text) {
        Ok(program) => program,
        Err(error) => return Some(not_an_expression(spot, text, &error)),
    };
    match program.check(&declared) {
        Err(error) => {
            let fault = at(spot, "bad-expression", &error.message, error.offset);
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
            let fault =
                spot.error("never-true", "the expression is never true or false, so everything is refused");
            return Some(fault.help("compare it with something"));
        }
    }
    if Phase::of(text).next().is_none() {
        let message =
            "an expression without req_…, resp_… or JWT belongs to no phase, and KrakenD never runs it";
        return Some(spot.error("never-runs", message).help("add && req_method != ''"));
    }
    let token_is_checked = around.backend.is_none()
        && around
            .endpoint
            .is_some_and(|endpoint| endpoint.spot.namespace(&features::auth::validator::NAMESPACE).is_some());
    if !token_is_checked && Phase::of(text).all(|phase| matches!(phase, Phase::Token)) {
        let message = "no token is checked here, so an expression with JWT never runs";
        return Some(spot.error("never-runs", message).help("it needs auth/validator at the same endpoint"));
    }
    parameters(spot, &program, around)
        .or_else(|| phases(spot, text, &program))
        .or_else(|| headers(spot, &program))
}

/// A finding about a byte of the expression here.
pub(in crate::features) fn at(
    spot: &Spot<'_>,
    code: &'static str,
    message: &str,
    offset: usize,
) -> Diagnostic {
    let fault = spot.error(code, message);
    match spot.inside(offset) {
        Some(span) => fault.related(span, "here"),
        None => fault,
    }
}

/// A text that can't be read.
pub(in crate::features) fn not_an_expression(
    spot: &Spot<'_>,
    text: &str,
    error: &CompileError,
) -> Diagnostic {
    let message = format!("not an expression: {}", error.message);
    let fault = at(spot, "bad-expression", &message, error.offset);
    if has_assignment(text) { fault.help("to compare, write ==") } else { fault }
}

/// Variables that are not there in one of the phases that the text puts the expression into.
fn phases(spot: &Spot<'_>, text: &str, program: &Program) -> Option<Diagnostic> {
    let names = program.variables();
    let (phase, name) = Phase::of(text).find_map(|phase| {
        let missing = names.iter().find(|name| declared(name).is_some() && !phase.has(name))?;
        Some((phase, *missing))
    })?;
    let word = phase.word();
    let message =
        format!("the expression contains {word}, so KrakenD runs it where {name} is not there, and refuses");
    Some(spot.warning("wrong-phase", message).help("write an expression for each phase"))
}

/// Header names in a form in which no header is kept.
pub(in crate::features) fn headers(spot: &Spot<'_>, program: &Program) -> Option<Diagnostic> {
    program.lookups().into_iter().find_map(|lookup| {
        let kept = canonical(lookup.key);
        let of_headers = matches!(lookup.variable, "req_headers" | "resp_metadata_headers");
        if !of_headers || kept == lookup.key {
            return None;
        }
        let message = format!("{} never has {}", lookup.variable, lookup.key);
        Some(spot.error("never-there", message).help(format!("did you mean {kept}?")))
    })
}

/// Parameters that no request has.
pub(in crate::features) fn parameters(
    spot: &Spot<'_>,
    program: &Program,
    around: &Around<'_>,
) -> Option<Diagnostic> {
    let endpoint = around.endpoint?;
    for lookup in program.lookups() {
        let known = || endpoint.params.iter().map(|param| title(param));
        let resp = lookup.key.starts_with("Resp") || lookup.key.starts_with("JWT");
        if lookup.variable != "req_params" || resp || known().any(|param| param == lookup.key) {
            continue;
        }
        let message = format!("no request has req_params.{}, so each is refused", lookup.key);
        let mut fault = spot.error("never-there", message);
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

#[cfg(test)]
mod tests {
    use fjord_document::Document;

    use super::*;
    use crate::options::check::{CheckOptions, Endpoint, View};

    fn codes(expression: &str) -> Vec<&'static str> {
        let text = format!(r#"{{"validation/cel": [{{"check_expr": "{expression}"}}]}}"#);
        let root = Document::parse(&text).unwrap().root;
        let part = Spot::root(&root);
        let value = part.get("validation/cel").unwrap();
        let endpoint = Endpoint {
            spot: &part,
            method: "GET".to_owned(),
            params: vec!["id".to_owned()],
            backends: &[],
            is_sequential: false,
        };
        let around = Around { service: None, disable_rest: false, endpoint: Some(&endpoint), backend: None };
        let mut findings = Findings::new(CheckOptions { view: View::Lint, ..CheckOptions::default() });
        check(&value, &around, &mut findings);
        findings.into_list().into_iter().map(|found| found.code).collect()
    }

    #[test]
    fn phases_and_header_names_are_checked() {
        for (expression, code) in [
            ("resp_data.required == 'x'", "wrong-phase"),
            ("req_method == 'GET' && resp_completed", "wrong-phase"),
            ("req_headers['x-a'][0] == '1'", "never-there"),
            ("!('x-a' in req_headers)", "never-there"),
        ] {
            assert!(codes(expression).contains(&code), "{expression}");
        }
        for expression in ["!('X-A' in req_headers)", "resp_data.x == ''", "req_params.Id != '' && now != ''"]
        {
            assert_eq!(codes(expression), Vec::<&str>::new(), "{expression}");
        }
    }
}
