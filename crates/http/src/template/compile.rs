//! Reads `url_pattern`s by KrakenD's rules, with KrakenD's errors (spec §2.5).

use std::fmt;

use super::value::{Part, Slot};
use super::{Piece, UrlPattern, Variable, title};
use crate::headers::canonical;
use crate::path::{clean_leading_slash, gin_path, params};
use crate::url::settled;

/// What the endpoint gives to the patterns of its backends.
#[derive(Debug, Clone)]
pub struct Endpoint<'a> {
    /// The method, as configured.
    pub method: &'a str,
    /// The path in gin's form, which the errors show.
    path: String,
    inputs: Vec<String>,
    wildcard: bool,
    /// Whether `{input_headers.X}` and `{input_query_strings.x}` are variables, as in the enterprise edition.
    pub dynamic_routing: bool,
}

/// Why a `url_pattern` is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The variable the endpoint doesn't have; `None`: there are more variables than the endpoint has parameters.
    pub undefined: Option<Box<str>>,
    method: Box<str>,
    endpoint: Box<str>,
    backend: usize,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

// === impl Endpoint ===

impl<'a> Endpoint<'a> {
    /// Reads the parameters of a configured endpoint path.
    pub fn new(method: &'a str, path: &str, disable_rest: bool) -> Self {
        let clean = clean_leading_slash(path);
        let mut inputs: Vec<String> = params(&clean, disable_rest).into_iter().map(str::to_owned).collect();
        inputs.sort();
        inputs.dedup();
        let path = gin_path(path, disable_rest);
        let wildcard = path.ends_with("/*");
        Self { method, path, inputs, wildcard, dynamic_routing: false }
    }

    fn error(&self, backend: usize, undefined: Option<&str>, outputs: Vec<&str>) -> PatternError {
        PatternError {
            undefined: undefined.map(Into::into),
            method: self.method.into(),
            endpoint: self.path.as_str().into(),
            backend,
            inputs: self.inputs.clone(),
            outputs: outputs.into_iter().map(str::to_owned).collect(),
        }
    }
}

// === impl UrlPattern ===

impl UrlPattern {
    /// Compiles the pattern of the backend with the number `backend` of `endpoint`.
    ///
    /// # Errors
    /// If the pattern names a variable that the endpoint doesn't have, or can't be a path.
    pub fn compile(url_pattern: &str, endpoint: &Endpoint<'_>, backend: usize) -> Result<Self, PatternError> {
        let pattern = clean_leading_slash(url_pattern);
        check(&pattern, endpoint, backend)?;
        let (mut text, mut pieces, mut from) = (String::new(), Vec::new(), 0);
        for (at, name) in placeholders(&pattern) {
            push_text(&pattern[from..at], &mut text, &mut pieces);
            from = at + name.len() + 2;
            let missing = format!("{{{{.{}}}}}", title(name));
            let part = part(&text, &pattern[from..]);
            text.push_str(&missing);
            let variable = variable(name, endpoint);
            pieces.push(Piece::Value(Slot { variable, missing: missing.into(), part }));
        }
        match pattern[from..].strip_suffix('*').filter(|before| endpoint.wildcard && before.ends_with('/')) {
            Some(before) => {
                push_text(before, &mut text, &mut pieces);
                let part = part(&text, "");
                text.push('*');
                pieces.push(Piece::Value(Slot { variable: Variable::Rest, missing: "".into(), part }));
            }
            None => push_text(&pattern[from..], &mut text, &mut pieces),
        }
        let settled = pieces.iter().any(is_escaped_in_path);
        if settled {
            settle(&mut pieces);
        }
        Ok(Self { text: text.into(), pieces: pieces.into(), settled })
    }
}

fn push_text(part: &str, text: &mut String, pieces: &mut Vec<Piece>) {
    if !part.is_empty() {
        text.push_str(part);
        pieces.push(Piece::Text(part.into()));
    }
}

/// Where a value lands that has `before` in front and `after` behind.
fn part(before: &str, after: &str) -> Part {
    if before.contains('?') {
        return Part::Query;
    }
    let ends = after.is_empty() || after.starts_with(['/', '?', '#']);
    Part::Path { whole_segment: before.ends_with('/') && ends }
}

