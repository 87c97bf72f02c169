//! `security/http`: sends security headers, checks the host, and redirects to https.

mod check;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use fjord_document::node::Node;
use fjord_http::Headers;
use fjord_pattern::PatternError;
use fjord_router::{escape_html, escape_non_ascii};

use super::patterns::Patterns;
use crate::options::{Capability, Kind, Namespace, Opt, OptionError, Options, Scopes, namespace, opt};

/// The namespace at the service.
pub static NAMESPACE: Namespace = namespace(
    "security/http",
    Scopes::SERVICE,
    "Sends security headers, checks the host, and redirects to https.",
    Kind::Object(OPTIONS),
)
.aliases(&["github_com/devopsfaith/krakend-httpsecure"])
.requires_where(Capability::Patterns, |value| {
    value.get("allowed_hosts_are_regex").is_some_and(|flag| flag.as_bool() == Some(true))
})
.check(check::check);

/// The namespace at the endpoint.
pub static ENDPOINT: Namespace = namespace(
    "security/http",
    Scopes::ENDPOINT,
    "Sends security headers, checks the host, and redirects to https.",
    Kind::Object(OPTIONS),
)
.aliases(&["github_com/devopsfaith/krakend-httpsecure"])
.enterprise()
.no_effect("KrakenD reads it at the service only, and so does Fjord")
.check(check::check);

static OPTIONS: &[Opt] = &[
    opt(
        "allowed_hosts",
        Kind::STRINGS,
        "The host names that are served, with their ports; others get an error.",
    )
    .default("[]"),
    opt(
        "allowed_hosts_are_regex",
        Kind::Bool,
        "Reads allowed_hosts as regular expressions for the whole name.",
    )
    .default("false"),
    opt("browser_xss_filter", Kind::Bool, "Sends X-XSS-Protection: 1; mode=block.").default("false"),
    opt(
        "content_security_policy",
        Kind::Str,
        "The Content-Security-Policy, without $NONCE: no page could know its value.",
    )
    .default("\"\""),
    opt("content_type_nosniff", Kind::Bool, "Sends X-Content-Type-Options: nosniff.").default("false"),
    opt("custom_frame_options_value", Kind::Str, "The X-Frame-Options; wins over frame_deny.")
        .default("\"\""),
    opt("force_sts_header", Kind::Bool, "Sends Strict-Transport-Security over plain http too.")
        .default("false"),
    opt("frame_deny", Kind::Bool, "Sends X-Frame-Options: DENY.").default("false"),
    opt("host_proxy_headers", Kind::STRINGS, "Headers with the host that the client asked for."),
    opt("hpkp_public_key", Kind::Str, "Does nothing: browsers gave up key pinning.")
        .default("\"\"")
        .no_effect("browsers gave up key pinning"),
    opt("is_development", Kind::Bool, "Switches host names, redirects and Strict-Transport-Security off.")
        .default("false"),
    opt("referrer_policy", Kind::Str, "The Referrer-Policy.").default("\"\""),
    opt("ssl_host", Kind::Str, "The host to redirect to; the request's by default.").default("\"\""),
    opt(
        "ssl_proxy_headers",
        Kind::Map(&Kind::Str),
        "Headers and values that say the client came over https.",
    ),
    opt("ssl_redirect", Kind::Bool, "Redirects http to https.").default("false"),
    opt("sts_include_subdomains", Kind::Bool, "Makes Strict-Transport-Security count for subdomains.")
        .default("false"),
    opt("sts_seconds", Kind::NATURAL, "The age of Strict-Transport-Security; 0 sends none.").default("0"),
];

/// What protects a service.
#[derive(Debug)]
pub struct SecureHttp {
    /// None for all.
    hosts: Option<Hosts>,
    host_headers: Vec<String>,
    redirects: bool,
    redirect_host: String,
    ssl_headers: Vec<(String, String)>,
    /// `Strict-Transport-Security`.
    transport: Option<String>,
    transport_always: bool,
    /// The fields that don't depend on the request.
    fields: Headers,
}

/// The hosts that are served.
#[derive(Debug)]
enum Hosts {
    Names(Vec<String>),
    Patterns(Patterns),
}

/// What of a request is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Whether it came over https.
    pub https: bool,
    /// The method.
    pub method: &'a str,
    /// The `Host`.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The other headers, those that [`SecureHttp::looks_at`] names at least.
    pub headers: &'a Headers,
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Answer this.
    Answer {
        /// The status.
        status: u16,
        /// The header fields.
        headers: Headers,
        /// The body.
        body: String,
    },
    /// Hand it on; these fields come before those of the answer.
    Pass(Headers),
}

/// Why the protection can't be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecureHttpError {
    /// An option has a value of the wrong type.
    Option(OptionError),
    /// A host isn't a regular expression.
    Pattern {
        /// Its place in the text.
        span: Range<u32>,
        /// What is wrong with it.
        error: PatternError,
    },
    /// The policy asks for a nonce. KrakenD makes one that no page can know, so that all its scripts are blocked.
    Nonce {
        /// Its place in the text.
        span: Range<u32>,
    },
}

// === impl SecureHttp ===

