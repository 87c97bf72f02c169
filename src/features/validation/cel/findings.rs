//! What is wrong with a list of expressions before any request comes.

use super::checks::{Phase, declared};
use crate::cel::{Lookup, Program, Type};
use crate::http::canonical;
use crate::http::template::title;

/// One mistake in a list of expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which expression.
    pub index: usize,
    /// The byte of the expression where it shows.
    pub offset: usize,
    /// What follows from it.
    pub kind: FindingKind,
    /// What is wrong, one sentence without a period.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

/// What follows from a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// The expression cannot be evaluated: the endpoint is refused.
    Broken,
    /// The expression is never evaluated.
    NeverRuns,
    /// Every request is rejected.
    RejectsAll,
    /// Something is looked for that is never there.
    NeverThere,
}

/// The mistakes of a list of expressions; `tokens` tells whether tokens are validated where the list stands.
pub fn findings<'s>(expressions: impl IntoIterator<Item = &'s str>, tokens: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, source) in expressions.into_iter().enumerate() {
        let mut add = |offset, kind, message: String, suggestion: Option<String>| {
            found.push(Finding { index, offset, kind, message, suggestion });
        };
        if source.trim().is_empty() {
            add(0, FindingKind::NeverRuns, "the expression is empty".to_owned(), None);
            continue;
        }
        let checked = Program::compile(source)
            .and_then(|program| program.check(&declared).map(|result| (program, result)));
        let (program, result) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                let suggestion = error.message.contains("did you mean '=='").then(|| "==".to_owned());
                add(error.offset, FindingKind::Broken, error.to_string(), suggestion);
                continue;
            }
        };
        let runs = |phase: &Phase| source.contains(phase.word()) && (tokens || *phase != Phase::Token);
        let phases: Vec<Phase> = Phase::ALL.into_iter().filter(runs).collect();
        if phases.is_empty() {
            let message = match source.contains(Phase::Token.word()) {
                true => "the expression is never evaluated: no token is validated here",
                false => "the expression is never evaluated: it contains none of req, resp and JWT",
            };
            add(0, FindingKind::NeverRuns, message.to_owned(), None);
        }
        if !matches!(result, Type::Bool | Type::Dyn) {
            let message = "the result is no bool, so every request is rejected".to_owned();
            add(0, FindingKind::RejectsAll, message, None);
        }
        for phase in phases {
            if let Some(name) =
                program.variables().into_iter().find(|name| declared(name).is_some() && !phase.has(name))
            {
                let message = format!(
                    "the expression contains {word:?}, so it is evaluated where {name} is not there, which rejects the request",
                    word = phase.word(),
                );
                add(0, FindingKind::RejectsAll, message, None);
            }
        }
        for lookup in program.lookups() {
            if let Some(right) = right_name(&lookup) {
                let Lookup { offset, variable, key } = lookup;
                let message = format!("{variable} never has {key:?}, it would be {right:?}");
                add(offset, FindingKind::NeverThere, message, Some(format!("{variable}.{right}")));
            }
        }
    }
    found
}

/// The name under which a thing is kept that is looked for under another one.
fn right_name(lookup: &Lookup<'_>) -> Option<String> {
    let right = match lookup.variable {
        "req_params" => title(lookup.key),
        "req_headers" | "resp_metadata_headers" => canonical(lookup.key),
        _ => return None,
    };
    (right != lookup.key).then(|| right.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<FindingKind> {
        findings([source], false).into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn good_expressions_have_no_findings() {
        for source in [
            "req_params.Id.matches('^[0-9]+$')",
            "int(req_params.Id) % 2 == 0 && 'X-A' in req_headers",
            "resp_data.ok == true",
            "resp_data.ok",
            "!('X-Forbidden' in req_headers)",
            "timestamp(now).getHours('Europe/Madrid') < 20 && req_method != ''",
        ] {
            assert_eq!(kinds(source), [], "{source}");
        }
        assert_eq!(findings(["size(JWT.roles) > 1"], true), []);
    }

    #[test]
    fn mistakes_are_found() {
        use FindingKind::*;
        for (source, wanted) in [
            ("", NeverRuns),
            ("req_params.Id ==", Broken),
            ("size(req_params.Id > 1", Broken),
            ("request.method == 'GET'", Broken),
            ("req_method = 'GET'", Broken),
            ("has(req_querystring['foo[]'])", Broken),
            ("req_params.Id", RejectsAll),
            ("req_method == 'GET' && resp_completed", RejectsAll),
            ("resp_data.required == 'x'", RejectsAll),
            ("(timestamp(now).getDayOfWeek() + 6) % 7 <= 4", NeverRuns),
            ("JWT.sub == ''", NeverRuns),
            ("req_params.id == '1'", NeverThere),
            ("'x-a' in req_headers", NeverThere),
        ] {
            assert_eq!(kinds(source).first(), Some(&wanted), "{source}");
        }
    }

    #[test]
    fn suggestions_say_what_to_write() {
        let suggestion = |source| findings([source], false).remove(0).suggestion;
        assert_eq!(suggestion("req_params.id == '1'").as_deref(), Some("req_params.Id"));
        assert_eq!(suggestion("req_method = 'GET'").as_deref(), Some("=="));
    }
}
