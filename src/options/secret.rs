//! How a configuration names secrets: `jwk_secret: "NAME"` (or `"$NAME"`), `client_secret: "$NAME"`.

use super::Secret;

/// The name in a text that is nothing but a reference: `$NAME`, `${NAME}`.
fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').map_or(Some(name), |name| name.strip_suffix('}'))?;
    is_name(name).then_some(name)
}

/// Whether a secret or variable can have this name.
fn is_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

// === impl Secret ===

impl Secret {
    /// The name in the text of an option; none if it is a value, or can't be a name.
    pub fn named(self, text: &str) -> Option<&str> {
        match self {
            Secret::Name => Some(reference(text).unwrap_or(text)).filter(|name| is_name(name)),
            Secret::Reference => reference(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_whole_texts() {
        for (text, name) in [("$A", "A"), ("${CLIENT_2}", "CLIENT_2"), ("$_x", "_x")] {
            assert_eq!(Secret::Reference.named(text), Some(name), "{text}");
            assert_eq!(Secret::Name.named(text), Some(name), "{text}");
        }
        for text in ["$", "${}", "$A-B", "x$A", "${A", "$A}", "$1", "$A $B", "pa$$word", ""] {
            assert_eq!(Secret::Reference.named(text), None, "{text}");
            assert_eq!(Secret::Name.named(text), None, "{text}");
        }
        assert_eq!((Secret::Reference.named("A"), Secret::Name.named("A")), (None, Some("A")));
    }
}
