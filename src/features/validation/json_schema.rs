//! `validation/json-schema`: lets in only bodies that fit a JSON schema.
//!
//! KrakenD continues without the check if it can't use the schema; here the endpoint is refused.

mod check;

pub(in crate::features) use check::schema as check_schema;

use fjord_document::node::Node;
use fjord_schema::{Schema, validate_body};

use crate::context::Cx;
use crate::options::{Capability, Kind, Namespace, Refusal, Scopes, Site, namespace};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Layer, Next, Reply, Request};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "validation/json-schema",
    Scopes::ENDPOINT.and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Lets in only bodies that fit a JSON schema.",
    Kind::FREE,
)
.requires(Capability::JsonSchema)
.aliases(&["github.com/devopsfaith/krakend-jsonschema"])
.check(check::check);

/// The check of an endpoint's bodies.
struct BodyCheck(Schema);

/// Compiles the schema.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let schema = Schema::compile(node).map_err(|error| Refusal(error.to_string()))?;
    Ok(Some(Box::new(BodyCheck(schema))))
}

// === impl BodyCheck ===

impl BodyCheck {
    /// Reads the body, which the request carries as bytes from then on, and checks it.
    async fn check(&self, cx: Cx<'_>, request: &mut Request) -> Result<(), Error> {
        let body = cx.deadline.bound(request.buffer_body(cx.io)).await??;
        validate_body(&self.0, &body)
            .map_err(|rejection| Error::unfit(rejection.message).with_status(rejection.status))
    }
}

impl Layer for BodyCheck {
    fn handle<'a>(&'a self, cx: Cx<'a>, mut request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            match self.check(cx, &mut request).await {
                Ok(()) => next.run(cx, request).await,
                Err(error) => Reply::err(error),
            }
        })
    }
}
