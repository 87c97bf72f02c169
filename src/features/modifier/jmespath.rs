//! `modifier/jmespath`: makes the answer anew, by a JMESPath expression over its data.
//!
//! An expression may leave out what clients mustn't see. So an answer that it can't be applied to isn't sent.

use fjord_document::node::Node;
use fjord_jmespath::Expression;
use fjord_json::{Map, Object, Value};

use crate::context::Cx;
use crate::options::check::{Around, Findings, Spot, looks};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/jmespath",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Queries the answer with JMESPath.",
    Kind::Object(&[opt(
        "expr",
        Kind::Str,
        "JMESPath applied on response data (result wrapped: array→collection, scalar→content).",
    )
    .required()]),
)
.requires(Capability::JmesPath)
.enterprise()
.check(check);

/// The expression that makes the answer.
struct Query(Expression);

/// Compiles the expression.
///
/// # Errors
/// If it isn't one.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let text = Options::of(node, &NAMESPACE).str("expr")?;
    let expression = Expression::compile(text).map_err(|error| Refusal(format!("expr: {error}")))?;
    Ok(Some(Box::new(Query(expression))))
}

/// Checks the expression, and whether there's data to query.
fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    looks::no_op(spot, around, "a no-op answer isn't decoded, so it can't be queried", findings);
    let Some(expr) = spot.get("expr") else { return };
    let Some(Err(error)) = expr.str().map(Expression::compile) else { return };
    let fault = expr.error("bad-expression", format!("not a JMESPath expression: {}", error.message));
    findings.add(match expr.inside(error.offset) {
        Some(span) => fault.related(span, "here"),
        None => fault,
    });
}

// === impl Query ===

impl Query {
    /// The data that the expression makes of a response's.
    fn apply(&self, response: &Response) -> Result<Object, String> {
        if response.io.is_some() {
            return Err("the answer isn't decoded (no-op), so it can't be queried".to_owned());
        }
        let data = match &response.data {
            Some(data) => data.to_map().map_err(|error| error.to_string())?,
            None => Map::new(),
        };
        let found = self.0.search(&Value::Object(data)).map_err(|error| error.to_string())?;
        Ok(wrapped(found))
    }
}

/// A result as an answer's data, which is an object.
fn wrapped(found: Value) -> Object {
    match found {
        Value::Object(members) => members.into(),
        Value::Null => Object::new(),
        Value::Array(items) => Map::from([("collection".to_owned(), Value::Array(items))]).into(),
        scalar => Map::from([("content".to_owned(), scalar)]).into(),
    }
}

impl Layer for Query {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let mut reply = next.run(cx, request).await;
            if let Some(response) = &mut reply.response {
                match self.apply(response) {
                    Ok(data) => response.data = Some(data),
                    Err(fault) => return Reply::err(Error::decode(format!("modifier/jmespath: {fault}"))),
                }
            }
            reply
        })
    }
}
