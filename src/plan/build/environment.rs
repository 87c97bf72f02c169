//! What a plan is built with beside the configuration: bundled files, the host's variables and secrets.

use std::collections::BTreeMap;

use fjord_document::node::{Kind, Node};
use fjord_json::Value;

use crate::features::auth::api_keys::SharedRing;
use crate::features::auth::basic::SharedUsers;
use crate::features::auth::keys::SharedKeys;
use crate::features::qos::http_cache::SharedCache;

/// Files, variables and switches of the host.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Texts of the files that the configuration names, by the path as written there.
    pub files: BTreeMap<String, String>,
    /// Variables and secrets.
    pub variables: BTreeMap<String, String>,
    /// Serves `/__debug/` whatever the configuration says (`fjord run -d`).
    pub debug: bool,
    /// The cache that backends with `qos/http-cache.shared` have in common; made by the first of them.
    pub shared: SharedCache,
    /// The key sets that endpoints have in common.
    pub keys: SharedKeys,
    /// The API keys of the service.
    pub api_keys: SharedRing,
    /// The users of the service.
    pub users: SharedUsers,
}

// === impl Environment ===

impl Environment {
    /// From JSON objects of texts, as the host hands them over. `FJORD_OPTIONS` among the variables is a JSON object of
    /// switches.
    pub fn from_json(files: impl AsRef<[u8]>, variables: impl AsRef<[u8]>) -> Self {
        let variables = texts(variables.as_ref());
        let switches = variables.get("FJORD_OPTIONS").and_then(|text| Value::parse(text.as_bytes()).ok());
        let debug =
            switches.as_ref().and_then(|v| v.get("debug")).and_then(Value::as_bool).unwrap_or_default();
        Self { files: texts(files.as_ref()), variables, debug, ..Self::default() }
    }

    /// The text of a bundled file.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The value of a variable or secret.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The root with `KRAKEND_<KEY>` in place of its scalars, as KrakenD reads the environment: keys of the file
    /// only (spec §2.1).
    pub(crate) fn overridden(&self, mut root: Node) -> Node {
        let Kind::Object(members) = &mut root.kind else { return root };
        for member in members {
            let Some(text) = self.variable(&format!("KRAKEND_{}", member.key.to_ascii_uppercase())) else {
                continue;
            };
            member.value.kind = match &member.value.kind {
                Kind::Bool(_) => Kind::Bool(matches!(text, "true" | "1" | "t" | "T" | "TRUE" | "True")),
                Kind::Number(_) => Kind::Number(text.into()),
                Kind::String(_) => Kind::String(text.into()),
                _ => continue,
            };
        }
        root
    }
}

fn texts(json: &[u8]) -> BTreeMap<String, String> {
    match Value::parse(json) {
        Ok(Value::Object(map)) => map
            .into_iter()
            .filter_map(|(name, value)| match value {
                Value::String(text) => Some((name, text)),
                _ => None,
            })
            .collect(),
        _ => BTreeMap::new(),
    }
}
