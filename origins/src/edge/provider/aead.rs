//! The three authenticated ciphers of TLS, in the forms of both versions.

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, NONCE_LEN, Nonce, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload,
    Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError, make_tls12_aad, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

use super::js;

const TAG: usize = 16;
/// AES-GCM in TLS 1.2 sends the second part of its nonce with each record.
const EXPLICIT_NONCE: usize = 8;
/// The longest plaintext of a record.
const MAX_FRAGMENT: usize = 1 << 14;

/// A cipher, by its number in `js/crypto.mjs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aead {
    Aes128Gcm = 0,
    Aes256Gcm = 1,
    ChaCha20Poly1305 = 2,
}

/// A cipher with a key, as TLS 1.3 uses it.
struct Tls13(Aead, AeadKey, Iv);

/// A cipher with a key, as TLS 1.2 uses it.
struct Tls12(Aead, AeadKey, Iv);

// === impl Aead ===

impl Aead {
    const fn key_size(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 => 32,
        }
    }

    fn secrets(self, key: AeadKey, iv: Iv) -> ConnectionTrafficSecrets {
        match self {
            Self::Aes128Gcm => ConnectionTrafficSecrets::Aes128Gcm { key, iv },
            Self::Aes256Gcm => ConnectionTrafficSecrets::Aes256Gcm { key, iv },
            Self::ChaCha20Poly1305 => ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv },
        }
    }

    /// Encrypts what `payload` holds from `from` on, and appends the tag.
    fn seal(
        self,
        key: &AeadKey,
        nonce: &[u8],
        aad: &[u8],
        payload: &mut PrefixedPayload,
        from: usize,
    ) -> Result<(), Error> {
        payload.extend_from_slice(&[0; TAG]);
        js::seal(self as u8, key.as_ref(), nonce, aad, &mut payload.as_mut()[from..])
            .map_err(|_| Error::EncryptError)
    }

    /// Decrypts `data`, whose last bytes are the tag.
    fn open(self, key: &AeadKey, nonce: &[u8], aad: &[u8], data: &mut [u8]) -> Result<(), Error> {
        match js::open(self as u8, key.as_ref(), nonce, aad, data) {
            Ok(true) => Ok(()),
            _ => Err(Error::DecryptError),
        }
    }
}

// === impl Tls13 ===

impl Tls13AeadAlgorithm for Aead {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Tls13(*self, key, iv))
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(Tls13(*self, key, iv))
    }

    fn key_len(&self) -> usize {
        self.key_size()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok(self.secrets(key, iv))
    }
}

impl MessageEncrypter for Tls13 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let size = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(size);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&[message.typ.into()]);
        self.0.seal(&self.1, &Nonce::new(&self.2, sequence).0, &make_tls13_aad(size), &mut payload, 0)?;
        // Records of TLS 1.3 look like those of 1.2.
        Ok(OutboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, payload))
    }

    fn encrypted_payload_len(&self, size: usize) -> usize {
        size + 1 + TAG
    }
}

impl MessageDecrypter for Tls13 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let payload = &mut message.payload;
        let size = payload.len().checked_sub(TAG).ok_or(Error::DecryptError)?;
        let aad = make_tls13_aad(payload.len());
        self.0.open(&self.1, &Nonce::new(&self.2, sequence).0, &aad, payload)?;
        payload.truncate(size);
        message.into_tls13_unpadded_message()
    }
}

// === impl Tls12 ===

impl Tls12AeadAlgorithm for Aead {
    fn encrypter(&self, key: AeadKey, iv: &[u8], explicit: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(Tls12(*self, key, joined(iv, explicit)))
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(Tls12(*self, key, joined(iv, &[])))
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        let explicit_nonce_len = self.explicit_nonce();
        KeyBlockShape {
            enc_key_len: self.key_size(),
            fixed_iv_len: NONCE_LEN - explicit_nonce_len,
            explicit_nonce_len,
        }
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: &[u8],
        explicit: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok(self.secrets(key, joined(iv, explicit)))
    }
}

impl Aead {
    const fn explicit_nonce(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes256Gcm => EXPLICIT_NONCE,
            Self::ChaCha20Poly1305 => 0,
        }
    }
}

/// A nonce of its fixed part and its explicit one.
fn joined(fixed: &[u8], explicit: &[u8]) -> Iv {
    let mut iv = [0; NONCE_LEN];
    iv.iter_mut().zip(fixed.iter().chain(explicit)).for_each(|(to, from)| *to = *from);
    Iv::new(iv)
}

impl MessageEncrypter for Tls12 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let explicit = self.0.explicit_nonce();
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(message.payload.len()));
        let nonce = Nonce::new(&self.2, sequence).0;
        payload.extend_from_slice(&nonce[NONCE_LEN - explicit..]);
        payload.extend_from_chunks(&message.payload);
        let aad = make_tls12_aad(sequence, message.typ, message.version, message.payload.len());
        self.0.seal(&self.1, &nonce, &aad, &mut payload, explicit)?;
        Ok(OutboundOpaqueMessage::new(message.typ, message.version, payload))
    }

    fn encrypted_payload_len(&self, size: usize) -> usize {
        self.0.explicit_nonce() + size + TAG
    }
}

impl MessageDecrypter for Tls12 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let explicit = self.0.explicit_nonce();
        let payload = &mut message.payload;
        let size = payload.len().checked_sub(explicit + TAG).ok_or(Error::DecryptError)?;
        let nonce = match explicit {
            0 => Nonce::new(&self.2, sequence).0,
            _ => {
                let mut nonce = Nonce::new(&self.2, 0).0;
                nonce[NONCE_LEN - explicit..].copy_from_slice(&payload[..explicit]);
                nonce
            }
        };
        let aad = make_tls12_aad(sequence, message.typ, message.version, size);
        self.0.open(&self.1, &nonce, &aad, &mut payload[explicit..])?;
        if size > MAX_FRAGMENT {
            return Err(Error::PeerSentOversizedRecord);
        }
        Ok(message.into_plain_message_range(explicit..explicit + size))
    }
}
