//! Logs in by SASL: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 (RFC 5802).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Sha256, Sha512};
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::Connection;
use super::error::Code;
use super::wire::{Reader, malformed, put_bytes, put_text};
use crate::broker::{BrokerFault, Connector};

const SASL_HANDSHAKE: (i16, i16) = (17, 1);
const SASL_AUTHENTICATE: (i16, i16) = (36, 0);

/// The rounds of a password's hash that a broker may ask for. Kafka takes 4,096 to 16,384; each thousand costs about 1 ms.
const ROUNDS: std::ops::RangeInclusive<u32> = 4096..=65_536;

/// Who logs in, and how.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sasl {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

/// The mechanisms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Mechanism {
    /// The password as it is: for TLS.
    #[serde(rename = "PLAIN")]
    Plain,
    /// A proof of the password.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// The same with another hash.
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

/// A login by SCRAM that waits for the broker's first message.
struct Scram<'a> {
    sasl: &'a Sasl,
    nonce: String,
}

// === impl Sasl ===

impl Sasl {
    /// Logs in on a connection.
    ///
    /// # Errors
    /// The broker doesn't offer the mechanism, or refuses the credentials.
    pub async fn log_in<C: Connector, S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        connector: &C,
        connection: &mut Connection<S>,
    ) -> Result<(), BrokerFault> {
        let name = self.mechanism.name();
        let mut response = connection.call(SASL_HANDSHAKE, |to| put_text(to, name)).await?;
        if Code(response.i16()?).is_error() {
            let offered = response.array(Reader::text)?;
            return Err(BrokerFault::Refused(match offered.is_empty() {
                true => "it asks for no credentials at this address".to_owned(),
                false => format!("it has no {name}, only {}", offered.join(", ")),
            }));
        }
        if self.mechanism == Mechanism::Plain {
            let token = format!("\0{}\0{}", self.user, self.password);
            return authenticate(connection, token.as_bytes()).await.map(|_| ());
        }
        let mut nonce = [0; 18];
        connector.random(&mut nonce)?;
        let scram = Scram { sasl: self, nonce: STANDARD.encode(nonce) };
        let first = authenticate(connection, format!("n,,{}", scram.first()).as_bytes()).await?;
        let (last, signature) = match self.mechanism {
            Mechanism::ScramSha512 => scram.last::<Sha512>(&first)?,
            _ => scram.last::<Sha256>(&first)?,
        };
        let verdict = authenticate(connection, last.as_bytes()).await?;
        match verdict.strip_prefix("v=").is_some_and(|found| found == signature) {
            true => Ok(()),
            false => Err(BrokerFault::Credentials("it doesn't know the password itself".to_owned())),
        }
    }
}

/// One exchange of tokens.
async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    token: &[u8],
) -> Result<String, BrokerFault> {
    let mut response = connection.call(SASL_AUTHENTICATE, |to| put_bytes(to, token)).await?;
    let (code, text) = (Code(response.i16()?), response.text()?);
    if code.is_error() {
        return Err(BrokerFault::Credentials(if text.is_empty() { code.to_string() } else { text }));
    }
    let token = response.bytes()?;
    Ok(String::from_utf8_lossy(&token).into_owned())
}

// === impl Mechanism ===

impl Mechanism {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

// === impl Scram ===

impl Scram<'_> {
    /// The client's first message, without its head.
    fn first(&self) -> String {
        let user = self.sasl.user.replace('=', "=3D").replace(',', "=2C");
        format!("n={user},r={}", self.nonce)
    }

    /// The client's last message, and what the broker has to answer, in base64.
    fn last<H: EagerHash>(&self, first: &str) -> Result<(String, String), BrokerFault> {
        let field = |name: &str| first.split(',').find_map(|field| field.strip_prefix(name));
        let nonce = field("r=").filter(|nonce| nonce.starts_with(&self.nonce) && *nonce != self.nonce);
        let salt = field("s=").and_then(|salt| STANDARD.decode(salt).ok());
        let (Some(nonce), Some(salt)) = (nonce, salt) else {
            return Err(malformed("its SCRAM message has no nonce or salt"));
        };
        let rounds = field("i=").and_then(|rounds| rounds.parse().ok());
        let rounds = rounds.filter(|rounds| ROUNDS.contains(rounds));
        let rounds = rounds.ok_or(malformed("its SCRAM message asks for too few or too many rounds"))?;
        let salted = salted::<H>(self.sasl.password.as_bytes(), &salt, rounds);
        let client_key = mac::<H>(&salted, b"Client Key");
        let unproven = format!("c=biws,r={nonce}");
        let all = format!("{},{first},{unproven}", self.first());
        let signature = mac::<H>(&H::digest(&client_key), all.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(key, sign)| key ^ sign).collect();
        let server = mac::<H>(&mac::<H>(&salted, b"Server Key"), all.as_bytes());
        Ok((format!("{unproven},p={}", STANDARD.encode(proof)), STANDARD.encode(server)))
    }
}

fn keyed<H: EagerHash>(key: &[u8]) -> Hmac<H> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn mac<H: EagerHash>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    keyed::<H>(key).chain_update(bytes).finalize().into_bytes().to_vec()
}

/// PBKDF2 with one block, whose key is hashed once.
fn salted<H: EagerHash>(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    let keyed = keyed::<H>(password);
    let mac = |bytes: &[u8]| keyed.clone().chain_update(bytes).finalize().into_bytes();
    let mut last = mac(&[salt, &[0, 0, 0, 1]].concat());
    let mut salted = last.clone();
    for _ in 1..rounds {
        last = mac(&last);
        salted.iter_mut().zip(&last).for_each(|(sum, byte)| *sum ^= byte);
    }
    salted.to_vec()
}

// A password must not end up in a log.
impl std::fmt::Debug for Sasl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sasl")
            .field("mechanism", &self.mechanism)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sasl(user: &str, password: &str) -> Sasl {
        Sasl { mechanism: Mechanism::ScramSha256, user: user.to_owned(), password: password.to_owned() }
    }

    /// The example of RFC 7677, section 3.
    #[test]
    fn the_proof_is_that_of_the_rfc() {
        let sasl = sasl("user", "pencil");
        let scram = Scram { sasl: &sasl, nonce: "rOprNGfwEbeRWgbNEkqO".to_owned() };
        assert_eq!(scram.first(), "n=user,r=rOprNGfwEbeRWgbNEkqO");
        let first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let (last, server) = scram.last::<Sha256>(first).unwrap();
        assert_eq!(
            last,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert_eq!(server, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn brokers_that_cheat_are_refused() {
        let sasl = sasl("a=b,c", "x");
        let scram = Scram { sasl: &sasl, nonce: "abc".to_owned() };
        assert_eq!(scram.first(), "n=a=3Db=2Cc,r=abc");
        for first in [
            "",
            "r=abc,s=AAAA,i=4096",
            "r=xyzabc,s=AAAA,i=4096",
            "r=abcd,s=!,i=4096",
            "r=abcd,s=AAAA,i=1",
            "r=abcd,s=AAAA,i=4294967295",
        ] {
            assert!(scram.last::<Sha256>(first).is_err(), "{first}");
        }
    }
}