fn is_escaped_in_path(piece: &Piece) -> bool {
    matches!(piece, Piece::Value(slot) if slot.variable.is_foreign() && slot.part != Part::Query)
}

/// Escapes what is in the path beside escaped values.
fn settle(pieces: &mut [Piece]) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                let (path, rest) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
                let ends = !rest.is_empty();
                *text = format!("{}{rest}", settled(path)).into();
                if ends {
                    return;
                }
            }
            Piece::Value(slot) => slot.missing = settled(&slot.missing).into(),
        }
    }
}

fn check(pattern: &str, endpoint: &Endpoint<'_>, backend: usize) -> Result<(), PatternError> {
    let mut outputs: Vec<&str> = placeholders(pattern).map(|(_, name)| name).collect();
    outputs.retain(|name| !(endpoint.dynamic_routing && is_dynamic(name)));
    outputs.sort_unstable();
    outputs.dedup();
    // KrakenD counts all but the last one, which then is either defined or named in the other error.
    let counted = outputs.iter().rev().skip(1).filter(|name| !is_sequential(name)).count();
    if counted > endpoint.inputs.len() {
        return Err(endpoint.error(backend, None, outputs));
    }
    let defined = |name: &str| endpoint.inputs.iter().any(|input| input == name);
    match outputs.iter().find(|name| !is_sequential(name) && !defined(name)) {
        Some(name) => Err(endpoint.error(backend, Some(name), outputs.clone())),
        None => Ok(()),
    }
}

/// The `{name}`s of a pattern and where they begin.
fn placeholders(pattern: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(open) = pattern[from..].find('{').map(|at| from + at) {
            from = open + 1;
            let len = pattern[from..]
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(b))
                .count();
            if len > 0 && pattern[from + len..].starts_with('}') {
                from += len + 1;
                return Some((open, &pattern[open + 1..open + 1 + len]));
            }
        }
        None
    })
}

fn variable(name: &str, endpoint: &Endpoint<'_>) -> Variable {
    if let Some((backend, path)) = resp(name) {
        return Variable::Resp { backend, name: format!("Resp{backend}_{path}").into() };
    }
    if let Some(claim) = jwt(name) {
        return Variable::Jwt(format!("JWT.{claim}").into());
    }
    if endpoint.dynamic_routing {
        if let Some(header) = name.strip_prefix(INPUT_HEADERS) {
            return Variable::InputHeader(canonical(header).into());
        }
        if let Some(key) = name.strip_prefix(INPUT_QUERY_STRINGS) {
            return Variable::InputQuery(key.into());
        }
    }
    Variable::Param(title(name).into())
}

const INPUT_HEADERS: &str = "input_headers.";
const INPUT_QUERY_STRINGS: &str = "input_query_strings.";

fn is_dynamic(name: &str) -> bool {
    name.starts_with(INPUT_HEADERS) || name.starts_with(INPUT_QUERY_STRINGS)
}

fn is_sequential(name: &str) -> bool {
    resp(name).is_some() || jwt(name).is_some()
}

fn resp(name: &str) -> Option<(usize, &str)> {
    let (number, path) = name.strip_prefix("resp")?.split_once('_')?;
    let valid = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && !path.is_empty();
    valid.then(|| (number.parse().unwrap_or(usize::MAX), path))
}

fn jwt(name: &str) -> Option<&str> {
    name.strip_prefix("JWT.").filter(|claim| !claim.is_empty())
}

// === impl PatternError ===

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.undefined {
            Some(name) => write!(f, "undefined output param '{name}'!")?,
            None => f.write_str("input and output params do not match.")?,
        }
        let Self { method, endpoint, backend, .. } = self;
        let (inputs, outputs) = (self.inputs.join(" "), self.outputs.join(" "));
        write!(
            f,
            " endpoint: {method} {endpoint}, backend: {backend}. input: [{inputs}], output: [{outputs}]"
        )
    }
}

impl std::error::Error for PatternError {}
