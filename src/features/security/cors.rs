//! `security/cors`: lets web pages of other origins read answers.

mod check;

use fjord_document::node::Node;
use fjord_http::Headers;

use crate::options::{Kind, Namespace, Opt, OptionError, Options, Rule, Scopes, namespace, opt};

/// The namespace at the service.
pub static NAMESPACE: Namespace = namespace(
    "security/cors",
    Scopes::SERVICE,
    "Lets web pages of other origins read answers.",
    Kind::With(&Kind::Object(OPTIONS), &[Rule::Open]),
)
.aliases(&["github_com/devopsfaith/krakend-cors"])
.check(check::check);

static OPTIONS: &[Opt] = &[
    opt("allow_credentials", Kind::Bool, "Lets pages send cookies and authorization.").default("false"),
    opt("allow_headers", Kind::STRINGS, "The request headers that pages may send; an empty list for all.")
        .default("[]"),
    opt(
        "allow_methods",
        Kind::With(
            &Kind::List(&Kind::Enum(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])),
            &[Rule::Unique],
        ),
        "The methods that pages may use.",
    )
    .default("[\"GET\",\"HEAD\",\"POST\"]")
    .lax(),
    opt(
        "allow_origins",
        Kind::STRINGS,
        "The origins of pages that may read answers, each with one * at most.",
    )
    .default("[\"*\"]")
    .required(),
    opt("debug", Kind::Bool, "Logs each decision.").default("false").lax(),
    opt("expose_headers", Kind::STRINGS, "The answer's headers that pages may read.").default("[]").lax(),
    opt("max_age", Kind::Duration, "How long browsers may keep a permission.").lax(),
    opt("allow_private_network", Kind::Bool, "Lets public pages reach a private network.").default("false"),
    opt("options_passthrough", Kind::Bool, "Lets preflights through to the endpoint.").default("false"),
    opt("options_success_status", Kind::Int { min: 200, max: 299 }, "The status of a preflight.")
        .default("204")
        .lax(),
];

/// The namespace at the endpoint.
pub static ENDPOINT: Namespace = namespace(
    "security/cors",
    Scopes::ENDPOINT,
    "Lets web pages of other origins read answers.",
    Kind::Object(&[
        opt("allow_credentials", Kind::Bool, "Lets pages send cookies and authorization.").default("false"),
        opt(
            "allow_headers",
            Kind::STRINGS,
            "The request headers that pages may send; an empty list for all.",
        )
        .default("[]"),
        opt(
            "allow_methods",
            Kind::List(&Kind::Enum(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])),
            "The methods that pages may use.",
        )
        .default("[\"GET\",\"HEAD\",\"POST\"]"),
        opt(
            "allow_origins",
            Kind::STRINGS,
            "The origins of pages that may read answers, each with one * at most.",
        )
        .default("[\"*\"]"),
        opt("allow_private_network", Kind::Bool, "Lets public pages reach a private network.")
            .default("false"),
        opt("debug", Kind::Bool, "Logs each decision.").default("false"),
        opt("expose_headers", Kind::STRINGS, "The answer's headers that pages may read.")
            .default("[\"Content-Length\",\"Content-Type\"]"),
        opt("max_age", Kind::Duration, "How long browsers may keep a permission.").default("\"0h\""),
        opt("options_passthrough", Kind::Bool, "Lets preflights through to the endpoint.").default("false"),
        opt("options_success_status", Kind::INT, "The status of a preflight.").default("204"),
    ]),
)
.aliases(&["github_com/devopsfaith/krakend-cors"])
.enterprise()
.no_effect("KrakenD reads it at the service only, and so does Fjord")
.check(check::check);

/// Who may read answers, and what they may send.
#[derive(Debug)]
pub struct Cors {
    /// None for all.
    origins: Option<Vec<Origin>>,
    /// Exactly as configured: `get` allows no GET.
    methods: Vec<String>,
    /// Lower case, sorted; none for all.
    headers: Option<Vec<String>>,
    exposed: String,
    credentials: bool,
    private_network: bool,
    max_age: Option<String>,
    /// The status of an answer to a preflight.
    pub status: u16,
    /// Whether preflights continue to the router, their permission being added to its answer.
    pub passthrough: bool,
}

/// An allowed origin in lower case: whole, or what is around its `*`.
#[derive(Debug)]
enum Origin {
    Exact(String),
    Around(String, String),
}

// === impl Cors ===

