//! The workers that stand in for Go plugins: found by the plugin's name in `@fjord.plugins`, and called by version 1 of the protocol
//! that docs/leaving-go-plugins.md describes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_document::Diagnostic;
use fjord_document::node::{Kind, Node};
use fjord_http::Headers;
use fjord_json::Value;

use crate::context::Reach;
use crate::options::check::{Around, Findings, Spot};
use crate::options::core::{FJORD_KEY, is_binding};
use crate::options::{Namespace, Options, Refusal, Site, is_comment};
use crate::platform::{Deadline, Fetch, Fetched, Via};
use crate::proxy::{Blame, Error};

/// The bindings of `@fjord.plugins`, by the names of the plugins.
#[derive(Debug, Default)]
struct Bindings(RefCell<BTreeMap<String, Rc<str>>>);

/// A worker that stands in for one plugin.
#[derive(Debug)]
pub(super) struct Worker {
    /// The plugin's name.
    name: String,
    binding: Rc<str>,
    /// The namespace, for the worker.
    kind: &'static str,
    /// The namespace's value as JSON in ASCII.
    options: String,
}

/// Names the version of the protocol, in calls and in answers: an answer without it isn't one of a plugin.
const VERSION_LINE: &str = "Fjord-Plugin";
const VERSION: &str = "1";
const KIND_LINE: &str = "Fjord-Plugin-Kind";
const NAME_LINE: &str = "Fjord-Plugin-Name";
const OPTIONS_LINE: &str = "Fjord-Plugin-Options";

/// A header line holds no more: the runtime takes 128 KB of them all.
const MOST_OPTIONS: usize = 16 << 10;

/// Notes the bindings of the service, for all that is compiled after it.
///
/// # Errors
/// If anything in `@fjord.plugins` isn't understood.
pub fn share(site: &Site<'_>) -> Result<(), Refusal> {
    let mut bindings = BTreeMap::new();
    if let Some(node) = mapping(site.node)
        && !matches!(node.kind, Kind::Object(_))
    {
        return Err(Refusal(format!("@fjord.plugins: expected an object, found {}", node.kind.name())));
    }
    for (name, binding) in entries(site.node) {
        let Some(binding) = binding.as_str().filter(|name| is_binding(name)) else {
            return Err(Refusal(format!("@fjord.plugins.{name}: expected the name of a binding")));
        };
        bindings.insert(name.to_owned(), Rc::from(binding));
    }
    *site.environment.shared::<Bindings>().0.borrow_mut() = bindings;
    Ok(())
}

/// Plugin and binding of each member of `@fjord.plugins`.
pub fn entries(root: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let members = mapping(root).map(Node::members).unwrap_or_default();
    members.iter().filter(|member| !is_comment(&member.key)).map(|member| (&*member.key, &member.value))
}

fn mapping(root: &Node) -> Option<&Node> {
    root.get(FJORD_KEY)?.get("plugins").filter(|node| !matches!(node.kind, Kind::Null))
}

/// Reports each plugin of a namespace that no worker stands in for, but for the `shipped` ones.
pub(super) fn check(
    spot: &Spot<'_>,
    around: &Around<'_>,
    shipped: &[&str],
    instead: fn(&str) -> &'static str,
    findings: &mut Findings<'_>,
) {
    // A part alone doesn't know the mapping: the plan asks for it.
    let (Some(service), Some(names)) = (around.service, spot.get("name")) else { return };
    let mut look = |spot: &Spot<'_>| {
        let Some(name) = spot.str().filter(|name| !name.is_empty() && !shipped.contains(name)) else {
            return;
        };
        if entries(service.node).all(|(known, _)| known != name) {
            findings.add(unmapped(spot, name, instead(name)));
        }
    };
    match names.node.kind {
        Kind::Array(_) => names.items().for_each(|item| look(&item)),
        _ => look(&names),
    }
}

/// How many plugins a namespace names, but for the `shipped` ones.
pub(super) fn count(spot: &Spot<'_>, shipped: &[&str]) -> u64 {
    let names = spot.get("name");
    let is_worker = |name: &Spot<'_>| name.str().is_none_or(|name| !shipped.contains(&name));
    names.map_or(0, |names| match names.node.kind {
        Kind::Array(_) => names.items().filter(is_worker).count() as u64,
        _ => 1,
    })
}

