//! Passwords against bcrypt hashes: `$2y$05$` and so on, as `htpasswd -B` writes them.

use blowfish::Blowfish;

/// The most that one look at a password may cost: 2^12 rounds are about half a second of CPU at the edge.
pub const MOST: u32 = 12;

/// A hash as it is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed {
    cost: u32,
    salt: [u8; 16],
    digest: [u8; 23],
}

/// Why a string isn't a hash that passwords can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashError {
    /// It is something else: an older format of htpasswd, a password as it is.
    NoBcrypt,
    /// One password would take too long.
    Cost(u32),
}

/// The digits of bcrypt's base64, in another order than everybody's.
const DIGITS: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What is encrypted: "OrpheanBeholderScryDoubt".
const TEXT: [u32; 6] = [0x4f72_7068, 0x6561_6e42, 0x6568_6f6c, 0x6465_7253, 0x6372_7944, 0x6f75_6274];

// === impl Hashed ===

impl Hashed {
    /// Reads a hash.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        let (version, rest) =
            text.strip_prefix("$2").and_then(|rest| rest.split_once('$')).ok_or(HashError::NoBcrypt)?;
        let (cost, body) = rest.split_once('$').ok_or(HashError::NoBcrypt)?;
        let cost = match (cost.as_bytes(), cost.parse()) {
            ([b'0'..=b'9', b'0'..=b'9'], Ok(cost)) if (4..=31).contains(&cost) => cost,
            _ => return Err(HashError::NoBcrypt),
        };
        // `x` marks hashes of a faulty implementation.
        if !matches!(version, "a" | "b" | "y") || body.len() != 53 {
            return Err(HashError::NoBcrypt);
        }
        let (salt, digest) = body.as_bytes().split_at(22);
        let salt = decode(salt).ok_or(HashError::NoBcrypt)?;
        let digest = decode(digest).ok_or(HashError::NoBcrypt)?;
        match cost > MOST {
            true => Err(HashError::Cost(cost)),
            false => Ok(Self { cost, salt, digest }),
        }
    }

    /// Whether a password has this hash.
    pub fn is_of(&self, password: &str) -> bool {
        let digest = digest(self.cost, &self.salt, password.as_bytes());
        digest.iter().zip(&self.digest).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
    }
}

fn digest(cost: u32, salt: &[u8; 16], password: &[u8]) -> [u8; 23] {
    // A password ends with a zero byte, and what is after 72 bytes doesn't count.
    let mut key = password.to_vec();
    key.push(0);
    let mut state = Blowfish::bc_init_state();
    state.salted_expand_key(salt, &key);
    for _ in 0..1u64 << cost {
        state.bc_expand_key(&key);
        state.bc_expand_key(salt);
    }
    let mut digest = [0; 24];
    for (pair, out) in TEXT.chunks_exact(2).zip(digest.chunks_exact_mut(8)) {
        let mut pair = [pair[0], pair[1]];
        for _ in 0..64 {
            pair = state.bc_encrypt(pair);
        }
        out[..4].copy_from_slice(&pair[0].to_be_bytes());
        out[4..].copy_from_slice(&pair[1].to_be_bytes());
    }
    let mut short = [0; 23];
    short.copy_from_slice(&digest[..23]);
    short
}

/// So many bytes in bcrypt's base64.
fn decode<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let (mut bits, mut count, mut at) = (0_u32, 0, 0);
    for digit in digits {
        bits = bits << 6 | DIGITS.iter().position(|known| known == digit)? as u32;
        count += 6;
        if count >= 8 && at < N {
            count -= 8;
            bytes[at] = (bits >> count) as u8;
            at += 1;
        }
    }
    (at == N).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2y$05$c4WoMPo3SXsafkva.HHa6u7b1XOWKqA7XZANDrnv4IVny/8ABNR66";

    #[test]
    fn hashes_are_those_of_libcrypt() {
        let long = "$2b$05$c4WoMPo3SXsafkva.HHa6uJMcHVF5pAc27ZAPkxn/dnlHhZ5SJAoS";
        let (filled, cut) = (format!("pässword {}", "x".repeat(80)), format!("pässword {}", "x".repeat(62)));
        for (hash, password) in [
            (HASH, "secret"),
            ("$2a$04$c4WoMPo3SXsafkva.HHa6u4XIOZgIdToBtSbZnzziJiFrE1V89T/a", ""),
            (long, &filled),
            // What is after 72 bytes doesn't count.
            (long, &cut),
        ] {
            let hashed = Hashed::parse(hash).unwrap();
            assert!(hashed.is_of(password), "{hash} {password}");
            assert!(!hashed.is_of(&format!("{password}!")) || password.len() >= 72, "{hash} {password}");
        }
        for wrong in ["Secret", "secret ", "", "secret\0"] {
            assert!(!Hashed::parse(HASH).unwrap().is_of(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn other_texts_are_no_hashes() {
        let body = &HASH[7..];
        for text in
            ["", "secret", "$apr1$xyz$abc", "{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=", "$2y$05$", "$2y$05$é"]
        {
            assert_eq!(Hashed::parse(text).err(), Some(HashError::NoBcrypt), "{text}");
        }
        for head in ["$2x$05$", "$2$05$", "$2y$5$", "$2y$03$", "$2y$32$", "$2y$+5$", "$1y$05$"] {
            assert_eq!(Hashed::parse(&format!("{head}{body}")).err(), Some(HashError::NoBcrypt), "{head}");
        }
        assert_eq!(Hashed::parse(&format!("$2y$05${}é", &body[1..])).err(), Some(HashError::NoBcrypt));
        assert_eq!(Hashed::parse(&format!("$2y$13${body}")).err(), Some(HashError::Cost(13)));
    }
}
