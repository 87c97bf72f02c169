//! What the three Lua namespaces share: compiled scripts, and their run around a call (spec §27).

mod check;
mod endpoint;
mod layer;
mod surroundings;

pub(crate) use check::{check, check_request};
pub use endpoint::{handler, service};
pub use layer::compile as layer;

use fjord_document::node::Node;
use fjord_http::{Headers, url};
use fjord_lua::{Execution, HttpCall, HttpResponse, Limits, LuaError, Scope, Script, Step};

use crate::KRAKEND_AGENT;
use crate::options::{Options, Refusal, Site};
use crate::platform::{Body, Deadline, Fetch, Io, RequestBody};
use crate::proxy::{Blame, Error};

use surroundings::Surroundings;

/// The scripts of one component.
struct Component {
    script: Script,
    skip_next: bool,
    /// Whether a script names the body: only then bodies are read.
    reads_body: bool,
    /// Whether a script names the data: only then they are built.
    reads_data: bool,
}

// === impl Component ===

impl Component {
    /// Compiles the scripts. KrakenD continues without a component that is broken; the endpoint is refused here.
    fn compile(site: &Site<'_>, node: &Node, scope: Scope) -> Result<Self, Refusal> {
        let options = Options::new(node, super::lua_endpoint::OPTIONS);
        let (pre, post) = (options.str("pre")?, options.str("post")?);
        let mut sources = Vec::new();
        for path in options.strings("sources")? {
            let missing = || Refusal(format!("sources: {path} is not bundled"));
            sources.push((path, site.environment.file(path).ok_or_else(missing)?));
        }
        let texts = || sources.iter().map(|(_, text)| *text).chain([pre, post]);
        let (reads_body, reads_data) =
            (texts().any(|text| text.contains("body")), texts().any(|text| text.contains("data")));
        let how = fjord_lua::Options {
            scope,
            open_libs: options.bool("allow_open_libs")?,
            limits: Limits::default(),
        };
        let script = Script::compile(&sources, pre, post, how).map_err(|error| Refusal(error.message))?;
        Ok(Self { script, skip_next: options.bool("skip_next")?, reads_body, reads_data })
    }

    /// Lets a script continue to its end, making the calls it asks for.
    async fn finish(
        &self,
        deadline: &Deadline<'_>,
        run: &mut Execution,
        host: &mut Surroundings<'_>,
        mut step: Step,
    ) -> Result<(), Error> {
        loop {
            match step {
                Step::Done(result) => return result.map_err(error),
                Step::HttpCall(wanted) => {
                    let answer = deadline.bound(call(host.io, wanted)).await?;
                    step = run.resume(host, answer);
                }
            }
        }
    }
}

fn error(error: LuaError) -> Error {
    // A script says with a status of 400 and above, below 500, that the request is at fault.
    let blame = match error.status {
        Some(400..500) => Blame::Client,
        _ => Blame::Gateway,
    };
    let Error { kind, .. } = Error::of_step(blame, error.message);
    Error { kind, status: error.status, content_type: error.content_type }
}

/// A call in the middle of a script.
async fn call(io: &Io, call: HttpCall) -> Result<HttpResponse, String> {
    let url = url::of_script(&call.url).map_err(|error| error.to_string())?;
    let mut headers: Headers = call.headers.into_iter().collect();
    headers.set("User-Agent", KRAKEND_AGENT);
    let fetch = Fetch {
        body: if call.body.is_empty() { RequestBody::None } else { RequestBody::sized(call.body) },
        ..Fetch::new(call.method, url, headers)
    };
    let answer = io.fetch(fetch).await.map_err(|error| error.to_string())?;
    let body = match answer.body {
        Body::Bytes(body) => body,
        Body::Stream(stream) => io.read_stream(stream).await.map_err(|error| error.to_string())?,
    };
    let headers = answer.headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(HttpResponse { status: answer.status, headers, body: body.into_vec() })
}