fn unmapped(spot: &Spot<'_>, name: &str, instead: &str) -> Diagnostic {
    let binding: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let help = format!(
        "map it to a worker: \"{FJORD_KEY}\": {{\"plugins\": {{\"{name}\": \"{binding}\"}}}} (docs/leaving-go-plugins.md); or {instead}"
    );
    spot.error("not-supported", reason(name)).help(help)
}

fn reason(name: &str) -> String {
    format!("Go plugins can not be loaded, and @fjord.plugins has no worker for \"{name}\"")
}

// === impl Worker ===

impl Worker {
    /// The workers of the plugins that a namespace names, but for the `shipped` ones, in the order of the configuration.
    ///
    /// # Errors
    /// If there is none for one of them, or its options fit no header line.
    pub(super) fn all(
        site: &Site<'_>,
        node: &Node,
        namespace: &'static Namespace,
        shipped: &[&str],
    ) -> Result<Vec<Worker>, Refusal> {
        let names = Options::of(node, namespace).strings("name")?;
        names
            .into_iter()
            .filter(|name| !shipped.contains(name))
            .map(|name| Worker::new(site, node, namespace, name))
            .collect()
    }

    /// The worker of one plugin.
    ///
    /// # Errors
    /// If there is none, or its options fit no header line.
    pub(super) fn new(
        site: &Site<'_>,
        node: &Node,
        namespace: &'static Namespace,
        name: &str,
    ) -> Result<Worker, Refusal> {
        let bindings = site.environment.shared::<Bindings>();
        let binding = bindings.0.borrow().get(name).cloned();
        let binding = binding.ok_or_else(|| Refusal(format!("name: {}", reason(name))))?;
        if !name.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(Refusal(format!("name: \"{name}\" fits no header line")));
        }
        let options = Value::from(node).to_ascii_json();
        if options.len() > MOST_OPTIONS {
            return Err(Refusal(format!(
                "the options are longer than {} KB, and go to the worker in a header line",
                MOST_OPTIONS >> 10
            )));
        }
        let kind = namespace.name.trim_start_matches("plugin/");
        Ok(Worker { name: name.to_owned(), binding, kind, options })
    }

    /// Makes a call one to the worker. What a client has written into these lines is gone.
    pub(super) fn address(&self, call: &mut Fetch) {
        let headers = Rc::make_mut(&mut call.headers);
        for (name, value) in [
            (VERSION_LINE, VERSION),
            (KIND_LINE, self.kind),
            (NAME_LINE, &self.name),
            (OPTIONS_LINE, &self.options),
        ] {
            headers.set(name, value);
        }
        call.via = Via::Binding(Rc::clone(&self.binding));
        call.want_headers = true;
    }

    /// Whether an answer is one of the worker's: it names the version of the protocol. That line goes no further.
    ///
    /// # Errors
    /// If it isn't.
    pub(super) fn accept(&self, headers: &mut Headers) -> Result<(), Error> {
        let is_known = headers.get_all(VERSION_LINE).eq([VERSION]);
        headers.remove(VERSION_LINE);
        match is_known {
            true => Ok(()),
            false => Err(self.fault(format!("the answer has no line `{VERSION_LINE}: {VERSION}`"))),
        }
    }

    /// Calls the worker with a request of the gateway's own.
    ///
    /// # Errors
    /// If it can't be called, or the answer isn't one of the protocol.
    pub(super) async fn ask(
        &self,
        reach: Reach<'_>,
        deadline: &Deadline<'_>,
        mut call: Fetch,
    ) -> Result<Fetched, Error> {
        self.address(&mut call);
        let (method, url) = (call.method.clone(), Rc::clone(&call.url));
        let answer = deadline.bound(reach.io.fetch(call)).await?;
        let mut answer = answer.map_err(|cause| Error::of_call(method, url, cause))?;
        self.accept(&mut answer.headers)?;
        Ok(answer)
    }

    /// The worker has done something that the protocol doesn't know.
    pub(super) fn fault(&self, what: impl std::fmt::Display) -> Error {
        Error::of_step(Blame::Gateway, format!("plugin {}: {what}", self.name))
    }
}
