//! Values that a configuration takes from secrets, by their names: `jwk_secret: "NAME"` (or `"$NAME"`), `client_secret: "$NAME"`.

use std::ops::Range;

use fjord_document::node::Node;

use super::files;

/// The name in a text that is nothing but a reference: `$NAME`, `${NAME}`.
pub fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').map_or(Some(name), |name| name.strip_suffix('}'))?;
    is_name(name).then_some(name)
}

/// Whether a secret or variable can have this name.
pub fn is_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The names of all secrets that the configuration asks for.
pub fn named(root: &Node) -> Vec<String> {
    places(root).into_iter().map(|(name, _)| name).collect()
}

/// The same, each with its place.
pub fn places(root: &Node) -> Vec<(String, Range<u32>)> {
    let mut found = Vec::new();
    files::each_namespace(root, |namespace, value| {
        let text = |option| value.get(option).and_then(|node| Some((node.as_str()?, node.span.clone())));
        match namespace {
            "auth/validator" | "auth/signer" => {
                let name = text("jwk_secret").map(|(text, span)| (reference(text).unwrap_or(text), span));
                found.extend(
                    name.filter(|(name, _)| is_name(name)).map(|(name, span)| (name.to_owned(), span)),
                );
            }
            // Each AWS tool reads its credentials from these.
            "backend/lambda" => {
                let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].into_iter();
                found.extend(names.map(|name| (name.to_owned(), value.span.start..value.span.start + 1)));
            }
            "auth/client-credentials" => {
                let texts = ["client_id", "client_secret"].into_iter().filter_map(text);
                found.extend(texts.filter_map(|(text, span)| Some((reference(text)?.to_owned(), span))));
            }
            _ => {}
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn references_are_whole_texts() {
        for (text, name) in [("$A", "A"), ("${CLIENT_2}", "CLIENT_2"), ("$_x", "_x")] {
            assert_eq!(reference(text), Some(name), "{text}");
        }
        for text in ["A", "$", "${}", "$A-B", "x$A", "${A", "$A}", "$1", "$A $B", "pa$$word"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_are_found_wherever_they_are_named() {
        let text = r#"{"endpoints":[{"extra_config":{"auth/validator":{"jwk_secret":"KEYS"}},"backend":[
            {"extra_config":{"github.com/devopsfaith/krakend-oauth2-clientcredentials":
                {"client_id":"me","client_secret":"${SECRET}"}}}]}]}"#;
        let names = named(&Document::parse(text).unwrap().root);
        assert_eq!(names, ["KEYS", "SECRET"]);
    }
}
