//! `modifier/martian`: changes the request to the backend and its response.

mod answers;
mod check;
mod compile;
mod condition;
mod cookie;
mod exchange;
mod message;
mod program;
mod range;
#[cfg(test)]
mod tests;

pub use compile::Fault;
pub use exchange::compile;
pub use message::{Framing, Request, Response};
pub use program::{Program, Unique};

use crate::options::{Capability, Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/martian",
    Scopes::BACKEND,
    "Changes the request to the backend and its response.",
    Kind::Same(&MODIFIER),
)
.requires(Capability::Martian)
.aliases(&["github.com/devopsfaith/krakend-martian"])
.check(check::check);

/// One modifier.
static MODIFIER: Kind = Kind::With(
    &Kind::Object(&[
        opt(
            "body.Modifier",
            Kind::Object(&[
                opt("body", Kind::Str, "The new body, in base64.").required(),
                opt("contentType", Kind::Str, "The new Content-Type."),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Replaces the body and its Content-Type.",
        ),
        opt(
            "cookie.Filter",
            Kind::Object(&[
                opt("else", Kind::Same(&MODIFIER), "What runs otherwise."),
                opt("modifier", Kind::Same(&MODIFIER), "What runs if the condition holds.").required(),
                opt("name", Kind::Str, "The name.").required(),
                opt("scope", REQUEST, "Whether it works on the request, the response, or both.")
                    .default(REQUEST_SIDES)
                    .required(),
                opt("value", Kind::Any, "The value."),
            ]),
            "Runs the modifier if a cookie has the value.",
        ),
        opt(
            "cookie.Modifier",
            Kind::Object(&[
                opt("domain", Kind::Str, "The domain of the cookie."),
                opt("expires", Kind::Str, "The end of the cookie's life, as a date of RFC 3339."),
                opt("httpOnly", Kind::Bool, "Hides the cookie from scripts.").default("false"),
                opt("maxAge", Kind::INT, "The cookie's life in seconds.").default("0"),
                opt("name", Kind::Str, "The name.").required(),
                opt("path", Kind::Str, "The path of the cookie."),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
                opt("secure", Kind::Bool, "Sends the cookie over https only.").default("false"),
                opt("value", Kind::Str, "The value.").required(),
            ]),
            "Adds a cookie.",
        ),
        opt(
            "fifo.Group",
            Kind::Object(&[
                opt("aggregateErrors", Kind::Bool, "Goes on after a failure and reports all.")
                    .default("false"),
                opt("modifiers", Kind::List(&Kind::Same(&MODIFIER)), "The modifiers.").required(),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Runs modifiers in order.",
        ),
        opt("header.Append", Kind::Object(HEADER_APPEND), "Adds a value to a header."),
        opt(
            "header.Blacklist",
            Kind::Object(&[
                opt("names", Kind::STRINGS, "The headers to remove.").required(),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Removes headers.",
        ),
        opt(
            "header.Copy",
            Kind::Object(&[
                opt("from", Kind::Str, "The header to copy.").required(),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
                opt("to", Kind::Str, "The header to write.").required(),
            ]),
            "Copies a header to another.",
        ),
        opt("header.Filter", Kind::Object(HEADER_FILTER), "Runs the modifier if a header has the value."),
        opt(
            "header.Id",
            Kind::Object(&[
                opt("header", Kind::Str, "The header.").default("\"X-Krakend-Id\""),
                opt("scope", REQUEST, "Whether it works on the request, the response, or both.")
                    .default(REQUEST_SIDES)
                    .required(),
            ]),
            "Sets a header to a random id if it is empty.",
        ),
        opt("header.Modifier", Kind::Object(HEADER_APPEND), "Sets a header."),
        opt(
            "header.RegexFilter",
            Kind::Object(&[
                opt("header", Kind::Str, "The header.").required(),
                opt("modifier", Kind::Same(&MODIFIER), "What runs if the condition holds.").required(),
                opt("regex", Kind::Str, "The regular expression.").required(),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Runs the modifier if a header matches.",
        ),
        opt(
            "port.Filter",
            Kind::Object(&[
                opt("else", Kind::Same(&MODIFIER), "What runs otherwise."),
                opt("modifier", Kind::Same(&MODIFIER), "What runs if the condition holds.").required(),
                opt("port", Kind::INT, "The port.").required(),
                opt("scope", REQUEST, "Whether it works on the request, the response, or both.")
                    .default(REQUEST_SIDES)
                    .required(),
            ]),
            "Runs the modifier if the port is equal.",
        ),
        opt(
            "port.Modifier",
            Kind::With(
                &Kind::Object(&[
                    opt("defaultForScheme", Kind::Bool, "Sets the port of the scheme."),
                    opt("port", Kind::INT, "The port."),
                    opt("remove", Kind::Bool, "Removes the port."),
                    opt("scope", REQUEST, "Whether it works on the request, the response, or both."),
                ]),
                &[Rule::OneOf(&[&["scope", "port"], &["scope", "defaultForScheme"], &["scope", "remove"]])],
            ),
            "Changes the port of the address and of Host.",
        ),
        opt(
            "priority.Group",
            Kind::Object(&[
                opt(
                    "modifiers",
                    Kind::List(&Kind::Object(&[
                        opt("modifier", Kind::Same(&MODIFIER), "The modifier.").required(),
                        opt("priority", Kind::INT, "The greater, the earlier.").required(),
                    ])),
                    "The modifiers.",
                )
                .required(),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Runs modifiers by priority.",
        ),
        opt(
            "querystring.Filter",
            Kind::Object(HEADER_FILTER),
            "Runs the modifier if a query parameter has the value.",
        ),
        opt(
            "querystring.Modifier",
            Kind::Object(&[
                opt("name", Kind::Str, "The name.").required(),
                opt("scope", REQUEST, "Whether it works on the request, the response, or both.")
                    .default(REQUEST_SIDES)
                    .required(),
                opt("value", Kind::Str, "The value.").required(),
            ]),
            "Sets a query parameter.",
        ),
        opt(
            "stash.Modifier",
            Kind::Object(&[
                opt("headerName", Kind::Str, "The header.").required(),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Writes the address into a header.",
        ),
        opt(
            "url.Filter",
            Kind::Object(&[
                opt("else", Kind::Same(&MODIFIER), "What runs otherwise."),
                opt("host", Kind::Str, "The host, with its port."),
                opt("modifier", Kind::Same(&MODIFIER), "What runs if the condition holds.").required(),
                opt("path", Kind::Str, "The path."),
                opt("query", Kind::Str, "The query."),
                opt("scheme", Kind::Str, "The scheme."),
                opt("scope", BOTH, "Whether it works on the request, the response, or both.")
                    .default(BOTH_SIDES)
                    .required(),
            ]),
            "Runs the modifier if all given parts of the address are equal.",
        ),
        opt(
            "url.Modifier",
            Kind::Object(&[
                opt("host", Kind::Str, "The host, with its port."),
                opt("path", Kind::Str, "The path."),
                opt("query", Kind::Str, "The query."),
                opt("scheme", Kind::Str, "The scheme."),
                opt("scope", REQUEST, "Whether it works on the request, the response, or both.")
                    .default(REQUEST_SIDES)
                    .required(),
            ]),
            "Replaces the given parts of the address.",
        ),
        opt(
            "url.RegexFilter",
            Kind::Object(&[
                opt("else", Kind::Same(&MODIFIER), "What runs otherwise."),
                opt("modifier", Kind::Same(&MODIFIER), "What runs if the condition holds.").required(),
                opt("regex", Kind::Str, "The regular expression.").required(),
                opt("scope", REQUEST, "Whether it works on the request, the response, or both.")
                    .default(REQUEST_SIDES)
                    .required(),
            ]),
            "Runs the modifier if the whole address matches.",
        ),
        opt("static.Modifier", Kind::FREE, "Answers with a file; KrakenD has it, but no file is there.")
            .refused("a worker has no files; serve them from a host service://ASSETS"),
        opt("status.Modifier", Kind::Object(STATUS), "Sets the status of the response."),
    ]),
    &[Rule::AtLeast(1), Rule::AtMost(1)],
);

static STATUS: &[Opt] = &[
    opt("scope", RESPONSE, "Only the response has a status.").default(RESPONSE_SIDES).required(),
    opt("statusCode", Kind::Int { min: 100, max: 599 }, "The status.").required(),
];

const BOTH: Kind =
    Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1), Rule::Unique, Rule::Only(&["request", "response"])]);
const BOTH_SIDES: &str = "[\"request\",\"response\"]";
const REQUEST_SIDES: &str = "[\"request\"]";
const RESPONSE_SIDES: &str = "[\"response\"]";
const REQUEST: Kind = Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1), Rule::Only(&["request"])]);
const RESPONSE: Kind = Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1), Rule::Only(&["response"])]);

static HEADER_APPEND: &[Opt] = &[
    opt("name", Kind::Str, "The name.").required(),
    opt("scope", BOTH, "Whether it works on the request, the response, or both.")
        .default(BOTH_SIDES)
        .required(),
    opt("value", Kind::Str, "The value.").required(),
];

static HEADER_FILTER: &[Opt] = &[
    opt("else", Kind::Same(&MODIFIER), "What runs otherwise."),
    opt("modifier", Kind::Same(&MODIFIER), "What runs if the condition holds.").required(),
    opt("name", Kind::Str, "The name.").required(),
    opt("scope", BOTH, "Whether it works on the request, the response, or both.")
        .default(BOTH_SIDES)
        .required(),
    opt("value", Kind::Str, "The value to compare; without it, the empty string."),
];
