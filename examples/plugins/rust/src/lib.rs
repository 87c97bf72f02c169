//! A worker with three plugins, one of each kind. Put your own in their place.

mod protocol;

use serde_json::{Map, Value, json};
use worker::{Context, Env, Fetch, Request, Response, Result, event};

use protocol::{Call, Lines};

/// Answers a call of the gateway. What fails closes: the answer has no line of the protocol, and the gateway answers 500.
#[event(fetch)]
async fn fetch(request: Request, _env: Env, _context: Context) -> Result<Response> {
    let call = Call::of(request)?;
    let response = match (&*call.kind, &*call.name) {
        ("http-server", "tenant") => tenant(&call)?,
        ("http-client", "stamp") => stamp(call).await?,
        ("req-resp-modifier", "mask") => mask(call).await?,
        (kind, name) => return Err(format!("this worker has no plugin {name} of the kind {kind}").into()),
    };
    protocol::signed(response)
}

/// Turns away requests without a known key; the others go on with the tenant's name.
fn tenant(call: &Call) -> Result<Response> {
    let key = call.request.headers().get("X-Key")?.unwrap_or_default();
    match call.options["tenant"]["keys"][&*key].as_str() {
        Some(name) => protocol::next(&Lines::from([("X-Tenant", Some(name)), ("X-Key", None)])),
        None => Ok(Response::from_json(&json!({ "error": "unknown key" }))?.with_status(403)),
    }
}

/// Adds a header line to the call, and makes it.
async fn stamp(mut call: Call) -> Result<Response> {
    let value = call.options["stamp"]["value"].as_str().unwrap_or("stamped");
    call.request.headers_mut()?.set("X-Stamp", value)?;
    Fetch::Request(call.request).send().await
}

/// Replaces members of the response.
async fn mask(mut call: Call) -> Result<Response> {
    let message: Value = call.request.json().await?;
    // It's shown the request, too.
    let Some(response) = message.get("response") else { return Response::from_json(&json!({})) };
    let mut data: Map<String, Value> = response["data"].as_object().cloned().unwrap_or_default();
    for field in call.options["mask"]["fields"].as_array().into_iter().flatten() {
        if let Some(value) = field.as_str().and_then(|field| data.get_mut(field)) {
            *value = json!("***");
        }
    }
    Response::from_json(&json!({ "response": { "data": data } }))
}
