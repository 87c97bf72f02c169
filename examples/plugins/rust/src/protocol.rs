//! Version 1 of the protocol between Fjord and a worker that stands in for Go plugins: docs/leaving-go-plugins.md.

use std::collections::BTreeMap;

use serde_json::Value;
use worker::{Error, Headers, Request, Response, Result};

/// The version of the protocol.
const VERSION: &str = "1";

const LINE: &str = "Fjord-Plugin";
const KIND: &str = "Fjord-Plugin-Kind";
const NAME: &str = "Fjord-Plugin-Name";
const OPTIONS: &str = "Fjord-Plugin-Options";
const CLIENT: &str = "Fjord-Plugin-Client";
const NEXT: &str = "Fjord-Plugin-Next";

/// What a plugin is asked for.
pub struct Call {
    /// The namespace without `plugin/`.
    pub kind: String,
    /// The plugin.
    pub name: String,
    /// The value of the namespace, as it's written in the configuration.
    pub options: Value,
    /// The request, without the lines of the protocol.
    pub request: Request,
}

/// Header lines that a request goes on with: none removes a line.
pub type Lines<'a> = BTreeMap<&'a str, Option<&'a str>>;

// === impl Call ===

impl Call {
    /// Reads a call.
    ///
    /// # Errors
    /// If it isn't one of this version.
    pub fn of(mut request: Request) -> Result<Call> {
        let line = |name| Ok::<_, Error>(request.headers().get(name)?.unwrap_or_default());
        let version = line(LINE)?;
        if version != VERSION {
            return Err(format!("expected version {VERSION} of the protocol, got \"{version}\"").into());
        }
        let (kind, name, options) = (line(KIND)?, line(NAME)?, serde_json::from_str(&line(OPTIONS)?)?);
        request = request.clone_mut()?;
        for name in [LINE, KIND, NAME, OPTIONS, CLIENT] {
            request.headers_mut()?.delete(name)?;
        }
        Ok(Call { kind, name, options, request })
    }
}

/// The answer with the line that says that it's a plugin's.
///
/// # Errors
/// If the runtime refuses the line.
pub fn signed(response: Response) -> Result<Response> {
    let headers = response.headers().clone();
    headers.set(LINE, VERSION)?;
    Ok(response.with_headers(headers))
}

/// The request goes on with other header lines.
///
/// # Errors
/// If the runtime refuses the line.
pub fn next(lines: &Lines<'_>) -> Result<Response> {
    let headers = Headers::new();
    headers.set(NEXT, &ascii(&serde_json::to_string(lines)?))?;
    Ok(Response::empty()?.with_headers(headers))
}

/// A header line holds no other characters.
fn ascii(json: &str) -> String {
    let mut ascii = String::new();
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ b' '..=b'~') => ascii.push(byte.into()),
            _ => ascii.push_str(&format!("\\u{unit:04x}")),
        }
    }
    ascii
}
