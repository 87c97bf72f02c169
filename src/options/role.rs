//! What those who wrote a namespace rely on it for: decides whether a fault in it may be passed over.

use super::Namespace;

/// What a namespace is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Turns away or changes what passes. With a part of it missing or misread, something passes that mustn't.
    Guard,
    /// Protects the service or its origins beside the guards, or puts answers together. An option that nobody knows changes
    /// nothing, unless it is a misspelt one.
    Shield,
    /// Makes a call. With a fault in it the call can't be made as meant; an option that nobody knows changes nothing.
    Step,
    /// Nobody is let in or harmed by a fault here: KrakenD passes over it.
    Plain,
}

/// The roles by name, or by the start of a name; the first that fits holds.
const ROLES: &[(&str, Role)] = &[
    ("auth/", Role::Guard),
    ("governance/", Role::Guard),
    ("modifier/", Role::Guard),
    ("plugin/", Role::Guard),
    ("qos/ratelimit/", Role::Guard),
    ("security/bot-detector", Role::Guard),
    ("security/policies", Role::Guard),
    ("server/virtualhost", Role::Guard),
    ("validation/", Role::Guard),
    ("proxy", Role::Shield),
    ("qos/", Role::Shield),
    ("security/", Role::Shield),
    // Its two options say what a failure looks like; KrakenD drops a value that it can't use.
    ("backend/http", Role::Plain),
    ("ai/", Role::Step),
    ("async/", Role::Step),
    ("backend/", Role::Step),
    ("grpc", Role::Step),
    ("server/static-filesystem", Role::Step),
    ("websocket", Role::Step),
    ("workflow", Role::Step),
];

/// Words in the names of guards. A name with one of them isn't taken for something harmless.
const WORDS: &[&str] = &[
    "auth",
    "jose",
    "jwk",
    "jwt",
    "oauth2",
    "oidc",
    "policies",
    "policy",
    "quota",
    "ratelimit",
    "ratelimiter",
    "revoker",
    "security",
    "validation",
    "validator",
    "botdetector",
    "httpsecure",
    "apikeys",
    "apikey",
    "authentication",
    "authorization",
    "authenticator",
    "authorizer",
];

/// What a namespace is for.
pub fn role(name: &str) -> Role {
    let fits = |(start, _): &&(&str, Role)| match start.strip_suffix('/') {
        Some(_) => name.starts_with(start),
        None => name == *start,
    };
    ROLES.iter().find(fits).map_or(Role::Plain, |(_, role)| *role)
}

/// Whether a name that nobody knows reads as if it guarded something.
pub fn looks_like_guard(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let is_guard = |word: &str| {
        WORDS.iter().any(|guard| {
            let slips = match guard.len() {
                0..=5 => 0,
                6..=7 => 1,
                _ => 2,
            };
            word == *guard || slips > 0 && fjord_document::suggest::distance(word, guard) <= slips
        })
    };
    // `rate-limit` and `api_keys` are one word each.
    let joined = words.windows(2).map(|pair| pair.concat());
    words.iter().any(|word| is_guard(word)) || joined.into_iter().any(|word| is_guard(&word))
}

// === impl Namespace ===

impl Namespace {
    /// What it is for.
    pub fn role(&self) -> Role {
        role(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::namespaces;

    #[test]
    fn each_namespace_has_the_role_of_its_family() {
        for (name, wanted) in [
            ("auth/client-credentials", Role::Guard),
            ("modifier/martian", Role::Guard),
            ("plugin/http-server", Role::Guard),
            ("qos/ratelimit/tiered", Role::Guard),
            ("security/bot-detector", Role::Guard),
            ("security/cors", Role::Shield),
            ("qos/circuit-breaker", Role::Shield),
            ("qos/circuit-breaker/http", Role::Shield),
            ("proxy", Role::Shield),
            ("backend/http", Role::Plain),
            ("backend/http/client", Role::Step),
            ("backend/graphql", Role::Step),
            ("router", Role::Plain),
            ("telemetry/logging", Role::Plain),
        ] {
            assert_eq!(role(name), wanted, "{name}");
        }
    }

    #[test]
    fn no_guard_is_taken_for_something_harmless() {
        let guards = namespaces().iter().filter(|n| n.role() == Role::Guard && n.name.starts_with("auth/"));
        for name in guards.flat_map(|n| n.aliases.iter().chain([&n.name])) {
            assert!(looks_like_guard(name) || name.ends_with("bloomfilter"), "{name}");
        }
        for name in [
            "auth",
            "auth/validatr",
            "security/https",
            "secuirty/cors",
            "qos/rate-limit",
            "ratelimt",
            "jwt-check",
            "validaton/cel",
            "API_Keys",
            "my-policies",
            "Authorization",
            "basic_auth",
            "github_com/devopsfaith/krakend-jose/validator",
        ] {
            assert!(looks_like_guard(name), "{name}");
        }
        for name in [
            "author",
            "authors/list",
            "company/notes",
            "cacheTTL",
            "telemetry/x",
            "limits",
            "headers_to_pass",
            "key",
        ] {
            assert!(!looks_like_guard(name), "{name}");
        }
    }
}
