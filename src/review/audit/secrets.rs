//! Finds secrets that are written out: by the name of the option, and by what they look like.

use fjord_document::node::{Member, Node};

use super::Hits;

/// Names of options that hold a secret, in any namespace.
const NAMES: &[&str] = &[
    "access_token",
    "api_key",
    "api_token",
    "apikey",
    "auth_token",
    "client_secret",
    "cypher_key",
    "license",
    "passphrase",
    "passwd",
    "password",
    "revoke_server_api_key",
    "secret",
    "secret_access_key",
    "secret_key",
    "token",
];

/// Headers that hold a secret, where an option sets a header: its name and value are two members of an object.
const HEADERS: &[&str] =
    &["authorization", "proxy-authorization", "x-api-key", "api-key", "x-auth-token", "cookie"];

/// Beginnings of secrets with a form of their own: how they begin, how many letters and digits follow at least.
const FORMS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ghp_", 30, "a GitHub token"),
    ("github_pat_", 30, "a GitHub token"),
    ("sk_live_", 16, "a Stripe key"),
    ("xoxb-", 16, "a Slack token"),
    ("xoxp-", 16, "a Slack token"),
    ("AIza", 30, "a Google API key"),
];

/// Looks at every text of a document.
pub(super) fn find(root: &Node, hits: &mut Hits) {
    let mut nodes = vec![root];
    while let Some(node) = nodes.pop() {
        header(node, hits);
        for member in node.members() {
            named(member, hits);
            if &*member.key == "auth/basic" {
                passwords(&member.value, hits);
            }
            if &*member.key == "auth/api-keys" {
                let keys = member.value.get("keys").map_or(&[][..], Node::items);
                keys.iter().filter_map(|key| key.get("key")).filter(|key| is_literal(key)).for_each(|key| {
                    hits.tell(key.span.clone(), "an API key");
                });
            }
            nodes.push(&member.value);
        }
        if let Some(text) = node.as_str()
            && let Some(what) = form(text)
        {
            hits.tell(node.span.clone(), what);
        }
        nodes.extend(node.items());
    }
}

fn named(member: &Member, hits: &mut Hits) {
    let key = member.key.to_ascii_lowercase().replace('-', "_");
    if NAMES.contains(&&*key) && is_literal(&member.value) {
        hits.tell(member.value.span.clone(), format!("`{}`", member.key));
    }
}

/// An object that sets a header to a text.
fn header(node: &Node, hits: &mut Hits) {
    let Some(name) = node.get("name").and_then(Node::as_str) else { return };
    if let Some(value) = node.get("value")
        && HEADERS.contains(&&*name.to_ascii_lowercase())
        && is_literal(value)
    {
        hits.tell(value.span.clone(), format!("the header {name}"));
    }
}

/// Users with their passwords unchanged; hashes begin with a dollar sign.
fn passwords(basic: &Node, hits: &mut Hits) {
    let users = basic.get("users").map_or(&[][..], Node::members);
    for user in users.iter().filter(|user| is_literal(&user.value)) {
        hits.tell(user.value.span.clone(), "a password");
    }
}

/// Whether a value is a text of its own and no reference: `$NAME`, `${NAME}`, `{{ … }}`.
fn is_literal(value: &Node) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && !text.starts_with('$') && !text.contains("{{"))
}

/// What a text is, if it looks like a secret.
fn form(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if let Some((_, rest)) = text.split_once("://")
        && let Some((user, _)) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')
        && user
            .split_once(':')
            .is_some_and(|(_, password)| !password.is_empty() && !password.starts_with(['$', '{']))
    {
        return Some("a password in an address");
    }
    FORMS.iter().find_map(|(start, least, what)| {
        let (_, rest) = text.split_once(start)?;
        let length =
            rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
        (length >= *least).then_some(*what)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    fn found(text: &str) -> Vec<String> {
        let mut hits = Hits::default();
        find(&Document::parse(text).unwrap().root, &mut hits);
        hits.list.into_iter().filter_map(|(_, detail)| detail).collect()
    }

    #[test]
    fn tells_secrets_from_references() {
        let cases = [
            ("{\"client_secret\": \"s3cr3t\"}", Some("`client_secret`")),
            ("{\"a\": [{\"Password\": \"x\"}]}", Some("`Password`")),
            ("{\"client_secret\": \"$SECRET\"}", None),
            ("{\"client_secret\": \"{{ env \\\"X\\\" }}\"}", None),
            ("{\"client_secret\": \"\"}", None),
            ("{\"client_id\": \"me\", \"token_url\": \"https://idp.example.com/token\"}", None),
            ("{\"x\": \"-----BEGIN RSA PRIVATE KEY-----\\nMII\"}", Some("a private key")),
            ("{\"x\": \"-----BEGIN PUBLIC KEY-----\\nMII\"}", None),
            ("{\"x\": \"amqp://guest:guest@mq:5672\"}", Some("a password in an address")),
            ("{\"x\": \"amqp://guest@mq:5672\"}", None),
            ("{\"x\": \"https://a.example.com/users/{a}:b@c\"}", None),
            ("{\"x\": \"AKIAIOSFODNN7EXAMPLE\"}", Some("an AWS access key")),
            ("{\"x\": \"AKIA of all\"}", None),
            (
                "{\"header.Modifier\": {\"name\": \"Authorization\", \"value\": \"Basic eDp5\"}}",
                Some("the header Authorization"),
            ),
            ("{\"header.Modifier\": {\"name\": \"Accept\", \"value\": \"text/html\"}}", None),
            ("{\"auth/basic\": {\"users\": {\"a\": \"x\"}}}", Some("a password")),
            (
                "{\"auth/basic\": {\"users\": {\"a\": \"$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC\"}}}",
                None,
            ),
            ("{\"auth/api-keys\": {\"keys\": [{\"key\": \"k\", \"roles\": []}]}}", Some("an API key")),
        ];
        for (text, wanted) in cases {
            assert_eq!(found(text).first().map(String::as_str), wanted, "{text}");
        }
    }
}
