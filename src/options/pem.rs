//! Certificates and private keys in PEM: files that are bundled, or secrets of the worker.
//!
//! What is read here is the outside: blocks, base64, and one whole DER value in each. What is inside the module of `origins/` reads.

use fjord_encoding::base64;

use super::Environment;

/// What a PEM text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pem {
    /// One certificate or more.
    Certificates,
    /// A private key.
    Key,
}

/// Before the name of a secret, in place of a path.
const SECRET: &str = "env:";

/// The labels of keys that are read: PKCS #8, PKCS #1, SEC 1.
const KEYS: [&str; 3] = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

/// The first byte of a DER sequence, which certificates and keys are.
const SEQUENCE: u8 = 0x30;

// === impl Pem ===

impl Pem {
    /// The name of the secret that an option's text refers to; none if it's a path. Empty if no secret can have the name.
    pub fn secret(text: &str) -> Option<&str> {
        let name = text.strip_prefix(SECRET)?;
        Some(if super::core::is_binding(name) { name } else { "" })
    }

    /// The PEM text that an option names. A secret's is read where it is used: only a deployment has it.
    ///
    /// # Errors
    /// If it isn't there, or a file isn't what the option is for.
    pub fn read<'a>(self, option: &str, environment: &'a Environment) -> Result<&'a str, String> {
        if let Some(name) = Self::secret(option) {
            return environment.variable(name).ok_or_else(|| format!("the worker has no secret {name}"));
        }
        let text = environment.file(option).ok_or_else(|| format!("the file {option} doesn't exist"))?;
        self.check(text).map_err(|fault| format!("{option}: {fault}"))?;
        Ok(text)
    }

    /// Whether a text is what the option is for.
    ///
    /// # Errors
    /// If it isn't, with the reason.
    pub fn check(self, text: &str) -> Result<(), String> {
        let blocks = blocks(text)?;
        let has = |labels: &[&str]| blocks.iter().any(|label| labels.contains(label));
        match self {
            Self::Certificates if has(&["CERTIFICATE"]) => Ok(()),
            Self::Certificates => Err(format!("no certificate in it{}", found(&blocks))),
            Self::Key if has(&KEYS) => Ok(()),
            Self::Key if has(&["ENCRYPTED PRIVATE KEY"]) => Err(
                "the private key is encrypted: openssl pkey -in KEY -out PLAIN.key takes its password off"
                    .to_owned(),
            ),
            Self::Key => Err(format!("no private key in it{}", found(&blocks))),
        }
    }
}

/// What is in a text instead.
fn found(blocks: &[&str]) -> String {
    match blocks.first() {
        Some(label) => format!(", but a block `{label}`"),
        None => String::new(),
    }
}

/// The labels of the blocks of a text, each of which holds one DER value.
fn blocks(text: &str) -> Result<Vec<&str>, String> {
    const BEGIN: &str = "-----BEGIN ";
    let mut labels = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let number = labels.len() + 1;
        let fault = |what: &str| format!("block {number} {what}");
        let (label, after) = after.split_once("-----").ok_or_else(|| fault("has no label"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(&end).ok_or_else(|| fault("has no end"))?;
        // Old keys have header lines.
        let body = if body.contains(':') { body.rsplit("\n\n").next().unwrap_or(body) } else { body };
        let digits: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let der = base64::decode(&digits).ok_or_else(|| fault("isn't base64"))?;
        // Parameters of a curve before its key are an identifier, not a sequence.
        if label != "EC PARAMETERS" && !is_sequence(&der) {
            return Err(fault("is cut, or isn't DER"));
        }
        labels.push(label);
        rest = after;
    }
    Ok(labels)
}

/// Whether the bytes are one sequence of DER, no more and no less.
fn is_sequence(der: &[u8]) -> bool {
    let Some((&SEQUENCE, rest)) = der.split_first() else { return false };
    let Some((&first, rest)) = rest.split_first() else { return false };
    if first < 0x80 {
        return rest.len() == usize::from(first);
    }
    let size = usize::from(first & 0x7f);
    if !(1..=4).contains(&size) || rest.len() < size {
        return false;
    }
    let (length, rest) = rest.split_at(size);
    length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)) == rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn texts_are_what_they_are_for() {
        // A sequence of one zero byte; of 129 bytes.
        let short = "MAEA";
        let long = base64::encode(&[&[0x30, 0x81, 0x81][..], &[0; 129]].concat());
        let both = format!("note\n{}{}", block("CERTIFICATE", short), block("PRIVATE KEY", &long));
        assert_eq!((Pem::Certificates.check(&both), Pem::Key.check(&both)), (Ok(()), Ok(())));
        assert_eq!(Pem::Key.check(&block("EC PRIVATE KEY", short).replace('\n', "\r\n")), Ok(()));
        for (pem, text, reason) in [
            (Pem::Certificates, String::new(), "no certificate in it"),
            (
                Pem::Certificates,
                block("PRIVATE KEY", short),
                "no certificate in it, but a block `PRIVATE KEY`",
            ),
            (Pem::Key, block("CERTIFICATE", short), "no private key in it, but a block `CERTIFICATE`"),
            (
                Pem::Key,
                block("ENCRYPTED PRIVATE KEY", short),
                "the private key is encrypted: openssl pkey -in KEY -out PLAIN.key takes its password off",
            ),
            (Pem::Certificates, block("CERTIFICATE", "MAE!"), "block 1 isn't base64"),
            (Pem::Certificates, block("CERTIFICATE", "MAIA"), "block 1 is cut, or isn't DER"),
            (Pem::Certificates, block("CERTIFICATE", ""), "block 1 is cut, or isn't DER"),
            (
                Pem::Certificates,
                format!("{}-----BEGIN CERTIFICATE-----\nMAEA", block("CERTIFICATE", short)),
                "block 2 has no end",
            ),
            (Pem::Certificates, "-----BEGIN CERT".to_owned(), "block 1 has no label"),
        ] {
            assert_eq!(pem.check(&text), Err(reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn secrets_stand_in_place_of_files() {
        assert_eq!(Pem::secret("env:CLIENT_KEY"), Some("CLIENT_KEY"));
        assert_eq!(Pem::secret("env:A-B"), Some(""));
        assert_eq!(Pem::secret("certs/client.key"), None);
        let environment = Environment {
            files: [("ca.pem".to_owned(), block("CERTIFICATE", "MAEA"))].into(),
            variables: [("KEY".to_owned(), "any text".to_owned())].into(),
            ..Environment::default()
        };
        assert!(Pem::Certificates.read("ca.pem", &environment).is_ok());
        let fault = |pem: Pem, option| pem.read(option, &environment).unwrap_err();
        assert_eq!(fault(Pem::Key, "env:NONE"), "the worker has no secret NONE");
        assert_eq!(fault(Pem::Key, "a.key"), "the file a.key doesn't exist");
        assert_eq!(fault(Pem::Key, "ca.pem"), "ca.pem: no private key in it, but a block `CERTIFICATE`");
        assert_eq!(Pem::Key.read("env:KEY", &environment), Ok("any text"));
    }
}
