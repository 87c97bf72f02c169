//! AWS Signature Version 4 (the `Authorization` header form), on `hmac` and `sha2`: 9 kB of wasm beside the hashes,
//! where the crate aws-sigv4 takes 160.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The public part.
    pub access_key_id: String,
    /// The secret part.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

/// What is signed.
#[derive(Debug, Clone)]
pub struct Signable<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, as it goes over the wire.
    pub path: &'a str,
    /// The query, as it goes over the wire, without `?`.
    pub query: &'a str,
    /// The header lines to sign, `host` and `x-amz-date` among them.
    pub headers: &'a [(String, String)],
    /// The SHA-256 of the body, in hex.
    pub body_hash: &'a str,
    /// Resolve `.`, `..` and `//` in the path (every service but S3).
    pub normalize: bool,
}

/// The value of the `Authorization` header.
///
/// `now` is in seconds since the epoch and must be the moment of the `x-amz-date` line.
pub fn sign(
    request: &Signable<'_>,
    credentials: &Credentials,
    region: &str,
    service: &str,
    now: u64,
) -> String {
    let stamp = timestamp(now);
    let scope = format!("{}/{region}/{service}/aws4_request", &stamp[..8]);
    let (canonical, signed) = canonical_request(request);
    let text = string_to_sign(&stamp, &scope, &canonical);
    let mut key = hmac(format!("AWS4{}", credentials.secret_access_key).as_bytes(), &stamp[..8]);
    for part in [region, service, "aws4_request"] {
        key = hmac(&key, part);
    }
    let signature = hex(&hmac(&key, &text));
    let id = &credentials.access_key_id;
    format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}")
}

/// A moment as AWS writes it: `20150830T123600Z`.
pub fn timestamp(now: u64) -> String {
    let (year, month, day) = fjord_calendar::civil((now / 86_400) as i64);
    let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// SHA-256 in hex.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The canonical request and the list of signed headers.
fn canonical_request(request: &Signable<'_>) -> (String, String) {
    let mut headers: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in request.headers {
        let name = name.to_ascii_lowercase();
        let value = value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        match headers.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => headers.push((name, vec![value])),
        }
    }
    headers.sort();
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let signed = names.join(";");
    let lines: String =
        headers.iter().map(|(name, values)| format!("{name}:{}\n", values.join(","))).collect();
    let path = canonical_path(request.path, request.normalize);
    let query = canonical_query(request.query);
    let Signable { method, body_hash, .. } = request;
    (format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{body_hash}"), signed)
}

fn string_to_sign(stamp: &str, scope: &str, canonical: &str) -> String {
    format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hash(canonical.as_bytes()))
}

/// The path with each segment escaped once more.
fn canonical_path(path: &str, normalize: bool) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "" | "." if normalize => {}
            ".." if normalize => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let slash = normalize && !segments.is_empty() && path.ends_with('/');
    let mut canonical = String::new();
    for segment in &segments {
        canonical.push('/');
        escape(segment.as_bytes(), &mut canonical);
    }
    if slash || canonical.is_empty() {
        canonical.push('/');
    }
    canonical
}

/// Name and value of each parameter escaped anew, sorted.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (reescape(name), reescape(value))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn reescape(text: &str) -> String {
    let mut out = String::new();
    match fjord_http::escape::unescape_bytes(text) {
        Ok(bytes) => escape(&bytes, &mut out),
        Err(_) => escape(text.as_bytes(), &mut out),
    }
    out
}

fn escape(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
