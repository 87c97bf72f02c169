//! `server/static-filesystem`: answers requests below a prefix with files, before the router sees them.
//!
//! The files are static assets of the worker: the platform keeps them, knows their types, and answers conditional requests.

mod files;

use fjord_document::node::Node;
use fjord_http::Headers;
use fjord_http::escape::unescape;

use crate::context::Reach;
use crate::gateway::{Global, Incoming, NextGlobal, Route};
use crate::options::check::{Around, Findings, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::{Answer, AnswerBody, Body, Deadline, Fetch, Level, LocalFuture, Passed};
use crate::proxy::Error;
use crate::render;

pub(in crate::features) use files::{Files, listing, via};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "server/static-filesystem",
    Scopes::SERVICE,
    "Answers requests below a prefix with files, before the router.",
    Kind::Object(&[
        opt("directory_listing", Kind::Bool, "Lists folders; only `false` is served.").default("false"),
        opt("path", Kind::Folder, "The folder: the one of the worker's static assets, or one in it.")
            .required(),
        opt(
            "prefix",
            Kind::Str,
            "What the paths of requests for files begin with; it isn't a part of the files' paths.",
        )
        .required(),
        opt("skip", Kind::STRINGS, "What the paths begin with that go to the router nevertheless."),
    ]),
)
.enterprise()
.requires(Capability::StaticFiles)
.check(check);

/// A folder that is served below a prefix.
#[derive(Debug)]
pub(in crate::features) struct StaticFiles {
    prefix: Box<str>,
    skip: Vec<Box<str>>,
    files: Files,
}

/// The header lines that the platform answers by: they make a request a conditional one, or one for a part.
const READ: [&str; 5] = ["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Range"];

/// Compiles the folder.
///
/// # Errors
/// If the folder isn't one of the worker's static assets, or the options ask for lists of folders.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    listing::refuse(&options)?;
    Ok(Some(Box::new(StaticFiles::read(site, &options)?)))
}

fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    listing::check(spot, findings);
    StaticFiles::check(spot, findings);
}

// === impl StaticFiles ===

impl StaticFiles {
    /// Reads `path`, `prefix` and `skip`; the old plugin has them, too.
    ///
    /// # Errors
    /// If the folder isn't one of the worker's static assets, or a prefix isn't a path.
    pub fn read(site: &Site<'_>, options: &Options<'_>) -> Result<Self, Refusal> {
        let prefix = options.str("prefix")?;
        if !prefix.starts_with('/') {
            return Err(Refusal::new("prefix: expected a path that begins with /"));
        }
        let skip = options.strings("skip")?.into_iter().map(Into::into).collect();
        Ok(Self { prefix: prefix.into(), skip, files: Files::read(site, options)? })
    }

    /// Says which prefixes no request has.
    pub fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
        let (prefix, skip) = (spot.get("prefix"), spot.get("skip"));
        let text = prefix.as_ref().and_then(Spot::str);
        if let (Some(prefix), Some(text)) = (&prefix, text)
            && !text.starts_with('/')
        {
            findings.add(
                prefix.error("bad-name", format!("\"{text}\" doesn't begin with /: no path begins with it")),
            );
        }
        for item in skip.iter().flat_map(Spot::items) {
            if let (Some(skipped), Some(prefix)) = (item.str(), text)
                && !skipped.starts_with(prefix)
            {
                let message = format!("\"{skipped}\" has no effect: it isn't below the prefix \"{prefix}\"");
                findings.add(item.warning("no-effect", message));
            }
        }
    }

    /// What the path of a request has after the prefix, decoded; none if the request isn't for a file.
    pub fn path_of(&self, incoming: &Incoming) -> Option<String> {
        // Go's server answers these before anything else (spec §33).
        if incoming.route == Route::BadRequest {
            return None;
        }
        let path = unescape(incoming.raw_path()).ok()?;
        let rest = path.strip_prefix(&*self.prefix)?;
        let is_skipped = self.skip.iter().any(|skipped| path.starts_with(&**skipped));
        (!is_skipped).then(|| rest.to_owned())
    }

    /// Answers a request for a file.
    pub async fn answer(&self, reach: Reach<'_>, incoming: Incoming, path: &str) -> Answer {
        if !matches!(&*incoming.method, "GET" | "HEAD") {
            let mut answer = render::status(405);
            answer.headers.add("Allow", "GET, HEAD");
            return answer;
        }
        let Some(url) = self.files.url(path) else { return render::status(404) };
        match self.ask(reach, &incoming, url).await {
            Ok(answer) => answer,
            Err(error) => {
                reach.log(Level::Error, || format!("[SERVICE: Static] {error}"));
                render::status(error.status.unwrap_or(500))
            }
        }
    }

    async fn ask(&self, reach: Reach<'_>, incoming: &Incoming, url: String) -> Result<Answer, Error> {
        let mut headers = Headers::default();
        for name in READ {
            incoming.headers.get_all(name).for_each(|value| headers.add(name, value));
        }
        let call = Fetch {
            via: via(),
            stream: true,
            // The platform packs what it sends to the client.
            gzip: false,
            want_headers: false,
            ..Fetch::new(incoming.method.clone(), url, headers)
        };
        let deadline = Deadline::of_request(reach.io, incoming.timeout_ms);
        let (method, url) = (call.method.clone(), call.url.clone());
        let answer = deadline.bound(reach.io.fetch(call)).await?;
        let answer = answer.map_err(|cause| Error::of_call(method, url, cause))?;
        let status = answer.status;
        // The header lines of a file go from the platform to the client as they are.
        let is_seen = !matches!(status, 200 | 201);
        let mut headers = if is_seen { answer.headers } else { Headers::default() };
        if let Some(location) = headers.get("Location").map(|location| self.location(location, incoming)) {
            headers.set("Location", location);
        }
        headers.remove_hop_by_hop();
        headers.remove("Content-Length");
        let (passed, body) = match answer.body {
            Body::Stream(of) => {
                let seen_behind = is_seen.then_some(0);
                (Some(Passed { of, without_type: false, seen_behind }), AnswerBody::Stream(of))
            }
            Body::Bytes(bytes) => (None, AnswerBody::Bytes(bytes.into_vec())),
        };
        Ok(Answer { status, headers, passed, body })
    }

    /// Where a redirect of the static assets leads the client: a folder without its slash, a page with its ending.
    fn location(&self, location: &str, incoming: &Incoming) -> String {
        let Some(rest) = self.files.path(location) else { return location.to_owned() };
        let path = format!("{}/{}", self.prefix.trim_end_matches('/'), rest.trim_start_matches('/'));
        match incoming.raw_query() {
            "" => path,
            query => format!("{path}?{query}"),
        }
    }
}

impl Global for StaticFiles {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        match self.path_of(&incoming) {
            Some(path) => Box::pin(async move { self.answer(reach, incoming, &path).await }),
            None => next.run(reach, incoming),
        }
    }

    fn request_headers(&self) -> Option<&[&'static str]> {
        Some(&READ)
    }
}
