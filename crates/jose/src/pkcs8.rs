//! RSA keys as key files have them: PKCS #8 in PEM (RFC 5958, RFC 8017 appendix A.1.2).

use fjord_json::{Map, Value};

use super::base64url;
use super::jwk::{Jwk, KeyError};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The DER of `rsaEncryption`, 1.2.840.113549.1.1.1.
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// DER that is still to be read.
struct Der<'d>(&'d [u8]);

// === impl Jwk ===

impl Jwk {
    /// Reads the private RSA key of a PEM text.
    ///
    /// # Errors
    /// If the text has no such key, or a key of another type.
    pub fn of_pem(text: &str, kid: &str) -> Result<Self, KeyError> {
        let read = || {
            let body = text.split_once(BEGIN)?.1.split_once(END)?.0;
            let digits: String = body.chars().filter(|c| !c.is_ascii_whitespace() && *c != '=').collect();
            // The digits of base64url are those of base64, but for two.
            base64url::decode(&digits.replace('+', "-").replace('/', "_"))
        };
        let der = read().ok_or(KeyError::Member("private_key"))?;
        let mut key = rsa(&der)?;
        key.insert("kid".to_owned(), Value::String(kid.to_owned()));
        Self::parse(&Value::Object(key))
    }
}

/// The members of a key: `n`, `e`, `d` and the five numbers that make it fast.
fn rsa(der: &[u8]) -> Result<Map, KeyError> {
    const BROKEN: KeyError = KeyError::Member("private_key");
    let mut info = Der(Der(der).take(SEQUENCE).ok_or(BROKEN)?);
    info.take(INTEGER).ok_or(BROKEN)?;
    let mut algorithm = Der(info.take(SEQUENCE).ok_or(BROKEN)?);
    if algorithm.take(OBJECT) != Some(RSA) {
        return Err(KeyError::Type);
    }
    let mut key = Der(Der(info.take(OCTETS).ok_or(BROKEN)?).take(SEQUENCE).ok_or(BROKEN)?);
    key.take(INTEGER).ok_or(BROKEN)?;
    let mut members = Map::new();
    members.insert("kty".to_owned(), Value::String("RSA".to_owned()));
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let number = key.take(INTEGER).ok_or(BROKEN)?;
        members.insert(name.to_owned(), Value::String(base64url::encode(number)));
    }
    Ok(members)
}

// === impl Der ===

