//! `validation/response-json-schema`: lets out only answers that fit a JSON schema.
//!
//! What is checked is the data as it would leave: after filters, merge and scripts, of a partial answer too. Errors aren't data.

mod check;

use fjord_document::node::Node;
use fjord_json::{Map, Value};
use fjord_schema::Schema;

use crate::context::Cx;
use crate::features::security::policies::{self, Rejection};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::{Level, LocalFuture};
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "validation/response-json-schema",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::ASYNC),
    "Lets out only answers that fit a JSON schema.",
    Kind::Object(&[
        opt("error", Kind::Object(policies::ERROR), "Custom rejection."),
        opt("schema", Kind::FREE, "JSON schema object.").required(),
    ]),
)
.requires(Capability::JsonSchema)
.enterprise()
.check(check::check);

/// The check of the answers of an endpoint or a backend.
pub(in crate::features) struct AnswerCheck {
    schema: Schema,
    rejection: Rejection,
}

/// Compiles the schema and the error.
///
/// # Errors
/// If the schema isn't one, or the status of the error isn't that of a failure.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let rejection = Rejection::read(options.object("error")?)?;
    Ok(Some(Box::new(AnswerCheck::new(options.node("schema"), rejection)?)))
}

// === impl AnswerCheck ===

impl AnswerCheck {
    /// The check of a schema.
    ///
    /// # Errors
    /// If it isn't one.
    pub(in crate::features) fn new(schema: Option<&Node>, rejection: Rejection) -> Result<Self, Refusal> {
        let schema = schema.ok_or_else(|| Refusal::new("there is no schema"))?;
        let schema = Schema::compile(schema).map_err(|error| Refusal(error.to_string()))?;
        Ok(Self { schema, rejection })
    }

    /// The error in the place of a response that doesn't fit.
    ///
    /// # Errors
    /// If the response doesn't fit.
    pub(in crate::features) fn judge(&self, response: &Response) -> Result<(), Error> {
        self.check(response).map_err(|faults| self.rejection.error(|| Error::decode(faults)))
    }

    /// The faults of a response, one in a line.
    fn check(&self, response: &Response) -> Result<(), String> {
        if response.io.is_some() {
            return Err("the answer isn't decoded (no-op), so it can't be checked".to_owned());
        }
        let data = match &response.data {
            Some(data) => data.to_map().map_err(|error| error.to_string())?,
            None => Map::new(),
        };
        self.schema.validate(&Value::Object(data)).map_err(|violations| {
            violations.iter().map(|violation| format!("- {violation}")).collect::<Vec<_>>().join("\n")
        })
    }
}

impl Layer for AnswerCheck {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let reply = next.run(cx, request).await;
            let Some(response) = &reply.response else { return reply };
            let Err(faults) = self.check(response) else { return reply };
            cx.log(Level::Error, || {
                let path = &cx.endpoint.path;
                // What a partial answer lacks may be what doesn't fit.
                let cause = reply.error.as_ref().map_or_else(String::new, |error| format!(" ({error})"));
                format!("[ENDPOINT: {path}][ResponseJSONSchema] {faults}{cause}")
            });
            Reply::err(self.rejection.error(|| Error::decode(faults)))
        })
    }
}
