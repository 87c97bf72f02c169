//! Values of earlier answers in what modifiers write: `{resp0_token}` in the value of a header line or a query parameter.
//!
//! KrakenD sends such a value as it's written. Here it is filled in if the endpoint's `sequential_propagated_params` lists it, and an
//! earlier backend of the sequence answers it.

use std::borrow::Cow;

use fjord_document::node::Node;
use fjord_http::headers::is_line;

use super::program::{Action, Program};
use crate::features::proxy;
use crate::options::{Scope, Site};
use crate::proxy::{Blame, Error, NextExchange};

/// The values of one request, by the names of their parameters (`Resp0_token`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers(Vec<(String, String)>);

// === impl Answers ===

impl Answers {
    /// The values of these parameters.
    ///
    /// # Errors
    /// If a call would be made without one of them, or with a line break in its headers.
    pub(super) fn of(names: &[String], next: &NextExchange<'_>) -> Result<Self, Error> {
        let value = |name: &String| {
            let fault = |what| Error::of_step(Blame::Gateway, format!("modifier/martian: {name} {what}"));
            let value = next.param(name).ok_or_else(|| fault("isn't in an earlier answer"))?;
            if is_line(value) { Ok((name.clone(), value.to_owned())) } else { Err(fault("has a line break")) }
        };
        names.iter().map(value).collect::<Result<_, _>>().map(Self)
    }

    /// A text with the values in place of their names. Nothing is filled in within a value.
    pub(super) fn fill<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, name, after)) = first(rest) {
            out.push_str(before);
            match self.0.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// The first name in braces that could be that of an earlier answer's value, as its parameter is called, between the texts around it.
fn first(text: &str) -> Option<(&str, String, &str)> {
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|open| at + open) {
        let inside = &text[open + 1..];
        if let Some(close) = inside.find(['{', '}'])
            && inside[close..].starts_with('}')
            && let Some(rest) =
                inside[..close].strip_prefix("resp").or_else(|| inside[..close].strip_prefix("Resp"))
            && rest.starts_with(|c: char| c.is_ascii_digit())
        {
            return Some((&text[..open], format!("Resp{rest}"), &inside[close + 1..]));
        }
        at = open + 1;
    }
    None
}

/// The names in a text.
pub(super) fn names(text: &str) -> Vec<String> {
    let (mut names, mut rest) = (Vec::new(), text);
    while let Some((_, name, after)) = first(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// The parameters that a program fills in at a backend.
pub(super) fn of_program(site: &Site<'_>, program: &Program) -> Vec<String> {
    let mut found = Vec::new();
    values(program, &mut found);
    if found.is_empty() {
        return found;
    }
    let endpoint =
        site.endpoint_node.map(|node| Site { scope: Scope::Endpoint, node, backend: None, ..*site });
    let proxy = endpoint.and_then(|endpoint| endpoint.namespace(&proxy::NAMESPACE));
    let listed = proxy
        .and_then(|proxy| proxy.get("sequential_propagated_params"))
        .map(Node::items)
        .unwrap_or_default();
    let listed: Vec<&str> = listed.iter().filter_map(Node::as_str).collect();
    found.retain(|name| is_filled(name, &listed, site.backend.unwrap_or_default()));
    found.sort();
    found.dedup();
    found
}

/// Whether a parameter has a value at this backend of a sequence: it is propagated, and of an answer before.
pub(super) fn is_filled(name: &str, listed: &[&str], backend: usize) -> bool {
    let Some(rest) = name.strip_prefix("Resp") else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let is_earlier = rest[..digits].parse::<usize>().is_ok_and(|from| from < backend);
    let same = |known: &&str| known.strip_prefix("resp").or_else(|| known.strip_prefix("Resp")) == Some(rest);
    is_earlier && listed.iter().any(same)
}

fn values(program: &Program, found: &mut Vec<String>) {
    match &program.action {
        Action::SetHeader { value, .. } | Action::AddHeader { value, .. } | Action::Query { value, .. } => {
            found.extend(names(value));
        }
        Action::Group { programs, .. } => programs.iter().for_each(|program| values(program, found)),
        Action::Filter { then, otherwise, .. } => {
            values(then, found);
            otherwise.iter().for_each(|program| values(program, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_filled_in_once() {
        let answers = Answers(vec![("Resp0_a.b".into(), "{resp1_c}".into()), ("Resp1_c".into(), "7".into())]);
        for (text, want) in [
            ("Bearer {resp0_a.b}", "Bearer {resp1_c}"),
            ("{Resp1_c}{resp1_c}/{resp2_x}", "77/{resp2_x}"),
            ("{{resp1_c}}", "{7}"),
            ("{resp1_c", "{resp1_c"),
            ("{respx} {} }{ {Response} é{resp1_c}é", "{respx} {} }{ {Response} é7é"),
            ("", ""),
        ] {
            assert_eq!(answers.fill(text), want, "{text}");
        }
        assert_eq!(Answers::default().fill("{resp0_a}"), "{resp0_a}");
        assert_eq!(names("a {resp0_a.b}{Resp1} {x}"), ["Resp0_a.b", "Resp1"]);
    }

    #[test]
    fn only_listed_values_of_earlier_answers_are_filled_in() {
        for (name, backend, want) in [
            ("Resp0_a", 1, true),
            ("Resp0_a", 0, false),
            ("Resp1_b", 2, true),
            ("Resp1_b", 1, false),
            ("Resp0_ab", 1, false),
        ] {
            assert_eq!(is_filled(name, &["resp0_a", "Resp1_b", "a"], backend), want, "{name} {backend}");
        }
    }
}
