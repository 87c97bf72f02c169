//! Compiles the configuration of a modifier. KrakenD ignores a configuration that it can't read (it runs the backend without
//! any modifier); here it is an error that says where.

use std::ops::Range;

use fjord_document::node::{Kind, Node};
use fjord_encoding::feed::rfc3339_seconds;
use fjord_http::canonical;
use fjord_pattern::Pattern;

use super::condition::Condition;
use super::cookie::Cookie;
use super::program::{Action, Port, Program};

/// How deep modifiers may nest.
const MAX_DEPTH: usize = 32;

/// Why modifiers can't be compiled, in martian's words where it has any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place in the configuration's text.
    pub span: Range<u32>,
    /// What is wrong there.
    pub message: String,
}

/// Sides that a kind of modifier works on.
#[derive(Clone, Copy, PartialEq)]
struct Sides {
    request: bool,
    response: bool,
}

const BOTH: Sides = Sides { request: true, response: true };
const REQUEST: Sides = Sides { request: true, response: false };
const RESPONSE: Sides = Sides { request: false, response: true };

// === impl Fault ===

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

// === impl Program ===

impl Program {
    /// Compiles `{"name": {…}}`.
    ///
    /// # Errors
    /// If the options can't be served, with the reason.
    pub fn compile(node: &Node) -> Result<Program, Fault> {
        program(node, MAX_DEPTH)
    }
}

fn program(node: &Node, depth: usize) -> Result<Program, Fault> {
    let Kind::Object(members) = &node.kind else { return Err(fault(node, "a modifier must be an object")) };
    let [member] = &members[..] else {
        return Err(fault(node, format!("parse: expected one modifier, received {}", members.len())));
    };
    if depth == 0 {
        return Err(fault(node, format!("modifiers nested deeper than {MAX_DEPTH}")));
    }
    let options = Options { node: &member.value, depth };
    if !matches!(member.value.kind, Kind::Object(_)) {
        return Err(fault(&member.value, "the options of a modifier are an object"));
    }
    let Some((action, sides)) = action(&member.key, &options)? else {
        return Err(Fault {
            span: member.key_span.clone(),
            message: format!("parse: unknown modifier {:?}", member.key),
        });
    };
    let scope = scope(&options, sides)?;
    if matches!(action, Action::Stash(_)) && scope == RESPONSE {
        let message = "to write header on a response, specify scope as both request and response";
        return Err(fault(&member.value, message));
    }
    Ok(Program { action, on_request: scope.request, on_response: scope.response })
}

/// The sides that `scope` names; all that there are without one.
fn scope(options: &Options<'_>, sides: Sides) -> Result<Sides, Fault> {
    let Some(node) = options.get("scope") else { return Ok(sides) };
    let Kind::Array(items) = &node.kind else { return Err(fault(node, "scope must be a list of strings")) };
    let mut scope = Sides { request: false, response: false };
    for item in items {
        let (supported, chosen) = match item.as_str() {
            Some("request") => (sides.request, &mut scope.request),
            Some("response") => (sides.response, &mut scope.response),
            Some(other) => {
                let message = format!("parse: invalid scope: {other} not in [\"request\", \"response\"]");
                return Err(fault(item, message));
            }
            None => return Err(fault(item, "scope must be a list of strings")),
        };
        if !supported {
            let name = item.as_str().unwrap_or_default();
            return Err(fault(item, format!("parse: invalid scope {name:?} for modifier")));
        }
        *chosen = true;
    }
    Ok(scope)
}

