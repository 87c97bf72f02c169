//! What a check is written with: the value and its place, what is around it, the findings, and the rules that say what
//! becomes of each.

mod findings;
pub mod looks;
pub mod rules;
mod spot;
pub mod wrangler;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use findings::{Findings, Required};
pub use rules::View;
pub use spot::Spot;

/// Says what is wrong with the value of a namespace beyond what its table says.
pub type Check = fn(&Spot<'_>, &Around<'_>, &mut Findings<'_>);

/// What the hosts of a backend with a namespace are, if they aren't addresses to call over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// The backend needs none: its call goes elsewhere.
    Elsewhere,
    /// The broker of an AMQP backend.
    Amqp,
    /// The driver of a publisher or subscriber.
    PubSub,
    /// The worker's static assets: the backend needs no host.
    Assets,
}

/// What a call beside those of the backends is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Key sets, at most once in a request.
    Keys,
    /// Tokens for a backend.
    Tokens,
    /// Hosts that are looked up over HTTPS.
    Dns,
    /// The edge's cache, for each of the concurrent calls.
    Cache,
    /// Workers that stand in for Go plugins, at a backend for each of the concurrent calls.
    Plugins,
    /// Bindings that count, at a backend for each of the concurrent calls.
    Counters,
}

/// What the checks of a part know of the parts around it.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// None where one part is asked about alone.
    pub service: Option<&'a Spot<'a>>,
    /// Whether placeholders may be parts of segments.
    pub disable_rest: bool,
    /// None at the service.
    pub endpoint: Option<&'a Endpoint<'a>>,
    /// The backend's place in the row, and the backend.
    pub backend: Option<(usize, &'a Spot<'a>)>,
}

/// An endpoint, as far as others need to know of it.
pub struct Endpoint<'a> {
    /// The endpoint itself.
    pub spot: &'a Spot<'a>,
    /// In capitals.
    pub method: String,
    /// Its parameters, in the order of the path.
    pub params: Vec<String>,
    /// Its backends.
    pub backends: &'a [Spot<'a>],
    /// Whether the backends are called one after the other.
    pub is_sequential: bool,
}

/// How to check.
#[derive(Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// Whose view of it is asked for.
    pub view: View,
    /// The texts of the files that the configuration names, by their names; without it all files are taken to be there.
    pub files: Option<&'a BTreeMap<String, String>>,
    /// The worker's bindings that can count for rate limits; none if nobody knows them.
    pub counters: Option<&'a BTreeMap<String, Counts>>,
    /// The worker that the configuration is for, if that is known.
    pub worker: Option<&'a Worker>,
    /// A schema that the configuration must fit, too.
    pub schema: Option<&'a CustomSchema>,
    /// Variables of the environment, of which `KRAKEND_PORT` and the like take the place of options.
    pub variables: Option<&'a BTreeMap<String, String>>,
}

/// What a worker's own configuration declares.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Worker {
    /// The name of its file, such as `wrangler.toml`.
    pub file: String,
    /// The names of its bindings, variables and required secrets.
    #[serde(default)]
    pub names: Vec<String>,
    /// Paths that its static assets answer before any endpoint can.
    #[serde(default)]
    pub assets: Vec<String>,
    /// The queues that it consumes.
    #[serde(default)]
    pub consumed: Vec<String>,
    /// What switches `request.signal` off, if anything does.
    #[serde(default)]
    pub deaf: Option<String>,
}

/// How a binding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counts {
    /// A Durable Object namespace: for all isolates together.
    Exactly,
    /// A rate-limit binding: for each of the platform's locations.
    Locally,
}

/// A schema and where it comes from.
#[derive(Debug, Clone, Deserialize)]
pub struct CustomSchema {
    /// The name of its file.
    pub file: String,
    /// Its text.
    pub text: String,
}
