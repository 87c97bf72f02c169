//! What travels: TLS, headers, query strings.

use fjord_document::node::{Kind, Node};

use super::super::Rule;
use super::super::Severity::{Critical, High, Low, Medium};
use super::super::view::{flag, text_in};
use super::rule;

pub(super) static RULES: &[Rule] = &[
    rule(
        "2.1.1",
        High,
        "any certificate of an origin is accepted",
        "remove allow_insecure_connections and give the origins public certificates",
        |view, hits| {
            hits.maybe(flag(view.root, "allow_insecure_connections"));
            let client = view.root.get("client_tls");
            hits.maybe(client.and_then(|tls| flag(tls, "allow_insecure_connections")));
        },
    ),
    rule(
        "2.1.2",
        High,
        "no TLS towards clients is configured",
        "at the edge the zone speaks TLS (\"Always Use HTTPS\"): ignore this rule there; elsewhere add `tls`",
        |view, hits| {
            if view.root.get("tls").is_none_or(|tls| tls.kind == Kind::Null) {
                hits.at(view.root.span.start..view.root.span.start + 1);
            }
        },
    ),
    rule("2.1.3", Critical, "the `tls` block is switched off", "remove `disabled`", |view, hits| {
        hits.maybe(view.root.get("tls").and_then(|tls| flag(tls, "disabled")))
    }),
    rule(
        "2.1.7",
        High,
        "answers carry no security headers",
        "add security/http to the service's extra_config, without is_development: frame_deny, content_type_nosniff, sts_seconds …",
        |view, hits| match view.service("security/http") {
            None => hits.at(view.start()),
            Some(member) => hits.maybe(flag(&member.value, "is_development")),
        },
    ),
    rule("2.1.8", High, "HTTP/2 without encryption is switched on", "remove use_h2c", |view, hits| {
        hits.maybe(flag(view.root, "use_h2c"));
        hits.maybe(view.service("router").and_then(|router| flag(&router.value, "use_h2c")));
    }),
    rule(
        "2.1.9",
        Low,
        "a backend accepts any certificate of its origin",
        "remove allow_insecure_connections and give the origin a public certificate",
        |view, hits| {
            for client in view.at_backends("backend/http/client") {
                let tls = client.value.get("client_tls");
                hits.maybe(tls.and_then(|tls| flag(tls, "allow_insecure_connections")));
            }
        },
    ),
    rule(
        "2.2.1",
        Medium,
        "answers tell the version of the gateway",
        "set hide_version_header in `router` of the service's extra_config",
        |view, hits| match view.service("router") {
            None => hits.at(view.start()),
            Some(router) if flag(&router.value, "hide_version_header").is_none() => {
                hits.at(router.key_span.clone())
            }
            Some(_) => {}
        },
    ),
    rule(
        "2.2.2",
        High,
        "no rules for pages of other origins",
        "add security/cors with the origins that may call to the service's extra_config",
        |view, hits| {
            if view.service("security/cors").is_none() {
                hits.at(view.start());
            }
        },
    ),
    rule(
        "2.2.3",
        High,
        "every header of the client reaches the backends",
        "list the headers that the backends need",
        |view, hits| {
            let lists = view.endpoints.iter().map(|endpoint| endpoint.get("input_headers"));
            lists.filter_map(|list| text_in(list, "*")).for_each(|star| hits.at(star.span.clone()));
        },
    ),
    rule(
        "2.2.4",
        High,
        "every query parameter of the client reaches the backends",
        "list the parameters that the backends need",
        |view, hits| {
            let lists = view.endpoints.iter().map(|endpoint| endpoint.get("input_query_strings"));
            lists.filter_map(|list| text_in(list, "*")).for_each(|star| hits.at(star.span.clone()));
        },
    ),
    rule(
        "2.2.5",
        Low,
        "a gRPC server without services",
        "list `services`, or remove `server`",
        |view, hits| {
            let Some(server) = view.service("grpc").and_then(|grpc| grpc.value.get("server")) else { return };
            let services = server.get("services").map_or(&[][..], Node::items);
            if !server.members().is_empty() && services.is_empty() {
                hits.at(server.span.start..server.span.start + 1);
            }
        },
    ),
];
