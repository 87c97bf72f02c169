//! What the body generators share: a Go template, the data that it sees, and what becomes of its text.
//!
//! The template is the configuration's, the data are a stranger's: an execution has the [`Limits`] of a request. A variable that
//! the template can't look at isn't made, so a body that it doesn't name isn't read.

mod check;
mod data;
mod request;
mod response;

pub(crate) use check::{check, check_input, check_request};
pub use request::{compile as request, post};
pub use response::compile as response;

use std::collections::BTreeMap;

use fjord_document::node::Node;
use fjord_json::Value as Json;
use fjord_template::{Entries, Host, Limits, ParseError, Templates, Value};

use crate::context::Cx;
use crate::options::{Kind, Namespace, Opt, Options, Refusal, Rule, Site, opt};
use crate::platform::Level;
use crate::proxy::{Blame, Error};

/// The options of a generator that writes JSON if nothing else is said.
pub static OPTIONS: &[Opt] = &[
    opt("content_type", Kind::Str, "The Content-Type of the body.").default("\"application/json\""),
    opt("debug", Kind::Bool, "Logs what the template gets and makes, at the level DEBUG.").default("false"),
    opt("path", Kind::File, "The file of the template."),
    opt("template", Kind::Str, "The template itself, in base64."),
    opt("variables", Kind::FREE, "Values of your own for the template, which finds them in `.variables`."),
];

/// What a generator takes: a template, from one place.
pub const VALUE: Kind = Kind::With(&Kind::Object(OPTIONS), ONE_TEMPLATE);

/// The template is a file, or in the configuration.
pub const ONE_TEMPLATE: &[Rule] = &[Rule::OneOf(&[&["path"], &["template"]])];

/// A template and what is made of its text.
struct Generator {
    templates: Templates,
    content_type: String,
    debug: bool,
    /// The variables that the template may look at.
    reads: Vec<&'static str>,
    environment: Environment,
    /// The configuration's own values, if the template looks at them.
    own: Option<Json>,
}

/// The variables of the environment that the template names.
struct Environment(BTreeMap<String, String>);

/// The variable with the configuration's own values.
const OWN: &str = "variables";
/// The name of the template.
const NAME: &str = "body";
/// The name of the one that shows what the other gets. It looks at everything, so everything is made.
const INPUT: &str = "input";

/// Functions beside Go's and Sprig's.
const FUNCTIONS: &[&str] = &["env"];

// === impl Generator ===

impl Generator {
    fn compile(
        site: &Site<'_>,
        node: &Node,
        namespace: &'static Namespace,
        variables: &[&'static str],
    ) -> Result<Self, Refusal> {
        let options = Options::of(node, namespace);
        let text = match (options.str("path")?, options.str("template")?) {
            ("", "") => return Err(Refusal::new("neither path nor template says what to write")),
            ("", inline) => decoded(inline).map_err(Refusal::new)?,
            (path, _) => {
                let missing = || Refusal(format!("path: {path} is not bundled"));
                site.environment.file(path).ok_or_else(missing)?.to_owned()
            }
        };
        let mut templates = parse(&text).map_err(|error| Refusal(error.to_string()))?;
        let debug = options.bool("debug")?;
        if debug {
            let shown = templates.add(INPUT, "{{ toJson . }}", &[]);
            shown.map_err(|error| Refusal(error.to_string()))?;
        }
        let named = site.environment.variables.iter().filter(|(name, _)| text.contains(name.as_str()));
        let own = options.node("variables").filter(|_| templates.reads(OWN)).map(Json::from);
        Ok(Self {
            own,
            content_type: options.str("content_type")?.to_owned(),
            debug,
            reads: variables.iter().copied().filter(|name| templates.reads(name)).collect(),
            environment: Environment(named.map(|(name, value)| (name.clone(), value.clone())).collect()),
            templates,
        })
    }

    fn reads(&self, variable: &str) -> bool {
        self.reads.contains(&variable)
    }

    /// Executes the template. `namespace` is who asks, for the log.
    fn run<'a>(
        &'a self,
        cx: Cx<'_>,
        namespace: &Namespace,
        mut variables: Entries<'a>,
    ) -> Result<String, Error> {
        if let Some(own) = &self.own {
            variables.insert(OWN.into(), Value::from_json(own));
        }
        let label = || format!("[ENDPOINT: {}][{}]", cx.endpoint.path, namespace.name);
        let data = Value::map(variables);
        let execute =
            |name, data| self.templates.render_value(name, data, Limits::REQUEST, &mut &self.environment);
        if self.debug {
            let shown = execute(INPUT, data.clone()).unwrap_or_else(|error| error.message);
            cx.log(Level::Debug, || format!("{} input: {shown}", label()));
        }
        match execute(NAME, data) {
            Ok(text) => {
                if self.debug {
                    cx.log(Level::Debug, || format!("{} output: {text}", label()));
                }
                Ok(text)
            }
            Err(error) => {
                cx.log(Level::Error, || format!("{} {error}", label()));
                Err(Error::of_step(Blame::Gateway, error.to_string()))
            }
        }
    }
}

/// Reads a template.
fn parse(text: &str) -> Result<Templates, ParseError> {
    let mut templates = Templates::default();
    templates.add(NAME, text, FUNCTIONS)?;
    Ok(templates)
}

/// The text of an inline template.
fn decoded(inline: &str) -> Result<String, &'static str> {
    let bytes = fjord_encoding::base64::decode(inline).ok_or("the template isn't base64")?;
    String::from_utf8(bytes).map_err(|_| "the template isn't UTF-8")
}

// === impl Environment ===

impl Host for &Environment {
    fn call<'a>(&mut self, name: &str, args: &[Value<'a>]) -> Result<Value<'a>, String> {
        match (name, args) {
            ("env", [Value::String(variable)]) => {
                Ok(Value::text(self.0.get(&**variable).map_or("", String::as_str)))
            }
            _ => Err("it takes the name of a variable".to_owned()),
        }
    }
}