impl SecureHttp {
    /// Reads the options.
    ///
    /// # Errors
    /// If an option has a value of the wrong type, or a host isn't a regular expression.
    pub fn compile(node: &Node) -> Result<SecureHttp, SecureHttpError> {
        let options = Options::of(node, &NAMESPACE);
        let development = options.bool("is_development")?;
        let names = options.strings("allowed_hosts")?;
        let hosts = match options.bool("allowed_hosts_are_regex")? {
            _ if names.is_empty() || development => None,
            true => Some(Hosts::Patterns(patterns(&names, options)?)),
            false => Some(Hosts::Names(names.iter().map(|&name| name.to_owned()).collect())),
        };
        let seconds = options.int("sts_seconds")?;
        let subdomains = if options.bool("sts_include_subdomains")? { "; includeSubDomains" } else { "" };
        let mut fields = Headers::new();
        let frame = options.str("custom_frame_options_value")?;
        if !frame.is_empty() {
            fields.add("X-Frame-Options", frame);
        } else if options.bool("frame_deny")? {
            fields.add("X-Frame-Options", "DENY");
        }
        if options.bool("content_type_nosniff")? {
            fields.add("X-Content-Type-Options", "nosniff");
        }
        if options.bool("browser_xss_filter")? {
            fields.add("X-Xss-Protection", "1; mode=block");
        }
        let policy = options.str("content_security_policy")?;
        if policy.contains("$NONCE") {
            let node = options.node("content_security_policy").unwrap_or(node);
            return Err(SecureHttpError::Nonce { span: node.span.clone() });
        }
        let referrer = options.str("referrer_policy")?;
        for (name, value) in [("Content-Security-Policy", policy), ("Referrer-Policy", referrer)] {
            if !value.is_empty() {
                fields.add(name, value);
            }
        }
        let ssl = options.node("ssl_proxy_headers").map(Node::members).unwrap_or_default();
        let ssl =
            ssl.iter().filter_map(|member| Some((member.key.to_string(), member.value.as_str()?.to_owned())));
        Ok(SecureHttp {
            hosts,
            host_headers: options.strings("host_proxy_headers")?.into_iter().map(str::to_owned).collect(),
            redirects: options.bool("ssl_redirect")? && !development,
            redirect_host: options.str("ssl_host")?.to_owned(),
            ssl_headers: ssl.collect(),
            transport: (seconds != 0 && !development).then(|| format!("max-age={seconds}{subdomains}")),
            transport_always: options.bool("force_sts_header")?,
            fields,
        })
    }

    /// The names of the headers that decide.
    pub fn looks_at(&self) -> impl Iterator<Item = &str> {
        self.host_headers.iter().chain(self.ssl_headers.iter().map(|field| &field.0)).map(String::as_str)
    }

    /// Decides about a request (spec §18).
    pub fn decide(&self, facts: &Facts<'_>) -> Decision {
        let named = self.host_headers.iter().filter_map(|name| facts.headers.get(name));
        let host = named.into_iter().find(|host| !host.is_empty()).unwrap_or(facts.host);
        if self.hosts.as_ref().is_some_and(|hosts| !hosts.contain(host)) {
            return bad_host();
        }
        let proxied = |(name, value): &(String, String)| facts.headers.get(name) == Some(value);
        let https = facts.https || self.ssl_headers.iter().any(proxied);
        if self.redirects && !https {
            let host = if self.redirect_host.is_empty() { host } else { &self.redirect_host };
            return redirect(facts.method, format!("https://{host}{}", facts.target));
        }
        let mut headers = Headers::new();
        if let Some(transport) = self.transport.as_ref().filter(|_| https || self.transport_always) {
            headers.add("Strict-Transport-Security", &**transport);
        }
        for (name, value) in self.fields.iter() {
            headers.add(name.to_owned(), value);
        }
        Decision::Pass(headers)
    }
}

/// The names as patterns for the whole host, put together exactly as KrakenD does.
fn patterns(names: &[&str], options: Options<'_>) -> Result<Patterns, SecureHttpError> {
    let texts: Vec<String> = names.iter().map(|name| format!("^{name}$")).collect();
    Patterns::compile(&texts).map_err(|(index, error)| {
        let item = options.items("allowed_hosts").ok().and_then(|items| items.get(index));
        SecureHttpError::Pattern { span: item.unwrap_or(options.whole()).span.clone(), error }
    })
}

fn bad_host() -> Decision {
    let mut headers = Headers::new();
    headers.add("Content-Type", "text/plain; charset=utf-8");
    headers.add("X-Content-Type-Options", "nosniff");
    Decision::Answer { status: 500, headers, body: "Bad Host\n".to_owned() }
}

/// As Go's `http.Redirect` answers: a page for GET, its type for HEAD too, neither for other methods.
fn redirect(method: &str, url: String) -> Decision {
    let mut headers = Headers::new();
    let mut body = String::new();
    if matches!(method, "GET" | "HEAD") {
        headers.add("Content-Type", "text/html; charset=utf-8");
    }
    if method == "GET" {
        body.push_str("<a href=\"");
        escape_html(&url, &mut body);
        body.push_str("\">Moved Permanently</a>.\n\n");
    }
    headers.add("Location", escape_non_ascii(url));
    Decision::Answer { status: 301, headers, body }
}

// === impl Hosts ===

impl Hosts {
    fn contain(&self, host: &str) -> bool {
        match self {
            Hosts::Names(names) => names.iter().any(|name| name.to_lowercase() == host.to_lowercase()),
            // A name that is made to take too long is none of them.
            Hosts::Patterns(patterns) => patterns.any_matches(host).unwrap_or(false),
        }
    }
}

// === impl SecureHttpError ===

impl From<OptionError> for SecureHttpError {
    fn from(error: OptionError) -> Self {
        SecureHttpError::Option(error)
    }
}

impl fmt::Display for SecureHttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecureHttpError::Option(error) => error.fmt(f),
            SecureHttpError::Pattern { error, .. } => write!(f, "allowed_hosts: {error}"),
            SecureHttpError::Nonce { .. } => {
                f.write_str("content_security_policy: no page can know the $NONCE")
            }
        }
    }
}

impl std::error::Error for SecureHttpError {}
