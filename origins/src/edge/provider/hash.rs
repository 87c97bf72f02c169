//! SHA-256, SHA-384, and their HMACs.

use hmac::{Hmac, KeyInit, Mac};
use rustls::crypto::hash::{Context, Hash, HashAlgorithm, Output};
use rustls::crypto::hmac::{Hmac as HmacAlgorithm, Key, Tag};
use sha2::{Digest, Sha256, Sha384};

/// A hash and its HMAC, for rustls.
macro_rules! hash {
    ($name:ident, $digest:ty, $algorithm:ident, $size:literal) => {
        #[derive(Debug)]
        pub struct $name;

        impl Hash for $name {
            fn start(&self) -> Box<dyn Context> {
                Box::new(Running(<$digest>::new()))
            }

            fn hash(&self, data: &[u8]) -> Output {
                Output::new(&<$digest>::digest(data))
            }

            fn output_len(&self) -> usize {
                $size
            }

            fn algorithm(&self) -> HashAlgorithm {
                HashAlgorithm::$algorithm
            }
        }

        impl Context for Running<$digest> {
            fn fork_finish(&self) -> Output {
                Output::new(&self.0.clone().finalize())
            }

            fn fork(&self) -> Box<dyn Context> {
                Box::new(Running(self.0.clone()))
            }

            fn finish(self: Box<Self>) -> Output {
                Output::new(&self.0.finalize())
            }

            fn update(&mut self, data: &[u8]) {
                self.0.update(data);
            }
        }

        impl HmacAlgorithm for $name {
            fn with_key(&self, key: &[u8]) -> Box<dyn Key> {
                Box::new(Keyed(Hmac::<$digest>::new_from_slice(key).expect("HMAC takes keys of any length")))
            }

            fn hash_output_len(&self) -> usize {
                $size
            }
        }

        impl Key for Keyed<Hmac<$digest>> {
            fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> Tag {
                let mut mac = self.0.clone();
                mac.update(first);
                middle.iter().for_each(|part| mac.update(part));
                mac.update(last);
                Tag::new(&mac.finalize().into_bytes())
            }

            fn tag_len(&self) -> usize {
                $size
            }
        }
    };
}

struct Running<D>(D);
struct Keyed<M>(M);

hash!(Sha256Hash, Sha256, SHA256, 32);
hash!(Sha384Hash, Sha384, SHA384, 48);
