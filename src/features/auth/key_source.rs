//! Where a configuration says that keys are: at an address, in a bundled file, or in a secret.

pub(super) mod check;

use std::rc::Rc;

use fjord_http::url;
use fjord_jose::KeySet;

use super::aggregated;
use crate::options::{Capability, Options, Refusal, Secret, Site};

/// Where keys are.
#[derive(Debug)]
pub enum KeySource {
    /// Here: they came with the configuration.
    Fixed(KeySet),
    /// At an address, or at each of several.
    Remote(Rc<[Origin]>),
    /// Where KrakenD takes none from; it answers 401 to all then.
    Insecure,
}

/// A server of keys.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address.
    pub url: Rc<str>,
    /// Whether TLS may be missing (`disable_jwk_security`).
    pub insecure: bool,
    /// Whether its keys are fresh for as long as it says.
    pub heeds_age: bool,
}

/// What is wrong with [`KeySource::Insecure`].
pub const INSECURE: &str = "jwk_url must be https://, or disable_jwk_security true";

/// The algorithms of tokens, as options name them.
pub(super) const ALGORITHMS: &[&str] = &[
    "EdDSA", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256",
    "PS384", "PS512",
];

/// The numbers of the cipher suites that options may name.
pub(super) const CIPHERS: &[i64] = &[
    5, 10, 47, 53, 60, 156, 157, 49159, 49161, 49162, 49169, 49170, 49171, 49172, 49187, 49191, 49199, 49195,
    49200, 49196, 52392, 52393,
];

/// Why keys aren't pinned by their server's certificate.
pub(super) const NO_CERTIFICATE: &str = "fetch shows no certificate of the key server; remove the option, or bundle \
    the keys with jwk_local_path";

/// Why key sets aren't decrypted.
pub(super) const NO_CYPHER: &str =
    "key sets aren't decrypted here; put the key set into a secret and name that in jwk_secret";

/// Why no other roots are trusted.
pub(super) const PUBLIC_ROOTS: &str = "fetch trusts the public roots only; remove the option, or bundle the keys with \
    jwk_local_path";

/// Reads the options that the validator and the signer have in common. KrakenD wants `disable_jwk_security` even beside
/// `jwk_local_path` (spec §23).
pub fn read(site: &Site<'_>, options: &Options<'_>) -> Result<KeySource, Refusal> {
    let secret = options.str("jwk_secret")?;
    let secret = Secret::Name.named(secret).unwrap_or(secret);
    if !secret.is_empty() {
        let text = site.environment.variable(secret);
        let text = text.ok_or_else(|| Refusal(format!("jwk_secret: there is no secret {secret}")))?;
        return fixed("jwk_secret", text);
    }
    let (path, url) = (options.str("jwk_local_path")?, options.str("jwk_url")?);
    let insecure = options.bool("disable_jwk_security")?;
    if !insecure && !url.starts_with("https://") {
        return Ok(KeySource::Insecure);
    }
    if !path.is_empty() {
        let text = site.environment.file(path);
        let text = text.ok_or_else(|| Refusal(format!("jwk_local_path: the file {path} isn't bundled")))?;
        return fixed("jwk_local_path", text);
    }
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Refusal::new("jwk_url: expected an http(s) URL"));
    }
    let url = url::normal(url).map_err(|error| Refusal(format!("jwk_url: {error}")))?;
    if Capability::Plugins.is_included()
        && let Some(origins) = aggregated::origins(site, &url)
    {
        return Ok(KeySource::Remote(origins));
    }
    Ok(KeySource::Remote([Origin { url: url.into(), insecure, heeds_age: false }].into()))
}

fn fixed(option: &str, text: &str) -> Result<KeySource, Refusal> {
    let set = KeySet::parse(text.as_bytes()).map_err(|error| Refusal(format!("{option}: {error}")))?;
    Ok(KeySource::Fixed(set))
}