impl Cors {
    /// Reads the options.
    ///
    /// # Errors
    /// If an option has a value of the wrong type.
    pub fn compile(node: &Node) -> Result<Cors, OptionError> {
        let options = Options::of(node, &NAMESPACE);
        let origins = options.strings("allow_origins")?;
        let methods = options.strings("allow_methods")?;
        let mut headers = lower(&options.strings("allow_headers")?);
        headers.sort();
        headers.dedup();
        let exposed = options.strings("expose_headers")?.into_iter().map(fjord_http::canonical);
        let age = options.duration("max_age")?.as_secs();
        let defaults = ["GET", "POST", "HEAD"].as_slice();
        let methods = if methods.is_empty() { defaults } else { &methods };
        let all = origins.is_empty() || origins.contains(&"*");
        Ok(Cors {
            origins: (!all).then(|| lower(&origins).iter().map(|origin| Origin::new(origin)).collect()),
            methods: methods.iter().map(|&method| method.to_owned()).collect(),
            headers: (!headers.is_empty() && !headers.iter().any(|name| name == "*")).then_some(headers),
            exposed: exposed.collect::<Vec<_>>().join(", "),
            credentials: options.bool("allow_credentials")?,
            private_network: options.bool("allow_private_network")?,
            max_age: (age > 0).then(|| age.to_string()),
            status: u16::try_from(options.int("options_success_status")?).unwrap_or(204),
            passthrough: options.bool("options_passthrough")?,
        })
    }

    /// What to say to a preflight; `None` if the request isn't one. A refused one gets the same status without permission.
    pub fn preflight(&self, method: &str, request: &Headers) -> Option<Headers> {
        let wanted = request.get("Access-Control-Request-Method").filter(|wanted| !wanted.is_empty())?;
        if method != "OPTIONS" {
            return None;
        }
        let mut answer = Headers::new();
        let private = if self.private_network { ", Access-Control-Request-Private-Network" } else { "" };
        let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        answer.add("Vary", format!("{vary}{private}"));
        let Some(origin) = self.allowed_origin(request) else { return Some(answer) };
        let headers = request.get("Access-Control-Request-Headers").unwrap_or_default();
        if !self.allows_method(wanted) || !self.allows_headers(headers) {
            return Some(answer);
        }
        answer.add("Access-Control-Allow-Origin", origin);
        answer.add("Access-Control-Allow-Methods", wanted);
        if !headers.is_empty() {
            answer.add("Access-Control-Allow-Headers", headers);
        }
        if self.credentials {
            answer.add("Access-Control-Allow-Credentials", "true");
        }
        if self.private_network && request.get("Access-Control-Request-Private-Network") == Some("true") {
            answer.add("Access-Control-Allow-Private-Network", "true");
        }
        if let Some(age) = &self.max_age {
            answer.add("Access-Control-Max-Age", &**age);
        }
        Some(answer)
    }

    /// The headers that come before those of any other answer.
    pub fn actual(&self, method: &str, request: &Headers) -> Headers {
        let mut answer = Headers::new();
        answer.add("Vary", "Origin");
        let Some(origin) = self.allowed_origin(request).filter(|_| self.allows_method(method)) else {
            return answer;
        };
        answer.add("Access-Control-Allow-Origin", origin);
        if !self.exposed.is_empty() {
            answer.add("Access-Control-Expose-Headers", &*self.exposed);
        }
        if self.credentials {
            answer.add("Access-Control-Allow-Credentials", "true");
        }
        answer
    }

    /// The origin as the answer names it, if the request has one that is allowed.
    fn allowed_origin<'r>(&self, request: &'r Headers) -> Option<&'r str> {
        let origin = request.get("Origin").filter(|origin| !origin.is_empty())?;
        let Some(origins) = &self.origins else { return Some("*") };
        let lower = origin.to_lowercase();
        origins.iter().any(|allowed| allowed.is(&lower)).then_some(origin)
    }

    fn allows_method(&self, method: &str) -> bool {
        method == "OPTIONS" || self.methods.iter().any(|allowed| allowed == method)
    }

    /// Whether all names of a list are allowed. Browsers send them in lower case, sorted, each once; others don't pass.
    fn allows_headers(&self, list: &str) -> bool {
        let Some(allowed) = &self.headers else { return true };
        let mut next = 0;
        let mut empty = 0;
        list.split(',').all(|name| {
            // One blank on either side may be there, and some names may be missing.
            let name = name.strip_prefix([' ', '\t']).unwrap_or(name);
            let name = name.strip_suffix([' ', '\t']).unwrap_or(name);
            if name.is_empty() {
                empty += 1;
                return empty <= 16;
            }
            match allowed.binary_search_by(|known| known.as_str().cmp(name)) {
                Ok(place) if place >= next => {
                    next = place + 1;
                    true
                }
                _ => false,
            }
        })
    }
}

