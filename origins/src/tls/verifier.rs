//! Verifies the certificates of origins: as Go does, or, where the profile says so, not at all.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerMisbehaved, SignatureScheme};

use super::der::CertificateInfo;

/// What counts as a certificate of the origin.
#[derive(Debug)]
pub struct Verifier {
    pub trust: Trust,
    pub algorithms: WebPkiSupportedAlgorithms,
}

/// Whom a profile trusts.
#[derive(Debug)]
pub enum Trust {
    /// Anyone who has the key of the certificate that he shows.
    Anyone,
    /// These certificates, and what they have issued. Without any, `chains` is `None`.
    Roots { certificates: Vec<CertificateDer<'static>>, chains: Option<Arc<WebPkiServerVerifier>> },
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.trust {
            Trust::Anyone => Ok(ServerCertVerified::assertion()),
            // Go takes a root as the origin's own certificate; webpki refuses it there (`CaUsedAsEndEntity`).
            Trust::Roots { certificates, .. } if certificates.iter().any(|root| **root == **leaf) => {
                verify_alone(leaf, name, now)
            }
            Trust::Roots { chains: Some(chains), .. } => {
                chains.verify_server_cert(leaf, intermediates, name, ocsp, now)
            }
            Trust::Roots { chains: None, .. } => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify_signature(message, certificate, signed, usize::MAX)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // TLS 1.3 fixes the curve with the scheme: the mapping's first algorithm.
        let is_allowed = !matches!(
            signed.scheme,
            SignatureScheme::RSA_PKCS1_SHA256
                | SignatureScheme::RSA_PKCS1_SHA384
                | SignatureScheme::RSA_PKCS1_SHA512
        );
        match is_allowed {
            true => self.verify_signature(message, certificate, signed, 1),
            false => Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl Verifier {
    /// Verifies that the origin has the key of its certificate, of whatever version that is: webpki reads version 3 only, and a
    /// profile that trusts anyone still has to.
    fn verify_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        most: usize,
    ) -> Result<HandshakeSignatureValid, Error> {
        let info = CertificateInfo::read(certificate).ok_or(CertificateError::BadEncoding)?;
        let mapping = self.algorithms.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
        let (_, algorithms) = mapping.ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
        let key = info.public_key;
        let is_valid = algorithms.iter().take(most).any(|algorithm| {
            algorithm.public_key_alg_id().as_ref() == key.algorithm
                && algorithm.verify_signature(key.key, message, signed.signature()).is_ok()
        });
        match is_valid {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => Err(CertificateError::BadSignature.into()),
        }
    }
}

/// A certificate that is trusted by itself: its name and dates count.
fn verify_alone(
    leaf: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
    let info = CertificateInfo::read(leaf).ok_or(CertificateError::BadEncoding)?;
    let time = |seconds| UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    if now.as_secs() < info.not_before {
        return Err(
            CertificateError::NotValidYetContext { time: now, not_before: time(info.not_before) }.into()
        );
    }
    if now.as_secs() > info.not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after: time(info.not_after) }.into());
    }
    Ok(ServerCertVerified::assertion())
}
