//! A secret that whoever manages the gateway sends along as a bearer token.

use fjord_http::Headers;
use sha2::{Digest, Sha256};

/// The digest of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedSecret([u8; 32]);

// === impl SharedSecret ===

impl SharedSecret {
    /// A secret; none if it's empty, which everybody would know.
    pub fn new(secret: &str) -> Option<Self> {
        (!secret.trim().is_empty()).then(|| Self(Sha256::digest(secret.as_bytes()).into()))
    }

    /// Whether a request has the secret in its one `Authorization` line.
    pub fn is_told(&self, headers: &Headers) -> bool {
        let mut lines = headers.get_all("Authorization");
        let (Some(line), None) = (lines.next(), lines.next()) else { return false };
        let Some(told) =
            line.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("Bearer ")).map(|_| &line[7..])
        else {
            return false;
        };
        // Digests of equal length are compared, so that the time says nothing of the secret.
        let told = Sha256::digest(told.as_bytes());
        self.0.iter().zip(told).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_line_with_the_whole_secret_is_right() {
        let secret = SharedSecret::new("s3cret").unwrap();
        let told = |lines: &[&str]| {
            let mut headers = Headers::default();
            lines.iter().for_each(|line| headers.add("Authorization", *line));
            secret.is_told(&headers)
        };
        assert!(told(&["Bearer s3cret"]) && told(&["bearer s3cret"]));
        for lines in [
            &[][..],
            &[""],
            &["s3cret"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer  s3cret"],
            &["Bearer s3cret "],
            &["Bearer S3cret"],
            &["Bearer s3cre"],
            &["Basic s3cret"],
            &["Beareré"],
            &["Bearer s3cret, Bearer s3cret"],
            &["Bearer s3cret", "Bearer s3cret"],
            &["Bearer x", "Bearer s3cret"],
        ] {
            assert!(!told(lines), "{lines:?}");
        }
        assert_eq!([SharedSecret::new(""), SharedSecret::new(" \t")], [None; 2]);
    }
}