/// The action of a registered modifier and the sides it has; none for any other name.
fn action(name: &str, options: &Options<'_>) -> Result<Option<(Action, Sides)>, Fault> {
    Ok(Some(match name {
        "fifo.Group" => {
            let modifiers = options.list("modifiers")?;
            let programs = modifiers.iter().map(|node| options.nested(node)).collect::<Result<_, _>>()?;
            (Action::Group { programs, aggregate: options.flag("aggregateErrors")? }, BOTH)
        }
        "priority.Group" => (priority_group(options)?, BOTH),
        "header.Modifier" => {
            (Action::SetHeader { name: options.header("name")?, value: options.text("value")? }, BOTH)
        }
        "header.Append" => {
            (Action::AddHeader { name: options.header("name")?, value: options.text("value")? }, BOTH)
        }
        "header.Copy" => (Action::CopyHeader { from: options.text("from")?, to: options.text("to")? }, BOTH),
        "header.Blacklist" => (Action::RemoveHeaders(options.texts("names")?), BOTH),
        "header.Id" => {
            let header = Some(options.text("header")?).filter(|header| !header.is_empty());
            (Action::HeaderId(header.unwrap_or_else(|| "X-Krakend-Id".to_owned())), REQUEST)
        }
        "header.Filter" => {
            let condition =
                Condition::Header { name: options.header("name")?, value: options.text("value")? };
            (options.filter(condition, true)?, BOTH)
        }
        "header.RegexFilter" => {
            let condition = Condition::HeaderPattern {
                name: options.text("header")?,
                pattern: options.pattern("regex")?,
            };
            (options.filter(condition, false)?, BOTH)
        }
        "body.Modifier" => {
            (Action::Body { content_type: options.text("contentType")?, body: options.base64("body")? }, BOTH)
        }
        "url.Modifier" => {
            let [scheme, host, path, query] = options.url()?;
            (Action::Url { scheme, host, path, query }, REQUEST)
        }
        "url.Filter" => {
            let [scheme, host, path, query] = options.url()?;
            (options.filter(Condition::Url { scheme, host, path, query }, true)?, BOTH)
        }
        "url.RegexFilter" => (options.filter(Condition::UrlPattern(options.pattern("regex")?), true)?, BOTH),
        "querystring.Modifier" => {
            (Action::Query { name: options.text("name")?, value: options.text("value")? }, REQUEST)
        }
        "querystring.Filter" => {
            let condition = Condition::Query { name: options.text("name")?, value: options.text("value")? };
            (options.filter(condition, true)?, BOTH)
        }
        "cookie.Filter" => {
            let condition = Condition::Cookie { name: options.text("name")?, value: options.text("value")? };
            (options.filter(condition, true)?, BOTH)
        }
        "cookie.Modifier" => (Action::Cookie(Box::new(cookie(options)?)), BOTH),
        "port.Modifier" => (Action::Port(port(options)?), REQUEST),
        "port.Filter" => (options.filter(Condition::Port(options.integer("port")?), false)?, BOTH),
        "stash.Modifier" => (Action::Stash(options.text("headerName")?), BOTH),
        "status.Modifier" => {
            let node = options.get("statusCode").unwrap_or(options.node);
            let status =
                u16::try_from(options.integer("statusCode")?).ok().filter(|s| (100..1000).contains(s));
            (Action::Status(status.ok_or_else(|| fault(node, "statusCode isn't an HTTP status"))?), RESPONSE)
        }
        "header.Verifier" | "url.Verifier" | "querystring.Verifier" | "status.Verifier" => {
            (Action::Nothing, BOTH)
        }
        "static.Modifier" => {
            return Err(fault(options.node, "static.Modifier serves files, and there are none at the edge"));
        }
        _ => return Ok(None),
    }))
}

/// Higher priorities run first, of equal ones the last.
fn priority_group(options: &Options<'_>) -> Result<Action, Fault> {
    let mut programs: Vec<(i64, Program)> = Vec::new();
    for item in options.list("modifiers")? {
        let entry = Options { node: item, depth: options.depth };
        let priority = entry.integer("priority")?;
        let Some(modifier) = item.get("modifier") else { return Err(fault(item, "modifier is missing")) };
        let at = programs.iter().position(|(other, _)| priority >= *other).unwrap_or(programs.len());
        programs.insert(at, (priority, options.nested(modifier)?));
    }
    Ok(Action::Group {
        programs: programs.into_iter().map(|(_, program)| program).collect(),
        aggregate: false,
    })
}

