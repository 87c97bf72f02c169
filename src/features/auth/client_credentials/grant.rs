//! The token request (RFC 6749 §4.4) as golang.org/x/oauth2 makes it, and how its answer is read.

use std::fmt;
use std::rc::Rc;

use fjord_encoding::base64;
use fjord_http::escape::escape_query;
use fjord_http::{Headers, Query, status_text};
use fjord_json::Value;

use crate::platform::{Body, Deadline, Fetch, Fetched, Io, RequestBody};

/// Whose token is asked for, and where.
pub(super) struct Grant {
    pub token_url: Rc<str>,
    pub client_id: String,
    pub client_secret: String,
    /// The fields, without those of the client.
    pub form: Query,
}

/// How a client says who it is. Servers differ; which one a server takes is found out once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Basic authentication.
    Header,
    /// Fields of the form.
    Form,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The value of `Authorization`.
    pub authorization: Rc<str>,
    /// Seconds until it ends; 0 if it doesn't.
    pub expires_in: u64,
}

/// Why there is no token. Never with anything that the server said: it may repeat what it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server can't be reached.
    Fetch(String),
    /// It answers with another status.
    Status(u16),
    /// Its answer can't be read.
    Unreadable,
    /// Its answer is an error.
    Refused,
    /// Its answer has no token.
    NoToken,
}

/// The bytes that an answer may have.
const MAX_ANSWER: usize = 1 << 20;

// === impl Grant ===

impl Grant {
    /// Asks for a token. Redirects aren't followed: they would take the secret elsewhere.
    pub async fn ask(&self, io: &Io, deadline: &Deadline<'_>, style: Style) -> Result<Token, Fault> {
        let answer = deadline.bound(io.fetch(self.request(style))).await;
        let answer = answer.map_err(|expired| Fault::Fetch(expired.to_string()))?;
        read(answer.map_err(|error| Fault::Fetch(error.to_string()))?)
    }

    fn request(&self, style: Style) -> Fetch {
        let mut headers = Headers::default();
        headers.add("Content-Type", "application/x-www-form-urlencoded");
        headers.add("User-Agent", "Go-http-client/1.1");
        let body = match style {
            Style::Header => {
                headers.add("Authorization", basic(&self.client_id, &self.client_secret));
                self.form.encode()
            }
            Style::Form => {
                let mut form = self.form.clone();
                form.set("client_id", self.client_id.as_str());
                form.set("client_secret", self.client_secret.as_str());
                form.encode()
            }
        };
        Fetch {
            body: RequestBody::sized(body.into_bytes()),
            ..Fetch::new("POST", self.token_url.clone(), headers)
        }
    }
}

/// Basic credentials, both halves escaped (RFC 6749 §2.3.1).
fn basic(id: &str, secret: &str) -> String {
    let mut pair = String::new();
    escape_query(id.as_bytes(), &mut pair);
    pair.push(':');
    escape_query(secret.as_bytes(), &mut pair);
    format!("Basic {}", base64::encode(pair.as_bytes()))
}

fn read(answer: Fetched) -> Result<Token, Fault> {
    if !(200..300).contains(&answer.status) {
        return Err(Fault::Status(answer.status));
    }
    let Body::Bytes(body) = &answer.body else { return Err(Fault::Unreadable) };
    if body.len() > MAX_ANSWER {
        return Err(Fault::Unreadable);
    }
    let kind = answer.headers.get("Content-Type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if matches!(kind, "application/x-www-form-urlencoded" | "text/plain") {
        let text = std::str::from_utf8(body.as_slice()).map_err(|_| Fault::Unreadable)?;
        let form = Query::parse(text);
        let expires = form.get("expires_in").or_else(|| form.get("expires"));
        return token(form.get("access_token"), form.get("token_type"), form.get("error"), expires);
    }
    let json = Value::parse(body.as_slice()).map_err(|_| Fault::Unreadable)?;
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let expires = match json.get("expires_in") {
        Some(Value::Number(number)) => Some(&**number),
        other => other.and_then(Value::as_str),
    };
    token(text("access_token"), text("token_type"), text("error"), expires)
}

