//! The curves of the key exchange. Private keys are bytes here, as rustls keeps an exchange between two messages.

use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};

use super::{js, refused};

/// All of them, in order of preference: Go's, and X25519, which costs less.
pub static ALL: &[&dyn SupportedKxGroup] = &[&Curve::X25519, &Curve::P256, &Curve::P384, &Curve::P521];

#[derive(Debug, Clone, Copy)]
enum Curve {
    X25519,
    P256,
    P384,
    P521,
}

/// A key pair that waits for the peer's public key.
struct Pair {
    curve: Curve,
    /// The private key, then the public one.
    bytes: Vec<u8>,
}

// === impl Curve ===

impl Curve {
    /// The bytes of a private key.
    const fn private_size(self) -> usize {
        match self {
            Self::X25519 | Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The bytes of a public key; points are uncompressed.
    const fn public_size(self) -> usize {
        match self {
            Self::X25519 => 32,
            Self::P256 => 65,
            Self::P384 => 97,
            Self::P521 => 133,
        }
    }

    /// The number of a curve in `js/crypto.mjs`; X25519 has functions of its own.
    const fn number(self) -> u8 {
        match self {
            Self::X25519 | Self::P256 => 0,
            Self::P384 => 1,
            Self::P521 => 2,
        }
    }
}

impl SupportedKxGroup for Curve {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let pair = match self {
            Self::X25519 => js::x25519_pair(),
            _ => js::ec_pair(self.number()),
        };
        let bytes = pair.map_err(|error| refused("no key pair", &error))?;
        match bytes.len() == self.private_size() + self.public_size() {
            true => Ok(Box::new(Pair { curve: *self, bytes })),
            false => Err(Error::General(format!("a key pair of {} bytes", bytes.len()))),
        }
    }

    fn name(&self) -> NamedGroup {
        match self {
            Self::X25519 => NamedGroup::X25519,
            Self::P256 => NamedGroup::secp256r1,
            Self::P384 => NamedGroup::secp384r1,
            Self::P521 => NamedGroup::secp521r1,
        }
    }
}

// === impl Pair ===

impl ActiveKeyExchange for Pair {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let is_uncompressed = matches!(self.curve, Curve::X25519) || peer.first() == Some(&4);
        if peer.len() != self.curve.public_size() || !is_uncompressed {
            return Err(PeerMisbehaved::InvalidKeyShare.into());
        }
        let private = &self.bytes[..self.curve.private_size()];
        // A point that isn't on the curve, or one of small order.
        let secret = match self.curve {
            Curve::X25519 => js::x25519_secret(private, peer),
            _ => js::ec_secret(self.curve.number(), private, peer),
        };
        secret.map(|secret| SharedSecret::from(&*secret)).map_err(|_| PeerMisbehaved::InvalidKeyShare.into())
    }

    fn pub_key(&self) -> &[u8] {
        &self.bytes[self.curve.private_size()..]
    }

    fn group(&self) -> NamedGroup {
        self.curve.name()
    }
}
