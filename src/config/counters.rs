//! The bindings of the worker that count for rate limits, by the names that a configuration gives.

use fjord_document::node::Node;

use super::files;

/// The names, as written, each once.
pub fn named(root: &Node) -> Vec<String> {
    let mut names = Vec::new();
    files::each_namespace(root, |namespace, value| {
        if matches!(namespace, "qos/ratelimit/router" | "qos/ratelimit/service" | "qos/ratelimit/proxy") {
            names.extend(value.get("binding").and_then(Node::as_str).map(str::to_owned));
        }
    });
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn bindings_are_found_wherever_they_are_named() {
        let text = r#"{"extra_config":{"qos/ratelimit/service":{"binding":"B"}},"endpoints":[
            {"extra_config":{"qos/ratelimit/router":{"binding":"A"},"qos/http-cache":{"binding":"X"}},
             "backend":[{"extra_config":{"qos/ratelimit/proxy":{"binding":"B"}}},
                        {"extra_config":{"qos/ratelimit/proxy":{"binding":""}}}]}]}"#;
        assert_eq!(named(&Document::parse(text).unwrap().root), ["A", "B"]);
    }
}