fn cookie(options: &Options<'_>) -> Result<Cookie, Fault> {
    let expires = match options.get("expires") {
        Some(node) => {
            let seconds = node.as_str().and_then(rfc3339_seconds);
            Some(seconds.ok_or_else(|| fault(node, "expires isn't an RFC 3339 date"))?)
        }
        None => None,
    };
    Ok(Cookie {
        name: options.text("name")?,
        value: options.text("value")?,
        path: options.text("path")?,
        domain: options.text("domain")?,
        expires,
        max_age: options.integer("maxAge")?,
        secure: options.flag("secure")?,
        http_only: options.flag("httpOnly")?,
    })
}

fn port(options: &Options<'_>) -> Result<Port, Fault> {
    match (options.integer("port")?, options.flag("defaultForScheme")?, options.flag("remove")?) {
        (0, true, false) => Ok(Port::DefaultForScheme),
        (0, false, true) => Ok(Port::Remove),
        (port @ 1..=65_535, false, false) => Ok(Port::Use(port)),
        (0, ..) | (_, true, _) | (_, _, true) => {
            Err(fault(options.node, "Must specify only one of port, defaultForScheme or remove"))
        }
        _ => Err(fault(options.node, "port isn't a port number")),
    }
}

/// The options of one modifier.
struct Options<'n> {
    node: &'n Node,
    depth: usize,
}

// === impl Options ===

impl<'n> Options<'n> {
    /// An option that is there and not null.
    fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key).filter(|node| node.kind != Kind::Null)
    }

    fn nested(&self, node: &Node) -> Result<Program, Fault> {
        program(node, self.depth - 1)
    }

    fn filter(&self, condition: Condition, has_else: bool) -> Result<Action, Fault> {
        let Some(then) = self.get("modifier") else { return Err(fault(self.node, "modifier is missing")) };
        let otherwise = self.get("else").filter(|_| has_else).map(|node| self.nested(node)).transpose()?;
        Ok(Action::Filter {
            condition: Box::new(condition),
            then: Box::new(self.nested(then)?),
            otherwise: otherwise.map(Box::new),
        })
    }

    fn text(&self, key: &str) -> Result<String, Fault> {
        let Some(node) = self.get(key) else { return Ok(String::new()) };
        node.as_str().map(str::to_owned).ok_or_else(|| fault(node, format!("{key} must be a string")))
    }

    fn header(&self, key: &str) -> Result<String, Fault> {
        self.text(key).map(|name| canonical(&name).into_owned())
    }

    fn list(&self, key: &str) -> Result<&'n [Node], Fault> {
        match self.get(key).map(|node| (node, &node.kind)) {
            None => Ok(&[]),
            Some((_, Kind::Array(items))) => Ok(items),
            Some((node, _)) => Err(fault(node, format!("{key} must be a list"))),
        }
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, Fault> {
        let text = |node: &Node| {
            node.as_str()
                .map(str::to_owned)
                .ok_or_else(|| fault(node, format!("{key} must be a list of strings")))
        };
        self.list(key)?.iter().map(text).collect()
    }

    fn flag(&self, key: &str) -> Result<bool, Fault> {
        let Some(node) = self.get(key) else { return Ok(false) };
        node.as_bool().ok_or_else(|| fault(node, format!("{key} must be true or false")))
    }

    fn integer(&self, key: &str) -> Result<i64, Fault> {
        let Some(node) = self.get(key) else { return Ok(0) };
        let number = match &node.kind {
            Kind::Number(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| fault(node, format!("{key} must be an integer")))
    }

    fn pattern(&self, key: &str) -> Result<Pattern, Fault> {
        let node = self.get(key).unwrap_or(self.node);
        Pattern::new(&self.text(key)?).map_err(|error| fault(node, error.to_string()))
    }

    fn url(&self) -> Result<[String; 4], Fault> {
        Ok([self.text("scheme")?, self.text("host")?, self.text("path")?, self.text("query")?])
    }

    fn base64(&self, key: &str) -> Result<Vec<u8>, Fault> {
        let node = self.get(key).unwrap_or(self.node);
        fjord_encoding::base64::decode(&self.text(key)?)
            .ok_or_else(|| fault(node, format!("{key} isn't base64")))
    }
}

fn fault(node: &Node, message: impl Into<String>) -> Fault {
    Fault { span: node.span.clone(), message: message.into() }
}
