//! The files that a configuration names: their texts are bundled with it, as an edge has no disk.

use fjord_document::node::{Kind, Node};

/// Options whose value is the path of a file, or a list of paths, by their namespace.
const NAMED: &[(&str, &str)] = &[
    ("auth/basic", "htpasswd_path"),
    ("auth/validator", "jwk_local_path"),
    ("auth/signer", "jwk_local_path"),
    ("backend/graphql", "query_path"),
    ("modifier/lua-backend", "sources"),
    ("modifier/lua-endpoint", "sources"),
    ("modifier/lua-proxy", "sources"),
    ("modifier/body-generator", "path"),
    ("modifier/request-body-generator", "path"),
    ("modifier/response-body-generator", "path"),
];

/// The paths, as written, each once. Old names of the namespaces count, too.
pub fn named(root: &Node) -> Vec<String> {
    let mut paths = Vec::new();
    each_namespace(root, |name, value| collect(name, value, &mut paths));
    paths.sort();
    paths.dedup();
    paths
}

/// Hands all namespaces to `visit`, with their present names.
pub(super) fn each_namespace(root: &Node, mut visit: impl FnMut(&str, &Node)) {
    let mut nodes = vec![root];
    while let Some(node) = nodes.pop() {
        let has_more = |node: &&Node| matches!(node.kind, Kind::Array(_) | Kind::Object(_));
        nodes.extend(node.items().iter().filter(has_more));
        for member in node.members() {
            nodes.extend(Some(&member.value).filter(has_more));
            if &*member.key == "extra_config" {
                for namespace in member.value.members() {
                    let known = crate::features::named(&namespace.key).next();
                    visit(known.map_or(&*namespace.key, |known| known.name), &namespace.value);
                }
            }
        }
    }
}

fn collect(name: &str, value: &Node, paths: &mut Vec<String>) {
    for (_, option) in NAMED.iter().filter(|(namespace, _)| *namespace == name) {
        let Some(value) = value.get(option) else { continue };
        let texts = std::iter::once(value).chain(value.items());
        paths.extend(texts.filter_map(Node::as_str).filter(|path| !path.is_empty()).map(str::to_owned));
    }
    if let Kind::Array(items) = &value.kind {
        items.iter().for_each(|item| collect(name, item, paths));
    }
}
