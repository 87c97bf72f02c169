//! What KrakenD has replaced.

use super::super::Hits;
use super::super::Rule;
use super::super::Severity::{High, Medium};
use super::super::view::{View, component, key_of, text_in};
use super::rule;

pub(super) static RULES: &[Rule] = &[
    rule("7.1.1", High, "the server plugin virtualhost is old", "use server/virtualhost", |view, hits| {
        server_plugin("virtualhost", view, hits);
    }),
    rule(
        "7.1.2",
        High,
        "the server plugin static-filesystem is old",
        "use server/static-filesystem",
        |view, hits| {
            server_plugin("static-filesystem", view, hits);
        },
    ),
    rule(
        "7.1.3",
        High,
        "the server plugin basic-auth is old",
        "use auth/validator, or auth/basic",
        |view, hits| {
            server_plugin("basic-auth", view, hits);
        },
    ),
    rule(
        "7.1.4",
        High,
        "the server plugin wildcard is old",
        "end the endpoint's path with /*",
        |view, hits| {
            server_plugin("wildcard", view, hits);
        },
    ),
    rule(
        "7.1.5",
        High,
        "the client plugin http-proxy is old",
        "use proxy_address in backend/http/client",
        |view, hits| {
            client_plugin("http-proxy", view, hits);
        },
    ),
    rule(
        "7.1.6",
        High,
        "the client plugin static-filesystem is old",
        "use backend/static-filesystem",
        |view, hits| client_plugin("static-filesystem", view, hits),
    ),
    rule(
        "7.1.7",
        High,
        "the client plugin no-redirect is old",
        "use no_redirect in backend/http/client",
        |view, hits| {
            client_plugin("no-redirect", view, hits);
        },
    ),
    rule(
        "7.1.8",
        High,
        "the plugin content-replacer is old",
        "use modifier/response-body, or a template of the answer",
        |view, hits| modifier_plugin("content-replacer", view, hits),
    ),
    rule(
        "7.1.9",
        High,
        "the plugin response-schema-validator is old",
        "use validation/response-json-schema",
        |view, hits| modifier_plugin("response-schema-validator", view, hits),
    ),
    rule("7.2.1", High, "telemetry/ganalytics is gone", "use telemetry/opentelemetry", |view, hits| {
        hits.maybe(view.service("telemetry/ganalytics").map(|member| member.key_span.clone()));
    }),
    rule("7.2.2", High, "telemetry/instana is gone", "use telemetry/opentelemetry", |view, hits| {
        hits.maybe(view.service("telemetry/instana").map(|member| member.key_span.clone()));
    }),
    rule("7.2.3", High, "telemetry/opencensus is deprecated", "use telemetry/opentelemetry", |view, hits| {
        let census = view.service("telemetry/opencensus");
        hits.maybe(census.filter(|m| m.value.get("exporters").is_some()).map(|m| m.key_span.clone()));
    }),
    rule(
        "7.3.1",
        Medium,
        "a key pair directly in `tls` is old",
        "put it into the list `tls.keys`",
        |view, hits| {
            let Some(tls) = view.root.get("tls") else { return };
            hits.maybe(key_of(tls, "public_key").or_else(|| key_of(tls, "private_key")));
        },
    ),
];

fn server_plugin(name: &str, view: &View<'_>, hits: &mut Hits) {
    let names = view.service("plugin/http-server").and_then(|plugin| plugin.value.get("name"));
    hits.maybe(text_in(names, name).map(|node| node.span.clone()));
}

/// At backends, where the plugin works, and at endpoints, where KrakenD's audit looks for it.
fn client_plugin(name: &str, view: &View<'_>, hits: &mut Hits) {
    everywhere("plugin/http-client", name, view, hits);
}

fn modifier_plugin(name: &str, view: &View<'_>, hits: &mut Hits) {
    everywhere("plugin/req-resp-modifier", name, view, hits);
}

fn everywhere(namespace: &str, name: &str, view: &View<'_>, hits: &mut Hits) {
    let parts = view.endpoints.iter().chain(view.backends().map(|(_, backend)| backend));
    for plugin in parts.filter_map(|part| component(part, namespace)) {
        hits.maybe(text_in(plugin.value.get("name"), name).map(|node| node.span.clone()));
    }
}
