//! `backend/graphql`: the document, the operation that is meant, and its variables.

use fjord_document::node::Kind;
use fjord_document::suggest;

use super::syntax::{self, Operation};
use crate::options::check::{Around, Endpoint, Findings, Spot};

/// Checks the operation of a backend.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let is_mutation = spot.get("type").is_some_and(|kind| kind.str() == Some("mutation"));
    if let Some(path) = spot.get("query_path") {
        let files = findings.files();
        if let Some(text) = path.str().and_then(|name| files.get(name)) {
            document(spot, &path, text, is_mutation, findings);
        }
    }
    if let Some(query) = spot.get("query")
        && let Some(text) = query.str()
    {
        document(spot, &query, text, is_mutation, findings);
    }
    match (around.endpoint, spot.get("variables")) {
        (Some(endpoint), Some(variables)) if !is_mutation => placeholders(&variables, endpoint, findings),
        (_, Some(variables)) => literals(&variables, findings),
        (_, None) => {}
    }
}

/// A document, which is at `place` or in the file that is named there.
fn document(spot: &Spot<'_>, place: &Spot<'_>, text: &str, is_mutation: bool, findings: &mut Findings<'_>) {
    if text.trim().is_empty() {
        return findings.add(place.error("bad-document", "an empty document asks for nothing"));
    }
    let operations = match syntax::read(text) {
        Ok(operations) => operations,
        Err(_) if is_dql(text) => return,
        Err(fault) => {
            let line = text[..fault.at].matches('\n').count() + 1;
            let of = if line > 1 { format!(" (line {line})") } else { String::new() };
            let found = place.error("bad-document", format!("not a GraphQL document: {}{of}", fault.message));
            return findings.add(match place.inside(fault.at) {
                Some(span) => found.related(span, "here"),
                None => found,
            });
        }
    };
    let Some(operation) = meant(spot, place, &operations, findings) else { return };
    if !is_mutation && operation.kind != "query" {
        let message = format!("the document has a {}, and `type` says query", operation.kind);
        let fault = spot.get("type").as_ref().unwrap_or(place).warning("wrong-operation", message);
        findings.add(fault.help("a mutation takes its variables from the client's body"));
    }
    variables(spot, operation, is_mutation, findings);
}

/// Dgraph's own language, which KrakenD's documentation shows, too: it passes as it is.
fn is_dql(text: &str) -> bool {
    text.split_whitespace().collect::<String>().contains("(func:")
}

/// The operation that is run.
fn meant<'o>(
    spot: &Spot<'_>,
    place: &Spot<'_>,
    operations: &'o [Operation<'_>],
    findings: &mut Findings<'_>,
) -> Option<&'o Operation<'o>> {
    let wanted = spot.get("operationName").filter(|name| name.str() != Some(""));
    let Some((wanted, name)) = wanted.as_ref().and_then(|spot| Some((spot, spot.str()?))) else {
        let message = match operations.len() {
            1 => return operations.first(),
            0 => "the document has no query and no mutation".to_owned(),
            count => format!("the document has {count} operations, and nothing says which one is meant"),
        };
        findings.add(place.error("bad-document", message).help("`operationName` names one"));
        return None;
    };
    let found = operations.iter().find(|operation| operation.name == Some(name));
    if found.is_none() {
        let fault =
            wanted.error("undefined-operation", format!("the document has no operation named `{name}`"));
        let names = operations.iter().filter_map(|operation| operation.name);
        findings.add(match suggest::nearest(name, names) {
            Some(meant) => fault.help(format!("did you mean \"{meant}\"?")),
            None => fault,
        });
    }
    found
}

/// Variables that the operation needs and doesn't get, or gets and doesn't know.
fn variables(spot: &Spot<'_>, operation: &Operation<'_>, is_mutation: bool, findings: &mut Findings<'_>) {
    let given = spot.get("variables");
    // Those of a mutation come with the body.
    if !is_mutation {
        let is_given = |name: &str| given.as_ref().is_some_and(|given| given.get(name).is_some());
        for variable in operation.variables.iter().filter(|v| v.is_needed && !is_given(v.name)) {
            let message = format!("the operation needs ${}, which is not among the variables", variable.name);
            let place = given.as_ref().unwrap_or(spot);
            findings.add(place.lacks("missing", message).help("every call fails without it"));
        }
    }
    let Some(given) = &given else { return };
    for (name, value) in given.members() {
        if operation.variables.iter().any(|variable| variable.name == name) {
            continue;
        }
        let fault = value.note("no-effect", format!("the operation declares no ${name}"));
        let names = operation.variables.iter().map(|variable| variable.name);
        findings.add(match suggest::nearest(name, names) {
            Some(meant) => fault.help(format!("did you mean `{meant}`?")),
            None => fault,
        });
    }
}

/// `{placeholders}` of a mutation, which stay unchanged (`spec` §29).
fn literals(variables: &Spot<'_>, findings: &mut Findings<'_>) {
    for (name, variable) in variables.members() {
        let Some(text) = variable.str().filter(|text| text.starts_with('{') && text.ends_with('}')) else {
            continue;
        };
        let message = format!(
            "a mutation sends the text {text} itself, as KrakenD does: its values come from the client's body"
        );
        let fault = variable.warning("bad-placeholder", message);
        findings.add(fault.help(format!("let clients send `{name}`, or set it in the body with a script")));
    }
}

/// `{placeholders}` of a query: parameters of the endpoint.
fn placeholders(variables: &Spot<'_>, endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    if !matches!(variables.node.kind, Kind::Object(_)) {
        return;
    }
    for (_, variable) in variables.members() {
        let Some(text) = variable.str() else { continue };
        if text.is_empty() {
            findings.add(variable.error("empty", "an empty variable, with which KrakenD doesn't start"));
        }
        let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { continue };
        if endpoint.params.iter().any(|param| param == name) {
            continue;
        }
        let message = format!("the endpoint declares no `{{{name}}}`, so the text itself is sent");
        let fault = variable.warning("undefined-variable", message);
        findings.add(match suggest::nearest(name, endpoint.params.iter().map(String::as_str)) {
            Some(meant) => fault.help(format!("did you mean \"{{{meant}}}\"?")),
            None => fault,
        });
    }
}