fn lower(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_lowercase()).collect()
}

// === impl Origin ===

impl Origin {
    fn new(origin: &str) -> Origin {
        match origin.split_once('*') {
            Some((before, after)) => Origin::Around(before.to_owned(), after.to_owned()),
            None => Origin::Exact(origin.to_owned()),
        }
    }

    fn is(&self, origin: &str) -> bool {
        match self {
            Origin::Exact(allowed) => origin == allowed,
            Origin::Around(before, after) => {
                origin.strip_prefix(&**before).is_some_and(|rest| rest.ends_with(&**after))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    fn cors(options: &str) -> Cors {
        Cors::compile(&Document::parse(options).unwrap().root).unwrap()
    }

    fn request(fields: &[(&'static str, &str)]) -> Headers {
        let mut headers = Headers::new();
        fields.iter().for_each(|(name, value)| headers.add(*name, *value));
        headers
    }

    #[test]
    fn answers_are_those_recorded() {
        let recorded: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/security/cors.json")).unwrap();
        let mut cases = 0;
        for service in recorded.as_array().unwrap() {
            let cors = cors(&service["options"].to_string());
            for case in service["cases"].as_array().unwrap() {
                let mut headers = Headers::new();
                for (name, value) in case["headers"].as_object().unwrap() {
                    headers.add(name.clone(), value.as_str().unwrap());
                }
                let method = case["method"].as_str().unwrap();
                let answer = match cors.preflight(method, &headers) {
                    Some(answer) => {
                        assert!(cors.passthrough || case["status"] == cors.status, "{case}");
                        answer
                    }
                    None => cors.actual(method, &headers),
                };
                // The origins of these cases add fields of their own behind.
                for (name, values) in case["answer"].as_object().unwrap() {
                    let values = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap());
                    let own = values.clone().filter(|value| !["Accept", "http://up.test"].contains(value));
                    assert!(answer.get_all(name).eq(own), "{name} of {case}");
                }
                assert!(answer.names().all(|name| case["answer"].get(name).is_some()), "{case}");
                cases += 1;
            }
        }
        assert_eq!(cases, 56);
    }

    #[test]
    fn lists_of_headers_are_those_of_browsers() {
        let cors = cors(r#"{"allow_origins":["http://a"],"allow_headers":["X-B","Content-Type","x-a"]}"#);
        let accepts = |list: &str| {
            let headers = request(&[
                ("Origin", "http://A"),
                ("Access-Control-Request-Method", "GET"),
                ("Access-Control-Request-Headers", list),
            ]);
            cors.preflight("OPTIONS", &headers).unwrap().contains("Access-Control-Allow-Origin")
        };
        for list in
            ["", "x-a", "content-type,x-a,x-b", "content-type, x-b", "x-a ,\tx-b", ",x-a,", &",".repeat(15)]
        {
            assert!(accepts(list), "{list}");
        }
        for list in ["X-A", "x-b,x-a", "x-a,x-a", "x-c", "x-a,  x-b", &",".repeat(16)] {
            assert!(!accepts(list), "{list}");
        }
    }

    #[test]
    fn permissions_name_what_is_allowed() {
        let cors = cors(
            r#"{"allow_origins":["https://*.a.test"],"expose_headers":["x-one","TWO"],"allow_private_network":true,"max_age":"1h"}"#,
        );
        let headers = request(&[("Origin", "https://x.a.test")]);
        let answer = cors.actual("GET", &headers);
        assert_eq!(answer.get("Access-Control-Expose-Headers"), Some("X-One, Two"));
        for origin in ["https://a.test", "https://x.a.test.b", "http://x.a.test"] {
            assert!(
                !cors.actual("GET", &request(&[("Origin", origin)])).contains("Access-Control-Allow-Origin")
            );
        }
        let headers = request(&[
            ("Origin", "https://x.a.test"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Private-Network", "true"),
        ]);
        let answer = cors.preflight("OPTIONS", &headers).unwrap();
        assert_eq!(answer.get("Access-Control-Allow-Private-Network"), Some("true"));
        assert_eq!(answer.get("Access-Control-Max-Age"), Some("3600"));
        assert!(cors.preflight("GET", &headers).is_none());
    }
}
