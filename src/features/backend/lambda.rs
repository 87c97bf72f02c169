//! `backend/lambda`: invokes an AWS Lambda function.

mod check;

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::Headers;
use fjord_json::{Map, Object, Shape, Value};
use fjord_sigv4::{Credentials, Signable, hash, sign, timestamp};

use crate::context::{Cx, Params};
use crate::options::check::Hosts;
use crate::options::{
    Capability, Environment, Kind, Namespace, Options, Refusal, Rule, Scopes, Site, namespace, opt,
};
use crate::platform::{Body, Fetch, Fetched, LocalFuture, RequestBody};
use crate::proxy::{self, Blame, Error, Layer, Metadata, Next, Reply, Request, Response};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/lambda",
    Scopes::BACKEND,
    "Invokes an AWS Lambda function.",
    Kind::With(
        &Kind::Object(&[
            opt("endpoint", Kind::Str, "The address of the service, if it isn't Amazon's."),
            opt("function_name", Kind::Str, "The function."),
            opt("function_param_name", Kind::Str, "The parameter that names the function."),
            opt("max_retries", Kind::INT, "How often a failed call is repeated.")
                .default("0")
                .no_effect("a call is never repeated, as in KrakenD, where this never applies"),
            opt("region", Kind::Str, "The region."),
        ]), // Each AWS tool reads its credentials from these.
        &[Rule::Secrets(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])],
    ),
)
.requires(Capability::Lambda)
.aliases(&["github.com/devopsfaith/krakend-lambda"])
.check(check::check)
.hosts(Hosts::Elsewhere);

/// The function of one backend (spec §30).
struct Lambda {
    function: Function,
    /// `https://lambda.REGION.amazonaws.com`, or the configured address.
    base: String,
    region: String,
    /// None if the host has no credentials: every call then fails and says so.
    credentials: Option<Credentials>,
}

/// Which function is called.
enum Function {
    Fixed(String),
    /// The one that this parameter names, as it is written there.
    Param(String),
}

const SERVICE: &str = "lambda";

/// Compiles the call. The credentials are secrets of the host, never part of the configuration.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let variable = |name| site.environment.variable(name).map(str::to_owned);
    let region = match options.str("region")? {
        "" => variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")),
        region => Some(region.to_owned()),
    };
    let region = region.ok_or_else(|| Refusal::new("no region: set it, or the variable AWS_REGION"))?;
    let function = match (options.str("function_name")?, options.str("function_param_name")?) {
        ("", "") => Function::Param("function".to_owned()),
        ("", name) => Function::Param(name.to_owned()),
        (name, _) => Function::Fixed(name.to_owned()),
    };
    let base = match options.str("endpoint")? {
        "" => format!("https://lambda.{region}.amazonaws.com"),
        endpoint => endpoint.trim_end_matches('/').to_owned(),
    };
    let credentials = credentials(site.environment);
    Ok(Some(Box::new(Lambda { function, base, region, credentials })))
}

/// The variables that every AWS tool reads.
pub(crate) fn credentials(environment: &Environment) -> Option<Credentials> {
    Some(Credentials {
        access_key_id: environment.variable("AWS_ACCESS_KEY_ID")?.to_owned(),
        secret_access_key: environment.variable("AWS_SECRET_ACCESS_KEY")?.to_owned(),
        session_token: environment.variable("AWS_SESSION_TOKEN").map(str::to_owned),
    })
}

impl Layer for Lambda {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move { self.invoke(cx, request, next.shape()).await.into() })
    }
}

// === impl Lambda ===

impl Lambda {
    async fn invoke(
        &self,
        cx: Cx<'_>,
        mut request: Request,
        shape: Option<&Shape>,
    ) -> Result<Response, Error> {
        let name = match &self.function {
            Function::Fixed(name) => name.clone(),
            Function::Param(param) => request.params.get(param).unwrap_or_default().to_owned(),
        };
        // No function has such a name, and the segment would be missing once `fetch` has resolved it.
        if matches!(&*name, "" | "." | "..") {
            return Err(Error::unfit(format!("aws lambda: {name:?} can't be the name of a function"))
                .with_status(400));
        }
        let payload = if cx.endpoint.method == "GET" {
            Rc::new(of_params(&request.params).into())
        } else {
            cx.deadline.bound(request.buffer_body(cx.io)).await??
        };
        let call = self.call(&name, payload, (cx.io.now() / 1000.0) as u64)?;
        let answer = cx.deadline.bound(cx.io.fetch(call)).await?.map_err(Error::from)?;
        respond(answer, shape)
    }

