//! What a configuration needs beside itself, found by one walk over the tables: files, secrets, bindings that count.

use std::ops::Range;

use fjord_document::node::{Kind as Is, Node};

use crate::features;
use crate::options::pem::Pem;
use crate::options::{Kind, Rule, Scope, core};

/// What options name.
#[derive(Debug, Default)]
pub struct Named {
    /// Paths of files, as written, each once. An edge has no disk: their texts are bundled.
    pub files: Vec<String>,
    /// Names of secrets, each with its first place in the text, in the order of the names.
    pub secrets: Vec<(String, Range<u32>)>,
    /// Paths of folders of static assets, as written, each with its place in the text.
    pub folders: Vec<(String, Range<u32>)>,
    /// Names of bindings of the worker, as written, each once.
    pub bindings: Vec<String>,
    /// Names of bindings of Durable Objects that read groups, as written, each once.
    pub readers: Vec<String>,
}

// === impl Named ===

impl Named {
    /// What the document with this root names. Old names of namespaces count, and namespaces in a wrong place.
    pub fn of(root: &Node) -> Named {
        let mut named = Named::default();
        named.value(root, &Kind::Part(Scope::Service));
        for names in [&mut named.files, &mut named.bindings, &mut named.readers] {
            names.sort();
            names.dedup();
        }
        named.secrets.sort_by(|(a, at), (b, before)| (a, at.start).cmp(&(b, before.start)));
        named.secrets.dedup_by(|(later, _), (first, _)| later == first);
        named
    }

    /// What a value names that is of a kind. Depth is bounded by the document's.
    fn value(&mut self, node: &Node, kind: &Kind) {
        match kind {
            Kind::File => self.files.extend(text(node)),
            Kind::Folder => self.folders.extend(text(node).map(|path| (path, node.span.clone()))),
            Kind::Pem(_) => match node.as_str().map(Pem::secret) {
                Some(Some("")) | None => {}
                Some(Some(name)) => self.secrets.push((name.to_owned(), node.span.clone())),
                Some(None) => self.files.extend(text(node)),
            },
            Kind::Reader => self.readers.extend(text(node)),
            Kind::Binding => self.bindings.extend(text(node)),
            Kind::Secret(form) => {
                let name = node.as_str().and_then(|text| form.named(text));
                self.secrets.extend(name.map(|name| (name.to_owned(), node.span.clone())));
            }
            Kind::List(item) => match &node.kind {
                Is::Array(items) => items.iter().for_each(|node| self.value(node, item)),
                // One value stands for a list of one.
                _ => self.value(node, item),
            },
            Kind::Map(item) => node.members().iter().for_each(|member| self.value(&member.value, item)),
            Kind::Object(options) => {
                for option in *options {
                    node.get(option.name).into_iter().for_each(|node| self.value(node, &option.kind));
                }
            }
            // KrakenD reads the names of these in any letters.
            Kind::Part(scope) => {
                for member in node.members() {
                    let named = |option: &&crate::options::Opt| option.name.eq_ignore_ascii_case(&member.key);
                    if let Some(option) = core::options(*scope).iter().find(named) {
                        self.value(&member.value, &option.kind);
                    }
                }
            }
            Kind::ExtraConfig(scope) => {
                for member in node.members() {
                    let key = &member.key;
                    let found = features::find(*scope, key).or_else(|| features::named(key).next());
                    found.into_iter().for_each(|namespace| self.value(&member.value, &namespace.value));
                }
            }
            Kind::OneOf(kinds) => kinds.iter().for_each(|kind| self.value(node, kind)),
            Kind::With(inner, rules) => {
                for rule in *rules {
                    if let Rule::Secrets(names) = rule {
                        let head = node.span.start..node.span.start + 1;
                        self.secrets.extend(names.iter().map(|name| ((*name).to_owned(), head.clone())));
                    }
                }
                self.value(node, inner);
            }
            Kind::Same(inner) => self.value(node, inner),
            Kind::Any
            | Kind::Bool
            | Kind::Int { .. }
            | Kind::Number { .. }
            | Kind::IntEnum(_)
            | Kind::Str
            | Kind::Duration
            | Kind::Enum(_)
            | Kind::Format(_) => {}
        }
    }
}

/// A text that isn't empty.
fn text(node: &Node) -> Option<String> {
    node.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    fn named(text: &str) -> Named {
        Named::of(&Document::parse(text).unwrap().root)
    }

    #[test]
    fn files_are_found_wherever_they_are_named() {
        let text = r#"{"extra_config":{"auth/basic":{"htpasswd_path":"users"},"modifier/lua-endpoint":{"sources":["b.lua","a.lua"]}},
            "Endpoints":[{"extra_config":{"auth/validator":{"jwk_local_path":"keys"},"modifier/lua-proxy":{"sources":"one.lua"}},
             "backend":[{"extra_config":{"github.com/devopsfaith/krakend/transport/http/client/graphql":{"query_path":"q"},
                 "modifier/body-generator":{"path":"t"},"auth/signer":{"jwk_local_path":""}}}]}]}"#;
        assert_eq!(named(text).files, ["a.lua", "b.lua", "keys", "one.lua", "q", "t", "users"]);
    }

    #[test]
    fn secrets_are_found_wherever_they_are_named() {
        let text = r#"{"endpoints":[{"extra_config":{"auth/validator":{"jwk_secret":"KEYS"}},"backend":[
            {"extra_config":{"github.com/devopsfaith/krakend-oauth2-clientcredentials":
                {"client_id":"me","client_secret":"${SECRET}"}}},
            {"extra_config":{"backend/lambda":{"function_name":"f"}}},
            {"extra_config":{"auth/client-credentials":{"client_id":"$KEYS","client_secret":"$A-B"}}}]}]}"#;
        let secrets = named(text).secrets;
        let names: Vec<&str> = secrets.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "KEYS", "SECRET"]);
        assert_eq!(&text[secrets[2].1.start as usize..secrets[2].1.end as usize], "\"KEYS\"");
        assert_eq!(&text[secrets[0].1.start as usize..secrets[0].1.end as usize], "{");
    }

    #[test]
    fn bindings_are_found_wherever_they_are_named() {
        let text = r#"{"extra_config":{"qos/ratelimit/service":{"binding":"B"}},"endpoints":[
            {"extra_config":{"qos/ratelimit/router":{"binding":"A"},"qos/http-cache":{"binding":"X"}},
             "backend":[{"extra_config":{"qos/ratelimit/proxy":{"binding":"B"}}},
                        {"extra_config":{"qos/ratelimit/proxy":{"binding":""}}}]}]}"#;
        assert_eq!(named(text).bindings, ["A", "B"]);
    }
}
