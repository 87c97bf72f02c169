//! `modifier/response-headers`: adds, removes, renames and replaces headers of the answers.
//!
//! It sees every answer that passes the router: those of endpoints, their errors, 404 and 405. The health answer, redirects
//! and preflights don't come through here. The header lines of a `no-op` origin enter the core for it; the body stays with the host.

mod check;
#[cfg(test)]
mod tests;

use fjord_document::node::Node;
use fjord_http::{Headers, canonical};

use crate::context::Reach;
use crate::features::security::cors;
use crate::gateway::{Global, Incoming, NextGlobal};
use crate::options::{
    Capability, Kind, Namespace, OptionError, Options, Refusal, Rule, Scopes, Site, is_comment, namespace,
    opt,
};
use crate::platform::{Answer, Level, LocalFuture};
use crate::render;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/response-headers",
    Scopes::SERVICE,
    "Adds, removes, renames and replaces headers of the answer.",
    Kind::With(
        &Kind::Object(&[
            opt(
                "add",
                Kind::With(&Kind::Map(&Kind::STRINGS), &[Rule::AtLeast(1)]),
                "Header→[values] appended.",
            ),
            opt("delete", Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]), "Header names removed."),
            opt(
                "rename",
                Kind::With(&Kind::Map(&Kind::Str), &[Rule::AtLeast(1)]),
                "Old→new (overwrites existing new).",
            ),
            opt(
                "replace",
                Kind::With(&Kind::Map(&Kind::STRINGS), &[Rule::AtLeast(1)]),
                "Header→[values] set.",
            ),
        ]),
        &[Rule::AtLeast(1)],
    ),
)
.enterprise()
.requires(Capability::ResponseHeaders)
.check(check::check);

/// The changes, in the order in which they apply. Names are canonical.
#[derive(Debug)]
struct ResponseHeaders {
    delete: Vec<String>,
    /// Old and new name.
    rename: Vec<(String, String)>,
    replace: Vec<Field>,
    add: Vec<Field>,
}

/// A header and its values.
type Field = (String, Vec<String>);

/// Compiles the changes.
///
/// # Errors
/// If an option has a value of the wrong type, or a header is one that `security/cors` writes.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let changes = ResponseHeaders::read(&Options::of(node, &NAMESPACE))?;
    if site.namespace(&cors::NAMESPACE).is_some()
        && let Some(name) = changes.names().find(|name| check::is_cors(name))
    {
        return Err(Refusal(format!("{name}: {}", check::WRITTEN_BY_CORS)));
    }
    Ok(Some(Box::new(changes)))
}

// === impl ResponseHeaders ===

impl ResponseHeaders {
    fn read(options: &Options<'_>) -> Result<Self, OptionError> {
        let name = |name: &str| canonical(name).into_owned();
        let members = |key| {
            let members = options.node(key).map(Node::members).unwrap_or_default();
            members.iter().filter(|member| !is_comment(&member.key))
        };
        let fields = |key| {
            let field =
                |values: &Node| values.items().iter().filter_map(Node::as_str).map(str::to_owned).collect();
            members(key).map(|member| (name(&member.key), field(&member.value))).collect()
        };
        let new = |node: &Node| node.as_str().map(name);
        Ok(Self {
            delete: options.strings("delete")?.into_iter().map(name).collect(),
            rename: members("rename").filter_map(|old| Some((name(&old.key), new(&old.value)?))).collect(),
            replace: fields("replace"),
            add: fields("add"),
        })
    }

    /// All names, of whatever is done to them.
    fn names(&self) -> impl Iterator<Item = &str> {
        let renamed = self.rename.iter().flat_map(|(old, new)| [old, new]);
        let written = self.replace.iter().chain(&self.add).map(|(name, _)| name);
        self.delete.iter().chain(renamed).chain(written).map(String::as_str)
    }

    fn apply(&self, headers: &mut Headers) {
        for name in &self.delete {
            headers.remove(name);
        }
        for (old, new) in &self.rename {
            rename(headers, old, new);
        }
        for (name, values) in &self.replace {
            headers.remove(name);
            add(headers, name, values);
        }
        for (name, values) in &self.add {
            add(headers, name, values);
        }
    }

    /// Changes an answer. One whose header lines stayed with the host unseen isn't sent: lines that are to be removed could
    /// be among them.
    fn change(&self, mut answer: Answer) -> Option<Answer> {
        if let Some(passed) = &mut answer.passed {
            passed.seen_behind?;
            // From here on no line is known to be the gateway's own: the first ones may be gone.
            passed.seen_behind = Some(0);
        }
        self.apply(&mut answer.headers);
        Some(answer)
    }
}

fn add(headers: &mut Headers, name: &str, values: &[String]) {
    headers.extend(values.iter().map(|value| (name.to_owned(), value.as_str())));
}

/// The fields `old` get the name `new`, in their places; those that had it before are removed.
fn rename(headers: &mut Headers, old: &str, new: &str) {
    if !headers.contains(old) {
        return;
    }
    headers.remove(new);
    let fields = std::mem::take(headers);
    for (name, value) in fields.iter() {
        let name = if name.eq_ignore_ascii_case(old) { new } else { name };
        headers.add(name.to_owned(), value);
    }
}

impl Global for ResponseHeaders {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            let answer = next.run(reach, incoming).await;
            self.change(answer).unwrap_or_else(|| {
                reach.log(Level::Error, || {
                    "[SERVICE: ResponseHeaders] the origin's headers weren't read, so they aren't sent"
                        .to_owned()
                });
                render::status(500)
            })
        })
    }

    fn reads_headers(&self) -> bool {
        true
    }
}
