//! Which headers tell a backend who calls, although its answers are kept for all.

use fjord_document::node::Node;

use crate::features::auth::validator::claim_headers;

/// What a browser or a client sends of itself.
const CREDENTIALS: [&str; 2] = ["Authorization", "Cookie"];

/// Headers about one caller.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Callers<'n> {
    /// Credentials as the client sends them: a shared cache keeps no answer to them unless the origin lets it.
    pub credentials: Vec<&'static str>,
    /// Headers with claims of the token. No cache can know that they name somebody, unless the origin's `Vary` names them.
    pub claims: Vec<&'n str>,
}

// === impl Callers ===

impl<'n> Callers<'n> {
    /// What reaches a backend, by its configuration, its endpoint's and that of the endpoint's `auth/validator`.
    pub fn of(endpoint: &Node, backend: &Node, validator: Option<&'n Node>) -> Self {
        let lets_in = |part: &Node, header: &str| {
            let names = part.get("input_headers").map(Node::items).unwrap_or_default();
            names.iter().filter_map(Node::as_str).any(|name| name == "*" || name.eq_ignore_ascii_case(header))
        };
        let has_own = backend.get("input_headers").is_some_and(|list| !list.items().is_empty());
        let reaches = |header: &str| lets_in(endpoint, header) && (!has_own || lets_in(backend, header));
        let claims = validator.into_iter().flat_map(claim_headers);
        Self {
            credentials: CREDENTIALS.into_iter().filter(|header| reaches(header)).collect(),
            claims: claims.filter(|header| reaches(header)).collect(),
        }
    }

    /// Those whose answers a cache gives to others.
    pub fn mixed_up(self, is_shared: bool) -> Vec<&'n str> {
        let credentials = if is_shared { Vec::new() } else { self.credentials };
        [credentials, self.claims].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn headers_that_reach_the_backend() {
        let validator = r#"{"propagate_claims": [["sub", "X-User"], ["x"], ["role", "X-Role"]]}"#;
        let validator = Document::parse(validator).unwrap().root;
        for (endpoint, backend, own, shared) in [
            ("{}", "{}", &[][..], &[][..]),
            (r#"{"input_headers": ["authorization", "X-Trace"]}"#, "{}", &["Authorization"], &[]),
            (r#"{"input_headers": ["x-user", "Cookie"]}"#, "{}", &["Cookie", "X-User"], &["X-User"]),
            (
                r#"{"input_headers": ["*"]}"#,
                "{}",
                &["Authorization", "Cookie", "X-User", "X-Role"],
                &["X-User", "X-Role"],
            ),
            (
                r#"{"input_headers": ["*"]}"#,
                r#"{"input_headers": ["X-Role", "X-Trace"]}"#,
                &["X-Role"],
                &["X-Role"],
            ),
        ] {
            let [endpoint, backend] = [endpoint, backend].map(|text| Document::parse(text).unwrap().root);
            let found = |is_shared| Callers::of(&endpoint, &backend, Some(&validator)).mixed_up(is_shared);
            assert_eq!((found(false), found(true)), (own.to_vec(), shared.to_vec()));
        }
    }
}
