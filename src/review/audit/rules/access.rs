//! Who gets in.

use super::super::Rule;
use super::super::Severity::{High, Medium};
use super::super::view::text_in;
use super::rule;

pub(super) static RULES: &[Rule] = &[
    rule(
        "1.1.1",
        High,
        "basic authentication sends the password with every request",
        "let clients get tokens and check them with auth/validator",
        |view, hits| {
            let plugin = view.service("plugin/http-server").and_then(|m| m.value.get("name"));
            hits.maybe(text_in(plugin, "basic-auth").map(|node| node.span.clone()));
            let everywhere = view.service("auth/basic").into_iter().chain(view.at_endpoints("auth/basic"));
            everywhere.for_each(|member| hits.at(member.key_span.clone()));
        },
    ),
    rule(
        "1.1.2",
        Medium,
        "API keys are long-lived passwords that many people get to see",
        "let clients get tokens and check them with auth/validator; keep API keys for telling applications apart",
        |view, hits| {
            let everywhere =
                view.service("auth/api-keys").into_iter().chain(view.at_endpoints("auth/api-keys"));
            everywhere.for_each(|member| hits.at(member.key_span.clone()));
        },
    ),
    rule(
        "1.2.1",
        High,
        "no endpoint asks for a token",
        "add auth/validator to the extra_config of the endpoints that aren't for everybody",
        |view, hits| {
            if view.at_endpoints("auth/validator").next().is_none() {
                hits.at(view.list());
            }
        },
    ),
];