fn token(
    access_token: Option<&str>,
    token_type: Option<&str>,
    error: Option<&str>,
    expires: Option<&str>,
) -> Result<Token, Fault> {
    if error.is_some_and(|error| !error.is_empty()) {
        return Err(Fault::Refused);
    }
    let access_token = access_token.filter(|token| !token.is_empty()).ok_or(Fault::NoToken)?;
    let scheme = match token_type.unwrap_or_default() {
        "" => "Bearer",
        kind if kind.eq_ignore_ascii_case("bearer") => "Bearer",
        kind if kind.eq_ignore_ascii_case("mac") => "MAC",
        kind if kind.eq_ignore_ascii_case("basic") => "Basic",
        kind => kind,
    };
    Ok(Token {
        authorization: format!("{scheme} {access_token}").into(),
        expires_in: expires.and_then(|text| text.parse::<f64>().ok()).map_or(0, |seconds| seconds as u64),
    })
}

// === impl Fault ===

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("oauth2: ")?;
        match self {
            Self::Fetch(error) => write!(f, "cannot fetch token: {error}"),
            Self::Status(status) => write!(f, "cannot fetch token: {status} {}", status_text(*status)),
            Self::Unreadable => f.write_str("cannot parse the server's response"),
            Self::Refused => f.write_str("the server's response is an error"),
            Self::NoToken => f.write_str("server response missing access_token"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, kind: &str, body: &str) -> Result<(String, u64), Fault> {
        let headers = Headers::from_iter([("Content-Type", kind.to_owned())]);
        let body = Body::Bytes(fjord_json::Body::from(body.as_bytes()));
        read(Fetched { status, headers, body })
            .map(|token| (token.authorization.to_string(), token.expires_in))
    }

    #[test]
    fn tokens_come_as_json_or_as_a_form() {
        let json = "application/json; charset=utf-8";
        for (kind, body, want) in [
            (json, r#"{"access_token":"t"}"#, ("Bearer t", 0)),
            (json, r#"{"access_token":"t","token_type":"bearer","expires_in":60}"#, ("Bearer t", 60)),
            (json, r#"{"access_token":"t","token_type":"MaC","expires_in":"60"}"#, ("MAC t", 60)),
            (json, r#"{"access_token":"t","token_type":"DPoP","expires_in":-1}"#, ("DPoP t", 0)),
            ("", r#"{"access_token":"t","expires_in":null}"#, ("Bearer t", 0)),
            ("application/x-www-form-urlencoded", "access_token=a%20b&expires_in=9", ("Bearer a b", 9)),
            ("text/plain", "access_token=t&token_type=bearer", ("Bearer t", 0)),
        ] {
            assert_eq!(answer(201, kind, body), Ok((want.0.to_owned(), want.1)), "{body}");
        }
    }

    #[test]
    fn what_is_no_token_is_a_fault_without_its_text() {
        for (status, body, fault) in [
            (401, "secret", Fault::Status(401)),
            (302, "secret", Fault::Status(302)),
            (200, "secret", Fault::Unreadable),
            (200, "", Fault::Unreadable),
            (200, "[]", Fault::NoToken),
            (200, r#"{"access_token":""}"#, Fault::NoToken),
            (200, r#"{"access_token":7}"#, Fault::NoToken),
            (200, r#"{"error":"secret","access_token":"secret"}"#, Fault::Refused),
        ] {
            let found = answer(status, "application/json", body).unwrap_err();
            assert_eq!(found, fault, "{body}");
            assert!(!found.to_string().contains("secret"));
        }
    }

    #[test]
    fn credentials_are_escaped() {
        assert_eq!(basic("me", "a b:/?"), "Basic bWU6YStiJTNBJTJGJTNG");
    }
}
