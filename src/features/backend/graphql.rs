//! `backend/graphql`: turns the call into a GraphQL query or mutation.

mod check;
mod syntax;

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::Query;
use fjord_http::template::title;
use fjord_json::{Body, DecodeError, Map, Value};
use fjord_memory::afford_output;

use crate::context::{Cx, Params};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Rule, Scopes, Site, namespace, opt};
use crate::platform::{LocalFuture, RequestBody};
use crate::proxy::{Error, Layer, Next, Reply, Request};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/graphql",
    Scopes::BACKEND,
    "Turns the call into a GraphQL query or mutation.",
    Kind::With(
        &Kind::Object(&[
            opt("operationName", Kind::Str, "The operation of the document to run."),
            opt("query", Kind::Str, "The document."),
            opt("query_path", Kind::File, "The file of the document."),
            opt(
                "type",
                Kind::Enum(&["query", "mutation"]),
                "query takes variables from the URL, mutation from the body.",
            ),
            opt("variables", Kind::FREE, "The variables; {placeholders} take values of the endpoint."),
            opt("method", Kind::Enum(&["GET", "POST"]), "The method of the call.").default("\"POST\""),
        ]),
        &[Rule::OneOf(&[&["type", "query"], &["type", "query_path"]])],
    ),
)
.requires(Capability::GraphQl)
.aliases(&["github.com/devopsfaith/krakend/transport/http/client/graphql"])
.check(check::check);

/// The operation of one backend (spec §29).
struct GraphQl {
    mutation: bool,
    get: bool,
    document: String,
    operation: Option<String>,
    variables: Vec<(String, Variable)>,
}

/// The value of a variable.
enum Variable {
    /// Written in the configuration.
    Fixed(Value),
    /// The parameter of this name.
    Param(String),
}

/// Compiles the operation. KrakenD switches the component off where type or document are missing; the call would then
/// be another one, so it is refused here.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let mutation = match options.str("type")?.to_ascii_lowercase().as_str() {
        "query" => false,
        "mutation" => true,
        other => return Err(Refusal::new(format!("type is query or mutation, not {other:?}"))),
    };
    let document = match (options.str("query_path")?, options.str("query")?) {
        ("", "") => return Err(Refusal::new("neither query nor query_path says what to ask")),
        ("", query) => query.to_owned(),
        (path, _) => site
            .environment
            .file(path)
            .ok_or_else(|| Refusal::new(format!("query_path: {path} is not bundled")))?
            .to_owned(),
    };
    let variables = options.node("variables").map(Node::members).unwrap_or_default();
    Ok(Some(Box::new(GraphQl {
        mutation,
        get: options.str("method")?.eq_ignore_ascii_case("GET"),
        document,
        operation: Some(options.str("operationName")?.to_owned()).filter(|name| !name.is_empty()),
        variables: variables
            .iter()
            .map(|member| (member.key.to_string(), Variable::of(&member.value, mutation)))
            .collect(),
    })))
}

impl Layer for GraphQl {
    fn handle<'a>(&'a self, cx: Cx<'a>, mut request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            match self.prepare(cx, &mut request).await {
                Ok(()) => next.run(cx, request).await,
                Err(error) => Reply::err(error),
            }
        })
    }
}

// === impl GraphQl ===

impl GraphQl {
    async fn prepare(&self, cx: Cx<'_>, request: &mut Request) -> Result<(), Error> {
        let variables = if self.mutation {
            let body = cx.deadline.bound(request.buffer_body(cx.io)).await??;
            self.with_body(&body)?
        } else {
            self.filled(&request.params)
        };
        let variables = Value::Object(variables);
        // Escaped, they're longer than they came.
        afford_output(variables.written_len())?;
        let headers = Rc::make_mut(&mut request.headers);
        headers.set("Content-Type", "application/json");
        if self.get {
            headers.remove("Content-Length");
            request.method = "GET".into();
            request.body = RequestBody::None;
            request.url = self.with_query(&request.url, &variables).into();
        } else {
            let body = self.body(&variables);
            headers.set("Content-Length", body.len().to_string());
            request.method = "POST".into();
            request.body = RequestBody::sized(body);
        }
        Ok(())
    }

    /// The configured variables, parameters filled in.
    fn filled(&self, params: &Params) -> Map {
        let value = |variable: &Variable| match variable {
            Variable::Fixed(value) => value.clone(),
            Variable::Param(name) => Value::String(params.get(name).unwrap_or_default().to_owned()),
        };
        self.variables.iter().map(|(name, variable)| (name.clone(), value(variable))).collect()
    }

    /// The members of the client's JSON object; configured variables fill what is missing.
    fn with_body(&self, body: &Body) -> Result<Map, Error> {
        let parsed = Value::parse_body(body).map_err(|error| match error {
            DecodeError::Excess(excess) => Error::of_client(excess),
            error => Error::unfit(error.to_string()),
        })?;
        let Value::Object(mut variables) = parsed else {
            return Err(Error::unfit("the body of a mutation is not an object"));
        };
        for (name, variable) in &self.variables {
            if let Variable::Fixed(value) = variable
                && !variables.contains_key(name)
            {
                variables.insert(name.clone(), value.clone());
            }
        }
        Ok(variables)
    }

    /// `{"query", "operationName", "variables"}` in this order, without what is empty.
    fn body(&self, variables: &Value) -> Vec<u8> {
        let mut body = b"{\"query\":".to_vec();
        Value::String(self.document.clone()).write(&mut body);
        if let Some(operation) = &self.operation {
            body.extend_from_slice(b",\"operationName\":");
            Value::String(operation.clone()).write(&mut body);
        }
        if has_members(variables) {
            body.extend_from_slice(b",\"variables\":");
            variables.write(&mut body);
        }
        body.push(b'}');
        body
    }

    /// The documented GET form. (KrakenD 2.11 adds these parameters after it has built the URL, so they never arrive.)
    fn with_query(&self, url: &str, variables: &Value) -> String {
        let mut query = Query::default();
        query.add("query", self.document.as_str());
        if let Some(operation) = &self.operation {
            query.add("operationName", operation.as_str());
        }
        if has_members(variables) {
            let json = variables.to_json();
            query.add("variables", String::from_utf8_lossy(&json));
        }
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}{}", query.encode())
    }
}

fn has_members(variables: &Value) -> bool {
    variables.as_object().is_some_and(|members| !members.is_empty())
}

// === impl Variable ===

impl Variable {
    /// A text that is `{name}` as a whole stands for a parameter, in queries only.
    fn of(value: &Node, mutation: bool) -> Self {
        let param = value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
        match param {
            Some(name) if !mutation && !name.is_empty() => Self::Param(title(name).into_owned()),
            _ => Self::Fixed(Value::from(value)),
        }
    }
}
