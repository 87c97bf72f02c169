//! `auth/signer`: signs parts of the answer as tokens.

mod check;
mod handler;

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_jose::{Algorithm, Strategy};

use super::key_source::{self, ALGORITHMS, CIPHERS, KeySource, NO_CERTIFICATE, NO_CYPHER, PUBLIC_ROOTS};
use super::keys::{Keys, Remote, Slot};
use super::refuse::Closed;
use crate::gateway::Handler;
use crate::options::check::Purpose;
use crate::options::{
    Capability, Kind, Namespace, Options, Refusal, Rule, Scopes, Secret, Site, formats, namespace, opt,
};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/signer",
    Scopes::ENDPOINT,
    "Signs parts of the answer as tokens.",
    Kind::With(
        &Kind::Object(&[
            opt("alg", Kind::Enum(ALGORITHMS), "The algorithm to sign with.").required(),
            opt(
                "cipher_suites",
                Kind::List(&Kind::IntEnum(CIPHERS)),
                "The ciphers to fetch the key set with.",
            )
            .default("[49199,49195,49200,49196,52392,52393]")
            .no_effect("the platform negotiates TLS"),
            opt("cypher_key", Kind::Str, "The key that decrypts a local key set, in base64.")
                .refused(NO_CYPHER),
            opt("disable_jwk_security", Kind::Bool, "Accepts a key set over plain http.").default("false"),
            opt("full", Kind::Bool, "Writes the signature as a JSON object instead of the compact string.")
                .default("false"),
            opt("jwk_fingerprints", Kind::STRINGS, "Fingerprints of the certificates of the key server.")
                .refused(NO_CERTIFICATE),
            opt("jwk_local_ca", Kind::Str, "The file of a root to trust for the key server.")
                .refused(PUBLIC_ROOTS),
            opt("jwk_local_path", Kind::File, "The file of the private key set, instead of jwk_url."),
            opt(
                "jwk_secret",
                Kind::Secret(Secret::Name),
                "Fjord extension: the name of the secret that holds the private key set, as JSON.",
            ),
            opt("jwk_url", Kind::Str, "The address of the private key set."),
            opt(
                "keys_to_sign",
                Kind::STRINGS,
                "Fields of the answer whose objects are replaced by signed tokens.",
            )
            .required(),
            opt("kid", Kind::Str, "The id of the key to sign with.").required(),
            opt("leeway", Kind::Duration, "Read by nothing.")
                .default("\"1s\"")
                .no_effect("KrakenD never reads it"),
            opt(
                "secret_url",
                Kind::Format(&formats::SECRET_URL),
                "The key service that decrypts a local key set.",
            )
            .refused(NO_CYPHER),
            opt("typ", Kind::Str, "The type that the tokens state.").default("\"JWT\""),
        ]),
        &[Rule::OneOf(&[
            &["alg", "jwk_local_path", "disable_jwk_security"],
            &["alg", "jwk_url"],
            &["alg", "jwk_secret"],
        ])],
    ),
)
.requires(Capability::Signer)
.aliases(&["github.com/devopsfaith/krakend-jose/signer"])
.check(check::check)
.calls(Purpose::Keys, key_source::check::fetches);

/// Compiles the signer of an endpoint. The key is fetched with the first request and then kept.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    let name = options.str("alg")?;
    let algorithm =
        Algorithm::parse(name).ok_or_else(|| Refusal(format!("alg: no such algorithm: {name}")))?;
    let keys = match key_source::read(site, &options)? {
        KeySource::Insecure => {
            return Ok(Some(Box::new(Closed { feature: "JWTSigner", reason: key_source::INSECURE })));
        }
        KeySource::Fixed(set) => Keys::fixed(set, Strategy::Kid),
        KeySource::Remote(origins) => {
            let remote = |origin: &key_source::Origin| Remote {
                origin: origin.clone(),
                slot: Slot::default(),
                fresh_ms: f64::INFINITY,
                cooldown: 0.0,
            };
            Keys::remote(origins.iter().map(remote).collect(), Strategy::Kid)
        }
    };
    Ok(Some(Box::new(handler::Signer {
        algorithm,
        keys,
        kid: options.str("kid")?.to_owned(),
        typ: options.str("typ")?.to_owned(),
        fields: options.strings("keys_to_sign")?.into_iter().map(Rc::from).collect(),
        full: options.bool("full")?,
    })))
}