    /// The signed call.
    fn call(&self, name: &str, payload: Rc<fjord_json::Body>, now: u64) -> Result<Fetch, Error> {
        let credentials = self.credentials.as_ref().ok_or_else(|| {
            Error::of_step(
                Blame::Gateway,
                "no AWS credentials: set the secrets AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
        })?;
        let path = format!("/2015-03-31/functions/{}/invocations", escaped(name));
        let host = self.base.split_once("://").map_or(self.base.as_str(), |(_, host)| host);
        let mut lines: Vec<(String, String)> = [
            ("Host", host.to_owned()),
            ("X-Amz-Date", timestamp(now)),
            ("X-Amz-Invocation-Type", "RequestResponse".to_owned()),
            ("X-Amz-Log-Type", "Tail".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        if let Some(token) = &credentials.session_token {
            lines.push(("X-Amz-Security-Token".to_owned(), token.clone()));
        }
        let body_hash = hash(payload.as_slice());
        let signable = Signable {
            method: "POST",
            path: &path,
            query: "",
            headers: &lines,
            body_hash: &body_hash,
            normalize: true,
        };
        let authorization = sign(&signable, credentials, &self.region, SERVICE, now);
        let mut headers = Headers::default();
        // The host's line is written by whoever makes the call.
        for (name, value) in lines.into_iter().skip(1) {
            headers.add(name, value);
        }
        headers.add("Authorization", authorization);
        headers.add("Content-Type", "application/json");
        headers.add("User-Agent", crate::KRAKEND_AGENT);
        Ok(Fetch {
            body: RequestBody::Sized(payload),
            gzip: false,
            ..Fetch::new("POST", format!("{}{path}", self.base), headers)
        })
    }
}

/// The payload is the answer. A function that failed answers like any other: its error object with 200.
fn respond(answer: Fetched, shape: Option<&Shape>) -> Result<Response, Error> {
    let Body::Bytes(body) = answer.body else { return Err(Error::decode("aws lambda: no payload")) };
    if answer.status != 200 {
        let kind =
            answer.headers.get("X-Amzn-Errortype").unwrap_or("error").split(':').next().unwrap_or_default();
        let text = fjord_encoding::text(body.as_slice())?;
        return Err(Error::new(proxy::Kind::Passed(format!("{kind}: {text}"))).with_status(answer.status));
    }
    let Value::Object(map) = Value::parse_body(&body)? else {
        return Err(Error::decode("aws lambda: the payload is not an object"));
    };
    let mut data = Some(Object::from_map(floats(map)));
    if let Some(shape) = shape {
        data = shape.apply(data)?;
    }
    let mut metadata = Metadata { status: 200, ..Metadata::default() };
    if let Some(version) = answer.headers.get("X-Amz-Executed-Version") {
        metadata.headers.add("X-Amz-Executed-Version", version);
    }
    Ok(Response { data, complete: true, metadata, io: None })
}

/// The parameters as a JSON object with keys in lower case, and a line break.
fn of_params(params: &Params) -> Vec<u8> {
    let members = params.iter().map(|(name, value)| (name.to_lowercase(), Value::String(value.to_owned())));
    let mut payload = Value::Object(members.collect()).to_json();
    payload.push(b'\n');
    payload
}

/// KrakenD reads the numbers of a payload as floating-point.
fn floats(map: Map) -> Map {
    fn float(value: Value) -> Value {
        match value {
            Value::Number(text) => text.parse().map_or(Value::Number(text), Value::Float),
            Value::Array(items) => Value::Array(items.into_iter().map(float).collect()),
            Value::Object(map) => Value::Object(floats(map)),
            other => other,
        }
    }
    map.into_iter().map(|(key, value)| (key, float(value))).collect()
}

/// A function's name or ARN as one segment of a path.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