impl<'d> Der<'d> {
    /// The content of the next element, if it has this tag and is all there.
    fn take(&mut self, tag: u8) -> Option<&'d [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first > 0x7f {
            // The length of a key has three bytes at most.
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 3 {
                return None;
            }
            let (bytes, behind) = rest.split_at_checked(count)?;
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = behind;
        }
        let (content, behind) = rest.split_at_checked(length)?;
        self.0 = behind;
        (found == tag).then_some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_json::Value;

    /// Made for this test alone.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDkV2MOd1RhllJg\n\
        E41pLK7a4Dgo1eqvVejRZt0ZYAN0NgTQFqeqCNow4bgB2n5mC90qC54Du6d94+R6\n\
        0Yzf8lXBq8HSOtuqEdrLw0VH/TrnJyc4jaEeYrB/830VE8vLHs86sxCPb0I4zTXi\n\
        d4EloWjqhrG7cjSKkKMnWxhV5Pd7AiSO8XQaZKS/EEv4qclh1Hf30uxpPDp6+5pt\n\
        an2lMyO0DF9giFgPNCTv9MOstBHVMKRBsbs+RhzFLZVekaKEgUHoh2qd62NfUmET\n\
        /LR9Syrsu+AN6TR5zp5Ctlhe79hX2cEkRTvJnp9bcnRB+3C0X+akXMkMomwum9no\n\
        36L90XORAgMBAAECggEATh5LaEaQ2rYHxpDJ30KHK6Br9iSBHq0gcotjduvvIpHc\n\
        gahOghB3PSPrxM6QUa8bYegJjjNj8ODHaPFJ5c/NYO226Ip0XjGvjehnSmKrBSvS\n\
        8jkZ9wBCa/PMRiq4nOwUb3uVXcztdetW1PyXdV1MPHgKVBuVOBaVisBSighEVpNW\n\
        qMt1hOWGiG0j8t7LCjCVKarPik5k6ef/PcoHcGg9dSqdpb2mhG89T+xsli+7CGFr\n\
        BYdupABfwLU7ipEr1ARwbMSbOddTv6NNsNmFFcJsl3cgcwTZJ4Ky0ebsfZcmuv5y\n\
        6Y02y/RxxPliNQaZia7mM0l0T7QAQtU99AWt7Vbx9QKBgQDztgj6dYPuIkg+4iQG\n\
        QOh4oVBPLFa6T0GP5lbGoUU8EtLuC27KPpsk9JhiedVtq8/wDI0dcqCQXLYddq6w\n\
        MGpfsPs83sTzHjn79rYSujKiWFVyW1l2o7RsEAS5Yv8b+2s+S8jXNa5WqNHWGTyh\n\
        M8sGQs6uLeMffCVqEkEn45S8HwKBgQDv2vNXZdbX6FB6m6hkxYPFZpwVyVBtLfFb\n\
        57zShBk5ycHJG+GpGkHQ5IogEHDygoAfDn0F4yIQKGyM0G//mAi4b8e7/yzcKjmG\n\
        n8HDTfoZ0+AQY5eVabnByy6wF/mvCOWCWsvs/yNhz/JeH4KwZZLD+KbUSHYz7Bgj\n\
        nv7TTifaTwKBgQCF1dO8Z0iaP61ZCyspW//OLxhBQmImUlv4wE+rKOkygkvfedvP\n\
        qO3eL4x3l9yDK7U3aE0efNJ8NM22BHUOQKhKAJEX7mZN9K13FxcJ1cL0sHnMISpS\n\
        Irh0F5/ghuL95OYSAeA7fzlMUc1aO+W1yRGXUJzbvktaAP0y8O9jDnGhlQKBgQDF\n\
        Wn6HFwBjvn8ZoyI3aF03+2nKc059xyOk31R6Ur7+0Ydllk9i+HvXCXStVVnZ8I7C\n\
        /wTX5z+L0/cdFhRRViM2vqK1iQy8SvHyV1jy/iIfRjpCwe9jvQ5e6nOL6O5Emylc\n\
        zKCmbHgMbzGZSIwb4DeWj+2VFdpMdqKWDKjX7KLV+QKBgGsl1QxB2KeRZTRHHzT9\n\
        3IQ9gr/E4WOw4w/QB2aBB+ZT1io9l6gb+x9rQTRm/G+VEmO2j0XvjAE5sia2km22\n\
        oZqWi+ldHR+/Zg8NlcZEdxKYtRz7klMr//er9IA2YHea2PFld7xSjNG3oApMQCnO\n\
        6SRbdMTHEJYslTGVWvIGggAN\n\
        -----END PRIVATE KEY-----";

    #[test]
    fn a_key_file_is_the_same_key() {
        let key = Jwk::of_pem(PEM, "k").unwrap();
        assert_eq!((&*key.kid, key.modulus_bits, key.is_public()), ("k", Some(2048), false));
        let members = Value::parse(key.text.as_bytes()).unwrap();
        let number = |name: &str| base64url::decode(members.get(name).unwrap().as_str().unwrap()).unwrap();
        let modulus: String = number("n").iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(
            modulus,
            "E457630E775461965260138D692CAEDAE03828D5EAAF55E8D166DD196003743604D016A7AA08DA30E1B801DA7E660BDD2A0B9E03BBA77DE3E47AD18CDFF255C1ABC1D23ADBAA11DACBC34547FD3AE72727388DA11E62B07FF37D1513CBCB1ECF3AB3108F6F4238CD35E2778125A168EA86B1BB72348A90A3275B1855E4F77B02248EF1741A64A4BF104BF8A9C961D477F7D2EC693C3A7AFB9A6D6A7DA53323B40C5F6088580F3424EFF4C3ACB411D530A441B1BB3E461CC52D955E91A2848141E8876A9DEB635F526113FCB47D4B2AECBBE00DE93479CE9E42B6585EEFD857D9C124453BC99E9F5B727441FB70B45FE6A45CC90CA26C2E9BD9E8DFA2FDD17391"
        );
        assert_eq!(number("e"), [1, 0, 1]);
        for name in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(number(name).len() > 120, "{name}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let cut = PEM.replace("-----END", "====-----END");
        let body = PEM.split_once(BEGIN).unwrap().1.split_once(END).unwrap().0;
        for text in ["", BEGIN, "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----"] {
            assert!(Jwk::of_pem(text, "").is_err(), "{text}");
        }
        assert!(Jwk::of_pem(&cut, "").is_ok(), "padding says nothing");
        for length in 0..body.len() {
            let text = format!("{BEGIN}{}{END}", &body[..length]);
            assert!(length + 4 > body.trim_end().len() || Jwk::of_pem(&text, "").is_err(), "{length}");
        }
        // An elliptic curve's: id-ecPublicKey.
        let other =
            base64url::encode(b"\x30\x10\x02\x01\x00\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x04\x00");
        assert_eq!(Jwk::of_pem(&format!("{BEGIN}{other}{END}"), "").err(), Some(KeyError::Type));
    }
}
